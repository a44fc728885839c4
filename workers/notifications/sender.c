/* SPDX-License-Identifier: EUPL-1.2 */
/* The settings, and the connection. */
#include "workers/notifications/sender.h"

void *sender_new(void)
{
    static const struct str folder = S("maildir:");
    struct sender *sender = calloc(1, sizeof *sender);
    if (!sender)
        abort();
    if (!setting_read(&sender->setting))
        exit(1);
    if (str_has_prefix(str_of(sender->setting.server), folder))
        sender->folder = sender->setting.server + folder.len;
    else if (*sender->setting.server && !(sender->smtp = smtp_new(&sender->setting)))
        exit(1);
    sender->http = http_new(&sender->setting);
    return sender;
}
