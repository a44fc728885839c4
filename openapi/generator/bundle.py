# SPDX-License-Identifier: EUPL-1.2
"""Makes the contract that is served: one document, with what every operation has in common written out."""
import copy

from . import bundle_problems
from .bundle_problems import ref

PRIVATE = ('x-handler', 'x-plan', 'x-check', 'x-show', 'x-jobs', 'x-safe', 'x-column', 'x-multiline', 'x-roles-enum', 'x-free-form',
           'x-free-numbers', 'x-self', 'x-person')
FIELDS = 'Only these properties, separated by commas; others are absent then, also required ones.'
HEADERS = {
    'API-Version': ('Version of the API.', {'type': 'string', 'maxLength': 20}, None),
    'X-Request-Id': ('Identifier of this request, for questions.', {'type': 'string', 'format': 'uuid'},
                     '01920000-0000-7000-8000-0000000000aa'),
    'ETag': ('Version of what you read, for If-Match and If-None-Match.', {'type': 'string', 'maxLength': 80}, '"1"'),
    'Location': ('Where the new resource is.', {'type': 'string', 'maxLength': 200},
                 '/v1/vacancies/01920000-0000-7000-8000-000000000a01'),
    'Retry-After': ('Seconds to wait.', {'type': 'integer', 'minimum': 1, 'maximum': 3600}, 1),
}


def clean(node):
    if isinstance(node, dict):
        return {key: clean(value) for key, value in node.items() if key not in PRIVATE}
    return [clean(value) for value in node] if isinstance(node, list) else node


def example_of(contract, name):
    """An example composed of those of the properties."""
    schema = contract.schemas[name]
    if schema.get('x-list-of'):
        return {'items': [example_of(contract, schema['x-list-of'])], 'pageSize': 20,
                '_links': {'self': {'href': '/v1/…'}}}
    made = {}
    for prop, raw in schema.get('properties', {}).items():
        if 'example' in raw:
            made[prop] = raw['example']
        elif '$ref' in raw:
            made[prop] = example_of(contract, raw['$ref'].rsplit('/', 1)[1])
        elif '$ref' in raw.get('items', {}):
            made[prop] = [example_of(contract, raw['items']['$ref'].rsplit('/', 1)[1])]
    if schema.get('x-self'):
        made['_links'] = {'self': {'href': f'/v1{schema["x-self"]}{made["id"]}'}}
    return made


def page_size(limits, **more):
    return {'type': 'integer', 'minimum': 1, 'maximum': limits['LIMIT_PAGE'], **more}


def schema_of(contract, name, limits):
    raw = contract.schemas[name]
    if raw.get('x-list-of'):
        return {'type': 'object', 'x-nl': raw['x-nl'], 'description': f'A page of {raw["x-list-of"]}.',
                'required': ['items', 'pageSize', '_links'], 'additionalProperties': False, 'properties': {
                    'items': {'type': 'array', 'maxItems': limits['LIMIT_PAGE'], 'items': ref('schemas', raw['x-list-of']),
                              'description': 'What is on this page.'},
                    'pageSize': page_size(limits, example=limits['PAGE_DEFAULT'], description='How many a page holds at most.'),
                    '_links': ref('schemas', 'PageLinks')}}
    made = clean(copy.deepcopy(raw))
    made['additionalProperties'] = False
    if raw.get('x-self'):
        made['properties']['_links'] = ref('schemas', 'SelfLinks')
    for prop, was in raw.get('properties', {}).items():
        if was.get('x-free-form'):
            made['properties'][prop]['additionalProperties'] = True
    return made


def link(description):
    return {'type': 'object', 'description': description, 'required': ['href'], 'additionalProperties': False,
            'properties': {'href': {'type': 'string', 'maxLength': 2000, 'description': 'Address.',
                                    'example': '/v1/…'}}}


def shared_schemas():
    return {
        'SelfLinks': {'type': 'object', 'description': 'Where it is.',
                      'additionalProperties': False, 'properties': {'self': link('This resource.')}},
        'PageLinks': {'type': 'object', 'description': 'Where more is.',
                      'additionalProperties': False,
                      'properties': {'self': link('This page.'), 'next': link('The next page, when there is one.')}},
    }


def list_parameters(contract, operation, query, limits):
    shown = contract.schemas[operation.list_of]['properties']
    fields = ','.join(list(shown)[:2])
    sorts = [way + sort[0] for sort in query.sorts for way in ('', '-')]
    default = ('-' if query.newest_first else '') + query.sorts[0][0]
    return [
        {'name': 'cursor', 'in': 'query', 'description': 'From `_links.next` of the page before.',
         'schema': {'type': 'string', 'maxLength': limits['LIMIT_CURSOR']}},
        {'name': 'pageSize', 'in': 'query', 'description': 'How many at most.',
         'schema': page_size(limits, default=limits['PAGE_DEFAULT'])},
        {'name': 'sort', 'in': 'query', 'description': 'Order; `-` for descending.',
         'schema': {'type': 'string', 'enum': sorts, 'default': default}},
        {'name': 'fields', 'in': 'query', 'description': FIELDS,
         'schema': {'type': 'string', 'maxLength': 500}, 'example': fields},
    ]


def operation_of(contract, operation, queries, limits, problems):
    raw = clean(copy.deepcopy(operation.raw))
    parameters = raw.pop('parameters', [])
    if operation.list_of:
        parameters += list_parameters(contract, operation, queries[operation.list_query], limits)
    elif operation.method == 'get':
        parameters.append({'name': 'fields', 'in': 'query', 'schema': {'type': 'string', 'maxLength': 500},
                           'description': FIELDS})
    if operation.needs_key:
        parameters.append(ref('parameters', 'IdempotencyKey'))
    if operation.needs_match:
        parameters.append(ref('parameters', 'IfMatch'))
    if operation.method == 'get':
        parameters.append(ref('parameters', 'IfNoneMatch'))
    raw['parameters'] = parameters + [ref('parameters', 'AcceptLanguage')]
    for media, content in raw.get('requestBody', {}).get('content', {}).items():
        content['example'] = example_of(contract, operation.body)
    success = raw['responses'][str(operation.status)]
    success['headers'] = {name: ref('headers', name) for name in ('API-Version', 'X-Request-Id')}
    item = contract.schemas.get(operation.item, {}).get('properties', {})
    if 'version' in item and not operation.list_of:
        success['headers']['ETag'] = ref('headers', 'ETag')
    if operation.status == 201:
        success['headers']['Location'] = ref('headers', 'Location')
    for content in success.get('content', {}).values():
        content['example'] = example_of(contract, operation.response)
    if operation.method == 'get' and 'version' in item and not operation.list_of:
        raw['responses']['304'] = {'description': 'Not changed.', 'headers': dict(success['headers'])}
    raw['responses'] = {**raw['responses'], **bundle_problems.of_operation(problems, operation)}
    if operation.rights is not None:
        raw['security'] = [{'bearer': []}]
    return raw


def bundle(contract, queries, limits, problems):
    document = {key: value for key, value in contract.root.items() if not key.startswith('x-')}
    document['x-roles'] = contract.root['x-roles']
    by_handler = {o.id: o for o in contract.operations}
    document['paths'] = {}
    for path, item in contract.paths.items():
        made = {}
        if 'parameters' in item:
            made['parameters'] = clean(item['parameters'])
        for method, raw in item.items():
            if method != 'parameters':
                made[method] = operation_of(contract, by_handler[raw['operationId']], queries, limits, problems)
        document['paths'][path] = made
    text = {'type': 'string', 'maxLength': 100}
    document['components'] = {
        'schemas': {**{name: schema_of(contract, name, limits) for name in contract.schemas}, **shared_schemas(),
                    **bundle_problems.schemas(problems, limits)},
        'parameters': {**contract.parameters,
                       'IdempotencyKey': {'name': 'Idempotency-Key', 'in': 'header', 'required': True,
                                          'description': 'Your own identifier of this act; a retry repeats it.',
                                          'schema': {'type': 'string', 'format': 'uuid'},
                                          'example': '01920000-0000-7000-8000-0000000000bb'},
                       'IfMatch': {'name': 'If-Match', 'in': 'header', 'required': True, 'schema': text,
                                   'description': 'The ETag that you read.', 'example': '"1"'},
                       'IfNoneMatch': {'name': 'If-None-Match', 'in': 'header', 'schema': text,
                                       'description': 'The ETag that you have: 304 when nothing changed.'},
                       'AcceptLanguage': {'name': 'Accept-Language', 'in': 'header', 'schema': text,
                                          'description': 'nl (default) or en, for texts of problems.',
                                          'example': 'nl'}},
        'headers': {name: {'description': words, 'schema': schema, 'example': example or contract.root['info']['version']}
                    for name, (words, schema, example) in HEADERS.items()},
        'responses': bundle_problems.responses(problems),
        'securitySchemes': {'bearer': {'type': 'http', 'scheme': 'bearer', 'bearerFormat': 'JWT',
                                       'description': 'Token of the identity provider of your municipality.'}},
    }
    return document
