# SPDX-License-Identifier: EUPL-1.2
"""Objections: in time or not, until when they are decided, what they suspend, and what comes of them."""
import datetime
import json

import pytest
from region import until
from test_decisions import act, days, decided, died, draft, heard, law, missing, notified, obliged, tasks, tell  # noqa: F401


@pytest.fixture
def objected(as_role, notified):  # noqa: F811
    """objected(**more): (the objection, the decision)."""
    def make(client=None, day=None, **more):
        decision = notified(day)
        made = (client or as_role('case_manager')).post('/objections', {'decisionId': decision['id'], 'grounds': 'Ik had me afgemeld.', **more})
        assert made.status == 201, made.text
        return made.json, decision
    return make


def test_seen_practitioner_the_term_of_an_objection_ends_with_what_is_decided(as_role, objected):  # noqa: F811
    """The term was completed by hand: nothing was decided, nobody was reminded, and the penalty for deciding too late began (Awb 4:17)."""
    case, (objection, decision) = as_role('case_manager'), objected()
    terms = [term for subject in (objection, decision) for term in case.get(f'/tasks?subjectId={subject["id"]}&kind=term&state=open').json['items']]
    assert {term['noun'] for term in terms} == {'objection', 'decision'}
    for term in terms:
        assert case.post(f'/tasks/{term["id"]}/completions', {'outcome': 'met'}).problem == 'subject-first', term
        assert 'completeTask' not in [a['operation'] for a in term['actions']] and case.get(f'/tasks/{term["id"]}').json['state'] == 'open'


def test_an_objection_is_registered_and_its_term_is_a_task(as_role, objected):
    made, decision = objected()
    assert made['state'] == 'registered' and made['inTime'] is True and made['complete'] is True and made['decideBy'] > decision['objectionUntil']
    assert ('term', 'open') in tasks(as_role('team_lead'), made['id'])
    again = as_role('case_manager').post('/objections', {'decisionId': decision['id'], 'grounds': 'Nog eens.'})
    assert again.problem == 'duplicate' and again.json['existing'] == f'/v1/objections/{made["id"]}'


def test_in_time_is_the_day_of_receipt_or_of_the_postmark(scratch):
    """Awb 6:7 and 6:9: by hand, of a term that ends on 15 April 2031."""
    cases = [('letter', '2031-04-15', None, True), ('letter', '2031-04-16', None, False), ('letter', '2031-04-22', '2031-04-15', True), ('letter', '2031-04-23', '2031-04-15', False),
             ('letter', '2031-04-18', '2031-04-16', False), ('portal', '2031-04-16', '2031-04-15', False), ('e_mail', '2031-04-15', None, True)]
    with scratch() as cursor:
        for channel, received, posted, expected in cases:
            cursor.execute("select app.objection_is_in_time(jsonb_populate_record(null::app.objection, jsonb_build_object('channel', %s::text, 'received_on', %s::date, 'mailed_on', %s::date)), '2031-04-15')",
                           (channel, received, posted))
            assert cursor.fetchone() == (expected,), (channel, received, posted)


def test_until_when_it_is_decided_is_worked_out_by_hand(scratch):
    """Awb 7:10: six weeks after the term, twelve with a committee, six more when postponed; it stands still while somebody repairs it."""
    cases = [({}, '2031-05-27'), ({'committee': True}, '2031-07-08'), ({'deferred': True}, '2031-07-08'), ({'agreed_until': '2031-09-01'}, '2031-09-01'),
             ({'repair_asked_on': '2031-04-01', 'repair_until': '2031-04-15'}, '2031-06-10'), ({'repair_asked_on': '2031-04-01', 'repair_until': '2031-04-15', 'repaired_on': '2031-04-04'}, '2031-05-30')]
    with scratch() as cursor:
        for more, expected in cases:
            cursor.execute("select app.objection_decide_by(jsonb_populate_record(null::app.objection, %s::jsonb), '2031-04-15')::text", (json.dumps({'committee': False, 'deferred': False, **more}),))
            assert cursor.fetchone() == (expected,), more


def test_the_gate_of_an_objection_tells_everything_at_once(as_role, person, objected):
    """One learnt of each thing by trying to decide. Whoever made the decision learns that it is somebody else who decides."""
    lead, case, other = as_role('team_lead'), as_role('case_manager'), person('team_lead', attributes=['decider'])[1]('team_lead')
    made, _ = objected(day=days(-60), grounds=None)
    gate = f'/objections/{made["id"]}/gate'
    told = other.get(gate).json
    assert told['may'] is False and [n['code'] for n in told['missing']] == ['late', 'incomplete', 'hearing'] and all(n['saidNl'] and n['saidEn'] and n['source'] for n in told['missing'])
    assert [n['code'] for n in lead.get(gate).json['missing']] == ['second_person', 'late', 'incomplete', 'hearing']
    assert [n['code'] for n in case.get(gate).json['missing']][0] == 'decider'
    refused = other.post(f'/objections/{made["id"]}/outcomes', {'outcome': 'rejected', 'text': 'Omdat.'})
    assert refused.problem == 'requirements' and refused.json['missing'] == ['late', 'incomplete', 'hearing']
    assert case.patch(f'/objections/{made["id"]}', {'lateExcused': True, 'lateText': 'In het ziekenhuis.', 'grounds': 'Ik was ziek.', 'complete': True, 'heardOn': days(0)}, '*').status == 200
    told = other.get(gate).json
    assert told['may'] is True and 'missing' not in told
    assert other.post(f'/objections/{made["id"]}/outcomes', {'outcome': 'rejected', 'text': 'Omdat.'}).status == 200
    assert 'missing' not in other.get(gate).json and as_role('consultant').get(gate).status == 403


def test_a_late_one_is_inadmissible_unless_it_is_excused(region, as_role, person, objected):
    other = person('team_lead', attributes=['decider'])[1]('team_lead')
    made, decision = objected(day=days(-60))
    place = f'/objections/{made["id"]}'
    assert made['inTime'] is False
    for outcome, codes in (('upheld', ['late']), ('rejected', ['late', 'hearing'])):
        assert other.post(f'{place}/outcomes', {'outcome': outcome, 'text': 'Omdat.'}).json['missing'] == codes
    assert as_role('case_manager').patch(place, {'lateExcused': True, 'lateText': 'In het ziekenhuis.'}, '*').status == 200
    assert other.post(f'{place}/outcomes', {'outcome': 'inadmissible', 'text': 'Te laat.'}).json['missing'] == ['in_time']
    assert as_role('case_manager').patch(place, {'lateExcused': None}, '*').status == 200
    done = other.post(f'{place}/outcomes', {'outcome': 'inadmissible', 'text': 'Te laat.'})
    assert done.status == 200 and done.json['state'] == 'inadmissible', done.text
    assert as_role('team_lead').get(f'/decisions/{decision["id"]}').json['state'] in ('notified', 'in_force')


def test_whoever_drafted_or_made_the_decision_does_not_decide_on_the_objection(as_role, objected):
    made, _ = objected()
    refused = as_role('team_lead').post(f'/objections/{made["id"]}/outcomes', {'outcome': 'upheld', 'text': 'Gelijk.'})
    assert refused.problem == 'requirements' and refused.json['missing'] == ['second_person']


def test_what_is_upheld_is_taken_back(region, as_role, person, objected):
    other = person('team_lead', attributes=['decider'])[1]('team_lead')
    made, decision = objected()
    done = other.post(f'/objections/{made["id"]}/outcomes', {'outcome': 'upheld', 'text': 'U had zich afgemeld.'})
    assert done.status == 200 and done.json['state'] == 'upheld', done.text
    shown = other.get(f'/decisions/{decision["id"]}').json
    assert (shown['state'], shown['withdrawnReason']) == ('withdrawn', 'objection')
    assert region.sql("select count(*) from app.message where subject_id = %s and purpose = 'benefits_payment'", (decision['id'],)) == [(2,)]       # it begins, and it does not
    assert not region.sql("select from app.task where subject_id in (%s, %s) and state = 'open'", (decision['id'], made['id']))
    assert [t['event'] for t in other.get(f'/objections/{made["id"]}/transitions').json['items']] == ['uphold']


def test_what_is_partly_upheld_is_revised(as_role, person, objected):
    other = person('team_lead', attributes=['decider'])[1]('team_lead')
    made, decision = objected()
    place = f'/objections/{made["id"]}'
    assert other.post(f'{place}/outcomes', {'outcome': 'partly', 'text': 'Ten dele.', 'adjustedPercentage': 50}).json['missing'] == ['hearing']
    assert as_role('case_manager').patch(place, {'heardOn': days(0)}, '*').status == 200
    assert other.post(f'{place}/outcomes', {'outcome': 'partly', 'text': 'Ten dele.', 'adjustedPercentage': 50}).status == 200
    revision = next(d for d in other.get(f'/decisions?candidateId={decision["candidateId"]}').json['items'] if d.get('revisesId') == decision['id'])
    assert (revision['state'], revision['percentage'], revision['reviseReason']) == ('drafted', 50, 'objection')
    assert missing(as_role('team_lead'), revision['id']) == []
    assert as_role('team_lead').post(f'/decisions/{revision["id"]}/determinations').status == 200
    assert other.get(f'/decisions/{decision["id"]}').json['state'] == 'revised'


def test_what_is_incomplete_gets_a_term_to_repair_it(as_role, person, objected):
    other, case = person('team_lead', attributes=['decider'])[1]('team_lead'), as_role('case_manager')
    made, _ = objected(grounds=None)
    place = f'/objections/{made["id"]}'
    assert made['complete'] is False and other.post(f'{place}/outcomes', {'outcome': 'inadmissible', 'text': 'Leeg.'}).json['missing'] == ['repair_term']
    asked = case.post(f'{place}/repairs', {'untilDay': days(14)}).json
    assert asked['repairUntil'] == days(14) and asked['decideBy'] >= made['decideBy']
    assert other.post(f'{place}/outcomes', {'outcome': 'inadmissible', 'text': 'Leeg.'}).json['missing'] == ['repair_term']
    repaired = case.post(f'{place}/repairs', {'grounds': 'Ik was ziek.'}).json
    assert repaired['complete'] is True and repaired['grounds'] == 'Ik was ziek.' and repaired['repairedOn'] == days(0)


def test_it_is_postponed_once_or_as_long_as_was_agreed(as_role, objected):
    case = as_role('case_manager')
    made, _ = objected()
    place = f'/objections/{made["id"]}'
    later_by = case.post(f'{place}/postponements', {}).json['decideBy']
    assert later_by > made['decideBy'] and case.post(f'{place}/postponements', {}).problem == 'state'
    assert case.post(f'{place}/postponements', {'agreedUntil': '2099-12-31'}).json['decideBy'] == '2099-12-31'


def test_seen_builder_what_is_registered_is_what_was_said(as_role, objected):
    said = {'committee': True, 'lateExcused': True, 'lateText': 'Ziekenhuis.', 'heardOn': days(0), 'byWhom': 'representative', 'representative': 'mr. Pen'}
    made, _ = objected(**said)
    assert said.items() <= made.items(), made
    lead = as_role('team_lead')
    alias = lead.get(f'/candidates/{made["candidateId"]}').json['alias']
    for noun in ('objections', 'decisions'):
        assert {one['candidateAlias'] for one in lead.get(f'/{noun}?candidateId={made["candidateId"]}').json['items']} == {alias}, 'who it is about stands in the list'
    case, place = as_role('case_manager'), f'/objections/{made["id"]}'
    for path, body, pointer in ((f'{place}/postponements', {'agreedUntil': days(1)}, '/agreedUntil'), (f'{place}/injunctions', {}, '/fromDay'),
                                ('/objections', {'decisionId': made['decisionId'], 'receivedOn': days(-4000)}, '/receivedOn')):
        refused = case.post(path, body)
        assert refused.status == 400 and refused.json['errors'][0]['pointer'] == pointer, refused.text


def test_an_injunction_suspends_and_whoever_pays_is_told(region, as_role, objected, later):
    case, lead = as_role('case_manager'), as_role('team_lead')
    made, decision = objected()
    place = f'/objections/{made["id"]}'
    assert case.post(f'{place}/injunctions', {'fromDay': days(0)}).status == 200
    shown = lead.get(f'/decisions/{decision["id"]}').json
    assert shown['suspendedSince'] == days(0)
    told = lambda: [t for t, in region.sql("select template from app.message where subject_id = %s and purpose = 'benefits_payment' order by id", (decision['id'],))]  # noqa: E731
    assert sorted(told()) == ['decision_decided', 'decision_suspended']
    with later(40):
        assert lead.get(f'/decisions/{decision["id"]}').json['state'] == 'notified'        # it does not begin meanwhile
    assert case.post(f'{place}/injunctions', {'untilDay': days(-1), 'fromDay': days(-1)}).status == 200
    assert 'suspendedSince' not in lead.get(f'/decisions/{decision["id"]}').json and sorted(told())[-2:] == ['decision_resumed', 'decision_suspended']


def test_seen_practitioner_an_injunction_ends_with_its_last_day(region, as_role, objected, later):
    """Nobody has to remember it: the night after its last day the decision goes on, and whoever pays hears that."""
    case, lead = as_role('case_manager'), as_role('team_lead')
    made, decision = objected()
    place = f'/objections/{made["id"]}'
    told = lambda: [t for t, in region.sql("select template from app.message where subject_id = %s and purpose = 'benefits_payment' order by planned_at, id", (decision['id'],))]  # noqa: E731
    assert case.post(f'{place}/injunctions', {'untilDay': days(3)}).problem == 'state' and told() == ['decision_decided']      # there is none
    assert case.post(f'{place}/injunctions', {'fromDay': days(0), 'untilDay': days(3)}).status == 200
    assert case.post(f'{place}/injunctions', {'fromDay': days(0), 'untilDay': days(3)}).status == 200                          # said twice
    with later(3):
        region.wait_until_idle()
        assert lead.get(f'/decisions/{decision["id"]}').json['suspendedSince'] == days(0)
    with later(4):
        until(lambda: 'suspendedSince' not in lead.get(f'/decisions/{decision["id"]}').json)
    assert told() == ['decision_decided', 'decision_suspended', 'decision_resumed']
    assert case.post(f'{place}/injunctions', {'fromDay': days(0)}).status == 200                                               # that was a mistake: it goes on
    assert sorted(told()) == ['decision_decided', 'decision_resumed', 'decision_suspended', 'decision_suspended']


def test_seen_practitioner_an_injunction_outlives_a_rejected_objection_and_ends_with_a_withdrawn_one(region, as_role, person, objected):
    """Awb 8:85: until nobody can go to the court any more, or the objection is withdrawn."""
    case, lead, other = as_role('case_manager'), as_role('team_lead'), person('team_lead', attributes=['decider'])[1]('team_lead')
    made, decision = objected()
    place = f'/objections/{made["id"]}'
    assert case.post(f'{place}/injunctions', {'fromDay': days(0)}).status == 200 and case.patch(place, {'heardOn': days(0)}, '*').status == 200
    rejected = other.post(f'{place}/outcomes', {'outcome': 'rejected', 'text': 'Omdat.'})
    last, = region.sql("select app.decision_last_day(clock.today(), app.rule('term.objection'))::text")[0]
    assert rejected.status == 200 and rejected.json['injunctionUntil'] == last, rejected.text
    assert lead.get(f'/decisions/{decision["id"]}').json['suspendedSince'] == days(0)
    assert lead.post(f'/decisions/{decision["id"]}/withdrawals', {'reason': 'other'}).status == 200
    made, decision = objected()
    place = f'/objections/{made["id"]}'
    assert case.post(f'{place}/injunctions', {'fromDay': days(0)}).status == 200 and case.post(f'{place}/withdrawals').status == 200
    assert 'suspendedSince' not in lead.get(f'/decisions/{decision["id"]}').json


def test_seen_practitioner_a_term_stands_still_as_long_as_it_may(scratch):
    """Awb 7:10, paragraph 2: until it was repaired, or the term for that has passed unused; what comes a month later gives no month more."""
    with scratch() as cursor:
        cursor.execute("select app.objection_decide_by(jsonb_populate_record(null::app.objection, %s::jsonb), '2031-04-15')::text",
                       (json.dumps({'committee': False, 'deferred': False, 'repair_asked_on': '2031-04-01', 'repair_until': '2031-04-15', 'repaired_on': '2031-05-20'}),))
        assert cursor.fetchone() == ('2031-06-10',)


def test_seen_practitioner_who_gets_longer_to_repair_loses_no_days(as_role, objected, later):
    case = as_role('case_manager')
    made, _ = objected(grounds=None)
    place = f'/objections/{made["id"]}'
    first = case.post(f'{place}/repairs', {'untilDay': days(14)}).json['decideBy']
    with later(7):
        longer = case.post(f'{place}/repairs', {'untilDay': days(28)}).json
    assert longer['decideBy'] >= first and longer['complete'] is False
    until_28 = as_role('case_manager').get(place).json['decideBy']
    assert until_28 >= str(datetime.date.fromisoformat(first) + datetime.timedelta(days=7))     # 28 days, not 21


def test_seen_practitioner_a_day_that_cannot_be_is_refused(as_role, person, objected):
    """With the wrong year a late objection would seem to be in time. A hearing on a later day has not been held."""
    case, other = as_role('case_manager'), person('team_lead', attributes=['decider'])[1]('team_lead')
    made, decision = objected()
    place = f'/objections/{made["id"]}'
    for change, pointer in (({'receivedOn': days(-365)}, '/receivedOn'), ({'receivedOn': days(1)}, '/receivedOn'), ({'heardOn': days(7)}, '/heardOn'), ({'heardOn': days(-365)}, '/heardOn')):
        refused = case.patch(place, change, '*')
        assert refused.status == 400 and refused.json['errors'][0]['pointer'] == pointer, refused.text
    assert other.post(f'{place}/outcomes', {'outcome': 'rejected', 'text': 'Omdat.'}).json['missing'] == ['hearing']
    assert case.post(f'{place}/repairs', {'untilDay': days(14)}).status == 200
    refused = case.post(f'{place}/repairs', {'repairedOn': days(1), 'grounds': 'Ik was ziek.'})
    assert refused.status == 400 and refused.json['errors'][0]['pointer'] == '/repairedOn', refused.text
    assert case.post(f'{place}/withdrawals').status == 200
    for day in (days(-365), days(1)):
        assert case.post('/objections', {'decisionId': decision['id'], 'grounds': 'Nee.', 'receivedOn': day}).json['errors'][0]['pointer'] == '/receivedOn'


LETTERS = """select d.parameters -> 'heading' #>> '{}', array_to_string(array(select jsonb_array_elements_text(d.parameters -> 'paragraphs' || (d.parameters -> 'reasons') || (d.parameters -> 'remedies'))), ' ')
    from app.message m join app.document d on d.id = m.document_id where m.subject_id = %s and m.template = 'objection' order by m.planned_at, m.id"""


@pytest.mark.parametrize('outcome,says', [('upheld', 'U krijgt gelijk.'), ('rejected', 'U krijgt geen gelijk.'), ('partly', 'U krijgt voor een deel gelijk.')])
def test_seen_practitioner_whoever_objects_is_told_what_becomes_of_it(region, as_role, person, objected, outcome, says):
    """In writing: that it came (Awb 6:14), that something is missing (6:6), that it takes longer (7:10), and what was decided, with the way to the court (7:12, 3:45)."""
    case, other = as_role('case_manager'), person('team_lead', attributes=['decider'])[1]('team_lead')
    made, decision = objected(grounds=None)
    place = f'/objections/{made["id"]}'
    letters = lambda: region.sql(LETTERS, (made['id'],))  # noqa: E731
    assert len(letters()) == 1 and 'Wij hebben uw bezwaar gekregen op ' in letters()[0][1]
    assert case.post(f'{place}/repairs', {'untilDay': days(14)}).status == 200 and 'ontbreekt nog iets' in letters()[1][1]
    assert case.post(f'{place}/repairs', {'grounds': 'Ik was ziek.'}).status == 200
    assert case.post(f'{place}/postponements', {}).status == 200 and 'meer tijd' in letters()[2][1]
    assert case.patch(place, {'heardOn': days(0)}, '*').status == 200
    before = region.sql("select count(*) from app.message where subject_id = %s and to_candidate_id is not null", (decision['id'],))
    assert other.post(f'{place}/outcomes', {'outcome': outcome, 'text': 'Wij keken naar de lijst.'}).status == 200
    heading, words = letters()[3]
    assert heading == 'Onze beslissing op uw bezwaar' and says in words and 'Wij keken naar de lijst.' in words and 'in beroep' in words and 'bezwaar maken' not in words
    assert region.sql("select count(*) from app.message where subject_id = %s and to_candidate_id is not null", (decision['id'],)) == before      # once: the letter above says it


def test_seen_practitioner_who_withdraws_an_objection_is_told_once(region, as_role, objected):
    made, _ = objected()
    assert as_role('case_manager').post(f'/objections/{made["id"]}/withdrawals').status == 200
    assert [words for _, words in region.sql(LETTERS, (made['id'],))][1:] == ['U hebt uw bezwaar ingetrokken. Wij kijken er niet meer naar. Ons besluit blijft gelden.']


def test_seen_practitioner_an_objection_is_about_what_took_the_place_of_the_decision(as_role, person, objected):
    """The decision was corrected, or taken back, during the objection. The objection can still be decided, but not by the person who made the correction (Awb 6:19)."""
    case, lead = as_role('case_manager'), as_role('team_lead')
    other, third = (person('team_lead', attributes=['decider'])[1]('team_lead') for _ in range(2))
    made, decision = objected()
    corrected = case.post(f'/decisions/{decision["id"]}/revisions', {'reason': 'correction', 'adjustedPercentage': 50, 'adjustReason': 'circumstances', 'reasons': 'U was ziek.'}).json
    assert other.post(f'/decisions/{corrected["id"]}/determinations').status == 200
    place = f'/objections/{made["id"]}/outcomes'
    assert other.post(place, {'outcome': 'upheld', 'text': 'Gelijk.'}).json['missing'] == ['second_person']
    done = third.post(place, {'outcome': 'upheld', 'text': 'Gelijk.'})
    assert done.status == 200 and [lead.get(f'/decisions/{d["id"]}').json['state'] for d in (decision, corrected)] == ['withdrawn', 'withdrawn'], done.text
    made, decision = objected()
    assert lead.post(f'/decisions/{decision["id"]}/withdrawals', {'reason': 'mistaken'}).status == 200
    place = f'/objections/{made["id"]}/outcomes'
    assert case.patch(f'/objections/{made["id"]}', {'heardOn': days(0)}, '*').status == 200
    assert other.post(place, {'outcome': 'partly', 'text': 'Ten dele.', 'adjustedPercentage': 50}).problem == 'state'
    assert other.post(place, {'outcome': 'upheld', 'text': 'Gelijk.'}).json['state'] == 'upheld'


# ------------------------------------------------------------------------------------ partly right, months later, and heirs

TOLD_PAYER = "select template, data -> 'replaces', data ->> 'fromDay', data ->> 'untilDay', (data -> 'percentage')::int from app.message where candidate_id = %s and purpose is not null order by planned_at, id"


def partly(other, objection, **more):
    """The revision that is drafted because the objection is partly upheld."""
    done = other.post(f'/objections/{objection["id"]}/outcomes', {'outcome': 'partly', 'text': 'Ten dele.', 'adjustedPercentage': 50, **more})
    assert done.status == 200, done.text
    return next(d for d in other.get(f'/decisions?candidateId={objection["candidateId"]}').json['items'] if d.get('revisesId') == objection['decisionId'])


def test_seen_practitioner_who_is_partly_right_is_lowered_less_in_the_same_months(region, as_role, person, objected, later):
    """An objection takes weeks. The lighter measure was a new one in a later month, and asked for a view again: the months of the first were paid back, and others lowered."""
    lead, other = as_role('team_lead'), person('team_lead', attributes=['decider'])[1]('team_lead')
    objection, told = objected(heardOn=days(0))
    with later(75):
        until(lambda: lead.get(f'/decisions/{told["id"]}').json['state'] == 'ended')
        made = partly(other, objection)
        assert (made['fromDay'], made['untilDay'], made['percentage'], missing(lead, made['id'])) == (told['fromDay'], told['untilDay'], 50, [])
        assert lead.post(f'/decisions/{made["id"]}/determinations').status == 200
        tell(region, made['id'], days(75))
    with later(76):
        until(lambda: lead.get(f'/decisions/{made["id"]}').json['state'] == 'ended')
    assert region.sql(TOLD_PAYER, (told['candidateId'],)) == [('decision_decided', None, told['fromDay'], told['untilDay'], 100), ('decision_decided', [told['id']], told['fromDay'], told['untilDay'], 50)]


def test_seen_practitioner_a_heavier_correction_never_looks_back(as_role, notified, later):  # noqa: F811
    """What keeps its days is lighter than what the person was told."""
    case, told = as_role('case_manager'), notified(adjustedPercentage=50, adjustReason='circumstances')
    with later(40):
        made = case.post(f'/decisions/{told["id"]}/revisions', {'reason': 'correction', 'adjustedPercentage': None, 'adjustReason': None, 'reasons': 'Toch meer.'}).json
        assert made['percentage'] == 100 and made['fromDay'] > days(40) and 'view_not_asked' in missing(as_role('team_lead'), made['id'])


def test_seen_practitioner_who_found_work_meanwhile_is_still_partly_right(as_role, person, objected):
    """There was nothing to lower any more, so nothing lighter could be decided."""
    lead, other = as_role('team_lead'), person('team_lead', attributes=['decider'])[1]('team_lead')
    objection, told = objected(heardOn=days(0))
    assert as_role('case_manager').post(f'/benefits/{told["benefitId"]}/moves', {'event': 'end', 'endReason': 'work', 'day': days(0)}).status == 200
    made = partly(other, objection)
    assert (made['fromDay'], made['percentage'], missing(lead, made['id'])) == (told['fromDay'], 50, [])
    assert lead.post(f'/decisions/{made["id"]}/determinations').status == 200


@pytest.mark.parametrize('when', ['before it was drafted', 'before it was decided', 'before anybody was told'])
def test_seen_practitioner_heirs_who_are_partly_right_are_paid_for_the_days_before_the_death(region, as_role, person, objected, later, when):
    """Nobody could decide the lighter measure, or it lapsed: the heirs were right, and nothing was paid."""
    lead, case, other = as_role('team_lead'), as_role('case_manager'), person('team_lead', attributes=['decider'])[1]('team_lead')
    objection, told = objected(heardOn=days(0))
    with later(20):
        until(lambda: lead.get(f'/decisions/{told["id"]}').json['state'] == 'in_force')
        day = (datetime.date.fromisoformat(told['fromDay']) + datetime.timedelta(days=9)).isoformat()
        dies = lambda moment: when == moment and lead.post(f'/candidates/{told["candidateId"]}/deaths', {'diedOn': day})  # noqa: E731
        dies('before it was drafted')
        made = partly(other, objection)
        dies('before it was decided')
        assert missing(lead, made['id']) == [] and lead.post(f'/decisions/{made["id"]}/determinations').status == 200
        dies('before anybody was told')
        shown = lead.get(f'/decisions/{made["id"]}').json
        assert (shown['state'], shown['fromDay'], shown['untilDay'], shown['percentage']) == ('decided', told['fromDay'], day, 50), shown
        assert region.sql("select state from app.message where subject_id = %s and to_candidate_id is not null and state <> 'withdrawn'", (made['id'],)) == [], 'who died gets no message'
        pages = region.sql("select d.parameters ->> 'name', d.parameters -> 'paragraphs' ->> 0 from app.document d where d.subject_id = %s and d.parameters ->> 'name' like 'De erven%%'", (made['id'],))
        assert len(pages) == 1 and pages[0][1].startswith('Deze brief is voor de erven van '), pages
        assert ('term', 'open') in tasks(case, made['id'])
        assert case.post(f'/decisions/{made["id"]}/hand-outs', {'receipt': 'signed'}).status == 200
        assert case.post(f'/decisions/{made["id"]}/hand-outs', {'receipt': 'signed'}).problem == 'state'
        assert 'open' not in {state for _, state in tasks(lead, made['id'])}
    with later(21):
        until(lambda: lead.get(f'/decisions/{made["id"]}').json['state'] == 'ended')
    assert region.sql(TOLD_PAYER, (told['candidateId'],)) == [('decision_decided', None, told['fromDay'], told['untilDay'], 100), ('decision_decided', [told['id']], told['fromDay'], day, 50)]


def test_seen_practitioner_nothing_is_lowered_after_a_death(region, as_role, person, objected):
    """The lowering would have begun after it: what is left of it is nothing."""
    lead, other = as_role('team_lead'), person('team_lead', attributes=['decider'])[1]('team_lead')
    objection, told = objected(heardOn=days(0))
    died(as_role, told['candidateId'])
    made = partly(other, objection)
    assert (made['percentage'], missing(lead, made['id'])) == (0, []) and lead.post(f'/decisions/{made["id"]}/determinations').status == 200
    heavier = as_role('case_manager').post(f'/decisions/{made["id"]}/revisions', {'reason': 'correction', 'adjustedPercentage': None, 'reasons': 'Meer.'})
    assert heavier.problem == 'state' and heavier.json['currentState'] == 'died'


def test_seen_attacker_a_correction_that_nobody_was_told_hides_nothing_from_whoever_pays(region, as_role, person, notified):  # noqa: F811
    """100 was told, 40 was not, and 60 takes the place of both: whoever pays heard that it takes the place of 40, which he never had, and went on lowering by 100. The person was asked for a view again."""
    case, lead, told = as_role('case_manager'), as_role('team_lead'), notified()
    chain = [told['id']]
    for decider, percentage in ((lead, 40), (person('team_lead', attributes=['decider'])[1]('team_lead'), 60)):
        made = case.post(f'/decisions/{chain[-1]}/revisions', {'reason': 'correction', 'adjustedPercentage': percentage, 'adjustReason': 'circumstances', 'reasons': 'Minder.'})
        assert missing(decider, made.json['id']) == [] and decider.post(f'/decisions/{made.json["id"]}/determinations').status == 200
        chain.append(made.json['id'])
    tell(region, chain[2], days(0))
    assert region.sql(TOLD_PAYER, (told['candidateId'],))[1:] == [('decision_decided', chain[:2], told['fromDay'], told['untilDay'], 60)]
