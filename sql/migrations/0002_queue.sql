-- The job queue: PostgreSQL is the truth, Redis carries a small window of ids.
--
--   enqueue ──► ready r ──(its number goes through Redis)──► claim (row lock) ──► effect + finish: one transaction
--     │           ▲  ▲                                          │
--     │ lane busy │  └──────────── waiting w ◄────────── retry ─┤   executing x: leased, for effects outside PostgreSQL
--     └► blocked b┘                                             └── dead letter: permanent, exhausted, poison, uncertain
--
-- That Redis carries a job is written nowhere here: the dispatcher knows it, and Redis says it (docs/adr/0017).
-- A job holds ids and its municipality, never anything about a person. Callers reach it through its functions
-- (sql/functions/queue*.sql).

create schema queue;

create table queue.kind (
    kind text primary key check (kind ~ '^[a-z][a-z0-9_]{1,39}$'),
    worker text not null check (worker ~ '^[a-z]{2,20}$'),
    max_attempts int not null default 12 check (max_attempts between 1 and 100),
    base_ms int not null default 500 check (base_ms between 1 and 3600000),
    cap_ms int not null default 300000 check (cap_ms >= base_ms),
    timeout_ms int not null default 10000 check (timeout_ms between 100 and 3600000),
    max_inflight int check (max_inflight > 0),
    blocks_lane boolean not null default false,
    version smallint not null default 1 check (version > 0),
    trips smallint not null default 0,
    paused_until timestamptz
);
comment on column queue.kind.worker is 'the program that does this kind: maatwerk-<worker> reads its own streams';
comment on column queue.kind.version is 'of the payload that is written now; a job keeps the one it was written with';
comment on column queue.kind.trips is 'how often in succession most of its jobs failed; one at a time tries whether that is over';
comment on column queue.kind.blocks_lane is 'a dead letter blocks its lane until a person decides; else the lane skips it';

-- How a municipality takes part in the fair refill; absent: weight 1, no cap, not paused.
create table queue.tenant_setting (
    tenant int primary key,
    weight int not null default 1 check (weight between 1 and 100),
    max_inflight int check (max_inflight > 0),
    paused_until timestamptz
);

create table queue.lane (
    lane text primary key,
    last_seq bigint not null,
    done_seq bigint not null default 0,
    used_at timestamptz not null
);

-- Every job is written several times, so what its columns may be is kept in domains (0001_base.sql).
create domain queue.prio as smallint check (value between 0 and 2);
create type queue.job_state as enum ('ready', 'leased', 'waiting', 'blocked');
create domain queue.last_error as text check (char_length(value) <= 200);
create type queue.unique_scope as enum ('once', 'period', 'coalesce');
create table queue.job (
    id bigint primary key generated always as identity,
    tenant int not null,
    prio queue.prio not null,
    kind text not null references queue.kind,
    state queue.job_state not null,
    run_at timestamptz,
    lane text,
    seq bigint,
    unique_key bytea,
    version smallint not null default 1,
    attempt smallint not null default 0,
    put_off smallint not null default 0,
    crash smallint not null default 0,
    fence bigint not null default 0,
    lease_until timestamptz,
    worker text,
    subject text,
    created_at timestamptz not null,
    last_error queue.last_error,
    payload jsonb not null
) with (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000, autovacuum_vacuum_cost_delay = 0);

-- The planner must not take one municipality for all: with the figures of a backlog of one it would look for the jobs of another
-- through the whole table.
alter table queue.job alter column tenant set (n_distinct = 500), alter column kind set (n_distinct = 50);
create index job_ready on queue.job (prio, kind, tenant, id) where state = 'ready';
create index job_waiting on queue.job (run_at) where state = 'waiting';
create index job_leased on queue.job (lease_until) where state = 'leased';
create index job_by_subject on queue.job (subject) where subject is not null;
create unique index job_lane on queue.job (lane, seq) where lane is not null;
comment on column queue.job.put_off is 'attempts that were not counted, because somebody asked to wait or something was down';

-- Unique keys. once: one job until it is done; period: one per period; coalesce: asking while it is pending gives
-- exactly one more run.
create table queue.unique_key (
    key bytea primary key,
    job_id bigint not null,
    scope queue.unique_scope not null,
    expires_at timestamptz,
    dirty boolean not null default false
);

-- What a leased job has begun outside PostgreSQL.
create type queue.effect_state as enum ('begun', 'known');
create table queue.effect (
    job_id bigint primary key,
    state queue.effect_state not null default 'begun',
    reference text check (char_length(reference) <= 200),
    begun_at timestamptz not null
);
comment on column queue.effect.state is 'begun: outcome not known; known: reference says what came of it';

-- Somebody wants these jobs ended while a worker has them; a running job cannot be written to.
create table queue.cancel_request (
    job_id bigint primary key
);

create table queue.dead (
    id bigint primary key,
    tenant int not null,
    prio smallint not null,
    kind text not null,
    lane text,
    seq bigint,
    blocks boolean not null default false,
    version smallint not null default 1,
    attempt smallint not null,
    crash smallint not null,
    reason text not null check (reason in ('permanent', 'exhausted', 'poison', 'uncertain', 'killed')),
    last_error text,
    created_at timestamptz not null,
    died_at timestamptz not null,
    payload jsonb not null
);
create index dead_by_time on queue.dead (died_at, id);
create index dead_in_lane on queue.dead (lane, seq) where lane is not null;

-- What was done, for the operator; swept after 7 days.
create table queue.done (
    id bigint not null,
    tenant int not null,
    kind text not null,
    attempt smallint not null,
    created_at timestamptz not null,
    done_at timestamptz not null
);
create index done_by_time on queue.done using brin (done_at);

create type queue.misfire as enum ('fire', 'skip');
-- Work for later. due_local and zone are what was agreed; run_at is what the clock makes of it.
create table queue.future (
    id bigint primary key generated always as identity,
    tenant int not null,
    kind text not null references queue.kind,
    prio queue.prio not null default 1,
    run_at timestamptz not null,
    due_local timestamp,
    zone text,
    subject text,
    misfire queue.misfire not null default 'fire',
    grace interval not null default '1 hour',
    lane text,
    version smallint not null default 1,
    payload jsonb not null
);
create index future_due on queue.future (run_at, id);
create index future_by_subject on queue.future (subject) where subject is not null;

-- What happened, as amounts to be added up: never about one job or one person. Each row is what came on top, so that nobody
-- waits for somebody else's lock; queue.fold() adds them together.
create table queue.counter (
    metric text not null check (metric in ('done', 'retry', 'dead', 'wait', 'run', 'fallback', 'redispatched', 'reaped', 'ghosts')),
    kind text not null default '' check (kind ~ '^[a-z0-9_]{0,40}$'),
    label text not null default '' check (label !~ '["\\\n]' and char_length(label) <= 200),
    amount bigint not null
) with (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000);
comment on column queue.counter.label is 'result, code or reason; of wait and run: the upper end of a step in seconds, or sum';
comment on column queue.counter.amount is 'number, or microseconds';

-- What may never have happened is shown as none, and every step of a histogram is shown.
insert into queue.counter (metric, label, amount)
select 'dead', r, 0 from unnest('{permanent,exhausted,poison,uncertain,killed}'::text[]) r
union all select 'redispatched', r, 0 from unnest('{lost,gone}'::text[]) r
union all select m, '', 0 from unnest('{fallback,reaped,ghosts}'::text[]) m
union all select m, s, 0 from unnest('{wait,run}'::text[]) m, unnest('{0.001,0.005,0.025,0.1,0.5,2.5,10,60,300,+Inf}'::text[]) s;

-- What operators asked, kept 90 days; the audit keeps it longer. tenant is null when it concerns the installation.
create table queue.act (
    id uuid primary key,
    tenant int,
    verb text not null check (verb in ('retry', 'run-now', 'cancel', 'kill', 'revive', 'drop', 'pause', 'resume', 'release',
                                       'drain', 'end-drain')),
    noun text not null check (noun in ('job', 'dead-letter', 'kind', 'tenant', 'lane', 'worker')),
    target text not null check (char_length(target) between 1 and 200),
    outcome text not null check (outcome in ('done', 'asked', 'too-late')),
    job bigint,
    reason text check (char_length(reason) <= 200),
    actor uuid,
    at timestamptz not null,
    ended_at timestamptz
);
create index act_by_time on queue.act (at, id);
create index act_asked on queue.act (job) where outcome = 'asked';
comment on column queue.act.outcome is 'done; asked: the job is running and ends when it can; too-late: it was done first';
comment on column queue.act.job is 'the job that it is about; of a revival: the job that came of it';

-- How many entries each stream holds, as the dispatcher that leads has last seen.
create table queue.stream_seen (
    worker text not null,
    stream text not null,
    entries int not null,
    at timestamptz not null,
    primary key (worker, stream)
);

-- The dispatcher that leads. It renews its lease each second; it loses the lead when the lease runs out (it stands still), or
-- when its connection ends (it is gone).
create table queue.leader (
    one boolean primary key default true check (one),
    holder text not null,
    backend int not null,
    backend_start timestamptz not null,
    until timestamptz not null,
    trouble text check (trouble ~ '^[a-z-]{1,20}$')
);
comment on column queue.leader.holder is 'for people: the application_name of its connection';
comment on column queue.leader.trouble is 'why it cannot send jobs through Redis; null: it can';
