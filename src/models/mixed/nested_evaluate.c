/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The objective of a nested model and its gradient: up the tree, generalised least squares at the root, down the tree.
 * O(groups) a call, or O(patterns); the way up is not gone twice for one theta. */
#include <math.h>
#include <string.h>

#include "models/mixed/nested_parts.h"

static bool seen(const mixed_plan *plan, const double *theta) {
    for (size_t i = 0; i < plan->n_theta; i++)
        if (plan->seen_theta[i] != theta[i])
            return false;
    return plan->seen;
}

static bool set_theta(mixed_plan *plan, const double *theta) {
    for (size_t l = 0; l < plan->n_levels; l++)
        memset(plan->levels[l].lambda, 0, plan->levels[l].k * plan->levels[l].q * sizeof *plan->levels[l].lambda);
    for (size_t i = 0; i < plan->n_places; i++)
        plan->levels[plan->places[i].level].lambda[plan->places[i].at] = theta[i];
    for (size_t i = 0; i < plan->n_theta; i++)
        plan->seen_theta[i] = theta[i];
    return plan->ar1 == NULL || nested_ar1_set(plan, theta[plan->n_places]);
}

/* ---- up ---------------------------------------------------------------------------------------------- */

static bool group_up(mixed_plan *plan, size_t l, size_t group, nested_group *g);

/* All groups of level l below one parent, whose sums are in level->up then. */
static bool children_up(mixed_plan *plan, size_t l, size_t parent, nested_group *g) {
    nested_level *level = &plan->levels[l];
    nested_sum_clear(&level->up);
    if (l == 0 && plan->patterns)
        return nested_patterns_up(plan, parent, g);
    bool root = l + 1 == plan->n_levels;
    size_t from = root ? 0 : plan->levels[l + 1].starts[parent];
    size_t to = root ? level->n_groups : plan->levels[l + 1].starts[parent + 1];
    for (size_t c = from; c < to; c++)
        if (!group_up(plan, l, c, g))
            return false;
    return true;
}

static bool group_up(mixed_plan *plan, size_t l, size_t group, nested_group *g) {
    nested_level *level = &plan->levels[l];
    if (l == 0) {
        nested_load_lowest(plan, group, g);
        return nested_group_up(plan, level, 0, g);
    }
    size_t room = mixed_packed(plan->m) + 1;
    double *reduced = level->reduced + group * room;
    if (!children_up(plan, l - 1, group, g))
        return false;
    nested_sum_take(&plan->levels[l - 1].up, reduced);
    nested_load_packed(plan, reduced, g);
    return nested_group_up(plan, level, reduced[room - 1], g);
}

/* Without random effects: all rows together. */
static void sum_cells(mixed_plan *plan, nested_group *g) {
    const mixed_cells *cells = &plan->stats->cells;
    size_t m = plan->m, n = mixed_packed(m);
    nested_sum_clear(&plan->all);
    for (size_t c = 0; c < cells->n; c++) {
        memset(g->s, 0, m * m * sizeof *g->s);
        if (plan->ar1)
            nested_ar1_add(plan, c, g->s);
        for (size_t a = 0, i = 0; a < m; a++)
            for (size_t b = 0; b <= a; b++, i++)
                plan->all.part[i] += cells->grams[c * mixed_packed(cells->m) + plan->gather[i]] + g->s[a * m + b];
        nested_sum_added(&plan->all);
    }
    nested_sum_take(&plan->all, plan->root);
    plan->root[n] = 0;
}

static bool go_up(mixed_plan *plan, nested_group *g) {
    if (plan->n_levels == 0) {
        sum_cells(plan, g);
        return true;
    }
    if (!children_up(plan, plan->n_levels - 1, 0, g))
        return false;
    nested_sum_take(&plan->levels[plan->n_levels - 1].up, plan->root);
    return true;
}

/* ---- root -------------------------------------------------------------------------------------------- */

static double at_root(const mixed_plan *plan, size_t a, size_t b) {
    return plan->root[a < b ? mixed_packed(b) + a : mixed_packed(a) + b];
}

/* beta, (X'V^-1X)^-1 and r^2. False: the fixed columns are collinear. */
static bool least_squares(mixed_plan *plan, mixed_point *out) {
    size_t p = plan->stats->spec->n_fixed, y = plan->m - 1;
    for (size_t i = 0; i < p; i++)
        for (size_t j = 0; j <= i; j++)
            plan->r[i * p + j] = at_root(plan, plan->fixed[i], plan->fixed[j]);
    if (!rp_cholesky(plan->r, p))
        return false;
    out->r2 = at_root(plan, y, y);
    out->logdet = plan->root[mixed_packed(plan->m)];
    out->logdet_x = 0;
    for (size_t i = 0; i < p; i++) {
        plan->beta[i] = at_root(plan, plan->fixed[i], y);
        out->logdet_x += 2 * log(plan->r[i * p + i]);
    }
    rp_lower_solve(plan->r, p, plan->beta);
    for (size_t i = 0; i < p; i++)
        out->r2 -= plan->beta[i] * plan->beta[i];
    rp_upper_solve(plan->r, p, plan->beta);
    rp_cholesky_inverse(plan->r, p, plan->unscaled);
    return true;
}

/* ---- down ---------------------------------------------------------------------------------------------- */

void nested_d_at_root(const mixed_plan *plan, double *d) {
    memset(d, 0, plan->m * sizeof *d);
    d[plan->m - 1] = 1;
    for (size_t i = 0; i < plan->stats->spec->n_fixed; i++)
        d[plan->fixed[i]] -= plan->beta[i];
}

static void q_at_root(const mixed_plan *plan, double kappa, bool with_beta, double *q_matrix) {
    size_t m = plan->m, p = plan->stats->spec->n_fixed;
    double *d = plan->work; /* no group is at hand */
    nested_d_at_root(plan, d);
    for (size_t a = 0; a < m; a++)
        for (size_t b = 0; b < m; b++)
            q_matrix[a * m + b] = kappa * d[a] * d[b];
    for (size_t i = 0; with_beta && i < p; i++)
        for (size_t j = 0; j < p; j++)
            q_matrix[plan->fixed[i] * m + plan->fixed[j]] += plan->unscaled[i * p + j];
}

static bool children_down(mixed_plan *plan, size_t l, size_t parent, const double *q_matrix, nested_group *g) {
    nested_level *level = &plan->levels[l];
    if (l == 0 && plan->patterns)
        return nested_patterns_down(plan, parent, q_matrix, g);
    bool root = l + 1 == plan->n_levels;
    size_t from = root ? 0 : plan->levels[l + 1].starts[parent];
    size_t to = root ? level->n_groups : plan->levels[l + 1].starts[parent + 1];
    for (size_t c = from; c < to; c++) {
        if (l == 0)
            nested_load_lowest(plan, c, g);
        else
            nested_load_packed(plan, level->reduced + c * (mixed_packed(plan->m) + 1), g);
        if (!nested_group_down(plan, level, q_matrix, l || plan->ar1 ? level->q_matrix : NULL, g))
            return false;
        for (size_t i = level->starts[c]; l == 0 && plan->ar1 && i < level->starts[c + 1]; i++)
            nested_ar1_down(plan, plan->order[i], level->q_matrix);
        if (l && !children_down(plan, l - 1, c, level->q_matrix, g))
            return false;
    }
    return true;
}

static bool go_down(mixed_plan *plan, double kappa, double *q_matrix, double *gradient, nested_group *g) {
    for (size_t l = 0; l < plan->n_levels; l++)
        nested_sum_clear(&plan->levels[l].slope);
    if (plan->ar1)
        plan->ar1->slope = (rp_sum){0};
    q_at_root(plan, kappa, plan->stats->spec->reml, q_matrix);
    if (plan->n_levels && !children_down(plan, plan->n_levels - 1, 0, q_matrix, g))
        return false;
    for (size_t l = 0; l < plan->n_levels; l++) {
        nested_level *level = &plan->levels[l];
        double *slope = plan->work;
        nested_sum_take(&level->slope, slope);
        for (size_t i = 0; i < plan->n_places; i++)
            if (plan->places[i].level == l)
                gradient[i] = slope[plan->places[i].at];
    }
    for (size_t c = 0; plan->n_levels == 0 && plan->ar1 && c < plan->stats->cells.n; c++)
        nested_ar1_down(plan, c, q_matrix);
    if (plan->ar1)
        gradient[plan->n_places] = rp_sum_value(&plan->ar1->slope) + rp_sum_value(&plan->ar1->logdet_slope);
    return true;
}

/* ---- both ---------------------------------------------------------------------------------------------- */

static void give_point(const mixed_plan *plan, mixed_point *out) {
    size_t p = plan->stats->spec->n_fixed;
    for (size_t i = 0; out->beta && i < p; i++)
        out->beta[i] = plan->beta[i] + (i == plan->intercept ? plan->stats->y_origin : 0);
    if (out->unscaled && p)
        memcpy(out->unscaled, plan->unscaled, p * p * sizeof *out->unscaled);
}

bool nested_evaluate(mixed_plan *plan, const double *theta, mixed_point *out) {
    const rp_mixed_spec *spec = plan->stats->spec;
    nested_group g = nested_group_in(plan);
    if (!seen(plan, theta)) {
        plan->seen = false;
        if (!set_theta(plan, theta) || !go_up(plan, &g))
            return false;
        plan->seen = true;
    }
    if (!least_squares(plan, out))
        return false;
    double freedom = (double)plan->stats->rows - (spec->reml ? (double)spec->n_fixed : 0);
    out->sigma2 = out->r2 / freedom;
    out->objective = out->logdet + (spec->reml ? out->logdet_x : 0) + freedom * (1 + log(2 * M_PI * out->sigma2)) -
                     plan->stats->log_weights + (plan->ar1 ? rp_sum_value(&plan->ar1->logdet) : 0);
    give_point(plan, out);
    return out->gradient == NULL || go_down(plan, 1 / out->sigma2, plan->q_root, out->gradient, &g);
}
