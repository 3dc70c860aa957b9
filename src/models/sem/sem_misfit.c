/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a structural equation model leaves of the observed means and covariances of a group. */
#include <assert.h>
#include <math.h>
#include <string.h>

#include "models/sem/sem_ordered.h"

bool rp_sem_residuals_of(const rp_sem_fit *fit, size_t group, rp_arena *arena, rp_sem_residuals *out) {
    const rp_sem_layout *layout = fit->spec->layout;
    assert(group < layout->n_groups);
    size_t p = layout->n_observed;
    sem_ram ram;
    sem_saturated *all = rp_arena_take(arena, layout->n_groups, sizeof *all);
    bool *seen = rp_arena_take(arena, p * p, sizeof *seen);
    out->mean = rp_arena_take(arena, p, sizeof *out->mean);
    out->cov = rp_arena_take(arena, p * p, sizeof *out->cov);
    out->cor = rp_arena_take(arena, p * p, sizeof *out->cor);
    if (!all || !seen || !out->mean || !out->cov || !out->cor || !sem_observed(fit, all, arena) ||
        !sem_ram_make(fit->spec, group, &ram, arena))
        return false;
    bool defined = sem_ram_at(&ram, fit->theta) && (!layout->levels || all[group].converged);
    const double *cov = all[group].cov;
    if (layout->missing == RP_SEM_FIML)
        sem_seen_together(fit->stats, group, seen);
    else
        memset(seen, true, p * p * sizeof *seen);
    for (size_t i = 0; i < p; i++) {
        out->mean[i] = !defined ? NAN : fit->spec->means ? all[group].mean[i] - ram.mu[i] : 0;
        for (size_t j = 0; j < p; j++) {
            out->cov[i * p + j] = defined && seen[i * p + j] ? cov[i * p + j] - ram.sigma[i * p + j] : NAN;
            out->cor[i * p + j] = out->cov[i * p + j] / sqrt(cov[i * p + i] * cov[j * p + j]);
        }
    }
    return true;
}
