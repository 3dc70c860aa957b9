/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How factors are turned: varimax, then oblimin. */
#include <math.h>
#include <string.h>

#include "rapport/matrix.h"

#include "models/reliability/omega_parts.h"

/* ---- varimax ---- */

/* The angle by which a pair of columns is turned so that the variance of their squares is greatest (Kaiser 1958). */
static double pair_angle(const double *a, size_t k, size_t m, size_t p, size_t q) {
    double su = 0, sv = 0, suv = 0, sd = 0;
    for (size_t i = 0; i < k; i++) {
        double x = a[i * m + p], y = a[i * m + q], u = x * x - y * y, v = 2 * x * y;
        su += u;
        sv += v;
        suv += u * v;
        sd += u * u - v * v;
    }
    return atan2(2 * (suv - su * sv / (double)k), sd - (su * su - sv * sv) / (double)k) / 4;
}

static void turn_pair(double *a, size_t k, size_t m, size_t p, size_t q, double angle) {
    for (size_t i = 0; i < k; i++) {
        double x = a[i * m + p], y = a[i * m + q];
        a[i * m + p] = x * cos(angle) + y * sin(angle);
        a[i * m + q] = y * cos(angle) - x * sin(angle);
    }
}

static double row_length(const double *a, size_t m) {
    double sum = 0;
    for (size_t f = 0; f < m; f++)
        sum += a[f] * a[f];
    return sqrt(sum);
}

static void scale_rows(double *a, size_t k, size_t m, double *lengths, bool back) {
    for (size_t i = 0; i < k; i++) {
        lengths[i] = back ? lengths[i] : row_length(a + i * m, m);
        for (size_t f = 0; lengths[i] > 0 && f < m; f++)
            a[i * m + f] = back ? a[i * m + f] * lengths[i] : a[i * m + f] / lengths[i];
    }
}

void omega_varimax(double *loadings, size_t k, size_t m, double *lengths) {
    scale_rows(loadings, k, m, lengths, false);
    bool moved = m > 1;
    for (int sweep = 0; sweep < 1000 && moved; sweep++) {
        moved = false;
        for (size_t p = 0; p < m; p++)
            for (size_t q = p + 1; q < m; q++) {
                double angle = pair_angle(loadings, k, m, p, q);
                if (!(fabs(angle) > 1e-12))
                    continue;
                turn_pair(loadings, k, m, p, q, angle);
                moved = true;
            }
    }
    scale_rows(loadings, k, m, lengths, true);
    for (size_t f = 0; f < m; f++) {
        double sum = 0;
        for (size_t i = 0; i < k; i++)
            sum += loadings[i * m + f];
        for (size_t i = 0; sum < 0 && i < k; i++)
            loadings[i * m + f] = -loadings[i * m + f];
    }
}

/* ---- oblimin ---- */

static const double SLOPE = 1e-9;
enum { MOST_STEPS = 50000, MOST_HALVINGS = 40 };

/* T has columns of length 1, phi = T'T, and loadings are A T'^-1 = A T phi^-1. */
typedef struct turning {
    size_t k, m;
    const double *a;
    double *t, *tried, *phi, *inverse, *loadings, *by, *gradient;
} turning;

/* phi and its inverse, and the loadings, at t. False: t is singular. */
static bool turn(turning *s, const double *t) {
    size_t m = s->m, k = s->k;
    for (size_t p = 0; p < m; p++)
        for (size_t q = 0; q < m; q++) {
            s->phi[p * m + q] = 0;
            for (size_t i = 0; i < m; i++)
                s->phi[p * m + q] += t[i * m + p] * t[i * m + q];
        }
    memcpy(s->inverse, s->phi, m * m * sizeof *s->inverse);
    if (!rp_dense_cholesky(s->inverse, m))
        return false;
    rp_dense_inverse(s->inverse, m);
    for (size_t p = 0; p < m; p++) /* the lower triangle by columns is the upper one by rows */
        for (size_t q = 0; q < p; q++)
            s->inverse[p * m + q] = s->inverse[q * m + p];
    for (size_t i = 0; i < k; i++)
        for (size_t q = 0; q < m; q++) {
            s->loadings[i * m + q] = 0;
            for (size_t p = 0; p < m; p++)
                for (size_t b = 0; b < m; b++)
                    s->loadings[i * m + q] += s->a[i * m + p] * t[p * m + b] * s->inverse[b * m + q];
        }
    return true;
}

/* Quartimin: a quarter of the sum over pairs of columns of squares times squares; `by`: its derivative. */
static double value(turning *s) {
    double sum = 0;
    for (size_t i = 0; i < s->k; i++) {
        const double *row = s->loadings + i * s->m;
        double all = 0;
        for (size_t f = 0; f < s->m; f++)
            all += row[f] * row[f];
        for (size_t f = 0; f < s->m; f++) {
            double others = all - row[f] * row[f];
            s->by[i * s->m + f] = row[f] * others;
            sum += row[f] * row[f] * others / 4;
        }
    }
    return sum;
}

/* G = -(L' Q T^-1)' with T^-1 = phi^-1 T', projected on columns of length 1. Returns its size. */
static double slope(turning *s, double *lq) {
    size_t m = s->m;
    double size = 0;
    for (size_t p = 0; p < m; p++)
        for (size_t q = 0; q < m; q++) {
            lq[p * m + q] = 0;
            for (size_t i = 0; i < s->k; i++)
                lq[p * m + q] += s->loadings[i * m + p] * s->by[i * m + q];
        }
    for (size_t i = 0; i < m; i++)
        for (size_t p = 0; p < m; p++) {
            double sum = 0;
            for (size_t q = 0; q < m; q++)
                for (size_t b = 0; b < m; b++)
                    sum += lq[p * m + q] * s->inverse[q * m + b] * s->t[i * m + b];
            s->gradient[i * m + p] = -sum;
        }
    for (size_t p = 0; p < m; p++) {
        double along = 0;
        for (size_t i = 0; i < m; i++)
            along += s->t[i * m + p] * s->gradient[i * m + p];
        for (size_t i = 0; i < m; i++) {
            s->gradient[i * m + p] -= along * s->t[i * m + p];
            size += s->gradient[i * m + p] * s->gradient[i * m + p];
        }
    }
    return sqrt(size);
}

static void step(turning *s, double by) {
    size_t m = s->m;
    for (size_t p = 0; p < m; p++) {
        double length = 0;
        for (size_t i = 0; i < m; i++) {
            double x = s->t[i * m + p] - by * s->gradient[i * m + p];
            s->tried[i * m + p] = x;
            length += x * x;
        }
        for (size_t i = 0; i < m; i++)
            s->tried[i * m + p] /= sqrt(length);
    }
}

static bool make(turning *s, rp_arena *arena) {
    size_t square = s->m * s->m;
    double *all = rp_arena_take(arena, 4 * square + s->k * s->m, sizeof *all);
    if (!all)
        return false;
    s->t = all;
    s->tried = all + square;
    s->inverse = all + 2 * square;
    s->gradient = all + 3 * square;
    s->by = all + 4 * square;
    for (size_t f = 0; f < s->m; f++)
        s->t[f * s->m + f] = 1;
    return true;
}

bool omega_oblimin(double *loadings, size_t k, size_t m, double *phi, bool *converged, rp_arena *arena) {
    double *a = rp_arena_take_unset(arena, k * m, sizeof *a), *lq = rp_arena_take(arena, m * m, sizeof *lq);
    turning s = {.k = k, .m = m, .a = a, .phi = phi, .loadings = loadings};
    if (!a || !lq || !make(&s, arena))
        return false;
    memcpy(a, loadings, k * m * sizeof *a);
    double size = 1, f = turn(&s, s.t) ? value(&s) : NAN, g = slope(&s, lq);
    *converged = false;
    for (int i = 0; i < MOST_STEPS && !(*converged = g < SLOPE); i++) {
        size *= 2;
        bool lower = false;
        for (int half = 0; half < MOST_HALVINGS && !lower; half++) {
            step(&s, size);
            double tried = turn(&s, s.tried) ? value(&s) : INFINITY;
            lower = f - tried > 0.5 * g * g * size;
            f = lower ? tried : f;
            size = lower ? size : size / 2;
        }
        if (lower)
            memcpy(s.t, s.tried, m * m * sizeof *s.t);
        bool fine = turn(&s, s.t);
        (void)value(&s);
        g = fine ? slope(&s, lq) : NAN;
        if (!lower) { /* no step shows in the value any more */
            *converged = g < sqrt(SLOPE) * 1e-2;
            break;
        }
    }
    return true;
}
