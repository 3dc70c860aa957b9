/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The compact form that maps use inline: what it gives, what it leaves to be derived, and everything that it refuses.
 */
// clang-format off
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
// clang-format on

#include "measures_helper.h"

/* ---- what it gives ---- */

static void a_definition_in_full(void **state) {
    const rp_instrument *x = add_inline(
        *state, "wai9",
        "{'title': 'Nine items', 'short_title': 'WAI-9', 'version': '2', 'kind': 'alliance', 'measures': 'alliance',"
        " 'licence': 'ours', 'source': 'the trial', 'recall': 'the session', 'comment': 'let pass', '_note': 1,"
        " 'items': [{'name': 'task1', 'lowest': 1, 'highest': 5, 'wording': 'words'},"
        "           {'name': 'goal1', 'lowest': 1, 'highest': 5}, {'name': 'bond1', 'lowest': 0, 'highest': 10}],"
        " 'scales': {'all': {'title': 'All', 'items': ['bond1', 'task1', 'goal1'], 'reversed': ['task1']},"
        "            'mean': {'score': 'mean', 'items': ['task1', 'bond1']}}}");
    assert_non_null(x);
    assert_string_equal(x->name, "wai9");
    assert_string_equal(x->title, "Nine items");
    assert_string_equal(x->short_title, "WAI-9");
    assert_string_equal(x->version, "2");
    assert_string_equal(x->measures, "alliance");
    assert_string_equal(x->licence, "ours");
    assert_string_equal(x->source, "the trial");
    assert_string_equal(x->recall, "the session");
    assert_true(x->kind == RP_KIND_ALLIANCE && x->is_inline && x->n_items == 3 && x->n_scales == 2);
    assert_string_equal(x->items[0].wording, "words");
    assert_null(x->items[1].wording);
    const rp_scale *all = &x->scales[0], *mean = &x->scales[1];
    assert_string_equal(all->name, "all");
    assert_true(all->n_items == 3 && all->items[0] == 2 && all->items[1] == 0 && all->items[2] == 1);
    assert_true(!all->reversed[0] && all->reversed[1] && !all->reversed[2]);
    assert_true(all->score == RP_SCORE_SUM && all->missing_rule == RP_ITEMS_ALL_NEEDED && !all->higher_is_worse);
    assert_true(all->lowest == 2 && all->highest == 20 && all->whole); /* by hand: 1 + 1 + 0, 5 + 5 + 10 */
    assert_string_equal(mean->title, "mean");
    assert_true(mean->lowest == 0.5 && mean->highest == 7.5 && !mean->whole); /* by hand: halves of 1 and 15 */
    assert_true(all->key_source.confirmed && strcmp(all->key_source.text, "instruments.x") == 0);
    assert_string_equal(all->bands_source.text, "");
}

static void what_is_left_out_is_derived(void **state) {
    const rp_instrument *x =
        add_inline(*state, "gds",
                   "{'kind': 'outcome', 'scales': {'total': {'lowest': 0, 'highest': 99, 'higher_is_worse': true}}}");
    assert_non_null(x);
    assert_string_equal(x->title, "gds");
    assert_string_equal(x->short_title, "gds");
    assert_string_equal(x->version, "map");
    assert_string_equal(x->source, "instruments.x");
    assert_string_equal(x->licence, "");
    assert_int_equal(x->n_items, 0);
    assert_true(!x->scales[0].whole && x->scales[0].n_items == 0);
    assert_string_equal(x->scales[0].key_source.text, "");
    assert_true(isnan(x->scales[0].change.reliability));
}

static void a_total_only_may_say_where_its_range_comes_from(void **state) {
    run *r = *state;
    const rp_instrument *x =
        add_inline(r, "a",
                   "{'kind': 'outcome', 'scales': {'total': {'lowest': 0, 'highest': 9, 'higher_is_worse': true,"
                   " 'sources': {'key': {'text': 'Somebody (2020)', 'confirmed': false}}}}}");
    assert_non_null(x);
    assert_string_equal(x->scales[0].key_source.text, "Somebody (2020)");
    assert_false(x->scales[0].key_source.confirmed);
    assert_refused(add_inline(r, "b",
                              "{'kind': 'outcome', 'scales': {'total': {'lowest': 0, 'highest': 9,"
                              " 'higher_is_worse': true, 'sources': {'key': {'text': 'Somebody (2020)'}}}}}"),
                   &r->error, "confirmed");
}

static void items_by_names_or_by_count(void **state) {
    run *r = *state;
    const rp_instrument *counted = add_inline(
        r, "a",
        "{'kind': 'alliance', 'items': {'count': 3, 'lowest': 0, 'highest': 3}, 'scales': {'t': {'items': ['1', 3]}}}");
    assert_non_null(counted);
    assert_true(counted->n_items == 3 && strcmp(counted->items[2].name, "3") == 0);
    assert_true(counted->scales[0].items[1] == 2 && counted->scales[0].highest == 6); /* by hand: 3 + 3 */
    const rp_instrument *named =
        add_inline(r, "b",
                   "{'kind': 'alliance', 'items': {'names': ['p', 'q'], 'lowest': -1, 'highest': 1.5},"
                   " 'scales': {'t': {'items': 'q'}}}");
    assert_non_null(named);
    assert_true(named->n_items == 2 && named->scales[0].n_items == 1 && named->scales[0].items[0] == 1);
    assert_true(named->scales[0].lowest == -1 && named->scales[0].highest == 1.5 && !named->scales[0].whole);
}

static void a_range_that_agrees_may_be_given(void **state) {
    const rp_instrument *x =
        add_inline(*state, "a",
                   "{'kind': 'alliance', 'items': {'count': 3, 'lowest': 0, 'highest': 3},"
                   " 'scales': {'t': {'items': [1, 2, 3], 'lowest': 0, 'highest': 9, 'whole': false}}}");
    assert_non_null(x);
    assert_true(x->scales[0].highest == 9 && !x->scales[0].whole);
}

/* ---- what it refuses ---- */

typedef struct refusal {
    const char *definition, *word; /* in the message or the remedy */
} refusal;

#define ITEMS   "'items': {'count': 3, 'lowest': 0, 'highest': 3}"
#define OF(s)   "{'kind': 'outcome', " ITEMS ", 'scales': {'total': {'higher_is_worse': true, " s "}}}"
#define WITH(i) "{'kind': 'alliance', 'items': " i ", 'scales': {'t': {'lowest': 0, 'highest': 1}}}"
#define TOTAL   "'scales': {'t': {'lowest': 0, 'highest': 1, 'higher_is_worse': true}}"

static const refusal refusals[] = {
    /* members */
    {"{'kind': 'outcome', 'scals': {}}", "\"scales\""},
    {OF("'item': [1]"), "\"items\""},
    {OF("'items': [1], 'higher_is_wors': true"), "\"higher_is_worse\""},
    {"[]", "must be an object"},
    {"{'kind': 'outcom', " TOTAL "}", "\"outcome\""},
    {"{" TOTAL "}", "\"kind\" is missing"},
    {"{'kind': 'outcome', 'title': 3, " TOTAL "}", "a text"},
    {"{'kind': 'outcome', 'version': 'a b', " TOTAL "}", "version name"},
    {"{'kind': 'outcome'}", "no scales"},
    {"{'kind': 'outcome', 'scales': {}}", "no scales"},
    {"{'kind': 'outcome', 'scales': []}", "an object"},
    {"{'kind': 'outcome', 'scales': {'a b': {'lowest': 0, 'highest': 1, 'higher_is_worse': true}}}", "scale name"},
    {"{'kind': 'outcome', 'scales': {'t': 1}}", "an object"},
    /* items */
    {WITH("3"), "list of items"},
    {WITH("[1]"), "an object"},
    {WITH("[{'name': 'a', 'lowest': 0, 'highest': 1, 'text': 'x'}]"), "\"text\""},
    {WITH("[{'name': 'a', 'lowest': 0, 'highest': 1}, {'name': 'a', 'lowest': 0, 'highest': 1}]"), "twice"},
    {WITH("[{'name': '', 'lowest': 0, 'highest': 1}]"), "empty"},
    {WITH("[{'lowest': 0, 'highest': 1}]"), "\"name\" is missing"},
    {WITH("[{'name': 'a', 'lowest': 3, 'highest': 0}]"), "below"},
    {WITH("[{'name': 'a', 'lowest': 1, 'highest': 1}]"), "below"},
    {WITH("[{'name': 'a'}]"), "below"},
    {WITH("{'count': 3, 'lowest': 3, 'highest': 0}"), "below"},
    {WITH("{'count': 3}"), "below"},
    {WITH("{'count': 0, 'lowest': 0, 'highest': 1}"), "\"count\" above 0"},
    {WITH("{'count': -4, 'lowest': 0, 'highest': 1}"), "\"count\" above 0"},
    {WITH("{'count': 4.5, 'lowest': 0, 'highest': 1}"), "whole number"},
    {WITH("{'count': 1001, 'lowest': 0, 'highest': 1}"), "more than 1000 items"},
    {WITH("{'count': 999999999999999, 'lowest': 0, 'highest': 1}"), "more than 1000 items"},
    {WITH("{'count': 2, 'names': ['a', 'b'], 'lowest': 0, 'highest': 1}"), "either"},
    {WITH("{'lowest': 0, 'highest': 1}"), "either"},
    {WITH("{'names': ['a', 2], 'lowest': 0, 'highest': 1}"), "texts"},
    {WITH("{'names': ['a', 'a'], 'lowest': 0, 'highest': 1}"), "twice"},
    /* a scale's key */
    {OF("'items': [1, 4]"), "no item's name"},
    {OF("'items': ['1', 'q9']"), "no item of this instrument"},
    {OF("'items': ['1', '22']"), "Did you mean \"2\""},
    {OF("'items': [1, 2, 1]"), "twice"},
    {OF("'items': [1, 2, 3, 1]"), "more items than there are"},
    {OF("'items': [1, 2.5]"), "no item's name"},
    {OF("'items': [[1]]"), "no item's name"},
    {OF("'items': [1, 2], 'reversed': [3]"), "not in the scale"},
    {OF("'items': [1, 2], 'reversed': ['x']"), "no item of this instrument"},
    {OF("'items': [1, 2], 'reversed': [2, 2]"), "twice"},
    {OF("'items': [1, 2], 'score': 'median'"), "\"mean\""},
    /* missing items */
    {OF("'items': [1, 2], 'missing': {'rule': 'impute'}"), "\"prorate\""},
    {OF("'items': [1, 2], 'missing': {'may_miss': 1}"), "\"rule\" is missing"},
    {OF("'items': [1, 2], 'missing': {'rule': 'prorate'}"), "may_miss"},
    {OF("'items': [1, 2], 'missing': {'rule': 'prorate', 'may_miss': 2}"), "may_miss"},
    {OF("'items': [1, 2], 'missing': {'rule': 'all_needed', 'may_miss': 1}"), "all items"},
    {OF("'items': [1, 2], 'missing': {'rule': 'prorate', 'may_mis': 1}"), "\"may_miss\""},
    {"{'kind': 'alliance', 'items': [{'name': 'a', 'lowest': 0, 'highest': 1}, {'name': 'b', 'lowest': 0, 'highest': "
     "2}],"
     " 'scales': {'t': {'items': ['a', 'b'], 'missing': {'rule': 'prorate', 'may_miss': 1}}}}",
     "differ"},
    /* range and direction */
    {OF("'lowest': 0"), "must be given"},
    {OF("'lowest': 10, 'highest': 0"), "not below"},
    {OF("'items': [1, 2], 'highest': 9"), "do not make"},
    {OF("'items': [1, 2], 'lowest': '0'"), "a number"},
    {"{'kind': 'outcome', 'scales': {'t': {'lowest': 0, 'highest': 1}}}", "which way is worse"},
    {"{'kind': 'other', 'scales': {'t': {'lowest': 0, 'highest': 1}}}", "which way is worse"},
    {"{'kind': 'outcome', 'scales': {'t': {'lowest': 0, 'highest': 1, 'higher_is_worse': 1}}}", "true or false"},
    /* bands */
    {OF("'items': [1, 2], 'bands': [{'from': 0, 'label': 'a'}, {'from': 0, 'label': 'b'}]"), "do not rise"},
    {OF("'items': [1, 2], 'bands': [{'from': 7, 'label': 'a'}]"), "possible score"},
    {OF("'items': [1, 2], 'bands': [{'label': 'a'}]"), "possible score"},
    {OF("'items': [1, 2], 'bands': [{'from': 1}]"), "\"label\" is missing"},
    {OF("'items': [1, 2], 'bands': [{'from': 1, 'label': 'a', 'to': 3}]"), "\"to\""},
    {OF("'items': [1, 2], 'sources': {'keys': {}}"), "\"key\""},
    {OF("'items': [1, 2], 'sources': {'key': {'text': 'x'}}"), "\"confirmed\" is missing"},
    {OF("'items': [1, 2], 'sources': {'key': {'text': '', 'confirmed': true}}"), "empty"},
    {OF("'items': [1, 2], 'sources': {'key': {'text': 'x', 'confirmed': true, 'from': '2024-02-30'}}"), "no date"},
    {OF("'items': [1, 2], 'sources': {'key': {'text': 'x', 'confirmed': true, 'from': '2024-02-03',"
        " 'to': '2023-01-01'}}"),
     "after"},
    /* change */
    {OF("'items': [1, 2], 'change': {'reliabilty': 0.8}"), "\"reliability\""},
    {OF("'items': [1, 2], 'change': {'reliability': 1}"), "above 0 and below 1"},
    {OF("'items': [1, 2], 'change': {'reliability': 0}"), "above 0 and below 1"},
    {OF("'items': [1, 2], 'change': {'reliability': '0.8'}"), "a number"},
    {OF("'items': [1, 2], 'change': {'reliability_post': 1.2}"), "above 0 and below 1"},
    {OF("'items': [1, 2], 'change': {'sd': 'baseline'}"), "baseline_paired"},
    {OF("'items': [1, 2], 'change': {'sd': -1}"), "baseline_paired"},
    {OF("'items': [1, 2], 'change': {'functional_mean': 3}"), "only one"},
    {OF("'items': [1, 2], 'change': {'functional_mean': 3, 'functional_sd': 0}"), "above 0"},
    {OF("'items': [1, 2], 'change': {'functional_mean': 9, 'functional_sd': 1}"), "possible score"},
    {OF("'items': [1, 2], 'change': {'cutoff': 'd'}"), "\"a\", \"b\" or \"c\""},
    {OF("'items': [1, 2], 'change': {'cutoff': 7}"), "possible score"},
    {OF("'items': [1, 2], 'change': {'cutoff': 'c'}"), "functional norm"},
    {OF("'items': [1, 2], 'change': {'cutoff': 'b'}"), "functional norm"},
    {OF("'items': [1, 2], 'change': {'reliable_change': 0}"), "above 0"},
    {OF("'items': [1, 2], 'change': {'reliable_change': 7}"), "highest score less its lowest"},
    {OF("'items': [1, 2], 'change': {'minimally_important': -1}"), "above 0"},
    {OF("'items': [1, 2], 'change': {'sources': {'cut_off': {}}}"), "\"cutoff\""},
    {OF("'items': [1, 2], 'change': {'sources': 'a book'}"), "an object"},
};

static void what_is_wrong_is_refused(void **state) {
    run *r = *state;
    for (size_t i = 0; i < sizeof refusals / sizeof *refusals; i++) {
        assert_refused(add_inline(r, "x", refusals[i].definition), &r->error, refusals[i].word);
        assert_true(r->error.code == RP_E_RULE || r->error.code == RP_E_UNKNOWN || r->error.code == RP_E_LIMIT);
    }
    assert_int_equal(rp_instruments_count(r->known), BUILT_IN); /* nothing of them was taken */
}

static void bad_names_are_refused(void **state) {
    run *r = *state;
    static const char text[] =
        "{'kind': 'outcome', 'scales': {'t': {'lowest': 0, 'highest': 1, 'higher_is_worse': true}}}";
    assert_refused(add_inline(r, "", text), &r->error, "instrument name");
    assert_refused(add_inline(r, "a@1", text), &r->error, "instrument name");
    assert_refused(add_inline(r, "-a", text), &r->error, "instrument name");
    assert_refused(add_inline(r, "a\n", text), &r->error, "instrument name");
    char name[70];
    memset(name, 'a', sizeof name);
    name[65] = '\0';
    assert_refused(add_inline(r, name, text), &r->error, "instrument name");
    name[64] = '\0';
    assert_non_null(add_inline(r, name, text));
}

#define RISK(risk)                                                                                                     \
    "{'kind': 'outcome', 'items': {'count': 3, 'lowest': 0, 'highest': 3}, 'scales': {'t': {'items': [1, 2, 3], "      \
    "'higher_is_worse': true}}, 'risk': " risk "}"

static void items_about_risk_are_marked(void **state) {
    run *r = *state;
    const rp_instrument *one = add_inline(r, "one", RISK("{'item': '2', 'from': 1}"));
    assert_non_null(one);
    assert_true(isnan(one->items[0].risk_from) && one->items[1].risk_from == 1 && isnan(one->items[2].risk_from));
    assert_true(one->items[1].risk_source.confirmed); /* the map vouches for it */
    assert_true(rp_instrument_has_risk_items(one));
    const rp_instrument *two = add_inline(r, "two",
                                          RISK("[{'item': '1', 'from': 3, 'source': {'text': 'A', 'confirmed': false}},"
                                               " {'item': '3', 'from': 0.5}]"));
    assert_non_null(two);
    assert_true(two->items[0].risk_from == 3 && isnan(two->items[1].risk_from) && two->items[2].risk_from == 0.5);
    assert_string_equal(two->items[0].risk_source.text, "A");
    assert_false(two->items[0].risk_source.confirmed);
    const rp_instrument *none = add_inline(r, "none", RISK("[]"));
    assert_non_null(none);
    assert_false(rp_instrument_has_risk_items(none));
    static const struct {
        const char *definition, *word;
    } wrong[] = {
        {RISK("{'item': '4', 'from': 1}"), "not defined"},
        {RISK("{'item': '2', 'from': 0}"), "above the item's lowest answer"}, /* everyone's answer */
        {RISK("{'item': '2', 'from': 4}"), "not above its highest"},
        {RISK("{'item': '2'}"), "\"from\""},
        {RISK("{'from': 1}"), "\"item\""},
        {RISK("[{'item': '2', 'from': 1}, {'item': '2', 'from': 2}]"), "twice"},
        {RISK("{'item': '2', 'from': 1, 'to': 2}"), "\"to\""},
        {RISK("'2'"), "asks about risk"},
        {RISK("{'item': '2', 'from': 1, 'source': {'text': 'A'}}"), "\"confirmed\""},
    };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        assert_refused(add_inline(r, "x", wrong[i].definition), &r->error, wrong[i].word);
}

static void no_memory_is_an_error(void **state) {
    (void)state;
    json_t *definition = json_of(OF("'items': [1, 2, 3], 'reversed': [2], 'bands': [{'from': 0, 'label': 'a'}],"
                                    " 'change': {'reliability': 0.8, 'cutoff': 4}"));
    bool done = false;
    for (long n = 1; !done && n < 1000; n++) {
        run *r;
        run_start((void **)&r);
        rp_memory_fail_after(n);
        done = rp_instruments_add_inline(r->known, "x", definition, "here", &r->error) != NULL;
        rp_memory_fail_after(0);
        assert_true(done || r->error.code == RP_E_MEMORY);
        run_end((void **)&r);
    }
    json_decref(definition);
    assert_true(done);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_definition_in_full, run_start, run_end),
        cmocka_unit_test_setup_teardown(what_is_left_out_is_derived, run_start, run_end),
        cmocka_unit_test_setup_teardown(a_total_only_may_say_where_its_range_comes_from, run_start, run_end),
        cmocka_unit_test_setup_teardown(items_by_names_or_by_count, run_start, run_end),
        cmocka_unit_test_setup_teardown(a_range_that_agrees_may_be_given, run_start, run_end),
        cmocka_unit_test_setup_teardown(what_is_wrong_is_refused, run_start, run_end),
        cmocka_unit_test_setup_teardown(bad_names_are_refused, run_start, run_end),
        cmocka_unit_test_setup_teardown(items_about_risk_are_marked, run_start, run_end),
        cmocka_unit_test(no_memory_is_an_error),
    };
    return cmocka_run_group_tests_name("measures: inline definitions", tests, NULL, NULL);
}
