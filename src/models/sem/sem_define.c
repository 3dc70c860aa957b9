/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Defined parameters of a structural equation model: values, and derivatives by carrying them along forwards. */
#include <math.h>
#include <string.h>

#include "models/sem/sem_text.h"

/* A stack of values and of their derivatives, n to each. */
typedef struct machine {
    double *value, *slope;
    size_t n, height;
    bool slopes;
} machine;

int sem_step_change(rp_sem_step_kind kind) {
    switch (kind) {
    case RP_SEM_NUMBER:
    case RP_SEM_PARAMETER:
    case RP_SEM_DEFINED:
        return 1;
    case RP_SEM_ADD:
    case RP_SEM_SUBTRACT:
    case RP_SEM_MULTIPLY:
    case RP_SEM_DIVIDE:
    case RP_SEM_POWER:
        return -1;
    default:
        return 0;
    }
}

size_t sem_steps_height(const rp_sem_step *steps, size_t n_steps) {
    int height = 0, most = 0;
    for (size_t i = 0; i < n_steps; i++) {
        height += sem_step_change(steps[i].kind);
        most = height > most ? height : most;
    }
    return (size_t)most;
}

static void push(machine *m, const rp_sem_step *step, const double *theta, const double *values, const double *rows) {
    double *slope = m->slope + m->height * m->n;
    m->value[m->height] = step->kind == RP_SEM_NUMBER      ? step->number
                          : step->kind == RP_SEM_PARAMETER ? theta[step->index]
                                                           : values[step->index];
    if (m->slopes && m->n > 0) {
        if (step->kind == RP_SEM_DEFINED)
            memcpy(slope, rows + step->index * m->n, m->n * sizeof *slope);
        else
            memset(slope, 0, m->n * sizeof *slope);
        if (step->kind == RP_SEM_PARAMETER)
            slope[step->index] = 1;
    }
    m->height++;
}

/* What a power changes by its base and by its exponent. A base of 0 or below has no logarithm, so that a constant
 * exponent must not ask for one. */
static double power_slope(double a, double b, double value, double by_a, double by_b) {
    double slope = by_a != 0 && b != 0 ? by_a * b * pow(a, b - 1) : 0;
    return by_b != 0 ? slope + by_b * value * log(a) : slope;
}

static void slope_two(machine *m, rp_sem_step_kind kind, double a, double b, double value) {
    double *left = m->slope + (m->height - 2) * m->n, *right = left + m->n;
    for (size_t i = 0; i < m->n; i++) {
        if (kind == RP_SEM_ADD)
            left[i] += right[i];
        else if (kind == RP_SEM_SUBTRACT)
            left[i] -= right[i];
        else if (kind == RP_SEM_MULTIPLY)
            left[i] = left[i] * b + a * right[i];
        else if (kind == RP_SEM_DIVIDE)
            left[i] = (left[i] - value * right[i]) / b;
        else
            left[i] = power_slope(a, b, value, left[i], right[i]);
    }
}

static void apply_two(machine *m, rp_sem_step_kind kind) {
    double a = m->value[m->height - 2], b = m->value[m->height - 1];
    double value = kind == RP_SEM_ADD        ? a + b
                   : kind == RP_SEM_SUBTRACT ? a - b
                   : kind == RP_SEM_MULTIPLY ? a * b
                   : kind == RP_SEM_DIVIDE   ? a / b
                                             : pow(a, b);
    if (m->slopes)
        slope_two(m, kind, a, b, value);
    m->value[m->height - 2] = value;
    m->height--;
}

static void apply_one(machine *m, rp_sem_step_kind kind) {
    double a = m->value[m->height - 1], value = -a, factor = -1;
    if (kind == RP_SEM_EXP)
        factor = value = exp(a);
    else if (kind == RP_SEM_LOG)
        value = log(a), factor = 1 / a;
    else if (kind == RP_SEM_SQRT)
        value = sqrt(a), factor = 0.5 / value;
    m->value[m->height - 1] = value;
    double *slope = m->slope + (m->height - 1) * m->n;
    for (size_t i = 0; m->slopes && i < m->n; i++)
        slope[i] = slope[i] != 0 ? slope[i] * factor : 0;
}

static void run(machine *m, const rp_sem_defined *defined, const double *theta, const double *values,
                const double *rows) {
    m->height = 0;
    for (size_t i = 0; i < defined->n_steps; i++) {
        int change = sem_step_change(defined->steps[i].kind);
        if (change > 0)
            push(m, &defined->steps[i], theta, values, rows);
        else if (change < 0)
            apply_two(m, defined->steps[i].kind);
        else
            apply_one(m, defined->steps[i].kind);
    }
}

bool rp_sem_define(const rp_sem_spec *spec, const double *theta, double *values, double *derivatives,
                   rp_arena *scratch) {
    size_t n = spec->n_parameters, height = 0;
    for (size_t d = 0; d < spec->n_defined; d++) {
        size_t h = sem_steps_height(spec->defined[d].steps, spec->defined[d].n_steps);
        height = h > height ? h : height;
    }
    machine m = {.n = n, .slopes = derivatives != NULL};
    m.value = rp_arena_take(scratch, height, sizeof *m.value);
    m.slope = rp_arena_take(scratch, m.slopes ? height * n : 0, sizeof *m.slope);
    if (!m.value || !m.slope)
        return false;
    for (size_t d = 0; d < spec->n_defined; d++) {
        run(&m, &spec->defined[d], theta, values, derivatives);
        values[d] = m.value[0];
        if (m.slopes && n > 0)
            memcpy(derivatives + d * n, m.slope, n * sizeof *derivatives);
    }
    return true;
}
