-- Organisations.

call app.wall('app.organisation', 'organisation');
create policy by_scope on app.organisation for all
    using (case (select app.scope()) when 'tenant' then true when 'organisation' then id = (select app.organisation()) end);
