# SPDX-License-Identifier: EUPL-1.2
"""Projects of a region: begun, changed, started, ended and renewed; who sees them; and what names them."""
import psycopg2
import pytest

REGION = "set_config('app.tenant', '1', true), set_config('app.scope', 'tenant', true), set_config('app.role', 'account_manager', true)"


@pytest.fixture
def project(as_role):
    def make(client=None, **changes):
        body = {'kind': 'pilot', 'title': 'Werk in de wijk', 'startsOn': '2026-09-01', 'endsOn': '2028-08-31', 'targetGroups': ['youth'], **changes}
        return (client or as_role('account_manager')).post('/projects', {k: v for k, v in body.items() if v is not None})
    return make


def move(client, project, event, reason=None):
    return client.post(f'/projects/{project}/moves', {'event': event, **({'reason': reason} if reason else {})})


def test_a_project_is_planned_started_ended_and_renewed(as_role, project):
    manager = as_role('account_manager')
    leader = manager.get('/user-profile').json
    made = project(leaderId=leader['id'], summary='Voor wie wil.')
    assert made.status == 201 and made.json['state'] == 'planned' and made.json['structure'] == 1
    assert made.json['leaderId'] == leader['id'] and made.json['leaderName'] == leader['name']
    here = made.json['id']
    assert move(manager, here, 'start').json['state'] == 'running'
    assert move(manager, here, 'start').problem == 'state'
    assert move(manager, here, 'end').json['state'] == 'ended'
    ended = manager.get(f'/projects/{here}')
    refused = manager.patch(f'/projects/{here}', {'title': 'Te laat'}, ended.headers['etag'])
    assert refused.problem == 'state'
    assert move(manager, here, 'renew').json['errors'][0]['pointer'] == '/reason'
    renewed = move(manager, here, 'renew', 'Eerst een taalcursus.').json
    assert renewed['state'] == 'running' and renewed['structure'] == 2 and renewed['structureReason'] == 'Eerst een taalcursus.'


def test_a_new_leader_is_a_change_that_others_notice(as_role, project):
    manager, lead = as_role('account_manager'), as_role('team_lead').get('/user-profile').json['id']
    made = project()
    assert 'leaderId' not in made.json
    old = made.headers['etag']
    changed = manager.patch(f'/projects/{made.json["id"]}', {'leaderId': lead}, old)
    assert changed.json['leaderId'] == lead and changed.json['version'] == made.json['version'] + 1
    assert manager.patch(f'/projects/{made.json["id"]}', {'leaderId': None}, old).status == 412
    none = manager.patch(f'/projects/{made.json["id"]}', {'leaderId': None}, changed.headers['etag'])
    assert none.status == 200 and 'leaderId' not in none.json
    firm = as_role('firm').get('/user-profile').json['id']
    assert manager.patch(f'/projects/{made.json["id"]}', {'leaderId': firm}, none.headers['etag']).json['errors'][0]['pointer'] == '/leaderId'


def test_projects_are_listed_and_filtered(as_role, project):
    manager = as_role('account_manager')
    lead = as_role('team_lead').get('/user-profile').json['id']
    parent = project(title='Zorg', kind='programme').json['id']
    part = project(title='Zorg, groep 1', kind='cohort', parentId=parent, leaderId=lead, endsOn=None).json
    assert [p['id'] for p in manager.get(f'/projects?parentId={parent}').json['items']] == [part['id']]
    assert part['id'] in [p['id'] for p in manager.get(f'/projects?leaderId={lead}&kind=cohort&state=planned').json['items']]
    starts = [p['startsOn'] for p in manager.get('/projects').json['items']]
    assert starts == sorted(starts, reverse=True)
    wrong = project(endsOn='2026-08-31')
    assert wrong.status == 400 and wrong.json['errors'][0]['code'] == 'order'
    assert project(parentId='01920000-0000-7000-8000-00000000dead').json['errors'][0]['pointer'] == '/parentId'


def test_a_project_is_seen_by_the_municipalities_that_take_part(as_role, project):
    made = project().json['id']
    other = as_role('account_manager', tenant='gm9902')
    assert other.get(f'/projects/{made}').status == 404
    town = other.get('/user-profile').json['tenantId']
    begun = as_role('account_manager').post(f'/projects/{made}/participations',
                                            {'participantKind': 'municipality', 'participantId': town, 'capacity': 'member'})
    assert begun.status == 201
    seen = other.get(f'/projects/{made}')
    assert seen.status == 200 and 'leaderId' not in seen.json
    assert made in [p['id'] for p in other.get('/projects?pageSize=100').json['items']]
    for etag in (seen.headers['etag'], '*'):
        assert other.patch(f'/projects/{made}', {'title': 'Van ons'}, etag).status == 403, 'it reads it, and does not change it'
        assert other.delete(begun.headers['location'], etag if etag == '*' else begun.headers['etag']).status == 403
    assert other.patch(f'/projects/{made}', {'title': 'Van ons'}, '"999"').status == 412
    assert move(other, made, 'end').status == 404
    assert other.post(f'/projects/{made}/participations', {'participantKind': 'municipality', 'participantId': town, 'capacity': 'funder'}).status in (403, 404)


def test_an_organisation_sees_the_projects_in_which_it_takes_part(as_role, project, world):
    manager, firm = as_role('account_manager'), as_role('firm')
    made = project().json['id']
    assert firm.get(f'/projects/{made}').status == 404
    manager.post(f'/projects/{made}/participations', {'participantKind': 'organisation', 'participantId': world['firm'], 'capacity': 'contractor'})
    assert firm.get(f'/projects/{made}').status == 200
    assert all(firm.get(f'/projects/{p["id"]}').status == 200 for p in firm.get('/projects').json['items'])


def test_vacancies_and_their_proposals_name_a_project(as_role, project, proposed, new_vacancy):
    consultant = as_role('consultant')
    made = project().json['id']
    vacancy, proposals = proposed(projectId=made)
    assert consultant.get(f'/vacancies/{vacancy}').json['projectId'] == made
    assert [v['id'] for v in consultant.get(f'/vacancies?projectId={made}').json['items']] == [vacancy]
    assert {p['id'] for p in consultant.get(f'/proposals?projectId={made}').json['items']} == set(proposals)
    other = project(title='Een ander').json['id']
    found = consultant.get(f'/vacancies/{vacancy}')
    assert consultant.patch(f'/vacancies/{vacancy}', {'projectId': other}, found.headers['etag']).status == 200
    assert {p['projectId'] for p in consultant.get(f'/proposals?vacancyId={vacancy}').json['items']} == {other}
    move(as_role('account_manager'), made, 'end')
    for gone in (made, '01920000-0000-7000-8000-00000000dead'):
        refused = new_vacancy(projectId=gone)
        assert refused.status == 400 and refused.json['errors'][0]['pointer'] == '/projectId'


def test_a_vacancy_names_no_project_of_others(as_role, project, new_vacancy):
    theirs = project(as_role('account_manager', tenant='gm9902')).json['id']
    refused = new_vacancy(projectId=theirs)
    assert refused.status == 400 and refused.json['errors'][0]['pointer'] == '/projectId'


@pytest.fixture
def elsewhere(region):
    """A municipality of another region: its number."""
    tenant, = region.sql("""with r as (insert into ref.region (id, code, name) values (gen_random_uuid(), 'elders', 'Elders') returning id)
        insert into ref.tenant (id, code, name, region_id) select gen_random_uuid(), 'gm9999', 'Gemeente Elders', id from r returning tenant_id""")[0]
    yield tenant
    region.sql("update ref.tenant set status = 'closed' where code = 'gm9999'")


TABLES = ('region.project', 'region.participation', 'region.figure', 'region.agreement')


def test_a_region_sees_nothing_of_another(region, elsewhere):
    """Not even when a row of its own region names it as a reader: the wall of the region holds beside the participation."""
    connection = psycopg2.connect(region.env['MAATWERK_PG'] + ' user=maatwerk_agreements')
    try:
        with connection.cursor() as cursor:
            region.sql('set session_replication_role = replica; update region.project set readers = readers || %s', (elsewhere,))
            cursor.execute("select set_config('app.tenant', %s, true), set_config('app.scope', 'tenant', true), set_config('app.role', 'account_manager', true)",
                           (str(elsewhere),))
            for table in TABLES[:3]:
                cursor.execute(f'select count(*) from {table}')
                assert cursor.fetchone() == (0,), table
            cursor.execute("select set_config('app.tenant', '1', true)")
            cursor.execute('select count(*) > 0 from region.project')
            assert cursor.fetchone() == (True,)
    finally:
        connection.close()
        region.sql('set session_replication_role = replica; update region.project set readers = array_remove(readers, %s)', (elsewhere,))


@pytest.mark.parametrize('statement', [
    "update region.project set title = 'x' where tenant_id <> 1 returning 1",
    "delete from region.participation where tenant_id <> 1 returning 1",
    "update region.figure set value = 1 where tenant_id <> 1 returning 1",
])
def test_raw_sql_changes_nothing_of_other_municipalities(region, as_role, project, statement):
    other = as_role('account_manager', tenant='gm9902')
    theirs = project(other).json['id']
    town = as_role('consultant').get('/user-profile').json['tenantId']
    other.post(f'/projects/{theirs}/participations', {'participantKind': 'municipality', 'participantId': town, 'capacity': 'member'})
    other.post('/stated-figures', {'code': 'hired', 'nature': 'target', 'projectId': theirs, 'day': '2027-12-31', 'value': 10})
    assert as_role('consultant').get(f'/projects/{theirs}').status == 200
    connection = psycopg2.connect(region.env['MAATWERK_PG'] + ' user=maatwerk_agreements')
    try:
        with connection.cursor() as cursor:
            cursor.execute(f'select {REGION}')
            cursor.execute(statement)
            assert cursor.fetchall() == []
    finally:
        connection.close()


def test_raw_sql_gets_no_further(region, as_role, project):
    """A row of the region is written by the municipality of the context, in its region, and never as another one."""
    connection = psycopg2.connect(region.env['MAATWERK_PG'] + ' user=maatwerk_agreements')
    try:
        for tenant, place in (('2', 'region.here()'), ('1', 'gen_random_uuid()')):
            with connection.cursor() as cursor, pytest.raises(psycopg2.Error) as refused:
                cursor.execute(f'select {REGION}')
                cursor.execute(f"insert into region.project (region_id, id, tenant_id, kind, title, starts_on) values ({place}, gen_random_uuid(), {tenant}, 'pilot', 'x', '2027-01-01')")
            assert refused.value.pgcode in ('42501', '23503')
            connection.rollback()
    finally:
        connection.close()


def test_the_region_names_no_person(region):
    """No column of it holds a user, a candidate or a contact person, and no foreign key leads from it to a table of a municipality."""
    columns = {row[0] for row in region.sql("select a.attname from pg_attribute a join pg_class c on c.oid = a.attrelid "
                                            "where c.relnamespace = 'region'::regnamespace and c.relkind = 'r' and a.attnum > 0")}
    assert not [c for c in columns if any(word in c for word in ('user', 'candidate', 'contact', 'leader_id', 'actor', 'email', 'phone'))]
    assert region.sql("""select con.conname from pg_constraint con join pg_class c on c.oid = con.conrelid join pg_class r on r.oid = con.confrelid
        where con.contype = 'f' and c.relnamespace = 'region'::regnamespace and r.relnamespace = 'app'::regnamespace""") == []


def test_every_table_of_the_region_has_its_walls(region):
    rows = region.sql("""select c.relname, c.relrowsecurity, c.relforcerowsecurity,
            (select count(*) from pg_policy p where p.polrelid = c.oid and not p.polpermissive and p.polcmd = '*'),
            (select (array_agg(a.attname::text order by k.ord))[1] from pg_index i, unnest(i.indkey) with ordinality k (n, ord)
             join pg_attribute a on a.attnum = k.n where i.indrelid = c.oid and i.indisprimary and a.attrelid = c.oid)
        from pg_class c where c.relnamespace = 'region'::regnamespace and c.relkind in ('r', 'p')""")
    assert len(rows) >= 4 and all(row[1:] == (True, True, 1, 'region_id') for row in rows), rows


def test_seen_attacker_a_project_is_no_part_of_one_that_is_not_seen(as_role, project):
    """A project of another municipality, in which this one does not take part, is as good as none."""
    theirs, other = project().json['id'], as_role('account_manager', 'gm9902')
    for parent in (theirs, '01920000-0000-7000-8000-0000000000ff'):
        refused = project(other, parentId=parent)
        assert refused.status == 400 and refused.json['errors'][0]['pointer'] == '/parentId', refused.text
    assert project(parentId=theirs).json['parentId'] == theirs


def test_seen_builder_a_leader_who_is_not_there_is_named(as_role, project):
    elsewhere = as_role('team_lead', tenant='gm9902').get('/user-profile').json['id']
    for nobody in (elsewhere, '01920000-0000-7000-8000-00000000dead'):
        refused = project(leaderId=nobody)
        assert (refused.status, [(e['pointer'], e['code']) for e in refused.json['errors']]) == (400, [('/leaderId', 'reference')])
