-- program: employers

-- query: employer_list
-- rows: many
-- filter: kvkNumber e.kvk_number = %
-- filter: sector e.sector = %
-- filter: namePrefix e.name ^@ %
-- filter: accountManagerId e.account_manager_id = %::uuid
-- filter: changedAfter e.changed_at > %::timestamptz
-- sort: name e.name text name
-- sort: changedAt e.changed_at timestamptz changed_at
-- key: e.id
select e.id, e.region_id, e.name, e.kvk_number, e.sector, e.size_class, e.postcode4, e.street_address,
       e.account_manager_id, e.risk_cover, e.internal_note, e.version, e.changed_at
from app.employer e where true

-- query: employer_get
-- rows: one
select e.id, e.region_id, e.name, e.kvk_number, e.sector, e.size_class, e.postcode4, e.street_address,
       e.account_manager_id, e.risk_cover, e.internal_note, e.version, e.changed_at
from app.employer e where e.id = :id

-- query: employer_insert
-- body: EmployerNew
-- rows: one
insert into app.employer as e (tenant_id, id, region_id, kvk_number, name, sector, size_class, postcode4,
                               street_address, account_manager_id, risk_cover, internal_note)
select t.tenant_id, :id::uuid, t.region_id, @kvk_number, @name, @sector, @size_class, @postcode4,
       @street_address, @account_manager_id::uuid, coalesce(@risk_cover::boolean, false), @internal_note
from ref.tenant t where t.tenant_id = app.tenant()
returning e.id, e.region_id, e.name, e.kvk_number, e.sector, e.size_class, e.postcode4, e.street_address,
          e.account_manager_id, e.risk_cover, e.internal_note, e.version, e.changed_at

-- query: employer_change
-- rows: one
-- none: stale
update app.employer e set (kvk_number, name, sector, size_class, postcode4, street_address, account_manager_id,
                           risk_cover, internal_note) =
    (select n.kvk_number, n.name, n.sector, n.size_class, n.postcode4, n.street_address, n.account_manager_id,
            n.risk_cover, n.internal_note from jsonb_populate_record(e, :document::jsonb) n)
where e.id = :id and e.version = :version::bigint
returning e.id

-- query: contact_list
-- rows: many
-- sort: changedAt c.changed_at timestamptz changed_at
-- key: c.id
select c.id, c.employer_id, c.name, c.function_title, c.email, c.phone, c.preferred, c.version, c.changed_at
from app.employer_contact c where c.employer_id = :employer_id

-- query: contact_get
-- rows: one
select c.id, c.employer_id, c.name, c.function_title, c.email, c.phone, c.preferred, c.version, c.changed_at
from app.employer_contact c where c.id = :id

-- The employer must be visible to the asker: an employer adds contacts to himself only.
-- query: contact_insert
-- body: ContactNew
-- rows: one
insert into app.employer_contact as c (tenant_id, id, employer_id, name, function_title, email, phone, preferred)
select e.tenant_id, :id::uuid, e.id, @name, @function_title, @email, @phone, coalesce(@preferred::boolean, false)
from app.employer e where e.id = :employer_id
returning c.id, c.employer_id, c.name, c.function_title, c.email, c.phone, c.preferred, c.version, c.changed_at

-- query: contact_change
-- rows: one
-- none: stale
update app.employer_contact c set (name, function_title, email, phone, preferred) =
    (select n.name, n.function_title, n.email, n.phone, n.preferred
     from jsonb_populate_record(c, :document::jsonb) n)
where c.id = :id and c.version = :version::bigint
returning c.id

-- query: contact_delete
-- rows: one
-- none: stale
delete from app.employer_contact c where c.id = :id and c.version = :version::bigint returning c.id

-- query: contact_version
-- rows: one
-- none: ok
select c.version from app.employer_contact c where c.id = :id

-- query: employer_condition_list
-- rows: many
-- sort: changedAt c.changed_at timestamptz changed_at
-- key: c.id
select c.id, c.employer_id, c.condition, c.text, c.hard, c.version, c.changed_at
from app.employer_condition c where c.employer_id = :employer_id

-- query: employer_condition_get
-- rows: one
select c.id, c.employer_id, c.condition, c.text, c.hard, c.version, c.changed_at
from app.employer_condition c where c.id = :id

-- query: employer_condition_insert
-- body: EmployerConditionNew
-- rows: one
insert into app.employer_condition as c (tenant_id, id, employer_id, condition, text, hard)
select e.tenant_id, :id::uuid, e.id, @condition, @text, coalesce(@hard::boolean, false)
from app.employer e where e.id = :employer_id
returning c.id, c.employer_id, c.condition, c.text, c.hard, c.version, c.changed_at

-- query: employer_condition_delete
-- rows: one
-- none: stale
delete from app.employer_condition c where c.id = :id and c.version = :version::bigint returning c.id

-- query: employer_condition_version
-- rows: one
-- none: ok
select c.version from app.employer_condition c where c.id = :id
