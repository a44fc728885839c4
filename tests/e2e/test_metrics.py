# SPDX-License-Identifier: EUPL-1.2
"""The metrics, read as Prometheus reads them: what was counted is what was done."""
import http.client
import os
import re
import signal
import socketserver
import subprocess
import sys
import threading
import time
import uuid
from contextlib import contextmanager
from pathlib import Path

import pytest
import yaml
from prometheus_client.parser import text_string_to_metric_families

from region import ROOT, SANITIZED, Client, Region, programs, until

sys.path.insert(0, str(ROOT / 'tests/chaos'))
from chaos_queue import SETUP  # noqa: E402

CHILDREN = 2


@pytest.fixture(scope='module')
def queue():
    with Region.started('metrics', SANITIZED) as made:
        made.env['MAATWERK_THREADS'] = '2'
        made.sql(SETUP + "insert into queue.kind (kind, worker) values ('strange', 'chaos');"
                 "update queue.kind set max_attempts = 3 where kind = 'chaos_run';"
                 "update queue.kind set max_attempts = 2 where kind = 'chaos_plain'")
        made.start('all')
        made.start('dispatcher')
        made.wait_ready()
        yield made
        statuses = made.stop_programs()
        assert set(statuses.values()) == {0}, statuses


class Provider(socketserver.StreamRequestHandler):
    """Does what has an even number; has no time for the others."""
    def handle(self):
        number = int(self.rfile.readline().split()[2])
        self.wfile.write(b'busy' if number % 2 else b'done somehow')


@contextmanager
def at_work(queue):
    """Workers, from the release build, where the worker of the chaos run is. What they counted is in the database at the end."""
    with socketserver.ThreadingUnixStreamServer(str(Path(queue.folder).parent / 'provider'), Provider) as provider:
        threading.Thread(target=provider.serve_forever).start()
        asan, queue.bin = queue.bin, ROOT / 'build/release/bin'
        queue.start('chaos', MAATWERK_CHILDREN=str(CHILDREN), CHAOS_PROVIDER=provider.server_address)
        queue.bin = asan
        try:
            yield
        finally:
            provider.shutdown()
            os.unlink(provider.server_address)
            queue.processes['chaos'].terminate()
            status = queue.processes.pop('chaos').wait(60)
    assert status == 0


def numbers(text):
    """{name{labels}: value}, with every family and histogram as it has to be."""
    families = list(text_string_to_metric_families(text))
    assert len({f.name for f in families}) == len(families)
    found = {}
    for family in families:
        assert family.type in ('counter', 'gauge', 'histogram') and family.documentation and family.name.startswith('maatwerk_')
        for sample in family.samples:
            name = sample.name + '{' + ','.join(f'{k}={v}' for k, v in sorted(sample.labels.items())) + '}'
            assert name not in found
            found[name] = sample.value
        if family.type == 'histogram':
            check_histogram(family)
    return found


def check_histogram(family):
    series, counts = {}, {}
    for sample in family.samples:
        labels = tuple(sorted((k, v) for k, v in sample.labels.items() if k != 'le'))
        if sample.name.endswith('_bucket'):
            series.setdefault(labels, []).append((float(sample.labels['le']), sample.value))
        elif sample.name.endswith('_count'):
            counts[labels] = sample.value
    for labels, steps in series.items():
        assert steps == sorted(steps) and [v for _, v in steps] == sorted(v for _, v in steps), 'cumulative'
        assert steps[-1] == (float('inf'), counts[labels])
    assert set(series) == set(counts)


def figures(queue):
    return numbers(queue.command('queue', 'metrics').stdout)


def scrape(queue):
    connection = http.client.HTTPConnection('127.0.0.1', queue.management, timeout=10)
    try:
        connection.request('GET', '/metrics')
        answer = connection.getresponse()
        assert answer.status == 200 and answer.getheader('content-type').startswith('text/plain; version=0.0.4')
        return answer.read().decode()
    finally:
        connection.close()


def enqueue(queue, kind, count, payload='{}', **more):
    named = ''.join(f', {name} => {value}' for name, value in more.items())
    queue.sql(f"select queue.enqueue('{kind}', 1 + n %% 3, '{payload}'::jsonb || jsonb_build_object('n', n){named}) "
              'from generate_series(1, %s) n', (count,))


def grown(queue, before):
    """What is more than it was."""
    return {name: value - before.get(name, 0) for name, value in figures(queue).items()
            if value > before.get(name, 0) and re.search(r'_(total|count)\{', name)}


EXPECTED = {
    'maatwerk_queue_enqueued_total{}': 300 + 4 + 5 + 4,
    'maatwerk_queue_done_total{kind=chaos_job,result=done}': 300,
    'maatwerk_queue_done_total{kind=chaos_job,result=failed}': 40,
    'maatwerk_queue_done_total{kind=chaos_run,result=failed}': 4 * 3,
    'maatwerk_queue_done_total{kind=chaos_plain,result=done}': 2,
    'maatwerk_queue_done_total{kind=chaos_plain,result=failed}': 2 * 2,
    'maatwerk_queue_retry_total{code=asked to fail,kind=chaos_job}': 40,
    'maatwerk_queue_retry_total{code=asked to fail,kind=chaos_run}': 4 * 2,
    'maatwerk_queue_retry_total{code=no answer,kind=chaos_plain}': 2,
    'maatwerk_queue_dead_total{reason=exhausted}': 4 + 2,
    'maatwerk_queue_dead_total{reason=permanent}': 5,
    'maatwerk_queue_wait_seconds_count{kind=chaos_job}': 340,
    'maatwerk_queue_wait_seconds_count{kind=chaos_run}': 12,
    'maatwerk_queue_wait_seconds_count{kind=chaos_plain}': 6,
    'maatwerk_queue_run_seconds_count{kind=chaos_job}': 340,
    'maatwerk_queue_run_seconds_count{kind=chaos_run}': 12,
    'maatwerk_queue_run_seconds_count{kind=chaos_plain}': 6,
}


def nothing_is_left(queue):
    return not queue.sql('select 1 from queue.job limit 1')


def test_what_was_done_is_counted_exactly_and_idle_workers_write_nothing(queue):
    before, rows = figures(queue), "select count(*) from queue.counter where metric <> 'fallback'"
    families = {name.split('{')[0] for name in EXPECTED}

    def seen():
        """Of what was done; what Redis or a slow machine made necessary is counted elsewhere."""
        return {name: value for name, value in grown(queue, before).items() if name.split('{')[0] in families}
    with at_work(queue):
        enqueue(queue, 'chaos_job', 260)
        enqueue(queue, 'chaos_job', 40, '{"fail": 1}')
        enqueue(queue, 'chaos_run', 4, '{"fail": 99}')
        enqueue(queue, 'chaos_plain', 4)
        enqueue(queue, 'strange', 5)
        until(lambda: nothing_is_left(queue))
        until(lambda: seen() == EXPECTED, say=seen)
        written = queue.sql(rows)
    assert queue.sql(rows) == written and seen() == EXPECTED


def test_time_without_redis_is_counted(queue):
    name, done = 'maatwerk_queue_pg_fallback_seconds_total{}', 'maatwerk_queue_done_total{kind=chaos_job,result=done}'
    before, from_s, pid = figures(queue), time.monotonic(), Path(queue.folder).resolve() / 'run/redis.pid'
    with at_work(queue):
        enqueue(queue, 'chaos_job', 1)
        until(lambda: nothing_is_left(queue))
        os.kill(int(pid.read_text()), signal.SIGKILL)
        pid.unlink()
        away_from_s = time.monotonic()
        enqueue(queue, 'chaos_job', 50)
        until(lambda: figures(queue)[done] == before[done] + 51)
        away_s = time.monotonic() - away_from_s
        queue.start_redis()
    counted = figures(queue)[name] - before.get(name, 0)
    assert CHILDREN * away_s * 0.5 <= counted <= CHILDREN * (time.monotonic() - from_s)


def test_what_redis_lost_is_counted_by_what_was_wrong(queue):
    at, stream, suspects = queue.redis(), 'mw:{s0}:chaos:p1', 'mw:{s0}:chaos:q'
    entries = lambda name: [entry for entry, _ in at.xrange(name)]  # noqa: E731
    before = figures(queue)
    enqueue(queue, 'chaos_job', 5)
    until(lambda: len(entries(stream)) == 5)
    until(lambda: figures(queue).get('maatwerk_queue_window_entries{stream=p1,worker=chaos}') == 5)
    first = entries(stream)
    with at.pipeline() as at_once:
        at_once.xreadgroup('w', 'ghost', {stream: '>'}).xgroup_delconsumer(stream, 'w', 'ghost').execute()
    until(lambda: len(entries(stream)) == 5 and not set(first) & set(entries(stream)))
    at.xreadgroup('w', 'dead', {stream: '>'})
    until(lambda: len(entries(suspects)) == 5)
    at.flushall()
    until(lambda: at.exists(suspects) and len(entries(suspects)) == 5)
    at.delete(suspects)
    until(lambda: at.exists(suspects) and len(entries(suspects)) == 5)
    counted = {'ghosts_total{}': 5, 'reaped_total{}': 5, 'redispatched_total{reason=gone}': 5, 'redispatched_total{reason=lost}': 10}
    until(lambda: counted == {name: grown(queue, before).get(f'maatwerk_queue_{name}') for name in counted})
    queue.sql('truncate queue.job')


def test_ready_jobs_are_counted_or_estimated_and_the_oldest_is_found(queue):
    assert figures(queue)['maatwerk_queue_dispatcher_leader{}'] == 1
    queue.processes['dispatcher'].send_signal(signal.SIGTERM)
    assert queue.processes.pop('dispatcher').wait(20) == 0
    enqueue(queue, 'chaos_job', 30)
    enqueue(queue, 'chaos_run', 20000, prio='2::smallint')
    queue.sql("update queue.job set created_at = created_at - interval '1 hour' where kind = 'chaos_job' and payload ->> 'n' = '3'")
    now = figures(queue)
    assert now['maatwerk_queue_dispatcher_leader{}'] == 0
    assert now['maatwerk_queue_ready{kind=chaos_job,prio=1}'] == 30
    assert 3600 <= now['maatwerk_queue_oldest_ready_seconds{kind=chaos_job,prio=1}'] < 3700
    assert 5000 <= now['maatwerk_queue_ready{kind=chaos_run,prio=2}'] < 60000
    assert 0 < now['maatwerk_queue_oldest_ready_seconds{kind=chaos_run,prio=2}'] < 60
    assert now['maatwerk_queue_ready{kind=chaos_run,prio=1}'] == 0
    queue.sql('analyze queue.job')
    estimates = [queue.sql("select jobs from queue.ready_figures(1000, 100) where kind = 'chaos_run' and prio = 2")[0][0]
                 for _ in range(9)]
    assert 12000 < sorted(estimates)[4] < 28000, estimates
    exact = queue.sql("select jobs from queue.ready_figures(20001) where kind = 'chaos_run' and prio = 2")
    assert exact == [(20000,)]
    queue.sql('truncate queue.job')
    queue.start('dispatcher')


def test_many_rows_become_few_and_stay_the_same_sum(queue):
    queue.sql("insert into queue.counter (metric, kind, label, amount) select 'done', 'chaos_job', 'done', 1 "
              'from generate_series(1, 700)')
    before = figures(queue)
    queue.sql('select queue.fold()')
    assert queue.sql('select count(*) < 200 from queue.counter')[0][0]
    after = figures(queue)
    assert {k: v for k, v in after.items() if k.endswith('_total{}') or 'done' in k} \
        == {k: v for k, v in before.items() if k.endswith('_total{}') or 'done' in k}


def test_a_service_shows_its_own_figures_and_those_of_the_queue(queue):
    before = numbers(scrape(queue))
    somebody = str(uuid.uuid4())
    for _ in range(3):
        assert Client(queue, None).get(f'/vacancies/{somebody}').status == 401
    assert Client(queue, None).get(f'/nothing/{somebody}').status == 404
    text = scrape(queue)
    now = numbers(text)
    more = lambda name: now[name] - before.get(name, 0)  # noqa: E731
    assert more('maatwerk_requests_total{operation=getVacancy,status=401}') == 3
    assert more('maatwerk_request_seconds_count{operation=getVacancy}') == 3
    assert more('maatwerk_requests_total{operation=none,status=404}') == 1
    assert now['maatwerk_database_up{}'] == 1 and somebody not in text
    assert {name for name in now if name.startswith('maatwerk_queue_')} >= set(figures(queue)) - {
        name for name in figures(queue) if 'window' in name}
    for name in ('connections', 'in_flight', 'waiting', 'full_total'):
        assert len([n for n in now if n.startswith(f'maatwerk_pool_{name}')]) == len(programs('service')) * 2 * 2, 'services, ways, loops'


def test_without_the_database_a_service_still_answers(queue):
    queue.stop_servers()
    until(lambda: numbers(scrape(queue))['maatwerk_database_up{}'] == 0)
    assert 'maatwerk_requests_total' in scrape(queue) and 'maatwerk_queue_' not in scrape(queue)
    queue.start_servers()
    until(lambda: numbers(scrape(queue))['maatwerk_database_up{}'] == 1)
    assert 'maatwerk_queue_done_total' in scrape(queue)


def test_the_alerts_name_what_there_is(queue):
    known = {name.split('{')[0] for name in numbers(scrape(queue))}
    rules = [rule for group in yaml.safe_load((ROOT / 'docker/alerts.yml').read_text())['groups'] for rule in group['rules']]
    assert len(rules) >= 8
    for rule in rules:
        assert set(rule) <= {'alert', 'expr', 'for', 'labels', 'annotations'}
        named = set(re.findall(r'maatwerk_\w+', rule['expr']))
        assert named and named <= known, named - known
