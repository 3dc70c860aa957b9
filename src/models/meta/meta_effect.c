/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Effects and their sampling variances from figures as papers print them. */
#include "models/meta/meta_parts.h"

static const struct {
    const char *name;
    size_t n;
    const char *figures[RP_META_MOST_FIGURES];
} measures[] = {
    [RP_META_COR] = {"COR", 2, {"r", "n"}},
    [RP_META_ZCOR] = {"ZCOR", 2, {"r", "n"}},
    [RP_META_ZCOR_T] = {"ZCOR_T", 2, {"t", "n"}},
    [RP_META_ZCOR_F] = {"ZCOR_F", 3, {"F", "n", "sign"}},
    [RP_META_MD] = {"MD", 6, {"mean", "SD", "n", "mean", "SD", "n"}},
    [RP_META_SMD] = {"SMD", 6, {"mean", "SD", "n", "mean", "SD", "n"}},
    [RP_META_SMD_T] = {"SMD_T", 3, {"t", "n", "n"}},
    [RP_META_SMD_F] = {"SMD_F", 4, {"F", "n", "n", "sign"}},
    [RP_META_SMCC] = {"SMCC", 6, {"mean", "mean", "SD", "SD", "n", "r"}},
    [RP_META_SMCR] = {"SMCR", 6, {"mean", "mean", "SD", "SD", "n", "r"}},
    [RP_META_OR] = {"OR", 4, {"events", "n", "events", "n"}},
    [RP_META_RR] = {"RR", 4, {"events", "n", "events", "n"}},
};

const char *rp_meta_measure_name(rp_meta_measure measure) {
    return measures[measure].name;
}

size_t rp_meta_measure_figures(rp_meta_measure measure, const char *const **names) {
    if (names)
        *names = measures[measure].figures;
    return measures[measure].n;
}

static rp_meta_effect none(const char *why) {
    return (rp_meta_effect){NAN, NAN, false, why};
}

static rp_meta_effect effect(double y, double v) {
    return (rp_meta_effect){y, v, false, NULL};
}

/* ---- correlations ---- */

static rp_meta_effect correlation(rp_meta_measure measure, double r, double n) {
    if (!(fabs(r) <= 1))
        return none("a correlation lies between -1 and 1");
    if (measure == RP_META_COR) {
        double rest = 1 - r * r;
        return !(n > 1)    ? none("a correlation's variance needs at least 2 people")
               : rest == 0 ? none("a correlation of 1 or -1 has no sampling variance")
                           : effect(r, rest * rest / (n - 1));
    }
    if (!(n > 3))
        return none("Fisher's z needs more than 3 people");
    return fabs(r) == 1 ? none("a correlation of 1 or -1 has no Fisher's z") : effect(atanh(r), 1 / (n - 3));
}

static rp_meta_effect correlation_of_t(double t, double n) {
    return n > 3 ? correlation(RP_META_ZCOR, t / sqrt(t * t + n - 2), n) : none("Fisher's z needs more than 3 people");
}

/* F with one degree of freedom above is the square of t, whose sign has to be told. NaN: not one. */
static double t_of_f(double f, double sign) {
    return f >= 0 && (sign == 1 || sign == -1) ? sign * sqrt(f) : NAN;
}

/* ---- two groups' means ---- */

static const char no_f[] = "F is 0 or more, and its sign 1 or -1";
static const char no_sd[] = "the standard deviation is not above 0";

static rp_meta_effect means(const double *x) {
    if (!(x[1] >= 0) || !(x[4] >= 0) || !(x[1] + x[4] > 0))
        return none(no_sd);
    if (!(x[2] > 0) || !(x[5] > 0))
        return none("a group has nobody");
    return effect(x[0] - x[3], x[1] * x[1] / x[2] + x[4] * x[4] / x[5]);
}

/* Hedges, J Educ Stat 6 (1981); the variance is his large-sample one with g in it (metafor's vtype "LS"). */
static rp_meta_effect standardised(double d, double n1, double n2) {
    if (!(n1 > 0) || !(n2 > 0) || !(n1 + n2 > 3))
        return none("two groups of together more than 3 people are needed");
    double g = d * rp_gamma_ratio_j(n1 + n2 - 2);
    return effect(g, 1 / n1 + 1 / n2 + g * g / (2 * (n1 + n2)));
}

static rp_meta_effect standardised_means(const double *x) {
    double n1 = x[2], n2 = x[5], df = n1 + n2 - 2;
    double pooled = sqrt(((n1 - 1) * x[1] * x[1] + (n2 - 1) * x[4] * x[4]) / df);
    if (!(df > 1))
        return standardised(NAN, n1, n2);
    return x[1] >= 0 && x[4] >= 0 && pooled > 0 ? standardised((x[0] - x[3]) / pooled, n1, n2) : none(no_sd);
}

static rp_meta_effect standardised_t(double t, double n1, double n2) {
    return isnan(t) ? none(no_f) : standardised(t * sqrt(1 / n1 + 1 / n2), n1, n2);
}

/* ---- change of the same people ---- */

static rp_meta_effect change(rp_meta_measure measure, const double *x) {
    double sd1 = x[2], sd2 = x[3], n = x[4], r = x[5];
    if (!(fabs(r) <= 1))
        return none("a correlation lies between -1 and 1");
    if (!(n > 2))
        return none("a standardised change needs more than 2 people");
    double sd = measure == RP_META_SMCR ? sd1 : sqrt(sd1 * sd1 + sd2 * sd2 - 2 * r * sd1 * sd2);
    if (!(sd1 >= 0) || !(sd2 >= 0) || !(sd > 0))
        return none(no_sd);
    double g = rp_gamma_ratio_j(n - 1) * (x[0] - x[1]) / sd;
    double v = (measure == RP_META_SMCR ? 2 * (1 - r) : 1) / n + g * g / (2 * n);
    return v > 0 ? effect(g, v) : none("its sampling variance is 0");
}

/* ---- events ---- */

static rp_meta_effect events(rp_meta_measure measure, const double *x) {
    double a = x[0], n1 = x[1], c = x[2], n2 = x[3];
    if (!(a >= 0) || !(c >= 0) || !(a <= n1) || !(c <= n2) || !(n1 > 0) || !(n2 > 0))
        return none("events are from 0 to as many as there are people");
    double b = n1 - a, d = n2 - c;
    bool added = a == 0 || b == 0 || c == 0 || d == 0;
    if (added) {
        a += 0.5;
        b += 0.5;
        c += 0.5;
        d += 0.5;
    }
    rp_meta_effect e = measure == RP_META_OR
                           ? effect(log(a) - log(b) - log(c) + log(d), 1 / a + 1 / b + 1 / c + 1 / d)
                           : effect(log(a / (a + b)) - log(c / (c + d)), 1 / a - 1 / (a + b) + 1 / c - 1 / (c + d));
    e.added = added;
    return e;
}

rp_meta_effect rp_meta_effect_of(rp_meta_measure measure, const double *x) {
    for (size_t i = 0; i < measures[measure].n; i++)
        if (!isfinite(x[i]))
            return none("a figure is missing");
    switch (measure) {
    case RP_META_COR:
    case RP_META_ZCOR:
        return correlation(measure, x[0], x[1]);
    case RP_META_ZCOR_T:
        return correlation_of_t(x[0], x[1]);
    case RP_META_ZCOR_F:
        return isnan(t_of_f(x[0], x[2])) ? none(no_f) : correlation_of_t(t_of_f(x[0], x[2]), x[1]);
    case RP_META_MD:
        return means(x);
    case RP_META_SMD:
        return standardised_means(x);
    case RP_META_SMD_T:
        return standardised_t(x[0], x[1], x[2]);
    case RP_META_SMD_F:
        return standardised_t(t_of_f(x[0], x[3]), x[1], x[2]);
    case RP_META_SMCC:
    case RP_META_SMCR:
        return change(measure, x);
    case RP_META_OR:
    case RP_META_RR:
        return events(measure, x);
    }
    return none("there is no such measure");
}

rp_interval rp_meta_z_to_r(rp_interval z) {
    return (rp_interval){tanh(z.estimate), tanh(z.lower), tanh(z.upper), z.level};
}
