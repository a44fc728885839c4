# SPDX-License-Identifier: EUPL-1.2
"""Rules: drafted, adopted, in force, replaced; what the law says nobody changes; which one was in force when."""
import json
import urllib.parse
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta, timezone

import psycopg2
import pytest
from reckoned import ORDINANCE

FAR = '01920000-0000-7000-8000-0000000000ff'


def draft(admin, code='cap.open_proposals', value=None, **more):
    answer = admin.post('/rules', {'code': code, 'value': value or {'count': 3}, 'source': 'Beleidsregels 2027, artikel 4', **more})
    assert answer.status == 201, answer.text
    return answer


def adopted(admin, *args, **more):
    one = draft(admin, *args, **more).json['id']
    answer = admin.post(f'/rules/{one}/adoptions', {'decision': 'B&W 8 december 2026'})
    assert answer.status == 200, answer.text
    return answer.json


def in_force(client, code, at=None, scope_id=None):
    """{scope: rule}"""
    items = client.get(f'/rules?code={code}&inForceAt={at or moment(client)}&pageSize=100').json['items']
    return {one['scope']: one for one in items if one.get('scopeId') == scope_id or 'scopeId' not in one}


def moment(client, **later):
    """What the product's clock shows, as far as answers tell it."""
    now = datetime.fromisoformat(client.region.sql('select clock.now()')[0][0].isoformat())
    return (now + timedelta(**later)).astimezone(timezone.utc).strftime('%Y-%m-%dT%H:%M:%S.%fZ')


@pytest.fixture
def admin(region, as_role):
    """Who sets rules; what was set in a test is gone after it."""
    yield as_role('tenant_admin')
    region.sql("set session_replication_role = replica; delete from app.rule")


def test_a_rule_is_drafted_changed_and_adopted(admin):
    made = draft(admin)
    assert made.json['state'] == 'drafted' and made.json['scope'] == 'tenant' and made.headers['location'] == made.json['_links']['self']['href']
    assert in_force(admin, 'cap.open_proposals')['country']['value'] == {'count': 2}
    changed = admin.patch(made.headers['location'], {'value': {'count': 4}}, made.headers['etag'])
    assert changed.status == 200 and changed.json['value'] == {'count': 4} and changed.json['version'] == 2
    done = admin.post(f'{made.headers["location"]}/adoptions', {'decision': 'B&W 8 december 2026, nr. 412'})
    assert done.status == 200 and done.json['state'] == 'adopted' and done.json['decision'] == 'B&W 8 december 2026, nr. 412'
    assert done.json['adoptedBy'] and done.json['adoptedAt'] == done.json['validFrom']
    assert set(in_force(admin, 'cap.open_proposals')) == {'tenant'}
    again = admin.patch(made.headers['location'], {'value': {'count': 5}}, done.headers['etag'] if 'etag' in done.headers else admin.get(made.headers['location']).headers['etag'])
    assert again.status == 409 and again.problem == 'state' and again.json['currentState'] == 'adopted'


def test_the_next_rule_ends_the_one_before_and_a_moment_tells_which_it_was(admin):
    first = adopted(admin, value={'count': 3})
    between = moment(admin)
    second = adopted(admin, value={'count': 4})
    before = admin.get(f'/rules/{first["id"]}').json
    assert before['state'] == 'replaced' and before['validUntil'] == second['validFrom']
    assert in_force(admin, 'cap.open_proposals', between)['tenant']['id'] == first['id']
    assert in_force(admin, 'cap.open_proposals')['tenant']['id'] == second['id']
    assert in_force(admin, 'cap.open_proposals', moment(admin, days=-1))['country']['value'] == {'count': 2}


def test_a_rule_begins_when_it_says_and_one_that_has_not_begun_can_be_withdrawn(admin):
    now_rule = adopted(admin, value={'count': 3})
    then = adopted(admin, value={'count': 4}, validFrom=moment(admin, days=30), validUntil=moment(admin, days=60))
    assert in_force(admin, 'cap.open_proposals')['tenant']['id'] == now_rule['id']
    assert in_force(admin, 'cap.open_proposals', moment(admin, days=31))['tenant']['id'] == then['id']
    assert set(in_force(admin, 'cap.open_proposals', moment(admin, days=61))) == {'country'}
    refused = admin.post(f'/rules/{then["id"]}/endings', {'how': 'end'})
    assert refused.status == 409 and refused.problem == 'state' and refused.json['allowed'] == ['withdraw']
    gone = admin.post(f'/rules/{then["id"]}/endings', {'how': 'withdraw'})
    assert gone.status == 200 and gone.json['state'] == 'withdrawn'
    assert in_force(admin, 'cap.open_proposals', moment(admin, days=31))['tenant']['id'] == now_rule['id']
    assert admin.get(f'/rules/{now_rule["id"]}').json['state'] == 'adopted'


def test_a_rule_that_ends_gives_way_to_the_country(admin):
    one = adopted(admin)
    ended = admin.post(f'/rules/{one["id"]}/endings', {'how': 'end'})
    assert ended.status == 200 and ended.json['state'] == 'replaced' and ended.json['validUntil']
    assert set(in_force(admin, 'cap.open_proposals')) == {'country'}
    assert admin.post(f'/rules/{one["id"]}/endings', {'how': 'withdraw'}).problem == 'state'


def test_a_draft_is_withdrawn(admin):
    one = draft(admin).json
    assert admin.post(f'/rules/{one["id"]}/endings', {'how': 'withdraw'}).json['state'] == 'withdrawn'
    assert admin.post(f'/rules/{one["id"]}/adoptions', {'decision': 'X'}).problem == 'state'


def test_two_rules_never_hold_at_the_same_time(admin):
    adopted(admin, value={'count': 3}, validFrom=moment(admin, days=30))
    refused = admin.post(f'/rules/{draft(admin).json["id"]}/adoptions', {'decision': 'X'})
    assert refused.status == 409 and refused.problem == 'rule-begins-later'
    assert adopted(admin, validUntil=moment(admin, days=20))['state'] == 'adopted'
    backwards = draft(admin, code='proposal.answer', value={'days': 20}, validUntil=moment(admin, days=-1)).json['id']
    assert admin.post(f'/rules/{backwards}/adoptions', {'decision': 'X'}).json['errors'][0]['pointer'] == '/validUntil'      # of the rule: this body has no days


def test_a_rule_fits_between_one_in_force_and_one_that_begins_later(admin):
    first = adopted(admin, value={'count': 3})
    later = adopted(admin, value={'count': 4}, validFrom=moment(admin, days=30))
    between = adopted(admin, value={'count': 5}, validFrom=moment(admin, days=10), validUntil=moment(admin, days=20))
    assert admin.get(f'/rules/{first["id"]}').json['validUntil'] == between['validFrom']
    assert [in_force(admin, 'cap.open_proposals', moment(admin, days=days)).get('tenant', {}).get('id') for days in (0, 15, 25, 35)] == \
        [first['id'], between['id'], None, later['id']]


def test_of_many_who_adopt_at_once_each_gets_a_clear_answer_and_one_rule_holds(admin):
    drafts = [draft(admin, value={'count': n + 1}).json['id'] for n in range(8)]
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda one: admin.post(f'/rules/{one}/adoptions', {'decision': 'X'}), drafts))
    assert {answer.status for answer in answers} <= {200, 409} and 200 in {answer.status for answer in answers}
    assert {answer.problem for answer in answers if answer.status == 409} <= {'rule-begins-later'}
    assert len(in_force(admin, 'cap.open_proposals')) == 1
    assert len(admin.get('/rules?code=cap.open_proposals&state=adopted&scope=tenant').json['items']) == 1


def test_a_project_has_rules_of_its_own(admin, as_role, region):
    adopted(admin, 'cap.candidates_wanted', {'count': 6})
    project = as_role('account_manager').post('/projects', {'kind': 'pilot', 'title': 'Werk in de wijk', 'startsOn': '2026-09-01', 'endsOn': '2028-08-31'}).json['id']
    own = adopted(admin, 'cap.candidates_wanted', {'count': 9}, scope='project', scopeId=project)
    assert own['scopeId'] == project
    with region_connection(region) as cursor:
        cursor.execute("select app.rule('cap.candidates_wanted'), app.rule('cap.candidates_wanted', clock.now(), %s), "
                       "app.rule('cap.candidates_wanted', clock.now(), %s), app.rule_used('cap.candidates_wanted', clock.now(), %s)", (project, FAR, project))
        assert cursor.fetchone() == ({'count': 6}, {'count': 9}, {'count': 6}, own['id'])
    assert [one['id'] for one in admin.get(f'/rules?scopeId={project}').json['items']] == [own['id']]
    body = {'code': 'cap.candidates_wanted', 'value': {'count': 1}, 'source': 'x', 'scope': 'project'}
    for more, fault in (({}, 'order'), ({'scopeId': FAR}, 'reference'), ({'scope': 'tenant', 'scopeId': project}, 'order')):
        error = admin.post('/rules', {**body, **more}).json['errors'][0]
        assert (error['pointer'], error['code']) == ('/scopeId', fault)
    assert as_role('tenant_admin', tenant='gm9902').post('/rules', {**body, 'scopeId': project}).json['errors'][0]['code'] == 'reference'


def region_connection(region, tenant='1'):
    connection = psycopg2.connect(region.env['MAATWERK_PG'] + ' user=maatwerk_matching')
    cursor = connection.cursor()
    cursor.execute("select set_config('app.tenant', %s, true)", (tenant,))
    return cursor


def test_rules_are_of_one_municipality(admin, as_role, region):
    one = adopted(admin)
    other = as_role('tenant_admin', tenant='gm9902')
    assert other.get(f'/rules/{one["id"]}').status == 404
    assert other.post(f'/rules/{one["id"]}/adoptions', {'decision': 'X'}).status == 404
    assert set(in_force(other, 'cap.open_proposals')) == {'country'}
    with region_connection(region, '2') as cursor:
        cursor.execute("select app.rule('cap.open_proposals')")
        assert cursor.fetchone()[0] == {'count': 2}


def test_what_the_law_or_the_country_says_nobody_changes(admin):
    for code, value in (('term.objection', {'amount': 1, 'unit': 'weeks', 'legal': True}), ('retention.audit.entry', {'months': 1}),
                        ('clock.term', {'due': {'amount': 800, 'unit': 'weeks'}, 'ladder': []})):
        refused = admin.post('/rules', {'code': code, 'value': value, 'source': 'x'})
        assert refused.status == 409 and refused.problem == 'rule-not-settable'
    country = in_force(admin, 'term.objection')['country']
    assert country['value'] == {'amount': 6, 'unit': 'weeks', 'legal': True} and 'validFrom' not in country
    shown = admin.get(f'/rules/{country["id"]}')
    assert shown.json['source'].startswith('Awb')
    for answer in (admin.patch(f'/rules/{country["id"]}', {'source': 'x'}, shown.headers['etag']),
                   admin.post(f'/rules/{country["id"]}/adoptions', {'decision': 'X'}), admin.post(f'/rules/{country["id"]}/endings', {'how': 'end'})):
        assert answer.status == 409 and answer.problem == 'rule-not-settable'
    for scope in ('country', 'agreement'):
        body = {'code': 'cap.open_proposals', 'value': {'count': 3}, 'source': 'x', 'scope': scope, **({'scopeId': FAR} if scope == 'agreement' else {})}
        assert admin.post('/rules', body).problem == 'rule-not-settable'


WRONG = [('cap.open_proposals', {'count': 0}, '/value/count', '1..50'), ('cap.open_proposals', {'count': 2.5}, '/value/count', 'integer'),
         ('cap.open_proposals', {'count': '2'}, '/value/count', 'integer'), ('cap.open_proposals', {}, '/value/count', 'integer'),
         ('cap.open_proposals', {'count': 2, 'more': 1}, '/value/more', 'nothing'), ('cap.open_proposals', {'count': None}, '/value/count', 'integer'),
         ('calendar.liberation_day', {'day_off': 'sometimes'}, '/value/day_off', 'never, every_five_years, every_year'),
         ('calendar.quiet_hours', {'quiet': True, 'from': '25:00', 'until': '07:00'}, '/value/from', '^([01][0-9]|2[0-3]):[0-5][0-9]$'),
         ('calendar.quiet_hours', {'quiet': 1, 'from': '21:00', 'until': '07:00'}, '/value/quiet', 'boolean'),
         ('premium.step', {'amounts': [{'code': 'module', 'cents': 1}, {'code': 'module', 'cents': 2}]}, '/value/amounts/1/code', 'unique'),
         ('measure.ordinance', {**ORDINANCE, 'categories': ORDINANCE['categories'] + ORDINANCE['categories'][:1]}, '/value/categories/6/code', 'unique'),
         ('measure.ordinance', {**ORDINANCE, 'deviation': {'least': 90, 'most': 10}}, '/value/deviation/most', '>= least'),
         ('measure.ordinance', {**ORDINANCE, 'uniform': {'months': 3, 'again_months': 2}}, '/value/uniform/again_months', '>= months'),
         ('calendar.office_hours', {'open': []}, '/value/open', '1..14 items'),
         ('calendar.office_hours', {'open': [{'days': [8], 'from': '09:00', 'until': '17:00'}]}, '/value/open/0/days/0', '1..7'),
         ('calendar.office_hours', {'open': [{'days': [1], 'from': '09:00', 'until': '17:00'}], 'closed': ['2027-02-30']}, '/value/closed/0', 'date'),
         ('calendar.office_hours', {'open': [{'days': [1], 'from': '17:00', 'until': '09:00'}]}, '/value/open/0/until', '> from'),
         ('calendar.office_hours', {'open': [{'days': [1], 'from': '09:00', 'until': '09:00'}]}, '/value/open/0/until', '> from'),
         ('figure.smallest_cell', {'count': 4}, '/value/count', '5..1000'),
         ('clock.answer', {'due': {'amount': 72, 'unit': 'fortnights'}, 'ladder': []}, '/value/due/unit', None),
         ('clock.answer', {'due': {'amount': 72, 'unit': 'hours'}, 'ladder': [{'before': 'PT24H'}]}, '/value/ladder/0/to', 'string'),
         ('clock.answer', {'due': {'amount': 72, 'unit': 'hours'}, 'ladder': {}}, '/value/ladder', 'array')]


@pytest.mark.parametrize('code,value,pointer,expected', WRONG, ids=[f'{code} {json.dumps(value)}' for code, value, *_ in WRONG])
def test_a_value_has_the_form_of_its_code(admin, code, value, pointer, expected):
    refused = admin.post('/rules', {'code': code, 'value': value, 'source': 'x'})
    assert refused.status == 400 and refused.problem == 'rule-value', refused.text
    assert refused.json['pointer'] == pointer and expected in (None, refused.json['expected'])


def test_other_faults_of_a_rule_are_those_of_any_body(admin):
    for body, pointer in (({'code': 'no.such_code', 'value': {}, 'source': 'x'}, '/code'), ({'code': 'cap.open_proposals', 'value': 3, 'source': 'x'}, '/value'),
                          ({'code': 'cap.open_proposals', 'value': [], 'source': 'x'}, '/value'), ({'code': 'cap.open_proposals', 'value': {'count': 1}}, '/source')):
        answer = admin.post('/rules', body)
        assert answer.status == 400 and answer.json['errors'][0]['pointer'] == pointer, answer.text
    made = draft(admin)
    assert admin.patch(made.headers['location'], {'value': {'count': 'x'}}, made.headers['etag']).problem == 'rule-value'
    assert admin.patch(made.headers['location'], {'code': 'clock.answer'}, made.headers['etag']).status == 400


def test_a_value_comes_back_as_it_was_sent(admin):
    value = {'open': [{'days': [1, 2, 3, 4], 'from': '08:30', 'until': '17:00'}, {'days': [5], 'from': '08:30', 'until': '12:30'}], 'closed': ['2027-05-07']}
    assert draft(admin, 'calendar.office_hours', value).json['value'] == value


def test_who_works_for_the_municipality_reads_and_who_administers_it_sets(admin, as_role):
    one = draft(admin).json['id']
    for role in ('case_manager', 'coach', 'analyst', 'team_lead'):
        client = as_role(role)
        assert client.get(f'/rules/{one}').status == 200 and client.get('/rules?codePrefix=clock.&pageSize=5').status == 200
        assert client.post('/rules', {'code': 'cap.open_proposals', 'value': {'count': 3}, 'source': 'x'}).status == 403
    for role in ('firm', 'employer', 'candidate', 'partner'):
        assert as_role(role).get('/rules').status == 403


def test_a_retry_makes_one_rule(admin):
    body = {'code': 'cap.open_proposals', 'value': {'count': 3}, 'source': 'x'}
    first, second = (admin.post('/rules', body, key='rules-once') for _ in range(2))
    assert first.json['id'] == second.json['id']


def test_a_preview_counts_what_would_be_different_and_names_nobody(admin, region):
    """Three proposals were sent ten, twenty and twenty-nine days ago; whoever is in two of them would be over a cap of one."""
    region.sql("""set session_replication_role = replica;
        insert into app.proposal select (jsonb_populate_record(p, jsonb_build_object('id', gen_random_uuid(), 'state', 'sent', 'vacancy_id', gen_random_uuid(),
            'candidate_id', case when d < 29 then p.candidate_id else '01920000-0000-7000-8000-0000000000fe' end,
            'sent_at', clock.now() - make_interval(days => d)))).* from app.proposal p cross join unnest(array[10, 20, 29]) d where p.id = (select min(id::text)::uuid from app.proposal where tenant_id = 1)""")
    before = region.sql("select count(*) from app.proposal where state = 'sent' and tenant_id = 1 and sent_at < clock.now() - interval '15 days'")[0][0]
    shorter = admin.get(f'/rules/{draft(admin, "proposal.answer", {"days": 15}).json["id"]}/preview').json
    assert shorter['comparedWithValue'] == {'days': 30} and shorter['value'] == {'days': 15} and shorter['code'] == 'proposal.answer'
    effect, = shorter['effects']
    assert effect['kind'] == 'proposal_expired' and effect['count'] == before >= 2 and len(effect['samples']) == min(before, 10)
    assert all(one['then'] < one['now'] for one in effect['samples'])
    longer, = admin.get(f'/rules/{draft(admin, "proposal.answer", {"days": 60}).json["id"]}/preview').json['effects']
    assert longer['count'] == 0
    over, = admin.get(f'/rules/{draft(admin, value={"count": 1}).json["id"]}/preview').json['effects']
    assert over['kind'] == 'candidate_over_cap' and over['count'] >= 1 and over['samples'] == []
    later, = admin.get(f'/rules/{draft(admin, "cap.candidates_wanted", {"count": 3}).json["id"]}/preview').json['effects']
    assert later == {'kind': 'new_only', 'count': 0, 'samples': []}
    assert admin.get(f'/rules/{FAR}/preview').status == 404
    assert admin.get('/rules?state=adopted&scope=tenant').json['items'] == []
    region.sql('set session_replication_role = replica; delete from app.proposal p where not exists (select from app.vacancy v where v.id = p.vacancy_id)')


def test_a_preview_of_a_clock_counts_the_open_tasks_that_would_be_due_at_another_moment(admin, as_role, region):
    region.sql("delete from app.task where kind = 'question'")
    employer = as_role('consultant').get('/employers?pageSize=1').json['items'][0]['id']
    made = [as_role('account_manager').post('/tasks', {'kind': 'question', 'noun': 'employer', 'subjectId': employer}) for _ in range(2)]
    assert [one.status for one in made] == [201, 201], made[0].text
    country = in_force(admin, 'clock.question')['country']
    week = {**country['value'], 'due': {'amount': 1, 'unit': 'weeks'}}
    effect, = admin.get(f'/rules/{draft(admin, "clock.question", week).json["id"]}/preview').json['effects']
    assert effect['kind'] == 'task_due' and effect['count'] == 2 and {one['id'] for one in effect['samples']} == {one.json['id'] for one in made}
    same, = admin.get(f'/rules/{draft(admin, "clock.question", country["value"]).json["id"]}/preview').json['effects']
    assert same['count'] == 0
    adopted(admin, 'clock.question', {**country['value'], 'due': {'amount': 60, 'unit': 'office_hours'}})
    third = as_role('account_manager').post('/tasks', {'kind': 'question', 'noun': 'employer', 'subjectId': employer}).json['id']
    for until, count in (('17:00', 0), ('13:00', 1)):
        hours = {'open': [{'days': [1, 2, 3, 4, 5], 'from': '09:00', 'until': until}]}
        effect, = admin.get(f'/rules/{draft(admin, "calendar.office_hours", hours).json["id"]}/preview').json['effects']
        assert [one['id'] for one in effect['samples']] == [third][:count] and effect['count'] == count


# ------------------------------------------------------------------------------------------ what goes by them

def test_how_many_candidates_are_wanted_and_when_an_answer_is_due_is_said_when_a_vacancy_is_reported(admin, as_role, new_vacancy, region):
    first = new_vacancy(candidatesWanted=None).json
    assert first['candidatesWanted'] == 5
    consultant = as_role('consultant')
    old = consultant.get(f'/vacancies/{first["id"]}').json
    assert datetime.fromisoformat(old['dueAt']) - datetime.fromisoformat(old['reportedAt']) == timedelta(hours=72)
    adopted(admin, 'cap.candidates_wanted', {'count': 7})
    rule = adopted(admin, 'clock.answer', {'due': {'amount': 2, 'unit': 'office_hours'}, 'ladder': []})
    second = new_vacancy(candidatesWanted=None).json
    assert second['candidatesWanted'] == 7
    due, used = region.sql("select calendar.due(reported_at, %s::jsonb) = answer_due_at, answer_rule_id::text from app.vacancy where id = %s",
                           (json.dumps(rule['value']['due']), second['id']))[0]
    assert due and used == rule['id']
    assert consultant.get(f'/vacancies/{first["id"]}').json['dueAt'] == old['dueAt']      # what was promised stays
    late = [v['id'] for v in consultant.get(f'/vacancies?state=reported&dueBefore={moment(consultant, hours=71)}&pageSize=100').json['items']]
    assert first['id'] not in late
    project = as_role('account_manager').post('/projects', {'kind': 'pilot', 'title': 'Zorg', 'startsOn': '2026-09-01', 'endsOn': '2028-08-31'}).json['id']
    adopted(admin, 'cap.candidates_wanted', {'count': 9}, scope='project', scopeId=project)
    third = new_vacancy(as_role('account_manager'), candidatesWanted=None, projectId=project).json
    assert third['candidatesWanted'] == 9
    for one in (first, second, third):
        consultant.post(f'/vacancies/{one["id"]}/endings', {'how': 'withdraw'})


def test_the_cap_of_open_proposals_is_that_of_the_rule_also_for_lists(admin, as_role, shortlisted, region):
    consultant = as_role('consultant')
    busy, listed = shortlisted(candidatesWanted=1)
    one = next(item['candidateId'] for item in listed['items'] if item['openProposals'] == 0)
    other, old = shortlisted(candidatesWanted=1)
    assert one in [item['candidateId'] for item in old['items']]
    rule = adopted(admin, value={'count': 1})
    made = consultant.post(f'/vacancies/{busy}/proposal-rounds', {'candidateIds': [one]})
    assert made.status == 201, made.text
    assert region.sql('select rule_id::text from app.proposal_round where id = %s', (made.json['id'],))[0][0] == rule['id']
    third, now = shortlisted(candidatesWanted=1)
    assert one not in [item['candidateId'] for item in now['items']]
    refused = consultant.post(f'/vacancies/{other}/proposal-rounds', {'candidateIds': [one]})
    assert refused.status == 409 and refused.problem in ('candidate-has-two-open-proposals', 'not-shortlisted')
    for vacancy in (busy, other, third):
        consultant.post(f'/vacancies/{vacancy}/endings', {'how': 'close'})


def test_a_proposal_expires_by_the_rule_and_names_it(admin, as_role, proposed, region, later):
    _, (first, *_) = proposed()
    rule = adopted(admin, 'proposal.answer', {'days': 3})
    with later(4):
        as_expired = as_role('consultant').wait_for(f'/proposals/{first}', lambda answer: answer.json['state'] == 'expired')
        assert as_expired.json['state'] == 'expired'
    assert region.sql('select rule_id::text from app.proposal where id = %s', (first,))[0][0] == rule['id']


def test_an_advice_names_the_limits_that_it_was_measured_against(admin, as_role, new_vacancy):
    consultant = as_role('consultant')
    vacancy = new_vacancy().json['id']
    before = consultant.get(f'/vacancies/{vacancy}/screening-advice').json
    assert before['ruleId'] == in_force(admin, 'screening.limits')['country']['id']
    none = {'fits': 0, 'adjust': 0}
    rule = adopted(admin, 'screening.limits', {'skill_level': none, 'hard_conditions': none, 'hard_certificates': none, 'expert_competences': none})
    after = consultant.get(f'/vacancies/{vacancy}/screening-advice').json
    assert after['advice'] == 'unsuitable' and after['rules'][0]['limit'] == 0 and after['ruleId'] == rule['id']
    given = consultant.post(f'/vacancies/{vacancy}/screenings', {'verdict': 'suitable'})
    assert given.json['ruleId'] == rule['id']
    consultant.post(f'/vacancies/{vacancy}/endings', {'how': 'close'})


def test_whoever_keeps_the_installation_sets_what_holds_for_all(region):
    """An upgrade leaves it in place."""
    made, = region.sql("""select ref.set_rule('calendar.equated_days', '{"days": ["2027-05-07"]}', 'Besluit van 2 november 2026')""")[0]
    try:
        assert region.sql("select app.rule_used('calendar.equated_days'), calendar.may_end_term('2027-05-07')")[0] == (made, False)
        region.sql("delete from migration.applied where name like 'rules/%%'")
        region.command('migrate')
        assert region.sql("select app.rule_used('calendar.equated_days'), app.rule('calendar.equated_days', '2026-01-01')")[0] == (made, {'days': []})
    finally:
        region.sql("delete from ref.rule where id = %s; update ref.rule set until_at = null where code = 'calendar.equated_days'", (made,))


@pytest.mark.parametrize('moment', ['2027-01-01T00:00:00.000000+0000', '2027-01-01T01:00:00+0100', '2027-01-01T01:00:00+01:00'])
def test_seen_builder_a_moment_in_a_query_may_have_an_offset_without_colon(as_role, moment):
    """Generated clients for Python write it so: no query with a moment could be asked."""
    asked = as_role('consultant').get('/rules?' + urllib.parse.urlencode({'inForceAt': moment, 'code': 'clock.promise'}))
    assert asked.status == 200 and len(asked.json['items']) == 1, asked.text


@pytest.mark.parametrize('begins,ends,fits', [('00:00', '23:59', False), ('07:00', '06:00', False), ('15:00', '07:01', False), ('15:00', '07:00', True), ('12:00', '12:00', True)])
def test_seen_attacker_quiet_hours_leave_eight_hours_of_a_day(admin, begins, ends, fits):
    """Quiet hours of a whole day were accepted: nothing that was not urgent went out any more."""
    body = {'code': 'calendar.quiet_hours', 'source': 'test', 'value': {'quiet': True, 'from': begins, 'until': ends}}
    made = admin.post('/rules', body)
    if not fits:
        assert (made.status, made.json['errors'][0]['pointer']) == (400, '/value/until'), made.text
        assert admin.post('/rules', {**body, 'value': {**body['value'], 'quiet': False}}).status == 201
    else:
        assert made.status == 201, made.text
