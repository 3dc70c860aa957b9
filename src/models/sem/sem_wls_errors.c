/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Standard errors and the chi-square of diagonally weighted least squares, whose weights are not the best ones. With
 * V = diag(gamma)^-1, D = d rho/d theta, E = D'VD:  the estimates move by E^-1 D'V with the correlations, whose
 * covariances gamma / n has; and U = V - V D E^-1 D'V, so that (Asparouhov & Muthen 2010, Simple second order
 * chi-square correction)
 *   scaled = a chisq + df - a tr(U gamma),   a^2 = df / tr(U gamma U gamma).
 * Several groups: V times a group's share of the rows, gamma over it. */
#include <math.h>
#include <string.h>

#include "models/sem/sem_ordered.h"
#include "rapport/matrix.h"

static const double SINGULAR = 1e-10; /* of E in units of its diagonal */

/* Sums over groups, in theta: n by n. */
typedef struct sums {
    double *e, *b, *d;    /* D'VD; D'V gamma V D; D'V gamma V gamma V D */
    double trace, square; /* of V gamma, and of its square */
} sums;

static double gamma_at(const sem_moments *m, size_t i, size_t j) {
    return m->gamma[i * (m->n_cuts + m->n_pairs) + j];
}

static double weight(const sem_moments *m, size_t pair) {
    return 1 / gamma_at(m, m->n_cuts + pair, m->n_cuts + pair);
}

/* The trace of V gamma and of its square, of a group. */
static void add_traces(const sem_moments *m, double *trace, double *square) {
    *trace += (double)m->n_pairs;
    for (size_t i = 0; i < m->n_pairs; i++)
        for (size_t j = 0; j < m->n_pairs; j++) {
            double g = gamma_at(m, m->n_cuts + i, m->n_cuts + j);
            *square += weight(m, i) * weight(m, j) * g * g;
        }
}

static void scale_chisq(double chisq, double df, double trace, double square, rp_sem_fit *out) {
    double a = sqrt(df / square);
    out->df_scaled = df;
    out->scaling = 1 / a;
    out->shift = df - a * trace;
    out->chisq_scaled = a * chisq + out->shift;
}

/* Of moments of both kinds by columns, one for each parameter: cuts, then V D of the jacobian at hand. */
static void fill_weighted(const sem_wls *w, const sem_moments *m, double *columns) {
    size_t n = w->spec.n_parameters, all = m->n_cuts + m->n_pairs;
    for (size_t a = 0; a < n; a++)
        for (size_t k = 0; k < m->n_pairs; k++)
            columns[a * all + m->n_cuts + k] = weight(m, k) * w->jacobian[k * n + a];
}

/* Adds a group's part of E, B and D. */
static bool add_group(sem_wls *w, size_t group, double share, sums *s) {
    const sem_moments *m = &w->moments[group];
    size_t n = w->spec.n_parameters, all = m->n_cuts + m->n_pairs;
    double *vd = rp_arena_take(w->arena, 2 * n * all + 1, sizeof *vd), *gvd = vd ? vd + n * all : NULL;
    if (vd == NULL)
        return false;
    if (!sem_wls_jacobian(w, group, w->theta))
        return true; /* E stays empty, and says so */
    fill_weighted(w, m, vd);
    for (size_t k = 0; k < m->n_pairs; k++)
        for (size_t a = 0; a < n; a++)
            for (size_t b = 0; b < n; b++)
                s->e[a * n + b] += share * w->jacobian[k * n + a] * weight(m, k) * w->jacobian[k * n + b];
    rp_dense_add_product(1, m->gamma, false, vd, all, all, n, gvd);
    rp_dense_add_product(share, vd, true, gvd, n, all, n, s->b);
    for (size_t a = 0; a < n; a++) /* vd becomes V gamma V D */
        for (size_t k = 0; k < m->n_pairs; k++)
            vd[a * all + m->n_cuts + k] = weight(m, k) * gvd[a * all + m->n_cuts + k];
    for (size_t a = 0; a < n; a++) /* of pairs alone */
        memset(gvd + a * all, 0, m->n_cuts * sizeof *gvd);
    rp_dense_add_product(share, gvd, true, vd, n, all, n, s->d);
    add_traces(m, &s->trace, &s->square);
    return true;
}

static double share_of(const rp_sem_fit *fit, size_t group) {
    return (double)fit->moments[group].n / (double)fit->n;
}

/* How the parameters of the whole model move with a group's moments, a column each: thresholds with their own cut. */
static void fill_influence(const sem_wls *w, size_t group, double share, const double *bread, double *columns) {
    const sem_moments *m = &w->moments[group];
    size_t n = w->spec.n_parameters, all = m->n_cuts + m->n_pairs;
    for (size_t a = 0; a < n; a++)
        for (size_t k = 0; k < m->n_pairs; k++) {
            double sum = 0;
            for (size_t b = 0; b < n; b++)
                sum += bread[a * n + b] * w->jacobian[k * n + b];
            columns[w->of[a] * all + m->n_cuts + k] = share * weight(m, k) * sum;
        }
    for (size_t i = 0; i < w->whole->n_lines; i++) {
        const rp_sem_line *line = &w->whole->lines[i];
        if (line->op != RP_SEM_THRESHOLD || line->group != group)
            continue;
        size_t cut = m->cut_of[sem_threshold_place(w->whole->layout, line)];
        if (cut != SIZE_MAX)
            columns[line->parameter * all + cut] = 1;
    }
}

static bool add_vcov(sem_wls *w, const rp_sem_fit *fit, size_t group, const double *bread) {
    const sem_moments *m = &w->moments[group];
    size_t n = w->whole->n_parameters, all = m->n_cuts + m->n_pairs;
    double rows = (double)fit->n, less = rows - (double)w->spec.layout->n_groups; /* as lavaan, and as chisq */
    double *influence = rp_arena_take(w->arena, 2 * n * all + 1, sizeof *influence);
    if (influence == NULL || !sem_wls_jacobian(w, group, w->theta))
        return influence != NULL;
    double *product = influence + n * all;
    fill_influence(w, group, share_of(fit, group), bread, influence);
    rp_dense_add_product(1, m->gamma, false, influence, all, all, n, product);
    rp_dense_add_product(rows / less / (double)m->n, influence, true, product, n, all, n, fit->vcov);
    return true;
}

/* The variances of what has none: what moves with a direction that nothing tells of, and thresholds at infinity. */
static void blank(rp_sem_fit *fit, const double *null) {
    size_t n = fit->spec->n_parameters;
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n && (null[i] > SEM_MOVED || !isfinite(fit->theta[i])); j++)
            fit->vcov[i * n + j] = fit->vcov[j * n + i] = NAN;
}

static double trace_of(const double *a, const double *b, size_t n) {
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++)
            sum += a[i * n + j] * b[j * n + i];
    return sum;
}

/* tr(U gamma) and that of its square from the sums. `room`: n^2. */
static void set_chisq(const sem_wls *w, const sums *s, const double *bread, double *room, rp_sem_fit *fit) {
    size_t n = w->spec.n_parameters;
    memset(room, 0, n * n * sizeof *room);
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++)
            for (size_t k = 0; k < n; k++)
                room[i * n + j] += bread[i * n + k] * s->b[k * n + j];
    double trace = s->trace - trace_of(bread, s->b, n);
    double square = s->square - 2 * trace_of(bread, s->d, n) + trace_of(room, room, n);
    if (fit->df > 0)
        scale_chisq(fit->chisq, fit->df, trace, square, fit);
    else if (fit->df == 0) /* nothing to scale */
        fit->df_scaled = 0, fit->chisq_scaled = fit->chisq;
}

bool sem_wls_errors(sem_wls *w, rp_sem_fit *fit, double *null, bool *singular) {
    size_t n = w->spec.n_parameters, n_groups = w->spec.layout->n_groups;
    double *room = rp_arena_take(w->arena, 5 * n * n + n + 1, sizeof *room);
    if (room == NULL)
        return false;
    sums s = {.e = room, .b = room + n * n, .d = room + 2 * n * n};
    double *bread = room + 3 * n * n, *free_room = room + 4 * n * n, *moved = room + 5 * n * n;
    for (size_t g = 0; g < n_groups; g++)
        if (!add_group(w, g, share_of(fit, g), &s))
            return false;
    sem_space_information(&w->space, s.e, w->hessian);
    if (!sem_space_inverse(&w->space, w->hessian, SINGULAR, bread, moved, singular, w->arena))
        return false;
    memset(fit->vcov, 0, fit->spec->n_parameters * fit->spec->n_parameters * sizeof *fit->vcov);
    for (size_t i = 0; i < n; i++)
        null[w->of[i]] = moved[i];
    for (size_t g = 0; g < n_groups; g++)
        if (!add_vcov(w, fit, g, bread))
            return false;
    blank(fit, null);
    if (!*singular)
        set_chisq(w, &s, bread, free_room, fit);
    return true;
}

void sem_wls_baseline(const rp_sem_fit *fit, double *chisq, double *chisq_scaled) {
    double trace = 0, square = 0;
    rp_sem_fit scaled = {.chisq_scaled = NAN};
    *chisq = 0;
    for (size_t g = 0; g < fit->spec->layout->n_groups; g++) {
        const sem_moments *m = &fit->moments[g];
        for (size_t k = 0; k < m->n_pairs; k++)
            *chisq += (double)(m->n - 1) * weight(m, k) * m->pairs[k].found.correlation * m->pairs[k].found.correlation;
        add_traces(m, &trace, &square);
    }
    if (trace > 0) /* as many degrees of freedom as correlations */
        scale_chisq(*chisq, trace, trace, square, &scaled);
    *chisq_scaled = scaled.chisq_scaled;
}
