/* SPDX-License-Identifier: EUPL-1.2 */
/* One leased job after the other. */
#include "lib/queue/lease.h"

#include "lib/base/clock.h"
#include "lib/queue/claimed.h"
#include "lib/queue/failure.h"
#include "lib/queue/gen/queries.h"

struct lease {
    struct executor *executor;
    struct claimed claimed;
    struct str job, fence;
    int64_t from_us;
    struct call call;
};

static struct plan plan_in(struct lease *lease)
{
    return (struct plan){.ctx = &lease->claimed.work.ctx};
}

static bool run(struct lease *lease, struct plan *plan)
{
    return session_run(lease->executor->db, plan) == OK;
}

/* The same for statements that end this attempt without success. */
static bool run_last(struct lease *lease, struct plan *plan)
{
    bool there = run(lease, plan);
    if (there)
        count_end(lease->executor->count, lease->claimed.job.kind, false,
                  clock_us() - lease->from_us);
    return there;
}

static const char *error_of(const struct lease *lease)
{
    const char *error = lease->claimed.work.error;
    return error ? error : "no answer";
}

static bool retry_later(struct lease *lease, enum call_end end)
{
    bool made_nothing = end != CALL_UNKNOWN && end != CALL_DONE;
    const struct work *work = &lease->claimed.work;
    struct plan plan = plan_in(lease);
    sql_queue_lease_retry(
        &plan, (struct sql_queue_lease_retry){.job = lease->job,
                                              .fence = lease->fence,
                                              .error = str_of(error_of(lease)),
                                              .made_nothing = str_of(made_nothing ? "t" : "f"),
                                              .delay_ms = failure_delay(work, end == CALL_LATER),
                                              .free = failure_is_free(work, end == CALL_LATER,
                                                                      end == CALL_OUTAGE)});
    return run_last(lease, &plan);
}

static bool make_dead(struct lease *lease, const char *reason, const char *otherwise)
{
    struct plan plan = plan_in(lease);
    const char *error = lease->claimed.work.error;
    sql_queue_lease_kill(&plan,
                         (struct sql_queue_lease_kill){.job = lease->job,
                                                       .fence = lease->fence,
                                                       .reason = str_of(reason),
                                                       .error = str_of(error ? error : otherwise)});
    return run_last(lease, &plan);
}

/* The call was made, but its rows cannot be stored. The reference is kept, so that the call is
 * not made again. */
static bool keep_reference(struct lease *lease)
{
    struct plan plan = plan_in(lease);
    sql_queue_lease_known(&plan, (struct sql_queue_lease_known){.job = lease->job,
                                                                .fence = lease->fence,
                                                                .reference =
                                                                    str_of(lease->call.reference)});
    if (!run(lease, &plan))
        return false;
    lease->claimed.work.error = "its rows could not be stored";
    return retry_later(lease, CALL_DONE);
}

/* Stores the business rows and the end of the job in one transaction, which fails when the lease
 * is lost. */
static bool store(struct lease *lease)
{
    struct plan plan = plan_in(lease);
    const struct job_call *kind = lease->claimed.kind->call;
    sql_queue_begin(&plan);
    job_add_context(&plan, &lease->claimed.job);
    if (kind->store)
        kind->store(&lease->claimed.work, &lease->call, &plan);
    sql_queue_lease_finish(&plan, (struct sql_queue_lease_finish){.job = lease->job,
                                                                  .fence = lease->fence});
    sql_queue_commit(&plan);
    enum err err = session_run(lease->executor->db, &plan);
    if (!err)
        count_end(lease->executor->count, lease->claimed.job.kind, true,
                  clock_us() - lease->from_us);
    if (err != ERR_CONFLICT)
        return err == OK;
    bool lost = strcmp(session_sqlstate(lease->executor->db), "MW410") == 0;
    session_rollback(lease->executor->db);
    return lost || keep_reference(lease);
}

static bool conclude(struct lease *lease, enum call_end end)
{
    switch (end) {
    case CALL_DONE: return store(lease);
    case CALL_NOT_MADE:
    case CALL_LATER:
    case CALL_OUTAGE: return retry_later(lease, end);
    case CALL_REFUSED: return make_dead(lease, "permanent", "refused");
    case CALL_UNKNOWN: break;
    }
    if (lease->claimed.kind->call->keyed || lease->claimed.kind->call->ask)
        return retry_later(lease, end);
    return make_dead(lease, "uncertain", "no answer");
}

/* While the call is being made, the heartbeat extends the lease, for no longer than the job may
 * take. */
static bool call(struct lease *lease, enum call_end (*how)(struct work *, struct call *))
{
    struct running *running = lease->executor->running;
    guard_begin(running->guard, lease->claimed.job.timeout_ms);
    running_set_calls(running, true);
    enum call_end end = how(&lease->claimed.work, &lease->call);
    running_set_calls(running, false);
    guard_end(running->guard);
    if (end == CALL_DONE || lease->claimed.job.attempt == 0)
        executor_note(lease->executor, lease->claimed.kind,
                      end == CALL_DONE ? NULL : error_of(lease));
    return conclude(lease, end);
}

/* An earlier attempt began the call, and its result is not known. */
static bool call_again(struct lease *lease)
{
    const struct job_call *kind = lease->claimed.kind->call;
    lease->call.again = true;
    if (kind->keyed)
        return call(lease, kind->call);
    if (kind->ask)
        return call(lease, kind->ask);
    return make_dead(lease, "uncertain", "its worker died during the call");
}

static bool run_leased(struct lease *lease)
{
    struct plan plan = plan_in(lease);
    const struct statement *begun =
        sql_queue_lease_begin(&plan, (struct sql_queue_lease_begin){.job = lease->job,
                                                                    .fence = lease->fence});
    if (!run(lease, &plan) || PQntuples(begun->result) != 1)
        return false;
    struct str state = str_of(PQgetvalue(begun->result, 0, QUEUE_LEASE_BEGIN_FOUND_STATE));
    if (str_equal(state, S("new")))
        return call(lease, lease->claimed.kind->call->call);
    if (str_equal(state, S("begun")))
        return call_again(lease);
    if (str_equal(state, S("cancelled")))
        return make_dead(lease, "killed", "cancelled");
    if (!str_equal(state, S("known")))
        return true; /* the lease is lost: another worker has the job */
    snprintf(lease->call.reference, sizeof lease->call.reference, "%s",
             PQgetvalue(begun->result, 0, QUEUE_LEASE_BEGIN_KNOWN_REFERENCE));
    return store(lease);
}

bool lease_run(struct executor *executor, const PGresult *rows)
{
    for (int i = 0; i < PQntuples(rows) && !running_must_stop(executor->running); i++) {
        struct arena *arena = arena_new();
        struct lease lease = {.executor = executor, .from_us = clock_us()};
        enum job_end end = claimed_read(executor, arena, rows, i, &lease.claimed);
        lease.job = str_of(PQgetvalue(rows, i, QUEUE_LEASE_ID));
        lease.fence = str_of(PQgetvalue(rows, i, QUEUE_LEASE_FENCE));
        snprintf(lease.call.key, sizeof lease.call.key, "maatwerk-%.*s", STR_ARG(lease.job));
        bool there =
            end == JOB_DONE ? run_leased(&lease) : make_dead(&lease, "permanent", "payload");
        arena_free(arena);
        if (!there)
            return false;
    }
    return true;
}
