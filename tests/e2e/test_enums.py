# SPDX-License-Identifier: EUPL-1.2
"""An enum of the contract and the check of its column name the same values, and the states of a noun are those of sql/states wherever
they are named."""
import re
import sys

import pytest

from region import ROOT

sys.path.insert(0, str(ROOT / 'openapi'))
from generator.contract import Contract, column_of, values_of  # noqa: E402
from generator.states import PHASES  # noqa: E402

CONTRACT = Contract(ROOT / 'openapi')
NOUNS = {noun.name: noun for noun in CONTRACT.nouns}
CAMEL = {''.join(map(str.capitalize, name.split('_'))): name for name in NOUNS}
# the enum of the states of a noun; a user and an organisation have a property `active` instead
STATES = {name + ('Status' if noun == 'candidate' else 'State'): noun for name, noun in CAMEL.items() if noun not in ('user', 'organisation')}
# enums of events: those of a noun that end with Event, and those with a name of their own
EVENTS = {enum: noun for enum in CONTRACT.enums for name, noun in CAMEL.items() if re.fullmatch(f'{name}[A-Z]?\\w*Event', enum)}
EVENTS['EmployerAnswer'] = 'proposal'
# enums that no column holds, or none with a check: why
NO_CHECK = {
    'Role': 'x-roles of openapi.yaml is the source', 'Attribute': 'x-attributes of openapi.yaml is the source',
    'SearchPurpose': 'a note in the audit', 'CandidateProperty': 'names of properties; test_candidates.py compares them',
    'WorkListOf': 'whose list it is', 'CheckOutcome': 'the outcomes of one kind of task, in ref.task_kind',
    'DocumentTemplate': 'rows of ref.document_template', 'ShortlistStatus': 'computed of the run and the queue',
    'RuleEffectKind': 'computed by app.rule_preview()',
    'ExemptionCode': 'in a list of parts without rows; test_decision_inputs.py compares them with the rule',
    'ExperienceKind': 'in a list of parts without rows', 'ApplicationOutcome': 'in a list of parts without rows',
    'InstrumentEndingReason': 'those reasons of an end that are told by hand',
    'PlacementEndingReason': 'those reasons of an end that are told by hand',
    'DeathReversalReason': 'a note in the audit', 'ObjectionOutcome': 'four of the states of an objection', 'AttendanceMark': 'three of the states of an appointment',
    'HardOutcome': 'computed by matching', 'ContributionCode': 'computed by matching', 'MissingCode': 'computed by matching',
    'InspectionKind': 'computed by app.inspection', 'LaneState': 'computed by the queue', 'RuleOutcome': 'computed by screening', 'WorkState': 'of jobs and of dead letters',
}
# checks that no enum of the contract shows: why
NO_ENUM = {
    **dict.fromkeys(('app.reminder.fate', 'app.reminder.receiver', 'app.reminder.reader_kind', 'app.reminder_digest.reader_kind'), 'reminders have no operation'),
    'ref.noun_clock.effect': 'clocks have no operation', 'ref.signal_check.after': 'which check follows on which has no operation',
    'app.message_report.action': 'what came back is told by the state', **dict.fromkeys(('ref.channel.proof', 'ref.channel.fall_back'), 'channels have no operation'),
    **dict.fromkeys(('region.agreement.kind', 'app.arrangement.kind', 'app.booking.kind'),
                    'their operations come later'),
    'ref.placement_phase.phase': 'the same', 'ref.placement_end.reason': 'what a reason means has no operation; the reason of a placement is told',
    'audit.entry.action': 'the audit has no operation', 'ref.state.phase': 'the states have no operation',
    'queue.counter.metric': 'a name of a metric', 'app.subject.wall': 'behind which wall a row stands is not told',
    'app.note.wall': 'the same', 'app.document.wall': 'the same', 'app.agreement.wall': 'the same', 'app.mandate.wall': 'it follows from what the mandate is about', 'app.task.wall': 'the same',
    'queue.unique_key.scope': 'nobody sees the keys', 'queue.effect.state': 'nobody sees what was begun',
}


@pytest.fixture(scope='module')
def checks(region):
    """{table.column: the values that its check, its domain or its type allows}"""
    rows = region.sql("""select a.attrelid::regclass || '.' || a.attname, pg_get_constraintdef(c.oid)
        from pg_constraint c join pg_attribute a on a.attrelid = c.conrelid and c.conkey = array[a.attnum] or a.atttypid = c.contypid
        join pg_class t on t.oid = a.attrelid and t.relkind in ('r', 'p') and not t.relispartition
        where c.contype = 'c' and not a.attisdropped and c.connamespace::regnamespace::text in ('app', 'audit', 'queue', 'ref', 'region')""")
    listed = re.compile(r'^CHECK \(\(\(?\w+\)?(?: = ANY|::text = ANY|\)::text = ANY| <@) \(?ARRAY\[([^\]]*)\]\)?\)\)$')
    types = region.sql("""select a.attrelid::regclass || '.' || a.attname, array_agg(e.enumlabel)::text[]
        from pg_enum e join pg_attribute a on a.atttypid = e.enumtypid join pg_class t on t.oid = a.attrelid and t.relkind = 'r' group by 1""")
    return {column: set(re.findall(r"'([^']*)'", found.group(1))) for column, check in rows if (found := listed.match(check))} | {
        column: set(values) for column, values in types}


def holds(column, enum):
    """Whether a property with this enum is in such a column; a property of an object is in a column with the name of that object, too."""
    names = {column_of(name, raw) for schema in CONTRACT.schemas.values() for name, raw in schema.get('properties', {}).items()
             if enum in (raw.get('x-enum'), raw.get('items', {}).get('x-enum'))}
    return any(re.search(rf'[._]{name}$', column) for name in names)


@pytest.mark.parametrize('enum', sorted(set(CONTRACT.enums) - set(NO_CHECK) - set(STATES) - set(EVENTS)))
def test_an_enum_is_the_check_of_its_column(checks, enum):
    allowed = [values for column, values in checks.items() if holds(column, enum)]
    assert set(values_of(CONTRACT.enums[enum])) in allowed, allowed


def test_a_check_is_an_enum_of_the_contract(checks):
    shown = {column: [set(values_of(schema)) for name, schema in CONTRACT.enums.items() if holds(column, name)] for column in checks}
    assert {column for column, values in checks.items() if values not in shown[column]} == set(NO_ENUM)


def test_what_is_left_out_is_there():
    assert set(NO_CHECK) <= set(CONTRACT.enums)


@pytest.mark.parametrize('enum', sorted(EVENTS))
def test_events_that_a_client_names_are_events(enum):
    assert set(values_of(CONTRACT.enums[enum])) <= {move[1] for move in NOUNS[EVENTS[enum]].moves}


# ------------------------------------------------------------------------------------------------------- states

def test_each_noun_with_states_has_an_enum():
    assert set(STATES) <= set(CONTRACT.enums)
    for enum, noun in STATES.items():
        assert values_of(CONTRACT.enums[enum]) == list(NOUNS[noun].states)


@pytest.mark.parametrize('noun', sorted(NOUNS))
def test_the_database_has_the_states_of_the_file(region, noun):
    rows = region.sql('select state, phase, initial from ref.state where noun = %s', (noun,))
    assert {state: phase for state, phase, _ in rows} == NOUNS[noun].states
    assert [state for state, _, initial in rows if initial] == [NOUNS[noun].initial]
    if 'activity(' not in NOUNS[noun].state:
        default = region.sql("select column_default from information_schema.columns where table_schema || '.' || table_name = %s "
                             "and column_name in ('state', 'status')", (NOUNS[noun].table,))[0][0]
        assert default.split('::')[0] == f"'{NOUNS[noun].initial}'"


@pytest.mark.parametrize('noun', sorted(NOUNS))
def test_the_functions_of_a_phase_say_so(region, noun):
    for phase in PHASES:
        if NOUNS[noun].of(phase):
            assert {state for state in NOUNS[noun].states if region.sql(f'select app.{noun}_is_{phase}(%s)', (state,))[0][0]} == \
                set(NOUNS[noun].of(phase))


@pytest.mark.parametrize('noun', sorted(NOUNS))
def test_nothing_leads_out_of_a_state_that_has_ended(noun):
    """But what ended because of something else stands again when that is undone."""
    assert not {begin for begin, event, *_ in NOUNS[noun].moves if not event.startswith(('restore', 'reinstate'))} & set(NOUNS[noun].of('ended'))


@pytest.mark.parametrize('noun', sorted(NOUNS))
def test_the_indexes_of_some_states_have_those_of_whole_phases(region, noun):
    """An index cannot ask a function that changes, so it names states; when a state comes or changes its phase, it must be made anew."""
    for name, predicate in region.sql("select i.indexrelid::regclass::text, pg_get_expr(i.indpred, i.indrelid) from pg_index i "
                                      "where i.indrelid = %s::regclass and i.indpred is not null", (NOUNS[noun].table,)):
        said = ' '.join(re.findall(r"state (?:= ANY \(ARRAY\[[^\]]*\]|(?:=|<>) '\w+')", predicate.replace('(state)', 'state')))
        named = set(re.findall(r"'(\w+)'", said))
        phases = {NOUNS[noun].states[state] for state in named}
        assert named == {state for phase in phases for state in NOUNS[noun].of(phase)}, name


def test_no_statement_names_the_states_of_a_phase():
    """Functions, views, policies and queries ask app.<noun>_is_<phase>()."""
    files = [file for folder in ('functions', 'queries') for file in (ROOT / 'sql' / folder).glob('*.sql')]
    lists = re.compile(r"state (?:not )?in \([^)]*\)|state (?:=|<>) (?:any|all) ?\('?\{[^)]*\)")
    named = [f'{file.name}: {found}' for file in files for found in lists.findall(file.read_text()) if file.name[:5] != 'queue']
    assert files and not named
