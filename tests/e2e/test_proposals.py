# SPDX-License-Identifier: EUPL-1.2
"""Proposals and the answer of the employer."""


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


def test_places_that_are_taken_are_proposals_that_are_hired(as_role, region, shortlisted):
    vacancy, listed = shortlisted(candidatesWanted=2, positions=2)
    free = [item['candidateId'] for item in listed['items'] if item['openProposals'] == 0][:2]
    made = as_role('consultant').post(f'/vacancies/{vacancy}/proposal-rounds', {'candidateIds': free}).json
    for taken, proposal in enumerate(made['proposals'], 1):
        assert as_role('employer').post(f'/proposals/{proposal["id"]}/answers', {'answer': 'hire'}).json['state'] == 'hired'
        shown = as_role('consultant').get(f'/vacancies/{vacancy}').json
        assert (shown['positionsTaken'], shown['state']) == (taken, ['partly_filled', 'filled'][taken - 1])
    assert not region.sql("""select v.id from app.vacancy v where v.positions_taken <> (
        select count(*) from app.proposal p where p.tenant_id = v.tenant_id and p.vacancy_id = v.id and p.state = 'hired')""")


def test_a_withdrawn_proposal_is_over(as_role, proposed):
    _, proposals = proposed(candidatesWanted=1)
    consultant = as_role('consultant')
    assert consultant.post(f'/proposals/{proposals[0]}/withdrawals').json['state'] == 'withdrawn'
    assert consultant.post(f'/proposals/{proposals[0]}/withdrawals').problem == 'state'


def test_the_end_of_a_vacancy_ends_its_proposals(as_role, proposed):
    vacancy, proposals = proposed()
    as_role('consultant').post(f'/vacancies/{vacancy}/endings', {'how': 'close'})
    assert {as_role('consultant').get(f'/proposals/{p}').json['state'] for p in proposals} == {'obsolete'}


def test_lists_of_proposals(as_role, proposed):
    vacancy, proposals = proposed()
    client = as_role('consultant')
    assert {p['id'] for p in client.get(f'/proposals?vacancyId={vacancy}&state=sent').json['items']} == set(proposals)
    candidate = client.get(f'/proposals/{proposals[0]}').json['candidateId']
    assert proposals[0] in {p['id'] for p in client.get(f'/proposals?candidateId={candidate}').json['items']}
    assert as_role('employer', 'gm9902').get(f'/proposals/{proposals[0]}').status == 404
