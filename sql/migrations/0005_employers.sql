-- The demand side: employers, contact persons, conditions, vacancies, screening.

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
call app.wall('app.employer', 'employer');
create policy by_scope on app.employer for all
    using (case (select app.scope()) when 'tenant' then true when 'organisation' then id = (select app.organisation()) end);

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
call app.wall('app.employer_contact', 'contact');
create policy by_scope on app.employer_contact for all
    using (case (select app.scope())
           when 'tenant' then true
           when 'organisation' then employer_id = (select app.organisation()) end);

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
call app.wall('app.employer_condition', 'employer_condition');
create policy by_scope on app.employer_condition for all
    using (case (select app.scope())
           when 'tenant' then true
           when 'organisation' then employer_id = (select app.organisation()) end);

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
    reported_at timestamptz not null default clock.now(),
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
call app.wall('app.vacancy', 'vacancy');
create trigger log_transition after update of state on app.vacancy
    for each row execute function app.log_transition('vacancy');
create policy by_scope on app.vacancy for all
    using (case (select app.scope())
           when 'tenant' then true
           when 'organisation' then (select app.organisation()) = any (array[employer_id, reported_by_organisation]) end);
create policy open_to_firms on app.vacancy for select
    using ((select app.scope() = 'organisation' and app.role() in ('firm', 'agency'))
        and state in ('open', 'shortlisted', 'partly_filled'));

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
call app.wall('app.vacancy_competence');
call app.open_to_tenant('app.vacancy_competence');

create table app.vacancy_condition (
    tenant_id int not null,
    vacancy_id uuid not null,
    condition text not null references ref.condition,
    hard boolean not null,
    primary key (tenant_id, vacancy_id, condition),
    foreign key (tenant_id, vacancy_id) references app.vacancy (tenant_id, id)
);
call app.wall('app.vacancy_condition');
call app.open_to_tenant('app.vacancy_condition');

-- The competences and conditions of a vacancy in `document` (column names, as the contract engine makes it)
-- replace those that are there. Only for a row that this transaction wrote: a stale PATCH changes nothing.
create function app.vacancy_replace_parts(vacancy uuid, document jsonb) returns void language sql
    set search_path = pg_catalog, pg_temp
    as $$
    delete from app.vacancy_competence c using app.vacancy v
    where v.id = vacancy and v.changed_in = pg_current_xact_id() and c.vacancy_id = v.id
      and document ? 'competences';
    insert into app.vacancy_competence (tenant_id, vacancy_id, competence_id, need, level, weight)
    select v.tenant_id, v.id, c.competence_id, c.need, coalesce(c.level, 1), coalesce(c.weight, 1)
    from app.vacancy v, jsonb_to_recordset(coalesce(document -> 'competences', '[]'))
         as c (competence_id uuid, need text, level int, weight int)
    where v.id = vacancy and v.changed_in = pg_current_xact_id() and jsonb_typeof(document -> 'competences') = 'array';
    delete from app.vacancy_condition c using app.vacancy v
    where v.id = vacancy and v.changed_in = pg_current_xact_id() and c.vacancy_id = v.id
      and document ? 'conditions';
    insert into app.vacancy_condition (tenant_id, vacancy_id, condition, hard)
    select v.tenant_id, v.id, c.condition, c.hard
    from app.vacancy v, jsonb_to_recordset(coalesce(document -> 'conditions', '[]')) as c (condition text, hard boolean)
    where v.id = vacancy and v.changed_in = pg_current_xact_id() and jsonb_typeof(document -> 'conditions') = 'array';
    $$;

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
    screened_at timestamptz not null default clock.now(),
    version bigint not null,
    changed_at timestamptz not null,
    changed_in xid8 not null,
    primary key (tenant_id, id),
    foreign key (tenant_id, vacancy_id) references app.vacancy (tenant_id, id),
    constraint screening_reason_when_not_suitable check (verdict = 'suitable' or reason is not null)
);
create index screening_by_vacancy on app.screening (tenant_id, vacancy_id, screened_at, id);
call app.wall('app.screening', 'screening');
call app.open_to_tenant('app.screening');

-- How many people pass all hard conditions of a vacancy, and how many would without each: made by a job.
create table app.vacancy_supply (
    tenant_id int not null,
    vacancy_id uuid not null,
    match_input bigint not null,
    counted_at timestamptz not null default clock.now(),
    active int not null,
    pass int not null,
    without jsonb not null,
    primary key (tenant_id, vacancy_id),
    foreign key (tenant_id, vacancy_id) references app.vacancy (tenant_id, id)
);
call app.wall('app.vacancy_supply');
call app.open_to_tenant('app.vacancy_supply');

-- Asks for a new match of a vacancy: the input version rises, and one job is pending at most.
create function app.request_match(vacancy uuid) returns void language plpgsql
    security definer set search_path = pg_catalog, pg_temp
    as $$
    begin
        perform queue.enqueue('match_vacancy', v.tenant_id, jsonb_build_object('vacancy', v.id),
                              'vacancy:' || v.id, 'match_vacancy:' || v.id, 'c')
        from app.vacancy v where v.tenant_id = app.tenant() and v.id = request_match.vacancy;
    end $$;

-- What a changed vacancy sets going: while it is screened, a count of the supply; once it is open, a new match.
create function app.vacancy_follow_up() returns trigger language plpgsql
    security definer set search_path = pg_catalog, pg_temp
    as $$
    begin
        if new.state in ('open', 'shortlisted', 'partly_filled')
           and (tg_op = 'INSERT' or old.match_input <> new.match_input
                or old.state in ('reported', 'screening')) then
            perform app.request_match(new.id);
        elsif new.state in ('reported', 'screening')
              and (tg_op = 'INSERT' or old.match_input <> new.match_input) then
            perform queue.enqueue('count_supply', new.tenant_id, jsonb_build_object('vacancy', new.id),
                                  null, 'count_supply:' || new.id, 'c', 2::smallint);
        end if;
        return null;
    end $$;
create trigger follow_up after insert or update on app.vacancy
    for each row execute function app.vacancy_follow_up();

-- A hard condition of the employer counts for all his vacancies: what was asked has changed.
create function app.employer_condition_follow_up() returns trigger language plpgsql
    security definer set search_path = pg_catalog, pg_temp
    as $$
    begin
        if (tg_op = 'INSERT' and new.hard) or (tg_op = 'DELETE' and old.hard) then
            update app.vacancy v set match_input = v.match_input + 1
            where v.tenant_id = coalesce(new.tenant_id, old.tenant_id)
              and v.employer_id = coalesce(new.employer_id, old.employer_id)
              and v.state in ('reported', 'screening', 'open', 'shortlisted', 'partly_filled');
        end if;
        return null;
    end $$;
create trigger follow_up after insert or delete on app.employer_condition
    for each row execute function app.employer_condition_follow_up();

-- What the rules say of a vacancy: is it suitable for people with little schooling and experience? Each rule gives
-- its number and limit; one that speaks against makes the advice negative. A person gives the verdict.
create function app.screening_advice(vacancy uuid)
    returns table (advice text, rules jsonb, rules_version text) language sql stable
    set search_path = pg_catalog, pg_temp
    as $$
    with facts as (
        select v.candidates_wanted,
               case left(o.isco, 1) when '9' then 1 when '3' then 3 when '2' then 4 when '1' then 4 else 2 end
                   as skill_level,
               (select count(*) from app.vacancy_condition c where c.vacancy_id = v.id and c.hard)
               + (select count(*) from app.employer_condition c where c.employer_id = v.employer_id and c.hard)
                   as hard_conditions,
               (select count(*) from app.vacancy_condition c join ref.condition r on r.code = c.condition
                where c.vacancy_id = v.id and c.hard and r.kind = 'certificate') as hard_certificates,
               (select count(*) from app.vacancy_competence c
                where c.vacancy_id = v.id and c.need = 'must' and c.level = 3) as expert_competences,
               (select s.pass from app.vacancy_supply s
                where s.vacancy_id = v.id and s.match_input = v.match_input) as supply
        from app.vacancy v join ref.occupation o on o.id = v.occupation_id where v.id = vacancy
    ), measured (place, code, number, fits_to, adjust_to) as (
        select r.* from facts f cross join lateral (values
            (1, 'skill_level', f.skill_level::bigint, 2, 3),
            (2, 'hard_conditions', f.hard_conditions, 6, 10),
            (3, 'hard_certificates', f.hard_certificates, 1, 2),
            (4, 'expert_competences', f.expert_competences, 1, 2)) r
    ), judged (place, code, outcome, number, fits_to) as (
        select m.place, m.code,
               case when m.number <= m.fits_to then 'fits' when m.number <= m.adjust_to then 'adjust' else 'against' end,
               m.number, m.fits_to
        from measured m
        union all
        select 5, 'supply', case when f.supply >= f.candidates_wanted then 'fits' when f.supply > 0 then 'adjust'
                                 else 'against' end, f.supply, f.candidates_wanted
        from facts f where f.supply is not null
    )
    select case when bool_or(j.outcome = 'against') then 'unsuitable'
                when bool_or(j.outcome = 'adjust') then 'suitable_with_adjustment' else 'suitable' end,
           jsonb_agg(jsonb_build_object('code', j.code, 'outcome', j.outcome, 'number', j.number, 'limit', j.fits_to)
                     order by j.place),
           'screening-1'
    from judged j having count(*) > 0
    $$;
