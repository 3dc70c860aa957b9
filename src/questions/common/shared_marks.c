/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Frames of what answers share. The order of the cuts is the order in which they are told. */
#include "questions/common/shared_marks.h"

#include <assert.h>
#include <string.h>

/* ---- how far -------------------------------------------------------------------- */

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

typedef struct counted {
    const rp_question_groups *groups;
    size_t n_stages;
    rp_question_cut cut;
    uint64_t has;
} counted;

static bool is_counted(const void *context, size_t group) {
    const counted *c = context;
    uint64_t signature = c->groups->at[group].signature;
    size_t cell = (size_t)(signature >> RP_QUESTION_FRAME_BIT);
    return (signature & c->has) == c->has && (c->cut.parts >> (cell / c->n_stages) & 1) != 0 &&
           rp_question_reached(cell % c->n_stages, c->cut.reach);
}

rp_count rp_question_in_cut(const rp_question_set *set, const rp_frame *stages, rp_question_cut cut, uint64_t has) {
    counted c = {&set->groups, stages->n_cells, cut, has};
    return rp_answer_count(set->answer, set->universe, is_counted, &c);
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

/* ---- frames -------------------------------------------------------------------- */

/* How far one came is the cell of the coarsest frame, in which all others are cut. */
static size_t stages_in(const rp_frame *frame) {
    while (frame->coarser != NULL)
        frame = frame->coarser;
    return frame->n_cells;
}

/* `coarser` cut into so many parts: part p of its cell c is cell p * coarser->n_cells + c. Parts of a cut are those of
 * the coarsest frame's cells. */
static rp_frame *cut(const rp_frame *coarser, size_t n_parts, const rp_question_cut *cuts, size_t n_cuts,
                     rp_arena *arena) {
    size_t n_cells = coarser->n_cells * n_parts, n_stages = stages_in(coarser);
    rp_frame *frame = rp_arena_take(arena, 1, sizeof *frame);
    bool *sets = rp_arena_take(arena, n_cuts * n_cells, sizeof *sets);
    uint16_t *coarser_cell = rp_arena_take(arena, n_cells, sizeof *coarser_cell);
    if (frame == NULL || sets == NULL || coarser_cell == NULL)
        return NULL;
    assert(n_cells <= UINT16_MAX);
    for (size_t cell = 0; cell < n_cells; cell++) {
        coarser_cell[cell] = (uint16_t)(cell % coarser->n_cells);
        for (size_t i = 0; i < n_cuts; i++)
            sets[i * n_cells + cell] =
                (cuts[i].parts >> (cell / n_stages) & 1) != 0 && rp_question_reached(cell % n_stages, cuts[i].reach);
    }
    *frame = (rp_frame){
        .n_cells = n_cells, .n_sets = n_cuts, .sets = sets, .coarser = coarser, .coarser_cell = coarser_cell};
    return frame;
}

rp_question_change rp_question_change_of(const rp_episode *episode) {
    const rp_national_flags *flags = &episode->national.flags;
    if (flags->deteriorated.is == RP_NOT_KNOWN)
        return CHANGE_NOT_KNOWN;
    return flags->deteriorated.is == RP_YES ? CHANGED_WORSE : CHANGED_NOT_WORSE;
}

rp_question_rule rp_question_rule_of(const rp_episode *episode) {
    static const rp_question_rule of_why[RP_NATIONAL_WHYS] = {
        [RP_NATIONAL_NO_PHQ9] = RULE_NO_PHQ9,      [RP_NATIONAL_NO_ANXIETY] = RULE_NO_ANXIETY,
        [RP_NATIONAL_ONE_PHQ9] = RULE_ONE_PHQ9,    [RP_NATIONAL_ONE_ANXIETY] = RULE_ONE_ANXIETY,
        [RP_NATIONAL_NO_CUTOFF] = RULE_NO_FIGURES, [RP_NATIONAL_NO_THRESHOLD] = RULE_NO_FIGURES};
    rp_national_flag flag = episode->national.flags.deteriorated;
    return flag.is == RP_YES ? RULE_WORSE : flag.is == RP_NO ? RULE_NOT_WORSE : of_why[flag.why];
}

void rp_question_national_see(const rp_episode *episode, rp_question_national_seen *seen) {
    rp_national_why why = episode->national.flags.improved.why;
    seen->endings += episode->over != RP_NOT_KNOWN;
    seen->phq9 += why != RP_NATIONAL_NO_PHQ9;
    seen->both += why != RP_NATIONAL_NO_PHQ9 && why != RP_NATIONAL_NO_ANXIETY;
}

const char *rp_question_national_lack(const rp_cohort *cohort, const rp_question_national_seen *seen) {
    if (!rp_cohort_has_contacts(cohort))
        return "the data hold no contacts, so it is not known who finished a course";
    if (seen->endings == 0)
        return "the data hold no date of ending, so it is not known who finished a course";
    if (seen->phq9 == 0)
        return "nobody has a score of the PHQ-9";
    return seen->both == 0 ? "nobody has a score both of the PHQ-9 and of a measure of anxiety" : NULL;
}

/* Parts of change, in a frame that cuts them again into three: part * CHANGES_TOLD + change. */
#define CHANGE(c)         (1u << (c))
#define OF_EVERY_PART(cs) ((cs) | (cs) << CHANGES_TOLD | (cs) << 2 * CHANGES_TOLD)
#define WORSE             OF_EVERY_PART(CHANGE(CHANGED_WORSE))
#define UNKNOWN           OF_EVERY_PART(CHANGE(CHANGE_NOT_KNOWN))
#define KNOWN             OF_EVERY_PART(CHANGE(CHANGED_WORSE) | CHANGE(CHANGED_NOT_WORSE))
#define OF_CHANGE(reach)                                                                                               \
    {reach, WORSE}, {reach, UNKNOWN}, {reach, WORSE | UNKNOWN}, {                                                      \
        reach, KNOWN                                                                                                   \
    }
#define PARTS_OF(e) (((1u << CHANGES_TOLD) - 1) << (e)*CHANGES_TOLD)
#define HARM        PARTS_OF(HARM_EVENT)
#define OF_HARM(reach)                                                                                                 \
    {reach, HARM | WORSE}, {                                                                                           \
        reach, HARM                                                                                                    \
    }
#define OF_HARM_BY_CHANGE(reach)                                                                                       \
    {reach, HARM & KNOWN}, {                                                                                           \
        reach, HARM &UNKNOWN                                                                                           \
    }

const rp_frame *rp_question_frame_of_change(const rp_frame *stages, rp_arena *arena) {
    static const rp_question_cut cuts[] = {
        OF_CHANGE(REACH_FINISHED),
        OF_CHANGE(REACH_ANY),
        OF_CHANGE(REACH_ENTERED),
        OF_CHANGE(REACH_ASSESSED),
    };
    return cut(stages, CHANGES_TOLD, cuts, sizeof cuts / sizeof *cuts, arena);
}

/* The parts are those of the stages, and lie in those of change. */
static bool lay_in_change(rp_frame *frame, const rp_frame *stages, rp_arena *arena) {
    static const rp_question_change of[RULES_TOLD] = {
        [RULE_NOT_WORSE] = CHANGED_NOT_WORSE,  [RULE_WORSE] = CHANGED_WORSE,
        [RULE_NO_FIGURES] = CHANGE_NOT_KNOWN,  [RULE_NO_PHQ9] = CHANGE_NOT_KNOWN,
        [RULE_NO_ANXIETY] = CHANGE_NOT_KNOWN,  [RULE_ONE_PHQ9] = CHANGE_NOT_KNOWN,
        [RULE_ONE_ANXIETY] = CHANGE_NOT_KNOWN,
    };
    uint16_t *coarser_cell = rp_arena_take(arena, frame->n_cells, sizeof *coarser_cell);
    frame->coarser = rp_question_frame_of_change(stages, arena);
    if (coarser_cell == NULL || frame->coarser == NULL)
        return false;
    for (size_t cell = 0; cell < frame->n_cells; cell++)
        coarser_cell[cell] = (uint16_t)(of[cell / stages->n_cells] * stages->n_cells + cell % stages->n_cells);
    frame->coarser_cell = coarser_cell;
    return true;
}

#define RULE(r)      (1u << (r))
#define BOTH_TWICE   (RULE(RULE_NOT_WORSE) | RULE(RULE_WORSE) | RULE(RULE_NO_FIGURES))
#define PHQ9_TWICE   (BOTH_TWICE | RULE(RULE_ONE_ANXIETY))
#define ANXIETY_ONCE (PHQ9_TWICE | RULE(RULE_ONE_PHQ9))
#define PHQ9_ONCE    (ANXIETY_ONCE | RULE(RULE_NO_ANXIETY))
#define OF_RULE(reach)                                                                                                 \
    {reach, PHQ9_TWICE}, {reach, PHQ9_ONCE}, {                                                                         \
        reach, ANXIETY_ONCE                                                                                            \
    }

const rp_frame *rp_question_frame_of_rule(const rp_frame *stages, rp_arena *arena) {
    static const rp_question_cut cuts[] = {
        OF_RULE(REACH_ANY),
        OF_RULE(REACH_FINISHED),
        OF_RULE(REACH_ENTERED),
        OF_RULE(REACH_ASSESSED),
        {REACH_FINISHED, RULE(RULE_NO_PHQ9)},
        {REACH_FINISHED, RULE(RULE_NO_ANXIETY)},
        {REACH_FINISHED, RULE(RULE_ONE_PHQ9)},
        {REACH_FINISHED, RULE(RULE_ONE_ANXIETY)},
    };
    rp_frame *frame = cut(stages, RULES_TOLD, cuts, sizeof cuts / sizeof *cuts, arena);
    return frame != NULL && lay_in_change(frame, stages, arena) ? frame : NULL;
}

const rp_frame *rp_question_frame_of_scores(const rp_frame *by, rp_arena *arena) {
    unsigned n = (unsigned)(by->n_cells / stages_in(by)), all = (1u << n) - 1, twice = all << 2 * n;
    const rp_question_cut cuts[] = {
        {REACH_ANY, all << n | twice}, {REACH_ANY, twice},      {REACH_FINISHED, twice},
        {REACH_ENTERED, twice},        {REACH_ASSESSED, twice},
    };
    return cut(by, SCORES_TOLD, cuts, sizeof cuts / sizeof *cuts, arena);
}

/* Is it one that the national rule may take? */
static bool is_of_rule(const rp_measure *measure) {
    const char *name = measure->instrument->name;
    bool is = strcmp(name, "phq-9") == 0 || strcmp(name, rp_national_instrument(NULL, RP_NO_DATE)) == 0;
    for (size_t i = 0; i < RP_NATIONAL_DESCRIPTORS && !is; i++)
        is = strcmp(name, rp_national_descriptor_at(i)->instrument) == 0;
    return is;
}

bool rp_question_measuring_of(const rp_cohort *cohort, size_t measure, const rp_frame *stages, rp_arena *arena,
                              rp_question_measuring *out) {
    bool of_rule = is_of_rule(rp_cohort_measure(cohort, measure));
    *out = (rp_question_measuring){.stages = stages, .measure = measure};
    out->by = of_rule ? rp_question_frame_of_rule(stages, arena) : stages;
    out->scores = out->by != NULL ? rp_question_frame_of_scores(out->by, arena) : NULL;
    return out->scores != NULL;
}

size_t rp_question_measuring_cell(const rp_question_measuring *measuring, const rp_episode *episode) {
    size_t scores = episode->series[measuring->measure].n;
    size_t rule = measuring->by != measuring->stages ? rp_question_rule_of(episode) : 0;
    return (scores < SCORES_TOLD ? scores : SCORES_TOLD - 1) * measuring->by->n_cells +
           rule * measuring->stages->n_cells + rp_question_cell_of(measuring->stages, episode);
}

const rp_frame *rp_question_frame_of_harm(const rp_frame *stages, rp_arena *arena) {
    static const rp_question_cut cuts[] = {
        {REACH_ANY, PARTS_OF(OTHER_EVENT) | HARM}, /* any event on record, which `coverage` tells of */
        OF_HARM(REACH_ANY),
        OF_HARM(REACH_ENTERED),
        OF_HARM(REACH_FINISHED),
        OF_HARM_BY_CHANGE(REACH_ANY),
        OF_HARM_BY_CHANGE(REACH_ENTERED),
        OF_HARM_BY_CHANGE(REACH_FINISHED),
    };
    const rp_frame *change = rp_question_frame_of_change(stages, arena);
    return change != NULL ? cut(change, EVENTS_TOLD, cuts, sizeof cuts / sizeof *cuts, arena) : NULL;
}

const rp_frame *rp_question_frame_of_risk(const rp_frame *stages, rp_arena *arena) {
    static const rp_question_cut cuts[] = {
        {REACH_ANY, PARTS_OF(RAISED_NO_ACTION) | PARTS_OF(RAISED_ACTION)},
        {REACH_ENTERED, PARTS_OF(RAISED_NO_ACTION) | PARTS_OF(RAISED_ACTION)},
        {REACH_ASSESSED, PARTS_OF(RAISED_NO_ACTION) | PARTS_OF(RAISED_ACTION)},
        {REACH_ANY, PARTS_OF(RAISED_ACTION)},
    };
    const rp_frame *change = rp_question_frame_of_change(stages, arena);
    return change != NULL ? cut(change, RAISED_TOLD, cuts, sizeof cuts / sizeof *cuts, arena) : NULL;
}

#define ENDED(e) (2u << (e)) /* the part of an ending */
#define OF_ENDINGS(reach)                                                                                              \
    {reach, ENDED(ENDING_LEFT) | ENDED(ENDING_DECLINED)}, {reach, ENDED(ENDING_AGREED)},                               \
        {reach, ENDED(ENDING_NOT_RECORDED)},                                                                           \
        {reach, ENDED(ENDING_BY_SERVICE) | ENDED(ENDING_REFERRED_ON) | ENDED(ENDING_DIED) | ENDED(ENDING_OTHER)},      \
        {reach, ENDED(ENDING_LEFT)}, {reach, ENDED(ENDING_BY_SERVICE)}, {reach, ENDED(ENDING_REFERRED_ON)},            \
        {reach, ENDED(ENDING_OTHER)}, {                                                                                \
        reach, ENDED(ENDING_DIED)                                                                                      \
    }

const rp_frame *rp_question_frame_of_endings(const rp_frame *stages, rp_arena *arena) {
    static const rp_question_cut cuts[] = {OF_ENDINGS(REACH_ENTERED), OF_ENDINGS(REACH_FINISHED)};
    return cut(stages, 1 + ENDINGS, cuts, sizeof cuts / sizeof *cuts, arena);
}

size_t rp_question_stage_in_endings(const rp_frame *stages, const rp_question_stage *stage, rp_question_ending ending) {
    bool told = stage->contact >= TREATED_ONCE && stage->over;
    return (told ? 1 + (size_t)ending : 0) * stages->n_cells + rp_question_cell(stage);
}

size_t rp_question_cell_of_ending(const rp_frame *stages, const rp_episode *episode, rp_question_ending ending) {
    rp_question_stage stage = rp_question_stage_of(stages, episode);
    return rp_question_stage_in_endings(stages, &stage, ending);
}
