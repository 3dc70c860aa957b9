/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Models of one level against R 4.2.2 with metafor 3.8-1: rma(yi, vi, control = list(threshold = 1e-15, maxiter =
 * 10000)), since by default its search ends 1e-5 from the summit. What else the call has stands above each test. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include "models/meta_case.h"

/* What rma() gave; 0 where it is not compared. */
typedef struct wanted {
    double beta, se, tau2, tau2_se, log_lik, aic, bic, q, q_p, qm, qm_p, i2, h2, lower, upper, p;
} wanted;

static void like(double ours, double theirs) {
    if (theirs != 0)
        same(ours, theirs);
}

/* Of the coefficient that stands last. */
static void fits(const rp_meta_fit *fit, const wanted *e) {
    const rp_meta_coefficient *b = &fit->beta[fit->p - 1];
    assert_int_equal(fit->status, RP_META_CONVERGED);
    like(b->estimate, e->beta);
    like(b->se, e->se);
    like(fit->tau2, e->tau2);
    like(fit->tau2_se, e->tau2_se);
    like(fit->log_lik, e->log_lik);
    like(fit->aic, e->aic);
    like(fit->bic, e->bic);
    like(fit->q, e->q);
    like(fit->q_p, e->q_p);
    like(fit->qm, e->qm);
    like(fit->qm_p, e->qm_p);
    like(fit->i2, e->i2);
    like(fit->h2, e->h2);
    like(b->lower, e->lower);
    like(b->upper, e->upper);
    like(b->p, e->p);
    assert_true(fit->max_gradient < 1e-6);
}

static meta_case *third_wave(void) {
    return meta_file("data/dmetar_ThirdWave.csv", "TE", NULL, "seTE");
}

/* rma(TE, sei = seTE, method = ...) */
static void methods(void **state) {
    (void)state;
    static const wanted expected[] = {
        [RP_META_EE] = {.480504498816697, .0492601820869177, 0, 0, -12.6927794742447, 27.38555894848936,
                        28.27593070638553, 45.50256797529968, .0002048911383311716, 95.14870694807222,
                        1.766075160982144e-22, 62.63947122890257, 2.676621645605863, .3839563160544527,
                        .5770526815789404, 1.766075160982141e-22},
        [RP_META_REML] = {.577115142562924, .0869131233949763, .0819839787592113, .0458184872007134, -8.86684002241893,
                          21.73368004483785, 23.40010673295028, 45.50256797529968, .0002048911383311716,
                          44.09143406621267, 3.133893751384594e-11, 64.62781495744414, 2.827080087919114,
                          .4067685509248852, .7474617342009634, 3.133893751384575e-11},
        [RP_META_ML] = {.572246553887473, .0833190300432441, .0714680428794208, .0406268530445002, -8.76688283858354,
                        21.53376567716708, 23.31450919295941, 45.50256797529968, .0002048911383311716,
                        47.17131258435134, 6.504551715292073e-12, 61.43052407854005, 2.592723847314717,
                        .4089442557759035, .7355488519990419, 6.504551715292052e-12},
        [RP_META_DL] = {.574075473588257, .084626200874593, .0752326700342598, .0442363584466431, -8.76978857530343,
                        21.53957715060687, 23.3203206663992, 45.50256797529968, .0002048911383311716, 46.0180589897121,
                        1.171679385650869e-11, 62.63947122890256, 2.676621645605863, .4082111677256027,
                        .7399397794509114, 1.171679385650872e-11},
        /* control = list(tol = 1e-15) */
        [RP_META_PM] = {.587351407267259, .0958905351430141, .110485830949227, .0567694291172458, -8.9958663263476,
                        21.9917326526952, 23.7724761684875, 45.50256797529968, .0002048911383311716, 37.5184201566496,
                        9.05537439226442e-10, 71.1171916381411, 3.46226719878301, .399409411928679, .775293402605839,
                        9.0553743922644e-10},
    };
    for (size_t method = 0; method < sizeof expected / sizeof *expected; method++) {
        meta_case *c = third_wave();
        c->spec.method = (rp_meta_method)method;
        c->spec.effect = method != RP_META_EE;
        fits(meta_fit(c), &expected[method]);
        rp_arena_free(c->arena);
    }
}

/* rma(TE, sei = seTE, test = "knha"); then mods = ~ I(RiskOfBias == "high") */
static void knapp_hartung(void **state) {
    (void)state;
    meta_case *c = third_wave();
    c->spec.test = RP_META_KNHA;
    rp_meta_fit *fit = meta_fit(c);
    fits(fit, &(wanted){.577115142562924, .094266219268194, .qm = 37.48113734793675, .qm_p = 1.128254324150032e-05,
                        .lower = .3782308046874375, .upper = .775999480438411, .p = 1.128254324150032e-05});
    same(fit->scale, 1.176363290604356);
    assert_int_equal(fit->beta[0].df, 17);
    double *high = rp_arena_take(c->arena, c->sheet.n, sizeof *high);
    for (size_t i = 0; i < c->sheet.n; i++)
        high[i] = strcmp(sheet_text(&c->sheet, i, "RiskOfBias"), "high") == 0;
    meta_column(c, "high", high);
    fits(meta_fit(c), &(wanted){.299247656432378, .189011807765849, .0691441783536417, .042397265862956,
                                -7.52708231806676, 21.05416463613352, 23.37193080285287, 39.30837157401495,
                                .0009814962709778854, 2.506591970266534, .1329346922398329, 60.57544726041035,
                                2.536490411458269, -.1014394764658348, .6999347893305909, .1329346922398329});
    c->spec.test = RP_META_Z;
    fits(meta_fit(c), &(wanted){.se = .174359051874444,
                                .qm = 2.945591502426735,
                                .qm_p = .08611216801720625,
                                .lower = -.0424898056200822,
                                .upper = .6409851184848383});
    rp_arena_free(c->arena);
}

/* confint(m): tau2, control = list(tol = 1e-15); its root finder is that of R, whose tolerance it is */
static void q_profile(void **state) {
    (void)state;
    meta_case *c = third_wave();
    rp_error error;
    rp_interval tau2;
    assert_true(rp_meta_tau2_interval(meta_fit(c), &tau2, &error));
    same(tau2.estimate, .0819839787592113);
    same(tau2.lower, .0294844133482971);
    same(tau2.upper, .353309998645247);
    rp_arena_free(c->arena);
}

/* By definition: y may differ less than sampling lets expect, so that there is no tau2 at which Q is as expected. */
static void q_profile_ends(void **state) {
    (void)state;
    const double v[] = {1, 1, 1, 1, 1, 1}, alike[] = {.1, .1001, .0999, .1, .1, .1}, apart[] = {1, -1, .5, -.5, 0, 2};
    rp_error error;
    rp_interval tau2;
    meta_case *c = meta_new(6, alike, v);
    assert_true(rp_meta_tau2_interval(meta_fit(c), &tau2, &error));
    assert_true(isnan(tau2.lower) && isnan(tau2.upper));
    rp_arena_free(c->arena);
    c = meta_new(6, apart, v); /* Q = 5.83 on 5: between the quantiles .83 and 12.8 */
    assert_true(rp_meta_tau2_interval(meta_fit(c), &tau2, &error));
    assert_true(tau2.lower == 0);
    double sum = 0; /* all v the same: Q(tau2) = S / (1 + tau2) */
    for (size_t i = 0; i < 6; i++)
        sum += (apart[i] - 1.0 / 3) * (apart[i] - 1.0 / 3);
    near(tau2.upper, sum / 0.8312116134866625 - 1, 1e-9); /* R: qchisq(.025, 5) */
    rp_arena_free(c->arena);
}

/* predict(m) by test z and knha, and with pi.type = "riley": from numbers of this file by their definition */
static void prediction(void **state) {
    (void)state;
    meta_case *c = third_wave();
    const double one = 1, se2 = .0869131233949763 * .0869131233949763, tau2 = .0819839787592113;
    const double kh2 = .094266219268194 * .094266219268194, mean = .577115142562924;
    rp_interval about, new;
    rp_meta_fit *fit = meta_fit(c);
    rp_meta_predict(fit, &one, RP_META_PREDICT_Z, &about, &new);
    same(about.lower, .4067685509248852);
    same(new.upper, mean + 1.959963984540054 * sqrt(tau2 + se2));
    rp_meta_predict(fit, &one, RP_META_PREDICT_HIGGINS, &about, &new);
    same(new.lower, mean - 2.1199052992212541 * sqrt(tau2 + se2)); /* qt(.975, 16) */
    c->spec.test = RP_META_KNHA;
    rp_meta_predict(meta_fit(c), &one, RP_META_PREDICT_T, &about, &new);
    same(about.upper, .775999480438411);
    same(new.lower, mean - 2.1098155778333165 * sqrt(tau2 + kh2)); /* qt(.975, 17) */
    near(new.lower, -.0589, 5e-5);                                 /* predict(m), as it prints */
    near(new.upper, 1.2131, 5e-5);
    rp_arena_free(c->arena);
}

/* escalc("ZCOR", ri = cor, ni = n), then "COR" */
static void well_being(void **state) {
    (void)state;
    meta_case *c = meta_correlations("data/dmetar_HealthWellbeing.csv", RP_META_ZCOR, "cor", "n");
    fits(meta_fit(c), &(wanted){.380557122581156, .0303143606969933, .02413500220667746, .00706466840162808,
                                11.4220678506654, -18.84413570133081, -16.1797266809804, 16320.87459227349, 0,
                                157.5951623024202, 3.794028466884793e-36, 99.8079122999717, 520.595540397788, .p = 0});
    rp_arena_free(c->arena);
    c = meta_correlations("data/dmetar_HealthWellbeing.csv", RP_META_COR, "cor", "n");
    fits(meta_fit(c), &(wanted){.356675310050412, .0237232225608563, .01457261078053678, .00431775968405164,
                                18.3636861818309, -32.72737236366189, -30.06296334331148, 29459.58810542199, 0,
                                226.046989994756, 4.339703274064822e-51, 99.78838180790922, 472.5491651355725, .p = 0});
    rp_arena_free(c->arena);
}

static meta_case *raudenbush(void) {
    return meta_file("data/metadat_raudenbush1985.csv", "yi", "vi", NULL);
}

static double *at_most_three(const meta_case *c) {
    double *weeks = sheet_numbers(&c->sheet, "weeks");
    for (size_t i = 0; i < c->sheet.n; i++)
        weeks[i] = fmin(weeks[i], 3);
    return weeks;
}

/* rma(yi, vi), mods = ~ year, mods = ~ pmin(weeks, 3) */
static void teachers(void **state) {
    (void)state;
    meta_case *c = raudenbush();
    fits(meta_fit(c),
         &(wanted){.0837012418825972, .0516406713640912, .0188182881402215, .0155240113865793, -3.73603906434215,
                   11.4720781286843, 13.25282164447663, 35.82953629959278, .007419313254879029, 2.627120805860829,
                   .1050520566868344, 41.8466702470106, 1.719591989396952, .p = 0});
    meta_column(c, "year", sheet_numbers(&c->sheet, "year"));
    fits(meta_fit(c),
         &(wanted){-.0187202683478587, .0292958512740853, .0200779383088997, .0167324736782659, -4.116233933842,
                   14.23246786768399, 16.73210789985264, 34.74753248854925, .006713625630990122, .4083305704348035,
                   .5228180602909293, 42.82817692875575, 1.749113367880288, .p = 0});
    rp_arena_free(c->arena);
}

/* rma(yi, vi, mods = ~ pmin(weeks, 3)): tau2 is 0 (metafor: 1.1e-16) */
static void boundary(void **state) {
    (void)state;
    static const struct {
        rp_meta_method method;
        double log_lik, tau2_se;
    } expected[] = {{RP_META_REML, 4.53571185827997, 7.19508587386796e-03},
                    {RP_META_ML, 6.17056742956876, 6.46525866448914e-03},
                    {RP_META_DL, 6.17056742956876, .00899396526199142},
                    {RP_META_PM, 6.17056742956876, .00866691346519264}};
    for (size_t i = 0; i < 4; i++) {
        meta_case *c = raudenbush();
        meta_column(c, "weeks", at_most_three(c));
        c->spec.method = expected[i].method;
        rp_meta_fit *fit = meta_fit(c);
        assert_int_equal(fit->status, RP_META_BOUNDARY);
        assert_non_null(strstr(fit->message, "is 0"));
        assert_true(fit->tau2 == 0 && fit->i2 == 0 && fit->h2 == 1);
        same(fit->log_lik, expected[i].log_lik);
        same(fit->tau2_se, expected[i].tau2_se);
        same(fit->beta[0].estimate, .407185342983199);
        same(fit->beta[1].estimate, -.157244430980382);
        same(fit->beta[1].se, .0358312257497836);
        same(fit->qm, 19.25871100271266);
        same(fit->q, 16.5708252968801);
        rp_arena_free(c->arena);
    }
}

/* escalc("ZCOR", ri = ri, ni = ni) */
static void adherence(void **state) {
    (void)state;
    meta_case *c = meta_correlations("data/metadat_molloy2014.csv", RP_META_ZCOR, "ri", "ni");
    fits(meta_fit(c),
         &(wanted){.149917148517369, .0315599601658258, .00810956082415631, .00550936156724028, 8.60955961161141,
                   -13.21911922322282, -11.8030188210184, 38.15951542361575, .0008545849759733631, 22.56470881578359,
                   2.031829042803325e-06, 61.72965468880909, 2.612989226693972, .p = 0});
    c->spec.method = RP_META_DL;
    fits(meta_fit(c), &(wanted){.149598353075644, .0311612657856476, .00776254405495921, .00555696112620068,
                                9.77114122353521, -15.54228244707042, -13.99710500259086, .p = 0});
    rp_arena_free(c->arena);
}

/* rma(g, sei = SE) */
static void depression(void **state) {
    (void)state;
    meta_case *c = meta_file("data/metapsydata_depression.csv", "g", NULL, "SE");
    fits(meta_fit(c),
         &(wanted){.73968562353404, .0325507410652212, .3240539098884492, .0297103482312903, -491.758531782575,
                   987.5170635651498, 995.5493778845465, 2065.324644878849, 2.192003355342738e-218, 516.3837832358889,
                   0, 85.70880992790826, 6.997317892740302, .p = 0});
    c->spec.method = RP_META_DL;
    fits(meta_fit(c), &(wanted){.720723811564389, .0280441591634766, .2181521615370457, .0275997378088659,
                                -498.50978112684, 1001.019562253679, 1009.056748682672, .p = 0});
    rp_arena_free(c->arena);
}

/* rma(yi, vi, data = d[!duplicated(d$study), ]), mods = ~ x1 + x2 with knha; rma(yi, vi, data = d) */
static void many(void **state) {
    (void)state;
    meta_case *c = meta_file("bench/data/meta_295.csv", "yi", "vi", NULL);
    fits(meta_fit(c),
         &(wanted){.279700360628472, .00753802503763311, .01959129312061428, .00188538142920345, 152.150145384995,
                   -300.3002907699895, -291.5536511908355, 1786.994377926076, 1.380748533117077e-121, 1376.800139710013,
                   0, 66.20634820274552, 2.95913565660058, .p = 0});
    double *y = sheet_numbers(&c->sheet, "yi"), *v = sheet_numbers(&c->sheet, "vi");
    double *x1 = sheet_numbers(&c->sheet, "x1"), *x2 = sheet_numbers(&c->sheet, "x2");
    size_t k = 0;
    for (size_t i = 0; i < c->sheet.n; i++) {
        if (i && strcmp(sheet_text(&c->sheet, i, "study"), sheet_text(&c->sheet, i - 1, "study")) == 0)
            continue;
        y[k] = y[i];
        v[k] = v[i];
        x1[k] = x1[i];
        x2[k++] = x2[i];
    }
    assert_int_equal(k, 295);
    c->rows.k = k;
    c->rows.y = y;
    c->rows.v = v;
    fits(meta_fit(c),
         &(wanted){.27742256986116, .0104528491682692, .01873735364263719, .00256744394649749, 85.0902828808438,
                   -166.1805657616877, -158.8134062270103, 896.8312649835749, 3.171812274426476e-62, 704.3916733117807,
                   0, 65.90855933357491, 2.933287594926573, .p = 0});
    meta_column(c, "x1", x1);
    meta_column(c, "x2", x2);
    c->spec.test = RP_META_KNHA;
    fits(meta_fit(c), &(wanted){-.054118670896238, .0206145686970901, .01786060850085447, .00249808939243455,
                                87.6143679271773, -167.2287358543546, -152.5217206452815, 865.7186267159644,
                                3.569446277024168e-58, 4.278395818819226, .0147441785086832, 64.72546088259077,
                                2.834905926542538, -.09469064484525128, -.01354669694722462, .009114264637953114});
    rp_arena_free(c->arena);
}

/* ---- what cannot be told ---- */

static void no_estimate(meta_case *c, const char *why) {
    rp_meta_fit *fit = meta_fit(c);
    assert_int_equal(fit->status, RP_META_NOT_FITTED);
    if (!strstr(fit->message, why))
        fail_msg("'%s' is not in: %s", why, fit->message);
    assert_true(isnan(fit->beta[0].estimate) && isnan(fit->tau2) && isnan(fit->log_lik));
    rp_arena_free(c->arena);
}

static const double y4[] = {.2, .5, -.1, .4}, v4[] = {.04, .04, .04, .04};

static void one_effect(void **state) {
    (void)state;
    no_estimate(meta_new(1, y4, v4), "1 effect for 1 coefficient: how effects differ cannot be told");
    no_estimate(meta_new(0, y4, v4), "There is no effect.");
    meta_case *c = meta_new(1, y4, v4);
    c->spec.method = RP_META_EE;
    c->spec.effect = false;
    rp_meta_fit *fit = meta_fit(c); /* an effect alone is itself, with its own error */
    assert_int_equal(fit->status, RP_META_CONVERGED);
    near(fit->beta[0].estimate, .2, 1e-15);
    near(fit->beta[0].se, .2, 1e-15);
    assert_true(fit->q == 0 && fit->q_p == 1 && fit->i2 == 0);
    rp_arena_free(c->arena);
}

static void bad_designs(void **state) {
    (void)state;
    const double same_twice[] = {2, 2, 2, 2}, slope[] = {1, 2, 3, 4}, other[] = {3, 5, 7, 9};
    meta_case *c = meta_new(4, y4, v4);
    meta_column(c, "constant", same_twice);
    no_estimate(c, "'constant'");
    c = meta_new(4, y4, v4);
    meta_column(c, "slope", slope);
    meta_column(c, "other", other);
    no_estimate(c, "'other'");
    c = meta_new(4, y4, v4);
    c->spec.study = true;
    no_estimate(c, "Each study has one effect");
    c = meta_new(4, y4, v4);
    c->spec.study = true;
    c->rows.study = (const uint32_t[]){1, 1, 1, 1};
    no_estimate(c, "There is one study");
}

/* All variances the same: REML's tau2 is the effects' variance less v, and so are DL's and PM's. */
static void equal_variances(void **state) {
    (void)state;
    static const rp_meta_method methods[] = {RP_META_REML, RP_META_DL, RP_META_PM};
    for (size_t i = 0; i < 3; i++) {
        meta_case *c = meta_new(4, y4, v4);
        c->spec.method = methods[i];
        rp_meta_fit *fit = meta_fit(c);
        near(fit->beta[0].estimate, .25, 1e-14);
        near(fit->tau2, .21 / 3 - .04, 1e-12); /* squares of -.05 .25 -.35 .15 sum to .21 */
        near(fit->beta[0].se, sqrt(.07 / 4), 1e-12);
        rp_arena_free(c->arena);
    }
}

static void no_memory(void **state) {
    (void)state;
    for (long n = 1; n < 40; n++) {
        meta_case *c = meta_new(4, y4, v4);
        rp_error error = {0};
        rp_memory_fail_after(n);
        rp_meta_data *data = rp_meta_prepare(&c->spec, &c->rows, c->arena, &error);
        rp_meta_fit *fit = data ? rp_meta_fit_data(data, c->arena, &error) : NULL;
        rp_memory_fail_after(0);
        assert_true(fit ? fit->status == RP_META_CONVERGED : error.code == RP_E_MEMORY);
        rp_arena_free(c->arena);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(methods),    cmocka_unit_test(knapp_hartung),  cmocka_unit_test(q_profile),
        cmocka_unit_test(prediction), cmocka_unit_test(q_profile_ends), cmocka_unit_test(well_being),
        cmocka_unit_test(teachers),   cmocka_unit_test(boundary),       cmocka_unit_test(adherence),
        cmocka_unit_test(depression), cmocka_unit_test(many),           cmocka_unit_test(one_effect),
        cmocka_unit_test(no_memory),  cmocka_unit_test(bad_designs),    cmocka_unit_test(equal_variances)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
