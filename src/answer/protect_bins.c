/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The points of a chart of change into square bins, one grid a series. Grid lines pass through the first vertical line
 * of the chart, a cut-off, so that no bin lies on both sides of it (a score at the cut-off falls in the bin above). */
#include <math.h>
#include <stdlib.h>

#include "answer/protect.h"

enum { BINS_ACROSS = 12 }; /* where the question gives no width */

static double highest_less_lowest(const rp_chart *chart) {
    double low = INFINITY, high = -INFINITY;
    for (size_t s = 0; s < chart->n_series; s++)
        for (size_t i = 0; i < chart->series[s].n; i++) {
            const rp_chart_point *p = &chart->series[s].points[i];
            low = fmin(low, fmin(p->x, p->y));
            high = fmax(high, fmax(p->x, p->y));
        }
    return high > low ? high - low : 1;
}

static void choose_grid(rp_binned *binned) {
    const rp_chart *chart = binned->chart;
    binned->width = chart->bin_width;
    if (!(binned->width > 0 && isfinite(binned->width)))
        binned->width = highest_less_lowest(chart) / BINS_ACROSS;
    double origin = 0;
    for (size_t i = chart->n_lines; i-- > 0;)
        if (chart->lines[i].vertical && isfinite(chart->lines[i].intercept))
            origin = chart->lines[i].intercept;
    binned->origin = origin;
}

static int64_t step_of(double value, double origin, double width) {
    double step = floor((value - origin) / width);
    return fabs(step) < 1e15 ? (int64_t)step : 0;
}

static int by_place(const void *a, const void *b) {
    const rp_bin *x = a, *y = b;
    if (x->series != y->series)
        return x->series < y->series ? -1 : 1;
    if (x->iy != y->iy)
        return x->iy < y->iy ? -1 : 1;
    return x->ix < y->ix ? -1 : x->ix > y->ix;
}

/* The one group that a count is of; RP_NO_GROUP where it is of none, of several or of another universe. */
static size_t only_group(const rp_binned *binned, const rp_count *count) {
    if (!count->universe || count->universe != binned->universe)
        return RP_NO_GROUP;
    size_t n = count->universe->n_groups, group = rp_count_next(count, 0);
    return group < n && rp_count_next(count, group + 1) == n ? group : RP_NO_GROUP;
}

/* One bin a point, to be sorted and merged; points without both scores are left out. */
static void place_points(rp_binned *binned) {
    const rp_chart *chart = binned->chart;
    for (size_t s = 0; s < chart->n_series; s++)
        for (size_t i = 0; i < chart->series[s].n; i++) {
            const rp_chart_point *p = &chart->series[s].points[i];
            if (!isfinite(p->x) || !isfinite(p->y))
                continue;
            size_t k = binned->n_points++;
            bool grouped = p->count.universe != NULL;
            binned->points[k].group = only_group(binned, &p->count);
            binned->points[k].people = !grouped && p->count.n > 1 ? p->count.n : 1;
            binned->bins[k] = (rp_bin){.series = s,
                                       .ix = step_of(p->x, binned->origin, binned->width),
                                       .iy = step_of(p->y, binned->origin, binned->width)};
        }
}

static void merge_bins(rp_binned *binned, const rp_bin *of_point) {
    qsort(binned->bins, binned->n_points, sizeof *binned->bins, by_place);
    for (size_t i = 0; i < binned->n_points; i++)
        if (!binned->n_bins || by_place(&binned->bins[binned->n_bins - 1], &binned->bins[i]) != 0)
            binned->bins[binned->n_bins++] = binned->bins[i];
    for (size_t i = 0; i < binned->n_points; i++) {
        const rp_bin *bin = bsearch(&of_point[i], binned->bins, binned->n_bins, sizeof *bin, by_place);
        binned->points[i].bin = (size_t)(bin - binned->bins);
        binned->bins[binned->points[i].bin].people += binned->points[i].people;
        binned->people += binned->points[i].people;
    }
}

bool rp_bins_sort(rp_binned *binned, rp_chart *chart, rp_arena *arena) {
    *binned = (rp_binned){.chart = chart};
    size_t n = 0;
    for (size_t s = 0; s < chart->n_series; s++)
        for (size_t i = 0; i < chart->series[s].n; i++, n++)
            if (!binned->universe)
                binned->universe = chart->series[s].points[i].count.universe;
    choose_grid(binned);
    binned->points = rp_arena_take(arena, n, sizeof *binned->points);
    binned->bins = rp_arena_take(arena, n, sizeof *binned->bins);
    rp_bin *of_point = rp_arena_take(arena, n, sizeof *of_point);
    if (!binned->points || !binned->bins || !of_point)
        return false;
    place_points(binned);
    for (size_t i = 0; i < binned->n_points; i++)
        of_point[i] = binned->bins[i];
    merge_bins(binned, of_point);
    return true;
}

size_t rp_bins_replace(const rp_binned *binned) {
    rp_chart *chart = binned->chart;
    size_t dropped = 0;
    chart->binned = true;
    chart->bin_width = binned->width;
    for (size_t s = 0; s < chart->n_series; s++)
        chart->series[s].n = 0;
    for (size_t b = 0; b < binned->n_bins; b++) {
        const rp_bin *bin = &binned->bins[b];
        if (!bin->shown) {
            dropped++;
            continue;
        }
        /* There were at least as many points as there are bins, so that the old ones' room is enough. */
        rp_chart_series *series = &chart->series[bin->series];
        series->points[series->n++] = (rp_chart_point){.x = binned->origin + ((double)bin->ix + 0.5) * binned->width,
                                                       .y = binned->origin + ((double)bin->iy + 0.5) * binned->width,
                                                       .lower = NAN,
                                                       .upper = NAN,
                                                       .count = {.n = bin->people},
                                                       .of_y = rp_count_none(),
                                                       .of_lower = rp_count_none(),
                                                       .of_upper = rp_count_none()};
    }
    return dropped;
}
