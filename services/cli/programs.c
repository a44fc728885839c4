/* SPDX-License-Identifier: EUPL-1.2 */
#include "services/cli/programs.h"

#include <stdio.h>

#include "services/cli/file.h"

static size_t lines_of(struct str text)
{
    size_t lines = 1;
    for (size_t i = 0; i < text.len; i++)
        lines += text.at[i] == '\n';
    return lines;
}

bool programs_read(struct arena *arena, struct programs *ret_programs)
{
    struct str text = file_read(arena, arena_print(arena, "%s/programs.tsv", sql_folder()).at);
    struct programs found = {0};
    if (!text.at)
        return false;
    found.list = arena_array(arena, lines_of(text), sizeof *found.list);
    while (text.at && text.len) {
        struct str kind = str_cut(&text, '\n');
        if (kind.len == 0 || kind.at[0] == '#')
            continue;
        struct str name = str_cut(&kind, '\t');
        if (!kind.len || !name.len) {
            fprintf(stderr, "maatwerk: programs.tsv: a line is a name, a tab and a kind\n");
            return false;
        }
        found.list[found.count++] = (struct program){.name = name, .kind = kind};
    }
    *ret_programs = found;
    return true;
}
