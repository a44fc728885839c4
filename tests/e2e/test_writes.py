# SPDX-License-Identifier: EUPL-1.2
"""What every write does: keys, versions, and 304 when nothing changed."""


def test_nothing_changed_gives_304(as_role, employer):
    client = as_role('consultant')
    etag = client.get(employer.headers['location']).headers['etag']
    assert client.get(employer.headers['location'], **{'If-None-Match': etag}).status == 304


def test_a_change_on_an_older_version_is_refused(as_role, employer):
    client, place, etag = as_role('account_manager'), employer.headers['location'], employer.headers['etag']
    assert client.patch(place, {'name': 'Eerste'}, etag).status == 200
    second = client.patch(place, {'name': 'Tweede'}, etag)
    assert second.status == 412 and second.problem == 'stale'
    assert client.get(place).json['name'] == 'Eerste'


def test_a_change_without_a_version_is_refused(as_role, employer):
    answer = as_role('account_manager').patch(employer.headers['location'], {'name': 'X'}, None)
    assert answer.status == 428 and answer.problem == 'match-required'


def test_a_retry_with_the_same_key_does_nothing_twice(as_role, region, new_employer):
    client, key = as_role('account_manager'), '01920000-0000-7000-8000-00000000abcd'
    first = client.post('/employers', {**new_employer, 'name': 'Een keer'}, key=key)
    again = client.post('/employers', {**new_employer, 'name': 'Een keer'}, key=key)
    assert first.status == again.status == 201 and again.headers['idempotency-replayed'] == 'true'
    assert first.json == again.json and first.headers['location'] == again.headers['location']
    assert region.sql("select count(*) from app.employer where name = 'Een keer'")[0][0] == 1


def test_a_key_belongs_to_one_request(as_role, new_employer):
    client, key = as_role('account_manager'), '01920000-0000-7000-8000-00000000abce'
    assert client.post('/employers', {**new_employer, 'name': 'Een'}, key=key).status == 201
    other = client.post('/employers', {**new_employer, 'name': 'Twee'}, key=key)
    assert other.status == 422 and other.problem == 'idempotency-key-reused'
