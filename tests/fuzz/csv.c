/* SPDX-License-Identifier: EUPL-1.2 */
/* A table of any bytes: it is read to its end, or refused; a row has as many cells as the header. */
#include <stdlib.h>

#include "services/cli/csv.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct csv *csv = csv_of_bytes((struct str){(const char *)data, size});
    struct str row[CSV_COLUMNS_MAX];
    size_t rows = 0;
    int before = csv_row(csv);
    while (csv_next(csv, row)) {
        if (++rows > size || csv_row(csv) <= before)
            abort();
        before = csv_row(csv);
    }
    if (csv_fault(csv) && csv_next(csv, row))
        abort();
    csv_close(csv);
    return 0;
}
