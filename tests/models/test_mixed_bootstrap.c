/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The cluster bootstrap: a resample is what its rows would give; draws do not depend on threads; its interval is near
 * Wald's where theory says so. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include "models/mixed/binomial_parts.h"
#include "models/mixed/infer_parts.h"
#include "models/mixed_data.h"

static void near(double ours, double theirs, double tolerance) {
    if (!(fabs(ours - theirs) <= tolerance))
        fail_msg("%.17g is not %.17g", ours, theirs);
}

enum { SERVICES = 6, PER_SERVICE = 5, CLIENTS = SERVICES * PER_SERVICE, VISITS = 4, N = CLIENTS * VISITS };

/* Clients in services, some of whom see two practitioners of their service (`mix`): those two factors cross then, but
 * both lie within services. Rows of the services chosen, each with groups of its own. */
static void made_up(model *m, rp_arena *arena, rp_mixed_family family, bool mix, const uint32_t *chosen,
                    size_t n_chosen) {
    size_t n = n_chosen * PER_SERVICE * VISITS;
    double *y = rp_arena_take(arena, n, sizeof *y), *t = rp_arena_take(arena, n, sizeof *t);
    double *w = rp_arena_take(arena, n, sizeof *w);
    uint32_t *client = rp_arena_take(arena, n, 4), *who = rp_arena_take(arena, n, 4),
             *service = rp_arena_take(arena, n, 4);
    size_t at = 0;
    for (size_t s = 0; s < n_chosen; s++)
        for (size_t c = 0; c < PER_SERVICE; c++) {
            uint32_t old = chosen[s] * PER_SERVICE + (uint32_t)c;
            rp_draws draws = rp_draws_of(11, old, 0), shared = rp_draws_of(11, chosen[s], 1);
            double level = 2 * rp_normal_quantile(rp_draw(&shared)) + 2 * rp_normal_quantile(rp_draw(&draws));
            for (size_t v = 0; v < VISITS; v++, at++) {
                t[at] = (double)v + (double)(old % 3) / 2;
                w[at] = 1 + rp_draw_below(&draws, 3);
                y[at] = 8 + level - t[at] + rp_normal_quantile(rp_draw(&draws));
                if (family != RP_MIXED_GAUSSIAN)
                    y[at] = fmin(w[at], floor((w[at] + 1) / (1 + exp(-(y[at] - 7) / 2))));
                client[at] = (uint32_t)(s * PER_SERVICE + c);
                who[at] = (uint32_t)(2 * s + (mix && v > 1 ? 1 - c % 2 : c % 2));
                service[at] = (uint32_t)s;
            }
        }
    model_begin(m, arena, n, y);
    m->spec.family = family;
    m->rows.weights = w;
    model_column(m, "t", t, true);
    model_factor(m, "service", service, (uint32_t)n_chosen);
    model_factor(m, "client", client, (uint32_t)(n_chosen * PER_SERVICE));
    model_factor(m, "who", who, (uint32_t)(2 * n_chosen));
    if (family == RP_MIXED_GAUSSIAN && !mix)
        model_term(m, 1, 2, (size_t[]){0, 1});
    else
        model_term(m, 1, 1, (size_t[]){0});
    model_term(m, 0, 1, (size_t[]){0});
    if (mix)
        model_term(m, 2, 1, (size_t[]){0});
}

/* The objective without what does not depend on parameters. */
static double core_of(const rp_mixed_fit *fit) {
    const rp_mixed_stats *stats = fit->stats;
    return fit->objective + (stats->binomial ? 2 * stats->binomial->log_choose : stats->log_weights);
}

static void hold_same(const rp_mixed_fit *a, const rp_mixed_fit *b) {
    if (a->spec->family == RP_MIXED_GAUSSIAN)
        assert_int_equal(a->n, b->n);
    near(core_of(a), core_of(b), 1e-7);
    near(a->sigma, b->sigma, 1e-5);
    for (size_t i = 0; i < a->p; i++) {
        near(a->beta[i], b->beta[i], 1e-5 * b->se[i]);
        near(a->se[i], b->se[i], 1e-5 * b->se[i]);
    }
    for (size_t i = 0; i < a->n_theta; i++)
        near(a->theta[i], b->theta[i], 2e-4); /* the optimum is flat: its square is what the objective sees */
}

/* Clients first, then services, an intercept each; visits at 0, 1, 3, 4. */
static void with_ar1(model *m, bool ar1) {
    if (!ar1)
        return;
    m->spec.ar1 = true;
    m->spec.n_factors = 2;
    const uint32_t *service = m->groups[0], levels = m->levels[0];
    m->groups[0] = m->groups[1];
    m->levels[0] = m->levels[1];
    m->groups[1] = service;
    m->levels[1] = levels;
    m->spec.n_terms = 0;
    model_term(m, 0, 1, (size_t[]){0});
    model_term(m, 1, 1, (size_t[]){0});
    double *time = rp_arena_take(m->arena, m->rows.n, sizeof *time);
    for (size_t i = 0; i < m->rows.n; i++)
        time[i] = (double)(i % VISITS + (i % VISITS > 1));
    m->rows.time = time;
}

static void a_resample_is_what_its_rows_give(void **state) {
    (void)state;
    static const uint32_t all[] = {0, 1, 2, 3, 4, 5}, drawn[] = {0, 0, 1, 3, 3, 3, 5};
    static const rp_mixed_family families[] = {RP_MIXED_GAUSSIAN, RP_MIXED_GAUSSIAN, RP_MIXED_LOGIT, RP_MIXED_GAUSSIAN};
    for (int kind = 0; kind < 4; kind++) { /* the last with AR(1) residuals of clients */
        rp_arena *arena = rp_arena_new(0);
        model whole, copied;
        made_up(&whole, arena, families[kind], kind == 1, all, 6);
        with_ar1(&whole, kind == 3);
        rp_mixed_stats *stats = model_prepare(&whole);
        infer_groups groups;
        assert_true(infer_groups_of(stats, arena, &groups, &whole.error));
        assert_int_equal(groups.factor, kind == 3 ? 1 : 0);
        assert_int_equal(groups.n, 6);
        made_up(&copied, arena, families[kind], kind == 1, drawn, 7);
        with_ar1(&copied, kind == 3);
        rp_mixed_stats *resample = infer_resample(&groups, drawn, 7, arena),
                       *same = infer_resample(&groups, all, 6, arena);
        assert_true(resample && same);
        rp_mixed_fit *fit = rp_mixed_fit_stats(resample, NULL, arena, &whole.error);
        rp_mixed_fit *again = rp_mixed_fit_stats(same, NULL, arena, &whole.error);
        assert_true(fit && again);
        assert_true(fit->status == RP_MIXED_CONVERGED || fit->status == RP_MIXED_BOUNDARY);
        assert_int_equal(fit->spec->levels[groups.factor], 7);
        hold_same(fit, model_fit(&copied));
        hold_same(again, model_fit(&whole)); /* every group once: nothing has changed */
        rp_arena_free(arena);
    }
}

static rp_interval *bootstrap(model *m, const rp_mixed_fit *fit, int draws, uint64_t seed, int threads, int *failed) {
    rp_interval *out = rp_arena_take(m->arena, rp_mixed_parameters(fit), sizeof *out);
    if (!rp_mixed_bootstrap(fit, 0.95, draws, seed, threads, m->arena, out, failed, &m->error))
        fail_msg("%s", m->error.message);
    return out;
}

static void draws_do_not_depend_on_threads(void **state) {
    (void)state;
    static const uint32_t all[] = {0, 1, 2, 3, 4, 5};
    for (int kind = 0; kind < 2; kind++) {
        rp_arena *arena = rp_arena_new(0);
        model m;
        made_up(&m, arena, kind ? RP_MIXED_LOGIT : RP_MIXED_GAUSSIAN, false, all, 6);
        rp_mixed_fit *fit = model_fit(&m);
        int failed, failed_2, failed_other;
        rp_interval *one = bootstrap(&m, fit, 59, 7, 1, &failed), *two = bootstrap(&m, fit, 59, 7, 2, &failed_2);
        rp_interval *other = bootstrap(&m, fit, 59, 8, 2, &failed_other);
        assert_int_equal(failed, failed_2);
        assert_memory_equal(one, two, rp_mixed_parameters(fit) * sizeof *one);
        size_t last = rp_mixed_parameters(fit) - 1;
        assert_true(one[last].lower != other[last].lower);
        assert_true(one[last].lower < fit->beta[1] && fit->beta[1] < one[last].upper);
        assert_true(one[last].estimate == fit->beta[1]);
        rp_arena_free(arena);
    }
}

/* 150 groups of 4 rows, balanced: beta is the mean of the group means, whose bootstrap variance is (G - 1) / G of
 * Wald's by REML. A limit of R = 1999 draws has a standard error of sqrt(0.025 0.975 / R) / dnorm(1.96) = 0.0598 of
 * that of beta; four of them. What the skewness of 150 normal numbers adds (below 0.6 / sqrt(150) / 6 (1.96^2 - 1) =
 * 0.024, at three standard errors of it) is within. */
static void near_wald_where_it_should_be(void **state) {
    (void)state;
    enum { GROUPS = 150, EACH = 4 };
    rp_arena *arena = rp_arena_new(0);
    double *y = rp_arena_take(arena, GROUPS * EACH, sizeof *y);
    uint32_t *group = rp_arena_take(arena, GROUPS * EACH, sizeof *group);
    rp_draws draws = rp_draws_of(3, 0, 0);
    for (uint32_t g = 0; g < GROUPS; g++) {
        double level = rp_normal_quantile(rp_draw(&draws));
        for (size_t i = 0; i < EACH; i++) {
            group[g * EACH + i] = g;
            y[g * EACH + i] = level + rp_normal_quantile(rp_draw(&draws));
        }
    }
    model m;
    model_begin(&m, arena, GROUPS * EACH, y);
    model_factor(&m, "group", group, GROUPS);
    model_term(&m, 0, 1, (size_t[]){0});
    m.spec.reml = true;
    rp_mixed_fit *fit = model_fit(&m);
    int failed;
    rp_interval *limits = bootstrap(&m, fit, 1999, 1, 2, &failed);
    assert_int_equal(failed, 0);
    double se = fit->se[0] * sqrt((GROUPS - 1.0) / GROUPS), allowed = (4 * 0.0598 + 0.024) * se;
    near(limits[2].lower, fit->beta[0] - 1.9599639845400545 * se, allowed);
    near(limits[2].upper, fit->beta[0] + 1.9599639845400545 * se, allowed);
    assert_true(limits[0].lower < 1 && 1 < limits[0].upper); /* the true standard deviations are 1 */
    assert_true(limits[1].lower < 1 && 1 < limits[1].upper);
    rp_arena_free(arena);
}

static void what_cannot_be_drawn(void **state) {
    (void)state;
    static const uint32_t all[] = {0, 1, 2, 3, 4, 5};
    rp_arena *arena = rp_arena_new(0);
    model m;
    made_up(&m, arena, RP_MIXED_GAUSSIAN, true, all, 6);
    m.spec.n_terms = 1; /* clients; then practitioners, whom clients share, and no services */
    m.terms[m.spec.n_terms++] = (rp_mixed_term){2, m.sets[2], 1};
    rp_mixed_fit *fit = model_fit(&m);
    rp_interval out[5];
    int failed;
    assert_false(rp_mixed_bootstrap(fit, 0.95, 19, 1, 1, arena, out, &failed, &m.error));
    assert_non_null(strstr(m.error.message, "cross"));
    made_up(&m, arena, RP_MIXED_GAUSSIAN, false, all, 6);
    fit = model_fit(&m);
    rp_interval *few = bootstrap(&m, fit, 19, 1, 1, &failed); /* 20 * 0.025 is no draw */
    assert_true(isnan(few[6].lower) && isnan(few[6].upper) && few[6].estimate == fit->beta[1]);
    rp_arena_free(arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_resample_is_what_its_rows_give),
        cmocka_unit_test(draws_do_not_depend_on_threads),
        cmocka_unit_test(near_wald_where_it_should_be),
        cmocka_unit_test(what_cannot_be_drawn),
    };
    return cmocka_run_group_tests_name("models: the cluster bootstrap", tests, NULL, NULL);
}
