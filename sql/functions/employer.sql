-- Employers.

call app.wall('app.employer', 'employer');
create policy by_scope on app.employer for all
    using (case (select app.scope()) when 'tenant' then true when 'organisation' then id = (select app.organisation()) end);
