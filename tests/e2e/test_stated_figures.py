# SPDX-License-Identifier: EUPL-1.2
"""What parties aim at, expect or report; what is counted is never stored beside it."""
import pytest


@pytest.fixture
def project(as_role):
    return as_role('account_manager').post('/projects', {'kind': 'programme', 'title': 'Doelen', 'startsOn': '2026-09-01'}).json['id']


def test_a_target_is_stated_changed_and_taken_back(as_role, project):
    manager = as_role('account_manager')
    made = manager.post('/stated-figures', {'code': 'hired', 'nature': 'target', 'projectId': project, 'targetGroup': 'youth', 'day': '2028-08-31', 'value': 500})
    assert made.status == 201 and made.json['value'] == 500 and made.json['wholeRegion'] is False
    here = f'/stated-figures/{made.json["id"]}'
    changed = manager.patch(here, {'value': 450}, made.headers['etag'])
    assert changed.json['value'] == 450
    assert [f['id'] for f in manager.get(f'/stated-figures?projectId={project}&code=hired&nature=target&dayFrom=2028-01-01&dayTo=2028-12-31').json['items']] == \
        [made.json['id']]
    assert manager.get(f'/stated-figures?projectId={project}&nature=forecast').json['items'] == []
    assert manager.delete(here, changed.headers['etag']).status == 204
    assert manager.get(here).status == 404


def test_what_is_reported_names_its_source(as_role):
    analyst = as_role('analyst')
    body = {'code': 'recipients', 'nature': 'reported', 'day': '2026-09-30', 'value': 249}
    assert analyst.post('/stated-figures', body).json['errors'][0]['pointer'] == '/source'
    assert analyst.post('/stated-figures', {**body, 'source': 'CBS StatLine'}).status == 201
    assert as_role('analyst', tenant='gm9902').get('/stated-figures?code=recipients&pageSize=100').json['items'] == []


def test_a_figure_is_of_one_thing(as_role, project, world):
    refused = as_role('account_manager').post('/stated-figures', {
        'code': 'hired', 'nature': 'target', 'projectId': project, 'organisationId': world['firm'], 'day': '2028-08-31', 'value': 5})
    assert refused.status == 400 and refused.json['errors'][0]['pointer'] == '/projectId'
    for wrong, pointer in (({'code': 'nothing'}, '/code'), ({'projectId': '01920000-0000-7000-8000-00000000dead'}, '/projectId'),
                           ({'organisationId': '01920000-0000-7000-8000-00000000dead'}, '/organisationId')):
        refused = as_role('account_manager').post('/stated-figures', {'code': 'hired', 'nature': 'target', 'day': '2028-08-31', 'value': 5, **wrong})
        assert refused.status == 400 and refused.json['errors'][0]['pointer'] == pointer


def test_what_is_of_the_whole_region_is_seen_in_it(as_role):
    made = as_role('analyst').post('/stated-figures', {'code': 'unemployment', 'nature': 'reported', 'wholeRegion': True, 'day': '2026-09-30', 'value': 42,
                                                       'source': 'CBS StatLine'})
    other = as_role('analyst', tenant='gm9903')
    seen = other.get(f'/stated-figures/{made.json["id"]}')
    assert seen.status == 200
    assert other.patch(f'/stated-figures/{made.json["id"]}', {'value': 1}, seen.headers['etag']).status in (403, 404)
    assert as_role('firm').get(f'/stated-figures/{made.json["id"]}').status == 404
