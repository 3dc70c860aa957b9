/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Variances and covariances each of which could be, but not together: a sum of the variables would vary by less than
 * nothing. */
#include <math.h>
#include <string.h>

#include "models/sem/sem_parts.h"
#include "rapport/matrix.h"

static const double BELOW = -1e-6; /* eigenvalue of correlations that is not rounding */
static const double PART = 0.1;    /* in the eigenvector: worth its name */

/* S as correlations, of the variables that have a variance of their own; which they are. Latent ones alone where items
 * are ordered: what observed correlations are like is said apart (sem_wls_words.c). */
static size_t correlations(const sem_ram *ram, double *out, size_t *which) {
    size_t v = ram->v, n = 0;
    for (size_t i = ram->spec->layout->categories ? ram->p : 0; i < v; i++)
        if (ram->s[i * (v + 1)] > 0)
            which[n++] = i;
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++)
            out[i * n + j] =
                ram->s[which[i] * v + which[j]] / sqrt(ram->s[which[i] * (v + 1)] * ram->s[which[j] * (v + 1)]);
    return n;
}

bool sem_incoherent(const rp_sem_fit *fit, size_t group, const char **names, rp_arena *arena) {
    const rp_sem_spec *spec = fit->spec;
    sem_ram ram;
    *names = NULL;
    if (!sem_ram_make(spec, group, &ram, arena))
        return false;
    size_t p = ram.p, v = ram.v, *which = rp_arena_take(arena, v, sizeof *which);
    double *matrix = rp_arena_take(arena, v * v, sizeof *matrix), *values = rp_arena_take(arena, v, sizeof *values);
    if (which == NULL || matrix == NULL || values == NULL)
        return false;
    if (!sem_ram_at(&ram, fit->theta))
        return true;
    size_t n = correlations(&ram, matrix, which);
    if (n > 0 && !rp_dense_eigen(matrix, n, values, arena))
        return false;
    for (size_t i = 0; n > 0 && values[0] < BELOW && i < n; i++) {
        size_t at = which[i];
        if (!(fabs(matrix[i]) > PART))
            continue;
        *names = rp_arena_printf(arena, "%s%s%s", *names ? *names : "", *names ? ", " : "",
                                 at < p ? spec->layout->observed[at] : spec->latent[at - p]);
        if (*names == NULL)
            return false;
    }
    return true;
}
