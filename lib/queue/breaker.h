/* SPDX-License-Identifier: EUPL-1.2 */
/* Notices when most jobs of a kind fail for the same reason: something that all of them need is
 * down, or a new version of the program is wrong. The kind is then paused before its jobs use up
 * their attempts (queue.trip: 5 s, doubled up to a minute). One job then tries whether the problem
 * is over (queue.heal).
 *
 * Each child sees only its own results, of the last BREAKER_MS. */
#ifndef MAATWERK_QUEUE_BREAKER_H
#define MAATWERK_QUEUE_BREAKER_H

#include <stdbool.h>
#include <stdint.h>

enum {
    BREAKER_MS = 10000,
    BREAKER_LEAST = 20,  /* fewer results than this never pause a kind */
    BREAKER_REASONS = 4, /* different reasons that are counted */
};

/* The results of one kind. Begins as zeroes. */
struct breaker {
    int64_t since_ms;
    int results;
    struct {
        uint32_t hash;
        int count;
    } reasons[BREAKER_REASONS];
};

/* Notes a result; `error` is the reason of a failure, NULL when the job was done. Returns whether
 * the kind must be paused; the counts then begin again. */
bool breaker_note(struct breaker *breaker, const char *error, int64_t now_ms);

#endif
