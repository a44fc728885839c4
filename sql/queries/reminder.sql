-- program: platform

-- query: reminder_preference_get
-- rows: one
select coalesce(p.digest, true) as digest, coalesce(p.digest_at, app.rule('reminder.digest') ->> 'at') as digest_at,
       p.digest_at is not null as chosen, coalesce(p.version + 1, 1) as version
from (values (app.tenant(), app.actor())) caller (tenant_id, id)
left join app.reminder_preference p on p.tenant_id = caller.tenant_id and p.id = caller.id

-- Everyone who has chosen nothing yet has version 1.
-- query: reminder_preference_put
-- body: ReminderChoice
-- rows: one
-- none: stale
insert into app.reminder_preference as p (tenant_id, id, digest, digest_at)
select app.tenant(), app.actor(), @digest::boolean, @digest_at
where :version::int8multirange @> coalesce((select o.version + 1 from app.reminder_preference o where o.id = app.actor()), 1)
on conflict (tenant_id, id) do update set digest = excluded.digest, digest_at = excluded.digest_at where :version::int8multirange @> (p.version + 1)
returning p.id
