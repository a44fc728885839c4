/* SPDX-License-Identifier: EUPL-1.2 */
/* What Redis answers, as workers and the dispatcher read it. */
#include "tests/unit/unit.h"

#include "workers/dispatcher/stream_reply.h"

/* The reply that these bytes of the protocol are. */
static redisReply *reply_of(const char *bytes)
{
    void *reply = NULL;
    redisReader *reader = redisReaderCreate();
    redisReaderFeed(reader, bytes, strlen(bytes));
    assert_int_equal(redisReaderGetReply(reader, &reply), REDIS_OK);
    redisReaderFree(reader);
    assert_non_null(reply);
    return reply;
}

#define P1             "$15\r\nmw:{s0}:test:p1\r\n"
#define ENTRY(id, job) "*2\r\n$3\r\n" id "\r\n*2\r\n$1\r\nj\r\n$2\r\n" job "\r\n"

static int read_entries(const char *bytes, struct stream_entry *entries, int room)
{
    struct streams streams = streams_of("test");
    redisReply *reply = reply_of(bytes);
    int count = stream_entries(reply, &streams, entries, room);
    freeReplyObject(reply);
    return count;
}

static void entries_keep_their_order_and_their_stream(void **state)
{
    (void)state;
    struct stream_entry entries[4];
    assert_int_equal(read_entries("*2\r\n*2\r\n" P1 "*2\r\n" ENTRY("1-1", "41")
                                      ENTRY("1-2", "42") //
                                  "*2\r\n$14\r\nmw:{s0}:test:q\r\n*1\r\n" ENTRY("2-1", "43"),
                                  entries, 4),
                     3);
    assert_int_equal(entries[0].count, 1);
    assert_int_equal(entries[0].jobs[0], 41);
    assert_int_equal(entries[1].stream, STREAM_P1);
    assert_string_equal(entries[1].id, "1-2");
    assert_int_equal(entries[2].stream, STREAM_SUSPECTS);
}

static void no_more_entries_are_read_than_there_is_room_for(void **state)
{
    (void)state;
    struct stream_entry entries[2] = {{.count = 7}, {.count = 7}};
    assert_int_equal(read_entries("*1\r\n*2\r\n" P1 "*2\r\n" ENTRY("1-1", "41") ENTRY("1-2", "42"),
                                  entries, 1),
                     1);
    assert_int_equal(entries[1].count, 7);
}

static void what_is_not_ours_has_no_job_but_can_be_acknowledged(void **state)
{
    (void)state;
    struct stream_entry entries[4];
    assert_int_equal(
        read_entries("*1\r\n*2\r\n" P1 "*3\r\n" ENTRY("1-1", "4x") //
                     "*2\r\n$3\r\n1-2\r\n*-1\r\n"                  /* deleted since it was read */
                     "*2\r\n$3\r\n1-3\r\n*4\r\n$1\r\na\r\n$1\r\nb\r\n$1\r\nc\r\n$1\r\nd\r\n",
                     entries, 4),
        3);
    for (int i = 0; i < 3; i++)
        assert_int_equal(entries[i].count, 0);
    assert_string_equal(entries[2].id, "1-3");
}

static void other_streams_and_other_shapes_give_nothing(void **state)
{
    (void)state;
    static const char *const replies[] = {"*-1\r\n",
                                          "$-1\r\n",
                                          "*0\r\n",
                                          "+OK\r\n",
                                          ":1\r\n",
                                          "*1\r\n:1\r\n",
                                          "*1\r\n*2\r\n$-1\r\n*0\r\n",
                                          "*1\r\n*2\r\n:1\r\n*1\r\n" ENTRY("1-1", "41"),
                                          "*1\r\n*2\r\n$5\r\nother\r\n*1\r\n" ENTRY("1-1", "41"),
                                          "*1\r\n*2\r\n" P1 ":1\r\n",
                                          "*1\r\n*2\r\n" P1 "*2\r\n:1\r\n*2\r\n$-1\r\n*0\r\n"};
    struct stream_entry entries[4];
    for (size_t i = 0; i < sizeof replies / sizeof *replies; i++)
        assert_int_equal(read_entries(replies[i], entries, 4), 0);
}

static void places_have_an_order_by_number_not_by_text(void **state)
{
    (void)state;
    assert_true(entry_id_is_after(entry_id_of("10-0"), entry_id_of("9-9")));
    assert_true(entry_id_is_after(entry_id_of("9-10"), entry_id_of("9-9")));
    assert_false(entry_id_is_after(entry_id_of("9-9"), entry_id_of("9-9")));
    assert_true(entry_id_is_after(entry_id_of("1"), entry_id_of("0-18446744073709551615")));
    assert_true(entry_id_is_after(entry_id_of("18446744073709551615-1"),
                                  entry_id_of("18446744073709551615-0")));
}

static void an_entry_is_alive_when_undelivered_or_pending(void **state)
{
    (void)state;
    redisReply *pending = reply_of("*2\r\n*4\r\n$3\r\n1-2\r\n$1\r\nc\r\n:5\r\n:1\r\n*0\r\n");
    struct entry_id last = entry_id_of("1-3");
    struct stream_entry entry = {.id = "1-4"};
    assert_true(stream_reply_is_alive(&entry, pending, last));
    strncpy(entry.id, "1-2", sizeof entry.id);
    assert_true(stream_reply_is_alive(&entry, pending, last));
    strncpy(entry.id, "1-3", sizeof entry.id); /* delivered, nobody's: a ghost */
    assert_false(stream_reply_is_alive(&entry, pending, last));
    freeReplyObject(pending);
}

static void lists_of_names_and_values_are_looked_through(void **state)
{
    (void)state;
    struct entry_id last = {7, 7};
    redisReply *reply =
        reply_of("*1\r\n*5\r\n$4\r\nname\r\n$1\r\nw\r\n:1\r\n:2\r\n$17\r\nlast-delivered-id\r\n");
    assert_false(stream_reply_last_delivered(reply, &last)); /* a name without value */
    assert_int_equal(last.ms, 7);
    assert_string_equal(stream_reply_consumer(reply->element[0]), "w");
    freeReplyObject(reply);
    reply = reply_of("*1\r\n*2\r\n$17\r\nlast-delivered-id\r\n$5\r\n12-34\r\n");
    assert_true(stream_reply_last_delivered(reply, &last));
    assert_true(last.ms == 12 && last.seq == 34);
    assert_null(stream_reply_consumer(reply->element[0]));
    freeReplyObject(reply);
    assert_false(stream_reply_last_delivered(NULL, &last));
}

static void jobs_that_are_no_numbers_are_left_out(void **state)
{
    (void)state;
    int64_t ids[4 * ENTRY_JOBS] = {0};
    redisReply *reply = reply_of("*4\r\n$2\r\n41\r\n$1\r\nx\r\n:5\r\n$6\r\n42,,43\r\n");
    assert_int_equal(stream_reply_jobs(reply, ids), 3);
    assert_true(ids[0] == 41 && ids[1] == 42 && ids[2] == 43);
    freeReplyObject(reply);
}

static void an_entry_carries_several_jobs(void **state)
{
    (void)state;
    int64_t jobs[ENTRY_JOBS] = {0};
    assert_int_equal(stream_jobs("7,8,9223372036854775807", jobs), 3);
    assert_true(jobs[0] == 7 && jobs[1] == 8 && jobs[2] == INT64_MAX);
    assert_int_equal(stream_jobs("1,2,3,4,5,6,7", jobs), ENTRY_JOBS);
    assert_int_equal(jobs[ENTRY_JOBS - 1], ENTRY_JOBS);
    static const char *const none[] = {"", ",", "x", "1x,", "9223372036854775808", " 1"};
    for (size_t i = 0; i < sizeof none / sizeof *none; i++)
        assert_int_equal(stream_jobs(none[i], jobs), 0);
    assert_int_equal(stream_jobs(NULL, jobs), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        UNIT(entries_keep_their_order_and_their_stream),
        UNIT(no_more_entries_are_read_than_there_is_room_for),
        UNIT(what_is_not_ours_has_no_job_but_can_be_acknowledged),
        UNIT(other_streams_and_other_shapes_give_nothing),
        UNIT(places_have_an_order_by_number_not_by_text),
        UNIT(an_entry_is_alive_when_undelivered_or_pending),
        UNIT(lists_of_names_and_values_are_looked_through),
        UNIT(jobs_that_are_no_numbers_are_left_out),
        UNIT(an_entry_carries_several_jobs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
