-- Employers.

create function app.sees_employer(e app.employer, scope text default app.scope(), role text default app.role(),
                                  organisation uuid default app.organisation(), actor uuid default app.actor())
    returns boolean stable parallel safe
    return case scope
           when 'tenant' then true
           when 'organisation' then e.id = organisation
           else false end;
call app.wall('app.employer', 'employer', '{}');
call app.open_to_scope('app.employer', 'app.sees_employer');
call app.found_by('app.employer', 'employer', 'name');
call app.unique_by('app.employer_kvk', 'app.sees_employer', '/employers/', 'name');
call app.referable('app.employer', 'employer', 'employer', 'app.sees_employer', label => 'r.name', employer => 'r.id');
call app.owned_by('app.employer', 'employer', 'account_manager_id', 'user', 'account_manager', 'team_lead');

-- Experiences as the client reads them, the latest first.
create function app.employer_experiences(given jsonb) returns json language plpgsql stable strict
    as $$ begin return (
        select json_agg(e) from (
            select g.date, g.kind, g.note from jsonb_to_recordset(given) as g (date date, kind text, note text) order by 1 desc, 2, 3) e); end $$;

-- Gives the relations of an account manager to another one, for hand-overs. Returns how many.
create function app.employers_hand_over(from_user uuid, to_user uuid) returns int language plpgsql
    set search_path = pg_catalog, pg_temp
    as $$
    declare count int;
    begin
        update app.employer e set account_manager_id = to_user
        where e.tenant_id = app.tenant() and e.account_manager_id = from_user
          and exists (select from app.user_account u where u.tenant_id = e.tenant_id and u.id = to_user and u.active
                      and u.role in ('account_manager', 'team_lead'));
        get diagnostics count = row_count;
        return count;
    end $$;
