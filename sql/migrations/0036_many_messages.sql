-- Digests that are due are found by their reader, many at a time; each attempt of a message says of which version its words were.
create index reminder_digest_planned on app.reminder_digest (tenant_id, reader_id) where planned_at is not null;
alter table app.message_attempt add column template_version int;
