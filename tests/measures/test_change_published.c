/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Real people's change against the counts that the R package clinicalsignificance prints for the same data. */
// clang-format off
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
// clang-format on

#include "measures_helper.h"

typedef struct counts {
    size_t improved, unchanged, deteriorated; /* reliable change alone */
    size_t classes[RP_CHANGE_CLASSES];        /* with the cut-off */
} counts;

static counts count(const pairs *p, const rp_change_scale *scale) {
    counts c = {0};
    for (size_t i = 0; i < p->n; i++) {
        if (isnan(p->before[i]) || isnan(p->after[i]))
            continue;
        rp_reliable reliable = rp_change_reliable(scale, p->before[i], p->after[i]);
        c.improved += reliable == RP_RELIABLY_IMPROVED;
        c.unchanged += reliable == RP_NOT_RELIABLY_CHANGED;
        c.deteriorated += reliable == RP_RELIABLY_DETERIORATED;
        c.classes[rp_change_classify(scale, p->before[i], p->after[i])]++;
    }
    return c;
}

static rp_change_scale prepared(const rp_change_rule *rule, bool higher_is_worse, rp_change_method method,
                                const rp_change_data *data) {
    rp_change_scale scale;
    rp_error error;
    if (!rp_change_prepare(rule, higher_is_worse, method, data, &scale, &error))
        fail_msg("%s", error.message);
    return scale;
}

static void assert_reliable(const counts *c, size_t improved, size_t unchanged, size_t deteriorated) {
    assert_int_equal(c->improved, improved);
    assert_int_equal(c->unchanged, unchanged);
    assert_int_equal(c->deteriorated, deteriorated);
}

static void assert_classes(const counts *c, const size_t wanted[RP_CHANGE_CLASSES]) {
    for (size_t i = 0; i < RP_CHANGE_CLASSES; i++)
        assert_int_equal(c->classes[i], wanted[i]);
}

static rp_change_rule rule_of(double reliability, double mean, double sd, rp_cutoff_kind cutoff) {
    rp_change_rule rule = rp_change_rule_none();
    rule.reliability = reliability;
    rule.functional_mean = mean;
    rule.functional_sd = sd;
    rule.cutoff_kind = cutoff;
    return rule;
}

typedef struct expected {
    rp_change_method method;
    double reliability_post;
    size_t reliable[3];
    size_t classes[RP_CHANGE_CLASSES];
} expected;

static void claus_hamd(void **state) {
    run *r = *state;
    pairs p = {0};
    pairs_read(&p, r->arena, "cs_claus_2020.csv", "id", "time", "hamd", "1", "4");
    rp_change_data data = pairs_data(&p);
    assert_int_equal(data.pairs.n, 40); /* cs_claus_2020.md: 40 complete patients */
    /* cs_claus_2020.md, package snapshots (cs_distribution, cs_combined): reliability .80, functional 8 and 8, c.
     * Hageman-Arrindell's distribution is the snapshot's 32/7/1. */
    static const expected table[] = {
        {RP_CHANGE_JT, NAN, {29, 10, 1}, {26, 3, 10, 1, 0}},    {RP_CHANGE_EN, NAN, {32, 5, 3}, {26, 6, 5, 3, 0}},
        {RP_CHANGE_HLL, NAN, {12, 16, 12}, {12, 0, 16, 11, 1}}, {RP_CHANGE_GLN, NAN, {29, 10, 1}, {26, 3, 10, 1, 0}},
        {RP_CHANGE_NK, 0.5, {28, 11, 1}, {26, 2, 11, 1, 0}},    {RP_CHANGE_HA, NAN, {32, 7, 1}, {23, 9, 7, 1, 0}},
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        rp_change_rule rule = rule_of(0.80, 8, 8, RP_CUTOFF_C);
        rule.reliability_post = table[i].reliability_post;
        rp_change_scale scale = prepared(&rule, true, table[i].method, &data);
        counts c = count(&p, &scale);
        assert_reliable(&c, table[i].reliable[0], table[i].reliable[1], table[i].reliable[2]);
        assert_classes(&c, table[i].classes);
    }
}

static void claus_hamd_group_level(void **state) {
    run *r = *state;
    pairs p = {0};
    pairs_read(&p, r->arena, "cs_claus_2020.csv", "id", "time", "hamd", "1", "4");
    rp_change_data data = pairs_data(&p);
    rp_change_rule rule = rule_of(0.80, 8, 8, RP_CUTOFF_C);
    rp_change_scale s = prepared(&rule, true, RP_CHANGE_HA, &data);
    double n = (double)data.pairs.n;
    double sd_change = sqrt((data.pairs.m_xx + data.pairs.m_yy - 2 * data.pairs.m_xy) / (n - 1));
    double changed = rp_normal_cdf((s.mean_pre - s.mean_post) / (sd_change * sqrt(s.r_dd)));
    double functional = rp_normal_cdf((s.cutoff - s.mean_post) / (s.sd_post * sqrt(s.reliability_post)));
    assert_near(changed, 0.90, 0.005);    /* cs_claus_2020.md: HA group level changed .90 */
    assert_near(functional, 0.76, 0.005); /* cs_claus_2020.md: functional .76 */
}

static void claus_bdi(void **state) {
    run *r = *state;
    pairs p = {0};
    pairs_read(&p, r->arena, "cs_claus_2020.csv", "id", "time", "bdi", "1", "4");
    rp_change_data data = pairs_data(&p);
    /* cs_claus_2020.md: bdi pre 1 post 4 reliability .80 */
    static const expected table[] = {
        {RP_CHANGE_JT, NAN, {18, 22, 0}, {0}},  {RP_CHANGE_GLN, NAN, {19, 18, 3}, {0}},
        {RP_CHANGE_HLL, NAN, {10, 22, 8}, {0}}, {RP_CHANGE_EN, NAN, {22, 14, 4}, {0}},
        {RP_CHANGE_HA, NAN, {25, 15, 0}, {0}},
    };
    rp_change_rule rule = rule_of(0.80, NAN, NAN, RP_CUTOFF_NONE);
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        rp_change_scale scale = prepared(&rule, true, table[i].method, &data);
        counts c = count(&p, &scale);
        assert_reliable(&c, table[i].reliable[0], table[i].reliable[1], table[i].reliable[2]);
        assert_int_equal(c.classes[RP_RECOVERED] + c.classes[RP_HARMED], 0);
    }
    rp_change_scale jt = prepared(&rule, true, RP_CHANGE_JT, &data);
    assert_near(jt.s_diff, 5.16, 0.005); /* cs_claus_2020.md: JT Sdiff 5.16 */
}

static void claus_bdi_by_arm(void **state) {
    run *r = *state;
    pairs p = {0};
    pairs_read(&p, r->arena, "cs_claus_2020.csv", "id", "time", "bdi", "1", "4");
    rp_change_data data = pairs_data(&p);
    rp_change_rule rule = rule_of(0.93, 7.69, 7.52, RP_CUTOFF_C); /* cs_claus_2020.md */
    rp_change_scale scale = prepared(&rule, true, RP_CHANGE_JT, &data);
    assert_near(scale.cutoff, 21.0, 0.05); /* cs_claus_2020.md: cutoff c = 21.0 */
    sheet s = sheet_open(r->arena, "cs_claus_2020.csv");
    size_t id_at = sheet_column(&s, "id"), arm_at = sheet_column(&s, "treatment"), time_at = sheet_column(&s, "time");
    char *cells[CELLS];
    counts by_arm[2] = {0};
    while (sheet_line(&s, cells)) {
        size_t i = pairs_of(&p, cells[id_at]);
        if (strcmp(cells[time_at], "1") != 0 || isnan(p.before[i]) || isnan(p.after[i]))
            continue;
        by_arm[strcmp(cells[arm_at], "PA") != 0].classes[rp_change_classify(&scale, p.before[i], p.after[i])]++;
    }
    assert_classes(&by_arm[0], (size_t[]){8, 9, 3, 1, 0}); /* cs_claus_2020.md: PA 8/9/3/1 */
    assert_classes(&by_arm[1], (size_t[]){5, 4, 6, 4, 0}); /* cs_claus_2020.md: TAU 5/4/6/4 */
}

static void jacobson_das(void **state) {
    run *r = *state;
    pairs p = {0};
    pairs_read(&p, r->arena, "cs_jacobson_1989.csv", "subject", "time", "das", "pre", "post");
    rp_change_data data = pairs_data(&p);
    rp_change_rule rule = rule_of(0.88, 114, 14, RP_CUTOFF_C); /* cs_jacobson_1989.md: higher is better */
    rp_change_scale scale = prepared(&rule, false, RP_CHANGE_JT, &data);
    assert_near(scale.s_diff, 5.79, 0.005);       /* cs_jacobson_1989.md: Sdiff 5.79 */
    assert_near(scale.clinical_mean, 81.6, 0.05); /* cs_jacobson_1989.md: clinical M 81.6 */
    assert_near(scale.clinical_sd, 11.8, 0.05);   /* cs_jacobson_1989.md: SD 11.8 */
    assert_near(scale.cutoff, 96.4, 0.05);        /* cs_jacobson_1989.md: cutoff c 96.4 */
    counts c = count(&p, &scale);
    assert_reliable(&c, 19, 10, 1);                  /* cs_jacobson_1989.md: improved 19 unchanged 10 deteriorated 1 */
    assert_classes(&c, (size_t[]){14, 5, 10, 1, 0}); /* cs_jacobson_1989.md: recovered 14 … harmed 0 */
}

static void jacobson_gds(void **state) {
    run *r = *state;
    pairs p = {0};
    pairs_read(&p, r->arena, "cs_jacobson_1989.csv", "subject", "time", "gds", "pre", "post");
    rp_change_data data = pairs_data(&p);
    assert_int_equal(data.pairs.n, 26); /* cs_jacobson_1989.md: 26 pairs */
    rp_change_rule rule = rule_of(0.88, 50, 10, RP_CUTOFF_C);
    rp_change_scale scale = prepared(&rule, true, RP_CHANGE_JT, &data);
    counts c = count(&p, &scale);
    assert_classes(&c, (size_t[]){14, 2, 10, 0, 0}); /* cs_jacobson_1989.md: recovered 14 improved 2 unchanged 10 */
}

static void implement_fixed_occasions(void **state) {
    run *r = *state;
    pairs p = {0};
    pairs_read(&p, r->arena, "implement_wai_bai.csv", "id", "occasion", "bai", "1", "15");
    rp_change_data data = pairs_data(&p);
    assert_int_equal(data.pairs.n, 31);        /* implement_wai_bai.md: 31 pairs */
    assert_int_equal(data.baseline_all.n, 46); /* implement_wai_bai.md: BAI at occasion 1, n 46 */
    rp_change_rule rule = rule_of(0.92, 6, 6, RP_CUTOFF_C);
    rp_change_scale scale = prepared(&rule, true, RP_CHANGE_JT, &data);
    assert_near(scale.cutoff, 10.6, 0.05);  /* implement_wai_bai.md: cutoff 10.6 */
    assert_near(scale.s_diff, 4.42, 0.005); /* implement_wai_bai.md: Sdiff 4.42 */
    counts c = count(&p, &scale);
    assert_classes(&c, (size_t[]){22, 1, 8, 0, 0}); /* implement_wai_bai.md: 22, 1, 8, 0 */
    rule.sd_kind = RP_SD_BASELINE_ALL;
    scale = prepared(&rule, true, RP_CHANGE_JT, &data);
    assert_near(scale.sd_pre, 11.53, 0.005);        /* implement_wai_bai.md: occasion 1, n 46, SD 11.53 */
    assert_near(scale.clinical_mean, 19.95, 0.005); /* implement_wai_bai.md: mean 19.95 */
}

static void implement_first_to_last(void **state) {
    run *r = *state;
    pairs p = {0};
    pairs_read(&p, r->arena, "implement_wai_bai.csv", "id", "occasion", "bai", NULL, NULL);
    rp_change_data data = pairs_data(&p);
    assert_int_equal(data.pairs.n, 57); /* data README.md: 57 */
    rp_change_rule rule = rule_of(0.92, 6, 6, RP_CUTOFF_C);
    rule.sd_kind = RP_SD_BASELINE_ALL;
    rp_change_scale scale = prepared(&rule, true, RP_CHANGE_JT, &data);
    counts c = count(&p, &scale);
    assert_int_equal(c.classes[RP_RECOVERED], 27); /* data README.md: 27 of 57 recovered */
    assert_int_equal(c.deteriorated, 2);           /* data README.md: 2 deteriorated, those harmed counted */
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(claus_hamd, run_start, run_end),
        cmocka_unit_test_setup_teardown(claus_hamd_group_level, run_start, run_end),
        cmocka_unit_test_setup_teardown(claus_bdi, run_start, run_end),
        cmocka_unit_test_setup_teardown(claus_bdi_by_arm, run_start, run_end),
        cmocka_unit_test_setup_teardown(jacobson_das, run_start, run_end),
        cmocka_unit_test_setup_teardown(jacobson_gds, run_start, run_end),
        cmocka_unit_test_setup_teardown(implement_fixed_occasions, run_start, run_end),
        cmocka_unit_test_setup_teardown(implement_first_to_last, run_start, run_end),
    };
    return cmocka_run_group_tests_name("measures: change, published counts", tests, NULL, NULL);
}
