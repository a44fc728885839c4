-- What municipalities of one region share: projects, who takes part in them, and figures. It names no person.
--
-- A row belongs to a region and, in it, to the municipality that keeps it (tenant_id). Rows of app point to rows of region, and never the
-- reverse: no foreign key leads from here to a table of app (docs/adr/0042-the-region.md).

create schema region;

create domain region.project_kind as text check (value in ('programme', 'pilot', 'campaign', 'drive', 'cohort', 'pool', 'training_plan'));
create domain region.target_groups as text[] check (value <@ array['youth', 'returner', 'age_45_55', 'age_50_plus', 'newcomer',
    'long_term', 'disabled', 'early_school_leaver']);
create domain region.instruments as text[] check (value <@ array['wage_cost_subsidy', 'flat_rate_subsidy', 'wage_supplement', 'no_risk', 'trial', 'job_coach',
    'adaptation', 'return_option', 'travel_costs', 'course_costs']);
create table region.project (
    region_id uuid not null references ref.region,
    id uuid not null,
    tenant_id int not null references ref.tenant,
    kind region.project_kind not null,
    title app.line_200 not null,
    summary app.text_2000,
    state text not null default 'planned',
    parent_id uuid,
    starts_on date not null,
    ends_on date,
    target_groups region.target_groups not null default '{}',
    allowed_instruments region.instruments,
    structure int not null default 1,
    structure_reason app.line_500,
    leader_changes int not null default 0,
    readers int[] not null default '{}',
    organisations uuid[] not null default '{}',
    version bigint not null,
    changed_at timestamptz not null,
    changed_in xid8 not null,
    primary key (region_id, id),
    unique (region_id, id, tenant_id),
    foreign key (region_id, parent_id) references region.project (region_id, id),
    constraint project_dates_in_order check (ends_on is null or starts_on <= ends_on),
    constraint project_renewed_with_reason check (structure = 1 or structure_reason is not null),
    constraint project_is_not_its_parent check (parent_id is null or parent_id <> id)
);
comment on column region.project.structure is 'which version of the structure of the project this is: a project that is begun anew after an evaluation has the next';
comment on column region.project.readers is
    'with organisations: the municipalities, and the organisations and employers, that take part; a trigger keeps them up to date from region.participation';
comment on column region.project.allowed_instruments is 'what may be given at its placements; null: everything';
comment on column region.project.leader_changes is 'how often somebody else became the leader: app.project_leader says who, and here it raises the version';
create index project_by_start on region.project (region_id, starts_on, id);
create index project_by_change on region.project (region_id, changed_at, id);
create index project_by_title on region.project (region_id, title, id);
create index project_by_parent on region.project (region_id, parent_id, starts_on, id) where parent_id is not null;

create domain region.participation_capacity as text check (value in ('member', 'partner', 'funder', 'client', 'bidder', 'contractor', 'invitee',
    'co_sender', 'reporter', 'finder', 'signatory'));
create domain region.participant_kind as text check (value in ('municipality', 'organisation', 'employer'));
create domain region.headcount as int check (value between 0 and 100000);
create table region.participation (
    region_id uuid not null,
    id uuid not null,
    tenant_id int not null references ref.tenant,
    project_id uuid not null,
    participant_kind region.participant_kind not null,
    participant_id uuid not null,
    participant_name app.line_200 not null,
    capacity region.participation_capacity not null,
    tasks app.text_1000,
    people region.headcount,
    attended boolean,
    version bigint not null,
    changed_at timestamptz not null,
    changed_in xid8 not null,
    primary key (region_id, id),
    foreign key (region_id, project_id, tenant_id) references region.project (region_id, id, tenant_id)
);
comment on column region.participation.tenant_id is 'the municipality that keeps the project, which also keeps who takes part in it';
comment on column region.participation.participant_id is
    'a municipality, or an organisation or employer of the municipality that keeps the project; participant_name is its name when it began to take part';
create unique index participation_once on region.participation (region_id, project_id, participant_id, capacity) where project_id is not null;
create index participation_by_project on region.participation (region_id, project_id, changed_at, id);
create index participation_by_participant on region.participation (region_id, participant_id);

-- What can be counted or stated. The rows are those of sql/functions/figure_code.sql.
create table ref.figure_code (
    code text primary key check (code ~ '^[a-z][a-z0-9_]{1,39}$'),
    place int not null,
    name_nl text not null,
    name_en text not null,
    definition_nl text not null,
    definition_en text not null,
    unit text not null check (unit in ('vacancies', 'proposals', 'people', 'tasks', 'hours', 'days', 'per_mille', 'euros', 'places', 'signals', 'decisions', 'objections')),
    measure text not null check (measure in ('flow', 'stock', 'median', 'share', 'stated')),
    dimensions text[] not null default '{}'
        check (dimensions <@ array['municipality', 'organisation', 'project', 'neighbourhood', 'sector', 'kind']),
    whole_for text[] not null default '{}',
    records text check (records in ('vacancy', 'proposal', 'candidate', 'task', 'proposal_round', 'placement', 'trajectory', 'benefit', 'signal', 'decision', 'objection')),
    inside boolean not null default false
);
comment on column ref.figure_code.measure is
    'flow: what happened in a period; stock: what there is at its end; median: the middle of what happened; share: how much of what happened was so, per mille; stated: nobody counts it, parties say it';
comment on column ref.figure_code.inside is 'nobody outside the municipality asks it, also no partner of the project';
comment on column ref.figure_code.whole_for is 'the roles that see the records, and so numbers of any size; for all others small numbers are suppressed';

create domain region.figure_nature as text check (value in ('target', 'forecast', 'reported'));
create domain region.figure_value as bigint check (value between 0 and 1000000000);
create table region.figure (
    region_id uuid not null references ref.region,
    id uuid not null,
    tenant_id int not null references ref.tenant,
    code text not null references ref.figure_code,
    nature region.figure_nature not null,
    project_id uuid,
    organisation_id uuid,
    neighbourhood text references ref.neighbourhood,
    whole_region boolean not null default false,
    target_group app.text_40,
    kind app.text_40,
    day date not null,
    value region.figure_value not null,
    source app.line_200,
    weighed_at timestamptz,
    version bigint not null,
    changed_at timestamptz not null,
    changed_in xid8 not null,
    primary key (region_id, id),
    foreign key (region_id, project_id) references region.project (region_id, id),
    constraint figure_of_one_thing check (num_nonnulls(project_id, organisation_id, neighbourhood) + whole_region::int <= 1),
    constraint figure_reported_has_source check (nature <> 'reported' or source is not null)
);
comment on table region.figure is 'what parties aim at, expect or report; what is counted is never stored here';
comment on column region.figure.tenant_id is 'the municipality that says it; without a project, organisation, neighbourhood or the whole region it is of that municipality';
comment on column region.figure.day is 'of a target or forecast: when it is due; of what is reported: the day as of which it holds';
comment on column region.figure.weighed_at is 'when a target that is due was compared with what was counted';
create index figure_by_day on region.figure (region_id, day, id);
create index figure_by_change on region.figure (region_id, changed_at, id);
create index figure_by_project on region.figure (region_id, project_id, day, id) where project_id is not null;
create index figure_by_code on region.figure (region_id, code, day, id);

-- Who leads a project: a user of the municipality that keeps it. It is a person, so it does not stand in the region.
create table app.project_leader (
    tenant_id int not null,
    region_id uuid not null,
    project_id uuid not null,
    user_id uuid not null,
    primary key (tenant_id, project_id),
    foreign key (region_id, project_id, tenant_id) references region.project (region_id, id, tenant_id),
    foreign key (tenant_id, user_id) references app.user_account (tenant_id, id)
);
create index project_leader_by_user on app.project_leader (tenant_id, user_id);

-- A candidate takes part in a project. It is on the wall of the person, so it does not stand in the region either.
create table app.candidate_participation (
    tenant_id int not null,
    id uuid not null,
    region_id uuid not null,
    project_id uuid not null,
    candidate_id uuid not null,
    candidate_case_manager_id uuid,
    candidate_coach_id uuid,
    candidate_organisation_id uuid,
    from_day date not null,
    until_day date,
    version bigint not null,
    changed_at timestamptz not null,
    changed_in xid8 not null,
    primary key (tenant_id, id),
    foreign key (region_id, project_id) references region.project (region_id, id),
    foreign key (tenant_id, candidate_id) references app.candidate (tenant_id, id),
    constraint candidate_participation_days_in_order check (until_day is null or from_day <= until_day)
);
create unique index candidate_participation_once on app.candidate_participation (tenant_id, project_id, candidate_id);
create index candidate_participation_by_candidate on app.candidate_participation (tenant_id, candidate_id, project_id);
create index candidate_participation_by_day on app.candidate_participation (tenant_id, from_day, id);
create index candidate_participation_by_change on app.candidate_participation (tenant_id, changed_at, id);
create index candidate_participation_by_project on app.candidate_participation (tenant_id, project_id, from_day, id);

-- What was counted, and when: a municipality's numbers by month and by year, for no, one or two dimensions. A job makes them anew of the records
-- (sql/functions/figure_count.sql). Only functions read them, because small numbers are held back from most users.
create table app.figure_count (
    tenant_id int not null references ref.tenant,
    as_of timestamptz not null,
    primary key (tenant_id)
);
create table app.figure_cell (
    tenant_id int not null references ref.tenant,
    code text not null references ref.figure_code,
    dimensions text not null,
    a text not null,
    b text not null,
    grain text not null,
    period date not null,
    n bigint not null,
    value bigint,
    primary key (tenant_id, code, dimensions, a, b, grain, period)
);
comment on column app.figure_cell.dimensions is 'the names of the dimensions in the order of the alphabet, with a comma between them; a and b are their values, and - is none';
comment on column app.figure_cell.n is 'how many records there are; of a shortfall, how many people';
comment on column app.figure_cell.value is 'of a median: the number that is shown';

-- The numbers of each municipality for its region: in all, and of each project. Only functions read them.
create table region.figure_cell (
    region_id uuid not null references ref.region,
    tenant_id int not null references ref.tenant,
    code text not null references ref.figure_code,
    project_id uuid not null,
    year date not null,
    n bigint not null,
    primary key (region_id, tenant_id, code, project_id, year)
);
comment on column region.figure_cell.project_id is 'zeros: of the whole municipality';
