#!/usr/bin/python3
# SPDX-License-Identifier: EUPL-1.2
"""One job that kills whoever does it, in each way that C knows, among many good ones: it is buried, they are all done once, and
the work goes on nearly as fast as without it.

make gates GATE=poison     JOBS=10000 SEED=…"""
import random
import time

from gate import effects, enqueue, exactly_once, installation, main, notes, one, seed, size, verdict, wait_for, wait_until_done

WAYS = ('segv', 'abort', 'memory', 'loop', 'stack')
BOUNDS = {'most_crashes': '<= 4', 'buried': f'== {len(WAYS)}', 'innocents': '== 0', 'lost': '== 0', 'duplicate': '== 0', 'phantom': '== 0',
          'slowest_share': '>= 0.8', 'undone': '== 0'}
TIMEOUT_MS = 500


def run(region, jobs, start, how, chance):
    """Jobs a second of the good ones, with one bad one among the first half when there is a way to die."""
    rows = [{'n': start + i, 'busy_ms': 4} for i in range(jobs)]
    if how:
        rows[chance.randrange(jobs // 2)].update(die=how)
    region.sql("update queue.kind set paused_until = 'infinity'")
    enqueue(region, rows, at_once=5000)
    from_s = time.monotonic()
    region.sql('update queue.kind set paused_until = null')
    good = f'n >= {start} and n < {start + jobs}'
    wait_for(lambda: effects(region, good) >= jobs - bool(how), 60 + jobs * 0.02, 0.02)
    rate = jobs / (time.monotonic() - from_s)
    return rate, wait_until_done(region, 30)


def poison(jobs=10000, chance=7, slack=1):
    with installation(programs=2, children=2) as region:
        region.sql(f"update queue.kind set timeout_ms = {TIMEOUT_MS} where worker = 'chaos'")
        alone, _ = run(region, jobs, 1, None, None)
        random_, rates, undone = random.Random(chance), {}, 0
        for i, how in enumerate(WAYS):
            rates[how], drained = run(region, jobs, (i + 1) * 10**7, how, random_)
            undone += drained is None
        figures = {'seed': chance, 'jobs': jobs, 'per_s': round(alone), **{f'{how}_share': round(rate / alone, 3) for how, rate in rates.items()},
                   'slowest_share': round(min(rates.values()) / alone, 3), 'crashes': notes(region, 'crash'),
                   'most_crashes': one(region, "select max(c) from (select count(*) as c from chaos.note where what = 'crash' group by job) n"),
                   'buried': one(region, "select count(*) from queue.dead where reason = 'poison' and payload ->> 'die' is not null"),
                   'innocents': one(region, "select count(*) from queue.dead where payload ->> 'die' is null"), **exactly_once(region),
                   'undone': undone}
        return verdict('poison', figures, BOUNDS, slack)


if __name__ == '__main__':
    main(lambda: poison(size('JOBS', 10000), seed()))
