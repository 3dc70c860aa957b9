/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Rows in batches: whatever the file, the chunks and the threads, they are the rows that the reader gives one by one.
 */
#include "transcript.h"

/* ---- a transcript of batches that reads like that of rows ---- */

typedef struct bulk_options {
    size_t n_cells;
    int threads;
    bool bare_cr;
} bulk_options;

typedef struct counted {
    size_t batches, batch_rows, rows, bad;
} counted;

/* Adds up the lengths of all texts: proof that convert saw the batch that comes with what it made. */
static bool add_lengths(void *context, const rp_batch *batch, rp_arena *arena, void **out) {
    (void)context;
    uint64_t *sum = rp_arena_take(arena, 1, sizeof *sum);
    for (size_t i = 0; sum && i < batch->n_rows * batch->n_cells; i++)
        *sum += rp_batch_span(batch, i / batch->n_cells, i % batch->n_cells).n;
    *out = sum;
    return sum != NULL;
}

static void note_batch(transcript *t, const source *s, const rp_batch *batch, const uint64_t *converted) {
    uint64_t sum = 0;
    rp_cell cells[64];
    assert_true(batch->n_rows > 0 && batch->n_cells <= 64);
    for (size_t i = 0; i < batch->n_rows; i++) {
        uint32_t at = rp_batch_row_at(batch, i);
        assert_true(rp_batch_row_at(batch, i + 1) > at + rp_batch_row_bytes(batch, i));
        for (size_t c = 0; c < batch->n_cells; c++) {
            rp_span span = rp_batch_span(batch, i, c);
            sum += span.n;
            cells[c] = (rp_cell){.text = {batch->bytes + span.at, span.n},
                                 .line = batch->line + (uint32_t)i,
                                 .column = span.at - at - span.quoted + 1,
                                 .quoted = span.quoted};
        }
        note_row(t, s,
                 &(rp_row){.cells = cells,
                           .n = batch->n_cells,
                           .line = batch->line + (uint32_t)i,
                           .offset = batch->offset + at,
                           .length = rp_batch_row_bytes(batch, i)});
    }
    assert_non_null(converted);
    assert_int_equal(*converted, sum);
    volatile char padding = batch->bytes[rp_batch_row_at(batch, batch->n_rows) + RP_BATCH_PADDING - 1];
    (void)padding; /* the address sanitiser looks */
}

static void note_bad(transcript *t, const source *s, const rp_row *row, const rp_error *error) {
    t->failure = *error;
    rp_buf_printf(&t->text, "bad %lld:%lld", (long long)error->line - s->lines_before, (long long)error->column);
    if (s->also & EXTENT)
        rp_buf_printf(&t->text, " %llu+%zu", (unsigned long long)(row->offset - s->bytes_before), row->length);
    rp_buf_put(&t->text, "\n");
}

static void note_bulk(transcript *t, const source *s, rp_reader *reader, const bulk_options *how, counted *count) {
    rp_error error = {0};
    rp_bulk *bulk = rp_bulk_open(reader, how->n_cells, how->threads, add_lengths, NULL, &error);
    assert_non_null(bulk);
    for (;;) {
        rp_batch batch;
        rp_row row;
        void *converted = NULL;
        rp_bulk_read got = rp_bulk_next(bulk, &batch, &converted, &row, &error);
        if (got == RP_BULK_BATCH) {
            note_batch(t, s, &batch, converted);
            count->batches++;
            count->batch_rows += batch.n_rows;
        } else if (got == RP_BULK_ROW) {
            note_row(t, s, &row);
            count->rows++;
        } else if (got == RP_BULK_BAD) {
            note_bad(t, s, &row, &error);
            count->bad++;
        } else {
            rp_buf_put(&t->text, got == RP_BULK_FAILED ? "failed\n" : "");
            break;
        }
    }
    rp_bulk_close(bulk);
}

static rp_reader *open_source(source s, bool bare_cr) {
    rp_error error = {0};
    rp_reader_options options = {.separator = s.separator, .encoding = s.encoding, .chunk = s.chunk};
    rp_reader *reader = s.also & KNOWN ? rp_reader_open_known(s.bytes, s.n, &options, bare_cr, &error)
                                       : rp_reader_open_bytes(s.bytes, s.n, "test.csv", &options, &error);
    assert_non_null(reader);
    return reader;
}

static counted expect_bulk(source s, bulk_options how, const char *wanted) {
    transcript t = {0};
    counted count = {0};
    rp_buf_put(&t.text, "");
    rp_reader *reader = open_source(s, how.bare_cr);
    note_bulk(&t, &s, reader, &how, &count);
    assert_true(rp_reader_share(reader) == 1);
    rp_reader_close(reader);
    assert_string_equal(t.text.at, wanted);
    rp_buf_free(&t.text);
    return count;
}

/* The rows one by one are the truth; batches must not differ from them. */
static counted expect_same(source s, bulk_options how) {
    transcript t = {0};
    rp_buf_put(&t.text, "");
    rp_reader *reader = open_source(s, how.bare_cr);
    note_all(&t, &s, reader);
    rp_reader_close(reader);
    counted count = expect_bulk(s, how, t.text.at);
    rp_buf_free(&t.text);
    return count;
}

/* ---- what is regular ---- */

static source of(const char *text) {
    return (source){.bytes = text, .n = strlen(text), .separator = ',', .also = PLACES | EXTENT};
}

static void regular_rows_come_in_one_batch(void **state) {
    (void)state;
    counted c = expect_bulk(of("1,a\n2,\"b\"\r\n\"\",\n"), (bulk_options){.n_cells = 2, .threads = 1},
                            "1 0+3 1:1<1>1:3<a>\n2 4+5 2:1<2>2:3<\"b\">\n3 11+3 3:1<\"\">3:4<>\n");
    assert_int_equal(c.batches, 1);
    assert_int_equal(c.batch_rows, 3);
}

static void each_irregularity_is_a_row_of_its_own(void **state) {
    (void)state;
    static const char *const odd[] = {
        "x\n",      "x,y,z\n",         "\"x\"\"\",y\n", "\"x\ny\",z\n", "x,\"y\r\n\"\n", "\"x\"y,z\n",
        "x,\xe9\n", "\"\n\",\"\n\"\n", "\xc0\x80,x\n",  ",,\n",         "x,\"y\" \n",    "x,\"y\"\r,z\n",
    };
    for (size_t i = 0; i < sizeof odd / sizeof *odd; i++) {
        rp_buf text = {0};
        for (int row = 0; row < 40; row++)
            rp_buf_put(&text, "1,a\n");
        rp_buf_put(&text, odd[i]);
        for (int row = 0; row < 40; row++)
            rp_buf_put(&text, "2,b\n");
        source s = of(text.at);
        for (s.encoding = RP_UTF_8; s.encoding <= RP_WINDOWS_1252; s.encoding++) {
            counted c = expect_same(s, (bulk_options){.n_cells = 2, .threads = 1});
            assert_int_equal(c.rows + c.bad, 1);
            assert_int_equal(c.batch_rows, 80);
        }
        rp_buf_free(&text);
    }
}

/* ---- the same as row by row ---- */

static void random_text_gives_the_same_rows(void **state) {
    (void)state;
    static const char *const alphabets[] = {"\"\",,\n\n\rxy\xc3\xa9\x81", "\",,,\n\nxyzxyzxyz",
                                            ",,,\n\nxyzxyz0123456789", "a,b\n"};
    uint64_t seed = 20261123;
    rp_buf text = {0};
    size_t batch_rows = 0;
    for (int round = 0; round < 400; round++) {
        const char *alphabet = alphabets[round % 4];
        text.n = 0;
        for (int i = 0; i < 700; i++)
            rp_buf_add(&text, alphabet + draw(&seed) % strlen(alphabet), 1);
        source s = {.bytes = text.at,
                    .n = text.n,
                    .separator = ',',
                    .encoding = round / 4 % 2 ? RP_WINDOWS_1252 : RP_UTF_8,
                    .also = PLACES | EXTENT | KNOWN};
        for (s.chunk = 1; s.chunk <= 1000; s.chunk = s.chunk * 3 + 1)
            for (int threads = 1; threads <= 4; threads++)
                batch_rows += expect_same(s, (bulk_options){.n_cells = 1 + draw(&seed) % 4,
                                                            .threads = threads,
                                                            .bare_cr = round % 16 == 0})
                                  .batch_rows;
    }
    assert_true(batch_rows > 1000);
    rp_buf_free(&text);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(regular_rows_come_in_one_batch),
        cmocka_unit_test(each_irregularity_is_a_row_of_its_own),
        cmocka_unit_test(random_text_gives_the_same_rows),
    };
    return cmocka_run_group_tests_name("table: batches", tests, NULL, NULL);
}
