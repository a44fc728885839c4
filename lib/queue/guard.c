/* SPDX-License-Identifier: EUPL-1.2 */
/* Two numbers that a child writes and its supervisor reads. */
#include "lib/queue/guard.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <sys/mman.h>

#include "lib/base/clock.h"

struct guard {
    _Atomic int64_t since_ms; /* 0: nothing runs */
    _Atomic int32_t timeout_ms;
};

struct guard *guard_new(void)
{
    struct guard *guard =
        mmap(NULL, sizeof *guard, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (guard == MAP_FAILED)
        abort();
    return guard;
}

void guard_begin(struct guard *guard, int32_t timeout_ms)
{
    atomic_store(&guard->since_ms, 0);
    atomic_store(&guard->timeout_ms, timeout_ms);
    atomic_store(&guard->since_ms, clock_ms());
}

void guard_end(struct guard *guard)
{
    atomic_store(&guard->since_ms, 0);
}

bool guard_is_over(const struct guard *guard, int tenths)
{
    int64_t since_ms = atomic_load(&guard->since_ms);
    return since_ms && (clock_ms() - since_ms) * 10 > (int64_t)tenths * guard->timeout_ms;
}
