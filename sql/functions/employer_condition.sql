-- Conditions under which an employer takes part.

call app.wall('app.employer_condition', 'employer_condition');
create policy by_scope on app.employer_condition for all
    using (case (select app.scope())
           when 'tenant' then true
           when 'organisation' then employer_id = (select app.organisation()) end);

-- A hard condition of the employer counts for all his vacancies: what was asked has changed.
create function app.employer_condition_follow_up() returns trigger language plpgsql
    security definer set search_path = pg_catalog, pg_temp
    as $$
    begin
        if (tg_op = 'INSERT' and new.hard) or (tg_op = 'DELETE' and old.hard) then
            update app.vacancy v set match_input = v.match_input + 1
            where v.tenant_id = coalesce(new.tenant_id, old.tenant_id)
              and v.employer_id = coalesce(new.employer_id, old.employer_id)
              and v.state in ('reported', 'screening', 'open', 'shortlisted', 'partly_filled');
        end if;
        return null;
    end $$;
create trigger follow_up after insert or delete on app.employer_condition
    for each row execute function app.employer_condition_follow_up();
