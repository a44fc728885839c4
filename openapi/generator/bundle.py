# SPDX-License-Identifier: EUPL-1.2
"""Makes the contract that is served: one document, with what every operation has in common written out."""
import copy

from . import bundle_headers, bundle_problems
from .shapes import Shapes, clean, integer, page_size, ref, sort_of

ETAG = '"1-4f2a9c"'
FIELDS = 'Leaves out what has no name here, as far as it may be absent: required properties are always there. Any of: '
HEADERS = {
    'API-Version': ('Version of the API.', {'type': 'string', 'maxLength': 20}, None),
    'X-Request-Id': ('Identifier of this request, for questions.', {'type': 'string', 'format': 'uuid'},
                     '01920000-0000-7000-8000-0000000000aa'),
    'ETag': ('Version of what you read, for If-Match and If-None-Match.', {'type': 'string', 'maxLength': 80}, ETAG),
    'Location': ('Where the new resource is.', {'type': 'string', 'maxLength': 200},
                 '/v1/vacancies/01920000-0000-7000-8000-000000000a01'),
    'Retry-After': ('Seconds to wait.', integer(1, 3600), 1),
    'Idempotency-Replayed': ('Stands there, as `true`, when this answers a retry of what was done before.',
                             {'type': 'boolean'}, True),
    'RateLimit-Policy': ('The limit that this call counts for: its name, how many (`q`) in how many seconds (`w`). Stands there when less '
                         'than half is left, and with 429.', {'type': 'string', 'maxLength': 80}, '"read";q=3000;w=60'),
    'RateLimit': ('What is left of it (`r`), and after how many seconds everything is back, or with 429 the next one (`t`).',
                  {'type': 'string', 'maxLength': 80}, '"read";r=1200;t=36'),
}
SOMETIMES = ('Idempotency-Replayed', 'RateLimit-Policy', 'RateLimit')


def example_of(contract, name):
    """An example composed of those of the properties, without those that cannot be said beside the others."""
    schema = contract.schemas[name]
    if schema.get('x-list-of'):
        return {'items': [example_of(contract, schema['x-list-of'])], 'pageSize': 20,
                '_links': {'self': {'href': '/v1/…'}}}
    made = {}
    for prop, raw in schema.get('properties', {}).items():
        if prop in schema.get('x-example-without', ()):
            continue
        if 'example' in raw:
            made[prop] = raw['example']
        elif '$ref' in raw:
            made[prop] = example_of(contract, raw['$ref'].rsplit('/', 1)[1])
        elif '$ref' in raw.get('items', {}):
            made[prop] = [example_of(contract, raw['items']['$ref'].rsplit('/', 1)[1])]
    if schema.get('x-self'):
        made['_links'] = {'self': {'href': f'/v1{schema["x-self"]}{made["id"]}'}}
    return made


def fields_parameter(names):
    """Which properties somebody wants; `names` are those that the answer can have."""
    return {'name': 'fields', 'in': 'query', 'description': FIELDS + ', '.join(names) + '.',
            'schema': {'type': 'string', 'maxLength': 500}, 'example': ','.join(names[:2])}


def list_parameters(operation, query, limits):
    return [
        {'name': 'cursor', 'in': 'query', 'description': 'From `_links.next` of the page before.',
         'schema': {'type': 'string', 'maxLength': limits['LIMIT_CURSOR']}},
        {'name': 'pageSize', 'in': 'query', 'description': 'How many at most.', 'schema': page_size(limits, default=limits['PAGE_DEFAULT'])},
        {'name': 'sort', 'in': 'query', 'description': 'Order; `-` for descending.', 'schema': ref('schemas', sort_name(operation))},
        {'name': 'count', 'in': 'query', 'description': f'Also `total`: how many there are with these filters, exactly up to {limits["LIMIT_COUNT"]}.',
         'schema': {'type': 'boolean', 'default': False}, 'example': True},
    ]


def sort_name(operation):
    return operation.id[0].upper() + operation.id[1:] + 'Sort'


def parameter_of(raw, shapes):
    return raw if '$ref' in raw else {**raw, 'schema': shapes.value(raw['schema'], True)}


def operation_of(contract, operation, queries, shapes, problems):
    raw = clean(copy.deepcopy(operation.raw))
    parameters = [parameter_of(parameter, shapes) for parameter in raw.pop('parameters', [])]
    if operation.list_of:
        parameters += list_parameters(operation, queries[operation.list_query], shapes.limits)
    if operation.method == 'get' and operation.item:
        parameters.append(fields_parameter(operation.shown(queries)))
    if operation.needs_key:
        parameters.append(ref('parameters', 'IdempotencyKey'))
    if operation.needs_match:
        parameters.append(ref('parameters', 'IfMatch'))
    repeats = operation.method == 'get' and not operation.raw.get('x-tells-time')      # the next answer may be the same
    if repeats:
        parameters.append(ref('parameters', 'IfNoneMatch'))
    if operation.rights is not None:
        parameters.append(ref('parameters', 'As'))
    raw['parameters'] = parameters + [ref('parameters', 'AcceptLanguage')]
    for content in raw.get('requestBody', {}).get('content', {}).values():
        content['schema'] = ref('schemas', shapes.written_name(operation.body))
    success = raw['responses'][str(operation.status)]
    success['headers'] = {name: ref('headers', name) for name in ('API-Version', 'X-Request-Id')}
    item = contract.schemas.get(operation.item, {}).get('properties', {})
    if operation.method == 'get' or 'version' in item:
        success['headers']['ETag'] = ref('headers', 'ETag')
    if operation.status == 201:
        success['headers']['Location'] = ref('headers', 'Location')
    if operation.rights is not None:
        success['headers'].update({name: ref('headers', name) for name in ('RateLimit-Policy', 'RateLimit')})
    if operation.raw.get('x-waits'):
        success['headers']['Retry-After'] = {'description': 'Seconds to wait, while it is not there yet.', 'schema': integer(1, 3600), 'example': 1}
    if operation.needs_key:
        success['headers']['Idempotency-Replayed'] = ref('headers', 'Idempotency-Replayed')
    for content in (content for kind, content in success.get('content', {}).items() if operation.response and 'json' in kind):
        content['example'] = example_of(contract, operation.response)
        if operation.list_of:
            names = (*operation.shown(queries), '_links')
            content['example']['items'] = [{name: value for name, value in item.items() if name in names}
                                           for item in content['example']['items']]
    if repeats:
        raw['responses']['304'] = {'description': 'Not changed.', 'headers': dict(success['headers'])}
    raw['responses'] = {**raw['responses'], **bundle_problems.of_operation(problems, operation)}
    if operation.rights is not None:
        raw['security'] = [{'bearer': []}]
    return raw


def bundle(contract, queries, limits, problems):
    document = {key: value for key, value in contract.root.items() if not key.startswith('x-')}
    document['x-roles'] = contract.root['x-roles']
    document['x-labels'] = contract.labels
    shapes = Shapes(contract, limits)
    document['paths'] = {}
    for path, item in contract.paths.items():
        made = {}
        if 'parameters' in item:
            made['parameters'] = [parameter_of(clean(parameter), shapes) for parameter in item['parameters']]
        for method, raw in item.items():
            if method != 'parameters':
                made[method] = operation_of(contract, contract.by_id[raw['operationId']], queries, shapes, problems)
        document['paths'][path] = made
    sorts = {sort_name(o): sort_of(queries[o.list_query]) for o in contract.operations if o.list_of}
    schemas = {**shapes.all(), **sorts, **bundle_problems.schemas(problems, limits)}
    for schema in schemas.values():
        if 'properties' in schema:      # said, because generators for Java and Go take what is not said for false
            schema.setdefault('additionalProperties', True)
    for body in {o.body for o in contract.operations if o.body}:
        schemas[shapes.written_name(body)]['example'] = example_of(contract, body)
    headers = {name: {'description': words, 'required': name not in SOMETIMES, 'schema': schema, 'example': example or contract.root['info']['version']}
               for name, (words, schema, example) in HEADERS.items()}
    document['components'] = {
        'schemas': schemas,
        'parameters': {**{name: parameter_of(raw, shapes) for name, raw in contract.parameters.items()},
                       **bundle_headers.parameters(limits)},
        'headers': headers,
        'responses': bundle_problems.responses(problems),
        'securitySchemes': {'bearer': {'type': 'http', 'scheme': 'bearer', 'bearerFormat': 'JWT',
                                       'description': 'Token of the identity provider of your municipality.'}},
    }
    return document
