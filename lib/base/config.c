/* SPDX-License-Identifier: EUPL-1.2 */
/* The environment as a table. */
#include "lib/base/config.h"

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const struct setting {
    const char *name, *otherwise;
    size_t offset;
} settings[] = {
    {"MAATWERK_ENV", "production", offsetof(struct config, environment)},
    {"MAATWERK_LISTEN", "127.0.0.1:8080", offsetof(struct config, listen)},
    {"MAATWERK_MANAGEMENT", "127.0.0.1:8081", offsetof(struct config, management)},
    {"MAATWERK_PG", "dbname=maatwerk", offsetof(struct config, postgres)},
    {"MAATWERK_REDIS", "127.0.0.1:6379", offsetof(struct config, redis)},
    {"MAATWERK_KEYS", "/etc/maatwerk/keys", offsetof(struct config, keys)},
    {"MAATWERK_DOCS", "", offsetof(struct config, docs)},
    {"MAATWERK_ISSUER", "https://issuer.maatwerk.example", offsetof(struct config, issuer)},
    {"MAATWERK_AUDIENCE", "maatwerk", offsetof(struct config, audience)},
};

struct config config_read(void)
{
    struct config config = {0};
    for (size_t i = 0; i < sizeof settings / sizeof *settings; i++) {
        const char *value = getenv(settings[i].name);
        *(const char **)((char *)&config + settings[i].offset) =
            value && *value ? value : settings[i].otherwise;
    }
    const char *threads = getenv("MAATWERK_THREADS");
    long wanted = threads ? strtol(threads, NULL, 10) : 0;
    if (wanted < 1 || wanted > 64)
        wanted = sysconf(_SC_NPROCESSORS_ONLN);
    config.threads = (int)wanted;
    return config;
}

const char *config_conninfo(const struct config *config, const char *program, int32_t statement_ms,
                            const char *options)
{
    char *conninfo = NULL;
    if (asprintf(&conninfo,
                 "%s user=maatwerk_%s application_name=maatwerk-%s connect_timeout=3"
                 " tcp_user_timeout=10000 options='-c timezone=UTC -c statement_timeout=%d %s'",
                 config->postgres, program, program, statement_ms, options)
        < 0)
        abort();
    return conninfo;
}
