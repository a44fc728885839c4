/* SPDX-License-Identifier: EUPL-1.2 */
/* Reads the folder sql. Its folders come in the order of a table. The files of a folder come in
 * the order of their names, after the files that its file ORDER names. */
#include "services/cli/sql_files.h"

#include <dirent.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "lib/base/buf.h"
#include "services/cli/command.h"
#include "services/cli/rights.h"

static const struct folder {
    const char *name;
    bool once;
} folders[] = {
    {"before", false}, {"migrations", true}, {"functions", false}, {"states", false},
    {"kinds", false},  {"rules", false},     {"clocks", false},    {"after", false},
};

struct list {
    struct arena *arena;
    struct sql_file *first, **end;
};

static struct str checksum_of(struct arena *arena, struct str text)
{
    unsigned char digest[EVP_MAX_MD_SIZE];
    struct buf hex = buf_in(arena);
    EVP_Digest(text.at, text.len, digest, NULL, EVP_sha256(), NULL);
    for (int i = 0; i < 32; i++)
        buf_print(&hex, "%02x", digest[i]);
    return buf_str(&hex);
}

static void append(struct list *list, struct str name, struct str text, bool once)
{
    struct sql_file *file = arena_alloc(list->arena, sizeof *file);
    *file = (struct sql_file){.name = name,
                              .text = text,
                              .checksum = checksum_of(list->arena, text),
                              .once = once};
    *list->end = file;
    list->end = &file->next;
}

static bool is_listed(const struct list *list, struct str name)
{
    for (const struct sql_file *file = list->first; file; file = file->next)
        if (str_equal(file->name, name))
            return true;
    return false;
}

static bool add(struct list *list, const struct folder *folder, struct str name)
{
    struct str path = arena_print(list->arena, "%s/%.*s", folder->name, STR_ARG(name));
    if (is_listed(list, path))
        return true;
    struct str text =
        file_read(list->arena, arena_print(list->arena, "%s/%s", sql_folder(), path.at).at);
    if (!text.at)
        return false;
    append(list, path, text, folder->once);
    return true;
}

static bool add_ordered(struct list *list, const struct folder *folder)
{
    const char *path = arena_print(list->arena, "%s/%s/ORDER", sql_folder(), folder->name).at;
    if (access(path, F_OK) != 0)
        return true;
    struct str text = file_read(list->arena, path);
    bool good = text.at != NULL;
    while (good && text.at && text.len) {
        struct str line = str_trim(str_cut(&text, '\n'));
        if (line.len && line.at[0] != '#')
            good = add(list, folder, line);
    }
    return good;
}

static int is_sql(const struct dirent *file)
{
    size_t length = strlen(file->d_name);
    return length > 4 && strcmp(file->d_name + length - 4, ".sql") == 0;
}

static bool add_folder(struct list *list, const struct folder *folder)
{
    struct dirent **found = NULL;
    const char *path = arena_print(list->arena, "%s/%s", sql_folder(), folder->name).at;
    int count = scandir(path, &found, is_sql, alphasort);
    bool good = count > 0 && add_ordered(list, folder);
    if (count <= 0)
        fprintf(stderr, "maatwerk: there is no SQL in %s\n", path);
    for (int i = 0; i < count; i++) {
        good = good && add(list, folder, str_of(found[i]->d_name));
        free(found[i]);
    }
    free(found);
    return good;
}

bool sql_files_read(struct arena *arena, struct sql_file **ret_first)
{
    struct list list = {.arena = arena, .end = &list.first};
    for (size_t i = 0; i < sizeof folders / sizeof *folders; i++)
        if (!add_folder(&list, &folders[i]))
            return false;
    struct str grants = rights_grants(arena);
    if (!grants.at)
        return false;
    append(&list, S("grants.tsv"), grants, false);
    *ret_first = list.first;
    return true;
}
