/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The steps of protection.
 *   protect_span    the vectors shown, in reduced echelon form modulo a prime
 *   protect_search  is there a set of few people among their sums?
 *   protect_meet    the same for what is left of the question, by halves that meet
 *   protect_space   a universe: groups that no count tells apart are one class
 *   protect_bins    points of a chart of change into square bins
 *   protect_cut     classes cut by the bins of a chart
 *   protect         the order in which candidates are taken, and the wiping of what is hidden */
#ifndef RAPPORT_ANSWER_PROTECT_H
#define RAPPORT_ANSWER_PROTECT_H

#include "answer/answer_private.h"

/* ---- protect_span ------------------------------------------------------------------------------ */

#define RP_SPAN_PRIME (((uint64_t)1 << 61) - 1) /* Mersenne: a product reduces by shifts */

__extension__ typedef unsigned __int128 rp_u128;

static inline uint64_t rp_mod_add(uint64_t a, uint64_t b) {
    uint64_t sum = a + b;
    return sum >= RP_SPAN_PRIME ? sum - RP_SPAN_PRIME : sum;
}
static inline uint64_t rp_mod_sub(uint64_t a, uint64_t b) {
    return a >= b ? a - b : a + RP_SPAN_PRIME - b;
}
static inline uint64_t rp_mod_mul(uint64_t a, uint64_t b) {
    rp_u128 product = (rp_u128)a * b;
    return rp_mod_add((uint64_t)(product & RP_SPAN_PRIME), (uint64_t)(product >> 61));
}

typedef struct rp_span_row {
    uint64_t *at;   /* n_columns numbers modulo the prime; 1 at the pivot, 0 at every other row's pivot */
    uint64_t *took; /* how many times it was taken from each earlier row when it came, to be put back */
    size_t pivot;   /* its first column that is not zero */
    bool changed;   /* by the row last added */
} rp_span_row;

/* Columns stand in order of falling people: [0, n_large) have `smallest` or more. Those of nobody are left out. Behind
 * them, from n_people on, come tags: numbers of a vector that count nobody, by which the caller tells vectors apart. */
typedef struct rp_span {
    rp_arena *arena;
    size_t n_columns, n_large, n_people;
    int smallest;
    size_t n_given;  /* columns and tags as the caller counts them */
    size_t *place;   /* of these; RP_SPAN_NOWHERE: nobody is in it */
    int64_t *people; /* in place order */
    uint64_t *split; /* in place order: sums to zero over a set that cuts through no cell (rp_span_cells) */
    rp_span_row *rows;
    size_t n_rows, room;
    size_t *row_at;    /* by pivot: row + 1, 0 for none */
    uint64_t *scratch; /* a vector */
    void *search;      /* protect_search's */
    bool no_memory;
} rp_span;

typedef enum rp_span_result {
    RP_SPAN_KNOWN,  /* it could be worked out already */
    RP_SPAN_ADDED,  /* one row more: rp_span_undo takes it back */
    RP_SPAN_REFUSED /* it would let something hidden be worked out, or there is no memory */
} rp_span_result;

#define RP_SPAN_NOWHERE SIZE_MAX

/* false: no memory. */
bool rp_span_start(rp_span *span, rp_arena *arena, const int64_t *people, size_t n_columns, size_t n_tags,
                   int smallest);
/* Columns with the same cell make it up; those of RP_SPAN_NOWHERE are of none. From then on a set reveals only if it
 * cuts through a cell. false: no memory. */
bool rp_span_cells(rp_span *span, const size_t *cell_of, size_t n_cells);
/* Random, and the same in every run. */
uint64_t rp_span_factor(uint64_t column);
/* A vector of -1, 0, 1 over the columns and tags as the caller counts them. unchecked: known to reveal nothing. Refused
 * is also what is a sum of rows but for its tags. */
rp_span_result rp_span_add(rp_span *span, const int8_t *vector, bool unchecked);
void rp_span_undo(rp_span *span);

/* ---- protect_search and protect_meet --------------------------------------------------------------- */

/* Is there a 0/1 sum of rows, among them one that the last row added has changed, that covers 1 to smallest - 1 people?
 * true also when the search was too long or memory ran out (span->no_memory). */
bool rp_span_reveals(rp_span *span);

typedef struct rp_search_column {
    uint64_t mark; /* equal for columns that may be equal */
    uint64_t split;
    int64_t people;
    size_t at;      /* place of one column that stands for it */
    size_t settled; /* step of the last row that touches it, from 1; 0: none */
    bool spread;    /* its rows are in the component already */
} rp_search_column;

/* Made once a span, with room for all of its columns. */
typedef struct rp_search {
    rp_span *span;
    size_t *rows; /* those that could be taken */
    size_t n_rows;
    rp_search_column *columns;
    size_t n_columns;
    size_t *column_of;           /* by place */
    size_t *table, table_size;   /* open addressing by mark: column + 1 */
    size_t *order, n_order;      /* rows of one component, in order of search */
    bool *seen;                  /* by row of `rows` */
    uint64_t *sum;               /* by column */
    size_t *by_step, *step_ends; /* columns in order of the step that settles them; where each step's end */
    long steps;
    void *meet; /* protect_meet's */
} rp_search;

static inline uint64_t rp_search_entry(const rp_search *s, size_t row, size_t col) {
    return s->span->rows[s->rows[row]].at[s->columns[col].at];
}

typedef enum rp_met { RP_MET_NONE, RP_MET_SOME, RP_MET_TOO_MANY } rp_met;
/* Is there such a set in the component s->order? TOO_MANY: there are too many halves to tell, or no memory for them. */
rp_met rp_search_meet(rp_search *s);

/* ---- protect_space -------------------------------------------------------------------------------- */

enum { RP_SPACE_LIMIT_CLASSES = 4096, RP_CUT_LIMIT_NUMBERS = 8 << 20 };

typedef struct rp_space {
    const rp_universe *universe;
    const rp_frame *frame;
    size_t *class_of;              /* of a group */
    size_t *size, *inside, *fresh; /* by class: groups, groups in the count at hand, where those go */
    size_t *cell_of;               /* by class: the frame's cell that it lies in */
    int64_t *people;               /* by class */
    size_t n_classes;
    size_t n_tags;          /* cells with people in them: of the others nothing is known or hidden */
    rp_span span;           /* its columns are the classes, its tags such cells */
    RP_VEC(int8_t *) shown; /* the vectors that made its rows */
    rp_arena *arena;
    int8_t *vector; /* room for one */
    bool too_large; /* nothing of it may be shown */
} rp_space;

/* A space with a class for each of the frame's cells as yet. NULL: no memory. */
rp_space *rp_space_new(rp_arena *arena, const rp_universe *universe);
/* Cuts classes so that the count is a union of them. O(groups). */
void rp_space_tell_apart(rp_space *space, const rp_count *count);
/* Adds up the classes and starts the span, with what is known of the frame. false: no memory. */
bool rp_space_build(rp_space *space, int smallest);
rp_span_result rp_space_add(rp_space *space, const rp_count *count);
/* The same for the classes marked 1 in space->vector. */
rp_span_result rp_space_add_vector(rp_space *space);
/* The length of space->vector and of what is in `shown`: classes, then tags. */
size_t rp_space_length(const rp_space *space);
void rp_space_undo(rp_space *space);

/* ---- protect_bins -------------------------------------------------------------------------------- */

typedef struct rp_bin {
    size_t series;
    int64_t ix, iy;
    int64_t people;
    bool shown;
} rp_bin;

#define RP_NO_GROUP SIZE_MAX

/* Where a point of a chart of change falls. */
typedef struct rp_bin_point {
    size_t bin;
    size_t group; /* of the chart's universe; RP_NO_GROUP */
    int64_t people;
} rp_bin_point;

typedef struct rp_binned {
    rp_chart *chart;
    const rp_universe *universe; /* of its points; NULL: none */
    rp_space *space;             /* where its people are counted; NULL: universe is */
    double width, origin;        /* one origin for both axes: the scale is the same */
    rp_bin *bins;                /* in order of series, iy, ix */
    size_t n_bins;
    rp_bin_point *points;
    size_t n_points;
    int64_t people; /* in all */
} rp_binned;

/* Sorts the chart's points into bins. false: no memory. */
bool rp_bins_sort(rp_binned *binned, rp_chart *chart, rp_arena *arena);
/* Replaces the chart's points by the bins shown; returns how many bins were left out. */
size_t rp_bins_replace(const rp_binned *binned);

/* ---- protect_cut ----------------------------------------------------------------------------------- */

/* The part of a class in a bin. */
typedef struct rp_piece {
    size_t bin, class, column;
    int64_t people;
} rp_piece;

typedef struct rp_cut {
    const rp_binned *binned;
    const rp_space *space; /* NULL: people of no universe */
    rp_piece *pieces;      /* in order of class, bin */
    size_t n_pieces;
    size_t *first, *count; /* the columns that make up a class */
    size_t n_columns, n_tags;
    rp_span span;
    rp_span watch;        /* see protect_cut.c; only where watched */
    size_t n_differences; /* its columns that are differences */
    bool watched;
    int8_t *vector;
    bool too_large;
} rp_cut;

/* Cuts the classes of binned->space by its bins; what the space shows by then is known. watched: nothing new of whole
 * classes may come out of the bins. false: no memory. */
bool rp_cut_start(rp_cut *cut, rp_arena *arena, const rp_binned *binned, bool watched, int smallest);
/* May this bin be shown, or RP_ALL_BINS: the number of all people in the chart? If so it is known from now on. */
#define RP_ALL_BINS SIZE_MAX
bool rp_cut_show_bin(rp_cut *cut, size_t bin);

#endif
