-- Placements: a person works somewhere. Offered, accepted and started are three facts.

create domain app.placement_kind as text check (value in ('regular', 'temp', 'secondment', 'trial', 'work_experience', 'internship', 'apprenticeship',
    'subsidised', 'seasonal', 'event', 'successor', 'adoption', 'redeployment', 'own_business'));
create domain app.placement_origin as text check (value in ('proposal', 'self_found', 'own_employer', 'work_stage', 'firm', 'other'));
create domain app.placement_contract as text check (value in ('permanent', 'fixed_term', 'none'));
create domain app.placement_wage_cents as int check (value between 0 and 10000000);
create domain app.placement_wage_per as text check (value in ('hour', 'week', 'four_weeks', 'month'));
create domain app.placement_decline_reason as text check (value in ('candidate_declines', 'employer_declines', 'conditions', 'other'));
create domain app.placement_return_reason as text check (value in ('does_not_fit', 'did_not_come', 'conduct', 'health', 'work_ended', 'other'));
create domain app.placement_end_reason as text check (value in ('converted', 'end_of_term', 'returned', 'health', 'functioning', 'requirements',
    'other_employer', 'own_business', 'moved', 'died', 'other'));
create domain app.placement_end_correction as text check (value in ('wrong_day', 'wrong_reason', 'heard_later', 'other'));
create domain app.placement_plan as text check (value in ('hard_start', 'light', 'none'));
create domain app.placement_plan_days as int[] check (cardinality(value) between 1 and 40);
create domain app.placement_end_phase as text check (value in ('before_start', 'first_month', 'first_quarter', 'first_half_year', 'later'));

-- Why a placement ends. Somebody whose work ended looks for work again, unless `works_on`.
create table ref.placement_end (
    reason app.placement_end_reason primary key,
    works_on boolean not null,
    drop_out boolean not null
);
comment on table ref.placement_end is 'works_on: the person has work, elsewhere or in another form; drop_out: the work stopped before it was meant to';
insert into ref.placement_end (reason, works_on, drop_out) values
    ('converted',      true,  false),
    ('end_of_term',    false, false),
    ('returned',       false, true),
    ('health',         false, true),
    ('functioning',    false, true),
    ('requirements',   false, true),
    ('other_employer', true,  false),
    ('own_business',   true,  false),
    ('moved',          false, true),
    ('died',           false, false),
    ('other',          false, true);

-- How long after its start a placement ended: the last row whose months have passed.
create table ref.placement_phase (
    phase app.placement_end_phase primary key,
    from_months int unique
);
insert into ref.placement_phase (phase, from_months) values
    ('before_start', null), ('first_month', 0), ('first_quarter', 1), ('first_half_year', 3), ('later', 6);

-- Without a formal employer of its own, that is the employer where the work is done. An employer that nobody keeps a file of has a name only.
create table app.placement (
    tenant_id int not null,
    id uuid not null,
    candidate_id uuid not null,
    employer_id uuid,
    employer_name app.line_200,
    formal_employer_id uuid,
    formal_organisation_id uuid,
    vacancy_id uuid,
    proposal_id uuid,
    trajectory_id uuid,
    project_id uuid,
    agreement_id uuid,
    kind app.placement_kind not null,
    origin app.placement_origin not null,
    state text not null default 'offered',
    offered_on date not null,
    accepted_on date,
    starts_on date,
    started_on date,
    ends_on date,
    ended_on date,
    contract app.placement_contract,
    permanent_from date,
    hours app.hours_a_week not null,
    wage_cents app.placement_wage_cents,
    wage_per app.placement_wage_per,
    mentor app.line_120,
    workplace app.text_200,
    decline_reason app.placement_decline_reason,
    end_reason app.placement_end_reason references ref.placement_end,
    end_phase app.placement_end_phase,
    end_corrected_at timestamptz,
    end_corrected_by uuid,
    end_correction app.placement_end_correction,
    return_reason app.placement_return_reason,
    replacement_wanted boolean,
    replacement_for uuid,
    converts uuid,
    converted_to uuid,
    undone_at timestamptz,
    undone_by uuid,
    undo_reason app.proposal_undo_reason,
    guided_by_employer_from date,
    plan app.placement_plan,
    plan_days app.placement_plan_days,
    plan_agreed_by app.task_agreed_by,
    plan_reason app.task_replan_reason,
    holds_position boolean not null default false,
    rule_id uuid,
    version bigint not null,
    changed_at timestamptz not null,
    changed_in xid8 not null,
    primary key (tenant_id, id),
    foreign key (tenant_id, candidate_id) references app.candidate (tenant_id, id),
    foreign key (tenant_id, employer_id) references app.employer (tenant_id, id),
    foreign key (tenant_id, formal_employer_id) references app.employer (tenant_id, id),
    foreign key (tenant_id, formal_organisation_id) references app.organisation (tenant_id, id),
    foreign key (tenant_id, vacancy_id) references app.vacancy (tenant_id, id),
    foreign key (tenant_id, proposal_id) references app.proposal (tenant_id, id),
    foreign key (tenant_id, trajectory_id) references app.trajectory (tenant_id, id),
    foreign key (tenant_id, replacement_for) references app.placement (tenant_id, id),
    foreign key (tenant_id, converts) references app.placement (tenant_id, id),
    foreign key (tenant_id, converted_to) references app.placement (tenant_id, id) deferrable initially deferred,
    constraint placement_employer_known check (kind = 'own_business' or num_nonnulls(employer_id, employer_name) > 0),
    constraint placement_one_formal_employer check (num_nonnulls(formal_employer_id, formal_organisation_id) <= 1),
    constraint placement_dates_in_order check (ends_on >= starts_on),
    constraint placement_ended_after_start check (ended_on >= started_on),
    constraint placement_started_has_day check (state <> 'started' or started_on is not null),
    constraint placement_ends_with_reason check (state not in ('ended', 'withdrawn') or (end_reason is not null and ended_on is not null)),
    constraint placement_declined_with_reason check (state <> 'declined' or decline_reason is not null),
    constraint placement_undone_with_reason check (state <> 'undone' or undo_reason is not null),
    constraint placement_plan_with_reason check (plan is null or num_nonnulls(plan_agreed_by, plan_reason) = 2),
    constraint placement_wage_whole check (wage_cents is null or wage_per is not null),
    -- Nobody works twice more than half of the longest week: also without a look at anything else, such placements never overlap. The days are those of
    -- app.placement_period().
    constraint placement_full_once exclude using gist (tenant_id with =, candidate_id with =, (daterange(
            coalesce(started_on, starts_on, offered_on),
            case when coalesce(ended_on, ends_on) is not null then greatest(coalesce(ended_on, ends_on), coalesce(started_on, starts_on, offered_on)) end,
            case when ended_on is null and ends_on is not null then '[]' else '[)' end)) with &&)
        where (hours > 24 and state in ('offered', 'accepted', 'started', 'ended'))
);
comment on column app.placement.employer_id is 'where the work is done';
comment on column app.placement.formal_employer_id is 'who employs the person, when that is somebody else (secondment): or an organisation, formal_organisation_id';
comment on column app.placement.agreement_id is 'the agreement of the region for which it counts';
comment on column app.placement.holds_position is 'a position of the vacancy is taken by it: triggers keep it';
comment on column app.placement.plan is 'the plan of after-care, when it deviates from that of its kind; with plan_days also its days, who agreed and why';
comment on column app.placement.guided_by_employer_from is 'from this day the employer guides the person, and the municipality only listens';
create unique index placement_of_proposal_once on app.placement (tenant_id, proposal_id)
    where proposal_id is not null and state not in ('declined', 'withdrawn', 'undone');
create index placement_by_change on app.placement (tenant_id, changed_at, id);
create index placement_changed_in on app.placement (tenant_id, changed_in, id);
create index placement_by_start on app.placement (tenant_id, starts_on, id);
create index placement_by_candidate on app.placement (tenant_id, candidate_id, changed_at, id);
create index placement_by_employer on app.placement (tenant_id, employer_id, changed_at, id) where employer_id is not null;
create index placement_by_vacancy on app.placement (tenant_id, vacancy_id, changed_at, id) where vacancy_id is not null;
create index placement_by_project on app.placement (tenant_id, project_id, changed_at, id) where project_id is not null;
create index placement_by_proposal on app.placement (tenant_id, proposal_id) where proposal_id is not null;
create index placement_by_state on app.placement (tenant_id, state, changed_at, id);
