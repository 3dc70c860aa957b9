/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The reader's window on its source: bytes come in chunks, and those of the row being read stay. */
#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "table/reader_parts.h"

enum { SMALLEST_ROOM = 4096 };

static const uint64_t LARGEST_SOURCE = (uint64_t)RP_READER_LIMIT_BYTES_GB << 30;

/* The reader never keeps more than a row and its line end. At twice that, there is always as much to drop as to keep.
 */
static const size_t LARGEST_ROOM = 2 * ((size_t)RP_READER_LIMIT_ROW + 2);

static bool fail_system(const rp_window *window, const char *what, rp_error *error) {
    int reason = errno;
    rp_fail(error, RP_E_FILE, "The file cannot be %s: %s.", what, strerror(reason));
    rp_fail_at(error, window->name, 0, 0);
    if (reason == ENOENT)
        rp_fail_remedy(error, "Check the name and the folder.");
    else if (reason == EACCES)
        rp_fail_remedy(error, "Ask its owner for the right to read it.");
    return false;
}

static bool fail_too_large(const rp_window *window, rp_error *error) {
    rp_fail(error, RP_E_LIMIT, "The file is larger than %d GB.", (int)RP_READER_LIMIT_BYTES_GB);
    rp_fail_at(error, window->name, 0, 0);
    return rp_fail_remedy(error, "Split it into smaller files.");
}

bool rp_window_open(rp_window *window, const char *path, rp_error *error) {
    window->file = open(path, O_RDONLY | O_CLOEXEC);
    if (window->file < 0)
        return fail_system(window, "opened", error);
    struct stat about;
    if (fstat(window->file, &about) != 0)
        return fail_system(window, "read", error);
    if (S_ISDIR(about.st_mode)) {
        rp_fail(error, RP_E_FILE, "This is a folder, and a file was wanted.");
        rp_fail_at(error, window->name, 0, 0);
        return rp_fail_remedy(error, "Name a file in it.");
    }
    window->size = S_ISREG(about.st_mode) ? (uint64_t)about.st_size : 0;
    return window->size <= LARGEST_SOURCE || fail_too_large(window, error);
}

void rp_window_close(rp_window *window) {
    if (window->file >= 0)
        close(window->file);
    rp_arena_free(window->arena);
}

uint64_t rp_window_offset(const rp_window *window) {
    return window->taken - (window->filled - window->start);
}

static bool grow(rp_window *window, size_t room, rp_error *error) {
    rp_arena *arena = rp_arena_new(0);
    char *at = arena ? rp_arena_take(arena, room, 1) : NULL;
    if (!at) {
        rp_arena_free(arena);
        return rp_fail_memory(error);
    }
    size_t held = window->filled - window->start;
    if (held)
        memcpy(at, window->at + window->start, held);
    rp_arena_free(window->arena);
    window->arena = arena;
    window->at = at;
    window->room = room;
    window->filled = held;
    window->start = 0;
    return true;
}

/* Moves what is kept to the front where at least as much can be dropped, else takes twice the room. Either way the
 * bytes moved over a whole file are fewer than those of the file, times two. */
static bool make_room(rp_window *window, rp_error *error) {
    if (!window->room)
        return grow(window, window->chunk > SMALLEST_ROOM ? window->chunk : SMALLEST_ROOM, error);
    if (window->start < window->room / 2) {
        assert(window->room < LARGEST_ROOM);
        return grow(window, window->room > LARGEST_ROOM / 2 ? LARGEST_ROOM : window->room * 2, error);
    }
    memmove(window->at, window->at + window->start, window->filled - window->start);
    window->filled -= window->start;
    window->start = 0;
    return true;
}

static bool take(rp_window *window, size_t n, size_t *got, rp_error *error) {
    char *to = window->at + window->filled;
    if (window->file < 0) {
        uint64_t left = window->size - window->taken;
        *got = left < n ? (size_t)left : n;
        if (*got)
            memcpy(to, window->bytes + window->taken, *got);
        return true;
    }
    ssize_t taken = 0;
    do
        taken = read(window->file, to, n);
    while (taken < 0 && errno == EINTR);
    if (taken < 0)
        return fail_system(window, "read", error);
    *got = (size_t)taken;
    return true;
}

/* A file that changes while it is read gives rows of two different tables. */
static bool check_whole(const rp_window *window, rp_error *error) {
    if (!window->size || window->taken == window->size)
        return true;
    rp_fail(error, RP_E_FILE, "The file became %s while it was read: %llu bytes at first, %llu now.",
            window->taken < window->size ? "shorter" : "longer", (unsigned long long)window->size,
            (unsigned long long)window->taken);
    rp_fail_at(error, window->name, 0, 0);
    return rp_fail_remedy(error, "Wait until it is written, or read a copy.");
}

bool rp_window_fill(rp_window *window, rp_error *error) {
    assert(!window->at_end);
    if (window->start == window->filled)
        window->start = window->filled = 0;
    if (window->filled == window->room && !make_room(window, error))
        return false;
    size_t space = window->room - window->filled, got = 0;
    if (!take(window, space < window->chunk ? space : window->chunk, &got, error))
        return false;
    window->filled += got;
    window->taken += got;
    window->at_end = got == 0;
    if (window->taken > LARGEST_SOURCE)
        return fail_too_large(window, error);
    return !window->at_end || check_whole(window, error);
}
