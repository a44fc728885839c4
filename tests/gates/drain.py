#!/usr/bin/python3
# SPDX-License-Identifier: EUPL-1.2
"""Rolling restarts under load: each worker ends in time, nothing is lost or done twice, no attempt is burned, no crash counted;
also when jobs take longer than a worker that drains may.

make gates GATE=drain     TIMES=100 SEED=…"""
import random
import threading
import time

from gate import enqueue, exactly_once, installation, main, notes, percentile, seed, size, together, verdict, wait_until_done
from region import until_ready

BOUNDS = {'over_timeout_s': '<= 1', 'lost': '== 0', 'duplicate': '== 0', 'phantom': '== 0', 'attempts': '== 0', 'crashes': '== 0',
          'bad_ends': '== 0', 'undone': '== 0'}
DRAIN_MS, LONG_MS, RATE = 1500, 4000, 250


def feed(region, stopping):
    """Many short jobs, now and then a long one in PostgreSQL, in lanes and without."""
    n, chance = 1, random.Random(1)
    while not stopping.is_set():
        enqueue(region, ({'n': n + i, 'ms': chance.choice((0, 5, 20)), 'kind': chance.choice(('chaos_job', 'chaos_run')),
                          'lane': f'd:{chance.randrange(50)}' if i % 2 else None} for i in range(RATE // 5)), rate=RATE)
        n += RATE // 5


def restart(region, name, long_number):
    """Ends a program and puts another in its place: (seconds, exit status). With a long job in hand when it has a number."""
    process = region.processes.pop(name)
    if long_number:
        enqueue(region, [{'n': long_number, 'ms': LONG_MS, 'kind': 'chaos_run', 'prio': 0}])
        time.sleep(0.5)
    until_ready(process)
    from_s = time.monotonic()
    process.terminate()
    status = process.wait(60)
    took = time.monotonic() - from_s
    region.start('chaos', name)
    return took, status


def drain(times=100, chance=7, slack=1):
    with installation(programs=2, children=2, MAATWERK_DRAIN_MS=str(DRAIN_MS)) as region:
        stopping, ends = threading.Event(), []

        def roll():
            try:
                for i in range(times):
                    time.sleep(0.2)
                    ends.append(restart(region, f'chaos{i % 2}', 10**8 + i if i % 5 == 4 else None))
            finally:
                stopping.set()
        together(lambda: feed(region, stopping), roll)
        drained = wait_until_done(region, 120)
        took = [seconds for seconds, _ in ends]
        figures = {'seed': chance, 'restarts': times, 'with_long_jobs': times // 5, 'end_p50_s': round(percentile(took, 0.5), 3),
                   'end_max_s': round(max(took), 3), 'over_timeout_s': round(max(took) - DRAIN_MS / 1000, 3),
                   'bad_ends': sum(status != 0 for _, status in ends), 'attempts': notes(region, 'attempt'),
                   'crashes': notes(region, 'crash'), **exactly_once(region), 'undone': int(drained is None)}
        return verdict('drain', figures, BOUNDS, slack)


if __name__ == '__main__':
    main(lambda: drain(size('TIMES', 100), seed()))
