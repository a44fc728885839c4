# SPDX-License-Identifier: EUPL-1.2
"""Who takes part in a project: municipalities, organisations and employers."""
import pytest


@pytest.fixture
def project(as_role):
    return as_role('account_manager').post('/projects', {'kind': 'campaign', 'title': 'Ik heb de baan voor jou', 'startsOn': '2026-09-01'}).json['id']


def test_an_employer_takes_part_and_it_is_written_down_that_it_came(as_role, project, world):
    manager, employer = as_role('account_manager'), as_role('employer')
    body = {'participantKind': 'employer', 'participantId': world['employer'], 'capacity': 'invitee'}
    made = manager.post(f'/projects/{project}/participations', body)
    assert made.status == 201 and made.json['participantName'] == employer.get(f'/employers/{world["employer"]}').json['name']
    here = made.headers['location'].removeprefix('/v1')
    assert 'attended' not in made.json
    came = manager.patch(here, {'attended': True, 'people': 2, 'tasks': 'Ontvangt een groep.'}, made.headers['etag'])
    assert came.json['attended'] is True and came.json['people'] == 2
    assert employer.get(f'/projects/{project}').status == 200 and employer.get(here).json['attended'] is True
    assert [p['id'] for p in employer.get(f'/projects/{project}/participations').json['items']] == [made.json['id']]
    again = manager.post(f'/projects/{project}/participations', body)
    assert again.problem == 'duplicate' and again.json['existing'].endswith(made.json['id'])
    assert manager.post(f'/projects/{project}/participations', {**body, 'capacity': 'partner'}).status == 201
    other = next(p for p in manager.get(f'/projects/{project}/participations').json['items'] if p['capacity'] == 'partner')
    for one in (here, f'/participations/{other["id"]}'):
        assert manager.delete(one, manager.get(one).headers['etag']).status == 204
    assert employer.get(f'/projects/{project}').status == 404


@pytest.mark.parametrize('kind', ['municipality', 'organisation', 'employer'])
def test_somebody_who_is_not_there_takes_no_part(as_role, project, kind):
    refused = as_role('account_manager').post(f'/projects/{project}/participations', {
        'participantKind': kind, 'participantId': '01920000-0000-7000-8000-00000000dead', 'capacity': 'member'})
    assert refused.status == 400 and refused.json['errors'][0]['pointer'] == '/participantId'


def test_nobody_is_added_when_the_project_has_ended(as_role, project, world):
    manager = as_role('account_manager')
    manager.post(f'/projects/{project}/moves', {'event': 'end'})
    refused = manager.post(f'/projects/{project}/participations', {'participantKind': 'organisation', 'participantId': world['firm'], 'capacity': 'partner'})
    assert refused.problem == 'state' and refused.json['currentState'] == 'ended'


def test_an_organisation_of_another_municipality_takes_no_part(as_role, project):
    theirs = as_role('firm', tenant='gm9902').get('/user-profile').json['organisationId']
    refused = as_role('account_manager').post(f'/projects/{project}/participations',
                                              {'participantKind': 'organisation', 'participantId': theirs, 'capacity': 'partner'})
    assert refused.status == 400
