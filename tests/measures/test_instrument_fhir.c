/* SPDX-License-Identifier: GPL-3.0-or-later */
/* FHIR Questionnaires: nested extensions become the compact form, nothing is lost on the way, and what cannot be read
 * is refused with the file's name. The tests turn plain objects into extensions, which is the way back. */
// clang-format off
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
// clang-format on

#include "measures_helper.h"

/* ---- the way back: a plain value as a FHIR extension ---- */

static const char *value_key(const json_t *value) {
    switch (json_typeof(value)) {
    case JSON_INTEGER:
        return "valueInteger";
    case JSON_REAL:
        return "valueDecimal";
    case JSON_TRUE:
    case JSON_FALSE:
        return "valueBoolean";
    default:
        return "valueString";
    }
}

static json_t *extension_of(const char *url, json_t *value) {
    json_t *extension = json_pack("{s:s}", "url", url);
    if (!json_is_object(value)) {
        json_object_set(extension, value_key(value), value);
        return extension;
    }
    json_t *nested = json_array(), *member, *element;
    const char *key;
    size_t i;
    json_object_foreach(value, key, member) {
        if (json_is_array(member)) {
            json_array_foreach(member, i, element) {
                json_array_append_new(nested, extension_of(key, element));
            }
        } else {
            json_array_append_new(nested, extension_of(key, member));
        }
    }
    json_object_set_new(extension, "extension", nested);
    return extension;
}

#define HEAD                                                                                                           \
    "'resourceType': 'Questionnaire', 'id': 'x', 'version': '1', 'title': 'X', 'status': 'active', 'copyright': "      \
    "'ours'"

/* A Questionnaire whose scoring is a plain object; `more` holds further members of the resource. */
static const rp_instrument *add_scored(run *r, const char *scoring, const char *more) {
    char text[4096];
    snprintf(text, sizeof text, "{" HEAD "%s%s}", more[0] ? ", " : "", more);
    json_t *questionnaire = json_of(text), *plain = json_of(scoring);
    json_object_set_new(questionnaire, "extension", json_pack("[o]", extension_of("urn:rapport:scoring", plain)));
    const rp_instrument *added = rp_instruments_add_fhir(r->known, questionnaire, "x.json", &r->error);
    json_decref(questionnaire);
    json_decref(plain);
    return added;
}

/* ---- what it gives ---- */

#define OPTIONS "'type': 'choice', 'answerOption': [{'valueInteger': 3}, {'valueInteger': 0}, {'valueInteger': 1}]"
#define ITEMS                                                                                                          \
    "'item': [{'linkId': 'intro', 'type': 'display', 'text': 'Please answer.'}, {'linkId': 'a', " OPTIONS "},"         \
    " {'linkId': 'b', 'text': 'Words', " OPTIONS "}, {'linkId': 'c', " OPTIONS "}]"
#define SOURCE "{'text': 'a book', 'confirmed': true}"
#define LAW    "{'text': 'a law', 'licence': 'open', 'from': '2020-09-01', 'to': '2022-03-31', 'confirmed': false}"

static const char scale_text[] =
    "'title': 'Sum', 'score': 'sum', 'items': ['a', 'b', 'c'], 'reversed': ['b'],"
    " 'missing': {'rule': 'prorate', 'may_miss': 1}, 'higher_is_worse': true,"
    " 'bands': [{'from': 0, 'label': 'low'}, {'from': 4.5, 'label': 'high'}],"
    " 'sources': {'key': " SOURCE ", 'bands': " SOURCE "},"
    " 'change': {'reliability': 0.85, 'cutoff': 'a', 'sources': {'reliability': " SOURCE ", 'cutoff': " LAW "}}";
static const char head_text[] =
    "'kind': 'outcome', 'source': 'a book', 'short_title': 'Ex', 'measures': 'mood', 'recall': 'a week'";

static const rp_instrument *whole(run *r) {
    char scoring[2048];
    snprintf(scoring, sizeof scoring, "{%s, 'scales': {'total': {%s}}}", head_text, scale_text);
    const rp_instrument *x = add_scored(r, scoring, "'url': 'urn:x', 'name': 'X', 'publisher': 'we', " ITEMS);
    if (!x)
        fail_msg("%s", r->error.message);
    return x;
}

static void a_questionnaire_in_full(void **state) {
    const rp_instrument *x = whole(*state);
    assert_string_equal(x->name, "x");
    assert_string_equal(x->title, "X");
    assert_string_equal(x->short_title, "Ex");
    assert_string_equal(x->measures, "mood");
    assert_string_equal(x->licence, "ours");
    assert_string_equal(x->recall, "a week");
    assert_true(x->kind == RP_KIND_OUTCOME && !x->is_inline && x->n_items == 3);
    assert_string_equal(x->items[1].wording, "Words");
    assert_null(x->items[0].wording);
    assert_true(x->items[1].lowest == 0 && x->items[1].highest == 3);
    const rp_scale *total = &x->scales[0];
    assert_true(total->n_items == 3 && total->reversed[1] && !total->reversed[0] && total->higher_is_worse);
    assert_true(total->missing_rule == RP_ITEMS_PRORATE && total->items_may_miss == 1);
    assert_true(total->n_bands == 2 && total->bands[1].from == 4.5 && strcmp(total->bands[1].label, "high") == 0);
}

static void sources_and_their_dates(void **state) {
    const rp_change_rule *rule = &whole(*state)->scales[0].change;
    char date[11];
    assert_near(rule->reliability, 0.85, 0);
    assert_int_equal(rule->cutoff_kind, RP_CUTOFF_A);
    assert_string_equal(rule->cutoff_source.text, "a law");
    assert_string_equal(rule->cutoff_source.licence, "open");
    assert_false(rule->cutoff_source.confirmed);
    rp_date_text(rule->cutoff_source.from, date);
    assert_string_equal(date, "2020-09-01");
    rp_date_text(rule->cutoff_source.to, date);
    assert_string_equal(date, "2022-03-31");
    assert_true(rule->reliability_source.confirmed && rule->reliability_source.from == RP_NO_DATE);
    assert_string_equal(rule->reliability_source.licence, "");
}

/* The same instrument, written inline, is the same. */
static void both_forms_give_the_same(void **state) {
    run *r = *state;
    char text[2048];
    snprintf(text, sizeof text,
             "{%s, 'title': 'X', 'version': '1', 'licence': 'ours', 'items': [{'name': 'a', 'lowest': 0, 'highest': 3},"
             " {'name': 'b', 'lowest': 0, 'highest': 3, 'wording': 'Words'}, {'name': 'c', 'lowest': 0, 'highest': 3}],"
             " 'scales': {'total': {%s}}}",
             head_text, scale_text);
    const rp_instrument *x = whole(r), *y = add_inline(r, "y", text);
    assert_non_null(y);
    const rp_scale *a = &x->scales[0], *b = &y->scales[0];
    assert_true(x->n_items == y->n_items && a->n_items == b->n_items && a->n_bands == b->n_bands);
    assert_memory_equal(a->items, b->items, 3 * sizeof *a->items);
    assert_memory_equal(a->reversed, b->reversed, 3 * sizeof *a->reversed);
    assert_true(a->lowest == b->lowest && a->highest == b->highest && a->whole == b->whole);
    assert_true(a->change.reliability == b->change.reliability && a->change.cutoff_kind == b->change.cutoff_kind);
    assert_string_equal(a->change.cutoff_source.text, b->change.cutoff_source.text);
    assert_int_equal(a->change.cutoff_source.from, b->change.cutoff_source.from);
    double answers[] = {0, 1, NAN};
    for (answers[0] = 0; answers[0] <= 3; answers[0]++)
        assert_near(rp_instrument_score(x, 0, answers).value, rp_instrument_score(y, 0, answers).value, 0);
}

/* ---- what it refuses: the scoring ---- */

#define KIND  "'kind': 'outcome', 'source': 'a book', "
#define RANGE "'lowest': 0, 'highest': 9, 'higher_is_worse': true"
#define TOTAL "'scales': {'total': {" RANGE "}}"
#define OF(s) "{" KIND "'scales': {'total': {'higher_is_worse': true, " s "}}}"

typedef struct refusal {
    const char *text, *word; /* in the message or the remedy */
} refusal;

static const refusal scorings[] = {
    {"{" KIND TOTAL ", 'recal': 'x'}", "\"recall\""},
    {"{" KIND TOTAL ", 'title': 'x'}", "\"title\""}, /* FHIR has an element of its own for it */
    {"{" KIND "'scales': [{'total': {" RANGE "}}, {'total': {" RANGE "}}]}", "an object"},
    {"{" TOTAL "}", "\"kind\" is missing"},
    {"{'kind': 'outcome', " TOTAL "}", "\"source\" is missing"},
    {OF("'items': ['q', 'a']"), "no item of this instrument"},
    {OF("'items': ['a', 'b'], 'reversed': 'c', 'sources': {'key': " SOURCE "}"), "not in the scale"},
    {OF("'lowest': 9, 'highest': 0"), "not below"},
    {OF("'items': ['a', 'b']"), "\"key\" without a source"},
    {OF("'items': ['a', 'b'], 'sources': {'key': " SOURCE "}, 'bands': {'from': 0, 'label': 'x'}"),
     "\"bands\" without a source"},
    {OF("'items': ['a', 'b'], 'sources': {'key': " SOURCE "}, 'change': {'cutoff': 2}"), "\"cutoff\" without a source"},
    {OF("'items': ['a', 'b'], 'sources': {'key': " SOURCE "}, 'change': {'cutoff': 'c'}"), "functional norm"},
    {OF("'items': ['a', 'b'], 'sources': {'key': {'text': 'x'}}"), "\"confirmed\" is missing"},
};

static void bad_scoring_is_refused(void **state) {
    run *r = *state;
    for (size_t i = 0; i < sizeof scorings / sizeof *scorings; i++) {
        assert_refused(add_scored(r, scorings[i].text, ITEMS), &r->error, scorings[i].word);
        assert_string_equal(r->error.file, "x.json");
    }
    assert_int_equal(rp_instruments_count(r->known), BUILT_IN); /* nothing of them was taken */
}

/* ---- the resource and its items ---- */

static const refusal members[] = {
    {"'titel': 'x'", "\"title\""},
    {"'modifierExtension': []", "modifierExtension"},
    {"'item': {}", "an array"},
    {"'item': [1]", "an object"},
    {"'item': [{'type': 'choice'}]", "\"linkId\" is missing"},
    {"'item': [{'linkId': 'a'}]", "\"type\" is missing"},
    {"'item': [{'linkId': 'a', 'type': 'string'}]", "not scored here"},
    {"'item': [{'linkId': 'a', 'type': 'choice'}]", "Fewer than two"},
    {"'item': [{'linkId': 'a', 'type': 'choice', 'answerOption': [{'valueInteger': 1}]}]", "Fewer than two"},
    {"'item': [{'linkId': 'a', 'type': 'choice', 'answerOption': [{}, {}]}]", "no \"valueInteger\""},
    {"'item': [{'linkId': 'a', 'type': 'choice', 'answerOption': [{'valueCoding': {}}]}]", "valueCoding"},
    {"'item': [{'linkId': 'a', 'type': 'choice', 'answerOption': [{'valueInteger': 1}, {'valueInteger': 1}]}]",
     "below"},
    {"'item': [{'linkId': 'a', 'type': 'choice', 'enableWhen': []}]", "enableWhen"},
    {"'item': [{'linkId': 'a', " OPTIONS "}, {'linkId': 'a', " OPTIONS "}]", "twice"},
};

static void bad_members_are_refused(void **state) {
    run *r = *state;
    for (size_t i = 0; i < sizeof members / sizeof *members; i++)
        assert_refused(add_scored(r, "{" KIND TOTAL "}", members[i].text), &r->error, members[i].word);
    assert_int_equal(rp_instruments_count(r->known), BUILT_IN);
}

#define SCORING(inner) "'extension': [{'url': 'urn:rapport:scoring', 'extension': [" inner "]}]"
#define RECALL(rest)   "{" HEAD ", " SCORING("{'url': 'recall'" rest "}") "}"

static const refusal resources[] = {
    {"[]", "must be an object"},
    {"{'id': 'x'}", "\"resourceType\" is missing"},
    {"{'resourceType': 'Patient', 'id': 'x'}", "FHIR Patient"},
    {"{'resourceType': 'Questionnaire', 'version': '1', 'title': 'X', 'status': 'active'}", "\"id\" is missing"},
    {"{'resourceType': 'Questionnaire', 'id': 'x', 'version': '1', 'title': 'X', 'status': 'active'}", "\"copyright\""},
    {"{" HEAD "}", "no extension"},
    {"{" HEAD ", 'extension': [{'url': 'urn:else', 'valueString': 'x'}]}", "no extension"},
    {"{" HEAD ", 'extension': [{'url': 'urn:rapport:scoring', 'valueString': 'x'}]}", "nested extensions"},
    {"{" HEAD ", 'extension': [{'url': 'urn:rapport:scoring', 'extension': []},"
     " {'url': 'urn:rapport:scoring', 'extension': []}]}",
     "twice"},
    {"{" HEAD ", " SCORING("{'valueString': 'x'}") "}", "no \"url\""},
    {RECALL(""), "neither"},
    {RECALL(", 'valueString': null"), "neither"},
    {RECALL(", 'valueString': {}"), "neither"},
    {RECALL(", 'valueString': 'x', 'valueCode': 'y'"), "neither"},
    {RECALL(", 'valueString': 'x', 'extension': []"), "neither"},
    {RECALL(", 'valueQuantity': {}"), "valueQuantity"},
    {RECALL(", 'extension': {}"), "not a list"},
    {RECALL(", 'extension': [1]"), "no \"url\""},
};

static void bad_resources_are_refused(void **state) {
    run *r = *state;
    for (size_t i = 0; i < sizeof resources / sizeof *resources; i++) {
        assert_refused(add_fhir(r, resources[i].text), &r->error, resources[i].word);
        assert_string_equal(r->error.file, "x.json");
    }
    assert_int_equal(rp_instruments_count(r->known), BUILT_IN);
}

static void the_same_name_and_version_is_refused(void **state) {
    run *r = *state;
    assert_non_null(add_scored(r, "{" KIND TOTAL "}", ITEMS));
    assert_refused(add_scored(r, "{" KIND TOTAL "}", ITEMS), &r->error, "x@1");
    assert_int_equal(rp_instruments_count(r->known), BUILT_IN + 1);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_questionnaire_in_full, run_start, run_end),
        cmocka_unit_test_setup_teardown(sources_and_their_dates, run_start, run_end),
        cmocka_unit_test_setup_teardown(both_forms_give_the_same, run_start, run_end),
        cmocka_unit_test_setup_teardown(bad_scoring_is_refused, run_start, run_end),
        cmocka_unit_test_setup_teardown(bad_members_are_refused, run_start, run_end),
        cmocka_unit_test_setup_teardown(bad_resources_are_refused, run_start, run_end),
        cmocka_unit_test_setup_teardown(the_same_name_and_version_is_refused, run_start, run_end),
    };
    return cmocka_run_group_tests_name("measures: FHIR questionnaires", tests, NULL, NULL);
}
