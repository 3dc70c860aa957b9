/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A structural equation model at given parameters: implied means and covariances, and what changes them. */
#include "models/sem/sem_parts.h"

#include <string.h>

bool sem_ram_make(const rp_sem_spec *spec, size_t group, sem_ram *out, rp_arena *arena) {
    size_t p = spec->layout->n_observed, v = p + spec->n_latent;
    double *room = rp_arena_take(arena, 4 * v * v + 3 * v + p * p + p, sizeof *room);
    if (!room)
        return false;
    *out = (sem_ram){.spec = spec, .group = group, .p = p, .v = v, .a = room};
    out->s = out->a + v * v;
    out->b = out->s + v * v;
    out->e = out->b + v * v;
    out->alpha = out->e + v * v;
    out->mean_all = out->alpha + v;
    out->sigma = out->mean_all + v;
    out->mu = out->sigma + p * p;
    out->row = out->mu + p;
    return true;
}

/* ---- filling ------------------------------------------------------------------------------------------ */

/* Where an arrow's element lies in A: it goes from column to row. */
static size_t arrow_place(const sem_ram *ram, const rp_sem_line *line) {
    return line->op == RP_SEM_MEASURES ? line->rhs * ram->v + line->lhs : line->lhs * ram->v + line->rhs;
}

static void put_line(sem_ram *ram, const rp_sem_line *line, double x) {
    switch (line->op) {
    case RP_SEM_MEASURES:
    case RP_SEM_REGRESSES: ram->a[arrow_place(ram, line)] = x; break;
    case RP_SEM_COVARIES:
        ram->s[line->lhs * ram->v + line->rhs] = x;
        ram->s[line->rhs * ram->v + line->lhs] = x;
        break;
    case RP_SEM_INTERCEPT: ram->alpha[line->lhs] = x; break;
    }
}

static void put_lines(sem_ram *ram, const double *theta) {
    memset(ram->a, 0, ram->v * ram->v * sizeof *ram->a);
    memset(ram->s, 0, ram->v * ram->v * sizeof *ram->s);
    memset(ram->alpha, 0, ram->v * sizeof *ram->alpha);
    for (size_t i = 0; i < ram->spec->n_lines; i++) {
        const rp_sem_line *line = &ram->spec->lines[i];
        if (line->group == ram->group)
            put_line(ram, line, line->parameter == SIZE_MAX ? line->value : theta[line->parameter]);
    }
}

/* ---- B = (I - A)^-1 ------------------------------------------------------------------------------------- */

static void subtract_row(double *m, size_t v, size_t from, size_t by, double times) {
    for (size_t j = 0; j < v; j++)
        m[from * v + j] -= times * m[by * v + j];
}

static void swap_rows(double *m, size_t v, size_t i, size_t k) {
    for (size_t j = 0; i != k && j < v; j++) {
        double x = m[i * v + j];
        m[i * v + j] = m[k * v + j];
        m[k * v + j] = x;
    }
}

static size_t pivot_row(const double *m, size_t v, size_t column) {
    size_t best = column;
    for (size_t i = column + 1; i < v; i++)
        if (fabs(m[i * v + column]) > fabs(m[best * v + column]))
            best = i;
    return best;
}

/* Gauss-Jordan with pivots, since arrows may run in a circle; `m` = I - A is spoilt. Most of its elements are 0. */
static bool invert(double *m, double *b, size_t v) {
    for (size_t c = 0; c < v; c++) {
        size_t r = pivot_row(m, v, c);
        if (!(fabs(m[r * v + c]) > 1e-12))
            return false;
        swap_rows(m, v, c, r);
        swap_rows(b, v, c, r);
        double pivot = 1 / m[c * v + c];
        for (size_t j = 0; pivot != 1 && j < v; j++) {
            m[c * v + j] *= pivot;
            b[c * v + j] *= pivot;
        }
        for (size_t i = 0; i < v; i++) {
            double times = i == c ? 0 : m[i * v + c];
            if (times == 0)
                continue;
            subtract_row(m, v, i, c, times);
            subtract_row(b, v, i, c, times);
        }
    }
    return true;
}

static bool fill_b(sem_ram *ram) {
    size_t v = ram->v;
    double *m = ram->e; /* not needed yet */
    for (size_t i = 0; i < v * v; i++) {
        ram->b[i] = i % (v + 1) == 0;
        m[i] = ram->b[i] - ram->a[i];
    }
    return invert(m, ram->b, v);
}

/* ---- E = B S B', means ------------------------------------------------------------------------------------ */

/* out = x y, or x' y, all v by v; zeros of x are passed over, of which there are many. */
static void multiply(const double *x, bool transposed, const double *y, size_t v, double *out) {
    memset(out, 0, v * v * sizeof *out);
    for (size_t i = 0; i < v; i++)
        for (size_t k = 0; k < v; k++) {
            double f = transposed ? x[k * v + i] : x[i * v + k];
            if (f == 0)
                continue;
            for (size_t j = 0; j < v; j++)
                out[i * v + j] += f * y[k * v + j];
        }
}

/* Row i of E from row i of B S; both triangles get the same numbers. */
static void fill_e(sem_ram *ram) {
    size_t v = ram->v;
    double *row = ram->row;
    for (size_t i = 0; i < v; i++) {
        memset(row, 0, v * sizeof *row);
        for (size_t k = 0; k < v; k++) {
            double f = ram->b[i * v + k];
            for (size_t j = 0; f != 0 && j < v; j++)
                row[j] += f * ram->s[k * v + j];
        }
        for (size_t j = 0; j <= i; j++) {
            double x = 0;
            for (size_t k = 0; k < v; k++)
                x += row[k] * ram->b[j * v + k];
            ram->e[i * v + j] = ram->e[j * v + i] = x;
        }
    }
}

bool sem_ram_at(sem_ram *ram, const double *theta) {
    size_t v = ram->v, p = ram->p;
    put_lines(ram, theta);
    if (!fill_b(ram))
        return false;
    fill_e(ram);
    for (size_t i = 0; i < v; i++) {
        ram->mean_all[i] = 0;
        for (size_t k = 0; k < v; k++)
            ram->mean_all[i] += ram->b[i * v + k] * ram->alpha[k];
    }
    for (size_t i = 0; i < p; i++) {
        memcpy(ram->sigma + i * p, ram->e + i * v, p * sizeof *ram->sigma);
        ram->mu[i] = ram->mean_all[i];
    }
    return true;
}

/* ---- the gradient ------------------------------------------------------------------------------------------- */

/* By the chain rule, with G = dF/dSigma filled up by zeros to v by v and g = dF/dmu likewise:
 *   dF/dA = 2 B'G E + (B'g) (B alpha)',  dF/dS = B'G B (twice that off the diagonal),  dF/dalpha = B'g */
void sem_ram_gradient(const sem_ram *ram, const double *by_sigma, const double *by_mu, double *gradient,
                      double *scratch) {
    size_t v = ram->v, p = ram->p;
    double *bg = scratch, *by_a = scratch + v * v, *by_s = scratch + 2 * v * v, *by_alpha = scratch + 3 * v * v;
    double *wide = by_a; /* G, until by_a is made */
    memset(wide, 0, v * v * sizeof *wide);
    for (size_t i = 0; i < p; i++)
        memcpy(wide + i * v, by_sigma + i * p, p * sizeof *wide);
    multiply(ram->b, true, wide, v, bg);
    multiply(bg, false, ram->e, v, by_a);
    multiply(bg, false, ram->b, v, by_s);
    for (size_t i = 0; i < v; i++) {
        by_alpha[i] = 0;
        for (size_t k = 0; by_mu && k < p; k++)
            by_alpha[i] += ram->b[k * v + i] * by_mu[k];
    }
    for (size_t i = 0; i < ram->spec->n_lines; i++) {
        const rp_sem_line *line = &ram->spec->lines[i];
        if (line->group != ram->group || line->parameter == SIZE_MAX)
            continue;
        double *out = &gradient[line->parameter];
        size_t at = line->op == RP_SEM_COVARIES ? line->lhs * v + line->rhs : arrow_place(ram, line);
        if (line->op == RP_SEM_INTERCEPT)
            *out += by_alpha[line->lhs];
        else if (line->op == RP_SEM_COVARIES)
            *out += line->lhs == line->rhs ? by_s[at] : by_s[at] + by_s[line->rhs * v + line->lhs];
        else
            *out += 2 * by_a[at] + by_alpha[at / v] * ram->mean_all[at % v];
    }
}

/* ---- the Jacobian --------------------------------------------------------------------------------------------- */

/* d sigma_ij of one line. An arrow to r from c moves E by B_r E_c' + E_c B_r' (B_r a column of B, E_c one of E); a
 * covariance of r and c by B_r B_c' + B_c B_r'. */
static double sigma_slope(const sem_ram *ram, size_t r, const double *from, size_t step, size_t i, size_t j) {
    size_t v = ram->v;
    return ram->b[i * v + r] * from[j * step] + from[i * step] * ram->b[j * v + r];
}

static void add_line(const sem_ram *ram, const rp_sem_line *line, double *jacobian) {
    size_t v = ram->v, p = ram->p, q = ram->spec->n_parameters, row = 0;
    bool arrow = line->op == RP_SEM_MEASURES || line->op == RP_SEM_REGRESSES;
    size_t at = arrow ? arrow_place(ram, line) : line->lhs * v + line->rhs, r = at / v, c = at % v;
    double *column = jacobian + line->parameter;
    double mean = arrow ? ram->mean_all[c] : line->op == RP_SEM_INTERCEPT;
    for (size_t i = 0; ram->spec->means && i < p; i++, row++)
        column[row * q] += ram->b[i * v + r] * mean;
    if (line->op == RP_SEM_INTERCEPT)
        return;
    const double *from = (arrow ? ram->e : ram->b) + c;
    double half = arrow || r != c ? 1 : 0.5; /* a variance is one element of S, not two */
    for (size_t j = 0; j < p; j++)
        for (size_t i = j; i < p; i++, row++)
            column[row * q] += half * sigma_slope(ram, r, from, v, i, j);
}

void sem_ram_jacobian(const sem_ram *ram, double *jacobian) {
    size_t p = ram->p, rows = p * (p + 1) / 2 + (ram->spec->means ? p : 0);
    memset(jacobian, 0, rows * ram->spec->n_parameters * sizeof *jacobian);
    for (size_t i = 0; i < ram->spec->n_lines; i++) {
        const rp_sem_line *line = &ram->spec->lines[i];
        if (line->group == ram->group && line->parameter != SIZE_MAX)
            add_line(ram, line, jacobian);
    }
}
