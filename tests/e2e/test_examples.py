# SPDX-License-Identifier: EUPL-1.2
"""The examples of the contract, as somebody who tries the API sends them: generators, mock servers and the page of the API show nothing else."""
import json
import re
import uuid

import pytest

from region import BIN, ROOT, Client, Region

SERVED = json.loads((ROOT / 'openapi/gen/openapi.json').read_text())
WRITES = [(method, path, operation) for path, item in SERVED['paths'].items() for method, operation in item.items()
          if method != 'parameters' and 'requestBody' in operation and set(operation.get('x-rights', {})) - {'system'}]
READS = [(path, item['get']) for path, item in SERVED['paths'].items()
         if 'x-rights' in item.get('get', {}) and item['get']['operationId'] not in ('getQueueJob', 'getQueueDeadLetter', 'getQueueLane')]    # they come and go


@pytest.fixture(scope='module')
def tried():
    """A region of its own: everything is sent to it."""
    with Region.started('examples', BIN, candidates=420) as made:
        made.start_programs()
        made.wait_until_idle()
        yield made


def address(path, operation):
    known = SERVED['components']['parameters']
    parameters = [known[raw['$ref'].rsplit('/', 1)[1]] if '$ref' in raw else raw
                  for raw in SERVED['paths'][path].get('parameters', []) + operation.get('parameters', [])]
    examples = {parameter['name']: parameter['example'] for parameter in parameters if parameter['in'] == 'path'}
    return re.sub(r'\{(\w+)\}', lambda name: str(examples[name[1]]), path)


@pytest.mark.parametrize('path, operation', READS, ids=[operation['operationId'] for _, operation in READS])
def test_what_the_examples_name_is_there(tried, path, operation):
    """Whoever tries the API on the demo region sees an answer, not a 404."""
    roles = sorted(operation['x-rights'], key=lambda role: operation['x-rights'][role] != 'tenant')
    answers = {role: Client(tried, role).get('/v1' + address(path, operation)) for role in roles if role != 'system'}
    assert any(answer.status == 200 for answer in answers.values()), {role: answer.status for role, answer in answers.items()}


@pytest.mark.parametrize('method, path, operation', WRITES, ids=[operation['operationId'] for _, _, operation in WRITES])
def test_seen_builder_what_the_example_sends_fits(tried, method, path, operation):
    """Properties that exclude each other stood side by side, and what a value refers to was not there: whoever began with an example began with a 400."""
    (_, media), = operation['requestBody']['content'].items()
    example = SERVED['components']['schemas'][media['schema']['$ref'].rsplit('/', 1)[1]]['example']
    role = next((role for role, scope in operation['x-rights'].items() if scope == 'tenant'), next(iter(operation['x-rights'])))
    headers = {'If-Match': '*'} if method in ('put', 'patch') else {'Idempotency-Key': operation['operationId'] + '-example'}
    answer = Client(tried, role).call(method.upper(), '/v1' + address(path, operation), example, headers)
    assert answer.status not in (400, 415, 422) and answer.status < 500, answer.text


UNFIT = {'type', 'format', 'pattern', 'length', 'range', 'items', 'enum', 'characters', 'blank', 'null'}


@pytest.mark.parametrize('method, path, operation', WRITES, ids=[operation['operationId'] for _, _, operation in WRITES])
def test_seen_builder_each_property_takes_its_own_example(tried, method, path, operation):
    """Not only those that stand together in an example: a list of numbers was refused by the service, whatever it had."""
    (_, media), = operation['requestBody']['content'].items()
    schema = SERVED['components']['schemas'][media['schema']['$ref'].rsplit('/', 1)[1]]
    role = next((role for role, scope in operation['x-rights'].items() if scope == 'tenant'), next(iter(operation['x-rights'])))
    client, headers = Client(tried, role), {'If-Match': '"0"'} if method in ('put', 'patch') else {}
    sent = {name: raw['example'] for name, raw in schema.get('properties', {}).items() if 'example' in raw and not raw.get('readOnly')}
    unfit = {}
    for name, example in sent.items():
        answer = client.call(method.upper(), '/v1' + address(path, operation), {name: example, '-': 0}, {**headers, 'Idempotency-Key': str(uuid.uuid4())})
        if answer.status == 400:
            unfit.update({error['pointer']: error for error in answer.json['errors'] if error.get('pointer', '').split('/')[1:2] == [name] and error['code'] in UNFIT})
    assert not unfit
