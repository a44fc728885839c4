# SPDX-License-Identifier: EUPL-1.2
"""What happens when something goes away: a client, PostgreSQL, Redis, the process itself. On a region of its own."""
import json
import os
import re
import signal
import socket
import subprocess
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from region import ROOT, SANITIZED, Client, Region, children, until

PG = '/usr/lib/postgresql/15/bin/pg_ctl'


@pytest.fixture(scope='module')
def weak():
    with Region.started('weak', SANITIZED, candidates=420) as made:
        made.env['MAATWERK_THREADS'] = '2'
        made.start_programs()
        yield made


def as_server(*words):
    if os.getuid() == 0:
        words = ('setpriv', '--reuid=postgres', '--regid=postgres', '--clear-groups', *words)
    subprocess.run(words, cwd='/', check=True, stdout=subprocess.DEVNULL)


def new_vacancy(region):
    employer = Client(region, 'employer')
    own = employer.get('/user-profile').json['organisationId']
    occupation = employer.get('/occupations?labelPrefix=warehouse%20worker').json['items'][0]['id']
    made = employer.post('/vacancies', {'employerId': own, 'title': 'x', 'kind': 'regular', 'occupationId': occupation,
                                        'hoursMin': 8, 'hoursMax': 36, 'pc4': '5012', 'positions': 1})
    assert made.status == 201, made.text
    return made.json['id']


def test_clients_that_go_away_leave_nothing_behind(weak):
    token = weak.token('consultant')
    for i in range(60):
        with socket.create_connection(('127.0.0.1', weak.port)) as s:
            s.sendall(f'GET /v1/vacancies?pageSize=100 HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\n\r\n'.encode())
            if i % 2:
                s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b'\1\0\0\0\0\0\0\0')
    with socket.create_connection(('127.0.0.1', weak.port)) as s:
        s.sendall(b'POST /v1/employers HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nhalf')
    assert Client(weak, 'consultant').get('/user-profile').status == 200


def test_without_redis_everything_works_slower(weak):
    pid = int((Path(weak.folder).resolve() / 'run/redis.pid').read_text())
    os.kill(pid, signal.SIGKILL)
    (Path(weak.folder).resolve() / 'run/redis.pid').unlink()
    try:
        vacancy, consultant = new_vacancy(weak), Client(weak, 'consultant')
        assert consultant.post(f'/vacancies/{vacancy}/screenings', {'verdict': 'suitable'}).status == 201
        assert is_listed(consultant, vacancy)
    finally:
        subprocess.run([ROOT / 'docker/servers', 'start', weak.folder], check=True)
    vacancy = new_vacancy(weak)
    assert consultant.post(f'/vacancies/{vacancy}/screenings', {'verdict': 'suitable'}).status == 201
    assert is_listed(consultant, vacancy)


def is_listed(consultant, vacancy):
    found = consultant.wait_for(f'/vacancies/{vacancy}/shortlist', lambda r: r.status == 200 and r.json['status'] == 'ready')
    return found.json['status'] == 'ready'


def shortlist_is_made(region):
    vacancy, consultant = new_vacancy(region), Client(region, 'consultant')
    assert consultant.post(f'/vacancies/{vacancy}/screenings', {'verdict': 'suitable'}).status == 201
    return is_listed(consultant, vacancy)


def finding(region, code):
    found = [json.loads(line) for line in region.command('queue', 'doctor', '--json').stdout.splitlines()]
    return {f['code']: f for f in found}[code]


def test_attack_09_a_redis_that_is_full_stops_nothing(weak):
    at = weak.redis()
    at.config_set('maxmemory', 1)
    try:
        assert shortlist_is_made(weak)
        until(lambda: finding(weak, 'redis-trouble')['finding'].endswith(': full'))
        assert shortlist_is_made(weak)
    finally:
        at.config_set('maxmemory', '64mb')
    until(lambda: finding(weak, 'redis-trouble')['ok'])
    assert shortlist_is_made(weak)


def test_attack_09_a_dispatcher_that_stands_still_stops_nothing(weak):
    until(lambda: finding(weak, 'no-leader')['ok'])
    pid = weak.processes['dispatcher'].pid
    os.kill(pid, signal.SIGSTOP)
    try:
        until(lambda: not finding(weak, 'no-leader')['ok'])
        assert shortlist_is_made(weak)
    finally:
        os.kill(pid, signal.SIGCONT)
    until(lambda: finding(weak, 'no-leader')['ok'])


def ask_together(region, calls):
    """[(token, path)]: all sent before any answer is read, so that the services meet them in one turn. The bodies and statuses."""
    sockets = [socket.create_connection(('127.0.0.1', region.port)) for _ in calls]
    for one, (token, path) in zip(sockets, calls):
        one.sendall(f'GET /v1{path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: Bearer {token}\r\n\r\n'.encode())
    answers = []
    for one in sockets:
        whole = b''.join(iter(lambda: one.recv(65536), b''))
        answers.append((int(whole.split(b' ', 2)[1]), whole.split(b'\r\n\r\n', 1)[1]))
        one.close()
    return answers


def told(answers):
    """What they say, without what is another thing each time: the position of a list, which is that of the whole database."""
    return [re.sub(rb',"position":"[^"]*"', b'', body) for _, body in answers if b'"requestId"' not in body and b'"instance"' not in body]


def test_reads_that_travel_together_see_only_their_own(weak):
    """They share a transaction of the database: each must get what it gets alone."""
    tokens = [weak.token(role, tenant) for tenant in ('gm9901', 'gm9902') for role in ('consultant', 'employer', 'candidate')]
    calls = [(token, path) for path in ('/user-profile', '/vacancies?pageSize=3', '/employers?pageSize=3') for token in tokens] * 2
    alone = [ask_together(weak, [call])[0] for call in calls]
    assert len({body for _, body in alone}) > 8, 'they are to be told apart'
    for _ in range(20):
        assert [status for status, _ in ask_together(weak, calls)] == [status for status, _ in alone]
        assert told(ask_together(weak, calls)) == told(alone)


def test_a_read_that_fails_takes_no_other_along(weak):
    token = weak.token('consultant')
    calls = [(token, '/employers?pageSize=2'), (token, '/vacancies?pageSize=2')] * 12
    weak.sql('revoke select on app.vacancy from maatwerk_employers')
    try:
        statuses = [status for status, _ in ask_together(weak, calls)]
    finally:
        weak.sql('grant select on app.vacancy to maatwerk_employers')
    assert set(statuses[1::2]) == {403} and set(statuses[0::2]) == {200}, statuses
    assert {status for status, _ in ask_together(weak, calls)} == {200}


def test_a_read_that_takes_long_holds_up_no_other(weak):
    """A loop has connections for three of them and one more: each program has its share, so more programs need more connections."""
    import psycopg2
    consultant, slow = Client(weak, 'consultant'), []
    assert {consultant.get(path).status for path in ('/vacancies?pageSize=1', '/employers?pageSize=1') * 6} == {200}
    holder = psycopg2.connect(weak.env['MAATWERK_PG'] + ' user=maatwerk_admin')
    holder.cursor().execute('lock table app.vacancy in access exclusive mode')
    threads = [threading.Thread(target=lambda: slow.append(Client(weak, 'consultant').get('/vacancies?pageSize=1').status))
               for _ in range(3)]
    for one in threads:
        one.start()
    time.sleep(0.2)
    quick = [Client(weak, 'consultant').get('/employers?pageSize=1').status for _ in range(6)]
    assert set(quick) == {200} and not slow
    holder.close()
    for one in threads:
        one.join()
    assert set(slow) == {200}


def test_a_statement_that_could_not_be_prepared_is_prepared_later(weak):
    """Somebody holds the table for longer than a statement waits; the connection must not remember the name."""
    import psycopg2
    consultant = Client(weak, 'consultant')
    holder = psycopg2.connect(weak.env['MAATWERK_PG'] + ' user=maatwerk_admin')
    holder.cursor().execute('lock table app.vacancy in access exclusive mode')
    with ThreadPoolExecutor(4) as threads:      # those that travel together too: their statement was never prepared (26000)
        assert set(threads.map(lambda _: Client(weak, 'consultant').get('/vacancies?sort=-reportedAt&pageSize=1').status, range(4))) <= {503, 504}
    holder.close()
    until(lambda: consultant.get('/vacancies?sort=-reportedAt&pageSize=1').status == 200)
    assert {consultant.get('/vacancies?sort=-reportedAt&pageSize=1').status for _ in range(20)} == {200}


def test_postgresql_goes_away_and_comes_back(weak):
    data, client = Path(weak.folder).resolve() / 'postgres', Client(weak, 'consultant')
    as_server(PG, '-D', data, '-m', 'immediate', '-w', 'stop')
    answer = client.get('/vacancies')
    assert answer.status == 503 and answer.problem == 'unavailable' and int(answer.headers['retry-after']) >= 1
    as_server(PG, '-D', data, '-l', data.parent / 'log/postgres.log', '-w', 'start')
    assert client.wait_for('/vacancies').status == 200


def test_connections_whose_server_falls_silent_are_given_up(weak):
    """As when a machine is gone without a word. New connections are answered."""
    calls = [(weak.token('consultant'), '/vacancies?pageSize=1')] * 16
    ask_together(weak, calls)
    silent = [row[0] for row in weak.sql("select pid from pg_stat_activity where application_name like 'maatwerk-employers:%'")]
    for pid in silent:
        os.kill(pid, signal.SIGSTOP)
    try:
        assert 504 in {status for status, _ in ask_together(weak, calls)}
        until(lambda: {status for status, _ in ask_together(weak, calls)} == {200})
        for _ in range(4):
            assert {status for status, _ in ask_together(weak, calls)} == {200}
    finally:
        for pid in silent:
            os.kill(pid, signal.SIGCONT)


def test_a_worker_that_dies_loses_nothing(weak):
    consultant = Client(weak, 'consultant')
    vacancies = [new_vacancy(weak) for _ in range(6)]
    for vacancy in vacancies:
        assert consultant.post(f'/vacancies/{vacancy}/screenings', {'verdict': 'suitable'}).status == 201
        for child in children(weak.processes['matching']):
            os.kill(child, signal.SIGKILL)
        time.sleep(0.2)
    for vacancy in vacancies:
        assert is_listed(consultant, vacancy)
    assert weak.sql('select count(*) from queue.dead')[0][0] == 0


def test_what_redis_handed_out_without_an_answer_is_read_again(weak):
    """The answer of a read is lost with its connection: the entries are pending for a worker that never saw them."""
    consultant, vacancy = Client(weak, 'consultant'), new_vacancy(weak)
    weak.wait_until_idle()
    at, stream = weak.redis(decode_responses=True), 'mw:{s0}:matching:p1'
    [child] = children(weak.processes['matching'])
    consumer = next(c['name'] for c in at.xinfo_consumers(stream, 'w') if f':{weak.processes["matching"].pid}:' in c['name']
                    and at.exists('mw:{s0}:hb:' + c['name']))
    os.kill(child, signal.SIGSTOP)
    assert consultant.post(f'/vacancies/{vacancy}/screenings', {'verdict': 'suitable'}).status == 201
    # by us, or by the read in which it was stopped
    until(lambda: at.xreadgroup('w', consumer, {stream: '>'}) or at.xpending(stream, 'w')['pending'])
    at.client_kill_filter(_type='normal', skipme=True)
    os.kill(child, signal.SIGCONT)
    assert is_listed(consultant, vacancy)


WITHIN = "select set_config('app.tenant', '1', false), set_config('app.role', 'system', false); "


def test_two_copies_become_equal(weak):
    """Each child has its own copy, and reads what it lacks: after many changes two children and a fresh one agree."""
    runs = "select v.id, r.considered, r.suitable, r.input_digest from app.match_run r join app.vacancy v on v.id = r.vacancy_id " \
           "and v.match_input = r.match_input where v.tenant_id = 1 and v.state = 'shortlisted' order by v.id"
    rematch = WITHIN + "update app.vacancy set match_input = match_input + 1 where tenant_id = 1 and state = 'shortlisted'"
    weak.processes.pop('matching').terminate()
    weak.start('matching', MAATWERK_CHILDREN='2')
    weak.sql(rematch)
    weak.wait_until_idle()
    for salt in range(4):
        weak.sql(WITHIN + f"update app.candidate set hours_min = 1 + (hashtext(id::text) & {3 + salt}), max_distance_km = 30 - {salt} "
                          "where tenant_id = 1")
    weak.sql(rematch)
    weak.wait_until_idle()
    first = weak.sql(runs)
    weak.processes.pop('matching').terminate()
    weak.sql(WITHIN + 'delete from app.match_run where tenant_id = 1; '
                      "select app.vacancy_request_match(v.tenant_id, v.id) from app.vacancy v where v.tenant_id = 1 and v.state = 'shortlisted'")
    weak.start('matching')
    weak.wait_until_idle()
    assert first and weak.sql(runs) == first


def test_sigterm_answers_what_is_under_way(weak):
    statuses = []

    def call():
        try:
            statuses.append(Client(weak, 'consultant').get('/vacancies?pageSize=100').status)
        except OSError:
            statuses.append(0) # came after the door was closed
    calls = [threading.Thread(target=call) for _ in range(20)]
    for one in calls:
        one.start()
    process = weak.processes.pop('all')
    process.send_signal(signal.SIGTERM)
    for one in calls:
        one.join()
    assert process.wait(15) == 0 and set(statuses) <= {0, 200}
    weak.start('all')
    weak.wait_ready()


def test_tokens_are_refused_in_production(weak):
    kept, weak.env['MAATWERK_ENV'] = weak.env['MAATWERK_ENV'], 'production'
    done = weak.command('token', '--role', 'consultant', '--tenant', 'gm9901', check=False)
    weak.env['MAATWERK_ENV'] = kept
    assert done.returncode == 1 and done.stdout == ''
