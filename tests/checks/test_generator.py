# SPDX-License-Identifier: EUPL-1.2
"""What the generator makes of statements, and what it refuses."""
import subprocess

import pytest

import tiny
from generator import emit_contract, emit_sql, labels, names, sql  # noqa: E402
from generator.wrong import Wrong  # noqa: E402


def generated(folder, text):
    (folder / 'thing.sql').write_text('-- program: test\n\n' + text)
    return emit_sql.source('test', 'workers/test', sql.read(folder)['test'], None)


def test_a_query_that_gathers_says_so(tmp_path):
    made = generated(tmp_path, '-- query: thing_insert\n-- rows: none\n-- gathers:\n'
                     'insert into app.thing (n, name) select * from unnest(:ns::bigint[], :names::text[])\n\n'
                     '-- query: thing_delete\n-- rows: none\ndelete from app.thing where n = :n::bigint\n')
    insert, delete = made.split('const struct query query_thing_delete')
    assert 'unnest($1::bigint[], $2::text[])' in insert and '.parameters = 2' in insert
    assert '.gathers = true' in insert and '.gathers' not in delete


@pytest.mark.parametrize('query', [
    '-- rows: one\n-- gathers:\nselect unnest(:ns::int[])', '-- rows: none\n-- gathers:\ndelete from app.thing',
    '-- rows: none\n-- gathers:\n-- body: Thing\ninsert into app.thing (n) select * from unnest(@n)'],
    ids=['with rows', 'without arguments', 'of a body'])
def test_what_cannot_gather_is_refused(tmp_path, query):
    with pytest.raises(Wrong, match='gathers'):
        generated(tmp_path, f'-- query: thing\n{query}\n')


def test_prose_is_no_directive(tmp_path):
    (tmp_path / 'thing.sql').write_text(
        '-- program: test\n\n-- rows of a thing; its\n-- key of the list is the number.\n-- query: thing\n-- rows: many\nselect n\n'
        '-- filter of nothing; none: it is prose in the middle of a line\nfrom app.thing\n\n-- sort of the next\n-- query: next\n'
        '-- rows: one\nselect 1\n')
    thing, after = sql.read(tmp_path)['test']
    assert (thing.text, thing.rows, thing.key, thing.filters) == ('select n from app.thing', 'many', None, [])
    assert (after.text, after.sorts) == ('select 1', [])


@pytest.mark.parametrize('text', [
    '-- query: thing\n-- rows: many\n-- key of the list\nselect 1', '-- query: thing\n-- rows: many\n-- fliter: n n = %\nselect 1',
    '-- query: thing\n-- rows: many\n-- newest-first\nselect 1', '-- query: thing\n-- rows: many\nselect 1\n-- key: t.n',
    '-- rows: many\n-- query: thing\nselect 1', '-- query: thing\n-- rows: two\nselect 1', '-- query: thing\n-- none: gone\nselect 1',
    '-- query: thing\nselect 1', '-- query: thing\n-- rows: one\nselect 1 -- the first\nfrom app.thing',
    '-- query: thing\n-- rows: one\nselect 1\n-- program: other'],
    ids=['prose', 'unknown', 'without colon', 'too late', 'too early', 'rows', 'none', 'no rows', 'comment', 'program'])
def test_what_is_no_directive_is_refused(tmp_path, text):
    (tmp_path / 'thing.sql').write_text('-- program: test\n\n' + text + '\n')
    with pytest.raises(Wrong, match='thing.sql'):
        sql.read(tmp_path)


def test_a_file_without_program_is_refused(tmp_path):
    (tmp_path / 'thing.sql').write_text('-- query: thing\n-- rows: one\nselect 1\n')
    with pytest.raises(Wrong, match='thing.sql: program'):
        sql.read(tmp_path)


def checked(folder, queries='', **contract):
    (folder / 'sql').mkdir()
    (folder / 'sql/thing.sql').write_text('-- program: things\n\n' + queries)
    names.check(tiny.contract(folder / 'openapi', **contract), sql.read(folder / 'sql'), names.taken(tiny.ROOT / 'lib'))


TEXT = {'name': tiny.text()}
PLANNED = {'x-handler': None, 'x-plan': ['thing'], 'x-check': 'card_check'}
QUERY = '-- query: thing\n-- rows: none\nselect :n\n'


@pytest.mark.parametrize('wrong,words', [
    ({'services': {'a': {'/a': tiny.operation(1)}, 'b': {'/b': tiny.operation(1)}}}, 'b.yaml: get /b: operation thing1 is taken by a.yaml'),
    ({'services': {'a': {'/a': tiny.operation(1)}, 'b': {'/b': tiny.operation(2, **{'x-handler': 'thing_1'})}}}, 'function thing_1 is taken by a.yaml'),
    ({'services': {'a': {'/a': tiny.operation(1)}, 'b': {'/b': tiny.operation(1, operationId='Thing1')}}}, 'operation thing1 is taken'),
    ({'schemas': {'Card': tiny.schema(TEXT)}, 'services': {
        'a': {'/a': tiny.operation(1, 'Card', **PLANNED)}, 'b': {'/b': tiny.operation(2, 'Card', **PLANNED)}}}, 'function card_check is taken by x-check of a'),
    ({'queries': QUERY + QUERY}, 'query thing is taken by thing.sql'),
    ({'queries': QUERY.replace(':n', ':default')}, 'argument default is taken by C'),
    ({'schemas': {'CardNew': tiny.schema(TEXT), 'cardNew': tiny.schema(TEXT)}}, 'schema cardNew: name in C card_new is taken'),
    ({'schemas': {'Card': tiny.schema({'aB': tiny.text(), 'a_b': tiny.text()})}}, 'Card.a_b: column a_b is taken by Card.aB'),
    ({'schemas': {'Plan': tiny.schema(TEXT)}, 'services': {'a': {'/a': tiny.operation(1, 'Plan')}}}, 'struct plan is taken by db/plan.h'),
    ({'schemas': {'Card': tiny.schema({'case': tiny.text()})}, 'services': {'a': {'/a': tiny.operation(1, 'Card')}}}, 'column case is taken by C'),
    ({'roles': ['clerk', 'clerk']}, 'x-roles clerk')],
    ids=['operation', 'handler', 'operation in C', 'check', 'query', 'argument', 'schema', 'column', 'struct', 'column of C', 'role'])
def test_a_name_stands_for_one_thing(tmp_path, wrong, words):
    with pytest.raises(Wrong, match=words):
        checked(tmp_path, **wrong)


def test_what_is_only_shown_has_no_struct(tmp_path):
    checked(tmp_path, QUERY, schemas={'Plan': tiny.schema({'case': tiny.text()})}, services={'a': {'/a': tiny.operation(1, response='Plan')}})


def test_a_schema_that_contains_itself_is_refused(tmp_path):
    inside = {'$ref': '#/components/schemas/Card', 'description': 'Inside.'}
    with pytest.raises(Wrong, match='Card contains itself'):
        checked(tmp_path, schemas={'Card': tiny.schema({'inner': inside})}, services={'a': {'/a': tiny.operation(1, 'Card')}})


def test_schemas_that_two_services_use_are_made_once(tmp_path):
    """`Card` is the body of one service and the answer of the other, `Part` is inside of it, `Note` belongs to one of them."""
    part = {'$ref': '#/components/schemas/Part', 'description': 'A part.'}
    contract = tiny.contract(
        tmp_path / 'openapi', {'Card': tiny.schema({'part': part}), 'Part': tiny.schema(TEXT), 'Note': tiny.schema({'card': part})},
        {'a': {'/a': tiny.operation(1, 'Card')}, 'b': {'/b': tiny.operation(2, response='Card'), '/notes': tiny.operation(3, 'Note')}})
    made = {'openapi/gen/role': emit_contract.roles(contract), 'openapi/gen/schemas': emit_contract.shared(contract)}
    for name in contract.services:
        service = emit_contract.Service(contract, name, {})
        made[f'services/{name}/gen/schemas'] = service.schemas_header(), service.schemas_source()
        made[f'services/{name}/gen/contract'] = service.header(), service.source()
        made[f'services/{name}/gen/queries'] = emit_sql.header(name, f'services/{name}', [], contract), ''
    assert 'struct card {' in made['openapi/gen/schemas'][0] and 'struct card {' not in made['services/a/gen/schemas'][0]
    assert 'struct note {' in made['services/b/gen/schemas'][0]
    for path, (header, source) in made.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / f'{path}.h').write_text(header)
        (tmp_path / f'{path}.c').write_text(source)
    sources = [f'{path}.c' for path in made]
    done = subprocess.run(['gcc', '-std=gnu11', '-D_GNU_SOURCE', '-I.', f'-I{tiny.ROOT}', '-I/usr/include/postgresql', '-r', '-nostdlib',
                           '-o', 'all.o', *sources], cwd=tmp_path, text=True, capture_output=True)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize('text,words', [
    ('EndReason: {moved: [verhuisd, moved]}', 'in this order'), ('EndReason: {moved: [verhuisd, moved], died: [overleden]}', 'in English'),
    ('Kind: {a: [a, a]}', 'no words for EndReason'), ('Other: {a: [a, a]}', 'no such enum')])
def test_an_enum_without_its_words_is_refused(tmp_path, text, words):
    (tmp_path / 'labels.yaml').write_text(text)
    with pytest.raises(Wrong, match=words):
        labels.read(tmp_path, {'EndReason': ['moved', 'died'], 'Kind': ['a']})
