/* SPDX-License-Identifier: EUPL-1.2 */
/* Any bytes may lie in the folder of reports, and any line may come from a mail server. */
#include <stdlib.h>
#include <string.h>

#include "workers/notifications/reply.h"
#include "workers/notifications/report.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_report(const struct report *report)
{
    if (report->tenant.len == 0 || report->tenant.len > 9 || report->message.len != 36
        || report->action.len > 9 || report->status.len < 5 || report->status.len > 9)
        abort();
    for (size_t i = 0; i < report->tenant.len; i++)
        if (report->tenant.at[i] < '0' || report->tenant.at[i] > '9')
            abort();
}

static void check_reply(const struct reply *reply)
{
    if (reply->code < 200 || reply->code > 599 || strlen(reply->status) > 11
        || strlen(reply->text) > 200)
        abort();
    for (const char *c = reply->text; *c; c++)
        if (*c < ' ' || *c > '~')
            abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *arena = arena_new();
    struct str text = {(const char *)data, size};
    struct report report;
    struct reply reply;
    if (report_read(arena, text, &report))
        check_report(&report);
    if (reply_read(text, &reply))
        check_reply(&reply);
    arena_free(arena);
    return 0;
}
