#!/usr/bin/python3
# SPDX-License-Identifier: EUPL-1.2
"""Chaos on the main job: vacancies are reported and screened while workers are killed, Redis is killed and emptied, and
PostgreSQL restarts. In the end every vacancy has exactly one result per input version, and nothing was lost.

make chaos JOB=main      VACANCIES=2000 SEED=…: closes with one JSON line. Only processes that it started are ended."""
import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
import uuid
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from region import BIN, ROOT, Client, Region, children, power_off  # noqa: E402

PG = '/usr/lib/postgresql/15/bin/pg_ctl'


class Chaos:
    worker = 'matching'

    def __init__(self, region, seed, seconds):
        self.region, self.random, self.seconds = region, random.Random(seed), seconds
        self.faults, self.at = {}, Path(region.folder).resolve()
        self.stopping = threading.Event()

    def as_server(self, *words):
        if os.getuid() == 0:
            words = ('setpriv', '--reuid=postgres', '--regid=postgres', '--clear-groups', *words)
        return subprocess.run(words, cwd='/', stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def kill_program(self, name):
        power_off(self.region.processes[name])
        self.region.start(name)

    def kill_child(self):
        for pid in children(self.region.processes[self.worker])[:1]:
            os.kill(pid, signal.SIGKILL)

    def redis_pid(self):
        return int((self.at / 'run/redis.pid').read_text())

    def kill_redis(self):
        os.kill(self.redis_pid(), signal.SIGKILL)
        (self.at / 'run/redis.pid').unlink(missing_ok=True)
        time.sleep(self.random.uniform(0.1, 1.5))
        self.start_redis()

    def start_redis(self):
        self.region.start_redis()

    def freeze_redis(self):
        pid = self.redis_pid()
        os.kill(pid, signal.SIGSTOP)
        time.sleep(self.random.uniform(0.5, 3))
        os.kill(pid, signal.SIGCONT)

    def empty_redis(self):
        self.region.redis().flushall()

    def restart_postgres(self):
        self.as_server(PG, '-D', self.at / 'postgres', '-m', 'immediate', '-w', 'stop')
        self.as_server(PG, '-D', self.at / 'postgres', '-l', self.at / 'log/postgres.log', '-w', 'start')

    def run(self):
        kinds = [('worker', lambda: self.kill_program(self.worker)), ('dispatcher', lambda: self.kill_program('dispatcher')),
                 ('child', self.kill_child), ('redis', self.kill_redis), ('freeze', self.freeze_redis),
                 ('flushall', self.empty_redis), ('postgres', self.restart_postgres)]
        order = []
        until = time.monotonic() + self.seconds
        while time.monotonic() < until and not self.stopping.is_set():
            if not order:
                order = kinds * 1
                self.random.shuffle(order)
            name, fault = order.pop()
            fault()
            self.faults[name] = self.faults.get(name, 0) + 1
            time.sleep(self.random.uniform(0.3, 1.2))


def persist(call):
    """Repeats a request with the same key until it is answered: what a client with a lost connection does."""
    until = time.monotonic() + 60
    while time.monotonic() < until:
        try:
            answer = call()
            if answer.status in (200, 201):
                return answer.json
            if answer.status not in (409, 500, 503, 504):
                raise AssertionError(f'{answer.status} {answer.text[:300]}')
            if answer.status == 409 and answer.problem not in ('idempotency-busy',):
                raise AssertionError(answer.text)
        except OSError:
            pass
        time.sleep(0.05)
    raise AssertionError('no answer within a minute')


def report_and_screen(region, number, count, reported, occupation):
    employer, consultant = Client(region, 'employer'), Client(region, 'consultant')
    own = persist(lambda: employer.get('/user-profile'))['organisationId']
    for i in range(count):
        keys = str(uuid.uuid4()), str(uuid.uuid4())
        body = {'employerId': own, 'title': f'Chaos {number}-{i}', 'kind': 'regular', 'occupationId': occupation, 'hoursMin': 8,
                'hoursMax': 36, 'pc4': '5012', 'positions': 1, 'candidatesWanted': 3}
        vacancy = persist(lambda: employer.post('/vacancies', body, key=keys[0]))['id']
        persist(lambda: consultant.post(f'/vacancies/{vacancy}/screenings', {'verdict': 'suitable'}, key=keys[1]))
        reported.append(vacancy)


def wait_until_done(region, seconds=60):
    from_s = time.monotonic()
    while time.monotonic() - from_s < seconds:
        left = region.sql('select count(*) from queue.job')[0][0]
        if not left:
            return round(time.monotonic() - from_s, 2)
        time.sleep(0.1)
    return None


def judge(region, reported):
    ids = [str(i) for i in reported]
    one = lambda text: region.sql(text, (ids,))[0][0]  # noqa: E731
    return {
        'lost': one("select count(*) from app.vacancy v where v.id = any(%s::uuid[]) and not exists (select from "
                    "app.match_run r where r.vacancy_id = v.id and r.match_input = v.match_input)"),
        'duplicate': region.sql('select count(*) from (select from app.match_run group by tenant_id, vacancy_id, match_input '
                                'having count(*) > 1) d')[0][0],
        'not_shortlisted': one("select count(*) from app.vacancy v where v.id = any(%s::uuid[]) and v.state <> 'shortlisted'"),
        'reported_twice': region.sql("select count(*) - count(distinct title) from app.vacancy "
                                     "where title like 'Chaos %'")[0][0],
        'dead': region.sql('select count(*) from queue.dead')[0][0],
        'lanes_open': region.sql('select count(*) from queue.lane where last_seq <> done_seq')[0][0],
        'unique_keys': region.sql('select count(*) from queue.unique_key')[0][0],
    }


def chaos_main(binaries, vacancies, seconds, seed, threads=4):
    with Region.started('chaos', binaries, candidates=420) as region:
        region.env['MAATWERK_THREADS'] = '2'
        region.env['MAATWERK_CHILDREN'] = '2'
        region.start_programs()
        wait_until_done(region)
        occupation = Client(region, 'consultant').get('/occupations?labelPrefix=warehouse%20worker').json['items'][0]['id']
        region.token('employer')        # before anything is away
        chaos, reported, failures = Chaos(region, seed, seconds), [], []

        def client(number, count):
            try:
                report_and_screen(region, number, count, reported, occupation)
            except Exception as error:
                failures.append(repr(error))
        clients = [threading.Thread(target=client, args=(n, vacancies // threads)) for n in range(threads)]
        for one in clients:
            one.start()
        chaos.run()
        for one in clients:
            one.join()
        drained = wait_until_done(region)
        result = {'seed': seed, 'vacancies': len(reported), **judge(region, reported), 'failures': failures[:3],
                  'faults': chaos.faults, 'drained_s': drained}
        bad = [result[k] for k in ('lost', 'duplicate', 'not_shortlisted', 'reported_twice', 'dead', 'lanes_open', 'unique_keys')]
        result['ok'] = not any(bad) and not failures and drained is not None and len(reported) == vacancies // threads * threads
        return result


if __name__ == '__main__':
    outcome = chaos_main(BIN, int(os.environ.get('VACANCIES', '2000')),
                         int(os.environ.get('SECONDS', '60')), int(os.environ.get('SEED', str(random.randrange(10**6)))))
    print(json.dumps(outcome))
    sys.exit(0 if outcome['ok'] else 1)
