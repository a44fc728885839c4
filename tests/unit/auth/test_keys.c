/* SPDX-License-Identifier: EUPL-1.2 */
/* The folder of keys: made once, readable by the owner only, and refused when
 * anything in it is not as it should be. */
#include "tests/unit/auth/auth.h"

#include <openssl/ec.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <sys/stat.h>

static char folder[FOLDER_ROOM];
static char path[512];

static int start(void **state)
{
    return unit_start(state) || !folder_make(folder);
}

static int end(void **state)
{
    folder_remove(folder);
    return unit_end(state);
}

static const char *in_folder(const char *name)
{
    snprintf(path, sizeof path, "%s/%s", folder, name);
    return path;
}

static void write_file(const char *name, const void *bytes, size_t length)
{
    FILE *file = fopen(in_folder(name), "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, length, file), length);
    fclose(file);
}

/* Takes the key. */
static void write_public(const char *name, EVP_PKEY *key)
{
    FILE *file = fopen(in_folder(name), "wb");
    assert_true(file && key && PEM_write_PUBKEY(file, key));
    fclose(file);
    EVP_PKEY_free(key);
}

static enum err load(void)
{
    struct keys *keys = NULL;
    enum err err = keys_load(folder, KEYS_WITH_BSN | KEYS_WITH_ISSUER, &keys);
    assert_int_equal(err == OK, keys != NULL);
    keys_free(keys);
    return err;
}

static void only_the_owner_reads(void **state)
{
    static const char *names[] = {"issuer.pem", "issuer.pub.pem", "bsn.key", "bsn-index.key",
                                  "cursor.key"};
    struct stat info;
    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        assert_int_equal(stat(in_folder(names[i]), &info), 0);
        assert_int_equal(info.st_mode & 0777, 0600);
        if (i >= 2)
            assert_int_equal(info.st_size, KEY_BYTES);
    }
    assert_int_equal(stat(folder, &info), 0);
    assert_int_equal(info.st_mode & 0777, 0700);
}

static void nothing_is_overwritten(void **state)
{
    struct keys *before = NULL, *after = NULL;
    (void)state;
    assert_int_equal(keys_load(folder, KEYS_WITH_BSN | KEYS_WITH_ISSUER, &before), OK);
    assert_int_equal(keys_init(folder, true), ERR_CONFLICT);
    assert_int_equal(keys_load(folder, KEYS_WITH_BSN | KEYS_WITH_ISSUER, &after), OK);
    assert_memory_equal(before->bsn, after->bsn, KEY_BYTES);
    assert_memory_equal(before->bsn_index, after->bsn_index, KEY_BYTES);
    assert_memory_equal(before->cursor, after->cursor, KEY_BYTES);
    assert_string_equal(before->issuer_kid, after->issuer_kid);
    assert_memory_not_equal(before->bsn, before->bsn_index, KEY_BYTES);
    assert_memory_not_equal(before->bsn, before->cursor, KEY_BYTES);
    keys_free(before);
    keys_free(after);
}

static void kid_is_the_hash_of_the_public_key(void **state)
{
    unsigned char *der = NULL, digest[EVP_MAX_MD_SIZE];
    char kid[KID_LEN + 1];
    struct keys *keys = NULL;
    (void)state;
    assert_int_equal(keys_load(folder, KEYS_WITH_BSN | KEYS_WITH_ISSUER, &keys), OK);
    int length = i2d_PUBKEY(keys->issuer, &der);
    assert_true(length > 0
                && EVP_Digest(der, (size_t)length, digest, NULL, EVP_sha256(), NULL) == 1);
    OPENSSL_free(der);
    for (int i = 0; i < KID_LEN / 2; i++)
        snprintf(kid + 2 * i, 3, "%02x", digest[i]);
    assert_string_equal(keys->issuer_kid, kid);
    assert_int_equal(keys->public_count, 1);
    assert_ptr_equal(keys_find(keys, str_of(kid)), &keys->public_keys[0]);
    assert_int_equal(EVP_PKEY_eq(keys->issuer, keys->public_keys[0].key), 1);
    assert_null(keys_find(keys, (struct str){kid, KID_LEN - 1}));
    assert_null(keys_find(keys, S("")));
    assert_null(keys_find(keys, (struct str){0}));
    keys_free(keys);
}

static void without_the_private_key_it_still_loads(void **state)
{
    struct keys *keys = NULL;
    (void)state;
    assert_int_equal(unlink(in_folder("issuer.pem")), 0);
    assert_int_equal(keys_load(folder, KEYS_WITH_BSN | KEYS_WITH_ISSUER, &keys), OK);
    assert_null(keys->issuer);
    assert_int_equal(keys->public_count, 1);
    keys_free(keys);
}

static void all_public_keys_are_accepted_up_to_the_limit(void **state)
{
    struct keys *keys = NULL;
    char name[32];
    (void)state;
    for (int i = 1; i < KEYS_PUBLIC_MAX; i++) {
        snprintf(name, sizeof name, "old-%d.pub.pem", i);
        write_public(name, EVP_EC_gen("P-256"));
    }
    write_file("notes.txt", "not a key", 9);
    assert_int_equal(keys_load(folder, KEYS_WITH_BSN | KEYS_WITH_ISSUER, &keys), OK);
    assert_int_equal(keys->public_count, KEYS_PUBLIC_MAX);
    for (size_t i = 0; i < keys->public_count; i++)
        assert_ptr_equal(keys_find(keys, str_of(keys->public_keys[i].kid)), &keys->public_keys[i]);
    keys_free(keys);
    write_public("one-more.pub.pem", EVP_EC_gen("P-256"));
    assert_int_equal(load(), ERR_UNAVAILABLE);
}

static void other_kinds_of_keys_are_refused(void **state)
{
    (void)state;
    write_public("other.pub.pem", EVP_EC_gen("P-384"));
    assert_int_equal(load(), ERR_UNAVAILABLE);
    write_public("other.pub.pem", EVP_EC_gen("secp256k1"));
    assert_int_equal(load(), ERR_UNAVAILABLE);
    write_public("other.pub.pem", EVP_RSA_gen(2048));
    assert_int_equal(load(), ERR_UNAVAILABLE);
    write_file("other.pub.pem", "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n", 57);
    assert_int_equal(load(), ERR_UNAVAILABLE);
    write_file("other.pub.pem", "", 0);
    assert_int_equal(load(), ERR_UNAVAILABLE);
    write_public("other.pub.pem", EVP_EC_gen("P-256"));
    assert_int_equal(load(), OK);
    write_file("issuer.pem", "nonsense", 8);
    assert_int_equal(load(), ERR_UNAVAILABLE);
}

static void secrets_have_exactly_32_bytes(void **state)
{
    static const char *names[] = {"bsn.key", "bsn-index.key", "cursor.key"};
    const char bytes[KEY_BYTES + 1] = "0123456789abcdef0123456789abcdef";
    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        write_file(names[i], bytes, KEY_BYTES - 1);
        assert_int_equal(load(), ERR_UNAVAILABLE);
        write_file(names[i], bytes, KEY_BYTES + 1);
        assert_int_equal(load(), ERR_UNAVAILABLE);
        assert_int_equal(unlink(in_folder(names[i])), 0);
        assert_int_equal(load(), ERR_UNAVAILABLE);
        write_file(names[i], bytes, KEY_BYTES);
        assert_int_equal(load(), OK);
    }
    assert_int_equal(unlink(in_folder("issuer.pub.pem")), 0);
    assert_int_equal(load(), ERR_UNAVAILABLE);
    keys_free(NULL);
}

/* Attack 16: a program that never handles a citizen service number has no key for it. */
static void attack_16_keys_that_are_not_used_are_not_read(void **state)
{
    static const unsigned char none[KEY_BYTES];
    struct keys *keys = NULL;
    (void)state;
    assert_int_equal(keys_load(folder, KEYS_PLAIN, &keys), OK);
    assert_null(keys->issuer);
    assert_true(keys->has_issuer && !keys_are_bound(keys));
    assert_memory_equal(keys->bsn, none, KEY_BYTES);
    assert_memory_equal(keys->bsn_index, none, KEY_BYTES);
    keys_free(keys);
    assert_int_equal(unlink(in_folder("bsn.key")), 0);
    assert_int_equal(keys_load(folder, KEYS_WITH_BSN | KEYS_WITH_ISSUER, &keys), ERR_UNAVAILABLE);
    assert_int_equal(keys_load(folder, KEYS_PLAIN, &keys), OK);
    keys_free(keys);
}

static void a_new_key_for_cursors_keeps_the_one_before_it(void **state)
{
    struct keys *first = NULL, *second = NULL, *third = NULL;
    struct stat info;
    (void)state;
    assert_int_equal(keys_load(folder, KEYS_PLAIN, &first), OK);
    assert_false(first->has_cursor_before);
    assert_int_equal(keys_rotate_cursor(folder), OK);
    assert_int_equal(keys_load(folder, KEYS_PLAIN, &second), OK);
    assert_int_equal(keys_rotate_cursor(folder), OK);
    assert_int_equal(keys_load(folder, KEYS_PLAIN, &third), OK);
    assert_memory_not_equal(first->cursor, second->cursor, KEY_BYTES);
    assert_memory_equal(first->cursor, second->cursor_before, KEY_BYTES);
    assert_memory_equal(second->cursor, third->cursor_before, KEY_BYTES);
    assert_int_equal(stat(in_folder("cursor.key"), &info), 0);
    assert_int_equal(info.st_mode & 0777, 0600);
    keys_free(first);
    keys_free(second);
    keys_free(third);
}

#define KEYS_UNIT(test) cmocka_unit_test_setup_teardown(test, start, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        KEYS_UNIT(only_the_owner_reads),
        KEYS_UNIT(nothing_is_overwritten),
        KEYS_UNIT(kid_is_the_hash_of_the_public_key),
        KEYS_UNIT(without_the_private_key_it_still_loads),
        KEYS_UNIT(all_public_keys_are_accepted_up_to_the_limit),
        KEYS_UNIT(other_kinds_of_keys_are_refused),
        KEYS_UNIT(secrets_have_exactly_32_bytes),
        KEYS_UNIT(attack_16_keys_that_are_not_used_are_not_read),
        KEYS_UNIT(a_new_key_for_cursors_keeps_the_one_before_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
