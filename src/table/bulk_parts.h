/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The parts of reading in batches, private to this room.
 *
 *   bytes -> blocks of 64 as masks (block_masks.c) -> ends of fields (field_ends.c) -> runs of regular rows
 * (row_runs.c)
 *         -> in chunks, side by side, and in order again (bulk.c)
 *
 * Why a guess is enough. How a row is read depends on its bytes from its first one on, and on nothing before it. So a
 * run of rows that was found from some place is right if, and only if, a row truly begins at that place. Chunks are
 * scanned as if a row began at each, and after an irregular row as if the next one began where it most likely does. The
 * caller's thread knows where rows truly begin: it takes the runs that begin there, reads what is between them row by
 * row (reader.c, the one truth of what a row is), and scans anew where a guess was wrong. */
#ifndef RAPPORT_TABLE_BULK_PARTS_H
#define RAPPORT_TABLE_BULK_PARTS_H

#include "table/reader_parts.h"

/* ---- masks -------------------------------------------------------------------------------- */

/* 64 bytes; bit i is byte i. */
typedef struct rp_block {
    uint64_t edges; /* separators and line feeds */
    uint64_t lines; /* line feeds */
    uint64_t quotes;
    uint64_t odd; /* bytes past 0x7f, and NULs */
} rp_block;

enum { RP_BLOCK = 64 };

/* The masks of n_blocks blocks. */
typedef void (*rp_masks)(const char *bytes, size_t n_blocks, char separator, rp_block *out);

/* A way to scan, by what the processor has. All give the same. */
typedef struct rp_way {
    rp_masks masks;
    bool counts_bits; /* by an instruction */
} rp_way;

rp_way rp_way_choose(void); /* the fastest here */
/* The i-th of the ways that this processor has; its masks are NULL past the last. For tests. */
rp_way rp_way_at(size_t i);

/* ---- ends of fields ----------------------------------------------------------------------- */

enum {
    RP_PIECE_BLOCKS = 64,
    RP_PIECE = RP_PIECE_BLOCKS * RP_BLOCK,
    RP_PIECE_ROOM = RP_PIECE + 16 /* ends of a piece, and what may be written behind them */
};

/* Goes through text piece by piece, from the beginning of a row on. */
typedef struct rp_ends {
    rp_way way;
    char separator;
    size_t next;      /* where the next piece begins */
    bool inside;      /* the byte before it is in quotes */
    bool after_edge;  /* the byte before it is an end, so that a quote may open here */
    bool quotes, odd; /* what the last piece had */
    bool stopped;     /* by a quote that is not simple, or a line feed in quotes */
    size_t n_lines;   /* line feeds among the last piece's ends */
} rp_ends;

/* Puts the places of the next piece's ends (separators and line feeds outside quotes) into `out`, which has room for
 * RP_PIECE_ROOM, and gives their number. At least RP_BLOCK readable bytes follow text[n - 1]. */
size_t rp_ends_find(rp_ends *ends, const char *text, size_t n, uint32_t *out);

/* ---- runs of regular rows ----------------------------------------------------------------- */

/* Rows that follow one another. */
typedef struct rp_run {
    size_t start, end; /* bytes */
    size_t first_end;  /* in rp_rows.ends; the one before it is start - 1 */
    size_t n_rows;
    bool quotes; /* some field may stand in quotes */
    void *converted;
} rp_run;

/* Where the ends of the fields of a text's rows are put down. */
typedef struct rp_rows {
    size_t n_cells;
    uint32_t *ends; /* with room for all that the text can hold */
    size_t n_ends;
} rp_rows;

/* In arena; false: no memory. `size`: bytes of the longest text. */
bool rp_rows_make(rp_rows *rows, size_t n_cells, size_t size, rp_arena *arena);
/* The regular rows from `start` on, up to one that is not regular or does not end in the text. */
rp_run rp_rows_find(rp_rows *rows, const rp_dialect *dialect, rp_way way, const char *text, size_t n, size_t start);
/* Where the row that begins at `start`, and is not regular, most likely ends. */
size_t rp_rows_guess_next(rp_scan *scan, const rp_dialect *dialect, rp_arena *arena, const char *text, size_t n,
                          size_t start);

#endif
