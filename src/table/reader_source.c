/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where the reader's bytes come from: a file, a pipe, or memory; packed or not. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "table/reader_parts.h"

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
    rp_fail(error, RP_E_LIMIT, "%s larger than %.6g GB.", source->unpack ? "Unpacked, the file is" : "The file is",
            (double)source->limit / (1 << 30));
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
    return source->size <= source->limit || fail_too_large(source, error);
}

void rp_source_close(rp_source *source) {
    if (source->file >= 0)
        close(source->file);
    rp_unpack_close(source->unpack);
}

static bool take(rp_source *source, char *to, size_t n, size_t *got, rp_error *error) {
    if (source->file < 0) {
        uint64_t at = source->taken, left = source->size - at;
        *got = left < n ? (size_t)left : n;
        if (*got)
            memcpy(to, source->bytes + at, *got);
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
    uint64_t taken = source->taken;
    if (!source->size || taken == source->size)
        return true;
    rp_fail(error, RP_E_FILE, "The file became %s while it was read: %llu bytes at first, %llu now.",
            taken < source->size ? "shorter" : "longer", (unsigned long long)source->size, (unsigned long long)taken);
    rp_fail_at(error, source->name, 0, 0);
    return rp_fail_remedy(error, "Wait until it is written, or read a copy.");
}

bool rp_source_take_raw(rp_source *source, char *to, size_t n, size_t *got, rp_error *error) {
    if (!take(source, to, n, got, error))
        return false;
    source->taken += *got;
    return *got > 0 || check_whole(source, error);
}

bool rp_source_begin(rp_source *source, rp_error *error) {
    for (size_t got = 1; !source->begun && got > 0 && source->n_head < sizeof source->head; source->n_head += got)
        if (!rp_source_take_raw(source, source->head + source->n_head, sizeof source->head - source->n_head, &got,
                                error))
            return false;
    if (!source->begun && rp_unpack_is_packed(source->head, source->n_head)) {
        source->unpack = rp_unpack_open(source->head, source->n_head, error);
        if (!source->unpack)
            return false;
    }
    source->begun = true;
    return true;
}

/* Text that is not packed begins with the bytes that were looked at. */
static bool take_plain(rp_source *source, char *to, size_t n, size_t *got, rp_error *error) {
    if (source->given >= source->n_head)
        return rp_source_take_raw(source, to, n, got, error);
    size_t at = (size_t)source->given, left = source->n_head - at;
    *got = left < n ? left : n;
    memcpy(to, source->head + at, *got);
    return true;
}

bool rp_source_take(rp_source *source, char *to, size_t n, size_t *got, rp_error *error) {
    if (!rp_source_begin(source, error))
        return false;
    bool fine = source->unpack ? rp_unpack_take(source->unpack, source, to, n, got, error)
                               : take_plain(source, to, n, got, error);
    if (!fine)
        return false;
    source->given += *got;
    return source->given <= source->limit || fail_too_large(source, error);
}
