/* SPDX-License-Identifier: EUPL-1.2 */
/* The difference between two lengths says how quickly a stream is emptied. */
#include "workers/dispatcher/window.h"

static int clamp(long long wanted)
{
    if (wanted < WINDOW_MIN)
        return WINDOW_MIN;
    return wanted < WINDOW_MAX ? (int)wanted : WINDOW_MAX;
}

void window_measure(struct window *window, long long length, int64_t now_ms)
{
    int64_t took_ms = now_ms - window->since_ms;
    if (window->length > length)
        window->ended += window->length - length;
    window->length = length;
    if (took_ms < WINDOW_MEASURE_MS)
        return;
    window->size = clamp(window->ended * WINDOW_MS / took_ms);
    window->moves = window->ended > 0;
    window->ended = 0;
    window->since_ms = now_ms;
}

/* A refill costs the same for one job as for many, and looks at each job that is carried. So it
 * waits until a quarter of the window is free, or half of a window that is emptied quickly. */
int window_room(const struct window *window)
{
    int parts = window->size > WINDOW_QUICK ? 2 : 4;
    long long room = window->size - window->length;
    return room * parts < window->size ? 0 : (int)room;
}

bool window_has_room(const struct window *window)
{
    return window->length < window->size;
}
