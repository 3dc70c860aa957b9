/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Masks and ends of fields: every way that this processor has finds what a loop over the bytes finds. */
#include "transcript.h"

#include "table/bulk_parts.h"

enum { BLOCKS = RP_PIECE_BLOCKS + 3, SIZE = BLOCKS * RP_BLOCK };

/* What the masks mean, byte by byte. */
static void masks_of(const char *bytes, size_t n_blocks, char separator, rp_block *out) {
    memset(out, 0, n_blocks * sizeof *out);
    for (size_t i = 0; i < n_blocks * RP_BLOCK; i++) {
        uint64_t bit = (uint64_t)1 << i % RP_BLOCK;
        char byte = bytes[i];
        out[i / RP_BLOCK].edges |= byte == separator || byte == '\n' ? bit : 0;
        out[i / RP_BLOCK].lines |= byte == '\n' ? bit : 0;
        out[i / RP_BLOCK].quotes |= byte == '"' ? bit : 0;
        out[i / RP_BLOCK].odd |= byte == 0 || (unsigned char)byte > 0x7f ? bit : 0;
    }
}

/* Any bytes, or mostly those that count. */
static void fill(char *bytes, size_t n, int round, uint64_t *seed) {
    static const char some[] = ",,\n\"ab0\xc3";
    for (size_t i = 0; i < n; i++)
        bytes[i] = round % 2 ? (char)draw(seed) : some[draw(seed) % sizeof some];
}

static void every_way_gives_the_same_masks(void **state) {
    (void)state;
    static char bytes[SIZE];
    static rp_block wanted[BLOCKS], got[BLOCKS];
    uint64_t seed = 20261123;
    for (int round = 0; round < 200; round++) {
        char separator = ",;\t|"[round % 4];
        fill(bytes, SIZE, round, &seed);
        masks_of(bytes, BLOCKS, separator, wanted);
        for (size_t way = 0; rp_way_at(way).masks; way++) {
            memset(got, 0x5a, sizeof got);
            rp_way_at(way).masks(bytes, BLOCKS, separator, got);
            assert_memory_equal(got, wanted, sizeof got);
        }
    }
    assert_non_null(rp_way_at(0).masks);
}

/* Without quotes the ends are the separators and line feeds, all of them. */
static void every_way_finds_the_same_ends(void **state) {
    (void)state;
    static char bytes[SIZE + RP_BLOCK];
    static uint32_t places[RP_PIECE_ROOM];
    uint64_t seed = 2;
    for (int round = 0; round < 100; round++) {
        size_t n = SIZE - draw(&seed) % RP_PIECE;
        fill(bytes, sizeof bytes, 0, &seed);
        for (size_t i = 0; i < n; i++)
            bytes[i] = bytes[i] == '"' ? 'q' : bytes[i];
        for (size_t way = 0; rp_way_at(way).masks; way++) {
            rp_ends ends = {.way = rp_way_at(way), .separator = ',', .after_edge = true};
            size_t at = 0;
            while (ends.next < n) {
                size_t found = rp_ends_find(&ends, bytes, n, places);
                for (size_t i = 0; i < found; i++, at++) {
                    while (at < n && bytes[at] != ',' && bytes[at] != '\n')
                        at++;
                    assert_int_equal(places[i], at);
                }
            }
            assert_false(ends.stopped || ends.quotes);
            while (at < n)
                assert_true(bytes[at] != ',' && bytes[at++] != '\n');
        }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_way_gives_the_same_masks),
        cmocka_unit_test(every_way_finds_the_same_ends),
    };
    return cmocka_run_group_tests_name("table: ends of fields", tests, NULL, NULL);
}
