/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Profile likelihood intervals. The definition: at a limit the deviance, least over all else, has risen by
 * qchisq(level, 1). It is held against a deviance on dense matrices in R, minimised by nlminb (rel.tol 1e-15) and
 * solved by uniroot (tol 1e-9), and against confint() of lme4 1.1-31, which reads its limits off a spline. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include "models/mixed_data.h"
#include "support/shared.h"

static void near(double ours, double theirs, double tolerance) {
    if (!(fabs(ours - theirs) <= tolerance))
        fail_msg("%.17g is not %.17g", ours, theirs);
}

static rp_interval *profile(model *m) {
    rp_mixed_fit *fit = model_fit(m);
    rp_interval *out = rp_arena_take(m->arena, rp_mixed_parameters(fit), sizeof *out);
    if (!rp_mixed_profile(fit, 0.95, m->arena, out, &m->error))
        fail_msg("%s", m->error.message);
    return out;
}

typedef struct known_limits {
    double estimate, lower, upper;
} known_limits;

/* Limits within 1e-6 of the interval's width, which is what uniroot and nlminb leave. */
static void hold_against(const rp_interval *ours, const known_limits *known, size_t n) {
    for (size_t i = 0; i < n; i++) {
        double width = known[i].upper - known[i].lower;
        near(ours[i].lower, known[i].lower, 1e-6 * width);
        near(ours[i].upper, known[i].upper, 1e-6 * width);
        near(ours[i].estimate, known[i].estimate, 1e-4 * width);
        assert_true(ours[i].level == 0.95);
    }
}

static void sleepstudy(model *m, rp_arena *arena) {
    sheet s = sheet_read(shared_path("data/sleepstudy.csv"), arena);
    uint32_t levels, *subject = sheet_groups(&s, "Subject", &levels);
    double *days = sheet_numbers(&s, "Days");
    double *squares = rp_arena_take(arena, s.n, sizeof *squares), *tens = rp_arena_take(arena, s.n, sizeof *tens);
    for (size_t i = 0; i < s.n; i++) {
        squares[i] = days[i] * days[i] / 10 - days[i];
        tens[i] = days[i] * 10;
    }
    model_begin(m, arena, s.n, sheet_numbers(&s, "Reaction"));
    model_column(m, "Days", days, true);
    model_column(m, "squares", squares, false);
    model_column(m, "tens", tens, false);
    model_factor(m, "Subject", subject, levels);
}

static void intercept_and_slope(void **state) {
    (void)state;
    rp_arena *arena = rp_arena_new(0);
    model m;
    sleepstudy(&m, arena);
    model_term(&m, 0, 2, (size_t[]){0, 1});
    /* Reaction ~ Days + (Days | Subject): R as said above. confint(lmer(...)): 14.38143435 37.71601215, -0.48150044
     * 0.68498621, 3.80116474 8.75336674, 22.89826622 28.85799732, 237.68069547 265.12951469, 7.35865330 13.57591871 */
    static const known_limits known[] = {
        {23.78052225, 14.38138452, 37.71605499}, {0.08132096469, -0.4814925806, 0.6850189685},
        {5.716830937, 3.801177284, 8.753391987}, {25.59181455, 22.89825651, 28.85799921},
        {251.4051048, 237.6806899, 265.1295198}, {10.46728596, 7.358652005, 13.57591991},
    };
    hold_against(profile(&m), known, 6);
    m.spec.reml = true; /* of the ML objective all the same */
    hold_against(profile(&m), known, 6);
    rp_arena_free(arena);
}

static void one_term(void **state) {
    (void)state;
    rp_arena *arena = rp_arena_new(0);
    model m;
    sheet s = sheet_read(shared_path("data/Dyestuff.csv"), arena);
    uint32_t levels, *batch = sheet_groups(&s, "Batch", &levels);
    model_begin(&m, arena, s.n, sheet_numbers(&s, "Yield"));
    model_factor(&m, "Batch", batch, levels);
    model_term(&m, 0, 1, (size_t[]){0});
    /* Yield ~ 1 + (1 | Batch): R as said above. confint(lmer(...)): 12.198535 84.063047, 38.229985 67.657696,
     * 1486.451500 1568.548494 */
    static const known_limits known[] = {{37.26036134, 12.19650528, 84.06341097},
                                         {49.51009782, 38.23012331, 67.65767279},
                                         {1527.5, 1486.451488, 1568.548512}};
    hold_against(profile(&m), known, 3);
    rp_arena_free(arena);
}

/* What the order of columns is called cannot matter. All ways to put three columns go through all ways to hold one of
 * their standard deviations or correlations. */
static void whatever_the_order(void **state) {
    (void)state;
    rp_arena *arena = rp_arena_new(0);
    model m;
    rp_interval *first = NULL;
    static const size_t orders[][3] = {{0, 1, 2}, {0, 2, 1}, {1, 0, 2}, {1, 2, 0}, {2, 0, 1}, {2, 1, 0}};
    for (size_t o = 0; o < 6; o++) {
        sleepstudy(&m, arena);
        model_term(&m, 0, 3, orders[o]);
        rp_interval *now = profile(&m), *all = rp_arena_take(arena, 9, sizeof *all);
        size_t at = 0;
        for (size_t b = 0; b < 3; b++)
            for (size_t a = b; a < 3; a++, at++) {
                size_t x = orders[o][a], y = orders[o][b];
                all[(x < y ? x : y) * 3 + (x < y ? y : x)] = now[at];
            }
        for (size_t i = 0; o > 0 && i < 9; i++) {
            if (i % 3 < i / 3)
                continue;
            double width = first[i].upper - first[i].lower;
            assert_true(width > 0);
            near(all[i].lower, first[i].lower, 1e-5 * width);
            near(all[i].upper, first[i].upper, 1e-5 * width);
        }
        first = o == 0 ? all : first;
    }
    rp_arena_free(arena);
}

/* A column ten times as large has an effect a tenth as large. */
static void whatever_the_units(void **state) {
    (void)state;
    rp_arena *arena = rp_arena_new(0);
    model m;
    sleepstudy(&m, arena);
    model_term(&m, 0, 2, (size_t[]){0, 1});
    rp_interval *one = profile(&m);
    sleepstudy(&m, arena);
    m.fixed[1] = 3;
    model_term(&m, 0, 2, (size_t[]){0, 3});
    rp_interval *ten = profile(&m);
    const double factor[] = {1, 1, 10, 1, 1, 10};
    for (size_t i = 0; i < 6; i++) {
        near(ten[i].lower * factor[i], one[i].lower, 1e-6 * (one[i].upper - one[i].lower));
        near(ten[i].upper * factor[i], one[i].upper, 1e-6 * (one[i].upper - one[i].lower));
    }
    rp_arena_free(arena);
}

static void a_variance_of_zero(void **state) {
    (void)state;
    rp_arena *arena = rp_arena_new(0);
    model m;
    sheet s = sheet_read(shared_path("data/implement_wai_bai.csv"), arena);
    uint32_t clients, therapists, *client = sheet_groups(&s, "id", &clients),
                                  *therapist = sheet_groups(&s, "therapist", &therapists);
    double *y = sheet_numbers(&s, "bai"), *time = sheet_numbers(&s, "occasion");
    size_t n = 0;
    for (size_t i = 0; i < s.n; i++) {
        if (isnan(y[i]))
            continue;
        y[n] = y[i];
        time[n] = time[i] - 1;
        client[n] = client[i];
        therapist[n++] = therapist[i];
    }
    model_begin(&m, arena, n, y);
    model_column(&m, "t0", time, true);
    model_factor(&m, "id", client, clients);
    model_factor(&m, "therapist", therapist, therapists);
    model_term(&m, 0, 1, (size_t[]){0});
    model_term(&m, 1, 1, (size_t[]){0});
    /* bai ~ t0 + (1 | id) + (1 | therapist): lme4's own deviance function, D(theta, sigma) = log|L|^2 + n log(2 pi
     * sigma^2) + pwrss / sigma^2, minimised by nlminb and solved by uniroot as above */
    static const known_limits known[] = {
        {7.7388295, 6.442099498, 9.485578455}, {0, 0, 3.021731333}, {5.9571487, 5.662706806, 6.278030509}};
    hold_against(profile(&m), known, 3);
    rp_arena_free(arena);
}

static void crossed_factors(void **state) {
    (void)state;
    rp_arena *arena = rp_arena_new(0);
    model m;
    sheet s = sheet_read(shared_path("data/Penicillin.csv"), arena);
    uint32_t plates, samples, *plate = sheet_groups(&s, "plate", &plates),
                              *sample = sheet_groups(&s, "sample", &samples);
    model_begin(&m, arena, s.n, sheet_numbers(&s, "diameter"));
    model_factor(&m, "plate", plate, plates);
    model_factor(&m, "sample", sample, samples);
    model_term(&m, 0, 1, (size_t[]){0});
    model_term(&m, 1, 1, (size_t[]){0});
    /* diameter ~ 1 + (1 | plate) + (1 | sample), in the same way; confint(lmer(...)): 0.63356597 1.18210398, 1.09578947
     * 3.55629186, 0.48584540 0.62945348, 21.26662738 24.67781762, the last within its spline's 1e-5 */
    static const known_limits known[] = {{0.84557221, 0.6335651869, 1.18210333},
                                         {1.7706462, 1.095831475, 3.556322393},
                                         {0.54993191, 0.4858455594, 0.6294534265}};
    rp_interval *ours = profile(&m);
    hold_against(ours, known, 3);
    near(ours[3].lower, 21.26662738, 3e-5);
    near(ours[3].upper, 24.67781762, 3e-5);
    rp_arena_free(arena);
}

static void binomial(void **state) {
    (void)state;
    rp_arena *arena = rp_arena_new(0);
    model m;
    sheet s = sheet_read(shared_path("data/cbpp.csv"), arena);
    uint32_t herds, *herd = sheet_groups(&s, "herd", &herds);
    model_begin(&m, arena, s.n, sheet_numbers(&s, "incidence"));
    m.rows.weights = sheet_numbers(&s, "size");
    double *period = sheet_numbers(&s, "period");
    static const char *const names[] = {"2", "3", "4"};
    for (int p = 2; p <= 4; p++) {
        double *is = rp_arena_take(arena, s.n, sizeof *is);
        for (size_t i = 0; i < s.n; i++)
            is[i] = period[i] == p;
        model_column(&m, names[p - 2], is, true);
    }
    model_factor(&m, "herd", herd, herds);
    model_term(&m, 0, 1, (size_t[]){0});
    m.spec.family = RP_MIXED_LOGIT;
    /* cbind(incidence, size - incidence) ~ period + (1 | herd): Laplace's approximation written out in R, each herd's
     * mode by Newton to 1e-14, then nlminb and uniroot as above */
    static const known_limits known[] = {
        {0.6422614328, 0.346091882, 1.099955841},    {1, NAN, NAN}, /* there is no sigma */
        {-1.398532131, -1.901187832, -0.9477878237}, {-0.9923327176, -1.616766176, -0.4077801739},
        {-1.128672115, -1.80100712, -0.511553428},   {-1.580313928, -2.500757448, -0.8007569251},
    };
    rp_interval *ours = profile(&m);
    assert_true(ours[1].estimate == 1 && isnan(ours[1].lower) && isnan(ours[1].upper));
    hold_against(ours, known, 1);
    hold_against(ours + 2, known + 2, 4);
    rp_arena_free(arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(intercept_and_slope),
        cmocka_unit_test(one_term),
        cmocka_unit_test(whatever_the_order),
        cmocka_unit_test(whatever_the_units),
        cmocka_unit_test(a_variance_of_zero),
        cmocka_unit_test(crossed_factors),
        cmocka_unit_test(binomial),
    };
    return cmocka_run_group_tests_name("models: profile likelihood intervals", tests, NULL, NULL);
}
