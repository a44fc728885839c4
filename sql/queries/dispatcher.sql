-- program: dispatcher

-- query: dispatcher_lead
-- rows: one
select queue.lead(:trouble) as leads

-- query: dispatcher_workers
-- rows: many
select name from queue.workers() name

-- query: dispatcher_promote
-- rows: one
select promoted, greatest(0, extract(epoch from next_at - clock.now()) * 1000)::bigint as next_ms, again
from queue.promote(:count::int)

-- query: dispatcher_do_asked
-- rows: one
select queue.do_asked()

-- query: dispatcher_refill
-- rows: many
select id, worker, tenant, prio, class, crash
from queue.refill(:workers::text[], :prios::int[], :rooms::int[], :afters::int[], :carried::bigint[])

-- query: dispatcher_count_lost
-- rows: one
select queue.count_lost(:ids::bigint[], :reason)

-- query: dispatcher_held
-- rows: many
select id from queue.held(:ids::bigint[]) id

-- query: dispatcher_crashed
-- rows: many
select id from queue.crashed(:ids::bigint[]) id

-- query: dispatcher_sweep
-- rows: none
-- writes: yes
select queue.sweep(), queue.sweep_acts(), idempotency.sweep(), audit.sweep(), queue.plan_daily('expire'), queue.plan_daily('count_figures')

-- query: dispatcher_report
-- rows: none
-- writes: yes
select queue.report(:ghosts::bigint, :entries::jsonb)
