/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Packed text, unpacked as it comes: gzip (RFC 1952; several members are one text) by zlib, and Zstandard (RFC 8878;
 * several frames are one text) by libzstd. libdeflate is faster than zlib, but takes whole files only, and memory is to
 * stay bounded. */
#include <assert.h>
#include <string.h>
#include <zlib.h>
#include <zstd.h>
#include <zstd_errors.h>

#include "table/reader_parts.h"

enum { IN_BYTES = 64 << 10 };
enum { GZIP_WINDOW = 15 + 16 }; /* the largest window; 16: a gzip header is wanted (zlib.h, inflateInit2) */
enum { WINDOW_LOG = 27 };  /* 128 MB: what `zstd -19` needs many times over, and the most that memory is given to */
enum { BLOCK_HEADER = 3 }; /* bytes; RFC 8878, 3.1.1.2 */

struct rp_unpack {
    rp_arena *arena; /* holds this, and zlib's own memory */
    z_stream gzip;
    ZSTD_DStream *zstd; /* NULL: gzip */
    size_t hint;        /* zstd: bytes up to behind the next block's header */
    size_t at, filled;  /* in `in` */
    bool between;       /* no member or frame is open */
    bool full;          /* the last call filled its room: more may be ready */
    char in[IN_BYTES];
};

static bool is_gzip(const char *bytes, size_t n) {
    return n >= 2 && memcmp(bytes, "\x1f\x8b", 2) == 0;
}

/* A frame, or one to be passed over, as some programs put before the first (RFC 8878, 3.1.2). */
static bool is_zstd(const char *bytes, size_t n) {
    return n >= 4 && (memcmp(bytes, "\x28\xb5\x2f\xfd", 4) == 0 ||
                      ((bytes[0] & 0xf0) == 0x50 && memcmp(bytes + 1, "\x2a\x4d\x18", 3) == 0));
}

bool rp_unpack_is_packed(const char *bytes, size_t n) {
    return is_gzip(bytes, n) || is_zstd(bytes, n);
}

/* ---- opening ---- */

static voidpf take_for_gzip(voidpf arena, uInt count, uInt size) {
    return rp_arena_take(arena, count, size);
}

static void keep_for_gzip(voidpf arena, voidpf at) {
    (void)arena; /* which is freed as a whole */
    (void)at;
}

static bool begin_gzip(rp_unpack *unpack) {
    unpack->gzip = (z_stream){.zalloc = take_for_gzip, .zfree = keep_for_gzip, .opaque = unpack->arena};
    return inflateInit2(&unpack->gzip, GZIP_WINDOW) == Z_OK;
}

static bool begin_zstd(rp_unpack *unpack) {
    unpack->zstd = ZSTD_createDStream();
    unpack->hint = unpack->zstd ? ZSTD_initDStream(unpack->zstd) : 0;
    return unpack->zstd && !ZSTD_isError(ZSTD_DCtx_setParameter(unpack->zstd, ZSTD_d_windowLogMax, WINDOW_LOG));
}

rp_unpack *rp_unpack_open(const char *head, size_t n, rp_error *error) {
    assert(rp_unpack_is_packed(head, n) && n <= IN_BYTES);
    rp_arena *arena = rp_arena_new(0);
    rp_unpack *unpack = arena ? rp_arena_take(arena, 1, sizeof *unpack) : NULL;
    if (!unpack) {
        rp_arena_free(arena);
        rp_fail_memory(error);
        return NULL;
    }
    unpack->arena = arena;
    unpack->between = true;
    memcpy(unpack->in, head, n);
    unpack->filled = n;
    if (is_gzip(head, n) ? begin_gzip(unpack) : begin_zstd(unpack))
        return unpack;
    rp_unpack_close(unpack);
    rp_fail_memory(error);
    return NULL;
}

void rp_unpack_close(rp_unpack *unpack) {
    if (!unpack)
        return;
    ZSTD_freeDStream(unpack->zstd);
    rp_arena_free(unpack->arena);
}

/* ---- unpacking ---- */

static bool fail_damaged(const char *name, const char *how, rp_error *error) {
    rp_fail(error, RP_E_SYNTAX, "The packed file is damaged: %s.", how);
    rp_fail_at(error, name, 0, 0);
    return rp_fail_remedy(error, "Copy it again from where it came from, or pack it again.");
}

static bool fail_window(const char *name, rp_error *error) {
    rp_fail(error, RP_E_LIMIT, "Unpacking the file takes more than the %d MB of memory allowed.",
            1 << (WINDOW_LOG - 20));
    rp_fail_at(error, name, 0, 0);
    return rp_fail_remedy(error, "Unpack it first, or pack it again without --long and --ultra.");
}

static bool step_gzip(rp_unpack *unpack, const char *name, char *to, size_t n, size_t *got, rp_error *error) {
    z_stream *z = &unpack->gzip;
    if (unpack->between && inflateReset(z) != Z_OK)
        return fail_damaged(name, "its state is lost", error);
    z->next_in = (Bytef *)unpack->in + unpack->at;
    z->avail_in = (uInt)(unpack->filled - unpack->at);
    z->next_out = (Bytef *)to;
    z->avail_out = n < IN_BYTES ? (uInt)n : IN_BYTES;
    uInt room = z->avail_out;
    int outcome = inflate(z, Z_NO_FLUSH);
    unpack->at = unpack->filled - z->avail_in;
    *got = room - z->avail_out;
    unpack->between = outcome == Z_STREAM_END;
    unpack->full = z->avail_out == 0;
    /* A fault behind good bytes is found again by the next call. */
    if (outcome == Z_OK || outcome == Z_STREAM_END || outcome == Z_BUF_ERROR || *got > 0)
        return true;
    return outcome == Z_MEM_ERROR ? rp_fail_memory(error)
                                  : fail_damaged(name, z->msg ? z->msg : "it is no gzip", error);
}

/* libzstd does not tell of the bytes that it made in a call that ends in a fault. So it is given one block at a time,
 * without the header of the next. */
static bool step_zstd(rp_unpack *unpack, const char *name, char *to, size_t n, size_t *got, rp_error *error) {
    size_t left = unpack->filled - unpack->at;
    size_t wanted = unpack->hint > BLOCK_HEADER ? unpack->hint - BLOCK_HEADER : unpack->hint;
    ZSTD_inBuffer in = {.src = unpack->in + unpack->at, .size = left < wanted ? left : wanted};
    ZSTD_outBuffer out = {.dst = to, .size = n};
    size_t outcome = ZSTD_decompressStream(unpack->zstd, &out, &in);
    if (ZSTD_isError(outcome)) {
        ZSTD_ErrorCode code = ZSTD_getErrorCode(outcome);
        if (code == ZSTD_error_memory_allocation)
            return rp_fail_memory(error);
        return code == ZSTD_error_frameParameter_windowTooLarge ? fail_window(name, error)
                                                                : fail_damaged(name, ZSTD_getErrorName(outcome), error);
    }
    unpack->at += in.pos;
    *got = out.pos;
    unpack->between = outcome == 0;
    unpack->full = out.pos == out.size;
    unpack->hint = outcome ? outcome : ZSTD_initDStream(unpack->zstd);
    return true;
}

/* The next packed bytes. *more: there are some. */
static bool refill(rp_unpack *unpack, rp_source *source, bool *more, rp_error *error) {
    unpack->at = unpack->filled = 0;
    bool fine = rp_source_take_raw(source, unpack->in, IN_BYTES, &unpack->filled, error);
    *more = unpack->filled > 0;
    return fine && (*more || unpack->between || fail_damaged(source->name, "its end is missing", error));
}

bool rp_unpack_take(rp_unpack *unpack, rp_source *source, char *to, size_t n, size_t *got, rp_error *error) {
    bool more = true;
    for (*got = 0; *got == 0 && more;) {
        bool ready = unpack->full && !unpack->between;
        if (unpack->at == unpack->filled && !ready && !refill(unpack, source, &more, error))
            return false;
        if (more && !(unpack->zstd ? step_zstd : step_gzip)(unpack, source->name, to, n, got, error))
            return false;
    }
    return true;
}
