# SPDX-License-Identifier: EUPL-1.2
"""Receivers for tests: an HTTPS server that writes down what reaches it and does at each step what it is told to, as a webhook and as an API like that of
GOV.UK Notify; and a folder that somebody collects."""
import base64
import hashlib
import hmac
import json
import shutil
import ssl
import subprocess
import tempfile
import threading
import uuid
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from region import TMP, free_port

ED25519_HEAD = bytes.fromhex('302e020100300506032b657004220420')      # of a private key in PKCS #8 (RFC 8410), before its 32 bytes


class Receiver(ThreadingHTTPServer):
    """`plan` says what it does with what it gets: a status, 'hang' and 'die'; with /n after it, Retry-After is n; with a + before it, it has taken it before. `got` has what it took: path, headers
    and body. `seen` counts the calls that came."""
    daemon_threads, allow_reuse_address = True, True

    @classmethod
    @contextmanager
    def started(cls, plan='204'):
        folder = Path(tempfile.mkdtemp(prefix='maatwerk-receiver.', dir=TMP))
        server = cls(('127.0.0.1', free_port()), Handler)
        server.folder, server.plan, server.got, server.seen, server.released = folder, plan, [], 0, threading.Event()
        server.lock = threading.Lock()
        subprocess.run(['openssl', 'req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '3650', '-subj', '/CN=localhost',
                        '-addext', 'subjectAltName=DNS:localhost', '-keyout', folder / 'key', '-out', folder / 'certificate'], check=True, capture_output=True)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(folder / 'certificate', folder / 'key')
        server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
        for part in ('secrets/gm9901', 'drops'):
            (folder / part).mkdir(parents=True)
        threading.Thread(target=server.serve_forever, kwargs={'poll_interval': 0.05}, daemon=True).start()
        try:
            yield server
        finally:
            server.released.set()
            server.shutdown()
            server.server_close()
            shutil.rmtree(folder, ignore_errors=True)

    def handle_error(self, request, client_address):
        pass        # a call that was broken off

    @property
    def address(self):
        return f'https://localhost:{self.server_address[1]}'

    @property
    def settings(self):
        return {'MAATWERK_RECEIVER_CA': str(self.folder / 'certificate'), 'MAATWERK_RECEIVER_LOOPBACK': 'allowed', 'MAATWERK_RECEIVER_SECRETS': str(self.folder / 'secrets'),
                'MAATWERK_DROPS': str(self.folder / 'drops'), 'MAATWERK_RECEIVER_TIMEOUT_MS': '2000'}

    def key(self, name, text):
        (self.folder / 'secrets/gm9901' / name).write_text(text + '\n')

    def drop(self, name):
        return Drop(self.folder / 'drops/gm9901' / name)


class Handler(BaseHTTPRequestHandler):
    protocol_version = 'HTTP/1.1'

    def log_message(self, *args):
        pass

    def answer(self, wanted, body=b''):
        wanted = str(wanted).lstrip('+')
        if wanted == 'hang':
            self.server.released.wait(60)
        wanted, _, retry_after = wanted.partition('/')
        if wanted in ('hang', 'die'):
            self.close_connection = True
            return
        self.send_response(int(wanted))
        if retry_after:
            self.send_header('Retry-After', retry_after)
        if wanted[0] == '3':
            self.send_header('Location', f'{self.server.address}/elsewhere')
        self.send_header('Content-Length', str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_POST(self):
        with self.server.lock:
            self.server.seen += 1
        body = self.rfile.read(int(self.headers['Content-Length']))
        if len(body) < int(self.headers['Content-Length']):
            return
        wanted = self.server.plan
        if wanted[0] in '+2':
            with self.server.lock:
                self.server.got.append((self.path, dict(self.headers), body))
        number = str(uuid.uuid5(uuid.NAMESPACE_OID, json.loads(body).get('reference', 'x'))) if self.path.startswith('/v2/') else ''
        self.answer(wanted, json.dumps({'id': number}).encode() if number else b'')

    def do_GET(self):
        """What it has under a reference."""
        with self.server.lock:
            self.server.seen += 1
            asked = parse_qs(urlsplit(self.path).query).get('reference', [''])[0]
            found = [{'id': str(uuid.uuid5(uuid.NAMESPACE_OID, asked))} for path, _, body in self.server.got if json.loads(body).get('reference') == asked]
        self.answer('200', json.dumps({'notifications': found}).encode())


class Drop:
    def __init__(self, folder):
        self.folder = Path(folder)

    def new(self):
        return sorted((self.folder / 'new').glob('*'))

    def letters(self):
        """{number: (index, pages)} of what lies there whole: every file is as its manifest says."""
        found = {}
        for folder in self.new():
            manifest = json.loads((folder / 'manifest.json').read_text())
            assert manifest['message'] == folder.name
            assert {file.name for file in folder.iterdir()} == {file['name'] for file in manifest['files']} | {'manifest.json'}
            for file in manifest['files']:
                data = (folder / file['name']).read_bytes()
                assert (len(data), hashlib.sha256(data).hexdigest()) == (file['size'], file['sha256'])
            found[folder.name] = {file['name']: (folder / file['name']).read_bytes() for file in manifest['files']}
        return found

    def acknowledge(self, raw=None, **statuses):
        """acknowledge(**{number: status}), written whole."""
        name = uuid.uuid4().hex
        text = raw if raw is not None else json.dumps({'acknowledgements': [
            {'message': number, 'status': status, 'reference': f'P-{at}'} for at, (number, status) in enumerate(statuses.items(), 1)]}).encode()
        (self.folder / 'ack/tmp' / name).write_bytes(text)
        (self.folder / 'ack/tmp' / name).rename(self.folder / 'ack/new' / name)


def verified_v1(secret, headers, body):
    """Whether one of the signatures is that of this key: HMAC-SHA256 over <id>.<timestamp>.<body> (Standard Webhooks)."""
    key = base64.b64decode(secret.removeprefix('whsec_'))
    wanted = base64.b64encode(hmac.new(key, f'{headers["webhook-id"]}.{headers["webhook-timestamp"]}.'.encode() + body, hashlib.sha256).digest()).decode()
    return f'v1,{wanted}' in headers['webhook-signature'].split()


def verified_v1a(seed, headers, body, folder):
    """The same with Ed25519, by openssl."""
    signature, = [word.removeprefix('v1a,') for word in headers['webhook-signature'].split() if word.startswith('v1a,')]
    files = {'key': ED25519_HEAD + seed, 'text': f'{headers["webhook-id"]}.{headers["webhook-timestamp"]}.'.encode() + body, 'signature': base64.b64decode(signature)}
    for name, data in files.items():
        (folder / f'v1a-{name}').write_bytes(data)
    subprocess.run(['openssl', 'pkey', '-inform', 'DER', '-in', folder / 'v1a-key', '-pubout', '-out', folder / 'v1a-public'], check=True)
    return subprocess.run(['openssl', 'pkeyutl', '-verify', '-pubin', '-inkey', folder / 'v1a-public', '-rawin', '-in', folder / 'v1a-text', '-sigfile', folder / 'v1a-signature'],
                          capture_output=True).returncode == 0


def claims_of(token, secret):
    """The claims of a token that was signed with HS256 and this secret."""
    head, claims, signature = token.split('.')
    padded = lambda text: base64.urlsafe_b64decode(text + '=' * (-len(text) % 4))  # noqa: E731
    assert json.loads(padded(head)) == {'typ': 'JWT', 'alg': 'HS256'}
    assert hmac.compare_digest(padded(signature), hmac.new(secret.encode(), f'{head}.{claims}'.encode(), hashlib.sha256).digest())
    return json.loads(padded(claims))
