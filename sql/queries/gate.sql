-- program: platform

-- query: gate_get
-- rows: one
-- whose: candidate_id
select g.noun_of as noun, g.subject_id, g.label, g.step_asked as step, g.may, g.states, g.tasks, g.missing,
       case when g.noun_of = 'candidate' then g.subject_id end as candidate_id
from app.gate_read(:noun, :id::uuid, :step) g
