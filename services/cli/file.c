/* SPDX-License-Identifier: EUPL-1.2 */
/* Reading whole files. */
#include "services/cli/file.h"

#include <stdio.h>
#include <stdlib.h>

struct str file_read(struct arena *arena, const char *path)
{
    FILE *file = fopen(path, "rb");
    if (!file) {
        fprintf(stderr, "maatwerk: cannot read %s\n", path);
        return (struct str){0};
    }
    fseek(file, 0, SEEK_END);
    long size = ftell(file);
    rewind(file);
    char *text = arena_alloc(arena, (size_t)size + 1);
    size_t length = fread(text, 1, (size_t)size, file);
    fclose(file);
    return (struct str){text, length};
}

const char *sql_folder(void)
{
    const char *folder = getenv("MAATWERK_SQL");
    return folder ? folder : "sql";
}
