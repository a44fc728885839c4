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
-- row: app.light old.state
insert into ref.state (noun, state, phase, initial) values
    ('light', 'red',   'pending', true),
    ('light', 'green', 'open',    false),
    ('light', 'off',   'ended',   false)
on conflict (noun, state) do update set phase = excluded.phase, initial = excluded.initial;

insert into ref.state_move (noun, from_state, event, to_state, roles, guard) values
    ('light', 'red',   'go',    'green', '{clerk,boss}', 'nobody crosses'),
    ('light', 'green', 'break', 'off',   '{clerk}', '')
on conflict (noun, from_state, event) do nothing;

insert into ref.state_operation (noun, operation, columns, states) values
    ('light', 'updateLight.lamp', '{watt,colour}',
     '{red,green}'),
    ('light', 'createShadow', '{}', '{green}')
on conflict (noun, operation) do nothing;
"""
RIGHTS = {'updateLight': ['boss'], 'createShadow': ['clerk', 'boss']}


def test_states_become_functions_and_a_page():
    noun = states.Noun('light', LIGHT)
    made = states.functions([noun], RIGHTS, {'updateLight': ['boss', 'clerk']}, {'guest': 'mediation'})
    assert "app.light_is_pending(state text) returns boolean immutable parallel safe\n    return state in ('red');" in made
    assert 'light_is_open' in made and 'light_is_ended' in made and 'light_is_settled' not in made
    assert "when 'createShadow' then state in ('green')" in made and "('light', 'createShadow', '{green}'::text[], '{clerk,boss}'::text[])" in made
    assert "if new.watt::text is distinct from old.watt::text or new.colour::text is distinct from old.colour::text then" in made
    assert "perform app.require('light', state, 'updateLight.lamp');" in made and 'declare state text := old.state;' in made
    assert "when 'updateLight' then role in ('boss', 'clerk')\n        else false end;" in made     # app.may_call
    page = emit_docs.states(noun)
    assert '| updateLight.lamp | watt, colour | yes | yes |  |' in page
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
    ("('light', 'green', 'break'", "('lamp', 'green', 'break'", 'a row of lamp'),
    ("'{}', '{green}'", "'{}', '{blue}'", 'createShadow is allowed in blue, which is no state')])
def test_what_does_not_fit_is_refused(before, after, match):
    assert LIGHT.count(before) == 1
    with pytest.raises(Wrong, match=match):
        states.Noun('light', LIGHT.replace(before, after))


def test_an_operation_that_the_contract_does_not_have_is_refused():
    with pytest.raises(Wrong, match='light.sql: createShadow is no operation of the contract'):
        states.functions([states.Noun('light', LIGHT)], {'updateLight': []}, {}, {})


def test_a_noun_with_states_has_its_log_in_the_contract(tmp_path):
    (tmp_path / 'sql/states').mkdir(parents=True)
    (tmp_path / 'sql/states/light.sql').write_text(LIGHT)
    contract = tiny.contract(tmp_path / 'openapi')
    with pytest.raises(Wrong, match='light.sql: the contract has no getLight, below which the log of its states stands'):
        states.log_queries(contract, {'things': []}, set())
    one = {'operationId': 'getLight', 'tags': [], 'x-rights': {'clerk': 'tenant', 'boss': 'tenant'}}
    made = states.log(contract.nouns[0], {'parameters': ['lightId'], 'get': one})
    assert made['get']['operationId'] == 'listLightTransitions' and made['get']['x-rights'] == one['x-rights'] and made['parameters'] == ['lightId']
    assert states.log(contract.nouns[0], {'parameters': [], 'get': {**one, 'x-log': {'boss': 'tenant'}}})['get']['x-rights'] == {'boss': 'tenant'}
