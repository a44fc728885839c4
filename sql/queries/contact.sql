-- program: employers

-- fragment: contact_columns
c.id, c.employer_id, c.organisation_id, c.name, c.function_title, c.email, c.phone, c.preferred, c.decides, c.others_follow, c.made_commitment,
c.version, c.changed_at

-- query: contact_list
-- rows: many
-- sort: changedAt c.changed_at timestamptz changed_at
-- key: c.id
select {{contact_columns}}
from app.contact c where c.employer_id = :employer_id

-- Whether the asker sees it: a list of what belongs to it is 404 when not.
-- query: contact_organisation_seen
-- rows: one
select o.id from app.organisation o where o.id = :organisation_id

-- query: contact_list_of_organisation
-- rows: many
-- sort: changedAt c.changed_at timestamptz changed_at
-- key: c.id
select {{contact_columns}}
from app.contact c where c.organisation_id = :organisation_id

-- query: contact_get
-- rows: one
select {{contact_columns}}
from app.contact c where c.id = :id

-- The employer must be visible to the asker: an employer adds only its own contacts.
-- query: contact_insert
-- body: ContactNew
-- rows: one
insert into app.contact as c (tenant_id, id, employer_id, name, function_title, email, phone, preferred, decides, others_follow, made_commitment)
select e.tenant_id, :id::uuid, e.id, @name, @function_title, @email, @phone, coalesce(@preferred::boolean, false),
       coalesce(@decides::boolean, false), coalesce(@others_follow::boolean, false), coalesce(@made_commitment::boolean, false)
from app.employer e where e.id = :employer_id
returning {{contact_columns}}

-- query: contact_insert_of_organisation
-- body: ContactNew
-- rows: one
insert into app.contact as c (tenant_id, id, organisation_id, name, function_title, email, phone, preferred, decides, others_follow, made_commitment)
select o.tenant_id, :id::uuid, o.id, @name, @function_title, @email, @phone, coalesce(@preferred::boolean, false),
       coalesce(@decides::boolean, false), coalesce(@others_follow::boolean, false), coalesce(@made_commitment::boolean, false)
from app.organisation o where o.id = :organisation_id
returning {{contact_columns}}

-- query: contact_change
-- rows: one
-- none: stale
update app.contact c set (name, function_title, email, phone, preferred, decides, others_follow, made_commitment) =
    (select n.name, n.function_title, n.email, n.phone, n.preferred, n.decides, n.others_follow, n.made_commitment
     from jsonb_populate_record(c, :document::jsonb) n)
where c.id = :id and :version::int8multirange @> c.version
returning c.id

-- query: contact_delete
-- rows: one
-- none: stale
delete from app.contact c where c.id = :id and :version::int8multirange @> c.version returning c.id
