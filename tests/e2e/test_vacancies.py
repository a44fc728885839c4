# SPDX-License-Identifier: EUPL-1.2
"""Vacancies: reported, screened, opened, ended."""
import pytest


def test_five_candidates_when_the_employer_does_not_say(new_vacancy):
    assert new_vacancy(candidatesWanted=None).json['candidatesWanted'] == 5


def test_a_vacancy_is_reported_and_read_with_its_parts(as_role, new_vacancy, world):
    made = new_vacancy(conditions=[{'condition': 'dutch_a2', 'hard': True}], internalNote=None)
    assert made.status == 201 and made.json['state'] == 'reported' and made.json['source'] == 'employer'
    read = as_role('employer').get(made.headers['location']).json
    assert read['conditions'] == [{'condition': 'dutch_a2', 'hard': True}]
    assert {c['competenceId'] for c in read['competences']} == set(world['competences'][:2])
    assert read['positionsTaken'] == 0


def test_an_employer_reports_for_himself_only(as_role, new_vacancy, world):
    other = next(e['id'] for e in as_role('consultant').get('/employers').json['items'] if e['id'] != world['employer'])
    assert new_vacancy(employerId=other).status == 403


def test_a_firm_reports_and_sees_its_own(as_role, new_vacancy):
    firm = as_role('firm')
    made = new_vacancy(client=firm)
    assert made.status == 201 and made.json['source'] == 'firm'
    assert firm.get(made.headers['location']).status == 200
    assert as_role('agency').get(made.headers['location']).status == 404


@pytest.mark.parametrize('role,source', [
    ('employer', 'employer'), ('firm', 'firm'), ('agency', 'agency'), ('hub', 'hub'), ('account_manager', 'account_manager'),
    ('consultant', 'account_manager')])
def test_the_source_of_a_vacancy_is_who_reports_it(as_role, new_vacancy, role, source):
    assert new_vacancy(client=as_role(role)).json['source'] == source


def test_what_is_named_twice_is_told_where(new_vacancy, world):
    competence = {'competenceId': world['competences'][0], 'need': 'must'}
    answer = new_vacancy(competences=[competence, {**competence, 'need': 'nice'}], shifts=['day', 'night', 'day'])
    assert {(f['pointer'], f['code']) for f in answer.json['errors']} == {('/competences/1', 'repeated'), ('/shifts/2', 'repeated')}


def test_all_faults_come_together(new_vacancy):
    answer = new_vacancy(hoursMin=40, hoursMax=20, startDate='2027-02-01', neededBy='2027-01-01')
    assert {(f['pointer'], f['code']) for f in answer.json['errors']} == {('/hoursMin', 'order'), ('/startDate', 'order')}


def test_what_is_not_there_is_named(new_vacancy):
    answer = new_vacancy(occupationId='01920000-0000-7000-8000-00000000dead')
    assert answer.status == 400 and answer.json['errors'][0] == {
        'place': 'body', 'pointer': '/occupationId', 'code': 'reference', 'detail': 'Verwijst naar iets dat er niet is'}
    assert new_vacancy(pc4='9999').json['errors'][0]['pointer'] == '/pc4'


def test_a_change_replaces_lists_and_makes_a_new_input(as_role, new_vacancy):
    made = new_vacancy(conditions=[{'condition': 'dutch_a2', 'hard': True}])
    changed = as_role('consultant').patch(made.headers['location'], {'conditions': [], 'hoursMin': 8},
                                          made.headers['etag'])
    assert changed.status == 200 and 'conditions' not in changed.json and changed.json['matchVersion'] == 2
    titled = as_role('consultant').patch(made.headers['location'], {'title': 'Anders'}, changed.headers['etag'])
    assert titled.json['matchVersion'] == 2


def test_a_stale_change_replaces_nothing(as_role, new_vacancy):
    made = new_vacancy(conditions=[{'condition': 'dutch_a2', 'hard': True}])
    as_role('consultant').patch(made.headers['location'], {'title': 'Nieuw'}, made.headers['etag'])
    stale = as_role('consultant').patch(made.headers['location'], {'conditions': []}, made.headers['etag'])
    assert stale.status == 412
    assert as_role('consultant').get(made.headers['location']).json['conditions']


def test_an_ended_vacancy_is_over(as_role, new_vacancy):
    made = new_vacancy()
    place = made.headers['location']
    ended = as_role('employer').post(f'{place}/endings', {'how': 'withdraw'})
    assert ended.status == 200 and ended.json['state'] == 'withdrawn'
    assert as_role('employer').post(f'{place}/endings', {'how': 'withdraw'}).problem == 'state'
    assert as_role('employer').post(f'{place}/endings', {'how': 'close'}).status in (403, 409)
    steps = as_role('employer').get(f'{place}/transitions').json['items']
    assert [(s['fromState'], s['event'], s['toState']) for s in steps] == [('reported', 'withdraw', 'withdrawn')]


@pytest.mark.parametrize('query,holds', [
    ('state=reported', lambda v: v['state'] == 'reported'),
    ('kind=temp', lambda v: v['kind'] == 'temp'),
    ('neededByFrom=2027-01-01', lambda v: v['neededBy'] >= '2027-01-01'),
    ('neededByTo=2027-01-01', lambda v: v['neededBy'] <= '2027-01-01'),
])
def test_filters(as_role, query, holds):
    items = as_role('consultant').get(f'/vacancies?{query}&pageSize=100').json['items']
    assert items and all(holds(v) for v in items)


def test_filters_by_employer_and_occupation(as_role, new_vacancy, world):
    new_vacancy()
    client = as_role('consultant')
    assert {v['employerId'] for v in client.get(f'/vacancies?employerId={world["employer"]}').json['items']} \
        == {world['employer']}
    assert {v['occupationId'] for v in client.get(f'/vacancies?occupationId={world["occupation"]}').json['items']} \
        == {world['occupation']}


@pytest.mark.parametrize('sort', ['reportedAt', '-reportedAt', 'changedAt', '-changedAt', 'title', '-title'])
def test_sorting_and_paging(as_role, sort):
    client, seen = as_role('consultant'), []
    following = f'/vacancies?sort={sort}&pageSize=7'
    for _ in range(6):
        page = client.get(following).json
        seen += page['items']
        following = page['_links'].get('next', {}).get('href')
        if not following:
            break
    values = [v[sort.strip('-')] for v in seen]
    assert values == sorted(values, reverse=sort.startswith('-'))
    assert len({v['id'] for v in seen}) == len(seen)


def test_an_internal_note_stays_inside(as_role, new_vacancy):
    made = as_role('consultant').get(new_vacancy(as_role('consultant'), internalNote='let op').headers['location'])
    assert made.json['internalNote'] == 'let op'
    shown = as_role('employer').get(f'/vacancies/{made.json["id"]}').json
    assert 'internalNote' not in shown and 'matchVersion' not in shown


@pytest.mark.parametrize('note', ['van mij', None])
def test_attack_02_an_employer_writes_no_internal_note(as_role, new_vacancy, note):
    assert new_vacancy(as_role('employer'), internalNote='van mij').status == 403
    consultant, employer = as_role('consultant'), as_role('employer')
    made = new_vacancy(consultant, internalNote='let op').headers['location']
    refused = employer.patch(made, {'internalNote': note}, employer.get(made).headers['etag'])
    assert refused.status == 403 and refused.json['errors'][0]['pointer'] == '/internalNote'
    assert consultant.get(made).json['internalNote'] == 'let op'
