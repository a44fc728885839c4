/* SPDX-License-Identifier: EUPL-1.2 */
/* Identifiers: version 7 of RFC 9562. */
#include <time.h>

#include "tests/unit/unit.h"

static void a_new_one_has_version_variant_and_time(void **state)
{
    (void)state;
    char text[UUID_TEXT_LEN + 1];
    struct timespec now;
    struct uuid id = uuid_new();
    clock_gettime(CLOCK_REALTIME, &now);
    int64_t ms = 0;
    for (int i = 0; i < 6; i++)
        ms = ms << 8 | id.bytes[i];
    uuid_print(id, text);
    assert_int_equal(text[14], '7');
    assert_non_null(strchr("89ab", text[19]));
    assert_in_range(now.tv_sec * 1000 + now.tv_nsec / 1000000 - ms, 0, 60000);
}

static void later_ones_sort_behind_earlier_ones(void **state)
{
    (void)state;
    struct uuid before = uuid_new();
    for (int i = 0; i < 20000; i++) { /* more than the counter holds in a millisecond */
        struct uuid id = uuid_new();
        assert_true(memcmp(before.bytes, id.bytes, sizeof id.bytes) < 0);
        before = id;
    }
}

static void what_is_printed_is_read_in_either_case(void **state)
{
    (void)state;
    struct uuid id, upper;
    char text[UUID_TEXT_LEN + 1];
    assert_true(uuid_read(S("0189ABCD-ef01-7234-8abc-DEF012345678"), &id));
    assert_str(uuid_print(id, text), "0189abcd-ef01-7234-8abc-def012345678");
    assert_true(uuid_read(str_of(text), &upper) && uuid_equal(id, upper));
}

static void anything_else_is_refused_and_changes_nothing(void **state)
{
    (void)state;
    static const char *const texts[] = {"",
                                        "0189abcdef0172348abcdef012345678",
                                        "0189abcd-ef01-7234-8abc-def01234567",
                                        "0189abcd-ef01-7234-8abc-def0123456789",
                                        "0189abcd-ef01-7234-8abcd-ef012345678",
                                        "{189abcd-ef01-7234-8abc-def01234567}",
                                        "0189abcg-ef01-7234-8abc-def012345678",
                                        "0189abc@-ef01-7234-8abc-def012345678",
                                        "0189abcd_ef01_7234_8abc_def012345678",
                                        " 189abcd-ef01-7234-8abc-def012345678"};
    const struct uuid none = {{1}};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct uuid id = none;
        assert_false(uuid_read(str_of(texts[i]), &id));
        assert_true(uuid_equal(id, none));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        UNIT(a_new_one_has_version_variant_and_time),
        UNIT(later_ones_sort_behind_earlier_ones),
        UNIT(what_is_printed_is_read_in_either_case),
        UNIT(anything_else_is_refused_and_changes_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
