/* SPDX-License-Identifier: EUPL-1.2 */
/* Signatures of webhooks, with the example of the specification, and tokens of Notify. */
#include "tests/unit/unit.h"

#include "workers/notifications/sign.h"

static void the_example_of_standard_webhooks(void **state)
{
    struct ctx *ctx = *state;
    struct str text = S("msg_p5jXN8AQM9LWM0D4loKWxJek.1614265330.{\"test\": 2432232314}");
    struct str made = sign_webhook(ctx->arena, S("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"), text);
    assert_str(made, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
}

static void what_is_no_key_signs_nothing(void **state)
{
    struct ctx *ctx = *state;
    static const struct str wrong[] = {
        S(""),          S("whsec_"), S("whsec_AAAA"),
        S("whsk_AAAA"), S("x"),      S("whsec_!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!")};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        assert_null(sign_webhook(ctx->arena, wrong[i], S("x")).at);
    assert_null(sign_notify(ctx->arena, S("short"), S("1")).at);
}

static void a_token_names_the_service(void **state)
{
    struct ctx *ctx = *state;
    struct str token = sign_notify(ctx->arena,
                                   S("name-26785a09-ab16-4eb0-8407-a37497a57506-"
                                     "3d844edf-8d35-48ac-975b-e847b4f122b0"),
                                   S("1568818578"));
    struct str rest = token, head = str_cut(&rest, '.');
    assert_str(head, "eyJ0eXAiOiJKV1QiLCJhbGciOiJIUzI1NiJ9");
    assert_true(str_cut(&rest, '.').len > 80 && rest.len == 43);
}

int main(void)
{
    const struct CMUnitTest tests[] = {UNIT(the_example_of_standard_webhooks),
                                       UNIT(what_is_no_key_signs_nothing),
                                       UNIT(a_token_names_the_service)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
