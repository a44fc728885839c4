/* SPDX-License-Identifier: EUPL-1.2 */
/* A process that works on what others wrote: it gets nothing of ours, and reaches nobody.
 *
 * It has no file of ours open and opens none (sandbox_files.h). It has no connection, and no variable of our
 * environment. It opens no socket but those of its own machine, and connects none of them: not to PostgreSQL, nor
 * to Redis. It watches no other process, and ends with its worker. Memory, time and the size of files are limited.
 * This needs no privileges: Landlock, seccomp and limits hold for every user. */
#ifndef MAATWERK_DOCUMENTS_SANDBOX_H
#define MAATWERK_DOCUMENTS_SANDBOX_H

#include <stdbool.h>

/* For a process that was forked: locks it in, and goes on as `program`. It returns only when that fails. */
void sandbox_exec(const char *folder, const char *const *program);

#endif
