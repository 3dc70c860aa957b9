/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Diagonally weighted least squares of ordered items: against R 4.2.2 with lavaan 0.6-14,
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

/* standardizedSolution() and residuals(type = "cor") of the same. Ours are by differences: errors within 1e-6. */
static void standardised_of_1000(void **state) {
    (void)state;
    static const wanted_line known[] = {
        {"G =~ w1", 0.752786989951, 0.022874980980},    {"B =~ w12", 0.700136084043, 0.023963719728},
        {"w1 | t1", -1.674664889024, 0.068216989166},   {"w1 ~~ w1", 0.433311747761, 0.034439976337},
        {"w12 ~~ w12", 0.509809463821, 0.033555730198}, {"G ~~ G", 1, 0},
        {"T ~~ B", 0.606514518514, 0.030049002867}};
    ordered_case c;
    begin_ordered(&c, three_factors, 5);
    read_ordered(&c, "bench/data/wai_ord_1000.csv", 0);
    rp_sem_fit *fit = fit_ordered(&c);
    double *values = rp_arena_take(c.arena, 2 * c.spec->n_lines, sizeof *values), *errors = values + c.spec->n_lines;
    assert_true(rp_sem_standardised(fit, values, errors, c.arena));
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        size_t line = line_of(&c, known[i].name);
        near(values[line], known[i].value, 1e-6);
        near(errors[line], known[i].error, 1e-6 * known[i].error + 1e-9);
    }
    rp_sem_residuals left;
    assert_true(rp_sem_residuals_of(fit, 0, c.arena, &left));
    near(left.cor[1], -0.0236371874656, 1e-6);
    near(left.cor[11], 0.00826928460976, 1e-6);
    near(left.cov[0], 0, 1e-9);
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

/* modindices(sort. = TRUE): mi, epc, sepc.all. lavaan's search ends some 1e-5 standard errors from its minimum, and its
 * correlations are some 3e-6 of theirs away, so that the root of an index, which is a z, is within 2e-5. */
static void modified(ordered_case *c, const rp_sem_modification *at, const char *name, double index, double change,
                     double std) {
    rp_sem_line line = {.op = at->op, .lhs = at->lhs, .rhs = at->rhs, .group = at->group};
    assert_string_equal(sem_line_name(c->spec, &line, c->arena), name);
    near(sqrt(at->index), sqrt(index), 2e-5);
    near(at->change, change, 2e-5 * fabs(change) / sqrt(index));
    near(at->change_std, std, 2e-5 * fabs(std) / sqrt(index));
}

static void modification_indices_and_residuals(void **state) {
    (void)state;
    ordered_case c, d;
    rp_sem_modification *at;
    size_t n;
    begin_ordered(&c, three_factors, 5);
    read_ordered(&c, "bench/data/wai_ord_1000.csv", 0);
    rp_sem_fit *fit = fit_ordered(&c);
    assert_true(rp_sem_modifications(fit, c.arena, &at, &n));
    assert_int_equal(n, 90);
    modified(&c, &at[0], "w5 ~~ w12", 4.062271076, 0.06972349924, 0.1607368702);
    modified(&c, &at[1], "B =~ w4", 3.764438507, -0.1497290324, -0.1045345213);
    modified(&c, &at[2], "T =~ w11", 3.668364559, -0.1193126046, -0.09477063416);

    rp_sem_residuals residuals; /* resid(type = "cor")$cov */
    assert_true(rp_sem_residuals_of(fit, 0, c.arena, &residuals));
    near(residuals.cor[1], -0.02363718746556, 1e-6);
    near(residuals.cor[3], 0.03966465984517, 1e-6);
    near(residuals.cov[2], 0.00836812905308, 1e-6);
    near(residuals.cor[0], 0, 1e-14);
    near(residuals.mean[0], 0, 0);

    groups_of(&d);
    d.rules.equal_loadings = true;
    fit = fit_ordered(&d);
    assert_true(rp_sem_modifications(fit, d.arena, &at, &n));
    modified(&d, &at[0], "G =~ w9 in group b", 6.534363526, 0.1427707404, 0.1069764252);
    modified(&d, &at[1], "T =~ w11 in group a", 6.270607214, -0.1355510233, -0.1033471256);
    modified(&d, &at[2], "G =~ w10 in group a", 6.232124632, 0.14617411, 0.1128646826);
    rp_arena_free(c.arena);
    rp_arena_free(d.arena);
}

/* The error of omega by differences of its value: what ordered items leave of 1 moves along. */
static void omega_of_what_is_behind(void **state) {
    (void)state;
    ordered_case c;
    begin_ordered(&c, bifactor, 5);
    c.rules.std_lv = c.rules.orthogonal = true;
    read_ordered(&c, "bench/data/wai_ord_1000.csv", 0);
    rp_sem_fit *fit = fit_ordered(&c), moved = *fit;
    size_t n = c.spec->n_parameters;
    rp_sem_omega omega, above, below;
    assert_true(rp_sem_omega_of(fit, 0, 0, &omega, c.arena));
    double *theta = rp_arena_take(c.arena, 3 * n, sizeof *theta), *slopes = theta + n;
    assert_non_null(theta);
    moved.theta = memcpy(theta, fit->theta, n * sizeof *theta);
    for (size_t i = 0; i < n; i++) {
        theta[i] += 1e-5;
        assert_true(rp_sem_omega_of(&moved, 0, 0, &above, c.arena));
        theta[i] = fit->theta[i] - 1e-5;
        assert_true(rp_sem_omega_of(&moved, 0, 0, &below, c.arena));
        theta[i] = fit->theta[i];
        slopes[i] = (above.total - below.total) / 2e-5;
        slopes[n + i] = (above.hierarchical - below.hierarchical) / 2e-5;
    }
    double total = 0, hierarchical = 0;
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++) {
            total += slopes[i] * slopes[j] * fit->vcov[i * n + j];
            hierarchical += slopes[n + i] * slopes[n + j] * fit->vcov[i * n + j];
        }
    near(omega.total_se, sqrt(total), 1e-7 * omega.total_se); /* differences: step^2 */
    near(omega.hierarchical_se, sqrt(hierarchical), 1e-7 * omega.hierarchical_se);
    rp_arena_free(c.arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(of_1000),
        cmocka_unit_test(standardised_of_1000),
        cmocka_unit_test(bifactor_of_1000),
        cmocka_unit_test(of_100000),
        cmocka_unit_test(two_groups),
        cmocka_unit_test(equal_loadings),
        cmocka_unit_test(two_categories),
        cmocka_unit_test(labels_and_residual_covariances),
        cmocka_unit_test(second_order),
        cmocka_unit_test(regressions),
        cmocka_unit_test(modification_indices_and_residuals),
        cmocka_unit_test(omega_of_what_is_behind),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
