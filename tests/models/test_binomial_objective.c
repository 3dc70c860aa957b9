/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The log-likelihood of binomial mixed models at given parameters: against a dense evaluation from the definition,
 * against integrals, and its gradient against differences, for every class of models. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>

#include "models/mixed/binomial_parts.h"
#include "support/shared.h"

#include "models/binomial_data.h"

static void near(double ours, double theirs, double tolerance) {
    if (!(fabs(ours - theirs) <= tolerance * fmax(1, fabs(theirs))))
        fail_msg("%.17g is not %.17g", ours, theirs);
}

/* ---- random designs ---------------------------------------------------------------------------------- */

static uint64_t seed;

static double uniform(void) {
    seed = seed * 6364136223846793005u + 1442695040888963407u;
    return (double)(seed >> 11) * 0x1p-53;
}

typedef enum design { SCALAR, SLOPES, APART, NESTED, NESTED_SLOPES, CROSSED, CROSSED_SLOPES, CHAIN_CROSSED } design;
enum { DESIGNS = 8, ROWS = 150 };

/* 1, x1, x2 with fixed effects. Factors: 0 has 12 groups, each within one of the 4 groups of 1, and 2 crosses both
 * with 5 groups. One group of factor 0 has no rows. */
static void random_model(model *m, design kind, rp_mixed_family family, rp_arena *arena) {
    double *x1 = rp_arena_take(arena, ROWS, sizeof *x1), *x2 = rp_arena_take(arena, ROWS, sizeof *x2);
    double *y = rp_arena_take(arena, ROWS, sizeof *y), *trials = rp_arena_take(arena, ROWS, sizeof *trials);
    double *offset = rp_arena_take(arena, ROWS, sizeof *offset);
    uint32_t *low = rp_arena_take(arena, ROWS, sizeof *low), *high = rp_arena_take(arena, ROWS, sizeof *high);
    uint32_t *cross = rp_arena_take(arena, ROWS, sizeof *cross);
    seed = 11 * (uint64_t)kind + 5;
    for (size_t i = 0; i < ROWS; i++) {
        x1[i] = uniform() * 2 - 1;
        x2[i] = floor(uniform() * 3);
        trials[i] = 1 + floor(uniform() * 3);
        y[i] = floor(uniform() * (trials[i] + 1));
        offset[i] = uniform() - 0.5;
        low[i] = (uint32_t)(uniform() * 11);
        high[i] = low[i] / 3;
        cross[i] = (uint32_t)(uniform() * 5);
    }
    model_begin(m, arena, ROWS, y);
    m->spec.family = family;
    m->rows.weights = trials;
    m->rows.offset = offset;
    model_column(m, "x1", x1, true);
    model_column(m, "x2", x2, true);
    model_factor(m, "low", low, 12);
    model_factor(m, "high", high, 4);
    model_factor(m, "cross", cross, 5);
    bool slopes = kind == SLOPES || kind == NESTED_SLOPES || kind == CROSSED_SLOPES;
    model_term(m, 0, slopes ? 2 : 1, COLUMNS_01);
    if (kind == APART)
        model_term(m, 0, 1, COLUMN_1);
    if (kind == NESTED || kind == NESTED_SLOPES || kind == CHAIN_CROSSED)
        model_term(m, 1, kind == NESTED_SLOPES ? 2 : 1, COLUMNS_01);
    if (kind == CROSSED || kind == CROSSED_SLOPES || kind == CHAIN_CROSSED)
        model_term(m, 2, kind == CROSSED_SLOPES ? 2 : 1, COLUMNS_01);
}

/* A point to look at: diagonals of 0.3 to 1.3 (of the first: 0 where `singular`), the rest about 0. */
static void random_point(const rp_mixed_spec *spec, bool singular, double *theta, double *beta) {
    size_t at = 0;
    for (size_t t = 0; t < spec->n_terms; t++)
        for (size_t b = 0; b < spec->terms[t].n_columns; b++)
            for (size_t a = b; a < spec->terms[t].n_columns; a++)
                theta[at++] = a == b ? 0.3 + uniform() : uniform() - 0.5;
    if (singular)
        theta[0] = 0;
    for (size_t j = 0; j < spec->n_fixed; j++)
        beta[j] = uniform() - 0.5;
}

static binomial_plan *plan_of(model *m, int quadrature) {
    rp_error error = {0};
    binomial_plan *plan = binomial_plan_new(model_prepare(m), quadrature, m->arena, &error);
    if (plan == NULL)
        fail_msg("%s", error.message);
    plan->tolerance = 1e-12;
    return plan;
}

/* ---- from the definition ------------------------------------------------------------------------------ */

/* l, dl/deta and -d2l/deta2 of y out of n, written with p and its derivatives. */
static double cell(rp_mixed_family family, double eta, double y, double n, double *e, double *w) {
    if (family == RP_MIXED_LOGIT) {
        double p = 1 / (1 + exp(-eta));
        *e = y - n * p;
        *w = n * p * (1 - p);
        return y * log(p) + (n - y) * log(1 - p);
    }
    double lambda = exp(eta), not_p = exp(-lambda), p = 1 - not_p, d = lambda * not_p; /* d = dp / deta */
    *e = y * d / p - (n - y) * lambda;
    *w = -y * (d * (1 - lambda) / p - d * d / (p * p)) + (n - y) * lambda;
    return y * log(p) - (n - y) * lambda;
}

static double choose(double n, double y) {
    return lgamma(n + 1) - lgamma(y + 1) - lgamma(n - y + 1);
}

/* Row i of Z Lambda, dense: effect after effect, factor after factor as the terms come. */
static size_t dense_design(const model *m, const double *theta, double *a) {
    const rp_mixed_spec *spec = &m->spec;
    size_t n_u = 0;
    for (size_t t = 0; t < spec->n_terms; t++)
        n_u += spec->terms[t].n_columns * spec->levels[spec->terms[t].factor];
    memset(a, 0, m->rows.n * n_u * sizeof *a);
    size_t base = 0;
    for (size_t t = 0; t < spec->n_terms; t++) {
        const rp_mixed_term *term = &spec->terms[t];
        size_t q = term->n_columns;
        for (size_t i = 0; i < m->rows.n; i++) {
            const double *at = theta;
            for (size_t b = 0; b < q; b++)
                for (size_t k = b; k < q; k++, at++) {
                    const double *z = m->columns[term->columns[k]];
                    a[i * n_u + base + m->groups[term->factor][i] * q + b] += (z != NULL ? z[i] : 1) * *at;
                }
        }
        theta += q * (q + 1) / 2;
        base += q * spec->levels[term->factor];
    }
    return n_u;
}

/* max over u of l - u'u / 2, less log|H| / 2: Newton's method on everything at once. */
static double dense_laplace(const model *m, const double *theta, const double *beta) {
    size_t n = m->rows.n, most = 210;
    double *a = rp_arena_take(m->arena, n * most, sizeof *a), *h = rp_arena_take(m->arena, most * most, sizeof *h);
    double u[210] = {0}, s[210], l = 0, e, w;
    size_t n_u = dense_design(m, theta, a);
    assert_true(n_u <= most);
    for (int step = 0; step < 50; step++) {
        l = 0;
        memset(h, 0, n_u * n_u * sizeof *h);
        for (size_t k = 0; k < n_u; k++) {
            h[k * n_u + k] = 1;
            s[k] = -u[k];
            l -= u[k] * u[k] / 2;
        }
        for (size_t i = 0; i < n; i++) {
            double eta = m->rows.offset != NULL ? m->rows.offset[i] : 0, trials = 1;
            for (size_t j = 0; j < m->spec.n_fixed; j++)
                eta += beta[j] * (m->columns[j] != NULL ? m->columns[j][i] : 1);
            for (size_t k = 0; k < n_u; k++)
                eta += a[i * n_u + k] * u[k];
            trials = m->rows.weights != NULL ? m->rows.weights[i] : 1;
            l += cell(m->spec.family, eta, m->rows.y[i], trials, &e, &w) + choose(trials, m->rows.y[i]);
            for (size_t k = 0; k < n_u; k++) {
                s[k] += a[i * n_u + k] * e;
                for (size_t j = 0; j < n_u; j++)
                    h[k * n_u + j] += a[i * n_u + k] * w * a[i * n_u + j];
            }
        }
        assert_true(rp_cholesky(h, n_u));
        rp_lower_solve(h, n_u, s);
        rp_upper_solve(h, n_u, s);
        for (size_t k = 0; k < n_u; k++)
            u[k] += s[k];
    }
    for (size_t k = 0; k < n_u; k++)
        l -= log(h[k * n_u + k]);
    return l;
}

static double ours(binomial_plan *plan, const double *theta, const double *beta) {
    return binomial_log_lik(plan, theta, beta, NULL) + plan->cells->log_choose;
}

static void laplace_is_its_definition(void **state) {
    (void)state;
    for (int family = RP_MIXED_LOGIT; family <= RP_MIXED_CLOGLOG; family++)
        for (int kind = 0; kind < DESIGNS; kind++)
            for (int point = 0; point < 3; point++) {
                rp_arena *arena = rp_arena_new(0);
                model m;
                random_model(&m, (design)kind, (rp_mixed_family)family, arena);
                binomial_plan *plan = plan_of(&m, 1);
                double theta[8], beta[3];
                seed += (uint64_t)point;
                random_point(&m.spec, point == 2, theta, beta);
                near(ours(plan, theta, beta), dense_laplace(&m, theta, beta), 1e-12);
                rp_arena_free(arena);
            }
}

/* ---- gradient ------------------------------------------------------------------------------------------ */

static void check_gradient(model *m, int quadrature, bool singular) {
    binomial_plan *plan = plan_of(m, quadrature);
    double at[16], gradient[16], unused[16];
    size_t q = plan->n_theta, n = q + plan->p;
    random_point(&m->spec, singular, at, at + q);
    assert_true(isfinite(binomial_log_lik(plan, at, at + q, gradient)));
    for (size_t i = 0; i < n; i++) {
        /* Fourth order: (8 (f(h) - f(-h)) - (f(2h) - f(-2h))) / 12h; h^4 and rounding / h are both about 1e-11. */
        double was = at[i], h = 1e-3, f[4];
        const double steps[] = {1, -1, 2, -2};
        for (int k = 0; k < 4; k++) {
            at[i] = was + steps[k] * h;
            f[k] = binomial_log_lik(plan, at, at + q, k % 2 ? unused : NULL);
        }
        at[i] = was;
        near(gradient[i], (8 * (f[0] - f[1]) - (f[2] - f[3])) / (12 * h), 1e-8);
    }
}

static void gradients_are_slopes(void **state) {
    (void)state;
    for (int family = RP_MIXED_LOGIT; family <= RP_MIXED_CLOGLOG; family++)
        for (int kind = 0; kind < DESIGNS; kind++)
            for (int point = 0; point < 4; point++) {
                rp_arena *arena = rp_arena_new(0);
                model m;
                random_model(&m, (design)kind, (rp_mixed_family)family, arena);
                seed += (uint64_t)point;
                check_gradient(&m, 1, point == 3);
                rp_arena_free(arena);
            }
}

static void gradients_of_quadrature_are_slopes(void **state) {
    (void)state;
    const int nodes[] = {2, 3, 7, 25};
    for (int family = RP_MIXED_LOGIT; family <= RP_MIXED_CLOGLOG; family++)
        for (int k = 0; k < 4; k++)
            for (int slope = 0; slope < 2; slope++) { /* a random slope alone is a scalar effect too */
                rp_arena *arena = rp_arena_new(0);
                model m;
                random_model(&m, SCALAR, (rp_mixed_family)family, arena);
                m.sets[0][0] = (size_t)slope;
                seed += (uint64_t)k;
                check_gradient(&m, nodes[k], false);
                rp_arena_free(arena);
            }
}

/* So many groups of a crossed factor that their block goes to LAPACK. */
static void a_large_rest_is_no_different(void **state) {
    (void)state;
    rp_arena *arena = rp_arena_new(0);
    model m;
    random_model(&m, CROSSED, RP_MIXED_LOGIT, arena);
    uint32_t *many = rp_arena_take(arena, ROWS, sizeof *many), *more = rp_arena_take(arena, ROWS, sizeof *more);
    for (size_t i = 0; i < ROWS; i++) {
        many[i] = (uint32_t)(uniform() * 110);
        more[i] = (uint32_t)(uniform() * 100);
    }
    m.groups[0] = many;
    m.groups[2] = more;
    m.levels[0] = 110;
    m.levels[2] = 100;
    double theta[] = {0.8, 1.1}, beta[] = {-0.2, 0.3, 0.1};
    binomial_plan *plan = plan_of(&m, 1);
    assert_int_equal(plan->h.tail, 100);
    near(ours(plan, theta, beta), dense_laplace(&m, theta, beta), 1e-12);
    check_gradient(&m, 1, false);
    rp_arena_free(arena);
}

/* ---- quadrature ---------------------------------------------------------------------------------------- */

/* The integral over u itself, group by group: the trapezoidal rule, which has no error to speak of for such functions
 * (its error falls faster than any power of the step). */
static double integral(const model *m, double theta, const double *beta) {
    double total = 0, e, w;
    for (uint32_t g = 0; g < m->levels[0]; g++) {
        double sum = 0, step = 1. / 64;
        for (double u = -12; u <= 12; u += step) {
            double l = -u * u / 2;
            for (size_t i = 0; i < m->rows.n; i++) {
                if (m->groups[0][i] != g)
                    continue;
                double eta = m->rows.offset[i] + theta * u;
                for (size_t j = 0; j < m->spec.n_fixed; j++)
                    eta += beta[j] * (m->columns[j] != NULL ? m->columns[j][i] : 1);
                l += cell(m->spec.family, eta, m->rows.y[i], m->rows.weights[i], &e, &w) +
                     choose(m->rows.weights[i], m->rows.y[i]);
            }
            sum += exp(l);
        }
        total += log(sum * step / sqrt(2 * acos(-1)));
    }
    return total;
}

static void quadrature_comes_to_the_integral(void **state) {
    (void)state;
    for (int family = RP_MIXED_LOGIT; family <= RP_MIXED_CLOGLOG; family++) {
        rp_arena *arena = rp_arena_new(0);
        model m;
        random_model(&m, SCALAR, (rp_mixed_family)family, arena);
        double theta, beta[3];
        random_point(&m.spec, false, &theta, beta);
        double exact = integral(&m, theta, beta);
        near(ours(plan_of(&m, 25), &theta, beta), exact, 1e-9);
        near(ours(plan_of(&m, RP_HERMITE_MOST), &theta, beta), exact, 1e-12);
        /* one node: Laplace, to the last bits */
        near(ours(plan_of(&m, 1), &theta, beta), dense_laplace(&m, &theta, beta), 1e-12);
        assert_true(fabs(ours(plan_of(&m, 1), &theta, beta) - exact) > 1e-3); /* which is not the integral */
        rp_arena_free(arena);
    }
}

static void quadrature_with_one_node_is_laplace(void **state) {
    (void)state;
    rp_arena *arena = rp_arena_new(0);
    model m;
    random_model(&m, SCALAR, RP_MIXED_CLOGLOG, arena);
    double theta, beta[3], by_laplace[4], by_node[4], penalised;
    random_point(&m.spec, false, &theta, beta);
    binomial_plan *plan = plan_of(&m, 1);
    double laplace = binomial_log_lik(plan, &theta, beta, by_laplace);
    assert_true(binomial_find_modes(plan, &theta, beta, &penalised));
    near(binomial_quadrature(plan, theta, by_node), laplace, 1e-13);
    for (int i = 0; i < 4; i++)
        near(by_node[i], by_laplace[i], 1e-12);
    rp_arena_free(arena);
}

/* ---- R ------------------------------------------------------------------------------------------------- */

/* glmmTMB 1.1.5: m <- glmmTMB(cbind(incidence, size - incidence) ~ period + (1 | herd), cbpp, binomial(link));
 * m$obj$fn(c(-1.4, -1, -1.1, -1.6, log(.6))), which is -log L. (glmer's own at the same point, 184.12876 / 2, is 5e-4
 * off, since it stops its inner search early.) */
static void cbpp_at_given_parameters(void **state) {
    (void)state;
    rp_arena *arena = rp_arena_new(0);
    const double theta = 0.6, beta[] = {-1.4, -1, -1.1, -1.6};
    model m;
    cbpp(&m, RP_MIXED_LOGIT, arena);
    near(ours(plan_of(&m, 1), &theta, beta), -92.06390884092379, 1e-12);
    cbpp(&m, RP_MIXED_CLOGLOG, arena);
    near(ours(plan_of(&m, 1), &theta, beta), -91.99500891249426, 1e-12);
    rp_arena_free(arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(laplace_is_its_definition),          cmocka_unit_test(gradients_are_slopes),
        cmocka_unit_test(gradients_of_quadrature_are_slopes), cmocka_unit_test(a_large_rest_is_no_different),
        cmocka_unit_test(quadrature_comes_to_the_integral),   cmocka_unit_test(quadrature_with_one_node_is_laplace),
        cmocka_unit_test(cbpp_at_given_parameters),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
