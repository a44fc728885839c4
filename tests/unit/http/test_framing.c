/* SPDX-License-Identifier: EUPL-1.2 */
/* Heads of requests that everybody reads the same, and others. */
#include "tests/unit/unit.h"

#include "lib/http/framing.h"

#define LINE "GET / HTTP/1.1\r\n"
#define HOST "Host: a\r\n"

static void a_plain_head_is_clear(void **state)
{
    (void)state;
    static const char *const heads[] = {
        LINE HOST "\r\n",
        "\r\n" LINE HOST "\r\n",
        "GET / HTTP/1.0\r\n\r\n",
        "GET / HTTP/1.0\r\n" HOST "\r\n",
        LINE "hOST: a\r\ncontent-LENGTH: 2\r\n\r\n{}",
        LINE HOST "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "GET / HTTP/1.1\nHost: a\n\n",
        LINE HOST "X-Host: b\r\nX-Content-Length: 2\r\nHosts: c\r\nContent: d\r\n\r\n",
        LINE HOST "\r\n" HOST
                  " folded: 1\r\nContent-Length: 1\r\nContent-Length: 2\r\n", /* behind the head */
        LINE HOST "X: Host: b\r\nY:\r\n\r\n"};
    for (size_t i = 0; i < sizeof heads / sizeof *heads; i++)
        assert_true(framing_is_clear(str_of(heads[i])));
}

static void what_can_be_read_in_two_ways_is_not(void **state)
{
    (void)state;
    static const char *const heads[] = {
        "",
        "\r\n",
        LINE,
        LINE "\r\n",
        LINE HOST HOST "\r\n",
        "GET / HTTP/1.0\r\n" HOST HOST "\r\n",
        LINE HOST "Content-Length: 2\r\nContent-Length: 2\r\n\r\n",
        LINE HOST "Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n",
        LINE HOST "transfer-encoding: chunked\r\nTRANSFER-ENCODING: chunked\r\n\r\n",
        LINE HOST "X: a\r\n b\r\n\r\n",
        LINE HOST "X: a\r\n\tContent-Length: 2\r\n\r\n",
        LINE " " HOST HOST "\r\n",
        "GET / HTTP/1.1\nHost: a\nHost: b\n\n",
        LINE "Host : a\r\n\r\n",
        "\r\n\r\n" LINE HOST "\r\n"};
    for (size_t i = 0; i < sizeof heads / sizeof *heads; i++)
        assert_false(framing_is_clear(str_of(heads[i])));
}

static void a_head_that_is_cut_off_is_read_to_its_end(void **state)
{
    static const char whole[] = LINE HOST "Content-Length: 2\r\n\r\n";
    for (size_t length = 0; length < sizeof whole; length++) {
        struct str copy = arena_copy(((struct ctx *)*state)->arena, (struct str){whole, length});
        bool has_host = length >= strlen(LINE "Host");
        assert_int_equal(framing_is_clear(copy), has_host);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        UNIT(a_plain_head_is_clear),
        UNIT(what_can_be_read_in_two_ways_is_not),
        UNIT(a_head_that_is_cut_off_is_read_to_its_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
