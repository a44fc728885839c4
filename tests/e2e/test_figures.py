# SPDX-License-Identifier: EUPL-1.2
"""Figures: each has a definition, what is counted can be worked out by hand, and nobody computes what is held back."""
import csv
import io
import itertools
import random
import uuid

import psycopg2
import pytest

from region import day

SYSTEM = "set_config('app.tenant', '1', true), set_config('app.scope', 'tenant', true), set_config('app.role', 'system', true)"


def test_every_figure_has_a_definition_in_both_languages(as_role):
    analyst = as_role('analyst')
    dutch = analyst.get('/figures?pageSize=100').json['items']
    english = analyst.call('GET', '/figures?pageSize=100', headers={'Accept-Language': 'en'}).json['items']
    assert [f['code'] for f in dutch] == [f['code'] for f in english] and len(dutch) >= 11
    assert all(d['definition'] != e['definition'] and d['name'] != e['name'] for d, e in zip(dutch, english))
    assert {f['code'] for f in analyst.get('/figures?measure=stock').json['items']} == {'open_vacancies', 'open_candidates', 'on_the_way', 'basic_qualification'}


@pytest.fixture(scope='module')
def counted(region):
    """counted(): everything is counted now, as the job does it."""
    def count():
        region.sql(f'select {SYSTEM}; select app.figures_count()')
    return count


@pytest.fixture(scope='module')
def reported(region, counted):
    """reported(year, {(sector, kind, month): n}): as many vacancies, reported at noon of the 10th, and counted."""
    def put(year, cells, project=None):
        region.sql("set session_replication_role = replica; delete from app.vacancy v where v.tenant_id = 1 and extract(year from reported_at) = %s "
                   "and title = 'Geteld'", (year,))
        for (sector, kind, month), n in cells.items():
            region.sql("""set session_replication_role = replica;
                with e as (insert into app.employer (tenant_id, id, region_id, name, sector, size_class, version, changed_at, changed_in)
                           select 1, gen_random_uuid(), region_id, 'Teller', %s, 'small', 1, clock.now(), '3' from ref.tenant where tenant_id = 1 returning id)
                insert into app.vacancy select (jsonb_populate_record(v, jsonb_build_object('id', gen_random_uuid(), 'employer_id', e.id, 'title', 'Geteld',
                    'state', 'closed', 'kind', %s::text, 'reported_by_organisation', null, 'project_id', %s::text,
                    'reported_at', make_timestamptz(%s, %s, 10, 12, 0, 0, 'Europe/Amsterdam')))).*
                from (select x from app.vacancy x where x.tenant_id = 1 order by x.id limit 1) o (v), e, generate_series(1, %s)""",
                       (sector + '99', kind, project, year, month, n))
        counted()
    return put


def get(client, code, year, **asked):
    answer = client.get(f'/figures/{code}?dayFrom={year}-01-01&dayTo={year}-12-31' + ''.join(f'&{k}={v}' for k, v in asked.items()))
    assert answer.status == 200, answer.text
    return answer.json


def months(figure, group=None):
    return {int(p['month'][5:]): p.get('value') for p in figure['points'] if p.get('group') == group and not p.get('rest')}


def years(figure):
    return {p.get('group', 'rest' if p.get('rest') else None): p.get('value') for p in figure['totals']}


# ------------------------------------------------------------------------------------------------------- by hand

def test_reported_by_month_sector_and_kind(as_role, reported):
    reported(2019, {('46', 'regular', 1): 3, ('46', 'temp', 1): 2, ('46', 'regular', 7): 1, ('81', 'regular', 7): 9})
    lead = as_role('team_lead')
    figure = get(lead, 'reported', 2019)
    assert months(figure) == {**dict.fromkeys(range(1, 13), 0), 1: 5, 7: 10} and years(figure) == {None: 15}
    assert figure['whole'] is True and figure['unit'] == 'vacancies' and figure['asOf']
    by_sector = get(lead, 'reported', 2019, groupBy='sector')
    assert months(by_sector, '46') == {**dict.fromkeys(range(1, 13), 0), 1: 5, 7: 1} and years(by_sector) == {'46': 6, '81': 9}
    assert years(get(lead, 'reported', 2019, sector='46')) == {None: 6}
    both = get(lead, 'reported', 2019, sector='46', groupBy='kind')
    assert months(both, 'temp')[1] == 2 and years(both) == {'regular': 4, 'temp': 2}


def test_a_month_begins_and_ends_in_amsterdam(as_role, region, reported, counted):
    """Half an hour before midnight of New Year's Eve in UTC it is New Year in Amsterdam, and in summer it is two hours."""
    reported(2018, {('46', 'regular', 1): 4})
    ids = [row[0] for row in region.sql("select id from app.vacancy where title = 'Geteld' and extract(year from reported_at) = 2018 order by id")]
    for one, at in zip(ids, ('2017-12-31T22:59:59Z', '2017-12-31T23:00:00Z', '2018-06-30T21:59:59Z', '2018-06-30T22:00:00Z')):
        region.sql('set session_replication_role = replica; update app.vacancy set reported_at = %s where id = %s', (at, one))
    counted()
    found = months(get(as_role('team_lead'), 'reported', 2018))
    assert {month: n for month, n in found.items() if n} == {1: 1, 6: 1, 7: 1}


def test_what_is_done_is_counted(as_role, region, proposed, counted):
    """One vacancy with two positions and three proposals: two are hired, and it is filled; then one hire is undone."""
    client, now = as_role('consultant'), region.sql("select to_char(clock.now() at time zone 'Europe/Amsterdam', 'YYYY-MM-DD')")[0][0]

    def numbers():
        counted()
        return {code: client.get(f'/figures/{code}').json['points'][-1].get('value', 0) for code in ('proposed', 'hired', 'filled', 'open_vacancies')}
    before = numbers()
    vacancy, proposals = proposed()
    assert numbers() == {**before, 'proposed': before['proposed'] + len(proposals), 'open_vacancies': before['open_vacancies'] + 1}
    for proposal in proposals[:2]:
        assert client.post(f'/proposals/{proposal}/answers', {'answer': 'hire'}).status in (200, 201)
    after = numbers()
    assert after == {'proposed': before['proposed'] + len(proposals), 'hired': before['hired'] + 2, 'filled': before['filled'] + 1,
                     'open_vacancies': before['open_vacancies']}
    seen = client.get(f'/figures/hired/months/{now}/records?pageSize=100').json['items']
    assert len(seen) == after['hired'] and set(proposals[:2]) <= {r['id'] for r in seen} and {r['noun'] for r in seen} == {'proposal'}
    assert client.post(f'/proposals/{proposals[0]}/hire-reversals', {'reason': 'wrong_candidate'}).status in (200, 201)
    undone = numbers()
    assert undone['hired'] == before['hired'] + 1 and undone['filled'] == before['filled']


def test_every_number_is_that_of_its_records(as_role, counted):
    counted()
    lead = as_role('team_lead')
    for figure in lead.get('/figures?pageSize=100').json['items']:
        if figure['measure'] == 'stated':
            continue
        last = lead.get(f'/figures/{figure["code"]}').json
        if not last['points'] or figure['measure'] in ('median', 'share') or not last['whole']:
            continue
        rows = lead.get(f'/figures/{figure["code"]}/months/{last["points"][-1]["month"]}-01/records?pageSize=100&count=true').json
        assert last['points'][-1]['value'] == (rows['total'] if figure['code'] != 'shortfall' else sum(r['weight'] for r in rows['items'])), figure['code']


def test_seen_builder_records_say_what_they_are(as_role, counted):
    """Each record was an identifier, and a page of twenty needed twenty calls more."""
    counted()
    lead, month = as_role('team_lead'), day()
    for code in ('reported', 'proposed', 'open_candidates', 'shortfall'):
        rows = lead.get(f'/figures/{code}/months/{month}/records?pageSize=3').json['items']
        assert rows and all(lead.get(row['path']).json['id'] == row['id'] for row in rows), code
        assert all(row.get('label') for row in rows) or code == 'shortfall', rows
    assert rows and 'label' not in lead.get(f'/figures/reported/months/{month}/records?fields=id').json['items'][0]


def test_the_middle_of_the_hours(as_role, region, reported, counted):
    reported(2017, {('46', 'regular', 3): 3})
    ids = [row[0] for row in region.sql("select id from app.vacancy where title = 'Geteld' and extract(year from reported_at) = 2017 order by id")]
    for one, hours in zip(ids, (2, 71, 50)):
        region.sql("""set session_replication_role = replica; insert into app.screening (tenant_id, id, vacancy_id, verdict, advice, advice_rules, rules_version, screened_at,
                version, changed_at, changed_in) select 1, gen_random_uuid(), v.id, 'suitable', 'suitable', '[]', 'x', v.reported_at + make_interval(hours => %s), 1, clock.now(), '3'
            from app.vacancy v where v.id = %s""", (hours, one))
    counted()
    figure = get(as_role('team_lead'), 'time_to_answer', 2017)
    assert months(figure) == {3: 50} and years(figure) == {None: 50}
    hidden = get(as_role('analyst'), 'time_to_answer', 2017)
    assert set(months(hidden).values()) <= {None} and set(years(hidden).values()) == {None}


def test_the_job_counts_and_somebody_may_ask_for_it(as_role, region):
    region.sql('delete from app.figure_count')
    analyst = as_role('analyst')
    assert 'asOf' not in analyst.get('/figures/reported').json
    asked = analyst.post('/figures/reported/counts')
    assert asked.status == 200
    analyst.wait_for('/figures/reported', lambda r: 'asOf' in r.json)


# ------------------------------------------------------------------------------------------------------- held back

LEAST = 5


def shown(figure):
    """Everything that an answer says: {(group, month): number} with `''` for the rest, None for all, and month 0 for the year."""
    found = {}
    for point in figure['points'] + figure['totals']:
        group = '' if point.get('rest') else point.get('group')
        if 'value' in point:
            found[group, int(point['month'][5:]) if 'month' in point else 0] = point['value']
    return found


def attack(client, year, truth, sectors, kinds):
    """Asks everything that the role may ask of the year, puts all sums together, and computes what follows. Gives the small cells that follow."""
    cells = {(s, k, m) for s in sectors for k in kinds for m in range(1, 13)}
    equations, answers = [], []

    def learn(names, total):
        equations.append((frozenset(names), total))
    plain = get(client, 'reported', year)
    answers += [(plain, lambda g: cells)]
    for dimension, values, place in (('sector', sectors, 0), ('kind', kinds, 1)):
        figure = get(client, 'reported', year, groupBy=dimension)
        answers.append((figure, lambda g, place=place, figure=figure: {c for c in cells if (c[place] == g if g else c[place] not in
                        {p.get('group') for p in figure['totals'] if 'value' in p})}))
        for value in values:
            answers.append((get(client, 'reported', year, **{dimension: value}), lambda g, place=place, value=value: {c for c in cells if c[place] == value}))
    for s in sectors:
        answers.append((get(client, 'reported', year, sector=s, groupBy='kind'), lambda g, s=s: {c for c in cells if c[0] == s and c[1] == g} if g else None))
    for k in kinds:
        answers.append((get(client, 'reported', year, kind=k, groupBy='sector'), lambda g, k=k: {c for c in cells if c[1] == k and c[0] == g} if g else None))
    for figure, of in answers:
        for (group, month), value in shown(figure).items():
            assert value == 0 or value >= LEAST
            names = of(group)
            if names is not None:
                names = {c for c in names if not month or c[2] == month}
                assert sum(truth.get(c, 0) for c in names) == value
                learn(names, value)
    return equations, cells


def aggregates(cells, sectors, kinds):
    """Every number that a table of one or two dimensions could have, as a set of cells."""
    for s, k, m in itertools.product([None, *sectors], [None, *kinds], [None, *range(1, 13)]):
        if None in (s, k, m):
            yield frozenset(c for c in cells if (s is None or c[0] == s) and (k is None or c[1] == k) and (m is None or c[2] == m))


def small_that_follow(equations, cells, truth, sectors, kinds):
    """The aggregates from 1 to below the smallest cell whose sum is a combination of sums that are shown: one modulo a large prime is enough."""
    prime, order = 2 ** 31 - 1, {c: i for i, c in enumerate(sorted(cells))}
    basis = {}

    def reduced(vector):
        vector = dict(vector)
        for pivot in sorted(basis):
            factor = vector.get(pivot, 0)
            if factor:
                for i, x in basis[pivot].items():
                    vector[i] = (vector.get(i, 0) - factor * x) % prime
        return {i: x for i, x in vector.items() if x}
    zeros = [frozenset([c]) for names, total in equations if total == 0 for c in names]     # nothing is negative
    for names in [*(names for names, _ in equations), *zeros]:
        left = reduced({order[c]: 1 for c in names})
        if left:
            pivot = min(left)
            inverse = pow(left[pivot], -1, prime)
            basis[pivot] = {i: x * inverse % prime for i, x in left.items()}
    return [sorted(names)[:3] for names in aggregates(cells, sectors, kinds)
            if 0 < sum(truth.get(c, 0) for c in names) < LEAST and not reduced({order[c]: 1 for c in names})]


SECTORS, KINDS = ['46', '49', '81'], ['regular', 'temp', 'seasonal']


def made_up(seed):
    """A village, a town, or something in between."""
    chance = random.Random(seed)
    most = chance.choice([1, 2, 4, 9, 30])
    empty = chance.choice([0.3, 0.6, 0.9])
    return {(s, k, m): n for s in SECTORS for k in KINDS for m in range(1, 13) if chance.random() > empty and (n := chance.randint(0, most))}


@pytest.mark.parametrize('seed', range(6))
def test_nobody_computes_a_small_number(as_role, reported, seed):
    """All sums of all answers together, the zeros too, determine no number from 1 to 4."""
    truth = made_up(seed)
    reported(2016, truth)
    equations, cells = attack(as_role('analyst'), 2016, truth, SECTORS, KINDS)
    assert small_that_follow(equations, cells, truth, SECTORS, KINDS) == []


def test_such_a_computation_would_be_found(as_role, reported):
    """The numbers of somebody who sees all of them tell everything; so the attack above can fail."""
    truth = made_up(1)
    reported(2016, truth)
    cells = {(s, k, m) for s in SECTORS for k in KINDS for m in range(1, 13)}
    everything = [(names, sum(truth.get(c, 0) for c in names)) for names in aggregates(cells, SECTORS, KINDS)]
    assert small_that_follow(everything, cells, truth, SECTORS, KINDS)


def test_a_village_has_something_to_read(as_role, reported):
    """Eight vacancies in a year: no month is told, the year is, and who owns the files sees everything."""
    reported(2015, {('46', 'regular', 2): 3, ('81', 'regular', 5): 3, ('81', 'temp', 9): 2})
    village = get(as_role('analyst'), 'reported', 2015)
    assert years(village) == {None: 8}
    assert {m: n for m, n in months(village).items() if n is None} == {2: None, 5: None, 9: None}
    split = get(as_role('analyst'), 'reported', 2015, groupBy='sector')
    assert years(split) == {'46': None, '81': None, 'rest': 8}
    assert years(get(as_role('consultant'), 'reported', 2015, groupBy='sector')) == {'46': 3, '81': 5}
    reported(2015, {('46', 'regular', 2): 4})
    assert years(get(as_role('analyst'), 'reported', 2015)) == {None: None}


def test_the_smallest_cell_is_a_rule(region, as_role, reported):
    reported(2014, {('46', 'regular', 2): 7})
    assert get(as_role('analyst'), 'reported', 2014)['smallest'] == LEAST
    region.sql("set session_replication_role = replica; insert into app.rule (tenant_id, id, code, scope, state, value, source, adopted_at, from_at, version, changed_at, changed_in) "
               "values (1, '01920000-0000-7000-8000-00000000ee01', 'figure.smallest_cell', 'tenant', 'adopted', '{\"count\": 8}', 'raad', clock.now(), "
               "clock.now() - interval '1 day', 1, clock.now(), '3')")
    try:
        hidden = get(as_role('analyst'), 'reported', 2014)
        assert hidden['smallest'] == 8 and years(hidden) == {None: None}
    finally:
        region.sql("set session_replication_role = replica; delete from app.rule where id = '01920000-0000-7000-8000-00000000ee01'")


# ------------------------------------------------------------------------------------------------------- who asks what

def test_three_dimensions_are_too_many(as_role):
    analyst = as_role('analyst')
    for asked in ('groupBy=sector&sector=46', 'groupBy=sector&kind=regular&neighbourhood=BU99010102', 'groupBy=municipality&sector=46'):
        refused = analyst.get(f'/figures/reported?{asked}')
        assert refused.status == 400 and refused.problem == 'figure-dimensions' and refused.json['limit'] == 2, asked
    assert analyst.get('/figures/open_candidates?groupBy=sector').json['allowed'] == ['municipality', 'organisation', 'neighbourhood']
    assert analyst.get('/figures/nothing').status == 404 and analyst.get('/figures/recipients').status == 404


def test_an_organisation_asks_about_itself(as_role, world):
    firm = as_role('firm')
    own = firm.get('/figures/proposed')
    assert own.status == 200 and own.json['whole'] is False
    other = as_role('agency').get('/user-profile').json['organisationId']
    assert firm.get(f'/figures/proposed?organisationId={other}').status == 404
    assert firm.get(f'/figures/proposed?organisationId={world["firm"]}').json['points'] == own.json['points']
    for stranger in ('employer', 'partner'):
        assert as_role(stranger).get('/figures/reported').status == 404
    assert firm.get('/figures/proposed/months/2026-11-01/records').status == 403


def test_a_partner_asks_about_a_project(as_role, world):
    manager, employer = as_role('account_manager'), as_role('employer')
    project = manager.post('/projects', {'kind': 'pilot', 'title': 'Bouw', 'startsOn': '2026-09-01'}).json['id']
    assert employer.get(f'/figures/reported?projectId={project}').status == 404
    manager.post(f'/projects/{project}/participations', {'participantKind': 'employer', 'participantId': world['employer'], 'capacity': 'partner'})
    assert employer.get(f'/figures/reported?projectId={project}').status == 200
    hub = as_role('hub')
    assert hub.get('/figures/hired/months/2026-11-01/records').status == 403


def test_a_target_stands_beside_and_is_not_added(as_role, region, reported):
    manager = as_role('account_manager')
    project = manager.post('/projects', {'kind': 'pilot', 'title': 'Doel', 'startsOn': '2013-01-01'}).json['id']
    reported(2013, {('46', 'regular', 4): 6}, project)
    for nature, value in (('target', 20), ('forecast', 15)):
        assert manager.post('/stated-figures', {'code': 'reported', 'nature': nature, 'projectId': project, 'day': '2013-12-31', 'value': value}).status == 201
    figure = get(as_role('analyst'), 'reported', 2013, projectId=project)
    assert years(figure) == {None: 6} and [(s['nature'], s['value']) for s in figure['stated']] == [('forecast', 15), ('target', 20)]
    assert get(as_role('analyst'), 'reported', 2013)['stated'] == []


def test_what_stays_below_its_line_is_a_task_for_the_leader(as_role, region, counted):
    manager, lead = as_role('account_manager'), as_role('team_lead')
    leader = lead.get('/user-profile').json['id']
    project = manager.post('/projects', {'kind': 'pilot', 'title': 'Onder de lijn', 'startsOn': '2013-01-01', 'leaderId': leader}).json['id']
    manager.post(f'/projects/{project}/moves', {'event': 'start'})
    said = {'code': 'filled', 'nature': 'target', 'projectId': project}
    for day, value in (('2013-06-30', 0), ('2014-06-30', 3), ('2050-06-30', 3)):
        assert manager.post('/stated-figures', {**said, 'day': day, 'value': value}).status == 201
    for _ in range(2):
        counted()
        tasks = region.sql("select kind, state, owner_user_id::text, project_id::text from app.task where subject_id = %s", (project,))
        assert tasks == [('below_line', 'open', leader, project)]


def test_the_region_together_and_apart(as_role, region, counted):
    """What each municipality counted of one project; who knows the own number learns no small one of another."""
    manager = as_role('account_manager')
    project = manager.post('/projects', {'kind': 'pilot', 'title': 'Samen', 'startsOn': '2012-01-01'}).json['id']
    towns = region.sql("select tenant_id, id::text from ref.tenant where region_id = (select region_id from ref.tenant where tenant_id = 1) order by 1 limit 3")
    for numbers, expected in (((20, 30, 40), {0: 20, 1: 30, 2: 40, 'rest': 90}), ((20, 3, 40), {0: None, 1: None, 2: None, 'rest': 63}),
                              ((20, 3, 0), {0: None, 1: None, 2: 0, 'rest': None})):
        region.sql('set session_replication_role = replica; delete from region.figure_cell where project_id = %s', (project,))
        for (tenant, _), n in zip(towns, numbers):
            region.sql("insert into region.figure_cell (region_id, tenant_id, code, project_id, year, n) select region_id, tenant_id, 'hired', %s, '2012-01-01', %s "
                       "from ref.tenant where tenant_id = %s", (project, n, tenant))
        found = years(get(manager, 'hired', 2012, groupBy='municipality', projectId=project))
        assert found == {(towns[k][1] if k != 'rest' else k): v for k, v in expected.items()}, numbers


def test_raw_sql_gets_no_number_and_no_record_of_others(region, as_role, reported):
    """A program that sets another context gets what that context gets: no cells, no records without the role, and no municipality of somebody else."""
    reported(2011, {('46', 'regular', 2): 9})
    connection = psycopg2.connect(region.env['MAATWERK_PG'] + ' user=maatwerk_agreements')

    def ask(statement, **context):
        try:
            with connection.cursor() as cursor:
                for name, value in context.items():
                    cursor.execute('select set_config(%s, %s, true)', (f'app.{name}', value))
                cursor.execute(statement)
                return cursor.fetchall()
        except psycopg2.Error as error:
            return error.pgcode
        finally:
            connection.rollback()
    own = {'tenant': '1', 'scope': 'tenant', 'role': 'consultant'}
    series = "select totals->0->>'value' from app.figure_series('reported', '{}', null, '2011-01-01', '2011-12-31', 'nl')"
    records = "select count(*)::int from app.figure_records_seen('reported', '2011-02-01')"
    try:
        assert ask(series, **own) == [('9',)] and ask(records, **own) == [(9,)]
        for table in ('app.figure_cell', 'app.figure_count', 'region.figure_cell', 'app.vacancy', 'app.proposal', 'app.candidate', 'app.task'):
            assert ask(f'select 1 from {table}', **own) == '42501'
        assert ask("select app.figure_records('reported', '2011-01-01', '2011-12-31')", **own) == '42501'
        assert ask(records, **{**own, 'role': 'analyst'}) == ask(records, **{**own, 'scope': 'organisation'}) == 'MW403'
        assert ask(series, **{**own, 'tenant': '2'}) == [(None,)] and ask(records, **{**own, 'tenant': '2'}) == [(0,)]
        assert ask(series, **{**own, 'scope': ''}) == ask(series) == 'MW404'
    finally:
        connection.close()


def test_a_figure_is_a_table_for_a_spreadsheet(as_role, region, reported):
    project = as_role('account_manager').post('/projects', {'kind': 'pilot', 'title': '=1+1, "zorg"', 'startsOn': '2010-01-01'}).json['id']
    reported(2010, {('46', 'regular', 4): 6}, project)
    lead = as_role('team_lead')
    path = '/figures/reported?dayFrom=2010-04-01&dayTo=2010-05-31&groupBy=project'
    table = lead.call('GET', path, headers={'Accept': 'text/csv'})
    assert table.status == 200 and table.headers['content-type'] == 'text/csv'
    lines = list(csv.DictReader(io.StringIO(table.text, newline='')))
    assert [(line['group'], line['label'], line['period'], line['value'], line['suppressed']) for line in lines] == [
        (project, '\'=1+1, "zorg"', period, value, 'false') for period, value in (('2010-04', '6'), ('2010-05', '0'), ('2010', '6'))]
    assert lead.call('GET', path, headers={'Accept': 'application/json, text/csv;q=0.5'}).json['code'] == 'reported'
    assert lead.call('GET', path, headers={'Accept': 'text/csv', 'If-None-Match': table.headers['etag']}).status == 304
    held = as_role('analyst').call('GET', path.replace('&groupBy=project', ''), headers={'Accept': 'text/csv'})
    assert ',6,' in held.text
    assert lead.call('GET', '/figures/nothing', headers={'Accept': 'text/csv'}).problem == 'not-found'


@pytest.mark.parametrize('label,cell', [('Werk; -plan', "Werk; '-plan"), ('x;=1+1;', "x;'=1+1;"), (' =1', " '=1"), ('＝1', "'＝1"), ('a\t@x', "a\t'@x"), ('a-b = c + d', 'a-b = c + d')])
def test_seen_attacker_no_cell_of_a_figure_is_a_formula(region, label, cell):
    """Where cells are separated by semicolons, as in the Netherlands, a formula hid in the middle of a name, or after a space."""
    text, = region.sql("select app.figure_csv('hired', 'people', null, json_build_array(json_build_object('group', 'g', 'label', %s::text, 'value', 1, 'suppressed', false)), '[]')", (label,))[0]
    assert list(csv.DictReader(io.StringIO(text, newline='')))[0]['label'] == cell



WORK = """insert into app.placement (tenant_id, id, candidate_id, employer_id, kind, origin, state, offered_on, started_on, ends_on, ended_on, end_reason, end_phase, contract,
                                   permanent_from, converts, undo_reason, project_id, hours)
          select app.tenant(), coalesce(w.id, gen_random_uuid()), c.id, e.id, w.kind, 'other', w.state, w.started_on, w.started_on, w.ends_on, w.ended_on, w.end_reason, w.end_phase, w.contract,
                 w.permanent_from, w.converts, case w.state when 'undone' then 'other' end, %(project)s, 1
          from (values {rows}) w (id, kind, state, started_on, ends_on, ended_on, end_reason, end_phase, contract, permanent_from, converts),
               lateral (select x.id from app.candidate x where x.tenant_id = app.tenant() and w.started_on is not null order by x.id limit 1) c,
               lateral (select x.id from app.employer x where x.tenant_id = app.tenant() order by x.id limit 1) e"""


def test_people_at_work_are_counted_by_start_end_and_what_followed(scratch):
    """Worked out by hand: seven placements of 2025, one of which goes on as another kind, one of which nobody wrote the end of, and one undone."""
    first, second = '01920000-0000-7000-8000-00000000fa01', '01920000-0000-7000-8000-00000000fa02'
    rows = [  # id, kind, state, started, ends, ended, reason, phase, contract, permanent, converts
        (first, 'secondment', 'ended', '2025-01-15', None, '2025-07-15', 'converted', 'later', 'fixed_term', None, None),
        (second, 'regular', 'started', '2025-07-15', None, None, None, None, 'permanent', None, first),
        (None, 'temp', 'ended', '2025-01-20', None, '2025-03-01', 'health', 'first_quarter', 'fixed_term', None, None),
        (None, 'temp', 'started', '2025-01-31', '2025-04-30', None, None, None, 'fixed_term', None, None),
        (None, 'regular', 'started', '2025-01-10', None, None, None, None, 'fixed_term', '2025-11-01', None),
        (None, 'own_business', 'started', '2025-02-01', None, None, None, None, None, None, None),
        (None, 'regular', 'ended', '2025-01-10', None, '2025-12-31', 'end_of_term', 'later', 'fixed_term', None, None),
        (None, 'trial', 'undone', '2025-01-10', None, None, None, None, None, None, None)]
    text = lambda value, kind: f"'{value}'::{kind}" if value else f'null::{kind}'   # noqa: E731
    kinds = ('uuid', 'text', 'text', 'date', 'date', 'date', 'text', 'text', 'text', 'date', 'uuid')
    with scratch() as cursor:
        cursor.execute("set constraints all deferred; set session_replication_role = replica")
        cursor.execute("insert into region.project (region_id, id, tenant_id, kind, title, starts_on, version, changed_at, changed_in) values (region.here(), gen_random_uuid(), app.tenant(), "
                       "'pilot', 'Proef', '2025-01-01', 1, clock.now(), '3') returning id")
        project = cursor.fetchone()[0]
        cursor.execute('alter table app.placement alter version set default 1, alter changed_at set default now(), alter changed_in set default \'3\'')
        cursor.execute(WORK.format(rows=', '.join('(' + ', '.join(map(text, row, kinds)) + ')' for row in rows)), {'project': project})
        cursor.execute('update app.placement set converted_to = %s where id = %s', (second, first))

        def counted(code):
            cursor.execute("select to_char(r.at at time zone 'Europe/Amsterdam', 'YYYY-MM'), r.kind, sum(r.weight) from app.figure_records(%s, '2025-01-01', '2025-12-31') r "
                           'where r.project = %s group by 1, 2 order by 1, 2', (code, project))
            return [(month, kind, int(n)) for month, kind, n in cursor.fetchall()]
        assert counted('placed') == [('2025-01', 'regular', 2), ('2025-01', 'secondment', 1), ('2025-01', 'temp', 2), ('2025-02', 'own_business', 1)]
        assert counted('own_business') == [('2025-02', 'own_business', 1)]
        assert counted('drop_out') == [('2025-03', 'health', 1)] and counted('drop_out_phase') == [('2025-03', 'first_quarter', 1)]
        assert counted('converted') == [('2025-07', 'regular', 1)]
        assert counted('permanent') == [('2025-07', 'regular', 1), ('2025-11', 'regular', 1)]
        followed = [('2025-02', '1_months', 5), ('2025-03', '1_months', 1), ('2025-04', '3_months', 5), ('2025-05', '3_months', 1), ('2025-07', '6_months', 5), ('2025-08', '6_months', 1)]
        assert counted('followed') == followed
        # the temp that fell ill is no more there after three months; the other one had an agreed last day of 30 April, which is the day of three months, and is lost after six
        assert counted('retained') == [('2025-02', '1_months', 5), ('2025-03', '1_months', 1), ('2025-04', '3_months', 4), ('2025-05', '3_months', 1), ('2025-07', '6_months', 3),
                                       ('2025-08', '6_months', 1)]
        assert counted('lost') == [('2025-07', '6_months', 1)]


def put(cursor, table, **values):
    """A row as it is years later, with what the test does not say made up."""
    columns = {'id': str(uuid.uuid4()), 'version': 1, 'changed_at': '2025-12-31', **values}
    cursor.execute(f"insert into app.{table} (tenant_id, changed_in, {', '.join(columns)}) values (app.tenant(), '3', {', '.join(['%s'] * len(columns))})", list(columns.values()))
    return columns['id']


@pytest.fixture
def measured(scratch):
    """measured(code): what a figure counts of 2025 in one project, as {(month, kind): the numbers of its records}: four signals, eleven decisions and five objections, worked out by hand."""
    with scratch() as cursor:
        cursor.execute('set local session_replication_role = replica')
        cursor.execute('select id::text from app.candidate where tenant_id = app.tenant() order by id limit 1')
        person, project, somebody = cursor.fetchone()[0], str(uuid.uuid4()), str(uuid.uuid4())

        def signal(received, looked_into, **more):
            return put(cursor, 'signal', **{'candidate_id': person, 'kind': 'no_show', 'state': 'looked_into' if looked_into else 'received', 'seen_at': received, 'received_at': received,
                                            'looked_into_at': looked_into, 'sender': somebody, 'project_id': project, **more})

        def decision(kind='lowering', drafted=None, decided=None, notified=None, signals=(), **more):
            made = put(cursor, 'decision', **{
                'candidate_id': person, 'kind': kind, 'project_id': project, 'conduct_on': '2025-01-01', 'drafted_at': drafted or '2025-03-03 10:00+01', 'drafted_logins': [], 'decided_at': decided,
                'decided_by': decided and somebody, 'decided_logins': ['x'] if decided else None, 'concurrent': True, 'notified_on': notified, 'objection_until': notified,
                'state': 'in_force' if notified else 'decided' if decided else 'drafted', **more})
            for one in signals:
                cursor.execute('insert into app.decision_signal values (app.tenant(), %s, %s)', (made, one))
            return made

        def objection(state, decided=None, received='2025-04-01', **more):
            return put(cursor, 'objection', **{'decision_id': first, 'candidate_id': person, 'state': state, 'channel': 'letter', 'received_on': received, 'complete': True, 'decided_on': decided,
                                               'decided_by': decided and somebody, 'decided_logins': ['y'] if decided else None, 'noted_at': '2025-04-01', **more})
        early = signal('2025-02-10 08:30+01', '2025-02-10 11:00+01')                     # the same day, after three hours begun
        late = signal('2025-02-10 23:30+01', '2025-02-11 00:30+01')                      # an hour later, and the next day
        signal('2025-02-12 09:00+01', None)
        signal('2025-02-12 09:00+01', '2025-02-12 10:00+01', doubles_id=early)           # told twice
        signal('2025-02-12 09:00+01', None, state='withdrawn')
        first = decision(drafted='2025-02-14 09:00+01', decided='2025-03-03 09:00+01', notified='2025-03-05', signals=(early, late), step=1)
        decision(decided='2025-03-31 23:30+02', notified='2025-04-02', step=2)           # it is March in Amsterdam
        revised = decision(decided='2025-04-10 10:00+02', state='revised', step=1)       # its revision is not counted again
        revision = decision(decided='2025-05-12 10:00+02', notified='2025-05-14', revises_id=revised, revise_reason='return', step=1)
        cursor.execute('update app.decision set revised_by_id = %s where id = %s', (revision, revised))
        gone = decision(decided='2025-04-10 10:00+02', state='revised', step=1)          # and this revision was taken back
        back = decision(decided='2025-05-12 10:00+02', revises_id=gone, state='withdrawn', withdrawn_reason='objection')
        cursor.execute('update app.decision set revised_by_id = %s where id = %s', (back, gone))
        decision('warning', decided='2025-03-04 10:00+01', notified='2025-03-05')
        decision('ending', decided='2025-04-04 10:00+02', state='withdrawn', withdrawn_reason='mistaken')
        decision('ending')                                                               # a draft
        decision('premium', decided='2025-05-01 10:00+02', state='ended', paid_on='2025-06-01', category='course', notified='2025-05-02')
        decision('cost', decided='2025-05-01 10:00+02', state='ended', paid_on='2025-06-02', category='bicycle', notified='2025-05-02')
        decision('premium', decided='2025-05-01 10:00+02', notified='2025-05-02', category='course')      # not paid
        for state, decided in (('registered', None), ('upheld', '2025-05-01'), ('rejected', '2025-05-02'), ('rejected', '2025-06-30')):
            objection(state, decided)
        withdrawn = objection('withdrawn', received='2025-03-31')
        cursor.execute("insert into app.transition (tenant_id, noun, subject_id, from_state, event, to_state, at) values (app.tenant(), 'objection', %s, 'registered', 'withdraw', "
                       "'withdrawn', '2025-04-30 23:30+02')", (withdrawn,))

        def of(code):
            cursor.execute("select to_char(r.at at time zone 'Europe/Amsterdam', 'MM'), r.kind, array_agg(coalesce(r.amount, r.weight)::int order by r.amount) "
                           "from app.figure_records(%s, '2025-01-01', '2025-12-31') r where r.project = %s group by 1, 2", (code, project))
            return {(int(month), kind): numbers for month, kind, numbers in cursor.fetchall()}
        yield of


@pytest.mark.parametrize('code, expected', [
    ('signals_same_day', {(2, 'no_show'): [0, 0, 1]}), ('time_to_look_into', {(2, 'no_show'): [1, 3]}),
    ('measures', {(3, 'lowering'): [1, 1], (4, 'lowering'): [1], (3, 'warning'): [1]}),
    ('measures_step', {(3, 'step_1'): [1], (3, 'step_2'): [1], (4, 'step_1'): [1]}),
    ('premiums', {(6, 'premium'): [1], (6, 'cost'): [1]}), ('premiums_step', {(6, 'course'): [1], (6, 'bicycle'): [1]}),
    # of the first from its earliest signal; the others that were notified, from 3 March: 1 and 28 days in March, and those that were decided later
    ('time_per_phase', {(2, 'draft'): [4], (3, 'decision'): [1, 17, 28], (4, 'decision'): [32, 38, 38], (3, 'notification'): [1, 2], (4, 'notification'): [2]}),
    ('objections', {(3, 'lowering'): [1], (4, 'lowering'): [1, 1, 1, 1]}),
    ('objections_outcome', {(5, 'upheld'): [30], (5, 'rejected'): [31], (6, 'rejected'): [90], (4, 'withdrawn'): [30]}),
    ('time_to_objection', {(5, 'upheld'): [30], (5, 'rejected'): [31], (6, 'rejected'): [90]})])
def test_signals_measures_premiums_and_objections_are_counted(measured, code, expected):
    assert measured(code) == expected


def test_figures_of_measures_stay_inside_the_municipality(as_role, world):
    """Partners of a project ask how many signals were looked into the same day, and nothing of what came of them; inside, small numbers are held back."""
    manager, employer = as_role('account_manager'), as_role('employer')
    project = manager.post('/projects', {'kind': 'pilot', 'title': 'Binnen', 'startsOn': '2026-09-01'}).json['id']
    manager.post(f'/projects/{project}/participations', {'participantKind': 'employer', 'participantId': world['employer'], 'capacity': 'partner'})
    assert employer.get(f'/figures/signals_same_day?projectId={project}').status == 200
    for code in ('time_to_look_into', 'measures', 'measures_step', 'premiums', 'premiums_step', 'time_per_phase', 'objections', 'objections_outcome', 'time_to_objection'):
        for outside in ('employer', 'firm', 'partner'):
            assert as_role(outside).get(f'/figures/{code}?projectId={project}').status == 404, (code, outside)
        assert as_role('team_lead').get(f'/figures/{code}?projectId={project}').json['whole'] is True, code
        assert as_role('analyst').get(f'/figures/{code}?projectId={project}').json['whole'] is False, code
        assert as_role('analyst').get(f'/figures/{code}/months/2026-11-01/records').status == 403, code


def test_whoever_is_registered_is_counted_by_what_came_of_it(scratch):
    with scratch() as cursor:
        cursor.execute('set local session_replication_role = replica')
        cursor.execute('select id::text from app.candidate where tenant_id = app.tenant() order by id limit 1')
        person, project = cursor.fetchone()[0], str(uuid.uuid4())
        for kind, state, starts, ended, more in (
                ('mediation', 'finished', '2025-01-31', '2025-09-01', {'outcome': 'at_work'}), ('course', 'finished', '2025-02-01', '2025-03-01', {'outcome': 'at_work'}),
                ('mediation', 'stopped', '2025-02-28', '2025-03-01', {'stop_reason': 'own_request'}), ('mediation', 'running', '2025-02-01', None, {}),
                ('mediation', 'planned', '2024-12-31', None, {}), ('intake', 'finished', '2025-02-01', '2025-02-10', {'outcome': 'granted'})):
            put(cursor, 'trajectory', candidate_id=person, project_id=project, kind=kind, state=state, starts_on=starts, ended_on=ended, made_at='2025-01-01', **more)
        cursor.execute("select to_char(r.at at time zone 'Europe/Amsterdam', 'MM'), r.kind, sum(r.weight)::int from app.figure_records('registered', '2025-01-01', '2025-12-31') r "
                       'where r.project = %s group by 1, 2 order by 1, 2', (project,))
        assert cursor.fetchall() == [('01', 'at_work', 1), ('02', 'at_work', 1), ('02', 'running', 1), ('02', 'stopped', 1)]
