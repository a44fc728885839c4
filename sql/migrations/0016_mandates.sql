-- Mandates: what somebody may see or do because somebody else allowed it, for one purpose and from one moment until another. And access: who
-- may see which person now or later.

create domain app.mandate_grantor as text check (value in ('tenant', 'candidate', 'employer', 'channel'));
create domain app.mandate_scope as text check (value in ('person', 'cohort', 'desk', 'neighbourhood', 'sector', 'employer', 'address_list'));
create domain app.mandate_purpose as text check (value in ('file', 'mediation', 'interview', 'approach', 'mailing'));
create domain app.mandate_reason as text check (value in ('not_needed', 'agreed', 'replaced', 'not_allowed', 'misused', 'given_back', 'file_merged', 'other'));

-- What it is about are columns and not a subject: some of it has no row (a neighbourhood, a sector), and a person or employer is referred to here.
create table app.mandate (
    tenant_id int not null references ref.tenant,
    id uuid not null,
    state text not null default 'asked',
    grantor app.mandate_grantor not null,
    grantor_id uuid,
    grantee_user_id uuid,
    grantee_organisation_id uuid,
    grantee_tenant_id uuid references ref.tenant (id),
    role text,
    scope app.mandate_scope not null,
    candidate_id uuid,
    employer_id uuid,
    scope_id uuid,
    scope_code app.text_80,
    wall app.wall_name not null,
    purpose app.mandate_purpose not null,
    from_at timestamptz not null,
    until_at timestamptz,
    exclusive boolean not null,
    asked_by uuid,
    decided_by uuid,
    reason app.mandate_reason,
    version bigint not null,
    changed_at timestamptz not null,
    changed_in xid8 not null,
    primary key (tenant_id, id),
    foreign key (tenant_id, grantee_user_id) references app.user_account (tenant_id, id),
    foreign key (tenant_id, grantee_organisation_id) references app.organisation (tenant_id, id),
    foreign key (tenant_id, candidate_id) references app.candidate (tenant_id, id),
    foreign key (tenant_id, employer_id) references app.employer (tenant_id, id),
    constraint mandate_one_grantee check (num_nonnulls(grantee_user_id, grantee_organisation_id, grantee_tenant_id) = 1),
    constraint mandate_until_after_from check (until_at > from_at),
    constraint mandate_says_what check (case scope when 'person' then candidate_id is not null and employer_id is null
                                                   when 'employer' then employer_id is not null and candidate_id is null
                                                   when 'neighbourhood' then scope_code is not null and num_nonnulls(candidate_id, employer_id) = 0
                                                   when 'sector' then scope_code is not null and num_nonnulls(candidate_id, employer_id) = 0
                                                   else scope_id is not null and num_nonnulls(candidate_id, employer_id) = 0 end),
    constraint mandate_scope_names_row check (scope_id is null or scope in ('cohort', 'desk', 'address_list')),
    constraint mandate_scope_has_code check (scope_code is null or scope in ('neighbourhood', 'sector')),
    constraint mandate_grantor_of_kind check (grantor_id is null or grantor <> 'tenant'),
    constraint mandate_purpose_fits check (case when scope in ('person', 'cohort', 'desk', 'neighbourhood') then purpose in ('file', 'mediation', 'interview')
                                                else purpose in ('approach', 'mailing') end),
    constraint mandate_interview_has_an_end check (purpose <> 'interview' or until_at is not null),
    constraint mandate_exclusive_of_an_employer check (not exclusive or (employer_id is not null and until_at is not null)),
    constraint mandate_exclusive exclude using gist (tenant_id with =, employer_id with =, (purpose::text) with =, tstzrange(from_at, until_at) with &&)
        where (exclusive and state = 'granted')
);
comment on column app.mandate.until_at is 'it ends then by itself: access is compared with the clock, and a sweep writes the state later';
comment on constraint mandate_exclusive on app.mandate is 'one claim on an employer for one purpose at a time';
create index mandate_by_change on app.mandate (tenant_id, changed_at, id);
create index mandate_by_until on app.mandate (tenant_id, until_at, id);
create index mandate_by_state on app.mandate (tenant_id, state, changed_at, id);
create index mandate_by_candidate on app.mandate (tenant_id, candidate_id, changed_at, id) where candidate_id is not null;
create index mandate_by_employer on app.mandate (tenant_id, employer_id, changed_at, id) where employer_id is not null;
create index mandate_by_organisation on app.mandate (tenant_id, grantee_organisation_id, changed_at, id) where grantee_organisation_id is not null;
create index mandate_by_user on app.mandate (tenant_id, grantee_user_id, changed_at, id) where grantee_user_id is not null;
create index mandate_of_many on app.mandate (tenant_id, scope, scope_code, scope_id) where scope in ('neighbourhood', 'desk', 'cohort');

-- Which person may be seen by whom: a user (of whose caseload the person is, or by a mandate), or an organisation. Triggers keep it.
create table app.access (
    tenant_id int not null,
    candidate_id uuid not null,
    grantee_id uuid not null,
    purpose text not null,
    source uuid not null,
    from_at timestamptz,
    until_at timestamptz,
    primary key (tenant_id, candidate_id, grantee_id, purpose, source)
);
comment on column app.access.purpose is '`any` of a caseload; `own` of the person, who sees what the rows themselves say';
comment on column app.access.source is 'the mandate; of a caseload, the candidate';
create index access_of_grantee on app.access (tenant_id, grantee_id, candidate_id) include (purpose, from_at, until_at);
create index access_of_source on app.access (tenant_id, source);
