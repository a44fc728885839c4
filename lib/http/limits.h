/* SPDX-License-Identifier: EUPL-1.2 */
/* How much of anything a request may be, in one place. What goes over a limit gets the problem
 * at its right. */
#ifndef MAATWERK_HTTP_LIMITS_H
#define MAATWERK_HTTP_LIMITS_H

enum {
    LIMIT_BODY = 64 * 1024,    /* bytes of a body               413 too-large        */
    LIMIT_TARGET = 4096,       /* bytes of path and query       414 uri-too-long     */
    LIMIT_HEADERS = 16 * 1024, /* bytes of all headers          431 headers-too-large */
    LIMIT_TOKEN = 4096,        /* bytes of a token              401 unauthenticated  */
    LIMIT_KEY = 100,           /* bytes of an Idempotency-Key   400 invalid          */
    LIMIT_CURSOR = 2048,       /* bytes of a cursor             400 invalid          */
    LIMIT_PAGE = 100,          /* items on a page               400 invalid          */
    PAGE_DEFAULT = 20,
    LIMIT_JSON_DEPTH = 16,    /* objects and lists in a row    400 invalid          */
    LIMIT_JSON_MEMBERS = 200, /* properties of an object       400 invalid          */
    LIMIT_JSON_ITEMS = 1000,  /* items of a list               400 invalid          */
    LIMIT_JSON_NUMBER = 32,   /* characters of a number        400 invalid          */
    LIMIT_PARAMETERS = 40,    /* query parameters              400 invalid          */
};

#endif
