# SPDX-License-Identifier: EUPL-1.2
"""What a decision is reckoned from: the rules of that day, the benefit, exemptions, and what was decided before."""
import json
import uuid

import pytest
import reckoned
import yaml
from region import ROOT

TODAY = '2031-06-20'
CONDUCT = '2031-06-10'


class World:
    """A person in a municipality without rules of its own, in a transaction that is not kept."""

    def __init__(self, cursor):
        self.cursor = cursor
        cursor.execute('set local session_replication_role = replica')      # rows as they are years later: what made them has its own tests
        for code in ('measure', 'premium', 'cost'):
            cursor.execute("delete from app.rule where tenant_id = app.tenant() and code like %s", (code + '.%',))
        self.person = self.add('candidate', alias='Proef', postcode4='5012', benefit='assistance')

    def add(self, table, **values):
        made = str(uuid.uuid4())
        given = {'id': made, 'version': 1, 'changed_at': '2031-01-01', **values}
        self.cursor.execute(f"insert into app.{table} (tenant_id, changed_in, {', '.join(given)}) values (app.tenant(), pg_current_xact_id(), {', '.join(['%s'] * len(given))})",
                            [json.dumps(value) if isinstance(value, (dict, list)) and name in ('value', 'inputs', 'calculation', 'exemptions') else value for name, value in given.items()])
        return made

    def rule(self, code, value, since='2030-01-01', until=None, project=None, state='adopted'):
        return self.add('rule', code=code, value=value, scope='project' if project else 'tenant', scope_id=project, source='Verordening', state=state,
                        from_at=f'{since} Europe/Amsterdam' if since else None, until_at=until and f'{until} Europe/Amsterdam', adopted_at='2030-01-01' if state != 'drafted' else None)

    def benefit(self, **values):
        return self.add('benefit', **{'candidate_id': self.person, 'kind': 'assistance', 'applied_on': '2030-01-01', 'state': 'granted', 'from_day': '2030-01-01', **values})

    def decision(self, kind='lowering', state='in_force', decided='2031-01-20 10:00', **values):
        calculation = {'percentage': 100, 'months': 1, 'step': 1, **values.pop('calculation', {})}
        return self.add('decision', kind=kind, state=state, candidate_id=self.person, conduct_on='2031-01-06', drafted_at='2031-01-10', drafted_logins=[], calculation=calculation,
                        **{'percentage': 100, 'step': 1, 'decided_at': decided, 'decided_by': str(uuid.uuid4()), 'decided_logins': [], 'from_day': '2031-02-01', 'until_day': '2031-02-28',
                           'duty': 'a', 'withdrawn_reason': 'mistaken' if state == 'withdrawn' else None,
                           'notified_on': '2031-01-21', 'objection_until': '2031-03-04', **values})

    def inputs(self, kind='lowering', conduct=CONDUCT, decided=TODAY, duty='h', category=None, project=None, **choices):
        self.cursor.execute('select app.decision_inputs(%s, %s, %s, %s, %s, %s, %s, %s)', (self.person, kind, conduct, decided, duty, category, project, json.dumps(choices)))
        return self.cursor.fetchone()[0]

    def reckoned(self, **asked):
        self.cursor.execute('select app.decision_reckon(1, %s)', (json.dumps(self.inputs(**asked)),))
        return self.cursor.fetchone()[0]


@pytest.fixture
def world(scratch):
    with scratch() as cursor:
        yield World(cursor)


def codes(inputs):
    return [rule['code'] for rule in inputs['rules']]


def ordinance(inputs):
    return next((rule['id'] for rule in inputs['rules'] if rule['code'] == 'measure.ordinance'), None)


def test_without_an_ordinance_there_is_the_law_alone(world):
    world.benefit()
    assert codes(world.inputs()) == ['measure.uniform', 'measure.exemption']
    assert world.reckoned()['reasons'] == ['no_ordinance']


def test_the_rule_that_was_in_force_when_the_day_of_the_conduct_began(world):
    first = world.rule('measure.ordinance', reckoned.ORDINANCE, until='2031-03-30 00:00')
    second = world.rule('measure.ordinance', reckoned.ORDINANCE, since='2031-03-30 00:00', until='2031-10-26 12:00')      # summer time begins, and ends
    third = world.rule('measure.ordinance', reckoned.ORDINANCE, since='2031-10-26 12:00')
    for conduct, wanted in (('2031-03-29', first), ('2031-03-30', second), ('2031-10-26', second), ('2031-10-27', third), ('2029-12-31', None)):
        assert ordinance(world.inputs(conduct=conduct, decided='2031-12-01')) == wanted, conduct


def test_a_draft_stands_for_what_nobody_adopted_and_is_refused(world):
    world.benefit()
    draft = world.rule('measure.ordinance', reckoned.ORDINANCE, since=None, state='drafted')
    found = world.inputs()['rules'][-1]
    assert (found['id'], found['adopted'], 'from' in found) == (draft, False, False) and world.reckoned()['refused'] == ['rule_not_adopted']
    adopted = world.rule('measure.ordinance', reckoned.ORDINANCE)
    assert ordinance(world.inputs()) == adopted and world.reckoned()['refused'] == [], 'the draft of what comes later is nobody\'s business'


def test_the_table_of_the_project_and_of_no_other(world):
    world.benefit()
    mine, other = str(uuid.uuid4()), str(uuid.uuid4())
    world.rule('measure.ordinance', reckoned.ORDINANCE)
    table = world.rule('measure.project', reckoned.PROJECT, project=mine)
    asked = {'duty': None, 'category': 'absence', 'blame': 'full'}
    assert [rule['id'] for rule in world.inputs(project=mine)['rules'] if rule['code'] == 'measure.project'] == [table]
    assert world.reckoned(project=mine, **asked)['percentage'] == 80
    for project in (other, None):
        assert 'measure.project' not in codes(world.inputs(project=project)) and world.reckoned(project=project, **asked)['percentage'] == 40
    world.rule('measure.project', reckoned.PROJECT, project=other, since=None, state='drafted')
    assert world.reckoned(project=other, **asked)['refused'] == ['rule_not_adopted']


def test_each_kind_has_rules_of_its_own(world):
    project = str(uuid.uuid4())
    for code, value in (('premium.step', reckoned.PREMIUMS), ('cost.step', reckoned.COSTS), ('measure.ordinance', reckoned.ORDINANCE)):
        world.rule(code, value)
    world.rule('premium.project', reckoned.PROJECT_PREMIUMS, project=project)
    assert codes(world.inputs(kind='premium', conduct=None, duty=None, category='course', project=project)) == ['premium.step', 'premium.project']
    assert codes(world.inputs(kind='cost', conduct=None, duty=None, category='bicycle', project=project)) == ['cost.step']
    assert codes(world.inputs(kind='ending')) == []
    assert world.reckoned(kind='premium', conduct=None, duty=None, category='course', project=project, done_on='2031-06-01')['amount_cents'] == 22500


@pytest.mark.parametrize('values,wanted', [
    ({}, 'granted'), ({'state': 'applied', 'from_day': None}, 'applied'), ({'state': 'refused', 'refused_on': '2031-01-02', 'refusal_reason': 'own_means'}, 'none'),
    ({'state': 'ended', 'until_day': '2031-06-20', 'end_reason': 'work'}, 'none'), ({'state': 'ended', 'until_day': '2031-06-21', 'end_reason': 'work'}, 'granted'),
    ({'kind': 'ww'}, 'none'), ({'kind': 'ioaw'}, 'granted')], ids=['granted', 'applied', 'refused', 'ended', 'ends_tomorrow', 'ww', 'ioaw'])
def test_what_there_is_to_lower(world, values, wanted):
    world.benefit(month_cents=60000, persons=2, **values)
    found = world.inputs()
    assert found['benefit'] == wanted
    assert (found.get('benefit_cents'), found.get('persons')) == ((60000, 2) if wanted != 'none' else (None, None))


def test_what_is_paid_comes_before_an_application_and_what_is_named_before_both(world):
    applied = world.benefit(state='applied', kind='ioaw', month_cents=1)
    world.benefit(month_cents=2)
    assert world.inputs()['benefit_cents'] == 2 and world.inputs(benefit_id=applied)['benefit_cents'] == 1
    assert 'benefit_id' not in world.inputs(benefit_id=applied)


def test_exemptions_come_from_the_benefits(world):
    world.rule('measure.ordinance', reckoned.ORDINANCE)
    world.benefit(exemptions=[{'code': 'disabled', 'fromDay': '2031-06-10'}])
    assert world.inputs()['exemptions'] == [{'code': 'disabled', 'from': '2031-06-10'}]
    assert world.reckoned()['refused'] == ['exempt'] and world.reckoned(conduct='2031-06-09')['refused'] == []


def test_what_was_decided_and_stands_counts(world):
    world.rule('measure.ordinance', reckoned.ORDINANCE)
    world.benefit(month_cents=60000)
    for state in ('revised', 'withdrawn', 'lapsed'):
        world.decision(state=state)
    assert world.inputs()['history'] == [] and world.reckoned()['step'] == 1
    one = world.decision()
    assert world.inputs()['history'] == [{'id': one, 'kind': 'lowering', 'duty': 'a', 'decided_on': '2031-01-20', 'from': '2031-02-01', 'until': '2031-02-28',
                                          'percentage': 100, 'months': 1, 'step': 1}]
    again = world.reckoned()
    assert (again['step'], again['months'], again['from'], again['until'], again['amount_cents']) == (2, 2, '2031-07-01', '2031-08-31', 120000), 'Participatiewet 18 lid 6'
    assert world.inputs(decision_id=one)['history'] == [] and world.inputs(revises_id=one)['history'] == []


def test_history_has_what_the_calculation_came_from(world):
    """A category was named, and the uniform duty that was not met with it was the heavier one."""
    world.decision(duty=None, category='search', calculation={'duty': 'c'})
    assert [(one.get('duty'), one.get('category')) for one in world.inputs()['history']] == [('c', None)]


def test_a_decision_late_in_the_evening_is_of_that_day(world):
    world.decision(decided='2031-06-30 22:30+00')
    assert world.inputs(decided='2031-07-02')['history'][0]['decided_on'] == '2031-07-01', 'half past midnight in Amsterdam'


def test_a_premium_knows_premiums(world):
    about = str(uuid.uuid4())
    world.decision()
    one = world.decision(kind='premium', duty=None, category='course', placement_id=about, percentage=None, step=None, from_day=None, until_day=None)
    assert [(past['id'], past['about']) for past in world.inputs(kind='premium', conduct=None, duty=None, category='course')['history']] == [(one, about)]
    world.rule('premium.step', reckoned.PREMIUMS)
    assert world.reckoned(kind='premium', conduct=None, duty=None, category='course', done_on='2031-06-01', about=about)['refused'] == ['paid_before']


def test_an_administrator_enters_the_ordinance_and_the_tables(as_role):
    admin = as_role('tenant_admin')
    for code, value in (('measure.ordinance', {**reckoned.ORDINANCE, 'deviation': {'least': 5, 'most': 100}}), ('premium.step', reckoned.PREMIUMS), ('cost.step', reckoned.COSTS)):
        made = admin.post('/rules', {'code': code, 'value': value, 'source': 'Verordening, artikel 7 tot en met 12'})
        assert made.status == 201 and made.json['value'] == value and made.json['state'] == 'drafted', made.text
    wrong = {'more than all': {'categories': [{**reckoned.ORDINANCE['categories'][0], 'percentage': 101}]}, 'a uniform duty for four months': {'uniform': {'months': 4, 'again_months': 2}},
             'nobody knows how': {'concurrence': 'lightest'}, 'not whole': {'repetition': {'within_months': 12}}, 'another obligation': {'categories': [
                 {**reckoned.ORDINANCE['categories'][0], 'obligation': 'holiday'}]}}
    for what, change in wrong.items():
        refused = admin.post('/rules', {'code': 'measure.ordinance', 'value': {**reckoned.ORDINANCE, **change}, 'source': 'Verordening'})
        assert (refused.status, refused.problem) == (400, 'rule-value'), what
    for code in ('measure.uniform', 'measure.exemption'):
        assert admin.post('/rules', {'code': code, 'value': reckoned.law()[0]['value'], 'source': 'wij'}).problem == 'rule-not-settable', 'law is law'
    assert admin.post('/rules', {'code': 'measure.project', 'value': reckoned.PROJECT, 'source': 'Tabel'}).problem == 'rule-not-settable', 'a table is that of a project'


def test_codes_of_exemptions_are_those_of_the_rule():
    said = yaml.safe_load((ROOT / 'openapi/benefits.yaml').read_text())['components']['schemas']['ExemptionCode']['enum']
    rule = yaml.safe_load((ROOT / 'sql/rules/measure.yaml').read_text())['measure.exemption']['rows'][0]['value']
    assert sorted(said) == sorted(one['code'] for one in rule['exemptions'])


def test_every_code_of_the_calculation_has_words(region):
    """What is missing or refused is told by the gate, so each code has its row."""
    text = ''.join(file.read_text() for file in (ROOT / 'sql/functions').glob('decision_reckon*.sql'))
    cases = {code for case in reckoned.cases() for word in case['expected'].split() if word.split('=')[0] in ('missing', 'refused') for code in word.split('=')[1].split(',')}
    assert len(cases) > 25 and all(f"{code}" in text for code in cases)
    assert cases - {code for code, in region.sql('select code from ref.decision_need')} == set()
