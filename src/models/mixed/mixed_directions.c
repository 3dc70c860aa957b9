/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Directions in which theta is well told apart. With a term's columns Z = Q S, Q'Q/n = I and S lower triangular,
 * Z Lambda = Q M, M = S Lambda: M is lower triangular, too, and its columns are those of Lambda times S. So elements of
 * M are theta in another basis, in which neither the units of columns nor their distance from zero matter: that of a
 * slope by years 2010 to 2024 is the one of years 0 to 14. */
#include <math.h>
#include <string.h>

#include "models/mixed/mixed_parts.h"

/* A column is as good as others together from here. */
static const double LEAST_PIVOT = 1e-13;

/* The lower triangular T, with T'G T = I, from G = S'S. Where that cannot be, T is diagonal. `room`: q q. */
static void make_inverse(const double *g, size_t q, double *s, double *t) {
    bool good = true;
    memset(t, 0, q * q * sizeof *t);
    for (size_t i = q; i-- > 0 && good;) { /* rows of S from below */
        double left = g[i * q + i];
        for (size_t k = i + 1; k < q; k++)
            left -= s[k * q + i] * s[k * q + i];
        good = left > LEAST_PIVOT * g[i * q + i];
        s[i * q + i] = sqrt(good ? left : 1);
        for (size_t j = 0; j < i; j++) {
            double sum = g[i * q + j];
            for (size_t k = i + 1; k < q; k++)
                sum -= s[k * q + i] * s[k * q + j];
            s[i * q + j] = sum / s[i * q + i];
        }
    }
    for (size_t j = 0; j < q; j++) {
        t[j * q + j] = good ? 1 / s[j * q + j] : g[j * q + j] > 0 ? 1 / sqrt(g[j * q + j]) : 1;
        for (size_t i = j + 1; i < q && good; i++) {
            double sum = 0;
            for (size_t k = j; k < i; k++)
                sum -= s[i * q + k] * t[k * q + j];
            t[i * q + j] = sum / s[i * q + i];
        }
    }
}

bool mixed_turn(const rp_mixed_term *of, const double *total, double rows, double *t, rp_arena *scratch) {
    size_t q = of->n_columns;
    double *g = rp_arena_take(scratch, 2 * q * q, sizeof *g);
    if (g == NULL)
        return false;
    for (size_t i = 0; i < q; i++)
        for (size_t j = 0; j < q; j++) {
            size_t a = of->columns[i], b = of->columns[j], high = a > b ? a : b, low = a + b - high;
            g[i * q + j] = total[mixed_packed(high) + low] / rows;
        }
    make_inverse(g, q, g + q * q, t);
    return true;
}

bool mixed_directions_find(const rp_mixed_spec *spec, const double *total, double rows, mixed_directions *out,
                           rp_arena *arena) {
    size_t e = 0;
    out->n = mixed_theta_count(spec);
    out->at = rp_arena_take(arena, out->n, sizeof *out->at);
    if (out->at == NULL)
        return false;
    for (size_t t = 0; t < spec->n_terms; t++) {
        size_t q = spec->terms[t].n_columns;
        double *turn = rp_arena_take(arena, q * q, sizeof *turn), *along = rp_arena_take(arena, q * q, sizeof *along);
        if (turn == NULL || along == NULL || !mixed_turn(&spec->terms[t], total, rows, turn, arena))
            return false;
        for (size_t i = 0; i < q; i++)
            for (size_t k = 0; k < q; k++)
                along[i * q + k] = turn[k * q + i];
        for (size_t j = 0; j < q; j++)
            for (size_t i = j; i < q; i++)
                out->at[e++] = (mixed_direction){q - i, along + i * q + i};
    }
    static const double itself = 1;
    for (; e < out->n; e++) /* rho */
        out->at[e] = (mixed_direction){1, &itself};
    return true;
}

void mixed_directions_move(const mixed_directions *d, size_t e, double by, double *theta) {
    for (size_t k = 0; k < d->at[e].n; k++)
        theta[e + k] += by * d->at[e].along[k];
}

double mixed_directions_slope(const mixed_directions *d, size_t e, const double *gradient) {
    double sum = 0;
    for (size_t k = 0; k < d->at[e].n; k++)
        sum += gradient[e + k] * d->at[e].along[k];
    return sum;
}

void mixed_directions_numbers(const mixed_directions *d, const double *theta, double *numbers) {
    memcpy(numbers, theta, d->n * sizeof *theta);
    for (size_t e = 0; e < d->n; e++) {
        numbers[e] /= d->at[e].along[0];
        for (size_t k = 1; k < d->at[e].n; k++)
            numbers[e + k] -= numbers[e] * d->at[e].along[k];
    }
}
