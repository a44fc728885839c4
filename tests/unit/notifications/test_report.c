/* SPDX-License-Identifier: EUPL-1.2 */
/* Reports of mail servers. */
#include "tests/unit/unit.h"

#include "workers/notifications/proof.h"
#include "workers/notifications/report.h"

#define ID "1.01920000-0000-7000-8000-0000000000b1"
#define HEAD                                                                           \
    "From: Mail Delivery System <mailer@post.example>\r\nTo: bounces@post.example\r\n" \
    "Content-Type: multipart/report; report-type=\"delivery-status\";\r\n"             \
    " boundary=\"=_b\"\r\n\r\nwords for people\r\n"
#define TYPE "Content-Type: multipart/report; report-type=delivery-status; boundary=\"=_b\"\n"
#define TEXT "--=_b\r\nContent-Type: text/plain\r\n\r\nAction: delivered\r\nStatus: 2.0.0\r\n"
#define STATUS(action, status)                                                            \
    "--=_b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; x\r\n\r\n" \
    "Final-Recipient: rfc822; jan@x.example\r\nAction: " action "\r\nStatus: " status "\r\n\r\n"
#define SENT                                                                               \
    "--=_b\r\nContent-Type: text/rfc822-headers\r\n\r\nSubject: x\r\nMessage-ID:\r\n <" ID \
    "@post.example>\r\n"
#define END "--=_b--\r\n"

static struct report good(void **state, struct str mail)
{
    struct report report = {0};
    assert_true(report_read(((struct ctx *)*state)->arena, mail, &report));
    assert_str(report.tenant, "1");
    assert_str(report.message, "01920000-0000-7000-8000-0000000000b1");
    return report;
}

static bool bad(void **state, struct str mail)
{
    struct report report = {0};
    return !report_read(((struct ctx *)*state)->arena, mail, &report);
}

static void a_message_that_came_back_is_found(void **state)
{
    struct report report = good(state, S(HEAD TEXT STATUS("failed", "5.1.1") SENT END));
    assert_str(report.action, "failed");
    assert_str(report.status, "5.1.1");
    report = good(state, S(HEAD STATUS("Delayed", "4.4.1 (no answer)") SENT));
    assert_str(report.action, "delayed");
    assert_str(report.status, "4.4.1");
}

static void of_several_receivers_the_one_that_failed_counts(void **state)
{
    struct report report =
        good(state,
             S(HEAD STATUS("delivered", "2.0.0") "Action: failed\nStatus: 5.2.2\n\n" SENT END));
    assert_str(report.action, "failed");
    assert_str(report.status, "5.2.2");
}

static void a_report_proves_that_it_answers_a_mail_of_ours(void **state)
{
    struct arena *arena = ((struct ctx *)*state)->arena;
    const char key[SECRET_ROOM] = "a key of this installation", other[SECRET_ROOM] = "another one";
    struct str proof = proof_of(arena, key, S(ID));
    assert_int_equal(proof.len, PROOF_LEN);
    struct str mail =
        arena_print(arena, "To: <bounces+" ID ".%.*s@post.example>\n%.*s", STR_ARG(proof),
                    STR_ARG(S(TYPE "\n" STATUS("failed", "5.1.1") SENT END)));
    struct report report = good(state, mail);
    assert_true(proof_fits(arena, key, S(ID), report.proof));
    assert_false(proof_fits(arena, other, S(ID), report.proof));
    assert_false(proof_fits(arena, key, S("2" ID), report.proof));
    report = good(state, S(HEAD STATUS("failed", "5.1.1") SENT END)); /* only the number */
    assert_false(proof_fits(arena, key, S(ID), report.proof));
}

static void the_address_of_the_report_may_have_the_number(void **state)
{
    good(
        state,
        S("To: <bounces+" ID
          "@post.example>\nContent-type: multipart/report; boundary=b; report-type=delivery-status\n\n"
          "--b\ncontent-type: message/delivery-status\n\nx: y\n\naction: failed\nstatus: 5.0.0\n--b--"));
}

static void what_is_no_report_is_none(void **state)
{
    assert_true(bad(state, S("")));
    assert_true(bad(state, S("Subject: out of office\r\n\r\n" STATUS("failed", "5.1.1") SENT)));
    assert_true(bad(state, S(HEAD TEXT SENT END)));
    assert_true(bad(state, S(HEAD TEXT STATUS("failed", "5.1.1") END)));
    assert_true(bad(state, S(HEAD STATUS("exploded", "5.1.1") SENT END)));
    assert_true(bad(state, S(HEAD STATUS("failed", "5.1") SENT END)));
    assert_true(bad(state, S(HEAD STATUS("failed", "9.1.1") SENT END)));
    assert_true(bad(state, S(HEAD STATUS("failed", "5.1.1'; drop") SENT END)));
    assert_true(
        bad(state, S("Content-Type: multipart/report; report-type=delivery-status\n\n" STATUS(
                       "failed", "5.1.1") SENT)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {UNIT(a_message_that_came_back_is_found),
                                       UNIT(of_several_receivers_the_one_that_failed_counts),
                                       UNIT(a_report_proves_that_it_answers_a_mail_of_ours),
                                       UNIT(the_address_of_the_report_may_have_the_number),
                                       UNIT(what_is_no_report_is_none)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
