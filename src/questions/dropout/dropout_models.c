/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which models there are, and what can be fitted of each: spells of sessions and situations of work are told apart as
 * far as enough people left in each, and a model is fitted where enough people left for each of its coefficients. That
 * is decided from counts alone, before any coefficient is known. */
#include "questions/dropout/dropout_parts.h"

#include <math.h>

const dropout_model_def dropout_model_defs[MODELS] = {
    [WITH_SESSION] = {"session alone", 0},
    [WITH_PERSON] = {"wait and age", X(X_WAIT) | X(X_AGE)},
    [WITH_EMPLOYMENT] = {"wait, age and employment", X(X_WAIT) | X(X_AGE) | X(X_UNEMPLOYED) | X(X_SICK) | X(X_ANOTHER)},
    [WITH_SYMPTOMS] = {"symptoms", X(X_SYMPTOMS)},
    [WITH_CHANGE] = {"symptoms and change", X(X_SYMPTOMS) | X(X_CHANGE)},
    [WITH_ALLIANCE] = {"symptoms and alliance", X(X_SYMPTOMS) | X(X_ALLIANCE)},
    [WITH_ALL] = {"wait, age, symptoms and alliance", X(X_WAIT) | X(X_AGE) | X(X_SYMPTOMS) | X(X_ALLIANCE)},
};

bool dropout_by_practitioner(const dropout_work *work) {
    return work->practitioners >= LEAST;
}

bool dropout_is_in(const dropout_work *work, dropout_model_id model, const dropout_session *s) {
    if (!s->known || (dropout_by_practitioner(work) && s->practitioner == RP_NO_ID))
        return false;
    for (size_t i = 0; i < PREDICTORS; i++)
        if ((dropout_model_defs[model].predictors & X(i)) != 0 && isnan(s->x[i]))
            return false;
    return true;
}

double dropout_unit(const dropout_work *work, dropout_predictor predictor) {
    if (predictor == X_SYMPTOMS || predictor == X_CHANGE)
        return rp_moments_sd(&work->sums.symptoms);
    return predictor == X_ALLIANCE ? rp_moments_sd(&work->sums.alliance) : 1;
}

/* ---- the plan of a fit ------------------------------------------------------------------------------------------- */

/* Spells begin at these sessions, and reach as far as it takes for LEAST to have left and LEAST to have stayed; what is
 * left over at the end goes with the spell before. */
static void plan_spells(const dropout_tally *t, dropout_fit *fit) {
    static const unsigned begins[SPELLS] = {1, 2, 3, 5, 8};
    int64_t left = 0, stayed = 0;
    unsigned from = 1;
    for (size_t i = 0; i < SPELLS; i++) {
        unsigned below = i + 1 < SPELLS ? begins[i + 1] : SESSIONS + 1;
        for (unsigned k = begins[i]; k < below; k++) {
            left += t->left[k - 1];
            stayed += t->stayed[k - 1];
        }
        if (left < LEAST || stayed < LEAST)
            continue;
        fit->spells[fit->n_spells++] = (dropout_spell){from, below};
        from = below;
        left = stayed = 0;
    }
    if (fit->n_spells > 0)
        fit->spells[fit->n_spells - 1].below = SESSIONS + 1;
}

static bool is_enough(const dropout_tally *t, const bool works[WORKS], size_t of) {
    int64_t left = 0, stayed = 0;
    for (size_t w = 1; w < WORKS; w++)
        if (w == of || (of == WORKS - 1 && !works[w])) {
            left += t->left_by_work[w];
            stayed += t->stayed_by_work[w];
        }
    return left >= LEAST && stayed >= LEAST;
}

/* Situations with too few are taken together with another one; where these are still too few, all not employed are one.
 */
static void plan_works(const dropout_tally *t, dropout_fit *fit) {
    bool *works = fit->works;
    works[1] = works[2] = true;
    works[WORKS - 1] = true;
    for (size_t w = 1; w < WORKS - 1; w++)
        works[w] = is_enough(t, works, w);
    if (!is_enough(t, works, WORKS - 1))
        works[1] = works[2] = false;
}

static void add_column(dropout_fit *fit, const char *name) {
    fit->names[fit->n_columns] = name;
    fit->fixed[fit->n_columns] = fit->n_columns;
    fit->n_columns++;
}

static void plan_columns(const dropout_work *work, dropout_fit *fit) {
    static const char *const names[PREDICTORS] = {"wait",    "age",      "unemployed", "sick",
                                                  "another", "symptoms", "change",     "alliance"};
    add_column(fit, "(Intercept)");
    for (size_t i = 1; i < fit->n_spells; i++)
        add_column(fit, rp_answer_text(work->answer, "session%u", fit->spells[i].from));
    for (size_t i = 0; i < PREDICTORS; i++) {
        bool told = (dropout_model_defs[fit->id].predictors & X(i)) != 0;
        if (i >= X_UNEMPLOYED && i <= X_ANOTHER)
            told = told && fit->works[1 + i - X_UNEMPLOYED];
        if (!told)
            continue;
        fit->predictors[fit->n_predictors++] = (dropout_predictor)i;
        add_column(fit, names[i]);
    }
}

static const char *why_not(const dropout_work *work, const dropout_tally *t, const dropout_fit *fit) {
    int64_t left = 0, stayed = 0;
    for (size_t k = 0; k < SESSIONS; k++) {
        left += t->left[k];
        stayed += t->stayed[k];
    }
    for (size_t i = 0; i < fit->n_predictors; i++)
        if (!(dropout_unit(work, fit->predictors[i]) > 0))
            return "no spread of scores";
    if (left + stayed == 0)
        return "nothing on record";
    int64_t needed = LEAST * (int64_t)fit->n_columns;
    return left < needed || stayed < needed ? "too few left, or too few stayed" : NULL;
}

void dropout_plan_fit(const dropout_work *work, dropout_model_id model, dropout_fit *out) {
    const dropout_tally *t = &work->sums.tallies[model];
    *out = (dropout_fit){.id = model};
    plan_spells(t, out);
    if ((dropout_model_defs[model].predictors & X(X_ANOTHER)) != 0)
        plan_works(t, out);
    plan_columns(work, out);
    out->not_fitted = why_not(work, t, out);
}
