#!/usr/bin/python3
# SPDX-License-Identifier: EUPL-1.2
"""make bench: figures of this machine, as ratios in one run against pgbench with the same statements, and against a service in
Go and pgx that does the same (gopeer/); lines as in lines.py."""
import json
import re
import socket
import statistics
import subprocess
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
sys.path.insert(0, str(Path(__file__).resolve().parents[2] / 'openapi'))
from generator import sql  # noqa: E402
from gopeer import same_vacancy, started, try_peer  # noqa: E402
from lines import cpu_s, line, misses, postgres_pid  # noqa: E402
from region import BIN, ROOT, Client, Region, free_port, until_ready  # noqa: E402

ROUNDS, SECONDS = 7, 2
CPU_RATIO = 3.3     # 20 µs where an empty answer costs 6.06 µs: two quiet cores, 2026-11-28
LOG_RATIO = 1.35
PGBENCH = '/usr/lib/postgresql/15/bin/pgbench'


def cpu_us(pid):
    """Microseconds of CPU of all threads of a process."""
    return sum(int((task / 'schedstat').read_text().split()[0]) for task in Path(f'/proc/{pid}/task').iterdir()) / 1000


def wrk(port, path, token, connections=32, script=None):
    words = ['wrk', '-t1', f'-c{connections}', f'-d{SECONDS}', '-H', f'Authorization: Bearer {token}']
    if script:
        words += ['-s', script]
    text = subprocess.run([*words, f'http://127.0.0.1:{port}{path}'], text=True, capture_output=True).stdout
    if 'Non-2xx' in text:
        print('# ' + re.search(r'Non-2xx.*', text).group(0))
    requests = int(re.search(r'(\d+) requests in', text).group(1))
    return float(re.search(r'Requests/sec: +([\d.]+)', text).group(1)), requests


def pgbench(region, script, user, clients, **variables):
    file = Path(region.folder).resolve() / 'bench.sql'
    file.write_text(script)
    words = [word for name, value in variables.items() for word in ('-D', f'{name}={value}')]
    host = re.search(r'host=(\S+)', region.env['MAATWERK_PG']).group(1)
    done = subprocess.run([PGBENCH, '-n', '-M', 'prepared', '-c', str(clients), '-j', '2', '-T', str(SECONDS), '-f', file,
                           '-h', host, '-U', f'maatwerk_{user}', *words, 'maatwerk'], text=True, capture_output=True)
    match = re.search(r'tps = ([\d.]+)', done.stdout)
    if not match:
        raise RuntimeError(done.stderr[-1500:])
    return float(match.group(1))


QUERIES = {query.name: query for queries in sql.read(ROOT / 'sql/queries').values() for query in queries}


def statement(name):
    """The statement as pgbench takes it: named variables instead of numbers."""
    query = QUERIES[name]
    text = query.text
    for i in range(len(query.arguments), 0, -1):
        text = re.sub(rf'\${i}(?!\d)', f':{query.arguments[i - 1][1]}', text)
    return text


def context(region, actor, read_only):
    """`actor` is a consultant; the hat of the account has the identifier of the user."""
    text = statement('context_set').replace(':hat', ':actor')
    version = region.sql('select version from entry.hat where id = %s', (actor,))[0][0]
    for name, value in {'organisation': '', 'role': 'consultant', 'version': version, 'scope': 'tenant', 'call': 'bench', 'read_only': read_only}.items():
        text = text.replace(f':{name}', f"'{value}'")
    return text + ';\n'


def in_turns(sides):
    """{side: figures}, one of each side in every round: a busy neighbour meets them all. A first round is not counted."""
    rounds = [{name: measure() for name, measure in sides.items()} for _ in range(1 + ROUNDS)][1:]
    return {name: [figures[name] for figures in rounds] for name in sides}


def compare(name, taken, ref, goal):
    """Our rate beside that of `ref`, by the median of the rounds."""
    if ref not in taken:
        line(name, statistics.median(taken['ours']), None, f'>={goal}', False)
        return
    ratio = statistics.median(ours / theirs for ours, theirs in zip(taken['ours'], taken[ref]))
    line(name, statistics.median(taken['ours']), statistics.median(taken[ref]), f'>={goal}', ratio >= goal, ratio)


def cpu_per_request(pid, port, path, token):
    before = cpu_us(pid)
    requests = wrk(port, path, token)[1]
    return (cpu_us(pid) - before) / max(requests, 1)


def bench_read(region, peer, client, vacancy, tenant, actor):
    path, token = f'/v1/vacancies/{vacancy}', client.token
    script = '\\startpipeline\n' + context(region, actor, 'on') + statement('vacancy_get') + ';\n\\endpipeline\n'
    sides = {'pgbench': lambda: pgbench(region, script, 'employers', 4, id=vacancy, tenant=tenant, actor=actor),
             'ours': lambda: wrk(region.port, path, token)[0]}
    with started(peer, 8) as go:
        if go:
            same_vacancy(client.get(path), Client(go, 'consultant').get(path))
            sides['go'] = lambda: wrk(go.port, path, token)[0]
        taken = in_turns(sides)
    compare('read_vacancy_per_s', taken, 'pgbench', 0.65)
    compare('read_vacancy_beside_go_per_s', taken, 'go', 2.5)
    bench_cpu(region, path, token)


def bench_cpu(region, path, token):
    """CPU of the service per read, judged beside that of an answer without a token, statement or body."""
    pid = region.processes['all'].pid
    taken = in_turns({'read': lambda: cpu_per_request(pid, region.port, path, token),
                      'empty': lambda: cpu_per_request(pid, region.management, '/healthz/live', token)})
    ratio = statistics.median(read / empty for read, empty in zip(taken['read'], taken['empty']))
    line('read_vacancy_service_cpu_us', statistics.median(taken['read']), statistics.median(taken['empty']),
         f'<={CPU_RATIO}', ratio <= CPU_RATIO, ratio)


def bench_log(region, client, candidate):
    """What the processing log costs: CPU of the service and of PostgreSQL for each read of a candidate, beside the same service without
    the log (unlogged.c), in turns on one database."""
    path, port = f'/v1/candidates/{candidate}', free_port()
    region.bin = BIN.parent / 'bench'
    region.start('all', known_as='unlogged', MAATWERK_LISTEN=f'127.0.0.1:{port}', MAATWERK_MANAGEMENT=f'127.0.0.1:{free_port()}')
    region.bin = BIN
    until_ready(region.processes['unlogged'])

    def cost(name, here):
        before = cpu_s(region.processes[name].pid, postgres_pid(region))
        requests = wrk(here, path, client.token)[1]
        return (cpu_s(region.processes[name].pid, postgres_pid(region)) - before) * 1e6 / max(requests, 1)
    taken = in_turns({'logged': lambda: cost('all', region.port), 'unlogged': lambda: cost('unlogged', port)})
    region.processes.pop('unlogged').terminate()
    ratio = statistics.median(with_log / without for with_log, without in zip(taken['logged'], taken['unlogged']))
    line('read_candidate_logged_cpu_us', statistics.median(taken['logged']), statistics.median(taken['unlogged']), f'<={LOG_RATIO}',
         ratio <= LOG_RATIO, ratio)


def bench_create(region, peer, client, body, tenant, actor):
    lua = Path(region.folder).resolve() / 'create.lua'
    lua.write_text('local n = 0\nlocal tag = tostring(os.time()) .. tostring(math.random(1e9))\nrequest = function()\n  n = n + 1\n'
                   '  return wrk.format("POST", nil, {["Content-Type"] = "application/json", ["Authorization"] = wrk.headers["Authorization"],'
                   ' ["Idempotency-Key"] = tag .. "-" .. wrk.port .. "-" .. n}, [[' + body['text'] + ']])\nend\n')
    insert = statement('vacancy_insert')
    for name, value in body['columns'].items():
        insert = re.sub(rf':{name}\b', value, insert)
    insert = re.sub(r'(?<!:):(?!:)(description|competences|conditions|shifts|start_date|needed_by|wage_text|internal_note|assignee_id|'
                    r'neighbourhood|site_id|hand_over_date|first_look_until|off_season|off_season_months|residence_neighbourhood|client_employer_id|'
                    r'client_organisation_id|carved_from_id|source|project_id)\b',
                    'null::text', insert)
    insert = re.sub(r'(?<!:):id\b', 'md5(:n::text || random())', insert)
    script = '\\set n random(1, 1000000000)\n\\startpipeline\n' + context(region, actor, 'off') + \
        "select idempotency.begin('bench', :n || md5(random()::text), 'f', 201, null);\n" + insert + ';\n\\endpipeline\n'
    sides = {'pgbench': lambda: pgbench(region, script, 'employers', 16, tenant=tenant, actor=actor),
             'ours': lambda: wrk(region.port, '/v1/vacancies', client.token, 64, lua)[0]}
    with started(peer, 16) as go:
        if go:
            asked = json.loads(body['text'])
            same_vacancy(client.post('/vacancies', asked), Client(go, 'consultant').post('/vacancies', asked))
            sides['go'] = lambda: wrk(go.port, '/v1/vacancies', client.token, 64, lua)[0]
        taken = in_turns(sides)
    compare('create_vacancy_per_s', taken, 'pgbench', 0.65)
    compare('create_vacancy_beside_go_per_s', taken, 'go', 1.2)


def bench_connections(region):
    sockets = [socket.create_connection(('127.0.0.1', region.port)) for _ in range(1000)]
    time.sleep(0.5)
    rss = int(re.search(r'VmRSS:\s+(\d+)', Path(f'/proc/{region.processes["all"].pid}/status').read_text()).group(1)) / 1024
    for one in sockets:
        one.close()
    line('rss_1000_connections_mb', rss, None, '<=40', rss <= 40)


def bench_ready(region):
    times = []
    for _ in range(5):
        process = region.processes.pop('all')
        process.terminate()
        process.wait()
        from_s = time.monotonic()
        region.start('all')
        region.wait_ready()
        times.append((time.monotonic() - from_s) * 1000)
    took = statistics.median(times)
    line('ready_ms', took, None, '<=100', took <= 100)


def bench_engine():
    took = int(subprocess.run([ROOT / 'build/release/bench_rank'], text=True, capture_output=True).stdout)
    line('engine_one_vacancy_100000_us', took, None, '<=5000', took <= 5000)


def bench_shortlist(region, consultant, employer, body, count=100):
    import psycopg2
    connection = psycopg2.connect(region.env['MAATWERK_PG'] + ' user=maatwerk_admin')
    connection.autocommit = True
    cursor, times = connection.cursor(), []
    for _ in range(count):
        vacancy = employer.post('/vacancies', json.loads(body)).json['id']
        time.sleep(0.03)
        answer = consultant.post(f'/vacancies/{vacancy}/screenings', {'verdict': 'suitable'})
        from_s = time.monotonic()
        assert answer.status == 201
        while True:
            cursor.execute('select 1 from app.match_run where vacancy_id = %s', (vacancy,))
            if cursor.fetchone():
                break
        times.append((time.monotonic() - from_s) * 1000)
    times.sort()
    p50, p99 = times[count // 2], times[count * 99 // 100]
    line('verdict_to_shortlist_p50_ms', p50, None, '<=25', p50 <= 25)
    line('verdict_to_shortlist_p99_ms', p99, None, '<=100', p99 <= 100)


def main():
    with Region.started('bench', BIN, candidates=5600) as region:
        region.sql('alter role maatwerk_employers connection limit 100')     # pgbench and the reference log in beside our service
        region.start_programs()
        while region.sql('select count(*) from queue.job')[0][0]:
            time.sleep(0.1)
        consultant, employer = Client(region, 'consultant'), Client(region, 'employer')
        profile = consultant.get('/user-profile').json
        own = employer.get('/user-profile').json['organisationId']
        tenant = region.sql("select tenant_id from ref.tenant where code = 'gm9901'")[0][0]
        occupation = consultant.get('/occupations?labelPrefix=warehouse%20worker').json['items'][0]['id']
        text = json.dumps({'employerId': own, 'title': 'Bench', 'kind': 'regular', 'occupationId': occupation, 'hoursMin': 8,
                           'hoursMax': 36, 'pc4': '5012', 'positions': 1, 'candidatesWanted': 5})
        columns = {'employer_id': f"'{own}'", 'title': "'Bench'", 'kind': "'regular'", 'occupation_id': f"'{occupation}'",
                   'hours_min': '8', 'hours_max': '36', 'postcode4': "'5012'", 'positions': '1', 'candidates_wanted': '5'}
        vacancy = consultant.get('/vacancies?pageSize=1').json['items'][0]['id']
        bench_engine()
        bench_shortlist(region, consultant, employer, text)
        peer = try_peer(region, QUERIES)
        bench_read(region, peer, consultant, vacancy, tenant, profile['id'])
        bench_log(region, consultant, consultant.get('/candidates?pageSize=1').json['items'][0]['id'])
        bench_connections(region)
        bench_ready(region)
        bench_create(region, peer, consultant, {'text': text, 'columns': columns}, tenant, profile['id'])
    return 1 if misses else 0


sys.exit(main())
