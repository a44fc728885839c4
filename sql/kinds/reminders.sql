-- The jobs of the reminders worker (workers/reminders).
insert into queue.kind (kind, worker) values
    ('remind', 'reminders'),
    ('remind_digest', 'reminders')
on conflict (kind) do update set worker = excluded.worker;
