/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the files of the question `dropout` share. Private to src/questions/dropout.
 *
 * Everyone is marked by how many treatment sessions they had, whether the referral has ended and how
 * (common/sessions.h). Somebody with k sessions is at risk at sessions 1 to k; at session k only where the referral has
 * ended, since otherwise it is not known whether a further one comes. */
#ifndef RAPPORT_DROPOUT_PARTS_H
#define RAPPORT_DROPOUT_PARTS_H

#include "questions/common/frame.h"
#include "questions/common/groups.h"
#include "questions/common/saying.h"
#include "questions/common/sessions.h"
#include "rapport/mixed.h"
#include "rapport/models.h"
#include "rapport/questions.h"

enum { SESSIONS = RP_QUESTION_FOLLOWED };

/* ---- what goes with leaving: values -------------------------------------------------------------------------------
 */

/* What is looked at, and each in which unit. */
typedef enum dropout_predictor {
    X_WAIT,       /* from referral to first treatment, in spells of four weeks */
    X_AGE,        /* in spells of ten years */
    X_UNEMPLOYED, /* these three against employed; they stand for whom a model says (dropout_model) */
    X_SICK,
    X_ANOTHER,
    X_SYMPTOMS, /* the last score up to the session, in SDs of first scores; higher is worse */
    X_CHANGE,   /* that less the first, in the same SDs; higher is worse than at first */
    X_ALLIANCE, /* the first score, if there is one by that session, in SDs of first scores */
    PREDICTORS
} dropout_predictor;

/* One treatment session of one person. */
typedef struct dropout_session {
    bool known, left;      /* what came next; they left after it */
    uint32_t practitioner; /* RP_NO_ID: not recorded */
    double x[PREDICTORS];  /* NaN: not known; scores as they are, not in SDs */
} dropout_session;
typedef struct dropout_person {
    unsigned n; /* sessions 1 to n, SESSIONS at most, which begin with at[0] */
    dropout_session at[SESSIONS];
} dropout_person;

typedef struct dropout_columns {
    int end_reason, contact_practitioner, log_practitioner, admin_date, score_value;
} dropout_columns;

/* ---- what goes with leaving: models --------------------------------------------------------------------------------
 */

typedef enum dropout_model_id {
    WITH_SESSION, /* nothing but the session's number, which all others have, too */
    WITH_PERSON,
    WITH_EMPLOYMENT,
    WITH_SYMPTOMS,
    WITH_CHANGE,
    WITH_ALLIANCE,
    WITH_ALL,
    MODELS
} dropout_model_id;
#define X(predictor) (1u << (predictor))
typedef struct dropout_model_def {
    const char *title;
    unsigned predictors; /* X(...) */
} dropout_model_def;
extern const dropout_model_def dropout_model_defs[MODELS];

enum {
    LEAST = 10, /* people who left for each coefficient; practitioners for differences between them */
    SPELLS = 5, /* of sessions that are told apart in a model, at most */
    WORKS = 4,  /* employed, unemployed, sick, another situation */
    MOST_COLUMNS = 1 + SPELLS - 1 + PREDICTORS,
};

/* Of one model: person-sessions with all it needs, by whether they left after it. */
typedef struct dropout_tally {
    int64_t left[SESSIONS], stayed[SESSIONS];
    int64_t left_by_work[WORKS], stayed_by_work[WORKS];
} dropout_tally;
/* Sums over people, mergeable; zero is empty. */
typedef struct dropout_sums {
    rp_moments symptoms, alliance; /* first scores of people who entered treatment */
    dropout_tally tallies[MODELS];
} dropout_sums;

typedef struct dropout_work {
    const rp_cohort *cohort;
    const rp_record *record;
    const rp_asked *asked;
    const rp_frame *stages, *endings;
    rp_answer *answer;
    dropout_columns columns;
    int symptoms, alliance; /* measures of the cohort; -1: none */
    uint32_t *level_of;     /* of a practitioner's id; UINT32_MAX: none */
    uint32_t practitioners; /* with a treatment session on record */
    size_t one_in;          /* of the cohort every so-manieth is in the models; 1: everyone */
    rp_question_set people; /* of the whole cohort, by sessions, endings, and the models that they are in */
    dropout_sums sums;
} dropout_work;

/* ---- what goes with leaving: fits ----------------------------------------------------------------------------------
 */

/* Sessions told apart in a model: so many, up to before the next. */
typedef struct dropout_spell {
    unsigned from, below;
} dropout_spell;

/* A model as it is fitted: an intercept, spells of sessions but the first, predictors. */
typedef struct dropout_fit {
    dropout_model_id id;
    const char *not_fitted; /* why not; NULL: it is */
    dropout_spell spells[SPELLS];
    size_t n_spells;
    bool works[WORKS]; /* situations that are told apart; the rest of those not employed are the last of them */
    dropout_predictor predictors[PREDICTORS];
    size_t n_predictors, n_columns;
    const char *names[MOST_COLUMNS];
    size_t fixed[MOST_COLUMNS], intercept; /* columns; the intercept's varies between practitioners */
    rp_mixed_term term;
    uint32_t levels;
    rp_mixed_spec spec;
    int64_t sessions; /* rows */
    size_t practitioners;
    const rp_mixed_fit *fit; /* NULL: not fitted */
} dropout_fit;

/* Is the person of this place in the cohort drawn for the models? It is in the order of the referrals' ids, which is no
 * choice by anything that is looked at. */
bool dropout_is_drawn(const dropout_work *work, size_t place);
/* What is to be fitted, from the tallies. */
void dropout_plan_fit(const dropout_work *work, dropout_model_id model, dropout_fit *out);
/* Gathers the rows of all models that can be fitted, and fits them. false: see *error. */
bool dropout_fit_all(const dropout_work *work, dropout_fit fits[MODELS], rp_error *error);
/* One unit of a predictor, as a column has it: what a value is divided by. */
double dropout_unit(const dropout_work *work, dropout_predictor predictor);

#define IN_MODEL(m)   MARK(RP_QUESTION_AFTER_ENDINGS + (m))
#define LEFT_MODEL(m) MARK(RP_QUESTION_AFTER_ENDINGS + MODELS + (m)) /* after a session that is in it */

/* Sorts everyone of the cohort. false: see *error. */
bool dropout_sort(dropout_work *work, rp_error *error);
dropout_person dropout_read(const dropout_work *work, const rp_episode *episode);
/* Is there all that the model needs? */
bool dropout_is_in(const dropout_work *work, dropout_model_id model, const dropout_session *session);
/* Are practitioners told apart? Where there are too few, they are not. */
bool dropout_by_practitioner(const dropout_work *work);
/* 0 employed, 1 unemployed, 2 sick, 3 another situation: by the three predictors of it. */
size_t dropout_work_situation(const dropout_session *session);

/* ---- whom ------------------------------------------------------------------------------------------------------ */

#define ANY_WAY (~(uint64_t)0)
rp_count dropout_entered(const dropout_work *work);
/* Of those who had session k, whose referral has ended or who had a further one: what came next is known. */
rp_count dropout_at_risk(const dropout_work *work, unsigned k);
/* Those who ended so, up to session k. */
rp_count dropout_ended_by(const dropout_work *work, unsigned k, uint64_t ways);
/* Is it on record of anybody who entered and whose referral has ended how it ended? */
bool dropout_knows_ways(const dropout_work *work);

/* ---- writing ----------------------------------------------------------------------------------------------------- */

typedef struct dropout_way {
    const char *name, *title; /* "left", "Left" */
    uint64_t ways;            /* RP_QUESTION_ENDED */
} dropout_way;
/* As they are followed from session to session: the classes of common/sessions.h, and those who may have left. */
enum { MAY_HAVE_LEFT = WAYS_OF_ENDING, FOLLOWED_WAYS };
extern const dropout_way dropout_ways[FOLLOWED_WAYS];
extern const dropout_way dropout_endings[ENDINGS];

/* Shares that rest on how many referrals have not ended, of those with so many sessions, who often are few: the
 * decimals of a per cent that are told, and a share so rounded. */
int dropout_decimals(const dropout_work *work);
rp_interval dropout_coarse(const dropout_work *work, rp_interval share);

extern const rp_statement_def dropout_statements[]; /* ended by a NULL id */
void dropout_write_incidence(const dropout_work *work);
void dropout_write_hazard(const dropout_work *work);
void dropout_write_ends(const dropout_work *work);
bool dropout_write_models(const dropout_work *work, rp_error *error); /* false: see *error */

#endif
