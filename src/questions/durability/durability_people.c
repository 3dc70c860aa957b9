/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Everyone of the cohort by marks: when treatment ended, which scores came after it, whether they were referred again,
 * and for which of these the record does not reach far enough yet. */
#include "questions/common/everyone.h"
#include "questions/durability/durability_parts.h"

#include "questions/common/record_end.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* A month is 30.4 days. The windows touch, so that every score from 46 to 456 days after treatment is in one. */
const durability_horizon durability_horizons[HORIZONS] = {
    {"3 months", 91, 46, 136},
    {"6 months", 183, 137, 273},
    {"12 months", 365, 274, 456},
};
const durability_return durability_returns[RETURNS] = {{"6 months", 183}, {"12 months", 365}};

/* ---- scores of one person ----------------------------------------------------------------------------------- */

rp_date durability_end_of_treatment(const rp_episode *episode) {
    return episode->last_treated_on != RP_NO_DATE ? episode->last_treated_on : episode->ended;
}

static int horizon_of(int days) {
    for (int h = 0; h < HORIZONS; h++)
        if (days >= durability_horizons[h].from && days <= durability_horizons[h].to)
            return h;
    return -1;
}

durability_scores durability_scores_of(const rp_series *series, rp_date treated_until) {
    durability_scores out = {NAN, NAN, {NAN, NAN, NAN}};
    int nearest[HORIZONS] = {0};
    for (size_t p = 0; p < series->n && treated_until != RP_NO_DATE; p++) {
        const rp_point *point = &series->points[p];
        if (point->date == RP_NO_DATE)
            continue;
        int days = point->date - treated_until, h = days > 0 ? horizon_of(days) : -1;
        if (days <= 0) {
            if (isnan(out.first))
                out.first = point->value;
            else
                out.end = point->value;
        }
        if (h < 0)
            continue;
        int away = abs(days - durability_horizons[h].days);
        if (isnan(out.at[h]) || away < nearest[h]) {
            out.at[h] = point->value;
            nearest[h] = away;
        }
    }
    return out;
}

/* ---- reading one person -------------------------------------------------------------------------------------- */

typedef struct reader {
    durability_work *work;
    const rp_record *record;
    durability_fact *facts; /* one a person, each written by the block that they are in */
    int client, received, previous, reason, event_date, event_kind;
    int death; /* index into the codes of events.kind */
} reader;

/* What the record says of a person's death. */
typedef struct death {
    bool known;
    rp_date on; /* RP_NO_DATE: not known when */
} death;

static bool is_death(const char *reason) {
    return reason != NULL && (strcmp(reason, "17") == 0 || strcmp(reason, "49") == 0 || strcmp(reason, "died") == 0);
}

static death death_of(const reader *r, const rp_episode *e) {
    rp_rows events = rp_record_children(r->record, RP_EVENTS, e->row);
    for (size_t i = 0; i < events.n; i++)
        if (rp_record_code(r->record, RP_EVENTS, r->event_kind, events.at[i]) == r->death)
            return (death){true, rp_record_date(r->record, RP_EVENTS, r->event_date, events.at[i])};
    bool died = is_death(rp_record_code_text(r->record, RP_REFERRALS, r->reason, e->row));
    return (death){died, died ? e->ended : RP_NO_DATE};
}

static bool died_by(const death *d, rp_date day) {
    return d->known && (d->on == RP_NO_DATE || d->on <= day);
}

static bool reached(const reader *r, rp_date day) {
    return r->work->record_end != RP_NO_DATE && day <= r->work->record_end;
}

/* Days from the end of the referral to the first later one of the same client; -1: there is none whose day is known. */
static int days_to_return(const reader *r, const rp_episode *e) {
    int64_t client = rp_record_refers(r->record, RP_REFERRALS, r->client, e->row);
    rp_rows all = client >= 0 ? rp_record_children(r->record, RP_REFERRALS, (size_t)client) : (rp_rows){0};
    int first = -1;
    for (size_t i = 0; i < all.n; i++) {
        rp_date on = rp_record_date(r->record, RP_REFERRALS, r->received, all.at[i]);
        if (all.at[i] == e->row || on == RP_NO_DATE || e->ended == RP_NO_DATE)
            continue;
        bool names = rp_record_refers(r->record, RP_REFERRALS, r->previous, all.at[i]) == (int64_t)e->row;
        if (on < e->ended && !(names && (e->received == RP_NO_DATE || on >= e->received)))
            continue;
        int days = on > e->ended ? on - e->ended : 0;
        first = first < 0 || days < first ? days : first;
    }
    return first;
}

static uint64_t return_marks(const reader *r, const rp_episode *e, const death *d) {
    int days = days_to_return(r, e);
    uint64_t marks = 0;
    for (size_t i = 0; i < RETURNS; i++) {
        rp_date last = e->ended + durability_returns[i].days;
        bool back = days >= 0 && days <= durability_returns[i].days;
        if (!back && died_by(d, last))
            marks |= GONE(i);
        else if (reached(r, last))
            marks |= OVER(i) | (back ? BACK(i) : 0);
    }
    return marks;
}

static uint64_t event_marks(const reader *r, const rp_episode *e, rp_date end) {
    rp_rows events = rp_record_children(r->record, RP_EVENTS, e->row);
    uint64_t marks = 0;
    for (size_t i = 0; i < events.n; i++) {
        int kind = rp_record_code(r->record, RP_EVENTS, r->event_kind, events.at[i]);
        rp_date on = rp_record_date(r->record, RP_EVENTS, r->event_date, events.at[i]);
        if (kind >= 0 && on != RP_NO_DATE && on > end)
            marks |= EVENT((unsigned)kind);
    }
    return marks;
}

/* ---- the national rule at the end of treatment, and at a horizon --------------------------------------------- */

static rp_national_scores national_of(const reader *r, const rp_episode *e, int measure, rp_date end, double *at) {
    for (size_t h = 0; h < HORIZONS; h++)
        at[h] = NAN;
    if (measure < 0)
        return (rp_national_scores){.first = NAN, .last = NAN};
    const rp_measure *m = rp_cohort_measure(r->work->cohort, (size_t)measure);
    const rp_scale *scale = &m->instrument->scales[m->scale];
    durability_scores s = durability_scores_of(&e->series[measure], end);
    memcpy(at, s.at, sizeof s.at);
    return (rp_national_scores){
        .rule = &scale->change, .higher_is_worse = scale->higher_is_worse, .first = s.first, .last = s.end};
}

/* One measure at or past its cut-off is enough to be a case; to be none, both must be known. */
static rp_known case_at(rp_national_scores phq9, rp_national_scores anxiety, double phq9_at, double anxiety_at) {
    phq9.last = phq9_at;
    anxiety.last = anxiety_at;
    if (rp_national_judge(&phq9, &phq9).case_at_end.is == RP_YES ||
        rp_national_judge(&anxiety, &anxiety).case_at_end.is == RP_YES)
        return RP_YES;
    return rp_national_judge(&phq9, &anxiety).case_at_end.is;
}

static uint64_t recovery_marks(const reader *r, const rp_episode *e, rp_date end) {
    double phq9_at[HORIZONS], anxiety_at[HORIZONS];
    rp_national_scores phq9 = national_of(r, e, e->national.phq9, end, phq9_at);
    rp_national_scores anxiety = national_of(r, e, e->national.anxiety, end, anxiety_at);
    rp_national_flags flags = rp_national_judge(&phq9, &anxiety);
    if (flags.case_at_start.is == RP_NO)
        return NO_CASE;
    if (flags.recovered.is != RP_YES)
        return flags.recovered.is == RP_NO ? NOT_RECOVERED : 0;
    uint64_t marks = RECOVERED;
    for (size_t h = 0; h < HORIZONS; h++) {
        rp_known is = case_at(phq9, anxiety, phq9_at[h], anxiety_at[h]);
        marks |= is == RP_NO ? HELD(h) : is == RP_YES ? AGAIN(h) : 0;
    }
    return marks;
}

/* ---- follow-up ------------------------------------------------------------------------------------------------ */

/* Any outcome measure, whatever was asked for: who was followed up does not depend on what is looked at. */
static uint64_t scored_marks(const reader *r, const rp_episode *e, rp_date end) {
    const rp_cohort *cohort = r->work->cohort;
    uint64_t marks = 0;
    for (size_t m = 0; m < rp_cohort_measures(cohort); m++) {
        const rp_series *series = &e->series[m];
        if (rp_cohort_measure(cohort, m)->instrument->kind != RP_KIND_OUTCOME)
            continue;
        for (size_t p = 0; p < series->n; p++) {
            rp_date on = series->points[p].date;
            if (on == RP_NO_DATE || on <= end)
                continue;
            int h = horizon_of(on - end);
            marks |= SCORED_AFTER | (h >= 0 ? SCORED((unsigned)h) : 0);
        }
    }
    return marks;
}

static uint64_t due_marks(const reader *r, uint64_t scored, const death *d, rp_date end) {
    uint64_t marks = 0;
    for (size_t h = 0; h < HORIZONS; h++) {
        rp_date last = end + durability_horizons[h].to;
        if ((scored & SCORED(h)) == 0 && died_by(d, last))
            marks |= DIED(h);
        else
            marks |= reached(r, last) ? DUE(h) : NOT_YET(h);
    }
    return marks;
}

static uint64_t slots_of(const reader *r, const rp_episode *e, rp_date end) {
    uint64_t scores = 0;
    for (size_t m = 0; m < r->work->n_measures; m++) {
        durability_scores s = durability_scores_of(&e->series[r->work->measures[m]], end);
        scores |= (uint64_t)!isnan(s.end) << (4 * m);
        for (size_t h = 0; h < HORIZONS; h++)
            scores |= (uint64_t)!isnan(s.at[h]) << (4 * m + 1 + h);
    }
    return scores;
}

static void read_person(const reader *r, const rp_episode *e, durability_fact *f) {
    bool finished = e->finished == RP_YES, once = e->over == RP_YES && e->treated == 1;
    if (!finished && !once)
        return;
    death d = death_of(r, e);
    f->marks = (finished ? FINISHED : ONCE) | return_marks(r, e, &d);
    rp_date end = durability_end_of_treatment(e);
    if (!finished || end == RP_NO_DATE)
        return;
    uint64_t scored = scored_marks(r, e, end);
    f->marks |= DATED | scored | due_marks(r, scored, &d, end) | recovery_marks(r, e, end) | event_marks(r, e, end);
    f->scores = slots_of(r, e, end);
}

static void read_one(const rp_episode *episode, size_t person, const void *context) {
    const reader *r = context;
    r->facts[person] = (durability_fact){.cell = rp_question_cell_of(r->work->frame, episode)};
    read_person(r, episode, &r->facts[person]);
}

/* ---- groups ----------------------------------------------------------------------------------------------------- */

static int code_index(const rp_code_list *codes, const char *code) {
    for (size_t i = 0; i < codes->n; i++)
        if (strcmp(codes->codes[i].code, code) == 0)
            return (int)i;
    assert(!"the schema has this code");
    return -1;
}

static reader reader_of(durability_work *work, rp_arena *scratch) {
    reader r = {.work = work,
                .record = rp_cohort_record(work->cohort),
                .facts = rp_arena_take(scratch, rp_cohort_episodes(work->cohort), sizeof *r.facts),
                .client = rp_schema_column(RP_REFERRALS, "client_id"),
                .received = rp_schema_column(RP_REFERRALS, "received"),
                .previous = rp_schema_column(RP_REFERRALS, "previous_referral_id"),
                .reason = rp_schema_column(RP_REFERRALS, "end_reason"),
                .event_date = rp_schema_column(RP_EVENTS, "date"),
                .event_kind = rp_schema_column(RP_EVENTS, "kind")};
    work->events = rp_schema_table(RP_EVENTS)->columns[r.event_kind].codes;
    assert(work->events->n == EVENTS);
    r.death = code_index(work->events, "death");
    return r;
}

bool durability_sort(durability_work *work, rp_arena *scratch, rp_error *error) {
    work->record_end = rp_question_record_end(rp_cohort_record(work->cohort));
    reader r = reader_of(work, scratch);
    if (r.facts == NULL)
        return rp_fail_memory(error);
    if (!rp_question_read_everyone(work->cohort, read_one, &r, work->asked->threads, error))
        return false;
    work->facts = r.facts;
    work->people.answer = work->answer;
    for (size_t i = 0; i < rp_cohort_episodes(work->cohort); i++)
        if (!rp_question_group_add(work->answer->arena, &work->people.groups, r.facts[i].marks, r.facts[i].cell))
            return rp_fail_memory(error);
    work->people.universe = rp_question_universe(work->answer, work->frame, "after treatment", &work->people.groups);
    return !work->answer->failed || rp_fail_memory(error);
}
