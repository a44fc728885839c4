# SPDX-License-Identifier: EUPL-1.2
"""Candidates take part in projects: on the wall of the person, and never in the region."""


def test_a_candidate_takes_part_and_stops(as_role, candidate, world):
    keeper, consultant = as_role('case_manager'), as_role('consultant')
    project = as_role('account_manager').post('/projects', {'kind': 'cohort', 'title': 'Groep 3', 'startsOn': '2026-09-01'}).json['id']
    body = {'candidateId': candidate.json['id'], 'projectId': project, 'fromDay': '2026-10-01'}
    made = keeper.post('/candidate-participations', body)
    assert made.status == 201 and made.json['fromDay'] == '2026-10-01'
    here = f'/candidate-participations/{made.json["id"]}'
    assert [p['id'] for p in consultant.get(f'/candidate-participations?projectId={project}').json['items']] == [made.json['id']]
    assert [p['projectId'] for p in keeper.get(f'/candidate-participations?candidateId={candidate.json["id"]}').json['items']] == [project]
    assert [c['id'] for c in consultant.get(f'/candidates?projectId={project}').json['items']] == [candidate.json['id']]
    assert keeper.post('/candidate-participations', body).problem == 'duplicate'
    wrong = keeper.patch(here, {'untilDay': '2026-09-30'}, made.headers['etag'])
    assert wrong.status == 400 and wrong.json['errors'][0]['pointer'] == '/fromDay'
    ended = keeper.patch(here, {'untilDay': '2026-12-31'}, made.headers['etag'])
    assert ended.json['untilDay'] == '2026-12-31'
    assert as_role('account_manager').get(here).status == 403


def test_it_is_of_those_who_have_the_file(as_role, candidate):
    project = as_role('account_manager').post('/projects', {'kind': 'pool', 'title': 'Pool', 'startsOn': '2026-09-01'}).json['id']
    made = as_role('case_manager').post('/candidate-participations', {'candidateId': candidate.json['id'], 'projectId': project}).json
    for stranger in (as_role('firm'), as_role('coach')):
        assert stranger.get(f'/candidate-participations/{made["id"]}').status == 404
        assert made['id'] not in [p['id'] for p in stranger.get('/candidate-participations?pageSize=100').json['items']]
    other = as_role('consultant', tenant='gm9902')
    assert other.get(f'/candidate-participations/{made["id"]}').status == 404
    assert as_role('case_manager').post('/candidate-participations', {'candidateId': '01920000-0000-7000-8000-00000000dead', 'projectId': project}).status == 404


def test_a_candidate_takes_part_in_what_is_there_and_goes_on(as_role, candidate):
    manager = as_role('account_manager')
    ended = manager.post('/projects', {'kind': 'pool', 'title': 'Voorbij', 'startsOn': '2026-09-01'}).json['id']
    manager.post(f'/projects/{ended}/moves', {'event': 'end'})
    for project in (ended, '01920000-0000-7000-8000-00000000dead'):
        refused = as_role('case_manager').post('/candidate-participations', {'candidateId': candidate.json['id'], 'projectId': project})
        assert refused.status == 400 and refused.json['errors'][0]['pointer'] == '/projectId'
