-- program: platform

-- fragment: login_columns
l.id, l.user_id, (select u.name from app.user_account u where u.id = l.user_id) as user_name, l.issuer, l.subject, l.version, l.changed_at

-- query: login_page
-- rows: many
-- filter: userId l.user_id = %::uuid
-- sort: changedAt l.changed_at timestamptz changed_at
-- key: l.id
-- newest-first:
select {{login_columns}} from app.login l where true

-- query: login_get
-- rows: one
select {{login_columns}} from app.login l where l.id = :id

-- query: login_insert
-- body: LoginNew
-- rows: one
insert into app.login as l (tenant_id, id, user_id, issuer, subject)
values (app.tenant(), :id::uuid, @user_id::uuid, @issuer, @subject)
returning {{login_columns}}

-- query: login_delete
-- rows: one
-- none: stale
delete from app.login l where l.id = :id and :version::int8multirange @> l.version returning l.id
