# SPDX-License-Identifier: EUPL-1.2
"""Requests that two programs on the way could read differently (RFC 9112), or that are not HTTP: refused, and the connection
with them, so that nothing hidden in one request is taken for the next."""
import re
import socket
import threading
import time

import psycopg2
import pytest

pytestmark = pytest.mark.usefixtures('nothing_changes')
HOST = 'Host: localhost\r\n'
GET = 'GET /v1/user-profile HTTP/1.1\r\n' + HOST + 'Authorization: Bearer TOKEN\r\n'
POST = ('POST /v1/employers HTTP/1.1\r\n' + HOST + 'Authorization: Bearer TOKEN\r\nContent-Type: application/json\r\n'
        'Idempotency-Key: 01920000-0000-7000-8000-00000000beef\r\n')
GOOD = '{"name":"Smuggled","sector":"4639","sizeClass":"small"}'
HIDDEN = POST + f'Content-Length: {len(GOOD)}\r\n\r\n' + GOOD
CHUNKED = 'Transfer-Encoding: chunked\r\n'
CHUNK, END = '2\r\n{}\r\n', '0\r\n\r\n'


def length(value):
    return f'Content-Length: {value}\r\n'


# one answer, 400, and the end of the connection: what is hidden behind is never reached
ENDED = {
    'two lengths': POST + length(2) + length(2 + len(HIDDEN)) + '\r\n{}' + HIDDEN,
    'the same length twice': POST + length(2) * 2 + '\r\n{}' + HIDDEN,
    'a length and chunks': POST + CHUNKED + length(2) + '\r\n' + CHUNK + END + HIDDEN,
    'chunks and a length': POST + length(5) + CHUNKED + '\r\n' + END + HIDDEN,
    'chunks twice': POST + CHUNKED * 2 + '\r\n' + CHUNK + END + HIDDEN,
    'chunked, chunked': POST + 'Transfer-Encoding: chunked, chunked\r\n\r\n' + CHUNK + END + HIDDEN,
    'gzip, chunked': POST + 'Transfer-Encoding: gzip, chunked\r\n\r\n' + CHUNK + END + HIDDEN,
    'another encoding': POST + 'Transfer-Encoding: xchunked\r\n\r\n' + CHUNK + END + HIDDEN,
    'identity': POST + 'Transfer-Encoding: identity\r\n\r\n{}' + HIDDEN,
    'a hidden encoding': POST + 'Transfer-Encoding: \x0bchunked\r\n' + length(2) + '\r\n{}' + HIDDEN,
    'a space before the colon': POST + 'Transfer-Encoding : chunked\r\n' + length(2) + '\r\n{}' + HIDDEN,
    'a folded encoding': POST + 'Transfer-Encoding:\r\n chunked\r\n' + length(2) + '\r\n{}' + HIDDEN,
    'a list of lengths': POST + length('2, 2') + '\r\n{}' + HIDDEN, 'plus': POST + length('+2') + '\r\n{}' + HIDDEN,
    'minus': POST + length(-2) + '\r\n{}' + HIDDEN, 'hexadecimal': POST + length('0x2') + '\r\n{}' + HIDDEN,
    'a tail': POST + length('2x') + '\r\n{}' + HIDDEN, 'two numbers': POST + length('2 2') + '\r\n{}' + HIDDEN,
    'no number': POST + length('') + '\r\n{}' + HIDDEN, 'more than 2^64': POST + length(2 ** 64 + 2) + '\r\n{}' + HIDDEN,
    'a chunk over 2^64': POST + CHUNKED + '\r\n10000000000000002\r\n{}\r\n' + END + HIDDEN,
    'a chunk below 0': POST + CHUNKED + '\r\n-2\r\n{}\r\n' + END + HIDDEN,
    'a chunk of zz': POST + CHUNKED + '\r\nzz\r\n{}\r\n' + END + HIDDEN,
    'a chunk that goes on': POST + CHUNKED + '\r\n2\r\n{}xx' + END + HIDDEN,
    'a folded line': GET + 'X: a\r\n b\r\n\r\n' + HIDDEN, 'a folded line, tab': GET + 'X: a\r\n\tb\r\n\r\n' + HIDDEN,
    'a folded first line': GET.replace('Host', ' Host') + '\r\n' + HIDDEN,
    'NUL in a value': GET + 'X: a\0b\r\n\r\n' + HIDDEN, 'NUL in a name': GET + 'X\0: a\r\n\r\n' + HIDDEN,
    'NUL in a token': GET.replace('TOKEN', 'TOKEN\0x') + '\r\n' + HIDDEN,
    'CR in a value': GET + 'X: a\rY: b\r\n\r\n' + HIDDEN, 'a space in a name': GET + 'X y: a\r\n\r\n' + HIDDEN,
    'no name': GET + ': a\r\n\r\n' + HIDDEN, 'no colon': GET + 'X\r\n\r\n' + HIDDEN,
    'no host': GET.replace(HOST, '') + '\r\n' + HIDDEN, 'two hosts': GET + HOST + '\r\n' + HIDDEN,
    'two hosts in 1.0': GET.replace('1.1', '1.0') + HOST + '\r\n' + HIDDEN,
    'a space in the target': GET.replace('-profile', '-profile /x') + '\r\n' + HIDDEN,
    'a control in the target': GET.replace('-profile', '-profile\x01') + '\r\n' + HIDDEN,
    'HTTP/0.9': 'GET /v1/user-profile\r\n\r\n' + HIDDEN, 'HTTP/2.0': GET.replace('/1.1', '/2.0') + '\r\n' + HIDDEN,
    'HTTP/9.9': GET.replace('/1.1', '/9.9') + '\r\n', 'HTTP/2': 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n' + '\0' * 9,
    'TLS': '\x16\x03\x01\x00\x2d\x01\x00\x00\x29\x03\x03' + '\0' * 40, 'two hundred headers': GET + 'X: y\r\n' * 200 + '\r\n',
    'five thousand cookies': GET + 'Cookie: a=b\r\n' * 5000 + '\r\n',
}

# (request, [status of each answer], problem of the first)
ANSWERED = {
    'an absolute target': (GET.replace('GET /', 'GET http://localhost/'), [200], None),
    'an absolute target of a proxy': (GET.replace('GET /', 'GET https://maatwerk.example:8443/'), [200], None),
    'an absolute target with a user': (GET.replace('GET /', 'GET http://you@localhost/'), [404], 'not-found'),
    'a tunnel': (GET.replace('GET /v1/user-profile', 'CONNECT localhost:80'), [404], 'not-found'),
    'an asterisk': (GET.replace('GET /v1/user-profile', 'OPTIONS *'), [404], 'not-found'),
    'a backslash': (GET.replace('/v1/user-profile', '/v1\\user-profile'), [404], 'not-found'),
    'a fragment': (GET.replace('-profile', '-profile#x'), [404], 'not-found'),
    'raw UTF-8': (GET.replace('/user', '/\xc3\xa9'), [404], 'not-found'),
    'overlong dots': (GET.replace('/user', '/%c0%ae%c0%ae/user'), [404], 'not-found'),
    'NUL in the path': (GET.replace('-profile', '-profile%00'), [404], 'not-found'),
    'a header of 64 kB': (GET + 'X: ' + 'x' * 65536 + '\r\n', [431], 'headers-too-large'),
    'a name of 64 kB': (GET + 'x' * 65536 + ': y\r\n', [431], 'headers-too-large'),
    'a method of 64 kB': ('G' * 65536 + GET, [405], 'method-not-allowed'),
    'a body of a GET': (GET + length(2), [400], 'invalid'),
    'two tokens': (GET + 'Authorization: Bearer TOKEN\r\n', [401], 'unauthenticated'),
    'two media types': (POST + 'Content-Type: application/json\r\n' + length(2), [415], 'unsupported-media-type'),
    'two keys': (POST + 'Idempotency-Key: 01920000-0000-7000-8000-00000000bee0\r\n' + length(2), [400], 'invalid'),
    'a packed body': (POST + 'Content-Encoding: gzip\r\n' + length(2), [415], 'unsupported-media-type'),
    'a body that is packed twice': (POST + 'Content-Encoding: identity\r\nContent-Encoding: br\r\n' + length(2), [415], 'unsupported-media-type'),
    'a body that is not packed': (POST + 'Content-Encoding: Identity\r\n' + length(2), [400], 'invalid'),
    'no answer without a coding': (GET + 'Accept-Encoding: gzip, identity;q=0\r\n', [406], 'not-acceptable'),
    'no coding at all': (GET + 'Accept-Encoding: *;q=0\r\n', [406], 'not-acceptable'),
    'any coding': (GET + 'Accept-Encoding: gzip, br;q=0.5\r\n', [200], None),
    'a body that is awaited': (POST + 'Expect: 100-continue\r\n' + length(2), [100, 400], 'invalid'),
    'chunks': (POST + CHUNKED, [400], 'invalid'), 'chunks in 1.0': (POST.replace('/1.1', '/1.0') + CHUNKED, [400], 'invalid'),
    'another method by header': (GET + 'X-HTTP-Method-Override: DELETE\r\nX-Original-URL: /v1/employers\r\n', [200], None),
    'an upgrade': (GET + 'Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n', [200], None),
    'a good one': (GET, [200], None), 'HTTP/1.0 without a host': (GET.replace('1.1', '1.0').replace(HOST, ''), [200], None),
}


def talk(region, as_role, text, seconds=5.0, quiet=0.3):
    """(statuses, first problem, whether the server ended the connection)"""
    data = text.replace('TOKEN', as_role('account_manager').token).encode('latin-1')
    said, until = b'', time.monotonic() + seconds
    with socket.create_connection(('127.0.0.1', region.port), 10) as s:
        try:
            s.sendall(data)
            s.settimeout(quiet)
            while time.monotonic() < until:
                try:
                    more = s.recv(65536)
                except TimeoutError:
                    if said:
                        return *read(said), False
                    continue
                if not more:
                    break
                said += more
        except (ConnectionResetError, BrokenPipeError):
            pass        # it was ended while there was more to read
    return *read(said), True


def read(said):
    problem = re.search(rb'urn:maatwerk:problem:([a-z-]+)', said)
    return [int(s) for s in re.findall(rb'HTTP/1\.1 (\d{3}) ', said)], problem and problem[1].decode()


@pytest.mark.parametrize('name', ENDED)
def test_what_is_not_clear_ends_the_connection(region, as_role, name):
    statuses, _, ended = talk(region, as_role, ENDED[name])
    assert ended and statuses in ([400], []), statuses


@pytest.mark.parametrize('name', ANSWERED)
def test_what_is_clear_is_answered(region, as_role, name):
    text, wanted, problem = ANSWERED[name]
    body = CHUNK + END if CHUNKED in text else '{}' if 'Content-Length' in text else ''
    statuses, found, _ = talk(region, as_role, text + '\r\n' + body)
    assert (statuses, found) == (wanted, problem)


def test_garbage_behind_a_good_request(region, as_role):
    assert talk(region, as_role, GET + '\r\n\0\xff garbage\r\n\r\n') == ([200, 400], None, True)


def test_requests_in_a_row_have_answers_in_a_row(region, as_role):
    one = GET + '\r\n'
    statuses, _, _ = talk(region, as_role, one + one.replace('user-profile', 'nothing') + one)
    assert statuses == [200, 404, 200]


def test_what_comes_early_does_not_change_the_request_before(region, as_role):
    """A HEAD waits for the database; what its client sends meanwhile makes the buffer move, and others write where it was."""
    token = as_role('account_manager').token
    text = f'HEAD /v1/employers HTTP/1.1\r\n{HOST}Authorization: Bearer {token}\r\nConnection: close\r\n\r\n'
    holder = psycopg2.connect(region.env['MAATWERK_PG'] + ' user=maatwerk_admin')
    holder.cursor().execute('lock table app.employer in access exclusive mode')
    with socket.create_connection(('127.0.0.1', region.port), 10) as s:
        s.sendall(text.encode())
        time.sleep(0.2)
        s.sendall(b'x' * 200000)
        others = [threading.Thread(target=talk, args=(region, as_role, GET.replace('user-profile', 'nothing') + '\r\n', 2, 0.1))
                  for _ in range(20)]
        [one.start() for one in others], [one.join() for one in others]
        holder.rollback()
        holder.close()
        said = b''
        s.settimeout(10)
        try:
            while more := s.recv(65536):
                said += more
        except ConnectionResetError:
            pass
    head, _, body = said.partition(b'\r\n\r\n')
    assert head.startswith(b'HTTP/1.1 200 ') and body == b''
