#!/usr/bin/python3
# SPDX-License-Identifier: EUPL-1.2
"""One job that kills whoever does it, in each way that C knows, among many good ones: it is buried, they are all done once, and
the work goes on nearly as fast as without it.

make gates GATE=poison     JOBS=10000 SEED=…"""
import random
import time

from gate import effects, enqueue, exactly_once, installation, main, notes, one, seed, size, verdict, wait_for, wait_until_done

WAYS = ('segv', 'abort', 'memory', 'loop', 'stack')
BOUNDS = {'most_crashes': '== 4', 'buried': f'== {len(WAYS)}', 'innocents': '== 0', 'lost': '== 0', 'duplicate': '== 0',
          'phantom': '== 0', 'slowest_share': '>= 0.8', 'undone': '== 0'}
TIMEOUT_MS = 500


def run(region, jobs, start, how, chance):
    """Jobs a second of the good ones, with one bad one among the first half when there is a way to die."""
    rows = [{'n': start + i, 'busy_ms': 8} for i in range(jobs)]
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
        random_, shares, undone = random.Random(chance), {}, 0
        for i, how in enumerate(WAYS):      # each way beside a run without it: the machine may be busy with other things
            alone, _ = run(region, max(1, jobs // 2), (2 * i + 1) * 10**7, None, None)
            rate, drained = run(region, jobs, (2 * i + 2) * 10**7, how, random_)
            shares[how], undone = round(rate / alone, 3), undone + (drained is None)
        most = "select max(c) from (select count(*) as c from chaos.note where what = 'crash' group by job) n"
        buried = "select count(*) from queue.dead where reason = 'poison' and payload ->> 'die' is not null"
        figures = {'seed': chance, 'jobs': jobs, 'per_s': round(alone), 'shares': shares, 'slowest_share': min(shares.values()),
                   'crashes': notes(region, 'crash'),
                   'most_crashes': one(region, most), 'buried': one(region, buried),
                   'innocents': one(region, "select count(*) from queue.dead where payload ->> 'die' is null"),
                   **exactly_once(region), 'undone': undone}
        return verdict('poison', figures, BOUNDS, slack)


if __name__ == '__main__':
    main(lambda: poison(size('JOBS', 10000), seed()))
