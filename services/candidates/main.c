/* SPDX-License-Identifier: EUPL-1.2 */
/* maatwerk-candidates: serves the operations of this folder. */
#include "lib/server/server.h"
#include "services/candidates/gen/contract.h"

int main(void)
{
    static const struct service *const services[] = {&candidates_service};
    return server_run(services, 1);
}
