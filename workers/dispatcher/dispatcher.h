/* SPDX-License-Identifier: EUPL-1.2 */
/* Carries committed jobs from PostgreSQL to Redis, fairly, and puts right what either of them lost.
 * Several may run; one leads (an advisory lock), the others wait.
 *
 *   step: due? promote, sweep │ do what was asked │ every 5 s report │ wiped? begin anew
 *         │ every 2 s look into the streams │ reap the dead
 *         │ look at the windows, fill them: one round trip each to Redis, PostgreSQL and Redis
 */
#ifndef MAATWERK_DISPATCHER_DISPATCHER_H
#define MAATWERK_DISPATCHER_DISPATCHER_H

#include "lib/db/session.h"
#include "lib/queue/stream.h"
#include "workers/dispatcher/carried.h"

enum {
    WINDOW_MIN = 64, /* ids per stream: few, so that priority and fairness are real */
    WINDOW_MAX = 1024,
    WINDOW_QUICK = 512, /* from this size on half of it is refilled at once */
    WINDOW_MS = 50,     /* and not more than the workers end in this time */
    MEASURE_MS = 100,
    PROMOTE_MAX = 1000,
    RECONCILE_MS = 2000,
    REAP_MS = 250,
    REAP_AGAIN_MS = 2500, /* after Redis was away or emptied: who lives has said so by then */
    SWEEP_MS = 600000,
    REPORT_MS = 5000,
    DISPATCHER_STATEMENT_MS = 10000,
    CARRIED_EXTRA = 1024, /* so many more than twice what streams hold: look into them again */
};

/* How many ids one stream may hold, by how quickly they are ended. */
struct window {
    long long length; /* at the last look, with what was added since */
    int64_t since_ms;
    long long ended; /* since then */
    int size;
    bool moves; /* something was ended lately */
    int after;  /* municipality that had its turn last */
};

struct dispatcher {
    const char *conninfo;
    struct session *db;
    struct redis *redis;
    char workers[LIMIT_WORKERS][LIMIT_PROGRAM_NAME + 1];
    struct streams streams[LIMIT_WORKERS];
    struct window windows[LIMIT_WORKERS][STREAM_SUSPECTS]; /* by program and priority */
    int count;
    unsigned generation; /* of the session when it took the lock; 0: does not lead */
    int64_t reconcile_ms, reap_ms, promote_ms, sweep_ms, report_ms; /* when next */
    struct carried carried;
    bool full;
    bool looked;                            /* has reconciled since the last report */
    int64_t ghosts;                         /* removed since the last report */
    size_t entries[LIMIT_WORKERS][STREAMS]; /* in each stream, when it last looked */
};

/* One round. Returns how many jobs were published, or -1 when it does not lead or something is
 * away. `full` says that a stream had no room: look again soon. */
int dispatcher_step(struct dispatcher *dispatcher);

/* held.c: the jobs that are not to be sent: carried or held. */
int64_t *dispatcher_carried(const struct dispatcher *dispatcher, struct arena *arena,
                            size_t *ret_count);

/* refill.c: gives out what there is room for. Returns how many, or -1 when something is away. */
int dispatcher_refill(struct dispatcher *dispatcher, struct arena *arena);

/* Learns which programs there are, and makes the groups that their streams lack. False: something is away. */
bool dispatcher_learn(struct dispatcher *dispatcher);

/* reconcile.c: learns from the streams what they carry; removes entries that nobody owns. */
bool dispatcher_reconcile(struct dispatcher *dispatcher);

/* held.c: of these jobs, and of those that were held before, somebody may have some: they wait for the next
 * look. The rest is sent again; with a reason, "lost" or "gone", it is counted for the metrics. */
bool dispatcher_hold(struct dispatcher *dispatcher, const int64_t *ids, size_t count,
                     const char *reason);

/* reap.c: moves what dead workers had to the suspects, and counts it against the jobs. */
bool dispatcher_reap(struct dispatcher *dispatcher);

/* report.c: now and then, what it has seen in Redis, for the metrics. Work goes on when that fails. */
void dispatcher_report(struct dispatcher *dispatcher);

#endif
