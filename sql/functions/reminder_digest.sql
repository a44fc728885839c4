-- The digest: what is not urgent is told once a day, at the time that its reader chose.

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

-- Plans the digest of somebody, at this moment. The lock of its row is taken by whoever adds to a digest and by the job that sends it: so nothing
-- is added to one that is just being sent.
create function app.reminder_digest_plan(reader uuid, at timestamptz) returns void language plpgsql
    set search_path = pg_catalog, pg_temp
    as $$
    begin
        delete from queue.future f where f.subject = 'digest:' || reader;
        perform queue.schedule('remind_digest', app.tenant(), jsonb_build_object('user', reader), at at time zone 'UTC', 'UTC', 'digest:' || reader);
        update app.reminder_digest d set planned_at = at where d.tenant_id = app.tenant() and d.reader_id = reader;
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
            perform queue.cancel_subject('digest:' || new.id);
            perform app.reminder_digest_plan(new.id, app.reminder_digest_time(new.id, d.last_on));
        end if;
        return null;
    end $$;
create trigger digest_first after insert on app.reminder_preference for each row execute function app.reminder_digest_move();
create trigger digest_moves after update of digest_at on app.reminder_preference for each row execute function app.reminder_digest_move();

-- What waits for somebody who has left is told to whoever comes in that place. Returns them.
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

-- One message about all that waits for a reader. The reminders are locked before they are counted: each of them is told, or was dropped before.
-- Returns whether there is one.
create function app.reminder_digest_write(d app.reminder_digest) returns boolean language plpgsql
    set search_path = pg_catalog, pg_temp
    as $$
    declare
        now timestamptz := clock.now();
        told uuid[] := array(select r.id from app.reminder r where r.tenant_id = d.tenant_id and r.reader_id = d.reader_id and r.fate = 'waiting'
                             order by r.id for no key update);
        tasks int;
        overdue int;
        made uuid;
    begin
        select count(distinct t.id), count(distinct t.id) filter (where t.due_at <= now) into tasks, overdue
        from app.reminder r join app.task t on t.tenant_id = r.tenant_id and t.id = r.task_id
        where r.tenant_id = d.tenant_id and r.id = any (told) and app.reminder_is_due(t);
        if tasks > 0 and (app.reminder_choice(d.reader_id)).digest then
            made := app.reminder_message('digest', d.reader_kind, d.reader_id, null, null, false, jsonb_build_object('open', tasks, 'overdue', overdue));
        end if;
        update app.reminder r set fate = case when made is null then 'dropped' else 'sent' end, ended_at = now, message_id = made
        where r.tenant_id = d.tenant_id and r.id = any (told);
        return made is not null;
    end $$;

-- The job of a digest has come. Returns to whom what waited for it was passed on, because its reader is not there any more.
create function app.reminder_digest_send(reader uuid) returns text[] language plpgsql
    set search_path = pg_catalog, pg_temp
    as $$
    declare
        d app.reminder_digest;
        now timestamptz := clock.now();
        today date := clock.today();
        written boolean;
    begin
        select g.* into d from app.reminder_digest g where g.tenant_id = app.tenant() and g.reader_id = reader for no key update;
        if d.planned_at is null then
            return '{}';
        elsif not app.reminder_reaches(d.reader_kind, reader) then
            update app.reminder_digest g set planned_at = null where g.tenant_id = d.tenant_id and g.reader_id = reader;
            return app.reminder_pass_on(reader);
        elsif d.planned_at > now or d.last_on >= today or calendar.in_quiet_hours(now) then
            perform app.reminder_digest_plan(reader, case when d.planned_at > now then d.planned_at when d.last_on >= today
                                                          then app.reminder_digest_time(reader, d.last_on) else calendar.after_quiet_hours(now) end);
            return '{}';
        end if;
        written := app.reminder_digest_write(d);
        update app.reminder_digest g set planned_at = null, last_on = case when written then today else g.last_on end
        where g.tenant_id = d.tenant_id and g.reader_id = reader;
        return '{}';
    end $$;

-- Jobs "remind_digest", many at a time.
create function app.reminder_digests_send(readers uuid[]) returns void language plpgsql
    security definer set search_path = pg_catalog, pg_temp
    as $$
    declare
        reader uuid;
        others text[] := '{}';
    begin
        for reader in select distinct r from unnest(readers) r order by 1 loop
            others := others || app.reminder_digest_send(reader);
        end loop;
        perform app.reminder_digests_expect(others);
    end $$;
