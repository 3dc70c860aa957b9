/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The verdict of `alliance-outcome`: a cross-lagged panel with random intercepts. Private to this folder.
 *
 * Of treatment sessions 1 to T, each with the outcome before it and, where it was asked for, the alliance after it:
 *   score(t)        = mean(t) + true(t) + error(t),      the error's variance known from the questionnaire
 *   true(t + 1)     = p true(t) + own level + b within(t) + what is new
 *   alliance(t)     = mean(t) + own level of the alliance + within(t)
 *   within(t)       = by true(t), true(t - 1), true(t - 2) and the within(.) before + what is new
 * Both own levels and true(1) covary freely, so that clients may start apart from where they are bound for, each by
 * another way: a random intercept whose beginning is not taken to be in balance (as in dynamic panel models of
 * economics). docs/alliance-outcome.md says why. */
#ifndef RAPPORT_ALLIANCE_OUTCOME_PANEL_H
#define RAPPORT_ALLIANCE_OUTCOME_PANEL_H

#include "questions/alliance_outcome/alliance_outcome_parts.h"

/* All ours. */
enum {
    AO_PANEL_SESSIONS = 6,    /* at most */
    AO_PANEL_LEAST = 4,       /* fewer do not tell a level from what is left of the score before */
    AO_PANEL_LAGS = 2,        /* so many sessions at least whose alliance stands before a score */
    AO_PANEL_PEOPLE = 50,     /* at each of them */
    AO_PANEL_ANSWERING = 2000 /* people whose answers are read for the error of measurement */
};
/* What matters: half of the smallest coefficient in the only panel of this kind whose numbers are at hand: .16 to .21
 * standard deviations of a session's score for one of the alliance (Falkenstrom, Kumar 2020, PMC7776120). */
#define AO_PANEL_MATTERS 0.08
#define AO_PANEL_POWER   0.8

/* ---- what goes in -------------------------------------------------------------------------------------------- */

typedef struct ao_panel_rows {
    size_t n; /* people */
    double *symptoms[AO_PANEL_SESSIONS], *alliance[AO_PANEL_SESSIONS];
    size_t sessions;                         /* T */
    bool has_alliance[AO_PANEL_SESSIONS];    /* a session whose alliance is in the panel */
    size_t lags;                             /* how many of them */
    double symptoms_within, alliance_within; /* SD of scores about the client's own mean, sessions' means taken out */
    double variance;                         /* of the outcome's scores between people, within sessions */
} ao_panel_rows;
/* The panel of scale k: everyone of `sessions` with a value in it, who gets `mark`. In arena; false: no memory. */
bool ao_panel_rows_make(const ao_sessions *sessions, size_t k, uint64_t mark, rp_arena *arena, ao_panel_rows *out);

/* Variance of the error of one score. */
typedef struct ao_panel_error {
    double variance, reliability; /* NaN: not known */
    bool by_answers; /* 1 - alpha of these data's answers; else the questionnaire's published reliability */
    bool confirmed;
} ao_panel_error;
/* In arena; false: no memory. */
bool ao_panel_error_of(const ao_pairing *pairing, const ao_sessions *sessions, const ao_panel_rows *rows,
                       rp_arena *arena, ao_panel_error *out);

/* ---- what comes out ------------------------------------------------------------------------------------------- */

typedef enum ao_verdict { AO_CANNOT_BE_TOLD, AO_SMALLER_THAN_MATTERS, AO_SHOWN } ao_verdict;

typedef struct ao_estimate {
    double value, error, lower, upper; /* all NaN: there is none */
} ao_estimate;

typedef struct ao_panel {
    const char *why; /* no number can be told, since ...; NULL: numbers are told */
    ao_panel_rows rows;
    ao_panel_error error;
    uint64_t mark;
    ao_estimate forward;   /* b: points of the outcome for one of the alliance */
    ao_estimate backward;  /* points of the alliance for one of the true score before the same session */
    ao_estimate plain;     /* b of the plain cross-lagged model */
    ao_estimate explained; /* share from 0 to 1 */
    double margin, smallest;
    ao_verdict verdict;
} ao_panel;
/* Of every scale; of those after the leading one, no plain model. Marks are of the panel's own `sessions`. In arena;
 * false: see *error. */
bool ao_panels_make(const ao_pairing *pairing, const ao_sessions *sessions, rp_arena *arena, ao_panel panels[AO_SCALES],
                    rp_error *error);
/* Fits both models. `level` of intervals. */
bool ao_panel_fit(ao_panel *panel, bool with_plain, double level, rp_arena *arena, rp_error *error);
/* Shown where the interval leaves nought out, unless it lies within the margin. */
ao_verdict ao_panel_verdict(const ao_estimate *forward, double margin);

/* Statements of the leading scale, a table of all. */
void ao_panel_write(const ao_pairing *pairing, const rp_question_set *set, const ao_panel panels[AO_SCALES]);

#endif
