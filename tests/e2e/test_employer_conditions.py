# SPDX-License-Identifier: EUPL-1.2
"""Conditions under which an employer takes part."""


def test_conditions_of_an_employer(as_role, employer):
    client, place = as_role('account_manager'), employer.headers['location']
    made = client.post(f'{place}/conditions', {'condition': 'physical_work', 'hard': True})
    assert made.status == 201 and client.get(f'/employer-conditions/{made.json["id"]}').json['hard'] is True
    assert client.post(f'{place}/conditions', {'text': 'Inspraak', 'hard': True}).status == 400
    assert client.post(f'{place}/conditions', {'condition': 'no_such_thing'}).json['errors'][0]['pointer'] == '/condition'
    assert len(client.get(f'{place}/conditions').json['items']) == 1
    assert client.delete(f'/employer-conditions/{made.json["id"]}', made.headers['etag']).status == 204


def test_seen_builder_a_condition_says_its_name(as_role, employer):
    client, place = as_role('account_manager'), employer.headers['location']
    made = client.post(f'{place}/conditions', {'condition': 'vca', 'hard': True})
    english = client.get(f'{place}/conditions', **{'Accept-Language': 'en'}).json['items'][0]
    known = next(c for c in client.get('/conditions?pageSize=100').json['items'] if c['code'] == 'vca')
    assert (made.json['label'], english['label']) == (known['labelNl'], known['labelEn'])
