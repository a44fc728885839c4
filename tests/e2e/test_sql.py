# SPDX-License-Identifier: EUPL-1.2
"""Every named statement prepares as the role that runs it; lists use their indexes."""
import sys

import psycopg2
import pytest

from region import ROOT, programs

sys.path.insert(0, str(ROOT / 'openapi'))
from generator import sql  # noqa: E402

PROGRAMS = sql.read(ROOT / 'sql/queries')
ROLE = {'db': programs('service')[0], 'server': programs('service')[0], 'queue': programs('worker')[0]}
QUERIES = [(program, query) for program, queries in PROGRAMS.items() for query in queries]
def sorts(query):
    """Its sorts, and the order of somebody who reads after a position."""
    return [*query.sorts, *[('after', query.changes, 'xid8', 'changed_in')] * bool(query.changes)]


LISTS = [(program, query, sort) for program, query in QUERIES for sort in sorts(query)]


def test_nothing_of_a_read_is_left_for_the_next_one_of_its_group(region):
    """Reads of several people share a transaction: a setting that is not set is that of the one before."""
    query, = [q for _, q in QUERIES if q.name == 'context_set']
    names = [name for _, name in query.arguments]
    connection = psycopg2.connect(region.env['MAATWERK_PG'] + f' user=maatwerk_{ROLE["server"]}')
    try:
        with connection.cursor() as cursor:
            cursor.execute(f'prepare x as {query.text}')
            full = {name: 'x' for name in names} | {'role': 'system', 'tenant': '1', 'read_only': 'on', 'hat': None, 'version': None}
            for values in (full, {'role': 'system', 'read_only': 'on'}):
                cursor.execute('execute x (' + ', '.join(['%s'] * len(names)) + ')', [values.get(name) for name in names])
            cursor.execute("select s, current_setting('app.' || s, true) from unnest(array['tenant', 'actor', 'org', 'scope', 'call']) s")
            assert {value for _, value in cursor.fetchall()} == {''}
    finally:
        connection.close()


@pytest.mark.parametrize('program,query', QUERIES, ids=[q.name for _, q in QUERIES])
def test_statement_prepares(region, program, query):
    connection = psycopg2.connect(region.env['MAATWERK_PG'] + f' user=maatwerk_{ROLE.get(program, program)}')
    try:
        with connection.cursor() as cursor:
            if query.text.split()[0] not in ('begin', 'commit', 'savepoint', 'rollback'):
                cursor.execute(f'prepare x as {query.text.replace("%", "%%") if False else query.text}')
    finally:
        connection.close()


@pytest.mark.parametrize('program,query,sort', LISTS, ids=[f'{q.name} {s[0]}' for _, q, s in LISTS])
def test_list_prepares_with_each_filter(region, program, query, sort):
    name, column, kind, result = sort
    key, _, key_kind = query.key
    n = len(query.arguments)
    connection = psycopg2.connect(region.env['MAATWERK_PG'] + f' user=maatwerk_{program}')
    try:
        with connection.cursor() as cursor:
            for _, predicate in [(None, 'true')] + query.filters:
                text = predicate.replace('%%', '\0').replace('%', f'${n + 1}').replace('\0', '%')
                start = n + ('%' in predicate)
                cursor.execute(f'prepare x as {query.text} and {text} and ({column}, {key}) > '
                               f'(${start + 1}::{kind}, ${start + 2}::{key_kind}) order by {column}, {key} '
                               f'limit ${start + 3}::int')
                cursor.execute('deallocate x')
    finally:
        connection.close()


def plain(query):
    """The arguments of a list that select rows: not those that say what is shown, and in which language."""
    return [name for _, name in query.arguments if name != 'language' and not name.startswith('shows_')]


def nodes(plan):
    yield plan
    for child in plan.get('Plans', []):
        yield from nodes(child)


OPEN = [(program, query, sort) for program, query, sort in LISTS if ' app.' in query.text and not plain(query)]


# what need not walk the index of its sort: why
SORTED = {('work_list_page', 'whose=people'): 'what is open about the people of one caseload is little',
          ('work_list_page', 'whose=deputised'): 'what is open of the colleagues of one deputy is little'}


def variants(query):
    """[(name, predicate)]: the list without a filter and with each one. A filter whose values have predicates of their own always holds with one
    of them."""
    choices = [one for one in query.filters if '=' in one[0] and (query.name, one[0]) not in SORTED]
    others = [one for one in query.filters if '=' not in one[0]]
    if not choices:
        return [(None, 'true'), *others]
    return [*choices, *((name, f'{choices[0][1]} and {predicate}') for name, predicate in others)]


EACH = [(program, query, sort, one) for program, query, sort in OPEN for one in variants(query)
        if one[0] != 'after' or sort[0] == 'after']
SAMPLES = {'uuid': '01920000-0000-7000-8000-000000000001', 'date': '2026-01-01', 'timestamptz': '2026-01-01T00:00:00Z',
           'boolean': 'true', 'xid8': '1', 'bigint': '1', 'int': '1', 'smallint': '1'}


def sample(predicate):
    if '/' in predicate:
        return f'1/{SAMPLES["uuid"]}'
    return next((value for kind, value in SAMPLES.items() if f'::{kind}' in predicate), 'x')


@pytest.mark.parametrize('program,query,sort,one', EACH, ids=[f'{q.name} {s[0]} {o[0] or "all"}' for _, q, s, o in EACH])
def test_list_walks_its_index(region, program, query, sort, one):
    """A page in the middle of a list, with no filter and with each one, is read from the index of its sort: municipality and
    place are conditions of the scan, and nothing is sorted."""
    _, column, kind, _ = sort
    key, _, key_kind = query.key
    n = len(query.arguments)
    predicate = one[1].replace('%%', '\0').replace('%', f'${n + 3}').replace('\0', '%')
    values = ['nl' if name == 'language' else 'true' for _, name in query.arguments]
    values += [SAMPLES.get(kind, 'x'), SAMPLES['uuid']] + ([sample(predicate)] if '$' in predicate else [])
    connection = psycopg2.connect(region.env['MAATWERK_PG'] + f' user=maatwerk_{program}')
    try:
        with connection.cursor() as cursor:
            cursor.execute("select set_config('app.tenant', '1', true), set_config('app.scope', 'tenant', true), "
                           "set_config('enable_seqscan', 'off', true), set_config('enable_bitmapscan', 'off', true), "
                           "set_config('enable_sort', 'off', true), "
                           "set_config('plan_cache_mode', 'force_generic_plan', true)")
            cursor.execute(f'prepare x as {query.text} and {predicate} and ({column}, {key}) > (${n + 1}::{kind}, ${n + 2}::{key_kind}) '
                           f'order by {column}, {key} limit 21')
            cursor.execute('explain (format json) execute x (' + ', '.join(f"'{value}'" for value in values) + ')')
            plan = cursor.fetchone()[0][0]['Plan']
    finally:
        connection.close()
    found = list(nodes(plan))
    assert not [n for n in found if n['Node Type'] == 'Sort'], plan
    conditions = ' '.join(n.get('Index Cond', '') for n in found)
    assert 'tenant_id' in conditions and column.split('.')[1] in conditions, conditions
