# SPDX-License-Identifier: EUPL-1.2
"""Problems: each says what it is about, in the language that was asked, and nothing about a person."""
import sys
import threading

import psycopg2
import pytest
from region import ROOT, until
from test_candidates import bsn_of

sys.path.insert(0, str(ROOT / 'openapi'))
from generator.contract import Contract, column_of  # noqa: E402
from generator.problems import Problems  # noqa: E402


def faults(answer):
    return {(fault['pointer'], fault['code']) for fault in answer.json['errors']}


def a_user(email):
    return {'name': 'Dubbel', 'email': email, 'role': 'consultant'}


def duplicates(as_role, world):
    """(role, path, body that may be there once, pointer)"""
    employer = f'/employers/{world["employer"]}'
    yield 'tenant_admin', '/users', a_user('dubbel@maasdrecht.example'), '/email'
    yield 'tenant_admin', '/organisations', {'kind': 'firm', 'name': 'Dubbel', 'kvkNumber': '90000091'}, '/kvkNumber'
    yield 'account_manager', '/employers', {'name': 'Dubbel', 'sector': '4639', 'sizeClass': 'small', 'kvkNumber': '90000092'}, '/kvkNumber'
    yield 'account_manager', f'{employer}/contacts', {'name': 'Dubbel', 'preferred': True}, '/preferred'
    yield 'account_manager', f'{employer}/conditions', {'condition': 'forklift', 'hard': False}, '/condition'


@pytest.mark.parametrize('number', range(5))
def test_a10_a_duplicate_names_its_property(as_role, world, number):
    role, path, body, pointer = list(duplicates(as_role, world))[number]
    client = as_role(role)
    first = client.post(path, body)
    assert first.status == 201 or first.problem == 'duplicate', first.text
    again = client.post(path, body)
    assert again.status == 409 and again.problem == 'duplicate' and faults(again) == {(pointer, 'unique')}
    assert client.get(again.json['existing']).status == 200
    told = again.text.replace(again.json.get('existingName', '-'), '')      # of an organisation or an employer, never of a person
    assert not [value for value in body.values() if isinstance(value, str) and value != 'firm' and value in told]


def test_case_20_who_does_not_see_what_is_there_gets_no_link(as_role, region, world):
    """Nobody who may write a duplicate of these nouns sees less than his municipality, so the context is set by hand."""
    made = as_role('account_manager').post('/employers', {'name': 'Dubbel', 'sector': '4639', 'sizeClass': 'small', 'kvkNumber': '90000093'})
    assert made.status == 201
    insert = ("select set_config('app.tenant', '1', true), set_config('app.scope', %s, true), set_config('app.org', %s, true); "
              "insert into app.employer (tenant_id, id, region_id, kvk_number, name, sector, size_class) "
              "select tenant_id, gen_random_uuid(), region_id, '90000093', 'Dubbel', '4639', 'small' from app.employer where id = %s")
    details = []
    for scope in ('tenant', 'organisation'):
        with pytest.raises(psycopg2.Error) as refused:
            region.sql(insert, (scope, world['employer'], made.json['id']))
        assert refused.value.diag.constraint_name == 'employer_kvk'
        details.append(refused.value.diag.message_detail)
    assert made.json['id'] in details[0] and details[1] == '{}'


def test_case_20_two_who_write_the_same_in_one_moment(as_role, region):
    """The index refuses the second one when the first commits; the transaction runs again, and finds the first."""
    held = psycopg2.connect(region.env['MAATWERK_PG'] + ' user=maatwerk_admin')
    with held.cursor() as cursor:
        cursor.execute("select set_config('app.tenant', '1', true)")
        cursor.execute("insert into app.employer (tenant_id, id, region_id, kvk_number, name, sector, size_class) select 1, gen_random_uuid(), "
                       "region_id, '90000094', 'Eerst', '4639', 'small' from ref.tenant where tenant_id = 1 returning id::text")
        first, = cursor.fetchone()
    answers = []
    body = {'name': 'Tweede', 'sector': '4639', 'sizeClass': 'small', 'kvkNumber': '90000094'}
    second = threading.Thread(target=lambda: answers.append(as_role('account_manager').post('/employers', body)))
    second.start()
    until(lambda: region.sql("select 1 from pg_locks where not granted"))
    held.commit()
    second.join()
    held.close()
    assert answers[0].status == 409 and answers[0].json['existing'] == f'/v1/employers/{first}'


def test_seen_attacker_two_whose_times_overlap_in_one_moment(as_role, region, person):
    """An exclusion constraint refuses the second one just as late as an index, and in another SQLSTATE: it got no link."""
    held, (colleague, _) = psycopg2.connect(region.env['MAATWERK_PG'] + ' user=maatwerk_admin'), person('coach')
    with held.cursor() as cursor:
        cursor.execute("select set_config('app.tenant', '1', true)")
        cursor.execute("insert into app.on_call (tenant_id, id, user_id, from_at, until_at) values (1, gen_random_uuid(), %s, '2031-01-05 08:00Z', '2031-01-06 08:00Z') "
                       "returning id::text", (colleague,))
        first, = cursor.fetchone()
    answers = []
    duty = {'userId': colleague, 'fromAt': '2031-01-05T12:00:00Z', 'untilAt': '2031-01-05T20:00:00Z'}
    second = threading.Thread(target=lambda: answers.append(as_role('team_lead').post('/on-calls', duty)))
    second.start()
    until(lambda: region.sql("select 1 from pg_locks where not granted"))
    held.commit()
    second.join()
    held.close()
    assert (answers[0].problem, answers[0].json['existing']) == ('somebody-on-call', f'/v1/on-calls/{first}')


def test_case_20_every_duplicate_leads_to_what_is_there(region):
    told = {name for p in Problems(ROOT / 'openapi/problems.yaml').all if 'existing' in p.members for name in p.constraints}
    leads = {name.removeprefix('taken_') for name, in region.sql("select tgname::text from pg_trigger where tgfoid = 'app.refuse_taken'::regproc "
                                                                  "and tgname not like 'taken_again%%'", ())}
    assert leads == told - {'suspension_once_at_a_time'}      # clients read no suspension by itself


def test_a10_a_known_number_says_whom_to_ask_and_nothing_of_the_person(as_role):
    body = {'alias': 'Dubbel', 'pc4': '5012', 'bsn': bsn_of(999720000)}
    client = as_role('consultant')
    first = client.post('/candidates', body)
    assert first.status == 201 or first.problem == 'bsn-known', first.text
    again = client.post('/candidates', body)
    assert again.status == 409 and again.problem == 'bsn-known' and body['bsn'] not in again.text


def test_a10_an_employer_that_is_not_his_own_is_named(as_role, new_vacancy, world):
    other = next(e['id'] for e in as_role('consultant').get('/employers').json['items'] if e['id'] != world['employer'])
    answer = new_vacancy(employerId=other)
    assert answer.status == 403 and answer.problem == 'forbidden' and faults(answer) == {('/employerId', 'not-yours')}


def test_a10_a_caseload_that_is_not_the_own_is_named(as_role, world):
    answer = as_role('case_manager').post('/candidates', {'alias': 'Elders', 'pc4': '5012', 'caseManagerId': world['consultant']})
    assert answer.status == 403 and faults(answer) == {('/caseManagerId', 'not-yours')}


def test_a10_what_is_named_twice_is_no_duplicate_of_others(as_role, world):
    """It was 409, as if somebody else had it. What the contract cannot see (the same id in other letters), the database sees."""
    one, client = world['competences'][0], as_role('case_manager')
    for other, where in ((one, '/competences/1'), (one.upper(), '/competences')):
        twice = [{'competenceId': one, 'level': 1}, {'competenceId': other, 'level': 1}]
        answer = client.post('/candidates', {'competences': twice, 'pc4': '5012', 'alias': 'Twee keer'})
        assert answer.status == 400 and faults(answer) == {(where, 'repeated')}


def test_a10_what_is_not_there_is_named_where_it_stands(as_role, world):
    """The pointer of a competence was /competenceId, where the body has nothing."""
    nothing = '01920000-0000-7000-8000-00000000dead'
    answer = as_role('case_manager').post('/candidates', {'alias': 'Niets', 'pc4': '5012', 'competences': [
        {'competenceId': nothing, 'level': 1}]})
    assert answer.status == 400 and faults(answer) == {('/competences', 'reference')}
    answer = as_role('case_manager').post('/candidates', {'alias': 'Niets', 'pc4': '9998'})
    assert answer.status == 400 and faults(answer) == {('/pc4', 'reference')}


@pytest.mark.parametrize('language,words', [('nl', ('Niet gevonden', 'bestaat niet')), ('en', ('Not found', 'does not exist'))])
def test_a10_a_problem_always_has_a_detail(as_role, language, words):
    answer = as_role('consultant').get('/vacancies/01920000-0000-7000-8000-00000000dead', **{'Accept-Language': language})
    assert answer.json['title'] == words[0] and words[1] in answer.json['detail']


def members(answer, *names):
    return [answer.json[name] for name in names]


def test_a10_a_state_is_named_with_what_it_allows(as_role, new_vacancy):
    """Each role gets what it may do itself; what nobody may do from there is an empty list."""
    place = new_vacancy().headers['location']
    employer, consultant = as_role('employer'), as_role('consultant')
    answer = consultant.post(f'{place}/proposal-rounds', {'candidateIds': ['01920000-0000-7000-8000-00000000dead']})
    assert answer.problem == 'state' and members(answer, 'currentState', 'allowed') == [
        'reported', ['approve', 'refuse', 'withdraw', 'createVacancyAnswer', *(f'updateVacancy.{part}' for part in ('dates', 'note', 'numbers', 'terms', 'words', 'work'))]]
    assert employer.post(f'{place}/endings', {'how': 'withdraw'}).status == 200
    for client in (employer, consultant):
        answer = client.post(f'{place}/endings', {'how': 'withdraw'})
        assert answer.problem == 'state' and members(answer, 'currentState', 'allowed') == ['withdrawn', []]


def test_seen_builder_what_is_allowed_can_be_asked(as_role, region, proposed):
    """A proposal that was sent offered `overtake` and `revoke`, a vacancy `fill` and `rescreen`: nothing that a client can call."""
    vacancy, proposals = proposed(candidatesWanted=1)
    consultant = as_role('consultant')
    round_id = consultant.get(f'/proposals/{proposals[0]}').json['roundId']
    answer = consultant.post(f'/proposal-rounds/{round_id}/dispatches')
    assert members(answer, 'currentState', 'allowed') == ['sent', ['hire', 'invite', 'reject', 'withdraw']]
    answer = consultant.post(f'/vacancies/{vacancy}/screenings', {'verdict': 'suitable'})
    assert not {'currentState', 'allowed', 'pointer'} & set(answer.json['detail'].split())      # people are shown it
    assert answer.problem == 'state' and [what for what in answer.json['allowed'] if '.' not in what] == [
        'close', 'withdraw', 'createProposalRound', 'createTrajectory', 'createVacancyAnswer', 'sendProposalRound']
    assert consultant.post(f'/proposals/{proposals[0]}/withdrawals').status == 200
    offered = region.sql('select distinct m.noun, m.event from ref.state_move m where app.is_asked(m.noun, m.event) order by 1, 2')
    assert {event for noun, event in offered if noun == 'candidate'} == {'activate', 'leave', 'pause', 'place'}


def test_a10_a_proposal_that_was_answered_says_so(as_role, proposed):
    _, proposals = proposed(candidatesWanted=1)
    consultant, place = as_role('consultant'), f'/proposals/{proposals[0]}'
    assert consultant.post(f'{place}/withdrawals').status == 200
    answer = as_role('employer').post(f'{place}/answers', {'answer': 'invite'})
    assert answer.problem == 'state' and members(answer, 'currentState', 'allowed') == ['withdrawn', []]
    round_id = consultant.get(place).json['roundId']
    answer = consultant.post(f'/proposal-rounds/{round_id}/dispatches')
    assert answer.problem == 'state' and answer.json['currentState'] == 'withdrawn'
    assert consultant.post('/proposal-rounds/01920000-0000-7000-8000-00000000dead/dispatches').problem == 'not-found'


def test_a10_numbers_say_what_limits_them(as_role, shortlisted):
    vacancy, listed = shortlisted(candidatesWanted=3)
    client, place, nobody = as_role('consultant'), f'/vacancies/{vacancy}/proposal-rounds', '01920000-0000-7000-8000-00000000dead'
    ids = [i['candidateId'] for i in listed['items'] if i.get('openProposals', 0) < 2][:3]
    answer = client.post(place, {'candidateIds': [*ids, nobody]})
    assert answer.problem == 'number-asked-reached' and members(answer, 'limit', 'taken', 'given') == [3, 0, 4]
    answer = client.post(place, {'candidateIds': ids[:2]})
    assert answer.problem == 'shortfall-not-stated' and members(answer, 'limit', 'taken', 'given') == [3, 0, 2]
    answer = client.post(place, {'candidateIds': [ids[0], nobody, ids[1]]})
    assert answer.problem == 'not-shortlisted' and answer.json['pointer'] == '/candidateIds/1'
    made = client.post(place, {'candidateIds': ids})
    assert made.status == 201, made.text
    assert as_role('employer').post(f'/proposals/{made.json["proposals"][0]["id"]}/answers',
                                    {'answer': 'reject', 'reason': 'travel'}).status == 200
    rejected = made.json['proposals'][0]['candidateId']
    answer = client.post(place, {'candidateIds': [rejected]})
    assert answer.problem == 'pair-rejected-before' and answer.json['pointer'] == '/candidateIds/0'


CONSTRAINTS = """select c.relname, k.conname, k.contype::text,
       array(select a.attname::text from unnest(k.conkey) x join pg_attribute a on a.attrelid = k.conrelid and a.attnum = x)
from pg_constraint k join pg_class c on c.oid = k.conrelid where c.relnamespace in ('app'::regnamespace, 'region'::regnamespace) and k.contype <> 't' and not c.relispartition
union select c.relname, n.relname, 'u', array[]::text[]
from pg_index i join pg_class n on n.oid = i.indexrelid join pg_class c on c.oid = i.indrelid
where c.relnamespace in ('app'::regnamespace, 'region'::regnamespace) and i.indisunique and not c.relispartition and not exists (select from pg_constraint k where k.conindid = n.oid)"""
MADE = {'project_leader_user_id_fkey'}      # put together by a function
ENDS = {'f': '_fkey', 'c': '_check', 'u': '_key'}


def test_a10_each_constraint_has_its_answer(region):
    """Whoever adds a constraint says in openapi/problems.yaml what a client gets that violates it, unless it is of one column that
    a body or a path has: then lib/http/problem.c finds the property by the name that PostgreSQL made."""
    contract = Contract(ROOT / 'openapi')
    problems = Problems(ROOT / 'openapi/problems.yaml')
    columns = {column_of(name, raw) for schema in contract.reachable([o.body for o in contract.operations if o.body])
               for name, raw in contract.schemas[schema].get('properties', {}).items()}
    paths = {column_of(p['name'], p['schema']) for o in contract.operations for p in o.path_parameters}
    found, without = set(), []
    for table, name, kind, named in region.sql(CONSTRAINTS):
        found.add(name)
        own = [column for column in named if column not in ('tenant_id', 'region_id')]
        made = '_'.join([table, *named]) + ENDS.get(kind, '')
        derived = name == made and len(own) == 1 and own[0] in columns | (paths if kind == 'f' else set())
        ours = not own if kind == 'f' else kind == 'p' and own == ['id']     # the municipality and identifiers are made here
        if not (derived or ours or name in problems.constraints or name in problems.unreachable):
            without.append(name)
    assert not without, ' '.join(sorted(set(without)))
    functions = '\n'.join(file.read_text() for file in (ROOT / 'sql/functions').glob('*.sql'))     # they refuse in the words of one
    days = {f'{table}_{column}_check' for table, column in days_checked(region)}
    without += [f'{table}_{column}_check' for table, column in days_checked(region) if column not in columns and f'{table}_{column}_check' not in problems.constraints]
    assert not without, ' '.join(sorted(set(without)))
    gone = {name for name in (set(problems.constraints) | problems.unreachable) - found - days if f"'{name}'" not in functions and name not in MADE}
    assert not gone, f'there is no such constraint: {gone}'
    assert not set(problems.constraints) & problems.unreachable


# days that a body has, and no window: why
OPEN_DAYS = {'candidate birth_date': 'the contract says how old somebody can be', 'candidate available_from': 'somebody is available from a day of any year',
             'organisation start_date': 'it may have worked for a century'}


def days_checked(region):
    """The days that app.day_check() holds against a window: [(table, column)]."""
    made = region.sql("select c.relname, encode(t.tgargs, 'escape') from pg_trigger t join pg_class c on c.oid = t.tgrelid where t.tgname = 'days_within'")
    return [(table, given.split()[0]) for table, args in made for given in args.split('\\000') if given]


def test_each_day_of_a_body_has_a_window(region):
    """A year that was mistyped (1926, 2062) is refused wherever somebody writes a day."""
    contract = Contract(ROOT / 'openapi')
    bodies = {(schema, column_of(name, raw)) for schema in contract.reachable([o.body for o in contract.operations if o.body])
              for name, raw in contract.schemas[schema].get('properties', {}).items() if raw.get('format') == 'date'}
    columns = region.sql("select c.relname, a.attname from pg_attribute a join pg_class c on c.oid = a.attrelid join pg_namespace n on n.oid = c.relnamespace "
                         "where n.nspname in ('app', 'region') and c.relkind = 'r' and a.atttypid = 'date'::regtype and not a.attisdropped")
    functions = '\n'.join(file.read_text() for file in (ROOT / 'sql/functions').glob('*.sql'))
    checked = days_checked(region)
    open_days = {f'{table} {column}' for table, column in columns if (table, column) not in checked and f"'{table}_{column}_check'" not in functions
                 and any(schema.startswith(table.title().replace('_', '')) and column == named for schema, named in bodies)}
    assert open_days == set(OPEN_DAYS), open_days ^ set(OPEN_DAYS)


@pytest.mark.parametrize('language', ['nl', 'en'])
def test_seen_builder_a_detail_says_its_numbers(as_role, shortlisted, language):
    """People are shown the detail, and it spoke of (taken + given) and of (limit)."""
    vacancy, listed = shortlisted(candidatesWanted=2)
    chosen = [item['candidateId'] for item in listed['items']][:3]
    client, rounds = as_role('consultant'), f'/vacancies/{vacancy}/proposal-rounds'
    for few, code, numbers in ((chosen, 'number-asked-reached', '203'), (chosen[:1], 'shortfall-not-stated', '201')):
        answer = client.post(rounds, {'candidateIds': few}, **{'Accept-Language': language})
        assert answer.problem == code and ''.join(filter(str.isdigit, answer.json['detail'])) == numbers
        assert members(answer, 'limit', 'taken', 'given') == list(map(int, numbers)) and not set('{}()') & set(answer.json['detail'])
    assert client.post(f'/vacancies/{vacancy}/endings', {'how': 'close'}).status == 200
