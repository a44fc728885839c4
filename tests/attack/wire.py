# SPDX-License-Identifier: EUPL-1.2
"""Attacks of whoever can open a connection: bytes that are not HTTP, sockets that say nothing, tokens and cursors that are forged."""
import base64
import hashlib
import hmac
import http.client
import json
import os
import random
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from frame import ROOT, attack, held
from region import Client

sys.path.insert(0, str(ROOT / 'tests/e2e'))
from test_hostile_http import ENDED, GET, GOOD, read  # noqa: E402


def answers(world, text, seconds=3.0):
    """(statuses, whether the connection was ended)"""
    data, said = text.replace('TOKEN', world.client('account_manager').token).encode('latin-1'), b''
    with socket.create_connection(('127.0.0.1', world.region.port), 5) as s:
        s.settimeout(0.3)
        until_s = time.monotonic() + seconds
        try:
            s.sendall(data)
            while time.monotonic() < until_s:
                try:
                    more = s.recv(65536)
                except TimeoutError:
                    if said:
                        return read(said)[0], False
                    continue
                if not more:
                    break
                said += more
        except (ConnectionResetError, BrokenPipeError):
            pass
    return read(said)[0], True


def is_answered(world, what):
    from_s = time.monotonic()
    answer = world.client('consultant').get('/user-profile')
    held(answer.status == 200, f'{what}: another client got {answer.status}')
    return (time.monotonic() - from_s) * 1000


@attack(0, 'a request is hidden in the body of another', short=True)
def framing(world):
    before = world.sql("select count(*) from app.employer where name = 'Smuggled'")
    for name, text in ENDED.items():
        statuses, ended = answers(world, text)
        held(ended and statuses in ([400], []), f'{name}: {statuses}')
    held(world.sql("select count(*) from app.employer where name = 'Smuggled'") == before, 'one came through')
    return f'{len(ENDED)} ways, hidden: {len(GOOD)} bytes'


@attack(17, '1,500 sockets that say nothing')
def silent_sockets(world):
    silent = []
    try:
        for i in range(1500):
            silent.append(socket.create_connection(('127.0.0.1', world.region.port), 5))
            if i % 3:
                silent[-1].sendall(b'GET /v1/user-prof' if i % 3 == 1 else b'POST /v1/employers HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n{')
        return f'{len(silent)} open, another answered in {is_answered(world, "beside them"):.0f} ms'
    finally:
        for one in silent:
            one.close()


@attack(24, 'clients that do not read what they asked for', short=True)
def slow_readers(world):
    def memory():
        return int(Path(f'/proc/{world.region.processes["all"].pid}/statm').read_text().split()[1]) * os.sysconf('SC_PAGE_SIZE')
    size, before, readers = len(Client(world.region, None).get('/openapi.json').body), memory(), []
    try:
        for _ in range(400):
            reader = socket.socket()
            reader.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            reader.connect(('127.0.0.1', world.region.port))
            reader.sendall(b'GET /v1/openapi.json HTTP/1.1\r\nHost: x\r\n\r\n' * 3)
            readers.append(reader)
        for reader in readers:
            reader.settimeout(10)
            reader.recv(1)
        is_answered(world, 'beside them')
        grown = memory() - before
        held(grown < 400 * size / 3, f'the process grew by {grown >> 20} MB')
        return f'400, grown by {grown >> 20} MB'
    finally:
        for reader in readers:
            reader.close()


def forged(header, claims, signature):
    def part(value):
        return base64.urlsafe_b64encode(value if isinstance(value, bytes) else json.dumps(value).encode()).rstrip(b'=').decode()
    signed = f'{part(header)}.{part(claims)}'
    return f'{signed}.{part(signature(signed.encode()))}'


@attack(10, 'tokens that we did not make', short=True)
def forged_tokens(world):
    good = world.client('consultant').token
    header, claims, signature = (json.loads(base64.urlsafe_b64decode(part + '==')) if i < 2 else part for i, part in enumerate(good.split('.')))
    public = (Path(world.region.env['MAATWERK_KEYS']) / 'issuer.pub.pem').read_bytes()
    boss = {**claims, 'role': 'tenant_admin'}
    with tempfile.TemporaryDirectory() as folder:
        env = {**world.region.env, 'MAATWERK_KEYS': f'{folder}/keys'}
        subprocess.run([world.region.bin / 'maatwerk', 'keys', 'init'], env=env, check=True)
        foreign = subprocess.run([world.region.bin / 'maatwerk', 'token', '--role', 'consultant', '--tenant', 'gm9901'], env=env, text=True,
                                 capture_output=True, check=True, cwd=ROOT).stdout.strip()
    tokens = {
        'none': forged({**header, 'alg': 'none'}, boss, lambda _: b''), 'None': forged({**header, 'alg': 'None'}, boss, lambda _: b'x'),
        'the public key as a secret': forged({**header, 'alg': 'HS256'}, boss, lambda signed: hmac.digest(public, signed, hashlib.sha256)),
        'zeroes': forged(header, boss, lambda _: bytes(64)), 'another body': '.'.join((good.split('.')[0], foreign.split('.')[1], signature)),
        'another role': forged(header, boss, lambda _: base64.urlsafe_b64decode(signature + '==')), 'a key of their own': foreign,
        'an old one': forged(header, {**claims, 'exp': 1}, lambda _: bytes(64)), 'twice': f'{good}.{signature}', 'a part': good[:-4],
    }
    for name, token in tokens.items():
        client = world.client('consultant')
        client.token = token
        held(client.get('/user-profile').status == 401, name)
    return f'{len(tokens)} forged'


@attack(12, 'a cursor is read, changed, or used by somebody else', short=True)
def cursors(world):
    client, other = world.client('consultant'), world.client('team_lead')
    page = client.get('/candidates?sort=alias&pageSize=2').json
    following = page['_links']['next']['href']
    address, cursor = following.split('cursor=')
    hidden = base64.urlsafe_b64decode(cursor + '=' * (-len(cursor) % 4))
    held(not any(item['alias'].encode() in hidden for item in page['items']), 'it names somebody')
    held(client.get(following).status == 200, 'its owner cannot use it')
    held(other.get(following).status == 400, 'a colleague could use it')
    held(world.client('consultant', 'gm9902').get(following).status == 400, 'another municipality could use it')
    held(client.get(following.replace('/candidates', '/employers').replace('sort=alias&', '')).status == 400, 'another list took it')
    tried = 0
    for i in range(0, len(cursor), 3):
        tried += 1
        changed = cursor[:i] + ('A' if cursor[i] != 'A' else 'B') + cursor[i + 1:]
        held(client.get(f'{address}cursor={changed}').status == 400, f'character {i} was changed')
    return f'{tried} changed'


@attack(0, 'two thousand calls with anything in them: no 5xx', short=True)
def anything(world):
    chance = random.Random(1)
    contract = json.loads((ROOT / 'openapi/gen/openapi.json').read_text())
    paths = [(path, method.upper()) for path, item in contract['paths'].items() for method in item if method != 'parameters'
             and not path.startswith('/queue/')]
    values = ['', '0', '-1', '%00', '%ff', "'--", '9' * 30, 'null', '{}', '../..', '%F0%9F%98%80', NOBODY, 'x' * 300, '*', '1e400']
    bodies = [b'', b'{}', b'[]', b'null', b'{"a":', b'{"a":1,"a":2}', b'[' * 5000, b'"\\ud800"', b'{"alias":"x","pc4":"5012","hoursMin":1e9}',
              b'\xff', b'{"positions":"1"}', b'{"a":"\\u0000"}', b'1' * 3000]
    clients = [world.client(role) for role in ('consultant', 'employer', 'case_manager', 'tenant_admin')]
    connection = http.client.HTTPConnection('127.0.0.1', world.region.port, timeout=20)
    seen = {}
    for _ in range(2000):
        path, method = chance.choice(paths)
        while '{' in path:
            path = path[:path.index('{')] + chance.choice(values).replace(' ', '') + path[path.index('}') + 1:]
        if chance.random() < 0.5:
            path += f'?{chance.choice(("q", "sort", "cursor", "after", "pageSize", "fields", "state"))}={chance.choice(values)}'
        headers = {'Authorization': f'Bearer {chance.choice(clients).token}', 'Content-Type': 'application/json', 'Idempotency-Key': NOBODY,
                   'If-Match': chance.choice(('*', '"1"', 'x', '"1-0"'))}
        try:
            connection.request(method, '/v1' + path, chance.choice(bodies) if method in ('POST', 'PATCH', 'PUT') else None, headers)
            answer = connection.getresponse()
            answer.read()
        except (http.client.HTTPException, OSError):
            connection.close()
            continue
        seen[answer.status] = seen.get(answer.status, 0) + 1
        held(answer.status < 500, f'{method} {path}: {answer.status}')
    return ', '.join(f'{count} × {status}' for status, count in sorted(seen.items()))


NOBODY = '01920000-0000-7000-8000-00000000dead'
