-- program: employers

-- fragment: site_columns
s.id, s.employer_id, s.name, s.street_address, s.postcode4, s.neighbourhood, s.active, s.version, s.changed_at

-- query: site_list
-- rows: many
-- filter: active s.active
-- sort: name s.name text name
-- key: s.id
select {{site_columns}} from app.employer_site s where s.employer_id = :employer_id

-- query: site_get
-- rows: one
select {{site_columns}} from app.employer_site s where s.id = :id

-- The employer must be visible to the asker: an employer adds only its own sites.
-- query: site_insert
-- body: SiteNew
-- rows: one
insert into app.employer_site as s (tenant_id, id, employer_id, name, street_address, postcode4, neighbourhood, active)
select e.tenant_id, :id::uuid, e.id, @name, @street_address, @postcode4, @neighbourhood, coalesce(@active::boolean, true)
from app.employer e where e.id = :employer_id
returning {{site_columns}}

-- query: site_change
-- rows: one
-- none: stale
update app.employer_site s set (name, street_address, postcode4, neighbourhood, active) =
    (select n.name, n.street_address, n.postcode4, n.neighbourhood, n.active from jsonb_populate_record(s, :document::jsonb) n)
where s.id = :id and :version::int8multirange @> s.version
returning s.id
