/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The same models over all sessions at once, within clients and between them: what rises and falls together from
 * session to session need not be what differs from client to client. Omega of each level after Geldhof, Preacher &
 * Zyphur (Psychol Methods 19, 2014). */
#include "questions/alliance/alliance_factors.h"

#include <math.h>

enum { WITHIN, BETWEEN, LEVELS };

/* The form at each level. Where three factors cannot be used, a general one beside them is not tried: it rests on them,
 * and its search is long. */
enum { THREE_AT_BOTH = 2, BILEVEL_AT_BOTH, FORMS = 6 };
static const struct {
    alliance_model of[LEVELS];
    const char *title;
} forms[FORMS] = {
    {{MODEL_ONE, MODEL_ONE}, "one factor at both levels"},
    {{MODEL_TWO, MODEL_TWO}, "two factors (bond; tasks and goals) at both levels"},
    [THREE_AT_BOTH] = {{MODEL_THREE, MODEL_THREE}, "three factors (tasks, goals, bond) at both levels"},
    [BILEVEL_AT_BOTH] = {{MODEL_BILEVEL, MODEL_BILEVEL}, "a general factor and three beside it at both levels"},
    {{MODEL_ONE, MODEL_TWO}, "one factor within clients, two (bond; tasks and goals) between them"},
    {{MODEL_ONE, MODEL_THREE}, "one factor within clients, three (tasks, goals, bond) between them"},
};

typedef struct form_fit {
    alliance_fit of; /* message NULL: not tried */
    size_t held;     /* residual variances between clients that are held at 0 */
} form_fit;
typedef struct level_fits {
    const alliance_measured *measured;
    form_fit at[FORMS];
    size_t best; /* FORMS: none */
} level_fits;

static const char method[] =
    "two-level confirmatory factor analysis, sessions within clients, by maximum likelihood of "
    "complete questionnaires with answers as numbers; residual variances between clients that would fall below 0 are "
    "held at 0";

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

static void put_form(const alliance_rows *rows, size_t form, const bool *held, rp_buf *out) {
    for (int level = WITHIN; level < LEVELS; level++) {
        rp_buf_put(out, level == WITHIN ? "level: within\n" : "level: between\n");
        alliance_model_text(rows, forms[form].of[level], out);
    }
    for (size_t i = 0; i < rows->p; i++)
        if (held[i])
            rp_buf_printf(out, "%s ~~ 0*%s\n", rows->names[i], rows->names[i]);
}

/* Residual variances between clients that came out below 0 and are not held yet. */
static size_t hold(const rp_sem_fit *fit, size_t p, bool *held) {
    size_t n = 0;
    for (size_t i = 0; i < fit->spec->n_lines; i++) {
        const rp_sem_line *line = &fit->spec->lines[i];
        if (line->op != RP_SEM_COVARIES || line->group != BETWEEN || line->lhs != line->rhs || line->lhs >= p ||
            line->parameter == SIZE_MAX || !(fit->theta[line->parameter] < 0))
            continue;
        held[line->lhs] = true;
        n++;
    }
    return n;
}

/* What is left of an item between clients is often nought, so that its estimate falls below 0 as often as not: there it
 * is held at 0, and the model fitted again. */
static bool fit_form(const level_fits *f, size_t form, const alliance_sample *sample, rp_arena *arena, form_fit *out,
                     rp_error *error) {
    enum { ROUNDS = 4 };
    const alliance_rows *rows = f->measured->rows;
    bool *held = rp_arena_take(arena, rows->p, sizeof *held), again = true, fine = true;
    if (held == NULL)
        return rp_fail_memory(error);
    for (int round = 0; round < ROUNDS && again && fine; round++) {
        rp_buf text = {0};
        put_form(rows, form, held, &text);
        rp_sem_rules rules = alliance_model_rules(forms[form].of[BETWEEN]);
        fine = alliance_fit_make(sample, &text, &rules, false, arena, &out->of, error);
        rp_buf_free(&text);
        size_t more = fine && out->of.estimated && !out->of.usable ? hold(out->of.fit, rows->p, held) : 0;
        again = more > 0 && round + 1 < ROUNDS;
        out->held += again ? more : 0;
    }
    out->of.measures.srmr = out->of.measures.srmr_within; /* the convention knows one level */
    return fine;
}

/* The usable one of least BIC, but for `other`. */
static size_t best_of(const level_fits *f, size_t other) {
    size_t best = FORMS;
    for (size_t k = 0; k < FORMS; k++)
        if (k != other && f->at[k].of.usable &&
            (best == FORMS || f->at[k].of.measures.bic < f->at[best].of.measures.bic))
            best = k;
    return best;
}

static bool fit_all(level_fits *f, const alliance_sample *sample, rp_arena *arena, rp_error *error) {
    const alliance_rows *rows = f->measured->rows;
    for (size_t k = 0; k < (rows->has_parts ? (size_t)FORMS : 1); k++)
        if ((k != BILEVEL_AT_BOTH || f->at[THREE_AT_BOTH].of.usable) &&
            !fit_form(f, k, sample, arena, &f->at[k], error))
            return false;
    f->best = best_of(f, FORMS);
    return true;
}

/* ---- writing ---------------------------------------------------------------------------------------------------- */

static rp_statement *statement(const level_fits *f, const char *id, rp_interval i) {
    const alliance_measured *m = f->measured;
    rp_statement *s = alliance_statement(m->set.answer, m->rows->family, id, 0,
                                         rp_question_having(&m->set, MARK(MARK_COMPLETE_EVER), 0),
                                         rp_question_having(&m->set, 0, 0), i);
    s->behind[0] = rp_question_having(&m->set, MARK(MARK_COMPLETE_TWICE), 0);
    s->method = method;
    s->unit = "";
    return s;
}

static const char *opening(const level_fits *f) {
    const alliance_family *family = f->measured->rows->family;
    return rp_answer_text(f->measured->set.answer, "%s (%s), all sessions", family->name,
                          alliance_scale(family, 0)->title);
}

static void state_best(const level_fits *f) {
    rp_answer *answer = f->measured->set.answer;
    const rp_sem_measures *x = &f->at[f->best].of.measures;
    size_t next = best_of(f, f->best);
    if (next == FORMS) {
        if (f->measured->rows->has_parts)
            rp_answer_caveat(answer, "%s: of the two-level models that of %s alone can be used: %s.", opening(f),
                             forms[f->best].title, alliance_fit_words(answer, x));
        return;
    }
    double lead = f->at[next].of.measures.bic - x->bic;
    bool little = lead < BIC_DECIDES;
    rp_statement *s = statement(f, "alliance.factors.two_levels", (rp_interval){lead, NAN, NAN, NAN});
    s->label = rp_answer_text(answer,
                              "Fits best, all sessions within and between clients: %s, which %s by the usual "
                              "convention%s; BIC less than the next",
                              forms[f->best].title, alliance_fit_verdict(answer, x),
                              little ? ", though too little better to decide" : "");
    s->text = rp_answer_text(answer,
                             "%s: of the models of items within and between clients, that of %s fits best: its BIC is "
                             "%.1f below that of %s%s. And %s (SRMR within clients). %lld of %lld people.",
                             opening(f), forms[f->best].title, lead, forms[next].title,
                             little ? ", which is too little to decide between the two" : "",
                             alliance_fit_words(answer, x), (long long)s->numerator.n, (long long)s->denominator.n);
}

static void state_omega(const level_fits *f, int level) {
    static const struct {
        const char *id, *label, *words;
    } of[LEVELS] = {{"alliance.omega_total.within_clients", "Omega total, within clients",
                     "of how a client's sum varies from session to session"},
                    {"alliance.omega_total.between_clients", "Omega total, between clients",
                     "of how clients differ in the long run"}};
    rp_answer *answer = f->measured->set.answer;
    rp_sem_omega omega = {0};
    answer->failed = answer->failed || !alliance_omega(&f->at[f->best].of, (size_t)level, &omega);
    if (answer->failed || isnan(omega.total))
        return;
    rp_interval i = alliance_share_interval(omega.total, omega.total_se, f->measured->rows->family->asked->level);
    rp_statement *s = statement(f, of[level].id, i);
    s->label = of[level].label;
    s->text = rp_answer_text(answer,
                             "%s: %s is %.2f%s, by the model of %s: the share, %s, that is of any factor. %lld of %lld "
                             "people.",
                             opening(f), of[level].label, i.estimate, alliance_range(answer, &i), forms[f->best].title,
                             of[level].words, (long long)s->numerator.n, (long long)s->denominator.n);
}

static void put_row(const level_fits *f, rp_answer_table *table, size_t k) {
    const alliance_fit *fit = &f->at[k].of;
    const rp_sem_measures *x = &fit->measures;
    rp_answer *answer = f->measured->set.answer;
    rp_count people = rp_question_having(&f->measured->set, MARK(MARK_COMPLETE_EVER), 0);
    rp_value *row = rp_answer_row(table);
    row[0] = rp_value_text(answer, forms[k].title);
    row[1] = rp_value_count(people);
    row[2] = rp_value_count(rp_question_having(&f->measured->set, MARK(MARK_COMPLETE_TWICE), 0));
    const char *outcome = !fit->usable ? fit->message : alliance_fit_verdict(answer, x);
    const char *held = f->at[k].held == 0 ? ""
                                          : rp_answer_text(answer, "; %zu residual variances between clients held at 0",
                                                           f->at[k].held);
    row[14] =
        rp_value_text(answer, rp_answer_text(answer, "%s%s%s", k == f->best ? "best by BIC, and " : "", outcome, held));
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

static void write_table(const level_fits *f) {
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
    table->note = "People: with a complete questionnaire at some session. What is "
                  "between clients is estimated from as many values as there are clients. From and To: 90% interval "
                  "of the RMSEA.";
    for (size_t k = 0; k < FORMS; k++)
        if (f->at[k].of.message != NULL)
            put_row(f, table, k);
}

static void write(const level_fits *f) {
    if (f->best != FORMS) {
        state_best(f);
        for (int level = WITHIN; level < LEVELS; level++)
            state_omega(f, level);
    }
    write_table(f);
    for (size_t k = 0; k < FORMS; k++)
        alliance_say_unusable(f->measured->set.answer, &f->at[k].of, f->best != FORMS ? &f->at[f->best].of : NULL,
                              forms[k].title, opening(f));
}

bool alliance_write_two_levels(const alliance_measured *measured, rp_error *error) {
    level_fits f = {.measured = measured};
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
