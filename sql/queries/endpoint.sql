-- program: platform

-- fragment: endpoint_columns
e.id, e.purpose, e.kind, e.address, e.sandbox_address, e.secret, e.email_template, e.sms_template, e.paused, e.version, e.changed_at

-- query: endpoint_list
-- rows: many
-- sort: purpose e.purpose text purpose
-- key: e.id
select {{endpoint_columns}} from app.endpoint e where true

-- query: endpoint_get
-- rows: one
select {{endpoint_columns}} from app.endpoint e where e.id = :id

-- query: endpoint_insert
-- body: EndpointNew
-- rows: one
insert into app.endpoint as e (tenant_id, id, purpose, kind, address, sandbox_address, secret, email_template, sms_template, paused)
values (app.tenant(), :id::uuid, @purpose, @kind, @address, @sandbox_address, @secret, @email_template::uuid, @sms_template::uuid, coalesce(@paused::boolean, false))
returning {{endpoint_columns}}

-- query: endpoint_change
-- rows: one
-- none: stale
update app.endpoint e set (address, sandbox_address, secret, email_template, sms_template, paused) =
    (select n.address, n.sandbox_address, n.secret, n.email_template, n.sms_template, coalesce(n.paused, false) from jsonb_populate_record(e, :document::jsonb) n)
where e.id = :id and :version::int8multirange @> e.version
returning e.id
