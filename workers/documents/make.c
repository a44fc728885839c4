/* SPDX-License-Identifier: EUPL-1.2 */
/* Claim, fill, let LibreOffice make, store. */
#include "workers/documents/make.h"

#include "lib/base/hex.h"
#include "lib/json/parse.h"
#include "lib/queue/gen/queries.h"
#include "workers/documents/fill.h"
#include "workers/documents/gen/queries.h"
#include "workers/documents/gen/templates.h"
#include "workers/documents/marks.h"
#include "workers/documents/odt.h"
#include "workers/documents/office.h"
#include "workers/documents/pdf.h"

enum { BYTES_MOST = 2 << 20, LATER_MS = 2000 };

/* A document that is being made. */
struct making {
    struct str id, pdf;
    const char *fault; /* NULL: none so far */
    int pages, pages_most;
};

struct batch {
    struct making documents[OFFICE_BATCH];
    size_t count;
};

void *make_new(void)
{
    return office_new();
}

/* A transaction of its own in the context of the municipality. */
static struct plan begin(struct work *work)
{
    struct plan plan = {.ctx = &work->ctx};
    sql_queue_begin(&plan);
    job_add_context(&plan, work->job);
    return plan;
}

static bool commit(struct work *work, struct plan *plan)
{
    sql_queue_commit(plan);
    enum err err = session_run(work->db, plan);
    if (err == ERR_CONFLICT)
        session_rollback(work->db);
    return err == OK;
}

static struct str value(const PGresult *rows, int row, int column)
{
    return str_of(PQgetvalue(rows, row, column));
}

static const struct page_template *template_of(struct str code)
{
    const struct page_template *template = page_templates;
    while (template->code && !str_equal(str_of(template->code), code))
        template ++;
    return template->code ? template : NULL;
}

/* Whether a letter that the municipality wrote has what a letter of its kind needs: `needs` names
 * the marks, when the file is looked at for the first time. */
static const char *lacks(struct ctx *ctx, struct str content, const cJSON *values)
{
    const cJSON *needs = cJSON_GetObjectItemCaseSensitive(values, "needs"), *need;
    cJSON_ArrayForEach(need, needs)
    {
        if (cJSON_IsString(need) && !marks_has(ctx->arena, content, str_of(need->valuestring)))
            return "marks";
    }
    return NULL;
}

/* A template that the municipality wrote. */
static const char *fill_own(struct ctx *ctx, struct str hex, const cJSON *values, struct str *page)
{
    struct odt odt;
    struct str content, styles, title = S("Brief");
    size_t count = hex.len / 2;
    unsigned char *bytes = arena_alloc(ctx->arena, count + 1);
    const cJSON *said = cJSON_GetObjectItemCaseSensitive(values, "title");
    const char *fault = hex_read(hex, bytes, count) ? NULL : "not_odt";
    if (!fault)
        fault = odt_read(ctx->arena, (struct str){(const char *)bytes, count}, &odt);
    if (!fault) {
        odt.content = marks_join(ctx->arena, odt.content);
        odt.styles = marks_join(ctx->arena, odt.styles);
        fault = lacks(ctx, odt.content, values);
    }
    if (!fault)
        fault = fill(ctx->arena, odt.content, values, &content);
    if (!fault)
        fault = fill(ctx->arena, odt.styles, values, &styles);
    if (!fault && cJSON_IsString(said))
        fault = fill(ctx->arena, S("{{title}}"), values, &title);
    if (!fault)
        *page = odt_write(ctx->arena, &odt, content, styles, title);
    return fault;
}

static const char *fill_row(struct ctx *ctx, const PGresult *rows, int row, struct str *page)
{
    const struct page_template *template = template_of(value(rows, row, DOCUMENT_CLAIM_TEMPLATE));
    cJSON *values;
    if (!template || json_parse(ctx, value(rows, row, DOCUMENT_CLAIM_PARAMETERS), &values) != OK)
        return "values";
    if (!PQgetisnull(rows, row, DOCUMENT_CLAIM_OWN))
        return fill_own(ctx, value(rows, row, DOCUMENT_CLAIM_OWN), values, page);
    return fill(ctx->arena, str_of(template->text), values, page);
}

/* The pages of the batch that could be filled; `which` says whose they are. */
static size_t fill_all(struct ctx *ctx, const PGresult *rows, struct batch *batch,
                       struct str *pages, size_t *which)
{
    size_t count = 0;
    for (int i = 0; i < PQntuples(rows) && i < OFFICE_BATCH; i++) {
        int64_t most = 1;
        str_to_int(value(rows, i, DOCUMENT_CLAIM_PAGES_MOST), &most);
        struct making *making = &batch->documents[batch->count];
        *making = (struct making){.id = value(rows, i, DOCUMENT_CLAIM_ID), .pages_most = (int)most};
        making->fault = fill_row(ctx, rows, i, &pages[count]);
        if (!making->fault)
            which[count++] = batch->count;
        batch->count++;
    }
    return count;
}

static void judge(struct arena *arena, struct making *making, struct str pdf)
{
    making->pdf = pdf_mend(arena, pdf);
    making->pages = pdf_pages(pdf);
    if (!making->pdf.at || !making->pages)
        making->fault = "not_made";
    else if (making->pages > making->pages_most)
        making->fault = "too_long";
    else if (making->pdf.len > BYTES_MOST)
        making->fault = "too_large";
}

static bool make_all(struct work *work, const PGresult *rows, struct batch *batch)
{
    struct str pages[OFFICE_BATCH], pdfs[OFFICE_BATCH] = {{0}};
    size_t which[OFFICE_BATCH], count = fill_all(&work->ctx, rows, batch, pages, which);
    if (count && !office_make(work->own, work->ctx.arena, pages, count, pdfs))
        return false;
    for (size_t i = 0; i < count; i++)
        judge(work->ctx.arena, &batch->documents[which[i]], pdfs[i]);
    return true;
}

static bool store(struct work *work, const struct batch *batch)
{
    struct plan plan = begin(work);
    for (size_t i = 0; i < batch->count; i++) {
        const struct making *making = &batch->documents[i];
        struct buf hex = buf_in(work->ctx.arena);
        if (!making->fault)
            hex_add(&hex, (const unsigned char *)making->pdf.at, making->pdf.len);
        sql_document_end(&plan,
                         (struct sql_document_end){.document = making->id,
                                                   .job = arena_int(work->ctx.arena, work->job->id),
                                                   .bytes = buf_str(&hex),
                                                   .pages =
                                                       arena_int(work->ctx.arena, making->pages),
                                                   .fault = making->fault ? str_of(making->fault)
                                                                          : (struct str){0}});
    }
    return commit(work, &plan);
}

static enum call_end make_document(struct work *work, struct call *call)
{
    (void)call;
    struct str document = job_text(work->job, "document"),
               job = arena_int(work->ctx.arena, work->job->id);
    struct plan plan = begin(work);
    const struct statement *claimed =
        sql_document_claim(&plan, (struct sql_document_claim){.document = document,
                                                              .job = job,
                                                              .most = arena_int(work->ctx.arena,
                                                                                OFFICE_BATCH)});
    const struct statement *waits =
        sql_document_waits(&plan, (struct sql_document_waits){.document = document, .job = job});
    work->error = "no-database";
    if (!commit(work, &plan))
        return CALL_NOT_MADE;
    if (PQntuples(claimed->result) == 0) {
        work->error = "claimed";
        work->later_ms = LATER_MS;
        return PQgetvalue(waits->result, 0, 0)[0] == 't' ? CALL_LATER : CALL_DONE;
    }
    struct batch batch = {.count = 0};
    work->error = "no-office";
    if (!make_all(work, claimed->result, &batch))
        return CALL_OUTAGE;
    work->error = "not-stored";
    return store(work, &batch) ? CALL_DONE : CALL_NOT_MADE;
}

const struct job_call make_document_call = {.call = make_document, .keyed = true};
