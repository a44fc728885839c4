-- Vacancies for one person, from the day of the registration on: those that no hard filter of matching keeps this person from.

create function app.candidate_vacancies(candidate uuid) returns json language plpgsql stable
    security definer set search_path = pg_catalog, pg_temp
    as $$
    declare unmet text[];
    begin
        select app.proposal_round_unmet(c) into unmet from app.candidate c where c.tenant_id = app.tenant() and c.id = candidate
            and (app.sees_candidate(c) or app.role() = 'candidate' and app.is_own_file(c.id, app.actor()));
        if not found then
            return null;
        end if;
        return (
            select coalesce(json_agg(json_strip_nulls(json_build_object('vacancyId', f.id, 'title', f.title, 'kind', f.kind, 'pc4', f.postcode4,
                       'hoursMin', f.hours_min, 'hoursMax', f.hours_max, 'startDate', f.start_date, 'neededBy', f.needed_by, 'wageText', f.wage_text,
                       'wanted', f.wanted, 'mustsAsked', f.asked, 'mustsMet', f.met)) order by f.place), '[]')
            from (select v.*, w.wanted, m.asked, m.met, row_number() over (order by w.wanted desc, m.met::real / greatest(m.asked, 1) desc, v.reported_at desc) as place
                  from app.candidate c join app.vacancy v on v.tenant_id = c.tenant_id and app.vacancy_is_open(app.vacancy_now(v.state, v.needed_by))
                  cross join lateral (select exists (select from app.candidate_occupation o where o.tenant_id = c.tenant_id and o.candidate_id = c.id
                                                     and o.occupation_id = v.occupation_id and o.wanted) as wanted) w
                  cross join lateral (select count(*) as asked, count(h.competence_id) as met from app.vacancy_competence k
                                      left join app.candidate_competence h on h.tenant_id = c.tenant_id and h.candidate_id = c.id
                                           and h.competence_id = k.competence_id and h.level >= k.level
                                      where k.tenant_id = v.tenant_id and k.vacancy_id = v.id and k.need = 'must') m
                  where c.tenant_id = app.tenant() and c.id = candidate and c.merged_into is null and c.died_on is null and app.proposal_round_filter(v, c, unmet) is null
                  order by place limit 20) f);
    end $$;
