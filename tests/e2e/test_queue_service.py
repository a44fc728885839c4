# SPDX-License-Identifier: EUPL-1.2
"""The queue through the API: what operators see and may change, of which municipality, and what stays of it."""
import time
import uuid

import psycopg2
import pytest

from region import programs

OPERATOR = '01920000-0000-7000-8000-0000000051a0'
VACANCY = '01920000-0000-7000-8000-000000000a01'


@pytest.fixture(scope='module')
def towns(region):
    region.sql("insert into queue.kind (kind, worker, blocks_lane, paused_until) values ('held', 'matching', true, clock.now() + interval '1 day') "
               "on conflict do nothing")
    yield [row[0] for row in region.sql("select tenant_id from ref.tenant where code in ('gm9901', 'gm9902') order by code")]
    empty(region)
    region.sql("delete from queue.kind where kind = 'held'")


def empty(region):
    region.sql("delete from queue.job where kind = 'held'; delete from queue.dead where kind = 'held'; delete from queue.future where kind = 'held'; "
               "delete from queue.lane where lane like 'test:%%'; delete from queue.tenant_setting", ())


@pytest.fixture
def admin(as_role):
    return as_role('tenant_admin')


@pytest.fixture
def other(as_role):
    return as_role('tenant_admin', tenant='gm9902')


@pytest.fixture
def operator(as_role):
    return as_role('system', user=OPERATOR)


@pytest.fixture
def enqueue(region, towns):
    """Jobs of a kind that is paused: they stay as they are made."""
    empty(region)

    def make(town=0, lane=None, payload=f'{{"vacancyId": "{VACANCY}"}}'):
        return region.sql("select queue.enqueue('held', %s, %s, lane => %s)", (towns[town], payload, lane))[0][0]
    yield make
    empty(region)


def kill(region, job, reason='exhausted', error='no luck'):
    region.sql('select queue.kill(%s, %s, %s)', (job, reason, error))


def state(region, job):
    rows = region.sql('select state from queue.job where id = %s', (job,))
    return rows[0][0] if rows else None


def ids(response):
    assert response.status == 200, response.text
    return [item['id'] for item in response.json['items']]


def audit(region, tenant):
    return region.sql('select noun, action, columns, role, operation, actor, subject_id from audit.entry '
                      "where tenant_id = %s and noun like 'queue-%%' order by xid, seq", (tenant,))


def test_jobs_are_listed_filtered_and_paged(admin, enqueue):
    made = [enqueue(lane='test:a'), enqueue(lane='test:a'), enqueue(), enqueue(), enqueue()]
    assert ids(admin.get('/queue/jobs?kind=held')) == made
    assert ids(admin.get('/queue/jobs?kind=held&sort=-id')) == made[::-1]
    assert ids(admin.get('/queue/jobs?kind=held&state=blocked')) == [made[1]]
    assert ids(admin.get('/queue/jobs?lane=test:a')) == made[:2]
    assert ids(admin.get('/queue/jobs?kind=held&createdBefore=2020-01-01T00:00:00Z')) == []
    seen, page = [], '/queue/jobs?kind=held&pageSize=2'
    while page:
        answer = admin.get(page)
        seen += ids(answer)
        page = answer.json['_links'].get('next', {}).get('href')
    assert seen == made
    one = admin.get(f'/queue/jobs/{made[0]}').json
    assert one['state'] == 'ready' and one['ids'] == {'vacancyId': VACANCY} and one['lane'] == 'test:a' and one['place'] == 1


def test_of_payload_and_error_only_ids_and_codes_are_shown(region, admin, enqueue):
    job = enqueue(payload=f'{{"vacancyId": "{VACANCY}", "bsn": 999990019, "phone": "013 555 0100", "name": "Tess"}}')
    region.sql("update queue.job set last_error = 'Tess Linde, 013 555 0100' where id = %s", (job,))
    shown = admin.get(f'/queue/jobs/{job}')
    assert shown.json['ids'] == {'vacancyId': VACANCY} and shown.json['errorCode'] == 'other'
    kill(region, job, error='Tess Linde, 013 555 0100')
    letter = admin.get(f'/queue/dead-letters/{job}')
    assert letter.json['errorCode'] == 'other' and letter.json['ids'] == {'vacancyId': VACANCY}
    assert 'Tess' not in shown.text + letter.text and '013' not in shown.text + letter.text


def test_a_municipality_sees_and_changes_its_own_work_only(region, admin, other, operator, enqueue, towns):
    own, foreign = enqueue(0, 'test:own'), enqueue(1, 'test:foreign')
    assert ids(admin.get('/queue/jobs?kind=held')) == [own] and ids(other.get('/queue/jobs?kind=held')) == [foreign]
    assert ids(operator.get('/queue/jobs?kind=held')) == [own, foreign]
    tenant = operator.get(f'/queue/jobs/{foreign}').json['tenantId']
    assert ids(operator.get(f'/queue/jobs?kind=held&tenantId={tenant}')) == [foreign]
    assert ids(admin.get(f'/queue/jobs?kind=held&tenantId={tenant}')) == []
    before = len(audit(region, towns[1]))
    for path in (f'jobs/{foreign}/cancellations', f'jobs/{foreign}/kills', f'jobs/{foreign}/retries', f'jobs/{foreign}/runs',
                 'lanes/test:foreign/releases'):
        assert admin.post(f'/queue/{path}', {}).status == 404, path
    assert admin.get(f'/queue/jobs/{foreign}').status == 404 and admin.get('/queue/lanes/test:foreign').status == 404
    kill(region, foreign)
    etag = other.get(f'/queue/dead-letters/{foreign}').headers['etag']
    assert ids(admin.get('/queue/dead-letters?kind=held')) == [] and admin.get(f'/queue/dead-letters/{foreign}').status == 404
    assert admin.post(f'/queue/dead-letters/{foreign}/revivals', {}).status == 404
    assert admin.delete(f'/queue/dead-letters/{foreign}', etag).status == 404
    assert admin.post(f'/queue/tenants/{tenant}/pauses', {}).status == 404
    assert ids(other.get('/queue/dead-letters?kind=held')) == [foreign] and state(region, own) == 'ready'
    assert len(audit(region, towns[1])) == before and audit(region, towns[1])[before:] == []


def raw(region, sql, tenant=None, scope='tenant', role='tenant_admin'):
    """As the program that serves the API, with any context, when everything above the database has failed."""
    connection = psycopg2.connect(region.env['MAATWERK_PG'] + ' user=maatwerk_platform')
    try:
        with connection, connection.cursor() as cursor:
            if tenant is not None:
                cursor.execute("select set_config('app.tenant', %s, true), set_config('app.scope', %s, true), "
                               "set_config('app.role', %s, true)", (str(tenant), scope, role))
            cursor.execute(sql)
            return cursor.fetchall()
    finally:
        connection.close()


VIEWS = ['job_seen', 'dead_seen', 'future_seen', 'act_seen']


def test_raw_attacks_reach_the_own_municipality_only(region, enqueue, towns):
    own, foreign, dead = enqueue(0), enqueue(1, 'test:raw'), enqueue(1)
    kill(region, dead)
    region.sql("select queue.schedule('held', %s, '{}', '2099-01-01 09:00', 'Europe/Amsterdam', 'test:1')", (towns[1],))
    for context in ({}, {'tenant': towns[0], 'scope': ''}, {'tenant': towns[0], 'scope': 'caseload'},
                    {'tenant': towns[0], 'scope': 'installation'}):
        for view in VIEWS + ['figures_seen()']:
            assert raw(region, f"select count(*) from queue.{view}", **context) == [(0,)], (view, context)
    for view in ('job_seen', 'dead_seen', 'future_seen'):
        assert raw(region, f'select count(*) from queue.{view} where tenant <> {towns[0]}', towns[0]) == [(0,)]
        assert raw(region, f"select count(*) from queue.{view} where kind = 'held'", towns[1])[0][0] >= 1
    for verb, noun, target in (('cancel', 'job', foreign), ('kill', 'job', foreign), ('retry', 'job', foreign), ('revive', 'dead-letter', dead),
                               ('drop', 'dead-letter', dead), ('release', 'lane', 'test:raw'), ('pause', 'tenant', 'gm9902'),
                               ('pause', 'kind', 'held'), ('drain', 'worker', 'matching')):
        for context in ({'tenant': towns[0]}, {}, {'tenant': towns[0], 'scope': 'installation'}):
            with pytest.raises(psycopg2.Error) as refusal:
                raw(region, f"select queue.act(gen_random_uuid(), '{verb}', '{noun}', '{target}')", **context)
            assert refusal.value.pgcode in ('MW404', 'MW403'), (verb, noun, context)
    for table in ('job', 'dead', 'future', 'act', 'lane', 'kind', 'tenant_setting'):
        with pytest.raises(psycopg2.errors.InsufficientPrivilege):
            raw(region, f'select * from queue.{table}', towns[0])
    for call in ('finish(array[1])', "kill(1, 'killed', 'x')", 'revive(1)', 'drop_dead(1)', "pause('held', null)", "release('a')",
                 "end_job(1, 'cancel')", 'note_act(null)', 'do_asked()', "owner_of('job', '1')"):
        with pytest.raises(psycopg2.errors.InsufficientPrivilege):
            raw(region, f'select queue.{call}', towns[0])
    assert state(region, own) == 'ready' and state(region, foreign) == 'ready'


def test_the_operator_of_the_installation_sees_no_file(as_role, operator):
    for path in ('/candidates', '/vacancies', '/users', '/employers', '/proposals'):
        assert operator.get(path).status == 403
    assert as_role('consultant').get('/queue/jobs').status == 403


@pytest.mark.parametrize('program', programs('service'))
def test_the_scope_of_the_installation_shows_no_file_to_any_program(region, program):
    connection = psycopg2.connect(region.env['MAATWERK_PG'] + f' user=maatwerk_{program}')
    try:
        with connection, connection.cursor() as cursor:
            cursor.execute("select set_config('app.tenant', '1', true), set_config('app.scope', 'installation', true), "
                           "set_config('app.role', 'system', true)")
            for table in ('candidate', 'employer', 'vacancy', 'proposal', 'organisation', 'user_account'):
                cursor.execute('savepoint s')
                try:
                    cursor.execute(f'select count(tenant_id) from app.{table}')
                    assert cursor.fetchone()[0] == 0, table
                except psycopg2.errors.InsufficientPrivilege:
                    cursor.execute('rollback to savepoint s')
    finally:
        connection.close()


def test_a_job_is_cancelled_killed_run_and_begun_anew_with_a_trail(region, admin, enqueue, towns):
    profile = admin.get('/user-profile').json['id']
    before = len(audit(region, towns[0]))
    job = enqueue()
    refused = admin.post(f'/queue/jobs/{job}/runs', {})      # A10: with its state, and what that allows
    assert refused.problem == 'state' and (refused.json['currentState'], refused.json['allowed']) == ('ready', ['cancel', 'kill', 'retry'])
    for path, verb in (('runs', 'run-now'), ('retries', 'retry')):
        region.sql("update queue.job set state = 'waiting', run_at = clock.now() + interval '1 hour', attempt = 3 where id = %s", (job,))
        made = admin.post(f'/queue/jobs/{job}/{path}', {'reason': 'ticket 7'})
        assert made.status == 201 and made.json['verb'] == verb and made.json['outcome'] == 'done', made.text
        assert made.json['actorId'] == profile and made.json['reason'] == 'ticket 7' and made.json['jobId'] == job
        assert admin.get(made.headers['location']).json == made.json and state(region, job) == 'ready'
    assert admin.get(f'/queue/jobs/{job}').json['attempt'] == 0
    cancelled = admin.post(f'/queue/jobs/{job}/cancellations', {})
    assert cancelled.json['outcome'] == 'done' and admin.get(f'/queue/jobs/{job}').status == 404
    killed = enqueue()
    assert admin.post(f'/queue/jobs/{killed}/kills', {}).status == 201
    assert admin.get(f'/queue/dead-letters/{killed}').json['reason'] == 'killed'
    assert [(a['verb'], a['target']) for a in admin.get(f'/queue/acts?jobId={job}').json['items']] == \
        [('cancel', str(job)), ('retry', str(job)), ('run-now', str(job))]
    rows = audit(region, towns[0])[before:]
    assert [(row[0], row[1], row[2], row[4]) for row in rows] == [
        ('queue-job', 'change', ['run-now', str(job), 'done'], 'runQueueJob'), ('queue-job', 'change', ['retry', str(job), 'done'], 'retryQueueJob'),
        ('queue-job', 'delete', ['cancel', str(job), 'done'], 'cancelQueueJob'), ('queue-job', 'change', ['kill', str(killed), 'done'], 'killQueueJob')]
    assert {(row[3], row[5]) for row in rows} == {('tenant_admin', profile)} and rows[2][6] == cancelled.json['id']


def test_the_same_key_acts_once(region, admin, enqueue, towns):
    job, key = enqueue(), str(uuid.uuid4())
    before = len(audit(region, towns[0]))
    first = admin.post(f'/queue/jobs/{job}/cancellations', {}, key)
    again = admin.post(f'/queue/jobs/{job}/cancellations', {}, key)
    assert again.status == 201 and again.json == first.json and again.headers['idempotency-replayed'] == 'true'
    assert len(audit(region, towns[0])) == before + 1
    assert admin.post(f'/queue/jobs/{job}/cancellations', {}).status == 404


def test_a_running_job_is_asked_to_end(region, admin, enqueue):
    job = enqueue()
    holder = psycopg2.connect(region.env['MAATWERK_PG'] + ' user=maatwerk_admin')
    holder.cursor().execute('select * from queue.claim(array[%s::bigint])', (job,))
    asked = admin.post(f'/queue/jobs/{job}/cancellations', {})
    assert asked.json['outcome'] == 'asked' and 'endedAt' not in asked.json
    assert admin.get(f'/queue/jobs/{job}').json['endAsked'] is True
    assert asked.json['id'] in ids(admin.get('/queue/acts?outcome=asked'))
    refused = admin.post(f'/queue/jobs/{job}/retries', {})
    assert refused.problem == 'state' and (refused.json['currentState'], refused.json['allowed']) == ('running', ['cancel', 'kill'])
    holder.close()
    ended = admin.wait_for(asked.headers['location'], lambda r: r.json['outcome'] != 'asked')
    assert ended.json['outcome'] == 'done' and 'endedAt' in ended.json and state(region, job) is None


def test_dead_letters_are_revived_or_dropped(region, admin, enqueue, towns):
    first, second = enqueue(), enqueue()
    kill(region, first), kill(region, second, 'permanent')
    assert ids(admin.get('/queue/dead-letters?kind=held')) == [second, first]
    assert ids(admin.get('/queue/dead-letters?reason=permanent&kind=held')) == [second]
    letter = admin.get(f'/queue/dead-letters/{second}')
    assert admin.call('DELETE', f'/queue/dead-letters/{second}').status == 428
    assert admin.delete(f'/queue/dead-letters/{second}', '"1-0"').status == 412
    assert admin.delete(f'/queue/dead-letters/{second}', letter.headers['etag']).status == 204
    assert admin.delete(f'/queue/dead-letters/{second}', letter.headers['etag']).status == 404
    assert audit(region, towns[0])[-1][:3] == ('queue-dead-letter', 'delete', ['drop', str(second), 'done'])
    revived = admin.post(f'/queue/dead-letters/{first}/revivals', {'reason': 'ticket 8'})
    assert revived.status == 201 and state(region, revived.json['jobId']) == 'ready'
    assert admin.post(f'/queue/dead-letters/{first}/revivals', {}).status == 404


def test_a_blocked_lane_is_seen_and_goes_on_by_revival_or_release(region, admin, operator, enqueue):
    for how in ('revive', 'release'):
        lane = f'test:{how} a'
        jobs = [enqueue(lane=lane) for _ in range(3)]
        kill(region, jobs[0], 'permanent')
        path = '/queue/lanes/' + lane.replace(' ', '%20')
        blocked = admin.get(path).json
        assert (blocked['state'], blocked['blockedById'], [j['id'] for j in blocked['jobs']]) == ('blocked', jobs[0], jobs[1:])
        assert any(f['code'] == 'lanes-blocked' and not f['ok'] for f in admin.get('/queue/doctor').json['findings'])
        if how == 'revive':
            assert admin.post(f'/queue/dead-letters/{jobs[0]}/revivals', {}).json['jobId'] == jobs[0]
            assert [state(region, j) for j in jobs] == ['ready', 'blocked', 'blocked'] and admin.get(path).json['state'] == 'moving'
        else:
            assert admin.post(path + '/releases', {}).status == 201
            assert [state(region, j) for j in jobs] == [None, 'ready', 'blocked']
            assert admin.get(f'/queue/dead-letters/{jobs[0]}').json['blocks'] is False
        assert operator.post(path + '/releases', {}).json['currentState'] == 'moving'


def test_a_kind_is_paused_by_the_operator_only_and_every_municipality_can_read_it(region, admin, other, operator, towns):
    before = [len(audit(region, t)) for t in towns]
    assert admin.post('/queue/kinds/count_supply/pauses', {}).status == 403
    made = operator.post('/queue/kinds/count_supply/pauses', {'minutes': 5, 'reason': 'ticket 9'})
    assert made.status == 201 and 'tenantId' not in made.json
    kinds = {k['kind']: k for k in admin.get('/queue/kinds?pageSize=100').json['items']}
    assert 'pausedUntil' in kinds['count_supply'] and 'pausedUntil' not in kinds['match_vacancy']
    assert made.json['id'] in ids(other.get('/queue/acts'))
    assert any(f['code'] == 'kind-paused' and not f['ok'] for f in operator.get('/queue/doctor').json['findings'])
    assert operator.post('/queue/kinds/count_supply/resumptions', {}).status == 201
    for tenant, count in zip(towns, before):
        assert [(row[2], row[3], row[5]) for row in audit(region, tenant)[count:]] == [
            (['pause', 'count_supply', 'done'], 'system', OPERATOR), (['resume', 'count_supply', 'done'], 'system', OPERATOR)]
    assert operator.post('/queue/kinds/nothing/pauses', {}).status == 404


def test_b6_a_paused_kind_and_a_paused_municipality_stop_shortlists_until_they_go_on(region, as_role, admin, operator, new_vacancy):
    consultant, own = as_role('consultant'), admin.get('/user-profile').json['tenantId']
    for who, path in ((operator, '/queue/kinds/match_vacancy'), (admin, f'/queue/tenants/{own}')):
        assert who.post(path + '/pauses', {'minutes': 5}).status == 201
        try:
            vacancy = new_vacancy().json['id']
            assert consultant.post(f'/vacancies/{vacancy}/screenings', {'verdict': 'suitable'}).status == 201
            time.sleep(1.2)
            listed = consultant.get(f'/vacancies/{vacancy}/shortlist')
            assert (listed.status, listed.json['status'], listed.json['items'], listed.headers['retry-after']) == (200, 'paused', [], '60')
            assert admin.get('/queue/jobs?kind=match_vacancy&state=ready').json['items']
        finally:
            assert who.post(path + '/resumptions', {}).status == 201
        assert consultant.wait_for(f'/vacancies/{vacancy}/shortlist').status == 200


def test_figures_and_findings_are_of_what_one_sees(region, admin, operator, enqueue):
    enqueue(0), enqueue(1), kill(region, enqueue(1))
    held = lambda client: [(f['state'], f['jobs']) for f in client.get('/queue/figures').json['figures'] if f['kind'] == 'held']  # noqa: E731
    assert held(admin) == [('ready', 1)] and held(operator) == [('dead', 1), ('ready', 2)]
    report = operator.get('/queue/doctor').json
    assert report['healthy'] is False and any(f['code'] == 'dead' and f['number'] >= 1 for f in report['findings'])
    assert any(f['code'] == 'oldest-transaction' for f in report['findings'])
    assert not any(f['code'] == 'oldest-transaction' for f in admin.get('/queue/doctor').json['findings'])


def test_planned_work_is_listed_by_its_subject(region, admin, other, towns, enqueue):
    for subject, at in (('test:1', '2099-03-27 09:00'), ('test:2', '2099-03-28 09:00')):
        region.sql("select queue.schedule('held', %s, '{}', %s, 'Europe/Amsterdam', %s)", (towns[0], at, subject))
    assert [p['subject'] for p in admin.get('/queue/schedule?kind=held').json['items']] == ['test:1', 'test:2']
    one = admin.get('/queue/schedule?subject=test:2').json['items'][0]
    assert (one['dueLocal'], one['zone']) == ('2099-03-28T09:00:00', 'Europe/Amsterdam') and one['runAt'].startswith('2099-03-28T0')
    assert other.get('/queue/schedule?subject=test:2').json['items'] == []


@pytest.mark.parametrize('path,body', [('jobs/0/kills', {}), ('jobs/abc/kills', {}), ('jobs/1/kills', {'reason': ''}), ('jobs/1/kills', {'who': 'me'}),
                                       ('kinds/X/resumptions', {}), ('jobs/99999999999999999999/kills', {}), ('jobs/1/kills', {'reason': 'x' * 201})])
def test_nonsense_is_refused(operator, path, body):
    assert operator.post(f'/queue/{path}', body).status == 400
