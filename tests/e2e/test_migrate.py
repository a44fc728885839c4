# SPDX-License-Identifier: EUPL-1.2
"""maatwerk migrate: what is in the files of sql/ is in the database, and nothing else; all of it, or nothing."""
import shutil
import sys
import threading

import psycopg2
import pytest

from howto import follow
from region import ROOT, SANITIZED, Client, Region

sys.path.insert(0, str(ROOT / 'openapi'))
from generator import sql, states  # noqa: E402
from generator.contract import Contract  # noqa: E402

OURS = "(select n.oid from pg_namespace n where n.nspowner = 'maatwerk_owner'::regrole)"
# of each sort of object: its name, its definition, and what changes when it is made anew
CATALOGUE = f"""
select 'function', p.oid::regprocedure::text, pg_get_functiondef(p.oid) || coalesce(p.proacl::text, ''), p.oid::text
from pg_proc p where p.pronamespace in {OURS}
union all select 'view', c.oid::regclass::text, pg_get_viewdef(c.oid), c.oid::text
from pg_class c where c.relnamespace in {OURS} and c.relkind = 'v'
union all select 'table', c.oid::regclass::text, format('%s %s %s %s', c.relrowsecurity, c.relforcerowsecurity, c.relacl,
    (select string_agg(a.attname, ' ' order by a.attnum) from pg_attribute a where a.attrelid = c.oid and a.attnum > 0)), c.xmin::text
from pg_class c where c.relnamespace in {OURS} and c.relkind = 'r'
union all select 'policy', p.polrelid::regclass || ' ' || p.polname, pg_get_expr(p.polqual, p.polrelid), p.oid::text from pg_policy p
union all select 'trigger', t.tgrelid::regclass || ' ' || t.tgname, pg_get_triggerdef(t.oid), t.oid::text
from pg_trigger t where not t.tgisinternal
union all select 'state', s.noun || ' ' || s.state, s.phase, s.xmin::text from ref.state s
union all select 'move', m.noun || ' ' || m.from_state || ' ' || m.event, m::text, m.xmin::text from ref.state_move m
union all select 'kind', k.kind, k::text, k.xmin::text from queue.kind k
"""


@pytest.fixture(scope='module')
def house():
    with Region.started('migrate', SANITIZED, candidates=420) as made:
        yield made


class Tree:
    """A copy of sql/ that a test changes."""

    def __init__(self, house, folder):
        self.house, self.folder = house, folder

    def add(self, name, text):
        with open(self.folder / name, 'a') as file:
            file.write(text)

    def replace(self, name, before, after):
        text = (self.folder / name).read_text()
        assert text.count(before) == 1, f'{name} has {text.count(before)} times: {before}'
        (self.folder / name).write_text(text.replace(before, after))

    def migrate(self, check=True):
        kept, self.house.env['MAATWERK_SQL'] = self.house.env['MAATWERK_SQL'], str(self.folder)
        try:
            return self.house.command('migrate', check=check)
        finally:
            self.house.env['MAATWERK_SQL'] = kept


@pytest.fixture
def tree(house, tmp_path):
    """The database is again as it was after the test, or the test fails."""
    shutil.copytree(ROOT / 'sql', tmp_path / 'sql')
    before = catalogue(house)
    yield Tree(house, tmp_path / 'sql')
    house.sql("delete from migration.applied where name ~ '^migrations/9'")
    house.command('migrate')
    assert catalogue(house) == before


def catalogue(house, anew=False):
    """{(sort, name): definition}, or {(sort, name): what changes when it is made anew}"""
    return {row[:2]: row[3 if anew else 2] for row in house.sql(CATALOGUE)}


def refused(house, tree, *words):
    """Migrates, is refused with these words, and nothing has changed: no object, no row, no note."""
    notes = 'select name, checksum, at from migration.applied order by 1'
    before = catalogue(house, anew=True), house.sql(notes)
    done = tree.migrate(check=False)
    assert done.returncode == 1 and done.stdout == ''
    for word in words:
        assert word in done.stderr, done.stderr
    assert (catalogue(house, anew=True), house.sql(notes)) == before


def test_the_second_time_nothing_happens(house):
    before = catalogue(house, anew=True)
    assert house.command('migrate').stdout == ''
    assert catalogue(house, anew=True) == before


def test_a_changed_function_is_applied_and_nothing_else(house, tree):
    tree.replace('functions/queue_seen.sql', "< 10000000", "< 10")
    before = catalogue(house)
    assert tree.migrate().stdout == 'applied functions/queue_seen.sql\n'
    changed = {name for name, text in catalogue(house).items() if before[name] != text}
    assert changed == {('function', 'queue.ids_of(jsonb)')}
    assert house.sql("""select queue.ids_of('{"few": 9, "many": 10}')""") == [({'few': '9'},)]


def test_a_program_is_a_line_and_has_the_rights_of_its_kind(house, tree):
    tree.add('programs.tsv', 'postman\tworker\n')
    assert tree.migrate().stdout == 'applied grants.tsv\n'
    may = "select has_function_privilege('maatwerk_postman', 'queue.claim(bigint[])', 'execute'), rolcanlogin, rolconnlimit > 0, " \
          "has_table_privilege('maatwerk_postman', 'app.candidate', 'select') from pg_roles where rolname = 'maatwerk_postman'"
    assert house.sql(may) == [(True, True, True, False)]
    house.command('migrate')
    assert house.sql(may) == [(False, True, True, False)], 'it is not listed any more'


def test_a_function_may_return_something_else_and_take_other_names(house, tree):
    text = (tree.folder / 'functions/queue_operator.sql').read_text()
    before = text[text.index('create function queue.drop_dead('):text.index('-- A kind waits until then')]
    after = 'create function queue.drop_dead(dead_letter bigint, extra int default 0) returns text language sql\n' \
            "    security definer set search_path = pg_catalog, pg_temp as $$ select 'none' $$;\n\n"
    tree.replace('functions/queue_operator.sql', before, after)
    tree.migrate()
    assert house.sql('select queue.drop_dead(1)') == [('none',)]


def test_what_is_in_no_file_any_more_is_dropped(house, tree):
    (tree.folder / 'functions/card.sql').unlink()
    tree.replace('grants.tsv', 'candidates\texecute\tfunction app.card_of_candidate(uuid)\n', '')
    tree.replace('grants.tsv', 'placements\texecute\tfunction app.card_of_proposal(uuid)\n', '')
    text = (tree.folder / 'functions/queue_seen.sql').read_text()
    view = text[text.index('create view queue.act_seen'):text.index('-- A lane of which')]
    tree.replace('functions/queue_seen.sql', view, '')
    tree.replace('grants.tsv', 'platform,cli\tselect\ttable queue.act_seen\n', '')
    tree.replace('functions/candidate.sql', "create trigger bury after delete on app.candidate for each row execute function "
                 "app.bury('candidate');\n", '')
    tree.replace('functions/screening.sql', "call app.open_to_scope('app.screening', 'app.sees_screening');\n", '')
    house.sql('set role maatwerk_owner; create function app.by_hand() returns int language sql as $$ select 1 $$')
    before = catalogue(house)
    tree.migrate()
    assert set(before) - set(catalogue(house)) == {
        ('function', 'app.card(app.candidate,boolean)'), ('function', 'app.card_of_candidate(uuid)'),
        ('function', 'app.card_of_proposal(uuid)'), ('function', 'app.by_hand()'), ('view', 'queue.act_seen'),
        ('trigger', 'app.candidate bury'), ('policy', 'app.screening by_scope'), ('trigger', 'app.screening a_still_seen')}


def test_a_state_that_is_in_no_file_any_more_is_removed(house, tree):
    text = (tree.folder / 'states/proposal.sql').read_text()
    kept = [line for line in text.splitlines() if "'expire'" not in line and "'expired'" not in line]
    text = '\n'.join(kept) + '\n'
    (tree.folder / 'states/proposal.sql').write_text(text.replace('),\non conflict', ')\non conflict'))
    before = catalogue(house)
    tree.migrate()
    assert set(before) - set(catalogue(house)) == {
        ('state', 'proposal expired'), *(('move', f'proposal {state} expire') for state in ('drafted', 'sent', 'invited'))}


def test_a_move_that_was_made_stays(house, tree):
    tree.replace('states/vacancy.sql', "    ('vacancy', 'filled',        'close',       'closed',        "
                 "'{consultant,account_manager,team_lead}', 'all placements have started'),\n", '')
    made = 'insert into app.transition (tenant_id, noun, subject_id, from_state, event, to_state, at) values ' \
        "(1, 'vacancy', gen_random_uuid(), 'filled', 'close', 'closed', clock.now())"
    house.sql(made)
    refused(house, tree, 'after/rows.sql', 'transition_allowed', '(vacancy, filled, close, closed) is still referenced')
    house.sql("delete from app.transition where event = 'close'")


def test_a_kind_of_job_that_is_in_no_file_any_more_is_removed_and_what_operators_set_stays(house, tree):
    tree.replace('kinds/matching.sql', "    ('match_candidate', 'matching'),\n", '')
    house.sql("update queue.kind set max_inflight = 3, paused_until = 'infinity' where kind = 'count_supply'")
    tree.migrate()
    assert house.sql('select kind, max_inflight, paused_until is not null from queue.kind where worker = $$matching$$ order by 1') == [
        ('count_figures', None, False), ('count_supply', 3, True), ('expire', None, False), ('match_vacancy', None, False)]
    house.sql("update queue.kind set max_inflight = null, paused_until = null where kind = 'count_supply'")


def test_a_kind_of_which_there_are_jobs_stays(house, tree):
    tree.replace('kinds/matching.sql', "    ('match_candidate', 'matching'),\n", '')
    job = house.sql("select queue.enqueue('match_candidate', 1)")[0][0]
    refused(house, tree, 'after/rows.sql', 'match_candidate')
    house.sql('delete from queue.job where id = %s', (job,))


@pytest.mark.parametrize('file,text,words', [
    ('functions/vacancy.sql', 'create function app.x() returns int langwage sql as $$ select 1 $$;', ['functions/vacancy.sql', 'langwage']),
    ('functions/vacancy.sql', 'create function app.x() returns int language sql as $$ select no_such from app.vacancy $$;',
     ['after/check.sql', 'no_such', 'app.x()']),
    ('functions/vacancy.sql', 'create function app.x() returns int language plpgsql as $$ begin retrun 1; end $$;',
     ['after/check.sql', 'retrun', 'app.x()']),
    ('functions/vacancy.sql',
     'create function app.move(noun text, from_state text, event text) returns int language sql as $$ select 1 $$;',
     ['functions/vacancy.sql', 'already exists']),
    ('states/proposal.sql', "insert into ref.state_move (noun, from_state, event, to_state, roles, guard) values "
     "('proposal', 'sent', 'lose', 'lost', '{system}', '');", ['states/proposal.sql', 'lost']),
    ('grants.tsv', 'employers\tselect\ttable app.no_such\n', ['grants.tsv', 'no_such']),
    ('functions/ORDER', 'no_such.sql\n', ['no_such.sql'])],
    ids=['syntax', 'body in SQL', 'body in PL/pgSQL', 'made twice', 'a move to nowhere', 'a right on nothing', 'a file that is not there'])
def test_what_is_wrong_undoes_everything(house, tree, file, text, words):
    tree.add('migrations/9001_more.sql', 'create table app.more (tenant_id int not null);\n')
    tree.add('functions/more.sql', "call app.wall('app.more');\n")
    tree.add(file, text)
    refused(house, tree, *words)


def test_a_migration_may_change_what_a_view_uses_and_sees_all_rows(house, tree):
    tree.add('migrations/9001_more.sql', 'alter table queue.kind alter column timeout_ms type bigint;\n'
             "update app.employer set name = name || ' BV';\n")
    before = house.sql('select count(*) from app.employer')
    done = tree.migrate()
    assert done.stdout == 'applied migrations/9001_more.sql\n'
    assert house.sql("select count(*) from app.employer where name like '% BV'") == before
    assert tree.migrate().stdout == ''              # it is applied once
    house.sql("alter table app.employer disable trigger user; update app.employer set name = left(name, -3); "
              "alter table app.employer enable trigger user; delete from migration.applied where name ~ '^migrations/9'")
    tree.add('functions/more.sql', '-- another time\n')
    (tree.folder / 'migrations/9001_more.sql').write_text('alter table queue.kind alter column timeout_ms type int;\n')
    tree.migrate()


def test_a_table_without_its_wall_is_refused(house, tree):
    tree.add('migrations/9001_more.sql', 'create table app.more (tenant_id int not null);\n')
    refused(house, tree, 'app.more', 'no wall')


def test_a_migration_that_was_applied_must_be_there_as_it_was(house, tree):
    tree.add('migrations/0003_reference.sql', '-- changed\n')
    refused(house, tree, 'migrations/0003_reference.sql has changed')
    (tree.folder / 'migrations/0003_reference.sql').unlink()
    refused(house, tree, 'migrations/0003_reference.sql', 'this version is older')


def test_two_at_once_are_refused(house):
    holder = psycopg2.connect(house.env['MAATWERK_PG'] + ' user=maatwerk_admin')
    holder.cursor().execute('select pg_advisory_lock(7000)')
    done = house.command('migrate', check=False)
    holder.close()
    assert done.returncode == 1 and 'another migration' in done.stderr


def test_programs_go_on_while_functions_change(house, tree):
    """Everything is made anew below them: what they have prepared, their policies and their triggers. Who waits longer for that than a request may
    (a busy machine) is told to come again, and nobody hears of a fault."""
    house.start_programs()
    client, over, statuses, lost = Client(house, 'consultant'), threading.Event(), [], []

    def call():
        try:
            while not over.is_set():
                for answer in (client.get('/vacancies?pageSize=5'), client.post('/employers', {'name': 'Bouwbedrijf', 'sector': '4120', 'sizeClass': 'small'})):
                    statuses.append(answer.status if answer.status != 503 or 'retry-after' in answer.headers else 'no Retry-After')
        except OSError as error:
            lost.append(error)
    callers = [threading.Thread(target=call) for _ in range(4)]
    for caller in callers:
        caller.start()
    try:
        for number in range(4):
            until = len(statuses) + 40
            while len(statuses) < until and not lost:
                over.wait(0.01)
            if number < 3:
                tree.add('functions/vacancy.sql', f'-- {number}\n')
                assert tree.migrate().stdout == 'applied functions/vacancy.sql\n'
    finally:
        over.set()
        for caller in callers:
            caller.join()
    assert not lost and {200, 201} <= set(statuses) <= {200, 201, 503, 504}, [status for status in statuses if status not in (200, 201)]
    assert client.get('/vacancies?pageSize=5').status == 200
    assert set(house.stop_programs().values()) == {0} and not house.sanitizers()


def test_the_noun_of_the_how_to_is_migrated_and_its_statements_prepare(house, tree):
    follow(tree.folder.parent, 'sql/')
    contract = Contract(ROOT / 'openapi')
    rights = {o.id: list(o.rights or {}) for o in contract.operations} | {'endVisit': ['account_manager', 'consultant']}
    (tree.folder / 'functions/gen/states.sql').write_text(states.functions(states.read(tree.folder / 'states'), rights, contract.offered(), contract.purposes()))     # as `make gen` does
    tree.migrate()
    try:
        with psycopg2.connect(house.env['MAATWERK_PG'] + ' user=maatwerk_employers') as connection, connection.cursor() as cursor:
            for query in sql.queries_of(tree.folder / 'queries/visit.sql')[1]:
                cursor.execute(f'prepare {query.name} as {query.text}')
        assert house.sql("select relrowsecurity and relforcerowsecurity from pg_class where oid = 'app.visit'::regclass") == [(True,)]
        assert house.sql("select state, phase from ref.state where noun = 'visit' order by state") == [
            ('cancelled', 'ended'), ('held', 'settled'), ('planned', 'open')]
    finally:
        house.sql("delete from app.transition where noun = 'visit'; drop table app.visit cascade")
