-- The jobs of the worker that makes documents (workers/documents). A job also makes other documents that wait, so it may take long.
insert into queue.kind (kind, worker, max_attempts, base_ms, cap_ms, timeout_ms) values
    ('make_document', 'documents', 20, 1000, 60000, 300000)
on conflict (kind) do update set worker = excluded.worker, max_attempts = excluded.max_attempts, base_ms = excluded.base_ms, cap_ms = excluded.cap_ms,
    timeout_ms = excluded.timeout_ms;
