/* SPDX-License-Identifier: EUPL-1.2 */
/* maatwerk-notifications: sends messages, and reads what comes back. */
#include "lib/queue/worker.h"
#include "workers/notifications/bounce.h"
#include "workers/notifications/send.h"
#include "workers/notifications/sender.h"

int main(void)
{
    static const struct job_kind kinds[] = {
        {"send_message", .version = 2, .call = &send_message_call}};
    static const struct worker worker = {
        "notifications", kinds, sizeof kinds / sizeof *kinds, 8, sender_new, bounce_look};
    return worker_run(&worker);
}
