/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Statistics of structural equation models, by hand and as blocks merge, and unrestricted means and covariances against
 * lavaan. Numbers of lavaan are of R 4.2.2 and lavaan 0.6-14. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "models/mixed_expected.h"
#include "models/sem/sem_parts.h"
#include "support/shared.h"

enum { MOST = 70 };

/* Rows and what is observed in them. */
typedef struct sample {
    rp_arena *arena;
    const char *names[MOST];
    const double *columns[MOST];
    rp_sem_layout layout;
    rp_sem_rows rows;
} sample;

static void begin(sample *s, size_t n, rp_sem_missing missing) {
    *s = (sample){.arena = rp_arena_new(0)};
    assert_non_null(s->arena);
    s->layout = (rp_sem_layout){.observed = s->names, .n_groups = 1, .missing = missing};
    s->rows = (rp_sem_rows){.n = n, .columns = s->columns};
}

static void column(sample *s, const char *name, const double *values) {
    s->names[s->layout.n_observed] = name;
    s->columns[s->layout.n_observed++] = values;
}

static rp_sem_stats *prepared(const sample *s, const rp_sem_rows *rows) {
    rp_error error;
    rp_sem_stats *stats = rp_sem_prepare(&s->layout, rows, s->arena, &error);
    if (stats == NULL)
        fail_msg("%s", error.message);
    return stats;
}

static rp_sem_stats *merged(const sample *s, rp_sem_stats *const *parts, size_t n) {
    rp_error error;
    rp_sem_stats *stats = rp_sem_merge(parts, n, s->arena, &error);
    if (stats == NULL)
        fail_msg("%s", error.message);
    return stats;
}

/* ---- by hand --------------------------------------------------------------------------------------------- */

/* a: 1 . 3 5 . 2   b: 2 4 6 . . 1   group: 0 1 0 0 1 1 */
static void few_rows(sample *s, rp_sem_missing missing) {
    static const double a[] = {1, NAN, 3, 5, NAN, 2}, b[] = {2, 4, 6, NAN, NAN, 1};
    static const uint32_t group[] = {0, 1, 0, 0, 1, 1};
    begin(s, 6, missing);
    column(s, "a", a);
    column(s, "b", b);
    s->layout.n_groups = 2;
    s->rows.group = group;
}

static void by_hand_with_missing_values(void **state) {
    (void)state;
    sample s;
    few_rows(&s, RP_SEM_FIML);
    rp_sem_stats *stats = prepared(&s, &s.rows);
    assert_int_equal(rp_sem_rows_left_out(stats), 1); /* the fifth */
    assert_int_equal(rp_sem_rows_used(stats, 0), 3);
    assert_int_equal(rp_sem_rows_used(stats, 1), 2);
    assert_int_equal(stats->n_patterns, 4); /* group 0: a and b, a; group 1: a and b, b */
    const sem_pattern *p = stats->patterns;
    assert_int_equal(p[0].group, 0);
    assert_int_equal(p[0].k, 2);
    assert_int_equal(p[0].n, 2);
    assert_int_equal(p[0].observed[0], 0);
    assert_int_equal(p[0].observed[1], 1);
    near(p[0].mean[0], 2, 0); /* of 1 and 3 */
    near(p[0].mean[1], 4, 0); /* of 2 and 6 */
    near(p[0].cross[0], 2, 0);
    near(p[0].cross[1], 4, 0); /* (-1)(-2) + (1)(2) */
    near(p[0].cross[2], 4, 0);
    near(p[0].cross[3], 8, 0);
    assert_int_equal(p[1].group, 0);
    assert_int_equal(p[1].k, 1);
    assert_int_equal(p[1].observed[0], 0);
    near(p[1].mean[0], 5, 0);
    near(p[1].cross[0], 0, 0);
    assert_int_equal(p[2].group, 1);
    assert_int_equal(p[2].k, 2);
    near(p[2].mean[0], 2, 0);
    near(p[2].mean[1], 1, 0);
    assert_int_equal(p[3].group, 1);
    assert_int_equal(p[3].k, 1);
    assert_int_equal(p[3].observed[0], 1);
    near(p[3].mean[0], 4, 0);
    rp_arena_free(s.arena);
}

static void by_hand_listwise(void **state) {
    (void)state;
    sample s;
    few_rows(&s, RP_SEM_LISTWISE);
    rp_sem_stats *stats = prepared(&s, &s.rows);
    assert_int_equal(rp_sem_rows_left_out(stats), 3); /* the second, the fourth and the fifth */
    assert_int_equal(rp_sem_rows_used(stats, 0), 2);
    assert_int_equal(rp_sem_rows_used(stats, 1), 1);
    assert_int_equal(stats->n_patterns, 2);
    near(stats->patterns[0].cross[1], 4, 0); /* as above */
    near(stats->patterns[1].mean[0], 2, 0);
    rp_arena_free(s.arena);
}

static void no_rows_are_no_patterns(void **state) {
    (void)state;
    sample s;
    few_rows(&s, RP_SEM_FIML);
    s.rows.n = 0;
    rp_sem_stats *none = prepared(&s, &s.rows);
    assert_int_equal(none->n_patterns, 0);
    assert_int_equal(rp_sem_rows_used(none, 0), 0);
    s.rows.n = 6;
    rp_sem_stats *parts[] = {none, prepared(&s, &s.rows), none}, *all = merged(&s, parts, 3);
    assert_int_equal(all->n_patterns, 4);
    assert_int_equal(rp_sem_rows_left_out(all), 1);
    rp_arena_free(s.arena);
}

static void infinite_values_are_faults(void **state) {
    (void)state;
    sample s;
    static const double a[] = {1, INFINITY};
    begin(&s, 2, RP_SEM_FIML);
    column(&s, "score", a);
    rp_error error;
    assert_null(rp_sem_prepare(&s.layout, &s.rows, s.arena, &error));
    assert_int_equal(error.code, RP_E_RULE);
    assert_non_null(strstr(error.message, "score"));
    rp_arena_free(s.arena);
}

/* ---- blocks and orders ---------------------------------------------------------------------------------------- */

static uint64_t turn(uint64_t *state) {
    *state = *state * 6364136223846793005u + 1442695040888963407u; /* Knuth's */
    return *state >> 33;
}

/* n rows of k variables around 1000, a part of them missing in 1 of `rare`, in 3 groups. */
static void many_rows(sample *s, size_t n, size_t k, uint64_t rare) {
    static char names[MOST][8];
    uint64_t seed = 7;
    begin(s, n, RP_SEM_FIML);
    double *all = rp_arena_take(s->arena, n * k, sizeof *all);
    uint32_t *group = rp_arena_take(s->arena, n, sizeof *group);
    assert_non_null(all);
    assert_non_null(group);
    for (size_t i = 0; i < n; i++) {
        double common = (double)(turn(&seed) % 1000) / 100;
        group[i] = (uint32_t)(turn(&seed) % 3);
        for (size_t j = 0; j < k; j++) {
            double value = 1000 + common + (double)(turn(&seed) % 1000) / 100;
            all[j * n + i] = turn(&seed) % rare == 0 ? NAN : value;
        }
    }
    for (size_t j = 0; j < k; j++) {
        snprintf(names[j], sizeof names[j], "v%zu", j);
        column(s, names[j], all + j * n);
    }
    s->rows.group = group;
    s->layout.n_groups = 3;
}

/* Rows from `from`, `n` of them, in `columns`. */
static rp_sem_rows block(const sample *s, size_t from, size_t n, const double **columns) {
    for (size_t j = 0; j < s->layout.n_observed; j++)
        columns[j] = s->columns[j] + from;
    return (rp_sem_rows){.n = n, .columns = columns, .group = s->rows.group + from};
}

/* Means within `tolerance` of themselves, cross products of the product of standard deviations and n. */
static void alike(const rp_sem_stats *a, const rp_sem_stats *b, double tolerance) {
    assert_int_equal(a->left_out, b->left_out);
    assert_int_equal(a->n_patterns, b->n_patterns);
    for (size_t i = 0; i < a->n_patterns; i++) {
        const sem_pattern *p = &a->patterns[i], *q = &b->patterns[i];
        assert_int_equal(sem_pattern_order(p, q), 0);
        assert_int_equal(p->k, q->k);
        assert_int_equal(p->n, q->n);
        for (size_t j = 0; j < p->k; j++) {
            near(p->mean[j], q->mean[j], tolerance * fabs(q->mean[j]));
            for (size_t h = 0; h < p->k; h++)
                near(p->cross[j * p->k + h], q->cross[j * p->k + h],
                     tolerance * sqrt(q->cross[j * p->k + j] * q->cross[h * p->k + h]));
        }
    }
}

static rp_sem_stats *in_blocks(const sample *s, size_t size) {
    rp_sem_stats *parts[100];
    size_t n = 0;
    for (size_t from = 0; from < s->rows.n; from += size) {
        const double *columns[MOST];
        rp_sem_rows rows = block(s, from, from + size < s->rows.n ? size : s->rows.n - from, columns);
        parts[n++] = prepared(s, &rows);
    }
    return merged(s, parts, n);
}

static void blocks_merge_to_the_whole(void **state) {
    (void)state;
    sample s;
    many_rows(&s, 2000, 4, 5);
    rp_sem_stats *whole = prepared(&s, &s.rows), *first = in_blocks(&s, 171), *again = in_blocks(&s, 171);
    assert_true(whole->n_patterns == 3 * 15); /* all patterns but the empty one, in each group */
    assert_true(whole->left_out > 0);
    alike(first, whole, 1e-12);
    alike(in_blocks(&s, 500), whole, 1e-12);
    alike(first, again, 0);
    /* a merge of merges, in order, is the merge of all */
    const double *columns[MOST];
    rp_sem_stats *parts[3];
    for (size_t i = 0; i < 3; i++) {
        rp_sem_rows rows = block(&s, i * 600, i < 2 ? 600 : 800, columns);
        parts[i] = prepared(&s, &rows);
    }
    rp_sem_stats *pair[] = {merged(&s, parts, 2), parts[2]};
    alike(merged(&s, pair, 2), merged(&s, parts, 3), 0);
    rp_arena_free(s.arena);
}

static void order_of_rows_does_not_matter(void **state) {
    (void)state;
    sample s;
    many_rows(&s, 2000, 4, 5);
    rp_sem_stats *whole = prepared(&s, &s.rows);
    uint32_t *group = rp_arena_take(s.arena, s.rows.n, sizeof *group);
    const double *columns[MOST];
    rp_sem_rows other = {.n = s.rows.n, .columns = columns, .group = group};
    for (size_t i = 0; i < s.rows.n; i++)
        group[i] = s.rows.group[i * 7 % s.rows.n]; /* 7 and 2000 have no divisor in common */
    for (size_t j = 0; j < s.layout.n_observed; j++) {
        double *moved = rp_arena_take(s.arena, s.rows.n, sizeof *moved);
        for (size_t i = 0; i < s.rows.n; i++)
            moved[i] = s.columns[j][i * 7 % s.rows.n];
        columns[j] = moved;
    }
    alike(prepared(&s, &other), whole, 1e-10);
    rp_arena_free(s.arena);
}

/* Masks of more than one word; with 70 variables nearly every row is a pattern of its own. */
static void more_variables_than_bits_of_a_word(void **state) {
    (void)state;
    sample s;
    many_rows(&s, 500, 70, 5);
    rp_sem_stats *stats = prepared(&s, &s.rows);
    int64_t n = 0;
    for (size_t i = 0; i < stats->n_patterns; i++) {
        const sem_pattern *p = &stats->patterns[i];
        n += p->n;
        assert_true(i == 0 || sem_pattern_order(p - 1, p) < 0);
        for (size_t a = 1; a < p->k; a++)
            assert_true(p->observed[a - 1] < p->observed[a]);
    }
    assert_int_equal(n, 500);
    assert_true(stats->n_patterns > 490);
    /* only the last variable apart: the second word counts */
    static const double one[] = {1, 1, 1}, last[] = {1, NAN, 3};
    sample t;
    begin(&t, 3, RP_SEM_FIML);
    for (size_t j = 0; j < 69; j++)
        column(&t, "one", one);
    column(&t, "last", last);
    stats = prepared(&t, &t.rows);
    assert_int_equal(stats->n_patterns, 2);
    assert_int_equal(stats->patterns[0].k, 70);
    assert_int_equal(stats->patterns[0].n, 2);
    near(stats->patterns[0].mean[69], 2, 0);
    assert_int_equal(stats->patterns[1].k, 69);
    rp_arena_free(s.arena);
    rp_arena_free(t.arena);
}

/* ---- unrestricted means and covariances ------------------------------------------------------------------------ */

static void read_columns(sample *s, const char *path, size_t n, const char *const *names, sheet *read) {
    *read = sheet_read(path, s->arena);
    for (size_t j = 0; j < n; j++)
        column(s, names[j], sheet_numbers(read, names[j]));
    s->rows.n = read->n;
}

static void unrestricted(const sample *s, sem_saturated *out) {
    assert_true(sem_saturated_make(prepared(s, &s->rows), out, s->arena));
    for (size_t g = 0; g < s->layout.n_groups; g++)
        assert_true(out[g].converged);
}

/* a: 1 2 3 4; b: 2 . 3 7. By the regression of b on a in the three complete rows, which is what maximum likelihood
 * comes to when one variable alone has missing values (Anderson, J Am Stat Assoc 52, 1957): a's mean 2.5 and
 * variance 1.25; slope (-5/3 * -2 + 1/3 * -1 + 4/3 * 3) / (25/9 + 1/9 + 16/9) = 7 / (14/3) = 1.5, residual variance (14
 * - 1.5 * 7) / 3 = 7/6, b's mean 4 + 1.5 (2.5 - 8/3) = 3.75. */
static void two_variables_by_hand(void **state) {
    (void)state;
    sample s;
    sem_saturated out;
    static const double a[] = {1, 2, 3, 4}, b[] = {2, NAN, 3, 7};
    begin(&s, 4, RP_SEM_FIML);
    column(&s, "a", a);
    column(&s, "b", b);
    unrestricted(&s, &out);
    near(out.mean[0], 2.5, 1e-8);
    near(out.mean[1], 3.75, 1e-8);
    near(out.cov[0], 1.25, 1e-8);
    near(out.cov[1], 1.5 * 1.25, 1e-8);
    near(out.cov[2], 1.5 * 1.25, 1e-8);
    near(out.cov[3], 1.5 * 1.5 * 1.25 + 7.0 / 6, 1e-8);
    /* the density of all a, and of b given a in three rows */
    near(out.log_lik, -2 * (log(2 * acos(-1) * 1.25) + 1) - 1.5 * (log(2 * acos(-1) * 7 / 6) + 1), 1e-10);
    rp_arena_free(s.arena);
}

static const char *const HOLZINGER[] = {"x1", "x2", "x3", "x4", "x5", "x6", "x7", "x8", "x9"};

/* fitMeasures(cfa("a =~ x1 + .. + x9", HolzingerSwineford1939, meanstructure = TRUE), "unrestricted.logl"), with
 * lavInspect(., "sampstat"); and with group = "school" */
static void complete_data(void **state) {
    (void)state;
    sample s;
    sheet read;
    sem_saturated out[2], same;
    begin(&s, 0, RP_SEM_LISTWISE);
    read_columns(&s, shared_path("data/HolzingerSwineford1939.csv"), 9, HOLZINGER, &read);
    unrestricted(&s, out);
    near(out->log_lik, -3695.09216574, 1e-7);
    near(out->mean[0], 4.935769656, 1e-9);
    near(out->cov[1], 0.4073713302, 1e-10);
    near(out->cov[1 * 9 + 1], 1.381783866, 1e-9);
    s.layout.missing = RP_SEM_FIML; /* nothing is missing: the same */
    unrestricted(&s, &same);
    assert_memory_equal(same.cov, out->cov, 81 * sizeof *same.cov);
    near(same.log_lik, out->log_lik, 0);
    uint32_t levels;
    s.rows.group = sheet_groups(&read, "school", &levels);
    s.layout.n_groups = levels;
    assert_int_equal(levels, 2);
    unrestricted(&s, out);
    near(out[0].log_lik + out[1].log_lik, -3624.27184014, 1e-7);
    rp_arena_free(s.arena);
}

static const char *const BFI[] = {"A1", "A2", "A3", "A4", "A5", "C1", "C2", "C3", "C4", "C5"};

/* fitMeasures(cfa("a =~ A1 + .. + C5", bfi, missing = "fiml", em.h1.iter.max = 5000, em.h1.tol = 1e-13),
 * "unrestricted.logl"), with lavInspect(., "sampstat"); and listwise, meanstructure = TRUE */
static void missing_answers(void **state) {
    (void)state;
    sample s;
    sheet read;
    sem_saturated out;
    begin(&s, 0, RP_SEM_FIML);
    read_columns(&s, shared_path("data/bfi.csv"), 10, BFI, &read);
    rp_sem_stats *stats = prepared(&s, &s.rows);
    assert_int_equal(stats->n_patterns, 31); /* nrow(unique(is.na(bfi[, 1:10]))); no row is empty */
    assert_int_equal(rp_sem_rows_used(stats, 0), 2800);
    unrestricted(&s, &out);
    near(out.log_lik, -44796.3391303, 1e-6);
    near(out.mean[0], 2.412436418, 1e-8);
    near(out.cov[1], -0.5611054473, 1e-8);
    near(out.cov[1 * 10 + 1], 1.37300204, 1e-8);
    s.layout.missing = RP_SEM_LISTWISE;
    stats = prepared(&s, &s.rows);
    assert_int_equal(rp_sem_rows_used(stats, 0), 2632); /* sum(complete.cases(bfi[, 1:10])) */
    assert_int_equal(rp_sem_rows_left_out(stats), 2800 - 2632);
    unrestricted(&s, &out);
    near(out.log_lik, -42385.3817004, 1e-6);
    near(out.cov[1], -0.569655618, 1e-9);
    rp_arena_free(s.arena);
}

static const char *const WAI[] = {"w1", "w2", "w3", "w4", "w5", "w6", "w7", "w8", "w9", "w10", "w11", "w12"};

/* A fifth of twelve items missing: 416 patterns. As above. */
static void a_fifth_missing(void **state) {
    (void)state;
    sample s;
    sheet read;
    sem_saturated out, blocks;
    begin(&s, 0, RP_SEM_FIML);
    read_columns(&s, shared_path("bench/data/wai_miss_1000.csv"), 12, WAI, &read);
    uint32_t *group = rp_arena_take(s.arena, s.rows.n, sizeof *group);
    s.rows.group = group;
    rp_sem_stats *stats = prepared(&s, &s.rows);
    assert_int_equal(stats->n_patterns, 416); /* nrow(unique(is.na(.))) */
    unrestricted(&s, &out);
    near(out.log_lik, -12233.5224529, 1e-6);
    near(out.mean[0], 0.01229854708, 1e-7);
    near(out.cov[1], 0.5484598502, 1e-7);
    near(out.cov[1 * 12 + 1], 1.014609179, 1e-7);
    assert_in_range(out.steps, 1, 60);
    assert_true(sem_saturated_make(in_blocks(&s, 100), &blocks, s.arena));
    near(blocks.log_lik, out.log_lik, 1e-9);
    rp_arena_free(s.arena);
}

/* A variable twice; one that does not vary; one that nobody answered; no rows. */
static void no_likelihood_where_there_is_none(void **state) {
    (void)state;
    static const double a[] = {1, 2, 4, 3, 7, 5}, gaps[] = {1, 2, NAN, 3, NAN, 4}, same[] = {2, 2, 2, 2, 2, 2},
                        none[] = {NAN, NAN, NAN, NAN, NAN, NAN}, b[] = {3, 1, 4, 1, 5, NAN};
    const double *const pairs[][2] = {{a, a}, {a, same}, {a, none}, {gaps, gaps}, {b, same}, {b, none}};
    for (size_t i = 0; i <= sizeof pairs / sizeof *pairs; i++) {
        sample s;
        sem_saturated out;
        bool rows = i < sizeof pairs / sizeof *pairs;
        begin(&s, rows ? 6 : 0, RP_SEM_FIML);
        column(&s, "first", rows ? pairs[i][0] : a);
        column(&s, "second", rows ? pairs[i][1] : b);
        assert_true(sem_saturated_make(prepared(&s, &s.rows), &out, s.arena));
        assert_true(isnan(out.log_lik));
        assert_false(out.converged);
        rp_arena_free(s.arena);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(by_hand_with_missing_values),
        cmocka_unit_test(by_hand_listwise),
        cmocka_unit_test(no_rows_are_no_patterns),
        cmocka_unit_test(infinite_values_are_faults),
        cmocka_unit_test(blocks_merge_to_the_whole),
        cmocka_unit_test(order_of_rows_does_not_matter),
        cmocka_unit_test(more_variables_than_bits_of_a_word),
        cmocka_unit_test(two_variables_by_hand),
        cmocka_unit_test(complete_data),
        cmocka_unit_test(missing_answers),
        cmocka_unit_test(a_fifth_missing),
        cmocka_unit_test(no_likelihood_where_there_is_none),
    };
    return cmocka_run_group_tests_name("sem_stats", tests, NULL, NULL);
}
