/* SPDX-License-Identifier: GPL-3.0-or-later */
/* For tests of questions on records made by hand: rows that several of them add, how to ask, and what is said. */
#ifndef RAPPORT_TEST_ASKED_HELPER_H
#define RAPPORT_TEST_ASKED_HELPER_H

#include "rapport/questions.h"
#include "support/bytes.h"
#include "support/rows.h"

static inline void practitioner(world *w, const char *id) {
    char a[64];
    snprintf(a, sizeof a, "practitioner_id=%s", id);
    assert_int_equal(put_row(w->record, RP_PRACTITIONERS, a, NULL), RP_PUT_KEPT);
}

/* "" for what is not recorded. */
static inline void event(world *w, const char *id, const char *date, const char *kind, const char *related) {
    char a[64], b[64], c[64], d[64];
    snprintf(a, sizeof a, "referral_id=%s", id);
    snprintf(b, sizeof b, "date=%s", date);
    snprintf(c, sizeof c, "kind=%s", kind);
    snprintf(d, sizeof d, "related_to_treatment=%s", related);
    assert_int_equal(put_row(w->record, RP_EVENTS, a, b, c, d, NULL), RP_PUT_KEPT);
}

static inline void ask(world *w, const char *question, size_t block_size, int threads) {
    rp_cohort_options o = cohort_options();
    o.block_size = block_size;
    rp_asked asked = {.level = 0.95, .threads = threads};
    w->answer =
        rp_questions_ask(rp_questions_find(rp_text_of(question)), cohort_of(w, &o), &asked, w->arena, &w->error);
    if (w->answer == NULL)
        fail_msg("%s", w->error.message);
}

/* NULL: it is not said. */
static inline const rp_statement *find(const world *w, const char *id) {
    for (size_t i = 0; i < w->answer->n_statements; i++)
        if (strcmp(w->answer->statements[i]->id, id) == 0)
            return w->answer->statements[i];
    return NULL;
}

static inline void is(const world *w, const char *id, int64_t numerator, int64_t denominator) {
    const rp_statement *s = find(w, id);
    if (s == NULL)
        fail_msg("no statement %s", id);
    else if (s->numerator.n != numerator || s->denominator.n != denominator)
        fail_msg("%s: %d of %d, expected %d of %d", id, (int)s->numerator.n, (int)s->denominator.n, (int)numerator,
                 (int)denominator);
}

static inline const rp_answer_table *table_of(const world *w, const char *id) {
    for (size_t i = 0; i < w->answer->n_tables; i++)
        if (strcmp(w->answer->tables[i]->id, id) == 0)
            return w->answer->tables[i];
    fail_msg("no table %s", id);
    return NULL;
}

static inline size_t column_of(const rp_answer_table *t, const char *id) {
    size_t c = 0;
    while (strcmp(t->columns[c].id, id) != 0)
        assert_true(++c < t->n_columns);
    return c;
}

/* The value of the row with this first text, and this second one (NULL: any). NULL: there is no such row. */
static inline const rp_value *value_of(const world *w, const char *table, const char *first, const char *second,
                                       const char *column) {
    const rp_answer_table *t = table_of(w, table);
    size_t c = column_of(t, column);
    for (size_t r = 0; r < t->n_rows; r++) {
        const rp_value *row = t->values + r * t->n_columns;
        if (strcmp(row[0].text, first) == 0 && (second == NULL || strcmp(row[1].text, second) == 0))
            return &row[c];
    }
    return NULL;
}

/* -1: there is no such row. */
static inline int64_t people_in(const world *w, const char *table, const char *first, const char *second,
                                const char *column) {
    const rp_value *value = value_of(w, table, first, second, column);
    return value != NULL ? value->count.n : -1;
}

/* The value of the row whose first texts begin so, as many as there are before a NULL. NULL: there is no such row. */
static inline const rp_value *value_where(const world *w, const char *table, const char *const begins[3],
                                          const char *column) {
    const rp_answer_table *t = table_of(w, table);
    size_t c = column_of(t, column);
    for (size_t r = 0; r < t->n_rows; r++) {
        const rp_value *row = t->values + r * t->n_columns;
        bool same = true;
        for (size_t i = 0; i < 3 && begins[i] != NULL && same; i++)
            same = strncmp(row[i].text, begins[i], strlen(begins[i])) == 0;
        if (same)
            return &row[c];
    }
    return NULL;
}

/* -1: there is no such row. */
static inline int64_t people_where(const world *w, const char *table, const char *a, const char *b, const char *c,
                                   const char *column) {
    const rp_value *value = value_where(w, table, (const char *const[]){a, b, c}, column);
    return value != NULL ? value->count.n : -1;
}

static inline bool has_caveat(const world *w, const char *words) {
    for (size_t i = 0; i < w->answer->n_caveats; i++)
        if (strstr(w->answer->caveats[i], words) != NULL)
            return true;
    return false;
}

static inline rp_buf bytes_of(world *w, const char *question, size_t block_size, int threads) {
    ask(w, question, block_size, threads);
    rp_provenance provenance = {.version = "test"};
    return json_of(&w->answer, 1, &provenance);
}

/* Counts are whole, so that not even the size of blocks may change a byte. */
static inline void neither_blocks_nor_threads_change_a_byte_of(world *w, const char *question) {
    same_bytes(bytes_of(w, question, 0, 1), bytes_of(w, question, 1, 1));
    same_bytes(bytes_of(w, question, 0, 1), bytes_of(w, question, 3, 1));
    same_bytes(bytes_of(w, question, 0, 1), bytes_of(w, question, 3, 2));
}

#endif
