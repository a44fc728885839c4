-- The supply side: candidates of a municipality.

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
    target_groups text[] not null default '{}',
    hours_min int not null default 1 check (hours_min between 1 and 48),
    hours_max int not null default 40 check (hours_max between 1 and 48),
    shifts text[] not null default '{day}' check (shifts <@ array['day', 'evening', 'night', 'weekend']),
    max_distance_km int not null default 15 check (max_distance_km between 1 and 150),
    transport text[] not null default '{}',
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
call app.wall('app.candidate', 'candidate');
create trigger bury after delete on app.candidate for each row execute function app.bury('candidate');
create policy by_scope on app.candidate for all
    using (case (select app.scope())
           when 'tenant' then true
           when 'organisation' then organisation_id = (select app.organisation())
           when 'caseload' then case_manager_id = (select app.actor()) end);

-- The citizen service number: ciphertext and blind index only; the keys are not in this database.
-- Reached through the functions below, which note each look-up in the audit.
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
call app.wall('app.candidate_bsn');

create function app.candidate_bsn_store(candidate uuid, key_id int, nonce bytea, ciphertext bytea, blind_index bytea)
    returns void language sql security definer set search_path = pg_catalog, pg_temp
    as $$
    insert into app.candidate_bsn (tenant_id, candidate_id, key_id, nonce, ciphertext, blind_index)
    values (app.tenant(), candidate, key_id, nonce, ciphertext, blind_index)
    $$;

-- The candidate with this blind index, or nothing. Each call is audited with what was found, never with the number.
create function app.candidate_by_bsn(wanted bytea, purpose text) returns uuid language plpgsql
    security definer set search_path = pg_catalog, pg_temp
    as $$
    declare found_id uuid;
    begin
        select b.candidate_id into found_id from app.candidate_bsn b
        where b.tenant_id = app.tenant() and b.blind_index = wanted;
        perform audit.note('candidate', found_id, 'look-up', array['bsn', purpose]);
        return found_id;
    end $$;

create table app.candidate_competence (
    tenant_id int not null,
    candidate_id uuid not null,
    competence_id uuid not null references ref.competence,
    level int not null default 1 check (level between 1 and 3),
    evidence text check (char_length(evidence) <= 200),
    primary key (tenant_id, candidate_id, competence_id),
    foreign key (tenant_id, candidate_id) references app.candidate (tenant_id, id)
);
call app.wall('app.candidate_competence');
call app.open_to_tenant('app.candidate_competence');

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
call app.wall('app.candidate_condition');
call app.open_to_tenant('app.candidate_condition');

create table app.candidate_language (
    tenant_id int not null,
    candidate_id uuid not null,
    language text not null check (language ~ '^[a-z]{2,3}$'),
    level text not null check (level in ('a1', 'a2', 'b1', 'b2', 'c1', 'c2')),
    primary key (tenant_id, candidate_id, language),
    foreign key (tenant_id, candidate_id) references app.candidate (tenant_id, id)
);
call app.wall('app.candidate_language');
call app.open_to_tenant('app.candidate_language');

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
call app.wall('app.candidate_occupation');
call app.open_to_tenant('app.candidate_occupation');

create function app.candidate_replace_parts(candidate uuid, document jsonb) returns void language sql
    set search_path = pg_catalog, pg_temp
    as $$
    delete from app.candidate_competence c using app.candidate p
    where p.id = candidate and p.changed_in = pg_current_xact_id() and c.candidate_id = p.id
      and document ? 'competences';
    insert into app.candidate_competence (tenant_id, candidate_id, competence_id, level, evidence)
    select p.tenant_id, p.id, c.competence_id, coalesce(c.level, 1), c.evidence
    from app.candidate p, jsonb_to_recordset(coalesce(document -> 'competences', '[]'))
         as c (competence_id uuid, level int, evidence text)
    where p.id = candidate and p.changed_in = pg_current_xact_id() and jsonb_typeof(document -> 'competences') = 'array';
    delete from app.candidate_condition c using app.candidate p
    where p.id = candidate and p.changed_in = pg_current_xact_id() and c.candidate_id = p.id
      and document ? 'conditions';
    insert into app.candidate_condition (tenant_id, candidate_id, condition, met, source)
    select p.tenant_id, p.id, c.condition, c.met, c.source
    from app.candidate p, jsonb_to_recordset(coalesce(document -> 'conditions', '[]'))
         as c (condition text, met boolean, source text)
    where p.id = candidate and p.changed_in = pg_current_xact_id() and jsonb_typeof(document -> 'conditions') = 'array';
    delete from app.candidate_language c using app.candidate p
    where p.id = candidate and p.changed_in = pg_current_xact_id() and c.candidate_id = p.id
      and document ? 'languages';
    insert into app.candidate_language (tenant_id, candidate_id, language, level)
    select p.tenant_id, p.id, c.language, c.level
    from app.candidate p, jsonb_to_recordset(coalesce(document -> 'languages', '[]')) as c (language text, level text)
    where p.id = candidate and p.changed_in = pg_current_xact_id() and jsonb_typeof(document -> 'languages') = 'array';
    delete from app.candidate_occupation c using app.candidate p
    where p.id = candidate and p.changed_in = pg_current_xact_id() and c.candidate_id = p.id
      and document ? 'occupations';
    insert into app.candidate_occupation (tenant_id, candidate_id, occupation_id, wanted, years)
    select p.tenant_id, p.id, c.occupation_id, coalesce(c.wanted, true), c.years
    from app.candidate p, jsonb_to_recordset(coalesce(document -> 'occupations', '[]'))
         as c (occupation_id uuid, wanted boolean, years int)
    where p.id = candidate and p.changed_in = pg_current_xact_id() and jsonb_typeof(document -> 'occupations') = 'array';
    $$;

-- A changed candidate may change the lists of open vacancies: one job finds which.
create function app.candidate_follow_up() returns trigger language plpgsql
    security definer set search_path = pg_catalog, pg_temp
    as $$
    begin
        perform queue.enqueue('match_candidate', new.tenant_id, jsonb_build_object('candidate', new.id),
                              null, 'match_candidate:' || new.id, 'c', 2::smallint);
        return null;
    end $$;
create trigger follow_up after insert or update on app.candidate
    for each row execute function app.candidate_follow_up();

-- The card: what an employer may see of a candidate, and nothing else. `with_name` only when the proposal
-- carries consent.
create function app.card(candidate uuid, with_name boolean) returns jsonb language sql stable
    security definer set search_path = pg_catalog, pg_temp
    as $$
    select jsonb_strip_nulls(jsonb_build_object(
        'alias', p.alias,
        'firstName', case when with_name then p.first_name end,
        'introduction', p.introduction,
        'wishes', p.wishes,
        'hoursMin', p.hours_min,
        'hoursMax', p.hours_max,
        'shifts', to_jsonb(p.shifts),
        'availableFrom', p.available_from,
        'competences', (select coalesce(jsonb_agg(jsonb_build_object('label', r.label, 'level', c.level)
                                                  order by c.level desc, r.label), '[]')
                        from app.candidate_competence c join ref.competence r on r.id = c.competence_id
                        where c.candidate_id = p.id),
        'occupations', (select coalesce(jsonb_agg(r.label order by r.label), '[]')
                        from app.candidate_occupation c join ref.occupation r on r.id = c.occupation_id
                        where c.candidate_id = p.id and c.wanted)))
    from app.candidate p where p.tenant_id = app.tenant() and p.id = candidate
    $$;
