/* SPDX-License-Identifier: EUPL-1.2 */
/* Choosing a problem for an error or a refusal of the database, and printing it. */
#include "lib/http/problem.h"

#include "lib/base/buf.h"

const struct problem *problem_at(enum problem_code code)
{
    return &problems[code];
}

enum problem_code problem_code_of(const struct problem *problem)
{
    for (size_t i = 0; i < PROBLEM_COUNT; i++)
        if (problems[i].code == problem->code)
            return (enum problem_code)i;
    return PROBLEM_INTERNAL;
}

const struct problem *problem_of(enum err err)
{
    return &problems[problem_of_err[err]];
}

static void note(struct ctx *ctx, struct str pointer, enum fault_code fault, struct str limit)
{
    fault_note(&ctx->faults, ctx->arena, FAULT_AT_BODY, pointer, fault, limit);
}

/* The problem with what a function in sql/ says of it: its detail is a JSON object, members of the
 * problem. The detail of PostgreSQL itself is none, and is never shown. */
static const struct problem *with_members(struct ctx *ctx, const struct problem *problem,
                                          struct str detail)
{
    if (detail.len <= 2 || detail.at[0] != '{' || detail.at[detail.len - 1] != '}')
        return problem;
    struct problem *made = ARENA_NEW(ctx->arena, struct problem);
    *made = *problem;
    made->members = arena_copy(ctx->arena, (struct str){detail.at + 1, detail.len - 2});
    return made;
}

/* Faults of a body that a function in sql/ found, all at once: the detail is a list of codes and
 * pointers, with spaces between them. A code may have a limit: "range=2026-11-27.. /day". */
static void note_all(struct ctx *ctx, struct str detail)
{
    while (detail.len) {
        struct str limit = str_cut(&detail, ' '), pointer = str_cut(&detail, ' ');
        struct str code = str_cut(&limit, '=');
        for (size_t i = 0; i < FAULT_COUNT; i++)
            if (fault_texts[i].code && str_equal(code, str_of(fault_texts[i].code)))
                fault_note(&ctx->faults, ctx->arena, FAULT_AT_BODY, pointer, (enum fault_code)i,
                           limit);
    }
}

/* The problem that a function in sql/ raised by name. */
static const struct problem *of_raise(struct ctx *ctx, const struct refusal *refusal)
{
    const struct problem *found = &problems[PROBLEM_INTERNAL];
    for (size_t i = 0; i < PROBLEM_COUNT; i++)
        if (str_equal(str_of(problems[i].code), refusal->message))
            found = &problems[i];
    if (found == &problems[PROBLEM_INVALID])
        note_all(ctx, refusal->detail);
    return with_members(ctx, found, refusal->detail);
}

/* The problem of a violated constraint, by the end of the name that PostgreSQL gave it, such as
 * "vacancy_tenant_id_employer_id_fkey". */
static const struct {
    struct str end;
    enum fault_code fault;
} kinds[] = {
    {{"_fkey", 5}, FAULT_REFERENCE},
    {{"_check", 6}, FAULT_VALUE},
    {{"_key", 4}, FAULT_UNIQUE},
};

/* The column in such a name: it comes after the table and tenant_id or region_id. Empty when the name has
 * another form. */
static struct str column_of(const struct refusal *refusal, enum fault_code *ret_fault)
{
    struct str name = refusal->constraint, table = refusal->table;
    if (!str_has_prefix(name, table) || str_from(name, table.len).len < 2)
        return S("");
    name = str_from(name, table.len + 1);
    if (str_has_prefix(name, S("tenant_id_")) || str_has_prefix(name, S("region_id_")))
        name = str_from(name, strlen("tenant_id_"));
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        size_t length = name.len - kinds[i].end.len;
        if (name.len > kinds[i].end.len && str_equal(str_from(name, length), kinds[i].end)) {
            *ret_fault = kinds[i].fault;
            return (struct str){name.at, length};
        }
    }
    return S("");
}

static const struct field *field_of(const struct field *fields, size_t count, struct str column)
{
    for (size_t i = 0; i < count; i++)
        if (str_equal(str_of(fields[i].column), column))
            return &fields[i];
    return NULL;
}

/* The property of the body that has the value of this column: a member, or a list whose items
 * have it. */
static const struct field *property_of(const struct schema *body, struct str column)
{
    const struct field *found = field_of(body->fields, body->count, column);
    for (size_t i = 0; i < body->count && !found; i++) {
        const struct schema *part = body->fields[i].schema;
        if (part && field_of(part->fields, part->count, column))
            found = &body->fields[i];
    }
    return found;
}

static bool has_property(const struct schema *schema, struct str pointer)
{
    struct str rest = str_from(pointer, 1), name = str_cut(&rest, '/');
    for (size_t i = 0; schema && i < schema->count; i++)
        if (str_equal(str_of(schema->fields[i].name), name))
            return true;
    return false;
}

/* The first of these pointers, with spaces between them, at which the body has a property, or else what
 * the operation answers with: a step may need more of the row than its body has. Empty when there is none. */
static struct str pointer_for(const struct operation *operation, struct str pointers)
{
    const struct schema *const places[] = {operation->body, operation->response};
    for (size_t i = 0; i < sizeof places / sizeof *places; i++)
        for (struct str rest = pointers; rest.len;) {
            struct str pointer = str_cut(&rest, ' ');
            if (has_property(places[i], pointer))
                return pointer;
        }
    return S("");
}

static const struct problem *of_sqlstate(struct str state)
{
    for (const struct sqlstate_rule *rule = sqlstate_rules; rule->state; rule++)
        if (str_has_prefix(state, str_of(rule->state)))
            return &problems[rule->problem];
    return &problems[PROBLEM_INTERNAL];
}

/* A function in sql/ that finds a day where it cannot be says "range", and between which days it can
 * be (app.day_span). The detail of PostgreSQL itself is never shown. */
static const struct problem *of_constraint(struct ctx *ctx, const struct refusal *refusal,
                                           const struct operation *operation)
{
    bool spans = str_equal(refusal->message, S("range"));
    for (const struct constraint_rule *rule = constraint_rules; rule->constraint; rule++)
        if (str_equal(refusal->constraint, str_of(rule->constraint))) {
            note(ctx, pointer_for(operation, str_of(rule->pointers)),
                 spans ? FAULT_RANGE : rule->fault, spans ? refusal->detail : str_of(rule->limit));
            return str_equal(refusal->message, S("taken")) /* app.refuse_taken() */
                       ? with_members(ctx, &problems[rule->problem], refusal->detail)
                       : &problems[rule->problem];
        }
    enum fault_code fault = FAULT_NONE;
    struct str column = column_of(refusal, &fault);
    const struct field *property = operation->body ? property_of(operation->body, column) : NULL;
    if (property) {
        note(ctx, arena_print(ctx->arena, "/%s", property->name), spans ? FAULT_RANGE : fault,
             spans ? refusal->detail : S(""));
        return of_sqlstate(refusal->sqlstate);
    }
    if (field_of(operation->path_fields, operation->path_count, column))
        return &problems[PROBLEM_NOT_FOUND];
    if (str_equal(refusal->sqlstate, S("23503"))) /* a row that other rows refer to */
        return &problems[PROBLEM_CONFLICT];
    return &problems[PROBLEM_INTERNAL];
}

/* A policy refused the row. PostgreSQL names the table only in the message. */
static void note_owner(struct ctx *ctx, struct str message, enum scope scope)
{
    struct str before = S("row-level security policy for table \"");
    const char *at = message.len ? memmem(message.at, message.len, before.at, before.len) : NULL;
    if (!at)
        return;
    struct str rest = str_from(message, (size_t)(at - message.at) + before.len);
    struct str table = str_cut(&rest, '"');
    for (const struct owner_rule *rule = owner_rules; rule->table; rule++)
        if (str_equal(table, str_of(rule->table))
            && str_equal(scope_name(scope), str_of(rule->scope)))
            note(ctx, str_of(rule->pointer), FAULT_NOT_YOURS, S(""));
}

bool problem_is_of_index(const struct refusal *refusal)
{
    struct str state = refusal->sqlstate;
    return (str_equal(state, S("23505")) || str_equal(state, S("23P01")))
           && !str_equal(refusal->message, S("taken"));
}

const struct problem *problem_of_refusal(struct ctx *ctx, const struct refusal *refusal,
                                         const struct operation *operation, enum scope scope)
{
    if (str_has_prefix(refusal->sqlstate, S("MW")))
        return of_raise(ctx, refusal);
    if (refusal->constraint.len)
        return of_constraint(ctx, refusal, operation);
    const struct problem *problem = of_sqlstate(refusal->sqlstate);
    if (problem == &problems[PROBLEM_FORBIDDEN])
        note_owner(ctx, refusal->message, scope);
    return problem;
}

struct str problem_sentence(struct arena *arena, const struct fault *fault, enum language language)
{
    struct str words = str_of(fault_texts[fault->code].words[language]), hole = S("{limit}");
    const char *at = strstr(words.at, hole.at);
    struct buf sentence = buf_in(arena);
    if (at) {
        buf_add(&sentence, (struct str){words.at, (size_t)(at - words.at)});
        buf_add(&sentence, fault->limit);
        words = str_of(at + hole.len);
    }
    buf_add(&sentence, words);
    return buf_str(&sentence);
}

static void print_fault(struct buf *out, const struct fault *fault, enum language language)
{
    static const char *const places[] = {"body", "parameter", "header"};
    const struct fault_text *text = &fault_texts[fault->code];
    buf_print(out, "{\"place\":\"%s\",\"%s\":", places[fault->place],
              fault->place == FAULT_AT_BODY ? "pointer" : "name");
    buf_add_json(out, fault->where);
    buf_print(out, ",\"code\":\"%s\",\"detail\":", text->code);
    buf_add_json(out, problem_sentence(out->arena, fault, language));
    buf_add_char(out, '}');
}

/* What the members of a problem say of this name; empty when they say nothing. They are JSON of our
 * own making, in which a quote inside a text has a backslash before it. */
static struct str member_words(struct arena *arena, struct str members, struct str name)
{
    struct buf key = buf_in(arena);
    buf_print(&key, "\"%.*s\"", STR_ARG(name));
    struct str wanted = buf_str(&key);
    const char *at = members.len ? memmem(members.at, members.len, wanted.at, wanted.len) : NULL;
    struct str left = at ? str_from(members, (size_t)(at - members.at) + wanted.len) : S("");
    while (left.len && (left.at[0] == ' ' || left.at[0] == ':'))
        left = str_from(left, 1);
    size_t end = 0;
    if (left.len && left.at[0] == '"') { /* a text, which stays as JSON writes it */
        left = str_from(left, 1);
        while (end < left.len && left.at[end] != '"')
            end += left.at[end] == '\\' ? 2 : 1;
        return str_clip(left, end < left.len ? end : left.len);
    }
    while (end < left.len && left.at[end] >= '0' && left.at[end] <= '9')
        end++;
    return (struct str){left.at, end};
}

/* The words of a problem, with those of its members where problems.yaml has {limit}. */
static void print_words(struct buf *out, struct str members, struct str words)
{
    for (size_t i = 0; i < words.len; i++) {
        size_t end = i + 1;
        while (end < words.len && words.at[end] >= 'a' && words.at[end] <= 'z')
            end++;
        if (words.at[i] != '{' || end == i + 1 || end == words.len || words.at[end] != '}') {
            buf_add_char(out, words.at[i]);
            continue;
        }
        struct str name = {words.at + i + 1, end - i - 1};
        buf_add(out, member_words(out->arena, members, name));
        i = end;
    }
}

struct str problem_print(struct ctx *ctx, const struct problem *problem)
{
    struct buf out = buf_in(ctx->arena);
    size_t count = ctx->faults.count < LIMIT_FAULTS ? ctx->faults.count : LIMIT_FAULTS;
    print_words(&out, problem->members, str_of(problem->text[ctx->language]));
    buf_print(&out, ",\"instance\":\"urn:uuid:%.*s\"", STR_ARG(ctx->request_id));
    if (problem->members.at) {
        buf_add_char(&out, ',');
        buf_add(&out, problem->members);
    }
    for (size_t i = 0; i < count && problem->status < 500; i++) {
        buf_add(&out, i ? S(",") : S(",\"errors\":["));
        print_fault(&out, &ctx->faults.at[i], ctx->language);
    }
    buf_add(&out, count && problem->status < 500 ? S("]}") : S("}"));
    return buf_str(&out);
}
