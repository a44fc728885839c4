# SPDX-License-Identifier: EUPL-1.2
"""Signals: who sends them, what a sender sees of one, and who passes the wall."""
import uuid

import pytest


@pytest.fixture
def tell(as_role, candidate):
    """Sends a signal: the answer."""
    def send(client=None, **more):
        return (client or as_role('team_lead')).post('/signals', {'candidateId': candidate.json['id'], 'kind': 'no_show', **more})
    return send


def test_staff_tell_what_they_saw(as_role, tell, candidate, region):
    lead = as_role('team_lead')
    made = tell(as_role('consultant'), seenBy='Karin de Vries (docent)', words='Nam de telefoon niet op.')
    assert made.status == 201 and made.json['state'] == 'received' and set(made.json) == {
        '_links', 'id', 'candidateId', 'kind', 'state', 'seenBy', 'seenAt', 'receivedAt', 'version', 'changedAt'}
    seen = lead.get(f'/signals/{made.json["id"]}').json
    assert seen['madeBy'] and seen['candidateId'] == candidate.json['id']
    assert [s['id'] for s in lead.get(f'/signals?candidateId={candidate.json["id"]}').json['items']] == [seen['id']]
    assert region.sql('select wall, purpose from app.note where subject_id = %s', (seen['id'],)) == [('measure', 'file')]


def test_a_signal_is_about_somebody_whom_the_sender_has(as_role, tell):
    nobody = str(uuid.uuid4())
    assert tell(candidateId=None).json['errors'][0]['pointer'] == '/candidateId'
    assert tell(candidateId=nobody).json['errors'][0] == {**tell(candidateId=nobody).json['errors'][0], 'pointer': '/candidateId', 'code': 'reference'}
    assert tell(placementId=nobody).json['errors'][0]['pointer'] == '/placementId'
    assert tell(vacancyId=nobody).json['errors'][0]['pointer'] == '/vacancyId'
    assert tell(seenAt='2099-01-01T00:00:00Z').json['errors'][0]['pointer'] == '/seenAt'
    for role in ('field_officer', 'firm', 'course_leader', 'coach'):
        assert tell(as_role(role)).json['errors'][0]['pointer'] == '/candidateId', role


def test_the_sender_sees_that_it_was_handled_and_nothing_else(as_role, tell):
    sender, lead = as_role('consultant'), as_role('team_lead')
    place = f'/signals/{tell(sender).json["id"]}'
    handled = lead.post(f'{place}/handlings', {'outcome': 'excused', 'duty': 'h'}).json
    assert (handled['state'], handled['outcome'], handled['duty']) == ('handled', 'excused', 'h')
    shown = sender.get(place).json
    assert shown['state'] == 'handled' and not {'outcome', 'duty', 'handledAt', 'lookedIntoAt', 'madeBy'} & set(shown)
    assert lead.post(f'{place}/handlings', {'outcome': 'excused'}).problem == 'state'


def test_a_sender_takes_it_back(as_role, tell):
    sender, lead = as_role('consultant'), as_role('team_lead')
    place = f'/signals/{tell(sender).json["id"]}'
    assert lead.post(f'{place}/withdrawals').status == 403
    assert sender.post(f'{place}/withdrawals').json['state'] == 'withdrawn'
    assert lead.get(place).json['state'] == 'withdrawn' and sender.post(f'{place}/withdrawals').problem == 'state'


def test_who_is_outside_the_wall_sees_no_signal(as_role, tell, person):
    made = tell().json['id']
    outside = {role: as_role(role) for role in ('consultant', 'coach', 'firm', 'agency', 'employer', 'course_leader', 'field_officer')}
    outside.update({role: person(role)[1](role) for role in ('case_manager', 'tenant_admin')})
    for role, client in outside.items():
        assert client.get(f'/signals/{made}').status == 404, role
        assert made not in [s['id'] for s in client.get('/signals?pageSize=100').json['items']], role
    assert as_role('candidate').get(f'/signals/{made}').status == 403
    assert as_role('team_lead', 'gm9902').get(f'/signals/{made}').status == 404


def test_who_decides_and_who_watches_over_privacy_see_it(as_role, tell, person):
    made = tell().json['id']
    for role, power, may in (('case_manager', 'decider', 200), ('tenant_admin', 'privacy_officer', 403)):
        client = person(role, attributes=[power])[1](role)
        assert client.get(f'/signals/{made}').json['madeBy'], role
        assert client.post(f'/signals/{made}/handlings', {'outcome': 'unknown'}).status == may, role
        made = tell().json['id']
