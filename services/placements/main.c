/* SPDX-License-Identifier: EUPL-1.2 */
/* maatwerk-placements: serves the operations of this folder. */
#include "lib/server/server.h"
#include "services/placements/gen/contract.h"

int main(void)
{
    static const struct service *const services[] = {&placements_service};
    return server_run(services, 1);
}
