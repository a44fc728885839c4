# SPDX-License-Identifier: EUPL-1.2
"""Contact persons of an employer."""


def test_contact_persons_come_and_go(as_role, employer):
    client, place = as_role('account_manager'), employer.headers['location']
    made = client.post(f'{place}/contacts', {'name': 'Els', 'preferred': True, 'email': 'els@zuid.example'})
    assert made.status == 201
    second = client.post(f'{place}/contacts', {'name': 'Wim', 'preferred': True})
    assert second.status == 409 and second.problem == 'duplicate'
    here = f'/contacts/{made.json["id"]}'
    assert client.get(here).json == made.json
    changed = client.patch(here, {'phone': '013 555 0199'}, made.headers['etag'])
    assert changed.json['phone'] == '+31135550199'
    assert client.delete(here, made.headers['etag']).status == 412
    assert client.delete(here, changed.headers['etag']).status == 204
    assert client.get(here).status == 404
    assert client.delete(here, changed.headers['etag']).status == 404
    assert client.get(f'{place}/contacts').json['items'] == []


def test_an_employer_adds_contacts_to_himself_only(as_role, employer, world):
    client = as_role('employer')
    assert client.post(f'/employers/{world["employer"]}/contacts', {'name': 'Ik'}).status == 201
    assert client.post(f'{employer.headers["location"]}/contacts', {'name': 'Ik'}).status == 404


# ------------------------------------------------------------------------------------------------ organisations, marks

MARKS = {'decides': True, 'othersFollow': False, 'madeCommitment': True}


def test_a_channel_has_contacts_with_marks(as_role):
    channel = as_role('tenant_admin').post('/organisations', {'kind': 'association', 'name': 'Ondernemers Oost'}).headers['location']
    client = as_role('account_manager')
    made = client.post(f'{channel}/contacts', {'name': 'Greet', 'preferred': True, **MARKS})
    assert made.status == 201 and made.json['organisationId'] == channel.rpartition('/')[2] and 'employerId' not in made.json
    assert {mark: made.json[mark] for mark in MARKS} == MARKS
    assert client.post(f'{channel}/contacts', {'name': 'Jan', 'preferred': True}).problem == 'duplicate'
    changed = client.patch(made.headers['location'], {'othersFollow': True, 'decides': False}, made.headers['etag'])
    assert changed.json['othersFollow'] is True and changed.json['decides'] is False
    assert [c['id'] for c in as_role('sector_coach').get(f'{channel}/contacts').json['items']] == [made.json['id']]
    assert as_role('tenant_admin').get(f'{channel}/contacts').status == 403
    assert as_role('consultant', 'gm9902').get(made.headers['location']).status == 404
    assert client.post('/organisations/01920000-0000-7000-8000-00000000dead/contacts', {'name': 'X'}).status == 404


def test_an_employer_does_not_see_what_we_think_of_its_people(as_role, world):
    made = as_role('account_manager').post(f'/employers/{world["employer"]}/contacts', {'name': 'Piet', **MARKS})
    client = as_role('employer')
    seen = client.get(made.headers['location'])
    assert seen.status == 200 and not set(MARKS) & set(seen.json)
    assert not set(MARKS) & set(as_role('case_manager').get(made.headers['location']).json)
    refused = client.patch(made.headers['location'], {'decides': False}, seen.headers['etag'])
    assert refused.status == 403 and refused.json['errors'][0]['pointer'] == '/decides'
    assert client.patch(made.headers['location'], {'name': 'Pieter'}, seen.headers['etag']).status == 200
    assert as_role('consultant').get(made.headers['location']).json['decides'] is True
