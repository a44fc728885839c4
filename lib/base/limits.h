/* SPDX-License-Identifier: EUPL-1.2 */
/* The limits of this project, in one place. Memory of these sizes is reserved, on the stack or
 * per request, so nothing may be larger. The generator reads this file. */
#ifndef MAATWERK_BASE_LIMITS_H
#define MAATWERK_BASE_LIMITS_H

enum {
    /* Limits of a request. A request above a limit gets the problem on the right of it. */
    LIMIT_BODY = 64 * 1024,    /* bytes of a body               413 too-large        */
    LIMIT_TARGET = 4096,       /* bytes of path and query       414 uri-too-long     */
    LIMIT_HEADERS = 16 * 1024, /* bytes of all headers          431 headers-too-large */
    LIMIT_TOKEN = 4096,        /* bytes of a token              401 unauthenticated  */
    LIMIT_SUBJECT = 255,       /* bytes of its subject          401 unauthenticated  */
    LIMIT_HATS = 16,           /* hats of a user at a time      409 list-full        */
    LIMIT_KEY = 100,           /* bytes of an Idempotency-Key   400 invalid          */
    LIMIT_TAGS = 1000,         /* bytes of If-Match, If-None-Match   400 invalid     */
    LIMIT_LANGUAGES = 500,     /* bytes of Accept-Language      400 invalid          */
    LIMIT_CURSOR = 2048,       /* bytes of a cursor             400 invalid          */
    LIMIT_PAGE = 100,          /* items on a page               400 invalid          */
    PAGE_DEFAULT = 20,
    LIMIT_COUNT = 10000,      /* a list counts so far, exactly */
    LIMIT_JSON_DEPTH = 16,    /* nested objects and lists     400 invalid */
    LIMIT_JSON_MEMBERS = 200, /* properties of an object       400 invalid          */
    LIMIT_JSON_ITEMS = 1000,  /* items of a list               400 invalid          */
    LIMIT_JSON_NUMBER = 32,   /* characters of a number        400 invalid          */
    LIMIT_PARAMETERS = 40,    /* query parameters              400 invalid          */
    LIMIT_FAULTS = 100,       /* faults that a problem lists; more are only counted */

    /* Limits of the contract and of the queries. The generator refuses more, and generated code
     * asserts them. */
    LIMIT_SERVICES = 16,
    LIMIT_ROLES = 32,            /* a set of roles is a word of bits */
    LIMIT_ATTRIBUTES = 8,        /* of a user; a token carries them all */
    LIMIT_SEGMENTS = 8,          /* of a path, with v1 */
    LIMIT_PATH_PARAMETERS = 3,   /* of an operation */
    LIMIT_QUERY_PARAMETERS = 32, /* of an operation; a set of filters is a word of bits */
    LIMIT_FIELDS = 128,          /* of a schema; see field_set in lib/http/schema.h */
    LIMIT_VALUES = 128,          /* of a statement; of a list with its filters, cursor and limit */
    LIMIT_QUERIES = 256,   /* of a program; a connection prepares them, and variants of lists */
    LIMIT_QUERY_NAME = 40, /* characters; PostgreSQL cuts the name of a variant at 63 */
    LIMIT_PLAN = 12,       /* different statements that a request adds to its transaction */

    /* Limits of the programs. */
    LIMIT_WORKERS = 16,      /* programs that take jobs; the generator refuses more */
    LIMIT_PROGRAM_NAME = 23, /* characters */
    LIMIT_KINDS = 32,        /* kinds of jobs of one program, which does not start with more */
};

#endif
