/* SPDX-License-Identifier: EUPL-1.2 */
/* Making and reading tokens. */
#include "lib/auth/token.h"

#include <math.h>

#include "lib/auth/base64url.h"
#include "lib/auth/signature.h"
#include "lib/base/buf.h"
#include "lib/base/uuid.h"
#include "lib/json/parse.h"

static void add_claim(struct buf *out, const char *name, struct str value)
{
    if (!value.at)
        return;
    buf_print(out, "%s\"%s\":", out->len > 1 ? "," : "", name);
    buf_add_json(out, value);
}

static void add_attributes(struct buf *out, const struct token_claims *claims)
{
    buf_add(out, S(",\"attributes\":["));
    for (size_t i = 0; i < claims->attributes_count; i++) {
        if (i)
            buf_add_char(out, ',');
        buf_add_json(out, claims->attributes[i]);
    }
    buf_add_char(out, ']');
}

static struct str print_claims(struct arena *arena, const struct token_claims *claims)
{
    struct buf out = buf_in(arena);
    buf_add_char(&out, '{');
    add_claim(&out, "iss", claims->issuer);
    add_claim(&out, "aud", claims->audience);
    add_claim(&out, "sub", claims->subject);
    add_claim(&out, "tenant", claims->tenant);
    add_claim(&out, "role", claims->role);
    add_claim(&out, "org", claims->organisation);
    add_claim(&out, "jti", claims->token_id);
    if (claims->has_attributes)
        add_attributes(&out, claims);
    buf_print(&out, ",\"iat\":%lld,\"exp\":%lld}", (long long)claims->issued_s,
              (long long)claims->expires_s);
    return buf_str(&out);
}

enum err token_make(struct arena *arena, const struct keys *keys, const struct token_claims *claims,
                    struct str *ret)
{
    unsigned char signature[SIGNATURE_LEN];
    struct buf out = buf_in(arena);
    if (!keys->issuer)
        return ERR_UNAVAILABLE;
    struct str header = arena_print(arena, "{\"alg\":\"ES256\",\"typ\":\"at+jwt\",\"kid\":\"%s\"}",
                                    keys->issuer_kid);
    buf_add(&out, base64url_encode(arena, header));
    buf_add_char(&out, '.');
    buf_add(&out, base64url_encode(arena, print_claims(arena, claims)));
    if (!signature_make(keys->issuer, buf_str(&out), signature))
        return ERR_INTERNAL;
    buf_add_char(&out, '.');
    buf_add(&out, base64url_encode(arena, (struct str){(char *)signature, sizeof signature}));
    *ret = buf_str(&out);
    return OK;
}

static cJSON *parse_part(struct arena *arena, struct str part)
{
    struct ctx ctx = {.arena = arena};
    cJSON *json = NULL;
    struct str text = base64url_decode(arena, part);
    if (!text.at || json_parse(&ctx, text, &json) != OK || !cJSON_IsObject(json))
        return NULL;
    return json;
}

static struct str text_of(const cJSON *json, const char *name)
{
    const cJSON *item = cJSON_GetObjectItemCaseSensitive(json, name);
    return cJSON_IsString(item) ? str_of(item->valuestring) : (struct str){0};
}

static bool seconds_of(const cJSON *json, const char *name, int64_t *ret)
{
    const cJSON *item = cJSON_GetObjectItemCaseSensitive(json, name);
    if (!cJSON_IsNumber(item) || !(fabs(item->valuedouble) < 1e13)
        || item->valuedouble != floor(item->valuedouble))
        return false;
    *ret = (int64_t)item->valuedouble;
    return true;
}

static bool is_uuid(struct str text)
{
    struct uuid id;
    return text.at && uuid_read(text, &id);
}

static bool read_attributes(const cJSON *json, struct token_claims *claims)
{
    const cJSON *list = cJSON_GetObjectItemCaseSensitive(json, "attributes");
    claims->has_attributes = list;
    if (!list)
        return true;
    if (!cJSON_IsArray(list) || cJSON_GetArraySize(list) > LIMIT_ATTRIBUTES)
        return false;
    for (const cJSON *item = list->child; item; item = item->next) {
        if (!cJSON_IsString(item))
            return false;
        claims->attributes[claims->attributes_count++] = str_of(item->valuestring);
    }
    return true;
}

static bool read_claims(const cJSON *json, struct token_claims *claims)
{
    bool has_org = cJSON_GetObjectItemCaseSensitive(json, "org") != NULL,
         has_role = cJSON_GetObjectItemCaseSensitive(json, "role") != NULL;
    claims->issuer = text_of(json, "iss");
    claims->subject = text_of(json, "sub");
    claims->tenant = text_of(json, "tenant");
    claims->role = text_of(json, "role");
    claims->organisation = text_of(json, "org");
    claims->token_id = text_of(json, "jti");
    return seconds_of(json, "iat", &claims->issued_s) && seconds_of(json, "exp", &claims->expires_s)
           && claims->subject.len > 0 && claims->subject.len <= LIMIT_SUBJECT
           && is_uuid(claims->tenant) && (!has_org || is_uuid(claims->organisation))
           && (!has_role || claims->role.len > 0) && read_attributes(json, claims);
}

static bool is_in_time(const cJSON *json, const struct token_claims *claims, int64_t now_s)
{
    int64_t from_s = 0;
    bool has_from = cJSON_GetObjectItemCaseSensitive(json, "nbf") != NULL;
    if (has_from && (!seconds_of(json, "nbf", &from_s) || from_s > now_s + TOKEN_SKEW_S))
        return false;
    return claims->expires_s > now_s && claims->issued_s <= now_s + TOKEN_SKEW_S
           && claims->expires_s - claims->issued_s <= TOKEN_LIFE_MAX_S;
}

/* RFC 9068 section 4: the type is a media type, with or without "application/" and in any case. */
static bool is_access_token(struct str type)
{
    struct str prefix = S("application/");
    if (type.len > prefix.len && strncasecmp(type.at, prefix.at, prefix.len) == 0)
        type = str_from(type, prefix.len);
    return type.len == 6 && strncasecmp(type.at, "at+jwt", 6) == 0;
}

/* RFC 7519 section 4.1.3: the audience is one text, or a list of texts that has ours. */
static bool is_for(const cJSON *json, struct str audience)
{
    const cJSON *given = cJSON_GetObjectItemCaseSensitive(json, "aud");
    bool found = cJSON_IsString(given) && str_equal(str_of(given->valuestring), audience);
    for (const cJSON *one = cJSON_IsArray(given) ? given->child : NULL; one; one = one->next) {
        if (!cJSON_IsString(one))
            return false;
        found = found || str_equal(str_of(one->valuestring), audience);
    }
    return found;
}

static const struct public_key *key_of(struct arena *arena, const struct keys *keys,
                                       struct str part)
{
    const cJSON *header = parse_part(arena, part);
    if (!header || !str_equal(text_of(header, "alg"), S("ES256"))
        || !is_access_token(text_of(header, "typ"))
        || cJSON_GetObjectItemCaseSensitive(header, "crit"))
        return NULL;
    return keys_find(keys, text_of(header, "kid"));
}

enum err token_verify(struct arena *arena, const struct keys *keys, struct str token, int64_t now_s,
                      struct str issuer, struct str audience, struct token_claims *ret)
{
    struct token_claims claims = {0};
    if (token.len > LIMIT_TOKEN)
        return ERR_UNAUTHENTICATED;
    struct str rest = token, header = str_cut(&rest, '.');
    struct str body = rest.at ? str_cut(&rest, '.') : rest;
    if (!rest.at || memchr(rest.at, '.', rest.len))
        return ERR_UNAUTHENTICATED;
    const struct public_key *key = key_of(arena, keys, header);
    struct str signature = base64url_decode(arena, rest);
    struct str text = {token.at, header.len + 1 + body.len};
    if (!key || !signature.at || !signature_verify(key->key, text, signature))
        return ERR_UNAUTHENTICATED;
    const cJSON *json = parse_part(arena, body);
    if (!json || !read_claims(json, &claims) || !is_in_time(json, &claims, now_s)
        || !str_equal(claims.issuer, keys_issuer(key, issuer)) || !is_for(json, audience)
        || !keys_admit(key, claims.tenant, claims.role))
        return ERR_UNAUTHENTICATED;
    claims.audience = audience;
    claims.issuer = keys_issuer(key, issuer);
    claims.key = key;
    *ret = claims;
    return OK;
}
