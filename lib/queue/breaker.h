/* SPDX-License-Identifier: EUPL-1.2 */
/* Sees when most jobs of a kind fail for the same reason: something that all of them need is down, or a
 * new version is wrong. Then the kind is paused before its jobs have used up their attempts (queue.trip:
 * 5 s, doubled up to a minute), and one job tries whether it is over (queue.heal).
 *
 * Each child sees its own results of the last BREAKER_MS. */
#ifndef MAATWERK_QUEUE_BREAKER_H
#define MAATWERK_QUEUE_BREAKER_H

#include <stdbool.h>
#include <stdint.h>

enum { BREAKER_MS = 10000, BREAKER_LEAST = 20, BREAKER_REASONS = 4 };

/* Results of one kind; zeroed at first. */
struct breaker {
    int64_t since_ms;
    int results;
    struct {
        uint32_t hash;
        int count;
    } reasons[BREAKER_REASONS];
};

/* Notes a result; `error`: why it failed, NULL when it did not. Returns whether the kind is to be paused;
 * then it counts anew. */
bool breaker_note(struct breaker *breaker, const char *error, int64_t now_ms);

#endif
