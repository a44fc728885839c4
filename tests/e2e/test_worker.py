# SPDX-License-Identifier: EUPL-1.2
"""A worker and what it reads from streams, written here by hand: without a dispatcher."""
import sys
import time
from contextlib import contextmanager

import psycopg2
import pytest

from region import ROOT, Region, until

sys.path.insert(0, str(ROOT / 'tests/chaos'))
from chaos_queue import SETUP  # noqa: E402

STREAM = 'mw:{s0}:chaos:p1'


def serve(region):
    """A connection that leads as a dispatcher does, until it is closed: so that workers wait for what streams bring."""
    connection = psycopg2.connect(region.env['MAATWERK_PG'] + ' user=maatwerk_admin')
    connection.autocommit = True
    until(lambda: led(connection, 'select queue.lead(null)'))
    led(connection, "update queue.leader set until = 'infinity' returning true")
    return connection


def led(connection, text):
    with connection.cursor() as cursor:
        cursor.execute(text)
        return cursor.fetchone()[0]


@pytest.fixture(scope='module')
def region():
    with Region.started('worker', ROOT / 'build/release/bin') as made:
        made.sql(SETUP)
        made.start('dispatcher')        # makes the streams
        made.redis = made.redis()
        until(lambda: made.redis.exists(*(f'mw:{{s0}}:chaos:{end}' for end in ('p0', 'p1', 'p2', 'q'))) == 4)
        made.processes['dispatcher'].kill(), made.processes.pop('dispatcher').wait()
        leader = serve(made)
        made.start('chaos')
        yield made
        leader.close()


def enqueue(region, *numbers, more=''):
    return [region.sql(f"select queue.enqueue('chaos_job', 1, jsonb_build_object('n', %s){more})", (n,))[0][0] for n in numbers]


def entry(region, jobs, stream=STREAM):
    region.redis.xadd(stream, {'j': ','.join(map(str, jobs))})


@contextmanager
def locked(region, job):
    """As by a worker that has it."""
    connection = psycopg2.connect(region.env['MAATWERK_PG'] + ' user=maatwerk_admin')
    connection.cursor().execute('select from queue.job where id = %s for update', (job,))
    yield
    connection.close()


def done(region):
    return [n for n, in region.sql('select n from chaos.effect order by serial')]


def test_jobs_of_an_entry_are_done_and_the_entry_ends_with_the_last(region):
    jobs = enqueue(region, 1, 2, 3)
    with locked(region, jobs[1]):
        entry(region, jobs)
        until(lambda: done(region) == [1, 3])
        time.sleep(0.5)     # it looks again, in vain
        assert region.redis.xpending(STREAM, 'w')['pending'] == 1 == region.redis.xlen(STREAM)
    until(lambda: region.redis.xlen(STREAM) == 0)
    assert done(region) == [1, 3, 2] and region.redis.xpending(STREAM, 'w')['pending'] == 0


def test_what_is_no_job_of_ours_is_taken_away(region):
    before = done(region)
    jobs = enqueue(region, 4)
    region.redis.xadd(STREAM, {'other': 'thing'})
    region.redis.xadd(STREAM, {'j': 'x,,'})
    entry(region, [987654321, *jobs, 987654322])
    until(lambda: region.redis.xlen(STREAM) == 0)
    assert done(region) == before + [4] and region.redis.xpending(STREAM, 'w')['pending'] == 0


def test_a_lane_that_opens_wakes_the_dispatcher_though_its_entry_goes_on(region):
    job, = enqueue(region, 5, more=", lane => 'lane of worker'")
    other_job, = enqueue(region, 6)
    region.redis.delete('mw:{s0}:wake')
    with locked(region, other_job):
        entry(region, [job, other_job])
        until(lambda: region.redis.exists('mw:{s0}:wake'))
        assert done(region)[-1] == 5 and region.redis.xlen(STREAM) == 1
    until(lambda: region.redis.xlen(STREAM) == 0)


SUSPECTS = 'mw:{s0}:chaos:q'


def test_a_suspect_is_begun_before_the_eyes_of_postgresql(region):
    """Four deaths, the first of which Redis has told: the worker dies of it three times, then buries it."""
    job, = enqueue(region, 50)
    region.sql("update queue.job set crash = 1, payload = payload || '{\"poison\": 1}' where id = %s", (job,))
    for death in (2, 3, 4):
        entry(region, [job], SUSPECTS)
        until(lambda: region.sql('select crash from queue.job where id = %s', (job,)) == [(death,)])
        until(lambda: region.redis.xpending(SUSPECTS, 'w')['pending'] == 1)
        region.redis.delete(SUSPECTS)
        region.redis.xgroup_create(SUSPECTS, 'w', '0', mkstream=True)
    entry(region, [job], SUSPECTS)
    until(lambda: region.sql('select reason, crash from queue.dead where id = %s', (job,)) == [('poison', 4)])
    until(lambda: region.redis.xlen(SUSPECTS) == 0)


def test_attack_08_who_calls_a_job_a_suspect_does_it_no_harm(region):
    """Entries that a forger writes: many jobs in one, some of which are done, gone, or somebody else's."""
    jobs = enqueue(region, 61, 62, 63)
    with locked(region, jobs[1]):
        for _ in range(5):
            entry(region, [jobs[0], jobs[1], 424242, jobs[2]], SUSPECTS)
        until(lambda: set(done(region)) >= {61, 63})
        time.sleep(0.5)
        assert region.sql('select crash from queue.job where id = %s', (jobs[1],)) == [(0,)]
    until(lambda: region.redis.xlen(SUSPECTS) == 0)
    assert done(region).count(62) == 1 and done(region).count(61) == 1


def test_attack_09_without_a_leader_poison_is_buried_too(region):
    """Nobody tells a worker which job killed the one before it: it takes them one by one then, before the eyes of PostgreSQL."""
    jobs = enqueue(region, *range(80, 90))
    region.sql("update queue.job set payload = payload || '{\"poison\": 1}' where id = %s", (jobs[3],))
    region.sql('update queue.leader set until = clock.now()')
    try:
        until(lambda: region.sql('select reason, crash from queue.dead where id = %s', (jobs[3],)) == [('poison', 4)])
        until(lambda: set(done(region)) >= {*range(80, 90)} - {83})
    finally:
        region.sql("update queue.leader set until = 'infinity'")
    assert region.sql('select count(*) from queue.dead where id = any (%s)', (jobs,)) == [(1,)]
    until(lambda: region.log('chaos').rstrip().endswith('{"event":"jobs-from-postgresql","on":false}'))


def test_attack_09_without_a_leader_jobs_are_done(region):
    """Also those whose time comes, and those that wait for another attempt. When somebody leads again, streams bring the work."""
    region.sql('update queue.leader set until = clock.now()')
    try:
        enqueue(region, 71, 72)
        region.sql("select queue.schedule('chaos_job', 1, '{\"n\": 73}', '2000-01-01', 'Europe/Amsterdam', 's')")
        until(lambda: set(done(region)) >= {71, 72, 73})
    finally:
        region.sql("update queue.leader set until = 'infinity'")
    until(lambda: region.log('chaos').rstrip().endswith('{"event":"jobs-from-postgresql","on":false}'))
    job, = enqueue(region, 74)
    time.sleep(0.5)
    assert 74 not in done(region)
    entry(region, [job])
    until(lambda: 74 in done(region))
