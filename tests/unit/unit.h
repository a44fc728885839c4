/* SPDX-License-Identifier: EUPL-1.2 */
/* Every unit test includes this: cmocka, and a context to work in. */
#ifndef MAATWERK_TESTS_UNIT_H
#define MAATWERK_TESTS_UNIT_H

/* cmocka needs these before it */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "lib/base/buf.h"
#include "lib/base/ctx.h"

static inline int unit_start(void **state)
{
    static struct ctx ctx;
    ctx = (struct ctx){.arena = arena_new()};
    *state = &ctx;
    return 0;
}

static inline int unit_end(void **state)
{
    arena_free(((struct ctx *)*state)->arena);
    return 0;
}

#define UNIT(test) cmocka_unit_test_setup_teardown(test, unit_start, unit_end)

static inline void assert_str(struct str got, const char *wanted)
{
    assert_int_equal(got.len, strlen(wanted));
    assert_memory_equal(got.at, wanted, got.len);
}

#endif
