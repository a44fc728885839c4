# SPDX-License-Identifier: EUPL-1.2
"""How a municipality sends e-mail: it may stop everything, and nothing is lost; it may send everything to one address."""
from test_messages import attempt, queued, state, system  # noqa: F401: fixtures


def place(client):
    return f'/mail-settings/{client.get("/user-profile").json["tenantId"]}'


def change(client, **what):
    where = place(client)
    answer = client.patch(where, what, client.get(where).headers['etag'])
    assert answer.status == 200, answer.text
    return answer.json


def test_a_municipality_that_stops_loses_nothing(region, as_role, queued, attempt):  # noqa: F811
    admin, client, message = as_role('tenant_admin'), as_role('team_lead'), queued()
    assert change(admin, stopped=True)['stopped'] is True
    try:
        assert attempt(message) is None
        seen = client.get(message.place).json
        assert seen['state'] == 'queued' and 'nextAt' not in seen and seen['attempts'] == []
        assert not region.sql("select from queue.job where payload -> 'messages' ->> 0 = %s", (message.id,))
    finally:
        change(admin, stopped=False)
    message.job, = region.sql("delete from queue.job where payload -> 'messages' ->> 0 = %s returning id", (message.id,))[0]
    assert attempt(message, 'accepted', 250, '2.0.0') and state(client, message) == 'sent'


def test_a_sandbox_gets_every_message_and_no_address_of_a_person(as_role, queued, attempt):  # noqa: F811
    admin, message = as_role('tenant_admin'), queued()
    change(admin, sandboxAddress='proef@maasdrecht.example', portal='https://portaal.maasdrecht.example')
    try:
        begun = attempt(message, 'accepted', 250, '2.0.0')
        assert begun[2:4] == ('proef@maasdrecht.example', f'user {message.to}') and f'https://portaal.maasdrecht.example/messages/{message.id}' in begun[9]
    finally:
        assert 'sandboxAddress' not in change(admin, sandboxAddress=None, portal=None)
    assert as_role('team_lead').get(message.place).json['attempts'][0]['sandbox'] is True


def test_only_an_address_is_a_sandbox(as_role):
    admin = as_role('tenant_admin')
    etag = admin.get(place(admin)).headers['etag']
    for wrong in ('geen adres', 'a@b\r\nBcc: c@d.example', 'a@b'):
        assert admin.patch(place(admin), {'sandboxAddress': wrong}, etag).status == 400


def test_a_municipality_reads_its_own_settings_only(as_role):
    assert as_role('tenant_admin', 'gm9902').get(place(as_role('tenant_admin'))).status == 404


def test_seen_attacker_links_lead_to_a_page(as_role):
    admin = as_role('tenant_admin')
    where = place(admin)
    for portal in ('javascript:alert(1)', 'file:///etc/passwd', 'http://portaal.maasdrecht.example', 'https://wie:dan@portaal.example', 'https://portaal.example/?a=',
                   'https://portaal.example"><a', 'https://'):
        refused = admin.patch(where, {'portal': portal}, admin.get(where).headers['etag'])
        assert refused.status == 400 and refused.json['errors'][0]['pointer'] == '/portal', portal
