/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sessions as marks, and the order in which they are told. */
#include "questions/common/sessions.h"

#include <assert.h>

/* Edges of the classes, and each session after which it is looked at who stopped, with the one after it. */
static const unsigned thresholds[RP_QUESTION_THRESHOLDS] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 15};
const rp_question_bin rp_question_bins[RP_QUESTION_BINS] = {
    {1, 2, "1"}, {2, 3, "2"}, {3, 6, "3 to 5"}, {6, 10, "6 to 9"}, {10, 15, "10 to 14"}, {15, 0, "15 or more"}};
const unsigned rp_question_stops[RP_QUESTION_STOPS] = {1, 2, 4, 6, 8, 10, 12};

uint64_t rp_question_at(unsigned sessions) {
    for (size_t i = 0; i < RP_QUESTION_THRESHOLDS; i++)
        if (thresholds[i] == sessions)
            return MARK(i);
    assert(!"what is asked for is one of the thresholds");
    return 0;
}

uint64_t rp_question_below(size_t bin) {
    return rp_question_bins[bin].below > 0 ? rp_question_at(rp_question_bins[bin].below) : 0;
}

uint64_t rp_question_at_all(unsigned sessions) {
    uint64_t marks = 0;
    for (size_t i = 0; i < RP_QUESTION_THRESHOLDS; i++)
        marks |= sessions >= thresholds[i] ? MARK(i) : 0;
    return marks;
}

#define LEFT (RP_QUESTION_ENDED(ENDING_LEFT) | RP_QUESTION_ENDED(ENDING_DECLINED))
#define OTHER                                                                                                          \
    (RP_QUESTION_ENDED(ENDING_BY_SERVICE) | RP_QUESTION_ENDED(ENDING_REFERRED_ON) | RP_QUESTION_ENDED(ENDING_DIED) |   \
     RP_QUESTION_ENDED(ENDING_OTHER))
const uint64_t rp_question_ways[WAYS_OF_ENDING] = {[WAY_LEFT] = LEFT,
                                                   [WAY_AGREED] = RP_QUESTION_ENDED(ENDING_AGREED),
                                                   [WAY_OTHER] = OTHER,
                                                   [WAY_NOT_RECORDED] = RP_QUESTION_ENDED(ENDING_NOT_RECORDED)};

typedef struct ended {
    const rp_question_groups *groups;
    uint64_t has, lacks, ways;
} ended;

static bool has_ended(const void *context, size_t group) {
    const ended *e = context;
    uint64_t marks = e->groups->at[group].signature;
    return (marks & e->has) == e->has && (marks & e->lacks) == 0 && (marks & e->ways) != 0;
}

rp_count rp_question_ended(const rp_question_set *set, unsigned from, unsigned to, uint64_t ways) {
    ended e = {&set->groups, rp_question_at(from) | RP_QUESTION_OVER, rp_question_at(to + 1), ways};
    return rp_answer_count(set->answer, set->universe, has_ended, &e);
}

static void tell(const rp_question_set *set, uint64_t has, uint64_t lacks) {
    rp_answer_told(set->answer, rp_question_having(set, has, lacks));
}

/* Whoever reads one table has read the others. Those who stopped come before those who have not ended, since one of the
 * two is often few. */
void rp_question_tell_sessions(const rp_question_set *set, bool ends) {
    uint64_t over = ends ? RP_QUESTION_OVER : 0;
    const unsigned *stops = rp_question_stops;
    for (size_t i = 0; i < RP_QUESTION_STOPS; i++)
        tell(set, rp_question_at(stops[i]), 0);
    for (size_t i = 0; i < RP_QUESTION_STOPS; i++)
        tell(set, rp_question_at(stops[i]) | over, rp_question_at(stops[i] + 1));
    for (size_t i = 0; i < RP_QUESTION_BINS; i++)
        tell(set, rp_question_at(rp_question_bins[i].from) | over, rp_question_below(i));
    for (size_t i = 0; i < RP_QUESTION_BINS; i++) {
        uint64_t from = rp_question_at(rp_question_bins[i].from), below = rp_question_below(i);
        tell(set, from, below);
        tell(set, from, below | RP_QUESTION_OVER);
    }
    for (size_t i = 0; i < RP_QUESTION_STOPS; i++) {
        uint64_t at = rp_question_at(stops[i]), next = rp_question_at(stops[i] + 1);
        tell(set, next, 0);
        tell(set, at, next | RP_QUESTION_OVER);
    }
}

void rp_question_tell_endings(const rp_question_set *set) {
    for (unsigned k = 1; k <= RP_QUESTION_FOLLOWED; k++)
        for (size_t w = 0; w < WAYS_OF_ENDING; w++)
            rp_answer_told(set->answer, rp_question_ended(set, k, k, rp_question_ways[w]));
    for (unsigned k = 1; k <= RP_QUESTION_FOLLOWED; k++)
        for (size_t i = 0; i < ENDINGS; i++)
            rp_answer_told(set->answer, rp_question_ended(set, k, k, RP_QUESTION_ENDED(i)));
}
