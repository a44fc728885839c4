-- Trajectories: the way of somebody to work, from the intake on. Their steps and barriers are tasks.

create domain app.trajectory_kind as text check (value in ('intake', 'mediation', 'preparation', 'course', 'internship', 'flow_through',
    'second_track', 'work_to_work', 'pool'));
create domain app.trajectory_outcome as text check (value in ('at_work', 'cannot', 'will_not', 'referred', 'granted', 'qualified', 'finished'));
create domain app.trajectory_stop_reason as text check (value in ('own_request', 'illness', 'no_show', 'moved', 'not_suitable', 'other_work',
    'no_longer_entitled', 'project_ended', 'merged', 'died', 'other'));
create domain app.trajectory_work_origin as text check (value in ('proposal', 'self_found', 'own_employer', 'work_stage', 'firm', 'other'));
create domain app.trajectory_agreed as text check (value in ('asked', 'agreed', 'declined'));
create domain app.rules_channel as text check (value in ('in_person', 'mail', 'portal'));
create table app.trajectory (
    tenant_id int not null references ref.tenant,
    id uuid not null,
    candidate_id uuid not null,
    kind app.trajectory_kind not null,
    state text not null default 'planned',
    organisation_id uuid,
    project_id uuid,
    benefit_id uuid,
    vacancy_id uuid,
    reserved_until date,
    holds_place boolean not null default false,
    employer_id uuid,
    current_employer_id uuid,
    starts_on date not null,
    ends_on date,
    started_on date,
    ended_on date,
    search_until date,
    register_by date,
    guarantee_by date,
    flow_through_on date,
    outcome app.trajectory_outcome,
    stop_reason app.trajectory_stop_reason,
    work_origin app.trajectory_work_origin,
    rules_handed_on date,
    rules_handed_by uuid,
    rules_channel app.rules_channel,
    rules_received_on date,
    rules_document_id uuid,
    shared_at timestamptz,
    shared_channel app.consent_channel,
    unshared_at timestamptz,
    employer_agreed app.trajectory_agreed,
    employer_asked_at timestamptz,
    employer_answered_at timestamptz,
    made_at timestamptz not null,
    made_by uuid,
    version bigint not null,
    changed_at timestamptz not null,
    changed_in xid8 not null,
    primary key (tenant_id, id),
    foreign key (tenant_id, candidate_id) references app.candidate (tenant_id, id),
    foreign key (tenant_id, organisation_id) references app.organisation (tenant_id, id),
    foreign key (tenant_id, benefit_id) references app.benefit (tenant_id, id),
    foreign key (tenant_id, vacancy_id) references app.vacancy (tenant_id, id),
    foreign key (tenant_id, employer_id) references app.employer (tenant_id, id),
    foreign key (tenant_id, current_employer_id) references app.employer (tenant_id, id),
    constraint trajectory_days_in_order check (ends_on is null or starts_on <= ends_on),
    constraint trajectory_search_of_an_intake check (kind = 'intake' or num_nonnulls(search_until, register_by) = 0),
    constraint trajectory_reserves_a_vacancy check (vacancy_id is not null or (reserved_until is null and not holds_place)),
    constraint trajectory_finished_with_outcome check ((state = 'finished') = (outcome is not null)),
    constraint trajectory_stopped_with_reason check ((state = 'stopped') = (stop_reason is not null)),
    constraint trajectory_work_has_an_origin check (work_origin is null or outcome = 'at_work'),
    constraint trajectory_ended_whole check ((state in ('finished', 'stopped')) = (ended_on is not null)),
    constraint trajectory_shared_with_an_employer check (shared_at is null or employer_id is not null),
    constraint trajectory_rules_whole check (num_nonnulls(rules_handed_on, rules_channel) in (0, 2)),
    constraint trajectory_rules_received_after check (rules_received_on >= rules_handed_on)
);
comment on column app.trajectory.organisation_id is 'who executes it; of an intake the intermediary with whom somebody registers in person';
comment on column app.trajectory.project_id is 'a row of region.project, such as a cohort: a function checks that it is there';
comment on column app.trajectory.vacancy_id is 'it leads to this vacancy: on the way to work';
comment on column app.trajectory.holds_place is 'one of the positions that are taken of the vacancy is held for it';
comment on column app.trajectory.employer_id is 'the future employer, who sees content and progress while the candidate shares them';
comment on column app.trajectory.search_until is 'of an intake: until then the applicant looks for work; there may be no search period';
comment on column app.trajectory.register_by is 'of an intake: until then the applicant registers in person';
comment on column app.trajectory.guarantee_by is 'a job was guaranteed: by this day';
comment on column app.trajectory.rules_handed_by is 'who handed over the letter with rules, measures and premiums';
comment on column app.trajectory.unshared_at is 'from then on the employer sees nothing of it';
create unique index trajectory_intake_once on app.trajectory (tenant_id, candidate_id) where kind = 'intake' and state in ('planned', 'running');
create unique index trajectory_place_once on app.trajectory (tenant_id, candidate_id, vacancy_id) where holds_place;
create index trajectory_by_start on app.trajectory (tenant_id, starts_on, id);
create index trajectory_changed_at on app.trajectory (tenant_id, changed_at, id);
create index trajectory_by_candidate on app.trajectory (tenant_id, candidate_id, starts_on, id);
create index trajectory_by_state on app.trajectory (tenant_id, state, starts_on, id);
create index trajectory_by_organisation on app.trajectory (tenant_id, organisation_id, starts_on, id) where organisation_id is not null;
create index trajectory_by_project on app.trajectory (tenant_id, project_id, starts_on, id) where project_id is not null;
create index trajectory_by_vacancy on app.trajectory (tenant_id, vacancy_id, starts_on, id) where vacancy_id is not null;
create index trajectory_by_employer on app.trajectory (tenant_id, employer_id, starts_on, id) where employer_id is not null;
create index trajectory_by_benefit on app.trajectory (tenant_id, benefit_id) where benefit_id is not null;
create index trajectory_reserving on app.trajectory (tenant_id, reserved_until) where holds_place and reserved_until is not null;
