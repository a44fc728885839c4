/* SPDX-License-Identifier: EUPL-1.2 */
/* The database reckons again. What came out is compared here, byte by byte, and so is the SHA-256
 * of what is stored, so that nobody can change inputs and calculation together unnoticed. */
#include "services/cli/decisions.h"

#include <openssl/evp.h>
#include <stdio.h>

#include "lib/base/str.h"
#include "services/cli/command.h"

enum { TENANT, ID, INPUTS, CALCULATION, AGAIN, HASH };
enum { HASH_BYTES = 32, HEX_LEN = 2 * HASH_BYTES };

/* One row at a time: an installation has more decisions than fit in memory. */
static const char stored[] =
    "select t.code, d.id, d.inputs::text, d.calculation::text, "
    "app.decision_reckon_again(d.method, d.inputs), encode(d.hash, 'hex') "
    "from app.decision d join ref.tenant t on t.tenant_id = d.tenant_id "
    "where d.hash is not null and ($1::text is null or t.code = $1) order by t.code, d.id";

struct tally {
    long same, different;
};

static struct str value(const PGresult *row, int column)
{
    if (PQgetisnull(row, 0, column))
        return (struct str){0};
    return (struct str){PQgetvalue(row, 0, column), (size_t)PQgetlength(row, 0, column)};
}

/* SHA-256 of the inputs, a line feed and the calculation, in hexadecimal digits. */
static struct str hash_of(struct str inputs, struct str calculation, char hex[HEX_LEN + 1])
{
    unsigned char digest[HASH_BYTES] = {0};
    EVP_MD_CTX *sum = EVP_MD_CTX_new();
    bool made = sum && EVP_DigestInit_ex(sum, EVP_sha256(), NULL) == 1
                && EVP_DigestUpdate(sum, inputs.at, inputs.len) == 1
                && EVP_DigestUpdate(sum, "\n", 1) == 1
                && EVP_DigestUpdate(sum, calculation.at, calculation.len) == 1
                && EVP_DigestFinal_ex(sum, digest, NULL) == 1;
    EVP_MD_CTX_free(sum);
    for (int i = 0; i < HASH_BYTES; i++)
        snprintf(hex + (ptrdiff_t)2 * i, 3, "%02x", digest[i]);
    return (struct str){hex, made ? HEX_LEN : 0};
}

static void compare(const PGresult *row, struct tally *tally)
{
    char hex[HEX_LEN + 1];
    struct str calculation = value(row, CALCULATION), again = value(row, AGAIN);
    const char *what = NULL;
    if (!again.at)
        what = "cannot be reckoned again";
    else if (!str_equal(again, calculation))
        what = "comes out otherwise";
    else if (!str_equal(value(row, HASH), hash_of(value(row, INPUTS), calculation, hex)))
        what = "is not what its hash says";
    if (what)
        printf("%s\t%s\t%s\n", PQgetvalue(row, 0, TENANT), PQgetvalue(row, 0, ID), what);
    *(what ? &tally->different : &tally->same) += 1;
}

/* Returns false, after a message, when the database cannot tell. */
static bool replay(PGconn *pg, const char *tenant, struct tally *tally)
{
    const char *values[] = {tenant};
    bool told = PQsendQueryParams(pg, stored, 1, NULL, values, NULL, NULL, 0) == 1
                && PQsetSingleRowMode(pg) == 1;
    for (PGresult *row; (row = PQgetResult(pg)) != NULL; PQclear(row)) {
        if (PQresultStatus(row) == PGRES_SINGLE_TUPLE)
            compare(row, tally);
        else if (PQresultStatus(row) != PGRES_TUPLES_OK)
            told = false;
    }
    if (!told)
        fprintf(stderr, "maatwerk: %s", PQerrorMessage(pg));
    return told;
}

/* Whether there is such a municipality: a slip of the hand is no proof that all is well. */
static bool is_known(PGconn *pg, const char *tenant)
{
    const char *values[] = {tenant};
    PGresult *found =
        must_run(pg, "select from ref.tenant where $1::text is null or code = $1", 1, values);
    bool known = found && PQntuples(found) > 0;
    if (found && !known)
        fprintf(stderr, "maatwerk: there is no municipality %s\n", tenant ? tenant : "");
    PQclear(found);
    return known;
}

int command_decisions_replay(const struct config *config, int count, char **arguments)
{
    const char *tenant = option(count, arguments, "tenant", NULL);
    struct tally tally = {0};
    PGconn *pg = admin_connect(config);
    bool told = pg && is_known(pg, tenant) && replay(pg, tenant, &tally);
    PQfinish(pg);
    if (told)
        printf("%ld same, %ld different\n", tally.same, tally.different);
    return told && tally.different == 0 ? 0 : 1;
}
