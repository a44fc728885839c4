/* SPDX-License-Identifier: EUPL-1.2 */
/* The settings that a program reads from its environment, once, when it starts.
 * docs/operations.md has the same table in words. */
#ifndef MAATWERK_BASE_CONFIG_H
#define MAATWERK_BASE_CONFIG_H

#include <stdbool.h>
#include <stdint.h>

struct config {
    const char *environment; /* MAATWERK_ENV: "development", else "production" (default) */
    const char *listen;      /* MAATWERK_LISTEN: address:port of the API */
    const char *management;  /* MAATWERK_MANAGEMENT: address:port of live, ready, metrics */
    const char *postgres;    /* MAATWERK_PG: connection string without a user */
    const char *redis;       /* MAATWERK_REDIS: unix:/path or host:port */
    const char
        *redis_secrets;   /* MAATWERK_REDIS_SECRETS: folder with a secret for each program, or "":
                                  Redis wants none */
    const char *keys;     /* MAATWERK_KEYS: folder of keys */
    const char *docs;     /* MAATWERK_DOCS: folder of the docs page, or "" for none */
    const char *issuer;   /* MAATWERK_ISSUER: the issuer whose tokens we accept */
    const char *audience; /* MAATWERK_AUDIENCE: the audience that a token must name */
    int threads;          /* MAATWERK_THREADS: number of event loops; default: one per core */
    int connections;      /* MAATWERK_CONNECTIONS: most connections of a service; 0: its share */
};

/* Reads the environment, with a default for each setting that is not set. The texts live as long
 * as the environment. */
struct config config_read(void);

/* The connection string of a program: "host=… user=maatwerk_<program> …", with UTC as time zone,
 * with the process and its host in application_name, with a statement_timeout of `statement_ms`
 * (0: none) and with `options` ("-c jit=off", may be ""). A new string that lives as long as the
 * process. */
const char *config_conninfo(const struct config *config, const char *program, int32_t statement_ms,
                            const char *options);

static inline bool config_is_development(const struct config *config)
{
    return config->environment[0] == 'd';
}

#endif
