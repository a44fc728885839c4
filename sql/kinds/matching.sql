-- The jobs of the matching worker (workers/matching).
insert into queue.kind (kind, worker) values
    ('match_vacancy', 'matching'),
    ('match_candidate', 'matching'),
    ('count_supply', 'matching'),
    ('expire', 'matching')
on conflict (kind) do update set worker = excluded.worker;

-- A count goes through all records of a municipality, so it takes long, and nobody waits for it.
insert into queue.kind (kind, worker, timeout_ms) values
    ('count_figures', 'matching', 600000)
on conflict (kind) do update set worker = excluded.worker, timeout_ms = excluded.timeout_ms;
