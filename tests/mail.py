# SPDX-License-Identifier: EUPL-1.2
"""Mail servers for tests. Exim and aiosmtpd are real ones, and run without special rights. The third makes the errors that a test asks for. Each has its own ports
and folder."""
import email
import email.policy
import os
import re
import shutil
import signal
import socket
import socketserver
import ssl
import subprocess
import tempfile
import threading
import time
from contextlib import contextmanager
from pathlib import Path

from region import TMP, free_port, until

DOMAIN = 'post.example'
EXIM = """
spool_directory = {folder}/spool
log_file_path = {folder}/%slog
pid_file_path = {folder}/exim.pid
primary_hostname = {domain}
local_interfaces = 127.0.0.1
daemon_smtp_ports = {plain} : {implicit}
tls_on_connect_ports = {implicit}
tls_certificate = {folder}/certificate
tls_privatekey = {folder}/key
tls_advertise_hosts = *
auth_advertise_hosts = *
smtp_accept_max = 100
smtp_accept_queue_per_connection = 0
deliver_drop_privilege
exim_user = {user}
exim_group = {group}
keep_environment =
never_users =
bounce_return_body = false
acl_smtp_rcpt = rcpt
acl_smtp_mail = mail
begin acl
mail:
  deny message = log in first
       condition = {wants_login}
       !authenticated = *
  accept
rcpt:
  deny message = 5.1.1 no such mailbox
       local_parts = nobody.here
  defer message = 4.2.0 come back later
       local_parts = later
  accept
begin routers
back:
  driver = redirect
  local_parts = unknown : unknown.april : unknown.proof
  data = :fail: 550 5.1.1 there is no mailbox of that name
  allow_fail
bounces:
  driver = accept
  local_parts = bounces
  local_part_suffix = +*
  local_part_suffix_optional
  transport = drop
all:
  driver = accept
  transport = arrived
begin transports
drop:
  driver = appendfile
  directory = {folder}/mail/drop
  maildir_format
  create_directory
  mode = 0600
arrived:
  driver = appendfile
  directory = {folder}/mail/arrived
  maildir_format
  create_directory
  envelope_to_add
  mode = 0600
begin authenticators
plain:
  driver = plaintext
  public_name = PLAIN
  server_prompts = :
  server_condition = ${{if and{{{{eq{{$auth2}}{{maatwerk}}}}{{eq{{$auth3}}{{geheim}}}}}}}}
  server_set_id = $auth2
"""


class Mailbox:
    """The e-mails in a maildir."""

    def __init__(self, folder):
        self.folder = Path(folder)

    def files(self, *parts):
        return [file for part in parts or ('new', 'cur') for file in sorted((self.folder / part).glob('*'))]

    def all(self):
        return [email.message_from_bytes(file.read_bytes(), policy=email.policy.default) for file in self.files()]


class Server:
    """A process with a folder of its own, where it also keeps its certificate and what it says."""

    @classmethod
    @contextmanager
    def started(cls, **how):
        folder = Path(tempfile.mkdtemp(prefix='maatwerk-mail.', dir=TMP))
        subprocess.run(['openssl', 'req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '3650', '-subj', '/CN=localhost',
                        '-addext', 'subjectAltName=DNS:localhost', '-keyout', folder / 'key', '-out', folder / 'certificate'], check=True, capture_output=True)
        server = cls(folder, **how)
        try:
            server.start()
            yield server
        finally:
            server.stop()
            shutil.rmtree(folder, ignore_errors=True)

    def __init__(self, folder):
        self.folder, self.plain, self.process = folder, free_port(), None

    def start(self):
        with open(self.folder / 'said', 'ab') as said:
            self.process = subprocess.Popen(self.words, cwd='/', stdin=subprocess.DEVNULL, stdout=said, stderr=said, start_new_session=True)
        until(self.ready, say=lambda: (self.folder / 'said').read_text())

    def ready(self):
        return answers(self.plain)

    def stop(self):
        if self.process:
            os.killpg(self.process.pid, signal.SIGTERM)
            self.process.wait()
            self.process = None

    def box(self, name):
        return Mailbox(self.folder / 'mail' / name)


class Exim(Server):
    """`login`: who does not log in sends nothing."""

    def __init__(self, folder, login=False):
        super().__init__(folder)
        self.implicit = free_port()
        as_root = os.getuid() == 0
        self.user = 'nobody' if as_root else subprocess.run(['id', '-un'], capture_output=True, text=True, check=True).stdout.strip()
        self.exim = [*(['setpriv', '--reuid=nobody', '--regid=nogroup', '--clear-groups', '--no-new-privs'] if as_root else ['setpriv', '--no-new-privs']),
                     '/usr/sbin/exim4', '-C', folder / 'conf']
        self.words = [*self.exim, '-bdf', '-q1m']
        (folder / 'conf').write_text(EXIM.format(folder=folder, domain=DOMAIN, plain=self.plain, implicit=self.implicit, user=self.user,
                                                 group=subprocess.run(['id', '-gn', self.user], capture_output=True, text=True, check=True).stdout.strip(),
                                                 wants_login='yes' if login else 'no'))
        for name in ('spool', 'mail'):
            (folder / name).mkdir()
        if as_root:
            for path in (folder, *folder.rglob('*')):
                shutil.chown(path, 'nobody', 'nogroup')

    def ready(self):
        return answers(self.plain) and answers(self.implicit)

    def flush(self):
        """What it has taken and not delivered yet is delivered now."""
        subprocess.run([*self.exim, '-qff'], cwd='/', stdin=subprocess.DEVNULL, capture_output=True)

    def settled(self):
        """Whether it has delivered every message that it took."""
        return not list((self.folder / 'spool/input').glob('*-D'))

    def taken(self):
        """{(its number, the message)}: each time that it took one, by its log and by what it delivered. A server that was killed may deliver twice what it took once."""
        taken = set(re.findall(r' (\w{6}-\w{6}-\w{2}) <= .* id=\d+\.([0-9a-f-]{36})@', (self.folder / 'mainlog').read_text(errors='replace')))
        for mail in self.box('arrived').all():
            number, = re.findall(r'\sid (\w{6}-\w{6}-\w{2})\b', ' '.join(mail.get_all('Received')))[:1]
            taken.add((number, re.search(r'\.([0-9a-f-]{36})@', mail['Message-ID']).group(1)))
        return taken

    def settings(self, how):
        """What the worker must know to send through it: plain, starttls or implicit."""
        return {'MAATWERK_SMTP': f'smtps://localhost:{self.implicit}' if how == 'implicit' else f'smtp://localhost:{self.plain}',
                'MAATWERK_SMTP_TLS': 'off' if how == 'plain' else 'required', 'MAATWERK_SMTP_CA': str(self.folder / 'certificate'),
                'MAATWERK_MAIL_FROM': f'no-reply@{DOMAIN}', 'MAATWERK_MAIL_BOUNCES': f'bounces@{DOMAIN}',
                'MAATWERK_MAIL_DROP': str(self.folder / 'mail/drop')}


class Aiosmtpd(Server):
    """It delivers at once, and has no queue."""

    def __init__(self, folder):
        super().__init__(folder)
        (folder / 'mail').mkdir()
        self.words = ['/usr/bin/python3', '-m', 'aiosmtpd', '-n', '-c', 'aiosmtpd.handlers.Mailbox', '-l', f'127.0.0.1:{self.plain}', folder / 'mail/arrived']

    def settled(self):
        return True

    def taken(self):
        return {(file.name, re.search(r'^Message-ID: <\d+\.([0-9a-f-]{36})@', file.read_text(), re.M).group(1)) for file in self.box('arrived').files()}

    def settings(self, how='plain'):
        assert how == 'plain', how
        return {'MAATWERK_SMTP': f'smtp://127.0.0.1:{self.plain}', 'MAATWERK_SMTP_TLS': 'off', 'MAATWERK_MAIL_FROM': f'no-reply@{DOMAIN}'}


def answers(port):
    with socket.socket() as s:
        return s.connect_ex(('127.0.0.1', port)) == 0


class Faulty(socketserver.ThreadingTCPServer):
    """A server that does at each step what `plan` says: {'rcpt': '451 4.2.0 later'} answers so; 'hang' says nothing any more, 'die' closes. At the
    step 'dot' a + before it means that it has accepted the message. `kept` has the Message-ID of what it accepted. `begun` counts how
    often it came to each step."""
    daemon_threads, allow_reuse_address, request_queue_size = True, True, 64

    @classmethod
    @contextmanager
    def started(cls, **plan):
        server = cls(('127.0.0.1', free_port()), Conversation)
        server.hang_s = 60
        server.plan, server.kept, server.begun, server.released = plan, [], [], threading.Event()
        threading.Thread(target=server.serve_forever, kwargs={'poll_interval': 0.05}, daemon=True).start()
        try:
            yield server
        finally:
            server.released.set()
            server.shutdown()
            server.server_close()

    def wanted(self, step, usual):
        """What it does at this step."""
        return self.plan.get(step, usual)

    @property
    def settings(self):
        return {'MAATWERK_SMTP': f'smtp://127.0.0.1:{self.server_address[1]}', 'MAATWERK_SMTP_TLS': 'off', 'MAATWERK_MAIL_FROM': f'no-reply@{DOMAIN}'}


class Conversation(socketserver.StreamRequestHandler):
    def step(self, name, usual):
        self.server.begun.append(name)
        return self.answer(self.server.wanted(name, usual))

    def answer(self, wanted):
        """False when the conversation is over."""
        wanted = wanted.lstrip('+')
        if wanted == 'hang':
            self.server.released.wait(self.server.hang_s)
        if wanted in ('hang', 'die'):
            return False
        self.wfile.write(f'{wanted}\r\n'.encode())
        return wanted[0] in '23'

    def text(self):
        lines = []
        while (line := self.rfile.readline()) and line != b'.\r\n':
            lines.append(line)
        return b''.join(lines) if line else None

    def take(self):
        if self.server.plan.get('body') == 'die':       # in the middle of the text
            self.server.begun.append('body')
            self.rfile.readline()
            return False
        text = self.text()
        if text is None:
            return False
        self.server.begun.append('dot')
        wanted = self.server.wanted('dot', '250 2.0.0 taken')
        if wanted[0] in '+2':
            self.server.kept.append(email.message_from_bytes(text)['Message-ID'])
        return self.answer(wanted)

    def handle(self):
        try:
            going = self.step('greeting', f'220 {DOMAIN}')
            while going and (line := self.rfile.readline()):
                verb = line.split()[0].upper().decode() if line.split() else ''
                if verb in ('EHLO', 'HELO'):
                    starttls = '250-STARTTLS\r\n' if 'starttls' in self.server.plan else ''
                    going = self.step('hello', f'250-{DOMAIN}\r\n{starttls}250 8BITMIME')
                elif verb == 'STARTTLS':
                    going = self.step('starttls', 'die')
                elif verb == 'DATA':
                    going = self.step('data', '354 go on') and self.take()
                elif verb == 'QUIT':
                    self.wfile.write(b'221 bye\r\n')
                    going = False
                else:
                    name = {'MAIL': 'mail', 'RCPT': 'rcpt'}.get(verb, 'other')
                    wanted = self.server.wanted(name, '250 2.1.0 good')
                    self.server.begun.append(name)
                    going = self.answer(wanted) or wanted not in ('hang', 'die')
        except OSError:
            pass
