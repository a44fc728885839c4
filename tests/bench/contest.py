# SPDX-License-Identifier: EUPL-1.2
"""Two queues that do the same: our own, and BullMQ (bullmq/*.mjs). Each job writes one row of chaos.effect, which has no
unique key; each comes from a business row in chaos.biz, committed before or with it.

What one job costs, beside its share of the commits (fsync; both gather what is there, a commit for many jobs):
  ours     business row and job in one transaction. Dispatcher: one update for many jobs, XADD. Worker: claim, effect, end and
           commit in two round trips for many jobs, XACK and XDEL.
  BullMQ   business row in one transaction, then addBulk (a script in Redis for each job). Worker: one INSERT and commit for
           many jobs, then a script in Redis for each job, which ends it and fetches the next.
Both have the same PostgreSQL and the same Redis, with an append-only file and fsync every second."""
import os
import shutil
import signal
import subprocess
import time
from pathlib import Path

import psycopg2
import redis

from lines import cpu_s, postgres_pid
from region import ROOT, children, power_off

ADD = ('with b as (insert into chaos.biz (n) select generate_series(%s::bigint, %s::bigint) returning n) '
       "select queue.enqueue('chaos_job', 1 + (n %% 3)::int, jsonb_build_object('n', n){more}) from b")


class Redis:
    """One that wants no secret."""
    secrets = ''

    def __init__(self, socket):
        self.socket, self.client = socket, redis.Redis(unix_socket_path=str(socket))

    def pid(self):
        return self.client.info('server')['process_id']


class ShippedRedis(Redis):
    """The one of a region, as docker/redis.conf and docker/redis-users have it."""

    def __init__(self, region):
        self.socket, self.client = region.env['MAATWERK_REDIS'].removeprefix('unix:'), region.redis()
        self.secrets = region.env['MAATWERK_REDIS_SECRETS']


class DurableRedis(Redis):
    """As the manual of BullMQ asks for: append-only file, fsync every second, no eviction."""

    def __init__(self, at):
        super().__init__(at / 'redis.sock')
        at.mkdir()
        self.at = at

    def start(self):
        self.process = subprocess.Popen(
            ['redis-server', '--port', '0', '--unixsocket', self.socket, '--dir', self.at, '--save', '', '--appendonly', 'yes',
             '--appendfsync', 'everysec', '--maxmemory-policy', 'noeviction'], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
        while True:
            try:
                return self.client.ping()
            except redis.RedisError:
                time.sleep(0.01)

    def kill(self):
        self.process.kill()
        self.process.wait()

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_error):
        self.kill()


class Side:
    def __init__(self, region, redis_):
        self.region, self.redis, self.programs = region, redis_, []
        self.connection = psycopg2.connect(region.env['MAATWERK_PG'] + ' user=maatwerk_admin')
        self.connection.autocommit = True
        self.cursor = self.connection.cursor()

    def sql(self, text, *values):
        self.cursor.execute(text, values or None)
        return self.cursor.fetchone()[0] if self.cursor.description else None

    def __enter__(self):
        return self

    def __exit__(self, *_error):
        self.stop()
        self.connection.close()

    def clear(self):
        """As if nothing had been done before."""
        self.redis.client.flushall()
        self.sql('truncate chaos.biz, chaos.effect restart identity')
        self.sql('checkpoint')

    def written(self):
        """Rows of effects so far; cheap, and right while nothing is rolled back."""
        return self.sql('select case when is_called then last_value else 0 end from chaos.effect_serial_seq')

    def wait_written(self, count, seconds=120):
        until = time.monotonic() + seconds
        while self.written() < count:
            if time.monotonic() > until:
                raise RuntimeError(f'{self.name}: {self.written()} of {count} effects after {seconds} s')
            time.sleep(0.005)

    def cpu_s(self):
        return cpu_s(postgres_pid(self.region), self.redis.pid(), *(program.pid for program in self.programs))

    def stop(self):
        for program in self.programs:
            program.terminate()
        for program in self.programs:
            program.wait(30)
        self.programs = []

    def kill(self):
        """Kill -9 of one worker with all its processes; as a supervisor would, another one is started at once."""
        program = self.programs.pop(self.first_worker)
        power_off(program)
        self.programs.append(self.start_worker())


class Ours(Side):
    name, first_worker = 'ours', 1

    def start_program(self, name, **more):
        log = open(Path(self.region.folder) / 'log/contest.log', 'ab')
        return subprocess.Popen([self.region.bin / f'maatwerk-{name}'], stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                                env={**self.region.env, 'MAATWERK_REDIS': f'unix:{self.redis.socket}', 'MAATWERK_REDIS_SECRETS': self.redis.secrets, **more})

    def start_worker(self):
        return self.start_program('chaos', MAATWERK_CHILDREN=str(self.children))

    def start(self, workers=1, children=3):
        self.children = children
        self.programs = [self.start_program('dispatcher'), *(self.start_worker() for _ in range(workers))]

    def wake(self):
        """The hint that a service gives after its commit; when it is lost the dispatcher looks by itself."""
        try:
            self.redis.client.pipeline(transaction=False).lpush('mw:{s0}:wake', 1).ltrim('mw:{s0}:wake', 0, 0).execute()
        except redis.RedisError:
            pass

    def add(self, first, count, more=''):
        self.sql(ADD.format(more=more), first, first + count - 1)
        self.wake()

    def rate(self, first, count, per_second):
        from_s = time.monotonic()
        for i in range(count):
            time.sleep(max(0, from_s + i / per_second - time.monotonic()))
            self.add(first + i, 1)

    def kill_child(self):
        """Of one worker; its own supervisor starts another."""
        os.kill(children(self.programs[self.first_worker])[0], signal.SIGKILL)


class BullMQ(Side):
    name, first_worker = 'BullMQ', 0

    def __init__(self, region, redis_):
        super().__init__(region, redis_)
        self.at = ROOT / 'build/bullmq'
        self.at.mkdir(parents=True, exist_ok=True)
        for file in (ROOT / 'tests/bench/bullmq').iterdir():
            if file.is_file():
                shutil.copy(file, self.at)
        subprocess.run(['npm', 'ci', '--silent', '--no-audit', '--no-fund', '--ignore-scripts'], cwd=self.at, check=True)
        self.env = {**os.environ, 'BULLMQ_REDIS': str(redis_.socket), 'NODE_ENV': 'production',
                    'BULLMQ_PG': region.env['MAATWERK_PG'].split('host=')[1].split()[0]}
        self.set(1, 100)
        self.locks()
        self.producer = self.node('producer')

    def set(self, processes, concurrency):
        self.workers, self.env['BULLMQ_CONCURRENCY'] = processes, str(concurrency)

    def locks(self, lock_ms=30000, check_ms=30000):
        """How long a job is its worker's without a sign of life, and how often that is looked at; as BullMQ has it by itself."""
        self.env.update(BULLMQ_LOCK_MS=str(lock_ms), BULLMQ_CHECK_MS=str(check_ms))

    def __exit__(self, *_error):
        self.producer.kill()
        self.producer.wait()
        super().__exit__()

    def node(self, name):
        process = subprocess.Popen(['node', f'{name}.mjs'], cwd=self.at, env=self.env, text=True, stdin=subprocess.PIPE,
                                   stdout=subprocess.PIPE)
        assert process.stdout.readline() == 'ready\n'
        return process

    def ask(self, *words):
        self.producer.stdin.write(' '.join(map(str, words)) + '\n')
        self.producer.stdin.flush()
        return self.producer.stdout.readline().strip()

    def start_worker(self):
        return self.node('worker')

    def start(self, workers=None):
        self.programs = [self.start_worker() for _ in range(workers or self.workers)]

    def add(self, first, count):
        self.ask('add', first, count)

    def rate(self, first, count, per_second):
        self.ask('rate', first, count, per_second)
