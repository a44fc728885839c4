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
    {"MAATWERK_REDIS_SECRETS", "", offsetof(struct config, redis_secrets)},
    {"MAATWERK_KEYS", "/etc/maatwerk/keys", offsetof(struct config, keys)},
    {"MAATWERK_DOCS", "", offsetof(struct config, docs)},
    {"MAATWERK_ISSUER", "https://issuer.maatwerk.example", offsetof(struct config, issuer)},
    {"MAATWERK_AUDIENCE", "maatwerk", offsetof(struct config, audience)},
};

/* A number from the environment; `otherwise` when it is not set or is out of bounds. */
static int number_of(const char *name, int least, int most, int otherwise)
{
    const char *text = getenv(name);
    long number = text ? strtol(text, NULL, 10) : 0;
    return number >= least && number <= most ? (int)number : otherwise;
}

struct config config_read(void)
{
    struct config config = {0};
    for (size_t i = 0; i < sizeof settings / sizeof *settings; i++) {
        const char *value = getenv(settings[i].name);
        *(const char **)((char *)&config + settings[i].offset) =
            value && *value ? value : settings[i].otherwise;
    }
    config.threads = number_of("MAATWERK_THREADS", 1, 64, (int)sysconf(_SC_NPROCESSORS_ONLN));
    config.connections = number_of("MAATWERK_CONNECTIONS", 2, 10000, 0);
    return config;
}

const char *config_conninfo(const struct config *config, const char *program, int32_t statement_ms,
                            const char *options)
{
    char *conninfo = NULL, host[64] = "";
    gethostname(host, sizeof host - 1);
    if (asprintf(&conninfo,
                 "%s user=maatwerk_%s application_name='maatwerk-%s:%d@%s' connect_timeout=3"
                 " tcp_user_timeout=10000 options='-c timezone=UTC -c statement_timeout=%d"
                 " -c tcp_keepalives_idle=30 -c tcp_keepalives_interval=5"
                 " -c tcp_keepalives_count=3 %s'",
                 config->postgres, program, program, (int)getpid(), host, statement_ms, options)
        < 0)
        abort();
    return conninfo;
}
