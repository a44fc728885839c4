#!/usr/bin/python3
# SPDX-License-Identifier: EUPL-1.2
"""Chaos on reminders: tasks come, are done, moved, given away, held and withdrawn; their owners leave and come back, people die, a municipality is paused;
the clock moves in steps, through nights in which it changes, a leap day and New Year; workers and the dispatcher are killed, and Redis is emptied. In the
end every reminder that a reference in memory expects was told once, or dropped because of a change, never both, and no other one was.

make chaos JOB=reminders   TASKS=5000 DAYS=730 SEED=…: closes with one JSON line. Only processes that it started are ended."""
import datetime
import json
import os
import random
import sys
import time
import uuid
from collections import Counter, defaultdict
from pathlib import Path

import psycopg2

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
sys.path.insert(0, str(Path(__file__).resolve().parent))
from chaos_main import Chaos  # noqa: E402
from region import BIN, Region, until  # noqa: E402
from reminders_reference import HERE, UTC, Task, is_quiet, local  # noqa: E402

KINDS = ('promise', 'urgent_follow_up', 'evaluate', 'follow_up', 'term')
NIGHTS = ('2027-03-28', '2027-10-31', '2028-01-01', '2028-02-29', '2028-03-26', '2028-10-29', '2029-01-01')
HOUR = datetime.timedelta(hours=1)
FAULTS = ('program', 'child', 'flushall', 'dispatcher')
TENANTS = ('gm9901', 'gm9902')          # in the second one there are no quiet hours


class World:
    """The database and the reference side by side."""

    def __init__(self, region, seed):
        self.region, self.random = region, random.Random(seed)
        self.chaos = Chaos(region, seed, 0)
        self.chaos.worker = 'reminders'
        self.db = psycopg2.connect(region.env['MAATWERK_PG'] + ' user=maatwerk_admin')
        self.db.autocommit = True
        self.tasks, self.gone, self.paused, self.steps, self.made = {}, {}, set(), [], Counter()
        self.expected, self.optional, self.escalated = {}, set(), set()
        self.tenants = [t for t, in self.sql('select tenant_id from ref.tenant where code = any (%s) order by code', (list(TENANTS),))]
        self.ladders = {kind: (self.ladder(kind), urgent) for kind, urgent in self.sql('select kind, urgent from ref.task_kind where kind = any (%s)', (list(KINDS),))}
        self.people = {t: self.populate(t) for t in self.tenants}
        self.act(self.tenants[1], "insert into app.rule (tenant_id, id, code, scope, state, value, source, adopted_at, from_at) values (app.tenant(), "
                 "gen_random_uuid(), 'calendar.quiet_hours', 'tenant', 'adopted', '{\"quiet\": false, \"from\": \"21:00\", \"until\": \"07:00\"}', 'test', "
                 "'2020-01-01', '2020-01-01')")

    def sql(self, text, values=()):
        """Once more when a month of the audit was made meanwhile: months are made ahead, but the clock jumps here."""
        for last in (False, True):
            try:
                with self.db.cursor() as cursor:
                    cursor.execute(text, values or None)
                    return cursor.fetchall() if cursor.description else []
            except (psycopg2.errors.CheckViolation, psycopg2.errors.DeadlockDetected) as error:
                if last or not isinstance(error, psycopg2.errors.DeadlockDetected) and 'partition' not in str(error):
                    raise

    def act(self, tenant, text, values=()):
        return self.sql("select set_config('app.tenant', %s, false), set_config('app.role', 'system', false), set_config('app.scope', 'tenant', false); " + text,
                        (str(tenant), *values))

    def ladder(self, kind):
        steps = self.sql("select (l.place - 1)::int, coalesce(-(l.step ->> 'before')::interval, (l.step ->> 'after')::interval), l.step ->> 'to', "
                         "coalesce((l.step ->> 'escalate')::boolean, false) from ref.rule r, jsonb_array_elements(r.value -> 'ladder') with ordinality "
                         'l (step, place) where r.code = %s', (f'clock.{kind}',))
        return steps

    def populate(self, tenant):
        """Owners with a time of their own for the digest, or without one; employers with a contact person, and candidates with an address."""
        owners = []
        for n in range(24):
            owner, at = str(uuid.UUID(int=self.random.getrandbits(128))), f'{self.random.randrange(24):02}:{self.random.choice(("00", "30"))}'
            self.act(tenant, "insert into app.user_account (tenant_id, id, name, email, role) values (app.tenant(), %s, 'Iemand', %s, 'consultant')",
                     (owner, f'{owner}@maasdrecht.example'))
            if n % 3:
                self.act(tenant, 'insert into app.reminder_preference (tenant_id, id, digest, digest_at) values (app.tenant(), %s, %s, %s)',
                         (owner, n % 8 != 1, '02:30' if n % 4 == 2 else at))
            owners.append(owner)
        ids = lambda text: [str(i) for i, in self.sql(text, (tenant,))]  # noqa: E731
        contacts = {str(e): str(c) for e, c in self.sql('select employer_id, id from app.contact where tenant_id = %s and preferred and email is not null '
                                                        'and employer_id is not null order by employer_id limit 12', (tenant,))}
        return {'owners': owners, 'contacts': contacts,
                'leads': ids("select distinct user_id::text from entry.hat where tenant_id = %s and role = 'team_lead'"),
                'candidates': ids('select id::text from app.candidate where tenant_id = %s and email is not null and died_on is null order by id limit 12')}

    # ------------------------------------------------------------------------------------------------- what happens

    def readers(self, task, receiver):
        people = self.people[task.tenant]
        kind, owner = task.owner
        if receiver == 'owner':
            if kind == 'employer':
                return [people['contacts'][owner]]
            if kind == 'candidate' or owner not in self.gone:
                return [owner]
        return people['leads']

    def come(self, now, span):
        tenant = self.tenants[self.random.random() < 0.3]
        people, kind = self.people[tenant], self.random.choice(KINDS)
        due = (now + datetime.timedelta(minutes=self.random.randrange(30, span))).replace(second=0, microsecond=0)
        what, owner = 'user', self.random.choice([o for o in people['owners'] if o not in self.gone])
        about, noun = self.random.choice(list(people['contacts'])), 'employer'
        chance = self.random.random()
        if chance < 0.08:
            what, owner = 'employer', about
        elif chance < 0.2:
            noun, about = 'candidate', self.random.choice(people['candidates'])
            if chance < 0.13 and kind != 'term':
                what, owner = 'candidate', about
            elif kind == 'term':
                kind = 'promise'
        name, = self.act(tenant, "select app.task_open(%s, %s, %s, %s, null, %s, clock.now(), %s)::text",
                         (kind, noun, about, owner if what == 'user' else None, str(uuid.uuid4()), due))[0]
        if what != 'user':
            self.act(tenant, f'update app.task set owner_{what}_id = %s where id = %s', (owner, name))
        ladder, urgent = self.ladders[kind]
        task = self.tasks[name] = Task(name, kind, ladder, urgent, (what, owner), due, now, tenant == self.tenants[0])
        task.tenant, task.about, task.ended = tenant, about, None
        task.dead = about in self.dead
        task.plan(min(due, now))

    dead = frozenset()

    def change(self, task, now):
        """A change of one task. It may come at the same time as a reminder of it."""
        verb = self.random.choices(('done', 'withdrawn', 'moved', 'given', 'held'), (4, 2, 4, 3, 1))[0]
        if task.held_since is not None:
            verb = 'released'
        if verb == 'given' and task.owner[0] != 'user':
            verb = 'moved'
        self.made[verb] += 1
        if verb in ('done', 'withdrawn'):
            event, more = ('settle', "outcome = (select outcomes[1] from ref.task_kind k where k.kind = t.kind)") if verb == 'done' else ('drop', "reason = 'other'")
            self.act(task.tenant, f"update app.task t set state = app.move('task', t.state, %s), {more}, ended_at = clock.now() where id = %s", (event, task.name))
            task.open = False
            task.changed(now)
        elif verb == 'moved':
            due = (now + datetime.timedelta(minutes=self.random.randrange(30, 60 * 24 * 9))).replace(second=0, microsecond=0)
            self.act(task.tenant, 'update app.task set due_at = %s where id = %s', (due, task.name))
            task.move(due, now)
        elif verb == 'given':
            other = self.random.choice([o for o in self.people[task.tenant]['owners'] if o not in self.gone and o != task.owner[1]])
            self.act(task.tenant, 'update app.task set owner_user_id = %s where id = %s', (other, task.name))
            task.owner = ('user', other)
            task.changed(now)
        elif verb == 'held':
            self.act(task.tenant, 'update app.task set held_since = clock.now() where id = %s', (task.name,))
            task.held_since = now
            task.changed(now)
        else:
            due = (max(task.due, now) + 26 * HOUR).replace(second=0, microsecond=0)
            self.act(task.tenant, 'update app.task set held_since = null, due_at = %s where id = %s', (due, task.name))
            task.held_since = None
            task.move(due, now)

    def leave_or_return(self, now):
        tenant = self.random.choice(self.tenants)
        here = [o for o in self.people[tenant]['owners'] if o not in self.gone]
        away = [o for o in self.people[tenant]['owners'] if o in self.gone]
        if len(here) > 18 and self.random.random() < 0.6:
            who = self.random.choice(here)
            self.gone[who] = now
            self.ever_gone.add(who)
        elif away:
            who = self.random.choice(away)
            del self.gone[who]
        else:
            return
        self.act(tenant, 'update app.user_account set active = %s where id = %s', (who not in self.gone, who))

    def die(self, now):
        tenant = self.random.choice(self.tenants)
        alive = [c for c in self.people[tenant]['candidates'] if c not in self.dead]
        if len(alive) > 6:
            who = self.random.choice(alive)
            self.act(tenant, 'update app.candidate set died_on = clock.today() where id = %s', (who,))
            self.dead = self.dead | {who}
            for task in self.tasks.values():
                if task.about == who and task.open:
                    task.dead = True
                    task.changed(now)

    going_on = False     # whether the paused municipality goes on with the next step

    def pause(self):
        self.going_on = False
        tenant = self.tenants[1]
        if tenant in self.paused:
            self.sql('delete from queue.tenant_setting where tenant = %s', (tenant,))
        else:
            self.sql("insert into queue.tenant_setting (tenant, paused_until) values (%s, 'infinity')", (tenant,))
        self.paused ^= {tenant}

    def fault(self, name):
        self.made[name] += 1
        if name in ('program', 'dispatcher'):
            self.chaos.kill_program('reminders' if name == 'program' else name)
        elif name == 'child':
            self.chaos.kill_child()
        else:
            self.chaos.empty_redis()

    def step(self, moment, racing):
        """The clock moves; meanwhile some tasks change, and programs die; then everything that was due has been done."""
        now = moment.replace(second=5, microsecond=0)
        self.sql('insert into clock.shift (shift) values (%s - clock_timestamp()) on conflict (one) do update set shift = excluded.shift', (now,))
        self.steps.append(now)
        if self.going_on:       # not before the clock moves: what waited would be told at the moment of the step before
            self.pause()
        due = [t for t in self.tasks.values() if t.next is not None and t.wakes() <= now and t.tenant not in self.paused]
        changing = self.random.sample(due, min(racing, len(due)))
        if self.random.random() < 0.2:
            self.fault(self.random.choice(FAULTS))
        for task in due:
            for rung, at, receiver, reader, escalates in task.fire(now, self.readers):
                key = (task.name, rung, at, reader)
                self.expected[key] = now
                if task in changing:
                    self.optional.add((key, now))
                elif escalates:
                    self.escalated.add(task.name)
        for task in changing:
            self.change(task, now)
        self.wait()
        return now

    def wait(self):
        paused = [-1, *self.paused]
        until(lambda: not self.sql("select 1 from queue.future where kind like 'remind%%' and run_at <= clock.now() union all "
                                   "select 1 from queue.job where kind like 'remind%%' and tenant <> all (%s) limit 1", (paused,)),
              120, lambda: self.sql("select kind, state, attempt, last_error, count(*) from queue.job where kind like 'remind%%' group by 1, 2, 3, 4"))

    # -------------------------------------------------------------------------------------------------- the judgement

    def judge(self):
        wrong = Counter()
        rows = self.sql('select r.task_id::text, r.rung, r.rung_at, r.reader_id::text, r.fate, r.made_at, r.ended_at, r.message_id::text, r.reader_kind, t.urgent '
                        'from app.reminder r join app.task t using (tenant_id) where t.id = r.task_id')
        seen = Counter((task, rung, at.astimezone(UTC), reader) for task, rung, at, reader, *_ in rows)
        optional = {key for key, _ in self.optional}
        passed_on = {(task, rung, at.astimezone(UTC)) for task, rung, at, reader, fate, *_ in rows if fate == 'dropped' and reader in self.ever_gone}
        wrong['lost'] = sum(1 for key in self.expected if not seen[key] and key not in optional)
        wrong['unexpected'] = sum(1 for key in seen if key not in self.expected and key[:3] not in passed_on)
        wrong['at another time'] = sum(
            1 for task, rung, at, reader, _, made, *_ in rows
            if (task, rung, at.astimezone(UTC), reader) in self.expected and (task, rung, at.astimezone(UTC)) not in passed_on
            and not datetime.timedelta() <= made - self.expected[task, rung, at.astimezone(UTC), reader] < datetime.timedelta(minutes=4))
        off = {str(u) for u, in self.sql('select id::text from app.reminder_preference where not digest')}
        for task, rung, at, reader, fate, made, ended, message, kind, urgent in rows:
            here = self.tasks[task]
            changes = [c for c in here.changes if c > made - datetime.timedelta(seconds=60) and (ended is None or c <= ended)]
            if fate == 'sent' and any(made + datetime.timedelta(minutes=4) < c < ended - datetime.timedelta(minutes=4) for c in changes):
                wrong['sent after a change'] += 1
            if fate == 'dropped' and not changes and reader not in off and reader not in self.ever_gone:
                wrong['dropped for nothing'] += 1
            if fate == 'waiting' and any(made + 50 * HOUR < s for s in self.steps[:-1]) and here.tenant not in self.paused:
                wrong['left waiting'] += 1
            if fate == 'sent' and not urgent and not self.ever_paused and any(made + 50 * HOUR < s < ended - HOUR / 12 for s in self.steps):
                wrong['told late'] += 1
        sent = {m: (template, planned, count, tenant) for m, template, planned, count, tenant in self.sql(
            "select id::text, template, planned_at, (parameters ->> 'open')::int, tenant_id from app.message where template in ('digest', 'reminder') "
            "and id::text not like '01920000-%'")}      # that one is the demo region's
        by_message = defaultdict(set)
        for task, *_, message, _, _ in rows:
            if message:
                by_message[message].add(task)
        wrong['messages without a reminder'] = len(set(sent) - set(by_message))
        wrong['urgent told twice'] = sum(1 for m, (template, *_) in sent.items() if template == 'reminder' and len(by_message[m]) != 1)
        wrong['digests that count wrong'] = sum(1 for m, (template, _, count, _) in sent.items() if template == 'digest' and count != len(by_message[m]))
        wrong['digests in quiet hours'] = sum(1 for template, at, _, tenant in sent.values() if template == 'digest' and tenant == self.tenants[0] and is_quiet(at))
        days = Counter((reader, local(at).date()) for reader, at in self.sql(
            "select coalesce(to_user_id, to_contact_id, to_candidate_id)::text, planned_at from app.message where template = 'digest'"))
        wrong['more than one digest a day'] = sum(1 for n in days.values() if n > 1)
        ended = self.sql("select count(*) from app.reminder r join app.task t on t.tenant_id = r.tenant_id and t.id = r.task_id where r.made_at > t.ended_at")
        wrong['told after the end'] = ended[0][0]
        raced = {key[0] for key in optional}
        escalated = {t for t, in self.sql("select id::text from app.task where escalated_at is not null and made_by is null")}
        wrong['escalated wrongly'] = len((escalated ^ self.escalated) - raced & set(self.tasks))
        wrong['jobs left'] = self.sql("select count(*) from queue.future f where kind = 'remind' and not exists (select from app.task t where 'task:' || t.id = f.subject "
                                      "and t.state in ('proposed', 'open'))")[0][0]
        wrong['more than one job for a task'] = self.sql("select count(*) from (select subject from (select subject from queue.future union all select subject from "
                                                         "queue.job) s where subject like 'task:%' group by 1 having count(*) > 1) d")[0][0]
        wrong['dead letters'] = self.sql("select count(*) from queue.dead where kind like 'remind%'")[0][0]
        return {'reminders': len(rows), 'expected': len(self.expected), 'digests': sum(1 for t, *_ in sent.values() if t == 'digest'),
                'urgent': sum(1 for t, *_ in sent.values() if t == 'reminder'), 'wrong': {k: v for k, v in wrong.items() if v}}

    ever_paused = False


def moments(world, begin, days, hours):
    """Steps of so many hours on average; of half an hour in the nights that matter."""
    at, end = begin, begin + datetime.timedelta(days=days)
    while at < end:
        night = local(at).date()
        special = str(night) in NIGHTS and local(at).hour < 5 or str(night + datetime.timedelta(days=1)) in NIGHTS and local(at).hour >= 22
        at += datetime.timedelta(minutes=30 if special else world.random.randrange(int(hours * 30), int(hours * 90)))
        following = local(at).date()
        if not special and str(following) in NIGHTS and night < following:      # not over the night
            at = min(at, datetime.datetime.combine(following, datetime.time(0, 0), HERE).astimezone(UTC))
        yield at


def live(world, begin, days, tasks, hours):
    plan = list(moments(world, begin, days, hours))
    coming = Counter(world.random.randrange(max(len(plan) - 3, 1)) for _ in range(tasks))
    span = min(days * 24 * 60, 60 * 24 * 40)
    for n, at in enumerate(plan):
        now = world.step(at, world.random.choice((0, 0, 1, 3)))
        for _ in range(coming[n]):
            world.come(now, span)
        open_now = [t for t in world.tasks.values() if t.open and not t.dead]
        for task in open_now:       # about one change in the time until it is due
            if world.random.random() < 120 * hours / span:
                world.change(task, now)
        if world.random.random() < 0.06:
            world.leave_or_return(now)
        if world.random.random() < 0.01:
            world.die(now)
        if world.paused:
            world.going_on = world.random.random() < 0.3
        elif world.random.random() < 0.02:
            world.ever_paused = True
            world.pause()
        if n % 50 == 49:
            world.sql("delete from queue.job where kind not like 'remind%%'")
    if world.paused:
        world.going_on = True
        world.step(plan[-1] + datetime.timedelta(minutes=10), 0)


def chaos_reminders(binaries, seed, spans, hours, harm=None):
    """`spans`: [(first day, days, tasks)], one after the other. `harm` is a statement that breaks the product."""
    started = time.monotonic()
    with Region.started('reminders', binaries, candidates=420) as region:
        region.sql("alter system set deadlock_timeout = '1s'")       # this test empties tables, and it must not be the one that a deadlock stops
        region.sql('select pg_reload_conf()')
        region.env['MAATWERK_CHILDREN'] = '2'
        world = World(region, seed)
        world.ever_gone = set()
        if harm:
            world.sql(harm)
        first = datetime.datetime.fromisoformat(spans[0][0]).replace(hour=10, tzinfo=HERE).astimezone(UTC)
        world.sql('insert into clock.shift (shift) values (%s - clock_timestamp())', (first,))
        for name in ('dispatcher', 'reminders'):
            region.start(name)
        for day, days, tasks in spans:
            live(world, datetime.datetime.fromisoformat(day).replace(hour=10, tzinfo=HERE).astimezone(UTC), days, tasks, hours)
        result = {'seed': seed, 'tasks': len(world.tasks), 'steps': len(world.steps), **world.judge(), 'done': dict(world.made),
                  'seconds': round(time.monotonic() - started)}
        result['ok'] = not result['wrong'] and result['reminders'] > result['tasks'] // 4
        world.db.close()
        return result


if __name__ == '__main__':
    outcome = chaos_reminders(BIN, int(os.environ.get('SEED', str(random.randrange(10**6)))),
                              [('2027-01-04', int(os.environ.get('DAYS', '730')), int(os.environ.get('TASKS', '5000')))], 10)
    print(json.dumps(outcome))
    sys.exit(0 if outcome['ok'] else 1)
