/* SPDX-License-Identifier: EUPL-1.2 */
/* maatwerk: the command line of an installation. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/harden.h"
#include "lib/json/parse.h"
#include "services/cli/decisions.h"
#include "services/cli/demo.h"
#include "services/cli/import.h"
#include "services/cli/migrate.h"
#include "services/cli/origins.h"
#include "services/cli/queue.h"
#include "services/cli/secrets.h"
#include "services/cli/tenant.h"

struct command {
    const char *name;      /* "migrate", or "import taxonomy" */
    const char *arguments; /* "--role R --tenant T" */
    const char *meaning;
    /* Gets the words after the name. Returns the exit status. */
    int (*run)(const struct config *config, int count, char **arguments);
};

static const struct command commands[] = {
    {"migrate", "", "bring the database up to date: roles, migrations, functions, states, rights",
     command_migrate},
    {"keys init", "", "make the keys of an installation in MAATWERK_KEYS", command_keys_init},
    {"keys rotate", "", "make a new key for cursors of lists; restart the services after it",
     command_keys_rotate},
    {"token", "--role R --tenant CODE [--user UUID] [--org UUID] [--ttl S]",
     "make a token (development only)", command_token},
    {"import taxonomy", "DIR [--version V] [--name N] [--confirm-withdrawals N]",
     "load occupations and competences from ESCO's CSV files", command_import_taxonomy},
    {"import places", "FILE", "load postcode areas: postcode4,place,municipality,x,y",
     command_import_places},
    {"import neighbourhoods", "FILE", "load neighbourhoods as CBS numbers them: code,name,district",
     command_import_neighbourhoods},
    {"tenant", "[CODE --name N --region CODE [--kind K] [--region-name N] [--admin EMAIL]]",
     "add who keeps files of its own: municipality, centre (ec-…), service (es-…) or hub (hub-…)",
     command_tenant},
    {"origins", "CODE [ORIGIN …]",
     "name the web pages that may call the API for a municipality (CORS)", command_origins},
    {"decisions replay", "[--tenant CODE]",
     "reckon every stored decision again, and compare byte for byte", command_decisions_replay},
    {"demo", "[--candidates N] [--seed S]", "make the invented demo region", command_demo},
    {"queue", "VERB … [--json]",
     "look at the queue and put it right; without a verb: which there are", command_queue},
};

static int help(void)
{
    puts("maatwerk COMMAND …\n");
    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++)
        printf("  %-22s %s\n  %-22s   %s\n", commands[i].name, commands[i].arguments, "",
               commands[i].meaning);
    return 2;
}

/* How many words of the command line are the name of this command; 0 when they name another one. */
static int words_of(const struct command *command, int count, char **words)
{
    char name[64];
    if (count < 1)
        return 0;
    if (strcmp(command->name, words[0]) == 0)
        return 1;
    if (count < 2 || snprintf(name, sizeof name, "%s %s", words[0], words[1]) >= (int)sizeof name)
        return 0;
    return strcmp(command->name, name) == 0 ? 2 : 0;
}

int main(int count, char **words)
{
    harden_process();
    struct config config = config_read();
    json_start();
    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++) {
        int used = words_of(&commands[i], count - 1, words + 1);
        if (used)
            return commands[i].run(&config, count - 1 - used, words + 1 + used);
    }
    return help();
}
