/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Ordered variables of a structural equation model: the different numbers of a column, sorted, are its categories. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "evaluation/fit_sem_parts.h"

enum { MOST_CATEGORIES = 256 };

/* ---- which ---- */

static bool is_named(const rp_fit_sem_options *options, const char *name) {
    for (size_t i = 0; i < options->n_ordered; i++)
        if (strcmp(options->ordered[i], name) == 0)
            return true;
    return options->n_ordered == 0;
}

bool fit_sem_check_ordered(const fit_sem_making *m) {
    const rp_sem_layout *layout = m->layout;
    for (size_t i = 0; i < m->options->n_ordered; i++) {
        const char *name = m->options->ordered[i];
        bool found = false;
        for (size_t j = 0; j < layout->n_observed; j++)
            found = found || strcmp(layout->observed[j], name) == 0;
        if (found)
            continue;
        const char *nearest = rp_text_nearest(rp_text_of(name), layout->observed, layout->n_observed);
        rp_fail(m->error, RP_E_UNKNOWN, "--ordered names '%.80s', which is no variable of the model.", name);
        return nearest ? rp_fail_remedy(m->error, "Did you mean '%.80s'?", nearest)
                       : rp_fail_remedy(m->error, "Name columns that the model names.");
    }
    for (size_t j = 0; j < layout->n_observed; j++)
        if (!is_named(m->options, layout->observed[j])) {
            rp_sem_observed_fail(m->text, j, m->error, RP_E_RULE,
                                 "'%.80s' is not among the ordered variables, and WLSMV takes ordered ones alone.",
                                 layout->observed[j]);
            return rp_fail_remedy(m->error, "Add it to --ordered, or leave --ordered out and take --estimator mlr.");
        }
    return true;
}

/* ---- categories ---- */

static int by_size(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Adds what is new among n numbers to the sorted `values`. False: there are too many. */
static bool add_values(const double *numbers, size_t n, double *values, uint32_t *count) {
    for (size_t i = 0; i < n; i++) {
        if (isnan(numbers[i]) || bsearch(&numbers[i], values, *count, sizeof *values, by_size))
            continue;
        if (*count == MOST_CATEGORIES)
            return false;
        size_t at = *count;
        for (; at > 0 && values[at - 1] > numbers[i]; at--)
            values[at] = values[at - 1];
        values[at] = numbers[i];
        ++*count;
    }
    return true;
}

static bool fail_many(const fit_sem_making *m, size_t j) {
    rp_sem_observed_fail(m->text, j, m->error, RP_E_LIMIT,
                         "'%.80s' has more than %d different values: these are no ordered categories.",
                         m->layout->observed[j], MOST_CATEGORIES);
    return rp_fail_remedy(m->error, "Take --estimator mlr, which takes numbers, or put neighbouring values together.");
}

bool fit_sem_categories(fit_sem_making *m) {
    size_t p = m->layout->n_observed;
    uint32_t *counts = rp_arena_take(m->arena, p, sizeof *counts);
    double *numbers = rp_arena_take_unset(m->reading.data_arena, RP_COLUMNS_BLOCK, sizeof *numbers);
    m->category_values = rp_arena_take(m->arena, p, sizeof *m->category_values);
    if (!counts || !numbers || !m->category_values)
        return rp_fail_memory(m->error);
    for (size_t j = 0; j < p; j++) {
        double *values = rp_arena_take(m->arena, MOST_CATEGORIES, sizeof *values);
        if (!(m->category_values[j] = values))
            return rp_fail_memory(m->error);
        for (size_t b = 0; b < m->reading.columns->n_blocks; b++) {
            rp_columns_numbers(m->reading.columns, j, b, numbers);
            if (!add_values(numbers, rp_columns_block_rows(m->reading.columns, b), values, &counts[j]))
                return fail_many(m, j);
        }
        if (counts[j] == 0) {
            rp_sem_observed_fail(m->text, j, m->error, RP_E_RULE, "'%.80s' has no value in any row.",
                                 m->layout->observed[j]);
            return rp_fail_remedy(m->error, "Leave it out of the model.");
        }
    }
    m->layout->categories = counts;
    return true;
}

void fit_sem_number_categories(const fit_sem_making *m, size_t j, double *numbers, size_t n) {
    const double *values = m->category_values[j];
    for (size_t i = 0; i < n; i++) {
        const double *at =
            isnan(numbers[i]) ? NULL : bsearch(&numbers[i], values, m->layout->categories[j], sizeof *values, by_size);
        numbers[i] = at ? (double)(at - values) : NAN;
    }
}
