-- Candidates, and what is known of them.

create domain app.candidate_status as text check (value in ('active', 'paused', 'placed', 'left'));
create domain app.candidate_benefit as text check (value in ('assistance', 'ww', 'wia', 'none'));
create domain app.candidate_phase as int check (value between 1 and 4);
create domain app.candidate_target_groups as text[] check (value <@ array['youth', 'returner', 'age_45_55', 'age_50_plus',
    'newcomer', 'long_term', 'disabled', 'early_school_leaver']);
create domain app.candidate_transport as text[] check (value <@ array['foot', 'bicycle', 'moped', 'car', 'public_transport', 'other']);
create domain app.consent_channel as text check (value in ('conversation', 'letter', 'e_mail', 'portal'));
create domain app.candidate_hours_worked as int check (value between 0 and 48);
create domain app.candidate_max_distance_km as int check (value between 1 and 150);
create domain app.candidate_situation as text check (value in ('unemployed', 'employed', 'dismissal_threatened', 'self_employed', 'at_school'));
create domain app.candidate_education_level as text check (value in ('none', 'primary', 'lower_secondary', 'upper_secondary', 'post_secondary',
    'short_tertiary', 'bachelor', 'master', 'doctorate'));
create table app.candidate (
    tenant_id int not null references ref.tenant,
    id uuid not null,
    alias app.line_60 not null,
    first_name app.line_60,
    last_name app.line_120,
    birth_date date,
    email app.text_254,
    phone app.text_20,
    address_lines app.text_200,
    digital_chosen_at timestamptz,
    postcode4 text not null references ref.place,
    neighbourhood text references ref.neighbourhood,
    case_manager_id uuid,
    coach_id uuid,
    organisation_id uuid,
    user_id uuid,
    organisation_until timestamptz,
    status app.candidate_status not null default 'active',
    benefit app.candidate_benefit not null default 'assistance',
    benefit_until date,
    situation app.candidate_situation not null default 'unemployed',
    current_employer app.text_200,
    current_employer_id uuid,
    education_level app.candidate_education_level,
    basic_qualification boolean,
    phase app.candidate_phase,
    target_groups app.candidate_target_groups not null default '{}',
    hours_min app.hours_a_week not null default 1,
    hours_max app.hours_a_week not null default 40,
    hours_worked app.candidate_hours_worked not null default 0,
    shifts app.shifts not null default '{day}',
    max_distance_km app.candidate_max_distance_km not null default 15,
    transport app.candidate_transport not null default '{}',
    available_from date,
    wishes app.text_1000,
    introduction app.text_1000,
    sectors text[] not null default '{}',
    competences json,
    conditions json,
    languages json,
    occupations json,
    own_applications json,
    died_on date,
    bsn_changes int not null default 0,
    merged_into uuid,
    consent_withdrawn_at timestamptz,
    consent_withdrawn_channel app.consent_channel,
    consent_given_at timestamptz,
    consent_given_channel app.consent_channel,
    consent_text_version app.text_80,
    version bigint not null,
    changed_at timestamptz not null,
    changed_in xid8 not null,
    primary key (tenant_id, id),
    foreign key (tenant_id, case_manager_id) references app.user_account (tenant_id, id),
    foreign key (tenant_id, coach_id) references app.user_account (tenant_id, id),
    foreign key (tenant_id, organisation_id) references app.organisation (tenant_id, id),
    foreign key (tenant_id, user_id) references app.user_account (tenant_id, id),
    foreign key (tenant_id, current_employer_id) references app.employer (tenant_id, id),
    foreign key (tenant_id, merged_into) references app.candidate (tenant_id, id),
    constraint candidate_died_after_birth check (died_on >= birth_date),
    constraint candidate_hours_in_order check (hours_min <= hours_max)
);
comment on column app.candidate.competences is
    'as a client reads them, like conditions, languages and occupations; a trigger makes the rows of app.candidate_competence of it';
comment on column app.candidate.user_id is 'the account with which the candidate reads the own file';
comment on column app.candidate.address_lines is 'where letters go: the lines below the name';
comment on column app.candidate.digital_chosen_at is 'since when the person wants to be reached digitally; null: on paper';
comment on column app.candidate.education_level is 'the highest level that was finished, as ISCED 2011 has it';
comment on column app.candidate.basic_qualification is 'startkwalificatie; null: not known yet';
comment on column app.candidate.died_on is 'the file has left and stays as it is: nothing is sent, and nobody is reminded';
comment on column app.candidate.bsn_changes is 'how often the citizen service number was registered or corrected after the file was made';
comment on column app.candidate.merged_into is 'the file that this one became a part of; what is left here is a sign';
create index candidate_merged on app.candidate (tenant_id, merged_into) where merged_into is not null;
comment on column app.candidate.consent_text_version is 'the version of the text to which somebody agreed';
comment on column app.candidate.consent_withdrawn_at is 'no card is sent; a consent that is given later makes it null again';
create index candidate_by_change on app.candidate (tenant_id, changed_at, id);
create index candidate_by_alias on app.candidate (tenant_id, alias, id);
create index candidate_by_status on app.candidate (tenant_id, status, changed_at, id);
create index candidate_by_case_manager on app.candidate (tenant_id, case_manager_id, changed_at, id);
create index candidate_by_coach on app.candidate (tenant_id, coach_id, changed_at, id) where coach_id is not null;
create index candidate_by_organisation on app.candidate (tenant_id, organisation_id, changed_at, id)
    where organisation_id is not null;
create index candidate_by_neighbourhood on app.candidate (tenant_id, neighbourhood, changed_at, id) where neighbourhood is not null;
create unique index candidate_user_once on app.candidate (tenant_id, user_id) where user_id is not null;
create index candidate_changed_in on app.candidate (tenant_id, changed_in, id);
create index candidate_by_birth on app.candidate (tenant_id, birth_date) where birth_date is not null;

create domain app.candidate_bsn_nonce as bytea check (octet_length(value) = 12);
create domain app.candidate_bsn_ciphertext as bytea check (octet_length(value) between 25 and 64);
create domain app.candidate_bsn_blind_index as bytea check (octet_length(value) = 32);
-- The citizen service number: ciphertext and blind index only; the keys are not in this database.
-- It is reached through functions only, which note each look-up in the audit.
create table app.candidate_bsn (
    tenant_id int not null,
    candidate_id uuid not null,
    key_id smallint not null,
    nonce app.candidate_bsn_nonce not null,
    ciphertext app.candidate_bsn_ciphertext not null,
    blind_index app.candidate_bsn_blind_index not null,
    sealed_for uuid,
    primary key (tenant_id, candidate_id),
    constraint candidate_bsn_once unique (tenant_id, blind_index),
    foreign key (tenant_id, candidate_id) references app.candidate (tenant_id, id)
);

comment on column app.candidate_bsn.sealed_for is
    'the candidate for whom the ciphertext was made, when that file became a part of this one: it can be decrypted for no other';

create domain app.candidate_evidence_kind as text check (value in ('told', 'work', 'certificate', 'diploma', 'test', 'recognised'));
create table app.candidate_competence (
    tenant_id int not null,
    candidate_id uuid not null,
    competence_id uuid not null references ref.competence,
    level app.competence_level not null default 1,
    evidence app.text_200,
    evidence_kind app.candidate_evidence_kind,
    primary key (tenant_id, candidate_id, competence_id),
    foreign key (tenant_id, candidate_id) references app.candidate (tenant_id, id)
);

-- Known conditions only: no row means not known yet, and unknown never disqualifies.
create table app.candidate_condition (
    tenant_id int not null,
    candidate_id uuid not null,
    condition text not null references ref.condition,
    met boolean not null,
    source app.text_200,
    primary key (tenant_id, candidate_id, condition),
    foreign key (tenant_id, candidate_id) references app.candidate (tenant_id, id)
);

create domain app.candidate_language_language as text check (value ~ '^[a-z]{2,3}$');
create domain app.candidate_language_level as text check (value in ('a1', 'a2', 'b1', 'b2', 'c1', 'c2'));
create table app.candidate_language (
    tenant_id int not null,
    candidate_id uuid not null,
    language app.candidate_language_language not null,
    level app.candidate_language_level not null,
    primary key (tenant_id, candidate_id, language),
    foreign key (tenant_id, candidate_id) references app.candidate (tenant_id, id)
);

create domain app.candidate_occupation_years as int check (value between 0 and 60);
create table app.candidate_occupation (
    tenant_id int not null,
    candidate_id uuid not null,
    occupation_id uuid not null references ref.occupation,
    wanted boolean not null default true,
    years app.candidate_occupation_years,
    primary key (tenant_id, candidate_id, occupation_id),
    foreign key (tenant_id, candidate_id) references app.candidate (tenant_id, id)
);
comment on table app.candidate_occupation is 'wanted: looks for this work; years: has done it';
