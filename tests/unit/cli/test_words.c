/* SPDX-License-Identifier: EUPL-1.2 */
/* The words behind `maatwerk queue`. */
#include "tests/unit/unit.h"

#include "services/cli/queue_words.h"

/* The words of a line, each behind a space. */
static bool ask(struct asked *asked, const char *line)
{
    static char text[256];
    char *words[32], *rest = text;
    int count = 0;
    *asked = (struct asked){0};
    snprintf(text, sizeof text, "%s", line);
    while (*line && rest)
        words[count++] = strsep(&rest, " ");
    return asked_read(asked, count, words);
}

static void a_verb_has_one_word_or_two(void **state)
{
    (void)state;
    struct asked asked;
    assert_true(ask(&asked, "show 42"));
    assert_string_equal(asked.verb->name, "show");
    assert_string_equal(asked.values[0], "42");
    assert_true(ask(&asked, "dead show 42"));
    assert_string_equal(asked.verb->name, "dead show");
    assert_string_equal(asked.values[0], "42");
    assert_true(ask(&asked, "stats"));
    assert_string_equal(asked.verb->name, "stats");
}

static void options_stand_anywhere_and_have_a_value(void **state)
{
    (void)state;
    struct asked asked;
    assert_true(ask(&asked, "--reason asked pause kind mail 30"));
    assert_string_equal(asked.values[0], "mail");
    assert_string_equal(asked.values[1], "30");
    assert_string_equal(asked.values[2], "asked");
    assert_true(ask(&asked, "pause --reason --json kind mail")); /* a value may look like a flag */
    assert_null(asked.values[1]);
    assert_string_equal(asked.values[2], "--json");
    assert_int_equal(asked.flags, 0);
    assert_true(ask(&asked, "ls --most 5 --lane a"));
    assert_null(asked.values[0]);
    assert_string_equal(asked.values[3], "a");
    assert_string_equal(asked.values[5], "5");
}

static void a_flag_belongs_to_its_verb(void **state)
{
    (void)state;
    struct asked asked;
    assert_true(ask(&asked, "stats --json --watch"));
    assert_true(ask(&asked, "drain matching"));
    const struct verb *drain = asked.verb;
    assert_true(ask(&asked, "drain matching --end"));
    assert_ptr_not_equal(asked.verb, drain);
    assert_false(ask(&asked, "show 42 --watch"));
    assert_false(ask(&asked, "show 42 --end"));
}

static void what_does_not_fit_is_not_guessed(void **state)
{
    (void)state;
    static const char *const lines[] = {"",
                                        "nothing",
                                        "show",
                                        "show 1 2",
                                        "dead",
                                        "dead nothing",
                                        "stats 1",
                                        "show 42 --most 5",
                                        "ls --most",
                                        "ls --",
                                        "ls -most 5",
                                        "ls --mos 5",
                                        "pause kind a 1 2",
                                        "SHOW 42",
                                        "dead  show 42"};
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        struct asked asked;
        assert_false(ask(&asked, lines[i]));
    }
}

static void every_verb_has_room_for_its_values(void **state)
{
    (void)state;
    for (size_t i = 0; i < queue_verbs_count; i++) {
        const struct verb *verb = &queue_verbs[i];
        char last[8];
        int values = verb_values(verb) + (verb->gather != NULL);
        assert_in_range(values, 0, VALUES_MAX);
        for (int v = 1; v <= values; v++) { /* each is in the statement */
            snprintf(last, sizeof last, "$%d", v);
            assert_non_null(strstr(verb->sql, last));
        }
        snprintf(last, sizeof last, "$%d", values + 1);
        assert_null(strstr(verb->sql, last));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        UNIT(a_verb_has_one_word_or_two),         UNIT(options_stand_anywhere_and_have_a_value),
        UNIT(a_flag_belongs_to_its_verb),         UNIT(what_does_not_fit_is_not_guessed),
        UNIT(every_verb_has_room_for_its_values),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
