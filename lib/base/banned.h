/* SPDX-License-Identifier: EUPL-1.2 */
/* Functions that this project does not use, with their replacements. The Makefile includes this
 * file before everything else. */
#ifndef MAATWERK_BASE_BANNED_H
#define MAATWERK_BASE_BANNED_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* With _FORTIFY_SOURCE they are macros for clang, and macros cannot be poisoned. */
#undef strcpy
#undef strcat
#undef sprintf
#undef vsprintf

#pragma GCC poison strcpy strcat sprintf \
    vsprintf                      /* buf_print, arena_print, snprintf; C11 has no gets */
#pragma GCC poison atoi atol atof /* str_to_int */
#pragma GCC poison strtok         /* str_cut */
#pragma GCC poison gmtime localtime asctime \
    ctime /* the time comes from ctx and from the database */

#endif
