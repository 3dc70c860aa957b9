/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Each person into one cell, in two passes over the cohort: which cells there are, then how many are in each. Both add
 * up over blocks. Few of the cells that there could be are in use, so that what is kept stays small. */
#include "questions/pathway/pathway_parts.h"

#include "questions/common/record_end.h"
#include "questions/common/shared_marks.h"

#include <assert.h>

enum { MOST_ENDINGS = 64 }; /* a set of them is one word */

const int pathway_limits[WAITS][2] = {{42, 126}, {42, 126}, {28, 90}};

pathway_cell pathway_cell_at(size_t code) {
    pathway_cell cell;
    for (size_t w = 0; w < WAITS; w++)
        cell.bands[w] = (unsigned)(code % BANDS), code /= BANDS;
    cell.contact = (unsigned)(code % CONTACTS), code /= CONTACTS;
    cell.followed = (unsigned)(code % 3), code /= 3;
    cell.ending = (unsigned)(code % MOST_ENDINGS);
    cell.arm = (int)(code / MOST_ENDINGS) - 1;
    return cell;
}

size_t pathway_frame_cell(const pathway_plan *plan, const pathway_cell *cell) {
    rp_question_stage stage = {.arm = cell->arm,
                               .contact = (rp_question_contact)cell->contact,
                               .assessed = cell->bands[WAIT_ASSESSMENT] != BAND_NONE,
                               .over = cell->ending >= ENDED};
    const char *code = cell->ending > ENDED ? plan->reasons->codes[cell->ending - ENDED - 1].code : NULL;
    return rp_question_stage_in_endings(plan->frame, &stage, rp_question_ending_of_code(code));
}

static size_t code_of(const pathway_cell *cell) {
    size_t code = (size_t)(cell->arm + 1) * MOST_ENDINGS + cell->ending;
    code = code * 3 + cell->followed;
    code = code * CONTACTS + cell->contact;
    for (size_t w = WAITS; w-- > 0;)
        code = code * BANDS + cell->bands[w];
    return code;
}

/* Days of each wait; -1 where it is not known: no date, or dates in an impossible order. */
static int days_between(rp_date from, rp_date to) {
    return from == RP_NO_DATE || to == RP_NO_DATE || to < from ? -1 : to - from;
}

static void waits_of(const rp_episode *e, bool there[WAITS], int days[WAITS]) {
    there[WAIT_ASSESSMENT] = e->assessed == RP_YES;
    there[WAIT_TREATMENT] = e->treated >= 1;
    there[WAIT_SECOND] = e->treated >= 2;
    days[WAIT_ASSESSMENT] = days_between(e->received, e->assessed_on);
    days[WAIT_TREATMENT] = days_between(e->received, e->treated_on);
    days[WAIT_SECOND] = days_between(e->treated_on, e->second_treated_on);
}

static unsigned band_of(pathway_wait wait, bool there, int days) {
    if (!there)
        return BAND_NONE;
    if (days < 0)
        return BAND_NOT_KNOWN;
    return days <= pathway_limits[wait][0] ? BAND_SHORT : days <= pathway_limits[wait][1] ? BAND_MIDDLE : BAND_LONG;
}

static unsigned ending_of(const pathway_plan *plan, const rp_episode *e) {
    if (e->over == RP_NOT_KNOWN)
        return OVER_NOT_KNOWN;
    if (e->over == RP_YES) {
        int reason = rp_record_code(rp_cohort_record(plan->cohort), RP_REFERRALS, plan->reason_column, e->row);
        return (unsigned)(ENDED + 1 + reason);
    }
    if (e->treated < 1)
        return OPEN_UNTREATED;
    int days = days_between(e->last_treated_on, plan->last_seen);
    if (days < 0)
        return OPEN_NO_DATE;
    return days <= 60 ? OPEN_TO_60 : days <= 90 ? OPEN_TO_90 : days <= 120 ? OPEN_TO_120 : OPEN_LONGER;
}

static size_t code_of_episode(const pathway_plan *plan, const rp_episode *e, int days[WAITS]) {
    bool there[WAITS];
    waits_of(e, there, days);
    rp_question_stage stage = rp_question_stage_of(plan->frame, e);
    pathway_cell cell = {
        .arm = stage.arm, .contact = stage.contact, .ending = ending_of(plan, e), .followed = (unsigned)e->followed_up};
    for (size_t w = 0; w < WAITS; w++) {
        cell.bands[w] = band_of((pathway_wait)w, there[w], days[w]);
        if (!there[w])
            days[w] = -1;
    }
    return code_of(&cell);
}

/* ---- pass 1: which cells there are ------------------------------------------------------------- */

static void prepare_used(void *statistics, const rp_block *block, const void *context) {
    uint64_t *used = statistics;
    int days[WAITS];
    for (size_t e = 0; e < block->n_episodes; e++) {
        size_t code = code_of_episode(context, &block->episodes[e], days);
        used[code / 64] |= (uint64_t)1 << (code % 64);
    }
}

static size_t words_of(const pathway_plan *plan) {
    return plan->n_codes / 64 + 1;
}

static void merge_used(void *into, const void *other, const void *context) {
    for (size_t i = 0; i < words_of(context); i++)
        ((uint64_t *)into)[i] |= ((const uint64_t *)other)[i];
}

static bool find_cells(pathway_plan *plan, rp_arena *arena, rp_error *error) {
    uint64_t *used = rp_arena_take(arena, words_of(plan), sizeof *used);
    plan->index = rp_arena_take(arena, plan->n_codes, sizeof *plan->index);
    plan->codes = rp_arena_take(arena, plan->n_codes, sizeof *plan->codes);
    if (used == NULL || plan->index == NULL || plan->codes == NULL)
        return rp_fail_memory(error);
    rp_fold fold = {words_of(plan) * sizeof *used, prepare_used, merge_used, plan};
    if (!rp_cohort_fold(plan->cohort, &fold, plan->asked->threads, used, error))
        return false;
    for (size_t code = 0; code < plan->n_codes; code++)
        if (used[code / 64] >> (code % 64) & 1) {
            plan->index[code] = (uint32_t)plan->n_cells;
            plan->codes[plan->n_cells++] = (uint32_t)code;
        }
    return true;
}

/* ---- the plan ---------------------------------------------------------------------------------- */

bool pathway_plan_make(const rp_cohort *cohort, const rp_asked *asked, rp_arena *arena, pathway_plan *out,
                       rp_error *error) {
    const rp_record *record = rp_cohort_record(cohort);
    *out = (pathway_plan){.cohort = cohort,
                          .asked = asked,
                          .frame = rp_question_frame(cohort, arena),
                          .research = rp_record_about(record)->research,
                          .reason_column = rp_schema_column(RP_REFERRALS, "end_reason"),
                          .attendance_column = rp_schema_column(RP_CONTACTS, "attendance")};
    static const char *const nouns[] = {"people referred", "people assessed", "people who entered treatment",
                                        "people whose referral has ended"};
    out->noun = out->research ? "people in the study" : nouns[rp_cohort_chosen(cohort)->event];
    out->reasons = rp_schema_table(RP_REFERRALS)->columns[out->reason_column].codes;
    out->attendances = rp_schema_table(RP_CONTACTS)->columns[out->attendance_column].codes;
    out->n_endings = (unsigned)(ENDED + 1 + out->reasons->n);
    assert(out->n_endings <= MOST_ENDINGS);
    out->endings = out->frame != NULL ? rp_question_frame_of_endings(out->frame, arena) : NULL;
    if (out->endings == NULL)
        return rp_fail_memory(error);
    out->n_codes = (rp_question_arms(cohort) + 1) * MOST_ENDINGS * 3 * CONTACTS * BANDS * BANDS * BANDS;
    out->last_seen = rp_question_record_end(record);
    return find_cells(out, arena, error);
}

/* ---- pass 2: counts ------------------------------------------------------------------------------ */

static size_t length_of(const pathway_plan *plan) {
    return plan->n_cells + (size_t)WAITS * PATHWAY_DAYS + plan->attendances->n + 1;
}

static pathway_counts split(const pathway_plan *plan, int64_t *counts) {
    return (pathway_counts){.cells = counts,
                            .days = counts + plan->n_cells,
                            .appointments = counts + plan->n_cells + (size_t)WAITS * PATHWAY_DAYS};
}

static void count_appointments(const pathway_plan *plan, uint32_t referral, int64_t *appointments) {
    const rp_record *record = rp_cohort_record(plan->cohort);
    rp_rows contacts = rp_record_children(record, RP_CONTACTS, referral);
    for (size_t i = 0; i < contacts.n; i++) {
        int code = rp_record_code(record, RP_CONTACTS, plan->attendance_column, contacts.at[i]);
        appointments[code >= 0 ? (size_t)code : plan->attendances->n]++;
    }
}

static void prepare(void *statistics, const rp_block *block, const void *context) {
    const pathway_plan *plan = context;
    pathway_counts to = split(plan, statistics);
    for (size_t i = 0; i < block->n_episodes; i++) {
        const rp_episode *e = &block->episodes[i];
        int days[WAITS];
        to.cells[plan->index[code_of_episode(plan, e, days)]]++;
        for (size_t w = 0; w < WAITS; w++)
            if (days[w] >= 0)
                to.days[w * PATHWAY_DAYS + (size_t)(days[w] < PATHWAY_DAYS ? days[w] : PATHWAY_DAYS - 1)]++;
        count_appointments(plan, e->row, to.appointments);
    }
}

static void merge(void *into, const void *other, const void *context) {
    for (size_t i = 0; i < length_of(context); i++)
        ((int64_t *)into)[i] += ((const int64_t *)other)[i];
}

bool pathway_counts_make(const pathway_plan *plan, rp_arena *arena, pathway_counts *out, rp_error *error) {
    rp_fold fold = {length_of(plan) * sizeof(int64_t), prepare, merge, plan};
    int64_t *counts = rp_arena_take(arena, length_of(plan), sizeof *counts);
    if (counts == NULL)
        return rp_fail_memory(error);
    if (!rp_cohort_fold(plan->cohort, &fold, plan->asked->threads, counts, error))
        return false;
    *out = split(plan, counts);
    return true;
}
