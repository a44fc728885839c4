# SPDX-License-Identifier: EUPL-1.2
"""What reserved memory cannot hold is refused when it is generated; what it can hold is not."""
import re
import subprocess

import pytest

import tiny
from generator import emit_contract, emit_sql, names, sql
from generator.limits import Limits
from generator.wrong import Wrong

LIMITS = Limits((tiny.ROOT / 'lib/base/limits.h').read_text())
LISTED = '-- query: thing_1\n-- rows: many\n-- sort: name name text name\n-- key: id id text\n'


def a_thing(**more):
    return {'services': {'things': {'/things': tiny.operation(1, **more)}}}


def services(count):
    return {'services': {f's{i}': {f'/s{i}': tiny.operation(i)} for i in range(count)}}


def fields(count):
    return {'schemas': {'Thing': tiny.schema({f'p{i}': tiny.text() for i in range(count)})}, **a_thing(body='Thing')}


def path_parameters(count):
    path = '/things' + ''.join(f'/{{p{i}}}' for i in range(count))
    return {'services': {'things': {path: tiny.operation(1, parameters=tiny.parameters(count, 'path'))}}}


def items(count):
    numbers = {'type': 'array', 'maxItems': count, 'items': tiny.text(), 'description': 'Texts.'}
    return {'schemas': {'Thing': tiny.schema({'numbers': numbers})}, **a_thing(body='Thing')}


def values(count):
    return {'queries': '-- query: thing\n-- rows: none\nselect ' + ', '.join(f':a{i}' for i in range(count)) + '\n'}


def values_of_a_list(count):
    """Five filters, two values of the cursor, and the limit travel too."""
    filters = ''.join(f'-- filter: p{i} name = %\n' for i in range(5))
    return {'queries': LISTED + filters + 'select name, ' + ', '.join(f':a{i}' for i in range(count - 8)) + ' from app.thing\n'}


def queries(count):
    return {'queries': ''.join(f'-- query: thing_{i}\n-- rows: one\nselect 1\n\n' for i in range(count))}


CASES = {
    'LIMIT_SERVICES': (services, 'services s0, s1, '),
    'LIMIT_ROLES': (lambda count: {'roles': [f'r{i}' for i in range(count)]}, 'openapi.yaml: x-roles'),
    'LIMIT_ATTRIBUTES': (lambda count: {'attributes': [f'a{i}' for i in range(count)]}, 'openapi.yaml: x-attributes'),
    'LIMIT_SEGMENTS': (lambda count: {'services': {'things': {'/a' * (count - 1): tiny.operation(1)}}}, 'things.yaml: get /a/a'),
    'LIMIT_PATH_PARAMETERS': (path_parameters, 'things.yaml: get /things/{p0}'),
    'LIMIT_QUERY_PARAMETERS': (lambda count: a_thing(parameters=tiny.parameters(count)), 'things.yaml: get /things: query'),
    'LIMIT_PLAN': (lambda count: a_thing(**{'x-handler': None, 'x-plan': [f'thing_{i}' for i in range(count)]}), 'things.yaml: get /things'),
    'LIMIT_FIELDS': (fields, 'things.yaml: schema Thing: properties'),
    'LIMIT_JSON_ITEMS': (items, 'things.yaml: Thing.numbers: maxItems'),
    'LIMIT_VALUES': (values, 'thing.sql: query thing: values'),
    'LIMIT_VALUES of a list': (values_of_a_list, 'thing.sql: query thing_1: values'),
    'LIMIT_QUERIES': (queries, 'queries of program things'),
    'LIMIT_QUERY_NAME': (lambda count: {'queries': f'-- query: {"a" * count}\n-- rows: one\nselect 1\n'}, 'thing.sql: query aaa'),
    'LIMIT_WORKERS': (lambda count: {'workers': [f'w{i}' for i in range(count)]}, 'workers w0, w1, '),
    'LIMIT_PROGRAM_NAME': (lambda count: {'workers': ['w' * count]}, 'characters of www'),
}


def made(folder, queries='', workers=(), **contract):
    """Reads and checks as openapi/generate.py does."""
    (folder / 'sql').mkdir(parents=True)
    (folder / 'sql/thing.sql').write_text('-- program: things\n\n' + queries)
    contract, programs = tiny.contract(folder / 'openapi', **contract), sql.read(folder / 'sql')
    LIMITS.check(contract, programs, list(workers))
    names.check(contract, programs, {})
    return contract, programs


@pytest.mark.parametrize('case', CASES)
def test_a_limit_is_kept(tmp_path, case):
    make, where = CASES[case]
    name = case.split()[0]
    made(tmp_path / 'fits', **make(LIMITS[name]))
    with pytest.raises(Wrong, match=re.escape(where)) as refused:
        made(tmp_path / 'more', **make(LIMITS[name] + 1))
    assert f'{LIMITS[name] + 1}, and {name} of lib/base/limits.h is {LIMITS[name]}' in str(refused.value)


def test_every_limit_of_the_header_has_a_test_here():
    """But for those of requests, which tests/unit has, and of one that a program refuses itself."""
    text = (tiny.ROOT / 'lib/base/limits.h').read_text()
    of_requests = re.findall(r'(LIMIT_\w+) =', text[:text.index('Limits of the contract')])
    said = {case.split()[0] for case in CASES} | set(of_requests) | {'LIMIT_KINDS'}
    assert set(re.findall(r'(LIMIT_\w+) =', text)) == said


@pytest.mark.parametrize('name', ['LIMIT_FIELDS', 'LIMIT_PATH_PARAMETERS', 'LIMIT_QUERY_PARAMETERS', 'LIMIT_VALUES', 'LIMIT_QUERIES',
                                  'LIMIT_ROLES', 'LIMIT_ATTRIBUTES'])
def test_what_is_generated_asserts_its_limit(tmp_path, name):
    """What is at the limit compiles; with a limit that is one less it does not."""
    contract, programs = made(tmp_path, **CASES[name][0](LIMITS[name]))
    service = emit_contract.Service(contract, 'things', {})
    asserted = re.findall(r'^_Static_assert.*$', service.source() + service.schemas_source() + emit_contract.roles(contract)[1]
                          + emit_sql.source('things', 'services/things', programs['things'], contract), re.M)
    header = (tiny.ROOT / 'lib/base/limits.h').read_text()
    for less in (0, 1):
        lower = header.replace(f'{name} = {LIMITS[name]},', f'{name} = {LIMITS[name] - less},')
        done = subprocess.run(['gcc', '-fsyntax-only', '-x', 'c', '-'], input=lower + '\n'.join(asserted) + '\n', text=True, capture_output=True)
        assert (done.returncode == 0) == (less == 0), done.stderr
