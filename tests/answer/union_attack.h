/* SPDX-License-Identifier: GPL-3.0-or-later */
/* For tests of what several readers see: gathers every count of a universe that stands in some copies of an answer, and
 * attacks all of them at once. Shares no code with the protection.
 *
 * The attacker knows which groups somebody is in. What the counts leave open is every change of the groups' numbers
 * that changes no count shown; a set is told if no such change touches it. Sets are sought by a number that stands for
 * all changes together, and each one found is then held against every change. */
#ifndef RAPPORT_TEST_UNION_ATTACK_H
#define RAPPORT_TEST_UNION_ATTACK_H

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "answer/attack_helper.h"

enum { ATTACK_CELLS = 96 };

typedef struct attack {
    const rp_universe *universe;
    size_t n, group[ATTACK_CELLS]; /* the groups in which somebody is */
    double rows[ATTACK_CELLS][ATTACK_CELLS];
    size_t rank, pivot[ATTACK_CELLS]; /* rows are reduced: 1 at their pivot, 0 there in all others */
    size_t n_counts;
    int64_t smallest_shown;
    double by[ATTACK_CELLS][ATTACK_CELLS]; /* changes: [change][cell] */
    size_t n_changes;
    double all[ATTACK_CELLS]; /* of each cell, its part in all changes, each times a number of its own */
} attack;

static inline void attack_begin(attack *a, const rp_universe *universe) {
    memset(a, 0, sizeof *a);
    a->universe = universe;
    a->smallest_shown = INT64_MAX;
    for (size_t g = 0; g < universe->n_groups; g++) {
        if (universe->people[g] <= 0)
            continue;
        assert_true(a->n < ATTACK_CELLS);
        a->group[a->n++] = g;
    }
}

static inline bool attack_in(const rp_count *count, size_t group) {
    return count->groups[group / 64] >> group % 64 & 1;
}

/* Takes a count into what is shown, where it is of this universe. */
static inline void attack_see(attack *a, const rp_count *count) {
    if (count->universe != a->universe || count->n < 0)
        return;
    double row[ATTACK_CELLS] = {0};
    int64_t people = 0;
    for (size_t c = 0; c < a->n; c++) {
        row[c] = attack_in(count, a->group[c]);
        people += row[c] > 0 ? a->universe->people[a->group[c]] : 0;
    }
    a->n_counts++;
    people = count->n < people ? count->n : people;
    a->smallest_shown = people < a->smallest_shown ? people : a->smallest_shown;
    for (size_t r = 0; r < a->rank; r++) {
        double times = row[a->pivot[r]];
        for (size_t c = 0; c < a->n; c++)
            row[c] -= times * a->rows[r][c];
    }
    size_t best = 0;
    for (size_t c = 1; c < a->n; c++)
        best = fabs(row[c]) > fabs(row[best]) ? c : best;
    if (fabs(row[best]) < 1e-9)
        return;
    for (size_t c = 0; c < a->n; c++)
        a->rows[a->rank][c] = row[c] / row[best];
    for (size_t r = 0; r < a->rank; r++) {
        double times = a->rows[r][best];
        for (size_t c = 0; c < a->n; c++)
            a->rows[r][c] -= times * a->rows[a->rank][c];
    }
    a->pivot[a->rank++] = best;
}

static inline void attack_see_chart(attack *a, const rp_chart *chart) {
    for (size_t i = 0; i < chart->n_lines; i++)
        attack_see(a, &chart->lines[i].count);
    for (size_t s = 0; s < chart->n_series; s++)
        for (size_t i = 0; i < chart->series[s].n; i++) {
            const rp_chart_point *p = &chart->series[s].points[i];
            attack_see(a, &p->count);
            attack_see(a, &p->of_y);
            attack_see(a, &p->of_lower);
            attack_see(a, &p->of_upper);
        }
}

/* All that stands in a copy and is not hidden; hidden counts are wiped, so that there is nothing to see of them. */
static inline void attack_see_answer(attack *a, const rp_answer *answer) {
    for (size_t i = 0; i < answer->n_statements; i++) {
        const rp_statement *s = answer->statements[i];
        attack_see(a, &s->numerator);
        attack_see(a, &s->denominator);
        attack_see(a, &s->behind[0]);
        attack_see(a, &s->behind[1]);
    }
    for (size_t t = 0; t < answer->n_tables; t++)
        for (size_t i = 0; i < answer->tables[t]->n_rows * answer->tables[t]->n_columns; i++) {
            attack_see(a, &answer->tables[t]->values[i].count);
            attack_see(a, &answer->tables[t]->values[i].of);
        }
    for (size_t c = 0; c < answer->n_charts; c++)
        attack_see_chart(a, answer->charts[c]);
}

/* After the last count. */
static inline void attack_prepare(attack *a, uint64_t *seed) {
    bool is_pivot[ATTACK_CELLS] = {false};
    for (size_t r = 0; r < a->rank; r++)
        is_pivot[a->pivot[r]] = true;
    for (size_t c = 0; c < a->n; c++) {
        if (is_pivot[c])
            continue;
        double *change = a->by[a->n_changes++], times = 1 + (double)(next_random(seed) >> 12) / 1e15;
        change[c] = 1;
        for (size_t r = 0; r < a->rank; r++)
            change[a->pivot[r]] = -a->rows[r][c];
        for (size_t k = 0; k < a->n; k++)
            a->all[k] += times * change[k];
    }
}

static inline bool attack_is_told(const attack *a, const size_t *cells, size_t n) {
    for (size_t i = 0; i < a->n_changes; i++) {
        double sum = 0;
        for (size_t k = 0; k < n; k++)
            sum += a->by[i][cells[k]];
        if (fabs(sum) > 1e-7)
            return false;
    }
    return true;
}

/* How many sets of 1 to smallest - 1 people are told. */
static inline size_t attack_few_from(const attack *a, int64_t smallest, size_t from, size_t *cells, size_t n,
                                     double sum, int64_t people) {
    size_t told = n > 0 && fabs(sum) < 1e-7 && attack_is_told(a, cells, n);
    for (size_t c = from; c < a->n; c++) {
        int64_t more = a->universe->people[a->group[c]];
        if (people + more >= smallest)
            continue;
        cells[n] = c;
        told += attack_few_from(a, smallest, c + 1, cells, n + 1, sum + a->all[c], people + more);
    }
    return told;
}

static inline size_t attack_few_told(const attack *a, int64_t smallest) {
    size_t cells[ATTACK_CELLS];
    return attack_few_from(a, smallest, 0, cells, 0, 0, 0);
}

/* Can a count that was there before protection be worked out? */
static inline bool attack_tells(const attack *a, const uint64_t *groups) {
    size_t cells[ATTACK_CELLS], n = 0;
    for (size_t c = 0; c < a->n; c++)
        if (groups[a->group[c] / 64] >> a->group[c] % 64 & 1)
            cells[n++] = c;
    return n > 0 && attack_is_told(a, cells, n);
}

#endif
