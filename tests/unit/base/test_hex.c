/* SPDX-License-Identifier: EUPL-1.2 */
/* Bytes as digits, and back. */
#include "tests/unit/unit.h"

#include "lib/base/hex.h"

static void bytes_become_digits(void **state)
{
    struct buf out = buf_in(((struct ctx *)*state)->arena);
    hex_add(&out, (const unsigned char[]){0x00, 0x0f, 0xa9, 0xff}, 4);
    assert_str(buf_str(&out), "000fa9ff");
}

static void digits_of_either_case_become_bytes(void **state)
{
    unsigned char bytes[3];
    (void)state;
    assert_true(hex_read(S("00aBfF"), bytes, 3));
    assert_memory_equal(bytes, "\x00\xab\xff", 3);
    assert_true(hex_read(S(""), bytes, 0));
}

static void anything_else_is_refused(void **state)
{
    static const char *const others[] = {"",
                                         "0",
                                         "000",
                                         "0g",
                                         "g0",
                                         " 0",
                                         "-1",
                                         "\x10"
                                         "0",
                                         "0x"};
    unsigned char byte;
    (void)state;
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        assert_false(hex_read(str_of(others[i]), &byte, 1));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        UNIT(bytes_become_digits),
        UNIT(digits_of_either_case_become_bytes),
        UNIT(anything_else_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
