-- Contacts about a placement: who was spoken with, how, and what came of it.

create function app.sees_placement_contact(r app.placement_contact, scope text default app.scope(), role text default app.role(),
                                           organisation uuid default app.organisation(), actor uuid default app.actor())
    returns boolean stable parallel safe
    return case scope
           when 'tenant' then 'person' = any (app.walls_of(role))
           when 'organisation' then app.reaches_my_organisation(r.candidate_id)
           when 'caseload' then app.has_to_do_with(r.candidate_id)
           else false end;
call app.wall('app.placement_contact', 'placement_contact', '{}');
call app.open_to_scope('app.placement_contact', 'app.sees_placement_contact');

-- Who spoke, and who took it back; also somebody of a firm. Everyone who sees the contact gets the names.
create function app.placement_contact_names(contact uuid) returns table (held_by_name text, withdrawn_by_name text) language plpgsql stable
    security definer set search_path = pg_catalog, pg_temp
    as $$
    begin
        return query
        select h.name::text, w.name::text from app.placement_contact c
        left join app.user_account h on h.tenant_id = c.tenant_id and h.id = c.held_by
        left join app.user_account w on w.tenant_id = c.tenant_id and w.id = c.withdrawn_by
        where c.tenant_id = app.tenant() and c.id = contact and app.sees_placement_contact(c);
    end $$;

-- Whether this was said before the placement ended.
create function app.placement_contact_is_late(p app.placement, held_at timestamptz) returns boolean language plpgsql stable
    set search_path = pg_catalog, pg_temp
    as $$
    begin
        return (app.placement_is_settled(p.state) or app.placement_is_ended(p.state)) and held_at < (select max(t.at) from app.transition t
            where t.tenant_id = p.tenant_id and t.noun = 'placement' and t.subject_id = p.id and t.to_state = p.state);
    end $$;

-- Somebody spoke with the person or the employer. The earliest contact of the plan that is due by now with that party is done by it, or the one
-- that is named. What is urgent is done by who was reached after it began. What was said before a placement ended is noted also when a phone
-- sends it later.
create function app.placement_contact_make(contact uuid, placement uuid, asked jsonb) returns void language plpgsql
    security definer set search_path = pg_catalog, pg_temp
    as $$
    declare
        p app.placement := app.placement_lock(placement); -- it asks app.sees_placement()
        c app.placement_contact := jsonb_populate_record(null::app.placement_contact, asked);
        task uuid;
    begin
        if app.placement_contact_is_late(p, c.held_at) is not true then
            perform app.require('placement', p.state, 'createPlacementContact');
        end if;
        if c.held_at not between calendar.moment(least(p.offered_on, p.starts_on, p.started_on) + time '00:00') and calendar.moment(clock.today() + time '23:59:59') then
            raise exception using errcode = '23514', message = 'range', detail = app.day_span(calendar.moment(least(p.offered_on, p.starts_on, p.started_on) + time '00:00'), calendar.moment(clock.today() + time '23:59:59')), table = 'placement_contact', constraint = 'placement_contact_held_at_check';
        end if;
        c.held_at := least(coalesce(c.held_at, clock.now()), clock.now()); -- the clock of a phone is not ours
        select t.id into task from app.task t
        where t.tenant_id = p.tenant_id and t.subject_id = p.id and app.task_is_open(t.state) and t.kind like '%follow_up'
          and case when c.task_id is not null then t.id = c.task_id
                   else t.kind = 'urgent_follow_up' and t.made_at <= c.held_at or (t.cause like '%:' || c.with_whom and t.due_at <= calendar.moment(clock.today() + time '23:59:59')) end
          and (t.kind <> 'urgent_follow_up' or c.outcome <> 'not_reached' or c.task_id is not null)
        order by t.rank_at, t.id limit 1;
        if task is null and c.task_id is not null then
            raise exception using errcode = '23503', message = 'reference', table = 'placement_contact', constraint = 'placement_contact_task_id_fkey';
        end if;
        if task is not null then
            perform app.task_complete(task, c.outcome, null);
        elsif app.placement_is_open(p.state) and c.outcome = any ('{at_risk,ended}') then
            perform app.placement_alarm(p, contact::text);
        end if;
        insert into app.placement_contact (tenant_id, id, placement_id, candidate_id, task_id, with_whom, channel, outcome, held_at, held_by, note_id)
        values (p.tenant_id, contact, p.id, p.candidate_id, task, c.with_whom, c.channel, c.outcome, c.held_at, app.actor(),
                case when asked ->> 'words' <> '' then app.note_put('placement', p.id, asked ->> 'words', 'mediation', app.actor()) end);
    end $$;

-- Withdraws a contact that was noted for the wrong person, or by mistake, with the words that were noted with it. Its task opens again, its alarm ends, and guidance that it passed to the employer comes
-- back. The author may withdraw it, and so may the municipality. It can be withdrawn once.
create function app.placement_contact_withdraw(contact uuid, why text) returns void language plpgsql
    security definer set search_path = pg_catalog, pg_temp
    as $$
    declare
        p app.placement;
        c app.placement_contact;
    begin
        select o.* into c from app.placement_contact o where o.tenant_id = app.tenant() and o.id = contact and app.sees_placement_contact(o);
        if not found then
            raise exception using errcode = 'MW404', message = 'not-found';
        end if;
        p := app.placement_lock(c.placement_id); -- it asks app.sees_placement()
        if (c.held_by = app.actor() or app.role() in ('case_manager', 'team_lead', 'consultant')) is not true then
            raise exception using errcode = 'MW403', message = 'forbidden';
        end if;
        update app.placement_contact o set withdrawn_at = clock.now(), withdrawn_by = app.actor(), withdrawn_reason = why
        where o.tenant_id = c.tenant_id and o.id = c.id and o.withdrawn_at is null;
        if not found then
            perform app.refuse_state('withdrawn', '{}');
        end if;
        perform app.note_withdraw(c.note_id);
        perform app.placement_contact_undo(p, c);
    end $$;

-- Takes back the consequences of a contact. A placement that has ended asks for no contact any more; what others have to do about it stays.
create function app.placement_contact_undo(p app.placement, c app.placement_contact) returns void language plpgsql
    set search_path = pg_catalog, pg_temp
    as $$
    declare done_on date;
    begin
        select (t.ended_at at time zone 'Europe/Amsterdam')::date into done_on from app.task t
        where t.tenant_id = c.tenant_id and t.id = c.task_id and app.task_is_settled(t.state) for no key update;
        update app.task t set state = app.move('task', t.state, 'reopen'), outcome = null, ended_at = null, ended_by = null
        where t.tenant_id = c.tenant_id and t.id = c.task_id and app.task_is_settled(t.state);
        perform app.task_drop('placement', p.id, 'urgent_follow_up', coalesce(c.task_id, c.id)::text);
        if not app.placement_is_open(p.state) then
            update app.task t set state = app.move('task', t.state, 'drop'), reason = 'subject_ended', ended_at = clock.now(), ended_by = app.actor()
            where t.tenant_id = c.tenant_id and t.id = c.task_id and app.task_is_open(t.state);
            return;
        end if;
        if c.outcome = 'fine' and p.guided_by_employer_from = done_on then
            update app.placement q set guided_by_employer_from = null where q.tenant_id = p.tenant_id and q.id = p.id returning q.* into p;
            update app.task t set owner_employer_id = null, owner_user_id = app.placement_carer(p.candidate_id)
            where t.tenant_id = p.tenant_id and t.subject_id = p.id and t.kind = 'follow_up' and t.cause like '%:candidate' and app.task_is_open(t.state)
              and t.owner_employer_id is not null;
        end if;
        perform app.placement_plan_contacts(p);
    end $$;
