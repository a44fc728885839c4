/* SPDX-License-Identifier: EUPL-1.2 */
/* The job that makes documents. */
#ifndef MAATWERK_DOCUMENTS_MAKE_H
#define MAATWERK_DOCUMENTS_MAKE_H

#include "lib/queue/kind.h"

/* How `make_document` is done. Besides its own document it takes others of the municipality that wait, so that
 * many are made in one start; their jobs then find nothing to do. Making a document again has no other effect
 * than making it once. */
extern const struct job_call make_document_call;

/* Makes `own` of each child. */
void *make_new(void);

#endif
