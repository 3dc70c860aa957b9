/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The question `published` on files that NHS England has published (../shared/data). */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include "published_helper.h"
#include "support/shared.h"

static void england_as_the_reference_gives_it(void **state) {
    (void)state;
    published w = read_published(shared_path("data/nhs_measures_2024_25_all_organisations.csv"));
    ask_published(&w, NULL);
    const rp_statement *s = statement_of(&w, "published.recovery.per_case", "2024-25");
    /* nhs_tt_annual_services.md, "formula check": 321061/635185 = 50.546 and so on */
    assert_int_equal(s->numerator.n, 321061);
    assert_int_equal(s->denominator.n, 635185);
    close_to(100 * s->estimate, 50.546, 0.0005); /* printed with 3 decimals */
    s = statement_of(&w, "published.improvement.per_finished", "2024-25");
    assert_int_equal(s->numerator.n, 452284);
    assert_int_equal(s->denominator.n, 670419);
    close_to(100 * s->estimate, 67.463, 0.0005); /* the same */
    s = statement_of(&w, "published.deterioration.per_finished", "2024-25");
    assert_int_equal(s->numerator.n, 39157);
    close_to(100 * s->estimate, 5.841, 0.0005); /* the same */
    s = statement_of(&w, "published.reliable_recovery.per_case", "2024-25");
    assert_int_equal(s->numerator.n, 301815);
    close_to(100 * s->estimate, 47.516, 0.0005); /* the same */
    s = statement_of(&w, "published.change_not_known.per_finished", "2024-25");
    assert_int_equal(s->numerator.n, 8521); /* nhs-talking-therapies.md, 2.3: "leaves 8,521 (1.3%)" */
    s = statement_of(&w, "published.finished.per_referred", "2024-25");
    close_to(100 * s->estimate, 37, 0.5); /* nhs-talking-therapies.md, 2.9: "670,419 of 1,813,432 ... = 37%" */
    assert_true(isnan(s->lower) && isnan(s->upper) && isnan(s->level)); /* two cohorts: no interval */
    end_published(&w);
}

static void england_over_the_years(void **state) {
    (void)state;
    published w = read_published(shared_path("data/nhs_measures_england_2017_2025.csv"));
    ask_published(&w, NULL);
    const rp_statement *s = statement_of(&w, "published.recovery.per_case", "2017-18");
    assert_int_equal(s->numerator.n,
                     263295); /* nhs_tt_annual_services.md: "England 2017-18: 554,709; 263,295 = 50.8 %" */
    close_to(100 * s->estimate, 50.8, 0.05);
    s = statement_of(&w, "published.improvement.per_finished", "2017-18");
    assert_int_equal(s->denominator.n, 554709); /* the same */
    s = statement_of(&w, "published.within_6_weeks.per_finished", "2024-25");
    assert_int_equal(s->numerator.n, 614104); /* nhs-talking-therapies.md, 4: "<=6 wk 614,104 (91.6%)" */
    close_to(100 * s->estimate, 91.6, 0.05);
    s = statement_of(&w, "published.within_18_weeks.per_finished", "2024-25");
    assert_int_equal(s->numerator.n, 661723); /* the same: "<=18 wk 661,723" */
    end_published(&w);
}

/* Every percentage of every year, organisation, group and therapy lies where the counts say, so that the rule of
 * rounding is the one that was used. How many there are was counted apart from this program. */
static void every_percentage_is_allowed_by_its_counts(void **state) {
    (void)state;
    static const struct {
        const char *file;
        int64_t compared;
    } files[] = {
        {"data/nhs_tt_annual_services.csv", 7005}, /* 7,010 by Python's csv, of which 5 stand there twice (TAF90) */
        {"data/nhs_measures_england_2017_2025.csv", 3935}, /* by Python's csv */
    };
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        published w = read_published(shared_path(files[i].file));
        ask_published(&w, NULL);
        const rp_statement *s = statement_of(&w, "published.agreement", NULL);
        assert_int_equal(s->denominator.n, files[i].compared);
        assert_int_equal(s->numerator.n, files[i].compared);
        end_published(&w);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(england_as_the_reference_gives_it),
        cmocka_unit_test(england_over_the_years),
        cmocka_unit_test(every_percentage_is_allowed_by_its_counts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
