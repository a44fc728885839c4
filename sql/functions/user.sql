-- Users of a municipality.

create function app.sees_user(u app.user_account, scope text default app.scope(), role text default app.role(),
                              organisation uuid default app.organisation(), actor uuid default app.actor())
    returns boolean stable parallel safe
    return case scope
           when 'tenant' then true
           when 'organisation' then u.organisation_id = organisation
           when 'caseload' then u.id = actor
           else false end;
call app.wall('app.user_account', 'user', '{}');
call app.open_to_scope('app.user_account', 'app.sees_user');
call app.found_by('app.user_account', 'user', 'name');
call app.unique_by('app.user_account_email', 'app.sees_user', '/users/');
call app.guarded('app.user_account', 'user');
call app.referable('app.user_account', 'user', 'general', 'app.sees_user', label => 'r.name');

-- The organisation of a user is one that the role works for. That of an employer's user is the employer.
create function app.user_organisation_fits() returns trigger language plpgsql
    security definer set search_path = pg_catalog, pg_temp
    as $$
    begin
        if new.role = 'employer' then
            perform from app.employer e where e.tenant_id = new.tenant_id and e.id = new.organisation_id for key share;
        else
            perform from app.organisation o where o.tenant_id = new.tenant_id and o.id = new.organisation_id
                and exists (select from ref.organisation_of_role r where r.kind = o.kind and r.role = case
                            when exists (select from ref.organisation_of_role own where own.role = new.role) then new.role else '*' end) for share;
        end if;
        if not found then
            raise exception using errcode = '23503', message = 'reference', table = tg_table_name,
                constraint = tg_table_name || '_organisation_id_fkey';
        end if;
        return null;
    end $$;
create trigger refer_first after insert on app.user_account for each row
    when (new.organisation_id is not null) execute function app.user_organisation_fits();
create trigger refer after update of organisation_id, role on app.user_account for each row
    when (new.organisation_id is not null
          and (new.organisation_id, new.role) is distinct from (old.organisation_id, old.role))
    execute function app.user_organisation_fits();
create trigger refer_first after insert on app.hat for each row
    when (new.organisation_id is not null) execute function app.user_organisation_fits();

-- A municipality keeps an administrator: else nobody admits users any more, nor lets this one in again. One at a time, so that two who go
-- at the same moment see each other.
create function app.user_last_administrator() returns trigger language plpgsql
    security definer set search_path = pg_catalog, pg_temp
    as $$
    begin
        perform pg_advisory_xact_lock('app.user_account'::regclass::int, new.tenant_id);
        if not exists (select from app.user_account u where u.tenant_id = new.tenant_id and u.id <> new.id
                       and u.role = 'tenant_admin' and u.active) then
            raise exception using errcode = 'MW409', message = 'last-administrator';
        end if;
        return new;
    end $$;
create trigger last_administrator before update of active, role on app.user_account for each row
    when (old.active and old.role = 'tenant_admin' and not (new.active and new.role = 'tenant_admin'))
    execute function app.user_last_administrator();

-- Who may give powers does not give them to themselves: two people know of each one.
create function app.user_own_powers() returns trigger language plpgsql
    set search_path = pg_catalog, pg_temp
    as $$
    begin
        raise exception using errcode = 'MW403', message = 'own-powers';
    end $$;
create trigger own_powers before update of attributes, role on app.user_account for each row
    when (new.id = app.actor() and (not new.attributes <@ old.attributes or new.role <> old.role))
    execute function app.user_own_powers();

-- The name of the organisation or employer that a user works for, for the one who sees the user.
create function app.user_organisation(account uuid) returns text language plpgsql stable
    security definer set search_path = pg_catalog, pg_temp
    as $$
    begin
        return (select coalesce(o.name, e.name) from app.user_account u
                left join app.organisation o on o.tenant_id = u.tenant_id and o.id = u.organisation_id
                left join app.employer e on e.tenant_id = u.tenant_id and e.id = u.organisation_id
                where u.tenant_id = app.tenant() and u.id = account and app.sees_user(u));
    end $$;
