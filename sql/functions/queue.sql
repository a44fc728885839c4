-- The queue: a job from enqueue to its end (sql/migrations/0002_queue.sql has the picture).
--
-- A plan is made at the first call and kept: while the queue is empty, to read it whole seems cheapest, and it would be read whole
-- for each batch of the burst that follows. So functions that change the queue, or that a worker calls, are set not to:
-- enable_seqscan = off. queue.sweep() reads tables whole.

-- Stable, as convert_to is: only then PostgreSQL puts it into the expression that calls it, and need not plan it at each call.
create function queue.key_of(kind text, unique_key text) returns bytea language sql stable
    as $$ select sha256(convert_to(kind || '|' || unique_key, 'UTF8')) $$;

-- Puts a job in the queue, in the transaction of the caller; returns its number, or the number of the job that
-- already has the unique key. Call it last: a lane stays locked until the transaction ends. Only functions of the owner call it, so it
-- needs neither the rights of the owner nor a search path of its own.
create function queue.enqueue(kind text, tenant int, payload jsonb default '{}', lane text default null,
                              unique_key text default null, scope queue.unique_scope default null, prio smallint default 1,
                              run_at timestamptz default null) returns bigint language plpgsql
    as $$
    declare
        job bigint := nextval('queue.job_id_seq');
        now timestamptz := clock.now();
        hashed bytea := queue.key_of(enqueue.kind, enqueue.unique_key);
        holder bigint;
        place bigint;
        done bigint;
        starts queue.job_state := 'ready';
    begin
        if hashed is not null then
            insert into queue.unique_key as u (key, job_id, scope, expires_at)
            values (hashed, job, coalesce(enqueue.scope, 'once'),
                    case when enqueue.scope = 'period' then enqueue.run_at end)
            on conflict (key) do update set
                dirty = u.scope = 'coalesce',
                job_id = case when u.expires_at < now then excluded.job_id else u.job_id end,
                scope = case when u.expires_at < now then excluded.scope else u.scope end,
                expires_at = case when u.expires_at < now then excluded.expires_at else u.expires_at end
            returning u.job_id into holder;
            if holder <> job then
                return holder;
            end if;
        end if;
        if enqueue.lane is not null then
            insert into queue.lane as l (lane, last_seq, used_at) values (enqueue.lane, 1, now)
            on conflict on constraint lane_pkey do update set last_seq = l.last_seq + 1, used_at = excluded.used_at
            returning l.last_seq, l.done_seq into place, done;
            if place > done + 1 then
                starts := 'blocked';
            end if;
        end if;
        if starts = 'ready' and enqueue.run_at > now and coalesce(enqueue.scope, 'once') <> 'period' then
            starts := 'waiting';
        end if;
        insert into queue.job (id, tenant, prio, kind, state, run_at, lane, seq, unique_key, created_at, version, payload)
            overriding system value
        values (job, enqueue.tenant, coalesce(enqueue.prio, 1), enqueue.kind, starts,
                case when enqueue.scope is distinct from 'period' then enqueue.run_at end, enqueue.lane,
                place, hashed, now, coalesce((select k.version from queue.kind k where k.kind = enqueue.kind), 1), enqueue.payload);
        return job;
    end $$;

-- Opens the lane for the next job. A job in the middle may have been cancelled or killed: the lane steps over the hole.
-- The lock comes in a statement of its own, so that the next one sees what an enqueue before us has committed.
create function queue.lane_next(wanted text, passed bigint) returns void language plpgsql
    security definer set search_path = pg_catalog, pg_temp set enable_seqscan = off
    as $$
    declare here bigint;
    begin
        select l.done_seq into here from queue.lane l where l.lane = wanted for update;
        update queue.lane l set done_seq = coalesce(least(
                (select min(j.seq) from queue.job j where j.lane = wanted and j.seq > here),
                (select min(d.seq) from queue.dead d where d.lane = wanted and d.blocks and d.seq > here)),
            l.last_seq + 1) - 1
        where l.lane = wanted returning l.done_seq into here;
        update queue.job j set state = (case when j.run_at > clock.now() then 'waiting' else 'ready' end)::queue.job_state
        where j.lane = wanted and j.seq = here + 1 and j.state = 'blocked';
    end $$;

-- What follows the end of jobs: history, lanes, unique keys. One more run for a key that was asked again.
create function queue.after_end(ended queue.job, done boolean, opens_lane boolean) returns void language plpgsql
    security definer set search_path = pg_catalog, pg_temp set enable_seqscan = off
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
            where u.key = ended.unique_key and u.job_id = ended.id and u.scope <> 'period' returning u.dirty into again;
            if again and not exists (select from queue.cancel_request c where c.job_id = ended.id) then
                perform queue.enqueue_again(ended);
            end if;
        end if;
    end $$;

create function queue.enqueue_again(ended queue.job) returns void language plpgsql
    security definer set search_path = pg_catalog, pg_temp set enable_seqscan = off
    as $$
    declare
        job bigint := nextval('queue.job_id_seq');
        place bigint;
        done bigint;
    begin
        insert into queue.unique_key as u (key, job_id, scope) values (ended.unique_key, job, 'coalesce')
        on conflict (key) do nothing;
        if not found then
            return;
        end if;
        if ended.lane is not null then
            insert into queue.lane as l (lane, last_seq, used_at) values (ended.lane, 1, clock.now())
            on conflict on constraint lane_pkey do update set last_seq = l.last_seq + 1, used_at = excluded.used_at
            returning l.last_seq, l.done_seq into place, done;
        end if;
        insert into queue.job (id, tenant, prio, kind, state, lane, seq, unique_key, created_at, version, payload)
            overriding system value
        values (job, ended.tenant, ended.prio, ended.kind,
                (case when place > done + 1 then 'blocked' else 'ready' end)::queue.job_state, ended.lane, place, ended.unique_key, clock.now(),
                ended.version, ended.payload);
    end $$;

-- Ends jobs whose effect is in this transaction; fails when one of them is not there to be ended. Most have neither lane nor
-- unique key: they end together, the others one by one.
create function queue.finish(ids bigint[]) returns int language plpgsql
    security definer set search_path = pg_catalog, pg_temp set enable_seqscan = off
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
            delete from queue.job j where j.id = any (ids) and j.state::text = 'ready' and j.lane is null
                and j.unique_key is null
            returning j.id, j.tenant, j.kind, j.attempt, j.created_at
        )
        insert into queue.done (id, tenant, kind, attempt, created_at, done_at)
        select p.id, p.tenant, p.kind, p.attempt + 1, p.created_at, now from plain p;
        get diagnostics count = row_count;
        if count < cardinality(ids) then
            for ended in delete from queue.job j where j.id = any (ids) and j.state::text = 'ready' returning j.* loop
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
    security definer set search_path = pg_catalog, pg_temp set enable_seqscan = off
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
            and exists (select from queue.effect e where e.job_id = job and e.state = 'begun') then
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

-- Most jobs of a kind fail for the same reason: the kind is paused, longer each time, and then tried with one job. A worker does not
-- wait for another one that says the same at that moment.
create function queue.trip(failing text) returns void language plpgsql
    security definer set search_path = pg_catalog, pg_temp set enable_seqscan = off
    as $$
    begin
        update queue.kind k set trips = least(k.trips + 1, 5),
            paused_until = clock.now() + least(5 * 2 ^ k.trips, 60) * interval '1 second'
        where k.kind = (select f.kind from queue.kind f where f.kind = failing and not coalesce(f.paused_until > clock.now(), false)
                        for update skip locked);
    end $$;

-- The kinds of these jobs work again.
create function queue.heal(ids bigint[]) returns void language plpgsql
    security definer set search_path = pg_catalog, pg_temp set enable_seqscan = off
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
    returns void language plpgsql security definer set search_path = pg_catalog, pg_temp set enable_seqscan = off
    as $$
    declare
        tried int;
        put_off int;
        policy queue.kind;
        step double precision;
    begin
        select j.attempt + 1, j.put_off into tried, put_off from queue.job j where j.id = job and j.state in ('ready', 'leased') for update;
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
        update queue.job j set state = 'waiting', worker = null, lease_until = null, last_error = left(error, 200),
            attempt = case when free then j.attempt else tried end,
            put_off = case when free then least(j.put_off + 1, 1000) else j.put_off end,
            run_at = clock.now() + coalesce(delay_ms, step / 2 + random() * step / 2) * interval '1 ms'
        where j.id = job;
        insert into queue.counter (metric, kind, label, amount)
        values ('retry', policy.kind, coalesce(queue.code_of(error), ''), 1);
    end $$;

-- What nobody needs any more: history after 7 days, keys of ended periods, idle lanes after 30 days. And what is due soon, by
-- today's rules of zones.
create function queue.sweep() returns void language plpgsql
    security definer set search_path = pg_catalog, pg_temp
    as $$
    declare
        now timestamptz := clock.now();
    begin
        perform queue.reckon(now + interval '2 days');
        delete from queue.done d where d.done_at < now - interval '7 days';
        delete from queue.unique_key u where u.expires_at < now;
        delete from queue.cancel_request c where not exists (select from queue.job j where j.id = c.job_id);
        delete from queue.lane l where l.last_seq = l.done_seq
            and not exists (select from queue.job j where j.lane = l.lane)
            and not exists (select from queue.dead d where d.lane = l.lane and d.blocks)
            and l.used_at < now - interval '30 days';
    end $$;
