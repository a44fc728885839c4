# SPDX-License-Identifier: EUPL-1.2
"""Employers, contact persons, conditions: one record per employer, each sees what is his."""
import pytest

NEW = {'name': 'Drukkerij Zuid', 'sector': '1812', 'sizeClass': 'small', 'riskCover': True,
       'internalNote': 'belt liever', 'pc4': '5013'}


@pytest.fixture
def employer(as_role):
    made = as_role('account_manager').post('/employers', NEW)
    assert made.status == 201
    return made


def test_an_employer_is_registered_and_read(as_role, employer):
    read = as_role('consultant').get(employer.headers['location'])
    assert read.json['name'] == NEW['name'] and read.headers['etag'] == employer.headers['etag']


def test_nothing_changed_gives_304(as_role, employer):
    client = as_role('consultant')
    etag = client.get(employer.headers['location']).headers['etag']
    assert client.get(employer.headers['location'], **{'If-None-Match': etag}).status == 304


def test_a_change_leaves_the_rest_alone(as_role, employer):
    client = as_role('account_manager')
    changed = client.patch(employer.headers['location'], {'name': 'Drukkerij Noord', 'pc4': None},
                           employer.headers['etag'])
    assert changed.json['name'] == 'Drukkerij Noord' and changed.json['sector'] == NEW['sector']
    assert 'pc4' not in changed.json


def test_a_change_on_an_older_version_is_refused(as_role, employer):
    client, place, etag = as_role('account_manager'), employer.headers['location'], employer.headers['etag']
    assert client.patch(place, {'name': 'Eerste'}, etag).status == 200
    second = client.patch(place, {'name': 'Tweede'}, etag)
    assert second.status == 412 and second.problem == 'stale'
    assert client.get(place).json['name'] == 'Eerste'


def test_a_change_without_a_version_is_refused(as_role, employer):
    answer = as_role('account_manager').patch(employer.headers['location'], {'name': 'X'}, None)
    assert answer.status == 428 and answer.problem == 'match-required'


def test_the_employer_sees_himself_without_our_notes(as_role, world):
    client = as_role('employer')
    assert [e['id'] for e in client.get('/employers').json['items']] == [world['employer']]
    own = client.get(f'/employers/{world["employer"]}').json
    assert 'riskCover' not in own and 'internalNote' not in own


def test_what_is_not_visible_cannot_be_selected(as_role):
    answer = as_role('employer').get('/employers?fields=id,riskCover')
    assert answer.status == 400 and answer.json['errors'][0]['code'] == 'unknown-field'


def test_sparse_fields(as_role):
    item = as_role('consultant').get('/employers?fields=id,name&pageSize=1').json['items'][0]
    assert set(item) == {'id', 'name', '_links'}


@pytest.mark.parametrize('query,holds', [
    ('sector=4639', lambda e: e['sector'] == '4639'),
    ('namePrefix=Groothandel', lambda e: e['name'].startswith('Groothandel')),
])
def test_filters(as_role, query, holds):
    items = as_role('consultant').get(f'/employers?{query}&pageSize=50').json['items']
    assert items and all(holds(e) for e in items)


@pytest.mark.parametrize('sort,key', [('name', 'name'), ('-name', 'name'), ('changedAt', 'changedAt'),
                                      ('-changedAt', 'changedAt')])
def test_sorting_both_ways(as_role, sort, key):
    values = [e[key] for e in as_role('consultant').get(f'/employers?sort={sort}&pageSize=40').json['items']]
    assert values == sorted(values, reverse=sort.startswith('-'))


def test_a_cursor_belongs_to_its_question(as_role):
    client = as_role('consultant')
    following = client.get('/employers?pageSize=2').json['_links']['next']['href']
    assert client.get(following).status == 200
    for wrong in (following + '&sort=-name', following + '&sector=4639', following[:-3] + 'AAA'):
        answer = client.get(wrong)
        assert answer.status == 400 and answer.json['errors'][0]['code'] == 'cursor'


def test_the_account_manager_filter_and_register_number(as_role):
    client = as_role('consultant')
    one = client.get('/employers?pageSize=1').json['items'][0]
    assert client.get(f'/employers?kvkNumber={one["kvkNumber"]}').json['items'][0]['id'] == one['id']
    assert client.get(f'/employers?accountManagerId={one["accountManagerId"]}').json['items']


def test_contact_persons_come_and_go(as_role, employer):
    client, place = as_role('account_manager'), employer.headers['location']
    made = client.post(f'{place}/contacts', {'name': 'Els', 'preferred': True, 'email': 'els@zuid.example'})
    assert made.status == 201
    second = client.post(f'{place}/contacts', {'name': 'Wim', 'preferred': True})
    assert second.status == 409 and second.problem == 'duplicate'
    here = f'/contacts/{made.json["id"]}'
    assert client.get(here).json == made.json
    changed = client.patch(here, {'phone': '013 555 0199'}, made.headers['etag'])
    assert changed.json['phone'] == '013 555 0199'
    assert client.delete(here, made.headers['etag']).status == 412
    assert client.delete(here, changed.headers['etag']).status == 204
    assert client.get(here).status == 404
    assert client.delete(here, changed.headers['etag']).status == 404
    assert client.get(f'{place}/contacts').json['items'] == []


def test_conditions_of_an_employer(as_role, employer):
    client, place = as_role('account_manager'), employer.headers['location']
    made = client.post(f'{place}/conditions', {'condition': 'physical_work', 'hard': True})
    assert made.status == 201 and client.get(f'/employer-conditions/{made.json["id"]}').json['hard'] is True
    assert client.post(f'{place}/conditions', {'text': 'Inspraak', 'hard': True}).status == 400
    assert client.post(f'{place}/conditions', {'condition': 'no_such_thing'}).json['errors'][0]['pointer'] == '/condition'
    assert len(client.get(f'{place}/conditions').json['items']) == 1
    assert client.delete(f'/employer-conditions/{made.json["id"]}', made.headers['etag']).status == 204


def test_an_employer_adds_contacts_to_himself_only(as_role, employer, world):
    client = as_role('employer')
    assert client.post(f'/employers/{world["employer"]}/contacts', {'name': 'Ik'}).status == 201
    assert client.post(f'{employer.headers["location"]}/contacts', {'name': 'Ik'}).status == 404


def test_a_retry_with_the_same_key_does_nothing_twice(as_role, region):
    client, key = as_role('account_manager'), '01920000-0000-7000-8000-00000000abcd'
    first = client.post('/employers', {**NEW, 'name': 'Een keer'}, key=key)
    again = client.post('/employers', {**NEW, 'name': 'Een keer'}, key=key)
    assert first.status == again.status == 201 and again.headers['idempotency-replayed'] == 'true'
    assert first.json == again.json and first.headers['location'] == again.headers['location']
    assert region.sql("select count(*) from app.employer where name = 'Een keer'")[0][0] == 1


def test_a_key_belongs_to_one_request(as_role):
    client, key = as_role('account_manager'), '01920000-0000-7000-8000-00000000abce'
    assert client.post('/employers', {**NEW, 'name': 'Een'}, key=key).status == 201
    other = client.post('/employers', {**NEW, 'name': 'Twee'}, key=key)
    assert other.status == 422 and other.problem == 'idempotency-key-reused'
