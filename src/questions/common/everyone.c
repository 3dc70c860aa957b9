/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A fold over a cohort's blocks in which nothing is merged. */
#include "questions/common/everyone.h"

typedef struct reading {
    rp_question_reader *read;
    const void *context;
} reading;

static void read_block(void *statistics, const rp_block *block, const void *context) {
    (void)statistics;
    const reading *r = context;
    for (size_t e = 0; e < block->n_episodes; e++)
        r->read(&block->episodes[e], block->first + e, r->context);
}

static void merge_nothing(void *into, const void *other, const void *context) {
    (void)into, (void)other, (void)context; /* all is in its place already */
}

bool rp_question_read_blocks(const rp_cohort *cohort, void (*read)(void *, const rp_block *, const void *),
                             const void *context, int threads, rp_error *error) {
    char nothing;
    rp_fold fold = {sizeof nothing, read, merge_nothing, context};
    return rp_cohort_fold(cohort, &fold, threads, &nothing, error);
}

bool rp_question_read_everyone(const rp_cohort *cohort, rp_question_reader *read, const void *context, int threads,
                               rp_error *error) {
    reading r = {read, context};
    return rp_question_read_blocks(cohort, read_block, &r, threads, error);
}
