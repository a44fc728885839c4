# SPDX-License-Identifier: EUPL-1.2
"""The candidate himself: what he reads and does in the own file, and what he never sees."""
import json
import re
from pathlib import Path

import pytest

import rights

ROOT = Path(__file__).resolve().parents[2]
CONTRACT = json.loads((ROOT / 'openapi/gen/openapi.json').read_text())
OPEN = [(path, method, operation) for path, item in CONTRACT['paths'].items() for method, operation in item.items()
        if method != 'parameters' and 'candidate' in operation.get('x-rights', {})]
# what others assess of the person, what stands inside, and what is of others
NEVER = {'phase', 'targetGroups', 'conditions', 'openProposals', 'userId', 'bsn', 'internalNote', 'advice', 'shortfallNote', 'score', 'explanation', 'rank',
         'handedBy', 'recordedBy', 'invitationProven', 'escalated', 'blocks', 'riskCover'}
HIS = {('Appointment', 'userId')}       # with which colleague


@pytest.fixture
def own(as_role, candidate, person):
    """A candidate with an account: (identifier, client)."""
    user, client = person('candidate')
    keeper = as_role('case_manager')
    linked = keeper.patch(f'/candidates/{candidate.json["id"]}', {'userId': user, 'phase': 2, 'targetGroups': ['returner']}, candidate.headers['etag'])
    assert linked.status == 200, linked.text
    return candidate.json['id'], client('candidate')


@pytest.fixture
def stranger(as_role):
    return as_role('consultant').post('/candidates', {'alias': 'Een ander', 'pc4': '5012', 'caseManagerId': as_role('case_manager').get('/user-profile').json['id']}).json['id']


def today(region, hour=12):
    return region.sql("select to_char(calendar.moment(clock.today() + make_time(%s, 0, 0)) at time zone 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"')", (hour,))[0][0]


def schemas_of(name, seen=None):
    """Every property at any depth that the role reads: [(schema, property)]"""
    seen = set() if seen is None else seen
    for key, raw in CONTRACT['components']['schemas'][name].get('properties', {}).items():
        if 'candidate' not in raw.get('x-visible-to', ['candidate']) or (name, key) in seen:
            continue
        seen.add((name, key))
        for part in re.findall(r'"#/components/schemas/(\w+)"', json.dumps(raw)):
            schemas_of(part, seen)
    return seen


@pytest.mark.parametrize('path,method,operation', OPEN, ids=[o['operationId'] for _, _, o in OPEN])
def test_what_a_candidate_never_sees_is_in_no_answer(path, method, operation):
    content = next((answer['content'] for status, answer in operation['responses'].items() if status < '300' and 'content' in answer), {})
    schema = content.get('application/json', {}).get('schema', {}).get('$ref', '').rsplit('/', 1)[-1]
    assert not [f'{one}.{name}' for one, name in (schemas_of(schema) if schema else ()) if name in NEVER and (one, name) not in HIS]


def test_what_is_never_seen_is_there_to_see():
    """A name that no schema has would never be found."""
    names = {name for schema in CONTRACT['components']['schemas'].values() for name in schema.get('properties', {})}
    assert {'phase', 'targetGroups', 'conditions', 'openProposals', 'userId', 'bsn', 'internalNote', 'handedBy', 'escalated', 'blocks'} <= names
    assert {one for one, role in rights.expected() if role == 'candidate'} >= {'candidate.phase', 'appointment.handedBy'}


def test_he_reads_the_own_file_and_card_and_no_other(own, stranger):
    candidate, client = own
    file = client.get(f'/candidates/{candidate}')
    assert file.status == 200 and file.json['firstName'] == 'Roos' and file.json['birthDate'] == '1990-02-28' and not NEVER & set(file.json)
    assert client.get(f'/candidates/{candidate}?names=true').json['caseManagerName']
    assert client.get(f'/candidates/{candidate}/card').json['alias'] == 'Kandidaat Roos'
    for path in (f'/candidates/{stranger}', f'/candidates/{stranger}/card'):
        assert client.get(path).status == 404
    assert client.get('/candidates').status == 403
    assert client.patch(f'/candidates/{candidate}', {'alias': 'Zelf'}, file.headers['etag']).status == 403


def test_every_list_that_is_open_to_him_has_the_own_rows_only(own, stranger, as_role, region):
    candidate, client = own
    consultant = as_role('consultant')
    for who in (candidate, stranger):
        consultant.post('/appointments', {'candidateId': who, 'kind': 'talk', 'startsAt': '2031-03-03T09:00:00Z'})
        consultant.post('/trajectories', {'candidateId': who, 'kind': 'intake', 'searchUntil': '2031-03-01'})
    for path, method, operation in OPEN:
        if method != 'get' or '{' in path:
            continue
        answer = client.get(path)
        assert answer.status == 200, path
        shown = {item['candidateId'] for item in answer.json.get('items', []) if 'candidateId' in item}
        assert shown <= {candidate}, path
        assert stranger not in answer.text, path
    assert len(client.get('/appointments').json['items']) == 1


def test_he_answers_an_invitation(own, as_role):
    candidate, client = own
    made = as_role('consultant').post('/appointments', {'candidateId': candidate, 'kind': 'introduction', 'startsAt': '2031-03-03T09:00:00Z'}).json['id']
    seen = client.get(f'/appointments/{made}').json
    assert seen['state'] == 'planned' and not NEVER & set(seen)
    assert client.post(f'/appointments/{made}/answers', {'answer': 'declined'}).json['answer'] == 'declined'
    assert client.post(f'/appointments/{made}/answers', {'answer': 'accepted'}).json['answer'] == 'accepted'
    assert as_role('case_manager').get(f'/appointments/{made}').json['answer'] == 'accepted'
    assert client.post(f'/appointments/{made}/moves', {'event': 'cancel'}).status == 403


def test_seen_builder_with_whom_and_where_is_read_and_not_guessed(own, as_role, world):
    """He reads no colleagues, organisations or projects: these were identifiers."""
    candidate, client = own
    consultant = as_role('consultant')
    me = consultant.get('/user-profile').json
    about = {'candidateId': candidate, 'kind': 'talk', 'startsAt': '2031-03-03T09:00:00Z'}
    made = consultant.post('/appointments', {**about, 'userId': me['id']}).json
    assert made['userName'] == me['name'] == client.get(f'/appointments/{made["id"]}').json['userName']
    consultant.post('/appointments', {**about, 'employerId': world['employer'], 'startsAt': '2031-03-04T09:00:00Z'})
    seen = client.get('/appointments').json['items']
    assert [(one.get('userName'), one.get('employerName')) for one in seen] == [(me['name'], None), (None, 'Transport De Kruik 1')]
    assert 'userName' not in client.get('/appointments?fields=id').json['items'][0]
    way = consultant.post('/trajectories', {'candidateId': candidate, 'kind': 'intake', 'searchUntil': '2031-03-01', 'organisationId': world['firm'],
                                            'employerId': world['employer']}).json
    for shown in (way, client.get(f'/trajectories/{way["id"]}').json, client.get('/trajectories').json['items'][0]):
        assert (shown['organisationName'], shown['employerName']) == ('Werkpad B.V.', 'Transport De Kruik 1')


def test_he_does_what_was_asked_of_him(own, as_role, world):
    candidate, client = own
    consultant = as_role('consultant')
    consultant.post('/trajectories', {'candidateId': candidate, 'kind': 'intake', 'searchUntil': '2031-03-01', 'organisationId': world['firm']})
    consultant.post('/tasks', {'kind': 'barrier', 'noun': 'candidate', 'subjectId': candidate, 'dueDay': '2031-03-01'})
    tasks = {t['kind']: t for t in client.get('/tasks?state=open').json['items']}
    assert set(tasks) == {'search', 'register'} and not NEVER & set(tasks['search'])
    assert [a['operation'] for a in tasks['search']['actions']] == ['completeTask']
    done = client.post(f'/tasks/{tasks["register"]["id"]}/completions', {'outcome': 'met'})
    assert done.status == 200 and done.json['state'] == 'done'
    assert client.post(f'/tasks/{tasks["search"]["id"]}/completions', {'outcome': 'kept'}).problem == 'outcome-of-another-kind'


def test_seen_builder_nothing_is_offered_that_the_role_may_not_call(own, as_role):
    """Rows offered a candidate another moment, another owner and a reopening: all of them 403."""
    candidate, client = own
    as_role('consultant').post('/trajectories', {'candidateId': candidate, 'kind': 'intake', 'searchUntil': '2031-03-01'})
    task, = client.get('/tasks?state=open').json['items']
    ended = client.post(f'/tasks/{task["id"]}/completions', {'outcome': 'met'}).json
    offered = {action['operation'] for seen in (task, ended, client.get(f'/tasks/{task["id"]}').json) for action in seen['actions']}
    assert offered == {'completeTask'} <= set(client.get('/user-profile').json['permissions'])
    assert [a['operation'] for a in as_role('team_lead').get(f'/tasks/{task["id"]}').json['actions']] == ['reopenTask']


def test_seen_builder_an_app_finds_the_own_file(own, as_role):
    """A file on which nothing has happened yet was nowhere to be found: every list is empty, and /candidates is for others."""
    candidate, client = own
    assert client.get('/user-profile').json['candidateId'] == candidate
    assert 'candidateId' not in as_role('case_manager').get('/user-profile').json


def test_he_gives_and_withdraws_consent(own, as_role):
    candidate, client = own
    given = client.post(f'/candidates/{candidate}/consents', {'channel': 'portal', 'textVersion': 'kaart-2026-1'}).json
    assert given['consentGivenAt'] and given['consentTextVersion'] == 'kaart-2026-1' and 'consentWithdrawnAt' not in given
    assert client.post(f'/candidates/{candidate}/consent-withdrawals', {'channel': 'portal'}).json['consentWithdrawnAt']
    again = as_role('case_manager').post(f'/candidates/{candidate}/consents', {'channel': 'conversation', 'textVersion': 'kaart-2027-1'}).json
    assert 'consentWithdrawnAt' not in again and again['consentTextVersion'] == 'kaart-2027-1'


def test_he_reports_sick(own, as_role, region):
    candidate, client = own
    consultant, keeper = as_role('consultant'), as_role('case_manager')
    now, later = (consultant.post('/appointments', {'candidateId': candidate, 'kind': 'talk', 'startsAt': at}).json['id'] for at in (today(region), '2031-03-03T09:00:00Z'))
    for _ in range(2):
        assert client.post(f'/candidates/{candidate}/sick-reports', None).status == 200
    seen = client.get(f'/appointments/{now}').json
    assert (seen['state'], seen['reason']) == ('excused', 'ill') and client.get(f'/appointments/{later}').json['state'] == 'planned'
    check, = keeper.get(f'/tasks?subjectId={candidate}&kind=check').json['items']
    assert check['ownerUserId'] == keeper.get('/user-profile').json['id']
    assert client.get('/tasks').json['items'] == [] and client.get(f'/tasks/{check["id"]}').status == 404


def test_he_asks_a_question(own, as_role):
    candidate, client = own
    assert client.post(f'/candidates/{candidate}/questions', {'text': 'Mag ik een cursus volgen?'}).status == 200
    task, = client.get('/tasks?kind=question').json['items']
    keeper = as_role('case_manager')
    assert keeper.get(f'/tasks/{task["id"]}').json['promisedToCandidateId'] == candidate
    assert 'Mag ik een cursus volgen?' in [n['text'] for n in keeper.get(f'/notes?candidateId={candidate}').json['items']]
    assert client.post(f'/tasks/{task["id"]}/completions', {'outcome': 'answered'}).problem == 'not-your-task'
    assert keeper.post(f'/tasks/{task["id"]}/completions', {'outcome': 'answered'}).status == 200
    assert client.get(f'/tasks/{task["id"]}').json['state'] == 'done'


def test_nobody_does_that_in_the_file_of_another(own, stranger):
    _, client = own
    for place, body in (('consents', {'channel': 'portal', 'textVersion': '1'}), ('consent-withdrawals', {'channel': 'portal'}), ('sick-reports', None), ('questions', {'text': 'Wie?'})):
        assert client.post(f'/candidates/{stranger}/{place}', body).status == 404, place
