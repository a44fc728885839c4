# SPDX-License-Identifier: EUPL-1.2
"""The front proxy with its own configuration, before services that a test plays: what one address can take from the others."""
import re
import socket
import subprocess
import threading
import time
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from region import ROOT, free_port, until

PER_SOURCE = 20


class Service(BaseHTTPRequestHandler):
    protocol_version = 'HTTP/1.1'
    slow = threading.Event()

    def do_GET(self):
        if self.path.endswith('slow'):
            self.slow.wait(20)
        self.send_response(200)
        self.send_header('content-length', '2')
        self.end_headers()
        self.wfile.write(b'ok')

    def log_message(self, *_):
        pass


class Server(ThreadingHTTPServer):
    daemon_threads, request_queue_size = True, 500

    def handle_error(self, *_):
        pass


@pytest.fixture(scope='module')
def proxy(tmp_path_factory):
    """docker/haproxy.cfg as it is, but for folders, ports and names of hosts: the port at which it listens."""
    folder, port = tmp_path_factory.mktemp('proxy'), free_port()
    server = Server(('127.0.0.1', 0), Service)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    (folder / 'errors').symlink_to(ROOT / 'docker/gen/errors')
    (folder / 'paths.map').write_text((ROOT / 'docker/gen/paths.map').read_text())
    (folder / 'problems.lua').write_text((ROOT / 'docker/problems.lua').read_text().replace('/etc/maatwerk', str(folder)))
    text = ''.join((ROOT / 'docker' / name).read_text() for name in ('gen/limits.cfg', 'haproxy.cfg', 'gen/services.cfg'))
    text = text.replace('/etc/maatwerk', str(folder)).replace('bind :8000', f'bind 127.0.0.1:{port}').replace('abns@api', f'abns@api-{port}')
    text = text.replace('127.0.0.1:8081', f'127.0.0.1:{free_port()}')
    text = re.sub(r'resolvers docker\n(    .*\n)+', '', text)
    text = re.sub(r' check port 8081 .*', '', text)
    text = re.sub(r'    option httpchk .*\n', '', text)
    text = re.sub(r'server-template (\w+) 8 \w+:8080', rf'server \1 127.0.0.1:{server.server_port}', text)
    (folder / 'proxy.cfg').write_text(text)
    with open(folder / 'log', 'wb') as log:
        process = subprocess.Popen(['haproxy', '-db', '-f', folder / 'proxy.cfg'], stdout=log, stderr=log,
                                   env={'PATH': '/usr/sbin:/usr/bin', 'MAATWERK_PER_SOURCE': str(PER_SOURCE)})
    try:
        until(lambda: process.poll() is not None or call(port)[0] == 200, say=lambda: (folder / 'log').read_text())
        yield port
    finally:
        Service.slow.set()
        process.terminate()
        process.wait(20)
        server.shutdown()


def call(port, source='127.0.0.9', path='/v1/regions', seconds=10):
    """(status, headers) of a call from this address; status 0: the connection was refused or ended."""
    try:
        with connect(port, source, seconds) as s:
            s.sendall(f'GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n'.encode())
            said = b''.join(iter(lambda: s.recv(65536), b'')).decode()
        return int(said.split()[1]), said if said else (0, '')
    except (OSError, IndexError):
        return 0, ''


def connect(port, source, seconds=10):
    return socket.create_connection(('127.0.0.1', port), seconds, (source, 0))


@contextmanager
def silent(port, count, source, said=b''):
    """So many connections of one address that say this, and nothing more."""
    sockets = []
    try:
        for _ in range(count):
            try:
                sockets.append(connect(port, source))
                sockets[-1].sendall(said)
            except OSError:     # it was refused at once
                pass
        yield sockets
    finally:
        for one in sockets:
            one.close()


def is_ended(s):
    s.settimeout(0.01)
    try:
        return s.recv(65536) == b''
    except TimeoutError:
        return False
    except OSError:
        return True


@pytest.mark.parametrize('said', [b'', b'GET /v1/reg', b'POST /v1/employers HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n{'],
                         ids=['silent', 'half a request', 'half a body'])
def test_attack_17_one_address_takes_what_it_may_and_no_more(proxy, said):
    one = f'127.0.1.{len(said) + 1}'
    with silent(proxy, 3 * PER_SOURCE, one, said) as sockets:
        until(lambda: sum(not is_ended(s) for s in sockets) <= PER_SOURCE)
        assert call(proxy, one)[0] == 0, 'this address has all that it may have'
        assert call(proxy, '127.0.0.3')[0] == 200, 'another one does not notice'
    until(lambda: call(proxy, one)[0] == 200)


def test_attack_17_who_stays_silent_is_sent_away(proxy):
    with silent(proxy, 5, '127.0.0.4') as sockets:
        until(lambda: all(map(is_ended, sockets)), 30)


def test_attack_17_who_connects_again_and_again_is_refused(proxy):
    statuses = [call(proxy, '127.0.0.5')[0] for _ in range(6 * PER_SOURCE)]
    assert statuses[0] == 200 and statuses[-1] == 0
    assert call(proxy, '127.0.0.6')[0] == 200


def test_attack_17_what_waits_for_a_service_is_counted():
    """More than a service can do waits, for a while, and then hears when to come again."""
    text = (ROOT / 'docker/haproxy.cfg').read_text()
    assert re.search(r'default-server maxconn \d+ maxqueue \d+', text) and 'timeout queue 2s' in text
    assert re.search(r'^retry-after: \d+', (ROOT / 'docker/gen/errors/503.http').read_text(), re.M)
    limits = {name: int(value) for name, value in zip(('global', 'edge', 'api'), re.findall(r'^ +maxconn (\d+)', text, re.M))}
    assert limits['edge'] + limits['api'] <= limits['global'], 'a client costs two connections'
