/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The standard bivariate normal distribution. Genz, A. (2004). Numerical computation of rectangular bivariate and
 * trivariate normal and t probabilities. Statistics and Computing 14, 251-260: by Plackett's identity the derivative
 * by rho is the density, which Gauss & Legendre's rule integrates from 0 (Drezner & Wesolowsky, J Stat Comput Simul
 * 35, 1990), or, where |rho| >= 0.925, back from |rho| = 1 with the integrand's leading terms done in closed form. */
#include <math.h>

#include "rapport/maths.h"

static const double TWO_PI = 6.283185307179586476925286766559, NEAR_ONE = 0.925, NOTHING = -100;

/* Half of a rule on [-1, 1]: the nodes below 0 mirror those above. */
typedef struct legendre_node {
    double at, weight;
} legendre_node;
typedef struct legendre_rule {
    const legendre_node *nodes;
    int half;
} legendre_rule;

static const legendre_node SIX[] = {{0.93246951420315205, 0.17132449237917036},
                                    {0.66120938646626448, 0.36076157304813861},
                                    {0.2386191860831969, 0.46791393457269104}};
static const legendre_node TWELVE[] = {
    {0.98156063424671924, 0.047175336386511828}, {0.90411725637047491, 0.10693932599531843},
    {0.76990267419430469, 0.16007832854334622},  {0.58731795428661748, 0.20316742672306592},
    {0.36783149899818018, 0.23349253653835481},  {0.12523340851146891, 0.24914704581340277}};
static const legendre_node TWENTY[] = {
    {0.99312859918509488, 0.017614007139152118}, {0.96397192727791381, 0.040601429800386939},
    {0.91223442825132595, 0.062672048334109068}, {0.83911697182221878, 0.083276741576704755},
    {0.7463319064601508, 0.10193011981724044},   {0.63605368072651502, 0.11819453196151841},
    {0.51086700195082713, 0.13168863844917664},  {0.37370608871541955, 0.14209610931838204},
    {0.22778585114164507, 0.14917298647260374},  {0.076526521133497338, 0.15275338713072584}};

static legendre_rule rule_for(double rho) {
    double size = fabs(rho);
    if (size < 0.3)
        return (legendre_rule){SIX, 3};
    return size < 0.75 ? (legendre_rule){TWELVE, 6} : (legendre_rule){TWENTY, 10};
}

/* Phi(h) Phi(k) and the integral over theta from 0 to asin(rho) of exp(-(h^2 + k^2 - 2 h k sin theta) / (2 cos^2
 * theta)) / (2 pi). */
static double from_zero(double h, double k, double rho) {
    legendre_rule rule = rule_for(rho);
    double product = h * k, squares = (h * h + k * k) / 2, end = asin(rho), sum = 0;
    for (int i = 0; i < rule.half; i++)
        for (int side = -1; side <= 1; side += 2) {
            double sine = sin(end * (side * rule.nodes[i].at + 1) / 2);
            sum += rule.nodes[i].weight * exp((sine * product - squares) / (1 - sine * sine));
        }
    return sum * end / (2 * TWO_PI) + rp_normal_cdf(h) * rp_normal_cdf(k);
}

/* What rho short of 1 leaves out of the probability at 1, Genz's eq. (6): an integral over x from 0 to a = sqrt(1 -
 * rho^2) of exp(-(b^2 / x^2 + h k) / 2) times a smooth factor. That factor is 1 + c x^2 (1 + d x^2) and a rest: the
 * first is integrated exactly, the rest by Legendre's rule. */
static double short_of_one(double h, double k, double rho) {
    double product = h * k, square = (1 - rho) * (1 + rho), a = sqrt(square), gap = (h - k) * (h - k), b = fabs(h - k);
    double c = (4 - product) / 8, d = (12 - product) / 16, sum = 0;
    double power = -(gap / square + product) / 2;
    if (power > NOTHING)
        sum = a * exp(power) * (1 - c * (gap - square) * (1 - d * gap / 5) / 3 + c * d * square * square / 5);
    if (-product < -NOTHING)
        sum -= exp(-product / 2) * sqrt(TWO_PI) * rp_normal_cdf(-b / a) * b * (1 - c * gap * (1 - d * gap / 5) / 3);
    for (int i = 0; i < 10; i++)
        for (int side = -1; side <= 1; side += 2) {
            double x = a / 2 * (side * TWENTY[i].at + 1), xx = x * x, root = sqrt(1 - xx);
            power = -(gap / xx + product) / 2;
            if (power > NOTHING)
                sum += a / 2 * TWENTY[i].weight * exp(power) *
                       (exp(-product * xx / (2 * (1 + root) * (1 + root))) / root - (1 + c * xx * (1 + d * xx)));
        }
    return sum / TWO_PI;
}

/* P(-k < X < h), the smaller numbers subtracted. */
static double between(double h, double k) {
    if (!(h + k > 0))
        return 0;
    return h < 0 ? rp_normal_cdf(h) - rp_normal_cdf(-k) : rp_normal_cdf(k) - rp_normal_cdf(-h);
}

static double near_one(double h, double k, double rho) {
    double p = 0;
    if (rho > 0)
        p = rp_normal_cdf(fmin(h, k)) - (rho < 1 ? short_of_one(h, k, rho) : 0);
    else /* P(X < h) less that of (X, -Y) below (h, -k) */
        p = between(h, k) + (rho > -1 ? short_of_one(h, -k, -rho) : 0);
    return fmin(fmax(p, 0), 1);
}

double rp_bivariate_normal_cdf(double h, double k, double rho) {
    if (isnan(h) || isnan(k) || !(fabs(rho) <= 1))
        return NAN;
    if (isinf(h) || isinf(k)) {
        if (h == -INFINITY || k == -INFINITY)
            return 0;
        return rp_normal_cdf(fmin(h, k));
    }
    if (fabs(rho) >= NEAR_ONE)
        return near_one(h, k, rho);
    return fmin(fmax(from_zero(h, k, rho), 0), 1);
}

double rp_bivariate_normal_density(double h, double k, double rho) {
    if (isnan(h) || isnan(k) || !(fabs(rho) < 1))
        return NAN;
    if (isinf(h) || isinf(k))
        return 0;
    double square = (1 - rho) * (1 + rho), rest = k - rho * h;
    return exp(-(h * h + rest * rest / square) / 2) / (TWO_PI * sqrt(square));
}
