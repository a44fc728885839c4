-- Wage values: who sees them: who keeps the file, who measures, and the person. What was measured stays as it is, and a label does not say it.

create function app.wage_value_told(w app.wage_value, scope text, role text, organisation uuid, actor uuid) returns boolean language plpgsql stable parallel safe
    set search_path = pg_catalog, pg_temp
    as $$
    begin
        return (role in ('case_manager', 'team_lead', 'labour_expert', 'candidate', 'system') and case scope
                when 'tenant' then 'person' = any (app.walls_of(role)) when 'caseload' then app.has_to_do_with(w.candidate_id) else false end) is true;
    end $$;
grant execute on function app.wage_value_told(app.wage_value, text, text, uuid, uuid) to public;
create function app.sees_wage_value(r app.wage_value, scope text default app.scope(), role text default app.role(),
                                    organisation uuid default app.organisation(), actor uuid default app.actor())
    returns boolean stable parallel safe
    return app.wage_value_told(r, scope, role, organisation, actor);
call app.wall('app.wage_value', 'wage_value', '{}');
call app.days_within('app.wage_value', 'measured_on begins', 'valid_until ends');
call app.open_to_scope('app.wage_value', 'app.sees_wage_value');
call app.referable('app.wage_value', 'wage_value', 'person', 'app.sees_wage_value', candidate => 'r.candidate_id', label => $$to_char(r.measured_on, 'YYYY-MM-DD')$$);

-- Whose it is and where: for the one who sees the value, also without a right to the placement.
create function app.wage_value_names(value uuid) returns table (candidate_alias text, employer_name text) language plpgsql stable
    security definer set search_path = pg_catalog, pg_temp
    as $$
    begin
        return query
        select c.alias::text, coalesce(e.name, p.employer_name)::text from app.wage_value w
        join app.candidate c on c.tenant_id = w.tenant_id and c.id = w.candidate_id
        join app.placement p on p.tenant_id = w.tenant_id and p.id = w.placement_id
        left join app.employer e on e.tenant_id = p.tenant_id and e.id = p.employer_id
        where w.tenant_id = app.tenant() and w.id = value and app.sees_wage_value(w);
    end $$;

-- Notes a measurement. The caller sees the placement, or MW404.
create function app.wage_value_note(value uuid, asked jsonb) returns void language plpgsql
    security definer set search_path = pg_catalog, pg_temp
    as $$
    declare
        p app.placement := app.placement_lock((asked ->> 'placement_id')::uuid); -- it asks app.sees_placement()
        n app.wage_value := jsonb_populate_record(null::app.wage_value, asked);
    begin
        insert into app.wage_value (tenant_id, id, placement_id, candidate_id, measured_on, percentage, method, measured_by, valid_until, noted_on, noted_by)
        values (p.tenant_id, value, p.id, p.candidate_id, n.measured_on, n.percentage, n.method, n.measured_by, n.valid_until, clock.today(), app.actor());
    end $$;
