# SPDX-License-Identifier: EUPL-1.2
"""make giant: a copy of the tree with ten services, forty nouns and two hundred plain operations more is generated, built and
started, and each of its services serves. One noun has as many properties as the limits allow; all share a schema."""
import http.client
import importlib
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[2]
SERVICES = [f'giant{i}' for i in range(10)]
NOUNS = {f'gear{i:02}': SERVICES[i % len(SERVICES)] for i in range(40)}
WIDE = 'gear00'
RIGHTS = {'consultant': 'tenant'}


def schema(kind, name):
    return {'application/merge-patch+json' if kind == 'patch' else 'application/json': {'schema': {'$ref': f'#/components/schemas/{name}'}}}


def operation(verb, noun, **more):
    return {'operationId': verb + noun.capitalize() + ('s' if verb == 'list' else ''), 'tags': ['Municipality'],
            'summary': f'{verb.capitalize()} a {noun}', 'description': f'A {noun} of the giant.', 'x-rights': RIGHTS, **more}


def answer(status, name=None):
    return {'responses': {str(status): {'description': 'Done.', **({'content': schema('get', name)} if name else {})}}}


def body(kind, name):
    return {'requestBody': {'required': True, 'content': schema(kind, name)}}


def text(**more):
    return {'type': 'string', 'maxLength': 40, 'description': 'A text.', 'example': 'a', **more}


def columns_of(noun, most):
    """What a noun has besides its name and its parts; the statements of the widest one have as many values as fit."""
    return [f'value{i}' for i in range(most['LIMIT_FIELDS'] - 5 if noun == WIDE else 3)]


def contract_of(noun, service, columns):
    name, path = noun.capitalize(), f'/{noun}s'
    parts = {'type': 'array', 'maxItems': 9, 'description': 'Parts.', 'items': {'$ref': '#/components/schemas/GearPart'}}
    said = {'name': text(minLength=1), 'parts': parts,
            **{column: text(nullable=True) for column in columns}}
    shown = {'id': {'type': 'string', 'format': 'uuid', 'description': 'Identifier.', 'example': '01920000-0000-7000-8000-000000000e11'},
             **{prop: {key: value for key, value in raw.items() if key != 'nullable'} for prop, raw in said.items()},
             'version': {'type': 'integer', 'minimum': 1, 'maximum': 9007199254740991, 'description': 'Rises.', 'example': 1},
             'changedAt': {'type': 'string', 'format': 'date-time', 'description': 'Last change.', 'example': '2026-11-23T09:30:00.000Z'}}
    known = {'x-nl': noun, 'description': f'A {noun}.'}
    schemas = {f'{name}List': {'x-list-of': name, 'x-nl': noun + 's'},
               f'{name}New': {'type': 'object', **known, 'required': ['name'], 'properties': said},
               f'{name}Change': {'x-change-of': f'{name}New', **known},
               name: {'type': 'object', **known, 'x-self': f'{path}/', 'required': ['id', 'name', 'version', 'changedAt'], 'properties': shown}}
    if noun == WIDE:
        schemas['GearPart'] = {'type': 'object', **known, 'required': ['name'], 'properties': {'name': text(), 'size': {
            'type': 'integer', 'minimum': 0, 'maximum': 9, 'description': 'Size.', 'example': 1}}}
    get = operation('get', noun, **{'x-plan': [f'{noun}_get']}, **answer(200, name))
    return {'x-service': service, 'components': {'schemas': schemas}, 'paths': {
        path: {
            'get': operation('list', noun, **{'x-plan': [f'{noun}_list']}, **answer(200, f'{name}List')),
            'post': operation('create', noun, **{'x-plan': [f'{noun}_insert'], 'x-show': get['operationId']},
                              **body('post', f'{name}New'), **answer(201, name))},
        f'{path}/{{{noun}Id}}': {
            'parameters': [{'name': f'{noun}Id', 'in': 'path', 'required': True, 'description': 'Identifier.',
                            'schema': {'type': 'string', 'format': 'uuid'}, 'example': '01920000-0000-7000-8000-000000000e11'}],
            'get': get,
            'patch': operation('update', noun, **{'x-plan': [f'{noun}_change', f'{noun}_get']}, **body('patch', f'{name}Change'), **answer(200, name)),
            'delete': operation('delete', noun, **{'x-plan': [f'{noun}_delete', f'{noun}_get']}, **answer(204))}}}


def queries_of(noun, service, columns):
    return f'''-- program: {service}

-- fragment: {noun}_columns
g.id, g.name, g.parts, {', '.join('g.' + column for column in columns)}, g.version, g.changed_at

-- query: {noun}_list
-- rows: many
-- sort: changedAt g.changed_at timestamptz changed_at
-- sort: name g.name text name
-- key: g.id
select {{{{{noun}_columns}}}}
from app.{noun} g where true

-- query: {noun}_get
-- rows: one
select {{{{{noun}_columns}}}}
from app.{noun} g where g.id = :id

-- query: {noun}_insert
-- body: {noun.capitalize()}New
-- rows: one
insert into app.{noun} as g (tenant_id, id, name, parts, {', '.join(columns)})
values (app.tenant(), :id::uuid, @name, coalesce(@parts::jsonb, '[]'), {', '.join('@' + column for column in columns)})
returning {{{{{noun}_columns}}}}

-- query: {noun}_change
-- rows: one
-- none: stale
update app.{noun} g set (name, parts, {', '.join(columns)}) =
    (select n.name, n.parts, {', '.join('n.' + column for column in columns)} from jsonb_populate_record(g, :document::jsonb) n)
where g.id = :id and :version::int8multirange @> g.version
returning g.id

-- query: {noun}_delete
-- rows: one
-- none: stale
delete from app.{noun} g where g.id = :id and :version::int8multirange @> g.version returning g.id
'''


def table_of(noun, columns):
    return f'''create table app.{noun} (
    tenant_id int not null references ref.tenant (tenant_id), id uuid not null, name text not null, parts jsonb not null,
    {' text, '.join(columns)} text, version bigint not null, changed_at timestamptz not null, changed_in xid8 not null,
    primary key (tenant_id, id));
create index {noun}_by_change on app.{noun} (tenant_id, changed_at, id);
create index {noun}_by_name on app.{noun} (tenant_id, name, id);
'''


def copy_of(folder):
    """The tree as git knows it, with what is not committed yet."""
    named = subprocess.run(['git', 'ls-files', '-co', '--exclude-standard'], cwd=ROOT, text=True, stdout=subprocess.PIPE, check=True)
    for name in named.stdout.split('\n'):
        if name and (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, folder / name)


def change(file, pattern, by):
    before = file.read_text()
    after, count = re.subn(pattern, by, before, flags=re.M)
    assert count, f'{file}: nothing looks like {pattern}'
    file.write_text(after)


def grow(tree):
    """Adds nouns and services, with the files that docs/how-to names."""
    sys.path.insert(0, str(tree / 'openapi'))
    limits = importlib.import_module('generator.limits').Limits((tree / 'lib/base/limits.h').read_text())
    tables = ''
    for noun, service in NOUNS.items():
        columns = columns_of(noun, limits)
        (tree / f'openapi/{noun}s.yaml').write_text(yaml.dump(contract_of(noun, service, columns), sort_keys=False))
        (tree / f'sql/queries/{noun}.sql').write_text(queries_of(noun, service, columns))
        (tree / f'sql/functions/{noun}.sql').write_text(f"call app.wall('app.{noun}', '{noun}');\ncall app.open_to_tenant('app.{noun}');\n")
        tables += table_of(noun, columns)
        with open(tree / 'sql/grants.tsv', 'a') as grants:
            grants.write(f'{service}\tselect, insert, update, delete\ttable app.{noun}\n')
    (tree / 'sql/migrations/9000_giant.sql').write_text(tables)
    with open(tree / 'sql/programs.tsv', 'a') as programs:
        programs.write(''.join(f'{service}\tservice\n' for service in SERVICES))


def run(tree, *words):
    from_s = time.monotonic()
    done = subprocess.run(words, cwd=tree, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    if done.returncode:
        raise SystemExit(f'{" ".join(words)}:\n{done.stdout[-6000:]}')
    print(f'{" ".join(words)}: {time.monotonic() - from_s:.0f} s', flush=True)


def use(client, noun):
    """A row of the noun from creation to removal, through the five operations."""
    path = f'/{noun}s'
    wide = {f'value{i}': 'b' for i in range(3)}
    made = client.post(path, {'name': 'a', 'parts': [{'name': 'p', 'size': 3}], **wide})
    assert made.status == 201 and made.json['parts'] == [{'name': 'p', 'size': 3}], made.text
    one = f'{path}/{made.json["id"]}'
    assert [item['id'] for item in client.get(f'{path}?sort=name').json['items']] == [made.json['id']]
    assert client.get(one).json['value2'] == 'b'
    changed = client.patch(one, {'name': 'c', 'value1': None}, made.headers['etag'])
    assert changed.status == 200 and changed.json['name'] == 'c' and 'value1' not in changed.json, changed.text
    assert client.patch(one, {'name': 'd'}, made.headers['etag']).status == 412
    assert client.delete(one, changed.headers['etag']).status == 204 and client.get(one).status == 404


def serve(tree):
    """Each service as a program of its own, then all of them in one."""
    sys.path.insert(0, str(tree / 'tests'))
    region_module = importlib.import_module('region')
    with region_module.Region.started('giant', tree / 'build/release/bin', candidates=10) as region:
        region.env['MAATWERK_THREADS'] = '1'
        alone = {}
        for name in region_module.programs('service'):
            port, management = region_module.free_port(), region_module.free_port()
            region.start(name, MAATWERK_LISTEN=f'127.0.0.1:{port}', MAATWERK_MANAGEMENT=f'127.0.0.1:{management}')
            alone[name] = port, management
        for name, (region.port, region.management) in alone.items():
            region.wait_ready()
            client = region_module.Client(region, 'consultant')
            for noun in [noun for noun, service in NOUNS.items() if service == name]:
                use(client, noun)
            if name not in SERVICES:
                assert first_list(tree, client, name) == 200
            print(f'maatwerk-{name} serves', flush=True)
        assert set(region.stop_programs().values()) == {0}
        region.port, region.management = region_module.free_port(), region_module.free_port()
        region.start('all', MAATWERK_LISTEN=f'127.0.0.1:{region.port}', MAATWERK_MANAGEMENT=f'127.0.0.1:{region.management}')
        region.wait_ready()
        for noun in NOUNS:
            use(region_module.Client(region, 'consultant'), noun)
        assert set(region.stop_programs().values()) == {0}
        print(f'maatwerk-all serves the {len(NOUNS)} nouns', flush=True)


def first_list(tree, client, service):
    """The status of the first list of the service that a consultant may see."""
    contract = yaml.safe_load((tree / 'openapi/gen/openapi.yaml').read_text())
    sys.path.insert(0, str(tree / 'openapi'))
    operations = importlib.import_module('generator.contract').Contract(tree / 'openapi').operations
    found = next(o for o in operations if o.service == service and o.list_of and not o.path_parameters and 'consultant' in o.rights)
    assert found.path in contract['paths']
    return client.get(found.path).status


def main():
    with tempfile.TemporaryDirectory(prefix='maatwerk-giant.', dir='/var/tmp') as folder:
        tree = Path(folder) / 'tree'
        copy_of(tree)
        grow(tree)
        run(tree, '/usr/bin/python3', 'openapi/generate.py')
        run(tree, 'make', '-s', '-j2', 'build')
        serve(tree)
    print(f'giant: {5 * len(NOUNS)} operations, {len(NOUNS)} nouns and {len(SERVICES)} services were added')


if __name__ == '__main__':
    main()
