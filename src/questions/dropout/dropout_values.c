/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is known of a person at each treatment session, by what was on record then: nothing that came later is looked
 * at, so that who stayed longer is not known better. */
#include "questions/common/client.h"
#include "questions/dropout/dropout_parts.h"

#include <math.h>

/* The sessions of one person, in order. */
typedef struct treatments {
    rp_treatment at[SESSIONS];
    unsigned n;
} treatments;

static treatments treatments_of(const dropout_work *work, const rp_episode *e) {
    treatments ts = {.n = 0};
    for (rp_treatment t = {0}; ts.n < SESSIONS && rp_cohort_next_treatment(work->cohort, e, &t);)
        ts.at[ts.n++] = t;
    return ts;
}

static uint32_t practitioner_of(const dropout_work *work, const rp_treatment *t) {
    if (t->contact >= 0)
        return rp_record_id(work->record, RP_CONTACTS, work->columns.contact_practitioner, (size_t)t->contact);
    return rp_record_id(work->record, RP_INTERNET_LOGS, work->columns.log_practitioner, (size_t)t->log);
}

/* ---- scores ------------------------------------------------------------------------------------------------------ */

static bool is_by(const dropout_work *work, const rp_treatment *t, size_t administration) {
    rp_date on = rp_record_date(work->record, RP_ADMINISTRATIONS, work->columns.admin_date, administration);
    if (on != RP_NO_DATE && t->date != RP_NO_DATE && on <= t->date)
        return true;
    rp_session session = {.contact = t->contact, .date = t->date, .occasion = RP_NO_OCCASION};
    return t->contact >= 0 && rp_cohort_in_session(work->cohort, &session, administration);
}

/* Scores of one measure: those that were new by each session, and the first of all. */
typedef struct scores {
    double last[SESSIONS]; /* of them; NaN: there are none */
    int n[SESSIONS];
    double first;
    bool in_time; /* the first was there by one of these sessions */
} scores;

static scores scores_of(const dropout_work *work, const rp_episode *e, int measure, const treatments *ts) {
    const rp_record *record = work->record;
    scores out = {.first = NAN};
    for (unsigned k = 0; k < SESSIONS; k++)
        out.last[k] = NAN;
    if (measure < 0 || e->series[measure].n == 0)
        return out;
    rp_rows administrations = rp_record_children(record, RP_ADMINISTRATIONS, e->row);
    for (size_t a = 0; a < administrations.n; a++) {
        rp_rows rows = rp_record_children(record, RP_SCORES, administrations.at[a]);
        for (size_t s = 0; s < rows.n; s++) {
            double value = rp_record_num(record, RP_SCORES, work->columns.score_value, rows.at[s]);
            if (isnan(value) || rp_cohort_measure_of(work->cohort, administrations.at[a], rows.at[s]) != measure)
                continue;
            unsigned k = 0;
            while (k < ts->n && !is_by(work, &ts->at[k], administrations.at[a]))
                k++;
            if (isnan(out.first)) {
                out.first = value;
                out.in_time = k < ts->n;
            }
            if (k < ts->n) {
                out.last[k] = value;
                out.n[k]++;
            }
        }
    }
    return out;
}

static double turned(const dropout_work *work, double score) {
    const rp_measure *measure = rp_cohort_measure(work->cohort, (size_t)work->symptoms);
    return measure->instrument->scales[measure->scale].higher_is_worse ? score : -score;
}

static void take_scores(const dropout_work *work, const rp_episode *e, const treatments *ts, dropout_person *p) {
    scores symptoms = scores_of(work, e, work->symptoms, ts), alliance = scores_of(work, e, work->alliance, ts);
    double last = NAN;
    int n_symptoms = 0, n_alliance = 0;
    for (unsigned k = 0; k < p->n; k++) {
        dropout_session *s = &p->at[k];
        last = isnan(symptoms.last[k]) ? last : symptoms.last[k];
        n_symptoms += symptoms.n[k];
        n_alliance += alliance.n[k];
        if (n_symptoms > 0)
            s->x[X_SYMPTOMS] = turned(work, last);
        if (n_symptoms > 1 && symptoms.in_time)
            s->x[X_CHANGE] = turned(work, last) - turned(work, symptoms.first);
        if (n_alliance > 0 && alliance.in_time)
            s->x[X_ALLIANCE] = alliance.first;
    }
}

/* ---- the person ----------------------------------------------------------------------------------------------------
 */

static void take_work(rp_question_work work, double x[PREDICTORS]) {
    if (work == WORK_NOT_STATED || work == WORK_NOT_RECORDED)
        return;
    x[X_UNEMPLOYED] = work == WORK_UNEMPLOYED;
    x[X_SICK] = work == WORK_SICK;
    x[X_ANOTHER] = work != WORK_EMPLOYED && work != WORK_UNEMPLOYED && work != WORK_SICK;
}

size_t dropout_work_situation(const dropout_session *s) {
    return s->x[X_UNEMPLOYED] > 0 ? 1 : s->x[X_SICK] > 0 ? 2 : s->x[X_ANOTHER] > 0 ? 3 : 0;
}

static void take_person(const dropout_work *work, const rp_episode *e, double x[PREDICTORS]) {
    for (size_t i = 0; i < PREDICTORS; i++)
        x[i] = NAN;
    int64_t client = rp_question_client(work->record, e), age = rp_question_age(work->record, client, e);
    if (age >= 0)
        x[X_AGE] = (double)age / 10;
    if (e->received != RP_NO_DATE && e->treated_on != RP_NO_DATE && e->received <= e->treated_on)
        x[X_WAIT] = (e->treated_on - e->received) / 28.0;
    take_work(rp_question_work_of(work->record, client), x);
}

/* After the last session it is known who left where the referral has ended and says how. */
static void take_end(const dropout_work *work, const rp_episode *e, dropout_session *last) {
    rp_question_ending ending = rp_question_ending_of(work->record, work->columns.end_reason, e->row);
    last->known = e->over == RP_YES && ending != ENDING_NOT_RECORDED;
    last->left = last->known && (ending == ENDING_LEFT || ending == ENDING_DECLINED);
}

dropout_person dropout_read(const dropout_work *work, const rp_episode *e) {
    dropout_person p = {.n = 0};
    if (e->treated < 1)
        return p;
    double x[PREDICTORS];
    treatments ts = treatments_of(work, e);
    bool in_order = rp_cohort_treatments_in_order(work->cohort, e);
    take_person(work, e, x);
    p.n = ts.n;
    for (unsigned k = 0; k < p.n; k++) {
        dropout_session *s = &p.at[k];
        *s = (dropout_session){.known = k + 1 < (unsigned)e->treated,
                               .practitioner = in_order ? practitioner_of(work, &ts.at[k]) : RP_NO_ID};
        for (size_t i = 0; i < PREDICTORS; i++)
            s->x[i] = x[i];
    }
    if (in_order)
        take_scores(work, e, &ts, &p);
    if ((unsigned)e->treated == p.n)
        take_end(work, e, &p.at[p.n - 1]);
    return p;
}
