# SPDX-License-Identifier: EUPL-1.2
"""Who may do what, generated from x-rights: every operation, every role, own and foreign."""
import json
import re
import sys
from pathlib import Path

import pytest

import rights

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / 'openapi'))
from generator import sql  # noqa: E402
from generator.contract import Contract, snake  # noqa: E402
from region import until  # noqa: E402

CONTRACT = json.loads((ROOT / 'openapi/gen/openapi.json').read_text())
ROLES = [role['name'] for role in CONTRACT['x-roles'] if role['name'] != 'system']
OPERATIONS = [(path, method, operation) for path, item in CONTRACT['paths'].items()
              for method, operation in item.items() if method != 'parameters' and 'x-rights' in operation]
NOBODY = '01920000-0000-7000-8000-00000000dead'
HOLDERS = {'privacy_officer': ['tenant_admin'], 'decider': ['team_lead']}      # roles whose user in the demo region has the attribute


def example(schema):
    return CONTRACT['components']['schemas'][schema['$ref'].rsplit('/', 1)[1]]['example']


def writable(schema, role):
    """The example of a body, without the properties that this role may not give."""
    properties = CONTRACT['components']['schemas'][schema['$ref'].rsplit('/', 1)[1]]['properties']
    return {name: value for name, value in example(schema).items() if role in properties[name].get('x-writable-by', [role])}


def try_out(client, path, method, operation, role):
    here = re.sub(r'{\w+}', NOBODY, path)
    content = operation.get('requestBody', {}).get('content', {})
    body = writable(next(iter(content.values()))['schema'], role) if content else None
    headers = {'If-Match': '"1-0"'} if method in ('patch', 'put', 'delete') else {}
    if method == 'post' and not path.endswith('_search'):
        headers['Idempotency-Key'] = f'rights-{operation["operationId"]}-{client.token[-20:]}'
    return client.call(method.upper(), here, body, headers)


@pytest.mark.parametrize('path,method,operation', OPERATIONS, ids=[o['operationId'] for _, _, o in OPERATIONS])
def test_the_contract_decides(as_role, region, path, method, operation):
    allowed = operation['x-rights']
    for role in ROLES:
        answer = try_out(as_role(role), path, method, operation, role)
        if role not in allowed or role not in HOLDERS.get(operation.get('x-attribute'), ROLES):
            assert answer.status == 403 and answer.problem == 'forbidden', role
        else:
            assert answer.status not in (401, 500, 503), f'{role}: {answer.text}'
            assert answer.status != 403 or allowed[role] != 'tenant', f'{role}: {answer.text}'
    nobody = region_client(region).call(method.upper(), path.replace('{', '').replace('}', ''))
    assert nobody.status == 401


EXPECTED = rights.expected()
BODIES = [(path, method, operation) for path, method, operation in OPERATIONS if 'requestBody' in operation]


def schema_of(content):
    return next(iter(content.values()))['schema']['$ref'].rsplit('/', 1)[1]


@pytest.mark.parametrize('path,method,operation', BODIES, ids=[o['operationId'] for _, _, o in BODIES])
def test_attack_02_what_a_role_may_not_write_is_refused_by_name(as_role, path, method, operation):
    """Every property of every body, by every role that may call the operation, with its example and with null: the properties that
    rights.tsv does not let this role write are named, and no others are."""
    body = schema_of(operation['requestBody']['content'])
    shown = next((schema_of(answer['content']) for status, answer in operation['responses'].items()
                  if status < '300' and 'content' in answer), body)
    names = [name for name, raw in CONTRACT['components']['schemas'][body]['properties'].items() if not raw.get('readOnly')]
    values = example({'$ref': f'/{body}'})
    for role in set(operation['x-rights']) - {'system'}:
        closed = {f'/{name}' for name in names if 'w' not in rights.expected_of(EXPECTED, f'{snake(shown)}.{name}', role)}
        for sent in (values, dict.fromkeys(names)):
            given = {f'/{name}' for name in sent} & closed
            headers = {'If-Match': '"1-0"'} if method in ('patch', 'put', 'delete') else {'Idempotency-Key': f'{role}-{body}'}
            answer = as_role(role).call(method.upper(), re.sub(r'{\w+}', NOBODY, path), sent, headers)
            named = {fault['pointer'] for fault in answer.json.get('errors', []) if fault['code'] == 'not-writable'}
            assert named == given, role
            assert not given or (answer.status, answer.problem) == (403, 'forbidden'), answer.text


SHOWN = [(path, operation, schema_of(operation['responses']['200']['content'])) for path, method, operation in OPERATIONS
         if method == 'get' and 'application/json' in operation['responses']['200'].get('content', {})]
ONE = [one for one in SHOWN if 'pageSize' not in CONTRACT['components']['schemas'][one[2]]['properties']]


@pytest.mark.parametrize('path,operation,shown', ONE, ids=[o['operationId'] for _, o, _ in ONE])
def test_what_a_role_may_not_read_cannot_be_asked_for(as_role, path, operation, shown):
    """Every property of every answer, by every role: `fields` takes it when rights.tsv lets this role read it."""
    names = [name for name in CONTRACT['components']['schemas'][shown]['properties'] if name != '_links']
    for role in set(operation['x-rights']) - {'system'}:
        answer = as_role(role).get(f'{re.sub(r"{[a-zA-Z]+}", NOBODY, path)}?fields={",".join(names)}')
        unknown = [fault for fault in answer.json.get('errors', []) if fault['code'] == 'unknown-field']
        closed = [name for name in names if 'r' not in rights.expected_of(EXPECTED, f'{snake(shown)}.{name}', role)]
        assert len(unknown) == len(closed), f'{role}: {closed} {answer.text}'


LISTS = [(path, operation, shown) for path, operation, shown in SHOWN if any(p.get('name') == 'sort' for p in operation['parameters'])]


@pytest.mark.parametrize('path,operation,shown', LISTS, ids=[o['operationId'] for _, o, _ in LISTS])
def test_what_a_role_may_not_read_cannot_be_sorted_by(as_role, path, operation, shown):
    """Every sort of every list, both ways, by every role: an order tells what the property says, so it needs the right to read it."""
    schemas = CONTRACT['components']['schemas']
    item = schemas[shown]['properties']['items']['items']['$ref'].rsplit('/', 1)[1]
    sort = next(p['schema']['$ref'] for p in operation['parameters'] if p.get('name') == 'sort').rsplit('/', 1)[1]
    for role in set(operation['x-rights']) - {'system'}:
        for way in schemas[sort]['enum']:
            answer = as_role(role).get(f'{re.sub(r"{[a-zA-Z]+}", NOBODY, path)}?sort={way}')
            refused = any(fault.get('parameter') == 'sort' for fault in answer.json.get('errors', []))
            may = 'r' in rights.expected_of(EXPECTED, f'{snake(item)}.{way.lstrip("-")}', role)
            assert refused != may, f'{role} {way}: {answer.text}'


def region_client(region):
    from region import Client
    return Client(region, None)


def test_denials_are_in_the_audit(region, as_role):
    count = "select coalesce(sum(times), 0) from audit.denial where reason = 'forbidden' and operation = 'listCandidates'"
    before = region.sql(count)[0][0]
    as_role('employer').get('/candidates')
    until(lambda: region.sql(count)[0][0] > before)


QUERIES = {query.name: query for queries in sql.read(ROOT / 'sql/queries').values() for query in queries}
# the columns that say whose a row is, the first that a table has
FOLLOWS = ['coach_id', 'user_id', 'candidate_coach_id', 'candidate_organisation_id', 'asked_by', 'grantee_organisation_id']        # who sees it besides
OWNERS = {'caseload': ['case_manager_id', 'candidate_case_manager_id', 'to_user_id', 'owner_user_id', 'grantee_user_id'], 'organisation': ['made_by_organisation', 'employer_id', 'organisation_id', 'candidate_organisation_id']}
# nouns on the wall of the person that copy no owners: whose the person is says app.access, and a party is named in a column of its own
PEOPLE = {'placement', 'placement_contact', 'appointment'}
# a row of the region is of those who take part in its project
OF_PROJECT = "(select p.id from region.project p where not '{own}' = any (p.organisations))"


def table_of(noun):
    """The table that the GET of one thing reads: /contacts/{contactId} reads app.contact."""
    read = next(o for o in Contract(ROOT / 'openapi').operations if o.method == 'get' and o.path.split('/')[1:2] == [noun]
                and o.path.endswith('}') and o.path.count('/') == 2)
    return re.search(r'from ((?:app|region)\.\w+) (\w+) (?:join [^()]* |(?:cross|left) join lateral .* )?where \2\.id = \$', QUERIES[read.plan[-1][0] if read.plan else f'{snake(read.item)}_get'].text).group(1)


# reads that show no row of a table: why
NO_ROW = {'getFigure': 'it counts; test_figures.py says who gets which number',
          **dict.fromkeys(('getSessions', 'getAttendance'), 'whose the people are decides, and not the project; test_appointments.py says who sees which')}
OWN = [(path, operation) for path, method, operation in OPERATIONS
       if method == 'get' and '{' in path and operation['operationId'] not in NO_ROW and {'organisation', 'caseload'} & set(operation['x-rights'].values())]


@pytest.mark.parametrize('path,operation', OWN, ids=[o['operationId'] for _, o in OWN])
def test_what_is_not_own_is_not_there(as_role, region, path, operation):
    """Reads a thing of each kind that belongs to somebody else, as every role that may only see its own."""
    schema, table = table_of(path.split('/')[1]).split('.')
    columns = [name for name, in region.sql("select column_name from information_schema.columns where table_schema = %s "
                                            "and table_name = %s", (schema, table))]
    for role, scope in operation['x-rights'].items():
        if scope == 'tenant':
            continue
        client = as_role(role)
        profile = client.get('/user-profile').json
        own = profile['id'] if scope == 'caseload' else profile.get('organisationId', NOBODY)
        if table in PEOPLE:
            rows = region.sql(f"select p.id from app.{table} p where not exists (select from app.access a where a.candidate_id = p.candidate_id and a.grantee_id = %s) "
                              "and %s not in (select value from jsonb_each_text(to_jsonb(p)) where value is not null) limit 3", (own, own))
            answers = [client.get(path.replace(path.split('/')[2], str(one))) for one, in rows]
            assert all(a.status == 404 or (a.status == 200 and a.json.get('items') == []) for a in answers), role
            continue
        if 'subject_id' in columns or 'candidate_id' in columns and not {*OWNERS['caseload']} & {*columns}:   # it is whose is what or whom it is about
            foreign = {'caseload': 'not coalesce(%(own)s = any (array[case_manager_id, coach_id, user_id]), false)',
                       'organisation': 'organisation_id is distinct from %(own)s'}[scope]
            rows = region.sql(f"select id from app.{table} where candidate_id in (select c.id from app.candidate c where {foreign}) "
                              + ("or wall = 'employer' and employer_id is distinct from %(own)s limit 3" if 'wall' in columns else 'limit 3'), {'own': own})
            answers = [client.get(path.replace(path.split('/')[2], str(one))) for one, in rows]
            assert all(a.status == 404 or (a.status == 200 and a.json.get('items') == []) for a in answers), role
            continue
        if schema == 'region':
            for (foreign,) in region.sql(f"select id from region.{table} where {'id' if table == 'project' else 'project_id'} in {OF_PROJECT.format(own=own)} limit 3"):
                answer = client.get(path.replace(path.split('/')[2], str(foreign)))
                assert answer.status == 404 or answer.json.get('items') == [], f'{role} {answer.text}'
            continue
        column = next(name for name in OWNERS[scope] if name in columns) if table not in ('organisation', 'employer') else 'id'
        more = ''.join(f" and {also} is distinct from '{own}'" for also in FOLLOWS if also in columns)
        more += " and state not in ('open', 'shortlisted', 'partly_filled') and reported_by_organisation is distinct from " \
               f"'{own}'" if table == 'vacancy' else ''
        more += f" and candidate_id not in (select c.id from app.candidate c where '{own}' in (c.case_manager_id, c.coach_id))" if table == 'mandate' else ''
        rows = region.sql(f"select id from app.{table} where {column} is distinct from %s{more} limit 3", (own,))
        for (foreign,) in rows:
            answer = client.get(path.replace(path.split('/')[2], str(foreign)))
            assert answer.status == 404 or (answer.status == 200 and answer.json.get('items') == []), f'{role} {answer.text}'
