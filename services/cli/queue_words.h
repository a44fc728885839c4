/* SPDX-License-Identifier: EUPL-1.2 */
/* The words behind `maatwerk queue`, put in order. */
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

/* False: no verb is asked like this. `asked` begins empty; its texts are those of `words`. */
bool asked_read(struct asked *asked, int count, char **words);

/* How many values its statement has; one more for what is gathered. */
int verb_values(const struct verb *verb);

#endif
