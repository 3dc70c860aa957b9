/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Small matrices against their definition; minima that are known in closed form. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>

#include "rapport/maths.h"

static void near(double ours, double theirs, double tolerance) {
    if (!(fabs(ours - theirs) <= tolerance))
        fail_msg("%.17g is not %.17g", ours, theirs);
}

static void a_factor_gives_its_matrix_back(void **state) {
    (void)state;
    double a[16], l[16], inverse[16];
    for (size_t i = 0; i < 4; i++)
        for (size_t j = 0; j < 4; j++)
            a[i * 4 + j] = l[i * 4 + j] = 1 / (double)(i + j + 1) + (i == j); /* Hilbert's, and the unit matrix */
    assert_true(rp_cholesky(l, 4));
    rp_cholesky_inverse(l, 4, inverse);
    for (size_t i = 0; i < 4; i++)
        for (size_t j = 0; j < 4; j++) {
            double product = 0, unit = 0;
            for (size_t k = 0; k < 4; k++) {
                product += k <= i && k <= j ? l[i * 4 + k] * l[j * 4 + k] : 0;
                unit += a[i * 4 + k] * inverse[k * 4 + j];
            }
            near(product, a[i * 4 + j], 1e-15);
            near(unit, i == j, 1e-14);
        }
    double indefinite[] = {1, 0, 2, 1}, nothing[] = {0}, not_known[] = {NAN};
    assert_false(rp_cholesky(indefinite, 2)); /* 1 - 2^2 < 0 */
    assert_false(rp_cholesky(nothing, 1));
    assert_false(rp_cholesky(not_known, 1));
}

/* Rosenbrock's valley: 0 at (1, 1), and nowhere else is its gradient 0. */
static double valley(void *context, const double *x, double *gradient) {
    ++*(int *)context;
    double a = x[1] - x[0] * x[0], b = 1 - x[0];
    if (gradient) {
        gradient[0] = -400 * a * x[0] - 2 * b;
        gradient[1] = 200 * a;
    }
    return 100 * a * a + b * b;
}

static void the_valley_is_followed_to_its_end(void **state) {
    (void)state;
    rp_arena *arena = rp_arena_new(0);
    int count = 0;
    rp_function f = {2, valley, &count};
    double x[] = {-1.2, 1}, gradient[2], hessian[4];
    rp_minimum found;
    assert_true(rp_bfgs(&f, 1e-20, 500, x, gradient, arena, &found));
    assert_true(found.converged);
    assert_int_equal(found.evaluations, count);
    assert_true(count < 150);
    near(x[0], 1, 1e-8);
    near(x[1], 1, 1e-8);
    near(found.value, 0, 1e-15);
    assert_true(found.max_gradient < 1e-6);
    assert_true(rp_gradient_hessian(&f, x, hessian, arena));
    const double exact[] = {802, -400, -400, 200}; /* d2f: 1200 x^2 - 400 y + 2, -400 x, 200 */
    for (size_t i = 0; i < 4; i++)
        near(hessian[i], exact[i], 2e-5); /* the cubic term: 400 * 6 * step^2 = 2.4e-5 / 2 */
    double again[] = {-1.2, 1};
    assert_true(rp_bfgs(&f, 1e-20, 10, again, gradient, arena, &found));
    assert_false(found.converged);
    assert_true(found.evaluations <= 10);
    rp_arena_free(arena);
}

/* A parabola far above 0, as the deviance of millions of rows is: values differ by rounding alone near the end. And not
 * defined below -1. */
static double high(void *context, const double *x, double *gradient) {
    (void)context;
    if (x[0] < -1)
        return NAN;
    if (gradient) {
        gradient[0] = 2e6 * (x[0] - 0.5) + 1e6 * x[1];
        gradient[1] = 2e6 * x[1] + 1e6 * (x[0] - 0.5);
    }
    return 3e7 + 1e6 * ((x[0] - 0.5) * (x[0] - 0.5) + x[1] * x[1] + (x[0] - 0.5) * x[1]);
}

static void rounding_does_not_stop_it(void **state) {
    (void)state;
    rp_arena *arena = rp_arena_new(0);
    rp_function f = {2, high, NULL};
    double x[] = {-0.9, 3}, gradient[2];
    rp_minimum found;
    assert_true(rp_bfgs(&f, 1e-12, 200, x, gradient, arena, &found));
    assert_true(found.converged);
    /* A decrement of 3e-9 with a curvature of at least 5e5 in the worst direction leaves sqrt(2 * 3e-9 / 1e6). */
    near(x[0], 0.5, 1e-7);
    near(x[1], 0, 1e-7);
    double outside[] = {-2, 0};
    assert_true(rp_bfgs(&f, 1e-12, 200, outside, gradient, arena, &found));
    assert_false(found.converged);
    assert_true(isnan(found.value));
    assert_false(rp_gradient_hessian(&f, outside, (double[4]){0}, arena));
    double minimum[] = {0.5, 0};
    assert_true(rp_bfgs(&f, 1e-12, 200, minimum, gradient, arena, &found));
    assert_true(found.converged); /* the gradient is 0 */
    assert_int_equal(found.evaluations, 1);
    rp_arena_free(arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_factor_gives_its_matrix_back),
        cmocka_unit_test(the_valley_is_followed_to_its_end),
        cmocka_unit_test(rounding_does_not_stop_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
