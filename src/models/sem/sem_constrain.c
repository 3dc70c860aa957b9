/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Equations of a structural equation model: labels become parameters, and constraints become weights. */
#include <assert.h>
#include <math.h>
#include <string.h>

#include "models/sem/sem_text.h"

typedef struct resolver {
    const rp_sem_text *text;
    const sem_label *labels;
    size_t *defined_as; /* of each label; SIZE_MAX: not yet, or never */
    rp_sem_spec *spec;
    rp_sem_defined *defined;
    rp_sem_constraint *constraints;
    double *stack;
    double *affine; /* of each defined one: weights, then the constant; NaN first where it is not linear */
    rp_arena *arena;
    rp_error *error;
} resolver;

/* ---- labels --------------------------------------------------------------------------------------------------- */

static const char *label_text(const resolver *r, size_t label) {
    return rp_names_text(r->text->labels, (uint32_t)label);
}

static bool unknown(resolver *r, size_t label, size_t at) {
    sem_text_fail(r->text->text, at, r->error, RP_E_UNKNOWN, "There is no parameter labelled %s.",
                  label_text(r, label));
    for (size_t i = 0; i < r->text->equations.n; i++)
        if (r->text->equations.at[i].defines && r->text->equations.at[i].name == label)
            return rp_fail_remedy(r->error, "Define it above the place where it is used.");
    return rp_fail_remedy(r->error, "Label a parameter, as by y ~ %s*x, or correct the label.", label_text(r, label));
}

static const rp_sem_step *resolve(resolver *r, const sem_equation *e) {
    rp_sem_step *steps = rp_arena_take(r->arena, e->n_steps, sizeof *steps);
    if (!steps)
        return rp_fail_memory(r->error), NULL;
    memcpy(steps, e->steps, e->n_steps * sizeof *steps);
    for (size_t i = 0; i < e->n_steps; i++) {
        size_t label = steps[i].index;
        if (steps[i].kind != RP_SEM_PARAMETER)
            continue;
        if (r->defined_as[label] != SIZE_MAX)
            steps[i] = (rp_sem_step){.kind = RP_SEM_DEFINED, .index = r->defined_as[label]};
        else if (r->labels[label].parameter != SIZE_MAX)
            steps[i].index = r->labels[label].parameter;
        else if (!isnan(r->labels[label].fixed_at))
            steps[i] = (rp_sem_step){.kind = RP_SEM_NUMBER, .number = r->labels[label].fixed_at};
        else
            return unknown(r, label, e->places[i]), NULL;
    }
    return steps;
}

static bool put_defined(resolver *r, const sem_equation *e) {
    bool labelled = r->labels[e->name].parameter != SIZE_MAX || !isnan(r->labels[e->name].fixed_at);
    if (labelled || r->defined_as[e->name] != SIZE_MAX) {
        sem_text_fail(r->text->text, e->at, r->error, RP_E_RULE,
                      labelled ? "A parameter has the label %s already." : "%s is defined already.",
                      label_text(r, e->name));
        return rp_fail_remedy(r->error, "Choose another name.");
    }
    const rp_sem_step *steps = resolve(r, e);
    if (!steps)
        return false;
    r->defined[r->spec->n_defined] =
        (rp_sem_defined){.name = label_text(r, e->name), .text = e->text, .steps = steps, .n_steps = e->n_steps};
    r->defined_as[e->name] = r->spec->n_defined++;
    return true;
}

/* ---- linear ------------------------------------------------------------------------------------------------------ */

static bool is_constant(const double *x, size_t n) {
    for (size_t i = 0; i < n; i++)
        if (x[i] != 0)
            return false;
    return true;
}

static void times(double *x, double by, size_t n) {
    for (size_t i = 0; i <= n; i++)
        x[i] *= by;
}

static bool apply_one(double *x, rp_sem_step_kind kind, size_t n) {
    if (kind == RP_SEM_NEGATE)
        return times(x, -1, n), true;
    x[n] = kind == RP_SEM_EXP ? exp(x[n]) : kind == RP_SEM_LOG ? log(x[n]) : sqrt(x[n]);
    return is_constant(x, n);
}

static bool apply_two(double *a, double *b, rp_sem_step_kind kind, size_t n) {
    bool a_constant = is_constant(a, n), b_constant = is_constant(b, n);
    if (kind == RP_SEM_ADD || kind == RP_SEM_SUBTRACT) {
        for (size_t i = 0; i <= n; i++)
            a[i] += kind == RP_SEM_ADD ? b[i] : -b[i];
        return true;
    }
    if (kind == RP_SEM_POWER && b_constant && b[n] == 1)
        return true;
    if (kind == RP_SEM_POWER) {
        a[n] = pow(a[n], b[n]);
        return a_constant && b_constant;
    }
    if (kind == RP_SEM_DIVIDE)
        return times(a, 1 / b[n], n), b_constant;
    if (b_constant)
        return times(a, b[n], n), true;
    times(b, a[n], n);
    memcpy(a, b, (n + 1) * sizeof *a);
    return a_constant;
}

static void push(const resolver *r, const rp_sem_step *step, double *x, size_t n) {
    if (step->kind == RP_SEM_DEFINED) {
        memcpy(x, r->affine + step->index * (n + 1), (n + 1) * sizeof *x);
        return;
    }
    memset(x, 0, (n + 1) * sizeof *x);
    if (step->kind == RP_SEM_NUMBER)
        x[n] = step->number;
    else
        x[step->index] = 1;
}

/* The expression as weights and a constant, first on the stack. n_steps, or the step that is not linear. */
static size_t run(const resolver *r, const rp_sem_step *steps, size_t n_steps) {
    size_t n = r->spec->n_parameters, height = 0;
    assert(r->stack);
    for (size_t i = 0; i < n_steps; i++) {
        int change = sem_step_change(steps[i].kind);
        double *top = r->stack + height * (n + 1); /* above what is there */
        bool linear = true;
        if (change > 0) {
            push(r, &steps[i], top, n);
            linear = n == 0 || !isnan(top[0]);
        } else if (change < 0) {
            linear = apply_two(top - 2 * (n + 1), top - (n + 1), steps[i].kind, n);
        } else {
            linear = apply_one(top - (n + 1), steps[i].kind, n);
        }
        if (!linear)
            return i;
        height = change > 0 ? height + 1 : height - (size_t)-change;
    }
    return n_steps;
}

static bool refuse(resolver *r, const sem_equation *e, size_t step) {
    bool linear = step == e->n_steps;
    sem_text_fail(r->text->text, linear ? e->at : e->places[step], r->error, RP_E_RULE,
                  linear ? "This constraint holds no free parameter, or no number."
                         : "A constraint is linear in its labels, but this is not.");
    return rp_fail_remedy(r->error, linear ? "Constrain labels of free parameters, as by a == 2*b."
                                           : "Write sums of labels times numbers, as a - 2*b == 1.");
}

static bool put_constraint(resolver *r, const sem_equation *e) {
    size_t n = r->spec->n_parameters;
    const rp_sem_step *steps = resolve(r, e);
    double *weights = rp_arena_take(r->arena, n, sizeof *weights);
    if (!steps)
        return false;
    if (!weights)
        return rp_fail_memory(r->error);
    size_t end = run(r, steps, e->n_steps);
    bool finite = true;
    for (size_t i = 0; i <= n; i++)
        finite = finite && isfinite(r->stack[i]);
    if (end < e->n_steps || !finite || is_constant(r->stack, n))
        return refuse(r, e, end);
    memcpy(weights, r->stack, n * sizeof *weights);
    r->constraints[r->spec->n_constraints++] = (rp_sem_constraint){.weights = weights, .constant = -r->stack[n]};
    return true;
}

/* Room for what the equations are as weights. */
static bool make_stack(resolver *r) {
    size_t n = r->spec->n_parameters, height = 1, n_equations = r->text->equations.n;
    for (size_t i = 0; i < n_equations; i++) {
        size_t h = sem_steps_height(r->text->equations.at[i].steps, r->text->equations.at[i].n_steps);
        height = h > height ? h : height;
    }
    if ((height + n_equations) * (n + 1) > SEM_MOST_WEIGHTS) {
        sem_text_fail(r->text->text, r->text->equations.at[0].at, r->error, RP_E_LIMIT,
                      "There are too many constraints for so many parameters.");
        rp_fail_remedy(r->error, "Give parameters that are equal the same label.");
        return false;
    }
    r->affine = rp_arena_take(r->arena, r->spec->n_defined, (n + 1) * sizeof *r->affine);
    r->stack = rp_arena_take(r->arena, height, (n + 1) * sizeof *r->stack);
    if (r->affine && r->stack)
        return true;
    rp_fail_memory(r->error);
    return false;
}

/* What is defined, as weights, for constraints that name it. */
static void make_affine(resolver *r) {
    size_t n = r->spec->n_parameters;
    assert(r->affine && r->stack);
    for (size_t d = 0; d < r->spec->n_defined; d++) {
        bool linear = run(r, r->defined[d].steps, r->defined[d].n_steps) == r->defined[d].n_steps;
        memcpy(r->affine + d * (n + 1), r->stack, (n + 1) * sizeof *r->stack);
        if (!linear)
            r->affine[d * (n + 1)] = NAN;
    }
}

static bool put_equations(resolver *r) {
    const sem_equation *e = r->text->equations.at;
    size_t n = r->text->equations.n, n_constraints = 0;
    for (size_t i = 0; i < n; i++) {
        n_constraints += !e[i].defines;
        if (e[i].defines && !put_defined(r, &e[i]))
            return false;
    }
    if (n_constraints == 0)
        return true;
    if (!make_stack(r))
        return false;
    make_affine(r);
    for (size_t i = 0; i < n; i++)
        if (!e[i].defines && !put_constraint(r, &e[i]))
            return false;
    return true;
}

bool sem_equations(const rp_sem_text *text, const sem_label *labels, rp_sem_spec *spec, rp_arena *arena,
                   rp_error *error) {
    size_t n = text->equations.n, n_labels = rp_names_count(text->labels);
    resolver r = {.text = text, .labels = labels, .spec = spec, .arena = arena, .error = error};
    r.defined_as = rp_arena_take(arena, n_labels, sizeof *r.defined_as);
    r.defined = rp_arena_take(arena, n, sizeof *r.defined);
    r.constraints = rp_arena_take(arena, n, sizeof *r.constraints);
    if (!r.defined_as || !r.defined || !r.constraints)
        return rp_fail_memory(error);
    for (size_t i = 0; i < n_labels; i++)
        r.defined_as[i] = SIZE_MAX;
    if (!put_equations(&r))
        return false;
    spec->defined = r.defined;
    spec->constraints = r.constraints;
    return true;
}
