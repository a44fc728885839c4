-- program: candidates

-- query: candidate_vacancy_get
-- rows: one
-- whose: candidate_id
select :candidate_id::uuid as candidate_id, date_trunc('minute', clock.now()) as as_of, f.items
from app.candidate_vacancies(:candidate_id::uuid) f (items)
where f.items is not null
