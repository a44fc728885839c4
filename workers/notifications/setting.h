/* SPDX-License-Identifier: EUPL-1.2 */
/* Where and how e-mail goes out: the settings of this worker, from its environment.
 * docs/operations.md has the same table in words. */
#ifndef MAATWERK_NOTIFICATIONS_SETTING_H
#define MAATWERK_NOTIFICATIONS_SETTING_H

#include "lib/base/secret.h"
#include "lib/base/str.h"

struct setting {
    const char
        *server; /* MAATWERK_SMTP: smtp://host:port, smtps://host:port, maildir:/folder, or "" */
    const char *tls; /* MAATWERK_SMTP_TLS: "required" (STARTTLS; default) or "off" */
    const char *
        /* MAATWERK_SMTP_CA: file of certificates that are believed; "": those of the machine */
        authorities;
    const char *user;    /* MAATWERK_SMTP_USER: who logs in, or "" */
    const char *secrets; /* MAATWERK_SMTP_SECRETS: folder with the password, in the file `smtp` */
    const char *from;    /* MAATWERK_MAIL_FROM: the address that messages come from */
    const char
        *bounces; /* MAATWERK_MAIL_BOUNCES: the address that reports go to; a * in it stands for the
                                number of the message; "": `from` */
    const char *drop;    /* MAATWERK_MAIL_DROP: maildir into which reports are delivered, or "" */
    const char *sandbox; /* MAATWERK_MAIL_SANDBOX: every message goes to this address, or "" */
    const char
        *portal; /* MAATWERK_PORTAL: where links lead, of a municipality that says nothing else */
    char bounce_key
        [SECRET_ROOM]; /* the file `bounces` of `secrets`: with it only reports count whose address
                                   shows that they answer an e-mail of ours; "": all count */
    const char *drops; /* MAATWERK_DROPS: folder with those that receivers collect, or "" */
    const char *
        /* MAATWERK_RECEIVER_SECRETS: folder with the keys of receivers, by municipality */
        receiver_secrets;
    const char *receiver_ca; /* MAATWERK_RECEIVER_CA: as MAATWERK_SMTP_CA, for receivers */
    const char *
        /* MAATWERK_RECEIVER_LOOPBACK: "refused" (default), or "allowed": receivers on this
         * machine, for trials */
        loopback;
    int receiver_timeout_ms; /* MAATWERK_RECEIVER_TIMEOUT_MS: for one call, with its answer */
    int timeout_ms;          /* MAATWERK_SMTP_TIMEOUT_MS: for one message, with its answer */
};

/* Reads the environment. Returns false, and says on stderr which setting it is, when one is
 * nothing that
 * can be used. */
bool setting_read(struct setting *ret);

#endif
