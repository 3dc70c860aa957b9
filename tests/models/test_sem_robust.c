/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Errors and chi-squares that do not rest on normality: by definition, and against R 4.2.2 with lavaan 0.6-14,
 * estimator = "MLR", "polished" as test_sem_fit.c has it. Errors are held to 1e-5 of themselves: lavaan's Hessian is of
 * differences of 1e-6. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "models/sem_case.h"
#include "models/sem_expected.h"
#include "models/sem_spec.h"

static const char *const HS = "data/HolzingerSwineford1939.csv";
static const char *const THREE = "visual =~ x1 + x2 + x3\ntextual =~ x4 + x5 + x6\nspeed =~ x7 + x8 + x9";

/* ---- definitions ------------------------------------------------------------------------------------------ */

/* 3 variables, 40 rows, a quarter of the values missing, with tails. */
static raw_rows drawn(rp_arena *arena) {
    raw_rows raw = {.n = 40, .p = 3};
    double *values = rp_arena_take(arena, raw.n * raw.p, sizeof *values);
    uint64_t state = 5;
    for (size_t i = 0; i < raw.n * raw.p; i++) {
        state = state * 6364136223846793005u + 1442695040888963407u; /* Knuth's */
        double u = (double)(state >> 40) / (double)(1 << 24) - 0.5;
        values[i] = i % 4 == (i / 3) % 5 ? (double)NAN : 8 * u * u * u + (i % 3 ? values[i / 3 * 3] : 1);
        if (isnan(values[i]) && i % 3 == 0)
            values[i] = 2 * u;
    }
    raw.values = values;
    return raw;
}

/* The moments as one vector: means, then the lower triangle by columns. */
static void unpack(const double *moments, size_t p, double *mu, double *sigma) {
    const double *next = moments + p;
    memcpy(mu, moments, p * sizeof *mu);
    for (size_t j = 0; j < p; j++)
        for (size_t i = j; i < p; i++)
            sigma[i * p + j] = sigma[j * p + i] = *next++;
}

static long double density(const double *row, const double *moments) {
    double mu[3], sigma[9];
    unpack(moments, 3, mu, sigma);
    return -raw_density(row, 3, sigma, mu) / 2;
}

static const double MOMENTS[9] = {0.3, 0.2, 0.5, 1.5, 0.6, 0.4, 1.8, 0.5, 2.1};

/* A row's score by differences of its density. */
static void score(const double *row, const double *moments, long double *out) {
    for (size_t k = 0; k < 9; k++) {
        double up[9], down[9];
        memcpy(up, moments, sizeof up);
        memcpy(down, moments, sizeof down);
        up[k] += 1e-5;
        down[k] -= 1e-5;
        out[k] = (density(row, up) - density(row, down)) / (up[k] - down[k]);
    }
}

/* Sums over rows of products of scores, and of second differences. */
static void scatter_and_curvature(void **state) {
    (void)state;
    rp_arena *arena = rp_arena_new(0);
    raw_rows raw = drawn(arena);
    built_sem b;
    sem_begin(&b, 3, 0, 1, true);
    b.layout.casewise = true;
    double columns[3][40];
    const double *pointers[3];
    for (size_t j = 0; j < 3; j++) {
        pointers[j] = columns[j];
        for (size_t i = 0; i < raw.n; i++)
            columns[j][i] = raw.values[i * 3 + j];
    }
    rp_error error;
    rp_sem_stats *stats = rp_sem_prepare(&b.layout, &(rp_sem_rows){.n = raw.n, .columns = pointers}, arena, &error);
    assert_non_null(stats);
    assert_true(stats->n_patterns >= 3);
    double mu[3], sigma[9], scatter[81], information[81], known[81] = {0}, bend[81] = {0};
    bool defined;
    unpack(MOMENTS, 3, mu, sigma);
    assert_true(sem_moment_scatter(&b.spec, stats, 0, mu, sigma, scatter, &defined, arena) && defined);
    assert_true(sem_moment_information(&b.spec, stats, 0, mu, sigma, true, information, &defined, arena) && defined);
    for (size_t r = 0; r < raw.n; r++) {
        long double s[9], up[9], down[9];
        score(raw.values + r * 3, MOMENTS, s);
        for (size_t k = 0; k < 9; k++) {
            double moved[9];
            memcpy(moved, MOMENTS, sizeof moved);
            moved[k] = MOMENTS[k] + 1e-4;
            score(raw.values + r * 3, moved, up);
            moved[k] = MOMENTS[k] - 1e-4;
            score(raw.values + r * 3, moved, down);
            for (size_t l = 0; l < 9; l++) {
                known[k * 9 + l] += (double)(s[k] * s[l]);
                bend[k * 9 + l] -= (double)((up[l] - down[l]) / 2e-4L);
            }
        }
    }
    for (size_t i = 0; i < 81; i++) {
        near(scatter[i], known[i], 1e-6 * (1 + fabs(known[i])));
        near(information[i], bend[i], 1e-5 * (1 + fabs(bend[i])));
    }
    rp_arena_free(arena);
}

/* Where nothing is missing and the model's moments are those observed, observed information is expected. */
static void information_of_complete_rows(void **state) {
    (void)state;
    sem_case c = data(HS);
    c.rules.means = true;
    rp_sem_fit *fit = fitted(&c, THREE);
    sem_saturated at;
    assert_true(sem_saturated_make(fit->stats, &at, c.arena));
    size_t q = sem_moment_count(c.spec);
    assert_int_equal(q, 9 + 45);
    double *observed = rp_arena_take(c.arena, 2 * q * q, sizeof *observed), *hoped = observed + q * q;
    bool defined;
    for (int i = 0; i < 2; i++)
        assert_true(sem_moment_information(c.spec, fit->stats, 0, at.mean, at.cov, i == 0, i ? hoped : observed,
                                           &defined, c.arena) &&
                    defined);
    for (size_t i = 0; i < q * q; i++)
        near(observed[i], hoped[i], 1e-8 * (1 + fabs(hoped[i])));
    size_t n = c.spec->n_parameters; /* of parameters: by patterns it is as by the formula for complete rows */
    double *rows = rp_arena_take(c.arena, 2 * n * n, sizeof *rows), *plain = rows + n * n;
    assert_true(sem_information_of_rows(c.spec, fit->stats, fit->theta, rows, &defined, c.arena) && defined);
    assert_true(sem_information(c.spec, fit->stats, fit->theta, plain, &defined, c.arena) && defined);
    for (size_t i = 0; i < n * n; i++)
        near(rows[i], plain[i], 1e-8 * (1 + fabs(plain[i])));
    rp_arena_free(c.arena);
}

/* Each of four independent variables is -sqrt(3), 0, 0, 0, 0, sqrt(3), in all combinations: moments up to the fifth are
 * those of a normal distribution (Gauss-Hermite's three points). Sums of them that a one-factor model describes exactly
 * are so too. Then the sandwich is the inverse information, and the scaling is 1. */
static void a_sample_with_normal_moments(void **state) {
    (void)state;
    enum { N = 1296 };
    rp_arena *arena = rp_arena_new(0);
    static double x[4][N];
    static const char *const names[] = {"a", "b", "c", "d"};
    const double loading[] = {1, 0.8, 1.2, 0.6}, residual[] = {1, 0.7, 0.5, 1.4};
    double l[16];
    for (size_t i = 0; i < 16; i++)
        l[i] = 1.3 * loading[i / 4] * loading[i % 4] + (i % 5 ? 0 : residual[i / 4]);
    assert_true(rp_cholesky(l, 4));
    for (size_t r = 0; r < N; r++) {
        double z[4];
        for (size_t i = 0, left = r; i < 4; i++, left /= 6)
            z[i] = left % 6 == 0 ? -sqrt(3) : left % 6 == 5 ? sqrt(3) : 0;
        for (size_t i = 0; i < 4; i++) {
            x[i][r] = 2;
            for (size_t j = 0; j <= i; j++)
                x[i][r] += l[i * 4 + j] * z[j];
        }
    }
    rp_error error = {0};
    rp_sem_layout layout = {.observed = names, .n_observed = 4, .n_groups = 1, .casewise = true};
    for (int fiml = 0; fiml < 2; fiml++) {
        layout.missing = fiml ? RP_SEM_FIML : RP_SEM_LISTWISE;
        const double *const columns[] = {x[0], x[1], x[2], x[3]};
        rp_sem_stats *stats = rp_sem_prepare(&layout, &(rp_sem_rows){.n = N, .columns = columns}, arena, &error);
        rp_sem_text *text = rp_sem_parse("f =~ a + b + c + d\na ~~ a", arena, &error);
        rp_sem_rules rules = {.means = fiml};
        rp_sem_spec *spec = rp_sem_specify(text, &layout, &rules, arena, &error);
        assert_true(stats && spec);
        rp_sem_fit *ml = rp_sem_fit_stats(spec, stats, NULL, arena, &error);
        rp_sem_fit *mlr = rp_sem_fit_stats(spec, stats, &(rp_sem_options){.estimator = RP_SEM_MLR}, arena, &error);
        assert_true(ml && mlr);
        assert_int_equal(mlr->estimator, RP_SEM_MLR);
        near(mlr->chisq, 0, 1e-7);
        near(mlr->scaling, 1, 1e-6);
        assert_true(isnan(ml->scaling) && isnan(ml->chisq_scaled) && isnan(ml->df_scaled) && isnan(mlr->shift));
        for (size_t i = 0; i < spec->n_parameters * spec->n_parameters; i++)
            near(mlr->vcov[i], ml->vcov[i], 1e-8);
    }
    rp_arena_free(arena);
}

/* ---- blocks, and the order of rows ---------------------------------------------------------------------------- */

static rp_sem_fit *of_blocks(sem_case *c, size_t blocks, bool backwards) {
    size_t p = c->layout.n_observed, n = c->sheet.n;
    rp_sem_stats *parts[7];
    rp_error error = {0};
    for (size_t b = 0; b < blocks; b++) {
        size_t from = n * b / blocks, count = n * (b + 1) / blocks - from;
        const double *columns[MOST];
        for (size_t j = 0; j < p; j++) {
            double *column = rp_arena_take(c->arena, count, sizeof *column);
            for (size_t i = 0; i < count; i++)
                column[i] = c->columns[j][backwards ? n - 1 - from - i : from + i];
            columns[j] = column;
        }
        parts[b] = rp_sem_prepare(&c->layout, &(rp_sem_rows){.n = count, .columns = columns}, c->arena, &error);
        assert_non_null(parts[b]);
    }
    rp_sem_stats *stats = rp_sem_merge(parts, blocks, c->arena, &error);
    assert_non_null(stats);
    rp_sem_fit *fit = rp_sem_fit_stats(c->spec, stats, &c->options, c->arena, &error);
    assert_non_null(fit);
    return fit;
}

static void blocks_and_order(void **state) {
    (void)state;
    sem_case c = data("bench/data/wai_miss_1000.csv");
    c.rules.means = c.layout.casewise = true;
    c.layout.missing = RP_SEM_FIML;
    c.options.estimator = RP_SEM_MLR;
    rp_sem_fit *whole = fitted(&c, "G =~ w1+w2+w3+w4\n T =~ w5+w6+w7+w8\n B =~ w9+w10+w11+w12");
    for (int backwards = 0; backwards < 2; backwards++) {
        rp_sem_fit *other = of_blocks(&c, 7, backwards);
        near(other->scaling, whole->scaling, 1e-7);
        size_t n = c.spec->n_parameters;
        for (size_t i = 0; i < n; i++)
            near(other->vcov[i * (n + 1)], whole->vcov[i * (n + 1)], 1e-6 * whole->vcov[i * (n + 1)]);
        for (size_t q = 0; q < other->stats->n_patterns; q++) { /* no row is lost, none is there twice */
            const sem_pattern *a = &whole->stats->patterns[q], *b = &other->stats->patterns[q];
            assert_int_equal(a->n, b->n);
            for (size_t i = 0; i < a->k; i++) {
                double left = 0, right = 0;
                for (size_t r = 0; r < (size_t)a->n; r++) {
                    left += a->rows[r * a->k + i];
                    right += b->rows[r * a->k + i];
                }
                near(left, right, 1e-10);
                near(left, (double)a->n * a->mean[i], 1e-10);
            }
        }
    }
    rp_arena_free(c.arena);
}

/* ---- against lavaan ----------------------------------------------------------------------------------------- */

static void has(sem_case *c, const rp_sem_fit *fit, const char *name, double se) {
    double error = sem_error_of(fit, sem_parameter_named(c->spec, name, c->arena));
    if (!(fabs(error - se) <= 1e-5 * se))
        fail_msg("%s: %.12g is not %.12g", name, error, se);
}

/* fitMeasures(): chisq.scaled, chisq.scaling.factor, pvalue.scaled; baseline.chisq.scaled, baseline.df.scaled; cfi,
 * tli, rmsea, rmsea.ci.lower, rmsea.ci.upper, all .scaled. */
typedef struct wanted {
    double chisq, scaling, p, baseline, baseline_df, cfi, tli, rmsea, lower, upper;
} wanted;

static void measures(const rp_sem_fit *fit, const wanted *e) {
    rp_sem_measures m;
    assert_int_equal(fit->status, RP_SEM_CONVERGED);
    assert_true(rp_sem_measure(fit, &m));
    near(fit->chisq_scaled, e->chisq, 2e-4);
    near(fit->scaling, e->scaling, 1e-6);
    near(fit->chisq_scaled * fit->scaling, fit->chisq, 1e-9);
    near(fit->df_scaled, fit->df, 0);
    near(m.p_scaled, e->p, 1e-6);
    near(m.baseline_chisq_scaled, e->baseline, 1e-6 * e->baseline);
    near(m.baseline_df_scaled, e->baseline_df, 0);
    near(m.cfi_scaled, e->cfi, 1e-6);
    near(m.tli_scaled, e->tli, 1e-6);
    near(m.rmsea_scaled, e->rmsea, 1e-6);
    near(m.rmsea_scaled_lower, e->lower, 1e-5); /* lavaan's uniroot() stops at 1.2e-4 of the noncentrality */
    near(m.rmsea_scaled_upper, e->upper, 1e-5);
}

/* cfa(m, HolzingerSwineford1939, estimator = "MLR"), polished */
static void three_factors(void **state) {
    (void)state;
    sem_case c = data(HS);
    c.layout.casewise = true;
    c.options.estimator = RP_SEM_MLR;
    rp_sem_fit *fit = fitted(&c, THREE);
    has(&c, fit, "visual =~ x2", 0.1320777212414);
    has(&c, fit, "speed =~ x9", 0.2663761316649);
    has(&c, fit, "x1 ~~ x1", 0.1564680522676);
    has(&c, fit, "visual ~~ visual", 0.1803960040395);
    has(&c, fit, "textual ~~ speed", 0.0563065933980);
    measures(fit, &(wanted){87.1315935154, 0.979042369456, 4.27844870643e-09, 880.081721388, 36, 0.925206775700,
                            0.887810163550, 0.0934834016774, 0.0726205940637, 0.115225659829});
    rp_sem_measures plain;
    sem_case d = data(HS);
    assert_true(rp_sem_measure(fitted(&d, THREE), &plain)); /* by ML nothing is scaled */
    assert_true(isnan(plain.p_scaled) && isnan(plain.cfi_scaled) && isnan(plain.tli_scaled));
    assert_true(isnan(plain.rmsea_scaled) && isnan(plain.rmsea_scaled_lower) && isnan(plain.baseline_chisq_scaled));
    rp_arena_free(c.arena);
    rp_arena_free(d.arena);
}

/* The same with group = "school", group.equal = c("loadings", "intercepts") */
static void two_schools(void **state) {
    (void)state;
    sem_case c = data(HS);
    c.layout.casewise = true;
    c.options.estimator = RP_SEM_MLR;
    c.group = "school";
    c.layout.groups = (const char *const[]){"Pasteur", "Grant-White"};
    c.layout.n_groups = 2;
    c.rules.equal_loadings = c.rules.equal_intercepts = c.rules.means = true;
    rp_sem_fit *fit = fitted(&c, THREE);
    has(&c, fit, "visual =~ x2 in group Pasteur", 0.1309856927980);
    has(&c, fit, "speed =~ x9 in group Grant-White", 0.2074350908063);
    has(&c, fit, "x1 ~~ x1 in group Pasteur", 0.1840897325759);
    has(&c, fit, "x9 ~ 1 in group Grant-White", 0.0718035452632);
    has(&c, fit, "speed ~ 1 in group Grant-White", 0.1035911974682);
    measures(fit, &(wanted){166.748199987, 0.984135546495, 5.44586598039e-12, 934.308734487, 72, 0.876206518944,
                            0.851447822733, 0.108726749650, 0.0891676976579, 0.128661023818});
    rp_arena_free(c.arena);
}

/* cfa(m, wai_miss_1000, missing = "fiml", estimator = "MLR", em.h1.tol = 1e-14, em.h1.iter.max = 20000), polished */
static void missing_answers(void **state) {
    (void)state;
    sem_case c = data("bench/data/wai_miss_1000.csv");
    c.rules.means = c.layout.casewise = true;
    c.layout.missing = RP_SEM_FIML;
    c.options.estimator = RP_SEM_MLR;
    rp_sem_fit *fit = fitted(&c, "G =~ w1+w2+w3+w4\n T =~ w5+w6+w7+w8\n B =~ w9+w10+w11+w12");
    has(&c, fit, "G =~ w2", 0.0604646390187);
    has(&c, fit, "T =~ w8", 0.0515338331523);
    has(&c, fit, "w1 ~~ w1", 0.0335607343589);
    has(&c, fit, "T ~~ B", 0.0318879711560);
    has(&c, fit, "w12 ~ 1", 0.0334814374503);
    measures(fit, &(wanted){67.3977929433, 0.987531550886, 6.16784228116e-02, 2772.43456548, 66, 0.993941182561,
                            0.992159177432, 0.0179311280133, 0, 0.0286987714479});
    rp_arena_free(c.arena);
}

/* cfa("N =~ N1 + N2 + N3 + N4 + N5", bfi, estimator = "MLR"), and with missing = "fiml", em.h1.tol = 1e-14,
 * em.h1.iter.max = 20000; polished */
static void neuroticism(void **state) {
    (void)state;
    sem_case c = data("data/bfi.csv");
    c.layout.casewise = true;
    c.options.estimator = RP_SEM_MLR;
    rp_sem_fit *fit = fitted(&c, "N =~ N1 + N2 + N3 + N4 + N5");
    assert_int_equal(fit->n, 2694);
    has(&c, fit, "N =~ N2", 0.0173957909692);
    has(&c, fit, "N1 ~~ N1", 0.0482933598551);
    measures(fit, &(wanted){313.521143732947, 1.151219696823, 0, 3492.153603912715, 10, 0.911399329603, 0.822798659205,
                            0.151341721067, 0.138298477341, 0.164804644412});
    c.layout.missing = RP_SEM_FIML;
    c.rules.means = true;
    fit = fitted(&c, "N =~ N1 + N2 + N3 + N4 + N5");
    assert_int_equal(fit->n, 2800);
    has(&c, fit, "N =~ N2", 0.0171847345263);
    has(&c, fit, "N =~ N5", 0.0292271105561);
    has(&c, fit, "N ~~ N", 0.0636379455803);
    measures(fit, &(wanted){322.671338189238, 1.154427642646, 0, 3604.775333562394, 10, 0.911629710145, 0.823259420291,
                            0.150634690130, 0.137856556786, 0.163817562592});
    rp_arena_free(c.arena);
}

/* Whichever allocation fails, statistics, merge and fit say so. */
static void without_memory(void **state) {
    (void)state;
    sem_case c = data(HS);
    c.layout.casewise = true;
    c.options.estimator = RP_SEM_MLR;
    rp_sem_fit *fit = fitted(&c, "g =~ x1 + x2 + x3 + x4");
    rp_sem_stats *parts[] = {(rp_sem_stats *)fit->stats, (rp_sem_stats *)fit->stats};
    rp_error error = {0};
    size_t failures = 0;
    for (bool fails = true; fails; failures += fails) {
        rp_arena *arena = rp_arena_new(0);
        rp_memory_fail_after((long)failures + 1);
        rp_sem_rows rows = {.n = c.sheet.n, .columns = c.columns};
        rp_sem_stats *stats = rp_sem_prepare(&c.layout, &rows, arena, &error);
        rp_sem_stats *twice = stats ? rp_sem_merge(parts, 2, arena, &error) : NULL;
        rp_sem_fit *again = twice ? rp_sem_fit_stats(c.spec, twice, &c.options, arena, &error) : NULL;
        rp_memory_fail_after(0);
        fails = again == NULL;
        if (fails)
            assert_int_equal(error.code, RP_E_MEMORY);
        else
            near(again->scaling, fit->scaling, 1e-6);
        rp_arena_free(arena);
    }
    assert_true(failures > 0);
    rp_arena_free(c.arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(scatter_and_curvature),
        cmocka_unit_test(information_of_complete_rows),
        cmocka_unit_test(a_sample_with_normal_moments),
        cmocka_unit_test(blocks_and_order),
        cmocka_unit_test(three_factors),
        cmocka_unit_test(two_schools),
        cmocka_unit_test(missing_answers),
        cmocka_unit_test(neuroticism),
        cmocka_unit_test(without_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
