/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is on record of each person of a cohort, read once and kept at the person's place: nothing of it is merged.
 * Private to src/questions. */
#ifndef RAPPORT_QUESTIONS_EVERYONE_H
#define RAPPORT_QUESTIONS_EVERYONE_H

#include "rapport/cohort.h"

/* Called by several threads, once for each person; `person`: the place in the cohort, below rp_cohort_episodes. It
 * writes where no other person's call does. */
typedef void rp_question_reader(const rp_episode *episode, size_t person, const void *context);
/* false: see *error. */
bool rp_question_read_everyone(const rp_cohort *cohort, rp_question_reader *read, const void *context, int threads,
                               rp_error *error);

/* The same a block at a time. `read` has nothing in `statistics`; it keeps what it finds where no other block does, and
 * at the same place each time. false: see *error. */
bool rp_question_read_blocks(const rp_cohort *cohort,
                             void (*read)(void *statistics, const rp_block *block, const void *context),
                             const void *context, int threads, rp_error *error);

#endif
