/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the files of this room share: scratch space for building, membership of counts, and the steps of protection. */
#ifndef RAPPORT_ANSWER_PRIVATE_H
#define RAPPORT_ANSWER_PRIVATE_H

#include "rapport/answer.h"

/* What adders hand out once memory has run out: every piece once, overwritten by each use. */
typedef struct rp_answer_scratch {
    rp_statement statement;
    rp_answer_table table;
    rp_value values[RP_ANSWER_LIMIT_COLUMNS];
    rp_chart chart;
    rp_chart_series series;
    rp_chart_point point;
    rp_chart_line line;
    rp_universe universe;
} rp_answer_scratch;

static inline rp_answer_scratch *rp_answer_scratch_of(rp_answer *answer) {
    answer->failed = true;
    return answer->scratch;
}

/* The first group in the count from `group` on; the universe's n_groups: there is none. */
static inline size_t rp_count_next(const rp_count *count, size_t group) {
    size_t n = count->universe->n_groups;
    for (; count->groups && group < n; group = (group / 64 + 1) * 64) {
        uint64_t left = count->groups[group / 64] >> (group % 64);
        if (left)
            return group + (size_t)__builtin_ctzll(left);
    }
    return n;
}

#endif
