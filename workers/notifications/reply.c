/* SPDX-License-Identifier: EUPL-1.2 */
/* A code, perhaps an enhanced status code, and words. */
#include "workers/notifications/reply.h"

bool reply_read(struct str line, struct reply *ret)
{
    int64_t code = 0;
    struct str rest = str_from(line, 4);
    if (line.len < 3 || !str_to_int((struct str){line.at, 3}, &code) || code < 200 || code > 599)
        return false;
    *ret = (struct reply){.code = (int)code};
    struct str word = rest, first = str_cut(&word, ' ');
    int class, subject, detail, length = 0;
    char status[12] = "";
    if (first.len < sizeof status)
        memcpy(status, first.at, first.len);
    if (sscanf(status, "%1d.%3d.%3d%n", &class, &subject, &detail, &length) == 3
        && length == (int)first.len && class == code / 100) {
        memcpy(ret->status, status, sizeof status);
        rest = word;
    }
    for (size_t i = 0; code < 300 && i < rest.len && i + 1 < sizeof ret->text; i++)
        ret->text[i] = rest.at[i] >= ' ' && rest.at[i] <= '~' ? rest.at[i] : ' ';
    while (*ret->text && ret->text[strlen(ret->text) - 1] == ' ')
        ret->text[strlen(ret->text) - 1] = '\0';
    return true;
}
