# SPDX-License-Identifier: EUPL-1.2
"""Users and the profile of the user who asks."""


def test_the_profile_says_who_i_am(as_role):
    profile = as_role('consultant').get('/user-profile').json
    assert profile['role'] == 'consultant' and profile['tenantName'] == 'Gemeente Maasdrecht'


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
