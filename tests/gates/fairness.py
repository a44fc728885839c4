#!/usr/bin/python3
# SPDX-License-Identifier: EUPL-1.2
"""One municipality with a huge backlog, 200 quiet ones beside it: the quiet do not wait, the noisy one loses little, weights are
kept, caps are never exceeded.

make gates GATE=fairness     BACKLOG=1000000 QUIET=200 ROUNDS=7 SECONDS=2 (of each half) SEED=…"""
import statistics
import time

from gate import Sampler, carried, effects, enqueue, installation, main, one, seed, size, verdict, wait_for

BOUNDS = {'quiet_p99_ms': '<= 150', 'noisy_share_of_solo': '>= 0.9', 'weights_off': '<= 0.1', 'over_cap': '== 0',
          'cap_seen': '>= 10', 'quiet_lost': '== 0', 'backlog_left': '>= 1'}
NOISY, CAP, WEIGHTS = 1, 20, {301: 1, 302: 2, 303: 4}
FILL = ("select count(queue.enqueue('chaos_job', {tenant}, jsonb_build_object('n', n, 'lane', 't{tenant}'))) "
        'from generate_series({start}, {end}) n')


def fill(region, tenant, count, start, at_once=50000):
    for at in range(start, start + count, at_once):
        region.sql(FILL.format(tenant=tenant, start=at, end=min(at + at_once, start + count) - 1))


def noisy_rate(region, work):
    """Jobs a second of the noisy one while `work` is done."""
    before, from_s = effects(region, "lane = 't1'"), time.monotonic()
    work()
    return (effects(region, "lane = 't1'") - before) / (time.monotonic() - from_s)


def quiet_jobs(region, count, quiet, start):
    enqueue(region, ({'n': start + i, 'tenant': 2 + i % quiet} for i in range(count)), rate=quiet)


def beside(region, quiet, seconds, rounds):
    """Waits of the quiet, and what the noisy one keeps: rounds without and with the quiet ones, so that a busy moment of the
    machine spoils one of them only."""
    shares, solos, start = [], [], 10**8
    for _ in range(rounds):
        solos.append(noisy_rate(region, lambda: time.sleep(seconds)))
        shares.append(noisy_rate(region, lambda: quiet_jobs(region, quiet * seconds, quiet, start)) / solos[-1])
        start += quiet * seconds
    left = one(region, f'select count(*) from queue.job where tenant = {NOISY}')
    wait_for(lambda: not one(region, 'select count(*) from queue.job where tenant between 2 and 300'), 30, 0.05)
    p99 = one(region, 'select percentile_cont(0.99) within group (order by extract(epoch from e.at - b.at) * 1000) '
                      'from chaos.biz b join chaos.effect e using (n)')
    lost = one(region, 'select count(*) from chaos.biz b where not exists (select from chaos.effect e where e.n = b.n)')
    return {'quiet_p99_ms': round(float(p99), 1), 'noisy_share_of_solo': round(statistics.median(shares), 3),
            'solo_per_s': round(statistics.median(solos)), 'quiet_lost': lost, 'backlog_left': left}


def weights(region, each):
    """How far the shares of three with a backlog are from their weights, while all three have one."""
    for i, (tenant, weight) in enumerate(WEIGHTS.items()):
        fill(region, tenant, each * weight, (2 + i) * 10**8)
    names = ', '.join(f"'t{tenant}'" for tenant in WEIGHTS)
    region.sql("insert into queue.tenant_setting (tenant, weight) select t, w from unnest(%s, %s) s (t, w)",
               (list(WEIGHTS), list(WEIGHTS.values())))
    region.sql('update queue.kind set paused_until = null')
    wait_for(lambda: effects(region, f'lane in ({names})') > each * 3, 60)
    region.sql("update queue.kind set paused_until = 'infinity'")
    counts = dict(region.sql(f'select lane, count(*) from chaos.effect where lane in ({names}) group by lane'))
    total, of = sum(counts.values()), sum(WEIGHTS.values())
    return {'weights_off': round(max(abs(counts[f't{t}'] / total / (w / of) - 1) for t, w in WEIGHTS.items()), 3)}


def empty(region):
    """What waits is taken away; what is under way ends."""
    region.sql("update queue.kind set paused_until = 'infinity'")
    region.sql("delete from queue.job where state in ('ready', 'blocked')")
    wait_for(lambda: not one(region, 'select count(*) from queue.job'), 30, 0.1)


def caps(region, count):
    """The most that one with a cap had at once."""
    region.sql('insert into queue.tenant_setting (tenant, max_inflight) values (400, %s)', (CAP,))
    fill(region, 400, count, 9 * 10**8)
    at = region.redis()
    sampler = Sampler(region, 'select count(*) from queue.job where tenant = 400 and id = any (%s)', 0.002, lambda: carried(at))
    region.sql('update queue.kind set paused_until = null')
    wait_for(lambda: effects(region, "lane = 't400'") >= count, 60, 0.05)
    most = sampler.end()
    return {'cap': CAP, 'cap_most': most, 'over_cap': max(0, most - CAP), 'cap_seen': sampler.seen}


def fairness(backlog=1000000, quiet=200, seconds=2, rounds=7, chance=7, slack=1):
    with installation(programs=1, children=3) as region:
        region.sql("update queue.kind set paused_until = 'infinity'")
        fill(region, NOISY, backlog, 1)
        region.sql('vacuum analyze queue.job')
        region.sql('update queue.kind set paused_until = null')
        wait_for(lambda: effects(region) > 1000, 10)
        figures = {'seed': chance, 'backlog': backlog, 'quiet': quiet, **beside(region, quiet, seconds, rounds)}
        empty(region)
        figures.update(weights(region, max(1000, backlog // 160)))
        empty(region)
        figures.update(caps(region, 1000))
        few = {} if backlog >= 1000000 else {'weights_off': '<= 0.3'}      # with few jobs the beginning and the end weigh more
        return verdict('fairness', figures, {**BOUNDS, **few}, slack)


if __name__ == '__main__':
    main(lambda: fairness(size('BACKLOG', 1000000), size('QUIET', 200), size('SECONDS', 2), size('ROUNDS', 7), seed()))
