-- Deputies: a colleague does the tasks of a user who is away, from one day until another. A deputy gets no rights: a deputy sees and does only what the own role allows.

create function app.sees_deputy(d app.deputy, scope text default app.scope(), role text default app.role(),
                                organisation uuid default app.organisation(), actor uuid default app.actor())
    returns boolean stable parallel safe
    return case scope when 'installation' then false else coalesce(actor in (d.id, d.deputy_id), false) end;
call app.wall('app.deputy', 'deputy', '{}');
call app.days_within('app.deputy', 'from_day meeting', 'until_day meeting');
call app.open_to_scope('app.deputy', 'app.sees_deputy');

-- After a user names a deputy: the deputy must be an active colleague of the same organisation, with a work list.
create function app.deputy_fits() returns trigger language plpgsql
    security definer set search_path = pg_catalog, pg_temp
    as $$
    begin
        perform from app.user_account u join app.user_account own on own.tenant_id = u.tenant_id and own.id = new.id
        where u.tenant_id = new.tenant_id and u.id = new.deputy_id and u.active and not u.role = any (app.task_strangers())
          and u.organisation_id is not distinct from own.organisation_id for share of u;
        if not found then
            raise exception using errcode = '23503', message = 'reference', table = 'deputy', constraint = 'deputy_deputy_id_fkey';
        elsif new.until_day < clock.today() then
            raise exception using errcode = '23514', message = 'range', detail = app.day_span(clock.today(), null), table = 'deputy', constraint = 'deputy_until_day_check';
        end if;
        return null;
    end $$;
create trigger fits_first after insert on app.deputy for each row when (new.deputy_id is not null) execute function app.deputy_fits();
create trigger fits after update on app.deputy for each row when (new.deputy_id is not null) execute function app.deputy_fits();

-- After somebody left: this user is nobody's deputy any more, and the profile of who is away says so.
create function app.deputy_leaves() returns trigger language plpgsql
    security definer set search_path = pg_catalog, pg_temp
    as $$
    begin
        update app.deputy d set deputy_id = null, from_day = null, until_day = null where d.tenant_id = new.tenant_id and d.deputy_id = new.id;
        return null;
    end $$;
create trigger deputy_leaves after update of active on app.user_account for each row when (old.active and not new.active) execute function app.deputy_leaves();

-- The users whose deputy the caller is today, also for a deputy who is away, too: the caller does not see who named that one.
create function app.deputy_owners() returns setof uuid language plpgsql stable
    security definer set search_path = pg_catalog, pg_temp
    as $$
    begin
        return query with recursive away as (
            select d.id from app.deputy d where d.tenant_id = app.tenant() and d.deputy_id = app.actor() and app.sees_deputy(d) and clock.today() between d.from_day and d.until_day
            union select d.id from app.deputy d join away a on d.deputy_id = a.id where d.tenant_id = app.tenant() and clock.today() between d.from_day and d.until_day)
        select a.id from away a where a.id <> app.actor();
    end $$;

-- Whether the own role of a user passes the wall of a task. A user with a caseload must have the person of the task in it.
create function app.deputy_passes(t app.task, deputy app.user_account) returns boolean language plpgsql stable
    set search_path = pg_catalog, pg_temp
    as $$
    begin
        return deputy.active and app.task_fits(t, deputy.id, null, null, null)
           and (t.wall not in ('person', 'measure') or deputy.role in ('team_lead', 'consultant') or app.reached(t.candidate_id, deputy.id));
    end $$;

-- The user who gets the reminders of a task today: the deputy of its owner who passes the wall of the task, and the deputy of a deputy who is away, too. The owner, when there is none, or when
-- each of them is away.
create function app.deputy_of(t app.task) returns uuid language plpgsql stable
    set search_path = pg_catalog, pg_temp
    as $$
    declare
        asked uuid[] := array[t.owner_user_id];
        next uuid;
    begin
        loop
            select u.id into next from app.deputy d join app.user_account u on u.tenant_id = d.tenant_id and u.id = d.deputy_id
            where d.tenant_id = t.tenant_id and d.id = asked[cardinality(asked)] and clock.today() between d.from_day and d.until_day and app.deputy_passes(t, u);
            if next is null then
                return asked[cardinality(asked)];
            elsif next = any (asked) then
                return t.owner_user_id;
            end if;
            asked := asked || next;
        end loop;
    end $$;
