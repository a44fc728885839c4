-- The job queue: PostgreSQL is the truth, Redis carries a small window of ids.
--
--   enqueue ──► ready r ──(its number goes through Redis)──► claim (row lock) ──► effect + finish: one transaction
--     │           ▲  ▲                                          │
--     │ lane busy │  └──────────── waiting w ◄────────── retry ─┤   executing x: leased, for effects outside PostgreSQL
--     └► blocked b┘                                             └── dead letter: permanent, exhausted, poison, uncertain
--
-- That Redis carries a job is written nowhere here: the dispatcher knows it, and Redis says it (docs/adr/0017).
-- A job holds ids and its municipality, never anything about a person. Callers reach it through these functions.

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

insert into queue.kind (kind, worker) values
    ('match_vacancy', 'matching'), ('match_candidate', 'matching'), ('count_supply', 'matching');

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
    used_at timestamptz not null default clock.now()
);

create table queue.job (
    id bigint primary key generated always as identity,
    tenant int not null,
    prio smallint not null check (prio between 0 and 2),
    kind text not null references queue.kind,
    state "char" not null check (state in ('r', 'x', 'w', 'b')),
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
    last_error text check (char_length(last_error) <= 200),
    payload jsonb not null
) with (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000, autovacuum_vacuum_cost_delay = 0);
-- The planner must not take one municipality for all: with the figures of a backlog of one it would look for the jobs of another
-- through the whole table.
alter table queue.job alter column tenant set (n_distinct = 500), alter column kind set (n_distinct = 50);
create index job_ready on queue.job (prio, kind, tenant, id) where state = 'r';
create index job_waiting on queue.job (run_at) where state = 'w';
create index job_leased on queue.job (lease_until) where state = 'x';
create index job_by_subject on queue.job (subject) where subject is not null;
create unique index job_lane on queue.job (lane, seq) where lane is not null;

comment on column queue.job.put_off is 'attempts that were not counted, because somebody asked to wait or something was down';

-- Unique keys. scope d: one job until it is done; p: one per period; c: coalesce, asking while it is pending gives
-- exactly one more run.
create table queue.unique_key (
    key bytea primary key,
    job_id bigint not null,
    scope "char" not null check (scope in ('d', 'p', 'c')),
    expires_at timestamptz,
    dirty boolean not null default false
);

-- What a leased job has begun outside PostgreSQL.
create table queue.effect (
    job_id bigint primary key,
    state "char" not null default 'i' check (state in ('i', 'k')),
    reference text check (char_length(reference) <= 200),
    begun_at timestamptz not null default clock.now()
);
comment on column queue.effect.state is 'i: begun, outcome not known; k: known, reference says what came of it';

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

-- Work for later. due_local and zone are what was agreed; run_at is what the clock makes of it.
create table queue.future (
    id bigint primary key generated always as identity,
    tenant int not null,
    kind text not null references queue.kind,
    prio smallint not null default 1 check (prio between 0 and 2),
    run_at timestamptz not null,
    due_local timestamp,
    zone text,
    subject text,
    misfire "char" not null default 'f' check (misfire in ('f', 's')),
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

create function queue.key_of(kind text, unique_key text) returns bytea language sql immutable
    as $$ select sha256(convert_to(kind || '|' || unique_key, 'UTF8')) $$;

-- Puts a job in the queue, in the transaction of whoever asks; returns its number, or the number of the job that
-- already has the unique key. Call it last: a lane stays locked until the transaction ends.
create function queue.enqueue(kind text, tenant int, payload jsonb default '{}', lane text default null,
                              unique_key text default null, scope "char" default null, prio smallint default 1,
                              run_at timestamptz default null) returns bigint language plpgsql
    security definer set search_path = pg_catalog, pg_temp
    as $$
    declare
        job bigint := nextval('queue.job_id_seq');
        now timestamptz := clock.now();
        hashed bytea := queue.key_of(enqueue.kind, enqueue.unique_key);
        holder bigint;
        place bigint;
        done bigint;
        starts "char" := 'r';
    begin
        if hashed is not null then
            insert into queue.unique_key as u (key, job_id, scope, expires_at)
            values (hashed, job, coalesce(enqueue.scope, 'd'),
                    case when enqueue.scope = 'p' then enqueue.run_at end)
            on conflict (key) do update set
                dirty = u.scope = 'c',
                job_id = case when u.expires_at < now then excluded.job_id else u.job_id end,
                scope = case when u.expires_at < now then excluded.scope else u.scope end,
                expires_at = case when u.expires_at < now then excluded.expires_at else u.expires_at end
            returning u.job_id into holder;
            if holder <> job then
                return holder;
            end if;
        end if;
        if enqueue.lane is not null then
            insert into queue.lane as l (lane, last_seq) values (enqueue.lane, 1)
            on conflict on constraint lane_pkey do update set last_seq = l.last_seq + 1, used_at = clock.now()
            returning l.last_seq, l.done_seq into place, done;
            if place > done + 1 then
                starts := 'b';
            end if;
        end if;
        if starts = 'r' and enqueue.run_at > now and coalesce(enqueue.scope, 'd') <> 'p' then
            starts := 'w';
        end if;
        insert into queue.job (id, tenant, prio, kind, state, run_at, lane, seq, unique_key, created_at, version, payload)
            overriding system value
        values (job, enqueue.tenant, coalesce(enqueue.prio, 1), enqueue.kind, starts,
                case when enqueue.scope is distinct from 'p' then enqueue.run_at end, enqueue.lane,
                place, hashed, now, coalesce((select k.version from queue.kind k where k.kind = enqueue.kind), 1), enqueue.payload);
        return job;
    end $$;

-- Where jobs are named by number, `state::text` keeps a plan from taking the index of what is ready for a way to a number.

-- What a cap leaves for who takes jobs alone. He cannot see in the rows what others take, for those are only locked; so he keeps a
-- seat for each of his, and for those that are seen (leased, or picked by him before), to the end of his transaction, and counts
-- what is seen when he has them: a seat that was given up for a lease shows as that by then. A quarter of a cap at a time, so
-- that several have some of it.
create function queue.room_alone(of_kind text, of_tenant int, most int, wanted int, mine bigint[]) returns bigint language plpgsql
    security definer set search_path = pg_catalog, pg_temp
    as $$
    declare
        cap int := hashtext(coalesce('queue kind ' || of_kind, 'queue tenant ' || of_tenant));
        seats bigint;
        seen bigint;
    begin
        for i in 1 .. 2 loop
            seen := (select count(*) from queue.job j where j.state = 'x' and (j.kind = of_kind or j.tenant = of_tenant))
                  + (select count(*) from queue.job j where j.id = any (mine) and j.state::text = 'r'
                     and (j.kind = of_kind or j.tenant = of_tenant));
            exit when i = 2;
            seats := (select count(*) from (select from (select generate_series(1, most) as seat) s
                                            where pg_try_advisory_xact_lock(cap, s.seat) limit least(wanted, ceil(most / 4.0)) + seen) taken);
        end loop;
        return seats - seen;
    end $$;

-- The oldest job of each municipality that is ready and not `busy`, for each of these kinds with its priority, but for paused
-- ones. One look at the index for each of them, and one for each of the busy, which stand before it, however long the backlog. The
-- settings of whoever calls it (refill, take) keep the planner from joining whole tables when its figures are old: a backlog grows
-- faster than they do.
create function queue.heads(kinds text[], prios int[], busy bigint[])
    returns table (kind text, prio int, tenant int, first bigint) language plpgsql
    security definer set search_path = pg_catalog, pg_temp
    as $$
    declare
        now timestamptz := clock.now();
        newest bigint := coalesce((select max(b) from unnest(busy) b), 0); -- what comes behind it is not busy
    begin
        return query
        with recursive head as (
            select w.kind, w.prio, f.tenant, f.first
            from unnest(kinds, prios) w (kind, prio)
                join queue.kind k on k.kind = w.kind and not coalesce(k.paused_until > now, false)
                cross join lateral (
                    select j.tenant, j.id as first from queue.job j
                    where j.state = 'r' and j.prio = w.prio and j.kind = w.kind
                        and (j.id > newest or j.id not in (select unnest(busy)))
                    order by j.tenant, j.id limit 1) f
            union all
            select h.kind, h.prio, f.tenant, f.first from head h cross join lateral (
                select j.tenant, j.id as first from queue.job j
                where j.state = 'r' and j.prio = h.prio and j.kind = h.kind and j.tenant > h.tenant
                    and (j.id > newest or j.id not in (select unnest(busy)))
                order by j.tenant, j.id limit 1) f
        )
        select h.kind, h.prio, h.tenant, h.first from head h;
    end $$;

-- Up to `capacity` jobs of one priority, from these heads on: shared by weight among the municipalities, evenly among their kinds,
-- oldest first, beginning behind municipality `after`; never more than a cap leaves room for. What is leased or busy takes room.
-- Who does them `alone` has them locked.
create function queue.pick(kinds text[], tenants int[], firsts bigint[], prio int, capacity int, after int, busy bigint[], alone boolean)
    returns table (id bigint, tenant int, crash smallint, created_at timestamptz) language plpgsql
    security definer set search_path = pg_catalog, pg_temp
    as $$
    declare
        now timestamptz := clock.now();
        newest bigint := coalesce((select max(b) from unnest(busy) b), 0);
    begin
        return query
        with taken as materialized ( -- computed when something has a cap
            select t.kind, t.tenant, count(*) as jobs from (
                select j.kind, j.tenant from queue.job j where j.state = 'x'
                union all
                select j.kind, j.tenant from queue.job j where j.id = any (busy) and j.state::text = 'r') t
            group by t.kind, t.tenant
        ), capped as materialized (
            select k.kind, least(k.max_inflight, case when k.trips > 0 then 1 end) as most
            from queue.kind k where k.kind = any (kinds)
        ), limits as materialized (
            select c.kind, case when c.most is null then null
                                when alone then queue.room_alone(c.kind, null, c.most, capacity, busy)
                                else c.most - coalesce((select sum(t.jobs) from taken t where t.kind = c.kind), 0) end as room
            from capped c
        ), pairs as (
            select h.*, l.room as kind_room, count(*) over (partition by h.tenant) as kinds, coalesce(s.weight, 1) as weight,
                   case when s.max_inflight is null then null
                        when alone then queue.room_alone(null, h.tenant, s.max_inflight, capacity, busy)
                        else s.max_inflight - coalesce((select sum(t.jobs) from taken t where t.tenant = h.tenant), 0) end as room
            from unnest(kinds, tenants, firsts) h (kind, tenant, first) join limits l on l.kind = h.kind
                left join queue.tenant_setting s on s.tenant = h.tenant
            where coalesce(l.room > 0, true) and not coalesce(s.paused_until > now, false)
        ), shares as (
            select p.kind, p.kind_room, p.tenant, p.first, p.room,
                   ceil(capacity * p.weight / (sum(p.weight / p.kinds::float8) over ()) / p.kinds)::int as share
            from pairs p order by (p.tenant <= after), p.tenant, p.kind limit capacity
        ), picked as materialized (
            select c.id, c.crash, c.created_at, s.kind, s.tenant, s.room as tenant_room, s.kind_room, s.tenant <= after as had_turn
            from shares s cross join lateral (
                (select j.id, j.crash, j.created_at from queue.job j
                 where not alone and j.state = 'r' and j.prio = pick.prio and j.kind = s.kind and j.tenant = s.tenant
                     and j.id >= s.first and (j.id > newest or j.id not in (select unnest(busy)))
                 order by j.id limit least(s.share, case when s.room < 0 then 0 else s.room end))
                union all
                select l.* from (
                    select j.id, j.crash, j.created_at from queue.job j
                    where alone and j.state = 'r' and j.prio = pick.prio and j.kind = s.kind and j.tenant = s.tenant
                    order by j.id limit least(s.share, case when s.room < 0 then 0 else s.room end) for update skip locked) l) c
            order by had_turn, s.tenant, c.id limit capacity
        ), counted as ( -- mostly nothing has a cap
            select p.*, row_number() over (partition by p.tenant order by p.id) as in_tenant,
                   row_number() over (partition by p.kind order by p.had_turn, p.tenant, p.id) as in_kind
            from picked p where p.tenant_room is not null or p.kind_room is not null
        ), allowed as (
            select p.*, 0 as in_tenant, 0 as in_kind from picked p where p.tenant_room is null and p.kind_room is null
            union all
            select c.* from counted c
            where coalesce(c.in_tenant <= c.tenant_room, true) and coalesce(c.in_kind <= c.kind_room, true)
        )
        select a.id, a.tenant, a.crash, a.created_at from allowed a order by a.had_turn, a.tenant, a.id;
    end $$;

-- What is to be published next, for several programs and priorities, each named once with its room, in this order and in the stream
-- of its class; `carried`: what streams carry already. A job that is older than a minute may go one class higher, so that nothing
-- waits for ever.
create function queue.refill(workers text[], prios int[], rooms int[], afters int[], carried bigint[] default '{}')
    returns table (id bigint, worker text, tenant int, prio int, class int, crash smallint) language plpgsql
    security definer set search_path = pg_catalog, pg_temp
    set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
    as $$
    declare
        late timestamptz := clock.now() - interval '1 minute';
        their_kinds text[];
        their_prios int[];
        stream record;
        ids bigint[];
        tenants int[];
        crashes smallint[];
        classes int[];
    begin
        select array_agg(k.kind), array_agg(r.prio) into their_kinds, their_prios
        from unnest(workers, prios) r (worker, prio) join queue.kind k on k.worker = r.worker;
        for stream in
            select r.i, array_agg(h.kind) as kinds, array_agg(h.tenant) as tenants, array_agg(h.first) as firsts
            from queue.heads(their_kinds, their_prios, carried) h join queue.kind k on k.kind = h.kind
                join unnest(workers, prios) with ordinality r (worker, prio, i) on r.worker = k.worker and r.prio = h.prio
            group by r.i order by r.i
        loop
            select array_agg(p.id), array_agg(p.tenant), array_agg(p.crash),
                   array_agg(greatest(prios[stream.i] - (p.created_at < late)::int, 0)) into ids, tenants, crashes, classes
            from queue.pick(stream.kinds, stream.tenants, stream.firsts, prios[stream.i], rooms[stream.i], afters[stream.i],
                            carried, false) p;
            continue when ids is null;
            carried := carried || ids; -- what comes next has that much less of a cap
            return query select p.id, workers[stream.i], p.tenant, prios[stream.i], p.class, p.crash
                         from unnest(ids, tenants, classes, crashes) p (id, tenant, class, crash);
        end loop;
    end $$;

-- The programs that have streams.
create function queue.workers() returns setof text language sql stable
    security definer set search_path = pg_catalog, pg_temp
    as $$ select distinct k.worker from queue.kind k order by 1 $$;

-- Takes the named jobs under row lock, those of one municipality and kind together. What is not returned is gone, or
-- somebody else has it.
create function queue.claim(ids bigint[])
    returns table (id bigint, tenant int, kind text, attempt smallint, lane text, seq bigint, cancelled boolean,
                   payload jsonb, timeout_ms int, version smallint, waited_us bigint)
    language plpgsql security definer set search_path = pg_catalog, pg_temp
    set enable_nestloop = off set enable_hashjoin = on -- kinds are few and read once, not looked up for every job
    as $$
    declare
        now timestamptz := clock.now();
        asked boolean := exists (select from queue.cancel_request);
    begin
        return query select j.id, j.tenant, j.kind, j.attempt, j.lane, j.seq,
               asked and exists (select from queue.cancel_request c where c.job_id = j.id), j.payload, k.timeout_ms, j.version,
               (date_part('epoch', now - greatest(j.created_at, j.run_at)) * 1000000)::bigint
        from queue.job j join queue.kind k on k.kind = j.kind
        where j.id = any (ids) and j.state::text = 'r' order by j.tenant, j.kind, j.id for update of j skip locked;
    end $$;

-- The way without Redis: takes ready jobs of these kinds, most urgent first, shared as the dispatcher shares them; each time
-- another municipality begins. Caps hold for all who take together.
create function queue.take(kinds text[], count int)
    returns table (id bigint, tenant int, kind text, attempt smallint, lane text, seq bigint, cancelled boolean,
                   payload jsonb, timeout_ms int, version smallint, waited_us bigint)
    language plpgsql security definer set search_path = pg_catalog, pg_temp
    set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
    as $$
    declare
        ids bigint[] := '{}';
        after int := (random() * 2147483647)::int % greatest((select max(t.tenant_id) from ref.tenant t), 1);
    begin
        for prio in 0 .. 2 loop
            exit when cardinality(ids) >= count;
            ids := ids || array(
                select p.id from (
                    select array_agg(h.kind) as kinds, array_agg(h.tenant) as tenants, array_agg(h.first) as firsts
                    from queue.heads(kinds, array_fill(prio, array[cardinality(kinds)]), ids) h) h
                cross join lateral queue.pick(h.kinds, h.tenants, h.firsts, prio, count - cardinality(ids), after, ids, true) p);
        end loop;
        return query select c.* from queue.claim(ids) c;
    end $$;

-- Which of these jobs somebody wants ended.
create function queue.cancel_wanted(ids bigint[]) returns setof bigint language sql stable
    security definer set search_path = pg_catalog, pg_temp
    as $$ select c.job_id from queue.cancel_request c where c.job_id = any (ids) $$;

-- For entries whose claim gave nothing: which of these jobs still wait to be taken.
create function queue.still_waiting(ids bigint[]) returns setof bigint language sql stable
    security definer set search_path = pg_catalog, pg_temp
    as $$ select j.id from queue.job j where j.id = any (ids) and j.state::text = 'r' $$;

-- Opens the lane for the next job. A job in the middle may have been cancelled or killed: the lane steps over the hole.
-- The lock comes in a statement of its own, so that the next one sees what an enqueue before us has committed.
create function queue.lane_next(wanted text, passed bigint) returns void language plpgsql
    security definer set search_path = pg_catalog, pg_temp
    as $$
    declare here bigint;
    begin
        select l.done_seq into here from queue.lane l where l.lane = wanted for update;
        update queue.lane l set done_seq = coalesce(least(
                (select min(j.seq) from queue.job j where j.lane = wanted and j.seq > here),
                (select min(d.seq) from queue.dead d where d.lane = wanted and d.blocks and d.seq > here)),
            l.last_seq + 1) - 1
        where l.lane = wanted returning l.done_seq into here;
        update queue.job j set state = case when j.run_at > clock.now() then 'w' else 'r' end
        where j.lane = wanted and j.seq = here + 1 and j.state = 'b';
    end $$;

-- What follows the end of jobs: history, lanes, unique keys. One more run for a key that was asked again.
create function queue.after_end(ended queue.job, done boolean, opens_lane boolean) returns void language plpgsql
    security definer set search_path = pg_catalog, pg_temp
    as $$
    declare again boolean := false;
    begin
        if done then
            insert into queue.done (id, tenant, kind, attempt, created_at, done_at)
            values (ended.id, ended.tenant, ended.kind, ended.attempt + 1, ended.created_at, clock.now());
        end if;
        if ended.lane is not null and opens_lane then
            perform queue.lane_next(ended.lane, ended.seq);
        end if;
        if ended.unique_key is not null then
            delete from queue.unique_key u
            where u.key = ended.unique_key and u.job_id = ended.id and u.scope <> 'p' returning u.dirty into again;
            if again and not exists (select from queue.cancel_request c where c.job_id = ended.id) then
                perform queue.enqueue_again(ended);
            end if;
        end if;
    end $$;

create function queue.enqueue_again(ended queue.job) returns void language plpgsql
    security definer set search_path = pg_catalog, pg_temp
    as $$
    declare
        job bigint := nextval('queue.job_id_seq');
        place bigint;
        done bigint;
    begin
        insert into queue.unique_key as u (key, job_id, scope) values (ended.unique_key, job, 'c')
        on conflict (key) do nothing;
        if not found then
            return;
        end if;
        if ended.lane is not null then
            insert into queue.lane as l (lane, last_seq) values (ended.lane, 1)
            on conflict on constraint lane_pkey do update set last_seq = l.last_seq + 1, used_at = clock.now()
            returning l.last_seq, l.done_seq into place, done;
        end if;
        insert into queue.job (id, tenant, prio, kind, state, lane, seq, unique_key, created_at, version, payload)
            overriding system value
        values (job, ended.tenant, ended.prio, ended.kind,
                case when place > done + 1 then 'b' else 'r' end, ended.lane, place, ended.unique_key, clock.now(),
                ended.version, ended.payload);
    end $$;

-- Ends jobs whose effect is in this transaction; fails when one of them is not there to be ended. Most have neither lane nor
-- unique key: they end together, the others one by one.
create function queue.finish(ids bigint[]) returns int language plpgsql
    security definer set search_path = pg_catalog, pg_temp
    as $$
    declare
        ended queue.job;
        now timestamptz := clock.now();
        count int;
    begin
        if exists (select from queue.kind k where k.trips > 0) then
            perform queue.heal(ids);
        end if;
        with plain as (
            delete from queue.job j where j.id = any (ids) and j.state::text = 'r' and j.lane is null
                and j.unique_key is null
            returning j.id, j.tenant, j.kind, j.attempt, j.created_at
        )
        insert into queue.done (id, tenant, kind, attempt, created_at, done_at)
        select p.id, p.tenant, p.kind, p.attempt + 1, p.created_at, now from plain p;
        get diagnostics count = row_count;
        if count < cardinality(ids) then
            for ended in delete from queue.job j where j.id = any (ids) and j.state::text = 'r' returning j.* loop
                perform queue.after_end(ended, true, true);
                count := count + 1;
            end loop;
        end if;
        if count < cardinality(ids) then
            raise exception using errcode = 'MW410', message = 'job-not-held';
        end if;
        return count;
    end $$;

-- Buries a job as a dead letter. Its lane goes on, or waits for a person, as its kind says.
create function queue.kill(job bigint, reason text, error text) returns void language plpgsql
    security definer set search_path = pg_catalog, pg_temp
    as $$
    declare
        ended queue.job;
        blocks boolean;
    begin
        delete from queue.job j where j.id = job returning j.* into ended;
        if not found then
            return;
        end if;
        select ended.lane is not null and k.blocks_lane into blocks from queue.kind k where k.kind = ended.kind;
        if kill.reason in ('exhausted', 'poison')
            and exists (select from queue.effect e where e.job_id = job and e.state = 'i') then
            reason := 'uncertain'; -- something was begun outside, and nobody knows what came of it
        end if;
        insert into queue.dead (id, tenant, prio, kind, lane, seq, blocks, version, attempt, crash, reason, last_error,
                                created_at, died_at, payload)
        values (ended.id, ended.tenant, ended.prio, ended.kind, ended.lane, ended.seq, blocks, ended.version, ended.attempt,
                ended.crash, kill.reason, left(error, 200), ended.created_at, clock.now(), ended.payload);
        insert into queue.counter (metric, label, amount)
        values ('dead', case when error = 'cancelled' and kill.reason = 'permanent' then 'killed' else kill.reason end, 1);
        perform queue.after_end(ended, false, not blocks);
    end $$;

-- Most jobs of a kind fail for the same reason: it is paused, longer each time, and then tried with one job. Whoever comes
-- while another one says the same does not wait for him.
create function queue.trip(failing text) returns void language plpgsql
    security definer set search_path = pg_catalog, pg_temp
    as $$
    begin
        update queue.kind k set trips = least(k.trips + 1, 5),
            paused_until = clock.now() + least(5 * 2 ^ k.trips, 60) * interval '1 second'
        where k.kind = (select f.kind from queue.kind f where f.kind = failing and not coalesce(f.paused_until > clock.now(), false)
                        for update skip locked);
    end $$;

-- The kinds of these jobs work again.
create function queue.heal(ids bigint[]) returns void language plpgsql
    security definer set search_path = pg_catalog, pg_temp
    as $$
    begin
        update queue.kind k set trips = 0, paused_until = null
        where k.kind = any (array(
            select f.kind from queue.kind f where f.trips > 0 and not coalesce(f.paused_until > clock.now(), false)
                and f.kind in (select j.kind from queue.job j where j.id = any (ids)) for update skip locked));
    end $$;

-- A failed attempt: waits with equal jitter, or is buried when its attempts are used up. It counts for nothing when it is
-- `free` (what it needs is down), and the first 50 times that somebody asked to wait for `delay_ms`, or that its kind was tried
-- with one job at a time.
create function queue.retry(job bigint, error text, delay_ms int default null, free boolean default false)
    returns void language plpgsql security definer set search_path = pg_catalog, pg_temp
    as $$
    declare
        tried int;
        put_off int;
        policy queue.kind;
        step double precision;
    begin
        select j.attempt + 1, j.put_off into tried, put_off from queue.job j where j.id = job and j.state in ('r', 'x') for update;
        if not found then
            return;
        end if;
        select k.* into policy from queue.kind k join queue.job j on j.kind = k.kind where j.id = job;
        if policy.trips > 0 then
            perform queue.trip(policy.kind);
        end if;
        free := free or ((policy.trips > 0 or delay_ms is not null) and put_off < 50);
        if not free and tried >= policy.max_attempts then
            perform queue.kill(job, 'exhausted', error);
            return;
        end if;
        step := least(policy.base_ms * 2.0 ^ least(case when free then put_off else tried - 1 end, 20), policy.cap_ms);
        update queue.job j set state = 'w', worker = null, lease_until = null, last_error = left(error, 200),
            attempt = case when free then j.attempt else tried end,
            put_off = case when free then least(j.put_off + 1, 1000) else j.put_off end,
            run_at = clock.now() + coalesce(delay_ms, step / 2 + random() * step / 2) * interval '1 ms'
        where j.id = job;
        insert into queue.counter (metric, kind, label, amount)
        values ('retry', policy.kind, coalesce(queue.code_of(error), ''), 1);
    end $$;

-- Makes ready what is due: waiting jobs, leases that ran out, future work: all at once what has no lane, the rest one by one.
-- What goes into a lane that somebody has locked waits for the next time. Returns how many, when to look again, and which of
-- them were with a worker before.
create function queue.promote(count int) returns table (promoted int, next_at timestamptz, again bigint[]) language plpgsql
    security definer set search_path = pg_catalog, pg_temp
    set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off set lock_timeout = '50ms'
    as $$
    declare
        now timestamptz := clock.now();
        ids bigint[];
        made bigint;
        due queue.future;
        busy text[] := '{}';
    begin
        again := array(select w.id from queue.job w where w.state = 'w' and w.run_at <= now
                       order by w.run_at limit count for update skip locked)
              || array(select x.id from queue.job x where x.state = 'x' and x.lease_until < now
                       order by x.lease_until limit count for update skip locked);
        update queue.job j set state = 'r', worker = null, lease_until = null where j.id = any (again);
        ids := array(select f.id from queue.future f where f.run_at <= now order by f.run_at, f.id limit count
                     for update skip locked);
        promoted := cardinality(again) + cardinality(ids);
        delete from queue.future f where f.id = any (ids) and f.misfire = 's' and now - f.run_at > f.grace;
        with gone as (delete from queue.future f where f.id = any (ids) and f.lane is null returning f.*)
        insert into queue.job (tenant, prio, kind, state, subject, created_at, version, payload)
        select g.tenant, g.prio, g.kind, 'r', g.subject, now, g.version, g.payload from gone g order by g.run_at, g.id;
        for due in select f.* from queue.future f where f.id = any (ids) order by f.run_at, f.id loop
            continue when due.lane = any (busy);
            begin
                made := queue.enqueue(due.kind, due.tenant, due.payload, due.lane, null, null, due.prio);
                update queue.job j set subject = due.subject, version = due.version where j.id = made;
                delete from queue.future f where f.id = due.id;
            exception when lock_not_available then
                busy := busy || due.lane;
            end;
        end loop;
        promoted := promoted - (select count(*) from queue.future f where f.id = any (ids));
        select least((select min(j.run_at) from queue.job j where j.state = 'w'),
                     (select min(j.lease_until) from queue.job j where j.state = 'x'),
                     (select min(f.run_at) from queue.future f)) into next_at;
        return next;
    end $$;

-- Those of these ready jobs that somebody has locked: to send them would only make others wait for him.
create function queue.held(ids bigint[]) returns setof bigint language sql
    security definer set search_path = pg_catalog, pg_temp
    as $$
    with free as materialized (select j.id from queue.job j where j.id = any (ids) for update skip locked)
    select j.id from queue.job j where j.id = any (ids) and j.state::text = 'r' and j.id not in (select f.id from free f)
    $$;

-- Streams carry these jobs no more. Counts those that nobody has, and so are sent again: because Redis lost them, or has gone.
create function queue.count_lost(ids bigint[], reason text) returns int language sql
    security definer set search_path = pg_catalog, pg_temp
    as $$
    with free as (select j.id from queue.job j where j.id = any (ids) and j.state::text = 'r' for update skip locked),
    lost as (select count(*) from free),
    counted as (insert into queue.counter (metric, label, amount)
                select 'redispatched', reason, l.count from lost l where l.count > 0)
    select l.count::int from lost l
    $$;

-- A worker died while it had these jobs: they are suspects. At the fourth time a job is buried as poison; returns those that go
-- on. One that stays locked is in somebody's hands: no crash.
create function queue.crashed(ids bigint[]) returns setof bigint language plpgsql
    security definer set search_path = pg_catalog, pg_temp set lock_timeout = '1500ms'
    as $$
    declare
        one record;
        reaped int := 0;
    begin
        begin
            perform 1 from queue.job j where j.id = any (ids) for update;
        exception when lock_not_available then
            ids := array(select j.id from queue.job j where j.id = any (ids) for update skip locked);
        end;
        for one in update queue.job j set crash = j.crash + 1
                   where j.id = any (ids) and j.state in ('r', 'x') returning j.id, j.crash loop
            reaped := reaped + 1;
            if one.crash >= 4 then
                perform queue.kill(one.id, 'poison', 'a worker died with it four times');
            else
                return next one.id;
            end if;
        end loop;
        insert into queue.counter (metric, amount) select 'reaped', reaped where reaped > 0;
    end $$;

-- What nobody needs any more: history after 7 days, keys of ended periods, idle lanes after 30 days, idempotency keys
-- after 72 hours (per municipality: its wall holds for this function too). And what is due soon, by today's rules of zones.
create function queue.sweep() returns void language plpgsql
    security definer set search_path = pg_catalog, pg_temp
    as $$
    declare
        now timestamptz := clock.now();
        municipality int;
    begin
        perform queue.reckon(now + interval '2 days');
        delete from queue.done d where d.done_at < now - interval '7 days';
        delete from queue.unique_key u where u.expires_at < now;
        delete from queue.cancel_request c where not exists (select from queue.job j where j.id = c.job_id);
        delete from queue.lane l where l.last_seq = l.done_seq
            and not exists (select from queue.job j where j.lane = l.lane)
            and not exists (select from queue.dead d where d.lane = l.lane and d.blocks)
            and l.used_at < now - interval '30 days';
        for municipality in select t.tenant_id from ref.tenant t loop
            perform set_config('app.tenant', municipality::text, true);
            perform idempotency.sweep();
        end loop;
    end $$;
