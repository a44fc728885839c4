-- program: placements

-- query: placement_contact_list
-- rows: many
-- whose: candidate_id
-- sort: heldAt c.held_at timestamptz held_at
-- key: c.id
-- newest-first:
select c.id, c.placement_id, c.candidate_id, c.task_id, c.with_whom, c.channel, c.outcome, c.held_at, c.held_by, n.held_by_name, c.note_id, c.withdrawn_at, c.withdrawn_by,
       n.withdrawn_by_name, c.withdrawn_reason,
       c.version, c.changed_at
from app.placement_contact c left join lateral app.placement_contact_names(c.id) n on true where c.placement_id = :placement_id::uuid

-- query: placement_contact_make
-- rows: none
-- writes: yes
select app.placement_contact_make(:id::uuid, :placement_id::uuid, :document::jsonb)

-- query: placement_contact_get
-- rows: one
-- whose: candidate_id
select c.id, c.placement_id, c.candidate_id, c.task_id, c.with_whom, c.channel, c.outcome, c.held_at, c.held_by, n.held_by_name, c.note_id, c.withdrawn_at, c.withdrawn_by,
       n.withdrawn_by_name, c.withdrawn_reason,
       c.version, c.changed_at
from app.placement_contact c left join lateral app.placement_contact_names(c.id) n on true where c.id = :id

-- query: placement_contact_withdraw
-- body: PlacementContactWithdrawal
-- rows: none
-- writes: yes
select app.placement_contact_withdraw(:id::uuid, @reason)
