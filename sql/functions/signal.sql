-- Signals: who sees them, and who may tell of whom.

-- Whether this user has to check a signal: the user has an open check of this signal, or of the signal that it is checked with.
create function app.signal_checks(signal uuid, actor uuid) returns boolean language plpgsql stable
    security definer set search_path = pg_catalog, pg_temp
    as $$
    begin
        return exists (select from app.task t where t.tenant_id = app.tenant() and t.subject_id = signal and t.kind = 'check' and t.owner_user_id = actor
                       and (app.task_is_open(t.state) or app.task_is_pending(t.state)));
    end $$;
grant execute on function app.signal_checks(uuid, uuid) to public;

-- Everyone who passes the wall of measures, but not the person: a signal says who told it. Its sender sees that it is there, and the one who has to check it
-- sees what that takes.
create function app.signal_inside(s app.signal, scope text default app.scope(), role text default app.role(), organisation uuid default app.organisation(),
                                  actor uuid default app.actor())
    returns boolean language plpgsql stable parallel safe set search_path = pg_catalog, pg_temp
    as $$ begin return role <> 'candidate' and app.sees_measure(s.candidate_id, scope, role, organisation, actor); end $$;
grant execute on function app.signal_inside(app.signal, text, text, uuid, uuid) to public;
create function app.signal_told(s app.signal, scope text, role text, organisation uuid, actor uuid) returns boolean language plpgsql stable parallel safe
    set search_path = pg_catalog, pg_temp
    as $$
    begin
        return (case when role in ('firm', 'agency', 'course_leader') then s.organisation_id = organisation or s.made_by = actor
                     when role = 'employer' then s.employer_id = organisation
                     when role = 'candidate' then false
                     else s.made_by = actor or app.signal_inside(s, scope, role, organisation, actor)
                          or (role in ('field_officer', 'case_manager') and app.signal_checks(coalesce(s.checked_with_id, s.id), actor)) end) is true;
    end $$;
grant execute on function app.signal_told(app.signal, text, text, uuid, uuid) to public;
create function app.sees_signal(s app.signal, scope text default app.scope(), role text default app.role(),
                                organisation uuid default app.organisation(), actor uuid default app.actor())
    returns boolean stable parallel safe
    return app.signal_told(s, scope, role, organisation, actor);
call app.wall('app.signal', 'signal', '{}');
call app.open_to_scope('app.signal', 'app.sees_signal');
call app.apart('app.signal', 'made_by = app.actor() or organisation_id is not null and organisation_id = app.organisation() or employer_id is not null and employer_id = app.organisation()');
call app.guarded('app.signal', 'signal');
call app.unique_by('app.signal_once', 'app.sees_signal', '/signals/');
call app.referable('app.signal', 'signal', 'measure', 'app.sees_signal', candidate => 'r.candidate_id', label => 'r.kind');
create trigger zz_log_transition before update on app.signal
    for each row when (new.state is distinct from old.state) execute function app.log_transition('signal');

-- Where it stands for somebody outside the wall: received, and at the end handled or withdrawn. That it was looked into is not told, so its version and
-- its last change are those of these two moments.
create function app.signal_state_outside(s app.signal) returns text immutable parallel safe
    return case when s.withdrawn_at is not null then 'withdrawn' when app.signal_is_open(s.state) then 'received' else s.state end;
create function app.signal_version_outside(s app.signal) returns bigint immutable parallel safe
    return case when app.signal_state_outside(s) = 'received' then 1 else 2 end;
create function app.signal_changed_outside(s app.signal) returns timestamptz immutable parallel safe
    return coalesce(s.withdrawn_at, s.handled_at, s.received_at);

-- The signal that the caller sees and may do something with, locked; or MW404. Only for the one who passes the wall of measures.
create function app.signal_lock(signal uuid) returns app.signal language plpgsql
    set search_path = pg_catalog, pg_temp
    as $$
    declare s app.signal;
    begin
        select o.* into s from app.signal o where o.tenant_id = app.tenant() and o.id = signal and app.sees_signal(o) and app.signal_inside(o) for no key update;
        if not found then
            raise exception using errcode = 'MW404', message = 'not-found';
        end if;
        return s;
    end $$;

-- What a signal is about, as far as the caller sees it: a row that the caller does not see is refused as one that is not there. Each says who the person is,
-- and they say the same.
create function app.signal_about(s app.signal) returns app.signal language plpgsql stable
    set search_path = pg_catalog, pg_temp
    as $$
    declare
        part record;
        given uuid := s.candidate_id;
    begin
        for part in
            select w.place, w.wanted, f.candidate_id, f.project_id from (values
                ('appointment_id', s.appointment_id), ('trajectory_id', s.trajectory_id), ('placement_id', s.placement_id), ('proposal_id', s.proposal_id)) w (place, wanted)
            left join lateral (
                select a.candidate_id, a.project_id from app.appointment a where w.place = 'appointment_id' and a.tenant_id = app.tenant() and a.id = w.wanted and app.sees_appointment(a)
                union all
                select t.candidate_id, t.project_id from app.trajectory t where w.place = 'trajectory_id' and t.tenant_id = app.tenant() and t.id = w.wanted and app.sees_trajectory(t)
                union all
                select p.candidate_id, p.project_id from app.placement p where w.place = 'placement_id' and p.tenant_id = app.tenant() and p.id = w.wanted and app.sees_placement(p)
                union all
                select p.candidate_id, p.project_id from app.proposal p where w.place = 'proposal_id' and p.tenant_id = app.tenant() and p.id = w.wanted and app.sees_proposal(p)) f on true
            where w.wanted is not null
        loop
            if part.candidate_id is null or part.candidate_id <> s.candidate_id then
                raise exception using errcode = '23503', message = 'reference', table = 'signal', constraint = format('signal_%s_fkey', part.place);
            end if;
            s.candidate_id := part.candidate_id;
            s.project_id := coalesce(s.project_id, part.project_id);
        end loop;
        if s.vacancy_id is not null and not exists (select from app.vacancy v where v.tenant_id = app.tenant() and v.id = s.vacancy_id
           and app.sees_vacancy(v, case when app.role() in ('case_manager', 'coach') then 'tenant' else app.scope() end)) then
            raise exception using errcode = '23503', message = 'reference', table = 'signal', constraint = 'signal_vacancy_id_fkey';
        end if;
        s.vacancy_id := coalesce(s.vacancy_id, (select p.vacancy_id from app.proposal p where p.tenant_id = app.tenant() and p.id = s.proposal_id));
        if s.candidate_id is null then
            raise exception using errcode = 'MW400', message = 'invalid', detail = 'required /candidateId';
        end if;
        if given is not null and not app.signal_may(given) and num_nonnulls(s.appointment_id, s.trajectory_id, s.placement_id, s.proposal_id) = 0 then
            raise exception using errcode = '23503', message = 'reference', table = 'signal', constraint = 'signal_candidate_id_fkey';
        end if;
        return s;
    end $$;

-- Whether the caller may tell of this person without naming an appointment or the like: the one who has to do with the person, and a field officer who
-- checks or has checked something of the person.
create function app.signal_may(candidate uuid) returns boolean language plpgsql stable
    set search_path = pg_catalog, pg_temp
    as $$
    begin
        return exists (select from app.candidate c where c.tenant_id = app.tenant() and c.id = candidate and case app.role()
            when 'field_officer' then exists (select from app.task t where t.tenant_id = c.tenant_id and t.candidate_id = c.id and t.kind = 'check'
                                              and t.owner_user_id = app.actor())
            when 'employer' then false
            else app.sees_person(c.id, app.scope(), app.role(), app.organisation(), app.actor()) end);
    end $$;

-- Writes a signal down, in the name of the caller.
create function app.signal_put(s app.signal) returns void language plpgsql
    set search_path = pg_catalog, pg_temp
    as $$
    declare
        first app.signal;
        checked app.signal;
        outside uuid := case when app.role() in ('firm', 'agency', 'course_leader') then app.organisation() end;
        employer uuid := case when app.role() = 'employer' then app.organisation() end;
    begin
        perform from app.appointment a where a.tenant_id = app.tenant() and a.id = s.appointment_id for no key update; -- two who tell the same wait for each other
        perform pg_advisory_xact_lock('app.signal'::regclass::int, hashtext(s.candidate_id::text));
        select o.* into first from app.signal o where o.tenant_id = app.tenant() and o.appointment_id = s.appointment_id and o.kind = s.kind
            and o.doubles_id is null and not app.signal_is_ended(o.state) order by o.received_at limit 1;
        if first.id is null then -- the check of that one may end just now: then it has not looked into this one
            select o.* into checked from app.signal o where o.tenant_id = app.tenant() and o.candidate_id = s.candidate_id and o.kind = s.kind and app.signal_is_pending(o.state)
                and o.checked_with_id is null and o.doubles_id is null and app.figure_days(o.received_at, clock.now()) = 0 order by o.received_at, o.id limit 1 for no key update;
        end if;
        insert into app.signal (tenant_id, id, candidate_id, kind, appointment_id, trajectory_id, placement_id, proposal_id, vacancy_id, project_id,
                                seen_by, seen_at, received_at, listed, doubles_id, checked_with_id, made_by, organisation_id, employer_id, sender)
        values (app.tenant(), s.id, s.candidate_id, s.kind, s.appointment_id, s.trajectory_id, s.placement_id, s.proposal_id, s.vacancy_id, s.project_id,
                s.seen_by, coalesce(s.seen_at, least((select a.starts_at from app.appointment a where a.tenant_id = app.tenant() and a.id = s.appointment_id), clock.now())), clock.now(), coalesce(s.listed, false), first.id, coalesce(first.checked_with_id, first.id, checked.id), app.actor(), outside, employer, coalesce(outside, employer, app.actor(), app.task_no_desk()));
    end $$;

-- Writes down a signal of the caller. What the caller says besides is a note behind the wall.
create function app.signal_make(signal uuid, asked jsonb) returns void language plpgsql
    security definer set search_path = pg_catalog, pg_temp
    as $$
    declare
        s app.signal := app.signal_about(jsonb_populate_record(null::app.signal, asked)); -- it asks who sees what it is about; app.sees_signal() says yes to a sender
        c app.candidate;
        words text := asked ->> 'words';
    begin
        select q.* into c from app.candidate q where q.tenant_id = app.tenant() and q.id = s.candidate_id for share; -- waits for a death that is being recorded
        perform app.require('candidate', case when c.merged_into is null then c.status else 'merged' end, 'createSignal', '/candidateId');
        if s.seen_at > clock.now() then
            raise exception using errcode = '23514', message = 'range', detail = app.day_span(null, clock.now()), table = 'signal', constraint = 'signal_seen_at_check';
        end if;
        s.id := signal;
        perform app.signal_put(s);
        if words is not null then
            perform app.note_put('signal', signal, words, author => app.actor());
        end if;
    end $$;

-- Says what it was. What told the same is handled with it.
create function app.signal_handle(signal uuid, with_outcome text, of_duty text default null) returns void language plpgsql
    security definer set search_path = pg_catalog, pg_temp
    as $$
    declare s app.signal := app.signal_lock(signal); -- it asks app.sees_signal()
    begin
        perform app.require('signal', s.state, 'handleSignal');
        update app.signal o set state = app.move('signal', o.state, 'handle'), outcome = with_outcome, duty = coalesce(of_duty, o.duty),
               looked_into_at = coalesce(o.looked_into_at, clock.now()), handled_at = clock.now(), handled_by = app.actor()
        where o.tenant_id = s.tenant_id and coalesce(s.doubles_id, s.id) in (o.id, o.doubles_id) and app.allows('signal', o.state, 'handleSignal');
    end $$;

-- Whether a decision that was made rests on it.
create function app.signal_decided(s app.signal) returns boolean language plpgsql stable
    set search_path = pg_catalog, pg_temp
    as $$
    begin
        return exists (select from app.decision_signal l join app.decision d on d.tenant_id = l.tenant_id and d.id = l.decision_id
                       where l.tenant_id = s.tenant_id and l.signal_id = s.id and (app.decision_is_open(d.state) or app.decision_is_settled(d.state)));
    end $$;

-- Corrects the outcome of a signal, and of the signals that were handled with it. The reason becomes a note. The sender heard that the signal was handled. This is
-- still true, so the sender hears nothing more. It is refused while a made decision rests on the signal. A person who is deciding waits for the lock on the file.
create function app.signal_correct(signal uuid, with_outcome text, of_duty text, why text) returns void language plpgsql
    security definer set search_path = pg_catalog, pg_temp
    as $$
    declare
        s app.signal := app.signal_lock(signal); -- it asks app.sees_signal()
        o app.signal;
    begin
        perform app.require('signal', s.state, 'correctHandling');
        perform from app.candidate c where c.tenant_id = s.tenant_id and c.id = s.candidate_id for no key update;
        if (with_outcome, coalesce(of_duty, s.duty)) is not distinct from (s.outcome::text, s.duty::text) then -- it says so already
            raise exception using errcode = '23514', message = 'outcome', table = 'signal', constraint = 'signal_corrected_outcome_check';
        end if;
        for o in select x.* from app.signal x where x.tenant_id = s.tenant_id and coalesce(s.doubles_id, s.id) in (x.id, x.doubles_id) and app.allows('signal', x.state, 'correctHandling')
                 order by x.id for no key update loop
            if app.signal_decided(o) then
                raise exception using errcode = 'MW409', message = 'decision-rests-on-it';
            end if;
            update app.signal x set outcome = with_outcome, duty = coalesce(of_duty, o.duty), amended_at = clock.now() where x.tenant_id = o.tenant_id and x.id = o.id;
            perform audit.note('signal', o.id, 'change', array['outcome', o.outcome, with_outcome]);
            perform app.task_settle('signal', o.id, 'question', 'answered', 'corrected');
        end loop;
        perform app.note_put('signal', s.id, why, author => app.actor());
    end $$;

-- Whether the caller sent it: the user, or somebody of the same firm, bureau or employer.
create function app.signal_is_mine(s app.signal) returns boolean language plpgsql stable
    set search_path = pg_catalog, pg_temp
    as $$ begin return (s.made_by = app.actor() or app.organisation() in (s.organisation_id, s.employer_id)) is true; end $$;

-- The sender takes it back. Once it was looked into it stays, with the sign that the sender did so; the sender is not told which of the two it is.
create function app.signal_withdraw(signal uuid) returns void language plpgsql
    security definer set search_path = pg_catalog, pg_temp
    as $$
    declare s app.signal;
    begin
        select o.* into s from app.signal o where o.tenant_id = app.tenant() and o.id = signal and app.sees_signal(o) for no key update;
        if not found then
            raise exception using errcode = 'MW404', message = 'not-found';
        elsif not app.signal_is_mine(s) then
            raise exception using errcode = 'MW403', message = 'forbidden';
        elsif app.signal_state_outside(s) <> 'received' then
            perform app.refuse_state(app.signal_state_outside(s), '{}');
        end if;
        update app.signal o set withdrawn_at = clock.now(), state = case when app.signal_is_pending(s.state) then app.move('signal', s.state, 'withdraw') else s.state end
        where o.tenant_id = s.tenant_id and o.id = s.id;
    end $$;
