# SPDX-License-Identifier: EUPL-1.2
"""A whole installation on this machine: private PostgreSQL and Redis, a demo region, services and workers.
Used by `make run`, the end-to-end tests, chaos and bench. Ends only the processes that it started.

With MAATWERK_TEMPLATES, a folder, an installation is prepared once for each number of candidates; each later one is a copy of it.
Copies do not wait for the disk (fsync): they survive the death of any process, but not that of the machine."""
import datetime
import fcntl
import http.client
import json
import os
import random
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import uuid
from contextlib import contextmanager
from pathlib import Path
from zoneinfo import ZoneInfo

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(os.environ.get('MAATWERK_BIN') or ROOT / 'build/release/bin')
TMP = os.environ.get('MAATWERK_TMP', '/var/tmp')
SANITIZED = Path(os.environ.get('MAATWERK_BIN') or ROOT / 'build/asan/bin')
claims = []
UNLIMITED = 2_000_000_000     # a test calls as one user, and as often as it likes

sys.path.insert(0, str(ROOT / 'openapi'))
from generator import program_list  # noqa: E402


def programs(*kinds):
    """The names of the programs of these kinds, or of all: sql/programs.tsv."""
    return program_list.names(program_list.read(ROOT), *(kinds or program_list.FOLDERS))


def day(days=0):
    """The day that is so many days after today, as ISO 8601. Days change in Amsterdam, whatever the zone of this machine (clock.today())."""
    return str(datetime.datetime.now(ZoneInfo('Europe/Amsterdam')).date() + datetime.timedelta(days=days))


def roles():
    """The roles of users: x-roles of the contract."""
    contract = json.loads((ROOT / 'openapi/gen/openapi.json').read_text())
    return [role['name'] for role in contract['x-roles'] if role['name'] != 'system']


def free_port():
    """A port that nobody listens on, below those that the kernel gives to clients. This process claims it for its life by a socket
    in the abstract namespace, so that no other region on this machine takes it before the program listens."""
    for port in random.sample(range(20000, 32000), 1000):
        claim = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        try:
            claim.bind(f'\0maatwerk-port-{port}')
            if port_is_free(port):
                claims.append(claim)
                return port
        except OSError:
            pass
        claim.close()
    raise RuntimeError('no port is free')


def port_is_free(port):
    with socket.socket() as s:
        return s.connect_ex(('127.0.0.1', port)) != 0


def until(ready, seconds=60, say=lambda: ''):
    """Waits for it, and fails when it does not happen; `say` gives what there is then. The time is that of a machine that is very
    busy: it asserts nothing."""
    end, pause_s = time.monotonic() + seconds, 0.01
    while not ready():
        assert time.monotonic() < end, f'it did not happen {say()}'
        time.sleep(pause_s)
        pause_s = min(pause_s * 1.3, 0.1)
    return True


def children(process):
    """The pids of the processes that it started itself."""
    found = subprocess.run(['pgrep', '-P', str(process.pid)], text=True, capture_output=True).stdout.split()
    return [int(pid) for pid in found]


def until_ready(process):
    """Until a program of a region has said that it is ready, or has ended. Before that it does not know SIGTERM yet."""
    def is_ready():
        with open(process.log, 'rb') as log:
            log.seek(process.log_from)
            return b'"ready"' in log.read() or process.poll() is not None
    until(is_ready)


def power_off(process):
    """kill -9 of a process and its children, as a machine that loses power. It is stopped before: neither it nor they do anything
    more because the others are gone."""
    process.send_signal(signal.SIGSTOP)
    for pid in children(process):
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
    process.kill()
    process.wait()


def remove(folder):
    """A folder of an installation, and the one that it links to."""
    shutil.rmtree(folder.resolve(), ignore_errors=True)
    folder.unlink() if folder.is_symlink() else shutil.rmtree(folder, ignore_errors=True)


def template(binaries, candidates):
    """The folder of a prepared installation that does not run. Makes it when there is none; None without MAATWERK_TEMPLATES."""
    folder = os.environ.get('MAATWERK_TEMPLATES')
    if not folder:
        return None
    made = Path(folder) / str(candidates)
    with open(f'{made}.lock', 'w') as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not Path(f'{made}.ready').exists():
            region = Region(made, binaries, candidates=candidates)
            try:
                region.start_servers(FLEETING='1')
                region.prepare()
                if candidates:
                    region.start_programs()
                    region.wait_until_idle()
            finally:
                region.stop_programs()
                region.stop_servers()
            Path(f'{made}.ready').touch()
    return made


class Region:
    """`candidates`: of the demo region; with 0 there is none, and the database is empty."""

    def __init__(self, folder, binaries, port=None, candidates=0, taxonomy=None, version='sample-1'):
        self.folder, self.bin = Path(folder), Path(binaries)
        self.port, self.management = port or free_port(), free_port()
        self.candidates = candidates
        self.taxonomy, self.version = taxonomy or ROOT / 'sql/seeds/taxonomy', version
        self.processes, self.tokens, self.env = {}, {}, dict(os.environ)
        self.programs = ROOT / 'sql/programs.tsv'      # who may log in to PostgreSQL and Redis

    @classmethod
    @contextmanager
    def started(cls, name, binaries, **options):
        """One in a folder of its own, prepared, with its servers. Whatever was started ends, and the folder is removed, at the end;
        then the sanitizers must have found nothing."""
        parent = Path(tempfile.mkdtemp(prefix=f'maatwerk-{name}.', dir=TMP))
        region = cls(parent / 'var', binaries, **options)
        region.programs = parent / 'programs.tsv'
        region.programs.write_text((ROOT / 'sql/programs.tsv').read_text() + 'chaos\tworker\n')     # the worker of the tests
        try:
            copied = template(region.bin, region.candidates)
            region.start_servers(copied)
            if not copied:
                region.prepare()
            region.set_limits(UNLIMITED, 'read', 'write', 'refused')
            yield region
            region.stop_programs(60)
            found = region.sanitizers()
            assert not found, found
        finally:
            region.stop_programs(60)
            region.stop_servers()
            remove(region.folder)
            shutil.rmtree(parent, ignore_errors=True)

    # -------------------------------------------------------------------------------------------- servers

    def start_servers(self, copied=None, **more):
        """With an empty database, or with a copy of the stopped installation `copied`."""
        subprocess.run([ROOT / 'docker/servers', 'start', self.folder, *filter(None, [copied])], check=True,
                       env={**os.environ, 'PROGRAMS': str(self.programs), **more})
        for line in (self.folder / 'env').read_text().splitlines():
            name, value = re.match(r'export (\w+)=(.*)', line).groups()
            self.env[name] = value.strip("'")
        self.env.update(MAATWERK_LISTEN=f'127.0.0.1:{self.port}', MAATWERK_SQL=str(ROOT / 'sql'),
                        MAATWERK_MANAGEMENT=f'127.0.0.1:{self.management}', ASAN_OPTIONS='detect_leaks=0')
        self.env.setdefault('MAATWERK_SMTP', f'maildir:{self.folder.resolve()}/mail')      # a folder instead of a server
        docs = ROOT / 'build/docs'
        if (docs / 'index.html').exists():
            self.env['MAATWERK_DOCS'] = str(docs)

    def start_redis(self):
        """Again, after it was killed."""
        subprocess.run([ROOT / 'docker/servers', 'start_redis', self.folder], check=True, stdout=subprocess.DEVNULL,
                       env={**os.environ, 'PROGRAMS': str(self.programs)})

    def stop_servers(self):
        subprocess.run([ROOT / 'docker/servers', 'stop', self.folder], check=True)

    def command(self, *words, check=True):
        done = subprocess.run([self.bin / 'maatwerk', *map(str, words)], env=self.env, text=True, cwd=ROOT,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        if check and done.returncode:
            raise RuntimeError(f'maatwerk {" ".join(map(str, words))}: {done.stderr}')
        return done

    def prepare(self, say=lambda words: None):
        """Brings the database up to date, and loads the demo region when there is none and one is wanted."""
        self.command('migrate')
        if not Path(self.env['MAATWERK_KEYS']).exists():
            self.command('keys', 'init')
        if self.candidates and self.sql('select count(*) from ref.tenant')[0][0] == 0:
            say(f'loading the demo region ({self.candidates} candidates) …')
            self.command('import', 'places', ROOT / 'sql/seeds/places.csv')
            self.command('import', 'neighbourhoods', ROOT / 'sql/seeds/neighbourhoods.csv')
            say(self.command('import', 'taxonomy', self.taxonomy, '--version', self.version).stdout.strip())
            self.command('demo', '--candidates', self.candidates, '--seed', 1)

    def redis(self, user='admin', **options):
        """A client of Redis; `user` is a program, or who runs Redis."""
        import redis
        name = user if user == 'admin' else f'maatwerk_{user}'
        secret = (Path(self.env['MAATWERK_REDIS_SECRETS']) / user).read_text()
        return redis.Redis(unix_socket_path=self.env['MAATWERK_REDIS'].removeprefix('unix:'), username=name, password=secret, **options)

    def sql(self, text, values=(), user='maatwerk_admin'):
        import psycopg2
        connection = psycopg2.connect(self.env['MAATWERK_PG'] + f' user={user}')
        connection.autocommit = True
        try:
            with connection.cursor() as cursor:
                cursor.execute(text, values or None)
                if cursor.description:
                    return cursor.fetchall()
                return [()] * cursor.rowcount if cursor.statusmessage.startswith('SELECT') else []      # rows without columns
        finally:
            connection.close()

    def set_limits(self, most, *kinds):
        """How often one user may call; processes follow within seconds."""
        self.sql('update entry.quota set most = %s where what = any (%s)', (most, list(kinds)))

    # ------------------------------------------------------------------------------------------- programs

    def start(self, name, known_as=None, **more):
        known_as = known_as or name
        path = self.folder / 'log' / f'{known_as}.log'
        with open(path, 'ab') as log:
            begin = log.tell()      # before the program writes: it shares this position
            process = subprocess.Popen([self.bin / f'maatwerk-{name}'], env={**self.env, **more}, cwd=ROOT, stdin=subprocess.DEVNULL,
                                       stdout=log, stderr=log)
            process.log, process.log_from = path, begin
        self.processes[known_as] = process

    def start_programs(self):
        for name in ('all', *programs('worker', 'dispatcher')):
            self.start(name)
        self.wait_ready()

    def wait_ready(self, seconds=60):
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            try:
                connection = http.client.HTTPConnection('127.0.0.1', self.management, timeout=2)
                connection.request('GET', '/healthz/ready')
                if connection.getresponse().status == 200:
                    return
            except OSError:
                pass
            time.sleep(0.01)
        raise RuntimeError('the services are not ready: ' + self.log('all')[-2000:])

    def wait_until_idle(self, seconds=300):
        """Until no job is left but those that wait for long: in the evening, messages wait until the quiet hours are over. The first start makes a
        shortlist for every open vacancy of the demo region."""
        until(lambda: not self.sql("select from queue.job where state <> 'waiting' or coalesce(run_at < clock.now() + interval '10 minutes', true) limit 1"), seconds)

    @contextmanager
    def awake(self):
        """There are no quiet hours meanwhile: tests run at any hour."""
        here = "select set_config('app.tenant', '1', false), set_config('app.role', 'system', false), set_config('app.scope', 'tenant', false); "
        self.sql(here + "insert into app.rule (tenant_id, id, code, scope, state, value, source, adopted_at, from_at) values (app.tenant(), gen_random_uuid(), "
                 "'calendar.quiet_hours', 'tenant', 'adopted', '{\"quiet\": false, \"from\": \"21:00\", \"until\": \"07:00\"}', 'test', clock.now(), clock.now())")
        try:
            yield
        finally:
            self.sql(here + "delete from app.rule where code = 'calendar.quiet_hours'")

    def pause(self, kind):
        """Nobody takes jobs of the kind any more. Those of before are ended first: one that goes on would also do what is asked next."""
        if not self.sql('select from queue.kind where kind = %s and paused_until > clock.now()', (kind,)):
            until(lambda: not self.sql('select from queue.job where kind = %s and state = any (%s::queue.job_state[]) limit 1', (kind, ['ready', 'leased'])))
            self.sql("update queue.kind set paused_until = 'infinity' where kind = %s", (kind,))

    def resume(self, kind):
        self.sql('update queue.kind set paused_until = null where kind = %s', (kind,))

    def log(self, name):
        return (self.folder / 'log' / f'{name}.log').read_text(errors='replace')

    def sanitizers(self):
        """What they said in the logs of the programs."""
        return [f'{log.name}: {line}' for log in sorted((self.folder / 'log').glob('*.log'))
                for line in log.read_text(errors='replace').splitlines() if re.search(r'Sanitizer: |runtime error: |^==\d+== ', line)]

    def stop_programs(self, seconds=20):
        """{name: exit status}"""
        for process in self.processes.values():
            process.send_signal(signal.SIGTERM)
        statuses = {}
        for name, process in self.processes.items():
            try:
                statuses[name] = process.wait(seconds)
            except subprocess.TimeoutExpired:
                process.kill()
                statuses[name] = process.wait()
        self.processes = {}
        return statuses

    # ---------------------------------------------------------------------------------------------- calls

    def token(self, role, tenant='gm9901', **options):
        key = (role, tenant, tuple(sorted(options.items())))
        if key not in self.tokens:
            words = [word for name, value in options.items() for word in (f'--{name}', value)]
            self.tokens[key] = self.command('token', '--role', role, '--tenant', tenant, *words).stdout.strip()
        return self.tokens[key]


class Response:
    def __init__(self, status, headers, body):
        self.status, self.body = status, body
        self.headers = {name.lower(): value for name, value in headers}

    @property
    def text(self):
        return self.body.decode(errors="replace")

    @property
    def json(self):
        return json.loads(self.body)

    @property
    def problem(self):
        """The code of the problem."""
        return self.json['type'].removeprefix('urn:maatwerk:problem:')


class Client:
    """Calls the API as somebody; `seen` is told of every answer. With role '' the token has no role, and leaves the hat to the user; with None
    there is no token."""

    def __init__(self, region, role, tenant='gm9901', seen=None, **options):
        self.region, self.seen = region, seen
        self.token = None if role is None else region.token(role, tenant, **options)

    def call(self, method, path, body=None, headers=None, raw=None):
        sent = {'Authorization': f'Bearer {self.token}'} if self.token else {}
        if body is not None:
            sent['Content-Type'] = 'application/merge-patch+json' if method == 'PATCH' else 'application/json'
            raw = json.dumps(body).encode()
        sent.update(headers or {})
        connection = http.client.HTTPConnection('127.0.0.1', self.region.port, timeout=60)
        try:
            connection.request(method, path if path.startswith('/') and path.startswith('/v1') else '/v1' + path, raw,
                               {k: v for k, v in sent.items() if v is not None})
            answer = connection.getresponse()
            response = Response(answer.status, answer.getheaders(), answer.read())
        finally:
            connection.close()
        if self.seen:
            self.seen(method, path, response)
        return response

    def get(self, path, **headers):
        return self.call('GET', path, headers=headers)

    def post(self, path, body=None, key=None, **headers):
        return self.call('POST', path, body, {'Idempotency-Key': key or str(uuid.uuid4()), **headers})

    def patch(self, path, body, etag, **headers):
        return self.call('PATCH', path, body, {'If-Match': etag, **headers})

    def put(self, path, body, etag, **headers):
        return self.call('PUT', path, body, {'If-Match': etag, **headers})

    def delete(self, path, etag, **headers):
        return self.call('DELETE', path, None, {'If-Match': etag, **headers})

    def wait_for(self, path, ready=lambda response: response.status == 200 and 'retry-after' not in response.headers, seconds=60):
        """Asks until it is there: an answer with Retry-After says that it is not yet."""
        end = time.monotonic() + seconds
        while True:
            response = self.get(path)
            if ready(response) or time.monotonic() > end:
                return response
            time.sleep(0.01)
