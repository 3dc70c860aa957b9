/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Implied means and covariances of one group, and their derivatives (McArdle & McDonald, Br J Math Stat Psychol 37,
 * 1984). With G and g a function's derivatives by sigma and mu, filled up with zeros to all variables:
 *   by A: 2 B'G E + B'g (B alpha)';   by S_ij: (B'G B)_ij, twice off the diagonal;   by alpha: B'g. */
#include <assert.h>
#include <float.h>
#include <math.h>
#include <string.h>

#include "models/sem/sem_parts.h"

static void add_scaled(double *restrict to, double scale, const double *restrict from, size_t n) {
    for (size_t i = 0; i < n; i++)
        to[i] += scale * from[i];
}

static double dot(const double *x, const double *y, size_t n) {
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += x[i] * y[i];
    return sum;
}

bool sem_ram_make(const rp_sem_spec *spec, size_t group, sem_ram *out, rp_arena *arena) {
    assert(group < spec->layout->n_groups);
    size_t p = spec->layout->n_observed, v = p + spec->n_latent;
    *out = (sem_ram){.spec = spec, .group = group, .p = p, .v = v};
    double *room = rp_arena_take(arena, 4 * v * v + 2 * v + p * p + p, sizeof *room);
    if (room == NULL)
        return false;
    double **const squares[] = {&out->a, &out->s, &out->b, &out->e};
    for (size_t i = 0; i < 4; i++, room += v * v)
        *squares[i] = room;
    out->alpha = room;
    out->mean_all = room + v;
    out->mu = room + 2 * v;
    out->sigma = out->mu + p;
    if (spec->layout->categories)
        out->room = rp_arena_take(arena, p * (2 * p + spec->n_parameters + 1), sizeof *out->room);
    return out->room || spec->layout->categories == NULL;
}

/* ---- at given parameters -------------------------------------------------------------------------------- */

/* Where an arrow of this line ends and starts: A's row and column. */
static void arrow(const rp_sem_line *line, size_t *to, size_t *from) {
    bool measures = line->op == RP_SEM_MEASURES;
    *to = measures ? line->rhs : line->lhs;
    *from = measures ? line->lhs : line->rhs;
}

static void place(sem_ram *ram, const rp_sem_line *line, double value) {
    size_t v = ram->v, to, from;
    assert(line->op == RP_SEM_THRESHOLD || (line->lhs < v && line->rhs < v));
    switch (line->op) {
    case RP_SEM_MEASURES:
    case RP_SEM_REGRESSES:
        arrow(line, &to, &from);
        ram->a[to * v + from] = value;
        break;
    case RP_SEM_COVARIES:
        if (line->lhs == line->rhs && line->lhs < ram->p && ram->room)
            value = 0; /* until the rest is there */
        ram->s[line->lhs * v + line->rhs] = ram->s[line->rhs * v + line->lhs] = value;
        break;
    case RP_SEM_INTERCEPT:
        ram->alpha[line->lhs] = value;
        break;
    case RP_SEM_THRESHOLD: /* no part of the moments */
        break;
    }
}

static void swap_rows(double *m, size_t i, size_t j, size_t v) {
    for (size_t c = 0; c < v; c++) {
        double kept = m[i * v + c];
        m[i * v + c] = m[j * v + c];
        m[j * v + c] = kept;
    }
}

/* B, by elimination with row exchanges, since arrows may go in circles; E is the room for I - A. */
static bool invert(sem_ram *ram) {
    size_t v = ram->v;
    double *m = ram->e, *b = ram->b, largest = 1;
    memset(b, 0, v * v * sizeof *b);
    for (size_t i = 0; i < v * v; i++) {
        m[i] = -ram->a[i];
        largest = fmax(largest, fabs(m[i]));
    }
    for (size_t i = 0; i < v; i++) {
        m[i * v + i] += 1;
        b[i * v + i] = 1;
    }
    for (size_t c = 0; c < v; c++) {
        size_t best = c;
        for (size_t r = c + 1; r < v; r++)
            best = fabs(m[r * v + c]) > fabs(m[best * v + c]) ? r : best;
        if (!(fabs(m[best * v + c]) > DBL_EPSILON * largest))
            return false;
        if (best != c) {
            swap_rows(m, best, c, v);
            swap_rows(b, best, c, v);
        }
        double pivot = m[c * v + c];
        for (size_t k = 0; k < v; k++) {
            m[c * v + k] /= pivot;
            b[c * v + k] /= pivot;
        }
        for (size_t r = 0; r < v; r++) {
            double factor = m[r * v + c];
            if (r == c || factor == 0)
                continue;
            add_scaled(m + r * v, -factor, m + c * v, v);
            add_scaled(b + r * v, -factor, b + c * v, v);
        }
    }
    return true;
}

bool sem_ram_at(sem_ram *ram, const double *theta) {
    size_t v = ram->v, p = ram->p;
    memset(ram->a, 0, v * v * sizeof *ram->a);
    memset(ram->s, 0, v * v * sizeof *ram->s);
    memset(ram->alpha, 0, v * sizeof *ram->alpha);
    for (const rp_sem_line *line = ram->spec->lines, *end = line + ram->spec->n_lines; line < end; line++)
        if (line->group == ram->group)
            place(ram, line, line->parameter == SIZE_MAX ? line->value : theta[line->parameter]);
    if (!invert(ram) || (ram->room && !sem_residual_fill(ram)))
        return false;
    double *row = ram->mean_all; /* room for a row of B S until the means are known */
    for (size_t i = 0; i < v; i++) {
        memset(row, 0, v * sizeof *row);
        for (size_t k = 0; k < v; k++)
            if (ram->b[i * v + k] != 0)
                add_scaled(row, ram->b[i * v + k], ram->s + k * v, v);
        for (size_t j = 0; j <= i; j++)
            ram->e[i * v + j] = dot(row, ram->b + j * v, v);
    }
    for (size_t i = 0; i < v; i++)
        for (size_t j = i + 1; j < v; j++)
            ram->e[i * v + j] = ram->e[j * v + i];
    for (size_t i = 0; i < v; i++)
        ram->mean_all[i] = dot(ram->b + i * v, ram->alpha, v);
    for (size_t i = 0; i < p; i++)
        memcpy(ram->sigma + i * p, ram->e + i * v, p * sizeof *ram->sigma);
    memcpy(ram->mu, ram->mean_all, p * sizeof *ram->mu);
    return true;
}

/* ---- derivatives ------------------------------------------------------------------------------------------ */

/* out = B'F'G F right; `product` is room for G F right. */
static void sandwich(const sem_ram *ram, const double *by_sigma, const double *right, double *out, double *product) {
    size_t v = ram->v, p = ram->p;
    memset(product, 0, p * v * sizeof *product);
    memset(out, 0, v * v * sizeof *out);
    for (size_t i = 0; i < p; i++)
        for (size_t k = 0; k < p; k++)
            add_scaled(product + i * v, by_sigma[i * p + k], right + k * v, v);
    for (size_t k = 0; k < p; k++)
        for (size_t i = 0; i < v; i++)
            if (ram->b[k * v + i] != 0)
                add_scaled(out + i * v, ram->b[k * v + i], product + k * v, v);
}

void sem_ram_gradient(const sem_ram *ram, const double *by_sigma, const double *by_mu, double *gradient,
                      double *scratch) {
    size_t v = ram->v, to, from;
    if (ram->room)
        by_sigma = sem_residual_by_sigma(ram, by_sigma);
    double *by_s = scratch, *by_a = scratch + v * v, *by_alpha = scratch + 3 * v * v;
    sandwich(ram, by_sigma, ram->b, by_s, scratch + 2 * v * v);
    sandwich(ram, by_sigma, ram->e, by_a, scratch + 2 * v * v);
    memset(by_alpha, 0, v * sizeof *by_alpha);
    for (size_t k = 0; by_mu && k < ram->p; k++)
        add_scaled(by_alpha, by_mu[k], ram->b + k * v, v);
    for (const rp_sem_line *line = ram->spec->lines, *end = line + ram->spec->n_lines; line < end; line++) {
        if (line->group != ram->group || line->parameter == SIZE_MAX)
            continue;
        double *into = gradient + line->parameter;
        switch (line->op) {
        case RP_SEM_MEASURES:
        case RP_SEM_REGRESSES:
            arrow(line, &to, &from);
            *into += 2 * by_a[to * v + from] + by_alpha[to] * ram->mean_all[from];
            break;
        case RP_SEM_COVARIES:
            *into += (line->lhs == line->rhs ? 1 : 2) * by_s[line->lhs * v + line->rhs];
            break;
        case RP_SEM_INTERCEPT:
            *into += by_alpha[line->lhs];
            break;
        case RP_SEM_THRESHOLD:
            break;
        }
    }
}

/* How the moments move: d sigma = left right' + right left', d mu = by_mean left. */
typedef struct motion {
    double *left, *right; /* p */
    double by_mean;
} motion;

static void take_column(double *to, const double *m, size_t column, double scale, const sem_ram *ram) {
    for (size_t i = 0; i < ram->p; i++)
        to[i] = scale * m[i * ram->v + column];
}

static void move(const sem_ram *ram, const rp_sem_line *line, motion *m) {
    size_t to = line->lhs, from;
    m->by_mean = 0;
    switch (line->op) {
    case RP_SEM_MEASURES:
    case RP_SEM_REGRESSES:
        arrow(line, &to, &from);
        m->by_mean = ram->mean_all[from];
        take_column(m->right, ram->e, from, 1, ram);
        break;
    case RP_SEM_COVARIES:
        take_column(m->right, ram->b, line->rhs, line->lhs == line->rhs ? 0.5 : 1, ram);
        break;
    case RP_SEM_INTERCEPT:
        m->by_mean = 1;
        memset(m->right, 0, ram->p * sizeof *m->right);
        break;
    case RP_SEM_THRESHOLD: /* does not move them */
        break;
    }
    take_column(m->left, ram->b, to, 1, ram);
}

void sem_ram_jacobian(const sem_ram *ram, double *jacobian, double *scratch) {
    size_t p = ram->p, n = ram->spec->n_parameters;
    size_t means = ram->spec->means ? p : 0;
    memset(jacobian, 0, (means + p * (p + 1) / 2) * n * sizeof *jacobian);
    motion m = {scratch, scratch + p, 0};
    for (const rp_sem_line *line = ram->spec->lines, *end = line + ram->spec->n_lines; line < end; line++) {
        if (line->group != ram->group || line->parameter == SIZE_MAX || line->op == RP_SEM_THRESHOLD)
            continue;
        move(ram, line, &m);
        double *at = jacobian + line->parameter;
        for (size_t i = 0; i < means; i++, at += n)
            *at += m.by_mean * m.left[i];
        for (size_t c = 0; c < p; c++)
            for (size_t r = c; r < p; r++, at += n)
                *at += m.left[r] * m.right[c] + m.right[r] * m.left[c];
    }
    if (ram->room)
        sem_residual_jacobian(ram, jacobian);
}
