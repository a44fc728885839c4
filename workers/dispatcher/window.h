/* SPDX-License-Identifier: EUPL-1.2 */
/* How many jobs one stream may hold. A stream is kept short, so that urgent jobs and other
 * municipalities need not wait for the jobs that are in it: a window is as large as the number
 * of jobs that workers end in 50 ms. */
#ifndef MAATWERK_DISPATCHER_WINDOW_H
#define MAATWERK_DISPATCHER_WINDOW_H

#include <stdbool.h>
#include <stdint.h>

enum {
    WINDOW_MIN = 64,
    WINDOW_MAX = 1024,
    WINDOW_QUICK = 512, /* a window of more than this waits until half of it is free */
    WINDOW_MS = 50,
    WINDOW_MEASURE_MS = 100,
};

/* Begins as zeroes. */
struct window {
    long long length; /* jobs in the stream at the last look, and those added since */
    int64_t since_ms; /* when the measurement began */
    long long ended;  /* jobs that ended since then */
    int size;
    bool moves; /* jobs ended during the last measurement */
    int after;  /* the municipality that had its turn last */
};

/* The stream holds `length` jobs now. Resizes the window when a measurement is complete. */
void window_measure(struct window *window, long long length, int64_t now_ms);

/* How many jobs to add; 0 when there is so little room that it is better to wait. */
int window_room(const struct window *window);

/* Whether the window has room for one more job. */
bool window_has_room(const struct window *window);

#endif
