-- The jobs of the worker that sends (workers/notifications). An attempt that was answered ends its job, and the next one has a job of its own: the
-- ladder is in ref.retry_ladder. So a job is tried again only while the server cannot be reached, and after a worker died.
insert into queue.kind (kind, worker, version, max_attempts, base_ms, cap_ms, timeout_ms) values
    ('send_message', 'notifications', 2, 100, 1000, 60000, 180000)
on conflict (kind) do update set version = excluded.version, worker = excluded.worker, max_attempts = excluded.max_attempts, base_ms = excluded.base_ms, cap_ms = excluded.cap_ms,
    timeout_ms = excluded.timeout_ms;
