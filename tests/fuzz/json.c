/* SPDX-License-Identifier: EUPL-1.2 */
/* cJSON can read every text that the scanner accepts, and the schema engine can read the result. */
#include <stdlib.h>

#include "lib/http/schema_columns.h"
#include "lib/http/schema_read.h"
#include "lib/json/parse.h"
#include "services/employers/gen/contract.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *arena = arena_new();
    struct ctx ctx = {.arena = arena};
    cJSON *json = NULL;
    void *read = NULL;
    json_start();
    enum err err = json_parse(&ctx, (struct str){(const char *)data, size}, &json);
    if (err == ERR_INTERNAL)
        abort();
    if (err == OK && schema_read(&ctx, &vacancy_new_schema, json, false, &read) == OK)
        schema_columns(arena, &vacancy_new_schema, json);
    arena_free(arena);
    return 0;
}
