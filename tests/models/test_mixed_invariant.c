/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a fit does not depend on: the order of rows, the numbers and the order of groups, how rows were cut into blocks,
 * where time and y begin, how columns are scaled. And what is merged from the same blocks has the same bits. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include "models/mixed/mixed_parts.h"
#include "models/mixed_data.h"

enum { CLIENTS = 60, TIMES = 5, N = CLIENTS * TIMES };

static double next(uint64_t *state) {
    *state = *state * 6364136223846793005u + 1442695040888963407u;
    return ((double)(*state >> 33) + 0.5) / 2147483648.0;
}

static double normal(uint64_t *state) {
    return rp_normal_quantile(next(state));
}

/* Sessions of 60 clients of 12 therapists; a third of the rows is not there. */
typedef struct rows {
    size_t n;
    double y[N], t[N], x[N], w[N], time[N];
    uint32_t client[N], therapist[N];
} rows;

static rows made(void) {
    rows r = {0};
    uint64_t s = 42;
    double therapists[12];
    for (size_t i = 0; i < 12; i++)
        therapists[i] = 2 * normal(&s);
    for (uint32_t c = 0; c < CLIENTS; c++) {
        double intercept = 4 * normal(&s), slope = 0.8 * normal(&s), x = next(&s);
        for (size_t i = 0; i < TIMES; i++) {
            double e = 2 * normal(&s), w = 0.5 + next(&s);
            if (i > 1 && next(&s) < 0.4)
                continue;
            r.y[r.n] = 15 + therapists[c / 5] + intercept + (slope - 1) * (double)i + 2 * x + e;
            r.t[r.n] = r.time[r.n] = (double)i;
            r.x[r.n] = x;
            r.w[r.n] = w;
            r.client[r.n] = c;
            r.therapist[r.n++] = c / 5;
        }
    }
    return r;
}

static void set_model(model *m, rows *r, rp_arena *arena) {
    model_begin(m, arena, r->n, r->y);
    model_column(m, "t", r->t, true);
    model_column(m, "x", r->x, true);
    model_factor(m, "client", r->client, CLIENTS);
    model_factor(m, "therapist", r->therapist, 12);
    model_term(m, 0, 2, (size_t[]){0, 1});
    model_term(m, 1, 1, (size_t[]){0});
    m->rows.weights = r->w;
    m->rows.time = r->time;
}

static void near(double ours, double theirs, double tolerance) {
    if (!(fabs(ours - theirs) <= tolerance))
        fail_msg("%.17g is not %.17g", ours, theirs);
}

/* Objective and its parts at one theta: nothing of the search is in it. */
static void same_point(const rp_mixed_stats *a, const rp_mixed_stats *b, double tolerance) {
    rp_arena *arena = rp_arena_new(0);
    rp_error error;
    const double theta[] = {1.5, -0.2, 0.4, 0.7, 0.3};
    double beta[2][3], gradient[2][5];
    mixed_point point[2];
    const rp_mixed_stats *stats[] = {a, b};
    for (size_t i = 0; i < 2; i++) {
        mixed_plan *plan = mixed_nested.plan(stats[i], arena, &error);
        point[i] = (mixed_point){.beta = beta[i], .gradient = gradient[i]};
        assert_true(mixed_nested.evaluate(plan, theta, &point[i]));
    }
    near(point[0].objective, point[1].objective, tolerance * fabs(point[1].objective));
    near(point[0].r2, point[1].r2, tolerance * point[1].r2);
    for (size_t i = 0; i < 3; i++)
        near(beta[0][i], beta[1][i], tolerance * (1 + fabs(beta[1][i])));
    for (size_t i = 0; i < mixed_theta_count(a->spec); i++)
        near(gradient[0][i], gradient[1][i], 10 * tolerance * (1 + fabs(gradient[1][i])));
    rp_arena_free(arena);
}

/* Fits agree as far as a minimum can be found: theta goes with the root of what the objective tells. */
static void same_fit(const rp_mixed_fit *a, const rp_mixed_fit *b) {
    assert_int_equal(a->status, RP_MIXED_CONVERGED);
    assert_int_equal(b->status, RP_MIXED_CONVERGED);
    near(a->objective, b->objective, 1e-9);
    for (size_t i = 0; i < a->n_theta; i++)
        near(a->theta[i], b->theta[i], 1e-6);
    for (size_t i = 0; i < a->p; i++) {
        near(a->beta[i], b->beta[i], 1e-6);
        near(a->se[i], b->se[i], 1e-6);
    }
}

static void permute(const rows *from, rows *to) {
    to->n = from->n;
    for (size_t i = 0; i < from->n; i++) {
        size_t j = i * 101 % from->n; /* 101 is prime and does not divide n */
        to->y[i] = from->y[j];
        to->t[i] = from->t[j];
        to->x[i] = from->x[j];
        to->w[i] = from->w[j];
        to->time[i] = from->time[j];
        to->client[i] = (from->client[j] * 7 + 11) % CLIENTS;
        to->therapist[i] = 11 - from->therapist[j];
    }
}

static void neither_order_nor_numbers_of_groups(void **state) {
    (void)state;
    rp_arena *arena = rp_arena_new(0);
    rows r = made(), other;
    permute(&r, &other);
    assert_int_not_equal(r.n % 101, 0);
    model one, two;
    for (int ar1 = 0; ar1 < 2; ar1++) {
        set_model(&one, &r, arena);
        set_model(&two, &other, arena);
        one.spec.ar1 = two.spec.ar1 = ar1;
        same_point(model_prepare(&one), model_prepare(&two), 1e-13);
    }
    set_model(&one, &r, arena);
    set_model(&two, &other, arena);
    same_fit(model_fit(&one), model_fit(&two));
    /* The therapist first, and the terms the other way round. */
    model_begin(&two, arena, r.n, r.y);
    model_column(&two, "t", r.t, true);
    model_column(&two, "x", r.x, true);
    model_factor(&two, "therapist", r.therapist, 12);
    model_factor(&two, "client", r.client, CLIENTS);
    model_term(&two, 1, 2, (size_t[]){0, 1});
    model_term(&two, 0, 1, (size_t[]){0});
    two.rows.weights = r.w;
    same_fit(model_fit(&one), model_fit(&two));
    rp_arena_free(arena);
}

static rp_mixed_stats *block(model *m, rows *r, size_t from, size_t to) {
    double *const y = r->y + from;
    const double *columns[] = {NULL, r->t + from, r->x + from};
    const uint32_t *groups[] = {r->client + from, r->therapist + from};
    rp_mixed_rows part = {
        .n = to - from, .columns = columns, .groups = groups, .y = y, .weights = r->w + from, .time = r->time + from};
    rp_mixed_stats *stats = rp_mixed_prepare(&m->spec, &part, m->arena, &m->error);
    assert_non_null(stats);
    return stats;
}

/* Cut anywhere, in the middle of clients too; with AR(1) between clients. */
static void nor_how_rows_are_cut(void **state) {
    (void)state;
    rp_arena *arena = rp_arena_new(0);
    rows r = made();
    model m;
    for (int ar1 = 0; ar1 < 2; ar1++) {
        set_model(&m, &r, arena);
        m.spec.ar1 = ar1;
        rp_mixed_stats *whole = model_prepare(&m), *parts[8], *again[8];
        size_t at = 0;
        for (size_t i = 0; i < 8; i++) {
            size_t to = i == 7 ? r.n : (i + 1) * r.n / 8 + i % 3;
            while (ar1 && to < r.n && r.client[to] == r.client[to - 1])
                to++;
            parts[i] = block(&m, &r, at, to);
            again[i] = block(&m, &r, at, to);
            at = to;
        }
        rp_mixed_stats *merged = rp_mixed_merge(parts, 8, arena, &m.error);
        assert_non_null(merged);
        assert_int_equal(rp_mixed_rows_count(merged), r.n);
        assert_int_equal(merged->cells.n, CLIENTS);
        same_point(merged, whole, 1e-12);
        near(merged->log_weights, whole->log_weights, 1e-12);
        rp_mixed_stats *halves[] = {rp_mixed_merge(parts, 3, arena, &m.error),
                                    rp_mixed_merge(parts + 3, 5, arena, &m.error)};
        same_point(rp_mixed_merge(halves, 2, arena, &m.error), whole, 1e-12);
        /* The same blocks, the same bits. */
        rp_mixed_stats *twice = rp_mixed_merge(again, 8, arena, &m.error);
        assert_memory_equal(&twice->y_origin, &merged->y_origin, sizeof merged->y_origin);
        assert_memory_equal(twice->cells.keys, merged->cells.keys, 2 * CLIENTS * sizeof *merged->cells.keys);
        assert_memory_equal(twice->cells.grams, merged->cells.grams,
                            CLIENTS * mixed_packed(merged->cells.m) * sizeof *merged->cells.grams);
        rp_mixed_fit *a = rp_mixed_fit_stats(merged, NULL, arena, &m.error);
        rp_mixed_options two_threads = {.threads = 2};
        rp_mixed_fit *b = rp_mixed_fit_stats(twice, &two_threads, arena, &m.error);
        assert_memory_equal(a->theta, b->theta, a->n_theta * sizeof *a->theta);
        assert_memory_equal(a->beta, b->beta, a->p * sizeof *a->beta);
    }
    /* With AR(1), a client cut in two is refused. */
    rp_mixed_stats *cut[] = {block(&m, &r, 0, 1), block(&m, &r, 1, r.n)};
    assert_int_equal(r.client[0], r.client[1]);
    assert_null(rp_mixed_merge(cut, 2, arena, &m.error));
    assert_int_equal(m.error.code, RP_E_RULE);
    rp_arena_free(arena);
}

/* y + 1000: the intercept alone moves. t + 3: slopes stay, the objective too. 7 t: the slope is a seventh. */
static void nor_where_scales_begin(void **state) {
    (void)state;
    rp_arena *arena = rp_arena_new(0);
    rows r = made(), moved = r;
    model one, two;
    set_model(&one, &r, arena);
    set_model(&two, &moved, arena);
    for (size_t i = 0; i < r.n; i++)
        moved.y[i] += 1000;
    rp_mixed_fit *a = model_fit(&one), *b = model_fit(&two);
    near(b->beta[0] - a->beta[0], 1000, 1e-6);
    b->beta[0] = a->beta[0];
    same_fit(b, a);
    moved = r;
    for (size_t i = 0; i < r.n; i++)
        moved.t[i] += 3;
    b = model_fit(&two);
    near(b->objective, a->objective, 1e-9);
    near(b->beta[1], a->beta[1], 1e-6);
    near(b->beta[0], a->beta[0] - 3 * a->beta[1], 1e-5);
    near(b->variance[0].covariance[3], a->variance[0].covariance[3], 1e-5);
    /* var(b0 - 3 b1) */
    near(b->variance[0].covariance[0],
         a->variance[0].covariance[0] - 6 * a->variance[0].covariance[1] + 9 * a->variance[0].covariance[3], 1e-3);
    for (double scale = 1e-6; scale < 1e7; scale *= 1e12) {
        moved = r;
        for (size_t i = 0; i < r.n; i++)
            moved.t[i] *= scale;
        b = model_fit(&two);
        assert_int_equal(b->status, RP_MIXED_CONVERGED);
        near(b->objective, a->objective, 1e-8);
        near(b->beta[1] * scale, a->beta[1], 1e-6);
        near(b->theta[2] * scale, a->theta[2], 1e-6);
    }
    rp_arena_free(arena);
}

/* From elsewhere to the same place; and with too few evaluations, that is said. */
static void nor_where_the_search_begins(void **state) {
    (void)state;
    rp_arena *arena = rp_arena_new(0);
    rows r = made();
    model m;
    set_model(&m, &r, arena);
    rp_mixed_stats *stats = model_prepare(&m);
    rp_mixed_fit *usual = rp_mixed_fit_stats(stats, NULL, arena, &m.error);
    const double starts[][4] = {{0.1, 0, 0.1, 0.1}, {20, -3, 10, 8}, {-1, 0.5, -0.5, -0.3}};
    for (size_t i = 0; i < 3; i++) {
        rp_mixed_options options = {.start = starts[i]};
        rp_mixed_fit *fit = rp_mixed_fit_stats(stats, &options, arena, &m.error);
        same_fit(fit, usual);
        assert_true(fit->evaluations < 150);
    }
    rp_mixed_options few = {.most_evaluations = 8};
    rp_mixed_fit *fit = rp_mixed_fit_stats(stats, &few, arena, &m.error);
    assert_int_equal(fit->status, RP_MIXED_NOT_CONVERGED);
    assert_non_null(strstr(fit->message, "did not converge"));
    assert_true(fit->max_gradient > 1e-3);
    rp_arena_free(arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(neither_order_nor_numbers_of_groups),
        cmocka_unit_test(nor_how_rows_are_cut),
        cmocka_unit_test(nor_where_scales_begin),
        cmocka_unit_test(nor_where_the_search_begins),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
