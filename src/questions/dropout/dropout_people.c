/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Everyone of the cohort by sessions and endings, and sets of them. */
#include "questions/common/shared_marks.h"
#include "questions/dropout/dropout_parts.h"

#include <assert.h>

const dropout_way dropout_endings[ENDINGS] = {
    [ENDING_AGREED] = {"agreed", "By agreement", RP_QUESTION_ENDED(ENDING_AGREED)},
    [ENDING_LEFT] = {"before_planned", "Earlier than the practitioner planned", RP_QUESTION_ENDED(ENDING_LEFT)},
    [ENDING_DECLINED] = {"declined", "Declined, or withdrew", RP_QUESTION_ENDED(ENDING_DECLINED)},
    [ENDING_BY_SERVICE] = {"before_wished", "Earlier than the client asked for", RP_QUESTION_ENDED(ENDING_BY_SERVICE)},
    [ENDING_REFERRED_ON] = {"referred_on", "Referred on, or signposted", RP_QUESTION_ENDED(ENDING_REFERRED_ON)},
    [ENDING_DIED] = {"died", "Died", RP_QUESTION_ENDED(ENDING_DIED)},
    [ENDING_OTHER] = {"other", "Another reason", RP_QUESTION_ENDED(ENDING_OTHER)},
    [ENDING_NOT_RECORDED] = {"not_recorded", "Reason not recorded", RP_QUESTION_ENDED(ENDING_NOT_RECORDED)},
};

static bool add_block(rp_arena *arena, rp_question_groups *lists, const rp_block *block, const void *context) {
    const dropout_work *work = context;
    for (size_t i = 0; i < block->n_episodes; i++) {
        const rp_episode *e = &block->episodes[i];
        rp_question_ending ending = rp_question_ending_of(work->record, work->end_reason, e->row);
        uint64_t marks = rp_question_at_all(e->treated > 0 ? (unsigned)e->treated : 0);
        if (e->over == RP_YES)
            marks |= RP_QUESTION_OVER | RP_QUESTION_ENDED(ending);
        if (!rp_question_group_add(arena, lists, marks, rp_question_cell_of_ending(work->stages, e, ending)))
            return false;
    }
    return true;
}

bool dropout_sort(dropout_work *work, rp_error *error) {
    rp_question_sort sort = {1, add_block, work};
    rp_question_set *people = &work->people;
    people->answer = work->answer;
    if (!rp_question_groups_make(work->cohort, &sort, work->asked->threads, work->answer->arena, &people->groups,
                                 error))
        return false;
    people->universe =
        rp_question_universe(work->answer, work->endings, "sessions and how treatment ended", &people->groups);
    return !work->answer->failed || rp_fail_memory(error);
}

rp_count dropout_entered(const dropout_work *work) {
    return rp_question_having(&work->people, rp_question_at(1), 0);
}

rp_count dropout_at_risk(const dropout_work *work, unsigned k) {
    return rp_question_having_any(&work->people, rp_question_at(k), RP_QUESTION_OVER | rp_question_at(k + 1));
}

rp_count dropout_known_by(const dropout_work *work, unsigned k) {
    return rp_question_having_any(&work->people, rp_question_at(1), RP_QUESTION_OVER | rp_question_at(k + 1));
}

rp_count dropout_ended_by(const dropout_work *work, unsigned k, uint64_t ways) {
    return rp_question_ended(&work->people, 1, k, ways);
}

bool dropout_knows_ways(const dropout_work *work) {
    uint64_t entered = rp_question_at(1) | RP_QUESTION_OVER;
    return rp_question_having(&work->people, entered, RP_QUESTION_ENDED(ENDING_NOT_RECORDED)).n > 0;
}
