-- The jobs of the matching worker (workers/matching).
insert into queue.kind (kind, worker) values
    ('match_vacancy', 'matching'),
    ('match_candidate', 'matching'),
    ('count_supply', 'matching'),
    ('expire', 'matching')
on conflict (kind) do update set worker = excluded.worker;
