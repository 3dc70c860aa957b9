/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `outcome` on real data, against the numbers of the files' notes. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include "questions/outcome_helper.h"
#include "support/shared.h"

#define LAST "first to last"

static void implement_first_to_last_and_fixed(void **state) {
    (void)state;
    rp_evaluation_options o = run_options(shared_path("data/implement_wai_bai.csv"), "examples/implement/map.json");
    run r = evaluate(&o);
    counts_are(&r, "outcome.recovery.per_referral", "BAI", NULL, 27, 57);                  /* data/README.md, Notes */
    counts_are(&r, "outcome.reliable_deterioration.per_referral", "BAI", NULL, 2, 57);     /* data/README.md, Notes */
    counts_are(&r, "outcome.people.at_horizon.measured_twice", "BAI", NULL, 31, 57);       /* data/README.md, Notes */
    counts_are(&r, "outcome.recovery.at_horizon.per_measured_twice", "BAI", NULL, 22, 31); /* implement_wai_bai.md */
    classes_are(&r, "BAI", "occasion 15", "Jacobson–Truax", (const int64_t[]){22, 1, 8, 0, 0}); /* the same */
    const rp_answer_table *methods = table_of(&r, "outcome.methods.BAI");
    size_t row = row_where(methods, "version", "occasion 15", "method", "Jacobson–Truax");
    close_to(cell(methods, row, "cutoff")->num, 10.6, 0.05);  /* implement_wai_bai.md: cutoff 10.6 */
    close_to(cell(methods, row, "s_diff")->num, 4.42, 0.005); /* implement_wai_bai.md: Sdiff 4.42 */
    const rp_answer_table *over_time = table_of(&r, "outcome.trajectory.BAI");
    row = row_where(over_time, "occasion", "occasion 1", "group", "Everyone");
    assert_int_equal(cell(over_time, row, "n")->count.n, 46);  /* implement_wai_bai.md */
    close_to(cell(over_time, row, "mean")->num, 19.95, 0.005); /* implement_wai_bai.md */
    close_to(cell(over_time, row, "sd")->num, 11.53, 0.005);   /* implement_wai_bai.md */
    const rp_answer_table *sudden = table_of(&r, "outcome.sudden.BAI");
    /* Cut-offs 6.54, 8.72 and more around the package's 7 and 9: between its 11 people and its 8
     * (implement_wai_bai.md). */
    int64_t below = cell(sudden, 1, "gains")->count.n, above = cell(sudden, 3, "gains")->count.n;
    assert_true(cell(sudden, 1, "cutoff")->num < 7 && below >= 11);
    assert_true(cell(sudden, 3, "cutoff")->num > 9 && above <= 8);
    assert_int_equal(cell(sudden, 2, "gains")->count.n, statement(&r, "outcome.sudden_gain", "BAI", NULL)->numerator.n);
    row = row_where(over_time, "occasion", "occasion 15", "group", "Everyone");
    assert_int_equal(cell(over_time, row, "n")->count.n, 38); /* implement_wai_bai.md */
    close_to(cell(over_time, row, "mean")->num, 6.54, 0.005); /* implement_wai_bai.md */
    close_to(cell(over_time, row, "sd")->num, 6.84, 0.005);   /* implement_wai_bai.md */
    run_end(&r);
}

static void beat_the_blues_counts(void **state) {
    (void)state;
    rp_evaluation_options o = run_options("examples/beat-the-blues/bdi.csv", "examples/beat-the-blues/map.json");
    run r = evaluate(&o);
    counts_are(&r, "outcome.people.referred", "BDI-II", NULL, 100, 100); /* btheb.md */
    const rp_answer_table *over_time = table_of(&r, "outcome.trajectory.BDI-II");
    const int64_t n[] = {100, 97, 73, 58, 52}; /* btheb.md: n per occasion */
    for (size_t i = 0; i < 5; i++) {
        assert_string_equal(cell(over_time, i, "group")->text, "Everyone");
        assert_int_equal(cell(over_time, i, "n")->count.n, n[i]);
    }
    counts_are(&r, "outcome.people.at_horizon.measured_twice", "BDI-II", NULL, 52, 100); /* btheb.md: n at 8 months */
    assert_int_equal(rp_cohort_arms(r.evaluation.cohort), 2);
    int64_t usual = statement(&r, "outcome.change", "BDI-II", rp_cohort_arm(r.evaluation.cohort, 0))->denominator.n;
    int64_t treated = statement(&r, "outcome.change", "BDI-II", rp_cohort_arm(r.evaluation.cohort, 1))->denominator.n;
    assert_int_equal(usual, 48);   /* btheb.md: TAU 48 */
    assert_int_equal(treated, 52); /* btheb.md: BtheB 52 */
    run_end(&r);
}

static void claus_2020_package_numbers(void **state) {
    (void)state;
    rp_evaluation_options o = run_options(shared_path("data/cs_claus_2020.csv"), "examples/claus-2020/map.json");
    run r = evaluate(&o);
    /* cs_claus_2020.md, published snapshots: combined, functional M 8 SD 8, cut-off c, reliability .80; pre 1, post 4.
     */
    const char *fixed = "to after";
    classes_are(&r, "HAM-D, observer", fixed, "Jacobson–Truax",
                (const int64_t[]){26, 3, 10, 1, 0}); /* cs_claus_2020.md */
    classes_are(&r, "HAM-D, observer", fixed, "Edwards–Nunnally",
                (const int64_t[]){26, 6, 5, 3, 0}); /* cs_claus_2020.md */
    classes_are(&r, "HAM-D, observer", fixed, "Hsu–Linn–Lord",
                (const int64_t[]){12, 0, 16, 11, 1}); /* cs_claus_2020.md */
    classes_are(&r, "HAM-D, observer", fixed, "Gulliksen–Lord–Novick",
                (const int64_t[]){26, 3, 10, 1, 0}); /* cs_claus_2020.md */
    classes_are(&r, "HAM-D, observer", fixed, "Hageman–Arrindell",
                (const int64_t[]){23, 9, 7, 1, 0}); /* cs_claus_2020.md */
    /* BDI: reliability .93, functional M 7.69 SD 7.52, cut-off c = 21.0: cs_claus_2020.md, peer numbers. */
    classes_are(&r, "BDI-II", fixed, "Jacobson–Truax", (const int64_t[]){13, 13, 9, 5, 0}); /* cs_claus_2020.md */
    const rp_answer_table *methods = table_of(&r, "outcome.methods.BDI-II");
    size_t row = row_where(methods, "version", fixed, "method", "Jacobson–Truax");
    close_to(cell(methods, row, "cutoff")->num, 21.0, 0.05); /* cs_claus_2020.md */
    /* Recovered, improved, unchanged, deteriorated by arm: PA 8/9/3/1, TAU 5/4/6/4 (cs_claus_2020.md). */
    const char *pa = "placebo_amplification", *tau = "usual_care", *bdi = "BDI-II";
    counts_are(&r, "outcome.recovery.at_horizon.per_measured_twice", bdi, pa, 8, 21);
    counts_are(&r, "outcome.reliable_improvement.at_horizon.per_measured_twice", bdi, pa, 8 + 9, 21);
    counts_are(&r, "outcome.no_reliable_change.at_horizon.per_measured_twice", bdi, pa, 3, 21);
    counts_are(&r, "outcome.reliable_deterioration.at_horizon.per_measured_twice", bdi, pa, 1, 21);
    counts_are(&r, "outcome.recovery.at_horizon.per_measured_twice", bdi, tau, 5, 19);
    counts_are(&r, "outcome.reliable_improvement.at_horizon.per_measured_twice", bdi, tau, 5 + 4, 19);
    counts_are(&r, "outcome.no_reliable_change.at_horizon.per_measured_twice", bdi, tau, 6, 19);
    counts_are(&r, "outcome.reliable_deterioration.at_horizon.per_measured_twice", bdi, tau, 4, 19);
    run_end(&r);
}

static void jacobson_1989_package_numbers(void **state) {
    (void)state;
    rp_evaluation_options o = run_options(shared_path("data/cs_jacobson_1989.csv"), "examples/jacobson-1989/map.json");
    run r = evaluate(&o);
    classes_are(&r, "DAS", LAST, "Jacobson–Truax", (const int64_t[]){14, 5, 10, 1, 0}); /* cs_jacobson_1989.md */
    const rp_answer_table *methods = table_of(&r, "outcome.methods.DAS");
    size_t row = row_where(methods, "version", LAST, "method", "Jacobson–Truax");
    close_to(cell(methods, row, "s_diff")->num, 5.79, 0.005); /* cs_jacobson_1989.md: Sdiff 5.79 */
    close_to(cell(methods, row, "cutoff")->num, 96.4, 0.05);  /* cs_jacobson_1989.md: cutoff c 96.4 */
    classes_are(&r, "GDS", LAST, "Jacobson–Truax", (const int64_t[]){14, 2, 10, 0, 0}); /* cs_jacobson_1989.md */
    counts_are(&r, "outcome.people.measured_twice", "GDS", NULL, 26, 30); /* cs_jacobson_1989.md: 26 pairs */
    run_end(&r);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(implement_first_to_last_and_fixed),
        cmocka_unit_test(beat_the_blues_counts),
        cmocka_unit_test(claus_2020_package_numbers),
        cmocka_unit_test(jacobson_1989_package_numbers),
    };
    return cmocka_run_group_tests_name("questions: outcome, published numbers", tests, NULL, NULL);
}
