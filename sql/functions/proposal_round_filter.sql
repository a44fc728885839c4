-- The hard filters of matching for one person, who is proposed without a place on the list. The engine of the matching worker has the same ones for
-- everybody at once (workers/matching/engine/filter.c); a test holds both to the same people (tests/e2e/test_proposal_rounds.py).

-- Whether a person meets a condition; null: not known. A language is known by its level, or by the nearest level that is known: who meets a higher
-- one meets this one, and who does not meet a lower one does not.
create function app.proposal_round_meets(c app.candidate, asked ref.condition) returns boolean language sql stable
    set search_path = pg_catalog, pg_temp
    as $$
    select coalesce(
        (select h.met from app.candidate_condition h where h.tenant_id = c.tenant_id and h.candidate_id = c.id and h.condition = asked.code),
        case when asked.kind = 'language' then coalesce(
            (select l.level >= split_part(asked.code, '_', 2) from app.candidate_language l where l.tenant_id = c.tenant_id and l.candidate_id = c.id
             and l.language = case split_part(asked.code, '_', 1) when 'dutch' then 'nl' when 'english' then 'en' end),
            nullif((select h.met from app.candidate_condition h join ref.condition o on o.code = h.condition
                    where h.tenant_id = c.tenant_id and h.candidate_id = c.id and o.bit > asked.bit
                      and split_part(o.code, '_', 1) = split_part(asked.code, '_', 1) order by o.bit limit 1), false),
            nullif((select h.met from app.candidate_condition h join ref.condition o on o.code = h.condition
                    where h.tenant_id = c.tenant_id and h.candidate_id = c.id and o.bit < asked.bit
                      and split_part(o.code, '_', 1) = split_part(asked.code, '_', 1) order by o.bit desc limit 1), true)) end)
    $$;

-- The conditions that this person is known not to meet.
create function app.proposal_round_unmet(c app.candidate) returns text[] language plpgsql stable
    set search_path = pg_catalog, pg_temp
    as $$ begin return array(select r.code from ref.condition r where not app.proposal_round_meets(c, r)); end $$;

-- The first hard filter that keeps this person off the list, or null: in the order and the words of the matching worker. `unmet` has the conditions that the person does not
-- meet; a list of vacancies asks for them once.
create function app.proposal_round_filter(v app.vacancy, c app.candidate, unmet text[] default null) returns text language plpgsql stable
    set search_path = pg_catalog, pg_temp
    as $$
    begin
        return case
            when exists (select from app.vacancy_asks(v.tenant_id, v.id, v.employer_id) k
                         where k.hard and k.condition = any (coalesce(unmet, app.proposal_round_unmet(c)))) then 'conditions'
            when exists (select from ref.place a, ref.place b where a.postcode4 = v.postcode4 and b.postcode4 = c.postcode4
                         and (a.x - b.x)::bigint * (a.x - b.x) + (a.y - b.y)::bigint * (a.y - b.y) > (c.max_distance_km * 1000)::bigint ^ 2) then 'distance'
            when c.hours_max - c.hours_worked <= 0 or least(c.hours_min, c.hours_max - c.hours_worked) > v.hours_max
                 or v.hours_min > c.hours_max - c.hours_worked then 'hours'
            when not v.shifts::text[] <@ c.shifts::text[] and c.shifts::text[] <> '{}' then 'shifts'
            when c.available_from > greatest(coalesce(v.needed_by, v.start_date), clock.today()) then 'availability' end;
    end $$;
