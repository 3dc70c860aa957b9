/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Intraclass correlations from the mean squares of rows, raters and what is left. */
#include <math.h>

#include "rapport/maths.h"
#include "rapport/models.h"

typedef struct squares {
    double n, k;
    double rows, raters, left, within; /* mean squares */
} squares;

static squares find_squares(const double *moments, size_t k) {
    const double *means = moments + 1, *cross = moments + 1 + k;
    squares s = {.n = moments[0], .k = (double)k};
    double grand = 0, own = 0, all = 0, apart = 0;
    for (size_t i = 0; i < k; i++)
        grand += means[i] / s.k;
    for (size_t i = 0; i < k; i++) {
        own += cross[i * k + i];
        apart += (means[i] - grand) * (means[i] - grand);
        for (size_t j = 0; j < k; j++)
            all += cross[i * k + j];
    }
    s.rows = all / s.k / (s.n - 1);
    s.raters = s.n * apart / (s.k - 1);
    s.left = (own - all / s.k) / ((s.n - 1) * (s.k - 1));
    s.within = (s.n * apart + own - all / s.k) / (s.n * (s.k - 1));
    return s;
}

/* P(F > f). */
static double upper_tail(double f, double d1, double d2) {
    return f > 0 ? rp_beta_inc(d2 / (d2 + d1 * f), d2 / 2, d1 / 2) : NAN;
}

/* One rater and the mean of k, by an F ratio of rows to an error. */
static void put_plain(const squares *s, double error, double df2, double level, rp_icc *single, rp_icc *mean) {
    double df1 = s->n - 1, f = s->rows / error, k = s->k;
    double low = f / rp_f_quantile((1 + level) / 2, df1, df2), high = f * rp_f_quantile((1 + level) / 2, df2, df1);
    single->icc = (f - 1) / (f + k - 1);
    single->lower = (low - 1) / (low + k - 1);
    single->upper = (high - 1) / (high + k - 1);
    mean->icc = 1 - 1 / f;
    mean->lower = 1 - 1 / low;
    mean->upper = 1 - 1 / high;
    single->f = mean->f = f;
    single->df1 = mean->df1 = df1;
    single->df2 = mean->df2 = df2;
    single->p = mean->p = upper_tail(f, df1, df2);
}

/* Raters are a sample: what differs between them counts. Satterthwaite's degrees of freedom for the interval. */
static void put_random(const squares *s, double level, rp_icc *single, rp_icc *mean) {
    double n = s->n, k = s->k, fj = s->raters / s->left, f = s->rows / s->left, df1 = n - 1, df2 = (n - 1) * (k - 1);
    double icc = (s->rows - s->left) / (s->rows + (k - 1) * s->left + k * (s->raters - s->left) / n);
    double a = k * icc * fj + n * (1 + (k - 1) * icc) - k * icc, b = n * (1 + (k - 1) * icc) - k * icc;
    double v = df2 * a * a / ((n - 1) * k * k * icc * icc * fj * fj + b * b), own = k * n - k - n;
    double high = rp_f_quantile((1 + level) / 2, n - 1, v), low = rp_f_quantile((1 + level) / 2, v, n - 1);
    single->icc = icc;
    single->lower = n * (s->rows - high * s->left) / (high * (k * s->raters + own * s->left) + n * s->rows);
    single->upper = n * (low * s->rows - s->left) / (k * s->raters + own * s->left + n * low * s->rows);
    mean->icc = (s->rows - s->left) / (s->rows + (s->raters - s->left) / n);
    mean->lower = single->lower * k / (1 + single->lower * (k - 1));
    mean->upper = single->upper * k / (1 + single->upper * (k - 1));
    single->f = mean->f = f;
    single->df1 = mean->df1 = df1;
    single->df2 = mean->df2 = df2;
    single->p = mean->p = upper_tail(f, df1, df2);
}

void rp_icc_infer(const double *moments, size_t k, double level, rp_icc out[RP_ICCS]) {
    static const char *const types[] = {"ICC1", "ICC2", "ICC3", "ICC1k", "ICC2k", "ICC3k"};
    for (size_t i = 0; i < RP_ICCS; i++)
        out[i] = (rp_icc){types[i], NAN, NAN, NAN, NAN, NAN, NAN, NAN};
    if (k < 2 || moments[0] < 2)
        return;
    squares s = find_squares(moments, k);
    if (!(s.rows > 0) || !(s.left > 0))
        return;
    put_plain(&s, s.within, s.n * (s.k - 1), level, &out[0], &out[3]);
    put_random(&s, level, &out[1], &out[4]);
    put_plain(&s, s.left, (s.n - 1) * (s.k - 1), level, &out[2], &out[5]);
}
