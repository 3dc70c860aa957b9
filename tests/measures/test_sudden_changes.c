/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sudden gains and losses against the package suddengains 0.7.2 and cases by hand. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>

#include "rapport/measures.h"
#include "support/shared.h"

enum { MOST = 16 };

static rp_sudden_found gains(const double *scores, size_t n, double cutoff, rp_sudden *out) {
    return rp_sudden_changes(scores, n, cutoff, true, false, out, MOST);
}

static void cases_by_hand(void **state) {
    (void)state;
    rp_sudden out[MOST];
    /* sgdata.md, the package's own tests: a gain at 3to4, and none for criterion 3. */
    rp_sudden_found f = gains((const double[]){28, 19, 23, 11, 12}, 5, 7, out);
    assert_int_equal(f.n, 1);
    assert_int_equal(out[0].session, 2);
    assert_true(out[0].magnitude == 12 && !out[0].reversed);
    assert_int_equal(gains((const double[]){28, 19, 23, 12, 13}, 5, 7, out).n, 0); /* sgdata.md */
    /* Half of 12 given back: 11 + 6 = 17 reverses it, 16.9 does not. Definition. */
    f = gains((const double[]){24, 24, 23, 11, 12, 11, 17}, 7, 7, out);
    assert_true(f.n == 1 && out[0].reversed && f.any_reversed);
    f = gains((const double[]){24, 24, 23, 11, 12, 11, 16.9}, 7, 7, out);
    assert_true(f.n == 1 && !out[0].reversed);
    /* Criterion 2: from 40 to 31 is less than a quarter. Definition. */
    assert_int_equal(gains((const double[]){40, 40, 40, 31, 31, 31}, 6, 7, out).n, 0);
    assert_int_equal(gains((const double[]){40, 40}, 2, 7, out).analysable, 0);
    assert_int_equal(gains(NULL, 0, 7, out).n, 0);
}

static void a_loss_is_a_gain_turned_round(void **state) {
    (void)state;
    rp_sudden out[MOST];
    static const double rising[] = {10, 11, 10, 22, 23, 22};
    assert_int_equal(gains(rising, 6, 7, out).n, 0);
    rp_sudden_found f = rp_sudden_changes(rising, 6, 7, true, true, out, MOST);
    assert_true(f.n == 1 && out[0].session == 2 && out[0].magnitude == 12);
    /* Where higher is better the same rise is a gain. */
    f = rp_sudden_changes(rising, 6, 7, false, false, out, MOST);
    assert_true(f.n == 1 && out[0].session == 2);
}

/* Counts over a file: columns first..last of each row, as sessions. */
typedef struct tally {
    size_t events, people, several, analysable, reversed, by_session[MOST];
    rp_moments magnitude;
} tally;

static void add_person(tally *t, const double *scores, size_t n, double cutoff, bool losses) {
    rp_sudden out[MOST];
    rp_sudden_found f = rp_sudden_changes(scores, n, cutoff, true, losses, out, MOST);
    t->events += f.n;
    t->people += f.n > 0;
    t->several += f.n > 1;
    t->analysable += f.analysable;
    for (size_t i = 0; i < f.n; i++) {
        t->by_session[out[i].session]++;
        t->reversed += out[i].reversed;
        rp_moments_add(&t->magnitude, out[i].magnitude);
    }
}

static double number(const rp_row *row, int column) {
    double value;
    return rp_text_to_num(row->cells[column].text, &value) ? value : NAN;
}

static tally sgdata(bool losses) {
    tally t = {0};
    rp_error error = {0};
    rp_arena *arena = rp_arena_new(0);
    rp_reader *reader = rp_reader_open(shared_path("data/sgdata.csv"), NULL, &error);
    assert_non_null(reader);
    rp_header header;
    assert_true(rp_reader_header(reader, arena, &header, &error));
    int first = rp_header_find(&header, "bdi_s1");
    rp_row row;
    while (rp_reader_next(reader, &row, &error) == RP_READ_ROW) {
        double scores[12];
        for (int i = 0; i < 12; i++)
            scores[i] = number(&row, first + i);
        add_person(&t, scores, 12, 7, losses);
    }
    rp_reader_close(reader);
    rp_arena_free(arena);
    return t;
}

static void sgdata_as_the_package_counts(void **state) {
    (void)state;
    tally t = sgdata(false);
    assert_int_equal(t.events, 24);                         /* sgdata.md */
    assert_int_equal(t.people, 15);                         /* sgdata.md */
    assert_int_equal(t.several, 8);                         /* sgdata.md */
    assert_int_equal(t.analysable, 298);                    /* sgdata.md */
    assert_int_equal(t.reversed, 4);                        /* sgdata.md */
    static const size_t by[] = {3, 8, 1, 3, 1, 2, 5, 1, 0}; /* sgdata.md: 2to3 ... 10to11 */
    for (size_t i = 0; i < 9; i++)
        assert_int_equal(t.by_session[i + 1], by[i]);
    assert_true(fabs(t.magnitude.mean - 11.00) < 0.005);           /* sgdata.md */
    assert_true(fabs(rp_moments_sd(&t.magnitude) - 3.43) < 0.005); /* sgdata.md */
    t = sgdata(true);
    assert_true(t.events == 3 && t.by_session[6] == 2 && t.by_session[8] == 1); /* sgdata.md: 2 at 7to8, 1 at 9to10 */
}

static tally implement(double cutoff) {
    tally t = {0};
    rp_error error = {0};
    rp_arena *arena = rp_arena_new(0);
    rp_reader *reader = rp_reader_open(shared_path("data/implement_wai_bai.csv"), NULL, &error);
    assert_non_null(reader);
    rp_header header;
    assert_true(rp_reader_header(reader, arena, &header, &error));
    int bai = rp_header_find(&header, "bai"), occasion = rp_header_find(&header, "occasion");
    double scores[15];
    rp_row row;
    while (rp_reader_next(reader, &row, &error) == RP_READ_ROW) {
        size_t at = (size_t)number(&row, occasion); /* rows come in order of person and occasion, all 15 each */
        scores[at - 1] = number(&row, bai);
        if (at == 15)
            add_person(&t, scores, 15, cutoff, false);
    }
    rp_reader_close(reader);
    rp_arena_free(arena);
    return t;
}

static void implement_as_the_package_counts(void **state) {
    (void)state;
    tally t = implement(7);
    assert_true(t.events == 12 && t.people == 11 && t.analysable == 592); /* implement_wai_bai.md */
    static const size_t by[] = {2, 1, 0, 3, 3, 1, 0, 0, 1, 0, 1};         /* implement_wai_bai.md: 2to3 ... 12to13 */
    for (size_t i = 0; i < sizeof by / sizeof *by; i++)
        assert_int_equal(t.by_session[i + 1], by[i]);
    t = implement(9);
    assert_true(t.events == 8 && t.people == 8); /* implement_wai_bai.md */
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cases_by_hand),
        cmocka_unit_test(a_loss_is_a_gain_turned_round),
        cmocka_unit_test(sgdata_as_the_package_counts),
        cmocka_unit_test(implement_as_the_package_counts),
    };
    return cmocka_run_group_tests_name("measures: sudden gains and losses", tests, NULL, NULL);
}
