# SPDX-License-Identifier: EUPL-1.2
"""What each state allows: as tests/states.tsv expects it, which people wrote, and as sql/states has it, from which `make gen` made the
functions of the database."""
import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
TABLE = ROOT / 'tests/states.tsv'
sys.path.insert(0, str(ROOT / 'openapi'))
from generator.contract import Contract, column_of  # noqa: E402

# the event that an operation fires, when it fires one; {} is the value of the property that stands after the sign
EVENTS = {('vacancy', 'endVacancy.how:withdraw'): 'withdraw', ('vacancy', 'endVacancy.how:close'): 'close',
          ('vacancy', 'createScreening.verdict:suitable'): 'approve', ('vacancy', 'createScreening.verdict:unsuitable'): 'refuse',
          ('proposal', 'sendProposalRound'): 'send', ('proposal', 'answerProposal.answer:invite'): 'invite',
          ('proposal', 'answerProposal.answer:hire'): 'hire', ('proposal', 'answerProposal.answer:reject'): 'reject',
          ('proposal', 'withdrawProposal'): 'withdraw', ('proposal', 'undoHire'): 'undo',
          ('candidate', 'updateCandidate.status:active'): 'activate', ('candidate', 'updateCandidate.status:paused'): 'pause',
          ('candidate', 'updateCandidate.status:placed'): 'place', ('candidate', 'updateCandidate.status:left'): 'leave',
          ('user', 'updateUser.active:true'): 'activate', ('user', 'updateUser.active:false'): 'deactivate',
          ('message', 'resendMessage'): 'resend', ('letter_template', 'useLetterTemplate'): 'use', ('message', 'acknowledgeMessage.event:acknowledge'): 'acknowledge', ('message', 'acknowledgeMessage.event:reject'): 'reject', ('mandate', 'grantMandate'): 'grant', ('document', 'withdrawDocument'): 'withdraw', ('mandate', 'revokeMandate'): 'revoke',
          ('organisation', 'updateOrganisation.active:true'): 'activate', ('organisation', 'updateOrganisation.active:false'): 'deactivate',
          ('rule', 'adoptRule'): 'adopt', ('rule', 'endRule.how:withdraw'): 'withdraw', ('rule', 'endRule.how:end'): 'end',
          ('task', 'acceptTask'): 'accept', ('task', 'declineTask'): 'decline', ('task', 'reopenTask'): 'reopen', ('task', 'completeTask.outcome:kept'): 'complete',
          ('task', 'completeTask.outcome:not_kept'): 'fail', ('task', 'withdrawTask'): 'withdraw',
          ('decision', 'askView'): 'ask', ('decision', 'decideDecision'): 'decide', ('decision', 'handOutDecision'): 'notify', ('decision', 'withdrawDecision'): 'withdraw', ('decision', 'payDecision'): 'end',
          **{('objection', f'decideObjection.outcome:{outcome}'): event for outcome, event in (('upheld', 'uphold'), ('partly', 'partly'), ('rejected', 'reject'), ('inadmissible', 'refuse'))},
          ('objection', 'withdrawObjection'): 'withdraw',
          ('signal', 'handleSignal'): 'handle', ('instrument', 'grantInstrument'): 'grant', ('instrument', 'refuseInstrument'): 'refuse',
          ('placement', 'acceptPlacement'): 'accept', ('placement', 'declinePlacement'): 'decline', ('placement', 'startPlacement'): 'start',
          ('placement', 'convertPlacement'): 'convert', ('placement', 'returnPlacement'): 'return', ('placement', 'undoPlacement'): 'undo',
          ('project', 'moveProject.event:start'): 'start', ('project', 'moveProject.event:end'): 'end', ('project', 'moveProject.event:renew'): 'renew',
          **{('benefit', f'moveBenefit.event:{event}'): event for event in ('grant', 'refuse', 'end', 'restore')},
          **{('trajectory', f'moveTrajectory.event:{event}'): event for event in ('start', 'finish', 'stop')},
          **{('agreement', f'moveAgreement.event:{event}'): event for event in ('offer', 'withdraw', 'refuse', 'start', 'end')},
          **{('appointment', f'moveAppointment.event:{event}'): event for event in ('invite', 'attend', 'miss', 'excuse', 'move', 'cancel')}}
# what no state of the noun forbids, and so no table has: why
ALWAYS = {('vacancy', 'withdrawProposal'): 'the seat is given back in any state', ('vacancy', 'undoHire'): 'a hire may be undone in any state',
          ('candidate', 'withdrawProposal'): 'the seat is given back in any state', ('candidate', 'undoHire'): 'a hire may be undone in any state',
          ('proposal', 'withdrawConsent'): 'what is open ends with it', ('organisation', 'createUser'): 'a user of it is not let in'}
# operations on one item of a list, and the row of ref.state_operation that has the column of the list
ONE = {f'{verb}{noun}{part}': f'update{noun}.{group}' for verb in ('put', 'remove') for noun, part, group in (
    ('Vacancy', 'Competence', 'terms'), ('Vacancy', 'Condition', 'work'), ('Candidate', 'Competence', 'profile'), ('Candidate', 'Condition', 'profile'))}
# columns that no body has, or that several operations write, and in which states they may change
RECKONED = {('decision', 'updateDecision.days'): ['drafted', 'hearing', 'decided'], ('signal', 'handleSignal.duty'): ['received', 'looked_into', 'handled']}
PARTS = {'bsn': 'identity'}     # it has a table of its own


def expected():
    """[(noun, row, state, cell)]"""
    found, noun, states = [], None, []
    for line in TABLE.read_text().splitlines():
        words = line.split('\t')
        if not line or line.startswith('#'):
            noun = None
        elif noun is None:
            noun, *states = words
        else:
            found += [(noun, words[0], state, cell) for state, cell in zip(states, words[1:], strict=True)]
    return found


def counts_as(state):
    return 'expired' if state == 'overdue' else state


def split(row):
    """(operation, property, the sign or value after it) of a row"""
    return re.fullmatch(r'(\w+)(?:\.(\w+))?([-+=]|:\w+)?', row).groups()


def operation_of(noun, row, columns):
    """The row of ref.state_operation that says whether this is allowed; `columns`: {property: column} of the body."""
    operation, name, value = split(row)
    if operation in ONE:
        return ONE[operation]
    for known, its in noun.groups().items():
        if known.startswith(operation + '.') and columns.get(name) in its:
            return known
    if noun.name == 'candidate' and name in PARTS:
        return f'{operation}.{PARTS[name]}'
    return f'{operation}.{value[1:]}' if value else operation


def columns_of(contract, operation):
    """{property: column} of the body of an operation"""
    body = next(o for o in contract.operations if o.id == operation).body
    return {name: column_of(name, raw) for name, raw in contract.schemas[body].get('properties', {}).items()} if body else {}


def differences(contract, wanted):
    """Cells that sql/states does not have as the table expects them."""
    nouns = {noun.name: noun for noun in contract.nouns}
    wrong = [f'{name}: {operation} in {nouns[name].operations[operation][1]}' for (name, operation), its in RECKONED.items() if nouns[name].operations[operation][1] != its]
    for name, row, state, cell in wanted:
        noun = nouns[name]
        event = EVENTS.get((name, row))
        if (name, row) in ALWAYS or cell == '.':
            continue
        if event:
            allowed = any(begin == counts_as(state) and its == event for begin, its, *_ in noun.moves) or cell == '='
            allowed = allowed and counts_as(state) in noun.operations.get(split(row)[0], (None, noun.states))[1]
        else:
            operation = operation_of(noun, row, columns_of(contract, split(row)[0]))
            allowed = counts_as(state) in noun.operations.get(operation, ([], []))[1]
        if allowed != (cell != '-'):
            wrong.append(f'{name}: {row} in {state}: expected {cell}, sql/states {"allows" if allowed else "forbids"} it')
    return wrong


def contract():
    return Contract(ROOT / 'openapi')
