/* SPDX-License-Identifier: EUPL-1.2 */
/* JSON, scanned strictly before it is read. */
#include "workers/notifications/ack.h"

#include "lib/base/uuid.h"
#include "lib/json/parse.h"

static const struct {
    struct str status, what;
} statuses[] = {{S("taken"), S("taken")},
                {S("already"), S("taken")},
                {S("done"), S("done")},
                {S("refused"), S("refused")},
                {S("returned"), S("returned")}};

static struct str text_of(const cJSON *object, const char *name)
{
    const cJSON *member = cJSON_GetObjectItemCaseSensitive(object, name);
    return cJSON_IsString(member) ? str_of(member->valuestring) : (struct str){0};
}

/* <digits>.<UUID> */
static bool read_number(struct arena *arena, struct str number, struct ack *ack)
{
    struct str message = number, tenant = str_cut(&message, '.');
    struct uuid id;
    int64_t value = 0;
    if (tenant.len == 0 || tenant.len > 9 || tenant.at[0] < '1' || tenant.at[0] > '9'
        || !str_to_int(tenant, &value) || !message.at || message.len != UUID_TEXT_LEN
        || !uuid_read(message, &id))
        return false;
    ack->tenant = arena_copy(arena, tenant);
    ack->message = arena_copy(arena, message);
    return true;
}

static bool is_reference(struct str text)
{
    for (size_t i = 0; i < text.len; i++) {
        char c = text.at[i];
        bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        if (!plain && (!c || !strchr(".:/_-", c)))
            return false;
    }
    return text.len > 0 && text.len <= ACK_REFERENCE;
}

static bool read_one(struct arena *arena, const cJSON *item, struct ack *ack)
{
    struct str status = text_of(item, "status"), reference = text_of(item, "reference");
    *ack = (struct ack){.reference = is_reference(reference) ? reference : (struct str){0}};
    for (size_t i = 0; i < sizeof statuses / sizeof *statuses; i++)
        if (str_equal(status, statuses[i].status))
            ack->what = statuses[i].what;
    return ack->what.at && read_number(arena, text_of(item, "message"), ack);
}

size_t ack_read(struct ctx *ctx, struct str text, struct ack ret[ACK_MOST])
{
    const cJSON *list, *item;
    cJSON *tree;
    size_t count = 0;
    if (json_parse(ctx, text, &tree) != OK)
        return 0;
    list = cJSON_GetObjectItemCaseSensitive(tree, "acknowledgements");
    if (!cJSON_IsArray(list))
        return 0;
    cJSON_ArrayForEach(item, list) if (count < ACK_MOST && read_one(ctx->arena, item, &ret[count]))
        count++;
    return count;
}
