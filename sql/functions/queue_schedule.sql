-- The queue: work of later.

-- Work at a local time of day in a zone: run_at is what the clock makes of it; what the zone's rules change is computed
-- anew by queue.reckon(). `subject` names what it is about, so that the transaction that ends that can cancel it.
create function queue.schedule(kind text, tenant int, payload jsonb, due_local timestamp, zone text, subject text,
                               misfire queue.misfire default 'fire', grace interval default '1 hour', lane text default null,
                               prio smallint default 1) returns bigint language sql
    security definer set search_path = pg_catalog, pg_temp set enable_seqscan = off
    as $$
    insert into queue.future (tenant, kind, prio, run_at, due_local, zone, subject, misfire, grace, lane, version, payload)
    values (tenant, kind, prio, due_local at time zone zone, due_local, zone, subject, misfire, grace, lane,
            coalesce((select k.version from queue.kind k where k.kind = schedule.kind), 1), payload)
    returning id
    $$;

-- Cancels what is planned about a subject, and what has become a job but has not begun; what was begun outside goes on to
-- its end. Returns how many.
create function queue.cancel_subject(wanted text) returns int language plpgsql
    security definer set search_path = pg_catalog, pg_temp set enable_seqscan = off
    as $$
    declare
        planned int;
        ended queue.job;
        count int := 0;
    begin
        delete from queue.future f where f.subject = wanted;
        get diagnostics planned = row_count;
        for ended in delete from queue.job j where j.id in (
                select k.id from queue.job k where k.subject = wanted and k.state in ('ready', 'waiting', 'blocked')
                and not exists (select from queue.effect e where e.job_id = k.id) for update skip locked) returning j.* loop
            perform queue.after_end(ended, false, true);
            count := count + 1;
        end loop;
        return planned + count;
    end $$;

-- Computes run_at anew for rows up to `until` whose zone has other rules than when they were planned. The sweep does so for
-- what is due soon, long before any rule can move it to now. Returns how many changed.
create function queue.reckon(until timestamptz default 'infinity') returns int language sql
    security definer set search_path = pg_catalog, pg_temp set enable_seqscan = off
    as $$
    with changed as (
        update queue.future f set run_at = f.due_local at time zone f.zone
        where f.run_at < until and f.zone is not null and f.run_at <> f.due_local at time zone f.zone returning 1)
    select count(*)::int from changed
    $$;

-- Plans a kind of job for the next midnight of each municipality, or of one, that has none planned until then. Returns how many.
create function queue.plan_daily(wanted text, only_for int default null) returns int language sql
    security definer set search_path = pg_catalog, pg_temp set enable_seqscan = off
    as $$
    select count(queue.schedule(wanted, t.tenant_id, '{}', (clock.today() + 1)::timestamp, 'Europe/Amsterdam', wanted || ':' || t.id))::int
    from ref.tenant t
    where t.status = 'active' and t.tenant_id = coalesce(only_for, t.tenant_id)
      and not exists (select from queue.future f where f.subject = wanted || ':' || t.id and f.due_local <= clock.today() + 1)
    $$;
