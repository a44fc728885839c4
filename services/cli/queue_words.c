/* SPDX-License-Identifier: EUPL-1.2 */
/* Reading the words. The words without -- are the verb and its arguments; options may stand
 * anywhere. */
#include "services/cli/queue_words.h"

#include <stdio.h>
#include <string.h>

int verb_values(const struct verb *verb)
{
    int count = verb->most;
    for (int i = 0; i < OPTIONS_MAX && verb->options[i]; i++)
        count++;
    return count;
}

/* How many of the words are the name of this verb; 0 when they name another verb. */
static int words_of(const struct verb *verb, const struct asked *asked)
{
    char both[64] = "";
    if (asked->words_count > 0 && strcmp(verb->name, asked->words[0]) == 0)
        return 1;
    if (asked->words_count > 1)
        snprintf(both, sizeof both, "%s %s", asked->words[0], asked->words[1]);
    return strcmp(verb->name, both) == 0 ? 2 : 0;
}

static bool fits(const struct verb *verb, struct asked *asked)
{
    int used = words_of(verb, asked), given = asked->words_count - used;
    unsigned flags = asked->flags & ~(unsigned)FLAG_JSON;
    if (!used || given < verb->least || given > verb->most || (flags & ~verb->flags)
        || ((verb->flags & FLAG_END) && !(flags & FLAG_END)))
        return false;
    asked->verb = verb;
    for (int i = 0; i < given; i++)
        asked->values[i] = asked->words[used + i];
    return true;
}

static unsigned flag_of(const char *word)
{
    static const struct {
        const char *word;
        enum flag flag;
    } flags[] = {{"--json", FLAG_JSON}, {"--watch", FLAG_WATCH}, {"--end", FLAG_END}};
    for (size_t i = 0; i < sizeof flags / sizeof *flags; i++)
        if (strcmp(word, flags[i].word) == 0)
            return flags[i].flag;
    return 0;
}

/* Reads the words without -- first, so that the verb is known when its options are looked up. */
static bool read_words(struct asked *asked, int count, char **arguments)
{
    for (int i = 0; i < count; i++) {
        asked->flags |= flag_of(arguments[i]);
        if (flag_of(arguments[i]))
            continue;
        if (strncmp(arguments[i], "--", 2) == 0)
            i++;
        else if (asked->words_count == 4)
            return false;
        else
            asked->words[asked->words_count++] = arguments[i];
    }
    for (size_t i = 0; i < queue_verbs_count; i++)
        if (fits(&queue_verbs[i], asked))
            return true;
    return false;
}

static bool read_options(struct asked *asked, int count, char **arguments)
{
    for (int i = 0; i < count; i++) {
        if (strncmp(arguments[i], "--", 2) != 0 || flag_of(arguments[i]))
            continue;
        int at = 0;
        while (at < OPTIONS_MAX && asked->verb->options[at]
               && strcmp(asked->verb->options[at], arguments[i] + 2) != 0)
            at++;
        if (at == OPTIONS_MAX || !asked->verb->options[at] || ++i == count)
            return false;
        asked->values[asked->verb->most + at] = arguments[i];
    }
    return true;
}

bool asked_read(struct asked *asked, int count, char **words)
{
    return read_words(asked, count, words) && read_options(asked, count, words);
}
