-- Trajectories: who sees them, how they begin, and how they end.

-- Everyone who has to do with the person. Of organisations the one that executes it, by its mandate; and the future employer, as long as the candidate
-- shares it.
create function app.trajectory_told(t app.trajectory, scope text, role text, organisation uuid, actor uuid) returns boolean language plpgsql stable parallel safe
    set search_path = pg_catalog, pg_temp
    as $$
    begin
        return case when scope <> 'organisation' then app.sees_person(t.candidate_id, scope, role, organisation, actor)
                    when role = 'employer' then t.employer_id = organisation and t.shared_at is not null and t.unshared_at is null
                    else t.organisation_id = organisation and app.reached(t.candidate_id, organisation) end is true;
    end $$;
grant execute on function app.trajectory_told(app.trajectory, text, text, uuid, uuid) to public;
create function app.sees_trajectory(t app.trajectory, scope text default app.scope(), role text default app.role(),
                                    organisation uuid default app.organisation(), actor uuid default app.actor())
    returns boolean stable parallel safe
    return app.trajectory_told(t, scope, role, organisation, actor);
call app.wall('app.trajectory', 'trajectory', '{holds_place}');
call app.days_within('app.trajectory', 'starts_on begins', 'started_on begins', 'ends_on ends', 'reserved_until ends', 'search_until ends', 'register_by ends', 'guarantee_by ends',
                    'flow_through_on ends', 'rules_handed_on happened');
call app.open_to_scope('app.trajectory', 'app.sees_trajectory');
call app.guarded('app.trajectory', 'trajectory');
call app.unique_by('app.trajectory_intake_once', 'app.sees_trajectory', '/trajectories/');
call app.unique_by('app.trajectory_place_once', 'app.sees_trajectory', '/trajectories/');
call region.project_of('app.trajectory', 'project_id');
call app.referable('app.trajectory', 'trajectory', 'person', 'app.sees_trajectory', candidate => 'r.candidate_id', employer => 'r.employer_id',
                   label => 'r.kind');
create trigger zz_log_transition before update on app.trajectory
    for each row when (new.state is distinct from old.state) execute function app.log_transition('trajectory');

-- Before a trajectory begins: an intake with an intermediary has a day until which the applicant registers there, and the employer is that of the
-- vacancy. Nothing begins for somebody who died or left.
create function app.trajectory_begin() returns trigger language plpgsql
    security definer set search_path = pg_catalog, pg_temp
    as $$
    declare c app.candidate;
    begin
        select q.* into c from app.candidate q where q.tenant_id = new.tenant_id and q.id = new.candidate_id for share; -- waits for a death that is being recorded
        perform app.require('candidate', case when c.merged_into is null then c.status else 'merged' end, 'createTrajectory', '/candidateId');
        if new.kind = 'intake' and new.organisation_id is not null and new.register_by is null then
            new.register_by := (calendar.due(clock.now(), app.rule('clock.register') -> 'due') at time zone 'Europe/Amsterdam')::date;
        end if;
        return new;
    end $$;
create trigger begin before insert on app.trajectory for each row execute function app.trajectory_begin();

-- The application for a benefit is that of the same person, and of an intake one that was not refused; the employer is that of the vacancy.
create function app.trajectory_refer() returns trigger language plpgsql
    security definer set search_path = pg_catalog, pg_temp
    as $$
    begin
        if new.vacancy_id is not null and (new.employer_id is null or tg_op = 'UPDATE' and new.vacancy_id is distinct from old.vacancy_id
                                           and new.employer_id is not distinct from old.employer_id) then
            new.employer_id := (select v.employer_id from app.vacancy v where v.tenant_id = new.tenant_id and v.id = new.vacancy_id);
        end if;
        if tg_op = 'UPDATE' and new.employer_id is distinct from old.employer_id then -- what was agreed with one employer says nothing of another
            new.shared_at := null; new.shared_channel := null; new.unshared_at := null;
            new.employer_agreed := null; new.employer_asked_at := null; new.employer_answered_at := null;
            update app.subject u set employer_id = new.employer_id where u.tenant_id = new.tenant_id and u.id = new.id;
            perform app.task_drop('trajectory', new.id, 'question', 'employer');
        end if;
        if new.benefit_id is not null and not exists (select from app.benefit b where b.tenant_id = new.tenant_id and b.id = new.benefit_id
                                                      and b.candidate_id = new.candidate_id
                                                      and (new.kind <> 'intake' or tg_op = 'UPDATE' and new.benefit_id is not distinct from old.benefit_id
                                                           or app.benefit_is_pending(b.state)
                                                           or app.benefit_is_open(app.benefit_now(b.state, b.until_day, b.end_reason)))) then
            raise exception using errcode = '23503', message = 'reference', table = 'trajectory', constraint = 'trajectory_benefit_id_fkey';
        end if;
        return new;
    end $$;
create trigger refer_to before insert or update of vacancy_id, employer_id, benefit_id on app.trajectory
    for each row execute function app.trajectory_refer();

-- Who executes a trajectory, its project, its vacancy and the employers, by name. Everyone who sees it gets them, also without a right to these themselves.
create function app.trajectory_names(trajectory uuid)
    returns table (organisation_name text, project_title text, vacancy_title text, employer_name text, current_employer_name text) language plpgsql stable
    security definer set search_path = pg_catalog, pg_temp
    as $$
    begin
        return query
        select o.name::text, p.title::text, v.title::text, e.name::text, c.name::text from app.trajectory t
        left join app.organisation o on o.tenant_id = t.tenant_id and o.id = t.organisation_id
        left join region.project p on p.region_id = region.here() and p.id = t.project_id
        left join app.vacancy v on v.tenant_id = t.tenant_id and v.id = t.vacancy_id
        left join app.employer e on e.tenant_id = t.tenant_id and e.id = t.employer_id
        left join app.employer c on c.tenant_id = t.tenant_id and c.id = t.current_employer_id
        where t.tenant_id = app.tenant() and t.id = trajectory and app.sees_trajectory(t);
    end $$;

-- The trajectory that the caller sees, locked; or MW404. Its vacancy, and another one that it is going to lead to, are locked before.
create function app.trajectory_lock(trajectory uuid, other uuid default null) returns app.trajectory language plpgsql
    security definer set search_path = pg_catalog, pg_temp
    as $$
    declare t app.trajectory;
    begin
        perform from app.vacancy v where v.tenant_id = app.tenant() and (v.id = other or v.id = (
            select o.vacancy_id from app.trajectory o where o.tenant_id = app.tenant() and o.id = trajectory and app.sees_trajectory(o)))
        order by v.id for no key update;
        select o.* into t from app.trajectory o where o.tenant_id = app.tenant() and o.id = trajectory and app.sees_trajectory(o) for no key update;
        if not found or not app.sees_trajectory(t) then
            raise exception using errcode = 'MW404', message = 'not-found';
        end if;
        return t;
    end $$;

-- What the outcome of an intake does with the application for a benefit: it is granted, or there is nothing to decide any more. The other outcomes
-- leave it to who decides, within the term of the law.
create function app.trajectory_settles_benefit(t app.trajectory) returns void language plpgsql
    set search_path = pg_catalog, pg_temp
    as $$
    declare what text := case when t.outcome = 'granted' then 'grant' when t.outcome = 'at_work' or t.state = 'stopped' then 'refuse' end;
    begin
        if t.kind <> 'intake' or what is null then
            return;
        end if;
        update app.benefit b set state = app.move('benefit', b.state, what),
               from_day = case what when 'grant' then coalesce(b.from_day, b.applied_on) else b.from_day end,
               refused_on = case what when 'refuse' then t.ended_on end,
               refusal_reason = case when what = 'refuse' then
                   case when t.outcome = 'at_work' then 'found_work' when t.stop_reason in ('died', 'moved') then t.stop_reason else 'withdrawn' end end
        where b.tenant_id = t.tenant_id and b.id = t.benefit_id and b.state = 'applied';
    end $$;

-- Starts, finishes or stops a trajectory. A finish has an outcome, a stop a reason.
create function app.trajectory_move(trajectory uuid, event text, day date, outcome text, reason text, origin text) returns void language plpgsql
    security definer set search_path = pg_catalog, pg_temp
    as $$
    declare
        t app.trajectory := app.trajectory_lock(trajectory); -- it asks app.sees_trajectory()
        on_day date := coalesce(day, clock.today());
    begin
        if on_day not between coalesce(t.started_on, t.starts_on - 365) and clock.today() then
            raise exception using errcode = '23514', message = 'range', detail = app.day_span(coalesce(t.started_on, t.starts_on - 365), clock.today()), table = 'trajectory', constraint = 'trajectory_moved_not_later_check';
        end if;
        if event = 'start' then
            perform app.gate_require('start', array[t.id, t.candidate_id], kinds => app.gate_kinds('trajectory', 'start'));
        elsif event = 'finish' and outcome = 'at_work' then
            perform app.task_settle('trajectory', t.id, 'guarantee', 'kept');
        end if;
        update app.trajectory o set state = app.move('trajectory', o.state, event),
               started_on = case event when 'start' then on_day else o.started_on end,
               ended_on = case event when 'start' then null else on_day end,
               outcome = case event when 'finish' then trajectory_move.outcome end,
               stop_reason = case event when 'stop' then reason end,
               work_origin = case event when 'finish' then origin end
        where o.tenant_id = t.tenant_id and o.id = t.id
        returning o.* into t;
        perform app.trajectory_settles_benefit(t);
    end $$;

-- After a death was recorded: nothing goes on. What ended stays so when the record was a mistake.
create function app.trajectories_end_with_death() returns trigger language plpgsql
    security definer set search_path = pg_catalog, pg_temp
    as $$
    begin
        update app.trajectory t set state = app.move('trajectory', t.state, 'stop'), stop_reason = 'died', ended_on = new.died_on
        where t.tenant_id = new.tenant_id and t.candidate_id = new.id and (app.trajectory_is_pending(t.state) or app.trajectory_is_open(t.state));
        update app.benefit b set state = app.move('benefit', b.state, 'refuse'), refused_on = new.died_on, refusal_reason = 'died'
        where b.tenant_id = new.tenant_id and b.candidate_id = new.id and app.benefit_is_pending(b.state);
        update app.benefit b set state = app.move('benefit', b.state, 'end'), until_day = case when b.end_reason is not null and b.until_day <= new.died_on then b.until_day else greatest(b.from_day, new.died_on) end,
               end_reason = case when b.end_reason is not null and b.until_day <= new.died_on then b.end_reason else 'died' end
        where b.tenant_id = new.tenant_id and b.candidate_id = new.id and app.benefit_is_open(b.state);
        return null;
    end $$;
create trigger trajectories_end after update of died_on on app.candidate for each row
    when (old.died_on is null and new.died_on is not null) execute function app.trajectories_end_with_death();
