/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Latent variables of rows: mean + C W (x - mu), C their covariances with what the row has, W = Sigma^-1 of that. Rows
 * are put in order of group and of what they have, so that C W is made once for each. */
#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "models/sem/sem_parts.h"
#include "rapport/matrix.h"

/* A row: its key is its group, then a bit for each variable that it has. */
typedef struct item {
    const uint64_t *key;
    size_t words, row;
} item;

static int by_key(const void *left, const void *right) {
    const item *a = left, *b = right;
    for (size_t w = 0; w < a->words; w++)
        if (a->key[w] != b->key[w])
            return a->key[w] < b->key[w] ? -1 : 1;
    return (a->row > b->row) - (a->row < b->row);
}

static item *sorted(const rp_sem_layout *layout, const rp_sem_rows *rows, rp_arena *scratch) {
    size_t words = 1 + (layout->n_observed + 63) / 64;
    uint64_t *keys = rp_arena_take(scratch, rows->n * words + 1, sizeof *keys);
    item *items = rp_arena_take_unset(scratch, rows->n + 1, sizeof *items);
    if (keys == NULL || items == NULL)
        return NULL;
    for (size_t r = 0; r < rows->n; r++) {
        keys[r * words] = rows->group ? rows->group[r] : 0;
        assert(keys[r * words] < layout->n_groups);
        items[r] = (item){keys + r * words, words, r};
    }
    for (size_t j = 0; j < layout->n_observed; j++)
        for (size_t r = 0; r < rows->n; r++)
            keys[r * words + 1 + j / 64] |= (uint64_t)!isnan(rows->columns[j][r]) << (j % 64);
    qsort(items, rows->n, sizeof *items, by_key);
    return items;
}

typedef struct work {
    const rp_sem_spec *spec;
    const sem_ram *ram; /* n_groups, at the estimate */
    const double *const *mu;
    const bool *defined;
    size_t *observed, k;
    double *inverse, *weights; /* k by k; n_latent by k */
} work;

static bool same(const item *a, const item *b) {
    return memcmp(a->key, b->key, a->words * sizeof *a->key) == 0;
}

/* C W for rows of this key. False: nothing is observed, or Sigma is not positive definite. */
static bool set_weights(work *w, const item *at) {
    const sem_ram *ram = &w->ram[at->key[0]];
    size_t p = ram->p, k = 0;
    for (size_t j = 0; j < p; j++)
        if (at->key[1 + j / 64] >> (j % 64) & 1)
            w->observed[k++] = j;
    w->k = k;
    for (size_t i = 0; i < k; i++)
        for (size_t j = 0; j < k; j++)
            w->inverse[i * k + j] = ram->sigma[w->observed[i] * p + w->observed[j]];
    if (k == 0 || !w->defined[at->key[0]] || !rp_dense_cholesky(w->inverse, k))
        return false;
    for (size_t l = 0; l < w->spec->n_latent; l++)
        for (size_t i = 0; i < k; i++)
            w->weights[l * k + i] = ram->e[(p + l) * ram->v + w->observed[i]];
    rp_dense_solve(w->inverse, k, false, w->weights, w->spec->n_latent);
    rp_dense_solve(w->inverse, k, true, w->weights, w->spec->n_latent);
    return true;
}

static double score_of(const work *w, const rp_sem_rows *rows, const item *at, size_t latent) {
    const sem_ram *ram = &w->ram[at->key[0]];
    const double *mu = w->mu[at->key[0]];
    double sum = ram->mean_all[ram->p + latent];
    for (size_t i = 0; i < w->k; i++) {
        size_t j = w->observed[i];
        sum += w->weights[latent * w->k + i] * (rows->columns[j][at->row] - mu[j]);
    }
    return sum;
}

/* Implied means; those observed where the model has none, whose rows are complete. */
static const double *means_of(const rp_sem_fit *fit, size_t group, const sem_ram *ram) {
    for (size_t i = 0; !fit->spec->means && i < fit->stats->n_patterns; i++)
        if (fit->stats->patterns[i].group == group)
            return fit->stats->patterns[i].mean;
    return ram->mu;
}

static bool make_work(work *w, const rp_sem_fit *fit, rp_arena *scratch) {
    size_t groups = fit->spec->layout->n_groups, p = fit->spec->layout->n_observed;
    sem_ram *ram = rp_arena_take(scratch, groups, sizeof *ram);
    const double **mu = rp_arena_take(scratch, groups, sizeof *mu);
    bool *defined = rp_arena_take(scratch, groups, sizeof *defined);
    *w = (work){.spec = fit->spec, .ram = ram, .mu = mu, .defined = defined};
    w->observed = rp_arena_take(scratch, p, sizeof *w->observed);
    w->inverse = rp_arena_take(scratch, p * p + p * fit->spec->n_latent, sizeof *w->inverse);
    if (!ram || !mu || !defined || !w->observed || !w->inverse)
        return false;
    w->weights = w->inverse + p * p;
    for (size_t g = 0; g < groups; g++) {
        if (!sem_ram_make(fit->spec, g, &ram[g], scratch))
            return false;
        defined[g] = sem_ram_at(&ram[g], fit->theta);
        mu[g] = means_of(fit, g, &ram[g]);
    }
    return true;
}

bool rp_sem_scores(const rp_sem_fit *fit, const rp_sem_rows *rows, double *const *out, rp_arena *scratch) {
    assert(fit->estimator != RP_SEM_WLSMV && !fit->spec->layout->levels);
    work w;
    const item *items = sorted(fit->spec->layout, rows, scratch);
    if (items == NULL || !make_work(&w, fit, scratch))
        return false;
    bool known = false;
    for (size_t r = 0; r < rows->n; r++) {
        if (r == 0 || !same(&items[r - 1], &items[r]))
            known = set_weights(&w, &items[r]);
        for (size_t l = 0; l < fit->spec->n_latent; l++)
            out[l][items[r].row] = known ? score_of(&w, rows, &items[r], l) : NAN;
    }
    return true;
}
