/* SPDX-License-Identifier: EUPL-1.2 */
/* Functions that are not used here, with what is used instead. Included before everything else
 * by the Makefile. */
#ifndef MAATWERK_BASE_BANNED_H
#define MAATWERK_BASE_BANNED_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#pragma GCC poison strcpy strcat sprintf vsprintf gets /* buf_print, arena_print, snprintf */
#pragma GCC poison atoi atol atof                      /* str_to_int */
#pragma GCC poison strtok                              /* str_cut */
#pragma GCC poison gmtime localtime asctime ctime /* time comes from ctx and from the database */

#endif
