-- Rules: what the law, the country's default or a municipality says, with source and dates. A new clock, cap or term is a row of these
-- tables, and not code.

create schema calendar;

-- An exclusion constraint compares names and ranges in one index. The extension comes with PostgreSQL; it is not in a schema of ours,
-- whose functions are made anew with every change.
create extension if not exists btree_gist with schema public;

create domain app.rule_scope as text check (value in ('country', 'tenant', 'project', 'agreement'));

-- What may be said, and in which form. Rows of sql/rules, and no others.
create table ref.rule_code (
    code text primary key check (code ~ '^[a-z][a-z_]{1,29}([.][a-z][a-z_]{1,39}){1,2}$'),
    description_nl text not null,
    description_en text not null,
    law boolean not null,
    scopes text[] not null check (scopes <@ array['tenant', 'project', 'agreement'] and (not law or scopes = '{}')),
    schema jsonb not null
);
comment on column ref.rule_code.scopes is 'who may say something else than the country: nobody when it is law';
comment on column ref.rule_code.schema is 'the form of a value: the part of JSON Schema that ref.value_fault() knows';

-- What holds in the whole country until somebody who may says something else. Rows of sql/rules, and no others; a row stays, because decisions
-- name it.
create table ref.rule (
    id uuid primary key,
    code text not null references ref.rule_code,
    value jsonb not null,
    source text not null,
    from_at timestamptz not null,
    until_at timestamptz,
    unique (code, from_at),
    constraint country_rule_one_in_force exclude using gist (code with =, tstzrange(from_at, until_at) with &&)
);

-- What a municipality says of itself, of a project or of an agreement. `from_at` of a draft is when it should begin, null for as soon as it is
-- adopted; a rule never begins before it was adopted.
create table app.rule (
    tenant_id int not null,
    id uuid not null,
    code text not null references ref.rule_code,
    scope app.rule_scope not null,
    scope_id uuid,
    state text not null default 'drafted',
    value jsonb not null,
    source app.line_500 not null,
    decision app.line_200,
    adopted_at timestamptz,
    adopted_by uuid,
    from_at timestamptz,
    until_at timestamptz,
    version bigint not null,
    changed_at timestamptz not null,
    changed_in xid8 not null,
    primary key (tenant_id, id),
    constraint rule_scope_names_what check (scope <> 'country' and (scope = 'tenant') = (scope_id is null)),
    constraint rule_dates_in_order check (until_at > from_at),
    -- something that is not urgent can go out on eight hours of each day at least
    constraint rule_quiet_hours_leave_time check (code <> 'calendar.quiet_hours' or (value ->> 'quiet') is distinct from 'true' or
        mod(1440 + (extract(epoch from (value ->> 'until')::time - (value ->> 'from')::time) / 60)::int, 1440) <= 960),
    constraint rule_adopted_from check (state not in ('adopted', 'replaced') or (from_at is not null and adopted_at is not null)),
    constraint rule_one_in_force exclude using gist
        (tenant_id with =, code with =, coalesce(scope_id, '00000000-0000-0000-0000-000000000000') with =,
         tstzrange(from_at, until_at) with &&) where (state in ('adopted', 'replaced'))
);
create index rule_in_force on app.rule (tenant_id, code, scope_id, from_at) where state in ('adopted', 'replaced');
