-- The day of a coach: everything about the visits of today in one answer, small enough for a phone with a bad connection.

-- The open promises, questions, barriers and steps that are about a placement, its person or its employer; the most urgent first.
create function app.coach_visit_waiting(p app.placement) returns json language plpgsql stable
    set search_path = pg_catalog, pg_temp
    as $$
    begin
        return (select json_agg(x) from (
            select t.id, t.kind, k.title_nl as "titleNl", k.title_en as "titleEn", t.summary,
                   to_char(t.due_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as "dueAt", (t.due_at < clock.now()) is true as overdue, t.blocks
            from app.task t join ref.task_kind k on k.kind = t.kind
            where t.tenant_id = p.tenant_id and t.subject_id in (p.id, p.candidate_id, p.employer_id) and app.task_is_open(t.state)
              and t.kind in ('promise', 'question', 'barrier', 'step', 'contract') and app.sees_task(t)
            order by t.rank_at, t.id limit 5) x);
    end $$;

-- What the coach has to know of one placement: whom to see, where, what was agreed, how it went, and what can be done.
create function app.coach_visit(p app.placement, tasks json) returns jsonb language plpgsql stable
    set search_path = pg_catalog, pg_temp
    as $$
    declare place text := '/v1/placements/' || p.id;
    begin
        return jsonb_strip_nulls((select jsonb_build_object(
            'placementId', p.id, 'tasks', tasks,
            'person', jsonb_build_object('candidateId', c.id, 'alias', c.alias, 'firstName', c.first_name, 'phone', c.phone),
            'employer', jsonb_build_object('employerId', e.id, 'name', coalesce(e.name, p.employer_name), 'street', e.street_address, 'pc4', e.postcode4,
                                           'workplace', p.workplace, 'mentor', p.mentor, 'contactName', o.name, 'contactPhone', o.phone),
            'agreed', jsonb_build_object('kind', p.kind, 'hours', p.hours, 'contract', p.contract, 'startedOn', coalesce(p.started_on, p.starts_on),
                                         'endsOn', p.ends_on, 'guidedByEmployerFrom', p.guided_by_employer_from),
            'last', (select jsonb_agg(x) from (
                select h.with_whom as "withWhom", h.channel, h.outcome, to_char(h.held_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as "heldAt",
                       (select left(n.text, 500) from app.note n where n.tenant_id = h.tenant_id and n.id = h.note_id and app.sees_note(n)) as words
                from app.placement_contact h where h.tenant_id = p.tenant_id and h.placement_id = p.id and h.withdrawn_at is null order by h.held_at desc, h.id limit 4) x),
            'waiting', app.coach_visit_waiting(p),
            'links', jsonb_build_object('contact', place || '/contacts', 'call', place || '/calls', 'end', place || '/endings', 'convert', place || '/conversions'))
        from app.candidate c left join app.employer e on e.tenant_id = p.tenant_id and e.id = p.employer_id
        left join lateral (select k.name, k.phone from app.contact k where k.tenant_id = p.tenant_id and k.employer_id = p.employer_id
                           order by k.preferred desc, k.id limit 1) o on true
        where c.tenant_id = p.tenant_id and c.id = p.candidate_id));
    end $$;

-- The appointments of today that are with the caller, or to which the caller goes along, the first one first.
create function app.coach_visit_appointments() returns table (candidate_id uuid, starts_at timestamptz, shown jsonb) language plpgsql stable
    set search_path = pg_catalog, pg_temp
    as $$
    declare today date := clock.today();
    begin
        return query
        select a.candidate_id, a.starts_at, jsonb_strip_nulls(jsonb_build_object(
            'id', a.id, 'kind', a.kind, 'state', a.state, 'place', a.place, 'answer', a.answer, 'projectId', a.project_id, 'session', a.session,
            'startsAt', to_char(a.starts_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
            'endsAt', to_char(a.ends_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'), 'goesAlong', a.coach_id is not distinct from app.actor(),
            'person', jsonb_build_object('candidateId', c.id, 'alias', c.alias, 'firstName', c.first_name, 'phone', c.phone),
            'employerId', a.employer_id, 'employerName', e.name, 'links', jsonb_build_object('moves', '/v1/appointments/' || a.id || '/moves')))
        from app.appointment a join app.candidate c on c.tenant_id = a.tenant_id and c.id = a.candidate_id
        left join app.employer e on e.tenant_id = a.tenant_id and e.id = a.employer_id
        where a.tenant_id = app.tenant() and app.actor() in (a.user_id, a.coach_id) and not app.appointment_is_ended(a.state)
          and a.starts_at >= calendar.moment(today) and a.starts_at < calendar.moment(today + 1) and app.sees_appointment(a)
        order by a.starts_at, a.id limit 30;
    end $$;

-- The visits and appointments of today of the caller: a placement is visited when one of its contacts is due, or was due before. What is urgent comes first.
create function app.coach_visits() returns table (day date, candidate_ids uuid[], visits json, appointments json) language plpgsql stable
    security definer set search_path = pg_catalog, pg_temp
    as $$
    begin
        return query
        with due as (
            select t.subject_id, min(t.rank_at) as rank_at,
                   json_agg(json_build_object('id', t.id, 'kind', t.kind, 'cause', t.cause, 'urgent', t.urgent,
                       'dueAt', to_char(t.due_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')) order by t.rank_at, t.id) as tasks
            from app.task t
            where t.tenant_id = app.tenant() and t.owner_user_id = app.actor() and app.task_is_open(t.state) and t.noun = 'placement'
              and t.kind in ('follow_up', 'urgent_follow_up') and t.due_at <= calendar.moment(clock.today() + time '23:59:59')
            group by t.subject_id),
        visit as (
            select p.candidate_id, d.rank_at, app.coach_visit(p, d.tasks) as shown
            from due d join app.placement p on p.tenant_id = app.tenant() and p.id = d.subject_id and app.sees_placement(p)
            order by d.rank_at, p.id limit 30),
        meeting as (select m.candidate_id, m.starts_at, m.shown from app.coach_visit_appointments() m)
        select clock.today(), array(select v.candidate_id from visit v union select m.candidate_id from meeting m),
               (select coalesce(json_agg(v.shown order by v.rank_at), '[]') from visit v),
               (select coalesce(json_agg(m.shown order by m.starts_at), '[]') from meeting m);
    end $$;
