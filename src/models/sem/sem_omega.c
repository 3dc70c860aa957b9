/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How reliable the plain sum of the observed variables is, as a fitted model has it. With w = 1'F B, the effect of each
 * variable's own part on the sum, and S_L the part of S that is of latent variables alone:
 *   total = w S_L w' / 1'Sigma 1;   hierarchical = w_g^2 E_gg / 1'Sigma 1.
 * Derivatives of the numerators: by A_ij, 2 w_i (B S_L w')_j, and 2 (w_g E_gg w_i B_jg + w_g^2 B_gi E_jg);
 * by S_ij, w_i w_j of latent ones, and w_g^2 B_gi B_gj, each twice off the diagonal. */
#include <assert.h>
#include <math.h>
#include <string.h>

#include "models/sem/sem_parts.h"

/* A ratio's numerator, or the denominator, and its derivatives by the parameters. */
typedef struct quantity {
    double value;
    double *slopes; /* n_parameters */
} quantity;

typedef struct sums {
    sem_ram ram;
    double *w;     /* v */
    double *moved; /* B S_L w': v */
    size_t general;
    quantity variance, latent, by_general;
} sums;

static bool make(sums *s, const rp_sem_fit *fit, size_t group, size_t general, rp_arena *scratch) {
    size_t n = fit->spec->n_parameters;
    if (!sem_ram_make(fit->spec, group, &s->ram, scratch))
        return false;
    double *room = rp_arena_take(scratch, 3 * n + 2 * s->ram.v, sizeof *room);
    if (room == NULL)
        return false;
    s->variance.slopes = room;
    s->latent.slopes = room + n;
    s->by_general.slopes = room + 2 * n;
    s->w = room + 3 * n;
    s->moved = s->w + s->ram.v;
    s->general = general == SIZE_MAX ? SIZE_MAX : s->ram.p + general;
    return true;
}

/* ---- values --------------------------------------------------------------------------------------------- */

static void fill_values(sums *s) {
    const sem_ram *m = &s->ram;
    size_t p = m->p, v = m->v;
    for (size_t i = 0; i < p; i++)
        for (size_t j = 0; j < v; j++)
            s->w[j] += m->b[i * v + j];
    for (size_t k = p; k < v; k++) {
        double own = 0; /* (S_L w')_k */
        for (size_t l = p; l < v; l++)
            own += m->s[k * v + l] * s->w[l];
        s->latent.value += s->w[k] * own;
        for (size_t j = 0; j < v; j++)
            s->moved[j] += m->b[j * v + k] * own;
    }
    for (size_t i = 0; i < p * p; i++)
        s->variance.value += m->sigma[i];
    size_t g = s->general;
    s->by_general.value = g == SIZE_MAX ? NAN : s->w[g] * s->w[g] * m->e[g * v + g];
}

/* ---- slopes --------------------------------------------------------------------------------------------- */

static void arrow_slopes(sums *s, size_t to, size_t from, size_t parameter) {
    const sem_ram *m = &s->ram;
    size_t v = m->v, g = s->general;
    s->latent.slopes[parameter] += 2 * s->w[to] * s->moved[from];
    if (g != SIZE_MAX)
        s->by_general.slopes[parameter] +=
            2 * s->w[g] *
            (m->e[g * v + g] * s->w[to] * m->b[from * v + g] + s->w[g] * m->b[g * v + to] * m->e[from * v + g]);
}

static void covariance_slopes(sums *s, size_t i, size_t j, size_t parameter) {
    const sem_ram *m = &s->ram;
    size_t v = m->v, g = s->general;
    double both = i == j ? 1 : 2;
    if (i >= m->p && j >= m->p)
        s->latent.slopes[parameter] += both * s->w[i] * s->w[j];
    if (g != SIZE_MAX)
        s->by_general.slopes[parameter] += both * s->w[g] * s->w[g] * m->b[g * v + i] * m->b[g * v + j];
}

static bool fill_slopes(sums *s, rp_arena *scratch) {
    const sem_ram *m = &s->ram;
    size_t p = m->p, v = m->v;
    double *ones = rp_arena_take(scratch, p * p, sizeof *ones);
    double *room = rp_arena_take(scratch, 3 * v * v + v, sizeof *room);
    if (ones == NULL || room == NULL)
        return false;
    for (size_t i = 0; i < p * p; i++)
        ones[i] = 1;
    sem_ram_gradient(m, ones, NULL, s->variance.slopes, room);
    for (const rp_sem_line *line = m->spec->lines, *end = line + m->spec->n_lines; line < end; line++) {
        if (line->group != m->group || line->parameter == SIZE_MAX)
            continue;
        switch (line->op) {
        case RP_SEM_MEASURES:
            arrow_slopes(s, line->rhs, line->lhs, line->parameter);
            break;
        case RP_SEM_REGRESSES:
            arrow_slopes(s, line->lhs, line->rhs, line->parameter);
            break;
        case RP_SEM_COVARIES:
            covariance_slopes(s, line->lhs, line->rhs, line->parameter);
            break;
        case RP_SEM_INTERCEPT: /* no part of a variance */
        case RP_SEM_THRESHOLD:
            break;
        }
    }
    return true;
}

/* ---- the ratio ------------------------------------------------------------------------------------------ */

/* Delta method. A parameter that the ratio does not know may have no error. */
static void share(const rp_sem_fit *fit, const quantity *part, const quantity *whole, double *value, double *se) {
    size_t n = fit->spec->n_parameters;
    bool defined = whole->value > 0 && isfinite(part->value);
    *value = defined ? part->value / whole->value : NAN;
    double variance = 0;
    for (size_t i = 0; i < n && defined; i++)
        for (size_t j = 0; j < n; j++) {
            double by_i = part->slopes[i] - *value * whole->slopes[i],
                   by_j = part->slopes[j] - *value * whole->slopes[j];
            if (by_i != 0 && by_j != 0)
                variance += by_i * by_j * fit->vcov[i * n + j];
        }
    *se = defined ? sqrt(variance) / whole->value : NAN;
}

bool rp_sem_omega_of(const rp_sem_fit *fit, size_t group, size_t general, rp_sem_omega *out, rp_arena *scratch) {
    assert(group < fit->spec->layout->n_groups && (general == SIZE_MAX || general < fit->spec->n_latent));
    sums s = {0};
    *out = (rp_sem_omega){(double)NAN, (double)NAN, (double)NAN, (double)NAN};
    if (!make(&s, fit, group, general, scratch))
        return false;
    if (!sem_ram_at(&s.ram, fit->theta))
        return true;
    fill_values(&s);
    if (!fill_slopes(&s, scratch))
        return false;
    share(fit, &s.latent, &s.variance, &out->total, &out->total_se);
    share(fit, &s.by_general, &s.variance, &out->hierarchical, &out->hierarchical_se);
    return true;
}
