/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is on record of each person: who treated them, in which steps, and their first and last score. */
#include "questions/common/everyone.h"
#include "questions/practitioner/practitioner_parts.h"

#include <math.h>

bool practitioner_is_compared(const practitioner_fact *fact) {
    return fact->practitioner != RP_NO_ID && !isnan(fact->last);
}

typedef struct reader {
    practitioner_work *work;
    int contact_practitioner, activity_practitioner, log_practitioner, service, client, birth_year;
} reader;

/* ---- who treated --------------------------------------------------------------------------------------- */

/* Who held the session: of a contact its own practitioner, or, where none is recorded, the first that an activity of it
 * names. */
static uint32_t who_of(const reader *r, const rp_treatment *t) {
    const rp_record *record = r->work->record;
    if (t->contact < 0)
        return rp_record_id(record, RP_INTERNET_LOGS, r->log_practitioner, (size_t)t->log);
    uint32_t who = rp_record_id(record, RP_CONTACTS, r->contact_practitioner, (size_t)t->contact);
    rp_rows rows = rp_record_children(record, RP_ACTIVITIES, (size_t)t->contact);
    for (size_t i = 0; i < rows.n && who == RP_NO_ID; i++)
        who = rp_record_id(record, RP_ACTIVITIES, r->activity_practitioner, rows.at[i]);
    return who;
}

enum { MOST_SEEN = 16 /* more practitioners of one person are not told apart: none of them gave most sessions */ };
typedef struct seen {
    uint32_t who[MOST_SEEN];
    int sessions[MOST_SEEN], last[MOST_SEEN]; /* how many, and the number of the last */
    size_t n;
} seen;

static void see(seen *s, uint32_t who, int number) {
    size_t i = 0;
    while (i < s->n && s->who[i] != who)
        i++;
    if (who == RP_NO_ID || i == MOST_SEEN)
        return;
    s->n += i == s->n;
    s->who[i] = who;
    s->sessions[i]++;
    s->last[i] = number;
}

/* Of those with as many sessions, the one who came last: often the first session goes with the assessment, and is of
 * whoever assessed. */
static uint32_t most_of(const seen *s) {
    size_t most = 0;
    for (size_t i = 1; i < s->n; i++)
        if (s->sessions[i] > s->sessions[most] || (s->sessions[i] == s->sessions[most] && s->last[i] > s->last[most]))
            most = i;
    return s->n > 0 ? s->who[most] : RP_NO_ID;
}

static practitioner_step step_of(unsigned steps) {
    if ((steps & RP_STEP_LOW) != 0)
        return (steps & RP_STEP_HIGH) != 0 ? STEP_BOTH : STEP_LOW;
    return (steps & RP_STEP_HIGH) != 0 ? STEP_HIGH : steps != 0 ? STEP_NEITHER : STEP_NOT_KNOWN;
}

static void take_sessions(const reader *r, const rp_episode *episode, practitioner_fact *f) {
    unsigned steps = 0;
    seen s = {.n = 0};
    for (rp_treatment t = {0}; rp_cohort_next_treatment(r->work->cohort, episode, &t);) {
        f->entered = true;
        steps |= rp_cohort_treatment_steps(r->work->cohort, &t);
        uint32_t who = who_of(r, &t);
        f->began = t.number == 1 ? who : f->began;
        see(&s, who, (int)t.number);
    }
    f->practitioner = most_of(&s);
    f->several = s.n > 1;
    f->step = (uint8_t)step_of(steps);
}

/* ---- the rest ---------------------------------------------------------------------------------------------- */

/* In years, as far as the year of birth tells; NaN: not recorded, or an age that nobody has. */
static double age_of(const reader *r, const rp_episode *episode) {
    enum { OLDEST = 120 };
    const rp_record *record = r->work->record;
    int64_t client = rp_record_refers(record, RP_REFERRALS, r->client, episode->row), year;
    int64_t born = client >= 0 ? rp_record_int(record, RP_CLIENTS, r->birth_year, (size_t)client) : RP_NO_INT;
    char text[11];
    if (born == RP_NO_INT || episode->received == RP_NO_DATE)
        return NAN;
    rp_date_text(episode->received, text);
    bool fine = rp_text_to_int((rp_text){text, 4}, &year) && year >= born && year - born <= OLDEST;
    return fine ? (double)(year - born) : NAN;
}

static void read_one(const rp_episode *episode, size_t person, const void *context) {
    const reader *r = context;
    const practitioner_work *work = r->work;
    practitioner_fact *f = &work->facts[person];
    *f = (practitioner_fact){.cell = (uint16_t)rp_question_measuring_cell(&work->measuring, episode),
                             .stage = (uint16_t)rp_question_cell_of(work->stages, episode),
                             .practitioner = RP_NO_ID,
                             .began = RP_NO_ID,
                             .service = rp_record_id(work->record, RP_REFERRALS, r->service, episode->row),
                             .problem =
                                 (uint8_t)rp_national_problem_group(rp_cohort_problem(work->cohort, episode->row)),
                             .age = age_of(r, episode),
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
                .contact_practitioner = rp_schema_column(RP_CONTACTS, "practitioner_id"),
                .activity_practitioner = rp_schema_column(RP_ACTIVITIES, "practitioner_id"),
                .log_practitioner = rp_schema_column(RP_INTERNET_LOGS, "practitioner_id"),
                .service = rp_schema_column(RP_REFERRALS, "service_id"),
                .client = rp_schema_column(RP_REFERRALS, "client_id"),
                .birth_year = rp_schema_column(RP_CLIENTS, "birth_year")};
    if (!rp_question_read_everyone(work->cohort, read_one, &r, work->asked->threads, error))
        return false;
    judge_change(work);
    return true;
}
