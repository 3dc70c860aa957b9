/* SPDX-License-Identifier: GPL-3.0-or-later */
/* For tests of structural equation models: a parameter by the name of its line, held to lavaan. */
#ifndef RAPPORT_TEST_SEM_EXPECTED_H
#define RAPPORT_TEST_SEM_EXPECTED_H

#include <math.h>
#include <string.h>

#include "models/sem/sem_parts.h"

/* The parameter of the free line of that name. */
static inline size_t sem_parameter_named(const rp_sem_spec *spec, const char *name, rp_arena *arena) {
    for (size_t i = 0; i < spec->n_lines; i++)
        if (spec->lines[i].parameter != SIZE_MAX && strcmp(sem_line_name(spec, &spec->lines[i], arena), name) == 0)
            return spec->lines[i].parameter;
    fail_msg("no free parameter %s", name);
    return SIZE_MAX;
}

static inline double sem_error_of(const rp_sem_fit *fit, size_t parameter) {
    return sqrt(fit->vcov[parameter * (fit->spec->n_parameters + 1)]);
}

/* To B9's tolerances: an estimate to 1e-4 of its standard error, that to 1e-6 of itself. */
static inline void sem_has(const rp_sem_fit *fit, const char *name, double estimate, double se, rp_arena *arena) {
    size_t k = sem_parameter_named(fit->spec, name, arena);
    double ours = fit->theta[k], error = sem_error_of(fit, k);
    if (!(fabs(ours - estimate) <= 1e-4 * se) || !(fabs(error - se) <= 1e-6 * se))
        fail_msg("%s: %.12g (%.12g) is not %.12g (%.12g)", name, ours, error, estimate, se);
}

#endif
