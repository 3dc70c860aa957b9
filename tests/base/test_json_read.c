/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reading JSON: caps, places in messages, and members by type without coercion. */
// clang-format off
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
// clang-format on

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "rapport/json.h"

static json_t *parse(const char *text, rp_error *error) {
    return rp_json_parse(text, strlen(text), "x.json", error);
}

static void assert_refused(const char *bytes, size_t n, rp_code code) {
    rp_error error = {0};
    json_t *value = rp_json_parse(bytes, n, "x.json", &error);
    assert_null(value);
    assert_int_equal(error.code, code);
    assert_true(error.message[0] != '\0');
    assert_string_equal(error.file, "x.json");
}

static void objects_and_arrays_are_read(void **state) {
    (void)state;
    rp_error error;
    static const char *const good[] = {"{}", "[]", " [1, 2.5, \"x\", true, null] \n", "\xef\xbb\xbf{\"a\": {}}",
                                       "{\"\\u00e9\": \"\xc3\xa9\"}"};
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        json_t *value = parse(good[i], &error);
        assert_non_null(value);
        json_decref(value);
    }
}

static void what_is_not_json_is_refused(void **state) {
    (void)state;
    static const char *const bad[] = {"",
                                      " ",
                                      "1",
                                      "\"a\"",
                                      "null",
                                      "{",
                                      "[1,]",
                                      "{\"a\"}",
                                      "{'a': 1}",
                                      "[1] 2",
                                      "[01]",
                                      "[+1]",
                                      "[.5]",
                                      "[1.]",
                                      "[NaN]",
                                      "[1e999]",
                                      "[\"\x01\"]",
                                      "[\"\\u0000\"]",
                                      "[\"\xff\"]",
                                      "[\"\\ud800\"]",
                                      "// a\n{}",
                                      "[99999999999999999999]",
                                      "{\"a\": 1, \"a\": 2}",
                                      "[\"a"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_refused(bad[i], strlen(bad[i]), RP_E_SYNTAX);
    assert_refused("[1\0]", 4, RP_E_SYNTAX);
    assert_refused("[]\0", 3, RP_E_SYNTAX);
    assert_refused("[\"a\0b\"]", 7, RP_E_SYNTAX);
    assert_refused(NULL, 0, RP_E_SYNTAX);
}

static void the_place_is_named(void **state) {
    (void)state;
    rp_error error;
    json_t *value = parse("{\n  \"a\": 1,\n  \"b\": oops\n}", &error);
    assert_null(value);
    assert_string_equal(error.file, "x.json");
    assert_int_equal(error.line, 3);
    assert_true(error.column > 0);
}

static void depth_is_capped(void **state) {
    (void)state;
    enum { DEEP = 200000 };
    char *text = test_malloc(2 * DEEP + 1);
    rp_error error;
    for (int depth = RP_JSON_LIMIT_DEPTH; depth <= DEEP; depth += depth == RP_JSON_LIMIT_DEPTH ? 1 : DEEP) {
        memset(text, '[', (size_t)depth);
        memset(text + depth, ']', (size_t)depth);
        json_t *value = rp_json_parse(text, 2 * (size_t)depth, "x.json", &error);
        assert_int_equal(value != NULL, depth == RP_JSON_LIMIT_DEPTH);
        json_decref(value);
    }
    memset(text, '[', DEEP);
    assert_refused(text, DEEP, RP_E_LIMIT);
    test_free(text);
    assert_refused("[\n[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[", 67, RP_E_LIMIT);
}

static void the_place_of_the_depth_is_named(void **state) {
    (void)state;
    char text[100] = "[\n\"\xc3\xa9\", ";
    size_t n = strlen(text);
    memset(text + n, '{', 80);
    rp_error error;
    json_t *value = rp_json_parse(text, n + 80, "x.json", &error);
    assert_null(value);
    assert_int_equal(error.code, RP_E_LIMIT);
    assert_int_equal(error.line, 2);
    assert_int_equal(error.column,
                     6 + 63); /* after "é" , blank: five characters; 63 braces are allowed under one bracket */
}

static void brackets_in_texts_are_not_depth(void **state) {
    (void)state;
    char text[400] = "[\"\\\"";
    memset(text + 4, '[', 200);
    memcpy(text + 204, "\\\\\", \"{{{\"]", sizeof "\\\\\", \"{{{\"]");
    rp_error error;
    json_t *value = parse(text, &error);
    assert_non_null(value);
    assert_int_equal(json_array_size(value), 2);
    json_decref(value);
}

static void size_is_capped(void **state) {
    (void)state;
    size_t n = (size_t)RP_JSON_LIMIT_BYTES + 1;
    char *text = malloc(n);
    assert_non_null(text);
    memset(text, ' ', n);
    memcpy(text, "[]", 2);
    rp_error error;
    json_t *value = rp_json_parse(text, n - 1, "x.json", &error);
    assert_non_null(value);
    json_decref(value);
    assert_refused(text, n, RP_E_LIMIT);
    free(text);
}

static void members_by_type(void **state) {
    (void)state;
    rp_error error;
    json_t *o = parse("{\"t\":\"x\",\"n\":1.5,\"i\":7,\"b\":false,\"a\":[1],\"o\":{},\"z\":null}", &error);
    const char *text = "old";
    double num = -1;
    int64_t whole = -1;
    bool truth = true;
    const json_t *array = NULL, *object = NULL;
    assert_true(rp_json_need_text(o, "t", "x", &text, &error));
    assert_string_equal(text, "x");
    assert_true(rp_json_num(o, "n", "x", &num, &error) && num == 1.5);
    assert_true(rp_json_num(o, "i", "x", &num, &error) && num == 7); /* a whole number is a number */
    assert_true(rp_json_int(o, "i", "x", &whole, &error) && whole == 7);
    assert_true(rp_json_bool(o, "b", "x", &truth, &error) && !truth);
    assert_true(rp_json_array(o, "a", "x", &array, &error) && json_array_size(array) == 1);
    assert_true(rp_json_object(o, "o", "x", &object, &error) && json_is_object(object));
    json_decref(o);
}

static void absent_and_null_leave_things_as_they_were(void **state) {
    (void)state;
    rp_error error;
    json_t *o = parse("{\"z\":null}", &error);
    static const char *const keys[] = {"z", "none"};
    for (size_t i = 0; i < 2; i++) {
        const char *text = "old";
        double num = -1;
        int64_t whole = -1;
        bool truth = true;
        const json_t *array = o, *object = o;
        assert_true(rp_json_text(o, keys[i], "x", &text, &error));
        assert_true(rp_json_num(o, keys[i], "x", &num, &error));
        assert_true(rp_json_int(o, keys[i], "x", &whole, &error));
        assert_true(rp_json_bool(o, keys[i], "x", &truth, &error));
        assert_true(rp_json_array(o, keys[i], "x", &array, &error));
        assert_true(rp_json_object(o, keys[i], "x", &object, &error));
        assert_string_equal(text, "old");
        assert_true(num == -1 && whole == -1 && truth && array == o && object == o);
        assert_false(rp_json_need_text(o, keys[i], "instruments.bai", &text, &error));
        assert_non_null(strstr(error.message, keys[i]));
        assert_non_null(strstr(error.message, "instruments.bai"));
        assert_string_equal(text, "old");
    }
    json_decref(o);
}

static void another_type_is_refused_not_coerced(void **state) {
    (void)state;
    rp_error error;
    json_t *o = parse("{\"t\":\"1\",\"r\":1.0,\"i\":1,\"b\":true,\"a\":[],\"o\":{}}", &error);
    static const char *const keys[] = {"t", "r", "i", "b", "a", "o"};
    for (size_t i = 0; i < 6; i++) {
        const char *key = keys[i], *text = NULL;
        double num = -1;
        int64_t whole = -1;
        bool truth = false;
        const json_t *part = NULL;
        assert_int_equal(rp_json_text(o, key, "x", &text, &error), *key == 't');
        assert_int_equal(rp_json_need_text(o, key, "x", &text, &error), *key == 't');
        assert_int_equal(rp_json_num(o, key, "x", &num, &error), *key == 'r' || *key == 'i');
        assert_int_equal(rp_json_int(o, key, "x", &whole, &error), *key == 'i');
        assert_int_equal(rp_json_bool(o, key, "x", &truth, &error), *key == 'b');
        assert_int_equal(rp_json_array(o, key, "x", &part, &error), *key == 'a');
        assert_int_equal(rp_json_object(o, key, "x", &part, &error), *key == 'o');
    }
    assert_false(rp_json_int(o, "t", "items[2]", &(int64_t){0}, &error));
    assert_int_equal(error.code, RP_E_RULE);
    assert_string_equal(error.message, "\"t\" in items[2] must be a whole number, but is a text.");
    json_decref(o);
}

static void no_object_is_told_of(void **state) {
    (void)state;
    rp_error error;
    json_t *array = parse("[1]", &error);
    double num = -1;
    assert_false(rp_json_num(array, "n", "items[0]", &num, &error));
    assert_string_equal(error.message, "items[0] must be an object, but is an array.");
    assert_false(rp_json_num(NULL, "n", "items[0]", &num, &error));
    assert_false(rp_json_only(array, "items[0]", NULL, 0, &error));
    json_decref(array);
}

static void unknown_keys_name_the_nearest(void **state) {
    (void)state;
    rp_error error;
    static const char *const known[] = {"name", "reverse", "range"};
    json_t *fine = parse("{\"name\":1,\"range\":2,\"_note\":3,\"$schema\":4,\"comment\":5}", &error);
    assert_true(rp_json_only(fine, "x", known, 3, &error));
    json_decref(fine);
    json_t *near = parse("{\"name\":1,\"revers\":2}", &error);
    assert_false(rp_json_only(near, "items[2]", known, 3, &error));
    assert_int_equal(error.code, RP_E_UNKNOWN);
    assert_string_equal(error.message, "\"revers\" in items[2] is not a key that is known here.");
    assert_string_equal(error.remedy, "Did you mean \"reverse\"?");
    json_decref(near);
    json_t *far = parse("{\"zzz\":1}", &error);
    assert_false(rp_json_only(far, "x", known, 3, &error));
    assert_null(strstr(error.remedy, "Did you mean"));
    assert_true(error.remedy[0] != '\0');
    json_decref(far);
}

static void files_are_loaded(void **state) {
    (void)state;
    const char *base = getenv("TMPDIR");
    char path[300];
    rp_error error;
    snprintf(path, sizeof path, "%s/rapport-test-XXXXXX", base ? base : P_tmpdir);
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    close(fd);
    assert_true(rp_file_write(path, "{\"a\": 1}", 8, &error));
    json_t *value = rp_json_load(path, &error);
    long n = 1;
    for (bool fine = false; !fine; n++) { /* an arena and the bytes of the file: two requests */
        rp_memory_fail_after(n);
        json_t *again = rp_json_load(path, &error);
        rp_memory_fail_after(0);
        fine = again != NULL;
        assert_true(fine || error.code == RP_E_MEMORY);
        json_decref(again);
    }
    assert_true(rp_file_write(path, "{\"a\": }", 7, &error));
    json_t *broken = rp_json_load(path, &error);
    unlink(path);
    assert_non_null(value);
    json_decref(value);
    assert_int_equal(n - 1, 3);
    assert_null(broken);
    assert_string_equal(error.file, path);
    assert_int_equal(error.line, 1);
    broken = rp_json_load(path, &error);
    assert_null(broken);
    assert_int_equal(error.code, RP_E_FILE);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(objects_and_arrays_are_read),
        cmocka_unit_test(what_is_not_json_is_refused),
        cmocka_unit_test(the_place_is_named),
        cmocka_unit_test(depth_is_capped),
        cmocka_unit_test(the_place_of_the_depth_is_named),
        cmocka_unit_test(brackets_in_texts_are_not_depth),
        cmocka_unit_test(size_is_capped),
        cmocka_unit_test(members_by_type),
        cmocka_unit_test(absent_and_null_leave_things_as_they_were),
        cmocka_unit_test(another_type_is_refused_not_coerced),
        cmocka_unit_test(no_object_is_told_of),
        cmocka_unit_test(unknown_keys_name_the_nearest),
        cmocka_unit_test(files_are_loaded),
    };
    return cmocka_run_group_tests_name("base: json reading", tests, NULL, NULL);
}
