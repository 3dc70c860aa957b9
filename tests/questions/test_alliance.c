/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `alliance`: on real data against the numbers of its notes; and what must hold whatever the data. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include "questions/outcome_helper.h"
#include "support/shared.h"

#define SERVICE "tests/data/tiny-service/datapackage.json"

static const char *const only[] = {"alliance"};

static run ask(const char *input, const char *map, int threads, size_t block_size) {
    rp_evaluation_options o = run_options(input, map);
    o.questions = only;
    o.n_questions = 1;
    o.asked.threads = threads;
    o.cohort.block_size = block_size;
    run r = evaluate(&o);
    assert_string_equal(r.answer->question, "alliance");
    return r;
}

static const rp_statement *of_scale(const run *r, const char *id, const char *scale, const char *rater) {
    for (size_t i = 0; i < r->answer->n_statements; i++) {
        const rp_statement *s = r->answer->statements[i];
        if (strcmp(s->id, id) == 0 && strcmp(s->scale, scale) == 0 && strcmp(s->rater, rater) == 0)
            return s;
    }
    return NULL;
}

static double estimate(const run *r, const char *id, const char *scale) {
    const rp_statement *s = of_scale(r, id, scale, "client");
    assert_non_null(s);
    return s->estimate;
}

static run implement(int threads, size_t block_size) {
    return ask(shared_path("data/implement_wai_bai.csv"), "examples/implement/map.json", threads, block_size);
}

static void implement_alphas(void **state) {
    (void)state;
    run r = implement(1, 0);
    const rp_answer_table *t = table_of(&r, "alliance.scales.WAI (9 items), client");
    const rp_answer_table *alphas = table_of(&r, "alliance.alpha.WAI (9 items), client");
    close_to(estimate(&r, "alliance.alpha", "task"), 0.84540, 5e-6);  /* implement_wai_bai.md */
    close_to(estimate(&r, "alliance.alpha", "goal"), 0.79559, 5e-6);  /* implement_wai_bai.md */
    close_to(estimate(&r, "alliance.alpha", "bond"), 0.74378, 5e-6);  /* implement_wai_bai.md */
    close_to(estimate(&r, "alliance.alpha", "total"), 0.90079, 5e-6); /* implement_wai_bai.md */
    const double n[] = {642, 702, 701, 662}; /* implement_wai_bai.md: n of 9 items, task, goal and bond */
    for (size_t i = 0; i < 4; i++) {
        close_to(cell(alphas, i, "complete")->num, n[i], 0);
        close_to(cell(t, i, "scores")->num, n[i], 0);
    }
    /* R 4.2.2: the same formula on x - ave(x, id), complete rows of each scale. */
    close_to(estimate(&r, "alliance.alpha.within_persons", "task"), 0.6211490207, 1e-9);
    close_to(estimate(&r, "alliance.alpha.within_persons", "goal"), 0.6321031118, 1e-9);  /* the same */
    close_to(estimate(&r, "alliance.alpha.within_persons", "bond"), 0.5868421465, 1e-9);  /* the same */
    close_to(estimate(&r, "alliance.alpha.within_persons", "total"), 0.7875008613, 1e-9); /* the same */
    run_end(&r);
}

static void implement_means_and_ceiling(void **state) {
    (void)state;
    run r = implement(1, 0);
    const rp_statement *s = of_scale(&r, "alliance.mean", "total", "client");
    close_to(s->estimate, 4.00433, 5e-6);   /* implement_wai_bai.md */
    close_to(s->lower, 3.8553978094, 1e-9); /* R 4.2.2: R -/+ qt(.975, 56) sqrt(57/56 sum((y - R n)^2)) / sum(n) */
    close_to(s->upper, 4.1532557039, 1e-9); /* the same */
    assert_int_equal(s->numerator.n, 57);   /* implement_wai_bai.md: 57 patients */
    const rp_answer_table *t = table_of(&r, "alliance.scales.WAI (9 items), client");
    close_to(cell(t, 0, "sd")->num, 0.62979, 5e-6); /* implement_wai_bai.md */
    const char *const scales[] = {"task", "goal", "bond", "total"};
    const int64_t last[] = {17, 10, 16, 7};  /* R 4.2.2: sum(tapply(m, id, last value) == 5) over complete rows */
    const int64_t ever[] = {30, 13, 26, 11}; /* R 4.2.2: sum(tapply(m, id, max) == 5) */
    for (size_t i = 0; i < 4; i++) {
        assert_int_equal(of_scale(&r, "alliance.ceiling", scales[i], "client")->numerator.n, last[i]);
        assert_int_equal(of_scale(&r, "alliance.ceiling.ever", scales[i], "client")->numerator.n, ever[i]);
        assert_int_equal(of_scale(&r, "alliance.ceiling", scales[i], "client")->denominator.n, 57); /* the .md */
    }
    t = table_of(&r, "alliance.trajectory.WAI (9 items), client");
    const struct {
        const char *when;
        int64_t n, highest;
        double mean, sd;
    } at[] = {{"occasion 1", 39, 0, 3.55270655, 0.64912956},   /* R 4.2.2: rowMeans of the nine, complete rows */
              {"occasion 5", 48, 1, 3.93055556, 0.61571445},   /* the same; n 48 also in implement_wai_bai.md */
              {"occasion 15", 34, 6, 4.33006536, 0.65046836}}; /* the same */
    for (size_t i = 0; i < 3; i++) {
        size_t row = row_where(t, "scale", "Total", "occasion", at[i].when);
        assert_int_equal(cell(t, row, "of")->count.n, 57); /* implement_wai_bai.md */
        assert_int_equal(cell(t, row, "n")->count.n, at[i].n);
        const rp_answer_table *ceiling = table_of(&r, "alliance.ceiling.WAI (9 items), client");
        size_t then = row_where(ceiling, "occasion", at[i].when, "occasion", at[i].when);
        assert_int_equal(cell(ceiling, then, "n")->count.n, at[i].n);
        assert_int_equal(cell(ceiling, then, "ceiling")->count.n, at[i].highest);
        close_to(cell(t, row, "mean")->num, at[i].mean, 5e-9);
        close_to(cell(t, row, "sd")->num, at[i].sd, 5e-9);
    }
    run_end(&r);
}

/* R 4.2.2, scores of complete rows in a matrix of 57 people by 15 occasions, NA where there is none:
 * sd = sqrt(sum((x - mean)^2) / sum(n - 1)) by person; a person's x[n] - x[n + 1] >= 2 sd - 1e-9, n = 1 .. 14;
 * repaired: any(x[n + 2 .. n + 4] >= (x[n] + x[n + 1]) / 2 - 1e-9), else not if all three are there; worst first by
 * person. */
static void implement_ruptures(void **state) {
    (void)state;
    run r = implement(1, 0);
    const rp_answer_table *t = table_of(&r, "alliance.ruptures_scales.WAI (9 items), client");
    const struct {
        const char *scale;
        double points;
        int64_t judged, ruptures, repaired, not_repaired, not_known;
    } at[] = {{"Total", 2 * 0.347659395926, 54, 9, 6, 1, 2},
              {"Agreement on tasks", 2 * 0.429629833619, 56, 22, 15, 2, 5},
              {"Agreement on goals", 2 * 0.482575915861, 57, 20, 15, 2, 3},
              {"Bond", 2 * 0.408893268693, 54, 14, 10, 2, 2}};
    for (size_t i = 0; i < sizeof at / sizeof *at; i++) {
        size_t row = row_where(t, "scale", at[i].scale, "scale", at[i].scale);
        close_to(cell(t, row, "points")->num, at[i].points, 1e-11);
        assert_int_equal(cell(t, row, "of")->count.n, at[i].judged);
        assert_int_equal(cell(t, row, "ruptures")->count.n, at[i].ruptures);
        assert_int_equal(cell(t, row, "repaired")->count.n, at[i].repaired);
        assert_int_equal(cell(t, row, "not_repaired")->count.n, at[i].not_repaired);
        assert_int_equal(cell(t, row, "not_known")->count.n, at[i].not_known);
    }
    t = table_of(&r, "alliance.ruptures.WAI (9 items), client");
    const int64_t total[][3] = {
        {14, 6, 9}, {11, 5, 8}, {6, 1, 2}, {4, 1, 0}, {2, 1, 0}}; /* the same, at 1, 1.5 .. 3 sd */
    for (size_t c = 0; c < sizeof total / sizeof *total; c++) {
        assert_int_equal(cell(t, c, "repaired")->count.n, total[c][0]);
        assert_int_equal(cell(t, c, "not_repaired")->count.n, total[c][1]);
        assert_int_equal(cell(t, c, "not_known")->count.n, total[c][2]);
    }
    run_end(&r);
}

/* R 4.2.2: n, s, w by patient: how many complete rows of nine, their sum, sum of squares about the mean; totals t of n,
 * n^2, s, w, s^2/n over 57 patients; msw = t4 / (t1 - 57), msb = (t5 - t3^2 / t1) / 56, n0 = (t1 - t2 / t1) / 56; ratio
 * = (msb - msw) / n0 / msw; variance of its logarithm: g' (57 cov(T)) g, g by central differences. lmer(y ~ 1 + (1 |
 * id)) has variances .2898 and .1209, ratio 2.397. */
static void implement_dependability(void **state) {
    (void)state;
    run r = implement(1, 0);
    const struct {
        const char *id;
        double estimate, lower, upper;
    } all[] = {{"alliance.dependability.single_session", 0.69912340, 0.62083221, 0.76730790},
               {"alliance.dependability.sessions_for_80", 2, 2, 3},  /* 1.721451, 1.213031, 2.442965 */
               {"alliance.dependability.sessions_for_90", 4, 3, 6}}; /* 3.873264, 2.72932, 5.496671 */
    for (size_t i = 0; i < 3; i++) {
        const rp_statement *s = of_scale(&r, all[i].id, "total", "client");
        assert_non_null(s);
        close_to(s->estimate, all[i].estimate, 1e-8);
        close_to(s->lower, all[i].lower, 1e-6); /* R's differences have steps of their own */
        close_to(s->upper, all[i].upper, 1e-6);
        assert_int_equal(s->numerator.n, 57);
    }
    run_end(&r);
}

/* The same bits with any number of threads; the same numbers however the people are cut into blocks. */
static void blocks_and_threads(void **state) {
    (void)state;
    run a = implement(1, 5), b = implement(2, 5), c = implement(1, 0);
    assert_true(a.answer->n_statements > 0 && a.answer->n_statements == c.answer->n_statements);
    for (size_t i = 0; i < a.answer->n_statements; i++) {
        const rp_statement *x = a.answer->statements[i], *y = b.answer->statements[i], *z = c.answer->statements[i];
        assert_memory_equal(&x->estimate, &y->estimate, sizeof x->estimate);
        close_to(x->estimate, z->estimate, 1e-12);
        assert_int_equal(x->numerator.n, z->numerator.n);
    }
    run_end(&a);
    run_end(&b);
    run_end(&c);
}

static void each_rater_apart(void **state) {
    (void)state;
    run r = ask(SERVICE, NULL, 1, 0);
    /* The package's practitioners answered 17 times, without items (its administrations.csv, scores.csv). */
    const rp_answer_table *t = table_of(&r, "alliance.scales.WAI-SR, practitioner");
    close_to(cell(t, 0, "scores")->num, 17, 0);
    assert_non_null(of_scale(&r, "alliance.mean", "total", "practitioner"));
    assert_null(of_scale(&r, "alliance.alpha", "total", "practitioner"));
    assert_non_null(of_scale(&r, "alliance.alpha", "total", "client"));
    /* By session, out of everyone. */
    t = table_of(&r, "alliance.trajectory.WAI-SR, client");
    assert_true(t->n_rows > 0);
    for (size_t i = 0; i < t->n_rows; i++)
        assert_int_equal(cell(t, i, "of")->count.n, 9); /* its referrals.csv */
    run_end(&r);
}

static void without_an_alliance_measure(void **state) {
    (void)state;
    rp_evaluation_options o = run_options("examples/beat-the-blues/bdi.csv", "examples/beat-the-blues/map.json");
    run r = evaluate(&o);
    const rp_answer *answer = answer_to(&r.evaluation, "alliance");
    assert_string_equal(answer->question, "alliance");
    assert_int_equal(answer->n_statements, 0);
    assert_string_equal(answer->needs_missing[0], "scores");
    assert_true(answer->n_caveats > 0);
    run_end(&r);
}

/* Cohorts that shrink to one person and to nobody measured: no number that is none may be written. */
static void few_and_nobody(void **state) {
    (void)state;
    for (int month = 1; month <= 12; month++) {
        char from[32];
        snprintf(from, sizeof from, "2024-%02d-01", month);
        rp_evaluation_options o = run_options(SERVICE, NULL);
        assert_true(rp_date_parse(rp_text_of(from), &o.cohort.from));
        o.cohort.to = o.cohort.from + 27;
        run r = {.arena = rp_arena_new(0)};
        rp_error error = {0};
        assert_true(rp_evaluate(&o, r.arena, &r.evaluation, &error));
        const rp_answer *answer = answer_to(&r.evaluation, "alliance");
        assert_true(answer->n_tables > 0 || answer->n_caveats > 0);
        for (size_t i = 0; i < answer->n_statements; i++) {
            assert_null(strstr(answer->statements[i]->text, "nan"));
            assert_true(isfinite(answer->statements[i]->estimate));
        }
        run_end(&r);
    }
}

static void the_list_holds_what_is_said(void **state) {
    (void)state;
    run r = implement(1, 0);
    const rp_statement_def *list = rp_questions_find(rp_text_of("alliance"))->statements;
    /* Not in these data, and tested on records made by hand. */
    static const char *const elsewhere[] = {"alliance.agreement.",
                                            "alliance.circumstances.",
                                            "alliance.goals",
                                            "alliance.tasks",
                                            "alliance.factors.",
                                            "alliance.omega_",
                                            "alliance.alpha.at_session",
                                            "alliance.invariance."};
    for (; list->id != NULL; list++) {
        bool here = true;
        for (size_t i = 0; i < sizeof elsewhere / sizeof *elsewhere; i++)
            here = here && strncmp(list->id, elsewhere[i], strlen(elsewhere[i])) != 0;
        if (here)
            assert_non_null(of_scale(&r, list->id, "total", "client"));
    }
    for (size_t i = 0; i < r.answer->n_statements; i++) {
        const rp_statement *s = r.answer->statements[i];
        assert_true(s->label != NULL && s->text != NULL && s->method != NULL && s->cohort != NULL);
        assert_true(s->numerator.n <= s->denominator.n && s->numerator.universe == s->denominator.universe);
    }
    run_end(&r);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(implement_alphas),
        cmocka_unit_test(implement_means_and_ceiling),
        cmocka_unit_test(implement_ruptures),
        cmocka_unit_test(implement_dependability),
        cmocka_unit_test(blocks_and_threads),
        cmocka_unit_test(each_rater_apart),
        cmocka_unit_test(without_an_alliance_measure),
        cmocka_unit_test(the_list_holds_what_is_said),
        cmocka_unit_test(few_and_nobody),
    };
    return cmocka_run_group_tests_name("questions: alliance", tests, NULL, NULL);
}
