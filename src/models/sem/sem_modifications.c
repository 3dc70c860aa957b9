/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which line more would lower chi-square, and by how much about: the score test of each line that is not there or is
 * fixed, beside all free parameters (Sorbom, Psychometrika 54, 1989). Information is expected, of the rows as they are.
 * Lines are those that lavaan's modindices() looks at. */
#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "models/sem/sem_parts.h"
#include "rapport/matrix.h"

/* What all other parameters leave of a line's own information, below which it cannot be told from them. */
static const double NOTHING = 1e-6;

/* The model with lines added, each a parameter of its own after the free ones. */
typedef struct extended {
    const rp_sem_fit *fit;
    rp_sem_spec spec;
    rp_sem_line *lines;
    double *theta;
    size_t n; /* free parameters before */
} extended;

/* ---- which lines ------------------------------------------------------------------------------------------------ */

/* What a variable is in a group. */
typedef struct role {
    bool indicator, regressed, in_regression;
} role;

static void set_roles(const rp_sem_spec *spec, size_t group, role *roles) {
    memset(roles, 0, (spec->layout->n_observed + spec->n_latent) * sizeof *roles);
    for (size_t i = 0; i < spec->n_lines; i++) {
        const rp_sem_line *line = &spec->lines[i];
        if (line->group != group)
            continue;
        if (line->op == RP_SEM_MEASURES)
            roles[line->rhs].indicator = true;
        if (line->op == RP_SEM_REGRESSES)
            roles[line->lhs].regressed = roles[line->lhs].in_regression = roles[line->rhs].in_regression = true;
    }
}

static bool is_arrow(rp_sem_op op) {
    return op == RP_SEM_MEASURES || op == RP_SEM_REGRESSES;
}

/* Whether a line says the same: an arrow by either operator, a covariance in either order. */
static bool is_there(const rp_sem_spec *spec, const rp_sem_line *a) {
    for (size_t i = 0; i < spec->n_lines; i++) {
        const rp_sem_line *b = &spec->lines[i];
        bool straight = a->lhs == b->lhs && a->rhs == b->rhs, turned = a->lhs == b->rhs && a->rhs == b->lhs;
        bool same = is_arrow(a->op) && is_arrow(b->op) ? (a->op == b->op ? straight : turned)
                    : a->op != b->op                   ? false
                                                       : straight || (a->op == RP_SEM_COVARIES && turned);
        if (same && a->group == b->group)
            return true;
    }
    return false;
}

static void offer(extended *x, rp_sem_op op, size_t lhs, size_t rhs, size_t group) {
    rp_sem_line line = {.op = op, .lhs = lhs, .rhs = rhs, .group = group, .parameter = SIZE_MAX};
    if (is_there(x->fit->spec, &line))
        return;
    line.parameter = x->spec.n_parameters;
    x->theta[x->spec.n_parameters++] = 0;
    x->lines[x->spec.n_lines++] = line;
}

/* Loadings on variables that no regression has; covariances of indicators, of predictors that nothing points at, of
 * latent variables; regressions among variables that are in one; intercepts. */
static void offer_lines(extended *x, size_t group, const role *roles) {
    size_t p = x->spec.layout->n_observed, v = p + x->spec.n_latent;
    for (size_t f = p; f < v; f++)
        for (size_t y = 0; y < p; y++)
            if (!roles[y].in_regression)
                offer(x, RP_SEM_MEASURES, f, y, group);
    for (size_t i = 0; i < v; i++)
        for (size_t j = i; j < v; j++) {
            const role *a = &roles[i], *b = &roles[j];
            bool predictors = a->in_regression && b->in_regression && !a->regressed && !b->regressed;
            bool observed = j < p && ((a->indicator && b->indicator) || (predictors && !a->indicator && !b->indicator));
            if (observed || i >= p)
                offer(x, RP_SEM_COVARIES, i, j, group);
        }
    for (size_t i = 0; i < v; i++)
        for (size_t j = 0; j < v; j++)
            if (i != j && roles[i].in_regression && roles[j].in_regression && !(i < p && roles[i].indicator && j >= p))
                offer(x, RP_SEM_REGRESSES, i, j, group);
    for (size_t i = 0; x->spec.means && i < v; i++)
        offer(x, RP_SEM_INTERCEPT, i, i, group);
}

static bool extend(const rp_sem_fit *fit, extended *x, rp_arena *arena) {
    const rp_sem_spec *spec = fit->spec;
    size_t v = spec->layout->n_observed + spec->n_latent, groups = spec->layout->n_groups;
    size_t most = spec->n_lines + groups * (2 * v * v + v * (v + 1) / 2 + v);
    *x = (extended){.fit = fit, .spec = *spec, .n = spec->n_parameters};
    x->lines = rp_arena_take(arena, most, sizeof *x->lines);
    x->theta = rp_arena_take(arena, spec->n_parameters + most, sizeof *x->theta);
    role *roles = rp_arena_take(arena, v, sizeof *roles);
    if (x->lines == NULL || x->theta == NULL || roles == NULL)
        return false;
    memcpy(x->lines, spec->lines, spec->n_lines * sizeof *x->lines);
    memcpy(x->theta, fit->theta, spec->n_parameters * sizeof *x->theta);
    x->spec.lines = x->lines;
    for (size_t i = 0; i < spec->n_lines; i++)
        if (spec->lines[i].parameter == SIZE_MAX && spec->lines[i].op != RP_SEM_THRESHOLD) {
            x->theta[x->spec.n_parameters] = spec->lines[i].value;
            x->lines[i].parameter = x->spec.n_parameters++;
        }
    for (size_t g = 0; g < groups; g++) {
        set_roles(spec, g, roles);
        offer_lines(x, g, roles);
    }
    return true;
}

/* ---- information ------------------------------------------------------------------------------------------------ */

/* Adds J' A J of a group, all by all; *defined as ever. */
static bool add_information(const extended *x, size_t group, double *out, bool *defined, rp_arena *arena) {
    size_t n = x->spec.n_parameters, q = sem_moment_count(&x->spec);
    sem_ram ram;
    if (!sem_ram_make(&x->spec, group, &ram, arena))
        return false;
    double *a = rp_arena_take(arena, q * q + 3 * q * n, sizeof *a);
    double *scratch = rp_arena_take(arena, 2 * ram.v * ram.v + 2 * ram.v, sizeof *scratch);
    if (a == NULL || scratch == NULL)
        return false;
    double *jacobian = a + q * q, *columns = jacobian + q * n, *product = columns + q * n;
    *defined = *defined && sem_ram_at(&ram, x->theta);
    if (!*defined)
        return true;
    if (!sem_moment_information(&x->spec, x->fit->stats, group, ram.mu, ram.sigma, false, a, defined, arena))
        return false;
    sem_ram_jacobian(&ram, jacobian, scratch);
    for (size_t i = 0; i < q; i++)
        for (size_t k = 0; k < n; k++)
            columns[k * q + i] = jacobian[i * n + k];
    rp_dense_add_product(1, a, false, columns, q, q, n, product);
    rp_dense_add_product(1, columns, true, product, n, q, n, out);
    return true;
}

/* The inverse information of the free parameters, under the constraints. *told: they can be told apart. */
static bool invert_free(const extended *x, const double *whole, double *out, bool *told, rp_arena *arena) {
    size_t n = x->n, all = x->spec.n_parameters;
    sem_space space;
    if (!sem_space_make(x->fit->spec, &space, arena))
        return false;
    double *own = rp_arena_take(arena, n * n + space.m * space.m + n + 1, sizeof *own);
    if (own == NULL)
        return false;
    double *in_eta = own + n * n, *null = in_eta + space.m * space.m;
    for (size_t i = 0; i < n; i++)
        memcpy(own + i * n, whole + i * all, n * sizeof *own);
    sem_space_information(&space, own, in_eta);
    bool singular;
    if (!sem_space_vcov(&space, in_eta, 1e-10, out, null, &singular, arena))
        return false;
    *told = !singular;
    return true;
}

/* Of parameter k: its information less what the free ones tell of it. */
static double left_of(const extended *x, const double *whole, const double *inverse, size_t k, double *product) {
    size_t n = x->n, all = x->spec.n_parameters;
    double left = whole[k * all + k];
    for (size_t i = 0; i < n; i++) {
        product[i] = 0;
        for (size_t j = 0; j < n; j++)
            product[i] += inverse[i * n + j] * whole[k * all + j];
    }
    for (size_t i = 0; i < n; i++)
        left -= product[i] * whole[k * all + i];
    return left;
}

/* ---- all of them --------------------------------------------------------------------------------------------------
 */

static int by_index(const void *left, const void *right) {
    const rp_sem_modification *a = left, *b = right;
    if (a->index != b->index)
        return a->index > b->index ? -1 : 1;
    size_t x[] = {a->group, (size_t)a->op, a->lhs, a->rhs}, y[] = {b->group, (size_t)b->op, b->lhs, b->rhs};
    for (size_t i = 0; i < 4; i++)
        if (x[i] != y[i])
            return x[i] < y[i] ? -1 : 1;
    return 0;
}

/* The tests, from `whole` and its part's inverse, and half the gradient of -2 log-likelihood. */
static bool test_lines(const extended *x, const double *whole, const double *inverse, rp_arena *arena,
                       rp_sem_modification *out, size_t *count) {
    sem_ram *ram = rp_arena_take(arena, x->spec.layout->n_groups, sizeof *ram);
    double *gradient = rp_arena_take(arena, x->spec.n_parameters + x->n + 1, sizeof *gradient);
    sem_objective *objective = sem_objective_make(&x->spec, x->fit->stats, arena);
    if (ram == NULL || gradient == NULL || objective == NULL)
        return false;
    (void)sem_objective_value(objective, x->theta, gradient);
    for (size_t g = 0; g < x->spec.layout->n_groups; g++)
        if (!sem_ram_make(&x->spec, g, &ram[g], arena) || !sem_ram_at(&ram[g], x->theta))
            return false;
    for (size_t i = 0; i < x->spec.n_lines; i++) {
        const rp_sem_line *line = &x->lines[i];
        size_t k = line->parameter, all = x->spec.n_parameters;
        if (k < x->n || k == SIZE_MAX)
            continue;
        double left = left_of(x, whole, inverse, k, gradient + all), score = -gradient[k] / 2;
        if (!(left > NOTHING * whole[k * all + k]))
            continue;
        double factor = sem_standard_factor(&ram[line->group], line);
        out[(*count)++] = (rp_sem_modification){
            line->op, line->lhs, line->rhs, line->group, score * score / left, score / left, score / left * factor};
    }
    qsort(out, *count, sizeof *out, by_index);
    return true;
}

bool rp_sem_modifications(const rp_sem_fit *fit, rp_arena *arena, rp_sem_modification **out, size_t *n) {
    assert(fit->estimator != RP_SEM_WLSMV);
    extended x;
    *n = 0;
    *out = NULL;
    if (!extend(fit, &x, arena))
        return false;
    size_t all = x.spec.n_parameters;
    double *whole = rp_arena_take(arena, all * all + x.n * x.n + 1, sizeof *whole), *inverse = whole + all * all;
    *out = rp_arena_take(arena, all - x.n + 1, sizeof **out);
    if (whole == NULL || *out == NULL)
        return false;
    bool defined = true, told = false;
    bool levels = fit->spec->layout->levels; /* rows of a cluster tell of both, so that groups do not add up */
    if (levels && !sem_information(&x.spec, fit->stats, x.theta, whole, &defined, arena))
        return false;
    for (size_t g = 0; !levels && g < fit->spec->layout->n_groups; g++)
        if (!add_information(&x, g, whole, &defined, arena))
            return false;
    if (!defined)
        return true;
    if (!invert_free(&x, whole, inverse, &told, arena))
        return false;
    return !told || test_lines(&x, whole, inverse, arena, *out, n);
}
