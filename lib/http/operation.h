/* SPDX-License-Identifier: EUPL-1.2 */
/* An operation of the contract as generated data: its path, the roles that may call it, its
 * input and its output. A service is a table of operations. Nothing about an operation is
 * written down anywhere else. */
#ifndef MAATWERK_HTTP_OPERATION_H
#define MAATWERK_HTTP_OPERATION_H

#include "lib/base/limits.h"
#include "lib/db/plan.h"
#include "lib/http/schema.h"

enum method { METHOD_GET, METHOD_POST, METHOD_PUT, METHOD_PATCH, METHOD_DELETE };

/* Which rows a right covers. The database enforces it: the policies in sql/ compare app.scope. */
enum scope {
    SCOPE_NONE,
    SCOPE_TENANT,
    SCOPE_ORGANISATION,
    SCOPE_CASELOAD,
    SCOPE_PUBLIC,
    SCOPE_INSTALLATION, /* what municipalities share; it gives no access to files of candidates or to users */
};

struct right {
    uint32_t role; /* one bit */
    enum scope scope;
};

enum operation_flag {
    OPERATION_LIST =
        1, /* answers {items, _links}, with items of `response`, a cursor and a page size */
    OPERATION_CREATES = 2,     /* 201 with Location */
    OPERATION_NEEDS_KEY = 4,   /* Idempotency-Key required */
    OPERATION_NEEDS_MATCH = 8, /* If-Match required */
    OPERATION_PARTIAL = 16,    /* body is application/merge-patch+json */
    OPERATION_PUBLIC = 32,     /* no token needed */
    OPERATION_WAKES = 64,      /* may enqueue jobs: the dispatcher is woken after the commit */
    OPERATION_WAITS =
        256, /* the column retry_after says how many seconds to wait, when it is there */
    OPERATION_READS = 128, /* read-only transaction (a GET; not POST _search, which is audited) */
};

struct request {
    const struct operation *operation;
    struct str path[LIMIT_PATH_PARAMETERS];   /* in order of the template; checked */
    struct str query[LIMIT_QUERY_PARAMETERS]; /* in order of operation->parameters, or absent */
    const void *body;                         /* struct of operation->body, or NULL */
    struct str document; /* the body with column names (schema_columns), or absent */
    struct str version;  /* the versions that If-Match names (etag_versions()), or absent */
    field_set shows;     /* of operation->response: what the answer may have, and was asked for */
    struct str
        new_id; /* a new UUIDv7 for the row that this request creates; absent when it only reads */
};

/* Turns a request into a plan; does no I/O. Returns OK, or an error with faults noted in ctx. */
typedef enum err handler(struct ctx *ctx, const struct request *req, struct plan *plan);

struct operation {
    const char *id; /* "createVacancy" */
    enum method method;
    const char *path; /* "/vacancies/{vacancyId}" below /v1 */
    unsigned flags;
    int status;      /* of success */
    size_t body_max; /* bytes */
    const char
        *purpose; /* why somebody's data are shown, for the processing log; NULL: nobody's are */
    const struct right *rights;      /* ends with role 0 */
    uint32_t attributes;             /* that the user must have, too */
    const struct field *path_fields; /* checks of path parameters, in order */
    size_t path_count;
    const struct field *parameters; /* checks of query parameters, in order; visible_to counts */
    size_t parameters_count;
    const struct schema *body;     /* NULL: no body */
    const struct schema *response; /* NULL: no content */
    const char *
        text; /* media type of another form of the answer, such as text/csv: the column as_text; NULL */
    field_set shown;              /* of `response`: bits of the fields that the answer can have */
    const struct operation *show; /* for creates: the GET that shows the result (replay) */
    const struct query *list;     /* of a list: the query that names filters and sorts */
    handler *handle;
};

/* The operations of one service. */
struct service {
    const char *name; /* "employers": also names the login role, maatwerk_employers */
    const struct operation *operations;
    size_t count;
    bool reads_bsn; /* a body may have a citizen service number */
};

/* The id of the resource of this request: a new id when the request creates it, else the last
 * parameter of the path that is an id. Absent when the path has no parameter. */
struct str request_resource(const struct request *req);

/* "true" when the answer has field `number` of operation->response, else "false": a statement does not
 * make what nobody gets. */
struct str request_shows(const struct request *req, size_t number);

/* The scope with which `role` (one bit) may call the operation; SCOPE_NONE when it may not. */
enum scope operation_scope(const struct operation *operation, uint32_t role);

/* The name of the scope in the policies of the database: "tenant", "organisation", "caseload",
 * "installation" or "". */
struct str scope_name(enum scope scope);

#endif
