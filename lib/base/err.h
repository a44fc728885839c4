/* SPDX-License-Identifier: EUPL-1.2 */
/* The handful of ways in which something can go wrong. Only lib/http knows which status
 * belongs to which. A function that returns an enum err leaves its results untouched when it
 * does not return OK. */
#ifndef MAATWERK_BASE_ERR_H
#define MAATWERK_BASE_ERR_H

enum err {
    OK,
    ERR_INVALID,         /* the input does not fit; the faults say what */
    ERR_UNAUTHENTICATED, /* who asks is not known */
    ERR_FORBIDDEN,       /* known, but may not do this */
    ERR_NOT_FOUND,       /* not there, or not visible to the asker: the same answer */
    ERR_CONFLICT,        /* does not go together with what is there */
    ERR_STALE,           /* made on an older version */
    ERR_TIMEOUT,         /* took too long; nothing was committed */
    ERR_UNAVAILABLE,     /* cannot now; try again */
    ERR_INTERNAL,        /* our fault */
};

#define MUST_CHECK __attribute__((warn_unused_result))

#endif
