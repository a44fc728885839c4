# SPDX-License-Identifier: EUPL-1.2
"""Trajectories: planned, started, finished and stopped; what an intake sets going; and the position that is held for one."""
import os
import threading
from datetime import date, timedelta

import pytest

ROUNDS = int(os.environ.get('ROUNDS', 3))
TODAY = date.fromisoformat


@pytest.fixture
def trajectory(as_role, candidate):
    def make(client=None, **changes):
        body = {'candidateId': candidate.json['id'], 'kind': 'course', **changes}
        return (client or as_role('consultant')).post('/trajectories', {k: v for k, v in body.items() if v is not None})
    return make


def move(client, trajectory, event, **more):
    return client.post(f'/trajectories/{trajectory}/moves', {'event': event, **more})


def tasks_of(as_role, trajectory, **wanted):
    asked = ''.join(f'&{name}={value}' for name, value in wanted.items())
    return {t['kind']: t for t in as_role('team_lead').get(f'/tasks?subjectId={trajectory}&pageSize=100{asked}').json['items']}


def today(region):
    return region.sql('select clock.today()')[0][0]


def test_a_trajectory_is_planned_started_and_finished(as_role, trajectory):
    consultant = as_role('consultant')
    made = trajectory(startsOn='2026-12-07', endsOn='2027-01-18')
    assert made.status == 201 and made.json['state'] == 'planned' and not made.json['holdsPlace'] and not made.json['shared']
    started = move(consultant, made.json['id'], 'start').json
    assert started['state'] == 'running' and started['startedOn']
    assert move(consultant, made.json['id'], 'start').problem == 'state'
    assert move(consultant, made.json['id'], 'finish').json['errors'][0]['pointer'] == '/outcome'
    wrong = move(consultant, made.json['id'], 'finish', outcome='qualified', workOrigin='firm', reason='other')
    assert {e['pointer'] for e in wrong.json['errors']} == {'/workOrigin', '/reason'}
    done = move(consultant, made.json['id'], 'finish', outcome='at_work', workOrigin='self_found').json
    assert done['state'] == 'finished' and done['outcome'] == 'at_work' and done['workOrigin'] == 'self_found' and done['endedOn']
    assert move(consultant, made.json['id'], 'stop', reason='other').problem == 'state'


def test_it_is_stopped_with_a_reason_and_not_later_than_today(as_role, trajectory, region):
    consultant, made = as_role('consultant'), trajectory().json
    tomorrow = (today(region) + timedelta(1)).isoformat()
    late = move(consultant, made['id'], 'stop', reason='illness', day=tomorrow)
    assert late.status == 400 and late.json['errors'][0]['pointer'] == '/day'
    stopped = move(consultant, made['id'], 'stop', reason='own_request').json
    assert stopped['state'] == 'stopped' and stopped['stopReason'] == 'own_request'


def test_somebody_has_several_at_once_but_one_intake(as_role, trajectory):
    first, second = trajectory().json, trajectory(kind='mediation').json
    intake = trajectory(kind='intake')
    again = trajectory(kind='intake')
    assert again.problem == 'duplicate' and again.json['existing'] == f'/v1/trajectories/{intake.json["id"]}'
    listed = as_role('consultant').get(f'/trajectories?candidateId={first["candidateId"]}&state=planned').json['items']
    assert {t['id'] for t in listed} == {first['id'], second['id'], intake.json['id']}
    assert [t['id'] for t in as_role('consultant').get(f'/trajectories?candidateId={first["candidateId"]}&kind=mediation').json['items']] == [second['id']]


def test_an_intake_has_a_search_period_and_the_duty_to_register(as_role, trajectory, world, region):
    until = (today(region) + timedelta(28)).isoformat()
    made = trajectory(kind='intake', searchUntil=until, organisationId=world['firm']).json
    assert made['registerBy'] > today(region).isoformat()
    tasks = tasks_of(as_role, made['id'])
    assert set(tasks) == {'search', 'register'}
    assert tasks['search']['ownerCandidateId'] == tasks['register']['ownerCandidateId'] == made['candidateId']
    assert tasks['register']['promisedToOrganisationId'] == world['firm']
    assert tasks['search']['dueAt'].startswith(until) or tasks['search']['dueAt'].startswith((TODAY(until)).isoformat())
    none = trajectory(kind='course', searchUntil=until)
    assert none.status == 400 and none.json['errors'][0]['pointer'] == '/searchUntil'


def test_an_intake_without_a_search_period_has_no_such_task(as_role, trajectory):
    made = trajectory(kind='intake')
    assert tasks_of(as_role, made.json['id']) == {}
    changed = as_role('consultant').patch(f'/trajectories/{made.json["id"]}', {'searchUntil': '2031-03-01'}, made.headers['etag'])
    assert changed.status == 200 and set(tasks_of(as_role, made.json['id'])) == {'search'}
    moved = as_role('consultant').patch(f'/trajectories/{made.json["id"]}', {'searchUntil': '2031-03-08'}, changed.headers['etag'])
    assert tasks_of(as_role, made.json['id'])['search']['dueAt'] == '2031-03-08T22:59:59.000Z'
    as_role('consultant').patch(f'/trajectories/{made.json["id"]}', {'searchUntil': None}, moved.headers['etag'])
    assert tasks_of(as_role, made.json['id'])['search']['state'] == 'withdrawn'


@pytest.mark.parametrize('end,state,reason', [
    ({'event': 'finish', 'outcome': 'granted'}, 'granted', None), ({'event': 'finish', 'outcome': 'at_work'}, 'refused', 'found_work'),
    ({'event': 'stop', 'reason': 'own_request'}, 'refused', 'withdrawn'), ({'event': 'finish', 'outcome': 'cannot'}, 'applied', None),
    ({'event': 'finish', 'outcome': 'will_not'}, 'applied', None), ({'event': 'finish', 'outcome': 'referred'}, 'applied', None)])
def test_the_outcome_of_an_intake_settles_the_application(as_role, trajectory, candidate, end, state, reason):
    lead = as_role('team_lead')
    applied = lead.post('/benefits', {'candidateId': candidate.json['id'], 'kind': 'assistance', 'appliedOn': '2026-11-02'}).json
    made = trajectory(lead, kind='intake', benefitId=applied['id']).json
    ended = lead.post(f'/trajectories/{made["id"]}/moves', end)
    assert ended.status == 200 and ended.json['state'] == {'finish': 'finished', 'stop': 'stopped'}[end['event']]
    benefit = lead.get(f'/benefits/{applied["id"]}').json
    assert (benefit['state'], benefit.get('refusalReason')) == (state, reason)


def test_the_application_is_one_of_the_same_person(as_role, trajectory, candidate):
    lead = as_role('team_lead')
    other = lead.post('/candidates', {'alias': 'Kandidaat Anders', 'pc4': '5012'}).json['id']
    applied = lead.post('/benefits', {'candidateId': other, 'kind': 'assistance'}).json
    refused = trajectory(lead, kind='intake', benefitId=applied['id'])
    assert refused.status == 400 and refused.json['errors'][0]['pointer'] == '/benefitId'


def test_who_matches_does_not_decide_on_a_benefit(as_role, trajectory, candidate):
    lead = as_role('team_lead')
    applied = lead.post('/benefits', {'candidateId': candidate.json['id'], 'kind': 'assistance'}).json
    made = trajectory(lead, kind='intake', benefitId=applied['id']).json
    assert 'benefitId' not in as_role('consultant').get(f'/trajectories/{made["id"]}').json
    assert move(as_role('consultant'), made['id'], 'finish', outcome='granted').status == 403
    assert lead.get(f'/trajectories/{made["id"]}').json['state'] == 'planned'


# ---------------------------------------------------------------------------------------------------------------- barriers and steps

def test_a_barrier_stops_the_start_and_an_unfinished_step_the_placement(as_role, trajectory):
    consultant = as_role('consultant')
    made = trajectory().json
    barrier = consultant.post('/tasks', {'kind': 'barrier', 'noun': 'trajectory', 'subjectId': made['id'], 'blocks': 'start'}).json
    step = consultant.post('/tasks', {'kind': 'step', 'noun': 'trajectory', 'subjectId': made['id'], 'blocks': 'start'}).json
    gate = consultant.get(f'/trajectories/{made["id"]}/gate?step=start').json
    assert not gate['may'] and {t['id'] for t in gate['tasks']} == {barrier['id'], step['id']}
    blocked = move(consultant, made['id'], 'start')
    assert blocked.problem == 'blocked' and blocked.json['tasks'] == [barrier['id']]
    consultant.post(f'/tasks/{barrier["id"]}/completions', {'outcome': 'removed'})
    assert move(consultant, made['id'], 'start').json['state'] == 'running'
    assert {t['id'] for t in consultant.get(f'/trajectories/{made["id"]}/gate?step=start').json['tasks']} == {step['id']}
    move(consultant, made['id'], 'stop', reason='moved')
    assert tasks_of(as_role, made['id'])['step']['state'] == 'withdrawn'


def test_a_job_guarantee_is_given_and_met_or_not(as_role, trajectory):
    consultant = as_role('consultant')
    kept, broken = [trajectory(guaranteeBy='2031-06-30').json for _ in range(2)]
    assert tasks_of(as_role, kept['id'])['guarantee']['promisedToCandidateId'] == kept['candidateId']
    move(consultant, kept['id'], 'finish', outcome='at_work')
    move(consultant, broken['id'], 'finish', outcome='finished')
    assert [tasks_of(as_role, t['id'])['guarantee']['outcome'] for t in (kept, broken)] == ['kept', 'not_kept']


def test_a_plan_to_move_on_has_a_day(as_role, trajectory):
    made = trajectory(kind='flow_through', flowThroughOn='2031-12-01').json
    task = tasks_of(as_role, made['id'])['flow_through']
    assert task['dueAt'] == '2031-12-01T22:59:59.000Z' and task['state'] == 'open'


# ---------------------------------------------------------------------------------------------------------------- a named vacancy

@pytest.fixture
def open_vacancy(as_role, new_vacancy):
    def make(positions=1):
        vacancy = new_vacancy(positions=positions).json['id']
        assert as_role('consultant').post(f'/vacancies/{vacancy}/screenings', {'verdict': 'suitable'}).status == 201
        return vacancy
    return make


def test_a_trajectory_for_a_vacancy_holds_a_place_until_it_ends(as_role, trajectory, open_vacancy):
    consultant, vacancy = as_role('consultant'), open_vacancy()
    made = trajectory(vacancyId=vacancy).json
    assert made['holdsPlace'] and made['employerId'] == consultant.get(f'/vacancies/{vacancy}').json['employerId']
    assert consultant.get(f'/vacancies/{vacancy}').json['state'] == 'filled'
    assert [t['id'] for t in consultant.get(f'/trajectories?vacancyId={vacancy}&onTheWay=true').json['items']] == [made['id']]
    other = consultant.post('/candidates', {'alias': 'Kandidaat Twee', 'pc4': '5012'}).json['id']
    full = trajectory(candidateId=other, vacancyId=vacancy)
    assert full.problem == 'state' and full.json['currentState'] == 'filled'
    assert not move(consultant, made['id'], 'stop', reason='not_suitable').json['holdsPlace']
    assert consultant.get(f'/vacancies/{vacancy}').json['state'] in ('open', 'shortlisted')
    assert trajectory(candidateId=other, vacancyId=vacancy).json['holdsPlace']


def test_one_candidate_holds_one_place_of_a_vacancy(trajectory, open_vacancy, as_role):
    vacancy = open_vacancy(3)
    first = trajectory(vacancyId=vacancy).json
    again = trajectory(vacancyId=vacancy)
    assert again.problem == 'duplicate' and again.json['existing'] == f'/v1/trajectories/{first["id"]}'


def test_another_vacancy_takes_a_place_there_and_gives_one_back(as_role, trajectory, open_vacancy, region):
    consultant, one, two = as_role('consultant'), open_vacancy(), open_vacancy(2)
    made = trajectory(vacancyId=one)
    changed = consultant.patch(f'/trajectories/{made.json["id"]}', {'vacancyId': two}, made.headers['etag'])
    assert changed.json['holdsPlace']
    assert dict(region.sql('select id::text, positions_taken from app.vacancy where id in (%s, %s)', (one, two))) == {one: 0, two: 1}
    past = consultant.patch(f'/trajectories/{made.json["id"]}', {'reservedUntil': '2026-01-01'}, changed.headers['etag'])
    assert past.status == 400 and past.json['errors'][0]['pointer'] == '/reservedUntil'
    none = consultant.patch(f'/trajectories/{made.json["id"]}', {'vacancyId': None}, changed.headers['etag'])
    assert not none.json['holdsPlace'] and region.sql('select positions_taken from app.vacancy where id = %s', (two,))[0][0] == 0


def test_a_reservation_ends_by_itself(as_role, trajectory, open_vacancy, later, region):
    consultant, vacancy = as_role('consultant'), open_vacancy()
    made = trajectory(vacancyId=vacancy, reservedUntil=(today(region) + timedelta(10)).isoformat()).json
    other = consultant.post('/candidates', {'alias': 'Kandidaat Twee', 'pc4': '5012'}).json['id']
    with later(11):
        region.wait_until_idle()
        assert not consultant.get(f'/trajectories/{made["id"]}').json['holdsPlace']
        assert consultant.get(f'/vacancies/{vacancy}').json['state'] in ('open', 'shortlisted')
        assert trajectory(candidateId=other, vacancyId=vacancy).json['holdsPlace']
    assert made['state'] == consultant.get(f'/trajectories/{made["id"]}').json['state']


def test_eight_clients_hold_the_last_place_once(as_role, open_vacancy, region):
    consultant = as_role('consultant')
    people = [consultant.post('/candidates', {'alias': f'Kandidaat {n}', 'pc4': '5012'}).json['id'] for n in range(8)]
    for _ in range(ROUNDS):
        vacancy, answers = open_vacancy(), []
        start = threading.Barrier(8)

        def race(one):
            start.wait()
            answers.append(consultant.post('/trajectories', {'candidateId': one, 'kind': 'course', 'vacancyId': vacancy}))
        racing = [threading.Thread(target=race, args=(one,)) for one in people]
        [t.start() for t in racing]
        [t.join() for t in racing]
        assert sorted(a.status for a in answers) == [201] + [409] * 7, [a.text for a in answers]
        assert region.sql('select positions_taken, state from app.vacancy where id = %s', (vacancy,)) == [(1, 'filled')]
        assert region.sql('select count(*) from app.trajectory where vacancy_id = %s and holds_place', (vacancy,)) == [(1,)]


# ---------------------------------------------------------------------------------------------------------------- who sees it

def test_a_firm_sees_what_it_executes_by_its_mandate(as_role, trajectory, world):
    consultant, firm = as_role('consultant'), as_role('firm')
    mine = trajectory(organisationId=world['firm']).json
    assert firm.get(f'/trajectories/{mine["id"]}').status == 404          # no mandate yet
    made = as_role('team_lead').post('/mandates', {'granteeOrganisationId': world['firm'], 'scope': 'person', 'candidateId': mine['candidateId'],
                                                   'purpose': 'mediation', 'untilAt': '2099-01-01T00:00:00Z'})
    assert made.status == 201, made.text
    seen = firm.get(f'/trajectories/{mine["id"]}')
    assert seen.status == 200 and 'benefitId' not in seen.json
    other = trajectory(kind='mediation').json
    assert firm.get(f'/trajectories/{other["id"]}').status == 404
    assert move(firm, mine['id'], 'start').json['state'] == 'running'
    assert firm.post('/trajectories', {'candidateId': mine['candidateId'], 'kind': 'course'}).status == 403
    assert consultant.get(f'/trajectories?organisationId={world["firm"]}&candidateId={mine["candidateId"]}').json['items'][0]['id'] == mine['id']


def test_others_see_no_trajectory(as_role, trajectory, person):
    made = trajectory().json
    stranger = person('case_manager')[1]('case_manager')
    assert stranger.get(f'/trajectories/{made["id"]}').status == 404 and stranger.get('/trajectories').json['items'] == []
    assert as_role('consultant', tenant='gm9902').get(f'/trajectories/{made["id"]}').status == 404
    for role in ('employer', 'account_manager', 'hub', 'analyst'):
        assert as_role(role).get(f'/trajectories/{made["id"]}').status == 403, role


def test_a_note_about_a_trajectory_is_read_by_purpose(as_role, trajectory, world):
    made = trajectory(organisationId=world['firm']).json
    as_role('team_lead').post('/mandates', {'granteeOrganisationId': world['firm'], 'scope': 'person', 'candidateId': made['candidateId'],
                                            'purpose': 'mediation', 'untilAt': '2099-01-01T00:00:00Z'})
    notes = {purpose: as_role('team_lead').post('/notes', {'noun': 'trajectory', 'subjectId': made['id'], 'text': 'Gaat goed.', 'purpose': purpose})
             for purpose in ('file', 'mediation')}
    assert {p: n.status for p, n in notes.items()} == {'file': 201, 'mediation': 201}, notes['file'].text
    for role in ('firm', 'consultant'):
        shown = as_role(role).get(f'/notes?subjectId={made["id"]}').json['items']
        assert [n['purpose'] for n in shown] == ['mediation'], role


def test_the_trajectory_of_somebody_who_left_does_not_begin(as_role, trajectory, candidate):
    as_role('consultant').patch(f'/candidates/{candidate.json["id"]}', {'status': 'left'}, candidate.headers['etag'])
    left = trajectory()
    assert left.problem == 'state' and left.json['currentState'] == 'left'
