# SPDX-License-Identifier: EUPL-1.2
"""Candidates: who may see whom, the citizen service number, the card."""
import time
from concurrent.futures import ThreadPoolExecutor

import psycopg2
import pytest

from region import day, until

NOBODY = '01920000-0000-7000-8000-00000000dead'


def bsn_of(number):
    """The first number from `number` on that passes the eleven-test."""
    while True:
        digits = [int(c) for c in str(number)]
        if sum(d * w for d, w in zip(digits, (9, 8, 7, 6, 5, 4, 3, 2, -1))) % 11 == 0:
            return str(number)
        number += 1


def test_a_candidate_is_registered_with_all_parts(as_role, candidate):
    read = as_role('case_manager').get(candidate.headers['location']).json
    assert read['competences'][0]['level'] == 2 and read['conditions'] == [{'condition': 'dutch_a2', 'met': True}]
    assert read['languages'] and read['occupations'][0]['wanted'] is True


def test_what_is_named_twice_is_told_where(as_role, candidate):
    change = {'languages': [{'language': 'nl', 'level': 'a2'}, {'language': 'nl', 'level': 'b1'}], 'sectors': ['46', '46']}
    answer = as_role('case_manager').patch(candidate.headers['location'], change, candidate.headers['etag'])
    assert {(f['pointer'], f['code']) for f in answer.json['errors']} == {('/languages/1', 'repeated'), ('/sectors/1', 'repeated')}


def test_who_registers_owns_the_file(as_role, candidate):
    own = as_role('case_manager').get('/user-profile').json['id']
    assert candidate.json['caseManagerId'] == own


def test_a_case_manager_sees_the_own_caseload_only(as_role):
    client = as_role('case_manager')
    own = client.get('/user-profile').json['id']
    assert {c['caseManagerId'] for c in client.get('/candidates?pageSize=50').json['items']} == {own}
    other = next(c['id'] for c in as_role('team_lead').get('/candidates?pageSize=100').json['items']
                 if c.get('caseManagerId') != own)
    assert client.get(f'/candidates/{other}').status == 404


def test_a_firm_sees_its_own_candidates_only(as_role, world):
    items = as_role('firm').get('/candidates?pageSize=100').json['items']
    assert items and {c['organisationId'] for c in items} == {world['firm']}
    assert all('benefit' not in c and 'phase' not in c and 'birthDate' not in c for c in items)


def test_the_consultant_does_not_see_the_benefit(as_role, candidate):
    seen = as_role('consultant').get(candidate.headers['location']).json
    assert 'benefit' not in seen and 'birthDate' not in seen and seen['firstName'] == 'Roos'


def test_an_employer_sees_no_candidate(as_role, candidate):
    assert as_role('employer').get(candidate.headers['location']).status == 403
    assert as_role('employer').get('/candidates').status == 403


def test_a_change_replaces_given_lists_only(as_role, candidate):
    client = as_role('case_manager')
    changed = client.patch(candidate.headers['location'], {'conditions': [], 'wishes': 'buiten'},
                           candidate.headers['etag'])
    assert 'conditions' not in changed.json and changed.json['competences'] and changed.json['wishes'] == 'buiten'


def test_the_number_is_found_only_by_search_and_noted(as_role, region):
    number = bsn_of(999700000)
    client = as_role('consultant')
    made = client.post('/candidates', {'alias': 'Kandidaat Nummer', 'pc4': '5012', 'bsn': number})
    assert made.status == 201 and number not in made.text
    assert number not in client.get(made.headers['location']).text
    before = region.sql("select count(*) from audit.entry where action = 'look-up'")[0][0]
    found = client.call('POST', '/candidates/_search', {'bsn': number, 'purpose': 'intake'})
    assert [i['id'] for i in found.json['items']] == [made.json['id']]
    nobody = client.call('POST', '/candidates/_search', {'bsn': bsn_of(999800000), 'purpose': 'intake'})
    assert nobody.json['items'] == []
    assert region.sql("select count(*) from audit.entry where action = 'look-up'")[0][0] == before + 2
    stored = region.sql('select ciphertext::text, blind_index::text from app.candidate_bsn where candidate_id = %s',
                        (made.json['id'],))[0]
    assert number not in ''.join(stored) and number.encode().hex() not in ''.join(stored)


def test_case_9_a_number_that_is_known_tells_nothing_of_the_person_and_is_noted(as_role, region):
    client, number = as_role('case_manager'), bsn_of(999710000)
    first = as_role('consultant').post('/candidates', {'alias': 'Een', 'pc4': '5012', 'bsn': number})
    assert first.status == 201
    noted = "select coalesce(sum(times), 0) from audit.denial where reason = 'bsn-known'"
    before, own = region.sql(noted)[0][0], client.post('/candidates', {'alias': 'Drie', 'pc4': '5012'})
    for again in (client.post('/candidates', {'alias': 'Twee', 'pc4': '5012', 'bsn': number}),
                  client.patch(own.headers['location'], {'bsn': number}, own.headers['etag'])):
        assert again.status == 409 and again.problem == 'bsn-known' and 'team' in again.json['detail']
        assert first.json['id'] not in again.text and 'Een' not in again.text
    until = time.monotonic() + 5
    while region.sql(noted)[0][0] < before + 2 and time.monotonic() < until:
        time.sleep(0.01)
    assert region.sql(noted)[0][0] == before + 2
    assert client.call('POST', '/candidates/_search', {'bsn': number, 'purpose': 'intake'}).json['items'] == []


def test_case_10_a_number_comes_later_and_is_corrected(as_role, region):
    client, wrong, right = as_role('case_manager'), bsn_of(999720000), bsn_of(999730000)
    made = client.post('/candidates', {'alias': 'Later', 'pc4': '5012'})
    place, known = made.headers['location'], made.json['id']

    def found(number):
        return [i['id'] for i in client.call('POST', '/candidates/_search', {'bsn': number, 'purpose': 'intake'}).json['items']]
    added = client.patch(place, {'bsn': wrong}, made.headers['etag'])
    assert added.status == 200 and wrong not in added.text and found(wrong) == [known]
    assert client.patch(place, {'bsn': right}, '"99-0"').status == 412 and found(right) == []
    assert client.patch(place, {'bsn': '123456789'}, added.headers['etag']).json['errors'][0]['code'] == 'eleven-test'
    assert client.patch(place, {'bsn': None}, added.headers['etag']).status == 400
    corrected = client.patch(place, {'bsn': right}, added.headers['etag'])
    assert corrected.status == 200 and found(right) == [known] and found(wrong) == []
    noted = region.sql("select columns from audit.entry where subject_id = %s and 'bsn' = any (columns) and action = 'change' "
                       'order by xid, seq', (known,))
    assert noted == [(['bsn', 'registration'],), (['bsn', 'correction'],)]


def test_case_11_a_file_is_handed_over_with_a_trail(as_role, region, candidate):
    client, place = as_role('case_manager'), candidate.headers['location']
    own = client.get('/user-profile').json['id']
    colleague = region.sql("select id::text from app.user_account where tenant_id = 1 and role = 'case_manager' and id <> %s limit 1", (own,))[0][0]
    given = client.patch(place, {'caseManagerId': colleague, 'phase': 3}, candidate.headers['etag'])
    assert given.status == 200 and given.json['caseManagerId'] == colleague and given.json['phase'] == 3
    assert client.get(place).status == 404
    assert client.patch(place, {'phase': 1}, given.headers['etag']).status == 404
    got = as_role('case_manager', user=colleague).get(place)
    assert got.status == 200 and got.json['lastName'] == 'Geheim'
    assert region.sql("select columns, actor::text from audit.entry where subject_id = %s and columns[1] = 'case_manager_id' "
                      "and columns[2] like 'from:%%'", (candidate.json['id'],)) == \
        [(['case_manager_id', f'from:{own}', f'to:{colleague}'], own)]


def test_case_11_nobody_takes_or_drops_a_file(as_role, region, candidate):
    client, place = as_role('case_manager'), candidate.headers['location']
    own = client.get('/user-profile').json['id']
    dropped = client.patch(place, {'caseManagerId': None}, candidate.headers['etag'])
    assert dropped.status == 403 and dropped.json['errors'][0]['pointer'] == '/caseManagerId'
    foreign = region.sql('select id, version from app.candidate where tenant_id = 1 and case_manager_id <> %s limit 1', (own,))[0]
    assert client.patch(f'/candidates/{foreign[0]}', {'caseManagerId': own}, f'"{foreign[1]}-0"').status == 404
    assert client.get(place).status == 200


@pytest.mark.parametrize('role', ['employer', 'consultant', 'firm'])
def test_attack_15_a_case_manager_is_one(as_role, region, candidate, role):
    other = as_role(role).get('/user-profile').json['id']
    lead = as_role('team_lead')
    answers = [lead.post('/candidates', {'alias': 'X', 'pc4': '5012', 'caseManagerId': other}),
               lead.patch(candidate.headers['location'], {'caseManagerId': other}, candidate.headers['etag'])]
    for answer in answers:
        assert answer.status == 400 and answer.json['errors'][0]['pointer'] == '/caseManagerId'
        assert answer.json['errors'][0]['code'] == 'reference'


def test_attack_15_references_stay_in_the_municipality_and_in_their_kind(as_role, region, candidate, world):
    lead = as_role('team_lead')
    hub, far = (region.sql(f'select id::text from app.organisation where {where} limit 1')[0][0]
                for where in ("tenant_id = 1 and kind = 'hub'", "tenant_id = 2 and kind = 'firm'"))
    elsewhere = as_role('case_manager', 'gm9902').get('/user-profile').json['id']
    for change in ({'organisationId': hub}, {'organisationId': far}, {'caseManagerId': elsewhere}):
        answer = lead.patch(candidate.headers['location'], change, candidate.headers['etag'])
        assert answer.status == 400 and answer.json['errors'][0]['pointer'] == f'/{next(iter(change))}', change
    fits = lead.patch(candidate.headers['location'], {'organisationId': world['firm']}, candidate.headers['etag'])
    assert fits.status == 200


def test_attack_15_somebody_who_left_gets_no_files(as_role, candidate):
    admin = as_role('tenant_admin')
    made = admin.post('/users', {'name': 'Weg', 'email': 'weg@maasdrecht.example', 'role': 'case_manager', 'active': False})
    answer = as_role('team_lead').patch(candidate.headers['location'], {'caseManagerId': made.json['id']}, candidate.headers['etag'])
    assert answer.status == 400 and answer.json['errors'][0]['code'] == 'reference'


def test_a_wrong_number_is_named(as_role):
    answer = as_role('consultant').post('/candidates', {'alias': 'X', 'pc4': '5012', 'bsn': '123456789'})
    assert answer.json['errors'][0] == {'place': 'body', 'pointer': '/bsn', 'code': 'eleven-test',
                                        'detail': 'Is geen burgerservicenummer'}


def test_lists_filter_and_sort(as_role):
    client = as_role('team_lead')
    assert {c['status'] for c in client.get('/candidates?status=paused&pageSize=50').json['items']} == {'paused'}
    one = next(c for c in client.get('/candidates?pageSize=100').json['items'] if 'caseManagerId' in c)
    assert client.get(f'/candidates?caseManagerId={one["caseManagerId"]}').json['items']
    aliases = [c['alias'] for c in client.get('/candidates?sort=-alias&pageSize=30').json['items']]
    assert aliases == sorted(aliases, reverse=True)


def test_numbers_and_names_are_not_in_the_log(region, as_role, candidate):
    as_role('case_manager').get(candidate.headers['location'])
    assert 'Geheim' not in region.log('all') and candidate.json['id'] not in region.log('all')


@pytest.mark.parametrize('member,value,code', [
    ('email', 'a..b@post..example', 'format'), ('email', '-@-.-', 'format'), ('email', 'a@b', 'format'), ('phone', '------', 'format'),
    ('phone', '555 0199', 'format'), ('birthDate', '2099-01-01', 'format'), ('birthDate', '1900-01-01', 'format'),
    ('alias', '   ', 'blank'), ('alias', '\u00a0\t', 'blank'), ('alias', '\u200b', 'characters'), ('firstName', '\u0301', 'blank'),
    ('lastName', '\ufeff', 'characters'), ('wishes', ' \n ', 'blank'), ('introduction', 'a\u2028b', 'characters'),
    ('neighbourhood', 'BU9901', 'length')])
def test_case_19_values_that_no_person_has_are_refused(as_role, candidate, member, value, code):
    answer = as_role('case_manager').patch(candidate.headers['location'], {member: value}, candidate.headers['etag'])
    assert answer.status == 400 and [(f['pointer'], f['code']) for f in answer.json['errors']] == [('/' + member, code)]


@pytest.mark.parametrize('alias', ['\u200b', '\u200f', '\ufeff', '\u2028', 'a\U000e0041', 'a\u200db'])
def test_attack_19_a_text_that_shows_nothing_is_refused(as_role, candidate, alias):
    answer = as_role('case_manager').patch(candidate.headers['location'], {'alias': alias}, candidate.headers['etag'])
    assert answer.status == 400 and answer.json['errors'][0]['code'] == 'characters'


def test_case_19_what_is_typed_is_kept_in_one_form(as_role, candidate):
    changed = as_role('case_manager').patch(candidate.headers['location'], {
        'alias': ' Cafe\u0301 \u00a0 Linde ', 'phone': '+31 (0)6-555 00101', 'wishes': 'Buiten.\r\n  Met mensen. ',
        'birthDate': '1990-02-28', 'competences': candidate.json['competences'][:1] and [
            {**candidate.json['competences'][0], 'evidence': ' seen\tin 2024 '}]}, candidate.headers['etag'])
    assert changed.status == 200, changed.json
    assert (changed.json['alias'], changed.json['phone']) == ('Caf\u00e9 Linde', '+31655500101')
    assert changed.json['wishes'] == 'Buiten.\n  Met mensen.' and changed.json['competences'][0]['evidence'] == 'seen in 2024'


@pytest.mark.parametrize('shifts,code', [([], 'items'), (None, 'null')])
def test_seen_beside_nobody_works_at_no_time_of_the_day(as_role, candidate, new_vacancy, shifts, code):
    answer = as_role('case_manager').patch(candidate.headers['location'], {'shifts': shifts}, candidate.headers['etag'])
    assert [(f['pointer'], f['code']) for f in answer.json['errors']] == [('/shifts', code)]
    vacancy = new_vacancy()
    answer = as_role('employer').patch(vacancy.headers['location'], {'shifts': shifts}, vacancy.headers['etag'])
    assert [(f['pointer'], f['code']) for f in answer.json['errors']] == [('/shifts', code)]


def test_attack_20_repeated_parts_are_told_where(as_role, candidate):
    parts = {'conditions': [{'condition': 'vca', 'met': True}] * 2, 'occupations': candidate.json['occupations'] * 2}
    answer = as_role('case_manager').patch(candidate.headers['location'], parts, candidate.headers['etag'])
    assert answer.status == 400
    assert {(f['pointer'], f['code']) for f in answer.json['errors']} == {('/conditions/1', 'repeated'), ('/occupations/1', 'repeated')}


@pytest.mark.parametrize('change', [{'benefit': 'none'}, {'phase': 4}, {'birthDate': '1990-01-01'}, {'status': 'left'}, {'caseManagerId': None},
                                    {'organisationId': None}, {'neighbourhood': None}, {'alias': 'Kandidaat Eik', 'phase': None}],
                         ids=lambda change: '-'.join(change))
def test_attack_02_a_firm_writes_nothing_that_it_may_not(region, as_role, world, change):
    own = region.sql('select id from app.candidate where organisation_id = %s limit 1', (world['firm'],))[0][0]
    firm, picture = as_role('firm'), 'select to_jsonb(c) from app.candidate c where id = %s'
    before = region.sql(picture, (own,))
    refused = firm.patch(f'/candidates/{own}', change, firm.get(f'/candidates/{own}').headers['etag'])
    assert refused.status == 403 and refused.problem == 'forbidden'
    assert {fault['pointer'] for fault in refused.json['errors']} == {f'/{name}' for name in change if name != 'alias'}
    assert region.sql(picture, (own,)) == before


def test_somebody_is_found_by_name_and_day_of_birth(as_role, candidate, region):
    """Most people do not know their number by heart. The look-up is in the audit, and tells nothing of the files of others."""
    client, other = as_role('case_manager'), as_role('consultant')

    def search(body, who=client):
        return who.call('POST', '/candidates/_search', {'purpose': 'intake', **body})
    assert client.patch(candidate.headers['location'], {'lastName': 'Zo\u00ebk-Graag'}, candidate.headers['etag']).status == 200
    count = "select count(*) from audit.entry where action = 'look-up' and subject_id = %s"
    before = region.sql(count, (candidate.json['id'],))[0][0]
    for name in ('zoek', 'Roos Graag', 'ZO\u00cbK-GRAAG ro'):
        assert candidate.json['id'] in [c['id'] for c in search({'name': name, 'birthDate': '1990-02-28'}).json['items']]
    assert region.sql(count, (candidate.json['id'],))[0][0] == before + 3
    assert search({'name': 'zoek', 'birthDate': '1990-02-27'}).json['items'] == []
    assert search({'name': '%', 'birthDate': '1990-02-28'}).json['items'] == []
    for body, pointer in (({}, '/bsn'), ({'name': 'geheim'}, '/birthDate'), ({'birthDate': '1990-02-28'}, '/name'),
                          ({'name': 'geheim', 'birthDate': '1990-02-28', 'bsn': '999990019'}, '/bsn')):
        assert search(body).json['errors'][0]['pointer'] == pointer
    assert search({'name': 'geheim', 'birthDate': '1990-02-28'}, other).status == 403


def test_attack_03_searches_by_number_have_a_quota_per_user_and_purpose(as_role, region):
    admin = as_role('tenant_admin')
    made = admin.post('/users', {'name': 'Zoeker', 'email': 'zoeker@maasdrecht.example', 'role': 'consultant'})
    client, asked = as_role('consultant', user=made.json['id']), {'bsn': bsn_of(999740000), 'purpose': 'intake'}
    assert client.call('POST', '/candidates/_search', asked).status == 200
    region.sql("update entry.quota_use set used = 119 where user_id = %s", (made.json['id'],))
    assert client.call('POST', '/candidates/_search', asked).status == 200
    refused = client.call('POST', '/candidates/_search', asked)
    assert refused.status == 429 and refused.problem == 'quota-reached' and int(refused.headers['retry-after']) > 0
    assert as_role('consultant').call('POST', '/candidates/_search', asked).status == 200
    region.sql("update entry.quota_use set since = since - interval '1 hour' where user_id = %s", (made.json['id'],))
    assert client.call('POST', '/candidates/_search', asked).status == 200


def test_seen_a_text_of_which_letters_were_lost_is_refused(as_role, candidate):
    """Whoever stores it loses them for good."""
    lost = {'lastName': 'S\ufffddwest', 'wishes': 'Buiten\ufffd.\nMet mensen.', 'alias': '\ufffd'}
    answer = as_role('case_manager').patch(candidate.headers['location'], lost, candidate.headers['etag'])
    assert {(f['pointer'], f['code']) for f in answer.json['errors']} == {(f'/{name}', 'characters') for name in lost}


NAMES = [(None, 'Suharto', ['suharto']), ('O', None, ['o']), ('Bríd', "O'Brien", ["o'brien", 'O’Brien', 'o´brien', 'obrien', 'OBrien', 'o brien']),
         ('Mar\u02bcyana', 'Lukyanenko', ["mar'yana", 'maryana', 'Mar\u02bcyana']), ('Leyla', 'D\u2019Hondt', ["d'hondt", 'dhondt']),
         ('J.P.', 'van der Berg', ['jp berg', 'j.p. van der berg', 'Berg, J.', 'Van Der Berg']),
         ('Anne-Fleur', 'Jansen-de Vries', ['annefleur', 'anne fleur vries', 'Jansen de Vries']), ('Sjoerd', 'Wâldstra', ['waldstra']),
         ('İbrahim', 'Işık', ['ibrahim', 'IBRAHIM isik', 'ışık', 'Isik']), ('Łukasz', 'Żywiałowska', ['lukasz zywialowska']),
         ('Jörg', 'Größe-Müller', ['joerg mueller', 'jorg grosse', 'Müller']), ('Karin', 'Mueller', ['müller', 'mueller']),
         ('Þór', 'Ħaż-Żebbuġ', ['thor', 'haz zebbug']), ('Søren', 'Ångström', ['soeren', 'soren angstrom', 'aangstroem'])]


@pytest.mark.parametrize('first,last,asked', NAMES, ids=[f'{first} {last}'.encode('ascii', 'replace').decode() for first, last, _ in NAMES])
def test_seen_people_are_found_however_their_name_is_typed(as_role, first, last, asked):
    """Letters as on a passport or as on the keyboard at hand, one name, one letter, initials, signs between words."""
    client = as_role('case_manager')
    named = {name: value for name, value in (('firstName', first), ('lastName', last)) if value}
    made = client.post('/candidates', {'alias': 'Kandidaat Naam', 'pc4': '5012', 'birthDate': '1971-09-13', **named})
    assert made.status == 201 and {name: made.json.get(name) for name in named} == named

    def found(name):
        answer = client.call('POST', '/candidates/_search', {'name': name, 'birthDate': '1971-09-13', 'purpose': 'intake'}).json
        return [c['id'] for c in answer['items'] + answer.get('also', [])]
    assert [name for name in asked if made.json['id'] not in found(name)] == []
    assert made.json['id'] not in found('brienen') + found('mar yana oana') + found('van den berg')


@pytest.mark.parametrize('wrong', [{'coachId': NOBODY}, {'organisationId': NOBODY}, {'pc4': '9999'},
                                   {'competences': [{'competenceId': NOBODY, 'level': 1}]}], ids=lambda wrong: next(iter(wrong)))
def test_seen_attack_a_change_that_is_refused_tells_nothing_of_a_number(as_role, wrong):
    """Else numbers could be tried with changes that cannot be made: no quota counts them, and nothing is noted."""
    known, unknown = bsn_of(999761000), bsn_of(999762000)
    as_role('team_lead').post('/candidates', {'alias': 'Bekend', 'pc4': '5012', 'bsn': known})
    client = as_role('case_manager')
    made = client.post('/candidates', {'alias': 'Proef', 'pc4': '5012'})
    answers = [client.patch(made.headers['location'], {'bsn': number, **wrong}, made.headers['etag']) for number in (known, unknown)]
    assert [answer.status for answer in answers] == [400, 400]
    assert answers[0].json['errors'] == answers[1].json['errors']
    assert client.patch(made.headers['location'], {'bsn': known}, made.headers['etag']).problem == 'bsn-known'


def test_seen_builder_one_file_is_one_call(as_role, candidate, world, statements):
    """The page of a file asked for each competence, each occupation, and the firm."""
    lead, place = as_role('team_lead'), candidate.headers['location']
    given = lead.patch(place, {'organisationId': world['firm']}, candidate.headers['etag'])
    firm = lead.get(f'/organisations/{world["firm"]}').json['name']
    assert given.status == 200
    named = f'{place}?names=true'
    read, sent = statements(lambda: lead.get(named))
    assert sent == ['candidate_get_named'] and read.json['organisationName'] == firm and 'organisationName' not in lead.get(place).json
    english = lead.get(named, **{'Accept-Language': 'en'}).json
    for language, shown in (('nl', read.json), ('en', english)):
        for noun, key in (('competences', 'competenceId'), ('occupations', 'occupationId')):
            for part in shown[noun]:
                assert part['label'] == lead.get(f'/{noun}/{part[key]}', **{'Accept-Language': language}).json['label'], (language, part)
    assert [shown['conditions'][0]['label'] for shown in (read.json, english)] == ['Nederlands A2', 'Dutch A2']
    listed = as_role('firm').get('/candidates?pageSize=100').json['items']
    assert {c['organisationName'] for c in listed} == {firm} and candidate.json['id'] in {c['id'] for c in listed}


def test_seen_builder_parts_of_a_file_that_were_read_can_be_sent_back(as_role, candidate):
    read = as_role('case_manager').get(f'{candidate.headers["location"]}?names=true').json
    parts = {name: read[name] for name in ('competences', 'conditions', 'occupations', 'languages')}
    assert all('label' in part for name in ('competences', 'conditions', 'occupations') for part in parts[name])
    answer = as_role('case_manager').patch(candidate.headers['location'], parts, candidate.headers['etag'])
    assert answer.status == 200 and answer.json['version'] == candidate.json['version'], answer.text


def test_seen_builder_what_was_registered_is_what_is_read(as_role, candidate):
    """With all its parts."""
    assert candidate.json == as_role('case_manager').get(candidate.headers['location']).json
    changed = as_role('case_manager').patch(candidate.headers['location'], {'wishes': 'Anders.'}, candidate.headers['etag'], **{'Accept-Language': 'en'})
    assert changed.json == as_role('case_manager').get(candidate.headers['location'], **{'Accept-Language': 'en'}).json


# --------------------------------------------------------------------------------------------------- what the field asks

WHERE = 'BU99010102'
MORE = {'neighbourhood': WHERE, 'situation': 'employed', 'currentEmployer': 'Bakkerij Noord', 'educationLevel': 'lower_secondary',
        'basicQualification': False, 'ownApplications': [{'date': '2026-11-09', 'employer': 'Kwekerij Oost'},
                                                         {'date': '2026-11-02', 'employer': 'Bouw Maas', 'outcome': 'rejected'}]}


def test_each_new_field_is_written_and_read(as_role, candidate, world):
    client = as_role('case_manager')
    changed = client.patch(candidate.headers['location'], {**MORE, 'currentEmployerId': world['employer']}, candidate.headers['etag'])
    assert changed.status == 200 and {name: changed.json[name] for name in MORE} == MORE
    assert changed.json['currentEmployerId'] == world['employer']
    named = client.get(f'{candidate.headers["location"]}?names=true').json
    assert named['neighbourhoodName'] == 'Havenkwartier' and named['ownApplications'] == MORE['ownApplications']
    cleared = client.patch(candidate.headers['location'], {'basicQualification': None, 'ownApplications': [], 'neighbourhood': None, 'currentEmployer': None,
                                                           'currentEmployerId': None}, changed.headers['etag'])
    assert cleared.status == 200 and not {'basicQualification', 'neighbourhood', 'currentEmployer', 'currentEmployerId'} & set(cleared.json)
    assert not cleared.json.get('ownApplications')
    again = client.post('/candidates', {'alias': 'Kandidaat Els', 'pc4': '5012', **MORE})
    assert again.status == 201 and {name: again.json[name] for name in MORE} == MORE


def test_who_sees_the_new_fields(as_role, candidate, region):
    client, place = as_role('case_manager'), candidate.headers['location']
    coach = region.sql("select id::text from app.user_account where tenant_id = 1 and role = 'coach'")[0][0]
    firm = region.sql("select organisation_id::text from app.user_account where tenant_id = 1 and role = 'firm'")[0][0]
    assert client.patch(place, {**MORE, 'coachId': coach, 'organisationId': firm}, candidate.headers['etag']).status == 200
    sees = {role: {name for name in MORE if name in as_role(role).get(place).json} for role in ('consultant', 'team_lead', 'coach', 'firm')}
    assert sees['consultant'] == sees['team_lead'] == set(MORE)
    assert sees['coach'] == set(MORE) - {'neighbourhood'}
    assert sees['firm'] == {'educationLevel', 'basicQualification'}


@pytest.mark.parametrize('change,pointer', [
    ({'neighbourhood': 'BU99019999'}, '/neighbourhood'), ({'neighbourhood': 'Hoefkwartier'}, '/neighbourhood'), ({'neighbourhood': 'bu99010102'}, '/neighbourhood'),
    ({'situation': 'retired'}, '/situation'), ({'educationLevel': 'mbo'}, '/educationLevel'), ({'basicQualification': 'yes'}, '/basicQualification'),
    ({'currentEmployerId': '01920000-0000-7000-8000-00000000dead'}, '/currentEmployerId'), ({'currentEmployer': 'x' * 201}, '/currentEmployer'),
    ({'ownApplications': [{'date': '2026-11-02'}]}, '/ownApplications/0/employer'),
    ({'ownApplications': [{'date': 'gisteren', 'employer': 'X'}]}, '/ownApplications/0/date'),
    ({'ownApplications': [{'date': '2026-11-02', 'employer': 'X', 'outcome': 'maybe'}]}, '/ownApplications/0/outcome'),
    ({'userId': '01920000-0000-7000-8000-00000000f301'}, '/userId')])
def test_values_of_the_new_fields_that_do_not_fit(as_role, candidate, change, pointer):
    answer = as_role('case_manager').patch(candidate.headers['location'], change, candidate.headers['etag'])
    assert answer.status == 400 and [f['pointer'] for f in answer.json['errors']] == [pointer]


def test_people_of_a_neighbourhood_or_in_a_situation(as_role, candidate, region):
    client = as_role('case_manager')
    assert client.patch(candidate.headers['location'], MORE, candidate.headers['etag']).status == 200
    consultant = as_role('consultant')
    found = consultant.get(f'/candidates?neighbourhood={WHERE}&pageSize=100&sort=-changedAt').json['items']
    assert candidate.json['id'] in [c['id'] for c in found] and {c['neighbourhood'] for c in found} == {WHERE}
    both = consultant.get(f'/candidates?neighbourhood={WHERE}&situation=employed,at_school&sort=-changedAt&pageSize=100').json['items']
    assert candidate.json['id'] in [c['id'] for c in both] and {c['situation'] for c in both} <= {'employed', 'at_school'}
    assert as_role('firm').get(f'/candidates?neighbourhood={WHERE}').status in (400, 403)
    plan = region.sql("explain select id from app.candidate where tenant_id = 1 and neighbourhood = 'BU99010102' order by changed_at, id limit 20")
    assert 'candidate_by_neighbourhood' in str(plan)


def test_somebody_at_school_takes_part_without_benefit_or_search(as_role, world):
    made = as_role('case_manager').post('/candidates', {'alias': 'Leerling', 'pc4': '5012', 'benefit': 'none', 'situation': 'at_school', 'status': 'paused'})
    assert made.status == 201 and made.json['benefit'] == 'none' and made.json['situation'] == 'at_school'


def test_a_recognised_competence_says_so(as_role, candidate, world):
    client, first = as_role('case_manager'), world['competences'][0]
    put = client.put(f'{candidate.headers["location"]}/competences/{first}', {'level': 3, 'evidence': 'EVC 2025', 'evidenceKind': 'recognised'},
                     candidate.headers['etag'])
    assert put.status == 200 and put.json['competences'] == [{'competenceId': first, 'level': 3, 'evidence': 'EVC 2025', 'evidenceKind': 'recognised'}]
    listed = client.patch(candidate.headers['location'], {'competences': [{'competenceId': first, 'evidenceKind': 'diploma'}]}, put.headers['etag'])
    assert listed.json['competences'] == [{'competenceId': first, 'level': 1, 'evidenceKind': 'diploma'}]
    assert client.patch(candidate.headers['location'], {'competences': [{'competenceId': first, 'evidenceKind': 'hearsay'}]}, listed.headers['etag']).status == 400


# ---------------------------------------------------------------------------------------------------------------- death

def test_who_died_leaves_and_nothing_more_happens(region, as_role, proposed):
    """Open proposals end, the file stays as it is, and nobody is proposed or listed."""
    vacancy, (proposal, *_) = proposed()
    lead, consultant = as_role('team_lead'), as_role('consultant')
    person = consultant.get(f'/proposals/{proposal}').json['candidateId']
    place = f'/candidates/{person}'
    assert consultant.post(f'{place}/deaths', {'diedOn': day(-1)}).status == 403
    died = lead.post(f'{place}/deaths', {'diedOn': day(-1)})
    assert died.status == 200, died.text
    assert died.json['status'] == 'left' and died.json['diedOn'] == day(-1)
    assert consultant.get(f'/proposals/{proposal}').json['state'] == 'obsolete'
    etag = lead.get(place).headers['etag']
    for change in ({'status': 'active'}, {'alias': 'Anders'}, {'phone': '0612345678'}, {'caseManagerId': None}):
        refused = lead.patch(place, change, etag)
        assert refused.status == 409 and refused.json['currentState'] == 'died' and refused.json['allowed'] == [], change
    again = lead.post(f'{place}/deaths', {'diedOn': day(-1)})
    assert again.status == 409 and again.json['currentState'] == 'died'
    refused = consultant.post(f'/vacancies/{vacancy}/proposal-rounds', {'candidateIds': [person], 'shortfallReason': 'phased'})
    assert refused.status == 409 and refused.problem == 'state'
    moved = [(t['event'], t['toState']) for t in lead.get(f'{place}/transitions').json['items']]
    assert ('die', 'left') in moved

    undone = lead.post(f'{place}/death-reversals', {'reason': 'wrong_candidate'})
    assert undone.status == 200 and undone.json['status'] == 'active' and 'diedOn' not in undone.json
    assert lead.post(f'{place}/death-reversals', {'reason': 'wrong_candidate'}).status == 409
    moved = [(t['event'], t['toState']) for t in lead.get(f'{place}/transitions?pageSize=100').json['items']]
    assert {('die', 'left'), ('revive_active', 'active')} <= set(moved)
    noted = region.sql("select columns from audit.entry where noun = 'candidate' and subject_id = %s and 'death' = any (columns) order by seq", (person,))
    assert noted == [(['death'],), (['death', 'undone', 'wrong_candidate'],)]
    assert lead.patch(place, {'alias': 'Weer terug'}, lead.get(place).headers['etag']).status == 200


@pytest.mark.parametrize('status', ['paused', 'placed', 'left'])
def test_a_death_that_is_undone_leaves_the_status_as_it_was(as_role, candidate, status):
    client, place = as_role('case_manager'), candidate.headers['location']
    assert client.patch(place, {'status': status}, candidate.headers['etag']).status == 200
    assert client.post(f'{place}/deaths', {'diedOn': day(-3)}).json['status'] == 'left'
    assert client.post(f'{place}/death-reversals', {'reason': 'wrong_report'}).json['status'] == status


def test_seen_practitioner_what_ended_with_a_death_by_mistake_is_looked_at_again(as_role, candidate, region):
    """Placement and benefit stayed ended, and nobody had anything to do: the person heard so at the bank."""
    lead, who, place = as_role('team_lead'), candidate.json['id'], candidate.headers['location']
    benefit = lead.post('/benefits', {'candidateId': who, 'kind': 'assistance', 'appliedOn': day(-9)}).json['id']
    assert lead.post(f'/benefits/{benefit}/moves', {'event': 'grant'}).status == 200
    course = lead.post('/trajectories', {'candidateId': who, 'kind': 'course'}).json['id']
    work = lead.post('/placements', {'candidateId': who, 'kind': 'own_business', 'origin': 'self_found', 'hours': 8, 'contract': 'none'}).json['id']
    assert as_role('consultant').post('/appointments', {'candidateId': who, 'kind': 'talk', 'startsAt': f'{day(5)}T09:00:00Z'}).status == 201
    drafted = lead.post('/decisions', {'candidateId': who, 'kind': 'warning', 'conductOn': day(-2)})
    assert drafted.status == 201, drafted.text
    own = as_role('case_manager').get(place).json['caseManagerId']

    def to_look_at(role):
        return {(t['noun'], t['subjectId']) for t in as_role(role).get(f'/tasks?candidateId={who}&kind=look_again&state=open').json['items'] if t.get('ownerUserId') == own}
    assert lead.post(f'{place}/deaths', {'diedOn': day(-1)}).status == 200 and to_look_at('team_lead') == set()
    assert lead.post(f'{place}/death-reversals', {'reason': 'wrong_candidate'}).status == 200
    about = {('placement', work), ('trajectory', course), ('candidate', who)}
    assert to_look_at('team_lead') == to_look_at('case_manager') == about | {('benefit', benefit), ('decision', drafted.json['id'])}
    assert to_look_at('consultant') == about
    assert lead.post(f'/benefits/{benefit}/moves', {'event': 'restore'}).status == 200 and ('benefit', benefit) not in to_look_at('team_lead')


@pytest.mark.parametrize('when,status', [(day(1), 400), ('1989-01-01', 400), ('1850-01-01', 400), ('2026-02-30', 400), (day(), 200)])
def test_nobody_dies_in_the_future_or_before_birth(as_role, candidate, when, status):
    answer = as_role('case_manager').post(f'{candidate.headers["location"]}/deaths', {'diedOn': when})
    assert answer.status == status and (status == 200 or answer.json['errors'][0]['pointer'] == '/diedOn')


def test_a_file_of_somebody_who_died_is_merged_with_none(as_role, candidate):
    client = as_role('case_manager')
    other = client.post('/candidates', {'alias': 'Tweede', 'pc4': '5012'})
    assert client.post(f'{other.headers["location"]}/deaths', {'diedOn': day(-1)}).status == 200
    refused = client.post(f'{candidate.headers["location"]}/merge', {'otherId': other.json['id']})
    assert refused.status == 409 and refused.json['currentState'] == 'died'


BEGINNINGS = {'signal': ('/signals', {'kind': 'refusal'}), 'benefit': ('/benefits', {'kind': 'ioaw', 'appliedOn': day(-5)}), 'trajectory': ('/trajectories', {'kind': 'course'}),
              'appointment': ('/appointments', {'kind': 'introduction', 'startsAt': f'{day(9)}T09:00:00Z'}),
              'placement': ('/placements', {'kind': 'own_business', 'origin': 'self_found', 'hours': 8, 'contract': 'none'})}


@pytest.mark.parametrize('table', BEGINNINGS)
def test_seen_attacker_nothing_begins_while_a_death_is_recorded(region, as_role, candidate, table):
    """Somebody records a death, and in the same moment somebody else begins something. It began, and nothing ended it: a check sent a field officer to the home of somebody who had died."""
    who, (path, body) = candidate.json['id'], BEGINNINGS[table]
    count, connection = f'select count(*) from app.{table} where candidate_id = %s', psycopg2.connect(region.env['MAATWERK_PG'] + ' user=maatwerk_admin')
    with ThreadPoolExecutor() as pool, connection.cursor() as cursor:
        cursor.execute("select set_config('app.tenant', '1', true), set_config('app.role', 'team_lead', true), set_config('app.scope', 'tenant', true); select app.candidate_die(%s, clock.today())", (who,))
        asked = pool.submit(as_role('team_lead').post, path, {'candidateId': who, **body})
        until(lambda: asked.done() or region.sql("select 1 from pg_locks l join pg_stat_activity a using (pid) where not l.granted and a.usename ~ 'candidates|measures|placements'"))
        connection.commit()
        refused = asked.result()
    connection.close()
    assert (refused.status, refused.problem) == (409, 'state'), refused.text
    assert region.sql(count, (who,)) == [(0,)]
