/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Axes and numbers of charts: ticks are round and within the axis, and numbers are printed as they are meant. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "report/chart.h"
#include "report/format.h"

/* Definition: every step is 1, 2 or 5 times a power of ten, ticks lie in the axis, and the axis holds the data. */
static void axes_are_round(void **state) {
    (void)state;
    static const double ends[][2] = {{0, 63},      {0, 1}, {12.3, 14.9},  {-3, 3},         {0.0001, 0.0009},
                                     {1e6, 3.2e6}, {5, 5}, {-1e-9, 1e-9}, {99.99, 100.01}, {0, 27}};
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
        rp_axis axis = rp_axis_make(ends[i][0], ends[i][1], NAN, NAN, 5);
        double power = pow(10, floor(log10(axis.step) + 1e-9)), lead = axis.step / power, tick;
        assert_true(fabs(lead - 1) < 1e-6 || fabs(lead - 2) < 1e-6 || fabs(lead - 5) < 1e-6);
        double rounding = axis.step * 1e-6; /* of multiples of the step */
        assert_true(axis.low <= ends[i][0] + rounding && axis.high >= ends[i][1] - rounding && axis.high > axis.low);
        int n = 0;
        for (; rp_axis_tick(&axis, n, &tick); n++)
            assert_true(tick >= axis.low - axis.step * 1e-6 && tick <= axis.high + axis.step * 1e-6);
        assert_true(n >= 2 && n <= 10);
    }
}

static void axes_keep_given_ends(void **state) {
    (void)state;
    rp_axis axis = rp_axis_make(5, 40, 0, 63, 5);
    assert_true(axis.low == 0 && axis.high == 63);
    axis = rp_axis_make(NAN, NAN, NAN, NAN, 5);
    assert_true(axis.low < axis.high);
    axis = rp_axis_make(INFINITY, -INFINITY, NAN, NAN, 5); /* no points */
    assert_true(isfinite(axis.low) && axis.low < axis.high);
}

static void fixed_decimals(void **state) {
    (void)state;
    char text[RP_FORMAT_ROOM];
    rp_format_fixed(12.345, 1, false, text);
    assert_string_equal(text, "12.3");
    rp_format_fixed(-0.04, 1, true, text);
    assert_string_equal(text, "0.0"); /* no sign where nothing is left */
    rp_format_fixed(-2.5, 0, true, text);
    assert_string_equal(text, "\xE2\x88\x92"
                              "3"); /* halves away from zero */
    rp_format_fixed(NAN, 2, false, text);
    assert_string_equal(text, "\xE2\x80\x93");
    rp_format_fixed(1e300, 2, false, text);
    assert_string_equal(text, "1e+300");
    rp_format_people(1234567, text);
    assert_string_equal(text, "1,234,567");
    rp_format_people(999, text);
    assert_string_equal(text, "999");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(axes_are_round),
        cmocka_unit_test(axes_keep_given_ends),
        cmocka_unit_test(fixed_decimals),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
