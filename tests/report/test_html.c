/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The HTML writer: nothing that is given as text comes out as a tag, an attribute or an entity of its own. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>
#include <glob.h>
#include <math.h>
#include <string.h>

#include "report/html.h"

static void text_is(const char *text, const char *expected) {
    rp_html html;
    rp_buf out = {0};
    rp_html_start(&html, &out);
    size_t from = out.n;
    rp_html_text(&html, text);
    assert_false(out.failed);
    assert_string_equal(out.at + from, expected);
    rp_buf_free(&out);
}

static void text_is_escaped(void **state) {
    (void)state;
    text_is("plain", "plain");
    text_is("<script>alert(1)</script>", "&lt;script&gt;alert(1)&lt;/script&gt;");
    text_is("a & b", "a &amp; b");
    text_is("&lt;", "&amp;lt;");
    text_is("\"it's\"", "&quot;it&#39;s&quot;");
    text_is("two\nlines\t", "two\nlines\t");
    text_is("\xC3\xA9 \xE2\x80\x93 \xF0\x9F\x99\x82", "\xC3\xA9 \xE2\x80\x93 \xF0\x9F\x99\x82"); /* as they are */
    text_is(NULL, "");
}

/* U+FFFD for what may not stand in HTML: control characters and what is no UTF-8 (RFC 3629). */
static void bytes_that_are_no_text_are_replaced(void **state) {
    (void)state;
    text_is("a\x01\x1B[31mb\x7F", "a\xEF\xBF\xBD\xEF\xBF\xBD[31mb\xEF\xBF\xBD");
    text_is("\xFF<", "\xEF\xBF\xBD&lt;");
    text_is("\xC3<b>", "\xEF\xBF\xBD&lt;b&gt;");     /* a lead byte does not swallow the bracket */
    text_is("\xC0\xBC", "\xEF\xBF\xBD\xEF\xBF\xBD"); /* an overlong "<" */
    text_is("\xE2\x80", "\xEF\xBF\xBD\xEF\xBF\xBD"); /* cut off */
}

static void attributes_are_escaped(void **state) {
    (void)state;
    rp_html html;
    rp_buf out = {0};
    rp_html_start(&html, &out);
    size_t from = out.n;
    rp_html_open(&html, "a");
    rp_html_attr(&html, "title", "\" onclick=\"alert(1)");
    rp_html_attr(&html, "class", NULL);
    rp_html_attr_int(&html, "colspan", 3);
    rp_html_text(&html, "x");
    rp_html_close(&html, "a");
    assert_string_equal(out.at + from, "<a title=\"&quot; onclick=&quot;alert(1)\" colspan=\"3\">x</a>");
    rp_buf_free(&out);
}

static void number_is(double value, const char *expected) {
    rp_html html;
    rp_buf out = {0};
    rp_html_start(&html, &out);
    rp_html_open(&html, "g");
    size_t from = out.n;
    rp_html_attr_num(&html, "x", value);
    assert_string_equal(out.at + from, expected);
    rp_buf_free(&out);
}

static void numbers_have_two_decimals_and_are_finite(void **state) {
    (void)state;
    number_is(1, " x=\"1.00\"");
    number_is(-0.001, " x=\"0.00\"");  /* never -0.00 */
    number_is(-1.005, " x=\"-1.00\""); /* the double lies below 1.005 */
    number_is(2.675, " x=\"2.68\"");   /* 267.5 after scaling: halves go away from zero */
    number_is(NAN, " x=\"0.00\"");
    number_is(INFINITY, " x=\"0.00\"");
    number_is(1e300, " x=\"0.00\"");
}

static void raw_bytes_go_out_as_they_are(void **state) {
    (void)state;
    rp_html html;
    rp_buf out = {0};
    rp_html_start(&html, &out);
    size_t from = out.n;
    rp_html_open(&html, "style");
    rp_html_put_raw(&html, (rp_html_raw){"a > b {}", 8});
    rp_html_close(&html, "style");
    assert_string_equal(out.at + from, "<style>a > b {}</style>\n");
    rp_buf_free(&out);
}

/* Is there a text literal in this line that opens or closes a tag? Comments and #include lines are not literals. */
static bool literal_with_tag(const char *line) {
    bool inside = false;
    for (const char *c = line; *c; c++) {
        if (*c == '\\' && c[1])
            c++;
        else if (*c == '"')
            inside = !inside;
        else if (!inside && *c == '/' && (c[1] == '*' || c[1] == '/'))
            return false;
        else if (inside && *c == '<' && (c[1] == '/' || c[1] == '!' || (c[1] >= 'a' && c[1] <= 'z')))
            return true;
    }
    return false;
}

/* Only html.c writes tags, so that everything else has to go through the escaping. */
static void only_the_writer_writes_tags(void **state) {
    (void)state;
    assert_true(literal_with_tag("put(\"<b>\")") && literal_with_tag("put(\"a</b>\")"));
    assert_false(literal_with_tag("if (a <b) /* \"<b>\" */ put(\"a < b\")"));
    glob_t found;
    if (glob("src/report/*.[ch]", 0, NULL, &found) != 0 || found.gl_pathc < 10)
        fail_msg("src/report is not here: tests run in the root of the repository");
    for (size_t i = 0; i < found.gl_pathc; i++) {
        char line[512];
        FILE *file = fopen(found.gl_pathv[i], "r");
        assert_non_null(file);
        bool writer = strcmp(found.gl_pathv[i], "src/report/html.c") == 0;
        while (!writer && fgets(line, sizeof line, file))
            if (literal_with_tag(line))
                fail_msg("%s writes a tag: %s", found.gl_pathv[i], line);
        fclose(file);
    }
    globfree(&found);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(text_is_escaped),
        cmocka_unit_test(bytes_that_are_no_text_are_replaced),
        cmocka_unit_test(attributes_are_escaped),
        cmocka_unit_test(numbers_have_two_decimals_and_are_finite),
        cmocka_unit_test(raw_bytes_go_out_as_they_are),
        cmocka_unit_test(only_the_writer_writes_tags),
    };
    return cmocka_run_group_tests_name("report: HTML writer", tests, NULL, NULL);
}
