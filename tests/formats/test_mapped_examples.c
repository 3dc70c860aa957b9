/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The maps that ship, on the files they are for: counts and sums that others give. */
// clang-format off
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
// clang-format on

#include <math.h>

#include "formats_helper.h"
#include "support/shared.h"

static void read_example(run *r, const char *path, const char *map) {
    if (!rp_format_read(path, map, true, r->record, &r->error))
        fail_msg("%s: %s %s", r->error.file, r->error.message, r->error.remedy);
    seal(r);
    assert_int_equal(rp_faults_total(r->faults), 0);
    assert_int_equal(rp_record_rejects(r->record), 0);
}

typedef struct summary {
    int64_t n;
    double sum, squares;
} summary;

/* Scores of one scale of one instrument, at one occasion (0: any), in one arm (NULL: any). */
static summary summarise(const run *r, const char *instrument, const char *scale, int64_t occasion, const char *arm) {
    rp_record *rec = r->record;
    summary s = {0};
    int of = column_of(r, RP_SCORES, "administration_id"), name = column_of(r, RP_SCORES, "scale");
    int value = column_of(r, RP_SCORES, "value"), at = column_of(r, RP_ADMINISTRATIONS, "occasion");
    int what = column_of(r, RP_ADMINISTRATIONS, "instrument"), who = column_of(r, RP_ADMINISTRATIONS, "referral_id");
    int in = column_of(r, RP_REFERRALS, "arm");
    for (size_t row = 0; row < rows_of(r, RP_SCORES); row++) {
        size_t a = (size_t)rp_record_refers(rec, RP_SCORES, of, row);
        size_t p = (size_t)rp_record_refers(rec, RP_ADMINISTRATIONS, who, a);
        const char *its = rp_record_text(rec, RP_REFERRALS, in, p);
        if (strcmp(rp_record_id_text(rec, RP_ADMINISTRATIONS, what, a), instrument) != 0 ||
            strcmp(rp_record_id_text(rec, RP_SCORES, name, row), scale) != 0 ||
            (occasion && rp_record_int(rec, RP_ADMINISTRATIONS, at, a) != occasion) ||
            (arm && (!its || strcmp(its, arm) != 0)))
            continue;
        double x = rp_record_num(rec, RP_SCORES, value, row);
        s.n++;
        s.sum += x;
        s.squares += x * x;
    }
    return s;
}

static void near(double got, double wanted, double within) {
    if (!(fabs(got - wanted) <= within))
        fail_msg("got %.10g, wanted %.10g within %g", got, wanted, within);
}

static double mean_of(summary s) {
    return s.sum / (double)s.n;
}

static double sd_of(summary s) {
    return sqrt((s.squares - s.sum * s.sum / (double)s.n) / (double)(s.n - 1));
}

static void beat_the_blues(void **state) {
    run *r = *state;
    read_example(r, "examples/beat-the-blues/bdi.csv", "examples/beat-the-blues/map.json");
    assert_int_equal(rows_of(r, RP_REFERRALS), 100);  /* btheb.md: 100 patients */
    static const int64_t n[] = {100, 97, 73, 58, 52}; /* btheb.md: n per occasion */
    static const double months[] = {0, 2, 3, 5, 8};   /* data/README.md, Notes */
    for (int i = 0; i < 5; i++) {
        assert_int_equal(summarise(r, "bdi-ii", "total", i + 1, NULL).n, n[i]);
        assert_true(rp_record_about(r->record)->occasions[i].months == months[i]);
    }
    assert_int_equal(summarise(r, "bdi-ii", "total", 1, "usual_care").n, 48);     /* btheb.md: TAU 48 */
    assert_int_equal(summarise(r, "bdi-ii", "total", 1, "beat_the_blues").n, 52); /* btheb.md: BtheB 52 */
    assert_string_equal(rp_record_about(r->record)->comparator, "usual_care");
    assert_string_equal(referral_text(r, "1", "length_of_episode"), ">6m"); /* btheb.csv, first row */
    assert_int_equal(rp_record_input_at(r->record, 0)->rows, 100);          /* btheb.md */
}

static void implement(void **state) {
    run *r = *state;
    read_example(r, shared_path("data/implement_wai_bai.csv"), "examples/implement/map.json");
    assert_int_equal(rows_of(r, RP_REFERRALS), 57);     /* implement_wai_bai.md: 57 patients */
    assert_int_equal(rows_of(r, RP_PRACTITIONERS), 13); /* implement_wai_bai.md: 13 therapists */
    summary bai = summarise(r, "bai", "total", 0, NULL), wai = summarise(r, "wai-implement", "total", 0, NULL);
    assert_int_equal(bai.n, 780);       /* implement_wai_bai.md: 780 with BAI */
    near(mean_of(bai), 13.42709, 5e-6); /* implement_wai_bai.md */
    near(sd_of(bai), 10.12574, 5e-6);   /* implement_wai_bai.md */
    assert_int_equal(wai.n, 642);       /* implement_wai_bai.md: 642 with all 9 WAI items */
    near(mean_of(wai), 4.00433, 5e-6);  /* implement_wai_bai.md: mean wai9 */
    near(sd_of(wai), 0.62979, 5e-6);    /* implement_wai_bai.md: SD of wai9 */
    assert_int_equal(summarise(r, "wai-implement", "task", 0, NULL).n, 702); /* implement_wai_bai.md: alpha task, n */
    assert_int_equal(summarise(r, "wai-implement", "goal", 0, NULL).n, 701); /* implement_wai_bai.md: alpha goal, n */
    assert_int_equal(summarise(r, "wai-implement", "bond", 0, NULL).n, 662); /* implement_wai_bai.md: alpha bond, n */
    summary first = summarise(r, "bai", "total", 1, NULL), last = summarise(r, "bai", "total", 15, NULL);
    assert_int_equal(first.n, 46);                                 /* implement_wai_bai.md */
    near(mean_of(first), 19.95, 0.005);                            /* implement_wai_bai.md */
    near(sd_of(first), 11.53, 0.005);                              /* implement_wai_bai.md */
    assert_int_equal(last.n, 38);                                  /* implement_wai_bai.md */
    near(mean_of(last), 6.54, 0.005);                              /* implement_wai_bai.md */
    near(sd_of(last), 6.84, 0.005);                                /* implement_wai_bai.md */
    assert_int_equal(count_rule(r, "score_fraction"), 1);          /* some are not whole: said once, by the record */
    assert_int_equal(rp_record_input_at(r->record, 0)->rows, 855); /* implement_wai_bai.md: 855 rows */
}

static void claus_2020(void **state) {
    run *r = *state;
    read_example(r, shared_path("data/cs_claus_2020.csv"), "examples/claus-2020/map.json");
    assert_int_equal(rows_of(r, RP_REFERRALS), 43);                             /* R 4.2: length(unique(id)) */
    assert_int_equal(summarise(r, "hamd", "total", 0, NULL).n, 164);            /* R 4.2: sum(!is.na(hamd)) */
    assert_int_equal(summarise(r, "bdi-ii", "total", 0, NULL).n, 163);          /* R 4.2: sum(!is.na(bdi)) */
    assert_int_equal(summarise(r, "shaps", "total", 0, NULL).n, 162);           /* R 4.2: sum(!is.na(shaps)) */
    assert_int_equal(summarise(r, "who", "total", 0, NULL).n, 163);             /* R 4.2: sum(!is.na(who)) */
    assert_string_equal(referral_text(r, "1", "arm"), "usual_care");            /* cs_claus_2020.csv, first row */
    assert_string_equal(referral_text(r, "2", "arm"), "placebo_amplification"); /* cs_claus_2020.csv, row of id 2 */
    assert_int_equal(rp_record_input_at(r->record, 0)->rows, 172);              /* cs_claus_2020.md: 172 rows */
}

static void jacobson_1989(void **state) {
    run *r = *state;
    read_example(r, shared_path("data/cs_jacobson_1989.csv"), "examples/jacobson-1989/map.json");
    assert_int_equal(rows_of(r, RP_REFERRALS), 30);                   /* cs_jacobson_1989.md: 30 couples */
    assert_int_equal(summarise(r, "das", "total", 0, NULL).n, 60);    /* R 4.2: sum(!is.na(das)) */
    assert_int_equal(summarise(r, "gds", "total", 0, NULL).n, 56);    /* R 4.2: sum(!is.na(gds)) */
    near(mean_of(summarise(r, "das", "total", 1, NULL)), 81.6, 0.05); /* cs_jacobson_1989.md: clinical M 81.6 */
    near(sd_of(summarise(r, "das", "total", 1, NULL)), 11.8, 0.05);   /* cs_jacobson_1989.md: clinical SD 11.8 */
    assert_string_equal(rp_record_about(r->record)->occasions[0].label, "before therapy");
    assert_int_equal(rp_record_input_at(r->record, 0)->rows, 60); /* cs_jacobson_1989.md: 60 rows */
}

/* The same file gives the same record, however its rows are ordered: a long file's rows are turned round. */
static void order_of_rows_does_not_matter(void **state) {
    run *r = *state;
    rp_text text;
    const char *path = shared_path("data/cs_claus_2020.csv");
    assert_true(rp_file_read(path, 1 << 20, r->arena, &text, &r->error));
    rp_buf turned = {0};
    size_t end = text.n, header = (size_t)((const char *)memchr(text.at, '\n', text.n) - text.at) + 1;
    rp_buf_add(&turned, text.at, header);
    for (size_t at = text.n - 1; at >= header; at--)
        if (text.at[at - 1] == '\n') {
            rp_buf_add(&turned, text.at + at, end - at);
            end = at;
        }
    write_file(r, "turned.csv", turned.at);
    rp_buf_free(&turned);
    summary before[4], after[4];
    char other[512];
    path_in(r, "turned.csv", other);
    read_example(r, path, "examples/claus-2020/map.json");
    for (int i = 0; i < 4; i++)
        before[i] = summarise(r, "hamd", "total", i + 1, "usual_care");
    record_start(r);
    read_example(r, other, "examples/claus-2020/map.json");
    for (int i = 0; i < 4; i++) {
        after[i] = summarise(r, "hamd", "total", i + 1, "usual_care");
        assert_true(before[i].n > 10 && before[i].n == after[i].n && before[i].sum == after[i].sum &&
                    before[i].squares == after[i].squares);
    }
    assert_int_equal(rows_of(r, RP_REFERRALS), 43);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, run_start, run_end)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(beat_the_blues),
        TEST(implement),
        TEST(claus_2020),
        TEST(jacobson_1989),
        TEST(order_of_rows_does_not_matter),
    };
    return cmocka_run_group_tests_name("formats: the maps that ship", tests, NULL, NULL);
}
