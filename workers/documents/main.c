/* SPDX-License-Identifier: EUPL-1.2 */
/* maatwerk-documents: makes pages of templates, as PDF/A-2b and PDF/UA-1. */
#include "lib/queue/worker.h"
#include "workers/documents/make.h"

int main(void)
{
    static const struct job_kind kinds[] = {{"make_document", .call = &make_document_call}};
    static const struct worker worker = {"documents", kinds,    sizeof kinds / sizeof *kinds,
                                         8,           make_new, NULL};
    return worker_run(&worker);
}
