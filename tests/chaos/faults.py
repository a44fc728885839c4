# SPDX-License-Identifier: EUPL-1.2
"""What goes wrong in `make chaos JOB=queue`, how often in two minutes, and how. Each group of faults has its own thread, so
that they meet. Only processes that the run started are touched, by pid."""
import os
import random
import signal
import subprocess
import threading
import time

import redis

from chaos_main import Chaos
from region import children, power_off, until_ready

# group: {fault: times in 120 s}
PLAN = {
    'workers': {'child': 120, 'worker': 40},
    'signals': {'term': 22, 'stop': 16},
    'dispatchers': {'dispatcher': 22},
    'writers': {'writer': 12},
    'redis': {'flushall': 4, 'redis_killed': 6, 'wipe': 6, 'freeze': 6, 'tail': 12, 'ghosts': 12,
              'twice': 24},
    'postgres': {'postgres': 8, 'terminate': 12},
}


class Faults(Chaos):
    """`writers`: the processes that write jobs; whoever started one puts another in its place."""

    def __init__(self, region, seed, seconds, writers):
        super().__init__(region, seed, seconds)
        self.seed, self.writers, self.lock, self.troubles = seed, writers, threading.Lock(), []
        only, times = os.environ.get('ONLY', ' 60').split(' ')      # of its group only this one, so often: no other hides what it does
        assert not only or any(only in faults for faults in PLAN.values()), only
        self.plan = {group: {only: int(times)} if only in faults else faults for group, faults in PLAN.items()}

    def pick(self, random_, start):
        """The name of a running program that begins so."""
        with self.lock:
            names = [name for name in self.region.processes if name.startswith(start)]
            return random_.choice(names) if names else None

    def take(self, random_, start):
        """The same, out of reach for others."""
        with self.lock:
            names = [name for name in self.region.processes if name.startswith(start)]
            name = random_.choice(names) if names else None
            return name, name and self.region.processes.pop(name)

    def put_back(self, name):
        with self.lock:
            self.region.start(name.rstrip('0123456789'), name)

    @staticmethod
    def send(pid, number):
        try:
            os.kill(pid, number)
        except ProcessLookupError:
            pass

    def power_off(self, random_, start):
        name, process = self.take(random_, start)
        if name:
            power_off(process)
            self.put_back(name)

    def child(self, random_):
        name = self.pick(random_, 'chaos')
        pids = children(self.region.processes[name]) if name in self.region.processes else []
        if pids:
            self.send(random_.choice(pids), signal.SIGKILL)

    def worker(self, random_):
        self.power_off(random_, 'chaos')

    def dispatcher(self, random_):
        self.power_off(random_, 'dispatcher')

    def term(self, random_):
        name, process = self.take(random_, 'chaos')
        if name:
            until_ready(process)
            process.terminate()
            try:
                if process.wait(40) != 0:
                    self.troubles.append(f'a worker ended with {process.returncode}')
            except subprocess.TimeoutExpired:
                self.troubles.append('a worker did not end')
                power_off(process)
            self.put_back(name)

    def stop(self, random_):
        name = self.pick(random_, 'chaos')
        pids = children(self.region.processes[name]) if name in self.region.processes else []
        if pids:
            pid = random_.choice(pids)
            self.send(pid, signal.SIGSTOP)
            threading.Timer(random_.uniform(1, 9), self.send, (pid, signal.SIGCONT)).start()

    def revive(self, _random=None):
        """A program that ended by itself is started again, as whoever runs it would."""
        with self.lock:
            ended = [name for name, process in self.region.processes.items() if process.poll() is not None]
            for name in ended:
                self.region.start(name.rstrip('0123456789'), name)

    def writer(self, random_):
        with self.lock:
            running = [w for w in self.writers if w.poll() is None]
            if running:
                random_.choice(running).kill()

    def redis_killed(self, _random):
        self.kill_redis()

    def wipe(self, _random):
        os.kill(self.redis_pid(), signal.SIGKILL)
        (self.at / 'run/redis.pid').unlink(missing_ok=True)
        for kept in ('appendonlydir', 'dump.rdb'):
            subprocess.run(['rm', '-rf', self.at / 'run' / kept], check=True)
        self.start_redis()

    def freeze(self, _random):
        self.freeze_redis()

    def flushall(self, _random):
        self.empty_redis()

    def streams(self):
        at = self.region.redis(socket_timeout=5, decode_responses=True)
        return at, list(at.scan_iter('mw:{s0}:chaos:p*'))

    def tail(self, _random):
        """The newest entries are gone, as after a failover to a replica that had not got them yet."""
        at, names = self.streams()
        for name in names:
            newest = [entry for entry, _ in at.xrevrange(name, count=50)]
            if newest:
                at.xdel(name, *newest)

    def ghosts(self, _random):
        """Entries that were read, and whose reader was removed with what it had; it waits for some, as a worker does."""
        at, names = self.streams()
        if names:
            at.xreadgroup('w', 'ghost', {name: '>' for name in names}, count=20, block=1000)
        for name in names:
            at.xgroup_delconsumer(name, 'w', 'ghost')

    def twice(self, _random):
        """Every id once more, as from a second dispatcher that believes that it leads."""
        at, names = self.streams()
        for name in names:
            for _, fields in at.xrange(name, count=200):
                at.xadd(name, fields, nomkstream=True)

    def postgres(self, _random):
        self.restart_postgres()

    def terminate(self, _random):
        try:
            self.region.sql("select pg_terminate_backend(pid) from pg_stat_activity where usename like 'maatwerk\\_%%' "
                            'and pid <> pg_backend_pid() order by random() limit 2')
        except Exception:
            pass

    def group(self, name):
        chance = random.Random(f'{self.seed}/{name}')
        todo = [fault for fault, times in self.plan[name].items() for _ in range(max(1, round(times * self.seconds / 120)))]
        chance.shuffle(todo)
        from_s = time.monotonic()
        for i, fault in enumerate(todo):
            at = from_s + self.seconds * (i + chance.random()) / len(todo)
            time.sleep(max(0, at - time.monotonic()))
            try:
                getattr(self, fault)(chance)
                self.faults[fault] = self.faults.get(fault, 0) + 1
            except redis.RedisError:
                pass            # it was away, or just emptied
            except Exception as error:
                self.troubles.append(f'{fault}: {error!r}'[:200])

    def run(self):
        threads = [threading.Thread(target=self.group, args=(name,)) for name in self.plan]
        for one in threads:
            one.start()
        for one in threads:
            one.join()
