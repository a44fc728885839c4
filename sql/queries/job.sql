-- program: queue

-- How a worker claims, ends and counts jobs.

-- query: queue_begin
-- rows: none
-- writes: no
begin

-- query: queue_commit
-- rows: none
-- writes: no
commit

-- query: queue_claim
-- rows: many
select id, tenant, kind, attempt, cancelled, payload, lane is not null as in_lane, timeout_ms, version, waited_us
from queue.claim(:ids::bigint[])

-- query: queue_take
-- rows: many
select id, tenant, kind, attempt, cancelled, payload, lane is not null as in_lane, timeout_ms, version, waited_us
from queue.take(:kinds::text[], :count::int)

-- query: queue_still_waiting
-- rows: many
select id from queue.still_waiting(:ids::bigint[]) id

-- query: queue_unserved
-- rows: one
-- writes: yes
select queue.unserved() as unserved

-- query: queue_begin_alone
-- rows: one
-- writes: yes
select queue.begin_alone(:id::bigint) as begun

-- query: queue_survived
-- rows: one
-- writes: yes
select queue.survived(:id::bigint) as told

-- query: queue_context
-- rows: none
-- writes: no
select where (set_config('app.tenant', :tenant, true) || set_config('statement_timeout', :timeout_ms, true)
    || set_config('app.scope', 'tenant', true) || set_config('app.role', 'system', true)
    || set_config('app.call', :kind, true) || set_config('app.actor', '', true)
    || set_config('app.org', '', true)) is null

-- query: queue_savepoint
-- rows: none
-- writes: no
savepoint job

-- query: queue_rollback_job
-- rows: none
-- writes: no
rollback to savepoint job

-- query: queue_finish
-- rows: many
select queue.finish(:ids::bigint[])

-- query: queue_retry
-- rows: none
-- writes: yes
select queue.retry(:id::bigint, :error, :delay_ms::int, :free::boolean)

-- query: queue_trip
-- rows: none
-- writes: yes
select queue.trip(:kind)

-- query: queue_kill
-- rows: none
-- writes: yes
select queue.kill(:id::bigint, :reason, :error)

-- query: queue_lease
-- rows: many
select id, tenant, kind, attempt, false as cancelled, payload, fence, timeout_ms,
       version
from queue.lease(:ids::bigint[], :holder, :ms::int)

-- query: queue_lease_beat
-- rows: none
-- writes: yes
select queue.lease_beat(:holder, :ms::int)

-- query: queue_cancel_wanted
-- rows: many
select id from queue.cancel_wanted(:ids::bigint[]) id

-- query: queue_lease_begin
-- rows: one
select found_state, known_reference from queue.lease_begin(:job::bigint, :fence::bigint)

-- query: queue_lease_known
-- rows: none
-- writes: yes
select queue.lease_known(:job::bigint, :fence::bigint, :reference)

-- query: queue_lease_finish
-- rows: none
-- writes: yes
select queue.lease_finish(:job::bigint, :fence::bigint)

-- query: queue_lease_retry
-- rows: none
-- writes: yes
select queue.lease_retry(:job::bigint, :fence::bigint, :error, :made_nothing::boolean, :delay_ms::int, :free::boolean)

-- query: queue_lease_kill
-- rows: none
-- writes: yes
select queue.lease_kill(:job::bigint, :fence::bigint, :reason, :error)

-- query: queue_count
-- rows: none
-- writes: yes
select queue.count(:amounts::jsonb)
