/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What goes with leaving: odds ratios of leaving after a session, out of models that hold the number of the session and
 * let practitioners differ; and how much they differ. Each predictor is said from the model that asks for it first; the
 * table has all models. */
#include "questions/common/shares.h"
#include "questions/dropout/dropout_parts.h"

#include <math.h>

/* Variance of the logistic distribution: what leaving varies by on the model's scale beside practitioners. */
#define LOGISTIC_VARIANCE 3.2898681336964528729
static const char method[] = "discrete-time logistic model of person-sessions, random intercept of the practitioner, "
                             "Laplace; Wald interval";
static const char method_alone[] = "discrete-time logistic model of person-sessions; Wald interval";

typedef struct writing {
    const dropout_work *work;
    const dropout_fit *fits;
} writing;

static bool is_fitted(const dropout_fit *fit) {
    return fit->fit != NULL && (fit->fit->status == RP_MIXED_CONVERGED || fit->fit->status == RP_MIXED_BOUNDARY);
}

static rp_count people_in(const writing *w, dropout_model_id model) {
    return rp_question_having(&w->work->people, IN_MODEL(model), 0);
}

static rp_count left_in(const writing *w, dropout_model_id model) {
    return rp_question_having(&w->work->people, LEFT_MODEL(model), 0);
}

/* ---- words ----------------------------------------------------------------------------------------------------------
 */

static const char *measure_name(const dropout_work *work, int measure) {
    return rp_cohort_measure(work->cohort, (size_t)measure)->name;
}

/* A unit of the predictor, and what it is held against. */
static const char *words_of(const dropout_work *work, const dropout_fit *fit, dropout_predictor predictor) {
    rp_answer *answer = work->answer;
    double sd = dropout_unit(work, predictor);
    switch (predictor) {
    case X_WAIT:
        return "each four weeks from referral to first treatment";
    case X_AGE:
        return "each ten years of age";
    case X_UNEMPLOYED:
        return "unemployed, against employed";
    case X_SICK:
        return "long-term sick or disabled, against employed";
    case X_ANOTHER:
        return fit->works[1] || fit->works[2] ? "in another situation of work, against employed"
                                              : "not employed, against employed";
    case X_SYMPTOMS:
        return rp_answer_text(answer, "each SD (%.1f points) by which the last score of the %s was worse", sd,
                              measure_name(work, work->symptoms));
    case X_CHANGE:
        return rp_answer_text(answer,
                              "each SD (%.1f points) by which the %s had got worse since the first score, at the same "
                              "last score",
                              sd, measure_name(work, work->symptoms));
    default:
        return rp_answer_text(answer, "each SD (%.1f points) by which the first score of the %s was higher", sd,
                              measure_name(work, work->alliance));
    }
}

static const char *held_words(const writing *w, const dropout_fit *fit) {
    const char *more = fit->id == WITH_SESSION ? "" : dropout_model_defs[fit->id].title;
    return rp_answer_text(w->work->answer, "the number of the session%s%s%s", *more != '\0' ? ", " : "", more,
                          fit->spec.n_terms > 0 ? " and the practitioner" : "");
}

/* ---- odds ratios
 * ------------------------------------------------------------------------------------------------------ */

static rp_interval odds_of(const writing *w, const dropout_fit *fit, size_t predictor) {
    size_t column = fit->n_spells + predictor; /* after the intercept and the other spells */
    double beta = fit->fit->beta[column], se = fit->fit->se[column], level = w->work->asked->level;
    double width = rp_normal_quantile((1 + level) / 2) * se;
    return (rp_interval){rp_question_rounded(exp(beta), 2), rp_question_rounded(exp(beta - width), 2),
                         rp_question_rounded(exp(beta + width), 2), level};
}

static const struct {
    const char *id;
    dropout_model_id model;
} said[PREDICTORS] = {
    [X_WAIT] = {"dropout.odds.wait", WITH_PERSON},
    [X_AGE] = {"dropout.odds.age", WITH_PERSON},
    [X_UNEMPLOYED] = {"dropout.odds.unemployed", WITH_EMPLOYMENT},
    [X_SICK] = {"dropout.odds.sick", WITH_EMPLOYMENT},
    [X_ANOTHER] = {"dropout.odds.another_situation", WITH_EMPLOYMENT},
    [X_SYMPTOMS] = {"dropout.odds.symptoms", WITH_SYMPTOMS},
    [X_CHANGE] = {"dropout.odds.change", WITH_CHANGE},
    [X_ALLIANCE] = {"dropout.odds.alliance", WITH_ALLIANCE},
};

static void say(const writing *w, const dropout_fit *fit, size_t i) {
    rp_answer *answer = w->work->answer;
    dropout_predictor predictor = fit->predictors[i];
    rp_interval odds = odds_of(w, fit, i);
    const char *words = words_of(w->work, fit, predictor);
    rp_statement *s = rp_answer_statement(answer, said[predictor].id);
    s->numerator = left_in(w, fit->id);
    s->denominator = people_in(w, fit->id);
    s->label = rp_answer_text(answer, "Odds of leaving after a session: %s", words);
    s->cohort = "entered";
    s->unit = "times the odds";
    s->version = dropout_model_defs[fit->id].title;
    s->estimate = odds.estimate;
    s->lower = odds.lower;
    s->upper = odds.upper;
    s->level = odds.level;
    s->method = fit->spec.n_terms > 0 ? method : method_alone;
    if (predictor == X_SYMPTOMS || predictor == X_CHANGE)
        s->measure = measure_name(w->work, w->work->symptoms);
    else if (predictor == X_ALLIANCE)
        s->measure = measure_name(w->work, w->work->alliance);
    s->text = rp_answer_text(answer,
                             "Leaving after a session, %s: %.2f times the odds (%g%% interval %.2f to %.2f), with %s "
                             "held. Of the %lld people in this model %lld left. It says what goes together with "
                             "leaving, not why anybody left.",
                             words, odds.estimate, 100 * odds.level, odds.lower, odds.upper, held_words(w, fit),
                             (long long)s->denominator.n, (long long)s->numerator.n);
}

static void put_odds(const writing *w, rp_answer_table *table, const dropout_fit *fit) {
    rp_answer *answer = w->work->answer;
    rp_count people = people_in(w, fit->id), left = left_in(w, fit->id);
    for (size_t i = 0; i < fit->n_predictors; i++) {
        rp_interval odds = odds_of(w, fit, i);
        rp_value *row = rp_answer_row(table);
        row[0] = rp_value_text(answer, dropout_model_defs[fit->id].title);
        row[1] = rp_value_text(answer, words_of(w->work, fit, fit->predictors[i]));
        row[2] = rp_value_share(odds.estimate, 2, left, people);
        row[3] = rp_value_share(odds.lower, 2, left, people);
        row[4] = rp_value_share(odds.upper, 2, left, people);
    }
}

/* ---- the models themselves
 * ---------------------------------------------------------------------------------------------- */

static double share_of_practitioners(const dropout_fit *fit) {
    double between = fit->fit->variance[0].covariance[0];
    return rp_question_rounded(between / (between + LOGISTIC_VARIANCE), 3);
}

static const char *state_of(const writing *w, const dropout_fit *fit) {
    if (fit->not_fitted != NULL)
        return rp_answer_text(w->work->answer, "not fitted: %s", fit->not_fitted);
    if (!is_fitted(fit))
        return "not fitted: no estimate was found";
    return fit->spec.n_terms == 0                  ? "fitted, practitioners not told apart"
           : fit->fit->status == RP_MIXED_BOUNDARY ? "fitted, no difference between practitioners beyond chance seen"
                                                   : "fitted";
}

static void put_model(const writing *w, rp_answer_table *table, const dropout_fit *fit) {
    rp_answer *answer = w->work->answer;
    rp_count people = people_in(w, fit->id), left = left_in(w, fit->id), entered = dropout_entered(w->work);
    rp_value *row = rp_answer_row(table);
    row[0] = rp_value_text(answer, dropout_model_defs[fit->id].title);
    row[1] = rp_value_count(people);
    row[1].of = entered;
    row[2] = rp_value_count(rp_question_having(&w->work->people, rp_question_at(1), IN_MODEL(fit->id)));
    row[3] = rp_value_count(left);
    row[3].of = people;
    if (is_fitted(fit) && fit->spec.n_terms > 0)
        row[4] = rp_value_share(100 * share_of_practitioners(fit), 1, left, people);
    row[5] = rp_value_text(answer, state_of(w, fit));
    if (fit->fit != NULL && !is_fitted(fit))
        rp_answer_caveat(answer, "What goes with leaving, %s: %s", dropout_model_defs[fit->id].title,
                         fit->fit->message);
}

static void say_practitioners(const writing *w, const dropout_fit *fit) {
    rp_answer *answer = w->work->answer;
    rp_statement *s = rp_answer_statement(answer, "dropout.practitioners.share");
    s->numerator = left_in(w, fit->id);
    s->denominator = people_in(w, fit->id);
    s->label = "Share of the variation in leaving that lies between practitioners";
    s->cohort = "entered";
    s->unit = "share";
    s->version = dropout_model_defs[fit->id].title;
    s->estimate = share_of_practitioners(fit);
    s->method =
        "variance of the random intercept over itself and pi squared over 3, on the logistic scale; no interval";
    s->text =
        rp_answer_text(answer,
                       "An estimated %.1f%% of the variation in leaving after a session lies between "
                       "practitioners, with the number of the session held and nothing else. It rests on %lld "
                       "people, of whom %lld left. It is not how well anybody works: who sees whom is not left to "
                       "chance, and what their clients brought with them is in it.",
                       100 * s->estimate, (long long)s->denominator.n, (long long)s->numerator.n);
}

/* ---- all of it
 * ---------------------------------------------------------------------------------------------------------- */

static void write_statements(const writing *w) {
    for (size_t m = 0; m < MODELS; m++)
        for (size_t i = 0; i < w->fits[m].n_predictors && is_fitted(&w->fits[m]); i++)
            if (said[w->fits[m].predictors[i]].model == m)
                say(w, &w->fits[m], i);
    const dropout_fit *alone = &w->fits[WITH_SESSION];
    if (is_fitted(alone) && alone->spec.n_terms > 0)
        say_practitioners(w, alone);
}

static void write_models(const writing *w) {
    static const rp_table_column columns[] = {
        {"model", "Looked at beside the session's number", ""}, {"people", "People", "people"},
        {"without", "Entered treatment, not in it", "people"},  {"left", "Left", "people"},
        {"between", "Variation between practitioners", "%"},    {"state", "Fit", ""},
    };
    rp_answer *answer = w->work->answer;
    rp_answer_table *table = rp_answer_table_add(answer, "dropout.models", "Models of leaving, and who is in them",
                                                 columns, sizeof columns / sizeof *columns);
    table->note = rp_answer_text(
        answer,
        "A person is in a model with each session, up to the twelfth, after which it is known whether they left and at "
        "which all that is looked at was on record%s; the others are not in it. A model is fitted where %d people left "
        "for each of its coefficients, a rule of our own after what is usual.",
        dropout_by_practitioner(w->work) ? ", with the practitioner" : "", LEAST);
    for (size_t m = 0; m < MODELS; m++)
        put_model(w, table, &w->fits[m]);
}

static void write_odds(const writing *w) {
    static const rp_table_column columns[] = {
        {"model", "Looked at beside the session's number", ""},
        {"what", "Odds of leaving after a session", ""},
        {"odds", "Odds ratio", ""},
        {"lower", "From", ""},
        {"upper", "To", ""},
    };
    rp_answer *answer = w->work->answer;
    rp_answer_table *table = rp_answer_table_add(answer, "dropout.odds", "What goes with leaving", columns,
                                                 sizeof columns / sizeof *columns);
    table->note = rp_answer_text(
        answer,
        "Above 1: leaving was the likelier. Each line holds all else of its model. From and To: %g%% Wald interval. "
        "Scores are the last that were on record by the session. Nobody was allotted to a wait, a score or a "
        "practitioner: no line is an effect.",
        100 * w->work->asked->level);
    for (size_t m = 0; m < MODELS; m++)
        if (is_fitted(&w->fits[m]))
            put_odds(w, table, &w->fits[m]);
}

bool dropout_write_models(const dropout_work *work, rp_error *error) {
    rp_answer *answer = work->answer;
    dropout_fit *fits = rp_arena_take(answer->arena, MODELS, sizeof *fits);
    if (fits == NULL)
        return rp_fail_memory(error);
    if (!dropout_fit_all(work, fits, error))
        return false;
    writing w = {work, fits};
    bool any = false;
    for (size_t m = 0; m < MODELS; m++)
        any = any || is_fitted(&fits[m]);
    write_statements(&w);
    write_models(&w);
    if (any)
        write_odds(&w);
    else
        rp_answer_caveat(answer, "Too few people left, or too little is on record of them, to tell what goes with "
                                 "leaving.");
    if (any && !dropout_by_practitioner(work))
        rp_answer_caveat(answer,
                         "Fewer than %d practitioners are on record with contacts, so that the models of "
                         "leaving do not let practitioners differ: their intervals may be too narrow.",
                         LEAST);
    return true;
}
