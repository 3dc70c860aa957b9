/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One arm against the comparator, the first score held: a linear mixed model of all later scores, and an analysis of
 * covariance of the last one and of each later occasion. Each is fitted as it is, and once more with the interaction of
 * arm and first score, from which come the effects at several severities. */
#include "questions/comparison/comparison_parts.h"

#include <math.h>
#include <string.h>

enum { ARM, FIRST, BOTH, TIME }; /* columns; without the interaction the times stand one place earlier */
enum { TIMES = 4 };

typedef struct making {
    cmp_work *work;
    int arm;
    cmp_kind kind;
    bool interaction;
    const bool *organisations; /* by number: whose people alone; NULL: everyone */
    size_t n_times;
    double later[CMP_OCCASIONS + 1]; /* occasions after the first, in order */
    size_t n_later;
} making;

/* ---- rows ---- */

static void add_row(const making *m, rp_question_model *model, size_t row_person, size_t person, double y,
                    const double *time) {
    const cmp_person *of = &m->work->people[person];
    double x[RP_QUESTION_COLUMNS] = {of->arm == m->arm, of->first - m->work->first.mean};
    size_t n = BOTH;
    if (m->interaction)
        x[n++] = x[ARM] * x[FIRST];
    for (size_t t = 0; t < m->n_times; t++)
        x[n++] = time[t];
    rp_question_model_row(model, row_person, y, x);
    m->work->marks[person] |= MARK(CMP_IN_MODEL + m->kind);
}

static bool compared(const making *m, size_t person) {
    const cmp_person *of = &m->work->people[person];
    return (of->arm == m->arm || of->arm == 0) && !isnan(of->first) && !isnan(of->last) &&
           (m->organisations == NULL || m->organisations[of->organisation]);
}

/* One column for each later occasion but the first, or, of many, their number; where the record goes by contacts, weeks
 * and their square. */
static void time_of(const making *m, size_t session, double *time) {
    const rp_question_courses *of = &m->work->courses;
    memset(time, 0, TIMES * sizeof *time);
    if (m->n_later > TIMES + 1) {
        time[0] = of->number[session];
    } else if (m->n_later > 0) {
        for (size_t t = 0; t < m->n_times; t++)
            time[t] = of->number[session] == m->later[t + 1];
    } else {
        time[0] = (isnan(of->weeks[session]) ? of->number[session] : of->weeks[session]) / 10;
        time[1] = time[0] * time[0];
    }
}

static void add_course(const making *m, rp_question_model *model, size_t p) {
    const rp_question_courses *of = &m->work->courses;
    bool first_seen = false;
    for (size_t s = of->starts[p]; s < of->starts[p + 1]; s++) {
        if (isnan(of->values[s]))
            continue;
        bool later = first_seen;
        first_seen = true;
        if (!later || (m->kind >= CMP_OCCASION && of->number[s] != m->later[m->kind - CMP_OCCASION]))
            continue;
        double time[TIMES];
        time_of(m, s, time);
        add_row(m, model, p, of->person[p], of->values[s], time);
    }
}

static void add_rows(const making *m, rp_question_model *model) {
    const cmp_work *work = m->work;
    if (m->kind == CMP_LAST) {
        for (size_t i = 0; i < work->n_people; i++)
            if (compared(m, i))
                add_row(m, model, i, i, work->people[i].last, NULL);
        return;
    }
    for (size_t p = 0; p < work->courses.n_people; p++)
        if (compared(m, work->courses.person[p]))
            add_course(m, model, p);
}

/* ---- fit ---- */

static bool take_interaction(const making *m, const rp_mixed_fit *fit, cmp_result *out, rp_arena *arena,
                             rp_error *error) {
    size_t p = fit->p;
    double sd = rp_moments_sd(&m->work->first);
    double towards_worse = m->work->scale->higher_is_worse ? sd : -sd;
    double *contrasts = rp_arena_take(arena, 3 * p, sizeof *contrasts);
    rp_mixed_effect effects[3];
    if (contrasts == NULL)
        return rp_fail_memory(error);
    contrasts[0 * p + 1 + BOTH] = 1;
    contrasts[1 * p + 1 + ARM] = contrasts[2 * p + 1 + ARM] = 1;
    contrasts[1 * p + 1 + BOTH] = -towards_worse;
    contrasts[2 * p + 1 + BOTH] = towards_worse;
    if (!rp_mixed_contrasts(fit, contrasts, 3, RP_MIXED_DF_SATTERTHWAITE, m->work->asked->level, arena, effects, error))
        return false;
    out->interaction = effects[0];
    out->milder = effects[1];
    out->severer = effects[2];
    return true;
}

/* So many people of each arm that the model's numbers are about no few of them. */
static bool both_arms(const rp_question_model *model) {
    size_t people[2] = {0};
    for (size_t i = 0; i < model->n; i++)
        if (i == 0 || model->person[i] != model->person[i - 1])
            people[model->columns[ARM][i] == 1]++;
    return people[0] >= CMP_LEAST_PEOPLE && people[1] >= CMP_LEAST_PEOPLE;
}

static bool fit(const making *m, const rp_question_courses *people, size_t room, cmp_result *out, rp_arena *arena,
                rp_error *error) {
    rp_question_model model;
    if (!rp_question_model_new(people, room, BOTH + m->interaction + m->n_times, arena, &model))
        return rp_fail_memory(error);
    add_rows(m, &model);
    model.clients_differ = m->kind == CMP_ALL_LATER && model.n > model.n_people;
    if (!rp_question_model_feasible(&model) || !both_arms(&model)) {
        out->state = model.n > 0 ? CMP_TOO_FEW : CMP_NOT_ASKED;
        return true;
    }
    const rp_mixed_fit *fitted = rp_question_model_fit(&model, arena, error);
    if (fitted == NULL)
        return false;
    if (fitted->status != RP_MIXED_CONVERGED)
        out->why = rp_answer_text(m->work->answer, "%s", fitted->message);
    out->state =
        fitted->status == RP_MIXED_NOT_CONVERGED || fitted->status == RP_MIXED_NOT_FITTED ? CMP_NOT_FITTED : CMP_FITTED;
    if (out->state != CMP_FITTED)
        return true;
    return m->interaction ? take_interaction(m, fitted, out, arena, error)
                          : rp_question_model_effect(fitted, ARM, m->work->asked->level, arena, &out->effect, error);
}

/* ---- which there are ---- */

/* Where the record goes by occasions, those after the first at which anybody was measured. */
static void find_occasions(making *m) {
    const rp_question_courses *of = &m->work->courses;
    if (rp_cohort_has_contacts(m->work->cohort))
        return;
    double first = INFINITY;
    for (size_t s = 0; s < of->starts[of->n_people]; s++)
        first = fmin(first, of->number[s]);
    for (size_t i = 0; i < rp_cohort_occasions(m->work->cohort) && m->n_later < CMP_OCCASIONS; i++) {
        double number = rp_cohort_occasion(m->work->cohort, i)->occasion;
        if (number > first)
            m->later[m->n_later++] = number;
    }
}

static const char *occasion_label(const making *m) {
    for (size_t i = 0; i < rp_cohort_occasions(m->work->cohort); i++)
        if (rp_cohort_occasion(m->work->cohort, i)->occasion == m->later[m->kind - CMP_OCCASION])
            return rp_cohort_occasion(m->work->cohort, i)->label;
    return "";
}

static size_t times_of(const making *m) {
    if (m->kind != CMP_ALL_LATER)
        return 0;
    return m->n_later == 0 ? 2 : m->n_later > TIMES + 1 ? 1 : m->n_later - 1;
}

static bool make_one(making *m, cmp_result *out, rp_arena *arena, rp_error *error) {
    cmp_work *work = m->work;
    uint32_t *nobody = rp_arena_take_unset(arena, work->n_people + 1, sizeof *nobody);
    if (nobody == NULL)
        return rp_fail_memory(error);
    for (size_t i = 0; i < work->n_people; i++)
        nobody[i] = RP_NO_ID;
    const rp_question_courses everyone = {.n_people = work->n_people, .practitioner = nobody};
    bool last = m->kind == CMP_LAST;
    size_t room = last ? work->n_people + 1 : work->courses.starts[work->courses.n_people] + 1;
    m->n_times = times_of(m);
    out->label = last ? "Last score" : m->kind == CMP_ALL_LATER ? "All later scores" : occasion_label(m);
    m->interaction = false;
    if (!fit(m, last ? &everyone : &work->courses, room, out, arena, error))
        return false;
    if (out->state != CMP_FITTED)
        return true;
    m->interaction = true;
    cmp_result with = *out;
    if (!fit(m, last ? &everyone : &work->courses, room, &with, arena, error))
        return false;
    const double none = NAN;
    const rp_mixed_effect no_effect = {none, none, none, none, none, none, none};
    bool told = with.state == CMP_FITTED;
    out->interaction = told ? with.interaction : no_effect;
    out->milder = told ? with.milder : no_effect;
    out->severer = told ? with.severer : no_effect;
    return true;
}

bool cmp_models_make(cmp_work *work, int arm, rp_arena *arena, cmp_result results[CMP_KINDS], rp_error *error) {
    making m = {.work = work, .arm = arm};
    memset(results, 0, CMP_KINDS * sizeof *results);
    find_occasions(&m);
    for (int kind = 0; kind < CMP_KINDS; kind++) {
        m.kind = (cmp_kind)kind;
        bool there = kind < CMP_OCCASION || (size_t)(kind - CMP_OCCASION) < m.n_later;
        if (there && !make_one(&m, &results[kind], arena, error))
            return false;
    }
    return true;
}

/* ---- by organisation ---- */

static making of_organisations(cmp_work *work, int arm, const bool *in) {
    making m = {.work = work, .arm = arm, .kind = CMP_ALL_LATER, .organisations = in};
    find_occasions(&m);
    m.n_times = times_of(&m);
    return m;
}

bool cmp_model_within(cmp_work *work, int arm, uint32_t organisation, rp_arena *arena, cmp_result *out,
                      rp_error *error) {
    bool in[CMP_ORGANISATIONS + 1] = {false};
    in[organisation] = true;
    const making m = of_organisations(work, arm, in);
    *out = (cmp_result){0};
    return fit(&m, &work->courses, work->courses.starts[work->courses.n_people] + 1, out, arena, error);
}

bool cmp_model_rows(cmp_work *work, int arm, const bool *in, rp_arena *arena, rp_question_model *out, rp_error *error) {
    const making m = of_organisations(work, arm, in);
    size_t room = work->courses.starts[work->courses.n_people] + 1;
    if (!rp_question_model_new(&work->courses, room, BOTH + m.n_times, arena, out))
        return rp_fail_memory(error);
    add_rows(&m, out);
    return true;
}
