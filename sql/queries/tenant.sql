-- program: platform

-- query: tenant_list
-- rows: many
-- filter: kind t.kind = %
-- sort: name t.name text name
-- key: t.id
select t.id, t.code, t.kind, t.name, t.region_id, t.status from ref.tenant t where true

-- query: tenant_get
-- rows: one
select t.id, t.code, t.kind, t.name, t.region_id, t.status from ref.tenant t where t.id = :id
