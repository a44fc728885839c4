# SPDX-License-Identifier: EUPL-1.2
"""make bench-figures: a figure over many records. They are vacancies of three years, with sectors, kinds, reporters and neighbourhoods. A figure is
counted by a job, so what a user waits for is the reading."""
import statistics
import sys
import time

from lines import line, misses

from region import Client, Region

RECORDS = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
FILL = """set session_replication_role = replica;
    insert into app.vacancy select (jsonb_populate_record(v, jsonb_build_object('id', gen_random_uuid(), 'employer_id', e.id, 'state', 'closed',
        'kind', (array['regular', 'temp', 'seasonal', 'internship', 'subsidised'])[1 + n %% 5], 'reported_by_organisation', o.ids[1 + n %% 7], 'project_id', null,
        'reported_at', clock.now() - make_interval(hours => n %% 26000)))).*
    from generate_series(%s, %s) n
    join (select id, row_number() over (order by id) - 1 as k, count(*) over () as many from app.employer where tenant_id = 1) e on e.k = n %% e.many
    cross join (select array_agg(id order by id) || null::uuid as ids from app.organisation where tenant_id = 1) o
    cross join (select x from app.vacancy x where x.tenant_id = 1 order by x.id limit 1) t (v)"""
CONTEXT = "select set_config('app.tenant', '1', false), set_config('app.scope', 'tenant', false), set_config('app.role', 'system', false)"
ASKED = {'months': 'reported', 'by sector': 'reported?groupBy=sector', 'by sector of one kind': 'reported?groupBy=sector&kind=temp',
         'three years by reporter': 'reported?groupBy=organisation&dayFrom=2024-01-01'}


def median_ms(call, times=31):
    took = []
    for _ in range(times):
        began = time.perf_counter()
        assert call().status == 200
        took.append((time.perf_counter() - began) * 1000)
    return statistics.median(took)


with Region.started('bench-figures', 'build/release/bin', candidates=420) as region:
    region.start_programs()
    region.wait_until_idle()
    for start in range(0, RECORDS, 50_000):
        region.sql(FILL, (start, min(start + 50_000, RECORDS) - 1))
    region.sql('analyze app.vacancy')
    began = time.perf_counter()
    region.sql(f'{CONTEXT}; select app.figures_count()')
    line(f'count_figures_{RECORDS}_s', time.perf_counter() - began, goal='<=600', good=time.perf_counter() - began <= 600)
    for role in ('analyst', 'team_lead'):
        client = Client(region, role)
        for name, path in ASKED.items():
            took = median_ms(lambda: client.get(f'/figures/{path}'))
            line(f'figure_{role}_{name.replace(" ", "_")}_ms', took, goal='<=100', good=took <= 100)
sys.exit(1 if misses else 0)
