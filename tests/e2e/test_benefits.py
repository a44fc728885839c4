# SPDX-License-Identifier: EUPL-1.2
"""Benefits: applied for, granted, refused, ended and restored; who sees them; and what the file says of them."""
import pytest

from region import day, until


@pytest.fixture
def benefit(as_role, candidate):
    def make(client=None, of=None, **changes):
        of = of or candidate.json['id']
        return (client or as_role('team_lead')).post('/benefits', {'candidateId': of, 'kind': 'assistance', 'appliedOn': '2026-11-02', **changes})
    return make


def move(client, benefit, event, **more):
    return client.post(f'/benefits/{benefit}/moves', {'event': event, **more})


def terms(as_role, benefit):
    return as_role('team_lead').get(f'/tasks?subjectId={benefit}&pageSize=100').json['items']


def test_an_application_is_granted_ends_and_is_restored(as_role, benefit):
    lead = as_role('team_lead')
    made = benefit()
    assert made.status == 201 and made.json['state'] == 'applied' and made.json['lowerable'] is False
    granted = move(lead, made.json['id'], 'grant')
    assert granted.json['state'] == 'granted' and granted.json['fromDay'] == '2026-11-02' and granted.json['lowerable'] is True
    assert lead.get(f'/candidates/{made.json["candidateId"]}').json['benefit'] == 'assistance'
    without = move(lead, made.json['id'], 'end')
    assert without.status == 400 and without.json['errors'][0] == {**without.json['errors'][0], 'pointer': '/endReason', 'code': 'required'}
    ended = move(lead, made.json['id'], 'end', endReason='work', day='2026-11-20').json
    assert ended['state'] == 'ended' and ended['untilDay'] == '2026-11-20' and ended['endReason'] == 'work' and not ended['lowerable']
    assert lead.get(f'/candidates/{made.json["candidateId"]}').json['benefit'] == 'none'
    back = move(lead, made.json['id'], 'restore').json
    assert back['state'] == 'granted' and 'untilDay' not in back and 'endReason' not in back
    assert lead.get(f'/candidates/{made.json["candidateId"]}').json['benefit'] == 'assistance'


def test_a_refusal_has_a_reason_and_may_be_granted_after_all(as_role, benefit):
    lead = as_role('team_lead')
    made = benefit().json
    wrong = move(lead, made['id'], 'refuse', endReason='work')
    assert {(e['pointer'], e['code']) for e in wrong.json['errors']} == {('/refusalReason', 'required'), ('/endReason', 'not-here')}
    refused = move(lead, made['id'], 'refuse', refusalReason='own_means').json
    assert refused['state'] == 'refused' and refused['refusalReason'] == 'own_means' and refused['refusedOn']
    assert move(lead, made['id'], 'end', endReason='work').problem == 'state'
    granted = move(lead, made['id'], 'restore', day='2026-11-09').json
    assert granted['state'] == 'granted' and granted['fromDay'] == '2026-11-09' and 'refusalReason' not in granted


def test_an_applicant_has_nothing_to_lower_and_a_benefit_that_is_lowered_is_no_state(as_role, benefit, contract):
    made = benefit().json
    assert made['lowerable'] is False
    lower = as_role('team_lead').post(f'/benefits/{made["id"]}/moves', {'event': 'lower'})
    assert lower.status == 400 and lower.json['errors'][0]['pointer'] == '/event'


def test_nobody_has_one_kind_of_benefit_twice_on_a_day(as_role, benefit):
    lead = as_role('team_lead')
    first = benefit().json
    again = benefit()
    assert again.problem == 'duplicate' and again.json['existing'] == f'/v1/benefits/{first["id"]}'
    other = benefit(kind='ww').json
    assert move(lead, other['id'], 'grant').status == 200
    move(lead, first['id'], 'grant', day='2026-11-02')
    move(lead, first['id'], 'end', day='2026-11-20', endReason='work')
    second = benefit().json
    overlap = move(lead, second['id'], 'grant', day='2026-11-20')
    assert overlap.status == 409 and overlap.problem == 'benefits-overlap' and overlap.json['existing'].startswith('/v1/benefits/') and overlap.json['errors'][0]['pointer'] == '/day'
    assert lead.get(f'/benefits/{second["id"]}').json['state'] == 'applied'
    assert move(lead, second['id'], 'grant', day='2026-11-21').status == 200
    assert move(lead, first['id'], 'restore').status == 409


def test_an_application_has_the_term_of_the_law(as_role, benefit):
    made = benefit().json
    (term,) = terms(as_role, made['id'])
    assert term['kind'] == 'term' and term['state'] == 'open'
    move(as_role('team_lead'), made['id'], 'grant')
    (term,) = terms(as_role, made['id'])
    assert term['state'] == 'done' and term['outcome'] == 'met'


def test_seen_practitioner_the_term_of_an_application_ends_with_its_decision_only(as_role, benefit):
    """Somebody completed the term in the work list, and nothing reminded of the application any more."""
    made, lead = benefit().json, as_role('team_lead')
    (term,) = terms(as_role, made['id'])
    assert 'completeTask' not in [a['operation'] for a in term['actions']]
    for client in (lead, as_role('case_manager')):
        for outcome in ('met', 'not_met'):
            assert client.post(f'/tasks/{term["id"]}/completions', {'outcome': outcome}).problem == 'subject-first'
    assert terms(as_role, made['id'])[0]['state'] == 'open'
    move(lead, made['id'], 'refuse', refusalReason='own_means')
    assert terms(as_role, made['id'])[0]['state'] == 'done'
    by_hand = lead.post('/tasks', {'kind': 'term', 'noun': 'candidate', 'subjectId': made['candidateId']})
    assert by_hand.status == 201 and 'completeTask' in [a['operation'] for a in by_hand.json['actions']], by_hand.text
    assert lead.post(f'/tasks/{by_hand.json["id"]}/completions', {'outcome': 'met'}).status == 200


def test_what_was_noted_wrong_is_corrected(as_role, benefit):
    lead = as_role('team_lead')
    made = benefit()
    changed = lead.patch(f'/benefits/{made.json["id"]}', {'kind': 'ioaw', 'fromDay': '2026-11-05'}, made.headers['etag'])
    assert changed.json['kind'] == 'ioaw' and changed.json['fromDay'] == '2026-11-05'
    move(lead, made.json['id'], 'grant')
    now = lead.get(f'/benefits/{made.json["id"]}')
    assert lead.patch(f'/benefits/{made.json["id"]}', {'kind': 'ioaz'}, now.headers['etag']).problem == 'state'
    wrong = lead.patch(f'/benefits/{made.json["id"]}', {'untilDay': '2026-11-01'}, now.headers['etag'])
    assert wrong.status == 400 and wrong.json['errors'][0]['code'] == 'order'


def test_who_keeps_the_file_sees_a_benefit_and_who_matches_does_not(as_role, benefit, person):
    made = benefit().json
    assert as_role('consultant').get(f'/benefits/{made["id"]}').status == 403
    for role in ('firm', 'coach', 'employer', 'benefits_payment', 'account_manager'):
        assert as_role(role).get(f'/benefits/{made["id"]}').status == 403, role
    assert as_role('team_lead').get(f'/benefits?candidateId={made["candidateId"]}&state=applied&kind=assistance').json['items'] == [made]
    stranger = person('case_manager')[1]('case_manager')
    assert stranger.get(f'/benefits/{made["id"]}').status == 404
    assert stranger.get('/benefits').json['items'] == []
    assert as_role('team_lead', tenant='gm9902').get(f'/benefits/{made["id"]}').status == 404


def test_notes_and_tasks_about_a_benefit_stand_behind_the_wall_of_measures(as_role, benefit):
    made = benefit().json
    lead, consultant = as_role('team_lead'), as_role('consultant')
    note = lead.post('/notes', {'noun': 'benefit', 'subjectId': made['id'], 'text': 'Loonstrook volgt.'})
    assert note.status == 201 and note.json['purpose'] == 'file' and note.json['subjectLabel'] == 'assistance'
    assert consultant.get(f'/notes/{note.json["id"]}').status == 404
    assert consultant.get(f'/notes?subjectId={made["id"]}').json['items'] == []
    assert consultant.get(f'/tasks?subjectId={made["id"]}').json['items'] == []
    assert consultant.post('/notes', {'noun': 'benefit', 'subjectId': made['id'], 'text': 'Mag niet.'}).status == 400


def test_amount_persons_and_exemptions_are_noted_and_corrected(as_role, benefit):
    lead = as_role('team_lead')
    plain = benefit().json
    assert (plain['persons'], plain['exemptions'], 'monthCents' in plain) == (1, [], False)
    made = benefit(kind='ioaw', monthCents=140107, persons=2, exemptions=[{'code': 'young_child', 'fromDay': '2027-01-01'}, {'code': 'urgent_reasons', 'fromDay': '2026-12-01', 'untilDay': '2027-02-28'}])
    assert [one['code'] for one in made.json['exemptions']] == ['urgent_reasons', 'young_child'], 'the earliest comes first'
    changed = lead.patch(f'/benefits/{made.json["id"]}', {'monthCents': 70000, 'exemptions': []}, made.headers['etag'])
    assert (changed.json['monthCents'], changed.json['persons'], changed.json['exemptions']) == (70000, 2, [])
    for wrong in ({'persons': 0}, {'monthCents': -1}, {'exemptions': [{'code': 'holiday', 'fromDay': '2027-01-01'}]}, {'exemptions': [{'code': 'disabled'}]},
                  {'exemptions': [{'code': 'disabled', 'fromDay': '2027-02-01', 'untilDay': '2027-01-31'}]}):
        assert lead.patch(f'/benefits/{made.json["id"]}', wrong, changed.headers['etag']).status == 400, wrong


@pytest.mark.parametrize('day', ['2126-11-02', '1926-11-02'])
def test_seen_practitioner_a_year_that_was_mistyped_is_no_day_of_an_application(as_role, benefit, day):
    wrong = benefit(appliedOn=day)
    assert wrong.status == 400 and [e['pointer'] for e in wrong.json['errors']] == ['/appliedOn'], wrong.text
    made = benefit()
    changed = as_role('team_lead').patch(f'/benefits/{made.json["id"]}', {'appliedOn': day}, made.headers['etag'])
    assert changed.status == 400 and [e['pointer'] for e in changed.json['errors']] == ['/appliedOn'], changed.text


def test_seen_practitioner_a_benefit_that_ends_on_a_day_to_come_goes_on_until_then(region, as_role, benefit, later):
    """The last day was a month ahead, and the benefit had ended at once: it could not be lowered, and the file said that there was none."""
    lead, made = as_role('team_lead'), benefit().json
    place, file = f'/benefits/{made["id"]}', f'/candidates/{made["candidateId"]}'
    assert move(lead, made['id'], 'end', endReason='work', day=day(30)).problem == 'state', 'an application does not end'
    move(lead, made['id'], 'grant')
    planned = move(lead, made['id'], 'end', endReason='work', day=day(30)).json
    assert [planned[k] for k in ('state', 'untilDay', 'endReason', 'lowerable')] == ['granted', day(30), 'work', True]
    assert lead.get(file).json['benefit'] == 'assistance'
    again = move(lead, made['id'], 'end', endReason='moved', day=day(40)).json
    assert [again[k] for k in ('state', 'untilDay', 'endReason')] == ['granted', day(40), 'moved']
    stays = lead.patch(place, {'untilDay': None}, lead.get(place).headers['etag'])
    assert stays.status == 200 and stays.json['state'] == 'granted' and 'endReason' not in stays.json, 'it does not end after all'
    move(lead, made['id'], 'end', endReason='work', day=day(30))
    earlier = lead.patch(place, {'untilDay': day(20)}, lead.get(place).headers['etag'])
    assert [earlier.json[k] for k in ('state', 'untilDay', 'endReason')] == ['granted', day(20), 'work']
    listed = f'/benefits?candidateId={made["candidateId"]}&state='
    region.pause('expire')
    try:
        with later(20):
            now = lead.get(place).json
            assert (now['state'], now['lowerable']) == ('ended', False), 'also before the sweep of the night'
            assert lead.get(file).json['benefit'] == 'none', 'the file says so, too'
            assert [c['benefit'] for c in lead.get('/candidates?pageSize=100').json['items'] if c['id'] == made['candidateId']] in (['none'], [])
            assert [len(lead.get(listed + s).json['items']) for s in ('granted', 'ended')] == [0, 1]
            assert move(lead, made['id'], 'end', endReason='work').problem == 'state'
            region.resume('expire')
            until(lambda: region.sql("select state from app.benefit where id = %s", (made['id'],)) == [('ended',)])
            assert lead.get(file).json['benefit'] == 'none'
    finally:
        region.resume('expire')
    assert region.sql("select event, role from app.transition where subject_id = %s order by seq desc limit 1", (made['id'],)) == [('end', 'system')]


def test_seen_practitioner_a_last_day_that_nobody_gave_a_reason_for_is_refused(as_role, benefit):
    """A clerk corrected the last day of a benefit that does not end. It said so, and never ended: it was paid, and could be lowered, after its last day."""
    lead, made = as_role('team_lead'), benefit(appliedOn=day(-90)).json
    place = f'/benefits/{made["id"]}'

    def correct():
        refused = lead.patch(place, {'untilDay': day(3)}, lead.get(place).headers['etag'])
        assert refused.status == 400 and [(e['pointer'], e['code']) for e in refused.json['errors']] == [('/untilDay', 'not-here')], refused.text
        assert 'untilDay' not in lead.get(place).json
    correct()
    move(lead, made['id'], 'grant')
    correct()
    move(lead, made['id'], 'end', endReason='work', day=day(9))
    assert lead.patch(place, {'untilDay': None}, lead.get(place).headers['etag']).status == 200
    correct()
    assert move(lead, made['id'], 'end', endReason='work', day=day(3)).json['untilDay'] == day(3)


def test_seen_practitioner_the_last_day_of_a_benefit_is_corrected_to_the_past_and_to_the_future(as_role, benefit):
    lead, made = as_role('team_lead'), benefit(appliedOn=day(-90)).json
    place = f'/benefits/{made["id"]}'
    move(lead, made['id'], 'grant')
    move(lead, made['id'], 'end', endReason='work', day=day(30))
    for n, state, file in ((-3, 'ended', 'none'), (9, 'granted', 'assistance'), (0, 'ended', 'none')):
        changed = lead.patch(place, {'untilDay': day(n)}, lead.get(place).headers['etag'])
        assert changed.status == 200 and (changed.json['state'], changed.json['untilDay'], changed.json['endReason']) == (state, day(n), 'work'), changed.text
        assert lead.get(f'/candidates/{made["candidateId"]}').json['benefit'] == file
    assert lead.patch(place, {'untilDay': None}, lead.get(place).headers['etag']).status == 400, 'what ended has a last day; to restore it is a step'


def test_seen_attacker_nobody_who_died_gets_a_benefit(as_role, benefit):
    """A benefit that ended with the death was restored, and a new one was applied for. The last day of what ended can be corrected, and a death by mistake be undone."""
    lead, made = as_role('team_lead'), benefit(appliedOn=day(-90)).json
    place, file = f'/benefits/{made["id"]}', f'/candidates/{made["candidateId"]}'
    refused = benefit(kind='ioaw', appliedOn=day(-90)).json['id']
    move(lead, made['id'], 'grant')
    assert lead.post(f'{file}/deaths', {'diedOn': day(-2)}).status == 200
    for answer in (move(lead, made['id'], 'restore'), move(lead, refused, 'restore'), benefit(kind='ioaz'), lead.patch(place, {'untilDay': day(30)}, lead.get(place).headers['etag'])):
        assert (answer.status, answer.problem, answer.json['currentState']) == (409, 'state', 'died'), answer.text
    assert lead.patch(place, {'untilDay': day(-3)}, lead.get(place).headers['etag']).json['state'] == 'ended'
    assert lead.post(f'{file}/death-reversals', {'reason': 'wrong_candidate'}).status == 200
    assert move(lead, made['id'], 'restore').json['state'] == 'granted'


def test_the_file_says_at_once_what_is_left_when_one_of_two_benefits_has_ended(region, as_role, benefit, later):
    """The file followed at the sweep of the night: until then it said what had ended, also when another one was moved on that day."""
    lead, first = as_role('team_lead'), benefit().json
    file = f'/candidates/{first["candidateId"]}'
    second = lead.post('/benefits', {'candidateId': first['candidateId'], 'kind': 'ww'}).json
    for made, last in ((first, day(20)), (second, day(30))):
        move(lead, made['id'], 'grant')
        move(lead, made['id'], 'end', endReason='work', day=last)
    assert lead.get(file).json['benefit'] == 'ww'
    with later(20):
        assert lead.get(file).json['benefit'] == 'ww'
        assert move(lead, second['id'], 'end', endReason='work').status == 200
        assert lead.get(file).json['benefit'] == 'none', 'the other one has ended today, before the sweep'
