# SPDX-License-Identifier: EUPL-1.2
"""What the gates share: a region with dispatchers and chaos workers, jobs with effects that would show a loss, the verdict.
A gate is a program that closes with one line of JSON: its figures, its bounds, ok; its exit status is 0 only when all hold.
Its sizes come from the environment (JOBS, SECONDS, TIMES, SEED …). make gates GATE=name."""
import json
import os
import random
import re
import signal
import sys
import threading
import time
from contextlib import contextmanager
from pathlib import Path

import psycopg2
import redis

TESTS = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(TESTS), str(TESTS / 'chaos')]
from chaos_queue import SETUP, carried, entries, persist, wait_until_done  # noqa: E402, F401
from faults import Faults  # noqa: E402, F401
from region import ROOT, Region  # noqa: E402

# Crashes and attempts leave the job's row when it ends: they are noted beside it.
NOTES = """
create index on chaos.biz (n);
create index on chaos.effect (n);
create table chaos.note (job bigint, what text);
create function chaos.note() returns trigger language plpgsql security definer as $$ begin
    if new.crash > old.crash then insert into chaos.note values (new.id, 'crash'); end if;
    if new.attempt > old.attempt then insert into chaos.note values (new.id, 'attempt'); end if;
    return null;
end $$;
create trigger note after update of crash, attempt on queue.job for each row execute function chaos.note();
"""
ADD = ("with rows as (select r from jsonb_array_elements(%s::jsonb) r), b as (insert into chaos.biz (n, lane, place, poison) "
       "select (r ->> 'n')::bigint, r ->> 'lane', (r ->> 'place')::int, "
       "(r ->> 'die' is not null or (r ->> 'fail')::int >= 99) is true from rows) "
       "select queue.enqueue(coalesce(r ->> 'kind', 'chaos_job'), coalesce((r ->> 'tenant')::int, 1), r - 'kind' - 'tenant', "
       "r ->> 'lane', null, null, coalesce((r ->> 'prio')::smallint, 1::smallint)) from rows order by (r ->> 'n')::bigint")


def size(name, default):
    return int(os.environ.get(name, default))


def seed():
    return size('SEED', random.randrange(10**6))


@contextmanager
def installation(dispatchers=1, programs=2, children=2, binaries=ROOT / 'build/release/bin', **env):
    """A region with an empty queue at work; `programs` workers of so many `children`."""
    with Region.started('gate', binaries) as region:
        region.env.update(MAATWERK_CHILDREN=str(children), **env)
        region.sql(SETUP + NOTES)
        for i in range(dispatchers):
            region.start('dispatcher', f'dispatcher{i}')
        for i in range(programs):
            region.start('chaos', f'chaos{i}')
        yield region


def one(region, text):
    """The first value of a query; waits for a database that is away."""
    return persist(region, text)


def connect(region, user='maatwerk_admin'):
    connection = psycopg2.connect(region.env['MAATWERK_PG'] + f' user={user}')
    connection.autocommit = True
    return connection


def pause_when_away(error):
    """A moment of rest when PostgreSQL is away, or wants the transaction again; any other error is raised."""
    if error.pgcode and error.pgcode[:2] not in ('08', '40', '57'):
        raise error
    time.sleep(0.05)


def enqueue(region, rows, at_once=1000, rate=None):
    """Business rows and their jobs, each chunk exactly once, whatever PostgreSQL goes through meanwhile; then a hint, as a
    service gives it. So many a second, or as fast as it goes. A row has n, and may have kind, tenant, prio, lane, place and what
    the worker understands."""
    rows, connection, from_s = list(rows), None, time.monotonic()
    at_once = max(1, rate // 10) if rate else at_once
    hints = region.redis(socket_timeout=1)
    for start in range(0, len(rows), at_once):
        chunk, done = rows[start:start + at_once], False
        while not done:
            try:
                connection = connection or connect(region)
                with connection.cursor() as cursor:
                    cursor.execute('select exists (select from chaos.biz where n = %s)', (chunk[-1]['n'],))
                    if not cursor.fetchone()[0]:
                        cursor.execute(ADD, (json.dumps(chunk),))
                done = True
            except psycopg2.Error as error:
                connection = pause_when_away(error)
        try:
            hints.lpush('mw:{s0}:wake', 1), hints.ltrim('mw:{s0}:wake', 0, 0)
        except (redis.RedisError, OSError):
            pass
        if rate:
            time.sleep(max(0, from_s + (start + at_once) / rate - time.monotonic()))
    if connection:
        connection.close()


def wait_for(condition, seconds, step_s=0.005):
    """Seconds until it was true, or None."""
    from_s = time.monotonic()
    while not condition():
        if time.monotonic() - from_s > seconds:
            return None
        time.sleep(step_s)
    return time.monotonic() - from_s


def effects(region, where='true'):
    return one(region, f'select count(*) from chaos.effect where {where}')


def exactly_once(region):
    """What must be 0 whatever happened; rows with a way to die are poison."""
    return {
        'lost': one(region, 'select count(*) from chaos.biz b where not poison '
                            'and not exists (select from chaos.effect e where e.n = b.n)'),
        'duplicate': one(region, 'select count(*) from (select n from chaos.effect group by n having count(*) > 1) d'),
        'phantom': one(region, 'select count(*) from chaos.effect e '
                               'where not exists (select from chaos.biz b where b.n = e.n and not b.poison)'),
    }


def notes(region, what):
    return one(region, f"select count(*) from chaos.note where what = '{what}'")


def percentile(values, share):
    """Nearest rank; None of nothing."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))] if ordered else None


class Sampler(threading.Thread):
    """Looks at one value all the time and keeps the largest; `jobs`, when given, says which ids the text is about."""

    def __init__(self, region, text, every_s=0.05, jobs=None):
        super().__init__(daemon=True)
        self.region, self.text, self.every_s, self.jobs = region, text, every_s, jobs
        self.most, self.seen, self.stopping = 0, 0, threading.Event()
        self.start()

    def run(self):
        connection = None
        while not self.stopping.is_set():
            try:
                connection = connection or connect(self.region)
                with connection.cursor() as cursor:
                    cursor.execute(self.text, (self.jobs(),) if self.jobs else None)
                    self.most, self.seen = max(self.most, cursor.fetchone()[0] or 0), self.seen + 1
            except psycopg2.Error as error:
                connection = pause_when_away(error)
            time.sleep(self.every_s)

    def end(self):
        self.stopping.set(), self.join()
        return self.most


def together(*works):
    """Runs them at the same time; what one raises is raised here."""
    errors = []

    def guarded(work):
        try:
            work()
        except Exception as error:
            errors.append(error)
    threads = [threading.Thread(target=guarded, args=(work,)) for work in works]
    [thread.start() for thread in threads], [thread.join() for thread in threads]
    if errors:
        raise errors[0]


HOLDS = {'<=': lambda a, b: a <= b, '>=': lambda a, b: a >= b, '==': lambda a, b: a == b}


def is_of_time(name):
    """Whether the figure is a time or a rate: those depend on what else the machine does."""
    return bool(re.search(r'(_s|_ms)$|share', name))


def verdict(gate, figures, bounds, slack=1):
    """`bounds`: {figure: '<= 1.5'}; `slack` widens those of time and rate for a busy machine, never any other."""
    held = {}
    for name, bound in bounds.items():
        sign, limit = bound.split()
        wide = slack if is_of_time(name) else 1
        limit = float(limit) * wide if sign == '<=' else float(limit) / wide
        held[name] = figures.get(name) is not None and HOLDS[sign](figures[name], limit)
    missed = [name for name in bounds if not held[name]]
    return {'gate': gate, **figures, 'bounds': bounds, 'missed': missed, 'ok': not missed}


def main(run):
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))     # what was started is ended
    from_s = time.monotonic()
    outcome = run()
    print(json.dumps({**outcome, 'total_s': round(time.monotonic() - from_s, 1)}, default=float))
    sys.exit(0 if outcome['ok'] else 1)
