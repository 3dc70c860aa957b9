/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Scores from answers: where an administration counts, has answers and no supplied score of a scale, a row of scores is
 * added; where it has one, the supplied one is kept and a difference is told. */
#include "record/record_parts.h"

typedef struct scoring {
    rp_record *record;
    rp_held_table *scores;
    const rp_held_table *administrations, *responses;
    const rp_groups *groups; /* score rows by administration */
    rp_column *administration, *scale, *value, *answered, *method;
    const rp_column *item, *response;
    double *answers; /* room for the longest instrument */
    int16_t computed, prorated;
} scoring;

static rp_column *named(rp_held_table *held, const char *name) {
    return rp_column_of(held, rp_schema_column(held->id, name));
}

static bool start(scoring *s, rp_record *record, const rp_groups *groups, rp_arena *scratch) {
    rp_held_table *scores = &record->tables[RP_SCORES], *responses = &record->tables[RP_RESPONSES];
    *s = (scoring){.record = record,
                   .scores = scores,
                   .responses = responses,
                   .administrations = &record->tables[RP_ADMINISTRATIONS],
                   .groups = groups,
                   .administration = named(scores, "administration_id"),
                   .scale = named(scores, "scale"),
                   .value = named(scores, "value"),
                   .answered = named(scores, "items_answered"),
                   .method = named(scores, "method"),
                   .item = named(responses, "item"),
                   .response = named(responses, "value")};
    s->computed = (int16_t)rp_code_find(&rp_codes_method, rp_text_of("computed"));
    s->prorated = (int16_t)rp_code_find(&rp_codes_method, rp_text_of("prorated"));
    size_t longest = 0;
    for (size_t i = 0; i < record->pairs.n; i++)
        if (record->pairs.at[i].instrument && record->pairs.at[i].instrument->n_items > longest)
            longest = record->pairs.at[i].instrument->n_items;
    s->answers = rp_arena_take(scratch, longest, sizeof *s->answers);
    return s->answers != NULL;
}

/* Fills s->answers; false where there is none at all. */
static bool find_answers(scoring *s, const rp_pair *pair, uint32_t administration) {
    size_t n_items = pair->instrument->n_items, found = 0;
    for (size_t i = 0; i < n_items; i++)
        s->answers[i] = NAN;
    for (size_t row = s->responses->child_starts[administration];
         row < s->responses->child_starts[administration + (size_t)1]; row++) {
        uint32_t id = rp_column_id(s->item, row);
        rp_held value = rp_column_get(s->response, row);
        for (size_t i = 0; i < n_items && rp_value_kind_of(value) == RP_PRESENT; i++)
            if (pair->item_ids[i] == id) {
                s->answers[i] = value.num;
                found++;
                break;
            }
    }
    return found > 0;
}

/* The row with a supplied score of the scale, or RP_NO_ROW. */
static uint32_t find_supplied(const scoring *s, uint32_t administration, uint32_t scale) {
    for (size_t i = s->groups->starts[administration]; i < s->groups->starts[administration + (size_t)1]; i++) {
        uint32_t row = rp_group_row(s->groups, i);
        if (rp_row_stands(s->scores, row) && rp_column_id(s->scale, row) == scale &&
            !rp_column_is_missing(s->value, row))
            return row;
    }
    return RP_NO_ROW;
}

/* Half a unit of the last decimal that the supplied score shows: rounding is no difference. */
static double rounding_of(double supplied) {
    char text[32];
    rp_number_text(supplied, text);
    const char *point = strchr(text, '.'), *power = strpbrk(text, "eE");
    if (power)
        return 0.5e-9;
    size_t decimals = point ? strlen(point + 1) : 0;
    return 0.5 * pow(10, -(double)decimals) + 1e-9;
}

static void compare(const scoring *s, const rp_pair *pair, size_t scale, uint32_t row, const rp_score *computed) {
    double supplied = rp_column_get(s->value, row).num;
    if (fabs(supplied - computed->value) <= rounding_of(supplied))
        return;
    char given[32], ours[32];
    rp_number_text(supplied, given);
    rp_number_text(computed->value, ours);
    rp_row_fault(s->record, s->scores, row, rp_schema_column(RP_SCORES, "value"), RP_FAULT_NOTE, RP_RULE_SCORE_DIFFERS,
                 "%s, %s was supplied as %s, and its answers give %s; the supplied score is kept.",
                 pair->instrument->short_title, pair->instrument->scales[scale].title, given, ours);
}

static bool append(scoring *s, uint32_t administration, size_t from, uint32_t scale, size_t scale_at,
                   const rp_score *score) {
    rp_arena *arena = s->record->arena;
    size_t row = s->scores->n;
    if (row >= RP_NO_ROW - 1)
        return false;
    rp_held place = {.id = rp_column_id(&s->administrations->place, from)};
    rp_held method = {.code = score->prorated ? s->prorated : s->computed};
    if (!rp_column_put(arena, s->administration, row, (rp_held){.id = administration}) ||
        !rp_column_put(arena, s->scale, row, (rp_held){.id = scale}) ||
        !rp_column_put(arena, s->value, row, (rp_held){.num = score->value}) ||
        !rp_column_put(arena, s->answered, row, (rp_held){.whole = (int64_t)score->answered}) ||
        !rp_column_put(arena, s->method, row, method) || !rp_column_put(arena, &s->scores->place, row, place) ||
        !rp_column_put(arena, &s->scores->link, row, (rp_held){.code = (int16_t)scale_at}))
        return false;
    s->scores->n++;
    return true;
}

/* A row past the last may hold what a rejected row left there; what a computed score does not say must be empty. */
static bool clear_rest(scoring *s, size_t row) {
    bool fine = rp_column_put(s->record->arena, &s->scores->state, row, rp_column_missing(&s->scores->state)) &&
                rp_column_put(s->record->arena, &s->scores->layout, row, rp_column_missing(&s->scores->layout));
    for (size_t i = s->scores->def->n_columns; i < s->scores->columns.n && fine; i++)
        fine = rp_column_put(s->record->arena, &s->scores->columns.at[i], row,
                             rp_column_missing(&s->scores->columns.at[i]));
    return fine;
}

static bool score_administration(scoring *s, size_t row) {
    const rp_column *key = &s->administrations->columns.at[s->administrations->roles.key];
    const rp_pair *pair = &s->record->pairs.at[rp_column_id(&s->administrations->link, row)];
    uint32_t id = rp_column_id(key, row);
    if (!pair->instrument || !find_answers(s, pair, id))
        return true;
    for (size_t i = 0; i < pair->instrument->n_scales; i++) {
        if (pair->instrument->scales[i].n_items == 0)
            continue;
        rp_score score = rp_instrument_score(pair->instrument, i, s->answers);
        if (isnan(score.value))
            continue;
        uint32_t supplied = find_supplied(s, id, pair->scale_ids[i]);
        if (supplied != RP_NO_ROW)
            compare(s, pair, i, supplied, &score);
        else if (!clear_rest(s, s->scores->n) || !append(s, id, row, pair->scale_ids[i], i, &score))
            return false;
    }
    return true;
}

bool rp_scores_compute(rp_record *record, const rp_groups *scores, rp_arena *scratch) {
    if (record->tables[RP_RESPONSES].n == 0)
        return true;
    scoring s;
    if (!start(&s, record, scores, scratch))
        return false;
    bool fine = true;
    for (size_t row = 0; row < s.administrations->n && fine; row++)
        if (rp_row_counts(s.administrations, row))
            fine = score_administration(&s, row);
    return fine;
}

/* ---- reading ---- */

const rp_instrument *rp_record_instrument(const rp_record *record, size_t administration) {
    const rp_held_table *held = &record->tables[RP_ADMINISTRATIONS];
    assert(record->sealed && administration < held->n);
    return record->pairs.at[rp_column_id(&held->link, administration)].instrument;
}

rp_score_ref rp_record_score_ref(const rp_record *record, size_t score) {
    const rp_held_table *held = &record->tables[RP_SCORES];
    assert(record->sealed && score < held->n);
    int64_t administration = rp_record_refers(record, RP_SCORES, held->roles.parent, score);
    rp_score_ref ref = {.instrument = administration < 0 ? NULL : rp_record_instrument(record, (size_t)administration)};
    uint32_t scale = rp_score_scale(record, score);
    ref.scale = ref.instrument && scale != RP_NO_ID ? (int)scale : -1;
    return ref;
}
