/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is on record of each person: who treated them, in which steps, and their first and last score. */
#include "questions/common/client.h"
#include "questions/common/everyone.h"
#include "questions/common/practitioner_of.h"
#include "questions/practitioner/practitioner_parts.h"

#include <math.h>

bool practitioner_is_compared(const practitioner_fact *fact) {
    return fact->practitioner != RP_NO_ID && !isnan(fact->last);
}

typedef struct reader {
    practitioner_work *work;
    rp_question_holding holding;
    int service;
} reader;

/* ---- who treated --------------------------------------------------------------------------------------- */

static practitioner_step step_of(unsigned steps) {
    if ((steps & RP_STEP_LOW) != 0)
        return (steps & RP_STEP_HIGH) != 0 ? STEP_BOTH : STEP_LOW;
    return (steps & RP_STEP_HIGH) != 0 ? STEP_HIGH : steps != 0 ? STEP_NEITHER : STEP_NOT_KNOWN;
}

static void take_sessions(const reader *r, const rp_episode *episode, practitioner_fact *f) {
    unsigned steps = 0;
    rp_question_holders holders = {.n = 0};
    for (rp_treatment t = {0}; rp_cohort_next_treatment(r->work->cohort, episode, &t);) {
        f->entered = true;
        steps |= rp_cohort_treatment_steps(r->work->cohort, &t);
        uint32_t who = rp_question_holder(&r->holding, &t);
        f->began = t.number == 1 ? who : f->began;
        rp_question_holders_add(&holders, who, t.number);
    }
    f->practitioner = rp_question_holders_most(&holders);
    f->several = holders.n > 1;
    f->step = (uint8_t)step_of(steps);
}

/* ---- the rest ---------------------------------------------------------------------------------------------- */

static void read_one(const rp_episode *episode, size_t person, const void *context) {
    const reader *r = context;
    const practitioner_work *work = r->work;
    practitioner_fact *f = &work->facts[person];
    int64_t age = rp_question_age(work->record, rp_question_client(work->record, episode), episode);
    *f = (practitioner_fact){.cell = (uint16_t)rp_question_measuring_cell(&work->measuring, episode),
                             .stage = (uint16_t)rp_question_cell_of(work->stages, episode),
                             .practitioner = RP_NO_ID,
                             .began = RP_NO_ID,
                             .service = rp_record_id(work->record, RP_REFERRALS, r->service, episode->row),
                             .problem =
                                 (uint8_t)rp_national_problem_group(rp_cohort_problem(work->cohort, episode->row)),
                             .age = age >= 0 ? (double)age : NAN,
                             .first = NAN,
                             .last = NAN};
    if (rp_question_arms(work->cohort) > 0)
        f->arm = (uint8_t)(episode->arm + 1);
    const rp_series *series = &episode->series[work->measuring.measure];
    if (series->n > 0)
        f->first = series->points[0].value;
    if (series->n > 1)
        f->last = series->points[series->n - 1].value;
    take_sessions(r, episode, f);
    f->ended = f->entered && episode->over == RP_YES;
    f->once = f->ended && episode->treated == 1;
}

/* The rule of `outcome`, from the first score to the last. */
static void judge_change(practitioner_work *work) {
    const rp_scale *scale = &work->measure->instrument->scales[work->measure->scale];
    rp_change_data data = {0};
    rp_error why = {0}; /* that there is no rule is no failure: nobody is then told to have improved */
    for (size_t i = 0; i < work->n; i++) {
        const practitioner_fact *f = &work->facts[i];
        if (!isnan(f->first))
            rp_moments_add(&data.baseline_all, f->first);
        if (!isnan(f->last))
            rp_pair_moments_add(&data.pairs, f->first, f->last);
    }
    work->ruled = rp_change_prepare(&scale->change, scale->higher_is_worse, RP_CHANGE_JT, &data, &work->rule, &why);
    for (size_t i = 0; i < work->n && work->ruled; i++) {
        practitioner_fact *f = &work->facts[i];
        f->improved = !isnan(f->last) && rp_change_reliable(&work->rule, f->first, f->last) == RP_RELIABLY_IMPROVED;
    }
}

bool practitioner_read(practitioner_work *work, rp_error *error) {
    reader r = {.work = work,
                .holding = rp_question_holding_of(work->record),
                .service = rp_schema_column(RP_REFERRALS, "service_id")};
    if (!rp_question_read_everyone(work->cohort, read_one, &r, work->asked->threads, error))
        return false;
    judge_change(work);
    return true;
}
