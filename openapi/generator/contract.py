# SPDX-License-Identifier: EUPL-1.2
"""Reads the hand-written contract: one merged document, with a view per operation and schema that the emitters use."""
import re
from pathlib import Path

import yaml

from . import labels, states
from .wrong import Wrong

METHODS = ('get', 'post', 'put', 'patch', 'delete')


def snake(name):
    return re.sub(r'(?<=[a-z0-9])([A-Z])', r'_\1', name).lower()


def values_of(enum):
    """The values of a named enum, of one that may grow (`x-extensible-enum`) or not (`enum`)."""
    return enum.get('enum') or enum['x-extensible-enum']


def column_of(name, raw):
    return raw.get('x-column', snake(name))


class Contract:
    def __init__(self, folder):
        self.folder = Path(folder)
        self.root = yaml.safe_load((self.folder / 'openapi.yaml').read_text())
        self.roles = [role['name'] for role in self.root['x-roles']]
        self.parameters = yaml.safe_load((self.folder / 'common.yaml').read_text())['components']['parameters']
        self.schemas, self.enums, self.operations, self.paths = {}, {}, [], {}
        self.files = {}   # of schemas
        self.nouns = states.read(self.folder.parent / 'sql/states')
        self._name_enums('Role', 'rol', 'What somebody is to the municipality.', [r for r in self.roles if r != 'system'])
        self._name_enums('Attribute', 'bevoegdheid', 'A power beside the role.', [a['name'] for a in self.root['x-attributes']])
        for file in sorted(self.folder.glob('*.yaml')):
            if file.name not in ('openapi.yaml', 'common.yaml', 'problems.yaml', 'limits.yaml', 'labels.yaml'):
                self._read(yaml.safe_load(file.read_text()), file.name)
        self.labels = labels.read(self.folder, {name: values_of(enum) for name, enum in self.enums.items()})
        self.services = sorted({operation.service for operation in self.operations})
        self.by_id = {operation.id: operation for operation in self.operations}
        for name, schema in self.schemas.items():
            self._finish(name, schema)
        tags = {tag['name'] for tag in self.root.get('tags', [])}
        for operation in self.operations:
            if not set(operation.raw.get('tags', [])) <= tags:
                raise Wrong(f'{operation.where}: its tags are not those of openapi.yaml: {", ".join(sorted(tags))}')
            self._check_show(operation)
            self._check_inside(operation, self.schemas.get(operation.item), set(operation.rights or {}))
            if operation.body and operation.item:
                self._close(operation, self.schemas[operation.body], self.schemas[operation.item])
            for parameter in operation.path_parameters + operation.query_parameters:
                self._use_enum(parameter['schema'])
            for parameter in operation.query_parameters if operation.list_of else ():
                self._take_several(parameter)

    def _check_show(self, operation):
        """A key that is used again is answered by the GET of what the first request made."""
        if not operation.needs_key:
            return
        shown = self.by_id.get(operation.show)
        if shown is None or (shown.service, shown.method, shown.item) != (operation.service, 'get', operation.item) \
                or len(shown.path_parameters) != 1:
            raise Wrong(f'{operation.where}: x-show has to name the GET of the service that shows one {operation.item} by its id')

    def _check_inside(self, operation, shown, roles, inside=''):
        """What PostgreSQL gives as JSON is sent as it is: the one who sees a property sees everything inside it."""
        for name, prop in (shown or {}).get('properties', {}).items():
            see = roles & set(prop.get('x-visible-to', roles))
            if inside and see != roles:
                raise Wrong(f'{operation.where}: {inside}.{name} is not for {", ".join(sorted(roles - see))}, who may see {inside}')
            inner = prop.get('$ref', prop.get('items', {}).get('$ref', '')).rsplit('/', 1)[-1]
            self._check_inside(operation, self.schemas.get(inner), see, f'{inside}.{name}'.lstrip('.'))

    def _close(self, operation, body, shown):
        """Everyone who may not see a property of the answer may not write it either, at any depth, unless `x-writable-by` says who may."""
        for name, prop in body['properties'].items():
            same = shown['properties'].get(name, {})
            if 'x-visible-to' in same:
                prop.setdefault('x-writable-by', list(same['x-visible-to']))
            if name in body.get('required', []) and set(operation.rights or {}) - set(prop.get('x-writable-by', self.roles)):
                raise Wrong(f'{operation.where}: {name} is required, but not everybody who may call it may write it')
            inner, seen = (part.get('$ref', part.get('items', {}).get('$ref', '')).rsplit('/', 1)[-1] for part in (prop, same))
            if inner and seen:
                self._close(operation, self.schemas[inner], self.schemas[seen])

    @staticmethod
    def _take_several(parameter):
        """A filter of an enum takes several values, with commas between them, unless it says x-single."""
        one = parameter['schema']
        if 'x-enum' in one and not parameter.pop('x-single', False):
            parameter.update({'style': 'form', 'explode': False, 'example': [parameter['example']]})
            parameter['schema'] = {'type': 'array', 'minItems': 1, 'maxItems': len(one['enum']), 'uniqueItems': True, 'items': one}

    def _name_enums(self, name, dutch, words, values):
        self.enums[name] = {'type': 'string', 'x-nl': dutch, 'description': words, 'x-extensible-enum': values}

    def _finish(self, name, schema):
        """Fills in what the hand-written schema only names: the properties of a change, the values of enums."""
        if 'x-change-of' in schema:
            new, without = self.schemas[schema['x-change-of']], schema.get('x-without', [])
            schema['properties'] = {prop: raw for prop, raw in new['properties'].items() if prop not in without}
            schema.update({key: new[key] for key in ('x-person',) if key in new})
            order = [pair for pair in new.get('x-order', []) if schema['properties'].keys() >= set(pair)]
            schema.update({'x-order': order} if order else {})
            schema['x-example-without'] = new.get('x-example-without', [])
        if schema.get('x-list-of') is None:
            schema.setdefault('type', 'object')
        for prop_name, prop in schema.get('properties', {}).items():
            if 'x-visible-to' in prop and prop_name in schema.get('required', []):
                raise Wrong(f'{name}.{prop_name} is required, but not everybody may see it')
            self._use_enum(prop)
            self._use_enum(prop.get('items', {}))

    def _states_of(self, noun, where):
        found = [list(one.states) for one in self.nouns if one.name == noun]
        if not found:
            raise Wrong(f'{where}: there is no sql/states/{noun}.sql')
        return found[0]

    def _use_enum(self, raw):
        """What refers to an enum has its values, and its name in `x-enum`."""
        name = raw.get('$ref', '').rsplit('/', 1)[-1]
        if name in self.enums:
            del raw['$ref']
            raw.update({'type': 'string', 'enum': values_of(self.enums[name]), 'x-enum': name})

    def _read(self, document, file):
        for name, schema in document['components']['schemas'].items():
            if name in self.schemas or name in self.enums:
                raise Wrong(f'{file}: schema {name} is defined twice')
            if 'x-nl' not in schema:
                raise Wrong(f'{file}: schema {name} has no Dutch term (x-nl)')
            self.files[name] = file
            if 'x-states' in schema:
                schema['x-extensible-enum'] = self._states_of(schema.pop('x-states'), f'{file}: {name}')
            if schema.get('type') == 'string':
                self.enums[name] = schema
            else:
                self.schemas[name] = schema
        for path, item in document['paths'].items():
            if path in self.paths:
                raise Wrong(f'{file}: path {path} is defined twice')
            self.paths[path] = item
            for method in METHODS:
                if method in item:
                    self.operations.append(Operation(self, document['x-service'], path, item, method, file))
        for path, item in document['paths'].items():
            noun = next((noun for noun in self.nouns if noun.logged and item.get('get', {}).get('operationId') == f'get{noun.pascal}'), None)
            if noun:
                self.paths[f'{path}/transitions'] = log = states.log(noun, item)
                self.operations.append(Operation(self, document['x-service'], f'{path}/transitions', log, 'get', file))

    @property
    def headers(self):
        """Name and value of what every answer carries."""
        return [('api-version', self.root['info']['version']), *self.root['x-headers'].items()]

    def parameter(self, parameter):
        if '$ref' in parameter:
            return self.parameters[parameter['$ref'].rsplit('/', 1)[1]]
        return parameter

    def offered(self):
        """{operation: its roles} of what rows offer in `actions`: the writes below the address of each schema that has them."""
        places = [schema['x-self'] for schema in self.schemas.values() if 'x-self' in schema and 'actions' in schema['properties']]
        return {o.id: list(o.rights) for o in self.operations if o.method != 'get' and o.path.startswith(tuple(places))}

    def purposes(self):
        """{role: what it has to do with persons for}, of the roles that have one purpose only."""
        return {role['name']: role['purpose'] for role in self.root['x-roles'] if 'purpose' in role}

    def role_mask(self, names):
        mask = 0
        for name in names:
            mask |= 1 << self.roles.index(name)
        return mask

    def reachable(self, names):
        """The schemas that `names` lead to, innermost first."""
        found = []

        def walk(name, inside=()):
            if name in inside:
                raise Wrong(f'schema {name} contains itself')
            for prop in self.schemas[name].get('properties', {}).values():
                for part in (prop, prop.get('items', {})):
                    if '$ref' in part:
                        walk(part['$ref'].rsplit('/', 1)[1], (*inside, name))
            if name not in found:
                found.append(name)
        for name in names:
            walk(name)
        return found


class Operation:
    def __init__(self, contract, service, path, item, method, file):
        raw = item[method]
        self.contract, self.service, self.path, self.method, self.raw = contract, service, path, method, raw
        self.id, self.file = raw['operationId'], file
        self.where, self.name = f'{file}: {method} {path}', snake(self.id)
        self.handler, self.check = raw.get('x-handler'), raw.get('x-check')
        self.plan = [(part, {}) if isinstance(part, str) else next(iter(part.items())) for part in raw.get('x-plan', [])]
        if bool(self.handler) == bool(self.plan) or (self.handler and self.check):
            raise Wrong(f'{self.where}: says either x-plan (statements, with or without x-check), or x-handler (a C function)')
        self.rights = raw.get('x-rights')
        if self.rights is None and not raw.get('x-public'):
            raise Wrong(f'{self.where}: does not say who may call it (x-rights or x-public)')
        both = [contract.parameter(p) for p in item.get('parameters', []) + raw.get('parameters', [])]
        names = re.findall(r'{(\w+)}', path)
        self.path_parameters = [next(p for p in both if p['name'] == name and p['in'] == 'path') for name in names]
        self.query_parameters = [p for p in both if p['in'] == 'query']
        self.status = int(next(iter(raw['responses'])))
        content = raw['responses'][str(self.status)].get('content', {})
        self.response = content['application/json']['schema']['$ref'].rsplit('/', 1)[1] if 'application/json' in content else None
        self.text = next((media for media in content if media != 'application/json'), None)     # another form of the answer, or the only one
        body = raw.get('requestBody', {}).get('content', {})
        self.partial = 'application/merge-patch+json' in body
        self.body = next(iter(body.values()))['schema']['$ref'].rsplit('/', 1)[1] if body else None
        if self.check and not self.body:
            raise Wrong(f'{self.where}: x-check needs a body')
        self.safe = method == 'get' or raw.get('x-safe', False)
        self.needs_key = method == 'post' and not raw.get('x-safe')
        self.needs_match = method in ('put', 'patch', 'delete')
        self.show = raw.get('x-show')
        self.jobs = raw.get('x-jobs', [])
        self.purpose, self.attribute = raw.get('x-purpose'), raw.get('x-attribute')
        if self.attribute and self.attribute not in [row['name'] for row in contract.root['x-attributes']]:
            raise Wrong(f'{self.where}: x-attribute {self.attribute} is none of x-attributes')

    @property
    def list_of(self):
        """The schema of the items when this is a list, else None."""
        return self.contract.schemas[self.response].get('x-list-of') if self.response else None

    @property
    def list_query(self):
        """The name of the statement that a list pages through: the last one of its plan, or that of its handler."""
        return self.plan[-1][0] if self.plan else self.handler

    @property
    def item(self):
        """The schema that the field table of the answer comes from."""
        return self.list_of or self.response

    def shown(self, queries):
        """The properties that the answer can have: a list does not give all that its items have when they are read alone."""
        given = queries[self.list_query].columns if self.list_of else None
        return [name for name, raw in self.contract.schemas[self.item]['properties'].items()
                if given is None or column_of(name, raw) in given]
