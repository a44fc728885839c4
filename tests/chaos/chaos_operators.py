#!/usr/bin/python3
# SPDX-License-Identifier: EUPL-1.2
"""Operators at work during chaos on the queue: they pause, resume, retry, run, cancel, kill, revive, release and drain
through the command line, under every fault. In the end every job has its one effect in its order, or was cancelled and has
none; dead letters are the poison jobs; every act is in the audit.

make chaos JOB=operators     JOBS=40000 SECONDS=60 SEED=…: closes with one JSON line."""
import json
import os
import random
import subprocess
import sys
import threading
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
sys.path.insert(0, str(Path(__file__).resolve().parent))
from chaos_queue import SETUP, judge, wait_until_done, wait_until_empty, writers_run  # noqa: E402
from faults import Faults  # noqa: E402
from region import BIN, ROOT, Region  # noqa: E402

KINDS, TENANTS = ('chaos_job', 'chaos_run'), ('gm9901', 'gm9902', 'gm9903')
MORE = """
update queue.kind set blocks_lane = true where worker = 'chaos';
insert into ref.region (id, code, name) values (gen_random_uuid(), 'maas', 'Maas');
insert into ref.tenant (id, code, name, region_id) select gen_random_uuid(), c, c, r.id
from ref.region r, unnest(array['gm9901', 'gm9902', 'gm9903']) c;
"""


class Operator(threading.Thread):
    """Says one thing after another; remembers which job was which, because what is cancelled leaves no payload."""

    def __init__(self, region, seed):
        super().__init__()
        self.region, self.random, self.stopping = region, random.Random(seed), threading.Event()
        self.number_of, self.said, self.answered = {}, {}, 0

    def say(self, *words):
        done = subprocess.run([self.region.bin / 'maatwerk', 'queue', *map(str, words), '--json'], env=self.region.env, cwd=ROOT,
                              text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        assert done.returncode in (0, 1), f'{words}: {done.returncode} {done.stderr}'
        verb = words[0] if words[0] not in ('dead', 'lane') else words[1]
        self.said[verb] = self.said.get(verb, 0) + 1
        self.answered += done.returncode == 0
        return [json.loads(line) for line in done.stdout.splitlines()]

    def look(self, text):
        try:
            return self.region.sql(text)
        except Exception:  # PostgreSQL is away
            return []

    def on_jobs(self):
        jobs = self.look("select id, (payload ->> 'n')::bigint, state from queue.job where payload ->> 'poison' = '0' "
                         "order by random() limit 6")
        for number, n, state in jobs:
            self.number_of[number] = n
            self.say(self.random.choice({'waiting': ['run-now', 'retry', 'cancel']}.get(state, ['cancel', 'kill', 'retry'])), number)

    def on_letters(self):
        for number, reason, lane, blocks in self.look('select id, reason, lane, blocks from queue.dead order by random() limit 3'):
            if reason == 'killed':
                self.say('dead', 'revive', number)
            elif blocks:
                self.say('lane', 'release', lane)

    def on_pause(self):
        noun, name = self.random.choice([('kind', k) for k in KINDS] + [('tenant', t) for t in TENANTS])
        self.say('pause', noun, name, 1)
        time.sleep(self.random.uniform(0.1, 0.4))
        self.on_jobs()
        self.say('resume', noun, name)

    def on_drain(self):
        names = ['chaos'] + [w['consumer'] for w in self.say('workers') if w['consumer']]
        name = self.random.choice(names)
        if self.say('drain', name):
            time.sleep(self.random.uniform(0.5, 2))
            self.say('drain', name, '--end')

    def run(self):
        acts = [self.on_jobs, self.on_jobs, self.on_letters, self.on_pause, self.on_pause, self.on_drain,
                lambda: self.say('doctor'), lambda: self.say('stats')]
        while not self.stopping.is_set():
            self.random.choice(acts)()

    def put_right(self):
        """What a person does when the storm is over: nothing is paused, drained, killed or blocked any more."""
        for name in KINDS:
            self.say('resume', 'kind', name)
        for name in TENANTS:
            self.say('resume', 'tenant', name)
        for worker in {w['consumer'] or w['worker'] for w in self.say('workers') if w['drained']} | {'chaos'}:
            self.say('drain', worker, '--end')
        until = time.monotonic() + 120
        # jobs first: one that ends between the two questions is a letter by the second
        while time.monotonic() < until and (self.region.sql('select 1 from queue.job limit 1')
                                            or self.region.sql("select 1 from queue.dead where blocks or reason = 'killed' limit 1")):
            self.on_letters()
            time.sleep(0.02)


def out_of_order(region, operator):
    """Of a lane whose effects are not in their order: the effects around the fault, and what was asked of the jobs of the lane."""
    lane, = region.sql('select lane from (select lane, place, lag(place) over (partition by lane order by serial) as before from chaos.effect '
                       'where lane is not null and place < 1000000) o where place <= before limit 1')[0]
    jobs = {number: n for number, n in operator.number_of.items()}
    acts = region.sql('select job, verb, noun, target, outcome, at::text, ended_at::text from queue.act order by at')
    return {'lane': lane, 'effects': [list(row) for row in region.sql('select n, place, serial from chaos.effect where lane = %s order by serial', (lane,))],
            'acts': [[jobs.get(job), *rest] for job, *rest in acts
                     if rest[2] == lane or region.sql('select 1 from chaos.biz where n = %s and lane = %s', (jobs.get(job, -1), lane))]}


def judge_operators(region, operator):
    found = judge(region)
    done = [row[0] for row in region.sql("select job from queue.act where verb = 'cancel' and outcome = 'done'")]
    cancelled = [operator.number_of[job] for job in done]
    effects = 'exists (select from chaos.effect e where e.n = b.n)'
    found['cancelled'] = len(cancelled)
    found['lost'] = region.sql(f'select count(*) from chaos.biz b where not poison and n <> all (%s::bigint[]) and not {effects}', (cancelled,))[0][0]
    found['cancelled_but_done'] = region.sql(f'select count(*) from chaos.biz b where n = any (%s::bigint[]) and {effects}', (cancelled,))[0][0]
    found['acts'] = region.sql('select count(*) from queue.act')[0][0]
    found['not_audited'] = region.sql('select count(*) from queue.act a where not exists (select from audit.entry e where e.subject_id = a.id '
                                      'and e.columns[3] = a.outcome)')[0][0]
    if found['order']:
        found['where'] = out_of_order(region, operator)
    found['still_asked'] = region.sql("select count(*) from queue.act where outcome = 'asked'")[0][0]
    return found


def chaos_operators(binaries, jobs, seconds, seed, poison=8, programs=2):
    from_s = time.monotonic()
    with Region.started('chaos', binaries) as region:
        region.env['MAATWERK_CHILDREN'] = '2'
        region.sql(SETUP + MORE)
        region.start('dispatcher')
        for i in range(programs):
            region.start('chaos', f'chaos{i}')
        faults, operator = Faults(region, seed, seconds, []), Operator(region, seed)
        threads = writers_run(region, faults, jobs, seconds, seed, jobs // poison)
        operator.start()
        faults.run()
        for one in threads:
            one.join()
        operator.stopping.set(), operator.join()
        operator.put_right()
        drained = wait_until_done(region, 120)
        wait_until_empty(region)
        wait_until_done(region, 3, "queue.act where outcome = 'asked'")
        found = judge_operators(region, operator)
        result = {'seed': seed, **found, 'said': operator.said, 'answered': operator.answered, 'faults': faults.faults,
                  'drained_s': drained, 'total_s': round(time.monotonic() - from_s, 1)}
        result['ok'] = (not any(found[k] for k in ('lost', 'duplicate', 'phantom', 'order', 'dead_others', 'lanes_open', 'entries', 'still_asked',
                                                   'cancelled_but_done', 'not_audited'))
                        and found['dead'] == found['poison'] and found['cancelled'] > 0 and drained is not None)
        return result


if __name__ == '__main__':
    outcome = chaos_operators(BIN, int(os.environ.get('JOBS', '40000')),
                              int(os.environ.get('SECONDS', '60')), int(os.environ.get('SEED', str(random.randrange(10**6)))))
    print(json.dumps(outcome))
    sys.exit(0 if outcome['ok'] else 1)
