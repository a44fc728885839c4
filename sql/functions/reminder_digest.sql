-- The digest: what is not urgent is told once a day, at the time that its reader chose. `planned_at` of app.reminder_digest says when; a moment at which digests
-- of a municipality go out has one job, which sends all that are due by then.

call app.wall('app.reminder_digest');

create function app.sees_reminder_preference(p app.reminder_preference, scope text default app.scope(), role text default app.role(),
                                             organisation uuid default app.organisation(), actor uuid default app.actor())
    returns boolean stable parallel safe
    return case scope when 'tenant' then p.id = actor else false end;
call app.wall('app.reminder_preference', 'reminder_preference', '{}');
call app.open_to_scope('app.reminder_preference', 'app.sees_reminder_preference');

-- What holds for a user: the own choice, or that of the municipality.
create function app.reminder_choice(reader uuid, out digest boolean, out digest_at time) language plpgsql stable
    set search_path = pg_catalog, pg_temp
    as $$
    begin
        select p.digest, p.digest_at::time into digest, digest_at
        from app.reminder_preference p where p.tenant_id = app.tenant() and p.id = reader;
        digest := coalesce(digest, true);
        digest_at := coalesce(digest_at, (app.rule('reminder.digest') ->> 'at')::time);
    end $$;

-- When the next digest of somebody goes out: the chosen time of today or tomorrow, once a day, and not in quiet hours.
create function app.reminder_digest_time(reader uuid, last_on date) returns timestamptz language plpgsql stable
    set search_path = pg_catalog, pg_temp
    as $$
    declare
        chosen time := (app.reminder_choice(reader)).digest_at;
        wanted timestamptz := calendar.next_at(clock.now(), chosen);
    begin
        if (wanted at time zone 'Europe/Amsterdam')::date <= last_on then
            wanted := calendar.moment(last_on + 1 + chosen);
        end if;
        return calendar.after_quiet_hours(wanted);
    end $$;

-- Plans the digest of somebody, at this moment. The lock of its row is taken by the one who adds to a digest and by the job that sends it: so nothing
-- is added to one that is just being sent. The job of a moment is locked until this transaction ends, so it cannot run before it sees this digest.
create function app.reminder_digest_plan(reader uuid, at timestamptz) returns void language plpgsql
    set search_path = pg_catalog, pg_temp
    as $$
    declare
        moment text := format('digests:%s:%s', app.tenant(), extract(epoch from at));
    begin
        update app.reminder_digest d set planned_at = at where d.tenant_id = app.tenant() and d.reader_id = reader;
        perform from queue.future f where f.subject = moment for key share;
        if not found then
            perform queue.schedule('remind_digest', app.tenant(), '{}', at at time zone 'UTC', 'UTC', moment);
        end if;
    end $$;

-- Something waits for the digests of these readers (kind:id).
create function app.reminder_digests_expect(readers text[]) returns void language plpgsql
    set search_path = pg_catalog, pg_temp
    as $$
    declare
        one record;
        d app.reminder_digest;
    begin
        for one in select distinct split_part(r, ':', 2)::uuid as reader, split_part(r, ':', 1) as kind from unnest(readers) r order by 1 loop
            insert into app.reminder_digest (tenant_id, reader_id, reader_kind) values (app.tenant(), one.reader, one.kind) on conflict do nothing;
            select g.* into d from app.reminder_digest g where g.tenant_id = app.tenant() and g.reader_id = one.reader for no key update;
            if d.planned_at is null then
                perform app.reminder_digest_plan(one.reader, app.reminder_digest_time(one.reader, d.last_on));
            end if;
        end loop;
    end $$;

-- After somebody chose another time: the digest that is planned moves.
create function app.reminder_digest_move() returns trigger language plpgsql
    security definer set search_path = pg_catalog, pg_temp
    as $$
    declare
        d app.reminder_digest;
    begin
        select g.* into d from app.reminder_digest g where g.tenant_id = new.tenant_id and g.reader_id = new.id for no key update;
        if d.planned_at is not null then
            perform app.reminder_digest_plan(new.id, app.reminder_digest_time(new.id, d.last_on));
        end if;
        return null;
    end $$;
create trigger digest_first after insert on app.reminder_preference for each row execute function app.reminder_digest_move();
create trigger digest_moves after update of digest_at on app.reminder_preference for each row execute function app.reminder_digest_move();

-- What waits for somebody who has left is told to the one who comes in that place. Returns them.
create function app.reminder_pass_on(gone uuid) returns text[] language plpgsql
    set search_path = pg_catalog, pg_temp
    as $$
    declare
        r app.reminder;
        t app.task;
        others text[] := '{}';
        other record;
    begin
        for r in update app.reminder w set fate = 'dropped', ended_at = clock.now()
                 where w.tenant_id = app.tenant() and w.reader_id = gone and w.fate = 'waiting' returning w.* loop
            select k.* into t from app.task k where k.tenant_id = r.tenant_id and k.id = r.task_id;
            for other in select o.* from app.reminder_readers(t, r.receiver) o where o.reader <> gone and app.reminder_is_due(t) loop
                insert into app.reminder (tenant_id, task_id, stamp, rung, receiver, reader_kind, reader_id, rung_at, fate, made_at)
                values (r.tenant_id, r.task_id, r.stamp, r.rung, r.receiver, other.kind, other.reader, r.rung_at, 'waiting', clock.now())
                on conflict do nothing;
                others := others || (other.kind || ':' || other.reader);
            end loop;
        end loop;
        return others;
    end $$;

-- Writes one message to each of these readers about all reminders that wait. The caller has locked the reminders, and asks for the jobs that send the messages. Each
-- reminder is told, or dropped. Returns the messages.
create function app.reminder_digests_write(due app.reminder_digest[]) returns uuid[] language plpgsql
    set search_path = pg_catalog, pg_temp
    as $$
    declare
        now timestamptz := clock.now();
        waiting uuid[] := array(select r.id from app.reminder r
                                where r.tenant_id = app.tenant() and r.fate = 'waiting' and r.reader_id = any (array(select d.reader_id from unnest(due) d)));
        told uuid[];
        made uuid[];
    begin
        with waits as (
            select r.reader_id, count(distinct t.id) as tasks, count(distinct t.id) filter (where t.due_at <= now) as overdue
            from app.reminder r join app.task t on t.tenant_id = r.tenant_id and t.id = r.task_id
            where r.tenant_id = app.tenant() and r.id = any (waiting) and app.reminder_is_due(t) group by r.reader_id)
        select array_agg(coalesce(m.to_user_id, m.to_contact_id, m.to_candidate_id)), array_agg(m.id) into told, made
        from app.messages_write(array(
            select app.reminder_message('digest', d.reader_kind, d.reader_id, null, null, false, jsonb_build_object('open', w.tasks, 'overdue', w.overdue))
            from unnest(due) d join waits w on w.reader_id = d.reader_id where (app.reminder_choice(d.reader_id)).digest)) m;
        update app.reminder r set message_id = made[array_position(told, r.reader_id)], ended_at = now,
            fate = case when r.reader_id = any (told) then 'sent' else 'dropped' end
        where r.tenant_id = app.tenant() and r.id = any (waiting);
        update app.reminder_digest g set planned_at = null, last_on = case when g.reader_id = any (told) then clock.today() else g.last_on end
        where g.tenant_id = app.tenant() and g.reader_id = any (array(select d.reader_id from unnest(due) d));
        return made;
    end $$;

-- Passes on the reminders of readers who have left. Returns the new readers.
create function app.reminder_digests_pass_on(gone app.reminder_digest[]) returns text[] language plpgsql
    set search_path = pg_catalog, pg_temp
    as $$
    declare
        d app.reminder_digest;
        others text[] := '{}';
    begin
        foreach d in array gone loop
            update app.reminder_digest g set planned_at = null where g.tenant_id = d.tenant_id and g.reader_id = d.reader_id;
            others := others || app.reminder_pass_on(d.reader_id);
        end loop;
        return others;
    end $$;

-- Whether the digests of this moment must still wait, because urgent reminders are due: these go first. Digests wait for ten seconds at most.
create function app.reminder_digests_wait() returns boolean language plpgsql stable
    set search_path = pg_catalog, pg_temp
    as $$
    begin
        return exists (select from queue.job j where j.state = 'ready' and j.prio = 0 and j.kind = 'remind' and j.tenant = app.tenant())
               and not exists (select from app.reminder_digest d where d.tenant_id = app.tenant() and d.planned_at <= clock.now() - interval '10 seconds');
    end $$;

-- The job of a moment sends the digests of this municipality that are due. It takes the first 256 readers after `after`, and asks for another job for the rest.
-- It locks the readers in the order of their ids. Then it locks their reminders in the order of the tasks: a change of many tasks has the same order.
create function app.reminder_digests_send(after uuid) returns void language plpgsql
    security definer set search_path = pg_catalog, pg_temp
    as $$
    declare
        many constant int := 256;       -- a transaction of a tenth of a second
        now timestamptz := clock.now();
        quiet boolean := calendar.in_quiet_hours(now);
        today date := clock.today();
        due app.reminder_digest[] := array(
            select g from app.reminder_digest g
            where g.tenant_id = app.tenant() and g.planned_at <= now and g.reader_id > coalesce(after, '00000000-0000-0000-0000-000000000000')
            order by g.reader_id limit many for no key update);
        gone app.reminder_digest[] := array(select d from unnest(due) d where not app.reminder_reaches(d.reader_kind, d.reader_id));
        later app.reminder_digest[] := array(select d from unnest(due) d where (quiet or d.last_on >= today) and d <> all (gone));
        d app.reminder_digest;
    begin
        if after is null and app.reminder_digests_wait() then
            perform queue.enqueue('remind_digest', app.tenant());
            return;
        end if;
        perform from app.reminder r
        where r.tenant_id = app.tenant() and r.fate = 'waiting' and r.reader_id = any (array(select g.reader_id from unnest(due) g)) order by r.task_id, r.id for no key update;
        foreach d in array later loop
            perform app.reminder_digest_plan(d.reader_id, case when d.last_on >= today then app.reminder_digest_time(d.reader_id, d.last_on)
                                                               else calendar.after_quiet_hours(now) end);
        end loop;
        perform app.messages_enqueue_together(app.reminder_digests_write(array(select g from unnest(due) g where g <> all (gone || later))));
        if cardinality(due) = many then
            perform queue.enqueue('remind_digest', app.tenant(), jsonb_build_object('after', due[many].reader_id));
        end if;
        perform app.reminder_digests_expect(app.reminder_digests_pass_on(gone));
    end $$;
