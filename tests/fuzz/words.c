/* SPDX-License-Identifier: EUPL-1.2 */
/* The words after `maatwerk queue`, one per line. Words that are accepted fit their verb. */
#include <stdlib.h>

#include "services/cli/queue_words.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { WORDS_MAX = 32 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *words[WORDS_MAX + 1] = {0};
    int count = 0;
    char *text = strndup((const char *)data, size), *rest = text;
    while (rest && count < WORDS_MAX)
        words[count++] = strsep(&rest, "\n");
    struct asked asked = {0};
    if (asked_read(&asked, count, words)) {
        int values = verb_values(asked.verb), given = 0;
        if (values + (asked.verb->gather != NULL) > VALUES_MAX)
            abort();
        while (given < asked.verb->most && asked.values[given])
            given++;
        if (given < asked.verb->least || (asked.flags & ~(asked.verb->flags | FLAG_JSON)))
            abort();
        for (int i = 0; i < VALUES_MAX; i++)
            if (asked.values[i]
                && (i >= values || asked.values[i] < text || asked.values[i] > text + size))
                abort();
    }
    free(text);
    return 0;
}
