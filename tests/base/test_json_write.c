/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Writing JSON: what is written is read back as the same, by another's reader. */
// clang-format off
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
// clang-format on

#include <math.h>
#include <string.h>

#include "rapport/json.h"

static void write_sample(rp_buf *buf, bool pretty) {
    rp_json json;
    rp_json_start(&json, buf, pretty);
    rp_json_open(&json, '{');
    rp_json_key(&json, "name");
    rp_json_put_text(&json, "PHQ-9");
    rp_json_key(&json, "items");
    rp_json_open(&json, '[');
    rp_json_put_int(&json, 1);
    rp_json_put_num(&json, 0.1);
    rp_json_put_bool(&json, true);
    rp_json_put_null(&json);
    rp_json_open(&json, '[');
    rp_json_close(&json);
    rp_json_open(&json, '{');
    rp_json_close(&json);
    rp_json_close(&json);
    rp_json_key(&json, "none");
    rp_json_put_text(&json, NULL);
    rp_json_close(&json);
}

static void plain_and_pretty(void **state) {
    (void)state;
    rp_buf buf = {0};
    write_sample(&buf, false);
    assert_string_equal(buf.at, "{\"name\":\"PHQ-9\",\"items\":[1,0.1,true,null,[],{}],\"none\":null}");
    rp_buf_free(&buf);
    write_sample(&buf, true);
    assert_string_equal(buf.at, "{\n  \"name\": \"PHQ-9\",\n  \"items\": [\n    1,\n    0.1,\n    true,\n    null,\n"
                                "    [],\n    {}\n  ],\n  \"none\": null\n}");
    rp_buf_free(&buf);
}

static json_t *read_back(const rp_buf *buf) {
    rp_error error;
    json_t *value = rp_json_parse(buf->at, buf->n, "written", &error);
    if (!value)
        print_message("%s: %s\n", error.message, buf->at);
    assert_non_null(value);
    return value;
}

static void every_character_comes_back(void **state) {
    (void)state;
    for (unsigned point = 1; point < 0x3000; point++) {
        if (point >= 0xd800 && point < 0xe000)
            continue;
        char text[8] = "";
        size_t n = 0;
        if (point < 0x80)
            text[n++] = (char)point;
        else if (point < 0x800) {
            text[n++] = (char)(0xc0 | point >> 6);
            text[n++] = (char)(0x80 | (point & 0x3f));
        } else {
            text[n++] = (char)(0xe0 | point >> 12);
            text[n++] = (char)(0x80 | (point >> 6 & 0x3f));
            text[n++] = (char)(0x80 | (point & 0x3f));
        }
        text[n] = '\0';
        rp_buf buf = {0};
        rp_json json;
        rp_json_start(&json, &buf, false);
        rp_json_open(&json, '{');
        rp_json_key(&json, text);
        rp_json_put_text(&json, text);
        rp_json_close(&json);
        json_t *value = read_back(&buf);
        assert_string_equal(json_string_value(json_object_get(value, text)), text);
        json_decref(value);
        rp_buf_free(&buf);
    }
}

static void escapes_are_the_short_ones(void **state) {
    (void)state;
    rp_buf buf = {0};
    rp_json json;
    rp_json_start(&json, &buf, false);
    rp_json_put_text(&json, "\"\\/\b\f\n\r\t\x01\x7f\xc3\xa9");
    assert_string_equal(buf.at, "\"\\\"\\\\/\\b\\f\\n\\r\\t\\u0001\x7f\xc3\xa9\""); /* RFC 8259, section 7 */
    rp_buf_free(&buf);
}

static void broken_bytes_become_the_replacement_character(void **state) {
    (void)state;
    rp_buf buf = {0};
    rp_json json;
    rp_json_start(&json, &buf, false);
    rp_json_open(&json, '[');
    rp_json_put_text(&json, "a\xff\xc3(b\xe2\x82");
    rp_json_close(&json);
    assert_true(rp_text_is_utf8((rp_text){buf.at, buf.n}));
    json_t *value = read_back(&buf);
    assert_string_equal(json_string_value(json_array_get(value, 0)),
                        "a\xef\xbf\xbd\xef\xbf\xbd(b\xef\xbf\xbd\xef\xbf\xbd");
    json_decref(value);
    rp_buf_free(&buf);
}

static void numbers_come_back_the_same(void **state) {
    (void)state;
    static const double values[] = {0,     -0.0,   1,    -1,   0.1,    1.0 / 3, 1e-5,     1e22, 123456789,
                                    1e300, 5e-324, 1e15, 1e16, 0x1p53, 27.5,    -2.5e-10, M_PI};
    rp_buf buf = {0};
    rp_json json;
    rp_json_start(&json, &buf, false);
    rp_json_open(&json, '[');
    for (size_t i = 0; i < sizeof values / sizeof *values; i++)
        rp_json_put_num(&json, values[i]);
    rp_json_put_int(&json, INT64_MIN);
    rp_json_put_int(&json, INT64_MAX);
    rp_json_put_num(&json, NAN);
    rp_json_put_num(&json, HUGE_VAL);
    rp_json_close(&json);
    json_t *value = read_back(&buf);
    size_t n = sizeof values / sizeof *values;
    for (size_t i = 0; i < n; i++)
        assert_true(json_number_value(json_array_get(value, i)) == values[i]);
    assert_true(json_integer_value(json_array_get(value, n)) == INT64_MIN);
    assert_true(json_integer_value(json_array_get(value, n + 1)) == INT64_MAX);
    assert_true(json_is_null(json_array_get(value, n + 2)));
    assert_true(json_is_null(json_array_get(value, n + 3)));
    json_decref(value);
    rp_buf_free(&buf);
}

static void as_deep_as_allowed(void **state) {
    (void)state;
    rp_buf buf = {0};
    rp_json json;
    rp_json_start(&json, &buf, true);
    for (int i = 0; i < RP_JSON_LIMIT_DEPTH; i++) {
        rp_json_open(&json, i % 2 ? '{' : '[');
        if (i % 2)
            rp_json_key(&json, "k");
    }
    rp_json_put_int(&json, 1);
    for (int i = 0; i < RP_JSON_LIMIT_DEPTH; i++)
        rp_json_close(&json);
    json_decref(read_back(&buf));
    rp_buf_free(&buf);
}

static void without_memory_the_buffer_knows(void **state) {
    (void)state;
    bool fine = false;
    for (long n = 1; !fine; n++) {
        rp_buf buf = {0};
        rp_memory_fail_after(n);
        for (int i = 0; i < 20; i++)
            write_sample(&buf, true);
        rp_memory_fail_after(0);
        fine = !buf.failed;
        assert_true(n < 50);
        assert_true(n > 1 || buf.failed);
        rp_buf_free(&buf);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(plain_and_pretty),
        cmocka_unit_test(every_character_comes_back),
        cmocka_unit_test(escapes_are_the_short_ones),
        cmocka_unit_test(broken_bytes_become_the_replacement_character),
        cmocka_unit_test(numbers_come_back_the_same),
        cmocka_unit_test(as_deep_as_allowed),
        cmocka_unit_test(without_memory_the_buffer_knows),
    };
    return cmocka_run_group_tests_name("base: json writing", tests, NULL, NULL);
}
