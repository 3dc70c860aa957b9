/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Places of rows: what is put is what is found, whatever lies between the lines. */
// clang-format off
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
// clang-format on

#include "record/record_parts.h"

enum { N = 20000 };

static rp_record *begin(rp_arena *arena) {
    rp_error error = {0};
    rp_record *record =
        rp_record_new(arena, rp_instruments_new(arena, &error), rp_faults_new(arena, 10)); /* no input is announced */
    assert_non_null(record);
    return record;
}

/* Lines mostly follow one another; now and then there is a blank line, another line end, another file, a long line, or
 * several rows of one line. */
static void places_are_found_as_they_were_put(void **state) {
    (void)state;
    rp_arena *arena = rp_arena_new(0);
    rp_record *record = begin(arena);
    rp_place *put = rp_arena_take(arena, N, sizeof *put);
    uint32_t *spots = rp_arena_take(arena, N, sizeof *spots);
    rp_place at = {.origin = {.input = 0, .line = 2}, .offset = 100};
    uint32_t random = 7;
    for (size_t i = 0; i < N; i++) {
        random = random * 1664525u + 1013904223u;
        uint32_t dice = random >> 8;
        at.length = dice % 97 ? dice % 300 : 65530 + dice % 20000;
        put[i] = at;
        spots[i] = rp_spot_put(record, at);
        if (dice % 31 == 0)
            continue; /* one more row of that line */
        at.offset += at.length + (i / 1000 % 2 ? 1 : 2) + (dice % 53 == 0) * 3;
        at.origin.line += dice % 43 ? 1 : 4;
        if (dice % 2003 == 0)
            at = (rp_place){.origin = {.input = at.origin.input + 1, .line = 2}};
    }
    for (size_t i = 0; i < N; i++) {
        const rp_spot spot = rp_spot_at(record, spots[i]);
        bool again = i > 0 && spots[i] == spots[i - 1]; /* the first row of a line says where it is */
        put[i] = again ? put[i - 1] : put[i];
        assert_int_equal(spot.input, put[i].origin.input);
        assert_int_equal(spot.line, put[i].origin.line);
        assert_int_equal(spot.offset, put[i].offset);
        assert_int_equal(spot.length, put[i].length);
        assert_true(i == 0 || again || rp_spot_before(record, spots[i - 1], spots[i]));
    }
    rp_arena_free(arena);
}

/* Lines that follow one another take two bytes each, and a little for each 256. */
static void lines_in_a_row_are_small(void **state) {
    (void)state;
    rp_arena *arena = rp_arena_new(0);
    rp_record *record = begin(arena);
    size_t before = rp_arena_bytes(arena);
    for (uint32_t i = 0; i < RP_DOUBLED_ROWS; i++)
        assert_int_equal(
            rp_spot_put(record, (rp_place){.origin = {.line = i + 2}, .offset = i * UINT64_C(51), .length = 50}), i);
    assert_true((double)(rp_arena_bytes(arena) - before) / RP_DOUBLED_ROWS < 2.2);
    rp_arena_free(arena);
}

/* A batch's places, put at once, are those of its rows put one by one: line ends of one byte and of two take turns, and
 * some lines are long. */
static void places_of_a_batch_are_those_of_its_rows(void **state) {
    (void)state;
    enum { ROWS = 3000 };
    rp_arena *arena = rp_arena_new(0);
    rp_record *record = begin(arena);
    uint32_t *ends = rp_arena_take(arena, ROWS + 1, sizeof *ends), input, random = 5, at = 0;
    char *bytes = rp_arena_take(arena, (size_t)ROWS * 3000, 1);
    rp_error error = {0};
    assert_true(rp_record_input(record, "/dev/null", RP_UTF_8, &input, &error));
    for (size_t i = 0; i < ROWS; i++) {
        random = random * 1664525u + 1013904223u;
        at += (random >> 8) % 500 ? (random >> 8) % 90 : UINT16_MAX + (random >> 9) % 2;
        bytes[at] = '\r';
        at += (random >> 17) % 300 == 0 || (i / 700) % 2;
        bytes[at] = '\n';
        ends[i + 1] = at++;
    }
    ends[0] = UINT32_MAX; /* where row 0 begins, less one */
    const rp_batch batch = {.bytes = bytes, .ends = ends + 1, .n_rows = ROWS, .n_cells = 1, .line = 2, .offset = 77};
    for (size_t row = 0, n; row < ROWS; row += n) {
        n = row + 513 < ROWS ? 513 : ROWS - row;
        assert_int_equal(rp_spots_put(record, input, &batch, row, n), row);
    }
    for (size_t row = 0; row < ROWS; row++) {
        const rp_spot spot = rp_spot_at(record, (uint32_t)row);
        assert_int_equal(spot.offset, batch.offset + rp_batch_row_at(&batch, row));
        assert_int_equal(spot.length, rp_batch_row_bytes(&batch, row));
        assert_int_equal(spot.line, row + 2);
        assert_int_equal(spot.input, input);
    }
    rp_arena_free(arena);
}

static void places_that_go_back_are_compared_by_line(void **state) {
    (void)state;
    rp_arena *arena = rp_arena_new(0);
    rp_record *record = begin(arena);
    uint32_t late = rp_spot_put(record, (rp_place){.origin = {.input = 1, .line = 9}});
    uint32_t early = rp_spot_put(record, (rp_place){.origin = {.input = 1, .line = 8}});
    uint32_t first = rp_spot_put(record, (rp_place){.origin = {.input = 0, .line = 20}});
    assert_true(rp_spot_before(record, early, late) && !rp_spot_before(record, late, early));
    assert_true(rp_spot_before(record, first, early));
    rp_arena_free(arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(places_are_found_as_they_were_put),
        cmocka_unit_test(lines_in_a_row_are_small),
        cmocka_unit_test(places_of_a_batch_are_those_of_its_rows),
        cmocka_unit_test(places_that_go_back_are_compared_by_line),
    };
    return cmocka_run_group_tests_name("record: places", tests, NULL, NULL);
}
