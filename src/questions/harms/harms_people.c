/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Everyone of the cohort: what is on record of harm to them, whether they are known to have got worse, how far they
 * came. Two passes: from when to when there are events, then people. */
#include "questions/common/everyone.h"
#include "questions/harms/harms_parts.h"

#include <string.h>

typedef struct columns {
    int date, kind, related;
} columns;

typedef struct reader {
    const harms_work *work;
    columns at;
    harms_fact *facts; /* one a person, each written by the block that they are in */
} reader;

/* ---- one event ----------------------------------------------------------------------------------------------------
 */

/* HARM_KINDS: no harm, such as a change of medication, or it is not recorded what it was. */
static harms_kind kind_of(const reader *r, uint32_t row) {
    const char *code = rp_record_code_text(r->work->record, RP_EVENTS, r->at.kind, row);
    unsigned k = 0;
    while (k < HARM_KINDS && (code == NULL || strcmp(code, harms_kinds[k].code) != 0))
        k++;
    return (harms_kind)k;
}

static harms_judged judged_of(const reader *r, uint32_t row) {
    static const char *const codes[] = {[RELATED] = "yes", [POSSIBLY_RELATED] = "possibly", [NOT_RELATED] = "no"};
    const char *code = rp_record_code_text(r->work->record, RP_EVENTS, r->at.related, row);
    unsigned j = 0;
    while (j < NOT_JUDGED && (code == NULL || strcmp(code, codes[j]) != 0))
        j++;
    return (harms_judged)j;
}

/* ---- pass 1: dates, and what the national rule asks for -------------------------------------------------------------
 */

typedef struct found {
    bool any;
    rp_date first, last;
    rp_question_national_seen seen;
    bool unconfirmed; /* a threshold of somebody's two measures */
} found;

static bool is_unconfirmed(const reader *r, const rp_episode *episode, int measure) {
    if (measure < 0 || episode->series[measure].n == 0)
        return false;
    const rp_measure *m = rp_cohort_measure(r->work->cohort, (size_t)measure);
    return !m->instrument->scales[m->scale].change.reliable_change_source.confirmed;
}

static void look(void *statistics, const rp_block *block, const void *context) {
    const reader *r = context;
    found *f = statistics;
    if (!f->any)
        *f = (found){.any = true, .first = RP_NO_DATE, .last = RP_NO_DATE};
    for (size_t e = 0; e < block->n_episodes; e++) {
        const rp_episode *episode = &block->episodes[e];
        rp_question_national_see(episode, &f->seen);
        f->unconfirmed |=
            is_unconfirmed(r, episode, episode->national.phq9) || is_unconfirmed(r, episode, episode->national.anxiety);
        rp_rows rows = rp_record_children(r->work->record, RP_EVENTS, episode->row);
        for (size_t i = 0; i < rows.n; i++)
            if (kind_of(r, rows.at[i]) < HARM_KINDS)
                rp_question_reach_date(&f->first, &f->last,
                                       rp_record_date(r->work->record, RP_EVENTS, r->at.date, rows.at[i]));
    }
}

static void merge_found(void *into, const void *other, const void *context) {
    (void)context;
    found *a = into;
    const found *b = other;
    if (!b->any)
        return;
    if (!a->any) {
        *a = *b;
        return;
    }
    rp_question_reach_date(&a->first, &a->last, b->first);
    rp_question_reach_date(&a->first, &a->last, b->last);
    a->seen.endings += b->seen.endings;
    a->seen.phq9 += b->seen.phq9;
    a->seen.both += b->seen.both;
    a->unconfirmed |= b->unconfirmed;
}

/* ---- pass 2: people ---- */

static void count_event(const reader *r, uint32_t row, harms_judged judged[HARM_KINDS], harms_fact *fact) {
    harms_kind kind = kind_of(r, row);
    if (kind == HARM_KINDS)
        return;
    harms_judged j = judged_of(r, row);
    judged[kind] = j < judged[kind] ? j : judged[kind];
    fact->kinds |= KIND(kind);
    rp_date date = rp_record_date(r->work->record, RP_EVENTS, r->at.date, row);
    if (r->work->periods.n > 0)
        fact->periods |= date != RP_NO_DATE ? PERIOD(rp_question_period(&r->work->periods, date)) : NO_DATE;
}

static harms_fact fact_of(const reader *r, const rp_episode *episode) {
    harms_fact fact = {0};
    harms_judged judged[HARM_KINDS];
    for (size_t k = 0; k < HARM_KINDS; k++)
        judged[k] = NOT_JUDGED;
    rp_rows rows = rp_record_children(r->work->record, RP_EVENTS, episode->row);
    for (size_t i = 0; i < rows.n; i++)
        count_event(r, rows.at[i], judged, &fact);
    for (size_t k = 0; k < HARM_KINDS; k++)
        if ((fact.kinds & KIND(k)) != 0)
            fact.kinds |= JUDGED(k, judged[k]);
    size_t event = fact.kinds != 0 ? HARM_EVENT : rows.n > 0 ? OTHER_EVENT : NO_EVENT;
    size_t change = r->work->change_lacks != NULL ? CHANGE_NOT_KNOWN : rp_question_change_of(episode);
    size_t part = event * CHANGES_TOLD + change;
    fact.cell = (uint16_t)(part * r->work->stages->n_cells + rp_question_cell_of(r->work->stages, episode));
    return fact;
}

static void read_one(const rp_episode *episode, size_t person, const void *context) {
    const reader *r = context;
    r->facts[person] = fact_of(r, episode);
}

/* ---- groups ---- */

static bool add_all(harms_work *work, const harms_fact *facts, uint64_t kinds) {
    rp_arena *arena = work->answer->arena;
    work->people.groups = (rp_question_groups){0};
    for (size_t i = 0; i < rp_cohort_episodes(work->cohort); i++)
        if (!rp_question_group_add(arena, &work->people.groups, facts[i].kinds & kinds, facts[i].cell))
            return false;
    return true;
}

static bool make_universes(harms_work *work, const harms_fact *facts) {
    rp_answer *answer = work->answer;
    bool added = add_all(work, facts, ~UINT64_C(0));
    work->judged = work->people.groups.n <= HARMS_MOST_GROUPS;
    if (!work->judged)
        added = added && add_all(work, facts, KINDS_ALONE);
    for (size_t i = 0; i < rp_cohort_episodes(work->cohort) && added; i++)
        added = rp_question_group_add(answer->arena, &work->trend.groups, facts[i].periods, facts[i].cell);
    if (!added)
        return false;
    work->people.answer = work->trend.answer = answer;
    work->people.universe = rp_question_universe(answer, work->frame, "harms", &work->people.groups);
    work->trend.universe = rp_question_universe(answer, work->frame, "harms over time", &work->trend.groups);
    return !answer->failed;
}

bool harms_sort(harms_work *work, rp_error *error) {
    reader r = {.work = work,
                .at = {.date = rp_schema_column(RP_EVENTS, "date"),
                       .kind = rp_schema_column(RP_EVENTS, "kind"),
                       .related = rp_schema_column(RP_EVENTS, "related_to_treatment")}};
    found f = {0};
    rp_fold dates = {sizeof f, look, merge_found, &r};
    if (!rp_cohort_fold(work->cohort, &dates, work->asked->threads, &f, error))
        return false;
    if (f.any)
        work->periods = rp_question_periods_of(f.first, f.last);
    work->change_lacks = rp_question_national_lack(work->cohort, &f.seen);
    work->change_confirmed = !f.unconfirmed;
    rp_arena *scratch = rp_arena_new(0);
    r.facts = scratch != NULL ? rp_arena_take(scratch, rp_cohort_episodes(work->cohort), sizeof *r.facts) : NULL;
    if (r.facts == NULL) {
        rp_arena_free(scratch);
        return rp_fail_memory(error);
    }
    bool done = rp_question_read_everyone(work->cohort, read_one, &r, work->asked->threads, error);
    if (done && !make_universes(work, r.facts))
        done = rp_fail_memory(error);
    rp_arena_free(scratch);
    return done;
}

/* ---- who is counted ---- */

unsigned harms_parts(unsigned events, unsigned changes) {
    unsigned parts = 0;
    for (unsigned e = 0; e < EVENTS_TOLD; e++)
        parts |= (events >> e & 1) != 0 ? changes << e * CHANGES_TOLD : 0;
    return parts;
}

rp_count harms_count(const harms_work *work, const rp_question_set *set, harms_who who) {
    return rp_question_in_cut(set, work->stages, (rp_question_cut){who.reach, who.parts}, who.has);
}
