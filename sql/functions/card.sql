-- The card: what an employer may see of a candidate, and nothing else. `with_name` only when the proposal
-- carries consent.
create function app.card(candidate uuid, with_name boolean) returns jsonb language sql stable
    security definer set search_path = pg_catalog, pg_temp
    as $$
    select jsonb_strip_nulls(jsonb_build_object(
        'alias', p.alias,
        'firstName', case when with_name then p.first_name end,
        'introduction', p.introduction,
        'wishes', p.wishes,
        'hoursMin', p.hours_min,
        'hoursMax', p.hours_max,
        'shifts', to_jsonb(p.shifts),
        'availableFrom', p.available_from,
        'competences', (select coalesce(jsonb_agg(jsonb_build_object('label', r.label, 'level', c.level)
                                                  order by c.level desc, r.label), '[]')
                        from app.candidate_competence c join ref.competence r on r.id = c.competence_id
                        where c.candidate_id = p.id),
        'occupations', (select coalesce(jsonb_agg(r.label order by r.label), '[]')
                        from app.candidate_occupation c join ref.occupation r on r.id = c.occupation_id
                        where c.candidate_id = p.id and c.wanted)))
    from app.candidate p where p.tenant_id = app.tenant() and p.id = candidate
    $$;
