/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Practitioners and services: how many people each has, which of them are lines, and everyone by line.
 *
 * Their order hangs on their people and never on what they are called: by how many people are compared, then by other
 * numbers of these people. So no order, and no rounding in a sum, gives a name away. Lines are never ordered by what
 * came out. */
#include "questions/practitioner/practitioner_parts.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- finding -------------------------------------------------------------------------------------------- */

static int by_number(uint64_t a, uint64_t b) {
    return a < b ? -1 : a > b;
}

static int by_id(const void *a, const void *b) {
    return by_number(((const practitioner_unit *)a)->id, ((const practitioner_unit *)b)->id);
}

static int by_sum(double a, double b) {
    return a < b ? -1 : a > b;
}

/* No two units meet the same person first, so that the order is a whole one. */
static int by_people(const void *a, const void *b) {
    const practitioner_unit *x = a, *y = b;
    const int in_turn[] = {
        by_number((uint64_t)y->compared, (uint64_t)x->compared),
        by_number((uint64_t)y->treated, (uint64_t)x->treated),
        by_sum(x->first, y->first),
        by_number(x->met, y->met),
    };
    for (size_t i = 0; i < sizeof in_turn / sizeof *in_turn; i++)
        if (in_turn[i] != 0)
            return in_turn[i];
    return 0;
}

static uint32_t *id_of(practitioner_fact *fact, size_t factor) {
    return factor == FACTOR_PRACTITIONER ? &fact->practitioner : &fact->service;
}

static practitioner_unit *find(practitioner_units *units, uint32_t id) {
    practitioner_unit key = {.id = id};
    return bsearch(&key, units->at, units->n, sizeof *units->at, by_id);
}

static int by_value(const void *a, const void *b) {
    return by_number(*(const uint32_t *)a, *(const uint32_t *)b);
}

/* The ids that people have, each once, in order; how many. */
static size_t collect_ids(practitioner_work *work, size_t factor, uint32_t *ids) {
    size_t n = 0, kept = 0;
    for (size_t i = 0; i < work->n; i++)
        if (work->facts[i].practitioner != RP_NO_ID)
            ids[n++] = *id_of(&work->facts[i], factor);
    qsort(ids, n, sizeof *ids, by_value);
    for (size_t i = 0; i < n; i++)
        if (kept == 0 || ids[kept - 1] != ids[i])
            ids[kept++] = ids[i];
    return kept;
}

/* One unit an id, in the order of ids. */
static bool collect(practitioner_work *work, size_t factor) {
    rp_arena *scratch = rp_arena_new(0);
    uint32_t *ids = scratch != NULL ? rp_arena_take_unset(scratch, work->n, sizeof *ids) : NULL;
    size_t n = ids != NULL ? collect_ids(work, factor, ids) : 0;
    practitioner_unit *at = ids != NULL ? rp_arena_take(work->answer->arena, n, sizeof *at) : NULL;
    for (size_t i = 0; at != NULL && i < n; i++)
        at[i] = (practitioner_unit){.id = ids[i], .met = SIZE_MAX, .line = NO_LINE};
    work->units[factor] = (practitioner_units){.at = at, .n = n};
    rp_arena_free(scratch);
    return at != NULL;
}

static void count_people(practitioner_work *work, size_t factor) {
    practitioner_units *units = &work->units[factor];
    for (size_t i = 0; i < work->n; i++) {
        practitioner_fact *f = &work->facts[i];
        if (f->practitioner == RP_NO_ID)
            continue;
        practitioner_unit *u = find(units, *id_of(f, factor));
        u->met = u->treated == 0 ? i : u->met;
        u->treated++;
        if (!practitioner_is_compared(f))
            continue;
        u->compared++;
        u->improved += f->improved;
        u->first += f->first;
        u->last += f->last;
    }
}

/* Orders the units, and makes places of the ids that people have. */
static bool place(practitioner_work *work, size_t factor, rp_arena *scratch) {
    practitioner_units *units = &work->units[factor];
    practitioner_unit *sorted = rp_arena_take(scratch, units->n, sizeof *sorted);
    uint32_t *places = rp_arena_take(scratch, units->n, sizeof *places);
    if (sorted == NULL || places == NULL)
        return false;
    memcpy(sorted, units->at, units->n * sizeof *sorted);
    qsort(sorted, units->n, sizeof *sorted, by_people);
    for (size_t i = 0; i < units->n; i++)
        places[find(units, sorted[i].id) - units->at] = (uint32_t)i;
    for (size_t i = 0; i < work->n; i++)
        if (work->facts[i].practitioner != RP_NO_ID)
            *id_of(&work->facts[i], factor) = places[find(units, *id_of(&work->facts[i], factor)) - units->at];
    memcpy(units->at, sorted, units->n * sizeof *sorted);
    for (size_t i = 0; i < units->n; i++)
        units->n_compared += units->at[i].compared > 0;
    return true;
}

/* ---- lines ------------------------------------------------------------------------------------------------- */

/* Practitioners of whom somebody is compared, service by service: the first person of each pair. */
static bool count_members(practitioner_work *work, rp_arena *scratch) {
    practitioner_units *services = &work->units[FACTOR_SERVICE];
    rp_question_groups pairs = {0};
    for (size_t i = 0; i < work->n; i++) {
        const practitioner_fact *f = &work->facts[i];
        size_t before = pairs.n;
        if (!practitioner_is_compared(f))
            continue;
        uint64_t pair = (uint64_t)f->service << 26 | f->practitioner;
        if (f->service >> 26 != 0 || f->practitioner >> 26 != 0)
            continue; /* more than 67 million: none of these is a line */
        if (!rp_question_group_add(scratch, &pairs, pair, 0))
            return false;
        services->at[f->service].members += pairs.n > before;
    }
    return true;
}

/* People compared who are in no line: those of the practitioners told together, and, since everyone who entered
 * treatment and has two scores is told elsewhere, those whose practitioner is not recorded. They are enough people for
 * a line, of two practitioners or more, or none at all; where they are not, the line of the fewest people goes to them.
 */
static void choose_practitioners(practitioner_units *units, int64_t unrecorded) {
    size_t lines = 0;
    while (lines < units->n && units->at[lines].compared >= PRACTITIONER_PEOPLE)
        lines++;
    units->n_large = lines;
    int64_t together = unrecorded;
    for (size_t i = lines; i < units->n_compared; i++)
        together += units->at[i].compared;
    while (lines > 0 && together > 0 && (units->n_compared - lines < 2 || together < PRACTITIONER_PEOPLE))
        together += units->at[--lines].compared;
    units->n_lines = units->n_large >= PRACTITIONER_LEAST && lines <= PRACTITIONER_LINES ? lines : 0;
    for (size_t i = 0; i < units->n_lines; i++)
        units->at[i].line = i;
}

static int64_t unrecorded_of(const practitioner_work *work) {
    int64_t n = 0;
    for (size_t i = 0; i < work->n; i++)
        n += work->facts[i].entered && work->facts[i].practitioner == RP_NO_ID && !isnan(work->facts[i].last);
    return n;
}

static void choose_services(practitioner_units *units) {
    for (size_t i = 0; i < units->n_compared; i++)
        if (units->at[i].compared >= PRACTITIONER_PEOPLE && units->at[i].members >= 2 && units->at[i].id != RP_NO_ID)
            units->at[i].line = units->n_large++;
    units->n_lines = units->n_large;
    if (units->n_large >= PRACTITIONER_SERVICES && units->n_large <= PRACTITIONER_LINES)
        return;
    units->n_lines = 0;
    for (size_t i = 0; i < units->n; i++)
        units->at[i].line = NO_LINE;
}

bool practitioner_find_units(practitioner_work *work, rp_arena *scratch) {
    for (size_t factor = 0; factor < FACTORS; factor++) {
        if (!collect(work, factor))
            return false;
        count_people(work, factor);
        if (!place(work, factor, scratch))
            return false;
    }
    choose_practitioners(&work->units[FACTOR_PRACTITIONER], unrecorded_of(work));
    if (!count_members(work, scratch))
        return false;
    choose_services(&work->units[FACTOR_SERVICE]);
    return true;
}

bool practitioner_are_enough(const practitioner_work *work) {
    return work->units[FACTOR_PRACTITIONER].n_large >= PRACTITIONER_LEAST;
}
