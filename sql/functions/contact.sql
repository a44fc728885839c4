-- Contact persons of employers.

create function app.sees_contact(c app.employer_contact, scope text default app.scope(), role text default app.role(),
                                 organisation uuid default app.organisation(), actor uuid default app.actor())
    returns boolean stable parallel safe
    return case scope
           when 'tenant' then true
           when 'organisation' then c.employer_id = organisation
           else false end;
call app.wall('app.employer_contact', 'contact', '{}');
call app.open_to_scope('app.employer_contact', 'app.sees_contact');
call app.unique_by('app.employer_contact_one_preferred', 'app.sees_contact', '/contacts/');
call app.referable('app.employer_contact', 'contact', 'employer', 'app.sees_contact', label => 'r.name', employer => 'r.employer_id');
