/* SPDX-License-Identifier: EUPL-1.2 */
/* Which addresses are those of machines on the internet. */
#include "tests/unit/unit.h"

#include <arpa/inet.h>

#include "workers/notifications/public.h"

static bool is(bool (*asked)(const struct sockaddr *), const char *text)
{
    struct sockaddr_in6 six = {.sin6_family = AF_INET6};
    struct sockaddr_in four = {.sin_family = AF_INET};
    if (inet_pton(AF_INET, text, &four.sin_addr) == 1)
        return asked((const struct sockaddr *)&four);
    assert_int_equal(inet_pton(AF_INET6, text, &six.sin6_addr), 1);
    return asked((const struct sockaddr *)&six);
}

static void machines_on_the_internet(void **state)
{
    static const char *const there[] = {"1.1.1.1",     "93.184.216.34",     "172.32.0.1",
                                        "100.128.0.1", "2a00:1450:400e::1", "2606:4700::1"};
    (void)state;
    for (size_t i = 0; i < sizeof there / sizeof *there; i++)
        assert_true(is(public_is, there[i]));
}

static void machines_of_ours_and_of_nobody(void **state)
{
    static const char *const ours[] = {
        "0.0.0.0",
        "10.1.2.3",
        "127.0.0.1",
        "169.254.169.254",
        "172.16.0.1",
        "172.31.9.9",
        "192.168.1.1",
        "100.64.0.1",
        "198.18.0.1",
        "224.0.0.1",
        "255.1.1.1",
        "168.63.129.16",
        "::",
        "::1",
        "fe80::1",
        "fc00::1",
        "ff02::1",
        "::ffff:10.0.0.1",
        "64:ff9b::a00:1",
        "2002:a00:1::",
        "2001:db8::1",
        "fd00:ec2::254",
        "::10.0.0.1",
    };
    (void)state;
    for (size_t i = 0; i < sizeof ours / sizeof *ours; i++)
        assert_false(is(public_is, ours[i]));
    assert_true(is(public_is_loopback, "127.9.9.9") && is(public_is_loopback, "::1"));
    assert_false(is(public_is_loopback, "10.0.0.1") || is(public_is_loopback, "::2"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {UNIT(machines_on_the_internet),
                                       UNIT(machines_of_ours_and_of_nobody)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
