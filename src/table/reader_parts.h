/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The parts of the delimited-text reader, private to this room.
 *
 *   source (reader_source.c, unpack.c) -> window (reader_window.c) -> scan (reader_scan.c) -> row or fault (reader.c)
 *
 * The window holds the file from the first byte of the row being read. So a row that turns out to be at fault can be
 * given up and reading can begin again at a line inside it, without going back in the file (which may be a pipe).
 *
 * How often a byte is looked at: at most three times, however hostile the file. A row that fails inside quotes is given
 * up at the line end after its last opening quote. Between that quote and the place of failure every run of quotes has
 * an even length (an odd one would have closed the field). Read anew from a line start, an even run opens nothing that
 * lasts beyond its line. So no later quoted field can lie open across the same lines again: a line is read once inside
 * quotes, once outside, and once more at most in the search for its end. tests/table/test_reader_hostile.c counts it.
 */
#ifndef RAPPORT_TABLE_READER_PARTS_H
#define RAPPORT_TABLE_READER_PARTS_H

#include <stdatomic.h>

#include "rapport/table.h"

/* ---- source ------------------------------------------------------------------------------- */

typedef struct rp_unpack rp_unpack;

/* Where the bytes come from. What is packed, by its first bytes, is unpacked on the way. */
typedef struct rp_source {
    const char *name;       /* for messages */
    int file;               /* -1: the source is `bytes` */
    const char *bytes;      /* borrowed */
    uint64_t size;          /* 0: not known beforehand, as with a pipe */
    _Atomic uint64_t taken; /* bytes taken so far, as they lie there: asked for while another thread takes */
    uint64_t given, limit;  /* bytes of text given so far, and at most */
    bool begun;
    char head[4]; /* the first bytes, looked at to tell whether the rest is packed */
    size_t n_head;
    rp_unpack *unpack; /* NULL: not packed */
} rp_source;

bool rp_source_open(rp_source *source, const char *path, rp_error *error);
void rp_source_close(rp_source *source);
/* The next bytes, n at most; *got is 0 at the end. False: see *error. */
bool rp_source_take(rp_source *source, char *to, size_t n, size_t *got, rp_error *error);
/* The same without unpacking. */
bool rp_source_take_raw(rp_source *source, char *to, size_t n, size_t *got, rp_error *error);
/* Finds out whether what is in it is packed, if rp_source_take has not yet. */
bool rp_source_begin(rp_source *source, rp_error *error);

/* ---- packed ------------------------------------------------------------------------------- */

bool rp_unpack_is_packed(const char *bytes, size_t n);
/* `head`: the first bytes, already taken from the source. NULL: see *error. */
rp_unpack *rp_unpack_open(const char *head, size_t n, rp_error *error);
void rp_unpack_close(rp_unpack *unpack); /* NULL is fine */
/* As rp_source_take. What was good before a fault is given first. */
bool rp_unpack_take(rp_unpack *unpack, rp_source *source, char *to, size_t n, size_t *got, rp_error *error);

/* ---- encoding ----------------------------------------------------------------------------- */

/* The scan looks for ASCII alone, and in either encoding a byte below 0x80 is that character and no part of another. So
 * a file is scanned as it lies there, all places are its own, and only the texts given out are put into UTF-8. */
enum { RP_WINDOWS_1252_MOST = 3 }; /* bytes of UTF-8 that a character takes at most */
/* Bytes written to `out`, which has room for RP_WINDOWS_1252_MOST * n. What is undefined stays as it is. */
size_t rp_windows_1252_to_utf8(const char *text, size_t n, char *out);
/* No byte past 0x7f, and no NUL. */
bool rp_is_ascii(const char *text, size_t n);
/* Where a byte stands that is NUL or no part of a character; n: nowhere. */
size_t rp_encoding_bad_byte(rp_encoding encoding, const char *text, size_t n);

/* ---- window ------------------------------------------------------------------------------- */

typedef struct rp_window {
    bool (*take)(void *from, char *to, size_t n, size_t *got, rp_error *error); /* as rp_source_take */
    void *from;
    uint64_t taken;  /* bytes taken so far, or the place in the file that comes next */
    size_t chunk;    /* bytes taken at once */
    rp_arena *arena; /* holds `at` and nothing else, so that a window that is too small can be let go */
    char *at;
    size_t room, filled;
    size_t start; /* the row being read begins here; what stands before may be dropped */
    bool at_end;
} rp_window;

void rp_window_close(rp_window *window);
/* Takes the next bytes, or finds that there are none (at_end). Moves `start`. False: see *error. */
bool rp_window_fill(rp_window *window, rp_error *error);
/* Where `start` is in the file. */
uint64_t rp_window_offset(const rp_window *window);

/* ---- scan --------------------------------------------------------------------------------- */

/* What a byte means in this file. */
typedef struct rp_dialect {
    char separator;
    rp_encoding encoding;
    bool bare_cr;             /* a CR alone ends a line */
    unsigned char stops[256]; /* RP_STOPS_...: where a run of ordinary bytes ends */
} rp_dialect;
enum { RP_STOPS_PLAIN = 1, RP_STOPS_QUOTED = 2, RP_STOPS_LINE = 4 };

void rp_dialect_make(rp_dialect *dialect, char separator, rp_encoding encoding, bool bare_cr);
/* Bytes of the line end at text[at]; 0: none stands there; -1: the next byte must be known. `last`: nothing follows
 * text[n - 1]. A CR as the last byte of a file is half a CRLF and ends the line. */
int rp_line_end(const rp_dialect *dialect, const char *text, size_t at, size_t n, bool last);

/* A field found; places count from the row's first byte. A row fits in 32 bits (RP_READER_LIMIT_ROW). */
typedef struct rp_mark {
    uint32_t start, end; /* the opening quote, if any, and the byte after the text (the closing quote, if any) */
    uint32_t line, column;
    bool quoted, doubled; /* doubled: holds doubled quotes */
} rp_mark;

typedef enum rp_scanned {
    RP_SCAN_ON, /* inside the scan only */
    RP_SCAN_ROW,
    RP_SCAN_MORE,             /* the row goes on after the bytes given */
    RP_SCAN_UNCLOSED,         /* the file ends inside quotes */
    RP_SCAN_TEXT_AFTER_QUOTE, /* at `at` */
    RP_SCAN_TOO_LONG,         /* these four from the reader */
    RP_SCAN_END,
    RP_SCAN_FAILED,
    RP_SCAN_NO_MEMORY
} rp_scanned;

/* A row being read, kept between chunks. */
typedef struct rp_scan {
    enum { RP_AT_FIELD, RP_IN_PLAIN, RP_IN_QUOTES, RP_AFTER_QUOTE } state;
    size_t at;         /* the next byte to look at */
    size_t line_start; /* where its line began */
    size_t next;       /* RP_SCAN_ROW: where the next row begins; `at` is then where this one ends */
    uint32_t line;
    rp_mark field;   /* the field being read */
    rp_mark excess;  /* the first field past RP_READER_LIMIT_CELLS */
    size_t n_fields; /* all, also those past the limit */
    RP_VEC(rp_mark) marks;
} rp_scan;

void rp_scan_begin(rp_scan *scan, uint32_t line);
/* Reads on to the end of the row; `row` is its first byte, n the bytes known. No byte is looked at twice. */
rp_scanned rp_scan_row(rp_scan *scan, const rp_dialect *dialect, rp_arena *arena, const char *row, size_t n, bool last);

/* ---- reader ------------------------------------------------------------------------------- */

/* A row may hold as many line ends as bytes, and its lines must still be countable. */
#define RP_READER_LAST_LINE (UINT32_MAX - (uint32_t)RP_READER_LIMIT_ROW - 2)

struct rp_reader {
    rp_arena *arena; /* holds the reader, its marks and cells */
    rp_source source;
    rp_window window;
    rp_dialect dialect;
    rp_scan scan;
    RP_VEC(rp_cell) cells;
    rp_arena *utf8_arena; /* holds `utf8` and nothing else */
    char *utf8;           /* the row's texts, where they stand in another encoding in the file */
    size_t utf8_room;
    uint32_t line;      /* where the next row begins */
    uint64_t looked_at; /* bytes looked at by the scan and by the search for line ends: the bound above */
    bool failed;
    rp_error failure;
};

/* Stands on line `line` now. */
void rp_reader_begin_row(rp_reader *reader, uint32_t line);
/* As rp_reader_next, but a blank line is a row without cells. */
rp_read rp_reader_step(rp_reader *reader, rp_row *out, rp_error *error) RP_MUST_CHECK;

/* Opens bytes whose dialect is known: nothing is looked at beforehand, so that chunk ends fall into the first bytes
 * too. For the fuzz target. */
rp_reader *rp_reader_open_known(const char *bytes, size_t n, const rp_reader_options *options, bool bare_cr,
                                rp_error *error) RP_MUST_CHECK;

#endif
