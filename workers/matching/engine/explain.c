/* SPDX-License-Identifier: EUPL-1.2 */
/* Printing an explanation. */
#include "workers/matching/engine/explain.h"

/* Adds a comma before every item of a list but the first. */
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

/* Adds a member with a name; adds nothing when there is no name. */
static void name_add(struct buf *buf, struct str member, struct str name)
{
    if (!name.at)
        return;
    buf_print(buf, "\"%.*s\":", STR_ARG(member));
    buf_add_json(buf, name);
    buf_add_char(buf, ',');
}

static void contribution_add(struct buf *buf, const struct contribution *part,
                             const struct explain_names *names)
{
    buf_add_char(buf, '{');
    name_add(buf, S("code"), str_of(part->code));
    if (is_competence(part))
        name_add(buf, S("label"), names->competence(names->data, part->number));
    if (part->number)
        buf_print(buf, "\"number\":%u,", part->number);
    if (part->value || part->limit)
        buf_print(buf, "\"value\":%d,", part->value);
    if (part->limit)
        buf_print(buf, "\"limit\":%d,", part->limit);
    if (part->against)
        buf_add(buf, S("\"against\":true,"));
    buf_print(buf, "\"points\":%d,\"of\":%d}", part->points, part->of);
}

static void hard_add(struct buf *buf, const struct score *score, const struct explain_names *names)
{
    bool first = true;
    for (int bit = 0; bit < 64; bit++) {
        uint64_t mask = (uint64_t)1 << bit;
        if (!((score->met | score->verify) & mask))
            continue;
        comma_add(buf, &first);
        buf_add_char(buf, '{');
        name_add(buf, S("condition"), names->condition(names->data, bit));
        buf_add(buf, score->met & mask ? S("\"result\":\"yes\"}") : S("\"result\":\"verify\"}"));
    }
}

static void missing_add(struct buf *buf, struct str code, struct str label, int points)
{
    buf_add_char(buf, '{');
    name_add(buf, S("code"), code);
    name_add(buf, S("label"), label);
    buf_print(buf, "\"points\":%d}", points);
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
        missing_add(buf, S("competence"), names->competence(names->data, part->number),
                    part->of - part->points);
    }
    for (int bit = 0; bit < 64; bit++) {
        if (!(score->missing_soft >> bit & 1))
            continue;
        comma_add(buf, &first);
        missing_add(buf, S("condition"), names->condition(names->data, bit), 0);
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
