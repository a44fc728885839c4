# SPDX-License-Identifier: EUPL-1.2
"""Who may do what, generated from x-rights: every operation, every role, own and foreign."""
import json
import re
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / 'openapi'))
from generator import sql  # noqa: E402
from generator.contract import Contract  # noqa: E402

CONTRACT = json.loads((ROOT / 'openapi/gen/openapi.json').read_text())
ROLES = [role['name'] for role in CONTRACT['x-roles'] if role['name'] != 'system']
OPERATIONS = [(path, method, operation) for path, item in CONTRACT['paths'].items()
              for method, operation in item.items() if method != 'parameters']
NOBODY = '01920000-0000-7000-8000-00000000dead'


def example(schema):
    return CONTRACT['components']['schemas'][schema['$ref'].rsplit('/', 1)[1]]['example']


def try_out(client, path, method, operation):
    here = re.sub(r'{\w+}', NOBODY, path)
    content = operation.get('requestBody', {}).get('content', {})
    body = example(next(iter(content.values()))['schema']) if content else None
    headers = {'If-Match': '"1-0"'} if method in ('patch', 'put', 'delete') else {}
    if method == 'post' and not path.endswith('_search'):
        headers['Idempotency-Key'] = f'rights-{operation["operationId"]}-{client.token[-20:]}'
    return client.call(method.upper(), here, body, headers)


@pytest.mark.parametrize('path,method,operation', OPERATIONS, ids=[o['operationId'] for _, _, o in OPERATIONS])
def test_the_contract_decides(as_role, region, path, method, operation):
    allowed = operation['x-rights']
    for role in ROLES:
        answer = try_out(as_role(role), path, method, operation)
        if role not in allowed:
            assert answer.status == 403 and answer.problem == 'forbidden', role
        else:
            assert answer.status not in (401, 500, 503), f'{role}: {answer.text}'
            assert answer.status != 403 or allowed[role] != 'tenant', f'{role}: {answer.text}'
    nobody = region_client(region).call(method.upper(), path.replace('{', '').replace('}', ''))
    assert nobody.status == 401


def region_client(region):
    from region import Client
    return Client(region, None)


def test_denials_are_in_the_audit(region, as_role):
    count = "select count(*) from audit.entry where action = 'deny'"
    before = region.sql(count)[0][0]
    as_role('employer').get('/candidates')
    import time
    until = time.monotonic() + 5
    while region.sql(count)[0][0] == before and time.monotonic() < until:
        time.sleep(0.01)
    assert region.sql(count)[0][0] > before


QUERIES = {query.name: query for queries in sql.read(ROOT / 'sql/queries').values() for query in queries}
# the columns that say whose a row is, the first that a table has
OWNERS = {'caseload': ['case_manager_id'], 'organisation': ['employer_id', 'organisation_id']}


def table_of(noun):
    """The table that the GET of one thing reads: /contacts/{contactId} reads app.employer_contact."""
    read = next(o for o in Contract(ROOT / 'openapi').operations if o.method == 'get' and o.path.split('/')[1:2] == [noun]
                and o.path.endswith('}') and o.path.count('/') == 2)
    return re.search(r'from app\.(\w+) (\w+) where \2\.id = ', QUERIES[read.plan[-1][0]].text).group(1)


OWN = [(path, operation) for path, method, operation in OPERATIONS
       if method == 'get' and '{' in path and {'organisation', 'caseload'} & set(operation['x-rights'].values())]


@pytest.mark.parametrize('path,operation', OWN, ids=[o['operationId'] for _, o in OWN])
def test_what_is_not_own_is_not_there(as_role, region, path, operation):
    """Reads a thing of each kind that belongs to somebody else, as every role that may only see its own."""
    table = table_of(path.split('/')[1])
    columns = [name for name, in region.sql("select column_name from information_schema.columns where table_schema = 'app' "
                                            "and table_name = %s", (table,))]
    for role, scope in operation['x-rights'].items():
        if scope == 'tenant':
            continue
        client = as_role(role)
        profile = client.get('/user-profile').json
        own = profile['id'] if scope == 'caseload' else profile['organisationId']
        column = next(name for name in OWNERS[scope] if name in columns) if table not in ('organisation', 'employer') else 'id'
        more = " and state not in ('open', 'shortlisted', 'partly_filled') and reported_by_organisation is distinct from " \
               f"'{own}'" if table == 'vacancy' else ''
        rows = region.sql(f"select id from app.{table} where {column} is distinct from %s{more} limit 3", (own,))
        for (foreign,) in rows:
            answer = client.get(path.replace(path.split('/')[2], str(foreign)))
            assert answer.status == 404 or (answer.status == 200 and answer.json.get('items') == []), f'{role} {answer.text}'
