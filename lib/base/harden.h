/* SPDX-License-Identifier: EUPL-1.2 */
/* Keeps what is in the memory of a program (keys, tokens, data of persons) out of files and out of
 * the reach of other processes of the same user. */
#ifndef MAATWERK_BASE_HARDEN_H
#define MAATWERK_BASE_HARDEN_H

/* No core dump is written when this process dies, and no process without privileges can attach to it
 * or read its memory. Files that it creates are for its user only. Call it first in main();
 * processes that are forked later inherit it. */
void harden_process(void);

#endif
