/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How well structural equation models fit, and their standardised solution, against lavaan 0.6-14 on R 4.2.2:
 *   fitMeasures(cfa(m, data, ...)); standardizedSolution(cfa(m, data, ...)).
 * lavaan's own search ends about 1e-5 from its minimum in the parameters, so that they are held to 1e-5. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include "models/mixed_data.h"
#include "rapport/sem.h"
#include "support/shared.h"

/* A model fitted to columns of a file. */
typedef struct fitted {
    rp_arena *arena;
    rp_sem_layout layout;
    rp_sem_spec *spec;
    rp_sem_fit *fit;
    rp_sem_measures measures;
    double *standardised;
} fitted;

static void fit_text(fitted *f, const char *path, const char *text, const char *group, rp_sem_missing missing,
                     const rp_sem_rules *rules) {
    rp_error error;
    path = shared_path(path); /* skips before there is anything to free */
    f->arena = rp_arena_new(0);
    sheet s = sheet_read(path, f->arena);
    rp_sem_text *parsed = rp_sem_parse(text, f->arena, &error);
    assert_non_null(parsed);
    f->layout = (rp_sem_layout){.n_groups = 1, .missing = missing};
    f->layout.n_observed = rp_sem_observed(parsed, &f->layout.observed);
    const double *columns[16];
    assert_true(f->layout.n_observed <= 16);
    for (size_t i = 0; i < f->layout.n_observed; i++)
        columns[i] = sheet_numbers(&s, f->layout.observed[i]);
    rp_sem_rows rows = {.n = s.n, .columns = columns};
    if (group) {
        uint32_t groups;
        rows.group = sheet_groups(&s, group, &groups);
        f->layout.n_groups = groups;
    }
    f->spec = rp_sem_specify(parsed, &f->layout, rules, f->arena, &error);
    assert_non_null(f->spec);
    rp_sem_stats *stats = rp_sem_prepare(&f->layout, &rows, f->arena, &error);
    assert_non_null(stats);
    f->fit = rp_sem_fit_stats(f->spec, stats, &(rp_sem_options){0}, f->arena, &error);
    assert_non_null(f->fit);
    assert_int_equal(f->fit->status, RP_SEM_CONVERGED);
    assert_true(rp_sem_measure(f->fit, &f->measures));
    f->standardised = rp_arena_take(f->arena, f->spec->n_lines, sizeof(double));
    assert_true(rp_sem_standardise(f->spec, f->fit->theta, f->standardised));
}

static void near(double got, double expected, double tolerance) {
    if (!(fabs(got - expected) <= tolerance))
        fail_msg("%.12g is not %.12g", got, expected);
}

/* Fit measures, in lavaan's order. */
typedef struct expected {
    double chisq, df, p, baseline_chisq, baseline_df, cfi, tli, rmsea, lower, upper, srmr, aic, bic;
} expected;

static void check(const fitted *f, const expected *e) {
    const rp_sem_measures *m = &f->measures;
    near(f->fit->chisq, e->chisq, 1e-4); /* B9: 1e-4 on the objective */
    near(f->fit->df, e->df, 0);
    near(m->p, e->p, 1e-6);
    near(m->baseline_chisq, e->baseline_chisq, 1e-4);
    near(m->baseline_df, e->baseline_df, 0);
    near(m->cfi, e->cfi, 1e-6);
    near(m->tli, e->tli, 1e-6);
    near(m->rmsea, e->rmsea, 1e-6);
    near(m->rmsea_lower, e->lower, 1e-5); /* lavaan's uniroot() stops at 1.2e-4 of the noncentrality */
    near(m->rmsea_upper, e->upper, 1e-5);
    near(m->srmr, e->srmr, 1e-6);
    near(m->aic, e->aic, 1e-4);
    near(m->bic, e->bic, 1e-4);
}

static double standardised(const fitted *f, const char *lhs, rp_sem_op op, const char *rhs) {
    for (size_t i = 0; i < f->spec->n_lines; i++) {
        const rp_sem_line *line = &f->spec->lines[i];
        size_t p = f->layout.n_observed;
        const char *l = line->lhs < p ? f->layout.observed[line->lhs] : f->spec->latent[line->lhs - p];
        const char *r = line->rhs < p ? f->layout.observed[line->rhs] : f->spec->latent[line->rhs - p];
        if (line->op == op && strcmp(l, lhs) == 0 && strcmp(r, rhs) == 0)
            return f->standardised[i];
    }
    fail_msg("no line %s, %s", lhs, rhs);
    return NAN;
}

static const char *const holzinger = "visual =~ x1 + x2 + x3\n"
                                     "textual =~ x4 + x5 + x6\n"
                                     "speed =~ x7 + x8 + x9\n";

static void three_factors(void **state) {
    (void)state;
    fitted f;
    fit_text(&f, "data/HolzingerSwineford1939.csv", holzinger, NULL, RP_SEM_LISTWISE, &(rp_sem_rules){0});
    check(&f, &(expected){85.30552177, 24, 8.50255321705e-09, 918.851589292, 36, 0.930559651799, 0.895839477699,
                          0.0921214845102, 0.0714184904399, 0.113678016812, 0.0652050571844, 7517.48985325,
                          7595.33916881});                                       /* cfa(m, HolzingerSwineford1939) */
    near(standardised(&f, "visual", RP_SEM_MEASURES, "x1"), 0.7718804204, 1e-5); /* the same fit */
    near(standardised(&f, "speed", RP_SEM_MEASURES, "x9"), 0.6650092188, 1e-5);  /* the same */
    near(standardised(&f, "x1", RP_SEM_COVARIES, "x1"), 0.4042006167, 1e-5);     /* the same */
    near(standardised(&f, "visual", RP_SEM_COVARIES, "textual"), 0.4585093004, 1e-5); /* the same */
    near(standardised(&f, "visual", RP_SEM_COVARIES, "visual"), 1, 1e-12);            /* by definition */
    rp_arena_free(f.arena);
}

static void two_schools(void **state) {
    (void)state;
    fitted f;
    fit_text(&f, "data/HolzingerSwineford1939.csv", holzinger, "school", RP_SEM_LISTWISE,
             &(rp_sem_rules){.means = true, .equal_loadings = true, .equal_intercepts = true});
    check(&f, &(expected){164.102830925, 60, 1.29614097233e-11, 957.769050809, 72, 0.882471812681, 0.858966175217,
                          0.107371098089, 0.0879038594942, 0.127194379752, 0.0824470585788, 7508.6465112,
                          7686.5878039}); /* cfa(m, ..., group = "school", group.equal = c("loadings", "intercepts")) */
    rp_arena_free(f.arena);
}

static void missing_items(void **state) {
    (void)state;
    fitted f;
    fit_text(&f, "bench/data/wai_miss_1000.csv",
             "G =~ w1 + w2 + w3 + w4; T =~ w5 + w6 + w7 + w8; B =~ w9 + w10 + w11 + w12", NULL, RP_SEM_FIML,
             &(rp_sem_rules){.means = true});
    check(&f, &(expected){66.5574469937, 51, 0.0705934406498, 2731.46672111, 66, 0.994163330995, 0.992446663641,
                          0.0174656228137, 0, 0.0282738188732, 0.024353704684, 24611.6023527,
                          24803.0048086}); /* cfa(m, wai_miss_1000, missing = "fiml", em.h1.tol = 1e-11,
                                              em.h1.iter.max = 10000): by default its EM ends at an SRMR 1e-6 lower */
    rp_arena_free(f.arena);
}

static void latent_regressions(void **state) {
    (void)state;
    fitted f;
    fit_text(&f, "data/PoliticalDemocracy.csv",
             "ind60 =~ x1 + x2 + x3\n"
             "dem60 =~ y1 + y2 + y3 + y4\n"
             "dem65 =~ y5 + y6 + y7 + y8\n"
             "dem60 ~ ind60\n"
             "dem65 ~ ind60 + dem60\n"
             "y1 ~~ y5; y2 ~~ y4 + y6; y3 ~~ y7; y4 ~~ y8; y6 ~~ y8\n",
             NULL, RP_SEM_LISTWISE, &(rp_sem_rules){0});
    check(&f, &(expected){38.1252182281, 35, 0.329180353225, 730.654085393, 55, 0.995374529222, 0.992731403063,
                          0.0345044826794, 0, 0.0922326756924, 0.0444175458016, 3157.58188681,
                          3229.42401833});                                          /* sem(m, PoliticalDemocracy) */
    near(standardised(&f, "dem65", RP_SEM_REGRESSES, "dem60"), 0.8852289709, 1e-5); /* the same fit */
    near(standardised(&f, "dem65", RP_SEM_REGRESSES, "ind60"), 0.1822593261, 1e-5); /* the same */
    near(standardised(&f, "y1", RP_SEM_COVARIES, "y5"), 0.2957609529, 1e-5);        /* the same */
    near(standardised(&f, "dem65", RP_SEM_COVARIES, "dem65"), 0.0390047585, 1e-5);  /* the same */
    rp_arena_free(f.arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(three_factors), cmocka_unit_test(two_schools),
                                       cmocka_unit_test(missing_items), cmocka_unit_test(latent_regressions)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
