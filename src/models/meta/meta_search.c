/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which variances the spec's method takes. Likelihoods by Newton's method within variances of 0 and above. */
#include "models/meta/meta_parts.h"

enum { MOST_STEPS = 200, MOST_HALVINGS = 60, POLISH = 2 };

static const double done_below = 1e-13; /* of what a step promises, in log-likelihood */

/* ---- one search ---- */

typedef struct space {
    size_t n;
    int which[2]; /* the variances that are estimated */
} space;

static space space_of(const rp_meta_spec *spec) {
    space s = {0};
    if (spec->effect)
        s.which[s.n++] = 0;
    if (spec->study)
        s.which[s.n++] = 1;
    return s;
}

/* A variance of 0 whose slope is not upwards stays. */
static space free_at(const space *all, const meta_point *at) {
    space s = {0};
    for (size_t i = 0; i < all->n; i++) {
        int v = all->which[i];
        if (at->variance[v] > 0 || at->gradient[v] > 0)
            s.which[s.n++] = v;
    }
    return s;
}

static bool solve_two(const double *m, const double *g, double *step) {
    double det = m[0] * m[2] - m[1] * m[1];
    if (!(m[0] > 0) || !(det > 1e-14 * m[0] * m[2]))
        return false;
    step[0] = (m[2] * g[0] - m[1] * g[1]) / det;
    step[1] = (m[0] * g[1] - m[1] * g[0]) / det;
    return true;
}

/* information^-1 gradient on the free variances; false: not positive definite. */
static bool step_by(const space *s, const double *information, const double *gradient, double *step) {
    step[0] = step[1] = 0;
    if (s->n == 2)
        return solve_two(information, gradient, step);
    int v = s->which[0];
    double own = information[v ? 2 : 0];
    step[v] = gradient[v] / own;
    return own > 0;
}

/* Newton where the surface bends downwards, else Fisher scoring, whose matrix always does. */
static bool find_step(const space *s, const meta_point *at, double *step) {
    return step_by(s, at->observed, at->gradient, step) || step_by(s, at->expected, at->gradient, step);
}

static bool try_step(meta_work *work, const meta_point *from, const double *step, double length, meta_point *to,
                     int *evaluations) {
    double next[2];
    for (int v = 0; v < 2; v++)
        next[v] = fmax(0, from->variance[v] + length * step[v]);
    ++*evaluations;
    return meta_evaluate(work, next, to);
}

/* Goes uphill. False: no step of this direction helps. */
static bool climb(meta_work *work, meta_point *at, const double *step, int *evaluations) {
    double length = 1;
    for (int i = 0; i < MOST_HALVINGS; i++, length /= 2) {
        meta_point next;
        if (!try_step(work, at, step, length, &next, evaluations))
            continue;
        double promised = 0;
        for (int v = 0; v < 2; v++)
            promised += at->gradient[v] * (next.variance[v] - at->variance[v]);
        if (next.log_lik >= at->log_lik + 1e-4 * fmax(promised, 0) && next.log_lik > at->log_lik) {
            *at = next;
            return true;
        }
    }
    return false;
}

/* At the summit values differ by rounding alone; the last steps go by the gradient, whose zero is found sharper. */
static void polish(meta_work *work, const space *all, meta_point *at, int *evaluations) {
    for (int i = 0; i < POLISH; i++) {
        space s = free_at(all, at);
        double step[2];
        meta_point next;
        if (s.n == 0 || !step_by(&s, at->observed, at->gradient, step) ||
            !try_step(work, at, step, 1, &next, evaluations))
            return;
        if (next.log_lik < at->log_lik - 1e-12 * fmax(1, fabs(at->log_lik)))
            return;
        *at = next;
    }
}

static bool search_from(meta_work *work, const space *all, const double *start, meta_point *at, int *evaluations) {
    ++*evaluations;
    if (!meta_evaluate(work, start, at))
        return false;
    for (int i = 0; i < MOST_STEPS; i++) {
        space s = free_at(all, at);
        double step[2], promised = 0;
        if (s.n == 0)
            return true;
        if (!find_step(&s, at, step))
            return false;
        for (int v = 0; v < 2; v++)
            promised += at->gradient[v] * step[v] / 2;
        if (promised < done_below * fmax(1, fabs(at->log_lik)))
            break;
        if (!climb(work, at, step, evaluations)) {
            double slope = 0;
            for (size_t v = 0; v < s.n; v++)
                slope = fmax(slope, at->variance[s.which[v]] * fabs(at->gradient[s.which[v]]));
            if (slope > 1e-6 * fmax(1, fabs(at->log_lik)))
                return false;
            break;
        }
    }
    polish(work, all, at, evaluations);
    return true;
}

/* ---- likelihoods ---- */

/* From where the heterogeneity is shared out in several ways, and from far above it. */
static void search_likelihood(meta_work *work, double moments, double typical, meta_found *out) {
    static const double shares[][2] = {{0.5, 0.5}, {0.02, 0.98}, {0.98, 0.02}};
    const space all = space_of(work->data->spec);
    double total = fmax(moments, 0.05 * typical);
    bool any = false;
    for (size_t i = 0; i < 3; i++) {
        double start[2] = {0};
        for (size_t v = 0; v < all.n; v++)
            start[all.which[v]] = all.n == 2 ? total * shares[i][v]
                                  : i == 0   ? total
                                  : i == 1   ? 0
                                             : 20 * (total + typical);
        meta_point at;
        if (!search_from(work, &all, start, &at, &out->evaluations))
            continue;
        double tolerance = 1e-7 * fmax(1, fabs(at.log_lik));
        out->several = out->several || (any && fabs(at.log_lik - out->at.log_lik) > tolerance);
        if (!any || at.log_lik > out->at.log_lik)
            out->at = at;
        any = true;
    }
    out->converged = any;
}

/* ---- moments ---- */

/* e'V^-1 e falls in tau2 and bends upwards: Newton's steps from 0 come to its root from below. */
static bool root_from_zero(meta_work *work, double target, meta_found *out) {
    double variance[2] = {0};
    for (int i = 0; i < MOST_STEPS; i++) {
        out->evaluations++;
        if (!meta_evaluate(work, variance, &out->at))
            return false;
        double over = out->at.rss - target;
        if (over <= 0 && i == 0)
            return true;
        double step = over / out->at.slope;
        if (!(fabs(step) > 1e-15 * variance[0]))
            return true;
        variance[0] = fmax(0, variance[0] + step);
    }
    return true;
}

void meta_search(meta_work *work, meta_found *out) {
    const rp_meta_spec *spec = work->data->spec;
    double zero[2] = {0}, df = (double)work->data->k - (double)work->data->p;
    meta_point none;
    *out = (meta_found){.evaluations = 1};
    if (!meta_evaluate(work, zero, &none))
        return;
    out->at = none;
    out->converged = true;
    double moments[2] = {fmax(0, (none.rss - df) / none.trace), 0}, typical = df / none.trace;
    bool likelihood = (spec->method == RP_META_REML || spec->method == RP_META_ML) && (spec->study || spec->effect);
    if (spec->method == RP_META_DL)
        out->converged = meta_evaluate(work, moments, &out->at);
    else if (spec->method == RP_META_PM)
        out->converged = root_from_zero(work, df, out);
    else if (likelihood)
        search_likelihood(work, moments[0], typical, out);
    if (likelihood && out->converged) /* leaves `work` at the place that was kept */
        out->converged = meta_evaluate(work, (double[]){out->at.variance[0], out->at.variance[1]}, &out->at);
}
