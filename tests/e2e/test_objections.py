# SPDX-License-Identifier: EUPL-1.2
"""Objections: in time or not, until when they are decided, what they suspend, and what comes of them."""
import pytest
from test_decisions import act, days, decided, draft, heard, law, missing, notified, obliged, tasks, tell  # noqa: F401


@pytest.fixture
def objected(as_role, notified):  # noqa: F811
    """objected(**more): (the objection, the decision)."""
    def make(client=None, day=None, **more):
        decision = notified(day)
        made = (client or as_role('case_manager')).post('/objections', {'decisionId': decision['id'], 'grounds': 'Ik had me afgemeld.', **more})
        assert made.status == 201, made.text
        return made.json, decision
    return make


def test_an_objection_is_registered_and_its_term_is_a_task(as_role, objected):
    made, decision = objected()
    assert made['state'] == 'registered' and made['inTime'] is True and made['complete'] is True and made['decideBy'] > decision['objectionUntil']
    assert ('term', 'open') in tasks(as_role('team_lead'), made['id'])
    again = as_role('case_manager').post('/objections', {'decisionId': decision['id'], 'grounds': 'Nog eens.'})
    assert again.problem == 'duplicate' and again.json['existing'] == f'/v1/objections/{made["id"]}'
