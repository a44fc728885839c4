-- The queue, for operators, for work of later, and for effects outside PostgreSQL.

-- ---------------------------------------------------------------------------------------------- work of later

-- Work at a local time of day in a zone: run_at is what the clock makes of it; what the zone's rules change is computed
-- anew by queue.reckon(). `subject` names what it is about, so that the transaction that ends that can cancel it.
create function queue.schedule(kind text, tenant int, payload jsonb, due_local timestamp, zone text, subject text,
                               misfire "char" default 'f', grace interval default '1 hour', lane text default null,
                               prio smallint default 1) returns bigint language sql
    security definer set search_path = pg_catalog, pg_temp
    as $$
    insert into queue.future (tenant, kind, prio, run_at, due_local, zone, subject, misfire, grace, lane, version, payload)
    values (tenant, kind, prio, due_local at time zone zone, due_local, zone, subject, misfire, grace, lane,
            coalesce((select k.version from queue.kind k where k.kind = schedule.kind), 1), payload)
    returning id
    $$;

-- Cancels what is planned about a subject, and what has become a job but has not begun; what was begun outside goes on to
-- its end. Returns how many.
create function queue.cancel_subject(wanted text) returns int language plpgsql
    security definer set search_path = pg_catalog, pg_temp
    as $$
    declare
        planned int;
        ended queue.job;
        count int := 0;
    begin
        delete from queue.future f where f.subject = wanted;
        get diagnostics planned = row_count;
        for ended in delete from queue.job j where j.id in (
                select k.id from queue.job k where k.subject = wanted and k.state in ('r', 'w', 'b')
                and not exists (select from queue.effect e where e.job_id = k.id) for update skip locked) returning j.* loop
            perform queue.after_end(ended, false, true);
            count := count + 1;
        end loop;
        return planned + count;
    end $$;

-- Computes run_at anew for rows up to `until` whose zone has other rules than when they were planned. The sweep does so for
-- what is due soon, long before any rule can move it to now. Returns how many changed.
create function queue.reckon(until timestamptz default 'infinity') returns int language sql
    security definer set search_path = pg_catalog, pg_temp
    as $$
    with changed as (
        update queue.future f set run_at = f.due_local at time zone f.zone
        where f.run_at < until and f.zone is not null and f.run_at <> f.due_local at time zone f.zone returning 1)
    select count(*)::int from changed
    $$;

-- ------------------------------------------------------------------------------- effects outside PostgreSQL
-- Leased mode: a lease instead of a row lock, a fence that rises with each lease, and a note of what was begun.
--
--   claim + lease ──► lease_begin (committed) ──► the call outside ──► business rows + lease_finish: one transaction
--     └ runs out: ready again; the next lease has a higher fence, the old holder can finish nothing

-- Leases jobs that this transaction has claimed. Each call may take `timeout_ms`; while it does, its holder beats.
create function queue.lease(ids bigint[], holder text, ms int)
    returns table (id bigint, tenant int, kind text, attempt smallint, fence bigint, payload jsonb, timeout_ms int,
                   version smallint)
    language plpgsql security definer set search_path = pg_catalog, pg_temp
    as $$
    begin
        return query
        with leased as (
            update queue.job j set state = 'x', worker = holder, fence = j.fence + 1,
                   lease_until = clock.now() + ms * interval '1 ms'
            where j.id = any (ids) and j.state::text = 'r'
            returning j.id, j.tenant, j.kind, j.attempt, j.fence, j.payload, j.version)
        select l.id, l.tenant, l.kind, l.attempt, l.fence, l.payload,
               (select k.timeout_ms from queue.kind k where k.kind = l.kind), l.version from leased l order by l.id;
    end $$;

-- Holds all leases of a holder longer.
create function queue.lease_beat(holder text, ms int) returns void language plpgsql
    security definer set search_path = pg_catalog, pg_temp
    as $$
    begin
        update queue.job j set lease_until = clock.now() + ms * interval '1 ms'
        where j.state = 'x' and j.worker = holder and j.lease_until > clock.now();
    end $$;

-- Whether this lease still holds; locks the job when it does.
create function queue.lease_holds(job bigint, held bigint) returns boolean language plpgsql
    security definer set search_path = pg_catalog, pg_temp
    as $$
    begin
        perform 1 from queue.job j where j.id = job and j.state = 'x' and j.fence = held for update;
        return found;
    end $$;

-- Before the call outside. 'new': make it; 'begun': it was begun before and nobody knows what came of it; 'known': it was
-- made, with this reference; 'cancelled'; 'lost': the lease is somebody else's.
create function queue.lease_begin(job bigint, held bigint) returns table (found_state text, known_reference text)
    language plpgsql security definer set search_path = pg_catalog, pg_temp
    as $$
    begin
        if not queue.lease_holds(job, held) then
            return query select 'lost', null::text;
            return;
        end if;
        insert into queue.effect (job_id)
        select job where not exists (select from queue.cancel_request c where c.job_id = job)
        on conflict do nothing;
        if found then
            return query select 'new', null::text;
            return;
        end if;
        return query select case e.state when 'k' then 'known' else 'begun' end, e.reference
            from queue.effect e where e.job_id = job;
        if not found then
            return query select 'cancelled', null::text;
        end if;
    end $$;

-- What came of the call is known, but its business rows cannot be written now.
create function queue.lease_known(job bigint, held bigint, came_of_it text) returns void language plpgsql
    security definer set search_path = pg_catalog, pg_temp
    as $$
    begin
        if queue.lease_holds(job, held) then
            update queue.effect e set state = 'k', reference = left(came_of_it, 200) where e.job_id = job;
        end if;
    end $$;

-- Ends a leased job in the transaction of its business rows. When the lease is lost, that transaction fails.
create function queue.lease_finish(job bigint, held bigint) returns void language plpgsql
    security definer set search_path = pg_catalog, pg_temp
    as $$
    declare ended queue.job;
    begin
        perform queue.heal(array[job]);
        delete from queue.job j where j.id = job and j.state = 'x' and j.fence = held returning j.* into ended;
        if not found then
            raise exception using errcode = 'MW410', message = 'lease-lost';
        end if;
        delete from queue.effect e where e.job_id = job;
        perform queue.after_end(ended, true, true);
    end $$;

-- Another attempt later. `made_nothing`: the call was surely not made, so the next one is new.
create function queue.lease_retry(job bigint, held bigint, error text, made_nothing boolean, delay_ms int default null,
                                  free boolean default false) returns void language plpgsql security definer set search_path = pg_catalog, pg_temp
    as $$
    begin
        if queue.lease_holds(job, held) then
            delete from queue.effect e where e.job_id = job and made_nothing;
            perform queue.retry(job, error, delay_ms, free);
        end if;
    end $$;

-- A dead letter: 'permanent' or 'killed' (surely not made), or 'uncertain': nobody can say, and it cannot be asked.
create function queue.lease_kill(job bigint, held bigint, reason text, error text) returns void language plpgsql
    security definer set search_path = pg_catalog, pg_temp
    as $$
    begin
        if queue.lease_holds(job, held) then
            delete from queue.effect e where e.job_id = job and reason <> 'uncertain';
            perform queue.kill(job, reason, error);
        end if;
    end $$;

-- ------------------------------------------------------------------------------------------------ operators

-- Gives a dead letter another life, with fresh attempts and under its own number, so that a provider still knows its key;
-- in its place when it blocks its lane, else at the end of it. Who revives what is uncertain says that it may be done.
-- Its unique key may be another job's by now, and its subject cancelled: it comes back without either.
create function queue.revive(letter bigint) returns bigint language plpgsql
    security definer set search_path = pg_catalog, pg_temp
    as $$
    declare
        dead queue.dead;
        place bigint;
        done bigint;
    begin
        delete from queue.dead d where d.id = letter returning d.* into dead;
        if not found then
            return null;
        end if;
        delete from queue.effect e where e.job_id = letter and e.state = 'i';
        delete from queue.cancel_request c where c.job_id = letter;
        place := dead.seq;
        if dead.lane is not null and not dead.blocks then
            insert into queue.lane as l (lane, last_seq) values (dead.lane, 1)
            on conflict on constraint lane_pkey do update set last_seq = l.last_seq + 1, used_at = clock.now()
            returning l.last_seq, l.done_seq into place, done;
        elsif dead.lane is not null then
            select l.done_seq into done from queue.lane l where l.lane = dead.lane for update;
        end if;
        insert into queue.job (id, tenant, prio, kind, state, run_at, lane, seq, created_at, version, payload)
            overriding system value
        values (dead.id, dead.tenant, dead.prio, dead.kind, case when place > done + 1 then 'b' else 'r' end, clock.now(),
                dead.lane, place, dead.created_at, dead.version, dead.payload);
        return dead.id;
    end $$;

-- Gives up a dead letter; a lane that it blocked goes on.
create function queue.drop_dead(letter bigint) returns boolean language plpgsql
    security definer set search_path = pg_catalog, pg_temp
    as $$
    declare dead queue.dead;
    begin
        delete from queue.dead d where d.id = letter returning d.* into dead;
        if not found then
            return false;
        end if;
        delete from queue.effect e where e.job_id = letter;
        if dead.blocks then
            perform queue.lane_next(dead.lane, dead.seq);
        end if;
        return true;
    end $$;

-- A kind waits until then, null: no more. Municipalities are paused in queue.tenant_setting.
create function queue.pause(wanted text, until timestamptz) returns boolean language plpgsql
    security definer set search_path = pg_catalog, pg_temp
    as $$
    begin
        update queue.kind k set paused_until = until, trips = 0 where k.kind = wanted;
        return found;
    end $$;
