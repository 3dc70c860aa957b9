/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Diagonally weighted least squares of ordered items: by what defines it, and against R 4.2.2 with lavaan 0.6-14,
 * fitMeasures() and parameterEstimates() of the call above each test. lavaan's own polychoric correlations end some
 * 1e-7 from their summits, so that what follows from them is held to 1e-6, relative. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "models/sem_ordered_case.h"

static const char *const three_factors = "G =~ w1 + w2 + w3 + w4\n"
                                         "T =~ w5 + w6 + w7 + w8\n"
                                         "B =~ w9 + w10 + w11 + w12\n";
static const char *const bifactor = "A =~ w1 + w2 + w3 + w4 + w5 + w6 + w7 + w8 + w9 + w10 + w11 + w12\n"
                                    "G =~ w1 + w2 + w3 + w4\n"
                                    "T =~ w5 + w6 + w7 + w8\n"
                                    "B =~ w9 + w10 + w11 + w12\n";

static void relative(double ours, double theirs) {
    near(ours, theirs, 1e-6 * fabs(theirs));
}

/* ---- definitions ---------------------------------------------------------------------------------------------- */

/* n rows of p items of k categories, by one factor and some noise. */
static void draw_items(ordered_case *c, size_t n, uint64_t seed) {
    size_t p = c->layout.n_observed;
    double *all = rp_arena_take(c->arena, n * p, sizeof *all);
    assert_non_null(all);
    for (size_t i = 0; i < n; i++) {
        rp_draws draws = rp_draws_of(seed, i, 0);
        double common = rp_normal_quantile(rp_draw(&draws));
        for (size_t j = 0; j < p; j++) {
            double own = rp_normal_quantile(rp_draw(&draws)), share = 0.5 + 0.04 * (double)j;
            double behind = rp_normal_cdf(share * common + sqrt(1 - share * share) * own);
            all[j * n + i] = fmin(floor(behind * c->categories[j]), c->categories[j] - 1);
        }
    }
    for (size_t j = 0; j < p; j++)
        c->columns[j] = all + j * n;
    c->n = n;
}

/* (n - 1) times the weighted squares of what the model leaves, from moments and the model alone. */
static double by_definition(const rp_sem_fit *fit, const double *theta, rp_arena *arena) {
    double sum = 0;
    for (size_t g = 0; g < fit->spec->layout->n_groups; g++) {
        const sem_moments *m = &fit->moments[g];
        size_t n = m->n_cuts + m->n_pairs;
        sem_ram ram;
        assert_true(sem_ram_make(fit->spec, g, &ram, arena) && sem_ram_at(&ram, theta));
        for (size_t k = 0; k < m->n_pairs; k++) {
            size_t at = m->n_cuts + k;
            double r = m->pairs[k].found.correlation - ram.sigma[m->pairs[k].row * m->p + m->pairs[k].column];
            sum += (double)(m->n - 1) * r * r / m->gamma[at * n + at];
        }
        for (size_t i = 0; i < m->p; i++)
            near(ram.sigma[i * m->p + i], 1, 1e-12);
    }
    return sum;
}

/* Nowhere around is less. */
static void lowest(ordered_case *c, const rp_sem_fit *fit) {
    size_t n = c->spec->n_parameters;
    double *theta = rp_arena_take(c->arena, n, sizeof *theta), step = 1e-4;
    assert_non_null(theta);
    memcpy(theta, fit->theta, n * sizeof *theta);
    near(by_definition(fit, theta, c->arena), fit->chisq, 1e-9 * fmax(1, fit->chisq));
    for (size_t i = 0; i < n; i++) {
        theta[i] = fit->theta[i] + step;
        double above = by_definition(fit, theta, c->arena);
        theta[i] = fit->theta[i] - step;
        double below = by_definition(fit, theta, c->arena);
        theta[i] = fit->theta[i];
        double bend = (above + below - 2 * fit->chisq) / (step * step), slope = (above - below) / (2 * step);
        if (fabs(bend) < 1e-3) /* a threshold */
            continue;
        assert_true(bend > 0);
        near(slope / bend, 0, 1e-6); /* differences: the third derivative times step^2 */
    }
    assert_true(fit->max_gradient < 1e-4);
}

/* The estimate is where the function that defines it is least, also where items cause items. */
static void the_least_there_is(void **state) {
    (void)state;
    static const char *const texts[] = {"F =~ a + b + c + d + e", "F =~ a + b + c; d ~ F; e ~ d + F; a ~~ b",
                                        "F =~ a + b; G =~ c + d + e", "b ~ a; c ~ b + a; d ~ c; e ~ d + a"};
    for (size_t i = 0; i < 4; i++) {
        ordered_case c;
        begin_ordered(&c, texts[i], 4);
        c.categories[1] = 2;
        draw_items(&c, 600, 5);
        rp_sem_fit *fit = fit_ordered(&c);
        assert_int_equal(fit->status, RP_SEM_CONVERGED);
        lowest(&c, fit);
        rp_arena_free(c.arena);
    }
}

/* A model of all correlations gives them back, with gamma's own errors; nothing is left to test. */
static void all_correlations_come_back(void **state) {
    (void)state;
    ordered_case c;
    begin_ordered(&c, "a ~~ b + c + d; b ~~ c + d; c ~~ d", 3);
    draw_items(&c, 500, 3);
    rp_sem_fit *fit = fit_ordered(&c);
    const sem_moments *m = fit->moments;
    size_t n = m->n_cuts + m->n_pairs;
    assert_int_equal(fit->status, RP_SEM_CONVERGED);
    near(fit->chisq, 0, 1e-20);
    near(fit->df, 0, 0);
    near(fit->chisq_scaled, 0, 1e-20);
    near(fit->df_scaled, 0, 0);
    assert_true(isnan(fit->scaling) && isnan(fit->shift) && isnan(fit->log_lik));
    for (size_t i = 0; i < c.spec->n_lines; i++) {
        const rp_sem_line *line = &c.spec->lines[i];
        if (line->op != RP_SEM_COVARIES || line->lhs == line->rhs)
            continue;
        size_t k = 0;
        while (m->pairs[k].row != line->rhs || m->pairs[k].column != line->lhs)
            k++;
        near(fit->theta[line->parameter], m->pairs[k].found.correlation, 1e-12);
        near(error_of(fit, line), sqrt(m->gamma[(m->n_cuts + k) * (n + 1)] / 499), 1e-12);
    }
    rp_arena_free(c.arena);
}

/* d(correlations)/d(parameters) where residual variances give way, by differences. */
static void derivatives(void **state) {
    (void)state;
    ordered_case c;
    begin_ordered(&c, "F =~ a + b + c; d ~ F; e ~ d + F; a ~~ b", 2);
    draw_items(&c, 300, 9);
    rp_sem_fit *fit = fit_ordered(&c);
    size_t p = 5, v = 6, n = c.spec->n_parameters, moments = p * (p + 1) / 2;
    double *jacobian = rp_arena_take(c.arena, moments * n, sizeof *jacobian);
    double *scratch = rp_arena_take(c.arena, 2 * v * v + 2 * v, sizeof *scratch);
    sem_ram ram, above, below;
    assert_true(jacobian && scratch && sem_ram_make(c.spec, 0, &ram, c.arena) &&
                sem_ram_make(c.spec, 0, &above, c.arena) && sem_ram_make(c.spec, 0, &below, c.arena));
    assert_true(sem_ram_at(&ram, fit->theta));
    sem_ram_jacobian(&ram, jacobian, scratch);
    for (size_t k = 0; k < n; k++) {
        double kept = fit->theta[k], step = 1e-5;
        fit->theta[k] = kept + step;
        assert_true(sem_ram_at(&above, fit->theta));
        fit->theta[k] = kept - step;
        assert_true(sem_ram_at(&below, fit->theta));
        fit->theta[k] = kept;
        for (size_t col = 0, at = 0; col < p; col++)
            for (size_t row = col; row < p; row++, at++)
                near(jacobian[at * n + k], (above.sigma[row * p + col] - below.sigma[row * p + col]) / (2 * step),
                     1e-8);
    }
    double by_sigma[25], gradient[40] = {0};
    double *room = rp_arena_take(c.arena, 3 * v * v + v, sizeof *room);
    assert_true(room && n <= 40);
    for (size_t row = 0; row < p; row++)
        for (size_t col = 0; col < p; col++)
            by_sigma[row * p + col] = 1 + (double)(row + col) + (double)(row * col);
    sem_ram_gradient(&ram, by_sigma, NULL, gradient, room);
    for (size_t k = 0; k < n; k++) { /* the same by the chain rule */
        for (size_t col = 0, at = 0; col < p; col++)
            for (size_t row = col; row < p; row++, at++)
                gradient[k] -= (row == col ? 1 : 2) * by_sigma[row * p + col] * jacobian[at * n + k];
        near(gradient[k], 0, 1e-12);
    }
    rp_arena_free(c.arena);
}

/* Rows in another order, in blocks: the same bits. Items in another order: the same fit. */
static void order_does_not_matter(void **state) {
    (void)state;
    ordered_case c, other;
    begin_ordered(&c, "F =~ a + b + c + d", 4);
    draw_items(&c, 400, 17);
    rp_sem_fit *fit = fit_ordered(&c);
    rp_sem_stats *parts[] = {ordered_stats(&c, 250, 150), ordered_stats(&c, 0, 100), ordered_stats(&c, 100, 150)};
    rp_sem_stats *merged = rp_sem_merge(parts, 3, c.arena, &c.error);
    rp_sem_fit *again = rp_sem_fit_stats(c.spec, merged, &c.options, c.arena, &c.error);
    size_t n = c.spec->n_parameters;
    assert_memory_equal(fit->theta, again->theta, n * sizeof *fit->theta);
    assert_memory_equal(fit->vcov, again->vcov, n * n * sizeof *fit->vcov);
    assert_memory_equal(&fit->chisq_scaled, &again->chisq_scaled, sizeof fit->chisq_scaled);

    begin_ordered(&other, "F =~ d + c + b + a", 4);
    other.rules.std_lv = true;
    for (size_t j = 0; j < 4; j++)
        other.columns[j] = c.columns[3 - j];
    other.n = c.n;
    rp_sem_fit *turned = fit_ordered(&other);
    near(turned->chisq, fit->chisq, 1e-9);
    near(turned->chisq_scaled, fit->chisq_scaled, 1e-7);
    near(value_of(&other, turned, "b ~~ b"), value_of(&c, fit, "b ~~ b"), 1e-8);
    near(value_of(&other, turned, "F =~ a"), sqrt(value_of(&c, fit, "F ~~ F")), 1e-8);
    rp_arena_free(c.arena);
    rp_arena_free(other.arena);
}

/* ---- statuses -----------------------------------------------------------------------------------------------------
 */

/* Correlations .8, .8 and .4 by 2 by 2 tables: one factor would have to explain 1.6 of 1. */
static void a_heywood_case(void **state) {
    (void)state;
    ordered_case c;
    begin_ordered(&c, "F =~ a + b + c", 2);
    repeat_rows(&c, 8, (const double[]){0, 0, 0, 0, 0, 1, 0, 1, 0, 0, 1, 1, 1, 0, 0, 1, 0, 1, 1, 1, 0, 1, 1, 1},
                (const int[]){140, 50, 4, 6, 6, 4, 50, 140});
    rp_sem_fit *fit = fit_ordered(&c);
    assert_int_equal(fit->status, RP_SEM_IMPROPER);
    assert_true(value_of(&c, fit, "a ~~ a") < 0 || value_of(&c, fit, "b ~~ b") < 0);
    assert_int_equal(fit->n_notes, 1);
    assert_non_null(strstr(fit->notes[0], "below 0 (a Heywood case)"));
    rp_arena_free(c.arena);
}

/* Two items tell nothing of two loadings; the thresholds keep their errors. */
static void not_identified(void **state) {
    (void)state;
    ordered_case c;
    begin_ordered(&c, "F =~ a + b; G =~ c + d + e; F ~~ 0*G", 3);
    draw_items(&c, 400, 23);
    rp_sem_fit *fit = fit_ordered(&c);
    assert_int_equal(fit->status, RP_SEM_NOT_IDENTIFIED);
    assert_non_null(strstr(fit->notes[0], "F =~ b, F ~~ F"));
    assert_true(isnan(error_of(fit, &c.spec->lines[line_of(&c, "F =~ b")])));
    assert_true(error_of(fit, &c.spec->lines[line_of(&c, "G =~ d")]) > 0);
    assert_true(error_of(fit, &c.spec->lines[line_of(&c, "a | t1")]) > 0);
    assert_true(isnan(fit->chisq_scaled));
    rp_sem_measures m;
    assert_true(rp_sem_measure(fit, &m));
    assert_true(isnan(m.cfi_scaled) && isnan(m.rmsea_scaled) && isnan(m.rmsea_scaled_upper) && isnan(m.p_scaled));
    rp_arena_free(c.arena);
}

/* a goes with b and with c more than can be where b goes so much against c. psych::tetrachoric(), psych 2.2.9, has the
 * same correlations, the least eigenvalue of which is -0.0774. It is said, and fitted. */
static void correlations_that_do_not_go_together(void **state) {
    (void)state;
    ordered_case c;
    begin_ordered(&c, "a ~~ b + c; b ~~ c", 2);
    repeat_rows(&c, 8, (const double[]){0, 0, 0, 0, 0, 1, 0, 1, 0, 0, 1, 1, 1, 0, 0, 1, 0, 1, 1, 1, 0, 1, 1, 1},
                (const int[]){2, 40, 40, 40, 0, 5, 5, 40});
    rp_sem_fit *fit = fit_ordered(&c);
    assert_int_equal(fit->status, RP_SEM_CONVERGED);
    near(value_of(&c, fit, "a ~~ b"), 0.4774703, 1e-4); /* psych integrates and searches coarsely */
    near(value_of(&c, fit, "b ~~ c"), -0.6542318, 1e-4);
    assert_int_equal(fit->n_notes, 1);
    assert_non_null(strstr(fit->notes[0], "not positive definite"));
    rp_arena_free(c.arena);
}

/* ---- lavaan ---------------------------------------------------------------------------------------------------------
 */

typedef struct wanted {
    double chisq, df, parameters, scaled, scaling, baseline, baseline_scaled, tli, cfi_scaled, tli_scaled, rmsea,
        rmsea_scaled, rmsea_scaled_upper, srmr, p, p_scaled;
} wanted;

static void measures(const rp_sem_fit *fit, const wanted *e) {
    rp_sem_measures m;
    assert_int_equal(fit->status, RP_SEM_CONVERGED);
    assert_int_equal(fit->n_notes, 0);
    assert_true(rp_sem_measure(fit, &m));
    relative(fit->chisq, e->chisq);
    near(fit->df, e->df, 0);
    near(fit->df_scaled, e->df, 0);
    near((double)fit->n_free, e->parameters, 0);
    relative(fit->chisq_scaled, e->scaled);
    relative(fit->scaling, e->scaling);
    near(fit->chisq / fit->scaling + fit->shift, fit->chisq_scaled, 1e-10);
    relative(m.baseline_chisq, e->baseline);
    relative(m.baseline_chisq_scaled, e->baseline_scaled);
    near(m.baseline_df_scaled, m.baseline_df, 0);
    near(m.tli, e->tli, 1e-6);
    near(m.cfi_scaled, e->cfi_scaled, 1e-6);
    near(m.tli_scaled, e->tli_scaled, 1e-6);
    near(m.rmsea, e->rmsea, 1e-6);
    near(m.rmsea_scaled, e->rmsea_scaled, 1e-6);
    near(m.rmsea_scaled_upper, e->rmsea_scaled_upper, 1e-5); /* lavaan's uniroot() stops at 1.2e-4 */
    near(m.srmr, e->srmr, 1e-6);
    near(m.p, e->p, 1e-6);
    near(m.p_scaled, e->p_scaled, 1e-6);
    assert_true(isnan(m.aic) && isnan(m.bic));
}

typedef struct wanted_line {
    const char *name;
    double value, error;
} wanted_line;

static void lines(ordered_case *c, const rp_sem_fit *fit, size_t n, const wanted_line *e) {
    for (size_t i = 0; i < n; i++) {
        near(value_of(c, fit, e[i].name), e[i].value, 1e-6);
        near(error_of(fit, &c->spec->lines[line_of(c, e[i].name)]), e[i].error, 1e-6 * e[i].error);
    }
}

/* cfa(m, wai_ord_1000, ordered = TRUE, estimator = "WLSMV", control = list(rel.tol = 1e-10)), here and below */
static void of_1000(void **state) {
    (void)state;
    ordered_case c;
    begin_ordered(&c, three_factors, 5);
    read_ordered(&c, "bench/data/wai_ord_1000.csv", 0);
    rp_sem_fit *fit = fit_ordered(&c);
    measures(fit, &(wanted){38.57271800234, 51, 63, 63.96789788677, 0.6602127220637, 8908.861482585, 5241.647590359,
                            1.001818683349, 0.9974944395536, 0.9967575100106, 0, 0.01595390342889, 0.02713976162268,
                            0.02197876482170, 0.8997412462213, 0.1049742097195});
    lines(&c, fit, 10,
          (const wanted_line[]){{"G =~ w1", 1, 0},
                                {"G =~ w2", 0.974774197757, 0.0458624039209},
                                {"T =~ w8", 0.804982934496, 0.0411067704971},
                                {"B =~ w10", 1.14024702133, 0.0517341289031},
                                {"w1 | t1", -1.67466488902, 0.0682169891657},
                                {"w12 | t4", 0.859617364242, 0.0454654668892},
                                {"w1 ~~ w1", 0.433311747761, 0},
                                {"w12 ~~ w12", 0.509809463821, 0},
                                {"G ~~ G", 0.566688252239, 0.0344399763371},
                                {"T ~~ B", 0.336342988213, 0.0235298681879}});
    rp_arena_free(c.arena);
}

/* The same with orthogonal = TRUE, std.lv = TRUE */
static void bifactor_of_1000(void **state) {
    (void)state;
    ordered_case c;
    begin_ordered(&c, bifactor, 5);
    c.rules.std_lv = c.rules.orthogonal = true;
    read_ordered(&c, "bench/data/wai_ord_1000.csv", 0);
    rp_sem_fit *fit = fit_ordered(&c);
    measures(fit, &(wanted){25.66584190975, 42, 72, 48.99277349611, 0.5718743073251, 8908.861482585, 5241.647590359,
                            1.002902676104, 0.9986489084942, 0.9978768562052, 0, 0.01290973540854, 0.02611120403325,
                            0.01822074260096, 0.9778079458210, 0.2129622438538});
    lines(&c, fit, 5,
          (const wanted_line[]){{"A =~ w1", 0.58254652692, 0.031730267374},
                                {"A =~ w12", 0.585604146015, 0.0334918176221},
                                {"G =~ w1", 0.492227643562, 0.051930042471},
                                {"T =~ w5", 0.568430702186, 0.0446640686994},
                                {"B =~ w12", 0.35396980619, 0.0514644657899}});
    rp_arena_free(c.arena);
}

/* cfa(m, wai_ord_100000, ordered = TRUE, estimator = "WLSMV") */
static void of_100000(void **state) {
    (void)state;
    ordered_case c;
    begin_ordered(&c, three_factors, 5);
    read_ordered(&c, "bench/data/wai_ord_100000.csv", 0);
    rp_sem_fit *fit = fit_ordered(&c);
    relative(fit->chisq, 28.5619328);
    relative(fit->chisq_scaled, 50.2484585);
    near(fit->df, 51, 0);

    rp_error error;
    rp_sem_text *text = rp_sem_parse(bifactor, c.arena, &error);
    const rp_sem_rules rules = {.std_lv = true, .orthogonal = true};
    rp_sem_spec *spec = rp_sem_specify(text, &c.layout, &rules, c.arena, &error);
    rp_sem_fit *other = rp_sem_fit_stats(spec, c.stats, &c.options, c.arena, &error);
    assert_non_null(other);
    relative(other->chisq, 20.1012834);
    relative(other->chisq_scaled, 40.8807520);
    near(other->df, 42, 0);
    rp_arena_free(c.arena);
}

/* wai_ord_1000$g <- c("a", "b", "b")[(0:999 %% 3) + 1]; group = "g" */
static void groups_of(ordered_case *c) {
    static const char *const names[] = {"a", "b"};
    begin_ordered(c, three_factors, 5);
    read_ordered(c, "bench/data/wai_ord_1000.csv", 0);
    uint32_t *group = rp_arena_take(c->arena, c->n, sizeof *group);
    for (size_t i = 0; i < c->n; i++)
        group[i] = i % 3 != 0;
    c->group = group;
    c->layout.n_groups = 2;
    c->layout.groups = names;
}

static void two_groups(void **state) {
    (void)state;
    ordered_case c;
    groups_of(&c);
    rp_sem_fit *fit = fit_ordered(&c);
    measures(fit, &(wanted){68.08528580374, 102, 126, 112.7176276116, 0.6941461418840, 9112.066782183, 5317.828534629,
                            1.004887450305, 0.9979332853873, 0.9973254281482, 0, 0.01451105449019, 0.02830729258899,
                            0.02889903864915, 0.9960516799069, 0.2200849047501});
    lines(&c, fit, 4,
          (const wanted_line[]){{"w1 | t1 in group a", -1.8393191128, 0.132994067429},
                                {"w2 | t1 in group b", -1.51754504721, 0.0755734559769},
                                {"w1 | t1 in group b", -1.60675506897, 0.0799347448515},
                                {"w2 | t1 in group a", -1.50728926916, 0.106055931976}});
    rp_arena_free(c.arena);
}

/* group.equal = "loadings" */
static void equal_loadings(void **state) {
    (void)state;
    ordered_case c;
    groups_of(&c);
    c.rules.equal_loadings = true;
    rp_sem_fit *fit = fit_ordered(&c);
    measures(fit, &(wanted){83.11027661857, 111, 117, 119.8285555597, 0.8561395875116, 9112.066782183, 5317.828534629,
                            1.003693308562, 0.9982975612285, 0.9979754782177, 0, 0.01262504878652, 0.02668906153027,
                            0.03163101524052, 0.9778256568284, 0.2669744222647});
    lines(&c, fit, 4,
          (const wanted_line[]){{"G =~ w2 in group a", 0.972604332122, 0.0452524965694},
                                {"T =~ w6 in group b", 0.907829237769, 0.038719881868},
                                {"G ~~ T in group a", 0.370633229301, 0.0405359504593},
                                {"G ~~ T in group b", 0.332742277196, 0.0291392226233}});
    rp_arena_free(c.arena);
}

/* d <- as.data.frame(lapply(wai_ord_1000, \(x) as.integer(x >= 3)))[1:300, ] */
static void two_categories(void **state) {
    (void)state;
    ordered_case c;
    begin_ordered(&c, "F =~ w1 + w2 + w3 + w5 + w6 + w9", 2);
    c.n = 300;
    read_ordered(&c, "bench/data/wai_ord_1000.csv", 3);
    rp_sem_fit *fit = fit_ordered(&c);
    measures(fit, &(wanted){12.8092462129, 9, 12, 17.4343743199, 0.755388281543, 184.242675673, 162.18859315,
                            0.962487335638, 0.942696820865, 0.904494701442, 0.0376238014049, 0.0559847298283,
                            0.0950924553074, 0.0766759813527, 0.171429335586, 0.042332633977});
    lines(&c, fit, 4,
          (const wanted_line[]){{"F =~ w2", 1.08010211466, 0.221740429907},
                                {"F =~ w9", 0.58553584494, 0.18125301137},
                                {"w6 ~~ w6", 0.730061759954, 0},
                                {"F ~~ F", 0.453619992519, 0.125528406312}});
    rp_arena_free(c.arena);
}

/* std.lv = TRUE */
static void labels_and_residual_covariances(void **state) {
    (void)state;
    ordered_case c;
    begin_ordered(&c, "F =~ w1 + a*w2 + a*w3 + w4; G =~ w5 + w6 + w7 + w8; w1 ~~ w5", 5);
    c.rules.std_lv = true;
    read_ordered(&c, "bench/data/wai_ord_1000.csv", 0);
    rp_sem_fit *fit = fit_ordered(&c);
    measures(fit, &(wanted){19.7965852163, 19, 41, 29.8684807248, 0.709241989201, 4300.43385419, 2970.0720769,
                            0.999725235054, 0.996305841448, 0.99455597687, 0.00647823318549, 0.0239290179323,
                            0.0396276410149, 0.0227654844596, 0.406910579748, 0.0534962937092});
    lines(&c, fit, 4,
          (const wanted_line[]){{"F =~ w3", 0.669641547448, 0.0190048731916},
                                {"w1 ~~ w5", -0.0440056367802, 0.0263976990437},
                                {"w1 ~~ w1", 0.435702325131, 0},
                                {"F ~~ G", 0.582197639808, 0.0331312728813}});
    rp_arena_free(c.arena);
}

static void second_order(void **state) {
    (void)state;
    ordered_case c;
    begin_ordered(&c, "G =~ w1 + w2 + w3 + w4; T =~ w5 + w6 + w7 + w8; B =~ w9 + w10 + w11 + w12; A =~ G + T + B", 5);
    read_ordered(&c, "bench/data/wai_ord_1000.csv", 0);
    rp_sem_fit *fit = fit_ordered(&c);
    relative(fit->chisq, 38.5727180023);
    lines(&c, fit, 4,
          (const wanted_line[]){{"A =~ T", 1.00950153088, 0.0673698452801},
                                {"A =~ B", 0.976532897427, 0.0749774216592},
                                {"G ~~ G", 0.225504448663, 0.0306719800355},
                                {"A ~~ A", 0.341183869136, 0.0333815697191}});
    rp_arena_free(c.arena);
}

/* sem(m, wai_ord_1000, ordered = TRUE, estimator = "WLSMV"); with arrows between items it does not converge. Its search
 * ends earlier by default: some 1e-5 away. */
static void regressions(void **state) {
    (void)state;
    ordered_case c;
    begin_ordered(&c, "G =~ w1 + w2 + w3 + w4; T =~ w5 + w6 + w7 + w8; T ~ G; w9 ~ T + G", 5);
    read_ordered(&c, "bench/data/wai_ord_1000.csv", 0);
    rp_sem_fit *fit = fit_ordered(&c);
    near(fit->df, 25, 0);
    relative(fit->chisq, 16.7599160388);
    relative(fit->chisq_scaled, 28.4887069775);
    near(value_of(&c, fit, "T ~ G"), 0.608923770683, 1e-5);
    near(value_of(&c, fit, "w9 ~ T"), 0.284834931984, 1e-5);
    near(value_of(&c, fit, "w9 ~ G"), 0.450135659452, 1e-5);
    near(value_of(&c, fit, "T ~~ T"), 0.413729271154, 1e-5);
    near(error_of(fit, &c.spec->lines[line_of(&c, "w9 ~ G")]), 0.0622962995417, 1e-5);
    near(error_of(fit, &c.spec->lines[line_of(&c, "T ~ G")]), 0.0434554780059, 1e-5);
    rp_arena_free(c.arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_least_there_is),
        cmocka_unit_test(all_correlations_come_back),
        cmocka_unit_test(derivatives),
        cmocka_unit_test(order_does_not_matter),
        cmocka_unit_test(a_heywood_case),
        cmocka_unit_test(not_identified),
        cmocka_unit_test(correlations_that_do_not_go_together),
        cmocka_unit_test(of_1000),
        cmocka_unit_test(bifactor_of_1000),
        cmocka_unit_test(of_100000),
        cmocka_unit_test(two_groups),
        cmocka_unit_test(equal_loadings),
        cmocka_unit_test(two_categories),
        cmocka_unit_test(labels_and_residual_covariances),
        cmocka_unit_test(second_order),
        cmocka_unit_test(regressions),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
