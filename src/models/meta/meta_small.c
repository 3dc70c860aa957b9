/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Do small studies tell something else than large ones? Regression tests, and trim and fill. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "models/meta/meta_parts.h"

static void check(const rp_meta_fit *fit) {
    assert(meta_is_simple(fit->spec) && fit->p == 1 && strcmp(fit->spec->names[0], "(Intercept)") == 0);
    (void)fit;
}

/* ---- regression on the standard error or the variance ---- */

/* The fit's model, or weights 1 / v and errors scaled by what is left (which is what least squares does). In scratch.
 */
static rp_meta_fit *regress(const rp_meta_fit *fit, bool variance, bool least_squares, rp_arena *scratch,
                            rp_error *error) {
    static const char *const names[] = {"(Intercept)", "size"};
    const rp_meta_data *data = fit->data;
    rp_meta_spec *spec = rp_arena_take(scratch, 1, sizeof *spec);
    if (!spec)
        return rp_fail_memory(error), NULL;
    *spec = *fit->spec;
    spec->names = names;
    spec->p = 2;
    if (least_squares) {
        spec->method = RP_META_EE;
        spec->effect = false;
        spec->test = RP_META_KNHA;
    }
    rp_meta_data *again = meta_again(data, spec, NULL, variance ? data->v : data->root, scratch);
    if (!again)
        return rp_fail_memory(error), NULL;
    return rp_meta_fit_data(again, scratch, error);
}

bool rp_meta_asymmetry_test(const rp_meta_fit *fit, rp_meta_asymmetry_kind kind, rp_meta_asymmetry *out,
                            rp_error *error) {
    check(fit);
    rp_arena *scratch = rp_arena_new(0);
    if (!scratch)
        return rp_fail_memory(error);
    const rp_meta_fit *slope = regress(fit, kind == RP_META_PEESE, kind != RP_META_EGGER_MIXED, scratch, error);
    if (slope) /* one that could not be fitted has NaN */
        *out = (rp_meta_asymmetry){.slope = slope->beta[1], .limit = slope->beta[0]};
    rp_arena_free(scratch);
    return slope != NULL;
}

/* ---- trim and fill ---- */

typedef struct ranked {
    double y, v, away;
    size_t at;
} ranked;

static int by_y(const void *a, const void *b) {
    const ranked *left = a, *right = b;
    return left->y != right->y ? (left->y < right->y ? -1 : 1) : (left->at > right->at) - (left->at < right->at);
}

/* Ties by place, so that every machine has the same ranks. */
static int by_distance(const void *a, const void *b) {
    const ranked *left = *(const ranked *const *)a, *right = *(const ranked *const *)b;
    double l = fabs(left->away), r = fabs(right->away);
    return l != r ? (l < r ? -1 : 1) : (left > right) - (left < right);
}

/* The model of all but the last `trimmed` of the sorted effects, turned over already. NaN: no estimate. */
static bool centre(const rp_meta_fit *fit, const ranked *sorted, size_t n, double *out, rp_error *error) {
    rp_arena *scratch = rp_arena_new(0);
    double *y = scratch ? rp_arena_take(scratch, n, sizeof *y) : NULL;
    double *v = scratch ? rp_arena_take(scratch, n, sizeof *v) : NULL;
    const rp_meta_fit *part = NULL;
    if (y && v) {
        for (size_t i = 0; i < n; i++) {
            y[i] = sorted[i].y;
            v[i] = sorted[i].v;
        }
        const double *const ones[] = {NULL};
        const rp_meta_rows rows = {.k = n, .y = y, .v = v, .x = ones};
        rp_meta_data *data = rp_meta_prepare(fit->spec, &rows, scratch, error);
        part = data ? rp_meta_fit_data(data, scratch, error) : NULL;
    } else {
        rp_fail_memory(error);
    }
    if (part)
        *out = part->beta[0].estimate;
    rp_arena_free(scratch);
    return part != NULL;
}

/* L0 = (4 T - k (k + 1)) / (2 k - 1), T the ranks of what lies above the centre. */
static double missing_now(ranked *sorted, const ranked **order, size_t k, double middle, double *se) {
    double n = (double)k, sum = 0;
    for (size_t i = 0; i < k; i++) {
        sorted[i].away = sorted[i].y - middle;
        order[i] = &sorted[i];
    }
    qsort(order, k, sizeof *order, by_distance);
    for (size_t i = 0; i < k; i++)
        if (order[i]->away > 0)
            sum += (double)(i + 1);
    double m = (4 * sum - n * (n + 1)) / (2 * n - 1);
    double variance = (n * (n + 1) * (2 * n + 1) + 10 * m * m * m + 27 * m * m + 17 * m - 18 * n * m * m - 18 * n * m +
                       6 * n * n * m) /
                      24;
    *se = variance > 0 ? 4 * sqrt(variance) / (2 * n - 1) : 0;
    return fmax(0, nearbyint(m));
}

static bool find_missing(const rp_meta_fit *fit, ranked *sorted, const ranked **order, double *middle,
                         rp_meta_filled *out, rp_error *error) {
    enum { MOST_TURNS = 100 };
    size_t k = fit->k, before = SIZE_MAX;
    for (int turn = 0; turn < MOST_TURNS && out->missing != before; turn++) {
        before = out->missing;
        if (!centre(fit, sorted, k - before, middle, error))
            return false;
        if (isnan(*middle))
            return true;
        double missing = missing_now(sorted, order, k, *middle, &out->missing_se);
        out->missing = missing < (double)k ? (size_t)missing : k - 1;
    }
    return true;
}

static bool fill(const rp_meta_fit *fit, const ranked *sorted, double middle, rp_arena *arena, rp_meta_filled *out,
                 rp_error *error) {
    const rp_meta_data *data = fit->data;
    size_t k = fit->k, n = out->missing;
    double *y = rp_arena_take(arena, k + n, sizeof *y), *v = rp_arena_take(arena, k + n, sizeof *v);
    if (!y || !v)
        return rp_fail_memory(error);
    double sign = out->right ? -1 : 1;
    for (size_t i = 0; i < k; i++) {
        y[i] = data->y[i];
        v[i] = data->v[i];
    }
    for (size_t i = 0; i < n; i++) {
        y[k + i] = sign * (2 * middle - sorted[k - n + i].y);
        v[k + i] = sorted[k - n + i].v;
    }
    out->y = y + k;
    out->v = v + k;
    const double *const ones[] = {NULL};
    const rp_meta_rows rows = {.k = k + n, .y = y, .v = v, .x = ones};
    rp_meta_data *all = rp_meta_prepare(fit->spec, &rows, arena, error);
    out->fit = all ? rp_meta_fit_data(all, arena, error) : NULL;
    return out->fit != NULL;
}

bool rp_meta_trim_fill(const rp_meta_fit *fit, rp_arena *arena, rp_meta_filled *out, rp_error *error) {
    check(fit);
    *out = (rp_meta_filled){.missing_se = NAN};
    rp_meta_asymmetry side = {.slope = {.estimate = NAN}};
    if (!rp_meta_asymmetry_test(fit, RP_META_EGGER_MIXED, &side, error))
        return false;
    out->right = side.slope.estimate < 0;
    rp_arena *scratch = rp_arena_new(0);
    ranked *sorted = scratch ? rp_arena_take(scratch, fit->k, sizeof *sorted) : NULL;
    const ranked **order = scratch ? rp_arena_take(scratch, fit->k, sizeof *order) : NULL;
    double middle = NAN;
    bool fine = sorted && order ? true : rp_fail_memory(error);
    for (size_t i = 0; fine && i < fit->k; i++)
        sorted[i] = (ranked){
            .y = out->right ? -fit->data->y[i] : fit->data->y[i], .v = fit->data->v[i], .at = fit->data->row[i]};
    if (fine)
        qsort(sorted, fit->k, sizeof *sorted, by_y);
    fine =
        fine && find_missing(fit, sorted, order, &middle, out, error) && fill(fit, sorted, middle, arena, out, error);
    rp_arena_free(scratch);
    return fine;
}
