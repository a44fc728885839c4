# SPDX-License-Identifier: EUPL-1.2
"""Proposal rounds: who is proposed, and how many."""


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
