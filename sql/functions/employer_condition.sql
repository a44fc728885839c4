-- Conditions under which an employer takes part.

create function app.sees_employer_condition(c app.employer_condition, scope text default app.scope(), role text default app.role(),
                                            organisation uuid default app.organisation(), actor uuid default app.actor())
    returns boolean stable parallel safe
    return case scope
           when 'tenant' then true
           when 'organisation' then c.employer_id = organisation
           else false end;
call app.wall('app.employer_condition', 'employer_condition', '{}');
call app.open_to_scope('app.employer_condition', 'app.sees_employer_condition');
call app.unique_by('app.employer_condition_once', 'app.sees_employer_condition', '/employer-conditions/');

-- A condition of an employer counts for all vacancies of that employer, so each of them asks something else now.
create function app.employer_condition_follow_up() returns trigger language plpgsql
    security definer set search_path = pg_catalog, pg_temp
    as $$
    begin
        if coalesce(new.condition, old.condition) is not null then
            update app.vacancy v set match_input = v.match_input + 1
            where v.tenant_id = coalesce(new.tenant_id, old.tenant_id)
              and v.employer_id = coalesce(new.employer_id, old.employer_id)
              and (app.vacancy_is_pending(v.state) or app.vacancy_is_open(v.state));
        end if;
        return null;
    end $$;
create trigger follow_up after insert or delete on app.employer_condition
    for each row execute function app.employer_condition_follow_up();
