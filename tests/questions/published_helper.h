/* SPDX-License-Identifier: GPL-3.0-or-later */
/* For tests of the question `published`: a record from files or from rows made by hand, asked and looked at. */
#ifndef RAPPORT_TEST_PUBLISHED_HELPER_H
#define RAPPORT_TEST_PUBLISHED_HELPER_H

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "rapport/formats.h"
#include "rapport/questions.h"

typedef struct published {
    rp_arena *arena;
    rp_record *record;
    rp_error error;
    const rp_answer *answer;
    char files[32][64]; /* taken away at the end: sealing reads them again */
    size_t n_files;
} published;

static inline published begin_published(void) {
    published w = {.arena = rp_arena_new(0)};
    rp_instruments *instruments = rp_instruments_new(w.arena, &w.error);
    assert_non_null(instruments);
    w.record = rp_record_new(w.arena, instruments, rp_faults_new(w.arena, 100));
    assert_non_null(w.record);
    return w;
}

/* A file that holds this text. */
static inline void read_text(published *w, const char *text) {
    assert_true(w->n_files < sizeof w->files / sizeof *w->files);
    char *path = w->files[w->n_files++];
    const char *base = getenv("TMPDIR");
    snprintf(path, sizeof *w->files, "%s/rapport-published-XXXXXX", base != NULL ? base : P_tmpdir);
    int file = mkstemp(path);
    assert_true(file >= 0 && write(file, text, strlen(text)) == (ssize_t)strlen(text));
    close(file);
    if (!rp_published_read(path, true, w->record, &w->error))
        fail_msg("%s", w->error.message);
    assert_int_equal(rp_faults_total(rp_record_faults(w->record)), 0);
}

/* One organisation in one period, of everybody, and its figures as they are printed: "measure=printed" for a count,
 * "measure%=printed" for a percentage. The first text is "period,kind,code,name". */
static inline void put_figures(published *w, const char *who, const char *figures) {
    char header[1024] = "reporting_period,org_type,org_code,org_name", row[1024], text[2200];
    snprintf(row, sizeof row, "%s", who);
    char copy[1024], *rest = copy;
    snprintf(copy, sizeof copy, "%s", figures);
    for (char *one; (one = strsep(&rest, " ")) != NULL;) {
        char *printed = strchr(one, '='), *share = strchr(one, '%');
        assert_non_null(printed);
        *(share != NULL ? share : printed) = '\0';
        size_t h = strlen(header), r = strlen(row);
        snprintf(header + h, sizeof header - h, ",%s%s", one, share != NULL ? "_pct" : "");
        snprintf(row + r, sizeof row - r, ",%s", printed + 1);
    }
    snprintf(text, sizeof text, "%s\n%s\n", header, row);
    read_text(w, text);
}

static inline const rp_answer_table *published_table(const published *w, const char *id) {
    for (size_t i = 0; i < w->answer->n_tables; i++)
        if (strcmp(w->answer->tables[i]->id, id) == 0)
            return w->answer->tables[i];
    fail_msg("no table %s", id);
    return NULL;
}

/* The value of a column in the row of this name. */
static inline const rp_value *value_of(const rp_answer_table *table, const char *name, const char *column) {
    for (size_t r = 0; r < table->n_rows; r++)
        for (size_t c = 0; c < table->n_columns; c++)
            if (strcmp(table->values[r * table->n_columns].text, name) == 0 &&
                strcmp(table->columns[c].id, column) == 0)
                return &table->values[r * table->n_columns + c];
    fail_msg("no %s of %s", column, name);
    return NULL;
}

static inline bool is_said(const published *w, const char *words) {
    for (size_t i = 0; i < w->answer->n_caveats; i++)
        if (strstr(w->answer->caveats[i], words) != NULL)
            return true;
    return false;
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

static inline void seal_and_ask(published *w, const char *period) {
    assert_true(rp_record_seal(w->record, &w->error));
    ask_published(w, period);
}

static inline void end_published(published *w) {
    for (size_t i = 0; i < w->n_files; i++)
        unlink(w->files[i]);
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
