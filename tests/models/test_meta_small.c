/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What single effects and small studies do, against R 4.2.2 with metafor 3.8-1: m <- rma(TE, sei = seTE, control =
 * list(threshold = 1e-15, maxiter = 10000)) of third-wave trials, and rma(yi, vi) of 295 studies. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include "models/meta_case.h"

static meta_case *third_wave(void) {
    return meta_file("data/dmetar_ThirdWave.csv", "TE", NULL, "seTE");
}

static void add_high(meta_case *c) {
    double *high = rp_arena_take(c->arena, c->sheet.n, sizeof *high);
    for (size_t i = 0; i < c->sheet.n; i++)
        high[i] = strcmp(sheet_text(&c->sheet, i, "RiskOfBias"), "high") == 0;
    meta_column(c, "high", high);
}

static meta_case *studies_295(double **x1) {
    meta_case *c = meta_file("bench/data/meta_295.csv", "yi", "vi", NULL);
    double *y = sheet_numbers(&c->sheet, "yi"), *v = sheet_numbers(&c->sheet, "vi");
    *x1 = sheet_numbers(&c->sheet, "x1");
    size_t k = 0;
    for (size_t i = 0; i < c->sheet.n; i++) {
        if (i && strcmp(sheet_text(&c->sheet, i, "study"), sheet_text(&c->sheet, i - 1, "study")) == 0)
            continue;
        y[k] = y[i];
        v[k] = v[i];
        (*x1)[k++] = (*x1)[i];
    }
    c->rows.k = k;
    c->rows.y = y;
    c->rows.v = v;
    return c;
}

/* ---- single effects ---- */

typedef struct wanted {
    double rstudent, dffits, cook, cov_ratio, tau2, q, hat, weight, dfbetas[2];
} wanted;

static void influences(meta_case *c, size_t row, const wanted *e) {
    rp_error error;
    rp_meta_influence *all;
    rp_meta_fit *fit = meta_fit(c);
    assert_true(rp_meta_influences(fit, c->arena, &all, &error));
    const rp_meta_influence *one = &all[row];
    same(one->rstudent, e->rstudent);
    same(one->dffits, e->dffits);
    same(one->cook, e->cook);
    same(one->cov_ratio, e->cov_ratio);
    same(one->tau2, e->tau2);
    same(one->q, e->q);
    same(one->hat, e->hat);
    same(one->weight, e->weight);
    double hats = 0, weights = 0;
    for (size_t j = 0; j < fit->p; j++)
        same(one->dfbetas[j], e->dfbetas[j]);
    for (size_t i = 0; i < fit->k; i++) {
        hats += all[i].hat;
        weights += all[i].weight;
    }
    near(hats, (double)fit->p, 1e-12); /* by definition */
    near(weights, 100, 1e-10);
}

/* influence(m), row 3; with mods = ~ (RiskOfBias == "high"); the same with test = "knha" */
static void influence(void **state) {
    (void)state;
    meta_case *c = third_wave();
    influences(c, 2,
               &(wanted){3.21129638135045,
                         .914213715534263,
                         .642618076499869,
                         .655206764102405,
                         .0354355467126966,
                         30.8190739672759,
                         .037506524101867,
                         3.7506524101867,
                         {1.00604878080354}});
    add_high(c);
    influences(c, 2,
               &(wanted){2.82182767617705,
                         1.08819376001427,
                         .985956836055807,
                         .540915095155811,
                         .0336089340863978,
                         28.2447307074596,
                         .106668947525097,
                         3.60954267379504,
                         {.193319168616059, .837051348217263}});
    c->spec.test = RP_META_KNHA;
    influences(c, 2,
               &(wanted){2.6373057848801,
                         1.01703577528311,
                         .839013653539813,
                         .513371030765283,
                         .0336089340863978,
                         28.2447307074596,
                         .106668947525097,
                         3.60954267379504,
                         {.180677851459047, .782315795373383}});
    rp_arena_free(c->arena);
}

/* leave1out(m), row 3; cumul(m), rows 5 and 18 */
static void some_of_them(void **state) {
    (void)state;
    meta_case *c = third_wave();
    rp_error error;
    rp_meta_without *out;
    rp_meta_fit *fit = meta_fit(c);
    assert_true(rp_meta_leave_out(fit, NULL, fit->k, c->arena, &out, &error));
    same(out[2].beta[0].estimate, .507442573238616);
    same(out[2].beta[0].se, .070351691454173);
    same(out[2].beta[0].p, 5.475629543705339e-13);
    same(out[2].tau2, .03543554671269663);
    same(out[2].q, 30.81907396727585);
    same(out[2].q_p, .01419008231398718);
    same(out[2].i2, 45.03617779034759);
    same(out[2].h2, 1.8193785653873);
    assert_true(rp_meta_cumulate(fit, NULL, c->arena, &out, &error));
    assert_int_equal(out[0].status, RP_META_NOT_FITTED); /* one effect alone tells no variance */
    same(out[4].beta[0].estimate, .6331733860401819);
    same(out[4].beta[0].se, .2548589281083165);
    same(out[4].tau2, .2767521069477593);
    same(out[4].i2, 89.1563407570083371);
    same(out[17].beta[0].se, fit->beta[0].se);
    size_t order[18];
    for (size_t i = 0; i < 18; i++)
        order[i] = 17 - i;
    assert_true(rp_meta_cumulate(fit, order, c->arena, &out, &error));
    same(out[17].tau2, fit->tau2);
    double last[] = {c->rows.y[17], c->rows.y[16]}, its_v[] = {c->rows.v[17], c->rows.v[16]};
    meta_case *two = meta_new(2, last, its_v);
    same(out[1].beta[0].estimate, meta_fit(two)->beta[0].estimate);
    rp_arena_free(two->arena);
    rp_arena_free(c->arena);
}

/* Studies left out as groups: the fit of the others, by definition. */
static void left_out_studies(void **state) {
    (void)state;
    meta_case *c = meta_file("data/metadat_assink2016.csv", "yi", "vi", NULL);
    meta_studies(c, "study");
    rp_error error;
    rp_meta_without *out;
    assert_true(rp_meta_leave_out(meta_fit(c), c->rows.study, 17, c->arena, &out, &error));
    size_t first = 0;
    while (c->rows.study[first] == 0)
        first++;
    c->rows.y += first;
    c->rows.v += first;
    c->rows.study += first;
    c->rows.k -= first;
    rp_meta_fit *rest = meta_fit(c);
    same(out[0].beta[0].estimate, rest->beta[0].estimate);
    near(out[0].tau2_study, rest->tau2_study, 1e-8);
    same(out[0].q, rest->q);
    rp_arena_free(c->arena);
}

/* ---- small studies ---- */

/* regtest(m), with test = "knha"; summary(lm(TE ~ seTE, weights = 1 / seTE^2)); the same of seTE^2; regtest of 295 */
static void asymmetry(void **state) {
    (void)state;
    meta_case *c = third_wave();
    rp_error error;
    rp_meta_asymmetry a;
    rp_meta_fit *fit = meta_fit(c);
    assert_true(rp_meta_asymmetry_test(fit, RP_META_EGGER_MIXED, &a, &error));
    same(a.slope.statistic, 5.12642458617718);
    same(a.slope.p, 2.9529625943986e-07);
    same(a.limit.estimate, -.340746410003272);
    same(a.limit.lower, -.669240473644648);
    same(a.slope.se, .801949773797907);
    assert_true(rp_meta_asymmetry_test(fit, RP_META_EGGER, &a, &error));
    same(a.slope.estimate, 4.11113503727681);
    same(a.slope.se, .879002870319647);
    same(a.slope.statistic, 4.67704392794737);
    same(a.slope.p, .000252455572219501);
    same(a.limit.se, .183705669068301);
    assert_true(a.slope.df == 16);
    assert_true(rp_meta_asymmetry_test(fit, RP_META_PEESE, &a, &error));
    same(a.limit.estimate, .0600912441950581);
    same(a.limit.se, .0973603901239937);
    same(a.slope.p, .000110671252976392);
    c->spec.test = RP_META_KNHA;
    assert_true(rp_meta_asymmetry_test(meta_fit(c), RP_META_EGGER_MIXED, &a, &error));
    same(a.slope.p, .000252455572219501);
    same(a.limit.upper, .048692211351606784);
    rp_arena_free(c->arena);
    double *unused;
    c = studies_295(&unused);
    assert_true(rp_meta_asymmetry_test(meta_fit(c), RP_META_EGGER_MIXED, &a, &error));
    same(a.slope.statistic, -1.644673473135215);
    same(a.limit.estimate, .326251025914177);
    rp_arena_free(c->arena);
}

static void all_errors_the_same(void **state) {
    (void)state;
    const double y[] = {.2, .5, -.1, .4}, v[] = {.04, .04, .04, .04};
    meta_case *c = meta_new(4, y, v);
    rp_error error;
    rp_meta_asymmetry a;
    assert_true(rp_meta_asymmetry_test(meta_fit(c), RP_META_EGGER, &a, &error));
    assert_true(isnan(a.slope.estimate) && isnan(a.limit.p));
    rp_arena_free(c->arena);
}

/* trimfill(m); of 295: 51 on the right */
static void trim_and_fill(void **state) {
    (void)state;
    meta_case *c = third_wave();
    rp_error error;
    rp_meta_filled f;
    assert_true(rp_meta_trim_fill(meta_fit(c), c->arena, &f, &error));
    assert_false(f.right);
    assert_int_equal(f.missing, 0);
    same(f.missing_se, 2.3289704561230784);
    same(f.fit->beta[0].estimate, .5771151425629243);
    rp_arena_free(c->arena);
    double *unused;
    c = studies_295(&unused);
    assert_true(rp_meta_trim_fill(meta_fit(c), c->arena, &f, &error));
    assert_true(f.right);
    assert_int_equal(f.missing, 51);
    same(f.missing_se, 11.2253486938451186);
    same(f.fit->beta[0].estimate, .3286746708022113);
    same(f.fit->beta[0].se, .0114109223648274);
    same(f.fit->tau2, .0304981773455039);
    rp_arena_free(c->arena);
}

/* ---- selection ---- */

/* selmodel(rma(method = "ML"), type = "stepfun", steps = .025): its search ends some 1e-6 from the summit, so that the
 * numbers are those of the same likelihood after eight Newton steps from there with derivatives by numDeriv 2016.8; its
 * errors by differences are held to 1e-6. */
static void selection(void **state) {
    (void)state;
    double *x1;
    meta_case *c = studies_295(&x1);
    rp_error error;
    rp_meta_selection s;
    assert_true(rp_meta_select(meta_fit(c), .025, true, c->arena, &s, &error));
    assert_int_equal(s.status, RP_META_CONVERGED);
    assert_int_equal(s.below, 167);
    same(s.log_lik, 88.1034239585634);
    same(s.beta[0].estimate, .30174059908571);
    same(s.tau2, .017164485748135);
    same(s.delta, 1.507463341595769);
    near(s.beta[0].se, .01491215104038, 1e-6 * .0149);
    near(s.tau2_se, .00240207275414, 1e-6 * .0024);
    near(s.delta_se, .29359649207213, 1e-6 * .29);
    near(s.lrt, 2 * (88.1034239585634 - 85.8895998977603), 1e-8);
    near(s.lrt_p, .0353612, 1e-6);
    meta_column(c, "x1", x1);
    assert_true(rp_meta_select(meta_fit(c), .025, true, c->arena, &s, &error));
    same(s.log_lik, 88.982832738838);
    same(s.beta[0].estimate, .302635101968587);
    same(s.beta[1].estimate, .01417190026481);
    near(s.beta[1].se, .010650488443, 1e-6 * .0107);
    same(s.delta, 1.519880887184396);
    rp_arena_free(c->arena);
    c = third_wave();
    assert_true(rp_meta_select(meta_fit(c), .025, true, c->arena, &s, &error));
    assert_int_equal(s.below, 11);
    same(s.log_lik, -8.75003706872615);
    same(s.beta[0].estimate, .589307435952802);
    same(s.tau2, .07137680498007);
    same(s.delta, 1.150042956121891);
    rp_arena_free(c->arena);
}

/* Turned over, the same with the other sign; no effect beyond the step says nothing. */
static void selection_turned(void **state) {
    (void)state;
    meta_case *c = third_wave();
    rp_error error;
    rp_meta_selection s, other;
    rp_meta_fit *fit = meta_fit(c);
    assert_true(rp_meta_select(fit, .025, true, c->arena, &s, &error));
    double *turned = rp_arena_take(c->arena, c->rows.k, sizeof *turned);
    for (size_t i = 0; i < c->rows.k; i++)
        turned[i] = -c->rows.y[i];
    assert_true(rp_meta_select(fit, .025, false, c->arena, &other, &error));
    assert_int_equal(other.status, RP_META_NOT_FITTED); /* all that is beyond the step is above 0 */
    assert_non_null(strstr(other.message, "cannot be told"));
    assert_true(isnan(other.delta));
    c->rows.y = turned;
    assert_true(rp_meta_select(meta_fit(c), .025, false, c->arena, &other, &error));
    same(other.beta[0].estimate, -s.beta[0].estimate);
    same(other.delta, s.delta);
    rp_arena_free(c->arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(influence),           cmocka_unit_test(some_of_them),
                                       cmocka_unit_test(left_out_studies),    cmocka_unit_test(asymmetry),
                                       cmocka_unit_test(all_errors_the_same), cmocka_unit_test(trim_and_fill),
                                       cmocka_unit_test(selection),           cmocka_unit_test(selection_turned)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
