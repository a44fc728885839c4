-- program: candidates

-- query: card_get
-- rows: one
-- whose: candidate_id
select k ->> 'alias' as alias, k ->> 'introduction' as introduction, k ->> 'wishes' as wishes,
       k ->> 'hoursMin' as hours_min, k ->> 'hoursMax' as hours_max, k -> 'shifts' as shifts,
       k ->> 'availableFrom' as available_from, k -> 'competences' as competences, k -> 'occupations' as occupations,
       c.id as candidate_id
from app.candidate c cross join lateral app.card_of_candidate(c.id) k where c.id = :id and c.merged_into is null
