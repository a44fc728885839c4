-- program: agreements

-- fragment: project_columns
p.id, (select t.id from ref.tenant t where t.tenant_id = p.tenant_id) as keeper_id, p.kind, p.title, p.summary, p.state, p.parent_id,
(select l.user_id from app.project_leader l where l.tenant_id = p.tenant_id and l.project_id = p.id) as leader_id,
(select c.name from app.project_leader l join app.colleague c on c.tenant_id = l.tenant_id and c.id = l.user_id
 where l.tenant_id = p.tenant_id and l.project_id = p.id) as leader_name,
p.starts_on, p.ends_on, p.target_groups, p.allowed_instruments, p.structure, p.structure_reason, p.version, p.changed_at

-- query: project_list
-- rows: many
-- filter: state p.state = %
-- filter: kind p.kind = %
-- filter: parentId p.parent_id = %::uuid
-- filter: leaderId exists (select from app.project_leader l where l.tenant_id = p.tenant_id and l.project_id = p.id and l.user_id = %::uuid)
-- sort: startsOn p.starts_on date starts_on
-- sort: changedAt p.changed_at timestamptz changed_at
-- sort: title p.title text title
-- key: p.id
-- newest-first:
select {{project_columns}}
from region.project p where true

-- Whether the asker sees it: a list of what belongs to it is 404 when not.
-- query: project_seen
-- rows: one
select p.id from region.project p where p.id = :project_id

-- query: project_get
-- rows: one
select {{project_columns}}
from region.project p where p.id = :id

-- query: project_insert
-- body: ProjectNew
-- rows: none
insert into region.project (region_id, id, tenant_id, kind, title, summary, parent_id, starts_on, ends_on, target_groups, allowed_instruments)
values (region.here(), :id::uuid, app.tenant(), @kind, @title, @summary, @parent_id::uuid, @starts_on::date, @ends_on::date,
        coalesce(array(select jsonb_array_elements_text(@target_groups::jsonb)), '{}'),
        case when @allowed_instruments::jsonb is not null then array(select jsonb_array_elements_text(@allowed_instruments::jsonb)) end)

-- query: project_lead
-- body: ProjectNew
-- rows: none
-- writes: yes
select app.project_leader_put(:id::uuid, @leader_id::uuid)

-- query: project_change
-- rows: one
-- none: stale
update region.project p set (kind, title, summary, parent_id, starts_on, ends_on, target_groups, allowed_instruments, leader_changes) =
    (select n.kind, n.title, n.summary, n.parent_id, n.starts_on, n.ends_on, n.target_groups, n.allowed_instruments,
            p.leader_changes + (:document::jsonb ? 'leader_id')::int
     from jsonb_populate_record(p, :document::jsonb) n)
where p.id = :id and :version::int8multirange @> p.version
returning p.id

-- query: project_lead_change
-- rows: none
-- writes: yes
select app.project_leader_put(:id::uuid, (:document::jsonb ->> 'leader_id')::uuid) where :document::jsonb ? 'leader_id'

-- query: project_move
-- body: ProjectMove
-- rows: one
update region.project p set state = app.move('project', p.state, @event),
       structure = p.structure + (@event = 'renew')::int,
       structure_reason = case @event when 'renew' then @reason else p.structure_reason end,
       ends_on = case when @event = 'renew' and p.ends_on < clock.today() then null else p.ends_on end
where p.id = :id
returning p.id
