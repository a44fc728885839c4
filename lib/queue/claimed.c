/* SPDX-License-Identifier: EUPL-1.2 */
/* From a row to a job. */
#include "lib/queue/claimed.h"

#include "lib/json/parse.h"
#include "lib/queue/gen/queries.h"

#define SAME_COLUMN(name)                                                     \
    _Static_assert((int)QUEUE_CLAIM_##name == (int)QUEUE_TAKE_##name          \
                       && (int)QUEUE_CLAIM_##name == (int)QUEUE_LEASE_##name, \
                   "the statements give this column at the same place")

SAME_COLUMN(ID);
SAME_COLUMN(TENANT);
SAME_COLUMN(KIND);
SAME_COLUMN(ATTEMPT);
SAME_COLUMN(CANCELLED);
SAME_COLUMN(PAYLOAD);
SAME_COLUMN(TIMEOUT_MS);
SAME_COLUMN(VERSION);

static int64_t number_at(const PGresult *rows, int row, enum queue_claim_column column)
{
    int64_t number = 0;
    str_to_int(str_of(PQgetvalue(rows, row, column)), &number);
    return number;
}

enum job_end claimed_read(const struct executor *executor, struct arena *arena,
                          const PGresult *rows, int row, struct claimed *ret)
{
    cJSON *payload = NULL;
    *ret = (struct claimed){
        .job = {.id = number_at(rows, row, QUEUE_CLAIM_ID),
                .tenant = (int32_t)number_at(rows, row, QUEUE_CLAIM_TENANT),
                .kind = PQgetvalue(rows, row, QUEUE_CLAIM_KIND),
                .text = str_of(PQgetvalue(rows, row, QUEUE_CLAIM_PAYLOAD)),
                .attempt = (int)number_at(rows, row, QUEUE_CLAIM_ATTEMPT),
                .version = (int)number_at(rows, row, QUEUE_CLAIM_VERSION),
                .timeout_ms = (int32_t)number_at(rows, row, QUEUE_CLAIM_TIMEOUT_MS)}};
    ret->kind = kind_find(executor->worker, ret->job.kind);
    ret->work = (struct work){.ctx = {.arena = arena},
                              .db = executor->db,
                              .job = &ret->job,
                              .own = executor->own};
    if (PQgetvalue(rows, row, QUEUE_CLAIM_CANCELLED)[0] == 't')
        ret->work.error = "cancelled";
    else if (!ret->kind)
        ret->work.error = "unknown kind";
    else if (json_parse(&ret->work.ctx, ret->job.text, &payload) != OK || !cJSON_IsObject(payload))
        ret->work.error = "payload";
    ret->job.payload = payload;
    if (ret->work.error)
        return JOB_PERMANENT;
    if (ret->job.version <= (ret->kind->version ? ret->kind->version : 1))
        return JOB_DONE;
    ret->work.error = "newer payload";
    return JOB_OUTAGE;
}
