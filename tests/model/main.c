/* SPDX-License-Identifier: EUPL-1.2 */
/* make model: explores the queue as it is, then each mutant, and prints the result of each on one line.
 *
 *   model [--small] [--mutant NAME] [--trace]
 *
 * Exit status 0: the queue as it is has neither a wrong nor a stuck state, each mutant has one, and
 * mutants that only make it slower have none. */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "tests/model/lease.h"
#include "tests/model/row_protocol.h"

enum { MOST_STATES = 40000000, ALL = (1 << FAULTS) - 1, DEATHS = ALL & ~(7 << FAULT_RETRY) };

/* A job is poison after one death in a batch and three deaths alone. The deaths that these
 * faults bring besides must not make an innocent job a dead letter. */
enum { WITH_POISON = DEATHS & ~(1 << FAULT_KILL | 1 << FAULT_STALE | 1 << FAULT_TAIL) };

enum expected { SOUND, CAUGHT, HARMLESS };

struct run {
    const char *name, *what;
    enum expected expected;
    bool large;            /* not with --small */
    struct row_bounds row; /* no jobs: leased */
    struct lease_bounds lease;
};

#define ROW(...)          .row = {__VA_ARGS__}
#define LEASE(...)        .lease = {__VA_ARGS__}
#define LANE_OF_3(broken) ROW(3, true, false, ALL, 1, broken)
#define POISONED(broken)  ROW(2, false, true, WITH_POISON, 1, broken)

static const struct run runs[] = {
    {"lane-of-3", "13 faults, any one", SOUND, false, LANE_OF_3(ROW_AS_IT_IS)},
    {"lane-of-2", "13 faults, any two", SOUND, false, ROW(2, true, false, ALL, 2, ROW_AS_IT_IS)},
    {"lane-of-3", "13 faults, any two", SOUND, true, ROW(3, true, false, ALL, 2, ROW_AS_IT_IS)},
    {"lane-of-2", "13 faults, any three", SOUND, true, ROW(2, true, false, ALL, 3, ROW_AS_IT_IS)},
    {"no-lane", "2 jobs, 13 faults, any one", SOUND, false,
     ROW(2, false, false, ALL & ~(1 << FAULT_PERMANENT), 1, ROW_AS_IT_IS)},
    {"no-lane", "2 jobs, 12 faults, any two", SOUND, true,
     ROW(2, false, false, ALL & ~(1 << FAULT_PERMANENT), 2, ROW_AS_IT_IS)},
    {"poison", "and an innocent job, 7 faults, any one", SOUND, false, POISONED(ROW_AS_IT_IS)},
    {"leased", "lane of 3, any faults", SOUND, false, LEASE(3, false, LEASE_AS_IT_IS)},
    {"leased-keys", "lane of 3, any faults", SOUND, false, LEASE(3, true, LEASE_AS_IT_IS)},

    {"noreconcile", "nobody looks into the streams", CAUGHT, false, LANE_OF_3(ROW_NO_RECONCILE)},
    {"ghostlive", "a ghost counts as alive", CAUGHT, false, LANE_OF_3(ROW_GHOST_LIVE)},
    {"effectfirst", "the effect commits before the end", CAUGHT, false,
     LANE_OF_3(ROW_EFFECT_FIRST)},
    {"nolock", "a claim locks nothing", CAUGHT, false, LANE_OF_3(ROW_NO_LOCK)},
    {"laneshut", "an end does not open the lane", CAUGHT, false, LANE_OF_3(ROW_LANE_SHUT)},
    {"laneopen", "an enqueue does not lock the lane", CAUGHT, false, LANE_OF_3(ROW_LANE_UNLOCKED)},
    {"lanehole", "a lane stops at a job taken out of it", CAUGHT, false, LANE_OF_3(ROW_LANE_HOLE)},
    {"noreap", "entries of the dead stay theirs", CAUGHT, false, LANE_OF_3(ROW_NO_REAP)},
    {"forgetful", "after a lost answer nothing is read again", CAUGHT, false,
     LANE_OF_3(ROW_FORGETFUL)},
    {"crashinside", "a beginning is noted in its transaction", CAUGHT, false,
     POISONED(ROW_CRASH_INSIDE)},
    {"notalone", "suspects run together", CAUGHT, false, POISONED(ROW_NOT_ALONE)},
    {"nofence", "an end does not look at the fence", CAUGHT, false,
     LEASE(3, false, LEASE_NO_FENCE)},
    {"nointent", "a call does not look what was begun", CAUGHT, false,
     LEASE(3, false, LEASE_NO_INTENT)},
    {"callfirst", "the intent is noted after the call", CAUGHT, false,
     LEASE(3, false, LEASE_CALL_FIRST)},
    {"begunisnew", "what was begun is begun again", CAUGHT, false,
     LEASE(3, false, LEASE_BEGUN_IS_NEW)},
    {"reviveforgets", "a revival forgets the calls", CAUGHT, false,
     LEASE(3, false, LEASE_REVIVE_FORGETS)},

    {"nowipe", "what was carried counts after a wipe", HARMLESS, false,
     ROW(2, true, false, ALL, 2, ROW_NO_WIPE)},
    {"ackfirst", "acknowledged before the commit", HARMLESS, false,
     ROW(2, true, false, ALL, 2, ROW_ACK_FIRST)},
    {"acklocked", "what is locked is acknowledged", HARMLESS, false,
     ROW(2, true, false, ALL, 2, ROW_ACK_LOCKED)},
};

static const char *verdict(const struct run *run, const struct found *found)
{
    bool bad = found->wrong || found->stuck;
    if (found->too_large)
        return "TOO LARGE, nothing is proven";
    if (run->expected == CAUGHT)
        return bad ? "caught" : "NOT CAUGHT";
    if (run->expected == HARMLESS)
        return bad ? "NOT HARMLESS" : "harmless, only slower";
    return bad ? "BROKEN" : "sound";
}

static bool do_run(const struct run *run, FILE *trace)
{
    struct timespec from, to;
    clock_gettime(CLOCK_MONOTONIC, &from);
    row_bounds = run->row;
    lease_bounds = run->lease;
    struct found found =
        explore(run->row.jobs ? &row_protocol : &lease_protocol, MOST_STATES, trace);
    clock_gettime(CLOCK_MONOTONIC, &to);
    const char *said = verdict(run, &found);
    printf("%-13s %-44s %9u states %9u steps %8u stuck %5.1f s  %s%s%s\n", run->name, run->what,
           found.states, found.steps, found.stuck,
           (double)(to.tv_sec - from.tv_sec) + (double)(to.tv_nsec - from.tv_nsec) / 1e9, said,
           found.wrong ? ": " : "", found.wrong ? found.wrong : "");
    fflush(stdout);
    return said[0] >= 'a' && said[0] <= 'z';
}

int main(int argc, char **argv)
{
    bool small = false, all_good = true;
    const char *only = NULL;
    FILE *trace = NULL;
    int count = 0;
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--small") == 0)
            small = true;
        else if (strcmp(argv[i], "--trace") == 0)
            trace = stdout;
        else if (strcmp(argv[i], "--mutant") == 0 && i + 1 < argc)
            only = argv[++i];
        else
            return fprintf(stderr, "model [--small] [--mutant NAME] [--trace]\n"), 2;
    }
    for (size_t i = 0; i < sizeof runs / sizeof *runs; i++) {
        if ((runs[i].large && small) || (only && strcmp(only, runs[i].name) != 0))
            continue;
        all_good = do_run(&runs[i], trace) && all_good;
        count++;
    }
    return all_good && count ? 0 : 1;
}
