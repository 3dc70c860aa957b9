/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where the search begins. Loadings are ratios of observed covariances (as in Hagglund's FABIN estimators,
 * Psychometrika 47, 1982), residual variances half of the observed ones, means as observed. */
#include <math.h>

#include "models/sem/sem_parts.h"

static bool loads(const rp_sem_line *line, size_t latent, size_t group) {
    return line->op == RP_SEM_MEASURES && line->lhs == latent && line->group == group;
}

const rp_sem_line *sem_marker(const rp_sem_spec *spec, size_t latent, size_t group) {
    const rp_sem_line *first = NULL;
    for (size_t i = 0; i < spec->n_lines; i++) {
        const rp_sem_line *line = &spec->lines[i];
        if (!loads(line, latent, group))
            continue;
        if (line->parameter == SIZE_MAX && line->value != 0)
            return line;
        if (first == NULL && line->parameter != SIZE_MAX)
            first = line;
    }
    return first;
}

typedef struct start {
    const rp_sem_spec *spec;
    const sem_saturated *observed; /* of each group */
    size_t p, v;
    double *size; /* n_groups by v: about what variance each variable has */
    bool *caused; /* n_groups by v: something has an arrow to it */
} start;

static double cov(const start *s, size_t group, size_t i, size_t j) {
    return s->observed[group].cov[i * s->p + j];
}

/* About how large the loading of j is beside that of `marker`: their covariances with the latent's other variables. */
static double ratio(const start *s, size_t latent, size_t group, size_t marker, size_t j) {
    if (j == marker)
        return 1;
    double size = sqrt(s->size[group * s->v + j] / s->size[group * s->v + marker]), top = 0, below = 0;
    if (j >= s->p || marker >= s->p)
        return isfinite(size) && size > 0 ? size : 1;
    for (size_t i = 0; i < s->spec->n_lines; i++) {
        const rp_sem_line *line = &s->spec->lines[i];
        if (!loads(line, latent, group) || line->rhs >= s->p || line->rhs == j || line->rhs == marker)
            continue;
        double with = cov(s, group, marker, line->rhs);
        top += with * cov(s, group, j, line->rhs);
        below += with * with;
    }
    double found = below > 0 ? top / below : copysign(size, cov(s, group, marker, j));
    return fabs(found) > 3 * size ? copysign(3 * size, found) : found;
}

/* The latent's variance where its marker loads 1: by the marker's covariances with the others. */
static double latent_size(const start *s, size_t latent, size_t group, const rp_sem_line *marker) {
    size_t m = marker->rhs;
    double whole = s->size[group * s->v + m], top = 0, below = 0;
    for (size_t i = 0; i < s->spec->n_lines && m < s->p; i++) {
        const rp_sem_line *line = &s->spec->lines[i];
        if (!loads(line, latent, group) || line->rhs >= s->p || line->rhs == m)
            continue;
        double r = ratio(s, latent, group, m, line->rhs);
        top += r * cov(s, group, m, line->rhs);
        below += r * r;
    }
    double found = below > 0 ? top / below : whole / 2;
    return fmin(fmax(found, 0.1 * whole), 0.9 * whole);
}

static void measure_sizes(start *s) {
    size_t n_groups = s->spec->layout->n_groups;
    for (size_t i = 0; i < s->spec->n_lines; i++) {
        const rp_sem_line *line = &s->spec->lines[i];
        if (line->op == RP_SEM_MEASURES)
            s->caused[line->group * s->v + line->rhs] = true;
        if (line->op == RP_SEM_REGRESSES)
            s->caused[line->group * s->v + line->lhs] = true;
    }
    for (size_t g = 0; g < n_groups; g++)
        for (size_t i = 0; i < s->v; i++)
            s->size[g * s->v + i] = i < s->p ? cov(s, g, i, i) : 1;
    for (int pass = 0; pass < 3; pass++) /* latent variables of latent variables come later */
        for (size_t g = 0; g < n_groups; g++)
            for (size_t l = s->p; l < s->v; l++) {
                const rp_sem_line *marker = sem_marker(s->spec, l, g);
                if (marker && marker->parameter == SIZE_MAX)
                    s->size[g * s->v + l] = latent_size(s, l, g, marker) / (marker->value * marker->value);
            }
}

static double loading(const start *s, const rp_sem_line *line) {
    const rp_sem_line *marker = sem_marker(s->spec, line->lhs, line->group);
    double r = ratio(s, line->lhs, line->group, marker->rhs, line->rhs);
    if (marker->parameter == SIZE_MAX)
        return r * marker->value;
    return r * sqrt(latent_size(s, line->lhs, line->group, marker)); /* the latent's variance is 1 or so */
}

static double covariance(const start *s, const rp_sem_line *line) {
    size_t at = line->group * s->v, i = line->lhs, j = line->rhs;
    if (i == j)
        return i < s->p && s->caused[at + i] ? s->size[at + i] / 2 : s->size[at + i];
    bool outer = i < s->p && j < s->p && !s->caused[at + i] && !s->caused[at + j];
    return outer ? cov(s, line->group, i, j) : 0;
}

static double intercept(const start *s, const rp_sem_line *line) {
    if (line->lhs < s->p)
        return s->observed[line->group].mean[line->lhs];
    const rp_sem_line *marker = sem_marker(s->spec, line->lhs, line->group);
    if (marker == NULL || marker->rhs >= s->p || marker->parameter != SIZE_MAX)
        return 0;
    for (size_t i = 0; i < s->spec->n_lines; i++) {
        const rp_sem_line *other = &s->spec->lines[i];
        if (other->op == RP_SEM_INTERCEPT && other->lhs == marker->rhs && other->group == line->group &&
            other->parameter != SIZE_MAX)
            return 0; /* the variable's own intercept takes its mean */
    }
    return s->observed[line->group].mean[marker->rhs] / marker->value;
}

static double of_line(const start *s, const rp_sem_line *line) {
    if (isfinite(line->value))
        return line->value;
    switch (line->op) {
    case RP_SEM_MEASURES:
        return loading(s, line);
    case RP_SEM_COVARIES:
        return covariance(s, line);
    case RP_SEM_INTERCEPT:
        return intercept(s, line);
    case RP_SEM_REGRESSES:
    case RP_SEM_THRESHOLD:
        break;
    }
    return 0;
}

bool sem_start(const rp_sem_spec *spec, const sem_saturated *observed, double *theta, rp_arena *arena) {
    start s = {.spec = spec, .observed = observed, .p = spec->layout->n_observed};
    s.v = s.p + spec->n_latent;
    s.size = rp_arena_take(arena, spec->layout->n_groups * s.v, sizeof *s.size);
    s.caused = rp_arena_take(arena, spec->layout->n_groups * s.v, sizeof *s.caused);
    double *lines = rp_arena_take(arena, spec->n_parameters + 1, sizeof *lines);
    if (s.size == NULL || s.caused == NULL || lines == NULL)
        return false;
    measure_sizes(&s);
    for (size_t i = 0; i < spec->n_parameters; i++)
        theta[i] = 0;
    for (size_t i = 0; i < spec->n_lines; i++) { /* the mean of the lines that share a parameter */
        size_t at = spec->lines[i].parameter;
        if (at != SIZE_MAX)
            theta[at] += (of_line(&s, &spec->lines[i]) - theta[at]) / ++lines[at];
    }
    return true;
}

void sem_start_shrink(const rp_sem_spec *spec, double *theta) {
    for (size_t i = 0; i < spec->n_lines; i++) {
        const rp_sem_line *line = &spec->lines[i];
        if (line->op == RP_SEM_COVARIES && line->lhs != line->rhs && line->parameter != SIZE_MAX)
            theta[line->parameter] /= 2;
    }
}

void sem_start_shake(const rp_sem_spec *spec, uint64_t seed, uint32_t which, double *theta) {
    for (size_t i = 0; i < spec->n_lines; i++) {
        const rp_sem_line *line = &spec->lines[i];
        if (line->op != RP_SEM_MEASURES || line->parameter == SIZE_MAX)
            continue;
        rp_draws draws = rp_draws_of(seed, line->parameter, which);
        theta[line->parameter] *= 0.2 + 1.6 * rp_draw(&draws);
    }
}
