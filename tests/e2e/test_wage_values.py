# SPDX-License-Identifier: EUPL-1.2
"""Wage values: what was measured stays, and the matching unit does not see it."""


def note(client, placement, **changes):
    return client.post('/wage-values', {'placementId': placement['id'], 'measuredOn': '2026-10-01', 'percentage': 55, 'method': 'UWLM', **changes})


def test_a_measurement_is_noted_and_read(as_role, placement):
    client, made = as_role('team_lead'), placement()
    first, second = note(client, made).json, note(client, made, measuredOn='2026-11-01', percentage=60, measuredBy='Loonwaarde Midden BV').json
    assert [w['id'] for w in client.get(f'/wage-values?placementId={made["id"]}').json['items']] == [second['id'], first['id']]
    assert client.get(f'/wage-values/{first["id"]}').json == first and first['candidateId'] == made['candidateId']


def test_what_cannot_be_is_refused_with_its_place(as_role, placement):
    client, made = as_role('team_lead'), placement()
    for wrong, pointer in (({'measuredOn': '2099-01-01'}, '/measuredOn'), ({'validUntil': '2026-09-30'}, '/measuredOn'), ({'percentage': 101}, '/percentage')):
        answer = note(client, made, **wrong)
        assert answer.status == 400 and answer.json['errors'][0]['pointer'] == pointer, answer.text
    assert note(client, {'id': '01920000-0000-7000-8000-0000000fffff'}).status == 404


def test_how_much_somebody_is_worth_is_not_for_the_matching_unit(as_role, placement):
    made = placement()
    value = note(as_role('team_lead'), made).json['id']
    for role in ('consultant', 'employer', 'firm', 'coach', 'account_manager'):
        assert as_role(role).get(f'/wage-values/{value}').status == 403, role
    assert as_role('team_lead', 'gm9902').get(f'/wage-values/{value}').status == 404


def test_seen_attacker_no_label_says_how_much_somebody_is_worth(as_role, placement):
    """Somebody refers to a wage value that is read by others only, and reads the answer."""
    value = note(as_role('team_lead'), placement(), percentage=43).json['id']
    about = {'noun': 'wage_value', 'subjectId': value}
    for role in ('consultant', 'coach', 'account_manager'):
        assert as_role(role).post('/notes', {**about, 'text': 'Over een meting.'}).status == 400, role
        assert as_role(role).post('/tasks', {**about, 'kind': 'promise'}).status == 400, role
    task = as_role('team_lead').post('/tasks', {**about, 'kind': 'promise'})
    assert task.json['subjectLabel'] == '2026-10-01'
    assert as_role('consultant').get(f'/tasks/{task.json["id"]}').json['subjectLabel'] == '2026-10-01'      # the day of it, and not what was measured
