# SPDX-License-Identifier: EUPL-1.2
"""Every cell of tests/states.tsv against the running service: a row in the state is put there by SQL, and the call is made. The
worker that makes lists stands still meanwhile, so that only the call moves a row."""
import json
import sys
import uuid
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / 'tests'))
sys.path.insert(0, str(ROOT / 'openapi'))
import states  # noqa: E402
from generator.contract import Contract  # noqa: E402
from region import day, until_ready  # noqa: E402

CELLS = {}
for noun_, row_, state_, cell_ in states.expected():
    CELLS.setdefault((noun_, row_), {})[state_] = cell_     # a noun is tried when Row has its make_<noun>

# what a change gives, other than what the row has
VALUES = {
    'title': 'Anders', 'description': 'Anders', 'wageText': 'Anders', 'kind': 'temp', 'pc4': '5038', 'hoursMin': 9, 'hoursMax': 33,
    'shifts': ['night'], 'candidatesWanted': 6, 'startDate': '2029-01-01', 'neededBy': '2032-01-01', 'internalNote': 'Anders',
    'conditions': [], 'languages': [], 'occupations': [], 'bsn': None, 'firstName': 'Anders', 'lastName': 'Anders',
    'birthDate': '1981-01-01', 'email': None, 'phone': '0655500999', 'addressLines': 'Kade 1', 'digitalChosenAt': '2026-11-02T09:30:00Z', 'neighbourhood': 'BU99010102', 'alias': 'Anders', 'benefit': 'wia', 'hoursWorked': 8,
    'assigneeId': '01920000-0000-7000-8000-00000000f301', 'coachId': '01920000-0000-7000-8000-00000000f304',
    'projectId': '01920000-0000-7000-8000-00000000f601', 'phase': 3, 'targetGroups': ['disabled'], 'maxDistanceKm': 7, 'transport': ['moped'], 'availableFrom': '2031-01-01',
    'value': {'count': 7}, 'source': 'word_of_mouth', 'validFrom': '2035-01-01T00:00:00Z', 'validUntil': '2036-01-01T00:00:00Z',
    'wishes': 'Anders', 'introduction': 'Anders', 'sectors': ['99'], 'name': 'Anders', 'attributes': ['archivist'], 'kvkNumber': None,
    'userId': None, 'situation': 'employed', 'currentEmployer': 'Anders', 'educationLevel': 'master', 'basicQualification': True,
    'ownApplications': [{'date': '2026-11-02', 'employer': 'Anders'}], 'handOverDate': '2032-01-01', 'firstLookUntil': '2031-01-01', 'offSeason': 'Anders',
    'fromDay': day(1), 'untilDay': day(200), 'percentage': 30, 'amountCents': 2000, 'intentionMonths': 6,
    'hours': 6, 'wageCents': 1600, 'wagePer': 'month', 'startsOn': '2030-01-01', 'endsOn': '2039-01-01', 'contract': 'permanent', 'permanentFrom': '2031-01-01',
    'startsAt': f'{day(1)}T00:00:00Z', 'endsAt': '2031-10-01T00:00:00Z', 'place': 'Anders', 'trajectoryId': None, 'proposalId': None,
    'mentor': 'Anders', 'workplace': 'Anders', 'employerName': 'Anders', 'offSeasonMonths': ['may'], 'residenceNeighbourhood': 'BU99010102',
}
# the positions of a vacancy, and how many are taken of them
TAKEN = {'partly_filled': 1, 'filled': 3}


@pytest.fixture(scope='module')
def at(region, as_role):
    """The worker stands still; ids of what rows are copied from, and of what they may refer to."""
    worker = region.processes.pop('matching')
    worker.terminate()
    worker.wait(60)
    region.sql('set session_replication_role = replica;' + inserted(
        'app.organisation', tenant_id=1, id=str(uuid.uuid4()), kind='municipality', name='Wij zelf', active=True, **STAMPS))
    ids = region.sql("""select v.id::text, c.id::text, (select id::text from ref.occupation where id <> v.occupation_id and status = 'released' limit 1),
        (select id::text from app.user_account where tenant_id = 1 and role = 'case_manager' and id <> c.case_manager_id and active limit 1),
        (select id::text from app.organisation where tenant_id = 1 and kind = 'firm' and active limit 1),
        (select id::text from app.organisation where tenant_id = 1 and kind = 'municipality' and active limit 1), v.employer_id::text, clock.now()::text,
        (select min(id::text) from ref.competence where status = 'released'), (select max(id::text) from ref.competence where status = 'released')
        from app.vacancy v, app.candidate c where v.tenant_id = 1 and c.tenant_id = 1 order by v.id, c.id limit 1""")[0]
    site = str(uuid.uuid4())
    region.sql('set session_replication_role = replica;' + inserted(
        'app.employer_site', tenant_id=1, id=site, employer_id=ids[6], name='Locatie', active=True, **STAMPS))
    yield {'site': site, 'team_lead': as_role('team_lead').get('/user-profile').json['id']} | dict(zip(('vacancy', 'candidate', 'occupation', 'case_manager', 'firm', 'municipality', 'employer', 'now', 'competence', 'other'), ids))
    region.start('matching')
    until_ready(region.processes['matching'])


def copied(table, like, **values):
    """A row like the one with this id, but with these values."""
    return (f"insert into {table} select (jsonb_populate_record(null::{table}, to_jsonb(t) || {literal(values)})).* from {table} t "
            f"where t.id = '{like}';")


def literal(values):
    return "'" + json.dumps(values).replace("'", "''") + "'::jsonb"


def inserted(table, **values):
    return f"insert into {table} select (jsonb_populate_record(null::{table}, {literal(values)})).*;"


STAMPS = {'version': 1, 'changed_at': '2026-01-01T00:00:00Z', 'changed_in': '3'}


class Row:
    """Everything that a cell needs: a vacancy, a candidate and, unless a round is to be made, a proposal."""

    def __init__(self, at, noun, row, state):
        self.at, self.noun, self.row, self.wanted = at, noun, row, state
        self.operation, self.property, self.value = states.split(row)
        self.id = {name: str(uuid.uuid4()) for name in ('vacancy', 'candidate', 'other', 'round', 'proposal', 'user', 'organisation', 'run', 'task', 'rule', 'mandate', 'placement', 'instrument', 'appointment', 'signal')}
        undone = self.operation == 'undoHire'
        self.state = {'vacancy': 'partly_filled' if undone else 'open', 'candidate': 'placed' if undone else 'active',
                      'proposal': 'hired' if undone else 'drafted' if self.operation == 'sendProposalRound' else 'sent',
                      'task': 'open', 'user': 'active', 'organisation': 'active', noun: state}

    def sql(self):
        return getattr(self, f'make_{self.noun}')()

    def make_user(self):
        return inserted('app.user_account', tenant_id=1, id=self.id['user'], name='Wie', email=f'{self.id["user"]}@x.example', role='coach',
                        attributes=[], active=self.state['user'] == 'active', **STAMPS)

    def make_organisation(self):
        return inserted('app.organisation', tenant_id=1, id=self.id['organisation'], kind='municipality', name='Wat',
                        active=self.state['organisation'] == 'active', **STAMPS)

    def make_task(self):
        about = inserted('app.subject', tenant_id=1, id=self.at['vacancy'], noun='vacancy', wall='employer', employer_id=self.at['employer'])
        state, outcome = self.state['task'], {'done': 'kept', 'failed': 'not_kept'}.get(self.state['task'])
        return about.replace(';', ' on conflict do nothing;') + inserted(
            'app.task', tenant_id=1, id=self.id['task'], kind='promise', subject_id=self.at['vacancy'], wall='employer', noun='vacancy',
            employer_id=self.at['employer'], state=state, due_at='2031-01-01T00:00:00Z', clock_from=self.at['now'], held='0', rung=0, urgent=False,
            desk_id='00000000-0000-0000-0000-000000000000', rank_at='2031-01-01T00:00:00Z', made_at=self.at['now'], outcome=outcome, **STAMPS)

    def make_rule(self):
        """Of a project of its own. What is withdrawn has not begun."""
        since = '2040-01-01' if self.value == ':withdraw' else '2026-01-01'
        return inserted('app.rule', tenant_id=1, id=self.id['rule'], code='cap.candidates_wanted', scope='project', scope_id=self.id['run'],
                        state=self.state['rule'], value={'count': 4}, source='Een test', adopted_at='2026-01-01', from_at=since, **STAMPS)

    def make_mandate(self):
        state = self.state['mandate']
        return inserted('app.mandate', tenant_id=1, id=self.id['mandate'], state=state, grantor='tenant', grantee_organisation_id=self.at['firm'],
                        scope='person', candidate_id=self.at['candidate'], wall='person', purpose='interview', from_at='2026-01-01',
                        until_at='2026-01-02' if state == 'ended' else '2099-01-01', exclusive=False, **STAMPS)

    def make_signal(self):
        """Of whoever calls, so that the caller may take it back."""
        state, now = self.state['signal'], self.at['now']
        return copied('app.candidate', self.at['candidate'], id=self.id['candidate'], alias='Wie', status='active', user_id=None) + inserted(
            'app.signal', tenant_id=1, id=self.id['signal'], candidate_id=self.id['candidate'], kind='other', state=state, seen_at=now, received_at=now, listed=False,
            made_by=self.at['team_lead'], sender=self.at['team_lead'], **({'outcome': 'unknown', 'handled_at': now} if state == 'handled' else {}),
            **({'withdrawn_at': now} if state == 'withdrawn' else {}), **STAMPS)

    def make_instrument(self):
        state, today = self.state['instrument'], self.at['now'][:10]
        self.state['placement'] = 'accepted'
        return self.make_placement() + inserted(
            'app.instrument', tenant_id=1, id=self.id['instrument'], placement_id=self.id['placement'], candidate_id=self.id['candidate'],
            employer_id=self.at['employer'], kind='course_costs', family='course_costs', last_day=day(90), state=state, asked_on=today,
            from_day=today, until_day=day(90), days_suspended=0, amount_cents=1000, refuse_reason='other' if state == 'refused' else None,
            **({'end_reason': 'other', 'ended_on': today} if state == 'ended' else {}), **STAMPS)

    def make_placement(self):
        state = self.state['placement']
        today = self.at['now'][:10]
        ended = {'end_reason': 'other', 'ended_on': today} if state in ('ended', 'withdrawn') else {}
        return self.make_person() + inserted(
            'app.placement', tenant_id=1, id=self.id['placement'], candidate_id=self.id['candidate'], employer_id=self.at['employer'], kind='secondment',
            origin='self_found', state=state, offered_on=today, starts_on=today, hours=8, wage_per='hour', holds_position=False,
            started_on=today if state in ('started', 'ended') else None, **ended, decline_reason='other' if state == 'declined' else None,
            undo_reason='other' if state == 'undone' else None, **STAMPS)

    def make_appointment(self):
        return self.make_person() + inserted(
            'app.appointment', tenant_id=1, id=self.id['appointment'], candidate_id=self.id['candidate'], kind='introduction', state=self.state['appointment'],
            starts_at=self.at['now'], ends_at=f'{day(30)}T00:00:00Z', user_id=VALUES['assigneeId'], not_told=False,
            trajectory_id=self.id['other'] if self.property == 'trajectoryId' else None, proposal_id=self.id['other'] if self.property == 'proposalId' else None, made_at=self.at['now'], reason='ill' if self.state['appointment'] == 'excused' else None, **STAMPS)

    def make_vacancy(self):
        taken = TAKEN.get(self.state['vacancy'], int(self.operation == 'undoHire'))
        state, due = self.state['vacancy'], '2030-01-01'
        if state == 'overdue':
            state, due = 'open', '2026-01-01'
        return self.make_person() + copied(
            'app.vacancy', self.at['vacancy'], id=self.id['vacancy'], state=state, positions=3, positions_taken=taken, candidates_wanted=5,
            needed_by=due, start_date=None, kind='regular', hours_min=8, hours_max=32, shifts=['day'], postcode4='5012', neighbourhood=None, off_season=None, off_season_months=None, source='employer',
            conditions=[{'condition': 'dutch_a1', 'hard': False}],
            competences=[{'competenceId': self.at['other'], 'need': 'must', 'level': 1, 'weight': 1}], internal_note=None, assignee_id=None, project_id=None, **STAMPS) + self.make_ties()

    make_proposal = make_candidate = make_vacancy

    def make_person(self):
        moved = [('active', 'hire', 'placed')] if self.state['candidate'] == 'placed' else []
        files = [copied('app.candidate', self.at['candidate'], id=self.id[one], status=self.state['candidate'], hours_min=8, hours_max=32,
                        shifts=['day'], postcode4='5012', neighbourhood=None, user_id=None, situation='unemployed', education_level='primary',
                        basic_qualification=False, benefit='assistance', phase=1, competences=[{'competenceId': self.at['other'], 'level': 1}],
                        conditions=[{'condition': 'dutch_a1', 'met': True}], **STAMPS) for one in ('candidate', 'other')]
        return ''.join(files) + ''.join(
            f"insert into app.transition (tenant_id, noun, subject_id, from_state, event, to_state, at) "
            f"values (1, 'candidate', '{self.id['candidate']}', '{a}', '{event}', '{b}', now());" for a, event, b in moved)

    def make_ties(self):
        """A list that has the candidate; a round with a proposal, unless the call is to make it."""
        ties = {'tenant_id': 1, 'vacancy_id': self.id['vacancy']}
        made = inserted('app.match_run', id=self.id['run'], match_input=1, rules_version='x', taxonomy='x', input_digest='x', asked=5, considered=1,
                        suitable=1, shortfall=4, excluded={}, made_at='2026-01-01', **ties)
        made += inserted('app.match_result', tenant_id=1, run_id=self.id['run'], rank=1, candidate_id=self.id['candidate'], score=1, explanation={})
        if self.operation == 'createProposalRound':
            return made
        state = self.state['proposal']
        made += inserted('app.proposal_round', id=self.id['round'], employer_id=self.at['employer'], asked=5, already_open=0, proposed=1,
                         shortfall_reason='phased', **ties, **STAMPS)
        return made + inserted(
            'app.proposal', id=self.id['proposal'], round_id=self.id['round'], employer_id=self.at['employer'], candidate_id=self.id['candidate'],
            state=state, sent_at=None if state == 'drafted' else self.at['now'],
            answered_at=self.at['now'] if state in ('hired', 'invited', 'rejected') else None,
            rejection_reason='other' if state == 'rejected' else None, undo_reason='other' if state == 'undone' else None,
            **ties, **{**STAMPS, 'changed_at': self.at['now']})

    # ------------------------------------------------------------------------------------------------------- the call

    def body(self):
        """What the call sends."""
        if self.operation == 'createUser':
            return {'name': 'Nieuw', 'email': f'{uuid.uuid4()}@x.example', 'role': 'consultant', 'organisationId': self.id['organisation']}
        fixed = {'createVacancyAnswer': {'chance': 'at_short_notice', 'channel': 'call'}, 'adoptRule': {'decision': 'B&W'}, 'createProposalRound': {'candidateIds': [self.id['candidate']], 'shortfallReason': 'phased'}, 'withdrawProposal': None,
                 'sendProposalRound': None, 'createCardDocument': None, 'withdrawConsent': {'channel': 'letter'}, 'giveConsent': {'channel': 'letter', 'textVersion': '1'}, 'answerAppointment': {'answer': 'accepted'}, 'recordDeath': {'diedOn': '2026-10-02'}, 'mergeCandidates': {'otherId': self.id['other']}, 'undoHire': {'reason': 'wrong_candidate'},
                 'acceptTask': None, 'grantMandate': None, 'revokeMandate': {'reason': 'other'}, 'declineTask': {'reason': 'other'}, 'reopenTask': {'reason': 'other'}, 'withdrawTask': {'reason': 'other'},
                 'replanTask': {'dueDay': '2031-02-01', 'agreedBy': 'employer', 'reason': 'other'}, 'reassignTask': {'ownerUserId': VALUES['assigneeId']},
                 'createPlacement': {'candidateId': self.id['candidate'], 'kind': 'regular', 'origin': 'self_found', 'employerId': self.at['employer'], 'hours': 8},
                 'createPlacementContact': {'withWhom': 'candidate', 'channel': 'call', 'outcome': 'fine'}, 'callAboutPlacement': None,
                 'deviateFromPlan': {'plan': 'light', 'agreedBy': 'candidate', 'reason': 'other'},
                 'acceptPlacement': {}, 'declinePlacement': {'reason': 'other'}, 'startPlacement': {}, 'endPlacement': {'reason': 'other'},
                 'handleSignal': {'outcome': 'unknown'}, 'correctHandling': {'outcome': 'ill', 'reason': 'x'}, 'withdrawSignal': None, 'orderCheck': {'how': 'call'}, 'grantInstrument': None, 'refuseInstrument': {'reason': 'other'}, 'endInstrument': {'reason': 'other'},
                 'extendInstrument': {'fromDay': day(100), 'untilDay': day(120)}, 'suspendInstrument': {'fromDay': day(2), 'untilDay': day(3)},
                 'convertPlacement': {'kind': 'regular'}, 'returnPlacement': {'reason': 'other'}, 'undoPlacement': {'reason': 'other'}, 'correctPlacementEnd': {'reason': 'health', 'correction': 'other'},
                 'createCandidate': {'alias': 'Nieuw', 'pc4': '5012', 'status': self.wanted}}
        if self.operation == 'createTrajectory':
            return {'candidateId': self.id['candidate'], 'kind': 'course', **({'vacancyId': self.id['vacancy']} if self.noun == 'vacancy' else {})}
        if self.operation == 'createAppointment':
            return {'candidateId': self.id['candidate'], 'kind': 'talk', 'startsAt': '2031-01-01T09:00:00Z'}
        if self.operation == 'createDecision':
            return {'candidateId': self.id['candidate'], 'kind': 'warning', 'conductOn': day(-1)}
        if self.operation == 'createSignal':
            return {'candidateId': self.id['candidate'], 'kind': 'other'}
        if self.operation == 'moveAppointment':
            return {'event': self.value[1:], **{':invite': {'channel': 'in_person'}, ':excuse': {'reason': 'ill'}, ':move': {'startsAt': '2031-03-03T09:00:00Z'}}.get(self.value, {})}
        if self.operation in fixed:
            return fixed[self.operation]
        given = {self.property: self.given()}
        if self.operation == 'createScreening' or self.value == ':reject':
            given['reason'] = 'other'
        return given

    def given(self):
        if self.property == 'positions':
            return {'+': 4, '-': 2, '=': TAKEN.get(self.wanted, 0)}[self.value]
        if self.property == 'kind' and self.noun in ('organisation', 'appointment'):
            return {'organisation': 'partner', 'appointment': 'talk'}[self.noun]
        if self.value:
            return {'true': True, 'false': False}.get(self.value[1:], self.value[1:])
        special = {'occupationId': self.at['occupation'], 'caseManagerId': self.at['case_manager'], 'role': 'consultant',
                   'organisationId': self.at['firm' if self.noun == 'candidate' else 'municipality'],
                   'competences': [{'competenceId': self.at['competence'], **({'need': 'must'} if self.noun == 'vacancy' else {})}],
                   'formalEmployerId': self.at['employer'], 'formalOrganisationId': self.at['firm'], 'parentId': self.at['municipality'], 'siteId': self.at['site'], 'currentEmployerId': self.at['employer'],
                   'clientEmployerId': self.at['employer'], 'clientOrganisationId': self.at['firm'], 'carvedFromId': self.at['vacancy'], 'email': f'{uuid.uuid4()}@x.example', 'kvkNumber': f'{uuid.uuid4().int % 10**8:08}', 'bsn': number()}
        special.update({'employerId': self.at['employer']} if self.noun == 'appointment' else {})
        return special.get(self.property) or VALUES[self.property]

    def path(self):
        places = {'endVacancy': '/vacancies/{vacancy}/endings', 'createScreening': '/vacancies/{vacancy}/screenings',
                  'createVacancyAnswer': '/vacancies/{vacancy}/answers',
                  'createProposalRound': '/vacancies/{vacancy}/proposal-rounds', 'sendProposalRound': '/proposal-rounds/{round}/dispatches',
                  'answerProposal': '/proposals/{proposal}/answers', 'withdrawProposal': '/proposals/{proposal}/withdrawals',
                  'createCardDocument': '/candidates/{candidate}/card-documents', 'undoHire': '/proposals/{proposal}/hire-reversals', 'withdrawConsent': '/candidates/{candidate}/consent-withdrawals', 'mergeCandidates': '/candidates/{candidate}/merge',
                  'recordDeath': '/candidates/{candidate}/deaths',
                  'createTrajectory': '/trajectories', 'createAppointment': '/appointments', 'createSignal': '/signals', 'createDecision': '/decisions', 'giveConsent': '/candidates/{candidate}/consents',
                  'moveAppointment': '/appointments/{appointment}/moves', 'answerAppointment': '/appointments/{appointment}/answers',
                  'createPlacementContact': '/placements/{placement}/contacts', 'callAboutPlacement': '/placements/{placement}/calls',
                  'deviateFromPlan': '/placements/{placement}/deviations',
                  'createPlacement': '/placements', 'acceptPlacement': '/placements/{placement}/acceptances', 'declinePlacement': '/placements/{placement}/refusals',
                  'handleSignal': '/signals/{signal}/handlings', 'correctHandling': '/signals/{signal}/corrections', 'withdrawSignal': '/signals/{signal}/withdrawals', 'orderCheck': '/signals/{signal}/checks',
                  'grantInstrument': '/instruments/{instrument}/grants', 'refuseInstrument': '/instruments/{instrument}/refusals',
                  'endInstrument': '/instruments/{instrument}/endings', 'extendInstrument': '/instruments/{instrument}/extensions',
                  'suspendInstrument': '/instruments/{instrument}/suspensions',
                  'startPlacement': '/placements/{placement}/starts', 'endPlacement': '/placements/{placement}/endings',
                  'convertPlacement': '/placements/{placement}/conversions', 'returnPlacement': '/placements/{placement}/returns',
                  'undoPlacement': '/placements/{placement}/undoings', 'correctPlacementEnd': '/placements/{placement}/end-corrections', 'createCandidate': '/candidates', 'createUser': '/users', 'reopenTask': '/tasks/{task}/reopenings', 'acceptTask': '/tasks/{task}/acceptances', 'declineTask': '/tasks/{task}/refusals',
                  'completeTask': '/tasks/{task}/completions', 'withdrawTask': '/tasks/{task}/withdrawals', 'replanTask': '/tasks/{task}/replannings',
                  'reassignTask': '/tasks/{task}/reassignments', 'grantMandate': '/mandates/{mandate}/grants',
                  'revokeMandate': '/mandates/{mandate}/revocations', 'adoptRule': '/rules/{rule}/adoptions', 'endRule': '/rules/{rule}/endings'}
        if self.operation in states.ONE:
            put = self.operation.startswith('put')
            return self.place() + (f'/competences/{self.at["competence" if put else "other"]}' if 'Competence' in self.operation
                                   else f'/conditions/{"dutch_a2" if put else "dutch_a1"}')
        return places.get(self.operation, self.place()).format(**self.id)

    def place(self):
        return {'vacancy': '/vacancies/{vacancy}', 'candidate': '/candidates/{candidate}', 'proposal': '/proposals/{proposal}', 'user': '/users/{user}',
                'organisation': '/organisations/{organisation}', 'task': '/tasks/{task}', 'rule': '/rules/{rule}', 'mandate': '/mandates/{mandate}',
                'placement': '/placements/{placement}', 'instrument': '/instruments/{instrument}', 'appointment': '/appointments/{appointment}', 'signal': '/signals/{signal}'}[self.noun].format(**self.id)

    def call(self, as_role):
        client = as_role({'user': 'tenant_admin', 'organisation': 'tenant_admin', 'task': 'team_lead', 'rule': 'tenant_admin', 'mandate': 'team_lead', 'signal': 'team_lead'}.get(
            self.noun, 'team_lead' if 'Candidate' in self.operation or self.operation in ('withdrawConsent', 'recordDeath', 'createDecision', 'correctPlacementEnd') else 'consultant'))
        if self.operation in states.ONE:
            body = {'putVacancyCompetence': {'need': 'nice'}, 'putVacancyCondition': {'hard': True}, 'putCandidateCompetence': {'level': 2},
                    'putCandidateCondition': {'met': False}}.get(self.operation)
            return client, client.call('PUT' if body else 'DELETE', self.path(), body, {'If-Match': client.get(self.place()).headers['etag']})
        if not self.operation.startswith('update'):
            return client, client.post(self.path(), self.body())
        return client, client.patch(self.path(), self.body(), client.get(self.path()).headers['etag'])

    def now(self, client, answer):
        """The state of the row that the table is about, after the call."""
        shown = answer.json if self.operation.startswith('update') or self.operation == 'createCandidate' else client.get(self.place()).json
        return {'user': ('inactive', 'active')[shown.get('active', 0)], 'organisation': ('inactive', 'active')[shown.get('active', 0)],
                'candidate': shown.get('status')}.get(self.noun, shown.get('state'))

    def what(self, as_role):
        """The cell as the service has it."""
        client, answer = self.call(as_role)
        if answer.status == 409 and answer.problem == 'state':
            assert answer.json['currentState'] == states.counts_as(self.wanted), (self.row, self.wanted, answer.json)
            assert isinstance(answer.json['allowed'], list)
            return '-'
        if answer.status == 409 and answer.problem == 'fewer-than-taken':
            return '!'
        if answer.status not in (200, 201):
            return f'{answer.status} {answer.text}'
        state = self.now(client, answer)
        return '=' if state == self.wanted or (self.wanted == 'overdue' and state == 'open') else state


def number(seen=iter(range(111000000, 120000000))):
    """A number that passes the eleven test and that nobody has."""
    return next(str(n) for n in seen if (sum(int(d) * w for d, w in zip(str(n), range(9, 1, -1))) - n % 10) % 11 == 0)


TRIED = [key for key in CELLS if hasattr(Row, f'make_{key[0]}')]


@pytest.mark.parametrize('noun,row', TRIED, ids=[f'{noun} {row}' for noun, row in TRIED])
def test_attack_14_each_state_allows_what_the_table_says(region, as_role, at, noun, row):
    wanted = {state: cell for state, cell in CELLS[noun, row].items() if cell != '.'}
    rows = {state: Row(at, noun, row, state) for state in wanted}
    region.sql('set session_replication_role = replica;' + ''.join(one.sql() for one in rows.values()).replace('%', '%%'))
    assert {state: one.what(as_role) for state, one in rows.items()} == wanted


# ------------------------------------------------------------------------------------------------------- the log of the states

ROLES = ('case_manager', 'team_lead', 'consultant', 'account_manager', 'coach', 'field_officer', 'sector_coach', 'firm', 'agency', 'course_leader', 'hub', 'employer',
         'partner', 'candidate', 'analyst', 'tenant_admin', 'alderman', 'labour_expert', 'benefits_payment')
CONTRACT = Contract(ROOT / 'openapi')
LOGS = {o.id[4:-11]: o for o in CONTRACT.operations if o.list_of == 'Transition'}


def rows_with_a_log(region, noun):
    """Rows of the first municipality, of which each has one change of state at least."""
    event = region.sql('select from_state, event, to_state from ref.state_move where noun = %s order by 1, 2 limit 1', (noun.name,))[0]
    region.sql(f"insert into app.transition (tenant_id, noun, subject_id, from_state, event, to_state, at, role) select n.tenant_id, %s, n.id, %s, %s, %s, now(), 'system' "
               f'from (select * from {noun.table} n where n.tenant_id = 1 order by n.id limit 3) n', (noun.name, *event))
    return [row for row, in region.sql(f'select n.id::text from {noun.table} n where n.tenant_id = 1 order by n.id limit 3')]


@pytest.mark.parametrize('name', sorted(LOGS))
def test_seen_builder_whoever_reads_a_row_reads_what_happened_to_it(region, as_role, placement, himself, name):
    """The log of one row was there for eight nouns of nineteen: an app that showed a placement could not say when it began, or by whom it ended."""
    operation = LOGS[name]
    noun = next(noun for noun in CONTRACT.nouns if noun.pascal == name)
    one = CONTRACT.by_id[f'get{name}']
    rows, read = rows_with_a_log(region, noun), 0
    assert rows, f'nobody made a row of {name}'
    for role in ROLES:
        for row in rows:
            client = as_role(role)
            place = operation.path.replace('{' + operation.path_parameters[0]['name'] + '}', row)
            shown, log = client.get(place.removesuffix('/transitions')), client.get(f'{place}?pageSize=100')
            assert log.status == (shown.status if role in operation.rights else 403), (role, place, shown.status, log.json)
            if log.status == 200:
                read += 1
                assert [(t['event'], t['toState']) for t in log.json['items']] == region.sql(
                    'select event, to_state from app.transition where noun = %s and subject_id = %s order by at, seq', (noun.name, row)), (role, place)
    assert read and set(operation.rights) <= set(one.rights)
    lead = as_role('team_lead')
    region.sql("update app.transition set actor = %s where noun = %s and subject_id = any (%s::uuid[]) and role = 'system'", (lead.get('/user-profile').json['id'], noun.name, rows))
    logs = [lead.get(f'{place.replace(rows[-1], row)}?pageSize=100') for row in rows]
    names = {t.get('byName') for log in logs if log.status == 200 for t in log.json['items'] if t['role'] == 'system'}
    assert names == {lead.get('/user-profile').json['name']}, names
    assert as_role('team_lead', 'gm9902').get(place).status == 404       # also of a project in which this municipality takes part
