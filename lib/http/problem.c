/* SPDX-License-Identifier: EUPL-1.2 */
/* Codes, statuses and sentences; what the front proxy answers itself is generated from the same
 * table. */
#include "lib/http/problem.h"

/* clang-format off */
static const struct problem problems[] = {
    {"internal", 500, {"Er ging bij ons iets mis", "Something went wrong on our side"}, 0},
    {"invalid", 400, {"De aanvraag klopt niet", "The request does not fit"}, 0},
    {"unauthenticated", 401, {"Niet ingelogd", "Not logged in"}, 0},
    {"forbidden", 403, {"Dit mag u niet", "You may not do this"}, 0},
    {"not-found", 404, {"Niet gevonden", "Not found"}, 0},
    {"method-not-allowed", 405, {"Dit kan hier niet", "This cannot be done here"}, 0},
    {"not-acceptable", 406, {"Wij antwoorden in JSON", "We answer in JSON"}, 0},
    {"request-timeout", 408, {"De aanvraag kwam niet af", "The request did not arrive in time"}, 0},
    {"conflict", 409,
     {"Dit past niet bij wat er al is", "Does not go together with what is there"}, 0},
    {"duplicate", 409, {"Dit bestaat al", "This exists already"}, 0},
    {"state", 409, {"Dit kan niet in deze status", "Not possible in this state"}, 0},
    {"idempotency-busy", 409,
     {"Deze aanvraag wordt al behandeld", "This request is being handled"}, 0},
    {"number-asked-reached", 409,
     {"De werkgever vroeg minder kandidaten", "The employer asked for fewer candidates"}, 0},
    {"shortfall-not-stated", 409,
     {"Minder dan gevraagd: noem de reden", "Fewer than asked: state why"}, 0},
    {"pair-rejected-before", 409,
     {"Deze kandidaat is voor deze vacature al afgewezen",
      "This candidate was rejected for this vacancy before"}, 0},
    {"candidate-has-two-open-proposals", 409,
     {"Deze kandidaat heeft al twee open voordrachten",
      "This candidate has two open proposals already"}, 0},
    {"not-shortlisted", 409,
     {"Deze kandidaat staat niet op de laatste shortlist",
      "This candidate is not on the newest shortlist"}, 0},
    {"vacancy-places-taken", 409, {"Alle plaatsen zijn bezet", "All positions are taken"}, 0},
    {"stale", 412, {"Iemand anders heeft dit gewijzigd", "Somebody else has changed this"}, 0},
    {"too-large", 413, {"De aanvraag is te groot", "The request is too large"}, 0},
    {"uri-too-long", 414, {"Het adres is te lang", "The address is too long"}, 0},
    {"unsupported-media-type", 415,
     {"Dit mediatype kennen wij hier niet", "We do not take this media type here"}, 0},
    {"idempotency-key-reused", 422,
     {"Deze Idempotency-Key hoort bij een andere aanvraag",
      "This Idempotency-Key belongs to another request"}, 0},
    {"match-required", 428, {"Stuur If-Match mee", "Send If-Match"}, 0},
    {"too-many-requests", 429, {"Te veel aanvragen", "Too many requests"}, 1},
    {"headers-too-large", 431, {"De headers zijn te groot", "The headers are too large"}, 0},
    {"not-implemented", 501, {"Dit ondersteunen wij niet", "We do not support this"}, 0},
    {"bad-gateway", 502, {"Wij kregen intern geen antwoord", "We got no answer inside"}, 1},
    {"unavailable", 503, {"Dit kan nu even niet", "Not possible right now"}, 1},
    {"timeout", 504, {"Het duurde te lang", "It took too long"}, 0},
};
/* clang-format on */

struct fault_text {
    const char *code;
    const char *words[2]; /* %.*s is the limit, when the sentence has one */
};

/* clang-format off */
static const struct fault_text fault_texts[] = {
    {"required", {"Verplicht", "Required"}},
    {"unknown-property", {"Onbekende eigenschap", "Unknown property"}},
    {"unknown-parameter", {"Onbekende parameter", "Unknown parameter"}},
    {"unknown-field", {"Onbekend veld", "Unknown field"}},
    {"read-only", {"Kan niet worden opgegeven", "Cannot be given"}},
    {"null", {"Mag niet leeg zijn", "May not be null"}},
    {"type", {"Verkeerd type; verwacht: %.*s", "Wrong type; expected: %.*s"}},
    {"range", {"Moet liggen tussen %.*s", "Must be within %.*s"}},
    {"length", {"Aantal tekens moet zijn: %.*s", "Number of characters must be: %.*s"}},
    {"items", {"Aantal moet zijn: %.*s", "Number of items must be: %.*s"}},
    {"pattern", {"Heeft niet de juiste vorm", "Does not have the right form"}},
    {"format", {"Is geen geldige waarde: %.*s", "Is not a valid %.*s"}},
    {"enum", {"Moet een van deze zijn: %.*s", "Must be one of: %.*s"}},
    {"characters", {"Bevat tekens die niet mogen", "Has characters that are not allowed"}},
    {"reference", {"Verwijst naar iets dat er niet is", "Refers to something that is not there"}},
    {"order", {"Past niet bij %.*s", "Does not go together with %.*s"}},
    {"repeated", {"Staat er meer dan eens", "Is given more than once"}},
    {"encoding", {"Is niet goed gecodeerd", "Is not encoded well"}},
    {"too-many", {"Te veel", "Too many"}},
    {"cursor",
     {"Deze cursor hoort niet bij deze vraag", "This cursor does not belong to this request"}},
    {"etag", {"Is geen ETag van ons", "Is not an ETag of ours"}},
    {"eleven-test", {"Is geen burgerservicenummer", "Is not a citizen service number"}},
    {"json-syntax", {"Is geen JSON, bij %.*s", "Is not JSON, at %.*s"}},
    {"json-utf8", {"Is geen UTF-8, bij %.*s", "Is not UTF-8, at %.*s"}},
    {"json-nul", {"Bevat een NUL, bij %.*s", "Has a NUL, at %.*s"}},
    {"json-depth", {"Is te diep genest, bij %.*s", "Is nested too deeply, at %.*s"}},
    {"json-duplicate",
     {"Noemt een eigenschap twee keer, bij %.*s", "Names a property twice, at %.*s"}},
    {"json-number",
     {"Bevat een getal dat niet mag, bij %.*s", "Has a number that is not allowed, at %.*s"}},
    {"json-size", {"Heeft te veel onderdelen, bij %.*s", "Has too many parts, at %.*s"}},
};
/* clang-format on */

const struct problem *problem_named(const char *code)
{
    for (size_t i = 0; i < sizeof problems / sizeof *problems; i++)
        if (strcmp(problems[i].code, code) == 0)
            return &problems[i];
    return &problems[0];
}

const struct problem *problem_of(enum err err)
{
    static const char *const codes[] = {
        [OK] = "internal",
        [ERR_INVALID] = "invalid",
        [ERR_UNAUTHENTICATED] = "unauthenticated",
        [ERR_FORBIDDEN] = "forbidden",
        [ERR_NOT_FOUND] = "not-found",
        [ERR_CONFLICT] = "conflict",
        [ERR_STALE] = "stale",
        [ERR_TIMEOUT] = "timeout",
        [ERR_UNAVAILABLE] = "unavailable",
        [ERR_INTERNAL] = "internal",
    };
    return problem_named(codes[err]);
}

/* "vacancy_occupation_id_fkey" refers to column occupation_id: the pointer /occupationId. */
static void note_reference(struct ctx *ctx, struct str constraint)
{
    char name[80];
    size_t length = 0, from = 0;
    static const char *const tables[] = {"employer_contact_",
                                         "employer_condition_",
                                         "vacancy_competence_",
                                         "vacancy_condition_",
                                         "candidate_competence_",
                                         "candidate_condition_",
                                         "candidate_occupation_",
                                         "candidate_",
                                         "vacancy_",
                                         "employer_",
                                         "user_account_",
                                         "proposal_",
                                         "organisation_"};
    for (size_t i = 0; i < sizeof tables / sizeof *tables && !from; i++)
        if (str_has_prefix(constraint, str_of(tables[i])))
            from = strlen(tables[i]);
    struct str column = str_from(constraint, from);
    if (str_has_prefix(column, S("tenant_id_")))
        column = str_from(column, strlen("tenant_id_"));
    if (column.len > 5 && memcmp(column.at + column.len - 5, "_fkey", 5) == 0)
        column.len -= 5;
    if (str_equal(column, S("postcode4"))) /* the only property that is not named as its column */
        column = S("pc4");
    name[length++] = '/';
    for (size_t i = 0; i < column.len && length < sizeof name - 1; i++) {
        bool up = column.at[i] == '_' && i + 1 < column.len;
        char c = up ? column.at[++i] : column.at[i];
        name[length++] = up && c >= 'a' && c <= 'z' ? (char)(c - 32) : c;
    }
    fault_note(&ctx->faults, ctx->arena, FAULT_AT_BODY, (struct str){name, length}, "reference",
               (struct str){0});
}

struct rule {
    const char *constraint, *pointer, *code, *limit;
};

/* Constraints over more than one column, and where a client should look. */
static const struct rule rules[] = {
    {"vacancy_hours_in_order", "/hoursMin", "order", "hoursMax"},
    {"candidate_hours_in_order", "/hoursMin", "order", "hoursMax"},
    {"vacancy_dates_in_order", "/startDate", "order", "neededBy"},
    {"screening_reason_when_not_suitable", "/reason", "required", ""},
    {"proposal_rejected_with_reason", "/reason", "required", ""},
    {"employer_condition_says_something", "/condition", "required", ""},
};

static void note_rule(struct ctx *ctx, struct str constraint)
{
    for (size_t i = 0; i < sizeof rules / sizeof *rules; i++)
        if (str_equal(constraint, str_of(rules[i].constraint)))
            fault_note(&ctx->faults, ctx->arena, FAULT_AT_BODY, str_of(rules[i].pointer),
                       rules[i].code, str_of(rules[i].limit));
}

const struct problem *problem_of_sql(struct ctx *ctx, struct str sqlstate, struct str message,
                                     struct str constraint)
{
    if (str_has_prefix(sqlstate, S("MW")))
        return problem_named(arena_copy(ctx->arena, message).at);
    if (str_equal(sqlstate, S("23505")) || str_equal(sqlstate, S("23P01")))
        return problem_named("duplicate");
    if (str_equal(sqlstate, S("23503"))) {
        note_reference(ctx, constraint);
        return problem_named("invalid");
    }
    if (str_equal(sqlstate, S("23514"))) {
        note_rule(ctx, constraint);
        return problem_named("invalid");
    }
    if (str_equal(sqlstate, S("42501")))
        return problem_named("forbidden");
    if (str_equal(sqlstate, S("57014")))
        return problem_named("timeout");
    if (str_equal(sqlstate, S("40001")) || str_equal(sqlstate, S("40P01"))
        || str_equal(sqlstate, S("55P03")) || str_has_prefix(sqlstate, S("57"))
        || str_has_prefix(sqlstate, S("53")) || str_has_prefix(sqlstate, S("08")))
        return problem_named("unavailable");
    return problem_named("internal");
}

static void print_fault(struct buf *out, const struct fault *fault, enum language language)
{
    static const char *const places[] = {"body", "parameter", "header"};
    const char *words = fault->code;
    for (size_t i = 0; i < sizeof fault_texts / sizeof *fault_texts; i++)
        if (strcmp(fault_texts[i].code, fault->code) == 0)
            words = fault_texts[i].words[language];
    buf_print(out, "{\"in\":\"%s\",\"%s\":", places[fault->place],
              fault->place == FAULT_AT_BODY ? "pointer" : "name");
    buf_add_json(out, fault->where);
    buf_print(out, ",\"code\":\"%s\",\"detail\":", fault->code);
    struct buf text = buf_in(out->arena);
    const char *hole = strstr(words, "%.*s");
    buf_add(&text, (struct str){words, hole ? (size_t)(hole - words) : strlen(words)});
    if (hole) {
        buf_add(&text, fault->limit);
        buf_add(&text, str_of(hole + 4));
    }
    buf_add_json(out, buf_str(&text));
    buf_add_char(out, '}');
}

struct str problem_print(struct ctx *ctx, const struct problem *problem)
{
    struct buf out = buf_in(ctx->arena);
    buf_print(
        &out,
        "{\"type\":\"urn:maatwerk:problem:%s\",\"title\":\"%s\",\"status\":%d,\"instance\":\"urn:uuid:%.*s\"",
        problem->code, problem->title[ctx->language], problem->status, STR_ARG(ctx->request_id));
    size_t count = ctx->faults.count < LIMIT_FAULTS ? ctx->faults.count : LIMIT_FAULTS;
    for (size_t i = 0; i < count && problem->status < 500; i++) {
        buf_add(&out, i ? S(",") : S(",\"errors\":["));
        print_fault(&out, &ctx->faults.at[i], ctx->language);
    }
    buf_add(&out, count && problem->status < 500 ? S("]}") : S("}"));
    return buf_str(&out);
}
