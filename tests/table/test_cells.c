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

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(generated_texts_have_the_same_values),
        cmocka_unit_test(each_day_and_no_other_is_a_date),
        cmocka_unit_test(chosen_texts_have_the_same_values),
        cmocka_unit_test(a_column_says_what_stands_in_each_row),
    };
    return cmocka_run_group_tests_name("table: values of a batch", tests, NULL, NULL);
}
