/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The incomplete beta function: the continued fraction of DiDonato & Morris (1992, ACM TOMS 18, 360-373, eq. 9) by
 * Lentz's method, times x^a y^b / B(a, b). The latter is written with Stirling's formula, whose large terms cancel on
 * paper and so do not cancel in the machine (the idea of Loader's saddle-point expansion, 2000).
 * Where a parameter is below about 0.05, the lesser tail may lie on the far side of the mean; it is then a difference
 * from 1 and right to about 1e-12 only. No t distribution comes there.
 *
 *   code      here
 *   a, b, x   as in I_x(a, b);  y = 1 - x
 *   gap       a y - b x: how far x lies below the mean, times a + b */
#include <float.h>
#include <math.h>

#include "maths/maths_private.h"

static const double HALF_LOG_2_PI = 0.918938533204672741780329736406;

double rp_stirling_rest(double x) {
    /* B(2k) / (2k (2k - 1)), Abramowitz & Stegun 6.1.41 */
    static const double series[] = {1.0 / 12,   -1.0 / 360,      1.0 / 1260, -1.0 / 1680,
                                    1.0 / 1188, -691.0 / 360360, 1.0 / 156,  -3617.0 / 122400};
    if (x < 10) {
        int sign = 0;
        return lgamma_r(x, &sign) - ((x - 0.5) * log(x) - x + HALF_LOG_2_PI);
    }
    double inverse = 1 / x, square = inverse * inverse, value = 0;
    for (int k = (int)(sizeof series / sizeof *series) - 1; k >= 0; k--)
        value = value * square + series[k];
    return value * inverse;
}

/* With z = u / (2 + u), log(1 + u) = 2 artanh z and 2z - u = -u z. */
double rp_log1p_less_u(double u) {
    double z = u / (2 + u), square = z * z, power = 1, sum = 0;
    for (int k = 3; k < 60; k += 2) {
        power *= square;
        double larger = sum + power / k;
        if (larger == sum)
            break;
        sum = larger;
    }
    return z * (2 * sum - u);
}

/* a y - b x with one rounding's error (Kahan's difference of products). */
static double products_apart(double a, double y, double b, double x) {
    double second = b * x;
    double missed = fma(-b, x, second);
    return fma(a, y, -second) + missed;
}

/* log(share * n / a) - u, where u = share * n / a - 1 is known to full precision. */
static double log_part(double u, double share, double n, double a) {
    return fabs(u) <= 0.5 ? rp_log1p_less_u(u) : log(share * (n / a)) - u;
}

static double density_of(double x, double y, double a, double b, double gap) {
    double n = a + b;
    double exponent = a * log_part(-gap / a, x, n, a) + b * log_part(gap / b, y, n, b);
    double rest = rp_stirling_rest(n) - rp_stirling_rest(a) - rp_stirling_rest(b);
    return sqrt(a / n * b) * exp(exponent + rest - HALF_LOG_2_PI);
}

/* x^a y^b / B(a, b) over I_x(a, b); converges fast for x below the mean. */
static double fraction(double x, double a, double b, double gap) {
    double value = a * (gap + 1) / (a + 1), upper = value, lower = 0;
    for (int m = 1; m < 100000; m++) {
        double at = a + 2 * m - 1;
        double numerator = (a + m - 1) / at * ((a + b + m - 1) / at * x) * (m * (b - m) * x);
        double term = m + m * (b - m) * x / at + (a + m) * (gap + 1 + m * (2 - x)) / (at + 2);
        upper = term + numerator / upper;
        lower = 1 / (term + numerator * lower);
        double step = upper * lower;
        value *= step;
        if (fabs(step - 1) <= DBL_EPSILON)
            break;
    }
    return value;
}

rp_beta_tails rp_beta_both(double x, double y, double a, double b) {
    if (x <= 0)
        return (rp_beta_tails){.lower = 0, .upper = 1, .density = 0};
    if (y <= 0)
        return (rp_beta_tails){.lower = 1, .upper = 0, .density = 0};
    double gap = products_apart(a, y, b, x);
    rp_beta_tails tails = {.density = density_of(x, y, a, b, gap)};
    if (gap + 1 - 2 * x > 0) { /* x < (a + 1) / (a + b + 2) */
        tails.lower = tails.density / fraction(x, a, b, gap);
        tails.upper = 1 - tails.lower;
    } else {
        tails.upper = tails.density / fraction(y, b, a, -gap);
        tails.lower = 1 - tails.upper;
    }
    return tails;
}

double rp_beta_inc(double x, double a, double b) {
    if (!(x >= 0 && x <= 1 && a > 0 && b > 0 && isfinite(a) && isfinite(b)))
        return NAN;
    return rp_beta_both(x, 1 - x, a, b).lower;
}
