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


def test_all_faults_come_together(new_vacancy):
    answer = new_vacancy(hoursMin=40, hoursMax=20, startDate='2027-02-01', neededBy='2027-01-01')
    assert {(f['pointer'], f['code']) for f in answer.json['errors']} == {('/hoursMin', 'order'), ('/startDate', 'order')}


def test_what_is_not_there_is_named(new_vacancy):
    answer = new_vacancy(occupationId='01920000-0000-7000-8000-00000000dead')
    assert answer.status == 400 and answer.json['errors'][0] == {
        'in': 'body', 'pointer': '/occupationId', 'code': 'reference', 'detail': 'Verwijst naar iets dat er niet is'}
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


def test_rules_advise_and_a_person_decides(as_role, new_vacancy, world):
    consultant = as_role('consultant')
    made = new_vacancy(conditions=[{'condition': c, 'hard': True} for c in ('vca', 'forklift', 'haccp')])
    advice = consultant.wait_for(f'{made.headers["location"]}/screening-advice', lambda r: 'supply' in r.json).json
    outcomes = {r['code']: r['outcome'] for r in advice['rules']}
    assert advice['advice'] == 'unsuitable' and outcomes['hard_certificates'] == 'against'
    assert advice['supply']['pass'] <= advice['supply']['active']
    assert {w['condition'] for w in advice['supply']['without']} >= {'vca', 'distance', 'hours'}
    verdict = consultant.post(f'{made.headers["location"]}/screenings', {'verdict': 'suitable'})
    assert verdict.status == 201 and verdict.json['advice'] == 'unsuitable'
    assert consultant.get(f'/screenings/{verdict.json["id"]}').json == verdict.json
    assert consultant.get(f'{made.headers["location"]}/screenings').json['items'][0]['id'] == verdict.json['id']


def test_a_high_skill_level_speaks_against(as_role, new_vacancy):
    nurse = as_role('consultant').get('/occupations?labelPrefix=nurse').json['items'][0]['id']
    made = new_vacancy(occupationId=nurse)
    rules = as_role('consultant').get(f'{made.headers["location"]}/screening-advice').json['rules']
    assert rules[0] == {'code': 'skill_level', 'outcome': 'against', 'number': 4, 'limit': 2}


def test_not_suitable_needs_a_reason(as_role, new_vacancy):
    place = new_vacancy().headers['location'] + '/screenings'
    assert as_role('consultant').post(place, {'verdict': 'unsuitable'}).json['errors'][0]['pointer'] == '/reason'
    assert as_role('consultant').post(place, {'verdict': 'unsuitable', 'reason': 'te zwaar'}).status == 201
    again = as_role('consultant').post(place, {'verdict': 'suitable'})
    assert again.status == 409 and again.problem == 'state'


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
    ('changedAfter=2020-01-01T00:00:00Z', lambda v: True),
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
    made = as_role('consultant').get(new_vacancy(internalNote='let op').headers['location'])
    assert made.json['internalNote'] == 'let op'
    shown = as_role('employer').get(f'/vacancies/{made.json["id"]}').json
    assert 'internalNote' not in shown and 'matchVersion' not in shown
