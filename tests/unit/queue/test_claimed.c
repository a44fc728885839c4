/* SPDX-License-Identifier: EUPL-1.2 */
/* A claimed row becomes a job, or the reason why it cannot run. */
#include "tests/unit/unit.h"

#include "lib/json/parse.h"
#include "lib/queue/claimed.h"
#include "lib/queue/gen/queries.h"
#include "lib/queue/stream.h"

static const struct job_kind kinds[] = {{.kind = "mail"}, {.kind = "mail_all"}};
static const struct worker worker = {.name = "test", .kinds = kinds, .kinds_count = 2};

enum { COLUMNS = QUEUE_CLAIM_WAITED_US };

/* Reads a row that is good but for one column. */
static enum job_end read_row(struct arena *arena, enum queue_claim_column column, const char *value,
                             struct claimed *ret)
{
    const char *values[COLUMNS] = {"9007199254740993", "9901", "mail",  "3", "f",
                                   "{\"to\":\"x\"}",   "f",    "10000", "1"};
    static char names[COLUMNS][2] = {"0", "1", "2", "3", "4", "5", "6", "7", "8"};
    PGresAttDesc columns[COLUMNS];
    struct executor executor = {.worker = &worker};
    memset(columns, 0, sizeof columns);
    values[column] = value;
    PGresult *row = PQmakeEmptyPGresult(NULL, PGRES_TUPLES_OK);
    arena_defer(arena, (void (*)(void *))PQclear, row);
    for (int i = 0; i < COLUMNS; i++)
        columns[i].name = names[i];
    PQsetResultAttrs(row, COLUMNS, columns);
    for (int i = 0; i < COLUMNS; i++)
        PQsetvalue(row, 0, i, (char *)values[i], (int)strlen(values[i]));
    json_start();
    return claimed_read(&executor, arena, row, 0, ret);
}

static void a_row_becomes_a_job(void **state)
{
    struct claimed claimed;
    assert_int_equal(read_row(((struct ctx *)*state)->arena, QUEUE_CLAIM_TENANT, "9901", &claimed),
                     JOB_DONE);
    assert_int_equal(claimed.job.id, 9007199254740993); /* more than a double holds */
    assert_int_equal(claimed.job.tenant, 9901);
    assert_int_equal(claimed.job.attempt, 3);
    assert_string_equal(claimed.kind->kind, "mail");
    assert_str(job_text(&claimed.job, "to"), "x");
    assert_null(job_text(&claimed.job, "To").at);
    assert_null(job_text(&claimed.job, "").at);
}

static void what_cannot_run_says_why(void **state)
{
    struct arena *arena = ((struct ctx *)*state)->arena;
    struct claimed claimed;
    assert_int_equal(read_row(arena, QUEUE_CLAIM_CANCELLED, "t", &claimed), JOB_PERMANENT);
    assert_string_equal(claimed.work.error, "cancelled");
    assert_int_equal(read_row(arena, QUEUE_CLAIM_KIND, "mai", &claimed), JOB_PERMANENT);
    assert_string_equal(claimed.work.error, "unknown kind");
    assert_int_equal(read_row(arena, QUEUE_CLAIM_KIND, "mail_al", &claimed), JOB_PERMANENT);
    assert_int_equal(read_row(arena, QUEUE_CLAIM_PAYLOAD, "{\"a\":1e400}", &claimed),
                     JOB_PERMANENT);
    assert_string_equal(claimed.work.error, "payload");
    assert_int_equal(read_row(arena, QUEUE_CLAIM_PAYLOAD, "", &claimed), JOB_PERMANENT);
}

static void a_payload_is_an_object(void **state)
{
    static const char *const others[] = {"[]", "[{}]", "1", "\"to\"", "null"};
    static const char *const without[] = {"{\"to\":1}", "{\"to\":null}", "{\"to\":{\"to\":\"x\"}}",
                                          "{}"};
    struct claimed claimed;
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        assert_int_equal(read_row(((struct ctx *)*state)->arena, QUEUE_CLAIM_PAYLOAD, others[i],
                                  &claimed),
                         JOB_PERMANENT);
    for (size_t i = 0; i < sizeof without / sizeof *without; i++) {
        assert_int_equal(read_row(((struct ctx *)*state)->arena, QUEUE_CLAIM_PAYLOAD, without[i],
                                  &claimed),
                         JOB_DONE);
        assert_null(job_text(&claimed.job, "to").at);
    }
}

static void a_payload_of_later_waits_for_a_later_worker(void **state)
{
    struct claimed claimed;
    assert_int_equal(read_row(((struct ctx *)*state)->arena, QUEUE_CLAIM_VERSION, "2", &claimed),
                     JOB_OUTAGE);
    assert_int_equal(read_row(((struct ctx *)*state)->arena, QUEUE_CLAIM_VERSION, "1", &claimed),
                     JOB_DONE);
    assert_int_equal(claimed.job.timeout_ms, 10000);
}

static void streams_are_named_by_their_worker(void **state)
{
    (void)state;
    struct streams streams = streams_of("matching");
    assert_string_equal(streams.names[STREAM_P0], "mw:{s0}:matching:p0");
    assert_string_equal(streams.names[STREAM_SUSPECTS], "mw:{s0}:matching:q");
    streams = streams_of("abcdefghijklmnopqrst"); /* the longest that queue.kind allows */
    assert_string_equal(streams.names[STREAM_P2], "mw:{s0}:abcdefghijklmnopqrst:p2");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        UNIT(a_row_becomes_a_job),
        UNIT(what_cannot_run_says_why),
        UNIT(a_payload_is_an_object),
        UNIT(a_payload_of_later_waits_for_a_later_worker),
        UNIT(streams_are_named_by_their_worker),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
