/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The Laplace approximation and its exact gradient. With r = e - dw h / 2 + w (Z Lambda v) / 2 for each cell, where
 * h = diag(Z Lambda H^-1 Lambda'Z') and v = H^-1 Lambda'Z'(dw h),
 *   dL/dbeta = X'r,
 *   dL/dLambda_ab = sum over groups of (Z'r)_a u_b - (Z'e)_a v_b / 2 - (Z'WZ Lambda H^-1)_ab.
 * (The modes move with the parameters; that the penalised likelihood is flat there leaves the parts with v.) */
#include <assert.h>
#include <math.h>
#include <string.h>

#include "models/mixed/binomial_parts.h"

enum { MOST_STEPS = 200, MOST_HALVINGS = 40, CHUNK = 1024 };

/* Four chains of additions: the processor does them side by side. */
static double short_sum(const double *column, const double *r, size_t n) {
    double a = 0, b = 0, c = 0, d = 0;
    size_t i = 0;
    if (column == NULL) {
        for (; i + 4 <= n; i += 4) {
            a += r[i];
            b += r[i + 1];
            c += r[i + 2];
            d += r[i + 3];
        }
    } else {
        for (; i + 4 <= n; i += 4) {
            a += column[i] * r[i];
            b += column[i + 1] * r[i + 1];
            c += column[i + 2] * r[i + 2];
            d += column[i + 3] * r[i + 3];
        }
    }
    for (; i < n; i++)
        a += column != NULL ? column[i] * r[i] : r[i];
    return (a + b) + (c + d);
}

double binomial_column_sum(const double *column, const double *r, size_t n) {
    rp_sum sum = {0};
    for (size_t i = 0; i < n; i += CHUNK)
        rp_sum_add(&sum, short_sum(column != NULL ? column + i : NULL, r + i, n - i < CHUNK ? n - i : CHUNK));
    return rp_sum_value(&sum);
}

void binomial_set_lambda(binomial_plan *plan, const double *theta) {
    for (size_t t = 0; t < plan->n_theta; t++)
        plan->lambda[plan->theta_row[t] * plan->q + plan->theta_column[t]] = theta[t];
}

/* offset + X beta, which stays while the modes are sought. */
static void set_fixed(binomial_plan *plan, const double *beta) {
    size_t n = plan->cells->n;
    double ones = 0;
    for (size_t c = 0; c < plan->p; c++)
        ones += plan->x[c] == NULL ? beta[c] : 0;
    for (size_t i = 0; i < n; i++)
        plan->fixed[i] = ones + (plan->cells->offset != NULL ? plan->cells->offset[i] : 0);
    for (size_t c = 0; c < plan->p; c++)
        for (size_t i = 0; plan->x[c] != NULL && i < n; i++)
            plan->fixed[i] += beta[c] * plan->x[c][i];
}

/* out = Lambda times the run's part of u. */
static void local_effects(const binomial_plan *plan, size_t r, const double *u, double *out) {
    size_t q = plan->q;
    const uint32_t *place = plan->place + r * q;
    for (size_t a = 0; a < q; a++) {
        out[a] = 0;
        for (size_t b = 0; b <= a; b++)
            out[a] += plan->lambda[a * q + b] * u[place[b]];
    }
}

/* z'b of a run's cells, added to `add` (or to 0). */
static void spread(const binomial_plan *plan, size_t r, const double *b, const double *add, double *out) {
    size_t from = plan->run[r], to = plan->run[r + 1];
    double ones = 0;
    for (size_t k = 0; k < plan->q; k++)
        ones += plan->z[k] == NULL ? b[k] : 0;
    for (size_t i = from; i < to; i++)
        out[i] = ones + (add != NULL ? add[i] : 0);
    for (size_t k = 0; k < plan->q; k++)
        for (size_t i = from; plan->z[k] != NULL && i < to; i++)
            out[i] += plan->z[k][i] * b[k];
}

/* sum over a run's cells of z_a r, and of z_a z_b r. */
static double moment(const binomial_plan *plan, size_t r, const double *za, const double *zb, const double *of) {
    double sum = 0, other = 0;
    size_t i = plan->run[r], to = plan->run[r + 1];
    if (za == NULL && zb == NULL) {
        for (; i + 2 <= to; i += 2) {
            sum += of[i];
            other += of[i + 1];
        }
        return i < to ? sum + other + of[i] : sum + other;
    }
    for (; i < to; i++)
        sum += (za != NULL ? za[i] : 1) * (zb != NULL ? zb[i] : 1) * of[i];
    return sum;
}

/* The run's Z'WZ, both triangles. */
static void local_gram(const binomial_plan *plan, size_t r, const double *w, double *gram) {
    size_t q = plan->q;
    for (size_t a = 0; a < q; a++)
        for (size_t b = 0; b <= a; b++)
            gram[a * q + b] = gram[b * q + a] = moment(plan, r, plan->z[a], plan->z[b], w);
}

/* Adds the run's Lambda'Z'WZ Lambda to H. */
static void add_to_matrix(binomial_plan *plan, size_t r) {
    size_t q = plan->q;
    const uint32_t *pair = plan->pair + r * q * (q + 1) / 2;
    double gram[RP_BINOMIAL_EFFECTS * RP_BINOMIAL_EFFECTS], half[RP_BINOMIAL_EFFECTS * RP_BINOMIAL_EFFECTS];
    local_gram(plan, r, plan->w, gram);
    for (size_t a = 0; a < q; a++)
        for (size_t b = 0; b < q; b++) {
            half[a * q + b] = 0; /* gram times Lambda */
            for (size_t k = b; k < q; k++)
                half[a * q + b] += gram[a * q + k] * plan->lambda[k * q + b];
        }
    for (size_t a = 0; a < q; a++)
        for (size_t b = 0; b <= a; b++) {
            double sum = 0;
            for (size_t k = a; k < q; k++)
                sum += plan->lambda[k * q + a] * half[k * q + b];
            plan->h.values[*pair++] += sum;
        }
}

/* Adds Lambda'Z'of, run by run, to `to`. */
static void gather(const binomial_plan *plan, const double *of, double *to) {
    size_t q = plan->q;
    double local[RP_BINOMIAL_EFFECTS];
    for (size_t r = 0; r < plan->n_runs; r++) {
        const uint32_t *place = plan->place + r * q;
        for (size_t a = 0; a < q; a++)
            local[a] = moment(plan, r, plan->z[a], NULL, of);
        for (size_t b = 0; b < q; b++)
            for (size_t a = b; a < q; a++)
                to[place[b]] += plan->lambda[a * q + b] * local[a];
    }
}

/* l - u'u / 2 at u, with e, w, the score and H there. */
static double at_effects(binomial_plan *plan) {
    const binomial_cells *c = plan->cells;
    double b[RP_BINOMIAL_EFFECTS];
    for (size_t r = 0; plan->q > 0 && r < plan->n_runs; r++) {
        local_effects(plan, r, plan->u, b);
        spread(plan, r, b, plan->fixed, plan->eta);
    }
    if (plan->q == 0)
        memcpy(plan->eta, plan->fixed, c->n * sizeof *plan->eta);
    rp_sum l = {0};
    rp_sum_add(&l, binomial_link(plan->spec->family, c->n, plan->eta, c->y, c->trials, plan->e, plan->w));
    memset(plan->h.values, 0, plan->h.n_values * sizeof *plan->h.values);
    memset(plan->score, 0, plan->n_u * sizeof *plan->score);
    gather(plan, plan->e, plan->score);
    for (size_t r = 0; plan->q > 0 && r < plan->n_runs; r++)
        add_to_matrix(plan, r);
    for (size_t i = 0; i < plan->n_u; i++) {
        rp_sum_add(&l, -0.5 * plan->u[i] * plan->u[i]);
        plan->score[i] -= plan->u[i];
        plan->h.values[binomial_matrix_place(&plan->h, i, i)] += 1;
    }
    return rp_sum_value(&l);
}

static double largest(const double *a, size_t n) {
    double most = 0;
    for (size_t i = 0; i < n; i++)
        if (!(fabs(a[i]) <= most))
            most = fabs(a[i]);
    return most;
}

/* Whether the plan stands at this point already, its modes found. */
static bool known(const binomial_plan *plan, const double *theta, const double *beta) {
    return plan->known && memcmp(plan->at, theta, plan->n_theta * sizeof *theta) == 0 &&
           memcmp(plan->at + plan->n_theta, beta, plan->p * sizeof *beta) == 0;
}

static void remember(binomial_plan *plan, const double *theta, const double *beta, double penalised) {
    memcpy(plan->at, theta, plan->n_theta * sizeof *theta);
    memcpy(plan->at + plan->n_theta, beta, plan->p * sizeof *beta);
    plan->penalised = penalised;
    plan->known = true;
}

bool binomial_find_modes(binomial_plan *plan, const double *theta, const double *beta, double *penalised) {
    *penalised = plan->penalised;
    if (known(plan, theta, beta))
        return true;
    plan->known = false;
    binomial_set_lambda(plan, theta);
    set_fixed(plan, beta);
    double now = at_effects(plan);
    for (int step = 0; step < MOST_STEPS && isfinite(now); step++) {
        if (!binomial_matrix_factor(&plan->h))
            return false;
        memcpy(plan->step, plan->score, plan->n_u * sizeof *plan->step);
        binomial_matrix_solve(&plan->h, plan->step);
        *penalised = now;
        if (largest(plan->step, plan->n_u) <= plan->tolerance) {
            remember(plan, theta, beta, now);
            return true;
        }
        memcpy(plan->u_before, plan->u, plan->n_u * sizeof *plan->u);
        double length = 1, next = -INFINITY;
        for (int half = 0; half < MOST_HALVINGS; half++, length /= 2) {
            for (size_t i = 0; i < plan->n_u; i++)
                plan->u[i] = plan->u_before[i] + length * plan->step[i];
            next = at_effects(plan);
            if (next >= now - 1e-11 * (1 + fabs(now))) /* but for rounding, not lower */
                break;
        }
        now = next;
    }
    binomial_forget(plan); /* the next search starts afresh */
    return false;
}

void binomial_forget(binomial_plan *plan) {
    memset(plan->u, 0, plan->n_u * sizeof *plan->u);
    plan->known = false;
}

/* Of a group's sum of z e, whose variance is W = sum of z^2 w by chance alone, E (S^2 - W) = W^2 theta^2. */
void binomial_start(binomial_plan *plan, const double *beta, double *theta) {
    const rp_mixed_spec *spec = plan->spec;
    memset(plan->lambda, 0, plan->q * plan->q * sizeof *plan->lambda);
    for (size_t a = 0; a < plan->q; a++)
        plan->lambda[a * plan->q + a] = 1;
    binomial_forget(plan);
    set_fixed(plan, beta);
    at_effects(plan);
    memset(theta, 0, plan->n_theta * sizeof *theta);
    for (size_t t = 0, at = 0; t < spec->n_terms; t++)
        for (size_t k = 0; k < spec->terms[t].n_columns; at += spec->terms[t].n_columns - k, k++) {
            double over = 0, weight = 0;
            for (size_t g = 0; g < spec->levels[spec->terms[t].factor]; g++) {
                size_t i = plan->term_base[t] + g * plan->term_step[t] + k;
                double w = plan->h.values[binomial_matrix_place(&plan->h, i, i)] - 1;
                over += plan->score[i] * plan->score[i] - w;
                weight += w * w;
            }
            theta[at] = fmin(sqrt(fmax(over / weight, 0.01)), 3);
        }
    memset(plan->lambda, 0, plan->q * plan->q * sizeof *plan->lambda);
}

bool binomial_information(binomial_plan *plan, const double *theta, const double *beta, double *information,
                          rp_arena *arena) {
    size_t n = plan->cells->n, p = plan->p, n_u = plan->n_u;
    double penalised, *c = rp_arena_take(arena, p * n_u, sizeof *c);
    if (c == NULL || !binomial_find_modes(plan, theta, beta, &penalised))
        return c != NULL;
    for (size_t a = 0; a < p; a++) {
        for (size_t i = 0; i < n; i++)
            plan->rest[i] = plan->w[i] * (plan->x[a] != NULL ? plan->x[a][i] : 1);
        for (size_t b = 0; b <= a; b++)
            information[a * p + b] = binomial_column_sum(plan->x[b], plan->rest, n);
        gather(plan, plan->rest, c + a * n_u);
        memcpy(plan->v, c + a * n_u, n_u * sizeof *plan->v);
        binomial_matrix_solve(&plan->h, plan->v);
        for (size_t b = 0; b <= a; b++)
            information[a * p + b] -= binomial_column_sum(c + b * n_u, plan->v, n_u);
    }
    return true;
}

/* ---- gradient ---------------------------------------------------------------------------------------- */

/* Lambda times the run's block of H^-1. */
static void local_inverse(const binomial_plan *plan, size_t r, double *out) {
    size_t q = plan->q;
    const uint32_t *pair = plan->pair + r * q * (q + 1) / 2;
    double inverse[RP_BINOMIAL_EFFECTS * RP_BINOMIAL_EFFECTS];
    for (size_t a = 0; a < q; a++)
        for (size_t b = 0; b <= a; b++)
            inverse[a * q + b] = inverse[b * q + a] = plan->h.inverse[*pair++];
    for (size_t a = 0; a < q; a++)
        for (size_t b = 0; b < q; b++) {
            out[a * q + b] = 0;
            for (size_t k = 0; k <= a; k++)
                out[a * q + b] += plan->lambda[a * q + k] * inverse[k * q + b];
        }
}

/* dw h of a run's cells into `rest`. */
static void weigh_leverage(binomial_plan *plan, size_t r) {
    size_t q = plan->q;
    double k[RP_BINOMIAL_EFFECTS * RP_BINOMIAL_EFFECTS];
    local_inverse(plan, r, k);
    for (size_t i = plan->run[r]; i < plan->run[r + 1]; i++)
        plan->rest[i] = 0;
    for (size_t a = 0; a < q; a++)
        for (size_t b = 0; b <= a; b++) {
            double cov = 0; /* (K Lambda')_ab */
            for (size_t j = 0; j <= b; j++)
                cov += k[a * q + j] * plan->lambda[b * q + j];
            cov *= a == b ? 1 : 2;
            const double *za = plan->z[a], *zb = plan->z[b];
            for (size_t i = plan->run[r]; i < plan->run[r + 1]; i++)
                plan->rest[i] += cov * (za != NULL ? za[i] : 1) * (zb != NULL ? zb[i] : 1);
        }
    for (size_t i = plan->run[r]; i < plan->run[r + 1]; i++)
        plan->rest[i] *= plan->dw[i];
}

/* r of a run's cells into `rest`, which holds dw h; dw is scratch. */
static void finish_residuals(binomial_plan *plan, size_t r) {
    double b[RP_BINOMIAL_EFFECTS];
    local_effects(plan, r, plan->v, b);
    spread(plan, r, b, NULL, plan->dw);
    for (size_t i = plan->run[r]; i < plan->run[r + 1]; i++)
        plan->rest[i] = plan->e[i] - 0.5 * plan->rest[i] + 0.5 * plan->w[i] * plan->dw[i];
}

static void add_to_theta(const binomial_plan *plan, size_t r, rp_sum *sums) {
    size_t q = plan->q;
    const uint32_t *place = plan->place + r * q;
    double k[RP_BINOMIAL_EFFECTS * RP_BINOMIAL_EFFECTS], gram[RP_BINOMIAL_EFFECTS * RP_BINOMIAL_EFFECTS];
    double zr[RP_BINOMIAL_EFFECTS], ze[RP_BINOMIAL_EFFECTS];
    local_inverse(plan, r, k);
    local_gram(plan, r, plan->w, gram);
    for (size_t a = 0; a < q; a++) {
        zr[a] = moment(plan, r, plan->z[a], NULL, plan->rest);
        ze[a] = moment(plan, r, plan->z[a], NULL, plan->e);
    }
    for (size_t t = 0; t < plan->n_theta; t++) {
        size_t a = plan->theta_row[t], b = plan->theta_column[t];
        double g = zr[a] * plan->u[place[b]] - 0.5 * ze[a] * plan->v[place[b]];
        for (size_t c = 0; c < q; c++)
            g -= gram[a * q + c] * k[c * q + b];
        rp_sum_add(&sums[t], g);
    }
}

static void laplace_gradient(binomial_plan *plan, double *gradient) {
    const binomial_cells *c = plan->cells;
    rp_sum sums[RP_BINOMIAL_EFFECTS * (RP_BINOMIAL_EFFECTS + 1) / 2] = {{0}};
    if (plan->q > 0) {
        binomial_matrix_invert(&plan->h);
        binomial_link_third(plan->spec->family, c->n, plan->eta, c->y, c->trials, plan->e, plan->w, plan->dw);
        memset(plan->v, 0, plan->n_u * sizeof *plan->v);
        for (size_t r = 0; r < plan->n_runs; r++)
            weigh_leverage(plan, r);
        gather(plan, plan->rest, plan->v);
        binomial_matrix_solve(&plan->h, plan->v);
        for (size_t r = 0; r < plan->n_runs; r++) {
            finish_residuals(plan, r);
            add_to_theta(plan, r, sums);
        }
    } else {
        memcpy(plan->rest, plan->e, c->n * sizeof *plan->rest);
    }
    for (size_t t = 0; t < plan->n_theta; t++)
        gradient[t] = rp_sum_value(&sums[t]);
    for (size_t j = 0; j < plan->p; j++)
        gradient[plan->n_theta + j] = binomial_column_sum(plan->x[j], plan->rest, c->n);
}

double binomial_log_lik(binomial_plan *plan, const double *theta, const double *beta, double *gradient) {
    double penalised;
    if (!binomial_find_modes(plan, theta, beta, &penalised))
        return -INFINITY;
    if (plan->n_nodes > 1)
        return binomial_quadrature(plan, theta[0], gradient);
    if (gradient != NULL)
        laplace_gradient(plan, gradient);
    return penalised - 0.5 * plan->h.logdet;
}
