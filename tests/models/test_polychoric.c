/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Thresholds and polychoric correlations: by what defines them, and against lavaan 0.6-14 (R 4.2.2), whose own search
 * ends within some 1e-7 of the summit. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include "models/mixed_data.h"
#include "models/sem/sem_ordered.h"
#include "rapport/maths.h"
#include "support/shared.h"

static void near(double ours, double theirs, double absolute) {
    if (!(fabs(ours - theirs) <= absolute))
        fail_msg("%.17g is not %.17g", ours, theirs);
}

/* A table with the thresholds of its own margins. */
typedef struct whole_table {
    sem_pair_table table;
    double row_thresholds[8], column_thresholds[8];
} whole_table;

static void whole(whole_table *w, size_t rows, size_t columns, const int64_t *counts) {
    int64_t row[8] = {0}, column[8] = {0};
    for (size_t i = 0; i < rows * columns; i++) {
        row[i / columns] += counts[i];
        column[i % columns] += counts[i];
    }
    sem_thresholds(row, rows, w->row_thresholds);
    sem_thresholds(column, columns, w->column_thresholds);
    w->table = (sem_pair_table){rows, columns, counts, w->row_thresholds, w->column_thresholds};
}

static sem_polychoric fit_table(const sem_pair_table *table) {
    rp_arena *arena = rp_arena_new(0);
    sem_polychoric fit;
    assert_true(sem_polychoric_fit(table, &fit, arena));
    rp_arena_free(arena);
    return fit;
}

static sem_polychoric fit_counts(size_t rows, size_t columns, const int64_t *counts) {
    whole_table w;
    whole(&w, rows, columns, counts);
    return fit_table(&w.table);
}

/* The log-likelihood and its slope, from the cells. */
static double log_lik_at(const sem_pair_table *t, double rho, double *slope) {
    double share[64], by_rho[64], sum = 0;
    sem_pair_cells(t, rho, share, by_rho);
    *slope = 0;
    for (size_t i = 0; i < t->rows * t->columns; i++)
        if (t->counts[i] > 0) {
            sum += (double)t->counts[i] * log(share[i]);
            *slope += (double)t->counts[i] * by_rho[i] / share[i];
        }
    return sum;
}

static const int64_t RISING[] = {20, 5, 0, 6, 30, 9, 0, 8, 22}, FALLING[] = {2, 9, 30, 11, 25, 4, 28, 6, 1},
                     WIDE[] = {10, 20, 7, 5, 30, 40};

/* ---- thresholds and cells -------------------------------------------------------------------------------- */

static void thresholds(void **state) {
    (void)state;
    double t[4];
    assert_int_equal(sem_thresholds((int64_t[]){10, 40, 25, 20, 5}, 5, t), 5);
    near(rp_normal_cdf(t[0]), 0.10, 1e-15);
    near(rp_normal_cdf(t[1]), 0.50, 1e-15);
    near(rp_normal_cdf(t[2]), 0.75, 1e-15);
    near(rp_normal_cdf(t[3]), 0.95, 1e-15);
    assert_int_equal(sem_thresholds((int64_t[]){0, 30, 0, 70, 0}, 5, t), 2);
    assert_true(t[0] == -INFINITY && t[1] == t[2] && t[3] == INFINITY);
    near(rp_normal_cdf(t[1]), 0.3, 1e-15);
    assert_int_equal(sem_thresholds((int64_t[]){0, 0, 0}, 3, t), 0);
    assert_true(isnan(t[0]) && isnan(t[1]));
}

static void cells(void **state) {
    (void)state;
    whole_table w;
    whole(&w, 3, 3, RISING);
    double share[9], by_rho[9], up[9], down[9], unused[9], total = 100;
    static const double row[] = {25, 45, 30}, column[] = {26, 43, 31}; /* sums of RISING */
    for (double rho = -0.95; rho < 1; rho += 0.19) {
        sem_pair_cells(&w.table, rho, share, by_rho);
        sem_pair_cells(&w.table, rho + 1e-5, up, unused);
        sem_pair_cells(&w.table, rho - 1e-5, down, unused);
        for (size_t i = 0; i < 3; i++) {
            near(share[3 * i] + share[3 * i + 1] + share[3 * i + 2], row[i] / total, 1e-14); /* margins stay */
            near(share[i] + share[3 + i] + share[6 + i], column[i] / total, 1e-14);
            near(by_rho[3 * i] + by_rho[3 * i + 1] + by_rho[3 * i + 2], 0, 1e-14);
        }
        for (size_t i = 0; i < 9; i++)
            near(by_rho[i], (up[i] - down[i]) / 2e-5, 1e-6);
    }
    sem_pair_cells(&w.table, 0, share, by_rho);
    for (size_t i = 0; i < 9; i++) /* independent: products */
        near(share[i], row[i / 3] * column[i % 3] / (total * total), 1e-15);
}

/* ---- what defines the estimate ------------------------------------------------------------------------------ */

static void independence(void **state) {
    (void)state;
    sem_polychoric fit = fit_counts(3, 3, (int64_t[]){2, 4, 6, 3, 6, 9, 5, 10, 15});
    assert_int_equal(fit.status, SEM_POLYCHORIC_CONVERGED);
    near(fit.correlation, 0, 1e-12);
    near(fit_counts(2, 2, (int64_t[]){10, 20, 30, 60}).correlation, 0, 1e-12);
}

static void summit(void **state) {
    (void)state;
    const int64_t *tables[] = {RISING, FALLING, WIDE};
    for (size_t i = 0; i < 3; i++) {
        whole_table w;
        whole(&w, i < 2 ? 3 : 2, 3, tables[i]);
        sem_polychoric fit = fit_table(&w.table);
        double slope, other, best = log_lik_at(&w.table, fit.correlation, &slope);
        assert_int_equal(fit.status, SEM_POLYCHORIC_CONVERGED);
        near(fit.log_lik, best, 1e-10);
        near(slope, 0, 1e-6);
        near(fit.slope, slope, 1e-10);
        for (double rho = -0.99; rho < 1; rho += 0.06)
            assert_true(log_lik_at(&w.table, rho, &other) < best);
    }
}

/* Thresholds that are not the table's own, as where rows with one value missing count for thresholds alone: expected
 * information is then far from observed, and plain scoring swings to and fro or leaves. */
static void other_thresholds(void **state) {
    (void)state;
    static const double row[] = {-1.2, -0.1, 0.5}, column[] = {-0.9, -0.3, 0.9};
    static const struct {
        size_t rows, columns;
        int64_t counts[8];
    } tables[] = {
        {3, 2, {49, 14, 49, 37, 10, 56}},
        {2, 4, {21, 45, 51, 35, 27, 40, 44, 18}},
        {2, 2, {81, 55, 44, 80}},
        {4, 2, {31, 7, 69, 37, 37, 67, 1, 49}},
    };
    for (size_t i = 0; i < sizeof tables / sizeof *tables; i++) {
        sem_pair_table table = {tables[i].rows, tables[i].columns, tables[i].counts, row, column};
        sem_polychoric fit = fit_table(&table);
        double slope, other, best = log_lik_at(&table, fit.correlation, &slope);
        assert_int_equal(fit.status, SEM_POLYCHORIC_CONVERGED);
        near(slope, 0, 1e-5);
        for (double rho = -0.99; rho < 1; rho += 0.06)
            assert_true(log_lik_at(&table, rho, &other) < best);
    }
    /* Row 1 is half of all, column 1 of it 5 in 14: the quadrant is 5 in 28 (Sheppard). Nothing is mended. */
    sem_pair_table half = {2, 2, (int64_t[]){5, 9, 0, 0}, (double[]){0}, (double[]){0}};
    sem_polychoric fit = fit_table(&half);
    assert_true(fit.status == SEM_POLYCHORIC_CONVERGED && !fit.mended);
    near(fit.correlation, -cos(2 * M_PI * 5 / 28), 1e-9);
}

/* From the shares of a known correlation, that correlation; there expected information is the observed. */
static void recovery(void **state) {
    (void)state;
    const double row[] = {-1.1, 0.2, 0.9}, column[] = {-0.4, 1.3};
    for (double rho = -0.98; rho < 1; rho += 0.14) {
        int64_t counts[12];
        double share[12], by_rho[12], up, down;
        sem_pair_table table = {4, 3, counts, row, column};
        sem_pair_cells(&table, rho, share, by_rho);
        for (size_t i = 0; i < 12; i++)
            counts[i] = llround(share[i] * 1e13);
        sem_polychoric fit = fit_table(&table);
        assert_int_equal(fit.status, SEM_POLYCHORIC_CONVERGED);
        near(fit.correlation, rho, 1e-9);
        log_lik_at(&table, rho + 1e-5, &up);
        log_lik_at(&table, rho - 1e-5, &down);
        if (fabs(rho) < 0.9) /* beyond, cells are too small to be differenced */
            near((down - up) / 2e-5 / fit.information, 1, 1e-5);
    }
}

static void symmetry(void **state) {
    (void)state;
    int64_t turned[9], reversed[9];
    for (size_t i = 0; i < 9; i++) {
        turned[i] = FALLING[i % 3 * 3 + i / 3];
        reversed[i] = FALLING[i / 3 * 3 + 2 - i % 3];
    }
    sem_polychoric fit = fit_counts(3, 3, FALLING);
    near(fit_counts(3, 3, turned).correlation, fit.correlation, 1e-9);
    near(fit_counts(3, 3, reversed).correlation, -fit.correlation, 1e-9);
    near(fit_counts(2, 2, (int64_t[]){25, 45, 30, 0}).correlation,
         fit_counts(2, 2, (int64_t[]){0, 30, 45, 25}).correlation, 1e-9); /* both reversed */
    near(fit_counts(3, 3, reversed).information, fit.information, 1e-6);
}

/* Two halves each: a share of 1/4 + asin(rho) / (2 pi) in a quadrant (Sheppard). */
static void median_split(void **state) {
    (void)state;
    near(fit_counts(2, 2, (int64_t[]){30, 20, 20, 30}).correlation, -cos(2 * M_PI * 0.3), 1e-10);
    near(fit_counts(2, 2, (int64_t[]){3, 47, 47, 3}).correlation, -cos(2 * M_PI * 0.03), 1e-10);
}

/* ---- empty cells and categories ------------------------------------------------------------------------------ */

static void empty_categories(void **state) {
    (void)state;
    sem_polychoric fit = fit_counts(3, 3, RISING);
    sem_polychoric wide = fit_counts(5, 4, (int64_t[]){0, 0, 0, 0, 20, 5, 0, 0, 6, 30, 0, 9, 0, 0, 0, 0, 0, 8, 0, 22});
    assert_int_equal(wide.status, SEM_POLYCHORIC_CONVERGED);
    assert_true(wide.rows_used == 3 && wide.columns_used == 3);
    near(wide.correlation, fit.correlation, 0);
    near(wide.information, fit.information, 0);
    /* what collapses to 2 by 2 is mended as such */
    sem_polychoric four = fit_counts(3, 2, (int64_t[]){40, 0, 0, 0, 25, 35});
    assert_true(four.mended && four.rows_used == 2);
    near(four.correlation, fit_counts(2, 2, (int64_t[]){40, 0, 25, 35}).correlation, 0);
}

static void no_estimate(void **state) {
    (void)state;
    assert_int_equal(fit_counts(2, 2, (int64_t[]){0, 0, 0, 0}).status, SEM_POLYCHORIC_NONE);
    sem_polychoric one = fit_counts(3, 2, (int64_t[]){0, 0, 5, 9, 0, 0});
    assert_true(one.status == SEM_POLYCHORIC_NONE && isnan(one.correlation) && one.rows_used == 1);
    assert_int_equal(fit_counts(1, 3, (int64_t[]){2, 5, 9}).status, SEM_POLYCHORIC_NONE);
}

/* Two empty cells in a 2x2 table: 1 or -1, as in lavaan; in larger ones, where nothing speaks against it. */
static void perfect(void **state) {
    (void)state;
    const sem_polychoric fits[] = {
        fit_counts(2, 2, (int64_t[]){40, 0, 0, 60}),
        fit_counts(3, 3, (int64_t[]){30, 0, 0, 0, 50, 0, 0, 0, 20}),
        fit_counts(2, 3, (int64_t[]){2, 3, 0, 0, 3, 2}), /* the same shares at 1, flat before */
        fit_counts(2, 3, (int64_t[]){0, 3, 2, 2, 3, 0}),
        fit_counts(2, 2, (int64_t[]){0, 40, 60, 0}),
        fit_counts(3, 3, (int64_t[]){0, 0, 30, 0, 50, 0, 20, 0, 0})};
    for (size_t i = 0; i < 6; i++) {
        assert_int_equal(fits[i].status, SEM_POLYCHORIC_PERFECT);
        assert_true(fits[i].correlation == (i < 3 ? 1 : -1) && isnan(fits[i].information));
    }
}

static void no_memory(void **state) {
    (void)state;
    rp_arena *arena = rp_arena_new(64);
    whole_table w;
    sem_polychoric fit;
    whole(&w, 3, 3, RISING);
    assert_false(sem_polychoric_fit(&w.table, &fit, arena));
    rp_arena_free(arena);
}

/* ---- lavaan ------------------------------------------------------------------------------------------------ */

/* lavCor(data, ordered = TRUE, output = "cor")[1, 2] of two columns with these counts */
static void tables(void **state) {
    (void)state;
    static const struct {
        size_t rows, columns;
        int64_t counts[9];
        bool mended;
        double correlation;
    } known[] = {
        {2, 2, {40, 0, 25, 35}, true, 0.909764364761719},
        {2, 2, {0, 30, 45, 25}, true, -0.906514730408332},
        {2, 2, {40, 12, 25, 35}, false, 0.539473498279791},
        {2, 2, {30, 20, 10, 40}, false, 0.607072812945755},
        {2, 3, {10, 20, 0, 5, 30, 40}, false, 0.754390613764993},
        {3, 3, {20, 5, 0, 6, 30, 9, 0, 8, 22}, false, 0.87180183579117},
        {3, 3, {2, 9, 30, 11, 25, 4, 28, 6, 1}, false, -0.840905219175448},
    };
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        sem_polychoric fit = fit_counts(known[i].rows, known[i].columns, known[i].counts);
        assert_int_equal(fit.status, SEM_POLYCHORIC_CONVERGED);
        assert_true(fit.mended == known[i].mended);
        near(fit.correlation, known[i].correlation, 1e-6);
    }
}

/* lavCor(wai[, 1:5], ordered = TRUE, output = "cor"), and its output = "th" of w1 and w5 */
static void working_alliance(void **state) {
    (void)state;
    static const double cor[5][5] = {
        {1, 0.528755898988949, 0.469785275477664, 0.432271408235319, 0.305582271505062},
        {0, 1, 0.452725423372101, 0.372537964991937, 0.324205607180615},
        {0, 0, 1, 0.323514174236347, 0.255960855172793},
        {0, 0, 0, 1, 0.273648829205962},
    };
    rp_arena *arena = rp_arena_new(0);
    sheet s = sheet_read(shared_path("bench/data/wai_ord_1000.csv"), arena);
    static const char *const names[] = {"w1", "w2", "w3", "w4", "w5"};
    assert_int_equal(s.n, 1000);
    for (size_t a = 0; a < 5; a++)
        for (size_t b = a + 1; b < 5; b++) {
            const double *x = sheet_numbers(&s, names[a]), *y = sheet_numbers(&s, names[b]);
            int64_t counts[25] = {0};
            for (size_t i = 0; i < s.n; i++)
                counts[((size_t)x[i] - 1) * 5 + (size_t)y[i] - 1]++;
            whole_table w;
            whole(&w, 5, 5, counts);
            sem_polychoric fit = fit_table(&w.table);
            assert_int_equal(fit.status, SEM_POLYCHORIC_CONVERGED);
            near(fit.correlation, cor[a][b], 1e-6);
            if (a == 0 && b == 4) {
                near(w.row_thresholds[0], -1.67466488902433, 1e-13);
                near(w.row_thresholds[3], 0.903991327564402, 1e-13);
                near(w.column_thresholds[1], -0.813380388213404, 1e-13);
                near(w.column_thresholds[2], 0.0777838416469152, 1e-13);
            }
        }
    rp_arena_free(arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(thresholds),       cmocka_unit_test(cells),
        cmocka_unit_test(independence),     cmocka_unit_test(summit),
        cmocka_unit_test(recovery),         cmocka_unit_test(symmetry),
        cmocka_unit_test(other_thresholds), cmocka_unit_test(median_split),
        cmocka_unit_test(no_estimate),      cmocka_unit_test(perfect),
        cmocka_unit_test(empty_categories), cmocka_unit_test(no_memory),
        cmocka_unit_test(tables),           cmocka_unit_test(working_alliance),
    };
    return cmocka_run_group_tests_name("models: thresholds and polychoric correlations", tests, NULL, NULL);
}
