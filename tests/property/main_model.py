# SPDX-License-Identifier: EUPL-1.2
"""The main job in memory: vacancies, candidates and proposals of a municipality, and what each state allows, as the rules of the field
say it. It reads nothing of sql/. An act gives the answer that the API must give, (status, code of the problem), and changes the model.

Days are whole: `today` counts from the beginning of a history."""
from dataclasses import dataclass

OPEN, PENDING = ('open', 'shortlisted', 'partly_filled'), ('reported', 'screening')
ENDED = ('closed', 'withdrawn', 'expired')
AT_EMPLOYER = ('drafted', 'sent', 'invited')                    # proposals that are open
OVER = ('withdrawn', 'obsolete', 'expired', 'undone')           # the pair may be proposed again
TERM = {'drafted': 14, 'sent': 30, 'invited': 60}
UNDO_DAYS, MOST_OPEN = 14, 2
OK, STATE, FORBIDDEN, MISSING = (200, ''), (409, 'state'), (403, 'forbidden'), (404, 'not-found')

# what a change of a vacancy is about, and the states that allow it
SCREENED_ON, TERMS, WORDS = ('kind', 'pc4'), ('hoursMin',), ('title',)
BEFORE_AND_OPEN = (*PENDING, *OPEN, 'unsuitable')
CHANGES = {**dict.fromkeys((*SCREENED_ON, *TERMS, *WORDS), BEFORE_AND_OPEN),
           **dict.fromkeys(('positions', 'candidatesWanted', 'neededBy', 'internalNote'), (*BEFORE_AND_OPEN, 'filled'))}
# who may do what; everybody else is refused
WHO = {
    'change_vacancy': ('employer', 'account_manager', 'consultant'), 'screen': ('consultant', 'team_lead'),
    'end': ('employer', 'account_manager', 'consultant', 'team_lead'), 'propose': ('consultant',), 'send': ('consultant',),
    'answer': ('employer', 'consultant'), 'withdraw': ('consultant',), 'undo': ('consultant', 'team_lead'),
    'change_candidate': ('case_manager', 'consultant', 'team_lead'), 'withdraw_consent': ('case_manager', 'consultant', 'team_lead'),
    'look': ('consultant', 'team_lead', 'account_manager', 'employer', 'case_manager'),
}
ENDS = {'withdraw': (('employer', 'account_manager', 'consultant'), (*PENDING, *OPEN), 'withdrawn'),
        'close': (('account_manager', 'consultant', 'team_lead'), (*OPEN, 'filled', 'unsuitable'), 'closed')}
# who may call it, and sees no row of ours
BLIND = {'end': ('firm', 'agency'), 'change_candidate': ('firm',), 'look': ('firm', 'agency', 'coach', 'candidate'), 'withdraw': ('firm', 'agency')}
OUTSIDE = ('employer', 'case_manager')      # who sees a proposal when it was sent, not before
# a candidate goes from each of these to each other, but nobody who left is placed
STATUSES = ('active', 'paused', 'placed', 'left')


@dataclass
class Vacancy:
    positions: int
    wanted: int
    needed_by: int = None
    state: str = 'reported'
    taken: int = 0
    listed: bool = False        # a list of everybody exists
    said: dict = None           # other properties, by name


@dataclass
class Candidate:
    status: str = 'active'
    consent: bool = True        # false: withdrawn, and not given since
    alias: str = ''
    hired_last: bool = False    # the last change of status was a hire


@dataclass
class Proposal:
    id: str
    round: str
    vacancy: Vacancy
    candidate: Candidate
    state: str = 'drafted'
    sent: bool = False
    since: int = 0              # the day from which its term runs
    answered: int = 0
    by: object = None           # the proposal whose hire made it obsolete
    was: str = ''               # its state before that
    shown: bool = True          # false: consent was withdrawn since


class Model:
    def __init__(self):
        self.today, self.vacancies, self.candidates, self.proposals = 0, [], [], []

    # ------------------------------------------------------------------------------------------ what there is

    def now(self, v):
        late = v.needed_by is not None and v.needed_by < self.today
        return 'expired' if late and v.state in (*OPEN, *PENDING) else v.state

    def open_of(self, v):
        return [p for p in self.proposals if p.vacancy is v and p.state in AT_EMPLOYER]

    def open_with(self, c):
        return [p for p in self.proposals if p.candidate is c and p.state in AT_EMPLOYER]

    def pairs(self, v, c):
        return [p.state for p in self.proposals if p.vacancy is v and p.candidate is c]

    def over(self, v, state):
        """The vacancy moves to a state in which it needs nobody."""
        v.state = state
        for p in self.open_of(v):
            p.state = 'expired' if state == 'expired' else 'obsolete'

    # ---------------------------------------------------------------------------------------------- vacancies

    def screen(self, v, verdict):
        if self.now(v) not in PENDING:
            return STATE
        if verdict == 'unsuitable':
            self.over(v, 'unsuitable')
        else:
            v.state = 'partly_filled' if v.taken else 'open'
        return 201, ''

    def end(self, role, v, how):
        roles, states, becomes = ENDS[how]
        if self.now(v) not in states:
            return STATE
        if role not in roles:
            return FORBIDDEN
        self.over(v, becomes)
        return OK

    def change_vacancy(self, role, v, name, value):
        if name == 'internalNote' and role == 'employer':
            return FORBIDDEN
        if v.said.get(name) == value:
            return OK
        if self.now(v) not in CHANGES[name]:
            return STATE
        return getattr(self, f'change_{name}', self.change_said)(v, name, value)

    def change_said(self, v, name, value):
        v.said[name] = value
        if name in SCREENED_ON and v.state in (*OPEN, 'unsuitable'):
            v.state = 'screening'
        return OK

    def change_neededBy(self, v, name, value):
        if value is not None and value < self.today:
            return 400, 'invalid'
        v.needed_by = v.said[name] = value
        return OK

    def change_candidatesWanted(self, v, name, value):
        if value < v.wanted and value < len(self.open_of(v)):
            return 409, 'fewer-than-taken'
        v.wanted = v.said[name] = value
        return OK

    def change_positions(self, v, name, value):
        if value < v.taken:
            return 409, 'fewer-than-taken'
        if v.state == 'filled' and value > v.taken and v.needed_by is not None and v.needed_by < self.today:
            return 400, 'invalid'
        more = value > v.positions
        v.positions = v.said[name] = value
        if value == v.taken and v.state in (*OPEN, 'screening'):
            self.over(v, 'filled')
        elif more and v.state in (*OPEN, 'unsuitable'):
            v.state = 'screening'
        elif v.state == 'filled' and value > v.taken:
            v.state = 'partly_filled'
        return OK

    def list(self, v):
        """The worker stores a list of everybody, whoever must not be proposed included."""
        v.listed = True
        if v.state == 'open':
            v.state = 'shortlisted'

    # ---------------------------------------------------------------------------------------------- proposals

    def propose(self, v, chosen, draft, reason, back, consent, ids):
        """`ids`: of the round and of its proposals, when they were made."""
        if self.now(v) not in OPEN:
            return STATE
        count = len(self.open_of(v)) + len(chosen)
        if count > v.wanted:
            return 409, 'number-asked-reached'
        if count < v.wanted and not reason:
            return 409, 'shortfall-not-stated'
        for c in chosen:
            refused = self.refuse_pair(v, c, back, consent)
            if refused:
                return refused
        for c, made in zip(chosen, ids[1]):
            c.consent = True
            self.proposals.append(Proposal(made, ids[0], v, c, 'drafted' if draft else 'sent', not draft, self.today))
        return 201, ''

    def refuse_pair(self, v, c, back, consent):
        before = self.pairs(v, c)
        if c.status != 'active':
            return STATE
        if 'rejected' in before:
            return 409, 'pair-rejected-before'
        if 'withdrawn' in before and not back:
            return 409, 'pair-withdrawn-before'
        if not v.listed:
            return 409, 'not-shortlisted'
        if not c.consent and not consent:
            return 409, 'consent-withdrawn'
        if len(self.open_with(c)) >= MOST_OPEN:
            return 409, 'candidate-has-two-open-proposals'
        return (409, 'duplicate') if [state for state in before if state not in OVER] else None

    def send(self, made):
        drafts = [p for p in self.proposals if p.round == made and p.state == 'drafted']
        if not drafts or self.now(drafts[0].vacancy) not in OPEN or any(p.candidate.status != 'active' for p in drafts):
            return STATE
        for p in drafts:
            p.state, p.sent, p.since = 'sent', True, self.today
        return OK

    def answer(self, role, p, answer):
        if role == 'employer' and not p.sent:
            return MISSING
        states = {'invite': ('sent',), 'hire': ('sent', 'invited'), 'reject': ('sent', 'invited')}
        if p.state not in states[answer] or self.now(p.vacancy) not in (OPEN if answer != 'reject' else (*OPEN, 'screening')):
            return STATE
        if answer != 'reject' and p.candidate.status != 'active':
            return STATE
        p.state = {'invite': 'invited', 'hire': 'hired', 'reject': 'rejected'}[answer]
        p.since = p.answered = self.today
        if answer == 'hire':
            self.hire(p)
        return OK

    def hire(self, p):
        v = p.vacancy
        v.taken += 1
        full = v.taken >= v.positions
        for other in self.open_with(p.candidate) + (self.open_of(v) if full else []):
            if other.state != 'obsolete':
                other.by, other.was, other.state = p, other.state, 'obsolete'
        p.candidate.status, p.candidate.hired_last = 'placed', True
        v.state = 'filled' if full else 'partly_filled'

    def withdraw(self, p):
        if p.state not in AT_EMPLOYER:
            return STATE
        p.state = 'withdrawn'
        return OK

    def undo(self, p):
        if p.state != 'hired':
            return STATE
        if self.today >= p.answered + UNDO_DAYS:
            return 409, 'term-passed'
        v, c, p.state = p.vacancy, p.candidate, 'undone'
        v.taken -= 1
        if v.state in (*OPEN, 'filled'):
            v.state = 'partly_filled' if v.taken else 'open'
        if c.status == 'placed' and c.hired_last:
            c.status, c.hired_last = 'active', False
        for other in sorted((o for o in self.proposals if o.by is p and o.state == 'obsolete'), key=lambda o: o.id):
            self.restore(other)
        return OK

    def restore(self, p):
        v, c = p.vacancy, p.candidate
        fits = self.now(v) in OPEN and c.status == 'active' and c.consent and len(self.open_of(v)) < v.wanted
        if fits and len(self.open_with(c)) < MOST_OPEN and all(state in OVER for state in self.pairs(v, c)):
            p.state, p.by, p.was = p.was, None, ''
            p.since = self.today if p.state == 'drafted' else p.since

    def card(self, role, p):
        """What a look at the proposal gives: None when it is not there; else its state, and whether there is a card."""
        if role in OUTSIDE and not p.sent:
            return None
        return p.state, p.state in AT_EMPLOYER or (p.state == 'hired' and p.shown and self.today < p.answered + UNDO_DAYS)

    # --------------------------------------------------------------------------------------------- candidates

    def change_status(self, c, status):
        if status == c.status:
            return OK
        if c.status == 'left' and status == 'placed':
            return STATE
        c.status, c.hired_last = status, False
        if status in ('placed', 'left'):
            for p in self.open_with(c):
                p.state = 'obsolete'
        return OK

    def change_alias(self, c, alias):
        if alias != c.alias and c.status == 'left':
            return STATE
        c.alias = alias
        return OK

    def withdraw_consent(self, c):
        c.consent = False
        for p in self.open_with(c):
            p.state = 'withdrawn'
        for p in self.proposals:
            if p.candidate is c:
                p.by, p.shown = None, False
        return OK

    # --------------------------------------------------------------------------------------------------- time

    def sweep(self):
        for v in self.vacancies:
            if self.now(v) != v.state:
                self.over(v, 'expired')
        for p in self.proposals:
            if p.state in AT_EMPLOYER and self.today >= p.since + TERM[p.state]:
                p.state = 'expired'

    def wrong(self):
        """What must never be, whatever was done."""
        found = []
        for v in self.vacancies:
            hired = [p for p in self.proposals if p.vacancy is v and p.state == 'hired']
            if not len(hired) == v.taken <= v.positions or len(self.open_of(v)) > v.wanted:
                found.append(f'{len(hired)} hired, {v.taken} of {v.positions} taken, {len(self.open_of(v))} of {v.wanted} open')
            if self.open_of(v) and v.state not in (*OPEN, 'screening'):
                found.append(f'somebody is proposed for a vacancy that is {v.state}')
        for c in self.candidates:
            if len(self.open_with(c)) > MOST_OPEN or (self.open_with(c) and c.status in ('placed', 'left')) or (self.open_with(c) and not c.consent):
                found.append(f'{len(self.open_with(c))} open proposals of somebody who is {c.status}')
        return found
