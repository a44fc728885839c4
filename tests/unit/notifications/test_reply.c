/* SPDX-License-Identifier: EUPL-1.2 */
/* What a server answers. */
#include "tests/unit/unit.h"

#include "workers/notifications/reply.h"

static void a_reply_has_a_code_perhaps_a_status_and_words(void **state)
{
    static const struct {
        struct str line;
        int code;
        const char *status, *text;
    } cases[] = {{S("250 2.0.0 OK id=1x\r\n"), 250, "2.0.0", "OK id=1x"},
                 {S("250 OK"), 250, "", "OK"},
                 {S("250-STARTTLS\r\n"), 250, "", "STARTTLS"},
                 {S("250"), 250, "", ""},
                 {S("550 5.1.1 <jan@x.example> unknown\r\n"), 550, "5.1.1", ""},
                 {S("451 4.7.100 later"), 451, "4.7.100", ""},
                 {S("550 2.0.0 they do not agree"), 550, "", ""},
                 {S("250 2.0.0000 x"), 250, "", "2.0.0000 x"},
                 {S("250 ok \x01\xff!"), 250, "", "ok   !"}};
    struct reply reply;
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_true(reply_read(cases[i].line, &reply));
        assert_int_equal(reply.code, cases[i].code);
        assert_string_equal(reply.status, cases[i].status);
        assert_string_equal(reply.text, cases[i].text);
    }
}

static void what_is_no_reply_changes_nothing(void **state)
{
    static const struct str bad[] = {S(""),      S("25"),    S("abc"),  S("199 x"),
                                     S("600 x"), S("-50 x"), S("2 0 x")};
    struct reply reply = {.code = 7};
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_false(reply_read(bad[i], &reply));
    assert_int_equal(reply.code, 7);
}

static void a_long_reply_is_cut(void **state)
{
    char line[1000];
    struct reply reply;
    (void)state;
    memset(line, 'x', sizeof line);
    memcpy(line, "250 2.0.0 ", 10);
    assert_true(reply_read((struct str){line, sizeof line}, &reply));
    assert_int_equal(strlen(reply.text), 200);
}

int main(void)
{
    const struct CMUnitTest tests[] = {UNIT(a_reply_has_a_code_perhaps_a_status_and_words),
                                       UNIT(what_is_no_reply_changes_nothing),
                                       UNIT(a_long_reply_is_cut)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
