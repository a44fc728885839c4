/* SPDX-License-Identifier: EUPL-1.2 */
/* States in the order of their discovery, and a hash table of their numbers. */
#include "tests/model/explore.h"

#include <stdlib.h>
#include <string.h>

struct explorer {
    const struct protocol *protocol;
    struct state *states;
    uint32_t *parents;
    uint32_t count, most;
    uint32_t *table; /* number + 1; 0: free */
    uint32_t mask;
    /* the steps that are no fault, to walk back; those of state i begin at starts[i] */
    uint32_t *ends;
    uint64_t *starts;
    uint64_t edges, room;
    uint64_t steps;
    uint32_t from;
    bool too_large;
    /* when set, steps are compared with `wanted` instead of being followed */
    const struct state *wanted;
    const char *name;
};

static uint32_t hash_of(const struct state *state)
{
    uint64_t low, high;
    memcpy(&low, state->at, 8);
    memcpy(&high, state->at + 8, 8);
    uint64_t mixed = (low ^ (high * 0x9e3779b97f4a7c15u)) * 0xff51afd7ed558ccdu;
    mixed ^= mixed >> 32;
    mixed *= 0xc4ceb9fe1a85ec53u;
    return (uint32_t)(mixed ^ (mixed >> 29));
}

static void *allocate(uint64_t count, uint64_t size)
{
    void *made = calloc(count, size);
    if (!made) {
        fprintf(stderr, "model: no memory\n");
        exit(2);
    }
    return made;
}

static void enlarge(struct explorer *explorer)
{
    uint32_t size = (explorer->mask + 1) * 2;
    uint32_t *table = allocate(size, sizeof *table);
    for (uint32_t i = 0; i < explorer->count; i++) {
        uint32_t at = hash_of(&explorer->states[i]) & (size - 1);
        while (table[at])
            at = (at + 1) & (size - 1);
        table[at] = i + 1;
    }
    free(explorer->table);
    explorer->table = table;
    explorer->mask = size - 1;
}

/* The number of the state, which is added when it is new; UINT32_MAX when there is no room. */
static uint32_t number_of(struct explorer *explorer, const struct state *state)
{
    uint32_t at = hash_of(state) & explorer->mask;
    while (explorer->table[at]) {
        uint32_t number = explorer->table[at] - 1;
        if (memcmp(&explorer->states[number], state, sizeof *state) == 0)
            return number;
        at = (at + 1) & explorer->mask;
    }
    if (explorer->count == explorer->most) {
        explorer->too_large = true;
        return UINT32_MAX;
    }
    uint32_t number = explorer->count++;
    explorer->states[number] = *state;
    explorer->parents[number] = explorer->from;
    explorer->table[at] = number + 1;
    if (explorer->count > explorer->mask / 2)
        enlarge(explorer);
    return number;
}

void explore_step(struct explorer *explorer, const char *name, bool fault, const void *to)
{
    struct state state;
    memcpy(&state, to, sizeof state);
    if (explorer->wanted) {
        if (memcmp(explorer->wanted, &state, sizeof state) == 0)
            explorer->name = name;
        return;
    }
    explorer->steps++;
    uint32_t number = number_of(explorer, &state);
    if (fault || number == UINT32_MAX || number == explorer->from)
        return;
    if (explorer->edges == explorer->room) {
        explorer->room *= 2;
        explorer->ends = realloc(explorer->ends, explorer->room * sizeof *explorer->ends);
        if (!explorer->ends)
            exit(2);
    }
    explorer->ends[explorer->edges++] = number;
}

/* Finds the states that can reach an end: backwards from the last state, until nothing changes. */
static uint8_t *can_end(const struct explorer *explorer, uint32_t *ret_stuck)
{
    uint8_t *can = allocate(explorer->count, 1);
    for (uint32_t i = 0; i < explorer->count; i++)
        can[i] = explorer->protocol->is_end(&explorer->states[i]);
    for (bool changed = true; changed;) {
        changed = false;
        for (uint32_t i = explorer->count; i-- > 0;)
            for (uint64_t e = explorer->starts[i]; !can[i] && e < explorer->starts[i + 1]; e++)
                if (can[explorer->ends[e]])
                    can[i] = changed = true;
    }
    *ret_stuck = 0;
    for (uint32_t i = 0; i < explorer->count; i++)
        *ret_stuck += !can[i];
    return can;
}

static void print_way(struct explorer *explorer, uint32_t number, FILE *out)
{
    uint32_t way[256], length = 0;
    for (uint32_t at = number; length < 256; at = explorer->parents[at]) {
        way[length++] = at;
        if (at == 0)
            break;
    }
    while (length-- > 0) {
        const char *name = "at first";
        if (way[length] != 0) {
            explorer->wanted = &explorer->states[way[length]];
            explorer->protocol->steps(explorer, &explorer->states[way[length + 1]]);
            explorer->wanted = NULL;
            name = explorer->name;
        }
        fprintf(out, "  %-22s ", name);
        explorer->protocol->print(&explorer->states[way[length]], out);
    }
}

static void search(struct explorer *explorer, struct found *found, FILE *trace)
{
    struct state first = explorer->protocol->first();
    number_of(explorer, &first);
    for (uint32_t i = 0; i < explorer->count && !explorer->too_large; i++) {
        struct state state = explorer->states[i];
        const char *wrong = explorer->protocol->wrong(&state);
        explorer->from = i;
        explorer->starts[i] = explorer->edges;
        if (wrong) {
            found->wrong = wrong;
            found->wrong_at = explorer->count;
            if (trace)
                print_way(explorer, i, trace);
            return;
        }
        explorer->protocol->steps(explorer, &state);
    }
    explorer->starts[explorer->count] = explorer->edges;
}

struct found explore(const struct protocol *protocol, uint32_t most, FILE *trace)
{
    struct found found = {0};
    struct explorer explorer = {.protocol = protocol,
                                .most = most,
                                .mask = (1u << 16) - 1,
                                .room = 1 << 20};
    explorer.states = allocate(most, sizeof *explorer.states);
    explorer.parents = allocate(most, sizeof *explorer.parents);
    explorer.table = allocate(explorer.mask + 1u, sizeof *explorer.table);
    explorer.starts = allocate((uint64_t)most + 1, sizeof *explorer.starts);
    explorer.ends = allocate(explorer.room, sizeof *explorer.ends);
    search(&explorer, &found, trace);
    found.too_large = explorer.too_large;
    if (!found.wrong && !found.too_large) {
        uint8_t *can = can_end(&explorer, &found.stuck);
        for (uint32_t i = 0; trace && found.stuck && i < explorer.count; i++)
            if (!can[i]) {
                print_way(&explorer, i, trace);
                break;
            }
        free(can);
    }
    found.states = explorer.count;
    found.steps = (uint32_t)explorer.steps;
    free(explorer.states), free(explorer.parents), free(explorer.table);
    free(explorer.starts), free(explorer.ends);
    return found;
}
