/* SPDX-License-Identifier: EUPL-1.2 */
/* What shows that a report answers an e-mail of ours: the address that it goes to, which only the mail server
 * that took the e-mail has seen. */
#ifndef MAATWERK_NOTIFICATIONS_PROOF_H
#define MAATWERK_NOTIFICATIONS_PROOF_H

#include "lib/base/arena.h"
#include "lib/base/secret.h"

/* Characters of a proof: with them the part before the @ stays within 64 (RFC 5321, 4.5.3.1.1). */
enum { PROOF_LEN = 12 };

/* The proof of the message with this number (<municipality>.<UUID>), by the key of the installation. */
struct str proof_of(struct arena *arena, const char key[SECRET_ROOM], struct str number);

/* Whether `given` is that. It takes as long whatever is given. */
bool proof_fits(struct arena *arena, const char key[SECRET_ROOM], struct str number,
                struct str given);

#endif
