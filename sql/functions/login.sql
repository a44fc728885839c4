-- Logins: which subject of which identity provider leads to which user.

create function app.sees_login(l app.login, scope text default app.scope(), role text default app.role(),
                               organisation uuid default app.organisation(), actor uuid default app.actor())
    returns boolean stable parallel safe
    return case scope
           when 'tenant' then true
           when 'caseload' then l.user_id = actor
           else false end;
call app.wall('app.login', 'login', '{}');
call app.open_to_scope('app.login', 'app.sees_login');
call app.unique_by('app.login_once', 'app.sees_login', '/logins/');

-- Everyone who gets a login gets the powers of its user: nobody leads one to themselves.
create function app.login_powers() returns trigger language plpgsql
    set search_path = pg_catalog, pg_temp
    as $$
    begin
        raise exception using errcode = 'MW403', message = 'own-powers';
    end $$;
create trigger powers before insert on app.login for each row when (new.user_id = app.actor()) execute function app.login_powers();
