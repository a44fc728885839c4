# SPDX-License-Identifier: EUPL-1.2
"""A version counts what people changed. What the machine keeps up to date breaks nobody's change, and what changes nothing leaves
nothing behind."""
import json
import sys
import types

import psycopg2
import pytest

from region import ROOT

sys.path.insert(0, str(ROOT / 'openapi'))
from generator.contract import Contract, column_of  # noqa: E402

PATHS = json.loads((ROOT / 'openapi/gen/openapi.json').read_text())['paths']


def posted(make, who, path, **body):
    return make('as_role')(who).post(path, body)


def project(make):
    return posted(make, 'account_manager', '/projects', kind='campaign', title='Zelfde', startsOn='2026-09-01')


# what each noun that somebody may change is stored in, who changes it, and how one comes into being
NOUNS = {
    '/candidates/{candidateId}': ('candidate', 'team_lead', lambda make: make('candidate')),
    '/vacancies/{vacancyId}': ('vacancy', 'consultant', lambda make: make('new_vacancy')()),
    '/employers/{employerId}': ('employer', 'account_manager', lambda make: make('employer')),
    '/contacts/{contactId}': ('contact', 'account_manager', lambda make: make('as_role')('account_manager').post(
        f'/employers/{make("world")["employer"]}/contacts', {'name': 'Els', 'phone': '06 5550 0107'})),
    '/sites/{siteId}': ('employer_site', 'account_manager', lambda make: make('as_role')('account_manager').post(
        f'/employers/{make("world")["employer"]}/sites', {'name': 'Hal', 'pc4': '5012'})),
    '/organisations/{organisationId}': ('organisation', 'tenant_admin', lambda make: make('as_role')('tenant_admin').post(
        '/organisations', {'kind': 'firm', 'name': 'Zelfde'})),
    '/users/{userId}': ('user_account', 'tenant_admin', lambda make: make('as_role')('tenant_admin').post(
        '/users', {'name': 'Zelfde', 'email': f'zelfde{make("region").sql("select count(*) from app.user_account")[0][0]}@maasdrecht.example',
                   'role': 'consultant'})),
    '/agreements/{agreementId}': ('agreement', 'consultant', lambda make: posted(
        make, 'consultant', '/agreements', kind='quote', noun='employer', subjectId=make('world')['employer'], gets='Zelfde.', does='Zelfde.', costs='Zelfde.',
        fromDay='2031-01-01', untilDay='2031-02-01', validUntil='2031-01-01')),
    '/notes/{noteId}': ('note', 'consultant', lambda make: posted(
        make, 'consultant', '/notes', noun='employer', subjectId=make('world')['employer'], text='Zelfde.')),
    '/hats/{hatId}': ('hat', 'tenant_admin', lambda make: posted(
        make, 'tenant_admin', '/hats', userId=make('world')['consultant'], role='case_manager', untilAt='2031-01-01T00:00:00Z')),
    '/mail-settings/{tenantId}': ('mail_setting', 'tenant_admin', lambda make: types.SimpleNamespace(headers={
        'location': f'/mail-settings/{make("as_role")("tenant_admin").get("/user-profile").json["tenantId"]}'})),
    '/endpoints/{endpointId}': ('endpoint', 'tenant_admin', lambda make: posted(
        make, 'tenant_admin', '/endpoints', purpose='events', kind='drop', address='zelfde', paused=True)),
    '/instruments/{instrumentId}': ('instrument', 'consultant', lambda make: posted(
        make, 'consultant', '/instruments', placementId=make('placement')()['id'], kind='job_coach', fromDay='2031-01-06', untilDay='2031-03-05', amountCents=5000)),
    '/placements/{placementId}': ('placement', 'consultant', lambda make: posted(
        make, 'consultant', '/placements', candidateId=make('candidate').json['id'], kind='regular', origin='self_found', employerName='Zelfde', hours=8)),
    '/rules/{ruleId}': ('rule', 'tenant_admin', lambda make: posted(
        make, 'tenant_admin', '/rules', code='cap.open_proposals', value={'count': 2}, source='Zelfde', validFrom='2031-01-01T00:00:00Z')),
    '/projects/{projectId}': ('region.project', 'account_manager', project),
    '/participations/{participationId}': ('region.participation', 'account_manager', lambda make: posted(
        make, 'account_manager', f'{project(make).headers["location"]}/participations', participantKind='organisation',
        participantId=make('world')['firm'], capacity='partner', tasks='Zelfde', people=2)),
    '/stated-figures/{statedFigureId}': ('region.figure', 'account_manager', lambda make: posted(
        make, 'account_manager', '/stated-figures', code='hired', nature='target', projectId=project(make).json['id'], day='2031-01-31', value=5)),
    '/candidate-participations/{candidateParticipationId}': ('candidate_participation', 'team_lead', lambda make: posted(
        make, 'team_lead', '/candidate-participations', candidateId=make('candidate').json['id'], projectId=project(make).json['id'],
        fromDay='2031-01-01', untilDay='2031-02-01')),
    '/benefits/{benefitId}': ('benefit', 'team_lead', lambda make: posted(
        make, 'team_lead', '/benefits', candidateId=make('candidate').json['id'], kind='ioaw', appliedOn='2026-11-02', fromDay='2026-11-02')),
    '/appointments/{appointmentId}': ('appointment', 'team_lead', lambda make: posted(
        make, 'team_lead', '/appointments', candidateId=make('candidate').json['id'], kind='talk', startsAt='2031-01-01T09:00:00Z', endsAt='2031-01-01T10:00:00Z')),
    '/decisions/{decisionId}': ('decision', 'team_lead', lambda make: posted(
        make, 'team_lead', '/decisions', candidateId=make('candidate').json['id'], kind='warning', conductOn='2026-11-02', blame='full', reasons='Zelfde.')),
    '/objections/{objectionId}': ('objection', 'team_lead', lambda make: types.SimpleNamespace(headers={'location': '/objections/01920000-0000-7000-8000-00000000bc01'})),
    '/trajectories/{trajectoryId}': ('trajectory', 'team_lead', lambda make: posted(
        make, 'team_lead', '/trajectories', candidateId=make('candidate').json['id'], kind='course',
        startsOn='2031-01-01', endsOn='2031-02-01')),
}


def test_every_noun_that_can_be_changed_is_tried():
    assert set(NOUNS) == {path for path, item in PATHS.items() if 'patch' in item}


def picture(region, table, key):
    """The row, how many traces it has left, and in which transaction it was written."""
    table = table if '.' in table else f'app.{table}'
    return region.sql(f"select to_jsonb(r), (select count(*) from audit.entry where subject_id = r.id and action = 'change'), "
                      f"(select count(*) from app.event where subject_id = r.id), r.changed_in::text from {table} r where r.id = %s", (key,))


@pytest.mark.parametrize('path', NOUNS)
def test_attack_20_what_changes_nothing_leaves_nothing(as_role, region, request, path):
    table, role, make = NOUNS[path]
    client, place = as_role(role), make(request.getfixturevalue).headers['location']
    region.wait_until_idle()        # the advice of a vacancy is counted, and shown
    shown = client.get(place)
    schema = Contract(ROOT / 'openapi').schemas
    body = next(o for o in Contract(ROOT / 'openapi').operations if o.method == 'patch' and o.path == path).body
    same = {name: shown.json[name] for name in schema[body]['properties']
            if name in shown.json and role in schema[body]['properties'][name].get('x-writable-by', [role])}
    before = picture(region, table, shown.json['id'])
    assert same
    for change in ({}, same):
        answer = client.patch(place, change, shown.headers['etag'])
        assert answer.status == 200 and answer.headers['etag'] == shown.headers['etag'] and answer.json == shown.json
        assert picture(region, table, shown.json['id']) == before


def test_attack_20_the_number_that_is_known_changes_nothing(as_role, region, candidate):
    client, place, number = as_role('case_manager'), candidate.headers['location'], '999996666'
    first = client.patch(place, {'bsn': number}, candidate.headers['etag'])
    assert first.status == 200, first.text
    assert first.json['version'] == candidate.json['version'] + 1
    before = picture(region, 'candidate', candidate.json['id'])
    again = client.patch(place, {'bsn': number}, first.headers['etag'])
    assert again.status == 200 and again.headers['etag'] == first.headers['etag']
    assert picture(region, 'candidate', candidate.json['id']) == before
    assert client.patch(place, {'bsn': number}, candidate.headers['etag']).status == 412


def test_a_change_of_parts_alone_is_a_change(as_role, region, candidate):
    """The parts have tables of their own; the trail names them, and who read the version before is told."""
    client, place = as_role('case_manager'), candidate.headers['location']
    changed = client.patch(place, {'languages': [{'language': 'nl', 'level': 'b2'}]}, candidate.headers['etag'])
    assert changed.status == 200 and changed.json['version'] == candidate.json['version'] + 1
    assert changed.json['competences'] == candidate.json['competences']
    assert client.patch(place, {'phase': 1}, candidate.headers['etag']).status == 412
    trail = region.sql("select columns from audit.entry where subject_id = %s and action = 'change' order by xid, seq", (candidate.json['id'],))
    assert trail == [(['languages'],)]
    assert region.sql('select level from app.candidate_language where candidate_id = %s', (candidate.json['id'],)) == [('b2',)]


def test_case_16_a_rematch_is_nobody_else(as_role, shortlisted):
    vacancy, first = shortlisted()
    client, best = as_role('consultant'), first['items'][0]['candidateId']
    read = client.get(f'/vacancies/{vacancy}')
    etag = client.get(f'/candidates/{best}').headers['etag']
    assert client.patch(f'/candidates/{best}', {'status': 'paused'}, etag).status == 200
    assert client.wait_for(f'/vacancies/{vacancy}', lambda r: r.json['matchVersion'] > read.json['matchVersion']).json['version'] \
        == read.json['version']
    noted = client.patch(f'/vacancies/{vacancy}', {'internalNote': 'Belt om tien.'}, read.headers['etag'])
    assert noted.status == 200 and noted.json['internalNote'] == 'Belt om tien.'
    assert noted.json['version'] == read.json['version'] + 1
    assert client.patch(f'/vacancies/{vacancy}', {'internalNote': 'x'}, read.headers['etag']).status == 412


def test_case_16_a_state_that_a_worker_gives_is_no_version(as_role, new_vacancy):
    client, place = as_role('consultant'), new_vacancy().headers['location']
    client.post(f'{place}/screenings', {'verdict': 'suitable'})
    opened = client.get(place).json
    listed = client.wait_for(place, lambda r: r.json['state'] == 'shortlisted').json
    assert listed['state'] == 'shortlisted' and listed['version'] == opened['version'] == 2


def test_case_16_a_proposal_elsewhere_is_no_version_of_the_candidate(as_role, region, shortlisted):
    """His row is touched, so that other lists and in-memory copies follow; nobody has changed his file."""
    vacancy, listed = shortlisted(candidatesWanted=1)
    client = as_role('consultant')
    free = next(i['candidateId'] for i in listed['items'] if i['openProposals'] < 2)
    read, (before,) = client.get(f'/candidates/{free}'), region.sql('select changed_in::text from app.candidate where id = %s', (free,))
    assert client.post(f'/vacancies/{vacancy}/proposal-rounds', {'candidateIds': [free]}).status == 201
    shown = client.get(f'/candidates/{free}')
    assert shown.json['version'] == read.json['version'] and shown.json['openProposals'] == read.json['openProposals'] + 1
    assert shown.headers['etag'] != read.headers['etag']        # the tag is that of what is shown
    assert region.sql('select changed_in::text from app.candidate where id = %s', (free,)) != [before]
    assert client.patch(f'/candidates/{free}', {'phase': 3}, read.headers['etag']).status == 200


STAMPED = """select c.relname::text, split_part(encode(t.tgargs, 'escape'), '\\000', 1) from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname = 'version'
    left join pg_trigger t on t.tgrelid = c.oid and t.tgname = 'stamp' where c.relnamespace = 'app'::regnamespace and c.relkind = 'r'
    and exists (select from pg_attribute i where i.attrelid = c.oid and i.attname = 'changed_in')"""


def test_case_16_every_table_with_versions_says_what_the_machine_keeps(region):
    columns = {}
    for table, column in region.sql("select c.relname::text, a.attname::text from pg_class c join pg_attribute a on a.attrelid = c.oid "
                                    "where c.relnamespace = 'app'::regnamespace and a.attnum > 0"):
        columns.setdefault(table, set()).add(column)
    said = {table: set(filter(None, (arguments or '').strip('{}').split(','))) for table, arguments in region.sql(STAMPED)}
    assert not [table for table, arguments in region.sql(STAMPED) if not arguments], 'no stamp'
    assert all(machine <= columns[table] for table, machine in said.items())
    assert said['vacancy'] == {'match_input', 'positions_taken', 'answer_due_at', 'answered_at'}
    contract = Contract(ROOT / 'openapi')
    for path, (table, *_) in NOUNS.items():
        body = next(o.body for o in contract.operations if o.method == 'patch' and o.path == path)
        written = {column_of(name, raw) for name, raw in contract.schemas[body]['properties'].items()}
        assert not said.get(table, set()) & written, path


@pytest.mark.parametrize('machine', ['null', "'{nothing_of_it}'"])
def test_case_16_a_table_that_does_not_say_it_is_refused(region, machine):
    with pytest.raises(psycopg2.Error, match='which of its columns the machine keeps'):
        region.sql(f"set role maatwerk_owner; create table app.careless (tenant_id int, id uuid, version bigint, changed_at timestamptz, "
                   f"changed_in xid8); call app.wall('app.careless', 'careless', {machine})")


def test_attack_11_what_is_shown_has_changed_though_the_version_has_not(as_role, proposed):
    """A round shows its proposals, and a proposal is answered: 304 would keep the old answer on the screen."""
    vacancy, (first, *_) = proposed()
    consultant, employer = as_role('consultant'), as_role('employer')
    place = f'/proposal-rounds/{consultant.get(f"/proposals/{first}").json["roundId"]}'
    before = consultant.get(place)
    assert consultant.get(place, **{'If-None-Match': before.headers['etag']}).status == 304
    assert employer.post(f'/proposals/{first}/answers', {'answer': 'invite'}).status == 200
    after = consultant.get(place, **{'If-None-Match': before.headers['etag']})
    assert after.status == 200 and after.headers['etag'] != before.headers['etag']
    assert {p['state'] for p in after.json['proposals'] if p['id'] == first} == {'invited'}


def test_attack_11_what_the_machine_changed_is_shown(as_role, region, shortlisted):
    vacancy, _ = shortlisted()
    region.wait_until_idle()        # what an earlier test set going may match again, and one more run may carry both changes
    client = as_role('consultant')
    places = [f'/vacancies/{vacancy}', f'/vacancies/{vacancy}/shortlist']
    before = [client.get(place) for place in places]
    best, known = before[1].json['items'][0]['candidateId'], before[1].json['matchVersion']
    assert client.patch(f'/candidates/{best}', {'status': 'paused'}, client.get(f'/candidates/{best}').headers['etag']).status == 200
    client.wait_for(places[1], lambda r: r.json.get('current') and r.json['matchVersion'] > known)
    for place, read in zip(places, before):
        again = client.get(place, **{'If-None-Match': read.headers['etag']})
        assert again.status == 200 and again.headers['etag'] != read.headers['etag'], place
