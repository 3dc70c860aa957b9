/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The model that fits best once more, with answers as what they are: categories in an order. Of complete
 * questionnaires, since this estimator knows no others. */
#include "questions/alliance/alliance_factors.h"

#include <math.h>

/* Ours. Correlations of categories settle slowly; a line from 0 to 100 is no list of categories. */
enum { LEAST_PEOPLE = 200, MOST_CATEGORIES = 10 };

/* How many categories each item has; false: some item's answers are not few and whole. */
static bool categories_of(const alliance_rows *rows, uint32_t *out) {
    const rp_instrument *instrument = rows->family->instrument;
    const rp_scale *scale = alliance_scale(rows->family, 0);
    for (size_t i = 0; i < rows->p; i++) {
        const rp_item *item = &instrument->items[scale->items[i]];
        double steps = item->highest - item->lowest;
        if (!(steps >= 1 && steps < MOST_CATEGORIES) || steps != floor(steps))
            return false;
        out[i] = (uint32_t)steps + 1;
    }
    return true;
}

/* Columns of category numbers from 0, of complete questionnaires at the stated session. *whole: they are numbers of
 * categories. False: no memory. */
static bool fill(const alliance_rows *rows, rp_arena *arena, const double **columns, size_t *n, bool *whole) {
    const rp_instrument *instrument = rows->family->instrument;
    const rp_scale *scale = alliance_scale(rows->family, 0);
    *n = 0;
    *whole = true;
    double *all = rp_arena_take_unset(arena, rows->p * (rows->n_people + 1), sizeof *all);
    if (all == NULL)
        return false;
    for (size_t person = 0; person < rows->n_people; person++) {
        size_t row = alliance_row_at(rows, person, rows->chosen);
        if (!alliance_row_is_complete(rows, row))
            continue;
        for (size_t i = 0; i < rows->p; i++) {
            double number = rows->answers[row * rows->p + i] - instrument->items[scale->items[i]].lowest;
            *whole = *whole && number == floor(number);
            all[i * rows->n_people + *n] = number;
        }
        ++*n;
    }
    for (size_t i = 0; i < rows->p; i++)
        columns[i] = all + i * rows->n_people;
    return true;
}

static bool fit(factor_fits *f, rp_sem_layout *layout, const rp_sem_rows *rows, rp_arena *arena, rp_error *error) {
    rp_buf text = {0};
    alliance_model_text(f->measured->rows, f->best, &text);
    rp_sem_rules rules = alliance_model_rules(f->best);
    alliance_sample sample = {.n = rows->n, .layout = *layout};
    sample.stats = rp_sem_prepare(layout, rows, arena, error);
    bool fine = sample.stats != NULL && alliance_fit_make(&sample, &text, &rules, true, arena, &f->ordered, error);
    rp_buf_free(&text);
    return fine;
}

bool alliance_fit_ordered(factor_fits *f, rp_arena *arena, rp_error *error) {
    const alliance_rows *rows = f->measured->rows;
    uint32_t *categories = rp_arena_take(arena, rows->p, sizeof *categories);
    const double **columns = rp_arena_take(arena, rows->p, sizeof *columns);
    rp_sem_layout *layout = rp_arena_take(arena, 1, sizeof *layout);
    if (categories == NULL || columns == NULL || layout == NULL)
        return rp_fail_memory(error);
    if (f->best == MODELS || rows->complete[rows->chosen] < LEAST_PEOPLE || !categories_of(rows, categories))
        return true;
    rp_sem_rows of = {.columns = columns};
    bool whole;
    if (!fill(rows, arena, columns, &of.n, &whole))
        return rp_fail_memory(error);
    *layout = (rp_sem_layout){.observed = rows->names,
                              .n_observed = rows->p,
                              .n_groups = 1,
                              .missing = RP_SEM_LISTWISE,
                              .categories = categories};
    return !whole || fit(f, layout, &of, arena, error);
}
