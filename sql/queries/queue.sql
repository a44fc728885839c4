-- program: platform

-- The queue for operators. What is seen and may be changed is decided by the views and by queue.act().

-- fragment: queue_job_columns
j.id, j.tenant_id, j.kind, j.prio, j.state, j.attempt, j.crash, j.lane, j.seq, j.subject, j.run_at, j.lease_until,
j.end_asked, j.error_code, j.ids, j.created_at

-- fragment: queue_dead_letter_columns
d.id, d.tenant_id, d.kind, d.prio, d.reason, d.blocks, d.attempt, d.crash, d.lane, d.seq, d.error_code, d.ids,
d.created_at, d.died_at, d.version

-- fragment: queue_act_columns
a.id, a.tenant_id, a.verb, a.noun, a.target, a.outcome, a.job, a.reason, a.actor, a.at, a.ended_at

-- query: queue_figures_get
-- rows: one
select clock.now() as at, coalesce(jsonb_agg(jsonb_build_object('state', f.state, 'priority', f.prio, 'kind', f.kind,
       'jobs', f.jobs, 'oldestSeconds', greatest(f.oldest_seconds, 0))), '[]') as figures
from queue.figures_seen() f

-- query: queue_doctor_get
-- rows: one
select clock.now() as at, coalesce(bool_and(f.ok), true) as healthy, coalesce(jsonb_agg(jsonb_build_object('code', f.code,
       'finding', f.finding, 'ok', f.ok, 'number', f.number, 'most', f.most)), '[]') as findings
from queue.doctor_seen() f

-- query: queue_job_list
-- rows: many
-- filter: state j.state = %
-- filter: kind j.kind = %
-- filter: lane j.lane = %
-- filter: tenantId j.tenant_id = %::uuid
-- filter: createdBefore j.created_at < %::timestamptz
-- sort: id j.id bigint id
-- key: j.id id bigint
select {{queue_job_columns}}
from queue.job_seen j where true

-- query: queue_job_get
-- rows: one
select {{queue_job_columns}}
from queue.job_seen j where j.id = :id::bigint

-- query: queue_dead_letter_list
-- rows: many
-- filter: reason d.reason = %
-- filter: kind d.kind = %
-- filter: lane d.lane = %
-- filter: tenantId d.tenant_id = %::uuid
-- sort: diedAt d.died_at timestamptz died_at
-- key: d.id id bigint
-- newest-first:
select {{queue_dead_letter_columns}}
from queue.dead_seen d where true

-- query: queue_dead_letter_get
-- rows: one
select {{queue_dead_letter_columns}}
from queue.dead_seen d where d.id = :id::bigint

-- query: queue_dead_letter_drop
-- rows: one
-- none: stale
-- writes: yes
select (queue.act(:new_id::uuid, 'drop', 'dead-letter', d.id::text)).outcome
from queue.dead_seen d where d.id = :id::bigint and :version::int8multirange @> d.version

-- query: queue_kind_list
-- rows: many
-- sort: kind k.kind text kind
-- key: k.kind kind text
select k.kind, k.worker, k.max_attempts, k.timeout_ms, k.max_inflight, k.blocks_lane, k.paused_until
from queue.kind_seen k where true

-- query: queue_lane_get
-- rows: one
select l.lane, l.state, l.last_place, l.done_place, l.blocked_by, l.jobs from queue.lane_seen(:lane) l

-- query: queue_schedule_list
-- rows: many
-- filter: subject f.subject = %
-- filter: kind f.kind = %
-- filter: tenantId f.tenant_id = %::uuid
-- sort: runAt f.run_at timestamptz run_at
-- key: f.id id bigint
select f.id, f.tenant_id, f.kind, f.prio, f.run_at, f.due_local, f.zone, f.subject, f.misfire, f.lane, f.ids
from queue.future_seen f where true

-- query: queue_act_list
-- rows: many
-- filter: jobId a.job = %::bigint
-- filter: outcome a.outcome = %
-- sort: at a.at timestamptz at
-- key: a.id
-- newest-first:
select {{queue_act_columns}}
from queue.act_seen a where true

-- query: queue_act_get
-- rows: one
select {{queue_act_columns}}
from queue.act_seen a where a.id = :id

-- query: queue_job_act
-- body: QueueActNew
-- rows: none
-- writes: yes
select queue.act(:id::uuid, :verb, 'job', :job_id, @reason)

-- query: queue_dead_letter_revive
-- body: QueueActNew
-- rows: none
-- writes: yes
select queue.act(:id::uuid, 'revive', 'dead-letter', :job_id, @reason)

-- query: queue_kind_pause
-- body: QueuePauseNew
-- rows: none
-- writes: yes
select queue.act(:id::uuid, 'pause', 'kind', :kind, @reason, @minutes::int)

-- query: queue_kind_resume
-- body: QueueActNew
-- rows: none
-- writes: yes
select queue.act(:id::uuid, 'resume', 'kind', :kind, @reason)

-- query: queue_tenant_pause
-- body: QueuePauseNew
-- rows: none
-- writes: yes
select queue.act(:id::uuid, 'pause', 'tenant', :tenant_id, @reason, @minutes::int)

-- query: queue_tenant_resume
-- body: QueueActNew
-- rows: none
-- writes: yes
select queue.act(:id::uuid, 'resume', 'tenant', :tenant_id, @reason)

-- query: queue_lane_release
-- body: QueueActNew
-- rows: none
-- writes: yes
select queue.act(:id::uuid, 'release', 'lane', :lane, @reason)
