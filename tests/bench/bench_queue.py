#!/usr/bin/python3
# SPDX-License-Identifier: EUPL-1.2
"""make bench-queue: jobs with durable effects through dispatcher, Redis and workers; lines as in make bench."""
import json
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
sys.path.insert(0, str(Path(__file__).resolve().parents[1] / 'chaos'))
from chaos_queue import SETUP  # noqa: E402
from region import ROOT, Region  # noqa: E402

missed = 0


def line(name, ours, goal, good):
    global missed
    missed += not good
    print(f'name={name} ours={ours:g} ref=0 ratio=- goal={goal} {"ok" if good else "MISS"}', flush=True)


def cpu_s():
    """CPU of all processes of ours, PostgreSQL and Redis included."""
    total = 0
    for stat in Path('/proc').glob('[0-9]*/stat'):
        try:
            name, rest = stat.read_text().split(' (', 1)[1].rsplit(') ', 1)
        except (OSError, ValueError):
            continue
        if name.startswith(('maatwerk', 'postgres', 'redis-server')):
            fields = rest.split()
            total += int(fields[11]) + int(fields[12])
    return total / 100


def enqueue(region, count, start=0):
    region.sql("select queue.enqueue('chaos_job', 1 + (n %% 3)::int, jsonb_build_object('n', n)) "
               'from generate_series(%s, %s) n', (start, start + count - 1))


def wait_done(region, count):
    while region.sql('select count(*) from chaos.effect')[0][0] < count:
        time.sleep(0.02)


def bench_rate(region, count=60000):
    enqueue(region, count)
    region.sql('checkpoint')
    before, from_s = cpu_s(), time.monotonic()
    region.start('dispatcher')
    region.start('chaos', MAATWERK_CHILDREN='3')
    wait_done(region, count)
    took = time.monotonic() - from_s
    line('jobs_per_s', count / took, '>=25000', count / took >= 25000)
    line('cpu_us_per_job', (cpu_s() - before) * 1e6 / count, '<=45', (cpu_s() - before) * 1e6 / count <= 45)
    return count


def bench_latency(region, done, rate=350, seconds=8):
    import psycopg2
    connection = psycopg2.connect(region.env['MAATWERK_PG'] + ' user=maatwerk_admin')
    connection.autocommit = True
    cursor, sent = connection.cursor(), {}
    redis = subprocess.Popen(['redis-cli', '-s', region.env['MAATWERK_REDIS'][5:]], stdin=subprocess.PIPE,
                             stdout=subprocess.DEVNULL, text=True)
    from_s = time.monotonic()
    for i in range(rate * seconds):
        n = done + i
        cursor.execute("select queue.enqueue('chaos_job', 1, jsonb_build_object('n', %s::bigint)), clock_timestamp()", (n,))
        sent[n] = cursor.fetchone()[1]
        redis.stdin.write('LPUSH mw:{s0}:wake 1\nLTRIM mw:{s0}:wake 0 0\n')
        redis.stdin.flush()
        pause = from_s + (i + 1) / rate - time.monotonic()
        if pause > 0:
            time.sleep(pause)
    wait_done(region, done + rate * seconds)
    redis.stdin.close()
    rows = region.sql('select n, at from chaos.effect where n >= %s', (done,))
    took = sorted((at - sent[n]).total_seconds() * 1000 for n, at in rows)
    line('latency_p50_ms', statistics.median(took), '-', True)
    line('latency_p99_ms', took[len(took) * 99 // 100], '<=10', took[len(took) * 99 // 100] <= 10)
    connection.close()


def bench_idle(region):
    count = "select sum(xact_commit + xact_rollback) from pg_stat_database where datname = 'maatwerk'"
    time.sleep(2)
    before, from_s = region.sql(count)[0][0], time.monotonic()
    time.sleep(8)
    rate = float(region.sql(count)[0][0] - before) / (time.monotonic() - from_s)
    line('idle_transactions_per_s', rate, '<=40', rate <= 40)


def main():
    folder = Path(tempfile.mkdtemp(prefix='maatwerk-bench.', dir='/var/tmp')) / 'var'
    region = Region(folder, ROOT / 'build/release/bin')
    try:
        region.start_servers()
        region.command('migrate')
        region.sql(SETUP)
        done = bench_rate(region)
        bench_latency(region, done)
        bench_idle(region)
    finally:
        region.stop_programs()
        region.stop_servers()
        shutil.rmtree(folder.resolve(), ignore_errors=True)
        shutil.rmtree(folder.parent, ignore_errors=True)
    return 1 if missed else 0


sys.exit(main())
