/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How well structural equation models fit, and their standardised solution, against R 4.2.2 with lavaan 0.6-14:
 * fitMeasures() and standardizedSolution() of the call above each test.
 * lavaan's own search ends about 1e-5 from its minimum in the parameters, so that they are held to 1e-5. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include "models/sem_case.h"

/* Fit measures, in lavaan's order. */
typedef struct wanted {
    double chisq, df, p, baseline_chisq, baseline_df, cfi, tli, rmsea, lower, upper, srmr, aic, bic;
} wanted;

static void measures(const rp_sem_fit *fit, const wanted *e) {
    rp_sem_measures m;
    assert_int_equal(fit->status, RP_SEM_CONVERGED);
    assert_true(rp_sem_measure(fit, &m));
    near(fit->chisq, e->chisq, 1e-4); /* B9: 1e-4 on the objective */
    near(fit->df, e->df, 0);
    near(m.p, e->p, 1e-6);
    near(m.baseline_chisq, e->baseline_chisq, 1e-4);
    near(m.baseline_df, e->baseline_df, 0);
    near(m.cfi, e->cfi, 1e-6);
    near(m.tli, e->tli, 1e-6);
    near(m.rmsea, e->rmsea, 1e-6);
    near(m.rmsea_lower, e->lower, 1e-5); /* lavaan's uniroot() stops at 1.2e-4 of the noncentrality */
    near(m.rmsea_upper, e->upper, 1e-5);
    near(m.srmr, e->srmr, 1e-6);
    near(m.aic, e->aic, 1e-4);
    near(m.bic, e->bic, 1e-4);
}

/* The standardised value of a line by its name. */
static void standardised(sem_case *c, const rp_sem_fit *fit, const char *name, double value, double tolerance) {
    double *all = rp_arena_take(c->arena, c->spec->n_lines, sizeof *all);
    assert_non_null(all);
    assert_true(rp_sem_standardise(c->spec, fit->theta, all));
    for (size_t i = 0; i < c->spec->n_lines; i++)
        if (strcmp(sem_line_name(c->spec, &c->spec->lines[i], c->arena), name) == 0) {
            near(all[i], value, tolerance);
            return;
        }
    fail_msg("no line %s", name);
}

static const char *const holzinger = "visual =~ x1 + x2 + x3\n"
                                     "textual =~ x4 + x5 + x6\n"
                                     "speed =~ x7 + x8 + x9\n";

/* cfa(m, HolzingerSwineford1939) */
static void three_factors(void **state) {
    (void)state;
    sem_case c = data("data/HolzingerSwineford1939.csv");
    rp_sem_fit *fit = fitted(&c, holzinger);
    measures(fit, &(wanted){85.30552177, 24, 8.50255321705e-09, 918.851589292, 36, 0.930559651799, 0.895839477699,
                            0.0921214845102, 0.0714184904399, 0.113678016812, 0.0652050571844, 7517.48985325,
                            7595.33916881});
    standardised(&c, fit, "visual =~ x1", 0.7718804204, 1e-5);
    standardised(&c, fit, "speed =~ x9", 0.6650092188, 1e-5);
    standardised(&c, fit, "x1 ~~ x1", 0.4042006167, 1e-5);
    standardised(&c, fit, "visual ~~ textual", 0.4585093004, 1e-5);
    standardised(&c, fit, "visual ~~ visual", 1, 1e-12); /* by definition */
    rp_arena_free(c.arena);
}

/* cfa(m, HolzingerSwineford1939, group = "school", group.equal = c("loadings", "intercepts")) */
static void two_schools(void **state) {
    (void)state;
    sem_case c = data("data/HolzingerSwineford1939.csv");
    c.group = "school";
    c.layout.groups = (const char *const[]){"Pasteur", "Grant-White"};
    c.layout.n_groups = 2;
    c.rules.equal_loadings = c.rules.equal_intercepts = c.rules.means = true;
    measures(fitted(&c, holzinger),
             &(wanted){164.102830925, 60, 1.29614097233e-11, 957.769050809, 72, 0.882471812681, 0.858966175217,
                       0.107371098089, 0.0879038594942, 0.127194379752, 0.0824470585788, 7508.6465112, 7686.5878039});
    rp_arena_free(c.arena);
}

/* cfa(m, wai_miss_1000, missing = "fiml", em.h1.tol = 1e-11, em.h1.iter.max = 10000), here and wherever values are
 * missing: by default lavaan's EM ends at an SRMR that is 1e-6 away. */
static void missing_items(void **state) {
    (void)state;
    sem_case c = data("bench/data/wai_miss_1000.csv");
    c.rules.means = true;
    c.layout.missing = RP_SEM_FIML;
    measures(fitted(&c, "G =~ w1 + w2 + w3 + w4; T =~ w5 + w6 + w7 + w8; B =~ w9 + w10 + w11 + w12"),
             &(wanted){66.5574469937, 51, 0.0705934406498, 2731.46672111, 66, 0.994163330995, 0.992446663641,
                       0.0174656228137, 0, 0.0282738188732, 0.024353704684, 24611.6023527, 24803.0048086});
    rp_arena_free(c.arena);
}

/* sem(m, PoliticalDemocracy) */
static void latent_regressions(void **state) {
    (void)state;
    sem_case c = data("data/PoliticalDemocracy.csv");
    rp_sem_fit *fit = fitted(&c, "ind60 =~ x1 + x2 + x3\n"
                                 "dem60 =~ y1 + y2 + y3 + y4\n"
                                 "dem65 =~ y5 + y6 + y7 + y8\n"
                                 "dem60 ~ ind60\n"
                                 "dem65 ~ ind60 + dem60\n"
                                 "y1 ~~ y5; y2 ~~ y4 + y6; y3 ~~ y7; y4 ~~ y8; y6 ~~ y8\n");
    measures(fit, &(wanted){38.1252182281, 35, 0.329180353225, 730.654085393, 55, 0.995374529222, 0.992731403063,
                            0.0345044826794, 0, 0.0922326756924, 0.0444175458016, 3157.58188681, 3229.42401833});
    standardised(&c, fit, "dem65 ~ dem60", 0.8852289709, 1e-5);
    standardised(&c, fit, "dem65 ~ ind60", 0.1822593261, 1e-5);
    standardised(&c, fit, "y1 ~~ y5", 0.2957609529, 1e-5);
    standardised(&c, fit, "dem65 ~~ dem65", 0.0390047585, 1e-5);
    rp_arena_free(c.arena);
}

/* cfa(m, bfi): 25 items of 2,436 people, then of all 2,800 with missing = "fiml" */
static void big_five(void **state) {
    (void)state;
    const char *text = "A =~ A1 + A2 + A3 + A4 + A5; C =~ C1 + C2 + C3 + C4 + C5; E =~ E1 + E2 + E3 + E4 + E5\n"
                       "N =~ N1 + N2 + N3 + N4 + N5; O =~ O1 + O2 + O3 + O4 + O5";
    sem_case c = data("data/bfi.csv");
    measures(fitted(&c, text),
             &(wanted){4165.46743638, 265, 0, 18222.1157318, 300, 0.78236568189, 0.753621526668, 0.0777314464554,
                       0.0756590963351, 0.079822269904, 0.075341170982, 199800.476427, 200148.363185});
    c.rules.means = true;
    c.layout.missing = RP_SEM_FIML;
    measures(fitted(&c, text),
             &(wanted){4674.26299033, 265, 0, 20010.4821979, 300, 0.776298573213, 0.746753101751, 0.0770869830252,
                       0.0751572575721, 0.0790330630829, 0.0721239819228, 228726.75708, 229231.433929});
    rp_arena_free(c.arena);
}

static const char *const tasks_goals_bond = "T =~ task1 + task2 + task3\n"
                                            "G =~ goal1 + goal2 + goal3\n"
                                            "B =~ bond1 + bond2 + bond3\n";

/* cfa(m, implement_wai_bai): sessions of a trial as if each were somebody else's; complete ones, then with missing =
 * "fiml". The first two chisq stand in the data's own page, too. */
static void the_alliance(void **state) {
    (void)state;
    sem_case c = data("data/implement_wai_bai.csv");
    rp_sem_fit *fit = fitted(&c, tasks_goals_bond);
    assert_int_equal(fit->n, 642);
    measures(fit, &(wanted){237.165330977, 24, 0, 3243.91227685, 36, 0.933550137105, 0.900325205657, 0.117621076949,
                            0.104258677105, 0.131469849997, 0.0506020258531, 11254.155861, 11347.9122154});
    standardised(&c, fit, "T =~ task1", 0.765, 5e-4); /* the data's page, three decimals; so are the next */
    standardised(&c, fit, "B =~ bond3", 0.648, 5e-4);
    standardised(&c, fit, "T ~~ G", 0.827, 5e-4);
    standardised(&c, fit, "T ~~ B", 0.898, 5e-4);
    standardised(&c, fit, "G ~~ B", 0.730, 5e-4);
    measures(fitted(&c, "W =~ task1 + task2 + task3 + goal1 + goal2 + goal3 + bond1 + bond2 + bond3"),
             &(wanted){423.166430493, 27, 0, 3243.91227685, 36, 0.876503346631, 0.835337795508, 0.151178293983,
                       0.138658319236, 0.164052586111, 0.0645546354243, 11434.1569605, 11514.51955});
    c.rules.means = true;
    c.layout.missing = RP_SEM_FIML;
    fit = fitted(&c, tasks_goals_bond);
    assert_int_equal(fit->n, 731);
    measures(fit, &(wanted){261.356093343, 24, 0, 3432.35803549, 36, 0.930114525364, 0.895171788046, 0.116315042394,
                            0.103817182031, 0.129250873691, 0.0525894277676, 12870.328269, 13008.1606727});
    rp_arena_free(c.arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(three_factors), cmocka_unit_test(two_schools),
                                       cmocka_unit_test(missing_items), cmocka_unit_test(latent_regressions),
                                       cmocka_unit_test(big_five),      cmocka_unit_test(the_alliance)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
