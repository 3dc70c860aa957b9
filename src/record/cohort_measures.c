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

/* The measure of a score row; instrument NULL where this run does not know the instrument. */
static rp_measure measure_of(const rp_cohort *cohort, size_t score) {
    rp_score_ref ref = rp_record_score_ref(cohort->record, score);
    rp_measure measure = {.instrument = ref.scale >= 0 ? ref.instrument : NULL, .scale = ref.scale};
    int64_t administration = rp_record_refers(cohort->record, RP_SCORES, 0, score);
    if (administration < 0)
        measure.instrument = NULL;
    else
        measure.rater =
            rp_record_code_text(cohort->record, RP_ADMINISTRATIONS, cohort->columns.rater, (size_t)administration);
    return measure;
}

static bool add_measure(rp_cohort *cohort, rp_measure measure) {
    bool found;
    size_t at = place_of(cohort, &measure, &found);
    if (found) {
        cohort->measures.at[at].n_scores++;
        return true;
    }
    if (rp_vec_push(cohort->arena, &cohort->measures) == NULL)
        return false;
    measure.n_scores = 1;
    measure.name = name_of(cohort->arena, &measure);
    memmove(&cohort->measures.at[at + 1], &cohort->measures.at[at],
            (cohort->measures.n - 1 - at) * sizeof *cohort->measures.at);
    cohort->measures.at[at] = measure;
    return measure.name != NULL;
}

bool rp_cohort_find_measures(rp_cohort *cohort) {
    size_t n = rp_record_rows(cohort->record, RP_SCORES);
    for (size_t i = 0; i < n; i++) {
        rp_measure measure = measure_of(cohort, i);
        if (measure.instrument != NULL && !add_measure(cohort, measure))
            return false;
    }
    cohort->measure_of_score = rp_arena_take(cohort->arena, n, sizeof *cohort->measure_of_score);
    if (cohort->measure_of_score == NULL)
        return false;
    for (size_t i = 0; i < n; i++) {
        rp_measure measure = measure_of(cohort, i);
        bool found = false;
        size_t at = measure.instrument != NULL ? place_of(cohort, &measure, &found) : 0;
        cohort->measure_of_score[i] = found ? (int)at : -1;
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
