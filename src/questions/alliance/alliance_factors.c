/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Is the alliance one thing or three? Five models of the items at one session, side by side. How reliable the sum of
 * the items is then hangs on which of them hold: alliance_reliability.c. */
#include "questions/alliance/alliance_factors.h"

#include <math.h>
#include <string.h>

static const char method[] =
    "full-information maximum likelihood (FIML) of answers as numbers, of everyone with an answer then; lavaan's rules";

/* ---- which fits best -------------------------------------------------------------------------------------------- */

/* A second-order model of three factors is their correlations written otherwise. */
static bool is_same(const factor_fits *f, alliance_model a, alliance_model b) {
    return fabs(f->of[a].measures.bic - f->of[b].measures.bic) < 0.01;
}

static alliance_model best_of(const factor_fits *f, alliance_model from, alliance_model end, alliance_model unlike) {
    alliance_model best = MODELS;
    for (alliance_model k = from; k < end; k++) {
        if (!f->of[k].usable || (unlike != MODELS && is_same(f, k, unlike)))
            continue;
        if (best == MODELS || f->of[k].measures.bic < f->of[best].measures.bic - 0.01)
            best = k;
    }
    return best;
}

static const char *title_of(const factor_fits *f, alliance_model model) {
    bool twin = (model == MODEL_THREE || model == MODEL_SECOND_ORDER) && f->of[MODEL_THREE].usable &&
                f->of[MODEL_SECOND_ORDER].usable && is_same(f, MODEL_THREE, MODEL_SECOND_ORDER);
    return twin ? "three factors that correlate (the same model as with a general one above them)"
                : alliance_model_title(model);
}

/* ---- words ---------------------------------------------------------------------------------------------------- */

static const char *listed(rp_answer *answer, const char *before, const char *name) {
    return before[0] == '\0' ? name : rp_answer_text(answer, "%s, %s", before, name);
}

const char *alliance_fit_verdict(rp_answer *answer, const rp_sem_measures *m) {
    const char *missed = "";
    missed = m->cfi < 0.95 ? listed(answer, missed, "CFI") : missed;
    missed = m->rmsea > 0.06 ? listed(answer, missed, "RMSEA") : missed;
    missed = m->srmr > 0.08 ? listed(answer, missed, "SRMR") : missed;
    return missed[0] == '\0' ? "fits well" : rp_answer_text(answer, "does not fit well (%s)", missed);
}

const char *alliance_fit_words(rp_answer *answer, const rp_sem_measures *m) {
    bool open = m->rmsea_lower <= 0.06 && m->rmsea_upper > 0.08;
    return rp_answer_text(answer,
                          "by the usual convention (CFI .95 or more, RMSEA .06 or less, SRMR .08 or less; Hu and "
                          "Bentler 1999) it %s: CFI %.3f, TLI %.3f, RMSEA %.3f (90%% interval %.3f to %.3f), SRMR "
                          "%.3f%s",
                          alliance_fit_verdict(answer, m), m->cfi, m->tli, m->rmsea, m->rmsea_lower, m->rmsea_upper,
                          m->srmr, open ? "; people are too few to tell a good fit from a poor one" : "");
}

static rp_count modelled(const alliance_measured *m) {
    return rp_question_having(&m->set, MARK(MARK_MODELLED), 0);
}

rp_statement *alliance_factor_statement(const alliance_measured *m, const char *id, rp_interval i) {
    rp_statement *s =
        alliance_statement(m->set.answer, m->rows->family, id, 0, modelled(m), rp_question_having(&m->set, 0, 0), i);
    s->method = method;
    return s;
}

const char *alliance_factor_opening(const alliance_measured *m) {
    return rp_answer_text(m->set.answer, "%s (%s), %s", m->rows->family->name,
                          alliance_scale(m->rows->family, 0)->title, m->rows->when);
}

/* ---- statements -------------------------------------------------------------------------------------------------- */

static void state_best(const factor_fits *f) {
    const alliance_measured *m = f->measured;
    rp_answer *answer = m->set.answer;
    const rp_sem_measures *x = &f->of[f->best].measures;
    alliance_model next = best_of(f, MODEL_ONE, MODELS, f->best);
    if (!m->rows->has_parts) /* no other was tried */
        return;
    if (next == MODELS) {
        rp_answer_caveat(answer, "%s: of the models of its items that of %s alone can be used: %s.",
                         alliance_factor_opening(m), title_of(f, f->best), alliance_fit_words(answer, x));
        return;
    }
    double lead = f->of[next].measures.bic - x->bic;
    bool little = lead < BIC_DECIDES;
    rp_statement *s = alliance_factor_statement(m, "alliance.factors.best", (rp_interval){lead, NAN, NAN, NAN});
    s->unit = "";
    s->label = rp_answer_text(answer, "Fits best, %s: %s, which %s by the usual convention%s; BIC less than the next",
                              m->rows->when, title_of(f, f->best), alliance_fit_verdict(answer, x),
                              little ? ", though too little better to decide" : "");
    s->text = rp_answer_text(answer,
                             "%s: of the models of its %zu items, that of %s fits best: its BIC is %.1f below that of "
                             "%s%s. And %s. %lld of %lld people.",
                             alliance_factor_opening(m), m->rows->p, title_of(f, f->best), lead, title_of(f, next),
                             little ? ", which is too little to decide between the two" : "",
                             alliance_fit_words(answer, x), (long long)s->numerator.n, (long long)s->denominator.n);
}

static const char *const ids[MODELS] = {
    [MODEL_ONE] = "alliance.factors.one_factor",      [MODEL_TWO] = "alliance.factors.two_factors",
    [MODEL_THREE] = "alliance.factors.three_factors", [MODEL_SECOND_ORDER] = "alliance.factors.second_order",
    [MODEL_BILEVEL] = "alliance.factors.bilevel",
};

static void state_model(const factor_fits *f, alliance_model k) {
    const alliance_fit *fit = &f->of[k];
    const rp_sem_measures *x = &fit->measures;
    rp_answer *answer = f->measured->set.answer;
    rp_interval rmsea = {x->rmsea, x->rmsea_lower, x->rmsea_upper, 0.9};
    rp_statement *s = alliance_factor_statement(f->measured, ids[k], rmsea);
    s->unit = "";
    s->label =
        rp_answer_text(answer, "Model of %s: it %s; RMSEA", alliance_model_title(k), alliance_fit_verdict(answer, x));
    s->text =
        rp_answer_text(answer, "%s, %s: %s (chi-square %.1f, %g degrees of freedom, BIC %.1f; %lld of %lld people).",
                       alliance_factor_opening(f->measured), alliance_model_title(k), alliance_fit_words(answer, x),
                       fit->fit->chisq, fit->fit->df, x->bic, (long long)s->numerator.n, (long long)s->denominator.n);
}

/* The scaled measures, in the place of the plain ones. */
static rp_sem_measures scaled(const rp_sem_measures *m) {
    rp_sem_measures out = *m;
    out.p = m->p_scaled;
    out.cfi = m->cfi_scaled;
    out.tli = m->tli_scaled;
    out.rmsea = m->rmsea_scaled;
    out.rmsea_lower = m->rmsea_scaled_lower;
    out.rmsea_upper = m->rmsea_scaled_upper;
    out.aic = out.bic = NAN;
    return out;
}

static void state_ordered(const factor_fits *f) {
    const alliance_measured *m = f->measured;
    rp_answer *answer = m->set.answer;
    if (!f->ordered.usable)
        return;
    rp_sem_measures x = scaled(&f->ordered.measures);
    rp_statement *s = alliance_factor_statement(m, "alliance.factors.as_ordered",
                                                (rp_interval){x.rmsea, x.rmsea_lower, x.rmsea_upper, 0.9});
    s->numerator = rp_question_having(&m->set, MARK(MARK_COMPLETE), 0);
    s->unit = "";
    s->method = "diagonally weighted least squares of polychoric correlations of complete questionnaires, with scaled "
                "and shifted chi-square (WLSMV)";
    s->label = rp_answer_text(answer, "The best with answers as ordered categories: it %s; RMSEA",
                              alliance_fit_verdict(answer, &x));
    s->text = rp_answer_text(answer,
                             "%s, %s, with answers as ordered categories: %s (scaled chi-square %.1f, %g degrees of "
                             "freedom). The convention was made for numbers and is lenient here. %lld of %lld people.",
                             alliance_factor_opening(m), alliance_model_title(f->best), alliance_fit_words(answer, &x),
                             f->ordered.fit->chisq_scaled, f->ordered.fit->df_scaled, (long long)s->numerator.n,
                             (long long)s->denominator.n);
}

/* A Heywood case, or no convergence, in the engine's words; and that it would be the best, if it would. */
void alliance_say_unusable(rp_answer *answer, const alliance_fit *fit, const alliance_fit *best, const char *title,
                           const char *opening) {
    const char *better = "";
    if (fit->usable || fit->message == NULL)
        return;
    if (fit->fit == NULL) {
        rp_answer_caveat(answer,
                         "%s: the model of %s is %s (5 for each parameter beside the items' means, a rule of our own).",
                         opening, title, fit->message);
        return;
    }
    double lead = best == NULL || !fit->estimated ? NAN : best->measures.bic - fit->measures.bic;
    if (lead > 0)
        better = rp_answer_text(answer,
                                " By its BIC it fits better than those that are used, by %.1f: the items may well hang "
                                "together so, but these data do not settle its values.",
                                lead);
    rp_answer_caveat(answer, "%s: the model of %s is not used. %s%s", opening, title,
                     fit->fit->n_notes > 0 ? fit->fit->notes[0] : fit->fit->message, better);
}

/* ---- the table --------------------------------------------------------------------------------------------------- */

static void put_row(const factor_fits *f, rp_answer_table *table, alliance_model k) {
    const alliance_fit *fit = &f->of[k];
    const rp_sem_measures *x = &fit->measures;
    rp_count people = modelled(f->measured);
    rp_value *row = rp_answer_row(table);
    row[0] = rp_value_text(f->measured->set.answer, alliance_model_title(k));
    row[1] = rp_value_count(people);
    rp_answer *answer = f->measured->set.answer;
    const char *outcome = !fit->usable ? fit->message : alliance_fit_verdict(answer, x);
    row[14] = rp_value_text(answer, k == f->best ? rp_answer_text(answer, "best by BIC, and %s", outcome) : outcome);
    row[14].count = people;
    if (!fit->estimated)
        return;
    const double values[] = {(double)fit->fit->n_free, fit->fit->chisq, fit->fit->df, x->p,   x->cfi, x->tli, x->rmsea,
                             x->rmsea_lower,           x->rmsea_upper,  x->srmr,      x->aic, x->bic};
    static const int decimals[] = {0, 1, 0, 4, 3, 3, 3, 3, 3, 3, 1, 1};
    for (size_t i = 0; i < sizeof values / sizeof *values; i++)
        row[2 + i] = alliance_number(values[i], decimals[i], people);
}

static void write_table(const factor_fits *f) {
    static const rp_table_column columns[] = {
        {"model", "Model", ""},
        {"people", "People", "people"},
        {"parameters", "Parameters", ""},
        {"chisq", "Chi-square", ""},
        {"df", "df", ""},
        {"p", "p", ""},
        {"cfi", "CFI", ""},
        {"tli", "TLI", ""},
        {"rmsea", "RMSEA", ""},
        {"rmsea_lower", "From", ""},
        {"rmsea_upper", "To", ""},
        {"srmr", "SRMR", ""},
        {"aic", "AIC", ""},
        {"bic", "BIC", ""},
        {"outcome", "Outcome", ""},
    };
    const alliance_family *family = f->measured->rows->family;
    rp_answer *answer = f->measured->set.answer;
    rp_answer_table *table = rp_answer_table_add(
        answer, rp_answer_text(answer, "alliance.factors.%s", family->name),
        rp_answer_text(answer, "%s: is it one thing or three?", alliance_factor_opening(f->measured)), columns,
        sizeof columns / sizeof *columns);
    table->audience = RP_FOR_FULL;
    table->note =
        "People: with an answer to an item then. From and To: 90% interval of the RMSEA. A model with an impossible "
        "value, such as a variance below 0, is shown and not chosen. To fit well by the usual convention is CFI .95 or "
        "more, RMSEA .06 or less and SRMR .08 or less (Hu and Bentler 1999); in brackets stands what misses it. The "
        "session is the one of the first five at which "
        "most people answered every item.";
    for (alliance_model k = 0; k < MODELS; k++)
        if (f->of[k].message != NULL)
            put_row(f, table, k);
}

/* ---- all of it --------------------------------------------------------------------------------------------------- */

static bool fit_all(factor_fits *f, const alliance_sample *sample, rp_arena *arena, rp_error *error) {
    const alliance_rows *rows = f->measured->rows;
    for (alliance_model k = 0; k < (rows->has_parts ? MODELS : MODEL_ONE + 1); k++) {
        rp_buf text = {0};
        alliance_model_text(rows, k, &text);
        rp_sem_rules rules = alliance_model_rules(k);
        bool fine = alliance_fit_make(sample, &text, &rules, false, arena, &f->of[k], error);
        rp_buf_free(&text);
        if (!fine)
            return false;
    }
    f->best = best_of(f, MODEL_ONE, MODELS, MODELS);
    return alliance_fit_ordered(f, arena, error);
}

static void write(const factor_fits *f) {
    rp_answer *answer = f->measured->set.answer;
    if (f->best != MODELS)
        state_best(f);
    for (alliance_model k = 0; k < MODELS; k++)
        if (f->of[k].usable)
            state_model(f, k);
    state_ordered(f);
    if (f->of[MODEL_THREE].usable)
        alliance_write_correlations(f);
    alliance_write_reliability(f);
    write_table(f);
    for (alliance_model k = 0; k < MODELS; k++)
        alliance_say_unusable(answer, &f->of[k], f->best != MODELS ? &f->of[f->best] : NULL, alliance_model_title(k),
                              alliance_factor_opening(f->measured));
    if (!f->measured->rows->has_parts)
        rp_answer_caveat(answer,
                         "%s: which items are of tasks, goals and bond is not told, or some of these have fewer than "
                         "%d items, so one factor alone is tried.",
                         f->measured->rows->family->name, MEASURED_LEAST_OF_PART);
    rp_answer_caveat(answer,
                     "In the models of items, answers are taken for numbers, though they are ordered categories "
                     "and often near the upper end. And clients of one practitioner are taken for as unlike as "
                     "any others, so that intervals are somewhat too narrow.");
}

/* Everybody with an answer at the stated session. False: no memory. */
static bool choose(const alliance_rows *rows, rp_arena *arena, alliance_choice *out) {
    size_t *which = rp_arena_take(arena, rows->n_people, sizeof *which);
    *out = (alliance_choice){.which = {which, NULL}};
    if (which == NULL)
        return false;
    for (size_t i = 0; i < rows->n_people; i++) {
        size_t row = alliance_row_at(rows, i, rows->chosen);
        if (row != SIZE_MAX)
            which[out->n++] = row;
    }
    return true;
}

static bool fit_and_write(const alliance_measured *measured, const alliance_choice *choice, rp_arena *arena,
                          alliance_model *simple, rp_error *error) {
    factor_fits f = {.measured = measured};
    const alliance_sample *sample = alliance_sample_make(measured->rows, choice, arena, error);
    if (sample == NULL || !fit_all(&f, sample, arena, error))
        return false;
    write(&f);
    *simple = best_of(&f, MODEL_ONE, FREE_MODELS, MODELS);
    return true;
}

bool alliance_write_factors(const alliance_measured *measured, alliance_model *simple, rp_error *error) {
    const alliance_rows *rows = measured->rows;
    *simple = MODELS;
    rp_arena *arena = rp_arena_new(0);
    alliance_choice choice = {.n = 0};
    bool fine = (arena != NULL && choose(rows, arena, &choice)) || rp_fail_memory(error);
    if (fine && choice.n < MEASURED_LEAST_PEOPLE)
        rp_answer_caveat(measured->set.answer,
                         "%s: at no session of the first %d did as many as %d people answer the items, so whether the "
                         "alliance is one thing or three is not told.",
                         rows->family->name, MEASURED_SESSIONS, MEASURED_LEAST_PEOPLE);
    else if (fine)
        fine = fit_and_write(measured, &choice, arena, simple, error);
    rp_arena_free(arena);
    return fine;
}
