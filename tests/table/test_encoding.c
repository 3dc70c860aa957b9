/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Windows-1252: each byte, and a file in it beside its twin in UTF-8: the same texts, at the file's own places. */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "transcript.h"

/* unicode.org/Public/MAPPINGS/VENDORS/MICSFT/WINDOWS/CP1252.TXT, 0x80 to 0x9f; NULL: "UNDEFINED". The WHATWG Encoding
 * Standard's index windows-1252 has the same characters, and C1 controls for the undefined five. */
static const char *const from_0x80[32] = {
    "\u20ac", NULL,     "\u201a", "\u0192", "\u201e", "\u2026", "\u2020", "\u2021", "\u02c6", "\u2030", "\u0160",
    "\u2039", "\u0152", NULL,     "\u017d", NULL,     NULL,     "\u2018", "\u2019", "\u201c", "\u201d", "\u2022",
    "\u2013", "\u2014", "\u02dc", "\u2122", "\u0161", "\u203a", "\u0153", NULL,     "\u017e", "\u0178",
};

/* 0xa0 to 0xff, in the same table: U+00A0 to U+00FF in order. */
static const char from_0xa0[] =
    "\u00a0¡¢£¤¥¦§¨©ª«¬\u00ad®¯°±²³´µ¶·¸¹º»¼½¾¿ÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏÐÑÒÓÔÕÖ×ØÙÚÛÜÝÞßàáâãäåæçèéêëìíîï"
    "ðñòóôõö÷øùúûüýþÿ";

/* The byte in UTF-8; false: it is undefined. */
static bool twin_of(unsigned char byte, rp_buf *out) {
    char ascii = (char)byte;
    if (byte < 0x80)
        rp_buf_add(out, &ascii, 1);
    else if (byte < 0xa0 && !from_0x80[byte - 0x80])
        return false;
    else if (byte < 0xa0)
        rp_buf_put(out, from_0x80[byte - 0x80]);
    else
        rp_buf_add(out, from_0xa0 + (size_t)2 * (byte - 0xa0), 2);
    return true;
}

static source in_1252(const char *bytes, size_t n, size_t chunk) {
    return (source){.bytes = bytes,
                    .n = n,
                    .separator = ',',
                    .chunk = chunk,
                    .encoding = RP_WINDOWS_1252,
                    .also = KNOWN | PLACES | EXTENT};
}

static void every_byte_is_its_character_or_a_fault(void **state) {
    (void)state;
    assert_int_equal(sizeof from_0xa0 - 1, 96 * 2);
    size_t bad = 0;
    for (int byte = 0; byte < 256; byte++) {
        char text[] = "1,\"a..\"\n"; /* a quote is doubled, any other byte ends with a blank */
        text[4] = (char)byte;
        text[5] = byte == '"' ? '"' : ' ';
        rp_buf wanted = {0};
        rp_buf_put(&wanted, "1 0+7 1:1<1>1:3<\"a");
        bool defined = twin_of((unsigned char)byte, &wanted);
        if (byte == 0 || !defined)
            wanted.n = 0;
        rp_buf_put(&wanted, wanted.n == 0 ? "bad 1:5 0+7\n" : byte == '"' ? "\">\n" : " \">\n");
        bad += wanted.at[0] == 'b';
        expect_source(in_1252(text, sizeof text - 1, 0), wanted.at);
        rp_buf_free(&wanted);
    }
    assert_int_equal(bad, 6); /* NUL, 81, 8d, 8f, 90, 9d */
}

static void a_byte_that_is_undefined_is_told_by_name(void **state) {
    (void)state;
    static const char text[] = "id,name\n1,Zo\xeb\n2,\"\x80\n\xe9\x9d\"\n3,x\n";
    transcript t = transcribe(in_1252(text, sizeof text - 1, 0));
    assert_string_equal(t.text.at, "1 0+7 1:1<id>1:4<name>\n2 8+5 2:1<1>2:3<Zoë>\nbad 4:2 14+8\n5 23+3 5:1<3>5:3<x>\n");
    assert_int_equal(t.failure.code, RP_E_ENCODING);
    assert_string_equal(t.failure.message, "The byte 0x9D here is no character of Windows-1252.");
    rp_buf_free(&t.text);
}

static void the_mark_of_utf8_contradicts(void **state) {
    (void)state;
    static const char text[] = "\xef\xbb\xbfid,name\n";
    rp_error error = {0};
    const rp_reader_options options = {.encoding = RP_WINDOWS_1252};
    assert_null(rp_reader_open_bytes(text, sizeof text - 1, "x.csv", &options, &error));
    assert_non_null(strstr(error.message, "begins with the mark of UTF-8"));
    assert_non_null(strstr(error.remedy, "Say that it is UTF-8"));
}

/* ---- beside its twin ---- */

enum { LONGEST = 400 };

typedef struct twins {
    rp_buf file, twin;
    size_t twin_at[LONGEST + 1];                        /* by byte of the file */
    size_t lines[LONGEST + 2], twin_lines[LONGEST + 2]; /* where line i + 1 begins */
    size_t n_lines;
} twins;

/* Text of any characters, thick with what rows are made of. */
static void make_twins(twins *t, uint64_t *state) {
    static const char often[] = ",,,\n\n\"\"\r\xe9\x80 x";
    t->file.n = t->twin.n = t->n_lines = 0;
    for (size_t i = 0; i < LONGEST; i++) {
        uint64_t drawn = draw(state);
        char byte = drawn % 4 ? often[drawn / 4 % (sizeof often - 1)] : (char)(drawn >> 32);
        t->twin_at[i] = t->twin.n;
        if (byte == 0 || !twin_of((unsigned char)byte, &t->twin))
            rp_buf_put(&t->twin, "~"), byte = '~';
        if (i == 0 || t->file.at[i - 1] == '\n') {
            t->lines[t->n_lines] = i;
            t->twin_lines[t->n_lines++] = t->twin_at[i];
        }
        rp_buf_add(&t->file, &byte, 1);
    }
    t->twin_at[LONGEST] = t->twin.n;
}

static void same_place(const twins *t, int64_t line, int64_t column, int64_t twin_line, int64_t twin_column) {
    assert_int_equal(line, twin_line);
    assert_true(line >= 1 && (size_t)line <= t->n_lines && column >= 1);
    size_t at = t->lines[line - 1] + (size_t)column - 1;
    assert_true(at <= LONGEST);
    assert_int_equal(t->twin_at[at], t->twin_lines[line - 1] + (size_t)twin_column - 1);
}

static void same_row(const twins *t, const rp_row *row, const rp_row *twin) {
    assert_int_equal(row->line, twin->line);
    assert_int_equal(t->twin_at[row->offset], twin->offset);
    assert_int_equal(t->twin_at[row->offset + row->length], twin->offset + twin->length);
    assert_int_equal(row->n, twin->n);
    for (size_t i = 0; i < row->n; i++) {
        rp_text text = row->cells[i].text, wanted = twin->cells[i].text;
        assert_int_equal(text.n, wanted.n);
        assert_memory_equal(text.at, wanted.at, wanted.n);
        assert_int_equal(row->cells[i].quoted, twin->cells[i].quoted);
        same_place(t, row->cells[i].line, row->cells[i].column, twin->cells[i].line, twin->cells[i].column);
    }
}

static size_t read_beside(const twins *t, size_t chunk) {
    rp_error error = {0}, of_twin = {0};
    rp_reader_options options = {.separator = ',', .encoding = RP_WINDOWS_1252, .chunk = chunk};
    rp_reader *file = rp_reader_open_known(t->file.at, t->file.n, &options, false, &error);
    options.encoding = RP_UTF_8;
    rp_reader *twin = rp_reader_open_known(t->twin.at, t->twin.n, &options, false, &error);
    assert_true(file && twin);
    size_t good = 0;
    for (rp_read got = RP_READ_ROW; got != RP_READ_END;) {
        rp_row row, its_twin;
        got = rp_reader_next(file, &row, &error);
        assert_int_equal(got, rp_reader_next(twin, &its_twin, &of_twin));
        assert_int_not_equal(got, RP_READ_FAILED);
        same_row(t, &row, &its_twin);
        good += got == RP_READ_ROW;
        if (got == RP_READ_BAD) {
            assert_string_equal(error.message, of_twin.message);
            same_place(t, error.line, error.column, of_twin.line, of_twin.column);
        }
    }
    rp_reader_close(file);
    rp_reader_close(twin);
    return good;
}

static void a_file_reads_as_its_twin(void **state) {
    (void)state;
    twins t = {0};
    uint64_t seed = 1252;
    size_t good = 0;
    for (int round = 0; round < 300; round++) {
        make_twins(&t, &seed);
        for (size_t chunk = 1; chunk <= 1000; chunk = chunk * 3 + 1)
            good += read_beside(&t, chunk);
    }
    assert_true(good > 10000);
    rp_buf_free(&t.file);
    rp_buf_free(&t.twin);
}

/* ---- pieces ---- */

static void pieces_are_in_utf8(void **state) {
    (void)state;
    static const char text[] = "1,Zo\xeb\n2,\x80\x81,\"\n";
    char path[240];
    const char *base = getenv("TMPDIR");
    snprintf(path, sizeof path, "%s/rapport-test-XXXXXX", base ? base : P_tmpdir);
    int file = mkstemp(path);
    assert_int_equal(write(file, text, sizeof text - 1), sizeof text - 1);
    close(file);
    rp_error error = {0};
    rp_arena *arena = rp_arena_new(0);
    rp_slices *slices = rp_slices_open(path, RP_WINDOWS_1252, &error);
    rp_text piece;
    assert_true(arena && slices);
    assert_true(rp_slices_next(slices, 6, 6, arena, &piece, &error));
    assert_true(rp_text_is(piece, "2,\u20ac\x81,\"")); /* what is undefined stays: it is the fault that is shown */
    assert_true(rp_slices_next(slices, 0, 5, arena, &piece, &error));
    assert_true(rp_text_is(piece, "1,Zoë"));
    assert_true(rp_slices_next(slices, 5, 0, arena, &piece, &error));
    assert_int_equal(piece.n, 0);
    rp_slices_close(slices);
    rp_arena_free(arena);
    unlink(path);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_byte_is_its_character_or_a_fault),
        cmocka_unit_test(a_byte_that_is_undefined_is_told_by_name),
        cmocka_unit_test(the_mark_of_utf8_contradicts),
        cmocka_unit_test(a_file_reads_as_its_twin),
        cmocka_unit_test(pieces_are_in_utf8),
    };
    return cmocka_run_group_tests_name("table: encodings", tests, NULL, NULL);
}
