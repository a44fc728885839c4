/* SPDX-License-Identifier: EUPL-1.2 */
/* What the dispatcher knows that streams carry. */
#include "tests/unit/unit.h"

#include "workers/dispatcher/carried.h"

static void add(struct carried *carried, int64_t job, short worker, short stream,
                unsigned long long at)
{
    carried_add(carried, (struct carried_job){job, {at, 0}, worker, stream});
}

static bool has(const struct carried *carried, int64_t job)
{
    for (size_t i = 0; i < carried->now.count; i++)
        if (carried->now.at[i].job == job)
            return true;
    return false;
}

static bool forgets(struct carried *carried, int64_t job)
{
    return carried_forget(carried, &job, 1) == 1;
}

static void what_stands_before_the_first_of_its_stream_has_ended(void **state)
{
    (void)state;
    struct carried carried = {0};
    struct entry_id firsts[LIMIT_WORKERS][STREAMS] = {0};
    for (short i = 1; i <= 4; i++)
        add(&carried, i, 0, STREAM_P1, (unsigned)i);
    add(&carried, 5, 0, STREAM_P2, 1);
    add(&carried, 6, 1, STREAM_P1, 1);
    carried_trim(&carried, firsts);
    assert_int_equal(carried.now.count, 6);
    firsts[0][STREAM_P1] = (struct entry_id){3, 0};
    firsts[1][STREAM_P1] = (struct entry_id){1, 1};
    carried_trim(&carried, firsts);
    assert_int_equal(carried.now.count, 3);
    assert_true(has(&carried, 3) && has(&carried, 4) && has(&carried, 5));
    assert_int_equal(carried.jobs_of[0][STREAM_P1], 2);
    assert_int_equal(carried.jobs_of[0][STREAM_P2], 1);
    assert_int_equal(carried.jobs_of[1][STREAM_P1], 0);
    carried_free(&carried);
}

static void entries_are_counted_beside_their_jobs(void **state)
{
    (void)state;
    struct carried carried = {0};
    assert_int_equal(carried_jobs_in(&carried, 0, STREAM_P1, 4), 4); /* nothing is known */
    for (short i = 1; i <= 6; i++)
        add(&carried, i, 0, STREAM_P1, i <= 4 ? 1 : 2); /* four jobs in one, two in another */
    add(&carried, 7, 0, STREAM_P2, 2);
    assert_int_equal(carried.jobs_of[0][STREAM_P1], 6);
    assert_int_equal(carried.entries_of[0][STREAM_P1], 2);
    assert_int_equal(carried.entries_of[0][STREAM_P2], 1);
    assert_int_equal(carried_jobs_in(&carried, 0, STREAM_P1, 10), 30);
    assert_true(forgets(&carried, 5));
    assert_true(forgets(&carried, 6));
    assert_int_equal(carried.entries_of[0][STREAM_P1], 1);
    carried_clear(&carried);
    assert_int_equal(carried.entries_of[0][STREAM_P1], 0);
    carried_free(&carried);
}

static void a_job_with_two_entries_is_forgotten_once(void **state)
{
    (void)state;
    struct carried carried = {0};
    add(&carried, 7, 0, STREAM_P1, 1);
    add(&carried, 8, 0, STREAM_P1, 2);
    add(&carried, 7, 0, STREAM_SUSPECTS, 1);
    int64_t ids[] = {9, 7, 8, 3};
    assert_true(forgets(&carried, 7));
    assert_false(forgets(&carried, 7));
    assert_int_equal(carried.jobs_of[0][STREAM_P1], 1);
    assert_int_equal(carried.jobs_of[0][STREAM_SUSPECTS], 0);
    assert_int_equal(carried_forget(&carried, ids, 4), 1);
    assert_int_equal(ids[0], 8);
    assert_int_equal(carried.now.count, 0);
    carried_free(&carried);
}

/* A worker has it still, and is busy with something else: its job waits for another turn already. */
static void an_entry_that_its_job_left_is_not_taken_for_it_again(void **state)
{
    (void)state;
    struct carried carried = {0}, found = {0};
    int64_t ids[4];
    add(&carried, 7, 0, STREAM_P1, 1);
    add(&carried, 8, 0, STREAM_P1, 2);
    assert_true(forgets(&carried, 7));
    for (int look = 0; look < 2; look++) {
        add(&found, 7, 0, STREAM_P1, 1);
        add(&found, 8, 0, STREAM_P1, 2);
        assert_int_equal(carried_replace(&carried, &found, ids), 0);
        assert_true(!has(&carried, 7) && has(&carried, 8));
        assert_int_equal(carried.jobs_of[0][STREAM_P1], 1);
    }
    add(&found, 7, 0, STREAM_P1, 3);
    assert_int_equal(carried_replace(&carried, &found, ids), 1);
    assert_true(has(&carried, 7) && ids[0] == 8);
    carried_free(&carried);
}

static void what_somebody_holds_is_not_to_be_sent(void **state)
{
    (void)state;
    struct carried carried = {0}, found = {0};
    int64_t ids[8], held[] = {7, 9};
    add(&carried, 8, 0, STREAM_P1, 2);
    carried_set_locked(&carried, held, 2);
    assert_int_equal(carried_jobs(&carried, ids), 3);
    assert_true(ids[0] == 8 && ids[1] == 7 && ids[2] == 9);
    assert_int_equal(carried_replace(&carried, &found, ids), 1);
    assert_int_equal(carried_jobs(&carried, ids), 2);
    assert_false(forgets(&carried, 7));
    assert_int_equal(carried_jobs(&carried, ids), 1);
    assert_int_equal(ids[0], 9);
    carried_set_locked(&carried, NULL, 0);
    assert_int_equal(carried_jobs(&carried, ids), 0);
    carried_free(&carried);
}

static void what_is_in_no_stream_any_more_is_lost(void **state)
{
    (void)state;
    enum { MANY = 3000 };
    struct carried carried = {0}, found = {0};
    static int64_t ids[MANY];
    for (int i = 0; i < MANY; i++)
        add(&carried, i, 0, STREAM_P1, (unsigned)i);
    for (int i = MANY - 1; i >= 0; i--)
        if (i != 17 && i != 2999)
            add(&found, i, 0, STREAM_P0, (unsigned)(MANY - i));
    assert_int_equal(carried_replace(&carried, &found, ids), 2);
    assert_true(ids[0] == 17 && ids[1] == 2999);
    assert_int_equal(carried.jobs_of[0][STREAM_P0], MANY - 2);
    assert_int_equal(carried_replace(&carried, &found, ids), MANY - 2);
    add(&found, 1, 0, STREAM_P0, 1);
    assert_int_equal(carried_replace(&carried, &found, ids), 0);
    carried_clear(&carried);
    assert_int_equal(carried.now.count + carried.jobs_of[0][STREAM_P0], 0);
    carried_free(&carried);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_stands_before_the_first_of_its_stream_has_ended),
        cmocka_unit_test(entries_are_counted_beside_their_jobs),
        cmocka_unit_test(a_job_with_two_entries_is_forgotten_once),
        cmocka_unit_test(an_entry_that_its_job_left_is_not_taken_for_it_again),
        cmocka_unit_test(what_somebody_holds_is_not_to_be_sent),
        cmocka_unit_test(what_is_in_no_stream_any_more_is_lost),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
