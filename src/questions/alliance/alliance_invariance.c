/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Do the items measure the same in different groups? The best of the models without a general factor beside others, in
 * all groups at once: the same form, then the same loadings, then the same intercepts too (Meredith, Psychometrika 58,
 * 1993). Whose model it is decides no test: by convention CFI may fall by .01 a step (Cheung & Rensvold, Struct Equ
 * Modeling 9, 2002). */
#include "questions/alliance/alliance_invariance.h"

#include <math.h>
#include <string.h>

static const double CFI_MAY_FALL = 0.01;

static const char *const step_titles[STEPS] = {"configural: the same form", "metric: and the same loadings",
                                               "scalar: and the same intercepts"};

/* ---- what holds ----------------------------------------------------------------------------------------------- */

static double cfi_change(const invariance *i, invariance_step step) {
    return i->of[step].measures.cfi - i->of[step - 1].measures.cfi;
}

static bool holds(const invariance *i, invariance_step step) {
    for (invariance_step s = STEP_CONFIGURAL; s <= step; s++)
        if (!i->of[s].usable || (s > STEP_CONFIGURAL && !(cfi_change(i, s) >= -CFI_MAY_FALL)))
            return false;
    return true;
}

static double chisq_change(const invariance *i, invariance_step step) {
    return fmax(i->of[step].fit->chisq - i->of[step - 1].fit->chisq, 0);
}

static double df_change(const invariance *i, invariance_step step) {
    return i->of[step].fit->df - i->of[step - 1].fit->df;
}

static bool fits_well(const rp_sem_measures *m) {
    return m->cfi >= 0.95 && m->rmsea <= 0.06 && m->srmr <= 0.08;
}

/* What may be compared, short and in full. */
typedef struct verdict {
    const char *brief, *words;
} verdict;

static verdict verdict_of(const invariance *i) {
    if (holds(i, STEP_SCALAR))
        return (verdict){
            "means may be compared",
            "the items measure the same way in each, as far as this can tell: mean scores may be compared"};
    if (holds(i, STEP_METRIC) && i->of[STEP_SCALAR].usable)
        return (verdict){"means may not be compared",
                         "the items hang on the alliance alike, but people of the same alliance answer them at "
                         "different levels: a difference of mean scores is not one of the alliance alone"};
    if (holds(i, STEP_METRIC))
        return (verdict){"whether means may be compared cannot be told",
                         "the items hang on the alliance alike; whether mean scores may be compared cannot be told, "
                         "since the model for it could not be used"};
    if (i->of[STEP_METRIC].usable)
        return (verdict){"scores may not be compared",
                         "the items do not hang on the alliance alike: scores are not the same thing in each, and "
                         "neither their means nor their correlations should be compared"};
    return (verdict){"whether scores may be compared cannot be told",
                     "whether scores may be compared cannot be told, since the model for it could not be used"};
}

/* ---- writing ----------------------------------------------------------------------------------------------------- */

static const char *change_words(const invariance *i, rp_answer *answer, invariance_step step) {
    double chisq = chisq_change(i, step), df = df_change(i, step);
    return rp_answer_text(answer,
                          "; with the same %s CFI changes by %.3f (chi-square rises by %.1f, %g degrees of "
                          "freedom, p %.3f)",
                          step == STEP_METRIC ? "loadings" : "intercepts too", cfi_change(i, step), chisq, df,
                          rp_chi2_upper(chisq, df));
}

static const char *outcome_of(const invariance *i, invariance_step step) {
    if (!i->of[step].usable)
        return i->of[step].message;
    if (step == STEP_CONFIGURAL)
        return alliance_fit_verdict(i->measured->set.answer, &i->of[step].measures);
    return holds(i, step) ? "holds" : "does not hold";
}

static void put_rows(const invariance *i, rp_answer_table *table) {
    rp_answer *answer = i->measured->set.answer;
    rp_count people = rp_question_having_any(&i->measured->set, 0, i->any);
    for (invariance_step step = 0; step < STEPS; step++) {
        const alliance_fit *fit = &i->of[step];
        const rp_sem_measures *x = &fit->measures;
        rp_value *row = rp_answer_row(table);
        row[0] = rp_value_text(answer, i->title);
        row[1] = rp_value_text(answer, i->over);
        row[2] = rp_value_text(answer, step_titles[step]);
        row[3] = rp_value_count(people);
        row[12] = rp_value_text(answer, outcome_of(i, step));
        row[12].count = people;
        if (!fit->estimated)
            continue;
        bool compared = step > STEP_CONFIGURAL && fit->usable && i->of[step - 1].usable;
        const double values[] = {fit->fit->chisq,
                                 fit->fit->df,
                                 x->cfi,
                                 x->rmsea,
                                 x->srmr,
                                 compared ? chisq_change(i, step) : NAN,
                                 compared ? rp_chi2_upper(chisq_change(i, step), df_change(i, step)) : NAN,
                                 compared ? cfi_change(i, step) : NAN};
        static const int decimals[] = {1, 0, 3, 3, 3, 1, 4, 3};
        for (size_t v = 0; v < sizeof values / sizeof *values; v++)
            row[4 + v] = alliance_number(values[v], decimals[v], people);
    }
}

static rp_answer_table *table_of(const invariance *i) {
    static const rp_table_column columns[] = {
        {"over", "Over", ""},
        {"groups", "Groups", ""},
        {"step", "Step", ""},
        {"people", "People", "people"},
        {"chisq", "Chi-square", ""},
        {"df", "df", ""},
        {"cfi", "CFI", ""},
        {"rmsea", "RMSEA", ""},
        {"srmr", "SRMR", ""},
        {"chisq_change", "Chi-square up by", ""},
        {"p_change", "p of that", ""},
        {"cfi_change", "CFI changes by", ""},
        {"outcome", "Outcome", ""},
    };
    rp_answer *answer = i->measured->set.answer;
    const alliance_family *family = i->measured->rows->family;
    const char *id = rp_answer_text(answer, "alliance.invariance.%s", family->name);
    for (size_t t = 0; t < answer->n_tables; t++)
        if (strcmp(answer->tables[t]->id, id) == 0)
            return answer->tables[t];
    rp_answer_table *table = rp_answer_table_add(
        answer, id, rp_answer_text(answer, "%s: do the items measure the same in all?", family->name), columns,
        sizeof columns / sizeof *columns);
    table->audience = RP_FOR_FULL;
    table->note = "Each step asks for more to be the same. By convention a step holds where CFI falls by .01 or less. "
                  "Where loadings hold, what scores go along with may be compared; where intercepts hold too, means.";
    return table;
}

static void let_incoherent_stand(invariance *i) {
    bool any = false;
    for (invariance_step step = 0; step < STEPS; step++)
        if (i->of[step].estimated && i->of[step].fit->incoherent)
            any = i->of[step].usable = true;
    if (any)
        rp_answer_caveat(i->measured->set.answer,
                         "%s, %s (%s): the covariances of the factors cannot all be true together. The factors are too "
                         "alike to be told apart so finely; steps are compared all the same, since that bears on how "
                         "items hang on the factors.",
                         i->measured->rows->family->name, i->title, i->over);
}

void alliance_state_invariance(invariance *i) {
    const alliance_measured *m = i->measured;
    rp_answer *answer = m->set.answer;
    let_incoherent_stand(i);
    const rp_sem_measures *first = &i->of[STEP_CONFIGURAL].measures;
    put_rows(i, table_of(i));
    for (invariance_step step = 0; step < STEPS; step++)
        if (!i->of[step].usable) {
            rp_answer_caveat(
                answer, "%s, %s (%s): %s. The model of %s: it %s.", m->rows->family->name, i->title, i->over,
                step == STEP_CONFIGURAL ? "whether scores may be compared cannot be told" : verdict_of(i).words,
                step_titles[step], i->of[step].message);
            return;
        }
    rp_interval change = {i->of[STEP_SCALAR].measures.cfi - first->cfi, NAN, NAN, NAN};
    rp_statement *s = alliance_statement(answer, m->rows->family, i->id, 0, rp_question_having_any(&m->set, 0, i->any),
                                         rp_question_having(&m->set, 0, 0), change);
    bool poor = !fits_well(first);
    s->unit = "";
    s->label = rp_answer_text(answer, "%s (%s): %s%s; CFI changes with all the same by", i->title, i->over,
                              verdict_of(i).brief, poor ? ", as far as a model that does not fit well tells" : "");
    s->method = i->method;
    s->text = rp_answer_text(
        answer,
        "%s (%s), %s (%s): by the usual convention %s. Model of %s, CFI %.3f with the same form alone%s%s%s. "
        "%lld of %lld people.",
        m->rows->family->name, alliance_scale(m->rows->family, 0)->title, i->title, i->over, verdict_of(i).words,
        alliance_model_title(i->model), first->cfi, change_words(i, answer, STEP_METRIC),
        change_words(i, answer, STEP_SCALAR),
        !poor ? "" : "; the model does not fit well to begin with, so that this tells less", (long long)s->numerator.n,
        (long long)s->denominator.n);
}

/* ---- groups ------------------------------------------------------------------------------------------------------ */

/* Everyone of a group that is large enough, at the stated session. */
static bool choose(const alliance_measured *m, alliance_grouping g, rp_arena *arena, alliance_choice *out,
                   invariance *i) {
    const alliance_rows *rows = m->rows;
    uint32_t number[MOST_GROUPED + 1] = {0};
    size_t *which = rp_arena_take(arena, rows->n_people, sizeof *which);
    uint32_t *group = rp_arena_take(arena, rows->n_people, sizeof *group);
    const char **names = rp_arena_take(arena, MOST_GROUPED, sizeof *names);
    if (which == NULL || group == NULL || names == NULL)
        return false;
    *out = (alliance_choice){.which = {which, NULL}, .group = group, .groups = names};
    i->over = "";
    for (size_t k = 1; k <= MOST_GROUPED; k++)
        if (m->compared[g][k]) {
            const char *words = alliance_group_words(g, k);
            number[k] = (uint32_t)out->n_groups;
            names[out->n_groups++] = words;
            i->over = rp_answer_text(m->set.answer, "%s%s%s", i->over, i->over[0] != '\0' ? ", " : "", words);
            i->any |= alliance_group_mark(g, k);
        }
    for (size_t person = 0; person < rows->n_people; person++) {
        size_t row = alliance_row_at(rows, person, rows->chosen);
        size_t of = row == SIZE_MAX ? 0 : rows->group[row * GROUPINGS + g];
        if (of == 0 || !m->compared[g][of])
            continue;
        which[out->n] = row;
        group[out->n++] = number[of];
    }
    return true;
}

static bool compare(const alliance_measured *m, alliance_model model, alliance_grouping g, rp_error *error) {
    invariance i = {.measured = m,
                    .model = model,
                    .id = alliance_grouping_id(g),
                    .title = alliance_grouping_title(g),
                    .method = "confirmatory factor analysis of several groups by full-information maximum likelihood "
                              "of answers as numbers; the same form, loadings, intercepts"};
    rp_arena *arena = rp_arena_new(0);
    alliance_choice choice = {.n = 0};
    rp_buf text = {0};
    bool fine = (arena != NULL && choose(m, g, arena, &choice, &i)) || rp_fail_memory(error);
    const alliance_sample *sample = fine ? alliance_sample_make(m->rows, &choice, arena, error) : NULL;
    alliance_model_text(m->rows, model, &text);
    fine = sample != NULL;
    for (invariance_step step = 0; step < STEPS && fine; step++) {
        const rp_sem_rules rules = {
            .means = true, .equal_loadings = step >= STEP_METRIC, .equal_intercepts = step >= STEP_SCALAR};
        fine = alliance_fit_make(sample, &text, &rules, true, arena, &i.of[step], error);
    }
    rp_buf_free(&text);
    if (fine)
        alliance_state_invariance(&i);
    rp_arena_free(arena);
    return fine;
}

/* "a, b" of those that are not compared; NULL: all are. */
static const char *left_out(const alliance_measured *m, alliance_grouping g) {
    const char *names = NULL;
    for (size_t k = 1; alliance_group_words(g, k) != NULL; k++) {
        const char *words = alliance_group_words(g, k);
        if (!m->compared[g][k])
            names = names == NULL ? words : rp_answer_text(m->set.answer, "%s, %s", names, words);
    }
    return names;
}

static bool is_compared(const alliance_measured *m, alliance_grouping g) {
    for (size_t k = 1; k <= MOST_GROUPED; k++)
        if (m->compared[g][k])
            return true;
    return false;
}

bool alliance_write_invariance(const alliance_measured *m, alliance_model simple, rp_error *error) {
    rp_answer *answer = m->set.answer;
    const char *untold = NULL, *name = m->rows->family->name;
    for (alliance_grouping g = 0; g < GROUPINGS; g++) {
        const char *title = alliance_grouping_title(g);
        if (!is_compared(m, g)) {
            untold = untold == NULL ? title : rp_answer_text(answer, "%s, %s", untold, title);
            continue;
        }
        if (!compare(m, simple, g, error))
            return false;
        if (left_out(m, g) != NULL)
            rp_answer_caveat(answer,
                             "%s, %s: not compared, since fewer than %d people of each answered every item at %s (a "
                             "bound of our own): %s. That they are few does not say that the items measure the same "
                             "there.",
                             name, title, MEASURED_LEAST_PEOPLE, m->rows->when, left_out(m, g));
    }
    if (untold != NULL)
        rp_answer_caveat(answer,
                         "%s: too few people to tell whether the items measure the same over: %s. Two groups of %d "
                         "people or more who answered every item at %s are needed (a bound of our own).",
                         name, untold, MEASURED_LEAST_PEOPLE, m->rows->when);
    return true;
}
