-- Candidates, and what is known of them.

create table app.candidate (
    tenant_id int not null references ref.tenant,
    id uuid not null,
    alias text not null check (char_length(alias) between 1 and 60),
    first_name text check (char_length(first_name) between 1 and 60),
    last_name text check (char_length(last_name) between 1 and 120),
    birth_date date,
    email text check (char_length(email) <= 254),
    phone text check (char_length(phone) <= 20),
    postcode4 text not null references ref.place,
    neighbourhood text check (char_length(neighbourhood) <= 80),
    case_manager_id uuid,
    organisation_id uuid,
    status text not null default 'active' check (status in ('active', 'paused', 'placed', 'left')),
    benefit text not null default 'assistance' check (benefit in ('assistance', 'ww', 'wia', 'none')),
    phase int check (phase between 1 and 4),
    target_groups text[] not null default '{}' check (target_groups <@ array['youth', 'returner', 'age_45_55', 'age_50_plus',
        'newcomer', 'long_term', 'disabled', 'early_school_leaver']),
    hours_min int not null default 1 check (hours_min between 1 and 48),
    hours_max int not null default 40 check (hours_max between 1 and 48),
    shifts text[] not null default '{day}' check (shifts <@ array['day', 'evening', 'night', 'weekend']),
    max_distance_km int not null default 15 check (max_distance_km between 1 and 150),
    transport text[] not null default '{}' check (transport <@ array['foot', 'bicycle', 'moped', 'car', 'public_transport',
        'other']),
    available_from date,
    wishes text check (char_length(wishes) <= 1000),
    introduction text check (char_length(introduction) <= 1000),
    sectors text[] not null default '{}',
    version bigint not null,
    changed_at timestamptz not null,
    changed_in xid8 not null,
    primary key (tenant_id, id),
    foreign key (tenant_id, case_manager_id) references app.user_account (tenant_id, id),
    foreign key (tenant_id, organisation_id) references app.organisation (tenant_id, id),
    constraint candidate_hours_in_order check (hours_min <= hours_max)
);
create index candidate_by_change on app.candidate (tenant_id, changed_at, id);
create index candidate_by_alias on app.candidate (tenant_id, alias, id);
create index candidate_by_status on app.candidate (tenant_id, status, changed_at, id);
create index candidate_by_case_manager on app.candidate (tenant_id, case_manager_id, changed_at, id);
create index candidate_by_organisation on app.candidate (tenant_id, organisation_id, changed_at, id)
    where organisation_id is not null;
create index candidate_changed_in on app.candidate (tenant_id, changed_in);

-- The citizen service number: ciphertext and blind index only; the keys are not in this database.
-- It is reached through functions only, which note each look-up in the audit.
create table app.candidate_bsn (
    tenant_id int not null,
    candidate_id uuid not null,
    key_id smallint not null,
    nonce bytea not null check (octet_length(nonce) = 12),
    ciphertext bytea not null check (octet_length(ciphertext) between 25 and 64),
    blind_index bytea not null check (octet_length(blind_index) = 32),
    primary key (tenant_id, candidate_id),
    constraint candidate_bsn_once unique (tenant_id, blind_index),
    foreign key (tenant_id, candidate_id) references app.candidate (tenant_id, id)
);

create table app.candidate_competence (
    tenant_id int not null,
    candidate_id uuid not null,
    competence_id uuid not null references ref.competence,
    level int not null default 1 check (level between 1 and 3),
    evidence text check (char_length(evidence) <= 200),
    primary key (tenant_id, candidate_id, competence_id),
    foreign key (tenant_id, candidate_id) references app.candidate (tenant_id, id)
);

-- Known conditions only: no row means not known yet, and unknown never disqualifies.
create table app.candidate_condition (
    tenant_id int not null,
    candidate_id uuid not null,
    condition text not null references ref.condition,
    met boolean not null,
    source text check (char_length(source) <= 200),
    primary key (tenant_id, candidate_id, condition),
    foreign key (tenant_id, candidate_id) references app.candidate (tenant_id, id)
);

create table app.candidate_language (
    tenant_id int not null,
    candidate_id uuid not null,
    language text not null check (language ~ '^[a-z]{2,3}$'),
    level text not null check (level in ('a1', 'a2', 'b1', 'b2', 'c1', 'c2')),
    primary key (tenant_id, candidate_id, language),
    foreign key (tenant_id, candidate_id) references app.candidate (tenant_id, id)
);

create table app.candidate_occupation (
    tenant_id int not null,
    candidate_id uuid not null,
    occupation_id uuid not null references ref.occupation,
    wanted boolean not null default true,
    years int check (years between 0 and 60),
    primary key (tenant_id, candidate_id, occupation_id),
    foreign key (tenant_id, candidate_id) references app.candidate (tenant_id, id)
);
comment on table app.candidate_occupation is 'wanted: looks for this work; years: has done it';
