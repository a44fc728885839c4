/* SPDX-License-Identifier: EUPL-1.2 */
/* maatwerk-employers: serves the operations of this folder. */
#include "lib/server/server.h"
#include "services/employers/gen/contract.h"

int main(void)
{
    static const struct service *const services[] = {&employers_service};
    return server_run(services, 1);
}
