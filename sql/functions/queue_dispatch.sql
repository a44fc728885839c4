-- The queue: which jobs go to which worker, through Redis or without it.

-- Where a statement names jobs by number, `state::text` keeps the planner from using the index of ready jobs to find a number.

-- How many jobs a cap leaves for a worker that takes jobs alone. The worker cannot see in the rows which jobs others take, because those
-- are only locked. So it takes a seat (an advisory lock) for each of its jobs, and for each job that can be seen (leased, or picked by it
-- before), until its transaction ends. It counts the jobs that can be seen after it has the seats: by then a seat that was given up for a
-- lease shows as that lease. A worker takes a quarter of a cap at a time, so that several workers get some of it.
create function queue.room_alone(of_kind text, of_tenant int, most int, wanted int, mine bigint[]) returns bigint language plpgsql
    security definer set search_path = pg_catalog, pg_temp set enable_seqscan = off
    as $$
    declare
        cap int := hashtext(coalesce('queue kind ' || of_kind, 'queue tenant ' || of_tenant));
        seats bigint;
        seen bigint;
    begin
        for i in 1 .. 2 loop
            seen := (select count(*) from queue.job j where j.state = 'leased' and (j.kind = of_kind or j.tenant = of_tenant))
                  + (select count(*) from queue.job j where j.id = any (mine) and j.state::text = 'ready'
                     and (j.kind = of_kind or j.tenant = of_tenant));
            exit when i = 2;
            seats := (select count(*) from (select from (select generate_series(1, most) as seat) s
                                            where pg_try_advisory_xact_lock(cap, s.seat) limit least(wanted, ceil(most / 4.0)) + seen) taken);
        end loop;
        return seats - seen;
    end $$;

-- The oldest job of each municipality that is ready and not `busy`, for each of these kinds with its priority, but for paused
-- ones. One look at the index for each of them, and one for each of the busy, which stand before it, however long the backlog. The
-- settings of the one who calls it (refill, take) keep the planner from joining whole tables when its figures are old: a backlog grows
-- faster than they do.
create function queue.heads(kinds text[], prios int[], busy bigint[])
    returns table (kind text, prio int, tenant int, first bigint) language plpgsql
    security definer set search_path = pg_catalog, pg_temp set enable_seqscan = off
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
                    where j.state = 'ready' and j.prio = w.prio and j.kind = w.kind
                        and (j.id > newest or j.id not in (select unnest(busy)))
                    order by j.tenant, j.id limit 1) f
            union all
            select h.kind, h.prio, f.tenant, f.first from head h cross join lateral (
                select j.tenant, j.id as first from queue.job j
                where j.state = 'ready' and j.prio = h.prio and j.kind = h.kind and j.tenant > h.tenant
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
    security definer set search_path = pg_catalog, pg_temp set enable_seqscan = off
    as $$
    declare
        now timestamptz := clock.now();
        newest bigint := coalesce((select max(b) from unnest(busy) b), 0);
    begin
        return query
        with taken as materialized ( -- computed when something has a cap
            select t.kind, t.tenant, count(*) as jobs from (
                select j.kind, j.tenant from queue.job j where j.state = 'leased'
                union all
                select j.kind, j.tenant from queue.job j where j.id = any (busy) and j.state::text = 'ready') t
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
                 where not alone and j.state = 'ready' and j.prio = pick.prio and j.kind = s.kind and j.tenant = s.tenant
                     and j.id >= s.first and (j.id > newest or j.id not in (select unnest(busy)))
                 order by j.id limit least(s.share, case when s.room < 0 then 0 else s.room end))
                union all
                select l.* from (
                    select j.id, j.crash, j.created_at from queue.job j
                    where alone and j.state = 'ready' and j.prio = pick.prio and j.kind = s.kind and j.tenant = s.tenant
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
    language plpgsql security definer set search_path = pg_catalog, pg_temp set enable_seqscan = off
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
        where j.id = any (ids) and j.state::text = 'ready' order by j.tenant, j.kind, j.id for update of j skip locked;
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
    security definer set search_path = pg_catalog, pg_temp set enable_seqscan = off
    as $$ select c.job_id from queue.cancel_request c where c.job_id = any (ids) $$;

-- For entries whose claim gave nothing: which of these jobs still wait to be taken.
create function queue.still_waiting(ids bigint[]) returns setof bigint language sql stable
    security definer set search_path = pg_catalog, pg_temp set enable_seqscan = off
    as $$ select j.id from queue.job j where j.id = any (ids) and j.state::text = 'ready' $$;

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
        again := array(select w.id from queue.job w where w.state = 'waiting' and w.run_at <= now
                       order by w.run_at limit count for update skip locked)
              || array(select x.id from queue.job x where x.state = 'leased' and x.lease_until < now
                       order by x.lease_until limit count for update skip locked);
        update queue.job j set state = 'ready', worker = null, lease_until = null where j.id = any (again);
        ids := array(select f.id from queue.future f where f.run_at <= now order by f.run_at, f.id limit count
                     for update skip locked);
        promoted := cardinality(again) + cardinality(ids);
        delete from queue.future f where f.id = any (ids) and f.misfire = 'skip' and now - f.run_at > f.grace;
        with gone as (delete from queue.future f where f.id = any (ids) and f.lane is null returning f.*)
        insert into queue.job (tenant, prio, kind, state, subject, created_at, version, payload)
        select g.tenant, g.prio, g.kind, 'ready', g.subject, now, g.version, g.payload from gone g order by g.run_at, g.id;
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
        select least((select min(j.run_at) from queue.job j where j.state = 'waiting'),
                     (select min(j.lease_until) from queue.job j where j.state = 'leased'),
                     (select min(f.run_at) from queue.future f)) into next_at;
        return next;
    end $$;

-- Which of these ready jobs are locked. To send such a job would only make other workers wait for the one that has it.
create function queue.held(ids bigint[]) returns setof bigint language sql
    security definer set search_path = pg_catalog, pg_temp set enable_seqscan = off
    as $$
    with free as materialized (select j.id from queue.job j where j.id = any (ids) for update skip locked)
    select j.id from queue.job j where j.id = any (ids) and j.state::text = 'ready' and j.id not in (select f.id from free f)
    $$;

-- Streams carry these jobs no more. Counts those that nobody has, and so are sent again: because Redis lost them, or has gone.
create function queue.count_lost(ids bigint[], reason text) returns int language sql
    security definer set search_path = pg_catalog, pg_temp set enable_seqscan = off
    as $$
    with free as (select j.id from queue.job j where j.id = any (ids) and j.state::text = 'ready' for update skip locked),
    lost as (select count(*) from free),
    counted as (insert into queue.counter (metric, label, amount)
                select 'redispatched', reason, l.count from lost l where l.count > 0)
    select l.count::int from lost l
    $$;

-- Redis says that the worker that had these jobs is dead. That makes the jobs suspects, which run alone from now on, and nothing more:
-- only PostgreSQL can say whether a job kills its workers (queue.begin_alone). A job that stays locked has a worker. Returns the suspects.
create function queue.crashed(ids bigint[]) returns setof bigint language plpgsql
    security definer set search_path = pg_catalog, pg_temp set enable_seqscan = off set lock_timeout = '1500ms'
    as $$
    declare
        one bigint;
        reaped int := 0;
    begin
        begin
            perform 1 from queue.job j where j.id = any (ids) for update;
        exception when lock_not_available then
            ids := array(select j.id from queue.job j where j.id = any (ids) for update skip locked);
        end;
        for one in update queue.job j set crash = greatest(j.crash, 1)
                   where j.id = any (ids) and j.state in ('ready', 'leased') returning j.id loop
            reaped := reaped + 1;
            return next one;
        end loop;
        insert into queue.counter (metric, amount) select 'reaped', reaped where reaped > 0;
    end $$;

-- A worker is about to do this suspect, alone: that is committed before it begins. queue.survived() takes it back when the worker lives
-- on, whatever came of the job; so a job that had four deaths, or three and its first in a batch, is poison, and is buried instead. The
-- session holds the trial, and PostgreSQL ends it with the session: while its worker lives, no other one begins, and counts, the same job.
-- False: there is nothing to do.
create function queue.begin_alone(suspect bigint) returns boolean language plpgsql
    security definer set search_path = pg_catalog, pg_temp set enable_seqscan = off
    as $$
    declare crashes int;
    begin
        if not pg_try_advisory_lock('queue.job'::regclass::int, (suspect % 2147483647)::int) then
            return false;
        end if;
        select j.crash into crashes from queue.job j where j.id = suspect and j.state::text = 'ready' for update skip locked;
        if crashes < 4 then
            update queue.job j set crash = crash + 1 where j.id = suspect;
            return true;
        end if;
        perform pg_advisory_unlock('queue.job'::regclass::int, (suspect % 2147483647)::int);
        if crashes >= 4 then
            perform queue.kill(suspect, 'poison', 'a worker died with it four times');
        end if;
        return false;
    end $$;

-- The worker that had begun this suspect alone is alive. False: somebody else holds the job now, ask again. (A session that was lost
-- has lost its trial, too; that is no warning.)
create function queue.survived(suspect bigint) returns boolean language plpgsql
    security definer set search_path = pg_catalog, pg_temp set enable_seqscan = off set client_min_messages = error
    as $$
    begin
        perform from queue.job j where j.id = suspect and j.crash > 0 for update nowait;
        if found then
            update queue.job j set crash = crash - 1 where j.id = suspect;
        end if;
        perform pg_advisory_unlock('queue.job'::regclass::int, (suspect % 2147483647)::int);
        return true;
    exception when lock_not_available then
        return false;
    end $$;
