# SPDX-License-Identifier: EUPL-1.2
"""Sites of an employer."""


def test_sites_come_and_change(as_role, employer):
    client, place = as_role('account_manager'), employer.headers['location']
    made = client.post(f'{place}/sites', {'name': 'Distributiecentrum', 'streetAddress': 'Havenweg 40', 'pc4': '5012', 'neighbourhood': 'BU99010102'})
    assert made.status == 201 and made.json['active'] is True and made.json['employerId'] == employer.json['id']
    here = f'/sites/{made.json["id"]}'
    assert client.get(here).json == made.json
    changed = client.patch(here, {'active': False, 'streetAddress': None}, made.headers['etag'])
    assert changed.status == 200 and 'streetAddress' not in changed.json
    assert client.patch(here, {'name': 'X'}, made.headers['etag']).status == 412
    assert [s['id'] for s in client.get(f'{place}/sites?active=false').json['items']] == [made.json['id']]
    assert client.get(f'{place}/sites?active=true').json['items'] == []
    for wrong in ({'neighbourhood': 'BU00000000'}, {'pc4': '1000'}, {'name': ''}):
        assert client.post(f'{place}/sites', {'name': 'X', **wrong}).status == 400, wrong


def test_an_employer_keeps_sites_of_its_own_only(as_role, employer, world):
    client = as_role('employer')
    made = client.post(f'/employers/{world["employer"]}/sites', {'name': 'Eigen'})
    assert made.status == 201 and client.get(made.headers['location']).status == 200
    other = as_role('account_manager').post(f'{employer.headers["location"]}/sites', {'name': 'Van een ander'})
    assert client.get(other.headers['location']).status == 404
    assert client.post(f'{employer.headers["location"]}/sites', {'name': 'Ik'}).status == 404
    assert as_role('consultant', 'gm9902').get(made.headers['location']).status == 404


def test_a_vacancy_names_a_site_of_its_employer(as_role, new_vacancy, employer, world):
    own = as_role('employer').post(f'/employers/{world["employer"]}/sites', {'name': 'Hal 3'}).json['id']
    other = as_role('account_manager').post(f'{employer.headers["location"]}/sites', {'name': 'Elders'}).json['id']
    made = new_vacancy(siteId=own)
    assert made.json['siteId'] == own
    refused = new_vacancy(siteId=other)
    assert refused.status == 400 and [(f['pointer'], f['code']) for f in refused.json['errors']] == [('/siteId', 'reference')]
    moved = as_role('employer').patch(made.headers['location'], {'siteId': other}, made.headers['etag'])
    assert moved.status == 400
