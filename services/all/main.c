/* SPDX-License-Identifier: EUPL-1.2 */
/* maatwerk-all: every service in one process. Each service keeps its own login role. */
#include "lib/server/server.h"

extern const struct service platform_service, employers_service, candidates_service,
    placements_service;

int main(void)
{
    static const struct service *const services[] = {&platform_service, &employers_service,
                                                     &candidates_service, &placements_service};
    return server_run(services, sizeof services / sizeof *services);
}
