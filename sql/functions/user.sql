-- Users of a municipality.

create function app.sees_user(u app.user_account, scope text default app.scope(), role text default app.role(),
                              organisation uuid default app.organisation(), actor uuid default app.actor())
    returns boolean stable parallel safe
    return case scope
           when 'tenant' then true
           when 'organisation' then u.organisation_id = organisation
           when 'caseload' then u.id = actor
           else false end;
call app.wall('app.user_account', 'user');
call app.open_to_scope('app.user_account', 'app.sees_user');
