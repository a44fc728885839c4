-- program: platform

-- query: mail_setting_get
-- rows: one
select s.id, s.stopped, s.sandbox_address, s.portal, s.version, s.changed_at from app.mail_setting s where s.id = :id

-- query: mail_setting_change
-- rows: one
-- none: stale
update app.mail_setting s set (stopped, sandbox_address, portal) =
    (select coalesce(n.stopped, false), n.sandbox_address, n.portal from jsonb_populate_record(s, :document::jsonb) n)
where s.id = :id and :version::int8multirange @> s.version
returning s.id
