/* SPDX-License-Identifier: EUPL-1.2 */
/* Settings of the process. */
#include "lib/base/harden.h"

#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>

void harden_process(void)
{
    const struct rlimit none = {0, 0};
    /* a pipe as core_pattern ignores the limit; a process that is not dumpable is left alone */
    if (setrlimit(RLIMIT_CORE, &none) != 0 || prctl(PR_SET_DUMPABLE, 0) != 0)
        abort();
    umask(0077);
}
