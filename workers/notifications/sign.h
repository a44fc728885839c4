/* SPDX-License-Identifier: EUPL-1.2 */
/* Signatures of webhooks (Standard Webhooks: v1 is HMAC-SHA256, v1a is Ed25519) and tokens of
 * Notify (JWT with HS256). */
#ifndef MAATWERK_NOTIFICATIONS_SIGN_H
#define MAATWERK_NOTIFICATIONS_SIGN_H

#include "lib/base/arena.h"

/* The signature of `text` with this key, "v1,…" for whsec_… and "v1a,…" for whsk_… (32 or 64
 * bytes); absent when it is no such
 * key. */
struct str sign_webhook(struct arena *arena, struct str key, struct str text);

/* The token of an API key of Notify: its name, the number of the service and a secret, joined by
 * hyphens; absent when it is no such
 * key. */
struct str sign_notify(struct arena *arena, struct str key, struct str issued);

#endif
