/* SPDX-License-Identifier: EUPL-1.2 */
/* Which files a process can open that works on what others wrote: programs and fonts of the machine, and one folder. */
#ifndef MAATWERK_DOCUMENTS_SANDBOX_FILES_H
#define MAATWERK_DOCUMENTS_SANDBOX_FILES_H

#include <stdbool.h>

/* Keeps the process, and what it starts, to these files and to `folder` (Landlock). It needs
 * no_new_privs. Where the kernel lacks Landlock (before 5.13), or the container forbids it, the
 * process opens what its user may open. Returns false when it could not be kept to them. */
bool sandbox_files(const char *folder);

#endif
