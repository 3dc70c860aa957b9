/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the models within clients and between them say: which fits best at each level, omega of each level (Geldhof,
 * Preacher & Zyphur, Psychol Methods 19, 2014), and a table. */
#include "questions/alliance/alliance_levels.h"

#include <math.h>

static const struct {
    const char *id, *omega_id, *opening, *label, *table, *omega_label, *omega_words, *method;
} levels[LEVELS] = {
    [LEVEL_WITHIN] = {"alliance.factors.within_clients", "alliance.omega_total.within_clients",
                      "from session to session within clients", "within clients", "within clients",
                      "Omega total, within clients", "of how a client's sum varies from session to session",
                      "confirmatory factor analysis of contrasts of each client's sessions, by maximum likelihood of "
                      "complete questionnaires with answers as numbers; covariances between clients unrestricted"},
    [LEVEL_BETWEEN] = {"alliance.factors.between_clients", "alliance.omega_total.between_clients",
                       "in what lasts of the differences between clients", "between clients", "between clients",
                       "Omega total, between clients", "of how clients differ in the long run",
                       "two-level confirmatory factor analysis, sessions within clients, by maximum likelihood of "
                       "complete questionnaires with answers as numbers; covariances within clients unrestricted; "
                       "residual variances that would fall below 0 are held at 0"},
};

/* ---- parts of sentences ----------------------------------------------------------------------------------------- */

static const char *title_of(alliance_model k) {
    return k == MODEL_THREE ? "three factors that correlate (the same model as with a general one above them)"
                            : alliance_model_title(k);
}

static const char *opening(const level_fits *f, int level) {
    const alliance_family *family = f->measured->rows->family;
    return rp_answer_text(f->measured->set.answer, "%s (%s), %s", family->name, alliance_scale(family, 0)->title,
                          levels[level].opening);
}

static rp_count people_of(const level_fits *f, int level) {
    return rp_question_having(&f->measured->set, MARK(level == LEVEL_WITHIN ? MARK_COMPLETE_TWICE : MARK_COMPLETE_EVER),
                              0);
}

static alliance_model next_of(const level_fits *f, int level) {
    alliance_model next = MODELS;
    for (alliance_model k = 0; k < MODELS; k++)
        if (k != f->best[level] && f->of[level][k].usable &&
            (next == MODELS || f->of[level][k].measures.bic < f->of[level][next].measures.bic))
            next = k;
    return next;
}

/* ---- statements ------------------------------------------------------------------------------------------------- */

static rp_statement *statement(const level_fits *f, int level, const char *id, rp_interval i) {
    const alliance_measured *m = f->measured;
    rp_statement *s = alliance_statement(m->set.answer, m->rows->family, id, 0, people_of(f, level),
                                         rp_question_having(&m->set, 0, 0), i);
    s->behind[0] = rp_question_having(&m->set, MARK(MARK_COMPLETE_TWICE), 0);
    s->method = levels[level].method;
    s->unit = "";
    return s;
}

static void state_best(const level_fits *f, int level) {
    rp_answer *answer = f->measured->set.answer;
    alliance_model best = f->best[level], next = next_of(f, level);
    const rp_sem_measures *x = &f->of[level][best].measures;
    if (next == MODELS) {
        rp_answer_caveat(answer, "%s: of the models of the items that of %s alone can be used: %s.", opening(f, level),
                         title_of(best), alliance_fit_words(answer, x));
        return;
    }
    double lead = f->of[level][next].measures.bic - x->bic;
    bool little = lead < BIC_DECIDES;
    rp_statement *s = statement(f, level, levels[level].id, (rp_interval){lead, NAN, NAN, NAN});
    s->label = rp_answer_text(
        answer, "Fits best, all sessions, %s: %s, which %s by the usual convention%s; BIC less than the next",
        levels[level].label, title_of(best), alliance_fit_verdict(answer, x),
        little ? ", though too little better to decide" : "");
    s->text = rp_answer_text(answer,
                             "%s: of the models of the %zu items, that of %s fits best: its BIC is %.1f below that of "
                             "%s%s. And %s. %lld of %lld people.",
                             opening(f, level), f->measured->rows->p, title_of(best), lead, title_of(next),
                             little ? ", which is too little to decide between the two" : "",
                             alliance_fit_words(answer, x), (long long)s->numerator.n, (long long)s->denominator.n);
}

static void state_omega(const level_fits *f, int level) {
    rp_answer *answer = f->measured->set.answer;
    const alliance_fit *best = &f->of[level][f->best[level]];
    rp_sem_omega omega = {0};
    answer->failed = answer->failed || !alliance_omega(best, level == LEVEL_WITHIN ? 0 : LEVEL_BETWEEN, &omega);
    if (answer->failed || isnan(omega.total))
        return;
    rp_interval i = alliance_share_interval(omega.total, omega.total_se, f->measured->rows->family->asked->level);
    rp_statement *s = statement(f, level, levels[level].omega_id, i);
    s->label = levels[level].omega_label;
    s->text = rp_answer_text(answer,
                             "%s: omega total is %.2f%s, by the model of %s: the share, %s, that is of any factor. "
                             "%lld of %lld people.",
                             opening(f, level), i.estimate, alliance_range(answer, &i), title_of(f->best[level]),
                             levels[level].omega_words, (long long)s->numerator.n, (long long)s->denominator.n);
}

/* The engine's notes speak of clusters, which are clients here. */
static void say_unusable(const level_fits *f, int level, alliance_model k) {
    const alliance_fit *fit = &f->of[level][k];
    const alliance_fit *best = f->best[level] != MODELS ? &f->of[level][f->best[level]] : NULL;
    if (level == LEVEL_WITHIN || fit->fit == NULL) {
        alliance_say_unusable(f->measured->set.answer, fit, best, title_of(k), opening(f, level));
        return;
    }
    if (!fit->usable)
        rp_answer_caveat(f->measured->set.answer, "%s: the model of %s is not used: it %s.", opening(f, level),
                         title_of(k), fit->message);
}

/* ---- the table -------------------------------------------------------------------------------------------------- */

static const char *outcome_of(const level_fits *f, int level, alliance_model k) {
    const alliance_fit *fit = &f->of[level][k];
    rp_answer *answer = f->measured->set.answer;
    const char *outcome = fit->usable ? alliance_fit_verdict(answer, &fit->measures) : fit->message;
    size_t held = level == LEVEL_BETWEEN ? f->held[k] : 0;
    const char *with =
        held == 0 ? ""
                  : rp_answer_text(answer, "; residual variances held at 0: %zu of %zu", held, f->measured->rows->p);
    return rp_answer_text(answer, "%s%s%s", k == f->best[level] ? "best by BIC, and " : "", outcome, with);
}

/* Parameters of the level, without the items' means and what the other level has. */
static size_t parameters_of(const level_fits *f, int level, const rp_sem_fit *fit) {
    size_t p = f->measured->rows->p;
    return fit->n_free - p - (level == LEVEL_BETWEEN ? p * (p + 1) / 2 : 0);
}

static void put_row(const level_fits *f, int level, alliance_model k, rp_answer_table *table) {
    const alliance_fit *fit = &f->of[level][k];
    const rp_sem_measures *x = &fit->measures;
    rp_answer *answer = f->measured->set.answer;
    rp_count people = people_of(f, level);
    rp_value *row = rp_answer_row(table);
    row[0] = rp_value_text(answer, levels[level].table);
    row[1] = rp_value_text(answer, title_of(k));
    row[2] = rp_value_count(people);
    row[13] = rp_value_text(answer, outcome_of(f, level, k));
    row[13].count = people;
    if (!fit->estimated)
        return;
    const double values[] = {(double)parameters_of(f, level, fit->fit),
                             fit->fit->chisq,
                             fit->fit->df,
                             x->cfi,
                             x->tli,
                             x->rmsea,
                             x->rmsea_lower,
                             x->rmsea_upper,
                             x->srmr,
                             x->bic};
    static const int decimals[] = {0, 1, 0, 3, 3, 3, 3, 3, 3, 1};
    for (size_t i = 0; i < sizeof values / sizeof *values; i++)
        row[3 + i] = alliance_number(values[i], decimals[i], people);
}

static void write_table(const level_fits *f) {
    static const rp_table_column columns[] = {
        {"level", "Level", ""},
        {"model", "Model", ""},
        {"people", "People", "people"},
        {"parameters", "Parameters", ""},
        {"chisq", "Chi-square", ""},
        {"df", "df", ""},
        {"cfi", "CFI", ""},
        {"tli", "TLI", ""},
        {"rmsea", "RMSEA", ""},
        {"rmsea_lower", "From", ""},
        {"rmsea_upper", "To", ""},
        {"srmr", "SRMR", ""},
        {"bic", "BIC", ""},
        {"outcome", "Outcome", ""},
    };
    const alliance_family *family = f->measured->rows->family;
    rp_answer *answer = f->measured->set.answer;
    rp_answer_table *table = rp_answer_table_add(
        answer, rp_answer_text(answer, "alliance.factors_two_levels.%s", family->name),
        rp_answer_text(answer, "%s, all sessions: is it one thing or three, within clients and between them?",
                       family->name),
        columns, sizeof columns / sizeof *columns);
    table->audience = RP_FOR_FULL;
    table->note = "People: within clients, those with two complete questionnaires or more; between clients, those with "
                  "one or more. At each level the other one is unrestricted, so that all measures are of the one "
                  "level. From and To: 90% interval of the RMSEA.";
    for (int level = 0; level < LEVELS; level++)
        for (alliance_model k = 0; k < MODELS; k++)
            if (f->of[level][k].message != NULL)
                put_row(f, level, k, table);
}

void alliance_state_levels(const level_fits *f) {
    for (int level = 0; level < LEVELS; level++) {
        if (f->best[level] == MODELS)
            continue;
        state_best(f, level);
        state_omega(f, level);
    }
    write_table(f);
    for (int level = 0; level < LEVELS; level++)
        for (alliance_model k = 0; k < MODELS; k++)
            say_unusable(f, level, k);
    if (f->alike != NULL)
        rp_answer_caveat(f->measured->set.answer,
                         "%s: whether the items hang together between clients as they do within them is not told: %s.",
                         opening(f, LEVEL_BETWEEN), f->alike);
}
