/* SPDX-License-Identifier: EUPL-1.2 */
/* Calls to receivers: none takes longer than it may. */
#include "workers/notifications/http.h"

#include <netdb.h>
#include <time.h>
#include <unistd.h>

#include "tests/unit/unit.h"

/* Stands in for that of libc: the name server of this receiver does not answer. */
int getaddrinfo(const char *name, const char *service, const struct addrinfo *hints,
                struct addrinfo **ret)
{
    (void)name, (void)service, (void)hints, (void)ret;
    sleep(3);
    return EAI_AGAIN;
}

static bool never(void *what)
{
    (void)what;
    return false;
}

/* The call ended only when the name server was given up (10 seconds and more), and everybody's
 * messages waited for that. */
static void a_name_server_that_does_not_answer_holds_up_nobody(void **state)
{
    const struct setting setting = {.receiver_ca = "",
                                    .loopback = "refused",
                                    .receiver_timeout_ms = 200};
    struct http *http = http_new(&setting);
    struct http_answer answer;
    struct reply reply;
    struct timespec begin, end;
    (void)state;
    clock_gettime(CLOCK_MONOTONIC, &begin);
    const struct http_call call = {.url = "https://receiver.example/",
                                   .body = S("{}"),
                                   .last_byte = never};
    assert_int_equal(http_send(http, &call, &answer, &reply), SEND_DEFERRED);
    clock_gettime(CLOCK_MONOTONIC, &end);
    assert_string_equal(reply.error, "timeout");
    assert_true(end.tv_sec - begin.tv_sec < 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_name_server_that_does_not_answer_holds_up_nobody),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
