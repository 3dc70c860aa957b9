/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The model without random effects: where the joint search starts from, and an end in itself. Newton's method; the
 * log-likelihood is concave in beta under both links, so halving the step always helps in the end. Where outcomes are
 * separated it climbs for ever, by steps that come to lie in the direction that separates. */
#include <math.h>
#include <string.h>

#include "models/mixed/binomial_parts.h"

enum { MOST_STEPS = 100, MOST_HALVINGS = 30, LOOK_AFTER = 5 };
static const double STILL = 1e-7; /* a step that changes no linear predictor by more */

typedef struct climb {
    binomial_plan *plan;
    size_t p;
    double *beta, *before, *step, *information, *factor;
    double log_lik;
} climb;

/* l, e and w at beta. */
static double look(climb *c) {
    const binomial_plan *plan = c->plan;
    const binomial_cells *cells = plan->cells;
    for (size_t i = 0; i < cells->n; i++) {
        double eta = cells->offset != NULL ? cells->offset[i] : 0;
        for (size_t j = 0; j < c->p; j++)
            eta += c->beta[j] * (plan->x[j] != NULL ? plan->x[j][i] : 1);
        plan->eta[i] = eta;
    }
    return binomial_link(plan->spec->family, cells->n, plan->eta, cells->y, cells->trials, plan->e, plan->w);
}

static bool newton_step(climb *c) {
    const binomial_plan *plan = c->plan;
    size_t n = plan->cells->n, p = c->p;
    for (size_t a = 0; a < p; a++) {
        c->step[a] = binomial_column_sum(plan->x[a], plan->e, n);
        for (size_t i = 0; i < n; i++)
            plan->rest[i] = plan->w[i] * (plan->x[a] != NULL ? plan->x[a][i] : 1);
        for (size_t b = 0; b <= a; b++)
            c->information[a * p + b] = c->information[b * p + a] = binomial_column_sum(plan->x[b], plan->rest, n);
    }
    memcpy(c->factor, c->information, p * p * sizeof *c->factor);
    if (!rp_cholesky(c->factor, p))
        return false;
    rp_lower_solve(c->factor, p, c->step);
    rp_upper_solve(c->factor, p, c->step);
    return true;
}

static double reach(const climb *c) {
    double most = 0;
    for (size_t i = 0; i < c->plan->cells->n; i++) {
        double d = 0;
        for (size_t j = 0; j < c->p; j++)
            d += c->step[j] * (c->plan->x[j] != NULL ? c->plan->x[j][i] : 1);
        most = fmax(most, fabs(d));
    }
    return most;
}

/* Goes along the step, as far as it helps. */
static bool go(climb *c) {
    memcpy(c->before, c->beta, c->p * sizeof *c->beta);
    double length = 1;
    for (int half = 0; half < MOST_HALVINGS; half++, length /= 2) {
        for (size_t j = 0; j < c->p; j++)
            c->beta[j] = c->before[j] + length * c->step[j];
        double next = look(c);
        if (next >= c->log_lik - 1e-12 * fabs(c->log_lik)) {
            c->log_lik = next;
            return true;
        }
    }
    return false;
}

static bool climb_up(climb *c, const char **fault, rp_arena *arena) {
    c->log_lik = look(c);
    for (int step = 0; step < MOST_STEPS; step++) {
        bool stepped = newton_step(c);
        if (stepped && reach(c) <= STILL)
            return true;
        /* without a step: the one before, or the whole way, may show why */
        if ((step >= LOOK_AFTER && stepped && binomial_separates(c->plan, c->step)) ||
            (!stepped && binomial_separates(c->plan, c->beta))) {
            *fault = binomial_say_separated(c->plan, stepped ? c->step : c->beta, arena);
            return *fault != NULL;
        }
        if (!stepped || !go(c))
            break;
    }
    *fault = "The search for the estimates did not come to an end: outcomes may be told apart without fail by several "
             "columns together. A simpler model is needed.";
    return true;
}

bool binomial_without_random(binomial_plan *plan, double *beta, double *information, const char **fault,
                             rp_arena *arena) {
    size_t p = plan->p;
    climb c = {.plan = plan, .p = p, .beta = beta, .information = information};
    c.before = rp_arena_take(arena, p * p + 2 * p, sizeof *c.before);
    if (c.before == NULL)
        return false;
    c.step = c.before + p;
    c.factor = c.step + p;
    memset(beta, 0, p * sizeof *beta);
    *fault = NULL;
    return climb_up(&c, fault, arena);
}
