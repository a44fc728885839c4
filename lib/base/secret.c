/* SPDX-License-Identifier: EUPL-1.2 */
/* One file, read without a buffer that would keep a copy. */
#include "lib/base/secret.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

bool secret_read(const char *folder, const char *program, char into[SECRET_ROOM])
{
    char path[1024];
    if (snprintf(path, sizeof path, "%s/%s", folder, program) >= (int)sizeof path)
        return false;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t length = fd < 0 ? -1 : read(fd, into, SECRET_ROOM - 1);
    if (fd >= 0)
        close(fd);
    into[length > 0 ? length : 0] = 0;
    into[strcspn(into, "\r\n")] = 0;
    return *into != 0;
}
