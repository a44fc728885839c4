# SPDX-License-Identifier: EUPL-1.2
"""The shortlist, the proposals and the employer's answer."""


def test_the_shortlist_explains_itself(shortlisted):
    _, listed = shortlisted(candidatesWanted=4)
    assert listed['asked'] == 4 and len(listed['items']) == min(14, listed['suitable'])
    assert listed['considered'] == listed['suitable'] + sum(listed['excluded'].values())
    scores = [i['score'] for i in listed['items']]
    assert scores == sorted(scores, reverse=True) and [i['rank'] for i in listed['items']] == list(range(1, len(scores) + 1))
    for item in listed['items']:
        assert sum(c['points'] for c in item['explanation']['contributions']) == item['score']
        assert {h['result'] for h in item['explanation']['hard']} <= {'yes', 'verify'}


def test_the_matched_vacancy_is_shortlisted(as_role, shortlisted):
    vacancy, _ = shortlisted()
    assert as_role('consultant').get(f'/vacancies/{vacancy}').json['state'] == 'shortlisted'
    steps = as_role('consultant').get(f'/vacancies/{vacancy}/transitions?sort=at').json['items']
    assert [s['event'] for s in steps] == ['approve', 'shortlist'] and steps[-1]['role'] == 'system'


def test_an_unknown_condition_is_to_be_verified_never_a_reason_to_refuse(shortlisted, region):
    _, listed = shortlisted(conditions=[{'condition': 'heights', 'hard': True}], candidatesWanted=100)
    met = {row[0] for row in region.sql("select candidate_id::text from app.candidate_condition "
                                        "where condition = 'heights' and met")}
    failed = {row[0] for row in region.sql("select candidate_id::text from app.candidate_condition "
                                           "where condition = 'heights' and not met")}
    for item in listed['items']:
        assert item['candidateId'] not in failed
        assert item['explanation']['hard'][0]['result'] == ('yes' if item['candidateId'] in met else 'verify')


def test_a_change_makes_a_new_list(as_role, shortlisted):
    vacancy, first = shortlisted()
    client = as_role('consultant')
    etag = client.get(f'/vacancies/{vacancy}').headers['etag']
    assert client.patch(f'/vacancies/{vacancy}', {'candidatesWanted': 6}, etag).status == 200
    second = client.wait_for(f'/vacancies/{vacancy}/shortlist', lambda r: r.json['asked'] == 6).json
    assert second['matchVersion'] > first['matchVersion'] and second['current']


def test_a_changed_candidate_touches_his_lists(as_role, shortlisted):
    vacancy, first = shortlisted()
    client, best = as_role('consultant'), first['items'][0]['candidateId']
    etag = client.get(f'/candidates/{best}').headers['etag']
    assert client.patch(f'/candidates/{best}', {'status': 'paused'}, etag).status == 200
    second = client.wait_for(f'/vacancies/{vacancy}/shortlist',
                             lambda r: best not in {i['candidateId'] for i in r.json['items']}).json
    assert best not in {i['candidateId'] for i in second['items']}


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
    other = next(c['id'] for c in as_role('consultant').get('/candidates?pageSize=100').json['items'] if c['id'] not in ids)
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


def test_the_employer_sees_a_card_and_no_candidate(as_role, proposed):
    vacancy, proposals = proposed()
    employer = as_role('employer')
    for item in employer.get(f'/proposals?vacancyId={vacancy}').json['items']:
        assert not {'candidateId', 'score', 'rank', 'roundId'} & set(item)
    shown = employer.get(f'/proposals/{proposals[0]}').json
    assert 'firstName' not in shown['card'] and shown['card']['alias']
    assert employer.get(f'/proposals?candidateId={vacancy}').status == 400


def test_a_first_name_needs_consent(as_role, proposed):
    consent = {'by': 'candidate', 'at': '2026-11-23T10:00:00+01:00', 'channel': 'conversation', 'textVersion': 'card-2'}
    _, proposals = proposed(candidatesWanted=1, consent=consent)
    assert as_role('employer').get(f'/proposals/{proposals[0]}').json['card']['firstName']


def test_a_rejection_frees_the_seat_and_the_pair_does_not_come_back(as_role, proposed):
    vacancy, proposals = proposed(candidatesWanted=2)
    consultant = as_role('consultant')
    rejected = consultant.get(f'/proposals/{proposals[0]}').json['candidateId']
    refused = as_role('employer').post(f'/proposals/{proposals[0]}/answers', {'answer': 'reject'})
    assert refused.status == 400 and refused.json['errors'][0]['pointer'] == '/reason'
    answer = as_role('employer').post(f'/proposals/{proposals[0]}/answers',
                                      {'answer': 'reject', 'reason': 'travel', 'reasonShared': True, 'note': 'te ver'})
    assert answer.json['state'] == 'rejected'
    listed = consultant.wait_for(f'/vacancies/{vacancy}/shortlist', lambda r: r.json['current'] and rejected not in
                                 {i['candidateId'] for i in r.json['items']}).json
    assert rejected not in {i['candidateId'] for i in listed['items']}
    again = consultant.post(f'/vacancies/{vacancy}/proposal-rounds', {'candidateIds': [rejected]})
    assert again.problem == 'pair-rejected-before'
    more = consultant.post(f'/vacancies/{vacancy}/proposal-rounds',
                           {'candidateIds': [listed['items'][0]['candidateId']]})
    assert more.status == 201


def test_two_open_proposals_at_most_and_hiring_ends_the_others(as_role, shortlisted):
    consultant, employer = as_role('consultant'), as_role('employer')
    lists = [shortlisted(candidatesWanted=1, positions=1) for _ in range(3)]
    common = set.intersection(*[{i['candidateId'] for i in listed['items'] if i['openProposals'] == 0}
                                for _, listed in lists])
    one = sorted(common)[0]
    made = [consultant.post(f'/vacancies/{vacancy}/proposal-rounds', {'candidateIds': [one]}) for vacancy, _ in lists]
    assert [m.status for m in made[:2]] == [201, 201]
    assert made[2].problem in ('candidate-has-two-open-proposals', 'not-shortlisted')
    first, second = (m.json['proposals'][0]['id'] for m in made[:2])
    assert employer.post(f'/proposals/{first}/answers', {'answer': 'invite'}).json['state'] == 'invited'
    assert employer.post(f'/proposals/{first}/answers', {'answer': 'hire'}).json['state'] == 'hired'
    assert consultant.get(f'/proposals/{second}').json['state'] == 'obsolete'
    filled = consultant.get(f'/vacancies/{lists[0][0]}').json
    assert filled['state'] == 'filled' and filled['positionsTaken'] == 1
    assert employer.post(f'/proposals/{second}/answers', {'answer': 'hire'}).problem == 'state'


def test_a_withdrawn_proposal_is_over(as_role, proposed):
    _, proposals = proposed(candidatesWanted=1)
    consultant = as_role('consultant')
    assert consultant.post(f'/proposals/{proposals[0]}/withdrawals').json['state'] == 'withdrawn'
    assert consultant.post(f'/proposals/{proposals[0]}/withdrawals').problem == 'state'


def test_the_end_of_a_vacancy_ends_its_proposals(as_role, proposed):
    vacancy, proposals = proposed()
    as_role('consultant').post(f'/vacancies/{vacancy}/endings', {'how': 'close'})
    assert {as_role('consultant').get(f'/proposals/{p}').json['state'] for p in proposals} == {'obsolete'}


def test_only_consultants_propose(as_role, shortlisted):
    vacancy, listed = shortlisted()
    body = {'candidateIds': [listed['items'][0]['candidateId']]}
    for role in ('team_lead', 'account_manager', 'employer', 'case_manager'):
        assert as_role(role).post(f'/vacancies/{vacancy}/proposal-rounds', body).status == 403


def test_lists_of_proposals(as_role, proposed):
    vacancy, proposals = proposed()
    client = as_role('consultant')
    assert {p['id'] for p in client.get(f'/proposals?vacancyId={vacancy}&state=sent').json['items']} == set(proposals)
    candidate = client.get(f'/proposals/{proposals[0]}').json['candidateId']
    assert proposals[0] in {p['id'] for p in client.get(f'/proposals?candidateId={candidate}').json['items']}
    assert as_role('employer', 'gm9902').get(f'/proposals/{proposals[0]}').status == 404
