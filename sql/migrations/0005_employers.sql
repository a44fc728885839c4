-- Employers, their contact persons and their conditions.

create table app.employer (
    tenant_id int not null references ref.tenant,
    id uuid not null,
    region_id uuid not null references ref.region,
    kvk_number text check (kvk_number ~ '^[0-9]{8}$'),
    name text not null check (char_length(name) between 1 and 200),
    sector text not null check (sector ~ '^[0-9]{2,5}$'),
    size_class text not null check (size_class in ('one', 'small', 'medium', 'large')),
    postcode4 text references ref.place,
    street_address text check (char_length(street_address) <= 200),
    account_manager_id uuid,
    risk_cover boolean not null default false,
    internal_note text check (char_length(internal_note) <= 2000),
    version bigint not null,
    changed_at timestamptz not null,
    changed_in xid8 not null,
    primary key (tenant_id, id),
    foreign key (tenant_id, account_manager_id) references app.user_account (tenant_id, id)
);
comment on column app.employer.sector is 'SBI code (Standaard Bedrijfsindeling)';
comment on column app.employer.risk_cover is 'earlier bad experience: asks for more risk cover';
create unique index employer_kvk on app.employer (tenant_id, kvk_number) where kvk_number is not null;
create index employer_by_change on app.employer (tenant_id, changed_at, id);
create index employer_by_name on app.employer (tenant_id, name, id);
create index employer_by_region_kvk on app.employer (region_id, kvk_number);

create table app.employer_contact (
    tenant_id int not null,
    id uuid not null,
    employer_id uuid not null,
    name text not null check (char_length(name) between 1 and 120),
    function_title text check (char_length(function_title) <= 120),
    email text check (char_length(email) <= 254),
    phone text check (char_length(phone) <= 20),
    preferred boolean not null default false,
    version bigint not null,
    changed_at timestamptz not null,
    changed_in xid8 not null,
    primary key (tenant_id, id),
    foreign key (tenant_id, employer_id) references app.employer (tenant_id, id)
);
create index employer_contact_by_employer on app.employer_contact (tenant_id, employer_id, id);
create index employer_contact_by_change on app.employer_contact (tenant_id, changed_at, id);
create unique index employer_contact_one_preferred on app.employer_contact (tenant_id, employer_id) where preferred;

-- Conditions under which an employer takes part. Hard ones filter every vacancy of his, soft ones inform.
create table app.employer_condition (
    tenant_id int not null,
    id uuid not null,
    employer_id uuid not null,
    condition text references ref.condition,
    text text check (char_length(text) between 1 and 500),
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
