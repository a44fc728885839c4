-- Reminders of a task: one job is planned for its next rung, and when it comes, what is true then decides (docs/adr/0041-reminders.md).
--
--   task changes ─► app.reminder_follow_task(): new stamp, the old job is cancelled, a job for the next rung ─┐
--        ▲                                                                                           ▼
--        └──── escalated ◄──── app.reminder_fire(): reads the task again under lock; silent, or a row of app.reminder for each
--                              receiver; plans the next rung in the same transaction

call app.wall('app.reminder_plan');
call app.wall('app.reminder');

-- The rungs of the ladder of a kind, as the rule says that is in force now.
create function app.reminder_ladder(kind text, due_at timestamptz, scope_id uuid)
    returns table (rung smallint, rung_at timestamptz, receiver text, escalates boolean) language plpgsql stable
    set search_path = pg_catalog, pg_temp
    as $$
    begin
        return query
        select (l.place - 1)::smallint, coalesce(due_at - (l.step ->> 'before')::interval, due_at + (l.step ->> 'after')::interval, due_at),
               l.step ->> 'to', coalesce((l.step ->> 'escalate')::boolean, false)
        from jsonb_array_elements(app.rule('clock.' || kind, clock.now(), scope_id) -> 'ladder') with ordinality l (step, place);
    end $$;

-- Whether somebody is to be reminded of this task now: it waits for its owner, its clock runs, and nobody died whom it is about or whose it is.
create function app.reminder_is_due(t app.task) returns boolean language plpgsql stable
    set search_path = pg_catalog, pg_temp
    as $$
    begin
        return (app.task_is_pending(t.state) or app.task_is_open(t.state)) and t.held_since is null and t.due_at is not null
               and not exists (select from app.candidate c where c.tenant_id = t.tenant_id and c.id in (t.candidate_id, t.owner_candidate_id)
                               and c.died_on is not null);
    end $$;

-- Plans the wake-up of a task. What is urgent comes at any hour, the rest after quiet hours.
create function app.reminder_plan_job(t app.task, stamp bigint, wake_at timestamptz) returns void language plpgsql
    set search_path = pg_catalog, pg_temp
    as $$
    begin
        delete from queue.future f where f.subject = 'task:' || t.id;
        perform queue.schedule('remind', t.tenant_id, jsonb_build_object('task', t.id, 'stamp', stamp::text),
                               (case when t.urgent then wake_at else calendar.after_quiet_hours(wake_at) end) at time zone 'UTC', 'UTC',
                               'task:' || t.id, prio => (case when t.urgent then 0 else 1 end)::smallint);
    end $$;

-- Plans anew: what was planned before is cancelled, what was told waits no more, and the first rung from `since` on is planned.
create function app.reminder_replan(t app.task, since timestamptz) returns void language plpgsql
    set search_path = pg_catalog, pg_temp
    as $$
    declare
        made bigint := nextval('app.reminder_stamp');
        wake_at timestamptz := case when app.reminder_is_due(t) then
            (select min(l.rung_at) from app.reminder_ladder(t.kind, t.due_at, t.project_id) l where l.rung_at >= since) end;
        had bigint;
    begin
        select p.stamp into had from app.reminder_plan p where p.tenant_id = t.tenant_id and p.task_id = t.id;
        if found then
            perform queue.cancel_subject('task:' || t.id);
            update app.reminder_plan p set stamp = made, next_at = wake_at where p.tenant_id = t.tenant_id and p.task_id = t.id;
            update app.reminder r set fate = 'dropped', ended_at = clock.now()
            where r.tenant_id = t.tenant_id and r.task_id = t.id and r.fate = 'waiting';
            perform app.reminder_recall(t);
        else
            insert into app.reminder_plan (tenant_id, task_id, stamp, next_at) values (t.tenant_id, t.id, made, wake_at);
        end if;
        if wake_at is not null then
            perform app.reminder_plan_job(t, made, wake_at);
        end if;
    end $$;

-- Messages that remind of this task alone and have not gone out yet never do.
create function app.reminder_recall(t app.task) returns void language plpgsql
    set search_path = pg_catalog, pg_temp
    as $$
    begin
        update app.message m set state = app.move('message', m.state, 'withdraw'), next_at = null, fault = 'ended'
        where m.tenant_id = t.tenant_id and m.state = 'queued' and m.template = 'reminder'
          and m.id in (select r.message_id from app.reminder r where r.tenant_id = t.tenant_id and r.task_id = t.id and r.fate = 'sent')
          and not exists (select from app.message_attempt a where a.tenant_id = m.tenant_id and a.message_id = m.id and a.handed_at is not null
                          and a.outcome is null);
        if found then
        end if;
    end $$;

-- After a task is written: its reminders follow in the same transaction. A task that is new, or moved, into the past reminds at once.
create function app.reminder_follow_task() returns trigger language plpgsql
    security definer set search_path = pg_catalog, pg_temp
    as $$
    declare
        now timestamptz := clock.now();
    begin
        if tg_op = 'INSERT' then
            perform app.reminder_replan(new, least(new.due_at, now));
        else
            perform app.reminder_replan(new, case when new.due_at is distinct from old.due_at then least(new.due_at, now) else now end);
        end if;
        return null;
    end $$;
create trigger replan_first after insert on app.task for each row execute function app.reminder_follow_task();
create trigger replan after update on app.task for each row
    when ((new.state, new.due_at, new.held_since, new.owner_user_id, new.owner_organisation_id, new.owner_employer_id, new.owner_candidate_id,
           new.urgent, new.project_id)
          is distinct from (old.state, old.due_at, old.held_since, old.owner_user_id, old.owner_organisation_id, old.owner_employer_id,
                            old.owner_candidate_id, old.urgent, old.project_id))
    execute function app.reminder_follow_task();

-- After somebody died, or that turns out to be wrong: the reminders about this person follow.
create function app.reminders_follow_person() returns trigger language plpgsql
    security definer set search_path = pg_catalog, pg_temp
    as $$
    declare
        t app.task;
    begin
        for t in select k.* from app.task k where k.tenant_id = new.tenant_id and new.id in (k.candidate_id, k.owner_candidate_id)
                 and (app.task_is_open(k.state) or app.task_is_pending(k.state)) order by k.id for no key update loop
            perform app.reminder_replan(t, clock.now());
        end loop;
        return null;
    end $$;
create trigger reminders_follow after update of died_on on app.candidate for each row
    when ((new.died_on is null) <> (old.died_on is null)) execute function app.reminders_follow_person();

-- Who has a hat of this role now; of this organisation; whether a user has one at all.
create function app.reminder_role(wanted text, organisation uuid default null) returns setof uuid language plpgsql stable
    set search_path = pg_catalog, pg_temp
    as $$
    begin
        return query select distinct h.user_id from entry.hat h
        where h.tenant_id = app.tenant() and h.role = wanted and (organisation is null or h.organisation_id = organisation)
          and coalesce(h.from_at <= clock.now(), true) and coalesce(h.until_at > clock.now(), true);
    end $$;
create function app.reminder_colleagues(organisation uuid) returns setof uuid language plpgsql stable
    set search_path = pg_catalog, pg_temp
    as $$
    begin
        return query select distinct h.user_id from entry.hat h where h.tenant_id = app.tenant() and h.organisation_id = organisation
          and coalesce(h.from_at <= clock.now(), true) and coalesce(h.until_at > clock.now(), true);
    end $$;
create function app.reminder_works(account uuid) returns setof uuid language plpgsql stable
    set search_path = pg_catalog, pg_temp
    as $$ begin return query select distinct h.user_id from entry.hat h where h.user_id = account and h.tenant_id = app.tenant()
                        and coalesce(h.from_at <= clock.now(), true) and coalesce(h.until_at > clock.now(), true); end $$;

-- Whether this reader can be written to.
create function app.reminder_reaches(kind text, reader uuid) returns boolean language plpgsql stable
    set search_path = pg_catalog, pg_temp
    as $$
    begin
        return case kind
            when 'user' then exists (select from app.reminder_works(reader))
            when 'contact' then exists (select from app.contact k where k.tenant_id = app.tenant() and k.id = reader and k.email is not null)
            else exists (select from app.candidate c where c.tenant_id = app.tenant() and c.id = reader and c.email is not null and c.died_on is null) end;
    end $$;

-- The contact person of an employer who is written to.
create function app.reminder_contact(employer uuid) returns setof uuid language plpgsql stable
    set search_path = pg_catalog, pg_temp
    as $$
    begin
        return query select k.id from app.contact k
        where k.tenant_id = app.tenant() and k.employer_id = employer and k.email is not null order by k.preferred desc, k.id limit 1;
    end $$;

-- Who hears of a rung. A receiver that is not there (the owner has left, a municipality has no hub) is replaced by the team lead of the
-- desk, and in the end by the team leads of the municipality: what was promised is somebody's.
create function app.reminder_readers(t app.task, receiver text) returns table (kind text, reader uuid) language plpgsql stable
    set search_path = pg_catalog, pg_temp
    as $$
    declare
        desk uuid := coalesce(t.owner_organisation_id, nullif(t.desk_id, app.task_no_desk()));
        employer uuid := case receiver when 'owner' then t.owner_employer_id when 'promised_to' then t.promised_to_employer_id end;
        person uuid := case receiver when 'owner' then t.owner_candidate_id when 'promised_to' then t.promised_to_candidate_id end;
    begin
        if receiver = 'owner' and t.owner_user_id is not null then
            return query select 'user', r from app.reminder_works(app.deputy_of(t)) r;
        elsif employer is not null then
            return query select 'contact', r from app.reminder_contact(employer) r;
        elsif person is not null then
            return query select 'candidate', person where app.reminder_reaches('candidate', person);
        elsif receiver = 'hub' then
            return query select 'user', r from app.reminder_role('hub') r;
        elsif receiver = 'leader' then
            return query select 'user', r from app.project_leader l cross join lateral app.reminder_works(l.user_id) r
                         where l.tenant_id = t.tenant_id and l.project_id = t.project_id;
        elsif receiver = 'promised_to' then
            return query select 'user', r from app.reminder_colleagues(t.promised_to_organisation_id) r;
        elsif receiver in ('owner', 'desk') then
            return query select 'user', r from app.reminder_colleagues(desk) r;
        end if;
        if not found and desk is not null then
            return query select 'user', r from app.reminder_role('team_lead', desk) r;
        end if;
        if not found then
            return query select 'user', r from app.reminder_role('team_lead') r;
        end if;
    end $$;

-- A message to a reader, not written yet.
create function app.reminder_message(template text, kind text, reader uuid, noun text, subject uuid, urgent boolean, parameters jsonb)
    returns app.message language plpgsql stable
    set search_path = pg_catalog, pg_temp
    as $$
    begin
        return app.message_mail(template, case kind when 'user' then reader end, case kind when 'contact' then reader end,
                                case kind when 'candidate' then reader end, noun, subject, urgent, parameters, null);
    end $$;

-- Whether this reader must hear of a task at once: it is urgent, or it is not due yet and will be when the next digest goes out.
create function app.reminder_at_once(t app.task, kind text, reader uuid) returns boolean language plpgsql stable
    set search_path = pg_catalog, pg_temp
    as $$
    declare
        d app.reminder_digest;
    begin
        if t.urgent or t.due_at <= clock.now() then
            return t.urgent;
        end if;
        select g.* into d from app.reminder_digest g where g.tenant_id = t.tenant_id and g.reader_id = reader;
        return coalesce(d.planned_at, app.reminder_digest_time(reader, d.last_on)) >= t.due_at
               and (kind <> 'user' or (app.reminder_choice(reader)).digest);
    end $$;

-- A rung is told: at once, or with the digest. Returns its message; null when it waits for the digest.
create function app.reminder_tell(t app.task, plan bigint, rung smallint, rung_at timestamptz, receiver text, kind text, reader uuid)
    returns uuid language plpgsql
    set search_path = pg_catalog, pg_temp
    as $$
    declare
        now timestamptz := clock.now();
        made uuid := case when app.reminder_at_once(t, kind, reader)
                          then (app.message_write(app.reminder_message('reminder', kind, reader, t.noun, t.subject_id, t.urgent,
                                                              case t.wall when 'measure' then '{"wall": "measure"}' else '{}' end::jsonb))).id end;
    begin
        insert into app.reminder (tenant_id, task_id, stamp, rung, receiver, reader_kind, reader_id, rung_at, fate, made_at, ended_at, message_id)
        values (t.tenant_id, t.id, plan, rung, receiver, kind, reader, rung_at, case when made is null then 'waiting' else 'sent' end, now,
                case when made is not null then now end, made);
        return made;
    end $$;

-- A rung that escalates: the task has another one who sees to it now. Who that is, is the organisation of the receiver, or the receiver.
create function app.reminder_escalate(t app.task, to_user uuid) returns void language plpgsql
    set search_path = pg_catalog, pg_temp
    as $$
    declare
        organisation uuid := (select u.organisation_id from app.user_account u where u.tenant_id = t.tenant_id and u.id = to_user);
    begin
        update app.task k set escalated_at = clock.now(),
            escalated_to_organisation_id = (select o.id from app.organisation o where o.tenant_id = t.tenant_id and o.id = organisation),
            escalated_to_user_id = case when not exists (select from app.organisation o where o.tenant_id = t.tenant_id and o.id = organisation)
                                        then to_user end
        where k.tenant_id = t.tenant_id and k.id = t.id;
        perform app.clock_fire(t.noun, t.subject_id, 'escalate:' || t.kind, jsonb_build_object('employer_id', t.employer_id));
    end $$;

-- The job of a task has come. Of the rungs whose moment has passed, each reader hears the last one, and of an escalation before all. Returns
-- whose digests it is for, as kind:id, and the messages of what is told at once.
create function app.reminder_fire(wanted uuid, plan bigint, out waiting text[], out made uuid[]) language plpgsql
    set search_path = pg_catalog, pg_temp
    as $$
    declare
        t app.task;
        p app.reminder_plan;
        one record;
        now timestamptz := clock.now();
        told uuid[] := '{}';
        first_of_escalation uuid;
        message uuid;
    begin
        waiting := '{}';
        made := '{}';
        select k.* into t from app.task k where k.tenant_id = app.tenant() and k.id = wanted for no key update;
        select r.* into p from app.reminder_plan r where r.tenant_id = t.tenant_id and r.task_id = t.id;
        if p.stamp is distinct from plan or p.next_at is null or not app.reminder_is_due(t) then
            return;
        end if;
        if p.next_at > now or not t.urgent and calendar.in_quiet_hours(now) then
            perform app.reminder_plan_job(t, plan, greatest(p.next_at, now));
            return;
        end if;
        for one in
            select l.rung, l.rung_at, l.receiver, l.escalates, r.kind, r.reader
            from app.reminder_ladder(t.kind, t.due_at, t.project_id) l cross join lateral app.reminder_readers(t, l.receiver) r
            where l.rung_at between p.next_at and now order by l.escalates desc, l.rung_at desc, l.rung desc, r.reader
        loop
            first_of_escalation := coalesce(first_of_escalation, case when one.escalates and one.kind = 'user' then one.reader end);
            continue when one.reader = any (told);
            told := told || one.reader;
            message := app.reminder_tell(t, plan, one.rung, one.rung_at, one.receiver, one.kind, one.reader);
            if message is null then
                waiting := waiting || (one.kind || ':' || one.reader);
            else
                made := made || message;
            end if;
        end loop;
        update app.reminder_plan r set next_at =
            (select min(l.rung_at) from app.reminder_ladder(t.kind, t.due_at, t.project_id) l where l.rung_at > now)
        where r.tenant_id = t.tenant_id and r.task_id = t.id returning r.next_at into p.next_at;
        if p.next_at is not null then
            perform app.reminder_plan_job(t, plan, p.next_at);
        end if;
        if first_of_escalation is not null then
            perform app.reminder_escalate(t, first_of_escalation);
        end if;
    end $$;

-- Jobs "remind", many at a time. Tasks are locked in the order of their ids, and after them the digests in that of their readers.
create function app.reminders_fire(tasks uuid[], stamps bigint[]) returns void language plpgsql
    security definer set search_path = pg_catalog, pg_temp
    as $$
    declare
        one record;
        told record;
        whom text[] := '{}';
        messages uuid[] := '{}';
    begin
        for one in select distinct j.task, j.stamp from unnest(tasks, stamps) j (task, stamp) order by 1, 2 loop
            select * into told from app.reminder_fire(one.task, one.stamp);
            whom := whom || told.waiting;
            messages := messages || told.made;
        end loop;
        perform app.messages_enqueue_together(messages);
        perform app.reminder_digests_expect(whom);
    end $$;

-- Removes what was told or dropped longer ago than the municipality keeps it. Returns how many.
create function app.reminders_sweep() returns int language plpgsql
    security definer set search_path = pg_catalog, pg_temp
    as $$
    declare
        count int;
    begin
        if app.role() <> 'system' then
            return 0;
        end if;
        delete from app.reminder r where r.tenant_id = app.tenant()
            and r.ended_at < clock.now() - make_interval(months => (app.rule('reminder.kept') ->> 'months')::int);
        get diagnostics count = row_count;
        return count;
    end $$;
