#!/usr/bin/python3
# SPDX-License-Identifier: EUPL-1.2
"""Urgent work over a saturated backlog: it does not wait, and what is not urgent does not starve.

make gates GATE=priority     SECONDS=600 SEED=…"""
import threading
import time

from gate import enqueue, installation, main, one, seed, size, verdict, wait_for

BOUNDS = {'p0_p99_ms': '<= 100', 'p2_share': '>= 0.05', 'p2_longest_pause_s': '<= 120', 'p2_share_of_overload': '>= 0.05',
          'aged': '== 100', 'p0_lost': '== 0'}
RATE, MS = 200, 5


def keep_full(region, prio, least, start, stopping, busy_ms):
    """A backlog of one class that never ends."""
    while not stopping.is_set():
        if one(region, f'select count(*) from (select from queue.job where prio = {prio} limit {least}) l') < least:
            enqueue(region, ({'n': n, 'prio': prio, 'place': prio, 'busy_ms': busy_ms} for n in range(start, start + least)))
            start += least
        time.sleep(0.1)


def share(region, where):
    return float(one(region, f'select coalesce(avg((place = 2)::int), 0) from chaos.effect where {where}'))


def urgent(region, seconds):
    """Urgent jobs at an even rate over a backlog of the lowest class."""
    from_at = one(region, 'select clock_timestamp()')
    enqueue(region, ({'n': n, 'prio': 0, 'place': 0} for n in range(1, RATE * seconds + 1)), rate=RATE)
    wait_for(lambda: not one(region, 'select count(*) from queue.job where prio = 0'), 20)
    p99 = one(region, 'select percentile_cont(0.99) within group (order by extract(epoch from e.at - b.at) * 1000) '
                      'from chaos.biz b join chaos.effect e using (n) where b.place = 0')
    pause = one(region, 'select max(extract(epoch from at - before)) from (select at, lag(at) over (order by at) as before '
                        f"from chaos.effect where place = 2 and at >= '{from_at}') p")
    lost = 'select count(*) from chaos.biz b where place = 0 and not exists (select from chaos.effect e where e.n = b.n)'
    return {'p0_p99_ms': round(float(p99), 1), 'p2_share': round(share(region, f"at >= '{from_at}'"), 3),
            'p2_longest_pause_s': round(float(pause or seconds), 2),
            'p0_lost': one(region, lost)}


def overload(region, seconds, stopping):
    """All workers could be kept busy by the class above: what is left for the lowest."""
    above = threading.Thread(target=keep_full, args=(region, 1, 2000, 5 * 10**8, stopping, MS))
    above.start()
    time.sleep(2)
    from_at = one(region, 'select clock_timestamp()')
    time.sleep(seconds)
    found = {'p2_share_of_overload': round(share(region, f"at >= '{from_at}'"), 3)}
    stopping.set(), above.join()
    return found


def aged(region):
    """How many of 100 jobs that wait for more than a minute are sent in the class above."""
    region.sql("update queue.job set created_at = created_at - interval '2 minutes' where state = 'ready' and prio = 2")
    return {'aged': one(region, "select count(*) from queue.refill('{chaos}', '{2}', '{100}', '{0}') where class = 1")}


def priority(seconds=600, chance=7, slack=1):
    with installation(programs=2, children=2) as region:
        stopping = threading.Event()
        below = threading.Thread(target=keep_full, args=(region, 2, 2000, 10**8, stopping, MS))
        below.start()
        try:
            wait_for(lambda: one(region, 'select count(*) from chaos.effect') > 50, 20)
            figures = {'seed': chance, 'seconds': seconds, **urgent(region, seconds),
                       **overload(region, max(3, seconds // 10), stopping)}
        finally:
            stopping.set(), below.join()
        region.stop_programs(60)
        figures.update(aged(region))
        return verdict('priority', figures, BOUNDS, slack)


if __name__ == '__main__':
    main(lambda: priority(size('SECONDS', 600), seed()))
