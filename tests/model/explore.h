/* SPDX-License-Identifier: EUPL-1.2 */
/* Visits every state of a protocol, breadth first, and proves two things for each state: nothing is wrong
 * in it, and an end can still be reached from it without any further fault.
 *
 * A protocol is a function that gives the possible steps of a state. A state is 16 bytes without
 * padding, so that states can be compared and hashed as they are. */
#ifndef MAATWERK_MODEL_EXPLORE_H
#define MAATWERK_MODEL_EXPLORE_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

struct state {
    uint8_t at[16];
};

struct explorer;

struct protocol {
    const char *name;
    struct state (*first)(void);
    /* calls explore_step() for each step that is possible */
    void (*steps)(struct explorer *explorer, const struct state *state);
    /* says what is wrong in the state, or NULL */
    const char *(*wrong)(const struct state *state);
    /* every job has its end, and nothing is left over */
    bool (*is_end)(const struct state *state);
    void (*print)(const struct state *state, FILE *out);
};

/* A step that leads to `to`. With `fault` it is a fault: no end may depend on it. */
void explore_step(struct explorer *explorer, const char *name, bool fault, const void *to);

struct found {
    uint32_t states, steps;
    uint32_t stuck;    /* states from which no end can be reached */
    uint32_t wrong_at; /* states seen when the first wrong one was found; 0: none */
    const char *wrong; /* what is wrong in it */
    bool too_large;    /* more states than `most`: nothing is proven */
};

/* Explores at most `most` states. With `trace`, prints the way to what was found. */
struct found explore(const struct protocol *protocol, uint32_t most, FILE *trace);

#endif
