/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sealing: what can be checked only when every row is there. Table after table, parents before children:
 *
 *   keys -> references (and what is carried) -> the table's own rules -> final order -> indexes
 *
 * Each step needs only tables that are done. Everything is decided by ids in byte order and by places in the inputs, so
 * that it does not matter which table came first. */
#include "record/intake.h"
#include "record/record_parts.h"

/* Enough for the children of every table that is in its parents' order. */
static bool make_counting(rp_record *record) {
    size_t n = 0;
    for (int t = 0; t < RP_TABLES; t++)
        if (!record->tables[t].child_at && record->tables[t].n > n)
            n = record->tables[t].n;
    record->counting = rp_arena_take(record->arena, n, sizeof *record->counting);
    for (size_t i = 0; i < n && record->counting; i++)
        record->counting[i] = (uint32_t)i;
    for (int t = 0; t < RP_TABLES; t++)
        record->tables[t].children = record->tables[t].child_at ? record->tables[t].child_at : record->counting;
    return record->counting != NULL;
}

/* Contacts and questionnaires dated before the referral came in: kept, and said once a table. */
static void note_early(rp_record *record, const rp_held_table *held) {
    if (held->id != RP_CONTACTS && held->id != RP_ADMINISTRATIONS)
        return;
    const rp_held_table *referrals = &record->tables[RP_REFERRALS];
    const rp_column *received = &referrals->columns.at[referrals->roles.date];
    const rp_column *date = &held->columns.at[held->roles.date], *parent = &held->columns.at[held->roles.parent];
    size_t n = 0, first = 0;
    for (size_t row = 0, run; row < held->n && received->pieces.at; row += run) {
        const void *dates_at, *parents_at;
        run = rp_column_run(date, row, held->n - row, &dates_at);
        run = rp_column_run(parent, row, run, &parents_at);
        const rp_date *dates = dates_at;
        const uint32_t *parents = parents_at;
        for (size_t i = 0; dates && i < run; i++) {
            const rp_date *in =
                dates[i] == RP_NO_DATE ? NULL : rp_column_at(received, rp_row_of_key(referrals, parents[i]));
            if (!in || *in == RP_NO_DATE || dates[i] >= *in)
                continue;
            if (n++ == 0 ||
                rp_spot_before(record, rp_column_id(&held->place, row + i), rp_column_id(&held->place, first)))
                first = row + i;
        }
    }
    if (n)
        rp_row_fault(record, held, first, held->roles.date, RP_FAULT_NOTE, RP_RULE_BEFORE_REFERRAL,
                     "Rows of %s dated before their referral was received: %zu. They stay; this is the first.",
                     held->def->name, n);
}

/* Computed scores are new rows, so that the table is grouped again. */
static bool score_rules(rp_record *record, rp_held_table *held, rp_groups *groups, rp_arena *scratch) {
    size_t before = held->n;
    if (!rp_scores_check(record, held, groups, scratch) || !rp_scores_compute(record, groups, scratch))
        return false;
    return held->n == before || rp_rows_group(record, held, held->roles.parent, RP_BY_DATE, false, scratch, groups);
}

/* The rules that only one table has. */
static bool own_rules(rp_record *record, rp_held_table *held, rp_groups *groups, rp_arena *scratch) {
    switch (held->id) {
    case RP_ADMINISTRATIONS:
        return rp_supersedes_check(record, held, groups, scratch);
    case RP_RESPONSES:
        return rp_responses_check(record, held, groups, scratch);
    case RP_SCORES:
        return score_rules(record, held, groups, scratch);
    default:
        return true;
    }
}

static bool seal_table(rp_record *record, rp_held_table *held, rp_arena *scratch) {
    bool by_key = held->roles.key >= 0;
    rp_group_order how = by_key && !held->def->many_per_key ? RP_BY_PLACE : RP_BY_DATE;
    rp_groups groups;
    return rp_rows_group(record, held, by_key ? held->roles.key : held->roles.parent, how, false, scratch, &groups) &&
           (!by_key || rp_keys_check(record, held, &groups)) && rp_references_check(record, held, &groups, scratch) &&
           own_rules(record, held, &groups, scratch) && rp_rows_number(record, held, &groups, scratch) &&
           rp_rows_index(record, held, scratch);
}

static bool seal_tables(rp_record *record) {
    bool fine = true;
    for (int t = 0; t < RP_TABLES && fine; t++) {
        rp_arena *scratch = rp_arena_new(0);
        fine = scratch && seal_table(record, &record->tables[t], scratch);
        if (fine && record->tables[t].n)
            note_early(record, &record->tables[t]);
        rp_arena_free(scratch);
    }
    return fine;
}

/* Task 0 seals; each further one digests an input. */
typedef struct sealing {
    rp_record *record;
    bool sealed;      /* false: no memory */
    rp_error *errors; /* of the digests */
} sealing;

static void seal_or_digest(void *context, size_t i) {
    sealing *s = context;
    rp_record *record = s->record;
    if (i == 0) {
        s->sealed = rp_pairs_find(record) && rp_domains_rank(record) && rp_pairs_settle(record) &&
                    seal_tables(record) && (record->only_checked || make_counting(record)) &&
                    rp_record_settle_rejects(record);
        return;
    }
    rp_record_input_info *info = &record->inputs.at[i - 1].info;
    (void)!rp_file_digest(info->path, &info->digest, &s->errors[i - 1]);
}

static bool fail_memory(rp_record *record, rp_error *error) {
    record->failed = true;
    return rp_fail_memory(error);
}

bool rp_record_seal(rp_record *record, rp_error *error) {
    assert(!record->sealed && error);
    sealing s = {.record = record, .errors = rp_arena_take(record->arena, record->inputs.n, sizeof *s.errors)};
    if (record->failed || !s.errors)
        return fail_memory(record, error);
    rp_pool_run(record->threads, record->undigested ? 1 : record->inputs.n + 1, seal_or_digest, &s);
    rp_intakes_close(record);
    if (!s.sealed)
        return fail_memory(record, error);
    for (size_t i = 0; i < record->inputs.n; i++)
        if (s.errors[i].code) {
            record->failed = true;
            *error = s.errors[i];
            return false;
        }
    rp_scores_tell(record);
    rp_faults_sort(record->faults);
    rp_record_forget(record);
    record->sealed = true;
    return true;
}
