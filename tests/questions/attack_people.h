/* SPDX-License-Identifier: GPL-3.0-or-later */
/* For the attack on what several answers say: people of types made at random, and the record of them. A test program
 * includes it once, after cmocka. */
#ifndef RAPPORT_TEST_ATTACK_PEOPLE_H
#define RAPPORT_TEST_ATTACK_PEOPLE_H

#include "answer/attack_helper.h"
#include "questions/asked_helper.h"

enum { MOST_PEOPLE = 120 };

/* ---- types ---- */

enum { STAGES = 5, CHANGED = 5, EVENTS = 7, PERIODS = 3, RISKS = 9, ANSWERS = 3 };
typedef struct type {
    unsigned stage, change, event, period, risk, answer;
} type;
enum { TYPES = STAGES * CHANGED * EVENTS * PERIODS * RISKS * ANSWERS };

static inline size_t index_of(const type *t) {
    return ((((t->stage * CHANGED + t->change) * EVENTS + t->event) * PERIODS + t->period) * RISKS + t->risk) *
               ANSWERS +
           t->answer;
}

static inline type type_at(size_t i) {
    type t = {.answer = (unsigned)(i % ANSWERS)};
    i /= ANSWERS;
    t.risk = (unsigned)(i % RISKS), i /= RISKS;
    t.period = (unsigned)(i % PERIODS), i /= PERIODS;
    t.event = (unsigned)(i % EVENTS), i /= EVENTS;
    t.change = (unsigned)(i % CHANGED), t.stage = (unsigned)(i / CHANGED);
    return t;
}

static inline unsigned known(const type *t) { /* worse, not worse, not known */
    return t->change == 0 ? 0 : t->change <= 2 ? 1 : 2;
}
static inline unsigned scores(const type *t) {
    return t->change <= 2 ? 2 : t->change == 3 ? 1 : 0;
}
/* A risk is 0 or 1 + origin * 4 + dealing * 2 + closing. */
static inline unsigned raised(const type *t) { /* none, without an action, with one */
    return t->risk == 0 ? 0 : ((t->risk - 1) / 2 % 2 == 0 ? 2 : 1);
}

/* The parts: what of a type each of them knows. */
enum { PARTS = 7 };
static inline unsigned part_of(const type *t, int part) {
    unsigned r = (t->stage * 3 + known(t)) * 3 + raised(t), q = t->risk > 0 ? t->risk - 1 : 0;
    switch (part) {
    case 0: /* the national rule */
        return t->stage * CHANGED + t->change;
    case 1: /* harms */
        return (t->stage * 3 + known(t)) * EVENTS + t->event;
    case 6: /* when there was harm */
        return ((t->stage * 3 + known(t)) * 3 + (t->event <= 1 ? t->event : 2)) * PERIODS +
               (t->event <= 1 ? 0 : t->period);
    case 2: /* what raised a risk */
        return r * 2 + q / 4;
    case 3: /* what was done */
        return r * 2 + q / 2 % 2;
    case 4: /* when it was closed */
        return r * 2 + q % 2;
    default: /* the item */
        return r * ANSWERS + t->answer;
    }
}
enum { GROUPS = STAGES * 3 * 3 * ANSWERS * 3 };

/* ---- a record ---- */

static rp_arena *common;
static rp_instruments *instruments;

static inline world begin_small(void) {
    world w = {.arena = rp_arena_new(0)};
    w.record = rp_record_new(w.arena, instruments, rp_faults_new(w.arena, 100));
    assert_non_null(w.record);
    uint32_t input;
    assert_true(rp_record_input(w.record, "examples/beat-the-blues/bdi.csv", RP_UTF_8, &input, &w.error));
    return w;
}

static inline void put_events(world *w, const char *id, const type *t) {
    static const char *const dates[PERIODS] = {"2024-02-01", "2024-05-01", ""};
    const char *date = dates[t->period];
    if (t->event == 1)
        event(w, id, date, "life_event", "no");
    if (t->event == 2 || t->event == 3 || t->event == 4)
        event(w, id, date, "unwanted_effect", t->event == 2 ? "yes" : "no");
    if (t->event == 4 || t->event == 5)
        event(w, id, date, "complaint", "possibly");
    if (t->event == 6)
        event(w, id, date, "death", "not_known");
}

static inline void put_risk(world *w, const char *id, const char *of, unsigned risk) {
    char key[64];
    if (risk == 0)
        return;
    unsigned q = risk - 1;
    bool done = q / 2 % 2 == 0;
    snprintf(key, sizeof key, "risk_id=q-%s", id);
    assert_int_equal(
        put_row(w->record, RP_RISKS, key, of, "raised=2024-01-10T08:00:00Z",
                q / 4 == 0 ? "origin=item" : "origin=words", done ? "explored=true" : "explored=false",
                done ? "action=gp_told" : "action=", q % 2 == 0 ? "closed=2024-01-12T08:00:00Z" : "closed=", NULL),
        RP_PUT_KEPT);
}

/* A questionnaire with its score, given as one, and with an answer to item 9, or with either. */
static inline void phq9(world *w, const char *of, const char *date, double value, unsigned answer) {
    static int next = 0;
    char key[64], d[64], v[64];
    snprintf(key, sizeof key, "administration_id=i%d", next++);
    snprintf(d, sizeof d, "date=%s", date);
    snprintf(v, sizeof v, "value=%g", value);
    assert_int_equal(put_row(w->record, RP_ADMINISTRATIONS, key, of, d, "instrument=phq-9", "version=1", "rater=client",
                             "status=complete", NULL),
                     RP_PUT_KEPT);
    if (!isnan(value))
        assert_int_equal(put_row(w->record, RP_SCORES, key, "scale=total", v, "method=supplied", NULL), RP_PUT_KEPT);
    if (answer > 0)
        assert_int_equal(put_row(w->record, RP_RESPONSES, key, "item=9", answer == 1 ? "value=0" : "value=2", NULL),
                         RP_PUT_KEPT);
}

static inline void put_person(world *w, int number, const type *t) {
    static const struct {
        const char *assessed;
        int treatments;
        bool over;
    } stages[STAGES] = {
        {NULL, 0, true}, {"2024-01-05", 0, false}, {"2024-01-05", 1, true}, {NULL, 2, true}, {"2024-01-05", 2, false}};
    static const double last[] = {21, 5, 15}; /* from 15: worse, better, the same */
    static const char *const dates[] = {"2024-01-10", "2024-01-24"};
    char id[16], of[32];
    snprintf(id, sizeof id, "p%d", number);
    snprintf(of, sizeof of, "referral_id=%s", id);
    referral(w, id, "2024-01-01", stages[t->stage].over ? "2024-03-01" : "", NULL);
    if (stages[t->stage].assessed != NULL)
        contact(w, id, stages[t->stage].assessed, "assessment", "attended");
    for (int i = 0; i < stages[t->stage].treatments; i++)
        contact(w, id, dates[i], "treatment", "attended");
    for (unsigned i = 0; i < scores(t); i++) {
        phq9(w, of, dates[i], i == 0 ? 15 : last[t->change], t->answer);
        score(w, id, "gad-7", dates[i], 12);
    }
    put_events(w, id, t);
    put_risk(w, id, of, t->risk);
    if (scores(t) == 0 && t->answer > 0)
        phq9(w, of, "2024-01-10", NAN, t->answer);
}

/* Few kinds of people in each record, so that small groups stand beside large ones. */
static inline int make_people(uint64_t *random, type *people) {
    int n = 20 + (int)(next_random(random) % (MOST_PEOPLE - 20)), kinds = 3 + (int)(next_random(random) % 12);
    type pool[16];
    for (int k = 0; k < kinds; k++) {
        pool[k] = type_at((size_t)(next_random(random) % TYPES));
        if (next_random(random) % 2 == 0) /* most people have neither event nor risk */
            pool[k].event = 0;
        if (next_random(random) % 2 == 0)
            pool[k].risk = 0;
        if (k > 0 && next_random(random) % 2 == 0) { /* like one before, but for one thing */
            pool[k] = pool[next_random(random) % (unsigned)k];
            switch (next_random(random) % 6) {
            case 0:
                pool[k].stage = (unsigned)(next_random(random) % STAGES);
                break;
            case 1:
                pool[k].change = (unsigned)(next_random(random) % CHANGED);
                break;
            case 2:
                pool[k].event = (unsigned)(next_random(random) % EVENTS);
                break;
            case 4:
                pool[k].period = (unsigned)(next_random(random) % PERIODS);
                break;
            case 3:
                pool[k].risk = (unsigned)(next_random(random) % RISKS);
                break;
            default:
                pool[k].answer = (unsigned)(next_random(random) % ANSWERS);
            }
        }
    }
    pool[0].stage = 3; /* somebody has finished, and has scores: the national rule is told */
    pool[0].change %= 4;
    for (int i = 0; i < n; i++) { /* the first kinds are the commonest */
        uint64_t r = i == 0 ? 0 : next_random(random);
        int k = 0;
        while (k + 1 < kinds && r % 3 != 0)
            k++, r /= 3;
        people[i] = pool[k];
    }
    return n;
}

static inline int set_up(void **state) {
    (void)state;
    rp_error error = {0};
    common = rp_arena_new(0);
    instruments = rp_instruments_new(common, &error);
    return instruments != NULL ? 0 : -1;
}

static inline int tear_down(void **state) {
    (void)state;
    rp_arena_free(common);
    return 0;
}

#endif
