# SPDX-License-Identifier: EUPL-1.2
"""Appointments: planned, invited, moved, and who came; the sessions of a cohort and their attendance list."""
import os
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from region import Client, day

ROUNDS = int(os.environ.get('ROUNDS', 2))
CONTEXT = ("select set_config('app.tenant', '1', false), set_config('app.role', 'system', false), set_config('app.scope', 'tenant', false), "
           "set_config('app.actor', '', false); ")
NOBODY = '01920000-0000-7000-8000-00000000dead'


def moment(region, days=0, hour=12):
    """This hour of the day so many days after today, in Amsterdam."""
    return region.sql("select to_char(calendar.moment(clock.today() + %s + make_time(%s, 0, 0)) at time zone 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"')",
                      (days, hour))[0][0]


@pytest.fixture
def appointment(as_role, candidate, region):
    def make(client=None, days=0, **changes):
        return (client or as_role('consultant')).post('/appointments', {
            'candidateId': candidate.json['id'], 'kind': 'introduction', 'startsAt': moment(region, days), **changes})
    return make


def move(client, appointment, event, **more):
    return client.post(f'/appointments/{appointment}/moves', {'event': event, **more})


def signals(as_role, appointment):
    return as_role('team_lead').get(f'/signals?appointmentId={appointment}').json['items']


def checks(as_role, appointment):
    """The checks of the signals of an appointment."""
    return [(t['state'], t.get('outcome')) for s in signals(as_role, appointment)
            for t in as_role('team_lead').get(f'/tasks?subjectId={s["id"]}&kind=check').json['items']]


@pytest.fixture
def cohort(as_role):
    """A cohort with people: (project, [candidate])."""
    def make(people=3):
        project = as_role('account_manager').post('/projects', {'kind': 'cohort', 'title': 'Groep', 'startsOn': '2026-09-01'}).json['id']
        who = []
        for n in range(people):
            who.append(as_role('case_manager').post('/candidates', {'alias': f'Kandidaat {n}', 'pc4': '5012'}).json['id'])
            assert as_role('case_manager').post('/candidate-participations', {'candidateId': who[-1], 'projectId': project, 'fromDay': '2026-09-01'}).status == 201
        return project, who
    return make


@pytest.fixture
def group(as_role, cohort, region):
    """A cohort with a session that so many days ago had a list: (path of the list, project, [candidate])."""
    def make(people=3, days=0, **more):
        project, who = cohort(people)
        planned = as_role('consultant').post(f'/projects/{project}/sessions', {'startsAt': moment(region, days), **more})
        assert planned.status == 200, planned.text
        return f'/projects/{project}/sessions/1/attendance', project, who
    return make


def marked(who, *marks):
    return {'items': [{'candidateId': c, 'attendance': m, **({'reason': 'ill'} if m == 'excused' else {})} for c, m in zip(who, marks)]}


def leader(person, as_role, project):
    user, client = person('course_leader')
    made = as_role('team_lead').post('/mandates', {'scope': 'cohort', 'scopeId': project, 'purpose': 'mediation', 'granteeUserId': user})
    assert made.status == 201, made.text
    return client('course_leader')


def states(client, path):
    return {i['candidateId']: i['state'] for i in client.get(path).json['items']}


def history(region, who):
    return region.sql("select count(*) from app.transition t join app.appointment a on a.id = t.subject_id where t.noun = 'appointment' "
                      "and a.candidate_id = any (%s::uuid[])", (who,))[0][0]


# ------------------------------------------------------------------------------------------------- at two places at a time

def elsewhere(answer):
    """Where else the person is expected, and nothing that its reader cannot follow."""
    items = answer.json.get('overlaps', [])
    assert all(item['href'] == f'/v1/appointments/{item["id"]}' and item['startsAt'] < item['endsAt'] for item in items)
    return [item['id'] for item in items]


def test_seen_practitioner_a_person_who_is_planned_twice_is_no_secret(as_role, appointment, region):
    """Somebody was planned at two places at a time, and nobody was told. It is not refused: calendars allow it, and the planner knows better."""
    consultant = as_role('consultant')
    first = appointment(days=4).json
    assert 'overlaps' not in first
    second = appointment(days=4, kind='talk')
    assert second.status == 201 and elsewhere(second) == [first['id']] and second.json['overlaps'][0]['kind'] == 'introduction'
    assert elsewhere(consultant.get(f'/appointments/{first["id"]}')) == [second.json['id']]
    touches = appointment(days=4, startsAt=moment(region, 4, 13))
    assert elsewhere(touches) == [], 'one begins when the other ends'
    long = appointment(days=4, startsAt=moment(region, 4, 11), endsAt=moment(region, 4, 14))
    assert elsewhere(long) == [*sorted((first['id'], second.json['id'])), touches.json['id']], 'in the order of their times'
    moved = move(consultant, second.json['id'], 'move', startsAt=moment(region, 4, 13))
    assert elsewhere(moved) == [long.json['id'], touches.json['id']], 'at the new time'
    place = f'/appointments/{touches.json["id"]}'
    changed = consultant.patch(place, {'startsAt': moment(region, 5), 'endsAt': moment(region, 5, 13)}, consultant.get(place).headers['etag'])
    assert elsewhere(changed) == []
    assert move(consultant, long.json['id'], 'cancel').status == 200
    assert elsewhere(consultant.get(f'/appointments/{first["id"]}')) == [], 'what is cancelled or moved away is in nobody\'s way'
    assert all('overlaps' not in a for a in consultant.get(f'/appointments?candidateId={first["candidateId"]}').json['items']), 'a list stays as cheap as it was'


def test_attack_a_hearing_is_in_nobodys_way(as_role, appointment, person, region):
    """Who cannot see a hearing hears of no clash with it, in no answer; who can, does."""
    lead, who = as_role('team_lead'), None
    hearing = appointment(lead, days=6, kind='hearing').json
    who = hearing['candidateId']
    seen = appointment(as_role('consultant'), days=6)
    assert seen.status == 201 and 'overlaps' not in seen.json
    place = f'/appointments/{seen.json["id"]}'
    user, coach = person('coach')
    assert lead.patch(f'/candidates/{who}', {'coachId': user}, '*').status == 200
    for client in (as_role('consultant'), coach('coach')):
        assert 'overlaps' not in client.get(place).json
    assert elsewhere(lead.get(place)) == [hearing['id']] and elsewhere(lead.get(f'/appointments/{hearing["id"]}')) == [seen.json['id']]
    moved = move(as_role('consultant'), seen.json['id'], 'move', startsAt=moment(region, 6), endsAt=moment(region, 6, 15))
    assert moved.status == 200 and 'overlaps' not in moved.json


def test_seen_practitioner_a_session_that_falls_on_another_appointment_says_of_whom(as_role, cohort, person, region):
    """A session was moved onto the interview of somebody of the group, and nobody heard of it."""
    project, who = cohort(3)
    here, consultant, lead = f'/projects/{project}/sessions', as_role('consultant'), as_role('team_lead')

    def at(hour, kind='interview', of=0):
        return lead.post('/appointments', {'candidateId': who[of], 'kind': kind, 'startsAt': moment(region, 5, hour)}).json['id']

    def clashing(client):
        return {i['candidateId']: [o['id'] for o in i['overlaps']] for i in client.get(f'{here}/1/attendance').json['items'] if 'overlaps' in i}
    interview = at(13)
    at(13, 'hearing', 1)
    planned = consultant.post(here, {'startsAt': moment(region, 4, 12)})
    assert planned.status == 200 and planned.json['sessions'][0]['overlapping'] == 0, planned.text
    moved = consultant.post(f'{here}/1/moves', {'startsAt': moment(region, 5, 12)})
    assert moved.status == 200 and moved.json['sessions'][0]['overlapping'] == 1 and clashing(consultant) == {who[0]: [interview]}
    assert lead.get(here).json['sessions'][0]['overlapping'] == 2 and set(clashing(lead)) == {who[0], who[1]}, 'inside the wall of measures'
    teacher = leader(person, as_role, project)
    assert teacher.get(here).json['sessions'][0]['overlapping'] == 0 and clashing(teacher) == {}, 'a course leader sees the own group only'
    assert move(consultant, interview, 'cancel').status == 200 and clashing(consultant) == {}


# ------------------------------------------------------------------------------------------------------- one by one

def test_an_appointment_is_planned_invited_and_attended(as_role, appointment):
    consultant = as_role('consultant')
    made = appointment(place='Kamer 3')
    assert made.status == 201 and made.json['state'] == 'planned' and not made.json['invitationProven']
    assert move(consultant, made.json['id'], 'invite').json['errors'][0]['pointer'] == '/channel'
    invited = move(consultant, made.json['id'], 'invite', channel='in_person').json
    assert invited['state'] == 'invited' and invited['invitationProven'] and invited['handedBy'] and invited['invitedAt']
    came = move(consultant, made.json['id'], 'attend').json
    assert came['state'] == 'present' and came['recordedBy'] and checks(as_role, made.json['id']) == []
    assert [t['event'] for t in consultant.get(f'/appointments/{made.json["id"]}/transitions').json['items']] == ['invite', 'attend']
    assert move(consultant, made.json['id'], 'cancel').problem == 'state'


def test_what_belongs_to_another_event_is_refused(as_role, appointment):
    wrong = move(as_role('consultant'), appointment().json['id'], 'attend', channel='letter', handedBy=NOBODY, reason='ill', startsAt='2031-01-01T09:00:00Z',
                 endsAt='2031-01-01T10:00:00Z', place='Elders')
    assert {e['pointer'] for e in wrong.json['errors']} == {'/channel', '/handedBy', '/reason', '/startsAt', '/endsAt', '/place'}


def test_seen_builder_an_invitation_is_handed_over_by_somebody_who_is_there(as_role, appointment, cohort):
    """Any identifier counted as a proof of the invitation, and the absence after it was looked into."""
    consultant, made = as_role('consultant'), appointment().json['id']
    refused = move(consultant, made, 'invite', channel='letter', handedBy=NOBODY)
    assert (refused.status, refused.json['errors'][0]['pointer'], refused.json['errors'][0]['code']) == (400, '/handedBy', 'reference')
    assert consultant.get(f'/appointments/{made}').json['state'] == 'planned'
    assert move(consultant, made, 'invite', channel='letter', handedBy=as_role('case_manager').get('/user-profile').json['id']).json['invitationProven']


@pytest.mark.parametrize('channel,proven', [('in_person', True), ('letter', True), ('phone', False), (None, False)])
def test_an_absence_is_told_and_checked_and_says_whether_the_invitation_is_proved(as_role, appointment, channel, proven):
    consultant, made = as_role('consultant'), appointment().json['id']
    if channel:
        assert move(consultant, made, 'invite', channel=channel).json['invitationProven'] is proven
    assert move(consultant, made, 'miss').json['state'] == 'absent'
    signal, = signals(as_role, made)
    assert (signal['kind'], signal['listed'], checks(as_role, made)) == ('no_show', True, [('open', None)])
    assert as_role('team_lead').get(f'/signals/{signal["id"]}').json['invitationProven'] is proven


def test_the_check_is_of_the_case_manager_today_and_behind_the_wall(as_role, appointment, region):
    made = appointment().json['id']
    move(as_role('consultant'), made, 'invite', channel='letter')
    move(as_role('consultant'), made, 'miss')
    signal, = signals(as_role, made)
    check, = as_role('case_manager').get(f'/tasks?subjectId={signal["id"]}').json['items']
    assert check['ownerUserId'] == as_role('case_manager').get('/user-profile').json['id'] and check['urgent']
    assert check['dueAt'] == region.sql("select app.json_instant(calendar.moment(clock.today() + time '23:59:59'))")[0][0]
    assert as_role('consultant').get(f'/tasks?subjectId={signal["id"]}').json['items'] == []


@pytest.mark.parametrize('event,more,says', [('attend', {}, 'present'), ('excuse', {'reason': 'ill'}, 'ill'), ('excuse', {'reason': 'work'}, 'excused')])
def test_a_correction_takes_the_signal_back_and_ends_the_check(as_role, appointment, event, more, says):
    consultant, made = as_role('consultant'), appointment().json['id']
    move(consultant, made, 'invite', channel='letter')
    move(consultant, made, 'miss')
    assert move(consultant, made, event, **more).status == 200
    signal, = signals(as_role, made)
    assert (signal['state'], signal['outcome'], checks(as_role, made)) == ('withdrawn', says, [('withdrawn', None)])
    assert move(consultant, made, 'miss').status == 200        # it was so after all
    assert [s['state'] for s in signals(as_role, made)] == ['received', 'withdrawn']


def test_an_excuse_opens_none(as_role, appointment):
    made = appointment().json['id']
    move(as_role('consultant'), made, 'invite', channel='letter')
    assert move(as_role('consultant'), made, 'excuse', reason='care').json['reason'] == 'care'
    assert checks(as_role, made) == []


def test_it_is_moved_to_another_one(as_role, appointment):
    consultant, made = as_role('consultant'), appointment(days=3, place='Kamer 3').json
    old = move(consultant, made['id'], 'move', startsAt='2031-03-10T09:00:00Z').json
    assert old['state'] == 'moved'
    new = consultant.get(f'/appointments/{old["movedToId"]}').json
    assert (new['state'], new['startsAt'], new['endsAt'], new['place']) == ('planned', '2031-03-10T09:00:00.000Z', '2031-03-10T10:00:00.000Z', 'Kamer 3')


def test_not_before_the_day(as_role, appointment):
    made = appointment(days=1).json['id']
    for event in ('attend', 'miss'):
        assert move(as_role('consultant'), made, event).problem == 'attendance-early'
    assert move(as_role('consultant'), made, 'excuse', reason='holiday').status == 200


def test_it_is_changed_as_long_as_nobody_is_invited(as_role, appointment):
    consultant, made = as_role('consultant'), appointment(days=2)
    here = f'/appointments/{made.json["id"]}'
    changed = consultant.patch(here, {'startsAt': '2031-03-03T09:00:00Z', 'endsAt': '2031-03-03T11:00:00Z', 'place': 'Hier'}, made.headers['etag'])
    assert changed.json['endsAt'] == '2031-03-03T11:00:00.000Z'
    wrong = consultant.patch(here, {'endsAt': '2031-03-03T08:00:00Z'}, changed.headers['etag'])
    assert wrong.status == 400 and wrong.json['errors'][0]['pointer'] == '/startsAt'
    move(consultant, made.json['id'], 'invite', channel='letter')
    etag = consultant.get(here).headers['etag']
    assert consultant.patch(here, {'startsAt': '2031-04-03T09:00:00Z', 'endsAt': '2031-04-03T10:00:00Z'}, etag).problem == 'state'
    assert consultant.patch(here, {'place': 'Daar'}, etag).json['place'] == 'Daar'


def test_what_it_is_about_is_of_the_same_person(as_role, appointment):
    consultant = as_role('consultant')
    other = consultant.post('/candidates', {'alias': 'Anders', 'pc4': '5012', 'caseManagerId': as_role('case_manager').get('/user-profile').json['id']}).json['id']
    theirs = consultant.post('/trajectories', {'candidateId': other, 'kind': 'course'}).json['id']
    assert appointment(trajectoryId=theirs).json['errors'][0]['pointer'] == '/trajectoryId'
    assert appointment(proposalId=NOBODY).json['errors'][0]['pointer'] == '/proposalId'
    assert appointment(projectId=NOBODY, session=1).json['errors'][0]['pointer'] == '/projectId'
    assert appointment(session=1).json['errors'][0]['pointer'] == '/session'


def test_a_reminder_comes_the_day_before_and_not_of_what_is_over(as_role, candidate, appointment, region):
    as_role('case_manager').patch(f'/candidates/{candidate.json["id"]}', {'email': 'roos@post.example'}, candidate.headers['etag'])
    made = appointment(days=5).json

    def planned(subject):
        return region.sql('select m.state, a.starts_at - m.planned_at from app.message m join app.appointment a on a.id = m.subject_id '
                          'where m.subject_id = %s', (subject,))
    assert planned(made['id']) == [('queued', timedelta(days=1))]
    old = move(as_role('consultant'), made['id'], 'move', startsAt='2031-03-10T09:00:00Z').json
    assert [state for state, _ in planned(made['id'])] == ['withdrawn']
    assert planned(old['movedToId']) == [('queued', timedelta(days=1))]
    move(as_role('consultant'), old['movedToId'], 'cancel')
    assert [state for state, _ in planned(old['movedToId'])] == ['withdrawn']
    assert region.sql('select count(*) from app.message where subject_id = %s', (appointment(days=0).json['id'],)) == [(0,)]


def test_an_e_mail_is_a_proof_once_it_is_sent(as_role, candidate, appointment, region):
    as_role('case_manager').patch(f'/candidates/{candidate.json["id"]}', {'email': 'roos@post.example'}, candidate.headers['etag'])
    consultant, made = as_role('consultant'), appointment().json['id']
    invited = move(consultant, made, 'invite', channel='e_mail').json
    assert invited['messageId'] and 'handedBy' not in invited
    region.sql("set session_replication_role = replica; update app.message set state = 'failed' where id = %s", (invited['messageId'],))
    assert not consultant.get(f'/appointments/{made}').json['invitationProven']
    region.sql("set session_replication_role = replica; update app.message set state = 'sent' where id = %s", (invited['messageId'],))
    assert consultant.get(f'/appointments/{made}').json['invitationProven']


def test_a_hearing_is_not_for_who_matches(as_role, appointment):
    made = appointment(as_role('case_manager'), kind='hearing').json['id']
    assert as_role('team_lead').get(f'/appointments/{made}').status == 200
    assert as_role('consultant').get(f'/appointments/{made}').status == 404
    assert made not in [a['id'] for a in as_role('consultant').get('/appointments?kind=hearing').json['items']]


def test_nothing_goes_on_after_a_death(as_role, candidate, appointment):
    made = appointment(days=2).json['id']
    assert as_role('team_lead').post(f'/candidates/{candidate.json["id"]}/deaths', {'diedOn': '2026-10-02'}).status == 200
    assert as_role('team_lead').get(f'/appointments/{made}').json['state'] == 'cancelled'
    assert appointment(days=2).problem == 'state'


def test_lists_are_filtered(as_role, candidate, appointment):
    consultant = as_role('consultant')
    first, second = appointment(days=2).json, appointment(days=4, kind='talk').json
    mine = f'/appointments?candidateId={candidate.json["id"]}'
    assert [a['id'] for a in consultant.get(mine).json['items']] == [first['id'], second['id']]
    assert [a['id'] for a in consultant.get(f'{mine}&kind=talk').json['items']] == [second['id']]
    assert [a['id'] for a in consultant.get(f'{mine}&startsFrom={second["startsAt"]}').json['items']] == [second['id']]
    assert [a['id'] for a in consultant.get(f'{mine}&startsBefore={second["startsAt"]}').json['items']] == [first['id']]


# ---------------------------------------------------------------------------------------------------------- a group

def test_a_series_is_planned_each_week_at_the_same_hour(as_role, cohort):
    project, who = cohort(2)
    here = f'/projects/{project}/sessions'
    assert as_role('consultant').get(here).status == 404
    planned = as_role('consultant').post(here, {'startsAt': '2031-03-24T09:00:00Z', 'count': 2, 'minutes': 90, 'channel': 'letter'}).json['sessions']
    assert [(s['number'], s['startsAt'], s['endsAt'], s['people'], s['invited']) for s in planned] == [
        (1, '2031-03-24T09:00:00.000Z', '2031-03-24T10:30:00.000Z', 2, 2), (2, '2031-03-31T08:00:00.000Z', '2031-03-31T09:30:00.000Z', 2, 2)]    # summer time began
    more = as_role('case_manager').post(here, {'startsAt': '2031-05-05T09:00:00Z'}).json['sessions']
    assert [s['number'] for s in more] == [1, 2, 3] and as_role('consultant').get(here).json['sessions'] == more
    empty, _ = cohort(0)
    assert as_role('consultant').post(f'/projects/{empty}/sessions', {'startsAt': '2031-03-24T09:00:00Z'}).problem == 'cohort-empty'
    assert as_role('consultant').post(f'/projects/{NOBODY}/sessions', {'startsAt': '2031-03-24T09:00:00Z'}).status == 404


def test_the_list_is_sent_in_one_call_and_twice_changes_nothing(as_role, group, region):
    here, _, who = group(3, channel='letter')
    body = marked(who, 'present', 'absent', 'excused')
    sent = as_role('consultant').put(here, body, '*')
    assert sent.status == 200 and {i['candidateId']: i['state'] for i in sent.json['items']} == dict(zip(who, ('present', 'absent', 'excused')))
    before = history(region, who)
    again = as_role('consultant').put(here, body, '*')
    assert again.json == sent.json and again.headers['etag'] == sent.headers['etag'] and history(region, who) == before
    corrected = as_role('consultant').put(here, marked(who, 'present', 'present'), '*')
    assert corrected.json['version'] > sent.json['version'] and history(region, who) == before + 1
    assert states(as_role('consultant'), here) == dict(zip(who, ('present', 'present', 'excused')))
    assert as_role('consultant').put(here, body, sent.headers['etag']).status == 412


def test_who_does_not_belong_is_told_all_at_once_and_nothing_changes(as_role, group, candidate, region):
    here, _, who = group(2)
    body = marked([NOBODY, who[0], candidate.json['id'], who[1]], 'present', 'present', 'absent', 'absent')
    body['items'][3]['reason'] = 'ill'
    wrong = as_role('consultant').put(here, body, '*')
    assert wrong.status == 400 and wrong.problem == 'invalid'
    assert [(e['pointer'], e['code']) for e in wrong.json['errors']] == [
        ('/items/0/candidateId', 'reference'), ('/items/2/candidateId', 'reference'), ('/items/3/reason', 'not-here')]
    assert set(states(as_role('consultant'), here).values()) == {'planned'} and history(region, who) == 0
    twice = as_role('consultant').put(here, marked([who[0], who[0]], 'present', 'absent'), '*')
    assert twice.json['errors'][0]['code'] == 'repeated'
    assert as_role('consultant').put(here, {'items': [{'candidateId': who[0], 'attendance': 'excused'}]}, '*').json['errors'][0]['pointer'] == '/items/0/reason'


def test_a_course_leader_sends_the_list_of_the_own_group_only(as_role, group, person):
    here, project, who = group(2)
    other, _, _ = group(1)
    client = leader(person, as_role, project)
    assert client.put(here, marked(who, 'present', 'absent'), '*').status == 200
    assert [i['state'] for i in client.get(here).json['items']] == ['present', 'absent']
    for call in (client.get(other), client.put(other, marked(who, 'present'), '*')):
        assert call.status == 404
    assert {a['candidateId'] for a in client.get('/appointments').json['items']} == set(who)
    assert client.get(f'/projects/{project}/sessions').json['sessions'][0]['present'] == 1


def test_a_course_leader_sees_the_list_and_no_more(as_role, group, person):
    here, project, who = group(1)
    client = leader(person, as_role, project)
    private = as_role('consultant').post('/appointments', {'candidateId': who[0], 'kind': 'talk', 'startsAt': '2031-03-03T09:00:00Z'}).json['id']
    assert client.get(f'/appointments/{private}').status == 404 and client.get(f'/candidates/{who[0]}').status == 403
    assert set(client.get(here).json['items'][0]) == {'candidateId', 'alias', 'appointmentId', 'state'}
    # it reads no projects, so each screen names the cohort
    assert client.get(here).json['projectTitle'] == client.get(f'/projects/{project}/sessions').json['projectTitle'] == 'Groep'
    assert {one['projectTitle'] for one in client.get('/appointments').json['items']} == {'Groep'}
    listed = as_role('consultant').get(f'/candidate-participations?projectId={project}').json['items']
    assert [(one['candidateAlias'], one['projectTitle']) for one in listed] == [('Kandidaat 0', 'Groep')]


def test_the_system_of_a_firm_sends_the_list_of_its_group(as_role, group, world):
    here, project, who = group(2)
    firm = as_role('firm')
    assert firm.put(here, marked(who, 'present', 'present'), '*').status == 404
    made = as_role('team_lead').post('/mandates', {'scope': 'cohort', 'scopeId': project, 'purpose': 'mediation', 'granteeOrganisationId': world['firm']})
    assert firm.put(here, marked(who, 'present', 'present'), '*').status == 200
    as_role('team_lead').post(f'/mandates/{made.json["id"]}/revocations', {'reason': 'not_needed'})
    assert firm.put(here, marked(who, 'absent', 'absent'), '*').status == 404


def test_not_before_the_day_and_after_the_term_the_municipality_only(as_role, group, person):
    early, _, who = group(1, days=1)
    assert as_role('consultant').put(early, marked(who, 'present'), '*').problem == 'attendance-early'
    here, project, who = group(1, days=-8)
    client = leader(person, as_role, project)
    assert client.put(here, marked(who, 'present'), '*').problem == 'attendance-late'
    assert as_role('consultant').put(here, marked(who, 'present'), '*').status == 200
    assert client.put(here, marked(who, 'present'), '*').status == 200        # it is so already


def test_race_eight_clients_send_one_list(as_role, group, region):
    for _ in range(ROUNDS):
        here, _, who = group(2, channel='letter')
        before, body, answers = history(region, who), marked(who, 'present', 'absent'), []
        clients = [Client(region, 'consultant', 'gm9901') for _ in range(8)]
        threads = [threading.Thread(target=lambda c=c: answers.append(c.put(here, body, '*').status)) for c in clients]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert answers == [200] * 8 and history(region, who) == before + 2
        assert len(region.sql("select 1 from app.task where kind = 'check' and candidate_id = %s", (who[1],))) == 1


# ------------------------------------------------------------------------------------------- what practitioners saw

def test_seen_practitioner_a_session_that_is_moved_stays_on_the_list_of_its_course_leader(as_role, group, person, region):
    here, project, who = group(2)
    client = leader(person, as_role, project)
    one = next(i['appointmentId'] for i in client.get(here).json['items'] if i['candidateId'] == who[0])
    moved = move(as_role('consultant'), one, 'move', startsAt=moment(region, hour=15)).json
    again = as_role('consultant').get(f'/appointments/{moved["movedToId"]}').json
    assert (again['projectId'], again['session'], again['state']) == (project, 1, 'planned')
    assert client.put(here, marked(who, 'present', 'absent'), '*').status == 200
    assert states(client, here) == dict(zip(who, ('present', 'absent'))) and client.get(f'/projects/{project}/sessions').json['sessions'][0]['people'] == 2


def test_seen_practitioner_who_was_moved_to_another_day_holds_up_no_list(as_role, group, person, region):
    """One of the group was moved to Thursday. The session then seemed to last until Thursday, and the list of the whole group was refused without a word about whom."""
    here, project, who = group(4)
    client, consultant = leader(person, as_role, project), as_role('consultant')
    session = consultant.get(f'/projects/{project}/sessions').json['sessions'][0]
    one = {i['candidateId']: i['appointmentId'] for i in client.get(here).json['items']}
    for n, days in ((1, 3), (2, -1)):
        assert move(consultant, one[who[n]], 'move', startsAt=moment(region, days)).status == 200
    now = consultant.get(f'/projects/{project}/sessions').json['sessions'][0]
    assert (now['people'], now['startsAt'], now['endsAt']) == (4, session['startsAt'], session['endsAt'])
    listed = client.get(here).json
    assert (listed['startsAt'], listed['endsAt']) == (session['startsAt'], session['endsAt'])
    refused = client.put(here, marked(who, 'present', 'absent', 'present', 'present'), '*')
    assert refused.status == 400 and [(e['pointer'], e['code']) for e in refused.json['errors']] == [('/items/1/attendance', 'future')], refused.text
    assert set(states(client, here).values()) == {'planned'}
    assert client.put(here, marked(who, 'present', 'excused', 'present', 'present'), '*').status == 200
    tomorrow, _, them = group(2, days=1)
    assert consultant.put(tomorrow, marked(them, 'present', 'absent'), '*').problem == 'attendance-early'


def test_seen_practitioner_who_left_a_cohort_misses_none_of_its_sessions(as_role, cohort, region):
    project, (goes, stays) = cohort(2)
    assert as_role('consultant').post(f'/projects/{project}/sessions', {'startsAt': moment(region), 'count': 3, 'everyDays': 1, 'channel': 'letter'}).status == 200
    own, = as_role('case_manager').get(f'/candidate-participations?candidateId={goes}').json['items']
    place = f'/candidate-participations/{own["id"]}'
    ends = region.sql('select (clock.today() + 1)::text')[0][0]
    assert as_role('case_manager').patch(place, {'untilDay': ends}, as_role('case_manager').get(place).headers['etag']).status == 200

    def left(candidate):
        return [a['state'] for a in as_role('consultant').get(f'/appointments?candidateId={candidate}').json['items']]
    assert (left(goes), left(stays)) == (['invited', 'invited', 'cancelled'], ['invited'] * 3)


def test_seen_attacker_what_is_about_a_hearing_stands_behind_the_wall_of_measures(as_role, appointment):
    keeper, unit = as_role('case_manager'), as_role('consultant')
    for kind, changed in (('hearing', None), ('talk', 'hearing')):
        made = appointment(keeper, days=400, kind=kind)
        note = keeper.post('/notes', {'noun': 'appointment', 'subjectId': made.json['id'], 'text': 'Een zienswijze.'}).json['id']
        task = keeper.post('/tasks', {'kind': 'promise', 'noun': 'appointment', 'subjectId': made.json['id']}).json['id']
        if changed:
            assert unit.get(f'/notes/{note}').status == unit.get(f'/tasks/{task}').status == 200
            assert keeper.patch(made.headers['location'], {'kind': changed}, '*').status == 200
        assert unit.get(f'/notes/{note}').status == unit.get(f'/tasks/{task}').status == 404, kind
        assert as_role('team_lead').get(f'/notes/{note}').json['purpose'] == 'file'


def test_seen_attacker_a_firm_has_no_proof_of_somebody_else(as_role, appointment, world):
    """Who did not come after an invitation that is proved is looked into: outside the municipality nobody says that a colleague of it handed one over."""
    made, firm = appointment(as_role('case_manager')), as_role('firm')
    assert as_role('team_lead').post('/mandates', {'scope': 'person', 'candidateId': made.json['candidateId'], 'purpose': 'mediation', 'granteeOrganisationId': world['firm']}).status == 201
    forged = move(firm, made.json['id'], 'invite', channel='in_person', handedBy=world['consultant'])
    assert (forged.status, forged.json['errors'][0]['pointer']) == (400, '/handedBy')
    me = firm.get('/user-profile').json['id']
    assert move(firm, made.json['id'], 'invite', channel='in_person', handedBy=me).json['handedBy'] == me


@pytest.mark.parametrize('year', [1926, 2126])
def test_seen_practitioner_a_year_that_was_mistyped_is_no_moment_of_an_appointment(appointment, year):
    wrong = appointment(startsAt=f'{year}-05-04T09:00:00Z', endsAt=f'{year}-05-04T10:00:00Z')
    assert wrong.status == 400 and [e['pointer'] for e in wrong.json['errors']] == ['/startsAt'], wrong.text


# ------------------------------------------------------------------------------- a whole session, and who is told

def test_seen_practitioner_who_joins_a_cohort_later_is_expected_at_its_sessions_to_come(as_role, cohort, candidate, region):
    """Sessions were planned for who took part on that day. Who joined in the second week was on no list, and course leaders refused them."""
    project, who = cohort(2)
    here, manager = f'/projects/{project}/sessions', as_role('case_manager')
    as_role('consultant').post(here, {'startsAt': moment(region, -6), 'count': 4, 'place': 'Zaal 1', 'channel': 'letter'})
    assert as_role('consultant').post(f'{here}/4/cancellations', {'cancelReason': 'leader'}).status == 200
    assert as_role('consultant').post(f'{here}/3/moves', {'startsAt': moment(region, 9, 15)}).status == 200
    joined = manager.post('/candidates', {'alias': 'Kandidaat Later', 'pc4': '5012', 'email': 'later@post.example'}).json['id']
    place = manager.post('/candidate-participations', {'candidateId': joined, 'projectId': project, 'fromDay': region.sql('select clock.today()::text')[0][0]})
    assert place.status == 201, place.text

    def sessions():
        return {(a['session'], a['state'], a['startsAt'][:10], a.get('place')) for a in manager.get(f'/appointments?candidateId={joined}').json['items']}
    assert sessions() == {(2, 'invited', moment(region, 1)[:10], 'Zaal 1'), (3, 'invited', moment(region, 9)[:10], 'Zaal 1')}
    one = f'/candidate-participations/{place.json["id"]}'
    for until, states_then in ((region.sql('select (clock.today() + 5)::text')[0][0], ['cancelled']), (None, ['cancelled', 'invited'])):
        assert manager.patch(one, {'untilDay': until}, manager.get(one).headers['etag']).status == 200
        assert sorted(s for n, s, _, _ in sessions() if n == 3) == states_then
    twice = [a['id'] for a in manager.get(f'/appointments?candidateId={joined}&state=invited').json['items']]
    assert manager.patch(one, {'fromDay': region.sql('select (clock.today() - 1)::text')[0][0]}, manager.get(one).headers['etag']).status == 200
    assert [a['id'] for a in manager.get(f'/appointments?candidateId={joined}&state=invited').json['items']] == twice


def of_sessions(client, who, project):
    """The state of each session of somebody in a cohort, of those that are not over: {number: state}."""
    items = client.get(f'/appointments?candidateId={who}&projectId={project}').json['items']
    return {a['session']: a['state'] for a in items if a['state'] not in ('cancelled', 'moved')}


def test_seen_practitioner_days_of_a_participation_and_of_a_file_decide_who_is_expected(as_role, cohort, region):
    """The first day was put off, or the person left: the sessions stayed open, the person was noted absent, and one who had left closed the session for the others (409 `state`)."""
    project, (later, leaves, stays) = cohort(3)
    consultant, manager = as_role('consultant'), as_role('case_manager')
    here = f'/projects/{project}/sessions'
    assert consultant.post(here, {'startsAt': moment(region, 2), 'count': 3, 'everyDays': 1, 'channel': 'letter'}).status == 200
    place = f'/candidate-participations/{manager.get(f"/candidate-participations?candidateId={later}").json["items"][0]["id"]}'
    for first, expected in ((day(4), [3]), (day(3), [2, 3]), ('2026-09-01', [1, 2, 3])):
        changed = manager.patch(place, {'fromDay': first}, manager.get(place).headers['etag'])
        assert changed.status == 200 and sorted(of_sessions(consultant, later, project)) == expected, changed.text
    file = f'/candidates/{leaves}'
    assert manager.patch(file, {'status': 'left'}, manager.get(file).headers['etag']).status == 200 and of_sessions(consultant, leaves, project) == {}
    assert consultant.post(f'{here}/1/moves', {'startsAt': moment(region, 9)}).json['sessions'][0]['people'] == 2
    assert manager.patch(file, {'status': 'active'}, manager.get(file).headers['etag']).status == 200
    assert sorted(of_sessions(consultant, leaves, project)) == [1, 2, 3], 'it was a mistake'
    assert as_role('team_lead').post(f'{file}/deaths', {'diedOn': day(-1)}).status == 200 and of_sessions(consultant, leaves, project) == {}
    assert as_role('team_lead').post(f'{file}/death-reversals', {'reason': 'wrong_report'}).status == 200
    assert sorted(of_sessions(consultant, leaves, project)) == [1, 2, 3]
    assert as_role('account_manager').post(f'/projects/{project}/moves', {'event': 'end'}).status == 200
    assert [of_sessions(consultant, c, project) for c in (later, leaves, stays)] == [{}] * 3, 'nobody stands before a closed door'


def test_seen_a_cohort_of_two_municipalities_ends_in_both(as_role, cohort, region):
    """The people of the other one stood before a closed door: only the municipality that ended it cancelled."""
    project, (here,) = cohort(1)
    manager = as_role('account_manager')
    tenant = region.sql("select tenant_id from ref.tenant where code = 'gm9902'")[0][0]
    town = region.sql("select id from ref.tenant where code = 'gm9902'")[0][0]
    joined = manager.post(f'/projects/{project}/participations', {'participantKind': 'municipality', 'participantId': town, 'capacity': 'partner'})
    assert joined.status == 201, joined.text
    theirs = as_role('case_manager', 'gm9902')
    there = theirs.post('/candidates', {'alias': 'Buurman', 'pc4': '5012', 'email': 'buurman@burger.example'}).json['id']
    assert theirs.post('/candidate-participations', {'candidateId': there, 'projectId': project, 'fromDay': '2026-09-01'}).status == 201
    for town in ('gm9901', 'gm9902'):
        planned = as_role('consultant', town).post(f'/projects/{project}/sessions', {'startsAt': moment(region, 2), 'count': 2, 'everyDays': 1, 'channel': 'letter'})
        assert planned.status == 200, planned.text
    assert manager.post(f'/projects/{project}/moves', {'event': 'end'}).status == 200
    assert of_sessions(as_role('consultant'), here, project) == of_sessions(as_role('consultant', 'gm9902'), there, project) == {}
    kept = region.sql("select distinct a.cancel_reason, e.role, e.actor from app.appointment a join audit.entry e on e.tenant_id = a.tenant_id and e.subject_id = a.id "
                      "where a.candidate_id = %s and 'state' = any (e.columns) and a.tenant_id = %s and e.at = (select max(at) from audit.entry where subject_id = a.id)", (there, tenant))
    assert kept == [('programme', 'system', None)], 'the trail of a municipality names no colleague of another one'
    assert region.sql("select count(*) from app.message where to_candidate_id = %s and template = 'appointment_cancelled'", (there,)) == [(2,)], 'who was invited is told'


def test_seen_practitioner_a_municipality_that_leaves_a_cohort_expects_nobody_at_it(as_role, cohort, region):
    """It went on to expect its people, and heard nothing of the end of the cohort any more."""
    project, _ = cohort(1)
    manager, theirs = as_role('account_manager'), as_role('case_manager', 'gm9902')
    town = region.sql("select id from ref.tenant where code = 'gm9902'")[0][0]
    joined = manager.post(f'/projects/{project}/participations', {'participantKind': 'municipality', 'participantId': town, 'capacity': 'partner'})
    there = theirs.post('/candidates', {'alias': 'Buurvrouw', 'pc4': '5012'}).json['id']
    assert theirs.post('/candidate-participations', {'candidateId': there, 'projectId': project}).status == 201
    for town in ('gm9901', 'gm9902'):
        assert as_role('consultant', town).post(f'/projects/{project}/sessions', {'startsAt': moment(region, 2)}).status == 200
    assert manager.delete(f'/participations/{joined.json["id"]}', joined.headers['etag']).status == 204
    assert of_sessions(as_role('consultant', 'gm9902'), there, project) == {} and as_role('consultant').get(f'/projects/{project}/sessions').json['sessions'][0]['people'] == 1


def test_seen_practitioner_a_course_leader_of_the_organisation_with_the_mandate_sees_the_group(as_role, cohort, person, region):
    """The course provider had a mandate for the cohort, and its course leaders saw nobody. Another provider sees nothing, and neither does this one after the end."""
    project, who = cohort(2)
    provider, other = (as_role('tenant_admin').post('/organisations', {'kind': 'course_provider', 'name': f'Leerhuis {n}'}).json['id'] for n in 'AB')
    (first, one), (_, two), (_, stranger) = (person('course_leader', organisationId=o) for o in (provider, provider, other))
    given = as_role('team_lead').post('/mandates', {'scope': 'cohort', 'scopeId': project, 'purpose': 'mediation', 'granteeOrganisationId': provider})
    here = f'/projects/{project}/sessions'
    assert given.status == 201 and as_role('consultant').post(here, {'startsAt': moment(region, 0), 'userId': first}).status == 200
    for client in (one('course_leader'), two('course_leader')):
        assert set(states(client, f'{here}/1/attendance')) == set(who) == {a['candidateId'] for a in client.get('/appointments').json['items']}
    assert two('course_leader').put(f'{here}/1/attendance', marked(who, 'present', 'present'), '*').status == 200
    assert stranger('course_leader').get(here).status == 404 and stranger('course_leader').get('/appointments').json['items'] == []
    assert as_role('team_lead').post(f'/mandates/{given.json["id"]}/revocations', {'reason': 'not_needed'}).status == 200
    assert one('course_leader').get(here).status == 404 and one('course_leader').get('/appointments').json['items'] == []


def test_seen_practitioner_the_sessions_of_a_course_leader_are_handed_over(as_role, cohort, person, region):
    """Everything of a course leader who left was handed over, and the sessions stayed with that person."""
    project, (who, _) = cohort(2)
    (first, _), (second, _), consultant = person('course_leader'), person('course_leader'), as_role('consultant')
    assert consultant.post(f'/projects/{project}/sessions', {'startsAt': moment(region, 2), 'count': 2, 'userId': first}).status == 200
    talk = consultant.post('/appointments', {'candidateId': who, 'kind': 'talk', 'startsAt': moment(region, 4), 'userId': first}).json['id']
    assert as_role('team_lead').post('/hand-overs', {'fromUserId': first, 'toUserId': second}).status == 201
    assert [s['userId'] for s in consultant.get(f'/projects/{project}/sessions').json['sessions']] == [second] * 2
    assert consultant.get(f'/appointments/{talk}').json['userId'] == first, 'a course leader sees no talk'


def test_seen_practitioner_another_time_alone_keeps_the_length(as_role, appointment, region):
    """An appointment of one hour that began earlier took five, and one that was to begin later was refused."""
    place = f'/appointments/{appointment(days=7).json["id"]}'
    for hour in (8, 15):
        changed = as_role('consultant').patch(place, {'startsAt': moment(region, 7, hour)}, '*')
        assert changed.status == 200 and (changed.json['startsAt'][:19], changed.json['endsAt'][:19]) == tuple(moment(region, 7, h)[:19] for h in (hour, hour + 1)), changed.text
    both = as_role('consultant').patch(place, {'startsAt': moment(region, 7, 9), 'endsAt': moment(region, 7, 16)}, '*').json
    assert both['startsAt'][:19] == moment(region, 7, 9)[:19] and both['endsAt'][:19] == moment(region, 7, 16)[:19], 'what is said holds'
    assert as_role('consultant').patch(place, {'endsAt': moment(region, 7, 8)}, '*').status == 400


def test_seen_practitioner_nobody_is_planned_with_somebody_who_has_left(as_role, appointment, person, region):
    """It was taken, and the person stood before an empty chair. What was planned before can still be moved."""
    consultant, admin = as_role('consultant'), as_role('tenant_admin')
    (leaves, _), (coach, _) = person('consultant'), person('coach')
    before = appointment(days=4, userId=leaves, coachId=coach).json['id']
    for user in (leaves, coach):
        assert admin.patch(f'/users/{user}', {'active': False}, '*').status == 200
    for named in ({'userId': leaves}, {'coachId': coach}):
        pointer = f'/{next(iter(named))}'
        for answer in (appointment(days=5, **named), consultant.patch(f'/appointments/{appointment(days=6).json["id"]}', named, '*')):
            assert answer.status == 400 and (answer.json['errors'][0]['pointer'], answer.json['errors'][0]['code']) == (pointer, 'reference'), answer.text
    assert consultant.patch(f'/appointments/{before}', {'place': 'Kamer 4'}, '*').status == 200 and move(consultant, before, 'move', startsAt=moment(region, 9)).status == 200


def test_seen_practitioner_a_series_holds_no_session_on_a_holiday(as_role, cohort, region):
    """Weekly on Friday: the fourth one was on Christmas Day, and whoever stayed at home was absent."""
    project, _ = cohort(1)
    planned = as_role('consultant').post(f'/projects/{project}/sessions', {'startsAt': '2027-12-11T10:00:00Z', 'count': 4}).json['sessions']
    assert [s['startsAt'][:10] for s in planned] == ['2027-12-11', '2027-12-18', '2028-01-08', '2028-01-15'] and [s['number'] for s in planned] == [1, 2, 3, 4]
    said = as_role('consultant').post(f'/projects/{project}/sessions', {'startsAt': '2027-12-25T10:00:00Z'}).json['sessions'][-1]
    assert said['startsAt'][:10] == '2027-12-25', 'who says the day means it'


def messages(region, who):
    """What was written to these people: [(template, state)] of each."""
    return [region.sql("select template, state from app.message where to_candidate_id = %s and parameters ? 'appointment' order by planned_at, template", (c,)) for c in who]


def reachable(region, who):
    for n, c in enumerate(who):
        region.sql('set session_replication_role = replica; update app.candidate set email = %s where id = %s', (f'p{n}@post.example', c))


def went(region, who):
    region.sql("set session_replication_role = replica; update app.message set state = 'sent' where to_candidate_id = any (%s::uuid[]) and state = 'queued' and template = 'appointment'", (who,))


@pytest.fixture
def unsent(region):
    """What is written does not go out meanwhile."""
    region.pause('send_message')
    yield
    region.resume('send_message')


def undelivered(as_role, candidate):
    return [t['state'] for t in as_role('team_lead').get(f'/tasks?subjectId={candidate}&kind=undelivered').json['items']]


@pytest.mark.usefixtures('unsent')
def test_a_whole_session_is_moved_and_each_is_told_once(as_role, cohort, region):
    project, who = cohort(4)
    reachable(region, who[:3])
    here, consultant = f'/projects/{project}/sessions', as_role('consultant')
    session, = consultant.post(here, {'startsAt': moment(region, 3), 'channel': 'e_mail'}).json['sessions']
    assert (session['people'], session['invited'], session['notTold']) == (4, 3, 1)
    went(region, who)
    old = {i['candidateId']: i['appointmentId'] for i in consultant.get(f'{here}/1/attendance').json['items']}
    assert move(consultant, old[who[2]], 'excuse', reason='ill').status == 200
    moved = consultant.post(f'{here}/1/moves', {'startsAt': moment(region, 5), 'place': 'Zaal 2'})
    assert moved.status == 200, moved.text
    session, = moved.json['sessions']
    assert (session['people'], session['invited'], session['notTold'], session['excused']) == (4, 3, 1, 1)
    new = {i['candidateId']: (i['state'], i['appointmentId']) for i in consultant.get(f'{here}/1/attendance').json['items']}
    assert [new[c][0] for c in who] == ['invited', 'invited', 'excused', 'planned']
    assert messages(region, who) == [[('appointment', 'sent'), ('appointment_moved', 'queued')]] * 2 + [[('appointment', 'sent')], []]
    one = consultant.get(f'/appointments/{new[who[0]][1]}').json
    assert one['place'] == 'Zaal 2' and consultant.get(f'/appointments/{old[who[0]]}').json['movedToId'] == one['id']
    assert consultant.post(f'{here}/1/moves', {'startsAt': moment(region, -1)}).json['errors'][0]['pointer'] == '/startsAt'
    assert consultant.post(f'{here}/2/moves', {'startsAt': moment(region, 5)}).status == 404
    for role, status in (('coach', 403), ('firm', 403), ('course_leader', 403)):
        assert as_role(role).post(f'{here}/1/moves', {'startsAt': moment(region, 6)}).status == status


@pytest.mark.usefixtures('unsent')
def test_a_whole_session_is_cancelled_with_a_reason_and_each_is_told_once(as_role, cohort, region):
    project, who = cohort(3)
    reachable(region, who[:2])
    here, consultant = f'/projects/{project}/sessions', as_role('consultant')
    consultant.post(here, {'startsAt': moment(region, 3), 'count': 2, 'channel': 'in_person'})
    assert consultant.post(f'{here}/1/cancellations', {}).json['errors'][0]['pointer'] == '/cancelReason'
    first, second = consultant.post(f'{here}/1/cancellations', {'cancelReason': 'leader'}).json['sessions']
    assert (first['people'], first['cancelled'], first['notTold'], second['people']) == (0, 3, 1, 3)
    assert messages(region, who) == [[('appointment_cancelled', 'queued')]] * 2 + [[]]
    assert [undelivered(as_role, c) for c in who] == [[], [], ['open']]
    gone, = consultant.get(f'/appointments?candidateId={who[2]}&state=cancelled').json['items']
    assert (gone['cancelReason'], gone['notTold']) == ('leader', True)
    again = consultant.post(f'{here}/1/cancellations', {'cancelReason': 'leader'})
    assert again.problem == 'session-closed' and messages(region, who)[0] == [('appointment_cancelled', 'queued')]


def test_a_session_that_has_begun_or_was_noted_or_is_of_nobody_is_neither_moved_nor_cancelled(as_role, group, cohort, region):
    consultant = as_role('consultant')
    past, _, _ = group(2, days=-2)
    noted, _, who = group(2, days=3)
    region.sql("set session_replication_role = replica; update app.appointment set state = 'present' where candidate_id = %s", (who[0],))
    nobody, _, off = group(1, days=3)
    assert move(consultant, consultant.get(nobody).json['items'][0]['appointmentId'], 'excuse', reason='ill').status == 200
    for list_of in (past, noted, nobody):
        before = states(consultant, list_of)
        for place, body in (('moves', {'startsAt': moment(region, 9)}), ('cancellations', {'cancelReason': 'place'})):
            refused = consultant.post(list_of.replace('attendance', place), body)
            assert (refused.status, refused.problem) == (409, 'session-closed'), refused.text
        assert states(consultant, list_of) == before


def test_seen_practitioner_the_leader_of_a_cohort_changes_in_one_call(as_role, cohort, person, region, world):
    """A course leader fell ill, and each appointment of each person had to be changed by itself."""
    project, who = cohort(3)
    here, consultant, changes = f'/projects/{project}/sessions', as_role('consultant'), f'/projects/{project}/session-leaders'
    (first, _), (second, client) = person('course_leader'), person('course_leader', name='Bo Nieuw')
    planned = consultant.post(here, {'startsAt': moment(region, 2), 'count': 4, 'everyDays': 1, 'userId': first, 'channel': 'letter'}).json
    assert {s['userId'] for s in planned['sessions']} == {first} and {s['userName'] for s in planned['sessions']} == {'Noor Pet'}
    region.sql("set session_replication_role = replica; update app.appointment set starts_at = starts_at - interval '3 days', ends_at = ends_at - interval '3 days' "
               'where project_id = %s and session = 1', (project,))
    off = consultant.get(f'{here}/4/attendance').json['items'][0]['appointmentId']
    assert move(consultant, off, 'cancel').status == 200
    changed = consultant.post(changes, {'userId': second, 'numbers': [2, 4]})
    assert changed.status == 200 and [s['userId'] for s in changed.json['sessions']] == [first, second, first, second] and changed.json['sessions'][1]['userName'] == 'Bo Nieuw'
    before = history(region, who)
    changed = consultant.post(changes, {'userId': second})
    assert [s['userId'] for s in changed.json['sessions']] == [first, second, second, second], 'what is over was led by whoever led it'
    assert consultant.get(f'/appointments/{off}').json['userId'] == first and history(region, who) == before
    assert {a['state'] for a in consultant.get(f'/appointments?projectId={project}&userId={second}').json['items']} == {'invited'}, 'the invitations stand'
    assert client('course_leader').get(here).status == 404, 'it gives no access'
    given = consultant.post(changes, {'organisationId': world['firm'], 'numbers': [3]}).json['sessions'][2]
    assert given['organisationId'] == world['firm'] and 'userId' not in given and given['organisationName']
    for body, pointer, code in (({}, '/userId', 'required'), ({'userId': NOBODY}, '/userId', 'reference'), ({'organisationId': NOBODY}, '/organisationId', 'reference'),
                                ({'userId': second, 'numbers': [2, 1, 9]}, '/numbers/1', 'reference')):
        refused = consultant.post(changes, body)
        assert refused.status == 400 and (refused.json['errors'][0]['pointer'], refused.json['errors'][0]['code']) == (pointer, code), refused.text
    gone = as_role('tenant_admin').get(f'/users/{first}')
    assert as_role('tenant_admin').patch(f'/users/{first}', {'active': False}, gone.headers['etag']).status == 200
    for place, body in ((changes, {'userId': first}), (here, {'userId': first, 'startsAt': moment(region, 9)})):
        assert consultant.post(place, body).json['errors'][0] == {**consultant.post(place, body).json['errors'][0], 'pointer': '/userId', 'code': 'reference'}, 'who has left leads nothing'
    for n in (2, 3, 4):
        assert consultant.post(f'{here}/{n}/cancellations', {'cancelReason': 'leader'}).status == 200
    assert consultant.post(changes, {'userId': second}).problem == 'session-closed'
    assert consultant.post(f'/projects/{cohort(1)[0]}/session-leaders', {'userId': second}).status == 404


def test_seen_practitioner_one_whose_own_time_has_passed_closes_no_session_for_the_others(as_role, group, region):
    """One of the group was moved to an earlier day, which has passed or was noted. The others could be moved one by one only."""
    consultant = as_role('consultant')
    for event in (None, 'attend', 'miss'):
        here, project, who = group(3, days=3)
        one = {i['candidateId']: i['appointmentId'] for i in consultant.get(here).json['items']}
        earlier = move(consultant, one[who[0]], 'move', startsAt=moment(region, -1)).json['movedToId']
        assert not event or move(consultant, earlier, event).status == 200
        moved = consultant.post(f'/projects/{project}/sessions/1/moves', {'startsAt': moment(region, 9)})
        assert moved.status == 200, moved.text
        days = {i['candidateId']: consultant.get(f'/appointments/{i["appointmentId"]}').json['startsAt'][:10] for i in consultant.get(here).json['items']}
        assert [days[c] for c in who] == [moment(region, -1)[:10]] + [moment(region, 9)[:10]] * 2
        assert consultant.post(f'/projects/{project}/sessions/1/cancellations', {'cancelReason': 'leader'}).json['sessions'][0]['cancelled'] == 2


@pytest.mark.usefixtures('unsent')
def test_seen_practitioner_two_files_of_one_person_in_a_cohort_become_one_and_nobody_is_told_that_it_is_off(as_role, cohort, region):
    """The sessions of the second file were cancelled, and the person, who was expected, got an e-mail that said so."""
    project, (kept, other) = cohort(2)
    reachable(region, (kept,))
    region.sql("set session_replication_role = replica; update app.candidate set alias = 'Een', email = 'p0@post.example' where id in (%s, %s)", (kept, other))
    here, consultant = f'/projects/{project}/sessions', as_role('consultant')
    consultant.post(here, {'startsAt': moment(region, 3), 'count': 2, 'channel': 'e_mail'})
    went(region, [kept, other])
    one = {i['candidateId']: i['appointmentId'] for i in consultant.get(f'{here}/2/attendance').json['items']}
    assert move(consultant, one[kept], 'cancel').status == 200      # this file is not expected at the second one
    assert as_role('team_lead').post(f'/candidates/{kept}/merge', {'otherId': other}).status == 200
    assert of_sessions(consultant, kept, project) == {1: 'invited', 2: 'invited'}
    assert [t for of_one in messages(region, [kept, other]) for t, _ in of_one if t == 'appointment_cancelled'] == ['appointment_cancelled']


@pytest.mark.parametrize('of_kept,of_other,becomes', [
    ('absent', 'present', 'present'), ('present', 'absent', 'present'), (None, 'present', 'present'), (None, 'absent', 'absent'), ('absent', 'excused', 'excused'),
    ('excused', 'present', 'present'), ('absent', 'absent', 'absent'), ('present', None, 'present'), ('present', 'present', 'present')])
def test_seen_what_was_noted_in_a_file_that_was_merged_away_is_the_persons(as_role, group, region, of_kept, of_other, becomes):
    """A course leader noted the file that was merged away: it stayed there, and the person was absent, or was never there."""
    here, project, (kept, other) = group(2)
    lead, noted = as_role('team_lead'), [(c, m) for c, m in ((kept, of_kept), (other, of_other)) if m]
    assert lead.put(here, marked([c for c, _ in noted], *(m for _, m in noted)), '*').status == 200
    region.sql("set session_replication_role = replica; update app.candidate set alias = 'Een' where id in (%s, %s)", (kept, other))
    merged = lead.post(f'/candidates/{kept}/merge', {'otherId': other})
    assert merged.status == 200, merged.text
    assert states(lead, here) == {kept: becomes} and region.sql('select count(*) from app.appointment where candidate_id = %s', (other,)) == [(0,)]
    found = {(s['state'], s.get('outcome')) for s in lead.get(f'/signals?candidateId={kept}').json['items']}
    assert {state for state, _ in found if state == 'received'} == ({'received'} if becomes == 'absent' else set())
    if becomes != 'absent' and 'absent' in (of_kept, of_other):
        assert found == {('withdrawn', 'present' if becomes == 'present' else 'ill')}, 'the check of the same day stops'


def test_seen_two_participations_in_one_cohort_become_one_with_the_days_of_both(as_role, cohort, region):
    """The days of the file that was merged away stayed there: the person left the cohort by it."""
    project, (kept, other) = cohort(2)
    lead, consultant = as_role('team_lead'), as_role('consultant')
    assert consultant.post(f'/projects/{project}/sessions', {'startsAt': moment(region, 3), 'count': 3, 'everyDays': 1}).status == 200
    for who, days in ((kept, {'untilDay': day(3)}), (other, {'fromDay': day(4)})):
        place = f'/candidate-participations/{lead.get(f"/candidate-participations?candidateId={who}").json["items"][0]["id"]}'
        assert lead.patch(place, days, lead.get(place).headers['etag']).status == 200
    region.sql("set session_replication_role = replica; update app.candidate set alias = 'Een' where id in (%s, %s)", (kept, other))
    assert lead.post(f'/candidates/{kept}/merge', {'otherId': other}).status == 200
    one, = lead.get(f'/candidate-participations?projectId={project}').json['items']
    assert (one['candidateId'], one['fromDay'], one.get('untilDay')) == (kept, '2026-09-01', None)
    assert of_sessions(lead, kept, project) == dict.fromkeys((1, 2, 3), 'planned')


def test_who_left_the_cohort_by_then_is_not_expected_at_the_other_time(as_role, cohort, region):
    project, (goes, stays) = cohort(2)
    here = f'/projects/{project}/sessions'
    as_role('consultant').post(here, {'startsAt': moment(region, 2)})
    region.sql('set session_replication_role = replica; update app.candidate_participation set until_day = clock.today() + 3 where candidate_id = %s', (goes,))
    session, = as_role('consultant').post(f'{here}/1/moves', {'startsAt': moment(region, 5)}).json['sessions']
    assert (session['people'], session['cancelled']) == (1, 1) and list(states(as_role('consultant'), f'{here}/1/attendance')) == [stays]


@pytest.mark.usefixtures('unsent')
def test_seen_attacker_a_session_that_is_moved_twice_to_one_time_tells_each_once(as_role, cohort, region):
    """Two who clicked at once, or one who clicked again, moved it again: each person got as many messages."""
    project, who = cohort(2)
    reachable(region, who)
    here, consultant = f'/projects/{project}/sessions', as_role('consultant')
    consultant.post(here, {'startsAt': moment(region, 3), 'channel': 'in_person'})
    to = {'startsAt': moment(region, 5), 'place': 'Zaal 2'}
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: consultant.post(f'{here}/1/moves', to), range(8)))
    assert {one.status for one in answers} == {200}, [one.text for one in answers]
    assert messages(region, who) == [[('appointment_moved', 'queued')]] * 2
    assert region.sql("select count(*)::int from app.appointment where project_id = %s and state = 'moved'", (project,)) == [(2,)]
    assert consultant.post(f'{here}/1/moves', {'startsAt': to['startsAt'], 'place': 'Zaal 3'}).status == 200
    assert region.sql("select count(*)::int from app.appointment where project_id = %s and state = 'moved'", (project,)) == [(4,)], 'another place is another move'


@pytest.mark.usefixtures('unsent')
def test_seen_attacker_who_was_not_told_of_a_move_is_not_forgotten_by_the_next_one(as_role, cohort, region):
    """Invited in person, moved while there was no address, and moved again: nothing said any more that this person expects another time."""
    project, (who,) = cohort(1)
    here, consultant = f'/projects/{project}/sessions', as_role('consultant')
    consultant.post(here, {'startsAt': moment(region, 3), 'channel': 'in_person'})
    for days in (5, 6):
        session, = consultant.post(f'{here}/1/moves', {'startsAt': moment(region, days)}).json['sessions']
        assert (session['people'], session['invited'], session['notTold']) == (1, 0, 1)
    reachable(region, [who])
    session, = consultant.post(f'{here}/1/moves', {'startsAt': moment(region, 7)}).json['sessions']
    assert (session['invited'], session['notTold']) == (1, 0) and messages(region, [who]) == [[('appointment', 'queued')]]


@pytest.mark.usefixtures('unsent')
def test_race_eight_clients_cancel_one_session(as_role, cohort, region):
    for _ in range(ROUNDS):
        project, who = cohort(2)
        reachable(region, who)
        here, answers = f'/projects/{project}/sessions', []
        as_role('consultant').post(here, {'startsAt': moment(region, 3), 'channel': 'in_person'})
        clients = [Client(region, 'consultant', 'gm9901') for _ in range(8)]
        threads = [threading.Thread(target=lambda c=c: answers.append(c.post(f'{here}/1/cancellations', {'cancelReason': 'place'}).status)) for c in clients]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(answers) == [200] + [409] * 7 and messages(region, who) == [[('appointment_cancelled', 'queued')]] * 2


@pytest.mark.usefixtures('unsent')
def test_who_was_invited_is_told_that_it_is_off_and_who_was_not_is_not(as_role, candidate, appointment, region):
    who, consultant = candidate.json['id'], as_role('consultant')
    reachable(region, [who])
    asked, planned, waits, past = (appointment(days=n).json['id'] for n in (3, 4, 5, -2))
    for made in (asked, past):
        assert move(consultant, made, 'invite', channel='phone').status == 200
    assert move(consultant, waits, 'invite', channel='e_mail').status == 200
    for made in (asked, planned, waits, past):
        assert move(consultant, made, 'cancel', cancelReason='place').json['cancelReason'] == 'place'
    assert sorted(messages(region, [who])[0]) == [('appointment', 'withdrawn'), ('appointment_cancelled', 'queued')]
    assert move(consultant, appointment(days=6).json['id'], 'attend', cancelReason='place').json['errors'][0]['pointer'] == '/cancelReason'


@pytest.mark.usefixtures('unsent')
def test_who_was_invited_is_told_of_another_time(as_role, candidate, appointment, region):
    who, consultant = candidate.json['id'], as_role('consultant')
    reachable(region, [who])
    made = appointment(days=3).json['id']
    move(consultant, made, 'invite', channel='in_person')
    new = consultant.get(f'/appointments/{move(consultant, made, "move", startsAt=moment(region, 9)).json["movedToId"]}').json
    assert (new['state'], new['channel'], messages(region, [who])) == ('invited', 'e_mail', [[('appointment_moved', 'queued')]])


def test_somebody_without_an_address_is_not_invited_by_e_mail_and_somebody_finds_one(as_role, candidate, appointment, region):
    who, consultant = candidate.json['id'], as_role('consultant')
    made = appointment(days=3).json['id']
    asked = move(consultant, made, 'invite', channel='e_mail')
    assert (asked.status, asked.json['state'], asked.json['notTold'], 'invitedAt' in asked.json) == (200, 'planned', True, False)
    assert undelivered(as_role, who) == ['open'] and messages(region, [who]) == [[]]
    assert move(consultant, made, 'invite', channel='e_mail').json['notTold'] and undelivered(as_role, who) == ['open']
    as_role('case_manager').patch(f'/candidates/{who}', {'email': 'roos@post.example'}, '*')
    assert undelivered(as_role, who) == ['done']
    asked = move(consultant, made, 'invite', channel='e_mail').json
    assert (asked['state'], asked['notTold']) == ('invited', False)


@pytest.mark.usefixtures('unsent')
def test_an_invitation_that_does_not_arrive_was_not_told(as_role, candidate, appointment, region):
    who, consultant = candidate.json['id'], as_role('consultant')
    reachable(region, [who])
    made = move(consultant, appointment(days=3).json['id'], 'invite', channel='e_mail').json
    region.sql(CONTEXT + "select app.message_fire(m, 'fail', 'refused') from app.message m where m.id = %s", (made['messageId'],))
    assert consultant.get(f'/appointments/{made["id"]}').json['notTold'] and undelivered(as_role, who) == ['open']
