# SPDX-License-Identifier: EUPL-1.2
"""How the schemas of the contract are served: strict where clients write, open where they read. A later version may add
properties to what clients read, and values to an enum with `x-extensible-enum`, and no client that is made of this one breaks."""
import copy

from .contract import snake, values_of

# what only the generator reads
PRIVATE = ('x-handler', 'x-plan', 'x-check', 'x-show', 'x-log', 'x-jobs', 'x-safe', 'x-waits', 'x-tells-time', 'x-column', 'x-multiline', 'x-self', 'x-person', 'x-change-of', 'x-without', 'x-example-without')
VALUE_MAX = 40          # of a value that a later version may bring
INT32 = 2 ** 31


def ref(kind, name):
    return {'$ref': f'#/components/{kind}/{name}'}


def clean(node):
    if isinstance(node, dict):
        return {key: clean(value) for key, value in node.items() if key not in PRIVATE}
    return [clean(value) for value in node] if isinstance(node, list) else node


def integer(low, high, **more):
    """Clients keep it in the type that `format` names."""
    return {'type': 'integer', 'format': 'int32' if -INT32 <= low and high < INT32 else 'int64', **more, 'minimum': low, 'maximum': high}


def with_format(raw):
    return integer(raw['minimum'], raw['maximum'], **raw) if raw.get('type') == 'integer' else raw


def page_size(limits, **more):
    return integer(1, limits['LIMIT_PAGE'], **more)


def links(description):
    """HAL: an address by relation. The relations are keys and no members: `self` is a keyword in half of all languages."""
    return {'type': 'object', 'additionalProperties': ref('schemas', 'Link'), 'description': description}


LINK = {'type': 'object', 'x-nl': 'verwijzing', 'description': 'Where something is.', 'required': ['href'], 'properties': {
    'href': {'type': 'string', 'maxLength': 2000, 'description': 'Address.', 'example': '/v1/regions'}}}


POSITION = {'type': 'string', 'maxLength': 400, 'example': 'bW9yZSB0aGFuIGEgcGxhY2U', 'description':
            'Where you are in what changes, for `after`. Somebody who has read the whole list goes on from the position of its first page; '
            'later pages have none.'}


class Shapes:
    """The served schemas. One that clients both read and write is served twice: what is written has the name with New."""

    def __init__(self, contract, limits):
        self.contract, self.limits = contract, limits
        self.written = contract.reachable([o.body for o in contract.operations if o.body])
        self.read = contract.reachable([name for o in contract.operations for name in (o.response, o.list_of) if name])
        self.followed = {o.response for o in contract.operations if any(p['name'] == 'after' for p in o.query_parameters)}
        self.enums = set()      # those that what was asked for refers to

    def written_name(self, name):
        return f'{name}New' if name in self.read else name

    def value(self, raw, written):
        """A property, item or parameter."""
        made = clean(copy.deepcopy(raw))
        if not written:
            made.pop('readOnly', None)      # generators leave out such a property when they write what was read
        if 'x-enum' in made:
            return self.choice(made, written)
        if 'items' in made:
            made['items'] = self.value(raw['items'], written)
        if written and '$ref' in made:
            made['$ref'] = ref('schemas', self.written_name(made['$ref'].rsplit('/', 1)[1]))['$ref']
        return with_format(made)

    def choice(self, made, written):
        name, values = made.pop('x-enum'), made.pop('enum')
        if not written and 'x-extensible-enum' in self.contract.enums[name]:
            return {'type': 'string', 'maxLength': VALUE_MAX, **made, 'x-extensible-enum': values,
                    **({'x-labels-of': name} if name in self.contract.labels else {})}
        self.enums.add(name)
        if not made.get('nullable'):        # null is said of a type only
            del made['type']
        return {'allOf': [ref('schemas', name)], **made} if made else ref('schemas', name)

    def schema(self, name, written):
        raw = self.contract.schemas[name]
        if raw.get('x-list-of'):
            return self.page(raw, name in self.followed)
        made = {**clean({key: value for key, value in raw.items() if key != 'properties'}),
                'properties': {prop: self.value(value, written) for prop, value in raw['properties'].items()}}
        if written:
            made['additionalProperties'] = False
        if raw.get('x-self'):
            made['properties']['_links'] = links('Where it is: `self`.')
        return made

    def page(self, raw, followed):
        return {'type': 'object', 'x-nl': raw['x-nl'], 'description': f'A page of {raw["x-list-of"]}.',
                'required': ['items', 'pageSize', '_links'], 'properties': {
                    'items': {'type': 'array', 'maxItems': self.limits['LIMIT_PAGE'], 'items': ref('schemas', raw['x-list-of']),
                              'description': 'What is on this page.'},
                    'pageSize': page_size(self.limits, example=self.limits['PAGE_DEFAULT'],
                                          description='How many a page holds at most.'),
                    **({'position': POSITION} if followed else {}),
                    'total': integer(0, self.limits['LIMIT_COUNT'], example=41, description='How many there are in all, when `count=true` asks for it.'),
                    'totalIsExact': {'type': 'boolean', 'example': True, 'description': 'Stands beside `total`. False: there are more than it says.'},
                    '_links': links('Where this page is (`self`) and the next one (`next`), when there is one.')}}

    def names_of_values(self, name, values):
        """Some generators make a constant of each value, beside the types: values that are called like a type get names of their own."""
        types = {other.lower() for other in (*self.contract.schemas, *self.contract.enums)}
        if not types & {value.replace('_', '').lower() for value in values}:
            return {}
        kind = snake(name).rsplit('_', 1)[-1]
        return {'x-enum-varnames': [f'{kind}_{snake(value)}'.upper() for value in values]}

    def all(self):
        """{name: schema} of everything that clients read or write, with the enums that are used."""
        made = {}
        for name in self.contract.schemas:
            if name in self.read:
                made[name] = self.schema(name, False)
            if name in self.written:
                made[self.written_name(name)] = self.schema(name, True)
        for name in sorted(self.enums):
            enum = self.contract.enums[name]
            made[name] = {'type': 'string', 'x-nl': enum['x-nl'], 'description': enum['description'], 'enum': values_of(enum),
                          **self.names_of_values(name, values_of(enum))}
        return {**made, 'Link': LINK}


def sort_of(query):
    """The enum of the sorts of a list. Its values have a sign, and some languages have no place for a value `name`: hence names.
    The default is in words: the generator for Kotlin looks for it by another name than ours."""
    values = [sign + sort[0] for sort in query.sorts for sign in ('', '-')]
    names = [sort[3] + way for sort in query.sorts for way in ('_ASC', '_DESC')]
    default = ('-' if query.newest_first else '') + query.sorts[0][0]
    return {'type': 'string', 'x-nl': 'volgorde', 'description': f'Order; `-` for descending. `{default}` when absent.', 'enum': values,
            'x-enum-varnames': [name.upper() for name in names]}
