-- The queue for operators: what they see.
--
-- An operator has a scope. 'tenant': the operator sees and changes the work of the municipality of the context. 'installation': the work
-- of all municipalities, and what they share (kinds, workers); only role system has it. The views and functions of this file and
-- of queue_operator.sql are the only way for the service and for the command line; without a scope they show nothing and
-- change nothing.

create function queue.sees(whose int) returns boolean language sql stable
    as $$ select case app.scope() when 'installation' then app.role() = 'system' when 'tenant' then whose = app.tenant()
                 else false end $$;

-- Of an error only what is a code: lower-case words, or an SQLSTATE. Anything else might name somebody.
create function queue.code_of(error text) returns text language sql immutable
    as $$ select case when error ~ '^([a-z][a-z -]{0,59}|sqlstate [0-9A-Z]{5})$' then error
                      when error is not null then 'other' end $$;

-- Of a payload only identifiers, yes and no, and numbers that are too small to be a citizen service number; all of it as text.
create function queue.ids_of(payload jsonb) returns jsonb language sql immutable
    set search_path = pg_catalog, pg_temp
    as $$
    select coalesce(jsonb_object_agg(p.key, p.value #>> '{}'), '{}') from jsonb_each(payload) p
    where jsonb_typeof(p.value) = 'boolean'
       or jsonb_typeof(p.value) = 'number' and abs((p.value #>> '{}')::numeric) < 10000000
       or p.value #>> '{}' ~ '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$'
    $$;

-- No security_barrier: it would compute a whole backlog before the first page. Somebody who can get round these views with their own
-- function can also set another context.

create view queue.job_seen as
select j.id, j.tenant, t.id as tenant_id, t.code as tenant_code, j.prio, j.kind, j.state::text as state,
       j.attempt, j.crash, j.lane, j.seq, j.subject, j.run_at, j.lease_until, j.created_at,
       exists (select from queue.act a where a.job = j.id and a.outcome = 'asked') as end_asked,
       queue.code_of(j.last_error) as error_code, queue.ids_of(j.payload) as ids
from queue.job j left join ref.tenant t on t.tenant_id = j.tenant where queue.sees(j.tenant);

create view queue.dead_seen as
select d.id, d.tenant, t.id as tenant_id, t.code as tenant_code, d.prio, d.kind, d.reason, d.attempt, d.crash, d.lane,
       d.seq, d.blocks, queue.code_of(d.last_error) as error_code, d.created_at, d.died_at,
       (extract(epoch from d.died_at) * 1000)::bigint as version, queue.ids_of(d.payload) as ids
from queue.dead d left join ref.tenant t on t.tenant_id = d.tenant where queue.sees(d.tenant);

create view queue.future_seen as
select f.id, f.tenant, t.id as tenant_id, t.code as tenant_code, f.prio, f.kind, f.run_at,
       to_char(f.due_local, 'YYYY-MM-DD"T"HH24:MI:SS') as due_local, f.zone, f.subject,
       f.misfire::text as misfire, f.lane, queue.ids_of(f.payload) as ids
from queue.future f left join ref.tenant t on t.tenant_id = f.tenant where queue.sees(f.tenant);

create view queue.kind_seen as
select k.kind, k.worker, k.max_attempts, k.timeout_ms, k.max_inflight, k.blocks_lane,
       case when k.paused_until > clock.now() then k.paused_until end as paused_until
from queue.kind k where app.scope() in ('tenant', 'installation');

create view queue.act_seen as
select a.id, t.id as tenant_id, t.code as tenant_code, a.verb, a.noun, a.target, a.outcome, a.job, a.reason, a.actor, a.at,
       a.ended_at
from queue.act a left join ref.tenant t on t.tenant_id = a.tenant
where queue.sees(a.tenant) or (a.tenant is null and app.scope() = 'tenant');

-- A lane of which something waits or is dead that the asker sees; the operator of the installation sees every lane.
create function queue.lane_seen(wanted text)
    returns table (lane text, last_place bigint, done_place bigint, state text, blocked_by bigint, jobs jsonb)
    language sql stable security definer set search_path = pg_catalog, pg_temp
    as $$
    select l.lane, l.last_seq, l.done_seq,
           case when d.id is not null then 'blocked' when l.last_seq = l.done_seq then 'idle' else 'moving' end, d.id,
           coalesce((select jsonb_agg(jsonb_build_object('id', n.id, 'place', n.seq, 'kind', n.kind,
                                      'state', n.state::text) order by n.seq)
                     from (select j.id, j.seq, j.kind, j.state from queue.job j
                           where j.lane = l.lane and queue.sees(j.tenant) order by j.seq limit 20) n), '[]')
    from queue.lane l left join queue.dead d on d.lane = l.lane and d.blocks and d.seq = l.done_seq + 1
    where l.lane = wanted
      and (queue.sees(null) or exists (select from queue.job j where j.lane = l.lane and queue.sees(j.tenant))
           or exists (select from queue.dead e where e.lane = l.lane and queue.sees(e.tenant)))
    $$;

create function queue.figures_seen()
    returns table (state text, prio smallint, kind text, jobs bigint, oldest_seconds bigint) language sql stable
    security definer set search_path = pg_catalog, pg_temp
    as $$
    select j.state::text, j.prio, j.kind, count(*), extract(epoch from clock.now() - min(j.created_at))::bigint
    from queue.job j where queue.sees(j.tenant) group by j.state, j.prio, j.kind
    union all
    select 'dead', d.prio, d.kind, count(*), extract(epoch from clock.now() - min(d.died_at))::bigint
    from queue.dead d where queue.sees(d.tenant) group by d.prio, d.kind
    order by 1, 2, 3
    $$;

-- How old the oldest open transaction is: what it may still see, nobody can clear away. (Its owner reads the statistics of
-- all sessions: maatwerk migrate gives it that right.)
create function queue.oldest_transaction() returns bigint language sql stable
    security definer set search_path = pg_catalog, pg_temp
    as $$
    select coalesce(max(extract(epoch from clock.now() - a.xact_start)), 0)::bigint from pg_stat_activity a
    where a.backend_xmin is not null or a.backend_xid is not null
    $$;

-- Everything that a person on duty wants to hear, worst first. What is of the installation, only for its operator.
create function queue.doctor_seen()
    returns table (code text, finding text, ok boolean, number bigint, most bigint) language sql stable
    security definer set search_path = pg_catalog, pg_temp
    as $$
    select f.code, f.finding, f.number <= f.most, f.number, f.most from (
        select 'dead' as code, 'dead letters' as finding, false as whole, 0::bigint as most,
               (select count(*) from queue.dead d where queue.sees(d.tenant)) as number
        union all select 'dead-uncertain', 'dead letters of unknown outcome', false, 0,
               (select count(*) from queue.dead d where d.reason = 'uncertain' and queue.sees(d.tenant))
        union all select 'lanes-blocked', 'lanes blocked by a dead letter', false, 0,
               (select count(*) from queue.dead d where d.blocks and queue.sees(d.tenant))
        union all select 'ready-old', 'ready jobs older than a minute', false, 0,
               (select count(*) from queue.job j where j.state = 'ready' and j.created_at < (select clock.now()) - interval '1 minute'
                and queue.sees(j.tenant))
        union all select 'lease-over', 'leases that ran out', false, 0,
               (select count(*) from queue.job j where j.state = 'leased' and j.lease_until < (select clock.now())
                and queue.sees(j.tenant))
        union all select 'future-late', 'planned work that is overdue', false, 0,
               (select count(*) from queue.future f where f.run_at < (select clock.now()) - interval '5 seconds'
                and queue.sees(f.tenant))
        union all select 'end-asked', 'running jobs whose end was asked more than a minute ago', false, 0,
               (select count(*) from queue.act a where a.outcome = 'asked' and a.at < (select clock.now()) - interval '1 minute'
                and queue.sees(a.tenant))
        union all select 'tenant-paused', 'municipalities that are paused', false, 0,
               (select count(*) from queue.tenant_setting s where s.paused_until > (select clock.now()) and queue.sees(s.tenant))
        union all select 'kind-paused', 'paused kinds', true, 0,
               (select count(*) from queue.kind k where k.paused_until > (select clock.now()))
        union all select 'kind-failing', 'kinds of which most jobs fail, tried with one at a time', true, 0,
               (select count(*) from queue.kind k where k.trips > 0)
        union all select 'lanes-stuck', 'lanes in which nothing can run', true, 0,
               (select count(*) from queue.lane l where l.done_seq < l.last_seq
                and not exists (select from queue.job j where j.lane = l.lane and j.seq = l.done_seq + 1 and j.state <> 'blocked')
                and not exists (select from queue.dead d where d.lane = l.lane and d.seq = l.done_seq + 1 and d.blocks))
        union all select 'no-leader', 'no dispatcher leads, or the one that does stands still', true, 0,
               (select (not exists (select from queue.leader l where queue.leader_lives(l)))::int)
        union all select 'redis-trouble', 'the dispatcher cannot send jobs through Redis'
                         || coalesce((select ': ' || l.trouble from queue.leader l), ''), true, 0,
               (select count(*) from queue.leader l where l.trouble is not null)
        union all select 'connections', 'connections of PostgreSQL in use, of those that are not kept for administrators', true,
               current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int - 1,
               (select count(*) from pg_stat_activity a where a.backend_type = 'client backend')
        union all select 'oldest-transaction', 'seconds that the oldest transaction is open', true, 60,
               queue.oldest_transaction()
        union all select 'prepared-transactions', 'prepared transactions', true, 0, (select count(*) from pg_prepared_xacts)
        union all select 'clock-shifted', 'the clock is shifted', true, 0, (select count(*) from clock.shift)) f
    where app.scope() = 'installation' or (app.scope() = 'tenant' and not f.whole)
    order by f.number <= f.most, f.finding
    $$;
