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
    assert not gate['may'] and [t['id'] for t in gate['tasks']] == [barrier['id']]
    assert {t['id'] for t in consultant.get(f'/trajectories/{made["id"]}/gate').json['tasks']} == {barrier['id'], step['id']}
    blocked = move(consultant, made['id'], 'start')
    assert blocked.problem == 'blocked' and blocked.json['tasks'] == [barrier['id']]
    consultant.post(f'/tasks/{barrier["id"]}/completions', {'outcome': 'removed'})
    assert consultant.get(f'/trajectories/{made["id"]}/gate?step=start').json['may']      # it said no, and the start was done
    assert move(consultant, made['id'], 'start').json['state'] == 'running'
    assert [t['id'] for t in consultant.get(f'/trajectories/{made["id"]}/gate').json['tasks']] == [step['id']]
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


# ---------------------------------------------------------------------------------------------------------------- rules, consent, the employer

def test_the_letter_with_the_rules_is_handed_over_and_its_receipt_recorded(as_role, trajectory, himself, region):
    lead = as_role('team_lead')
    made = trajectory(lead, kind='intake', searchUntil='2031-03-01').json['id']
    early = lead.post(f'/trajectories/{made}/rules-receipts', {})
    assert early.problem == 'rules-not-handed'
    handed = lead.post(f'/trajectories/{made}/rules-letters', {'channel': 'in_person'}).json
    assert handed['rulesChannel'] == 'in_person' and handed['rulesHandedOn'] == today(region).isoformat() and 'rulesReceivedOn' not in handed
    assert handed['rulesHandedBy'] == lead.get('/user-profile').json['id']
    assert region.sql('select template, parameters from app.document where id = %s', (handed['rulesDocumentId'],))[0][0] == 'rules_letter'
    assert 'rulesDocumentId' not in as_role('consultant').get(f'/trajectories/{made}').json
    received = himself.post(f'/trajectories/{made}/rules-receipts', {}).json
    assert received['rulesReceivedOn'] == today(region).isoformat()
    again = lead.post(f'/trajectories/{made}/rules-letters', {'channel': 'mail', 'handedOn': '2026-01-02'}).json
    assert again['rulesDocumentId'] == handed['rulesDocumentId'] and 'rulesReceivedOn' not in again
    wrong = lead.post(f'/trajectories/{made}/rules-receipts', {'receivedOn': '2026-01-01'})
    assert wrong.status == 400 and wrong.json['errors'][0]['pointer'] == '/receivedOn'
    late = lead.post(f'/trajectories/{made}/rules-letters', {'channel': 'mail', 'handedOn': (today(region) + timedelta(1)).isoformat()})
    assert late.status == 400 and late.json['errors'][0]['pointer'] == '/handedOn'
    assert himself.post(f'/trajectories/{made}/rules-letters', {'channel': 'mail'}).status == 403


def test_an_employer_sees_content_and_progress_with_consent_only(as_role, trajectory, himself, world):
    consultant, employer = as_role('consultant'), as_role('employer')
    made = trajectory(employerId=world['employer']).json['id']
    step = consultant.post('/tasks', {'kind': 'step', 'noun': 'trajectory', 'subjectId': made, 'topic': 'language_course'}).json
    consultant.post('/tasks', {'kind': 'barrier', 'noun': 'trajectory', 'subjectId': made, 'topic': 'debts'})
    assert employer.get(f'/trajectories/{made}/progress').status == 404
    assert consultant.post(f'/trajectories/{made}/employer-questions').problem == 'not-shared'
    shared = himself.post(f'/trajectories/{made}/sharing', {'shared': True, 'channel': 'letter'}).json
    assert shared['shared'] and shared['sharedChannel'] == 'portal' and shared['sharedAt']
    seen = employer.get(f'/trajectories/{made}/progress').json
    assert seen['kind'] == 'course' and [(s['id'], s['topic'], s['state']) for s in seen['steps']] == [(step['id'], 'language_course', 'open')]
    assert set(seen) <= {'trajectoryId', 'kind', 'state', 'startsOn', 'steps', '_links'}
    assert employer.get(f'/trajectories/{made}').status == 403
    withdrawn = consultant.post(f'/trajectories/{made}/sharing', {'shared': False, 'channel': 'conversation'}).json
    assert not withdrawn['shared'] and withdrawn['unsharedAt']
    assert employer.get(f'/trajectories/{made}/progress').status == 404
    assert employer.post(f'/trajectories/{made}/employer-answers', {'agrees': True}).status == 404


def test_the_employer_is_asked_to_agree_to_the_training(as_role, trajectory, world):
    consultant, employer = as_role('consultant'), as_role('employer')
    made = trajectory(employerId=world['employer']).json['id']
    consultant.post(f'/trajectories/{made}/sharing', {'shared': True, 'channel': 'conversation'})
    asked = consultant.post(f'/trajectories/{made}/employer-questions').json
    assert asked['employerAgreed'] == 'asked' and asked['employerAskedAt']
    question = tasks_of(as_role, made)['question']
    assert question['ownerEmployerId'] == world['employer']
    assert question['id'] in [t['id'] for t in employer.get(f'/tasks?subjectId={made}').json['items']]
    assert employer.post(f'/trajectories/{made}/employer-answers', {'agrees': False}).json['employerAgreed'] == 'declined'
    assert tasks_of(as_role, made)['question']['outcome'] == 'answered'
    assert consultant.get(f'/trajectories/{made}').json['employerAgreed'] == 'declined'


def test_a_consent_is_for_one_employer(as_role, trajectory, world, region):
    consultant = as_role('consultant')
    other = as_role('account_manager').post('/employers', {'name': 'Een ander', 'kvkNumber': '99887766', 'pc4': '5012'})
    assert other.status == 201, other.text
    other = other.json['id']
    made = trajectory(employerId=other)
    shared = consultant.post(f'/trajectories/{made.json["id"]}/sharing', {'shared': True, 'channel': 'letter'})
    now = consultant.get(f'/trajectories/{made.json["id"]}')
    changed = consultant.patch(f'/trajectories/{made.json["id"]}', {'employerId': world['employer']}, now.headers['etag'])
    assert shared.json['shared'] and changed.status == 200 and not changed.json['shared'] and 'sharedAt' not in changed.json
    assert as_role('employer').get(f'/trajectories/{made.json["id"]}/progress').status == 404
    none = trajectory(kind='preparation').json['id']
    refused = consultant.post(f'/trajectories/{none}/sharing', {'shared': True, 'channel': 'letter'})
    assert refused.status == 400 and refused.json['errors'][0]['pointer'] == '/shared'


def test_the_candidate_sees_the_own_trajectories_and_benefits(as_role, trajectory, himself, candidate):
    lead = as_role('team_lead')
    applied = lead.post('/benefits', {'candidateId': candidate.json['id'], 'kind': 'assistance'}).json
    mine = trajectory(lead, kind='intake', benefitId=applied['id']).json['id']
    other = lead.post('/candidates', {'alias': 'Kandidaat Ander', 'pc4': '5012'}).json['id']
    foreign = trajectory(lead, candidateId=other).json['id']
    assert himself.get(f'/trajectories/{mine}').json['benefitId'] == applied['id']
    assert himself.get(f'/benefits/{applied["id"]}').status == 200 and himself.get(f'/trajectories/{mine}/progress').status == 200
    assert himself.get(f'/trajectories/{foreign}').status == 404
    assert [t['id'] for t in himself.get('/trajectories').json['items']] == [mine]
    assert [b['id'] for b in himself.get('/benefits').json['items']] == [applied['id']]


# ---------------------------------------------------------------------------------------------------------------- day 0, costs, the end

def test_costs_of_a_barrier_are_decided_within_a_day(as_role, trajectory, region):
    consultant, made = as_role('consultant'), trajectory().json['id']
    barrier = consultant.post('/tasks', {'kind': 'barrier', 'noun': 'trajectory', 'subjectId': made, 'topic': 'child_care', 'blocks': 'start'}).json
    assert barrier['topic'] == 'child_care' and barrier['blocks'] == 'start'
    asked = consultant.post('/tasks', {'kind': 'cost_request', 'noun': 'trajectory', 'subjectId': made, 'topic': 'child_care', 'amountCents': 24000}).json
    due = region.sql('select calendar.add_business_days(clock.today(), 1)')[0][0]
    assert asked['amountCents'] == 24000 and region.sql("select (due_at at time zone 'Europe/Amsterdam')::date from app.task where id = %s", (asked['id'],))[0][0] == due
    wrong = consultant.post(f'/tasks/{asked["id"]}/completions', {'outcome': 'refused', 'grantedCents': 100})
    assert wrong.status == 400 and wrong.json['errors'][0]['pointer'] == '/grantedCents'
    granted = consultant.post(f'/tasks/{asked["id"]}/completions', {'outcome': 'granted', 'grantedCents': 20000}).json
    assert granted['grantedCents'] == 20000 and granted['state'] == 'done'
    whole = consultant.post('/tasks', {'kind': 'cost_request', 'noun': 'trajectory', 'subjectId': made, 'amountCents': 500}).json
    assert consultant.post(f'/tasks/{whole["id"]}/completions', {'outcome': 'granted'}).json['grantedCents'] == 500
    for kind, more in (('promise', {'topic': 'debts'}), ('barrier', {'amountCents': 5})):
        refused = consultant.post('/tasks', {'kind': kind, 'noun': 'trajectory', 'subjectId': made, **more})
        assert refused.status == 400 and refused.json['errors'][0]['pointer'] == '/' + next(iter(more))


def test_a_death_ends_trajectories_and_benefits(as_role, trajectory, candidate, region):
    lead = as_role('team_lead')
    benefits = {kind: lead.post('/benefits', {'candidateId': candidate.json['id'], 'kind': kind, 'appliedOn': '2026-01-02'}).json['id'] for kind in ('assistance', 'ww')}
    lead.post(f'/benefits/{benefits["ww"]}/moves', {'event': 'grant'})
    made = trajectory(lead, kind='intake', benefitId=benefits['assistance'], searchUntil='2031-03-01').json['id']
    assert lead.post(f'/candidates/{candidate.json["id"]}/deaths', {'diedOn': today(region).isoformat()}).status in (200, 201)
    ended = lead.get(f'/trajectories/{made}').json
    assert ended['state'] == 'stopped' and ended['stopReason'] == 'died'
    assert [(b['state'], b.get('refusalReason') or b.get('endReason')) for b in (lead.get(f'/benefits/{benefits[k]}').json for k in ('assistance', 'ww'))] == [
        ('refused', 'died'), ('ended', 'died')]
    assert {t['state'] for t in tasks_of(as_role, made).values()} == {'withdrawn'}


def test_a_hire_takes_the_place_that_was_held_for_the_same_candidate(as_role, shortlisted, region):
    consultant = as_role('consultant')
    vacancy, listed = shortlisted(positions=1, candidatesWanted=2)
    first, second = [i['candidateId'] for i in listed['items'] if i.get('openProposals', 0) < 2][:2]
    made = consultant.post(f'/vacancies/{vacancy}/proposal-rounds', {'candidateIds': [first, second]})
    assert made.status == 201, made.text
    proposals = {p['candidateId']: p['id'] for p in made.json['proposals']}
    held = consultant.post('/trajectories', {'candidateId': first, 'kind': 'course', 'vacancyId': vacancy}).json
    refused = consultant.post(f'/proposals/{proposals[second]}/answers', {'answer': 'hire'})
    assert refused.status == 409 and refused.json['currentState'] == 'obsolete'
    assert consultant.post(f'/proposals/{proposals[first]}/answers', {'answer': 'hire'}).status in (200, 201)
    assert region.sql('select positions_taken, state from app.vacancy where id = %s', (vacancy,)) == [(1, 'filled')]
    assert not consultant.get(f'/trajectories/{held["id"]}').json['holdsPlace']


def test_seen_practitioner_an_intake_that_begins_again_settles_no_application_that_was_refused(as_role, candidate):
    lead = as_role('team_lead')
    body = {'candidateId': candidate.json['id'], 'kind': 'assistance', 'appliedOn': '2026-11-02'}
    refused = lead.post('/benefits', body).json['id']
    intake = {'candidateId': candidate.json['id'], 'kind': 'intake'}
    first = lead.post('/trajectories', {**intake, 'benefitId': refused}).json['id']
    assert move(lead, first, 'stop', reason='own_request').status == 200 and lead.get(f'/benefits/{refused}').json['state'] == 'refused'
    again = lead.post('/trajectories', {**intake, 'benefitId': refused})
    assert again.status == 400 and again.json['errors'][0]['pointer'] == '/benefitId'
    applied = lead.post('/benefits', body).json['id']
    second = lead.post('/trajectories', {**intake, 'benefitId': applied}).json['id']
    assert lead.post(f'/benefits/{applied}/moves', {'event': 'refuse', 'refusalReason': 'no_information'}).status == 200
    etag = lead.get(f'/trajectories/{second}').headers['etag']
    assert lead.patch(f'/trajectories/{second}', {'endsOn': '2027-03-01'}, etag).status == 200        # what it names stays


def test_seen_builder_lists_of_a_portal_say_who_it_is(as_role, trajectory, candidate, himself):
    """One list of intakes needed a file for each row, and that of applications another one."""
    lead, alias = as_role('team_lead'), candidate.json['alias']
    benefit = lead.post('/benefits', {'candidateId': candidate.json['id'], 'kind': 'assistance'}).json
    made = trajectory(lead, kind='intake', benefitId=benefit['id']).json
    appointment = lead.post('/appointments', {'candidateId': candidate.json['id'], 'kind': 'talk', 'startsAt': '2031-03-03T09:00:00Z'}).json
    for path, one in (('/trajectories', made), ('/benefits', benefit), ('/appointments', appointment)):
        assert one['candidateAlias'] == alias
        for client in (lead, himself):
            listed = client.get(f'{path}?candidateId={candidate.json["id"]}').json['items']
            assert {item['candidateAlias'] for item in listed} == {alias}, path
        assert 'candidateAlias' not in lead.get(f'{path}?candidateId={candidate.json["id"]}&fields=id').json['items'][0]
