# SPDX-License-Identifier: EUPL-1.2
"""What of a contract breaks clients that were made of an older one. What clients write may be asked less strictly, what they read
may become more: nothing else. Names count, because generated code has them."""
# limits of a value: which way is looser
LOOSER = {'maximum': 1, 'maxLength': 1, 'maxItems': 1, 'minimum': -1, 'minLength': -1, 'minItems': -1}
EXACT = ('type', 'format', 'pattern', 'uniqueItems', 'x-unique-by', 'x-order')
WORDS = ('description', 'summary', 'example', 'examples', 'x-nl', 'x-data-class')


def may_break(old, new):
    """Whether a later version may: one with a new major number, before 1.0 with a new minor number."""
    old, new = ([int(number) for number in version.split('.')] for version in (old, new))
    return new[:2] > old[:2] if old[0] == new[0] == 0 else new[0] > old[0]


def plain(node, inside=''):
    """Without words, which break nobody. Names of properties are no words."""
    if isinstance(node, dict):
        return {key: plain(value, key) for key, value in node.items() if key not in WORDS or inside == 'properties'}
    return [plain(value) for value in node] if isinstance(node, list) else node


class Comparison:
    def __init__(self, old, new):
        self.old, self.new, self.found, self.known = old, new, [], set()

    def note(self, where, words):
        if f'{where}: {words}' not in self.found:
            self.found.append(f'{where}: {words}')

    def resolve(self, node, document):
        """(name, node) of what a reference leads to, with what stands beside it."""
        if len(node.get('allOf', ())) == 1:
            name, inner = self.resolve(node['allOf'][0], document)
            return name, {**inner, **{key: value for key, value in node.items() if key != 'allOf'}}
        if '$ref' not in node:
            return None, node
        _, _, kind, name = node['$ref'].split('/')
        return name, document['components'][kind][name]

    # ------------------------------------------------------------------------------------------- schemas

    def schema(self, old, new, where, written):
        (old_name, old), (new_name, new) = self.resolve(old, self.old), self.resolve(new, self.new)
        if old_name != new_name:
            self.note(where, f'is {new_name or "without a name"} now, was {old_name or "without a name"}')
        if old_name:
            where = old_name
        if (old_name, written) in self.known:
            return
        if old_name:
            self.known.add((old_name, written))
        for key in EXACT:
            if old.get(key) != new.get(key) and (key in ('type', 'format') or self.tightens(key, old, new, written)):
                self.note(where, f'{key} is {new.get(key)} now, was {old.get(key)}')
        self.limits(old, new, where, written)
        self.values(old, new, where, written)
        if bool(old.get('nullable')) != bool(new.get('nullable')) and bool(old.get('nullable')) == written:
            self.note(where, 'may no longer be null' if written else 'may be null now')
        self.members(old, new, where, written)
        for inner in ('items', 'additionalProperties'):
            if isinstance(old.get(inner), dict) and isinstance(new.get(inner), dict):
                self.schema(old[inner], new[inner], f'{where}[]', written)
            elif old.get(inner) != new.get(inner):
                self.note(where, f'{inner} is another')

    @staticmethod
    def tightens(key, old, new, written):
        """A rule that is new or another breaks who writes; one that is gone or another breaks who reads and checks."""
        return key in (new if written else old)

    def limits(self, old, new, where, written):
        for key, way in LOOSER.items():
            before, after = (node.get(key, way * float('inf')) for node in (old, new))
            if (after - before) * way * (-1 if written else 1) > 0:
                self.note(where, f'{key} is {new.get(key)} now, was {old.get(key)}')

    def values(self, old, new, where, written):
        if ('enum' in old) != ('enum' in new) or ('x-extensible-enum' in old) and 'x-extensible-enum' not in new:
            self.note(where, 'is another kind of enum, or none')
        if 'enum' in old and 'enum' in new:
            fewer, more = (new['enum'], old['enum']) if written else (old['enum'], new['enum'])
            for value in more:
                if value not in fewer:
                    self.note(where, f'{value} is {"no value any more" if written else "a new value"}')
            names = [dict(zip(node['enum'], node.get('x-enum-varnames', node['enum']))) for node in (old, new)]
            for value in set(names[0]) & set(names[1]):
                if names[0][value] != names[1][value]:
                    self.note(where, f'the name of value {value} is another')

    def members(self, old, new, where, written):
        before, after = old.get('properties', {}), new.get('properties', {})
        for name in before:
            if name not in after:
                self.note(where, f'{name} is gone')
                continue
            self.schema(before[name], after[name], f'{where}.{name}', written)
            lost = set(after[name].get('x-visible-to', ())) and set(before[name].get('x-visible-to', ('everybody',))) - set(
                after[name].get('x-visible-to', ()))
            if lost:
                self.note(f'{where}.{name}', f'is no longer visible to {", ".join(sorted(lost))}')
        required = [set(node.get('required', ())) for node in (old, new)]
        for name in required[1] - required[0] if written else required[0] - required[1]:
            if written or name in after:
                self.note(where, f'{name} is {"required now" if written else "no longer always there"}')

    # ---------------------------------------------------------------------------------------- operations

    def parameters(self, old, new, where):
        before, after = ({(p['in'], p['name']): p for p in ((self.resolve(one, document)[1]) for one in given)}
                         for given, document in ((old, self.old), (new, self.new)))
        for key, parameter in before.items():
            if key not in after:
                self.note(where, f'parameter {key[1]} is gone')
                continue
            if after[key].get('required') and not parameter.get('required'):
                self.note(where, f'parameter {key[1]} is required now')
            self.schema(parameter['schema'], after[key]['schema'], f'{where}: parameter {key[1]}', True)
        for key in set(after) - set(before):
            if after[key].get('required'):
                self.note(where, f'parameter {key[1]} is new and required')

    def contents(self, old, new, where, written):
        for media in old.get('content', {}):
            if media not in new.get('content', {}):
                self.note(where, f'{media} is gone')
            else:
                self.schema(old['content'][media]['schema'], new['content'][media]['schema'], where, written)

    def responses(self, old, new, where):
        for status in old:
            if status not in new:
                self.note(where, f'status {status} is gone')
                continue
            before, after = self.resolve(old[status], self.old)[1], self.resolve(new[status], self.new)[1]
            for header in before.get('headers', {}):
                if header not in after.get('headers', {}):
                    self.note(where, f'header {header} of {status} is gone')
            self.contents(before, after, f'{where} {status}', False)
        for status in set(new) - set(old):
            if status < '300':
                self.note(where, f'status {status} is new')

    def operation(self, old, new, where):
        if old['operationId'] != new['operationId']:
            self.note(where, f'is called {new["operationId"]} now, was {old["operationId"]}')
        for role, scope in old.get('x-rights', {}).items():
            if new.get('x-rights', {}).get(role) != scope:
                self.note(where, f'{role} may no longer, or with another scope')
        if old.get('tags') != new.get('tags'):
            self.note(where, 'has other tags, which are classes of clients')
        body_before, body_after = old.get('requestBody', {}), new.get('requestBody', {})
        if body_after.get('required') and not body_before.get('required'):
            self.note(where, 'a body is required now')
        self.contents(body_before, body_after, where, True)
        self.responses(old['responses'], new['responses'], where)

    def run(self):
        if self.old['servers'] != self.new['servers']:
            self.note('servers', 'are others')
        for path, item in self.old['paths'].items():
            for method, old in item.items():
                new = self.new['paths'].get(path, {}).get(method)
                if method == 'parameters':
                    continue
                if new is None:
                    self.note(f'{method} {path}', 'is gone')
                    continue
                self.operation(old, new, f'{method} {path}')
                self.parameters(item.get('parameters', []) + old.get('parameters', []),
                                self.new['paths'][path].get('parameters', []) + new.get('parameters', []), f'{method} {path}')
        return self.found


def breaks(old, new):
    """What a client that was made of `old` meets at `new`, in words; nothing when it goes on."""
    return Comparison(old, new).run()
