/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A Hessian from exact gradients. With gradients good to about 1e-13 of their size, steps of 1e-4 leave some nine
 * digits; the error of the differences themselves is of the order of the step's square. */
#include <math.h>
#include <string.h>

#include "rapport/maths.h"

bool rp_gradient_hessian(const rp_function *f, const double *x, double *hessian, rp_arena *arena) {
    size_t n = f->n;
    double *at = rp_arena_take(arena, 3 * n, sizeof *at);
    if (at == NULL)
        return false;
    double *above = at + n, *below = above + n;
    memcpy(at, x, n * sizeof *at);
    for (size_t i = 0; i < n; i++) {
        double step = 1e-4 * fmax(1, fabs(x[i])), high = x[i] + step, low = x[i] - step;
        at[i] = high;
        double value = f->value(f->context, at, above);
        at[i] = low;
        value += f->value(f->context, at, below);
        at[i] = x[i];
        for (size_t j = 0; j < n; j++) {
            hessian[i * n + j] = (above[j] - below[j]) / (high - low);
            value += hessian[i * n + j];
        }
        if (!isfinite(value))
            return false;
    }
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < i; j++) {
            double mean = (hessian[i * n + j] + hessian[j * n + i]) / 2;
            hessian[i * n + j] = hessian[j * n + i] = mean;
        }
    return true;
}
