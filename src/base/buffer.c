/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A growing byte buffer whose failure sticks, so that a writer of many pieces asks once, at the end. */
#include <assert.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/base_private.h"

enum { FIRST_ROOM = 256 };

static size_t limit_of(const rp_buf *buf) {
    return buf->limit ? buf->limit : (size_t)1 << 30;
}

/* Room for `more` bytes and the NUL after them. */
static bool make_room(rp_buf *buf, size_t more) {
    if (buf->failed)
        return false;
    size_t limit = limit_of(buf);
    if (buf->n > limit || more > limit - buf->n) {
        buf->failed = true;
        return false;
    }
    size_t need = buf->n + more + 1;
    if (need <= buf->room)
        return true;
    size_t room = buf->room ? buf->room : FIRST_ROOM;
    while (room < need)
        room = room > SIZE_MAX / 2 ? need : room * 2;
    char *at = rp_memory_refused() ? NULL : realloc(buf->at, room);
    if (!at) {
        buf->failed = true;
        return false;
    }
    buf->at = at;
    buf->room = room;
    return true;
}

void rp_buf_add(rp_buf *buf, const char *bytes, size_t n) {
    if (!make_room(buf, n))
        return;
    if (n)
        memcpy(buf->at + buf->n, bytes, n);
    buf->n += n;
    buf->at[buf->n] = '\0';
}

void rp_buf_put(rp_buf *buf, const char *ended) {
    assert(ended);
    rp_buf_add(buf, ended, strlen(ended));
}

void rp_buf_printf(rp_buf *buf, const char *format, ...) {
    va_list list, again;
    va_start(list, format);
    va_copy(again, list);
    size_t free_bytes = buf->failed ? 0 : buf->room - buf->n;
    int n = vsnprintf(free_bytes ? buf->at + buf->n : NULL, free_bytes, format, list);
    va_end(list);
    if (n < 0)
        buf->failed = true;
    else if (make_room(buf, (size_t)n)) {
        if ((size_t)n >= free_bytes)
            vsnprintf(buf->at + buf->n, (size_t)n + 1, format, again);
        buf->n += (size_t)n;
    }
    va_end(again);
    if (buf->failed && buf->at && buf->n < buf->room)
        buf->at[buf->n] = '\0'; /* no half of a piece is left behind */
}

void rp_buf_free(rp_buf *buf) {
    free(buf->at);
    *buf = (rp_buf){.limit = buf->limit};
}
