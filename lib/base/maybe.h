/* SPDX-License-Identifier: EUPL-1.2 */
/* Values that may be absent. Generated structs have these for the values of the contract. */
#ifndef MAATWERK_BASE_MAYBE_H
#define MAATWERK_BASE_MAYBE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct maybe_int {
    int64_t value;
    bool is;
};
struct maybe_bool {
    bool value, is;
};
struct list { /* `at` points to `count` structs, struct maybe_int or struct str */
    void *at;
    size_t count;
    bool is; /* false: absent; true with count 0: empty */
};

#endif
