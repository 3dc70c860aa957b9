/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Axes with round ticks: steps of 1, 2 or 5 times a power of ten. */
#include <math.h>

#include "report/chart.h"

/* The round step nearest above `rough`, and how many decimals its multiples need. */
static double round_step(double rough, int *decimals) {
    static const double steps[] = {1, 2, 5, 10};
    double power = 1;
    int exponent = 0;
    for (; power * 10 <= rough && exponent < 300; exponent++)
        power *= 10;
    for (; power > rough && exponent > -300; exponent--)
        power /= 10;
    double step = 10 * power;
    for (int i = 3; i >= 0; i--)
        if (steps[i] * power >= rough * (1 - 1e-9))
            step = steps[i] * power;
    *decimals = step >= power * 10 ? -exponent - 1 : -exponent;
    if (*decimals < 0)
        *decimals = 0;
    return step;
}

rp_axis rp_axis_make(double low, double high, double exact_low, double exact_high, int n_ticks) {
    bool keep_low = isfinite(exact_low), keep_high = isfinite(exact_high);
    if (keep_low)
        low = exact_low;
    if (keep_high)
        high = exact_high;
    if (!isfinite(low) || !isfinite(high)) {
        low = 0;
        high = 1;
    }
    if (!(high > low)) {
        double half = fabs(low) > 1e6 ? fabs(low) / 10 : 0.5;
        low -= keep_low ? 0 : half;
        high = low + 2 * half;
    }
    rp_axis axis = {.low = low, .high = high};
    axis.step = round_step((high - low) / n_ticks, &axis.decimals);
    if (!keep_low)
        axis.low = floor(low / axis.step + 1e-9) * axis.step;
    if (!keep_high)
        axis.high = ceil(high / axis.step - 1e-9) * axis.step;
    return axis;
}

bool rp_axis_tick(const rp_axis *axis, int i, double *out) {
    double first = ceil(axis->low / axis->step - 1e-9);
    double value = (first + i) * axis->step;
    *out = value;
    return i < 100 && value <= axis->high + axis->step * 1e-9;
}

double rp_plot_x(const rp_plot *plot, double value) {
    return plot->left + (value - plot->x.low) / (plot->x.high - plot->x.low) * plot->width;
}

double rp_plot_y(const rp_plot *plot, double value) {
    return plot->top + plot->height - (value - plot->y.low) / (plot->y.high - plot->y.low) * plot->height;
}
