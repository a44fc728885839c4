# SPDX-License-Identifier: EUPL-1.2
"""The trail for ever and not for ever: parts by month are made ahead and dropped when their term is over; what was answered is in the log,
whatever is killed. On a region of its own, whose clock moves."""
import threading

import psycopg2
import pytest

from region import ROOT, SANITIZED, Client, Region, power_off, programs, until

TABLES = ('audit.entry', 'audit.look', 'audit.denial', 'app.event', 'app.tombstone')


@pytest.fixture(scope='module')
def house():
    with Region.started('trail', SANITIZED, candidates=420) as made:
        made.start_programs()
        made.wait_until_idle()
        yield made


@pytest.fixture
def clock(house):
    """clock('3 years'): from now on it is that much later."""
    def shift(by):
        house.sql("insert into clock.shift (shift) values (%s) on conflict (one) do update set shift = excluded.shift", (by,))
    yield shift
    house.sql('delete from clock.shift')


def parts(house, table):
    return {name for name, in house.sql("select c.relname from pg_inherits i join pg_class c on c.oid = i.inhrelid "
                                        "where i.inhparent = %s::regclass order by 1", (table,))}


def months(house, table):
    return sorted(name[-7:] for name in parts(house, table) if not name.endswith('_rest'))


def sweep(house):
    """As the dispatcher does it."""
    house.sql('select audit.sweep()', user='maatwerk_dispatcher')


def swept(house, holds):
    """Sweeps until this holds: a part that somebody reads at that moment waits for the next sweep."""
    until(lambda: (sweep(house), holds())[1])


def make_rows(house, alias):
    made = Client(house, 'case_manager').post('/candidates', {'alias': alias, 'pc4': '5012'})
    assert made.status == 201, made.text
    return made.json['id']


def test_attack_23_months_are_made_ahead_and_dropped_after_their_term(house, clock):
    now, = house.sql("select to_char(clock.now() at time zone 'UTC', 'YYYY_MM')")[0]
    for table in TABLES:
        assert months(house, table)[0] == now and len(months(house, table)) == 4, table
    kept = make_rows(house, 'Blijft')
    clock('7 months')
    for table, keeps in house.sql("select substr(code, 11), (value ->> 'months')::int > 12 from ref.rule where code like 'retention.%'"):
        swept(house, lambda: (now in months(house, table)) == keeps and len(months(house, table)) >= 4)
    assert house.sql('select count(*) from audit.entry where subject_id = %s', (kept,))[0][0] == 1
    assert house.sql('select count(*) from app.event where subject_id = %s', (kept,))[0][0] == 0
    clock('11 years')
    swept(house, lambda: all(now not in months(house, table) for table in TABLES))
    assert house.sql('select count(*) from audit.entry where subject_id = %s', (kept,))[0][0] == 0


def test_attack_23_what_comes_when_no_month_was_made_is_kept_in_the_rest_and_moved(house, clock):
    clock('40 years')
    late = make_rows(house, 'Laat')
    where = 'select tableoid::regclass::text from audit.entry where subject_id = %s'
    assert house.sql(where, (late,)) == [('audit.entry_rest',)]
    assert house.sql('select tableoid::regclass::text from audit.look where candidate_id = %s', (late,)) == [('audit.look_rest',)]
    month = house.sql("select to_char(clock.now() at time zone 'UTC', 'YYYY_MM')")[0][0]
    swept(house, lambda: house.sql(where, (late,)) == [(f'audit.entry_{month}',)])
    after = make_rows(house, 'Later')
    assert house.sql(where, (after,)) == [(f'audit.entry_{month}',)]


def test_attack_23_a_month_that_is_in_use_waits_for_the_next_sweep(house, clock):
    sweep(house)
    before = {table: parts(house, table) for table in TABLES}
    holder = psycopg2.connect(house.env['MAATWERK_PG'] + ' user=maatwerk_admin')
    try:
        holder.cursor().execute('lock table audit.look_rest in access share mode; lock table audit.look in access share mode')
        clock('80 years')
        swept(house, lambda: parts(house, 'audit.entry') != before['audit.entry'])
        assert parts(house, 'audit.look') == before['audit.look']
    finally:
        holder.close()
    sweep(house)
    assert parts(house, 'audit.look') != before['audit.look']


@pytest.mark.parametrize('program', programs())
def test_attack_23_no_program_removes_anything_of_the_trail(house, program):
    """Only the dispatcher may call what drops months, and that drops nothing that is not over its term."""
    connection = psycopg2.connect(house.env['MAATWERK_PG'] + f' user=maatwerk_{program}')
    connection.autocommit = True
    try:
        cursor = connection.cursor()
        cursor.execute("select set_config('app.tenant', '1', false)")
        for act in ('delete from {0}', 'truncate {0}', 'drop table {0}', 'update {0} set tenant_id = 2', 'alter table {0} disable row level security'):
            for table in [name for table in TABLES for name in (table, f'{table}_rest')]:
                with pytest.raises(psycopg2.errors.InsufficientPrivilege):
                    cursor.execute(act.format(table))
        for act in ("audit.make_month('audit.look', 'now')", *(() if program == 'dispatcher' else ('audit.sweep()',))):
            with pytest.raises(psycopg2.errors.InsufficientPrivilege):
                cursor.execute(f'select {act}')
    finally:
        connection.close()


def test_attack_06_what_was_answered_is_in_the_log_when_the_service_is_killed(house):
    """Reads without pause on many connections; the service dies as by a loss of power: who got an answer is in the log."""
    lead, answered, ended = Client(house, 'team_lead'), [], threading.Event()
    ids = [item['id'] for item in lead.get('/candidates?pageSize=20').json['items']]

    def read_on(candidate):
        while not ended.is_set():
            try:
                answer = lead.get(f'/candidates/{candidate}')
            except Exception:       # the connection breaks in the middle of whatever it is doing
                return
            if answer.status == 200:
                answered.append((answer.headers['x-request-id'], candidate))
    readers = [threading.Thread(target=read_on, args=(one,)) for one in ids]
    for one in readers:
        one.start()
    until(lambda: len(answered) > 100)
    power_off(house.processes.pop('all'))
    ended.set()
    for one in readers:
        one.join()
    house.start('all')
    house.wait_ready()
    known = {row for row in house.sql('select request::text, candidate_id::text from audit.look')}
    assert len(answered) > 100 and not set(answered) - known


def test_attack_06_without_the_log_there_is_no_answer(house):
    """What cannot be noted is not shown; what shows nobody goes on."""
    lead = Client(house, 'team_lead')
    candidate = lead.get('/candidates?pageSize=1').json['items'][0]['id']
    house.sql('alter table audit.look add constraint broken check (false) not valid')
    try:
        answer = lead.get(f'/candidates/{candidate}')
        assert answer.status == 503 and answer.problem == 'unavailable' and candidate not in answer.text
        assert lead.get('/employers').status == 200
    finally:
        house.sql('alter table audit.look drop constraint broken')
    assert lead.get(f'/candidates/{candidate}').status == 200


def test_denials_that_wait_are_noted_before_a_service_ends(house):
    analyst = Client(house, 'analyst')
    count = "select coalesce(sum(times), 0) from audit.denial where role = 'analyst'"
    before = house.sql(count)[0][0]
    assert [analyst.get('/candidates').status for _ in range(7)] == [403] * 7
    process = house.processes.pop('all')
    process.terminate()
    assert process.wait(30) == 0
    assert house.sql(count)[0][0] == before + 7
    house.start('all')
    house.wait_ready()


def test_the_terms_are_documented():
    page = (ROOT / 'docs/operations.md').read_text()
    assert all(f'`{table}`' in page for table in TABLES)
