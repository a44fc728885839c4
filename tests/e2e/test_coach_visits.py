# SPDX-License-Identifier: EUPL-1.2
"""The day of a coach: everything about the visits of today in one small answer."""
import json


def test_the_day_of_a_coach_is_one_small_answer(as_role, cared, later, person):
    place, coach, one = cared(mentor='Roos Kruik', workplace='Hal 4')
    for _ in range(14):
        cared()
    as_role('team_lead').post('/tasks', {'kind': 'promise', 'noun': 'candidate', 'subjectId': one, 'dueDay': '2031-01-01', 'ownerUserId': coach.get('/user-profile').json['id']})
    with later(1):
        coach.post(f'{place}/contacts', {'withWhom': 'candidate', 'channel': 'call', 'outcome': 'attention', 'words': 'Komt soms te laat. ' * 25})
        answer = coach.get('/coach-day')
        assert answer.status == 200, answer.text
        visits = answer.json['visits']
        assert len(visits) == 15 and len(json.dumps(answer.json)) <= 60_000
        seen = next(v for v in visits if v['placementId'] == place.rsplit('/', 1)[1])
        assert (seen['person']['firstName'], seen['person']['phone'][-4:], seen['agreed']['hours'], seen['employer']['mentor']) == ('Vera', '0998', 24, 'Roos Kruik')
        assert seen['employer']['name'] and seen['employer']['street'] and seen['last'][0]['outcome'] == 'attention' and seen['last'][0]['words'].startswith('Komt soms')
        assert [t['kind'] for t in seen['waiting']] == ['promise'] and {t['cause'] for t in seen['tasks']} >= {'day_1:employer'}
        assert coach.post(seen['links']['contact'].removeprefix('/v1'), {'withWhom': 'employer', 'channel': 'call', 'outcome': 'fine'}).status == 201
        other, client = person('coach')
        assert client().get('/coach-day').json['visits'] == [] and as_role('employer').get('/coach-day').status == 403


def test_seen_builder_the_day_shows_the_appointments(as_role, cared, later, region):
    """The app of a coach asked a second list, and then a file for each name."""
    place, coach, one = cared()
    mine, consultant = coach.get('/user-profile').json['id'], as_role('consultant')
    now, = region.sql("select to_char((clock.today() + time '12:00') at time zone 'Europe/Amsterdam' at time zone 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"')")[0]

    def planned(**more):
        made = consultant.post('/appointments', {'candidateId': one, 'kind': 'introduction', 'startsAt': now, **more})
        assert made.status == 201, made.text
        return made.json['id']
    along, own, cancelled = planned(coachId=mine, employerId=as_role('employer').get('/user-profile').json['organisationId']), planned(kind='talk', userId=mine), planned(userId=mine)
    planned()
    planned(userId=mine, startsAt='2031-03-03T09:00:00Z')
    assert consultant.post(f'/appointments/{cancelled}/moves', {'event': 'cancel'}).status == 200
    shown = {a['id']: a for a in coach.get('/coach-day').json['appointments']}
    assert set(shown) == {along, own} and shown[along]['goesAlong'] and not shown[own]['goesAlong']
    assert shown[along]['employerName'] and shown[own]['person']['firstName'] == 'Vera' and shown[own]['state'] == 'planned'
    assert coach.post(shown[own]['links']['moves'].removeprefix('/v1'), {'event': 'attend'}).json['state'] == 'present'
    assert {a['id']: a['state'] for a in coach.get('/coach-day').json['appointments']} == {along: 'planned', own: 'present'}
