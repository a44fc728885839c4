# SPDX-License-Identifier: EUPL-1.2
"""Makes the contract that is served: one document, with what every operation has in common written out."""
import copy

PRIVATE = ('x-handler', 'x-show', 'x-jobs', 'x-safe', 'x-column', 'x-multiline', 'x-roles-enum', 'x-free-form',
           'x-free-numbers', 'x-self', 'x-person')
FIELDS = 'Only these properties, separated by commas; others are absent then, also required ones.'
PROBLEMS = {
    '400': ('InvalidRequest', 'Something in the request does not fit; `errors` names every fault.'),
    '401': ('Unauthenticated', 'No token, or one that is not valid.'),
    '403': ('Forbidden', 'Your role may not do this.'),
    '404': ('NotFound', 'Not there, or not visible to you.'),
    '405': ('MethodNotAllowed', 'This resource does not know the method; see `Allow`.'),
    '406': ('NotAcceptable', 'We answer in JSON.'),
    '409': ('Conflict', 'Does not go together with what is there; `type` says why.'),
    '412': ('Stale', 'Somebody changed it after you read it: read it again.'),
    '413': ('TooLarge', 'The body is larger than this operation takes.'),
    '415': ('UnsupportedMediaType', 'Send the media type that the operation names.'),
    '422': ('KeyReused', 'This Idempotency-Key belongs to another request.'),
    '428': ('MatchRequired', 'Send If-Match with the ETag that you read.'),
    '500': ('Internal', 'Our fault. The request id helps us to find out.'),
    '503': ('Unavailable', 'We cannot do it now; nothing was changed. Try again after `Retry-After` seconds.'),
    '504': ('Timeout', 'It took too long. Nothing was committed, unless a retry with the same key says so.'),
}
HEADERS = {
    'API-Version': ('Version of the API.', {'type': 'string', 'maxLength': 20}, '0.1.0'),
    'X-Request-Id': ('Identifier of this request, for questions.', {'type': 'string', 'format': 'uuid'},
                     '01920000-0000-7000-8000-0000000000aa'),
    'ETag': ('Version of what you read, for If-Match and If-None-Match.', {'type': 'string', 'maxLength': 80}, '"1"'),
    'Location': ('Where the new resource is.', {'type': 'string', 'maxLength': 200},
                 '/v1/vacancies/01920000-0000-7000-8000-000000000a01'),
    'Retry-After': ('Seconds to wait.', {'type': 'integer', 'minimum': 1, 'maximum': 3600}, 1),
}


def ref(kind, name):
    return {'$ref': f'#/components/{kind}/{name}'}


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


def shared_schemas(limits):
    text = {'type': 'string', 'maxLength': 500}
    return {
        'SelfLinks': {'type': 'object', 'description': 'Where it is.',
                      'additionalProperties': False, 'properties': {'self': link('This resource.')}},
        'PageLinks': {'type': 'object', 'description': 'Where more is.',
                      'additionalProperties': False,
                      'properties': {'self': link('This page.'), 'next': link('The next page, when there is one.')}},
        'Problem': {'type': 'object', 'x-nl': 'probleem', 'description': 'What went wrong (RFC 9457).',
                    'required': ['type', 'title', 'status'], 'properties': {
                        'type': dict(text, description='Which problem; stable, made for programs.',
                                     example='urn:maatwerk:problem:invalid'),
                        'title': dict(text, description='In words.', example='De aanvraag klopt niet'),
                        'status': {'type': 'integer', 'minimum': 400, 'maximum': 599, 'description': 'HTTP status.',
                                   'example': 400},
                        'detail': dict(text, description='More words.', example='Twee velden kloppen niet.'),
                        'instance': dict(text, description='The request: urn:uuid of X-Request-Id.',
                                         example='urn:uuid:01920000-0000-7000-8000-0000000000aa'),
                        'errors': {'type': 'array', 'maxItems': limits['LIMIT_FAULTS'], 'description': 'Every fault of the request.',
                                   'items': ref('schemas', 'Fault')}}},
        'Fault': {'type': 'object', 'x-nl': 'fout', 'description': 'One fault.', 'required': ['in', 'code', 'detail'],
                  'properties': {
                      'in': {'type': 'string', 'enum': ['body', 'parameter', 'header'], 'example': 'body',
                             'description': 'Where it is.'},
                      'pointer': dict(text, description='JSON pointer in the body.', example='/hoursMin'),
                      'name': dict(text, description='Name of the parameter or header.', example='pageSize'),
                      'code': dict(text, description='Which fault; made for programs.', example='range'),
                      'detail': dict(text, description='In words.', example='Moet tussen 1 en 48 liggen')}},
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


def operation_of(contract, operation, queries, limits):
    raw = clean(copy.deepcopy(operation.raw))
    parameters = raw.pop('parameters', [])
    if operation.list_of:
        parameters += list_parameters(contract, operation, queries[operation.handler], limits)
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
    wanted = ['400', '401', '403', '404', '405', '406', '500', '503', '504']
    if operation.needs_key or operation.needs_match:
        wanted += ['409']
    if operation.needs_key:
        wanted += ['422']
    if operation.body:
        wanted += ['413', '415']
    if operation.needs_match:
        wanted += ['412', '428']
    if operation.method == 'get' and 'version' in item and not operation.list_of:
        raw['responses']['304'] = {'description': 'Not changed.', 'headers': dict(success['headers'])}
    for status in sorted(wanted):
        raw['responses'][status] = ref('responses', PROBLEMS[status][0])
    if operation.rights is not None:
        raw['security'] = [{'bearer': []}]
    return raw


def bundle(contract, queries, limits):
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
                made[method] = operation_of(contract, by_handler[raw['operationId']], queries, limits)
        document['paths'][path] = made
    text = {'type': 'string', 'maxLength': 100}
    document['components'] = {
        'schemas': {**{name: schema_of(contract, name, limits) for name in contract.schemas}, **shared_schemas(limits)},
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
        'headers': {name: {'description': words, 'schema': schema, 'example': example}
                    for name, (words, schema, example) in HEADERS.items()},
        'responses': {name: problem(status, name, words) for status, (name, words) in PROBLEMS.items()},
        'securitySchemes': {'bearer': {'type': 'http', 'scheme': 'bearer', 'bearerFormat': 'JWT',
                                       'description': 'Token of the identity provider of your municipality.'}},
    }
    return document


def problem(status, name, words):
    headers = {'API-Version': ref('headers', 'API-Version'), 'X-Request-Id': ref('headers', 'X-Request-Id')}
    if status == '503':
        headers['Retry-After'] = ref('headers', 'Retry-After')
    return {'description': words, 'headers': headers,
            'content': {'application/problem+json': {'schema': ref('schemas', 'Problem')}}}
