/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Linear mixed models on real and simulated data, against lme4 and MixedModels.jl. Tolerances: objectives within 1e-4
 * or 1e-10 of their size, coefficients within 1e-4 standard errors, theta within 1e-5, standard errors within 1e-6 of
 * themselves where the reference has as many digits. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include "models/mixed_data.h"
#include "support/shared.h"

static void near(double ours, double theirs, double tolerance) {
    if (!(fabs(ours - theirs) <= tolerance))
        fail_msg("%.17g is not %.17g", ours, theirs);
}

/* What a program gave for a model. */
typedef struct expected {
    double objective;
    double theta[6], beta[6], se[6];
    double sigma;
} expected;

static void as_expected(const rp_mixed_fit *fit, const expected *e) {
    near(fit->objective, e->objective, fmax(1e-4, 1e-10 * fabs(e->objective)));
    near(fit->log_lik, -fit->objective / 2, 1e-9);
    for (size_t i = 0; i < fit->n_theta; i++)
        near(fit->theta[i], e->theta[i], 1e-5);
    for (size_t i = 0; i < fit->p; i++) {
        near(fit->beta[i], e->beta[i], 1e-4 * e->se[i]);
        near(fit->se[i], e->se[i], 1e-6 * e->se[i]);
        near(fit->vcov[i * fit->p + i], fit->se[i] * fit->se[i], 1e-12 * fit->vcov[i * fit->p + i]);
    }
    near(fit->sigma, e->sigma, 1e-5 * e->sigma);
}

static void converges_to(model *m, const expected *e) {
    rp_mixed_fit *fit = model_fit(m);
    assert_int_equal(fit->status, RP_MIXED_CONVERGED);
    assert_int_equal(fit->n_notes, 0);
    assert_string_equal(fit->message, "The fit converged.");
    assert_true(fit->max_gradient < 1e-3);
    as_expected(fit, e);
}

/* ---- sleepstudy -------------------------------------------------------------------------------------- */

static void sleepstudy(model *m, rp_arena *arena) {
    sheet s = sheet_read(shared_path("data/sleepstudy.csv"), arena);
    uint32_t levels, *subject = sheet_groups(&s, "Subject", &levels);
    model_begin(m, arena, s.n, sheet_numbers(&s, "Reaction"));
    model_column(m, "Days", sheet_numbers(&s, "Days"), true);
    model_factor(m, "Subject", subject, levels);
}

/* lmer(Reaction ~ Days + (Days | Subject), sleepstudy, REML = FALSE) and by REML */
static void sleepstudy_with_slopes(void **state) {
    (void)state;
    rp_arena *arena = rp_arena_new(0);
    model m;
    sleepstudy(&m, arena);
    model_term(&m, 0, 2, (size_t[]){0, 1});
    converges_to(&m, &(expected){1751.93934446321,
                                 {0.9292248851997, 0.01816585756449, 0.2226453714227},
                                 {251.4051048485, 10.4672859596},
                                 {6.632274162869, 1.502236653551},
                                 25.59181700064});
    rp_mixed_fit *fit = model_fit(&m);
    /* MixedModels.jl, test/pls.jl @0222b4c7 */
    near(fit->objective, 1751.9393444647, 1e-4);
    near(sqrt(fit->variance[0].covariance[0]), 23.7804681, 1e-4);
    near(sqrt(fit->variance[0].covariance[3]), 5.716827903, 1e-4);
    near(fit->variance[0].covariance[1], fit->variance[0].covariance[2], 0);
    near(fit->aic, fit->objective + 12, 1e-9); /* six parameters */
    near(fit->bic, fit->objective + 6 * log(180), 1e-9);
    m.spec.reml = true;
    converges_to(&m, &(expected){1743.62827195849,
                                 {0.9667328935905, 0.01516906754605, 0.2309095920181},
                                 {251.4051048485, 10.4672859596},
                                 {6.824556261553, 1.545788892888},
                                 25.59181573863});
    rp_arena_free(arena);
}

/* (Days || Subject), (0 + Days | Subject), and weights 0.5 + ((7 i) mod 11) / 10 for row i = 1, 2, ... */
static void sleepstudy_in_other_ways(void **state) {
    (void)state;
    rp_arena *arena = rp_arena_new(0);
    model m;
    sleepstudy(&m, arena);
    model_term(&m, 0, 1, (size_t[]){0});
    model_term(&m, 0, 1, (size_t[]){1});
    converges_to(&m, &(expected){1752.00325513988,
                                 {0.9458106928096, 0.2269282349487},
                                 {251.4051048485, 10.4672859596},
                                 {6.707673760241, 1.519314486591},
                                 25.55613467788});
    sleepstudy(&m, arena);
    model_term(&m, 0, 1, (size_t[]){1});
    converges_to(&m, &(expected){1774.08031528052,
                                 {0.2435398567085},
                                 {251.4051048485, 10.4672859596},
                                 {4.007544243455, 1.822350589391},
                                 28.9280475396});
    sleepstudy(&m, arena);
    model_term(&m, 0, 2, (size_t[]){0, 1});
    m.spec.reml = true;
    double weights[180];
    for (size_t i = 0; i < 180; i++)
        weights[i] = 0.5 + (double)((i + 1) * 7 % 11) / 10;
    m.rows.weights = weights;
    converges_to(&m, &(expected){1735.92777905326,
                                 {1.095506051374, 0.003455767888476, 0.2524953976126},
                                 {251.697750077, 10.52056219348},
                                 {7.055074783716, 1.56125628767},
                                 24.02191426932});
    rp_arena_free(arena);
}

/* lmer(Yield ~ 1 + (1 | Batch), Dyestuff) */
static void dyestuff(void **state) {
    (void)state;
    rp_arena *arena = rp_arena_new(0);
    sheet s = sheet_read(shared_path("data/Dyestuff.csv"), arena);
    uint32_t levels, *batch = sheet_groups(&s, "Batch", &levels);
    model m;
    model_begin(&m, arena, s.n, sheet_numbers(&s, "Yield"));
    model_factor(&m, "Batch", batch, levels);
    model_term(&m, 0, 1, (size_t[]){0});
    /* also MixedModels.jl test/pls.jl: 327.3270598811, AIC 333.32706, BIC 337.53065 */
    converges_to(&m, &(expected){327.327059881135, {0.7525806920351}, {1527.5}, {17.69455345811}, 49.51009998247});
    rp_mixed_fit *fit = model_fit(&m);
    near(fit->aic, 333.32706, 1e-5);
    near(fit->bic, 337.53065, 1e-5);
    m.spec.reml = true;
    converges_to(&m, &(expected){319.654276842257, {0.8483238274074}, {1527.5}, {19.38341283262}, 49.51009961769});
    rp_arena_free(arena);
}

/* ---- IMPLEMENT: BAI and WAI session by session ---------------------------------------------------------- */

typedef struct implement {
    sheet sheet;
    size_t n;
    double *t0, *occasion, *bai, *wai, *next_bai, *wai_w, *wai_b;
    uint32_t *id, *therapist;
    uint32_t ids, therapists;
} implement;

/* The rows are by client and occasion. */
static implement implement_read(rp_arena *arena) {
    implement d = {.sheet = sheet_read(shared_path("data/implement_wai_bai.csv"), arena)};
    size_t n = d.n = d.sheet.n;
    d.occasion = sheet_numbers(&d.sheet, "occasion");
    d.bai = sheet_numbers(&d.sheet, "bai");
    d.wai = sheet_numbers(&d.sheet, "wai9");
    d.id = sheet_groups(&d.sheet, "id", &d.ids);
    d.therapist = sheet_groups(&d.sheet, "therapist", &d.therapists);
    d.t0 = rp_arena_take(arena, 4 * n, sizeof *d.t0);
    d.next_bai = d.t0 + n;
    d.wai_w = d.next_bai + n;
    d.wai_b = d.wai_w + n;
    double sum[64] = {0}, count[64] = {0};
    for (size_t i = 0; i < n; i++)
        if (!isnan(d.wai[i])) {
            sum[d.id[i]] += d.wai[i];
            count[d.id[i]]++;
        }
    for (size_t i = 0; i < n; i++) {
        d.t0[i] = d.occasion[i] - 1;
        d.next_bai[i] = i + 1 < n && d.id[i + 1] == d.id[i] ? d.bai[i + 1] : NAN;
        d.wai_w[i] = d.wai[i] - sum[d.id[i]] / count[d.id[i]];
        d.wai_b[i] = sum[d.id[i]] / count[d.id[i]] - 3.9573434; /* the mean of person means, from the data's page */
    }
    return d;
}

/* Rows with y and all of `columns`, the last of them NULL; a column to a name. */
static void implement_model(implement *d, model *m, rp_arena *arena, const double *y, const char *const *names,
                            const double *const *columns) {
    size_t n = 0, k = 0;
    while (columns[k])
        k++;
    double *kept = rp_arena_take(arena, (k + 2) * d->n, sizeof *kept);
    uint32_t *groups = rp_arena_take(arena, 2 * d->n, sizeof *groups);
    for (size_t i = 0; i < d->n; i++) {
        bool whole = !isnan(y[i]);
        for (size_t c = 0; c < k; c++)
            whole = whole && !isnan(columns[c][i]);
        if (!whole)
            continue;
        kept[n] = y[i];
        for (size_t c = 0; c < k; c++)
            kept[(c + 1) * d->n + n] = columns[c][i];
        kept[(k + 1) * d->n + n] = d->occasion[i];
        groups[n] = d->id[i];
        groups[d->n + n++] = d->therapist[i];
    }
    model_begin(m, arena, n, kept);
    for (size_t c = 0; c < k; c++)
        model_column(m, names[c], kept + (c + 1) * d->n, true);
    m->rows.time = kept + (k + 1) * d->n;
    model_factor(m, "id", groups, d->ids);
    model_factor(m, "therapist", groups + d->n, d->therapists);
}

/* lmer(bai ~ t0 + (t0 | id)), by REML and ML; wai9 ~ t0 + (t0 | id), wai9 ~ 1 + (1 | id), bai ~ 1 + (1 | id) by REML */
static void growth_of_anxiety_and_alliance(void **state) {
    (void)state;
    rp_arena *arena = rp_arena_new(0);
    implement d = implement_read(arena);
    model m;
    const char *names[] = {"t0"};
    const double *columns[] = {d.t0, NULL}, *none[] = {NULL};
    implement_model(&d, &m, arena, d.bai, names, columns);
    assert_int_equal(m.rows.n, 780); /* implement_wai_bai.md */
    model_term(&m, 0, 2, (size_t[]){0, 1});
    converges_to(&m, &(expected){5115.26382129181,
                                 {1.818016852381, -0.07361019665118, 0.06724582172236},
                                 {18.94824960589, -0.7851579333396},
                                 {1.376215737333, 0.08748990548504},
                                 5.484711765473});
    m.spec.reml = true;
    converges_to(&m, &(expected){5116.53505413839,
                                 {1.834995127542, -0.07452718331729, 0.06835182780849},
                                 {18.94430549893, -0.784608755403},
                                 {1.387974302116, 0.08836267613089},
                                 5.484189829767});
    implement_model(&d, &m, arena, d.wai, names, columns);
    model_term(&m, 0, 2, (size_t[]){0, 1});
    m.spec.reml = true;
    converges_to(&m, &(expected){479.959498718922,
                                 {1.851339947586, -0.01753227709427, 0.08430358659559},
                                 {3.704407886247, 0.03856708795529},
                                 {0.07446518515438, 0.004463426002161},
                                 0.2871441261954});
    implement_model(&d, &m, arena, d.wai, names, none);
    model_term(&m, 0, 1, (size_t[]){0});
    m.spec.reml = true;
    converges_to(&m,
                 &(expected){652.54108029829, {1.548373050822}, {3.960853818771}, {0.07298282788679}, 0.3476610593971});
    implement_model(&d, &m, arena, d.bai, names, none);
    model_term(&m, 0, 1, (size_t[]){0});
    m.spec.reml = true;
    converges_to(&m,
                 &(expected){5387.17125223883, {1.113584484333}, {13.63308743885}, {1.047832746485}, 6.897526067419});
    rp_arena_free(arena);
}

/* lmer(next_bai ~ t0 + wai_w + wai_b + (1 | id)), and with the current bai */
static void alliance_and_the_next_session(void **state) {
    (void)state;
    rp_arena *arena = rp_arena_new(0);
    implement d = implement_read(arena);
    model m;
    const char *names[] = {"t0", "wai_w", "wai_b"}, *more[] = {"t0", "bai", "wai_w", "wai_b"};
    const double *columns[] = {d.t0, d.wai_w, d.wai_b, NULL}, *with_bai[] = {d.t0, d.bai, d.wai_w, d.wai_b, NULL};
    implement_model(&d, &m, arena, d.next_bai, names, columns);
    assert_int_equal(m.rows.n, 575);
    model_term(&m, 0, 1, (size_t[]){0});
    m.spec.reml = true;
    converges_to(&m, &(expected){3823.28543549843,
                                 {1.306846303156},
                                 {18.15448836809, -0.7988049071598, -0.2282319596244, 0.7167362060008},
                                 {1.15624906267, 0.07452745424606, 0.8665411656902, 1.933834819966},
                                 5.8879347469});
    implement_model(&d, &m, arena, d.next_bai, more, with_bai);
    assert_int_equal(m.rows.n, 563);
    model_term(&m, 0, 1, (size_t[]){0});
    m.spec.reml = true;
    converges_to(&m, &(expected){3633.72919483706,
                                 {0.7160577575404},
                                 {9.713643054894, -0.4372866141243, 0.4513450406831, 0.3768617826013, -0.1374825608328},
                                 {1.004699362215, 0.07672091323977, 0.03551560151863, 0.8339348148266, 1.084190822268},
                                 5.591247212569});
    rp_arena_free(arena);
}

/* lmer(bai ~ t0 + (1 | id) + (1 | therapist)): the therapists' variance is 0; and slopes for both, where their
 * correlation is -1. */
static void therapists_who_do_not_differ(void **state) {
    (void)state;
    rp_arena *arena = rp_arena_new(0);
    implement d = implement_read(arena);
    model m;
    const char *names[] = {"t0"};
    const double *columns[] = {d.t0, NULL};
    implement_model(&d, &m, arena, d.bai, names, columns);
    model_term(&m, 0, 1, (size_t[]){0});
    model_term(&m, 1, 1, (size_t[]){0});
    m.spec.reml = true;
    rp_mixed_fit *fit = model_fit(&m);
    as_expected(fit, &(expected){5180.30019683807,
                                 {1.310337169084, 0},
                                 {19.09092339155, -0.8054959882958},
                                 {1.113044257795, 0.05146636545577},
                                 5.961229514989});
    assert_int_equal(fit->status, RP_MIXED_BOUNDARY);
    assert_true(fit->theta[1] == 0);
    assert_int_equal(fit->n_notes, 1);
    assert_non_null(strstr(fit->notes[0], "The variance of the intercept between the groups of therapist is"));
    implement_model(&d, &m, arena, d.bai, names, columns);
    model_term(&m, 0, 2, (size_t[]){0, 1});
    model_term(&m, 1, 2, (size_t[]){0, 1});
    m.spec.reml = true;
    fit = model_fit(&m);
    near(fit->objective, 5116.53404897347, 1e-4); /* lmer(bai ~ t0 + (t0 | id) + (t0 | therapist)) */
    assert_int_equal(fit->status, RP_MIXED_BOUNDARY);
    assert_non_null(strstr(fit->notes[0], "The correlation of intercept and t0 between the groups of therapist"));
    assert_non_null(strstr(fit->notes[0], " -1, "));
    rp_arena_free(arena);
}

/* nlme 3.1-162: lme(bai ~ t0, random = ~ 1 | id, correlation = corCAR1(form = ~ occasion | id), method = "ML"), and
 * random = ~ t0 | id by REML; tolerances 1e-12. Clients miss sessions: there are gaps. */
static void residuals_follow_one_another(void **state) {
    (void)state;
    rp_arena *arena = rp_arena_new(0);
    implement d = implement_read(arena);
    model m;
    const char *names[] = {"t0"};
    const double *columns[] = {d.t0, NULL};
    implement_model(&d, &m, arena, d.bai, names, columns);
    m.spec.ar1 = true;
    model_term(&m, 0, 1, (size_t[]){0});
    rp_mixed_fit *fit = model_fit(&m);
    assert_int_equal(fit->status, RP_MIXED_CONVERGED);
    near(fit->objective, 5071.619653254, 1e-4);
    near(fit->rho, 0.4287983397622, 1e-5);
    near(fit->theta[1], fit->rho, 0);
    near(fit->beta[0], 19.1072905731208, 1e-4 * fit->se[0]);
    near(fit->beta[1], -0.8004803771891, 1e-4 * fit->se[1]);
    near(sqrt(fit->variance[0].covariance[0]), 7.378978759093, 1e-4);
    near(fit->sigma, 6.317025011965, 1e-4);
    implement_model(&d, &m, arena, d.bai, names, columns);
    m.spec.ar1 = m.spec.reml = true;
    model_term(&m, 0, 2, (size_t[]){0, 1});
    fit = model_fit(&m);
    near(fit->objective, 5056.986035295, 1e-4);
    near(fit->rho, 0.3615696608835, 1e-4); /* nlme searches without a gradient */
    near(fit->sigma, 5.9562720046238, 1e-3);
    near(fit->beta[1], -0.8033257630545, 1e-4 * fit->se[1]);
    rp_arena_free(arena);
}

/* ---- Beat the Blues, months 2, 3, 5 and 8 as HSAUR3 has them ---------------------------------------------- */

static void beat_the_blues(void **state) {
    (void)state;
    rp_arena *arena = rp_arena_new(0);
    sheet s = sheet_read(shared_path("data/btheb.csv"), arena);
    enum { MOST = 400 };
    double *c[6]; /* y, pre, time, treatment, drug, length */
    double *product = rp_arena_take(arena, MOST, sizeof *product);
    for (size_t i = 0; i < 6; i++)
        c[i] = rp_arena_take(arena, MOST, sizeof *c[i]);
    uint32_t *subject = rp_arena_take(arena, MOST, sizeof *subject);
    const char *occasions[] = {"bdi.2m", "bdi.4m", "bdi.6m", "bdi.8m"};
    const double months[] = {2, 3, 5, 8}, *pre = sheet_numbers(&s, "bdi.pre");
    size_t n = 0;
    for (size_t o = 0; o < 4; o++) {
        const double *bdi = sheet_numbers(&s, occasions[o]);
        for (size_t i = 0; i < s.n; i++) {
            if (isnan(bdi[i]))
                continue;
            c[0][n] = bdi[i];
            c[1][n] = pre[i];
            c[2][n] = months[o];
            c[3][n] = strcmp(sheet_text(&s, i, "treatment"), "BtheB") == 0;
            c[4][n] = strcmp(sheet_text(&s, i, "drug"), "Yes") == 0;
            c[5][n] = strcmp(sheet_text(&s, i, "length"), ">6m") == 0;
            product[n] = c[1][n] * c[3][n];
            subject[n++] = (uint32_t)i;
        }
    }
    assert_int_equal(n, 280);
    const char *names[] = {"bdi.pre", "time", "treatment", "drug", "length"};
    for (int slope = 0; slope < 2; slope++) {
        model m;
        model_begin(&m, arena, n, c[0]);
        for (size_t i = 0; i < 5; i++)
            model_column(&m, names[i], c[i + 1], true);
        model_factor(&m, "subject", subject, 100);
        model_term(&m, 0, slope ? 2 : 1, (size_t[]){0, 2});
        /* lmer(bdi ~ bdi.pre + time + treatment + drug + length + (1 | subject), REML = FALSE), then (time | subject)
         */
        if (slope)
            converges_to(&m, &(expected){1871.03779859573,
                                         {1.454092290842, -0.01594237015676, 0.08620232876155},
                                         {5.613907376329, 0.6418467517807, -0.7021343153739, -2.37599155907,
                                          -2.869440860763, 0.1403880704662},
                                         {2.24540520663, 0.07784305655993, 0.1540681273772, 1.671289461546,
                                          1.727658155986, 1.638531854647},
                                         4.898414004343});
        else
            converges_to(&m, &(expected){1871.49196308792,
                                         {1.392922168548},
                                         {5.592393390129, 0.6396762085471, -0.7047648316063, -2.329082640791,
                                          -2.824952396235, 0.197079477717},
                                         {2.242439628804, 0.07789134478785, 0.1463915027066, 1.67035609593,
                                          1.726835135513, 1.638317762954},
                                         5.013978019452});
        if (slope)
            continue;
        model_column(&m, "bdi.pre:treatment", product, true);
        rp_mixed_fit *fit = model_fit(&m);
        near(fit->objective, 1870.43337334468, 1e-4);
        near(fit->beta[6], -0.1566779282766, 1e-4 * 0.1515972257696);
        near(fit->se[6], 0.1515972257696, 1e-6 * 0.1515972257696);
    }
    rp_arena_free(arena);
}

/* ---- many ---------------------------------------------------------------------------------------------- */

static void sessions(model *m, rp_arena *arena) {
    sheet s = sheet_read(shared_path("bench/data/sessions_20k.csv"), arena);
    uint32_t patients, therapists, *patient = sheet_groups(&s, "patient", &patients),
                                   *therapist = sheet_groups(&s, "therapist", &therapists);
    model_begin(m, arena, s.n, sheet_numbers(&s, "y"));
    model_column(m, "session", sheet_numbers(&s, "session"), true);
    model_factor(m, "patient", patient, patients);
    model_factor(m, "therapist", therapist, therapists);
    model_term(m, 0, 2, (size_t[]){0, 1});
    model_term(m, 1, 1, (size_t[]){0});
}

static void sessions_of_20000_patients(void **state) {
    (void)state;
    rp_arena *arena = rp_arena_new(0);
    model m;
    sessions(&m, arena);
    rp_mixed_fit *fit = model_fit(&m);
    assert_int_equal(fit->status, RP_MIXED_CONVERGED);
    /* lme4 1.1-31, lmer(y ~ session + (session | patient) + (1 | therapist), REML = FALSE), tight tolerances */
    near(fit->objective, 2 * 313761.544913498, 1e-4);
    near(fit->theta[0], 1.5906988, 1e-5);
    near(fit->theta[1], -0.0853189, 1e-5);
    near(fit->theta[2], 0.2183504, 1e-5);
    near(fit->theta[3], 0.4963603, 1e-5);
    near(fit->beta[0], 13.989838, 1e-6 + 1e-4 * fit->se[0]);
    near(fit->beta[1], -1.095099, 1e-6 + 1e-4 * fit->se[1]);
    near(fit->sigma, 2.4982976, 1e-6);
    m.spec.reml = true;
    fit = model_fit(&m);
    near(fit->objective, 2 * 313767.529591702, 1e-4); /* not above lme4's 2 * 313767.529598725 */
    rp_arena_free(arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sleepstudy_with_slopes),
        cmocka_unit_test(sleepstudy_in_other_ways),
        cmocka_unit_test(dyestuff),
        cmocka_unit_test(growth_of_anxiety_and_alliance),
        cmocka_unit_test(alliance_and_the_next_session),
        cmocka_unit_test(therapists_who_do_not_differ),
        cmocka_unit_test(residuals_follow_one_another),
        cmocka_unit_test(beat_the_blues),
        cmocka_unit_test(sessions_of_20000_patients),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
