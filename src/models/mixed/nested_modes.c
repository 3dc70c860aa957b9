/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Conditional modes of a nested model: down the tree as for the gradient, with d and Omega apart, group by group. */
#include <math.h>
#include <string.h>

#include "models/mixed/nested_parts.h"

/* What is wanted, and of which level. */
typedef struct wanted {
    mixed_plan *plan;
    const rp_mixed_term *term;
    size_t level, effect; /* the term's first random effect among its level's */
    double *modes, *variances;
    double *lambda; /* the term's own, q by q */
    double *around; /* by level: d and Omega for its groups, D and D by D */
    nested_group g;
} wanted;

static double *around_level(const wanted *w, size_t l) {
    return w->around + l * (w->plan->m + w->plan->m * w->plan->m);
}

/* L M L' for the term's block, where M (q by q of the level) is given by `element`. */
static void give_variance(const wanted *w, const nested_level *level, const double *p, double *out) {
    size_t n = w->term->n_columns, q = level->q;
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++) {
            double x = 0;
            for (size_t a = 0; a <= i; a++)
                for (size_t b = 0; b <= j; b++)
                    x += w->lambda[i * n + a] * p[(w->effect + a) * q + w->effect + b] * w->lambda[j * n + b];
            out[i * n + j] = x;
        }
}

/* u = E S_z. d and P = C^-1 + E M E', M = S_z. Omega S_.z; then b = Lambda u, and Lambda P Lambda'. */
static void give_group(wanted *w, const nested_level *level, uint32_t key, const double *residual, const double *p) {
    size_t n = w->term->n_columns;
    for (size_t i = 0; i < n; i++) {
        double x = 0;
        for (size_t a = 0; a <= i; a++)
            for (size_t h = 0; h < level->k; h++)
                x += w->lambda[i * n + a] * w->g.e[(w->effect + a) * level->k + h] * residual[h];
        w->modes[key * n + i] = x;
    }
    if (w->variances)
        give_variance(w, level, p, w->variances + key * n * n);
}

/* C^-1 + E M E', q by q, from the factor in g->c. */
static void conditional(const nested_level *level, nested_group *g, double *inverse) {
    size_t q = level->q, k = level->k;
    rp_cholesky_inverse(g->c, q, inverse);
    for (size_t i = 0; i < q; i++)
        for (size_t j = 0; j < q; j++)
            for (size_t a = 0; a < k; a++)
                for (size_t b = 0; b < k; b++)
                    inverse[i * q + j] += g->e[i * k + a] * g->m[a * k + b] * g->e[j * k + b];
}

static uint32_t key_of_group(const mixed_plan *plan, size_t l, size_t group) {
    size_t cell = group;
    for (size_t at = l + 1; at-- > 0;)
        cell = plan->levels[at].starts[cell];
    return plan->stats->cells.keys[plan->order[cell] * plan->stats->spec->n_factors + plan->levels[l].factor];
}

static bool visit(wanted *w, size_t l, size_t group, const double *above) {
    mixed_plan *plan = w->plan;
    nested_level *level = &plan->levels[l];
    nested_group *g = &w->g;
    size_t m = plan->m, k = level->k;
    const double *d = above, *omega = above + m;
    if (l == 0)
        nested_load_lowest(plan, group, g);
    else
        nested_load_packed(plan, level->reduced + group * (mixed_packed(m) + 1), g);
    nested_take_block(plan, level, g, g->m);
    if (!nested_factor(level, g->m, g, true))
        return false;
    nested_group_inner(plan, level, omega, g);
    double *residual = g->t; /* S_z. d */
    for (size_t i = 0; i < k; i++) {
        residual[i] = 0;
        for (size_t h = 0; h < m; h++)
            residual[i] += g->s[level->z[i] * m + h] * d[h];
    }
    if (l == w->level) {
        conditional(level, g, g->y);
        give_group(w, level, key_of_group(plan, l, group), residual, g->y);
        return true;
    }
    double *below = around_level(w, l - 1);
    memcpy(below, d, m * sizeof *below);
    for (size_t i = 0; i < k; i++)
        for (size_t h = 0; h < k; h++)
            below[level->z[i]] -= g->f[i * k + h] * residual[h];
    nested_group_pass(plan, level, omega, below + m, g);
    for (size_t c = level->starts[group]; c < level->starts[group + 1]; c++)
        if (!visit(w, l - 1, c, below))
            return false;
    return true;
}

static void find_term(wanted *w, size_t term, const double *theta) {
    const rp_mixed_spec *spec = w->plan->stats->spec;
    w->term = &spec->terms[term];
    for (size_t t = 0; t < term; t++) {
        w->effect += spec->terms[t].factor == w->term->factor ? spec->terms[t].n_columns : 0;
        theta += mixed_packed(spec->terms[t].n_columns);
    }
    while (w->plan->levels[w->level].factor != w->term->factor)
        w->level++;
    size_t n = w->term->n_columns;
    for (size_t j = 0; j < n; j++)
        for (size_t i = j; i < n; i++)
            w->lambda[i * n + j] = *theta++;
}

/* Groups without rows: as the term has them. */
static void give_prior(wanted *w) {
    size_t n = w->term->n_columns, levels = w->plan->stats->spec->levels[w->term->factor];
    memset(w->modes, 0, levels * n * sizeof *w->modes);
    for (size_t g = 0; w->variances && g < levels; g++)
        for (size_t i = 0; i < n; i++)
            for (size_t j = 0; j < n; j++) {
                double x = 0;
                for (size_t a = 0; a <= i && a <= j; a++)
                    x += w->lambda[i * n + a] * w->lambda[j * n + a];
                w->variances[(g * n + i) * n + j] = x;
            }
}

bool nested_modes(mixed_plan *plan, const double *theta, size_t term, double *modes, double *variances) {
    mixed_point point = {0};
    size_t m = plan->m, n = plan->stats->spec->terms[term].n_columns;
    if (!nested_evaluate(plan, theta, &point))
        return false;
    rp_arena *scratch = rp_arena_new(0);
    if (scratch == NULL)
        return false;
    wanted w = {.plan = plan, .modes = modes, .variances = variances};
    w.lambda = rp_arena_take(scratch, n * n, sizeof *w.lambda);
    w.around = rp_arena_take(scratch, (plan->n_levels + 1) * (m + m * m), sizeof *w.around);
    bool good = w.lambda && w.around;
    if (good) {
        find_term(&w, term, theta);
        give_prior(&w);
        double *top = around_level(&w, plan->n_levels);
        nested_d_at_root(plan, top); /* Omega is 0: beta is as it was estimated */
        w.g = nested_group_in(plan);
        nested_level *level = &plan->levels[plan->n_levels - 1];
        for (size_t c = 0; good && c < level->n_groups; c++)
            good = visit(&w, plan->n_levels - 1, c, top);
    }
    rp_arena_free(scratch);
    return good;
}
