/* SPDX-License-Identifier: EUPL-1.2 */
/* Places with moments. Two threads may look for a place at the same time: then a user may have a few
 * calls more, and never less. */
#include "lib/server/allowance.h"

#include <stdatomic.h>
#include <stdlib.h>

#include "lib/db/session.h"
#include "lib/server/gen/queries.h"

enum { PLACES = 1 << 14, TRIES = 8 };

struct place {
    atomic_ullong user; /* 0: nobody's */
    atomic_llong back_us[ALLOWANCE_HELD];
};

struct limit {
    atomic_llong most, seconds;
};

struct allowances {
    struct limit limits[ALLOWANCE_GROUPS][ALLOWANCE_COUNT];
    struct place places[PLACES];
};

struct allowances *allowances_new(void)
{
    struct allowances *allowances = calloc(1, sizeof *allowances);
    if (!allowances)
        abort();
    return allowances;
}

void allowance_set(struct allowances *allowances, unsigned group, enum allowance kind, int64_t most,
                   int64_t seconds)
{
    struct limit *limit = &allowances->limits[group][kind];
    atomic_store_explicit(&limit->seconds, seconds, memory_order_relaxed);
    atomic_store_explicit(&limit->most, most, memory_order_relaxed);
}

static size_t number_of(const char *const *names, size_t count, struct str name)
{
    size_t i = 0;
    while (i < count && !str_equal(str_of(names[i]), name))
        i++;
    return i;
}

enum allowance allowance_named(struct str name)
{
    return (enum allowance)number_of(allowance_names, ALLOWANCE_COUNT, name);
}

bool allowances_load(struct allowances *allowances, struct session *session)
{
    struct arena *arena = arena_new();
    struct ctx ctx = {.arena = arena};
    struct plan plan = {.ctx = &ctx};
    const struct statement *directory = sql_allowance_directory(&plan);
    bool loaded = session_run(session, &plan) == OK;
    for (int i = 0; loaded && i < PQntuples(directory->result); i++) {
        const PGresult *rows = directory->result;
        enum allowance kind =
            allowance_named(str_of(PQgetvalue(rows, i, ALLOWANCE_DIRECTORY_WHAT)));
        size_t group = number_of(allowance_groups, ALLOWANCE_GROUPS,
                                 str_of(PQgetvalue(rows, i, ALLOWANCE_DIRECTORY_WHO)));
        int64_t most, seconds;
        if (kind < ALLOWANCE_COUNT && group < ALLOWANCE_GROUPS
            && str_to_int(str_of(PQgetvalue(rows, i, ALLOWANCE_DIRECTORY_MOST)), &most)
            && str_to_int(str_of(PQgetvalue(rows, i, ALLOWANCE_DIRECTORY_SECONDS)), &seconds))
            allowance_set(allowances, (unsigned)group, kind, most, seconds);
    }
    arena_free(arena);
    return loaded;
}

uint64_t allowance_user(int32_t tenant, struct str user)
{
    uint64_t hash = 0xcbf29ce484222325u ^ (uint32_t)tenant;
    for (size_t i = 0; i < user.len; i++)
        hash = (hash ^ (unsigned char)user.at[i]) * 0x100000001b3u;
    hash ^= hash >> 32;
    return hash ? hash : 1;
}

static bool is_free(struct place *place, int64_t now_us)
{
    bool free = true;
    for (int i = 0; i < ALLOWANCE_HELD; i++)
        free &= atomic_load_explicit(&place->back_us[i], memory_order_relaxed) <= now_us;
    return free;
}

/* The place of the user, or a free place when the user has none. When all near places belong to others,
 * the user shares one, and then both may do less. */
static struct place *place_of(struct allowances *allowances, uint64_t user, int64_t now_us)
{
    struct place *spare = NULL;
    for (unsigned i = 0; i < TRIES; i++) {
        struct place *place = &allowances->places[(user + i) % PLACES];
        if (atomic_load_explicit(&place->user, memory_order_relaxed) == user)
            return place;
        if (!spare && is_free(place, now_us))
            spare = place;
    }
    if (!spare)
        return &allowances->places[user % PLACES];
    atomic_store_explicit(&spare->user, user, memory_order_relaxed);
    return spare;
}

struct allowance_use allowance_of(const struct allowances *allowances, unsigned group,
                                  enum allowance kind)
{
    const struct limit *limit = &allowances->limits[group][kind];
    int64_t most = atomic_load_explicit(&limit->most, memory_order_relaxed),
            seconds = atomic_load_explicit(&limit->seconds, memory_order_relaxed);
    bool counts = most <= seconds * 1000000; /* one in a microsecond is as good as no limit */
    return (struct allowance_use){.kind = kind, .most = counts ? most : 0, .seconds = seconds};
}

/* Uses one more at `now_us`. Returns the moment at which the whole allowance is back, and notes how much
 * is left. */
static int64_t after_one(struct allowance_use *use, int64_t back_us, int64_t now_us)
{
    int64_t all_us = use->seconds * 1000000, each_us = all_us / use->most;
    int64_t next_us = (back_us > now_us ? back_us : now_us) + each_us,
            over_us = next_us - now_us - all_us;
    use->left = each_us && over_us < 0 ? -over_us / each_us : 0;
    use->back_s = ((over_us > 0 ? over_us : next_us - now_us) + 999999) / 1000000;
    return over_us > 0 ? 0 : next_us;
}

bool allowance_take(struct allowances *allowances, unsigned group, enum allowance kind,
                    uint64_t user, int64_t now_us, struct allowance_use *ret)
{
    struct allowance_use use = allowance_of(allowances, group, kind);
    *ret = use;
    if (!use.most)
        return true;
    atomic_llong *back = &place_of(allowances, user, now_us)->back_us[kind];
    long long known = atomic_load_explicit(back, memory_order_relaxed), next;
    do {
        next = after_one(&use, known, now_us);
        *ret = use;
        if (!next)
            return false;
    } while (!atomic_compare_exchange_weak_explicit(back, &known, next, memory_order_relaxed,
                                                    memory_order_relaxed));
    return true;
}

bool allowance_is_left(struct allowances *allowances, unsigned group, enum allowance kind,
                       uint64_t user, int64_t now_us, struct allowance_use *ret)
{
    *ret = allowance_of(allowances, group, kind);
    if (!ret->most)
        return true;
    struct place *place = place_of(allowances, user, now_us);
    return after_one(ret, atomic_load_explicit(&place->back_us[kind], memory_order_relaxed),
                     now_us);
}
