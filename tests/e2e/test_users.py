# SPDX-License-Identifier: EUPL-1.2
"""Users and the profile of the user who asks; who is in, and who is not, or no longer."""
import subprocess
import time
import uuid
from concurrent.futures import ThreadPoolExecutor

import psycopg2
import pytest

from region import until

# a read of every service
READS = ['/vacancies?pageSize=1', '/candidates?pageSize=1', '/occupations?labelPrefix=a', '/user-profile']


@pytest.fixture
def hire(as_role):
    """A new user of a role: (the answer that made the user, a client with a token of that user)."""
    def make(role, **more):
        name = f'{role}.{uuid.uuid4().hex[:12]}@maasdrecht.example'
        made = as_role('tenant_admin').post('/users', {'name': 'Nieuw', 'email': name, 'role': role, **more})
        assert made.status == 201, made.text
        return made, as_role(role, user=made.json['id'])
    return make


def is_out(client, path, seconds=5):
    """Whether it is refused within five seconds, for the reason that its user is not in."""
    end = time.monotonic() + seconds
    while (answer := client.get(path)).status == 200 and time.monotonic() < end:
        time.sleep(0.05)
    return answer.status == 403 and answer.problem == 'not-admitted'


def test_the_profile_says_who_i_am(as_role):
    profile = as_role('consultant').get('/user-profile').json
    assert profile['role'] == 'consultant' and profile['tenantName'] == 'Gemeente Maasdrecht'


def test_a_user_is_registered_and_changed(as_role):
    admin = as_role('tenant_admin')
    made = admin.post('/users', {'name': 'Nieuw', 'email': 'nieuw@maasdrecht.example', 'role': 'consultant',
                                 'attributes': ['decider']})
    assert made.status == 201 and made.json['attributes'] == ['decider']
    gone = admin.patch(f'/users/{made.json["id"]}', {'active': False}, made.headers['etag'])
    assert gone.json['active'] is False
    assert all(u['active'] for u in admin.get('/users?active=true&pageSize=100').json['items'])
    assert {u['role'] for u in admin.get('/users?role=coach').json['items']} == {'coach'}


def test_a_firm_sees_its_own_organisation_and_people_only(as_role, world):
    firm = as_role('firm')
    assert [o['id'] for o in firm.get('/organisations').json['items']] == [world['firm']]
    assert {u.get('organisationId') for u in firm.get('/users').json['items']} == {world['firm']}


def test_attack_01_a_deactivated_user_is_out_of_every_service(as_role, hire, region, new_employer):
    admin, (made, client) = as_role('tenant_admin'), hire('consultant')
    assert all(client.get(path).status == 200 for path in READS)
    gone = admin.patch(f'/users/{made.json["id"]}', {'active': False}, made.headers['etag'])
    assert all(is_out(client, path) for path in READS)
    refused = client.post('/employers', new_employer)
    assert refused.status == 403 and refused.problem == 'not-admitted'
    back = admin.patch(f'/users/{made.json["id"]}', {'active': True}, gone.headers['etag'])
    assert back.json['active'] and all(client.get(path).status == 200 for path in READS)
    noted = "select coalesce(sum(times), 0) from audit.denial where reason = 'not-admitted' and actor = %s"
    until(lambda: region.sql(noted, (made.json['id'],))[0][0] >= len(READS) + 1)


def test_case_7_a_deactivated_organisation_is_out_with_its_users(as_role, hire):
    admin = as_role('tenant_admin')
    firm = admin.post('/organisations', {'kind': 'firm', 'name': 'Weg Ermee'})
    _, client = hire('firm', organisationId=firm.json['id'])
    assert client.get('/candidates').status == 200
    ended = admin.patch(f'/organisations/{firm.json["id"]}', {'active': False}, firm.headers['etag'])
    assert all(is_out(client, path) for path in ('/candidates', '/user-profile'))
    made, later = hire('firm', organisationId=firm.json['id'])
    assert is_out(later, '/candidates'), 'a new user of an organisation that has ended'
    admin.patch(f'/organisations/{firm.json["id"]}', {'active': True}, ended.headers['etag'])
    assert client.get('/candidates').status == later.get('/candidates').status == 200


@pytest.mark.parametrize('first', ['user', 'organisation'])
def test_seen_attack_an_organisation_ends_while_its_user_is_written(region, as_role, hire, first):
    """Neither saw the other: both committed, and the user of an organisation that had ended went on working. Whoever is second waits."""
    admin = as_role('tenant_admin')
    firm = admin.post('/organisations', {'kind': 'firm', 'name': 'Weg Ermee'})
    made, client = hire('firm', organisationId=firm.json['id'])
    writes = {'user': ("update app.user_account set name = 'Anders' where id = %s", made.json['id'],
                       lambda: admin.patch(f'/organisations/{firm.json["id"]}', {'active': False}, firm.headers['etag']) and client),
              'organisation': ('update app.organisation set active = false where id = %s', firm.json['id'],
                               lambda: hire('firm', organisationId=firm.json['id'])[1])}
    statement, row, second = writes[first]
    connection = psycopg2.connect(region.env['MAATWERK_PG'] + ' user=maatwerk_platform')
    with ThreadPoolExecutor(1) as thread:
        with connection, connection.cursor() as cursor:
            cursor.execute("select set_config('app.tenant', '1', true), set_config('app.scope', 'tenant', true), set_config('app.role', 'tenant_admin', true)")
            cursor.execute(statement, (row,))
            other = thread.submit(second)
            waits = 'select count(*) from pg_stat_activity a where %s = any (pg_blocking_pids(a.pid))'
            until(lambda: other.done() or region.sql(waits, (connection.info.backend_pid,))[0][0])
        assert is_out(other.result(), '/candidates')
    connection.close()
    assert not admin.get(f'/organisations/{firm.json["id"]}').json['active']


@pytest.mark.parametrize('change', [{'role': 'coach'}, {'attributes': []}], ids=['role', 'attribute'])
def test_attack_01_a_token_gives_no_role_and_no_attribute_that_the_user_lost(as_role, hire, change):
    made, client = hire('consultant', attributes=['decider'])
    assert client.get('/vacancies').status == 200
    as_role('tenant_admin').patch(f'/users/{made.json["id"]}', change, made.headers['etag'])
    assert all(is_out(client, path) for path in READS[:1] + READS[2:])


def test_attack_01_a_token_gives_no_other_organisation(as_role, hire, world):
    made, _ = hire('firm', organisationId=world['firm'])
    foreign = as_role('firm', user=made.json['id'], org=str(uuid.uuid4()))
    assert is_out(foreign, '/candidates')


def test_attack_01_a_subject_that_does_not_exist_is_not_in(as_role):
    nobody = as_role('consultant', user=str(uuid.uuid4()))
    assert all(is_out(nobody, path) for path in READS)


def test_attack_01_a_user_of_another_municipality_is_not_in(as_role):
    foreign = as_role('consultant', user=as_role('consultant', 'gm9902').get('/user-profile').json['id'])
    assert all(is_out(foreign, path) for path in READS)


def test_attack_01_one_who_is_out_does_not_disturb_reads_of_others(as_role):
    """Reads travel in groups that share a transaction: each has the context that is its own."""
    from concurrent.futures import ThreadPoolExecutor
    nobody, somebody = as_role('consultant', user=str(uuid.uuid4())), as_role('consultant')
    with ThreadPoolExecutor(16) as threads:
        answers = list(threads.map(lambda i: (i % 2, (somebody if i % 2 else nobody).get('/vacancies?pageSize=1')), range(200)))
    assert all(answer.status == (200 if known else 403) for known, answer in answers)
    assert all(answer.json['items'] for known, answer in answers if known)


def test_attack_15_two_users_do_not_share_an_address(as_role, hire):
    made, _ = hire('coach')
    again = as_role('tenant_admin').post('/users', {'name': 'Nog een', 'email': made.json['email'].upper(), 'role': 'coach'})
    assert again.status == 409 and again.json['errors'][0]['pointer'] == '/email'


@pytest.mark.parametrize('role', ['firm', 'agency', 'hub', 'employer', 'consultant', 'partner'])
def test_attack_15_the_organisation_of_a_user_fits_the_role(as_role, region, role):
    admin = as_role('tenant_admin')
    wrong = admin.post('/organisations', {'kind': 'course_provider', 'name': f'Cursus {role}'}).json['id']
    far = region.sql("select id::text from app.organisation where tenant_id = 2 and kind = 'firm' limit 1")[0][0]
    for organisation in (wrong, far, str(uuid.uuid4())):
        answer = admin.post('/users', {'name': 'X', 'email': f'{uuid.uuid4().hex}@x.example', 'role': role, 'organisationId': organisation})
        assert answer.status == 400, answer.text
        assert (answer.json['errors'][0]['pointer'], answer.json['errors'][0]['code']) == ('/organisationId', 'reference')


def test_attack_10_production_takes_no_keys_of_a_development_shell(region):
    """Its keys are those of a local issuer, and bound to nothing."""
    done = subprocess.run([region.bin / 'maatwerk-all'], env={**region.env, 'MAATWERK_ENV': 'production'}, text=True,
                          capture_output=True, timeout=20)
    assert done.returncode == 1 and 'keys-not-bound' in done.stdout + done.stderr


def test_b10_the_profile_says_what_the_role_may_call(as_role, contract):
    operations = [o for item in contract.document['paths'].values() for method, o in item.items() if method != 'parameters']
    special = {o['operationId']: o['x-attribute'] for o in operations if 'x-attribute' in o}
    for role in ('consultant', 'employer', 'coach', 'candidate', 'tenant_admin', 'analyst'):
        said = as_role(role).get('/user-profile').json['permissions']
        assert said == sorted(said)
        assert set(said) - {*special} == {o['operationId'] for o in operations if role in o.get('x-rights', [role])} - {*special}, role
    holds = {'privacy_officer': 'tenant_admin', 'decider': 'team_lead'}        # of the demo region
    for attribute, holder in holds.items():
        other = next(role for role in holds.values() if role != holder)
        for operation in (name for name, its in special.items() if its == attribute):
            assert operation in as_role(holder).get('/user-profile').json['permissions'], operation
            assert operation not in as_role(other).get('/user-profile').json['permissions'], operation


@pytest.mark.parametrize('change', [{'active': False}, {'role': 'analyst'}], ids=['left', 'does something else'])
@pytest.mark.parametrize('noun,owner,role,asker', [('candidates', 'caseManagerId', 'case_manager', 'team_lead'),
                                                   ('employers', 'accountManagerId', 'account_manager', 'team_lead'),
                                                   ('vacancies', 'assigneeId', 'consultant', 'consultant')])
def test_seen_what_somebody_who_left_kept_is_found(as_role, new_employer, new_vacancy, noun, owner, role, asker, change):
    """Nobody is told, so somebody must be able to ask: what has no owner, and what has one who is not at work here."""
    admin, client = as_role('tenant_admin'), as_role(asker)
    user = admin.post('/users', {'name': 'Vertrekt', 'email': f'{uuid.uuid4()}@maasdrecht.example', 'role': role})
    made = {'candidates': lambda: client.post('/candidates', {'alias': 'Kandidaat Wees', 'pc4': '5012'}),
            'employers': lambda: client.post('/employers', new_employer), 'vacancies': new_vacancy}[noun]()
    place = f'/{noun}/{made.json["id"]}'

    def is_unattended():
        newest = f'/{noun}?sort=-changedAt&pageSize=100&fields=id&unattended='
        listed, others = ({item['id'] for item in client.get(newest + asked).json['items']} for asked in ('true', 'false'))
        assert made.json['id'] in listed ^ others
        return made.json['id'] in listed

    def give(to):
        return client.patch(place, {owner: to}, client.get(place).headers['etag']).status
    assert is_unattended() == (owner not in made.json)
    assert give(user.json['id']) == 200 and not is_unattended()
    assert admin.patch(user.headers['location'], change, user.headers['etag']).status == 200 and is_unattended()
    assert give(None) == 200 and is_unattended()


def test_seen_attack_nobody_gives_themselves_powers(as_role, region, hire):
    """An administrator made himself privacy officer, and read who had looked at whom; or case manager, and read files."""
    made, admin = hire('tenant_admin')
    place = made.headers['location']
    for change in ({'attributes': ['privacy_officer']}, {'attributes': ['decider']}, {'role': 'team_lead'}):
        refused = admin.patch(place, change, '*')
        assert (refused.status, refused.problem) == (403, 'own-powers'), refused.text
    assert admin.patch(place, {'name': 'Ander'}, '*').status == 200
    until(lambda: region.sql("select count(*) > 0 from audit.denial where reason = 'own-powers'") == [(True,)])
    other = as_role('tenant_admin')
    assert other.patch(place, {'attributes': ['decider']}, '*').status == 200
    assert admin.patch(place, {'attributes': []}, '*').status == 200, 'to give one up takes nobody else'


@pytest.mark.parametrize('change', [{'active': False}, {'role': 'analyst'}], ids=['leaves', 'does something else'])
def test_seen_the_last_administrator_stays(as_role, region, change):
    """Else nobody admits users any more. With a second one either may go; of two who go at the same moment one stays."""
    admin = as_role('tenant_admin', 'gm9902')
    place = f'/users/{admin.get("/user-profile").json["id"]}'
    refused = admin.patch(place, change, admin.get(place).headers['etag'])
    assert refused.status == 409 and refused.problem == 'last-administrator' and admin.get(place).json['active']
    second = admin.post('/users', {'name': 'Tweede', 'email': f'{uuid.uuid4()}@beheer.example', 'role': 'tenant_admin'})
    assert admin.patch(second.headers['location'], {'name': 'Tweede beheerder'}, second.headers['etag']).status == 200
    there = second.headers['location'].removeprefix('/v1')
    with ThreadPoolExecutor(2) as pool:
        tries = list(pool.map(lambda at: admin.patch(at, change, '*').status, (place, there)))
    left = region.sql("select id::text from app.user_account where tenant_id = 2 and role = 'tenant_admin' and active")
    assert len(left) == 1 and tries.count(200) == 1, (tries, left)
    back = {name: {'active': True, 'role': 'tenant_admin'}[name] for name in change}
    if left == [(second.json['id'],)]:      # the first one comes back
        assert as_role('tenant_admin', 'gm9902', user=second.json['id']).patch(place, back, '*').status == 200
        assert admin.patch(there, change, '*').status == 200


def test_seen_builder_an_account_says_for_whom_it_works(as_role, hire, world):
    """An administrator saw the identifier of an employer that he cannot read."""
    admin = as_role('tenant_admin')
    firm, employer = as_role('team_lead').get(f'/organisations/{world["firm"]}').json['name'], as_role('employer').get(f'/employers/{world["employer"]}').json['name']
    for role, organisation, name in (('firm', world['firm'], firm), ('employer', world['employer'], employer)):
        made, client = hire(role, organisationId=organisation)
        assert made.json['organisationName'] == name == client.get('/user-profile').json['organisationName']
        assert made.json == admin.get(made.headers['location']).json
    named = [u for u in admin.get('/users?pageSize=100').json['items'] if 'organisationId' in u]
    assert named and all(u['organisationName'] for u in named)
    assert 'organisationName' not in admin.get('/user-profile').json
