-- Vacancies, what they ask, and how they were screened.

create table app.vacancy (
    tenant_id int not null references ref.tenant,
    id uuid not null,
    employer_id uuid not null,
    title text not null check (char_length(title) between 1 and 120),
    description text check (char_length(description) <= 4000),
    kind text not null check (kind in ('regular', 'temp', 'secondment', 'trial_placement', 'work_experience',
        'internship', 'apprenticeship', 'subsidised', 'seasonal', 'event', 'successor', 'adoption', 'redeployment')),
    state text not null default 'reported',
    occupation_id uuid not null references ref.occupation,
    hours_min int not null check (hours_min between 1 and 48),
    hours_max int not null check (hours_max between 1 and 48),
    shifts text[] not null default '{day}' check (shifts <@ array['day', 'evening', 'night', 'weekend']),
    postcode4 text not null references ref.place,
    positions int not null check (positions between 1 and 1000),
    candidates_wanted int not null default 5 check (candidates_wanted between 1 and 1000),
    start_date date,
    needed_by date,
    wage_text text check (char_length(wage_text) <= 200),
    internal_note text check (char_length(internal_note) <= 2000),
    source text not null default 'employer' check (source in ('employer', 'account_manager', 'firm', 'agency', 'hub',
        'project', 'campaign')),
    reported_at timestamptz not null,
    reported_by uuid,
    reported_by_organisation uuid,
    match_input bigint not null default 1,
    version bigint not null,
    changed_at timestamptz not null,
    changed_in xid8 not null,
    primary key (tenant_id, id),
    foreign key (tenant_id, employer_id) references app.employer (tenant_id, id),
    constraint vacancy_hours_in_order check (hours_min <= hours_max),
    constraint vacancy_dates_in_order check (needed_by is null or start_date is null or start_date <= needed_by)
);
comment on column app.vacancy.match_input is 'rises by one with each change that matching must follow: the input version';
create index vacancy_by_change on app.vacancy (tenant_id, changed_at, id);
create index vacancy_by_report on app.vacancy (tenant_id, reported_at, id);
create index vacancy_by_title on app.vacancy (tenant_id, title, id);
create index vacancy_by_employer on app.vacancy (tenant_id, employer_id, reported_at, id);
create index vacancy_by_state on app.vacancy (tenant_id, state, reported_at, id);
create index vacancy_by_reporter on app.vacancy (tenant_id, reported_by_organisation, reported_at, id)
    where reported_by_organisation is not null;
create index vacancy_changed_in on app.vacancy (tenant_id, changed_in);

create table app.vacancy_competence (
    tenant_id int not null,
    vacancy_id uuid not null,
    competence_id uuid not null references ref.competence,
    need text not null check (need in ('must', 'nice')),
    level int not null default 1 check (level between 1 and 3),
    weight int not null default 1 check (weight between 1 and 5),
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

-- Screening: the human verdict on whether a vacancy suits this target group, with the advice that was shown.
create table app.screening (
    tenant_id int not null,
    id uuid not null,
    vacancy_id uuid not null,
    verdict text not null check (verdict in ('suitable', 'unsuitable', 'suitable_after_carving')),
    reason text check (char_length(reason) between 1 and 1000),
    advice text not null check (advice in ('suitable', 'suitable_with_adjustment', 'unsuitable')),
    advice_rules jsonb not null,
    rules_version text not null,
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
    primary key (tenant_id, vacancy_id),
    foreign key (tenant_id, vacancy_id) references app.vacancy (tenant_id, id)
);
