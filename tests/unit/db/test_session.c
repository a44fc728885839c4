/* SPDX-License-Identifier: EUPL-1.2 */
/* A session whose database is not there, or does not answer. */
#include "tests/unit/unit.h"

#include <pthread.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "lib/base/clock.h"
#include "lib/db/session.h"

static const struct query one = {.name = "one", .text = "select 1", .rows = QUERY_ONE};

static void without_a_database_a_session_says_so_and_stays_of_use(void **state)
{
    struct session *session = session_new("host=/nowhere connect_timeout=1", 1000);
    for (int i = 0; i < 2; i++) {
        struct plan plan = {.ctx = *state};
        plan_add(&plan, &one, NULL);
        assert_int_equal(session_run(session, &plan), ERR_UNAVAILABLE);
        assert_string_equal(session_sqlstate(session), "");
        session_rollback(session);
    }
    session_cancel(session); /* nothing runs */
    assert_false(session_was_cancelled(session));
    assert_int_equal(session_generation(session), 0);
    session_free(session);
}

/* Lets one client in, as PostgreSQL does, and then says nothing until it goes. */
static void *be_a_silent_server(void *data)
{
    static const char welcome[] = "R\0\0\0\x08\0\0\0\0Z\0\0\0\x05I";
    char unread[1024];
    int client = accept(*(int *)data, NULL, NULL);
    bool sent = read(client, unread, sizeof unread) > 0
                && write(client, welcome, sizeof welcome - 1) == sizeof welcome - 1;
    while (sent && read(client, unread, sizeof unread) > 0)
        ;
    close(client);
    return NULL;
}

static void an_answer_that_does_not_come_ends_the_connection(void **state)
{
    struct plan plan = {.ctx = *state};
    char folder[] = "/tmp/maatwerk-session-XXXXXX", conninfo[200];
    struct sockaddr_un at = {.sun_family = AF_UNIX};
    pthread_t server;
    assert_non_null(mkdtemp(folder));
    snprintf(at.sun_path, sizeof at.sun_path, "%s/.s.PGSQL.5432", folder);
    snprintf(conninfo, sizeof conninfo, "host=%s user=nobody sslmode=disable gssencmode=disable",
             folder);
    int listener = socket(AF_UNIX, SOCK_STREAM, 0);
    assert_int_equal(bind(listener, (struct sockaddr *)&at, sizeof at), 0);
    assert_int_equal(listen(listener, 1), 0);
    assert_int_equal(pthread_create(&server, NULL, be_a_silent_server, &listener), 0);
    struct session *session = session_new(conninfo, -900);
    plan_add(&plan, &one, NULL);
    int64_t from_ms = clock_ms();
    assert_int_equal(session_run(session, &plan), ERR_UNAVAILABLE);
    assert_in_range(clock_ms() - from_ms, 100, 180);
    assert_int_equal(session_generation(session), 1);
    pthread_join(server, NULL); /* it was hung up on */
    session_free(session);
    close(listener);
    unlink(at.sun_path);
    rmdir(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        UNIT(without_a_database_a_session_says_so_and_stays_of_use),
        UNIT(an_answer_that_does_not_come_ends_the_connection),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
