/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the files of the question `alliance-outcome` share. Private to src/questions/alliance_outcome.
 *
 * Symptoms are rated before a session, the alliance after it. So of sessions s and s + 1 of one client
 *   symptoms(s) -> alliance(s) -> symptoms(s + 1)
 * is the order in which they were given. A model of symptoms(s + 1) by alliance(s) holds symptoms(s); one of
 * alliance(s) by symptoms(s) holds alliance(s - 1). */
#ifndef RAPPORT_ALLIANCE_OUTCOME_PARTS_H
#define RAPPORT_ALLIANCE_OUTCOME_PARTS_H

#include "questions/common/course_model.h"
#include "questions/common/frame.h"
#include "questions/common/groups.h"
#include "rapport/questions.h"

enum {
    AO_SCALES = 6,          /* of one questionnaire; further ones are left out */
    AO_MOST_PEOPLE = 10000, /* more are drawn from: the intervals are narrow enough by then */
    AO_EARLY_FROM = 2,      /* sessions that count as early, after the first score and while most are still there */
    AO_EARLY_TO = 5
};

/* How many verdicts rest on a number: what may be found by chance alone. */
typedef struct ao_told {
    size_t primary, exploratory;
} ao_told;

/* One questionnaire of the alliance by one rater, and one measure of outcome rated by the client. */
typedef struct ao_pairing {
    const rp_cohort *cohort;
    const rp_asked *asked;
    const rp_frame *frame;
    rp_answer *answer;
    ao_told *told;
    const rp_instrument *instrument; /* of the alliance */
    const char *rater;
    size_t scales[AO_SCALES]; /* measures of the alliance, the leading one first: of the most items */
    size_t n_scales;
    size_t outcome; /* measure */
} ao_pairing;

const rp_scale *ao_scale(const ao_pairing *pairing, size_t k);
const rp_measure *ao_outcome(const ao_pairing *pairing);
const char *ao_alliance_name(const ao_pairing *pairing, size_t k); /* "WAI-SR (Total), rated by the client" */

/* ---- sessions: what the models are made of --------------------------------------------------------------- */

/* The courses of people in whom both are to be had: an alliance score and two scores of the outcome at sessions. Of
 * each session the outcome's value stands first, then those of the scales. */
typedef struct ao_sessions {
    rp_question_courses of;
    uint64_t *marks; /* in which models each person is, a mark for each kind of rows */
} ao_sessions;
/* Those, or, for the panel, of everyone in whom either is to be had. In arena; false: see *error. */
bool ao_sessions_make(const ao_pairing *pairing, bool either, rp_arena *arena, ao_sessions *out, rp_error *error);
double ao_symptoms(const ao_sessions *sessions, size_t session);
double ao_alliance(const ao_sessions *sessions, size_t session, size_t k);

/* ---- models ------------------------------------------------------------------------------------------------ */

/* What is told of one pairing and scale. */
typedef enum ao_part {
    AO_WITHIN,          /* client's own ups and downs, symptoms held, common trend held */
    AO_BETWEEN,         /* between clients, same model */
    AO_WITHIN_NO_TREND, /* the same two without the trend */
    AO_BETWEEN_NO_TREND,
    AO_WITHIN_SLOPES, /* within, where clients may differ in it */
    AO_WITHIN_SPLIT,  /* within, between clients of a practitioner, between practitioners */
    AO_CLIENTS_SPLIT,
    AO_PRACTITIONERS_SPLIT,
    AO_REVERSE_WITHIN, /* symptoms before a session and the alliance after it */
    AO_REVERSE_BETWEEN,
    AO_EARLY, /* early alliance and the last score */
    AO_PARTS
} ao_part;

typedef enum ao_state {
    AO_NOT_ASKED,  /* the data have nothing for it */
    AO_TOO_FEW,    /* people or rows */
    AO_NOT_FITTED, /* no estimate, or not converged: `why` says it */
    AO_FITTED
} ao_state;

typedef struct ao_result {
    ao_state state;
    rp_mixed_effect effect;
    double spread;           /* SD of what it is looked at by, over the model's rows */
    double slope_sd;         /* AO_WITHIN_SLOPES: between clients */
    const char *why;         /* of a fit: what a reader has to know; NULL: nothing */
    uint64_t mark;           /* of the people in the model; 0: there are none */
    rp_interval correlation; /* AO_EARLY: plain, above nought: a better alliance goes with a better last score; NaN:
                              * there is none. It needs no model. */
} ao_result;

/* All parts of scale k (of further scales than the leading one: AO_WITHIN, AO_BETWEEN, AO_EARLY). false: see *error. */
bool ao_models_make(const ao_pairing *pairing, const ao_sessions *sessions, size_t k, rp_arena *arena,
                    ao_result results[AO_PARTS], rp_error *error);

/* A model with whose rows it has: who has one gets its mark. */
typedef struct ao_rows {
    rp_question_model model;
    const ao_sessions *sessions;
    uint64_t mark;
} ao_rows;
void ao_row(ao_rows *rows, size_t person, double y, const double *x);
/* The effects of the columns wanted, one result each. false: see *error. */
bool ao_fit(const ao_pairing *pairing, const ao_rows *rows, size_t n_wanted, const size_t *wanted,
            ao_result *const *results, rp_arena *arena, rp_error *error);
/* `correlation` and `mark` of early alliance (column 0 of the rows) and the last score. */
void ao_correlate(const ao_pairing *pairing, const ao_rows *rows, ao_result *result);

/* ---- writing -------------------------------------------------------------------------------------------------- */

extern const rp_statement_def ao_statements[];
/* Of the leading scale. */
void ao_say_correlation(const ao_pairing *pairing, const rp_question_set *set, const ao_result *early);
struct ao_panel;
/* `panel_sessions`: what the panels are made of. */
bool ao_write(const ao_pairing *pairing, const ao_sessions *sessions, ao_result results[][AO_PARTS],
              const ao_sessions *panel_sessions, const struct ao_panel *panels, rp_error *error);

#endif
