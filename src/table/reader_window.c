/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The reader's window on its source: bytes come in chunks, and those of the row being read stay. */
#include <assert.h>
#include <string.h>

#include "table/reader_parts.h"

enum { SMALLEST_ROOM = 4096 };

/* The reader never keeps more than a row and its line end. At twice that, there is always as much to drop as to keep.
 */
static const size_t LARGEST_ROOM = 2 * ((size_t)RP_READER_LIMIT_ROW + 2);

void rp_window_close(rp_window *window) {
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

bool rp_window_fill(rp_window *window, rp_error *error) {
    assert(!window->at_end);
    if (window->start == window->filled)
        window->start = window->filled = 0;
    if (window->filled == window->room && !make_room(window, error))
        return false;
    size_t space = window->room - window->filled, got = 0;
    if (!window->take(window->from, window->at + window->filled, space < window->chunk ? space : window->chunk, &got,
                      error))
        return false;
    window->filled += got;
    window->taken += got;
    window->at_end = got == 0;
    return true;
}
