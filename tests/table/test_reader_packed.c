/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Packed files: the same rows as of the plain text, however they come; torn and damaged ones; limits; pieces. */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

#include "transcript.h"

enum { ROWS = 30000 };

/* Rows that do not shrink to nothing, with a bad one (text after a quote) every 5000. */
static rp_buf table_text(void) {
    rp_buf text = {0};
    uint64_t state = 1;
    rp_buf_put(&text, "id,value\n");
    for (int i = 0; i < ROWS; i++)
        rp_buf_printf(&text, i % 5000 == 4999 ? "%d,\"x\"%llu\n" : "%d,%llu\n", i, (unsigned long long)draw(&state));
    return text;
}

static void gzip_add(rp_buf *out, const char *text, size_t n) {
    z_stream z = {0};
    assert_int_equal(deflateInit2(&z, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
    size_t room = deflateBound(&z, n);
    char *packed = malloc(room);
    z.next_in = (Bytef *)text;
    z.avail_in = (uInt)n;
    z.next_out = (Bytef *)packed;
    z.avail_out = (uInt)room;
    assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
    rp_buf_add(out, packed, z.total_out);
    deflateEnd(&z);
    free(packed);
}

static void zstd_add(rp_buf *out, const char *text, size_t n) {
    size_t room = ZSTD_compressBound(n);
    char *packed = malloc(room);
    size_t made = ZSTD_compress(packed, room, text, n, 3);
    assert_false(ZSTD_isError(made));
    rp_buf_add(out, packed, made);
    free(packed);
}

typedef void (*pack)(rp_buf *out, const char *text, size_t n);
static const pack packs[] = {gzip_add, zstd_add};

/* Two members or frames, cut inside a row. */
static rp_buf packed_in_two(pack add, const rp_buf *text) {
    rp_buf packed = {0};
    add(&packed, text->at, text->n / 3);
    add(&packed, text->at + text->n / 3, text->n - text->n / 3);
    return packed;
}

static transcript read_bytes(const rp_buf *bytes, const rp_reader_options *options) {
    transcript t = {0};
    rp_error error = {0};
    const source s = {.n = SIZE_MAX, .also = EXTENT};
    rp_reader *reader = rp_reader_open_bytes(bytes->at, bytes->n, "x.csv.gz", options, &error);
    assert_non_null(reader);
    note_all(&t, &s, reader);
    assert_true(rp_reader_share(reader) <= 1);
    rp_reader_close(reader);
    return t;
}

static void rows_are_those_of_the_plain_text(void **state) {
    (void)state;
    rp_buf text = table_text();
    transcript plain = read_bytes(&text, NULL);
    assert_int_equal(plain.rows, ROWS + 1 - 6); /* and the header; six rows are bad, one in 5000 */
    for (size_t p = 0; p < 2; p++) {
        rp_buf packed = packed_in_two(packs[p], &text);
        assert_true(packed.n < text.n);
        static const size_t chunks[] = {0, 1, 2, 3, 7, 4096, 65537};
        for (size_t i = 0; i < sizeof chunks / sizeof *chunks; i++) {
            transcript t = read_bytes(&packed, &(rp_reader_options){.chunk = chunks[i]});
            assert_string_equal(t.text.at, plain.text.at);
            rp_buf_free(&t.text);
        }
        rp_buf_free(&packed);
    }
    rp_buf_free(&plain.text);
    rp_buf_free(&text);
}

/* The good rows come first, then the failure. */
static void expect_failed(const rp_buf *bytes, uint64_t limit, rp_code code, const char *word, size_t least) {
    transcript t = read_bytes(bytes, &(rp_reader_options){.limit_bytes = limit});
    assert_non_null(strstr(t.text.at, "failed\n"));
    assert_int_equal(t.failure.code, code);
    assert_non_null(strstr(t.failure.message, word));
    assert_true(t.failure.remedy[0]);
    assert_true(t.rows >= least && t.rows < ROWS);
    rp_buf_free(&t.text);
}

static void a_torn_file_gives_its_rows_and_then_fails(void **state) {
    (void)state;
    rp_buf text = table_text();
    for (size_t p = 0; p < 2; p++) {
        rp_buf packed = packed_in_two(packs[p], &text);
        packed.n = packed.n * 9 / 10;
        expect_failed(&packed, 0, RP_E_SYNTAX, "end is missing", ROWS / 2);
        rp_buf_free(&packed);
    }
    rp_buf_free(&text);
}

/* The same in batches: as many rows of two fields as row by row, and a failure at the end. */
static void expect_failed_in_batches(const rp_buf *bytes, size_t chunk, int threads, size_t rows) {
    rp_error error = {0};
    rp_reader *reader = rp_reader_open_bytes(bytes->at, bytes->n, "x", &(rp_reader_options){.chunk = chunk}, &error);
    rp_bulk *bulk = reader ? rp_bulk_open(reader, 2, threads, NULL, NULL, &error) : NULL;
    assert_non_null(bulk);
    size_t n = 0;
    rp_bulk_read got = RP_BULK_BATCH;
    while (got != RP_BULK_END && got != RP_BULK_FAILED) {
        rp_batch batch;
        rp_row row;
        void *converted = NULL;
        got = rp_bulk_next(bulk, &batch, &converted, &row, &error);
        n += got == RP_BULK_BATCH ? batch.n_rows : got == RP_BULK_ROW;
    }
    assert_int_equal(got, RP_BULK_FAILED);
    assert_non_null(strstr(error.message, "end is missing"));
    assert_int_equal(n, rows);
    rp_bulk_close(bulk);
    rp_reader_close(reader);
}

static void a_torn_file_in_batches_gives_its_rows_and_then_fails(void **state) {
    (void)state;
    rp_buf text = table_text();
    for (size_t p = 0; p < 2; p++) {
        rp_buf packed = packed_in_two(packs[p], &text);
        packed.n = packed.n * 9 / 10;
        transcript t = read_bytes(&packed, NULL);
        assert_true(t.rows > ROWS / 2 && t.rows < ROWS);
        for (int threads = 1; threads <= 4; threads++) {
            expect_failed_in_batches(&packed, 0, threads, t.rows);
            expect_failed_in_batches(&packed, 5000, threads, t.rows);
        }
        rp_buf_free(&t.text);
        rp_buf_free(&packed);
    }
    rp_buf_free(&text);
}

static void a_damaged_file_gives_the_rows_before(void **state) {
    (void)state;
    rp_buf text = table_text();
    for (size_t p = 0; p < 2; p++) {
        rp_buf packed = {0};
        packs[p](&packed, text.at, text.n / 2);
        rp_buf_put(&packed, "this is neither a member nor a frame");
        expect_failed(&packed, 0, RP_E_SYNTAX, "damaged", ROWS * 2 / 5);
        rp_buf_free(&packed);
    }
    rp_buf_free(&text);
}

static void a_bomb_stops_at_the_limit(void **state) {
    (void)state;
    rp_buf text = {0};
    for (int i = 0; i < 1 << 16; i++)
        rp_buf_printf(&text, "%062d,b\n", 0); /* 4 MiB, which gzip makes 200 times smaller at least */
    for (size_t p = 0; p < 2; p++) {
        rp_buf packed = {0};
        packs[p](&packed, text.at, text.n);
        assert_true(packed.n < text.n / 200);
        expect_failed(&packed, 1 << 20, RP_E_LIMIT, "Unpacked", 0);
        rp_buf_free(&packed);
    }
    rp_buf_free(&text);
}

static void pieces_are_of_the_unpacked_text(void **state) {
    (void)state;
    rp_buf text = table_text();
    for (size_t p = 0; p < 2; p++) {
        rp_buf packed = packed_in_two(packs[p], &text);
        char path[240];
        const char *base = getenv("TMPDIR");
        snprintf(path, sizeof path, "%s/rapport-test-XXXXXX", base ? base : P_tmpdir);
        int file = mkstemp(path);
        assert_int_equal(write(file, packed.at, packed.n), packed.n);
        close(file);
        rp_error error = {0};
        rp_arena *arena = rp_arena_new(0);
        rp_text piece = {0};
        rp_slices *slices = rp_slices_open(path, RP_UTF_8, &error);
        assert_non_null(slices);
        static const size_t places[] = {0, 9, 100, 200000, 200000, 300001, 3};
        for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
            assert_true(rp_slices_next(slices, places[i], 50, arena, &piece, &error));
            assert_int_equal(piece.n, 50);
            assert_memory_equal(piece.at, text.at + places[i], 50);
        }
        assert_false(rp_slices_next(slices, text.n - 10, 11, arena, &piece, &error));
        assert_int_equal(error.code, RP_E_FILE);
        bool fine = true;
        for (int i = 0; i < 20 && fine; i++)
            fine = rp_slices_next(slices, 5, 5, arena, &piece, &error);
        assert_false(fine); /* going back is done a few times only */
        assert_int_equal(error.code, RP_E_LIMIT);
        rp_slices_close(slices);
        rp_arena_free(arena);
        unlink(path);
        rp_buf_free(&packed);
    }
    rp_buf_free(&text);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_are_those_of_the_plain_text),
        cmocka_unit_test(a_torn_file_gives_its_rows_and_then_fails),
        cmocka_unit_test(a_torn_file_in_batches_gives_its_rows_and_then_fails),
        cmocka_unit_test(a_damaged_file_gives_the_rows_before),
        cmocka_unit_test(a_bomb_stops_at_the_limit),
        cmocka_unit_test(pieces_are_of_the_unpacked_text),
    };
    return cmocka_run_group_tests_name("table: reader on packed files", tests, NULL, NULL);
}
