/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Gauss-Hermite nodes against what they must integrate exactly and against tables; many exponentials against libm. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdio.h>

#include "rapport/maths.h"

static void near(double ours, double theirs, double tolerance) {
    if (!(fabs(ours - theirs) <= tolerance * fabs(theirs)))
        fail_msg("%.17g is not %.17g", ours, theirs);
}

/* The definition: the integral of z^(2m) exp(-z^2) is Gamma(m + 1/2), exactly for 2m < 2n. */
static void even_powers_are_exact(void **state) {
    (void)state;
    double z[RP_HERMITE_MOST], w[RP_HERMITE_MOST];
    for (int n = 1; n <= RP_HERMITE_MOST; n++) {
        rp_gauss_hermite(n, z, w);
        for (int m = 0; m < n && m <= 12; m++) {
            rp_sum sum = {0};
            for (int k = 0; k < n; k++)
                rp_sum_add(&sum, w[k] * pow(z[k], 2 * m));
            near(rp_sum_value(&sum), tgamma(m + 0.5), 2e-14);
        }
        for (int k = 0; k < n; k++)
            assert_true(z[k] == -z[n - 1 - k] && w[k] == w[n - 1 - k] && (k == 0 || z[k] > z[k - 1]));
    }
}

/* Abramowitz & Stegun (1964), table 25.10: n = 2 and 3 in closed form, n = 9 and 20 as printed. */
static void nodes_are_those_of_the_tables(void **state) {
    (void)state;
    double z[20], w[20], pi = acos(-1);
    rp_gauss_hermite(1, z, w);
    assert_true(z[0] == 0);
    near(w[0], sqrt(pi), 1e-15);
    rp_gauss_hermite(2, z, w);
    near(z[1], sqrt(0.5), 1e-15);
    near(w[1], sqrt(pi) / 2, 1e-15);
    rp_gauss_hermite(3, z, w);
    near(z[2], sqrt(1.5), 1e-15);
    near(w[2], sqrt(pi) / 6, 1e-15);
    near(w[1], 2 * sqrt(pi) / 3, 1e-15);
    rp_gauss_hermite(9, z, w);
    near(z[8], 3.190993201781528, 1e-15);
    near(w[8], 3.960697726326e-5, 1e-12);
    near(z[5], 0.723551018752838, 1e-14);
    near(w[5], 4.326515590026e-1, 1e-12);
    rp_gauss_hermite(20, z, w);
    near(z[19], 5.3874808900112, 1e-13);
    near(w[19], 2.229393645534e-13, 1e-12);
}

static void many_exponentials_are_those_of_libm(void **state) {
    (void)state;
    double x[4099], out[4099];
    uint64_t seed = 1;
    for (size_t i = 0; i < 4099; i++) {
        seed = seed * 6364136223846793005u + 1442695040888963407u;
        x[i] = ((double)(seed >> 11) * 0x1p-53 - 0.5) * (i % 2 ? 1400 : 4);
    }
    rp_exp_many(x, out, 4099);
    for (size_t i = 0; i < 4099; i++)
        near(out[i], exp(x[i]), 4.5e-16); /* 2 ulp */
    /* in place, any number, the same bits wherever a number stands */
    double again[7] = {x[3], x[9], x[2], x[3], x[3], x[100], x[3]};
    rp_exp_many(again, again, 7);
    assert_true(again[0] == out[3] && again[3] == out[3] && again[6] == out[3] && again[5] == out[100]);
    double ends[5] = {0, -1e9, 1e9, -708, 709};
    rp_exp_many(ends, ends, 5);
    assert_true(ends[0] == 1 && ends[1] == ends[3] && ends[2] == ends[4] && ends[1] > 0 && isfinite(ends[2]));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(even_powers_are_exact),
        cmocka_unit_test(nodes_are_those_of_the_tables),
        cmocka_unit_test(many_exponentials_are_those_of_libm),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
