-- program: employers

-- fragment: employer_columns
e.id, e.region_id, e.name, e.kvk_number, e.establishment_number, e.sector, e.size_class, e.ownership, e.postcode4, e.street_address, e.account_manager_id,
e.risk_cover, e.internal_note, e.version, e.changed_at

-- fragment: account_manager_name
(select c.name from app.colleague c where c.tenant_id = e.tenant_id and c.id = e.account_manager_id)

-- fragment: account_manager_phone
(select c.phone from app.colleague c where c.tenant_id = e.tenant_id and c.id = e.account_manager_id)

-- query: employer_list
-- rows: many
-- filter: kvkNumber e.kvk_number = %
-- filter: sector e.sector = %
-- filter: ownership e.ownership = %
-- filter: namePrefix e.id = any (array(select app.named('employer', %)))
-- filter: accountManagerId e.account_manager_id = %::uuid
-- filter: assignedToMe e.account_manager_id = (select app.actor())
-- filter: unattended not exists (select from app.colleague k where k.tenant_id = e.tenant_id and k.id = e.account_manager_id and k.active and k.role in ('account_manager', 'team_lead'))
-- changes: e.changed_in
-- sort: name e.name text name
-- sort: changedAt e.changed_at timestamptz changed_at
-- key: e.id
select {{employer_columns}},
       case when :shows_account_manager_name::boolean then {{account_manager_name}} end as account_manager_name,
       case when :shows_account_manager_phone::boolean then {{account_manager_phone}} end as account_manager_phone,
       e.changed_in
from app.employer e where true

-- Whether the asker sees it: a list of what belongs to it is 404 when not.
-- query: employer_seen
-- rows: one
select e.id from app.employer e where e.id = :employer_id

-- query: employer_get
-- rows: one
select {{employer_columns}}, e.experiences, {{account_manager_name}} as account_manager_name, {{account_manager_phone}} as account_manager_phone
from app.employer e where e.id = :id

-- query: employer_insert
-- body: EmployerNew
-- rows: one
insert into app.employer as e (tenant_id, id, region_id, kvk_number, establishment_number, name, sector, size_class, ownership, postcode4,
                               street_address, account_manager_id, risk_cover, internal_note, experiences)
select t.tenant_id, :id::uuid, t.region_id, @kvk_number, @establishment_number, @name, @sector, @size_class, @ownership, @postcode4,
       @street_address, @account_manager_id::uuid, coalesce(@risk_cover::boolean, false), @internal_note, app.employer_experiences(@experiences::jsonb)
from ref.tenant t where t.tenant_id = app.tenant()
returning {{employer_columns}}, e.experiences

-- query: employer_change
-- rows: one
-- none: stale
update app.employer e set (kvk_number, establishment_number, name, sector, size_class, ownership, postcode4, street_address, account_manager_id,
                           risk_cover, internal_note, experiences) =
    (select n.kvk_number, n.establishment_number, n.name, n.sector, n.size_class, n.ownership, n.postcode4, n.street_address, n.account_manager_id,
            n.risk_cover, n.internal_note,
            case when :document::jsonb ? 'experiences' then app.employer_experiences(nullif(:document::jsonb -> 'experiences', 'null'))
                 else e.experiences end
     from jsonb_populate_record(e, :document::jsonb) n)
where e.id = :id and :version::int8multirange @> e.version
returning e.id
