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
