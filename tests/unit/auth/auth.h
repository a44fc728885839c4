/* SPDX-License-Identifier: EUPL-1.2 */
/* What the tests of lib/auth share: a fresh folder with keys, and tokens that a
 * forger would make. */
#ifndef MAATWERK_TESTS_UNIT_AUTH_H
#define MAATWERK_TESTS_UNIT_AUTH_H

#include "tests/unit/unit.h"

#include <dirent.h>
#include <unistd.h>

#include "lib/auth/base64url.h"
#include "lib/auth/keys.h"
#include "lib/auth/signature.h"
#include "lib/auth/token.h"

enum { FOLDER_ROOM = 64, NOW_S = 1800000000 };

/* Pieces of good claims. */
#define SUB    "01920000-0000-7000-8000-000000000001"
#define TENANT "01920000-0000-7000-8000-000000000002"
#define ORG    "01920000-0000-7000-8000-000000000003"
#define HEAD   "\"iss\":\"i\",\"aud\":\"a\",\"sub\":\"" SUB "\",\"tenant\":\"" TENANT "\""
#define TIMES  "\"iat\":1799999990,\"exp\":1800000100"
#define LISTED ",\"attributes\":[]"
#define ROLE   ",\"role\":\"r\""
#define GOOD   "{" HEAD ",\"role\":\"consultant\"" LISTED "," TIMES "}"

/* Makes a new folder under /tmp with all keys in it. */
static inline bool folder_make(char folder[FOLDER_ROOM])
{
    char outer[] = "/tmp/maatwerk-auth.XXXXXX";
    if (!mkdtemp(outer))
        return false;
    snprintf(folder, FOLDER_ROOM, "%s/keys", outer);
    return keys_init(folder, true) == OK;
}

/* Removes what folder_make made, and what was added to it. */
static inline void folder_remove(const char *folder)
{
    char path[512];
    DIR *files = opendir(folder);
    for (struct dirent *file; files && (file = readdir(files));) {
        snprintf(path, sizeof path, "%s/%s", folder, file->d_name);
        if (file->d_name[0] != '.')
            unlink(path);
    }
    if (files)
        closedir(files);
    rmdir(folder);
    snprintf(path, sizeof path, "%.*s", (int)(strlen(folder) - strlen("/keys")), folder);
    rmdir(path);
}

/* Keys that are in memory only. */
static inline bool keys_make(struct keys **ret)
{
    char folder[FOLDER_ROOM] = "";
    bool made =
        folder_make(folder) && keys_load(folder, KEYS_WITH_BSN | KEYS_WITH_ISSUER, ret) == OK;
    folder_remove(folder);
    return made;
}

/* A copy that a test may write to. */
static inline char *writable(struct ctx *ctx, struct str s)
{
    return (char *)arena_copy(ctx->arena, s).at;
}

/* header.body, both base64url. */
static inline struct str parts_join(struct ctx *ctx, struct str header, struct str body)
{
    struct str first = base64url_encode(ctx->arena, header),
               second = base64url_encode(ctx->arena, body);
    return arena_print(ctx->arena, "%.*s.%.*s", STR_ARG(first), STR_ARG(second));
}

/* text.signature */
static inline struct str signature_join(struct ctx *ctx, struct str text, struct str signature)
{
    struct str last = base64url_encode(ctx->arena, signature);
    return arena_print(ctx->arena, "%.*s.%.*s", STR_ARG(text), STR_ARG(last));
}

/* Any header and any body, signed as they should be with `key`. */
static inline struct str sign(struct ctx *ctx, EVP_PKEY *key, struct str header, struct str body)
{
    unsigned char signature[SIGNATURE_LEN];
    struct str text = parts_join(ctx, header, body);
    assert_true(signature_make(key, text, signature));
    return signature_join(ctx, text, (struct str){(char *)signature, sizeof signature});
}

/* A good header for the issuer of `keys`. */
static inline struct str header_of(struct ctx *ctx, const struct keys *keys)
{
    return arena_print(ctx->arena, "{\"alg\":\"ES256\",\"typ\":\"at+jwt\",\"kid\":\"%s\"}",
                       keys->issuer_kid);
}

/* What comes of `token`; claims must stay as they were unless it is OK. */
static inline enum err verify(struct ctx *ctx, const struct keys *with, struct str token)
{
    struct token_claims claims = {.role = S("untouched")};
    enum err err = token_verify(ctx->arena, with, token, NOW_S, S("i"), S("a"), &claims);
    if (err)
        assert_str(claims.role, "untouched");
    return err;
}

#endif
