# SPDX-License-Identifier: EUPL-1.2
"""Calls that were refused: who, what, why; in bounded memory, beside those that are allowed. And how often one user may call."""
import http.client
import re
import socket
import threading
import uuid

import psycopg2
import pytest

from region import UNLIMITED, Client, until

NOTED = 'select coalesce(sum(times), 0)::int from audit.denial where '


def bsn_of(number):
    """The first number from `number` on that passes the eleven-test."""
    while sum(int(d) * w for d, w in zip(str(number), (9, 8, 7, 6, 5, 4, 3, 2, -1))) % 11:
        number += 1
    return str(number)


def figure(region, name):
    connection = http.client.HTTPConnection('127.0.0.1', region.management, timeout=10)
    connection.request('GET', '/metrics')
    text = connection.getresponse().read().decode()
    connection.close()
    return sum(float(value) for value in re.findall(rf'^maatwerk_{re.escape(name)} (\S+)$', text, re.M))


@pytest.fixture
def hire(as_role):
    """A new user: (id, client)."""
    def make(role, **more):
        made = as_role('tenant_admin').post('/users', {'name': 'Nieuw', 'email': f'{uuid.uuid4()}@maasdrecht.example', 'role': role, **more})
        assert made.status == 201, made.text
        return made.json['id'], as_role(role, user=made.json['id'])
    return make


def refused_by_right(client, _):
    return client.get('/candidates')


def refused_by_row(client, place):
    return client.get(place)


def refused_by_property(client, place):
    return client.patch(place, {'bsn': None, 'caseManagerId': None}, '"1-0"')


KINDS = {
    'by right': ('analyst', refused_by_right, 403, 'forbidden', 'listCandidates'),
    'by a row that is not seen': ('case_manager', refused_by_row, 404, 'not-found', 'getCandidate'),
    'by a property': ('firm', refused_by_property, 403, 'forbidden', 'updateCandidate'),
    'by a quota': ('consultant', None, 429, 'quota-reached', 'searchCandidates'),
}


@pytest.mark.parametrize('kind', KINDS)
def test_attack_13_denials_of_every_kind_are_noted(region, as_role, hire, candidate, world, kind):
    role, act, status, reason, operation = KINDS[kind]
    who, client = hire(role, **({'organisationId': world['firm']} if role == 'firm' else {}))
    if act:
        answer = act(client, candidate.headers['location'])
    else:
        search = {'bsn': bsn_of(999740000), 'purpose': 'intake'}
        client.call('POST', '/candidates/_search', search)
        region.sql('update entry.quota_use set used = 120 where user_id = %s', (who,))
        answer = client.call('POST', '/candidates/_search', search)
        assert answer.headers['ratelimit'].startswith('"bsn-search";r=0;t=') and 0 < int(answer.headers['retry-after']) <= 3600
        assert figure(region, 'denials_total{problem="quota-reached"}') >= 1, 'the alarm'
    assert (answer.status, answer.problem) == (status, reason)
    until(lambda: region.sql('select role, operation, reason, times, request::text from audit.denial where actor = %s', (who,))
          == [(role, operation, reason, 1, answer.headers['x-request-id'])])
    if kind != 'by right' and act:
        assert region.sql('select subject_id::text from audit.denial where actor = %s', (who,)) == [(candidate.json['id'],)]


def test_attack_13_a_move_that_the_role_may_not_make_is_noted(region, as_role, proposed, hire, world):
    """Refused inside the transaction, by the table of states or by a policy: what it wrote is undone, the denial is not."""
    foreign = region.sql("select id::text from app.employer where tenant_id = 1 and id <> %s limit 1", (world['employer'],))[0][0]
    who, client = hire('employer', organisationId=world['employer'])
    made = client.post('/vacancies', {'employerId': foreign, 'title': 'X', 'kind': 'regular', 'occupationId': world['occupation'],
                                      'hoursMin': 8, 'hoursMax': 36, 'pc4': '5012', 'positions': 1, 'candidatesWanted': 2})
    assert made.status == 403 and made.problem == 'forbidden'
    until(lambda: region.sql(NOTED + "actor = %s and reason = 'forbidden' and operation = 'createVacancy'", (who,))[0][0] == 1)


def test_attack_03_a_number_that_is_known_is_noted_with_whom_it_concerns(region, as_role, hire):
    number = bsn_of(999750000)
    known = as_role('consultant').post('/candidates', {'alias': 'Eerste', 'pc4': '5012', 'bsn': number})
    who, client = hire('case_manager')
    answer = client.post('/candidates', {'alias': 'Tweede', 'pc4': '5012', 'bsn': number})
    assert answer.status == 409 and answer.problem == 'bsn-known' and 'teamleider' in answer.json['detail']
    assert known.json['id'] not in answer.text and known.json['id'] not in str(answer.headers)
    until(lambda: region.sql('select reason, subject_id::text from audit.denial where actor = %s', (who,))
          == [('bsn-known', known.json['id'])])
    seen = as_role('tenant_admin').get(f'/candidates/{known.json["id"]}/inspections?kind=denial').json['items']
    assert [(item['userId'], item['reason']) for item in seen] == [(who, 'bsn-known')]


def pipelined(region, token, rounds, count, answers, path=lambda: '/candidates'):
    """Sends `count` requests at a time, which are refused, and reads their answers."""
    got = 0
    with socket.create_connection(('127.0.0.1', region.port), timeout=60) as one:
        for _ in range(rounds):
            one.sendall(b''.join(f'GET /v1{path()} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\n\r\n'.encode() for _ in range(count)))
            seen, tail = 0, b''
            while seen < count:
                part = one.recv(1 << 16)
                if not part:
                    break
                tail += part
                seen += tail.count(b'"instance"')
                tail = tail[tail.rfind(b'"instance"') + 10:] if b'"instance"' in tail else tail[-9:]
            got += seen
    answers.append(got)


def test_attack_04_refused_calls_do_not_starve_writers_and_are_all_accounted_for(region, as_role, hire, new_employer):
    """64 connections of a role without rights, pipelined: rows noted and what was counted as dropped are together what was sent; somebody
    else writes meanwhile, and the refusals cost a few transactions."""
    who, client = hire('analyst')
    dropped, answers = figure(region, 'denials_dropped_total'), []
    storm = [threading.Thread(target=pipelined, args=(region, client.token, 5, 20, answers)) for _ in range(64)]
    for one in storm:
        one.start()
    writer, written = as_role('account_manager'), 0
    while any(one.is_alive() for one in storm) or not written:
        made = writer.post('/employers', {**new_employer, 'name': f'Drukkerij {uuid.uuid4()}'})
        assert made.status == 201
        written += 1
    for one in storm:
        one.join()
    sent = sum(answers)
    assert sent == 64 * 5 * 20
    noted = NOTED + "actor = %s and reason = 'forbidden'"
    until(lambda: region.sql(noted, (who,))[0][0] + figure(region, 'denials_dropped_total') - dropped == sent)
    rows = region.sql('select count(*) from audit.denial where actor = %s', (who,))[0][0]
    assert rows < sent / 20, 'equal refusals are one row'


def test_attack_04_what_finds_no_place_in_the_list_is_counted(region, hire):
    """Refusals that all differ, while PostgreSQL takes none: the list is full, answers go on, and nothing is unaccounted for."""
    who, client = hire('analyst')
    dropped, answers = figure(region, 'denials_dropped_total'), []
    storm = [threading.Thread(target=pipelined, args=(region, client.token, 5, 60, answers, lambda: f'/candidates/{uuid.uuid4()}')) for _ in range(8)]
    holder = psycopg2.connect(region.env['MAATWERK_PG'] + ' user=maatwerk_admin')
    try:
        holder.cursor().execute('lock table audit.denial in access exclusive mode')
        for one in storm:
            one.start()
        for one in storm:
            one.join()
        assert sum(answers) == 8 * 5 * 60
        assert figure(region, 'denials_dropped_total') > dropped
    finally:
        holder.close()
    noted = NOTED + "actor = %s and reason = 'forbidden' and subject_id is not null"
    until(lambda: region.sql(noted, (who,))[0][0] + figure(region, 'denials_dropped_total') - dropped == sum(answers))


@pytest.fixture
def limited(region):
    """limited('read', 5): so many an hour, every process follows; and then as it was."""
    probe = Client(region, 'analyst')

    def limit(kind, most, seen):
        region.sql("update entry.quota set per = '1 hour' where what = %s", (kind,))
        region.set_limits(most, kind)
        until(lambda: seen(probe.get('/user-profile')))
    yield limit
    region.set_limits(UNLIMITED, 'read', 'write', 'refused')
    region.sql("update entry.quota set per = '1 minute' where what in ('read', 'write', 'refused')")
    until(lambda: 'ratelimit' not in probe.get('/user-profile').headers)


def test_limits_of_reads_are_told_and_kept(region, as_role, hire, limited):
    _, client = hire('team_lead')
    limited('read', 6, lambda answer: 'ratelimit' in answer.headers)
    answers = [client.get('/user-profile') for _ in range(8)]
    assert [answer.status for answer in answers] == [200] * 6 + [429] * 2
    assert 'ratelimit' not in answers[2].headers, 'nothing is said before half is used'
    assert answers[4].headers['ratelimit-policy'] == '"read";q=6;w=3600' and answers[4].headers['ratelimit'].startswith('"read";r=1;t=')
    last = answers[-1]
    assert last.problem == 'too-many-requests' and last.headers['ratelimit'].startswith('"read";r=0;t=')
    assert 0 < int(last.headers['retry-after']) <= 600, 'one of six an hour comes back in ten minutes'
    assert hire('team_lead')[1].get('/user-profile').status == 200, 'others are not concerned'


def test_limits_of_refusals_close_the_door_and_other_groups_have_their_own(region, as_role, hire, limited, world):
    who, client = hire('analyst')
    limited('refused', 4, lambda answer: answer.status == 200)
    until(lambda: client.get('/candidates').status == 429)
    assert client.get('/user-profile').status == 429, 'also for what is allowed'
    until(lambda: region.sql(NOTED + "actor = %s and reason = 'too-many-requests'", (who,))[0][0] >= 2)
    firm = hire('firm', organisationId=world['firm'])[1]
    assert [firm.get('/users').status for _ in range(3)] == [200] * 3


def test_limits_of_searches_by_name(region, as_role, hire):
    who, client = hire('team_lead')
    search = {'name': 'niemand', 'birthDate': '1990-02-28', 'purpose': 'intake'}
    assert client.call('POST', '/candidates/_search', search).status == 200
    region.sql('update entry.quota_use set used = 240 where user_id = %s', (who,))
    refused = client.call('POST', '/candidates/_search', search)
    assert refused.status == 429 and refused.problem == 'quota-reached' and '"name-search"' in refused.headers['ratelimit-policy']
    assert client.call('POST', '/candidates/_search', {**search, 'purpose': 'mandate'}).status == 200


@pytest.mark.parametrize('way', ['register', 'correct'])
def test_seen_attack_numbers_that_are_stored_have_a_quota(region, hire, way):
    """Each answer tells whether the number is known, as that of a search does."""
    who, client = hire('case_manager')
    own, new = bsn_of(999763000 if way == 'register' else 999764000), bsn_of(999765000)
    made = client.post('/candidates', {'alias': 'Proef', 'pc4': '5012', 'bsn': own})
    assert made.status == 201
    region.sql("update entry.quota_use set used = 120 where user_id = %s and what = 'bsn-store'", (who,))
    one, etag = made.headers['location'], made.headers['etag']
    answer = client.post('/candidates', {'alias': 'Nog een', 'pc4': '5012', 'bsn': new}) if way == 'register' else \
        client.patch(one, {'bsn': new}, etag)
    assert answer.status == 429 and answer.problem == 'quota-reached' and answer.headers['ratelimit'].startswith('"bsn-store";r=0;t=')
    assert client.patch(one, {'bsn': own}, etag).status == 200, 'the number that it has already'
    assert client.post('/candidates', {'alias': 'Zonder nummer', 'pc4': '5012'}).status == 201
