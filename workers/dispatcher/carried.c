/* SPDX-License-Identifier: EUPL-1.2 */
/* Lists, about as long as the streams are. They travel to PostgreSQL at each refill. */
#include "workers/dispatcher/carried.h"

#include <stdlib.h>
#include <string.h>

enum { ROOM_MIN = 1024 };

static void append(struct job_list *list, struct carried_job entry)
{
    if (list->count == list->room) {
        list->room = list->room ? list->room * 2 : ROOM_MIN;
        list->at = realloc(list->at, list->room * sizeof *list->at);
        if (!list->at)
            abort();
    }
    list->at[list->count++] = entry;
}

/* Counts the job, and its entry when the job before it has another entry. */
static void count_job(struct carried *carried, size_t i)
{
    const struct carried_job *at = &carried->now.at[i], *before = i ? at - 1 : NULL;
    carried->jobs_of[at->worker][at->stream]++;
    carried->entries_of[at->worker][at->stream] +=
        !before || before->worker != at->worker || before->stream != at->stream
        || before->entry.ms != at->entry.ms || before->entry.seq != at->entry.seq;
}

static void count_again(struct carried *carried)
{
    memset(carried->jobs_of, 0, sizeof carried->jobs_of);
    memset(carried->entries_of, 0, sizeof carried->entries_of);
    for (size_t i = 0; i < carried->now.count; i++)
        count_job(carried, i);
}

void carried_add(struct carried *carried, struct carried_job job)
{
    append(&carried->now, job);
    count_job(carried, carried->now.count - 1);
}

size_t carried_jobs_in(const struct carried *carried, int worker, int stream, size_t entries)
{
    size_t known = carried->entries_of[worker][stream];
    return known ? entries * carried->jobs_of[worker][stream] / known : entries;
}

void carried_clear(struct carried *carried)
{
    carried->now.count = carried->left.count = carried->locked.count = 0;
    count_again(carried);
}

void carried_free(struct carried *carried)
{
    free(carried->now.at);
    free(carried->left.at);
    free(carried->locked.at);
    *carried = (struct carried){0};
}

size_t carried_jobs(const struct carried *carried, int64_t *ids)
{
    size_t count = 0;
    for (size_t i = 0; i < carried->now.count; i++)
        ids[count++] = carried->now.at[i].job;
    for (size_t i = 0; i < carried->locked.count; i++)
        ids[count++] = carried->locked.at[i].job;
    return count;
}

void carried_set_locked(struct carried *carried, const int64_t *ids, size_t count)
{
    carried->locked.count = 0;
    for (size_t i = 0; i < count; i++)
        append(&carried->locked, (struct carried_job){.job = ids[i]});
}

static int by_number(const void *left, const void *right)
{
    int64_t a = *(const int64_t *)left, b = *(const int64_t *)right;
    return a < b ? -1 : a > b;
}

/* Where this number is among sorted numbers, or NULL. */
static int64_t *find(int64_t job, int64_t *ids, size_t count)
{
    return count ? bsearch(&job, ids, count, sizeof *ids, by_number) : NULL;
}

static void sort(int64_t *ids, size_t count)
{
    if (count)
        qsort(ids, count, sizeof *ids, by_number);
}

size_t carried_forget(struct carried *carried, int64_t *ids, size_t count)
{
    size_t kept = 0, known = 0;
    bool *met = calloc(count + 1, sizeof *met);
    if (!met)
        abort();
    sort(ids, count);
    for (size_t i = 0; i < carried->now.count; i++) {
        struct carried_job entry = carried->now.at[i];
        const int64_t *id = find(entry.job, ids, count);
        if (!id) {
            carried->now.at[kept++] = entry;
            continue;
        }
        met[id - ids] = true;
        append(&carried->left, entry);
    }
    carried->now.count = kept;
    count_again(carried);
    kept = 0;
    for (size_t i = 0; i < carried->locked.count; i++)
        if (!find(carried->locked.at[i].job, ids, count))
            carried->locked.at[kept++] = carried->locked.at[i];
    carried->locked.count = kept;
    for (size_t i = 0; i < count; i++)
        if (met[i])
            ids[known++] = ids[i];
    free(met);
    return known;
}

static void trim(struct job_list *list, struct entry_id firsts[LIMIT_WORKERS][STREAMS])
{
    size_t kept = 0;
    for (size_t i = 0; i < list->count; i++) {
        const struct carried_job *entry = &list->at[i];
        if (!entry_id_is_after(firsts[entry->worker][entry->stream], entry->entry))
            list->at[kept++] = *entry;
    }
    list->count = kept;
}

void carried_trim(struct carried *carried, struct entry_id firsts[LIMIT_WORKERS][STREAMS])
{
    trim(&carried->now, firsts);
    trim(&carried->left, firsts);
    count_again(carried);
}

static bool is_same(const struct carried_job *a, const struct carried_job *b)
{
    return a->job == b->job && a->worker == b->worker && a->stream == b->stream
           && a->entry.ms == b->entry.ms && a->entry.seq == b->entry.seq;
}

static bool is_among(const struct carried_job *entry, const struct job_list *list)
{
    for (size_t i = 0; i < list->count; i++)
        if (is_same(entry, &list->at[i]))
            return true;
    return false;
}

size_t carried_replace(struct carried *carried, struct carried *found, int64_t *ids)
{
    size_t lost = 0, kept = 0, count = found->now.count;
    int64_t *jobs = calloc(count + 1, sizeof *jobs);
    if (!jobs)
        abort();
    for (size_t i = 0; i < count; i++)
        jobs[i] = found->now.at[i].job;
    sort(jobs, count);
    for (size_t i = 0; i < carried->now.count; i++)
        if (!find(carried->now.at[i].job, jobs, count))
            ids[lost++] = carried->now.at[i].job;
    free(jobs);
    for (size_t i = 0; i < count; i++)
        if (is_among(&found->now.at[i], &carried->left))
            append(&found->left, found->now.at[i]);
        else
            found->now.at[kept++] = found->now.at[i];
    found->now.count = kept;
    count_again(found);
    found->locked = carried->locked;
    carried->locked = (struct job_list){0};
    carried_free(carried);
    *carried = *found;
    *found = (struct carried){0};
    return lost;
}
