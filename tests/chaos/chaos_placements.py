#!/usr/bin/python3
# SPDX-License-Identifier: EUPL-1.2
"""Years of placements: people start, are spoken with, go on in another kind, deviate from a plan, are returned, end or are undone, while the clock moves day by
day. In the end a reference in memory says which contacts were to be asked: each of them was asked once, and no other one; a case that ended asks
nothing; and nobody works more than this person can.

make chaos JOB=placements   PLACEMENTS=2000 DAYS=730 SEED=…: closes with one JSON line. Only processes that it started are ended."""
import datetime
import json
import os
import random
import sys
import time
from collections import Counter
from pathlib import Path

import psycopg2

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from region import BIN, Region  # noqa: E402

HARD, LIGHT = (1, 3, 7, 14, 21, 28, 42, 56, 91, 182), (1, 14, 42, 91)
KINDS = ('regular', 'temp', 'seasonal', 'work_experience', 'internship', 'event')
PARTIES = ('candidate', 'employer')
REFUSED = ('MW409', '23505', '23P01')        # a move, hours or days that do not fit: the product says so, and nothing changes


class Years:
    """The database and the reference side by side."""

    def __init__(self, region, seed):
        self.random, self.done, self.placed = random.Random(seed), Counter(), {}
        self.db = psycopg2.connect(region.env['MAATWERK_PG'] + ' user=maatwerk_admin')
        self.lead, = self.sql("select id::text from app.user_account where tenant_id = 1 and role = 'team_lead' limit 1")[0]
        self.people = [row for row, in self.sql("select id::text from app.candidate where tenant_id = 1 and status in ('active', 'placed')")]
        self.employers = [row for row, in self.sql('select id::text from app.employer where tenant_id = 1')]
        self.day = self.sql('select clock.today()')[0][0]

    def sql(self, text, values=()):
        with self.db, self.db.cursor() as cursor:
            cursor.execute("select set_config('app.tenant', '1', true), set_config('app.scope', 'tenant', true), set_config('app.role', 'team_lead', true), "
                           "set_config('app.actor', %s, true)", (getattr(self, 'lead', ''),))
            cursor.execute(text, values)
            return cursor.fetchall() if cursor.description else []

    def tried(self, name, text, values):
        """Whether the product did it."""
        try:
            self.sql(text, values)
        except psycopg2.Error as error:
            if error.pgcode not in REFUSED:
                raise
            self.done['refused'] += 1
            return False
        self.done[name] += 1
        return True

    def move_to(self, day):
        self.day = day
        self.sql("insert into clock.shift (shift) values (%s - clock_timestamp()) on conflict (one) do update set shift = excluded.shift",
                 (datetime.datetime.combine(day, datetime.time(17, 30)).astimezone(),))

    # ---------------------------------------------------------------------------------------- what people do

    def start(self):
        """Whether somebody started."""
        placement, = self.sql('select gen_random_uuid()::text')[0]
        kind, hours = self.random.choice(KINDS), self.random.choice((8, 12, 16, 24, 32, 36))
        asked = {'candidate_id': self.random.choice(self.people), 'employer_id': self.random.choice(self.employers), 'kind': kind, 'origin': 'self_found', 'hours': hours}
        if not self.tried('offered', 'select app.placement_make(%s, %s)', (placement, json.dumps(asked))):
            return False
        self.sql('select app.placement_accept(%s, null, true)', (placement,))
        if self.random.random() < 0.05:
            self.sql("select app.placement_end(%s, 'requirements')", (placement,))
            return False
        ago = self.random.choice((0, 0, 0, 0, 2))       # two days ago is told today
        begin = self.day - datetime.timedelta(days=ago)
        if not self.tried('started', 'select app.placement_start(%s, %s)', (placement, begin)):
            return False
        self.placed[placement] = {'kind': kind, 'since': begin, 'asks': {}, 'done': set(), 'runs': True}
        self.plan(placement, LIGHT if kind in ('internship', 'event') else HARD)
        return True

    def plan(self, placement, days):
        """From today on the contacts of these days are asked, but for those that were done."""
        of = self.placed[placement]
        of['days'] = days
        of['asks'] = {f'day_{n}:{who}': of['since'] + datetime.timedelta(days=n) for n in days for who in PARTIES
                      if of['since'] + datetime.timedelta(days=n) >= self.day and f'day_{n}:{who}' not in of['done']}

    def stop(self, placement):
        of = self.placed[placement]
        of.update(runs=False, asks={})

    def end(self, placement):
        how = self.random.choice(("app.placement_end(%s, 'health')", "app.placement_return(%s, 'does_not_fit', false, null)", "app.placement_undo(%s, 'wrong_candidate')"))
        if self.tried('ended', f'select {how}', (placement,)):
            self.stop(placement)
            before = self.placed[placement].get('after') if 'undo' in how else None
            if before:      # what it went on from goes on
                self.placed[before]['runs'] = True
                self.plan(before, self.placed[before]['days'])

    def convert(self, placement):
        of = self.placed[placement]
        if self.tried('converted', 'select app.placement_convert(%s, \'{"kind": "regular"}\')', (placement,)):
            after, = self.sql('select converted_to::text from app.placement where id = %s', (placement,))[0]
            self.stop(placement)
            self.placed[after] = {'kind': 'regular', 'since': of['since'], 'asks': {}, 'done': set(of['done']), 'runs': True}
            self.plan(after, HARD)
            self.placed[after].update(before=set(of['done']), after=placement)

    def deviate(self, placement):
        days = sorted(self.random.sample(range(1, 200), 4))
        if self.tried('deviated', "select app.placement_deviate(%s, 'hard_start', %s, 'employer', 'other')", (placement, days)):
            self.plan(placement, days)

    def speak(self):
        """Everything that is due is done."""
        for task, placement, cause in self.sql("select t.id::text, t.subject_id::text, t.cause from app.task t where t.tenant_id = 1 and t.kind = 'follow_up' and t.state = 'open' "
                                               "and t.cause like 'day_%%' and t.due_at <= clock.now() and t.subject_id = any (%s::uuid[])", (list(self.placed),)):
            asked = {'with_whom': cause.split(':')[1], 'channel': 'call', 'outcome': self.random.choice(('fine', 'fine', 'attention', 'at_risk')), 'task_id': task}
            if self.tried('spoken', 'select app.placement_contact_make(gen_random_uuid(), %s, %s)', (placement, json.dumps(asked))):
                self.placed[placement]['done'].add(cause)
                self.placed[placement]['asks'].pop(cause, None)

    def live(self, new):
        for _ in range(new):
            any(self.start() for _ in range(20))        # until one does, whose hours and days fit
        for placement in [p for p, of in self.placed.items() if of['runs']]:
            chance = self.random.random()
            if chance < 0.004:
                self.end(placement)
            elif chance < 0.005:
                self.convert(placement)
            elif chance < 0.006:
                self.deviate(placement)

    # ---------------------------------------------------------------------------------------------- the judge

    def judge(self):
        wrong = []
        wrong += [f'{placement}: has ended and asks {kind}' for placement, kind in self.sql(
            "select p.id::text, t.kind from app.placement p join app.task t on t.subject_id = p.id where t.state in ('open', 'proposed') and p.state not in ('offered', 'accepted', 'started')")]
        asked = Counter(self.sql("select t.subject_id::text, t.cause from app.task t where t.tenant_id = 1 and t.kind = 'follow_up' and t.cause like 'day_%%' "
                                 "and t.state in ('open', 'done', 'failed') and t.subject_id = any (%s::uuid[])", (list(self.placed),)))
        wrong += [f'{placement} {cause}: asked {n} times' for (placement, cause), n in asked.items() if n > 1]
        expected = {(placement, cause) for placement, of in self.placed.items() for cause in (of['done'] - of.get('before', set())) | set(of['asks'])}
        wrong += [f'{placement} {cause}: was never asked' for placement, cause in sorted(expected - set(asked))]
        wrong += [f'{placement} {cause}: nobody should ask it' for placement, cause in sorted(set(asked) - expected)]
        wrong += [f'{person}: {hours} hours' for person, hours in self.sql(
            "select p.candidate_id::text, sum(q.hours) from app.placement p join app.placement q on q.candidate_id = p.candidate_id and q.state = 'started' "
            "join app.candidate c on c.id = p.candidate_id where p.state = 'started' group by p.id, p.candidate_id, c.hours_max having sum(q.hours) > c.hours_max")]
        return wrong, len(expected)


def chaos_placements(binaries, placements, days, seed, harm=None):
    """`harm` is a statement that breaks the product."""
    begun = time.monotonic()
    with Region.started('placements', binaries, candidates=max(420, placements)) as region:
        years = Years(region, seed)
        if harm:
            region.sql(harm)
        first, months = years.day + datetime.timedelta(days=1), days - 200
        for n in range(days):
            years.move_to(first + datetime.timedelta(days=n))
            years.live(placements * (n + 1) // months - placements * n // months if n < months else 0)
            years.speak()
        wrong, contacts = years.judge()
        years.db.close()
    return {'seed': seed, 'placements': len(years.placed), 'contacts': contacts, 'done': dict(years.done), 'wrong': wrong[:20], 'seconds': round(time.monotonic() - begun),
            'ok': not wrong and years.done['spoken'] > placements}


if __name__ == '__main__':
    outcome = chaos_placements(BIN, int(os.environ.get('PLACEMENTS', '2000')), int(os.environ.get('DAYS', '730')), int(os.environ.get('SEED', str(random.randrange(10**6)))))
    print(json.dumps(outcome))
    sys.exit(0 if outcome['ok'] else 1)
