/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A structural equation model's parameter table: groups, modifiers, labels, and which lines are one parameter. */
#include <math.h>
#include <string.h>

#include "models/sem/sem_ordered.h"
#include "models/sem/sem_text.h"

typedef struct table {
    sem_plan plans[2]; /* the groups', or each level's */
    size_t n_plans;
    const rp_sem_text *text;
    const rp_sem_layout *layout;
    const rp_sem_rules *rules;
    rp_sem_spec *spec;
    rp_sem_line *lines;
    size_t each;        /* lines of a group: the plan's, then thresholds */
    uint32_t *class_of; /* of each line: lines of a class are one parameter; RP_NO_ID: alone */
    sem_label *classes; /* labels of the text, then a class for each line of a group */
    size_t *variable;   /* of each name */
    rp_arena *arena;
    rp_error *error;
} table;

/* ---- variables -------------------------------------------------------------------------------------------------- */

static bool unknown(table *t, uint32_t name) {
    const rp_sem_text *text = t->text;
    const char *written = rp_names_text(text->names, name);
    sem_text_fail(text->text, sem_first_place(text, name), t->error, RP_E_UNKNOWN,
                  "There is no variable %s in the data.", written);
    const char *near = rp_text_nearest(rp_text_of(written), t->layout->observed, t->layout->n_observed);
    return near ? rp_fail_remedy(t->error, "Did you mean %s?", near)
                : rp_fail_remedy(t->error, "Name a column, or say by =~ what measures it.");
}

static bool place_observed(table *t, const rp_names *names) {
    bool *used = rp_arena_take(t->arena, t->layout->n_observed, sizeof *used);
    if (!used)
        return rp_fail_memory(t->error);
    for (size_t i = 0; i < t->layout->n_observed; i++) {
        uint32_t name = rp_names_find(names, rp_text_of(t->layout->observed[i]));
        used[i] = name != RP_NO_ID;
        if (used[i] && t->text->latent[name]) {
            sem_text_fail(t->text->text, sem_first_place(t->text, name), t->error, RP_E_RULE,
                          "The data have a variable %s, so nothing latent can be called so.", t->layout->observed[i]);
            return rp_fail_remedy(t->error, "Choose another name for the latent variable.");
        }
        if (used[i])
            t->variable[name] = i;
    }
    for (size_t i = 0; i < t->layout->n_observed; i++)
        if (!used[i]) {
            rp_fail(t->error, RP_E_RULE, "The model says nothing of the variable %s.", t->layout->observed[i]);
            return rp_fail_remedy(t->error, "Take it out of the data's layout, or name it, as by %s ~~ %s.",
                                  t->layout->observed[i], t->layout->observed[i]);
        }
    return true;
}

static bool place_variables(table *t) {
    size_t n_names = rp_names_count(t->text->names), n_latent = 0;
    const char **latent = rp_arena_take(t->arena, n_names, sizeof *latent);
    t->variable = rp_arena_take(t->arena, n_names, sizeof *t->variable);
    if (!latent || !t->variable)
        return rp_fail_memory(t->error);
    for (size_t i = 0; i < n_names; i++)
        t->variable[i] = SIZE_MAX;
    if (!place_observed(t, t->text->names))
        return false;
    for (const sem_plan *plan = t->plans; plan < t->plans + t->n_plans; plan++)
        for (size_t i = 0; i < plan->latent.n; i++) {
            uint32_t name = plan->latent.at[i];
            if (t->variable[name] != SIZE_MAX) /* it is of the other level too */
                continue;
            t->variable[name] = t->layout->n_observed + n_latent;
            latent[n_latent++] = rp_names_text(t->text->names, name);
        }
    for (uint32_t i = 0; i < n_names; i++)
        if (t->variable[i] == SIZE_MAX)
            return unknown(t, i);
    t->spec->latent = latent;
    t->spec->n_latent = n_latent;
    return true;
}

/* ---- lines of all groups -------------------------------------------------------------------------------------------
 */

static bool fits_groups(table *t, const sem_modifier *m) {
    bool levels = t->layout->levels;
    if (m->n <= 1 || (m->n == t->layout->n_groups && !levels))
        return true;
    sem_text_fail(t->text->text, m->at, t->error, RP_E_RULE,
                  levels ? "Here are %zu values for one level." : "Here are %zu values, but there are %zu groups.",
                  m->n, t->layout->n_groups);
    if (levels)
        return rp_fail_remedy(t->error, "Give one value; parameters of the same label are equal over levels.");
    return rp_fail_remedy(t->error, "Give one value for all groups, or one for each.");
}

static bool modify(table *t, rp_sem_line *line, const sem_element *e) {
    if (!fits_groups(t, &e->fixed) || !fits_groups(t, &e->start) || !fits_groups(t, &e->label))
        return false;
    size_t g = line->group;
    if (e->fixed.n) {
        line->value = e->fixed.numbers[e->fixed.n > 1 ? g : 0];
        line->parameter = isnan(line->value) ? 0 : SIZE_MAX;
    }
    if (e->label.n)
        line->label = rp_names_text(t->text->labels, e->label.labels[e->label.n > 1 ? g : 0]);
    if (e->start.n && line->parameter == SIZE_MAX) {
        sem_text_fail(t->text->text, e->start.at, t->error, RP_E_RULE, "This parameter is fixed and has no start.");
        return rp_fail_remedy(t->error, "Free it, as by NA*start(0.5)*x, or take the start out.");
    }
    if (e->start.n)
        line->value = e->start.numbers[e->start.n > 1 ? g : 0];
    return true;
}

/* What differs from the first group where parameters are equal over groups: latent means are free where intercepts are
 * equal, latent variances where they were 1 and loadings are equal. */
static bool freed(const table *t, const sem_plan_line *line) {
    bool latent = t->text->latent[line->lhs] && !line->element;
    const rp_sem_rules *rules = t->rules;
    bool mean = line->op == RP_SEM_INTERCEPT && rules->equal_intercepts && !rules->equal_means && !rules->growth;
    bool variance = line->op == RP_SEM_COVARIES && line->lhs == line->rhs && rules->std_lv && rules->equal_loadings &&
                    !rules->equal_lv_variances;
    return latent && (mean || variance);
}

static bool equal_by_rule(const table *t, const sem_plan_line *line) {
    const rp_sem_rules *rules = t->rules;
    bool latent = t->text->latent[line->lhs], own = !latent && !t->plans[0].exogenous[line->lhs];
    switch (line->op) {
    case RP_SEM_MEASURES:
        return rules->equal_loadings;
    case RP_SEM_REGRESSES:
        return rules->equal_regressions;
    case RP_SEM_INTERCEPT:
        return (own && rules->equal_intercepts) || (latent && rules->equal_means);
    case RP_SEM_COVARIES:
        if (line->lhs == line->rhs)
            return (own && rules->equal_residuals) || (latent && rules->equal_lv_variances);
        return (own && rules->equal_residual_covariances) || (latent && rules->equal_lv_covariances);
    case RP_SEM_THRESHOLD:
        break;
    }
    return false;
}

static uint32_t class_of(const table *t, const sem_plan_line *line, const rp_sem_line *made, size_t i) {
    if (made->label)
        return rp_names_find(t->text->labels, rp_text_of(made->label));
    return equal_by_rule(t, line) ? (uint32_t)(rp_names_count(t->text->labels) + i) : RP_NO_ID;
}

static const sem_plan *plan_of(const table *t, size_t group) {
    return &t->plans[t->n_plans == 1 ? 0 : group];
}

/* Where the lines of a group, or level, begin. */
static size_t first_line(const table *t, size_t group) {
    return group * t->each; /* of two levels: the first has `each` */
}

/* A line of the plan, in a group. */
static bool make_line(table *t, size_t i, size_t group) {
    const sem_plan_line *from = &plan_of(t, group)->lines.at[i];
    rp_sem_line *line = &t->lines[first_line(t, group) + i];
    bool fixed = from->fixed && !(group > 0 && freed(t, from));
    *line = (rp_sem_line){.op = from->op,
                          .lhs = t->variable[from->lhs],
                          .rhs = t->variable[from->rhs],
                          .group = group,
                          .parameter = fixed ? SIZE_MAX : 0,
                          .value = fixed ? from->value : NAN,
                          .by_user = from->element != NULL};
    if (from->element && !modify(t, line, from->element))
        return false;
    t->class_of[first_line(t, group) + i] = class_of(t, from, line, i); /* no rule makes levels equal */
    return true;
}

/* All are free, and each for itself. */
static void make_thresholds(table *t, size_t group) {
    size_t at = first_line(t, group) + plan_of(t, group)->lines.n;
    for (size_t j = 0; j < t->layout->n_observed; j++)
        for (uint32_t k = 1; k < t->layout->categories[j]; k++, at++) {
            t->lines[at] = (rp_sem_line){.op = RP_SEM_THRESHOLD, .lhs = j, .rhs = k, .group = group, .value = NAN};
            t->class_of[at] = RP_NO_ID;
        }
}

static bool make_lines(table *t) {
    size_t thresholds = t->plans[0].ordered ? sem_threshold_count(t->layout) : 0;
    t->each = t->plans[0].lines.n + thresholds;
    if (t->each > t->plans[0].most_lines) {
        rp_fail(t->error, RP_E_LIMIT, "The model has more than %d lines.", SEM_MOST_LINES);
        return rp_fail_remedy(t->error, "Fit a smaller model.");
    }
    t->spec->n_lines =
        first_line(t, t->layout->n_groups - 1) + plan_of(t, t->layout->n_groups - 1)->lines.n + thresholds;
    t->lines = rp_arena_take(t->arena, t->spec->n_lines, sizeof *t->lines);
    t->class_of = rp_arena_take(t->arena, t->spec->n_lines, sizeof *t->class_of);
    if (!t->lines || !t->class_of)
        return rp_fail_memory(t->error);
    t->spec->lines = t->lines;
    for (size_t g = 0; g < t->layout->n_groups; g++) {
        for (size_t i = 0; i < plan_of(t, g)->lines.n; i++)
            if (!make_line(t, i, g))
                return false;
        if (t->plans[0].ordered)
            make_thresholds(t, g);
    }
    return true;
}

/* ---- parameters ----------------------------------------------------------------------------------------------------
 */

/* A class with a fixed line is fixed. */
static bool spread_fixed(table *t, size_t i) {
    rp_sem_line *line = &t->lines[i];
    double value = t->class_of[i] == RP_NO_ID ? NAN : t->classes[t->class_of[i]].fixed_at;
    if (isnan(value))
        return true;
    if (line->parameter != SIZE_MAX || line->value == value) {
        line->parameter = SIZE_MAX;
        line->value = value;
        return true;
    }
    const sem_plan_line *from = &plan_of(t, line->group)->lines.at[i - first_line(t, line->group)];
    const sem_element *e = from->element; /* thresholds are in no class */
    sem_text_fail(t->text->text, e ? e->at : 0, t->error, RP_E_RULE,
                  "This is fixed at %g, but is to equal what is fixed at %g.", line->value, value);
    return rp_fail_remedy(t->error, "Fix both at one value, or give them different labels.");
}

/* The fixed value of each class is that of its first fixed line. */
static bool make_classes(table *t) {
    size_t n = rp_names_count(t->text->labels) + t->plans[0].lines.n;
    t->classes = rp_arena_take(t->arena, n, sizeof *t->classes);
    if (!t->classes)
        return rp_fail_memory(t->error);
    for (size_t c = 0; c < n; c++)
        t->classes[c] = (sem_label){SIZE_MAX, NAN};
    for (size_t i = 0; i < t->spec->n_lines; i++) {
        sem_label *class = t->class_of[i] == RP_NO_ID ? NULL : &t->classes[t->class_of[i]];
        if (class && t->lines[i].parameter == SIZE_MAX && isnan(class->fixed_at))
            class->fixed_at = t->lines[i].value;
    }
    return true;
}

static bool number_parameters(table *t) {
    if (!make_classes(t))
        return false;
    for (size_t i = 0; i < t->spec->n_lines; i++) {
        if (!spread_fixed(t, i))
            return false;
        if (t->lines[i].parameter == SIZE_MAX)
            continue;
        size_t alone = SIZE_MAX;
        size_t *place = t->class_of[i] == RP_NO_ID ? &alone : &t->classes[t->class_of[i]].parameter;
        if (*place == SIZE_MAX)
            *place = t->spec->n_parameters++;
        t->lines[i].parameter = *place;
    }
    return true;
}

static bool means_asked(const rp_sem_text *text, const rp_sem_layout *layout, const rp_sem_rules *rules) {
    if (layout->categories)
        return false;
    bool any = rules->means || rules->growth || layout->n_groups > 1 || layout->missing == RP_SEM_FIML;
    for (size_t i = 0; i < text->elements.n; i++)
        any |= text->elements.at[i].op == RP_SEM_INTERCEPT;
    return any;
}

static bool make_plans(table *t) {
    t->n_plans = t->layout->levels ? 2 : 1;
    for (size_t i = 0; i < t->n_plans; i++) {
        t->plans[i] = (sem_plan){.text = t->text,
                                 .rules = t->rules,
                                 .level = !t->layout->levels ? SEM_NO_LEVEL
                                          : i                ? SEM_BETWEEN
                                                             : SEM_WITHIN,
                                 .means = t->spec->means && (!t->layout->levels || i == 1),
                                 .ordered = t->layout->categories != NULL,
                                 .most_lines = SEM_MOST_LINES / t->layout->n_groups,
                                 .arena = t->arena,
                                 .error = t->error};
        if (!sem_plan_make(&t->plans[i]))
            return false;
    }
    return true;
}

rp_sem_spec *rp_sem_specify(const rp_sem_text *text, const rp_sem_layout *layout, const rp_sem_rules *rules,
                            rp_arena *arena, rp_error *error) {
    table t = {.text = text, .layout = layout, .rules = rules, .arena = arena, .error = error};
    t.spec = rp_arena_take(arena, 1, sizeof *t.spec);
    if (!t.spec)
        return rp_fail_memory(error), NULL;
    t.spec->layout = layout;
    t.spec->means = means_asked(text, layout, rules);
    bool fine = sem_levels_suit(text, layout, rules, arena, error) && make_plans(&t) && place_variables(&t) &&
                make_lines(&t) && number_parameters(&t) && sem_equations(text, t.classes, t.spec, arena, error);
    return fine ? t.spec : NULL;
}
