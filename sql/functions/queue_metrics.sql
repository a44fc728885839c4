-- The queue in figures, as text for Prometheus. What happened is counted (queue.counter): by the functions that know it, in
-- their transactions; by workers in memory, added now and then. How things are is looked up when somebody asks, at a cost
-- that does not grow with a backlog.

-- What a worker adds: rows of metric, kind, label, amount.
create function queue.count(amounts jsonb) returns void language sql
    security definer set search_path = pg_catalog, pg_temp set enable_seqscan = off
    as $$
    insert into queue.counter (metric, kind, label, amount)
    select a ->> 0, a ->> 1, a ->> 2, (a ->> 3)::bigint from jsonb_array_elements(amounts) a
    $$;

-- Adds up what has become many rows. One at a time: the dispatcher that leads.
create function queue.fold(most int default 500) returns void language plpgsql
    security definer set search_path = pg_catalog, pg_temp set enable_seqscan = off
    as $$
    begin
        if (select count(*) from (select from queue.counter limit most) c) >= most then
            with gone as (delete from queue.counter returning metric, kind, label, amount)
            insert into queue.counter (metric, kind, label, amount)
            select g.metric, g.kind, g.label, sum(g.amount) from gone g group by 1, 2, 3;
        end if;
    end $$;

-- What the dispatcher that leads has seen in Redis: entries that nobody owned since it last said so, and rows of worker,
-- stream, entries; null when it has not looked.
create function queue.report(ghosts bigint, entries jsonb) returns void language plpgsql
    security definer set search_path = pg_catalog, pg_temp set enable_seqscan = off
    as $$
    begin
        insert into queue.counter (metric, amount) select 'ghosts', ghosts where ghosts > 0;
        insert into queue.stream_seen as s (worker, stream, entries, at)
        select e ->> 0, e ->> 1, (e ->> 2)::int, clock.now() from jsonb_array_elements(report.entries) e
        on conflict on constraint stream_seen_pkey do update set entries = excluded.entries, at = excluded.at;
        perform queue.fold();
    end $$;

-- Ready jobs of each class and kind, and the age of the oldest. Up to `most` of them are counted; where there are more, the
-- number comes from a sample of `pages` of the table. The oldest is looked for among the first of each municipality.
create function queue.ready_figures(most int default 5000, pages int default 500)
    returns table (prio int, kind text, jobs bigint, oldest_seconds double precision) language plpgsql stable
    security definer set search_path = pg_catalog, pg_temp
    set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
    as $$
    declare
        now timestamptz := clock.now();
        part double precision := 100.0 * pages / greatest(pages, pg_relation_size('queue.job') / 8192);
    begin
        return query
        with recursive counted as materialized (
            select p.prio, k.kind, (select count(*) from (select from queue.job j where j.state = 'ready' and j.prio = p.prio
                                                          and j.kind = k.kind limit most) c) as jobs
            from queue.kind k cross join generate_series(0, 2) p (prio)
        ), sampled as materialized (
            select j.prio, j.kind, (count(*) * 100 / part)::bigint as jobs from queue.job j tablesample system (part)
            where j.state = 'ready' and exists (select from counted c where c.jobs = most) group by 1, 2
        ), heads as (
            select c.prio, c.kind, (select min(j.tenant) from queue.job j
                                    where j.state = 'ready' and j.prio = c.prio and j.kind = c.kind) as tenant
            from counted c where c.jobs > 0
            union all
            select h.prio, h.kind, (select min(j.tenant) from queue.job j
                                    where j.state = 'ready' and j.prio = h.prio and j.kind = h.kind and j.tenant > h.tenant)
            from heads h where h.tenant is not null
        ), oldest as materialized (
            select h.prio, h.kind, min(f.since) as since from heads h cross join lateral (
                select greatest(j.created_at, j.run_at) as since from queue.job j
                where j.state = 'ready' and j.prio = h.prio and j.kind = h.kind and j.tenant = h.tenant order by j.id limit 3) f
            group by 1, 2
        )
        select c.prio, c.kind, case when c.jobs < most then c.jobs else greatest(c.jobs, s.jobs) end,
               coalesce(greatest(date_part('epoch', now - o.since), 0), 0)
        from counted c left join sampled s on s.prio = c.prio and s.kind = c.kind
        left join oldest o on o.prio = c.prio and o.kind = c.kind;
    end $$;

-- '{a="x",b="y"}' of a, x, b, y; without those that are not said.
create function queue.labels(variadic pairs text[]) returns text language sql immutable
    set search_path = pg_catalog, pg_temp
    as $$
    select coalesce('{' || string_agg(format('%s="%s"', pairs[i], pairs[i + 1]), ',' order by i) || '}', '')
    from generate_subscripts(pairs, 1) i where i % 2 = 1 and pairs[i + 1] <> ''
    $$;

-- Every sample: of which metric, what comes behind its name, and a place among its fellows.
create function queue.samples() returns table (metric text, place double precision, suffix text, amount numeric)
    language sql stable security definer set search_path = pg_catalog, pg_temp
    as $$
    with counted as materialized (
        select c.metric, c.kind, c.label, sum(c.amount) as amount from queue.counter c group by 1, 2, 3
    ), steps as (
        select s.metric, k.kind, s.label, s.label::double precision as upto,
               sum(coalesce(c.amount, 0)) over (partition by s.metric, k.kind order by s.label::double precision) as amount
        from (select distinct c.metric, c.label from counted c where c.metric in ('wait', 'run') and c.label <> 'sum') s
        cross join queue.kind k
        left join counted c on c.metric = s.metric and c.kind = k.kind and c.label = s.label
    ), ready as materialized (
        select r.prio, r.kind, r.jobs, r.oldest_seconds from queue.ready_figures() r
    )
    select 'done', 0, queue.labels('kind', k.kind, 'result', r), coalesce(c.amount, 0)
    from queue.kind k cross join unnest('{done,failed}'::text[]) r
    left join counted c on c.metric = 'done' and c.kind = k.kind and c.label = r
    union all
    select c.metric, 0, queue.labels('kind', c.kind, case c.metric when 'retry' then 'code' else 'reason' end, c.label), c.amount
    from counted c where c.metric in ('retry', 'dead', 'redispatched', 'reaped', 'ghosts')
    union all
    select c.metric, 0, '', c.amount / 1000000 from counted c where c.metric = 'fallback'
    union all
    select s.metric, s.upto, '_bucket' || queue.labels('kind', s.kind, 'le', s.label), s.amount from steps s
    union all
    select s.metric, 'inf', '_count' || queue.labels('kind', s.kind), s.amount from steps s where s.upto = 'inf'
    union all
    select m, 'inf', '_sum' || queue.labels('kind', k.kind), coalesce(c.amount, 0) / 1000000
    from unnest('{wait,run}'::text[]) m cross join queue.kind k
    left join counted c on c.metric = m and c.kind = k.kind and c.label = 'sum'
    union all
    select m, 0, queue.labels('prio', r.prio::text, 'kind', r.kind),
           case m when 'ready' then r.jobs else r.oldest_seconds::numeric(20, 3) end
    from unnest('{ready,oldest_ready}'::text[]) m cross join ready r
    union all
    select 'window', 0, queue.labels('worker', s.worker, 'stream', s.stream), s.entries from queue.stream_seen s
    where s.at > clock.now() - interval '15 seconds'
    union all
    select 'enqueued', 0, '', pg_stat_get_tuples_inserted('queue.job'::regclass)
    union all
    select 'leader', 0, '', count(*) from queue.leader l where queue.leader_lives(l)
    union all
    select 'redis_trouble', 0, queue.labels('why', l.trouble), 1 from queue.leader l where l.trouble is not null
    union all
    select 'redis_trouble', 0, '', 0 where not exists (select from queue.leader l where l.trouble is not null)
    union all
    select 'xmin_age', 0, '', queue.oldest_transaction()
    $$;

-- The text: https://prometheus.io/docs/instrumenting/exposition_formats/
create function queue.metrics() returns text language sql stable
    security definer set search_path = pg_catalog, pg_temp
    as $$
    with family (place, metric, name, type, help) as (values
        (1, 'enqueued', 'enqueued_total', 'counter', 'Jobs put in the queue, revived ones and later roll-backs included.'),
        (2, 'done', 'done_total', 'counter', 'Attempts that a worker has ended.'),
        (3, 'retry', 'retry_total', 'counter', 'Attempts that failed and will be followed by another.'),
        (4, 'dead', 'dead_total', 'counter', 'Jobs that became a dead letter.'),
        (5, 'wait', 'wait_seconds', 'histogram', 'From ready to taken by a worker.'),
        (6, 'run', 'run_seconds', 'histogram', 'From taken to committed; jobs of one transaction share its time.'),
        (7, 'ready', 'ready', 'gauge', 'Ready jobs, those that a worker has included; from 5,000 on estimated from a sample.'),
        (8, 'oldest_ready', 'oldest_ready_seconds', 'gauge', 'Age of the oldest ready job, also when a worker has it.'),
        (9, 'window', 'window_entries', 'gauge', 'Entries in a stream of Redis, waiting or with a worker.'),
        (10, 'redispatched', 'redispatched_total', 'counter', 'Jobs sent again because Redis did not have them any more.'),
        (11, 'reaped', 'reaped_total', 'counter', 'Jobs whose worker died with them.'),
        (12, 'ghosts', 'ghosts_total', 'counter', 'Entries of Redis that nobody owned, removed.'),
        (13, 'fallback', 'pg_fallback_seconds_total', 'counter', 'Seconds that workers took jobs from PostgreSQL, without Redis.'),
        (14, 'leader', 'dispatcher_leader', 'gauge', 'Dispatchers that lead: 1, or nobody sends jobs.'),
        (15, 'redis_trouble', 'redis_trouble', 'gauge', '1 while the dispatcher cannot send jobs through Redis, and why.'),
        (16, 'xmin_age', 'xmin_age_seconds', 'gauge', 'Age of the oldest open transaction: nothing newer can be cleared away.')
    ), sample as materialized (
        select s.metric, string_agg('maatwerk_queue_' || f.name || s.suffix || ' ' || trim_scale(s.amount) || e'\n', ''
                                    order by substring(s.suffix from 'kind="([^"]*)'), s.place, s.suffix) as lines
        from queue.samples() s join family f using (metric) group by 1
    )
    select string_agg(format(e'# HELP maatwerk_queue_%s %s\n# TYPE maatwerk_queue_%s %s\n%s', f.name, f.help, f.name, f.type,
                             s.lines), '' order by f.place)
    from family f join sample s using (metric)
    $$;
