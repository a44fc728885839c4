# SPDX-License-Identifier: EUPL-1.2
"""A worker and what it reads from streams, written here by hand: without a dispatcher."""
import sys
import time
from contextlib import contextmanager

import psycopg2
import pytest
import redis

from region import ROOT, Region, until

sys.path.insert(0, str(ROOT / 'tests/chaos'))
from chaos_queue import SETUP  # noqa: E402

STREAM = 'mw:{s0}:chaos:p1'


@pytest.fixture(scope='module')
def region():
    with Region.started('worker', ROOT / 'build/release/bin') as made:
        made.sql(SETUP)
        made.start('dispatcher')        # makes the streams
        made.redis = redis.Redis(unix_socket_path=made.env['MAATWERK_REDIS'][5:])
        until(lambda: made.redis.exists(*(f'mw:{{s0}}:chaos:{end}' for end in ('p0', 'p1', 'p2', 'q'))) == 4)
        made.processes['dispatcher'].kill(), made.processes.pop('dispatcher').wait()
        made.start('chaos')
        yield made


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
