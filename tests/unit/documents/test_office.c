/* SPDX-License-Identifier: EUPL-1.2 */
/* LibreOffice in its sandbox, and what its PDFs get. */
#include "tests/unit/unit.h"

#include <sys/wait.h>
#include <unistd.h>

#include "workers/documents/gen/templates.h"
#include "workers/documents/office.h"
#include "workers/documents/pdf.h"
#include "workers/documents/sandbox.h"

/* One start of LibreOffice makes all, and one more looks at the page that is none. */
static void a_page_that_is_none_takes_nothing_from_the_others(void **state)
{
    struct ctx *ctx = *state;
    const struct str good = str_of(page_templates[0].text);
    /* a page that is cut off in the middle of its XML */
    const struct str pages[] = {good, {good.at, good.len / 2}, good};
    struct str made[3];
    assert_true(office_make(office_new(), ctx->arena, pages, 3, made));
    assert_non_null(made[0].at);
    assert_non_null(made[2].at);
    assert_int_equal(pdf_pages(made[0]), 1);
    struct str mended = pdf_mend(ctx->arena, made[0]);
    assert_int_equal(mended.len, made[0].len);
    assert_non_null(memmem(mended.at, mended.len, "pdfaSchema:prefix>pdfuaid<", 26));
}

/* What the program says with its status. */
static int locked_in(const char *script)
{
    char folder[] = "/tmp/maatwerk-test-XXXXXX";
    assert_non_null(mkdtemp(folder));
    pid_t pid = fork();
    if (pid == 0) {
        const char *const program[] = {"/usr/bin/python3", "-I", "-c", script, NULL};
        sandbox_exec(folder, program);
        _exit(127);
    }
    int status;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_int_equal(rmdir(folder), 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 255;
}

#define REFUSED(what) \
    "import os, socket, sys\ntry:\n " what "\nexcept (PermissionError, MemoryError): sys.exit(7)"

static void what_is_locked_in_reaches_nobody(void **state)
{
    (void)state;
    setenv("MAATWERK_SECRET_OF_A_TEST", "secret", 1);
    assert_int_equal(locked_in("import sys; sys.exit(3)"), 3);
    assert_int_equal(locked_in(REFUSED("socket.socket(socket.AF_INET)")), 7);
    assert_int_equal(locked_in(REFUSED("socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)")), 7);
    assert_int_equal(locked_in(REFUSED("socket.socket(socket.AF_UNIX).connect('/run/nobody')")), 7);
    assert_int_equal(locked_in(REFUSED("x = bytearray(1500 << 20)")), 7);
    assert_int_equal(locked_in(
                         "import os, sys; sys.exit('MAATWERK_SECRET_OF_A_TEST' in os.environ)"),
                     0);
    assert_int_equal(locked_in("import os, sys; sys.exit(len(os.listdir('/proc/self/fd')) > 4)"),
                     0);
}

/* A picture of the machine was drawn on the page of a letter; what is left of that is a hole in LibreOffice. */
static void what_is_locked_in_opens_no_file_of_ours(void **state)
{
    (void)state;
    assert_int_equal(
        locked_in("import os; open('x', 'w').write('x'); os.rename('x', 'y'); os.remove('y'); "
                  "raise SystemExit(3)"),
        3);
    assert_int_equal(locked_in(REFUSED("open('/etc/hostname')")), 7);
    assert_int_equal(locked_in(REFUSED("open('/proc/%d/environ' % os.getppid())")), 7);
    assert_int_equal(locked_in(REFUSED("os.listdir('/tmp')")), 7);
    assert_int_equal(locked_in(REFUSED("open('/tmp/maatwerk-test', 'w')")), 7);
}

static void what_is_no_pdf_of_libreoffice_is_not_mended(void **state)
{
    struct ctx *ctx = *state;
    assert_null(pdf_mend(ctx->arena, S("")).at);
    assert_null(pdf_mend(ctx->arena, S("%PDF-1.7 </rdf:RDF>\n</x:xmpmeta>\n<?xpacket end=")).at);
    assert_int_equal(pdf_pages(S("/Type/Pages /Count 12>>")), 12);
    assert_int_equal(pdf_pages(S("/Type/Pages /Count ")), 0);
    assert_int_equal(pdf_pages(S("")), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {UNIT(a_page_that_is_none_takes_nothing_from_the_others),
                                       UNIT(what_is_locked_in_reaches_nobody),
                                       UNIT(what_is_locked_in_opens_no_file_of_ours),
                                       UNIT(what_is_no_pdf_of_libreoffice_is_not_mended)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
