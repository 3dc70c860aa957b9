/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What was measured in a record, by whom, and at which occasions. */
#include "record/cohort_parts.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static int compare_measures(const rp_measure *a, const rp_measure *b) {
    int by = strcmp(a->instrument->name, b->instrument->name);
    if (by == 0)
        by = strcmp(a->instrument->version, b->instrument->version);
    if (by == 0)
        by = (a->scale > b->scale) - (a->scale < b->scale);
    return by != 0 ? by : strcmp(a->rater, b->rater);
}

/* Where in the sorted list a measure is, or should stand. */
static size_t place_of(const rp_cohort *cohort, const rp_measure *measure, bool *found) {
    size_t i = 0;
    for (; i < cohort->measures.n; i++) {
        int by = compare_measures(&cohort->measures.at[i], measure);
        if (by >= 0) {
            *found = by == 0;
            return i;
        }
    }
    *found = false;
    return i;
}

/* "BDI-II"; "WAI-SR, agreement on tasks, practitioner": as short as tells it apart. */
static const char *name_of(rp_arena *arena, const rp_measure *measure) {
    const rp_instrument *instrument = measure->instrument;
    bool by_client = strcmp(measure->rater, "client") == 0;
    bool one_scale = instrument->n_scales == 1;
    const char *scale = instrument->scales[measure->scale].title;
    return rp_arena_printf(arena, "%s%s%s%s%s", instrument->short_title, one_scale ? "" : ", ", one_scale ? "" : scale,
                           by_client ? "" : ", ", by_client ? "" : measure->rater);
}

bool rp_measure_is(const rp_measure *measure, const char *word) {
    return strcasecmp(word, measure->name) == 0 || strcasecmp(word, measure->instrument->name) == 0 ||
           strcasecmp(word, measure->instrument->short_title) == 0;
}

static bool add_measure(rp_cohort *cohort, rp_measure measure) {
    bool found;
    size_t at = place_of(cohort, &measure, &found);
    if (found) {
        cohort->measures.at[at].n_scores += measure.n_scores;
        return true;
    }
    if (rp_vec_push(cohort->arena, &cohort->measures) == NULL)
        return false;
    measure.name = name_of(cohort->arena, &measure);
    memmove(&cohort->measures.at[at + 1], &cohort->measures.at[at],
            (cohort->measures.n - 1 - at) * sizeof *cohort->measures.at);
    cohort->measures.at[at] = measure;
    return measure.name != NULL;
}

/* ---- by pair of instrument and version, rater and scale ---- */

static int *places_of(const rp_cohort *cohort, size_t pair, size_t rater) {
    return cohort->measure_at + (pair * cohort->n_raters + rater) * cohort->n_scales;
}

const int *rp_cohort_measures_of(const rp_cohort *cohort, size_t administration) {
    uint32_t pair = rp_column_id(&cohort->record->tables[RP_ADMINISTRATIONS].link, administration);
    int rater = rp_record_code(cohort->record, RP_ADMINISTRATIONS, cohort->columns.rater, administration);
    bool known = rater >= 0 && cohort->record->pairs.at[pair].instrument != NULL;
    return known ? places_of(cohort, pair, (size_t)rater) : NULL;
}

static bool make_places(rp_cohort *cohort) {
    const rp_record *record = cohort->record;
    cohort->n_raters = rp_schema_table(RP_ADMINISTRATIONS)->columns[cohort->columns.rater].codes->n;
    for (size_t p = 0; p < record->pairs.n; p++) {
        const rp_instrument *instrument = record->pairs.at[p].instrument;
        if (instrument != NULL && instrument->n_scales > cohort->n_scales)
            cohort->n_scales = instrument->n_scales;
    }
    cohort->measure_at =
        rp_arena_take(cohort->arena, record->pairs.n * cohort->n_raters * cohort->n_scales, sizeof(int));
    return cohort->measure_at != NULL;
}

/* How many scores there are, in the places of their measures. */
static void count_scores(const rp_cohort *cohort, int64_t *counts) {
    const rp_held_table *scores = &cohort->record->tables[RP_SCORES];
    uint32_t before = RP_NO_ID;
    const int *places = NULL;
    for (size_t i = 0; i < scores->n; i++) {
        uint32_t scale = rp_score_scale(cohort->record, i);
        if (scale == RP_NO_ID)
            continue;
        uint32_t id = rp_column_id(&scores->columns.at[scores->roles.parent], i);
        int64_t administration = id != before ? rp_record_refers(cohort->record, RP_SCORES, 0, i) : -1;
        if (id != before)
            places = administration < 0 ? NULL : rp_cohort_measures_of(cohort, (size_t)administration);
        before = id;
        if (places != NULL)
            counts[places - cohort->measure_at + scale]++;
    }
}

static rp_measure measure_at(const rp_cohort *cohort, size_t place, int64_t n_scores) {
    size_t pair = place / cohort->n_scales / cohort->n_raters, rater = place / cohort->n_scales % cohort->n_raters;
    const rp_code_list *raters = rp_schema_table(RP_ADMINISTRATIONS)->columns[cohort->columns.rater].codes;
    return (rp_measure){.instrument = cohort->record->pairs.at[pair].instrument,
                        .scale = (int)(place % cohort->n_scales),
                        .rater = raters->codes[rater].code,
                        .n_scores = n_scores};
}

static bool is_measured(const rp_measure *measure) {
    return measure->instrument != NULL && measure->n_scores > 0;
}

bool rp_cohort_find_measures(rp_cohort *cohort) {
    if (!make_places(cohort))
        return false;
    size_t n = cohort->record->pairs.n * cohort->n_raters * cohort->n_scales;
    int64_t *counts = rp_arena_take(cohort->arena, n, sizeof *counts);
    if (counts == NULL)
        return false;
    count_scores(cohort, counts);
    for (size_t i = 0; i < n; i++) {
        rp_measure measure = measure_at(cohort, i, counts[i]);
        if (is_measured(&measure) && !add_measure(cohort, measure))
            return false;
    }
    for (size_t i = 0; i < n; i++) { /* now that each has its place among the others */
        rp_measure measure = measure_at(cohort, i, counts[i]);
        bool found = false;
        size_t at = is_measured(&measure) ? place_of(cohort, &measure, &found) : 0;
        cohort->measure_at[i] = found ? (int)at : -1;
    }
    return true;
}

static int by_number(const void *a, const void *b) {
    int32_t x = *(const int32_t *)a, y = *(const int32_t *)b;
    return (x > y) - (x < y);
}

static rp_occasion described(const rp_cohort *cohort, int32_t occasion) {
    const rp_about *about = rp_record_about(cohort->record);
    for (size_t i = 0; i < about->n_occasions; i++)
        if (about->occasions[i].occasion == occasion && about->occasions[i].label != NULL)
            return about->occasions[i];
    rp_occasion plain = {.occasion = occasion, .months = NAN};
    for (size_t i = 0; i < about->n_occasions; i++)
        if (about->occasions[i].occasion == occasion)
            plain.months = about->occasions[i].months;
    plain.label = rp_arena_printf(cohort->arena, "occasion %d", occasion);
    return plain;
}

bool rp_cohort_find_occasions(rp_cohort *cohort) {
    RP_VEC(int32_t) seen = {0};
    size_t n = rp_record_rows(cohort->record, RP_ADMINISTRATIONS);
    for (size_t i = 0; i < n; i++) {
        int64_t occasion = rp_record_int(cohort->record, RP_ADMINISTRATIONS, cohort->columns.admin_occasion, i);
        /* Beyond this a number is a mistake, not an occasion; the record's own rules have said so. */
        if (occasion < -1000000 || occasion > 1000000)
            continue;
        int32_t key = (int32_t)occasion;
        if (seen.n > 0 && bsearch(&key, seen.at, seen.n, sizeof *seen.at, by_number) != NULL)
            continue;
        int32_t *slot = rp_vec_push(cohort->arena, &seen);
        if (slot == NULL)
            return false;
        *slot = key;
        qsort(seen.at, seen.n, sizeof *seen.at, by_number);
    }
    for (size_t i = 0; i < seen.n; i++) {
        rp_occasion *slot = rp_vec_push(cohort->arena, &cohort->occasions);
        if (slot == NULL)
            return false;
        *slot = described(cohort, seen.at[i]);
        if (slot->label == NULL)
            return false;
    }
    return true;
}
