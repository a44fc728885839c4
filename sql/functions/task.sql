-- Tasks: who sees them, when they are due, and how other nouns open and end them.

-- Whether a role may have to do with a task about a person, when it owns the task or was promised something. A firm or agency only as long as it has
-- the person, an employer only with what is between them both.
create function app.task_passes(wall text, role text, candidate uuid, employer uuid, organisation uuid) returns boolean language plpgsql stable parallel safe
    set search_path = pg_catalog, pg_temp
    as $$
    begin
        return wall not in ('person', 'measure') or case
            when role in ('case_manager', 'team_lead', 'field_officer', 'system') then true
            when wall = 'measure' then false
            when role in ('consultant', 'coach', 'course_leader') then true
            when role in ('firm', 'agency') then app.reaches(candidate, organisation, null)
            when role = 'employer' then employer is not distinct from organisation
            else false end;
    end $$;
grant execute on function app.task_passes(text, text, uuid, uuid, uuid) to public;

-- Who sees one: its owner, the desk that it lies with, the one it is promised to, and the one who passes the wall of what it is about. An
-- employer sees nothing else that is about the employer: that is the work of others. Everyone who gave it away sees it until the end of that transaction,
-- because the answer is the task after the change. The candidate sees what is asked of, and promised to, the candidate.
create function app.task_told(t app.task, scope text, role text, organisation uuid, actor uuid) returns boolean language plpgsql stable parallel safe
    set search_path = pg_catalog, pg_temp
    as $$
    begin
        if role = 'candidate' then
            return (t.wall = 'person' and t.candidate_id in (t.owner_candidate_id, t.promised_to_candidate_id) and app.is_own_file(t.candidate_id, actor)) is true;
        end if;
        if (actor = t.owner_user_id or organisation in (t.owner_organisation_id, t.owner_employer_id, t.promised_to_employer_id, t.promised_to_organisation_id)
            or (actor = t.made_by and t.wall not in ('person', 'measure')))
           and app.task_passes(t.wall, role, t.candidate_id, t.employer_id, organisation) then
            return true;
        end if;
        return (t.id::text = current_setting('app.task_given_away', true)
                or (role <> 'employer' and app.sees_about(t.wall, t.candidate_id, t.employer_id, scope, role, organisation, actor))) is true;
    end $$;
grant execute on function app.task_told(app.task, text, text, uuid, uuid) to public;
create function app.sees_task(t app.task, scope text default app.scope(), role text default app.role(),
                              organisation uuid default app.organisation(), actor uuid default app.actor())
    returns boolean stable parallel safe
    return app.task_told(t, scope, role, organisation, actor);
call app.wall('app.task', 'task',
              '{wall,noun,candidate_id,employer_id,desk_id,rank_at,rung,escalated_at,escalated_to_user_id,escalated_to_organisation_id}');
call app.open_to_scope('app.task', 'app.sees_task');
call app.about('app.task');
call app.apart('app.task', $$wall <> 'measure'$$);
call app.guarded('app.task', 'task');
create trigger zz_log_transition before update on app.task
    for each row when (new.state is distinct from old.state) execute function app.log_transition('task');
create trigger hand_over_user after update of owner_user_id on app.task for each row
    when (new.owner_user_id is distinct from old.owner_user_id) execute function app.note_hand_over('task', 'owner_user_id');
create trigger hand_over_organisation after update of owner_organisation_id on app.task for each row
    when (new.owner_organisation_id is distinct from old.owner_organisation_id) execute function app.note_hand_over('task', 'owner_organisation_id');

-- The municipality itself, where somebody or something belongs to no organisation.
create function app.task_no_desk() returns uuid immutable parallel safe
    return '00000000-0000-0000-0000-000000000000'::uuid;
grant execute on function app.task_no_desk() to public;

-- Before a task is written: where it lies, when it is due, and its place in work lists. When nobody says when it is due, the rule of its kind does. After
-- the walls of what it is about (by its name this trigger is later): about a person, some kinds stand behind the one of measures.
create function app.task_reckon() returns trigger language plpgsql
    security definer set search_path = pg_catalog, pg_temp
    as $$
    declare
        kind ref.task_kind;
        due jsonb;
    begin
        select k.* into kind from ref.task_kind k where k.kind = new.kind;
        if kind.measure and new.wall = 'person' then
            new.wall := 'measure';
        end if;
        if tg_op = 'INSERT' then
            new.urgent := coalesce(kind.urgent, false);
            new.blocks := coalesce(new.blocks, case when new.wall <> 'measure' then kind.blocks end);
            if new.due_at is null and new.due_day is null then
                due := app.rule('clock.' || new.kind, new.clock_from, new.project_id) -> 'due';
                new.due_at := calendar.due(new.clock_from, due, new.held);
                new.rule_id := case when due is not null then app.rule_used('clock.' || new.kind, new.clock_from, new.project_id) end;
            end if;
        end if;
        if new.due_day is not null then
            new.due_at := calendar.moment(new.due_day + time '23:59:59');
        end if;
        new.desk_id := coalesce(new.owner_organisation_id, new.owner_employer_id, new.owner_candidate_id,
            (select u.organisation_id from app.user_account u where u.tenant_id = new.tenant_id and u.id = new.owner_user_id), app.task_no_desk());
        new.rank_at := coalesce(new.due_at - case when new.urgent then interval '100 years' else interval '0' end, timestamptz '9999-12-31 00:00:00+00');
        return new;
    end $$;
create trigger reckon before insert or update on app.task for each row execute function app.task_reckon();

-- Who never opens a work list: whatever such a user owned would be forgotten.
create function app.task_strangers() returns text[] immutable parallel safe
    return '{analyst,alderman,labour_expert,benefits_payment,partner,candidate}'::text[];

-- Whether somebody who is there may own this task: they may have to do with what it is about, and have a role with a work list. An employer
-- has what concerns that employer.
create function app.task_fits(t app.task, to_user uuid, to_organisation uuid, to_employer uuid, to_candidate uuid) returns boolean language plpgsql stable
    set search_path = pg_catalog, pg_temp
    as $$
    declare owner app.user_account;
    begin
        if to_user is not null then
            select u.* into owner from app.user_account u where u.tenant_id = t.tenant_id and u.id = to_user;
            return exists (select from entry.hat h where h.tenant_id = t.tenant_id and h.user_id = to_user and not h.role = any (app.task_strangers()))
                and app.task_passes(t.wall, owner.role, t.candidate_id, t.employer_id, owner.organisation_id);
        end if;
        if to_employer is not null then
            return t.wall in ('region', 'general') or (t.wall <> 'measure' and t.employer_id is not distinct from to_employer);
        end if;
        return t.wall not in ('person', 'measure') or case
            when to_organisation is not null then exists (
                select from app.organisation o where o.tenant_id = t.tenant_id and o.id = to_organisation
                and (o.kind in (select r.kind from ref.organisation_of_role r where r.role = '*') or app.reaches(t.candidate_id, o.id, null)))
            when to_candidate is not null then t.candidate_id = to_candidate else true end;
    end $$;

-- After a task got an owner: it is somebody who is there, and who may have it.
create function app.task_owner_fits() returns trigger language plpgsql
    security definer set search_path = pg_catalog, pg_temp
    as $$
    begin
        perform from app.user_account u where u.tenant_id = new.tenant_id and u.id = new.owner_user_id and u.active for share;
        if not found and new.owner_user_id is not null then
            raise exception using errcode = '23503', message = 'reference', table = 'task', constraint = 'task_owner_user_id_fkey';
        elsif app.task_fits(new, new.owner_user_id, new.owner_organisation_id, new.owner_employer_id, new.owner_candidate_id) is not true then
            raise exception using errcode = 'MW409', message = 'owner-may-not-see';
        end if;
        return null;
    end $$;
create trigger owner_fits_first after insert on app.task for each row execute function app.task_owner_fits();
create trigger owner_fits after update on app.task for each row
    when ((new.owner_user_id, new.owner_organisation_id, new.owner_employer_id, new.owner_candidate_id)
          is distinct from (old.owner_user_id, old.owner_organisation_id, old.owner_employer_id, old.owner_candidate_id))
    execute function app.task_owner_fits();

-- After a user works for another organisation: so do the tasks.
create function app.tasks_follow_user() returns trigger language plpgsql
    security definer set search_path = pg_catalog, pg_temp
    as $$
    begin
        update app.task t set desk_id = coalesce(new.organisation_id, app.task_no_desk())
        where t.tenant_id = new.tenant_id and t.owner_user_id = new.id and (app.task_is_open(t.state) or app.task_is_pending(t.state));
        return null;
    end $$;
create trigger tasks_follow after update of organisation_id on app.user_account for each row
    when (new.organisation_id is distinct from old.organisation_id) execute function app.tasks_follow_user();

-- For functions and triggers of other nouns, which have asked themselves who may. They act for the municipality, no matter who the caller is.

-- Opens a task of this kind about a row, and returns it; the one that is open when `cause` has made one already. Without an owner it lies with the
-- municipality. Without `due_at` the rule of its kind says when it is due.
create function app.task_open(kind text, noun text, subject uuid, owner_user uuid, owner_organisation uuid, cause text,
                              clock_from timestamptz default clock.now(), due_at timestamptz default null, promised_to_employer uuid default null,
                              project uuid default null, owner_employer uuid default null, owner_candidate uuid default null,
                              promised_to_candidate uuid default null, promised_to_organisation uuid default null, topic text default null) returns uuid language plpgsql
    set search_path = pg_catalog, pg_temp
    as $$
    #variable_conflict use_column
    declare
        about app.subject := app.subject_put(noun, subject);
        made uuid;
    begin
        insert into app.task as t (tenant_id, id, kind, subject_id, owner_user_id, owner_organisation_id, owner_employer_id, owner_candidate_id,
                                   promised_to_employer_id, promised_to_candidate_id, promised_to_organisation_id, due_at, clock_from, cause, project_id, topic, made_at)
        values (about.tenant_id, gen_random_uuid(), task_open.kind, about.id, owner_user, owner_organisation, owner_employer, owner_candidate,
                promised_to_employer, promised_to_candidate, promised_to_organisation, task_open.due_at, task_open.clock_from, task_open.cause, project,
                task_open.topic, clock.now())
        on conflict (tenant_id, subject_id, kind, cause) where (app.task_is_open(state) or app.task_is_pending(state)) and cause is not null do nothing
        returning t.id into made;
        if made is null then
            select t.id into made from app.task t
            where t.tenant_id = about.tenant_id and t.subject_id = about.id and t.kind = task_open.kind and t.cause = task_open.cause
              and (app.task_is_open(t.state) or app.task_is_pending(t.state));
        end if;
        return made;
    end $$;

-- Ends the open tasks of this kind about a row, because it was done elsewhere; with an outcome that is a failure, because it cannot be done any
-- more. Returns how many.
create function app.task_settle(noun text, subject uuid, kind text, outcome text, cause text default null) returns int language plpgsql
    set search_path = pg_catalog, pg_temp
    as $$
    declare count int;
    begin
        update app.task t set state = app.move('task', t.state, case when task_settle.outcome = any (k.failures) then 'lapse' else 'settle' end),
               outcome = task_settle.outcome, ended_at = clock.now(), ended_by = app.actor()
        from ref.task_kind k
        where t.tenant_id = app.tenant() and t.subject_id = subject and t.noun = task_settle.noun and t.kind = task_settle.kind and k.kind = t.kind
          and (task_settle.cause is null or t.cause = task_settle.cause)
          and (app.task_is_open(t.state) or app.task_is_pending(t.state));
        get diagnostics count = row_count;
        return count;
    end $$;

-- Withdraws the open tasks about a row, of one kind or, without one, of all: what they ask is asked no more. Returns how many.
create function app.task_drop(noun text, subject uuid, kind text default null, cause text default null) returns int language plpgsql
    set search_path = pg_catalog, pg_temp
    as $$
    declare count int;
    begin
        update app.task t set state = app.move('task', t.state, 'drop'), reason = 'subject_ended', ended_at = clock.now(), ended_by = app.actor()
        where t.tenant_id = app.tenant() and t.subject_id = subject and t.noun = task_drop.noun and t.kind = coalesce(task_drop.kind, t.kind)
          and (task_drop.cause is null or t.cause = task_drop.cause)
          and (app.task_is_open(t.state) or app.task_is_pending(t.state));
        get diagnostics count = row_count;
        return count;
    end $$;

-- Stops the clock of every open task about a row. Returns how many.
create function app.task_hold(subject uuid) returns int language plpgsql
    set search_path = pg_catalog, pg_temp
    as $$
    declare count int;
    begin
        update app.task t set held_since = clock.now()
        where t.tenant_id = app.tenant() and t.subject_id = subject and t.held_since is null
          and (app.task_is_open(t.state) or app.task_is_pending(t.state));
        get diagnostics count = row_count;
        return count;
    end $$;

-- Lets the clocks go on: each task is due as much later as its clock stood still. Returns how many.
create function app.task_release(subject uuid) returns int language plpgsql
    set search_path = pg_catalog, pg_temp
    as $$
    declare
        t app.task;
        due jsonb;
        stood interval;
        count int := 0;
    begin
        for t in select o.* from app.task o where o.tenant_id = app.tenant() and o.subject_id = subject and o.held_since is not null
                 and (app.task_is_open(o.state) or app.task_is_pending(o.state)) order by o.id for no key update loop
            due := case when t.rule_id is not null then app.rule('clock.' || t.kind, t.clock_from, t.project_id) -> 'due' end;
            stood := coalesce(calendar.held(due, t.held_since, clock.now()), make_interval(secs => extract(epoch from clock.now() - t.held_since)));
            update app.task u set held_since = null, held = t.held + stood, due_day = t.due_day + ceil(extract(epoch from stood) / 86400)::int,
                   due_at = coalesce(calendar.due(t.clock_from, due, t.held + stood), t.due_at + stood)
            where u.tenant_id = t.tenant_id and u.id = t.id;
            count := count + 1;
        end loop;
        return count;
    end $$;
