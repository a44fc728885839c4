-- program: candidates

-- Of a file and of those that became a part of it.

-- query: inspection_list
-- rows: many
-- whose: :candidate_id
-- filter: kind i.kind = %
-- filter: userId i.user_id = %::uuid
-- filter: since i.at >= %::timestamptz
-- filter: until i.at < %::timestamptz
-- sort: at i.at timestamptz at
-- key: i.number number bigint
-- newest-first:
select i.number, i.at, i.kind, i.user_id, i.user_name, i.role, i.organisation_id, i.organisation_name, i.operation, i.purpose,
       i.parts, i.reason, i.times, i.request_id, i.mandate_id
from app.inspection i
where i.candidate_id = any (array(select :candidate_id::uuid union all select c.id from app.candidate c where c.merged_into = :candidate_id))
