-- Proposals of candidates for a vacancy, in rounds.

create domain app.proposal_round_shortfall_reason as text check (value in ('not_enough_suitable', 'employer_agreed', 'phased', 'other_parties'));
-- A round: the proposals that a consultant made in one go for one vacancy. The number the employer asked for is
-- binding; fewer only with a stated shortfall.
create table app.proposal_round (
    tenant_id int not null,
    id uuid not null,
    vacancy_id uuid not null,
    employer_id uuid not null,
    asked int not null,
    already_open int not null,
    proposed int not null,
    shortfall_reason app.proposal_round_shortfall_reason,
    shortfall_note app.text_1000,
    made_by uuid,
    rule_id uuid,
    made_by_organisation uuid,
    version bigint not null,
    changed_at timestamptz not null,
    changed_in xid8 not null,
    primary key (tenant_id, id),
    foreign key (tenant_id, vacancy_id) references app.vacancy (tenant_id, id),
    constraint round_within_asked check (already_open + proposed <= asked),
    constraint round_shortfall_stated check (already_open + proposed = asked or shortfall_reason is not null)
);
comment on column app.proposal_round.made_by_organisation is 'the firm or agency that proposes own people; null: the municipality';
create index proposal_round_by_vacancy on app.proposal_round (tenant_id, vacancy_id, id);

create domain app.proposal_consent_by as text check (value in ('candidate', 'representative'));
create domain app.proposal_rejection_reason as text check (value in ('did_not_come', 'lacking_competences', 'hours_do_not_fit',
    'travel', 'language', 'position_filled', 'not_interested', 'other'));
create domain app.proposal_return_reason as text check (value in ('changed_mind', 'circumstances_changed', 'withdrawn_by_mistake'));
create domain app.proposal_undo_reason as text check (value in ('entered_by_mistake', 'wrong_candidate', 'candidate_declined',
    'employer_reconsidered', 'other'));
create domain app.proposal_unlisted_reason as text check (value in ('known_well', 'employer_asked', 'profile_outdated', 'own_candidate', 'other'));
create table app.proposal (
    tenant_id int not null,
    id uuid not null,
    round_id uuid not null,
    vacancy_id uuid not null,
    employer_id uuid not null,
    candidate_id uuid not null,
    state text not null default 'drafted',
    rank int,
    score int,
    unlisted_reason app.proposal_unlisted_reason,
    consent_by app.proposal_consent_by,
    consent_at timestamptz,
    consent_channel app.consent_channel,
    consent_text_version app.text_40,
    rejection_reason app.proposal_rejection_reason,
    rejection_note app.text_1000,
    rejection_shared boolean,
    answered_at timestamptz,
    answered_by uuid,
    sent_at timestamptz,
    card jsonb,
    return_reason app.proposal_return_reason,
    overtaken_by uuid,
    overtaken_from text,
    undone_at timestamptz,
    undone_by uuid,
    undo_reason app.proposal_undo_reason,
    undo_note app.text_1000,
    rule_id uuid,
    candidate_case_manager_id uuid,
    candidate_coach_id uuid,
    candidate_organisation_id uuid,
    candidate_user_id uuid,
    project_id uuid,
    version bigint not null,
    changed_at timestamptz not null,
    changed_in xid8 not null,
    primary key (tenant_id, id),
    foreign key (tenant_id, round_id) references app.proposal_round (tenant_id, id),
    foreign key (tenant_id, vacancy_id) references app.vacancy (tenant_id, id),
    foreign key (tenant_id, employer_id) references app.employer (tenant_id, id),
    foreign key (tenant_id, candidate_id) references app.candidate (tenant_id, id),
    constraint proposal_consent_whole check (num_nulls(consent_by, consent_at, consent_channel, consent_text_version)
                                             in (0, 4)),
    constraint proposal_consent_in_time check (consent_at is null or consent_at <= changed_at + interval '5 minutes'),
    constraint proposal_undone_with_reason check (state <> 'undone' or undo_reason is not null),
    constraint proposal_rejected_with_reason check (state <> 'rejected' or rejection_reason is not null)
);
comment on column app.proposal.candidate_case_manager_id is
    'with candidate_coach_id, candidate_organisation_id and candidate_user_id: as the candidate has them now; the wall of proposals asks them, and triggers keep them';
comment on column app.proposal_round.rule_id is 'the rule cap.open_proposals to which its candidates were held';
comment on column app.proposal.rule_id is 'the rule by which it expired, or its hire could be undone';
comment on column app.proposal.project_id is 'the project of the vacancy: triggers keep it';
comment on column app.proposal.card is 'what the employer sees: the card as it was when it was sent';
comment on column app.proposal.overtaken_by is 'the proposal whose hire made this one obsolete, and its state before that';
create unique index proposal_pair_once on app.proposal (tenant_id, vacancy_id, candidate_id)
    where state not in ('withdrawn', 'obsolete', 'expired', 'undone');
create index proposal_overtaken on app.proposal (tenant_id, overtaken_by) where overtaken_by is not null;
create index proposal_by_change on app.proposal (tenant_id, changed_at, id);
create index proposal_changed_in on app.proposal (tenant_id, changed_in, id);
create index proposal_by_vacancy on app.proposal (tenant_id, vacancy_id, changed_at, id);
create index proposal_by_candidate on app.proposal (tenant_id, candidate_id, changed_at, id);
create index proposal_by_employer on app.proposal (tenant_id, employer_id, changed_at, id);
create index proposal_by_project on app.proposal (tenant_id, project_id, changed_at, id) where project_id is not null;
create index proposal_by_state on app.proposal (tenant_id, state, changed_at, id);
