# SPDX-License-Identifier: EUPL-1.2
"""May this be done? Open tasks that block stop the step that they are about, and the answer says everything that is missing at once."""
import pytest

from region import day


@pytest.fixture
def blocker(as_role):
    """blocker('consult', 'vacancy', id) makes an open task that stops something; it is done at the end."""
    made, client = [], as_role('team_lead')

    def make(kind, noun, about, **changes):
        task = client.post('/tasks', {'kind': kind, 'noun': noun, 'subjectId': about, 'dueDay': day(3), **changes})
        assert task.status == 201, task.text
        made.append(task.json['id'])
        return task.json['id']
    yield make
    for task in made:
        client.post(f'/tasks/{task}/withdrawals', {'reason': 'made_by_mistake'})


def gate(client, place, step=None):
    return client.get(f'{place}/gate' + (f'?step={step}' if step else '')).json


def test_everything_that_is_missing_is_told_at_once(as_role, proposed, blocker, world):
    vacancy, proposals = proposed()
    consultant = as_role('consultant')
    candidate = consultant.get(f'/proposals/{proposals[0]}').json['candidateId']
    free = gate(consultant, f'/proposals/{proposals[0]}', 'hire')
    assert free['may'] is True and 'tasks' not in free and {s['noun'] for s in free['states']} == {'proposal', 'vacancy', 'candidate'}
    consult, barrier = blocker('consult', 'vacancy', vacancy), blocker('barrier', 'candidate', candidate, blocks='hire')
    shut = gate(consultant, f'/proposals/{proposals[0]}', 'hire')
    assert shut['may'] is False and {t['id'] for t in shut['tasks']} == {consult, barrier}
    assert all(t['ownerName'] and t['titleNl'] and t['titleEn'] and t['dueAt'] and t['blocks'] == 'hire' and not t['overdue'] for t in shut['tasks'])
    assert [t['id'] for t in gate(consultant, f'/vacancies/{vacancy}')['tasks']] == [consult]
    assert gate(consultant, f'/vacancies/{vacancy}', 'send')['may'] is True
    assert [t['id'] for t in gate(consultant, f'/candidates/{candidate}', 'hire')['tasks']] == [barrier]
    refused = consultant.post(f'/proposals/{proposals[0]}/answers', {'answer': 'hire'})
    assert (refused.status, refused.problem, set(refused.json['tasks'])) == (409, 'blocked', {consult, barrier})
    lead = as_role('team_lead')
    assert lead.post(f'/tasks/{consult}/completions', {'outcome': 'agreed'}).status == 200
    assert consultant.post(f'/proposals/{proposals[0]}/answers', {'answer': 'hire'}).json['tasks'] == [barrier]
    assert consultant.post(f'/proposals/{proposals[0]}/answers', {'answer': 'invite'}).status == 200     # only that step is stopped
    assert lead.post(f'/tasks/{barrier}/completions', {'outcome': 'removed'}).status == 200
    assert gate(consultant, f'/proposals/{proposals[0]}', 'hire')['may'] is True


def test_a_barrier_stops_that_somebody_is_sent(as_role, shortlisted, blocker):
    vacancy, listed = shortlisted()
    consultant = as_role('consultant')
    free = [i['candidateId'] for i in listed['items'] if i.get('openProposals', 0) < 2][:listed['asked']]
    barrier = blocker('barrier', 'candidate', free[1])
    body = {'candidateIds': free, 'draft': True}
    drafted = consultant.post(f'/vacancies/{vacancy}/proposal-rounds', body)
    assert drafted.status == 201, drafted.text
    sent = consultant.post(f'/proposal-rounds/{drafted.json["id"]}/dispatches')
    assert (sent.status, sent.problem, sent.json['tasks']) == (409, 'blocked', [barrier])
    as_role('team_lead').post(f'/tasks/{barrier}/completions', {'outcome': 'removed'})
    assert consultant.post(f'/proposal-rounds/{drafted.json["id"]}/dispatches').status == 200
    consultant.post(f'/vacancies/{vacancy}/endings', {'how': 'close'})


def test_a_task_that_stops_proposing_names_the_candidate(as_role, shortlisted, blocker):
    vacancy, listed = shortlisted()
    consultant = as_role('consultant')
    free = [i['candidateId'] for i in listed['items'] if i.get('openProposals', 0) < 2][:listed['asked']]
    blocker('barrier', 'candidate', free[2], blocks='propose')
    answer = consultant.post(f'/vacancies/{vacancy}/proposal-rounds', {'candidateIds': free})
    assert (answer.status, answer.problem, answer.json['pointer']) == (409, 'blocked', '/candidateIds/2')
    consultant.post(f'/vacancies/{vacancy}/endings', {'how': 'close'})


def test_the_state_is_a_part_of_the_answer(as_role, new_vacancy):
    consultant = as_role('consultant')
    vacancy = new_vacancy().json['id']
    shut = gate(consultant, f'/vacancies/{vacancy}', 'propose')
    assert shut['may'] is False and shut['states'] == [{'noun': 'vacancy', 'id': vacancy, 'state': 'reported', 'allows': False}]
    assert gate(consultant, f'/vacancies/{vacancy}', 'pay')['may'] is True


def test_an_employer_hears_no_and_not_why_when_it_is_about_a_person(as_role, proposed, blocker):
    vacancy, proposals = proposed()
    candidate = as_role('consultant').get(f'/proposals/{proposals[0]}').json['candidateId']
    blocker('barrier', 'candidate', candidate, blocks='hire')
    shut = gate(as_role('employer'), f'/proposals/{proposals[0]}', 'hire')
    assert shut['may'] is False and 'tasks' not in shut and {s['noun'] for s in shut['states']} == {'proposal', 'vacancy'}
    refused = as_role('employer').post(f'/proposals/{proposals[0]}/answers', {'answer': 'hire'})
    assert (refused.problem, refused.json['tasks']) == ('blocked', [])
    assert as_role('employer').get(f'/candidates/{candidate}/gate').status == 403


def test_a_measure_stops_nothing_and_shows_nowhere(as_role, blocker):
    person = as_role('case_manager').get('/candidates?pageSize=1').json['items'][0]['id']
    refused = as_role('team_lead').post('/tasks', {'kind': 'check', 'noun': 'candidate', 'subjectId': person, 'blocks': 'hire'})
    assert refused.status == 400 and refused.json['errors'][0]['pointer'] == '/blocks'
    blocker('check', 'candidate', person)
    for role in ('consultant', 'team_lead'):
        assert 'tasks' not in gate(as_role(role), f'/candidates/{person}')


def test_whoever_does_not_see_it_has_no_gate(as_role, proposed):
    vacancy, proposals = proposed()
    other = as_role('consultant', 'gm9902')
    assert other.get(f'/vacancies/{vacancy}/gate').status == other.get(f'/proposals/{proposals[0]}/gate').status == 404
