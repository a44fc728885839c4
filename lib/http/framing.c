/* SPDX-License-Identifier: EUPL-1.2 */
/* Reads the head of a request line by line. */
#include "lib/http/framing.h"

#include <strings.h>

static bool is_named(struct str line, struct str name)
{
    struct str given = str_cut(&line, ':');
    return given.len == name.len && strncasecmp(given.at, name.at, name.len) == 0;
}

static struct str next_line(struct str *rest)
{
    struct str line = str_cut(rest, '\n');
    line.len -= line.len && line.at[line.len - 1] == '\r';
    return line;
}

bool framing_is_clear(struct str head)
{
    int hosts = 0, lengths = 0;
    struct str line = next_line(&head);
    if (!line.len) /* one empty line may come before (section 2.2) */
        line = next_line(&head);
    if (!line.len)
        return false;
    bool old = line.len > 8 && memcmp(line.at + line.len - 8, "HTTP/1.0", 8) == 0;
    while ((line = next_line(&head)).len) {
        hosts += is_named(line, S("host"));
        lengths += is_named(line, S("content-length")) || is_named(line, S("transfer-encoding"));
        if (line.at[0] == ' ' || line.at[0] == '\t')
            return false;
    }
    return lengths <= 1 && (hosts == 1 || (old && hosts == 0));
}
