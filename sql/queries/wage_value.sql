-- program: placements

-- fragment: wage_value_columns
w.id, w.placement_id, w.candidate_id, w.measured_on, w.percentage, w.method, w.measured_by, w.valid_until, w.version, w.changed_at

-- query: wage_value_list
-- rows: many
-- whose: candidate_id
-- filter: placementId w.placement_id = %::uuid
-- filter: candidateId w.candidate_id = %::uuid
-- sort: measuredOn w.measured_on date measured_on
-- key: w.id
-- newest-first:
select {{wage_value_columns}}, n.candidate_alias, n.employer_name
from app.wage_value w left join lateral app.wage_value_names(w.id) n on true where true

-- query: wage_value_get
-- rows: one
-- whose: candidate_id
select {{wage_value_columns}}, n.candidate_alias, n.employer_name
from app.wage_value w left join lateral app.wage_value_names(w.id) n on true where w.id = :id

-- query: wage_value_note
-- rows: none
-- writes: yes
select app.wage_value_note(:id::uuid, :document::jsonb)
