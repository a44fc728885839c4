-- Appointments: who sees them, what follows from one, and what is done with one. The sessions of a cohort are in appointment_session.sql, and how the person is told in appointment_tell.sql.

-- Whether this user or organisation leads a group now: by a mandate for the cohort. It tells that and nothing of the people in it.
create function app.appointment_leads_group(project uuid, organisation uuid, actor uuid) returns boolean language plpgsql stable
    security definer set search_path = pg_catalog, pg_temp
    as $$
    begin
        return exists (select from app.mandate m where m.tenant_id = app.tenant() and m.scope = 'cohort' and m.scope_id = project and m.purpose = 'mediation'
                       and (m.grantee_user_id = actor or m.grantee_organisation_id = organisation)
                       and m.from_at <= clock.now() and app.mandate_now(m.state, m.until_at) = 'granted');
    end $$;
grant execute on function app.appointment_leads_group(uuid, uuid, uuid) to public;

-- Everyone who has to do with the person. A hearing is about a measure: it stands behind that wall. A course leader sees the sessions of the own group and
-- nothing else; a firm or agency what it does itself, what belongs to no group, and the sessions of its groups.
create function app.appointment_told(a app.appointment, scope text, role text, organisation uuid, actor uuid) returns boolean language plpgsql stable parallel safe
    set search_path = pg_catalog, pg_temp
    as $$
    begin
        return (app.sees_person(a.candidate_id, scope, role, organisation, actor) and case
                when a.kind = 'hearing' and role not in ('case_manager', 'team_lead', 'candidate', 'system') then false
                when role = 'course_leader' then a.project_id is not null and app.appointment_leads_group(a.project_id, organisation, actor)
                when role in ('firm', 'agency') then a.project_id is null or a.organisation_id is not distinct from organisation
                                                     or app.appointment_leads_group(a.project_id, organisation, actor)
                else true end) is true;
    end $$;
grant execute on function app.appointment_told(app.appointment, text, text, uuid, uuid) to public;
create function app.sees_appointment(a app.appointment, scope text default app.scope(), role text default app.role(),
                                     organisation uuid default app.organisation(), actor uuid default app.actor())
    returns boolean stable parallel safe
    return app.appointment_told(a, scope, role, organisation, actor);
call app.wall('app.appointment', 'appointment', '{}');
call app.days_within('app.appointment', 'starts_at meeting', 'ends_at meeting');
call app.open_to_scope('app.appointment', 'app.sees_appointment');
call app.apart('app.appointment', $$kind <> 'hearing'$$);
call app.guarded('app.appointment', 'appointment');
call app.unique_by('app.appointment_session_once', 'app.sees_appointment', '/appointments/');
call region.project_of('app.appointment', 'project_id');
call app.referable('app.appointment', 'appointment', $$case r.kind when 'hearing' then 'measure' else 'person' end$$, 'app.sees_appointment',
                   candidate => 'r.candidate_id', label => $$to_char(r.starts_at at time zone 'Europe/Amsterdam', 'YYYY-MM-DD HH24:MI')$$);
-- After it is of another kind: what is about it stands behind the wall of that kind.
create function app.appointment_behind() returns trigger language plpgsql
    security definer set search_path = pg_catalog, pg_temp
    as $$
    begin
        update app.subject u set wall = r.wall from app.subject_read('appointment', new.id, false) r where u.tenant_id = new.tenant_id and u.id = new.id;
        return null;
    end $$;
create trigger behind after update of kind on app.appointment for each row when (new.kind <> old.kind) execute function app.appointment_behind();
create trigger zz_log_transition before update on app.appointment
    for each row when (new.state is distinct from old.state) execute function app.log_transition('appointment');

-- Nothing is planned with somebody who died or left.
create function app.appointment_begin() returns trigger language plpgsql
    security definer set search_path = pg_catalog, pg_temp
    as $$
    declare c app.candidate;
    begin
        select q.* into c from app.candidate q where q.tenant_id = new.tenant_id and q.id = new.candidate_id for share; -- waits for a death that is being recorded
        perform app.require('candidate', case when c.merged_into is null then c.status else 'merged' end, 'createAppointment', '/candidateId');
        return new;
    end $$;
create trigger begin before insert on app.appointment for each row execute function app.appointment_begin();

-- Refuses a colleague who has left, and an organisation that has ended. `coach` is the colleague who goes along.
create function app.appointment_with_is_there(leader uuid, organisation uuid, coach uuid default null) returns void language plpgsql
    set search_path = pg_catalog, pg_temp
    as $$
    declare wrong text := case
        when leader is not null and not exists (select from app.user_account u where u.tenant_id = app.tenant() and u.id = leader and u.active) then 'user_id'
        when coach is not null and not exists (select from app.user_account u where u.tenant_id = app.tenant() and u.id = coach and u.active) then 'coach_id'
        when organisation is not null and not exists (select from app.organisation o where o.tenant_id = app.tenant() and o.id = organisation and o.active) then 'organisation_id' end;
    begin
        if wrong is not null then
            raise exception using errcode = '23503', message = 'reference', table = 'appointment', constraint = format('appointment_tenant_id_%s_fkey', wrong);
        end if;
    end $$;
-- The colleague or organisation of a new appointment must still be there. An appointment that is moved, or joins a session, keeps the one it had.
create function app.appointment_with() returns trigger language plpgsql
    security definer set search_path = pg_catalog, pg_temp
    as $$
    begin
        if tg_op = 'INSERT' then
            perform app.appointment_with_is_there(new.user_id, new.organisation_id, new.coach_id);
        else
            perform app.appointment_with_is_there(nullif(new.user_id, old.user_id), nullif(new.organisation_id, old.organisation_id), nullif(new.coach_id, old.coach_id));
        end if;
        return new;
    end $$;
create trigger with_is_there before insert or update of user_id, organisation_id, coach_id on app.appointment
    for each row when (current_user <> 'maatwerk_owner') execute function app.appointment_with();

-- The trajectory and the proposal are of the same person, and a session is one of a project in which the person takes part.
create function app.appointment_refer() returns trigger language plpgsql
    security definer set search_path = pg_catalog, pg_temp
    as $$
    declare wrong text := case
        when tg_op = 'UPDATE' and (new.trajectory_id, new.proposal_id, new.project_id) is not distinct from (old.trajectory_id, old.proposal_id, old.project_id) then null
        when new.trajectory_id is not null and not exists (select from app.trajectory t where t.tenant_id = new.tenant_id and t.id = new.trajectory_id
                                                           and t.candidate_id = new.candidate_id) then 'trajectory_id'
        when new.proposal_id is not null and not exists (select from app.proposal p where p.tenant_id = new.tenant_id and p.id = new.proposal_id
                                                         and p.candidate_id = new.candidate_id) then 'proposal_id'
        when new.project_id is not null and not exists (select from app.candidate_participation c where c.tenant_id = new.tenant_id
                                                        and c.project_id = new.project_id and c.candidate_id = new.candidate_id) then 'project_id' end;
    begin
        if wrong is not null then
            raise exception using errcode = '23503', message = 'reference', table = 'appointment', constraint = format('appointment_%s_fkey', wrong);
        end if;
        return new;
    end $$;
create trigger refer_to before insert or update of trajectory_id, proposal_id, project_id on app.appointment
    for each row execute function app.appointment_refer();

-- Whether it can be proved that somebody was invited: it was handed over, or a message was sent. For triggers, which have asked who may.
create function app.appointment_proof(a app.appointment) returns boolean language plpgsql stable
    set search_path = pg_catalog, pg_temp
    as $$
    begin
        return a.invited_at is not null and (a.handed_by is not null or exists (
            select from app.message m where m.tenant_id = a.tenant_id and m.id = a.message_id and app.message_is_settled(m.state)));
    end $$;
-- The same for the one who sees the appointment.
create function app.appointment_proven(appointment uuid) returns boolean language plpgsql stable
    security definer set search_path = pg_catalog, pg_temp
    as $$
    begin
        return (select app.appointment_proof(a) from app.appointment a where a.tenant_id = app.tenant() and a.id = appointment and app.sees_appointment(a));
    end $$;

-- With whom an appointment is, and the cohort, by name. Everyone who sees it gets them, also without a right to these themselves: to a candidate they were identifiers.
create function app.appointment_names(appointment uuid)
    returns table (user_name text, organisation_name text, employer_name text, coach_name text, project_title text) language plpgsql stable
    security definer set search_path = pg_catalog, pg_temp
    as $$
    begin
        return query
        select u.name::text, o.name::text, e.name::text, c.name::text, p.title::text from app.appointment a
        left join app.user_account u on u.tenant_id = a.tenant_id and u.id = a.user_id
        left join app.organisation o on o.tenant_id = a.tenant_id and o.id = a.organisation_id
        left join app.employer e on e.tenant_id = a.tenant_id and e.id = a.employer_id
        left join app.user_account c on c.tenant_id = a.tenant_id and c.id = a.coach_id
        left join region.project p on p.region_id = region.here() and p.id = a.project_id
        where a.tenant_id = app.tenant() and a.id = appointment and app.sees_appointment(a);
    end $$;

-- The reminder before an appointment says that there is one, and nothing of it: as a text message where the person chose to be reached digitally, else by e-mail. It is withdrawn when the time is another one, or nobody has to come any more.
create function app.appointment_remind() returns trigger language plpgsql
    security definer set search_path = pg_catalog, pg_temp
    as $$
    declare
        at timestamptz := new.starts_at - app.rule_days('appointment.reminder');
    begin
        if tg_op = 'UPDATE' then
            perform app.message_withdraw('appointment', new.id);
        end if;
        if at > clock.now() and (app.appointment_is_pending(new.state) or app.appointment_is_open(new.state))
           and app.message_queue_text('appointment', new.candidate_id, 'appointment', new.id, at => at) is null
           and exists (select from app.candidate c where c.tenant_id = new.tenant_id and c.id = new.candidate_id and c.email is not null) then
            perform app.message_queue_candidate('appointment', new.candidate_id, 'appointment', new.id, at => at);
        end if;
        return null;
    end $$;
create trigger remind_of_new after insert on app.appointment for each row execute function app.appointment_remind();
create trigger remind after update on app.appointment for each row
    when (new.starts_at <> old.starts_at or not (app.appointment_is_pending(new.state) or app.appointment_is_open(new.state)))
    execute function app.appointment_remind();

-- Who did not come is told the same day, as a signal. A correction takes that back. Nobody has to come to a hearing.
create function app.appointment_absence() returns trigger language plpgsql
    security definer set search_path = pg_catalog, pg_temp
    as $$
    begin
        if new.state = 'absent' then
            perform app.signal_of_absence(new);
        else
            perform app.signals_correct(new);
        end if;
        return null;
    end $$;
create trigger tell_absence after update on app.appointment for each row
    when (new.state <> old.state and new.kind <> 'hearing' and 'absent' in (new.state, old.state)) execute function app.appointment_absence();

-- After somebody died: what was planned is cancelled. After somebody left: what is still to come, without a hearing, which goes on.
create function app.appointments_cancel() returns trigger language plpgsql
    security definer set search_path = pg_catalog, pg_temp
    as $$
    begin
        update app.appointment a set state = app.move('appointment', a.state, 'cancel')
        where a.tenant_id = new.tenant_id and a.candidate_id = new.id and (app.appointment_is_pending(a.state) or app.appointment_is_open(a.state))
          and (new.died_on is not null or (a.starts_at > clock.now() and a.kind <> 'hearing'));
        return null;
    end $$;
create trigger appointments_cancel after update of died_on, status on app.candidate for each row
    when (new.died_on is not null and old.died_on is null or new.status = 'left' and old.status <> 'left') execute function app.appointments_cancel();

-- After somebody takes part in a cohort on fewer days: nobody is expected at its sessions on the others, and so nobody misses them.
create function app.appointments_leave() returns trigger language plpgsql
    security definer set search_path = pg_catalog, pg_temp
    as $$
    begin
        update app.appointment a set state = app.move('appointment', a.state, 'cancel')
        where a.tenant_id = new.tenant_id and a.candidate_id = new.candidate_id and a.project_id = new.project_id
          and (app.appointment_is_pending(a.state) or app.appointment_is_open(a.state)) and not daterange(new.from_day, new.until_day, '[]') @> (a.starts_at at time zone 'Europe/Amsterdam')::date;
        return null;
    end $$;
create trigger appointments_leave after update of from_day, until_day on app.candidate_participation for each row
    when ((new.from_day, new.until_day) is distinct from (old.from_day, old.until_day)) execute function app.appointments_leave();

-- After a cohort ended: nobody is expected at the sessions that were still to come, in each municipality that takes part. A municipality that leaves the cohort does the same.
create function app.appointments_end_with_project() returns trigger language plpgsql
    security definer set search_path = pg_catalog, pg_temp
    as $$
    declare
        municipality int;
        before text[];
    begin
        foreach municipality in array array(select r from unnest(old.readers) r where new.state = 'ended' or r <> all (new.readers) order by r) loop
            before := region.enter(municipality);
            update app.appointment a set state = app.move('appointment', a.state, 'cancel'), cancel_reason = 'programme'
            where a.tenant_id = municipality and a.project_id = new.id and (app.appointment_is_pending(a.state) or app.appointment_is_open(a.state)) and a.starts_at > clock.now();
            perform region.leave(before);
        end loop;
        return null;
    end $$;
create trigger appointments_end after update of state, readers on region.project for each row
    when (new.state = 'ended' and old.state <> 'ended' or not new.readers @> old.readers) execute function app.appointments_end_with_project();

-- What is still to come with somebody who hands over: with the new one, who goes along as a coach only. A course leader gets sessions only.
create function app.appointments_hand_over(from_user uuid, to_user uuid, candidate uuid default null) returns void language plpgsql
    set search_path = pg_catalog, pg_temp
    as $$
    declare role text := (select u.role from app.user_account u where u.tenant_id = app.tenant() and u.id = to_user and u.active);
    begin
        update app.appointment a set
            user_id = case when a.user_id = from_user then to_user else a.user_id end,
            coach_id = case when a.coach_id = from_user and role = 'coach' then to_user else a.coach_id end
        where a.tenant_id = app.tenant() and from_user in (a.user_id, a.coach_id) and a.starts_at > clock.now() and coalesce(a.candidate_id = candidate, true)
          and (app.appointment_is_pending(a.state) or app.appointment_is_open(a.state))
          and (role in ('case_manager', 'team_lead', 'consultant', 'coach') or role = 'course_leader' and a.session is not null);
    end $$;

-- The appointment that the caller sees, locked; or MW404.
create function app.appointment_lock(appointment uuid) returns app.appointment language plpgsql
    set search_path = pg_catalog, pg_temp
    as $$
    declare a app.appointment;
    begin
        select o.* into a from app.appointment o where o.tenant_id = app.tenant() and o.id = appointment and app.sees_appointment(o) for no key update;
        if not found or not app.sees_appointment(a) then
            raise exception using errcode = 'MW404', message = 'not-found';
        end if;
        return a;
    end $$;

-- Refuses what is noted before the day, and what somebody outside the municipality notes after the term.
create function app.appointment_in_time(starts_at timestamptz, event text) returns void language plpgsql stable
    set search_path = pg_catalog, pg_temp
    as $$
    declare day date := (starts_at at time zone 'Europe/Amsterdam')::date;
    begin
        if day > clock.today() and event in ('attend', 'miss') then
            raise exception using errcode = 'MW409', message = 'attendance-early';
        elsif clock.today() > day + app.rule_days('appointment.attendance') and event in ('attend', 'miss', 'excuse')
              and app.role() in ('course_leader', 'firm', 'agency') then
            raise exception using errcode = 'MW409', message = 'attendance-late';
        end if;
    end $$;

-- Invites somebody. By e-mail a message is the proof; what is handed over or posted has somebody who did so, who outside the municipality is the one who says
-- it; a call proves nothing. A person without an address is not invited by e-mail: not_told says so, and the case manager has a task.
create function app.appointment_invite(a app.appointment, by_channel text, by_user uuid) returns void language plpgsql
    set search_path = pg_catalog, pg_temp
    as $$
    declare sent uuid;
    begin
        if by_user <> app.actor() and app.role() in ('firm', 'agency') then
            raise exception using errcode = '23503', message = 'reference', table = 'appointment', constraint = 'appointment_handed_by_fkey';
        end if;
        perform app.move('appointment', a.state, 'invite');
        if by_channel = 'e_mail' then
            sent := app.appointment_tell(a, 'appointment');
            if sent is null then
                update app.appointment o set not_told = true where o.tenant_id = a.tenant_id and o.id = a.id;
                return;
            end if;
        end if;
        update app.appointment o set state = app.move('appointment', o.state, 'invite'), invited_at = clock.now(), channel = by_channel, message_id = sent, not_told = false,
               handed_by = case when by_channel in ('in_person', 'letter') then coalesce(by_user, app.actor()) end
        where o.tenant_id = a.tenant_id and o.id = a.id;
    end $$;

-- What happens to an appointment. `asked` is the body of the call; `next` becomes the appointment that takes the place of one that is moved.
create function app.appointment_move(appointment uuid, event text, asked jsonb, next uuid) returns void language plpgsql
    security definer set search_path = pg_catalog, pg_temp
    as $$
    declare
        a app.appointment := app.appointment_lock(appointment); -- it asks app.sees_appointment()
        starts timestamptz := (asked ->> 'starts_at')::timestamptz;
    begin
        perform app.appointment_in_time(a.starts_at, event);
        if event = 'invite' then
            perform app.appointment_invite(a, asked ->> 'channel', (asked ->> 'handed_by')::uuid);
            return;
        end if;
        update app.appointment o set state = app.move('appointment', o.state, event), moved_to_id = case event when 'move' then next end,
               reason = case event when 'excuse' then asked ->> 'reason' end, cancel_reason = case event when 'cancel' then asked ->> 'cancel_reason' end,
               recorded_at = case when event in ('attend', 'miss', 'excuse') then clock.now() end,
               recorded_by = case when event in ('attend', 'miss', 'excuse') then app.actor() end
        where o.tenant_id = a.tenant_id and o.id = a.id;
        if event = 'move' then
            insert into app.appointment (tenant_id, id, candidate_id, kind, starts_at, ends_at, place, user_id, organisation_id, employer_id, coach_id,
                                         trajectory_id, proposal_id, project_id, session, made_at, made_by)
            values (a.tenant_id, next, a.candidate_id, a.kind, starts, coalesce((asked ->> 'ends_at')::timestamptz, starts + (a.ends_at - a.starts_at)),
                    coalesce(asked ->> 'place', a.place), a.user_id, a.organisation_id, a.employer_id, a.coach_id, a.trajectory_id, a.proposal_id,
                    a.project_id, a.session, clock.now(), app.actor());
            if a.state = 'invited' or a.not_told then
                perform app.appointment_tell_moved(a, next);
            end if;
        end if;
    end $$;

-- The person says whether they come, or somebody notes what they said.
create function app.appointment_answer(appointment uuid, said text) returns void language plpgsql
    security definer set search_path = pg_catalog, pg_temp
    as $$
    declare a app.appointment := app.appointment_lock(appointment); -- it asks app.sees_appointment()
    begin
        perform app.require('appointment', a.state, 'answerAppointment');
        update app.appointment o set answer = said, answered_at = clock.now() where o.tenant_id = a.tenant_id and o.id = a.id;
    end $$;
