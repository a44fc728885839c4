# SPDX-License-Identifier: EUPL-1.2
"""Somebody leaves: tasks, vacancies, files and relations go to others; nothing is forgotten."""
import pytest

from region import day


@pytest.fixture
def leaver(region):
    """leaver('case_manager'): somebody who is going to leave, and the colleague with the same role who stays."""
    def users(role):
        return [id for id, in region.sql('select id::text from app.user_account where tenant_id = 1 and role = %s and active order by id limit 2', (role,))]
    return users


def hand(client, **body):
    return client.post('/hand-overs', body)


def test_a_case_manager_leaves(region, as_role, leaver, world):
    gone, stays = leaver('case_manager')
    lead = as_role('team_lead')
    person, = region.sql("select id::text from app.candidate where case_manager_id = %s and died_on is null limit 1", (gone,))[0]
    files, = region.sql('select count(*)::int from app.candidate where case_manager_id = %s and died_on is null', (gone,))[0]
    task = lead.post('/tasks', {'kind': 'step', 'noun': 'candidate', 'subjectId': person, 'ownerUserId': gone, 'dueDay': day(3)})
    assert task.status == 201 and files > 1
    over = hand(lead, fromUserId=gone, toUserId=stays)
    assert over.status == 201, over.text
    assert (over.json['candidates'], over.json['candidatesLeft'], over.json['tasksLeft']) == (files, 0, 0) and over.json['tasks'] >= 1
    assert lead.get(over.headers['location']).json == over.json
    name = {user: lead.get(f'/users/{user}').json['name'] for user in (gone, stays)}
    assert (over.json['fromName'], over.json['toName']) == (name[gone], name[stays])
    assert lead.get(f'/candidates/{person}').json['caseManagerId'] == stays
    now = lead.get(f'/tasks/{task.json["id"]}').json
    assert (now['ownerUserId'], now['state']) == (stays, 'open')
    for subject, column in ((person, 'case_manager_id'), (task.json['id'], 'owner_user_id')):
        assert region.sql('select columns from audit.entry where subject_id = %s and columns @> %s order by at desc limit 1',
                          (subject, [f'to:{stays}'])) == [([column, f'from:{gone}', f'to:{stays}'],)]
    again = hand(lead, fromUserId=gone, toUserId=stays).json
    assert {name: again[name] for name in ('tasks', 'vacancies', 'candidates', 'employers')} == dict.fromkeys(('tasks', 'vacancies', 'candidates', 'employers'), 0)
    assert hand(lead, fromUserId=stays, toUserId=gone).json['candidates'] >= files


def test_what_the_new_owner_may_not_have_stays_and_is_counted(region, as_role, leaver, world, new_vacancy):
    """An account manager's relations and vacancies go to an account manager or team lead; a file never goes to an account manager."""
    lead, manager = as_role('team_lead'), as_role('account_manager').get('/user-profile').json['id']
    person = as_role('case_manager').get('/candidates?pageSize=1').json['items'][0]
    consultant = world['consultant']
    step = lead.post('/tasks', {'kind': 'step', 'noun': 'candidate', 'subjectId': person['id'], 'ownerUserId': consultant, 'dueDay': day(3)}).json['id']
    idea = lead.post('/tasks', {'kind': 'idea', 'noun': 'employer', 'subjectId': world['employer'], 'ownerUserId': consultant, 'dueDay': day(3)}).json['id']
    vacancy = new_vacancy(as_role('consultant'), assigneeId=consultant).json['id']
    over = hand(lead, fromUserId=consultant, toUserId=manager).json
    assert over['tasks'] >= 1 and over['tasksLeft'] >= 1 and over['vacancies'] >= 1 and over['vacanciesLeft'] == 0
    assert lead.get(f'/tasks/{step}').json['ownerUserId'] == consultant and lead.get(f'/tasks/{idea}').json['ownerUserId'] == manager
    assert lead.get(f'/vacancies/{vacancy}').json['assigneeId'] == manager
    rest = hand(lead, fromUserId=consultant, toUserId=lead.get('/user-profile').json['id']).json
    assert rest['tasks'] >= 1 and rest['tasksLeft'] == 0 and lead.get(f'/tasks/{step}').json['ownerUserId'] == lead.get('/user-profile').json['id']


def test_relations_with_employers(region, as_role, leaver):
    lead, manager = as_role('team_lead'), as_role('account_manager').get('/user-profile').json['id']
    me = lead.get('/user-profile').json['id']
    many, = region.sql('select count(*)::int from app.employer where account_manager_id = %s', (manager,))[0]
    over = hand(lead, fromUserId=manager, toUserId=as_role('coach').get('/user-profile').json['id']).json
    assert (over['employers'], over['employersLeft']) == (0, many)
    assert hand(lead, fromUserId=manager, toUserId=me).json['employers'] == many > 100
    assert hand(lead, fromUserId=me, toUserId=manager).json['employers'] >= many


def test_a_firm_goes_and_its_candidates_go_to_another(region, as_role, world):
    lead = as_role('team_lead')
    firms = [id for id, in region.sql("select id::text from app.organisation where tenant_id = 1 and kind = 'firm' order by id limit 2")]
    many, = region.sql('select count(*)::int from app.candidate where organisation_id = %s', (firms[0],))[0]
    person, = region.sql('select id::text from app.candidate where organisation_id = %s limit 1', (firms[0],))[0]
    task = lead.post('/tasks', {'kind': 'step', 'noun': 'candidate', 'subjectId': person, 'ownerOrganisationId': firms[0], 'dueDay': day(3)}).json['id']
    over = hand(lead, fromOrganisationId=firms[0], toOrganisationId=firms[1]).json
    assert over['candidates'] == many and over['candidatesLeft'] == 0
    assert over['tasks'] >= 1 and over['tasksLeft'] == 0
    assert lead.get(f'/tasks/{task}').json['ownerOrganisationId'] == firms[1]
    hand(lead, fromOrganisationId=firms[1], toOrganisationId=firms[0])


@pytest.mark.parametrize('body, pointer', [({'toUserId': 'me'}, '/fromUserId'), ({'fromUserId': 'me'}, '/toUserId'), ({'fromUserId': 'me', 'toUserId': 'me'}, '/toUserId')])
def test_from_one_to_another(as_role, body, pointer):
    lead = as_role('team_lead')
    me = lead.get('/user-profile').json['id']
    answer = hand(lead, **dict.fromkeys(body, me))
    assert answer.status == 400 and answer.json['errors'][0]['pointer'] == pointer, answer.text


def test_only_a_team_lead_hands_over_what_is_of_others(as_role, leaver):
    gone, stays = leaver('case_manager')
    for role in ('case_manager', 'consultant', 'tenant_admin', 'account_manager'):
        assert hand(as_role(role), fromUserId=gone, toUserId=stays).status == 403
    assert hand(as_role('team_lead', 'gm9902'), fromUserId=gone, toUserId=stays).status == 404


def test_seen_practitioner_nobody_hands_over_to_somebody_who_has_left(as_role, leaver, person):
    """It is handed over from somebody who has left, and what is wrong is named: not that something does not fit."""
    admin, lead = as_role('tenant_admin'), as_role('team_lead')
    desk = admin.post('/organisations', {'kind': 'desk', 'name': "Loket 't Veer"})
    left, client = person('consultant')
    task = lead.post('/tasks', {'kind': 'idea', 'noun': 'organisation', 'subjectId': desk.json['id'], 'ownerUserId': left, 'dueDay': day(3)}).json['id']
    assert admin.patch(f'/users/{left}', {'active': False}, admin.get(f'/users/{left}').headers['etag']).status == 200
    assert admin.patch(desk.headers['location'], {'active': False}, admin.get(desk.headers['location']).headers['etag']).status == 200
    for to, pointer in (({'toUserId': left}, '/toUserId'), ({'toOrganisationId': desk.json['id']}, '/toOrganisationId')):
        refused = hand(lead, fromUserId=lead.get('/user-profile').json['id'], **to)
        assert (refused.status, refused.json['errors'][0]['pointer'], refused.json['errors'][0]['code']) == (400, pointer, 'reference'), refused.text
    stays = lead.get('/user-profile').json['id']
    assert hand(lead, fromUserId=left, toUserId=stays).json['tasks'] == 1 and lead.get(f'/tasks/{task}').json['ownerUserId'] == stays


def test_seen_practitioner_appointments_go_along_with_the_people(as_role, person):
    """Somebody who leaves is not expected anywhere any more, and what was stays as it was."""
    (old, _), (new, _), consultant = person('coach'), person('coach'), as_role('consultant')
    one = as_role('team_lead').post('/candidates', {'alias': 'Kandidaat Vlier', 'pc4': '5012', 'coachId': old}).json['id']
    body = {'candidateId': one, 'kind': 'introduction', 'startsAt': '2031-03-03T09:00:00Z'}
    made = [consultant.post('/appointments', {**body, **more}).json['id'] for more in (
        {'coachId': old}, {'userId': old}, {'coachId': old, 'startsAt': '2026-01-05T09:00:00Z'}, {'userId': old})]
    assert consultant.post(f'/appointments/{made[3]}/moves', {'event': 'cancel'}).status == 200
    assert as_role('team_lead').post('/hand-overs', {'fromUserId': old, 'toUserId': new}).status == 201
    with_whom = [consultant.get(f'/appointments/{a}').json for a in made]
    assert [a.get('coachId', a.get('userId')) for a in with_whom] == [new, new, old, old]


def test_seen_practitioner_a_caseload_is_handed_over_when_somebody_of_it_died(as_role, person):
    (old, _), (new, _), lead = person('case_manager'), person('case_manager'), as_role('team_lead')
    one, other, left = [lead.post('/candidates', {'alias': 'Kandidaat Vlier', 'pc4': '5012', 'caseManagerId': old}).json['id'] for _ in range(3)]
    assert lead.post(f'/candidates/{other}/deaths', {'diedOn': '2026-11-02'}).status == 200
    assert lead.patch(f'/candidates/{left}', {'status': 'left'}, lead.get(f'/candidates/{left}').headers['etag']).status == 200
    over = hand(lead, fromUserId=old, toUserId=new)
    assert over.status == 201 and (over.json['candidates'], over.json['candidatesLeft']) == (2, 0), over.text
    assert [lead.get(f'/candidates/{c}').json['caseManagerId'] for c in (one, other, left)] == [new, old, new]


def test_seen_builder_hand_overs_are_listed(as_role, leaver):
    """Whoever closed the answer could not find again what had stayed."""
    gone, stays = leaver('case_manager')
    lead = as_role('team_lead')
    over = hand(lead, fromUserId=gone, toUserId=stays).json
    first = lead.get('/hand-overs').json['items'][0]
    assert {**first, '_links': None} == {**over, '_links': None}
    assert over['id'] in [one['id'] for one in lead.get(f'/hand-overs?fromUserId={gone}&toUserId={stays}').json['items']]
    assert over['id'] not in [one['id'] for one in lead.get(f'/hand-overs?fromUserId={stays}').json['items']]
    assert as_role('case_manager').get('/hand-overs').status == 403


def test_seen_practitioner_a_file_that_gets_another_keeper_takes_its_tasks_along(region, as_role, person, world):
    """One file goes to a colleague. The terms of law, the check of today and the last day of the placement stayed with the case manager before, who does not see the person any
    more and got the reminders; after-care stayed with the coach before."""
    lead, (first, first_as), (second, second_as), (coach, _), (next_coach, _) = as_role('team_lead'), *(person(role) for role in ('case_manager', 'case_manager', 'coach', 'coach'))
    one = lead.post('/candidates', {'alias': 'Kandidaat Berk', 'pc4': '5012', 'hoursMin': 8, 'hoursMax': 40, 'caseManagerId': first, 'coachId': coach}).json['id']
    other = lead.post('/candidates', {'alias': 'Kandidaat Es', 'pc4': '5012', 'hoursMin': 8, 'hoursMax': 40, 'caseManagerId': first}).json['id']
    made = as_role('consultant').post('/placements', {'candidateId': one, 'kind': 'seasonal', 'origin': 'self_found', 'employerId': world['employer'], 'hours': 24,
                                                      'contract': 'fixed_term', 'startsOn': day(0), 'endsOn': day(60)}).headers['location'].removeprefix('/v1')
    for step in ('acceptances', 'starts'):
        assert as_role('consultant').post(f'{made}/{step}', {}).status == 200
    was = first_as('case_manager')
    assert was.post('/signals', {'candidateId': one, 'kind': 'no_search'}).status == 201
    promise, elsewhere = (was.post('/tasks', {'kind': 'promise', 'noun': 'candidate', 'subjectId': who, 'dueDay': day(2)}).json['id'] for who in (one, other))
    done = was.post('/tasks', {'kind': 'promise', 'noun': 'candidate', 'subjectId': one, 'dueDay': day(2)}).json['id']
    assert was.post(f'/tasks/{done}/completions', {'outcome': 'kept'}).status == 200
    colleague = was.post('/tasks', {'kind': 'step', 'noun': 'candidate', 'subjectId': one, 'dueDay': day(2), 'ownerUserId': world['consultant']}).json['id']
    talk = was.post('/appointments', {'candidateId': one, 'kind': 'talk', 'startsAt': f'{day(3)}T09:00:00Z', 'userId': first, 'coachId': coach}).json['id']

    def kept(user):
        return {kind for kind, in region.sql("select kind from app.task where candidate_id = %s and owner_user_id = %s and state = 'open'", (one, user))}
    assert kept(first) == {'check', 'placement_end', 'promise'} and kept(coach) == {'follow_up', 'contract'}

    def give(client=lead, **keepers):
        given = client.patch(f'/candidates/{one}', keepers, client.get(f'/candidates/{one}').headers['etag'])
        assert given.status == 200, given.text
    give(caseManagerId=second, coachId=next_coach)
    assert (kept(first), kept(coach), kept(second), kept(next_coach)) == (set(), set(), {'check', 'placement_end', 'promise'}, {'follow_up', 'contract'})
    owners = [lead.get(f'/tasks/{task}').json['ownerUserId'] for task in (promise, elsewhere, done, colleague)]
    assert owners == [second, first, first, world['consultant']]
    now = lead.get(f'/appointments/{talk}').json
    assert (now['userId'], now['coachId']) == (second, next_coach)
    assert {t['kind'] for t in second_as('case_manager').get('/work-list').json['items']} == {'check', 'placement_end', 'promise'}
    give(coachId=None)
    assert kept(next_coach) == set() and kept(second) >= {'follow_up', 'contract'}
    give(second_as('case_manager'), caseManagerId=first)
    assert kept(second) == set() and second_as('case_manager').get(f'/candidates/{one}').status == 404
    assert was.get(f'/tasks/{promise}').json['ownerUserId'] == first
