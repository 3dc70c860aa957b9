/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Means of scores and cross-products of answers, prepared a block at a time and merged. Answers are not in the
 * cohort's blocks: they are read from the record, by the block's rows. */
#include "questions/alliance/alliance_parts.h"

#include <math.h>
#include <string.h>

/* One flat piece of memory a scale: scores, people, slots, pooled, within. */
typedef struct layout {
    const alliance_family *family;
    size_t starts[ALLIANCE_SCALES + 1]; /* byte offsets */
    size_t longest;                     /* items of the longest scale */
} layout;

typedef struct parts {
    rp_moments *scores;
    rp_pair_moments *people;
    rp_moments *slots;
    double *pooled, *within;
    size_t n_items;
} parts;

static parts parts_of(const layout *l, void *statistics, size_t k) {
    parts p = {.n_items = alliance_scale(l->family, k)->n_items};
    p.scores = (rp_moments *)(void *)((char *)statistics + l->starts[k]);
    p.people = (rp_pair_moments *)(p.scores + 1);
    p.slots = (rp_moments *)(p.people + 1);
    p.pooled = (double *)(p.slots + l->family->n_slots);
    p.within = p.pooled + rp_item_moments_room(p.n_items);
    return p;
}

static layout layout_of(const alliance_family *family) {
    layout l = {.family = family};
    for (size_t k = 0; k < family->n_scales; k++) {
        size_t items = alliance_scale(family, k)->n_items;
        l.longest = items > l.longest ? items : l.longest;
        l.starts[k + 1] = l.starts[k] + (1 + family->n_slots) * sizeof(rp_moments) + sizeof(rp_pair_moments) +
                          2 * rp_item_moments_room(items) * sizeof(double);
    }
    return l;
}

static void add_scores(const layout *l, void *statistics, const rp_episode *episode) {
    for (size_t k = 0; k < l->family->n_scales; k++) {
        const rp_series *series = &episode->series[l->family->measures[k]];
        parts p = parts_of(l, statistics, k);
        rp_sum sum = {0};
        for (size_t i = 0; i < series->n; i++) {
            rp_moments_add(p.scores, series->points[i].value);
            rp_sum_add(&sum, series->points[i].value);
        }
        if (series->n > 0)
            rp_pair_moments_add(p.people, (double)series->n, rp_sum_value(&sum));
    }
}

/* A person's scores at the slots: where a slot holds two, the later one stands. */
static void add_slots(const layout *l, void *statistics, const alliance_person *person) {
    const alliance_family *f = l->family;
    for (size_t k = 0; k < f->n_scales; k++) {
        double at[ALLIANCE_SLOTS];
        for (size_t s = 0; s < f->n_slots; s++)
            at[s] = NAN;
        for (size_t i = 0; i < person->n_sessions; i++) {
            size_t slot = alliance_slot(f, &person->sessions[i]);
            double value = person->sessions[i].values[f->measures[k]];
            if (slot < f->n_slots && !isnan(value))
                at[slot] = value;
        }
        for (size_t s = 0; s < f->n_slots; s++)
            if (!isnan(at[s]))
                rp_moments_add(&parts_of(l, statistics, k).slots[s], at[s]);
    }
}

bool alliance_answers(const alliance_family *family, size_t k, uint32_t administration, double *answers) {
    const rp_record *record = rp_cohort_record(family->cohort);
    const rp_instrument *instrument = family->instrument;
    rp_rows responses = rp_record_children(record, RP_RESPONSES, administration);
    if (responses.n == 0)
        return false;
    const rp_scale *scale = alliance_scale(family, k);
    for (size_t i = 0; i < scale->n_items; i++)
        answers[i] = NAN;
    for (size_t r = 0; r < responses.n; r++) {
        const char *name = rp_record_id_text(record, RP_RESPONSES, family->item_column, responses.at[r]);
        int at = name != NULL ? rp_instrument_item(instrument, rp_text_of(name)) : -1;
        double answer = rp_record_num(record, RP_RESPONSES, family->answer_column, responses.at[r]);
        for (size_t i = 0; i < scale->n_items && at >= 0; i++)
            if (scale->items[i] == at)
                answers[i] =
                    scale->reversed[i] ? instrument->items[at].lowest + instrument->items[at].highest - answer : answer;
    }
    bool complete = scale->n_items > 0;
    for (size_t i = 0; i < scale->n_items; i++)
        complete = complete && !isnan(answers[i]);
    return complete;
}

static void add_answers(const layout *l, void *statistics, const rp_episode *episode, double *answers, double *person) {
    rp_rows administrations = alliance_administrations(l->family, episode);
    for (size_t k = 0; k < l->family->n_scales; k++) {
        parts p = parts_of(l, statistics, k);
        person[0] = 0;
        for (size_t a = 0; a < administrations.n; a++) {
            if (!alliance_answers(l->family, k, administrations.at[a], answers))
                continue;
            if (person[0] == 0)
                memset(person, 0, rp_item_moments_room(p.n_items) * sizeof *person);
            rp_item_moments_add(person, p.n_items, answers);
        }
        if (person[0] == 0)
            continue;
        rp_item_moments_merge(p.pooled, p.n_items, person);
        rp_item_moments_add_centred(p.within, p.n_items, person);
    }
}

/* The last numbers of the statistics are room to work in; merging does not touch them. */
static void prepare(void *statistics, const rp_block *block, const void *context) {
    const layout *l = context;
    double *answers = (double *)(void *)((char *)statistics + l->starts[l->family->n_scales]);
    for (alliance_person person = {0}; alliance_next(block, &person);) {
        add_scores(l, statistics, person.episode);
        add_slots(l, statistics, &person);
        add_answers(l, statistics, person.episode, answers, answers + l->longest);
    }
}

static void merge(void *into, const void *other, const void *context) {
    const layout *l = context;
    for (size_t k = 0; k < l->family->n_scales; k++) {
        parts to = parts_of(l, into, k), from = parts_of(l, (void *)other, k);
        rp_moments_merge(to.scores, from.scores);
        rp_pair_moments_merge(to.people, from.people);
        for (size_t s = 0; s < l->family->n_slots; s++)
            rp_moments_merge(&to.slots[s], &from.slots[s]);
        rp_item_moments_merge(to.pooled, to.n_items, from.pooled);
        rp_item_moments_merge(to.within, to.n_items, from.within);
    }
}

bool alliance_moments_make(const alliance_family *family, rp_arena *arena, alliance_scale_moments *out,
                           rp_error *error) {
    layout l = layout_of(family);
    size_t room = l.starts[family->n_scales] + (l.longest + rp_item_moments_room(l.longest)) * sizeof(double);
    rp_fold fold = {room, prepare, merge, &l};
    void *statistics = rp_arena_take(arena, 1, room);
    if (statistics == NULL)
        return rp_fail_memory(error);
    if (!rp_cohort_fold(family->cohort, &fold, family->asked->threads, statistics, error))
        return false;
    for (size_t k = 0; k < family->n_scales; k++) {
        parts p = parts_of(&l, statistics, k);
        out[k] = (alliance_scale_moments){*p.scores, *p.people, p.slots, p.pooled, p.within};
    }
    return true;
}
