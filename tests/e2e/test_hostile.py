# SPDX-License-Identifier: EUPL-1.2
"""Requests that mean harm or are merely wrong: each has its problem, and none changes anything."""
import base64
import hashlib
import hmac
import json
import os
import socket
import uuid
from pathlib import Path

import pytest

from region import Client

pytestmark = pytest.mark.usefixtures('nothing_changes')
KEY = {'Idempotency-Key': '01920000-0000-7000-8000-00000000feed'}
JSON = {'Content-Type': 'application/json', **KEY}
PATCH = {'Content-Type': 'application/merge-patch+json', 'If-Match': '"1-0"'}
NOBODY = '01920000-0000-7000-8000-00000000dead'
GOOD = {'name': 'Hostile', 'sector': '4639', 'sizeClass': 'small'}


def good(**changes):
    return json.dumps({**GOOD, **changes}).encode()


# what is sent as body of POST /employers: all are 400 invalid
BODIES = [
    b'', b' ', b'{', b'}', b'[]', b'""', b'null', b'1', b'true', b'nul', b'{"name"}', b'{"name":}', b'{"name":"a",}',
    b'{,}', b'{name:"a"}', b"{'name':'a'}", good() + b'x', good() + b'{}', b'\xef\xbb\xbf' + good(), b'\x00' + good(),
    good() + b'\x00', b'{"name":"a\x00b"}', b'{"name":"a\\u0000b"}', b'{"name":"\\ud800"}', b'{"name":"\\udc00\\ud800"}',
    b'{"name":"\\ud800\\u0041"}', b'{"name":"\xff"}', b'{"name":"\xc0\xaf"}', b'{"name":"\xed\xa0\x80"}',
    b'{"name":"\xf4\x90\x80\x80"}', b'{"name":"\xe2\x82"}', b'{"name":"a\tb"}', b'{"name":"a\nb"}', b'{"name":"\\x41"}',
    b'{"name":"\\u12"}', b'{"name":"a","name":"b"}', b'{"na\\u006de":"a"}', b'{"x":007}', b'{"x":+1}', b'{"x":.5}',
    b'{"x":1.}', b'{"x":1e}', b'{"x":1e400}', b'{"x":-1e400}', b'{"x":1e999999999999}', b'{"x":1e-400}', b'{"x":0x10}', b'{"x":NaN}', b'{"x":Infinity}', b'{"x":-}', b'{"x":--1}',
    b'{"x":' + b'9' * 40 + b'}', b'{"x":' + b'[' * 17 + b']' * 17 + b'}', b'[' * 3000 + b']' * 3000,
    b'{"x":' * 2000 + b'1' + b'}' * 2000, b'{"x":[' + b'1,' * 1000 + b'1]}',
    b'{' + b','.join(b'"k%d":1' % i for i in range(201)) + b'}', b'/* x */' + good(), good() + b' // x',
    b'<employer/>', b'name=a&sector=b',
]

# one wrong value in an otherwise good employer: (changes, pointer, code)
VALUES = [
    ({'name': ''}, '/name', 'length'), ({'name': 'x' * 201}, '/name', 'length'), ({'name': '😀' * 201}, '/name', 'length'),
    ({'name': 1}, '/name', 'type'), ({'name': None}, '/name', 'null'), ({'name': ['a']}, '/name', 'type'),
    ({'name': {'a': 1}}, '/name', 'type'), ({'name': True}, '/name', 'type'), ({'name': 'a\u202eb'}, '/name', 'characters'),
    ({'name': 'a\u2066b'}, '/name', 'characters'), ({'name': 'a\x7fb'}, '/name', 'characters'),
    ({'name': 'a\u0085b'}, '/name', 'characters'), ({'name': 'a\nb'}, '/name', 'characters'),
    ({'sector': '4'}, '/sector', 'length'), ({'sector': '46a9'}, '/sector', 'pattern'),
    ({'sector': "46' or 1=1"}, '/sector', 'length'), ({'sector': '４６３９'}, '/sector', 'pattern'),
    ({'sizeClass': 'huge'}, '/sizeClass', 'enum'), ({'sizeClass': ''}, '/sizeClass', 'enum'),
    ({'sizeClass': 'SMALL'}, '/sizeClass', 'enum'), ({'kvkNumber': '1234567'}, '/kvkNumber', 'length'),
    ({'kvkNumber': '1234567x'}, '/kvkNumber', 'pattern'), ({'kvkNumber': 12345678}, '/kvkNumber', 'type'),
    ({'pc4': '0123'}, '/pc4', 'pattern'), ({'pc4': '9998'}, '/pc4', 'reference'),
    ({'accountManagerId': 'x'}, '/accountManagerId', 'format'), ({'accountManagerId': NOBODY}, '/accountManagerId', 'reference'),
    ({'riskCover': 'true'}, '/riskCover', 'type'), ({'riskCover': 1}, '/riskCover', 'type'),
    ({'riskCover': None}, '/riskCover', 'null'), ({'internalNote': 'x' * 2001}, '/internalNote', 'length'),
    ({'id': NOBODY}, '/id', 'unknown-property'), ({'version': 7}, '/version', 'unknown-property'),
    ({'tenantId': NOBODY}, '/tenantId', 'unknown-property'), ({'__proto__': {}}, '/__proto__', 'unknown-property'),
    ({'a/b~c': 1}, '/a~1b~0c', 'unknown-property'), ({'Name': 'a'}, '/Name', 'unknown-property'),
]

# wrong numbers, lists and dates in a vacancy
NUMBERS = [
    ({'hoursMin': 0}, '/hoursMin', 'range'), ({'hoursMin': 49}, '/hoursMin', 'range'), ({'hoursMin': -1}, '/hoursMin', 'range'),
    ({'hoursMin': 1.5}, '/hoursMin', 'type'), ({'hoursMin': '24'}, '/hoursMin', 'type'),
    ({'hoursMin': 9007199254740993}, '/hoursMin', 'type'), ({'positions': 1001}, '/positions', 'range'),
    ({'candidatesWanted': 0}, '/candidatesWanted', 'range'), ({'startDate': '2026-02-30'}, '/startDate', 'format'),
    ({'startDate': '2026-1-1'}, '/startDate', 'format'), ({'startDate': '2026-12-01T00:00:00Z'}, '/startDate', 'format'),
    ({'startDate': ''}, '/startDate', 'format'), ({'shifts': 'day'}, '/shifts', 'type'), ({'shifts': ['dusk']}, '/shifts/0', 'enum'),
    ({'shifts': [1]}, '/shifts/0', 'type'), ({'shifts': ['day'] * 5}, '/shifts', 'items'),
    ({'competences': [{}]}, '/competences/0/competenceId', 'required'),
    ({'competences': [7]}, '/competences/0', 'type'), ({'conditions': [{'condition': 'x', 'hard': 1}]}, '/conditions/0/condition', 'length'),
    ({'conditions': [{'condition': 'dutch_a1', 'hard': True, 'z': 1}]}, '/conditions/0/z', 'unknown-property'),
    ({'conditions': [{'condition': 'dutch_a1', 'hard': True}] * 2}, '/conditions/1', 'repeated'),
    ({'employerId': NOBODY}, None, None), ({'kind': 'slavery'}, '/kind', 'enum'), ({'state': 'open'}, '/state', 'unknown-property'),
]

# (method, path, headers, status, problem)
REQUESTS = [
    ('GET', '/v1/nothing', {}, 404, 'not-found'), ('GET', '/v2/employers', {}, 404, 'not-found'), ('GET', '/', {}, 404, 'not-found'),
    ('GET', '/v1', {}, 404, 'not-found'), ('GET', '/v1/', {}, 404, 'not-found'), ('GET', '/v1/employers/', {}, 404, 'not-found'),
    ('GET', '/v1//employers', {}, 404, 'not-found'), ('GET', '/v1/./employers', {}, 404, 'not-found'),
    ('GET', '/v1/regions/../employers', {}, 404, 'not-found'), ('GET', '/v1/%2e%2e/employers', {}, 404, 'not-found'),
    ('GET', '/v1/%c0%ae%c0%ae/employers', {}, 404, 'not-found'), ('GET', '/v1/employers/%ed%a0%80', {}, 404, 'not-found'),
    ('GET', '/v1/employers%2Fx', {}, 404, 'not-found'), ('GET', '/v1/employers%00', {}, 404, 'not-found'),
    ('GET', '/v1/employers/%zz', {}, 404, 'not-found'), ('GET', '/v1/employers/x', {}, 400, 'invalid'),
    ('GET', f'/v1/employers/{NOBODY}', {}, 404, 'not-found'), ('GET', '/v1/employers/' + 'a' * 300, {}, 400, 'invalid'),
    ('GET', '/v1/employers/1%27%20or%201=1', {}, 400, 'invalid'), ('GET', '/v1/employers?x=1', {}, 400, 'invalid'),
    ('GET', '/v1/employers?pageSize=0', {}, 400, 'invalid'), ('GET', '/v1/employers?pageSize=101', {}, 400, 'invalid'),
    ('GET', '/v1/employers?pageSize=-1', {}, 400, 'invalid'), ('GET', '/v1/employers?pageSize=ten', {}, 400, 'invalid'),
    ('GET', '/v1/employers?pageSize=', {}, 400, 'invalid'), ('GET', '/v1/employers?pageSize=1&pageSize=2', {}, 400, 'invalid'),
    ('GET', '/v1/employers?sort=secret', {}, 400, 'invalid'), ('GET', '/v1/employers?sort=', {}, 400, 'invalid'),
    ('GET', '/v1/employers?sort=name;drop', {}, 400, 'invalid'), ('GET', '/v1/employers?cursor=', {}, 400, 'invalid'),
    ('GET', '/v1/employers?cursor=AAAA', {}, 400, 'invalid'), ('GET', '/v1/employers?cursor=' + 'A' * 2000, {}, 400, 'invalid'),
    ('GET', '/v1/employers?fields=name,nothing', {}, 400, 'invalid'), ('GET', '/v1/employers?fields=', {}, 400, 'invalid'),
    ('GET', '/v1/employers?sector=%ff', {}, 400, 'invalid'), ('GET', '/v1/employers?sector=%', {}, 400, 'invalid'),
    ('GET', '/v1/employers?namePrefix=%00', {}, 400, 'invalid'), ('GET', '/v1/employers?after=yesterday', {}, 400, 'invalid'),
    ('GET', '/v1/vacancies?neededByFrom=2026-13-01', {}, 400, 'invalid'),
    ('GET', '/v1/vacancies?state=nowhere', {}, 400, 'invalid'), ('GET', '/v1/vacancies?employerId=1', {}, 400, 'invalid'),
    ('GET', '/v1/employers?' + '&'.join(f'a{i}=1' for i in range(50)), {}, 400, 'invalid'),
    ('GET', '/v1/employers?' + 'a' * 5000, {}, 414, 'uri-too-long'),
    ('GET', '/v1/employers', {'X-Large': 'x' * 17000}, 431, 'headers-too-large'),
    ('GET', '/v1/employers', {'Accept': 'text/html'}, 406, 'not-acceptable'),
    ('GET', '/v1/employers', {'Accept': 'application/xml;q=0.9'}, 406, 'not-acceptable'),
    ('PUT', '/v1/employers', {}, 405, 'method-not-allowed'), ('DELETE', '/v1/employers', {}, 405, 'method-not-allowed'),
    ('PATCH', '/v1/employers', {}, 405, 'method-not-allowed'), ('TRACE', '/v1/employers', {}, 405, 'method-not-allowed'),
    ('get', '/v1/employers', {}, 405, 'method-not-allowed'), ('POST', f'/v1/employers/{NOBODY}', {}, 405, 'method-not-allowed'),
    ('POST', '/v1/employers', {'Content-Type': 'text/plain', **KEY}, 415, 'unsupported-media-type'),
    ('POST', '/v1/employers', {**KEY}, 415, 'unsupported-media-type'),
    ('POST', '/v1/employers', {'Content-Type': 'application/merge-patch+json', **KEY}, 415, 'unsupported-media-type'),
    ('POST', '/v1/employers', {'Content-Type': 'application/json; charset=latin1', **KEY}, 415, 'unsupported-media-type'),
    ('POST', '/v1/employers', {'Content-Type': 'application/jsonp', **KEY}, 415, 'unsupported-media-type'),
    ('POST', '/v1/employers', {'Content-Type': 'application/json'}, 400, 'invalid'),
    ('POST', '/v1/employers', {'Content-Type': 'application/json', 'Idempotency-Key': 'short'}, 400, 'invalid'),
    ('POST', '/v1/employers', {'Content-Type': 'application/json', 'Idempotency-Key': 'x' * 101}, 400, 'invalid'),
    ('POST', '/v1/employers', {'Content-Type': 'application/json', 'Idempotency-Key': 'with a space'}, 400, 'invalid'),
    ('PATCH', f'/v1/employers/{NOBODY}', {'Content-Type': 'application/json', 'If-Match': '"1-0"'}, 415, 'unsupported-media-type'),
    ('POST', '/v1/employers', {'Content-Type': 'application/json', 'Idempotency-Key': 'null,null'}, 400, 'invalid'),
    ('POST', '/v1/employers', {'Content-Type': 'application/json', 'Idempotency-Key': '"12345678", "12345678"'}, 400, 'invalid'),
    ('POST', '/v1/employers', {**JSON, 'If-Match': '"1-0"'}, 400, 'invalid'), ('POST', '/v1/employers', {**JSON, 'If-None-Match': '*'}, 400, 'invalid'),
    ('GET', '/v1/employers', {'If-Match': '"1-0"'}, 400, 'invalid'), ('GET', '/v1/employers', {'If-None-Match': 'abc'}, 400, 'invalid'),
    ('GET', '/v1/employers', {'If-None-Match': '"' + 'x' * 1000 + '"'}, 400, 'invalid'),
    ('GET', '/v1/employers', {'Accept-Language': 'x' * 501}, 400, 'invalid'),
    ('GET', '/v1/employers', {'Accept': 'application/json;q=0, text/html'}, 406, 'not-acceptable'),
    ('PATCH', f'/v1/employers/{NOBODY}', {**PATCH, 'If-None-Match': '"1-0"'}, 400, 'invalid'),
    ('PATCH', f'/v1/employers/{NOBODY}', {**PATCH, 'If-Match': '*'}, 404, 'not-found'),
    ('PATCH', f'/v1/employers/{NOBODY}', {**PATCH, 'If-Match': '1-0'}, 400, 'invalid'),
    ('PATCH', f'/v1/employers/{NOBODY}', {**PATCH, 'If-Match': '"1-0'}, 400, 'invalid'),
    ('PATCH', f'/v1/employers/{NOBODY}', {**PATCH, 'If-Match': '"1-0" "2-0"'}, 400, 'invalid'),
    ('PATCH', f'/v1/employers/{NOBODY}', {**PATCH, 'If-Match': ', ,'}, 400, 'invalid'),
    ('PATCH', f'/v1/employers/{NOBODY}', {**PATCH, 'If-Match': '*, "1-0"'}, 400, 'invalid'),
    ('PATCH', f'/v1/employers/{NOBODY}', {**PATCH, 'If-Match': '"x-0"'}, 404, 'not-found'),
    ('PATCH', f'/v1/employers/{NOBODY}', {**PATCH, 'If-Match': '"-1-0"'}, 404, 'not-found'),
    ('PATCH', f'/v1/employers/{NOBODY}', {**PATCH, 'If-Match': 'W/"1-0"'}, 404, 'not-found'),
    ('PATCH', f'/v1/employers/{NOBODY}', {**PATCH, 'If-Match': '"99999999999999999999-0"'}, 404, 'not-found'),
    ('PATCH', f'/v1/employers/{NOBODY}', {**PATCH, 'If-Match': '"9223372036854775807-0"'}, 404, 'not-found'),
    ('PATCH', f'/v1/employers/{NOBODY}', PATCH, 404, 'not-found'),
    ('PATCH', f'/v1/employers/{NOBODY}', {'Content-Type': 'application/merge-patch+json'}, 428, 'match-required'),
]


@pytest.fixture(scope='module', autouse=True)
def nothing_changes_at_all(region):
    """Everything before and after this whole file."""
    def picture():
        tables = [row[0] for row in region.sql("select format('%I.%I', schemaname, tablename) from pg_tables "
                                               "where schemaname in ('app', 'idempotency') and tablename <> 'tombstone'")]
        return {table: region.sql(f'select count(*), md5(coalesce(string_agg(t::text, chr(10) order by t::text), $$$$)) from {table} t')[0]
                for table in sorted(tables)}
    before = picture()
    yield
    assert picture() == before


@pytest.fixture
def manager(as_role):
    return as_role('account_manager')


@pytest.mark.parametrize('body', BODIES, ids=range(len(BODIES)))
def test_bodies_that_are_not_json_of_ours(manager, body):
    answer = manager.call('POST', '/employers', None, JSON, raw=body)
    assert answer.status == 400 and answer.problem == 'invalid'


@pytest.mark.parametrize('changes,pointer,code', VALUES, ids=[f'{p} {c} {i}' for i, (_, p, c) in enumerate(VALUES)])
def test_values_that_do_not_fit(manager, changes, pointer, code):
    answer = manager.call('POST', '/employers', None, JSON, raw=good(**changes))
    assert answer.status == 400, answer.text
    assert (pointer, code) in {(f['pointer'], f['code']) for f in answer.json['errors']}
    for value in changes.values():
        if isinstance(value, str) and len(value) > 6 and value not in ('SMALL',):
            assert value not in answer.text, 'an answer never repeats what was sent'


@pytest.mark.parametrize('changes,pointer,code', NUMBERS, ids=[f'{p} {c} {i}' for i, (_, p, c) in enumerate(NUMBERS)])
def test_numbers_lists_and_dates_that_do_not_fit(manager, world, changes, pointer, code):
    body = {'employerId': world['employer'], 'title': 'x', 'kind': 'regular', 'occupationId': world['occupation'],
            'hoursMin': 8, 'hoursMax': 36, 'pc4': '5012', 'positions': 1, **changes}
    answer = manager.call('POST', '/vacancies', None, JSON, raw=json.dumps(body).encode())
    assert answer.status == 400, answer.text
    if pointer:
        assert (pointer, code) in {(f['pointer'], f['code']) for f in answer.json['errors']}


@pytest.mark.parametrize('method,path,headers,status,problem', REQUESTS,
                         ids=[f'{i} {m} {p[:40]}' for i, (m, p, *_) in enumerate(REQUESTS)])
def test_requests_that_do_not_fit(region, as_role, method, path, headers, status, problem):
    token = as_role('account_manager').token
    body = good() if method in ('POST', 'PATCH', 'PUT') else b''
    answer = send(region, method, path, {'Authorization': f'Bearer {token}', **headers}, body)
    assert (answer['status'], answer['problem']) == (status, problem)
    if status == 405:
        assert 'allow' in answer['headers']


@pytest.mark.parametrize('target', ['?' + 'x' * 199 + '%C3%A9=1', '?' + 'x' * 198 + '%F0%9F%98%80=1', '?' + '%E2%82%AC' * 90 + '=1&' +
                                    '%E2%82%AC' * 90 + '=1'], ids=['two bytes', 'four bytes', 'repeated'])
def test_a11_a_long_name_is_cut_before_a_character(manager, target):
    """A11: a name was cut at a byte, inside a character, and the answer was not UTF-8."""
    answer = manager.get('/employers' + target)
    assert answer.status == 400
    name = answer.body.decode('utf-8') and answer.json['errors'][0]['name']
    assert 190 < len(name.encode()) <= 200 and set(name) <= set('x€')


def send(region, method, path, headers, body=b''):
    """As the bytes stand there: http.client would refuse half of these."""
    lines = [f'{method} {path} HTTP/1.1', 'Host: localhost', 'Connection: close']
    lines += [f'{name}: {value}' for name, value in headers.items()]
    if body:
        lines.append(f'Content-Length: {len(body)}')
    with socket.create_connection(('127.0.0.1', region.port), 10) as s:
        s.sendall(('\r\n'.join(lines) + '\r\n\r\n').encode() + body)
        data = b''
        while chunk := s.recv(65536):
            data += chunk
    head, _, text = data.partition(b'\r\n\r\n')
    rows = head.decode('latin-1').split('\r\n')
    problem = json.loads(text)['type'].rsplit(':', 1)[1] if text.startswith(b'{') and b'"type"' in text else None
    return {'status': int(rows[0].split()[1]), 'problem': problem,
            'headers': {row.split(':')[0].lower(): row.split(':', 1)[1].strip() for row in rows[1:]}}


def test_a_body_over_the_limit(manager):
    answer = manager.call('POST', '/employers', None, JSON, raw=b' ' * 65537)
    assert answer.status == 413 and answer.problem == 'too-large'


def part(value):
    return base64.urlsafe_b64encode(json.dumps(value).encode() if not isinstance(value, bytes) else value).rstrip(b'=').decode()


def forged(region, as_role):
    """Tokens that must not open anything."""
    good_token = as_role('consultant').token
    head, claims, signature = good_token.split('.')
    header = json.loads(base64.urlsafe_b64decode(head + '=='))
    body = json.loads(base64.urlsafe_b64decode(claims + '=='))
    public = open(region.env['MAATWERK_KEYS'] + '/issuer.pub.pem', 'rb').read()
    hs = part({**header, 'alg': 'HS256'}) + '.' + claims
    admin = part({**body, 'role': 'tenant_admin'})
    yield 'none', ''
    yield 'not a token', 'abc'
    yield 'alg none', part({'alg': 'none', 'typ': 'at+jwt'}) + '.' + claims + '.'
    yield 'public key as secret', hs + '.' + part(hmac.new(public, hs.encode(), hashlib.sha256).digest())
    yield 'other role', f'{head}.{admin}.{signature}'
    yield 'without signature', f'{head}.{claims}.'
    yield 'two parts', f'{head}.{claims}'
    yield 'four parts', good_token + '.x'
    yield 'cut off', good_token[:-4]
    yield 'changed signature', f'{head}.{claims}.{"A" * len(signature)}'
    yield 'zero signature', f'{head}.{claims}.' + part(b'\0' * 64)
    yield 'other kid', part({**header, 'kid': '0' * 16}) + f'.{claims}.{signature}'
    yield 'other type', part({**header, 'typ': 'JWT'}) + f'.{claims}.{signature}'
    yield 'crit', part({**header, 'crit': ['x']}) + f'.{claims}.{signature}'
    yield 'padding', good_token + '='
    yield 'too long', good_token + 'A' * 5000
    yield 'other audience', region.command_with(MAATWERK_AUDIENCE='others')
    yield 'other issuer', region.command_with(MAATWERK_ISSUER='https://evil.example')


def test_tokens_that_are_not_ours(region, as_role):
    def with_environment(**more):
        kept, region.env = region.env, {**region.env, **more}
        try:
            return region.command('token', '--role', 'consultant', '--tenant', 'gm9901').stdout.strip()
        finally:
            region.env = kept
    region.command_with = with_environment
    for name, token in forged(region, as_role):
        answer = send(region, 'GET', '/v1/user-profile', {'Authorization': f'Bearer {token}'})
        assert answer['status'] == 401 and answer['problem'] == 'unauthenticated', name
        assert answer['headers']['www-authenticate'].startswith('Bearer')


@pytest.mark.parametrize('value', ['', 'Basic YTpi', 'Bearer', 'bearer', 'Token x'])
def test_other_ways_to_log_in(region, value):
    assert send(region, 'GET', '/v1/user-profile', {'Authorization': value})['status'] == 401


def test_an_expired_token(region):
    import time
    token = region.command('token', '--role', 'consultant', '--tenant', 'gm9901', '--ttl', '1').stdout.strip()
    time.sleep(2.1)
    assert send(region, 'GET', '/v1/user-profile', {'Authorization': f'Bearer {token}'})['status'] == 401


def test_foreign_things_are_not_there(as_role, world):
    other = as_role('consultant', 'gm9902')
    own = as_role('consultant')
    for path in ('vacancies', 'employers', 'candidates', 'organisations'):
        theirs = other.get(f'/{path}?pageSize=1').json['items'][0]['id']
        assert own.get(f'/{path}/{theirs}').status == 404
        if path in ('employers', 'vacancies', 'candidates'):
            assert own.patch(f'/{path}/{theirs}', {}, '"1-0"').status == 404
    theirs = other.get('/employers?pageSize=1').json['items'][0]['id']
    answer = own.post('/vacancies', {'employerId': theirs, 'title': 'x', 'kind': 'regular', 'pc4': '5012', 'positions': 1,
                                     'occupationId': world['occupation'], 'hoursMin': 8, 'hoursMax': 36},
                      key=str(uuid.uuid4()))
    assert answer.status == 400 and answer.json['errors'][0]['pointer'] == '/employerId'


@pytest.mark.parametrize('asked,language', [('en-GB', 'en'), ('de,en;q=0.5', 'en'), ('nl;q=0.1,en;q=0.9', 'en'), ('nl,en', 'nl'),
                                            ('*', 'nl'), ('de', 'nl')])
def test_a13_the_language_that_was_asked(manager, asked, language):
    answer = manager.call('POST', '/employers', None, {**JSON, 'Accept-Language': asked}, raw=b'{}')
    assert answer.json['title'] == {'en': 'The request does not fit', 'nl': 'De aanvraag klopt niet'}[language]
    assert answer.headers['content-language'] == language


@pytest.mark.parametrize('key,code,words', [('abc', 'length', 'Aantal tekens moet zijn: 8..100'), ('null,null', 'characters', 'tekens die niet mogen'),
                                            ('', 'length', '8..100'), (None, 'required', 'Verplicht')])
def test_a9_what_is_wrong_with_a_key_is_said(manager, key, code, words):
    """The sentence ended in the middle: "Is not a valid "."""
    answer = manager.call('POST', '/employers', None, {'Content-Type': 'application/json', 'Idempotency-Key': key}, raw=good())
    assert answer.status == 400
    fault, = answer.json['errors']
    assert (fault['place'], fault['name'], fault['code']) == ('header', 'Idempotency-Key', code) and words in fault['detail']


def test_head_is_get_without_a_body(manager):
    answer = manager.call('HEAD', '/user-profile')
    assert answer.status == 200 and answer.body == b'' and int(answer.headers['content-length']) > 0


def test_attack_22_conditions_of_a_read_are_lists_and_compared_weakly(manager):
    """RFC 9110 sections 8.8.3 and 13.1.2."""
    path = f'/employers/{manager.get("/employers?pageSize=1").json["items"][0]["id"]}'
    tag = manager.get(path).headers['etag']
    for known in (tag, f'W/{tag}', f'"x", {tag}', f'"a,b" ,\t{tag}, "y"', f'W/"x",W/{tag}', '*', ' * ', f', ,{tag},'):
        assert manager.get(path, **{'If-None-Match': known}).status == 304, known
    for other in ('"x"', 'W/"x"', f'"x", "{tag[1:-2]}"', '"*"'):
        assert manager.get(path, **{'If-None-Match': other}).status == 200, other
    for wrong in (tag.strip('"'), '"x', f'{tag} {tag}', 'w/"x"', ''):
        assert manager.get(path, **{'If-None-Match': wrong}).status == 400, wrong
    assert manager.get('/employers/' + NOBODY, **{'If-None-Match': '*'}).status == 404


@pytest.mark.parametrize('accept,language,encoding,status,spoken', [
    ('application/json;q=0', 'nl', '', 406, 'nl'), ('application/json;q=0, */*', 'nl', '', 406, 'nl'), ('*/*;q=0.1', 'nl;q=0', '', 200, 'en'),
    ('application/*', 'nl;q=0,en;q=0.1', 'gzip', 200, 'en'), ('', 'en', 'identity;q=0', 406, 'en'), ('', 'nl', '*;q=0, identity', 200, 'nl')])
def test_attack_22_what_has_no_weight_is_refused(manager, accept, language, encoding, status, spoken):
    asked = {name: value for name, value in (('Accept', accept), ('Accept-Language', language), ('Accept-Encoding', encoding)) if value}
    assert manager.get('/user-profile', **asked).status == status
    assert manager.get('/employers/' + NOBODY, **{**asked, 'Accept': '*/*', 'Accept-Encoding': ''}).headers['content-language'] == spoken


@pytest.mark.parametrize('name', ['json', 'yaml'])
def test_attack_24_the_contract_has_a_tag_and_is_answered_once(region, name):
    client, path = Client(region, None), f'/openapi.{name}'
    whole = client.get(path)
    tag = whole.headers['etag']
    assert whole.status == 200 and client.call('HEAD', path).headers['content-length'] == str(len(whole.body))
    for known in (tag, f'W/{tag}', f'"x", {tag}', '*', f'"a,b",W/{tag}'):
        again = client.get(path, **{'If-None-Match': known})
        assert (again.status, again.body, again.headers['etag']) == (304, b'', tag), known
    for other in ('"x"', tag.strip('"'), '"x", "y"'):
        assert client.get(path, **{'If-None-Match': other}).status == 200, other


def test_attack_24_who_reads_the_contract_slowly_costs_no_copy(region):
    """300 clients that ask and do not read: with a copy for each the process would have grown by their number times the document."""
    size = len(Client(region, None).get('/openapi.json').body)
    clients = 300

    def memory():
        return int(Path(f'/proc/{region.processes["all"].pid}/statm').read_text().split()[1]) * os.sysconf('SC_PAGE_SIZE')
    before, readers = memory(), []
    try:
        for _ in range(clients):
            reader = socket.socket()
            reader.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            reader.connect(('127.0.0.1', region.port))
            reader.sendall(b'GET /v1/openapi.json HTTP/1.1\r\nHost: x\r\n\r\n')
            readers.append(reader)
        for reader in readers:
            reader.settimeout(30)
            assert reader.recv(12) == b'HTTP/1.1 200'
        assert memory() - before < clients * size / 3
    finally:
        for reader in readers:
            reader.close()
