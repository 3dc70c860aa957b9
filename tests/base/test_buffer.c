/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Buffers: what is added is there, ended; trouble sticks and leaves no half of a piece. */
// clang-format off
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
// clang-format on

#include <string.h>

#include "rapport/base.h"

static void pieces_follow_one_another(void **state) {
    (void)state;
    rp_buf buf = {0};
    rp_buf_add(&buf, "", 0);
    assert_string_equal(buf.at, "");
    rp_buf_put(&buf, "one ");
    rp_buf_add(&buf, "two three", 4);
    rp_buf_printf(&buf, "%d", 3);
    assert_string_equal(buf.at, "one two 3");
    assert_int_equal(buf.n, 9);
    assert_false(buf.failed);
    rp_buf_free(&buf);
    assert_null(buf.at);
    rp_buf_put(&buf, "again");
    assert_string_equal(buf.at, "again");
    rp_buf_free(&buf);
}

static void it_grows_at_every_length(void **state) {
    (void)state;
    for (int width = 1; width < 1100; width += 3) {
        rp_buf buf = {0};
        rp_buf_printf(&buf, "%*d", width, 7);
        rp_buf_printf(&buf, "%*d", width, 8);
        assert_int_equal(buf.n, 2 * width);
        assert_int_equal(strlen(buf.at), 2 * width);
        assert_int_equal(buf.at[width - 1], '7');
        assert_int_equal(buf.at[2 * width - 1], '8');
        rp_buf_free(&buf);
    }
}

static void the_limit_sticks(void **state) {
    (void)state;
    rp_buf buf = {.limit = 10};
    rp_buf_put(&buf, "0123456789");
    assert_false(buf.failed);
    rp_buf_printf(&buf, "%s", "x");
    assert_true(buf.failed);
    assert_string_equal(buf.at, "0123456789");
    rp_buf_add(&buf, "", 0);
    rp_buf_put(&buf, "y");
    assert_true(buf.failed);
    assert_int_equal(buf.n, 10);
    rp_buf_free(&buf);
    assert_false(buf.failed);
    assert_int_equal(buf.limit, 10);
    rp_buf_add(&buf, "", SIZE_MAX);
    assert_true(buf.failed);
    rp_buf_free(&buf);
}

static void every_growth_may_get_nothing(void **state) {
    (void)state;
    bool fine = false;
    long n = 1;
    for (; !fine; n++) {
        rp_buf buf = {0};
        rp_memory_fail_after(n);
        for (int i = 0; i < 1000; i++)
            rp_buf_printf(&buf, "%03d,", i);
        rp_memory_fail_after(0);
        fine = !buf.failed;
        if (buf.at) {
            assert_int_equal(strlen(buf.at), buf.n);
            assert_int_equal(buf.n % 4, 0);
        }
        assert_true(fine ? buf.n == 4000 : buf.n < 4000);
        rp_buf_free(&buf);
        assert_true(n < 100);
    }
    assert_int_equal(n - 1, 6); /* rooms of 256, 512, 1024, 2048 and 4096 hold 4001 bytes: five growths */
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pieces_follow_one_another),
        cmocka_unit_test(it_grows_at_every_length),
        cmocka_unit_test(the_limit_sticks),
        cmocka_unit_test(every_growth_may_get_nothing),
    };
    return cmocka_run_group_tests_name("base: buffer", tests, NULL, NULL);
}
