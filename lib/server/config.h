/* SPDX-License-Identifier: EUPL-1.2 */
/* What a program reads from its environment, once, at its start. docs/operations.md is the same
 * table in words. */
#ifndef MAATWERK_SERVER_CONFIG_H
#define MAATWERK_SERVER_CONFIG_H

#include <stdbool.h>

struct config {
    const char *environment; /* MAATWERK_ENV: "development", else "production" (default) */
    const char *listen;      /* MAATWERK_LISTEN: address:port of the API */
    const char *management;  /* MAATWERK_MANAGEMENT: address:port of live, ready, metrics */
    const char *postgres;    /* MAATWERK_PG: connection string without a user */
    const char *redis;       /* MAATWERK_REDIS: unix:/path or host:port */
    const char *keys;        /* MAATWERK_KEYS: folder of keys */
    const char *docs;        /* MAATWERK_DOCS: folder of the docs page, or "" for none */
    const char *issuer;      /* MAATWERK_ISSUER: who makes our tokens */
    const char *audience;    /* MAATWERK_AUDIENCE: whom they are for */
    int threads;             /* MAATWERK_THREADS: loops; 0: one per core */
};

/* Reads the environment; defaults where nothing is set. */
struct config config_read(void);

/* "host=… user=maatwerk_<program>": a new string that lives as long as the process. */
const char *config_conninfo(const struct config *config, const char *program, const char *options);

static inline bool config_is_development(const struct config *config)
{
    return config->environment[0] == 'd';
}

#endif
