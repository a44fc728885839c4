#!/usr/bin/python3
# SPDX-License-Identifier: EUPL-1.2
"""Random histories of vacancies, candidates and proposals, by all roles, through the API of a running region and on a model in memory: after
every step both must show the same. The list of each vacancy names everybody, also whoever must not be proposed: it is only advice.

    tests/property/main.py HISTORIES SEED [mutants]      (make property NOUN=main HISTORIES=2000 SEED=1 MUTANTS=1)
"""
import datetime
import http.client
import json
import random
import sys
import time
import uuid
from collections import Counter
from pathlib import Path

import psycopg2

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from region import ROOT, Client, Region, Response, roles  # noqa: E402
from property.main_model import BLIND, FORBIDDEN, MISSING, STATUSES, WHO, Candidate, Model, Vacancy  # noqa: E402

STEPS = 36
SYSTEM = ("select set_config('app.tenant', %(tenant)s, true), set_config('app.role', 'system', true), set_config('app.scope', 'tenant', true), "
          "set_config('app.actor', '', true), set_config('app.org', '', true)")


class Speaker(Client):
    """One connection for all calls of a role, as long as it is used: the server closes one that is idle."""

    def __init__(self, region, role, tenant='gm9901', **options):
        super().__init__(region, role, tenant, **options)
        self.connection, self.used_s = http.client.HTTPConnection('127.0.0.1', region.port, timeout=60), time.monotonic()

    def call(self, method, path, body=None, headers=None, raw=None):
        if time.monotonic() - self.used_s > 1:
            self.connection.close()
        self.used_s = time.monotonic()
        sent = {'Authorization': f'Bearer {self.token}', 'Content-Type': 'application/json', **(headers or {})}
        if method == 'PATCH':
            sent['Content-Type'] = 'application/merge-patch+json'
        self.connection.request(method, '/v1' + path, json.dumps(body).encode() if body is not None else None, sent)
        answer = self.connection.getresponse()
        return Response(answer.status, answer.getheaders(), answer.read())


class Stage:
    """What all histories need: somebody of every role, a connection to the database, what vacancies refer to."""

    def __init__(self, region):
        self.region, self.seen = region, Counter()      # what was answered to what, how often
        self.as_role = {role: Speaker(region, role) for role in roles()}
        self.as_role['stranger'] = Speaker(region, 'consultant', 'gm9902')
        self.db = psycopg2.connect(region.env['MAATWERK_PG'] + ' user=maatwerk_admin')
        self.db.autocommit = True
        self.employer = self.as_role['employer'].get('/user-profile').json['organisationId']
        self.occupation = self.as_role['consultant'].get('/occupations?labelPrefix=warehouse%20worker').json['items'][0]['id']
        self.tenant = self.sql("select tenant_id from ref.tenant where code = 'gm9901'")[0][0]

    def sql(self, text, values=None):
        with self.db.cursor() as cursor:
            cursor.execute(text, values)
            return cursor.fetchall() if cursor.description else []

    def as_system(self, text, **values):
        """What a worker does, in one transaction."""
        with self.db.cursor() as cursor:
            cursor.execute('begin')
            cursor.execute(SYSTEM, {'tenant': str(self.tenant)})
            cursor.execute(text, values)
            cursor.execute('commit')


class Difference(Exception):
    pass


class History:
    def __init__(self, stage, seed, number):
        self.stage, self.random, self.model, self.said = stage, random.Random(f'{seed} {number}'), Model(), []
        self.ids = {}           # id of what the model has, by its identity

    def act(self, name, role, subject, path, body, expected, method='POST'):
        """Makes the call as `role`; `expected` gives the model's answer, and is asked only when the role may."""
        client = self.stage.as_role[role]
        headers = {'Idempotency-Key': str(uuid.uuid4())}
        if method == 'PATCH':
            etag = self.stage.as_role['consultant'].get(path).headers['etag']
            headers = {'If-Match': etag}
        if method == 'GET':
            headers = {}
        self.said.append(f'{role} {name} {subject} {json.dumps(body)}')
        answer = client.call(method, path, body, headers)
        if role == 'stranger':
            wanted = MISSING
        elif role not in WHO[name]:
            wanted = MISSING if role in BLIND.get(name, ()) and 'status' not in (body or {}) else FORBIDDEN
        else:
            wanted = expected(answer)
        got = answer.status, answer.problem if answer.status >= 400 else ''
        self.stage.seen[f'{name} {got[1] or got[0]}'] += 1
        self.compare(f'{name} as {role}', got if got[0] >= 400 else (got[0], ''), wanted)
        return answer

    def compare(self, what, got, wanted):
        if got != wanted:
            raise Difference('\n'.join([*self.said, f'{what}: the API has {got}, the model {wanted}']))

    def pick_role(self, name):
        """Mostly somebody who may."""
        return self.random.choice(WHO[name]) if self.random.random() < 0.9 else self.random.choice(sorted(self.stage.as_role))

    def day(self, number):
        return None if number is None else str(self.start + datetime.timedelta(days=number))

    # ----------------------------------------------------------------------------------------------- a history

    def begin(self):
        stage, r = self.stage, self.random
        stage.sql('delete from clock.shift')
        self.start, = stage.sql('select clock.today()')[0]
        for n in range(3):
            v = Vacancy(r.randint(1, 3), r.randint(1, 3), r.choice([None, None, 20, 40]))
            v.said = {'positions': v.positions, 'candidatesWanted': v.wanted, 'neededBy': v.needed_by, 'kind': 'regular', 'pc4': '5012', 'hoursMin': 8,
                      'title': 'Werk', 'internalNote': None}
            body = {'employerId': stage.employer, 'title': 'Werk', 'kind': 'regular', 'occupationId': stage.occupation, 'hoursMin': 8, 'hoursMax': 36,
                    'pc4': '5012', 'positions': v.positions, 'candidatesWanted': v.wanted, 'neededBy': self.day(v.needed_by)}
            self.keep(v, stage.as_role['employer'].post('/vacancies', body))
            self.model.vacancies.append(v)
        for n in range(4):
            c = Candidate(alias='Kandidaat Proef')
            self.keep(c, stage.as_role['case_manager'].post('/candidates', {'alias': c.alias, 'pc4': '5012'}))
            self.model.candidates.append(c)
        for v in self.model.vacancies:
            if r.random() < 0.9:
                self.screen(v, 'suitable', 'consultant')
                self.do_list(v)

    def keep(self, one, answer):
        assert answer.status == 201, answer.text
        self.ids[id(one)] = answer.json['id']

    def id(self, one):
        return getattr(one, 'id', None) or self.ids[id(one)]

    def name(self, one):
        for letter, all_of_them in (('V', self.model.vacancies), ('C', self.model.candidates), ('P', self.model.proposals)):
            for number, other in enumerate(all_of_them):
                if other is one:
                    return f'{letter}{number}'

    def play(self):
        self.begin()
        often = {self.do_propose: 12, self.do_answer: 12, self.do_change_vacancy: 6, self.do_status: 5, self.do_undo: 4, self.do_look: 3,
                 self.do_send: 3, self.do_withdraw: 2, self.do_screen: 4, self.do_list: 2, self.do_time: 2, self.do_sweep: 2, self.do_consent: 1,
                 self.do_alias: 1, self.do_end: 1}
        steps = [step for step, times in often.items() for _ in range(times)]
        for _ in range(STEPS):
            self.random.choice(steps)()
            self.see()
        return STEPS

    def see(self):
        """The rows and the model show the same, and nothing is as it must never be."""
        rows = self.stage.sql(
            "select id::text, state, positions, positions_taken, candidates_wanted from app.vacancy where id = any (%(ids)s::uuid[]) "
            "union all select id::text, status, (consent_withdrawn_at is null)::int, 0, 0 from app.candidate where id = any (%(ids)s::uuid[]) "
            "union all select id::text, state, (sent_at is not null)::int, 0, 0 from app.proposal where candidate_id = any (%(ids)s::uuid[])",
            {'ids': list(self.ids.values())})
        model = self.model
        wanted = [(self.id(v), v.state, v.positions, v.taken, v.wanted) for v in model.vacancies]
        wanted += [(self.id(c), c.status, int(c.consent), 0, 0) for c in model.candidates]
        wanted += [(p.id, p.state, int(p.sent), 0, 0) for p in model.proposals]
        self.compare('the rows', sorted(rows), sorted(wanted))
        self.compare('what must never be', model.wrong(), [])

    # --------------------------------------------------------------------------------------------------- steps

    def mostly(self, fits, all_of_them):
        """One of them, mostly one that fits; None when nothing does, mostly."""
        some = [one for one in all_of_them if fits(one)]
        return self.random.choice((some or [None]) if self.random.random() < 0.85 else (list(all_of_them) or [None]))

    def vacancy(self, *states):
        return self.mostly(lambda v: v.state in states, self.model.vacancies) or self.random.choice(self.model.vacancies)

    def proposal(self, *states):
        return self.mostly(lambda p: p.state in states, self.model.proposals)

    def screen(self, v, verdict, role):
        self.act('screen', role, self.name(v), f'/vacancies/{self.id(v)}/screenings', {'verdict': verdict, 'reason': 'daarom'},
                 lambda answer: self.model.screen(v, verdict))

    def do_screen(self):
        self.screen(self.vacancy('reported', 'screening'), self.random.choice(['suitable'] * 6 + ['unsuitable']), self.pick_role('screen'))

    def do_list(self, v=None):
        v = v or self.vacancy()
        if v.state not in ('open', 'shortlisted', 'partly_filled'):
            return
        self.said.append(f'a list of everybody for {self.name(v)}')
        self.stage.as_system(
            "insert into app.match_run (tenant_id, id, vacancy_id, match_input, rules_version, taxonomy, input_digest, asked, considered, suitable, shortfall, "
            "excluded, made_at) select v.tenant_id, %(run)s, v.id, coalesce((select max(r.match_input) from app.match_run r where r.vacancy_id = v.id), 0) + 1, "
            "'x', 'x', 'x', 5, 3, 3, 2, '{}', clock.now() from app.vacancy v where v.id = %(vacancy)s; "
            "insert into app.match_result (tenant_id, run_id, rank, candidate_id, score, explanation) "
            "select %(tenant)s, %(run)s, row_number() over (), c, 1, '{}' from unnest(%(candidates)s::uuid[]) c; "
            "select app.vacancy_fire(v.id, 'shortlist') from app.vacancy v where v.id = %(vacancy)s and v.state = 'open'",
            run=str(uuid.uuid4()), vacancy=self.id(v), tenant=self.stage.tenant, candidates=[self.id(c) for c in self.model.candidates])
        self.model.list(v)

    def do_propose(self):
        v, r = self.vacancy('open', 'shortlisted', 'partly_filled'), self.random
        chosen = r.sample(self.model.candidates, r.choice([1, 1, 1, 2]))
        if r.random() < 0.7:
            chosen = [c for c in chosen if c.status == 'active'] or chosen
        draft, reason, back, consent = r.random() < 0.2, r.random() < 0.85, r.random() < 0.4, r.random() < 0.5
        body = {'candidateIds': [self.id(c) for c in chosen], 'draft': draft}
        if reason:
            body['shortfallReason'] = 'phased'
        if back:
            body['returnReason'] = 'changed_mind'
        if consent:
            at = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(days=self.model.today, seconds=1)
            body['consent'] = {'by': 'candidate', 'at': at.strftime('%Y-%m-%dT%H:%M:%S.%fZ')[:-4] + 'Z', 'channel': 'letter', 'textVersion': 'x'}

        def expected(answer):
            made = {p['candidateId']: p['id'] for p in answer.json['proposals']} if answer.status == 201 else {}
            ids = answer.json.get('id'), [made.get(self.id(c)) for c in chosen]
            return self.model.propose(v, chosen, draft, reason, back, consent, ids)
        self.act('propose', self.pick_role('propose'), f'{self.name(v)} {[self.name(c) for c in chosen]}', f'/vacancies/{self.id(v)}/proposal-rounds',
                 body, expected)

    def do_send(self):
        p = self.proposal('drafted')
        if p:
            self.act('send', self.pick_role('send'), self.name(p), f'/proposal-rounds/{p.round}/dispatches', None, lambda answer: self.model.send(p.round))

    def do_answer(self):
        p = self.proposal('sent', 'invited')
        if p:
            role, answer = self.pick_role('answer'), self.random.choice(['invite', 'hire', 'hire', 'reject'])
            body = {'answer': answer, **({'reason': 'travel'} if answer == 'reject' else {})}
            self.act('answer', role, self.name(p), f'/proposals/{p.id}/answers', body, lambda _: self.model.answer(role, p, answer))

    def do_withdraw(self):
        p = self.proposal('drafted', 'sent', 'invited')
        if p:
            self.act('withdraw', self.pick_role('withdraw'), self.name(p), f'/proposals/{p.id}/withdrawals', None, lambda _: self.model.withdraw(p))

    def do_undo(self):
        p = self.proposal('hired')
        if p:
            self.act('undo', self.pick_role('undo'), self.name(p), f'/proposals/{p.id}/hire-reversals', {'reason': 'other'}, lambda _: self.model.undo(p))

    def do_look(self):
        p = self.proposal('sent', 'hired', 'obsolete', 'rejected')
        role = self.pick_role('look')
        if not p:
            return
        seen = self.model.card(role, p)
        answer = self.act('look', role, self.name(p), f'/proposals/{p.id}', None, lambda _: (200, '') if seen else MISSING, 'GET')
        if answer.status == 200:
            self.compare('a look', (answer.json['state'], 'card' in answer.json), seen)

    def do_end(self):
        v, how, role = self.vacancy(), self.random.choice(['withdraw', 'close']), self.pick_role('end')
        self.act('end', role, self.name(v), f'/vacancies/{self.id(v)}/endings', {'how': how}, lambda _: self.model.end(role, v, how))

    def do_change_vacancy(self):
        v, r, today = self.vacancy(), self.random, self.model.today
        name, value = r.choice([('positions', r.randint(1, 3)), ('positions', max(1, v.taken - r.randint(0, 1))), ('candidatesWanted', r.randint(1, 4)), ('kind', r.choice(['regular', 'temp'])),
                                ('pc4', r.choice(['5012', '5038'])), ('hoursMin', r.randint(8, 10)), ('title', r.choice(['Werk', 'Ander werk'])),
                                ('neededBy', r.choice([None, None, today - 1, today, today + 20])), ('internalNote', r.choice(['let op', 'niets']))])
        role = self.pick_role('change_vacancy')
        body = {name: self.day(value) if name == 'neededBy' else value}
        self.act('change_vacancy', role, self.name(v), f'/vacancies/{self.id(v)}', body, lambda _: self.model.change_vacancy(role, v, name, value), 'PATCH')

    def change_candidate(self, c, name, value, expected):
        self.act('change_candidate', self.pick_role('change_candidate'), self.name(c), f'/candidates/{self.id(c)}', {name: value}, expected, 'PATCH')

    def do_status(self):
        c, status = self.random.choice(self.model.candidates), self.random.choice([*STATUSES, *['active'] * 4])
        self.change_candidate(c, 'status', status, lambda _: self.model.change_status(c, status))

    def do_alias(self):
        c, alias = self.random.choice(self.model.candidates), f'Kandidaat {self.random.randint(1, 3)}'
        self.change_candidate(c, 'alias', alias, lambda _: self.model.change_alias(c, alias))

    def do_consent(self):
        c = self.random.choice(self.model.candidates)
        self.act('withdraw_consent', self.pick_role('withdraw_consent'), self.name(c), f'/candidates/{self.id(c)}/consent-withdrawals', {'channel': 'letter'},
                 lambda _: self.model.withdraw_consent(c))

    def do_time(self):
        days = self.random.choice([1, 3, 3, 13, 14, 31])
        self.model.today += days
        self.said.append(f'{days} days pass')
        self.stage.sql('delete from clock.shift; insert into clock.shift (shift) values (%s)', (f'{self.model.today} days',))

    def do_sweep(self):
        self.said.append('the sweep of the night')
        self.stage.as_system('select app.vacancies_expire(), app.proposals_expire()')
        self.model.sweep()


# -------------------------------------------------------------------------------------------------- many of them

def prepare(region):
    """The services run, and no worker: the lists are made here."""
    region.sql("update entry.quota set most = 1000000000")
    region.start('all')
    region.wait_ready()
    return Stage(region)


def check(stage, count, seed, most=1, say=lambda words: None):
    """(histories, steps, [difference])"""
    found, steps = [], 0
    for number in range(count):
        try:
            steps += History(stage, seed, number).play()
        except Difference as difference:
            found.append(f'seed {seed}, history {number}\n{difference}')
            if len(found) >= most:
                break
        if number % 100 == 99:
            say(f'{number + 1} histories')
    stage.sql('delete from clock.shift')
    return number + 1, steps, found


# a rule that is missing: the function, what it says, and what it says instead
MUTANTS = {
    'whoever is not active is invited': ('app.allows', "WHEN 'answerProposal.invite'::text THEN (state = 'active'::text)",
                                         "WHEN 'answerProposal.invite'::text THEN true"),
    'positions go below hires': ('app.vacancy_reckon', 'new.positions < new.positions_taken', 'false'),
    'what is overdue is open': ('app.vacancy_now', 'needed_by < clock.today()', 'false'),
    'a hire leaves others open': ('app.proposal_hired', 'q.candidate_id = p.candidate_id or', 'false or'),
    'a term does not end': ('app.proposal_undo', '<= clock.now()', "<= '-infinity'"),
    'somebody gets three': ('app.proposal_round_add', '>= 2', '>= 3'),
    'a rejected pair comes back': ('app.proposal_round_listed', "'rejected' = any (before)", 'false'),
    'a verdict is for ever': ('app.vacancy_event_of_change', "then 'rescreen'", 'then null'),
    'who left stays on offer': ('app.proposals_follow_candidate', 'app.candidate_is_settled(new.status)', 'false'),
}


def is_caught(stage, name, count, seed):
    """After how many histories; 0: not at all."""
    function, right, wrong = MUTANTS[name]
    text = stage.sql('select pg_get_functiondef(%s::regproc)', (function,))[0][0]
    assert right in text, (name, text)
    stage.sql(text.replace(right, wrong))
    try:
        done, _, found = check(stage, count, seed)
        return done if found else 0
    finally:
        stage.sql(text)


def main():
    count, seed, from_s = int(sys.argv[1]), int(sys.argv[2]), time.monotonic()
    with Region.started('main', ROOT / 'build/release/bin', candidates=420) as region:
        stage = prepare(region)
        if sys.argv[3:]:
            after = {name: is_caught(stage, name, count, seed) for name in MUTANTS}
            for name, number in after.items():
                print(f'{name:34} {f"caught after {number} histories" if number else "NOT CAUGHT"}')
            return 0 if all(after.values()) else 1
        done, steps, found = check(stage, count, seed, 3, lambda words: print(words, flush=True))
        print('\n'.join(f'{number:7} {what}' for what, number in sorted(stage.seen.items())))
        print('\n'.join([*found, f'seed={seed} histories={done} steps={steps} differences={len(found)} seconds={time.monotonic() - from_s:.0f}']), flush=True)
        return 1 if found else 0


if __name__ == '__main__':
    sys.exit(main())
