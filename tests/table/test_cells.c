/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Values of a batch's texts: whatever the text, and whatever stands behind it, they are those of rapport/base.h. */
#include <math.h>
#include <stdio.h>

#include "transcript.h"

enum { ROOM = 64, ROUNDS = 1000000 };

/* A text with bytes behind it that would change its value if they counted. */
typedef struct padded {
    char bytes[ROOM + RP_BATCH_PADDING];
    size_t n;
} padded;

static padded pad(const char *text, size_t n, uint64_t *seed) {
    padded p = {.n = n < ROOM ? n : ROOM};
    memcpy(p.bytes, text, p.n);
    for (size_t i = p.n; i < sizeof p.bytes; i++)
        p.bytes[i] = "0123456789.-,\n\xb2\xff"[draw(seed) % 16];
    return p;
}

/* All three values of it. */
static void expect_the_same(const padded *p) {
    rp_text text = {p->bytes, p->n};
    int64_t whole = 7, whole_wanted = 7;
    double number = 7, number_wanted = 7;
    rp_date date = 7, date_wanted = 7;
    bool same = rp_padded_to_int(text, &whole) == rp_text_to_int(text, &whole_wanted) && whole == whole_wanted;
    same = same && rp_padded_to_num(text, &number) == rp_text_to_num(text, &number_wanted) &&
           memcmp(&number, &number_wanted, sizeof number) == 0; /* -0 is not 0 */
    same = same && rp_padded_to_date(text, &date) == rp_date_parse(text, &date_wanted) && date == date_wanted;
    if (!same)
        fail_msg("'%.*s' has another value", (int)p->n, p->bytes);
}

/* ---- texts ---- */

static size_t make_digits(char *out, size_t most, uint64_t *seed) {
    size_t n = draw(seed) % (most + 1);
    for (size_t i = 0; i < n; i++)
        out[i] = (char)('0' + (draw(seed) % 4 ? draw(seed) % 10 : 0));
    return n;
}

static size_t make_number(char *out, uint64_t *seed) {
    size_t n = 0;
    if (draw(seed) % 4 == 0)
        out[n++] = "+-"[draw(seed) % 2];
    n += make_digits(out + n, draw(seed) % 2 ? 4 : 20, seed);
    if (draw(seed) % 2) {
        out[n++] = '.';
        n += make_digits(out + n, draw(seed) % 2 ? 3 : 18, seed);
    }
    if (draw(seed) % 16 == 0) {
        out[n++] = "eE"[draw(seed) % 2];
        n += make_digits(out + n, 3, seed);
    }
    return n;
}

static size_t make_date(char *out, uint64_t *seed) {
    return (size_t)snprintf(out, ROOM, "%04d-%02d-%02d", (int)(draw(seed) % 10000), (int)(draw(seed) % 14),
                            (int)(draw(seed) % 33));
}

static size_t mutate(char *text, size_t n, uint64_t *seed) {
    static const char odd[] = "0123456789+-./:eE, \t\xb2\xd9\xa0\xff\x01x";
    size_t at = n ? draw(seed) % n : 0;
    char byte = odd[draw(seed) % (sizeof odd - 1)];
    switch (draw(seed) % 3) {
    case 0: /* another byte */
        text[at] = byte;
        return n ? n : 1;
    case 1: /* one more */
        memmove(text + at + 1, text + at, n - at);
        text[at] = byte;
        return n + 1;
    default: /* one less */
        return n ? n - 1 : 0;
    }
}

static void generated_texts_have_the_same_values(void **state) {
    (void)state;
    uint64_t seed = 20261123;
    for (long round = 0; round < ROUNDS; round++) {
        char text[ROOM + 8];
        size_t n = round % 2 ? make_number(text, &seed) : make_date(text, &seed);
        padded plain = pad(text, n, &seed);
        expect_the_same(&plain);
        n = mutate(text, n, &seed);
        padded mutated = pad(text, n, &seed);
        expect_the_same(&mutated);
    }
}

static void each_day_and_no_other_is_a_date(void **state) {
    (void)state;
    uint64_t seed = 1;
    for (int year = 0; year <= 9999; year += year < 1890 || year > 2110 ? 97 : 1)
        for (int month = 0; month <= 13; month++)
            for (int day = 0; day <= 32; day++) {
                char text[ROOM];
                int n = snprintf(text, sizeof text, "%04d-%02d-%02d", year, month, day);
                padded p = pad(text, (size_t)n, &seed);
                expect_the_same(&p);
            }
}

static void chosen_texts_have_the_same_values(void **state) {
    (void)state;
    static const char *const texts[] = {"",
                                        "+",
                                        "-",
                                        ".",
                                        "-0",
                                        "+0.0",
                                        "-.5",
                                        "5.",
                                        "1..2",
                                        "1.2.3",
                                        "00000000",
                                        "0000000000000012",
                                        "99999999",
                                        "100000000",
                                        "9999999999999999",
                                        "9223372036854775807",
                                        "9223372036854775808",
                                        "-9223372036854775808",
                                        "999999999999999",
                                        "99999999999999.9",
                                        "9007199254740993",
                                        "0.1",
                                        "0.30000000000000004",
                                        "123456.78",
                                        "1e5",
                                        "2023-02-29",
                                        "2024-02-29",
                                        "1900-02-29",
                                        "2000-02-29",
                                        "0000-01-01",
                                        "0001-01-01",
                                        "9999-12-31",
                                        "2023-1-01",
                                        "2023/01/01",
                                        "2023-01-01T",
                                        "\xd9\xa1",
                                        "1\xc2\xb2",
                                        "12345678\x80",
                                        "inf",
                                        "nan",
                                        "0x10"};
    uint64_t seed = 2;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        for (int behind = 0; behind < 20; behind++) {
            padded p = pad(texts[i], strlen(texts[i]), &seed);
            expect_the_same(&p);
        }
}

/* ---- a column ---- */

static void a_column_says_what_stands_in_each_row(void **state) {
    (void)state;
    const char text[] = "12,1.5,2023-02-28\n,,\nx,1.5.,2023-02-29\n";
    rp_error error = {0};
    rp_reader *reader = rp_reader_open_bytes(text, strlen(text), "t.csv", NULL, &error);
    assert_non_null(reader);
    rp_bulk *bulk = rp_bulk_open(reader, 3, 1, NULL, NULL, &error);
    assert_non_null(bulk);
    rp_batch batch;
    rp_row row;
    void *converted;
    assert_int_equal(rp_bulk_next(bulk, &batch, &converted, &row, &error), RP_BULK_BATCH);
    assert_int_equal(batch.n_rows, 3);
    static const uint8_t wanted[] = {RP_CELL_VALUE, RP_CELL_EMPTY, RP_CELL_OTHER};
    uint8_t found[3];
    int64_t whole[3];
    rp_cells_int(&batch, 0, -1, whole, found);
    assert_memory_equal(found, wanted, 3);
    assert_true(whole[0] == 12 && whole[1] == -1 && whole[2] == -1);
    double number[3];
    rp_cells_num(&batch, 1, NAN, number, found);
    assert_memory_equal(found, wanted, 3);
    assert_true(number[0] == 1.5 && isnan(number[1]) && isnan(number[2]));
    rp_date date[3];
    rp_cells_date(&batch, 2, RP_NO_DATE, date, found);
    assert_memory_equal(found, wanted, 3);
    assert_true(date[1] == RP_NO_DATE && date[2] == RP_NO_DATE);
    assert_int_equal(date[0], 19416); /* date -ud 2023-02-28 +%s = 1677542400, by 86400 */
    rp_bulk_close(bulk);
    rp_reader_close(reader);
}

/* ---- columns of any texts ---- */

enum { COLUMNS = 4, ROWS = 500 };

/* A file whose columns hold mostly plain whole numbers, numbers, dates, and texts that come in runs. Every second file
 * quotes some, every third ends its lines with CR LF. */
static void make_file(rp_buf *out, int round, uint64_t *seed) {
    char text[ROOM + 8];
    for (int row = 0; row < ROWS; row++)
        for (int column = 0; column < COLUMNS; column++) {
            size_t n = 0;
            if (draw(seed) % 32 == 0)
                n = mutate(text, make_number(text, seed), seed);
            else if (column == 0)
                n = make_digits(text, 8, seed);
            else if (column == 1)
                n = make_number(text, seed);
            else if (column == 2)
                n = make_date(text, seed);
            else
                n = (size_t)snprintf(text, sizeof text, "%.*s", (row / 7 * 5) % 23, "a text of some bytes, 23");
            bool quoted = round % 2 && draw(seed) % 8 == 0;
            for (size_t i = 0; i < n; i++) /* what would make the row an irregular one */
                text[i] = memchr(",\n\"\r", text[i], 4) || (unsigned char)text[i] > 0x7f ? '_' : text[i];
            rp_buf_printf(out, "%s%.*s%s", quoted ? "\"" : "", (int)n, text, quoted ? "\"" : "");
            rp_buf_put(out, column + 1 < COLUMNS ? "," : round % 3 ? "\n" : "\r\n");
        }
}

static void expect_cells(const rp_batch *batch, size_t field) {
    static int64_t whole[ROWS];
    static double number[ROWS];
    static rp_date date[ROWS];
    static uint8_t is_whole[ROWS], is_number[ROWS], is_date[ROWS];
    assert_true(batch->n_rows <= ROWS);
    rp_cells_int(batch, field, -7, whole, is_whole);
    rp_cells_num(batch, field, -7, number, is_number);
    rp_cells_date(batch, field, RP_NO_DATE, date, is_date);
    for (size_t row = 0; row < batch->n_rows; row++) {
        rp_span span = rp_batch_span(batch, row, field);
        rp_text text = {batch->bytes + span.at, span.n};
        int64_t whole_wanted = -7;
        double number_wanted = -7;
        rp_date date_wanted = RP_NO_DATE;
        uint8_t other = text.n ? RP_CELL_OTHER : RP_CELL_EMPTY;
        assert_int_equal(is_whole[row], text.n && rp_text_to_int(text, &whole_wanted) ? RP_CELL_VALUE : other);
        assert_int_equal(is_number[row], text.n && rp_text_to_num(text, &number_wanted) ? RP_CELL_VALUE : other);
        assert_int_equal(is_date[row], text.n && rp_date_parse(text, &date_wanted) ? RP_CELL_VALUE : other);
        assert_true(whole[row] == whole_wanted && number[row] == number_wanted && date[row] == date_wanted);
    }
}

/* Up to 15 bytes, the first one lowest, and zeros behind them. */
static void expect_short(const rp_batch *batch, size_t field) {
    static rp_words words[ROWS];
    static uint8_t found[ROWS];
    rp_cells_short(batch, field, words, found);
    for (size_t row = 0; row < batch->n_rows; row++) {
        rp_span span = rp_batch_span(batch, row, field);
        assert_int_equal(found[row], span.n == 0 ? RP_CELL_EMPTY : span.n <= 15 ? RP_CELL_VALUE : RP_CELL_OTHER);
        for (size_t byte = 0; byte < 16 && span.n <= 15; byte++)
            assert_int_equal((byte < 8 ? words[row].low >> 8 * byte : words[row].high >> 8 * (byte - 8)) & 0xff,
                             byte < span.n ? (unsigned char)batch->bytes[span.at + byte] : 0);
    }
}

/* The runs are the rows, one after the other; no run could be longer. */
static void expect_runs(const rp_batch *batch, size_t field) {
    static rp_text_run runs[ROWS];
    size_t n = rp_cells_runs(batch, field, runs), row = 0;
    for (size_t i = 0; i < n; i++) {
        rp_span first = rp_batch_span(batch, row, field);
        assert_int_equal(runs[i].row, row);
        assert_true(runs[i].n > 0);
        assert_int_equal(runs[i].found, first.n == 0 ? RP_CELL_EMPTY : first.n <= 15 ? RP_CELL_VALUE : RP_CELL_OTHER);
        assert_true(first.n <= 15 || runs[i].n == 1);
        assert_true(first.n > 15 || runs[i].bytes == first.n);
        char wanted[16] = {0};
        memcpy(wanted, batch->bytes + first.at, first.n <= 15 ? first.n : 0);
        for (size_t byte = 0; byte < sizeof wanted && first.n <= 15; byte++)
            assert_int_equal((byte < 8 ? runs[i].text.low >> 8 * byte : runs[i].text.high >> 8 * (byte - 8)) & 0xff,
                             (unsigned char)wanted[byte]);
        for (size_t end = row + runs[i].n; row < end; row++) {
            rp_span span = rp_batch_span(batch, row, field);
            assert_int_equal(span.n, first.n);
            assert_memory_equal(batch->bytes + span.at, batch->bytes + first.at, span.n);
        }
        rp_span next = row < batch->n_rows ? rp_batch_span(batch, row, field) : (rp_span){0};
        assert_true(row == batch->n_rows || first.n > 15 || next.n != first.n ||
                    memcmp(batch->bytes + next.at, batch->bytes + first.at, first.n) != 0);
    }
    assert_int_equal(row, batch->n_rows);
}

static void columns_have_the_values_of_their_texts(void **state) {
    (void)state;
    uint64_t seed = 3;
    size_t rows = 0;
    for (int round = 0; round < 60; round++) {
        rp_buf file = {0};
        rp_error error = {0};
        make_file(&file, round, &seed);
        rp_reader_options options = {.separator = ','};
        rp_reader *reader = rp_reader_open_bytes(file.at, file.n, "t.csv", &options, &error);
        assert_non_null(reader);
        rp_bulk *bulk = rp_bulk_open(reader, COLUMNS, 1, NULL, NULL, &error);
        assert_non_null(bulk);
        rp_batch batch;
        rp_row row;
        void *converted;
        for (rp_bulk_read got; (got = rp_bulk_next(bulk, &batch, &converted, &row, &error)) != RP_BULK_END;) {
            assert_int_equal(got, RP_BULK_BATCH);
            for (size_t field = 0; field < COLUMNS; field++) {
                expect_cells(&batch, field);
                expect_short(&batch, field);
                expect_runs(&batch, field);
            }
            rows += batch.n_rows;
        }
        rp_bulk_close(bulk);
        rp_reader_close(reader);
        rp_buf_free(&file);
    }
    assert_int_equal(rows, 60 * ROWS);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(generated_texts_have_the_same_values),
        cmocka_unit_test(each_day_and_no_other_is_a_date),
        cmocka_unit_test(chosen_texts_have_the_same_values),
        cmocka_unit_test(a_column_says_what_stands_in_each_row),
        cmocka_unit_test(columns_have_the_values_of_their_texts),
    };
    return cmocka_run_group_tests_name("table: values of a batch", tests, NULL, NULL);
}
