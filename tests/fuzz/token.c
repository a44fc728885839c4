/* SPDX-License-Identifier: EUPL-1.2 */
/* A token without our signature is refused. */
#include <openssl/ec.h>
#include <stdlib.h>

#include "lib/auth/token.h"
#include "lib/json/parse.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct keys keys;
    struct arena *arena = arena_new();
    struct token_claims claims;
    if (!keys.public_count) {
        keys.public_keys[0].key = EVP_EC_gen("P-256");
        memcpy(keys.public_keys[0].kid, "0123456789abcdef", KID_LEN + 1);
        keys.public_count = 1;
    }
    json_start();
    if (token_verify(arena, &keys, (struct str){(const char *)data, size}, 1800000000, S("i"),
                     S("a"), &claims)
        == OK)
        abort();
    arena_free(arena);
    return 0;
}
