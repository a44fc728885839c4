#!/usr/bin/python3
# SPDX-License-Identifier: EUPL-1.2
"""make bench-queue: jobs with durable effects through dispatcher, Redis and workers. First our own figures, with Redis as we
ship it; then ours (ours=) and BullMQ (ref=), in turns; lines as in lines.py. ROUNDS=5: how often; figures are medians. ONLY=ours: without BullMQ."""
import os
import random
import statistics
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / 'chaos'))
from chaos_queue import SETUP  # noqa: E402
from contest import BullMQ, DurableRedis, Ours, ShippedRedis  # noqa: E402
from lines import line, misses  # noqa: E402
from region import BIN, Region  # noqa: E402

ROUNDS = int(os.environ.get('ROUNDS', '5'))
WARM = 5000     # jobs before the count begins: processes have started, code is compiled


def rate(side, count, **more):
    """(jobs per second, microseconds of CPU per job) of jobs that wait."""
    side.clear()
    side.add(1, count + WARM, **more)
    side.start()
    side.wait_written(WARM)
    first, before, from_s = side.written(), side.cpu_s(), time.monotonic()
    side.wait_written(count + WARM)
    took, cpu, done = time.monotonic() - from_s, side.cpu_s() - before, count + WARM - first
    side.stop()
    return done / took, cpu * 1e6 / done


def latency(side, per_second=350, warm_s=4, seconds=5):
    """(p50, p99) in milliseconds, from the writing of the business row to the writing of the effect."""
    warm, count = WARM + per_second * warm_s, WARM + per_second * (warm_s + seconds)
    side.clear()
    side.start()
    side.add(1, WARM)
    side.wait_written(WARM)
    side.rate(WARM + 1, count - WARM, per_second)
    side.wait_written(count)
    found = side.sql('select percentile_disc(array[0.5, 0.99]) within group (order by extract(epoch from e.at - b.at)) '
                     'from chaos.biz b join chaos.effect e using (n) where n > %s', warm)
    side.stop()
    return [float(value) * 1000 for value in found]


def recovery(side, kill, count=3000):
    """Seconds from a kill in the middle of a burst to the moment that all its jobs have had their effect."""
    side.clear()
    side.start(2)
    time.sleep(3)       # when Redis is new nobody is taken for dead for 2.5 s
    side.add(1, count)
    side.wait_written(count // 6)
    killed_at = side.sql('select clock_timestamp()')
    kill()
    until = time.monotonic() + 100
    while side.sql('select count(distinct n) from chaos.effect') < count and time.monotonic() < until:
        time.sleep(0.02)
    took = side.sql('select extract(epoch from max(at) - %s) from (select min(at) as at from chaos.effect group by n) e', killed_at)
    side.stop()
    return float(took)


def faults(side, chance, emptied, bursts=10, size=3000, every_s=2):
    """Bursts of jobs; after each one a worker is killed, but after the fourth Redis is, and after the seventh Redis is emptied,
    when it is to be. What was lost, and what was done too often: (jobs, rows)."""
    side.clear()
    side.start(2)
    time.sleep(1)
    from_s = time.monotonic()
    for i in range(bursts):
        side.add(1 + i * size, size)
        if i == 3:
            side.redis.kill()
            time.sleep(0.5)
            side.redis.start()
        elif i == 6 and emptied:
            side.redis.client.flushall()
        else:
            time.sleep(chance.uniform(0, 0.15))
            side.kill()
        time.sleep(max(0, from_s + (i + 1) * every_s - time.monotonic()))
    wait_still(side)
    gone = 'from chaos.biz b where not exists (select from chaos.effect e where e.n = b.n)'
    lost, doubled = side.sql(f'select count(*) {gone}'), side.sql('select count(*) - count(distinct n) from chaos.effect')
    where = side.sql(f"select string_agg(distinct ((n - 1) / {size} + 1)::text, ' ') {gone}")
    print(f'# {side.name}: of {bursts * size} jobs {lost} lost (bursts: {where or "none"}), {doubled} duplicates', flush=True)
    side.stop()
    return lost, doubled


def wait_still(side, seconds=15):
    """Nothing was written for longer than any recovery takes."""
    before, from_s = side.written(), time.monotonic()
    while time.monotonic() - from_s < seconds:
        time.sleep(0.5)
        if side.written() != before:
            before, from_s = side.written(), time.monotonic()


def in_turns(measure, *sides, of=statistics.median):
    """Medians per side of what `measure` gives, which is a list; the sides take turns, and who begins. Each round is shown, with
    the load of the machine: others on it slow both down."""
    found = {side: [] for side in sides}
    for turn in range(ROUNDS):
        for side in sides if turn % 2 == 0 else sides[::-1]:
            found[side].append(measure(side))
            print(f'# {side.name}:', *(f'{value:.4g}' for value in found[side][-1]), f'(load {os.getloadavg()[0]:.1f})', flush=True)
    return [[of(values) for values in zip(*found[side])] for side in sides]


def shipped_redis(region):
    return ShippedRedis(region)


def own_figures(ours):
    [(per_s, cpu)] = in_turns(lambda side: rate(side, 60000), ours)
    line('jobs_per_s_batch_50', per_s, None, '>=25000', per_s >= 25000)
    line('cpu_us_per_job', cpu, None, '<=45', cpu <= 45)
    [(per_s, cpu)] = in_turns(lambda side: rate(side, 20000, more=", 'chaos:' || n %% 2000"), ours)
    line('jobs_per_s_in_2000_lanes', per_s)
    line('cpu_us_per_job_in_lanes', cpu)
    [(p50, p99)] = in_turns(latency, ours)
    line('latency_p50_ms', p50)
    line('latency_p99_ms', p99, None, '<=10', p99 <= 10)


def tune(theirs):
    """What suits BullMQ best on this machine: how many processes, and the concurrency of each."""
    found = {}
    for _ in range(3):
        for setting in ((1, 50), (1, 100), (1, 300), (2, 100)):
            theirs.set(*setting)
            found.setdefault(setting, []).append(rate(theirs, 20000)[0])
    found = {setting: statistics.median(values) for setting, values in found.items()}
    best = max(found, key=found.get)
    theirs.set(*best)
    print(f'# BullMQ does best with {best[0]} x {best[1]}; processes x concurrency: '
          + ', '.join(f'{processes} x {each} {value:.0f}/s' for (processes, each), value in found.items()), flush=True)


def contest_speed(ours, theirs):
    (per_s, cpu), (their_per_s, their_cpu) = in_turns(lambda side: rate(side, 40000), ours, theirs)
    line('contest_jobs_per_s', per_s, their_per_s, '>ref', per_s > their_per_s)
    line('contest_cpu_us_per_job', cpu, their_cpu, '<ref', cpu < their_cpu)
    (p50, p99), (their_p50, their_p99) = in_turns(latency, ours, theirs)
    line('contest_latency_p50_ms', p50, their_p50, '-', True)
    line('contest_latency_p99_ms', p99, their_p99, '-', True)


def contest_recovery(ours, theirs):
    """The longest of the rounds, for at times the one that is killed has nothing in hand. BullMQ as it comes (once), and as alert
    as ours: who is silent for 5 s is dead, and that is looked at twice a second."""
    [[child]] = in_turns(lambda side: [recovery(side, side.kill_child)], ours, of=max)
    by_default = recovery(theirs, theirs.kill)
    theirs.locks(5000, 500)
    [worker], [their_worker] = in_turns(lambda side: [recovery(side, side.kill)], ours, theirs, of=max)
    line('contest_recovery_child_s', child, their_worker, '<=1', child <= 1)
    line('contest_recovery_worker_s', worker, their_worker, '<=6.5', worker <= 6.5)
    line('contest_recovery_worker_default_s', worker, by_default, '<ref', worker < by_default)


def contest_faults(ours, theirs, chance):
    for name, emptied in (('', True), ('_redis_kept', False)):
        rounds = [faults(ours, chance, emptied) + faults(theirs, chance, emptied) for _ in range(2)]
        lost, doubled, their_lost, their_doubled = map(sum, zip(*rounds))
        line('contest_lost' + name, lost, their_lost, '=0', lost == 0)
        line('contest_duplicates' + name, doubled, their_doubled, '=0', doubled == 0)


def contest(ours, theirs, chance):
    tune(theirs)
    contest_speed(ours, theirs)
    contest_recovery(ours, theirs)
    contest_faults(ours, theirs, chance)


def idle(region, children):
    """Statements per second of dispatcher and workers that have nothing to do, counted when their number has become steady."""
    count = "select coalesce(sum(calls), 0)::float8 from pg_stat_statements where userid <> 'maatwerk_admin'::regrole"
    with Ours(region, shipped_redis(region)) as ours:
        def calls(seconds):
            ours.sql('select pg_stat_statements_reset()')
            time.sleep(seconds)
            return ours.sql(count)
        ours.start(1, children)
        before, now, left = calls(2), calls(2), 10
        while abs(now - before) > 2 and left:
            before, now, left = now, calls(2), left - 1
        return calls(10) / 10


def idle_figures(region):
    region.sql("alter system set shared_preload_libraries = 'pg_stat_statements'")
    region.stop_servers()
    region.start_servers()
    region.sql('create extension pg_stat_statements')
    one, many = idle(region, 1), idle(region, 16)
    line('idle_statements_per_s_1_child', one, None, '<=40', one <= 40)
    line('idle_statements_per_s_16_children', many, one, '<=40, ratio 1', many <= 40 and abs(many - one) <= 2)


def metrics_figures(region):
    """What it costs to read the metrics beside a backlog, against counting it."""
    region.sql("truncate queue.job; insert into queue.job (tenant, prio, kind, state, created_at, payload) "
               "select n % 342, n % 3, 'chaos_job', 'ready', clock_timestamp(), '{}' from generate_series(1, 1000000) n")
    region.sql('vacuum analyze queue.job')

    def fastest_ms(text):
        took = []
        for _ in range(7):
            from_s = time.monotonic()
            region.sql(text)
            took.append(time.monotonic() - from_s)
        return min(took) * 1000
    ours, counted = fastest_ms('select queue.metrics()'), fastest_ms(
        "select prio, kind, count(*), min(created_at) from queue.job where state = 'ready' group by 1, 2")
    line('metrics_ms_of_1000000_ready', ours, counted, 'ratio <=0.5', ours <= counted * 0.5)


def main():
    seed = int(os.environ.get('SEED', str(random.randrange(10**6))))
    print(f'# seed {seed}', flush=True)
    with Region.started('bench', BIN) as region:
        region.sql(SETUP)
        with Ours(region, shipped_redis(region)) as ours:
            own_figures(ours)
        if os.environ.get('ONLY') != 'ours':
            with DurableRedis(Path(region.folder).resolve() / 'contest') as at, Ours(region, at) as ours, BullMQ(region, at) as theirs:
                contest(ours, theirs, random.Random(seed))
        idle_figures(region)
        metrics_figures(region)
    return 1 if misses else 0


if __name__ == '__main__':
    sys.exit(main())
