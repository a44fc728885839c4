-- Sites of employers: where they have work.

create function app.sees_site(s app.employer_site, scope text default app.scope(), role text default app.role(),
                              organisation uuid default app.organisation(), actor uuid default app.actor())
    returns boolean stable parallel safe
    return case scope
           when 'tenant' then true
           when 'organisation' then s.employer_id = organisation
           else false end;
call app.wall('app.employer_site', 'site', '{}');
call app.open_to_scope('app.employer_site', 'app.sees_site');
call app.referable('app.employer_site', 'site', 'employer', 'app.sees_site', label => 'r.name', employer => 'r.employer_id');
