# SPDX-License-Identifier: EUPL-1.2
"""Screening: rules advise, a person decides."""


def test_rules_advise_and_a_person_decides(as_role, new_vacancy, world):
    consultant = as_role('consultant')
    made = new_vacancy(conditions=[{'condition': c, 'hard': True} for c in ('vca', 'forklift', 'haccp')])
    advice = consultant.wait_for(f'{made.headers["location"]}/screening-advice', lambda r: 'supply' in r.json).json
    outcomes = {r['code']: r['outcome'] for r in advice['rules']}
    assert advice['advice'] == 'unsuitable' and outcomes['hard_certificates'] == 'against'
    assert advice['supply']['passing'] <= advice['supply']['active']
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
