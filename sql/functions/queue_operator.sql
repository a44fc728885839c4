-- The queue for operators: what they ask of it, and who asked what.
--
--   verb ──► queue.act(): the change, a row of queue.act, rows of audit: one transaction
--              └ the job is running: 'asked', and its worker may read so. queue.do_asked() sees what came of it.

-- Gives a dead letter another life, with fresh attempts and under its own number, so that a provider still knows its key;
-- in its place when it blocks its lane, else at the end of it. Who revives what is uncertain says that it may be done.
-- Its unique key may be another job's by now, and its subject cancelled: it comes back without either.
create function queue.revive(letter bigint) returns bigint language plpgsql
    security definer set search_path = pg_catalog, pg_temp set enable_seqscan = off
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
        delete from queue.effect e where e.job_id = letter and e.state = 'begun';
        delete from queue.cancel_request c where c.job_id = letter;
        place := dead.seq;
        if dead.lane is not null and not dead.blocks then
            insert into queue.lane as l (lane, last_seq, used_at) values (dead.lane, 1, clock.now())
            on conflict on constraint lane_pkey do update set last_seq = l.last_seq + 1, used_at = excluded.used_at
            returning l.last_seq, l.done_seq into place, done;
        elsif dead.lane is not null then
            select l.done_seq into done from queue.lane l where l.lane = dead.lane for update;
        end if;
        insert into queue.job (id, tenant, prio, kind, state, run_at, lane, seq, created_at, version, payload)
            overriding system value
        values (dead.id, dead.tenant, dead.prio, dead.kind,
                (case when place > done + 1 then 'blocked' else 'ready' end)::queue.job_state, clock.now(),
                dead.lane, place, dead.created_at, dead.version, dead.payload);
        return dead.id;
    end $$;

-- Gives up a dead letter; a lane that it blocked goes on.
create function queue.drop_dead(letter bigint) returns boolean language plpgsql
    security definer set search_path = pg_catalog, pg_temp set enable_seqscan = off
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
    security definer set search_path = pg_catalog, pg_temp set enable_seqscan = off
    as $$
    begin
        update queue.kind k set paused_until = until, trips = 0 where k.kind = wanted;
        return found;
    end $$;

-- Who asked for what, and what came of it, in the audit of the municipality that it concerns; of the installation: in that
-- of each.
create function queue.note_act(act queue.act) returns void language plpgsql
    security definer set search_path = pg_catalog, pg_temp set enable_seqscan = off
    as $$
    declare
        before text := current_setting('app.tenant', true);
        municipality int;
    begin
        for municipality in select act.tenant where act.tenant is not null
                            union all select t.tenant_id from ref.tenant t where act.tenant is null loop
            perform set_config('app.tenant', municipality::text, true);
            perform audit.note('queue-' || act.noun, act.id,
                               case when act.verb in ('cancel', 'drop') and act.outcome = 'done' then 'delete' else 'change' end,
                               array[act.verb, act.target, act.outcome]);
        end loop;
        perform set_config('app.tenant', coalesce(before, ''), true);
    end $$;

-- Ends a job that nobody has: cancelled without a trace in the queue, or killed: a dead letter. What was begun outside is a
-- dead letter in both cases. False: it is running; null: there is no such job.
create function queue.end_job(wanted bigint, verb text) returns boolean language plpgsql
    security definer set search_path = pg_catalog, pg_temp set enable_seqscan = off
    as $$
    declare
        ended queue.job;
        outside queue.effect_state;
    begin
        select j.* into ended from queue.job j where j.id = wanted
            and (j.state <> 'leased' or j.lease_until < clock.now()) for update skip locked;
        if not found then
            perform 1 from queue.job j where j.id = wanted;
            return case when found then false end;
        end if;
        insert into queue.cancel_request (job_id) values (wanted) on conflict do nothing; -- no more run for its unique key
        select e.state into outside from queue.effect e where e.job_id = wanted;
        if outside is not null or verb = 'kill' then
            perform queue.kill(wanted, case outside when 'begun' then 'uncertain' else 'killed' end, 'cancelled');
        else
            delete from queue.job j where j.id = wanted;
            perform queue.after_end(ended, false, true);
        end if;
        delete from queue.cancel_request c where c.job_id = wanted;
        return true;
    end $$;

-- Whether the worker that had the job has ended it as it was asked: it makes a dead letter of it, which is what a kill
-- wanted; a cancellation wanted it gone.
create function queue.ended_by_worker(wanted bigint, verb text) returns boolean language plpgsql
    security definer set search_path = pg_catalog, pg_temp set enable_seqscan = off
    as $$
    declare reason text;
    begin
        select d.reason into reason from queue.dead d
        where d.id = wanted and d.last_error = 'cancelled' and d.reason in ('permanent', 'killed', 'uncertain') for update;
        if found and verb = 'cancel' and reason <> 'uncertain' then
            perform queue.drop_dead(wanted);
        elsif reason = 'permanent' then
            update queue.dead d set reason = 'killed' where d.id = wanted;
        end if;
        delete from queue.cancel_request c where c.job_id = wanted;
        return reason is not null;
    end $$;

-- Looks again at running jobs whose end was asked. The dispatcher calls it with each round, and must not be held up: a lane
-- that somebody has locked waits for the next one.
create function queue.do_asked() returns int language plpgsql
    security definer set search_path = pg_catalog, pg_temp set enable_seqscan = off set lock_timeout = '50ms'
    as $$
    declare
        one queue.act;
        ended boolean;
        count int := 0;
    begin
        for one in select a.* from queue.act a where a.outcome = 'asked' order by a.at limit 100
                   for update skip locked loop
            begin
                ended := queue.end_job(one.job, one.verb);
                if ended is null then
                    ended := nullif(queue.ended_by_worker(one.job, one.verb), false);
                end if;
            exception when lock_not_available then
                ended := false;
            end;
            if ended is distinct from false then
                update queue.act a set outcome = case when ended then 'done' else 'too-late' end, ended_at = clock.now()
                where a.id = one.id returning a.* into one;
                perform set_config('app.role', 'system', true), set_config('app.call', 'queue.do_asked', true);
                perform queue.note_act(one);
                count := count + 1;
            end if;
        end loop;
        return count;
    end $$;

create function queue.sweep_acts() returns void language sql
    security definer set search_path = pg_catalog, pg_temp set enable_seqscan = off
    as $$ delete from queue.act a where a.at < clock.now() - interval '90 days' $$;

-- What an operator can do with a job: a job that runs can only be ended.
create function queue.verbs_of(state text) returns text[] language sql immutable
    as $$ select case state when 'waiting' then array['cancel', 'kill', 'retry', 'run-now']
                 when 'ready' then array['cancel', 'kill', 'retry'] when 'blocked' then array['cancel', 'kill', 'retry']
                 else array['cancel', 'kill'] end $$;

create function queue.act_on_job(verb text, wanted bigint) returns text language plpgsql
    security definer set search_path = pg_catalog, pg_temp set enable_seqscan = off
    as $$
    declare now_in text;
    begin
        if verb in ('cancel', 'kill') then
            if queue.end_job(wanted, verb) then
                return 'done';
            end if;
            insert into queue.cancel_request (job_id) values (wanted) on conflict do nothing;
            return 'asked';
        end if;
        with free as (select j.id from queue.job j where j.id = wanted
                      and j.state::text = any (case verb when 'run-now' then array['waiting'] else array['waiting', 'ready', 'blocked'] end)
                      for update skip locked)
        update queue.job j set state = case j.state when 'waiting' then 'ready' else j.state end,
            run_at = case j.state when 'waiting' then null else j.run_at end,
            attempt = case verb when 'retry' then 0 else j.attempt end,
            crash = case verb when 'retry' then 0 else j.crash end
        from free f where j.id = f.id;
        if not found then -- a job that could be had by its state, and was not, is running
            select j.state::text into now_in from queue.job j where j.id = wanted;
            if now_in is null then
                raise exception using errcode = 'MW404', message = 'not-found';
            end if;
            now_in := case when verb = any (queue.verbs_of(now_in)) then 'running' else now_in end;
            perform app.refuse_state(now_in, queue.verbs_of(now_in));
        end if;
        return 'done';
    end $$;

-- Lets a lane go on past a dead letter that blocks it; the letter stays, and blocks no more.
create function queue.release(wanted text) returns void language plpgsql
    security definer set search_path = pg_catalog, pg_temp set enable_seqscan = off
    as $$
    declare here bigint;
    begin
        select l.done_seq into here from queue.lane l where l.lane = wanted for update;
        perform 1 from queue.job j where j.lane = wanted and j.seq = here + 1 and j.state <> 'blocked';
        if found or not exists (select from queue.lane l where l.lane = wanted and l.last_seq > l.done_seq) then
            perform app.refuse_state(case when found then 'moving' else 'idle' end, '{}');
        end if;
        update queue.dead d set blocks = false where d.lane = wanted and d.blocks and d.seq = here + 1;
        perform queue.lane_next(wanted, here);
    end $$;

-- The municipality that the target belongs to, null for what all share. Refuses what the asker does not see: MW404
-- "not-found"; and what is the operator's of the installation: MW403.
create function queue.owner_of(noun text, target text) returns int language plpgsql
    security definer set search_path = pg_catalog, pg_temp set enable_seqscan = off
    as $$
    declare
        whose int;
        there boolean;
        shared boolean := noun in ('kind', 'worker');
    begin
        if shared and app.scope() is distinct from 'installation' then
            raise exception using errcode = 'MW403', message = 'forbidden';
        end if;
        case noun
        when 'job' then select j.tenant into whose from queue.job j where j.id = target::bigint;
        when 'dead-letter' then select d.tenant into whose from queue.dead d where d.id = target::bigint for update;
        when 'tenant' then select t.tenant_id into whose from ref.tenant t where target in (t.code, t.id::text);
        when 'lane' then
            select x.tenant into whose from (
                select j.tenant, j.seq from queue.job j where j.lane = target
                union all select d.tenant, d.seq from queue.dead d where d.lane = target and d.blocks) x
            order by x.seq limit 1;
        when 'kind' then perform 1 from queue.kind k where k.kind = target;
        else null;
        end case;
        there := found or noun = 'worker';
        if not there or not (queue.sees(whose) or (shared and queue.sees(null))) then
            raise exception using errcode = 'MW404', message = 'not-found';
        end if;
        return whose;
    end $$;

-- Everything that an operator can ask, with its trail. `id` is the identifier of the act. Refuses with MW404
-- "not-found", MW403 "forbidden" or MW409 "state" and changes nothing then.
create function queue.act(id uuid, verb text, noun text, target text, reason text default null, minutes int default null)
    returns queue.act language plpgsql security definer set search_path = pg_catalog, pg_temp set enable_seqscan = off
    as $$
    declare
        whose int := queue.owner_of(noun, target);
        outcome text := 'done';
        about bigint := case when noun in ('job', 'dead-letter') then target::bigint end;
        until timestamptz := case verb when 'pause' then clock.now() + coalesce(minutes, 525600) * interval '1 minute' end;
        made queue.act;
    begin
        case
        when noun = 'job' then outcome := queue.act_on_job(verb, about);
        when noun = 'dead-letter' and verb = 'revive' then about := queue.revive(about);
        when noun = 'dead-letter' and verb = 'drop' then perform queue.drop_dead(about);
        when noun = 'lane' and verb = 'release' then perform queue.release(target);
        when noun = 'kind' and verb in ('pause', 'resume') then perform queue.pause(target, until);
        when noun = 'tenant' and verb in ('pause', 'resume') then
            insert into queue.tenant_setting as s (tenant, paused_until) values (whose, until)
            on conflict (tenant) do update set paused_until = excluded.paused_until;
        when noun = 'worker' and verb in ('drain', 'end-drain') then null; -- done in Redis; here is its trail
        end case;
        insert into queue.act as a (id, tenant, verb, noun, target, outcome, job, reason, actor, at, ended_at)
        values (act.id, whose, verb, noun, target, outcome, about, left(reason, 200), app.actor(), clock.now(),
                case when outcome <> 'asked' then clock.now() end)
        returning a.* into made;
        perform queue.note_act(made);
        return made;
    end $$;
