/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How far practitioners differ, by `practitioner`: where all began alike and have as many people, by the formulas of
 * the analysis of variance; else by lme4 1.1-31 under R 4.2.2, whose calls stand beside its numbers. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include "questions/practitioner_helper.h"
#include "rapport/models.h"

static void near(double value, double expected, double tolerance) {
    if (!(fabs(value - expected) <= tolerance))
        fail_msg("%.10g, expected %.10g", value, expected);
}

/* An optimum is flat: two programs find it to about the root of what they resolve of its height. */
#define SAME 2e-5
/* Lines stand to two decimals. */
#define TWO_DECIMALS 0.005001

/* ---- by hand -------------------------------------------------------------------------------------------------------
 */

enum { K = 12, N = 14 };

/* Everyone began at 12, so that nothing is held. K practitioners of N people: REML is the analysis of variance
 * (Searle, Casella & McCulloch, Variance Components, 1992, section 3.8): sigma^2 = MSW, tau^2 = (MSB - MSW) / N; a mode
 * is the deviation of the mean times w = N tau^2 / (N tau^2 + sigma^2), its conditional variance tau^2 (1 - w). */
static void where_all_are_alike_it_is_the_analysis_of_variance(void **state) {
    (void)state;
    world w = begin();
    char name[8];
    double means[K], grand = 0, between = 0, within = 0;
    for (int p = 0; p < K; p++) {
        people_of(&w, practitioner_name(name, p), N);
        means[p] = 0;
        for (int i = 0; i < N; i++)
            means[p] += last_of(p, i) / N;
        grand += means[p] / K;
        for (int i = 0; i < N; i++)
            within += pow(last_of(p, i) - means[p], 2) / (K * (N - 1));
    }
    for (int p = 0; p < K; p++)
        between += N * pow(means[p] - grand, 2) / (K - 1);
    double tau2 = (between - within) / N, weight = N * tau2 / (N * tau2 + within);
    assert_true(tau2 > 0);
    seal(&w);
    ask(&w, "practitioner", 0, 1);
    near(find(&w, "practitioner.spread")->estimate, sqrt(tau2), SAME);
    near(find(&w, "practitioner.share")->estimate, 100 * tau2 / (tau2 + within), 100 * SAME);
    assert_non_null(strstr(find(&w, "practitioner.share")->text, "with nothing held"));
    double half = rp_normal_quantile(0.975) * sqrt(tau2 * (1 - weight));
    for (size_t line = 0; line < K; line++) { /* as many people each: in the order in which the cohort meets them */
        near(line_at(&w, "practitioner.lines", line, "difference")->num, weight * (means[line] - grand), TWO_DECIMALS);
        near(line_at(&w, "practitioner.lines", line, "lower")->num, weight * (means[line] - grand) - half,
             TWO_DECIMALS);
        near(line_at(&w, "practitioner.lines", line, "upper")->num, weight * (means[line] - grand) + half,
             TWO_DECIMALS);
    }
    end(&w);
}

/* ---- by R -----------------------------------------------------------------------------------------------------------
 */

static void lines_are(const world *w, const char *table, const double (*of)[2], size_t n) {
    for (size_t line = 0; line < n; line++) {
        const double *expected = of[n - 1 - line]; /* the last has the most people */
        double half = rp_normal_quantile(0.975) * expected[1];
        near(line_at(w, table, line, "difference")->num, expected[0], TWO_DECIMALS);
        near(line_at(w, table, line, "lower")->num, expected[0] - half, TWO_DECIMALS);
        near(line_at(w, table, line, "upper")->num, expected[0] + half, TWO_DECIMALS);
    }
}

static void spread_is(const world *w, const char *tail, double sd, double others2, double lower, double upper) {
    char id[64];
    snprintf(id, sizeof id, "practitioner.spread%s", tail);
    const rp_statement *s = find(w, id);
    assert_non_null(s);
    near(s->estimate, sd, SAME);
    /* lme4 reads a profile off a spline, to about three places. */
    near(s->lower, lower, 2e-3);
    near(s->upper, upper, 5e-3);
    snprintf(id, sizeof id, "practitioner.share%s", tail);
    s = find(w, id);
    near(s->estimate, 100 * sd * sd / (sd * sd + others2), 100 * SAME);
    near(s->lower, 100 * lower * lower / (lower * lower + others2), 0.1);
    near(s->upper, 100 * upper * upper / (upper * upper + others2), 0.1);
}

/* lmer(last ~ 1 + (1 | p)), REML, tight tolerances; ranef(condVar = TRUE); confint(parm = "theta_"). */
static void unequal_numbers_agree_with_lme4(void **state) {
    (void)state;
    static const double lines[12][2] = {
        {0.002398724394, 0.5841012704}, {2.905624639570, 0.5619401742},  {-1.937539139748, 0.5421240692},
        {0.974335962042, 0.5242665761}, {-3.892096564614, 0.5080649460}, {1.952707094576, 0.4932781393},
        {4.884878463902, 0.4797115420}, {-0.975270140179, 0.4672060671}, {-2.933941610887, 0.4556302292},
        {3.921558817858, 0.4448742772}, {0.002437339411, 0.4348457832},  {-4.905093586327, 0.4254662786}};
    world w = begin();
    twelve(&w, NULL);
    seal(&w);
    ask(&w, "practitioner", 0, 1);
    spread_is(&w, "", 3.128647995, 2.059597954 * 2.059597954, 2.074038618, 4.783555466);
    lines_are(&w, "practitioner.lines", lines, 12);
    end(&w);
}

/* lmer(last ~ first + problem + age + (1 | p)), as above. */
static void what_is_held_is_held_as_in_lme4(void **state) {
    (void)state;
    static const double lines[12][2] = {
        {0.034771991109, 0.5957771873}, {2.903544256468, 0.5732068009},  {-1.933049999130, 0.5530214038},
        {0.924351253540, 0.5348285355}, {-3.869282711568, 0.5183205786}, {1.945077015393, 0.5032525459},
        {4.894255772855, 0.4894265849}, {-0.984420721067, 0.4766809244}, {-2.945390269569, 0.4648818329},
        {3.909015602450, 0.4539176640}, {0.004661476864, 0.4436943784},  {-4.883533667346, 0.4341321269}};
    world w = begin();
    varied(&w, false);
    seal(&w);
    ask(&w, "practitioner", 0, 1);
    assert_non_null(
        strstr(find(&w, "practitioner.share")->text, "with first score, group of the problem and age held"));
    spread_is(&w, "", 3.123610391, 2.102429426 * 2.102429426, 2.070345504, 4.777583187);
    lines_are(&w, "practitioner.lines", lines, 12);
    end(&w);
}

/* lmer(last ~ first + problem + age + (1 | p) + (1 | s)), as above; two practitioners a service. */
static void services_have_a_spread_of_their_own(void **state) {
    (void)state;
    static const double practitioners[12][2] = {
        {0.8541727305, 1.865091221}, {3.7225764308, 1.861298643},  {-1.7265095411, 1.856596667},
        {1.2209410242, 1.853751733}, {-4.4404411165, 1.850152601}, {1.4079958118, 1.847939764},
        {5.0129138535, 1.845096241}, {-0.9088820593, 1.843325993}, {-3.7123490833, 1.841022756},
        {3.1889003821, 1.839574434}, {0.1687210608, 1.837670869},  {-4.7880394935, 1.836464004}};
    static const double services[6][2] = {{2.1395002688, 1.814485894},  {-0.2363389252, 1.812942871},
                                          {-1.4175820688, 1.811770337}, {1.9185183232, 1.810849077},
                                          {-0.2446974036, 1.810106094}, {-2.1594001944, 1.809494183}};
    const double p2 = 3.668528651 * 3.668528651, s2 = 2.508242559 * 2.508242559, e2 = 2.106770252 * 2.106770252;
    world w = begin();
    varied(&w, true);
    seal(&w);
    ask(&w, "practitioner", 0, 1);
    spread_is(&w, "", sqrt(p2), s2 + e2, 2.246063577, 6.522655945);
    spread_is(&w, ".services", sqrt(s2), p2 + e2, 0, 6.128825455);
    lines_are(&w, "practitioner.lines", practitioners, 12);
    lines_are(&w, "practitioner.services", services, 6);
    /* 12 + 13, 14 + 15, ... 22 + 23 */
    assert_int_equal(line_at(&w, "practitioner.services", 0, "people")->count.n, 45);
    assert_int_equal(line_at(&w, "practitioner.services", 5, "people")->count.n, 25);
    end(&w);
}

/* ---- no spread
 * ---------------------------------------------------------------------------------------------------------- */

/* All practitioners have the same last scores: there is less between them than chance would give. */
static void no_spread_is_no_proof_of_none(void **state) {
    (void)state;
    world w = begin();
    char name[8], id[32], whose[16];
    for (int p = 0; p < 10; p++) {
        practitioner(&w, practitioner_name(name, p));
        snprintf(whose, sizeof whose, "%s %s", name, name);
        for (int i = 0; i < 10; i++) {
            snprintf(id, sizeof id, "r%d-%d", p, i);
            person(&w, id, 12, 5 + i, whose, "");
        }
    }
    seal(&w);
    ask(&w, "practitioner", 0, 1);
    near(find(&w, "practitioner.share")->estimate, 0, 0);
    assert_true(find(&w, "practitioner.share")->upper > 0);
    assert_true(has_caveat(&w, "The model finds no spread between practitioners beyond what chance gives"));
    for (size_t t = 0; t < w.answer->n_tables; t++)
        assert_string_not_equal(w.answer->tables[t]->id, "practitioner.lines");
    end(&w);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(where_all_are_alike_it_is_the_analysis_of_variance),
        cmocka_unit_test(unequal_numbers_agree_with_lme4),
        cmocka_unit_test(what_is_held_is_held_as_in_lme4),
        cmocka_unit_test(services_have_a_spread_of_their_own),
        cmocka_unit_test(no_spread_is_no_proof_of_none),
    };
    return cmocka_run_group_tests_name("questions: practitioner, the model", tests, NULL, NULL);
}
