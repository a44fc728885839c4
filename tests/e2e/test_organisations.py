# SPDX-License-Identifier: EUPL-1.2
"""Organisations that work with a municipality."""


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
