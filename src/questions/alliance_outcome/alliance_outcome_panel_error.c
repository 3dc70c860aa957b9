/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How much of a score is error of measurement. What is left of the symptoms of one session at the next is the symptoms'
 * and not the error's: a model that holds scores as they are holds too little of them, and whatever goes with symptoms
 * then seems to come before them. */
#include "questions/alliance_outcome/alliance_outcome_panel.h"
#include "rapport/models.h"

#include <math.h>
#include <string.h>

/* Where in the record the outcome's answers are. */
typedef struct answers {
    const rp_record *record;
    const rp_instrument *instrument;
    const rp_scale *scale;
    int rater, client, item, value; /* columns, and a code of the rater's */
} answers;

static answers answers_of(const ao_pairing *pairing) {
    const rp_measure *measure = ao_outcome(pairing);
    answers a = {.record = rp_cohort_record(pairing->cohort),
                 .instrument = measure->instrument,
                 .scale = &measure->instrument->scales[measure->scale],
                 .rater = rp_schema_column(RP_ADMINISTRATIONS, "rater"),
                 .item = rp_schema_column(RP_RESPONSES, "item"),
                 .value = rp_schema_column(RP_RESPONSES, "value")};
    const rp_code_list *raters = rp_schema_table(RP_ADMINISTRATIONS)->columns[a.rater].codes;
    for (size_t i = 0; i < raters->n; i++)
        if (strcmp(raters->codes[i].code, measure->rater) == 0)
            a.client = (int)i;
    return a;
}

/* Answers to all items of the scale, reversed ones turned; false where one is missing. */
static bool read_answers(const answers *a, uint32_t administration, double *out) {
    rp_rows responses = rp_record_children(a->record, RP_RESPONSES, administration);
    size_t found = 0;
    for (size_t r = 0; r < responses.n; r++) {
        const char *name = rp_record_id_text(a->record, RP_RESPONSES, a->item, responses.at[r]);
        int at = name != NULL ? rp_instrument_item(a->instrument, rp_text_of(name)) : -1;
        double answer = rp_record_num(a->record, RP_RESPONSES, a->value, responses.at[r]);
        for (size_t i = 0; i < a->scale->n_items && at >= 0 && !isnan(answer); i++)
            if (a->scale->items[i] == at) {
                const rp_item *item = &a->instrument->items[at];
                out[i] = a->scale->reversed[i] ? item->lowest + item->highest - answer : answer;
                found++;
            }
    }
    return found > 0 && found == a->scale->n_items;
}

/* A person's first complete questionnaires, each into the moments of its place. */
static void add_person(const answers *a, uint32_t referral, double *moments, size_t room, double *scratch) {
    rp_rows all = rp_record_children(a->record, RP_ADMINISTRATIONS, referral);
    size_t place = 0;
    for (size_t i = 0; i < all.n && place < AO_PANEL_SESSIONS; i++)
        if (rp_record_instrument(a->record, all.at[i]) == a->instrument &&
            rp_record_code(a->record, RP_ADMINISTRATIONS, a->rater, all.at[i]) == a->client &&
            read_answers(a, all.at[i], scratch))
            rp_item_moments_add(moments + room * place++, a->scale->n_items, scratch);
}

/* Variance and alpha between people at one time, all times together: n, then the products of deviations. */
static bool by_answers(const answers *a, const ao_sessions *sessions, rp_arena *arena, ao_panel_error *out) {
    size_t k = a->scale->n_items, room = rp_item_moments_room(k), people = sessions->of.n_people;
    double *moments = rp_arena_take(arena, (AO_PANEL_SESSIONS + 1) * room, sizeof *moments);
    double *scratch = rp_arena_take(arena, k + 1, sizeof *scratch);
    if (moments == NULL || scratch == NULL)
        return false;
    size_t step = people / AO_PANEL_ANSWERING + 1;
    for (size_t p = 0; p < people && k > 1; p += step)
        add_person(a, sessions->of.referral[p], moments, room, scratch);
    double *pooled = moments + AO_PANEL_SESSIONS * room, total = 0, freedom = 0;
    for (size_t t = 0; t < AO_PANEL_SESSIONS; t++) {
        freedom += moments[t * room] > 1 ? moments[t * room] - 1 : 0;
        rp_item_moments_add_centred(pooled, k, moments + t * room);
    }
    for (size_t i = 0; i < k * k; i++)
        total += pooled[1 + k + i];
    double alpha = rp_alpha(pooled, k);
    if (pooled[0] < AO_PANEL_PEOPLE || !(alpha > 0))
        return true;
    double points = a->scale->score == RP_SCORE_MEAN ? (double)k : 1;
    *out = (ao_panel_error){(1 - alpha) * total / freedom / (points * points), alpha, true, true};
    return true;
}

bool ao_panel_error_of(const ao_pairing *pairing, const ao_sessions *sessions, const ao_panel_rows *rows,
                       rp_arena *arena, ao_panel_error *out) {
    answers a = answers_of(pairing);
    *out = (ao_panel_error){NAN, NAN, false, false};
    if (!by_answers(&a, sessions, arena, out))
        return false;
    const rp_change_rule *rule = &a.scale->change;
    if (isnan(out->variance) && !isnan(rule->reliability))
        *out = (ao_panel_error){(1 - rule->reliability) * rows->variance, rule->reliability, false,
                                rule->reliability_source.confirmed};
    return true;
}
