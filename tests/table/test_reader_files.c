/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The reader on files: those that cannot be read, those that change under it, pipes, real ones; and pieces of files. */
#include <dirent.h>
#include <stdlib.h>
#include <unistd.h>

#include "transcript.h"

/* A file of our own that is gone after the test. */
typedef struct own_file {
    char path[240]; /* short enough to stand whole in an error */
    int file;
} own_file;

static own_file own_file_with(const char *bytes, size_t n) {
    own_file own;
    const char *base = getenv("TMPDIR");
    snprintf(own.path, sizeof own.path, "%s/rapport-test-XXXXXX", base ? base : P_tmpdir);
    own.file = mkstemp(own.path);
    assert_true(own.file >= 0);
    assert_int_equal(write(own.file, bytes, n), n);
    return own;
}

static void drop(own_file *own) {
    close(own->file);
    unlink(own->path);
}

static void expect_refused(const char *path, rp_code code, const char *word) {
    rp_error error = {0};
    assert_null(rp_reader_open(path, NULL, &error));
    assert_int_equal(error.code, code);
    assert_non_null(strstr(error.message, word));
    assert_string_equal(error.file, path);
    assert_true(error.remedy[0]);
}

static void what_cannot_be_opened_is_told(void **state) {
    (void)state;
    expect_refused("/nowhere/at/all.csv", RP_E_FILE, "cannot be opened");
    expect_refused("/", RP_E_FILE, "folder");
    own_file empty = own_file_with("", 0);
    expect_refused(empty.path, RP_E_SYNTAX, "empty");
    drop(&empty);
}

/* A process's own memory opens as a file, and its first page cannot be read (Linux). */
static void a_file_that_cannot_be_read_is_told(void **state) {
    (void)state;
    rp_error error = {0};
    if (access("/proc/self/mem", R_OK) != 0) {
        print_message("skipped: no /proc/self/mem here\n");
        skip();
    }
    assert_null(rp_reader_open("/proc/self/mem", NULL, &error));
    assert_int_equal(error.code, RP_E_FILE);
    assert_non_null(strstr(error.message, "cannot be read"));
}

static void a_file_over_the_limit_is_refused(void **state) {
    (void)state;
    own_file large = own_file_with("a,b\n", 4);
    bool made = ftruncate(large.file, ((off_t)RP_READER_LIMIT_BYTES_GB << 30) + 1) == 0; /* holes, no disk */
    if (made)
        expect_refused(large.path, RP_E_LIMIT, "1024 GB");
    drop(&large);
    if (!made) {
        print_message("skipped: this file system holds no file of more than 1 TB\n");
        skip();
    }
}

static void a_file_and_its_bytes_give_the_same_rows(void **state) {
    (void)state;
    static const char text[] = "\xef\xbb\xbf"
                               "a;b\r\n1;\"x\r\ny\"\r\n\r\n2;\"z\"w\r\n3;";
    own_file own = own_file_with(text, sizeof text - 1);
    rp_error error;
    for (size_t chunk = 0; chunk < 5; chunk++) {
        source s = {.bytes = text, .n = sizeof text - 1, .also = PLACES | EXTENT, .chunk = chunk};
        transcript t = {0};
        rp_reader *reader = rp_reader_open(own.path, &(rp_reader_options){.chunk = chunk}, &error);
        assert_non_null(reader);
        assert_int_equal(rp_reader_separator(reader), ';');
        note_all(&t, &s, reader);
        assert_true(rp_reader_share(reader) == 1);
        rp_reader_close(reader);
        assert_string_equal(t.text.at,
                            "1 3+3 1:1<a>1:3<b>\n2 8+8 2:1<1>2:3<\"x\r\ny\">\nbad 5:6 20+6\n6 28+2 6:1<3>6:3<>\n");
        assert_string_equal(t.failure.file, own.path);
        expect_source(s, t.text.at);
        rp_buf_free(&t.text);
    }
    drop(&own);
}

/* Rows until the reader stops; all must be whole. */
static rp_error read_until_failed(const char *path, own_file *own, off_t new_size, size_t *rows) {
    rp_error error = {0};
    rp_row row;
    rp_reader *reader = rp_reader_open(path, &(rp_reader_options){.chunk = 4096}, &error);
    assert_non_null(reader);
    assert_int_equal(ftruncate(own->file, new_size), 0);
    rp_read got = RP_READ_END;
    for (*rows = 0; (got = rp_reader_next(reader, &row, &error)) == RP_READ_ROW; (*rows)++)
        assert_int_equal(row.length, 9);
    assert_int_equal(got, RP_READ_FAILED);
    assert_int_equal(rp_reader_next(reader, &row, &error), RP_READ_FAILED);
    rp_reader_close(reader);
    return error;
}

static void a_file_that_changes_while_it_is_read_is_told(void **state) {
    (void)state;
    rp_buf text = {0};
    enum { ROWS = 30000, KEPT = 200004 }; /* 20000 rows and part of one */
    for (int i = 0; i < ROWS; i++)
        rp_buf_put(&text, "1234,5678\n");
    own_file own = own_file_with(text.at, text.n);
    size_t rows = 0;
    rp_error error = read_until_failed(own.path, &own, KEPT, &rows);
    assert_int_equal(rows, KEPT / 10); /* the row that was cut is not among them */
    assert_int_equal(error.code, RP_E_FILE);
    assert_non_null(strstr(error.message, "shorter"));
    assert_true(error.remedy[0]);
    drop(&own);

    own = own_file_with(text.at, text.n);
    rp_reader *reader = rp_reader_open(own.path, &(rp_reader_options){.chunk = 4096}, &error);
    assert_non_null(reader);
    assert_int_equal(write(own.file, "9999,9999\n", 10), 10);
    rp_row row;
    rp_read got = RP_READ_ROW;
    while (got == RP_READ_ROW)
        got = rp_reader_next(reader, &row, &error);
    assert_int_equal(got, RP_READ_FAILED);
    assert_non_null(strstr(error.message, "longer"));
    rp_reader_close(reader);
    drop(&own);
    rp_buf_free(&text);
}

static void a_pipe_is_read_as_well(void **state) {
    (void)state;
    int ends[2];
    char path[64];
    assert_int_equal(pipe(ends), 0);
    assert_int_equal(write(ends[1], "a,b\n1,2\n", 8), 8);
    close(ends[1]);
    snprintf(path, sizeof path, "/dev/fd/%d", ends[0]);
    rp_error error;
    rp_row row;
    rp_reader *reader = rp_reader_open(path, NULL, &error);
    close(ends[0]);
    if (!reader) {
        print_message("skipped: no /dev/fd here\n");
        skip();
    }
    assert_true(rp_reader_share(reader) == 0); /* how long it is, is not known */
    assert_int_equal(rp_reader_next(reader, &row, &error), RP_READ_ROW);
    assert_int_equal(rp_reader_next(reader, &row, &error), RP_READ_ROW);
    assert_true(rp_text_is(row.cells[1].text, "2"));
    assert_int_equal(rp_reader_next(reader, &row, &error), RP_READ_END);
    rp_reader_close(reader);
}

/* ---- pieces ---- */

static void a_bad_row_can_be_fetched_as_it_stands(void **state) {
    (void)state;
    static const char text[] = "a,b\n1,\"x\"y\n2,z\n";
    own_file own = own_file_with(text, sizeof text - 1);
    rp_error error = {0};
    rp_row row;
    rp_arena *arena = rp_arena_new(0);
    rp_text piece = {0};
    rp_reader *reader = rp_reader_open(own.path, NULL, &error);
    rp_slices *slices = rp_slices_open(own.path, RP_UTF_8, &error);
    assert_non_null(slices);
    assert_int_equal(rp_reader_next(reader, &row, &error), RP_READ_ROW);
    assert_int_equal(rp_reader_next(reader, &row, &error), RP_READ_BAD);
    assert_true(rp_slices_next(slices, row.offset, row.length, arena, &piece, &error));
    assert_true(rp_text_is(piece, "1,\"x\"y"));
    rp_reader_close(reader);
    assert_true(rp_slices_next(slices, 0, 0, arena, &piece, &error));
    assert_int_equal(piece.n, 0);
    rp_slices_close(slices);
    drop(&own);
    rp_arena_free(arena);
}

static void a_piece_that_is_not_there_is_told(void **state) {
    (void)state;
    own_file own = own_file_with("abc", 3);
    rp_error error = {0};
    rp_arena *arena = rp_arena_new(0);
    rp_text piece = {0};
    rp_slices *slices = rp_slices_open(own.path, RP_UTF_8, &error);
    assert_non_null(slices);
    assert_true(rp_slices_next(slices, 1, 2, arena, &piece, &error));
    assert_true(rp_text_is(piece, "bc"));
    assert_false(rp_slices_next(slices, 1, 3, arena, &piece, &error));
    assert_int_equal(error.code, RP_E_FILE);
    assert_false(rp_slices_next(slices, UINT64_MAX, 3, arena, &piece, &error));
    assert_int_equal(error.code, RP_E_LIMIT);
    assert_false(rp_slices_next(slices, 0, RP_READER_LIMIT_ROW + 1, arena, &piece, &error));
    assert_int_equal(error.code, RP_E_LIMIT);
    rp_memory_fail_after(1);
    assert_false(rp_slices_next(slices, 0, 1, arena, &piece, &error));
    rp_memory_fail_after(0);
    assert_int_equal(error.code, RP_E_MEMORY);
    assert_true(rp_text_is(piece, "bc")); /* left alone */
    rp_slices_close(slices);
    assert_null(rp_slices_open("/nowhere/at/all", RP_UTF_8, &error));
    assert_int_equal(error.code, RP_E_FILE);
    assert_null(rp_slices_open("/", RP_UTF_8, &error));
    assert_int_equal(error.code, RP_E_FILE);
    drop(&own);
    rp_arena_free(arena);
}

/* ---- real files ---- */

/* "- Size: 172 rows x 9 columns" in the note beside each file: counted by R where it was exported. */
static bool noted_size(const char *path, rp_arena *arena, long *rows, long *columns) {
    rp_text note;
    rp_error error;
    if (!rp_file_read(path, 1 << 20, arena, &note, &error))
        return false;
    static const char first[] = "- Size: ", second[] = " rows x ";
    const char *at = strstr(note.at, first);
    if (!at)
        return false;
    char *end = NULL;
    *rows = strtol(at + sizeof first - 1, &end, 10);
    if (strncmp(end, second, sizeof second - 1) != 0)
        return false;
    *columns = strtol(end + sizeof second - 1, &end, 10);
    return strncmp(end, " columns", 8) == 0;
}

static void expect_size(const char *path, rp_arena *arena, long rows, long columns) {
    rp_error error = {0};
    rp_header header;
    rp_row row;
    rp_read got = RP_READ_END;
    long n = 0;
    rp_reader *reader = rp_reader_open(path, NULL, &error);
    assert_non_null(reader);
    assert_int_equal(rp_reader_separator(reader), ',');
    assert_true(rp_reader_header(reader, arena, &header, &error));
    assert_int_equal(header.n, columns);
    for (; (got = rp_reader_next(reader, &row, &error)) == RP_READ_ROW; n++)
        assert_int_equal(row.n, columns);
    assert_int_equal(got, RP_READ_END);
    assert_int_equal(n, rows);
    rp_reader_close(reader);
}

static void real_files_have_the_rows_and_columns_that_their_notes_say(void **state) {
    (void)state;
    char folder[512], path[1024];
    const char *shared = getenv("RAPPORT_SHARED");
    snprintf(folder, sizeof folder, "%s/data", shared ? shared : "../shared");
    DIR *list = opendir(folder);
    if (!list) {
        print_message("skipped: no reference data in %s\n", folder);
        skip();
    }
    rp_arena *arena = rp_arena_new(0);
    int files = 0;
    for (struct dirent *entry; (entry = readdir(list));) {
        const char *end = strrchr(entry->d_name, '.');
        long rows = 0, columns = 0;
        if (!end || strcmp(end, ".csv") != 0)
            continue;
        int stem = (int)(end - entry->d_name);
        snprintf(path, sizeof path, "%s/%.*s.md", folder, stem, entry->d_name);
        if (!noted_size(path, arena, &rows, &columns))
            continue;
        snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
        expect_size(path, arena, rows, columns);
        files++;
    }
    assert_true(files >= 20);
    closedir(list);
    rp_arena_free(arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_cannot_be_opened_is_told),
        cmocka_unit_test(a_file_that_cannot_be_read_is_told),
        cmocka_unit_test(a_file_over_the_limit_is_refused),
        cmocka_unit_test(a_file_and_its_bytes_give_the_same_rows),
        cmocka_unit_test(a_file_that_changes_while_it_is_read_is_told),
        cmocka_unit_test(a_pipe_is_read_as_well),
        cmocka_unit_test(a_bad_row_can_be_fetched_as_it_stands),
        cmocka_unit_test(a_piece_that_is_not_there_is_told),
        cmocka_unit_test(real_files_have_the_rows_and_columns_that_their_notes_say),
    };
    return cmocka_run_group_tests_name("table: reader on files", tests, NULL, NULL);
}
