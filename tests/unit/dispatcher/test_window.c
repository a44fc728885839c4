/* SPDX-License-Identifier: EUPL-1.2 */
/* How much a stream may hold, and when it gets more. */
#include "tests/unit/unit.h"

#include "workers/dispatcher/window.h"

/* The window after jobs ended at this rate for one measurement. */
static struct window window_at(long long ended_per_s)
{
    struct window window = {.length = 100000};
    window_measure(&window, 100000 - ended_per_s, 1000);
    return window;
}

static void a_window_is_what_workers_end_in_50_ms(void **state)
{
    (void)state;
    assert_int_equal(window_at(4000).size, 200);
    assert_int_equal(window_at(0).size, WINDOW_MIN);
    assert_int_equal(window_at(99999).size, WINDOW_MAX);
    assert_true(window_at(1).moves);
    assert_false(window_at(0).moves);
}

static void a_measurement_takes_its_time(void **state)
{
    struct window window = {.length = 0};
    (void)state;
    window_measure(&window, 10, WINDOW_MEASURE_MS - 1);
    assert_int_equal(window.size, 0);
    window_measure(&window, 4, WINDOW_MEASURE_MS);
    assert_int_equal(window.size, WINDOW_MIN);
    assert_int_equal(window.ended, 0); /* the next measurement begins */
    assert_int_equal(window.length, 4);
}

static void little_room_waits(void **state)
{
    struct window window = {.size = 400, .length = 301};
    (void)state;
    assert_int_equal(window_room(&window), 0);
    window.length = 300;
    assert_int_equal(window_room(&window), 100); /* a quarter */
    window = (struct window){.size = 1000, .length = 501};
    assert_int_equal(window_room(&window), 0);
    window.length = 500;
    assert_int_equal(window_room(&window), 500); /* half of a quick window */
    window.length = 2000;
    assert_int_equal(window_room(&window), 0);
    assert_false(window_has_room(&window));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        UNIT(a_window_is_what_workers_end_in_50_ms),
        UNIT(a_measurement_takes_its_time),
        UNIT(little_room_waits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
