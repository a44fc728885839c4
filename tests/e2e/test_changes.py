# SPDX-License-Identifier: EUPL-1.2
"""Lists that can be followed: who reads after a position misses nothing, whatever commits late."""
import json
import threading

import psycopg2
import pytest

from region import ROOT, Client, until

PATHS = json.loads((ROOT / 'openapi/gen/openapi.json').read_text())['paths']
FOLLOWED = [path for path, item in PATHS.items() if any(p.get('$ref', '').endswith('/After') for p in item.get('get', {}).get('parameters', []))]


def position(client, path='/employers'):
    return client.get(f'{path}?pageSize=1').json['position']


def changes(client, after, path='/employers', size=100):
    """(ids of what changed, the new position), by as many pages as it takes."""
    found = []
    while True:
        page = client.get(f'{path}?pageSize={size}&after={after}').json
        found += [item['id'] for item in page['items']]
        after = page['position']
        if 'next' not in page['_links']:
            return found, after


def test_case_06_the_lists_that_changed_after_was_for():
    assert set(FOLLOWED) == {'/candidates', '/vacancies', '/proposals', '/placements', '/employers', '/organisations', '/users', '/tasks'}
    assert 'changedAfter' not in json.dumps(PATHS)


def test_case_06_three_writers_and_a_reader_without_a_pause(as_role, region):
    made, seen, after, ended = set(), set(), position(as_role('consultant'), '/candidates'), threading.Event()
    lock, failures = threading.Lock(), []

    def write(number):
        client = Client(region, 'consultant')
        for i in range(100):
            answer = client.post('/candidates', {'alias': f'Teller {number} {i}', 'pc4': '5012'})
            with lock:
                made.add(answer.json['id']) if answer.status == 201 else failures.append(answer.text)

    def read():
        nonlocal after
        client = Client(region, 'consultant')
        while not ended.is_set():
            found, after = changes(client, after, '/candidates')
            seen.update(found)
    region.token('consultant')
    writers, reader = [threading.Thread(target=write, args=(n,)) for n in range(3)], threading.Thread(target=read)
    for thread in (reader, *writers):
        thread.start()
    for thread in writers:
        thread.join()
    until(lambda: made <= seen or not reader.is_alive())
    ended.set()
    reader.join()
    assert not failures and len(made) == 300 and made <= seen


@pytest.fixture
def late(region):
    """A transaction that has made an employer, and has not ended."""
    connection = psycopg2.connect(region.env['MAATWERK_PG'] + ' user=maatwerk_admin')
    with connection.cursor() as cursor:
        cursor.execute("select set_config('app.tenant', '1', true)")
        cursor.execute("insert into app.employer (tenant_id, id, region_id, name, sector, size_class) "
                       "select 1, gen_random_uuid(), region_id, 'Te laat', '4639', 'small' from ref.tenant where tenant_id = 1 returning id::text")
        made, = cursor.fetchone()
    yield made, connection
    connection.close()


def test_case_06_what_commits_late_comes_late(as_role, late, new_employer):
    """It has the older number, and commits after others were read: a reader who only remembers the newest never sees it."""
    client, writer = as_role('consultant'), as_role('account_manager')
    start = position(client)
    quick = writer.post('/employers', new_employer).json['id']
    found, after = changes(client, start)
    made, transaction = late
    assert made not in found and client.get(f'/employers/{quick}').status == 200
    transaction.commit()
    until(lambda: {made, quick} <= set(found) | set(changes(client, after)[0]))


def test_case_06_a_change_comes_once_more_and_pages_leave_no_gap(as_role, employer, new_employer):
    client, writer = as_role('consultant'), as_role('account_manager')
    start = position(client)
    made = [writer.post('/employers', new_employer) for _ in range(5)]
    ids = [m.json['id'] for m in made]
    until(lambda: set(ids) <= set(changes(client, start)[0]))
    found, after = changes(client, start, size=2)
    assert [i for i in found if i in ids] == ids          # in the order of the changes
    writer.patch(made[0].headers['location'], {'name': 'Anders'}, made[0].headers['etag'])
    until(lambda: ids[0] in changes(client, after)[0])
    assert ids[1] not in changes(client, after)[0]


def test_case_06_other_filters_hold(as_role, new_employer):
    client, writer = as_role('consultant'), as_role('account_manager')
    start = position(client)
    made = writer.post('/employers', new_employer).json['id']
    until(lambda: made in changes(client, start)[0])
    assert made in [e['id'] for e in client.get(f'/employers?sector=1812&pageSize=100&after={start}').json['items']]
    assert made not in [e['id'] for e in client.get(f'/employers?sector=4639&pageSize=100&after={start}').json['items']]


@pytest.mark.parametrize('path', FOLLOWED)
def test_case_06_a_position_belongs_to_its_list_and_its_municipality(as_role, path):
    rights = PATHS[path]['get']['x-rights']
    role = next(role for role in rights if rights[role] == 'tenant')
    client, elsewhere = as_role(role), as_role(role, 'gm9902')
    own = position(client, path)
    assert client.get(f'{path}?after={own}').status == 200
    other = next(p for p in FOLLOWED if p != path and role in PATHS[p]['get']['x-rights'])
    for asker, place, after in ((elsewhere, path, own), (client, other, own), (client, path, own[:-3] + 'AAA'), (client, path, 'x')):
        answer = asker.get(f'{place}?after={after}')
        assert answer.status == 400 and [(f['name'], f['code']) for f in answer.json['errors']] == [('after', 'cursor')]
    for with_it in ('sort=changedAt', 'cursor=abc'):
        answer = client.get(f'{path}?after={own}&{with_it}')
        assert answer.status == 400 and ('not-here', with_it.split('=')[0]) in [(f['code'], f['name']) for f in answer.json['errors']]


def test_case_06_only_the_first_page_has_a_position(as_role):
    """Who read the whole list goes on from where it began."""
    client = as_role('consultant')
    first = client.get('/employers?pageSize=2').json
    second = client.get(first['_links']['next']['href']).json
    assert first['position'] and 'position' not in second


def test_case_06_an_empty_list_has_a_position(as_role):
    page = as_role('consultant').get('/employers?kvkNumber=00000000').json
    assert page['items'] == [] and page['position'] and 'next' not in page['_links']
