# SPDX-License-Identifier: EUPL-1.2
"""Attacks with raw SQL: what a program's login role sees when everything above it has failed."""
import psycopg2
import pytest

from region import ROOT, programs

PROGRAMS = programs()


@pytest.fixture
def connect(region):
    made = []

    def connection(program):
        made.append(psycopg2.connect(region.env['MAATWERK_PG'] + f' user=maatwerk_{program}'))
        return made[-1]
    yield connection
    for one in made:
        one.close()


def tables(region):
    return [row[0] for row in region.sql("select tablename from pg_tables where schemaname = 'app' order by 1")]


def count(cursor, table):
    """Rows that are seen, or None when reading is refused."""
    cursor.execute('savepoint s')
    try:
        cursor.execute(f'select count(*) from {table}')
        return cursor.fetchone()[0]
    except psycopg2.errors.InsufficientPrivilege:
        cursor.execute('rollback to savepoint s')
        return None


def context(cursor, tenant, scope='tenant', role='consultant', org='', actor=''):
    cursor.execute("select set_config('app.tenant', %s, true), set_config('app.scope', %s, true), "
                   "set_config('app.role', %s, true), set_config('app.org', %s, true), set_config('app.actor', %s, true)",
                   (str(tenant), scope, role, org, actor))


@pytest.mark.parametrize('program', PROGRAMS)
def test_without_context_no_row_is_seen(region, connect, program):
    with connect(program).cursor() as cursor:
        for table in tables(region):
            assert not count(cursor, f'app.{table}'), table


@pytest.mark.parametrize('program', PROGRAMS)
def test_with_one_municipality_none_of_another(region, connect, program):
    first, second = [row[0] for row in region.sql('select tenant_id from ref.tenant order by 1 limit 2')]
    seen = 0
    with connect(program).cursor() as cursor:
        for table in tables(region):
            context(cursor, first)
            whole = count(cursor, f'app.{table}')
            if whole:
                seen += whole
                cursor.execute('savepoint s')
                try:
                    cursor.execute(f'select count(*) from app.{table} where tenant_id = %s', (second,))
                    assert cursor.fetchone()[0] == 0, table
                except psycopg2.errors.InsufficientPrivilege:
                    cursor.execute('rollback to savepoint s')
    assert seen or program in ('dispatcher', 'reminders', 'notifications')


@pytest.mark.parametrize('program', PROGRAMS)
def test_no_program_reads_what_it_does_not_need(connect, program):
    with connect(program).cursor() as cursor:
        assert count(cursor, 'app.candidate_bsn') is None
        assert count(cursor, 'audit.entry') is None
        assert count(cursor, 'queue.job') is None
        if program not in ('candidates', 'matching', 'placements'):
            assert count(cursor, 'app.candidate') is None
        if program not in ('platform', 'cli'):
            assert count(cursor, 'app.user_account') is None


@pytest.mark.parametrize('statement', [
    'select first_name from app.candidate', 'update app.proposal set state = $$hired$$', 'delete from app.proposal',
    'select * from app.contact', 'select queue.finish(array[1])'])
def test_placements_cannot(connect, statement):
    with connect('placements').cursor() as cursor, pytest.raises(psycopg2.errors.InsufficientPrivilege):
        context(cursor, 1)
        cursor.execute(statement)


@pytest.mark.parametrize('program', PROGRAMS)
@pytest.mark.parametrize('statement', ['set role maatwerk_owner', 'create table app.x (a int)', 'drop table app.vacancy',
                                       'alter table app.vacancy disable row level security', 'truncate app.vacancy',
                                       'insert into clock.shift (shift) values ($$1 day$$)', 'select pg_read_file($$/etc/passwd$$)'])
def test_no_program_changes_the_house(connect, program, statement):
    with connect(program).cursor() as cursor, pytest.raises(psycopg2.Error):
        cursor.execute(statement)


def test_a_row_cannot_be_written_into_another_municipality(region, connect):
    first, second = [row[0] for row in region.sql('select tenant_id from ref.tenant order by 1 limit 2')]
    with connect('employers').cursor() as cursor, pytest.raises(psycopg2.errors.InsufficientPrivilege):
        context(cursor, first)
        cursor.execute("insert into app.employer (tenant_id, id, region_id, name, sector, size_class) "
                       "select %s, gen_random_uuid(), id, 'x', '4639', 'small' from ref.region", (second,))


def test_a_row_cannot_be_moved(region, connect):
    first, second = [row[0] for row in region.sql('select tenant_id from ref.tenant order by 1 limit 2')]
    with connect('employers').cursor() as cursor, pytest.raises(psycopg2.Error):
        context(cursor, first)
        cursor.execute('update app.employer set tenant_id = %s', (second,))


def test_a_forbidden_move_cannot_be_stored(region, connect):
    with connect('employers').cursor() as cursor, pytest.raises(psycopg2.errors.ForeignKeyViolation):
        context(cursor, 1)
        cursor.execute("select set_config('app.event_vacancy', 'fill', true)")
        cursor.execute("update app.vacancy set state = 'filled' where state = 'closed'")


def test_only_the_own_caseload(region, connect):
    actor = region.sql('select case_manager_id from app.candidate where tenant_id = 1 and case_manager_id is not null limit 1')[0][0]
    with connect('candidates').cursor() as cursor:
        context(cursor, 1, 'caseload', 'case_manager', actor=str(actor))
        cursor.execute('select distinct case_manager_id from app.candidate')
        assert cursor.fetchall() == [(str(actor),)]


def test_every_table_of_app_has_its_wall(region):
    rows = region.sql("""select c.relname, c.relrowsecurity, c.relforcerowsecurity,
        (select count(*) from pg_policy p where p.polrelid = c.oid and not p.polpermissive and p.polcmd = '*')
        from pg_class c join pg_namespace n on n.oid = c.relnamespace where n.nspname in ('app', 'audit') and c.relkind in ('r', 'p') and not c.relispartition""")
    assert rows and all(row[1:] == (True, True, 1) for row in rows), rows


def test_a_part_of_a_table_is_closed_to_everybody(region, connect):
    """Of a table in parts only the whole is opened, with its policies; also of a part that is made while everything runs."""
    region.sql('select audit.sweep()')
    parts = region.sql("""select c.oid::regclass::text, c.relrowsecurity, c.relacl is null or not exists (
            select from aclexplode(c.relacl) a where a.grantee <> c.relowner)
        from pg_class c where c.relispartition and c.relkind = 'r'""")
    assert len(parts) >= 25 and all(row[1:] == (True, True) for row in parts), parts
    with connect('matching').cursor() as cursor:
        context(cursor, 1, role='system')
        assert count(cursor, 'app.tombstone') is not None
        assert {count(cursor, name) for name, *_ in parts} == {None}


def test_functions_with_owner_rights_fix_their_search_path(region):
    assert region.sql("""select p.proname from pg_proc p join pg_namespace n on n.oid = p.pronamespace
        where n.nspname in ('app', 'audit', 'queue', 'idempotency', 'ref', 'clock', 'entry') and p.prosecdef
          and not coalesce(p.proconfig @> array['search_path=pg_catalog, pg_temp'], false)""") == []


def test_time_comes_from_our_clock_only(region):
    rows = region.sql("""select n.nspname || '.' || p.proname from pg_proc p join pg_namespace n on n.oid = p.pronamespace
        where n.nspname in ('app', 'audit', 'queue', 'idempotency', 'ref', 'entry')
          and p.prosrc ~* '\\m(current_date|current_timestamp|clock_timestamp|statement_timestamp|localtimestamp)\\M'
           or (n.nspname in ('app', 'audit', 'queue') and p.prosrc ~ '[^.]\\mnow\\(\\)')""")
    assert rows == []


def test_every_foreign_key_names_the_municipality(region):
    """Foreign keys are not subject to row-level security: between tables of app they must carry the tenant."""
    rows = region.sql("""select con.conname from pg_constraint con join pg_class c on c.oid = con.conrelid
        join pg_class r on r.oid = con.confrelid join pg_namespace n on n.oid = c.relnamespace
        join pg_namespace rn on rn.oid = r.relnamespace
        where con.contype = 'f' and n.nspname = 'app' and rn.nspname = 'app'
          and not exists (select from unnest(con.conkey) k join pg_attribute a on a.attrelid = c.oid and a.attnum = k
                          where a.attname = 'tenant_id')""")
    assert rows == []


def test_rights_are_those_of_the_table(region):
    """What the database grants to the programs is what sql/grants.tsv says: no table beyond it."""
    named = set()
    for line in (ROOT / 'sql/grants.tsv').read_text().splitlines():
        if line and not line.startswith('#'):
            who, right, thing = line.split('\t')
            for program in PROGRAMS if who == '*' else [name for one in who.split(',') for name in programs(one) or [one]]:
                if thing.startswith('table ') and '(' not in right:
                    named |= {(f'maatwerk_{program}', thing[6:], one.strip()) for one in right.split(',')}
    found = {(grantee, f'{schema}.{table}', right.lower()) for grantee, schema, table, right in region.sql(
        "select grantee, table_schema, table_name, privilege_type from information_schema.role_table_grants "
        "where grantee like 'maatwerk_%' and grantee not in ('maatwerk_owner', 'maatwerk_admin')")}
    assert found == named


def columns_named():
    """{(login role, table): columns} of sql/grants.tsv, for reading"""
    named = {}
    for line in (ROOT / 'sql/grants.tsv').read_text().splitlines():
        if line and not line.startswith('#') and line.split('\t')[1].startswith('select ('):
            program, right, thing = line.split('\t')
            named[f'maatwerk_{program}', thing[6:]] = {column.strip() for column in right[8:-1].split(',')}
    return named


def test_attack_16_rights_on_columns_are_those_of_the_table(region):
    whole = set(region.sql("select grantee, table_schema || '.' || table_name from information_schema.role_table_grants "
                           "where privilege_type = 'SELECT' and grantee like 'maatwerk_%'"))
    found = {}
    for grantee, table, column in region.sql(
            "select grantee, table_schema || '.' || table_name, column_name from information_schema.column_privileges "
            "where privilege_type = 'SELECT' and grantee like 'maatwerk_%' and grantee not in ('maatwerk_owner', 'maatwerk_admin')"):
        if (grantee, table) not in whole:
            found.setdefault((grantee, table), set()).add(column)
    assert found == columns_named()


# who a person is, and how to reach him; and the program that works with it
PERSONS = {
    'app.candidate': ({'first_name', 'last_name', 'birth_date', 'email', 'phone', 'neighbourhood', 'benefit', 'phase', 'target_groups',
                       'wishes', 'introduction', 'case_manager_id'}, {'candidates'}),
    'app.candidate_competence': ({'evidence'}, set()),
    'app.user_account': ({'name'}, {'platform'}),
    'app.contact': ({'name', 'email', 'phone'}, {'employers'}),
}


@pytest.mark.parametrize('program', PROGRAMS)
@pytest.mark.parametrize('table', PERSONS)
def test_attack_16_a_program_reads_of_persons_what_it_works_with(region, connect, program, table):
    columns, readers = PERSONS[table]
    there = {row[0] for row in region.sql('select attname from pg_attribute where attrelid = %s::regclass and attnum > 0', (table,))}
    assert columns <= there
    with connect(program).cursor() as cursor:
        for column in columns:
            cursor.execute('savepoint s')
            try:
                cursor.execute(f'select {column} from {table} limit 1')
                assert program in readers, column
            except psycopg2.errors.InsufficientPrivilege:
                assert program not in readers, column
                cursor.execute('rollback to savepoint s')


@pytest.mark.parametrize('program', PROGRAMS)
def test_attack_16_no_program_takes_a_lock_of_others(region, connect, program):
    """Locks by number have no owner and no rights: whoever may call these functions can keep `migrate`, or a cap, from going on."""
    names = [row[0] for row in region.sql("select p.oid::regprocedure::text from pg_proc p where p.pronamespace = 'pg_catalog'::regnamespace "
                                          "and p.proname ~ 'advisory' and p.pronargs > 0")]
    assert len(names) > 10
    with connect(program).cursor() as cursor:
        for name in names:
            call = name.replace('bigint', '7000').replace('integer,integer', '0, 7000')
            cursor.execute('savepoint s')
            with pytest.raises(psycopg2.errors.InsufficientPrivilege):
                cursor.execute(f'select {call}')
            cursor.execute('rollback to savepoint s')
        cursor.execute('savepoint s')
        if program == 'dispatcher':
            cursor.execute('select queue.lead(null)')
        else:
            with pytest.raises(psycopg2.errors.InsufficientPrivilege):
                cursor.execute('select queue.lead(null)')


NAMES = {'user': 'app.user_account', 'organisation': 'app.organisation', 'employer': 'app.employer', 'candidate': 'app.candidate'}


@pytest.mark.parametrize('program', programs('service'))
@pytest.mark.parametrize('noun', NAMES)
def test_seen_attack_no_program_finds_by_name_what_it_cannot_read(region, connect, program, noun):
    """Letter by letter, the search by names told every program which names there are."""
    word = region.sql('select word from app.name_word where tenant_id = 1 and noun = %s limit 1', (noun,))[0][0]
    with connect(program).cursor() as cursor:
        context(cursor, 1)
        cursor.execute("select has_any_column_privilege(%s, 'select'), exists (select app.named(%s, %s))", (NAMES[noun], noun, word))
        reads, finds = cursor.fetchone()
        assert reads == finds
