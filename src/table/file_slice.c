/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A piece of a file at a known place: the text of a rejected row, as it stands there. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "rapport/table.h"

static bool fail_system(const char *path, const char *what, rp_error *error) {
    rp_fail(error, RP_E_FILE, "The file cannot be %s: %s.", what, strerror(errno));
    return rp_fail_at(error, path, 0, 0);
}

static bool read_slice(int file, const char *path, uint64_t offset, char *to, size_t n, rp_error *error) {
    for (size_t done = 0; done < n;) {
        ssize_t got = pread(file, to + done, n - done, (off_t)(offset + done));
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return fail_system(path, "read", error);
        if (got == 0) {
            rp_fail(error, RP_E_FILE, "The file ends before byte %llu; it was longer when it was read first.",
                    (unsigned long long)(offset + n));
            rp_fail_at(error, path, 0, 0);
            return rp_fail_remedy(error, "Wait until it is written, or read a copy.");
        }
        done += (size_t)got;
    }
    return true;
}

bool rp_file_slice(const char *path, uint64_t offset, size_t length, rp_arena *arena, rp_text *out, rp_error *error) {
    if (length > RP_READER_LIMIT_ROW || offset > (uint64_t)RP_READER_LIMIT_BYTES_GB << 30) {
        rp_fail(error, RP_E_LIMIT, "A piece of %zu bytes at byte %llu is past what may be copied from a file.", length,
                (unsigned long long)offset);
        return rp_fail_at(error, path, 0, 0);
    }
    char *to = rp_arena_take(arena, length + 1, 1);
    if (!to)
        return rp_fail_memory(error);
    int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0)
        return fail_system(path, "opened", error);
    bool fine = read_slice(file, path, offset, to, length, error);
    close(file);
    if (fine)
        *out = (rp_text){.at = to, .n = length};
    return fine;
}
