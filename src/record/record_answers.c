/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Answers and scores against the instrument that they belong to: known item or scale, once each, within its range. What
 * breaks a rule here falls alone; the administration and its other answers stay. */
#include "record/record_parts.h"

/* Scores are decimals that binary numbers do not hold exactly. */
static const double slack = 1e-9;

typedef struct answering {
    rp_record *record;
    rp_held_table *held;
    const rp_column *what, *value; /* item or scale; its value */
    uint32_t *seen_in, *seen_at;   /* by item or scale: the administration (+ 1) and row that had it last */
    uint32_t *unknown, *n_unknown; /* by scale: first row + 1 whose instrument does not have it, and how many */
} answering;

static bool start(answering *a, rp_record *record, rp_held_table *held, const char *what, rp_arena *scratch) {
    *a = (answering){.record = record,
                     .held = held,
                     .what = rp_column_of(held, rp_schema_column(held->id, what)),
                     .value = rp_column_of(held, rp_schema_column(held->id, "value"))};
    size_t n = a->what->domain->n;
    a->seen_in = rp_arena_take(scratch, n, sizeof *a->seen_in);
    a->seen_at = rp_arena_take(scratch, n, sizeof *a->seen_at);
    a->unknown = rp_arena_take(scratch, n, sizeof *a->unknown);
    a->n_unknown = rp_arena_take(scratch, n, sizeof *a->n_unknown);
    return a->seen_in && a->seen_at && a->unknown && a->n_unknown;
}

static int column_number(const answering *a, const rp_column *column) {
    return (int)(column - a->held->columns.at);
}

static const char *what_text(const answering *a, size_t row) {
    return rp_domain_text(a->what->domain, rp_column_id(a->what, row));
}

static const rp_pair *pair_of(const answering *a, uint32_t administration) {
    const rp_held_table *administrations = &a->record->tables[RP_ADMINISTRATIONS];
    uint32_t row = rp_row_of_key(administrations, administration);
    assert(row != RP_NO_ROW);
    return &a->record->pairs.at[rp_column_id(&administrations->link, row)];
}

/* The first in the file counts, so that the same file always gives the same answer. */
static bool check_twice(answering *a, size_t group, size_t row, bool *fell) {
    uint32_t id = rp_column_id(a->what, row);
    if (a->seen_in[id] != group + 1) {
        a->seen_in[id] = (uint32_t)group + 1;
        a->seen_at[id] = (uint32_t)row;
        return true;
    }
    uint32_t spot = rp_column_id(&a->held->place, a->seen_at[id]);
    rp_row_fault(a->record, a->held, row, column_number(a, a->what), RP_FAULT_ROW, RP_RULE_KEY_DUPLICATE,
                 "%s '%s' of this administration was given before, in %s line %u.", a->what->name, what_text(a, row),
                 rp_path_name(rp_spot_file(a->record, spot)), (unsigned)rp_spot_at(a->record, spot).line);
    *fell = true;
    return rp_row_fall(a->record, a->held, row, RP_RULE_KEY_DUPLICATE, false, false);
}

static bool fall_alone(answering *a, size_t row, const char *rule) {
    return rp_row_fall(a->record, a->held, row, rule, false, true);
}

static size_t find_id(const uint32_t *ids, size_t n, uint32_t id) {
    size_t i = 0;
    while (i < n && ids[i] != id)
        i++;
    return i;
}

/* ---- responses ---- */

static bool check_response(answering *a, const rp_pair *pair, size_t row) {
    const rp_instrument *one = pair->instrument;
    size_t item = find_id(pair->item_ids, one->n_items, rp_column_id(a->what, row));
    if (item == one->n_items) {
        const char *names[256] = {0};
        size_t n = one->n_items < 256 ? one->n_items : 256;
        for (size_t i = 0; i < n; i++)
            names[i] = one->items[i].name;
        const char *nearest = rp_text_nearest(rp_text_of(what_text(a, row)), names, n);
        rp_row_fault(a->record, a->held, row, column_number(a, a->what), RP_FAULT_VALUE, RP_RULE_ITEM_UNKNOWN,
                     "%s has no item '%s'%s%s%s. This answer was left out.", one->short_title, what_text(a, row),
                     nearest ? " (did you mean '" : "", nearest ? nearest : "", nearest ? "'?)" : "");
        return fall_alone(a, row, RP_RULE_ITEM_UNKNOWN);
    }
    rp_held value = rp_column_get(a->value, row);
    double lowest = one->items[item].lowest, highest = one->items[item].highest;
    if (rp_value_kind_of(value) != RP_PRESENT || (value.num >= lowest && value.num <= highest))
        return true;
    rp_row_fault(a->record, a->held, row, column_number(a, a->value), RP_FAULT_VALUE, RP_RULE_RESPONSE_RANGE,
                 "%s item %s is %g; its answers lie between %g and %g. This answer was left out.", one->short_title,
                 one->items[item].name, value.num, lowest, highest);
    return fall_alone(a, row, RP_RULE_RESPONSE_RANGE);
}

bool rp_responses_check(rp_record *record, rp_held_table *held, const rp_groups *groups, rp_arena *scratch) {
    answering a;
    if (!start(&a, record, held, "item", scratch))
        return false;
    bool fine = true;
    for (size_t g = 0; g < groups->n_groups; g++)
        for (size_t i = groups->starts[g]; i < groups->starts[g + 1] && fine; i++) {
            size_t row = rp_group_row(groups, i);
            bool fell = false;
            if (!rp_row_stands(held, row))
                continue;
            fine = check_twice(&a, g, row, &fell);
            const rp_pair *pair = pair_of(&a, (uint32_t)g);
            if (fine && !fell && pair->instrument)
                fine = check_response(&a, pair, row);
        }
    return fine;
}

/* ---- supplied scores ---- */

static void note_unknown_scale(answering *a, size_t row) {
    uint32_t id = rp_column_id(a->what, row), first = a->unknown[id];
    a->n_unknown[id]++;
    if (first == 0 ||
        rp_spot_before(a->record, rp_column_id(&a->held->place, row), rp_column_id(&a->held->place, first - 1)))
        a->unknown[id] = (uint32_t)row + 1;
}

static void note_fraction(rp_record *record, const rp_pair *pair, size_t scale, uint32_t spot) {
    if (pair->fractions[scale]++ == 0 || rp_spot_before(record, spot, pair->first_fraction[scale]))
        pair->first_fraction[scale] = spot;
}

static bool check_score(answering *a, const rp_pair *pair, size_t row, double value) {
    const rp_instrument *one = pair->instrument;
    size_t at = find_id(pair->scale_ids, one->n_scales, rp_column_id(a->what, row));
    if (at == one->n_scales) {
        note_unknown_scale(a, row);
        return true;
    }
    const rp_scale *scale = &one->scales[at];
    if (!rp_column_put(a->record->arena, &a->held->link, row, (rp_held){.code = (int16_t)at}))
        return false;
    if (value < scale->lowest - slack || value > scale->highest + slack) {
        rp_row_fault(a->record, a->held, row, column_number(a, a->value), RP_FAULT_VALUE, RP_RULE_SCORE_RANGE,
                     "%s, %s is %g; scores lie between %g and %g. This score was left out.", one->short_title,
                     scale->title, value, scale->lowest, scale->highest);
        return fall_alone(a, row, RP_RULE_SCORE_RANGE);
    }
    if (scale->whole && fabs(value - round(value)) > slack)
        note_fraction(a->record, pair, at, rp_column_id(&a->held->place, row));
    return true;
}

static void tell_unknown_scales(answering *a) {
    for (size_t id = 0; id < a->what->domain->n; id++)
        if (a->n_unknown[id])
            rp_row_fault(
                a->record, a->held, a->unknown[id] - 1, column_number(a, a->what), RP_FAULT_NOTE, RP_RULE_SCALE_UNKNOWN,
                "'%s' is no scale of the instrument, so no range or norm is known for it. Scores that name it: "
                "%u. They are kept; this is the first.",
                rp_domain_text(a->what->domain, (uint32_t)id), (unsigned)a->n_unknown[id]);
}

bool rp_scores_check(rp_record *record, rp_held_table *held, const rp_groups *groups, rp_arena *scratch) {
    answering a;
    if (!start(&a, record, held, "scale", scratch))
        return false;
    bool fine = true;
    for (size_t g = 0; g < groups->n_groups; g++)
        for (size_t i = groups->starts[g]; i < groups->starts[g + 1] && fine; i++) {
            size_t row = rp_group_row(groups, i);
            bool fell = false;
            const double *value = rp_column_at(a.value, row);
            if (!value || isnan(*value) || !rp_row_stands(held, row))
                continue;
            fine = check_twice(&a, g, row, &fell);
            const rp_pair *pair = pair_of(&a, (uint32_t)g);
            if (fine && !fell && pair->instrument)
                fine = check_score(&a, pair, row, *value);
        }
    tell_unknown_scales(&a);
    return fine;
}
