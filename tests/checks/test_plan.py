# SPDX-License-Identifier: EUPL-1.2
"""Operations without a handler: what the generator makes of x-plan, x-check, x-order and x-unique-by, and what it refuses."""
import pytest

import tiny
from generator import emit_contract, emit_plan, emit_sql, sql  # noqa: E402
from generator.wrong import Wrong  # noqa: E402

QUERIES = """-- program: things

-- fragment: thing_columns
t.id, t.name

-- query: thing_list
-- rows: many
-- key: t.id
-- sort: name t.name text name
select {{thing_columns}} from app.thing t where true

-- query: thing_get
-- rows: one
select {{thing_columns}} from app.thing t where t.id = :id

-- query: thing_of_owner
-- rows: one
select t.id from app.thing t where t.owner_id = :owner_id and t.role = :role and t.seen_by = :actor and t.name = :name

-- query: thing_insert
-- body: ThingNew
-- rows: one
insert into app.thing (id, owner_id, name) values (:id, :owner_id, @name) returning id

-- query: thing_change
-- rows: one
-- none: stale
update app.thing t set name = :document::jsonb ->> 'name' where t.id = :id and :version::int8multirange @> t.version returning t.id

-- query: thing_move
-- rows: none
-- writes: yes
select app.move('thing', :id, :event)
"""
SCHEMAS = {'ThingNew': tiny.schema({'name': tiny.text()}), 'OtherNew': tiny.schema({'name': tiny.text()}),
           'Thing': tiny.schema({'id': tiny.text(), 'name': tiny.text()}), 'ThingList': {'x-list-of': 'Thing', 'x-nl': 'dingen'}}
OWNER, THING = '/owners/{ownerId}/things', '/things/{thingId}'


def plan_of(folder, path, method, plan, body=None, response='Thing', status='200', parameters=(), **more):
    """The C function that is made of one operation."""
    names = [{'name': name, 'in': 'path', 'required': True, 'schema': tiny.text()} for name in ('ownerId', 'thingId') if name in path]
    made = tiny.operation(1, body, response, [*names, *parameters], **{'x-handler': None, 'x-plan': plan, **more})
    operation = made.popitem()[1]
    operation['responses'] = {status: operation['responses']['200']}
    contract = tiny.contract(folder / 'openapi', SCHEMAS, {'things': {path: {method: operation}}})
    (folder / 'sql').mkdir()
    (folder / 'sql/thing.sql').write_text(QUERIES)
    queries = {query.name: query for query in sql.read(folder / 'sql')['things']}
    return ' '.join(emit_plan.function(contract.operations[0], queries).split())


def test_a_get_binds_the_id_of_its_path(tmp_path):
    assert 'sql_thing_get(plan, (struct sql_thing_get){.id = req->path[0]});' in plan_of(tmp_path, THING, 'get', ['thing_get'])


def test_what_is_created_has_a_fresh_id_and_its_parent_that_of_the_path(tmp_path):
    made = plan_of(tmp_path, OWNER, 'post', ['thing_insert', 'thing_get'], 'ThingNew', status='201')
    assert 'sql_thing_insert(plan, req->body, (struct sql_thing_insert){ .id = req->new_id, .owner_id = req->path[0], });' in made
    assert 'sql_thing_get(plan, (struct sql_thing_get){.id = req->new_id});' in made


def test_a_change_binds_document_and_version(tmp_path):
    made = plan_of(tmp_path, THING, 'patch', ['thing_change', 'thing_get'], 'ThingNew')
    assert '.document = req->document' in made and '.version = req->version' in made


def test_who_asks_and_parameters_are_bound(tmp_path):
    named = {'name': 'name', 'in': 'query', 'required': False, 'schema': tiny.text()}
    made = plan_of(tmp_path, OWNER, 'get', ['thing_of_owner'], parameters=[named])
    assert '.owner_id = req->path[0]' in made and '.name = req->query[0]' in made
    assert '.role = str_of(role_names[' in made and '.actor = ctx->actor->user_id' in made


def test_a_constant_of_the_plan_is_bound(tmp_path):
    made = plan_of(tmp_path, f'{THING}/closings', 'post', [{'thing_move': {'event': 'close'}}, 'thing_get'])
    assert '.id = req->path[0], .event = S("close")' in made


def test_a_check_comes_first(tmp_path):
    made = plan_of(tmp_path, OWNER, 'post', ['thing_insert'], 'ThingNew', status='201', **{'x-check': 'thing_check'})
    assert made.index('enum err err = thing_check(ctx, req->body);') < made.index('sql_thing_insert')


@pytest.mark.parametrize('words,asked', [
    ('nothing gives :owner_id', (THING, 'post', ['thing_insert'], 'ThingNew')),
    ('nothing gives :version', (THING, 'post', ['thing_change', 'thing_get'], 'ThingNew')),
    ('takes the body ThingNew, the operation has OtherNew', (OWNER, 'post', ['thing_insert'], 'OtherNew')),
    ('takes the body ThingNew, the operation has None', (OWNER, 'post', ['thing_insert'])),
    ('writes, a GET only reads', (THING, 'get', [{'thing_move': {'event': 'close'}}, 'thing_get'])),
    ('is no :even of it', (THING, 'post', [{'thing_move': {'even': 'close'}}, 'thing_get'])),
    ('not a plain word', (THING, 'post', [{'thing_move': {'event': '"); x("'}}, 'thing_get'])),
    ('things has no query thing_show', (THING, 'get', ['thing_show'])),
    ('has to say "rows: one"', (THING, 'get', ['thing_list'])),
    ('has to say "rows: many"', ('/things', 'get', ['thing_get'], None, 'ThingList')),
    ('has If-Match', (THING, 'patch', ['thing_get'], 'ThingNew')),
    ('has If-Match', (THING, 'delete', ['thing_change'], 'ThingNew', None)),
    ('either x-plan', (THING, 'get', [])),
    ('x-check needs a body', (THING, 'get', ['thing_get'], None, 'Thing', '200', (), 'thing_check'))])
def test_what_does_not_fit_is_refused(tmp_path, words, asked):
    more = {'x-check': asked[7]} if len(asked) > 7 else {}
    with pytest.raises(Wrong, match='(?s)things.yaml: .*' + words.replace('(', r'\(').replace('{', r'\{')):
        plan_of(tmp_path, *asked[:7], **more)


def test_a_parameter_does_not_take_a_name_that_means_something_else(tmp_path):
    version = {'name': 'version', 'in': 'query', 'required': False, 'schema': tiny.text()}
    with pytest.raises(Wrong, match='may not be called version'):
        plan_of(tmp_path, THING, 'patch', ['thing_change', 'thing_get'], 'ThingNew', parameters=[version])


@pytest.mark.parametrize('show', [None, 'thing9', 'thing1', 'thing3', 'thing4'], ids=['none', 'unknown', 'itself', 'other', 'list'])
def test_what_a_key_is_answered_with_is_named(tmp_path, show):
    thing = [{'name': 'thingId', 'in': 'path', 'required': True, 'schema': tiny.text()}]
    paths = {'/things': {**tiny.operation(1, 'ThingNew', 'Thing', **{'x-safe': False, 'x-show': show}), **tiny.operation(4, None, 'ThingList')},
             THING: tiny.operation(2, None, 'Thing', thing), '/others/{thingId}': tiny.operation(3, None, 'OtherNew', thing)}
    with pytest.raises(Wrong, match='things.yaml: post /things: x-show'):
        tiny.contract(tmp_path / 'openapi', SCHEMAS, {'things': paths})
    paths['/things']['post']['x-show'] = 'thing2'
    assert tiny.contract(tmp_path / 'openapi', SCHEMAS, {'things': paths}).by_id['thing1'].show == 'thing2'


def test_a_query_that_nobody_runs_is_named(tmp_path):
    contract = tiny.contract(tmp_path / 'openapi', SCHEMAS, {'things': {THING: {
        'get': {**tiny.operation(1, response='Thing')['get'], 'x-handler': None, 'x-plan': ['thing_get'], 'parameters': [
            {'name': 'thingId', 'in': 'path', 'required': True, 'schema': tiny.text()}]}}}})
    (tmp_path / 'sql').mkdir()
    (tmp_path / 'sql/thing.sql').write_text(QUERIES)
    left = emit_plan.unused(contract, sql.read(tmp_path / 'sql'), 'sql_thing_list(plan); &query_thing_move; sql_thing_change_all();')
    assert left == [f'thing.sql: query thing_{name}' for name in ('of_owner', 'insert', 'change')]


@pytest.mark.parametrize('text,words', [
    ('-- fragment: a\nx\n\n-- query: q\n-- rows: one\nselect {{a}}', 'fragment a is used less than twice'),
    ('-- query: q\n-- rows: one\nselect {{a}}', 'no fragment a')])
def test_a_fragment_is_there_and_is_worth_it(tmp_path, text, words):
    (tmp_path / 'thing.sql').write_text(f'-- program: things\n\n{text}\n')
    with pytest.raises(Wrong, match=f'thing.sql.*{words}'):
        sql.read(tmp_path)


def test_prose_below_a_fragment_is_no_part_of_it(tmp_path):
    (tmp_path / 'thing.sql').write_text('-- program: things\n\n-- fragment: a\nx,\ny\n\n-- Prose of the query.\n-- query: q\n-- rows: one\n'
                                        'select {{a}} union select {{a}}\n')
    assert sql.read(tmp_path)['things'][0].text == 'select x, y union select x, y'


def fields(folder, properties, **more):
    contract = tiny.contract(folder / 'openapi', {'Part': tiny.schema({'code': tiny.text(), 'n': tiny.number()}),
                                                  'Thing': tiny.schema(properties, **more)},
                             {'things': {'/things': tiny.operation(1, 'Thing')}})
    service = emit_contract.Service(contract, 'things', {})
    return service.schemas_source() + service.source()


PARTS = {'type': 'array', 'maxItems': 9, 'items': {'$ref': '#/components/schemas/Part'}, 'description': 'Parts.'}
TEXTS = {'type': 'array', 'maxItems': 9, 'items': tiny.text(), 'description': 'Texts.', 'uniqueItems': True}


def test_items_are_told_apart_by_one_of_their_texts(tmp_path):
    made = fields(tmp_path, {'parts': {**PARTS, 'x-unique-by': 'code'}, 'texts': TEXTS})
    assert '.unique_at = offsetof(struct part, code)' in made and '.unique_at = 0' in made and made.count('FIELD_UNIQUE') == 2


def test_pairs_are_in_order(tmp_path):
    made = fields(tmp_path, {'a': tiny.text(), 'least': tiny.number(), 'most': tiny.number()}, **{'x-order': [['least', 'most']]})
    assert 'thing_orders[] = {{1, 2}, {0, 0}};' in made and '.orders = thing_orders' in made


@pytest.mark.parametrize('properties,more', [
    ({'parts': {**PARTS, 'x-unique-by': 'n'}}, {}), ({'parts': {**PARTS, 'x-unique-by': 'x'}}, {}),
    ({'parts': {**PARTS, 'uniqueItems': True}}, {}), ({'texts': {**TEXTS, 'x-unique-by': 'code'}}, {}),
    ({'a': tiny.text(), 'b': tiny.text()}, {'x-order': [['a', 'b']]}), ({'a': tiny.number()}, {'x-order': [['a', 'b']]})],
    ids=['number', 'unknown', 'objects', 'texts', 'order of texts', 'order of unknown'])
def test_what_cannot_be_compared_is_refused(tmp_path, properties, more):
    with pytest.raises(Wrong, match='Thing|thing'):
        fields(tmp_path, properties, **more)


def test_a_tag_that_the_contract_does_not_describe_is_refused(tmp_path):
    with pytest.raises(Wrong, match='its tags'):
        tiny.contract(tmp_path / 'openapi', SCHEMAS, {'things': {'/things': tiny.operation(1, None, 'ThingList', tags=['Elsewhere'])}})


@pytest.mark.parametrize('deletes', [False, True])
def test_what_is_followed_is_never_deleted(tmp_path, deletes):
    """A row that is gone is in no list: who reads after a position would never learn of its end."""
    after = {'name': 'after', 'in': 'query', 'required': False, 'schema': tiny.text()}
    listed = tiny.operation(1, response='ThingList', parameters=[after], **{'x-handler': None, 'x-plan': ['thing_list']})
    gone = tiny.operation(2, response='Thing').popitem()[1]
    paths = {'/things': listed, **({THING: {'delete': gone}} if deletes else {})}
    schemas = {**SCHEMAS, 'Thing': {**SCHEMAS['Thing'], 'x-self': '/things/'}}
    gone['parameters'] = [{'name': 'thingId', 'in': 'path', 'required': True, 'schema': tiny.text()}]
    contract = tiny.contract(tmp_path / 'openapi', schemas, {'things': paths})
    (tmp_path / 'sql').mkdir()
    (tmp_path / 'sql/thing.sql').write_text(QUERIES.replace('-- key: t.id', '-- changes: t.changed_in\n-- key: t.id'))
    query = next(q for q in sql.read(tmp_path / 'sql')['things'] if q.name == 'thing_list')
    if deletes:
        with pytest.raises(Wrong, match='would never learn of it'):
            emit_sql.list_table(query, contract)
    else:
        made = '\n'.join(emit_sql.list_table(query, contract))
        assert '{"after", "t.changed_in", "xid8", "changed_in"}' in made and 'pg_snapshot_xmin' in made


def test_what_not_everybody_may_see_is_not_inside_what_they_see(tmp_path):
    """The inside of a property is sent as PostgreSQL gives it, so a property of it cannot be hidden from those who see the whole."""
    schemas = {'Inner': tiny.schema({'name': tiny.text(), 'note': tiny.text(**{'x-visible-to': ['clerk']})}),
               'Thing': tiny.schema({'inner': {'$ref': '#/components/schemas/Inner', 'description': 'Inside.', 'example': {}}})}
    shown = {'/things': tiny.operation(1, None, 'Thing', **{'x-rights': {'clerk': 'tenant', 'guest': 'tenant'}})}
    with pytest.raises(Wrong, match='inner.note is not for guest'):
        tiny.contract(tmp_path / 'openapi', schemas, {'things': shown}, roles=('clerk', 'guest'))
    schemas['Thing']['properties']['inner']['x-visible-to'] = ['clerk']
    assert tiny.contract(tmp_path / 'again', schemas, {'things': shown}, roles=('clerk', 'guest'))
