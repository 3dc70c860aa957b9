/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The instruments known: those built in with their figures and sources, finding, versions, and no memory. */
// clang-format off
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
// clang-format on

#include "measures_helper.h"

static const rp_instrument *find(const run *r, const char *name) {
    return rp_instruments_find(r->known, rp_text_of(name));
}

static void built_in_are_in_order(void **state) {
    const run *r = *state;
    static const char *const wanted[] = {"bai", "bdi-ii", "gad-7", "phq-9", "wai-s", "wai-sr"}; /* issue 2 */
    assert_int_equal(rp_instruments_count(r->known), 6);
    for (size_t i = 0; i < 6; i++)
        assert_string_equal(rp_instruments_at(r->known, i)->name, wanted[i]);
}

static bool has_source(const rp_figure_source *source) {
    return source->text[0] != '\0';
}

/* Every figure of an instrument file says where it comes from. */
static void no_figure_goes_without_a_source(void **state) {
    const run *r = *state;
    for (size_t i = 0; i < rp_instruments_count(r->known); i++) {
        const rp_instrument *one = rp_instruments_at(r->known, i);
        assert_true(strlen(one->title) && strlen(one->short_title) && strlen(one->measures));
        assert_true(strlen(one->licence) && strlen(one->source) && !one->is_inline);
        for (size_t s = 0; s < one->n_scales; s++) {
            const rp_scale *scale = &one->scales[s];
            const rp_change_rule *rule = &scale->change;
            assert_true(has_source(&scale->key_source));
            assert_int_equal(has_source(&scale->bands_source), scale->n_bands > 0);
            assert_int_equal(has_source(&rule->reliability_source), !isnan(rule->reliability));
            assert_int_equal(has_source(&rule->functional_source), !isnan(rule->functional_mean));
            assert_int_equal(has_source(&rule->cutoff_source), rule->cutoff_kind != RP_CUTOFF_NONE);
            assert_int_equal(has_source(&rule->reliable_change_source), !isnan(rule->reliable_change));
            assert_int_equal(has_source(&rule->minimally_important_source), !isnan(rule->minimally_important));
        }
    }
}

static void no_wording_ships(void **state) {
    const run *r = *state;
    for (size_t i = 0; i < rp_instruments_count(r->known); i++) {
        const rp_instrument *one = rp_instruments_at(r->known, i);
        for (size_t k = 0; k < one->n_items; k++)
            assert_null(one->items[k].wording);
    }
}

static void national_thresholds(void **state) {
    const rp_change_rule *phq = &find(*state, "phq-9")->scales[0].change;
    const rp_change_rule *gad = &find(*state, "gad-7")->scales[0].change;
    assert_true(phq->cutoff_kind == RP_CUTOFF_NUMBER && gad->cutoff_kind == RP_CUTOFF_NUMBER);
    assert_near(phq->cutoff, 10, 0);         /* nhs-talking-therapies.md 2.4 */
    assert_near(phq->reliable_change, 6, 0); /* nhs-talking-therapies.md 2.4 */
    assert_near(gad->cutoff, 8, 0);          /* nhs-talking-therapies.md 2.4 */
    assert_near(gad->reliable_change, 4, 0); /* nhs-talking-therapies.md 2.4 */
    assert_true(phq->cutoff_source.confirmed && phq->reliable_change_source.confirmed);
    assert_true(gad->cutoff_source.confirmed && gad->reliable_change_source.confirmed);
}

static void alliance_has_no_rule_and_more_is_better(void **state) {
    static const char *const names[] = {"wai-s", "wai-sr"};
    for (size_t i = 0; i < 2; i++) {
        const rp_instrument *wai = find(*state, names[i]);
        assert_int_equal(wai->kind, RP_KIND_ALLIANCE);
        assert_int_equal(wai->n_scales, 4);
        for (size_t s = 0; s < wai->n_scales; s++) {
            assert_false(wai->scales[s].higher_is_worse);
            assert_true(isnan(wai->scales[s].change.reliability));
            assert_int_equal(wai->scales[s].change.cutoff_kind, RP_CUTOFF_NONE);
            /* alliance-and-evidence.md 2.2: the WAI-S key is recalled, the WAI-SR key has two sources. */
            assert_int_equal(wai->scales[s].key_source.confirmed, i == 1);
        }
    }
}

static void found_without_regard_to_case(void **state) {
    const run *r = *state;
    const rp_instrument *phq = find(r, "phq-9");
    assert_non_null(phq);
    assert_ptr_equal(find(r, "PHQ-9"), phq);
    assert_ptr_equal(find(r, "Phq-9@1"), phq);
    assert_null(find(r, "phq-9@2"));
    assert_null(find(r, "phq-9@"));
    assert_null(find(r, "phq"));
    assert_null(find(r, ""));
    assert_null(rp_instruments_find(r->known, (rp_text){0}));
}

static void the_nearest_is_offered(void **state) {
    const run *r = *state;
    assert_ptr_equal(rp_instruments_nearest(r->known, rp_text_of("phq9")), find(r, "phq-9"));
    assert_ptr_equal(rp_instruments_nearest(r->known, rp_text_of("BDI-I@1")), find(r, "bdi-ii"));
    assert_null(rp_instruments_nearest(r->known, rp_text_of("thermometer")));
    assert_null(rp_instruments_nearest(r->known, (rp_text){0}));
}

static const char *versioned(char out[512], const char *version) {
    snprintf(out, 512,
             "{'resourceType': 'Questionnaire', 'id': 'phq-9', 'version': '%s', 'title': 't', 'status': 'draft',"
             " 'copyright': 'none', 'extension': [{'url': 'urn:rapport:scoring', 'extension': ["
             "{'url': 'kind', 'valueCode': 'outcome'}, {'url': 'source', 'valueString': 's'}, {'url': 'scales',"
             " 'extension': [{'url': 'total', 'extension': [{'url': 'lowest', 'valueInteger': 0},"
             " {'url': 'highest', 'valueInteger': 27}, {'url': 'higher_is_worse', 'valueBoolean': true}]}]}]}]}",
             version);
    return out;
}

static void the_newest_version_is_found(void **state) {
    run *r = *state;
    char text[512];
    const rp_instrument *ten = add_fhir(r, versioned(text, "10")), *nine = add_fhir(r, versioned(text, "9"));
    assert_non_null(ten);
    assert_non_null(nine);
    assert_ptr_equal(find(r, "phq-9"), ten);
    assert_ptr_equal(find(r, "phq-9@9"), nine);
    assert_string_equal(find(r, "phq-9@1")->version, "1");
    assert_refused(add_fhir(r, versioned(text, "10")), &r->error, "phq-9@10");
    assert_string_equal(r->error.file, "x.json");
    assert_int_equal(rp_instruments_count(r->known), 8);
}

static void a_map_comes_first(void **state) {
    run *r = *state;
    static const char text[] =
        "{'kind': 'outcome', 'scales': {'total': {'lowest': 0, 'highest': 63, 'higher_is_worse': true}}}";
    const rp_instrument *own = add_inline(r, "BAI", text);
    assert_non_null(own);
    assert_true(own->is_inline);
    assert_ptr_equal(find(r, "bai"), own);
    assert_false(find(r, "bai@1")->is_inline);
    assert_refused(add_inline(r, "bai", text), &r->error, "known already");
}

static void scales_and_items_are_found_by_name(void **state) {
    const rp_instrument *wai = find(*state, "wai-s");
    assert_string_equal(wai->scales[rp_instrument_scale(wai, "goal")].title, "Agreement on goals");
    assert_int_equal(rp_instrument_scale(wai, "Goal"), -1);
    assert_int_equal(rp_instrument_item(wai, rp_text_of("12")), 11);
    assert_int_equal(rp_instrument_item(wai, rp_text_of("13")), -1);
}

/* Whichever request for memory is refused, the answer is an error that says so, and nothing is lost. */
static void no_memory_is_an_error(void **state) {
    (void)state;
    bool done = false;
    for (long n = 1; !done && n < 100000; n++) {
        rp_arena *arena = rp_arena_new(0);
        rp_error error = {0};
        rp_memory_fail_after(n);
        rp_instruments *known = rp_instruments_new(arena, &error);
        rp_memory_fail_after(0);
        done = known != NULL;
        assert_true(done || error.code == RP_E_MEMORY);
        rp_arena_free(arena);
    }
    assert_true(done);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(built_in_are_in_order, run_start, run_end),
        cmocka_unit_test_setup_teardown(no_figure_goes_without_a_source, run_start, run_end),
        cmocka_unit_test_setup_teardown(no_wording_ships, run_start, run_end),
        cmocka_unit_test_setup_teardown(national_thresholds, run_start, run_end),
        cmocka_unit_test_setup_teardown(alliance_has_no_rule_and_more_is_better, run_start, run_end),
        cmocka_unit_test_setup_teardown(found_without_regard_to_case, run_start, run_end),
        cmocka_unit_test_setup_teardown(the_nearest_is_offered, run_start, run_end),
        cmocka_unit_test_setup_teardown(the_newest_version_is_found, run_start, run_end),
        cmocka_unit_test_setup_teardown(a_map_comes_first, run_start, run_end),
        cmocka_unit_test_setup_teardown(scales_and_items_are_found_by_name, run_start, run_end),
        cmocka_unit_test(no_memory_is_an_error),
    };
    return cmocka_run_group_tests_name("measures: instruments known", tests, NULL, NULL);
}
