/* SPDX-License-Identifier: EUPL-1.2 */
/* Reading and making the files of keys. */
#include "lib/auth/keys.h"

#include <dirent.h>
#include <fcntl.h>
#include <openssl/ec.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/json/parse.h"

enum { PATH_ROOM = 1024, BINDING_MAX = 16 * 1024 };

static const cJSON *member(const cJSON *object, const char *name)
{
    return cJSON_GetObjectItemCaseSensitive(object, name);
}

static bool path_of(char path[PATH_ROOM], const char *folder, const char *name)
{
    int length = snprintf(path, PATH_ROOM, "%s/%s", folder, name);
    return length > 0 && length < PATH_ROOM;
}

static FILE *open_in(const char *folder, const char *name)
{
    char path[PATH_ROOM];
    return path_of(path, folder, name) ? fopen(path, "rb") : NULL;
}

static bool read_secret(const char *folder, const char *name, unsigned char into[KEY_BYTES])
{
    FILE *file = open_in(folder, name);
    unsigned char more;
    if (!file)
        return false;
    setvbuf(file, NULL, _IONBF, 0); /* a buffer would keep a copy of the key */
    bool whole = fread(into, 1, KEY_BYTES, file) == KEY_BYTES && fread(&more, 1, 1, file) == 0;
    fclose(file);
    return whole;
}

static bool is_p256(const EVP_PKEY *key)
{
    char group[32] = "";
    return EVP_PKEY_is_a(key, "EC") && EVP_PKEY_get_group_name(key, group, sizeof group, NULL)
           && strcmp(group, "prime256v1") == 0;
}

static bool print_kid(EVP_PKEY *key, char kid[KID_LEN + 1])
{
    unsigned char *der = NULL, digest[EVP_MAX_MD_SIZE];
    int length = i2d_PUBKEY(key, &der);
    if (length <= 0)
        return false;
    bool made = EVP_Digest(der, (size_t)length, digest, NULL, EVP_sha256(), NULL) == 1;
    OPENSSL_free(der);
    for (int i = 0; i < KID_LEN / 2; i++)
        snprintf(kid + 2 * i, 3, "%02x", digest[i]);
    return made;
}

/* Reads x.json, when it is there beside x.pub.pem. False when it does not say what it may. */
static bool read_binding(struct keys *keys, const char *folder, const char *name,
                         struct public_key *into)
{
    char beside[PATH_ROOM], bytes[BINDING_MAX];
    struct ctx ctx = {.arena = keys->arena};
    int length = (int)(strlen(name) - strlen(".pub.pem"));
    if (snprintf(beside, PATH_ROOM, "%.*s.json", length, name) >= PATH_ROOM)
        return false;
    FILE *file = open_in(folder, beside);
    if (!file)
        return true;
    size_t size = fread(bytes, 1, sizeof bytes, file);
    fclose(file);
    return size < sizeof bytes
           && json_parse(&ctx, arena_copy(keys->arena, (struct str){bytes, size}), &into->binding)
                  == OK
           && cJSON_IsString(member(into->binding, "issuer"))
           && cJSON_IsArray(member(into->binding, "tenants"))
           && cJSON_IsArray(member(into->binding, "roles"));
}

static bool add_public(struct keys *keys, const char *folder, const char *name)
{
    FILE *file = open_in(folder, name);
    EVP_PKEY *key = file ? PEM_read_PUBKEY(file, NULL, NULL, NULL) : NULL;
    if (file)
        fclose(file);
    if (!key || !is_p256(key) || keys->public_count == KEYS_PUBLIC_MAX) {
        EVP_PKEY_free(key);
        return false;
    }
    struct public_key *into = &keys->public_keys[keys->public_count++];
    into->key = key;
    into->local = strcmp(name, "issuer.pub.pem") == 0;
    return print_kid(key, into->kid) && read_binding(keys, folder, name, into);
}

static bool add_all_public(struct keys *keys, const char *folder)
{
    DIR *files = opendir(folder);
    bool fits = files != NULL;
    for (struct dirent *file; fits && (file = readdir(files));) {
        size_t length = strlen(file->d_name);
        if (length > 8 && strcmp(file->d_name + length - 8, ".pub.pem") == 0)
            fits = add_public(keys, folder, file->d_name);
    }
    if (files)
        closedir(files);
    return fits && keys->public_count > 0;
}

/* Refuses a key with a passphrase: nobody is there to type it. The result is that of OpenSSL. */
static int no_passphrase(char *into, int size, int writing, void *unused)
{
    (void)into, (void)size, (void)writing, (void)unused;
    return -1;
}

static bool read_issuer(struct keys *keys, const char *folder, bool wanted)
{
    char path[PATH_ROOM];
    keys->has_issuer = path_of(path, folder, "issuer.pem") && access(path, F_OK) == 0;
    FILE *file = wanted ? open_in(folder, "issuer.pem") : NULL;
    if (!file)
        return true; /* this installation does not make tokens, or this program does not */
    keys->issuer = PEM_read_PrivateKey(file, NULL, no_passphrase, NULL);
    fclose(file);
    return keys->issuer && is_p256(keys->issuer) && print_kid(keys->issuer, keys->issuer_kid)
           && keys_find(keys, str_of(keys->issuer_kid));
}

/* The key before the present one; there need not be one. */
static bool read_cursor_before(struct keys *keys, const char *folder)
{
    char path[PATH_ROOM];
    if (!path_of(path, folder, "cursor.key.old") || access(path, F_OK) != 0)
        return true;
    keys->has_cursor_before = read_secret(folder, "cursor.key.old", keys->cursor_before);
    return keys->has_cursor_before;
}

static bool read_bsn(struct keys *keys, const char *folder)
{
    return read_secret(folder, "bsn.key", keys->bsn)
           && read_secret(folder, "bsn-index.key", keys->bsn_index);
}

enum err keys_load(const char *folder, unsigned wanted, struct keys **ret)
{
    struct keys *keys = calloc(1, sizeof *keys);
    if (!keys)
        abort();
    keys->arena = arena_new();
    bool read = (!(wanted & KEYS_WITH_BSN) || read_bsn(keys, folder))
                && read_secret(folder, "cursor.key", keys->cursor)
                && read_cursor_before(keys, folder) && add_all_public(keys, folder)
                && read_issuer(keys, folder, wanted & KEYS_WITH_ISSUER);
    if (!read) {
        keys_free(keys);
        return ERR_UNAVAILABLE;
    }
    *ret = keys;
    return OK;
}

void keys_free(struct keys *keys)
{
    if (!keys)
        return;
    EVP_PKEY_free(keys->issuer);
    for (size_t i = 0; i < keys->public_count; i++)
        EVP_PKEY_free(keys->public_keys[i].key);
    arena_free(keys->arena);
    OPENSSL_cleanse(keys, sizeof *keys);
    free(keys);
}

const struct public_key *keys_find(const struct keys *keys, struct str kid)
{
    for (size_t i = 0; i < keys->public_count; i++)
        if (str_equal(str_of(keys->public_keys[i].kid), kid))
            return &keys->public_keys[i];
    return NULL;
}

static bool names(const cJSON *list, struct str wanted)
{
    for (const cJSON *one = list->child; one; one = one->next)
        if (cJSON_IsString(one) && str_equal(str_of(one->valuestring), wanted))
            return true;
    return false;
}

struct str keys_issuer(const struct public_key *key, struct str otherwise)
{
    return key->binding ? str_of(member(key->binding, "issuer")->valuestring) : otherwise;
}

bool keys_admit(const struct public_key *key, struct str tenant, struct str role)
{
    return !key->binding
           || (names(member(key->binding, "tenants"), tenant)
               && (!role.at || names(member(key->binding, "roles"), role)));
}

bool keys_are_bound(const struct keys *keys)
{
    bool bound = !keys->has_issuer;
    for (size_t i = 0; i < keys->public_count; i++)
        bound = bound && keys->public_keys[i].binding && !keys->public_keys[i].local;
    return bound;
}

/* Creates a new file; NULL when there is one with this name. */
static FILE *create(const char *folder, const char *name)
{
    char path[PATH_ROOM];
    if (!path_of(path, folder, name))
        return NULL;
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    return fd < 0 ? NULL : fdopen(fd, "wb");
}

static bool write_secret(const char *folder, const char *name)
{
    unsigned char bytes[KEY_BYTES];
    FILE *file = create(folder, name);
    if (!file)
        return false;
    bool written =
        RAND_bytes(bytes, KEY_BYTES) == 1 && fwrite(bytes, 1, KEY_BYTES, file) == KEY_BYTES;
    OPENSSL_cleanse(bytes, sizeof bytes);
    return fclose(file) == 0 && written;
}

static bool write_issuer(const char *folder)
{
    EVP_PKEY *key = EVP_EC_gen("P-256");
    FILE *private_file = create(folder, "issuer.pem");
    FILE *public_file = private_file ? create(folder, "issuer.pub.pem") : NULL;
    bool written = key && public_file
                   && PEM_write_PrivateKey(private_file, key, NULL, NULL, 0, NULL, NULL)
                   && PEM_write_PUBKEY(public_file, key);
    if (private_file)
        written = fclose(private_file) == 0 && written;
    if (public_file)
        written = fclose(public_file) == 0 && written;
    EVP_PKEY_free(key);
    return written;
}

enum err keys_init(const char *folder, bool issuer)
{
    mkdir(folder, 0700);
    bool made = (!issuer || write_issuer(folder)) && write_secret(folder, "bsn.key")
                && write_secret(folder, "bsn-index.key") && write_secret(folder, "cursor.key");
    return made ? OK : ERR_CONFLICT;
}

enum err keys_rotate_cursor(const char *folder)
{
    char now[PATH_ROOM], before[PATH_ROOM], made[PATH_ROOM];
    if (!path_of(now, folder, "cursor.key") || !path_of(before, folder, "cursor.key.old")
        || !path_of(made, folder, "cursor.key.new"))
        return ERR_UNAVAILABLE;
    unlink(made); /* of an attempt that did not end */
    struct stat info;
    if (stat(now, &info) != 0 || !write_secret(folder, "cursor.key.new")
        || chown(made, info.st_uid, info.st_gid) != 0 || chmod(made, info.st_mode & 0777) != 0)
        return ERR_UNAVAILABLE;
    unlink(before);
    return link(now, before) == 0 && rename(made, now) == 0 ? OK : ERR_UNAVAILABLE;
}
