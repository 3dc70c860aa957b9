/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The same fit without some rows, and what that says of them. */
#include <assert.h>
#include <string.h>

#include "models/meta/meta_parts.h"

/* ---- fits of some of the rows ---- */

static void put_without(const rp_meta_fit *from, rp_meta_without *to) {
    to->status = from->status;
    memcpy(to->beta, from->beta, from->p * sizeof *to->beta);
    to->tau2 = from->tau2;
    to->tau2_study = from->tau2_study;
    to->q = from->q;
    to->q_p = from->q_p;
    to->i2 = from->i2;
    to->h2 = from->h2;
}

static rp_meta_without *take(const rp_meta_fit *fit, size_t n, rp_arena *arena) {
    rp_meta_without *out = rp_arena_take(arena, n, sizeof *out);
    rp_meta_coefficient *beta = rp_arena_take(arena, n * fit->p, sizeof *beta);
    for (size_t i = 0; out && beta && i < n; i++)
        out[i].beta = beta + i * fit->p;
    return beta ? out : NULL;
}

/* NULL: no memory. In scratch. */
static rp_meta_fit *fit_some(const rp_meta_fit *fit, const bool *keep, rp_arena *scratch, rp_error *error) {
    rp_meta_data *data = meta_again(fit->data, fit->spec, keep, NULL, scratch);
    if (!data)
        return rp_fail_memory(error), NULL;
    return rp_meta_fit_data(data, scratch, error);
}

typedef struct groups {
    size_t n;
    size_t *start, *member; /* n + 1; k: places in data */
} groups;

static bool gather(const rp_meta_data *data, const uint32_t *of, size_t n, groups *out, rp_arena *arena) {
    out->n = n;
    out->start = rp_arena_take(arena, n + 2, sizeof *out->start);
    out->member = rp_arena_take(arena, data->k, sizeof *out->member);
    if (!out->start || !out->member)
        return false;
    for (size_t i = 0; i < data->k; i++)
        out->start[(of ? of[data->row[i]] : data->row[i]) + 2]++;
    for (size_t g = 0; g < n; g++)
        out->start[g + 2] += out->start[g + 1];
    for (size_t i = 0; i < data->k; i++)
        out->member[out->start[(of ? of[data->row[i]] : data->row[i]) + 1]++] = i;
    return true;
}

static bool leave_out(const rp_meta_fit *fit, const groups *all, rp_meta_without *out, rp_arena *scratch,
                      rp_error *error) {
    rp_arena *room = rp_arena_new(0);
    bool *keep = rp_arena_take(scratch, fit->k, sizeof *keep);
    bool fine = room && keep ? true : rp_fail_memory(error);
    for (size_t i = 0; fine && i < fit->k; i++)
        keep[i] = true;
    for (size_t g = 0; fine && g < all->n; g++) {
        for (size_t i = all->start[g]; i < all->start[g + 1]; i++)
            keep[all->member[i]] = false;
        const rp_meta_fit *without = fit_some(fit, keep, room, error);
        fine = without != NULL;
        if (fine)
            put_without(without, &out[g]);
        for (size_t i = all->start[g]; i < all->start[g + 1]; i++)
            keep[all->member[i]] = true;
        rp_arena_empty(room);
    }
    rp_arena_free(room);
    return fine;
}

bool rp_meta_leave_out(const rp_meta_fit *fit, const uint32_t *of, size_t n_groups, rp_arena *arena,
                       rp_meta_without **out, rp_error *error) {
    assert(of || n_groups == fit->k);
    rp_arena *scratch = rp_arena_new(0);
    groups all = {0};
    *out = take(fit, n_groups, arena);
    bool fine = scratch && *out && gather(fit->data, of, n_groups, &all, scratch) ? true : rp_fail_memory(error);
    fine = fine && leave_out(fit, &all, *out, scratch, error);
    rp_arena_free(scratch);
    return fine;
}

/* ---- one after the other ---- */

bool rp_meta_cumulate(const rp_meta_fit *fit, const size_t *order, rp_arena *arena, rp_meta_without **out,
                      rp_error *error) {
    rp_arena *room = rp_arena_new(0), *scratch = rp_arena_new(0);
    size_t k = fit->k;
    size_t *place = scratch ? rp_arena_take(scratch, k, sizeof *place) : NULL; /* of each row in data */
    bool *keep = scratch ? rp_arena_take(scratch, k, sizeof *keep) : NULL;
    *out = take(fit, k, arena);
    bool fine = room && place && keep && *out ? true : rp_fail_memory(error);
    for (size_t i = 0; fine && i < k; i++)
        place[fit->data->row[i]] = i;
    for (size_t i = 0; fine && i < k; i++) {
        keep[place[order ? order[i] : i]] = true;
        const rp_meta_fit *first = fit_some(fit, keep, room, error);
        fine = first != NULL;
        if (fine)
            put_without(first, &(*out)[i]);
        rp_arena_empty(room);
    }
    rp_arena_free(room);
    rp_arena_free(scratch);
    return fine;
}

/* ---- influence ---- */

typedef struct influence_work {
    const rp_meta_fit *fit;
    meta_work work;
    double *beta, *vcov, *factor; /* p, p by p: of the whole fit; its Cholesky factor */
    double *other, *change;       /* p by p; p */
    rp_arena *room;
} influence_work;

static double determinant(double *m, size_t p) { /* spoils m */
    double det = 1;
    if (!rp_cholesky(m, p))
        return NAN;
    for (size_t j = 0; j < p; j++)
        det *= m[j * p + j] * m[j * p + j];
    return det;
}

static double quadratic(const double *m, const double *x, size_t p) {
    double sum = 0;
    for (size_t i = 0; i < p; i++)
        for (size_t j = 0; j < p; j++)
            sum += x[i] * m[i * p + j] * x[j];
    return sum;
}

static bool compare(influence_work *w, const rp_meta_fit *without, size_t i, rp_meta_influence *out) {
    const rp_meta_data *data = w->fit->data;
    size_t p = data->p;
    const double *x = data->x + i * p;
    double shift = 0, left = data->y[i], scale = without->scale, v = data->v[i] + without->tau2;
    meta_point at;
    for (size_t j = 0; j < p; j++) {
        w->change[j] = w->fit->beta[j].estimate - without->beta[j].estimate;
        shift += x[j] * w->change[j];
        left -= x[j] * without->beta[j].estimate;
    }
    out->tau2 = without->tau2;
    out->q = without->q;
    out->rstudent = left / sqrt(v * scale + quadratic(without->vcov, x, p));
    out->dffits = shift / sqrt(scale * out->hat * v);
    memcpy(w->other, without->vcov, p * p * sizeof *w->other);
    out->cov_ratio = determinant(w->other, p);
    memcpy(w->other, w->fit->vcov, p * p * sizeof *w->other);
    out->cov_ratio /= determinant(w->other, p);
    /* all rows, weighed as without this one */
    if (!meta_evaluate(&w->work, (double[]){without->tau2, 0}, &at) ||
        !meta_estimates(&w->work, scale, w->beta, w->vcov, w->room))
        return false;
    for (size_t j = 0; j < p; j++)
        out->dfbetas[j] = w->change[j] / sqrt(w->vcov[j * p + j]);
    rp_lower_solve(w->factor, p, w->change);
    for (size_t j = 0; j < p; j++)
        out->cook += w->change[j] * w->change[j];
    return true;
}

static bool put_weights(influence_work *w, rp_meta_influence *out) {
    const rp_meta_data *data = w->fit->data;
    size_t p = data->p;
    double total = 0, tau2 = w->fit->tau2;
    meta_point at;
    if (!meta_evaluate(&w->work, (double[]){tau2, 0}, &at) || !meta_estimates(&w->work, 1, w->beta, w->vcov, w->room))
        return false;
    for (size_t i = 0; i < data->k; i++)
        total += 1 / (data->v[i] + tau2);
    for (size_t i = 0; i < data->k; i++) {
        rp_meta_influence *one = &out[data->row[i]];
        one->hat = quadratic(w->vcov, data->x + i * p, p) / (data->v[i] + tau2);
        one->weight = 100 / (data->v[i] + tau2) / total;
    }
    return true;
}

static void put_nothing(rp_meta_influence *out, size_t p) {
    out->rstudent = out->dffits = out->cook = out->cov_ratio = out->tau2 = out->q = NAN;
    for (size_t j = 0; j < p; j++)
        out->dfbetas[j] = NAN;
}

static bool influence(influence_work *w, rp_meta_influence *out, rp_arena *scratch, rp_error *error) {
    const rp_meta_fit *fit = w->fit;
    size_t k = fit->k, p = fit->p;
    bool *keep = rp_arena_take(scratch, k, sizeof *keep);
    if (!keep || !put_weights(w, out))
        return rp_fail_memory(error);
    memcpy(w->factor, fit->vcov, p * p * sizeof *w->factor);
    if (!rp_cholesky(w->factor, p)) /* errors of 0 */
        memset(w->factor, 0, p * p * sizeof *w->factor);
    for (size_t i = 0; i < k; i++)
        keep[i] = true;
    for (size_t i = 0; i < k; i++) {
        rp_meta_influence *one = &out[fit->data->row[i]];
        keep[i] = false;
        const rp_meta_fit *without = fit_some(fit, keep, w->room, error);
        keep[i] = true;
        if (!without)
            return false;
        if (without->status == RP_META_NOT_FITTED)
            put_nothing(one, p);
        else if (!compare(w, without, i, one))
            return rp_fail_memory(error);
        rp_arena_empty(w->room);
    }
    return true;
}

bool rp_meta_influences(const rp_meta_fit *fit, rp_arena *arena, rp_meta_influence **out, rp_error *error) {
    assert(meta_is_simple(fit->spec));
    size_t k = fit->k, p = fit->p;
    rp_arena *scratch = rp_arena_new(0);
    influence_work w = {.fit = fit, .room = rp_arena_new(0)};
    double *room = scratch ? rp_arena_take(scratch, 3 * p * p + 2 * p, sizeof *room) : NULL;
    double *dfbetas = rp_arena_take(arena, k * p, sizeof *dfbetas);
    *out = rp_arena_take(arena, k, sizeof **out);
    bool fine = w.room && room && dfbetas && *out && meta_work_make(&w.work, fit->data, false, scratch);
    if (fine) {
        w.vcov = room;
        w.factor = room + p * p;
        w.other = room + 2 * p * p;
        w.beta = room + 3 * p * p;
        w.change = w.beta + p;
        for (size_t i = 0; i < k; i++)
            (*out)[i].dfbetas = dfbetas + i * p;
        fine = influence(&w, *out, scratch, error);
    } else {
        rp_fail_memory(error);
    }
    rp_arena_free(w.room);
    rp_arena_free(scratch);
    return fine;
}
