/* SPDX-License-Identifier: EUPL-1.2 */
/* Any bytes may lie in the folder of acknowledgements. */
#include <stdlib.h>

#include "lib/json/parse.h"
#include "workers/notifications/ack.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(const struct ack *ack)
{
    if (ack->tenant.len == 0 || ack->tenant.len > 9 || ack->message.len != 36 || !ack->what.at
        || ack->reference.len > ACK_REFERENCE)
        abort();
    for (size_t i = 0; i < ack->tenant.len; i++)
        if (ack->tenant.at[i] < '0' || ack->tenant.at[i] > '9')
            abort();
    for (size_t i = 0; i < ack->reference.len; i++)
        if (ack->reference.at[i] <= ' ' || ack->reference.at[i] > '~')
            abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *arena = arena_new();
    struct ctx ctx = {.arena = arena};
    struct ack *acks = arena_array(arena, ACK_MOST, sizeof *acks);
    json_start();
    size_t count = ack_read(&ctx, (struct str){(const char *)data, size}, acks);
    for (size_t i = 0; i < count; i++)
        check(&acks[i]);
    arena_free(arena);
    return 0;
}
