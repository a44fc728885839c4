/* SPDX-License-Identifier: EUPL-1.2 */
/* What a template may not have, however it is written. */
#include "workers/documents/odt_xml.h"

#include "tests/unit/unit.h"

static void what_a_word_processor_writes_is_taken(void **state)
{
    static const char *const fine[] = {
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<a:b c:d=\"e\" f=\"\"><g/>x = y > z</a:b >",
        "<b>{{name}}</b>",
        "<office:forms/><office:scripts/>",
        "<draw:image xlink:href=\"Pictures/1.png\"/>",
        "<text:a\nxlink:href=\"https://x.example/?a=b&amp;c\">x</text:a>",
        "<text:a xlink:href=\"#hoofdstuk\"/><text:a xlink:href=\"\"/>",
        "<text:object-index-source/><text:p text:name=\"object\"/>",
    };
    (void)state;
    for (size_t i = 0; i < sizeof fine / sizeof *fine; i++)
        assert_null(odt_xml_fault(str_of(fine[i])));
}

static void what_no_word_processor_writes_is_refused(void **state)
{
    static const char *const wrong[] = {"",
                                        "x<a/>",
                                        "<a b=c/>",
                                        "<a b='c'/>",
                                        "<a b/>",
                                        "<a b =\"c\"/>",
                                        "<a b= \"c\"/>",
                                        "<a b=\"<\"/>",
                                        "<a b=\"c",
                                        "<",
                                        "<a",
                                        "</a",
                                        "< a/>",
                                        "<!a>",
                                        "<a/><?x?>",
                                        "<?xml x",
                                        "<?xml encoding=\"UTF-16\"?><a/>",
                                        "<?xml encoding ='UTF-16'?><a/>",
                                        "<a b=\"c\"d=\"e\"/>",
                                        "<a:/>",
                                        "\xef\xbb\xbf<a/>"};
    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        const char *fault = odt_xml_fault(str_of(wrong[i]));
        assert_true(fault && strcmp(fault, "not_odt") == 0);
    }
    assert_string_equal(odt_xml_fault((struct str){"<a/>\0", 5}), "not_odt");
}

static void names_are_looked_at_without_their_prefix(void **state)
{
    static const struct {
        const char *xml, *fault;
    } cases[] = {
        {"<x:floating-frame/>", "objects"},    {"<object/>", "objects"},
        {"<y:event-listener/>", "macros"},     {"<z:z:script/>", "macros"},
        {"<q:dde-connection-decl/>", "links"}, {"<a:b c:href=\"file:///x\"/>", "links"},
        {"<a:b href=\"x\"/>", "links"},        {"<draw:a xlink:href=\"ftp://x\"/>", "links"},
        {"<b:c src=\"x\"/>", "links"},         {"<draw:image xlink:href=\"https://x\"/>", "links"},
        {"<a xml:base=\"x\"/>", "links"},      {"<b href=\"Pictures/\"/>", "links"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_string_equal(odt_xml_fault(str_of(cases[i].xml)), cases[i].fault);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_a_word_processor_writes_is_taken),
        cmocka_unit_test(what_no_word_processor_writes_is_refused),
        cmocka_unit_test(names_are_looked_at_without_their_prefix),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
