/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The same models over all sessions at once, within clients and between them: what rises and falls together from
 * session to session need not be what differs from client to client. The form is the same at both levels, the values
 * are not. Omega of each level after Geldhof, Preacher & Zyphur (Psychol Methods 19, 2014). */
#include "questions/alliance/alliance_factors.h"

#include <math.h>
#include <string.h>

enum { WITHIN, BETWEEN, LEVELS };

static const char method[] =
    "two-level confirmatory factor analysis, sessions within clients, by maximum likelihood of "
    "complete questionnaires with answers as numbers; the same form at both levels";

/* ---- rows ----------------------------------------------------------------------------------------------------- */

static bool choose(const alliance_rows *rows, rp_arena *arena, alliance_choice *out) {
    size_t n = rows->starts[rows->n_people];
    size_t *which = rp_arena_take(arena, n, sizeof *which);
    uint64_t *cluster = rp_arena_take(arena, n, sizeof *cluster);
    if (which == NULL || cluster == NULL)
        return false;
    *out = (alliance_choice){.which = {which, NULL}, .cluster = cluster};
    for (size_t person = 0; person < rows->n_people; person++) {
        size_t before = out->n;
        for (size_t r = rows->starts[person]; r < rows->starts[person + 1]; r++)
            if (alliance_row_is_complete(rows, r)) {
                which[out->n] = r;
                cluster[out->n++] = person;
            }
        out->n_clusters += out->n > before;
    }
    return true;
}

static bool fit_all(factor_fits *f, const alliance_sample *sample, rp_arena *arena, rp_error *error) {
    const alliance_rows *rows = f->measured->rows;
    for (alliance_model k = 0; k < (rows->has_parts ? MODELS : MODEL_ONE + 1); k++) {
        if (k == MODEL_SECOND_ORDER) /* the three factors' own, written otherwise */
            continue;
        rp_buf text = {0};
        for (int level = WITHIN; level < LEVELS; level++) {
            rp_buf_put(&text, level == WITHIN ? "level: within\n" : "level: between\n");
            alliance_model_text(rows, k, &text);
        }
        rp_sem_rules rules = alliance_model_rules(k);
        bool fine = alliance_fit_make(sample, &text, &rules, false, arena, &f->of[k], error);
        rp_buf_free(&text);
        if (!fine)
            return false;
        f->of[k].measures.srmr = f->of[k].measures.srmr_within; /* the convention knows one level */
    }
    f->best = alliance_best_fit(f, MODEL_ONE, MODELS, MODELS);
    return true;
}

/* ---- writing ---------------------------------------------------------------------------------------------------- */

static rp_statement *statement(const factor_fits *f, const char *id, rp_interval i) {
    const alliance_measured *m = f->measured;
    rp_statement *s = alliance_statement(m->set.answer, m->rows->family, id, 0,
                                         rp_question_having(&m->set, MARK(MARK_COMPLETE_EVER), 0),
                                         rp_question_having(&m->set, 0, 0), i);
    s->behind[0] = rp_question_having(&m->set, MARK(MARK_COMPLETE_TWICE), 0);
    s->method = method;
    s->unit = "";
    return s;
}

static const char *opening(const factor_fits *f) {
    const alliance_family *family = f->measured->rows->family;
    return rp_answer_text(f->measured->set.answer, "%s (%s), all sessions", family->name,
                          alliance_scale(family, 0)->title);
}

static void state_best(const factor_fits *f) {
    rp_answer *answer = f->measured->set.answer;
    const rp_sem_measures *x = &f->of[f->best].measures;
    alliance_model next = alliance_best_fit(f, MODEL_ONE, MODELS, f->best);
    if (next == MODELS) {
        if (f->measured->rows->has_parts)
            rp_answer_caveat(answer, "%s: of the two-level models that of %s alone can be used: %s.", opening(f),
                             alliance_model_title(f->best), alliance_fit_words(answer, x));
        return;
    }
    double lead = f->of[next].measures.bic - x->bic;
    bool little = lead < BIC_DECIDES;
    rp_statement *s = statement(f, "alliance.factors.two_levels", (rp_interval){lead, NAN, NAN, NAN});
    s->label = rp_answer_text(
        answer, "Fits best within and between clients: %s, which %s by the usual convention%s; BIC less than the next",
        alliance_model_title(f->best), alliance_fit_verdict(answer, x),
        little ? ", though too little better to decide" : "");
    s->text = rp_answer_text(answer,
                             "%s: of the models of items within and between clients, that of %s fits best: its BIC is "
                             "%.1f below that of %s%s. And %s (SRMR within clients). %lld of %lld people.",
                             opening(f), alliance_model_title(f->best), lead, alliance_model_title(next),
                             little ? ", which is too little to decide between the two" : "",
                             alliance_fit_words(answer, x), (long long)s->numerator.n, (long long)s->denominator.n);
}

static void state_omega(const factor_fits *f, int level) {
    static const struct {
        const char *id, *label, *words;
    } of[LEVELS] = {{"alliance.omega_total.within_clients", "Omega total, within clients",
                     "of how a client's sum varies from session to session"},
                    {"alliance.omega_total.between_clients", "Omega total, between clients",
                     "of how clients differ in the long run"}};
    rp_answer *answer = f->measured->set.answer;
    rp_sem_omega omega = {0};
    answer->failed = answer->failed || !alliance_omega(&f->of[f->best], (size_t)level, &omega);
    if (answer->failed || isnan(omega.total))
        return;
    rp_interval i = alliance_share_interval(omega.total, omega.total_se, f->measured->rows->family->asked->level);
    rp_statement *s = statement(f, of[level].id, i);
    s->label = of[level].label;
    s->text = rp_answer_text(answer,
                             "%s: %s is %.2f%s, by the model of %s: the share, %s, that is of any factor. %lld of %lld "
                             "people.",
                             opening(f), of[level].label, i.estimate, alliance_range(answer, &i),
                             alliance_model_title(f->best), of[level].words, (long long)s->numerator.n,
                             (long long)s->denominator.n);
}

static void put_row(const factor_fits *f, rp_answer_table *table, alliance_model k) {
    const alliance_fit *fit = &f->of[k];
    const rp_sem_measures *x = &fit->measures;
    rp_answer *answer = f->measured->set.answer;
    rp_count people = rp_question_having(&f->measured->set, MARK(MARK_COMPLETE_EVER), 0);
    rp_value *row = rp_answer_row(table);
    row[0] = rp_value_text(answer, alliance_model_title(k));
    row[1] = rp_value_count(people);
    row[2] = rp_value_count(rp_question_having(&f->measured->set, MARK(MARK_COMPLETE_TWICE), 0));
    const char *outcome = !fit->usable ? fit->message : alliance_fit_verdict(answer, x);
    row[14] = rp_value_text(answer, k == f->best ? rp_answer_text(answer, "best by BIC, and %s", outcome) : outcome);
    row[14].count = people;
    if (!fit->estimated)
        return;
    const double values[] = {
        (double)fit->fit->n_free, fit->fit->chisq, fit->fit->df,   x->cfi,          x->tli, x->rmsea,
        x->rmsea_lower,           x->rmsea_upper,  x->srmr_within, x->srmr_between, x->bic};
    static const int decimals[] = {0, 1, 0, 3, 3, 3, 3, 3, 3, 3, 1};
    for (size_t i = 0; i < sizeof values / sizeof *values; i++)
        row[3 + i] = alliance_number(values[i], decimals[i], people);
}

static void write_table(const factor_fits *f) {
    static const rp_table_column columns[] = {
        {"model", "Model", ""},
        {"people", "People", "people"},
        {"twice", "Twice or more", "people"},
        {"parameters", "Parameters", ""},
        {"chisq", "Chi-square", ""},
        {"df", "df", ""},
        {"cfi", "CFI", ""},
        {"tli", "TLI", ""},
        {"rmsea", "RMSEA", ""},
        {"rmsea_lower", "From", ""},
        {"rmsea_upper", "To", ""},
        {"srmr_within", "SRMR within", ""},
        {"srmr_between", "SRMR between", ""},
        {"bic", "BIC", ""},
        {"outcome", "Outcome", ""},
    };
    const alliance_family *family = f->measured->rows->family;
    rp_answer *answer = f->measured->set.answer;
    rp_answer_table *table = rp_answer_table_add(
        answer, rp_answer_text(answer, "alliance.factors_two_levels.%s", family->name),
        rp_answer_text(answer, "%s: is it one thing or three, within clients and between them?", family->name), columns,
        sizeof columns / sizeof *columns);
    table->audience = RP_FOR_FULL;
    table->note = "People: with a complete questionnaire at some session. The same form at both levels; what is "
                  "between clients is estimated from as many values as there are clients. From and To: 90% interval "
                  "of the RMSEA.";
    for (alliance_model k = 0; k < MODELS; k++)
        if (f->of[k].message != NULL)
            put_row(f, table, k);
}

static void write(const factor_fits *f) {
    if (f->best != MODELS) {
        state_best(f);
        for (int level = WITHIN; level < LEVELS; level++)
            state_omega(f, level);
    }
    write_table(f);
    for (alliance_model k = 0; k < MODELS; k++)
        alliance_say_unusable(f, k, rp_answer_text(f->measured->set.answer, "%s, two levels", opening(f)));
}

bool alliance_write_two_levels(const alliance_measured *measured, rp_error *error) {
    factor_fits f = {.measured = measured};
    rp_answer *answer = measured->set.answer;
    if (rp_question_having(&measured->set, MARK(MARK_COMPLETE_TWICE), 0).n < MEASURED_LEAST_PEOPLE) {
        rp_answer_caveat(answer,
                         "%s: fewer than %d people answered every item at two sessions or more, so whether the items "
                         "hang together within clients as they do between them is not told.",
                         measured->rows->family->name, MEASURED_LEAST_PEOPLE);
        return true;
    }
    rp_arena *arena = rp_arena_new(0);
    alliance_choice choice = {.n = 0};
    bool fine = (arena != NULL && choose(measured->rows, arena, &choice)) || rp_fail_memory(error);
    const alliance_sample *sample = fine ? alliance_sample_make(measured->rows, &choice, arena, error) : NULL;
    fine = sample != NULL && fit_all(&f, sample, arena, error);
    if (fine)
        write(&f);
    rp_arena_free(arena);
    return fine;
}
