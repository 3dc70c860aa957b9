/* SPDX-License-Identifier: GPL-3.0-or-later */
/* For tests of the question `published`: a record from files or from rows made by hand, asked and looked at. */
#ifndef RAPPORT_TEST_PUBLISHED_HELPER_H
#define RAPPORT_TEST_PUBLISHED_HELPER_H

#include <math.h>
#include <string.h>

#include "rapport/formats.h"
#include "rapport/questions.h"

typedef struct published {
    rp_arena *arena;
    rp_record *record;
    rp_error error;
    const rp_answer *answer;
} published;

static inline published begin_published(void) {
    published w = {.arena = rp_arena_new(0)};
    rp_instruments *instruments = rp_instruments_new(w.arena, &w.error);
    assert_non_null(instruments);
    w.record = rp_record_new(w.arena, instruments, rp_faults_new(w.arena, 100));
    assert_non_null(w.record);
    return w;
}

static inline published read_published(const char *path) {
    published w = begin_published();
    if (!rp_published_read(path, true, w.record, &w.error) || !rp_record_seal(w.record, &w.error))
        fail_msg("%s", w.error.message);
    assert_int_equal(rp_faults_total(rp_record_faults(w.record)), 0);
    return w;
}

static inline void ask_published(published *w, const char *period) {
    const rp_published_asked asked = {.period = period, .level = 0.95};
    w->answer = rp_published_ask(w->record, &asked, w->arena, &w->error);
    if (w->answer == NULL)
        fail_msg("%s", w->error.message);
}

static inline void end_published(published *w) {
    rp_arena_free(w->arena);
}

static inline const rp_statement *statement_of(const published *w, const char *id, const char *period) {
    for (size_t i = 0; i < w->answer->n_statements; i++) {
        const rp_statement *s = w->answer->statements[i];
        if (strcmp(s->id, id) == 0 && (period == NULL || strcmp(s->occasion, period) == 0))
            return s;
    }
    fail_msg("no statement %s of %s", id, period != NULL ? period : "any period");
    return NULL;
}

static inline void close_to(double ours, double theirs, double tolerance) {
    if (!(fabs(ours - theirs) <= tolerance))
        fail_msg("%.17g is not %.17g", ours, theirs);
}

#endif
