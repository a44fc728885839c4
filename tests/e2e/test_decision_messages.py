# SPDX-License-Identifier: EUPL-1.2
"""Who is told of a decision: the person by letter, whoever pays the benefit, the case manager; each once, and nobody else. When the letter counts as sent, the decision is
notified."""
import json
import subprocess
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from receivers import Receiver  # noqa: E402
from region import until  # noqa: E402
from test_decisions import act, decided, draft, heard, law, obliged  # noqa: E402, F401: fixtures
from test_notifications import CONTEXT, are, sending  # noqa: E402, F401: fixtures
from test_receivers import DROP, SECRET, WEBHOOK, receiving  # noqa: E402, F401: fixtures

TOLD = """select coalesce(purpose, case when to_candidate_id is not null then 'person' else 'user' end), id::text, channel, template from app.message
    where subject_id = %s order by 1"""


def told(region, decision):
    return {who: (message, channel, template) for who, message, channel, template in region.sql(TOLD, (decision,))}


@pytest.fixture
def reachable(region, obliged):  # noqa: F811
    region.sql(f"{CONTEXT} update app.candidate set address_lines = 'Dorpsstraat 12\n5012 AB Maasdrecht' where id = %s", (obliged,))
    return obliged


def test_each_recipient_is_told_once_and_the_letter_notifies(region, sending, receiving, reachable, decided, as_role):  # noqa: F811
    with Receiver.started() as server, sending(**server.settings):
        server.key('sleutel', SECRET)
        receiving(**WEBHOOK, address=server.address)
        receiving(**DROP)
        made = decided()
        people = told(region, made['id'])
        assert {who: (channel, template) for who, (_, channel, template) in people.items()} == {
            'person': ('letter', 'decision'), 'benefits_payment': ('webhook', 'decision_decided'), 'user': ('e_mail', 'notice')}
        region.sql(f"{CONTEXT} select app.decision_notify(%s)", (made['id'],))
        assert told(region, made['id']) == people
        are(region, [people['person'][0]], 'handed', None)
        are(region, [people['benefits_payment'][0]], 'sent', None)
        lead = as_role('team_lead')
        assert lead.get(f'/decisions/{made["id"]}').json['state'] == 'decided'
        (_, _, body), = server.got
        assert set(json.loads(body)['data']) == {'message', 'noun', 'id'}
        letter = server.drop('drukker').letters()[f'1.{people["person"][0]}']['letter.pdf']
        words = subprocess.run(['pdftotext', '-layout', '-', '-'], input=letter, capture_output=True, check=True).stdout.decode()
        words = ' '.join(words.split())
        assert 'bezwaar' in words and 'voorlopige voorziening' in words and f'{made["percentage"]} procent' in words and made['id'] in words
        server.drop('drukker').acknowledge(**{f'1.{people["person"][0]}': 'taken'})
        until(lambda: lead.get(f'/decisions/{made["id"]}').json['state'] in ('notified', 'in_force'))
    seen = lead.get(f'/decisions/{made["id"]}').json
    assert seen['notifiedOn'] == region.sql('select clock.today()')[0][0].isoformat()
    data = as_role('benefits_payment').get(f'/messages/{people["benefits_payment"][0]}').json['data']
    assert data['percentage'] == made['percentage'] and data['candidate'] == reachable and data['situation'] == 'decided'


def test_what_is_taken_back_is_told_to_the_same(region, reachable, decided, as_role):  # noqa: F811
    made = decided()
    act(region, "select app.decision_notified(%s, clock.today())", (made['id'],))
    taken = as_role('team_lead').post(f'/decisions/{made["id"]}/withdrawals', {'reason': 'mistaken'})
    assert taken.status == 200, taken.text
    kinds = region.sql("select template, count(*) from app.message where subject_id = %s and purpose is not null group by 1 order by 1", (made['id'],))
    assert kinds == [('decision_decided', 1), ('decision_withdrawn', 1)]
    assert region.sql("select count(*) from app.message where subject_id = %s and to_candidate_id is not null", (made['id'],)) == [(2,)]


def test_outside_the_wall_nobody_sees_that_there_is_a_message(region, reachable, decided, as_role):  # noqa: F811
    made = decided()
    for role in ('consultant', 'account_manager', 'coach', 'tenant_admin', 'analyst', 'hub', 'employer', 'firm'):
        answer = as_role(role).get(f'/messages?aboutId={made["id"]}')
        assert answer.json['items'] == [], role
