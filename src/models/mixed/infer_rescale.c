/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The same Gaussian model with its columns in other units: powers of two, so that no bit of what is known changes. */
#include <math.h>
#include <string.h>

#include "models/mixed/infer_parts.h"

/* Row and column j of n packed matrices of m by m, times scale[j]. */
static void scale_packed(double *packed, size_t n, size_t m, const double *scale) {
    for (size_t g = 0; g < n; g++)
        for (size_t i = 0; i < m; i++)
            for (size_t j = 0; j <= i; j++)
                *packed++ *= scale[i] * scale[j];
}

static double *copy_scaled(const double *packed, size_t n, size_t m, const double *scale, rp_arena *arena) {
    double *copy = rp_arena_take_unset(arena, n * mixed_packed(m) + 1, sizeof *copy);
    if (copy == NULL)
        return NULL;
    if (n > 0)
        memcpy(copy, packed, n * mixed_packed(m) * sizeof *copy);
    scale_packed(copy, n, m, scale);
    return copy;
}

bool infer_rescale(const rp_mixed_stats *from, rp_mixed_stats *out, double *scale, rp_arena *arena) {
    size_t m = from->cells.m, intercept = mixed_intercept(from->spec);
    double *total = mixed_total(from, arena);
    if (total == NULL)
        return false;
    for (size_t j = 0; j < m; j++) {
        double square = total[mixed_packed(j + 1) - 1] / (double)from->rows;
        bool leave = j == intercept || j + 1 == m || !(square > 0 && isfinite(square));
        scale[j] = leave ? 1 : exp2(-round(log2(square) / 2));
    }
    *out = *from;
    out->cells.grams = copy_scaled(from->cells.grams, from->cells.n, m, scale, arena);
    out->lags.grams = copy_scaled(from->lags.grams, 2 * from->lags.n, m, scale, arena);
    return out->cells.grams && out->lags.grams;
}

double infer_rescale_back(const rp_mixed_spec *spec, const infer_parameter *parameter, const double *scale) {
    if (parameter->kind == INFER_SD)
        return scale[spec->terms[parameter->term].columns[parameter->a]];
    return parameter->kind == INFER_BETA ? scale[spec->fixed[parameter->beta]] : 1;
}
