-- program: employers

-- fragment: employer_condition_columns
c.id, c.employer_id, c.condition,
(select case :language when 'en' then k.label_en else k.label_nl end from ref.condition k where k.code = c.condition) as label, c.text, c.hard, c.version, c.changed_at

-- query: employer_condition_list
-- rows: many
-- sort: changedAt c.changed_at timestamptz changed_at
-- key: c.id
select {{employer_condition_columns}}
from app.employer_condition c where c.employer_id = :employer_id

-- query: employer_condition_get
-- rows: one
select {{employer_condition_columns}}
from app.employer_condition c where c.id = :id

-- query: employer_condition_insert
-- body: EmployerConditionNew
-- rows: one
insert into app.employer_condition as c (tenant_id, id, employer_id, condition, text, hard)
select e.tenant_id, :id::uuid, e.id, @condition, @text, coalesce(@hard::boolean, false)
from app.employer e where e.id = :employer_id
returning {{employer_condition_columns}}

-- query: employer_condition_delete
-- rows: one
-- none: stale
delete from app.employer_condition c where c.id = :id and :version::int8multirange @> c.version returning c.id
