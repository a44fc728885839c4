-- Deputies: somebody sees to the tasks of a colleague who is away, from day to day. It gives no rights: a deputy sees and does what their own role may.

create function app.sees_deputy(d app.deputy, scope text default app.scope(), role text default app.role(),
                                organisation uuid default app.organisation(), actor uuid default app.actor())
    returns boolean stable parallel safe
    return case scope when 'installation' then false else coalesce(actor in (d.id, d.deputy_id), false) end;
call app.wall('app.deputy', 'deputy', '{}');
call app.open_to_scope('app.deputy', 'app.sees_deputy');

-- After somebody names a deputy: it is an active colleague of the same organisation who has a work list.
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
            raise exception using errcode = '23514', message = 'past', table = 'deputy', constraint = 'deputy_until_day_check';
        end if;
        return null;
    end $$;
create trigger fits_first after insert on app.deputy for each row when (new.deputy_id is not null) execute function app.deputy_fits();
create trigger fits after update on app.deputy for each row when (new.deputy_id is not null) execute function app.deputy_fits();

-- The users whose deputy the caller is today.
create function app.deputy_owners() returns setof uuid language plpgsql stable
    set search_path = pg_catalog, pg_temp
    as $$
    begin
        return query select d.id from app.deputy d
        where d.tenant_id = app.tenant() and d.deputy_id = app.actor() and clock.today() between d.from_day and d.until_day;
    end $$;

-- Whether a user passes the wall of a task by the own role: about a person somebody with a caseload must have that person.
create function app.deputy_passes(t app.task, deputy app.user_account) returns boolean language plpgsql stable
    set search_path = pg_catalog, pg_temp
    as $$
    begin
        return deputy.active and app.task_fits(t, deputy.id, null, null, null)
           and (t.wall not in ('person', 'measure') or deputy.role in ('team_lead', 'consultant') or app.reached(t.candidate_id, deputy.id));
    end $$;

-- Who hears of a task instead of its owner today: the deputy, when that one passes its wall; else the owner.
create function app.deputy_of(t app.task) returns uuid language plpgsql stable
    set search_path = pg_catalog, pg_temp
    as $$
    begin
        return coalesce((select u.id from app.deputy d join app.user_account u on u.tenant_id = d.tenant_id and u.id = d.deputy_id
                         where d.tenant_id = t.tenant_id and d.id = t.owner_user_id and clock.today() between d.from_day and d.until_day and app.deputy_passes(t, u)),
                        t.owner_user_id);
    end $$;
