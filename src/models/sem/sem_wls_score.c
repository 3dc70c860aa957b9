/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The slope of the weighted squares of ordered items by any parameters, and what Gauss and Newton take for their
 * Hessian: for lines that a model does not have. */
#include "models/sem/sem_ordered.h"

/* Row of the moments of sem_ram_jacobian that a pair is: no means, the lower triangle by columns. */
static size_t moment_of(const sem_pair *pair, size_t p) {
    return pair->column * p - pair->column * (pair->column + 1) / 2 + pair->row;
}

static void add_pair(const sem_moments *m, const sem_ram *ram, size_t k, const double *jacobian, double *gradient,
                     double *information) {
    size_t n = ram->spec->n_parameters, at = m->n_cuts + k;
    const sem_pair *pair = &m->pairs[k];
    const double *row = jacobian + moment_of(pair, ram->p) * n;
    double weight = 1 / m->gamma[at * (m->n_cuts + m->n_pairs) + at];
    double left = pair->found.correlation - ram->sigma[pair->row * ram->p + pair->column];
    for (size_t a = 0; a < n; a++) {
        gradient[a] -= 2 * (double)(m->n - 1) * weight * left * row[a];
        for (size_t b = 0; b < n && row[a] != 0; b++)
            information[a * n + b] += (double)m->n * weight * row[a] * row[b];
    }
}

bool sem_wls_score(const rp_sem_spec *spec, const sem_moments *moments, const double *theta, double *gradient,
                   double *information, bool *defined, rp_arena *arena) {
    size_t n = spec->n_parameters, p = spec->layout->n_observed, v = p + spec->n_latent;
    double *jacobian = rp_arena_take(arena, p * (p + 1) / 2 * n + 2 * v * v + 2 * v + 1, sizeof *jacobian);
    if (jacobian == NULL)
        return false;
    for (size_t g = 0; g < spec->layout->n_groups; g++) {
        sem_ram ram;
        if (!sem_ram_make(spec, g, &ram, arena))
            return false;
        *defined = *defined && sem_ram_at(&ram, theta);
        if (!*defined)
            return true;
        sem_ram_jacobian(&ram, jacobian, jacobian + p * (p + 1) / 2 * n);
        for (size_t k = 0; k < moments[g].n_pairs; k++)
            add_pair(&moments[g], &ram, k, jacobian, gradient, information);
    }
    for (size_t i = 0; i < spec->n_lines; i++) { /* thresholds are apart from all else, and told by their rows */
        const rp_sem_line *line = &spec->lines[i];
        if (line->op == RP_SEM_THRESHOLD)
            information[line->parameter * (n + 1)] = (double)moments[line->group].n;
    }
    return true;
}
