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
    static const char *const wanted[BUILT_IN] = {
        /* issues 2 and 3 */
        "arm-5",    "bai",   "bdi-ii", "biq",    "calpas",  "cfq-11", "core-10",
        "core-om",  "gad-7", "hai",    "haq-ii", "ibs-sss", "ies-r",  "mi-accompanied",
        "mi-alone", "oci",   "oq-45",  "pcl-5",  "pdss",    "phq-15", "phq-9",
        "pswq",     "spin",  "srs",    "wai-36", "wai-s",   "wai-sr", "wsas"};
    assert_int_equal(rp_instruments_count(r->known), BUILT_IN);
    for (size_t i = 0; i < BUILT_IN; i++)
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

/* Item 9 of the PHQ-9: "better off dead or of hurting yourself"; item 6 of the CORE-10: plans to end one's life. */
static void items_about_risk_are_marked(void **state) {
    const run *r = *state;
    for (size_t i = 0; i < rp_instruments_count(r->known); i++) {
        const rp_instrument *one = rp_instruments_at(r->known, i);
        const char *marked = strcmp(one->name, "phq-9") == 0 ? "9" : strcmp(one->name, "core-10") == 0 ? "6" : "";
        assert_int_equal(rp_instrument_has_risk_items(one), marked[0] != '\0');
        for (size_t k = 0; k < one->n_items; k++) {
            const rp_item *item = &one->items[k];
            bool is = strcmp(item->name, marked) == 0;
            assert_int_equal(!isnan(item->risk_from), is);
            assert_int_equal(has_source(&item->risk_source), is);
            if (is)
                assert_near(item->risk_from, 1, 0); /* the lowest answer that is not "not at all" */
        }
    }
    assert_non_null(strstr(find(r, "phq-9")->items[8].wording, "better off dead"));
}

/* Only what is free to reproduce: the PHQ-9 and the GAD-7, each by a copy of its notice. */
static void no_other_wording_ships(void **state) {
    const run *r = *state;
    for (size_t i = 0; i < rp_instruments_count(r->known); i++) {
        const rp_instrument *one = rp_instruments_at(r->known, i);
        bool ships = strcmp(one->name, "phq-9") == 0 || strcmp(one->name, "gad-7") == 0;
        for (size_t k = 0; k < one->n_items; k++)
            assert_int_equal(one->items[k].wording != NULL, ships);
    }
    const rp_instrument *phq = find(r, "phq-9");
    assert_string_equal(phq->items[0].wording, "Little interest or pleasure in doing things"); /* the form, item 1 */
    assert_string_equal(phq->items[4].wording, "Poor appetite or overeating");                 /* the form, item 5 */
    assert_non_null(strstr(phq->licence, "No permission required to reproduce"));
    const rp_instrument *gad = find(r, "gad-7"); /* by the form that its licence names */
    assert_string_equal(gad->items[0].wording, "Feeling nervous, anxious or on edge");               /* item 1 */
    assert_string_equal(gad->items[6].wording, "Feeling afraid as if something awful might happen"); /* item 7 */
    assert_non_null(strstr(gad->licence, "Free to reproduce"));
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

typedef struct threshold {
    const char *name;
    double cutoff, reliable_change; /* NaN: none */
    bool cutoff_confirmed, reliable_change_confirmed;
} threshold;

/* A threshold is confirmed where its mark in the reference is T, or its source was read; those marked "M low" are left
 * out. */
static const threshold thresholds[] = {
    {"phq-15", 10, NAN, true, false},           /* nhs-talking-therapies.md 2.4: T */
    {"ibs-sss", 75, 50, true, true},            /* 2.4: T; Francis et al. (1997), abstract: 50 */
    {"mi-alone", 2.3, 0.73, false, false},      /* 2.4: M high */
    {"mi-accompanied", NAN, NAN, false, false}, /* 2.4 has the other form alone */
    {"spin", 19, 10, false, false},             /* 2.4: M high */
    {"pdss", 8, 5, false, false},               /* 2.4: M high */
    {"oci", 40, 32, false, false},              /* 2.4: M high */
    {"pcl-5", 32, 10, false, false},            /* 2.4: M high */
    {"hai", 18, 4, false, false},               /* 2.4: M high */
    {"ies-r", 33, 9, false, false},             /* 2.4: M high */
    {"pswq", 45, 10, false, false},             /* 2.4: M */
    {"biq", NAN, NAN, false, false},            /* 2.4: M low */
    {"cfq-11", NAN, NAN, false, false},         /* 2.4: M low */
    {"wsas", NAN, NAN, false, false},           /* 2.4: none nationally */
    {"core-10", 11, NAN, true, false},          /* socasresourcehub.com 5b.2: 11 */
    {"core-om", 1, 0.5, true, true},            /* coreims.co.uk, how CORE is used: 10 and 5 of ten times the mean */
    {"oq-45", NAN, 14, false, true},            /* scribd.com 357559782: 14 */
    {"wai-36", NAN, NAN, false, false},         /* alliance-and-evidence.md 2.2: none */
    {"arm-5", NAN, NAN, false, false},          /* alliance-and-evidence.md 2.5: none */
    {"haq-ii", NAN, NAN, false, false},         /* alliance-and-evidence.md 2.5: none */
    {"srs", NAN, NAN, false, false},            /* alliance-and-evidence.md 2.5: 36 or less is an alert, no cut-off */
    {"calpas", NAN, NAN, false, false},         /* alliance-and-evidence.md 2.5: none */
};

static void thresholds_are_those_of_their_sources(void **state) {
    for (size_t i = 0; i < sizeof thresholds / sizeof *thresholds; i++) {
        const threshold *wanted = &thresholds[i];
        const rp_change_rule *rule = &find(*state, wanted->name)->scales[0].change;
        assert_int_equal(rule->cutoff_kind == RP_CUTOFF_NUMBER, !isnan(wanted->cutoff));
        assert_int_equal(isnan(rule->reliable_change), isnan(wanted->reliable_change));
        if (!isnan(wanted->cutoff)) {
            assert_near(rule->cutoff, wanted->cutoff, 0);
            assert_int_equal(rule->cutoff_source.confirmed, wanted->cutoff_confirmed);
        }
        if (!isnan(wanted->reliable_change)) {
            assert_near(rule->reliable_change, wanted->reliable_change, 0);
            assert_int_equal(rule->reliable_change_source.confirmed, wanted->reliable_change_confirmed);
        }
    }
}

typedef struct total {
    const char *name;
    double lowest, highest;
    bool confirmed;
} total;

static void totals_without_items_have_a_range_with_its_source(void **state) {
    static const total totals[] = {
        {"biq", 0, 72, true},           /* nhs-talking-therapies.md 1.4: T */
        {"ibs-sss", 0, 500, true},      /* nhs-talking-therapies.md 1.4: T */
        {"mi-alone", 0, 5, true},       /* nhs-talking-therapies.md 1.4: T, item average */
        {"mi-accompanied", 0, 5, true}, /* nhs-talking-therapies.md 1.4: T, item average */
        {"srs", 0, 40, true},           /* alliance-and-evidence.md 2.5: four lines of 0 to 10 */
        {"calpas", 1, 7, false},        /* alliance-and-evidence.md 2.5: M+ */
    };
    for (size_t i = 0; i < sizeof totals / sizeof *totals; i++) {
        const rp_instrument *one = find(*state, totals[i].name);
        assert_true(one->n_items == 0 && one->n_scales == 1 && one->scales[0].n_items == 0);
        assert_near(one->scales[0].lowest, totals[i].lowest, 0);
        assert_near(one->scales[0].highest, totals[i].highest, 0);
        assert_false(one->scales[0].whole);
        assert_int_equal(one->scales[0].key_source.confirmed, totals[i].confirmed);
        assert_int_equal(one->scales[0].higher_is_worse, one->kind == RP_KIND_OUTCOME);
    }
}

static void alliance_has_no_rule_and_more_is_better(void **state) {
    static const char *const names[] = {"wai-s", "wai-sr", "wai-36"};
    for (size_t i = 0; i < 3; i++) {
        const rp_instrument *wai = find(*state, names[i]);
        assert_int_equal(wai->kind, RP_KIND_ALLIANCE);
        assert_int_equal(wai->n_scales, 4);
        for (size_t s = 0; s < wai->n_scales; s++) {
            assert_false(wai->scales[s].higher_is_worse);
            assert_true(isnan(wai->scales[s].change.reliability));
            assert_int_equal(wai->scales[s].change.cutoff_kind, RP_CUTOFF_NONE);
            /* alliance-and-evidence.md 2.2: the keys of WAI-S and WAI are recalled, that of the WAI-SR has two sources.
             */
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
    assert_int_equal(rp_instruments_count(r->known), BUILT_IN + 2);
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
        cmocka_unit_test_setup_teardown(items_about_risk_are_marked, run_start, run_end),
        cmocka_unit_test_setup_teardown(no_other_wording_ships, run_start, run_end),
        cmocka_unit_test_setup_teardown(national_thresholds, run_start, run_end),
        cmocka_unit_test_setup_teardown(thresholds_are_those_of_their_sources, run_start, run_end),
        cmocka_unit_test_setup_teardown(totals_without_items_have_a_range_with_its_source, run_start, run_end),
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
