/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The ledger of claims: those built in, a folder of one's own, and what is no claim. */
// clang-format off
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
// clang-format on

#include <math.h>
#include <string.h>

#include "rapport/ledger.h"
#include "rapport/questions.h"

typedef struct run {
    rp_arena *arena;
    rp_ledger *ledger;
    rp_error error;
} run;

static int begin(void **state) {
    static run r;
    r = (run){.arena = rp_arena_new(0)};
    r.ledger = rp_ledger_new(r.arena, &r.error);
    *state = &r;
    return r.ledger == NULL;
}

static int end(void **state) {
    rp_arena_free(((run *)*state)->arena);
    return 0;
}

static const rp_claim *claim(const run *r, const char *id) {
    const rp_claim *found = rp_ledger_find(r->ledger, rp_text_of(id));
    assert_non_null(found);
    return found;
}

static void each_is_whole(void **state) {
    const run *r = *state;
    assert_true(rp_ledger_count(r->ledger) >= 18);
    for (size_t i = 0; i < rp_ledger_count(r->ledger); i++) {
        const rp_claim *c = rp_ledger_at(r->ledger, i);
        assert_true(i == 0 || strcmp(rp_ledger_at(r->ledger, i - 1)->id, c->id) < 0);
        assert_true(c->judged && c->because[0] != '\0' && c->n_says > 0);
        assert_string_equal(c->file + strlen(c->file) - 5, ".json");
        assert_int_equal(strncmp(c->file, c->id, strlen(c->id)), 0); /* a claim is found by its file's name */
    }
}

static bool is_stated(const char *id) {
    for (size_t q = 0; q < rp_questions_count(); q++)
        for (const rp_statement_def *s = rp_questions_at(q)->statements; s->id != NULL; s++)
            if (strcmp(s->id, id) == 0)
                return true;
    return false;
}

/* What a claim names is a statement that a report can make. */
static void bearings_are_statements(void **state) {
    const run *r = *state;
    size_t n = 0;
    for (size_t i = 0; i < rp_ledger_count(r->ledger); i++)
        for (size_t b = 0; b < rp_ledger_at(r->ledger, i)->n_bearings; b++, n++)
            if (!is_stated(rp_ledger_at(r->ledger, i)->bearings[b].statement))
                fail_msg("%s: %s", rp_ledger_at(r->ledger, i)->id, rp_ledger_at(r->ledger, i)->bearings[b].statement);
    assert_true(n > 10);
}

/* The corrections that the ledger is there for (reference, alliance and evidence, part 0). */
static void corrections_stand(void **state) {
    const run *r = *state;
    assert_int_equal(claim(r, "one-session-42")->verdict, RP_VERDICT_NOT_WHAT_THE_SOURCE_SAYS);
    assert_non_null(strstr(claim(r, "one-session-42")->says[0].text, "first appointment"));
    assert_int_equal(claim(r, "low-intensity-usual-care")->verdict, RP_VERDICT_CONTRADICTED);
    assert_non_null(strstr(claim(r, "low-intensity-usual-care")->because, "interaction with severity"));
    assert_int_equal(rp_claim_rests_on(claim(r, "low-intensity-usual-care")), RP_READ_ABSTRACT);
    assert_int_equal(claim(r, "alliance-13-28-percent")->verdict, RP_VERDICT_NOT_READ);
    assert_int_equal(rp_claim_rests_on(claim(r, "alliance-13-28-percent")), RP_READ_NOTHING);
    const rp_claim *pooled = claim(r, "alliance-outcome-2018"); /* Flückiger 2018: .278 [.256, .299] over 295 */
    assert_true(pooled->pooled[0].r == .278 && pooled->pooled[0].lower == .256 && pooled->pooled[0].upper == .299);
    assert_int_equal(pooled->pooled[0].studies, 295);
}

/* Figures that the reference marks as recalled, not read (M), are in no claim. */
static void nothing_recalled_is_in_it(void **state) {
    const run *r = *state;
    static const char *const recalled[] = {".22 ", "-.42", "−0.42", "−.42", ".282", ".196", "16.2%", ".77"};
    for (size_t i = 0; i < rp_ledger_count(r->ledger); i++) {
        const rp_claim *c = rp_ledger_at(r->ledger, i);
        for (size_t k = 0; k < sizeof recalled / sizeof *recalled; k++) {
            assert_null(strstr(c->claim, recalled[k]));
            assert_null(strstr(c->because, recalled[k]));
            for (size_t s = 0; s < c->n_says; s++)
                assert_null(strstr(c->says[s].text, recalled[k]));
        }
    }
}

static bool add(run *r, const char *text) {
    r->error = (rp_error){0};
    return rp_ledger_add(r->ledger, text, strlen(text), "mine.json", &r->error);
}

#define OWN   "\"id\": \"mine\", \"title\": \"t\", \"claim\": \"c\", \"made_by\": \"we\""
#define BEARS "\"bears_on\": [{\"statement\": \"outcome.recovery.per_entered\", \"measure\": \"PHQ-9\"}]"

static void ones_own_is_added(void **state) {
    run *r = *state;
    assert_true(add(r, "{" OWN ", " BEARS ", \"at_least\": 0.5}"));
    const rp_claim *c = claim(r, "mine");
    assert_true(!c->judged && c->at_least == 0.5 && isnan(c->at_most));
    assert_string_equal(c->bearings[0].measure, "PHQ-9");
    assert_null(c->bearings[0].rater);
    assert_false(add(r, "{" OWN ", " BEARS ", \"at_least\": 0.5}")); /* the same id again */
    assert_non_null(strstr(r->error.message, "two claims"));
}

static void no_claim_is_refused(void **state) {
    run *r = *state;
    static const struct {
        const char *text, *says;
    } wrong[] = {
        {"{" OWN "}", "neither a verdict nor a figure"},
        {"{" OWN ", \"at_least\": 1, \"data_lack\": \"x\"}", "names no statement"},
        {"{" OWN ", \"verdict\": \"true\", \"because\": \"b\", " BEARS "}", "\"true\""},
        {"{" OWN ", \"verdict\": \"supported\", \"because\": \"b\", " BEARS "}", "nothing was read"},
        {"{" OWN ", \"verdict\": \"supported\", " BEARS "}", "because"},
        {"{" OWN ", \"verdict\": \"source_not_read\", \"because\": \"b\"}", "neither which statements"},
        {"{" OWN ", \"vredict\": \"supported\"}", "vredict"},
        {"{\"id\": \"\", \"title\": \"t\", \"claim\": \"c\", \"made_by\": \"we\"}", "\"id\""},
        {"{" OWN ", " BEARS ", \"at_least\": 0.5, \"pooled\": [{\"label\": \"l\", \"r\": 1.5}]}", "is none"},
        {"{" OWN ", " BEARS ", \"at_least\": 0.5, \"pooled\": [{\"label\": \"l\", \"r\": 0.1, \"lower\": 0.2, "
         "\"upper\": 0.3}]}",
         "is none"},
        {"{" OWN ", \"source_says\": [{\"text\": \"t\", \"read\": \"all\"}], \"at_least\": 1, " BEARS "}", "\"all\""},
        {"[]", ""},
        {"{", ""},
    };
    size_t before = rp_ledger_count(r->ledger);
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        assert_false(add(r, wrong[i].text));
        if (strstr(r->error.message, wrong[i].says) == NULL)
            fail_msg("%s: %s", wrong[i].text, r->error.message);
    }
    assert_int_equal(rp_ledger_count(r->ledger), before);
}

static void a_folder_that_is_none(void **state) {
    run *r = *state;
    assert_false(rp_ledger_add_folder(r->ledger, "/nowhere/at/all", &r->error));
    assert_int_equal(r->error.code, RP_E_FILE);
}

static void ids_by_spelling(void **state) {
    const run *r = *state;
    assert_ptr_equal(rp_ledger_nearest(r->ledger, rp_text_of("one-session-24")), claim(r, "one-session-42"));
    assert_null(rp_ledger_find(r->ledger, rp_text_of("one-session")));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(each_is_whole, begin, end),
        cmocka_unit_test_setup_teardown(bearings_are_statements, begin, end),
        cmocka_unit_test_setup_teardown(corrections_stand, begin, end),
        cmocka_unit_test_setup_teardown(nothing_recalled_is_in_it, begin, end),
        cmocka_unit_test_setup_teardown(ones_own_is_added, begin, end),
        cmocka_unit_test_setup_teardown(no_claim_is_refused, begin, end),
        cmocka_unit_test_setup_teardown(a_folder_that_is_none, begin, end),
        cmocka_unit_test_setup_teardown(ids_by_spelling, begin, end),
    };
    return cmocka_run_group_tests_name("ledger", tests, NULL, NULL);
}
