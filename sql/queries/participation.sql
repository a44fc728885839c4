-- program: agreements

-- fragment: participation_columns
a.id, a.project_id, a.participant_kind, a.participant_id, a.participant_name, a.capacity, a.tasks, a.people, a.attended, a.version, a.changed_at

-- query: participation_list
-- rows: many
-- sort: changedAt a.changed_at timestamptz changed_at
-- key: a.id
select {{participation_columns}} from region.participation a where a.project_id = :project_id

-- query: participation_get
-- rows: one
select {{participation_columns}} from region.participation a where a.id = :id

-- query: participation_insert
-- body: ParticipationNew
-- rows: one
insert into region.participation as a (region_id, id, tenant_id, project_id, participant_kind, participant_id, capacity, tasks, people, attended)
select p.region_id, :id::uuid, p.tenant_id, p.id, @participant_kind, @participant_id::uuid, @capacity, @tasks, @people::int, @attended::boolean
from region.project p where p.id = :project_id
returning {{participation_columns}}

-- query: participation_change
-- rows: one
-- none: stale
update region.participation a set (tasks, people, attended) =
    (select n.tasks, n.people, n.attended from jsonb_populate_record(a, :document::jsonb) n)
where a.id = :id and :version::int8multirange @> a.version
returning a.id

-- query: participation_delete
-- rows: one
-- none: stale
delete from region.participation a where a.id = :id and :version::int8multirange @> a.version returning a.id
