# SPDX-License-Identifier: EUPL-1.2
"""Proposals and the answer of the employer."""
from concurrent.futures import ThreadPoolExecutor

import psycopg2
import pytest

from region import until
from scenarios.mishaps import mishaps


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
    listed = consultant.wait_for(f'/vacancies/{vacancy}/shortlist', lambda r: r.json['status'] == 'ready' and rejected not in
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


# --------------------------------------------------------------------------------------------- what states decide

def members(answer, *names):
    return [answer.json[name] for name in names]


def change(client, path, **given):
    return client.patch(path, given, client.get(path).headers['etag'])


@pytest.fixture
def twice(as_role, shortlisted):
    """One candidate, proposed for two vacancies: (candidate, [(vacancy, proposal), …])."""
    def make(**changes):
        consultant = as_role('consultant')
        lists = [shortlisted(candidatesWanted=2, positions=2, **changes) for _ in range(2)]
        common = set.intersection(*[{i['candidateId'] for i in listed['items'] if i['openProposals'] == 0} for _, listed in lists])
        one = sorted(common)[0]
        made = [consultant.post(f'/vacancies/{vacancy}/proposal-rounds', {'candidateIds': [one], 'shortfallReason': 'phased'}) for vacancy, _ in lists]
        assert [m.status for m in made] == [201, 201], [m.text for m in made]
        return one, [(vacancy, m.json['proposals'][0]['id']) for (vacancy, _), m in zip(lists, made)]
    return make


def test_case_12_hired_and_still_on_offer(as_role, region, twice, shortlisted):
    """Hired on one: obsolete with the other in the same commit, off every list, and refused by name of the state wherever the list is old."""
    consultant, employer = as_role('consultant'), as_role('employer')
    one, [(first, hired), (_, other)] = twice()
    third, listed = shortlisted(candidatesWanted=1)
    assert employer.post(f'/proposals/{hired}/answers', {'answer': 'hire'}).json['state'] == 'hired'
    assert consultant.get(f'/candidates/{one}').json['status'] == 'placed'
    assert consultant.get(f'/proposals/{other}').json['state'] == 'obsolete'
    assert employer.post(f'/proposals/{other}/answers', {'answer': 'hire'}).problem == 'state'
    again = consultant.post(f'/vacancies/{third}/proposal-rounds', {'candidateIds': [one]})
    assert again.problem == 'state' and members(again, 'currentState', 'pointer') == ['placed', '/candidateIds/0']
    assert one not in {i['candidateId'] for i in consultant.get(f'/vacancies/{third}/shortlist').json['items']}
    if one in {i['candidateId'] for i in listed['items']}:
        until(lambda: not region.sql("select from app.match_result m join app.match_run r on r.id = m.run_id where r.vacancy_id = %s "
                                     'and m.candidate_id = %s and r.match_input = (select max(match_input) from app.match_run '
                                     'where vacancy_id = r.vacancy_id)', (third, one)))


def test_case_12_paused_is_neither_sent_nor_hired(as_role, shortlisted):
    consultant, employer, lead = as_role('consultant'), as_role('employer'), as_role('team_lead')
    vacancy, listed = shortlisted(candidatesWanted=2)
    one, two = [i['candidateId'] for i in listed['items'] if i['openProposals'] == 0][:2]
    made = consultant.post(f'/vacancies/{vacancy}/proposal-rounds', {'candidateIds': [one, two], 'draft': True}).json
    ids = {p['candidateId']: p['id'] for p in made['proposals']}
    assert change(lead, f'/candidates/{one}', status='paused').status == 200
    sent = consultant.post(f'/proposal-rounds/{made["id"]}/dispatches')
    assert sent.problem == 'state' and sent.json['currentState'] == 'paused'
    assert consultant.get(f'/proposals/{ids[two]}').json['state'] == 'drafted'        # all of them, or none
    assert change(lead, f'/candidates/{one}', status='active').status == 200
    assert consultant.post(f'/proposal-rounds/{made["id"]}/dispatches').status == 200
    assert change(lead, f'/candidates/{one}', status='paused').status == 200
    for answer in ('invite', 'hire'):
        refused = employer.post(f'/proposals/{ids[one]}/answers', {'answer': answer})
        assert refused.problem == 'state' and members(refused, 'currentState', 'allowed') == ['sent', ['reject']]   # nothing of the person
        assert consultant.post(f'/proposals/{ids[one]}/answers', {'answer': answer}).json['currentState'] == 'paused'
    assert employer.post(f'/proposals/{ids[one]}/answers', {'answer': 'reject', 'reason': 'travel'}).json['state'] == 'rejected'
    change(lead, f'/candidates/{one}', status='active')


@pytest.mark.parametrize('status', ['left', 'placed'])
def test_case_12_who_leaves_or_finds_work_is_with_no_employer(as_role, twice, status):
    consultant, employer, lead = as_role('consultant'), as_role('employer'), as_role('team_lead')
    one, [(vacancy, first), (_, second)] = twice()
    assert employer.post(f'/proposals/{first}/answers', {'answer': 'invite'}).status == 200
    assert change(lead, f'/candidates/{one}', status=status).json['status'] == status
    for proposal in (first, second):
        shown = employer.get(f'/proposals/{proposal}').json
        assert shown['state'] == 'obsolete' and 'card' not in shown
        assert employer.post(f'/proposals/{proposal}/answers', {'answer': 'hire'}).problem == 'state'
    again = consultant.post(f'/vacancies/{vacancy}/proposal-rounds', {'candidateIds': [one], 'shortfallReason': 'phased'})
    assert again.problem == 'state' and again.json['currentState'] == status


def test_case_12_two_employers_hire_at_the_same_moment(as_role, twice):
    """One of them does; the other is told the state. Whoever asks first holds the candidate."""
    employer, consultant = as_role('employer'), as_role('consultant')
    for _ in range(3):
        one, [(_, first), (_, second)] = twice()
        with ThreadPoolExecutor(2) as both:
            answers = list(both.map(lambda p: employer.post(f'/proposals/{p}/answers', {'answer': 'hire'}), (first, second)))
        assert sorted(a.status for a in answers) == [200, 409] and [a.problem for a in answers if a.status == 409] == ['state']
        assert sorted(consultant.get(f'/proposals/{p}').json['state'] for p in (first, second)) == ['hired', 'obsolete']


def test_case_12_somebody_leaves_while_he_is_hired(as_role, proposed):
    """Whatever came first: nobody who left is hired, and nobody who is hired is with another employer."""
    employer, lead, consultant = as_role('employer'), as_role('team_lead'), as_role('consultant')
    for _ in range(3):
        _, (proposal,) = proposed(candidatesWanted=1, positions=1)
        place = f'/candidates/{consultant.get(f"/proposals/{proposal}").json["candidateId"]}'
        etag = lead.get(place).headers['etag']
        with ThreadPoolExecutor(2) as both:
            hired = both.submit(employer.post, f'/proposals/{proposal}/answers', {'answer': 'hire'})
            left = both.submit(lead.patch, place, {'status': 'left'}, etag)
        ended = hired.result().status, left.result().status, consultant.get(f'/proposals/{proposal}').json['state'], lead.get(place).json['status']
        assert ended in [(200, 412, 'hired', 'placed'), (409, 200, 'obsolete', 'left')], ended


def test_case_13_a_hire_entered_by_mistake_is_undone(as_role, region, twice):
    """Proposal, vacancy, places, candidate and what became obsolete follow; the trail says who and why."""
    consultant, employer = as_role('consultant'), as_role('employer')
    one, [(vacancy, mistaken), (_, other)] = twice()
    employer.post(f'/proposals/{other}/answers', {'answer': 'invite'})
    assert employer.post(f'/proposals/{mistaken}/answers', {'answer': 'hire'}).json['state'] == 'hired'
    assert consultant.post(f'/proposals/{mistaken}/withdrawals').problem == 'state'
    place = f'/proposals/{mistaken}/hire-reversals'
    assert employer.post(place, {'reason': 'wrong_candidate'}).status == 403
    assert consultant.post(place, {}).json['errors'][0]['pointer'] == '/reason'
    undone = consultant.post(place, {'reason': 'wrong_candidate', 'note': 'De ander was bedoeld.'})
    assert undone.status == 200 and members(undone, 'state', 'undoReason') == ['undone', 'wrong_candidate'] and undone.json['undoneAt']
    shown = consultant.get(f'/vacancies/{vacancy}').json
    assert shown['positionsTaken'] == 0 and shown['state'] in ('open', 'shortlisted')
    assert consultant.get(f'/candidates/{one}').json['status'] == 'active'
    assert consultant.get(f'/proposals/{other}').json['state'] == 'invited'         # as it was
    assert consultant.post(place, {'reason': 'wrong_candidate'}).problem == 'state'
    steps = region.sql("select noun, event, role from app.transition where subject_id = any (%s::uuid[]) and event ~ 'undo|vacate|restore' order by seq",
                       ([mistaken, vacancy, one, other],))
    assert steps == [('proposal', 'undo', 'consultant'), ('vacancy', 'vacate', 'consultant'), ('candidate', 'undo_hire', 'consultant'),
                     ('proposal', 'restore_invitation', 'consultant')]
    told = [s['event'] for s in consultant.get(f'/proposals/{mistaken}/transitions').json['items']]
    assert told == ['send', 'hire', 'undo'] and as_role('employer').get(f'/proposals/{mistaken}/transitions').status == 403
    assert [s['event'] for s in consultant.get(f'/candidates/{one}/transitions').json['items']][-2:] == ['hire', 'undo_hire']
    noted = region.sql("select columns from audit.entry where subject_id = %s and 'undo_reason' = any (columns)", (mistaken,))
    assert len(noted) == 1 and 'state' in noted[0][0]


def test_case_13_a_hire_that_filled_is_undone(as_role, proposed):
    """The others of the vacancy are open again, and the right one can be hired."""
    consultant, employer = as_role('consultant'), as_role('employer')
    vacancy, (mistaken, meant, third) = proposed(candidatesWanted=3, positions=1)
    assert employer.post(f'/proposals/{mistaken}/answers', {'answer': 'hire'}).status == 200
    assert {consultant.get(f'/proposals/{p}').json['state'] for p in (meant, third)} == {'obsolete'}
    assert 'card' not in employer.get(f'/proposals/{meant}').json
    assert consultant.post(f'/proposals/{mistaken}/hire-reversals', {'reason': 'entered_by_mistake'}).status == 200
    assert {consultant.get(f'/proposals/{p}').json['state'] for p in (meant, third)} == {'sent'}
    assert employer.get(f'/proposals/{meant}').json['card']['alias']
    assert employer.post(f'/proposals/{meant}/answers', {'answer': 'hire'}).json['state'] == 'hired'
    assert members(consultant.get(f'/vacancies/{vacancy}'), 'state', 'positionsTaken') == ['filled', 1]


def test_case_13_what_is_in_the_way_stays_obsolete(as_role, twice):
    """The candidate has left meanwhile: the hire is undone, and nobody is proposed who must not be."""
    consultant, employer, lead = as_role('consultant'), as_role('employer'), as_role('team_lead')
    one, [(_, mistaken), (_, other)] = twice()
    employer.post(f'/proposals/{mistaken}/answers', {'answer': 'hire'})
    change(lead, f'/candidates/{one}', status='left')
    assert consultant.post(f'/proposals/{mistaken}/hire-reversals', {'reason': 'candidate_declined'}).json['state'] == 'undone'
    assert consultant.get(f'/candidates/{one}').json['status'] == 'left'
    assert consultant.get(f'/proposals/{other}').json['state'] == 'obsolete'


def test_case_13_after_the_term_a_hire_stays(as_role, proposed, later):
    consultant, employer = as_role('consultant'), as_role('employer')
    _, (hired,) = proposed(candidatesWanted=1, positions=1)
    employer.post(f'/proposals/{hired}/answers', {'answer': 'hire'})
    with later(13):
        assert employer.get(f'/proposals/{hired}').json['card']
    with later(14):
        refused = consultant.post(f'/proposals/{hired}/hire-reversals', {'reason': 'wrong_candidate'})
        assert refused.problem == 'term-passed' and refused.json['limit'] == 14
        assert 'card' not in employer.get(f'/proposals/{hired}').json


@pytest.mark.parametrize('end', ['reject', 'withdraw', 'obsolete', 'undo'])
def test_case_08_after_an_end_there_is_no_card(as_role, proposed, end):
    """The employer saw whatever became of somebody whom he had rejected; the card is the copy of the moment of sending, until the end."""
    consultant, employer, lead = as_role('consultant'), as_role('employer'), as_role('team_lead')
    vacancy, (proposal,) = proposed(candidatesWanted=1, positions=1)
    before = employer.get(f'/proposals/{proposal}').json['card']
    candidate = consultant.get(f'/proposals/{proposal}').json['candidateId']
    assert change(lead, f'/candidates/{candidate}', introduction='Wat pas later is geschreven.').status == 200
    assert employer.get(f'/proposals/{proposal}').json['card'] == before
    if end == 'reject':
        employer.post(f'/proposals/{proposal}/answers', {'answer': 'reject', 'reason': 'travel'})
    elif end == 'withdraw':
        consultant.post(f'/proposals/{proposal}/withdrawals')
    elif end == 'obsolete':
        consultant.post(f'/vacancies/{vacancy}/endings', {'how': 'close'})
    else:
        employer.post(f'/proposals/{proposal}/answers', {'answer': 'hire'})
        assert employer.get(f'/proposals/{proposal}').json['card'] == before
        consultant.post(f'/proposals/{proposal}/hire-reversals', {'reason': 'other'})
    for client in (employer, consultant, lead, as_role('account_manager')):
        assert 'card' not in client.get(f'/proposals/{proposal}').json


def test_attack_05_what_was_never_sent_is_never_shown(as_role, shortlisted):
    """A draft that was withdrawn became visible to the employer by its new state."""
    consultant, employer = as_role('consultant'), as_role('employer')
    vacancy, listed = shortlisted(candidatesWanted=1)
    made = consultant.post(f'/vacancies/{vacancy}/proposal-rounds', {'candidateIds': [listed['items'][0]['candidateId']], 'draft': True}).json
    proposal = made['proposals'][0]['id']
    assert consultant.post(f'/proposals/{proposal}/withdrawals').json['state'] == 'withdrawn'
    assert employer.get(f'/proposals/{proposal}').status == 404
    assert not employer.get(f'/proposals?vacancyId={vacancy}').json['items']


def test_attack_05_a_round_names_nobody_to_the_account_manager(as_role, proposed):
    _, proposals = proposed(candidatesWanted=1)
    round_id = as_role('consultant').get(f'/proposals/{proposals[0]}').json['roundId']
    shown = as_role('account_manager').get(f'/proposal-rounds/{round_id}').json
    assert shown['proposed'] == 1 and 'proposals' not in shown


def test_attack_05_consent_is_withdrawn(as_role, proposed, shortlisted):
    consultant, employer = as_role('consultant'), as_role('employer')
    vacancy, (proposal,) = proposed(candidatesWanted=1)
    one = consultant.get(f'/proposals/{proposal}').json['candidateId']
    assert employer.get(f'/proposals/{proposal}').json['card']
    place = f'/candidates/{one}/consent-withdrawals'
    assert employer.post(place, {'channel': 'letter'}).status == 403
    withdrawn = as_role('team_lead').post(place, {'channel': 'conversation'})
    assert withdrawn.status == 200 and withdrawn.json['consentWithdrawnAt'] and withdrawn.json['openProposals'] == 0
    shown = employer.get(f'/proposals/{proposal}').json
    assert shown['state'] == 'withdrawn' and 'card' not in shown
    body = {'candidateIds': [one], 'returnReason': 'changed_mind'}
    refused = consultant.post(f'/vacancies/{vacancy}/proposal-rounds', body)
    assert refused.problem == 'consent-withdrawn' and refused.json['pointer'] == '/candidateIds/0'
    before = {'by': 'candidate', 'at': '2026-11-01T10:00:00Z', 'channel': 'conversation', 'textVersion': 'card-2'}
    assert consultant.post(f'/vacancies/{vacancy}/proposal-rounds', {**body, 'consent': before}).problem == 'consent-withdrawn'
    since = {**before, 'at': withdrawn.json['consentWithdrawnAt'].replace('Z', '').split('.')[0] + '.999Z'}
    _, listed = shortlisted(candidatesWanted=100)
    assert one not in {i['candidateId'] for i in listed['items']}
    until(lambda: consultant.post(f'/vacancies/{vacancy}/proposal-rounds', {**body, 'consent': since}).status == 201)
    assert 'consentWithdrawnAt' not in consultant.get(f'/candidates/{one}').json


def test_attack_05_a_consent_that_is_withdrawn_stops_a_draft(as_role, shortlisted):
    consultant = as_role('consultant')
    vacancy, listed = shortlisted(candidatesWanted=1)
    one = listed['items'][0]['candidateId']
    made = consultant.post(f'/vacancies/{vacancy}/proposal-rounds', {'candidateIds': [one], 'draft': True}).json
    assert consultant.post(f'/candidates/{one}/consent-withdrawals', {'channel': 'letter'}).status == 200
    assert consultant.post(f'/proposal-rounds/{made["id"]}/dispatches').problem == 'state'
    assert consultant.get(f'/proposals/{made["proposals"][0]["id"]}').json['state'] == 'withdrawn'


@pytest.mark.parametrize('at', ['2099-01-01T00:00:00Z', '1932-01-01T00:00:00Z'], ids=['in the future', 'before birth'])
def test_case_08_a_consent_has_a_sane_date(as_role, shortlisted, at):
    vacancy, listed = shortlisted(candidatesWanted=1)
    consent = {'by': 'candidate', 'at': at, 'channel': 'conversation', 'textVersion': 'card-2'}
    refused = as_role('consultant').post(f'/vacancies/{vacancy}/proposal-rounds', {'candidateIds': [listed['items'][0]['candidateId']], 'consent': consent})
    assert refused.status == 400 and [(f['pointer'], f['code']) for f in refused.json['errors']] == [('/consent/at', 'value')]


def test_seen_beside_a_withdrawn_pair_does_not_come_back_to_the_list(as_role, shortlisted):
    """"Does not want it", and at once on the same list again. A consultant may propose the pair again, and says why."""
    consultant = as_role('consultant')
    vacancy, listed = shortlisted(candidatesWanted=1)
    one = next(i['candidateId'] for i in listed['items'] if i['openProposals'] == 0)
    place = f'/vacancies/{vacancy}/proposal-rounds'
    made = consultant.post(place, {'candidateIds': [one]}).json
    assert consultant.post(f'/proposals/{made["proposals"][0]["id"]}/withdrawals').status == 200
    again = consultant.wait_for(f'/vacancies/{vacancy}/shortlist', lambda r: r.json['current'] and r.json['excluded']['pair'] >= 1)
    assert one not in {i['candidateId'] for i in again.json['items']} and again.json['matchVersion'] > listed['matchVersion']
    refused = consultant.post(place, {'candidateIds': [one]})
    assert refused.problem == 'pair-withdrawn-before' and refused.json['pointer'] == '/candidateIds/0'
    back = consultant.post(place, {'candidateIds': [one], 'returnReason': 'changed_mind'})
    assert back.status == 201
    assert consultant.get(f'/proposals/{back.json["proposals"][0]["id"]}').json['returnReason'] == 'changed_mind'


@pytest.mark.parametrize('state,column,term', [('drafted', 'changed_at', 14), ('sent', 'sent_at', 30), ('invited', 'answered_at', 60)])
def test_case_15_proposals_expire(as_role, region, shortlisted, state, column, term):
    consultant, employer = as_role('consultant'), as_role('employer')
    vacancy, listed = shortlisted(candidatesWanted=1)
    made = consultant.post(f'/vacancies/{vacancy}/proposal-rounds', {'candidateIds': [listed['items'][0]['candidateId']], 'draft': state == 'drafted'}).json
    proposal = made['proposals'][0]['id']
    if state == 'invited':
        employer.post(f'/proposals/{proposal}/answers', {'answer': 'invite'})
    for days, expected in ((term - 1, state), (term, 'expired')):
        region.sql(f"set session_replication_role = replica; update app.proposal set {column} = clock.now() - interval '{days} days' where id = '{proposal}'; "
                   "select queue.enqueue('expire', 1)")
        region.wait_until_idle()
        assert consultant.get(f'/proposals/{proposal}').json['state'] == expected


def test_case_15_the_copy_of_a_card_is_erased_after_the_end(as_role, region, proposed):
    _, (proposal,) = proposed(candidatesWanted=1)
    as_role('consultant').post(f'/proposals/{proposal}/withdrawals')
    for days, there in ((29, True), (31, False)):
        region.sql(f"set session_replication_role = replica; update app.proposal set changed_at = clock.now() - interval '{days} days' "
                   f"where id = '{proposal}'; select queue.enqueue('expire', 1)")
        region.wait_until_idle()
        assert (region.sql('select card from app.proposal where id = %s', (proposal,))[0][0] is not None) == there


def test_what_goes_wrong_ends_as_make_run_shows(region):
    said = []
    mishaps(region, said.append)
    assert len(said) == 6


def owner_of(region, candidate):
    """The caseload, the coach and the mandate of a candidate."""
    return region.sql('select case_manager_id::text, coach_id::text, organisation_id::text from app.candidate where id = %s', (candidate,))[0]


def test_b5_who_has_the_candidate_follows_the_proposals(as_role, region, proposed):
    """Firm, case manager and coach see the proposals of their own people from the moment that they were sent, and no others."""
    vacancy, proposals = proposed(candidatesWanted=2)
    consultant, one, other = as_role('consultant'), *proposals
    person = consultant.get(f'/proposals/{one}').json['candidateId']
    ids = {role: as_role(role).get('/user-profile').json for role in ('case_manager', 'coach', 'firm')}
    given = {'caseManagerId': ids['case_manager']['id'], 'coachId': ids['coach']['id'], 'organisationId': ids['firm']['organisationId']}
    assert consultant.patch(f'/candidates/{person}', given, '*').status == 200
    stranger = consultant.get(f'/proposals/{other}').json['candidateId']
    assert consultant.patch(f'/candidates/{stranger}', {'caseManagerId': None, 'coachId': None, 'organisationId': None}, '*').status == 200
    for role in ids:
        client = as_role(role)
        listed = client.get(f'/proposals?candidateId={person}&vacancyId={vacancy}').json['items']
        assert [p['id'] for p in listed] == [one] and listed[0]['vacancyTitle'] and listed[0]['card']['alias']
        assert not {'score', 'rank', 'roundId', 'rejectionNote'} & set(listed[0]) and ('employerName' in listed[0]) == (role != 'firm')
        assert client.get(f'/proposals/{one}').status == 200 and client.get(f'/proposals/{other}').status == 404
        assert client.get(f'/proposals?vacancyId={vacancy}').json['items'] == listed
        assert client.post(f'/proposals/{one}/withdrawals').status == 403
    consultant.patch(f'/candidates/{person}', {'coachId': None, 'organisationId': None}, '*')
    assert [as_role(role).get(f'/proposals/{one}').status for role in ids] == [200, 404, 404]


def test_b5_a_reason_that_is_not_for_the_candidate_is_not_for_the_firm(as_role, region, proposed):
    vacancy, proposals = proposed(candidatesWanted=2)
    consultant, firm = as_role('consultant'), as_role('firm')
    for shared, proposal in zip((True, False), proposals):
        person = consultant.get(f'/proposals/{proposal}').json['candidateId']
        consultant.patch(f'/candidates/{person}', {'organisationId': firm.get('/user-profile').json['organisationId']}, '*')
        as_role('employer').post(f'/proposals/{proposal}/answers', {'answer': 'reject', 'reason': 'travel', 'reasonShared': shared, 'note': 'niet zeggen'})
        shown = firm.get(f'/proposals/{proposal}').json
        assert shown['state'] == 'rejected' and shown['rejectionShared'] is shared and 'rejectionNote' not in shown
        assert shown.get('rejectionReason') == ('travel' if shared else None)


def test_b5_a_draft_is_followed_by_nobody(as_role, region, shortlisted):
    vacancy, listed = shortlisted(candidatesWanted=1)
    person = next(i['candidateId'] for i in listed['items'] if i['openProposals'] == 0)
    coach = as_role('coach')
    as_role('consultant').patch(f'/candidates/{person}', {'coachId': coach.get('/user-profile').json['id']}, '*')
    made = as_role('consultant').post(f'/vacancies/{vacancy}/proposal-rounds', {'candidateIds': [person], 'draft': True})
    assert made.status == 201, made.text
    place = f'/proposals/{made.json["proposals"][0]["id"]}'
    assert coach.get(place).status == 404
    as_role('consultant').post(f'/proposal-rounds/{made.json["id"]}/dispatches')
    assert coach.get(place).status == 200 and owner_of(region, person)[1] == coach.get('/user-profile').json['id']


def test_b7_the_inbox_of_an_employer_is_one_call(as_role, proposed, statements):
    """Five cards were six calls."""
    vacancy, proposals = proposed(candidatesWanted=5)
    employer = as_role('employer')
    employer.get('/proposals?pageSize=1')    # the first one is followed by a conditional one
    page, sent = statements(lambda: employer.get(f'/proposals?vacancyId={vacancy}&state=sent'))
    assert sent == ['proposal_list'] and {p['id'] for p in page.json['items']} == set(proposals)
    for item in page.json['items']:
        assert item['card'] == employer.get(f'/proposals/{item["id"]}').json['card'] and item['vacancyTitle'] == 'Magazijnmedewerker'
        assert item['employerName'] and item['card']['competences'] and 'candidateId' not in item
    slim = employer.get(f'/proposals?vacancyId={vacancy}&fields=state').json['items']
    assert all('card' not in p and 'vacancyTitle' not in p for p in slim)


def test_seen_attack_a_consent_that_is_withdrawn_ends_every_card(as_role, region, twice):
    """The employer who hired kept the card, and a hire that was undone opened a proposal again, with the card of the old consent."""
    consultant, employer, lead = as_role('consultant'), as_role('employer'), as_role('team_lead')
    one, [(_, hired), (_, other)] = twice()
    assert employer.post(f'/proposals/{hired}/answers', {'answer': 'hire'}).json['card']
    assert lead.post(f'/candidates/{one}/consent-withdrawals', {'channel': 'letter'}).status == 200
    shown = employer.get(f'/proposals/{hired}').json
    assert shown['state'] == 'hired' and 'card' not in shown
    region.sql("set app.tenant = '1'; update app.candidate set consent_withdrawn_at = null where id = %s", (one,))     # a new one is given
    assert consultant.post(f'/proposals/{hired}/hire-reversals', {'reason': 'wrong_candidate'}).status == 200
    assert employer.get(f'/proposals/{other}').json['state'] == 'obsolete'


@pytest.mark.parametrize('act', ['withdraw', 'consent', 'merge'])
def test_seen_attack_who_ends_a_proposal_waits_for_the_vacancy_with_empty_hands(region, as_role, proposed, act):
    """Vacancies, candidates, proposals: in another order two of them wait for each other, and eight clients get 504."""
    lead = as_role('team_lead')
    vacancy, (proposal,) = proposed(candidatesWanted=1)
    one = lead.get(f'/proposals/{proposal}').json['candidateId']
    twin = lead.post('/candidates', {'alias': 'Kandidaat Dubbel', 'pc4': '5012'}).json['id']
    assert lead.post(f'/candidates/{twin}/consent-withdrawals', {'channel': 'letter'}).status == 200
    both = [row[0] for row in region.sql('select property from app.candidate_properties()')]
    acts = {'withdraw': lambda: as_role('consultant').post(f'/proposals/{proposal}/withdrawals'),
            'consent': lambda: lead.post(f'/candidates/{one}/consent-withdrawals', {'channel': 'letter'}),
            'merge': lambda: lead.post(f'/candidates/{one}/merge', {'otherId': twin, 'keep': both})}
    connection = psycopg2.connect(region.env['MAATWERK_PG'] + ' user=maatwerk_admin')
    with ThreadPoolExecutor(1) as thread:
        with connection, connection.cursor() as cursor:
            cursor.execute('select from app.vacancy where id = %s for no key update', (vacancy,))
            other = thread.submit(acts[act])
            waits = 'select count(*) from pg_stat_activity a where %s = any (pg_blocking_pids(a.pid))'
            until(lambda: other.done() or region.sql(waits, (connection.info.backend_pid,))[0][0])
            cursor.execute('select from app.candidate where id = %s for no key update nowait', (one,))
            cursor.execute('select from app.proposal where id = %s for no key update nowait', (proposal,))
        assert other.result().status == 200
        assert lead.get(f'/proposals/{proposal}').json['state'] == 'withdrawn'
    connection.close()


def test_seen_builder_who_follows_a_proposal_knows_of_whom_it_is(as_role, region, proposed):
    """A proposal that has ended has no card: who sees the candidate is told the name on it, the employer is not."""
    vacancy, proposals = proposed(candidatesWanted=1)
    consultant, employer = as_role('consultant'), as_role('employer')
    aliases = {p['id']: p['card']['alias'] for p in consultant.get(f'/proposals?vacancyId={vacancy}').json['items']}
    ended = employer.post(f'/proposals/{proposals[0]}/answers', {'answer': 'reject', 'reason': 'travel'}).json
    assert 'card' not in ended and not [name for name in ended if 'alias' in name.lower()]
    listed = consultant.get(f'/proposals?vacancyId={vacancy}').json['items']
    assert {p['id']: p['candidateAlias'] for p in listed} == aliases
    one = consultant.get(f'/proposals/{proposals[0]}').json
    assert 'card' not in one and one['candidateAlias'] == aliases[proposals[0]]
    assert {p['id']: p['candidateAlias'] for p in consultant.get(f'/proposal-rounds/{one["roundId"]}').json['proposals']} == aliases
    assert employer.get('/proposals?fields=candidateAlias').status == 400 == as_role('account_manager').get('/proposals?fields=candidateAlias').status


# ---------------------------------------------------------------------------------------------------- the candidate reads along

def test_a_candidate_reads_the_own_proposals_and_no_others(region, as_role, proposed):
    """From the moment that they were sent; why it was rejected only when it was shared."""
    _, (mine, other, *_) = proposed()
    consultant, lead = as_role('consultant'), as_role('team_lead')
    person = consultant.get(f'/proposals/{mine}').json['candidateId']
    made = as_role('tenant_admin').post('/users', {'name': 'Kandidaat', 'email': f'{person}@post.example', 'role': 'candidate'})
    assert made.status == 201, made.text
    me = as_role('candidate', user=made.json['id'])
    assert me.get('/proposals').json['items'] == []
    place = f'/candidates/{person}'
    linked = lead.patch(place, {'userId': made.json['id']}, lead.get(place).headers['etag'])
    assert linked.status == 200 and linked.json['userId'] == made.json['id']
    listed = [p['id'] for p in me.get('/proposals?pageSize=100').json['items']]
    assert mine in listed and {row[0] for row in region.sql('select candidate_id::text from app.proposal where id::text = any (%s)', (listed,))} == {person}
    seen = me.get(f'/proposals/{mine}').json
    assert seen['state'] == 'sent' and seen['vacancyTitle'] and seen['employerName'] and seen['card']
    assert not {'score', 'rank', 'roundId', 'candidateId', 'unlistedReason', 'rejectionNote'} & set(seen)
    assert me.get(f'/proposals/{other}').status == 404
    assert as_role('employer').post(f'/proposals/{mine}/answers', {'answer': 'reject', 'reason': 'language', 'note': 'geheim'}).status == 200
    told = me.get(f'/proposals/{mine}')
    assert told.json['state'] == 'rejected' and 'rejectionReason' not in told.json and 'geheim' not in told.text
    region.sql("set app.tenant = '1'; update app.proposal set rejection_shared = true where id = %s", (mine,))
    assert me.get(f'/proposals/{mine}').json['rejectionReason'] == 'language'
    gone = lead.patch(place, {'userId': None}, lead.get(place).headers['etag'])
    assert gone.status == 200 and me.get(f'/proposals/{mine}').status == 404


def test_one_account_is_of_one_candidate(as_role, candidate):
    client, admin = as_role('case_manager'), as_role('tenant_admin')
    user = admin.post('/users', {'name': 'Kandidaat', 'email': f'{candidate.json["id"]}@post.example', 'role': 'candidate'}).json['id']
    assert client.patch(candidate.headers['location'], {'userId': user}, candidate.headers['etag']).status == 200
    again = client.post('/candidates', {'alias': 'Tweede', 'pc4': '5012', 'userId': user})
    assert again.status == 409 and again.problem == 'duplicate' and again.json['errors'][0]['pointer'] == '/userId'
    wrong = as_role('consultant').get('/user-profile').json['id']
    assert client.post('/candidates', {'alias': 'Derde', 'pc4': '5012', 'userId': wrong}).json['errors'][0]['pointer'] == '/userId'
