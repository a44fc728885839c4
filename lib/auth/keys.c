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

enum { PATH_ROOM = 1024 };

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
    if (!file)
        return false;
    bool whole = fread(into, 1, KEY_BYTES, file) == KEY_BYTES && fgetc(file) == EOF;
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
    return print_kid(key, into->kid);
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

static bool read_issuer(struct keys *keys, const char *folder)
{
    FILE *file = open_in(folder, "issuer.pem");
    if (!file)
        return true; /* this installation does not make tokens */
    keys->issuer = PEM_read_PrivateKey(file, NULL, no_passphrase, NULL);
    fclose(file);
    return keys->issuer && is_p256(keys->issuer) && print_kid(keys->issuer, keys->issuer_kid)
           && keys_public(keys, str_of(keys->issuer_kid));
}

enum err keys_load(const char *folder, struct keys **ret)
{
    struct keys *keys = calloc(1, sizeof *keys);
    if (!keys)
        abort();
    bool read = read_secret(folder, "bsn.key", keys->bsn)
                && read_secret(folder, "bsn-index.key", keys->bsn_index)
                && read_secret(folder, "cursor.key", keys->cursor) && add_all_public(keys, folder)
                && read_issuer(keys, folder);
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
    OPENSSL_cleanse(keys, sizeof *keys);
    free(keys);
}

EVP_PKEY *keys_public(const struct keys *keys, struct str kid)
{
    for (size_t i = 0; i < keys->public_count; i++)
        if (str_equal(str_of(keys->public_keys[i].kid), kid))
            return keys->public_keys[i].key;
    return NULL;
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

enum err keys_init(const char *folder)
{
    mkdir(folder, 0700);
    bool made = write_issuer(folder) && write_secret(folder, "bsn.key")
                && write_secret(folder, "bsn-index.key") && write_secret(folder, "cursor.key");
    return made ? OK : ERR_CONFLICT;
}
