/* SPDX-License-Identifier: EUPL-1.2 */
/* The words after `maatwerk queue`, read into a verb and its values. */
#ifndef MAATWERK_CLI_QUEUE_WORDS_H
#define MAATWERK_CLI_QUEUE_WORDS_H

#include "services/cli/queue_verbs.h"

enum { VALUES_MAX = 9 };

struct asked {
    const struct verb *verb;
    unsigned flags;
    int words_count;
    const char *words[4];
    const char *values[VALUES_MAX]; /* arguments of the verb, then options; NULL: not given */
};

/* Reads the words into `asked`, which must be empty. Returns false when no verb has this form.
 * The texts of `asked` are those of `words`. */
bool asked_read(struct asked *asked, int count, char **words);

/* The number of values of its statement, without the one that is gathered. */
int verb_values(const struct verb *verb);

#endif
