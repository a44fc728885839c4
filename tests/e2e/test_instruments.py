# SPDX-License-Identifier: EUPL-1.2
"""Instruments: terms and amounts by hand (instruments.tsv), what clients do, and who hears of what."""
import json
import os
import threading
import uuid
from pathlib import Path

import pytest

CASES = [tuple(line.split('\t')) for line in (Path(__file__).parent / 'instruments.tsv').read_text().splitlines()[2:]]
ROUNDS = int(os.environ.get('ROUNDS', '5'))


# ---------------------------------------------------------------------------------------------------- worked out by hand

class World:
    """A placement and what is around it, in a transaction that is not kept."""

    def __init__(self, cursor, kind, first, world):
        self.cursor, self.kind, self.first = cursor, kind, first
        self.words = [word.split('=', 1) for word in world.split() if word != '-']
        said = dict(self.words)
        self.candidate, self.placement, self.before = str(uuid.uuid4()), str(uuid.uuid4()), None
        self.add('candidate', id=self.candidate, alias='Proef', postcode4='5012', benefit=said.get('benefit', 'assistance'),
                 current_employer_id=self.employer() if said.get('employer') else None)
        project = self.project(said['project']) if 'project' in said else None
        state = said.get('state', 'started')
        self.add('placement', id=self.placement, candidate_id=self.candidate, employer_id=self.employer(), kind='trial' if kind == 'trial' else 'temp', origin='other',
                 state=state, offered_on='2025-01-01', starts_on=said.get('starts', '2025-01-01'), ends_on=said.get('ends'), hours=said.get('hours', 24), wage_cents=said.get('wage'),
                 wage_per='hour' if 'wage' in said else None, contract=said.get('contract', 'none' if kind == 'trial' else 'fixed_term'), project_id=project,
                 started_on=said.get('starts', '2025-01-01') if state in ('started', 'ended') else None, decline_reason='other' if state == 'declined' else None,
                 **({'ended_on': first, 'end_reason': 'other'} if state == 'ended' else {}))
        for what, value in self.words:
            getattr(self, f'add_{what}', lambda value: None)(value)

    def employer(self):
        self.cursor.execute("select id from app.employer where tenant_id = app.tenant() order by id limit 1")
        return self.cursor.fetchone()[0]

    def add(self, table, **values):
        given = {name: value for name, value in values.items() if value is not None}
        self.cursor.execute(f"insert into app.{table} (tenant_id, {', '.join(given)}) values (app.tenant(), {', '.join(['%s'] * len(given))})", list(given.values()))

    def project(self, allowed):
        self.cursor.execute("insert into region.project (region_id, id, tenant_id, kind, title, starts_on, allowed_instruments) "
                            "values (region.here(), gen_random_uuid(), app.tenant(), 'pilot', 'Proef', '2025-01-01', %s) returning id", ([k for k in allowed.split(',') if k],))
        return self.cursor.fetchone()[0]

    def instrument(self, **values):
        made = str(uuid.uuid4())
        self.add('instrument', id=made, placement_id=self.placement, **values)
        return made

    def add_value(self, value):
        percentage, days = value.split('@')
        measured, _, until = days.partition('..')
        self.add('wage_value', id=str(uuid.uuid4()), placement_id=self.placement, candidate_id=self.candidate, measured_on=measured, percentage=percentage,
                 method='x', noted_on='2039-01-01', valid_until=until or None)

    def add_after(self, value):
        kind, days = value.split(':')
        days, _, suspended = days.partition('+')
        first, last = days.split('..')
        self.before = self.instrument(kind=kind, state='granted', asked_on=first, from_day=first, until_day=last, days_suspended=suspended or 0, extends_id=self.before)

    def add_beside(self, value):
        kind, days = value.split(':')
        first, last = days.split('..')
        self.instrument(kind=kind, state='granted', asked_on=first, from_day=first, until_day=last)

    def add_refused(self, value):
        kind, day = value.split('@')
        self.instrument(kind=kind, state='refused', refuse_reason='other', asked_on=day, from_day=day)

    def add_worked(self, value):
        self.add('placement', id=str(uuid.uuid4()), candidate_id=self.candidate, employer_id=self.employer(), kind='temp', origin='other', state='ended', offered_on=value,
                 started_on=value, ended_on=value, end_reason='other', hours=8)

    def add_consult(self, value):
        self.cursor.execute("select app.task_open('consult', 'placement', %s, null, null, 'displacement')", (self.placement,))
        if value != 'open':
            self.cursor.execute("select app.task_settle('placement', %s, 'consult', %s)", (self.placement, value))

    def row(self, first, last, given):
        said = dict(self.words)
        names = {'percentage': 'percentage', 'amount': 'amount_cents', 'intention': 'intention_months'}
        return json.dumps({
            'tenant_id': self.tenant(), 'id': str(uuid.uuid4()), 'placement_id': self.placement, 'candidate_id': self.candidate, 'kind': self.kind, 'state': 'asked',
            'family': 'wage' if 'subsidy' in self.kind or 'supplement' in self.kind else self.kind, 'asked_on': said.get('asked', first), 'from_day': first,
            'until_day': None if last == '-' else last, 'last_day': None if last == '-' else self.moved(last, int(said.get('suspended', 0))),
            'days_suspended': int(said.get('suspended', 0)), 'extends_id': self.before, 'project_id': self.project_id(),
            **{names[name]: int(value) for name, value in (word.split('=') for word in given.split() if word != '-')}})

    def moved(self, day, days):
        self.cursor.execute('select (%s::date + %s)::text', (day, days))
        return self.cursor.fetchone()[0]

    def tenant(self):
        self.cursor.execute('select app.tenant()')
        return self.cursor.fetchone()[0]

    def project_id(self):
        self.cursor.execute('select project_id from app.placement where id = %s', (self.placement,))
        found = self.cursor.fetchone()[0]
        return found and str(found)


@pytest.mark.parametrize('case', CASES, ids=[f'{case[1]}-{case[0].replace(" ", "_")}' for case in CASES])
def test_terms_and_amounts_are_those_of_the_article(scratch, case):
    what, kind, first, last, given, world, expected, source = case
    with scratch() as cursor:
        made = World(cursor, kind, first, world)
        row = made.row(first, last, given)
        if expected.startswith('month='):
            cents, day = expected[6:].split('@')
            cursor.execute('select app.instrument_month_cents(jsonb_populate_record(null::app.instrument, %s), %s)', (row, day))
            assert cursor.fetchone()[0] == int(cents), source
        elif expected.startswith('decide='):
            asked = dict(made.words)['asked']
            cursor.execute("select (app.instrument_decide_by(%s, calendar.moment(%s::timestamp), null) at time zone 'Europe/Amsterdam')::date::text", (kind, asked))
            assert cursor.fetchone()[0] == expected[7:], source
        else:
            cursor.execute('select app.instrument_missing_codes(jsonb_populate_record(null::app.instrument, %s))', (row,))
            assert (','.join(cursor.fetchone()[0]) or '-') == expected, source


def test_there_are_as_many_cases_as_were_asked_for():
    assert len(CASES) >= 80 and len({case[:1] + case[1:6] for case in CASES}) == len(CASES)


# -------------------------------------------------------------------------------------------------------- what clients do

def ask(client, placement, kind='trial', **more):
    given = {'trial': {'fromDay': '2031-01-06', 'untilDay': '2031-03-05', 'intentionMonths': 6}, 'job_coach': {'fromDay': '2031-01-06', 'untilDay': '2031-07-05', 'amountCents': 5000},
             'wage_cost_subsidy': {'fromDay': '2031-01-06'}}[kind]
    return client.post('/instruments', {'placementId': placement['id'], 'kind': kind, **given, **more})


def test_an_instrument_is_asked_for_granted_and_ends_with_its_placement(as_role, placement, region):
    client, made = as_role('consultant'), placement('trial')
    asked = ask(client, made).json
    assert asked['state'] == 'asked' and asked['employerId'] == made['employerId'] and asked['lastDay'] == '2031-03-05'
    gate = client.get(f'/instruments/{asked["id"]}/gate').json
    assert gate['may'] is True and 'missing' not in gate
    granted = client.post(f'/instruments/{asked["id"]}/grants').json
    assert granted['state'] == 'granted' and 'decidedOn' in granted
    kinds = lambda: {(t['kind'], t['state']) for t in as_role('team_lead').get(f'/tasks?subjectId={asked["id"]}').json['items']}  # noqa: E731
    assert kinds() == {('paperwork', 'done'), ('instrument_end', 'open')}
    assert client.post(f'/placements/{made["id"]}/endings', {'reason': 'other'}).status == 200
    ended = client.get(f'/instruments/{asked["id"]}').json
    assert ended['state'] == 'ended' and ended['endReason'] == 'placement_ended'
    assert ('instrument_end', 'open') not in kinds()


def test_what_is_missing_is_told_all_at_once_and_nothing_changes(as_role, placement):
    client, made = as_role('consultant'), placement('trial', wageCents=1500, wagePer='hour')
    asked = ask(client, made, untilDay='2031-04-01', intentionMonths=None).json
    refused = client.post(f'/instruments/{asked["id"]}/grants')
    assert refused.status == 409 and refused.json['type'].endswith('requirements') and refused.json['missing'] == ['wage', 'trial_term', 'intention']
    gate = client.get(f'/instruments/{asked["id"]}/gate').json
    assert gate['may'] is False and [n['code'] for n in gate['missing']] == refused.json['missing'] and all('Participatiewet' in n['source'] for n in gate['missing'])
    assert client.get(f'/instruments/{asked["id"]}').json == asked


def test_an_extension_that_overlaps_is_refused_and_one_on_the_day_after_is_made(as_role, placement):
    client = as_role('consultant')
    first = ask(client, placement('trial')).json['id']
    assert client.post(f'/instruments/{first}/grants').status == 200
    overlap = client.post(f'/instruments/{first}/extensions', {'fromDay': '2031-03-05', 'untilDay': '2031-07-05'})
    assert overlap.status == 409 and overlap.json['type'].endswith('instruments-overlap') and overlap.json['existing'].startswith('/v1/instruments/')
    after = client.post(f'/instruments/{first}/extensions', {'untilDay': '2031-07-05'})
    assert after.status == 201 and after.json['fromDay'] == '2031-03-06' and after.json['extendsId'] == first
    assert client.post(f'/instruments/{after.json["id"]}/grants').status == 200


def test_a_suspension_that_a_start_cuts_short_counts_its_real_days(as_role, placement):
    client = as_role('consultant')
    made = ask(client, placement('trial')).json['id']
    assert client.post(f'/instruments/{made}/grants').status == 200
    held = client.post(f'/instruments/{made}/suspensions', {'fromDay': '2031-01-13', 'untilDay': '2031-01-26'}).json
    assert held['daysSuspended'] == 14 and held['lastDay'] == '2031-03-19' and held['untilDay'] == '2031-03-05'
    assert client.post(f'/instruments/{made}/suspensions', {'fromDay': '2031-01-26', 'untilDay': '2031-01-27'}).json['type'].endswith('instruments-overlap')
    again = client.post(f'/instruments/{made}/resumptions', {'day': '2031-01-18'}).json
    assert again['suspensions'] == [{'fromDay': '2031-01-13', 'untilDay': '2031-01-17'}] and again['daysSuspended'] == 5 and again['lastDay'] == '2031-03-10'
    assert client.post(f'/instruments/{made}/resumptions', {'day': '2031-01-18'}).json['type'].endswith('outside-period')
    assert client.post(f'/instruments/{made}/suspensions', {'fromDay': '2031-04-01', 'untilDay': '2031-04-02'}).json['type'].endswith('outside-period')


def test_seen_practitioner_an_instrument_ends_on_a_day_on_which_it_runs(as_role, placement):
    """A mistyped day was taken, and another one was written without a word."""
    client, made = as_role('consultant'), placement()
    one = ask(client, made, 'job_coach').json['id']
    assert client.post(f'/instruments/{one}/grants').status == 200
    for day in ('2030-01-06', '1926-02-03', '2031-07-06', '2062-02-03'):
        refused = client.post(f'/instruments/{one}/endings', {'reason': 'other', 'day': day})
        assert (refused.status, refused.problem) == (409, 'outside-period'), (day, refused.text)
    stands = client.post(f'/instruments/{one}/suspensions', {'fromDay': '2031-02-03', 'untilDay': '2062-02-28'})
    assert stands.status == 400 and stands.json['errors'][0]['pointer'] == '/untilDay', stands.text
    ended = client.post(f'/instruments/{one}/endings', {'reason': 'other', 'day': '2031-02-03'})
    assert ended.status == 200 and ended.json['endedOn'] == '2031-02-03', ended.text


def test_a_wage_cost_subsidy_follows_the_wage_value(as_role, placement):
    client, made = as_role('team_lead'), placement('regular')
    measured = client.post('/wage-values', {'placementId': made['id'], 'measuredOn': '2026-10-01', 'percentage': 55, 'method': 'UWLM', 'validUntil': '2031-12-31'})
    assert measured.status == 201
    asked = ask(client, made, 'wage_cost_subsidy').json['id']
    granted = client.post(f'/instruments/{asked}/grants').json
    assert granted['percentage'] == 45 and granted['monthCents'] == 91823 and granted['wageValueId'] == measured.json['id']


def test_seen_attacker_who_reads_no_wage_values_hears_one_code_for_none_and_for_a_full_one(as_role, placement):
    """`full_wage_value` told the matching unit that somebody earns the whole wage. A flat rate over its ceiling was open, too, for exactly these people."""
    lead, consultant = as_role('team_lead'), as_role('consultant')
    heard = {}
    for percentage in (None, 100):
        made = placement('regular')
        if percentage:
            assert lead.post('/wage-values', {'placementId': made['id'], 'measuredOn': '2026-10-01', 'percentage': percentage, 'method': 'UWLM', 'validUntil': '2031-12-31'}).status == 201
        asked = ask(lead, made, 'wage_cost_subsidy').json['id']
        heard[percentage] = [client.post(f'/instruments/{asked}/grants').json['missing'] for client in (consultant, lead)]
    assert heard == {None: [['wage_value'], ['wage_value']], 100: [['wage_value'], ['full_wage_value']]}


def test_subsidised_work_beside_regular_work_asks_for_a_consult_that_stops_the_start(as_role, placement, region):
    client, regular = as_role('consultant'), placement('regular')
    assert client.post(f'/placements/{regular["id"]}/acceptances', {}).status == 200
    other = placement('subsidised', employer=regular['employerId'])
    tasks = as_role('team_lead').get(f'/tasks?subjectId={other["id"]}&kind=consult').json['items']
    assert [(t['state'], t['blocks']) for t in tasks] == [('open', 'start')]
    assert client.post(f'/placements/{other["id"]}/acceptances', {}).status == 200
    stopped = client.post(f'/placements/{other["id"]}/starts', {})
    assert stopped.status == 409 and stopped.json['type'].endswith('blocked') and stopped.json['tasks'] == [tasks[0]['id']]
    assert as_role('team_lead').post(f'/tasks/{tasks[0]["id"]}/completions', {'outcome': 'agreed'}).status == 200
    assert client.post(f'/placements/{other["id"]}/starts', {}).status == 200
    asked = ask(client, placement('temp', employer=regular['employerId']), 'wage_cost_subsidy').json['id']
    assert 'displacement' in client.post(f'/instruments/{asked}/grants').json['missing']


def test_none_of_the_paperwork_is_the_employers(as_role, placement, region):
    client, made = as_role('consultant'), placement()
    asked = ask(client, made, 'job_coach').json['id']
    client.post(f'/instruments/{asked}/grants')
    owners = region.sql('select distinct owner_employer_id is null, owner_candidate_id is null from app.task where subject_id in (%s, %s)', (asked, made['id']))
    assert owners == [(True, True)]


def test_a_project_may_forbid_instruments(as_role, placement):
    lead = as_role('team_lead')
    project = lead.post('/projects', {'kind': 'pilot', 'title': 'Werk voor inkomen', 'startsOn': '2026-01-01', 'allowedInstruments': ['travel_costs']})
    assert project.status == 201 and project.json['allowedInstruments'] == ['travel_costs']
    asked = ask(lead, placement(projectId=project.json['id']), 'job_coach').json['id']
    assert lead.post(f'/instruments/{asked}/grants').json['missing'] == ['project']


def test_one_of_eight_overlapping_instruments_is_made(as_role, placement):
    client = as_role('consultant')
    for _ in range(ROUNDS):
        made, answers = placement(), []
        racers = [threading.Thread(target=lambda: answers.append(ask(client, made, 'job_coach').status)) for _ in range(8)]
        for racer in racers:
            racer.start()
        for racer in racers:
            racer.join()
        assert sorted(answers) == [201] + [409] * 7


def test_instruments_are_shown_to_whom_they_concern(as_role, placement, world):
    consultant = as_role('consultant')
    mine = ask(consultant, placement(employer=world['employer']), 'job_coach').json
    employer = as_role('employer')
    shown = employer.get(f'/instruments/{mine["id"]}').json
    assert shown['kind'] == 'job_coach' and 'candidateId' not in shown and 'decideBy' not in shown
    assert employer.get(f'/instruments/{ask(consultant, placement(), "job_coach").json["id"]}').status == 404
    assert employer.post(f'/instruments/{mine["id"]}/grants').status == 403


def test_seen_attacker_a_subsidy_does_not_say_what_somebody_is_worth(as_role, placement, world):
    """An employer, a coach or the matching unit read the percentage of a subsidy, and so the wage value that is not for them."""
    lead, unit, made = as_role('team_lead'), as_role('consultant'), placement('regular', employer=world['employer'])
    assert lead.post('/wage-values', {'placementId': made['id'], 'measuredOn': '2026-10-01', 'percentage': 55, 'method': 'UWLM', 'validUntil': '2031-12-31'}).status == 201
    for percentage in (10, 60):         # what is refused would tell the limit
        named = ask(unit, made, 'wage_cost_subsidy', percentage=percentage)
        assert (named.status, named.json['errors'][0]['pointer']) == (400, '/percentage'), named.text
    asked = ask(unit, made, 'wage_cost_subsidy')
    place = f'/instruments/{asked.json["id"]}'
    assert unit.patch(place, {'percentage': 20}, asked.headers['etag']).json['errors'][0]['pointer'] == '/percentage'
    granted = unit.post(f'{place}/grants')
    assert granted.status == 200, granted.text
    assert lead.get(place).json['percentage'] == 45 and lead.get(place).json['monthCents'] == 91823
    for read in (granted.json, unit.get(place).json, *[i for i in unit.get(f'/instruments?placementId={made["id"]}').json['items']]):
        assert not {'percentage', 'monthCents'} & set(read)
    paid = as_role('employer').get(place).json
    assert paid['monthCents'] == 91823 and 'percentage' not in paid, 'the money is theirs'


def test_a_workplace_that_does_not_employ_the_person_reads_no_amount(as_role, placement, world):
    lead, made = as_role('team_lead'), placement('secondment', employer=world['employer'], formalOrganisationId=world['firm'])
    assert lead.post('/wage-values', {'placementId': made['id'], 'measuredOn': '2026-10-01', 'percentage': 55, 'method': 'UWLM', 'validUntil': '2031-12-31'}).status == 201
    place = f'/instruments/{ask(lead, made, "wage_cost_subsidy").json["id"]}'
    assert lead.post(f'{place}/grants').status == 200
    workplace = as_role('employer').get(place)
    assert workplace.status == 200 and not {'percentage', 'monthCents'} & set(workplace.json)
