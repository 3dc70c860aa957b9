/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The crossed solver on real data, against lme4 1.1-31 under R 4.2.2: the objective at fixed theta first, then at the
 * minimum. Tolerances: objectives within 1e-10 of themselves, gradients 1e-6, theta 1e-5. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include "models/crossed_helper.h"
#include "rapport/table.h"
#include "support/shared.h"

/* ---- data ------------------------------------------------------------------------------------------ */

enum { MOST_ROWS = 80000, MOST_FACTORS = 3 };

typedef struct data {
    rp_arena *arena;
    size_t n;
    double *y, *x;
    const double *columns[2];
    uint32_t *group[MOST_FACTORS];
    const uint32_t *groups[MOST_FACTORS];
    rp_names *names[MOST_FACTORS];
    uint32_t levels[MOST_FACTORS];
    rp_mixed_spec spec;
    rp_mixed_rows rows;
} data;

static const size_t fixed[] = {0, 1}, one[] = {0};
static const char *const column_names[] = {"(Intercept)", "service"};
static const rp_mixed_term terms[] = {{0, one, 1}, {1, one, 1}, {2, one, 1}};

static rp_text text_of(const rp_row *row, int column) {
    assert_true(column >= 0);
    return row->cells[column].text;
}

static double number_of(const rp_row *row, int column) {
    double value = NAN;
    assert_true(rp_text_to_num(text_of(row, column), &value));
    return value;
}

/* A data set with an intercept and, unless `x` is NULL, one more column. */
static data read_data(const char *path, const char *y, const char *x, const char *const *factors, size_t n_factors) {
    data d = {.arena = rp_arena_new(0)};
    rp_error error = {0};
    d.y = rp_arena_take(d.arena, MOST_ROWS, sizeof *d.y);
    d.x = rp_arena_take(d.arena, MOST_ROWS, sizeof *d.x);
    for (size_t f = 0; f < n_factors; f++) {
        d.groups[f] = d.group[f] = rp_arena_take(d.arena, MOST_ROWS, sizeof **d.group);
        d.names[f] = rp_names_new(d.arena);
    }
    rp_reader *reader = rp_reader_open(path, NULL, &error);
    assert_non_null(reader);
    rp_header header;
    assert_true(rp_reader_header(reader, d.arena, &header, &error));
    rp_row row;
    while (rp_reader_next(reader, &row, &error) == RP_READ_ROW) {
        assert_true(d.n < MOST_ROWS);
        d.y[d.n] = number_of(&row, rp_header_find(&header, y));
        d.x[d.n] = x ? number_of(&row, rp_header_find(&header, x)) : 0;
        for (size_t f = 0; f < n_factors; f++)
            d.group[f][d.n] = rp_names_put(d.names[f], text_of(&row, rp_header_find(&header, factors[f])));
        d.n++;
    }
    rp_reader_close(reader);
    for (size_t f = 0; f < n_factors; f++)
        d.levels[f] = (uint32_t)rp_names_count(d.names[f]);
    d.spec = (rp_mixed_spec){.column_names = column_names,
                             .n_columns = x ? 2 : 1,
                             .fixed = fixed,
                             .n_fixed = x ? 2 : 1,
                             .factor_names = factors,
                             .n_factors = n_factors,
                             .terms = terms,
                             .n_terms = n_factors};
    return d;
}

/* ---- fits ------------------------------------------------------------------------------------------ */

typedef struct fit {
    mixed_plan *plan;
    mixed_point point;
    size_t n_theta;
    double theta[MOST_FACTORS], scale[MOST_FACTORS];
} fit;

static rp_mixed_stats *begin_data(data *d, bool reml) {
    d->columns[0] = NULL;
    d->columns[1] = d->x;
    d->spec.levels = d->levels;
    d->spec.reml = reml;
    d->rows = (rp_mixed_rows){d->n, d->columns, d->groups, d->y, NULL, NULL, NULL};
    return stats_of(&d->spec, &d->rows, d->arena);
}

static fit begin_fit(data *d, bool reml) {
    rp_error error = {0};
    rp_mixed_stats *stats = begin_data(d, reml);
    fit f = {.plan = mixed_crossed.plan(stats, d->arena, &error),
             .n_theta = d->spec.n_terms,
             .point = point_for(d->spec.n_fixed, d->spec.n_terms, d->arena)};
    assert_non_null(f.plan);
    return f;
}

static double objective_at(fit *f, double a, double b, double c) {
    mixed_point point = f->point;
    point.gradient = NULL;
    assert_true(mixed_crossed.evaluate(f->plan, (double[]){a, b, c}, &point));
    return point.objective;
}

/* The variable is theta times the root of the number of groups: then all curve about alike. */
static double objective(void *context, const double *x, double *gradient) {
    fit *f = context;
    f->point.gradient = gradient;
    for (size_t i = 0; i < f->n_theta; i++)
        f->theta[i] = x[i] / f->scale[i];
    if (!mixed_crossed.evaluate(f->plan, f->theta, &f->point))
        return INFINITY;
    for (size_t i = 0; gradient && i < f->n_theta; i++)
        gradient[i] /= f->scale[i];
    return f->point.objective;
}

static void minimise(fit *f, data *d) {
    rp_minimum minimum;
    double x[MOST_FACTORS], gradient[MOST_FACTORS];
    for (size_t i = 0; i < f->n_theta; i++) {
        f->scale[i] = sqrt(d->levels[i]);
        x[i] = 0.5 * f->scale[i];
    }
    const rp_function function = {f->n_theta, objective, f};
    double started = rp_time_seconds();
    assert_true(rp_bfgs(&function, 1e-12, 200, x, gradient, d->arena, &minimum));
    assert_true(minimum.converged);
    print_message("%zu rows: %d evaluations, %.2f s\n", d->n, minimum.evaluations, rp_time_seconds() - started);
    for (size_t i = 0; i < f->n_theta; i++)
        x[i] = fabs(x[i]); /* its sign is as it comes */
    assert_true(isfinite(objective(f, x, gradient)));
}

static void same_objective(double ours, double theirs) { /* both ways: theirs has tight tolerances */
    near(ours, theirs, fmax(1e-4, 1e-10 * fabs(theirs)));
}

/* ---- Penicillin ------------------------------------------------------------------------------------ */

static data penicillin(void) {
    static const char *const factors[] = {"plate", "sample"};
    return read_data(shared_path("data/Penicillin.csv"), "diameter", NULL, factors, 2);
}

static void penicillin_at_fixed_theta(void **state) {
    (void)state;
    data d = penicillin();
    /* lmer(diameter ~ 1 + (1|plate) + (1|sample), REML = FALSE or TRUE, devFunOnly = TRUE)(theta) */
    fit ml = begin_fit(&d, false);
    near(objective_at(&ml, 1, 1, 0), 364.62677981661045, 1e-11 * 365);
    near(objective_at(&ml, 1.5, 3, 0), 332.26170437701091, 1e-11 * 365);
    near(objective_at(&ml, 0, 3, 0), 439.66492382237482, 1e-11 * 365);
    fit reml = begin_fit(&d, true);
    near(objective_at(&reml, 1, 1, 0), 365.07341395682283, 1e-11 * 365);
    near(objective_at(&reml, 1.5, 3, 0), 331.13211605544825, 1e-11 * 365);
    near(objective_at(&reml, 0, 3, 0), 437.42229323268714, 1e-11 * 365);
    rp_arena_free(d.arena);
}

static void penicillin_at_the_minimum(void **state) {
    (void)state;
    data d = penicillin();
    fit f = begin_fit(&d, false);
    minimise(&f, &d);
    /* MixedModels.jl test/pls.jl, from Penicillin.md */
    same_objective(f.point.objective, 332.18834867);
    near(f.point.sigma2, 0.3024263988, 1e-5);
    double sigma = sqrt(f.point.sigma2);
    near(f.theta[0] * sigma, 0.8455645948, 1e-5);
    near(f.theta[1] * sigma, 1.7706477793, 1e-5);
    near(sigma * sqrt(f.point.unscaled[0]), 0.7445960347, 1e-6);
    /* lmer as above, xtol_abs = ftol_abs = 1e-12: getME "theta", fixef, ranef with condVar, all of sample A or plate a
     */
    near(f.theta[0], 1.5375942803074774, 1e-5);
    near(f.theta[1], 3.2197562245408666, 1e-5);
    near(f.point.beta[0], 22.97222222222322, 1e-9);
    double plate[24], plate_variance[24], sample[6], sample_variance[6];
    assert_true(mixed_crossed.modes(f.plan, f.theta, 0, plate, plate_variance));
    assert_true(mixed_crossed.modes(f.plan, f.theta, 1, sample, sample_variance));
    near(plate[0], 0.80440376356479781, 1e-5);
    near(plate_variance[0] * f.point.sigma2, 0.073313611877629747, 1e-6);
    static const double samples[] = {2.185659776797689524,  -1.009830150041092889, 1.936660561719340201,
                                     -0.096833028087153494, -0.013833289727709926, -3.001823870667854166};
    for (size_t i = 0; i < 6; i++) {
        near(sample[i], samples[i], 1e-5);
        near(sample_variance[i] * f.point.sigma2, 0.040515924810925322, 1e-6);
    }
    fit reml = begin_fit(&d, true);
    minimise(&reml, &d);
    same_objective(reml.point.objective, 330.86058899960437);
    /* lme4 itself stops at 330.86058899960 with theta 1.539676, 3.512519; its deviance function minimised further by
     * nlm(gradtol = 1e-12, steptol = 1e-12, ndigit = 15) and by optim("BFGS", reltol = 1e-16): 3.512416 and 3.512415 */
    near(reml.theta[0], 1.539677, 1e-5);
    near(reml.theta[1], 3.512415, 1e-5);
    near(sqrt(reml.point.sigma2 * reml.point.unscaled[0]), 0.8085734, 1e-6); /* lmer(start = that, optimizer = NULL) */
    rp_arena_free(d.arena);
}

/* ---- InstEval -------------------------------------------------------------------------------------- */

static data insteval(const char *x) {
    static const char *const factors[] = {"s", "d", "dept"};
    data d = read_data(shared_path("data/InstEval.csv"), "y", x, factors, 3);
    assert_int_equal(d.n, 73421);
    assert_int_equal(d.levels[0], 2972);
    assert_int_equal(d.levels[1], 1128);
    assert_int_equal(d.levels[2], 14);
    return d;
}

static void insteval_at_fixed_theta(void **state) {
    (void)state;
    data d = insteval(NULL);
    /* lmer(y ~ 1 + (1|s) + (1|d) + (1|dept), devFunOnly = TRUE)(theta), then with service as a factor of two levels */
    fit ml = begin_fit(&d, false), reml;
    near(objective_at(&ml, 0.2771574, 0.4392186, 0.0656680), 237769.57240844809, 1e-10 * 237770);
    reml = begin_fit(&d, true);
    near(objective_at(&reml, 0.2771574, 0.4392186, 0.0656680), 237774.89527114999, 1e-10 * 237770);
    rp_arena_free(d.arena);
    d = insteval("service");
    fit service = begin_fit(&d, false);
    near(objective_at(&service, 0.2771574, 0.4392186, 0.0656680), 237721.81215905288, 1e-10 * 237770);
    near(objective_at(&service, 1, 1, 1), 242074.39366040134, 1e-10 * 237770);
    near(objective_at(&service, 0, 0.5, 0), 240212.82789671276, 1e-10 * 237770);
    rp_arena_free(d.arena);
}

static double mode_of(const data *d, fit *f, size_t term, const char *level) {
    double *modes = rp_arena_take(d->arena, d->levels[term], sizeof *modes);
    assert_true(mixed_crossed.modes(f->plan, f->theta, term, modes, NULL));
    uint32_t id = rp_names_find(d->names[term], rp_text_of(level));
    assert_true(id != RP_NO_ID);
    return modes[id];
}

static void insteval_at_the_minimum(void **state) {
    (void)state;
    data d = insteval("service");
    fit f = begin_fit(&d, false);
    minimise(&f, &d);
    same_objective(f.point.objective, 237721.7687745563); /* MixedModels.jl test/pls.jl, from InstEval.md */
    /* lmer(y ~ 1 + service + (1|s) + (1|d) + (1|dept), REML = FALSE): bobyqa with xtol_abs = ftol_abs = 1e-10 stops at
     * 237721.768775906; from there by Newton's method on its deviance function (fourth-order differences, step 2e-3),
     * then lmer(start = theta, control = lmerControl(optimizer = NULL)) */
    same_objective(f.point.objective, 237721.76877449689);
    static const double theta[] = {0.2764640875188, 0.4373531232440, 0.0666972875074};
    for (size_t i = 0; i < 3; i++)
        near(f.theta[i], theta[i], 1e-6);
    double sigma = sqrt(f.point.sigma2);
    near(sigma, 1.17749250472619, 1e-6 * 1.18);
    near(f.point.beta[0], 3.282581179792219, 1e-6);
    near(f.point.beta[1], -0.092588611982998, 1e-6);
    near(sigma * sqrt(f.point.unscaled[0]), 0.0284115720113431, 1e-6 * 0.028);
    near(sigma * sqrt(f.point.unscaled[3]), 0.0133831764745119, 1e-6 * 0.013);
    near(mode_of(&d, &f, 0, "1"), 0.1533725972359249, 1e-6); /* ranef() */
    near(mode_of(&d, &f, 0, "2"), -0.0475268825725071, 1e-6);
    near(mode_of(&d, &f, 1, "1"), 0.382082838938916, 1e-6);
    near(mode_of(&d, &f, 1, "6"), -0.474044594070900, 1e-6);
    near(mode_of(&d, &f, 2, "2"), -0.0346382709789482, 1e-6);
    near(mode_of(&d, &f, 2, "3"), 0.0267897993316526, 1e-6);
    rp_arena_free(d.arena);
}

static void insteval_without_and_by_reml(void **state) {
    (void)state;
    data d = insteval(NULL);
    fit f = begin_fit(&d, false);
    minimise(&f, &d);
    /* lmer(y ~ 1 + (1|s) + (1|d) + (1|dept)), from bobyqa by Newton's method as above; then REML = TRUE */
    same_objective(f.point.objective, 237769.57240844794);
    static const double theta[] = {0.277157461290, 0.439218592334, 0.065668289152};
    for (size_t i = 0; i < 3; i++)
        near(f.theta[i], theta[i], 1e-6);
    near(f.point.beta[0], 3.2519310083955, 1e-6);
    near(sqrt(f.point.sigma2), 1.17774206971171, 1e-6);
    near(sqrt(f.point.sigma2 * f.point.unscaled[0]), 0.0278653630570034, 1e-6 * 0.028);
    fit reml = begin_fit(&d, true);
    minimise(&reml, &d);
    same_objective(reml.point.objective, 237774.86241695582);
    static const double by_reml[] = {0.2771889313630, 0.4392112225112, 0.0696040321946};
    for (size_t i = 0; i < 3; i++)
        near(reml.theta[i], by_reml[i], 1e-6);
    near(sqrt(reml.point.sigma2 * reml.point.unscaled[0]), 0.0288090764899131, 1e-6 * 0.029);
    rp_arena_free(d.arena);
}

static void insteval_sparse_is_dense(void **state) {
    (void)state;
    if (!rp_sparse_available()) {
        print_message("built without CHOLMOD\n");
        skip();
    }
    data d = insteval("service");
    rp_mixed_stats *stats = begin_data(&d, true);
    mixed_point point[2];
    double theta[] = {0.3, 0.4, 0.1};
    for (int i = 0; i < 2; i++) {
        rp_error error = {0};
        crossed_plan *plan = crossed_plan_make(stats, i ? CROSSED_SPARSE : CROSSED_DENSE, d.arena, &error);
        assert_non_null(plan);
        point[i] = point_for(2, 3, d.arena);
        assert_true(mixed_crossed.evaluate((mixed_plan *)plan, theta, &point[i]));
    }
    near(point[0].objective, point[1].objective, 1e-11 * fabs(point[0].objective));
    for (size_t i = 0; i < 3; i++)
        near(point[0].gradient[i], point[1].gradient[i], 1e-9 * fabs(point[0].gradient[i]));
    rp_arena_free(d.arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(penicillin_at_fixed_theta),    cmocka_unit_test(penicillin_at_the_minimum),
        cmocka_unit_test(insteval_at_fixed_theta),      cmocka_unit_test(insteval_at_the_minimum),
        cmocka_unit_test(insteval_without_and_by_reml), cmocka_unit_test(insteval_sparse_is_dense),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
