#!/usr/bin/python3
# SPDX-License-Identifier: EUPL-1.2
"""How long until work goes on after each kind of failure.

make gates GATE=recovery     TIMES=20 SEED=…"""
import os
import signal
import statistics
import threading
import time

import psycopg2
from gate import (Faults, carried, connect, effects, enqueue, exactly_once, installation, main, one, percentile, seed, size, verdict,
                  wait_for)
from region import children, power_off

BOUNDS = {'worker_p99_s': '<= 1', 'machine_p99_s': '<= 6.5', 'dispatcher_max_s': '<= 1.5', 'flushall_max_s': '<= 3',
          'hang_max_s': '<= 4', 'hang_rate_share': '>= 0.6', 'postgres_max_s': '<= 2', 'innocent_crashes': '== 0', 'lost': '== 0',
          'duplicate': '== 0', 'phantom': '== 0'}
HELD = "select count(*) from pg_stat_activity where usename = 'maatwerk_chaos' and state = 'idle in transaction'"


def suspects(region):
    """How often a job was suspected of the death of its worker. (Its trial, which its worker survives, is no death.)"""
    return one(region, "select coalesce(sum(amount), 0)::bigint from queue.counter where metric = 'reaped'")


class Recovery:
    def __init__(self, region, chance):
        self.region, self.faults, self.n = region, Faults(region, chance, 0, []), 0
        self.leader = 0
        self.redis = region.redis(decode_responses=True)

    def add(self, count, **more):
        self.n += count
        enqueue(self.region, ({'n': n, **more} for n in range(self.n - count + 1, self.n + 1)))

    def holder(self):
        """The program that has the only job."""
        pending = self.redis.xpending_range('mw:{s0}:chaos:p1', 'w', '-', '+', 1)
        pid = pending and int(pending[0]['consumer'].split(':')[1])
        return next((name for name, process in self.region.processes.items() if process.pid == pid), None)

    def killed_worker(self, whole):
        """From the death of a worker with a job to the moment that another one begins it."""
        self.add(1, busy_ms=1500)
        assert wait_for(self.holder, 5) and wait_for(lambda: one(self.region, HELD), 5)
        name = self.holder()
        process = self.region.processes[name]
        pids, killed = children(process), time.time()
        if whole:
            power_off(process)
        else:
            os.kill(pids[0], signal.SIGKILL)
        assert wait_for(lambda: effects(self.region, f'n = {self.n}'), 30, 0.02)
        if whole:
            self.faults.put_back(name)
        else:
            time.sleep(1.2)     # the new child has read and waits
        return float(one(self.region, f'select extract(epoch from began) from chaos.effect where n = {self.n}')) - killed

    def killed_dispatcher(self):
        """To the end of a job that came just behind; the other one leads from then on."""
        name = f'dispatcher{self.leader}'
        process = self.region.processes.pop(name)
        process.kill(), process.wait()
        killed = time.time()
        self.add(1)
        assert wait_for(lambda: effects(self.region, f'n = {self.n}'), 30)
        self.leader = 1 - self.leader
        self.region.start('dispatcher', name)
        time.sleep(0.3)
        return float(one(self.region, f'select extract(epoch from at) from chaos.effect where n = {self.n}')) - killed

    def flushall(self):
        """Until every job that was in the window is sent again, or done."""
        at = self.region.redis()
        self.add(1500, ms=5)
        assert wait_for(lambda: len(carried(at)) > 30, 10)
        window = carried(at)
        at.flushall()
        took = wait_for(lambda: not self.region.sql('select count(*) from queue.job where id = any (%s)',
                                                    (list(set(window) - set(carried(at))),))[0][0], 30)
        assert wait_for(lambda: not one(self.region, 'select count(*) from queue.job'), 60)
        return took

    def hang(self):
        """(the longest time without an effect, throughput as a share of what it was)"""
        self.add(9000, ms=10)
        time.sleep(2)
        pid = self.faults.redis_pid()
        stopped = time.time()
        os.kill(pid, signal.SIGSTOP)
        time.sleep(7)
        os.kill(pid, signal.SIGCONT)
        at = [float(row[0]) - stopped for row in self.region.sql(
            f'select extract(epoch from at) from chaos.effect where at > to_timestamp({stopped - 1.5}) order by at')]
        during = [0, *(t for t in at if 0 < t <= 7), 7]
        before = sum(-1.5 < t <= 0 for t in at) / 1.5
        self.region.sql("with gone as (delete from queue.job where state = 'ready' returning (payload ->> 'n')::bigint as n) "
                        'delete from chaos.biz b using gone g where g.n = b.n')      # the rest would take too long
        assert wait_for(lambda: not one(self.region, 'select count(*) from queue.job'), 60)
        return max(b - a for a, b in zip(during, during[1:])), sum(4 < t <= 7 for t in at) / 3 / before

    def postgres(self):
        """From the first connection that PostgreSQL accepts to the first effect."""
        self.add(1500, ms=5)
        time.sleep(0.3)
        restart = threading.Thread(target=self.faults.restart_postgres)
        restart.start()
        wait_for(lambda: not self.accepts(), 10, 0.001)
        assert wait_for(self.accepts, 60, 0.002)
        accepted = time.time()
        assert wait_for(lambda: effects(self.region, f'at > to_timestamp({accepted})'), 60)
        first = one(self.region, f'select extract(epoch from min(at)) from chaos.effect where at > to_timestamp({accepted})')
        restart.join()
        assert wait_for(lambda: not one(self.region, 'select count(*) from queue.job'), 60)
        return float(first) - accepted

    def accepts(self):
        try:
            connect(self.region).close()
            return True
        except psycopg2.Error:
            return False


def recovery(times=20, chance=7, slack=1):
    with installation(dispatchers=2, programs=3, children=1) as region:
        it, figures = Recovery(region, chance), {'times': times, 'seed': chance}
        process = region.processes.pop('dispatcher1')
        process.kill(), process.wait()
        it.add(1)
        assert wait_for(lambda: effects(region), 10)
        region.start('dispatcher', 'dispatcher1')
        time.sleep(3)       # after a first start the dispatcher lets everybody say that he lives
        measured = {name: [work() for _ in range(times)] for name, work in (
            ('worker', lambda: it.killed_worker(False)), ('machine', lambda: it.killed_worker(True)),
            ('dispatcher', it.killed_dispatcher))}
        deaths = suspects(region)
        measured.update({name: [work() for _ in range(times)] for name, work in (
            ('flushall', it.flushall), ('hang', it.hang), ('postgres', it.postgres))})
        shares = [share for _, share in measured['hang']]
        measured['hang'] = [gap for gap, _ in measured['hang']]
        for name, values in measured.items():
            for word, value in (('p50', statistics.median(values)), ('p99', percentile(values, 0.99)), ('max', max(values))):
                figures[f'{name}_{word}_s'] = round(value, 3)
        figures.update(hang_rate_share=round(statistics.median(shares), 3), innocent_crashes=suspects(region) - deaths,
                       **exactly_once(region))
        return verdict('recovery', figures, BOUNDS, slack)


if __name__ == '__main__':
    main(lambda: recovery(size('TIMES', 20), seed()))
