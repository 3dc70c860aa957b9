/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A map's "change" laid over what an instrument says: only what is named changes, and it is the map's own then. */
// clang-format off
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
// clang-format on

#include "measures_helper.h"

static const rp_instrument *overlay(run *r, const char *name, const char *text) {
    const rp_instrument *original = rp_instruments_find(r->known, rp_text_of(name));
    assert_non_null(original);
    json_t *change = json_of(text);
    const rp_instrument *copy = rp_instruments_overlay(r->known, original, change, "the trial's map", &r->error);
    json_decref(change);
    return copy;
}

static void the_named_figures_change_and_no_other(void **state) {
    run *r = *state;
    const rp_instrument *original = rp_instruments_find(r->known, rp_text_of("bdi-ii"));
    const rp_instrument *copy =
        overlay(r, "bdi-ii", "{'reliability': 0.93, 'functional_mean': 7.69, 'functional_sd': 7.52, 'cutoff': 'c'}");
    assert_non_null(copy);
    const rp_change_rule *rule = &copy->scales[0].change;
    assert_near(rule->reliability, 0.93, 0);
    assert_near(rule->functional_mean, 7.69, 0);
    assert_near(rule->functional_sd, 7.52, 0);
    assert_int_equal(rule->cutoff_kind, RP_CUTOFF_C);
    assert_int_equal(rule->sd_kind, RP_SD_BASELINE_PAIRED);
    assert_true(isnan(rule->reliable_change));
    assert_string_equal(rule->reliability_source.text, "the trial's map");
    assert_string_equal(rule->functional_source.text, "the trial's map");
    assert_string_equal(rule->cutoff_source.text, "the trial's map");
    assert_string_equal(rule->reliable_change_source.text, "");
    assert_true(rule->reliability_source.confirmed);
    /* The copy takes the original's place; the original stays as it was. */
    assert_ptr_equal(rp_instruments_find(r->known, rp_text_of("bdi-ii")), copy);
    assert_int_equal(rp_instruments_count(r->known), BUILT_IN);
    assert_true(original->scales[0].change.reliability != 0.93 && isnan(original->scales[0].change.functional_mean));
    assert_int_equal(copy->scales[0].n_items, 21);
    assert_string_equal(copy->version, "1");
}

static void one_figure_leaves_the_others_their_sources(void **state) {
    run *r = *state;
    const rp_instrument *copy = overlay(r, "phq-9", "{'sd': 'baseline_all', 'cutoff': 12}");
    assert_non_null(copy);
    const rp_change_rule *rule = &copy->scales[0].change;
    assert_int_equal(rule->sd_kind, RP_SD_BASELINE_ALL);
    assert_near(rule->cutoff, 12, 0);
    assert_near(rule->reliable_change, 6, 0); /* nhs-talking-therapies.md 2.4 */
    assert_string_equal(rule->cutoff_source.text, "the trial's map");
    assert_null(strstr(rule->reliable_change_source.text, "map"));
    assert_false(rule->reliability_source.confirmed);
}

static void null_takes_a_figure_away(void **state) {
    run *r = *state;
    const rp_instrument *copy = overlay(r, "phq-9", "{'reliable_change': null, 'cutoff': null, 'sd': 5}");
    assert_non_null(copy);
    const rp_change_rule *rule = &copy->scales[0].change;
    assert_true(isnan(rule->reliable_change) && rule->cutoff_kind == RP_CUTOFF_NONE && isnan(rule->cutoff));
    assert_string_equal(rule->reliable_change_source.text, "");
    assert_string_equal(rule->cutoff_source.text, "");
    assert_true(rule->sd_kind == RP_SD_NUMBER && rule->sd == 5);
    copy = overlay(r, "phq-9", "{'sd': null, 'reliability': null}");
    assert_non_null(copy);
    assert_true(copy->scales[0].change.sd_kind == RP_SD_BASELINE_PAIRED && isnan(copy->scales[0].change.sd));
    assert_true(isnan(copy->scales[0].change.reliability));
}

static void a_map_may_give_sources(void **state) {
    run *r = *state;
    const rp_instrument *copy = overlay(r, "bai",
                                        "{'reliability': 0.9, 'minimally_important': 5, 'sources': {'reliability': "
                                        "{'text': 'a paper', 'confirmed': false}}}");
    assert_non_null(copy);
    const rp_change_rule *rule = &copy->scales[0].change;
    assert_string_equal(rule->reliability_source.text, "a paper");
    assert_false(rule->reliability_source.confirmed);
    assert_string_equal(rule->minimally_important_source.text, "the trial's map");
    assert_near(rule->minimally_important, 5, 0);
}

static void several_scales_go_by_name(void **state) {
    run *r = *state;
    const rp_instrument *copy = overlay(r, "wai-sr", "{'bond': {'reliability': 0.8}}");
    assert_non_null(copy);
    assert_near(copy->scales[rp_instrument_scale(copy, "bond")].change.reliability, 0.8, 0);
    assert_true(isnan(copy->scales[rp_instrument_scale(copy, "total")].change.reliability));
    assert_refused(overlay(r, "wai-sr", "{'reliability': 0.8}"), &r->error, "\"reliability\"");
    assert_refused(overlay(r, "wai-sr", "{'bonds': {'reliability': 0.8}}"), &r->error, "\"bond\"");
    assert_refused(overlay(r, "wai-sr", "{'bond': 0.8}"), &r->error, "an object");
    assert_non_null(overlay(r, "bai", "{'total': {'reliability': 0.8}}")); /* one scale may be named too */
}

static void what_is_wrong_is_refused_and_changes_nothing(void **state) {
    run *r = *state;
    const rp_instrument *original = rp_instruments_find(r->known, rp_text_of("bai"));
    assert_refused(overlay(r, "bai", "{'reliability': 2}"), &r->error, "below 1");
    assert_refused(overlay(r, "bai", "{'reliability': 0.8, 'cutoff': 'c'}"), &r->error, "functional norm");
    assert_refused(overlay(r, "bai", "{'cutof': 10}"), &r->error, "\"cutoff\"");
    assert_refused(overlay(r, "bai", "[]"), &r->error, "an object");
    assert_ptr_equal(rp_instruments_find(r->known, rp_text_of("bai")), original);
    assert_near(original->scales[0].change.reliability, 0.92, 0); /* Beck et al. 1988, abstract */
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(the_named_figures_change_and_no_other, run_start, run_end),
        cmocka_unit_test_setup_teardown(one_figure_leaves_the_others_their_sources, run_start, run_end),
        cmocka_unit_test_setup_teardown(null_takes_a_figure_away, run_start, run_end),
        cmocka_unit_test_setup_teardown(a_map_may_give_sources, run_start, run_end),
        cmocka_unit_test_setup_teardown(several_scales_go_by_name, run_start, run_end),
        cmocka_unit_test_setup_teardown(what_is_wrong_is_refused_and_changes_nothing, run_start, run_end),
    };
    return cmocka_run_group_tests_name("measures: a map's change", tests, NULL, NULL);
}
