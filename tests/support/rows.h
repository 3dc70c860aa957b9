/* SPDX-License-Identifier: GPL-3.0-or-later */
/* For tests: a record made by hand, row by row, each from "column=value" texts, and the cohort of it. */
#ifndef RAPPORT_TEST_ROWS_H
#define RAPPORT_TEST_ROWS_H

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "rapport/answer.h"
#include "rapport/cohort.h"

typedef struct world {
    rp_arena *arena;
    rp_record *record;
    rp_error error;
    const rp_answer *answer; /* for tests of questions */
} world;

static inline world begin(void) {
    world w = {.arena = rp_arena_new(0)};
    assert_non_null(w.arena);
    rp_instruments *instruments = rp_instruments_new(w.arena, &w.error);
    assert_non_null(instruments);
    w.record = rp_record_new(w.arena, instruments, rp_faults_new(w.arena, 100));
    assert_non_null(w.record);
    uint32_t input;
    assert_true(rp_record_input(w.record, "examples/beat-the-blues/bdi.csv", RP_UTF_8, &input,
                                &w.error)); /* any file: a place */
    return w;
}

static inline void end(world *w) {
    rp_arena_free(w->arena);
}

/* Adds a row of `table`; the texts are "column=value", ended by NULL. Lines count up by themselves. */
static inline rp_put put_row(rp_record *record, rp_table_id table, ...) {
    static uint32_t line = 1;
    rp_cell cells[64];
    memset(cells, 0, sizeof cells);
    size_t n = rp_record_columns(record, table);
    line++;
    va_list list;
    va_start(list, table);
    for (const char *text; (text = va_arg(list, const char *)) != NULL;) {
        const char *equals = strchr(text, '=');
        char name[64] = "";
        memcpy(name, text, (size_t)(equals - text));
        int column = rp_record_column(record, table, name);
        assert_true(column >= 0);
        cells[column] = (rp_cell){.text = rp_text_of(equals + 1), .line = line, .column = (uint32_t)column + 1};
    }
    va_end(list);
    rp_error error = {0};
    return rp_record_add(record, table, cells, n, (rp_place){{0, line}, 0, 0}, &error);
}

/* A referral of a client of its own; "" for a date that is not there. `more` is one more "column=value", or NULL. */
static inline void referral(world *w, const char *id, const char *received, const char *ended, const char *more) {
    char a[128], b[128], c[128], d[128];
    snprintf(a, sizeof a, "referral_id=%s", id);
    snprintf(b, sizeof b, "client_id=c-%s", id);
    snprintf(c, sizeof c, "received=%s", received);
    snprintf(d, sizeof d, "ended=%s", ended);
    assert_int_equal(put_row(w->record, RP_CLIENTS, b, NULL), RP_PUT_KEPT);
    assert_int_equal(put_row(w->record, RP_REFERRALS, a, b, c, d, more, NULL), RP_PUT_KEPT);
}

static inline void contact(world *w, const char *referral_id, const char *date, const char *kind,
                           const char *attendance) {
    static int next = 0;
    char a[128], b[128], c[128], d[128], e[128];
    snprintf(a, sizeof a, "contact_id=k%d", next++);
    snprintf(b, sizeof b, "referral_id=%s", referral_id);
    snprintf(c, sizeof c, "date=%s", date);
    snprintf(d, sizeof d, "kind=%s", kind);
    snprintf(e, sizeof e, "attendance=%s", attendance);
    assert_int_equal(put_row(w->record, RP_CONTACTS, a, b, c, d, e, NULL), RP_PUT_KEPT);
}

/* A total score, given as one. */
static inline void score_by(world *w, const char *rater, const char *referral_id, const char *instrument,
                            const char *date, double value) {
    static int next = 0;
    char a[128], b[128], c[128], d[128], r[128], v[128];
    snprintf(a, sizeof a, "administration_id=a%d", next++);
    snprintf(b, sizeof b, "referral_id=%s", referral_id);
    snprintf(c, sizeof c, "date=%s", date);
    snprintf(d, sizeof d, "instrument=%s", instrument);
    snprintf(r, sizeof r, "rater=%s", rater);
    assert_int_equal(put_row(w->record, RP_ADMINISTRATIONS, a, b, c, d, r, "version=1", "status=complete", NULL),
                     RP_PUT_KEPT);
    snprintf(v, sizeof v, "value=%g", value);
    assert_int_equal(put_row(w->record, RP_SCORES, a, "scale=total", v, "method=supplied", NULL), RP_PUT_KEPT);
}

static inline void score(world *w, const char *referral_id, const char *instrument, const char *date, double value) {
    score_by(w, "client", referral_id, instrument, date, value);
}

/* Seals, and wants no fault. */
static inline void seal(world *w) {
    if (!rp_record_seal(w->record, &w->error))
        fail_msg("%s", w->error.message);
    for (size_t i = 0; i < rp_faults_kept(rp_record_faults(w->record)); i++)
        print_message("fault: %s\n", rp_faults_at(rp_record_faults(w->record), i)->message);
    assert_int_equal(rp_faults_total(rp_record_faults(w->record)), 0);
}

static inline rp_cohort_options cohort_options(void) {
    return (rp_cohort_options){.from = RP_NO_DATE, .to = RP_NO_DATE, .horizon_weeks = NAN};
}

static inline rp_cohort *cohort_of(world *w, const rp_cohort_options *o) {
    rp_cohort *cohort = rp_cohort_new(w->record, o, w->arena, &w->error);
    if (cohort == NULL)
        fail_msg("%s", w->error.message);
    return cohort;
}

#endif
