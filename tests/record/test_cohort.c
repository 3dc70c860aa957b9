/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The cohort: who is in, how far each referral went, series, sessions, and folds that do not depend on threads. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include "support/rows.h"

static void stages_follow_contacts(void **state) {
    (void)state;
    world w = begin();
    referral(&w, "r1", "2024-01-01", "2024-06-01", NULL);
    contact(&w, "r1", "2024-01-10", "assessment_and_treatment", "attended");
    contact(&w, "r1", "2024-01-17", "treatment", "did_not_attend");
    contact(&w, "r1", "2024-01-24", "review_and_treatment", "late_seen");
    contact(&w, "r1", "2024-05-24", "follow_up", "attended");
    referral(&w, "r2", "2024-02-01", "2024-03-01", NULL);
    contact(&w, "r2", "2024-02-10", "assessment", "attended");
    contact(&w, "r2", "2024-02-17", "treatment", "late_not_seen");
    referral(&w, "r3", "2024-03-01", "", NULL);
    seal(&w);
    rp_cohort_options o = cohort_options();
    rp_cohort *cohort = cohort_of(&w, &o);
    rp_block block;
    assert_true(rp_cohort_block(cohort, 0, w.arena, &block, &w.error));
    assert_int_equal(block.n_episodes, 3);
    const rp_episode *e = block.episodes;
    /* Definitions: nhs-talking-therapies.md 2.1 (attended, treatment contact, finished course). */
    assert_int_equal(e[0].assessed, RP_YES);
    assert_int_equal(e[0].treated, 2); /* the follow-up is no treatment contact */
    assert_int_equal(e[0].attended, 3);
    assert_int_equal(e[0].finished, RP_YES);
    assert_int_equal(e[0].followed_up, RP_YES);
    assert_int_equal(e[0].assessed_on - e[0].received, 9); /* 1 to 10 January */
    assert_int_equal(e[0].treated_on - e[0].received, 9);
    assert_int_equal(e[0].second_treated_on - e[0].treated_on, 14); /* 10 to 24 January */
    assert_int_equal(e[0].last_treated_on, e[0].second_treated_on);
    assert_int_equal(e[1].followed_up, RP_NO);
    assert_int_equal(e[1].treated_on, RP_NO_DATE);
    assert_int_equal(e[1].assessed, RP_YES);
    assert_int_equal(e[1].entered, RP_NO); /* late, not seen */
    assert_int_equal(e[1].finished, RP_NO);
    assert_int_equal(e[2].assessed, RP_NO);
    assert_int_equal(e[2].over, RP_NO);
    assert_int_equal(block.n_sessions, 4); /* attended contacts */
    end(&w);
}

static void windows_choose_by_the_event(void **state) {
    (void)state;
    world w = begin();
    referral(&w, "r1", "2024-01-01", "2024-06-01", NULL);
    contact(&w, "r1", "2024-02-10", "treatment", "attended");
    referral(&w, "r2", "2024-02-01", "", NULL);
    referral(&w, "r3", "", "2024-02-03", NULL);
    seal(&w);
    rp_cohort_options o = cohort_options();
    assert_int_equal(rp_cohort_episodes(cohort_of(&w, &o)), 3);
    assert_true(rp_date_parse(rp_text_of("2024-02-01"), &o.from));
    assert_true(rp_date_parse(rp_text_of("2024-02-29"), &o.to));
    rp_cohort *cohort = cohort_of(&w, &o);
    assert_int_equal(rp_cohort_episodes(cohort), 1);
    assert_int_equal(rp_cohort_left_out(cohort, false), 1);
    assert_int_equal(rp_cohort_left_out(cohort, true), 1); /* r3: received is not recorded */
    o.event = RP_COHORT_ENTERED;
    assert_int_equal(rp_cohort_episodes(cohort_of(&w, &o)), 1); /* r1, in February */
    o.event = RP_COHORT_ENDED;
    assert_int_equal(rp_cohort_episodes(cohort_of(&w, &o)), 1); /* r3 */
    end(&w);
}

static void no_record_is_never_no(void **state) {
    (void)state;
    world w = begin();
    referral(&w, "r1", "2024-01-01", "", "arm=b");
    referral(&w, "r2", "2024-01-01", "", "arm=a");
    score(&w, "r1", "phq-9", "2024-01-01", 12);
    seal(&w);
    rp_cohort_options o = cohort_options();
    rp_cohort *cohort = cohort_of(&w, &o);
    rp_block block;
    assert_true(rp_cohort_block(cohort, 0, w.arena, &block, &w.error));
    assert_int_equal(block.episodes[0].assessed, RP_NOT_KNOWN);
    assert_int_equal(block.episodes[0].finished, RP_NOT_KNOWN);
    assert_int_equal(block.episodes[0].over, RP_NOT_KNOWN);
    assert_int_equal(block.episodes[0].treated, -1);
    assert_int_equal(rp_cohort_arms(cohort), 2);
    assert_string_equal(rp_cohort_arm(cohort, 0), "a");
    assert_int_equal(block.episodes[0].arm, 1);
    o.event = RP_COHORT_ASSESSED;
    assert_null(rp_cohort_new(w.record, &o, w.arena, &w.error));
    assert_int_equal(w.error.code, RP_E_RULE);
    end(&w);
}

static void series_go_by_date_and_sessions_take_scores(void **state) {
    (void)state;
    world w = begin();
    referral(&w, "r1", "2024-01-01", "", NULL);
    contact(&w, "r1", "2024-01-08", "treatment", "attended");
    contact(&w, "r1", "2024-01-22", "treatment", "attended");
    score(&w, "r1", "phq-9", "2024-01-22", 9);
    score(&w, "r1", "phq-9", "2024-01-08", 15);
    score(&w, "r1", "phq-9", "2024-07-08", 4);
    seal(&w);
    rp_cohort_options o = cohort_options();
    rp_cohort *cohort = cohort_of(&w, &o);
    assert_int_equal(rp_cohort_measures(cohort), 1);
    assert_string_equal(rp_cohort_measure(cohort, 0)->name, "PHQ-9");
    rp_block block;
    assert_true(rp_cohort_block(cohort, 0, w.arena, &block, &w.error));
    const rp_series *s = &block.episodes[0].series[0];
    assert_int_equal(s->n, 3);
    assert_true(s->points[0].value == 15 && s->points[1].value == 9 && s->points[2].value == 4);
    assert_true(fabs(rp_cohort_months(cohort, s, 2) - 182 / (365.25 / 12)) <
                1e-12); /* 8 January to 8 July 2024: 182 days */
    assert_int_equal(block.n_sessions, 2);
    assert_true(block.sessions[0].values[0] == 15 && block.sessions[1].values[0] == 9);
    assert_true(block.sessions[1].days == 14 && block.sessions[1].number == 2);
    end(&w);
}

/* A fold whose order can be seen: concatenates episode numbers by hashing in order. */
typedef struct trace {
    double sum;
    int64_t n;
    rp_moments moments;
} trace;

static void trace_block(void *statistics, const rp_block *block, const void *context) {
    (void)context;
    trace *t = statistics;
    for (size_t e = 0; e < block->n_episodes; e++) {
        t->n++;
        if (block->episodes[e].series[0].n > 0) {
            t->sum += 1 / block->episodes[e].series[0].points[0].value;
            rp_moments_add(&t->moments, block->episodes[e].series[0].points[0].value);
        }
    }
}

static void trace_merge(void *into, const void *other, const void *context) {
    (void)context;
    trace *a = into;
    const trace *b = other;
    a->sum += b->sum;
    a->n += b->n;
    rp_moments_merge(&a->moments, &b->moments);
}

static void folds_do_not_depend_on_threads(void **state) {
    (void)state;
    world w = begin();
    char id[16];
    for (int i = 0; i < 100; i++) {
        snprintf(id, sizeof id, "r%03d", (i * 37) % 100);
        referral(&w, id, "2024-01-01", "", NULL);
        score(&w, id, "phq-9", "2024-01-08", 1 + (i * 7) % 27);
    }
    seal(&w);
    rp_fold fold = {sizeof(trace), trace_block, trace_merge, NULL};
    rp_cohort_options o = cohort_options();
    trace whole, one, two;
    assert_true(rp_cohort_fold(cohort_of(&w, &o), &fold, 1, &whole, &w.error));
    assert_int_equal(whole.n, 100);
    o.block_size = 7;
    rp_cohort *cohort = cohort_of(&w, &o);
    assert_int_equal(rp_cohort_blocks(cohort), 15);
    assert_true(rp_cohort_fold(cohort, &fold, 1, &one, &w.error));
    assert_true(rp_cohort_fold(cohort, &fold, 2, &two, &w.error));
    assert_memory_equal(&one, &two, sizeof one);                       /* the same bits */
    assert_true(fabs(one.sum - whole.sum) <= 1e-10 * fabs(whole.sum)); /* record.md: any other split, 1e-10 */
    assert_true(fabs(one.moments.m2 - whole.moments.m2) <= 1e-10 * whole.moments.m2);
    end(&w);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(stages_follow_contacts),         cmocka_unit_test(windows_choose_by_the_event),
        cmocka_unit_test(no_record_is_never_no),          cmocka_unit_test(series_go_by_date_and_sessions_take_scores),
        cmocka_unit_test(folds_do_not_depend_on_threads),
    };
    return cmocka_run_group_tests_name("record: cohort", tests, NULL, NULL);
}
