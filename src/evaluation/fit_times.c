/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whether the times of residuals that follow one another are what the model takes: whole numbers that differ within a
 * group. */
#include <math.h>
#include <stdlib.h>

#include "evaluation/fit_parts.h"

typedef struct moment {
    uint32_t group;
    double time;
    int64_t row;
} moment;

static int by_group_and_time(const void *left, const void *right) {
    const moment *a = left, *b = right;
    if (a->group != b->group)
        return a->group < b->group ? -1 : 1;
    if (a->time != b->time)
        return a->time < b->time ? -1 : 1;
    return (a->row > b->row) - (a->row < b->row);
}

static bool fail_time(const fit_making *m, const moment *at) {
    rp_formula_fail(m->error, RP_E_RULE, 0,
                    "Row %lld of the data has %g in '%.120s', which is no whole number of time.", (long long)at->row,
                    at->time, m->options->ar1);
    return rp_fail_remedy(m->error, "--residual 'ar1(COLUMN)' takes whole numbers up to 2,000,000,000, such as the "
                                    "number of a session.");
}

static bool fail_same(const fit_making *m, const moment *one, const moment *other) {
    rp_formula_fail(m->error, RP_E_RULE, 0,
                    "Rows %lld and %lld of the data are of one %.120s and have the same '%.120s', %g.",
                    (long long)one->row, (long long)other->row, m->spec->factor_names[0], m->options->ar1, one->time);
    return rp_fail_remedy(m->error, "With --residual 'ar1(COLUMN)' the rows of a group need times that differ.");
}

bool fit_check_times(const fit_making *m, const uint32_t *groups, const double *times, const int64_t *rows, size_t n,
                     rp_arena *scratch) {
    static const double MOST = 2e9; /* so that distances are 32-bit numbers */
    moment *all = rp_arena_take_unset(scratch, n + 1, sizeof *all);
    if (!all)
        return rp_fail_memory(m->error);
    for (size_t i = 0; i < n; i++) {
        all[i] = (moment){groups[i], times[i], rows[i]};
        if (!(fabs(times[i]) <= MOST) || times[i] != floor(times[i]))
            return fail_time(m, &all[i]);
    }
    qsort(all, n, sizeof *all, by_group_and_time);
    for (size_t i = 1; i < n; i++)
        if (all[i].group == all[i - 1].group && all[i].time == all[i - 1].time)
            return fail_same(m, &all[i - 1], &all[i]);
    return true;
}
