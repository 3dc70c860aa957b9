/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The models, each as its rows. Within and between: a client's score is that client's own mean and what is left of it
 * (person-mean centring; Hamaker & Muthen, Psychol Methods 25, 2020, say what that can and cannot do). */
#include "questions/alliance_outcome/alliance_outcome_parts.h"

#include <math.h>

/* Means over all sessions of a person, and of a practitioner's people. */
typedef struct means {
    double *alliance, *symptoms; /* of each person; NaN: no score */
    double *practitioner;        /* of each practitioner: mean of the people's means of the alliance; NaN: nobody */
} means;

typedef struct making {
    const ao_pairing *pairing;
    const ao_sessions *sessions;
    size_t k;
    means of;
} making;

static double alliance_at(const making *m, size_t session) {
    return ao_alliance(m->sessions, session, m->k);
}

static bool make_means(making *m, rp_arena *arena) {
    const ao_sessions *s = m->sessions;
    m->of.alliance = rp_arena_take(arena, s->of.n_people, sizeof(double));
    m->of.symptoms = rp_arena_take(arena, s->of.n_people, sizeof(double));
    m->of.practitioner = rp_arena_take(arena, s->of.n_practitioners, sizeof(double));
    double *people = rp_arena_take(arena, s->of.n_practitioners, sizeof *people);
    if (m->of.alliance == NULL || m->of.symptoms == NULL || m->of.practitioner == NULL || people == NULL)
        return false;
    for (size_t p = 0; p < s->of.n_people; p++) {
        double alliance = 0, symptoms = 0, rated = 0, measured = 0;
        for (size_t i = s->of.starts[p]; i < s->of.starts[p + 1]; i++) {
            bool is_rated = !isnan(alliance_at(m, i)), is_measured = !isnan(ao_symptoms(s, i));
            alliance += is_rated ? alliance_at(m, i) : 0;
            symptoms += is_measured ? ao_symptoms(s, i) : 0;
            rated += is_rated;
            measured += is_measured;
        }
        m->of.alliance[p] = rated > 0 ? alliance / rated : NAN;
        m->of.symptoms[p] = measured > 0 ? symptoms / measured : NAN;
        if (rated > 0 && s->of.practitioner[p] != RP_NO_ID) {
            m->of.practitioner[s->of.practitioner[p]] += m->of.alliance[p];
            people[s->of.practitioner[p]] += 1;
        }
    }
    for (size_t i = 0; i < s->of.n_practitioners; i++)
        m->of.practitioner[i] = people[i] > 0 ? m->of.practitioner[i] / people[i] : NAN;
    return true;
}

/* The people of each kind of rows are counted apart; models with and without the trend have the same rows. */
enum { FORWARD, EARLY, SPLIT, REVERSE, FEW_KINDS = SPLIT /* of further scales */ };

static uint64_t mark_of(const making *m, int kind) {
    return MARK(m->k == 0 ? kind : REVERSE + 1 + (int)(m->k - 1) * FEW_KINDS + kind);
}

/* Are these two sessions of a person, with none between them? */
static bool follow(const making *m, size_t person, size_t i) {
    return i + 1 < m->sessions->of.starts[person + 1] && m->sessions->of.number[i + 1] == m->sessions->of.number[i] + 1;
}

/* ---- symptoms before the next session, by the alliance after this one ---------------------------------------- */

typedef enum forward_kind { FORWARD_PLAIN, FORWARD_NO_TREND, FORWARD_SLOPES, FORWARD_SPLIT } forward_kind;

static void add_forward(const making *m, forward_kind kind, size_t p, ao_rows *rows) {
    const ao_sessions *s = m->sessions;
    double mean = m->of.alliance[p];
    double above = kind == FORWARD_SPLIT ? m->of.practitioner[s->of.practitioner[p]] : 0;
    for (size_t i = s->of.starts[p]; i < s->of.starts[p + 1]; i++) {
        double alliance = alliance_at(m, i);
        if (isnan(alliance) || isnan(ao_symptoms(s, i)) || !follow(m, p, i) || isnan(ao_symptoms(s, i + 1)))
            continue;
        const double x[] = {alliance - mean, mean - above, ao_symptoms(s, i),
                            kind == FORWARD_NO_TREND ? 0 : s->of.number[i], above};
        ao_row(rows, p, ao_symptoms(s, i + 1), x);
    }
}

static bool forward(const making *m, forward_kind kind, ao_result *const *results, rp_arena *arena, rp_error *error) {
    const ao_sessions *s = m->sessions;
    size_t columns = kind == FORWARD_NO_TREND ? 3 : kind == FORWARD_SPLIT ? 5 : 4;
    ao_rows rows = {.sessions = s, .mark = mark_of(m, kind == FORWARD_SPLIT ? SPLIT : FORWARD)};
    if (!rp_question_model_new(&s->of, s->of.starts[s->of.n_people], columns, arena, &rows.model))
        return rp_fail_memory(error);
    rows.model.clients_differ = true;
    rows.model.slopes = kind == FORWARD_SLOPES ? 1 : 0;
    rows.model.practitioners_differ = kind == FORWARD_SPLIT;
    for (size_t p = 0; p < s->of.n_people; p++)
        if (kind != FORWARD_SPLIT || s->of.practitioner[p] != RP_NO_ID)
            add_forward(m, kind, p, &rows);
    const size_t wanted[] = {0, 1, 4};
    size_t n_wanted = kind == FORWARD_SPLIT ? 3 : kind == FORWARD_SLOPES ? 1 : 2;
    return ao_fit(m->pairing, &rows, n_wanted, wanted, results, arena, error);
}

/* ---- the alliance after a session, by symptoms before it ------------------------------------------------------- */

static bool reverse(const making *m, ao_result *const *results, rp_arena *arena, rp_error *error) {
    const ao_sessions *s = m->sessions;
    ao_rows rows = {.sessions = s, .mark = mark_of(m, REVERSE)};
    if (!rp_question_model_new(&s->of, s->of.starts[s->of.n_people], 4, arena, &rows.model))
        return rp_fail_memory(error);
    rows.model.clients_differ = true;
    for (size_t p = 0; p < s->of.n_people; p++)
        for (size_t i = s->of.starts[p]; i < s->of.starts[p + 1]; i++) {
            if (isnan(alliance_at(m, i)) || !follow(m, p, i) || isnan(alliance_at(m, i + 1)) ||
                isnan(ao_symptoms(s, i + 1)))
                continue;
            const double x[] = {ao_symptoms(s, i + 1) - m->of.symptoms[p], m->of.symptoms[p], alliance_at(m, i),
                                s->of.number[i + 1]};
            ao_row(&rows, p, alliance_at(m, i + 1), x);
        }
    const size_t wanted[] = {0, 1};
    return ao_fit(m->pairing, &rows, 2, wanted, results, arena, error);
}

/* ---- the last score, by early alliance --------------------------------------------------------------------------- */

/* The person's first early session at which both were rated; the sessions' end where there is none. */
static size_t early_session(const making *m, size_t p) {
    const ao_sessions *s = m->sessions;
    size_t i = s->of.starts[p];
    while (i < s->of.starts[p + 1] && (s->of.number[i] < AO_EARLY_FROM || s->of.number[i] > AO_EARLY_TO ||
                                       isnan(alliance_at(m, i)) || isnan(ao_symptoms(s, i))))
        i++;
    return i;
}

/* A person's first score before that session, and the last one after it; NaN: none. */
static double first_before(const ao_sessions *s, size_t p, size_t session) {
    for (size_t i = s->of.starts[p]; i < session; i++)
        if (!isnan(ao_symptoms(s, i)))
            return ao_symptoms(s, i);
    return NAN;
}

static double last_after(const ao_sessions *s, size_t p, size_t session) {
    for (size_t i = s->of.starts[p + 1]; i > session + 1; i--)
        if (!isnan(ao_symptoms(s, i - 1)))
            return ao_symptoms(s, i - 1);
    return NAN;
}

static bool early(const making *m, ao_result *const *results, rp_arena *arena, rp_error *error) {
    const ao_sessions *s = m->sessions;
    ao_rows rows = {.sessions = s, .mark = mark_of(m, EARLY)};
    if (!rp_question_model_new(&s->of, s->of.n_people, 3, arena, &rows.model))
        return rp_fail_memory(error);
    rows.model.practitioners_differ = s->of.n_practitioners >= RP_QUESTION_MODEL_PRACTITIONERS;
    for (size_t p = 0; p < s->of.n_people; p++) {
        size_t i = early_session(m, p);
        double first = first_before(s, p, i), last = last_after(s, p, i);
        if (i == s->of.starts[p + 1] || isnan(first) || isnan(last))
            continue;
        const double x[] = {alliance_at(m, i), first, ao_symptoms(s, i)};
        ao_row(&rows, p, last, x);
    }
    ao_correlate(m->pairing, &rows, results[0]);
    const size_t wanted[] = {0};
    return ao_fit(m->pairing, &rows, 1, wanted, results, arena, error);
}

/* ---- all of them ------------------------------------------------------------------------------------------------- */

bool ao_models_make(const ao_pairing *pairing, const ao_sessions *sessions, size_t k, rp_arena *arena,
                    ao_result results[AO_PARTS], rp_error *error) {
    making m = {.pairing = pairing, .sessions = sessions, .k = k};
    if (!make_means(&m, arena))
        return rp_fail_memory(error);
    ao_result *plain[] = {&results[AO_WITHIN], &results[AO_BETWEEN]}, *at_end[] = {&results[AO_EARLY]};
    if (!forward(&m, FORWARD_PLAIN, plain, arena, error) || !early(&m, at_end, arena, error))
        return false;
    if (k > 0)
        return true;
    ao_result *no_trend[] = {&results[AO_WITHIN_NO_TREND], &results[AO_BETWEEN_NO_TREND]};
    ao_result *slopes[] = {&results[AO_WITHIN_SLOPES]};
    ao_result *split[] = {&results[AO_WITHIN_SPLIT], &results[AO_CLIENTS_SPLIT], &results[AO_PRACTITIONERS_SPLIT]};
    ao_result *back[] = {&results[AO_REVERSE_WITHIN], &results[AO_REVERSE_BETWEEN]};
    if (!forward(&m, FORWARD_NO_TREND, no_trend, arena, error) || !forward(&m, FORWARD_SLOPES, slopes, arena, error) ||
        !reverse(&m, back, arena, error))
        return false;
    return sessions->of.n_practitioners < RP_QUESTION_MODEL_PRACTITIONERS ||
           forward(&m, FORWARD_SPLIT, split, arena, error);
}
