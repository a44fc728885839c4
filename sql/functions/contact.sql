-- Contact persons of employers and of organisations.

create function app.sees_contact(c app.contact, scope text default app.scope(), role text default app.role(),
                                 organisation uuid default app.organisation(), actor uuid default app.actor())
    returns boolean stable parallel safe
    return case scope
           when 'tenant' then true
           when 'organisation' then c.employer_id = organisation
           else false end;
call app.wall('app.contact', 'contact', '{}');
call app.open_to_scope('app.contact', 'app.sees_contact');
call app.unique_by('app.contact_one_preferred', 'app.sees_contact', '/contacts/');
call app.referable('app.contact', 'contact', 'employer', 'app.sees_contact', label => 'r.name', employer => 'r.employer_id');
