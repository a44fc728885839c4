# SPDX-License-Identifier: EUPL-1.2
"""The examples of the contract, as somebody who tries the API sends them: generators, mock servers and the page of the API show nothing else."""
import json
import re

import pytest

from region import BIN, ROOT, Client, Region

SERVED = json.loads((ROOT / 'openapi/gen/openapi.json').read_text())
WRITES = [(method, path, operation) for path, item in SERVED['paths'].items() for method, operation in item.items()
          if method != 'parameters' and 'requestBody' in operation and set(operation.get('x-rights', {})) - {'system'}]


@pytest.fixture(scope='module')
def tried():
    """A region of its own: everything is sent to it."""
    with Region.started('examples', BIN, candidates=420) as made:
        made.start_programs()
        made.wait_until_idle()
        yield made


def address(path):
    known = SERVED['components']['parameters']
    parameters = [known[raw['$ref'].rsplit('/', 1)[1]] if '$ref' in raw else raw for raw in SERVED['paths'][path].get('parameters', [])]
    examples = {parameter['name']: parameter['example'] for parameter in parameters}
    return re.sub(r'\{(\w+)\}', lambda name: str(examples[name[1]]), path)


@pytest.mark.parametrize('method, path, operation', WRITES, ids=[operation['operationId'] for _, _, operation in WRITES])
def test_seen_builder_what_the_example_sends_fits(tried, method, path, operation):
    """Properties that exclude each other stood side by side, and what a value refers to was not there: whoever began with an example began with a 400."""
    (_, media), = operation['requestBody']['content'].items()
    example = SERVED['components']['schemas'][media['schema']['$ref'].rsplit('/', 1)[1]]['example']
    role = next((role for role, scope in operation['x-rights'].items() if scope == 'tenant'), next(iter(operation['x-rights'])))
    headers = {'If-Match': '*'} if method in ('put', 'patch') else {'Idempotency-Key': operation['operationId'] + '-example'}
    answer = Client(tried, role).call(method.upper(), '/v1' + address(path), example, headers)
    assert answer.status not in (400, 415, 422) and answer.status < 500, answer.text
