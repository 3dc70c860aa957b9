/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Who is in which model of measurement, and the order in which they are made. */
#include "questions/alliance/alliance_measurement.h"

#include <math.h>
#include <string.h>

/* ---- who is large enough to be compared ------------------------------------------------------------------- */

static void choose_groups(alliance_measured *m) {
    const alliance_rows *rows = m->rows;
    size_t complete[GROUPINGS][MOST_GROUPED + 1] = {0};
    for (size_t i = 0; i < rows->n_people; i++) {
        size_t row = alliance_row_at(rows, i, rows->chosen);
        for (size_t g = 0; g < GROUPINGS && alliance_row_is_complete(rows, row); g++)
            complete[g][rows->group[row * GROUPINGS + g]]++;
    }
    for (size_t g = 0; g < GROUPINGS; g++) {
        size_t large = 0;
        for (size_t k = 1; k <= MOST_GROUPED; k++)
            large += complete[g][k] >= MEASURED_LEAST_PEOPLE;
        for (size_t k = 1; k <= MOST_GROUPED; k++)
            m->compared[g][k] = large >= 2 && complete[g][k] >= MEASURED_LEAST_PEOPLE;
    }
}

static size_t complete_at_both(const alliance_rows *rows, size_t a, size_t b) {
    size_t n = 0;
    for (size_t i = 0; i < rows->n_people; i++)
        n += alliance_row_is_complete(rows, alliance_row_at(rows, i, a)) &&
             alliance_row_is_complete(rows, alliance_row_at(rows, i, b));
    return n;
}

/* The two that lie furthest apart; of several the earliest. */
static void choose_sessions(alliance_measured *m) {
    for (size_t apart = m->rows->slots; apart-- > 1;)
        for (size_t a = 0; a + apart < m->rows->slots; a++)
            if (complete_at_both(m->rows, a, a + apart) >= MEASURED_LEAST_PEOPLE) {
                m->earlier = a;
                m->later = a + apart;
                return;
            }
}

/* ---- marks -------------------------------------------------------------------------------------------------- */

static uint64_t marks_of_rows(const alliance_measured *m, size_t person) {
    const alliance_rows *rows = m->rows;
    size_t row = alliance_row_at(rows, person, rows->chosen);
    uint64_t marks =
        (row != SIZE_MAX ? MARK(MARK_MODELLED) : 0) | (alliance_row_is_complete(rows, row) ? MARK(MARK_COMPLETE) : 0);
    for (size_t g = 0; g < GROUPINGS && row != SIZE_MAX; g++) {
        size_t group = rows->group[row * GROUPINGS + g];
        marks |= m->compared[g][group] ? alliance_group_mark((alliance_grouping)g, group) : 0;
    }
    size_t complete = 0;
    for (size_t r = rows->starts[person]; r < rows->starts[person + 1]; r++)
        complete += alliance_row_is_complete(rows, r);
    marks |= (complete > 0 ? MARK(MARK_COMPLETE_EVER) : 0) | (complete > 1 ? MARK(MARK_COMPLETE_TWICE) : 0);
    if (m->later > 0 && alliance_row_at(rows, person, m->earlier) != SIZE_MAX &&
        alliance_row_at(rows, person, m->later) != SIZE_MAX)
        marks |= MARK(MARK_BOTH_SESSIONS);
    return marks;
}

typedef struct marking {
    size_t measure;
    const uint64_t *of_rows; /* by referral */
} marking;

static uint64_t marks_of(const void *context, const alliance_person *person) {
    const marking *m = context;
    uint32_t scores = person->episode->series[m->measure].n;
    return (scores > 0 ? MARK(MARK_SCORED) : 0) | (scores > 1 ? MARK(MARK_RATED_TWICE) : 0) |
           m->of_rows[person->episode->row];
}

uint64_t alliance_group_mark(alliance_grouping grouping, size_t group) {
    return group == 0 ? 0 : MARK((size_t)FIRST_GROUP_MARK + (size_t)grouping * MOST_GROUPED + group - 1);
}

static bool measured_make(const alliance_rows *rows, rp_answer *answer, alliance_measured *out, rp_error *error) {
    const alliance_family *family = rows->family;
    *out = (alliance_measured){.rows = rows};
    choose_groups(out);
    choose_sessions(out);
    uint64_t *of_rows =
        rp_arena_take(answer->arena, rp_record_rows(rp_cohort_record(family->cohort), RP_REFERRALS), sizeof *of_rows);
    if (of_rows == NULL)
        return rp_fail_memory(error);
    for (size_t i = 0; i < rows->n_people; i++)
        of_rows[rows->referral[i]] = rows->starts[i] < rows->starts[i + 1] ? marks_of_rows(out, i) : 0;
    const marking m = {family->measures[0], of_rows};
    return alliance_set_make(&out->set, answer, family, rp_answer_text(answer, "%s, measurement", family->name),
                             marks_of, &m, error);
}

/* ---- in order ----------------------------------------------------------------------------------------------- */

static bool write_models(const alliance_measured *m, rp_error *error) {
    const alliance_rows *rows = m->rows;
    rp_answer *answer = m->set.answer;
    if (rows->p < MEASURED_LEAST_ITEMS || rows->n_people == 0)
        return true; /* that there are no answers is said beside alpha */
    if (rows->one_in > 1)
        rp_answer_caveat(answer,
                         "%s: one in %zu of the people with answers is in the models of the items, %d at most, by the "
                         "order of referrals: more would make no interval noticeably narrower.",
                         rows->family->name, rows->one_in, MEASURED_MOST_PEOPLE);
    alliance_model simple = MODELS;
    return alliance_write_factors(m, &simple, error) && alliance_write_two_levels(m, error) &&
           (simple == MODELS ||
            (alliance_write_invariance(m, simple, error) && alliance_write_over_sessions(m, simple, error)));
}

bool alliance_write_measurement(const alliance_family *family, rp_answer *answer, rp_error *error) {
    alliance_rows rows;
    alliance_measured measured;
    return alliance_rows_make(family, answer, &rows, error) && measured_make(&rows, answer, &measured, error) &&
           write_models(&measured, error) && alliance_write_dependability(&measured, error);
}
