/* SPDX-License-Identifier: EUPL-1.2 */
/* A claimed row becomes a job, or is said to be none; how long a job may take. */
#include <unistd.h>

#include "tests/unit/unit.h"

#include "lib/json/parse.h"
#include "lib/queue/child.h"
#include "lib/queue/stream.h"

static const struct job_kind kinds[] = {{.kind = "mail"}, {.kind = "mail_all"}};
static const struct worker worker = {.name = "test", .kinds = kinds, .kinds_count = 2};

enum { COLUMNS = 7, KIND = 2, CANCELLED = 4, PAYLOAD = 5 };

/* Reads a row that is good but for one column. */
static enum job_end read_row(struct arena *arena, int column, const char *value,
                             struct claimed *ret)
{
    const char *values[COLUMNS] = {"9007199254740993", "9901", "mail", "3", "f",
                                   "{\"to\":\"x\"}",   "f"};
    static char names[COLUMNS][2] = {"0", "1", "2", "3", "4", "5", "6"};
    PGresAttDesc columns[COLUMNS];
    struct batch batch = {.worker = &worker};
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
    return claimed_read(&batch, arena, row, 0, ret);
}

static void a_row_becomes_a_job(void **state)
{
    struct claimed claimed;
    assert_int_equal(read_row(((struct ctx *)*state)->arena, 1, "9901", &claimed), JOB_DONE);
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
    assert_int_equal(read_row(arena, CANCELLED, "t", &claimed), JOB_PERMANENT);
    assert_string_equal(claimed.work.error, "cancelled");
    assert_int_equal(read_row(arena, KIND, "mai", &claimed), JOB_PERMANENT);
    assert_string_equal(claimed.work.error, "unknown kind");
    assert_int_equal(read_row(arena, KIND, "mail_al", &claimed), JOB_PERMANENT);
    assert_int_equal(read_row(arena, PAYLOAD, "{\"a\":1e400}", &claimed), JOB_PERMANENT);
    assert_string_equal(claimed.work.error, "payload");
    assert_int_equal(read_row(arena, PAYLOAD, "", &claimed), JOB_PERMANENT);
}

static void a_payload_of_another_shape_has_no_texts(void **state)
{
    static const char *const payloads[] = {"[]",
                                           "[\"to\"]",
                                           "1",
                                           "\"to\"",
                                           "null",
                                           "{\"to\":1}",
                                           "{\"to\":null}",
                                           "{\"to\":{\"to\":\"x\"}}",
                                           "{}"};
    for (size_t i = 0; i < sizeof payloads / sizeof *payloads; i++) {
        struct claimed claimed;
        read_row(((struct ctx *)*state)->arena, PAYLOAD, payloads[i], &claimed);
        assert_null(job_text(&claimed.job, "to").at);
    }
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

static void time_counts_while_a_job_runs(void **state)
{
    (void)state;
    struct guard *guard = guard_new();
    assert_false(guard_is_over(guard, 10));
    guard_begin(guard, INT32_MAX);
    usleep(20000);
    assert_false(guard_is_over(guard, 20));
    guard_begin(guard, 10);
    usleep(20000);
    assert_true(guard_is_over(guard, 10));
    assert_false(guard_is_over(guard, 1000000));
    guard_end(guard);
    assert_false(guard_is_over(guard, 10));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        UNIT(a_row_becomes_a_job),
        UNIT(what_cannot_run_says_why),
        UNIT(a_payload_of_another_shape_has_no_texts),
        UNIT(streams_are_named_by_their_worker),
        UNIT(time_counts_while_a_job_runs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
