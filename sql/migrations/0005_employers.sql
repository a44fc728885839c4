-- Employers, their contact persons and their conditions.

create domain app.employer_sector as text check (value ~ '^[0-9]{2,5}$');
create domain app.employer_size_class as text check (value in ('one', 'small', 'medium', 'large'));
create domain app.employer_ownership as text check (value in ('profit', 'non_profit', 'public'));
create domain app.employer_establishment_number as text check (value ~ '^[0-9]{12}$');
create table app.employer (
    tenant_id int not null references ref.tenant,
    id uuid not null,
    region_id uuid not null references ref.region,
    kvk_number app.kvk_number,
    establishment_number app.employer_establishment_number,
    name app.line_200 not null,
    sector app.employer_sector,
    size_class app.employer_size_class,
    ownership app.employer_ownership,
    postcode4 text references ref.place,
    street_address app.text_200,
    account_manager_id uuid,
    risk_cover boolean not null default false,
    experiences json,
    internal_note app.text_2000,
    version bigint not null,
    changed_at timestamptz not null,
    changed_in xid8 not null,
    primary key (tenant_id, id),
    constraint employer_establishment_of_kvk check (establishment_number is null or kvk_number is not null),
    foreign key (tenant_id, account_manager_id) references app.user_account (tenant_id, id)
);
comment on column app.employer.sector is 'SBI code (Standaard Bedrijfsindeling); not known yet of somebody who is known only as tenant of a building';
comment on column app.employer.experiences is 'good and bad ones, dated, as a client reads them: for colleagues only';
comment on column app.employer.risk_cover is 'earlier bad experience: asks for more risk cover';
create unique index employer_kvk on app.employer (tenant_id, kvk_number, coalesce(establishment_number, ''))
    where kvk_number is not null;
create index employer_by_change on app.employer (tenant_id, changed_at, id);
create index employer_changed_in on app.employer (tenant_id, changed_in, id);
create index employer_by_name on app.employer (tenant_id, name, id);
create index employer_by_account_manager on app.employer (tenant_id, account_manager_id, name, id) where account_manager_id is not null;
create index employer_by_region_kvk on app.employer (region_id, kvk_number);

-- Where an employer has work. A vacancy may name one of its employer.
create table app.employer_site (
    tenant_id int not null,
    id uuid not null,
    employer_id uuid not null,
    name app.line_120 not null,
    street_address app.text_200,
    postcode4 text references ref.place,
    neighbourhood text references ref.neighbourhood,
    active boolean not null default true,
    version bigint not null,
    changed_at timestamptz not null,
    changed_in xid8 not null,
    primary key (tenant_id, id),
    constraint employer_site_of_employer unique (tenant_id, employer_id, id),
    foreign key (tenant_id, employer_id) references app.employer (tenant_id, id)
);
create index employer_site_by_name on app.employer_site (tenant_id, name, id);

-- Contact persons of an employer, or of an organisation: a channel, a desk.
create table app.contact (
    tenant_id int not null,
    id uuid not null,
    employer_id uuid,
    organisation_id uuid,
    name app.line_120 not null,
    function_title app.text_120,
    email app.text_254,
    phone app.text_20,
    preferred boolean not null default false,
    decides boolean not null default false,
    others_follow boolean not null default false,
    made_commitment boolean not null default false,
    version bigint not null,
    changed_at timestamptz not null,
    changed_in xid8 not null,
    primary key (tenant_id, id),
    foreign key (tenant_id, employer_id) references app.employer (tenant_id, id),
    foreign key (tenant_id, organisation_id) references app.organisation (tenant_id, id),
    constraint contact_of_one check (num_nonnulls(employer_id, organisation_id) = 1)
);
create index contact_by_employer on app.contact (tenant_id, employer_id, id);
create index contact_by_organisation on app.contact (tenant_id, organisation_id, id) where organisation_id is not null;
create index contact_by_change on app.contact (tenant_id, changed_at, id);
create unique index contact_one_preferred on app.contact (tenant_id, coalesce(employer_id, organisation_id)) where preferred;

-- Conditions under which an employer takes part. Hard conditions filter every vacancy of the employer, soft ones inform.
create table app.employer_condition (
    tenant_id int not null,
    id uuid not null,
    employer_id uuid not null,
    condition text references ref.condition,
    text app.line_500,
    hard boolean not null default false,
    version bigint not null,
    changed_at timestamptz not null,
    changed_in xid8 not null,
    primary key (tenant_id, id),
    foreign key (tenant_id, employer_id) references app.employer (tenant_id, id),
    constraint employer_condition_says_something check (condition is not null or (text is not null and not hard))
);
create unique index employer_condition_once on app.employer_condition (tenant_id, employer_id, condition)
    where condition is not null;
create index employer_condition_by_change on app.employer_condition (tenant_id, changed_at, id);
