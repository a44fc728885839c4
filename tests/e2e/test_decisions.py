# SPDX-License-Identifier: EUPL-1.2
"""Decisions: drafted and calculated, the person is heard, somebody else decides, and it has effect from its notification."""
import json
import os
import threading
import uuid

import pytest
from reckoned import ORDINANCE, PREMIUMS

from region import day as days, until

ROUNDS = int(os.environ.get('ROUNDS', '3'))
WEIGHED = {'blame': 'full', 'blameText': 'Wist van de afspraak.', 'circumstances': 'none', 'circumstancesText': 'Geen.', 'urgentReasons': 'none', 'urgentText': 'Geen.',
           'reasons': 'U kwam niet naar de training en meldde u niet af.'}


CONTEXT = """select set_config('app.tenant', tenant_id::text, true), set_config('app.role', 'system', true), set_config('app.scope', 'tenant', true),
    set_config('app.actor', '', true) from ref.tenant where code = 'gm9901'; """


def act(region, text, values=()):
    """As a worker does it."""
    return region.sql(CONTEXT + text, values)




@pytest.fixture(scope='module')
def law(region):
    """The municipality has an ordinance, and premiums, since long."""
    def put(code, value, scope='tenant', scope_id=None, state='adopted', since=days(-1000)):
        return act(region, """insert into app.rule (tenant_id, id, code, scope, scope_id, state, value, source, from_at, adopted_at, decision, version, changed_at, changed_in)
            select tenant_id, gen_random_uuid(), %s, %s, %s, %s, %s::jsonb, 'Verordening', %s, clock.now(), 'B&W', 1, clock.now(), pg_current_xact_id() from ref.tenant where code = 'gm9901'
            returning id::text""", (code, scope, scope_id, state, json.dumps(value), since))[0][0]
    return {'ordinance': put('measure.ordinance', ORDINANCE), 'premium': put('premium.step', PREMIUMS), 'put': put}


@pytest.fixture
def obliged(region, as_role, candidate, law):
    """The candidate of the test has a benefit since long, and has the rules with proof."""
    case, person = as_role('case_manager'), candidate.json['id']
    benefit = case.post('/benefits', {'candidateId': person, 'kind': 'assistance', 'appliedOn': days(-400)})
    assert benefit.status == 201, benefit.text
    granted = case.post(f'/benefits/{benefit.json["id"]}/moves', {'event': 'grant', 'day': days(-400)})
    assert granted.status == 200, granted.text
    trajectory = case.post('/trajectories', {'candidateId': person, 'kind': 'course'})
    assert trajectory.status == 201, trajectory.text
    act(region, "update app.trajectory set rules_handed_on = %s, rules_channel = 'in_person', rules_received_on = %s where id = %s", (days(-100), days(-99), trajectory.json['id']))
    return person


@pytest.fixture
def draft(as_role, obliged):
    """draft(**more): a draft of the case manager with everything weighed."""
    def make(client=None, **more):
        made = (client or as_role('case_manager')).post('/decisions', {'candidateId': obliged, 'kind': 'lowering', 'duty': 'h', 'conductOn': days(-3), **WEIGHED, **more})
        assert made.status == 201, made.text
        return made.json
    return make


@pytest.fixture
def heard(as_role, draft):
    """heard(**more): a draft about which the person gave a view."""
    def make(**more):
        made, case = draft(**more), as_role('case_manager')
        asked = case.post(f'/decisions/{made["id"]}/view-requests', {'channel': 'in_person'})
        assert asked.status == 200, asked.text
        return case.post(f'/decisions/{made["id"]}/views', {'text': 'Het spijt me.'}).json
    return make


@pytest.fixture
def decided(as_role, heard):
    def make(**more):
        made = heard(**more)
        done = as_role('team_lead').post(f'/decisions/{made["id"]}/determinations')
        assert done.status == 200, done.text
        return done.json
    return make


@pytest.fixture
def notified(region, as_role, decided):
    """notified(on, **more): a decision that the person was told on a day."""
    def make(day=None, **more):
        made = decided(**more)
        tell(region, made['id'], day or days(0))
        return as_role('team_lead').get(f'/decisions/{made["id"]}').json
    return make


def tell(region, decision, day):
    """The letter was sent, or handed out."""
    act(region, 'select app.decision_notified(%s, %s)', (decision, day))


def missing(client, decision):
    return [n['code'] for n in client.get(f'/decisions/{decision}/gate').json.get('missing', [])]


def tasks(client, subject):
    return {(t['kind'], t['state']): t for t in client.get(f'/tasks?subjectId={subject}&pageSize=100').json['items']}


# ------------------------------------------------------------------------------------------------------------- drafts

def test_a_draft_is_calculated_at_once_with_every_article(draft):
    made = draft()
    assert (made['state'], made['percentage'], made['step']) == ('drafted', 100, 1)
    assert 'Participatiewet 18 lid 5' in made['calculation']['articles'] and made['fromDay'] == made['calculation']['from'] and len(made['hash']) == 64
    assert {r['code'] for r in made['inputs']['rules']} >= {'measure.uniform', 'measure.ordinance'} and set(made['ruleIds']) <= {r['id'] for r in made['inputs']['rules']}


def test_seen_builder_a_lowering_is_spread_by_numbers(as_role, draft):
    made = draft(spread=[2, 1, 1])
    assert made['spread'] == [2, 1, 1] and 'spread_not_in_ordinance' in missing(as_role('team_lead'), made['id'])
    case = as_role('case_manager')
    changed = case.patch(f'/decisions/{made["id"]}', {'spread': [1, 1]}, f'"{made["version"]}"')
    assert changed.status == 200 and changed.json['spread'] == [1, 1], changed.text
    refused = case.patch(f'/decisions/{made["id"]}', {'spread': [0, 101, 1.5, '1']}, '"2"')
    assert {e['pointer'] for e in refused.json['errors']} == {'/spread'}, refused.text
    refused = case.patch(f'/decisions/{made["id"]}', {'spread': [0, 1.5, '1']}, '"2"')
    assert {(e['pointer'], e['code']) for e in refused.json['errors']} == {('/spread/0', 'range'), ('/spread/1', 'type'), ('/spread/2', 'type')}, refused.text


def test_a_draft_is_changed_and_calculated_again(as_role, draft):
    case, made = as_role('case_manager'), draft()
    changed = case.patch(f'/decisions/{made["id"]}', {'adjustedPercentage': 50, 'adjustReason': 'circumstances'}, f'"{made["version"]}"')
    assert changed.status == 200 and changed.json['percentage'] == 50 and changed.json['hash'] != made['hash'], changed.text
    assert case.patch(f'/decisions/{made["id"]}', {}, f'"{made["version"]}"').status == 412


def test_without_an_ordinance_nothing_is_lowered(as_role, draft):
    made = draft(conductOn=days(-1010))                 # before the municipality had one
    assert made['percentage'] == 0 and made['calculation']['reasons'] == ['no_ordinance'] and 'nothing' in missing(as_role('team_lead'), made['id'])


# ----------------------------------------------------------------------------------------------------------- the gate

def test_the_gate_tells_everything_at_once(as_role, candidate, law):
    case = as_role('case_manager')
    made = case.post('/decisions', {'candidateId': candidate.json['id'], 'kind': 'lowering', 'conductOn': days(-500)}).json
    told = case.get(f'/decisions/{made["id"]}/gate').json
    assert told['may'] is False and all(n['saidNl'] and n['saidEn'] and n['source'] for n in told['missing'])
    assert missing(case, made['id']) == ['decider', 'second_person', 'rules_not_known', 'view_not_asked', 'blame', 'circumstances', 'urgent_reasons', 'reasons', 'conduct_too_old',
                                         'duty', 'nothing', 'nothing_to_lower']
    refused = as_role('team_lead').post(f'/decisions/{made["id"]}/determinations')
    assert refused.problem == 'requirements' and refused.json['missing'] == [c for c in missing(case, made['id']) if c not in ('decider', 'second_person')]


def test_nothing_is_missing_and_somebody_else_decides(as_role, heard):
    lead, made = as_role('team_lead'), heard()
    assert missing(lead, made['id']) == []
    done = lead.post(f'/decisions/{made["id"]}/determinations')
    assert done.status == 200 and done.json['state'] == 'decided' and done.json['decidedBy'] and 'notifiedOn' not in done.json
    assert [(t['fromState'], t['event'], t['toState']) for t in lead.get(f'/decisions/{made["id"]}/transitions').json['items']] == [
        ('drafted', 'ask', 'hearing'), ('hearing', 'decide', 'decided')]
    assert lead.post(f'/decisions/{made["id"]}/determinations').problem == 'state'


# ------------------------------------------------------------------------------------------------------ who decides

def test_whoever_drafted_or_changed_it_does_not_decide(as_role, person, heard):
    lead, made = as_role('team_lead'), heard()
    other, client = person('team_lead', attributes=['decider'])
    second = client('team_lead')
    version = second.get(f'/decisions/{made["id"]}').json['version']
    assert second.patch(f'/decisions/{made["id"]}', {}, f'"{version}"').status == 200 and missing(second, made['id']) == []      # nothing was changed
    changed = second.patch(f'/decisions/{made["id"]}', {'reasons': 'Anders gezegd.'}, f'"{version}"')
    assert changed.status == 200 and missing(second, made['id']) == ['second_person'] and missing(lead, made['id']) == []
    refused = second.post(f'/decisions/{made["id"]}/determinations')
    assert refused.problem == 'requirements' and refused.json['missing'] == ['second_person']
    assert lead.post(f'/decisions/{made["id"]}/determinations').status == 200


def test_one_person_with_two_users_does_not_decide_either(region, as_role, person, draft, obliged):
    """The login that led to the drafter leads to another user when it is decided: the login was noted."""
    drafter, client = person('team_lead', attributes=['decider'])
    decider, other = person('team_lead', attributes=['decider'])
    admin, subject = as_role('tenant_admin'), str(uuid.uuid4())
    login = admin.post('/logins', {'userId': drafter, 'issuer': 'https://login.example', 'subject': subject})
    assert login.status == 201, login.text
    made = draft(client('team_lead'))
    act(region, 'delete from app.login where id = %s', (login.json['id'],))
    assert admin.post('/logins', {'userId': decider, 'issuer': 'https://login.example', 'subject': subject}).status == 201
    assert 'second_person' in missing(other('team_lead'), made['id'])


def test_the_database_refuses_it_too(region, heard):
    import psycopg2
    made = heard()
    with pytest.raises(psycopg2.Error) as refused:
        act(region, "select set_config('app.role', 'team_lead', true), set_config('app.event_decision', 'decide', true); update app.decision set state = 'decided', decided_at = clock.now(), decided_by = drafted_by, "
                    'decided_logins = drafted_logins where id = %s', (made['id'],))
    assert refused.value.diag.constraint_name == 'decision_by_another'


def test_a_program_never_decides(region, heard):
    import psycopg2
    made = heard()
    with pytest.raises(psycopg2.Error) as refused:
        act(region, 'select app.decision_decide(%s)', (made['id'],))
    assert 'MW403' == refused.value.pgcode
    assert region.sql('select state from app.decision where id = %s', (made['id'],)) == [('hearing',)]


def test_who_has_not_the_power_is_refused(as_role, person, heard):
    made = heard()
    for role in ('case_manager', 'team_lead'):
        assert person(role)[1](role).post(f'/decisions/{made["id"]}/determinations').status in (403, 404)


# -------------------------------------------------------------------------------------- every forbidden step, by a table

def past(region, decision, **columns):
    """The draft as it would be: what only time, or a mistake of before, can make of it."""
    sets = ', '.join(f'{name} = %s' for name in columns)
    region.sql(f'set session_replication_role = replica; update app.decision set {sets} where id = %s', (*columns.values(), decision))


def sign(region, as_role, person, decision, outcome=None, kind='no_show', proven=None):
    """A signal that the decision is about, with an appointment whose invitation is proved or not."""
    appointment = None
    if proven is not None:
        appointment = as_role('case_manager').post('/appointments', {'candidateId': person, 'kind': 'talk', 'startsAt': '2031-01-01T09:00:00Z'}).json['id']
        if proven:
            region.sql("set session_replication_role = replica; update app.appointment set invited_at = clock.now(), handed_by = made_by where id = %s", (appointment,))
    made = as_role('team_lead').post('/signals', {'candidateId': person, 'kind': kind, **({'appointmentId': appointment} if appointment else {})})
    assert made.status == 201, made.text
    if outcome:
        assert as_role('team_lead').post(f'/signals/{made.json["id"]}/handlings', {'outcome': outcome}).status == 200
    region.sql('set session_replication_role = replica; insert into app.decision_signal select tenant_id, id, %s from app.decision where id = %s', (made.json['id'], decision))
    return made.json['id']


def rule(law, **more):
    return {**ORDINANCE, **more}


FORBIDDEN = {       # what is wrong: how it comes to be so, and the codes with which it is refused
    'undelivered summons': (lambda w: w.sign(proven=False, outcome='not_excused'), ['summons_not_arrived']),
    'signal not looked into': (lambda w: w.sign(), ['signal_not_looked_into']),
    'excused': (lambda w: w.sign(outcome='excused'), ['signal_excused']),
    'rules not known': (lambda w: w.sql('update app.trajectory set rules_received_on = null where candidate_id = %s', w.person), ['rules_not_known']),
    'rules known too late': (lambda w: w.sql('update app.trajectory set rules_received_on = %s, rules_handed_on = %s where candidate_id = %s', days(-1), days(-1), w.person), ['rules_not_known']),
    'no view': (lambda w: w.past(view_asked_at=None, view_given_at=None, view_handed_by=None), ['view_not_asked']),
    'view did not arrive': (lambda w: w.past(view_given_at=None, view_handed_by=None, view_until=days(-1)), ['view_not_arrived']),
    'view term runs': (lambda w: w.past(view_given_at=None, view_until=days(3)), ['view_term']),
    'no blame weighed': (lambda w: w.past(blame=None), ['blame']),
    'no circumstances': (lambda w: w.past(circumstances=None), ['circumstances']),
    'no urgent reasons': (lambda w: w.past(urgent_reasons=None), ['urgent_reasons']),
    'no reasons': (lambda w: w.past(reasons=None), ['reasons']),
    'past term': (lambda w: w.past(conduct_on=days(-800)), ['rules_not_known', 'conduct_too_old', 'calculation_changed', 'nothing']),
    'rule version gone': (lambda w: w.past(rule_ids=[str(uuid.uuid4())]), ['rule_not_adopted', 'rule_replaced']),
    'calculation changed': (lambda w: w.past(percentage=40), ['calculation_changed']),
    'no benefit': (lambda w: w.sql("update app.benefit set state = 'refused', refused_on = applied_on, refusal_reason = 'other' where candidate_id = %s", w.person), ['calculation_changed', 'nothing', 'nothing_to_lower']),
    'exempt person': (lambda w: w.sql("update app.benefit set exemptions = %s::jsonb where candidate_id = %s", json.dumps([{'code': 'disabled'}]), w.person),
                      ['exempt', 'calculation_changed', 'nothing']),
    'died': (lambda w: w.sql('update app.candidate set died_on = %s where id = %s', days(-1), w.person), ['died']),
    'overlapping': (lambda w: w.other(), ['overlap']),
}


class World:
    def __init__(self, region, as_role, person, decision):
        self.region, self.as_role, self.person, self.decision = region, as_role, person, decision

    def sql(self, text, *values):
        self.region.sql('set session_replication_role = replica; ' + text, [list(v) if isinstance(v, list) else v for v in values])

    def past(self, **columns):
        for name, value in columns.items():
            self.region.sql(f"set session_replication_role = replica; update app.decision set {name} = %s{'::uuid[]' if name == 'rule_ids' else ''} where id = %s", (value, self.decision))

    def sign(self, **more):
        return sign(self.region, self.as_role, self.person, self.decision, **more)

    def other(self):
        """Another lowering of the same percentage is in force on these days."""
        self.sql("insert into app.decision select (jsonb_populate_record(d, jsonb_build_object('id', gen_random_uuid(), 'state', 'in_force', 'decided_at', clock.now(), 'decided_by', gen_random_uuid(), "
                 "'decided_logins', '{x}'::text[], 'notified_on', clock.today(), 'objection_until', clock.today(), 'duty', null, 'category', 'search'))).* from app.decision d where d.id = %s", self.decision)


@pytest.mark.parametrize('what', FORBIDDEN)
def test_a_forbidden_step_is_refused_with_all_reasons_and_changes_nothing(region, as_role, heard, obliged, what):
    lead, made = as_role('team_lead'), heard()
    breaks, codes = FORBIDDEN[what]
    assert missing(lead, made['id']) == []
    breaks(World(region, as_role, obliged, made['id']))
    picture = lambda: region.sql("select to_jsonb(d), (select count(*) from app.message m where m.candidate_id = d.candidate_id), (select count(*) from audit.entry e where e.role is distinct from 'system'), "
                                 "(select count(*) from app.task t where t.candidate_id = d.candidate_id), (select jsonb_agg(b order by b.id) from app.benefit b "
                                 "where b.candidate_id = d.candidate_id) from app.decision d where id = %s", (made['id'],))  # noqa: E731
    before = picture()
    refused = lead.post(f'/decisions/{made["id"]}/determinations')
    assert refused.problem == 'requirements' and refused.json['missing'] == codes == missing(lead, made['id']), refused.text
    assert picture() == before


def test_a_table_that_nobody_adopted_is_refused(as_role, draft, law):
    project = as_role('account_manager').post('/projects', {'kind': 'pilot', 'title': 'Proef', 'startsOn': '2026-09-01'}).json['id']
    law['put']('measure.project', {'categories': [{'code': 'absence', 'obligation': 'provision', 'percentage': 80, 'months': 1}]}, 'project', project, 'drafted')
    made = draft(projectId=project, duty=None, category='absence')
    assert 'rule_not_adopted' in missing(as_role('team_lead'), made['id'])


def test_every_other_step_in_a_wrong_state_is_refused(as_role, draft):
    case, made = as_role('case_manager'), draft()
    assert case.post(f'/decisions/{made["id"]}/withdrawals', {'reason': 'mistaken'}).json['state'] == 'withdrawn'
    for step, body in (('view-requests', {'channel': 'in_person'}), ('views', {'text': 'x'}), ('view-waivers', {'ground': 'ordinance', 'text': 'x'}), ('withdrawals', {'reason': 'other'}),
                       ('revisions', {'reason': 'correction'}), ('returns', {}), ('payments', {})):
        assert case.post(f'/decisions/{made["id"]}/{step}', body).problem == 'state', step
    assert as_role('team_lead').post(f'/decisions/{made["id"]}/determinations').problem == 'state'
    assert case.post('/objections', {'decisionId': made['id']}).problem == 'state'
    assert case.patch(f'/decisions/{made["id"]}', {'reasons': 'Anders.'}, '*').problem == 'state'


# ------------------------------------------------------------------------------------------------ notified, and after that

def test_from_its_notification_it_has_effect_and_terms_run(region, as_role, decided):
    lead, made = as_role('team_lead'), decided()
    tell(region, made['id'], days(0))
    shown = lead.get(f'/decisions/{made["id"]}').json
    assert shown['state'] in ('notified', 'in_force') and shown['notifiedOn'] == days(0)
    last, = region.sql("select calendar.end_of_term(clock.today(), clock.today() + 42, '{\"amount\": 6, \"unit\": \"weeks\"}')::text")[0]
    assert shown['objectionUntil'] == last and shown['reviews'][0]['kind'] == 'reconsideration' and shown['reviews'][0]['decideBy'] == shown['reconsiderBy']
    assert sorted(region.sql("select cause, wall, state from app.task where subject_id = %s and state = 'open'", (made['id'],))) == [
        ('objection', 'measure', 'open'), ('reconsideration', 'measure', 'open')]
    tell(region, made['id'], days(-1))                     # said twice: nothing changes
    assert lead.get(f'/decisions/{made["id"]}').json == shown


@pytest.mark.parametrize('told,last', [('2031-04-18', '2031-05-30'), ('2031-03-04', '2031-04-15'), ('2031-03-07', '2031-04-18'), ('2031-02-28', '2031-04-15'), ('2031-11-13', '2031-12-29'),
                                       ('2032-01-18', '2032-03-01'), ('2031-05-10', '2031-06-23')])
def test_the_last_day_to_object_is_worked_out_by_hand(scratch, told, last):
    """42 days after the notification (Awb 6:7, 6:8), and moved past a weekend, Good Friday, Easter and Christmas (Algemene termijnenwet 1 and 3)."""
    with scratch() as cursor:
        cursor.execute("select app.decision_last_day(%s, app.rule('term.objection'))::text", (told,))
        assert cursor.fetchone()[0] == last


def test_the_night_begins_and_ends_what_was_notified(region, as_role, notified, later):
    lead, made = as_role('team_lead'), notified()
    assert made['state'] == 'notified' and made['fromDay'] > days(0)
    with later(62):
        until(lambda: lead.get(f'/decisions/{made["id"]}').json['state'] == 'ended')
    assert [t['event'] for t in lead.get(f'/decisions/{made["id"]}/transitions').json['items']][-2:] == ['begin', 'end']
    assert not region.sql("select from app.task where subject_id = %s and state = 'open'", (made['id'],))


def test_a_draft_about_conduct_that_became_too_old_lapses(as_role, draft, later):
    made = draft()
    with later(370):
        until(lambda: as_role('team_lead').get(f'/decisions/{made["id"]}').json['state'] == 'lapsed')


def test_an_ending_is_a_decision_of_its_own(region, as_role, notified, obliged):
    first = days(10)
    made = notified(kind='ending', startsOn=first, endReason='no_information')
    benefit = as_role('team_lead').get(f'/benefits/{made["benefitId"]}').json
    assert (benefit['state'], benefit['untilDay'], benefit['endReason']) == ('granted', days(9), 'no_information'), 'it is paid until then'
    assert region.sql("select count(*) from app.message where noun = 'decision' and subject_id = %s and purpose = 'benefits_payment'", (made['id'],)) == [(1,)]
    back = as_role('team_lead').post(f'/decisions/{made["id"]}/withdrawals', {'reason': 'mistaken'})
    benefit = as_role('team_lead').get(f'/benefits/{made["benefitId"]}').json
    assert back.status == 200 and (benefit['state'], 'untilDay' in benefit, 'endReason' in benefit) == ('granted', False, False), back.text


def test_a_view_can_be_skipped_on_a_ground(as_role, draft):
    case, lead, made = as_role('case_manager'), as_role('team_lead'), draft()
    assert 'view_not_asked' in missing(lead, made['id'])
    assert case.post(f'/decisions/{made["id"]}/view-waivers', {'ground': 'awb_4_11_b', 'text': 'Al gehoord.'}).json['viewSkippedGround'] == 'awb_4_11_b'
    assert missing(lead, made['id']) == []


def test_seen_builder_the_ordinance_is_a_ground_when_it_says_so(region, as_role, draft):
    case, lead, made = as_role('case_manager'), as_role('team_lead'), draft()
    assert case.post(f'/decisions/{made["id"]}/view-waivers', {'ground': 'ordinance', 'text': 'Mag.'}).status == 200
    assert missing(lead, made['id']) == ['view_not_skipped']
    assert lead.post(f'/decisions/{made["id"]}/determinations').json['missing'] == ['view_not_skipped']
    case.post(f'/decisions/{made["id"]}/view-requests', {'channel': 'in_person'})
    assert 'view_not_skipped' not in missing(lead, made['id'])
    for may, lacks in ((True, []), (False, ['view_not_skipped']), (None, ['view_not_skipped'])):
        value = {} if may is None else {'view_may_be_skipped': may}
        said = {'kind': 'lowering', 'view_skipped_ground': 'ordinance', 'inputs': {'rules': [{'code': 'measure.ordinance', 'value': value}]}}
        assert act(region, 'select array(select app.decision_missing_view(jsonb_populate_record(null::app.decision, %s)))', (json.dumps(said),))[0][0] == lacks, may


def test_a_heavier_draft_asks_the_person_again(as_role, heard):
    case, made = as_role('case_manager'), heard(duty=None, category='absence')
    lighter = case.patch(f'/decisions/{made["id"]}', {'adjustedPercentage': 10, 'adjustReason': 'circumstances'}, '*')
    assert lighter.json['state'] == 'hearing', lighter.text
    heavier = case.patch(f'/decisions/{made["id"]}', {'category': None, 'duty': 'h', 'adjustedPercentage': None}, '*').json
    assert heavier['state'] == 'drafted' and 'viewAskedAt' not in heavier


def test_a_letter_that_asks_for_a_view_is_sent_and_proves_itself(region, as_role, draft):
    case, lead, made = as_role('case_manager'), as_role('team_lead'), draft()
    asked = case.post(f'/decisions/{made["id"]}/view-requests', {'channel': 'letter', 'untilDay': days(14)})
    assert asked.status == 200 and asked.json['viewArrived'] is False, asked.text
    assert missing(lead, made['id']) == ['view_not_arrived', 'view_term']
    assert ('term', 'open') in tasks(lead, made['id'])
    region.sql("set session_replication_role = replica; update app.message set state = 'sent' where subject_id = %s", (made['id'],))
    assert missing(lead, made['id']) == ['view_term'] and case.get(f'/decisions/{made["id"]}').json['viewArrived'] is True


# ---------------------------------------------------------------------------------------------------- revisions

def test_a_return_to_the_obligations_has_a_term_and_ends_the_measure(region, as_role, person, notified):
    case, lead, made = as_role('case_manager'), as_role('team_lead'), notified()
    asked = case.post(f'/decisions/{made["id"]}/returns', {'text': 'Ik doe weer mee.'})
    assert asked.status == 200, asked.text
    review = next(r for r in asked.json['reviews'] if r['kind'] == 'return')
    assert review['decideBy'] == region.sql("select app.decision_last_day(clock.today(), app.rule('term.return_to_obligations'))::text")[0][0]
    assert case.post(f'/decisions/{made["id"]}/returns', {}).problem == 'state'
    drafted = case.post(f'/decisions/{made["id"]}/revisions', {'reason': 'return', 'untilDay': made['fromDay'], 'reasons': 'U doet weer mee.'})
    assert drafted.status == 201 and drafted.json['untilDay'] == made['fromDay'] and drafted.json['revisesId'] == made['id'], drafted.text
    assert missing(lead, drafted.json['id']) == []           # it is lighter, so nobody is asked for a view
    assert lead.post(f'/decisions/{drafted.json["id"]}/determinations').status == 200
    old = lead.get(f'/decisions/{made["id"]}').json
    assert old['state'] == 'revised' and next(r for r in old['reviews'] if r['kind'] == 'return')['outcome'] == 'revised'


def test_a_reconsideration_lets_it_stand(as_role, notified):
    lead, made = as_role('team_lead'), notified()
    kept = lead.post(f'/decisions/{made["id"]}/confirmations', {'kind': 'reconsideration', 'text': 'Niets veranderd.'})
    assert kept.status == 200 and kept.json['reviews'][0]['outcome'] == 'kept', kept.text
    assert lead.post(f'/decisions/{made["id"]}/confirmations', {'kind': 'reconsideration', 'text': 'Nog eens.'}).problem == 'state'


# ------------------------------------------------------------------------------------------------ premiums and costs

@pytest.fixture
def premium(region, as_role, obliged, law):
    """premium(): a premium for a step that is finished, decided and told."""
    def make():
        lead, case = as_role('team_lead'), as_role('case_manager')
        trajectory = case.post('/trajectories', {'candidateId': obliged, 'kind': 'preparation'}).json['id']
        step = case.post('/tasks', {'kind': 'step', 'noun': 'trajectory', 'subjectId': trajectory, 'topic': 'language'})
        assert step.status == 201, step.text
        body = {'candidateId': obliged, 'kind': 'premium', 'category': 'course', 'taskId': step.json['id'], 'reasons': 'U maakte de training af.'}
        made = case.post('/decisions', body)
        assert made.status == 201, made.text
        assert 'done_on' in missing(lead, made.json['id'])
        region.sql("set session_replication_role = replica; update app.task set state = 'done', outcome = 'finished', ended_at = clock.now() where id = %s", (step.json['id'],))
        assert missing(lead, made.json['id']) == [] and case.post('/decisions', body).problem == 'duplicate'
        assert lead.post(f'/decisions/{made.json["id"]}/determinations').status == 200
        tell(region, made.json['id'], days(0))
        return lead.get(f'/decisions/{made.json["id"]}').json
    return make


def test_a_premium_is_paid_once(as_role, premium):
    case, made = as_role('case_manager'), premium()
    assert made['state'] == 'in_force' and made['amountCents'] == 15000
    paid = case.post(f'/decisions/{made["id"]}/payments', {'reference': 'B1'})
    assert paid.status == 200 and paid.json['state'] == 'ended' and paid.json['paidOn'] == days(0), paid.text
    assert case.post(f'/decisions/{made["id"]}/payments', {'reference': 'B2'}).problem == 'state'


# ------------------------------------------------------------------------------------------------------ the person

def test_the_person_sees_that_a_view_is_asked_gives_it_and_sees_what_was_notified(region, as_role, himself, draft, candidate):
    case, lead, made = as_role('case_manager'), as_role('team_lead'), draft()
    place = f'/decisions/{made["id"]}'
    assert himself.get(place).status == 404 and himself.get('/decisions').json['items'] == []
    assert case.post(f'{place}/view-requests', {'channel': 'in_person'}).status == 200
    asked = himself.get(place).json
    assert asked['state'] == 'hearing' and asked['viewUntil'] and not {'percentage', 'fromDay', 'reasons', 'calculation', 'inputs', 'signalIds', 'draftedBy', 'blame'} & set(asked)
    assert himself.post(f'{place}/views', {'text': 'Ik was ziek.'}).status == 200
    assert himself.post(f'{place}/determinations').status == 403 and himself.get(f'{place}/gate').status == 403
    assert lead.post(f'{place}/determinations').status == 200
    assert himself.get(place).status == 404                      # it is decided, and not told yet
    tell(region, made['id'], days(0))
    told = himself.get(place).json
    assert told['percentage'] == 100 and told['reasons'] and told['viewText'] == 'Ik was ziek.' and 'inputs' not in told and 'blameText' not in told
    objected = himself.post('/objections', {'decisionId': made['id'], 'grounds': 'Ik was echt ziek.', 'receivedOn': '2020-01-01'})
    assert objected.status == 201 and (objected.json['channel'], objected.json['receivedOn'], objected.json['inTime']) == ('portal', days(0), True), objected.text
    assert himself.post(f'{place}/returns', {'text': 'Ik doe weer mee.'}).status == 200
    assert himself.post(f'/objections/{objected.json["id"]}/withdrawals').json['state'] == 'withdrawn'


def test_nobody_outside_the_wall_sees_a_decision(as_role, person, notified):
    made = notified()
    clients = {role: as_role(role) for role in ('consultant', 'coach', 'field_officer', 'firm', 'agency', 'employer', 'course_leader', 'account_manager', 'analyst', 'benefits_payment', 'hub')}
    clients['case_manager'] = person('case_manager')[1]('case_manager')
    for role, client in clients.items():
        assert client.get(f'/decisions/{made["id"]}').status in (403, 404), role
        assert client.get(f'/decisions/{made["id"]}/gate').status in (403, 404), role
    assert as_role('tenant_admin').get(f'/decisions/{made["id"]}').status == 200       # the privacy officer


# --------------------------------------------------------------------------------------------------------- races

def race(count, act_one):
    """What each of so many clients gets, at the same moment."""
    found, gate = [], threading.Barrier(count)

    def run(number):
        gate.wait()
        found.append(act_one(number))
    threads = [threading.Thread(target=run, args=(n,)) for n in range(count)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    return found


def fresh(region, role, count=8):
    from region import Client
    return [Client(region, role) for _ in range(count)]


def test_of_eight_who_decide_one_wins(region, heard):
    clients = fresh(region, 'team_lead')
    for _ in range(ROUNDS):
        made = heard(duty=None, category='search', conductOn=days(-3))
        answers = race(8, lambda n: clients[n].post(f'/decisions/{made["id"]}/determinations'))
        assert sorted(a.status for a in answers) == [200] + [409] * 7, [a.text for a in answers]
        assert region.sql("select count(*) filter (where event = 'decide') from app.transition where subject_id = %s", (made['id'],)) == [(1,)]
        assert region.sql("select to_candidate_id is not null, count(*) from app.message where subject_id = %s group by 1 order by 1", (made['id'],))[-1] == (True, 1)
        act(region, "select set_config('app.role', 'team_lead', true); update app.decision set state = app.move('decision', state, 'withdraw'), withdrawn_reason = 'other' where id = %s", (made['id'],))


def test_of_eight_overlapping_measures_one_is_decided(region, as_role, heard):
    clients = fresh(region, 'team_lead')
    for _ in range(ROUNDS):
        drafts = [heard(duty=None, category='search', conductOn=days(-3))['id'] for _ in range(8)]
        answers = race(8, lambda n: clients[n].post(f'/decisions/{drafts[n]}/determinations'))
        assert sorted(a.status for a in answers) == [200] + [409] * 7, [a.text for a in answers]
        assert {a.problem for a in answers if a.status == 409} <= {'requirements', 'decisions-overlap'}
        for one in drafts:
            act(region, "select set_config('app.role', 'team_lead', true); update app.decision set state = app.move('decision', state, 'withdraw'), withdrawn_reason = 'other' where id = %s", (one,))


def test_of_eight_who_notify_one_does(region, decided):
    for _ in range(ROUNDS):
        made = decided(duty=None, category='search')
        race(8, lambda n: tell(region, made['id'], days(-n)))
        assert region.sql("select count(*) from app.transition where subject_id = %s and event = 'notify'", (made['id'],)) == [(1,)]
        assert region.sql("select count(*) from app.task where subject_id = %s and cause = 'objection'", (made['id'],)) == [(1,)]
        act(region, "select set_config('app.role', 'team_lead', true); update app.decision set state = app.move('decision', state, 'withdraw'), withdrawn_reason = 'other' where id = %s", (made['id'],))


def test_of_eight_who_pay_one_does(region, premium):
    clients = fresh(region, 'team_lead')
    for _ in range(ROUNDS):
        made = premium()
        answers = race(8, lambda n: clients[n].post(f'/decisions/{made["id"]}/payments', {'reference': f'B{n}'}))
        assert sorted(a.status for a in answers) == [200] + [409] * 7, [a.text for a in answers]


def test_of_eight_who_object_one_is_registered(region, notified):
    clients = fresh(region, 'team_lead')
    for _ in range(ROUNDS):
        made = notified(duty=None, category='search')
        answers = race(8, lambda n: clients[n].post('/objections', {'decisionId': made['id'], 'grounds': f'Bezwaar {n}.'}))
        assert sorted(a.status for a in answers) == [201] + [409] * 7, [a.text for a in answers]
        act(region, "select set_config('app.role', 'team_lead', true); update app.decision set state = app.move('decision', state, 'withdraw'), withdrawn_reason = 'other' where id = %s", (made['id'],))


def test_a_heavier_measure_takes_the_place_of_a_lighter_one_on_its_days(as_role, decided):
    lead = as_role('team_lead')
    light = decided(duty=None, category='search')
    heavy = decided(duty='h')
    assert heavy['calculation']['replaces'] == [light['id']]
    shown = lead.get(f'/decisions/{light["id"]}').json
    assert shown['state'] == 'revised' and shown['revisedById'] == heavy['id']


def test_seen_practitioner_a_benefit_that_ended_for_another_reason_is_not_paid_again(as_role, decided, region):
    """The person found work before the letter went; the ending was a mistake, and is taken back."""
    lead, case = as_role('team_lead'), as_role('case_manager')
    made = decided(kind='ending', startsOn=days(10), endReason='no_information')
    place = f'/benefits/{made["benefitId"]}'
    ended = case.post(f'{place}/moves', {'event': 'end', 'day': days(-1), 'endReason': 'work'})
    assert ended.status == 200, ended.text
    tell(region, made['id'], days(0))
    assert lead.post(f'/decisions/{made["id"]}/withdrawals', {'reason': 'mistaken'}).status == 200
    assert {k: lead.get(place).json.get(k) for k in ('state', 'endReason')} == {'state': 'ended', 'endReason': 'work'}


def test_seen_practitioner_who_is_not_paid_any_more_has_nothing_to_lower(as_role, notified, heard):
    notified(kind='ending', startsOn=days(1), endReason='no_information')
    assert 'nothing_to_lower' in missing(as_role('team_lead'), heard()['id'])


def test_seen_practitioner_an_invitation_that_did_not_arrive_is_sent_again(region, as_role, draft):
    """The letter came back, or went when its term was over: the person was not heard, and is asked once more; whoever needs longer gets longer."""
    case, lead, made = as_role('case_manager'), as_role('team_lead'), draft()
    place = f'/decisions/{made["id"]}'
    assert case.post(f'{place}/view-requests', {'channel': 'letter', 'untilDay': days(0)}).status == 200
    first, = region.sql('select view_message_id::text from app.decision where id = %s', (made['id'],))[0]
    region.sql("set session_replication_role = replica; update app.message set state = 'sent', sent_at = clock.now() + interval '2 days' where id = %s", (first,))
    region.sql("set session_replication_role = replica; update app.decision set view_until = clock.today() - 1 where id = %s", (made['id'],))
    assert missing(lead, made['id']) == ['view_not_arrived']
    again = case.post(f'{place}/view-requests', {'channel': 'letter', 'untilDay': days(14)})
    assert again.status == 200 and again.json['viewUntil'] == days(14) and again.json['state'] == 'hearing', again.text
    longer = case.post(f'{place}/view-requests', {'channel': 'letter', 'untilDay': days(21)})
    assert longer.json['viewUntil'] == days(21)
    assert region.sql("select state, count(*) from app.message where subject_id = %s and to_candidate_id is not null group by 1 order by 1", (made['id'],)) == [
        ('queued', 1), ('sent', 1), ('withdrawn', 1)]
    assert [t['event'] for t in lead.get(f'{place}/transitions').json['items']] == ['ask']
    assert case.post(f'{place}/views', {'text': 'Het spijt me.'}).status == 200
    assert case.post(f'{place}/view-requests', {'channel': 'letter'}).problem == 'state'


def test_seen_practitioner_nobody_asks_to_return_before_there_is_a_decision(as_role, notified):
    """A year that was mistyped made a term that was over before it began."""
    refused = as_role('case_manager').post(f'/decisions/{notified()["id"]}/returns', {'day': days(-365)})
    assert refused.status == 400 and refused.json['errors'][0]['pointer'] == '/day', refused.text


def died(as_role, person, day=0):
    gone = as_role('team_lead').post(f'/candidates/{person}/deaths', {'diedOn': days(day)})
    assert gone.status == 200, gone.text


def test_seen_practitioner_who_died_is_lowered_nothing_of_which_nobody_told(region, as_role, decided, obliged, later):
    """A decided lowering stayed `decided` after a death. It never had effect (Awb 3:40): it lapses, also when a court suspended it or the letter is with the printer."""
    lead, case, made = as_role('team_lead'), as_role('case_manager'), decided()
    objection = case.post('/objections', {'decisionId': made['id'], 'channel': 'letter', 'receivedOn': days(0), 'grounds': 'Ik hoorde het.'})
    assert objection.status == 201 and case.post(f'/objections/{objection.json["id"]}/injunctions', {'fromDay': days(0)}).status == 200, objection.text
    assert case.post(f'/decisions/{made["id"]}/returns', {'text': 'Ik ga weer.'}).status == 200 and ('term', 'open') in tasks(case, made['id'])
    died(as_role, obliged)
    seen = lead.get(f'/decisions/{made["id"]}').json
    assert (seen['state'], seen['percentage'], seen['reviews'][0]['outcome']) == ('lapsed', made['percentage'], 'void') and 'suspendedSince' not in seen
    assert 'open' not in {state for _, state in tasks(lead, made['id'])}
    sent = "select template, state from app.message where subject_id = %s and (to_candidate_id is not null or purpose is not null)"
    assert region.sql(sent, (made['id'],)) == [('decision', 'withdrawn')]
    tell(region, made['id'], days(0))       # the printer acknowledges a letter that it had
    with later(40):
        until(lambda: not region.sql("select from queue.job where kind = 'expire'"))
        assert lead.get(f'/decisions/{made["id"]}').json == seen and region.sql(sent, (made['id'],)) == [('decision', 'withdrawn')]
    for step, body in (('hand-outs', {'receipt': 'signed'}), ('withdrawals', {'reason': 'mistaken'}), ('revisions', {'reason': 'correction'}), ('returns', {})):
        assert lead.post(f'/decisions/{made["id"]}/{step}', body).problem == 'state', step
    assert [(t['event'], t['toState']) for t in lead.get(f'/decisions/{made["id"]}/transitions').json['items'] if t['toState'] == 'lapsed'] == [('lapse', 'lapsed')]


def test_seen_practitioner_who_died_keeps_what_was_told_before(region, as_role, notified, draft, obliged):
    told, drafted = notified(), draft(duty=None, category='search')
    died(as_role, obliged)
    lead = as_role('team_lead')
    seen = lead.get(f'/decisions/{told["id"]}').json
    assert {name: seen[name] for name in ('state', 'fromDay', 'untilDay', 'notifiedOn', 'objectionUntil')} == {name: told[name] for name in ('state', 'fromDay', 'untilDay', 'notifiedOn', 'objectionUntil')}
    assert lead.get(f'/decisions/{drafted["id"]}').json['state'] == 'lapsed'
    assert region.sql("select template from app.message where subject_id = %s and purpose is not null", (told['id'],)) == [('decision_decided',)]
    heirs = as_role('case_manager').post('/objections', {'decisionId': told['id'], 'channel': 'letter', 'receivedOn': days(0), 'grounds': 'Wij zijn het er niet mee eens.'})
    assert heirs.status == 201, heirs.text


@pytest.mark.parametrize('stood', ['notified', 'in_force', 'ended'])
def test_what_was_replaced_by_a_decision_that_lapses_stands_again_as_it_stood(region, as_role, notified, obliged, stood):
    """It stayed `revised` by a decision that never had effect: what the person was told of had gone."""
    lead, case, made = as_role('team_lead'), as_role('case_manager'), notified()
    for event in {'notified': [], 'in_force': ['begin'], 'ended': ['begin', 'end']}[stood]:
        act(region, "update app.decision set state = app.move('decision', state, %s) where id = %s", (event, made['id']))
    before = lead.get(f'/decisions/{made["id"]}').json
    assert before['state'] == stood
    lighter = case.post(f'/decisions/{made["id"]}/revisions', {'reason': 'correction', 'adjustedPercentage': 50, 'adjustReason': 'circumstances', 'reasons': 'Minder.'})
    assert lighter.status == 201 and lead.post(f'/decisions/{lighter.json["id"]}/determinations').status == 200, lighter.text
    assert lead.get(f'/decisions/{made["id"]}').json['state'] == 'revised'
    died(as_role, obliged)
    assert lead.get(f'/decisions/{lighter.json["id"]}').json['state'] == 'lapsed'
    after = lead.get(f'/decisions/{made["id"]}').json
    same = ('state', 'percentage', 'fromDay', 'untilDay', 'notifiedOn', 'objectionUntil', 'amountCents')
    assert {name: after.get(name) for name in same} == {name: before.get(name) for name in same} and 'revisedById' not in after
    assert 'open' not in {state for _, state in tasks(lead, made['id'])}
    assert len(region.sql("select 1 from app.message where candidate_id = %s and purpose is not null", (obliged,))) == 1, 'whoever pays hears nothing more'


def test_of_decisions_that_nobody_told_none_stands_and_the_one_that_was_told_does(region, as_role, person, notified, obliged):
    """A correction of a correction, both untold; and what was made shorter has its days again."""
    lead, case, made = as_role('team_lead'), as_role('case_manager'), notified()
    second = person('team_lead', attributes=['decider'])[1]('team_lead')
    chain = [made['id']]
    for decider, percentage in ((lead, 60), (second, 40)):
        revised = case.post(f'/decisions/{chain[-1]}/revisions', {'reason': 'correction', 'adjustedPercentage': percentage, 'adjustReason': 'circumstances', 'reasons': 'Minder.'})
        assert revised.status == 201 and decider.post(f'/decisions/{revised.json["id"]}/determinations').status == 200, revised.text
        chain.append(revised.json['id'])
    region.sql("set session_replication_role = replica; insert into app.decision select (jsonb_populate_record(d, jsonb_build_object('id', gen_random_uuid(), 'state', 'in_force', 'revised_by_id', %s::uuid, "
               "'until_day', d.from_day, 'concurrent', true))).* from app.decision d where d.id = %s", (chain[2], chain[0]))
    died(as_role, obliged)
    assert [lead.get(f'/decisions/{one}').json['state'] for one in chain] == ['notified', 'revised', 'lapsed']
    assert region.sql("select until_day::text, revised_by_id from app.decision where candidate_id = %s and state = 'in_force'", (obliged,)) == [(made['untilDay'], None)]


def lighter(as_role, before, percentage=50, decider=None):
    """A correction that was decided, and that nobody was told of."""
    made = as_role('case_manager').post(f'/decisions/{before}/revisions', {'reason': 'correction', 'adjustedPercentage': percentage, 'adjustReason': 'circumstances', 'reasons': 'Minder.'})
    assert made.status == 201, made.text
    done = (decider or as_role('team_lead')).post(f'/decisions/{made.json["id"]}/determinations')
    assert done.status == 200, done.text
    return made.json['id']


@pytest.mark.parametrize('stood', ['notified', 'in_force', 'ended'])
def test_seen_attacker_what_was_replaced_stands_again_when_a_correction_is_withdrawn_untold(region, as_role, notified, stood):
    """It stayed `revised` by a decision that never had effect: nobody could object to it, and its terms of law were asked no more."""
    lead, made = as_role('team_lead'), notified()
    for event in {'notified': [], 'in_force': ['begin'], 'ended': ['begin', 'end']}[stood]:
        act(region, "update app.decision set state = app.move('decision', state, %s) where id = %s", (event, made['id']))
    asked = lead.post(f'/decisions/{made["id"]}/returns', {'text': 'Ik ga weer.'}) if stood != 'ended' else None
    before, terms = lead.get(f'/decisions/{made["id"]}').json, "select cause, due_at::text from app.task where subject_id = %s and kind = 'term' and state = 'open' order by 1"
    open_before = region.sql(terms, (made['id'],))
    assert (asked is None or asked.status == 200) and before['state'] == stood
    untold = lighter(as_role, made['id'])
    assert lead.get(f'/decisions/{made["id"]}').json['state'] == 'revised' and region.sql(terms, (made['id'],)) == []
    assert lead.post(f'/decisions/{untold}/withdrawals', {'reason': 'mistaken'}).json['state'] == 'withdrawn'
    after = lead.get(f'/decisions/{made["id"]}').json
    same = ('state', 'percentage', 'fromDay', 'untilDay', 'notifiedOn', 'objectionUntil')
    assert {name: after.get(name) for name in same} == {name: before.get(name) for name in same} and 'revisedById' not in after
    if stood != 'ended':
        assert region.sql(terms, (made['id'],)) == open_before and [r.get('outcome') for r in after['reviews']] == [None, None]
    assert region.sql("select template from app.message where candidate_id = %s and purpose is not null", (made['candidateId'],)) == [('decision_decided',)], 'whoever pays hears nothing more'
    assert as_role('case_manager').post('/objections', {'decisionId': made['id'], 'channel': 'letter', 'receivedOn': days(0), 'grounds': 'Ik ben het er niet mee eens.'}).status == 201
    assert lead.post(f'/decisions/{made["id"]}/withdrawals', {'reason': 'mistaken'}).json['state'] == 'withdrawn'


def test_seen_attacker_a_death_by_mistake_lists_what_lapsed_and_what_stands_again(region, as_role, notified, obliged):
    """What stands again has its terms no more, and nobody heard so: it is looked at again, behind the wall of measures."""
    lead, made = as_role('team_lead'), notified()
    act(region, "update app.transition set at = at - interval '9 days' where subject_id = %s", (made['id'],))
    untold = lighter(as_role, made['id'])
    act(region, "update app.task set ended_at = ended_at - interval '9 days' where subject_id = %s and ended_at is not null", (made['id'],))
    died(as_role, obliged)
    assert lead.post(f'/candidates/{obliged}/death-reversals', {'reason': 'wrong_report'}).status == 200
    found = {role: {t['subjectId'] for t in as_role(role).get(f'/tasks?candidateId={obliged}&kind=look_again&state=open').json['items'] if t['noun'] == 'decision'}
             for role in ('team_lead', 'case_manager', 'consultant')}
    assert found == {'team_lead': {made['id'], untold}, 'case_manager': {made['id'], untold}, 'consultant': set()}


def test_seen_attacker_of_two_decisions_that_nobody_was_told_the_first_one_goes_after_all(region, as_role, person, decided):
    lead, made = as_role('team_lead'), decided()
    untold = lighter(as_role, made['id'], decider=person('team_lead', attributes=['decider'])[1]('team_lead'))
    assert lead.post(f'/decisions/{untold}/withdrawals', {'reason': 'mistaken'}).status == 200
    assert lead.get(f'/decisions/{made["id"]}').json['state'] == 'decided'
    assert region.sql("select state from app.message where subject_id = %s and to_candidate_id is not null", (made['id'],)) == [('queued',)]
    tell(region, made['id'], days(0))
    assert lead.get(f'/decisions/{made["id"]}').json['state'] in ('notified', 'in_force')


def test_seen_attacker_an_objection_that_is_upheld_takes_back_what_was_told(region, as_role, person, notified):
    """Only the correction that nobody was told of was taken back: whoever pays went on lowering by the first decision."""
    case, made = as_role('case_manager'), notified()
    objection = case.post('/objections', {'decisionId': made['id'], 'channel': 'letter', 'receivedOn': days(0), 'grounds': 'Ik was ziek.'}).json['id']
    untold = lighter(as_role, made['id'])
    act(region, "update app.objection set heard_on = clock.today(), complete = true where id = %s", (objection,))
    other = person('team_lead', attributes=['decider'])[1]('team_lead')
    done = other.post(f'/objections/{objection}/outcomes', {'outcome': 'upheld', 'text': 'U had gelijk.'})
    assert done.status == 200, done.text
    assert [other.get(f'/decisions/{one}').json['state'] for one in (made['id'], untold)] == ['withdrawn', 'withdrawn']
    assert [t for t, in region.sql("select template from app.message where subject_id = %s and purpose is not null order by planned_at, template", (made['id'],))] == ['decision_decided', 'decision_withdrawn']


def test_seen_attacker_what_another_measure_lowers_meanwhile_stays_replaced(region, as_role, notified, decided, obliged):
    """Its days are those of another measure by then: a death could not be recorded any more, nor the correction withdrawn."""
    lead, made = as_role('team_lead'), notified()
    untold = lighter(as_role, made['id'])
    region.sql("set session_replication_role = replica; update app.decision set from_day = from_day + 400, until_day = until_day + 400 where id = %s", (untold,))
    other = decided(duty=None, category='search')
    assert (other['fromDay'], other['untilDay']) == (made['fromDay'], other['untilDay'])
    assert lead.post(f'/decisions/{untold}/withdrawals', {'reason': 'mistaken'}).status == 200
    assert [lead.get(f'/decisions/{one}').json['state'] for one in (made['id'], other['id'])] == ['revised', 'decided']


def test_seen_attacker_nothing_is_drafted_about_somebody_who_died(as_role, notified, obliged):
    """Only the gate stopped it, after somebody had weighed and written everything."""
    made = notified()
    died(as_role, obliged)
    for kind in ('lowering', 'premium'):
        refused = as_role('case_manager').post('/decisions', {'candidateId': obliged, 'kind': kind, 'duty': 'h', 'conductOn': days(-3), **WEIGHED})
        assert (refused.status, refused.problem, refused.json['currentState']) == (409, 'state', 'died'), refused.text
    refused = as_role('case_manager').post(f'/decisions/{made["id"]}/revisions', {'reason': 'correction', 'adjustedPercentage': 50, 'adjustReason': 'circumstances', 'reasons': 'Minder.'})
    assert (refused.status, refused.problem) == (409, 'state'), refused.text


def test_seen_practitioner_who_died_is_owed_a_premium(region, as_role, premium, obliged):
    """The heirs get what was given: a premium that was decided and not told stays, and is paid."""
    made = premium()
    region.sql("set session_replication_role = replica; update app.decision set state = 'decided', notified_on = null, objection_until = null where id = %s", (made['id'],))
    died(as_role, obliged)
    case = as_role('case_manager')
    assert case.get(f'/decisions/{made["id"]}').json['state'] == 'decided'
    paid = case.post(f'/decisions/{made["id"]}/payments', {'reference': 'B1'})
    assert paid.status == 200 and paid.json['paidOn'] == days(0), paid.text


def test_seen_attacker_an_ending_that_is_taken_back_after_a_death_gives_no_benefit_after_it(as_role, notified, later):
    """The benefit was granted again, without an end, to somebody who had died. It ended with the death."""
    made, lead = notified(kind='ending', startsOn=days(1), endReason='no_information'), as_role('team_lead')
    benefit = f'/benefits/{made["benefitId"]}'
    assert lead.get(benefit).json['state'] == 'ended'
    with later(5):
        died = days(5)
        assert lead.post(f'/candidates/{made["candidateId"]}/deaths', {'diedOn': died}).status == 200
        back = lead.post(f'/decisions/{made["id"]}/withdrawals', {'reason': 'mistaken'})
        assert back.status == 200 and back.json['state'] == 'withdrawn', back.text
        assert [lead.get(benefit).json[name] for name in ('state', 'untilDay', 'endReason')] == ['ended', died, 'died']


def test_seen_attacker_a_correction_undoes_no_ending_that_was_decided(as_role, notified):
    """Whoever drafted the decision, and may not decide it, took the last day of the benefit away. A day before it is no undoing, and a decider takes the decision back."""
    made, case, lead = notified(kind='ending', startsOn=days(10), endReason='no_information'), as_role('case_manager'), as_role('team_lead')
    place = f'/benefits/{made["benefitId"]}'
    for change in ({'untilDay': None}, {'untilDay': days(20)}):
        refused = case.patch(place, change, case.get(place).headers['etag'])
        assert refused.status == 409 and refused.problem == 'decision-rests-on-it', refused.text
    later = case.post(f'{place}/moves', {'event': 'end', 'endReason': 'work', 'day': days(30)})
    assert later.status == 409 and later.problem == 'decision-rests-on-it', later.text
    assert lead.post(f'/decisions/{made["id"]}/withdrawals', {'reason': 'mistaken'}).status == 200
    assert case.get(place).json['state'] == 'granted' and 'untilDay' not in case.get(place).json
    assert case.post(f'{place}/moves', {'event': 'end', 'endReason': 'work', 'day': days(30)}).status == 200


def test_seen_practitioner_an_ending_gets_a_later_day(region, as_role, notified):
    """There was no benefit to end any more, so a wrong first day could only be taken back as a whole. The benefit follows when the person is told."""
    case, lead, made = as_role('case_manager'), as_role('team_lead'), notified(kind='ending', startsOn=days(1), endReason='no_information')
    benefit = f'/benefits/{made["benefitId"]}'
    assert lead.get(benefit).json['state'] == 'ended'
    later = case.post(f'/decisions/{made["id"]}/revisions', {'reason': 'correction', 'startsOn': days(21), 'reasons': 'De brief kwam later.'}).json
    assert missing(lead, later['id']) == [] and lead.post(f'/decisions/{later["id"]}/determinations').status == 200
    assert [lead.get(benefit).json[name] for name in ('state', 'untilDay')] == ['ended', days(0)], 'nobody was told yet'
    tell(region, later['id'], days(0))
    assert [lead.get(benefit).json[name] for name in ('state', 'untilDay', 'endReason')] == ['granted', days(20), 'no_information']
    assert lead.post(f'/decisions/{later["id"]}/withdrawals', {'reason': 'mistaken'}).status == 200
    assert lead.get(benefit).json['state'] == 'granted' and 'untilDay' not in lead.get(benefit).json


def sent_to_payer(region, decision):
    """The messages about a decision that the payer has, by template, and has not acknowledged."""
    region.sql("set session_replication_role = replica; update app.message set state = 'sent', sent_at = clock.now(), next_at = null where subject_id = %s and purpose is not null and state = 'queued'", (decision,))
    return dict(region.sql("select template, id::text from app.message where subject_id = %s and purpose is not null and state = 'sent'", (decision,)))


def test_seen_attacker_a_premium_that_is_acknowledged_after_it_was_taken_back_was_paid(region, as_role, premium):
    """Nothing was noted: the money went, the decision did not say so, and nobody looked at it."""
    lead, pay, made = as_role('team_lead'), as_role('benefits_payment'), premium()
    given = sent_to_payer(region, made['id'])['decision_decided']
    assert lead.post(f'/decisions/{made["id"]}/withdrawals', {'reason': 'mistaken'}).status == 200
    back = sent_to_payer(region, made['id'])['decision_withdrawn']
    assert pay.post(f'/messages/{back}/acknowledgements', {'event': 'acknowledge'}).status == 200 and 'paidOn' not in lead.get(f'/decisions/{made["id"]}').json
    assert pay.post(f'/messages/{given}/acknowledgements', {'event': 'acknowledge'}).status == 200
    shown = lead.get(f'/decisions/{made["id"]}').json
    assert (shown['state'], shown['paidOn']) == ('withdrawn', days(0)) and ('look_again', 'open') in tasks(as_role('case_manager'), made['id'])
    assert pay.post(f'/messages/{given}/acknowledgements', {'event': 'acknowledge'}).problem == 'state'
    case, task = as_role('case_manager'), tasks(as_role('case_manager'), made['id'])[('look_again', 'open')]['id']
    again = case.post('/decisions', {'candidateId': made['candidateId'], 'kind': 'premium', 'category': 'course', 'taskId': made['taskId'], 'reasons': 'U maakte de training af.'}).json['id']
    assert missing(lead, again) == ['paid_before'], 'nobody has looked yet'
    assert case.post(f'/tasks/{task}/completions', {'outcome': 'finished'}).status == 200 and missing(lead, again) == []


def test_seen_attacker_a_premium_that_was_paid_and_is_taken_back_is_looked_at(as_role, premium):
    lead, made = as_role('team_lead'), premium()
    assert lead.post(f'/decisions/{made["id"]}/payments', {'reference': 'B1'}).status == 200
    assert lead.post(f'/decisions/{made["id"]}/withdrawals', {'reason': 'mistaken'}).status == 200
    assert ('look_again', 'open') in tasks(as_role('case_manager'), made['id'])


def test_seen_attacker_only_what_gives_a_premium_says_that_it_was_paid(region, as_role, premium):
    """The acknowledgement that it is suspended noted it as paid."""
    case, pay, made = as_role('case_manager'), as_role('benefits_payment'), premium()
    objection = case.post('/objections', {'decisionId': made['id'], 'channel': 'letter', 'receivedOn': days(0), 'grounds': 'Het is te weinig.'}).json['id']
    assert case.post(f'/objections/{objection}/injunctions', {'fromDay': days(0)}).status == 200
    told = sent_to_payer(region, made['id'])
    assert pay.post(f'/messages/{told["decision_suspended"]}/acknowledgements', {'event': 'acknowledge'}).status == 200
    assert 'paidOn' not in case.get(f'/decisions/{made["id"]}').json
    assert pay.post(f'/messages/{told["decision_decided"]}/acknowledgements', {'event': 'acknowledge'}).status == 200
    assert case.get(f'/decisions/{made["id"]}').json['paidOn'] == days(0)
