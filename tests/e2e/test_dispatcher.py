# SPDX-License-Identifier: EUPL-1.2
"""The dispatcher by itself: no worker is there."""
import time

import pytest
import redis

from region import BIN, Region


@pytest.fixture
def queue():
    with Region.started('dispatcher', BIN) as made:
        made.command('migrate')
        made.sql("insert into queue.kind (kind, worker) values ('work', 'test')")
        made.start('dispatcher')
        yield made


def entries(queue, worker):
    at = redis.Redis(unix_socket_path=queue.env['MAATWERK_REDIS'][5:])
    return [at.xlen(f'mw:{{s0}}:{worker}:p{prio}') for prio in range(3)]


def until(true, seconds=15):
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end
        time.sleep(0.05)


def test_what_is_old_does_not_flood_the_class_above(queue):
    queue.sql("insert into queue.job (tenant, prio, kind, state, created_at, payload) "
              "select 1, 1, 'work', 'r', clock_timestamp() - interval '3 minutes', '{}' from generate_series(1, 5000)")
    until(lambda: entries(queue, 'test')[1] > 0)
    time.sleep(1)
    assert entries(queue, 'test') == [64, 64, 0], 'a window each'


def test_a_program_that_comes_later_is_learned(queue):
    queue.sql("select queue.enqueue('work', 1)")
    until(lambda: entries(queue, 'test')[1] == 1)
    queue.sql("insert into queue.kind (kind, worker) values ('later', 'late'); select queue.enqueue('later', 1)")
    until(lambda: entries(queue, 'late')[1] == 1)


def test_a_stream_that_somebody_removed_is_made_again_and_its_jobs_sent_again(queue):
    queue.sql("select queue.enqueue('work', 1)")
    until(lambda: entries(queue, 'test')[1] == 1)
    redis.Redis(unix_socket_path=queue.env['MAATWERK_REDIS'][5:]).delete('mw:{s0}:test:p1')
    until(lambda: entries(queue, 'test')[1] == 1)
