-- program: platform

-- fragment: hat_columns
h.id, h.user_id, (select u.name from app.user_account u where u.id = h.user_id) as user_name, h.role, h.attributes, h.organisation_id, h.from_at, h.until_at, h.version, h.changed_at

-- query: hat_page
-- rows: many
-- filter: userId h.user_id = %::uuid
-- filter: role h.role = %
-- filter: active (h.from_at <= clock.now() and (h.until_at is null or h.until_at > clock.now()))
-- sort: changedAt h.changed_at timestamptz changed_at
-- key: h.id
-- newest-first:
select {{hat_columns}}, case when :shows_organisation_name::boolean then app.hat_organisation(h.id) end as organisation_name
from app.hat h where true

-- query: hat_get
-- rows: one
select {{hat_columns}}, app.hat_organisation(h.id) as organisation_name from app.hat h where h.id = :id

-- query: hat_insert
-- body: HatNew
-- rows: one
insert into app.hat as h (tenant_id, id, user_id, role, attributes, organisation_id, from_at, until_at)
values (app.tenant(), :id::uuid, @user_id::uuid, @role, coalesce(array(select jsonb_array_elements_text(@attributes::jsonb)), '{}'),
        @organisation_id::uuid, coalesce(@from_at::timestamptz, clock.now()), @until_at::timestamptz)
returning h.id

-- query: hat_change
-- rows: one
-- none: stale
update app.hat h set until_at = (select n.until_at from jsonb_populate_record(h, :document::jsonb) n)
where h.id = :id and :version::int8multirange @> h.version
returning h.id
