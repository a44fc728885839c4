-- Organisations and users of a municipality.

create domain app.organisation_kind as text check (value in ('firm', 'agency', 'hub', 'course_provider', 'partner', 'municipality', 'unit',
    'service_point', 'desk', 'department', 'school', 'association', 'park', 'platform', 'corporation', 'sector_body', 'fund', 'council',
    'employment_service', 'sheltered_work', 'centre'));
create table app.organisation (
    tenant_id int not null references ref.tenant,
    id uuid not null,
    kind app.organisation_kind not null,
    name app.line_200 not null,
    kvk_number app.kvk_number,
    parent_id uuid,
    start_date date,
    active boolean not null default true,
    version bigint not null,
    changed_at timestamptz not null,
    changed_in xid8 not null,
    primary key (tenant_id, id),
    foreign key (tenant_id, parent_id) references app.organisation (tenant_id, id)
);
comment on column app.organisation.parent_id is 'of what it is a part: a desk of a department; a trigger keeps circles and long chains away';
comment on column app.organisation.start_date is 'since when it works; of a matching unit, when it opened';
create index organisation_by_parent on app.organisation (tenant_id, parent_id, name, id) where parent_id is not null;
create unique index organisation_kvk on app.organisation (tenant_id, kvk_number) where kvk_number is not null;
create index organisation_by_change on app.organisation (tenant_id, changed_at, id);
create index organisation_changed_in on app.organisation (tenant_id, changed_in, id);
create index organisation_by_name on app.organisation (tenant_id, name, id);

-- For which kinds of organisation a role works. A role without a row belongs to the municipality itself and its parts, as the rows of
-- role '*' say.
create table ref.organisation_of_role (
    role text not null,
    kind app.organisation_kind not null,
    primary key (role, kind)
);
insert into ref.organisation_of_role (role, kind)
select r.role, k from (values
    ('*', '{municipality,unit,service_point,desk,department}'),
    ('consultant', '{municipality,unit,service_point,desk,department,employment_service}'),
    ('account_manager', '{municipality,unit,service_point,desk,department,employment_service,centre}'),
    ('sector_coach', '{municipality,unit,service_point,desk,department,employment_service,centre,sector_body}'),
    ('coach', '{municipality,unit,service_point,desk,department,employment_service,centre,sheltered_work}'),
    ('course_leader', '{course_provider,school}'),
    ('firm', '{firm,sheltered_work,centre}'),
    ('agency', '{agency}'),
    ('hub', '{hub}'),
    ('partner', '{partner,association,park,platform,corporation,sector_body,fund,council,school}')) r (role, kinds),
    unnest(r.kinds::text[]) k;

create table app.user_account (
    tenant_id int not null references ref.tenant,
    id uuid not null,
    name app.line_120 not null,
    email app.email not null,
    role text not null,
    attributes text[] not null default '{}',
    organisation_id uuid,
    phone app.text_20,
    active boolean not null default true,
    version bigint not null,
    changed_at timestamptz not null,
    changed_in xid8 not null,
    primary key (tenant_id, id)
);
create unique index user_account_email on app.user_account (tenant_id, lower(email));
create index user_account_by_change on app.user_account (tenant_id, changed_at, id);
create index user_account_changed_in on app.user_account (tenant_id, changed_in, id);
create index user_account_by_name on app.user_account (tenant_id, name, id);

-- What colleagues, and those who work with them, may know of each other. A trigger makes it of app.user_account; it is a table of
-- its own because it is open to everybody of the municipality, and an account is not.
create table app.colleague (
    tenant_id int not null,
    id uuid not null,
    name app.line_120 not null,
    role text not null,
    phone app.text_20,
    active boolean not null,
    primary key (tenant_id, id),
    foreign key (tenant_id, id) references app.user_account (tenant_id, id) on delete cascade
);
create index colleague_by_name on app.colleague (tenant_id, name, id);
