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
    uint64_t quotes;
    uint64_t odd; /* bytes past 0x7f, and NULs */
} rp_block;

enum { RP_BLOCK = 64 };

/* The masks of n_blocks blocks. Which of the ways is fastest here, rp_masks_choose tells; all give the same. */
typedef void (*rp_masks)(const char *bytes, size_t n_blocks, char separator, rp_block *out);
rp_masks rp_masks_choose(void);
void rp_masks_portable(const char *bytes, size_t n_blocks, char separator, rp_block *out);
/* The i-th of the ways that this processor has; NULL past the last. For tests. */
rp_masks rp_masks_way(size_t i);

/* ---- ends of fields ----------------------------------------------------------------------- */

enum { RP_PIECE_BLOCKS = 64, RP_PIECE = RP_PIECE_BLOCKS * RP_BLOCK };

/* Goes through text piece by piece, from the beginning of a row on. */
typedef struct rp_ends {
    rp_masks masks;
    char separator;
    size_t next;     /* where the next piece begins */
    bool inside;     /* the byte before it is in quotes */
    bool after_edge; /* the byte before it is an end, so that a quote may open here */
    bool quotes, odd,
        stopped; /* what the last piece had; stopped: a quote that is not simple, or a line feed in quotes */
} rp_ends;

/* Puts the places of the next piece's ends (separators and line feeds outside quotes) into `out`, which has room for
 * RP_PIECE + 8, and gives their number. At least RP_BLOCK readable bytes follow text[n - 1]. */
size_t rp_ends_find(rp_ends *ends, const char *text, size_t n, uint32_t *out);

/* ---- runs of regular rows ----------------------------------------------------------------- */

/* Rows that follow one another. */
typedef struct rp_run {
    size_t start, end; /* bytes */
    size_t first_row, n_rows;
    size_t first_place; /* in row_at */
    void *converted;
} rp_run;

/* Where the rows of a text are put down. The tables have room for all that it can hold. */
typedef struct rp_rows {
    size_t n_cells, n_rows;
    rp_span *spans; /* n_cells a row */
    uint32_t *row_n;
    uint32_t *row_at; /* as in rp_batch: n_rows + 1 a run */
    size_t n_places;  /* in row_at */
    uint32_t *ends;   /* found, and not yet made into rows */
} rp_rows;

/* In arena; false: no memory. `size`: bytes of the longest text. */
bool rp_rows_make(rp_rows *rows, size_t n_cells, size_t size, rp_arena *arena);
/* The regular rows from `start` on, up to one that is not regular or does not end in the text. */
rp_run rp_rows_find(rp_rows *rows, const rp_dialect *dialect, rp_masks masks, const char *text, size_t n, size_t start);
/* Where the row that begins at `start`, and is not regular, most likely ends. */
size_t rp_rows_guess_next(rp_scan *scan, const rp_dialect *dialect, rp_arena *arena, const char *text, size_t n,
                          size_t start);

#endif
