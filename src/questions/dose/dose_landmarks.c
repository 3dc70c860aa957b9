/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Landmarks of one measure: who had a session, who had a score then, what the later scores were. A score is later when
 * it comes after the session's own in the order of administrations. */
#include "questions/dose/dose_parts.h"

#include <assert.h>

/* ---- the rule of reliable change, as `outcome` has it: from first and last scores
 * ------------------------------------ */

static void add_change(void *statistics, const rp_block *block, const void *context) {
    const dose_measure *of = context;
    rp_change_data *data = statistics;
    for (size_t e = 0; e < block->n_episodes; e++) {
        const rp_series *series = &block->episodes[e].series[of->index];
        if (series->n == 0)
            continue;
        rp_moments_add(&data->baseline_all, series->points[0].value);
        if (series->n > 1)
            rp_pair_moments_add(&data->pairs, series->points[0].value, series->points[series->n - 1].value);
    }
}

static void merge_change(void *into, const void *other, const void *context) {
    (void)context;
    rp_change_data *a = into;
    const rp_change_data *b = other;
    rp_pair_moments_merge(&a->pairs, &b->pairs);
    rp_moments_merge(&a->baseline_all, &b->baseline_all);
}

static bool make_rule(dose_measure *of, rp_error *error) {
    rp_change_data data;
    rp_fold fold = {sizeof data, add_change, merge_change, of};
    if (!rp_cohort_fold(of->work->cohort, &fold, of->work->asked->threads, &data, error))
        return false;
    rp_error why = {0}; /* that no rule can be made is no failure: change is then told without it */
    of->ruled = rp_change_prepare(&of->scale->change, of->scale->higher_is_worse, RP_CHANGE_JT, &data, &of->rule, &why);
    return true;
}

/* ---- scores of one person
 * ---------------------------------------------------------------------------------------------- */

typedef struct found {
    bool there;
    double value;
    size_t at; /* which of the person's scores of this measure */
} found;

static bool in_treatment(const dose_measure *of, const rp_treatment *t, size_t administration) {
    const dose_columns *c = &of->work->columns;
    if (t->contact < 0)
        return rp_record_date(c->record, RP_ADMINISTRATIONS, c->admin_date, administration) == t->date;
    rp_session session = {.contact = t->contact, .date = t->date, .occasion = RP_NO_OCCASION};
    return rp_cohort_in_session(of->work->cohort, &session, administration);
}

/* The last score of a treatment session; with NULL, the last of all. */
static found score_in(const dose_measure *of, const rp_series *series, const rp_treatment *t) {
    for (size_t i = series->n; i > 0; i--) {
        const rp_point *point = &series->points[i - 1];
        if (t == NULL || in_treatment(of, t, point->administration))
            return (found){true, point->value, i - 1};
    }
    return (found){0};
}

/* ---- marks
 * ---------------------------------------------------------------------------------------------------------------- */

enum { MOST_SESSIONS = 12 + DOSE_LATER }; /* the last landmark, and what is looked at after it */
typedef struct person {
    found at[MOST_SESSIONS + 1], last; /* at[k]: in session k, of those that are looked at */
    uint64_t common;                   /* marks at every landmark */
} person;

static bool is_looked_at(unsigned session) {
    for (size_t i = 1; i < RP_QUESTION_STOPS; i++)
        if (session == rp_question_stops[i] || session == rp_question_stops[i] + DOSE_LATER)
            return true;
    return false;
}

static person read_person(const dose_measure *of, const rp_episode *e) {
    const rp_series *series = &e->series[of->index];
    unsigned sessions = e->treated > 0 ? (unsigned)e->treated : 0;
    person p = {.common = rp_question_at_all(sessions) | (e->over == RP_YES ? OVER : 0)};
    p.common |= (series->n > 0 ? MEASURED : 0) | (series->n > 1 ? MEASURED_MORE : 0);
    if (series->n == 0 || sessions == 0)
        return p;
    p.last = score_in(of, series, NULL);
    if (of->ruled && of->rule.has_cutoff && p.last.there)
        p.common |= rp_change_is_case(&of->rule, p.last.value) ? CASE_LAST : BELOW_LAST;
    if (!rp_cohort_treatments_in_order(of->work->cohort, e))
        return p;
    for (rp_treatment t = {0}; rp_cohort_next_treatment(of->work->cohort, e, &t) && t.number <= MOST_SESSIONS;)
        if (is_looked_at(t.number))
            p.at[t.number] = score_in(of, series, &t);
    return p;
}

typedef struct sums {
    rp_moments to_last[DOSE_LANDMARKS], to_next[DOSE_LANDMARKS];
} sums;
typedef struct fact {
    uint64_t marks[DOSE_LANDMARKS];
    size_t cell;
} fact;
typedef struct reader {
    const dose_measure *of;
    fact *facts;
} reader;

static uint64_t marks_at(const dose_measure *of, const person *p, size_t landmark, sums *to) {
    unsigned session = rp_question_stops[landmark + 1];
    assert(session + DOSE_LATER <= MOST_SESSIONS);
    const found *then = &p->at[session], *next = &p->at[session + DOSE_LATER];
    uint64_t marks = p->common;
    if (!then->there)
        return marks;
    marks |= SCORE;
    if (next->there && next->at > then->at) {
        marks |= NEXT;
        rp_moments_add(&to->to_next[landmark], next->value - then->value);
    }
    if (p->last.at <= then->at)
        return marks;
    marks |= LATER;
    rp_moments_add(&to->to_last[landmark], p->last.value - then->value);
    rp_reliable change =
        of->ruled ? rp_change_reliable(&of->rule, then->value, p->last.value) : RP_NOT_RELIABLY_CHANGED;
    return marks | (change == RP_RELIABLY_IMPROVED ? IMPROVED : change == RP_RELIABLY_DETERIORATED ? DETERIORATED : 0);
}

static void prepare(void *statistics, const rp_block *block, const void *context) {
    const reader *r = context;
    for (size_t e = 0; e < block->n_episodes; e++) {
        person p = read_person(r->of, &block->episodes[e]);
        fact *f = &r->facts[block->first + e];
        f->cell = rp_question_cell_of(r->of->work->frame, &block->episodes[e]);
        for (size_t k = 0; k < DOSE_LANDMARKS; k++)
            f->marks[k] = marks_at(r->of, &p, k, statistics);
    }
}

static void merge(void *into, const void *other, const void *context) {
    (void)context;
    for (size_t k = 0; k < DOSE_LANDMARKS; k++) {
        rp_moments_merge(&((sums *)into)->to_last[k], &((const sums *)other)->to_last[k]);
        rp_moments_merge(&((sums *)into)->to_next[k], &((const sums *)other)->to_next[k]);
    }
}

static bool make_sets(dose_measure *of, const fact *facts, size_t n) {
    rp_answer *answer = of->work->answer;
    for (size_t k = 0; k < DOSE_LANDMARKS; k++) {
        rp_question_set *set = &of->landmarks[k].set;
        for (size_t i = 0; i < n; i++)
            if (!rp_question_group_add(answer->arena, &set->groups, facts[i].marks[k], facts[i].cell))
                return false;
        dose_set_done(of->work, set, of->work->frame,
                      rp_answer_text(answer, "%s, session %u", of->measure->name, rp_question_stops[k + 1]));
        /* `outcome` tells of these two. */
        rp_answer_told(answer, rp_question_having(set, MEASURED, 0));
        rp_answer_told(answer, rp_question_having(set, MEASURED_MORE, 0));
    }
    return !answer->failed;
}

static bool read_all(dose_measure *of, fact *facts, rp_error *error) {
    sums all;
    reader r = {of, facts};
    rp_fold fold = {sizeof all, prepare, merge, &r};
    if (!rp_cohort_fold(of->work->cohort, &fold, of->work->asked->threads, &all, error))
        return false;
    for (size_t k = 0; k < DOSE_LANDMARKS; k++) {
        of->landmarks[k].to_last = all.to_last[k];
        of->landmarks[k].to_next = all.to_next[k];
    }
    return make_sets(of, facts, rp_cohort_episodes(of->work->cohort)) || rp_fail_memory(error);
}

bool dose_landmarks_make(dose_measure *of, rp_error *error) {
    if (!make_rule(of, error))
        return false;
    rp_arena *scratch = rp_arena_new(0);
    fact *facts = scratch != NULL ? rp_arena_take(scratch, rp_cohort_episodes(of->work->cohort), sizeof *facts) : NULL;
    bool done = facts != NULL ? read_all(of, facts, error) : rp_fail_memory(error);
    rp_arena_free(scratch);
    return done;
}
