/* SPDX-License-Identifier: EUPL-1.2 */
/* What a dispatcher knows: the programs, their streams, and when it must do what. */
#ifndef MAATWERK_DISPATCHER_STATE_H
#define MAATWERK_DISPATCHER_STATE_H

#include "lib/db/session.h"
#include "lib/queue/stream.h"
#include "workers/dispatcher/carried.h"
#include "workers/dispatcher/window.h"

enum { STATEMENT_MS = 10000 };

struct dispatcher {
    const char *conninfo;
    struct session *db;
    struct redis *redis;
    char workers[LIMIT_WORKERS][LIMIT_PROGRAM_NAME + 1];
    struct streams streams[LIMIT_WORKERS];
    struct window windows[LIMIT_WORKERS][STREAM_SUSPECTS]; /* by program and priority */
    int count;
    unsigned generation; /* of the session when it took the lead; 0: it does not lead */
    int64_t lead_ms;     /* when it must renew its lease */
    const char *trouble; /* why Redis does not take what it writes; NULL: it does */
    const char *told;    /* the trouble that PostgreSQL knows of */
    bool doubts;         /* something failed: try to write before anything else */
    int64_t reconcile_ms, reap_ms, promote_ms, sweep_ms, report_ms; /* when each is due */
    struct carried carried;
    bool full;      /* a stream that is being emptied had no room: look again soon */
    bool looked;    /* it has looked into the streams since the last report */
    int64_t ghosts; /* entries removed since the last report that no consumer owned */
    size_t entries[LIMIT_WORKERS][STREAMS]; /* in each stream, when it last looked */
};

#endif
