#!/usr/bin/python3
# SPDX-License-Identifier: EUPL-1.2
"""Chaos on the queue: jobs with effects that would show a loss, a doubling or a wrong order, under every fault.

make chaos JOB=queue     JOBS=200000 SECONDS=120 SEED=…: closes with one JSON line."""
import json
import os
import random
import shutil
import sys
import tempfile
import threading
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
sys.path.insert(0, str(Path(__file__).resolve().parent))
from chaos_main import Chaos  # noqa: E402
from region import ROOT, Region  # noqa: E402

LANES = 2000
SETUP = """
create role maatwerk_chaos login;
create schema chaos;
create table chaos.biz (n bigint, lane text, place int, poison boolean);
create table chaos.effect (serial bigserial, n bigint, lane text, place int, at timestamptz default clock_timestamp());
grant usage on schema chaos, queue, app, clock to maatwerk_chaos;
grant insert on chaos.effect to maatwerk_chaos;
grant usage on sequence chaos.effect_serial_seq to maatwerk_chaos;
grant execute on function queue.claim(bigint[]), queue.take(text[], int), queue.still_waiting(bigint[]), queue.finish(bigint[]),
    queue.retry(bigint, text, int, boolean), queue.kill(bigint, text, text) to maatwerk_chaos;
insert into queue.kind (kind, worker, base_ms, cap_ms) values ('chaos_job', 'chaos', 50, 1000), ('chaos_run', 'chaos', 50, 1000);
"""


class Enqueuer(threading.Thread):
    """Writes a business row and its job in one transaction; after a lost connection it does not know, and goes on."""
    pace_s = 0

    def __init__(self, region, number, count, poison, seed):
        super().__init__()
        self.region, self.number, self.count, self.poison = region, number, count, poison
        self.random, self.places = random.Random(seed * 100 + number), {}

    def rows(self, start, size):
        rows, places = [], {}
        for i in range(start, start + size):
            lane, place = None, 0
            if self.random.random() < 0.5:
                lane = f'chaos:{self.number}:{self.random.randrange(LANES // 4)}'
                place = places.get(lane, self.places.get(lane, 0)) + 1
                places[lane] = place
            fail = self.random.randrange(1, 3) if self.random.random() < 0.05 else 0
            rows.append({'n': self.number * 10**7 + i, 'lane': lane, 'place': place, 'fail': fail,
                         'poison': int(i in self.poison)})
        return rows, places

    def run(self):
        import psycopg2
        connection, at = None, 0
        while at < self.count:
            time.sleep(self.pace_s)
            size = min(self.random.choice((1, 5, 20, 50)), self.count - at)
            rows, places = self.rows(at, size)
            at += size
            try:
                connection = connection or psycopg2.connect(self.region.env['MAATWERK_PG'] + ' user=maatwerk_admin')
                with connection, connection.cursor() as cursor:
                    cursor.execute(
                        "with r as (select * from jsonb_to_recordset(%s::jsonb) as r (n bigint, lane text, place int, fail int, poison int)),"
                        " b as (insert into chaos.biz select n, lane, place, poison = 1 from r)"
                        " select queue.enqueue(case when n %% 10 = 0 then 'chaos_run' else 'chaos_job' end, 1 + (n %% 3)::int, to_jsonb(r), lane, null, null, (n %% 3)::smallint)"
                        " from r order by n", (json.dumps(rows),))
                self.places.update(places)
            except psycopg2.Error:
                # not known whether it was committed: lanes of this batch are used no more
                self.places.update({lane: 10**6 for lane in places})
                connection = None
                time.sleep(0.05)


def judge(region):
    one = lambda text: region.sql(text)[0][0]  # noqa: E731
    return {
        'jobs': one('select count(*) from chaos.biz'),
        'lost': one('select count(*) from chaos.biz b where not poison and not exists (select from chaos.effect e where e.n = b.n)'),
        'duplicate': one('select count(*) from (select n from chaos.effect group by n having count(*) > 1) d'),
        'phantom': one('select count(*) from chaos.effect e where not exists (select from chaos.biz b where b.n = e.n and not b.poison)'),
        'order': one('select count(*) from (select place, lag(place) over (partition by lane order by serial) as before '
                     'from chaos.effect where lane is not null and place < 1000000) o where place <= before'),
        'dead': one('select count(*) from queue.dead'),
        'poison': one('select count(*) from chaos.biz where poison'),
        'dead_others': one("select count(*) from queue.dead d where not exists (select from chaos.biz b "
                           "where b.poison and b.n = (d.payload ->> 'n')::bigint) or d.reason <> 'poison'"),
        'lanes_open': one('select count(*) from queue.lane where last_seq <> done_seq'),
    }


def chaos_queue(binaries, jobs, seconds, seed, poison=20, enqueuers=4):
    folder = Path(tempfile.mkdtemp(prefix='maatwerk-chaos.', dir='/var/tmp')) / 'var'
    region, from_s = Region(folder, binaries, candidates=0), time.monotonic()
    try:
        region.start_servers()
        region.env['MAATWERK_CHILDREN'] = '3'
        region.command('migrate')
        region.sql(SETUP)
        for name in ('dispatcher', 'chaos'):
            region.start(name)
        each, marks = jobs // enqueuers, random.Random(seed)
        threads = [Enqueuer(region, i, each, {marks.randrange(each) for _ in range(poison // enqueuers)}, seed)
                   for i in range(enqueuers)]
        chaos = QueueChaos(region, seed, seconds)
        for one in threads:
            one.start()
        chaos.run()
        for one in threads:
            one.join()
        drained = wait_until_done(region, 240)
        found = judge(region)
        result = {'seed': seed, **found, 'faults': chaos.faults, 'drained_s': drained,
                  'total_s': round(time.monotonic() - from_s, 1)}
        result['ok'] = (not any(found[k] for k in ('lost', 'duplicate', 'phantom', 'order', 'dead_others', 'lanes_open'))
                        and found['dead'] == found['poison'] and drained is not None)
        return result
    finally:
        region.stop_programs()
        region.stop_servers()
        shutil.rmtree(folder.resolve(), ignore_errors=True)
        shutil.rmtree(folder.parent, ignore_errors=True)


class QueueChaos(Chaos):
    worker = 'chaos'


def wait_until_done(region, seconds):
    from_s = time.monotonic()
    while time.monotonic() - from_s < seconds:
        if not region.sql('select count(*) from queue.job')[0][0]:
            return round(time.monotonic() - from_s, 2)
        time.sleep(0.2)
    return None


if __name__ == '__main__':
    outcome = chaos_queue(ROOT / 'build/release/bin', int(os.environ.get('JOBS', '200000')),
                          int(os.environ.get('SECONDS', '120')), int(os.environ.get('SEED', str(random.randrange(10**6)))))
    print(json.dumps(outcome))
    sys.exit(0 if outcome['ok'] else 1)
