/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A chart of change cuts each class that it has people of into the parts that fall in each bin, and a rest.
 *
 * A second chart of the same universe cuts the same people another way, and nothing says who is where in both. All that
 * two charts can tell of one another is what each tells of whole classes. So, where there is more than one, each is
 * watched: a bin is refused when with it something of whole classes could be worked out that the counts shown do not
 * give already. For that the same vectors are kept once more over other columns: first the differences between parts of
 * a class, then one part of each class. A row that is zero on all differences speaks of whole classes. */
#include <stdlib.h>
#include <string.h>

#include "answer/protect.h"

#define NO_CLASS SIZE_MAX

static int by_class_and_bin(const void *a, const void *b) {
    const rp_piece *x = a, *y = b;
    if (x->class != y->class)
        return x->class < y->class ? -1 : 1;
    return x->bin < y->bin ? -1 : x->bin > y->bin;
}

/* The parts of classes in bins, in order of class: one a pair. */
static bool find_pieces(rp_cut *cut, rp_arena *arena) {
    const rp_binned *binned = cut->binned;
    cut->pieces = rp_arena_take(arena, binned->n_points, sizeof *cut->pieces);
    if (!cut->pieces)
        return false;
    for (size_t i = 0; i < binned->n_points; i++) {
        const rp_bin_point *p = &binned->points[i];
        size_t class = p->group == RP_NO_GROUP || !cut->space ? NO_CLASS : cut->space->class_of[p->group];
        cut->pieces[i] = (rp_piece){.bin = p->bin, .class = class, .people = p->people};
    }
    qsort(cut->pieces, binned->n_points, sizeof *cut->pieces, by_class_and_bin);
    for (size_t i = 0; i < binned->n_points; i++) {
        if (cut->n_pieces && by_class_and_bin(&cut->pieces[cut->n_pieces - 1], &cut->pieces[i]) == 0)
            cut->pieces[cut->n_pieces - 1].people += cut->pieces[i].people;
        else
            cut->pieces[cut->n_pieces++] = cut->pieces[i];
    }
    return true;
}

/* Columns: the pieces, then for each class what is left of it. The pieces of a class and its rest are first[class] on,
 * count[class] of them, so they are laid out class by class. */
static int64_t *lay_out(rp_cut *cut, rp_arena *arena) {
    size_t n_classes = cut->space ? cut->space->n_classes : 0, i = 0;
    int64_t *people = rp_arena_take(arena, cut->n_pieces + n_classes, sizeof *people);
    cut->first = rp_arena_take(arena, n_classes, sizeof *cut->first);
    cut->count = rp_arena_take(arena, n_classes, sizeof *cut->count);
    if (!people || !cut->first || !cut->count)
        return NULL;
    for (size_t c = 0; c < n_classes; c++) {
        int64_t left = cut->space->people[c];
        cut->first[c] = cut->n_columns;
        for (; i < cut->n_pieces && cut->pieces[i].class == c; i++) {
            cut->pieces[i].column = cut->n_columns;
            people[cut->n_columns++] = cut->pieces[i].people;
            left -= cut->pieces[i].people;
        }
        people[cut->n_columns++] = left > 0 ? left : 0;
        cut->count[c] = cut->n_columns - cut->first[c];
    }
    for (; i < cut->n_pieces; i++) {
        cut->pieces[i].column = cut->n_columns;
        people[cut->n_columns++] = cut->pieces[i].people;
    }
    return people;
}

/* A frame's cells are made up of the columns of their classes. */
static bool start_span(rp_cut *cut, rp_arena *arena, const int64_t *people, int smallest) {
    size_t *cell_of = rp_arena_take(arena, cut->n_columns, sizeof *cell_of);
    if (!cell_of || !rp_span_start(&cut->span, arena, people, cut->n_columns, cut->n_tags, smallest))
        return false;
    for (size_t i = 0; i < cut->n_columns; i++)
        cell_of[i] = RP_SPAN_NOWHERE;
    for (size_t c = 0; cut->space && c < cut->space->n_classes; c++)
        for (size_t i = 0; i < cut->count[c]; i++)
            cell_of[cut->first[c] + i] = cut->space->cell_of[c];
    return rp_span_cells(&cut->span, cell_of, cut->space ? cut->space->frame->n_cells : 0);
}

static bool start_watch(rp_cut *cut, rp_arena *arena, int smallest) {
    int64_t *rank = rp_arena_take(arena, cut->n_columns, sizeof *rank);
    if (!rank)
        return false;
    for (size_t i = 0; i < cut->n_columns; i++)
        rank[i] = 2;
    for (size_t c = 0; cut->space && c < cut->space->n_classes; c++)
        rank[cut->first[c]] = 1; /* stands for the class, behind all differences */
    cut->n_differences = cut->n_columns - (cut->space ? cut->space->n_classes : 0);
    return rp_span_start(&cut->watch, arena, rank, cut->n_columns, cut->n_tags, smallest);
}

/* cut->vector as differences from the first part of each class. */
static rp_span_result watch_add(rp_cut *cut) {
    for (size_t c = 0; cut->space && c < cut->space->n_classes; c++) {
        int8_t first = cut->vector[cut->first[c]];
        for (size_t i = cut->first[c] + 1; i < cut->first[c] + cut->count[c]; i++)
            cut->vector[i] = (int8_t)(cut->vector[i] - first);
    }
    return rp_span_add(&cut->watch, cut->vector, true);
}

static bool add_known(rp_cut *cut, const int8_t *known) {
    for (int watch = 0; watch <= (cut->watched ? 1 : 0); watch++) {
        memset(cut->vector, 0, cut->n_columns);
        for (size_t c = 0; c < cut->space->n_classes; c++)
            if (known[c])
                memset(cut->vector + cut->first[c], 1, cut->count[c]);
        memcpy(cut->vector + cut->n_columns, known + cut->space->n_classes, cut->n_tags);
        rp_span_result result = watch ? watch_add(cut) : rp_span_add(&cut->span, cut->vector, true);
        if (result == RP_SPAN_REFUSED)
            return false;
    }
    return true;
}

bool rp_cut_start(rp_cut *cut, rp_arena *arena, const rp_binned *binned, bool watched, int smallest) {
    *cut = (rp_cut){.binned = binned, .space = binned->space, .watched = watched};
    if (cut->space && cut->space->too_large) {
        cut->too_large = true;
        return true;
    }
    int64_t *people = find_pieces(cut, arena) ? lay_out(cut, arena) : NULL;
    if (!people)
        return false;
    size_t n_shown = cut->space ? cut->space->shown.n : 0;
    cut->n_tags = cut->space ? cut->space->n_tags : 0;
    cut->too_large = (cut->n_columns + cut->n_tags) * (n_shown + binned->n_bins + 1) > RP_CUT_LIMIT_NUMBERS;
    if (cut->too_large)
        return true;
    cut->vector = rp_arena_take(arena, cut->n_columns + cut->n_tags, sizeof *cut->vector);
    if (!cut->vector || !start_span(cut, arena, people, smallest))
        return false;
    if (watched && !start_watch(cut, arena, smallest))
        return false;
    for (size_t i = 0; i < n_shown; i++)
        if (!add_known(cut, cut->space->shown.at[i]))
            return false;
    return true;
}

static void mark_bin(rp_cut *cut, size_t bin) {
    memset(cut->vector, 0, cut->n_columns + cut->n_tags);
    for (size_t i = 0; i < cut->n_pieces; i++)
        if (bin == RP_ALL_BINS || cut->pieces[i].bin == bin)
            cut->vector[cut->pieces[i].column] = 1;
}

bool rp_cut_show_bin(rp_cut *cut, size_t bin) {
    if (cut->too_large)
        return false;
    mark_bin(cut, bin);
    rp_span_result result = rp_span_add(&cut->span, cut->vector, false);
    if (result != RP_SPAN_ADDED || !cut->watched)
        return result != RP_SPAN_REFUSED;
    mark_bin(cut, bin);
    result = watch_add(cut);
    if (result == RP_SPAN_REFUSED) {
        cut->span.no_memory = true;
        return false;
    }
    if (result == RP_SPAN_ADDED && cut->watch.rows[cut->watch.n_rows - 1].pivot >= cut->n_differences) {
        rp_span_undo(&cut->watch);
        rp_span_undo(&cut->span);
        return false;
    }
    return true;
}
