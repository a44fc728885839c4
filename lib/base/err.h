/* SPDX-License-Identifier: EUPL-1.2 */
/* How a function says that it failed. Each layer has one way:
 *
 *   lib/base, json, db, auth, http   enum err, for a failure that a client or an operator can cause; the
 *   and handlers of operations       faults of ctx say what is wrong with the input
 *   lib/queue, lib/server, workers,  bool, false: the resource (PostgreSQL, Redis, a file) did not do it;
 *   services/cli                     no reason is told, because the caller does the same for all reasons
 *   handlers of jobs                 enum job_end and enum call_end (lib/queue), and no other function than
 *                                    those that run such a handler
 *   lib/http, lib/server             const struct problem *, NULL when nothing is wrong, where the answer
 *                                    to a client is chosen; only these two know which status belongs to what
 *   main() and what it returns       int, the exit status
 *
 * Some things are no failures: a yes or no (is_, has_), a text that is read and does not fit
 * (uuid_read, str_to_int: bool), a search that finds nothing (NULL, an absent str, false). A
 * number is never a failure, nor is a text: no -1, no message. What a function yields is in its
 * last parameter, ret or ret_…; it stays untouched when the function fails. Functions whose
 * result must be looked at say MUST_CHECK. When there is no memory, a process ends
 * (docs/adr/0009). */
#ifndef MAATWERK_BASE_ERR_H
#define MAATWERK_BASE_ERR_H

enum err {
    OK,
    ERR_INVALID,         /* the input does not fit; the faults say what is wrong */
    ERR_UNAUTHENTICATED, /* the caller is not known */
    ERR_FORBIDDEN,       /* the caller is known, but may not do this */
    ERR_NOT_FOUND,       /* does not exist, or the caller may not see it: the same answer */
    ERR_CONFLICT,        /* is not possible together with what is stored */
    ERR_STALE,           /* was made from an older version */
    ERR_TIMEOUT,         /* took too long; nothing was committed */
    ERR_UNAVAILABLE,     /* is not possible now; try again */
    ERR_INTERNAL,        /* is our own fault */
};

#define MUST_CHECK __attribute__((warn_unused_result))

#endif
