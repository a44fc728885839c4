#!/usr/bin/python3
# SPDX-License-Identifier: EUPL-1.2
"""Order in lanes under every fault: one job of a lane at a time, in the order of their commits, retries in their place. A dead
letter is skipped, or blocks its lane, as its kind says.

make gates GATE=ordering     LANES=1000 JOBS=200 (of each lane) SECONDS=120 SEED=…"""
import random

from gate import (Faults, enqueue, exactly_once, installation, main, one, seed, size, together, verdict, wait_for,
                  wait_until_done)

BOUNDS = {'order': '== 0', 'overlap': '== 0', 'lost': '== 0', 'duplicate': '== 0', 'phantom': '== 0', 'skipped_wrong': '== 0',
          'blocked_wrong': '== 0', 'lanes_open': '== 0', 'dead_others': '== 0', 'undone': '== 0'}
DEAD_ENDS = 10      # lanes of each kind that meet a dead letter half way


def rows_of(lanes, each, chance):
    """All lanes side by side; 5 % of the jobs fail once. Lanes `block:` are of the kind that waits for a person."""
    names = [f'free:{i}' for i in range(lanes)] + [f'{kind}:{i}' for kind in ('skip', 'block') for i in range(DEAD_ENDS)]
    n = 0
    for place in range(1, each + 1):
        for lane in names:
            n += 1
            dies = place == each // 2 and not lane.startswith('free')
            yield {'n': n, 'lane': lane, 'place': place, 'ms': 10, 'kind': 'chaos_run' if lane.startswith('block') else 'chaos_job',
                   'fail': 99 if dies else int(chance.random() < 0.05)}


def done_in(region, kind, which):
    return one(region, f"select count(*) from chaos.effect where lane like '{kind}:%' and place {which}")


def judge(region, each):
    before = 'lag({}) over (partition by lane order by serial)'.format
    return {
        'order': one(region, f"select count(*) from (select place, {before('place')} as before from chaos.effect) o "
                             'where place <= before'),
        'overlap': one(region, f"select count(*) from (select began, {before('at')} as before from chaos.effect) o "
                               'where began < before'),
        'lanes_open': one(region, 'select count(*) from queue.lane where last_seq <> done_seq'),
        'dead_others': one(region, "select count(*) from queue.dead where payload ->> 'fail' <> '99' or reason <> 'exhausted'"),
        'skipped_wrong': abs(done_in(region, 'skip', '> 0') - DEAD_ENDS * (each - 1)),
        **exactly_once(region),
    }


def ordering(lanes=1000, each=200, seconds=120, chance=7, programs=4, children=8, slack=1):
    with installation(dispatchers=2, programs=programs, children=children) as region:
        region.sql("update queue.kind set max_attempts = 5, blocks_lane = kind = 'chaos_run' where worker = 'chaos'")
        faults = Faults(region, chance, seconds, [])
        faults.plan = {name: plan for name, plan in faults.plan.items() if name != 'writers'}
        rows = list(rows_of(lanes, each, random.Random(chance)))
        together(lambda: enqueue(region, rows, rate=round(len(rows) / seconds * 2)), faults.run)
        waiting = DEAD_ENDS * (each - each // 2)
        held = wait_for(lambda: one(region, 'select count(*) from queue.job') == waiting, 300, 0.2)
        blocked_wrong = (abs(done_in(region, 'block', '> 0') - DEAD_ENDS * (each // 2 - 1))
                         + done_in(region, 'block', f'>= {each // 2}'))
        region.sql('select queue.drop_dead(id) from queue.dead where blocks')
        drained = wait_until_done(region, 120)
        figures = {'seed': chance, 'lanes': lanes, 'jobs': len(rows), **judge(region, each), 'blocked_wrong': blocked_wrong,
                   'undone': int(held is None or drained is None), 'drained_s': held and round(held, 1), 'faults': faults.faults,
                   'troubles': faults.troubles}
        return verdict('ordering', figures, BOUNDS, slack)


if __name__ == '__main__':
    main(lambda: ordering(size('LANES', 1000), size('JOBS', 200), size('SECONDS', 120), seed()))
