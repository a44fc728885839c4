/* SPDX-License-Identifier: EUPL-1.2 */
/* Dividing connections. */
#include "lib/server/budget.h"

static int within(int number, int least, int most)
{
    if (number < least)
        return least;
    return number < most ? number : most;
}

int budget_loops(int connections, int loops)
{
    return within(connections / 2, 1, loops);
}

struct share budget_share(int connections, int loops)
{
    int each = connections / loops;
    int reads = within(each / 3, 1, POOL_READS);
    return (struct share){(unsigned)reads, (unsigned)within(each - reads, 1, POOL_WRITES)};
}
