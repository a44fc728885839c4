# SPDX-License-Identifier: EUPL-1.2
"""Two files of one person are found, and become one, with a trail."""
import sys
from datetime import datetime, timedelta

import pytest

from region import ROOT, until
from test_candidates import bsn_of

sys.path.insert(0, str(ROOT / 'openapi'))
from generator.contract import Contract, values_of  # noqa: E402

PERSON = {'firstName': 'Twee', 'lastName': 'Dossiers', 'birthDate': '1991-03-04', 'pc4': '5012'}
SAME = {'hoursMin': 8, 'hoursMax': 32, 'status': 'active', 'benefit': 'assistance', 'shifts': ['day'], 'maxDistanceKm': 15}


@pytest.fixture
def twins(as_role, world):
    """Two files of one person: the second one was made because nobody looked."""
    def make(one=(), two=()):
        lead = as_role('team_lead')
        files = [lead.post('/candidates', {**PERSON, **SAME, 'alias': alias, **dict(more)})
                 for alias, more in (('Kandidaat Een', one), ('Kandidaat Twee', two))]
        assert [file.status for file in files] == [201, 201], [file.text for file in files]
        return [file.json['id'] for file in files]
    return make


def merge(client, kept, other, **choice):
    return client.post(f'/candidates/{kept}/merge', {'otherId': other, **choice})


def test_two_files_are_found_by_name_and_day_of_birth(as_role, twins):
    kept, other = twins()
    found = as_role('team_lead').call('POST', '/candidates/_search', {'name': 'dossiers twee', 'birthDate': '1991-03-04', 'purpose': 'correction'}).json
    assert {kept, other} <= {hit['id'] for hit in [*found['items'], *found['also']]}
    assert merge(as_role('team_lead'), kept, other, keep=['alias']).status == 200
    found = as_role('team_lead').call('POST', '/candidates/_search', {'name': 'dossiers twee', 'birthDate': '1991-03-04', 'purpose': 'correction'}).json
    assert other not in {hit['id'] for hit in [*found['items'], *found.get('also', [])]}


def test_two_files_are_found_when_the_number_comes_later(as_role, twins, region):
    number = bsn_of(999750000)
    kept, other = twins(two={'bsn': number}.items())
    lead = as_role('team_lead')
    assert lead.patch(f'/candidates/{kept}', {'bsn': number}, lead.get(f'/candidates/{kept}').headers['etag']).problem == 'bsn-known'
    search = {'bsn': number, 'purpose': 'correction'}
    assert [hit['id'] for hit in lead.call('POST', '/candidates/_search', search).json['items']] == [other]
    assert merge(lead, kept, other, keep=['alias']).status == 200
    assert [hit['id'] for hit in lead.call('POST', '/candidates/_search', search).json['items']] == [kept]
    assert region.sql('select sealed_for::text from app.candidate_bsn where candidate_id = %s', (kept,)) == [(other,)]


def test_the_kept_file_has_what_both_had(as_role, twins, world, region):
    first, second = world['competences'][:2]
    kept, other = twins({'phone': '06 5550 0131', 'phase': 2, 'competences': [{'competenceId': first, 'level': 2}],
                         'languages': [{'language': 'nl', 'level': 'b1'}]}.items(),
                        {'email': 'twee@post.example', 'phase': 3, 'wishes': 'Buiten werken.', 'languages': [{'language': 'nl', 'level': 'a2'}],
                         'competences': [{'competenceId': first, 'level': 2}, {'competenceId': second, 'level': 1}],
                         'conditions': [{'condition': 'vca', 'met': True}]}.items())
    lead = as_role('team_lead')
    refused = merge(lead, kept, other)
    assert refused.status == 409 and refused.problem == 'merge-conflicts' and refused.json['properties'] == ['alias', 'languages', 'phase']
    assert merge(lead, kept, other, take=['phase'], keep=['alias']).json['properties'] == ['languages']
    done = merge(lead, kept, other, take=['phase'], keep=['alias', 'languages'])
    assert done.status == 200, done.text
    assert {name: done.json.get(name) for name in ('id', 'alias', 'phone', 'email', 'phase', 'wishes', 'status')} == {
        'id': kept, 'alias': 'Kandidaat Een', 'phone': '+31655500131', 'email': 'twee@post.example', 'phase': 3, 'wishes': 'Buiten werken.',
        'status': 'active'}
    assert {(c['competenceId'], c['level']) for c in done.json['competences']} == {(first, 2), (second, 1)}
    assert [(c['condition'], c['met']) for c in done.json['conditions']] == [('vca', True)] and done.json['languages'] == [{'language': 'nl', 'level': 'b1'}]
    assert region.sql('select count(*) from app.candidate_competence where candidate_id = %s', (kept,)) == [(2,)]
    trail = region.sql("select subject_id::text, columns from audit.entry where subject_id in (%s, %s) and columns[1] = 'merge' "
                       'order by seq', (kept, other))
    assert trail == [(kept, ['merge', f'from:{other}', 'phase']), (other, ['merge', f'to:{kept}'])]


def given(answer, *names):
    """Lists of parts, without the labels that only we give."""
    return {name: [{member: value for member, value in part.items() if member != 'label'} for part in answer.json[name]] for name in names}


def test_seen_what_only_one_file_tells_of_a_part_stays(as_role, twins, world):
    """How we know, where it was seen, how many years: of parts that both files have."""
    competence, occupation = world['competences'][0], world['occupation']
    bare = {'competences': [{'competenceId': competence, 'level': 2}], 'conditions': [{'condition': 'vca', 'met': True}],
            'occupations': [{'occupationId': occupation, 'wanted': True}]}
    told = {'competences': [{'competenceId': competence, 'level': 2, 'evidence': 'getuigschrift'}],
            'conditions': [{'condition': 'vca', 'met': True, 'source': 'pas gezien'}], 'occupations': [{'occupationId': occupation, 'wanted': True, 'years': 7}]}
    lead = as_role('team_lead')
    for one, two in ((bare, told), (told, bare), (told, told)):
        kept, other = twins(one.items(), two.items())
        done = merge(lead, kept, other, keep=['alias'])
        assert done.status == 200 and given(done, *told) == told
        again = lead.patch(f'/candidates/{kept}', told, done.headers['etag'])
        assert again.json['version'] == done.json['version']        # in the form in which a client gives it


def test_seen_two_stories_of_one_part_are_a_conflict(as_role, twins, world):
    competence, occupation = world['competences'][0], world['occupation']
    one, two = ({'competences': [{'competenceId': competence, 'level': 2, 'evidence': told}], 'conditions': [{'condition': 'vca', 'met': True, 'source': told}],
                 'occupations': [{'occupationId': occupation, 'wanted': True, 'years': len(told)}]} for told in ('werk', 'diploma'))
    kept, other = twins(one.items(), two.items())
    lead = as_role('team_lead')
    assert merge(lead, kept, other, keep=['alias']).json['properties'] == ['competences', 'conditions', 'occupations']
    done = merge(lead, kept, other, keep=['alias', 'competences'], take=['conditions', 'occupations'])
    assert given(done, *one) == {'competences': one['competences'], **{name: two[name] for name in ('conditions', 'occupations')}}


def test_what_is_left_leads_to_the_kept_file(as_role, twins):
    kept, other = twins(two={'phone': '06 5550 0132'}.items())
    lead = as_role('team_lead')
    start = lead.get('/candidates?pageSize=1').json['position']
    assert merge(lead, kept, other, keep=['alias']).status == 200
    left = lead.get(f'/candidates/{other}')
    assert left.status == 200 and left.json['mergedInto'] == {'id': kept, 'href': f'/v1/candidates/{kept}'}
    assert not {'firstName', 'lastName', 'birthDate', 'phone', 'competences'} & set(left.json) and left.json['status'] == 'left'
    assert lead.get(left.json['mergedInto']['href']).json['phone'] == '+31655500132'
    assert lead.get(f'/candidates/{other}/card').status == 404
    assert other not in [c['id'] for c in lead.get('/candidates?aliasPrefix=kandidaat%20twee&pageSize=100').json['items']]
    # who follows the list is told
    told = {}
    until(lambda: told.update({c['id']: c for c in lead.get(f'/candidates?pageSize=100&after={start}').json['items']}) or {kept, other} <= set(told))
    assert told[other]['mergedInto']['id'] == kept


def test_what_is_left_changes_no_more(as_role, twins):
    kept, other = twins()
    lead = as_role('team_lead')
    etag = lead.get(f'/candidates/{other}').headers['etag']
    assert merge(lead, kept, other, keep=['alias']).status == 200
    answers = [lead.patch(f'/candidates/{other}', {'phase': 1}, '*'), merge(lead, kept, other), merge(lead, other, kept)]
    assert [(a.status, a.problem, a.json['currentState'], a.json['allowed']) for a in answers] == [(409, 'state', 'merged', [])] * 3
    assert lead.patch(f'/candidates/{other}', {'phase': 1}, etag).status in (409, 412)


def test_what_is_about_the_other_file_is_about_the_kept_one(as_role, region, twins):
    kept, other = twins()
    subjects = "select id::text, candidate_id::text from app.subject where candidate_id in (%s, %s)"
    region.sql("select set_config('app.tenant', '1', false), set_config('app.role', 'system', false), set_config('app.scope', 'tenant', false); "
               "select app.refer_to('candidate', %s)", (other,))
    assert region.sql(subjects, (kept, other)) == [(other, other)]
    assert merge(as_role('team_lead'), kept, other, keep=['alias']).status == 200
    assert region.sql(subjects, (kept, other)) == [(kept, kept)]


def test_a_chain_of_merges_leads_to_the_last(as_role, twins):
    first, second = twins()
    third, _ = twins()
    lead = as_role('team_lead')
    assert merge(lead, second, first, keep=['alias']).status == 200
    assert merge(lead, third, second, keep=['alias']).status == 200
    assert {lead.get(f'/candidates/{other}').json['mergedInto']['id'] for other in (first, second)} == {third}


def test_two_numbers_are_two_persons(as_role, twins):
    kept, other = twins({'bsn': bsn_of(999751000)}.items(), {'bsn': bsn_of(999752000)}.items())
    answer = merge(as_role('team_lead'), kept, other, keep=['alias'])
    assert answer.status == 409 and answer.problem == 'two-persons'
    assert 'mergedInto' not in as_role('team_lead').get(f'/candidates/{other}').json


def propose(region, vacancy, candidate, state='sent'):
    """A proposal as one of them would have been made; the list of the vacancy is not what is tried here."""
    return region.sql("""select set_config('app.tenant', '1', false), set_config('app.role', 'system', false);
        with r as (insert into app.proposal_round (tenant_id, id, vacancy_id, employer_id, asked, already_open, proposed, shortfall_reason)
                   select tenant_id, gen_random_uuid(), id, employer_id, 9, 0, 1, 'phased' from app.vacancy where id = %(v)s returning *)
        insert into app.proposal (tenant_id, id, round_id, vacancy_id, employer_id, candidate_id, state, rejection_reason)
        select r.tenant_id, gen_random_uuid(), r.id, r.vacancy_id, r.employer_id, %(c)s, %(s)s, case %(s)s when 'rejected' then 'other' end
        from r returning id::text""", {'v': vacancy, 'c': candidate, 's': state})[0][0]


def test_proposals_and_history_go_along(as_role, twins, new_vacancy, region):
    kept, other = twins()
    vacancies = [new_vacancy().json['id'] for _ in range(3)]
    moved = [propose(region, vacancies[0], other), propose(region, vacancies[1], other, 'rejected'), propose(region, vacancies[2], other, 'withdrawn')]
    own = propose(region, vacancies[2], kept)
    lead = as_role('team_lead')
    assert merge(lead, kept, other, keep=['alias']).status == 200
    listed = lead.get(f'/proposals?candidateId={kept}&pageSize=100').json['items']
    assert {p['id'] for p in listed} == {*moved, own}
    assert lead.get(f'/candidates/{kept}').json['openProposals'] == 2


def test_open_proposals_for_one_vacancy_are_settled_first(as_role, twins, new_vacancy, region):
    kept, other = twins()
    vacancy = new_vacancy().json['id']
    mine, theirs = propose(region, vacancy, kept), propose(region, vacancy, other)
    lead = as_role('team_lead')
    refused = merge(lead, kept, other, keep=['alias'])
    assert refused.status == 409 and refused.problem == 'both-proposed'
    assert lead.get(f'/proposals/{theirs}').json['candidateId'] == other
    assert as_role('consultant').post(f'/proposals/{theirs}/withdrawals').status == 200
    assert merge(lead, kept, other, keep=['alias']).status == 200
    assert {p['id'] for p in lead.get(f'/proposals?candidateId={kept}').json['items']} == {mine, theirs}


def test_nobody_is_in_more_than_two_open_proposals(as_role, twins, new_vacancy, region):
    kept, other = twins()
    for who in (kept, kept, other):
        propose(region, new_vacancy().json['id'], who)
    refused = merge(as_role('team_lead'), kept, other, keep=['alias'])
    assert refused.status == 409 and refused.problem == 'candidate-has-two-open-proposals' and refused.json['limit'] == 2


def test_both_were_rejected_by_one_employer(as_role, twins, new_vacancy, region):
    kept, other = twins()
    vacancy = new_vacancy().json['id']
    mine, theirs = propose(region, vacancy, kept, 'rejected'), propose(region, vacancy, other, 'rejected')
    lead = as_role('team_lead')
    assert merge(lead, kept, other, keep=['alias']).status == 200
    assert [p['id'] for p in lead.get(f'/proposals?candidateId={kept}').json['items']] == [mine]
    assert [p['id'] for p in lead.get(f'/proposals?candidateId={other}').json['items']] == [theirs]


def test_who_does_not_see_both_files_cannot_merge_them(as_role, twins, candidate):
    """A case manager merges what is in his own caseload."""
    kept, other = twins()
    manager = as_role('case_manager')
    assert merge(manager, candidate.json['id'], other).status == 404
    assert merge(manager, kept, candidate.json['id']).status == 404
    assert merge(manager, candidate.json['id'], candidate.json['id']).status == 404
    assert merge(as_role('team_lead', 'gm9902'), kept, other).status == 404
    assert merge(as_role('consultant'), kept, other).status == 403
    twin = manager.post('/candidates', {'alias': 'Kandidaat Roos', 'pc4': '5012', 'hoursMin': 8, 'hoursMax': 32})
    assert merge(manager, candidate.json['id'], twin.json['id']).status == 200


def test_every_property_can_be_chosen(region):
    contract = Contract(ROOT / 'openapi')
    known, parts = ({row[0] for row in region.sql(f'select property from app.{named}()')} for named in ('candidate_properties', 'candidate_part_lists'))
    assert set(values_of(contract.enums['CandidateProperty'])) == known | parts == set(contract.schemas['CandidateNew']['properties']) - {'bsn'}


def test_whatever_refers_to_a_candidate_is_thought_of(region):
    """A table that refers to candidates: does what it says go to the kept file? Decide it in app.candidate_move_history()."""
    refer = {name for name, in region.sql("select conrelid::regclass::text from pg_constraint where contype = 'f' and confrelid = 'app.candidate'::regclass")}
    assert refer == {
        'app.candidate',                    # merged_into: moved
        'app.candidate_bsn', 'app.candidate_competence', 'app.candidate_condition', 'app.candidate_language', 'app.candidate_occupation',   # united
        'app.mandate', 'app.proposal', 'app.placement', 'app.placement_contact', 'app.instrument', 'app.wage_value', 'app.subject', 'app.task', 'app.message', 'app.candidate_participation', 'app.benefit', 'app.trajectory', 'app.appointment', 'app.signal', 'app.decision', 'app.objection',      # moved
        'app.match_result'}                 # what was found then; the next list is made without the other file


@pytest.mark.parametrize('proposed_is', ['kept', 'other'])
@pytest.mark.parametrize('given', ['before', 'after'])
def test_seen_attack_a_consent_that_one_of_the_files_withdrew(as_role, proposed, proposed_is, given):
    """The withdrawal went along to the kept file, and employers went on seeing the card. A consent that was given since holds."""
    lead, employer = as_role('team_lead'), as_role('employer')
    twin = lead.post('/candidates', {'alias': 'Kandidaat Dubbel', 'pc4': '5012'}).json['id']

    def withdraw():
        answer = lead.post(f'/candidates/{twin}/consent-withdrawals', {'channel': 'letter'})
        assert answer.status == 200
        return datetime.fromisoformat(answer.json['consentWithdrawnAt'])
    at = withdraw() + timedelta(milliseconds=1) if given == 'after' else datetime.fromisoformat('2026-11-01T10:00:00Z')
    consent = {'by': 'candidate', 'at': at.strftime('%Y-%m-%dT%H:%M:%S.%fZ')[:-4] + 'Z', 'channel': 'letter', 'textVersion': 'card-2'}
    _, (proposal,) = proposed(candidatesWanted=1, consent=consent)
    if given == 'before':
        withdraw()
    one = lead.get(f'/proposals/{proposal}').json['candidateId']
    kept, other = (one, twin) if proposed_is == 'kept' else (twin, one)
    answer = merge(lead, kept, other, keep=values_of(Contract(ROOT / 'openapi').enums['CandidateProperty']))
    assert answer.status == 200 and answer.json['consentWithdrawnAt'], answer.text
    shown = employer.get(f'/proposals/{proposal}').json
    assert (shown['state'], 'card' in shown) == (('sent', True) if given == 'after' else ('withdrawn', False))


@pytest.mark.parametrize('status,state', [('placed', 'obsolete'), ('paused', 'sent')])
def test_seen_attack_what_comes_along_to_a_file_that_found_work_ends(as_role, proposed, status, state):
    """The employer went on seeing the card of somebody who had work. Who pauses stays with those who have the card already."""
    lead, employer = as_role('team_lead'), as_role('employer')
    _, (proposal,) = proposed(candidatesWanted=1)
    other = lead.get(f'/proposals/{proposal}').json['candidateId']
    kept = lead.post('/candidates', {'alias': 'Kandidaat Dubbel', 'pc4': '5012', 'status': status}).json['id']
    answer = merge(lead, kept, other, keep=values_of(Contract(ROOT / 'openapi').enums['CandidateProperty']))
    assert answer.status == 200 and answer.json['status'] == status, answer.text
    shown = employer.get(f'/proposals/{proposal}').json
    assert (shown['state'], 'card' in shown) == (state, state == 'sent')
