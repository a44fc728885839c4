-- program: platform

-- fragment: user_columns
u.id, u.name, u.email, u.phone, u.role, u.attributes, u.organisation_id, u.active, u.version, u.changed_at

-- query: user_profile
-- rows: one
-- whose: nobody
select :actor::uuid as id, u.name, :role::text as role, :organisation::uuid as organisation_id,
       app.user_organisation(u.id) as organisation_name,
       t.id as tenant_id, t.name as tenant_name, case when :role::text = 'candidate' then app.own_file() end as candidate_id, :permissions::json as permissions, :hat::uuid as hat_id,
       (select json_strip_nulls(json_agg(json_build_object('id', h.id, 'role', h.role, 'organisationId', h.organisation_id,
            'organisationName', case when h.id = u.id then app.user_organisation(u.id) else app.hat_organisation(h.id) end,
            'attributes', h.attributes, 'fromAt', to_char(h.from_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
            'untilAt', to_char(h.until_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')) order by h.id <> h.user_id, h.id))
        from entry.hat h where h.user_id = :actor::uuid and h.tenant_id = t.tenant_id
          and clock.holds(h.from_at, h.until_at)) as hats
from ref.tenant t left join app.user_account u on u.id = :actor::uuid and u.tenant_id = t.tenant_id
where t.tenant_id = (select app.tenant())

-- query: user_list
-- rows: many
-- filter: role u.role = %
-- filter: active u.active
-- filter: namePrefix u.id = any (array(select app.named('user', %)))
-- changes: u.changed_in
-- sort: name u.name text name
-- sort: changedAt u.changed_at timestamptz changed_at
-- key: u.id
select {{user_columns}}, case when :shows_organisation_name::boolean then app.user_organisation(u.id) end as organisation_name, u.changed_in
from app.user_account u where true

-- query: user_get
-- rows: one
select {{user_columns}}, app.user_organisation(u.id) as organisation_name
from app.user_account u where u.id = :id

-- query: user_insert
-- body: UserNew
-- rows: one
insert into app.user_account as u (tenant_id, id, name, email, phone, role, attributes, organisation_id, active)
values (app.tenant(), :id, @name, @email, @phone, @role,
        coalesce(array(select jsonb_array_elements_text(@attributes::jsonb)), '{}'), @organisation_id::uuid,
        coalesce(@active::boolean, true))
returning u.id

-- query: user_change
-- rows: one
-- none: stale
update app.user_account u set (name, email, phone, role, attributes, organisation_id, active) =
    (select n.name, n.email, n.phone, n.role, n.attributes, n.organisation_id, n.active
     from jsonb_populate_record(u, :document::jsonb) n)
where u.id = :id and :version::int8multirange @> u.version
returning u.id
