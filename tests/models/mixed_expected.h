/* SPDX-License-Identifier: GPL-3.0-or-later */
/* For tests of fits: what another program gave for a model, and how near ours has to be. */
#ifndef RAPPORT_TEST_MIXED_EXPECTED_H
#define RAPPORT_TEST_MIXED_EXPECTED_H

#include "models/mixed_data.h"

static inline void near(double ours, double theirs, double tolerance) {
    if (!(fabs(ours - theirs) <= tolerance))
        fail_msg("%.17g is not %.17g", ours, theirs);
}

/* What a program gave for a model. */
typedef struct expected {
    double objective;
    double theta[6], beta[6], se[6];
    double sigma;
} expected;

static inline void as_expected(const rp_mixed_fit *fit, const expected *e) {
    near(fit->objective, e->objective, fmax(1e-4, 1e-10 * fabs(e->objective)));
    near(fit->log_lik, -fit->objective / 2, 1e-9);
    for (size_t i = 0; i < fit->n_theta; i++)
        near(fit->theta[i], e->theta[i], 1e-5);
    for (size_t i = 0; i < fit->p; i++) {
        near(fit->beta[i], e->beta[i], 1e-4 * e->se[i]);
        near(fit->se[i], e->se[i], 1e-6 * e->se[i]);
        near(fit->vcov[i * fit->p + i], fit->se[i] * fit->se[i], 1e-12 * fit->vcov[i * fit->p + i]);
    }
    near(fit->sigma, e->sigma, 1e-5 * e->sigma);
}

static inline void converges_to(model *m, const expected *e) {
    rp_mixed_fit *fit = model_fit(m);
    assert_int_equal(fit->status, RP_MIXED_CONVERGED);
    assert_int_equal(fit->n_notes, 0);
    assert_string_equal(fit->message, "The fit converged.");
    assert_true(fit->max_gradient < 1e-3);
    as_expected(fit, e);
}

#endif
