/* SPDX-License-Identifier: EUPL-1.2 */
/* The pipeline mode of libpq on the event loop. */
#include "lib/server/connection.h"

#include <unistd.h>

/* ANSWER_MS is longer than the deadline of a request: no client waits for such an answer any
 * more. */
enum { CONNECT_MS = 3000, ANSWER_MS = 6000 };

static void on_readable(h2o_socket_t *socket, const char *error);
static void on_connect_io(h2o_socket_t *socket, const char *error);

static void clear_result(void *result)
{
    PQclear(result);
}

static void attach_socket(struct connection *connection)
{
    if (connection->socket) {
        h2o_socket_read_stop(connection->socket);
        h2o_socket_close(connection->socket);
    }
    int fd = dup(PQsocket(connection->pg)); /* h2o closes this one, libpq the other */
    connection->socket =
        h2o_evloop_socket_create(connection->owner->loop, fd, H2O_SOCKET_FLAG_DONT_READ);
    connection->socket->data = connection;
}

static void lose(struct connection *connection)
{
    connection_close(connection);
    connection->owner->on_lost(connection->owner, connection);
}

static void poll_connect(struct connection *connection)
{
    switch (PQconnectPoll(connection->pg)) {
    case PGRES_POLLING_READING:
        attach_socket(connection);
        h2o_socket_read_start(connection->socket, on_connect_io);
        return;
    case PGRES_POLLING_WRITING:
        attach_socket(connection);
        h2o_socket_notify_write(connection->socket, on_connect_io);
        return;
    case PGRES_POLLING_OK:
        attach_socket(connection);
        PQsetnonblocking(connection->pg, 1);
        PQenterPipelineMode(connection->pg);
        connection->state = CONNECTION_READY;
        h2o_socket_read_start(connection->socket, on_readable);
        connection->owner->on_ready(connection->owner);
        return;
    default: lose(connection);
    }
}

static void on_connect_io(h2o_socket_t *socket, const char *error)
{
    struct connection *connection = socket->data;
    h2o_socket_read_stop(socket);
    if (error) {
        lose(connection);
    } else {
        poll_connect(connection);
    }
}

void connection_open(struct connection *connection)
{
    connection->state = CONNECTION_CONNECTING;
    connection->since_ms = h2o_now(connection->owner->loop);
    connection->pg = PQconnectStart(connection->owner->conninfo);
    if (!connection->pg || PQstatus(connection->pg) == CONNECTION_BAD) {
        lose(connection);
        return;
    }
    attach_socket(connection);
    h2o_socket_notify_write(connection->socket, on_connect_io);
}

static struct connection_entry pop(struct connection *connection)
{
    struct connection_entry entry = connection->entries[connection->head];
    connection->head = (connection->head + 1) % CONNECTION_ENTRIES;
    connection->count--;
    connection->transactions -= entry.transaction != NULL;
    return entry;
}

static void push(struct connection *connection, struct transaction *transaction)
{
    connection->since_ms = h2o_now(connection->owner->loop);
    if (!connection->count)
        connection->sent_ms = connection->since_ms;
    unsigned at = (connection->head + connection->count++) % CONNECTION_ENTRIES;
    connection->entries[at] =
        (struct connection_entry){.transaction = transaction,
                                  .at = transaction ? transaction->first : NULL,
                                  .synced = !transaction || !transaction->reads};
    connection->transactions += transaction != NULL;
}

void connection_close(struct connection *connection)
{
    connection->refused = connection->state == CONNECTION_CONNECTING;
    connection->state = CONNECTION_CLOSED;
    if (connection->socket) {
        h2o_socket_read_stop(connection->socket);
        h2o_socket_close(connection->socket);
        connection->socket = NULL;
    }
    PQfinish(connection->pg);
    connection->pg = NULL;
    memset(connection->prepared, 0, sizeof connection->prepared);
    connection->prepared_count = 0;
    connection->open = false;
    while (connection->count) {
        struct connection_entry entry = pop(connection);
        if (entry.transaction)
            entry.transaction->done(entry.transaction, TRANSACTION_LOST);
    }
}

bool connection_is_silent(const struct connection *connection)
{
    bool connects = connection->state == CONNECTION_CONNECTING;
    bool waits = connection->state == CONNECTION_READY && connection->count;
    uint64_t waited_ms = h2o_now(connection->owner->loop) - connection->since_ms;
    return (connects && waited_ms > CONNECT_MS) || (waits && waited_ms > ANSWER_MS);
}

static void on_writable(h2o_socket_t *socket, const char *error);

/* Sends the bytes that libpq has not sent yet. */
static bool flush(struct connection *connection)
{
    int left = PQflush(connection->pg);
    if (left > 0 && !h2o_socket_is_writing(connection->socket))
        h2o_socket_notify_write(connection->socket, on_writable);
    return left >= 0;
}

static void on_writable(h2o_socket_t *socket, const char *error)
{
    struct connection *connection = socket->data;
    if (error || !flush(connection))
        lose(connection);
}

static void take(struct connection *connection, PGresult *result)
{
    struct connection_entry *entry = &connection->entries[connection->head];
    struct transaction *transaction = entry->transaction;
    ExecStatusType status = PQresultStatus(result);
    if (!transaction || !entry->at) { /* a prepare */
        if (status
            == PGRES_FATAL_ERROR) /* its statement will fail too; the connection is made again */
            connection->prepared_count = CONNECTION_PREPARED;
        PQclear(result);
        return;
    }
    arena_defer(transaction->arena, clear_result, result);
    entry->skipped |= status == PGRES_PIPELINE_ABORTED && !transaction->error;
    if (status == PGRES_FATAL_ERROR && !transaction->error)
        transaction->error = result;
    entry->at->result = result;
    entry->at = entry->at->next;
}

static void end_entry(struct connection *connection)
{
    struct connection_entry entry = pop(connection);
    struct transaction *transaction = entry.transaction;
    if (!transaction)
        return;
    if (entry.skipped)
        connection->owner->on_skipped(connection->owner, transaction);
    else
        transaction->done(transaction,
                          transaction->error ? TRANSACTION_REFUSED : TRANSACTION_COMMITTED);
}

/* Whether a transaction of a group, before the sync of the group, has all its results. */
static bool is_read(const struct connection_entry *entry)
{
    return entry->transaction && !entry->at && !entry->synced;
}

static void on_readable(h2o_socket_t *socket, const char *error)
{
    struct connection *connection = socket->data;
    if (error || !PQconsumeInput(connection->pg)) {
        lose(connection);
        return;
    }
    connection->since_ms = h2o_now(connection->owner->loop);
    /* consecutive NULLs: one comes between two statements; a second means that libpq lost a
     * result */
    int ends = 0;
    while (connection->count && ends < 2 && !PQisBusy(connection->pg)) {
        PGresult *result = PQgetResult(connection->pg);
        ends = result ? 0 : ends + 1;
        if (!result)
            continue;
        if (PQresultStatus(result) == PGRES_PIPELINE_SYNC) {
            PQclear(result);
            end_entry(connection);
        } else {
            take(connection, result);
            if (is_read(&connection->entries[connection->head]))
                end_entry(connection);
        }
        if (PQstatus(connection->pg) == CONNECTION_BAD)
            break;
    }
    if (ends == 2 || PQstatus(connection->pg) == CONNECTION_BAD)
        lose(connection);
    else
        connection->owner->on_ready(connection->owner);
}

static uint64_t name_hash(const char *name)
{
    uint64_t hash =
        0xcbf29ce484222325u; /* FNV-1a; the names are ours, so nobody can make them collide */
    for (; *name; name++)
        hash = (hash ^ (unsigned char)*name) * 0x100000001b3u;
    return hash ? hash : 1;
}

/* Remembers the name of a statement. Returns true when it was remembered already. */
static bool remember(struct connection *connection, const char *name)
{
    uint64_t hash = name_hash(name);
    for (size_t i = hash % CONNECTION_PREPARED;; i = (i + 1) % CONNECTION_PREPARED) {
        if (connection->prepared[i] == hash)
            return true;
        if (connection->prepared[i] == 0) {
            connection->prepared[i] = hash;
            connection->prepared_count++;
            return false;
        }
    }
}

/* Prepares the statements that are new to this connection, each in a segment of its own, so that
 * an error elsewhere cannot skip it. Returns false when the transaction has more different
 * statements than LIMIT_PLAN. */
static bool prepare(struct connection *connection, const struct transaction *transaction)
{
    for (const struct statement *s = transaction->first; s; s = s->next) {
        if (remember(connection, s->query->name))
            continue;
        connection_sync(connection);
        if (connection->state != CONNECTION_READY || connection->count >= CONNECTION_ENTRIES - 1)
            return false;
        if (!PQsendPrepare(connection->pg, s->query->name, s->query->text, 0, NULL)
            || !PQpipelineSync(connection->pg))
            return false;
        push(connection, NULL);
    }
    return true;
}

static bool send_statements(struct connection *connection, const struct transaction *transaction)
{
    for (const struct statement *s = transaction->first; s; s = s->next) {
        const char *values[LIMIT_VALUES];
        for (int i = 0; i < s->query->parameters; i++)
            values[i] = s->values[i].at;
        if (!PQsendQueryPrepared(connection->pg, s->query->name, s->query->parameters, values, NULL,
                                 NULL, 0))
            return false;
    }
    return transaction->reads || PQpipelineSync(connection->pg);
}

bool connection_send(struct connection *connection, struct transaction *transaction)
{
    if (!transaction->reads)
        connection_sync(connection);
    bool sent = connection->state == CONNECTION_READY && prepare(connection, transaction)
                && send_statements(connection, transaction)
                && (transaction->reads || flush(connection));
    if (!sent) {
        if (connection->state == CONNECTION_READY)
            lose(connection);
        return false;
    }
    push(connection, transaction);
    connection->open = transaction->reads;
    return true;
}

void connection_sync(struct connection *connection)
{
    if (!connection->open)
        return;
    connection->open = false;
    unsigned last = (connection->head + connection->count - 1) % CONNECTION_ENTRIES;
    connection->entries[last].synced = true;
    if (!PQpipelineSync(connection->pg) || !flush(connection))
        lose(connection);
}
