-- The sessions of a cohort: planned, moved and cancelled in one call each, and the list of who came in one call.

-- Rises with every change of the appointments of a session, as far as the caller sees them.
create function app.appointment_session_version(project uuid, number int) returns bigint language sql stable
    set search_path = pg_catalog, pg_temp
    as $$
    select coalesce(sum(a.version), 0)::bigint from app.appointment a
    where a.tenant_id = app.tenant() and a.project_id = project and a.session = number and app.sees_appointment(a)
    $$;

-- Plans a series of sessions for who takes part in a cohort on their days, after those that it has. A later one that would fall on a holiday is an interval later, and so are those after it. Two who
-- plan at once wait for each other.
create function app.appointment_sessions_plan(project uuid, asked jsonb) returns void language plpgsql
    security definer set search_path = pg_catalog, pg_temp
    as $$
    declare
        p region.project;
        a app.appointment;
        last int;
        first timestamp := (asked ->> 'starts_at')::timestamptz at time zone 'Europe/Amsterdam';
        lasts interval := make_interval(mins => coalesce((asked ->> 'minutes')::int, 120));
        step interval := make_interval(days => coalesce((asked ->> 'every_days')::int, 7));
        wanted int := coalesce((asked ->> 'count')::int, 1);
    begin
        select r.* into p from region.project r where r.region_id = region.here() and r.id = project and region.sees_project(r) for no key update;
        if not found then
            raise exception using errcode = 'MW404', message = 'not-found';
        end if;
        perform app.require('project', p.state, 'createParticipation');
        perform app.appointment_with_is_there((asked ->> 'user_id')::uuid, (asked ->> 'organisation_id')::uuid);
        last := (select coalesce(max(o.session), 0) from app.appointment o where o.tenant_id = app.tenant() and o.project_id = project);
        insert into app.appointment (tenant_id, id, candidate_id, kind, starts_at, ends_at, place, user_id, organisation_id, project_id, session, made_at, made_by)
        select c.tenant_id, gen_random_uuid(), c.id, 'session', s.at, s.at + lasts, asked ->> 'place', (asked ->> 'user_id')::uuid,
               (asked ->> 'organisation_id')::uuid, project, last + s.n, clock.now(), app.actor()
        from (select row_number() over (order by d.n) as n, (first + d.n * step) at time zone 'Europe/Amsterdam' as at from generate_series(0, 2 * wanted + 10) d (n)
              where d.n = 0 or not calendar.is_holiday((first + d.n * step)::date) order by d.n limit wanted) s
        join app.candidate_participation m on m.tenant_id = app.tenant() and m.project_id = project
             and daterange(m.from_day, m.until_day, '[]') @> (s.at at time zone 'Europe/Amsterdam')::date
        join app.candidate c on c.tenant_id = m.tenant_id and c.id = m.candidate_id and c.merged_into is null and app.allows('candidate', c.status, 'createAppointment')
             and app.sees_candidate(c);
        if not found then
            raise exception using errcode = 'MW409', message = 'cohort-empty';
        end if;
        if asked ->> 'channel' is not null then
            for a in select o.* from app.appointment o where o.tenant_id = app.tenant() and o.project_id = project and o.session > last and app.sees_appointment(o)
                     order by o.session, o.id loop
                perform app.appointment_invite(a, asked ->> 'channel', (asked ->> 'handed_by')::uuid);
            end loop;
        end if;
    end $$;

-- Expects somebody who takes part in a cohort at its sessions that are still to come, on the days of the participation without those of `had`. Where others were invited, this person is
-- invited in writing. Who is expected already stays so.
create function app.appointment_sessions_join(m app.candidate_participation, had daterange) returns void language plpgsql
    set search_path = pg_catalog, pg_temp
    as $$
    declare
        made app.appointment;
        s record;
    begin
        perform from region.project r where r.region_id = m.region_id and r.id = m.project_id and app.allows('project', r.state, 'createParticipation')
        for share; -- waits for sessions that are being planned or moved
        if not found then
            return;
        end if;
        for s in select w.* from (
                     select o.session, mode() within group (order by o.starts_at) as at, mode() within group (order by o.ends_at) as until, mode() within group (order by o.place) as place,
                            mode() within group (order by o.user_id) as user_id, mode() within group (order by o.organisation_id) as organisation_id,
                            bool_or(o.invited_at is not null or o.not_told) as invited, bool_or(o.candidate_id = m.candidate_id) as expected
                     from app.appointment o where o.tenant_id = m.tenant_id and o.project_id = m.project_id and o.session is not null and not app.appointment_is_ended(o.state) group by 1) w
                 join app.candidate c on c.tenant_id = m.tenant_id and c.id = m.candidate_id and c.merged_into is null and app.allows('candidate', c.status, 'createAppointment')
                 cross join lateral (select (w.at at time zone 'Europe/Amsterdam')::date as day) d
                 where w.at > clock.now() and not w.expected and daterange(m.from_day, m.until_day, '[]') @> d.day and not had @> d.day order by w.session loop
            insert into app.appointment (tenant_id, id, candidate_id, kind, starts_at, ends_at, place, user_id, organisation_id, project_id, session, made_at, made_by)
            values (m.tenant_id, gen_random_uuid(), m.candidate_id, 'session', s.at, s.until, s.place, s.user_id, s.organisation_id, m.project_id, s.session, clock.now(), app.actor())
            returning * into made;
            if s.invited then
                perform app.appointment_invite(made, 'e_mail', null);
            end if;
        end loop;
    end $$;

-- After somebody joins a cohort, or takes part in it on more days.
create function app.appointments_join() returns trigger language plpgsql
    security definer set search_path = pg_catalog, pg_temp
    as $$
    begin
        perform app.appointment_sessions_join(new, case tg_op when 'UPDATE' then daterange(old.from_day, old.until_day, '[]') else 'empty' end);
        return null;
    end $$;
create trigger zz_join after insert or update of from_day, until_day on app.candidate_participation for each row execute function app.appointments_join();

-- After somebody who left is back: the cohorts in which this person takes part expect the person again.
create function app.appointments_return() returns trigger language plpgsql
    security definer set search_path = pg_catalog, pg_temp
    as $$
    begin
        perform app.appointment_sessions_join(m, 'empty') from app.candidate_participation m where m.tenant_id = new.tenant_id and m.candidate_id = new.id;
        return null;
    end $$;
create trigger zz_return after update of status on app.candidate for each row when (old.status = 'left' and new.status <> 'left') execute function app.appointments_return();

-- The title of a cohort, for the one who sees somebody of one of its sessions: a course leader and a firm read no projects.
create function app.appointment_group(project uuid) returns text language plpgsql stable
    security definer set search_path = pg_catalog, pg_temp
    as $$
    begin
        return (select p.title from region.project p where p.region_id = region.here() and p.id = project
                and exists (select from app.appointment a where a.tenant_id = app.tenant() and a.project_id = project and a.session is not null and app.sees_appointment(a)));
    end $$;

-- The people of a session that the caller sees, and the day of each person. A person who was moved has another day.
create function app.appointment_session_days(project uuid, number int) returns table (id uuid, candidate_id uuid, day date) language sql stable
    set search_path = pg_catalog, pg_temp
    as $$
    select a.id, a.candidate_id, (a.starts_at at time zone 'Europe/Amsterdam')::date from app.appointment a
    where a.tenant_id = app.tenant() and a.project_id = project and a.session = number and app.sees_appointment(a) and not app.appointment_is_ended(a.state)
    $$;

-- One list of who came. Everyone who is named and does not belong to the session, or was moved to a day that has not come, is told, all of them at once, and nothing changes; who is not named stays as it
-- was. What is so already is written no second time. Returns the project, or nothing when the list is a newer one than `versions`.
create function app.appointment_attendance_put(project uuid, number int, items jsonb, versions int8multirange) returns uuid language plpgsql
    security definer set search_path = pg_catalog, pg_temp
    as $$
    declare
        faults text[];
        item record;
    begin
        perform from app.appointment o where o.tenant_id = app.tenant() and o.project_id = project and o.session = number and app.sees_appointment(o)
        order by o.id for no key update;
        if not found then
            raise exception using errcode = 'MW404', message = 'not-found';
        elsif app.role() in ('firm', 'agency') and not app.appointment_leads_group(project, app.organisation(), app.actor()) then
            raise exception using errcode = 'MW403', message = 'forbidden';
        elsif not versions @> app.appointment_session_version(project, number) then
            return null;
        end if;
        select array_agg(f order by n) into faults from (
            select i.n, case when o.id is null then format('reference /items/%s/candidateId', i.n - 1)
                             when i.part ->> 'attendance' = 'excused' and i.part ->> 'reason' is null then format('required /items/%s/reason', i.n - 1)
                             when i.part ->> 'attendance' <> 'excused' and i.part ->> 'reason' is not null then format('not-here /items/%s/reason', i.n - 1)
                             when i.part ->> 'attendance' <> 'excused' and o.day > clock.today() and s.begun then format('future /items/%s/attendance', i.n - 1) end as f
            from jsonb_array_elements(items) with ordinality i (part, n)
            cross join (select bool_or(d.day <= clock.today()) as begun from app.appointment_session_days(project, number) d) s
            left join app.appointment_session_days(project, number) o on o.candidate_id = (i.part ->> 'candidate_id')::uuid) w where w.f is not null;
        if faults is not null then
            raise exception using errcode = 'MW400', message = 'invalid', detail = array_to_string(faults, ' ');
        end if;
        for item in select o.id, o.state, o.starts_at, o.reason as was, i.part ->> 'attendance' as wanted, i.part ->> 'reason' as reason
                    from jsonb_array_elements(items) i (part)
                    join app.appointment o on o.tenant_id = app.tenant() and o.project_id = project and o.session = number and app.sees_appointment(o)
                         and o.candidate_id = (i.part ->> 'candidate_id')::uuid and not app.appointment_is_ended(o.state) order by o.id loop
            continue when (item.state, item.was) is not distinct from (item.wanted, item.reason);
            perform app.appointment_in_time(item.starts_at, case item.wanted when 'present' then 'attend' when 'absent' then 'miss' else 'excuse' end);
            update app.appointment o set
                state = case when o.state = item.wanted then o.state else app.move('appointment', o.state,
                        case item.wanted when 'present' then 'attend' when 'absent' then 'miss' else 'excuse' end) end,
                reason = item.reason, recorded_at = clock.now(), recorded_by = app.actor()
            where o.tenant_id = app.tenant() and o.id = item.id;
        end loop;
        return project;
    end $$;

-- The open appointments of a session that are still to come, locked in one order. A person who was moved has a time of his own: an appointment that has begun, or at whose time somebody
-- was noted, stays as it is, and the others can be moved. A session of which none is left is closed.
create function app.appointment_session_lock(project uuid, number int) returns uuid[] language plpgsql
    set search_path = pg_catalog, pg_temp
    as $$
    declare
        open uuid[];
    begin
        perform from region.project r where r.region_id = region.here() and r.id = project for no key update; -- waits for a person who joins
        perform from app.appointment o where o.tenant_id = app.tenant() and o.project_id = project and o.session = number and app.sees_appointment(o)
        order by o.id for no key update;
        if not found then
            raise exception using errcode = 'MW404', message = 'not-found';
        end if;
        select array_agg(w.id order by w.id) filter (where w.open and not w.noted) into open
        from (select o.id, o.starts_at > clock.now() and (app.appointment_is_pending(o.state) or app.appointment_is_open(o.state)) as open,
                     bool_or(o.state = 'present' or o.state = 'absent') over (partition by o.starts_at) as noted
              from app.appointment o where o.tenant_id = app.tenant() and o.project_id = project and o.session = number and app.sees_appointment(o)) w;
        if open is null then
            raise exception using errcode = 'MW409', message = 'session-closed';
        end if;
        return open;
    end $$;

-- Moves a whole session to another time, or cancels it (`event`). Each person who was invited is told once. A person who was excused stays excused. A person who
-- does not take part any more on the new day is not expected.
create function app.appointment_session_change(project uuid, number int, event text, asked jsonb) returns void language plpgsql
    security definer set search_path = pg_catalog, pg_temp
    as $$
    declare
        open uuid[] := app.appointment_session_lock(project, number); -- it asks app.sees_appointment()
        at timestamptz := (asked ->> 'starts_at')::timestamptz;
        a app.appointment;
    begin
        if at <= clock.now() then
            raise exception using errcode = 'MW400', message = 'invalid', detail = format('range=%s /startsAt', app.day_span(clock.now(), null));
        end if;
        for a in select o.* from app.appointment o where o.tenant_id = app.tenant() and o.id = any (open) order by o.id loop
            continue when event = 'move' and (a.starts_at, a.ends_at, a.place::text) is not distinct from ( -- it is so already
                at, coalesce((asked ->> 'ends_at')::timestamptz, at + (a.ends_at - a.starts_at)), coalesce(asked ->> 'place', a.place::text));
            if event = 'move' and exists (select from app.candidate_participation m where m.tenant_id = a.tenant_id and m.project_id = a.project_id
                                          and m.candidate_id = a.candidate_id and daterange(m.from_day, m.until_day, '[]') @> (at at time zone 'Europe/Amsterdam')::date) then
                perform app.appointment_move(a.id, 'move', asked, gen_random_uuid());
            else
                perform app.appointment_move(a.id, 'cancel', asked, null);
            end if;
        end loop;
    end $$;

-- The sessions that are still to come, or those of `numbers`, are with this colleague or organisation, who is there. Each number has an appointment that is still to come.
create function app.appointment_sessions_lead(project uuid, leader uuid, organisation uuid, numbers jsonb) returns void language plpgsql
    security definer set search_path = pg_catalog, pg_temp
    as $$
    declare
        open uuid[];
        faults text[];
    begin
        if num_nonnulls(leader, organisation) = 0 then
            raise exception using errcode = 'MW400', message = 'invalid', detail = 'required /userId';
        end if;
        perform from region.project r where r.region_id = region.here() and r.id = project for no key update; -- waits for a person who joins
        perform from app.appointment o where o.tenant_id = app.tenant() and o.project_id = project and o.session is not null and app.sees_appointment(o)
        order by o.id for no key update;
        if not found then
            raise exception using errcode = 'MW404', message = 'not-found';
        end if;
        perform app.appointment_with_is_there(leader, organisation);
        select array_agg(o.id) into open from app.appointment o
        where o.tenant_id = app.tenant() and o.project_id = project and o.session is not null and app.sees_appointment(o) and o.starts_at > clock.now()
          and (app.appointment_is_pending(o.state) or app.appointment_is_open(o.state)) and (numbers is null or numbers @> to_jsonb(o.session::int));
        select array_agg(format('reference /numbers/%s', n.i - 1) order by n.i) into faults from jsonb_array_elements(numbers) with ordinality n (number, i)
        where not exists (select from app.appointment o where o.tenant_id = app.tenant() and o.id = any (open) and to_jsonb(o.session::int) = n.number);
        if faults is not null then
            raise exception using errcode = 'MW400', message = 'invalid', detail = array_to_string(faults, ' ');
        elsif open is null then
            raise exception using errcode = 'MW409', message = 'session-closed';
        end if;
        update app.appointment o set user_id = leader, organisation_id = organisation
        where o.tenant_id = app.tenant() and o.id = any (open) and (o.user_id, o.organisation_id) is distinct from (leader, organisation);
    end $$;

-- The appointments of another file of the person. Of a session of both, the one that says more stays: who was present in one of the files was there. The other one is cancelled, and a signal of it is corrected;
-- the person is still expected, and hears of no cancellation.
create function app.appointments_unite(municipality int, kept uuid, other uuid) returns void language plpgsql
    set search_path = pg_catalog, pg_temp
    as $$
    declare
        more text[] := '{present,excused,absent,invited,planned}';
        pair record;
        loses uuid;
    begin
        perform set_config('app.merges', 'yes', true);
        for pair in select k as k, o as o from app.appointment k join app.appointment o on o.tenant_id = k.tenant_id and o.project_id = k.project_id and o.session = k.session
                    where k.tenant_id = municipality and k.candidate_id = kept and o.candidate_id = other
                      and not app.appointment_is_ended(k.state) and not app.appointment_is_ended(o.state) order by k.id loop
            loses := case when array_position(more, (pair.o).state) < array_position(more, (pair.k).state) then (pair.k).id else (pair.o).id end;
            if (pair.k).state <> (pair.o).state and 'absent' in ((pair.k).state, (pair.o).state) then -- what the other file says corrects an absence
                update app.appointment a set state = app.move('appointment', a.state, case w.state when 'present' then 'attend' else 'excuse' end), reason = w.reason
                from app.appointment w where a.tenant_id = municipality and a.id = loses and a.state = 'absent' and w.tenant_id = municipality
                  and w.id in ((pair.k).id, (pair.o).id) and w.id <> loses;
            end if;
            update app.appointment a set state = app.move('appointment', a.state, case when app.appointment_is_settled(a.state) then 'merge' else 'cancel' end)
            where a.tenant_id = municipality and a.id = loses;
        end loop;
        perform set_config('app.merges', '', true);
        update app.appointment a set candidate_id = kept where a.tenant_id = municipality and a.candidate_id = other;
    end $$;
