/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Pieces of a file's text at known places: rejected rows, as they stand there, in UTF-8. A plain file is read where the
 * piece is. A packed one has to be unpacked up to there, so that pieces are best asked for in rising order. */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "table/reader_parts.h"

enum { PASSED_AT_ONCE = 64 << 10 };
enum { MOST_RETURNS = 16 }; /* to the beginning of a packed file: pieces in any order would take for ever */

struct rp_slices {
    rp_arena *arena;
    rp_source source;
    rp_encoding encoding;
    int returns;
    char *passed; /* PASSED_AT_ONCE bytes; NULL: the file is not packed */
};

/* ---- opening ---- */

static bool begin(rp_slices *slices, rp_error *error) {
    const char *path = slices->source.name;
    slices->source = (rp_source){.name = path, .file = -1, .limit = RP_READER_LIMIT_BYTES};
    return rp_source_open(&slices->source, path, error) && rp_source_begin(&slices->source, error);
}

rp_slices *rp_slices_open(const char *path, rp_encoding encoding, rp_error *error) {
    rp_arena *arena = rp_arena_new(0);
    rp_slices *slices = arena ? rp_arena_take(arena, 1, sizeof *slices) : NULL;
    const char *name = slices ? rp_arena_copy(arena, path, strlen(path)) : NULL;
    if (!name) {
        rp_arena_free(arena);
        rp_fail_memory(error);
        return NULL;
    }
    slices->arena = arena;
    slices->encoding = encoding;
    slices->source = (rp_source){.name = name, .file = -1};
    bool fine = begin(slices, error);
    if (fine && slices->source.unpack) {
        slices->passed = rp_arena_take(arena, PASSED_AT_ONCE, 1);
        fine = slices->passed || rp_fail_memory(error);
    }
    if (fine)
        return slices;
    rp_slices_close(slices);
    return NULL;
}

void rp_slices_close(rp_slices *slices) {
    if (!slices)
        return;
    rp_source_close(&slices->source);
    rp_arena_free(slices->arena);
}

/* ---- pieces ---- */

static bool fail_short(const rp_slices *slices, rp_error *error) {
    rp_fail(error, RP_E_FILE, "The file is shorter than when it was read first.");
    rp_fail_at(error, slices->source.name, 0, 0);
    return rp_fail_remedy(error, "Wait until it is written, or read a copy.");
}

static bool read_plain(rp_slices *slices, uint64_t offset, char *to, size_t n, rp_error *error) {
    for (size_t done = 0; done < n;) {
        ssize_t got = pread(slices->source.file, to + done, n - done, (off_t)(offset + done));
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0) {
            rp_fail(error, RP_E_FILE, "The file cannot be read: %s.", strerror(errno));
            return rp_fail_at(error, slices->source.name, 0, 0);
        }
        if (got == 0)
            return fail_short(slices, error);
        done += (size_t)got;
    }
    return true;
}

static bool go_back(rp_slices *slices, rp_error *error) {
    if (++slices->returns > MOST_RETURNS) {
        rp_fail(error, RP_E_LIMIT, "The packed file would have to be unpacked more than %d times.", MOST_RETURNS + 1);
        rp_fail_at(error, slices->source.name, 0, 0);
        return rp_fail_remedy(error, "Unpack it first.");
    }
    rp_source_close(&slices->source);
    return begin(slices, error);
}

static bool read_packed(rp_slices *slices, uint64_t offset, char *to, size_t n, rp_error *error) {
    rp_source *source = &slices->source;
    if (offset < source->given && !go_back(slices, error))
        return false;
    for (size_t got = 0; source->given < offset + n;) {
        bool passing = source->given < offset;
        uint64_t left = passing ? offset - source->given : offset + n - source->given;
        size_t most = passing && left > PASSED_AT_ONCE ? PASSED_AT_ONCE : (size_t)left;
        if (!rp_source_take(source, passing ? slices->passed : to + (n - left), most, &got, error))
            return false;
        if (got == 0)
            return fail_short(slices, error);
    }
    return true;
}

static bool put_into_utf8(rp_arena *arena, rp_text *text) {
    char *to = rp_arena_take(arena, text->n + 1, RP_WINDOWS_1252_MOST);
    if (to)
        *text = (rp_text){to, rp_windows_1252_to_utf8(text->at, text->n, to)};
    return to != NULL;
}

bool rp_slices_next(rp_slices *slices, uint64_t offset, size_t length, rp_arena *arena, rp_text *out, rp_error *error) {
    if (length > RP_READER_LIMIT_ROW || offset > RP_READER_LIMIT_BYTES) {
        rp_fail(error, RP_E_LIMIT, "A piece of %zu bytes at byte %llu is past what may be copied from a file.", length,
                (unsigned long long)offset);
        return rp_fail_at(error, slices->source.name, 0, 0);
    }
    char *to = rp_arena_take(arena, length + 1, 1);
    if (!to)
        return rp_fail_memory(error);
    if (!(slices->source.unpack ? read_packed : read_plain)(slices, offset, to, length, error))
        return false;
    *out = (rp_text){.at = to, .n = length};
    return slices->encoding == RP_UTF_8 || put_into_utf8(arena, out) || rp_fail_memory(error);
}
