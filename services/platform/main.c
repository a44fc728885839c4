/* SPDX-License-Identifier: EUPL-1.2 */
/* maatwerk-platform: serves the operations of this folder. */
#include "lib/server/server.h"
#include "services/platform/gen/contract.h"

int main(void)
{
    static const struct service *const services[] = {&platform_service};
    return server_run(services, 1);
}
