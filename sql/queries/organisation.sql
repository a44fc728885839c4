-- program: platform

-- fragment: organisation_columns
o.id, o.kind, o.name, o.kvk_number, o.parent_id, o.start_date, o.active, o.version, o.changed_at

-- query: organisation_list
-- rows: many
-- filter: kind o.kind = %
-- filter: active o.active
-- filter: parentId o.parent_id = %::uuid
-- filter: namePrefix o.id = any (array(select app.named('organisation', %)))
-- changes: o.changed_in
-- sort: name o.name text name
-- sort: changedAt o.changed_at timestamptz changed_at
-- key: o.id
select {{organisation_columns}}, o.changed_in
from app.organisation o where true

-- query: organisation_get
-- rows: one
select {{organisation_columns}} from app.organisation o where o.id = :id

-- query: organisation_insert
-- body: OrganisationNew
-- rows: one
insert into app.organisation as o (tenant_id, id, kind, name, kvk_number, parent_id, start_date, active)
values (app.tenant(), :id, @kind, @name, @kvk_number, @parent_id::uuid, @start_date::date, coalesce(@active::boolean, true))
returning {{organisation_columns}}

-- query: organisation_change
-- rows: one
-- none: stale
update app.organisation o set (kind, name, kvk_number, parent_id, start_date, active) =
    (select n.kind, n.name, n.kvk_number, n.parent_id, n.start_date, n.active from jsonb_populate_record(o, :document::jsonb) n)
where o.id = :id and :version::int8multirange @> o.version
returning o.id
