-- Participations of candidates in projects: who sees them is who sees the candidate.

create function app.sees_candidate_participation(a app.candidate_participation, scope text default app.scope(), role text default app.role(),
                                                 organisation uuid default app.organisation(), actor uuid default app.actor())
    returns boolean stable parallel safe
    return case scope
           when 'tenant' then true
           when 'organisation' then app.reached(a.candidate_id, organisation)
           when 'caseload' then case actor when a.candidate_case_manager_id then true when a.candidate_coach_id then true
                                           else app.mandated_to_me(a.candidate_id) end
           else false end;
call app.wall('app.candidate_participation', 'candidate_participation', '{candidate_case_manager_id,candidate_coach_id,candidate_organisation_id}');
call app.days_within('app.candidate_participation', 'from_day begins', 'until_day ends');
call app.open_to_scope('app.candidate_participation', 'app.sees_candidate_participation');
call app.unique_by('app.candidate_participation_once', 'app.sees_candidate_participation', '/candidate-participations/');
call region.project_of('app.candidate_participation', 'project_id');

-- Whose candidate it is: with a new participation, and after a file is handed over.
create function app.candidate_participation_note_owners() returns trigger language plpgsql
    security definer set search_path = pg_catalog, pg_temp
    as $$
    begin
        select c.case_manager_id, c.coach_id, c.organisation_id
        into new.candidate_case_manager_id, new.candidate_coach_id, new.candidate_organisation_id
        from app.candidate c where c.tenant_id = new.tenant_id and c.id = new.candidate_id;
        return new;
    end $$;
create trigger note_owners before insert or update of candidate_id on app.candidate_participation
    for each row execute function app.candidate_participation_note_owners();
create function app.candidate_participations_follow_owners() returns trigger language plpgsql
    security definer set search_path = pg_catalog, pg_temp
    as $$
    begin
        update app.candidate_participation a set candidate_case_manager_id = new.case_manager_id, candidate_coach_id = new.coach_id,
            candidate_organisation_id = new.organisation_id
        where a.tenant_id = new.tenant_id and a.candidate_id = new.id;
        return null;
    end $$;
create trigger participations_keep_owners after update of case_manager_id, coach_id, organisation_id on app.candidate for each row
    when ((old.case_manager_id, old.coach_id, old.organisation_id) is distinct from (new.case_manager_id, new.coach_id, new.organisation_id))
    execute function app.candidate_participations_follow_owners();

-- Who takes part in what, by name.
create function app.candidate_participation_names(participation uuid) returns table (candidate_alias text, project_title text) language plpgsql stable
    security definer set search_path = pg_catalog, pg_temp
    as $$
    begin
        return query
        select c.alias::text, p.title::text from app.candidate_participation a
        join app.candidate c on c.tenant_id = a.tenant_id and c.id = a.candidate_id
        join region.project p on p.region_id = a.region_id and p.id = a.project_id
        where a.tenant_id = app.tenant() and a.id = participation and app.sees_candidate_participation(a);
    end $$;

-- The participations of another file of the person. Where both files take part in a project, the person takes part from the first of their first days until the last of their last days.
create function app.candidate_participations_unite(municipality int, kept uuid, other uuid) returns void language sql
    set search_path = pg_catalog, pg_temp
    as $$
    with same as (
        delete from app.candidate_participation o using app.candidate_participation k
        where o.tenant_id = municipality and o.candidate_id = other and k.tenant_id = o.tenant_id and k.project_id = o.project_id and k.candidate_id = kept returning o.*)
    update app.candidate_participation k set from_day = least(k.from_day, o.from_day), until_day = case when num_nulls(k.until_day, o.until_day) = 0 then greatest(k.until_day, o.until_day) end
    from same o where k.tenant_id = municipality and k.project_id = o.project_id and k.candidate_id = kept;
    update app.candidate_participation o set candidate_id = kept where o.tenant_id = municipality and o.candidate_id = other
    $$;
