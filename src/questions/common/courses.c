/* SPDX-License-Identifier: GPL-3.0-or-later */
/* First how many sessions each person has to give, then the sessions themselves, each at its own place, so that any
 * number of threads may fill them. */
#include "questions/common/courses.h"

#include "questions/common/everyone.h"
#include "questions/common/practitioner_of.h"

#include <assert.h>
#include <math.h>

typedef struct gathering {
    const rp_question_courses_asked *asked;
    bool by_occasion;
    uint32_t *counts; /* by place in the cohort: sessions; 0: not in */
    uint32_t *at;     /* by place in the cohort: number among those who are taken, from 1; 0: not taken */
    rp_question_courses *out;
    double *number, *place, *weeks, *values; /* of *out */
    uint32_t *referral;
    int *arm;
    rp_question_holding holding;
    uint32_t *holder;   /* of each person who is taken: an id, where there are contacts */
    const char **named; /* the same, by a study's map */
} gathering;

/* One person with all sessions. */
typedef struct whole {
    const rp_episode *episode;
    const rp_session *sessions;
    size_t n;
} whole;

/* The next person of a block, {0} before the first. */
static bool next(const rp_block *block, whole *person) {
    const rp_episode *episode = person->episode == NULL ? block->episodes : person->episode + 1;
    const rp_session *session = person->episode == NULL ? block->sessions : person->sessions + person->n;
    if (episode == block->episodes + block->n_episodes)
        return false;
    *person = (whole){episode, session, 0};
    const rp_session *end = block->sessions + block->n_sessions;
    while (session + person->n < end && session[person->n].episode == (uint32_t)(episode - block->episodes))
        person->n++;
    return true;
}

static bool is_told(const rp_question_courses_asked *asked, const rp_session *session) {
    for (size_t i = 0; i < asked->n_measures; i++)
        if (!isnan(session->values[asked->measures[i]]))
            return true;
    return false;
}

static void count_block(void *statistics, const rp_block *block, const void *context) {
    (void)statistics;
    const gathering *g = context;
    size_t place = block->first;
    for (whole person = {0}; next(block, &person); place++)
        if (g->asked->is_in(g->asked->context, person.sessions, person.n))
            for (size_t i = 0; i < person.n; i++)
                g->counts[place] += is_told(g->asked, &person.sessions[i]);
}

static double weeks_of(const gathering *g, const rp_session *session) {
    if (!g->by_occasion)
        return session->days / 7;
    const rp_cohort *cohort = g->asked->cohort;
    for (size_t i = 0; i < rp_cohort_occasions(cohort); i++)
        if (rp_cohort_occasion(cohort, i)->occasion == session->occasion)
            return rp_cohort_occasion(cohort, i)->months * 365.25 / 12 / 7;
    return NAN;
}

/* Which of the treatment sessions, or of the cohort's occasions. */
static double place_of(const gathering *g, const whole *person, const rp_session *session) {
    const rp_cohort *cohort = g->asked->cohort;
    if (g->by_occasion) {
        for (size_t i = 0; i < rp_cohort_occasions(cohort); i++)
            if (rp_cohort_occasion(cohort, i)->occasion == session->occasion)
                return (double)i + 1;
        return NAN;
    }
    if (!rp_cohort_has_contacts(cohort))
        return (double)session->number;
    for (rp_treatment t = {0}; session->contact >= 0 && rp_cohort_next_treatment(cohort, person->episode, &t);)
        if (t.contact == session->contact)
            return t.number;
    return NAN;
}

static void fill_person(const gathering *g, const whole *person, size_t number) {
    const rp_question_courses_asked *asked = g->asked;
    if (rp_cohort_has_contacts(asked->cohort))
        g->holder[number] = rp_question_practitioner_of(&g->holding, asked->cohort, person->episode);
    else
        g->named[number] = rp_question_practitioner_named(g->holding.record, person->episode);
    g->arm[number] = person->episode->arm;
    g->referral[number] = person->episode->row;
    bool in_order =
        !rp_cohort_has_contacts(asked->cohort) || rp_cohort_treatments_in_order(asked->cohort, person->episode);
    size_t at = g->out->starts[number];
    for (const rp_session *s = person->sessions; s < person->sessions + person->n; s++) {
        if (!is_told(asked, s))
            continue;
        g->number[at] = g->by_occasion ? (double)s->occasion : (double)s->number;
        g->place[at] = in_order ? place_of(g, person, s) : NAN;
        g->weeks[at] = weeks_of(g, s);
        for (size_t i = 0; i < asked->n_measures; i++)
            g->values[at * asked->n_measures + i] = s->values[asked->measures[i]];
        at++;
    }
}

static void fill_block(void *statistics, const rp_block *block, const void *context) {
    (void)statistics;
    const gathering *g = context;
    size_t place = block->first;
    for (whole person = {0}; next(block, &person); place++)
        if (g->at[place] > 0)
            fill_person(g, &person, g->at[place] - 1);
}

/* Who is taken, and where their sessions begin. The cohort is in the order of the referrals' ids: every so-manieth of
 * it is no choice by anything that is measured. */
static bool choose(gathering *g, rp_arena *arena) {
    size_t everyone = rp_cohort_episodes(g->asked->cohort), willing = 0, passed = 0, n = 0;
    for (size_t i = 0; i < everyone; i++)
        willing += g->counts[i] > 0;
    rp_question_courses *out = g->out;
    out->one_in = willing > 0 ? (willing - 1) / g->asked->most_people + 1 : 1;
    size_t most = willing / out->one_in + 1;
    size_t *starts = rp_arena_take(arena, most + 1, sizeof *starts);
    uint32_t *person = rp_arena_take(arena, most, sizeof *person);
    if (starts == NULL || person == NULL)
        return false;
    for (size_t i = 0; i < everyone; i++) {
        if (g->counts[i] == 0 || passed++ % out->one_in != 0)
            continue;
        person[n] = (uint32_t)i;
        g->at[i] = (uint32_t)++n;
        starts[n] = starts[n - 1] + g->counts[i];
    }
    out->n_people = n;
    out->starts = starts;
    out->person = person;
    return true;
}

static bool take_room(gathering *g, rp_arena *arena) {
    rp_question_courses *out = g->out;
    size_t n = out->starts[out->n_people];
    out->number = g->number = rp_arena_take(arena, n, sizeof(double));
    out->place = g->place = rp_arena_take(arena, n, sizeof(double));
    out->weeks = g->weeks = rp_arena_take(arena, n, sizeof(double));
    out->values = g->values = rp_arena_take(arena, n * out->n_measures, sizeof(double));
    g->holder = rp_arena_take(arena, out->n_people, sizeof *g->holder);
    g->named = rp_arena_take(arena, out->n_people, sizeof *g->named);
    out->arm = g->arm = rp_arena_take(arena, out->n_people, sizeof *g->arm);
    out->referral = g->referral = rp_arena_take(arena, out->n_people, sizeof *g->referral);
    return g->arm != NULL && g->referral != NULL && g->number != NULL && g->place != NULL && g->weeks != NULL &&
           g->values != NULL && g->holder != NULL && g->named != NULL;
}

/* Practitioners get numbers in the order of their first client. */
static bool number_practitioners(const gathering *g, rp_arena *arena) {
    rp_question_courses *out = g->out;
    bool contacts = rp_cohort_has_contacts(g->asked->cohort);
    rp_names *names = rp_names_new(arena);
    uint32_t *numbers = rp_arena_take(arena, out->n_people, sizeof *numbers);
    bool fine = names != NULL && numbers != NULL;
    for (size_t p = 0; p < out->n_people && fine; p++) {
        bool recorded = contacts ? g->holder[p] != RP_NO_ID : g->named[p] != NULL;
        char id[16];
        snprintf(id, sizeof id, "%u", (unsigned)g->holder[p]);
        numbers[p] = recorded ? rp_names_put(names, rp_text_of(contacts ? id : g->named[p])) : RP_NO_ID;
        fine = !recorded || numbers[p] != RP_NO_ID;
    }
    out->practitioner = numbers;
    out->n_practitioners = fine ? rp_names_count(names) : 0;
    return fine;
}

bool rp_question_courses_make(const rp_question_courses_asked *asked, rp_arena *arena, rp_question_courses *out,
                              rp_error *error) {
    assert(asked->most_people > 0 && asked->n_measures > 0);
    size_t everyone = rp_cohort_episodes(asked->cohort);
    *out = (rp_question_courses){.n_measures = asked->n_measures};
    gathering g = {.asked = asked,
                   .holding = rp_question_holding_of(rp_cohort_record(asked->cohort)),
                   .by_occasion = !rp_cohort_has_contacts(asked->cohort) && rp_cohort_occasions(asked->cohort) > 0,
                   .counts = rp_arena_take(arena, everyone, sizeof *g.counts),
                   .at = rp_arena_take(arena, everyone, sizeof *g.at),
                   .out = out};
    if (g.counts == NULL || g.at == NULL)
        return rp_fail_memory(error);
    if (!rp_question_read_blocks(asked->cohort, count_block, &g, asked->threads, error))
        return false;
    if (!choose(&g, arena) || !take_room(&g, arena))
        return rp_fail_memory(error);
    return rp_question_read_blocks(asked->cohort, fill_block, &g, asked->threads, error) &&
           (number_practitioners(&g, arena) || rp_fail_memory(error));
}
