-- program: platform

-- query: region_list
-- rows: many
-- sort: name r.name text name
-- key: r.id
select r.id, r.code, r.name from ref.region r where true

-- query: region_get
-- rows: one
select r.id, r.code, r.name from ref.region r where r.id = :id
