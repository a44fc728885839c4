-- program: platform

-- fragment: organisation_columns
o.id, o.kind, o.name, o.kvk_number, o.active, o.version, o.changed_at

-- query: organisation_list
-- rows: many
-- filter: kind o.kind = %
-- filter: active o.active
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
insert into app.organisation as o (tenant_id, id, kind, name, kvk_number, active)
values (app.tenant(), :id, @kind, @name, @kvk_number, coalesce(@active::boolean, true))
returning {{organisation_columns}}

-- query: organisation_change
-- rows: one
-- none: stale
update app.organisation o set (kind, name, kvk_number, active) =
    (select n.kind, n.name, n.kvk_number, n.active from jsonb_populate_record(o, :document::jsonb) n)
where o.id = :id and :version::int8multirange @> o.version
returning o.id
