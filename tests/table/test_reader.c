/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the reader makes of delimited text: the rules of RFC 4180, line ends, separators, places, bad rows among good
 * ones, and that the size of the chunks changes nothing. */
#include "transcript.h"

/* ---- RFC 4180, section 2, rule by rule ---- */

static void rfc_4180_rule_1_and_2_line_ends(void **state) {
    (void)state;
    expect("aaa,bbb,ccc\r\nzzz,yyy,xxx\r\n", "1 <aaa><bbb><ccc>\n2 <zzz><yyy><xxx>\n"); /* RFC 4180, 2.1 */
    expect("aaa,bbb,ccc\r\nzzz,yyy,xxx", "1 <aaa><bbb><ccc>\n2 <zzz><yyy><xxx>\n");     /* RFC 4180, 2.2 */
}

static void rfc_4180_rule_4_blanks_belong_to_the_field(void **state) {
    (void)state;
    expect("a, b ,\tc\n", "1 <a>< b ><\tc>\n");
    expect(" \n", "1 < >\n");
}

static void rfc_4180_rule_5_and_6_quotes(void **state) {
    (void)state;
    expect("\"aaa\",\"bbb\",\"ccc\"\r\nzzz,yyy,xxx", "1 <\"aaa\"><\"bbb\"><\"ccc\">\n2 <zzz><yyy><xxx>\n"); /* 2.5 */
    expect("\"aaa\",\"b\r\nbb\",\"ccc\"\r\nzzz,yyy,xxx",
           "1 <\"aaa\"><\"b\r\nbb\"><\"ccc\">\n3 <zzz><yyy><xxx>\n"); /* RFC 4180, 2.6 */
    expect("\"a,b\",c\n", "1 <\"a,b\"><c>\n");
}

static void rfc_4180_rule_7_doubled_quotes(void **state) {
    (void)state;
    expect("\"aaa\",\"b\"\"bb\",\"ccc\"", "1 <\"aaa\"><\"b\"bb\"><\"ccc\">\n"); /* RFC 4180, 2.7 */
    expect("\"\"\"\",\"\"\"\"\"\",\"\"\n", "1 <\"\"\"><\"\"\"\"><\"\">\n");
    expect("\"\"\"x\"\"\"\n", "1 <\"\"x\"\">\n");
}

static void a_quote_inside_a_plain_field_is_text(void **state) {
    (void)state;
    expect("a,5\" pipe,\n1,b\"\"c, \"x\"\n", "1 <a><5\" pipe><>\n2 <1><b\"\"c>< \"x\">\n");
}

static void empty_fields_stay(void **state) {
    (void)state;
    expect(",\n,,\n\"\"\n", "1 <><>\n2 <><><>\n3 <\"\">\n");
    expect("a,", "1 <a><>\n");
    expect(",", "1 <><>\n");
}

/* ---- line ends and blank lines ---- */

static void blank_lines_are_skipped_and_counted(void **state) {
    (void)state;
    expect("\n\r\na\n\n\n\"\"\n\nb", "3 <a>\n6 <\"\">\n8 <b>\n");
    expect("\n\n\n", "");
}

static void cr_alone_ends_lines_only_where_there_is_no_lf(void **state) {
    (void)state;
    expect("a,b\r1,2\r\r\"x\ry\",3\rlast", "1 <a><b>\n2 <1><2>\n4 <\"x\ry\"><3>\n6 <last>\n");
    expect("a,b\n1\r2,3\n", "1 <a><b>\n2 <1\r2><3>\n");
    expect("\"a\rb\",c\nd\n", "1 <\"a\rb\"><c>\n2 <d>\n");
    expect("a\r", "1 <a>\n");
    expect("a\n\"b\"\r", "1 <a>\n2 <\"b\">\n"); /* half a CRLF at the end of the file */
    expect("a\n\"b\"\rc\n", "1 <a>\nbad 2:4\n");
    expect("a\nb\r\r\nc\n", "1 <a>\n2 <b\r>\n3 <c>\n");
}

static void a_row_without_line_end_at_the_end(void **state) {
    (void)state;
    expect("only", "1 <only>\n");
    expect("\"only\"", "1 <\"only\">\n");
    expect("a,b\n\"1\",2", "1 <a><b>\n2 <\"1\"><2>\n");
}

/* ---- beginning ---- */

static void a_byte_order_mark_is_no_text(void **state) {
    (void)state;
    const char *text = "\xef\xbb\xbf\"a\",b\n";
    expect_source((source){.bytes = text, .n = strlen(text), .also = PLACES | EXTENT}, "1 3+5 1:1<\"a\">1:5<b>\n");
}

static char separator_of(const char *text) {
    rp_error error;
    rp_reader *reader = rp_reader_open_bytes(text, strlen(text), "test.csv", NULL, &error);
    assert_non_null(reader);
    char found = rp_reader_separator(reader);
    rp_reader_close(reader);
    return found;
}

static void the_separator_is_found_in_the_header(void **state) {
    (void)state;
    assert_int_equal(separator_of("a,b\n"), ',');
    assert_int_equal(separator_of("a;b\n1,1,1,1;2\n"), ';');
    assert_int_equal(separator_of("a\tb\tc,d\n"), '\t');
    assert_int_equal(separator_of("\r\n\na|b\n"), '|');
    assert_int_equal(separator_of("\"a;b;c\",d\n"), ',');
    assert_int_equal(separator_of("\"a \"\",,,\"\" b\";c\n"), ';');
    assert_int_equal(separator_of("\"a\n,,,\";c\n"), ';');
    assert_int_equal(separator_of("5\" pipe;6\" pipe,,\n"), ','); /* quotes inside plain fields open nothing */
    assert_int_equal(separator_of("a,b;c\n"), ',');
    assert_int_equal(separator_of("a|b;c\n"), ';');
    assert_int_equal(separator_of("a\r1;2;3\r"), ',');
    assert_int_equal(separator_of("one column\n"), ',');
}

static void a_separator_that_is_given_is_used(void **state) {
    (void)state;
    expect_source((source){.bytes = "a,b:c\n", .n = 6, .separator = ':'}, "1 <a,b><c>\n");
    const char refused[] = {'"', '\r', '\n', '\xe9'};
    for (size_t i = 0; i < sizeof refused; i++) {
        transcript t = transcribe((source){.bytes = "a\n", .n = 2, .separator = refused[i]});
        assert_string_equal(t.text.at, "not opened\n");
        assert_int_equal(t.failure.code, RP_E_RULE);
        rp_buf_free(&t.text);
    }
}

static void what_is_no_text_is_refused_in_words(void **state) {
    (void)state;
    static const struct {
        const char *bytes;
        size_t n;
        const char *word;
    } cases[] = {
        {"", 0, "empty"},
        {"\xef\xbb\xbf", 3, "empty"},
        {"\xff\xfe\x61\x00", 4, "UTF-16"},
        {"\xfe\xff\x00\x61", 4, "UTF-16"},
        {"a\0,\0b\0", 6, "NUL"},
        {"PK\3\4\x14\0\6\0", 8, "workbook"},
        {"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", 8, "workbook"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        rp_error error = {0};
        assert_null(rp_reader_open_bytes(cases[i].bytes, cases[i].n, "x.csv", NULL, &error));
        assert_int_equal(error.code, RP_E_SYNTAX);
        assert_non_null(strstr(error.message, cases[i].word));
        assert_string_equal(error.file, "x.csv");
        assert_true(error.remedy[0]);
    }
}

/* ---- places ---- */

static void lines_and_columns_count_from_one_in_bytes(void **state) {
    (void)state;
    const char *text = "\xc3\xa9,b\r\n\"x\ny\",c,\"d\ne\n\",f\n\ng";
    expect_source((source){.bytes = text, .n = strlen(text), .also = PLACES | EXTENT},
                  "1 0+4 1:1<\xc3\xa9>1:4<b>\n"
                  "2 6+16 2:1<\"x\ny\">3:4<c>3:6<\"d\ne\n\">5:3<f>\n"
                  "7 24+1 7:1<g>\n");
}

static void the_share_read_grows_from_0_to_1(void **state) {
    (void)state;
    rp_error error;
    rp_row row;
    rp_reader *reader = rp_reader_open_bytes("a\nb\nc\nd\n", 8, "x", NULL, &error);
    for (int i = 0; i <= 4; i++) {
        assert_true(rp_reader_share(reader) == i / 4.0);
        assert_int_equal(rp_reader_next(reader, &row, &error), i < 4 ? RP_READ_ROW : RP_READ_END);
    }
    assert_int_equal(rp_reader_next(reader, &row, &error), RP_READ_END); /* and it stays so */
    rp_reader_close(reader);
}

/* ---- bad rows ---- */

static void text_after_a_closing_quote(void **state) {
    (void)state;
    expect("a,b\n1,\"x\"y,z\n2,w\n", "1 <a><b>\nbad 2:6\n3 <2><w>\n");
    expect("\"a\" ,b\nc\n", "bad 1:4\n2 <c>\n");
    expect("\"a\"\"b\"c,d", "bad 1:7\n");
    expect("1,\"x\ny\",\"p\"q\n2\n", "bad 2:7\n3 <2>\n"); /* the place is on the line of that quote */
}

static void an_unclosed_quote_costs_its_own_line_only(void **state) {
    (void)state;
    expect("a,b\n1,\"lost\n2,x\n3,y\n", "1 <a><b>\nbad 2:3\n3 <2><x>\n4 <3><y>\n");
    expect("a,b\n1,\"lost\n2,\"x\"\n3,\"y\"\n", "1 <a><b>\nbad 2:3\n3 <2><\"x\">\n4 <3><\"y\">\n");
    expect("a\n\"lost\n\"2\",\"\"\n\"3\",\"\"\n", "1 <a>\nbad 2:1\n3 <\"2\"><\"\">\n4 <\"3\"><\"\">\n");
    expect("1,\"first\nsecond\",\"lost\n3,x\n", "bad 2:9\n3 <3><x>\n");
    expect("1,x\n2,\"", "1 <1><x>\nbad 2:3\n");
    expect("\"", "bad 1:1\n");
    expect("\"\"\"", "bad 1:1\n");
    expect("\"a\rb\r\"c\"\rd\r", "bad 1:1\n2 <b>\n3 <\"c\">\n4 <d>\n");
}

static void the_two_ways_to_leave_a_quote_open_are_told_apart(void **state) {
    (void)state;
    transcript t = transcribe((source){.bytes = "1,\"lost\n2,\"x\"\n", .n = 14});
    assert_non_null(strstr(t.failure.message, "line 2 text stands"));
    rp_buf_free(&t.text);
    t = transcribe((source){.bytes = "1,\"lost\n2,x\n", .n = 12});
    assert_non_null(strstr(t.failure.message, "never closed"));
    rp_buf_free(&t.text);
}

static void bytes_that_are_not_utf8(void **state) {
    (void)state;
    expect("a\nb,\xa3"
           "5\nc\n",
           "1 <a>\nbad 2:3\n3 <c>\n");                                  /* a pound sign in Windows-1252 */
    expect("a\nb,\xc3\xa9\xc3,c\nd\n", "1 <a>\nbad 2:5\n3 <d>\n");      /* cut short */
    expect("a\n\xc0\x80\nd\n", "1 <a>\nbad 2:1\n3 <d>\n");              /* overlong: Unicode 15, table 3-7 */
    expect("a\n\"x\ny\",\xed\xa0\x80\nd\n", "1 <a>\nbad 3:4\n4 <d>\n"); /* a surrogate, after a quoted line end */
    expect("12345678\xff\n", "bad 1:9\n");
    expect("\xf0\x9f\x8c\xb1,\xe2\x82\xac\n", "1 <\xf0\x9f\x8c\xb1><\xe2\x82\xac>\n");
}

static void a_bad_row_tells_what_was_passed_over(void **state) {
    (void)state;
    const char *text = "a\r\n1,\"lost\r\n\xff,x\r\n2,\"p\"q,r\r\nb\r\n";
    expect_source((source){.bytes = text, .n = strlen(text), .also = EXTENT},
                  "1 0+1 <a>\nbad 2:3 3+7\nbad 3:1 12+3\nbad 4:6 17+8\n5 27+1 <b>\n");
}

/* ---- chunks ---- */

/* One of everything that goes over more than one byte, and each kind of bad row between good ones. */
static const char nasty[] = "id,\"n\xc3\xb6te\",x\r\n"
                            "1,\"say \"\"hello\"\"\r\nto \"\"\"\"all\"\",\",\"\"\r\n"
                            "\r\n\n"
                            "2,\"p\"q,bad\r\n"
                            "3,,\n"
                            "4,\"spans\nthe \"next line\n"
                            "5,\"\"\"\"\"\",\"\"\"\"\r\n"
                            "6,bad \xe2\x82\r\n"
                            "7,a\rb,\"c\rd\"\r\n"
                            "8,\"x\r\n\n\ny\",9\" nail\n"
                            "\"\"\n"
                            "9,\"quoted\",\"never closed\"\"\r\n"
                            "10,\xf0\x9f\x8c\xb1,\"\"\r\n"
                            "11,ends,with cr\r";
static const char nasty_read[] = "1 1:1<id>1:4<\"n\xc3\xb6te\">1:12<x>\n"
                                 "2 2:1<1>2:3<\"say \"hello\"\r\nto \"\"all\",\">3:16<\"\">\n"
                                 "bad 6:6\n"
                                 "7 7:1<3>7:3<>7:4<>\n"
                                 "bad 8:3\n"
                                 "9 9:1<the \"next line>\n"
                                 "10 10:1<5>10:3<\"\"\"\">10:10<\"\"\">\n"
                                 "bad 11:7\n"
                                 "12 12:1<7>12:3<a\rb>12:7<\"c\rd\">\n"
                                 "13 13:1<8>13:3<\"x\r\n\n\ny\">16:4<9\" nail>\n"
                                 "17 17:1<\"\">\n"
                                 "bad 18:12\n"
                                 "19 19:1<10>19:4<\xf0\x9f\x8c\xb1>19:9<\"\">\n"
                                 "20 20:1<11>20:4<ends>20:9<with cr>\n";

static void a_nasty_sample_is_read_as_it_should(void **state) {
    (void)state;
    expect_source((source){.bytes = nasty, .n = sizeof nasty - 1, .also = PLACES}, nasty_read);
}

/* On opening, the reader takes RP_READER_PEEK bytes before it reads a row. Behind as many blank lines, chunk ends fall
 * into the sample. */
static void every_chunk_size_gives_the_same_rows(void **state) {
    (void)state;
    rp_buf padded = {0};
    for (int i = 0; i < RP_READER_PEEK; i++)
        rp_buf_put(&padded, "\n");
    rp_buf_add(&padded, nasty, sizeof nasty - 1);
    source s = {.bytes = padded.at, .n = padded.n, .separator = ',', .also = PLACES, .lines_before = RP_READER_PEEK};
    for (s.chunk = 1; s.chunk <= 64; s.chunk++)
        expect_source(s, nasty_read);
    rp_buf_free(&padded);
}

static void every_chunk_size_gives_the_same_rows_with_cr_alone(void **state) {
    (void)state;
    const char *sample = "a,b\r\"x\ry\r\r\",\"\"\"\"\r\r\"p\"q\r\r\"lost\r1,2\r";
    rp_buf padded = {0};
    for (int i = 0; i < RP_READER_PEEK; i++)
        rp_buf_put(&padded, "\r");
    rp_buf_put(&padded, sample);
    source s = {.bytes = padded.at, .n = padded.n, .separator = ',', .also = PLACES, .lines_before = RP_READER_PEEK};
    for (s.chunk = 1; s.chunk <= 64; s.chunk++)
        expect_source(s, "1 1:1<a>1:3<b>\n2 2:1<\"x\ry\r\r\">5:3<\"\"\">\nbad 7:4\nbad 9:1\n10 10:1<1>10:3<2>\n");
    rp_buf_free(&padded);
}

/* Random short texts of the bytes that matter, among which most are at fault somewhere. */
static void every_chunk_size_gives_the_same_rows_of_random_text(void **state) {
    (void)state;
    static const char alphabet[] = "\"\",,\n\n\rxy\xc3\xa9";
    uint64_t seed = 20240501;
    rp_buf text = {0};
    for (int round = 0; round < 60; round++) {
        text.n = 0;
        for (int i = 0; i < 400; i++)
            rp_buf_add(&text, alphabet + draw(&seed) % (sizeof alphabet - 1), 1);
        source s = {.bytes = text.at, .n = text.n, .separator = ',', .also = PLACES | EXTENT};
        transcript whole = transcribe(s);
        assert_true(whole.rows > 0 && whole.bad > 0);
        s.also |= KNOWN;
        for (s.chunk = 1; s.chunk <= 64; s.chunk++)
            expect_source(s, whole.text.at);
        rp_buf_free(&whole.text);
    }
    rp_buf_free(&text);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rfc_4180_rule_1_and_2_line_ends),
        cmocka_unit_test(rfc_4180_rule_4_blanks_belong_to_the_field),
        cmocka_unit_test(rfc_4180_rule_5_and_6_quotes),
        cmocka_unit_test(rfc_4180_rule_7_doubled_quotes),
        cmocka_unit_test(a_quote_inside_a_plain_field_is_text),
        cmocka_unit_test(empty_fields_stay),
        cmocka_unit_test(blank_lines_are_skipped_and_counted),
        cmocka_unit_test(cr_alone_ends_lines_only_where_there_is_no_lf),
        cmocka_unit_test(a_row_without_line_end_at_the_end),
        cmocka_unit_test(a_byte_order_mark_is_no_text),
        cmocka_unit_test(the_separator_is_found_in_the_header),
        cmocka_unit_test(a_separator_that_is_given_is_used),
        cmocka_unit_test(what_is_no_text_is_refused_in_words),
        cmocka_unit_test(lines_and_columns_count_from_one_in_bytes),
        cmocka_unit_test(the_share_read_grows_from_0_to_1),
        cmocka_unit_test(text_after_a_closing_quote),
        cmocka_unit_test(an_unclosed_quote_costs_its_own_line_only),
        cmocka_unit_test(the_two_ways_to_leave_a_quote_open_are_told_apart),
        cmocka_unit_test(bytes_that_are_not_utf8),
        cmocka_unit_test(a_bad_row_tells_what_was_passed_over),
        cmocka_unit_test(a_nasty_sample_is_read_as_it_should),
        cmocka_unit_test(every_chunk_size_gives_the_same_rows),
        cmocka_unit_test(every_chunk_size_gives_the_same_rows_with_cr_alone),
        cmocka_unit_test(every_chunk_size_gives_the_same_rows_of_random_text),
    };
    return cmocka_run_group_tests_name("table: reader", tests, NULL, NULL);
}
