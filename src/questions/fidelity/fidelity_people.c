/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Everyone who entered treatment into lines: first which lines there can be, then who is in which, with the sums that
 * means are made of. */
#include "questions/common/everyone.h"
#include "questions/fidelity/fidelity_parts.h"

#include <assert.h>

#define BIT(i) (UINT32_C(1) << (i))

/* ---- who is in the cohort -------------------------------------------------------------------------------------- */

typedef struct placing {
    const fidelity_work *work;
    fidelity_base *people; /* one a person, each written by the block that they are in */
} placing;

static void read_one(const rp_episode *episode, size_t person, const void *context) {
    const placing *p = context;
    p->people[person] = (fidelity_base){.row = episode->row,
                                        .entered = episode->entered == RP_YES,
                                        .cell = rp_question_cell_of(p->work->frame, episode)};
}

/* ---- which lines there can be ------------------------------------------------------------------------------------ */

typedef struct tallies {
    rp_question_line protocols[PROTOCOLS], planned[PROTOCOLS], problems[PROBLEMS], steps[STEPS],
        intensities[INTENSITIES], raters[SCALES][RATERS];
    rp_question_line steps_of[PROTOCOLS][STEPS], problems_of[PROTOCOLS + 1][PROBLEMS],
        components_of[PROTOCOLS][COMPONENTS];
} tallies;

static size_t intensity_of(const fidelity_person *p) {
    return p->intensity >= 0 ? (size_t)p->intensity : INTENSITIES - 1;
}

static void tally_protocol(const fidelity_person *p, size_t protocol, tallies *t) {
    const rp_question_whose *by = &p->of_protocol[protocol];
    rp_question_line_add(&t->protocols[protocol], by, false);
    rp_question_line_add(&t->steps_of[protocol][p->step], by, false);
    rp_question_line_add(&t->problems_of[protocol][p->problem], by, false);
    for (size_t c = 0; c < COMPONENTS; c++)
        if (p->state[protocol][c] != NO_ROW)
            rp_question_line_add(&t->components_of[protocol][c], &p->of_component[protocol][c], false);
}

static void tally_person(const fidelity_person *p, tallies *t) {
    rp_question_line_add(&t->problems[p->problem], &p->by, false);
    rp_question_line_add(&t->steps[p->step], &p->by, false);
    if (p->delivered == 0)
        rp_question_line_add(&t->problems_of[PROTOCOLS][p->problem], &p->by, false);
    if (p->planned != 0)
        rp_question_line_add(&t->intensities[intensity_of(p)], &p->by, false);
    for (size_t i = 0; i < PROTOCOLS; i++) {
        if ((p->delivered & BIT(i)) != 0)
            tally_protocol(p, i, t);
        if ((p->planned & BIT(i)) != 0)
            rp_question_line_add(&t->planned[i], &p->by, false);
    }
    for (size_t q = 0; q < SCALES; q++)
        for (size_t r = 0; r < RATERS; r++)
            if (p->ratings[q][r] > 0)
                rp_question_line_add(&t->raters[q][r], &p->of_rater[q][r], false);
}

/* Line `from` becomes part of line `to`. */
static void pour(rp_question_line *lines, size_t n_each, size_t from, size_t to) {
    for (size_t i = 0; i < n_each && from != to; i++) {
        rp_question_line_join(&lines[to * n_each + i], &lines[from * n_each + i]);
        lines[from * n_each + i] = (rp_question_line){0};
    }
}

static uint32_t together(const rp_question_line *lines, size_t n) {
    assert(n <= 32);
    return (uint32_t)rp_question_lines_together(lines, n);
}

static uint32_t with_line(uint32_t set, size_t line) {
    return set != 0 ? set | BIT(line) : 0;
}

/* Protocols and problems first: what is told apart within them hangs on which of them are lines. */
static void decide(tallies *t, fidelity_merged *out) {
    out->protocols = with_line(together(t->protocols, PROTOCOLS) | together(t->planned, PROTOCOLS), OTHER_PROTOCOL);
    out->problems = with_line(together(t->problems, PROBLEMS), OTHER_PROBLEM);
    out->steps = together(t->steps, STEPS);
    out->intensities = together(t->intensities, INTENSITIES);
    for (size_t q = 0; q < SCALES; q++)
        out->raters[q] = together(t->raters[q], RATERS);
    for (size_t p = 0; p < PROTOCOLS; p++) {
        if ((out->protocols & BIT(p)) == 0)
            continue;
        pour(&t->steps_of[0][0], STEPS, p, OTHER_PROTOCOL);
        pour(&t->problems_of[0][0], PROBLEMS, p, OTHER_PROTOCOL);
        pour(&t->components_of[0][0], COMPONENTS, p, OTHER_PROTOCOL);
    }
    for (size_t p = 0; p <= PROTOCOLS; p++) {
        for (size_t g = 0; g < PROBLEMS; g++)
            if ((out->problems & BIT(g)) != 0)
                pour(t->problems_of[p], 1, g, OTHER_PROBLEM);
        out->problems_of[p] = together(t->problems_of[p], PROBLEMS);
    }
    for (size_t p = 0; p < PROTOCOLS; p++) {
        out->steps_of[p] = together(t->steps_of[p], STEPS);
        out->components_of[p] = with_line(together(t->components_of[p], COMPONENTS), OTHER_COMPONENT);
    }
}

/* ---- who is in which ----------------------------------------------------------------------------------------------
 */

static uint32_t as_lines(uint32_t protocols, uint32_t merged) {
    return (protocols & merged) != 0 ? (protocols & ~merged) | BIT(OTHER_PROTOCOL) : protocols;
}

static uint64_t marks_of(const fidelity_work *work, const fidelity_person *p) {
    uint32_t lines = as_lines(p->delivered, work->merged.protocols);
    size_t problem = (work->merged.problems & BIT(p->problem)) != 0 ? OTHER_PROBLEM : p->problem;
    uint64_t marks = ENTERED | STEP(p->step) | PROBLEM(problem);
    marks |= p->delivered != 0 ? RECORDED : 0;
    marks |= (p->delivered & (p->delivered - 1)) != 0 ? SEVERAL : 0;
    for (size_t i = 0; i < PROTOCOLS; i++) {
        marks |= (lines & BIT(i)) != 0 ? PROTOCOL(i) : 0;
        for (size_t c = 0; c < COMPONENTS; c++)
            marks |= p->state[i][c] >= NOT_DELIVERED ? SAID | (p->state[i][c] == NOT_DELIVERED ? NOT_ALL : 0) : 0;
    }
    return marks;
}

static uint64_t plan_marks(const fidelity_work *work, const fidelity_person *p) {
    uint32_t planned = as_lines(p->planned, work->merged.protocols);
    uint32_t followed = as_lines(p->planned & p->delivered, work->merged.protocols);
    uint64_t marks = ENTERED | STEP(p->step) | (p->delivered != 0 ? RECORDED : 0);
    if (p->planned == 0)
        return marks;
    marks |= PLANNED | INTENSITY(intensity_of(p)) | (followed != 0 ? FOLLOWED : 0);
    marks |= (p->delivered & ~p->planned) != 0 ? OUTSIDE : 0;
    for (size_t i = 0; i < PROTOCOLS; i++)
        marks |= ((planned & BIT(i)) != 0 ? PLANNED_P(i) : 0) | ((followed & BIT(i)) != 0 ? FOLLOWED_P(i) : 0);
    return marks;
}

static uint64_t rating_marks(const fidelity_person *p) {
    uint64_t marks = ENTERED;
    for (size_t q = 0; q < SCALES; q++)
        for (size_t r = 0; r < RATERS; r++)
            marks |= p->ratings[q][r] > 0 ? RATED(q, r) : 0;
    return marks;
}

/* What a person's rows say of the components of one line, which may be of several protocols. 0: not of the line. */
static uint64_t component_marks(const fidelity_work *work, const fidelity_person *p, size_t line) {
    uint32_t merged = work->merged.protocols, together = work->merged.components_of[line];
    uint8_t states[COMPONENTS] = {0};
    uint64_t marks = 0;
    for (size_t i = 0; i < PROTOCOLS; i++) {
        if ((p->delivered & BIT(i)) == 0 || ((merged & BIT(i)) != 0 ? OTHER_PROTOCOL : i) != line)
            continue;
        marks |= ENTERED;
        for (size_t c = 0; c < COMPONENTS; c++) {
            uint8_t *state = &states[(together & BIT(c)) != 0 ? OTHER_COMPONENT : c];
            *state = p->state[i][c] > *state ? p->state[i][c] : *state;
        }
    }
    for (size_t c = 0; c < COMPONENTS; c++)
        marks |= states[c] != NO_ROW ? STATE(c, states[c]) : 0;
    return marks;
}

/* Each component of each protocol once, whatever lines they are told in. */
static void add_share(fidelity_work *work, const fidelity_person *p) {
    double said = 0, delivered = 0;
    uint32_t lines = as_lines(p->delivered, work->merged.protocols);
    for (size_t i = 0; i < PROTOCOLS; i++)
        for (size_t c = 0; c < COMPONENTS; c++) {
            said += p->state[i][c] >= NOT_DELIVERED;
            delivered += p->state[i][c] == DELIVERED;
        }
    for (size_t i = 0; i < PROTOCOLS; i++)
        if (said > 0 && (lines & BIT(i)) != 0)
            rp_moments_add(&work->shares[i], delivered / said);
}

static void add_sums(fidelity_work *work, const fidelity_person *p) {
    for (size_t q = 0; q < SCALES; q++) {
        if (p->contacts > 0)
            rp_pair_moments_add(&work->contacts[q][RATERS], p->contacts, p->rated[q]);
        for (size_t r = 0; r < RATERS; r++) {
            if (p->contacts > 0)
                rp_pair_moments_add(&work->contacts[q][r], p->contacts, p->ratings[q][r]);
            if (p->ratings[q][r] > 0)
                rp_pair_moments_add(&work->ratings_of[q][r], p->ratings[q][r], p->sums[q][r]);
        }
    }
}

bool fidelity_is_line(const fidelity_work *work, size_t protocol) {
    if (protocol == OTHER_PROTOCOL)
        return true;
    return protocol < work->protocols.n && (work->merged.protocols & BIT(protocol)) == 0;
}

/* NULL: somebody who did not enter treatment. */
static bool add_person(fidelity_work *work, const fidelity_person *p, size_t cell) {
    rp_arena *arena = work->answer->arena;
    bool added = rp_question_group_add(arena, &work->all.groups, p ? marks_of(work, p) : 0, cell) &&
                 rp_question_group_add(arena, &work->plans.groups, p ? plan_marks(work, p) : 0, cell) &&
                 rp_question_group_add(arena, &work->ratings.groups, p ? rating_marks(p) : 0, cell);
    for (size_t i = 0; i < PROTOCOLS && added; i++)
        if (fidelity_is_line(work, i))
            added =
                rp_question_group_add(arena, &work->of_protocol[i].groups, p ? component_marks(work, p, i) : 0, cell);
    if (p != NULL) {
        add_sums(work, p);
        add_share(work, p);
    }
    return added;
}

/* What stands in several universes is told in each of them. */
static void make_universes(fidelity_work *work) {
    rp_answer *answer = work->answer;
    work->all.universe = rp_question_universe(answer, work->frame, "protocols", &work->all.groups);
    work->plans.universe = rp_question_universe(answer, work->frame, "plans", &work->plans.groups);
    work->ratings.universe = rp_question_universe(answer, work->frame, "ratings", &work->ratings.groups);
    rp_answer_told(answer, rp_question_having(&work->plans, ENTERED | RECORDED, 0));
    for (size_t s = 0; s < STEPS; s++)
        rp_answer_told(answer, rp_question_having(&work->plans, ENTERED | STEP(s), 0));
    for (size_t i = 0; i < PROTOCOLS; i++) {
        rp_question_set *set = &work->of_protocol[i];
        if (!fidelity_is_line(work, i))
            continue;
        set->universe = rp_question_universe(answer, work->frame,
                                             rp_answer_text(answer, "components, %s", fidelity_protocol_title(work, i)),
                                             &set->groups);
        rp_answer_told(answer, rp_question_having(set, ENTERED, 0));
    }
}

static bool sort(fidelity_work *work, rp_arena *scratch) {
    tallies *t = rp_arena_take(scratch, 1, sizeof *t);
    fidelity_person *person = rp_arena_take(scratch, 1, sizeof *person);
    if (t == NULL || person == NULL)
        return false;
    for (size_t i = 0; i < work->n_people; i++)
        if (work->people[i].entered) {
            fidelity_read(work, work->people[i].row, person);
            tally_person(person, t);
        }
    decide(t, &work->merged);
    work->all.answer = work->plans.answer = work->ratings.answer = work->answer;
    for (size_t i = 0; i < PROTOCOLS; i++)
        work->of_protocol[i].answer = work->answer;
    for (size_t i = 0; i < work->n_people; i++) {
        const fidelity_base *base = &work->people[i];
        if (base->entered)
            fidelity_read(work, base->row, person);
        if (!add_person(work, base->entered ? person : NULL, base->cell))
            return false;
    }
    make_universes(work);
    return !work->answer->failed;
}

bool fidelity_sort(fidelity_work *work, rp_arena *scratch, rp_error *error) {
    work->n_people = rp_cohort_episodes(work->cohort);
    placing p = {work, rp_arena_take(scratch, work->n_people, sizeof *p.people)};
    if (p.people == NULL)
        return rp_fail_memory(error);
    if (!rp_question_read_everyone(work->cohort, read_one, &p, work->asked->threads, error))
        return false;
    work->people = p.people;
    assert(work->columns.raters->n + 1 == RATERS && work->columns.intensities->n + 1 == INTENSITIES);
    return sort(work, scratch) || rp_fail_memory(error);
}
