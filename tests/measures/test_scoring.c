/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Scores from answer sheets made by hand, for every instrument that is built in, and the rules for missing items. */
// clang-format off
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
// clang-format on

#include "measures_helper.h"

enum { MOST = 45 }; /* items: the OQ-45 */

static const rp_instrument *find(const run *r, const char *name) {
    const rp_instrument *found = rp_instruments_find(r->known, rp_text_of(name));
    assert_non_null(found);
    return found;
}

static rp_score score(const rp_instrument *instrument, const char *scale, const double *answers) {
    int at = rp_instrument_scale(instrument, scale);
    assert_true(at >= 0);
    return rp_instrument_score(instrument, (size_t)at, answers);
}

static void assert_score(const rp_instrument *instrument, const char *scale, const double *answers, double wanted) {
    rp_score s = score(instrument, scale, answers);
    assert_near(s.value, wanted, 0);
    assert_int_equal(s.answered, s.items);
    assert_false(s.prorated);
}

static const char *band(const rp_instrument *instrument, double value) {
    return rp_scale_band(&instrument->scales[0], value);
}

/* ---- answer sheets, added up by hand ---- */

static void phq_9_sheet(void **state) {
    const rp_instrument *phq = find(*state, "phq-9");
    const double answers[] = {3, 2, 1, 0, 3, 2, 1, 0, 3};
    assert_score(phq, "total", answers, 15);                 /* by hand */
    assert_string_equal(band(phq, 15), "moderately severe"); /* Kroenke et al. 2001: 15 */
    assert_string_equal(band(phq, 14), "moderate");          /* Kroenke et al. 2001: 10 */
    assert_string_equal(band(phq, 4), "minimal");
    assert_string_equal(band(phq, 27), "severe"); /* Kroenke et al. 2001: 20 */
}

static void gad_7_sheet(void **state) {
    const rp_instrument *gad = find(*state, "gad-7");
    const double answers[] = {0, 1, 2, 3, 0, 1, 1};
    assert_score(gad, "total", answers, 8); /* by hand */
    assert_string_equal(band(gad, 8), "mild");
}

static void bdi_ii_and_bai_sheets(void **state) {
    double rising[21], ones[21];
    for (size_t i = 0; i < 21; i++) {
        rising[i] = (double)(i % 4);
        ones[i] = 1;
    }
    const rp_instrument *bdi = find(*state, "bdi-ii"), *bai = find(*state, "bai");
    assert_score(bdi, "total", rising, 30); /* by hand: five times 0 + 1 + 2 + 3, and a 0 */
    assert_score(bai, "total", ones, 21);   /* by hand */
    assert_string_equal(band(bdi, 30), "severe");
    assert_string_equal(band(bai, 21), "moderate");
}

static void wai_s_sheet(void **state) {
    const rp_instrument *wai = find(*state, "wai-s");
    const double answers[] = {7, 6, 5, 2, 4, 3, 7, 1, 2, 1, 6, 5};
    assert_score(wai, "task", answers, 19);  /* by hand, items 1 2 8 12: 7 + 6 + 1 + 5 */
    assert_score(wai, "bond", answers, 18);  /* by hand, items 3 5 7 9: 5 + 4 + 7 + 2 */
    assert_score(wai, "goal", answers, 22);  /* by hand, items 4r 6 10r 11: (8 - 2) + 3 + (8 - 1) + 6 */
    assert_score(wai, "total", answers, 59); /* by hand: 19 + 18 + 22 */
}

static void wai_sr_sheet(void **state) {
    const rp_instrument *wai = find(*state, "wai-sr");
    const double answers[] = {5, 4, 3, 2, 1, 2, 3, 4, 5, 1, 3, 2};
    assert_score(wai, "task", answers, 12);  /* by hand, items 1 2 10 12: 5 + 4 + 1 + 2 */
    assert_score(wai, "bond", answers, 12);  /* by hand, items 3 5 7 9: 3 + 1 + 3 + 5 */
    assert_score(wai, "goal", answers, 11);  /* by hand, items 4 6 8 11: 2 + 2 + 4 + 3 */
    assert_score(wai, "total", answers, 35); /* by hand: 12 + 12 + 11 */
}

/* Answers that rise from the lowest to the highest and begin again. */
static void sheet_rises(const rp_instrument *instrument, double answers[MOST]) {
    for (size_t i = 0; i < instrument->n_items; i++) {
        const rp_item *item = &instrument->items[i];
        answers[i] = item->lowest + fmod((double)i, item->highest - item->lowest + 1);
    }
}

static void sheets_without_reversed_items(void **state) {
    static const struct {
        const char *name;
        double wanted;
    } sheets[] = {
        {"phq-15", 15},  /* by hand: five times 0 + 1 + 2 */
        {"wsas", 10},    /* by hand: 0 + 1 + 2 + 3 + 4 */
        {"pcl-5", 40},   /* by hand: four times 10 */
        {"ies-r", 41},   /* by hand: four times 10, and 0 + 1 */
        {"spin", 31},    /* by hand: three times 10, and 0 + 1 */
        {"pdss", 11},    /* by hand: 10, and 0 + 1 */
        {"oci", 81},     /* by hand: eight times 10, and 0 + 1 */
        {"hai", 25},     /* by hand: four times 6, and 0 + 1 */
        {"cfq-11", 15},  /* by hand: twice 6, and 0 + 1 + 2 */
        {"core-10", 20}, /* by hand: twice 10, as the form prints the scores */
        {"oq-45", 90},   /* by hand: nine times 10, as the form prints the scores */
    };
    double answers[MOST];
    for (size_t i = 0; i < sizeof sheets / sizeof *sheets; i++) {
        const rp_instrument *one = find(*state, sheets[i].name);
        sheet_rises(one, answers);
        assert_score(one, "total", answers, sheets[i].wanted);
    }
    const rp_instrument *core = find(*state, "core-om");
    sheet_rises(core, answers);
    assert_score(core, "total", answers, 66.0 / 34); /* by hand: six times 10, and 0 + 1 + 2 + 3, of 34 items */
    const rp_instrument *phq = find(*state, "phq-15");
    assert_string_equal(band(phq, 4), "minimal"); /* sphsoutcomes.net phq15: 0 to 4 */
    assert_string_equal(band(phq, 5), "low");     /* Kroenke et al. 2002, abstract: 5 */
    assert_string_equal(band(phq, 10), "medium"); /* Kroenke et al. 2002, abstract: 10 */
    assert_string_equal(band(phq, 15), "high");   /* Kroenke et al. 2002, abstract: 15 */
}

static void pswq_sheet(void **state) {
    const double answers[] = {1, 4, 2, 5, 3, 4, 5, 1, 2, 5, 4, 3, 2, 1, 5, 4};
    /* by hand, items 1 3 8 10 11 reversed: 5 + 4 + 5 + 1 + 2, and 4 + 5 + 3 + 4 + 5 + 2 + 3 + 2 + 1 + 5 + 4 */
    assert_score(find(*state, "pswq"), "total", answers, 55);
}

static void arm_5_sheet(void **state) {
    const double answers[] = {7, 6, 2, 5, 4};
    assert_score(find(*state, "arm-5"), "total", answers, 28.0 / 5); /* by hand: (7 + 6 + (8 - 2) + 5 + 4) / 5 */
}

static void haq_ii_sheet(void **state) {
    const double answers[] = {6, 5, 4, 2, 6, 5, 4, 1, 3, 6, 2, 5, 4, 6, 5, 3, 4, 5, 1};
    /* by hand, items 4 8 11 16 19 reversed: 5 + 6 + 5 + 4 + 6, and
     * 6 + 5 + 4 + 6 + 5 + 4 + 3 + 6 + 5 + 4 + 6 + 5 + 4 + 5 */
    assert_score(find(*state, "haq-ii"), "total", answers, 94);
}

static void wai_36_sheet(void **state) {
    const rp_instrument *wai = find(*state, "wai-36");
    const double answers[] = {2, 5, 1, 6, 7, 4, 2, 6, 3, 1, 2, 3, 6, 5, 1, 7, 6, 5,
                              4, 2, 6, 5, 7, 4, 6, 5, 1, 6, 2, 5, 3, 4, 2, 1, 6, 7};
    /* by hand, items 2 4 7r 11r 13 15r 16 18 24 31r 33r 35: 5 + 6 + 6 + 6 + 6 + 7 + 7 + 5 + 4 + 5 + 6 + 6 */
    assert_score(wai, "task", answers, 69);
    /* by hand, items 1r 5 8 17 19 20r 21 23 26 28 29r 36: 6 + 7 + 6 + 6 + 4 + 6 + 6 + 7 + 5 + 6 + 6 + 7 */
    assert_score(wai, "bond", answers, 72);
    /* by hand, items 3r 6 9r 10r 12r 14 22 25 27r 30 32 34r: 7 + 4 + 5 + 7 + 5 + 5 + 5 + 6 + 7 + 5 + 4 + 7 */
    assert_score(wai, "goal", answers, 67);
    assert_score(wai, "total", answers, 208); /* by hand: 69 + 72 + 67 */
}

/* ---- keys, item by item: one answer raised by one moves the scales that hold the item, and no other ---- */

typedef struct key {
    const char *instrument, *scale;
    size_t n_items;
    const char *items; /* one sign an item: '+' counts, '-' counts reversed, '.' does not */
    double lowest, highest;
} key;

/* alliance-and-evidence.md 2.2 (WAI-S, WAI-SR); nhs-talking-therapies.md 2.1, ranges 0-27 and 0-21 (PHQ-9, GAD-7);
 * btheb.md and implement_wai_bai.md, totals of 21 items (BDI-II, BAI); alliance-and-evidence.md 2.2 and 2.5 (WAI,
 * ARM-5, HAq-II); nhs-talking-therapies.md 1.4, ranges (PHQ-15, WSAS, PCL-5, SPIN, PDSS, OCI, HAI, PSWQ); the source of
 * the key in each file (PSWQ's reversed items, IES-R, CFQ-11, CORE-10, CORE-OM, OQ-45). */
static const key keys[] = {
    {"phq-9", "total", 9, "+++++++++", 0, 27},
    {"gad-7", "total", 7, "+++++++", 0, 21},
    {"bdi-ii", "total", 21, "+++++++++++++++++++++", 0, 63},
    {"bai", "total", 21, "+++++++++++++++++++++", 0, 63},
    {"wai-s", "task", 12, "++.....+...+", 4, 28},
    {"wai-s", "bond", 12, "..+.+.+.+...", 4, 28},
    {"wai-s", "goal", 12, "...-.+...-+.", 4, 28},
    {"wai-s", "total", 12, "+++-+++++-++", 12, 84},
    {"wai-sr", "task", 12, "++.......+.+", 4, 20},
    {"wai-sr", "bond", 12, "..+.+.+.+...", 4, 20},
    {"wai-sr", "goal", 12, "...+.+.+..+.", 4, 20},
    {"wai-sr", "total", 12, "++++++++++++", 12, 60},
    {"phq-15", "total", 15, "+++++++++++++++", 0, 30},
    {"wsas", "total", 5, "+++++", 0, 40},
    {"pcl-5", "total", 20, "++++++++++++++++++++", 0, 80},
    {"ies-r", "total", 22, "++++++++++++++++++++++", 0, 88},
    {"spin", "total", 17, "+++++++++++++++++", 0, 68},
    {"pdss", "total", 7, "+++++++", 0, 28},
    {"oci", "total", 42, "++++++++++++++++++++++++++++++++++++++++++", 0, 168},
    {"hai", "total", 18, "++++++++++++++++++", 0, 54},
    {"pswq", "total", 16, "-+-++++-+--+++++", 16, 80},
    {"cfq-11", "total", 11, "+++++++++++", 0, 33},
    {"core-10", "total", 10, "++++++++++", 0, 40},
    {"core-om", "total", 34, "++++++++++++++++++++++++++++++++++", 0, 4},
    {"oq-45", "total", 45, "+++++++++++++++++++++++++++++++++++++++++++++", 0, 180},
    {"wai-36", "task", 36, ".+.+..-...-.+.-+.+.....+......-.-.+.", 12, 84},
    {"wai-36", "bond", 36, "-...+..+........+.+-+.+..+.+-......+", 12, 84},
    {"wai-36", "goal", 36, "..-..+..--.-.+.......+..+.-..+.+.-..", 12, 84},
    {"wai-36", "total", 36, "-+-+++-+----++-++++-++++++-+-+-+--++", 36, 252},
    {"arm-5", "total", 5, "++-++", 1, 7},
    {"haq-ii", "total", 19, "+++-+++-++-++++-++-", 19, 114},
};

static void keys_item_by_item(void **state) {
    for (size_t k = 0; k < sizeof keys / sizeof *keys; k++) {
        const rp_instrument *instrument = find(*state, keys[k].instrument);
        const rp_scale *scale = &instrument->scales[rp_instrument_scale(instrument, keys[k].scale)];
        assert_int_equal(instrument->n_items, keys[k].n_items);
        double answers[MOST];
        for (size_t i = 0; i < instrument->n_items; i++)
            answers[i] = instrument->items[i].lowest + 1;
        double level = score(instrument, keys[k].scale, answers).value;
        for (size_t i = 0; i < instrument->n_items; i++) {
            answers[i] += 1;
            double moved = score(instrument, keys[k].scale, answers).value - level;
            answers[i] -= 1;
            double step = scale->score == RP_SCORE_MEAN ? 1 / (double)scale->n_items : 1;
            /* a mean is rounded when it is divided */
            double within = scale->score == RP_SCORE_MEAN ? 1e-14 : 0;
            assert_near(moved, keys[k].items[i] == '+' ? step : keys[k].items[i] == '-' ? -step : 0, within);
        }
    }
}

static void ranges_are_what_the_items_reach(void **state) {
    for (size_t k = 0; k < sizeof keys / sizeof *keys; k++) {
        const rp_instrument *instrument = find(*state, keys[k].instrument);
        const rp_scale *scale = &instrument->scales[rp_instrument_scale(instrument, keys[k].scale)];
        assert_near(scale->lowest, keys[k].lowest, 0);
        assert_near(scale->highest, keys[k].highest, 0);
        assert_int_equal(scale->whole, scale->score == RP_SCORE_SUM);
        double worst[MOST], best[MOST];
        for (size_t i = 0; i < instrument->n_items; i++) {
            bool reversed = keys[k].items[i] == '-';
            worst[i] = reversed ? instrument->items[i].highest : instrument->items[i].lowest;
            best[i] = reversed ? instrument->items[i].lowest : instrument->items[i].highest;
        }
        assert_score(instrument, keys[k].scale, worst, keys[k].lowest);
        assert_score(instrument, keys[k].scale, best, keys[k].highest);
    }
}

static void wai_scales_make_up_the_total(void **state) {
    static const char *const names[] = {"wai-s", "wai-sr", "wai-36"};
    for (size_t k = 0; k < 3; k++) {
        const rp_instrument *wai = find(*state, names[k]);
        double answers[MOST];
        for (size_t i = 0; i < wai->n_items; i++)
            answers[i] = 1 + (double)(i * i % 5);
        double parts =
            score(wai, "task", answers).value + score(wai, "bond", answers).value + score(wai, "goal", answers).value;
        assert_score(wai, "total", answers, parts);
    }
}

/* ---- missing items ---- */

static void a_missing_item_leaves_no_score(void **state) {
    for (size_t k = 0; k < sizeof keys / sizeof *keys; k++) {
        const rp_instrument *instrument = find(*state, keys[k].instrument);
        double answers[MOST];
        for (size_t i = 0; i < instrument->n_items; i++)
            answers[i] = instrument->items[i].highest;
        size_t in_scale = 0;
        for (size_t i = 0; i < instrument->n_items; i++)
            in_scale += keys[k].items[i] != '.';
        for (size_t i = 0; i < instrument->n_items; i++) {
            answers[i] = NAN;
            rp_score s = score(instrument, keys[k].scale, answers);
            bool counts = keys[k].items[i] != '.';
            assert_int_equal(isnan(s.value), counts);
            assert_int_equal(s.answered, in_scale - counts);
            assert_int_equal(s.items, in_scale);
            assert_false(s.prorated);
            answers[i] = instrument->items[i].highest;
        }
    }
}

static void prorating(void **state) {
    run *r = *state;
    const rp_instrument *x = add_inline(
        r, "x",
        "{'kind': 'outcome', 'items': {'count': 6, 'lowest': 1, 'highest': 5}, 'scales': {"
        "'sum': {'items': [1, 2, 3, 4, 5, 6], 'reversed': 6, 'missing': {'rule': 'prorate', 'may_miss': 2},"
        " 'higher_is_worse': true},"
        "'mean': {'items': [1, 2, 3, 4, 5, 6], 'score': 'mean', 'missing': {'rule': 'prorate', 'may_miss': 2},"
        " 'higher_is_worse': true}}}");
    assert_non_null(x);
    const double whole[] = {1, 2, 3, 4, 5, 2};
    assert_score(x, "sum", whole, 19);                       /* by hand: 1 + 2 + 3 + 4 + 5 + (6 - 2) */
    assert_near(score(x, "mean", whole).value, 17.0 / 6, 0); /* by hand */
    const double two_missing[] = {1, NAN, 3, 4, NAN, 2};
    rp_score s = score(x, "sum", two_missing);
    assert_near(s.value, 18, 0); /* by hand: (1 + 3 + 4 + 4) / 4 * 6 */
    assert_true(s.prorated && s.answered == 4 && s.items == 6);
    assert_near(score(x, "mean", two_missing).value, 2.5, 0); /* by hand: (1 + 3 + 4 + 2) / 4 */
    assert_true(score(x, "mean", two_missing).prorated);
    const double three_missing[] = {1, NAN, 3, NAN, NAN, 2};
    assert_true(isnan(score(x, "sum", three_missing).value));
    assert_false(score(x, "sum", three_missing).prorated);
    const double none[] = {NAN, NAN, NAN, NAN, NAN, NAN};
    assert_true(isnan(score(x, "mean", none).value) && score(x, "mean", none).answered == 0);
}

static void a_scale_without_items_has_no_score_of_its_own(void **state) {
    run *r = *state;
    const rp_instrument *x = add_inline(
        r, "x", "{'kind': 'outcome', 'scales': {'total': {'lowest': 0, 'highest': 63, 'higher_is_worse': true}}}");
    assert_non_null(x);
    rp_score s = rp_instrument_score(x, 0, (const double[]){0});
    assert_true(isnan(s.value) && s.items == 0 && s.answered == 0);
    assert_null(rp_scale_band(&x->scales[0], 12));
}

static void bands_begin_where_they_say(void **state) {
    run *r = *state;
    const rp_instrument *x =
        add_inline(r, "x",
                   "{'kind': 'outcome', 'scales': {'total': {'lowest': 0, 'highest': 5, 'higher_is_worse': true,"
                   " 'bands': [{'from': 1, 'label': 'some'}, {'from': 2.3, 'label': 'much'}]}}}");
    assert_non_null(x);
    assert_null(rp_scale_band(&x->scales[0], 0.5));
    assert_null(rp_scale_band(&x->scales[0], NAN));
    assert_string_equal(rp_scale_band(&x->scales[0], 1), "some");
    assert_string_equal(rp_scale_band(&x->scales[0], 2.29), "some");
    assert_string_equal(rp_scale_band(&x->scales[0], 2.3 - 4e-16), "much");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(phq_9_sheet, run_start, run_end),
        cmocka_unit_test_setup_teardown(gad_7_sheet, run_start, run_end),
        cmocka_unit_test_setup_teardown(bdi_ii_and_bai_sheets, run_start, run_end),
        cmocka_unit_test_setup_teardown(wai_s_sheet, run_start, run_end),
        cmocka_unit_test_setup_teardown(wai_sr_sheet, run_start, run_end),
        cmocka_unit_test_setup_teardown(sheets_without_reversed_items, run_start, run_end),
        cmocka_unit_test_setup_teardown(pswq_sheet, run_start, run_end),
        cmocka_unit_test_setup_teardown(arm_5_sheet, run_start, run_end),
        cmocka_unit_test_setup_teardown(haq_ii_sheet, run_start, run_end),
        cmocka_unit_test_setup_teardown(wai_36_sheet, run_start, run_end),
        cmocka_unit_test_setup_teardown(keys_item_by_item, run_start, run_end),
        cmocka_unit_test_setup_teardown(ranges_are_what_the_items_reach, run_start, run_end),
        cmocka_unit_test_setup_teardown(wai_scales_make_up_the_total, run_start, run_end),
        cmocka_unit_test_setup_teardown(a_missing_item_leaves_no_score, run_start, run_end),
        cmocka_unit_test_setup_teardown(prorating, run_start, run_end),
        cmocka_unit_test_setup_teardown(a_scale_without_items_has_no_score_of_its_own, run_start, run_end),
        cmocka_unit_test_setup_teardown(bands_begin_where_they_say, run_start, run_end),
    };
    return cmocka_run_group_tests_name("measures: scoring", tests, NULL, NULL);
}
