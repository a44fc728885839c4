/* SPDX-License-Identifier: EUPL-1.2 */
/* Why somebody stands in a ranking, as JSON. */
#include "workers/matching/engine/explain.h"

/* A comma before all but the first of a list. */
static void comma_add(struct buf *buf, bool *first)
{
    if (!*first)
        buf_add_char(buf, ',');
    *first = false;
}

static bool is_competence(const struct contribution *part)
{
    return part->number
           && (str_equal(str_of(part->code), S("must"))
               || str_equal(str_of(part->code), S("nice")));
}

static void label_add(struct buf *buf, struct str label)
{
    buf_add(buf, S(",\"label\":"));
    buf_add_json(buf, label);
}

static void contribution_add(struct buf *buf, const struct contribution *part,
                             const struct explain_names *names)
{
    buf_add(buf, S("{\"code\":"));
    buf_add_json(buf, str_of(part->code));
    buf_print(buf, ",\"points\":%d,\"of\":%d", part->points, part->of);
    if (part->number)
        buf_print(buf, ",\"number\":%u", (unsigned)part->number);
    if (is_competence(part))
        label_add(buf, names->competence(names->data, part->number));
    buf_add_char(buf, '}');
}

static void hard_add(struct buf *buf, const struct score *score, const struct explain_names *names)
{
    bool first = true;
    for (int bit = 0; bit < 64; bit++) {
        uint64_t mask = (uint64_t)1 << bit;
        if (!((score->met | score->verify) & mask))
            continue;
        comma_add(buf, &first);
        buf_print(buf, "{\"condition\":%d", bit);
        label_add(buf, names->condition(names->data, bit));
        buf_add(buf, score->met & mask ? S(",\"result\":\"yes\"}") : S(",\"result\":\"verify\"}"));
    }
}

static void missing_add(struct buf *buf, struct str code, uint32_t number, struct str label,
                        int points)
{
    buf_add(buf, S("{\"code\":"));
    buf_add_json(buf, code);
    buf_print(buf, ",\"number\":%u", (unsigned)number);
    label_add(buf, label);
    buf_print(buf, ",\"points\":%d}", points);
}

static void missing_list(struct buf *buf, const struct score *score,
                         const struct explain_names *names)
{
    bool first = true;
    for (size_t i = 0; i < score->count; i++) {
        const struct contribution *part = &score->contributions[i];
        if (!is_competence(part) || part->points == part->of)
            continue;
        comma_add(buf, &first);
        missing_add(buf, S("competence"), part->number,
                    names->competence(names->data, part->number), part->of - part->points);
    }
    for (int bit = 0; bit < 64; bit++) {
        if (!(score->missing_soft >> bit & 1))
            continue;
        comma_add(buf, &first);
        missing_add(buf, S("condition"), (uint32_t)bit, names->condition(names->data, bit), 0);
    }
}

void explain_item(struct buf *buf, const struct ranked *item, const struct explain_names *names)
{
    const struct score *score = &item->score;
    bool first = true;
    buf_add(buf, S("{\"contributions\":["));
    for (size_t i = 0; i < score->count; i++) {
        comma_add(buf, &first);
        contribution_add(buf, &score->contributions[i], names);
    }
    buf_add(buf, S("],\"hard\":["));
    hard_add(buf, score, names);
    buf_add(buf, S("],\"missing\":["));
    missing_list(buf, score, names);
    buf_add(buf, S("]}"));
}
