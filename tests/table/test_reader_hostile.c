/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Input that is huge, broken or meant to harm: limits, the bound on the work, memory that runs out, rubbish. */
#include <stdlib.h>

#include "transcript.h"

enum { MB = 1 << 20 };

static void add_many(rp_buf *buf, const char *piece, size_t times) {
    char block[8192];
    size_t n = strlen(piece), in_block = sizeof block / n;
    for (size_t i = 0; i < in_block * n; i++)
        block[i] = piece[i % n];
    for (; times > in_block; times -= in_block)
        rp_buf_add(buf, block, in_block * n);
    rp_buf_add(buf, block, times * n);
}

static void expect_buf(rp_buf *buf, size_t chunk, const char *wanted) {
    assert_false(buf->failed);
    expect_source((source){.bytes = buf->at, .n = buf->n, .separator = ',', .chunk = chunk}, wanted);
}

/* ---- limits ---- */

static void a_line_of_20_mb_is_one_bad_row(void **state) {
    (void)state;
    rp_buf text = {0};
    rp_buf_put(&text, "a\n");
    add_many(&text, "0123456789,", 20 * MB / 11);
    rp_buf_put(&text, "\nb\n");
    expect_buf(&text, 0, "1 <a>\nbad 2:1\n3 <b>\n");
    expect_buf(&text, 65521, "1 <a>\nbad 2:1\n3 <b>\n");
    text.at[2] = '"'; /* now the limit is met inside quotes */
    expect_buf(&text, 0, "1 <a>\nbad 2:1\n3 <b>\n");
    expect_buf(&text, 65521, "1 <a>\nbad 2:1\n3 <b>\n");
    rp_buf_free(&text);
}

/* A row of `length` bytes between two good ones, with either line end. */
static void expect_at_limit(size_t length, const char *line_end, size_t chunk, const char *wanted) {
    rp_buf text = {0};
    rp_buf_put(&text, "a,b\n\"");
    add_many(&text, "0123456\n", (length - 4) / 8);
    add_many(&text, "x", (length - 4) % 8);
    rp_buf_put(&text, "\",c");
    rp_buf_put(&text, line_end);
    rp_buf_put(&text, "d\n");
    transcript t = transcribe((source){.bytes = text.at, .n = text.n, .separator = ',', .chunk = chunk});
    assert_int_equal(t.rows, 3 - (length > RP_READER_LIMIT_ROW));
    assert_int_equal(t.bad, length > RP_READER_LIMIT_ROW);
    rp_buf tail = {0};
    rp_buf_printf(&tail, wanted, (unsigned)(length - 4) / 8 + 3);
    assert_true(t.text.n >= tail.n);
    assert_string_equal(t.text.at + t.text.n - tail.n, tail.at);
    rp_buf_free(&tail);
    rp_buf_free(&t.text);
    rp_buf_free(&text);
}

static void the_limit_of_a_row_is_exact(void **state) {
    (void)state;
    static const char *const line_ends[] = {"\n", "\r\n"};
    for (int i = 0; i < 2; i++) {
        expect_at_limit(RP_READER_LIMIT_ROW, line_ends[i], 0, "\"><c>\n%u <d>\n");
        expect_at_limit(RP_READER_LIMIT_ROW, line_ends[i], 99991, "\"><c>\n%u <d>\n");
        expect_at_limit(RP_READER_LIMIT_ROW + 1, line_ends[i], 0, "bad 2:1\n%u <d>\n");
        expect_at_limit(RP_READER_LIMIT_ROW + 1, line_ends[i], 99991, "bad 2:1\n%u <d>\n");
    }
}

static void a_quote_lost_in_a_long_file_costs_one_row(void **state) {
    (void)state;
    rp_buf text = {0};
    size_t lines = 20 * MB / 4;
    rp_buf_put(&text, "a,b\n1,\"lost\n");
    add_many(&text, "2,x\n", lines);
    transcript t = transcribe((source){.bytes = text.at, .n = text.n, .also = COUNTS_ALONE});
    assert_int_equal(t.rows, lines + 1);
    assert_int_equal(t.bad, 1);
    assert_int_equal(t.failure.line, 2);
    assert_int_equal(t.failure.column, 3);
    assert_non_null(strstr(t.failure.message, "16 MB"));
    rp_buf_free(&t.text);
    rp_buf_free(&text);
}

static void the_window_stays_within_twice_the_longest_row(void **state) {
    (void)state;
    rp_buf text = {0};
    rp_error error;
    rp_row row;
    rp_buf_put(&text, "\"");
    add_many(&text, "0123456789abcde\n", 50 * MB / 16);
    rp_reader *reader = rp_reader_open_bytes(text.at, text.n, "x", NULL, &error);
    assert_non_null(reader);
    rp_read got = RP_READ_BAD;
    while (got != RP_READ_END) {
        assert_int_not_equal(got, RP_READ_FAILED);
        got = rp_reader_next(reader, &row, &error);
        assert_true(reader->window.room <= 2 * ((size_t)RP_READER_LIMIT_ROW + 2));
    }
    rp_reader_close(reader);
    rp_buf_free(&text);
}

static void a_million_columns_are_one_bad_row(void **state) {
    (void)state;
    rp_buf text = {0};
    add_many(&text, "a,", 1000 * 1000 - 1);
    rp_buf_put(&text, "a\nb,c\n");
    expect_buf(&text, 0, "bad 1:131073\n2 <b><c>\n"); /* field 65537 begins after 65536 fields of two bytes */
    rp_buf_free(&text);
}

static void the_limit_of_fields_is_exact(void **state) {
    (void)state;
    rp_buf text = {0};
    rp_error error;
    rp_row row;
    add_many(&text, ",", RP_READER_LIMIT_CELLS - 1);
    rp_reader *reader = rp_reader_open_bytes(text.at, text.n, "x", NULL, &error);
    assert_int_equal(rp_reader_next(reader, &row, &error), RP_READ_ROW);
    assert_int_equal(row.n, RP_READER_LIMIT_CELLS);
    assert_int_equal(row.cells[row.n - 1].column, RP_READER_LIMIT_CELLS);
    assert_int_equal(row.cells[row.n - 1].text.n, 0);
    rp_reader_close(reader);
    rp_buf_put(&text, ",\n1\n");
    expect_buf(&text, 0, "bad 1:65537\n2 <1>\n");
    rp_buf_free(&text);
}

static void lines_past_what_can_be_numbered_end_the_reading(void **state) {
    (void)state;
    rp_error error = {0};
    rp_row row;
    rp_reader *reader = rp_reader_open_bytes("a\nb\n", 4, "x", NULL, &error);
    assert_int_equal(rp_reader_next(reader, &row, &error), RP_READ_ROW);
    reader->line = UINT32_MAX - 10;
    assert_int_equal(rp_reader_next(reader, &row, &error), RP_READ_FAILED);
    assert_int_equal(error.code, RP_E_LIMIT);
    assert_int_equal(rp_reader_next(reader, &row, &error), RP_READ_FAILED);
    rp_reader_close(reader);
}

/* ---- the bound on the work ---- */

/* Repeats a pattern to about n bytes; all must be read with each byte looked at three times at most. */
static void expect_bounded(const char *pattern, size_t n) {
    rp_buf text = {0};
    add_many(&text, pattern, n / strlen(pattern));
    transcript t = transcribe((source){.bytes = text.at, .n = text.n, .separator = ',', .also = COUNTS_ALONE});
    if (t.looked_at > 3 * (uint64_t)text.n)
        print_error("pattern %s\n", pattern);
    assert_true(t.looked_at <= 3 * (uint64_t)text.n);
    rp_buf_free(&t.text);
    rp_buf_free(&text);
}

static void megabytes_of_quotes_are_read_in_bounded_work(void **state) {
    (void)state;
    static const char *const patterns[] = {
        "\"",      "\"\n",         "\"\"\n",    "\"\"\"\n", "x\",y,\"\n", ",\"\n", ",\"\"\"\n",    "\"x\n",
        "\"x\"\n", "x\"\",\"\"\n", "\"\"\"x\n", "\"\r",     "\"\r\n",     "\",\n", "x\",\"\"\"\n", "\"\n\"\"x\n",
    };
    for (size_t i = 0; i < sizeof patterns / sizeof *patterns; i++)
        expect_bounded(patterns[i], 1 * MB);
    expect_bounded("\"", 6 * MB);
    expect_bounded("\"", 6 * MB + 1); /* an odd number: never closed */
}

/* Every text of up to six of the bytes that matter, over and over: no pattern makes the reader go over the same bytes
 * again and again. Also one quote before them all, so that the rest begins inside quotes. */
static void no_short_pattern_breaks_the_bound(void **state) {
    (void)state;
    static const char alphabet[] = "\",\nx";
    enum { LONGEST = 6, REPEATED = 200 };
    for (int length = 1; length <= LONGEST; length++)
        for (unsigned code = 0; code < 1u << 2 * length; code++) {
            char text[1 + LONGEST * REPEATED];
            size_t n = 1;
            text[0] = '"';
            for (int i = 0; i < length * REPEATED; i++)
                text[n++] = alphabet[code >> 2 * (i % length) & 3];
            for (size_t from = 0; from < 2; from++) {
                source s = {.bytes = text + from, .n = n - from, .separator = ',', .chunk = 4096, .also = COUNTS_ALONE};
                transcript t = transcribe(s);
                assert_true(t.looked_at <= 3 * (uint64_t)s.n);
                rp_buf_free(&t.text);
            }
        }
}

static void random_quotes_are_read_in_bounded_work(void **state) {
    (void)state;
    static const char *const alphabets[] = {"\"\n", "\"\",\n", "\",\nx", "\"\"\"\"\",\r\n"};
    uint64_t seed = 7;
    for (size_t a = 0; a < sizeof alphabets / sizeof *alphabets; a++) {
        rp_buf text = {0};
        for (size_t i = 0, n = strlen(alphabets[a]); i < 2 * MB; i++)
            rp_buf_add(&text, alphabets[a] + draw(&seed) % n, 1);
        transcript t = transcribe((source){.bytes = text.at, .n = text.n, .separator = ',', .also = COUNTS_ALONE});
        assert_true(t.rows > 1000 && t.looked_at <= 3 * (uint64_t)text.n);
        rp_buf_free(&t.text);
        rp_buf_free(&text);
    }
}

/* ---- rubbish ---- */

static void nul_bytes_past_the_first_chunk_are_bad_rows(void **state) {
    (void)state;
    rp_buf text = {0};
    add_many(&text, "\n", RP_READER_PEEK);
    rp_buf_add(&text, "a\nb\0c,d\n\"x\n\0\"\ne\n", 16);
    source s = {.bytes = text.at, .n = text.n, .lines_before = RP_READER_PEEK};
    expect_source(s, "1 <a>\nbad 2:2\nbad 4:1\n5 <e>\n");
    rp_buf_free(&text);
}

static void the_good_row_after_binary_rubbish_is_read(void **state) {
    (void)state;
    uint64_t seed = 99;
    for (int round = 0; round < 40; round++) {
        rp_buf text = {0};
        add_many(&text, "\n", RP_READER_PEEK);
        for (int i = 0; i < 20000; i++) {
            char byte = (char)draw(&seed);
            rp_buf_add(&text, &byte, 1);
        }
        rp_buf_put(&text, "\n\"good\",row\n");
        transcript t = transcribe((source){.bytes = text.at, .n = text.n, .separator = ','});
        static const char good[] = " <\"good\"><row>\n";
        assert_true(t.bad > 0);
        assert_string_equal(t.text.at + t.text.n - (sizeof good - 1), good);
        rp_buf_free(&t.text);
        rp_buf_free(&text);
    }
}

/* ---- out of memory ---- */

/* Fails the n-th request for memory, for every n until nothing fails: the reader says so, and nothing is lost or
 * leaked (the address sanitiser looks). */
static void memory_may_run_out_anywhere(void **state) {
    (void)state;
    rp_buf text = {0};
    rp_buf_put(&text, "id,text\n1,\"");
    add_many(&text, "x\n", 150000);
    rp_buf_put(&text, "\"\n2");
    add_many(&text, ",", 3000);
    rp_buf_put(&text, "\n3,y\n");
    long n = 0;
    for (bool done = false; !done; n++) {
        rp_error error = {0};
        rp_row row;
        rp_header header;
        rp_read got = RP_READ_FAILED;
        size_t rows = 0;
        rp_arena *arena = rp_arena_new(0);
        rp_memory_fail_after(n + 1);
        rp_reader *reader = rp_reader_open_bytes(text.at, text.n, "x", &(rp_reader_options){.chunk = 4096}, &error);
        if (reader && rp_reader_header(reader, arena, &header, &error))
            while ((got = rp_reader_next(reader, &row, &error)) == RP_READ_ROW)
                rows++;
        done = got == RP_READ_END;
        if (!done) {
            assert_int_equal(error.code, RP_E_MEMORY);
            assert_int_equal(got, RP_READ_FAILED);
            assert_true(rows < 3);
        }
        rp_memory_fail_after(0);
        rp_reader_close(reader);
        rp_arena_free(arena);
        assert_true(!done || rows == 3);
    }
    assert_true(n > 20 && n < 1000); /* there was something to fail, and it ended */
    rp_buf_free(&text);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_line_of_20_mb_is_one_bad_row),
        cmocka_unit_test(the_limit_of_a_row_is_exact),
        cmocka_unit_test(a_quote_lost_in_a_long_file_costs_one_row),
        cmocka_unit_test(the_window_stays_within_twice_the_longest_row),
        cmocka_unit_test(a_million_columns_are_one_bad_row),
        cmocka_unit_test(the_limit_of_fields_is_exact),
        cmocka_unit_test(lines_past_what_can_be_numbered_end_the_reading),
        cmocka_unit_test(megabytes_of_quotes_are_read_in_bounded_work),
        cmocka_unit_test(no_short_pattern_breaks_the_bound),
        cmocka_unit_test(random_quotes_are_read_in_bounded_work),
        cmocka_unit_test(nul_bytes_past_the_first_chunk_are_bad_rows),
        cmocka_unit_test(the_good_row_after_binary_rubbish_is_read),
        cmocka_unit_test(memory_may_run_out_anywhere),
    };
    return cmocka_run_group_tests_name("table: reader, hostile input", tests, NULL, NULL);
}
