/* SPDX-License-Identifier: EUPL-1.2 */
#include <sys/wait.h>
#include <unistd.h>

#include "lib/queue/guard.h"
#include "tests/unit/unit.h"

static void a_supervisor_sees_how_long_its_child_takes(void **state)
{
    (void)state;
    struct guard *guard = guard_new();
    assert_false(guard_is_over(guard, GUARD_HEARTBEAT));
    pid_t child = fork();
    if (child == 0) {
        guard_begin(guard, 1);
        _exit(0);
    }
    waitpid(child, NULL, 0);
    usleep(5000);
    assert_true(guard_is_over(guard, GUARD_HEARTBEAT));
    assert_true(guard_is_over(guard, GUARD_SUPERVISOR));
    guard_begin(guard, 3600000);
    assert_false(guard_is_over(guard, GUARD_HEARTBEAT));
    guard_begin(guard, 1);
    guard_end(guard);
    usleep(5000);
    assert_false(guard_is_over(guard, GUARD_HEARTBEAT));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_supervisor_sees_how_long_its_child_takes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
