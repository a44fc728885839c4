-- What every noun stands on: schemas, the clock, municipalities, states, audit, events, idempotency keys.
--
-- Migrations hold tables, and no function, policy, trigger or view: those are in sql/functions, and `maatwerk migrate`
-- makes them anew when one of them changes. So a function may use a table, but a table uses no function of ours: a
-- column that holds a time has no default, and who inserts says clock.now().

create schema app;
create schema audit;
create schema clock;
create schema ref;
create schema idempotency;

-- The order in which people look for names and titles: capitals and diacritics matter only between names that are the same
-- without them, and 2 comes before 10.
create collation app.names (provider = icu, locale = 'nl-u-kn');

-- What a value of one column may be is a domain. PostgreSQL reads and plans the checks of a table anew for each statement that writes
-- it, and keeps those of a domain (docs/adr/0028-what-a-create-costs.md). So a table has only checks that compare columns. The
-- contract has refused what a domain refuses, and says in which property; a domain that refuses something is a fault of ours.
create domain app.line_60 as text collate app.names check (char_length(value) between 1 and 60);
create domain app.line_120 as text collate app.names check (char_length(value) between 1 and 120);
create domain app.line_200 as text collate app.names check (char_length(value) between 1 and 200);
create domain app.line_500 as text check (char_length(value) between 1 and 500);
create domain app.line_1000 as text check (char_length(value) between 1 and 1000);
create domain app.text_20 as text check (char_length(value) <= 20);
create domain app.text_40 as text check (char_length(value) <= 40);
create domain app.text_80 as text check (char_length(value) <= 80);
create domain app.text_120 as text check (char_length(value) <= 120);
create domain app.text_200 as text check (char_length(value) <= 200);
create domain app.text_254 as text check (char_length(value) <= 254);
create domain app.text_1000 as text check (char_length(value) <= 1000);
create domain app.text_2000 as text check (char_length(value) <= 2000);
create domain app.text_4000 as text check (char_length(value) <= 4000);
create domain app.email as text check (char_length(value) between 3 and 254);
create domain app.kvk_number as text check (value ~ '^[0-9]{8}$');
create domain app.hours_a_week as int check (value between 1 and 48);
create domain app.headcount as int check (value between 1 and 1000);
create domain app.competence_level as int check (value between 1 and 3);
create domain app.shifts as text[] check (value <@ array['day', 'evening', 'night', 'weekend']);
create domain audit.action as text check (value in ('create', 'change', 'delete', 'look-up'));

-- By how much tests have moved the clock. No program has the right to write it.
create table clock.shift (one boolean primary key default true check (one), shift interval not null);

-- No personal data: workers and services list municipalities from here without a context.

create table ref.region (
    id uuid primary key,
    code text not null unique check (code ~ '^[a-z0-9-]{2,40}$'),
    name text collate app.names not null check (char_length(name) between 1 and 120)
);

create table ref.tenant (
    tenant_id int primary key generated always as identity,
    id uuid not null unique,
    code text not null unique,
    kind text not null default 'municipality' check (kind in ('municipality', 'centre', 'service', 'hub')),
    name text collate app.names not null check (char_length(name) between 1 and 120),
    region_id uuid not null references ref.region,
    status text not null default 'active' check (status in ('active', 'closed')),
    origins text[] not null default '{}' check (
        array_to_string(origins, ' ') ~ '^((https://[a-z0-9.-]+|http://(localhost|127[.]0[.]0[.]1))(:[0-9]{1,5})?( (?!$)|$))*$'
        and char_length(array_to_string(origins, ' ')) <= 1000),
    constraint tenant_code_of_kind check (code ~ case kind when 'municipality' then '^gm[0-9]{4}$' when 'centre' then '^ec-[a-z0-9]{2,20}$'
                                                           when 'service' then '^es-[a-z0-9]{2,20}$' else '^hub-[a-z0-9]{2,20}$' end)
);
comment on table ref.tenant is
    'Whoever keeps files of its own: a municipality; an employers'' centre or a public employment service, whose files no municipality may read; a regional hub, which keeps no files of persons';
comment on column ref.tenant.origins is 'portals in whose pages browsers may call this API (CORS); none, unless somebody says so';

-- The states of each noun and the moves between them: rows of sql/states/<noun>.sql, and no others. A transition that is
-- not a move cannot be stored: app.transition refers to it.
create table ref.state (
    noun text not null,
    state text not null,
    phase text not null check (phase in ('pending', 'open', 'settled', 'ended')),
    initial boolean not null default false,
    primary key (noun, state)
);
comment on column ref.state.phase is
    'pending: not yet open; open: others act on it; settled: decided, and what came of it stays; ended: it counts no more';

create table ref.state_move (
    noun text not null,
    from_state text not null,
    event text not null,
    to_state text not null,
    roles text[] not null,
    guard text not null,
    primary key (noun, from_state, event),
    unique (noun, from_state, event, to_state),
    foreign key (noun, from_state) references ref.state (noun, state),
    foreign key (noun, to_state) references ref.state (noun, state)
);

-- What the states of each noun allow, beside the moves between them: rows of sql/states/<noun>.sql, and no others.
create table ref.state_operation (
    noun text not null,
    operation text not null,
    columns text[] not null,
    states text[] not null,
    primary key (noun, operation)
);
comment on table ref.state_operation is
    'an operation of the contract, or the part of it that changes these columns, and the states of the noun that allow it';

-- What grows with use is in parts, one for each month: audit.sweep() makes them ahead, and drops those whose term is over
-- (the rules retention.…). A row of a month that has no part yet is in the rest.
create sequence audit.number;
create table audit.entry (
    xid xid8 not null default pg_current_xact_id(),
    seq bigint not null default nextval('audit.number'),
    tenant_id int not null,
    at timestamptz not null,
    actor uuid,
    role text,
    organisation uuid,
    operation text,
    request uuid,
    noun text not null,
    subject_id uuid,
    action audit.action not null,
    columns text[],
    mandate uuid,
    primary key (xid, seq, at)
) partition by range (at);
create table audit.entry_rest partition of audit.entry default;
alter table audit.entry_rest enable row level security;
create index entry_by_subject on audit.entry (tenant_id, subject_id, at, seq);

create sequence app.event_seq;
create table app.event (
    xid xid8 not null default pg_current_xact_id(),
    seq bigint not null default nextval('app.event_seq'),
    tenant_id int not null,
    at timestamptz not null,
    type text not null,
    noun text not null,
    subject_id uuid not null,
    version bigint,
    primary key (xid, seq, at)
) partition by range (at);
create table app.event_rest partition of app.event default;
alter table app.event_rest enable row level security;

-- What a deleted row leaves behind, so that in-memory copies learn of it.
create table app.tombstone (
    tenant_id int not null,
    noun text not null,
    id uuid not null,
    changed_in xid8 not null default pg_current_xact_id(),
    at timestamptz not null,
    primary key (tenant_id, noun, id, at)
) partition by range (at);
create table app.tombstone_rest partition of app.tombstone default;
alter table app.tombstone_rest enable row level security;

create table app.transition (
    tenant_id int not null,
    seq bigint generated always as identity,
    noun text not null,
    subject_id uuid not null,
    from_state text not null,
    event text not null,
    to_state text not null,
    at timestamptz not null,
    actor uuid,
    role text,
    primary key (tenant_id, noun, subject_id, seq),
    constraint transition_allowed foreign key (noun, from_state, event, to_state)
        references ref.state_move (noun, from_state, event, to_state)
);

-- The outcome of each POST by its key, kept 72 hours.
create table idempotency.key (
    tenant_id int not null,
    actor uuid not null,
    route text not null,
    key text not null,
    fingerprint text not null,
    status int,
    resource uuid,
    at timestamptz not null,
    primary key (tenant_id, actor, route, key)
);
create index key_by_age on idempotency.key (at);

-- The words of names, one row each, as people look for them. Row security lets no operator of a text search into an index, because it might tell
-- what a hidden row holds; it lets the comparisons of texts in. So the words are found by a range of them.
create table app.name_word (
    tenant_id int not null,
    noun text not null,
    word text collate "C" not null,
    id uuid not null,
    primary key (tenant_id, noun, word, id)
);
create index name_word_by_id on app.name_word (tenant_id, noun, id);
