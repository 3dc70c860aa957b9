/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Means and covariances of a group that no model restricts. With missing values by EM (Dempster, Laird & Rubin, J R
 * Stat Soc B 39, 1977), each two steps of which are extrapolated and taken where the likelihood rises: SQUAREM
 * (Varadhan & Roland, Scand J Stat 35, 2008). A step is written by the gradient G of the log-likelihood per row, mean +
 * Sigma g,  Sigma + Sigma G Sigma - (Sigma g)(Sigma g)', so that a pattern of k variables costs k^3, whatever is
 * missing in it, and has its likelihood at the same time. */
#include <assert.h>
#include <math.h>
#include <string.h>

#include "models/sem/sem_ordered.h"
#include "rapport/matrix.h"

static const double LOG_2PI = 1.8378770664093454836;
/* A variable of whose variance the others leave less than this share has none of its own. */
static const double NOTHING = 1e-12;
/* A step that moves nothing by more, in standard deviations, is the last; the likelihood is flat there: what is still
 * to gain goes with the square. */
static const double STILL = 1e-9;
static const int MOST_STEPS = 2000;

/* A group, and room. A point is a mean, then a covariance matrix: p + p^2 numbers. */
typedef struct group_work {
    const sem_pattern *patterns;
    size_t n_patterns, p;
    double n;
    double *units; /* of a point's numbers: standard deviations at the start, and their products */
    double *inverse, *second, *mixed, *apart; /* of a pattern; p^2 but the last */
    double *by_mean, *by_cov;                 /* g and G times n; the lower triangle by rows, then all */
    double *points[4];
} group_work;

static double *matrix_of(const group_work *w, double *point) {
    return point + w->p;
}

/* ---- likelihood and step ------------------------------------------------------------------------------------ */

static void mirror_from_columns(double *a, size_t n) {
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < i; j++)
            a[i * n + j] = a[j * n + i];
}

/* Covariances, deviation from the mean, and second moments around it of what the pattern has. */
static void gather(group_work *w, const sem_pattern *s, const double *mean, const double *cov) {
    size_t k = s->k;
    for (size_t i = 0; i < k; i++)
        w->apart[i] = s->mean[i] - mean[s->observed[i]];
    for (size_t i = 0; i < k; i++)
        for (size_t j = 0; j < k; j++) {
            w->inverse[i * k + j] = cov[s->observed[i] * w->p + s->observed[j]];
            w->second[i * k + j] = s->cross[i * k + j] / (double)s->n + w->apart[i] * w->apart[j];
        }
}

static void product(const double *a, const double *b, size_t k, double *out) {
    memset(out, 0, k * k * sizeof *out);
    for (size_t i = 0; i < k; i++)
        for (size_t h = 0; h < k; h++)
            for (size_t j = 0; j < k; j++)
                out[i * k + j] += a[i * k + h] * b[h * k + j];
}

/* Adds the pattern to log_lik, g and G. False: not positive definite. */
static bool add_pattern(group_work *w, const sem_pattern *s, const double *mean, const double *cov, rp_sum *log_lik) {
    size_t k = s->k;
    double n = (double)s->n, trace = 0;
    gather(w, s, mean, cov);
    if (!rp_dense_cholesky(w->inverse, k))
        return false;
    double log_determinant = rp_dense_log_determinant(w->inverse, k);
    rp_dense_inverse(w->inverse, k);
    mirror_from_columns(w->inverse, k);
    product(w->inverse, w->second, k, w->mixed);
    product(w->mixed, w->inverse, k, w->second);
    for (size_t i = 0; i < k; i++) {
        trace += w->mixed[i * k + i];
        double sum = 0;
        for (size_t j = 0; j < k; j++)
            sum += w->inverse[i * k + j] * w->apart[j];
        w->by_mean[s->observed[i]] += n * sum;
        for (size_t j = 0; j <= i; j++)
            w->by_cov[s->observed[i] * w->p + s->observed[j]] += n * (w->second[i * k + j] - w->inverse[i * k + j]);
    }
    rp_sum_add(log_lik, -n / 2 * ((double)k * LOG_2PI + log_determinant + trace));
    return true;
}

/* The log-likelihood at a point, and the point after it in `next`. NaN: not positive definite. */
static double step_from(group_work *w, double *point, double *next) {
    size_t p = w->p;
    const double *cov = matrix_of(w, point);
    rp_sum log_lik = {0};
    memset(w->by_mean, 0, p * sizeof *w->by_mean);
    memset(w->by_cov, 0, p * p * sizeof *w->by_cov);
    for (size_t i = 0; i < w->n_patterns; i++)
        if (!add_pattern(w, &w->patterns[i], point, cov, &log_lik))
            return NAN;
    for (size_t i = 0; i < p; i++)
        for (size_t j = 0; j < i; j++)
            w->by_cov[j * p + i] = w->by_cov[i * p + j];
    product(cov, w->by_cov, p, w->mixed);
    product(w->mixed, cov, p, w->second);
    for (size_t i = 0; i < p; i++) {
        w->apart[i] = 0;
        for (size_t j = 0; j < p; j++)
            w->apart[i] += cov[i * p + j] * w->by_mean[j] / w->n;
        next[i] = point[i] + w->apart[i];
    }
    for (size_t i = 0; i < p; i++)
        for (size_t j = 0; j <= i; j++)
            matrix_of(w, next)[i * p + j] = matrix_of(w, next)[j * p + i] =
                cov[i * p + j] + w->second[i * p + j] / w->n - w->apart[i] * w->apart[j];
    return rp_sum_value(&log_lik);
}

/* ---- EM -------------------------------------------------------------------------------------------------------- */

static double change(const group_work *w, const double *from, const double *to) {
    double most = 0;
    for (size_t i = 0; i < w->p + w->p * w->p; i++)
        most = fmax(most, fabs(to[i] - from[i]) / w->units[i]);
    return most;
}

/* Three points in a row, and where they lead. */
static void extrapolate(const group_work *w, const double *a, const double *b, const double *c, double *out) {
    double first = 0, bend = 0;
    for (size_t i = 0; i < w->p + w->p * w->p; i++) {
        double unit = w->units[i], r = (b[i] - a[i]) / unit, v = (c[i] - b[i]) / unit - r;
        first += r * r;
        bend += v * v;
    }
    double length = bend > 0 ? fmax(1, sqrt(first / bend)) : 1;
    for (size_t i = 0; i < w->p + w->p * w->p; i++) {
        double r = b[i] - a[i], v = c[i] - b[i] - r;
        out[i] = a[i] + 2 * length * r + length * length * v;
    }
}

static void swap(double **a, double **b) {
    double *kept = *a;
    *a = *b;
    *b = kept;
}

/* Whether the covariances of a point are; their Cholesky factor is in w->mixed then. */
static bool definite(group_work *w, double *point) {
    size_t p = w->p;
    const double *cov = matrix_of(w, point);
    memcpy(w->mixed, cov, p * p * sizeof *cov);
    if (!rp_dense_cholesky(w->mixed, p))
        return false;
    for (size_t i = 0; i < p; i++)
        if (!(w->mixed[i * p + i] * w->mixed[i * p + i] > NOTHING * cov[i * p + i]))
            return false;
    return true;
}

/* From points[0], and to it. */
static void climb(group_work *w, sem_saturated *out) {
    double **at = w->points;
    out->log_lik = step_from(w, at[0], at[1]);
    for (out->steps = 1; definite(w, at[0]) && isfinite(out->log_lik); out->steps += 2) {
        out->converged = change(w, at[0], at[1]) <= STILL;
        if (out->converged || out->steps >= MOST_STEPS)
            return;
        double here = step_from(w, at[1], at[2]);
        extrapolate(w, at[0], at[1], at[2], at[3]);
        swap(&at[0], &at[1]); /* the first is of no more use; what comes now is 0 and 2 */
        swap(&at[1], &at[2]);
        out->log_lik = here;
        double there = step_from(w, at[3], at[2]);
        if (there >= here) {
            swap(&at[0], &at[3]);
            swap(&at[1], &at[2]);
            out->log_lik = there;
        }
    }
    out->log_lik = NAN;
}

/* ---- a group -------------------------------------------------------------------------------------------------------
 */

/* Means and variances of what there is; NaN where there is nothing. No covariances. */
static void start(const group_work *w, double *point) {
    for (size_t j = 0; j < w->p; j++) {
        double n = 0, mean = 0, cross = 0;
        for (size_t i = 0; i < w->n_patterns; i++) {
            const sem_pattern *s = &w->patterns[i];
            size_t a = 0;
            while (a < s->k && s->observed[a] < j)
                a++;
            if (a == s->k || s->observed[a] != j)
                continue;
            double apart = s->mean[a] - mean, more = (double)s->n;
            cross += s->cross[a * s->k + a] + apart * apart * n * more / (n + more);
            mean += apart * more / (n + more);
            n += more;
        }
        point[j] = n > 0 ? mean : NAN;
        point[w->p + j * w->p + j] = n > 0 ? cross / n : NAN;
        w->units[j] = n > 0 ? sqrt(cross / n) : NAN;
    }
    for (size_t i = 0; i < w->p; i++)
        for (size_t j = 0; j < w->p; j++)
            w->units[w->p + i * w->p + j] = w->units[i] * w->units[j];
}

/* -n/2 (p log 2 pi + log |S| + p). */
static void complete(group_work *w, sem_saturated *out) {
    const sem_pattern *s = w->patterns;
    double *cov = matrix_of(w, w->points[0]);
    memcpy(w->points[0], s->mean, w->p * sizeof *s->mean);
    for (size_t i = 0; i < w->p * w->p; i++)
        cov[i] = s->cross[i] / w->n;
    out->converged = definite(w, w->points[0]);
    out->log_lik = NAN;
    if (out->converged) /* the factor is there */
        out->log_lik = -w->n / 2 * ((double)w->p * (LOG_2PI + 1) + rp_dense_log_determinant(w->mixed, w->p));
}

static bool make_room(group_work *w, sem_saturated *out, rp_arena *arena, rp_arena *scratch) {
    size_t p = w->p;
    double **vectors[] = {&w->apart, &w->by_mean};
    double **squares[] = {&w->inverse, &w->second, &w->mixed, &w->by_cov};
    bool good = true;
    for (size_t i = 0; i < sizeof vectors / sizeof *vectors; i++)
        good = good && (*vectors[i] = rp_arena_take(scratch, p, sizeof(double))) != NULL;
    for (size_t i = 0; i < sizeof squares / sizeof *squares; i++)
        good = good && (*squares[i] = rp_arena_take(scratch, p * p, sizeof(double))) != NULL;
    good = good && (w->units = rp_arena_take(scratch, p + p * p, sizeof(double))) != NULL;
    for (size_t i = 0; i < 4; i++)
        good = good && (w->points[i] = rp_arena_take(scratch, p + p * p, sizeof(double))) != NULL;
    out->mean = rp_arena_take(arena, p, sizeof *out->mean);
    out->cov = rp_arena_take(arena, p * p, sizeof *out->cov);
    return good && out->mean && out->cov;
}

static bool of_group(group_work *w, sem_saturated *out, rp_arena *arena, rp_arena *scratch) {
    *out = (sem_saturated){0};
    if (!make_room(w, out, arena, scratch))
        return false;
    for (size_t i = 0; i < w->n_patterns; i++)
        w->n += (double)w->patterns[i].n;
    if (w->n_patterns == 1 && w->patterns[0].k == w->p)
        complete(w, out);
    else {
        start(w, w->points[0]);
        climb(w, out);
    }
    memcpy(out->mean, w->points[0], w->p * sizeof *out->mean);
    memcpy(out->cov, matrix_of(w, w->points[0]), w->p * w->p * sizeof *out->cov);
    return true;
}

bool sem_saturated_make(const rp_sem_stats *stats, sem_saturated *out, rp_arena *arena) {
    assert(stats && stats->layout->n_observed > 0 && out && arena);
    if (stats->layout->levels)
        return sem_levels_saturated(stats, out, arena);
    if (stats->ordered) {
        const sem_moments *moments = sem_moments_make(stats, false, arena);
        return moments && sem_moments_saturated(moments, stats->layout->n_groups, out, arena);
    }
    bool good = true;
    size_t from = 0;
    for (size_t g = 0; good && g < stats->layout->n_groups; g++) {
        size_t to = from;
        while (to < stats->n_patterns && stats->patterns[to].group == g)
            to++;
        group_work w = {.patterns = stats->patterns + from, .n_patterns = to - from, .p = stats->layout->n_observed};
        rp_arena *scratch = rp_arena_new(0);
        good = scratch && of_group(&w, &out[g], arena, scratch);
        rp_arena_free(scratch);
        from = to;
    }
    return good;
}
