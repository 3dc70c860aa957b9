/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a structural equation model has besides its text: the rules of lavaan's cfa(), sem() and growth() (Rosseel, J
 * Stat Softw 48(2), 2012), for one group. */
#include <math.h>
#include <string.h>

#include "models/sem/sem_text.h"

/* ---- which name is what ------------------------------------------------------------------------------------- */

static bool make_sets(sem_plan *plan) {
    bool **sets[] = {&plan->indicator, &plan->outcome, &plan->predictor, &plan->spoken_of, &plan->exogenous};
    for (size_t i = 0; i < sizeof sets / sizeof *sets; i++)
        if (!(*sets[i] = rp_arena_take(plan->arena, plan->n_names, sizeof(bool))))
            return false;
    plan->latent.at = rp_arena_take(plan->arena, plan->n_names, sizeof(uint32_t));
    plan->observed.at = rp_arena_take(plan->arena, plan->n_names, sizeof(uint32_t));
    return plan->latent.at && plan->observed.at;
}

static void mark(sem_plan *plan) {
    for (size_t i = 0; i < plan->text->elements.n; i++) {
        const sem_element *e = &plan->text->elements.at[i];
        if (e->level != plan->level)
            continue;
        plan->indicator[e->rhs] |= e->op == RP_SEM_MEASURES;
        plan->outcome[e->lhs] |= e->op == RP_SEM_REGRESSES;
        plan->predictor[e->rhs] |= e->op == RP_SEM_REGRESSES;
        bool own = e->op == RP_SEM_COVARIES || e->op == RP_SEM_INTERCEPT;
        plan->spoken_of[e->lhs] |= own;
        plan->spoken_of[e->rhs] |= own;
    }
    /* an observed predictor whose variance, covariance or intercept the text names is as any other variable */
    for (size_t i = 0; i < plan->n_names; i++)
        plan->exogenous[i] = plan->predictor[i] && !plan->text->latent[i] && !plan->indicator[i] && !plan->outcome[i] &&
                             !plan->spoken_of[i];
}

static void list_add(sem_names_list *list, bool *seen, uint32_t name) {
    if (!seen[name])
        list->at[list->n++] = name;
    seen[name] = true;
}

/* The names on one side of an operator. */
static void list_side(const sem_plan *plan, sem_names_list *list, bool *seen, rp_sem_op op, bool right) {
    const sem_element *e = plan->text->elements.at;
    for (size_t i = 0; i < plan->text->elements.n; i++)
        if (e[i].op == op && e[i].level == plan->level)
            list_add(list, seen, right ? e[i].rhs : e[i].lhs);
}

/* Observed ones: indicators, outcomes, predictors, then what is only in covariances and intercepts. */
static bool make_lists(sem_plan *plan) {
    bool *seen = rp_arena_take(plan->arena, plan->n_names, sizeof *seen);
    if (!seen)
        return false;
    list_side(plan, &plan->latent, seen, RP_SEM_MEASURES, false); /* from here on no latent one is unseen */
    list_side(plan, &plan->observed, seen, RP_SEM_MEASURES, true);
    list_side(plan, &plan->observed, seen, RP_SEM_REGRESSES, false);
    list_side(plan, &plan->observed, seen, RP_SEM_REGRESSES, true);
    list_side(plan, &plan->observed, seen, RP_SEM_COVARIES, false);
    list_side(plan, &plan->observed, seen, RP_SEM_COVARIES, true);
    list_side(plan, &plan->observed, seen, RP_SEM_INTERCEPT, false);
    return true;
}

/* ---- lines ---------------------------------------------------------------------------------------------------- */

static uint32_t line_key(sem_plan *plan, rp_sem_op op, uint32_t lhs, uint32_t rhs, bool put) {
    bool turned = op == RP_SEM_COVARIES && rhs < lhs;
    uint32_t key[3] = {(uint32_t)op, turned ? rhs : lhs, turned ? lhs : rhs};
    rp_text text = {(const char *)key, sizeof key};
    return put ? rp_names_put(plan->keys, text) : rp_names_find(plan->keys, text);
}

/* A line, unless there is such a one already. */
static bool line_add(sem_plan *plan, rp_sem_op op, uint32_t lhs, uint32_t rhs, const sem_element *element) {
    uint32_t id = line_key(plan, op, lhs, rhs, true);
    if (id == RP_NO_ID)
        return rp_fail_memory(plan->error);
    if (id < plan->lines.n)
        return true;
    if (plan->lines.n == plan->most_lines) {
        rp_fail(plan->error, RP_E_LIMIT, "The model has more than %d lines.", SEM_MOST_LINES);
        return rp_fail_remedy(plan->error, "Fit a smaller model.");
    }
    sem_plan_line *line = rp_vec_push(plan->arena, &plan->lines);
    if (!line)
        return rp_fail_memory(plan->error);
    *line = (sem_plan_line){.op = op, .lhs = lhs, .rhs = rhs, .element = element};
    return true;
}

static bool add_pairs(sem_plan *plan, const sem_names_list *list, bool with_variances) {
    for (size_t i = 0; i < list->n; i++)
        for (size_t j = with_variances ? i : i + 1; j < list->n; j++)
            if (!line_add(plan, RP_SEM_COVARIES, list->at[i], list->at[j], NULL))
                return false;
    return true;
}

static bool add_each(sem_plan *plan, const sem_names_list *list, rp_sem_op op, bool also_exogenous) {
    for (size_t i = 0; i < list->n; i++)
        if ((also_exogenous || !plan->exogenous[list->at[i]]) && !line_add(plan, op, list->at[i], list->at[i], NULL))
            return false;
    return true;
}

/* auto.cov.lv.x: latent ones without an arrow to them. auto.cov.y: outcomes that predict and measure nothing. Then
 * exogenous observed ones among each other. */
static bool add_covariances(sem_plan *plan) {
    sem_names_list first = {rp_arena_take(plan->arena, plan->n_names, sizeof(uint32_t)), 0}, last = first, x = first;
    last.at = rp_arena_take(plan->arena, plan->n_names, sizeof(uint32_t));
    x.at = rp_arena_take(plan->arena, plan->n_names, sizeof(uint32_t));
    if (!first.at || !last.at || !x.at)
        return rp_fail_memory(plan->error);
    const sem_names_list *both[] = {&plan->latent, &plan->observed};
    for (size_t k = 0; k < 2; k++)
        for (size_t i = 0; i < both[k]->n; i++) {
            uint32_t name = both[k]->at[i];
            if (k == 0 && !plan->indicator[name] && !plan->outcome[name])
                first.at[first.n++] = name;
            if (plan->outcome[name] && !plan->indicator[name] && !plan->predictor[name])
                last.at[last.n++] = name;
            if (plan->exogenous[name])
                x.at[x.n++] = name;
        }
    return add_pairs(plan, &first, false) && add_pairs(plan, &last, false) && add_pairs(plan, &x, true);
}

static bool add_lines(sem_plan *plan) {
    for (size_t i = 0; i < plan->text->elements.n; i++) {
        const sem_element *e = &plan->text->elements.at[i];
        if (e->level == plan->level && !line_add(plan, e->op, e->lhs, e->rhs, e))
            return false;
    }
    return add_each(plan, &plan->observed, RP_SEM_COVARIES, false) &&
           add_each(plan, &plan->latent, RP_SEM_COVARIES, true) && add_covariances(plan) &&
           (!plan->means || (add_each(plan, &plan->observed, RP_SEM_INTERCEPT, true) &&
                             add_each(plan, &plan->latent, RP_SEM_INTERCEPT, true)));
}

/* ---- what is fixed ------------------------------------------------------------------------------------------------
 */

static void fix(sem_plan_line *line, double value) {
    line->fixed = true;
    line->value = value;
}

/* By std.lv variances of latent variables are 1, by the text too; orthogonal ones do not covary; of means only those of
 * observed variables are free, and in growth models only those of latent ones and of exogenous observed ones. */
static void fix_by_kind(sem_plan *plan) {
    const rp_sem_rules *rules = plan->rules;
    for (size_t i = 0; i < plan->lines.n; i++) {
        sem_plan_line *line = &plan->lines.at[i];
        bool latent = plan->text->latent[line->lhs];
        bool both = latent && plan->text->latent[line->rhs], same = line->lhs == line->rhs;
        if (line->op == RP_SEM_COVARIES && both && same && rules->std_lv)
            fix(line, 1);
        bool apart = line->op == RP_SEM_COVARIES && both && !same && rules->orthogonal;
        bool mean = line->op == RP_SEM_INTERCEPT && latent != rules->growth && !plan->exogenous[line->lhs];
        if (!line->element && (apart || mean))
            fix(line, 0);
    }
}

/* The first loading of each latent variable is 1; what alone measures a latent variable has no residual. */
static bool fix_scales(sem_plan *plan) {
    size_t *loadings = rp_arena_take(plan->arena, plan->n_names, sizeof *loadings);
    size_t *measured = rp_arena_take(plan->arena, plan->n_names, sizeof *measured);
    if (!loadings || !measured)
        return rp_fail_memory(plan->error);
    for (size_t i = 0; i < plan->lines.n; i++) {
        sem_plan_line *line = &plan->lines.at[i];
        if (line->op != RP_SEM_MEASURES)
            continue;
        if (loadings[line->lhs]++ == 0 && !plan->rules->std_lv)
            fix(line, 1);
        measured[line->rhs]++;
    }
    for (size_t i = 0; i < plan->lines.n; i++) {
        const sem_plan_line *line = &plan->lines.at[i];
        if (line->op != RP_SEM_MEASURES || loadings[line->lhs] != 1 || measured[line->rhs] != 1)
            continue;
        uint32_t id = line_key(plan, RP_SEM_COVARIES, line->rhs, line->rhs, false);
        if (id != RP_NO_ID && !plan->lines.at[id].element)
            fix(&plan->lines.at[id], 0);
    }
    return true;
}

/* ---- ordered variables ----------------------------------------------------------------------------------------- */

static bool not_ordered(const sem_plan *plan, const sem_element *e, const char *what) {
    sem_text_fail(plan->text->text, e->lhs_at, plan->error, RP_E_RULE, "%s", what);
    return rp_fail_remedy(plan->error, "Take it out.");
}

/* What the text says that ordered variables do not have. */
static bool check_ordered(const sem_plan *plan) {
    const rp_sem_rules *rules = plan->rules;
    for (size_t i = 0; i < plan->text->elements.n; i++) {
        const sem_element *e = &plan->text->elements.at[i];
        if (e->op == RP_SEM_INTERCEPT)
            return not_ordered(plan, e, "Models of ordered variables have thresholds, and all other means are 0.");
        bool own = e->op == RP_SEM_COVARIES && e->lhs == e->rhs && !plan->text->latent[e->lhs];
        if (own && (e->fixed.n || e->label.n || e->start.n))
            return not_ordered(plan, e,
                               "The residual variance of an ordered variable is what is left of 1: it can be neither "
                               "fixed nor set equal.");
    }
    if (!rules->growth && !rules->equal_intercepts && !rules->equal_means && !rules->equal_residuals)
        return true;
    rp_fail(plan->error, RP_E_RULE,
            "Growth models, and thresholds, means or residual variances that are equal over groups, are not offered "
            "for ordered variables.");
    return rp_fail_remedy(plan->error, "Equal loadings are offered.");
}

/* A residual variance is what is left: fixed, and at no number. */
static void fix_ordered(sem_plan *plan) {
    for (size_t i = 0; i < plan->lines.n; i++) {
        sem_plan_line *line = &plan->lines.at[i];
        if (line->op == RP_SEM_COVARIES && line->lhs == line->rhs && !plan->text->latent[line->lhs])
            fix(line, NAN);
    }
}

bool sem_plan_make(sem_plan *plan) {
    plan->n_names = rp_names_count(plan->text->names);
    plan->keys = rp_names_new(plan->arena);
    if (!plan->keys || !make_sets(plan))
        return rp_fail_memory(plan->error);
    mark(plan);
    if (!make_lists(plan))
        return rp_fail_memory(plan->error);
    if ((plan->ordered && !check_ordered(plan)) || !add_lines(plan))
        return false;
    fix_by_kind(plan);
    if (!fix_scales(plan))
        return false;
    if (plan->ordered)
        fix_ordered(plan);
    return true;
}
