-- What people do with tasks. Each function locks the task, so that of two who end it in the same moment the second is told that it has ended.

-- Whether the caller, who sees the task, acts for the owner: as the owner, as somebody of the desk that it lies with, or as a team lead. What is owned by an employer or
-- by the candidate himself, and what nobody owns yet, is also done by the municipality.
create function app.task_acts(t app.task) returns boolean language plpgsql stable
    set search_path = pg_catalog, pg_temp
    as $$
    declare ours boolean := app.role() not in ('firm', 'agency', 'course_leader', 'hub', 'employer', 'partner', 'candidate');
    begin
        return (app.actor() = t.owner_user_id or app.role() = 'team_lead' or t.owner_user_id in (select app.deputy_owners()) or (app.role() = 'candidate' and t.owner_candidate_id is not null) or (t.owner_user_id is null and (
            app.organisation() in (t.owner_organisation_id, t.owner_employer_id) or (t.owner_organisation_id is null and ours)))) is true;
    end $$;

-- Whether the caller answers for it that the task is there.
create function app.task_made_it(t app.task) returns boolean language plpgsql stable
    set search_path = pg_catalog, pg_temp
    as $$ begin return (app.actor() = t.made_by or app.role() = 'team_lead') is true; end $$;

-- The task that the caller sees, locked; or MW404. A caller who had to wait for the lock is asked again: a mandate may have ended meanwhile.
create function app.task_lock(task uuid) returns app.task language plpgsql
    set search_path = pg_catalog, pg_temp
    as $$
    declare t app.task;
    begin
        select o.* into t from app.task o where o.tenant_id = app.tenant() and o.id = task and app.sees_task(o) for no key update;
        if not found or not app.sees_task(t) then
            raise exception using errcode = 'MW404', message = 'not-found';
        end if;
        return t;
    end $$;

create function app.task_refuse_others(may boolean) returns void language plpgsql
    set search_path = pg_catalog, pg_temp
    as $$
    begin
        if not may then
            raise exception using errcode = 'MW403', message = 'not-your-task';
        end if;
    end $$;

-- The desk of a user or an organisation that is going to own a task.
create function app.task_desk_of(owner_user uuid, owner_organisation uuid, owner_employer uuid, owner_candidate uuid) returns uuid language plpgsql stable
    set search_path = pg_catalog, pg_temp
    as $$
    begin
        return coalesce(owner_organisation, owner_employer, owner_candidate,
            (select u.organisation_id from app.user_account u where u.tenant_id = app.tenant() and u.id = owner_user), app.task_no_desk());
    end $$;

-- Whether the given moment or day can still be met, and is no year that was mistyped.
create function app.task_check_due(due_at timestamptz, due_day date) returns void language plpgsql stable
    set search_path = pg_catalog, pg_temp
    as $$
    declare
        last date := clock.today() + (select w.ahead from app.day_window('ends') w);
        wrong text := case when due_at <= clock.now() or due_at::date > last then 'task_due_at_check' when due_day < clock.today() or due_day > last then 'task_due_day_check' end;
    begin
        if wrong is not null then
            raise exception using errcode = '23514', message = 'range', table = 'task', constraint = wrong,
                detail = case wrong when 'task_due_at_check' then app.day_span(clock.now(), null) else app.day_span(clock.today(), null) end;
        end if;
    end $$;

-- A promise to an employer is about that employer or something of that employer, because the employer reads the promise.
create function app.task_check_promised(subject uuid, employer uuid) returns void language plpgsql stable
    set search_path = pg_catalog, pg_temp
    as $$
    declare s app.subject;
    begin
        select o.* into s from app.subject o where o.tenant_id = app.tenant() and o.id = subject;
        if employer is not null and s.wall not in ('region', 'general') and s.employer_id is distinct from employer and not (s.wall = 'person' and (
            exists (select from app.proposal p where p.tenant_id = s.tenant_id and p.candidate_id = s.candidate_id and p.employer_id = employer)
            or exists (select from app.placement p where p.tenant_id = s.tenant_id and p.candidate_id = s.candidate_id and employer in (p.employer_id, p.formal_employer_id)))) then
            raise exception using errcode = '23503', message = 'reference', table = 'task', constraint = 'task_promised_to_employer_id_fkey';
        end if;
    end $$;

-- Makes a task by hand. Without an owner the caller owns it; a question of somebody outside lies with the municipality. Somebody of another
-- department has to accept it first, unless its kind binds at once.
create function app.task_make(task uuid, asked jsonb) returns void language plpgsql
    security definer set search_path = pg_catalog, pg_temp
    as $$
    declare
        t app.task := jsonb_populate_record(null::app.task, asked); -- app.refer_to() asks who sees what it is about, as app.sees_task() does later
        kind ref.task_kind;
        outside boolean := app.role() in ('firm', 'agency', 'hub', 'employer');
    begin
        t.subject_id := app.refer_to(t.noun, t.subject_id);
        select k.* into kind from ref.task_kind k where k.kind = t.kind;
        if not found then
            raise exception using errcode = '23503', message = 'reference', table = 'task', constraint = 'task_kind_fkey';
        elsif app.role() = any (kind.roles) is not true then
            raise exception using errcode = '23514', message = 'kind', table = 'task', constraint = 'task_kind_check';
        end if;
        perform app.task_check_due(t.due_at, t.due_day), app.task_check_promised(t.subject_id, t.promised_to_employer_id);
        if num_nonnulls(t.owner_user_id, t.owner_organisation_id, t.owner_employer_id, t.owner_candidate_id) = 0 and not (outside and kind.kind = 'question') then
            t.owner_user_id := app.actor();
        end if;
        insert into app.task as n (tenant_id, id, kind, subject_id, state, summary, owner_user_id, owner_organisation_id, owner_employer_id,
            owner_candidate_id, promised_to_employer_id, promised_to_candidate_id, promised_to_organisation_id, due_at, due_day, clock_from, blocks,
            topic, amount_cents, project_id, made_at, made_by)
        values (app.tenant(), task, t.kind, t.subject_id,
                case when kind.binds or coalesce(app.organisation(), app.task_no_desk()) = app.task_desk_of(
                    t.owner_user_id, t.owner_organisation_id, t.owner_employer_id, t.owner_candidate_id) then 'open' else 'proposed' end,
                t.summary, t.owner_user_id, t.owner_organisation_id, t.owner_employer_id, t.owner_candidate_id, t.promised_to_employer_id,
                t.promised_to_candidate_id, t.promised_to_organisation_id, t.due_at, t.due_day, clock.now(), t.blocks, t.topic, t.amount_cents, t.project_id, clock.now(),
                app.actor());
    end $$;

-- The owner takes on what was proposed: from now on it is a promise.
create function app.task_accept(task uuid) returns void language plpgsql
    security definer set search_path = pg_catalog, pg_temp
    as $$
    declare t app.task := app.task_lock(task); -- it asks app.sees_task()
    begin
        perform app.task_refuse_others(app.task_acts(t));
        update app.task o set state = app.move('task', t.state, 'accept') where o.tenant_id = t.tenant_id and o.id = t.id;
    end $$;

-- What was declined is not forgotten: the one who made it has the same to do, or to ask of somebody else; the municipality, when nobody made it by hand, or when
-- the one who did has left or may not see any more what it is about.
create function app.task_return(t app.task) returns void language plpgsql
    set search_path = pg_catalog, pg_temp
    as $$
    begin
        insert into app.task as n (tenant_id, id, kind, subject_id, summary, owner_user_id, promised_to_employer_id, promised_to_candidate_id,
            promised_to_organisation_id, due_at, due_day, clock_from, rule_id, held, blocks, topic, amount_cents, project_id, cause, made_at, made_by)
        values (t.tenant_id, gen_random_uuid(), t.kind, t.subject_id, t.summary,
                (select u.id from app.user_account u where u.tenant_id = t.tenant_id and u.id = t.made_by and u.active
                 and app.task_passes(t.wall, u.role, t.candidate_id, t.employer_id, u.organisation_id)),
                t.promised_to_employer_id, t.promised_to_candidate_id, t.promised_to_organisation_id, t.due_at, t.due_day, t.clock_from, t.rule_id, t.held,
                t.blocks, t.topic, t.amount_cents, t.project_id, t.cause, clock.now(), t.made_by);
    end $$;

create function app.task_decline(task uuid, why text) returns void language plpgsql
    security definer set search_path = pg_catalog, pg_temp
    as $$
    declare t app.task := app.task_lock(task); -- it asks app.sees_task()
    begin
        perform app.task_refuse_others(app.task_acts(t));
        update app.task o set state = app.move('task', t.state, 'decline'), reason = why, ended_at = clock.now(), ended_by = app.actor()
        where o.tenant_id = t.tenant_id and o.id = t.id;
        if t.made_by is distinct from app.actor() then
            perform app.task_return(t);
        end if;
    end $$;

-- Whether only its subject ends this task: a term of law that runs for a decision, or the last day of a placement. If a user completed it by hand, the clock would stop, and nothing would be decided.
create function app.task_waits_for_subject(t app.task) returns boolean language plpgsql stable
    set search_path = pg_catalog, pg_temp
    as $$ begin return t.cause is not null and (t.kind = 'placement_end' or (select k.law from ref.task_kind k where k.kind = t.kind)); end $$;

-- Ends it as done or as failed: its kind says which of the two an outcome is. Of costs that are granted all that was asked is, unless `granted` says less.
create function app.task_complete(task uuid, with_outcome text, granted bigint) returns void language plpgsql
    security definer set search_path = pg_catalog, pg_temp
    as $$
    declare
        t app.task := app.task_lock(task); -- it asks app.sees_task()
        kind ref.task_kind;
    begin
        perform app.task_refuse_others(app.task_acts(t));
        select k.* into kind from ref.task_kind k where k.kind = t.kind;
        t.state := app.move('task', t.state, case when with_outcome = any (kind.failures) then 'fail' else 'complete' end);
        if not with_outcome = any (kind.outcomes || kind.failures) then
            raise exception using errcode = 'MW409', message = 'outcome-of-another-kind',
                detail = json_build_object('outcomes', kind.outcomes || kind.failures)::text;
        elsif app.task_waits_for_subject(t) then
            raise exception using errcode = 'MW409', message = 'subject-first';
        end if;
        update app.task o set state = t.state, outcome = with_outcome,
               granted_cents = coalesce(granted, case when t.kind = 'cost_request' and with_outcome = 'granted' then t.amount_cents end), ended_at = clock.now(), ended_by = app.actor()
        where o.tenant_id = t.tenant_id and o.id = t.id;
    end $$;

create function app.task_withdraw(task uuid, why text) returns void language plpgsql
    security definer set search_path = pg_catalog, pg_temp
    as $$
    declare t app.task := app.task_lock(task); -- it asks app.sees_task()
    begin
        perform app.task_refuse_others(app.task_made_it(t));
        update app.task o set state = app.move('task', t.state, 'withdraw'), reason = why, ended_at = clock.now(), ended_by = app.actor()
        where o.tenant_id = t.tenant_id and o.id = t.id;
    end $$;

-- Another moment, which somebody agreed to: a deviation. Nobody deviates from a term of law.
create function app.task_replan(task uuid, to_at timestamptz, to_day date, agreed text, why text) returns void language plpgsql
    security definer set search_path = pg_catalog, pg_temp
    as $$
    declare t app.task := app.task_lock(task); -- it asks app.sees_task()
    begin
        perform app.task_refuse_others(app.task_acts(t) or app.task_made_it(t));
        perform app.require('task', t.state, 'replanTask');
        if (select k.law from ref.task_kind k where k.kind = t.kind) then
            raise exception using errcode = 'MW409', message = 'term-of-law';
        end if;
        perform app.task_check_due(to_at, to_day);
        update app.task o set due_at = to_at, due_day = to_day, rule_id = null, held = '0', clock_from = clock.now(),
               held_since = case when t.held_since is not null then clock.now() end, deviation_agreed_by = agreed, deviation_reason = why
        where o.tenant_id = t.tenant_id and o.id = t.id;
    end $$;

-- Gives it to somebody else. Another department is asked first, unless its kind binds at once.
create function app.task_reassign(task uuid, to_user uuid, to_organisation uuid, to_employer uuid, to_candidate uuid) returns void language plpgsql
    security definer set search_path = pg_catalog, pg_temp
    as $$
    declare
        t app.task := app.task_lock(task); -- it asks app.sees_task()
        binds boolean := (select k.binds from ref.task_kind k where k.kind = t.kind);
        there boolean := t.desk_id = app.task_desk_of(to_user, to_organisation, to_employer, to_candidate);
    begin
        perform app.task_refuse_others(app.task_acts(t) or app.task_made_it(t));
        perform app.require('task', t.state, 'reassignTask');
        perform set_config('app.task_given_away', t.id::text, true);
        update app.task o set owner_user_id = to_user, owner_organisation_id = to_organisation, owner_employer_id = to_employer,
               owner_candidate_id = to_candidate,
               state = case when binds or there or not app.task_is_open(t.state) then t.state else app.move('task', t.state, 'offer') end
        where o.tenant_id = t.tenant_id and o.id = t.id;
    end $$;

-- What the caller can do with it now: operations that the role may call, and where they are.
create function app.task_actions(t app.task) returns json language plpgsql stable
    set search_path = pg_catalog, pg_temp
    as $$
    declare
        pending boolean := app.task_is_pending(t.state);
        open boolean := app.task_is_open(t.state);
        acts boolean := (open or pending) and app.task_acts(t);
        made boolean := (open or pending) and app.task_made_it(t);
    begin
        return (select coalesce(json_agg(json_build_object('operation', o.operation, 'method', 'POST', 'href', format('/v1/tasks/%s/%s', t.id, o.place))), '[]')
                from (values ('acceptTask', 'acceptances', pending and acts), ('declineTask', 'refusals', pending and acts),
                             ('completeTask', 'completions', open and acts and not app.task_waits_for_subject(t)),
                             ('reopenTask', 'reopenings', app.task_reopens(t)), ('withdrawTask', 'withdrawals', made),
                             ('replanTask', 'replannings', (acts or made) and not (select k.law from ref.task_kind k where k.kind = t.kind)),
                             ('reassignTask', 'reassignments', acts or made)) o (operation, place, may)
                where o.may and app.may_call(o.operation, app.role()));
    end $$;

-- Names: what it is about, who owns it, to whom it is promised. Everyone who sees the task gets them, also without a right to these themselves.
create function app.task_subject(task uuid) returns text language plpgsql stable
    security definer set search_path = pg_catalog, pg_temp
    as $$
    begin
        return (select (app.subject_read(t.noun, t.subject_id, false)).label from app.task t
                where t.tenant_id = app.tenant() and t.id = task and app.sees_task(t));
    end $$;
create function app.task_name(tenant int, user_id uuid, organisation uuid, employer uuid, candidate uuid) returns text language plpgsql stable
    set search_path = pg_catalog, pg_temp
    as $$
    begin
        return case when user_id is not null then (select u.name from app.user_account u where u.tenant_id = tenant and u.id = user_id)
                    when organisation is not null then (select o.name from app.organisation o where o.tenant_id = tenant and o.id = organisation)
                    when employer is not null then (select e.name from app.employer e where e.tenant_id = tenant and e.id = employer)
                    when candidate is not null then (select c.alias from app.candidate c where c.tenant_id = tenant and c.id = candidate) end;
    end $$;
create function app.task_owner(task uuid) returns text language plpgsql stable
    security definer set search_path = pg_catalog, pg_temp
    as $$
    begin
        return (select app.task_name(t.tenant_id, t.owner_user_id, t.owner_organisation_id, t.owner_employer_id, t.owner_candidate_id) from app.task t
                where t.tenant_id = app.tenant() and t.id = task and app.sees_task(t));
    end $$;
create function app.task_promised_to(task uuid) returns text language plpgsql stable
    security definer set search_path = pg_catalog, pg_temp
    as $$
    begin
        return (select app.task_name(t.tenant_id, null, t.promised_to_organisation_id, t.promised_to_employer_id, t.promised_to_candidate_id) from app.task t
                where t.tenant_id = app.tenant() and t.id = task and app.sees_task(t));
    end $$;

-- Gives the open tasks of a user or a desk to another one, for hand-overs; what the new owner may not have stays. What was promised stays a promise.
-- Returns how many.
create function app.tasks_hand_over(from_user uuid, from_organisation uuid, to_user uuid, to_organisation uuid) returns int language plpgsql
    set search_path = pg_catalog, pg_temp
    as $$
    declare count int;
    begin
        update app.task t set owner_user_id = to_user, owner_organisation_id = to_organisation
        where t.tenant_id = app.tenant() and (t.owner_user_id = from_user or t.owner_organisation_id = from_organisation)
          and (app.task_is_open(t.state) or app.task_is_pending(t.state)) and app.task_fits(t, to_user, to_organisation, null, null);
        get diagnostics count = row_count;
        return count;
    end $$;

-- After the file of a person gets another case manager or coach: the open tasks about the person and the appointments to come follow, as in a hand-over. Else the law's terms and
-- today's checks stay with a colleague who no longer sees the person. The case manager takes over from a coach whom nobody follows. A colleague who still has to do with the
-- person keeps the tasks, and so does one whose tasks the next one may not have.
create function app.tasks_follow_keeper() returns trigger language plpgsql
    security definer set search_path = pg_catalog, pg_temp
    as $$
    declare moved record;
    begin
        for moved in select w.was, w.next from (values (old.case_manager_id, new.case_manager_id), (old.coach_id, coalesce(new.coach_id, new.case_manager_id))) w (was, next)
                     where w.was <> w.next and w.was not in (coalesce(new.case_manager_id, w.next), coalesce(new.coach_id, w.next)) loop
            update app.task t set owner_user_id = moved.next
            where t.tenant_id = new.tenant_id and t.candidate_id = new.id and t.owner_user_id = moved.was
              and (app.task_is_open(t.state) or app.task_is_pending(t.state)) and app.task_fits(t, moved.next, null, null, null);
            perform app.appointments_hand_over(moved.was, moved.next, new.id);
        end loop;
        return null;
    end $$;
create trigger tasks_follow_keeper after update of case_manager_id, coach_id on app.candidate for each row
    when ((new.case_manager_id, new.coach_id) is distinct from (old.case_manager_id, old.coach_id) and coalesce(current_setting('app.hands_over', true), '') = '')
    execute function app.tasks_follow_keeper();
