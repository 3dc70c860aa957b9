/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Linear mixed models on real and simulated data, against lme4 and MixedModels.jl. Tolerances: objectives within 1e-4
 * or 1e-10 of their size, coefficients within 1e-4 standard errors, theta within 1e-5, standard errors within 1e-6 of
 * themselves where the reference has as many digits. */
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

static void sleepstudy(model *m, rp_arena *arena) {
    sheet s = sheet_read(shared_path("data/sleepstudy.csv"), arena);
    uint32_t levels, *subject = sheet_groups(&s, "Subject", &levels);
    model_begin(m, arena, s.n, sheet_numbers(&s, "Reaction"));
    model_column(m, "Days", sheet_numbers(&s, "Days"), true);
    model_factor(m, "Subject", subject, levels);
}

static void sleepstudy_by_ml(void **state) {
    (void)state;
    rp_arena *arena = rp_arena_new(0);
    model m;
    sleepstudy(&m, arena);
    model_term(&m, 0, 2, (size_t[]){0, 1});
    rp_mixed_fit *fit = model_fit(&m);
    assert_int_equal(fit->status, RP_MIXED_CONVERGED);
    assert_int_equal(fit->n, 180);
    /* MixedModels.jl, test/pls.jl @0222b4c7 */
    near(fit->objective, 1751.9393444647, 1e-4);
    near(fit->beta[0], 251.40510484848, 1e-4 * 6.632257722);
    near(fit->beta[1], 10.4672859595959, 1e-4 * 1.502235474);
    /* lme4 1.1-31, lmer(Reaction ~ Days + (Days | Subject), REML = FALSE), xtol_abs = ftol_abs = 1e-10 */
    near(fit->se[0], 6.632274162869, 1e-6 * 6.632274162869);
    near(fit->se[1], 1.502236653551, 1e-6 * 1.502236653551);
    near(fit->theta[0], .929221307, 1e-5);
    near(fit->theta[1], .01816838, 1e-5);
    near(fit->theta[2], .22264487096, 1e-5);
    near(sqrt(fit->variance[0].covariance[0]), 23.7804681, 1e-4);
    near(sqrt(fit->variance[0].covariance[3]), 5.716827903, 1e-5);
    rp_arena_free(arena);
}

static void sessions(model *m, rp_arena *arena) {
    sheet s = sheet_read(shared_path("bench/data/sessions_20k.csv"), arena);
    uint32_t patients, therapists, *patient = sheet_groups(&s, "patient", &patients),
                                   *therapist = sheet_groups(&s, "therapist", &therapists);
    model_begin(m, arena, s.n, sheet_numbers(&s, "y"));
    model_column(m, "session", sheet_numbers(&s, "session"), true);
    model_factor(m, "patient", patient, patients);
    model_factor(m, "therapist", therapist, therapists);
    model_term(m, 0, 2, (size_t[]){0, 1});
    model_term(m, 1, 1, (size_t[]){0});
}

static void sessions_of_20000_patients(void **state) {
    (void)state;
    rp_arena *arena = rp_arena_new(0);
    model m;
    sessions(&m, arena);
    double start = rp_time_seconds();
    rp_mixed_fit *fit = model_fit(&m);
    print_message("%d evaluations, %g s\n", fit->evaluations, rp_time_seconds() - start);
    assert_int_equal(fit->status, RP_MIXED_CONVERGED);
    /* lme4 1.1-31, lmer(y ~ session + (session | patient) + (1 | therapist), REML = FALSE), tight tolerances */
    near(fit->objective, 2 * 313761.544913498, 1e-4);
    near(fit->theta[0], 1.5906988, 1e-5);
    near(fit->theta[1], -0.0853189, 1e-5);
    near(fit->theta[2], 0.2183504, 1e-5);
    near(fit->theta[3], 0.4963603, 1e-5);
    near(fit->beta[0], 13.989838, 1e-6 + 1e-4 * fit->se[0]);
    near(fit->beta[1], -1.095099, 1e-6 + 1e-4 * fit->se[1]);
    near(fit->sigma, 2.4982976, 1e-6);
    m.spec.reml = true;
    fit = model_fit(&m);
    print_message("%d evaluations\n", fit->evaluations);
    near(fit->objective, 2 * 313767.529591702, 1e-4); /* not above lme4's 2 * 313767.529598725 */
    rp_arena_free(arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sleepstudy_by_ml),
        cmocka_unit_test(sessions_of_20000_patients),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
