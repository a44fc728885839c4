# SPDX-License-Identifier: EUPL-1.2
"""Few connections to PostgreSQL, many threads: everything answers, and an operator can always log in."""
import copy
import http.client
import json
import re
import threading
from concurrent.futures import ThreadPoolExecutor

import psycopg2
import pytest

from region import SANITIZED, Client, Region, free_port, programs, until

MOST, THREADS = 88, 16
SERVICES, WORKERS = programs('service'), programs('worker', 'dispatcher')
READS = ('/vacancies', '/employers', '/candidates', '/proposals', '/occupations', '/projects', '/signals')     # of each service


@pytest.fixture(scope='module')
def narrow():
    with Region.started('narrow', SANITIZED, candidates=420) as made:
        made.sql(f'alter system set max_connections = {MOST}')
        made.stop_servers()
        made.start_servers()
        made.env['MAATWERK_THREADS'] = str(THREADS)
        made.command('migrate')
        made.start_programs()
        yield made


def limits(region):
    return dict(region.sql("select substr(rolname, 10), rolconnlimit from pg_roles where rolname like 'maatwerk%' and rolcanlogin"))


def used(region):
    return dict(region.sql("select substr(usename, 10), count(*)::int from pg_stat_activity where usename like 'maatwerk%' group by 1"))


def figures(management, name):
    """The values of a metric of all loops and pools."""
    connection = http.client.HTTPConnection('127.0.0.1', management, timeout=5)
    connection.request('GET', '/metrics')
    return [int(value) for value in re.findall(rf'^maatwerk_{name}{{.*}} (\d+)$', connection.getresponse().read().decode(), re.M)]


def loops_awake(management, services=1):
    return sum(value > 0 for value in figures(management, 'pool_limit')) // (2 * services)


def beside(region):
    """The same region, with a service on other ports."""
    made = copy.copy(region)
    made.port, made.management = free_port(), free_port()
    return made


def listens(region):
    return {'MAATWERK_LISTEN': f'127.0.0.1:{region.port}', 'MAATWERK_MANAGEMENT': f'127.0.0.1:{region.management}'}


def ask(region, count=600, at_once=24):
    """Statuses of calls that all services answer, many at a time: lists, and one of seven adds a vacancy."""
    consultant, employer = Client(region, 'consultant'), Client(region, 'employer')
    vacancy = {'employerId': employer.get('/user-profile').json['organisationId'], 'title': 'x', 'kind': 'regular', 'hoursMin': 8,
               'occupationId': consultant.get('/occupations?pageSize=1').json['items'][0]['id'], 'hoursMax': 36, 'pc4': '5012', 'positions': 1}

    def call(i):
        if i % 8 == 7:
            return employer.post('/vacancies', vacancy).status
        return consultant.get(f'{READS[i % 8]}?pageSize=2').status
    with ThreadPoolExecutor(at_once) as threads:
        return set(threads.map(call, range(count)))


def take_all(region, program):
    """Connections of a program, until it gets no more."""
    taken = []
    while True:
        try:
            taken.append(psycopg2.connect(region.env['MAATWERK_PG'] + f' user=maatwerk_{program}'))
        except psycopg2.OperationalError as refused:
            assert f'too many connections for role "maatwerk_{program}"' in str(refused)
            return taken


def test_each_program_has_its_share_and_operators_the_rest(narrow):
    found, reserved = limits(narrow), int(narrow.sql('show superuser_reserved_connections')[0][0])
    shares = {found[program] for program in SERVICES + WORKERS}
    assert len(shares) == 1 and shares.pop() >= 4
    assert found['cli'] == found['admin'] == -1
    assert sum(found[program] for program in SERVICES + WORKERS) <= MOST - reserved - 3


def test_shares_can_be_weighed(narrow):
    even = limits(narrow)
    try:
        narrow.env['MAATWERK_SHARES'] = 'matching=3,dispatcher=1'
        narrow.command('migrate')
        weighed = limits(narrow)
        assert weighed['matching'] > 2 * even['matching'] and weighed['employers'] == weighed['dispatcher'] < even['employers']
        narrow.env['MAATWERK_SHARES'] = "matching=3'; drop"
        assert narrow.command('migrate', check=False).returncode == 1
    finally:
        del narrow.env['MAATWERK_SHARES']
        narrow.command('migrate')
    assert limits(narrow) == even


def test_many_threads_share_few_connections(narrow):
    assert until(lambda: 2 <= loops_awake(narrow.management, len(SERVICES)) < THREADS)
    most, stop = {}, threading.Event()

    def watch():
        while not stop.is_set():
            for program, count in used(narrow).items():
                most[program] = max(count, most.get(program, 0))
    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        assert ask(narrow) == {200, 201}
    finally:
        stop.set()
        watcher.join()
    found = limits(narrow)
    assert all(most[program] < found[program] for program in SERVICES), 'some are left for a process that starts'


def test_what_is_full_goes_on_with_what_it_has_and_operators_can_log_in(narrow):
    assert ask(narrow) == {200, 201}
    taken = [connection for program in SERVICES + WORKERS for connection in take_all(narrow, program)]
    try:
        assert taken
        assert ask(narrow) == {200, 201}
        assert narrow.command('queue', 'stats').returncode == 0
        assert narrow.sql('select 1', user='maatwerk_cli') == [(1,)]
    finally:
        for connection in taken:
            connection.close()
    assert ask(narrow, 60) == {200, 201}


def take_every(region):
    """All connections that are left for others than superusers, as an operator who has no limit can take them."""
    taken = []
    while True:
        try:
            taken.append(psycopg2.connect(region.env['MAATWERK_PG'] + ' user=maatwerk_cli'))
        except psycopg2.OperationalError as refused:
            assert 'connection slots' in str(refused)
            return taken


def test_attack_18_nothing_but_an_operator_can_take_every_connection(narrow):
    """All programs at their limits leave connections for operators; and whatever operators do leaves some for administrators."""
    taken = [connection for program in SERVICES + WORKERS for connection in take_all(narrow, program)]
    try:
        assert all(narrow.sql('select 1', user='maatwerk_cli') == [(1,)] for _ in range(3))
        taken += take_every(narrow)
        assert narrow.sql('select 1') == [(1,)]
    finally:
        for connection in taken:
            connection.close()


def test_attack_09_postgresql_without_connections_is_named_and_survived(narrow):
    """A service that gets none says so to its clients, and goes on when it gets one. The doctor comes in by the administrators' door."""
    token, late, taken = narrow.token('consultant'), beside(narrow), take_every(narrow)
    try:
        narrow.start('platform', 'late', **listens(late))
        until(lambda: status(late.port, token) == (503, True), say=lambda: status(late.port, token))
        found = narrow.command('queue', 'doctor', '--json', check=False)
        findings = {f['code']: f for f in map(json.loads, found.stdout.splitlines())}
        assert found.returncode == 0 and not findings['connections']['ok'], found.stderr
        assert findings['connections']['number'] >= MOST - 5 - 1
    finally:
        for connection in taken:
            connection.close()
    late.wait_ready()
    assert Client(late, 'consultant').get('/user-profile').status == 200
    until(lambda: json.loads([line for line in narrow.command('queue', 'doctor', '--json').stdout.splitlines() if '"connections"' in line][0])['ok'])
    narrow.processes.pop('late').terminate()


def status(port, token):
    """(status, whether it says when to come again) of a call; None while nobody listens."""
    try:
        connection = http.client.HTTPConnection('127.0.0.1', port, timeout=10)
        connection.request('GET', '/v1/user-profile', headers={'Authorization': f'Bearer {token}'})
        answer = connection.getresponse()
        return answer.status, int(answer.headers.get('retry-after', 0)) >= 1
    except OSError:
        return None


def test_the_processes_of_a_service_share_its_connections(narrow):
    """Loops of the first go to rest when a second one comes, and wake up when it goes, without a client that notices."""
    first, second = beside(narrow), beside(narrow)
    statuses, stop = set(), threading.Event()

    def call():
        consultant = Client(first, 'consultant')
        while not stop.is_set():
            statuses.add(consultant.get('/vacancies?pageSize=1').status)
    try:
        narrow.stop_programs()
        narrow.sql('alter role maatwerk_employers connection limit 14')
        narrow.start('employers', known_as='first', **listens(first))
        first.wait_ready()
        assert until(lambda: loops_awake(first.management) == 5)       # (14 - 2) / 1 - 1 connections, two for each
        caller = threading.Thread(target=call)
        caller.start()
        narrow.start('employers', known_as='second', **listens(second))
        second.wait_ready()
        assert until(lambda: loops_awake(first.management) == loops_awake(second.management) == 2)
        assert {Client(second, 'consultant').get('/vacancies?pageSize=1').status for _ in range(50)} == {200}
        narrow.processes['second'].terminate()
        narrow.processes.pop('second').wait()
        assert until(lambda: loops_awake(first.management) == 5)
        stop.set()
        caller.join()
        assert statuses == {200}
    finally:
        stop.set()
        narrow.stop_programs()
        narrow.command('migrate')
        narrow.start_programs()


def test_the_setting_of_a_process_is_kept(narrow):
    try:
        narrow.stop_programs()
        narrow.env['MAATWERK_CONNECTIONS'] = str(2 * len(SERVICES))
        narrow.start_programs()
        assert until(lambda: loops_awake(narrow.management, len(SERVICES)) == 1)
        assert sum(figures(narrow.management, 'pool_limit')) == 2 * len(SERVICES)
        assert ask(narrow, 200) == {200, 201}
    finally:
        del narrow.env['MAATWERK_CONNECTIONS']


def test_a_worker_has_no_more_children_than_connections(narrow):
    """And a child that cannot connect leaves the jobs to those that can."""
    narrow.stop_programs()
    narrow.start('all')
    narrow.start('dispatcher')
    narrow.start('matching', MAATWERK_CHILDREN='12')
    narrow.wait_ready()
    share = limits(narrow)['matching']
    assert until(lambda: f'"children":{share // 2}' in narrow.log('matching'))
    assert until(lambda: used(narrow).get('matching', 0) >= share // 2)
    narrow.sql('alter role maatwerk_matching connection limit 1')
    narrow.sql("select pg_terminate_backend(pid) from pg_stat_activity where usename = 'maatwerk_matching'")
    narrow.sql("select queue.enqueue('match_candidate', tenant_id, jsonb_build_object('candidate', id)) from app.candidate limit 60")
    assert until(lambda: narrow.sql('select count(*) from queue.job') == [(0,)])
    assert used(narrow)['matching'] == 1
