-- Appointments: the person is told of a new one, of another time, and of a cancellation. When nobody could tell the person, not_told says so.

-- The case manager has a task: to find out how this person can be reached. There is one such task at a time.
create function app.appointment_find_address(candidate uuid) returns void language plpgsql
    set search_path = pg_catalog, pg_temp
    as $$
    begin
        perform app.task_open('undelivered', 'candidate', c.id, c.case_manager_id, null, 'address')
        from app.candidate c where c.tenant_id = app.tenant() and c.id = candidate and app.allows('candidate', c.status, 'createAppointment') and c.merged_into is null;
    end $$;

-- Writes to the person with the words of this template, and returns the message. Null: there is no way to write, and the case manager has a task. A message about
-- an appointment that begins soon does not wait for the morning. A cancellation can also be a text message.
create function app.appointment_tell(a app.appointment, template text) returns uuid language plpgsql
    set search_path = pg_catalog, pg_temp
    as $$
    declare
        sent uuid;
        soon boolean := a.starts_at <= clock.now() + app.rule_days('appointment.reminder');
        said jsonb := jsonb_build_object('appointment', a.id) || case when a.kind = 'hearing' then '{"wall": "measure"}' else '{}'::jsonb end;
    begin
        if template = 'appointment_cancelled' then
            sent := app.message_queue_text(template, a.candidate_id, 'candidate', a.candidate_id, soon, said);
        end if;
        if sent is null and app.candidate_can_be_told(a.candidate_id) then
            sent := app.message_queue_candidate(template, a.candidate_id, 'candidate', a.candidate_id, soon, said);
        end if;
        if sent is null then
            perform app.appointment_find_address(a.candidate_id);
        end if;
        return sent;
    end $$;

-- Withdraws an invitation that has not gone out. Returns whether that was possible.
create function app.appointment_take_back(a app.appointment) returns boolean language plpgsql
    set search_path = pg_catalog, pg_temp
    as $$
    declare
        taken boolean;
    begin
        update app.message m set state = app.move('message', m.state, 'withdraw'), next_at = null, fault = 'ended'
        where m.tenant_id = a.tenant_id and m.id = a.message_id and m.state = 'queued'
          and not exists (select from app.message_attempt t where t.tenant_id = m.tenant_id and t.message_id = m.id and t.handed_at is not null);
        taken := found;
        return taken;
    end $$;

-- After an invited person is expected at another time: a message says so, and invites to that time.
create function app.appointment_tell_moved(a app.appointment, next uuid) returns void language plpgsql
    set search_path = pg_catalog, pg_temp
    as $$
    declare
        n app.appointment;
        unknown boolean := app.appointment_take_back(a) or a.not_told;
        sent uuid;
    begin
        select o.* into n from app.appointment o where o.tenant_id = a.tenant_id and o.id = next;
        sent := app.appointment_tell(n, case when unknown then 'appointment' else 'appointment_moved' end);
        update app.appointment o set state = case when sent is null then o.state else app.move('appointment', o.state, 'invite') end, message_id = sent, not_told = sent is null,
               channel = case when sent is not null then 'e_mail' end, invited_at = case when sent is not null then clock.now() end
        where o.tenant_id = n.tenant_id and o.id = n.id;
    end $$;

-- After an appointment with an invitation is cancelled: a message says so. The person hears nothing when the invitation never went out, or when the time has passed.
create function app.appointment_tell_cancelled() returns trigger language plpgsql
    security definer set search_path = pg_catalog, pg_temp
    as $$
    begin
        if not app.appointment_take_back(new) and not new.not_told and new.starts_at > clock.now()
           and exists (select from app.candidate c where c.tenant_id = new.tenant_id and c.id = new.candidate_id and app.allows('candidate', c.status, 'createAppointment'))
           and app.appointment_tell(new, 'appointment_cancelled') is null then
            update app.appointment a set not_told = true where a.tenant_id = new.tenant_id and a.id = new.id;
        end if;
        return null;
    end $$;
create trigger tell_cancelled after update on app.appointment for each row
    when (new.state = 'cancelled' and old.state = 'invited' and coalesce(current_setting('app.merges', true), '') = '') execute function app.appointment_tell_cancelled();

-- After a message about an appointment has ended: when it did not arrive, and no letter follows it, the person was not told. A letter that follows is the invitation now.
create function app.appointment_was_told() returns trigger language plpgsql
    security definer set search_path = pg_catalog, pg_temp
    as $$
    declare
        lost boolean := not app.message_is_settled(new.state);
        other uuid := (select m.id from app.message m where m.tenant_id = new.tenant_id and m.fallback_of = new.id and lost
                       and app.candidate_has_post(new.to_candidate_id));
    begin
        update app.appointment a set not_told = lost and other is null, message_id = case when a.message_id = new.id then coalesce(other, a.message_id) else a.message_id end
        where a.tenant_id = new.tenant_id and a.id = (new.parameters ->> 'appointment')::uuid
          and (a.not_told, a.message_id) is distinct from (lost and other is null, case when a.message_id = new.id then coalesce(other, a.message_id) else a.message_id end);
        if lost and other is null and new.fault <> 'gone' then
            perform app.appointment_find_address(new.to_candidate_id);
        end if;
        return null;
    end $$;
create trigger zzz_appointment_was_told after update on app.message for each row
    when (new.state <> old.state and new.parameters ? 'appointment' and (app.message_is_settled(new.state) or new.state = 'failed' or new.state = 'undelivered'))
    execute function app.appointment_was_told();
