# SPDX-License-Identifier: EUPL-1.2
"""What a general row is about: whoever refers to a row sees it, and the wall comes from that row."""
import psycopg2
import pytest

CONTEXT = {'tenant': '1', 'scope': 'tenant', 'role': 'consultant'}
NOT_THE_EMPLOYERS = ('appointment', 'signal')      # with whom it is, and who sent it: no employer sees what is about them


@pytest.fixture
def asked(region):
    """asked(sql, parameters, **context): what it gives in this context; nothing of it stays."""
    def ask(statement, parameters=(), **context):
        connection = psycopg2.connect(region.env['MAATWERK_PG'] + ' user=maatwerk_admin')
        try:
            with connection.cursor() as cursor:
                for name, value in {**CONTEXT, **context}.items():
                    cursor.execute('select set_config(%s, %s, true)', (f'app.{name}', value))
                cursor.execute(statement, parameters)
                return cursor.fetchall()
        except psycopg2.Error as error:
            return error.pgcode
        finally:
            connection.close()
    return ask


def one(region, table):
    return region.sql(f'select id::text from app.{table} where tenant_id = 1 order by id limit 1')[0][0]


@pytest.mark.parametrize('noun, table, wall, whom', [
    ('vacancy', 'vacancy', 'employer', 'employer_id'), ('employer', 'employer', 'employer', 'employer_id'),
    ('contact', 'contact', 'employer', 'employer_id'), ('candidate', 'candidate', 'person', 'candidate_id'),
    ('proposal', 'proposal', 'person', 'candidate_id'), ('organisation', 'organisation', 'general', None), ('user', 'user_account', 'general', None)])
def test_a_row_says_behind_which_wall_it_stands_and_how_it_is_called(region, asked, noun, table, wall, whom):
    (found, label), = asked(f"select s.wall, app.subject_label('{noun}', s.id) from app.subject_put('{noun}', %s) s", (one(region, table),))
    assert found == wall and label
    if whom:
        assert asked(f"select s.{whom} is not null from app.subject_put('{noun}', %s) s", (one(region, table),)) == [(True,)]


def test_nobody_refers_to_what_he_does_not_see(region, asked):
    nobody = '01920000-0000-7000-8000-0000000000ff'
    there = one(region, 'candidate')
    assert asked("select app.refer_to('candidate', %s)", (there,)) == [(there,)]
    for context in ({'tenant': '2'}, {'scope': 'caseload', 'role': 'case_manager', 'actor': nobody}, {'scope': ''}, {'role': 'account_manager'}):
        assert asked("select app.refer_to('candidate', %s)", (there,), **context) == '23503'
        assert asked("select app.subject_label('candidate', %s)", (there,), **context) == [(None,)]
    for noun in ('nothing', "candidate'", 'Candidate', 'subject'):
        assert asked('select app.refer_to(%s, %s)', (noun, there)) == '23514'


def test_what_is_referred_to_once_is_asked_again(region, asked):
    """That a row of app.subject is there opens it to nobody."""
    there = one(region, 'candidate')
    assert asked("select (app.subject_put('candidate', %s)).id; select set_config('app.scope', 'caseload', true); "
                 "select app.refer_to('candidate', %s)", (there, there)) == '23503'


@pytest.mark.parametrize('wall, scope, role, sees', [
    ('person', 'tenant', 'consultant', True), ('person', 'tenant', 'account_manager', False), ('person', 'tenant', 'tenant_admin', False),
    ('measure', 'tenant', 'consultant', False), ('measure', 'tenant', 'team_lead', True), ('measure', 'caseload', 'coach', False),
    ('employer', 'tenant', 'account_manager', True), ('employer', 'tenant', 'hub', True), ('person', 'tenant', 'hub', False), ('region', 'tenant', 'analyst', True),
    ('employer', '', 'consultant', False), ('general', 'tenant', 'candidate', False)])
def test_walls_and_roles(region, wall, scope, role, sees):
    assert region.sql('select app.sees_about(%s, null, null, %s, %s, null, null)', (wall, scope, role)) == [(sees,)]


def test_seen_attacker_a_row_that_concerns_somebody_says_so(region):
    """Of each noun that can be referred to: what is about a row of it follows the columns in which the row says whom it concerns."""
    for noun, table, source in region.sql("""
            select substr(p.proname, 12), r.relname, p.prosrc from pg_proc p cross join lateral regexp_match(p.prosrc, 'from (\\S+) r') m
            join pg_class r on r.oid = m[1]::regclass where p.proname like 'subject\\_of\\_%' and p.pronamespace = 'app'::regnamespace"""):
        columns = {c for c, in region.sql("select attname from pg_attribute where attrelid = (select oid from pg_class where relname = %s and relkind = 'r' limit 1) and attnum > 0",
                                          (table,))}
        for column in ('candidate_id', 'employer_id'):
            assert column not in columns or f'r.{column}' in source or column == 'employer_id' and noun in NOT_THE_EMPLOYERS, (noun, column)
        assert 'wall' not in columns or 'r.wall' in source, noun


@pytest.mark.parametrize('path, body', [('/tasks', {'kind': 'promise'}), ('/notes', {'text': 'Over iets.'}), ('/agreements', {'kind': 'placement_sheet'})])
def test_seen_builder_a_noun_that_nothing_is_about_is_named(as_role, path, body):
    answer = as_role('team_lead').post(path, {'noun': 'banana', 'subjectId': '01920000-0000-7000-8000-00000000dead', **body})
    assert (answer.status, [(e['pointer'], e['code']) for e in answer.json['errors']]) == (400, [('/noun', 'reference')])
    gone = as_role('team_lead').post(path, {'noun': 'vacancy', 'subjectId': '01920000-0000-7000-8000-00000000dead', **body})
    assert (gone.status, [(e['pointer'], e['code']) for e in gone.json['errors']]) == (400, [('/subjectId', 'reference')])
