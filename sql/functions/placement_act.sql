-- What people do with placements. Each function locks the placement, so that of two who do something in the same moment the second is told of the
-- state that it has by then.

-- Offers a placement to somebody whom the caller sees. One for a vacancy takes a position of it.
create function app.placement_make(placement uuid, asked jsonb) returns void language plpgsql
    security definer set search_path = pg_catalog, pg_temp
    as $$
    declare
        p app.placement := jsonb_populate_record(null::app.placement, asked);
        status text;
    begin
        perform from app.vacancy v where v.tenant_id = app.tenant() and v.id = p.vacancy_id and app.sees_vacancy(v) for no key update;
        if not found and p.vacancy_id is not null then
            raise exception using errcode = '23503', message = 'reference', table = 'placement', constraint = 'placement_vacancy_id_fkey';
        end if;
        if p.vacancy_id is not null and p.employer_id is not null and not exists (
            select from app.vacancy v where v.tenant_id = app.tenant() and v.id = p.vacancy_id and v.employer_id in (p.employer_id, p.formal_employer_id)) then
            raise exception using errcode = '23503', message = 'reference', table = 'placement', constraint = 'placement_employer_id_fkey';
        end if;
        select c.status into status from app.candidate c where c.tenant_id = app.tenant() and c.id = p.candidate_id and app.sees_candidate(c) for no key update;
        if not found then
            raise exception using errcode = '23503', message = 'reference', table = 'placement', constraint = 'placement_candidate_id_fkey';
        end if;
        perform app.require('candidate', status, 'createPlacement', '/candidateId');
        perform from app.trajectory t where t.tenant_id = app.tenant() and t.id = p.trajectory_id and t.candidate_id = p.candidate_id and app.sees_trajectory(t);
        if not found and p.trajectory_id is not null then
            raise exception using errcode = '23503', message = 'reference', table = 'placement', constraint = 'placement_trajectory_id_fkey';
        end if;
        if p.vacancy_id is not null then
            perform app.trajectories_lapse(p.vacancy_id);
            perform app.trajectory_give_place(p.vacancy_id, p.candidate_id);
            perform app.vacancy_take(p.vacancy_id);
        end if;
        insert into app.placement (tenant_id, id, candidate_id, employer_id, employer_name, formal_employer_id, formal_organisation_id, vacancy_id,
            trajectory_id, project_id, agreement_id, kind, origin, offered_on, starts_on, ends_on, contract, permanent_from, hours, wage_cents, wage_per,
            mentor, workplace, replacement_for, holds_position)
        select app.tenant(), placement, p.candidate_id, coalesce(p.employer_id, v.employer_id), p.employer_name, p.formal_employer_id, p.formal_organisation_id,
            p.vacancy_id, p.trajectory_id, coalesce(p.project_id, v.project_id), v.agreement_id, p.kind, p.origin, clock.today(),
            p.starts_on, p.ends_on, p.contract, p.permanent_from, p.hours, p.wage_cents, p.wage_per, p.mentor, p.workplace,
            app.placement_to_replace(p.vacancy_id), p.vacancy_id is not null
        from (select 1) one left join app.vacancy v on v.tenant_id = app.tenant() and v.id = p.vacancy_id;
    end $$;

-- The person says yes. A person who does not look any further is placed, and open proposals elsewhere become obsolete.
create function app.placement_accept(placement uuid, day date, still_looking boolean) returns void language plpgsql
    security definer set search_path = pg_catalog, pg_temp
    as $$
    declare p app.placement;
    begin
        perform app.proposals_lock_vacancies(q.candidate_id) from app.placement q
        where q.tenant_id = app.tenant() and q.id = placement and app.sees_placement(q);
        p := app.placement_lock(placement);
        update app.placement q set state = app.move('placement', p.state, 'accept'), accepted_on = app.placement_day(day, p.offered_on)
        where q.tenant_id = p.tenant_id and q.id = p.id;
        if still_looking is not true then
            update app.candidate c set status = app.move('candidate', c.status, 'accept_placement')
            where c.tenant_id = p.tenant_id and c.id = p.candidate_id and not app.candidate_is_settled(c.status);
        end if;
    end $$;

-- A day on which something was done: today when nobody names one, never in the future, and not before what came first.
create function app.placement_day(day date, not_before date default null) returns date language plpgsql stable
    set search_path = pg_catalog, pg_temp
    as $$
    begin
        if day > clock.today() or day < not_before then
            raise exception using errcode = '23514', message = 'range', detail = app.day_span(not_before, clock.today()), table = 'placement', constraint = 'placement_ended_after_start';
        end if;
        return coalesce(day, clock.today());
    end $$;

create function app.placement_decline(placement uuid, reason text) returns void language plpgsql
    security definer set search_path = pg_catalog, pg_temp
    as $$
    declare p app.placement := app.placement_lock(placement); -- it asks app.sees_placement()
    begin
        update app.placement q set state = app.move('placement', p.state, 'decline'), decline_reason = reason
        where q.tenant_id = p.tenant_id and q.id = p.id;
    end $$;

-- The first day of work, or with another day its correction. Whatever stops a start is told at once.
create function app.placement_start(placement uuid, day date) returns void language plpgsql
    security definer set search_path = pg_catalog, pg_temp
    as $$
    declare
        p app.placement := app.placement_lock(placement); -- it asks app.sees_placement()
        moved text := app.move('placement', p.state, case when day is not null and p.state = 'started' then 'correct' else 'start' end);
    begin
        if p.state = moved then -- the first day was another one
            update app.placement q set started_on = app.placement_day(day) where q.tenant_id = p.tenant_id and q.id = p.id;
            return;
        end if;
        perform app.gate_require('start', array(select g.id from app.gate_parts('placement', p.id) g));
        perform app.move('placement', p.state, 'start');
        update app.placement q set state = moved, started_on = app.placement_day(day)
        where q.tenant_id = p.tenant_id and q.id = p.id;
    end $$;

-- Ends a placement on this day for a reason of ref.placement_end; one that has not started falls through. The caller sees it, or MW404.
create function app.placement_end(placement uuid, reason text, on_day date default null) returns void language plpgsql
    security definer set search_path = pg_catalog, pg_temp
    as $$
    declare
        p app.placement := app.placement_lock(placement); -- it asks app.sees_placement()
        event text := case when p.state <> 'started' then 'withdraw' when reason = 'converted' then 'convert'
                           when reason = 'returned' then 'return' else 'end' end;
        day date := app.placement_day(on_day, p.started_on);
    begin
        perform app.require('placement', p.state, 'endPlacement');
        update app.placement q set state = app.move('placement', p.state, event), end_reason = reason, ended_on = day, end_phase = app.placement_phase(p.started_on, day)
        where q.tenant_id = p.tenant_id and q.id = p.id;
    end $$;

-- The employer does not go on with this person, for a reason; with `replacement` somebody else may come, and the position is free again.
create function app.placement_return(placement uuid, reason text, replacement boolean, on_day date) returns void language plpgsql
    security definer set search_path = pg_catalog, pg_temp
    as $$
    declare
        p app.placement := app.placement_lock(placement); -- it asks app.sees_placement()
        moved text := app.move('placement', p.state, 'return'); -- what is wrong with the state comes before what is wrong with the day
        day date := app.placement_day(on_day, p.started_on);
    begin
        update app.placement q set state = moved, end_reason = 'returned', ended_on = day, end_phase = app.placement_phase(p.started_on, day),
               return_reason = reason, replacement_wanted = coalesce(replacement, false)
        where q.tenant_id = p.tenant_id and q.id = p.id;
    end $$;

-- Goes on as a placement of another kind, from this day: what the new one does not say is as it was. The position goes along.
create function app.placement_convert(placement uuid, asked jsonb) returns void language plpgsql
    security definer set search_path = pg_catalog, pg_temp
    as $$
    declare
        p app.placement := app.placement_lock(placement); -- it asks app.sees_placement()
        n app.placement := jsonb_populate_record(p, asked);
        moved text := app.move('placement', p.state, 'convert');
        day date := app.placement_day((asked ->> 'day')::date, p.started_on);
        made uuid := gen_random_uuid();
    begin
        update app.placement q set state = moved, end_reason = 'converted', ended_on = day, end_phase = app.placement_phase(p.started_on, day),
               converted_to = made, holds_position = false
        where q.tenant_id = p.tenant_id and q.id = p.id;
        insert into app.placement (tenant_id, id, candidate_id, employer_id, employer_name, formal_employer_id, formal_organisation_id, vacancy_id,
            trajectory_id, project_id, agreement_id, kind, origin, state, offered_on, accepted_on, starts_on, started_on, ends_on, contract, permanent_from,
            hours, wage_cents, wage_per, mentor, workplace, converts, holds_position, guided_by_employer_from)
        values (p.tenant_id, made, p.candidate_id, p.employer_id, p.employer_name,
            case when asked ?| '{formal_employer_id,formal_organisation_id}' or n.kind in ('secondment', 'temp') then n.formal_employer_id end,
            case when asked ?| '{formal_employer_id,formal_organisation_id}' or n.kind in ('secondment', 'temp') then n.formal_organisation_id end,
            p.vacancy_id, p.trajectory_id, p.project_id, p.agreement_id, n.kind, p.origin, 'started', day, day, day, day, (asked ->> 'ends_on')::date,
            asked ->> 'contract', (asked ->> 'permanent_from')::date, n.hours, n.wage_cents, n.wage_per, p.mentor, p.workplace, p.id, p.holds_position,
            p.guided_by_employer_from);
    end $$;

-- A placement that should not have been entered is undone within the term of the municipality, with who and why. What came of a hire is undone with that hire.
create function app.placement_undo(placement uuid, reason text) returns void language plpgsql
    security definer set search_path = pg_catalog, pg_temp
    as $$
    declare
        p app.placement;
        held boolean;
        hire uuid := (select q.proposal_id from app.placement q where q.tenant_id = app.tenant() and q.id = placement and app.sees_placement(q));
    begin
        if hire is not null then
            perform app.proposal_undo(hire, reason, null);
            return;
        end if;
        p := app.placement_lock(placement);
        perform app.move('placement', p.state, 'undo');
        if calendar.moment(p.offered_on + time '23:59:59') + app.rule_days('proposal.undo_hire') <= clock.now() then
            raise exception using errcode = 'MW409', message = 'term-passed',
                detail = json_build_object('limit', extract(day from app.rule_days('proposal.undo_hire')))::text;
        end if;
        held := app.placement_undo_chain(p, reason, p.converts is null);
        if p.converts is not null then -- what it took over goes on as it was, with its position and its after-care
            update app.placement q set state = app.move('placement', q.state, 'resume'), ended_on = null, end_reason = null, end_phase = null,
                   converted_to = null, holds_position = held
            where q.tenant_id = p.tenant_id and q.id = p.converts;
        end if;
    end $$;

-- Undoes a placement, and before it what it went on as. Its position is free again when it `gives_back`. Returns whether it had one.
create function app.placement_undo_chain(p app.placement, reason text, gives_back boolean) returns boolean language plpgsql
    set search_path = pg_catalog, pg_temp
    as $$
    declare held boolean := p.holds_position or exists (
        select from app.placement n where n.tenant_id = p.tenant_id and n.id = p.converted_to and not app.placement_is_ended(n.state)
            and app.placement_undo_chain(n, reason, gives_back));
    begin
        update app.placement q set holds_position = false where q.tenant_id = p.tenant_id and q.id = p.id and q.holds_position and not gives_back;
        update app.placement q set state = app.move('placement', q.state, 'undo'), undone_at = clock.now(), undone_by = app.actor(), undo_reason = reason,
               rule_id = app.rule_used('proposal.undo_hire')
        where q.tenant_id = p.tenant_id and q.id = p.id;
        return held;
    end $$;

-- The employer or the person calls: somebody looks at it within hours.
create function app.placement_call(placement uuid) returns void language plpgsql
    security definer set search_path = pg_catalog, pg_temp
    as $$
    declare p app.placement := app.placement_lock(placement); -- it asks app.sees_placement()
    begin
        perform app.require('placement', p.state, 'callAboutPlacement');
        perform app.placement_alarm(p, 'call');
    end $$;

-- Another plan than that of its kind, which somebody agreed to.
create function app.placement_deviate(placement uuid, plan text, days int[], agreed text, why text) returns void language plpgsql
    security definer set search_path = pg_catalog, pg_temp
    as $$
    declare p app.placement := app.placement_lock(placement); -- it asks app.sees_placement()
    begin
        perform app.require('placement', p.state, 'deviateFromPlan');
        update app.placement q set plan = placement_deviate.plan, plan_days = nullif(days, '{}'), plan_agreed_by = agreed, plan_reason = why
        where q.tenant_id = p.tenant_id and q.id = p.id;
    end $$;
