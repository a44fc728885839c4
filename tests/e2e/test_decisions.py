# SPDX-License-Identifier: EUPL-1.2
"""Decisions: drafted and calculated, the person is heard, somebody else decides, and it has effect from its notification."""
import json
import os
import threading
import uuid

import pytest
from reckoned import ORDINANCE, PREMIUMS

from region import day as days

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
        act(region, "select set_config('app.role', 'team_lead', true), set_config('app.event', 'decide', true); update app.decision set state = 'decided', decided_at = clock.now(), decided_by = drafted_by, "
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
