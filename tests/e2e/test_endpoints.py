# SPDX-License-Identifier: EUPL-1.2
"""Receivers of a municipality: what an administrator may add, and what waits for one."""
import pytest

ADDRESS = 'https://uitkeringen.maasdrecht.example/berichten'
NEW = {'purpose': 'events', 'kind': 'webhook', 'address': ADDRESS, 'secret': 'sleutel', 'paused': True}


def test_a_receiver_is_added_changed_and_listed(as_role):
    admin = as_role('tenant_admin')
    made = admin.post('/endpoints', NEW)
    assert made.status == 201 and made.json['paused'] is True, made.text
    place = made.headers['location']
    changed = admin.patch(place, {'sandboxAddress': 'https://proef.maasdrecht.example/berichten'}, made.headers['etag'])
    assert changed.status == 200 and changed.json['sandboxAddress'].startswith('https://proef')
    assert made.json['id'] in [item['id'] for item in admin.get('/endpoints').json['items']]
    assert as_role('tenant_admin', 'gm9902').get(place).status == 404


@pytest.mark.parametrize('change,pointer', [
    ({'address': 'http://uitkeringen.maasdrecht.example/'}, '/address'), ({'address': 'https://wie:dan@maasdrecht.example/'}, '/address'),
    ({'address': 'file:///etc/passwd'}, '/address'), ({'kind': 'drop', 'address': '../elders'}, '/address'), ({'kind': 'drop', 'address': '/etc'}, '/address'),
    ({'kind': 'api'}, '/kind'), ({'purpose': 'print'}, '/kind'), ({'purpose': 'notify_api'}, '/kind'), ({'secret': None}, '/secret'),
    ({'secret': '../sleutel'}, '/secret'), ({'sandboxAddress': 'ergens'}, '/sandboxAddress'), ({'emailTemplate': '01920000-0000-7000-8000-00000000ed11'}, '/emailTemplate')])
def test_what_cannot_be_reached_is_no_receiver(as_role, change, pointer):
    refused = as_role('tenant_admin').post('/endpoints', {name: value for name, value in {**NEW, **change}.items() if value is not None})
    assert refused.status == 400 and refused.json['errors'][0]['pointer'] == pointer, refused.text
    assert not refused.json['errors'][0]['detail'].endswith(': '), 'seen by a builder: what a value should be was left out'


def test_for_each_purpose_one_receives(as_role):
    admin = as_role('tenant_admin')
    first = admin.post('/endpoints', {**NEW, 'paused': False})
    assert first.status == 201
    second = admin.post('/endpoints', {**NEW, 'paused': False})
    assert second.problem == 'duplicate' and second.json['existing'].endswith(first.headers['location'].split('/v1')[-1])
    assert admin.patch(first.headers['location'], {'paused': True}, first.headers['etag']).status == 200
    again = admin.post('/endpoints', {**NEW, 'paused': False})
    assert again.status == 201
    admin.patch(again.headers['location'], {'paused': True}, again.headers['etag'])
