-- What parties agreed, what the municipality offers to employers, and what is budgeted and paid.

-- A covenant, a social return obligation, a protocol between organisations: it stands in the region, and names no person.
create domain region.agreement_kind as text check (value in ('covenant_framework', 'covenant_implementation', 'social_return', 'location',
    'protocol', 'service_contract', 'project_sheet'));
create domain region.agreement_state as text check (value in ('draft', 'offered', 'agreed', 'running', 'ended', 'lapsed', 'refused'));
create domain region.months as int check (value between 1 and 120);
create table region.agreement (
    region_id uuid not null references ref.region,
    id uuid not null,
    tenant_id int not null references ref.tenant,
    kind region.agreement_kind not null,
    title app.line_200 not null,
    state region.agreement_state not null default 'draft',
    parent_id uuid,
    project_id uuid,
    revises_id uuid,
    gets app.text_2000,
    does app.text_2000,
    costs app.text_2000,
    from_day date,
    until_day date,
    valid_until date,
    adopted_by app.line_200,
    evaluated_every region.months,
    readers int[] not null default '{}',
    organisations uuid[] not null default '{}',
    version bigint not null,
    changed_at timestamptz not null,
    changed_in xid8 not null,
    primary key (region_id, id),
    unique (region_id, id, tenant_id),
    foreign key (region_id, parent_id) references region.agreement (region_id, id),
    foreign key (region_id, revises_id) references region.agreement (region_id, id),
    foreign key (region_id, project_id) references region.project (region_id, id),
    constraint agreement_days_in_order check (until_day is null or from_day <= until_day),
    constraint agreement_is_not_its_parent check (parent_id is null or parent_id <> id),
    constraint agreement_implements_a_covenant check (kind <> 'covenant_implementation' or parent_id is not null),
    constraint agreement_running_is_whole check (state in ('draft', 'refused', 'lapsed')
        or (gets is not null and does is not null and costs is not null and from_day is not null))
);
comment on column region.agreement.gets is 'with does and costs: what fits on one sheet of A4';
create index agreement_by_change on region.agreement (region_id, changed_at, id);
create index agreement_by_project on region.agreement (region_id, project_id, id) where project_id is not null;

-- A party takes part in a project or in an agreement, and signs the latter.
alter table region.participation
    alter column project_id drop not null,
    add column agreement_id uuid,
    add column signed_at timestamptz,
    add column signed_hash bytea,
    add foreign key (region_id, agreement_id, tenant_id) references region.agreement (region_id, id, tenant_id),
    add constraint participation_in_one_thing check (num_nonnulls(project_id, agreement_id) = 1),
    add constraint participation_signed_whole check (num_nonnulls(signed_at, signed_hash) in (0, 2)),
    add constraint participation_signs_an_agreement check (signed_at is null or agreement_id is not null);
create unique index participation_in_agreement_once on region.participation (region_id, agreement_id, participant_id, capacity)
    where agreement_id is not null;

-- What is agreed with one employer, or about one person, stays in the municipality: a quote, the sheet of a placement.
create domain app.agreement_kind as text check (value in ('quote', 'placement_sheet', 'project_sheet'));
create table app.agreement (
    tenant_id int not null,
    id uuid not null,
    kind app.agreement_kind not null,
    state text not null default 'draft',
    subject_id uuid not null,
    wall app.wall_name not null,
    noun text not null,
    candidate_id uuid,
    employer_id uuid,
    gets app.text_2000,
    does app.text_2000,
    costs app.text_2000,
    from_day date,
    until_day date,
    valid_until date,
    project_id uuid,
    revises_id uuid,
    text_hash bytea,
    document_id uuid,
    version bigint not null,
    changed_at timestamptz not null,
    changed_in xid8 not null,
    primary key (tenant_id, id),
    foreign key (tenant_id, subject_id) references app.subject (tenant_id, id),
    foreign key (tenant_id, revises_id) references app.agreement (tenant_id, id),
    constraint agreement_quote_has_validity check (kind <> 'quote' or state = 'draft' or valid_until is not null),
    constraint agreement_of_tenant_in_order check (until_day is null or from_day <= until_day),
    constraint agreement_fits_subject check (case kind when 'project_sheet' then noun = 'project' when 'quote' then noun in ('employer', 'vacancy')
                                                       else noun in ('placement', 'proposal', 'vacancy') end),
    constraint agreement_offered_is_whole check (state in ('draft', 'refused', 'lapsed') or num_nonnulls(gets, does, costs, from_day) = 4)
);
comment on column app.agreement.text_hash is 'of the text that is offered: who signs says which text that is';
create index agreement_by_change on app.agreement (tenant_id, changed_at, id);
create index agreement_by_candidate on app.agreement (tenant_id, candidate_id, changed_at, id) where candidate_id is not null;
create index agreement_by_employer on app.agreement (tenant_id, employer_id, changed_at, id) where employer_id is not null;
create index agreement_by_subject on app.agreement (tenant_id, subject_id, id);

-- The catalogue of what an employer can get: training, instruments, services.
create domain app.arrangement_kind as text check (value in ('training', 'instrument', 'service'));
create table app.arrangement (
    tenant_id int not null references ref.tenant,
    id uuid not null,
    kind app.arrangement_kind not null,
    title app.line_200 not null,
    eligible app.text_2000,
    cost_cents bigint,
    gets app.text_2000,
    does app.text_2000,
    costs app.text_2000,
    closes_competences uuid[] not null default '{}',
    closes_conditions text[] not null default '{}',
    from_day date not null,
    until_day date,
    version bigint not null,
    changed_at timestamptz not null,
    changed_in xid8 not null,
    primary key (tenant_id, id),
    constraint arrangement_days_in_order check (until_day is null or from_day <= until_day),
    constraint arrangement_cost_is_not_negative check (cost_cents >= 0)
);
comment on column app.arrangement.closes_competences is 'with closes_conditions: what somebody has afterwards, so that matching can offer it as a remedy';
create index arrangement_by_title on app.arrangement (tenant_id, title, id);

-- Money of a project or an agreement. What is booked beyond the budget is refused.
create domain app.booking_kind as text check (value in ('budget', 'reserved', 'paid', 'received', 'saved'));
create table app.booking (
    tenant_id int not null references ref.tenant,
    id uuid not null,
    region_id uuid not null,
    project_id uuid,
    agreement_id uuid,
    kind app.booking_kind not null,
    source app.line_200 not null,
    amount_cents bigint not null,
    per app.line_120,
    day date not null,
    version bigint not null,
    changed_at timestamptz not null,
    changed_in xid8 not null,
    primary key (tenant_id, id),
    foreign key (region_id, project_id) references region.project (region_id, id),
    foreign key (region_id, agreement_id) references region.agreement (region_id, id),
    constraint booking_of_one_thing check (num_nonnulls(project_id, agreement_id) = 1),
    constraint booking_amount_is_positive check (amount_cents > 0)
);
create index booking_by_project on app.booking (tenant_id, project_id, kind, id) where project_id is not null;
create index booking_by_agreement on app.booking (tenant_id, agreement_id, kind, id) where agreement_id is not null;
