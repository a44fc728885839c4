-- Screenings of vacancies.

create function app.sees_screening(s app.screening, scope text default app.scope(), role text default app.role(),
                                   organisation uuid default app.organisation(), actor uuid default app.actor())
    returns boolean stable parallel safe
    return case scope when 'tenant' then true else false end;
call app.wall('app.screening', 'screening', '{}');
call app.open_to_scope('app.screening', 'app.sees_screening');

-- What the rules say of a vacancy: is it suitable for people with little schooling and experience? Each rule gives
-- its number and limit, which the rule screening.limits has; one that speaks against makes the advice negative. A person gives the verdict.
create function app.screening_advice(vacancy uuid)
    returns table (advice text, rules jsonb, rules_version text, rule_id uuid) language sql stable
    set search_path = pg_catalog, pg_temp
    as $$
    with facts as (
        select v.candidates_wanted,
               case left(o.isco, 1) when '9' then 1 when '3' then 3 when '2' then 4 when '1' then 4 else 2 end
                   as skill_level,
               (select count(*) from app.vacancy_asks(v.tenant_id, v.id, v.employer_id) c where c.hard) as hard_conditions,
               (select count(*) from app.vacancy_asks(v.tenant_id, v.id, v.employer_id) c join ref.condition r on r.code = c.condition
                where c.hard and r.kind = 'certificate') as hard_certificates,
               (select count(*) from app.vacancy_competence c
                where c.vacancy_id = v.id and c.need = 'must' and c.level = 3) as expert_competences,
               (select s.pass from app.vacancy_supply s
                where s.vacancy_id = v.id and s.match_input = v.match_input) as supply
        from app.vacancy v join ref.occupation o on o.id = v.occupation_id where v.id = vacancy
    ), used (id, value) as materialized (
        select r.id, r.value from app.rule_in_force('screening.limits', clock.now(), null) r
    ), measured (place, code, number, fits_to, adjust_to) as (
        select r.*, (u.value -> r.code ->> 'fits')::int, (u.value -> r.code ->> 'adjust')::int
        from facts f cross join used u cross join lateral (values
            (1, 'skill_level', f.skill_level::bigint),
            (2, 'hard_conditions', f.hard_conditions),
            (3, 'hard_certificates', f.hard_certificates),
            (4, 'expert_competences', f.expert_competences)) r (place, code, number)
    ), judged (place, code, outcome, number, fits_to) as (
        select m.place, m.code,
               case when m.number <= m.fits_to then 'fits' when m.number <= m.adjust_to then 'adjust' else 'against' end,
               m.number, m.fits_to
        from measured m
        union all
        select 5, 'supply', case when f.supply >= f.candidates_wanted then 'fits' when f.supply > 0 then 'adjust'
                                 else 'against' end, f.supply, f.candidates_wanted
        from facts f where f.supply is not null
    )
    select case when bool_or(j.outcome = 'against') then 'unsuitable'
                when bool_or(j.outcome = 'adjust') then 'suitable_with_adjustment' else 'suitable' end,
           jsonb_agg(jsonb_build_object('code', j.code, 'outcome', j.outcome, 'number', j.number, 'limit', j.fits_to)
                     order by j.place),
           'screening-2', (select u.id from used u)
    from judged j having count(*) > 0
    $$;
