/* SPDX-License-Identifier: EUPL-1.2 */
/* The environment as a table. */
#include "workers/notifications/setting.h"

#include "lib/base/email.h"

enum {
    TIMEOUT_MS = 120000,
    RECEIVER_TIMEOUT_MS = 15000,
    TIMEOUT_LEAST_MS = 100,
    TIMEOUT_MOST_MS = 170000
};

static bool is_server(struct str text)
{
    return text.len == 0 || str_has_prefix(text, S("smtp://"))
           || str_has_prefix(text, S("smtps://")) || str_has_prefix(text, S("maildir:/"));
}

static bool is_tls(struct str text)
{
    return str_equal(text, S("required")) || str_equal(text, S("off"));
}

static bool is_loopback(struct str text)
{
    return str_equal(text, S("refused")) || str_equal(text, S("allowed"));
}

static bool is_folder_or_nothing(struct str text)
{
    return text.len == 0 || (text.at[0] == '/' && text.len < 300);
}

static bool is_anything(struct str text)
{
    return text.len < 1000;
}

static bool is_address_or_nothing(struct str text)
{
    return text.len == 0 || email_is_address(text);
}

/* A * stands for characters that an address may have. */
static bool is_address_with_number(struct str text)
{
    char plain[255];
    if (text.len >= sizeof plain)
        return false;
    for (size_t i = 0; i < text.len; i++)
        plain[i] = text.at[i] == '*' ? '0' : text.at[i];
    return is_address_or_nothing((struct str){plain, text.len});
}

static bool is_page(struct str text)
{
    return str_has_prefix(text, S("https://")) || str_has_prefix(text, S("http://"));
}

static const struct row {
    const char *name, *otherwise;
    size_t offset;
    bool (*fits)(struct str text);
} rows[] = {
    {"MAATWERK_SMTP", "", offsetof(struct setting, server), is_server},
    {"MAATWERK_SMTP_TLS", "required", offsetof(struct setting, tls), is_tls},
    {"MAATWERK_SMTP_CA", "", offsetof(struct setting, authorities), is_anything},
    {"MAATWERK_SMTP_USER", "", offsetof(struct setting, user), is_anything},
    {"MAATWERK_SMTP_SECRETS", "", offsetof(struct setting, secrets), is_anything},
    {"MAATWERK_MAIL_FROM", "no-reply@maatwerk.example", offsetof(struct setting, from),
     email_is_address},
    {"MAATWERK_MAIL_BOUNCES", "", offsetof(struct setting, bounces), is_address_with_number},
    {"MAATWERK_MAIL_DROP", "", offsetof(struct setting, drop), is_anything},
    {"MAATWERK_MAIL_SANDBOX", "", offsetof(struct setting, sandbox), is_address_or_nothing},
    {"MAATWERK_PORTAL", "https://portal.maatwerk.example", offsetof(struct setting, portal),
     is_page},
    {"MAATWERK_DROPS", "", offsetof(struct setting, drops), is_folder_or_nothing},
    {"MAATWERK_RECEIVER_SECRETS", "", offsetof(struct setting, receiver_secrets),
     is_folder_or_nothing},
    {"MAATWERK_RECEIVER_CA", "", offsetof(struct setting, receiver_ca), is_anything},
    {"MAATWERK_RECEIVER_LOOPBACK", "refused", offsetof(struct setting, loopback), is_loopback},
};

static bool wrong(const char *name)
{
    fprintf(stderr, "{\"event\":\"setting-refused\",\"name\":\"%s\"}\n", name);
    return false;
}

static bool read_timeout(const char *name, int otherwise, int *ret)
{
    const char *given = getenv(name);
    int64_t timeout_ms = otherwise;
    if (given && *given
        && (!str_to_int(str_of(given), &timeout_ms) || timeout_ms < TIMEOUT_LEAST_MS
            || timeout_ms > TIMEOUT_MOST_MS))
        return wrong(name);
    *ret = (int)timeout_ms;
    return true;
}

bool setting_read(struct setting *ret)
{
    struct setting setting = {0};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const char *value = getenv(rows[i].name);
        value = value && *value ? value : rows[i].otherwise;
        if (!rows[i].fits(str_of(value)))
            return wrong(rows[i].name);
        *(const char **)((char *)&setting + rows[i].offset) = value;
    }
    if (!read_timeout("MAATWERK_SMTP_TIMEOUT_MS", TIMEOUT_MS, &setting.timeout_ms)
        || !read_timeout("MAATWERK_RECEIVER_TIMEOUT_MS", RECEIVER_TIMEOUT_MS,
                         &setting.receiver_timeout_ms))
        return false;
    if (!*setting.bounces)
        setting.bounces = setting.from;
    if (*setting.secrets && !secret_read(setting.secrets, "bounces", setting.bounce_key))
        *setting.bounce_key = '\0';
    if (*setting.bounce_key && !strchr(setting.bounces, '*'))
        return wrong("MAATWERK_MAIL_BOUNCES");
    *ret = setting;
    return true;
}
