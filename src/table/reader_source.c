/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where the reader's bytes come from: a file, a pipe, or memory. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "table/reader_parts.h"

static const uint64_t LARGEST_SOURCE = (uint64_t)RP_READER_LIMIT_BYTES_GB << 30;

static bool fail_system(const rp_source *source, const char *what, rp_error *error) {
    int reason = errno;
    rp_fail(error, RP_E_FILE, "The file cannot be %s: %s.", what, strerror(reason));
    rp_fail_at(error, source->name, 0, 0);
    if (reason == ENOENT)
        rp_fail_remedy(error, "Check the name and the folder.");
    else if (reason == EACCES)
        rp_fail_remedy(error, "Ask its owner for the right to read it.");
    return false;
}

static bool fail_too_large(const rp_source *source, rp_error *error) {
    rp_fail(error, RP_E_LIMIT, "The file is larger than %d GB.", (int)RP_READER_LIMIT_BYTES_GB);
    rp_fail_at(error, source->name, 0, 0);
    return rp_fail_remedy(error, "Split it into smaller files.");
}

bool rp_source_open(rp_source *source, const char *path, rp_error *error) {
    source->file = open(path, O_RDONLY | O_CLOEXEC);
    if (source->file < 0)
        return fail_system(source, "opened", error);
    struct stat about;
    if (fstat(source->file, &about) != 0)
        return fail_system(source, "read", error);
    if (S_ISDIR(about.st_mode)) {
        rp_fail(error, RP_E_FILE, "This is a folder, and a file was wanted.");
        rp_fail_at(error, source->name, 0, 0);
        return rp_fail_remedy(error, "Name a file in it.");
    }
    source->size = S_ISREG(about.st_mode) ? (uint64_t)about.st_size : 0;
    return source->size <= LARGEST_SOURCE || fail_too_large(source, error);
}

void rp_source_close(rp_source *source) {
    if (source->file >= 0)
        close(source->file);
}

static bool take(rp_source *source, char *to, size_t n, size_t *got, rp_error *error) {
    if (source->file < 0) {
        uint64_t left = source->size - source->taken;
        *got = left < n ? (size_t)left : n;
        if (*got)
            memcpy(to, source->bytes + source->taken, *got);
        return true;
    }
    ssize_t taken = 0;
    do
        taken = read(source->file, to, n);
    while (taken < 0 && errno == EINTR);
    if (taken < 0)
        return fail_system(source, "read", error);
    *got = (size_t)taken;
    return true;
}

/* A file that changes while it is read gives rows of two different tables. */
static bool check_whole(const rp_source *source, rp_error *error) {
    if (!source->size || source->taken == source->size)
        return true;
    rp_fail(error, RP_E_FILE, "The file became %s while it was read: %llu bytes at first, %llu now.",
            source->taken < source->size ? "shorter" : "longer", (unsigned long long)source->size,
            (unsigned long long)source->taken);
    rp_fail_at(error, source->name, 0, 0);
    return rp_fail_remedy(error, "Wait until it is written, or read a copy.");
}

bool rp_source_take(rp_source *source, char *to, size_t n, size_t *got, rp_error *error) {
    if (!take(source, to, n, got, error))
        return false;
    source->taken += *got;
    if (source->taken > LARGEST_SOURCE)
        return fail_too_large(source, error);
    return *got > 0 || check_whole(source, error);
}
