-- program: placements

-- fragment: on_call_columns
c.id, c.user_id, (select k.name from app.colleague k where k.tenant_id = c.tenant_id and k.id = c.user_id) as user_name, c.duty, c.from_at, c.until_at, c.version, c.changed_at

-- query: on_call_list
-- rows: many
-- filter: untilAfter c.until_at > %::timestamptz
-- filter: duty c.duty = %
-- sort: fromAt c.from_at timestamptz from_at
-- key: c.id
select {{on_call_columns}} from app.on_call c where true

-- query: on_call_get
-- rows: one
select {{on_call_columns}} from app.on_call c where c.id = :id

-- query: on_call_insert
-- body: OnCallNew
-- rows: one
insert into app.on_call as c (tenant_id, id, user_id, duty, from_at, until_at)
values (app.tenant(), :id::uuid, @user_id::uuid, coalesce(@duty, 'after_care'), @from_at::timestamptz, @until_at::timestamptz)
returning {{on_call_columns}}

-- query: on_call_delete
-- rows: one
-- none: stale
delete from app.on_call c where c.id = :id and :version::int8multirange @> c.version returning c.id
