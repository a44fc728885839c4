/* SPDX-License-Identifier: EUPL-1.2 */
/* Rules of vacancies. */
#include "services/employers/vacancy.h"

#include "openapi/gen/role.h"

struct str vacancy_source(uint32_t role)
{
    switch (__builtin_ctz(role)) {
    case ROLE_EMPLOYER: return S("employer");
    case ROLE_FIRM: return S("firm");
    case ROLE_AGENCY: return S("agency");
    case ROLE_HUB: return S("hub");
    default: return S("account_manager");
    }
}

static void note(struct ctx *ctx, struct str where, enum fault_code code, struct str limit)
{
    fault_note(&ctx->faults, ctx->arena, FAULT_AT_BODY, where, code, limit);
}

static void check_hours(struct ctx *ctx, struct maybe_int least, struct maybe_int most)
{
    if (least.is && most.is && least.value > most.value)
        note(ctx, S("/hoursMin"), FAULT_ORDER, S("hoursMax"));
}

/* Dates are ISO text: the order of text is the order of days. */
static void check_dates(struct ctx *ctx, struct str start, struct str needed_by)
{
    if (start.at && needed_by.at && str_compare(start, needed_by) > 0)
        note(ctx, S("/startDate"), FAULT_ORDER, S("neededBy"));
}

static void check_competences(struct ctx *ctx, const struct list *list)
{
    const struct vacancy_competence *items = list->at;
    for (size_t i = 0; i < list->count; i++)
        for (size_t j = 0; j < i; j++)
            if (str_equal(items[i].competence_id, items[j].competence_id))
                note(ctx, arena_print(ctx->arena, "/competences/%zu", i), FAULT_REPEATED, S(""));
}

static void check_conditions(struct ctx *ctx, const struct list *list)
{
    const struct vacancy_condition *items = list->at;
    for (size_t i = 0; i < list->count; i++)
        for (size_t j = 0; j < i; j++)
            if (str_equal(items[i].condition, items[j].condition))
                note(ctx, arena_print(ctx->arena, "/conditions/%zu", i), FAULT_REPEATED, S(""));
}

enum err vacancy_check(struct ctx *ctx, const struct vacancy_new *vacancy)
{
    check_hours(ctx, vacancy->hours_min, vacancy->hours_max);
    check_dates(ctx, vacancy->start_date, vacancy->needed_by);
    check_competences(ctx, &vacancy->competences);
    check_conditions(ctx, &vacancy->conditions);
    return ctx->faults.count ? ERR_INVALID : OK;
}

enum err vacancy_change_check(struct ctx *ctx, const struct vacancy_change *change)
{
    check_hours(ctx, change->hours_min, change->hours_max);
    check_dates(ctx, change->start_date, change->needed_by);
    check_competences(ctx, &change->competences);
    check_conditions(ctx, &change->conditions);
    return ctx->faults.count ? ERR_INVALID : OK;
}
