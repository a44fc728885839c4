/* SPDX-License-Identifier: EUPL-1.2 */
/* An API as that of GOV.UK Notify and NotifyNL: e-mail, text messages, and letters of which it
 * gets the pages. It can be asked for a
 * reference, so that an attempt whose outcome is not known is not made twice. */
#include "workers/notifications/api.h"

#include <openssl/evp.h>

#include "lib/base/hex.h"
#include "lib/json/parse.h"
#include "workers/notifications/http.h"
#include "workers/notifications/sign.h"

static void add_member(struct buf *out, const char *before, struct str value)
{
    buf_add(out, str_of(before));
    buf_add_json(out, value);
}

/* What a letter is: its pages in base64. Of the copy that is kept they are left out; `pages` is
 * absent then. */
static struct str letter_body(const struct sending *sending, struct str pages)
{
    struct buf out = buf_in(sending->work->ctx.arena);
    add_member(&out, "{\"reference\":", sending->number);
    if (pages.at)
        add_member(&out, ",\"content\":", pages);
    buf_add(&out, S(",\"postage\":\"second\"}"));
    return buf_str(&out);
}

static struct str words_body(const struct sending *sending, const char *to)
{
    struct buf out = buf_in(sending->work->ctx.arena);
    add_member(&out, to, sending_value(sending, SEND_BEGIN_LINES));
    add_member(&out, ",\"template_id\":", sending_value(sending, SEND_BEGIN_API_TEMPLATE));
    add_member(&out, ",\"reference\":", sending->number);
    add_member(&out,
               ",\"personalisation\":{\"subject\":", sending_value(sending, SEND_BEGIN_SUBJECT));
    add_member(&out, ",\"body\":", sending_value(sending, SEND_BEGIN_BODY));
    buf_add(&out, S("}}"));
    return buf_str(&out);
}

static struct str pages_of(const struct sending *sending)
{
    struct arena *arena = sending->work->ctx.arena;
    struct str hex = sending_value(sending, SEND_BEGIN_PAGES);
    size_t count = hex.len / 2;
    unsigned char *bytes = arena_alloc(arena, count + 1),
                  *text = arena_alloc(arena, count / 3 * 4 + 5);
    if (!hex_read(hex, bytes, count))
        return (struct str){0};
    int length = EVP_EncodeBlock(text, bytes, (int)count);
    return (struct str){(const char *)text, (size_t)length};
}

/* What is sent where. */
static struct str compose(struct sending *sending, const char **where)
{
    struct str channel = sending_value(sending, SEND_BEGIN_CHANNEL);
    if (str_equal(channel, S("letter"))) {
        *where = "letter";
        sending->text = letter_body(sending, (struct str){0});
        return letter_body(sending, pages_of(sending));
    }
    bool text = str_equal(channel, S("sms"));
    *where = text ? "sms" : "email";
    sending->text = words_body(sending, text ? "{\"phone_number\":" : "{\"email_address\":");
    return sending->text;
}

/* The number that the provider gave it: "id" of what it answers, or of the first of
 * "notifications". */
static struct str id_of(struct sending *sending, const struct http_answer *answer)
{
    struct ctx ctx = {.arena = sending->work->ctx.arena};
    cJSON *tree;
    if (json_parse(&ctx, (struct str){answer->text, answer->length}, &tree) != OK)
        return (struct str){0};
    const cJSON *list = cJSON_GetObjectItemCaseSensitive(tree, "notifications");
    const cJSON *one = cJSON_IsArray(list) ? cJSON_GetArrayItem(list, 0) : tree;
    const cJSON *id = cJSON_GetObjectItemCaseSensitive(one, "id");
    return cJSON_IsString(id) ? str_of(id->valuestring) : (struct str){0};
}

static void note_id(struct sending *sending, const struct http_answer *answer)
{
    struct str id = id_of(sending, answer);
    struct uuid read;
    if (id.len == UUID_TEXT_LEN && uuid_read(id, &read))
        memcpy(sending->sender->reply.text, id.at, id.len + 1);
}

/* An earlier attempt was handed over: the provider knows whether it has it. When it says that it
 * has not, it may come yet. */
static enum send_end ask(struct sending *sending, const struct http_call *like, struct str base)
{
    struct http_answer answer;
    struct http_call call = *like;
    call.url = arena_print(sending->work->ctx.arena, "%.*s/v2/notifications?reference=%.*s",
                           STR_ARG(base), STR_ARG(sending->number))
                   .at;
    call.body = (struct str){0};
    enum send_end end = http_send(sending->sender->http, &call, &answer, &sending->sender->reply);
    if (end != SEND_ACCEPTED)
        return SEND_OUTAGE;
    note_id(sending, &answer);
    return id_of(sending, &answer).len ? SEND_ACCEPTED : SEND_UNCERTAIN;
}

enum send_end api_route(struct sending *sending)
{
    struct arena *arena = sending->work->ctx.arena;
    struct str base = sending_value(sending, SEND_BEGIN_ADDRESS), token;
    struct http_answer answer;
    char key[SECRET_ROOM];
    const char *where;
    bool there = sending_key(sending, "", key);
    token = there ? sign_notify(arena, str_of(key), sending_value(sending, SEND_BEGIN_EPOCH))
                  : (struct str){0};
    explicit_bzero(key, sizeof key);
    sending->sender->reply = (struct reply){.error = "no-key"};
    if (token.len == 0)
        return SEND_DEFERRED;
    while (base.len && base.at[base.len - 1] == '/')
        base.len--;
    struct http_call call = {
        .headers = {"Content-Type: application/json",
                    arena_print(arena, "Authorization: Bearer %.*s", STR_ARG(token)).at},
        .last_byte = sending_last_byte,
        .what = sending};
    if (sending_again(sending))
        return ask(sending, &call, base);
    call.body = compose(sending, &where);
    call.url = arena_print(arena, "%.*s/v2/notifications/%s", STR_ARG(base), where).at;
    enum send_end end = http_send(sending->sender->http, &call, &answer, &sending->sender->reply);
    if (end == SEND_ACCEPTED)
        note_id(sending, &answer);
    return end;
}
