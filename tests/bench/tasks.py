#!/usr/bin/python3
# SPDX-License-Identifier: EUPL-1.2
"""make bench-tasks: the work list with 2,000 and with 200,000 open tasks in a municipality, in turns with pgbench on the same statement;
lines as in lines.py."""
import re
import statistics
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
sys.path.insert(0, str(Path(__file__).resolve().parents[2] / 'openapi'))
from generator import sql  # noqa: E402
from lines import line, misses  # noqa: E402
from region import BIN, ROOT, Client, Region  # noqa: E402

FEW, MANY, USERS, ROUNDS, SECONDS = 2000, 200000, 40, 7, 2
QUERIES = {query.name: query for queries in sql.read(ROOT / 'sql/queries').values() for query in queries}
FILL = """set session_replication_role = replica;
    insert into app.subject (tenant_id, id, noun, wall, employer_id) select e.tenant_id, e.id, 'employer', 'employer', e.id from app.employer e
    where e.tenant_id = 1 on conflict do nothing;
    insert into app.task (tenant_id, id, kind, subject_id, wall, noun, employer_id, state, owner_user_id, due_at, clock_from, urgent, desk_id, rank_at, made_at,
                          version, changed_at, changed_in)
    select 1, gen_random_uuid(), 'promise', e.ids[1 + n %% cardinality(e.ids)], 'employer', 'employer', e.ids[1 + n %% cardinality(e.ids)], 'open',
           case when n %% 3 > 0 then u.ids[1 + n %% cardinality(u.ids)] end, clock.now() + n * interval '1 minute', clock.now(), false, app.task_no_desk(),
           clock.now() + n * interval '1 minute', clock.now(), 1, clock.now(), pg_current_xact_id()
    from generate_series(%s, %s) n, (select array_agg(id) as ids from app.employer where tenant_id = 1) e,
         (select array[%s::uuid] || array_agg(id) as ids from (select id from app.user_account where tenant_id = 1 limit %s) x) u"""


def statement(whose):
    """The statement of a first page as pgbench takes it, with everything that a row can have."""
    page = QUERIES['work_list_page']
    text = page.text
    for i, (_, name) in reversed(list(enumerate(page.arguments, 1))):
        text = re.sub(rf'\${i}(?!\d)', "'nl'" if name == 'language' else "'true'", text)
    predicate = dict(page.filters)[f'whose={whose}']
    return f'{text} and ({predicate}) order by t.rank_at, t.id limit 21;\n'


def context(actor):
    values = {'tenant': '1', 'actor': actor, 'org': '', 'role': 'consultant', 'scope': 'tenant'}
    return 'select ' + ', '.join(f"set_config('app.{name}', '{value}', true)" for name, value in values.items()) + ';\n'


def pgbench(region, actor, whose):
    file = Path(region.folder).resolve() / 'work_list.sql'
    file.write_text('\\startpipeline\n' + context(actor) + statement(whose) + '\\endpipeline\n')
    host = re.search(r'host=(\S+)', region.env['MAATWERK_PG']).group(1)
    done = subprocess.run(['/usr/lib/postgresql/15/bin/pgbench', '-n', '-M', 'prepared', '-c', '4', '-j', '2', '-T', str(SECONDS), '-f', file, '-h', host,
                           '-U', 'maatwerk_platform', 'maatwerk'], text=True, capture_output=True)
    found = re.search(r'tps = ([\d.]+)', done.stdout)
    if not found:
        raise RuntimeError(done.stderr[-1500:])
    return float(found.group(1))


def wrk(region, client, whose):
    text = subprocess.run(['wrk', '-t1', '-c32', f'-d{SECONDS}', '-H', f'Authorization: Bearer {client.token}',
                           f'http://127.0.0.1:{region.port}/v1/work-list?whose={whose}'], text=True, capture_output=True).stdout
    assert 'Non-2xx' not in text, text
    return float(re.search(r'Requests/sec: +([\d.]+)', text).group(1))


def measure(region, client, actor, whose):
    """Medians: (our rate, that of pgbench, their ratio in each round)."""
    rounds = [(wrk(region, client, whose), pgbench(region, actor, whose)) for _ in range(1 + ROUNDS)][1:]
    return [statistics.median(column) for column in (*zip(*rounds), [ours / theirs for ours, theirs in rounds])]


def main():
    with Region.started('bench-tasks', BIN, candidates=5600) as region:
        region.sql('alter role maatwerk_platform connection limit 100')
        region.start_programs()
        region.wait_until_idle()
        client = Client(region, 'consultant')
        actor = client.get('/user-profile').json['id']
        rates = {}
        for many, begin in ((FEW, 1), (MANY, FEW + 1)):
            region.sql(FILL, (begin, many, actor, USERS))
            region.sql('vacuum analyze app.task')
            for whose in ('me', 'desk', 'team'):
                rates[many, whose] = measure(region, client, actor, whose)
        for whose in ('me', 'desk', 'team'):
            few, much = 1e6 / rates[FEW, whose][0], 1e6 / rates[MANY, whose][0]
            line(f'work_list_{whose}_200000_us', much, few, '<=1.5', much <= 1.5 * few)
            ours, theirs, ratio = rates[MANY, whose]
            line(f'work_list_{whose}_per_s', ours, theirs, '>=0.75', ratio >= 0.75, ratio)
    return 1 if misses else 0


if __name__ == '__main__':
    sys.exit(main())
