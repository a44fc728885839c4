# SPDX-License-Identifier: EUPL-1.2
"""What the served contract says of problems: a response per status, the schemas, and which operation answers what."""

from .problems import LANGUAGES
from .shapes import integer, ref, with_format

MEDIA = 'application/problem+json'
INSTANCE = 'urn:uuid:01920000-0000-7000-8000-0000000000aa'


def may_answer(problem, operation):
    return {'always': True, 'never': False, 'body': bool(operation.body), 'key': operation.needs_key,
            'match': operation.needs_match, 'write': operation.method != 'get'}[problem.when]


def of_operation(problems, operation):
    """{status: reference} of what can go wrong; a status is named after its first problem."""
    return {str(status): ref('responses', found[0].name) for status, found in problems.by_status().items()
            if any(may_answer(problem, operation) for problem in found)}


def example(problems, problem):
    members = {name: problems.members[name]['example'] for name in problem.members}
    made = {**problem.members_of('nl'), 'instance': INSTANCE}
    return {'summary': problem.title['en'], 'value': {**made, 'detail': made['detail'].format(**members), **members}}


def response(problems, found):
    headers = {name: ref('headers', name) for name in ('API-Version', 'X-Request-Id')}
    if found[0].status == 429:
        headers.update({name: ref('headers', name) for name in ('RateLimit-Policy', 'RateLimit')})
    if any(problem.err == 'STALE' for problem in found):
        headers['ETag'] = ref('headers', 'ETag')
    if all(problem.retry_after for problem in found):
        headers['Retry-After'] = ref('headers', 'Retry-After')
    return {'description': '\n'.join(f'{p.title["en"]}. {p.do}' if len(found) == 1 else f'* `{p.code}`: {p.title["en"]}. {p.do}'
                                     for p in found),
            'headers': headers,
            'content': {MEDIA: {'schema': ref('schemas', 'Problem'),
                                'examples': {problem.code: example(problems, problem) for problem in found}}}}


def responses(problems):
    return {found[0].name: response(problems, found) for found in problems.by_status().values()
            if any(problem.when != 'never' for problem in found)}


def codes(rows):
    return '\n'.join(f'* `{code}`: {words}' for code, words in rows)


def schemas(problems, limits):
    text = {'type': 'string', 'maxLength': 500}
    return {
        'ProblemType': {
            'type': 'string', 'maxLength': 100, 'x-nl': 'soort probleem', 'example': problems.all[1].type,
            'x-extensible-enum': [problem.type for problem in problems.all],
            'description': 'Which problem, for programs. The URN stays the same. New ones may come: treat one that you do not '
                           'know by its status.\n\n'
                           + codes((p.type, f'{p.status}. {p.title["en"]}. {p.do}') for p in problems.all)},
        'FaultCode': {
            'type': 'string', 'maxLength': 40, 'x-nl': 'soort fout', 'example': 'range',
            'x-extensible-enum': list(problems.faults),
            'description': 'Which fault, for programs. New ones may come.\n\n'
                           + codes((code, text['en']) for code, text in problems.faults.items())},
        'Problem': {
            'type': 'object', 'x-nl': 'probleem', 'description': 'What went wrong (RFC 9457). Nothing about a person is in it.',
            'required': ['type', 'title', 'status', 'detail'], 'properties': {
                'type': ref('schemas', 'ProblemType'),
                'title': dict(text, description='In a few words.', example=problems.all[1].title[LANGUAGES[0]]),
                'status': integer(400, 599, description='HTTP status.', example=400),
                'detail': dict(text, description='In a sentence or two.', example=problems.all[1].detail[LANGUAGES[0]]),
                'instance': dict(text, description='The request: urn:uuid of X-Request-Id.', example=INSTANCE),
                'errors': {'type': 'array', 'maxItems': limits['LIMIT_FAULTS'], 'description': 'Every fault of the request.',
                           'items': ref('schemas', 'Fault')},
                **{name: with_format(raw) for name, raw in problems.members.items()}}},
        'Fault': {
            'type': 'object', 'x-nl': 'fout', 'description': 'One fault.', 'required': ['place', 'code', 'detail'],
            'properties': {
                'place': {'type': 'string', 'maxLength': 40, 'x-extensible-enum': ['body', 'parameter', 'header'], 'example': 'body',
                          'description': 'Where it is.'},
                'pointer': dict(text, description='JSON pointer in the body.', example='/hoursMin'),
                'name': dict(text, description='Name of the parameter or header.', example='pageSize'),
                'code': ref('schemas', 'FaultCode'),
                'detail': dict(text, description='In words.', example='Moet liggen tussen 1..48')}},
    }
