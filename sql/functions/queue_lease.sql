-- The queue: effects outside PostgreSQL.
--
-- Leased mode: a lease instead of a row lock, a fence that rises with each lease, and a note of what was begun.
--
--   claim + lease ──► lease_begin (committed) ──► the call outside ──► business rows + lease_finish: one transaction
--     └ runs out: ready again; the next lease has a higher fence, the old holder can finish nothing

-- Leases jobs that this transaction has claimed. Each call may take `timeout_ms`; while it does, its holder beats.
create function queue.lease(ids bigint[], holder text, ms int)
    returns table (id bigint, tenant int, kind text, attempt smallint, fence bigint, payload jsonb, timeout_ms int,
                   version smallint)
    language plpgsql
    security definer set search_path = pg_catalog, pg_temp set enable_seqscan = off
    as $$
    begin
        return query
        with leased as (
            update queue.job j set state = 'leased', worker = holder, fence = j.fence + 1,
                   lease_until = clock.now() + ms * interval '1 ms'
            where j.id = any (ids) and j.state::text = 'ready'
            returning j.id, j.tenant, j.kind, j.attempt, j.fence, j.payload, j.version)
        select l.id, l.tenant, l.kind, l.attempt, l.fence, l.payload,
               (select k.timeout_ms from queue.kind k where k.kind = l.kind), l.version from leased l order by l.id;
    end $$;

-- Holds all leases of a holder longer.
create function queue.lease_beat(holder text, ms int) returns void language plpgsql
    security definer set search_path = pg_catalog, pg_temp set enable_seqscan = off
    as $$
    begin
        update queue.job j set lease_until = clock.now() + ms * interval '1 ms'
        where j.state = 'leased' and j.worker = holder and j.lease_until > clock.now();
    end $$;

-- Whether this lease still holds; locks the job when it does.
create function queue.lease_holds(job bigint, held bigint) returns boolean language plpgsql
    security definer set search_path = pg_catalog, pg_temp set enable_seqscan = off
    as $$
    begin
        perform 1 from queue.job j where j.id = job and j.state = 'leased' and j.fence = held for update;
        return found;
    end $$;

-- Before the call outside. 'new': make it; 'begun': it was begun before and nobody knows what came of it; 'known': it was
-- made, with this reference; 'cancelled'; 'lost': the lease is somebody else's.
create function queue.lease_begin(job bigint, held bigint) returns table (found_state text, known_reference text)
    language plpgsql
    security definer set search_path = pg_catalog, pg_temp set enable_seqscan = off
    as $$
    begin
        if not queue.lease_holds(job, held) then
            return query select 'lost', null::text;
            return;
        end if;
        insert into queue.effect (job_id, begun_at)
        select job, clock.now() where not exists (select from queue.cancel_request c where c.job_id = job)
        on conflict do nothing;
        if found then
            return query select 'new', null::text;
            return;
        end if;
        return query select e.state::text, e.reference
            from queue.effect e where e.job_id = job;
        if not found then
            return query select 'cancelled', null::text;
        end if;
    end $$;

-- What came of the call is known, but its business rows cannot be written now.
create function queue.lease_known(job bigint, held bigint, came_of_it text) returns void language plpgsql
    security definer set search_path = pg_catalog, pg_temp set enable_seqscan = off
    as $$
    begin
        if queue.lease_holds(job, held) then
            update queue.effect e set state = 'known', reference = left(came_of_it, 200) where e.job_id = job;
        end if;
    end $$;

-- Ends a leased job in the transaction of its business rows. When the lease is lost, that transaction fails.
create function queue.lease_finish(job bigint, held bigint) returns void language plpgsql
    security definer set search_path = pg_catalog, pg_temp set enable_seqscan = off
    as $$
    declare ended queue.job;
    begin
        perform queue.heal(array[job]);
        delete from queue.job j where j.id = job and j.state = 'leased' and j.fence = held returning j.* into ended;
        if not found then
            raise exception using errcode = 'MW410', message = 'lease-lost';
        end if;
        delete from queue.effect e where e.job_id = job;
        perform queue.after_end(ended, true, true);
    end $$;

-- Another attempt later. `made_nothing`: the call was surely not made, so the next one is new.
create function queue.lease_retry(job bigint, held bigint, error text, made_nothing boolean, delay_ms int default null,
                                  free boolean default false) returns void language plpgsql
    security definer set search_path = pg_catalog, pg_temp set enable_seqscan = off
    as $$
    begin
        if queue.lease_holds(job, held) then
            delete from queue.effect e where e.job_id = job and made_nothing;
            perform queue.retry(job, error, delay_ms, free);
        end if;
    end $$;

-- A dead letter: 'permanent' or 'killed' (surely not made), or 'uncertain': nobody can say, and it cannot be asked.
create function queue.lease_kill(job bigint, held bigint, reason text, error text) returns void language plpgsql
    security definer set search_path = pg_catalog, pg_temp set enable_seqscan = off
    as $$
    begin
        if queue.lease_holds(job, held) then
            delete from queue.effect e where e.job_id = job and reason <> 'uncertain';
            perform queue.kill(job, reason, error);
        end if;
    end $$;
