-- Organisations.

create function app.sees_organisation(o app.organisation, scope text default app.scope(), role text default app.role(),
                                      organisation uuid default app.organisation(), actor uuid default app.actor())
    returns boolean stable parallel safe
    return case scope
           when 'tenant' then true
           when 'organisation' then o.id = organisation
           else false end;
call app.wall('app.organisation', 'organisation', '{}');
call app.open_to_scope('app.organisation', 'app.sees_organisation');
call app.found_by('app.organisation', 'organisation', 'name');
call app.unique_by('app.organisation_kvk', 'app.sees_organisation', '/organisations/', 'name');
call app.guarded('app.organisation', 'organisation');
call app.referable('app.organisation', 'organisation', 'general', 'app.sees_organisation', label => 'r.name');
