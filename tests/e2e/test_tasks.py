# SPDX-License-Identifier: EUPL-1.2
"""Tasks: made, proposed to another department, kept or not, planned anew, given to somebody else, withdrawn; who sees them; one winner."""
import datetime
import os
import uuid
from concurrent.futures import ThreadPoolExecutor

import psycopg2
import pytest

from region import day, until

ROUNDS = int(os.environ.get('ROUNDS', 25))
NOBODY = '01920000-0000-7000-8000-00000000dead'


@pytest.fixture(scope='module')
def me(as_role):
    """me('coach') is the identifier of the user of that role"""
    return lambda role: as_role(role).get('/user-profile').json['id']


@pytest.fixture
def make(as_role, world):
    """make('consultant', ...) makes a task about the employer of the tests, unless it says about what."""
    def made(role='consultant', **changes):
        body = {'kind': 'promise', 'noun': 'employer', 'subjectId': world['employer'], 'dueDay': day(7), **changes}
        return as_role(role).post('/tasks', {name: value for name, value in body.items() if value is not None})
    return made


@pytest.fixture
def person_of(as_role):
    """person_of('consultant') is the identifier of a new user of that role."""
    def made(role):
        return as_role('tenant_admin').post('/users', {'name': 'Noor Pet', 'email': f'{uuid.uuid4()}@pet.example', 'role': role}).json['id']
    return made


@pytest.fixture(scope='module')
def person(as_role):
    """A candidate of the case manager of the tests."""
    return as_role('case_manager').get('/candidates?pageSize=1').json['items'][0]


def place(task):
    return f'/tasks/{task.json["id"]}'


def act(client, task, what, body=None):
    return client.post(f'{place(task)}/{what}', body)


# ----------------------------------------------------------------------------------------------------------- made

def test_a_promise_is_made_and_kept(as_role, make, me, world):
    made = make(promisedToEmployerId=world['employer'], summary='Vergunning voor het laadperron', dueDay='2031-03-03')
    assert made.status == 201, made.text
    task = made.json
    assert (task['state'], task['titleNl'], task['titleEn']) == ('open', 'Toezegging nakomen', 'Keep a promise')
    assert (task['ownerUserId'], task['dueDay'], task['dueAt']) == (me('consultant'), '2031-03-03', '2031-03-03T22:59:59.000Z')
    employer = as_role('consultant').get(f'/employers/{world["employer"]}').json['name']
    assert task['subjectLabel'] == task['promisedToName'] == employer and task['ownerName'] and not task['overdue']
    assert as_role('consultant').get(task['subjectPath']).json['id'] == world['employer']
    assert {a['operation'] for a in task['actions']} == {'completeTask', 'withdrawTask', 'replanTask', 'reassignTask'}
    completes = next(a for a in task['actions'] if a['operation'] == 'completeTask')
    assert as_role('consultant').post(completes['href'], {'outcome': 'answered'}).json['outcomes'] == ['kept', 'not_kept']
    kept = as_role('consultant').post(completes['href'], {'outcome': 'kept'})
    assert (kept.status, kept.json['state'], kept.json['outcome'], [a['operation'] for a in kept.json['actions']]) == (200, 'done', 'kept', ['reopenTask'])
    again = as_role('consultant').post(completes['href'], {'outcome': 'kept'})
    assert (again.status, again.problem, again.json['currentState']) == (409, 'state', 'done')
    events = as_role('consultant').get(f'/tasks/{task["id"]}/transitions').json['items']
    assert [(e['fromState'], e['event'], e['toState']) for e in events] == [('open', 'complete', 'done')]


def test_seen_builder_a_task_says_with_what_it_can_be_completed(as_role, make):
    """Rows of work lists said it, the task itself did not: a page of one task needed the kinds too."""
    task, client = make(), as_role('consultant')
    row = next(row for row in client.get('/work-list?pageSize=100').json['items'] if row['id'] == task.json['id'])
    assert row['outcomes'] == task.json['outcomes'] == client.get(place(task)).json['outcomes'] == ['kept', 'not_kept']
    assert next(one for one in client.get('/tasks?kind=promise&pageSize=100').json['items'] if one['id'] == task.json['id'])['outcomes'] == ['kept', 'not_kept']
    assert 'outcomes' not in act(client, task, 'completions', {'outcome': 'kept'}).json


def test_what_was_not_kept_failed(as_role, make):
    assert act(as_role('consultant'), make(), 'completions', {'outcome': 'not_kept'}).json['state'] == 'failed'


@pytest.mark.parametrize('changes, pointer, code', [
    ({'kind': 'promises'}, '/kind', 'reference'), ({'dueDay': '2020-01-01'}, '/dueDay', 'range'),
    ({'dueDay': None, 'dueAt': '2020-01-01T00:00:00Z'}, '/dueAt', 'range'), ({'dueAt': '2031-01-01T00:00:00Z'}, '/dueDay', 'not-here'),
    ({'ownerUserId': NOBODY}, '/ownerUserId', 'reference'),
    ({'ownerOrganisationId': NOBODY}, '/ownerOrganisationId', 'reference'), ({'promisedToEmployerId': NOBODY}, '/promisedToEmployerId', 'reference')])
def test_what_does_not_fit_is_named(make, changes, pointer, code):
    answer = make(**changes)
    assert answer.status == 400 and [(e['pointer'], e['code']) for e in answer.json['errors']] == [(pointer, code)], answer.text


def test_one_owner_and_one_to_whom_it_is_promised(make, me, world):
    assert make(ownerUserId=me('consultant'), ownerEmployerId=world['employer']).json['errors'][0]['pointer'] == '/ownerOrganisationId'
    both = make(promisedToEmployerId=world['employer'], promisedToOrganisationId=world['firm'])
    assert both.json['errors'][0]['pointer'] == '/promisedToCandidateId'


def test_nobody_makes_one_about_what_he_does_not_see(as_role, make, person):
    assert make(subjectId=NOBODY).json['errors'][0]['pointer'] == '/subjectId'
    assert make('agency', kind='question', noun='candidate', subjectId=person['id']).status in (400, 201)
    assert make('hub', kind='question', noun='candidate', subjectId=NOBODY).status == 400


def test_words_are_not_about_a_person(make, person):
    told = make('case_manager', kind='step', noun='candidate', subjectId=person['id'], summary='Heeft schulden')
    assert told.status == 400 and told.json['errors'][0]['pointer'] == '/summary'


def test_each_kind_has_a_clock(region):
    assert region.sql("select kind from ref.task_kind where app.rule('clock.' || kind) -> 'due' is null or app.rule('clock.' || kind) -> 'ladder' is null") == []


def test_the_rule_of_the_kind_says_when_it_is_due(region, as_role, make, person, me):
    made = make('case_manager', kind='check', noun='candidate', subjectId=person['id'], dueDay=None, ownerUserId=me('field_officer'))
    assert made.status == 201, made.text
    assert region.sql("select (due_at at time zone 'Europe/Amsterdam')::date = clock.today(), "
                      "rule_id = app.rule_used('clock.check') from app.task where id = %s", (made.json['id'],)) == [(True, True)]


# -------------------------------------------------------------------------------------------- another department

@pytest.fixture(scope='module')
def permits(region, as_role):
    """A department with somebody who works there: (its identifier, that user)."""
    admin = as_role('tenant_admin')
    department = admin.post('/organisations', {'kind': 'department', 'name': 'Vergunningen'}).json['id']
    user = region.sql("select id::text from app.user_account where tenant_id = 1 and role = 'sector_coach'")[0][0]
    etag = admin.get(f'/users/{user}').headers['etag']
    assert admin.patch(f'/users/{user}', {'organisationId': department}, etag).status == 200
    region.tokens.clear()
    yield department, user
    admin.patch(f'/users/{user}', {'organisationId': None}, admin.get(f'/users/{user}').headers['etag'])
    region.tokens.clear()


@pytest.fixture(scope='module')
def there(region, contract, permits):
    from conftest import CheckedClient
    return CheckedClient(region, contract, 'sector_coach', 'gm9901')


def test_another_department_is_bound_after_it_accepts(as_role, make, permits, there):
    asked = make(ownerOrganisationId=permits[0])
    assert asked.json['state'] == 'proposed'
    assert {a['operation'] for a in asked.json['actions']} == {'withdrawTask', 'replanTask', 'reassignTask'}
    assert act(as_role('consultant'), asked, 'acceptances').problem == 'not-your-task'
    assert act(there, asked, 'completions', {'outcome': 'kept'}).problem == 'state'
    taken = act(there, asked, 'acceptances')
    assert (taken.status, taken.json['state']) == (200, 'open')
    assert act(there, asked, 'acceptances').problem == 'state'
    assert act(there, asked, 'refusals', {'reason': 'not_ours'}).problem == 'state'
    assert act(there, asked, 'completions', {'outcome': 'kept'}).json['state'] == 'done'


def test_another_department_declines_with_a_reason(as_role, make, permits, there):
    asked = make(ownerUserId=permits[1])
    assert act(there, asked, 'refusals', {}).status == 400
    refused = act(there, asked, 'refusals', {'reason': 'not_ours'})
    assert (refused.json['state'], refused.json['reason']) == ('withdrawn', 'not_ours')
    assert as_role('consultant').get(place(asked)).json['reason'] == 'not_ours'


def test_seen_practitioner_what_is_declined_is_of_its_maker_again(as_role, make, permits, there, me, world):
    """A promise to an employer does not vanish because another department has no time for it."""
    summary, consultant = f'Vergunning {uuid.uuid4()}', as_role('consultant')

    def known(client, query='state=open'):
        return [t for t in client.get(f'/tasks?pageSize=100&{query}').json['items'] if t.get('summary') == summary]
    asked = make(ownerOrganisationId=permits[0], promisedToEmployerId=world['employer'], summary=summary)
    assert known(consultant) == [] and act(there, asked, 'refusals', {'reason': 'no_time'}).json['state'] == 'withdrawn'
    back, = known(consultant)
    assert (back['ownerUserId'], back['dueDay'], back['promisedToEmployerId']) == (me('consultant'), asked.json['dueDay'], world['employer'])
    assert back['id'] in {t['id'] for t in consultant.get('/work-list?pageSize=100').json['items']}
    assert {t['id'] for t in known(as_role('employer'), 'state=open,withdrawn')} == {asked.json['id'], back['id']}
    given = consultant.post(f'/tasks/{back["id"]}/reassignments', {'ownerUserId': permits[1]})
    assert given.json['state'] == 'proposed' and act(there, given, 'refusals', {'reason': 'not_ours'}).status == 200
    assert [t['ownerUserId'] for t in known(consultant)] == [me('consultant')]


def test_seen_practitioner_what_was_declined_by_whoever_made_it_is_over(as_role, make, permits):
    summary, lead = f'Vergunning {uuid.uuid4()}', as_role('team_lead')
    asked = make('team_lead', ownerOrganisationId=permits[0], summary=summary)
    assert act(lead, asked, 'refusals', {'reason': 'made_by_mistake'}).json['state'] == 'withdrawn'
    assert summary not in lead.get('/tasks?state=open&pageSize=100').text


def test_seen_practitioner_what_somebody_who_left_had_to_do_is_found(as_role, make, person_of):
    admin, lead, summary = as_role('tenant_admin'), as_role('team_lead'), f'Vergunning {uuid.uuid4()}'
    user = person_of('consultant')
    left, mine = (make('team_lead', summary=summary, ownerUserId=user).json['id'], make('team_lead', summary=summary).json['id'])

    def found(asked):
        return {t['id'] for t in lead.get(f'/tasks?state=open&pageSize=100&unattended={asked}').json['items'] if t.get('summary') == summary}
    assert (found('true'), found('false')) == (set(), {left, mine})
    assert admin.patch(f'/users/{user}', {'active': False}, admin.get(f'/users/{user}').headers['etag']).status == 200
    assert (found('true'), found('false')) == ({left}, {mine})
    assert act(as_role('team_lead'), make('team_lead', summary=summary), 'reassignments', {}).status == 200 and len(found('true')) == 2


def test_what_binds_at_once_is_not_proposed(make, permits):
    assert make(kind='question', ownerOrganisationId=permits[0]).json['state'] == 'open'


def test_what_is_given_to_another_department_is_proposed_to_it(as_role, make, permits, there, me):
    mine = make()
    given = act(as_role('consultant'), mine, 'reassignments', {'ownerUserId': permits[1]})
    assert (given.status, given.json['state'], given.json['ownerUserId']) == (200, 'proposed', permits[1])
    back = act(there, mine, 'reassignments', {'ownerUserId': me('account_manager')})
    assert (back.status, back.json['state']) == (200, 'proposed')
    assert act(as_role('account_manager'), mine, 'acceptances').json['state'] == 'open'
    assert act(as_role('account_manager'), mine, 'reassignments', {'ownerUserId': me('consultant')}).json['state'] == 'open'


# ------------------------------------------------------------------------------------------------- planned anew

def test_another_moment_is_a_deviation_that_somebody_agreed_to(as_role, make):
    task = make()
    client = as_role('consultant')
    assert act(client, task, 'replannings', {'dueDay': day(9)}).status == 400
    later = act(client, task, 'replannings', {'dueDay': day(9), 'agreedBy': 'employer', 'reason': 'asked_by_other_side'})
    assert (later.status, later.json['dueDay'], later.json['agreedBy'], later.json['replanReason']) == (200, day(9), 'employer', 'asked_by_other_side')
    assert act(client, task, 'replannings', {'dueDay': '2020-01-01', 'agreedBy': 'employer', 'reason': 'other'}).json['errors'][0]['pointer'] == '/dueDay'
    assert act(client, task, 'replannings', {'agreedBy': 'employer', 'reason': 'other'}).json['errors'][0]['pointer'] == '/dueAt'


def test_nobody_deviates_from_the_law(as_role, make, person):
    term = make('team_lead', kind='term', noun='candidate', subjectId=person['id'])
    assert 'replanTask' not in {a['operation'] for a in term.json['actions']}
    moved = act(as_role('team_lead'), term, 'replannings', {'dueDay': day(9), 'agreedBy': 'candidate', 'reason': 'other'})
    assert (moved.status, moved.problem) == (409, 'term-of-law')


# ------------------------------------------------------------------------------------------- of others, withdrawn

def test_what_is_of_a_colleague_is_his(as_role, make, me):
    task = make()
    client = as_role('account_manager')
    assert client.get(place(task)).json['actions'] == []
    for what, body in [('completions', {'outcome': 'kept'}), ('withdrawals', {'reason': 'twice'}), ('reassignments', {'ownerUserId': me('account_manager')}),
                       ('replannings', {'dueDay': day(9), 'agreedBy': 'employer', 'reason': 'other'})]:
        refused = act(client, task, what, body)
        assert (refused.status, refused.problem) == (403, 'not-your-task'), what
    assert act(as_role('team_lead'), task, 'reassignments', {'ownerUserId': me('account_manager')}).json['ownerUserId'] == me('account_manager')
    assert act(client, task, 'completions', {'outcome': 'kept'}).status == 200


def test_whoever_made_it_withdraws_it(as_role, make, me):
    task = make(ownerUserId=me('account_manager'))
    assert act(as_role('account_manager'), task, 'withdrawals', {'reason': 'no_longer_needed'}).problem == 'not-your-task'
    gone = act(as_role('consultant'), task, 'withdrawals', {'reason': 'no_longer_needed'})
    assert (gone.json['state'], gone.json['reason']) == ('withdrawn', 'no_longer_needed')
    assert act(as_role('consultant'), task, 'withdrawals', {'reason': 'twice'}).problem == 'state'


def test_who_gave_a_task_away_is_in_the_trail(region, as_role, make, me):
    task = make()
    act(as_role('consultant'), task, 'reassignments', {'ownerUserId': me('account_manager')})
    noted = region.sql("select columns from audit.entry where subject_id = %s and columns[1] = 'owner_user_id' and array_length(columns, 1) = 3", (task.json['id'],))
    assert noted == [(['owner_user_id', f'from:{me("consultant")}', f'to:{me("account_manager")}'],)]


# ------------------------------------------------------------------------------------------------------- walls

def test_a_check_is_for_its_owner_the_case_manager_and_the_team_lead(as_role, make, person, me):
    """Nobody else can read or infer it: no consultant, no coach, not by any list."""
    check = make('case_manager', kind='check', noun='candidate', subjectId=person['id'], ownerUserId=me('field_officer'), dueDay=None)
    assert check.status == 201, check.text
    label = as_role('case_manager').get(f'/candidates/{person["id"]}').json['alias']
    for role in ('case_manager', 'team_lead', 'field_officer'):
        assert as_role(role).get(place(check)).json['subjectLabel'] == label, role
    for role in ('consultant', 'account_manager', 'coach', 'sector_coach', 'hub', 'tenant_admin', 'firm', 'agency', 'employer', 'course_leader'):
        client = as_role(role)
        assert client.get(place(check)).status == 404, role
        assert check.json['id'] not in client.get('/tasks?kind=check&pageSize=100&count=true').text, role
        assert client.get('/tasks?kind=check&count=true').json['total'] == 0, role
        assert act(client, check, 'completions', {'outcome': 'present'}).status == 404, role
    assert act(as_role('field_officer'), check, 'completions', {'outcome': 'ill'}).json['state'] == 'done'


def test_a_check_is_made_by_those_who_may(make, person):
    for role in ('consultant', 'coach'):
        assert make(role, kind='check', noun='candidate', subjectId=person['id'], dueDay=None).status in (400, 404)


def test_a_task_about_a_person_is_given_to_nobody_who_may_not_see_the_person(as_role, make, person, me, world):
    step = make('case_manager', kind='step', noun='candidate', subjectId=person['id'])
    assert step.status == 201
    client = as_role('case_manager')
    for owner in ({'ownerUserId': me('account_manager')}, {'ownerUserId': me('employer')}, {'ownerEmployerId': world['employer']}, {'ownerUserId': me('hub')}):
        assert act(client, step, 'reassignments', owner).problem == 'owner-may-not-see', owner
    assert act(client, step, 'reassignments', {'ownerUserId': me('coach')}).status == 200
    assert as_role('coach').get(place(step)).json['candidateId'] == person['id']


def test_access_of_a_firm_to_a_task_ends_with_the_mandate(region, as_role, make, world):
    """It owns the task, and that is not enough."""
    lead, firm = as_role('team_lead'), as_role('firm')
    own = firm.get('/candidates?pageSize=1').json['items'][0]['id']
    step = make('team_lead', kind='step', noun='candidate', subjectId=own, ownerOrganisationId=world['firm'])
    assert step.status == 201 and firm.get(place(step)).status == 200
    etag = lead.get(f'/candidates/{own}').headers['etag']
    assert lead.patch(f'/candidates/{own}', {'organisationId': None}, etag).status == 200
    try:
        assert firm.get(place(step)).status == 404
    finally:
        lead.patch(f'/candidates/{own}', {'organisationId': world['firm']}, lead.get(f'/candidates/{own}').headers['etag'])
    assert firm.get(place(step)).status == 200


def test_an_employer_asks_and_sees_what_was_promised_to_him_and_no_work_of_others(as_role, make, world):
    employer = as_role('employer')
    inside = make(kind='visit')
    assert employer.get(place(inside)).status == 404
    promise = make(promisedToEmployerId=world['employer'])
    assert employer.get(place(promise)).json['actions'] == []
    asked = make('employer', kind='question', summary='Wanneer komt de jobcoach?', dueDay=None, dueAt='2031-01-06T11:00:00Z')
    assert (asked.status, asked.json['state'], asked.json.get('ownerUserId')) == (201, 'open', None)
    assert make('employer').json['errors'][0] == {**make('employer').json['errors'][0], 'pointer': '/kind', 'code': 'not-yours'}
    assert act(as_role('account_manager'), asked, 'completions', {'outcome': 'answered'}).json['state'] == 'done'
    assert {t['id'] for t in employer.get('/tasks?pageSize=100').json['items']} >= {promise.json['id'], asked.json['id']}
    assert inside.json['id'] not in employer.get('/tasks?pageSize=100').text


def test_another_municipality_sees_nothing(as_role, make):
    task = make()
    other = as_role('team_lead', 'gm9902')
    assert other.get(place(task)).status == 404 and act(other, task, 'completions', {'outcome': 'kept'}).status == 404


def test_who_looks_at_a_task_about_a_person_is_noted(region, as_role, make, person):
    step = make('case_manager', kind='step', noun='candidate', subjectId=person['id'])
    count = "select count(*) from audit.look where candidate_id = %s and operation = 'getTask'"
    before = region.sql(count, (person['id'],))[0][0]
    as_role('team_lead').get(place(step))
    assert region.sql(count, (person['id'],))[0][0] == before + 1


# ------------------------------------------------------------------------------------------------------- lists

def test_tasks_are_listed_by_what_they_are(as_role, make, person, me, world):
    client = as_role('team_lead')
    mine = make(kind='idea', ownerUserId=me('account_manager')).json['id']
    step = make('case_manager', kind='step', noun='candidate', subjectId=person['id']).json['id']

    def listed(query):
        return {t['id']: t for t in client.get(f'/tasks?pageSize=100&{query}').json['items']}
    assert {t['kind'] for t in listed('kind=idea').values()} == {'idea'} and mine in listed('kind=idea')
    assert mine in listed(f'subjectId={world["employer"]}') and step not in listed(f'subjectId={world["employer"]}')
    assert mine in listed(f'employerId={world["employer"]}') and mine in listed(f'ownerUserId={me("account_manager")}')
    assert step in listed(f'candidateId={person["id"]}') and listed(f'projectId={NOBODY}') == {}
    assert mine in listed('state=open,proposed') and mine not in listed('state=done') and mine in listed('overdue=false')


def test_overdue_is_computed(region, as_role, make):
    task = make()
    assert not task.json['overdue']
    region.sql("set session_replication_role = replica; update app.task set due_at = clock.now() - interval '1 minute' where id = %s", (task.json['id'],))
    client = as_role('consultant')
    assert client.get(place(task)).json['overdue'] and task.json['id'] in client.get('/tasks?overdue=true&pageSize=100').text
    act(client, task, 'completions', {'outcome': 'kept'})
    assert not client.get(place(task)).json['overdue']


def test_each_kind_says_what_it_is(region, as_role):
    kinds = {k['kind']: k for k in as_role('consultant').get('/task-kinds?pageSize=100').json['items']}
    assert set(kinds) == {kind for kind, in region.sql('select kind from ref.task_kind')} and len(kinds) >= 35
    assert kinds['consult']['blocks'] == 'hire' and kinds['urgent_follow_up']['urgent'] and kinds['promise']['byHand'] and not kinds['check']['byHand']
    assert all(k['titleNl'] and k['titleEn'] and k['outcomes'] and k['failures'] and not set(k['outcomes']) & set(k['failures']) for k in kinds.values())


def test_the_outcomes_of_kinds_are_outcomes_of_the_contract(region):
    used = {o for o, in region.sql('select unnest(outcomes || failures) from ref.task_kind')}
    allowed = region.sql("select pg_get_constraintdef(oid) from pg_constraint where contypid = 'app.task_outcome'::regtype")[0][0]
    assert used and all(f"'{outcome}'" in allowed for outcome in used)
    assert {r for r, in region.sql('select unnest(roles) from ref.task_kind')} <= {'team_lead', 'consultant', 'account_manager', 'case_manager', 'coach',
                                                                                  'sector_coach', 'hub', 'firm', 'agency', 'employer'}


# ------------------------------------------------------------------------------------------- for other nouns

@pytest.fixture
def inside(region):
    """inside(sql, values): as a function of another noun, in the municipality of the tests, for a consultant."""
    def run(text, values=()):
        return region.sql("set role maatwerk_owner; select set_config('app.tenant', '1', false), set_config('app.role', 'consultant', false), "
                          "set_config('app.scope', 'tenant', false); " + text, values)
    return run


def test_a_cause_opens_one_task_and_a_function_settles_it(region, inside, new_vacancy):
    vacancy = new_vacancy().json['id']
    opens = "select app.task_open('visit', 'vacancy', %s, null, null, 'test', due_at => clock.now() + interval '1 day')"
    first, second = (inside(opens, (vacancy,))[0][0] for _ in range(2))
    assert first == second
    assert inside("select app.task_settle('vacancy', %s, 'visit', 'held')", (vacancy,)) == [(1,)]
    assert region.sql('select state, outcome from app.task where id = %s', (first,)) == [('done', 'held')]
    third = inside(opens, (vacancy,))[0][0]
    assert third != first
    assert inside("select app.task_settle('vacancy', %s, 'visit', 'not_held')", (vacancy,)) == [(1,)]
    assert region.sql('select state from app.task where id = %s', (third,)) == [('failed',)]
    fourth = inside(opens, (vacancy,))[0][0]
    assert inside("select app.task_drop('vacancy', %s)", (vacancy,))[0][0] >= 1
    assert region.sql('select state, reason from app.task where id = %s', (fourth,)) == [('withdrawn', 'subject_ended')]


def test_a_clock_stands_still_and_goes_on(region, inside, new_vacancy):
    vacancy = new_vacancy().json['id']
    task, = inside("select app.task_open('answer', 'vacancy', %s, null, null, 'held')", (vacancy,))[0]
    due, = region.sql('select due_at from app.task where id = %s', (task,))[0]
    assert inside('select app.task_hold(%s)', (vacancy,))[0][0] >= 1 and inside('select app.task_hold(%s)', (vacancy,)) == [(0,)]
    region.sql("insert into clock.shift (shift) values ('1 day')")
    try:
        assert inside('select app.task_release(%s)', (vacancy,))[0][0] >= 1
        now, stood = region.sql('select due_at, extract(epoch from held) / 86400 from app.task where id = %s', (task,))[0]
    finally:
        region.sql('delete from clock.shift')
    assert 0.99 < (now - due).total_seconds() / 86400 < 1.01 and 0.99 < stood < 1.01
    assert inside('select app.task_release(%s)', (vacancy,)) == [(0,)]


# ------------------------------------------------------------------------------------------------------- races

def test_of_eight_who_complete_one_task_one_wins(region, as_role, make, me):
    """ROUNDS=1000 is the long form. Each of the losers hears that it has ended, and with what."""
    lead = as_role('team_lead')
    with ThreadPoolExecutor(8) as pool:
        for n in range(ROUNDS):
            task = make()
            outcomes = ['kept', 'not_kept'] * 4
            answers = list(pool.map(lambda outcome: lead.post(f'{place(task)}/completions', {'outcome': outcome}), outcomes))
            won = [i for i, answer in enumerate(answers) if answer.status == 200]
            assert len(won) == 1, n
            state = {'kept': 'done', 'not_kept': 'failed'}[outcomes[won[0]]]
            assert all((a.problem, a.json['currentState']) == ('state', state) for i, a in enumerate(answers) if i != won[0]), n
            shown = lead.get(place(task)).json
            assert (shown['state'], shown['outcome']) == (state, outcomes[won[0]])
            assert region.sql('select count(*) from app.transition where subject_id = %s', (task.json['id'],)) == [(1,)]


def test_no_program_writes_tasks_past_the_functions(region):
    connection = psycopg2.connect(region.env['MAATWERK_PG'] + ' user=maatwerk_platform')
    try:
        for statement in ("update app.task set state = 'done'", 'delete from app.task', "select app.task_open('answer', 'vacancy', null, null, null, null)"):
            with connection.cursor() as cursor, pytest.raises(psycopg2.errors.InsufficientPrivilege):
                cursor.execute(statement)
            connection.rollback()
    finally:
        connection.close()


# ----------------------------------------------------------------------------------------------------- attacked

def test_seen_attacker_a_task_lies_with_nobody_who_never_sees_it(make, me, employer):
    other = employer.json['id']
    for role, owner in (('team_lead', {'ownerUserId': me('analyst')}), ('consultant', {'ownerEmployerId': other})):
        refused = make(role, **owner)
        assert (refused.status, refused.problem) == (409, 'owner-may-not-see'), refused.text
    asked = make('employer', kind='question', ownerEmployerId=other)
    assert (asked.status, asked.problem) == (409, 'owner-may-not-see'), asked.text


def test_seen_attacker_a_mandate_ends_while_a_request_waits(region, as_role, make, world):
    """The firm completes a task; somebody holds its row until after the mandate has ended. Nothing is done, and the answer says so."""
    lead, firm = as_role('team_lead'), as_role('firm')
    person = next(c['id'] for c in lead.get('/candidates?pageSize=100&status=active').json['items'] if firm.get(f'/candidates/{c["id"]}').status == 404)
    until_at = (datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(hours=1)).isoformat().replace('+00:00', 'Z')
    given = lead.post('/mandates', {'scope': 'person', 'candidateId': person, 'purpose': 'mediation', 'granteeOrganisationId': world['firm'], 'untilAt': until_at})
    assert given.status == 201, given.text
    task = make('consultant', kind='follow_up', noun='candidate', subjectId=person, dueDay=None, ownerOrganisationId=world['firm'])
    assert task.status == 201 and task.json['state'] == 'open', task.text
    connection = psycopg2.connect(region.env['MAATWERK_PG'] + ' user=maatwerk_admin')
    with ThreadPoolExecutor() as pool, connection.cursor() as cursor:
        cursor.execute('select from app.task where id = %s for update', (task.json['id'],))
        asked = pool.submit(act, firm, task, 'completions', {'outcome': 'fine'})
        until(lambda: region.sql('select 1 from pg_locks where not granted'))
        region.sql("set session_replication_role = replica; update app.access set until_at = clock.now() where source = %s", (given.json['id'],))
        connection.rollback()
        refused = asked.result()
    connection.close()
    assert refused.status == 404, refused.text
    assert as_role('consultant').get(place(task)).json['state'] == 'open'


# -------------------------------------------------------------------------------------------------------- reopened

def reopen(client, task, reason='made_by_mistake'):
    return act(client, task, 'reopenings', {'reason': reason})


def test_a_task_that_was_completed_by_mistake_is_open_again_with_its_reminders(as_role, make, region):
    consultant, made = as_role('consultant'), make()
    wakes = 'select count(*) from queue.future where subject = %s'
    assert reopen(consultant, made).problem == 'state', 'it is open'
    done = act(consultant, made, 'completions', {'outcome': 'kept'})
    assert [a['operation'] for a in done.json.get('actions', [{'operation': 'reopenTask'}])] == ['reopenTask']
    assert region.sql(wakes, (f'task:{made.json["id"]}',)) == [(0,)]
    assert act(consultant, made, 'reopenings', {}).json['errors'][0]['pointer'] == '/reason'
    again = reopen(consultant, made)
    assert again.status == 200, again.text
    assert (again.json['state'], again.json['reopenReason']) == ('open', 'made_by_mistake') and again.json['reopenedAt'] and not {'outcome', 'endedAt'} & set(again.json)
    assert region.sql(wakes, (f'task:{made.json["id"]}',)) == [(1,)]
    assert [t['event'] for t in consultant.get(f'{place(made)}/transitions').json['items']] == ['complete', 'reopen']
    assert act(consultant, made, 'completions', {'outcome': 'not_kept'}).json['state'] == 'failed'
    assert reopen(as_role('team_lead'), made, 'not_finished').json['state'] == 'open', 'a team lead, and what failed, too'


def test_only_who_ended_it_or_a_team_lead_reopens_it_and_within_the_term(as_role, make, region):
    made = make()
    act(as_role('consultant'), made, 'completions', {'outcome': 'kept'})
    assert reopen(as_role('account_manager'), made).problem == 'not-your-task'
    assert reopen(as_role('team_lead', 'gm9902'), made).status == 404
    region.sql("insert into clock.shift (shift) values ('15 days')")
    try:
        late = reopen(as_role('team_lead'), made)
        assert (late.status, late.problem, late.json['limit']) == (409, 'term-passed', 14)
    finally:
        region.sql('delete from clock.shift')


def test_seen_attacker_what_is_open_again_is_work_of_who_has_the_person_now(as_role, person_of):
    """The file had gone to a colleague meanwhile. Whoever had completed the task owned it again, and saw nothing of the person; the new case manager did not know of it."""
    was, now, lead = person_of('case_manager'), person_of('case_manager'), as_role('team_lead')
    before, after = (as_role("case_manager", user=one) for one in (was, now))
    for reopens in (before, lead):
        made = lead.post('/candidates', {'alias': 'Kandidaat Wilg', 'pc4': '5012', 'caseManagerId': was})
        task = before.post('/tasks', {'kind': 'promise', 'noun': 'candidate', 'subjectId': made.json['id'], 'dueDay': day(3)})
        assert act(before, task, 'completions', {'outcome': 'kept'}).status == 200
        assert lead.patch(f'/candidates/{made.json["id"]}', {'caseManagerId': now}, '*').status == 200
        again = reopen(reopens, task)
        assert again.status == 200 and lead.get(place(task)).json['ownerUserId'] == now and after.get(place(task)).json['state'] == 'open', again.text
    gone = as_role('consultant', user=person_of('consultant'))
    left = gone.post('/tasks', {'kind': 'promise', 'noun': 'candidate', 'subjectId': made.json['id'], 'dueDay': day(3)})
    assert act(gone, left, 'completions', {'outcome': 'kept'}).status == 200
    user = f'/users/{left.json["ownerUserId"]}'
    assert as_role('tenant_admin').patch(user, {'active': False}, '*').status == 200
    assert reopen(lead, left).json['ownerUserId'] == now, 'the owner has left, and it could not be opened'


def test_what_an_outcome_set_going_is_not_undone_by_reopening(as_role, make, person):
    costs = make('case_manager', kind='cost_request', noun='candidate', subjectId=person['id'], amountCents=1000)
    assert costs.status == 201, costs.text
    assert act(as_role('case_manager'), costs, 'completions', {'outcome': 'granted'}).status == 200
    assert reopen(as_role('team_lead'), costs).problem == 'task-has-effects'


def test_what_was_done_elsewhere_is_not_reopened(as_role, make, region):
    made = make()
    region.sql("select set_config('app.tenant', '1', false), set_config('app.role', 'team_lead', false), set_config('app.scope', 'tenant', false); "
               "update app.task set state = app.move('task', state, 'settle'), outcome = 'kept', ended_at = clock.now() where id = %s", (made.json['id'],))
    assert reopen(as_role('team_lead'), made).problem == 'task-done-elsewhere'


def test_seen_attacker_nothing_is_promised_to_an_employer_who_has_nothing_to_do_with_it(as_role, make, person, new_vacancy, world):
    """Whoever is promised something reads it: an employer read a task about the vacancy of another one."""
    other = as_role('account_manager').post('/employers', {'name': f'Ander {uuid.uuid4()}', 'sector': '1812', 'pc4': '5013'}).json['id']
    vacancy = new_vacancy().json['id']
    for about in ({'noun': 'vacancy', 'subjectId': vacancy}, {'noun': 'employer', 'subjectId': world['employer']}, {'noun': 'candidate', 'subjectId': person['id']}):
        refused = make('case_manager' if about['noun'] == 'candidate' else 'consultant', promisedToEmployerId=other, **about)
        assert (refused.status, refused.json['errors'][0]['pointer'], refused.json['errors'][0]['code']) == (400, '/promisedToEmployerId', 'reference'), refused.text
    assert make(promisedToEmployerId=world['employer'], noun='vacancy', subjectId=vacancy).status == 201
