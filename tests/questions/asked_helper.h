/* SPDX-License-Identifier: GPL-3.0-or-later */
/* For tests of questions on records made by hand: ask one, and look at what it says. */
#ifndef RAPPORT_TEST_ASKED_HELPER_H
#define RAPPORT_TEST_ASKED_HELPER_H

#include "rapport/questions.h"
#include "support/bytes.h"
#include "support/rows.h"

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
