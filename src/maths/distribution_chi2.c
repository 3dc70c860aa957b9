/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The chi-square distribution by the incomplete gamma function: P(X < x) = P(df / 2, x / 2) (Abramowitz & Stegun
 * 26.4.19). Below the mean by its series (6.5.29), above by Legendre's continued fraction (6.5.31) with Lentz's method;
 * both times x^a e^-x / G(a), written with Stirling's formula as in beta_inc.c. */
#include <float.h>
#include <math.h>

#include "maths/maths_private.h"

static const double TWO_PI = 6.283185307179586476925286766559;

typedef struct gamma_tails {
    double lower, upper;
} gamma_tails;

double rp_gamma_term(double a, double x) {
    double u = (x - a) / a;
    double shape = fabs(u) <= 0.5 ? rp_log1p_less_u(u) : log(x / a) - u;
    return exp(a * shape - rp_stirling_rest(a)) / sqrt(TWO_PI * a);
}

/* sum of x^k / ((a + 1) ... (a + k)), the smallest terms first. */
static double gamma_series(double a, double x) {
    int last = 1;
    for (double term = 1; term > DBL_EPSILON / 16 && last < 1000000; last++)
        term *= x / (a + last);
    double sum = 1;
    for (int k = last; k >= 1; k--)
        sum = 1 + sum * (x / (a + k));
    return sum;
}

/* G(a, x) / (x^a e^-x) */
static double gamma_fraction(double a, double x) {
    double term = x + 1 - a, upper = INFINITY, lower = 1 / term, value = lower;
    for (int k = 1; k < 1000000; k++) {
        double numerator = k * (a - k);
        term += 2;
        upper = term + numerator / upper;
        lower = 1 / (term + numerator * lower);
        double step = upper * lower;
        value *= step;
        if (fabs(step - 1) <= DBL_EPSILON)
            break;
    }
    return value;
}

static gamma_tails gamma_both(double a, double x) {
    if (x <= 0)
        return (gamma_tails){.lower = 0, .upper = 1};
    if (isinf(x))
        return (gamma_tails){.lower = 1, .upper = 0};
    double term = rp_gamma_term(a, x);
    if (x < a + 1) {
        double lower = term * gamma_series(a, x);
        return (gamma_tails){.lower = lower, .upper = 1 - lower};
    }
    double upper = a * term * gamma_fraction(a, x);
    return (gamma_tails){.lower = 1 - upper, .upper = upper};
}

double rp_chi2_cdf(double x, double df) {
    return df > 0 && isfinite(df) && !isnan(x) ? gamma_both(df / 2, x / 2).lower : NAN;
}

double rp_chi2_upper(double x, double df) {
    return df > 0 && isfinite(df) && !isnan(x) ? gamma_both(df / 2, x / 2).upper : NAN;
}
