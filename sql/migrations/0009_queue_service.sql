-- The queue for operators: what they see, what they ask of it, and who asked what.
--
-- Who asks has a scope. 'tenant': he sees and changes the work of the municipality of the context. 'installation': that
-- of all of them, and what they share (kinds, workers); only role system has it. The views and functions below are the
-- only way for the service and for the command line; without a scope they show nothing and change nothing.
--
--   verb ──► queue.act(): the change, a row of queue.act, rows of audit: one transaction
--              └ the job is running: 'asked', and its worker may read so. queue.do_asked() sees what came of it.

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

create function queue.state_name(state "char") returns text language sql immutable
    as $$ select case state when 'r' then 'ready' when 'x' then 'leased' when 'w' then 'waiting'
                 when 'b' then 'blocked' when 'k' then 'dead' end $$;

-- ------------------------------------------------------------------------------------------------------ acts

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

-- ------------------------------------------------------------------------------------------- what they see
-- No security_barrier: it would compute a whole backlog before the first page. Who could get round these views with a
-- function of his own could set another context just as well.

create view queue.job_seen as
select j.id, j.tenant, t.id as tenant_id, t.code as tenant_code, j.prio, j.kind, queue.state_name(j.state) as state,
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
       case f.misfire when 's' then 'skip' else 'fire' end as misfire, f.lane, queue.ids_of(f.payload) as ids
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
                                      'state', queue.state_name(n.state)) order by n.seq)
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
    select queue.state_name(j.state), j.prio, j.kind, count(*), extract(epoch from clock.now() - min(j.created_at))::bigint
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
               (select count(*) from queue.job j where j.state = 'r' and j.created_at < (select clock.now()) - interval '1 minute'
                and queue.sees(j.tenant))
        union all select 'lease-over', 'leases that ran out', false, 0,
               (select count(*) from queue.job j where j.state = 'x' and j.lease_until < (select clock.now())
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
                and not exists (select from queue.job j where j.lane = l.lane and j.seq = l.done_seq + 1 and j.state <> 'b')
                and not exists (select from queue.dead d where d.lane = l.lane and d.seq = l.done_seq + 1 and d.blocks))
        union all select 'oldest-transaction', 'seconds that the oldest transaction is open', true, 60,
               queue.oldest_transaction()
        union all select 'prepared-transactions', 'prepared transactions', true, 0, (select count(*) from pg_prepared_xacts)
        union all select 'clock-shifted', 'the clock is shifted', true, 0, (select count(*) from clock.shift)) f
    where app.scope() = 'installation' or (app.scope() = 'tenant' and not f.whole)
    order by f.number <= f.most, f.finding
    $$;

-- --------------------------------------------------------------------------------------------- what they ask

-- Who asked for what, and what came of it, in the audit of the municipality that it concerns; of the installation: in that
-- of each.
create function queue.note_act(act queue.act) returns void language plpgsql
    security definer set search_path = pg_catalog, pg_temp
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
    security definer set search_path = pg_catalog, pg_temp
    as $$
    declare
        ended queue.job;
        outside "char";
    begin
        select j.* into ended from queue.job j where j.id = wanted
            and (j.state <> 'x' or j.lease_until < clock.now()) for update skip locked;
        if not found then
            perform 1 from queue.job j where j.id = wanted;
            return case when found then false end;
        end if;
        insert into queue.cancel_request (job_id) values (wanted) on conflict do nothing; -- no more run for its unique key
        select e.state into outside from queue.effect e where e.job_id = wanted;
        if outside is not null or verb = 'kill' then
            perform queue.kill(wanted, case outside when 'i' then 'uncertain' else 'killed' end, 'cancelled');
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
    security definer set search_path = pg_catalog, pg_temp
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
    security definer set search_path = pg_catalog, pg_temp set lock_timeout = '50ms'
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
                perform set_config('app.role', 'system', true), set_config('app.operation', 'queue.do_asked', true);
                perform queue.note_act(one);
                count := count + 1;
            end if;
        end loop;
        return count;
    end $$;

create function queue.sweep_acts() returns void language sql
    security definer set search_path = pg_catalog, pg_temp
    as $$ delete from queue.act a where a.at < clock.now() - interval '90 days' $$;

create function queue.act_on_job(verb text, wanted bigint) returns text language plpgsql
    security definer set search_path = pg_catalog, pg_temp
    as $$
    begin
        if verb in ('cancel', 'kill') then
            if queue.end_job(wanted, verb) then
                return 'done';
            end if;
            insert into queue.cancel_request (job_id) values (wanted) on conflict do nothing;
            return 'asked';
        end if;
        with free as (select j.id from queue.job j where j.id = wanted
                      and j.state::text = any (case verb when 'run-now' then array['w'] else array['w', 'r', 'b'] end)
                      for update skip locked)
        update queue.job j set state = case j.state when 'w' then 'r' else j.state end,
            run_at = case j.state when 'w' then null else j.run_at end,
            attempt = case verb when 'retry' then 0 else j.attempt end,
            crash = case verb when 'retry' then 0 else j.crash end
        from free f where j.id = f.id;
        if not found then
            raise exception using errcode = 'MW409', message = 'state';
        end if;
        return 'done';
    end $$;

-- Lets a lane go on past a dead letter that blocks it; the letter stays, and blocks no more.
create function queue.release(wanted text) returns void language plpgsql
    security definer set search_path = pg_catalog, pg_temp
    as $$
    declare here bigint;
    begin
        select l.done_seq into here from queue.lane l where l.lane = wanted for update;
        perform 1 from queue.job j where j.lane = wanted and j.seq = here + 1 and j.state <> 'b';
        if found or not exists (select from queue.lane l where l.lane = wanted and l.last_seq > l.done_seq) then
            raise exception using errcode = 'MW409', message = 'state'; -- it goes, or has nothing to do
        end if;
        update queue.dead d set blocks = false where d.lane = wanted and d.blocks and d.seq = here + 1;
        perform queue.lane_next(wanted, here);
    end $$;

-- The municipality that the target belongs to, null for what all share. Refuses what the asker does not see: MW404
-- "not-found"; and what is the operator's of the installation: MW403.
create function queue.owner_of(noun text, target text) returns int language plpgsql
    security definer set search_path = pg_catalog, pg_temp
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

-- Everything that an operator can ask, with its trail. `id` is the identifier of what he does. Refuses with MW404
-- "not-found", MW403 "forbidden" or MW409 "state" and changes nothing then.
create function queue.act(id uuid, verb text, noun text, target text, reason text default null, minutes int default null)
    returns queue.act language plpgsql security definer set search_path = pg_catalog, pg_temp
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
