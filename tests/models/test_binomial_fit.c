/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Binomial mixed models fitted: against glmmTMB and lme4 (R 4.2.2) on known data, and against themselves where rows,
 * blocks or names of groups come another way. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>

#include "support/shared.h"

#include "models/binomial_data.h"

static void near(double ours, double theirs, double tolerance) {
    if (!(fabs(ours - theirs) <= tolerance))
        fail_msg("%.17g is not %.17g within %g", ours, theirs, tolerance);
}

/* What a peer says, and how near we must be: -2 log L within 1e-4, beta within 1e-4 standard errors, standard
 * deviations within 1e-5, standard errors within `se`, relative. */
typedef struct peer {
    double log_lik;
    size_t n_theta, p;
    double theta[4], beta[6], se[6], se_within;
} peer;

static void agrees(const rp_mixed_fit *fit, const peer *r) {
    assert_int_equal(fit->status, RP_MIXED_CONVERGED);
    assert_true(fit->n_theta == r->n_theta && fit->p == r->p && fit->sigma == 1);
    near(fit->objective, -2 * r->log_lik, 1e-4);
    for (size_t i = 0; i < r->n_theta; i++)
        near(fit->theta[i], r->theta[i], 1e-5);
    for (size_t j = 0; j < r->p; j++) {
        near(fit->beta[j], r->beta[j], 1e-4 * r->se[j]);
        near(fit->se[j], r->se[j], r->se_within * r->se[j]);
        near(fit->vcov[j * r->p + j], fit->se[j] * fit->se[j], 1e-12);
    }
    assert_true(fit->max_gradient < 1e-6);
    double k = (double)(r->n_theta + r->p);
    near(fit->log_lik, -fit->objective / 2, 1e-12);
    near(fit->aic, fit->objective + 2 * k, 1e-9);
    near(fit->bic, fit->objective + k * log((double)fit->n), 1e-9);
}

/* ---- Laplace -------------------------------------------------------------------------------------------- */

/* The peer is glmmTMB 1.1.5, brought to its own summit (its search ends some 1e-5 standard errors away):
 *   o <- m$obj; p <- m$fit$par; J <- function(p) { h <- 1e-4; sapply(seq_along(p), function(i) { a <- b <- p;
 *     a[i] <- a[i] + h; b[i] <- b[i] - h; as.vector(o$gr(a) - o$gr(b)) / (2 * h) }) }
 *   for (k in 1:3) p <- p - solve((J(p) + t(J(p))) / 2, as.vector(o$gr(p))); -o$fn(p); p; sqrt(diag(solve(J(p))))
 * Here m <- glmmTMB(cbind(incidence, size - incidence) ~ period + (1 | herd), cbpp, family = binomial). */
static void cbpp_by_laplace(void **state) {
    (void)state;
    rp_arena *arena = rp_arena_new(0);
    model m;
    cbpp(&m, RP_MIXED_LOGIT, arena);
    const peer tmb = {-92.02628186475711,
                      1,
                      4,
                      {0.642261448442895},
                      {-1.3985321423734840, -0.9923327348735628, -1.1286720841687885, -1.5803138851801388},
                      {0.2324719923139237, 0.3066424979036891, 0.3266378505088491, 0.4274365864933205},
                      1e-6};
    rp_mixed_fit *fit = fit_by(&m, 1);
    agrees(fit, &tmb);
    assert_int_equal(fit->n, 56);
    near(fit->variance[0].covariance[0], 0.642261448442895 * 0.642261448442895, 1e-7);
    /* lme4 1.1-31, glmer(..., control = nloptwrap, xtol_abs = ftol_abs = 1e-12): it stops its inner search early and so
     * ends lower */
    assert_true(fit->log_lik >= -92.02656638891069);
    rp_arena_free(arena);
}

static void cbpp_with_the_other_link(void **state) {
    (void)state;
    rp_arena *arena = rp_arena_new(0);
    model m;
    cbpp(&m, RP_MIXED_CLOGLOG, arena);
    /* glmmTMB 1.1.5 as above, binomial("cloglog"); -d2l/deta2 as observed, like ours */
    const peer tmb = {-91.75800201743432,
                      1,
                      4,
                      {0.5858983337214067},
                      {-1.5320955972947712, -0.9129903033372926, -1.0311046586658745, -1.4794199471014480},
                      {0.2106548992030161, 0.2840284751597523, 0.3055171384767453, 0.4083373380798308},
                      1e-6};
    agrees(fit_by(&m, 1), &tmb);
    /* lme4's glmer takes the expected information instead: -91.80206, another approximation. By quadrature the two
     * meet: glmer(..., nAGQ = 25), whose own search stops about 1e-4 of an SE away; so its deviance function
     * (update(f, devFunOnly = TRUE)) was minimised further by optim and nlm(gradtol = 1e-10). */
    rp_mixed_fit *by_nodes = fit_by(&m, 25);
    near(by_nodes->theta[0], 0.5903060429974, 1e-5);
    near(by_nodes->beta[0], -1.5328221718875, 1e-4 * by_nodes->se[0]);
    near(by_nodes->beta[3], -1.4783733181387, 1e-4 * by_nodes->se[3]);
    rp_arena_free(arena);
}

/* glmer(..., family = binomial, nAGQ = 9 and 25, control as above). Its log-likelihood leaves out what the saturated
 * model has: only differences compare. Its search stops about 1e-4 of an SE away: parameters are those at which its
 * deviance function (update(f, devFunOnly = TRUE)) is least by optim and nlm(gradtol = 1e-10), and standard errors are
 * of that function's Hessian there, by differences with steps of 2e-3. */
static void cbpp_by_quadrature(void **state) {
    (void)state;
    rp_arena *arena = rp_arena_new(0);
    model m;
    cbpp(&m, RP_MIXED_LOGIT, arena);
    rp_mixed_fit *nine = fit_by(&m, 9), *many = fit_by(&m, 25), *most = fit_by(&m, 100);
    near(nine->log_lik - many->log_lik, -50.00501803982856 + 50.00501527720532, 1e-8);
    near(nine->theta[0], 0.647517719109, 1e-6);
    const double beta[] = {-1.399230191622, -0.991403877545, -1.127819682059, -1.579471016047};
    const double se[] = {0.2335113975, 0.3067679697, 0.3267683561, 0.4275944813};
    for (size_t j = 0; j < 4; j++) {
        near(nine->beta[j], beta[j], 1e-4 * se[j]);
        near(nine->se[j], se[j], 1e-6 * se[j]);
    }
    /* more nodes, no other result */
    near(many->objective, most->objective, 1e-6);
    near(many->theta[0], most->theta[0], 1e-6);
    for (size_t j = 0; j < 4; j++)
        near(many->beta[j], most->beta[j], 1e-6);
    rp_arena_free(arena);
}

/* r2 == "Y" is the success. glmmTMB 1.1.5: r2 ~ Anger + Gender + btype + situ + (1 | id) + (1 | item), as above. */
static void verbagg_crossed(void **state) {
    (void)state;
    rp_arena *arena = rp_arena_new(0);
    model m;
    verbagg(&m, RP_MIXED_LOGIT, false, arena);
    const peer tmb = {-4075.69985987196,
                      2,
                      6,
                      {1.3397088868383802, 0.4953039684658315},
                      {0.19905910104431940, -1.05546447803763899, 0.05742958342462953, 0.32071042571651881,
                       -1.05880026954620021, -2.10540283595187772},
                      {0.40653346860571671, 0.21078219485851457, 0.01683889409172804, 0.19192762674445810,
                       0.25728332989115643, 0.25946723472142158},
                      1e-6};
    rp_mixed_fit *fit = fit_by(&m, 1);
    agrees(fit, &tmb);
    /* lme4 1.1-31's documentation has -2 log L = 8151.40; its tight fit -4075.700245832486, below ours */
    assert_true(fit->log_lik >= -4075.700245832486);
    rp_arena_free(arena);
}

/* The same with (1 + situ | id): sd 1.6102216431747365 and 0.9023196092143762; its fifth parameter c is the
 * correlation's c / sqrt(1 + c^2). */
static void verbagg_with_slopes(void **state) {
    (void)state;
    rp_arena *arena = rp_arena_new(0);
    model m;
    verbagg(&m, RP_MIXED_LOGIT, true, arena);
    const double c = -0.71500316255626251, sd = 0.9023196092143762, beyond = 1 / sqrt(1 + c * c);
    const peer tmb = {-4045.297894214936,
                      4,
                      6,
                      {1.6102216431747365, sd * c * beyond, sd * beyond, 0.5037066659944560},
                      {0.34059994576292679, -1.10005980195072750, 0.05389578905786187, 0.36427199636932722,
                       -1.08761817410308570, -2.17497459547501792},
                      {0.41943795397748745, 0.22087694453660289, 0.01727006994013752, 0.19486142341419446,
                       0.26173136780663558, 0.26419245368005234},
                      1e-6};
    rp_mixed_fit *fit = fit_by(&m, 1);
    agrees(fit, &tmb);
    const double *v = fit->variance[0].covariance;
    near(v[0], 1.6102216431747365 * 1.6102216431747365, 1e-6);
    near(v[3], sd * sd, 1e-6);
    near(v[1] / sqrt(v[0] * v[3]), c * beyond, 1e-6);
    assert_true(v[1] == v[2]);
    /* complementary log-log, without slopes: sd exp(theta) of both */
    model other;
    verbagg(&other, RP_MIXED_CLOGLOG, false, arena);
    rp_mixed_fit *by_rate = fit_by(&other, 1);
    near(by_rate->objective, 2 * 4077.24853576082, 1e-4); /* glmmTMB's own, before the steps */
    near(by_rate->theta[0], 0.9164916064327940, 1e-6);
    near(by_rate->theta[1], 0.3538680422399514, 1e-6);
    rp_arena_free(arena);
}

/* glmmTMB 1.1.5 as above; with 7 nodes glmer (nAGQ = 7), -58684.6671779362, and with 25 a prototype of our formulas,
 * -58684.667102180. */
static void dropout_of_100k(void **state) {
    (void)state;
    rp_arena *arena = rp_arena_new(0);
    model m;
    dropout(&m, arena);
    const peer tmb = {-58686.60521559419,
                      1,
                      3,
                      {0.491387754005981},
                      {-0.9154069574425086, 0.2392738164223586, -0.2035209331910115},
                      {0.017188597135108334, 0.007254149802805221, 0.007240188706097439},
                      1e-6};
    agrees(fit_by(&m, 1), &tmb);
    near(fit_by(&m, 7)->log_lik, -58684.6671779362, 5e-5);
    near(fit_by(&m, 25)->log_lik, -58684.667102180, 5e-5);
    rp_arena_free(arena);
}

/* glm(cbind(incidence, size - incidence) ~ period, binomial, cbpp) of R 4.2.2. */
static void without_random_effects(void **state) {
    (void)state;
    rp_arena *arena = rp_arena_new(0);
    model m;
    cbpp(&m, RP_MIXED_LOGIT, arena);
    m.spec.n_terms = 0;
    const peer glm = {-99.02919948936336,
                      0,
                      4,
                      {0},
                      {-1.269023489367149, -1.170762725140382, -1.301405333856418, -1.782278635341650},
                      /* at the end of its search, that is one step before it ends, hence 1e-5 */
                      {0.1449197624286951, 0.2914677877188585, 0.3128811716413153, 0.4130564429684827},
                      2e-6};
    agrees(fit_by(&m, 1), &glm);
    rp_arena_free(arena);
}

/* lme4 1.1-31: ranef(glmer(...), condVar = TRUE) of cbpp by Laplace, at glmer's own estimates, theta 0.6420678; the
 * modes move by 3e-4 with what that is off. */
static void modes_of_cbpp(void **state) {
    (void)state;
    rp_arena *arena = rp_arena_new(0);
    model m;
    cbpp(&m, RP_MIXED_LOGIT, arena);
    rp_mixed_fit *fit = fit_by(&m, 1);
    double modes[15], variances[15];
    assert_true(rp_mixed_modes(fit, 0, modes, variances, arena, &m.error));
    const double lme4[] = {0.58962332649737248,  -0.29909705947950910, 0.40586028412411146,  0.03901894257752501,
                           -0.19029039490864641, -0.40047530763514178, 0.88895616214504780,  0.59913797981464256,
                           -0.23777819378231832, -0.54111219201046190, -0.08496291261660076, -0.06500611219623691,
                           -0.69005617716291690, 0.97034739207564036,  -0.53060540285159064};
    const double condvar[] = {0.12125955753927839, 0.13358644956016716, 0.08837972202028099, 0.17331200397094385,
                              0.12273863483523578, 0.14430749022686393, 0.10656223495658985, 0.10308350863941661,
                              0.21279553463806242, 0.13734674048270740, 0.09553132278198469, 0.19452035154908462,
                              0.14801600756989625, 0.12628553135661721, 0.15809808031959305};
    for (size_t g = 0; g < 15; g++) {
        near(modes[g], lme4[g], 1e-3);
        near(variances[g], condvar[g], 1e-3);
    }
    /* by definition: at a mode b / theta^2 = sum of (y - mu); at it 1 / variance = 1 / theta^2 + sum of mu (1 - mu) n
     */
    double score[15], weight[15];
    for (size_t g = 0; g < 15; g++) {
        score[g] = -modes[g] / (fit->theta[0] * fit->theta[0]);
        weight[g] = 1 / (fit->theta[0] * fit->theta[0]);
    }
    for (size_t i = 0; i < m.rows.n; i++) {
        double eta = fit->beta[0] + modes[m.groups[0][i]];
        for (size_t j = 1; j < 4; j++)
            eta += fit->beta[j] * m.columns[j][i];
        double mu = 1 / (1 + exp(-eta));
        score[m.groups[0][i]] += m.rows.y[i] - m.rows.weights[i] * mu;
        weight[m.groups[0][i]] += m.rows.weights[i] * mu * (1 - mu);
    }
    for (size_t g = 0; g < 15; g++) {
        near(score[g], 0, 1e-9);
        near(variances[g], 1 / weight[g], 1e-10);
    }
    rp_arena_free(arena);
}

/* ---- the same data another way --------------------------------------------------------------------------- */

/* Rows of `m` in the order i -> (i * step) mod n, of which there must be no repeats, from `from` on. */
static void take_rows(model *out, const model *m, size_t from, size_t n, size_t step) {
    *out = *m;
    double *y = rp_arena_take(m->arena, n, sizeof *y), *weights = rp_arena_take(m->arena, n, sizeof *weights);
    out->spec.column_names = out->names;
    out->spec.fixed = out->fixed;
    out->spec.factor_names = out->factor_names;
    out->spec.levels = out->levels;
    out->spec.terms = out->terms;
    out->rows = (rp_mixed_rows){.n = n, .columns = out->columns, .groups = out->groups, .y = y, .weights = weights};
    for (size_t i = 0; i < n; i++) {
        size_t j = (from + i) * step % m->rows.n;
        y[i] = m->rows.y[j];
        weights[i] = m->rows.weights != NULL ? m->rows.weights[j] : 1;
    }
    for (size_t k = 1; k < m->spec.n_columns; k++) {
        double *column = rp_arena_take(m->arena, n, sizeof *column);
        for (size_t i = 0; i < n; i++)
            column[i] = m->columns[k][(from + i) * step % m->rows.n];
        out->columns[k] = column;
    }
    for (size_t f = 0; f < m->spec.n_factors; f++) {
        uint32_t *groups = rp_arena_take(m->arena, n, sizeof *groups);
        for (size_t i = 0; i < n; i++)
            groups[i] = m->groups[f][(from + i) * step % m->rows.n];
        out->groups[f] = groups;
    }
}

static void same(const rp_mixed_fit *a, const rp_mixed_fit *b, double tolerance) {
    near(a->objective, b->objective, tolerance * fabs(b->objective));
    for (size_t i = 0; i < a->n_theta; i++)
        near(a->theta[i], b->theta[i], tolerance);
    for (size_t j = 0; j < a->p; j++) {
        near(a->beta[j], b->beta[j], tolerance);
        near(a->se[j], b->se[j], tolerance);
    }
}

static void order_and_blocks_do_not_matter(void **state) {
    (void)state;
    rp_arena *arena = rp_arena_new(0);
    model m, turned, part[3];
    verbagg(&m, RP_MIXED_LOGIT, false, arena); /* 7584 = 2^5 3 79 rows */
    rp_mixed_fit *whole = fit_by(&m, 1);
    take_rows(&turned, &m, 0, m.rows.n, 1001);
    same(fit_by(&turned, 1), whole, 0);
    rp_mixed_stats *stats[3];
    const size_t ends[] = {0, 100, 5000, 7584};
    for (size_t k = 0; k < 3; k++) {
        take_rows(&part[k], &m, ends[k], ends[k + 1] - ends[k], 1001);
        stats[k] = model_prepare(&part[k]);
    }
    rp_mixed_stats *merged = rp_mixed_merge(stats, 3, arena, &m.error);
    assert_non_null(merged);
    assert_int_equal(rp_mixed_rows_count(merged), 7584);
    rp_mixed_fit *fit = rp_mixed_fit_stats(merged, NULL, arena, &m.error);
    assert_non_null(fit);
    same(fit, whole, 0); /* to the last bit */
    rp_arena_free(arena);
}

/* Trials one by one give the same estimates; the log-likelihood differs by the binomial coefficients, which are of the
 * rows as they are told. */
static void trials_one_by_one(void **state) {
    (void)state;
    rp_arena *arena = rp_arena_new(0);
    model m;
    cbpp(&m, RP_MIXED_LOGIT, arena);
    rp_mixed_fit *counted = fit_by(&m, 1);
    enum { MOST = 1000 };
    double *y = rp_arena_take(arena, MOST, sizeof *y), *columns[3];
    uint32_t *herd = rp_arena_take(arena, MOST, sizeof *herd);
    for (size_t k = 0; k < 3; k++)
        columns[k] = rp_arena_take(arena, MOST, sizeof **columns);
    size_t n = 0;
    double choose = 0;
    for (size_t i = 0; i < m.rows.n; i++) {
        double size = m.rows.weights[i], hits = m.rows.y[i];
        choose += lgamma(size + 1) - lgamma(hits + 1) - lgamma(size - hits + 1);
        for (double t = 0; t < size; t++, n++) {
            assert_true(n < MOST);
            y[n] = t < hits;
            herd[n] = m.groups[0][i];
            for (size_t k = 0; k < 3; k++)
                columns[k][n] = m.columns[k + 1][i];
        }
    }
    for (size_t k = 0; k < 3; k++)
        m.columns[k + 1] = columns[k];
    m.groups[0] = herd;
    m.rows = (rp_mixed_rows){.n = n, .columns = m.columns, .groups = m.groups, .y = y};
    rp_mixed_fit *single = fit_by(&m, 1);
    near(single->log_lik + choose, counted->log_lik, 1e-10);
    near(single->theta[0], counted->theta[0], 1e-9);
    for (size_t j = 0; j < 4; j++)
        near(single->beta[j], counted->beta[j], 1e-9);
    rp_arena_free(arena);
}

/* Names of groups, and failures counted as successes: theta as before, beta with the other sign. */
static void names_and_sides_do_not_matter(void **state) {
    (void)state;
    rp_arena *arena = rp_arena_new(0);
    model m;
    cbpp(&m, RP_MIXED_LOGIT, arena);
    rp_mixed_fit *before = fit_by(&m, 1);
    uint32_t *herd = rp_arena_take(arena, m.rows.n, sizeof *herd);
    double *y = rp_arena_take(arena, m.rows.n, sizeof *y);
    for (size_t i = 0; i < m.rows.n; i++) {
        herd[i] = 2 * (14 - m.groups[0][i]) + 1; /* every other group is empty */
        y[i] = m.rows.weights[i] - m.rows.y[i];
    }
    m.groups[0] = herd;
    m.levels[0] = 30;
    m.rows.y = y;
    rp_mixed_fit *after = fit_by(&m, 1);
    near(after->objective, before->objective, 1e-9);
    near(after->theta[0], before->theta[0], 1e-8);
    for (size_t j = 0; j < 4; j++)
        near(after->beta[j], -before->beta[j], 1e-8);
    /* an empty group: nothing known of it */
    double modes[30], variances[30];
    assert_true(rp_mixed_modes(after, 0, modes, variances, arena, &m.error));
    assert_true(modes[0] == 0);
    near(variances[0], after->variance[0].covariance[0], 1e-12);
    rp_arena_free(arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cbpp_by_laplace),
        cmocka_unit_test(cbpp_with_the_other_link),
        cmocka_unit_test(cbpp_by_quadrature),
        cmocka_unit_test(verbagg_crossed),
        cmocka_unit_test(verbagg_with_slopes),
        cmocka_unit_test(dropout_of_100k),
        cmocka_unit_test(without_random_effects),
        cmocka_unit_test(modes_of_cbpp),
        cmocka_unit_test(order_and_blocks_do_not_matter),
        cmocka_unit_test(trials_one_by_one),
        cmocka_unit_test(names_and_sides_do_not_matter),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
