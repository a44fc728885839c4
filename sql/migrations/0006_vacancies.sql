-- Vacancies, what they ask, and how they were screened.

create domain app.vacancy_kind as text check (value in ('regular', 'temp', 'secondment', 'trial_placement', 'work_experience',
    'internship', 'apprenticeship', 'subsidised', 'seasonal', 'event', 'successor', 'adoption', 'redeployment'));
create domain app.vacancy_source as text check (value in ('employer', 'account_manager', 'firm', 'agency', 'hub',
    'project', 'campaign', 'employment_service', 'word_of_mouth', 'own_find'));
create domain app.vacancy_off_season_months as text[] check (value <@ array['january', 'february', 'march', 'april', 'may', 'june', 'july',
    'august', 'september', 'october', 'november', 'december']);
create table app.vacancy (
    tenant_id int not null,
    id uuid not null,
    employer_id uuid not null,
    title app.line_120 not null,
    description app.text_4000,
    kind app.vacancy_kind not null,
    state text not null default 'reported',
    occupation_id uuid not null references ref.occupation,
    competences json,
    conditions json,
    hours_min app.hours_a_week not null,
    hours_max app.hours_a_week not null,
    shifts app.shifts not null default '{day}',
    postcode4 text not null references ref.place,
    neighbourhood text references ref.neighbourhood,
    site_id uuid,
    positions app.headcount not null,
    positions_taken int not null default 0,
    candidates_wanted app.headcount not null default 5,
    start_date date,
    needed_by date,
    hand_over_date date,
    first_look_until date,
    wage_text app.text_200,
    off_season app.text_1000,
    off_season_months app.vacancy_off_season_months,
    residence_neighbourhood text references ref.neighbourhood,
    internal_note app.text_2000,
    source app.vacancy_source not null default 'employer',
    reported_at timestamptz not null,
    reported_by uuid,
    reported_by_organisation uuid,
    client_employer_id uuid,
    client_organisation_id uuid,
    carved_from_id uuid,
    agreement_id uuid,
    assignee_id uuid,
    project_id uuid,
    match_input bigint not null default 1,
    answer_due_at timestamptz not null,
    answer_rule_id uuid,
    answered_at timestamptz,
    version bigint not null,
    changed_at timestamptz not null,
    changed_in xid8 not null,
    primary key (tenant_id, id),
    foreign key (tenant_id, employer_id) references app.employer (tenant_id, id),
    foreign key (tenant_id, assignee_id) references app.user_account (tenant_id, id),
    foreign key (tenant_id, client_employer_id) references app.employer (tenant_id, id),
    foreign key (tenant_id, client_organisation_id) references app.organisation (tenant_id, id),
    foreign key (tenant_id, carved_from_id) references app.vacancy (tenant_id, id),
    constraint vacancy_site_of_employer foreign key (tenant_id, employer_id, site_id) references app.employer_site (tenant_id, employer_id, id),
    constraint vacancy_for_one_client check (num_nonnulls(client_employer_id, client_organisation_id) <= 1),
    constraint vacancy_not_carved_from_itself check (carved_from_id <> id),
    constraint vacancy_hours_in_order check (hours_min <= hours_max),
    constraint vacancy_dates_in_order check (needed_by is null or start_date is null or start_date <= needed_by)
);
comment on column app.vacancy.competences is 'as a client reads them; a trigger makes the rows of app.vacancy_competence of it';
comment on column app.vacancy.conditions is 'as a client reads them; a trigger makes the rows of app.vacancy_condition of it';
comment on column app.vacancy.neighbourhood is 'where the work is done';
comment on column app.vacancy.residence_neighbourhood is 'where somebody must live when an obligation asks for it; matching does not look at it';
comment on column app.vacancy.hand_over_date is 'of a successor: when the work is handed over';
comment on column app.vacancy.first_look_until is 'until then the people of the own municipality come first';
comment on column app.vacancy.client_employer_id is 'for whom the work is done, when that is not the employer: or an organisation, client_organisation_id';
comment on column app.vacancy.carved_from_id is 'the vacancy of which simple tasks were taken apart to make this one';
comment on column app.vacancy.positions_taken is 'proposals that are hired, and trajectories for which a place is held: app.vacancy_fire() and app.trajectory_take_place() count them';
comment on column app.vacancy.assignee_id is 'who handles it';
comment on column app.vacancy.project_id is 'a row of region.project: a function checks that it is there and that the municipality takes part in it';
comment on column app.vacancy.match_input is 'rises by one with each change that matching must follow: the input version';
comment on column app.vacancy.answer_due_at is 'when the employer has to know whether it can be filled; the task `answer` is due then';
comment on column app.vacancy.answered_at is 'when the employer first knew';
create index vacancy_by_change on app.vacancy (tenant_id, changed_at, id);
create index vacancy_by_report on app.vacancy (tenant_id, reported_at, id);
create index vacancy_by_assignee on app.vacancy (tenant_id, assignee_id, reported_at, id) where assignee_id is not null;
create index vacancy_by_title on app.vacancy (tenant_id, title, id);
create index vacancy_by_employer on app.vacancy (tenant_id, employer_id, reported_at, id);
create index vacancy_by_state on app.vacancy (tenant_id, state, reported_at, id);
create index vacancy_by_reporter on app.vacancy (tenant_id, reported_by_organisation, reported_at, id)
    where reported_by_organisation is not null;
create index vacancy_by_project on app.vacancy (tenant_id, project_id, reported_at, id) where project_id is not null;
create index vacancy_by_neighbourhood on app.vacancy (tenant_id, neighbourhood, reported_at, id) where neighbourhood is not null;
create index vacancy_by_agreement on app.vacancy (tenant_id, agreement_id) where agreement_id is not null;
create index vacancy_changed_in on app.vacancy (tenant_id, changed_in, id);

create domain app.vacancy_competence_need as text check (value in ('must', 'nice'));
create domain app.vacancy_competence_weight as int check (value between 1 and 5);
create table app.vacancy_competence (
    tenant_id int not null,
    vacancy_id uuid not null,
    competence_id uuid not null references ref.competence,
    need app.vacancy_competence_need not null,
    level app.competence_level not null default 1,
    weight app.vacancy_competence_weight not null default 1,
    primary key (tenant_id, vacancy_id, competence_id),
    foreign key (tenant_id, vacancy_id) references app.vacancy (tenant_id, id)
);

create table app.vacancy_condition (
    tenant_id int not null,
    vacancy_id uuid not null,
    condition text not null references ref.condition,
    hard boolean not null,
    primary key (tenant_id, vacancy_id, condition),
    foreign key (tenant_id, vacancy_id) references app.vacancy (tenant_id, id)
);

create domain app.screening_verdict as text check (value in ('suitable', 'unsuitable', 'suitable_after_carving'));
create domain app.screening_advice as text check (value in ('suitable', 'suitable_with_adjustment', 'unsuitable'));
-- Screening: the human verdict on whether a vacancy suits this target group, with the advice that was shown.
create table app.screening (
    tenant_id int not null,
    id uuid not null,
    vacancy_id uuid not null,
    verdict app.screening_verdict not null,
    reason app.line_1000,
    advice app.screening_advice not null,
    advice_rules jsonb not null,
    rules_version text not null,
    rule_id uuid,
    screened_by uuid,
    screened_at timestamptz not null,
    version bigint not null,
    changed_at timestamptz not null,
    changed_in xid8 not null,
    primary key (tenant_id, id),
    foreign key (tenant_id, vacancy_id) references app.vacancy (tenant_id, id),
    constraint screening_reason_when_not_suitable check (verdict = 'suitable' or reason is not null)
);
create index screening_by_vacancy on app.screening (tenant_id, vacancy_id, screened_at, id);

-- How many people pass all hard conditions of a vacancy, and how many would without each: made by a job.
create table app.vacancy_supply (
    tenant_id int not null,
    vacancy_id uuid not null,
    match_input bigint not null,
    counted_at timestamptz not null,
    active int not null,
    pass int not null,
    without jsonb not null,
    advice app.screening_advice,
    primary key (tenant_id, vacancy_id),
    foreign key (tenant_id, vacancy_id) references app.vacancy (tenant_id, id)
);
comment on column app.vacancy_supply.advice is 'what the rules say, once the supply is counted';

-- What an employer was told: whether the vacancy can be filled at short notice. The first answer stops the clock that began with the report.
create domain app.answer_chance as text check (value in ('at_short_notice', 'not_at_short_notice'));
create domain app.answer_channel as text check (value in ('call', 'visit', 'meeting', 'e_mail'));
create table app.vacancy_answer (
    tenant_id int not null,
    id uuid not null,
    vacancy_id uuid not null,
    employer_id uuid not null,
    chance app.answer_chance not null,
    channel app.answer_channel not null,
    contact_id uuid,
    answered_by uuid,
    answered_at timestamptz not null,
    version bigint not null,
    changed_at timestamptz not null,
    changed_in xid8 not null,
    primary key (tenant_id, id),
    foreign key (tenant_id, vacancy_id) references app.vacancy (tenant_id, id),
    foreign key (tenant_id, contact_id) references app.contact (tenant_id, id) on delete set null (contact_id)
);
create index vacancy_answer_by_vacancy on app.vacancy_answer (tenant_id, vacancy_id, answered_at, id);
create index vacancy_answer_by_contact on app.vacancy_answer (tenant_id, contact_id) where contact_id is not null;
