-- Users of a municipality.

call app.wall('app.user_account', 'user');
create policy by_scope on app.user_account for all
    using (case (select app.scope())
           when 'tenant' then true
           when 'organisation' then organisation_id = (select app.organisation())
           when 'caseload' then id = (select app.actor()) end);
