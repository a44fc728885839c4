# SPDX-License-Identifier: EUPL-1.2
"""Mandates: what somebody may see or do, given by somebody else, for one purpose and for a time. MANDATE_ROUNDS=1000 is the long form of the races."""
import datetime
import os
import uuid
from concurrent.futures import ThreadPoolExecutor

import psycopg2
import pytest

from region import until

ROUNDS = int(os.environ.get('MANDATE_ROUNDS', 6))
FAR = '2099-01-01T00:00:00Z'
NOBODY = '01920000-0000-7000-8000-0000000000ff'


def now(**shift):
    return (datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(**shift)).isoformat().replace('+00:00', 'Z')


@pytest.fixture
def firm(as_role, person):
    """A new firm with somebody who works there: (its id, a client)."""
    made = as_role('tenant_admin').post('/organisations', {'kind': 'firm', 'name': f'Bemiddeling {uuid.uuid4().hex[:6]}'}).json['id']
    _, client = person('firm', organisationId=made)
    return made, client()


@pytest.fixture
def give(as_role):
    """give(purpose='mediation', …) is a mandate that a team lead has given."""
    def make(by='team_lead', **body):
        made = as_role(by).post('/mandates', {'purpose': 'mediation', **body})
        assert made.status == 201, made.text
        return made
    return make


def revoke(client, mandate, reason='not_needed'):
    return client.post(f'/mandates/{mandate}/revocations', {'reason': reason})


def test_a_mandate_is_asked_granted_and_revoked(as_role, firm, employer):
    asker, lead = firm[1], as_role('team_lead')
    asked = asker.post('/mandates/requests', {'scope': 'employer', 'employerId': employer.json['id'], 'purpose': 'approach', 'untilAt': FAR, 'exclusive': True})
    assert asked.status == 201 and asked.json['state'] == 'asked' and asked.json['granteeOrganisationId'] == firm[0], asked.text
    assert asker.post(f'/mandates/{asked.json["id"]}/grants').status == 403, 'nobody grants what they asked'
    granted = lead.post(f'/mandates/{asked.json["id"]}/grants')
    assert granted.status == 200 and granted.json['state'] == 'granted' and granted.json['granteeName'].startswith('Bemiddeling')
    assert asker.get('/mandates?purpose=approach').json['items'][0]['id'] == asked.json['id']
    assert lead.get(f'/mandates?employerId={employer.json["id"]}&state=granted').json['items'][0]['decidedBy']
    back = revoke(asker, asked.json['id'], 'given_back')
    assert back.status == 200 and back.json['state'] == 'revoked'
    again = revoke(lead, asked.json['id'])
    assert (again.status, again.problem, again.json['currentState']) == (409, 'state', 'revoked')


def test_seen_builder_a_mandate_says_what_it_is_about(as_role, candidate, employer, firm, give):
    """A list of mandates had identifiers only: a page of twenty needed twenty calls more."""
    place = give(scope='person', candidateId=candidate.json['id'], granteeOrganisationId=firm[0]).headers['location']
    assert as_role('team_lead').get(place).json['scopeName'] == candidate.json['alias']
    claim = give('account_manager', scope='employer', employerId=employer.json['id'], purpose='approach', granteeOrganisationId=firm[0]).json
    for client in (as_role('team_lead'), as_role('account_manager')):
        row = next(row for row in client.get('/mandates?purpose=approach').json['items'] if row['id'] == claim['id'])
        assert row['scopeName'] == employer.json['name'] and 'scopeName' not in client.get('/mandates?fields=id').json['items'][0]
    desk = as_role('tenant_admin').post('/organisations', {'kind': 'desk', 'name': 'Loket Oost'}).json['id']
    assert give(scope='desk', scopeId=desk, purpose='mediation', granteeOrganisationId=firm[0]).json['scopeName'] == 'Loket Oost'


def test_seen_attacker_a_mandate_names_what_is_there(as_role, candidate, employer, firm, region):
    """In whose name it was given, and about which group or desk, was never checked: a mandate in the name of nobody, or of somebody else, was given. What its scope does not use was kept."""
    lead, person = as_role('team_lead'), candidate.json['id']
    other, = [one for one, in region.sql("select min(id::text) from app.candidate where tenant_id = 2 union all select min(id::text) from app.candidate where tenant_id = 1 and id <> %s", (person,))][:1]
    desk = region.sql("select min(id::text) from app.organisation where tenant_id = 2")[0][0]
    about = {'scope': 'person', 'candidateId': person, 'purpose': 'mediation', 'granteeOrganisationId': firm[0]}
    wrong = [({**about, 'grantorId': person}, '/grantorId', 'not-here'), ({**about, 'grantor': 'tenant', 'grantorId': NOBODY}, '/grantorId', 'not-here')]
    wrong += [({**about, 'grantor': grantor, 'grantorId': one}, '/grantorId', 'reference') for grantor in ('candidate', 'employer', 'channel') for one in (NOBODY, other)]
    wrong += [({**about, 'scopeId': firm[0]}, '/scopeId', 'not-here'), ({**about, 'scopeCode': 'Noord'}, '/scopeCode', 'not-here')]
    wrong += [({'scope': scope, 'scopeId': one, 'purpose': 'mediation', 'granteeOrganisationId': firm[0]}, '/scopeId', 'reference') for scope in ('desk', 'cohort') for one in (NOBODY, desk)]
    wrong += [({'scope': 'neighbourhood', 'scopeCode': 'Noord', 'scopeId': firm[0], 'purpose': 'mediation', 'granteeOrganisationId': firm[0]}, '/scopeId', 'not-here')]
    wrong += [({'scope': 'employer', 'employerId': employer.json['id'], 'purpose': 'approach', 'granteeOrganisationId': firm[0], 'grantor': 'employer', 'grantorId': NOBODY}, '/grantorId', 'reference')]
    for body, pointer, code in wrong:
        refused = lead.post('/mandates', body)
        assert refused.status == 400 and [(e['pointer'], e['code']) for e in refused.json['errors']] == [(pointer, code)], (body, refused.text)
    for grantor, one in (('candidate', person), ('employer', employer.json['id']), ('channel', firm[0]), ('tenant', None)):
        given = lead.post('/mandates', {**about, 'grantor': grantor, **({'grantorId': one} if one else {})})
        assert given.status == 201 and given.json.get('grantorId') == one, given.text


def test_a_claim_on_an_employer_is_for_one_at_a_time(as_role, firm, employer, give):
    """The refusal says who has it, until when, and whom to call."""
    about = {'scope': 'employer', 'employerId': employer.json['id'], 'purpose': 'approach', 'exclusive': True}
    first = give('account_manager', **about, granteeOrganisationId=firm[0], untilAt='2098-01-01T00:00:00Z')
    refused = as_role('account_manager').post('/mandates', {**about, 'untilAt': FAR})
    assert (refused.status, refused.problem) == (409, 'approached')
    assert refused.json['by'] == first.json['granteeName'] and refused.json['until'] == '2098-01-01T00:00:00.000Z'
    assert refused.json['contact'] and refused.json['by'] in refused.json['detail'] and '2098' in refused.json['detail']
    later = as_role('account_manager').post('/mandates', {**about, 'fromAt': '2098-01-01T00:00:00Z', 'untilAt': FAR})
    assert later.status == 201, 'the next one begins when this one ends'
    other = as_role('account_manager').post('/mandates', {**about, 'purpose': 'mailing', 'untilAt': FAR})
    assert other.status == 201, 'another purpose'
    assert as_role('account_manager').post('/mandates', {**about, 'exclusive': False}).status == 201, 'a claim that excludes nobody'
    assert as_role('employer').get('/mandates').status == 200
    assert revoke(as_role('account_manager'), first.json['id']).status == 200
    assert as_role('account_manager').post('/mandates', {**about, 'untilAt': '2097-01-01T00:00:00Z'}).status == 201


@pytest.mark.parametrize('wrong,pointer', [
    ({'scope': 'person', 'candidateId': NOBODY}, '/candidateId'), ({'scope': 'employer', 'employerId': NOBODY, 'purpose': 'approach'}, '/employerId'),
    ({'scope': 'person'}, '/scope'), ({'scope': 'neighbourhood'}, '/scope'), ({'scope': 'neighbourhood', 'scopeCode': 'Noord', 'purpose': 'approach'}, '/purpose'),
    ({'scope': 'neighbourhood', 'scopeCode': 'Noord', 'purpose': 'interview'}, '/untilAt'),
    ({'scope': 'neighbourhood', 'scopeCode': 'Noord', 'fromAt': FAR, 'untilAt': '2098-01-01T00:00:00Z'}, '/untilAt'),
    ({'scope': 'neighbourhood', 'scopeCode': 'Noord', 'granteeUserId': NOBODY}, '/granteeUserId'),
    ({'scope': 'neighbourhood', 'scopeCode': 'Noord', 'granteeUserId': NOBODY, 'granteeOrganisationId': NOBODY}, '/granteeUserId')])
def test_what_does_not_fit_is_named(as_role, world, wrong, pointer):
    body = {'purpose': 'mediation', **({} if 'granteeUserId' in wrong else {'granteeOrganisationId': world['firm']}), **wrong}
    answer = as_role('team_lead').post('/mandates', body)
    assert answer.status == 400 and answer.json['errors'][0]['pointer'] == pointer, answer.text


def test_attack_who_may_not_give_it(as_role, candidate, employer, world, person):
    """An account manager gives no access to persons, a consultant none to many, a case manager only to the own ones, nobody to themselves."""
    about = {'scope': 'person', 'candidateId': candidate.json['id'], 'purpose': 'mediation', 'granteeOrganisationId': world['firm']}
    assert as_role('account_manager').post('/mandates', about).status in (400, 403)
    many = {'scope': 'neighbourhood', 'scopeCode': 'Noord', 'purpose': 'mediation', 'granteeOrganisationId': world['firm']}
    for role in ('consultant', 'case_manager', 'account_manager'):
        assert as_role(role).post('/mandates', many).status == 403, role
    user, client = person('case_manager')
    foreign = client().post('/mandates', about)
    assert (foreign.status, foreign.json['errors'][0]['pointer']) == (400, '/candidateId')
    assert as_role('case_manager').post('/mandates', {'scope': 'employer', 'employerId': employer.json['id'], 'purpose': 'approach',
                                                      'granteeOrganisationId': world['firm']}).status == 403
    own = as_role('consultant').post('/mandates', {k: v for k, v in about.items() if k != 'granteeOrganisationId'})
    assert (own.status, own.problem) == (403, 'own-powers')
    assert as_role('firm').post('/mandates', about).status == 403


def test_a_task_comes_before_the_end(as_role, candidate, firm, give):
    lead = as_role('team_lead')
    made = give(scope='person', candidateId=candidate.json['id'], granteeOrganisationId=firm[0], untilAt='2098-06-01T00:00:00Z')

    def tasks(state):
        return [t for t in lead.get(f'/tasks?candidateId={candidate.json["id"]}&kind=mandate_end&state={state}').json['items']]
    assert [t['dueAt'] for t in tasks('open')] == ['2098-06-01T00:00:00.000Z']
    assert revoke(lead, made.json['id']).status == 200
    assert tasks('open') == [] and len(tasks('withdrawn')) == 1


def raced(calls):
    with ThreadPoolExecutor(len(calls)) as threads:
        return [answer.result() for answer in [threads.submit(call) for call in calls]]


def test_race_for_one_exclusive_mandate(as_role, new_employer):
    """Eight ask for the same claim in the same moment: one gets it, and seven hear who has it."""
    clients = [as_role('account_manager'), as_role('consultant'), as_role('team_lead'), as_role('account_manager')] * 2
    for _ in range(ROUNDS):
        employer = as_role('account_manager').post('/employers', new_employer).json['id']
        body = {'scope': 'employer', 'employerId': employer, 'purpose': 'approach', 'exclusive': True, 'untilAt': FAR}
        answers = raced([lambda c=c: c.post('/mandates', body) for c in clients])
        assert sorted(a.status for a in answers) == [201] + [409] * 7, [a.text for a in answers]
        assert all(a.problem == 'approached' and a.json['by'] and a.json['contact'] for a in answers if a.status == 409)
        assert [m['state'] for m in as_role('team_lead').get(f'/mandates?employerId={employer}').json['items']] == ['granted']


def test_race_for_the_last_second_of_a_mandate(as_role, new_employer, region):
    """A claim is about to end, and eight want the next one; some begin before the end, some after it: never two at a time."""
    clients = [as_role('account_manager'), as_role('consultant')] * 4
    for _ in range(ROUNDS):
        employer = as_role('account_manager').post('/employers', new_employer).json['id']
        body = {'scope': 'employer', 'employerId': employer, 'purpose': 'approach', 'exclusive': True}
        end = now(milliseconds=300)
        first = as_role('account_manager').post('/mandates', {**body, 'untilAt': end})
        assert first.status == 201, first.text

        def ask(client):
            for _ in range(10000):      # as often as it takes: how many fit into the last moments depends on the machine
                answer = client.post('/mandates', {**body, 'untilAt': FAR})
                if answer.status == 201 or answer.json['until'] > '2098':
                    return answer
        answers = raced([lambda c=c: ask(c) for c in clients])
        assert sorted(a.status for a in answers) == [201] + [409] * 7
        won = next(a for a in answers if a.status == 201).json
        assert won['fromAt'] >= first.json['untilAt']
        assert region.sql("select count(*) from app.mandate a join app.mandate b using (tenant_id, employer_id, purpose) where a.employer_id = %s and a.id <> b.id "
                          "and tstzrange(a.from_at, a.until_at) && tstzrange(b.from_at, b.until_at)", (employer,)) == [(0,)]


def test_race_to_grant_and_to_revoke(as_role, new_employer, firm):
    for _ in range(ROUNDS):
        employer = as_role('account_manager').post('/employers', new_employer).json['id']
        asked = firm[1].post('/mandates/requests', {'scope': 'employer', 'employerId': employer, 'purpose': 'approach'}).json['id']
        answers = raced([lambda r=r: as_role(r).post(f'/mandates/{asked}/grants') for r in ['account_manager', 'consultant'] * 4])
        assert sorted(a.status for a in answers) == [200] + [409] * 7
        answers = raced([lambda: revoke(as_role('team_lead'), asked)] * 8)
        assert sorted(a.status for a in answers) == [200] + [409] * 7 and all(a.problem == 'state' for a in answers if a.status == 409)


def test_a_mandate_ends_by_itself(as_role, employer, give, later):
    made = give('account_manager', scope='employer', employerId=employer.json['id'], purpose='approach', untilAt=now(days=2), exclusive=True)
    place = f'/mandates/{made.json["id"]}'
    with later(3):
        assert as_role('team_lead').get(place).json['state'] == 'ended'
        assert revoke(as_role('team_lead'), made.json['id']).json['currentState'] == 'ended'
        assert as_role('account_manager').post('/mandates', {'scope': 'employer', 'employerId': employer.json['id'], 'purpose': 'approach',
                                                             'untilAt': FAR, 'exclusive': True}).status == 201


def test_the_sweep_writes_the_end(as_role, employer, give, later, region):
    made = give('account_manager', scope='employer', employerId=employer.json['id'], purpose='approach', untilAt=now(days=2))
    with later(3):
        until(lambda: region.sql('select state from app.mandate where id = %s', (made.json['id'],)) == [('ended',)])
        task = as_role('team_lead').get(f'/tasks?employerId={employer.json["id"]}&kind=mandate_end').json['items'][0]
        assert (task['state'], task['outcome']) == ('done', 'ended')


# ------------------------------------------------------------------------------------------------------ access to persons

def sees(client, candidate):
    """How the candidate is seen: by its address, and in the list."""
    answer = client.get(f'/candidates/{candidate}')
    listed = candidate in {c['id'] for c in client.get('/candidates?pageSize=100&fields=id').json['items']}
    assert answer.status in (200, 404) and listed == (answer.status == 200), answer.text
    return listed


@pytest.fixture
def somebody(as_role):
    def make(**more):
        made = as_role('team_lead').post('/candidates', {'alias': 'Kandidaat Iris', 'pc4': '5012', **more})
        assert made.status == 201, made.text
        return made.json['id']
    return make


def test_access_begins_and_ends_with_the_mandate(as_role, firm, give, somebody):
    who = somebody()
    assert not sees(firm[1], who)
    made = give(scope='person', candidateId=who, granteeOrganisationId=firm[0])
    assert sees(firm[1], who)
    assert as_role('team_lead').get(f'/candidates/{who}').json['organisationId'] == firm[0], 'the file shows what the mandate says'
    assert revoke(as_role('team_lead'), made.json['id']).status == 200
    assert not sees(firm[1], who) and 'organisationId' not in as_role('team_lead').get(f'/candidates/{who}').json


def test_attack_a_firm_whose_mandate_just_ended(as_role, firm, give, somebody, later):
    """Nobody writes anything: reads, lists, changes and proposals compare the clock."""
    who = somebody()
    give(scope='person', candidateId=who, granteeOrganisationId=firm[0], untilAt=now(days=2))
    place, etag = f'/candidates/{who}', firm[1].get(f'/candidates/{who}').headers['etag']
    assert firm[1].patch(place, {'wishes': 'Buiten werken'}, etag).status == 200
    with later(3):
        assert not sees(firm[1], who)
        assert firm[1].patch(place, {'wishes': 'Binnen werken'}, '*').status == 404
        assert firm[1].get(f'/candidates/{who}/card').status == 404
        assert 'organisationId' not in as_role('team_lead').get(place).json
    coming = somebody()
    give(scope='person', candidateId=coming, granteeOrganisationId=firm[0], fromAt=now(days=2))
    assert not sees(firm[1], coming)
    with later(3):
        assert sees(firm[1], coming)


def test_attack_another_purpose(as_role, firm, person, give, somebody, region):
    """A firm mediates. A mandate for something else showed it nothing, and is refused; one from before still shows nothing. A coach who may read a card may not read the file."""
    who = somebody()
    for purpose in ('file', 'interview'):
        refused = as_role('team_lead').post('/mandates', {'scope': 'person', 'candidateId': who, 'granteeOrganisationId': firm[0], 'purpose': purpose, 'untilAt': FAR})
        assert refused.status == 400 and (refused.json['errors'][0]['pointer'], refused.json['errors'][0]['code']) == ('/purpose', 'role-purpose'), refused.text
        given = give(scope='person', candidateId=who, granteeOrganisationId=firm[0], untilAt=FAR).json['id']
        region.sql("set session_replication_role = replica; update app.mandate set purpose = %s where id = %s; update app.access set purpose = %s where source = %s", (purpose, given, purpose, given))
        assert not sees(firm[1], who)
    user, client = person('coach')
    give(scope='person', candidateId=who, granteeUserId=user, purpose='mediation')
    assert client().get(f'/candidates/{who}/card').status == 200 and not sees(client(), who)
    give(scope='person', candidateId=who, granteeUserId=user, purpose='file')
    assert sees(client(), who)


@pytest.mark.parametrize('role,purposes', [('course_leader', 'mediation'), ('firm', 'mediation'), ('agency', 'mediation'), ('alderman', 'interview'), ('coach', 'file,mediation')])
def test_seen_builder_a_mandate_that_would_open_nothing_is_not_given(as_role, person, somebody, role, purposes):
    """A course leader got a cohort for the purpose `file`, and saw nobody: the role has to do with people for mediation. So it was for all roles with one purpose."""
    user, client = person(role)
    lead, project = as_role('team_lead'), as_role('account_manager').post('/projects', {'kind': 'cohort', 'title': 'Groep', 'startsOn': '2026-09-01'}).json['id']
    for about in ({'scope': 'cohort', 'scopeId': project}, {'scope': 'person', 'candidateId': somebody()}):
        for purpose in ('file', 'mediation', 'interview'):
            given = lead.post('/mandates', {**about, 'granteeUserId': user, 'purpose': purpose, 'untilAt': FAR})
            if purpose in purposes.split(','):
                assert given.status == 201, given.text
            else:
                fault, = given.json['errors']
                assert given.status == 400 and (fault['pointer'], fault['code']) == ('/purpose', 'role-purpose') and purposes in fault['detail'], given.text
    asked = client().post('/mandates/requests', {'scope': 'cohort', 'scopeId': project, 'granteeUserId': user, 'purpose': 'file' if role == 'alderman' else 'interview', 'untilAt': FAR})
    assert asked.status == 403 if role in ('firm', 'agency') else (asked.status, asked.json['errors'][0]['code']) == (400, 'role-purpose'), asked.text
    hat = as_role('tenant_admin').post('/hats', {'userId': user, 'role': 'coach'})
    assert hat.status != 201 or lead.post('/mandates', {'scope': 'person', 'candidateId': somebody(), 'granteeUserId': user, 'purpose': 'file'}).status == 201, 'with that hat'


def test_an_alderman_sees_a_card_for_an_interview(as_role, person, give, somebody):
    who = somebody()
    user, client = person('alderman')
    card = f'/candidates/{who}/card'
    assert client().get(card).status == 404
    assert as_role('team_lead').post('/mandates', {'scope': 'person', 'candidateId': who, 'granteeUserId': user, 'purpose': 'mediation'}).status == 400
    give(scope='person', candidateId=who, granteeUserId=user, purpose='interview', untilAt=FAR)
    assert client().get(card).status == 200 and client().get(f'/candidates/{who}').status == 403


def test_attack_a_hat_of_another_municipality_reaches_nobody(as_role, person, give, somebody):
    who, (user, client) = somebody(), person('coach')
    give(scope='person', candidateId=who, granteeUserId=user, purpose='file')
    assert sees(client(), who)
    far = as_role('', 'gm9902', user=user)
    assert far.get(f'/candidates/{who}').problem == 'not-admitted'
    assert as_role('tenant_admin', 'gm9902').post('/hats', {'userId': user, 'role': 'coach'}).status == 400
    hat = as_role('tenant_admin').post('/hats', {'userId': user, 'role': 'analyst'}).json['id']
    assert client().get(f'/candidates/{who}', As=hat).status == 403, 'with a hat that may not'


def test_the_firm_of_a_file_is_a_mandate(as_role, firm, somebody, world):
    """Who writes `organisationId` gives a mandate, and ends the one before."""
    lead, who = as_role('team_lead'), somebody(organisationId=world['firm'])
    place = f'/candidates/{who}'
    first, = lead.get(f'/mandates?candidateId={who}').json['items']
    assert (first['granteeOrganisationId'], first['purpose'], first['state']) == (world['firm'], 'mediation', 'granted')
    assert sees(as_role('firm'), who) and not sees(firm[1], who)
    assert lead.patch(place, {'organisationId': firm[0]}, '*').status == 200
    assert sees(firm[1], who) and not sees(as_role('firm'), who)
    states = {m['granteeOrganisationId']: m['state'] for m in lead.get(f'/mandates?candidateId={who}').json['items']}
    assert states == {world['firm']: 'revoked', firm[0]: 'granted'}
    assert lead.patch(place, {'organisationId': None}, '*').status == 200 and not sees(firm[1], who)


def test_two_firms_may_mediate_one_person(firm, give, somebody, world, as_role):
    who = somebody(organisationId=world['firm'])
    give(scope='person', candidateId=who, granteeOrganisationId=firm[0])
    assert sees(firm[1], who) and sees(as_role('firm'), who)


def test_a_mandate_for_a_neighbourhood_follows_who_lives_there(as_role, firm, give, somebody, region):
    codes = [code for code, in region.sql('select code from ref.neighbourhood order by code limit 2')]
    lead, here, there = as_role('team_lead'), somebody(neighbourhood=codes[0]), somebody(neighbourhood=codes[1])
    made = give(scope='neighbourhood', scopeCode=codes[0], granteeOrganisationId=firm[0])
    assert sees(firm[1], here) and not sees(firm[1], there)
    assert lead.patch(f'/candidates/{there}', {'neighbourhood': codes[0]}, '*').status == 200
    assert lead.patch(f'/candidates/{here}', {'neighbourhood': codes[1]}, '*').status == 200
    assert sees(firm[1], there) and not sees(firm[1], here)
    assert revoke(lead, made.json['id']).status == 200 and not sees(firm[1], there)


def test_the_audit_notes_the_mandate(as_role, firm, give, somebody, region):
    who = somebody()
    made = give(scope='person', candidateId=who, granteeOrganisationId=firm[0]).json['id']
    assert sees(firm[1], who)
    assert firm[1].patch(f'/candidates/{who}', {'wishes': 'Met de handen'}, '*').status == 200
    until(lambda: region.sql('select count(*) from audit.look where candidate_id = %s and mandate = %s', (who, made))[0][0] >= 2)
    noted = [i for i in as_role('tenant_admin').get(f'/candidates/{who}/inspections').json['items'] if i.get('mandateId')]
    assert {i['kind'] for i in noted} == {'look', 'change'} and {i['mandateId'] for i in noted} == {made}
    assert {i['purpose'] for i in noted if i['kind'] == 'look'} == {'mediation'}


def test_a_list_begins_at_the_persons_of_the_caller(region):
    """With 40 of a caseload among many: the statement looks them up by their keys."""
    import psycopg2
    connection = psycopg2.connect(region.env['MAATWERK_PG'] + ' user=maatwerk_candidates')
    with connection.cursor() as cursor:
        user, = region.sql('select grantee_id::text from app.access group by 1 order by count(*) limit 1')[0]
        cursor.execute("set enable_seqscan = off; select set_config('app.tenant', '1', false), set_config('app.scope', 'caseload', false), "
                       "set_config('app.role', 'case_manager', false), set_config('app.actor', %s, false)", (user,))
        cursor.execute('explain select c.id from app.candidate c where true and c.id = any (array(select app.reached_by_me())) order by c.changed_at desc, c.id desc limit 21')
        plan = '\n'.join(line for line, in cursor.fetchall())
        assert 'tenant_id = ' in plan and 'id = ANY' in plan.split('Filter')[0], plan
    connection.close()


def test_seen_attacker_nobody_gives_access_to_the_firm_of_another_hat(as_role, firm, person, somebody):
    """Else whoever gives a file away keeps seeing the person by the other hat."""
    user, client = person('consultant')
    body = {'scope': 'person', 'candidateId': somebody(), 'purpose': 'mediation', 'granteeOrganisationId': firm[0]}
    assert as_role('tenant_admin').post('/hats', {'userId': user, 'role': 'firm', 'organisationId': firm[0]}).status == 201
    refused = client().post('/mandates', body, As=user)
    assert (refused.status, refused.problem) == (403, 'own-powers'), refused.text
    assert as_role('team_lead').post('/mandates', body).status == 201


def note_of(as_role, firm, person):
    return '/notes', firm.post('/notes', {'noun': 'candidate', 'subjectId': person, 'text': 'Gesproken.'}).json['id'], {'text': 'Anders.'}


def appointment_of(as_role, firm, person):
    made = as_role('consultant').post('/appointments', {'candidateId': person, 'kind': 'talk', 'startsAt': '2031-01-06T09:00:00Z'}).json['id']
    return '/appointments', made, {'event': 'cancel'}


def placement_of(as_role, firm, person):
    made = as_role('consultant').post('/placements', {'candidateId': person, 'kind': 'regular', 'origin': 'firm', 'employerName': 'Kapsalon Lokken', 'hours': 12, 'startsOn': '2031-01-06'})
    return '/placements', made.json['id'], {'reason': 'conditions'}


@pytest.mark.parametrize('make, table, act', [
    (note_of, 'note', lambda firm, path, body: firm.patch(path, body, '*')), (note_of, 'note', lambda firm, path, body: firm.delete(path, '*')),
    (appointment_of, 'appointment', lambda firm, path, body: firm.post(f'{path}/moves', body)),
    (placement_of, 'placement', lambda firm, path, body: firm.post(f'{path}/refusals', body))], ids=['changed', 'removed', 'appointment', 'placement'])
def test_seen_attacker_a_mandate_ends_while_a_change_waits_for_a_row(region, as_role, firm, give, candidate, make, table, act):
    """The firm asked when it had the mandate; somebody holds the row until after it has ended. Nothing is done, and the answer says so."""
    who, mandate = candidate.json['id'], give(scope='person', candidateId=candidate.json['id'], granteeOrganisationId=firm[0], untilAt=now(hours=1)).json['id']
    place, made, body = make(as_role, firm[1], who)
    assert firm[1].get(f'{place}/{made}').status == 200
    picture = f'select to_jsonb(r) from app.{table} r where id = %s'
    before, connection = region.sql(picture, (made,)), psycopg2.connect(region.env['MAATWERK_PG'] + ' user=maatwerk_admin')
    with ThreadPoolExecutor() as pool, connection.cursor() as cursor:
        cursor.execute(f'select from app.{table} where id = %s for update', (made,))
        asked = pool.submit(act, firm[1], f'{place}/{made}', body)
        until(lambda: region.sql("select 1 from pg_locks l join pg_stat_activity a using (pid) where not l.granted and a.usename <> 'maatwerk_matching'"))
        region.sql('set session_replication_role = replica; update app.access set until_at = clock.now() where source = %s', (mandate,))
        connection.rollback()
        refused = asked.result()
    connection.close()
    assert refused.status == 404, refused.text
    assert region.sql(picture, (made,)) == before
