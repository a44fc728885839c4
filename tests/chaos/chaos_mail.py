#!/usr/bin/python3
# SPDX-License-Identifier: EUPL-1.2
"""Chaos on e-mail: a server that at each step sometimes asks to come back, closes, or says nothing, also after it has accepted a message; workers that are
killed while they send, and a Redis that is emptied. No message arrives twice, none that is said to be sent is missing, and of no more than the server
left unanswered and the kills hit nobody knows.

make chaos JOB=mail     MESSAGES=5000 KILLS=200 SEED=…: closes with one JSON line. Only processes that it started are ended."""
import json
import os
import random
import re
import signal
import sys
import threading
import time
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from mail import Faulty  # noqa: E402
from region import BIN, Region, children, until  # noqa: E402

ASK = """select set_config('app.tenant', '1', false), set_config('app.role', 'system', false), set_config('app.scope', 'tenant', false);
select count(app.message_queue('notice', (select id from app.user_account where tenant_id = 1 and active limit 1), null, null, true)) from generate_series(1, %s);
with alone as (delete from queue.job j where j.xmin = pg_current_xact_id()::xid and j.id %% 2 = 0 returning j.id, j.payload)
select app.messages_enqueue(ids, true, clock.now())     -- half of them go ten to a job
from (select array_agg((payload -> 'messages' ->> 0)::uuid) as ids from alone group by id / 20) together"""
# of a hundred visits: what the server does instead of what is usual
MOODS = {'greeting': ['die'], 'mail': ['451 4.3.0 later', 'die'], 'rcpt': ['451 4.2.0 later', 'die'], 'data': ['452 4.3.1 full', 'die'],
         'dot': ['452 4.3.1 full', '+die', '+die', 'die', '+hang']}


class Moody(Faulty):
    """`unanswered`: how often it left the last byte without an answer."""
    calm, unanswered = False, 0

    def wanted(self, step, usual):
        with self.lock:
            moods = [] if self.calm else MOODS.get(step, [])
            mood = (moods + [None] * (100 - len(moods)))[self.random.randrange(100)]
            self.unanswered += step == 'dot' and mood in ('+die', 'die', '+hang')
            return mood or usual


class Killer(threading.Thread):
    """kill -9 at a child that sends; now and then Redis is emptied."""

    def __init__(self, region, kills, seed):
        super().__init__()
        self.region, self.kills, self.random, self.hit, self.stopping = region, kills, random.Random(seed), 0, threading.Event()

    def run(self):
        while self.hit < self.kills and not self.stopping.wait(self.random.uniform(0.05, 0.5)):
            pids = [pid for name in list(self.region.processes) if name.startswith('mail') for pid in children(self.region.processes[name])]
            if pids:
                try:
                    os.kill(self.random.choice(pids), signal.SIGKILL)
                    self.hit += 1
                except ProcessLookupError:
                    pass
            if self.random.random() < 0.1:
                self.region.redis().flushall()


def judge(region, server):
    kept = Counter(re.search(r'\.([0-9a-f-]{36})@', number).group(1) for number in server.kept)
    states = dict(region.sql('select id::text, state from app.message'))
    unlucky, = region.sql("select count(*) from queue.dead where kind = 'send_message' and crash >= 4")[0]
    return {'duplicate': sum(count > 1 for count in kept.values()), 'lost': sum(state == 'sent' and not kept[one] for one, state in states.items()),
            'silent': sum(kept[one] > 0 and state not in ('sent', 'uncertain') for one, state in states.items()), 'unlucky': unlucky,
            **{state: list(states.values()).count(state) for state in ('sent', 'uncertain', 'failed', 'queued')}}


def chaos_mail(binaries, messages, kills, seed, programs=2):
    from_s = time.monotonic()
    with Region.started('chaos', binaries, candidates=420) as region, Moody.started() as server:
        server.random, server.lock, server.hang_s = random.Random(seed), threading.Lock(), 2
        region.sql("update ref.retry_ladder set wait = '200 milliseconds'")
        region.sql('delete from queue.job; set session_replication_role = replica; delete from app.message')        # what the demo region begins with
        region.sql(ASK, (messages,))
        region.start('dispatcher')
        for i in range(programs):
            region.start('notifications', f'mail{i}', MAATWERK_CHILDREN='2', MAATWERK_SMTP_TIMEOUT_MS='1000', **server.settings)
        killer = Killer(region, kills, seed)
        killer.start()
        until(lambda: not killer.is_alive() or not region.sql("select count(*) from app.message where state = 'queued'")[0][0], 600)
        killer.stopping.set()
        killer.join()
        until(lambda: not region.sql("select count(*) from app.message where state = 'queued'")[0][0], 300,
              say=lambda: region.sql("select state, last_error, count(*) from queue.job group by 1, 2"))
        found = judge(region, server)
        result = {'seed': seed, 'messages': messages, 'kills': killer.hit, 'unanswered': server.unanswered, **found, 'total_s': round(time.monotonic() - from_s, 1)}
        result['ok'] = (not any(found[k] for k in ('duplicate', 'lost', 'silent', 'queued')) and found['uncertain'] <= killer.hit + server.unanswered
                        and found['failed'] <= found['unlucky'] <= killer.hit / 10)
        return result


if __name__ == '__main__':
    outcome = chaos_mail(BIN, int(os.environ.get('MESSAGES', '5000')), int(os.environ.get('KILLS', '200')),
                         int(os.environ.get('SEED', str(random.randrange(10**6)))))
    print(json.dumps(outcome))
    sys.exit(0 if outcome['ok'] else 1)
