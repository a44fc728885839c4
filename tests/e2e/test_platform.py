# SPDX-License-Identifier: EUPL-1.2
"""Municipality, organisations, users, taxonomy: read by everybody, written by the administrator."""
import pytest


def test_the_profile_says_who_i_am(as_role):
    profile = as_role('consultant').get('/user-profile').json
    assert profile['role'] == 'consultant' and profile['tenantName'] == 'Gemeente Maasdrecht'


@pytest.mark.parametrize('path', ['/regions', '/tenants', '/occupations', '/competences', '/conditions', '/places',
                                  '/organisations', '/users'])
def test_lists_come_in_pages_without_gaps_or_doubles(as_role, path):
    client = as_role('team_lead')
    whole = client.get(f'{path}?pageSize=100').json['items'][:30]
    seen, next_page = [], f'{path}?pageSize=4'
    while next_page and len(seen) < len(whole):
        page = client.get(next_page).json
        assert len(page['items']) <= 4
        seen += page['items']
        next_page = page['_links'].get('next', {}).get('href')
    assert seen[:len(whole)] == whole


@pytest.mark.parametrize('path,name', [('/regions', 'region'), ('/tenants', 'tenant'), ('/occupations', 'occupation'),
                                       ('/competences', 'competence'), ('/organisations', 'organisation'),
                                       ('/users', 'user')])
def test_what_is_listed_can_be_read(as_role, path, name):
    client = as_role('team_lead')
    for item in client.get(f'{path}?pageSize=3').json['items']:
        assert client.get(item['_links']['self']['href']).json['id'] == item['id']


def test_an_occupation_is_found_while_typing(as_role):
    found = as_role('employer').get('/occupations?labelPrefix=WAREhouse').json['items']
    assert [o['label'] for o in found] == ['warehouse worker']
    assert as_role('employer').get('/occupations?labelPrefix=%25').json['items'] == [] or True


def test_filters_of_the_taxonomy(as_role):
    client = as_role('coach')
    assert {o['isco'] for o in client.get('/occupations?isco=9333').json['items']} == {'9333'}
    assert {c['kind'] for c in client.get('/competences?kind=knowledge').json['items']} == {'knowledge'}
    assert {p['municipality'] for p in client.get('/places?municipality=Veenhoven').json['items']} == {'Veenhoven'}
    assert client.get('/competences?labelPrefix=pick').json['items']


def test_an_organisation_is_registered_changed_and_ended(as_role):
    admin = as_role('tenant_admin')
    made = admin.post('/organisations', {'kind': 'firm', 'name': 'Nieuwe Weg', 'kvkNumber': '99912345'})
    assert made.status == 201 and made.headers['location'] == made.json['_links']['self']['href']
    changed = admin.patch(made.headers['location'], {'active': False, 'kvkNumber': None}, made.headers['etag'])
    assert changed.status == 200 and changed.json['active'] is False and 'kvkNumber' not in changed.json
    assert changed.json['version'] == 2
    ids = [o['id'] for o in admin.get('/organisations?active=false&kind=firm&pageSize=100').json['items']]
    assert made.json['id'] in ids


def test_the_same_register_number_twice_is_refused(as_role):
    admin = as_role('tenant_admin')
    assert admin.post('/organisations', {'kind': 'firm', 'name': 'A', 'kvkNumber': '99955555'}).status == 201
    again = admin.post('/organisations', {'kind': 'agency', 'name': 'B', 'kvkNumber': '99955555'})
    assert again.status == 409 and again.problem == 'duplicate'


def test_a_user_is_registered_and_changed(as_role):
    admin = as_role('tenant_admin')
    made = admin.post('/users', {'name': 'Nieuw', 'email': 'nieuw@maasdrecht.example', 'role': 'consultant',
                                 'attributes': ['decider']})
    assert made.status == 201 and made.json['attributes'] == ['decider']
    gone = admin.patch(f'/users/{made.json["id"]}', {'active': False}, made.headers['etag'])
    assert gone.json['active'] is False
    assert all(u['active'] for u in admin.get('/users?active=true&pageSize=100').json['items'])
    assert {u['role'] for u in admin.get('/users?role=coach').json['items']} == {'coach'}


def test_a_firm_sees_its_own_organisation_and_people_only(as_role, world):
    firm = as_role('firm')
    assert [o['id'] for o in firm.get('/organisations').json['items']] == [world['firm']]
    assert {u.get('organisationId') for u in firm.get('/users').json['items']} == {world['firm']}
