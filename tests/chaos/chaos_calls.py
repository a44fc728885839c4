#!/usr/bin/python3
# SPDX-License-Identifier: EUPL-1.2
"""Chaos on effects outside PostgreSQL: a provider that sometimes says nothing, workers that are killed during their calls.
One third of the jobs goes to a provider that knows keys, one third to one that can be asked, one third to one that can
neither. With keys or questions: never twice, never lost. With neither: what nobody knows is a dead letter, `uncertain`.

make chaos JOB=calls     JOBS=20000 KILLS=500 SEED=…: closes with one JSON line."""
import json
import os
import random
import shutil
import signal
import socketserver
import sys
import tempfile
import threading
import time
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
sys.path.insert(0, str(Path(__file__).resolve().parent))
from chaos_queue import SETUP, wait_until_done  # noqa: E402
from region import BIN, Region, children  # noqa: E402

KINDS = ('keyed', 'asked', 'plain')


class Provider(socketserver.ThreadingUnixStreamServer):
    """Does what it is asked and remembers it: 5 % of the time it does it and says nothing, 2 % it has no time."""
    daemon_threads, request_queue_size = True, 64

    def __init__(self, path, seed):
        super().__init__(str(path), Talk)
        self.random, self.lock, self.done, self.silent = random.Random(seed), threading.Lock(), Counter(), 0


class Talk(socketserver.StreamRequestHandler):
    def handle(self):
        words = self.rfile.readline().decode().split()
        if len(words) != 3:
            return          # the caller died before it had said anything
        verb, key, n = words
        provider = self.server
        with provider.lock:
            chance = provider.random.random()
            known = provider.done[n] > 0
            if verb == 'ask':
                answer = f'done {key}' if known else 'absent'
            elif verb == 'keyed' and known:
                answer = f'done {key}'
            elif chance < 0.02:
                answer = 'busy'
            else:
                provider.done[n] += 1
                answer = None if chance < 0.07 else f'done {key}'
                provider.silent += answer is None
        time.sleep(provider.random.uniform(0.001, 0.02))
        try:
            if answer:
                self.wfile.write(answer.encode())
            else:
                time.sleep(0.5)     # longer than the worker waits
        except OSError:
            pass


def kill_children(region, kills, rate, seed, stopping):
    """kill -9 at a random child at random moments; returns how many were hit."""
    chance, hit = random.Random(seed), 0
    while hit < kills and not stopping.is_set():
        time.sleep(chance.uniform(0, 2 * rate))
        pids = children(region.processes[chance.choice([p for p in region.processes if p.startswith('chaos')])])
        if pids:
            try:
                os.kill(chance.choice(pids), signal.SIGKILL)
                hit += 1
            except ProcessLookupError:
                pass
    return hit


def judge(region, provider, jobs):
    effects = Counter(n for n, in region.sql('select n from chaos.effect'))
    dead = {n: (reason, crash) for n, reason, crash in region.sql("select (payload ->> 'n')::bigint, reason, crash from queue.dead")}
    found = {'lost': 0, 'duplicate': 0, 'silent_duplicate': 0, 'uncertain': 0, 'unlucky': 0, 'dead_others': 0}
    for n in range(jobs):
        made, kind = provider.done[str(n)], KINDS[n % 3]
        found['silent_duplicate'] += made > 1
        found['duplicate'] += effects[n] > 1
        found['lost'] += not effects[n] and n not in dead
        reason, crash = dead.get(n, (None, 0))
        unlucky = crash >= 4        # its worker was killed four times: nobody can tell that it was not the job
        found['unlucky'] += unlucky
        found['dead_others'] += n in dead and not unlucky and not (kind == 'plain' and reason == 'uncertain')
        found['uncertain'] += reason == 'uncertain'
        found['lost'] += bool(effects[n]) and not made      # said to be done, and was not
    return found


def chaos_calls(binaries, jobs, kills, seed, programs=3, rate=0.06):
    from_s = time.monotonic()
    with Region.started('chaos', binaries) as region:
        region.sql(SETUP)
        path = Path(tempfile.mkdtemp(prefix='mwp.', dir='/tmp')) / 's'
        provider = Provider(path, seed)
        threading.Thread(target=provider.serve_forever, daemon=True).start()
        region.env.update(CHAOS_PROVIDER=str(path), MAATWERK_CHILDREN='3')
        region.sql("select queue.enqueue((array['chaos_keyed', 'chaos_asked', 'chaos_plain'])[1 + n %% 3], 1 + (n %% 3)::int, "
                   "jsonb_build_object('n', n)) from generate_series(0, %s) n", (jobs - 1,))
        region.start('dispatcher')
        for i in range(programs):
            region.start('chaos', f'chaos{i}')
        stopping = threading.Event()
        hit = []
        killer = threading.Thread(target=lambda: hit.append(kill_children(region, kills, rate, seed, stopping)))
        killer.start()
        # the jobs must outlast the kills: more of them when they do not
        while killer.is_alive() and region.sql("select count(*) from queue.job")[0][0]:
            time.sleep(0.1)
        stopping.set()
        killer.join()
        drained = wait_until_done(region, 120)
        found = judge(region, provider, jobs)
        result = {'seed': seed, 'jobs': jobs, 'kills': hit[0], 'silent_answers': provider.silent, **found, 'drained_s': drained,
                  'total_s': round(time.monotonic() - from_s, 1)}
        result['ok'] = (drained is not None and found['uncertain'] <= hit[0] + provider.silent and found['unlucky'] <= hit[0] / 100
                        and not any(found[k] for k in ('lost', 'duplicate', 'silent_duplicate', 'dead_others')))
        provider.shutdown()
        shutil.rmtree(path.parent, ignore_errors=True)
        return result


if __name__ == '__main__':
    outcome = chaos_calls(BIN, int(os.environ.get('JOBS', '20000')), int(os.environ.get('KILLS', '500')),
                          int(os.environ.get('SEED', str(random.randrange(10**6)))))
    print(json.dumps(outcome))
    sys.exit(0 if outcome['ok'] else 1)
