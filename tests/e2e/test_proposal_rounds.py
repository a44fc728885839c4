# SPDX-License-Identifier: EUPL-1.2
"""Proposal rounds: who is proposed, by whom, and how many."""
import uuid

import pytest

from region import day


def test_the_number_asked_is_binding(as_role, shortlisted):
    vacancy, listed = shortlisted(candidatesWanted=3)
    client, ids = as_role('consultant'), [i['candidateId'] for i in listed['items']]
    place = f'/vacancies/{vacancy}/proposal-rounds'
    assert client.post(place, {'candidateIds': ids[:4]}).problem == 'number-asked-reached'
    assert client.post(place, {'candidateIds': ids[:2]}).problem == 'shortfall-not-stated'
    fewer = client.post(place, {'candidateIds': ids[:2], 'shortfallReason': 'phased', 'shortfallNote': 'volgt'})
    assert fewer.status == 201 and fewer.json['alreadyOpen'] == 0
    rest = client.post(place, {'candidateIds': ids[2:3]})
    assert rest.status == 201 and rest.json['alreadyOpen'] == 2


def test_somebody_who_is_not_listed_cannot_be_proposed(as_role, shortlisted):
    vacancy, listed = shortlisted(candidatesWanted=1)
    ids = {i['candidateId'] for i in listed['items']}
    consultant = as_role('consultant')
    others = (c['id'] for c in consultant.get('/candidates?status=active&pageSize=100').json['items'] if c['id'] not in ids)
    other = next(c for c in others if consultant.get(f'/candidates/{c}').json.get('openProposals', 0) == 0)
    answer = as_role('consultant').post(f'/vacancies/{vacancy}/proposal-rounds', {'candidateIds': [other]})
    assert answer.problem == 'not-shortlisted'


def test_a_draft_is_not_seen_until_it_is_sent(as_role, shortlisted):
    vacancy, listed = shortlisted(candidatesWanted=1)
    client, employer = as_role('consultant'), as_role('employer')
    made = client.post(f'/vacancies/{vacancy}/proposal-rounds',
                       {'candidateIds': [listed['items'][0]['candidateId']], 'draft': True})
    proposal = made.json['proposals'][0]
    assert proposal['state'] == 'drafted' and employer.get(f'/proposals/{proposal["id"]}').status == 404
    place = f'/proposal-rounds/{made.json["id"]}'
    assert client.post(f'{place}/dispatches').status == 200
    assert client.post(f'{place}/dispatches').problem == 'state'
    assert employer.get(f'/proposals/{proposal["id"]}').json['state'] == 'sent'
    assert client.get(place).json['proposals'][0]['state'] == 'sent'


def test_only_consultants_propose(as_role, shortlisted):
    vacancy, listed = shortlisted()
    body = {'candidateIds': [listed['items'][0]['candidateId']]}
    for role in ('team_lead', 'account_manager', 'employer', 'case_manager'):
        assert as_role(role).post(f'/vacancies/{vacancy}/proposal-rounds', body).status == 403


# -------------------------------------------------------------------------------------------------- firms propose their own

def own_people(region, organisation, vacancy, fits=True):
    """Active people of this firm or agency whom no hard filter keeps from the vacancy (or one does), and who are with no employer now."""
    return [row[0] for row in region.sql("""set app.tenant = '1'; select c.id::text from app.candidate c, app.vacancy v
        where c.tenant_id = 1 and v.tenant_id = 1 and v.id = %s and c.status = 'active' and c.consent_withdrawn_at is null
          and c.organisation_id = %s and (app.proposal_round_filter(v, c) is null) = %s
          and not exists (select from app.proposal p where p.candidate_id = c.id and app.proposal_is_open(p.state))
          and not exists (select from app.proposal p where p.candidate_id = c.id and p.vacancy_id = v.id) order by c.id""", (vacancy, organisation, fits))]


@pytest.fixture
def wide(as_role, shortlisted):
    """An open vacancy that nearly everybody fits, with five wanted; it closes after the test."""
    vacancy, _ = shortlisted(candidatesWanted=5, hoursMin=1, hoursMax=48, conditions=[])
    yield vacancy
    as_role('consultant').post(f'/vacancies/{vacancy}/endings', {'how': 'close'})


@pytest.mark.parametrize('role', ['firm', 'agency'])
def test_a_firm_proposes_its_own_people_and_no_others(as_role, region, wide, role):
    client, place = as_role(role), f'/vacancies/{wide}/proposal-rounds'
    own = own_people(region, client.get('/user-profile').json['organisationId'], wide)
    other = next(row[0] for row in region.sql("select id::text from app.candidate where tenant_id = 1 and organisation_id is null and status = 'active'"))
    for people in ([other], [own[0], other], [str(uuid.uuid4())]):
        refused = client.post(place, {'candidateIds': people, 'unlistedReason': 'own_candidate'})
        assert refused.status == 409 and refused.problem == 'not-shortlisted'
        assert refused.json['pointer'] == f'/candidateIds/{len(people) - 1}'
    made = client.post(place, {'candidateIds': own[:1], 'unlistedReason': 'own_candidate'})
    assert made.status == 201, made.text
    assert made.json['organisationId'] == client.get('/user-profile').json['organisationId'] and made.json['shortfallReason'] == 'other_parties'
    proposal, = made.json['proposals']
    assert proposal['state'] == 'sent' and proposal['candidateId'] == own[0] and 'rank' not in proposal
    assert client.get(made.headers['location']).json == made.json
    seen = as_role('employer').get(f'/proposals/{proposal["id"]}')
    assert seen.status == 200 and seen.json['card'] and 'unlistedReason' not in seen.json
    stranger = as_role('agency' if role == 'firm' else 'firm')
    assert stranger.get(made.headers['location']).status == 404
    assert as_role('consultant').get(made.headers['location']).json['proposals'][0]['id'] == proposal['id']
    withdrawn = client.post(f'/proposals/{proposal["id"]}/withdrawals')
    assert withdrawn.status == 200 and withdrawn.json['state'] == 'withdrawn'


def test_a_firm_sends_at_once_and_states_no_shortfall(as_role, region, wide, world):
    firm, own = as_role('firm'), own_people(region, world['firm'], wide)
    for name, value in {'draft': True, 'shortfallReason': 'phased', 'shortfallNote': 'volgt'}.items():
        refused = firm.post(f'/vacancies/{wide}/proposal-rounds', {'candidateIds': own[:1], 'unlistedReason': 'own_candidate', name: value})
        assert refused.status == 403 and refused.json['errors'][0]['pointer'] == f'/{name}'


def test_the_number_asked_counts_what_all_parties_have_open(as_role, region, shortlisted, world):
    """Of five seats a firm takes one, an agency one and the consultant the rest; nobody gets a sixth."""
    vacancy, listed = shortlisted(candidatesWanted=5, hoursMin=1, hoursMax=48, conditions=[])
    place, firm, agency, consultant = f'/vacancies/{vacancy}/proposal-rounds', as_role('firm'), as_role('agency'), as_role('consultant')
    of_firm = own_people(region, world['firm'], vacancy)
    of_agency = own_people(region, agency.get('/user-profile').json['organisationId'], vacancy)
    assert firm.post(place, {'candidateIds': of_firm[:1], 'unlistedReason': 'own_candidate'}).json['alreadyOpen'] == 0
    assert agency.post(place, {'candidateIds': of_agency[:1], 'unlistedReason': 'own_candidate'}).json['alreadyOpen'] == 1
    free = [i['candidateId'] for i in listed['items'] if i['candidateId'] not in (of_firm[0], of_agency[0]) and not i.get('openProposals')]
    assert consultant.post(place, {'candidateIds': free[:4]}).problem == 'number-asked-reached'
    made = consultant.post(place, {'candidateIds': free[:3]})
    assert made.status == 201 and made.json['alreadyOpen'] == 2 and 'shortfallReason' not in made.json
    last = firm.post(place, {'candidateIds': of_firm[1:2], 'unlistedReason': 'own_candidate'})
    assert last.status == 409 and last.problem == 'number-asked-reached' and last.json['taken'] == 5
    consultant.post(f'/vacancies/{vacancy}/endings', {'how': 'close'})


def test_a_firm_withdraws_only_what_it_proposed(as_role, region, wide, world):
    own = own_people(region, world['firm'], wide)
    made = as_role('consultant').post(f'/vacancies/{wide}/proposal-rounds', {'candidateIds': own[:1], 'unlistedReason': 'known_well', 'shortfallReason': 'phased'})
    assert made.status == 201, made.text
    proposal = made.json['proposals'][0]['id']
    assert as_role('firm').get(f'/proposals/{proposal}').status == 200
    assert as_role('firm').get(made.headers['location']).status == 404
    refused = as_role('firm').post(f'/proposals/{proposal}/withdrawals')
    assert refused.status == 403 and as_role('consultant').get(f'/proposals/{proposal}').json['state'] == 'sent'


def test_a_firm_proposes_for_what_is_open_only(as_role, region, new_vacancy, world):
    reported = new_vacancy().json['id']
    own = own_people(region, world['firm'], reported)
    answer = as_role('firm').post(f'/vacancies/{reported}/proposal-rounds', {'candidateIds': own[:1], 'unlistedReason': 'own_candidate'})
    assert answer.status == 404


@pytest.mark.parametrize('role', ['hub', 'employer', 'coach', 'sector_coach', 'partner', 'candidate', 'tenant_admin'])
def test_neither_a_hub_nor_others_propose(as_role, region, wide, world, role):
    own = own_people(region, world['firm'], wide)
    assert as_role(role).post(f'/vacancies/{wide}/proposal-rounds', {'candidateIds': own[:1], 'unlistedReason': 'other'}).status == 403


# ------------------------------------------------------------------------------------------------ who is on no list

def test_somebody_who_is_on_no_list_is_proposed_with_a_reason(as_role, region, wide, world):
    consultant, place = as_role('consultant'), f'/vacancies/{wide}/proposal-rounds'
    listed = {i['candidateId'] for i in consultant.get(f'/vacancies/{wide}/shortlist').json['items']}
    other = next(c for c in own_people(region, world['firm'], wide) if c not in listed)
    body = {'candidateIds': [other], 'shortfallReason': 'phased'}
    assert consultant.post(place, body).problem == 'not-shortlisted'
    assert consultant.post(place, {**body, 'unlistedReason': 'because'}).status == 400
    made = consultant.post(place, {**body, 'unlistedReason': 'profile_outdated'})
    assert made.status == 201, made.text
    proposal = consultant.get(f'/proposals/{made.json["proposals"][0]["id"]}').json
    assert proposal['unlistedReason'] == 'profile_outdated' and 'rank' not in proposal and 'score' not in proposal


def test_whom_a_hard_filter_excludes_is_proposed_with_no_reason(as_role, region, shortlisted, world):
    vacancy, _ = shortlisted(candidatesWanted=3, conditions=[{'condition': 'driving_licence_c', 'hard': True}])
    for client, reason in ((as_role('firm'), 'own_candidate'), (as_role('consultant'), 'employer_asked')):
        excluded = own_people(region, world['firm'], vacancy, fits=False)[0]
        more = {'shortfallReason': 'phased'} if reason == 'employer_asked' else {}
        refused = client.post(f'/vacancies/{vacancy}/proposal-rounds', {'candidateIds': [excluded], 'unlistedReason': reason, **more})
        assert refused.status == 409 and refused.problem == 'hard-filter' and refused.json['pointer'] == '/candidateIds/0'
        assert refused.json['filter'] in ('conditions', 'distance', 'hours', 'shifts', 'availability')
    as_role('consultant').post(f'/vacancies/{vacancy}/endings', {'how': 'close'})


def test_the_reason_is_noted_only_for_who_is_on_no_list(as_role, shortlisted):
    vacancy, listed = shortlisted(candidatesWanted=3)
    one = next(i['candidateId'] for i in listed['items'] if not i.get('openProposals'))
    made = as_role('consultant').post(f'/vacancies/{vacancy}/proposal-rounds', {'candidateIds': [one], 'shortfallReason': 'phased', 'unlistedReason': 'known_well'})
    proposal = as_role('consultant').get(f'/proposals/{made.json["proposals"][0]["id"]}').json
    assert 'unlistedReason' not in proposal and proposal['rank']
    as_role('consultant').post(f'/vacancies/{vacancy}/endings', {'how': 'close'})


@pytest.mark.parametrize('asked', [
    {'conditions': [{'condition': 'dutch_b1', 'hard': True}]}, {'conditions': [{'condition': 'dutch_a2', 'hard': True}, {'condition': 'vca', 'hard': True}]},
    {'conditions': [{'condition': 'english_b1', 'hard': True}, {'condition': 'heights', 'hard': False}]}, {'hoursMin': 33, 'hoursMax': 40}, {'hoursMin': 1, 'hoursMax': 9},
    {'shifts': ['day', 'night']}, {'pc4': '5071'}, {'startDate': day(1), 'neededBy': day(2)}], ids=lambda asked: '-'.join(asked))
def test_the_filters_are_those_of_matching(as_role, region, shortlisted, asked):
    """Everybody of the municipality, and people of whom only another level of a language is known: as many are kept off the list, by each
    filter, as the engine says."""
    client = as_role('case_manager')
    for number, known in enumerate(({'dutch_a2': False}, {'dutch_b2': True}, {'dutch_a1': True}, {'dutch_a1': False, 'dutch_b1': True}, {'english_b1': True},
                                    {'english_a2': False}, {'dutch_b2': False}, {'dutch_b1': False, 'dutch_b2': True})):
        assert client.post('/candidates', {'alias': f'Taal {number}', 'pc4': '5012', 'hoursMin': 8, 'hoursMax': 36, 'hoursWorked': number * 5,
                                           'conditions': [{'condition': c, 'met': met} for c, met in known.items()],
                                           'languages': [{'language': 'en', 'level': 'a1'}] if number == 6 else []}).status == 201
    vacancy, listed = shortlisted(**{'candidatesWanted': 5, **asked})
    found = dict(region.sql("""set app.tenant = '1'; select case
            when c.status <> 'active' or c.consent_withdrawn_at is not null then 'inactive'
            when exists (select from app.proposal p where p.vacancy_id = v.id and p.candidate_id = c.id) then 'pair'
            when (select count(*) from app.proposal p where p.candidate_id = c.id and app.proposal_is_open(p.state)) >= 2 then 'proposals'
            else coalesce(app.proposal_round_filter(v, c), 'fits') end, count(*)
        from app.candidate c, app.vacancy v where c.tenant_id = 1 and v.tenant_id = 1 and v.id = %s group by 1""", (vacancy,)))
    fits = found.pop('fits', 0)
    assert {name: count for name, count in listed['excluded'].items() if count and name != 'floor'} == found
    assert fits == listed['suitable'] + listed['excluded'].get('floor', 0)
    as_role('consultant').post(f'/vacancies/{vacancy}/endings', {'how': 'close'})
