-- Ground: roles, schemas, the clock, the context of a request, the wall between municipalities,
-- audit, events, idempotency, states.
--
-- Every table of app carries tenant_id and gets its wall from app.wall(): row-level security, forced, with a
-- restrictive policy per tenant. Functions that are SECURITY DEFINER run as maatwerk_owner: they see the whole
-- municipality of the context, and never another one.

create schema app;
create schema audit;
create schema clock;
create schema ref;
create schema idempotency;

-- ---------------------------------------------------------------------------------------------- the clock
-- All SQL takes time from here (the catalogue lint refuses now() elsewhere). Tests move the clock with a row in
-- clock.shift, which no program has the right to write.
--
-- Functions that are called for every row or request are in plpgsql: it keeps their plans, language sql plans each call.

create table clock.shift (one boolean primary key default true check (one), shift interval not null);

-- Asked for in every transaction, so it goes the short way: whole names instead of a search_path of its own.
create function clock.now() returns timestamptz language plpgsql volatile parallel restricted
    as $$
    declare shift pg_catalog.interval;
    begin
        select s.shift into shift from clock.shift s;
        if shift is null then
            return pg_catalog.clock_timestamp();
        end if;
        return pg_catalog.clock_timestamp() operator(pg_catalog.+) shift;
    end $$;

create function clock.today() returns date language plpgsql volatile parallel restricted
    set search_path = pg_catalog, pg_temp
    as $$ begin return (clock.now() at time zone 'Europe/Amsterdam')::date; end $$;

-- -------------------------------------------------------------------------------- the context of a request
-- Set by the plan runner and the workers for one transaction. After a transaction PostgreSQL leaves '' behind,
-- not null, hence nullif: without context nothing is equal to null, and no row is seen.

create function app.tenant() returns int language sql stable parallel safe
    as $$ select nullif(current_setting('app.tenant', true), '')::int $$;
create function app.actor() returns uuid language sql stable parallel safe
    as $$ select nullif(current_setting('app.actor', true), '')::uuid $$;
create function app.organisation() returns uuid language sql stable parallel safe
    as $$ select nullif(current_setting('app.org', true), '')::uuid $$;
create function app.role() returns text language sql stable parallel safe
    as $$ select nullif(current_setting('app.role', true), '') $$;
create function app.scope() returns text language sql stable parallel safe
    as $$ select nullif(current_setting('app.scope', true), '') $$;

-- ---------------------------------------------------------------------------- regions and municipalities
-- No personal data: workers and services list municipalities from here without a context.

create table ref.region (
    id uuid primary key,
    code text not null unique check (code ~ '^[a-z0-9-]{2,40}$'),
    name text not null check (char_length(name) between 1 and 120)
);

create table ref.tenant (
    tenant_id int primary key generated always as identity,
    id uuid not null unique,
    code text not null unique check (code ~ '^gm[0-9]{4}$'),
    name text not null check (char_length(name) between 1 and 120),
    region_id uuid not null references ref.region,
    status text not null default 'active' check (status in ('active', 'closed'))
);

-- ------------------------------------------------------------------------------------------------- states
-- Every state machine is rows of this table (sql/states/<noun>.sql). A transition that is not in it cannot be
-- stored: app.transition refers to it.

create table ref.state_move (
    noun text not null,
    from_state text not null,
    event text not null,
    to_state text not null,
    roles text[] not null,
    guard text not null,
    primary key (noun, from_state, event),
    unique (noun, from_state, event, to_state)
);

-- --------------------------------------------------------------------------------------- audit and events

create table audit.entry (
    xid xid8 not null default pg_current_xact_id(),
    seq bigint generated always as identity,
    tenant_id int not null,
    at timestamptz not null default clock.now(),
    actor uuid,
    role text,
    organisation uuid,
    operation text,
    request uuid,
    noun text not null,
    subject_id uuid,
    action text not null check (action in ('create', 'change', 'delete', 'deny', 'look-up')),
    columns text[],
    primary key (xid, seq)
);

create table app.event (
    xid xid8 not null default pg_current_xact_id(),
    seq bigint generated always as identity,
    tenant_id int not null,
    at timestamptz not null default clock.now(),
    type text not null,
    noun text not null,
    subject_id uuid not null,
    version bigint,
    primary key (xid, seq)
);

create function audit.note(noun text, subject_id uuid, action text, columns text[] default null)
    returns void language plpgsql security definer set search_path = pg_catalog, pg_temp
    as $$
    begin
        insert into audit.entry (tenant_id, actor, role, organisation, operation, request, noun, subject_id, action,
                                 columns)
        values (app.tenant(), app.actor(), app.role(), app.organisation(),
                nullif(current_setting('app.operation', true), ''),
                nullif(current_setting('app.request', true), '')::uuid, note.noun, note.subject_id, note.action,
                note.columns);
    end $$;

-- A call that was refused: who asked for what. `reason` is a problem code.
create function audit.deny(operation text, reason text) returns void language sql
    security definer set search_path = pg_catalog, pg_temp
    as $$ select audit.note('operation', null, 'deny', array[operation, reason]) $$;

-- ------------------------------------------------------------------------------------ stamps, trail, wall

-- Before a row is written: version, time, transaction. changed_in lets in-memory copies find what they lack.
create function app.stamp() returns trigger language plpgsql
    set search_path = pg_catalog, pg_temp
    as $$
    begin
        new.version := case tg_op when 'INSERT' then 1 else old.version + 1 end;
        new.changed_at := clock.now();
        new.changed_in := pg_current_xact_id();
        return new;
    end $$;

-- After a row is written: audit (names of changed columns, never values) and an event (ids only).
-- TG_ARGV[0] is the noun.
create function app.trail() returns trigger language plpgsql
    security definer set search_path = pg_catalog, pg_temp
    as $$
    declare
        changed text[];
        action text := case tg_op when 'INSERT' then 'create' when 'UPDATE' then 'change' else 'delete' end;
    begin
        if tg_op = 'UPDATE' then
            select array_agg(n.key order by n.key) into changed
            from jsonb_each(to_jsonb(new)) n join jsonb_each(to_jsonb(old)) o using (key)
            where n.value is distinct from o.value and n.key not in ('version', 'changed_at', 'changed_in');
        end if;
        perform audit.note(tg_argv[0], coalesce(new.id, old.id), action, changed);
        insert into app.event (tenant_id, type, noun, subject_id, version)
        values (coalesce(new.tenant_id, old.tenant_id), tg_argv[0] || '.' || action, tg_argv[0],
                coalesce(new.id, old.id), coalesce(new.version, old.version));
        return null;
    end $$;

-- What a deleted row leaves behind, so that in-memory copies learn of it.
create table app.tombstone (
    tenant_id int not null,
    noun text not null,
    id uuid not null,
    changed_in xid8 not null default pg_current_xact_id(),
    at timestamptz not null default clock.now(),
    primary key (tenant_id, noun, id)
);

create function app.bury() returns trigger language plpgsql
    security definer set search_path = pg_catalog, pg_temp
    as $$
    begin
        insert into app.tombstone (tenant_id, noun, id) values (old.tenant_id, tg_argv[0], old.id);
        return null;
    end $$;

-- Gives a table of app its wall. `noun`, when given, also stamps its rows and leaves a trail: the table then has
-- id, version, changed_at and changed_in.
create procedure app.wall(wanted regclass, noun text default null) language plpgsql as $$
    begin
        execute format('alter table %s enable row level security', wanted);
        execute format('alter table %s force row level security', wanted);
        execute format('create policy tenant_wall on %s as restrictive for all
                        using (tenant_id = (select app.tenant()))
                        with check (tenant_id = (select app.tenant()))', wanted);
        execute format('create policy owner_functions on %s for all to maatwerk_owner
                        using (true) with check (true)', wanted);
        if noun is not null then
            execute format('create trigger stamp before insert or update on %s
                            for each row execute function app.stamp()', wanted);
            execute format('create trigger trail after insert or update or delete on %s
                            for each row execute function app.trail(%L)', wanted, noun);
        end if;
    end $$;

-- Lets every program that has the grant see and write the rows of its municipality.
create procedure app.open_to_tenant(wanted regclass) language plpgsql as $$
    begin
        execute format('create policy whole_tenant on %s for all using (true) with check (true)', wanted);
    end $$;

call app.wall('app.event');
call app.open_to_tenant('app.event');
call app.wall('app.tombstone');
call app.open_to_tenant('app.tombstone');

alter table audit.entry enable row level security;
alter table audit.entry force row level security;
create policy tenant_wall on audit.entry as restrictive for all
    using (tenant_id = (select app.tenant())) with check (tenant_id = (select app.tenant()));
create policy whole_tenant on audit.entry for all using (true) with check (true);
create index entry_by_subject on audit.entry (tenant_id, subject_id, xid, seq);

-- -------------------------------------------------------------------------------------------- transitions

create table app.transition (
    tenant_id int not null,
    seq bigint generated always as identity,
    noun text not null,
    subject_id uuid not null,
    from_state text not null,
    event text not null,
    to_state text not null,
    at timestamptz not null default clock.now(),
    actor uuid,
    role text,
    primary key (tenant_id, noun, subject_id, seq),
    constraint transition_allowed foreign key (noun, from_state, event, to_state)
        references ref.state_move (noun, from_state, event, to_state)
);
call app.wall('app.transition');
call app.open_to_tenant('app.transition');

-- The state that `event` leads to, for the role of the context. Refuses with MW409 "state" (no such move from
-- here) or MW403 (not for this role). The functions that fire an event of their own accord, such as the
-- matching worker, run with role "system".
create function app.move(noun text, from_state text, event text) returns text language plpgsql
    set search_path = pg_catalog, pg_temp
    as $$
    declare
        found ref.state_move;
    begin
        select m.* into found from ref.state_move m
        where m.noun = move.noun and m.from_state = move.from_state and m.event = move.event;
        if found.to_state is null then
            raise exception using errcode = 'MW409', message = 'state';
        end if;
        if not app.role() = any (found.roles) then
            raise exception using errcode = 'MW403', message = 'forbidden';
        end if;
        perform set_config('app.event', event, true);
        return found.to_state;
    end $$;

-- After a row with a state is written: the transition log. TG_ARGV[0] is the noun. A state that was changed
-- without app.move() has no event, and the foreign key refuses it.
create function app.log_transition() returns trigger language plpgsql
    security definer set search_path = pg_catalog, pg_temp
    as $$
    begin
        if new.state is distinct from old.state then
            insert into app.transition (tenant_id, noun, subject_id, from_state, event, to_state, actor, role)
            values (new.tenant_id, tg_argv[0], new.id, old.state, current_setting('app.event', true), new.state,
                    app.actor(), app.role());
        end if;
        return null;
    end $$;

-- -------------------------------------------------------------------------------------------- idempotency
-- The first statement of a plan that creates inserts the key; when the key is there already, the plan ends itself
-- with MW001 and the runner answers from the stored outcome. Rows live 72 hours.

create table idempotency.key (
    tenant_id int not null,
    actor uuid not null,
    route text not null,
    key text not null,
    fingerprint text not null,
    status int,
    resource uuid,
    at timestamptz not null default clock.now(),
    primary key (tenant_id, actor, route, key)
);
create index key_by_age on idempotency.key (at);
alter table idempotency.key enable row level security;
alter table idempotency.key force row level security;
create policy tenant_wall on idempotency.key as restrictive for all
    using (tenant_id = (select app.tenant())) with check (tenant_id = (select app.tenant()));
create policy owner_functions on idempotency.key for all to maatwerk_owner using (true) with check (true);
create policy own_keys on idempotency.key for all
    using (actor = (select app.actor())) with check (actor = (select app.actor()));

create function idempotency.begin(route text, key text, fingerprint text) returns void language plpgsql
    security definer set search_path = pg_catalog, pg_temp
    as $$
    begin
        if not pg_try_advisory_xact_lock(hashtextextended(
                concat_ws('|', app.tenant(), app.actor(), route, key), 0)) then
            raise exception using errcode = 'MW409', message = 'idempotency-busy';
        end if;
        insert into idempotency.key (tenant_id, actor, route, key, fingerprint)
        values (app.tenant(), app.actor(), begin.route, begin.key, begin.fingerprint)
        on conflict do nothing;
        if not found then
            raise exception using errcode = 'MW001', message = 'idempotency-replay';
        end if;
    end $$;

create function idempotency.finish(route text, key text, status int, resource uuid) returns void language plpgsql
    security definer set search_path = pg_catalog, pg_temp
    as $$
    begin
        update idempotency.key k set status = finish.status, resource = finish.resource
        where k.tenant_id = app.tenant() and k.actor = app.actor() and k.route = finish.route and k.key = finish.key;
    end $$;

create function idempotency.outcome(route text, key text)
    returns table (fingerprint text, status int, resource uuid) language sql stable
    security definer set search_path = pg_catalog, pg_temp
    as $$
    select k.fingerprint, k.status, k.resource from idempotency.key k
    where k.tenant_id = app.tenant() and k.actor = app.actor() and k.route = outcome.route and k.key = outcome.key
    $$;

-- Removes keys older than 72 hours of the municipality of the context; returns how many.
create function idempotency.sweep() returns bigint language sql
    security definer set search_path = pg_catalog, pg_temp
    as $$
    with gone as (delete from idempotency.key where at < clock.now() - interval '72 hours' returning 1)
    select count(*) from gone
    $$;
