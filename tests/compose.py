#!/usr/bin/python3
# SPDX-License-Identifier: EUPL-1.2
"""make compose-test: builds and starts docker-compose.yml under a name of its own, uses it through the proxy, and removes
it with everything that it stored. Needs a Docker daemon; COMPOSE='docker compose' says which compose."""
import http.client
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import traceback
import uuid
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
from region import ROOT, Client, free_port, programs  # noqa: E402
from scenarios.main_job import main_job  # noqa: E402

COMPOSE = os.environ.get('COMPOSE', 'docker-compose' if shutil.which('docker-compose') else 'docker compose').split()
SERVICES, WORKERS = programs('service'), programs('worker', 'dispatcher')
SERVERS = (*SERVICES, 'postgres', 'redis', 'proxy')
ALWAYS = {'api-version': '0.3.0', 'x-content-type-options': 'nosniff', 'x-frame-options': 'DENY',
          'referrer-policy': 'no-referrer', 'cache-control': 'no-store', 'content-type': 'application/problem+json'}


class Composition:
    """Looks like a Region to clients."""

    def __init__(self):
        self.port, self.tokens = free_port(), {}
        self.name = f'maatwerk-test-{uuid.uuid4().hex[:8]}'
        self.env = dict(os.environ, MAATWERK_ENV='development', MAATWERK_DEMO='420', MAATWERK_PORT=str(self.port))

    def run(self, *words, check=True):
        done = subprocess.run([*COMPOSE, '-p', self.name, *words], cwd=ROOT, env=self.env, text=True,
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        if check and done.returncode:
            raise RuntimeError(f'{" ".join(words)}: {(done.stdout + done.stderr)[-3000:]}')
        return done.stdout

    def containers(self, service):
        return self.run('ps', '-a', '-q', service).split()

    def inspect(self, container):
        return json.loads(subprocess.run(['docker', 'inspect', container], capture_output=True, check=True).stdout)[0]

    def is_healthy(self, service):
        states = [self.inspect(c)['State'] for c in self.containers(service)]
        return bool(states) and all(s['Status'] == 'running' and s['Health']['Status'] == 'healthy' for s in states)

    def token(self, role, tenant='gm9901'):
        if role not in self.tokens:
            self.tokens[role] = self.run('run', '--rm', '-T', 'cli', 'token', '--role', role, '--tenant', tenant).strip()
        return self.tokens[role]

    def raw(self, request):
        """The bytes as they are: (status, headers, body)."""
        with socket.create_connection(('127.0.0.1', self.port), 20) as s:
            s.sendall(request)
            answer = http.client.HTTPResponse(s)
            answer.begin()
            return answer.status, {k.lower(): v for k, v in answer.getheaders()}, answer.read()


def wait_until(true, what, seconds=60):
    until = time.monotonic() + seconds
    while not true():
        if time.monotonic() > until:
            raise AssertionError(f'{what}: not within {seconds} s')
        time.sleep(0.2)


def expect_problem(answer, status, code):
    got, headers, body = answer
    problem = json.loads(body)
    assert (got, problem['type'], problem['status']) == (status, f'urn:maatwerk:problem:{code}', status), answer
    assert problem['title'] and headers['content-language'] == 'nl', answer
    assert ALWAYS.items() <= headers.items() and 'strict-transport-security' in headers, answer


def request(line, *headers, body=b''):
    return '\r\n'.join([line, *headers, '', '']).encode('latin-1') + body


HOST = 'Host: localhost'
GET = 'GET /v1/regions HTTP/1.1'
POST = 'POST /v1/employers HTTP/1.1'
# name: (request, status, problem)
HOSTILE = {
    'no HTTP at all': (b'\x16\x03\x01 hello\r\n\r\n', 400, 'invalid'),
    'a space in the target': (request('GET /v1/ regions HTTP/1.1', HOST), 400, 'invalid'),
    'a space before the colon': (request(GET, 'Host : localhost'), 400, 'invalid'),
    'two lengths': (request(POST, HOST, 'Content-Length: 1', 'Content-Length: 2', body=b'{}'), 400, 'invalid'),
    'a chunk without a size': (request(POST, HOST, 'Transfer-Encoding: chunked', body=b'zz\r\n'), 400, 'invalid'),
    'another transfer encoding': (request(POST, HOST, 'Transfer-Encoding: gzip', body=b'{}'), 400, 'invalid'),
    'two hosts': (request(GET, HOST, 'Host: other'), 400, 'invalid'),
    'no host': (request(GET), 400, 'invalid'),
    'too many headers': (request(GET, HOST, *['X-Many: 1'] * 150), 400, 'invalid'),
    'headers that libh2o does not parse': (request(GET, HOST, 'X-Control: a\x01b'), 400, 'invalid'),
    'large headers': (request(GET, HOST, 'X-Large: ' + 'x' * 17000), 431, 'headers-too-large'),
    'a long target': (request('GET /v1/regions?' + 'x' * 5000 + ' HTTP/1.1', HOST), 414, 'uri-too-long'),
    'a body that says it is too large': (request(POST, HOST, 'Content-Length: 65537'), 413, 'too-large'),
    'a path that is nowhere': (request('GET /nothing HTTP/1.1', HOST), 404, 'not-found'),
    'a body that does not come': (request(POST, HOST, 'Content-Length: 2'), 408, 'request-timeout'),
}
# an operation of each service
READS = {'platform': '/regions', 'employers': '/vacancies?pageSize=1', 'candidates': '/candidates?pageSize=1',
         'placements': '/proposals?pageSize=1'}


def tests(it):
    """(name, function) in order: the later ones stop things."""
    def healthy():
        for service in SERVERS:
            wait_until(lambda: it.is_healthy(service), f'{service} is healthy')

    def contract():
        answer = Client(it, None).get('/openapi.json')
        assert answer.status == 200 and answer.json['info']['title'] == 'Maatwerk'

    def hardened():
        for service in (*SERVERS, *WORKERS):
            made = it.inspect(it.containers(service)[0])
            host = made['HostConfig']
            assert made['Config']['User'] not in ('', 'root', '0'), service
            assert host['ReadonlyRootfs'] and host['CapDrop'] == ['ALL'], service
            assert any(o.startswith('no-new-privileges') for o in host['SecurityOpt']), service

    def walls():
        """A program cannot log in as another, nor read the key that tokens are made with."""
        for words in (('maatwerk', 'migrate'), ('cat', '/keys/maatwerk/issuer.pem')):
            done = subprocess.run([*COMPOSE, '-p', it.name, 'exec', '-T', 'employers', *words], cwd=ROOT, env=it.env,
                                  stdin=subprocess.DEVNULL, capture_output=True, text=True)
            assert done.returncode and ('Peer' in done.stderr or 'denied' in done.stderr), done

    def job():
        main_job(it, lambda words: None)

    def scaled():
        it.run('up', '-d', '--scale', 'employers=2', '--no-recreate')
        assert len(it.containers('employers')) == 2
        wait_until(lambda: it.is_healthy('employers'), 'both are healthy')
        seen = set()

        def both():
            Client(it, 'consultant').get(READS['employers'])
            logs = it.run('logs', '--no-color', 'employers')
            seen.update(line.split()[0] for line in logs.splitlines() if 'vacanc' in line.lower())
            return len(seen) == 2
        wait_until(both, 'both answer')

    def one_of_two():
        subprocess.run(['docker', 'stop', it.containers('employers')[0]], check=True, capture_output=True)
        statuses = {Client(it, 'consultant').get(READS['employers']).status for _ in range(10)}
        assert statuses == {200}, statuses

    def stopped():
        it.run('stop', 'placements')
        got = it.raw(request('GET /v1/proposals HTTP/1.1', HOST))
        expect_problem(got, 503, 'unavailable')
        assert got[1]['retry-after'] == '1'
        assert Client(it, 'consultant').get(READS['platform']).status == 200

    def encrypted():
        with tempfile.TemporaryDirectory() as folder:
            pem, port = Path(folder) / 'both.pem', free_port()
            subprocess.run(['openssl', 'req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '1', '-subj', '/CN=localhost',
                            '-addext', 'subjectAltName=DNS:localhost', '-keyout', pem, '-out', Path(folder) / 'ca.pem'],
                           check=True, capture_output=True)
            pem.write_text(pem.read_text() + (Path(folder) / 'ca.pem').read_text())
            Path(folder).chmod(0o755), pem.chmod(0o644)  # the container's user is another
            it.env.update(MAATWERK_CERTIFICATE=str(pem), MAATWERK_TLS_PORT=str(port))
            it.run('-f', 'docker-compose.yml', '-f', 'docker/tls.yml', 'up', '-d', '--no-deps', 'proxy')
            wait_until(lambda: it.is_healthy('proxy'), 'the proxy is healthy')
            for version in ('1.1', '2'):
                done = subprocess.run(['curl', '-s', f'--http{version}', '--cacert', Path(folder) / 'ca.pem', '-o', '/dev/null',
                                       '-w', '%{http_version} %{http_code}', '-H',
                                       f'Authorization: Bearer {it.token("consultant")}',
                                       f'https://localhost:{port}/v1/regions'], capture_output=True, text=True)
                assert done.stdout == f'{version} 200', done

    def quick():
        from_s = time.monotonic()
        it.run('stop')
        assert time.monotonic() - from_s < 10
        for service in (*SERVICES, *WORKERS):
            for container in it.containers(service):
                state = it.inspect(container)['State']
                assert state['ExitCode'] == 0 and not state['OOMKilled'], (service, state)

    yield 'everything is healthy', healthy
    yield 'the contract', contract
    yield 'least rights', hardened
    yield 'walls between programs', walls
    for service, path in READS.items():
        yield f'a read of {service}', lambda path=path: check_read(it, path)
    for name, (sent, status, code) in HOSTILE.items():
        yield name, lambda sent=sent, status=status, code=code: expect_problem(it.raw(sent), status, code)
    yield 'the main job', job
    yield 'two of employers', scaled
    yield 'one of two is enough', one_of_two
    yield 'a service that is away', stopped
    yield 'TLS and HTTP/2', encrypted
    yield 'everything ends in time', quick


def check_read(it, path):
    answer = Client(it, 'consultant').get(path)
    assert answer.status == 200 and 'items' in answer.json, answer.text


def main():
    it, passed, failed = Composition(), 0, 0
    try:
        it.run('build')
        it.run('up', '-d')
        for name, test in tests(it):
            try:
                test()
                passed += 1
            except Exception:  # whatever it is, the next test has its turn
                failed += 1
                print(f'FAILED {name}\n{traceback.format_exc()}', flush=True)
    except RuntimeError as error:
        failed += 1
        print(f'FAILED {error}', flush=True)
    finally:
        if failed:
            print(it.run('logs', '--no-color', '--tail', '20', check=False))
        it.run('down', '-v', '--remove-orphans', check=False)
    print(f'{passed} passed, {failed} failed', flush=True)
    return 1 if failed else 0


sys.exit(main())
