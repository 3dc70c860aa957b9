/* SPDX-License-Identifier: GPL-3.0-or-later */
/* People sorted by marks: a mark is a bit, and a set of people is "those with these marks and without those". People
 * with the same marks in the same cell of the frame are one group of a universe, so that protection sees every count
 * that is made of marks. Private to src/questions. */
#ifndef RAPPORT_QUESTIONS_GROUPS_H
#define RAPPORT_QUESTIONS_GROUPS_H

#include "rapport/answer.h"
#include "rapport/cohort.h"

/* A signature holds the marks, and from this bit on the frame's cell. */
enum { RP_QUESTION_FRAME_BIT = 52 };
#define MARK(i) ((uint64_t)1 << (i))

typedef struct rp_question_group {
    uint64_t signature;
    int64_t people;
} rp_question_group;
typedef struct rp_question_groups {
    rp_question_group *at;
    size_t n, room;
    uint32_t *places; /* by signature: which group, from 1; 0: free */
    size_t n_places;  /* a power of two */
} rp_question_groups;
/* One more person of this frame's cell with these marks. false: no memory. */
bool rp_question_group_add(rp_arena *arena, rp_question_groups *groups, uint64_t marks, size_t cell);

/* Everyone of a cohort into n lists of groups side by side, block after block; each list's groups are in the order of
 * the first person of each, for any number of threads. */
typedef struct rp_question_sort {
    size_t n;
    /* Adds each person of the block to the lists that they belong in, with rp_question_group_add. Called by several
     * threads. False: no memory. */
    bool (*add)(rp_arena *arena, rp_question_groups *lists, const rp_block *block, const void *context);
    const void *context;
} rp_question_sort;
/* `out`: n lists, empty at first, in arena. false: see *error. */
bool rp_question_groups_make(const rp_cohort *cohort, const rp_question_sort *how, int threads, rp_arena *arena,
                             rp_question_groups *out, rp_error *error);
/* Once everyone is in. */
rp_universe *rp_question_universe(rp_answer *answer, const rp_frame *frame, const char *name,
                                  const rp_question_groups *groups);

typedef struct rp_question_set {
    rp_answer *answer;
    rp_question_groups groups;
    rp_universe *universe;
} rp_question_set;
/* Those with all marks of `has` and none of `lacks`. */
rp_count rp_question_having(const rp_question_set *set, uint64_t has, uint64_t lacks);
/* Those with all marks of `has` and one or more of `any`; none where there are none to be had. */
rp_count rp_question_having_any(const rp_question_set *set, uint64_t has, uint64_t any);

#endif
