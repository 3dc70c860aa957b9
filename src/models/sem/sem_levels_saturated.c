/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Two levels whose covariances no model restricts, or of which all are 0: fitted as models, from moments as analysis of
 * variance has them. Covariances between clusters may come out not positive definite; they are not held back from it,
 * since no model is. */
#include <assert.h>
#include <math.h>
#include <string.h>

#include "models/sem/sem_parts.h"

static const double LEAST_SHARE = 0.02; /* of a variance: what is between clusters at the start, at least */
enum { MOST_EVALUATIONS = 5000, HALVINGS = 30 };

/* ---- analysis of variance -------------------------------------------------------------------------------------- */

/* Adds the cross products of means by size around the mean of all rows. */
static void add_between(const rp_sem_stats *stats, sem_anova *out, double *apart) {
    size_t p = stats->layout->n_observed;
    for (size_t q = 0; q < stats->n_patterns; q++) {
        const sem_pattern *at = &stats->patterns[q];
        if (at->group == 0)
            continue;
        for (size_t i = 0; i < p; i++)
            apart[i] = at->mean[i] - sqrt(at->size) * out->mean[i];
        for (size_t i = 0; i < p; i++)
            for (size_t j = 0; j < p; j++)
                out->between[i * p + j] += at->cross[i * p + j] + (double)at->n * apart[i] * apart[j];
    }
}

bool sem_anova_make(const rp_sem_stats *stats, sem_anova *out, rp_arena *arena) {
    assert(stats->layout->levels);
    size_t p = stats->layout->n_observed;
    *out = (sem_anova){.rows = (double)rp_sem_rows_used(stats, 0), .clusters = (double)rp_sem_rows_used(stats, 1)};
    out->mean = rp_arena_take(arena, 2 * p + 2 * p * p, sizeof *out->mean);
    if (out->mean == NULL)
        return false;
    double *apart = out->mean + p, squares = 0;
    out->within = apart + p;
    out->between = out->within + p * p;
    for (size_t q = 0; q < stats->n_patterns; q++) {
        const sem_pattern *at = &stats->patterns[q];
        double size = at->size, n = (double)at->n;
        squares += n * size * size;
        for (size_t i = 0; i < p && at->group == 1; i++)
            out->mean[i] += n * sqrt(size) * at->mean[i] / out->rows;
        for (size_t i = 0; i < p * p && at->group == 0; i++)
            out->within[i] = at->cross[i] / n;
    }
    add_between(stats, out, apart);
    for (size_t i = 0; i < p * p; i++)
        out->between[i] /= out->clusters - 1;
    out->size = (out->rows - squares / out->rows) / (out->clusters - 1);
    return true;
}

/* ---- a start ------------------------------------------------------------------------------------------------------
 */

bool sem_levels_proper(const double *cov, size_t p, double *scratch) {
    memcpy(scratch, cov, p * p * sizeof *cov);
    if (!rp_cholesky(scratch, p))
        return false;
    for (size_t i = 0; i < p; i++)
        if (!(scratch[i * p + i] * scratch[i * p + i] > 1e-12 * cov[i * p + i]))
            return false;
    return true;
}

/* Variances above nothing, and covariances drawn in until the whole is positive definite. */
void sem_levels_tame(double *between, const double *within, size_t p, double *scratch) {
    for (size_t i = 0; i < p; i++) {
        double *own = &between[i * p + i], least = LEAST_SHARE * within[i * p + i];
        *own = *own > least ? *own : least;
    }
    for (int halved = 0; halved < HALVINGS && !sem_levels_proper(between, p, scratch); halved++)
        for (size_t i = 0; i < p; i++)
            for (size_t j = 0; j < p; j++)
                between[i * p + j] *= i == j ? 1 : 0.5;
}

static bool start(const rp_sem_stats *stats, sem_saturated *out, rp_arena *arena) {
    size_t p = stats->layout->n_observed;
    sem_anova anova;
    double *room = rp_arena_take(arena, 3 * p * p + 2 * p, sizeof *room);
    if (room == NULL || !sem_anova_make(stats, &anova, arena))
        return false;
    for (size_t g = 0; g < 2; g++)
        out[g] = (sem_saturated){.mean = room + g * p, .cov = room + 2 * p + g * p * p};
    memcpy(out[1].mean, anova.mean, p * sizeof *anova.mean);
    memcpy(out[0].cov, anova.within, p * p * sizeof *anova.within);
    for (size_t i = 0; i < p * p; i++)
        out[1].cov[i] = (anova.between[i] - anova.within[i]) / anova.size;
    sem_levels_tame(out[1].cov, anova.within, p, room + 2 * p + 2 * p * p);
    return true;
}

/* ---- models without latent variables ---------------------------------------------------------------------------- */

typedef struct plain {
    rp_sem_spec spec;
    rp_sem_line *lines;
    double *theta;
} plain;

static void add_line(plain *m, rp_sem_op op, size_t group, size_t i, size_t j, double value) {
    size_t k = m->spec.n_parameters++;
    m->lines[k] = (rp_sem_line){.op = op, .lhs = i, .rhs = j, .group = group, .parameter = k, .value = NAN};
    m->theta[k] = value;
}

/* Every variance and mean free, and every covariance or none; theta as in `from`. */
static bool plain_make(const rp_sem_layout *layout, bool covariances, const sem_saturated *from, plain *out,
                       rp_arena *arena) {
    size_t p = layout->n_observed, most = p * (p + 1) + p;
    *out = (plain){.spec = {.layout = layout, .means = true}};
    out->lines = rp_arena_take(arena, most, sizeof *out->lines);
    out->theta = rp_arena_take(arena, most, sizeof *out->theta);
    if (out->lines == NULL || out->theta == NULL)
        return false;
    for (size_t g = 0; g < 2; g++)
        for (size_t i = 0; i < p; i++)
            for (size_t j = covariances ? 0 : i; j <= i; j++)
                add_line(out, RP_SEM_COVARIES, g, i, j, from[g].cov[i * p + j]);
    for (size_t i = 0; i < p; i++)
        add_line(out, RP_SEM_INTERCEPT, 1, i, i, from[1].mean[i]);
    out->spec.lines = out->lines;
    out->spec.n_lines = out->spec.n_parameters;
    return true;
}

static void take(const plain *m, sem_saturated *out) {
    size_t p = m->spec.layout->n_observed;
    for (size_t k = 0; k < m->spec.n_lines; k++) {
        const rp_sem_line *line = &m->lines[k];
        sem_saturated *to = &out[line->group];
        if (line->op == RP_SEM_INTERCEPT)
            to->mean[line->lhs] = m->theta[k];
        else
            to->cov[line->lhs * p + line->rhs] = to->cov[line->rhs * p + line->lhs] = m->theta[k];
    }
}

bool sem_levels_saturated(const rp_sem_stats *stats, sem_saturated *out, rp_arena *arena) {
    plain m;
    rp_minimum found;
    rp_arena *scratch = rp_arena_new(0);
    bool good = scratch && start(stats, out, arena) && plain_make(stats->layout, true, out, &m, scratch) &&
                sem_climb(&m.spec, stats, MOST_EVALUATIONS, m.theta, &found, scratch);
    if (good) {
        bool converged = isfinite(found.value) && found.converged;
        out[0].converged = out[1].converged = converged;
        out[0].log_lik = converged ? -found.value / 2 : NAN;
        if (converged) /* else a start is all there is */
            take(&m, out);
    }
    rp_arena_free(scratch);
    return good;
}

bool sem_levels_baseline(const rp_sem_stats *stats, double *log_lik, rp_arena *scratch) {
    plain m;
    rp_minimum found;
    sem_saturated begun[2];
    if (!start(stats, begun, scratch) || !plain_make(stats->layout, false, begun, &m, scratch) ||
        !sem_climb(&m.spec, stats, MOST_EVALUATIONS, m.theta, &found, scratch))
        return false;
    *log_lik = isfinite(found.value) && found.converged ? -found.value / 2 : NAN;
    return true;
}
