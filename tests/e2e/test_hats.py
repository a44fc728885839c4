# SPDX-License-Identifier: EUPL-1.2
"""A user has hats, and a request acts with one of them."""
import datetime
import uuid

import pytest

from region import until

FAR = '2099-01-01T00:00:00Z'


@pytest.fixture
def give(as_role):
    def make(user, role, **more):
        made = as_role('tenant_admin').post('/hats', {'userId': user, 'role': role, **more})
        assert made.status == 201, made.text
        return made
    return make


def hats_of(client):
    return {hat['role']: hat['id'] for hat in client.get('/user-profile').json['hats']}


def now(**shift):
    return (datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(**shift)).isoformat().replace('+00:00', 'Z')


def test_a_token_without_a_role_acts_with_the_hat_of_the_account(person):
    user, client = person('consultant')
    profile = client().get('/user-profile').json
    assert (profile['id'], profile['role'], profile['hatId']) == (user, 'consultant', user)
    assert profile['hats'] == [{'id': user, 'role': 'consultant', 'attributes': []}]
    assert client().get('/candidates?pageSize=1').status == 200


def test_a_request_acts_with_the_only_hat_that_the_operation_admits_or_with_the_one_that_is_named(person, give, world):
    """A coach reads the own caseload, a team lead all files; of a firm, the own people."""
    user, client = person('coach')
    who = client()
    assert who.get('/candidates?pageSize=1').json['items'] == []
    assert who.get('/hats').status == 403
    lead = give(user, 'team_lead')
    assert lead.json['fromAt'] and 'untilAt' not in lead.json
    assert who.get('/hats').status == 200, 'a hat that was given is known at once where it is needed'
    assert who.get('/candidates?pageSize=1', As=user).json['items'] == [], 'the one that is named'
    assert who.get('/candidates?pageSize=1', As=lead.json['id']).json['items']
    assert who.get('/hats', As=user).status == 403
    assert who.get('/user-profile', As=lead.json['id']).json['role'] == 'team_lead'


def test_seen_attacker_nobody_guesses_with_which_hat_somebody_acts(person, give, new_employer):
    """A coach who leads a team too would read all files, and write them as a team lead, without saying so."""
    user, client = person('coach')
    hats, who = {user: 'coach', give(user, 'team_lead').json['id']: 'team_lead'}, client()
    give(user, 'tenant_admin')
    for answer in (who.get('/candidates?pageSize=1'), who.post('/tasks', {'kind': 'promise', 'noun': 'user', 'subjectId': user})):
        fault, = answer.json['errors']
        assert (answer.status, fault['place'], fault['name'], fault['code']) == (400, 'header', 'As', 'enum'), answer.text
        assert all(f'{hat} ({role})' in fault['detail'] for hat, role in hats.items()), fault
    assert 'tenant_admin' not in who.get('/candidates?pageSize=1').text      # which may not call it
    assert who.post('/employers', new_employer).status == 201, 'only one of them may'
    assert who.get('/user-profile').status == who.get('/vacancies?pageSize=1').status == 200, 'it matters to nobody'
    again = give(user, 'coach').json['id']
    assert {who.get('/candidates?pageSize=1', As=hat).status for hat in (*hats, again)} == {200}


def test_masks_of_two_hats_do_not_mix(person, give, as_role, candidate):
    """A consultant does not see the benefit of somebody, a team lead does: whoever is both sees it with one hat, and is refused it with the other."""
    user, client = person('consultant')
    lead, who, place = give(user, 'team_lead').json['id'], client(), candidate.headers['location']
    assert 'benefit' in who.get(place, As=lead).json and 'benefit' not in who.get(place, As=user).json
    assert who.get(f'{place}?fields=benefit', As=user).status == 400
    etag = who.get(place, As=user).headers['etag']
    refused = who.patch(place, {'benefit': 'ww'}, etag, As=user)
    assert (refused.status, refused.json['errors'][0]['code']) == (403, 'not-writable')
    assert who.patch(place, {'benefit': 'ww'}, '*', As=lead).status == 200


def test_the_permissions_of_the_profile_are_those_of_the_hat(person, give):
    user, client = person('coach')
    lead, who = give(user, 'tenant_admin').json['id'], client()
    said = {hat: set(who.get('/user-profile', As=hat).json['permissions']) for hat in (user, lead)}
    assert 'createUser' in said[lead] - said[user] and 'listCandidates' in said[user] - said[lead]


def test_a_token_narrows(person, give, world):
    """A claim leaves fewer hats, and gives none."""
    user, client = person('consultant', attributes=['decider'])
    give(user, 'coach')
    firm = give(user, 'firm', organisationId=world['firm']).json['id']
    assert set(hats_of(client())) == {'consultant', 'coach', 'firm'}
    coach = client('coach')
    assert coach.get('/user-profile').json['role'] == 'coach' and coach.get('/user-profile', As=user).status == 403
    assert coach.get('/users').status == 403
    assert client('firm').get('/users').json['items'][0]['organisationId'] == world['firm']
    other = client('firm', org=str(uuid.uuid4())).get('/users')
    assert (other.status, other.problem) == (403, 'not-admitted')
    assert client('firm').get('/users', As=firm).status == 200


@pytest.mark.parametrize('whose', ['somebody else', 'another municipality', 'nobody', 'a word', 'two'])
def test_attack_as_somebody_else(as_role, person, region, whose):
    user, client = person('coach')
    named = {'somebody else': as_role('team_lead').get('/user-profile').json['id'],
             'another municipality': as_role('coach', 'gm9902').get('/user-profile').json['hatId'], 'nobody': str(uuid.uuid4()),
             'a word': 'team_lead', 'two': f'{user}, {user}'}[whose]
    answer = client().get('/candidates?pageSize=1', As=named)
    if whose in ('a word', 'two'):
        assert answer.status == 400 and 'As' in answer.json['errors'][0].values(), answer.text
        return
    assert (answer.status, answer.problem) == (403, 'not-admitted')
    until(lambda: region.sql("select count(*) from audit.denial where reason = 'not-admitted' and actor = %s", (user,))[0][0])


def test_attack_a_hat_that_ends_is_gone_in_reads_and_writes(as_role, person, give, new_employer):
    user, client = person('coach')
    hat = give(user, 'consultant')
    who = client()
    assert who.post('/employers', new_employer, As=hat.json['id']).status == 201
    ended = as_role('tenant_admin').patch(hat.headers['location'], {'untilAt': now()}, hat.headers['etag'])
    assert ended.status == 200 and ended.json['untilAt']
    for answer in (who.get('/vacancies', As=hat.json['id']), who.post('/employers', new_employer, As=hat.json['id'])):
        assert (answer.status, answer.problem) == (403, 'not-admitted')
    assert who.post('/employers', new_employer).problem == 'forbidden', 'the other hat may not'
    assert set(hats_of(who)) == {'coach'}
    again = as_role('tenant_admin').patch(hat.headers['location'], {'untilAt': FAR}, ended.headers['etag'])
    assert (again.status, again.problem) == (409, 'hat-ended')


def test_attack_a_hat_ends_by_itself(as_role, person, give, later):
    """Nobody writes anything on that day: the first statement of the transaction asks what time it is."""
    user, client = person('coach')
    hat = give(user, 'consultant', untilAt=now(days=2)).json['id']
    who = client()
    assert who.get('/user-profile').json['hats'][1]['untilAt']
    assert who.get('/vacancies?pageSize=1', As=hat).status == 200
    with later(3):
        assert who.get('/vacancies?pageSize=1', As=hat).problem == 'not-admitted'
        assert who.get('/vacancies?pageSize=1').status == 200, 'as a coach'
        assert hats_of(who) == {'coach': user}
    coming = give(user, 'account_manager', fromAt=now(days=2)).json['id']
    assert who.get('/vacancies?pageSize=1', As=coming).problem == 'not-admitted'
    with later(3):
        assert who.get('/vacancies?pageSize=1', As=coming).status == 200


def test_attack_nobody_gives_themselves_a_hat(as_role, person, region):
    user, client = person('tenant_admin')
    admin = client()
    for body in ({'userId': user, 'role': 'team_lead'}, {'userId': user, 'role': 'tenant_admin', 'attributes': ['privacy_officer']}):
        refused = admin.post('/hats', body)
        assert (refused.status, refused.problem) == (403, 'own-powers')
    other = as_role('tenant_admin')
    hat = other.post('/hats', {'userId': user, 'role': 'team_lead', 'untilAt': FAR})
    for longer in (None, '2100-01-01T00:00:00Z'):
        assert admin.patch(hat.headers['location'], {'untilAt': longer}, '*').problem == 'own-powers'
    assert admin.patch(hat.headers['location'], {'untilAt': now()}, '*').status == 200, 'to end one takes nobody else'
    refused = admin.post('/logins', {'userId': user, 'issuer': 'https://x.example', 'subject': 'ik'})
    assert (refused.status, refused.problem) == (403, 'own-powers')


def test_a_hat_follows_its_user_and_its_organisation(as_role, person, give):
    admin = as_role('tenant_admin')
    firm = admin.post('/organisations', {'kind': 'firm', 'name': f'Pet {uuid.uuid4().hex[:6]}'})
    user, client = person('coach')
    hat = give(user, 'firm', organisationId=firm.json['id']).json['id']
    assert client().get('/users', As=hat).status == 200
    ended = admin.patch(firm.headers['location'], {'active': False}, firm.headers['etag'])
    assert client().get('/users', As=hat).problem == 'not-admitted' and client().get('/vacancies').status == 200
    admin.patch(firm.headers['location'], {'active': True}, ended.headers['etag'])
    assert client().get('/users', As=hat).status == 200
    assert admin.patch(f'/users/{user}', {'active': False}, '*').status == 200
    assert client().get('/users', As=hat).problem == client().get('/vacancies').problem == 'not-admitted'
    assert admin.patch(f'/users/{user}', {'active': True}, '*').status == 200
    assert client().get('/users', As=hat).status == 200


@pytest.mark.parametrize('role', ['firm', 'agency', 'hub', 'employer', 'consultant'])
def test_the_organisation_of_a_hat_fits_the_role(as_role, person, role):
    user, _ = person('coach')
    wrong = as_role('tenant_admin').post('/organisations', {'kind': 'course_provider', 'name': f'Cursus {role}'}).json['id']
    answer = as_role('tenant_admin').post('/hats', {'userId': user, 'role': role, 'organisationId': wrong})
    assert (answer.status, answer.json['errors'][0]['pointer']) == (400, '/organisationId')


def test_a_hat_is_given_and_listed(as_role, person, give, world):
    user, _ = person('coach')
    made = give(user, 'firm', organisationId=world['firm'], untilAt=FAR)
    lead = as_role('team_lead')
    listed = lead.get(f'/hats?userId={user}').json['items']
    assert listed == [made.json] and listed[0]['organisationName']
    assert lead.get(f'/hats?userId={user}&active=false').json['items'] == []
    assert lead.get(f'/hats?userId={user}&role=firm&active=true').json['items'] == listed
    assert lead.post('/hats', {'userId': user, 'role': 'coach'}).status == 403
    early = as_role('tenant_admin').post('/hats', {'userId': user, 'role': 'hub', 'fromAt': FAR, 'untilAt': now()})
    assert (early.status, early.json['errors'][0]['pointer']) == (400, '/untilAt')
    gone = as_role('tenant_admin').post('/hats', {'userId': str(uuid.uuid4()), 'role': 'coach'})
    assert (gone.status, gone.json['errors'][0]['pointer']) == (400, '/userId')


def test_a_user_has_no_more_hats_than_a_program_remembers(as_role, person, give):
    user, _ = person('coach')
    for _ in range(15):
        hat = give(user, 'consultant')
    full = as_role('tenant_admin').post('/hats', {'userId': user, 'role': 'consultant'})
    assert (full.status, full.problem, full.json['limit']) == (409, 'list-full', 15)
    as_role('tenant_admin').patch(hat.headers['location'], {'untilAt': now()}, '*')
    give(user, 'consultant')


def test_who_has_the_hat_can_be_asked_for(as_role, person, give, candidate):
    """A file can be given to somebody who is a coach besides."""
    user, client = person('consultant')
    lead, place = as_role('team_lead'), candidate.headers['location']
    assert lead.patch(place, {'coachId': user}, '*').status == 400
    hat = give(user, 'coach').json['id']
    assert lead.patch(place, {'coachId': user}, '*').status == 200
    assert [c['id'] for c in client().get('/candidates', As=hat).json['items']] == [candidate.json['id']]


def test_another_page_may_name_the_hat(region, as_role):
    """CORS: a page may send As."""
    asks = {'Origin': 'https://portal.example', 'Access-Control-Request-Method': 'GET'}
    region.command('origins', 'gm9901', asks['Origin'])
    until(lambda: as_role(None).call('OPTIONS', '/hats', headers=asks).status == 204)
    assert ', as' in as_role(None).call('OPTIONS', '/hats', headers=asks).headers['access-control-allow-headers']
    region.command('origins', 'gm9901')
