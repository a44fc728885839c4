/* SPDX-License-Identifier: EUPL-1.2 */
/* The verbs and their statements. The statements use the views and functions of
 * sql/functions/queue_operator.sql, as the API does. */
#include "services/cli/queue_verbs.h"

#define ACT(verb, noun, ...)                                                                    \
    "select a.outcome, a.job, a.id as act from queue.act(gen_random_uuid(), '" verb "', '" noun \
    "', " __VA_ARGS__ ") a"

const struct verb queue_verbs[] = {
    {"stats",
     "",
     0,
     0,
     {0},
     FLAG_WATCH,
     ROWS,
     NULL,
     "select state, prio, kind, jobs, oldest_seconds from queue.figures_seen()"},
    {"ls",
     "",
     0,
     0,
     {"state", "kind", "tenant", "lane", "older-than", "most"},
     0,
     ROWS,
     NULL,
     "select id, tenant_code as tenant, prio, kind, state, attempt, crash, lane, run_at, created_at, "
     "error_code from queue.job_seen where ($1::text is null or state = $1) "
     "and ($2::text is null or kind = $2) and ($3::text is null or tenant_code = $3) "
     "and ($4::text is null or lane = $4) and ($5::int is null or "
     "created_at < (select clock.now()) - $5::int * interval '1 second') order by id limit coalesce($6::int, 200)"},
    {"show",
     "ID",
     1,
     1,
     {0},
     0,
     ONE,
     gather_entries,
     "select j.*, (select l.jobs from queue.lane_seen(j.lane) l) as lane_jobs, $2::jsonb as entries "
     "from queue.job_seen j where j.id = $1::bigint"},
    {"retry", "ID", 1, 1, {"reason"}, 0, ONE, NULL, ACT("retry", "job", "$1::bigint::text, $2")},
    {"run-now",
     "ID",
     1,
     1,
     {"reason"},
     0,
     ONE,
     NULL,
     ACT("run-now", "job", "$1::bigint::text, $2")},
    {"cancel", "ID", 1, 1, {"reason"}, 0, ONE, NULL, ACT("cancel", "job", "$1::bigint::text, $2")},
    {"kill", "ID", 1, 1, {"reason"}, 0, ONE, NULL, ACT("kill", "job", "$1::bigint::text, $2")},
    {"dead ls",
     "",
     0,
     0,
     {"why", "kind", "tenant", "lane", "most"},
     0,
     ROWS,
     NULL,
     "select id, tenant_code as tenant, kind, reason, attempt, crash, lane, blocks, error_code, died_at "
     "from queue.dead_seen where ($1::text is null or reason = $1) "
     "and ($2::text is null or kind = $2) and ($3::text is null or tenant_code = $3) "
     "and ($4::text is null or lane = $4) order by died_at, id limit coalesce($5::int, 200)"},
    {"dead show",
     "ID",
     1,
     1,
     {0},
     0,
     ONE,
     NULL,
     "select d.*, (select l.jobs from queue.lane_seen(d.lane) l) as lane_jobs from queue.dead_seen d "
     "where d.id = $1::bigint"},
    {"dead revive",
     "ID",
     1,
     1,
     {"reason"},
     0,
     ONE,
     NULL,
     ACT("revive", "dead-letter", "$1::bigint::text, $2")},
    {"dead drop",
     "ID",
     1,
     1,
     {"reason"},
     0,
     ONE,
     NULL,
     ACT("drop", "dead-letter", "$1::bigint::text, $2")},
    {"pause kind",
     "KIND MINUTES?",
     1,
     2,
     {"reason"},
     0,
     ONE,
     NULL,
     ACT("pause", "kind", "$1, $3, $2::int")},
    {"pause tenant",
     "CODE MINUTES?",
     1,
     2,
     {"reason"},
     0,
     ONE,
     NULL,
     ACT("pause", "tenant", "$1, $3, $2::int")},
    {"resume kind", "KIND", 1, 1, {"reason"}, 0, ONE, NULL, ACT("resume", "kind", "$1, $2")},
    {"resume tenant", "CODE", 1, 1, {"reason"}, 0, ONE, NULL, ACT("resume", "tenant", "$1, $2")},
    {"lane show", "LANE", 1, 1, {0}, 0, ONE, NULL, "select * from queue.lane_seen($1)"},
    {"lane release", "LANE", 1, 1, {"reason"}, 0, ONE, NULL, ACT("release", "lane", "$1, $2")},
    {"workers",
     "",
     0,
     0,
     {0},
     0,
     ROWS,
     gather_consumers,
     "select worker, consumer, bool_or(alive) as alive, bool_or(drain) as drained, "
     "sum(pending)::int as pending, min(idle_ms) as idle_ms from jsonb_to_recordset($1::jsonb) "
     "as w (worker text, consumer text, alive boolean, drain boolean, pending int, idle_ms bigint) "
     "group by 1, 2 order by 1, 2"},
    {"drain",
     "WORKER",
     1,
     1,
     {"reason"},
     0,
     ONE,
     gather_drain,
     ACT("drain", "worker", "$1, $2") " where $3::jsonb is not null"},
    {"drain",
     "WORKER --end",
     1,
     1,
     {"reason"},
     FLAG_END,
     ONE,
     gather_end_drain,
     ACT("end-drain", "worker", "$1, $2") " where $3::jsonb is not null"},
    {"schedule ls",
     "",
     0,
     0,
     {"subject", "kind", "tenant", "most"},
     0,
     ROWS,
     NULL,
     "select id, tenant_code as tenant, kind, run_at, due_local, zone, subject, misfire, lane "
     "from queue.future_seen where ($1::text is null or subject = $1) "
     "and ($2::text is null or kind = $2) and ($3::text is null or tenant_code = $3) "
     "order by run_at, id limit coalesce($4::int, 200)"},
    {"acts",
     "",
     0,
     0,
     {"most"},
     0,
     ROWS,
     NULL,
     "select id, at, tenant_code as tenant, verb, noun, target, outcome, job, reason, actor "
     "from queue.act_seen order by at desc, id limit coalesce($1::int, 50)"},
    {"metrics", "", 0, 0, {0}, 0, TEXT, NULL, "select queue.metrics() as metrics"},
    {"doctor",
     "",
     0,
     0,
     {0},
     0,
     ROWS,
     gather_health,
     "with h as materialized (select $1::jsonb as h), f as ("
     "select code, finding, ok, number, most from queue.doctor_seen() union all "
     "select x.code, x.finding, x.number <= x.most, x.number, x.most from h, lateral (values "
     "('redis-unreachable', 'Redis cannot be reached', (h ->> 'unreachable')::boolean::int::bigint, 0::bigint), "
     "('ghosts', 'entries in Redis that belong to nobody', "
     "(select sum(g::bigint) from jsonb_array_elements_text(h -> 'ghosts') g)::bigint, 0), "
     "('window', 'entries in Redis whose job is not ready', (select count(*) "
     "from jsonb_array_elements_text(h -> 'carried') c where not exists (select from queue.job_seen j "
     "where j.id = c::bigint and j.state = 'ready')), 300), "
     "('consumers-stuck', 'consumers with jobs but no progress for 30 seconds', "
     "(select count(*) from jsonb_array_elements(h -> 'consumers') c "
     "where (c ->> 'pending')::int > 0 and (c ->> 'idle_ms')::bigint > 30000), 0), "
     "('consumers-dead', 'consumers without a heartbeat', (select count(distinct c ->> 'consumer') "
     "from jsonb_array_elements(h -> 'consumers') c where c ->> 'alive' = 'false'), 0), "
     "('workers-drained', 'programs or consumers that are drained', "
     "(select count(distinct coalesce(c ->> 'consumer', c ->> 'worker')) "
     "from jsonb_array_elements(h -> 'consumers') c where (c ->> 'drain')::boolean), 0), "
     "('clock-skew', 'ms that the clocks of PostgreSQL and this machine differ', "
     "abs(extract(epoch from clock_timestamp()) * 1000 - (h ->> 'here_ms')::bigint)::bigint, 1000), "
     "('clock-skew-redis', 'ms that the clocks of Redis and this machine differ', "
     "abs((h ->> 'redis_ms')::bigint - (h ->> 'here_ms')::bigint), 1000)"
     ") x (code, finding, number, most) where x.number is not null) "
     "select code, finding, ok, number from f order by ok, finding"},
};

const size_t queue_verbs_count = sizeof queue_verbs / sizeof *queue_verbs;
