/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The deviance with one parameter held, and its least value.
 *
 * The solver gives, at theta, log|V| up to sigma, r2(theta), beta(theta) and C(theta) = (X'V^-1 X)^-1. With beta_j held
 * at b the sum of squares is r2 + (b - beta_j)^2 / C_jj, and nothing else changes. A standard deviation is held by
 * writing its term's Lambda with that column first: its first row is then the one number sd / sigma, whatever the rest
 * is. A correlation likewise, with its two columns first: the second row is m (rho, sqrt(1 - rho^2)), and m and the
 * first row's number are squares of what is free, as rho's sign hangs on theirs. So what is left has no bounds; other
 * signs do not matter. */
#include <assert.h>
#include <math.h>
#include <string.h>

#include "models/mixed/binomial_parts.h"
#include "models/mixed/infer_parts.h"

static const double TWO_PI = 6.283185307179586476925286766559;
/* A number that is zero at the estimate has a slope of zero there, as all signs are alike: it starts from here, in
 * units of theta, or the search would not see that it may rise. */
static const double LIFT = 0.02;
static const double STEP = 1e-3; /* of differences, in units of scale: their error is about a millionth of the slope */

bool infer_surface_open(const rp_mixed_fit *fit, rp_arena *arena, infer_surface *out, rp_error *error) {
    *out = (infer_surface){.fit = fit};
    if (fit->spec->family == RP_MIXED_GAUSSIAN) {
        out->solver = mixed_solver_for(fit->stats, error);
        out->plan = out->solver ? out->solver->plan(fit->stats, arena, error) : NULL;
    } else {
        out->binomial = binomial_plan_new(fit->stats, fit->quadrature, arena, error);
        if (out->binomial != NULL) /* differences of values need them without noise */
            out->binomial->tolerance = 1e-12;
    }
    if (out->plan == NULL && out->binomial == NULL)
        return false;
    size_t most = 1, n = fit->n_theta + fit->p;
    for (size_t t = 0; t < fit->spec->n_terms; t++)
        most = fit->spec->terms[t].n_columns > most ? fit->spec->terms[t].n_columns : most;
    out->point.beta = rp_arena_take(arena, fit->p, sizeof *out->point.beta);
    out->point.unscaled = rp_arena_take(arena, fit->p * fit->p, sizeof *out->point.unscaled);
    out->theta = rp_arena_take(arena, fit->n_theta, sizeof *out->theta);
    out->scale = rp_arena_take(arena, n, sizeof *out->scale);
    out->moved = rp_arena_take(arena, n, sizeof *out->moved);
    out->beta = rp_arena_take(arena, fit->p, sizeof *out->beta);
    out->l = rp_arena_take(arena, 2 * most * most, sizeof *out->l);
    return (out->point.beta && out->point.unscaled && out->theta && out->scale && out->moved && out->beta && out->l) ||
           rp_fail_memory(error);
}

/* ---- a term's Lambda with chosen columns first ------------------------------------------------------------ */

/* Where row i of the turned matrix stands in the term: a, then b (of a correlation), then the rest. */
static size_t row_of(const infer_parameter *p, size_t i) {
    if (i == 0)
        return p->a;
    if (p->kind == INFER_CORRELATION && i == 1)
        return p->b;
    size_t row = SIZE_MAX, left = i - (p->kind == INFER_CORRELATION ? 2 : 1);
    for (size_t r = 0;; r++) {
        if (r == p->a || (p->kind == INFER_CORRELATION && r == p->b))
            continue;
        row = r;
        if (left-- == 0)
            return row;
    }
}

/* Turns columns so that what is above the diagonal becomes zero and none on it negative: L L' stays as it is. */
static void make_lower(double *l, size_t q) {
    for (size_t i = 0; i < q; i++) {
        for (size_t j = i + 1; j < q; j++) {
            double length = hypot(l[i * q + i], l[i * q + j]);
            if (l[i * q + j] == 0)
                continue;
            double c = l[i * q + i] / length, s = l[i * q + j] / length;
            for (size_t r = i; r < q; r++) {
                double x = l[r * q + i], y = l[r * q + j];
                l[r * q + i] = c * x + s * y;
                l[r * q + j] = c * y - s * x;
            }
        }
        for (size_t r = q; l[i * q + i] < 0 && r-- > i;) /* the diagonal itself last */
            l[r * q + i] = -l[r * q + i];
    }
}

static size_t term_start(const rp_mixed_spec *spec, size_t term) {
    size_t at = 0;
    for (size_t t = 0; t < term; t++)
        at += mixed_packed(spec->terms[t].n_columns);
    return at;
}

/* theta's place of element (i, j) of a term of q columns: lower triangle by columns. */
static size_t place_of(size_t q, size_t i, size_t j) {
    return j * q - j * (j + 1) / 2 + i;
}

/* The term's theta, from l with chosen columns first. */
static void put_back(infer_surface *s, size_t q) {
    double *theta = s->theta + term_start(s->fit->spec, s->parameter.term);
    double *rows = s->l + q * q;
    for (size_t i = 0; i < q; i++)
        memcpy(rows + row_of(&s->parameter, i) * q, s->l + i * q, q * sizeof *rows);
    make_lower(rows, q);
    for (size_t j = 0; j < q; j++)
        for (size_t i = j; i < q; i++)
            theta[place_of(q, i, j)] = rows[i * q + j];
}

static void turn_estimate(infer_surface *s, size_t q) {
    const double *theta = s->fit->theta + term_start(s->fit->spec, s->parameter.term);
    memset(s->l, 0, q * q * sizeof *s->l);
    for (size_t i = 0; i < q; i++)
        for (size_t j = 0, row = row_of(&s->parameter, i); j <= row; j++)
            s->l[i * q + j] = theta[place_of(q, row, j)];
    make_lower(s->l, q);
}

/* ---- free numbers: theta with the held term's turned; a place that is held is left out or used otherwise -------- */

static bool of_term(const infer_surface *s) {
    return s->parameter.kind == INFER_SD || s->parameter.kind == INFER_CORRELATION;
}

/* Of a binomial model sigma is 1, and a standard deviation that is held is no free number. */
static bool is_left_out(const infer_surface *s, size_t i, size_t j) {
    if (s->parameter.kind == INFER_CORRELATION)
        return i == 1 && j == 1;
    return s->binomial != NULL && i == 0;
}

/* The held term's part of theta; returns sigma, or 0: profiled out. *free goes on. */
static double spread_term(infer_surface *s, const double **free) {
    size_t q = s->fit->spec->terms[s->parameter.term].n_columns;
    double sigma = 0, *l = s->l;
    memset(l, 0, q * q * sizeof *l);
    for (size_t j = 0; j < q; j++)
        for (size_t i = j; i < q; i++)
            if (!is_left_out(s, i, j))
                l[i * q + j] = *(*free)++;
    if (s->parameter.kind == INFER_SD) {
        sigma = s->binomial ? 1 : exp(l[0]);
        l[0] = s->held / sigma;
    } else {
        double m = l[q] * l[q];
        l[0] *= l[0];
        l[q] = s->held * m;
        l[q + 1] = sqrt(fmax(0, 1 - s->held * s->held)) * m;
    }
    put_back(s, q);
    return sigma;
}

/* Sets theta, and beta of a binomial model; returns sigma, or 0: profiled out. */
static double spread_out(infer_surface *s, const double *free) {
    const rp_mixed_spec *spec = s->fit->spec;
    size_t at = s->fit->n_theta;
    double sigma = s->parameter.kind == INFER_SIGMA ? s->held : 0;
    if (!of_term(s)) {
        memcpy(s->theta, free, at * sizeof *free);
        free += at;
    } else {
        size_t first = term_start(spec, s->parameter.term);
        size_t behind = first + mixed_packed(spec->terms[s->parameter.term].n_columns);
        memcpy(s->theta, free, first * sizeof *free);
        free += first;
        sigma = spread_term(s, &free);
        memcpy(s->theta + behind, free, (at - behind) * sizeof *free);
        free += at - behind;
    }
    for (size_t j = 0; s->binomial != NULL && j < s->fit->p; j++)
        s->beta[j] = s->parameter.kind == INFER_BETA && s->parameter.beta == j ? s->held : *free++;
    return sigma;
}

static double binomial_value(infer_surface *s) {
    for (size_t j = 0; j < s->fit->p; j++)
        if (!isfinite(s->beta[j]))
            return INFINITY;
    double value = -2 * binomial_log_lik(s->binomial, s->theta, s->beta, NULL);
    return isfinite(value) ? value : INFINITY;
}

double infer_surface_value(infer_surface *s, const double *free) {
    double sigma = spread_out(s, free), n = (double)s->fit->n;
    mixed_point *at = &s->point;
    for (size_t i = 0; i < s->fit->n_theta; i++)
        if (!isfinite(s->theta[i]))
            return INFINITY;
    if (s->binomial != NULL)
        return binomial_value(s);
    if (!(isfinite(sigma) && sigma >= 0) || !s->solver->evaluate(s->plan, s->theta, at))
        return INFINITY;
    double base = at->objective - n * (1 + log(TWO_PI * at->r2 / n)), r2 = at->r2;
    if (s->parameter.kind == INFER_BETA) {
        size_t j = s->parameter.beta;
        double apart = s->held - at->beta[j];
        r2 += apart * apart / at->unscaled[j * s->fit->p + j];
    }
    double value = sigma > 0 ? base + n * log(TWO_PI * sigma * sigma) + r2 / (sigma * sigma)
                             : base + n * (1 + log(TWO_PI * r2 / n));
    return isfinite(value) ? value : INFINITY;
}

/* Scales from second differences at the estimate. */
static void make_scale(infer_surface *s, double *free) {
    double middle = infer_surface_value(s, free);
    for (size_t i = 0; i < s->free; i++) {
        double x = free[i], h = 1e-3 * fmax(0.1, fabs(x));
        free[i] = x + h;
        double up = infer_surface_value(s, free);
        free[i] = x - h;
        double down = infer_surface_value(s, free);
        free[i] = x;
        double bend = (up - 2 * middle + down) / (h * h), least = 1e-6 * fabs(middle);
        s->scale[i] = sqrt(2 / (isfinite(bend) ? fmax(bend, fmax(least, 1e-3)) : 1));
    }
}

/* Diagonal elements of Lambda that are zero at the estimate. */
static void lift(const infer_surface *s, double *free) {
    const rp_mixed_spec *spec = s->fit->spec;
    for (size_t t = 0, at = 0; t < spec->n_terms; t++)
        for (size_t j = 0, q = spec->terms[t].n_columns; j < q; j++) {
            bool held = of_term(s) && t == s->parameter.term;
            bool is_sigma = held && s->parameter.kind == INFER_SD && j == 0; /* or nothing, of a binomial model */
            if (held && is_left_out(s, j, j)) {
                at += q - j - 1;
                continue;
            }
            if (!is_sigma && fabs(free[at]) < LIFT)
                free[at] = LIFT;
            at += q - j;
        }
}

/* The held term's free numbers at the estimate; how many. */
static size_t start_term(infer_surface *s, double *start) {
    size_t q = s->fit->spec->terms[s->parameter.term].n_columns, n = 0;
    turn_estimate(s, q);
    if (s->parameter.kind == INFER_SD) {
        s->l[0] = log(s->fit->sigma);
    } else {
        s->l[0] = sqrt(fabs(s->l[0]));
        s->l[q] = sqrt(hypot(s->l[q], s->l[q + 1])); /* of m */
    }
    for (size_t j = 0; j < q; j++)
        for (size_t i = j; i < q; i++)
            if (!is_left_out(s, i, j))
                start[n++] = s->l[i * q + j];
    return n;
}

void infer_surface_hold(infer_surface *s, const infer_parameter *parameter, double *start) {
    const rp_mixed_fit *fit = s->fit;
    s->parameter = *parameter;
    s->held = infer_parameter_value(fit, parameter);
    if (isnan(s->held)) /* a correlation with what does not vary may be anything */
        s->held = 0;
    s->free = fit->n_theta;
    if (!of_term(s)) {
        memcpy(start, fit->theta, fit->n_theta * sizeof *start);
    } else {
        size_t first = term_start(fit->spec, parameter->term);
        size_t behind = first + mixed_packed(fit->spec->terms[parameter->term].n_columns);
        memcpy(start, fit->theta, first * sizeof *start);
        s->free = first + start_term(s, start + first);
        memcpy(start + s->free, fit->theta + behind, (fit->n_theta - behind) * sizeof *start);
        s->free += fit->n_theta - behind;
    }
    for (size_t j = 0; s->binomial != NULL && j < fit->p; j++)
        if (!(parameter->kind == INFER_BETA && parameter->beta == j))
            start[s->free++] = fit->beta[j];
    make_scale(s, start);
}

/* ---- the least value ------------------------------------------------------------------------------------------ */

static double scaled_value(void *context, const double *x, double *gradient) {
    infer_surface *s = context;
    for (size_t i = 0; i < s->free; i++)
        s->moved[i] = x[i] * s->scale[i];
    double value = infer_surface_value(s, s->moved);
    for (size_t i = 0; gradient != NULL && i < s->free; i++) {
        double at = s->moved[i], h = STEP * s->scale[i];
        s->moved[i] = at + h;
        double up = infer_surface_value(s, s->moved);
        s->moved[i] = at - h;
        gradient[i] = (up - infer_surface_value(s, s->moved)) / (2 * STEP);
        s->moved[i] = at;
    }
    return value;
}

double infer_surface_least(infer_surface *s, double *free, rp_arena *scratch) {
    enum { MOST = 400 };
    if (s->free == 0)
        return infer_surface_value(s, free);
    rp_function f = {.n = s->free, .value = scaled_value, .context = s};
    double *x = rp_arena_take(scratch, 2 * s->free, sizeof *x);
    rp_minimum found;
    if (x == NULL)
        return NAN;
    lift(s, free);
    for (size_t i = 0; i < s->free; i++)
        x[i] = free[i] / s->scale[i];
    if (!rp_bfgs(&f, 1e-9, MOST, x, x + s->free, scratch, &found) || !isfinite(found.value))
        return NAN;
    for (size_t i = 0; i < s->free; i++)
        free[i] = x[i] * s->scale[i];
    return found.decrement < 1e-5 ? found.value : NAN; /* what is left moves a limit by less than a 1e-5th of a SE */
}
