# SPDX-License-Identifier: EUPL-1.2
"""tests/states.tsv, which people wrote, holds sql/states to it and leaves out no write; and every write of a noun with states goes
through what its state allows."""
import re
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / 'tests'))
import states  # noqa: E402

WANTED = states.expected()
CONTRACT = states.contract()
NOUNS = {noun.name: noun for noun in CONTRACT.nouns}
# operations that write, and have no row: why. One that makes a row of a noun, in the state in which that begins, needs none.
WITHOUT = {
    'planSessions': 'it makes appointments; that of a project that has ended is refused as createParticipation', 'putAttendance': 'each line of the list is a moveAppointment',
    **dict.fromkeys(('moveSession', 'cancelSession'), 'each appointment of the session is a moveAppointment'), 'changeSessionLeader': 'appointments that are planned or invited, as updateAppointment.with; others stay',
    'askQuestion': 'it opens a task', 'reportSick': 'it excuses appointments, as moveAppointment does, and opens a task',
    'searchCandidates': 'it writes a note in the audit only', 'updateMailSetting': 'how e-mail is sent has no states',
    'readSigning': 'it reads', 'signWithLink': 'as signAgreement, for whoever has a link; test_agreements.py',
    'askMandate': 'it begins one', 'createHandOver': 'what it moves asks its own state', 'deleteCalendarFeed': 'a feed has no states',
    'createCalendarFeed': 'the same',
    **dict.fromkeys(('createHat', 'updateHat', 'createLogin', 'deleteLogin'), 'a hat has an end, and a login is there or not'),
    **dict.fromkeys(('updateParticipation', 'deleteParticipation'), 'who took part is written down after the end, too'),
    **dict.fromkeys(('updateStatedFigure', 'deleteStatedFigure'), 'what was reported of a project comes after its end, too'),
    'keepDecision': 'it answers a question that is open, or is refused',
    'countFigure': 'it changes no record', 'createStatedFigure': 'what was reported of a project comes after its end, too', 'updateCandidateParticipation': 'an end may be written down late',
    'createCandidateParticipation': 'a trigger asks whether the project has ended, and refuses it as a reference',
    **dict.fromkeys(('createOnCall', 'deleteOnCall'), 'a duty has no states'),
    'undoDeath': 'it asks whether somebody is dead, and no status',
    **dict.fromkeys(
        ('createContact', 'updateContact', 'deleteContact', 'createEmployerCondition', 'deleteEmployerCondition', 'createEmployer', 'updateEmployer'),
        'an employer has no states'),
    **dict.fromkeys(('createOrganisationContact', 'createSite', 'updateSite'), 'an employer has no states'),
    **dict.fromkeys(('createEndpoint', 'updateEndpoint'), 'a receiver has no states'),
    **dict.fromkeys(('putReminderPreference', 'putDeputy'), 'a choice has no states'),
    'withdrawPlacementContact': 'a contact counts or is withdrawn, also after the end of the placement',
    'resumeInstrument': 'the days of the suspension decide', 'createWageValue': 'a measurement has no states',
    **dict.fromkeys(('createNote', 'updateNote', 'deleteNote'), 'a note has no states')}
CREATE = {'create' + noun.name.title().replace('_', '') for noun in CONTRACT.nouns}


def test_the_built_tables_are_as_people_expect_them():
    assert states.differences(CONTRACT, WANTED) == []


def test_a_cell_that_is_flipped_is_found():
    """Each row of sql/states in turn loses one state, and gains another: the table must differ. What an event forbids, a row more
    does not allow."""
    moved = {(noun, states.split(row)[0]) for noun, row in states.EVENTS}
    for noun in CONTRACT.nouns:
        for operation, (columns, its) in noun.operations.items():
            for state in its if (noun.name, operation) in moved else noun.states:
                flipped = [s for s in its if s != state] if state in its else [*its, state]
                noun.operations[operation] = (columns, flipped)
                found = states.differences(CONTRACT, [cell for cell in WANTED if cell[0] == noun.name and states.counts_as(cell[2]) == state])
                noun.operations[operation] = (columns, its)
                assert found, f'{noun.name} {operation} {state}'


def test_every_state_is_a_column_and_every_column_a_state():
    columns = {noun: {state for its, _, state, _ in WANTED if its == noun} - {'overdue'} for noun in NOUNS}
    assert columns == {noun.name: set(noun.states) for noun in CONTRACT.nouns}


def test_every_write_of_the_contract_has_a_row_or_a_reason():
    writes = {o.id for o in CONTRACT.operations if o.method != 'get' and o.service != 'queue' and not re.search('queue|job|dead', o.path, re.I)}
    rows = {states.split(row)[0] for _, row, *_ in WANTED}
    assert writes - rows - CREATE == set(WITHOUT)


@pytest.mark.parametrize('operation', ['updateVacancy', 'updateCandidate', 'updateUser', 'updateOrganisation'])
def test_every_property_of_a_change_has_a_row(operation):
    rows = {states.split(row)[1] for _, row, *_ in WANTED if states.split(row)[0] == operation}
    assert rows == set(states.columns_of(CONTRACT, operation))


# ------------------------------------------------------------------------------------- every write asks, by construction

# tables that belong to a noun with states, and how a write of them asks what the state allows
HANGS_ON = {'screening': 'vacancy', 'vacancy_answer': 'vacancy', 'vacancy_competence': 'vacancy', 'vacancy_condition': 'vacancy', 'candidate_competence': 'candidate',
            'candidate_condition': 'candidate', 'candidate_language': 'candidate', 'candidate_occupation': 'candidate',
            'candidate_bsn': 'candidate', 'proposal': 'vacancy', 'proposal_round': 'vacancy'}
# statements and functions that write them and do not ask themselves: why
ASKED_BEFORE = {
    'vacancy_parts': 'a trigger of the vacancy, whose guard has asked', 'candidate_parts': 'a trigger of the candidate, whose guard has asked',
    'vacancy_answer_insert': 'a trigger of the row asks (vacancy_answer_fits)',
    'proposals_follow_owners': 'copies whose candidate it is, for the wall',
    'proposals_follow_project': 'copies which project the vacancy has, for lists and figures',
}
GUARDED = re.compile(r"call app\.guarded\('((?:app|region)\.\w+)', '(\w+)'")
WRITE = re.compile(r'\b(insert into|update|delete from) app\.(\w+)', re.I)
ASKS = re.compile(r'app\.(require|move|vacancy_fire|proposal_lock|proposal_require)\(')


def pieces():
    """{name: text} of each function of sql/functions and each statement of sql/queries"""
    found = {}
    for file in sorted((ROOT / 'sql/functions').glob('*.sql')):
        for text in re.split(r'(?=^create (?:function|procedure|trigger) )', file.read_text(), flags=re.M):
            if name := re.match(r'create function app\.(\w+)', text):
                found[name.group(1)] = text
    for file in sorted((ROOT / 'sql/queries').glob('*.sql')):
        for text in re.split(r'(?=^-- query: )', file.read_text(), flags=re.M):
            if name := re.match(r'-- query: (\w+)', text):
                found[name.group(1)] = text
    return found


def guarded():
    return {table: noun for file in (ROOT / 'sql/functions').glob('*.sql') for table, noun in GUARDED.findall(file.read_text())}


def careless(found):
    """The pieces that write a table of a noun with states and do not ask what the state allows."""
    updates = {table.removeprefix('app.') for table in guarded()}
    wrong = []
    for name, text in found.items():
        for verb, table in WRITE.findall(text):
            asks = ASKS.search(text) or name in ASKED_BEFORE or (verb.lower() == 'update' and table in updates)
            begins = verb.lower() == 'insert into' and table in updates     # a row of the noun itself, in the state in which it begins
            if table in {*HANGS_ON, *updates} and not asks and not begins:
                wrong.append(f'{name}: {verb} app.{table}')
    return wrong


def test_every_table_of_a_noun_is_guarded():
    assert guarded() == {noun.table: noun.name for noun in CONTRACT.nouns if noun.groups()}


def test_every_write_asks_what_the_state_allows():
    assert careless(pieces()) == []


def test_what_is_excused_writes():
    """Whoever is in the list is there, and writes such a table."""
    found = pieces()
    assert {name for name in ASKED_BEFORE if careless({name + '_': found[name]})} == set(ASKED_BEFORE)


def test_a_write_that_does_not_ask_would_be_found():
    found = {'careless': "create function app.careless() … update app.proposal p set score = 1; delete from app.candidate_language l"}
    assert careless(found) == ['careless: update app.proposal', 'careless: delete from app.candidate_language']


def test_a_state_is_changed_by_a_move_only():
    """A state is set to what app.move() gives, or by a trigger that moves it."""
    wrong = [f'{name}: {line.strip()}' for name, text in pieces().items() for line in re.findall(r'^.*\bset state =.*$|^.*\bstate = case\b.*$|^.*:= app\.move.*$', text, re.M)
             if 'app.move(' not in text]
    assert not wrong
