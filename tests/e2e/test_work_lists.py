# SPDX-License-Identifier: EUPL-1.2
"""The work list: the most urgent first, whose it is, what a row has; and what it costs when there is much."""
import json
import sys

import psycopg2
import pytest

from region import ROOT, day

sys.path.insert(0, str(ROOT / 'openapi'))
from generator import sql  # noqa: E402

PAGE = next(query for queries in sql.read(ROOT / 'sql/queries').values() for query in queries if query.name == 'work_list_page')
MANY = 20000


@pytest.fixture(scope='module')
def me(as_role):
    return lambda role: as_role(role).get('/user-profile').json['id']


@pytest.fixture
def make(as_role, world):
    def made(role='consultant', **changes):
        body = {'kind': 'promise', 'noun': 'employer', 'subjectId': world['employer'], 'dueDay': day(7), **changes}
        answer = as_role(role).post('/tasks', {name: value for name, value in body.items() if value is not None})
        assert answer.status == 201, answer.text
        return answer.json['id']
    return made


@pytest.fixture(scope='module')
def person(as_role):
    return as_role('case_manager').get('/candidates?pageSize=1').json['items'][0]


def ids(client, query=''):
    found, path = [], f'/work-list?pageSize=100{query}'
    while path:
        page = client.get(path).json
        found += [item['id'] for item in page['items']]
        path = page['_links'].get('next', {}).get('href')
    return found


def test_the_most_urgent_is_first(region, as_role, make):
    later, soon = make(dueDay=day(90)), make(dueDay=day(1))
    urgent = make(kind='urgent_follow_up', dueDay=day(30))
    overdue = make(dueDay=day(2))
    region.sql("set session_replication_role = replica; update app.task set due_at = due_at - interval '9 days', due_day = null, rank_at = due_at - interval '9 days' where id = %s", (overdue,))
    client = as_role('consultant')
    mine = ids(client)
    assert [one for one in mine if one in (later, soon, urgent, overdue)] == [urgent, overdue, soon, later]
    assert ids(client, '&urgent=true') == [urgent] and urgent not in ids(client, '&urgent=false')
    assert overdue in ids(client, '&overdue=true') and soon not in ids(client, '&overdue=true') and soon in ids(client, '&overdue=false')
    assert soon in ids(client, f'&dueBefore={day(5)}T00:00:00Z') and later not in ids(client, f'&dueBefore={day(5)}T00:00:00Z')
    assert urgent not in ids(client, '&kind=promise') and soon in ids(client, '&kind=promise')
    assert ids(client, '&sort=-orderAt') == mine[::-1]


def test_a_row_is_enough_to_act(as_role, make, world):
    task = make(promisedToEmployerId=world['employer'], summary='Laadperron')
    client = as_role('consultant')
    row = next(item for item in client.get('/work-list?pageSize=100').json['items'] if item['id'] == task)
    assert (row['titleNl'], row['titleEn'], row['outcomes'], row['summary']) == ('Toezegging nakomen', 'Keep a promise', ['kept', 'not_kept'], 'Laadperron')
    assert row['subjectLabel'] == row['promisedToName'] and row['ownerName'] and row['noun'] == 'employer' and row['dueDay'] == day(7)
    assert client.get(row['subjectPath']).json['name'] == row['subjectLabel']
    completes = next(action for action in row['actions'] if action['operation'] == 'completeTask')
    assert client.call(completes['method'], completes['href'], {'outcome': row['outcomes'][0]}, {'Idempotency-Key': f'row-{task}'}).status == 200
    assert task not in ids(client)


def test_every_call_that_a_row_offers_can_be_made(as_role, make, me):
    """And one that it does not offer is refused: by state, or because it is somebody else's."""
    bodies = {'acceptTask': None, 'declineTask': {'reason': 'other'}, 'completeTask': {'outcome': 'kept'}, 'withdrawTask': {'reason': 'other'},
              'replanTask': {'dueDay': day(9), 'agreedBy': 'employer', 'reason': 'other'}, 'reassignTask': {'ownerUserId': me('consultant')}}
    places = {'acceptTask': 'acceptances', 'declineTask': 'refusals', 'completeTask': 'completions', 'withdrawTask': 'withdrawals',
              'replanTask': 'replannings', 'reassignTask': 'reassignments'}
    for role in ('consultant', 'account_manager', 'team_lead'):
        client = as_role(role)
        for operation, body in bodies.items():
            task = make()
            offered = {action['operation'] for action in client.get(f'/tasks/{task}').json['actions']}
            answer = client.post(f'/tasks/{task}/{places[operation]}', body)
            assert (answer.status == 200) == (operation in offered), (role, operation, answer.text)


def test_whose_work_it_is(as_role, make, me, region):
    mine, hers, nobodys = make(), make(ownerUserId=me('account_manager')), make('employer', kind='question', dueDay=day(3))
    own, team, desk = (ids(as_role('consultant'), f'&whose={whose}') for whose in ('me', 'team', 'desk'))
    assert mine in own and hers not in own and nobodys not in own
    assert {mine, hers, nobodys} <= set(team) and nobodys in desk and not {mine, hers} & set(desk)
    assert hers in ids(as_role('account_manager')) and ids(as_role('consultant')) == own
    assert as_role('consultant').get('/work-list?whose=everybody').json['errors'][0]['name'] == 'whose'
    assert ids(as_role('employer'), '&whose=team') == ids(as_role('employer'), '&whose=desk') and nobodys not in ids(as_role('employer'))
    assert not {mine, hers, nobodys} & set(ids(as_role('team_lead', 'gm9902'), '&whose=team'))


def test_a_case_manager_has_his_own_work_and_what_concerns_his_people(as_role, make, me, person):
    about = {'noun': 'candidate', 'subjectId': person['id']}
    own, others = make('case_manager', kind='step', **about), make('case_manager', kind='step', ownerUserId=me('coach'), **about)
    check = make('case_manager', kind='check', ownerUserId=me('field_officer'), dueDay=None, **about)
    client = as_role('case_manager')
    assert own in ids(client) and others not in ids(client) and {own, others, check} <= set(ids(client, '&whose=people'))
    assert ids(client, '&whose=team') == ids(client, '&whose=desk') == []
    assert others in ids(as_role('coach')) and check not in ids(as_role('coach'), '&whose=people')
    assert check in ids(as_role('field_officer')) and check not in ids(as_role('consultant'), '&whose=team')
    assert check in ids(as_role('team_lead'), '&whose=team')


# ------------------------------------------------------------------------------------------------------- the cost

FILL = """set session_replication_role = replica;
    insert into app.task (tenant_id, id, kind, subject_id, wall, noun, employer_id, state, owner_user_id, due_at, clock_from, urgent, desk_id, rank_at, made_at,
                          version, changed_at, changed_in)
    select 1, gen_random_uuid(), 'promise', s.id, 'employer', 'employer', s.id, 'open', u.id, clock.now() + n * interval '1 minute', clock.now(), false,
           app.task_no_desk(), clock.now() + n * interval '1 minute', clock.now(), 1, clock.now(), '3'
    from generate_series(%s, %s) n, (select s.id from app.subject s where s.tenant_id = 1 and s.noun = 'employer' limit 1) s,
         (select array_agg(id) as ids from app.user_account where tenant_id = 1) a, lateral (select case when n %% 3 > 0 then a.ids[1 + n %% cardinality(a.ids)] end as id) u"""
WHOSE = {name.split('=')[1]: predicate for name, predicate in PAGE.filters if name.startswith('whose=')}


def explained(region, whose, actor, role='consultant'):
    """The plan of a page in the middle of the list, and how many pages of the database it touched."""
    n = len(PAGE.arguments)
    values = ['true' for _ in PAGE.arguments] + ['2020-01-01', '00000000-0000-0000-0000-000000000000']
    connection = psycopg2.connect(region.env['MAATWERK_PG'] + ' user=maatwerk_platform')
    try:
        with connection.cursor() as cursor:
            for name, value in {'tenant': '1', 'scope': 'tenant', 'role': role, 'actor': actor}.items():
                cursor.execute('select set_config(%s, %s, true)', (f'app.{name}', value))
            cursor.execute(f'prepare x as {PAGE.text} and ({WHOSE[whose]}) and (t.rank_at, t.id) > (${n + 1}::timestamptz, ${n + 2}::uuid) '
                           'order by t.rank_at, t.id limit 21')
            for _ in range(2):      # the first one also reads the catalogue
                cursor.execute('explain (analyze, buffers, format json) execute x (' + ', '.join(f"'{value}'" for value in values) + ')')
            plan = cursor.fetchone()[0][0]['Plan']
    finally:
        connection.close()
    return json.dumps(plan), plan['Shared Hit Blocks'] + plan['Shared Read Blocks'], plan['Actual Rows']


@pytest.mark.parametrize('whose', ['me', 'desk', 'team'])
def test_a_page_costs_the_same_when_there_is_ten_times_as_much(region, as_role, make, me, whose):
    """It reads the index of whose work it is, and no more than it shows; a few dozen tasks of one user it may also read and sort."""
    make()
    make('employer', kind='question', dueDay=day(3))
    actor = me('consultant')
    try:
        region.sql(FILL, (1, MANY // 10))
        region.sql('analyze app.task')
        _, few, _ = explained(region, whose, actor)
        region.sql(FILL, (MANY // 10 + 1, MANY))
        region.sql('analyze app.task')
        plan, much, rows = explained(region, whose, actor)
    finally:
        region.sql("set session_replication_role = replica; delete from app.task where changed_in = '3'")
    index = {'me': 'task_of_user', 'desk': 'task_of_desk', 'team': 'task_of_team'}[whose]
    assert index in plan, plan
    assert rows == 21 and much <= few * 1.5 + 40, (few, much)
