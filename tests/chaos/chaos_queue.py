#!/usr/bin/python3
# SPDX-License-Identifier: EUPL-1.2
"""Chaos on the queue: jobs with effects that would show a loss, a doubling or a wrong order, under every fault.

make chaos JOB=queue     JOBS=200000 SECONDS=120 SEED=…: closes with one JSON line. SAN=1 or SAN=thread: programs with
sanitizers, which may say nothing; VALGRIND=1: the same with memcheck. FLAKY=100: one in so many calls on a socket fails, and as
many are cut short. NOMEM=5000: one in so many allocations finds no memory; a program that ends of it is started again.
ONLY='ghosts 60': of its group only this fault, so often in 120 s. SLOW_END=1: jobs take long to end, so that deaths fall into it."""
import itertools
import json
import os
import random
import subprocess
import sys
import threading
import time
from pathlib import Path


sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
sys.path.insert(0, str(Path(__file__).resolve().parent))
from faults import Faults  # noqa: E402
from region import BIN, ROOT, Region  # noqa: E402

SETUP = """
create role maatwerk_chaos login;
create schema chaos;
create table chaos.biz (n bigint, lane text, place int, poison boolean, at timestamptz default clock_timestamp());
create table chaos.effect (serial bigserial, n bigint, lane text, place int, began timestamptz, at timestamptz default clock_timestamp());
grant usage on schema chaos, queue, app, clock to maatwerk_chaos;
grant insert on chaos.effect to maatwerk_chaos;
grant usage on sequence chaos.effect_serial_seq to maatwerk_chaos;
grant execute on function queue.claim(bigint[]), queue.take(text[], int), queue.still_waiting(bigint[]), queue.finish(bigint[]),
    queue.retry(bigint, text, int, boolean), queue.kill(bigint, text, text), queue.trip(text), queue.cancel_wanted(bigint[]),
    queue.count(jsonb), queue.unserved(), queue.begin_alone(bigint), queue.survived(bigint),
    queue.lease(bigint[], text, int), queue.lease_beat(text, int), queue.lease_begin(bigint, bigint),
    queue.lease_known(bigint, bigint, text), queue.lease_finish(bigint, bigint),
    queue.lease_retry(bigint, bigint, text, boolean, int, boolean), queue.lease_kill(bigint, bigint, text, text) to maatwerk_chaos;
insert into queue.kind (kind, worker, base_ms, cap_ms) values ('chaos_job', 'chaos', 50, 1000), ('chaos_run', 'chaos', 50, 1000),
    ('chaos_keyed', 'chaos', 50, 1000), ('chaos_asked', 'chaos', 50, 1000), ('chaos_plain', 'chaos', 50, 1000);
"""

SLOW_END = """
create function chaos.rest() returns trigger language plpgsql as $$ begin perform pg_sleep(0.03); return null; end $$;
create trigger rest after insert on queue.done for each statement execute function chaos.rest();
"""


def writers_run(region, faults, jobs, seconds, seed, one_is_poison, slots=4):
    """Keeps `slots` writers at work until so many jobs were committed; one that is killed gets a successor."""
    numbers = itertools.count(1)

    def slot():
        left = jobs // slots
        while left > 0:
            number = next(numbers)
            with faults.lock:
                process = subprocess.Popen([sys.executable, Path(__file__).with_name('writer.py'),
                                            region.env['MAATWERK_PG'] + ' user=maatwerk_admin', str(number), str(left),
                                            str(round(seconds * left * slots / jobs)), str(seed), str(one_is_poison)])
                faults.writers.append(process)
            process.wait()
            left -= persist(region, f'select count(*) from chaos.biz where n / 10000000 = {number}') or 1
    threads = [threading.Thread(target=slot) for _ in range(slots)]
    for one in threads:
        one.start()
    return threads


def persist(region, text, seconds=60):
    """The first value of a query, also when the database is away for a moment."""
    until = time.monotonic() + seconds
    while True:
        try:
            return region.sql(text)[0][0]
        except Exception:
            if time.monotonic() > until:
                raise
            time.sleep(0.2)


def judge(region):
    one = lambda text: region.sql(text)[0][0]  # noqa: E731
    return {
        'jobs': one('select count(*) from chaos.biz'),
        'lost': one('select count(*) from chaos.biz b where not poison and not exists (select from chaos.effect e where e.n = b.n)'),
        'duplicate': one('select count(*) from (select n from chaos.effect group by n having count(*) > 1) d'),
        'phantom': one('select count(*) from chaos.effect e where not exists (select from chaos.biz b where b.n = e.n and not b.poison)'),
        'order': one('select count(*) from (select place, lag(place) over (partition by lane order by serial) as before '
                     'from chaos.effect where lane is not null and place < 1000000) o where place <= before'),
        'dead': one('select count(*) from queue.dead'),
        'poison': one('select count(*) from chaos.biz where poison'),
        'dead_others': one("select count(*) from queue.dead d where not exists (select from chaos.biz b "
                           "where b.poison and b.n = (d.payload ->> 'n')::bigint) or d.reason <> 'poison'"),
        'dead_by': [list(row) for row in region.sql('select reason, last_error, crash, attempt, count(*) from queue.dead group by 1, 2, 3, 4')],
        'lanes_open': one('select count(*) from queue.lane where last_seq <> done_seq'),
        'entries': entries(region),
        **latencies(region),
    }


def carried(at):
    """The jobs that streams carry, for workers or with them."""
    return [int(job) for name in at.scan_iter('mw:{s0}:chaos:*') for _, fields in at.xrange(name) for job in fields[b'j'].split(b',')]


def entries(region):
    """What is left in the streams and in the lists of what was read."""
    at = region.redis()
    left = 0
    for name in at.scan_iter('mw:{s0}:chaos:*'):
        left += at.xlen(name) + at.xpending(name, 'w')['pending']
    return left


def latencies(region):
    """From the commit of the job to the commit of its effect; what fails on purpose is not counted."""
    row = region.sql("select percentile_disc(array[0.5, 0.99, 1]) within group (order by extract(epoch from e.at - b.at) * 1000) "
                     'from chaos.biz b join chaos.effect e using (n)')[0][0] or [0, 0, 0]
    return {f'{name}_ms': round(float(value)) for name, value in zip(('p50', 'p99', 'max'), row)}


def wait_until_done(region, seconds, what='queue.job', between=None):
    from_s = time.monotonic()
    while time.monotonic() - from_s < seconds:
        if between:
            between()
        if not persist(region, f'select count(*) from {what}'):
            return round(time.monotonic() - from_s, 2)
        time.sleep(0.2)
    return None


def wait_until_empty(region, seconds=3):
    """For the last acknowledgements, and for what the reconciliation takes away."""
    until = time.monotonic() + seconds
    while entries(region) and time.monotonic() < until:
        time.sleep(0.1)


def under_valgrind(region):
    """Every program through memcheck, which speaks only when it found something."""
    folder = Path(region.folder) / 'valgrind'
    folder.mkdir()
    for program in Path(region.bin).iterdir():
        script = folder / program.name
        script.write_text(f'#!/bin/sh\nexec valgrind -q --num-callers=20 {program.resolve()} "$@"\n')
        script.chmod(0o755)
    region.bin = folder


def chaos_queue(binaries, jobs, seconds, seed, poison=32, programs=3, drain=120, quiet=False, harm=None, most_s=30):
    """`most_s`: how long what is left after the faults may take. `harm`: of the environment, FLAKY, NOMEM and VALGRIND."""
    harm = {name: value for name, value in (harm or {}).items() if value}
    from_s = time.monotonic()
    with Region.started('chaos', binaries) as region:
        region.env['MAATWERK_CHILDREN'] = '2'
        region.sql(SETUP + (SLOW_END if os.environ.get('SLOW_END') else ''))
        if 'FLAKY' in harm or 'NOMEM' in harm:
            region.env.update(harm, LD_PRELOAD=str(ROOT / 'build/release/flaky.so'))
        if 'VALGRIND' in harm:
            under_valgrind(region)
        for i in range(2):
            region.start('dispatcher', f'dispatcher{i}')
        for i in range(programs):
            region.start('chaos', f'chaos{i}')
        faults = Faults(region, seed, seconds, [])
        if 'NOMEM' in harm:
            faults.plan = {**faults.plan, 'memory': {'revive': seconds * 4}}
        threads = writers_run(region, faults, jobs, seconds, seed, 10**9 if quiet else jobs // poison)
        if not quiet:
            faults.run()
        for one in threads:
            one.join()
        drained = wait_until_done(region, drain, between=faults.revive if 'NOMEM' in harm else None)
        if faults.faults.pop('revive', None):
            faults.faults['no_memory'] = sum(log.read_text(errors='replace').count('"no-memory"')
                                             for log in (Path(region.folder) / 'log').glob('*.log'))
        wait_until_empty(region)
        found = judge(region)
        region.stop_programs()      # sanitizers say their last at the end
        result = {'seed': seed, **found, 'faults': faults.faults, 'troubles': faults.troubles, 'drained_s': drained,
                  'sanitizers': region.sanitizers(), 'total_s': round(time.monotonic() - from_s, 1)}
        result['ok'] = (not any(found[k] for k in ('lost', 'duplicate', 'phantom', 'order', 'dead_others', 'lanes_open', 'entries'))
                        and found['dead'] == found['poison'] and drained is not None and drained <= most_s and not faults.troubles
                        and not result['sanitizers'])
        if harm:        # it takes longer; what is left in the streams is taken away while the network lets it
            result['ok'] = not any(found[k] for k in ('lost', 'duplicate', 'phantom', 'order', 'dead_others', 'lanes_open')) \
                and found['dead'] == found['poison'] and drained is not None and not result['sanitizers'] \
                and ('NOMEM' not in harm or faults.faults['no_memory'] > 0)
        if quiet:       # nothing waits for a reconciliation, or for a second look
            result['ok'] = result['ok'] and found['max_ms'] < 1500
        return result


if __name__ == '__main__':
    outcome = chaos_queue(BIN, int(os.environ.get('JOBS', '200000')),
                          int(os.environ.get('SECONDS', '120')), int(os.environ.get('SEED', str(random.randrange(10**6)))),
                          drain=int(os.environ.get('DRAIN', '120')), quiet=bool(os.environ.get('QUIET')),
                          harm={name: os.environ.get(name) for name in ('FLAKY', 'NOMEM', 'VALGRIND')})
    print(json.dumps(outcome))
    sys.exit(0 if outcome['ok'] else 1)
