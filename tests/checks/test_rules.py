# SPDX-License-Identifier: EUPL-1.2
"""What the field counts is in rules: no clock, cap or term of the field is a constant of SQL. And what the generator refuses of sql/rules."""
import re
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / 'openapi'))
from generator import rules  # noqa: E402
from generator.wrong import Wrong  # noqa: E402

CONSTANT = re.compile(r"interval '[^']*'|make_interval\((?:\w+ => \d+(?:, )?)+\)")
# a step of the calendar is no term
STEP = re.compile(r"interval '(?:0|1 (?:second|hour|day|month|year))'")
# the technical ones: file, constant, why
TECHNICAL = {
    ('candidate_death.sql', "interval '120 years'"): 'longer ago nobody died who looks for work: a slip of the hand',
    ('figure.sql', "interval '11 months'"): 'a series has the last year when nobody asks for more',
    ('figure.sql', "interval '119 months'"): 'and ten years at most',
    ('idempotency.sql', "interval '72 hours'"): 'how long an answer can be asked again, which the contract says',
    ('reminder_digest.sql', "interval '10 seconds'"): 'so long digests let urgent reminders go first',
    ('task.sql', "interval '100 years'"): 'what is urgent comes before everything else in an index',
}


def constants(text):
    return {one for one in CONSTANT.findall(re.sub(r'--.*', '', text)) if not STEP.fullmatch(one)}


def found():
    return {(file.name, one) for folder in ('functions', 'queries') for file in (ROOT / 'sql' / folder).glob('*.sql')
            if not file.name.startswith('queue') for one in constants(file.read_text())}


def test_no_term_of_the_field_is_a_constant():
    """The queue has times of its own, which are no terms of the field."""
    assert found() == set(TECHNICAL)


def test_a_constant_is_found():
    assert constants("x + interval '3 days' + interval '1 day' -- interval '4 days'") == {"interval '3 days'"}
    assert constants('make_interval(days => 3) + make_interval(days => n)') == {'make_interval(days => 3)'}


def test_each_kind_of_task_has_its_clock():
    made, _ = rules.read(ROOT / 'sql/rules')
    kinds = set(re.findall(r"^    \('([a-z_]+)', ", (ROOT / 'sql/migrations/0014_tasks.sql').read_text(), re.M))
    assert kinds and {f'clock.{kind}' for kind in kinds} <= set(made)


# codes that wait for the noun that will ask them
LATER = {'rest.employer_contact': 'contact moments', 'term.decision': 'applications'}
FAMILIES = ('clock.', 'retention.', 'instrument.', 'measure.', 'premium.', 'cost.', 'copies.')     # asked by the kind of a task, an instrument, a decision or a message, and by the name of a table


def test_each_code_is_asked_and_what_is_asked_is_a_code():
    made, _ = rules.read(ROOT / 'sql/rules')
    text = '\n'.join(file.read_text() for folder in ('functions', 'queries') for file in (ROOT / 'sql' / folder).glob('*.sql'))
    asked = set(re.findall(r"app\.rule(?:_\w+)?\('([a-z_]+\.[a-z_.]*[a-z])'", text))
    assert asked - set(made) == set()
    assert {code for code in made if not code.startswith(FAMILIES)} - asked == set(LATER)


GOOD = """# A group.
cap.things: {nl: Dingen, en: Things, scopes: [tenant], schema: count, rows: [{source: ours, value: {count: 5}}]}
"""
SCHEMAS = 'count: {type: object, required: [count], properties: {count: {type: integer, minimum: 1, maximum: 9}}}\n'


def read(folder, text):
    (folder / 'schemas.yaml').write_text(SCHEMAS)
    (folder / 'cap.yaml').write_text(text)
    return rules.read(folder)


def test_rules_become_rows_and_a_page(tmp_path):
    made, groups = read(tmp_path, GOOD)
    assert "('cap.things', 'Dingen', 'Things', false, '{tenant}', '{\"type\": \"object\"" in rules.sql(made)
    assert "('cap.things', '{\"count\": 5}', 'ours', '-infinity', null)" in rules.sql(made)
    assert '| `cap.things` | Things | Dingen | tenant | `{"count": 5}` | always | ours |' in rules.page(made, groups)


def test_nothing_may_hold_until_somebody_says_it(tmp_path):
    made, groups = read(tmp_path, GOOD + 'cap.more: {nl: Meer, en: More, scopes: [tenant], schema: count, rows: none}\n')
    assert "('cap.more', 'Meer'" in rules.sql(made) and rules.sql(made).count("'cap.more'") == 1
    assert '| `cap.more` | More | Meer | tenant | nothing, until somebody says it | | |' in rules.page(made, groups)


def test_a_rule_of_a_date_begins_in_amsterdam(tmp_path):
    made, _ = read(tmp_path, GOOD.replace('source: ours', 'source: ours, from: 2027-01-01, until: 2028-01-01'))
    assert "'2027-01-01'::timestamp at time zone 'Europe/Amsterdam', '2028-01-01'::timestamp at time zone 'Europe/Amsterdam'" in rules.sql(made)


REFUSED = {'a form that is not there': GOOD.replace('schema: count', 'schema: counts'), 'nothing that holds': GOOD.replace('[{source: ours, value: {count: 5}}]', '[]'),
           'a key that nobody knows': GOOD.replace('scopes:', 'scope:'), 'a word that YAML takes for truth': GOOD.replace('value: {count: 5}', 'value: {on: 5}')}


@pytest.mark.parametrize('text', REFUSED.values(), ids=REFUSED)
def test_what_does_not_fit_is_refused(tmp_path, text):
    with pytest.raises(Wrong):
        read(tmp_path, text)
