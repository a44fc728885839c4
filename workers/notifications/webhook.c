/* SPDX-License-Identifier: EUPL-1.2 */
/* An event over HTTPS (CloudEvents 1.0, structured), signed with each key that its receiver has
 * (Standard Webhooks). */
#include "workers/notifications/webhook.h"

#include "workers/notifications/http.h"
#include "workers/notifications/sign.h"

/* The key, the one that it takes the place of, and the one whose other half the receiver has. */
static const char *const keys[] = {"", "-old", "-v1a"};

static struct str signatures(const struct sending *sending, struct str text)
{
    struct arena *arena = sending->work->ctx.arena;
    struct buf out = buf_in(arena);
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        char key[SECRET_ROOM];
        if (!sending_key(sending, keys[i], key))
            continue;
        struct str signature = sign_webhook(arena, str_of(key), text);
        explicit_bzero(key, sizeof key);
        if (out.len && signature.len)
            buf_add_char(&out, ' ');
        buf_add(&out, signature);
    }
    return buf_str(&out);
}

enum send_end webhook_route(struct sending *sending)
{
    struct arena *arena = sending->work->ctx.arena;
    struct str at = sending_value(sending, SEND_BEGIN_EPOCH),
               body = sending_value(sending, SEND_BEGIN_BODY);
    struct str text =
        arena_print(arena, "%.*s.%.*s.%.*s", STR_ARG(sending->message), STR_ARG(at), STR_ARG(body));
    struct str signature = signatures(sending, text);
    struct http_answer answer;
    struct reply *reply = &sending->sender->reply;
    if (signature.len == 0) {
        *reply = (struct reply){.error = "no-key"};
        return SEND_DEFERRED;
    }
    sending->text = body;
    const struct http_call call = {
        .url = sending_value(sending, SEND_BEGIN_ADDRESS).at,
        .headers = {"Content-Type: application/cloudevents+json; charset=utf-8",
                    arena_print(arena, "webhook-id: %.*s", STR_ARG(sending->message)).at,
                    arena_print(arena, "webhook-timestamp: %.*s", STR_ARG(at)).at,
                    arena_print(arena, "webhook-signature: %.*s", STR_ARG(signature)).at},
        .body = body,
        .last_byte = sending_last_byte,
        .what = sending};
    return http_send(sending->sender->http, &call, &answer, reply);
}
