/* SPDX-License-Identifier: EUPL-1.2 */
/* Weights of RFC 9110 section 12.4.2, and what they decide. */
#include "tests/unit/unit.h"

#include "lib/http/preference.h"

static void the_language_with_the_higher_weight_is_spoken(void **state)
{
    (void)state;
    static const char *const english[] = {
        "en",
        "EN",
        "en-GB",
        "en-Latn-GB",
        "de,en;q=0.5",
        "nl;q=0.1,en;q=0.9",
        "en, nl",
        "en;q=1.000,nl;q=0.999",
        "fr-CH, fr;q=0.9, en;q=0.8, de;q=0.7, *;q=0.5",
        "*;q=0.1, en;q=0.2",
        "nl;q=0, *",
        "nl;q=0",
        "de,nl;q=0.0",
        "nl;q=0.001,en;q=0.002",
        " en ; q=0.5 , nl ; q=0.4",
        "en;Q=0.5,nl;q=0.4",
        "nl;q=0.5,en;level=1",
        "nl;q=0.2,en-GB;q=0.1,en;q=0.3",
        "nl;q=2,en;q=0.1",
        "en;q=0.5,nl;q=0.5000" /* one digit too many: only English has a weight */};
    static const char *const dutch[] = {"",         "nl",         "nl-BE",
                                        "nl,en",    "de",         "*",
                                        "en;q=0",   "en;q=0.5,*", "en;q=0.5,*;q=0.5,nl",
                                        "eng",      "e",          "english",
                                        "en_GB",    "en;q=x",     "en;q=",
                                        "en;q",     "en;q=1.001", "en;q=0.4,nl;q=0.5",
                                        ",,,",      ";",          "en;q=0.0001",
                                        "nl,en;q=1"};
    for (size_t i = 0; i < sizeof english / sizeof *english; i++)
        assert_int_equal(preference_language(str_of(english[i])), LANGUAGE_EN);
    for (size_t i = 0; i < sizeof dutch / sizeof *dutch; i++)
        assert_int_equal(preference_language(str_of(dutch[i])), LANGUAGE_NL);
    assert_int_equal(preference_language((struct str){0}), LANGUAGE_NL);
}

static bool admits(const char *value)
{
    return preference_admits(str_of(value), S("application/json"));
}

static void the_most_exact_range_decides(void **state)
{
    (void)state;
    static const char *const yes[] = {"application/json",
                                      "Application/JSON",
                                      "*/*",
                                      "application/*",
                                      "text/html, */*;q=0.1",
                                      "application/json;q=0.001",
                                      "application/json; charset=utf-8",
                                      "text/html,application/json",
                                      "application/*;q=0, application/json",
                                      "*/*;q=0, application/*;q=0.1"};
    static const char *const no[] = {"",
                                     "text/html",
                                     "application/xml",
                                     "application/json;q=0",
                                     "application/json;q=0, */*",
                                     "application/*;q=0, */*",
                                     "*/*;q=0",
                                     "*",
                                     "*/json",
                                     "application",
                                     "application/jsonp"};
    for (size_t i = 0; i < sizeof yes / sizeof *yes; i++)
        assert_true(admits(yes[i]));
    for (size_t i = 0; i < sizeof no / sizeof *no; i++)
        assert_false(admits(no[i]));
    assert_true(preference_admits((struct str){0}, S("application/json")));
    static const char *const refused[] = {"application/json;q=0", "application/json;q=0, */*",
                                          "*/*;q=0", "application/*;q=0, text/html"};
    static const char *const not_named[] = {"text/html", "application/problem+json", "*/*", ""};
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++)
        assert_true(preference_refuses(str_of(refused[i]), S("application/json")));
    for (size_t i = 0; i < sizeof not_named / sizeof *not_named; i++)
        assert_false(preference_refuses(str_of(not_named[i]), S("application/json")));
}

static void the_form_with_the_higher_weight_is_preferred(void **state)
{
    (void)state;
    struct str csv = S("text/csv"), json = S("application/json");
    static const char *const yes[] = {"text/csv", "application/json;q=0.5, text/csv",
                                      "text/csv, */*;q=0.1"};
    static const char *const no[] = {"*/*", "text/*, application/json",
                                     "text/csv;q=0.5, application/json", "text/csv;q=0", ""};
    for (size_t i = 0; i < sizeof yes / sizeof *yes; i++)
        assert_true(preference_prefers(str_of(yes[i]), csv, json));
    for (size_t i = 0; i < sizeof no / sizeof *no; i++)
        assert_false(preference_prefers(str_of(no[i]), csv, json));
    assert_false(preference_prefers((struct str){0}, csv, json));
}

/* Attack 22: answers have no content coding; a client may refuse just that. */
static void attack_22_an_answer_without_a_coding_may_be_refused(void **state)
{
    (void)state;
    static const char *const yes[] = {
        "",       "gzip",     "gzip, br;q=0.5",        "identity",
        "*",      "gzip;q=0", "*;q=0, identity;q=0.1", "IDENTITY;q=0.001, *;q=0",
        "*;q=0.1"};
    static const char *const no[] = {"identity;q=0", "gzip, Identity;q=0.000", "*;q=0",
                                     "gzip, *;q=0", "identity;q=0, *"};
    for (size_t i = 0; i < sizeof yes / sizeof *yes; i++)
        assert_true(preference_admits_plain(str_of(yes[i])));
    for (size_t i = 0; i < sizeof no / sizeof *no; i++)
        assert_false(preference_admits_plain(str_of(no[i])));
    assert_true(preference_admits_plain((struct str){0}));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        UNIT(the_language_with_the_higher_weight_is_spoken),
        UNIT(the_most_exact_range_decides),
        UNIT(the_form_with_the_higher_weight_is_preferred),
        UNIT(attack_22_an_answer_without_a_coding_may_be_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
