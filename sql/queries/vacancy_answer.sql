-- program: employers

-- fragment: vacancy_answer_columns
a.id, a.vacancy_id, a.chance, a.channel, a.contact_id, a.answered_by, a.answered_at,
(select c.name from app.colleague c where c.tenant_id = a.tenant_id and c.id = a.answered_by) as answered_by_name, a.version

-- query: vacancy_answer_list
-- rows: many
-- sort: answeredAt a.answered_at timestamptz answered_at
-- key: a.id
-- newest-first:
select {{vacancy_answer_columns}}
from app.vacancy_answer a join app.vacancy v on v.id = a.vacancy_id where a.vacancy_id = :vacancy_id

-- query: vacancy_answer_get
-- rows: one
select {{vacancy_answer_columns}}
from app.vacancy_answer a where a.id = :id

-- query: vacancy_answer_insert
-- body: VacancyAnswerNew
-- rows: one
insert into app.vacancy_answer as a (tenant_id, id, vacancy_id, employer_id, chance, channel, contact_id, answered_by, answered_at)
select v.tenant_id, :id::uuid, v.id, v.employer_id, @chance, @channel, @contact_id::uuid, app.actor(), clock.now()
from app.vacancy v where v.id = :vacancy_id
returning {{vacancy_answer_columns}}
