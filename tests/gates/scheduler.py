#!/usr/bin/python3
# SPDX-License-Identifier: EUPL-1.2
"""Work of later: in time, each exactly once or cancelled, never both; while dispatchers and PostgreSQL are killed, the clocks of
the machines are an hour wrong, summer time begins and ends, rules of zones change, and the clock of PostgreSQL jumps.

make gates GATE=scheduler     FUTURE=2000000 BURST=100000 RACES=10000 SECONDS=15 SEED=…"""
import itertools
import random
import time

from gate import (ROOT, Faults, connect, effects, exactly_once, installation, main, one, seed, size, together, verdict, wait_for,
                  wait_until_done)

BOUNDS = {'poll_ms': '<= 1', 'late_p99_s': '<= 1', 'burst_per_s': '>= 2000', 'lost': '== 0', 'duplicate': '== 0', 'phantom': '== 0',
          'cancelled_and_done': '== 0', 'neither': '== 0', 'cancelled': '>= 1', 'fired': '>= 1', 'early': '== 0',
          'summer_time_wrong': '== 0', 'rules_not_followed': '== 0', 'jumps_undone': '== 0', 'far_left': '== 0', 'undone': '== 0'}
SETUP = """
create table chaos.due (n bigint primary key, run_at timestamptz);
create table chaos.cancelled (n bigint);
create function chaos.polls_ms() returns double precision language plpgsql as $$
declare from_at timestamptz; took double precision[];
begin
    for i in 1..301 loop
        from_at := clock_timestamp();
        perform queue.promote(1000);
        took := took || extract(epoch from clock_timestamp() - from_at) * 1000;
    end loop;
    return (select percentile_cont(0.5) within group (order by t) from unnest(took) t);
end $$;
"""
FAR = """insert into queue.future (tenant, kind, run_at, due_local, zone, payload)
    select 1 + n %% 5, 'chaos_job', timestamptz '2040-01-01' + n * interval '1 minute',
           (timestamptz '2040-01-01' + n * interval '1 minute') at time zone 'Europe/Amsterdam', 'Europe/Amsterdam', '{}'
    from generate_series(1, %s) n"""
PLAN = """with r as (select n, clock.now() + interval '2 s' + (n - %(start)s) * %(step)s * interval '1 s' as run_at
                     from generate_series(%(start)s, %(start)s + %(count)s - 1) n),
    b as (insert into chaos.biz (n, poison) select n, false from r), d as (insert into chaos.due select n, run_at from r)
    insert into queue.future (tenant, kind, run_at, subject, payload)
    select 1 + n %% 5, 'chaos_job', run_at, 'race:' || n, jsonb_build_object('n', n) from r"""
# local time in Amsterdam: what it is in UTC. Not there on the last Sunday of March: an hour later; twice in October: the second.
CHANGES = {
    '2027-03-28 00:59:57': {'01:59:59': '00:59:59', '02:30:00': '01:30:00', '03:00:00': '01:00:00', '03:00:01': '01:00:01'},
    '2027-10-31 00:59:57': {'01:59:59': '2027-10-30 23:59:59', '02:00:00': '01:00:00', '02:30:00': '01:30:00',
                            '03:00:00': '02:00:00'},
}


class Scheduler:
    def __init__(self, region, chance):
        self.region, self.chance, self.faults = region, random.Random(chance), Faults(region, chance, 0, [])
        self.next_n, self.kills = 1, 0
        region.sql(SETUP)

    def start(self, name, shift_s):
        self.region.start(name.rstrip('0123456789'), name, LD_PRELOAD=str(ROOT / 'build/release/clock_shift.so'),
                          CLOCK_SHIFT_S=str(shift_s))

    def start_all(self):
        for i in range(2):
            self.start(f'dispatcher{i}', 3600 - 7200 * i), self.start(f'chaos{i}', 3600 - 7200 * i)

    def kill_dispatcher(self, i):
        process = self.region.processes.pop(f'dispatcher{i}')
        process.kill(), process.wait()
        self.start(f'dispatcher{i}', 3600 - 7200 * i)
        self.kills += 1

    def plan(self, count, seconds):
        """`count` jobs that fall due in so many seconds, two seconds from now; the numbers of the first and behind the last."""
        start, self.next_n = self.next_n, self.next_n + count
        self.region.sql(PLAN, {'start': start, 'count': count, 'step': seconds / count})
        return start, self.next_n

    def wait(self, seconds=120):
        near = "(select 1 from queue.job union all select 1 from queue.future where run_at < '2040-01-01') l"
        return wait_until_done(self.region, seconds, near)

    def shift(self, to):
        """Sets PostgreSQL's clock to a moment, or by an interval; back with None."""
        self.region.sql('delete from clock.shift')
        if to:
            value = f"interval '{to}'" if 'hour' in to else f"timestamptz '{to}+00' - clock_timestamp()"
            self.region.sql(f'insert into clock.shift (shift) values ({value})')

    # -------------------------------------------------------------------------------------------------- parts

    def steady(self, seconds):
        start, end = self.plan(1000 * seconds, seconds)
        self.wait(seconds + 60)
        late = self.region.sql('select percentile_cont(0.99) within group (order by extract(epoch from e.at - d.run_at)) '
                               f'from chaos.due d join chaos.effect e using (n) where n >= {start} and n < {end}')[0][0]
        return {'late_p99_s': round(float(late), 3)}

    def burst(self, count):
        start, end = self.plan(count, 1)
        self.region.sql('analyze queue.future')
        time.sleep(2.5)
        for i in range(4):
            time.sleep(self.chance.uniform(0.3, 1.2))
            self.kill_dispatcher(i % 2)
            if i % 2:
                self.faults.restart_postgres()
        self.wait()
        seconds = one(self.region, 'select extract(epoch from max(e.at) - max(d.run_at)) from chaos.due d '
                                   f'join chaos.effect e using (n) where n >= {start} and n < {end}')
        return {'burst_per_s': round(count / float(seconds))}

    def cancel(self, numbers, from_s, step_s):
        connection = connect(self.region)
        for n, at in numbers:
            time.sleep(max(0, from_s + at * step_s + self.chance.uniform(-0.2, 0.1) - time.monotonic()))
            with connection.cursor() as cursor:
                cursor.execute("insert into chaos.cancelled select %s where queue.cancel_subject('race:' || %s) > 0", (n, n))
        connection.close()

    def races(self, count):
        step_s = 0.002
        from_s = time.monotonic() + 2
        start, end = self.plan(count, count * step_s)
        each = [list(zip(range(start + i, end, 8), itertools.count(i, 8))) for i in range(8)]
        together(*(lambda numbers=numbers: self.cancel(numbers, from_s, step_s) for numbers in each),
                 lambda: (time.sleep(2 + count * step_s / 2), self.kill_dispatcher(0)))
        self.wait()
        done = 'exists (select from chaos.effect e where e.n = d.n)'
        gone = 'exists (select from chaos.cancelled c where c.n = d.n)'
        figures = {name: one(self.region, f'select count(*) from chaos.due d where n >= {start} and n < {end} and {what}')
                   for name, what in (('cancelled_and_done', f'{done} and {gone}'), ('neither', f'not {done} and not {gone}'),
                                      ('cancelled', gone), ('fired', done))}
        self.region.sql('delete from chaos.biz b using chaos.cancelled c where c.n = b.n')
        return figures

    def summer_time(self):
        wrong = early = 0
        for moment, times in CHANGES.items():
            day, wanted = moment[:10], {}
            self.shift(moment)
            for local, utc in times.items():
                n, self.next_n = self.next_n, self.next_n + 1
                wanted[n] = utc if len(utc) > 8 else f'{day} {utc}'
                self.region.sql("insert into chaos.biz (n, poison) values (%s, false); "
                                "select queue.schedule('chaos_job', 1, %s::jsonb, %s, 'Europe/Amsterdam', null)",
                                (n, f'{{"n": {n}}}', f'{day} {local}'))
                wrong += not one(self.region, f"select run_at = '{wanted[n]}+00' from queue.future where payload ->> 'n' = '{n}'")
            for until in ('01:00:02', '01:30:02', '02:00:02'):
                due = [n for n, at in wanted.items() if at <= f'{day} {until}']
                if until != '01:00:02':
                    self.shift(f'{day} {until}')
                wrong += wait_for(lambda: effects(self.region, f'n = any (array{due}::bigint[])') == len(due), 12, 0.1) is None
                early += effects(self.region, f'n >= {min(wanted)} and n <> all (array{due}::bigint[])')
        self.shift(None)
        return {'summer_time_wrong': wrong, 'early': early}

    def new_rules(self, count=100):
        """What was planned by old rules is computed anew by the sweep of a dispatcher that begins."""
        self.region.sql("select queue.schedule('chaos_job', 1, '{}', (clock.now() + interval '1 day') "
                        "at time zone 'Europe/Amsterdam' + n * interval '1 s', 'Europe/Amsterdam', 'rules') "
                        f'from generate_series(1, {count}) n')
        self.region.sql("update queue.future set run_at = run_at + interval '1 hour' where subject = 'rules'")
        self.kill_dispatcher(0), self.kill_dispatcher(1)
        old = "select count(*) from queue.future where subject = 'rules' and run_at <> due_local at time zone zone"
        wait_for(lambda: not one(self.region, old), 10, 0.1)
        left = one(self.region, old)
        self.region.sql("select queue.cancel_subject('rules')")
        return {'rules_not_followed': left}

    def jumps(self):
        """Work goes on when the clock jumps, what falls due by it is done once, and nothing waits until the clock is back."""
        undone = 0
        self.plan(200, 600)
        for to in ('1 hour', '-1 hour', None):
            self.shift(to)
            more, self.next_n = self.next_n, self.next_n + 200
            self.region.sql('insert into chaos.biz (n, poison) select n, false from generate_series(%s, %s) n', (more, more + 199))
            self.region.sql("select queue.enqueue('chaos_job', 1, jsonb_build_object('n', n)) from generate_series(%s, %s) n",
                            (more, more + 199))
            self.faults.empty_redis()
            undone += wait_for(lambda: effects(self.region, f'n >= {more} and n < {more + 200}') == 200, 10, 0.05) is None
            undone += self.wait(10) is None
        return {'jumps_undone': undone}


def scheduler(future=2000000, burst=100000, races=10000, seconds=15, chance=7, slack=1):
    with installation(dispatchers=0, programs=0, children=3) as region:
        it = Scheduler(region, chance)
        region.sql(FAR, (future,))
        region.sql('vacuum analyze queue.future')
        figures = {'seed': chance, 'poll_ms': round(one(region, 'select chaos.polls_ms()'), 3)}
        it.start_all()
        for part in (lambda: it.steady(seconds), lambda: it.burst(burst), lambda: it.races(races), it.summer_time, it.new_rules,
                     it.jumps):
            figures.update(part())
        left = it.wait()
        figures.update(future=future, burst=burst, races=races, **exactly_once(region), kills=it.kills, undone=int(left is None),
                       far_left=future - one(region, 'select count(*) from queue.future'))
        return verdict('scheduler', figures, BOUNDS, slack)


if __name__ == '__main__':
    main(lambda: scheduler(size('FUTURE', 2000000), size('BURST', 100000), size('RACES', 10000), size('SECONDS', 15), seed()))
