/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Frames of what answers share. The order of the cuts is the order in which they are told. */
#include "questions/common/shared.h"

#include <assert.h>
#include <string.h>

/* ---- how far ------------------------------------------------------------------------------------------------- */

bool rp_question_reached(size_t stage_cell, rp_question_reach reach) {
    rp_question_stage s = rp_question_stage_at(stage_cell);
    switch (reach) {
    case REACH_ASSESSED:
        return s.assessed;
    case REACH_ENTERED:
        return s.contact >= TREATED_ONCE;
    case REACH_FINISHED:
        return s.contact == TREATED_MORE && s.over;
    default:
        return true;
    }
}

rp_question_whole rp_question_whole_of(const rp_cohort *cohort, rp_question_reach reach) {
    static const rp_question_whole wholes[REACHES] = {
        [REACH_ANY] = {"per_referral", "referred", "people referred"},
        [REACH_ASSESSED] = {"per_assessed", "assessed", "people assessed"},
        [REACH_ENTERED] = {"per_entered", "entered", "people who entered treatment"},
        [REACH_FINISHED] = {"per_finished", "finished", "people who finished a course of treatment"},
    };
    static const char *const nouns[] = {"people referred", "people assessed", "people who entered treatment",
                                        "people whose referral has ended"};
    rp_question_whole whole = wholes[reach];
    if (reach != REACH_ANY)
        return whole;
    rp_cohort_event event = rp_cohort_chosen(cohort)->event;
    whole.cohort = rp_cohort_event_name(event);
    whole.noun = rp_record_about(rp_cohort_record(cohort))->research ? "people in the study" : nouns[event];
    return whole;
}

/* ---- frames --------------------------------------------------------------------------------------------------- */

const rp_frame *rp_question_frame_cut(const rp_frame *stages, size_t n_parts, const rp_question_cut *cuts,
                                      size_t n_cuts, rp_arena *arena) {
    size_t n = stages->n_cells, n_cells = n * n_parts, n_sets = stages->n_sets + n_cuts;
    rp_frame *frame = rp_arena_take(arena, 1, sizeof *frame);
    bool *sets = rp_arena_take(arena, n_sets * n_cells, sizeof *sets);
    if (frame == NULL || sets == NULL)
        return NULL;
    assert(n_cells <= UINT16_MAX);
    for (size_t s = 0; s < stages->n_sets; s++)
        for (size_t p = 0; p < n_parts; p++)
            memcpy(sets + s * n_cells + p * n, stages->sets + s * n, n * sizeof *sets);
    for (size_t i = 0; i < n_cuts; i++) {
        bool *set = sets + (stages->n_sets + i) * n_cells;
        for (size_t cell = 0; cell < n_cells; cell++)
            set[cell] = (cuts[i].parts >> (cell / n) & 1) != 0 && rp_question_reached(cell % n, cuts[i].reach);
    }
    *frame = (rp_frame){.n_cells = n_cells, .n_sets = n_sets, .sets = sets};
    return frame;
}

rp_question_change rp_question_change_of(const rp_episode *episode) {
    const rp_national_flags *flags = &episode->national.flags;
    if (flags->deteriorated.is == RP_NOT_KNOWN)
        return CHANGE_NOT_KNOWN;
    return flags->deteriorated.is == RP_YES ? CHANGED_WORSE : CHANGED_NOT_WORSE;
}

/* Of a frame with EVENTS_TOLD times the parts, each part of change is one of every event. */
#define CHANGE(c)          (1u << (c))
#define OF_EVERY_EVENT(cs) ((cs) | (cs) << CHANGES_TOLD | (cs) << 2 * CHANGES_TOLD)
#define WORSE              OF_EVERY_EVENT(CHANGE(CHANGED_WORSE))
#define UNKNOWN            OF_EVERY_EVENT(CHANGE(CHANGE_NOT_KNOWN))
#define KNOWN              OF_EVERY_EVENT(CHANGE(CHANGED_WORSE) | CHANGE(CHANGED_NOT_WORSE))
#define OF_CHANGE(reach)                                                                                               \
    {reach, WORSE}, {reach, UNKNOWN}, {reach, WORSE | UNKNOWN}, {                                                      \
        reach, KNOWN                                                                                                   \
    }
#define EVENT(e) (((1u << CHANGES_TOLD) - 1) << (e)*CHANGES_TOLD)
#define HARM     EVENT(HARM_EVENT)
#define OF_HARM(reach)                                                                                                 \
    {reach, HARM}, {                                                                                                   \
        reach, HARM | WORSE                                                                                            \
    }
#define OF_HARM_BY_CHANGE(reach)                                                                                       \
    {reach, HARM & KNOWN}, {                                                                                           \
        reach, HARM &UNKNOWN                                                                                           \
    }
static const rp_question_cut cuts_of_harm[] = {
    OF_CHANGE(REACH_FINISHED),
    OF_CHANGE(REACH_ANY),
    OF_CHANGE(REACH_ENTERED),
    OF_CHANGE(REACH_ASSESSED),
    {REACH_ANY, EVENT(OTHER_EVENT) | HARM}, /* any event on record, which `coverage` tells of */
    OF_HARM(REACH_ANY),
    OF_HARM(REACH_ENTERED),
    OF_HARM(REACH_FINISHED),
    OF_HARM_BY_CHANGE(REACH_ANY),
    OF_HARM_BY_CHANGE(REACH_ENTERED),
    OF_HARM_BY_CHANGE(REACH_FINISHED),
};
enum { CUTS_OF_CHANGE = 16 };

const rp_frame *rp_question_frame_of_change(const rp_frame *stages, rp_arena *arena) {
    return rp_question_frame_cut(stages, CHANGES_TOLD, cuts_of_harm, CUTS_OF_CHANGE, arena);
}

const rp_frame *rp_question_frame_of_harm(const rp_frame *stages, rp_arena *arena) {
    return rp_question_frame_cut(stages, (size_t)EVENTS_TOLD * CHANGES_TOLD, cuts_of_harm,
                                 sizeof cuts_of_harm / sizeof *cuts_of_harm, arena);
}

const rp_frame *rp_question_frame_of_risk(const rp_frame *stages, rp_arena *arena) {
    enum { RAISED = 1u << RAISED_NO_ACTION | 1u << RAISED_ACTION };
    static const rp_question_cut cuts[] = {
        {REACH_ANY, RAISED},
        {REACH_ENTERED, RAISED},
        {REACH_ASSESSED, RAISED},
        {REACH_ANY, 1u << RAISED_ACTION},
    };
    return rp_question_frame_cut(stages, RAISED_TOLD, cuts, sizeof cuts / sizeof *cuts, arena);
}
