/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Structural equation models fitted to published and simulated data, against R 4.2.2 with lavaan 0.6-14. Tolerances:
 * log-likelihoods within 1e-4 or 1e-10 of their size, parameters within 1e-4 standard errors, standard errors within
 * 1e-6 of themselves. Where lavaan's own search ends before that ("polished"), its estimates were taken on by six steps
 * of Fisher scoring with its gradient and lavInspect(fit, "information.expected"), and given back as start with
 * optim.method = "none". */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "models/sem_case.h"
#include "models/sem_expected.h"

static void reaches(const rp_sem_fit *fit, double log_lik, double chisq, double df) {
    if (fit->status != RP_SEM_CONVERGED)
        fail_msg("%s", fit->message);
    assert_int_equal(fit->n_notes, 0);
    near(fit->log_lik, log_lik, fmax(1e-4, 1e-10 * fabs(log_lik)));
    near(fit->chisq, chisq, 1e-4);
    near(fit->df, df, 0);
    near(fit->chisq, 2 * (fit->log_lik_saturated - fit->log_lik), 1e-9);
}

static const char *const HS = "data/HolzingerSwineford1939.csv";
static const char *const THREE = "visual =~ x1 + x2 + x3\ntextual =~ x4 + x5 + x6\nspeed =~ x7 + x8 + x9";
static const char *const ONE = "g =~ x1 + x2 + x3 + x4 + x5 + x6 + x7 + x8 + x9";

/* ---- definitions ------------------------------------------------------------------------------------------ */

/* As many parameters as moments: the likelihood is that of unrestricted covariances, estimates are those moments. */
static void a_saturated_model_is_its_data(void **state) {
    (void)state;
    sem_case c = data(HS);
    c.rules.means = true;
    rp_sem_fit *fit = fitted(&c, "x1 ~~ x1 + x2 + x3\nx2 ~~ x2 + x3\nx3 ~~ x3");
    reaches(fit, fit->log_lik_saturated, 0, 0);
    sem_saturated as_is;
    assert_true(sem_saturated_make(fit->stats, &as_is, c.arena));
    for (size_t i = 0; i < c.spec->n_lines; i++) {
        const rp_sem_line *line = &c.spec->lines[i];
        bool mean = line->op == RP_SEM_INTERCEPT;
        assert_true(line->parameter != SIZE_MAX);
        near(fit->theta[line->parameter], mean ? as_is.mean[line->lhs] : as_is.cov[line->lhs * 3 + line->rhs], 1e-6);
        double variance = as_is.cov[line->lhs * 4], other = as_is.cov[line->rhs * 4];
        double both = as_is.cov[line->lhs * 3 + line->rhs]; /* textbook: s/n, and (s_ii s_jj + s_ij^2)/n */
        double known = (mean ? variance : variance * other + both * both) / (double)fit->n;
        near(fit->vcov[line->parameter * (c.spec->n_parameters + 1)], known, 1e-6 * known);
    }
    rp_arena_free(c.arena);
}

/* Nothing missing: FIML is ML; the errors, of observed information, differ, since the model is not quite true. */
static void fiml_of_complete_rows_is_ml(void **state) {
    (void)state;
    sem_case c = data(HS), d = data(HS);
    c.rules.means = d.rules.means = true;
    d.layout.missing = RP_SEM_FIML;
    rp_sem_fit *ml = fitted(&c, THREE), *fiml = fitted(&d, THREE);
    reaches(fiml, ml->log_lik, ml->chisq, ml->df);
    assert_int_equal(c.spec->n_parameters, d.spec->n_parameters);
    for (size_t i = 0; i < c.spec->n_parameters; i++) {
        double se = sqrt(ml->vcov[i * (c.spec->n_parameters + 1)]);
        near(fiml->theta[i], ml->theta[i], 1e-4 * se);
    }
    /* cfa(m, HolzingerSwineford1939, missing = "fiml", information = "observed"), polished */
    sem_has(fiml, "visual =~ x2", 0.553500185039, 0.109247169534, d.arena);
    sem_has(fiml, "speed =~ x9", 1.08153015853, 0.1951231158, d.arena);
    sem_has(fiml, "speed ~~ speed", 0.383747881619, 0.0920638531875, d.arena);
    rp_arena_free(c.arena);
    rp_arena_free(d.arena);
}

/* A constraint is one parameter less, and holds; the same model by one label has the same fit and errors. */
static void a_constraint_is_a_label(void **state) {
    (void)state;
    sem_case c = data(HS), d = data(HS);
    rp_sem_fit *tied = fitted(&c, "g =~ x1 + a*x2 + b*x3 + x4\na == b");
    rp_sem_fit *named = fitted(&d, "g =~ x1 + a*x2 + a*x3 + x4");
    reaches(tied, named->log_lik, named->chisq, 3);
    assert_int_equal(tied->n_free, 7);
    assert_int_equal(named->n_free, 7);
    const rp_sem_line *a = &c.spec->lines[1], *b = &c.spec->lines[2];
    assert_int_equal(b->rhs, 2);
    near(tied->theta[a->parameter], tied->theta[b->parameter], 1e-12);
    double variance = named->vcov[d.spec->lines[1].parameter * (d.spec->n_parameters + 1)];
    sem_has(tied, "g =~ x2", named->theta[d.spec->lines[1].parameter], sqrt(variance), c.arena);
    sem_has(tied, "g =~ x3", named->theta[d.spec->lines[1].parameter], sqrt(variance), c.arena);
    rp_sem_fit *odd = fitted(&c, "g =~ x1 + a*x2 + b*x3 + x4\na == b\na == 1\nb == 2");
    assert_int_equal(odd->status, RP_SEM_NOT_FITTED);
    assert_string_equal(odd->message, "Constraint 3 contradicts those before it: no parameters keep them all.");
    rp_arena_free(c.arena);
    rp_arena_free(d.arena);
}

/* ---- against lavaan ----------------------------------------------------------------------------------------- */

/* cfa(m, HolzingerSwineford1939) */
static void holzinger_swineford(void **state) {
    (void)state;
    sem_case c = data(HS);
    rp_sem_fit *fit = fitted(&c, THREE);
    reaches(fit, -3737.74492663, 85.30552177, 24);
    assert_int_equal(fit->n, 301);
    assert_int_equal(fit->n_free, 21);
    sem_has(fit, "visual =~ x2", 0.553500293764, 0.0996651187683, c.arena);
    sem_has(fit, "visual =~ x3", 0.729370209767, 0.10910970312, c.arena);
    sem_has(fit, "textual =~ x5", 1.11307657812, 0.0654201086096, c.arena);
    sem_has(fit, "speed =~ x9", 1.08153015686, 0.151167438086, c.arena);
    sem_has(fit, "x1 ~~ x1", 0.549053973199, 0.113600923264, c.arena);
    sem_has(fit, "visual ~~ visual", 0.809315981091, 0.145462407414, c.arena);
    sem_has(fit, "textual ~~ speed", 0.173494684581, 0.049314660447, c.arena);
    reaches(fitted(&c, ONE), -3851.22424543, 312.264159377, 27);
    rp_arena_free(c.arena);
}

/* cfa(m, HolzingerSwineford1939, std.lv = TRUE), polished, fits as well; signs are positive whatever the start. */
static void signs_are_set(void **state) {
    (void)state;
    sem_case c = data(HS);
    c.rules.std_lv = true;
    reaches(fitted(&c, THREE), -3737.74492663, 85.30552177, 24);
    double start[MOST];
    for (size_t i = 0; i < c.spec->n_parameters; i++)
        start[i] = NAN;
    for (size_t i = 0; i < c.spec->n_lines; i++)
        if (c.spec->lines[i].op == RP_SEM_MEASURES && c.spec->lines[i].lhs == 9)
            start[c.spec->lines[i].parameter] = -1;
    c.options.start = start;
    rp_sem_fit *fit = fitted(&c, THREE);
    reaches(fit, -3737.74492663, 85.30552177, 24);
    sem_has(fit, "visual =~ x1", 0.899619593389, 0.0808466039095, c.arena);
    sem_has(fit, "visual ~~ textual", 0.45850933822, 0.0637793622985, c.arena);
    rp_arena_free(c.arena);
}

/* cfa(m, HolzingerSwineford1939, orthogonal = TRUE, std.lv = TRUE) */
static void a_bifactor_with_a_heywood_case(void **state) {
    (void)state;
    sem_case c = data(HS);
    c.rules.std_lv = c.rules.orthogonal = true;
    char text[256];
    snprintf(text, sizeof text, "%s\n%s", ONE, THREE);
    rp_sem_fit *fit = fitted(&c, text);
    assert_int_equal(fit->status, RP_SEM_IMPROPER);
    near(fit->chisq, 34.8800981177, 1e-4);
    near(fit->df, 18, 0);
    near(fit->log_lik, -3712.5322148, 1e-4);
    assert_int_equal(fit->n_notes, 1);
    if (strstr(fit->notes[0], "The variance x1 ~~ x1 is estimated as -") != fit->notes[0])
        fail_msg("%s", fit->notes[0]);
    rp_arena_free(c.arena);
}

/* sem(m, PoliticalDemocracy) */
static void political_democracy(void **state) {
    (void)state;
    sem_case c = data("data/PoliticalDemocracy.csv");
    rp_sem_fit *fit = fitted(&c, "ind60 =~ x1 + x2 + x3\ndem60 =~ y1 + y2 + y3 + y4\ndem65 =~ y5 + y6 + y7 + y8\n"
                                 "dem60 ~ ind60\ndem65 ~ ind60 + dem60\n"
                                 "y1 ~~ y5\ny2 ~~ y4 + y6\ny3 ~~ y7\ny4 ~~ y8\ny6 ~~ y8");
    reaches(fit, -1547.7909434, 38.1252182281, 35);
    sem_has(fit, "ind60 =~ x2", 2.18036773094, 0.138509275813, c.arena);
    sem_has(fit, "dem60 =~ y3", 1.05771677041, 0.151383167907, c.arena);
    sem_has(fit, "dem60 ~ ind60", 1.48300054023, 0.399148608668, c.arena);
    sem_has(fit, "dem65 ~ ind60", 0.572336194759, 0.221313792035, c.arena);
    sem_has(fit, "dem65 ~ dem60", 0.837344811203, 0.0983509576681, c.arena);
    sem_has(fit, "y2 ~~ y6", 2.1528612661, 0.733775932985, c.arena);
    sem_has(fit, "y2 ~~ y2", 7.37286854023, 1.37389267218, c.arena);
    sem_has(fit, "dem65 ~~ dem65", 0.172481325462, 0.214804591986, c.arena);
    rp_arena_free(c.arena);
}

/* cfa(m, HolzingerSwineford1939, group = "school", group.equal = "loadings"), and c("loadings", "intercepts"); polished
 */
static void two_groups(void **state) {
    (void)state;
    sem_case c = data(HS);
    c.group = "school";
    c.layout.groups = (const char *const[]){"Pasteur", "Grant-White"};
    c.layout.n_groups = 2;
    c.rules.means = true;
    near(fitted(&c, THREE)->chisq, 115.851, 5e-4); /* lavaan's tutorial: configural, 48 df; three decimals */
    c.rules.equal_loadings = true;
    rp_sem_fit *fit = fitted(&c, THREE);
    reaches(fit, -3686.29361223, 124.04354418, 54);
    sem_has(fit, "visual =~ x2 in group Pasteur", 0.598643751535, 0.100130473269, c.arena);
    sem_has(fit, "speed =~ x9 in group Grant-White", 1.03751253912, 0.135997361003, c.arena);
    sem_has(fit, "speed ~~ speed in group Pasteur", 0.304932594781, 0.0777815881084, c.arena);
    c.rules.equal_intercepts = true;
    fit = fitted(&c, THREE);
    reaches(fit, -3706.3232556, 164.102830925, 60);
    sem_has(fit, "speed ~ 1 in group Grant-White", -0.177350394408, 0.0901351085528, c.arena);
    c.rules.equal_residuals = true;
    fit = fitted(&c, THREE);
    near(fit->chisq, 181.5113, 1e-4); /* the data's page: strict, 69 df; four decimals */
    near(fit->df, 69, 0);
    rp_arena_free(c.arena);
}

/* cfa(m, wai_miss_1000, missing = "fiml") */
static void missing_answers(void **state) {
    (void)state;
    sem_case c = data("bench/data/wai_miss_1000.csv");
    c.rules.means = true;
    c.layout.missing = RP_SEM_FIML;
    rp_sem_fit *fit = fitted(&c, "G =~ w1+w2+w3+w4\n T =~ w5+w6+w7+w8\n B =~ w9+w10+w11+w12");
    reaches(fit, -12266.8011764, 66.5574460905, 51);
    sem_has(fit, "G =~ w2", 0.953216742985, 0.0593798741341, c.arena);
    sem_has(fit, "T ~~ B", 0.344440022688, 0.031035389622, c.arena);
    sem_has(fit, "w12 ~ 1", 0.00908393518076, 0.0334674825715, c.arena);
    rp_arena_free(c.arena);
}

/* Six starts are tried on the moments first; the log-likelihood is that of cfa(m, wai_miss_1000, missing = "fiml",
 * std.lv = TRUE, orthogonal = TRUE) in the reference's table of peers. */
static void missing_answers_bifactor(void **state) {
    (void)state;
    sem_case c = data("bench/data/wai_miss_1000.csv");
    c.rules.means = c.rules.std_lv = c.rules.orthogonal = true;
    c.layout.missing = RP_SEM_FIML;
    rp_sem_fit *fit = fitted(&c, "A =~ w1+w2+w3+w4+w5+w6+w7+w8+w9+w10+w11+w12\n"
                                 "G =~ w1+w2+w3+w4\n T =~ w5+w6+w7+w8\n B =~ w9+w10+w11+w12");
    reaches(fit, -12257.0099659, fit->chisq, 42);
    rp_arena_free(c.arena);
}

/* Random intercepts and cross-lagged panels, two variables at six times. */
static const char *panel(rp_arena *arena) {
    char *text = rp_arena_printf(arena, "%s",
                                 "RIa =~ 1*a1+1*a2+1*a3+1*a4+1*a5+1*a6\n"
                                 "RIs =~ 1*s1+1*s2+1*s3+1*s4+1*s5+1*s6\nRIa ~~ RIa + RIs\nRIs ~~ RIs\n");
    for (int w = 1; w <= 6; w++) {
        text = rp_arena_printf(arena,
                               "%s\nca%d =~ 1*a%d; cs%d =~ 1*s%d; a%d ~~ 0*a%d; s%d ~~ 0*s%d\n"
                               "ca%d ~~ ca%d + cs%d; cs%d ~~ cs%d\n",
                               text, w, w, w, w, w, w, w, w, w, w, w, w, w);
        int b = w - 1;
        if (w > 1)
            text = rp_arena_printf(arena, "%s\nca%d ~ ca%d + cs%d; cs%d ~ ca%d + cs%d", text, w, b, b, w, b, b);
    }
    text = rp_arena_printf(arena, "%s\nRIa + RIs ~~ 0*ca1 + 0*cs1", text);
    return text;
}

/* lavaan(m, riclpm_1000, meanstructure = TRUE, int.ov.free = TRUE) */
static void within_and_between(void **state) {
    (void)state;
    sem_case c = data("bench/data/riclpm_1000.csv");
    c.rules.means = true;
    rp_sem_fit *fit = fitted(&c, panel(c.arena));
    assert_int_equal(fit->n_free, 53);
    reaches(fit, -17271.0137475, 24.780020568, 37);
    sem_has(fit, "ca3 ~ cs2", -0.13235720445, 0.0436797487133, c.arena);
    sem_has(fit, "RIa ~~ RIs", -0.442465548722, 0.048693459283, c.arena);
    rp_arena_free(c.arena);
}

/* The same of people who leave, by every row: log-likelihoods of lavaan in the reference's table of peers, which has no
 * chi-square. */
static void within_and_between_who_leave(void **state) {
    (void)state;
    static const struct {
        const char *file;
        double log_lik;
    } known[] = {{"bench/data/riclpm_miss_1000.csv", -13030.8832861},
                 {"bench/data/riclpm_miss_20000.csv", -260798.7267760}};
    for (size_t i = 0; i < 2; i++) {
        sem_case c = data(known[i].file);
        c.rules.means = true;
        c.layout.missing = RP_SEM_FIML;
        rp_sem_fit *fit = fitted(&c, panel(c.arena));
        reaches(fit, known[i].log_lik, fit->chisq, 37);
        rp_arena_free(c.arena);
    }
}

/* ---- what cannot be fitted, in words -------------------------------------------------------------------------- */

static void says_what_cannot_be(void **state) {
    (void)state;
    sem_case c = data(HS);
    rp_sem_fit *fit = fitted(&c, "g =~ NA*x1 + x2 + x3 + x4\ng ~~ g"); /* nothing sets the latent variable's scale */
    assert_int_equal(fit->status, RP_SEM_NOT_IDENTIFIED);
    assert_int_equal(fit->n_notes, 1);
    assert_string_equal(fit->notes[0],
                        "These parameters cannot be told apart, since some of them can change together and leave the "
                        "fit as it is: g =~ x1, g =~ x2, g =~ x3, g =~ x4, g ~~ g. Fix one, or leave it out.");
    for (size_t i = 0; i < c.spec->n_lines; i++) {
        const rp_sem_line *line = &c.spec->lines[i];
        if (line->parameter != SIZE_MAX) /* the residual variances are known all the same */
            assert_int_equal(isnan(fit->vcov[line->parameter * (c.spec->n_parameters + 1)]), line->lhs >= 4);
    }
    near(fit->df, 1, 0);
    c.n = 4;
    fit = fitted(&c, "g =~ x1 + x2 + x3 + x4");
    assert_int_equal(fit->status, RP_SEM_NOT_FITTED);
    assert_string_equal(fit->message, "There are 4 rows and 4 variables; there have to be more rows.");
    c.n = 0;
    c.options.most_evaluations = 5;
    fit = fitted(&c, THREE);
    assert_int_equal(fit->status, RP_SEM_NOT_CONVERGED);
    c.options.most_evaluations = 0;
    fit = fitted(&c, "g =~ x1 + x2"); /* 4 parameters of 3 moments */
    assert_int_equal(fit->status, RP_SEM_NOT_IDENTIFIED);
    near(fit->df, -1, 0);
    for (size_t i = 0; i < c.sheet.n; i++) /* x2 becomes x1 in other units */
        c.sheet.cells[(i + 1) * c.sheet.columns + 7] =
            rp_arena_printf(c.arena, "%.17g", 1 - 3 * strtod(c.sheet.cells[(i + 1) * c.sheet.columns + 6], NULL));
    fit = fitted(&c, THREE);
    assert_int_equal(fit->status, RP_SEM_NOT_FITTED);
    assert_string_equal(fit->message, "x1 and x2 are the same but for scale: leave one out.");
    rp_arena_free(c.arena);
}

/* Whichever allocation fails, the fit says so, or did not need it. */
static void without_memory(void **state) {
    (void)state;
    sem_case c = data(HS);
    rp_sem_fit *fit = fitted(&c, "g =~ x1 + x2 + x3 + x4");
    rp_error error = {0};
    size_t failures = 0;
    for (bool fails = true; fails; failures += fails) {
        rp_arena *arena = rp_arena_new(0);
        rp_memory_fail_after((long)failures + 1);
        rp_sem_fit *again = rp_sem_fit_stats(c.spec, fit->stats, NULL, arena, &error);
        rp_memory_fail_after(0);
        fails = again == NULL;
        if (fails)
            assert_int_equal(error.code, RP_E_MEMORY);
        else
            near(again->log_lik, fit->log_lik, 0);
        rp_arena_free(arena);
    }
    assert_true(failures > 0);
    rp_arena_free(c.arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_saturated_model_is_its_data),
        cmocka_unit_test(fiml_of_complete_rows_is_ml),
        cmocka_unit_test(a_constraint_is_a_label),
        cmocka_unit_test(holzinger_swineford),
        cmocka_unit_test(signs_are_set),
        cmocka_unit_test(a_bifactor_with_a_heywood_case),
        cmocka_unit_test(political_democracy),
        cmocka_unit_test(two_groups),
        cmocka_unit_test(missing_answers),
        cmocka_unit_test(missing_answers_bifactor),
        cmocka_unit_test(within_and_between),
        cmocka_unit_test(within_and_between_who_leave),
        cmocka_unit_test(says_what_cannot_be),
        cmocka_unit_test(without_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
