/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What became of people assessed, by the lines of who assessed them: a line, an outcome and a stratum are marks of one
 * universe, so that protection sees what they would tell together. */
#include "questions/assessor/assessor_parts.h"
#include "questions/common/chosen.h"

#include <assert.h>
#include <math.h>
#include <string.h>

/* ---- lines ------------------------------------------------------------------------------------------------- */

static void add_line(assessor_way *way, const char *label, uint64_t has, uint64_t lacks) {
    assert(way->n_lines < MOST_LINES);
    way->lines[way->n_lines++] = (assessor_line){label, has, lacks};
}

static void plan_lines(assessor_work *work) {
    assessor_way *role = &work->ways[WAY_ROLE], *training = &work->ways[WAY_TRAINING];
    assessor_way *qualified = &work->ways[WAY_QUALIFIED];
    *role = (assessor_way){.name = "role", .title = "the assessor's role"};
    *training = (assessor_way){.name = "training", .title = "the assessor's training"};
    *qualified = (assessor_way){.name = "qualification", .title = "the assessor's qualification"};
    for (size_t i = 0; i < work->roles->n; i++)
        add_line(role, work->roles->codes[i].meaning, ROLE(i), 0);
    add_line(role, "not known in which role", ROLE_NOT_KNOWN, 0);
    add_line(role, "roles not told apart", OTHER_ROLE, 0);
    add_line(training, "someone in training", IN_TRAINING, 0);
    add_line(training, "someone not in training", NOT_IN_TRAINING, 0);
    add_line(training, "not known whether in training", TRAINING_NOT_KNOWN, 0);
    add_line(training, "training not told apart", OTHER_TRAINING, 0);
    add_line(qualified, "someone with a qualification awarded by then", QUALIFIED, 0);
    add_line(qualified, "someone whose qualification was awarded later, or is planned", QUALIFIED_LATER, 0);
    add_line(qualified, "not known whether it was awarded by then", QUALIFIED_NOT_KNOWN, 0);
    add_line(qualified, "no record of a qualification", NO_QUALIFICATION, 0);
    add_line(qualified, "qualifications not told apart", OTHER_QUALIFIED, 0);
    for (size_t w = 0; w < WAYS; w++)
        add_line(&work->ways[w], "no practitioner recorded", 0, NAMED);
}

/* The scale of the cohort's PHQ-9, as the national rule chooses it; NULL where it has no bands that could be marks. */
static const rp_scale *severity_of(const rp_cohort *cohort) {
    const rp_measure *best = NULL;
    for (size_t m = 0; m < rp_cohort_measures(cohort); m++) {
        const rp_measure *measure = rp_cohort_measure(cohort, m);
        const rp_instrument *i = measure->instrument;
        bool total = i->n_scales == 1 || strcmp(i->scales[measure->scale].name, "total") == 0;
        if (total && strcmp(i->name, "phq-9") == 0 && strcmp(measure->rater, "client") == 0 &&
            (best == NULL || measure->n_scores > best->n_scores))
            best = measure;
    }
    const rp_scale *scale = best != NULL ? &best->instrument->scales[best->scale] : NULL;
    return scale != NULL && scale->n_bands <= MOST_BANDS ? scale : NULL;
}

void assessor_plan_ways(assessor_work *work) {
    plan_lines(work);
    work->alliance = rp_question_alliance_of(work->cohort);
    work->severity = severity_of(work->cohort);
}

/* ---- one person ----------------------------------------------------------------------------------------------- */

static uint64_t leaving_of(const rp_episode *e) {
    if (e->over == RP_NOT_KNOWN)
        return LEAVING(END_NOT_KNOWN);
    if (e->over == RP_NO)
        return LEAVING(OPEN);
    return e->treated < 1 ? LEAVING(UNTREATED) : e->treated == 1 ? LEAVING(ONCE) : LEAVING(FINISHED);
}

static uint64_t band_of(const assessor_work *work, const rp_episode *e) {
    int phq9 = e->national.phq9;
    if (work->severity == NULL || phq9 < 0 || e->series[phq9].n == 0)
        return NO_BAND;
    int band = rp_scale_band_index(work->severity, e->series[phq9].points[0].value);
    return band >= 0 ? BAND(band) : NO_BAND;
}

void assessor_take_course(const assessor_work *work, const rp_episode *episode, assessor_fact *fact) {
    fact->course = ASSESSED | rp_question_national(&episode->national.flags, FIRST_OUTCOME) | leaving_of(episode) |
                   band_of(work, episode) | PROBLEM(episode->national.problem);
    if (work->alliance < 0 || episode->series[work->alliance].n == 0)
        return;
    fact->course |= SCORED;
    fact->alliance = episode->series[work->alliance].points[0].value;
}

/* ---- into the ways ------------------------------------------------------------------------------------------- */

static size_t line_of(const assessor_way *way, uint64_t who) {
    for (size_t i = 0; i < way->n_lines; i++)
        if ((who & way->lines[i].has) == way->lines[i].has && (who & way->lines[i].lacks) == 0)
            return i;
    assert(!"everyone assessed is in one line of each way");
    return 0;
}

static size_t bit_of(uint64_t marks, unsigned first, size_t n) {
    for (size_t i = 0; i < n; i++)
        if ((marks & MARK(first + i)) != 0)
            return i;
    assert(!"one of these marks is there");
    return 0;
}

static void add_to_cell(assessor_way *way, size_t line, const assessor_fact *fact) {
    size_t band = bit_of(fact->course, FIRST_BAND, MOST_BANDS + 1);
    size_t problem = bit_of(fact->course, FIRST_PROBLEM, RP_PROBLEM_GROUPS);
    assessor_cell *cell = &way->cells[line * STRATA + band * RP_PROBLEM_GROUPS + problem];
    cell->people++;
    for (size_t i = 0; i < SHARES; i++)
        cell->in[i] += (fact->course & assessor_figures[i].mark) != 0;
    if ((fact->course & SCORED) != 0)
        rp_moments_add(&cell->alliance, fact->alliance);
}

bool assessor_add_to_ways(assessor_work *work, const assessor_fact *fact) {
    static const uint64_t left_out[CUTS] = {[BY_SEVERITY] = PROBLEMS, [BY_PROBLEM] = BANDS};
    rp_arena *arena = work->answer->arena;
    for (size_t w = 0; w < WAYS; w++) {
        assessor_way *way = &work->ways[w];
        uint64_t marks = fact->course;
        if (way->cells == NULL &&
            (way->cells = rp_arena_take(arena, way->n_lines * STRATA, sizeof *way->cells)) == NULL)
            return false;
        if ((marks & ASSESSED) != 0) {
            size_t line = line_of(way, fact->who);
            marks |= LINE(line);
            add_to_cell(way, line, fact);
        }
        for (size_t c = 0; c < CUTS; c++)
            if (!rp_question_group_add(arena, &way->sets[c].groups, marks & ~left_out[c], fact->cell))
                return false;
    }
    return true;
}

void assessor_finish_ways(assessor_work *work) {
    static const char *const cuts[CUTS] = {"severity", "problem"};
    for (size_t w = 0; w < WAYS; w++)
        for (size_t c = 0; c < CUTS; c++) {
            rp_question_set *set = &work->ways[w].sets[c];
            set->answer = work->answer;
            set->universe = rp_question_universe(
                work->answer, work->frame,
                rp_answer_text(work->answer, "what became of people, by %s and %s", work->ways[w].title, cuts[c]),
                &set->groups);
        }
}
