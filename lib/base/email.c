/* SPDX-License-Identifier: EUPL-1.2 */
/* An address is a name and a host. */
#include "lib/base/email.h"

#define LETTERS "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

/* One part of a host: letters, digits and hyphens, no hyphen at an end (RFC 1123, 2.1). */
static bool is_label(struct str label)
{
    if (label.len == 0 || label.len > 63 || label.at[0] == '-' || label.at[label.len - 1] == '-')
        return false;
    for (size_t i = 0; i < label.len; i++)
        if (!label.at[i] || !strchr(LETTERS "0123456789-", label.at[i]))
            return false;
    return true;
}

/* At least two parts; the last one, a top-level domain, begins with a letter. */
static bool is_host(struct str host)
{
    size_t labels = 0;
    struct str label = host;
    while (host.at) {
        label = str_cut(&host, '.');
        if (!is_label(label))
            return false;
        labels++;
    }
    return labels > 1 && strchr(LETTERS, label.at[0]);
}

bool email_is_address(struct str text)
{
    struct str host = text, local = str_cut(&host, '@');
    if (!host.at || local.len == 0 || local.len > 64 || text.len > 254)
        return false;
    if (local.at[0] == '.' || local.at[local.len - 1] == '.')
        return false;
    for (size_t i = 0; i < local.len; i++) {
        if (!local.at[i] || !strchr(LETTERS "0123456789!#$%&'*+-/=?^_`{|}~.", local.at[i]))
            return false;
        if (local.at[i] == '.' && local.at[i - 1] == '.')
            return false;
    }
    return is_host(host);
}
