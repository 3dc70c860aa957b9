/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The frame of the questions. A cell is an arm and a stage: contacts, assessed, over. */
#include "questions/common/frame.h"

enum { STAGES = CONTACTS * 2 * 2 };

size_t rp_question_arms(const rp_cohort *cohort) {
    size_t arms = rp_cohort_arms(cohort);
    return arms > 1 && arms <= RP_QUESTION_MOST_ARMS ? arms : 0;
}

rp_question_stage rp_question_stage_of(const rp_frame *frame, const rp_episode *e) {
    return (rp_question_stage){.arm = frame->n_cells > STAGES ? e->arm : -1,
                               .contact = e->treated >= 2    ? TREATED_MORE
                                          : e->treated == 1  ? TREATED_ONCE
                                          : e->attended >= 1 ? SEEN_NOT_TREATED
                                                             : NOT_SEEN,
                               .assessed = e->assessed == RP_YES,
                               .over = e->over == RP_YES};
}

size_t rp_question_cell(const rp_question_stage *stage) {
    return (((size_t)(stage->arm + 1) * CONTACTS + stage->contact) * 2 + stage->assessed) * 2 + stage->over;
}

size_t rp_question_cell_of(const rp_frame *frame, const rp_episode *episode) {
    rp_question_stage stage = rp_question_stage_of(frame, episode);
    return rp_question_cell(&stage);
}

rp_question_stage rp_question_stage_at(size_t cell) {
    return (rp_question_stage){.over = cell % 2,
                               .assessed = cell / 2 % 2,
                               .contact = (rp_question_contact)(cell / 4 % CONTACTS),
                               .arm = (int)(cell / STAGES) - 1};
}

/* What answers tell of stages, the most important first: bit c of contacts: contact c; bit 0: not, bit 1: assessed or
 * over. */
#define BIT(i)  (1u << (i))
#define ANY     (~0u)
#define NOT     BIT(0)
#define YES     BIT(1)
#define TREATED (BIT(TREATED_ONCE) | BIT(TREATED_MORE))
static const struct {
    unsigned contacts, assessed, over;
} told[] = {
    {ANY, ANY, ANY},                   /* everyone; an arm */
    {ANY, YES, ANY},                   /* assessed */
    {TREATED, ANY, ANY},               /* entered treatment */
    {BIT(TREATED_MORE), ANY, YES},     /* finished */
    {BIT(TREATED_MORE), ANY, ANY},     /* treated twice or more */
    {ANY, ANY, YES},                   /* ended */
    {TREATED, YES, ANY},               /* assessed, then treated */
    {ANY, NOT, YES},                   /* ended without an assessment */
    {~TREATED, YES, YES},              /* assessed, ended without treatment */
    {BIT(TREATED_ONCE), ANY, YES},     /* ended after one treatment */
    {BIT(NOT_SEEN), ANY, YES},         /* ended, not seen */
    {BIT(SEEN_NOT_TREATED), ANY, YES}, /* ended, seen and not treated */
    {~BIT(NOT_SEEN), ANY, ANY},        /* seen */
};
enum { TOLD = sizeof told / sizeof *told };

/* arm -1: whoever is in it or in none. */
static bool is_told(size_t i, int arm, size_t cell) {
    rp_question_stage s = rp_question_stage_at(cell);
    return (arm < 0 || s.arm == arm) && (told[i].contacts >> s.contact & 1) && (told[i].assessed >> s.assessed & 1) &&
           (told[i].over >> s.over & 1);
}

const rp_frame *rp_question_frame(const rp_cohort *cohort, rp_arena *arena) {
    size_t n_arms = rp_question_arms(cohort);
    rp_frame *frame = rp_arena_take(arena, 1, sizeof *frame);
    size_t n_cells = (n_arms + 1) * STAGES, n_sets = (n_arms + 1) * TOLD;
    bool *sets = rp_arena_take(arena, n_sets * n_cells, sizeof *sets);
    if (!frame || !sets)
        return NULL;
    for (size_t set = 0; set < n_sets; set++)
        for (size_t cell = 0; cell < n_cells; cell++)
            sets[set * n_cells + cell] = is_told(set % TOLD, (int)(set / TOLD) - 1, cell);
    *frame = (rp_frame){.n_cells = n_cells, .n_sets = n_sets, .sets = sets};
    return frame;
}
