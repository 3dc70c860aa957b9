/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The crossed solver against its definition: y ~ N(X beta, sigma^2 V), V = W^-1 + Z Lambda Lambda' Z', with V written
 * out row by row in long double. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include "models/crossed_helper.h"

enum { ROWS = 100, COLUMNS = 4, FACTORS = 4, MOST = 12 };

/* ---- designs --------------------------------------------------------------------------------------- */

typedef struct design {
    rp_mixed_spec spec;
    rp_mixed_rows rows;
    double column[COLUMNS][ROWS], y[ROWS], weight[ROWS];
    uint32_t group[FACTORS][ROWS];
    const double *columns[COLUMNS];
    const uint32_t *groups[FACTORS];
    size_t n_theta;
} design;

static const char *const names[] = {"(Intercept)", "t", "x", "z"};
static const char *const factors[] = {"client", "therapist", "ward", "rater"};
static const uint32_t levels[] = {31, 9, 4, 7};
static const size_t fixed[] = {0, 1, 2}, one[] = {0}, slope[] = {1}, both[] = {0, 1}, three[] = {0, 1, 3},
                    other[] = {3};

/* Slopes, several terms on one factor, a factor without terms, columns without a fixed effect; clients lie within
 * wards, all else is crossed, the client's last level has no rows. */
static const rp_mixed_term full[] = {{0, both, 2}, {1, one, 1}, {1, slope, 1}, {3, three, 3}};
static const rp_mixed_term wide_first[] = {{1, three, 3}, {0, slope, 1}, {2, one, 1}, {0, one, 1}, {1, other, 1}};
static const rp_mixed_term scalars[] = {{0, one, 1}, {1, one, 1}, {2, one, 1}, {3, other, 1}};
static const rp_mixed_term alone[] = {{1, both, 2}};
static const struct kind {
    const rp_mixed_term *terms;
    size_t n, p;
} kinds[] = {{full, 4, 3}, {wide_first, 5, 2}, {scalars, 4, 3}, {alone, 1, 1}, {scalars, 4, 0}};
enum { KINDS = sizeof kinds / sizeof *kinds };

static void make_design(design *d, size_t kind, bool reml, uint64_t seed) {
    memset(d, 0, sizeof *d);
    for (size_t i = 0; i < ROWS; i++) {
        d->column[0][i] = 1;
        d->column[1][i] = (double)(i % 5) - 1.5;
        d->column[2][i] = normal(&seed);
        d->column[3][i] = uniform(&seed);
        d->group[0][i] = (uint32_t)(30 * uniform(&seed));
        d->group[1][i] = (uint32_t)(9 * uniform(&seed));
        d->group[2][i] = d->group[0][i] % 4;
        d->group[3][i] = (uint32_t)(7 * uniform(&seed) * uniform(&seed));
        d->weight[i] = i % 3 == 0 ? 2 : 0.7;
        d->y[i] = 40 + 0.5 * d->column[1][i] + 0.3 * d->group[0][i] - 0.4 * d->group[1][i] + normal(&seed);
    }
    for (size_t c = 0; c < COLUMNS; c++)
        d->columns[c] = c == 0 ? NULL : d->column[c];
    for (size_t f = 0; f < FACTORS; f++)
        d->groups[f] = d->group[f];
    d->spec = (rp_mixed_spec){.reml = reml,
                              .column_names = names,
                              .n_columns = COLUMNS,
                              .fixed = fixed,
                              .n_fixed = kinds[kind].p,
                              .factor_names = factors,
                              .levels = levels,
                              .n_factors = FACTORS,
                              .terms = kinds[kind].terms,
                              .n_terms = kinds[kind].n};
    d->rows = (rp_mixed_rows){ROWS, d->columns, d->groups, d->y, reml ? d->weight : NULL, NULL, NULL};
    for (size_t t = 0; t < d->spec.n_terms; t++)
        d->n_theta += d->spec.terms[t].n_columns * (d->spec.terms[t].n_columns + 1) / 2;
}

/* Point 0: the identity; 1 and 2: something; 3: every other element 0; 4: all of them 0. */
static void make_theta(const design *d, int point, double *theta) {
    uint64_t seed = (uint64_t)point * 7919 + 5;
    size_t at = 0;
    for (size_t t = 0; t < d->spec.n_terms; t++)
        for (size_t b = 0; b < d->spec.terms[t].n_columns; b++)
            for (size_t a = b; a < d->spec.terms[t].n_columns; a++, at++)
                theta[at] = point == 0                                  ? a == b
                            : point == 4 || (point == 3 && at % 2 == 0) ? 0
                            : a == b                                    ? 0.2 + uniform(&seed)
                                                                        : uniform(&seed) - 0.5;
}

/* ---- the definition -------------------------------------------------------------------------------- */

typedef struct oracle {
    double objective, logdet, beta[3], unscaled[9];
    long double v[ROWS * ROWS]; /* Cholesky factor of V */
    long double residual[ROWS]; /* V^-1 (y - X beta) */
    long double r2;
} oracle;

/* Lambda_t Lambda_t', q by q. */
static void covariance_of(const rp_mixed_term *term, const double *theta, long double *out) {
    size_t q = term->n_columns, at = 0;
    long double l[9] = {0};
    for (size_t b = 0; b < q; b++)
        for (size_t a = b; a < q; a++)
            l[a * q + b] = theta[at++];
    for (size_t a = 0; a < q; a++)
        for (size_t b = 0; b < q; b++) {
            out[a * q + b] = 0;
            for (size_t k = 0; k < q; k++)
                out[a * q + b] += l[a * q + k] * l[b * q + k];
        }
}

static void make_v(const design *d, const double *theta, long double *v) {
    for (size_t i = 0; i < ROWS * ROWS; i++)
        v[i] = 0;
    for (size_t t = 0; t < d->spec.n_terms; t++) {
        const rp_mixed_term *term = &d->spec.terms[t];
        size_t q = term->n_columns;
        long double s[9];
        covariance_of(term, theta, s);
        for (size_t i = 0; i < ROWS; i++)
            for (size_t j = 0; j < ROWS; j++)
                for (size_t a = 0; a < q && d->group[term->factor][i] == d->group[term->factor][j]; a++)
                    for (size_t b = 0; b < q; b++)
                        v[i * ROWS + j] +=
                            s[a * q + b] * d->column[term->columns[a]][i] * d->column[term->columns[b]][j];
        theta += q * (q + 1) / 2;
    }
    for (size_t i = 0; i < ROWS; i++)
        v[i * ROWS + i] += d->rows.weights ? 1 / (long double)d->weight[i] : 1;
}

static long double long_cholesky(long double *a, size_t n) { /* the log determinant */
    long double logdet = 0;
    for (size_t j = 0; j < n; j++)
        for (size_t i = j; i < n; i++) {
            long double x = a[i * n + j];
            for (size_t k = 0; k < j; k++)
                x -= a[i * n + k] * a[j * n + k];
            a[i * n + j] = i == j ? sqrtl(x) : x / a[j * n + j];
            logdet += i == j ? logl(x) : 0;
        }
    return logdet;
}

static void long_solve(const long double *l, size_t n, long double *b) {
    for (size_t i = 0; i < n; i++) {
        for (size_t k = 0; k < i; k++)
            b[i] -= l[i * n + k] * b[k];
        b[i] /= l[i * n + i];
    }
    for (size_t i = n; i-- > 0;) {
        for (size_t k = i + 1; k < n; k++)
            b[i] -= l[k * n + i] * b[k];
        b[i] /= l[i * n + i];
    }
}

static void ask_oracle(const design *d, const double *theta, oracle *o) {
    size_t p = d->spec.n_fixed;
    long double x[3][ROWS], vx[3][ROWS], xx[9] = {0}, beta[3] = {0}, minus = 0;
    make_v(d, theta, o->v);
    long double logdet = long_cholesky(o->v, ROWS), logdet_x = 0;
    for (size_t i = 0; i < ROWS; i++)
        minus += d->rows.weights ? logl(d->weight[i]) : 0;
    for (size_t c = 0; c < p; c++) {
        for (size_t i = 0; i < ROWS; i++)
            vx[c][i] = x[c][i] = d->column[fixed[c]][i];
        long_solve(o->v, ROWS, vx[c]);
    }
    for (size_t a = 0; a < p; a++)
        for (size_t i = 0; i < ROWS; i++) {
            beta[a] += vx[a][i] * d->y[i];
            for (size_t b = 0; b < p; b++)
                xx[a * p + b] += vx[a][i] * x[b][i];
        }
    logdet_x = long_cholesky(xx, p);
    long_solve(xx, p, beta);
    for (size_t i = 0; i < ROWS; i++) {
        o->residual[i] = d->y[i];
        for (size_t a = 0; a < p; a++)
            o->residual[i] -= x[a][i] * beta[a];
    }
    long double e[ROWS];
    memcpy(e, o->residual, sizeof e);
    long_solve(o->v, ROWS, o->residual);
    o->r2 = 0;
    for (size_t i = 0; i < ROWS; i++)
        o->r2 += e[i] * o->residual[i];
    for (size_t a = 0; a < p; a++) {
        long double unit[3] = {a == 0, a == 1, a == 2};
        long_solve(xx, p, unit);
        o->beta[a] = (double)beta[a];
        for (size_t b = 0; b < p; b++)
            o->unscaled[b * p + a] = (double)unit[b];
    }
    long double df = ROWS - (d->spec.reml ? (long double)p : 0);
    o->logdet = (double)(logdet + minus);
    o->objective = (double)(logdet + (d->spec.reml ? logdet_x : 0) + df * (1 + logl(2 * acosl(-1.0L) * o->r2 / df)));
}

/* ---- tests ----------------------------------------------------------------------------------------- */

typedef struct job {
    design d;
    oracle o, up, down;
    double theta[MOST + 4];
    rp_arena *arena;
    crossed_plan *plan;
    mixed_point point;
} job;

static job *begin_job(size_t kind, bool reml, crossed_path path) {
    static job j;
    rp_error error = {0};
    j.arena = rp_arena_new(0);
    make_design(&j.d, kind, reml, 1234 + kind);
    j.plan = crossed_plan_make(stats_of(&j.d.spec, &j.d.rows, j.arena), path, j.arena, &error);
    if (j.plan == NULL)
        fail_msg("%s", error.message);
    j.point = point_for(j.d.spec.n_fixed, j.d.n_theta, j.arena);
    return &j;
}

static bool evaluate(job *j, bool with_gradient) {
    mixed_point at = j->point;
    if (!with_gradient)
        at.gradient = NULL;
    bool good = mixed_crossed.evaluate((mixed_plan *)j->plan, j->theta, &at);
    at.gradient = j->point.gradient;
    j->point = at;
    return good;
}

/* Both ways to treat the rest; the sparse one needs CHOLMOD. */
static crossed_path last_path(void) {
    return rp_sparse_available() ? CROSSED_SPARSE : CROSSED_DENSE;
}

#define EACH_MODEL(path, kind, reml)                                                                                   \
    for (int path = CROSSED_DENSE; path <= (int)last_path(); path++)                                                   \
        for (size_t kind = 0; kind < KINDS; kind++)                                                                    \
            for (int reml = 0; reml < 2; reml++)

static void the_objective_is_the_definition(void **state) {
    (void)state;
    EACH_MODEL(path, kind, reml) {
        job *j = begin_job(kind, reml, (crossed_path)path);
        size_t p = j->d.spec.n_fixed;
        for (int point = 0; point < 5; point++) {
            make_theta(&j->d, point, j->theta);
            ask_oracle(&j->d, j->theta, &j->o);
            assert_true(evaluate(j, point % 2));
            near(j->point.objective, j->o.objective, 1e-11 * fabs(j->o.objective));
            near(j->point.logdet, j->o.logdet, 1e-11 * fabs(j->o.logdet) + 1e-12);
            near(j->point.r2, (double)j->o.r2, 1e-11 * (double)j->o.r2);
            for (size_t a = 0; a < p; a++)
                near(j->point.beta[a], j->o.beta[a], 1e-10 * fabs(j->o.beta[a]));
            for (size_t a = 0; a < p * p; a++)
                near(j->point.unscaled[a], j->o.unscaled[a], 1e-11 * fabs(j->o.unscaled[0]));
        }
        rp_arena_free(j->arena);
    }
}

static void the_gradient_is_the_slope_of_the_definition(void **state) {
    (void)state;
    EACH_MODEL(path, kind, reml) {
        job *j = begin_job(kind, reml, (crossed_path)path);
        for (int point = path == CROSSED_DENSE ? 1 : 3; point < 5; point++) {
            make_theta(&j->d, point, j->theta);
            assert_true(evaluate(j, true));
            for (size_t i = 0; i < j->d.n_theta; i++) {
                double at = j->theta[i], step = 1e-5;
                j->theta[i] = at + step;
                ask_oracle(&j->d, j->theta, &j->up);
                j->theta[i] = at - step;
                ask_oracle(&j->d, j->theta, &j->down);
                j->theta[i] = at;
                double slope_of_it = (j->up.objective - j->down.objective) / (2 * step);
                near(j->point.gradient[i], slope_of_it, 1e-6 * fmax(1, fabs(slope_of_it)));
            }
        }
        rp_arena_free(j->arena);
    }
}

/* Modes are S Z_g' V^-1 (y - X beta), their variances S - S Z_g' V^-1 Z_g S, S = Lambda Lambda'. */
static void check_modes(job *j, size_t t, const double *theta) {
    const rp_mixed_term *term = &j->d.spec.terms[t];
    size_t q = term->n_columns, n = levels[term->factor];
    double *modes = rp_arena_take(j->arena, n * q, sizeof *modes);
    double *variances = rp_arena_take(j->arena, n * q * q, sizeof *variances);
    double *again = rp_arena_take(j->arena, n * q, sizeof *again);
    assert_true(mixed_crossed.modes((mixed_plan *)j->plan, j->theta, t, modes, variances));
    assert_true(mixed_crossed.modes((mixed_plan *)j->plan, j->theta, t, again, NULL));
    assert_memory_equal(modes, again, n * q * sizeof *modes);
    long double s[9];
    covariance_of(term, theta, s);
    for (size_t g = 0; g < n; g++) {
        long double zr[3] = {0}, zvz[9] = {0};
        for (size_t a = 0; a < q; a++) {
            long double vz[ROWS];
            for (size_t i = 0; i < ROWS; i++) {
                bool here = j->d.group[term->factor][i] == g;
                vz[i] = here ? j->d.column[term->columns[a]][i] : 0;
                zr[a] += vz[i] * j->o.residual[i];
            }
            long_solve(j->o.v, ROWS, vz);
            for (size_t i = 0; i < ROWS; i++)
                for (size_t b = 0; b < q && j->d.group[term->factor][i] == g; b++)
                    zvz[b * q + a] += vz[i] * j->d.column[term->columns[b]][i];
        }
        for (size_t a = 0; a < q; a++) {
            long double mode = 0;
            for (size_t b = 0; b < q; b++) {
                mode += s[a * q + b] * zr[b];
                long double variance = s[a * q + b];
                for (size_t c = 0; c < q; c++)
                    for (size_t e = 0; e < q; e++)
                        variance -= s[a * q + c] * zvz[c * q + e] * s[e * q + b];
                near(variances[(g * q + a) * q + b], (double)variance, 1e-11);
            }
            near(modes[g * q + a], (double)mode, 1e-10);
        }
    }
}

static void modes_are_conditional_means(void **state) {
    (void)state;
    EACH_MODEL(path, kind, reml) {
        job *j = begin_job(kind, reml, (crossed_path)path);
        for (int point = 2; point < 4; point++) {
            make_theta(&j->d, point, j->theta);
            ask_oracle(&j->d, j->theta, &j->o);
            const double *theta = j->theta;
            for (size_t t = 0; t < j->d.spec.n_terms; t++) {
                check_modes(j, t, theta);
                size_t q = j->d.spec.terms[t].n_columns;
                theta += q * (q + 1) / 2;
            }
        }
        rp_arena_free(j->arena);
    }
}

/* What was evaluated before leaves no trace: not another theta, nor the inverse in the factor's place. */
static void the_same_theta_gives_the_same_bits(void **state) {
    (void)state;
    EACH_MODEL(path, kind, reml) {
        job *j = begin_job(kind, reml, (crossed_path)path);
        double gradient[MOST + 4], elsewhere[MOST + 4];
        make_theta(&j->d, 1, j->theta);
        assert_true(evaluate(j, true));
        mixed_point before = j->point;
        memcpy(gradient, j->point.gradient, j->d.n_theta * sizeof *gradient);
        memcpy(elsewhere, j->theta, sizeof elsewhere);
        for (int round = 0; round < 6; round++) {
            make_theta(&j->d, 3, j->theta);
            assert_true(round % 3 == 0 || evaluate(j, round % 3 == 1));
            memcpy(j->theta, elsewhere, sizeof elsewhere);
            assert_true(evaluate(j, round >= 3));
            assert_true(evaluate(j, true));
            assert_memory_equal(&before.objective, &j->point.objective, sizeof before.objective);
            assert_memory_equal(gradient, j->point.gradient, j->d.n_theta * sizeof *gradient);
        }
        rp_arena_free(j->arena);
    }
}

static void what_cannot_be_evaluated_is_false(void **state) {
    (void)state;
    job *j = begin_job(0, false, CROSSED_DENSE);
    make_theta(&j->d, 1, j->theta);
    j->theta[0] = NAN;
    assert_false(evaluate(j, true));
    j->theta[0] = 1e200;
    assert_false(evaluate(j, true));
    make_theta(&j->d, 1, j->theta);
    assert_true(evaluate(j, true));
    rp_arena_free(j->arena);
    /* A column twice is collinear. */
    static const size_t twice[] = {0, 0};
    static design d;
    make_design(&d, 3, false, 5);
    d.spec.fixed = twice;
    d.spec.n_fixed = 2;
    rp_arena *arena = rp_arena_new(0);
    rp_error error = {0};
    mixed_plan *plan = mixed_crossed.plan(stats_of(&d.spec, &d.rows, arena), arena, &error);
    assert_non_null(plan);
    mixed_point point = point_for(2, d.n_theta, arena);
    assert_false(mixed_crossed.evaluate(plan, (double[]){1, 0, 1}, &point));
    rp_arena_free(arena);
}

static void no_memory_is_an_error(void **state) {
    (void)state;
    static design d;
    make_design(&d, 0, false, 5);
    rp_arena *arena = rp_arena_new(0);
    rp_mixed_stats *stats = stats_of(&d.spec, &d.rows, arena);
    int failed = 0;
    for (int path = CROSSED_DENSE; path <= (int)last_path(); path++)
        for (long n = 1; n < 200; n++) {
            rp_arena *own = rp_arena_new(0);
            rp_error error = {0};
            rp_memory_fail_after(n);
            crossed_plan *plan = crossed_plan_make(stats, (crossed_path)path, own, &error);
            rp_memory_fail_after(0);
            if (plan == NULL)
                assert_int_equal(error.code, RP_E_MEMORY);
            failed += plan == NULL;
            rp_arena_free(own);
        }
    assert_true(failed > 3);
    rp_arena_free(arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_objective_is_the_definition),
        cmocka_unit_test(the_gradient_is_the_slope_of_the_definition),
        cmocka_unit_test(modes_are_conditional_means),
        cmocka_unit_test(the_same_theta_gives_the_same_bits),
        cmocka_unit_test(what_cannot_be_evaluated_is_false),
        cmocka_unit_test(no_memory_is_an_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
