/* SPDX-License-Identifier: GPL-3.0-or-later */
/* For tests of what the alliance's items measure: a record whose people answer an instrument of the test's own, and
 * draws of answers with a known structure. */
#ifndef RAPPORT_TEST_ITEMS_HELPER_H
#define RAPPORT_TEST_ITEMS_HELPER_H

#include "questions/asked_helper.h"

enum { SHORT_ITEMS = 9 };

/* Three items of tasks, three of goals, three of bond, in this order, each from 0 to 20, whole or not. */
static inline world begin_items(void) {
    static const char text[] =
        "{\"version\": \"1\", \"title\": \"Nine items\", \"short_title\": \"NINE\", \"kind\": \"alliance\","
        " \"items\": {\"names\": [\"x1\", \"x2\", \"x3\", \"x4\", \"x5\", \"x6\", \"x7\", \"x8\", \"x9\"],"
        "            \"lowest\": 0, \"highest\": 20},"
        " \"scales\": {"
        "  \"task\": {\"title\": \"Tasks\", \"items\": [\"x1\", \"x2\", \"x3\"], \"higher_is_worse\": false},"
        "  \"goal\": {\"title\": \"Goals\", \"items\": [\"x4\", \"x5\", \"x6\"], \"higher_is_worse\": false},"
        "  \"bond\": {\"title\": \"Bond\", \"items\": [\"x7\", \"x8\", \"x9\"], \"higher_is_worse\": false},"
        "  \"total\": {\"title\": \"Total\", \"higher_is_worse\": false,"
        "   \"items\": [\"x1\", \"x2\", \"x3\", \"x4\", \"x5\", \"x6\", \"x7\", \"x8\", \"x9\"]}}}";
    world w = {.arena = rp_arena_new(0)};
    assert_non_null(w.arena);
    rp_instruments *instruments = rp_instruments_new(w.arena, &w.error);
    assert_non_null(instruments);
    json_t *definition = rp_json_parse(text, sizeof text - 1, "nine", &w.error);
    if (definition == NULL || rp_instruments_add_inline(instruments, "nine", definition, "test", &w.error) == NULL)
        fail_msg("%s", w.error.message);
    json_decref(definition);
    w.record = rp_record_new(w.arena, instruments, rp_faults_new(w.arena, 100));
    assert_non_null(w.record);
    uint32_t input;
    assert_true(rp_record_input(w.record, "examples/beat-the-blues/bdi.csv", RP_UTF_8, &input, &w.error));
    return w;
}

/* Somebody with this preferred language, or NULL. */
static inline void somebody(world *w, int person, const char *language) {
    char a[48], b[48], c[64];
    snprintf(a, sizeof a, "client_id=c%d", person);
    snprintf(b, sizeof b, "referral_id=r%d", person);
    snprintf(c, sizeof c, "language=%s", language != NULL ? language : "");
    assert_int_equal(put_row(w->record, RP_CLIENTS, a, c, NULL), RP_PUT_KEPT);
    assert_int_equal(put_row(w->record, RP_REFERRALS, b, a, "received=2024-01-01", NULL), RP_PUT_KEPT);
}

/* One questionnaire; items that are NaN are not answered. Items are called `prefix` and a number from 1. */
static inline void questionnaire(world *w, int person, const char *date, const char *instrument, const char *prefix,
                                 const double *answers, int n) {
    static int next = 0;
    char a[48], b[48], c[48], d[48], item[32], value[48];
    snprintf(a, sizeof a, "administration_id=q%d", next++);
    snprintf(b, sizeof b, "referral_id=r%d", person);
    snprintf(c, sizeof c, "date=%s", date);
    snprintf(d, sizeof d, "instrument=%s", instrument);
    assert_int_equal(
        put_row(w->record, RP_ADMINISTRATIONS, a, b, c, d, "version=1", "rater=client", "status=complete", NULL),
        RP_PUT_KEPT);
    for (int i = 0; i < n; i++) {
        if (isnan(answers[i]))
            continue;
        snprintf(item, sizeof item, "item=%s%d", prefix, i + 1);
        snprintf(value, sizeof value, "value=%.17g", answers[i]);
        assert_int_equal(put_row(w->record, RP_RESPONSES, a, item, value, NULL), RP_PUT_KEPT);
    }
}

static inline double normal(rp_draws *draws) {
    return rp_normal_quantile(rp_draw(draws));
}

#endif
