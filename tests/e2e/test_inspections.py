# SPDX-License-Identifier: EUPL-1.2
"""Who looked at whom: every answer that shows a candidate is in the processing log before it leaves; the privacy officer reads it."""
import json
import re
import sys

import psycopg2
import pytest

from region import ROOT, until
from scenarios.who_looked import who_looked

sys.path.insert(0, str(ROOT / 'openapi'))
from generator import people, sql  # noqa: E402
from generator.contract import Contract  # noqa: E402
from generator.wrong import Wrong  # noqa: E402

CONTRACT = Contract(ROOT / 'openapi')
LOOKS = 'select candidate_id::text, role, operation, purpose, actor::text, organisation::text from audit.look where request = %s order by 1'


def looks(region, answer):
    return region.sql(LOOKS, (answer.headers['x-request-id'],))


def ids(answer, name='id'):
    return sorted(item[name] for item in answer.json['items'])


def test_attack_06_a_read_of_a_file_leaves_who_whose_what_why_and_when(region, as_role, candidate):
    lead = as_role('team_lead')
    me = lead.get('/user-profile').json['id']
    for path, purpose, operation in ((f'/candidates/{candidate.json["id"]}', 'file', 'getCandidate'),
                                     (f'/candidates/{candidate.json["id"]}/card', 'mediation', 'getCard')):
        answer = lead.get(path)
        assert looks(region, answer) == [(candidate.json['id'], 'team_lead', operation, purpose, me, None)]
    firm = as_role('firm')
    page = firm.get('/candidates?pageSize=3')
    assert [row[0] for row in looks(region, page)] == ids(page) and len(page.json['items']) == 3, 'whom the page shows, and no others'
    assert {row[5] for row in looks(region, page)} == {firm.get('/user-profile').json['organisationId']}


def test_attack_06_an_answer_to_a_write_shows_the_file_too(region, as_role, candidate):
    client = as_role('case_manager')
    assert [row[0] for row in looks(region, candidate)] == [candidate.json['id']]
    changed = client.patch(candidate.headers['location'], {'wishes': 'binnen'}, candidate.headers['etag'])
    assert [row[2] for row in looks(region, changed)] == ['updateCandidate']
    again = client.get(candidate.headers['location'], **{'If-None-Match': changed.headers['etag']})
    assert again.status == 304 and len(looks(region, again)) == 1


def test_attack_06_people_seen_through_other_nouns(region, as_role, proposed):
    vacancy, proposals = proposed()
    consultant, employer = as_role('consultant'), as_role('employer')
    listed = consultant.get(f'/vacancies/{vacancy}/shortlist')
    assert [row[0] for row in looks(region, listed)] == ids(listed, 'candidateId')
    card = employer.get(f'/proposals/{proposals[0]}')
    whose = region.sql('select candidate_id::text, round_id::text from app.proposal where id = %s', (proposals[0],))[0]
    seen = looks(region, card)
    assert [(row[0], row[1], row[2]) for row in seen] == [(whose[0], 'employer', 'getProposal')] and seen[0][5]
    page = employer.get(f'/proposals?vacancyId={vacancy}')
    assert len(looks(region, page)) == len(page.json['items']) > 0
    made = consultant.get(f'/proposal-rounds/{whose[1]}')
    assert [row[0] for row in looks(region, made)] == sorted(p['candidateId'] for p in made.json['proposals'])


def test_what_shows_nobody_is_not_in_the_log(region, as_role, new_vacancy):
    before = region.sql('select count(*) from audit.look')
    vacancy = new_vacancy()
    assert as_role('consultant').get(f'/vacancies/{vacancy.json["id"]}').status == 200
    assert as_role('consultant').get('/employers').status == 200
    assert as_role('team_lead').get('/users').status == 200
    assert region.sql('select count(*) from audit.look') == before


def test_a_statement_that_touches_people_says_whose(tmp_path):
    """So no later operation forgets the log: `make gen` refuses it."""
    def programs(**changes):
        found = sql.read(ROOT / 'sql/queries')
        for query in (query for queries in found.values() for query in queries):
            query.whose = changes.get(query.name, query.whose)
        return found
    people.check(ROOT, CONTRACT, programs())
    for name in ('candidate_get', 'card_get', 'shortlist_get', 'proposal_list', 'inspection_list'):
        with pytest.raises(Wrong, match=f'query {name}: it touches'):
            people.check(ROOT, CONTRACT, programs(**{name: None}))
    operation = CONTRACT.by_id['getCard']
    purpose, operation.purpose = operation.purpose, None
    try:
        with pytest.raises(Wrong, match='x-purpose'):
            people.check(ROOT, CONTRACT, programs())
    finally:
        operation.purpose = purpose


def officer(as_role):
    return as_role('tenant_admin')


def test_the_privacy_officer_reads_who_looked_who_changed_and_who_was_refused(region, as_role, candidate):
    lead, other = as_role('team_lead'), as_role('coach')
    here = f'/candidates/{candidate.json["id"]}'
    lead.get(here)
    change = as_role('case_manager').patch(here, {'conditions': [{'condition': 'dutch_a2', 'met': False}], 'wishes': 'x'},
                                           candidate.headers['etag'])
    assert change.status == 200 and other.get(here).status == 404
    found = {}

    def all_there():
        found['items'] = officer(as_role).get(f'{here}/inspections?pageSize=100').json['items']
        return any(item['kind'] == 'denial' for item in found['items'])
    until(all_there)
    seen = [(item['kind'], item.get('role'), item.get('operation')) for item in found['items']]
    assert ('look', 'team_lead', 'getCandidate') in seen and ('denial', 'coach', 'getCandidate') in seen
    parts = [item['parts'] for item in found['items'] if item['kind'] == 'change' and item['operation'] == 'updateCandidate']
    assert ['conditions', 'wishes'] in parts
    assert 'dutch_a2' not in json.dumps(found['items']), 'names of parts, and never what is in them'
    look = next(item for item in found['items'] if item.get('role') == 'team_lead')
    assert look['userName'] and look['purpose'] == 'file' and look['userId'] == lead.get('/user-profile').json['id']
    assert found['items'] == sorted(found['items'], key=lambda item: item['at'], reverse=True)


def test_reading_the_inspections_is_noted_too(region, as_role, candidate):
    here = f'/candidates/{candidate.json["id"]}/inspections'
    first = officer(as_role).get(here)
    assert [row[:4] for row in looks(region, first)] == [(candidate.json['id'], 'tenant_admin', 'listInspections', 'oversight')]
    assert 'listInspections' in [item['operation'] for item in officer(as_role).get(here).json['items']]
    nobody = officer(as_role).get('/candidates/01920000-0000-7000-8000-00000000beef/inspections')
    assert nobody.json['items'] == [] and len(looks(region, nobody)) == 1


def test_inspections_by_page_date_user_and_kind(as_role, candidate):
    here, lead = f'/candidates/{candidate.json["id"]}', as_role('team_lead')
    for _ in range(5):
        lead.get(here)
    me = lead.get('/user-profile').json['id']
    of_me = officer(as_role).get(f'{here}/inspections?userId={me}&kind=look&pageSize=2')
    pages, items = 1, of_me.json['items']
    while 'next' in of_me.json['_links']:
        of_me = officer(as_role).get(of_me.json['_links']['next']['href'])
        pages, items = pages + 1, items + of_me.json['items']
    assert pages == 3 and len({item['requestId'] for item in items}) == 5
    assert officer(as_role).get(f'{here}/inspections?until=2026-01-01T00:00:00Z').json['items'] == []
    assert officer(as_role).get(f'{here}/inspections?since=2026-01-01T00:00:00Z').json['items']


def test_only_the_privacy_officer_of_the_own_municipality_reads_them(as_role, candidate):
    here = f'/candidates/{candidate.json["id"]}/inspections'
    for role in ('team_lead', 'case_manager', 'consultant', 'firm'):
        assert as_role(role).get(here).status == 403, role
    assert as_role('tenant_admin', 'gm9902').get(here).json['items'] == []


def test_the_story_of_who_looked(region, proposed):
    proposed()
    said = []
    who_looked(region, said.append)
    assert any('employer' in line and 'forbidden' in line for line in said) and any('oversight' in line for line in said)


def test_attack_13_parts_of_a_candidate_are_named_in_the_audit(region, as_role, candidate):
    client, known = as_role('case_manager'), candidate.json['id']
    named = 'select distinct unnest(columns) from audit.entry where subject_id = %s and request = %s'
    etag = candidate.headers['etag']
    for change in ({'conditions': []}, {'competences': []}, {'languages': []}, {'occupations': []}, {'introduction': 'Hallo'}):
        changed = client.patch(f'/candidates/{known}', change, etag)
        etag = changed.headers['etag']
        assert {name for name, in region.sql(named, (known, changed.headers['x-request-id']))} >= set(change), change


WRITTEN = re.compile(r'^(service|employers|candidates|placements|platform)\t.*\b(insert|update|delete)\b.*\ttable (app\.\w+)', re.M)


def test_attack_13_every_table_that_people_write_leaves_a_trail(region):
    """The table of a noun by its trigger `trail`, one of its parts by `note_part`."""
    written = {table for _, _, table in WRITTEN.findall((ROOT / 'sql/grants.tsv').read_text())}
    with_trail = {table for table, in region.sql("select distinct tgrelid::regclass::text from pg_trigger where tgname = 'trail' or tgname like 'note_part%%'")}
    assert written and written <= with_trail, written - with_trail


def test_a_file_that_became_a_part_of_another_brings_its_inspections(as_role, region):
    lead = as_role('team_lead')
    person = {'firstName': 'Samen', 'lastName': 'Gevoegd', 'birthDate': '1992-03-04', 'pc4': '5012', 'alias': 'Kandidaat Samen'}
    kept, other = (lead.post('/candidates', person).json['id'] for _ in range(2))
    seen = as_role('consultant').get(f'/candidates/{other}')
    merged = lead.post(f'/candidates/{kept}/merge', {'otherId': other})
    assert merged.status == 200, merged.text
    items = officer(as_role).get(f'/candidates/{kept}/inspections?pageSize=100').json['items']
    assert seen.headers['x-request-id'] in [item['requestId'] for item in items]


def test_one_person_is_found_by_an_index(region):
    """Among the looks and denials of a municipality, of which there are many."""
    query = next(query for queries in sql.read(ROOT / 'sql/queries').values() for query in queries if query.name == 'inspection_list')
    connection = psycopg2.connect(region.env['MAATWERK_PG'] + ' user=maatwerk_admin')
    try:
        with connection.cursor() as cursor:
            cursor.execute("""insert into audit.look (tenant_id, candidate_id, at, role, operation, purpose, request)
                select 1, gen_random_uuid(), clock.now(), 'consultant', 'getCandidate', 'file', gen_random_uuid() from generate_series(1, 20000);
                insert into audit.denial (tenant_id, at, role, operation, reason, subject_id, request, times)
                select 1, clock.now(), 'consultant', 'getCandidate', 'forbidden', gen_random_uuid(), gen_random_uuid(), 1 from generate_series(1, 20000);
                insert into audit.entry (tenant_id, at, noun, subject_id, action)
                select 1, clock.now(), 'candidate', gen_random_uuid(), 'change' from generate_series(1, 20000);
                analyze audit.look; analyze audit.denial; analyze audit.entry;
                set local role maatwerk_candidates; set local app.tenant = '1'; set local plan_cache_mode = force_generic_plan""")
            cursor.execute(f'prepare inspections as {query.text} order by i.at desc, i.number desc limit 21')
            cursor.execute("explain (costs off) execute inspections ('01920000-0000-7000-8000-000000000c01')")
            plan = '\n'.join(line for line, in cursor.fetchall())
    finally:
        connection.close()
    for column in ('candidate_id', 'subject_id'):
        assert re.search(rf'Index Cond: .*tenant_id = .*{column} = ', plan), plan
    assert not re.search(r'Filter: \(?(candidate_id|subject_id) = ', plan.split('_rest')[0]), plan
