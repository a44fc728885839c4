# SPDX-License-Identifier: EUPL-1.2
"""What the generator makes of sql/states, and refuses."""
import sys
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / 'openapi'))
from generator import emit_docs, states  # noqa: E402
from generator.contract import Contract  # noqa: E402
from generator.wrong import Wrong  # noqa: E402

import tiny  # noqa: E402

LIGHT = """-- The life of a light.
insert into ref.state (noun, state, phase, initial) values
    ('light', 'red',   'pending', true),
    ('light', 'green', 'open',    false),
    ('light', 'off',   'ended',   false)
on conflict (noun, state) do update set phase = excluded.phase, initial = excluded.initial;

insert into ref.state_move (noun, from_state, event, to_state, roles, guard) values
    ('light', 'red',   'go',    'green', '{clerk,boss}', 'nobody crosses'),
    ('light', 'green', 'break', 'off',   '{clerk}', '')
on conflict (noun, from_state, event) do nothing;
"""


def test_states_become_functions_and_a_page():
    noun = states.Noun('light', LIGHT)
    made = states.functions([noun])
    assert "app.light_is_pending(state text) returns boolean immutable parallel safe\n    return state in ('red');" in made
    assert 'light_is_open' in made and 'light_is_ended' in made and 'light_is_settled' not in made
    page = emit_docs.states(noun)
    assert '[*] --> red' in page and 'off --> [*]' in page and '| green | open |' in page
    assert '| red | go | green | clerk, boss | nobody crosses |' in page


def test_an_enum_of_states_has_those_of_the_noun(tmp_path):
    (tmp_path / 'sql/states').mkdir(parents=True)
    (tmp_path / 'sql/states/light.sql').write_text(LIGHT)
    enum = {'type': 'string', 'x-nl': 'stand', 'description': 'How it stands.'}
    contract = tiny.contract(tmp_path / 'openapi', {'LightState': {**enum, 'x-states': 'light'}})
    assert contract.enums['LightState']['x-extensible-enum'] == ['red', 'green', 'off']
    things = tmp_path / 'openapi/things.yaml'
    things.write_text(yaml.dump({**yaml.safe_load(things.read_text()), 'components': {'schemas': {'DoorState': {**enum, 'x-states': 'door'}}}}))
    with pytest.raises(Wrong, match='DoorState: there is no sql/states/door.sql'):
        Contract(tmp_path / 'openapi')


@pytest.mark.parametrize('before,after,match', [
    ("'break', 'off'", "'break', 'out'", 'out, which is no state'), ("'ended'", "'over'", 'over is no phase'),
    ("'pending', true", "'pending', false", 'one state must be the initial one'),
    ("'open',    false", "'open',    true", 'red and green are both the initial state'),
    ("('light', 'green', 'break'", "('lamp', 'green', 'break'", 'a row of lamp')])
def test_what_does_not_fit_is_refused(before, after, match):
    assert LIGHT.count(before) == 1
    with pytest.raises(Wrong, match=match):
        states.Noun('light', LIGHT.replace(before, after))
