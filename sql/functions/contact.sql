-- Contact persons of employers.

call app.wall('app.employer_contact', 'contact');
create policy by_scope on app.employer_contact for all
    using (case (select app.scope())
           when 'tenant' then true
           when 'organisation' then employer_id = (select app.organisation()) end);
