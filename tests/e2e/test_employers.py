# SPDX-License-Identifier: EUPL-1.2
"""Employers: one record per employer; each employer sees what is his own."""
from urllib.parse import quote

import pytest


def test_an_employer_is_registered_and_read(as_role, employer, new_employer):
    read = as_role('consultant').get(employer.headers['location'])
    assert read.json['name'] == new_employer['name'] and read.headers['etag'] == employer.headers['etag']


def test_a_change_leaves_the_rest_alone(as_role, employer, new_employer):
    client = as_role('account_manager')
    changed = client.patch(employer.headers['location'], {'name': 'Drukkerij Noord', 'pc4': None},
                           employer.headers['etag'])
    assert changed.json['name'] == 'Drukkerij Noord' and changed.json['sector'] == new_employer['sector']
    assert 'pc4' not in changed.json


def test_the_employer_sees_himself_without_our_notes(as_role, world):
    client = as_role('employer')
    assert [e['id'] for e in client.get('/employers').json['items']] == [world['employer']]
    own = client.get(f'/employers/{world["employer"]}').json
    assert 'riskCover' not in own and 'internalNote' not in own


@pytest.mark.parametrize('query,holds', [
    ('sector=4639', lambda e: e['sector'] == '4639'),
    ('namePrefix=Groothandel', lambda e: e['name'].startswith('Groothandel')),
])
def test_filters(as_role, query, holds):
    items = as_role('consultant').get(f'/employers?{query}&pageSize=50').json['items']
    assert items and all(holds(e) for e in items)


@pytest.mark.parametrize('sort', ['changedAt', '-changedAt'])
def test_sorting_both_ways(as_role, sort):
    values = [e['changedAt'] for e in as_role('consultant').get(f'/employers?sort={sort}&pageSize=40').json['items']]
    assert values == sorted(values, reverse=sort.startswith('-'))


def test_the_account_manager_filter_and_register_number(as_role):
    client = as_role('consultant')
    one = next(e for e in client.get('/employers').json['items'] if {'kvkNumber', 'accountManagerId'} <= set(e))
    assert client.get(f'/employers?kvkNumber={one["kvkNumber"]}').json['items'][0]['id'] == one['id']
    assert client.get(f'/employers?accountManagerId={one["accountManagerId"]}').json['items']


@pytest.mark.parametrize('role', ['employer', 'case_manager', 'firm'])
def test_attack_15_an_account_manager_is_one(as_role, employer, role):
    other = as_role(role).get('/user-profile').json['id']
    answer = as_role('consultant').patch(employer.headers['location'], {'accountManagerId': other}, employer.headers['etag'])
    assert answer.status == 400 and answer.json['errors'][0]['pointer'] == '/accountManagerId'
    assert answer.json['errors'][0]['code'] == 'reference'


@pytest.mark.parametrize('typed', ['caf\u00e9', 'Cafe', 'cafe', 'jose', 'CAFE JOS', 'jos\u00e9 caf', 'Cafe\u0301'])
def test_case_17_an_employer_is_found_as_people_type(as_role, new_employer, typed):
    client = as_role('account_manager')
    made = client.post('/employers', {**new_employer, 'name': 'Caf\u00e9 Jos\u00e9'})
    found = client.get(f'/employers?namePrefix={quote(typed)}&pageSize=100&sort=-changedAt').json['items']
    assert made.json['id'] in [e['id'] for e in found]


def test_case_17_words_inside_a_name_and_wildcards(as_role, new_employer):
    client = as_role('account_manager')
    made = client.post('/employers', {**new_employer, 'name': 'van Dijk Transport 100% Gr\u00f8n_B.V.'})

    def found(typed):
        return [e['id'] for e in client.get(f'/employers?namePrefix={quote(typed)}&sort=-changedAt').json['items']]
    assert all(made.json['id'] in found(typed) for typed in ('Van', 'dijk', 'trans', 'transport van', '100%', 'gron_', 'v dijk'))
    assert not any(made.json['id'] in found(typed) for typed in ('%', '_', 'port', 'dijk%', '10%'))


@pytest.mark.parametrize('path,member', [('/organisations?namePrefix=', 'name'), ('/users?namePrefix=', 'name'), ('/candidates?aliasPrefix=', 'alias')])
def test_case_17_every_list_with_names_is_searched_by_word(as_role, path, member):
    client = as_role('team_lead')
    one = client.get(path.split('?')[0]).json['items'][0]
    word = one[member].split()[-1].upper()
    found = client.get(f'{path}{quote(word)}&pageSize=100').json['items']
    assert one['id'] in [item['id'] for item in found] and client.get(f'{path}%25').json['items'] == []


def establishment(kvk, number=None, name='Drukkerij Zuid'):
    return {'name': name, 'sector': '1812', 'sizeClass': 'small', 'kvkNumber': kvk, **({'establishmentNumber': number} if number else {})}


def test_case_20_an_employer_has_establishments(as_role):
    client, kvk = as_role('account_manager'), '90000020'
    first = client.post('/employers', establishment(kvk, '000090000201'))
    second = client.post('/employers', establishment(kvk, '000090000202', 'Drukkerij Zuid, magazijn'))
    assert first.status == second.status == 201 and second.json['establishmentNumber'] == '000090000202'
    assert {e['id'] for e in client.get(f'/employers?kvkNumber={kvk}').json['items']} == {first.json['id'], second.json['id']}
    again = client.post('/employers', establishment(kvk, '000090000202'))
    assert again.status == 409 and again.problem == 'duplicate' and again.json['errors'][0]['pointer'] == '/kvkNumber'
    assert again.json['existing'] == second.headers['location'] and again.json['existingName'] == 'Drukkerij Zuid, magazijn'
    moved = client.patch(first.headers['location'], {'establishmentNumber': '000090000202'}, first.headers['etag'])
    assert moved.status == 409 and client.get(moved.json['existing']).json['id'] == second.json['id']
    assert client.post('/employers', establishment(kvk)).status == 201
    assert client.post('/employers', establishment(kvk)).problem == 'duplicate'


@pytest.mark.parametrize('number,code', [('12345678901', 'length'), ('00009000020x', 'pattern')])
def test_case_20_an_establishment_number_has_twelve_digits(as_role, number, code):
    answer = as_role('account_manager').post('/employers', establishment('90000021', number))
    assert answer.status == 400 and (answer.json['errors'][0]['pointer'], answer.json['errors'][0]['code']) == ('/establishmentNumber', code)


def test_case_20_an_establishment_is_one_of_an_employer(as_role):
    answer = as_role('account_manager').post('/employers', {**establishment(None, '000090000221'), 'kvkNumber': None})
    assert answer.status == 400 and answer.json['errors'][0] == {**answer.json['errors'][0], 'pointer': '/kvkNumber', 'code': 'required'}


@pytest.mark.parametrize('name,asked', [('Werkpad Zuid B.V.', ['werkpad bv', 'Werkpad B.V.']), ('C.S.U. Schoon', ['csu', 'c.s.u.']),
                                        ('\u2019t Höfke & Zn.', ["'t hofke", 'hoefke', 't höfke zn']), ("'s-Heeren Loo", ['sheeren', 's-heeren loo'])],
                         ids=['legal form', 'initials', 'apostrophe', 'hyphen'])
def test_seen_a_name_is_found_with_and_without_its_signs(as_role, new_employer, name, asked):
    client = as_role('account_manager')
    made = client.post('/employers', {**new_employer, 'name': name})
    assert made.status == 201 and made.json['name'] == name
    for words in asked:
        listed = client.get(f'/employers?pageSize=100&namePrefix={quote(words)}').json['items']
        assert made.json['id'] in [item['id'] for item in listed], words


# --------------------------------------------------------------------------------------------------- ownership, experiences

EXPERIENCES = [{'date': '2026-05-12', 'kind': 'good', 'note': 'Twee mensen in vaste dienst.'},
               {'date': '2024-01-09', 'kind': 'bad', 'note': 'De begeleiding kwam er niet.'}]


def test_experiences_are_dated_notes_for_colleagues(as_role, new_employer):
    client = as_role('account_manager')
    made = client.post('/employers', {**new_employer, 'ownership': 'non_profit', 'experiences': EXPERIENCES[::-1]})
    assert made.status == 201 and made.json['experiences'] == EXPERIENCES and made.json['ownership'] == 'non_profit'
    changed = client.patch(made.headers['location'], {'experiences': EXPERIENCES[:1], 'ownership': 'public'}, made.headers['etag'])
    assert changed.json['experiences'] == EXPERIENCES[:1]
    assert made.json['id'] in [e['id'] for e in client.get('/employers?ownership=public&sort=-changedAt&pageSize=100').json['items']]
    for role in ('case_manager', 'coach', 'sector_coach', 'hub'):
        seen = as_role(role).get(made.headers['location']).json
        assert 'experiences' not in seen and seen['ownership'] == 'public'
    cleared = client.patch(made.headers['location'], {'experiences': []}, changed.headers['etag'])
    assert not cleared.json.get('experiences')


def test_an_employer_does_not_read_what_was_noted_of_it(as_role, world, region):
    client = as_role('account_manager')
    here = f'/employers/{world["employer"]}'
    noted = client.patch(here, {'experiences': EXPERIENCES}, client.get(here).headers['etag'])
    assert noted.status == 200
    seen = as_role('employer').get(here)
    assert 'experiences' not in seen.json and 'begeleiding' not in seen.text
    assert 'begeleiding' not in as_role('employer').get('/employers').text


@pytest.mark.parametrize('one,pointer', [
    ({'date': '2026-02-30', 'kind': 'good', 'note': 'x'}, '/experiences/0/date'), ({'date': '2026-02-01', 'kind': 'fine', 'note': 'x'}, '/experiences/0/kind'),
    ({'date': '2026-02-01', 'kind': 'bad'}, '/experiences/0/note'), ({'date': '2026-02-01', 'kind': 'bad', 'note': 'x' * 501}, '/experiences/0/note'),
    ({'date': '2026-02-01', 'kind': 'bad', 'note': 'x', 'who': 'y'}, '/experiences/0/who')])
def test_an_experience_that_does_not_fit(as_role, new_employer, one, pointer):
    refused = as_role('account_manager').post('/employers', {**new_employer, 'experiences': [one]})
    assert refused.status == 400 and [f['pointer'] for f in refused.json['errors']] == [pointer]


def test_somebody_known_only_as_tenant_of_a_building(as_role):
    """No number of the trade register, no sector and no size yet; they come when somebody has been there."""
    client = as_role('account_manager')
    made = client.post('/employers', {'name': 'Huurder eerste verdieping', 'pc4': '5012', 'streetAddress': 'Torenplein 1'})
    assert made.status == 201 and not {'kvkNumber', 'sector', 'sizeClass', 'ownership'} & set(made.json)
    known = client.patch(made.headers['location'], {'kvkNumber': '99977001', 'sector': '6201', 'sizeClass': 'small'}, made.headers['etag'])
    assert known.status == 200 and known.json['sector'] == '6201'
    unknown = client.patch(made.headers['location'], {'sector': None}, known.headers['etag'])
    assert unknown.status == 200 and 'sector' not in unknown.json
