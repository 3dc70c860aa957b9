/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Errors of what is made of parameters, by the delta method: the root of g'V g, g its derivatives. */
#include <assert.h>
#include <float.h>
#include <math.h>
#include <string.h>

#include "models/sem/sem_parts.h"

/* Over what g has: a parameter that has no error does not matter where nothing depends on it. */
double sem_delta_error(const rp_sem_fit *fit, const double *g) {
    size_t n = fit->spec->n_parameters;
    double sum = 0, size = 0;
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n && g[i] != 0; j++)
            if (g[j] != 0) {
                double part = g[i] * fit->vcov[i * n + j] * g[j];
                sum += part;
                size += fabs(part);
            }
    return sum < 0 && -sum <= 1e-12 * size ? 0 : sqrt(sum);
}

bool rp_sem_defined_errors(const rp_sem_fit *fit, double *values, double *errors, rp_arena *scratch) {
    size_t n = fit->spec->n_parameters, defined = fit->spec->n_defined;
    double *slopes = rp_arena_take(scratch, defined * n + 1, sizeof *slopes);
    if (slopes == NULL || !rp_sem_define(fit->spec, fit->theta, values, slopes, scratch))
        return false;
    for (size_t d = 0; d < defined; d++)
        errors[d] = sem_delta_error(fit, slopes + d * n);
    return true;
}

/* ---- standardised values ------------------------------------------------------------------------------------ */

/* A line's value times powers of variances, total ones (of E) or own ones (of S): value * left^x * right^y. */
typedef struct product {
    size_t left, right;
    double x, y; /* 0 where a variance has no part in it */
    bool own;
} product;

static product product_of(const rp_sem_line *line) {
    switch (line->op) {
    case RP_SEM_MEASURES:
        return (product){line->lhs, line->rhs, 0.5, -0.5, false};
    case RP_SEM_REGRESSES:
        return (product){line->rhs, line->lhs, 0.5, -0.5, false};
    case RP_SEM_INTERCEPT:
        return (product){line->lhs, line->lhs, -0.5, 0, false};
    case RP_SEM_COVARIES:
        return (product){line->lhs, line->rhs, -0.5, -0.5, line->lhs != line->rhs};
    case RP_SEM_THRESHOLD:
        break;
    }
    return (product){line->lhs, line->lhs, 0, 0, false};
}

static double factor_of(const product *p, const double *variances, size_t v) {
    double left = variances[p->left * (v + 1)], right = variances[p->right * (v + 1)];
    return (p->x != 0 ? pow(left, p->x) : 1) * (p->y != 0 ? pow(right, p->y) : 1);
}

double sem_standard_factor(const sem_ram *ram, const rp_sem_line *line) {
    product p = product_of(line);
    return factor_of(&p, p.own ? ram->s : ram->e, ram->v);
}

/* d E_ii and d S_ii by each parameter: v by n_parameters each. With B's and E's columns as in sem_ram.c,
 * d E = B_to E_from' + E_from B_to' of an arrow, B_i B_j' + B_j B_i' of a covariance, half of that of a variance. */
static void variance_slopes(const sem_ram *ram, double *by_total, double *by_own) {
    size_t v = ram->v, n = ram->spec->n_parameters;
    memset(by_total, 0, v * n * sizeof *by_total);
    memset(by_own, 0, v * n * sizeof *by_own);
    for (size_t l = 0; l < ram->spec->n_lines; l++) {
        const rp_sem_line *line = &ram->spec->lines[l];
        size_t k = line->parameter;
        if (line->group != ram->group || k == SIZE_MAX)
            continue;
        bool covaries = line->op == RP_SEM_COVARIES, variance = covaries && line->lhs == line->rhs;
        bool measures = line->op == RP_SEM_MEASURES;
        if (!covaries && !measures && line->op != RP_SEM_REGRESSES)
            continue;
        size_t to = measures ? line->rhs : line->lhs, from = measures ? line->lhs : line->rhs;
        const double *right = covaries ? ram->b : ram->e;
        for (size_t i = 0; i < v; i++)
            by_total[i * n + k] += (variance ? 1 : 2) * ram->b[i * v + to] * right[i * v + from];
        if (variance)
            by_own[line->lhs * n + k] += 1;
    }
}

/* A slope from three parts; nought where they cancel but for rounding, as they do where the value is 1 by definition.
 */
static double add_up(double a, double b, double c) {
    double sum = a + b + c;
    return fabs(sum) <= 64 * DBL_EPSILON * (fabs(a) + fabs(b) + fabs(c)) ? 0 : sum;
}

static void line_slopes(const sem_ram *ram, const rp_sem_line *line, const double *theta, const double *by_total,
                        const double *by_own, double *g) {
    size_t n = ram->spec->n_parameters, v = ram->v;
    product p = product_of(line);
    const double *variances = p.own ? ram->s : ram->e, *slopes = p.own ? by_own : by_total;
    double left = variances[p.left * (v + 1)], right = variances[p.right * (v + 1)];
    double value = line->parameter == SIZE_MAX ? line->value : theta[line->parameter];
    double factor = factor_of(&p, variances, v);
    for (size_t k = 0; k < n; k++) {
        double by_left = p.x != 0 ? value * factor * p.x * slopes[p.left * n + k] / left : 0;
        double by_right = p.y != 0 ? value * factor * p.y * slopes[p.right * n + k] / right : 0;
        g[k] = add_up(line->parameter == k ? factor : 0, by_left, by_right);
    }
}

static bool slopes_of_group(const rp_sem_fit *fit, size_t group, double *slopes, rp_arena *scratch) {
    const rp_sem_spec *spec = fit->spec;
    sem_ram ram;
    size_t n = spec->n_parameters;
    if (!sem_ram_make(spec, group, &ram, scratch))
        return false;
    double *by_total = rp_arena_take(scratch, 2 * ram.v * n + 1, sizeof *by_total);
    if (by_total == NULL)
        return false;
    if (!sem_ram_at(&ram, fit->theta))
        return true; /* the values are NaN */
    variance_slopes(&ram, by_total, by_total + ram.v * n);
    for (size_t i = 0; i < spec->n_lines; i++)
        if (spec->lines[i].group == group)
            line_slopes(&ram, &spec->lines[i], fit->theta, by_total, by_total + ram.v * n, slopes + i * n);
    return true;
}

/* By differences: where items are ordered, a residual variance is what all else leaves of 1, and each line may depend
 * on each parameter through several of them. */
static bool slopes_by_differences(const rp_sem_fit *fit, double *slopes, rp_arena *scratch) {
    size_t n = fit->spec->n_parameters, lines = fit->spec->n_lines;
    double *theta = rp_arena_take(scratch, n + 2 * lines + 1, sizeof *theta), *up = theta ? theta + n : NULL;
    if (theta == NULL)
        return false;
    memcpy(theta, fit->theta, n * sizeof *theta);
    for (size_t k = 0; k < n; k++) {
        double step = 1e-5 * fmax(1, fabs(theta[k]));
        theta[k] = fit->theta[k] + step;
        if (!rp_sem_standardise(fit->spec, theta, up))
            return false;
        theta[k] = fit->theta[k] - step;
        if (!rp_sem_standardise(fit->spec, theta, up + lines))
            return false;
        theta[k] = fit->theta[k];
        for (size_t i = 0; i < lines; i++)
            slopes[i * n + k] = (up[i] - up[lines + i]) / (2 * step);
    }
    return true;
}

bool rp_sem_standardised(const rp_sem_fit *fit, double *values, double *errors, rp_arena *scratch) {
    const rp_sem_spec *spec = fit->spec;
    size_t n = spec->n_parameters;
    double *slopes = rp_arena_take(scratch, spec->n_lines * n + 1, sizeof *slopes);
    if (slopes == NULL || !rp_sem_standardise(spec, fit->theta, values))
        return false;
    bool done = spec->layout->categories == NULL || slopes_by_differences(fit, slopes, scratch);
    for (size_t g = 0; done && spec->layout->categories == NULL && g < spec->layout->n_groups; g++)
        done = slopes_of_group(fit, g, slopes, scratch);
    for (size_t i = 0; done && i < spec->n_lines; i++)
        errors[i] = isfinite(values[i]) ? sem_delta_error(fit, slopes + i * n) : NAN;
    return done;
}
