-- program: platform

-- query: profile_get
-- rows: one
select :id::uuid as id, u.name, :role::text as role, nullif(:organisation, '')::uuid as organisation_id,
       t.id as tenant_id, t.name as tenant_name
from ref.tenant t left join app.user_account u on u.id = :id::uuid and u.tenant_id = t.tenant_id
where t.tenant_id = (select app.tenant())

-- query: region_list
-- rows: many
-- sort: name r.name text name
-- key: r.id
select r.id, r.code, r.name from ref.region r where true

-- query: region_get
-- rows: one
select r.id, r.code, r.name from ref.region r where r.id = :id

-- query: tenant_list
-- rows: many
-- sort: name t.name text name
-- key: t.id
select t.id, t.code, t.name, t.region_id, t.status from ref.tenant t where true

-- query: tenant_get
-- rows: one
select t.id, t.code, t.name, t.region_id, t.status from ref.tenant t where t.id = :id

-- query: organisation_list
-- rows: many
-- filter: kind o.kind = %
-- filter: active o.active = %::boolean
-- filter: changedAfter o.changed_at > %::timestamptz
-- sort: name o.name text name
-- sort: changedAt o.changed_at timestamptz changed_at
-- key: o.id
select o.id, o.kind, o.name, o.kvk_number, o.active, o.version, o.changed_at from app.organisation o where true

-- query: organisation_get
-- rows: one
select o.id, o.kind, o.name, o.kvk_number, o.active, o.version, o.changed_at from app.organisation o where o.id = :id

-- query: organisation_insert
-- body: OrganisationNew
-- rows: one
insert into app.organisation as o (tenant_id, id, kind, name, kvk_number, active)
values (app.tenant(), :id, @kind, @name, @kvk_number, coalesce(@active::boolean, true))
returning o.id, o.kind, o.name, o.kvk_number, o.active, o.version, o.changed_at

-- query: organisation_change
-- rows: one
-- none: stale
update app.organisation o set (kind, name, kvk_number, active) =
    (select n.kind, n.name, n.kvk_number, n.active from jsonb_populate_record(o, :document::jsonb) n)
where o.id = :id and o.version = :version::bigint
returning o.id

-- query: user_list
-- rows: many
-- filter: role u.role = %
-- filter: active u.active = %::boolean
-- filter: changedAfter u.changed_at > %::timestamptz
-- sort: name u.name text name
-- sort: changedAt u.changed_at timestamptz changed_at
-- key: u.id
select u.id, u.name, u.email, u.role, to_json(u.attributes) as attributes, u.organisation_id, u.active, u.version,
       u.changed_at
from app.user_account u where true

-- query: user_get
-- rows: one
select u.id, u.name, u.email, u.role, to_json(u.attributes) as attributes, u.organisation_id, u.active, u.version,
       u.changed_at
from app.user_account u where u.id = :id

-- query: user_insert
-- body: UserNew
-- rows: one
insert into app.user_account as u (tenant_id, id, name, email, role, attributes, organisation_id, active)
values (app.tenant(), :id, @name, @email, @role,
        coalesce(array(select jsonb_array_elements_text(@attributes::jsonb)), '{}'), @organisation_id::uuid,
        coalesce(@active::boolean, true))
returning u.id, u.name, u.email, u.role, to_json(u.attributes) as attributes, u.organisation_id, u.active, u.version,
          u.changed_at

-- query: user_change
-- rows: one
-- none: stale
update app.user_account u set (name, email, role, attributes, organisation_id, active) =
    (select n.name, n.email, n.role, n.attributes, n.organisation_id, n.active
     from jsonb_populate_record(u, :document::jsonb) n)
where u.id = :id and u.version = :version::bigint
returning u.id

-- query: occupation_list
-- rows: many
-- filter: labelPrefix o.label_search like lower(replace(replace(%, '%%', ''), '_', '')) || '%%'
-- filter: isco o.isco = %
-- sort: label o.label_search text label_search
-- key: o.id
select o.id, o.uri, o.isco, o.label, o.label_search, o.taxonomy, o.replaced_by from ref.occupation o
where o.status = 'released'

-- query: occupation_get
-- rows: one
select o.id, o.uri, o.isco, o.label, o.taxonomy, o.replaced_by,
       (select coalesce(jsonb_agg(jsonb_build_object('competenceId', c.id, 'label', c.label, 'essential', oc.essential)
                                  order by oc.essential desc, c.label), '[]')
        from ref.occupation_competence oc join ref.competence c on c.id = oc.competence_id
        where oc.occupation_id = o.id) as competences
from ref.occupation o where o.id = :id

-- query: competence_list
-- rows: many
-- filter: labelPrefix c.label_search like lower(replace(replace(%, '%%', ''), '_', '')) || '%%'
-- filter: kind c.kind = %
-- sort: label c.label_search text label_search
-- key: c.id
select c.id, c.uri, c.kind, c.label, c.label_search, c.rarity, c.taxonomy, c.replaced_by from ref.competence c
where c.status = 'released'

-- query: competence_get
-- rows: one
select c.id, c.uri, c.kind, c.label, c.rarity, c.taxonomy, c.replaced_by from ref.competence c where c.id = :id

-- query: condition_list
-- rows: many
-- sort: code c.code text code
-- key: c.bit bit int
select c.code, c.bit, c.kind, c.label_nl, c.label_en, c.trainable from ref.condition c where true

-- query: place_list
-- rows: many
-- filter: municipality p.municipality = %
-- sort: pc4 p.postcode4 text postcode4
-- key: p.postcode4 postcode4 text
select p.postcode4, p.place, p.municipality from ref.place p where true
