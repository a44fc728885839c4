# SPDX-License-Identifier: EUPL-1.2
"""`maatwerk queue …`, verb by verb, with a dispatcher and workers that really work."""
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psycopg2
import pytest

from region import ROOT, SANITIZED, Region, until

sys.path.insert(0, str(ROOT / 'tests/chaos'))
from chaos_queue import SETUP  # noqa: E402

CHILDREN = 3


@pytest.fixture(scope='module')
def queue():
    with Region.started('operators', SANITIZED) as made:
        made.sql(SETUP + "insert into queue.kind (kind, worker, blocks_lane) values ('strict', 'chaos', true);"
                 "insert into ref.region (id, code, name) values (gen_random_uuid(), 'maas', 'Maas');"
                 "insert into ref.tenant (id, code, name, region_id) select gen_random_uuid(), c, c, r.id "
                 "from ref.region r, unnest(array['gm9901', 'gm9902', 'gm9903']) c")
        made.start('dispatcher')
        yield made


@pytest.fixture(autouse=True)
def empty(queue):
    queue.sql('truncate queue.job, queue.dead, queue.unique_key, queue.lane, queue.future, queue.done, queue.effect, queue.act, queue.cancel_request, '
              'queue.tenant_setting, chaos.effect; update queue.kind set paused_until = null')


@pytest.fixture
def workers(queue):
    """Three children that do chaos_job; from the release build, where the worker of the chaos run is."""
    asan, queue.bin = queue.bin, ROOT / 'build/release/bin'
    queue.start('chaos', MAATWERK_CHILDREN=str(CHILDREN))
    queue.bin = asan
    until(lambda: sum(w['alive'] for w in say(queue, 'workers')) == CHILDREN)
    yield
    queue.processes['chaos'].send_signal(signal.SIGTERM)
    assert queue.processes.pop('chaos').wait(20) == 0
    until(lambda: say(queue, 'workers') == [])


def say(queue, *words):
    done = queue.command('queue', *words, '--json')
    return [json.loads(line) for line in done.stdout.splitlines()]


def refused(queue, *words):
    done = queue.command('queue', *words, '--json', check=False)
    assert done.returncode == 1 and done.stdout == '', done
    return done.stderr


def enqueue(queue, kind='chaos_job', tenant=1, payload='{"n": 1}', **more):
    named = ''.join(f', {name} => %s' for name in more)
    return queue.sql(f'select queue.enqueue(%s, %s, %s{named})', (kind, tenant, payload, *more.values()))[0][0]


def job(queue, number):
    rows = queue.sql('select state, attempt, crash from queue.job where id = %s', (number,))
    return rows[0] if rows else None


def is_carried(queue, number):
    """A stream has it."""
    return str(number) in redis(queue, 'XRANGE', 'mw:{s0}:chaos:p1', '-', '+').split()


def paused(queue, kind='chaos_job'):
    """Nothing is dispatched: states stay as a test makes them."""
    queue.sql("select queue.pause(%s, clock.now() + interval '1 hour')", (kind,))


def audit(queue, tenant=1):
    return queue.sql("select noun, action, columns, role, operation from audit.entry where tenant_id = %s "
                     "order by xid, seq", (tenant,))


def test_without_a_verb_it_says_which_there_are(queue):
    for words in ((), ('nonsense',), ('dead',), ('show',), ('ls', '--colour', 'red'), ('ls', '--kind'), ('ls', '--watch'),
                  ('retry', '1', '2'), ('workers', '--end')):
        done = queue.command('queue', *words, check=False)
        assert done.returncode == 2 and 'dead revive ID' in done.stdout and 'drain WORKER' in done.stdout, words


def test_stats_and_ls_count_and_filter(queue):
    paused(queue), paused(queue, 'strict')
    first, second = enqueue(queue), enqueue(queue, 'strict', 2, lane='a')
    third = enqueue(queue, 'strict', 2, lane='a')
    assert [(f['state'], f['kind'], f['jobs']) for f in say(queue, 'stats')] == \
        [('blocked', 'strict', 1), ('ready', 'chaos_job', 1), ('ready', 'strict', 1)]
    for words, expected in (((), [first, second, third]), (('--state', 'blocked'), [third]), (('--kind', 'strict'), [second, third]),
                            (('--tenant', 'gm9901'), [first]), (('--lane', 'a', '--state', 'ready'), [second]),
                            (('--older-than', '3600'), []), (('--older-than', '0'), [first, second, third]), (('--most', '1'), [first])):
        assert [j['id'] for j in say(queue, 'ls', *words)] == expected, words
    plain = queue.command('queue', 'ls').stdout.splitlines()
    assert plain[0].startswith('id\ttenant\tprio') and len(plain) == 4 and plain[1].split('\t')[:2] == [str(first), 'gm9901']


def test_stats_watches_until_it_is_stopped(queue):
    enqueue(queue, 'strict')
    watching = subprocess.Popen([queue.bin / 'maatwerk', 'queue', 'stats', '--watch', '--json'], env=queue.env, cwd=ROOT,
                                stdout=subprocess.PIPE, text=True, preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL))
    lines = [json.loads(watching.stdout.readline()) for _ in range(2)]
    watching.send_signal(signal.SIGINT)
    watching.communicate()
    assert watching.returncode == -signal.SIGINT and [line['kind'] for line in lines] == ['strict', 'strict']


def test_show_tells_of_a_job_its_lane_and_its_entry_in_redis(queue):
    first, second = enqueue(queue, 'strict', lane='a', payload='{"vacancyId": "01920000-0000-7000-8000-000000000a01", '
                                                               '"bsn": 999990019, "name": "Tess Linde", "n": 7}'), enqueue(queue, 'strict', lane='a')
    until(lambda: is_carried(queue, first))
    shown = say(queue, 'show', first)[0]
    assert shown['state'] == 'ready' and shown['tenant_code'] == 'gm9901'
    assert [n['id'] for n in shown['lane_jobs']] == [first, second]
    assert [e['stream'] for e in shown['entries']] == ['mw:{s0}:chaos:p1']
    assert shown['ids'] == {'vacancyId': '01920000-0000-7000-8000-000000000a01', 'n': '7'}, 'ids only'
    assert 'state          ready' in queue.command('queue', 'show', first).stdout
    assert 'there is none' in refused(queue, 'show', 999999)


def test_of_an_error_only_the_code_is_shown(queue):
    paused(queue)
    number = enqueue(queue)
    for error, expected in (('sqlstate 23514', 'sqlstate 23514'), ('unknown kind', 'unknown kind'),
                            ('Tess Linde 999990019', 'other'), (None, None)):
        queue.sql('update queue.job set last_error = %s', (error,))
        assert say(queue, 'show', number)[0]['error_code'] == expected


def test_a_waiting_job_is_run_now_or_begun_anew(queue):
    paused(queue)
    number = enqueue(queue)
    assert 'its state' in refused(queue, 'run-now', number)
    for verb, attempt in (('run-now', 1), ('retry', 0)):
        queue.sql("update queue.job set state = 'waiting', run_at = clock.now() + interval '1 hour', attempt = 1, crash = 2")
        assert [a['outcome'] for a in say(queue, verb, number, '--reason', 'ticket 7')] == ['done']
        assert job(queue, number)[:2] == ('ready', attempt)
    assert job(queue, number)[2] == 0
    assert [(a['verb'], a['target'], a['reason']) for a in say(queue, 'acts')] == \
        [('retry', str(number), 'ticket 7'), ('run-now', str(number), 'ticket 7')]


def test_a_job_that_has_not_begun_is_cancelled_without_a_trace_or_killed_to_a_dead_letter(queue):
    paused(queue)
    first, second, third = (enqueue(queue, lane='l') for _ in range(3))
    assert say(queue, 'cancel', second)[0]['outcome'] == 'done' and job(queue, second) is None
    assert say(queue, 'kill', first)[0]['outcome'] == 'done'
    assert job(queue, third)[0] == 'ready', 'the lane goes on'
    assert [(d['id'], d['reason']) for d in say(queue, 'dead', 'ls')] == [(first, 'killed')]
    assert 'there is none' in refused(queue, 'cancel', second) and 'there is none' in refused(queue, 'kill', second)


@pytest.mark.parametrize('verb,commits,outcome,dead', [('cancel', False, 'done', []), ('kill', False, 'done', ['killed']),
                                                       ('cancel', True, 'too-late', [])])
def test_a_running_job_ends_with_its_attempt(queue, verb, commits, outcome, dead):
    number = enqueue(queue)
    until(lambda: is_carried(queue, number))
    runs = psycopg2.connect(queue.env['MAATWERK_PG'] + ' user=maatwerk_admin')
    at_work = runs.cursor()
    at_work.execute('select * from queue.claim(array[%s::bigint])', (number,))
    assert say(queue, verb, number)[0]['outcome'] == 'asked'
    assert say(queue, 'show', number)[0]['end_asked'] is True and 'its state' in refused(queue, 'retry', number)
    if commits:
        at_work.execute('select queue.finish(array[%s::bigint])', (number,))
    else:
        at_work.execute("select queue.retry(%s, 'failed')", (number,))
    runs.commit(), runs.close()
    until(lambda: say(queue, 'acts')[0]['outcome'] == outcome)
    assert [(row[2], row[4]) for row in audit(queue)[-2:]] == [([verb, str(number), 'asked'], f'queue {verb}'),
                                                               ([verb, str(number), outcome], 'queue.do_asked')]
    assert job(queue, number) is None and [d['reason'] for d in say(queue, 'dead', 'ls')] == dead


def test_a_locked_lane_does_not_hold_up_the_dispatcher(queue):
    number = enqueue(queue, 'strict', lane='long')
    until(lambda: is_carried(queue, number))
    runs, enqueues = (psycopg2.connect(queue.env['MAATWERK_PG'] + ' user=maatwerk_admin') for _ in range(2))
    runs.cursor().execute('select * from queue.claim(array[%s::bigint])', (number,))
    assert say(queue, 'cancel', number)[0]['outcome'] == 'asked'
    enqueues.cursor().execute("select queue.enqueue('strict', 1, lane => 'long')")
    runs.close()
    for _ in range(3):
        other = enqueue(queue, 'strict')
        until(lambda: is_carried(queue, other), 9)    # a statement ends after 10 s
    assert job(queue, number) is not None
    enqueues.rollback(), enqueues.close()
    until(lambda: job(queue, number) is None)


def test_what_was_begun_outside_is_not_cancelled_in_silence(queue):
    number = enqueue(queue, 'strict')
    fence = queue.sql("select fence from queue.lease(array[%s::bigint], 'a', 600000)", (number,))[0][0]
    assert queue.sql('select found_state from queue.lease_begin(%s, %s)', (number, fence)) == [('new',)]
    assert say(queue, 'cancel', number)[0]['outcome'] == 'asked'
    assert queue.sql('select queue.cancel_wanted(array[%s::bigint])', (number,)) == [(number,)], 'the worker hears of it'
    queue.sql("update queue.job set lease_until = clock.now()")
    until(lambda: say(queue, 'acts')[0]['outcome'] == 'done')
    assert [(d['id'], d['reason']) for d in say(queue, 'dead', 'ls')] == [(number, 'uncertain')]


@pytest.mark.parametrize('verb,dead', [('cancel', []), ('kill', ['killed'])])
def test_a_job_that_its_worker_ended_as_asked_is_gone_or_a_dead_letter(queue, verb, dead):
    first, second = enqueue(queue, 'strict', lane='w'), enqueue(queue, 'strict', lane='w')
    until(lambda: is_carried(queue, first))
    runs = psycopg2.connect(queue.env['MAATWERK_PG'] + ' user=maatwerk_admin')
    at_work = runs.cursor()
    at_work.execute('select * from queue.claim(array[%s::bigint])', (first,))
    assert say(queue, verb, first)[0]['outcome'] == 'asked'
    at_work.execute("select queue.kill(%s, 'permanent', 'cancelled')", (first,))
    runs.commit(), runs.close()
    until(lambda: say(queue, 'acts')[0]['outcome'] == 'done')
    assert [d['reason'] for d in say(queue, 'dead', 'ls')] == dead
    assert (job(queue, second)[0] == 'blocked') is bool(dead), 'the lane waits only for a dead letter'
    if dead:
        say(queue, 'dead', 'revive', first)
        assert queue.sql('select count(*) from queue.cancel_request')[0][0] == 0, 'its new life is not cancelled'


def test_a_dead_letter_is_revived_or_dropped(queue):
    paused(queue)
    first, second = enqueue(queue), enqueue(queue, tenant=2)
    queue.sql("select queue.kill(id, 'exhausted', 'no luck') from queue.job")
    assert [d['id'] for d in say(queue, 'dead', 'ls', '--tenant', 'gm9902', '--why', 'exhausted')] == [second]
    assert say(queue, 'dead', 'show', first)[0]['error_code'] == 'no luck'
    assert say(queue, 'dead', 'drop', second, '--reason', 'ticket 8')[0]['outcome'] == 'done'
    new = say(queue, 'dead', 'revive', first)[0]['job']
    assert job(queue, new)[:2] == ('ready', 0) and say(queue, 'dead', 'ls') == []
    assert 'there is none' in refused(queue, 'dead', 'revive', first) and 'there is none' in refused(queue, 'dead', 'drop', second)
    assert 'there is none' in refused(queue, 'dead', 'show', first)


def blocked_lane(queue):
    paused(queue, 'strict')
    jobs = [enqueue(queue, 'strict', lane='case:1') for _ in range(3)]
    queue.sql("select queue.kill(%s, 'permanent', 'x')", (jobs[0],))
    assert [job(queue, j)[0] for j in jobs[1:]] == ['blocked', 'blocked']
    return jobs


def test_a_blocked_lane_goes_on_when_its_dead_letter_is_revived_in_place(queue):
    jobs = blocked_lane(queue)
    lane = say(queue, 'lane', 'show', 'case:1')[0]
    assert (lane['state'], lane['blocked_by']) == ('blocked', jobs[0]) and [j['id'] for j in lane['jobs']] == jobs[1:]
    assert any(f['code'] == 'lanes-blocked' and not f['ok'] for f in say(queue, 'doctor'))
    assert say(queue, 'dead', 'revive', jobs[0])[0]['job'] == jobs[0]
    assert [job(queue, j)[0] for j in jobs] == ['ready', 'blocked', 'blocked'] and say(queue, 'lane', 'show', 'case:1')[0]['state'] == 'moving'


def test_a_letter_from_the_middle_of_a_lane_comes_back_in_its_place(queue):
    paused(queue, 'strict')
    jobs = [enqueue(queue, 'strict', lane='case:2') for _ in range(3)]
    say(queue, 'kill', jobs[1])
    say(queue, 'dead', 'revive', jobs[1])
    assert [job(queue, j)[0] for j in jobs] == ['ready', 'blocked', 'blocked']
    for number in jobs:
        assert queue.sql('with c as materialized (select id from queue.claim(array[%s::bigint])) '
                         'select queue.finish(array(select id from c))', (number,))[0][0] == 1


def test_a_blocked_lane_is_released_past_its_dead_letter(queue):
    jobs = blocked_lane(queue)
    assert say(queue, 'lane', 'release', 'case:1')[0]['outcome'] == 'done'
    assert [job(queue, j)[0] for j in jobs[1:]] == ['ready', 'blocked']
    assert [(d['id'], d['blocks']) for d in say(queue, 'dead', 'ls')] == [(jobs[0], False)], 'the letter stays'
    assert 'its state' in refused(queue, 'lane', 'release', 'case:1'), 'it goes already'
    assert 'there is none' in refused(queue, 'lane', 'show', 'nowhere') and 'there is none' in refused(queue, 'lane', 'release', 'nowhere')


def test_a_paused_kind_or_municipality_waits_until_it_is_resumed(queue, workers):
    done = lambda: queue.sql('select count(*) from queue.done')[0][0]  # noqa: E731
    for noun, name in (('kind', 'chaos_job'), ('tenant', 'gm9902')):
        queue.sql('truncate queue.done')
        assert say(queue, 'pause', noun, name, '5', '--reason', 'ticket 9')[0]['outcome'] == 'done'
        waits = enqueue(queue, tenant=2)
        goes = enqueue(queue, tenant=1) if noun == 'tenant' else None
        time.sleep(1.5)
        assert job(queue, waits)[0] == 'ready' and done() == (1 if goes else 0), 'the other municipality goes on'
        assert any(f['code'] == f'{noun}-paused' and not f['ok'] for f in say(queue, 'doctor'))
        assert say(queue, 'resume', noun, name)[0]['outcome'] == 'done'
        until(lambda: job(queue, waits) is None)
    assert 'there is none' in refused(queue, 'pause', 'kind', 'nothing') and 'there is none' in refused(queue, 'resume', 'tenant', 'gm0000')


def test_a_program_is_drained_under_load_and_burns_nothing(queue, workers):
    queue.sql("update queue.kind set max_inflight = 4 where kind = 'chaos_job'")    # else all is done before somebody asks
    queue.sql("""select queue.enqueue('chaos_job', 1 + n % 3, jsonb_build_object('n', n), case when n % 2 = 0 then 'l' || n % 600 end)
                 from generate_series(1, 6000) n""")
    until(lambda: queue.sql('select count(*) from chaos.effect')[0][0] > 300)
    assert say(queue, 'drain', 'chaos', '--reason', 'new kernel')[0]['outcome'] == 'done'
    until(lambda: not any(w['consumer'] for w in say(queue, 'workers')))
    assert say(queue, 'workers') == [{'worker': 'chaos', 'consumer': None, 'alive': None, 'drained': True, 'pending': None, 'idle_ms': None}]
    before = queue.sql('select count(*) from chaos.effect')[0][0]
    time.sleep(2.5)
    assert queue.sql('select count(*) from chaos.effect')[0][0] == before < 6000, 'nobody works, the supervisor waits'
    assert queue.sql('select count(*) from queue.job where attempt > 0 or crash > 0')[0][0] == 0
    assert any(f['code'] == 'workers-drained' and not f['ok'] for f in say(queue, 'doctor'))
    assert say(queue, 'drain', 'chaos', '--end')[0]['outcome'] == 'done'
    queue.sql("update queue.kind set max_inflight = null where kind = 'chaos_job'")
    until(lambda: queue.sql('select count(*) from queue.job')[0][0] == 0)
    assert queue.sql('select count(*), count(distinct n) from chaos.effect') == [(6000, 6000)]
    assert queue.sql('select max(attempt), count(*) from queue.done') == [(1, 6000)] and say(queue, 'dead', 'ls') == []


def test_one_consumer_is_drained_and_comes_back_with_another_name(queue, workers):
    names = {w['consumer'] for w in say(queue, 'workers')}
    one = sorted(names)[0]
    queue.sql("select queue.enqueue('chaos_job', 1, jsonb_build_object('n', n)) from generate_series(1, 3000) n")
    say(queue, 'drain', one)
    until(lambda: {w['consumer'] for w in say(queue, 'workers')} == names - {one})
    until(lambda: queue.sql('select count(*) from queue.job')[0][0] == 0)
    assert queue.sql('select count(*), count(distinct n) from chaos.effect') == [(3000, 3000)], 'the others go on'
    time.sleep(1.5)
    assert len(say(queue, 'workers')) == CHILDREN - 1
    say(queue, 'drain', one, '--end')
    until(lambda: len(say(queue, 'workers')) == CHILDREN)
    assert one not in {w['consumer'] for w in say(queue, 'workers')}


def test_only_what_works_here_can_be_drained(queue):
    assert 'no program and no consumer' in refused(queue, 'drain', 'nobody')


def test_planned_work_is_listed_by_its_subject(queue):
    for subject, at in (('case:1', '2099-03-27 09:00'), ('case:2', '2099-03-28 09:00')):
        queue.sql("select queue.schedule('strict', 1, '{}', %s, 'Europe/Amsterdam', %s)", (at, subject))
    assert [f['subject'] for f in say(queue, 'schedule', 'ls')] == ['case:1', 'case:2']
    found = say(queue, 'schedule', 'ls', '--subject', 'case:2')[0]
    assert (found['due_local'], found['zone'], found['misfire']) == ('2099-03-28T09:00:00', 'Europe/Amsterdam', 'fire')
    assert found['run_at'].startswith('2099-03-28T0')


def finding(queue, code):
    return next(f for f in say(queue, 'doctor') if f['code'] == code)


def test_the_doctor_finds_nothing_when_all_is_well(queue, workers):
    assert [f for f in say(queue, 'doctor') if not f['ok']] == []
    assert {'ghosts', 'window', 'oldest-transaction', 'clock-skew', 'clock-skew-redis', 'lanes-blocked', 'lanes-stuck',
            'consumers-stuck', 'consumers-dead'} <= {f['code'] for f in say(queue, 'doctor')}


def test_the_doctor_sees_old_transactions(queue):
    old = psycopg2.connect(queue.env['MAATWERK_PG'] + ' user=maatwerk_admin')
    old.set_session(isolation_level='REPEATABLE READ')
    old.cursor().execute('select count(*) from queue.job')
    until(lambda: finding(queue, 'oldest-transaction')['number'] >= 2)
    old.close()


def redis(queue, *words):
    secret = (Path(queue.env['MAATWERK_REDIS_SECRETS']) / 'admin').read_text()
    return subprocess.run(['redis-cli', '-s', queue.env['MAATWERK_REDIS'].removeprefix('unix:'), '--user', 'admin', *words], check=True,
                          text=True, capture_output=True, env={**os.environ, 'REDISCLI_AUTH': secret}).stdout


def test_the_doctor_compares_redis_with_the_rows(queue):
    """With the dispatcher asleep, which would put it right."""
    number = enqueue(queue)
    until(lambda: is_carried(queue, number))
    os.kill(queue.processes['dispatcher'].pid, signal.SIGSTOP)
    try:
        redis(queue, 'DEL', 'mw:{s0}:chaos:p1')
        redis(queue, 'XGROUP', 'CREATE', 'mw:{s0}:chaos:p1', 'w', '0', 'MKSTREAM')
        redis(queue, 'XADD', 'mw:{s0}:chaos:p1', '*', 'j', '424242')
        redis(queue, 'XREADGROUP', 'GROUP', 'w', 'somebody', 'COUNT', '1', 'STREAMS', 'mw:{s0}:chaos:p1', '>')
        assert finding(queue, 'window')['number'] == 1 and finding(queue, 'ghosts')['number'] == 0
        assert finding(queue, 'consumers-dead')['number'] == 1
        entry = redis(queue, 'XRANGE', 'mw:{s0}:chaos:p1', '-', '+').split()[0]
        redis(queue, 'XACK', 'mw:{s0}:chaos:p1', 'w', entry)
        assert finding(queue, 'ghosts')['number'] == 1
    finally:
        os.kill(queue.processes['dispatcher'].pid, signal.SIGCONT)
    until(lambda: is_carried(queue, number) and finding(queue, 'ghosts')['ok'] and finding(queue, 'consumers-dead')['ok'])


def test_every_change_is_in_the_audit_of_whom_it_concerns(queue):
    paused(queue)
    number = enqueue(queue, tenant=2)
    before = {tenant: len(audit(queue, tenant)) for tenant in (1, 2)}
    say(queue, 'cancel', number)
    assert audit(queue, 2)[before[2]:] == [('queue-job', 'delete', ['cancel', str(number), 'done'], 'system', 'queue cancel')]
    assert len(audit(queue, 1)) == before[1]
    refused(queue, 'cancel', number)
    assert len(audit(queue, 2)) == before[2] + 1, 'what changed nothing is not there'
    say(queue, 'pause', 'kind', 'strict')
    for tenant in (1, 2):
        assert audit(queue, tenant)[-1] == ('queue-kind', 'change', ['pause', 'strict', 'done'], 'system', 'queue pause kind')
