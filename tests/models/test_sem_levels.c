/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Two-level structural equation models fitted to drawn and published data, against R 4.2.2 with lavaan 0.6-14:
 *
 *   f <- cfa(model, data, cluster = "cluster")
 *
 * Its estimates were taken on by Newton steps, x - N vcov(f) gradient, and given back as starts with optim.method =
 * "none", until steps were below 1e-12 standard errors. Its own unrestricted model ends by EM before the summit (by
 * 6e-4 and by 0.7 of log-likelihood below): the numbers here are of a model "level: 1 ... level: 2 ..." with every
 * variance and covariance in it, taken on in the same way, and chi-squares and SRMR from these. Tolerances as in
 * test_sem_fit: log-likelihoods within 1e-4, parameters 1e-4 standard errors, standard errors 1e-6 of themselves. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "models/sem_case.h"
#include "models/sem_expected.h"
#include "models/sem_levels_data.h"

static const char *const y[] = {"y1", "y2", "y3", "y4", "y5", "y6"};

typedef struct levels_case {
    rp_arena *arena;
    rp_sem_layout layout;
    rp_sem_spec *spec;
    rp_sem_fit *fit;
    rp_sem_measures measures;
} levels_case;

/* Columns by the names in the text; all rows of one block. */
static void fit_rows(levels_case *c, const char *text, const double *(*column)(void *, const char *), void *context,
                     size_t n, const uint64_t *cluster) {
    rp_error error = {0};
    const double *columns[DRAWN_MOST];
    rp_sem_text *parsed = rp_sem_parse(text, c->arena, &error);
    if (parsed == NULL)
        fail_msg("%s", error.message);
    c->layout = (rp_sem_layout){.n_groups = 2, .levels = true};
    c->layout.n_observed = rp_sem_observed(parsed, &c->layout.observed);
    assert_true(rp_sem_has_levels(parsed) && c->layout.n_observed <= DRAWN_MOST);
    for (size_t i = 0; i < c->layout.n_observed; i++)
        columns[i] = column(context, c->layout.observed[i]);
    rp_sem_rows rows = {.n = n, .columns = columns, .cluster = cluster};
    rp_sem_stats *stats = rp_sem_prepare(&c->layout, &rows, c->arena, &error);
    c->spec = stats ? rp_sem_specify(parsed, &c->layout, &(rp_sem_rules){0}, c->arena, &error) : NULL;
    c->fit = c->spec ? rp_sem_fit_stats(c->spec, stats, NULL, c->arena, &error) : NULL;
    if (c->fit == NULL)
        fail_msg("%s", error.message);
    if (c->fit->status != RP_SEM_NOT_FITTED)
        assert_true(rp_sem_measure(c->fit, &c->measures));
}

static const double *drawn_column(void *context, const char *name) {
    const drawn *d = context;
    for (size_t i = 0; i < d->p; i++)
        if (strcmp(d->names[i], name) == 0)
            return d->columns[i];
    fail_msg("no column %s", name);
    return NULL;
}

static void fit_drawn(levels_case *c, drawn *d, const char *text) {
    fit_rows(c, text, drawn_column, d, d->n, d->cluster);
}

static const double *column_of_sheet(void *context, const char *name) {
    return sheet_numbers(context, name);
}

static levels_case new_case(void) {
    levels_case c = {.arena = rp_arena_new(0)};
    assert_non_null(c.arena);
    return c;
}

/* A parameter by the name of its line, and its standard error. */
static void has(const levels_case *c, const char *name, double estimate, double se) {
    sem_has(c->fit, name, estimate, se, c->arena);
}

static void reaches(const levels_case *c, double log_lik, double unrestricted, double df) {
    if (c->fit->status != RP_SEM_CONVERGED)
        fail_msg("%s", c->fit->message);
    near(c->fit->log_lik, log_lik, 1e-6);
    near(c->fit->log_lik_saturated, unrestricted, 1e-6);
    near(c->fit->chisq, 2 * (unrestricted - log_lik), 2e-6);
    near(c->fit->df, df, 0);
}

/* Of unrestricted models as above; `baseline`: its log-likelihood. CFI and TLI by their definitions from these. */
static void measures(const levels_case *c, double baseline_chisq, double baseline_df, double within, double between,
                     double aic, double bic) {
    const rp_sem_measures *m = &c->measures;
    double chisq = c->fit->chisq, df = c->fit->df;
    near(m->baseline_chisq, baseline_chisq, 1e-4);
    near(m->baseline_df, baseline_df, 0);
    near(m->cfi, 1 - (chisq - df) / (baseline_chisq - baseline_df), 1e-6);
    near(m->tli, (baseline_chisq / baseline_df - chisq / df) / (baseline_chisq / baseline_df - 1), 1e-6);
    near(m->rmsea, sqrt((chisq - df) / ((double)c->fit->n * df)), 1e-9);
    near(m->srmr_within, within, 1e-6);
    near(m->srmr_between, between, 1e-6);
    near(m->srmr, within + between, 2e-6);
    near(m->aic, aic, 2e-6);
    near(m->bic, bic, 2e-6);
}

static const char *const FACTORS_OF_SIX = "level: 1\nfw =~ y1 + y2 + y3 + y4 + y5 + y6\n"
                                          "level: 2\nfb =~ y1 + y2 + y3 + y4 + y5 + y6";

/* ---- against lavaan --------------------------------------------------------------------------------------------- */

static void a_factor_on_each_level(void **state) {
    (void)state;
    levels_case c = new_case();
    drawn d = drawn_rows(y, 6, 200, 7, 1, 3, c.arena);
    fit_drawn(&c, &d, FACTORS_OF_SIX);
    assert_int_equal(c.fit->n, 775);
    assert_int_equal(c.fit->n_notes, 0);
    reaches(&c, -6894.412409878, -6882.874114933, 18);
    has(&c, "fw =~ y2 within clusters", 0.9246357322, 0.0494606435);
    has(&c, "fw =~ y6 within clusters", 0.7140206629, 0.0442830104);
    has(&c, "y1 ~~ y1 within clusters", 0.6057836546, 0.0465105733);
    has(&c, "fw ~~ fw within clusters", 1.0001605252, 0.0917808689);
    has(&c, "fb =~ y2 between clusters", 0.9737002259, 0.0938894798);
    has(&c, "fb =~ y6 between clusters", 1.6428286048, 0.1604879914);
    has(&c, "y1 ~~ y1 between clusters", 0.0733319339, 0.0343327943);
    has(&c, "y6 ~~ y6 between clusters", 0.5218665224, 0.0923415313);
    has(&c, "fb ~~ fb between clusters", 0.4548519625, 0.0918642092);
    has(&c, "y1 ~ 1 between clusters", 2.9841131998, 0.0707469607);
    has(&c, "y6 ~ 1 between clusters", 7.9981207453, 0.1036333969);
    measures(&c, 2377.777535720, 30, 0.013868094, 0.024865068, 13848.824819756, 13988.410710637);
    near(c.measures.rmsea_lower, 0, 0);
    near(c.measures.rmsea_upper, 0.039356017, 3e-6); /* lavaan's, by its own chi-square, 0.0012 below */
    rp_arena_free(c.arena);
}

/* Labels make loadings equal over levels. */
static void loadings_equal_over_levels(void **state) {
    (void)state;
    levels_case c = new_case();
    drawn d = drawn_rows(y, 6, 200, 7, 1, 3, c.arena);
    fit_drawn(&c, &d,
              "level: within\nw =~ y1 + a*y2 + b*y3 + c*y4 + y5 + y6\n"
              "level: between\nz =~ y1 + a*y2 + b*y3 + c*y4 + y5 + y6\ny5 ~~ y6");
    reaches(&c, -6911.594456986, -6882.874114933, 20);
    has(&c, "w =~ y2 within clusters", 0.9572867355, 0.0426176979);
    has(&c, "z =~ y2 between clusters", 0.9572867355, 0.0426176979);
    has(&c, "w =~ y5 within clusters", 0.9000659965, 0.0494030546);
    has(&c, "w ~~ w within clusters", 0.8347744710, 0.0753383587);
    has(&c, "z =~ y4 between clusters", 0.9710327464, 0.0456071708);
    has(&c, "z =~ y6 between clusters", 1.3641955421, 0.1217411585);
    has(&c, "y5 ~~ y6 between clusters", -0.0058448962, 0.0635885653);
    has(&c, "z ~~ z between clusters", 0.6320697521, 0.1031252106);
    has(&c, "y5 ~ 1 between clusters", 6.9879125189, 0.0998030738);
    measures(&c, 2377.777535720, 30, 0.022035346, 0.046621780, 13879.188913973, 14009.469078794);
    rp_arena_free(c.arena);
}

/* Nine items of the alliance, session by session, within 57 clients. */
static void the_alliance_in_clients(void **state) {
    (void)state;
    levels_case c = new_case();
    sheet s = sheet_read(shared_path("data/implement_wai_bai.csv"), c.arena);
    uint32_t clients;
    const uint32_t *client = sheet_groups(&s, "id", &clients);
    uint64_t *cluster = rp_arena_take(c.arena, s.n, sizeof *cluster);
    for (size_t i = 0; i < s.n; i++)
        cluster[i] = client[i];
    fit_rows(&c,
             "level: 1\nt =~ task1 + task2 + task3\ng =~ goal1 + goal2 + goal3\nb =~ bond1 + bond2 + bond3\n"
             "level: 2\nalliance =~ task1 + task2 + task3 + goal1 + goal2 + goal3 + bond1 + bond2 + bond3",
             column_of_sheet, &s, s.n, cluster);
    assert_int_equal(c.fit->n, 642);
    assert_int_equal(rp_sem_rows_used(c.fit->stats, 1), 57);
    assert_int_equal(rp_sem_rows_left_out(c.fit->stats), 855 - 642);
    reaches(&c, -4766.862727677, -4644.729822064, 51);
    has(&c, "t =~ task2 within clusters", 1.1598046835, 0.1187219752);
    has(&c, "b =~ bond3 within clusters", 1.2256981194, 0.1422655533);
    has(&c, "t ~~ b within clusters", 0.0712062699, 0.0096652924);
    has(&c, "alliance =~ task2 between clusters", 0.9784247335, 0.0807044595);
    has(&c, "alliance =~ bond3 between clusters", 1.0452571527, 0.1655699581);
    has(&c, "task3 ~~ task3 between clusters", 0.0009293186, 0.0060393140);
    has(&c, "alliance ~~ alliance between clusters", 0.3309784243, 0.0804216610);
    has(&c, "bond1 ~ 1 between clusters", 4.4537018585, 0.0715560481);
    measures(&c, 1758.739510390, 72, 0.050205372, 0.096880896, 9629.725455354, 9844.025693932);
    /* eigen(lavInspect(unrestricted, "implied")$id$cov)$values: the last is -0.0033 */
    assert_int_equal(c.fit->n_notes, 1);
    assert_non_null(strstr(c.fit->notes[0], "covariances between clusters are not positive definite"));
    rp_arena_free(c.arena);
}

/* ---- what holds of any ------------------------------------------------------------------------------------------ */

/* As many parameters as moments: the unrestricted model. */
static void a_saturated_model_is_the_unrestricted(void **state) {
    (void)state;
    levels_case c = new_case();
    drawn d = drawn_rows(y, 2, 150, 7, 1, 4, c.arena);
    fit_drawn(&c, &d, "level: 1\ny1 ~~ y1 + y2\ny2 ~~ y2\nlevel: 2\ny1 ~~ y1 + y2\ny2 ~~ y2");
    reaches(&c, c.fit->log_lik_saturated, c.fit->log_lik_saturated, 0);
    assert_int_equal(c.fit->n_free, 8);
    rp_arena_free(c.arena);
}

/* Five clusters of three rows: their squares within are 18, 6, 14, 6 and 26, their means 4, 4, 10, 4 and 7. */
static void clusters_of_one_size_by_hand(void **state) {
    (void)state;
    levels_case c = new_case();
    static const double x[] = {1, 4, 7, 3, 3, 6, 8, 9, 13, 2, 5, 5, 4, 6, 11};
    static uint64_t cluster[] = {1, 1, 1, 2, 2, 2, 3, 3, 3, 4, 4, 4, 5, 5, 5};
    drawn d = {.n = 15, .p = 1, .columns = {x}, .names = {"y1"}, .cluster = cluster};
    fit_drawn(&c, &d, "level: 1\ny1 ~~ y1\nlevel: 2\ny1 ~~ y1");
    double within = 70. / 10, whole = 3 * 28.8 / 5; /* mean squares, of N - J and of J */
    has(&c, "y1 ~~ y1 within clusters", within, sqrt(2 * within * within / 10));
    has(&c, "y1 ~~ y1 between clusters", (whole - within) / 3,
        sqrt(2 * whole * whole / 5 + 2 * within * within / 10) / 3);
    has(&c, "y1 ~ 1 between clusters", 5.8, sqrt(whole / 15));
    near(c.fit->log_lik, -(15 * log(2 * 3.14159265358979323846) + 10 * log(within) + 5 * log(whole) + 15) / 2, 1e-9);
    rp_arena_free(c.arena);
}

/* ---- besides ---------------------------------------------------------------------------------------------------- */

/* modindices(cfa(..., information = "expected"), sort. = TRUE), estimates as above: mi, epc, sepc.all */
static void modifications_of_levels(void **state) {
    (void)state;
    static const struct {
        size_t lhs, rhs, group;
        double index, change, change_std;
    } theirs[] = {{1, 2, 1, 6.713473638, -0.082417494, -0.445827823},
                  {0, 4, 0, 6.589031383, 0.086159418, 0.142748875},
                  {0, 3, 0, 5.423471485, -0.078471861, -0.126266322},
                  {0, 5, 1, 2.527338584, -0.060930547, -0.311464670}};
    levels_case c = new_case();
    drawn d = drawn_rows(y, 6, 200, 7, 1, 3, c.arena);
    fit_drawn(&c, &d, FACTORS_OF_SIX);
    rp_sem_modification *all;
    size_t n;
    assert_true(rp_sem_modifications(c.fit, c.arena, &all, &n));
    assert_int_equal(n, 2 * 15); /* a covariance of each two residuals on each level */
    for (size_t i = 0; i < sizeof theirs / sizeof *theirs; i++) {
        assert_int_equal(all[i].op, RP_SEM_COVARIES);
        assert_int_equal(all[i].lhs, theirs[i].lhs);
        assert_int_equal(all[i].rhs, theirs[i].rhs);
        assert_int_equal(all[i].group, theirs[i].group);
        near(all[i].index, theirs[i].index, 1e-5);
        near(all[i].change, theirs[i].change, 1e-6);
        near(all[i].change_std, theirs[i].change_std, 1e-6);
    }
    rp_arena_free(c.arena);
}

/* What the model leaves of the unrestricted covariances within clusters, where it has none. */
static void residuals_of_levels(void **state) {
    (void)state;
    levels_case c = new_case();
    drawn d = drawn_rows(y, 2, 150, 7, 1, 4, c.arena);
    fit_drawn(&c, &d, "level: 1\ny1 ~~ y1\ny2 ~~ y2\nlevel: 2\ny1 ~~ y1 + y2\ny2 ~~ y2");
    sem_saturated seen[2];
    assert_true(sem_saturated_make(c.fit->stats, seen, c.arena));
    rp_sem_residuals within, between;
    assert_true(rp_sem_residuals_of(c.fit, 0, c.arena, &within) && rp_sem_residuals_of(c.fit, 1, c.arena, &between));
    near(within.cov[1], seen[0].cov[1], 1e-12);
    near(within.cor[1], seen[0].cov[1] / sqrt(seen[0].cov[0] * seen[0].cov[3]), 1e-12);
    near(within.mean[0], 0, 0);
    assert_true(fabs(within.cor[1]) > 0.3);
    near(c.fit->df, 1, 0);
    near(c.measures.srmr_within, fabs(within.cor[1]) / sqrt(3), 1e-6);
    rp_arena_free(c.arena);
}

/* ---- words ------------------------------------------------------------------------------------------------------ */

static const char *const FACTORS = "level: 1\nw =~ y1 + y2 + y3\nlevel: 2\nb =~ y1 + y2 + y3";

static void is_not_fitted(levels_case *c, drawn *d, const char *message) {
    fit_drawn(c, d, FACTORS);
    assert_int_equal(c->fit->status, RP_SEM_NOT_FITTED);
    assert_string_equal(c->fit->message, message);
}

static void what_cannot_be_fitted(void **state) {
    (void)state;
    levels_case c = new_case();
    drawn alone = drawn_rows(y, 3, 50, 1, 1, 6, c.arena);
    is_not_fitted(&c, &alone,
                  "Every cluster has one row alone, so that nothing is known of the level within clusters: fit a model "
                  "without levels.");
    drawn few = drawn_rows(y, 3, 3, 7, 1, 8, c.arena);
    is_not_fitted(&c, &few,
                  "There are 3 clusters and 3 variables; for the level between clusters there have to be more "
                  "clusters.");
    few.n = 0;
    is_not_fitted(&c, &few, "No row has a value of every variable.");
    drawn d = drawn_rows(y, 3, 80, 7, 1, 9, c.arena);
    for (size_t i = 0; i < d.n; i++)
        d.values[1][i] = (double)(d.cluster[i] % 5);
    is_not_fitted(&c, &d, "y2 does not vary within clusters: leave it out.");
    for (size_t i = 0; i < d.n; i++)
        d.values[1][i] = 3 * d.values[2][i] + (double)(d.cluster[i] % 5);
    is_not_fitted(&c, &d, "y2 and y3 are the same but for scale within clusters: leave one out.");
    rp_arena_free(c.arena);
}

/* A variable less the means of its clusters has nothing between them. */
static void means_taken_off(void **state) {
    (void)state;
    levels_case c = new_case();
    drawn d = drawn_rows(y, 3, 80, 7, 1, 9, c.arena);
    for (size_t from = 0, to; from < d.n; from = to) {
        double sum = 0;
        for (to = from; to < d.n && d.cluster[to] == d.cluster[from]; to++)
            sum += d.values[1][to];
        for (size_t i = from; i < to; i++)
            d.values[1][i] -= sum / (double)(to - from);
    }
    is_not_fitted(&c, &d,
                  "y2 has the same mean in every cluster (were its means taken off?), so that it tells nothing of the "
                  "level between clusters: leave it out, or give it as it was.");
    rp_arena_free(c.arena);
}

static bool notes(const levels_case *c, const char *words) {
    for (size_t i = 0; i < c->fit->n_notes; i++)
        if (strstr(c->fit->notes[i], words))
            return true;
    return false;
}

static void what_is_told_with_doubts(void **state) {
    (void)state;
    levels_case c = new_case();
    drawn d = drawn_rows(y, 6, 200, 7, 0.1, 3, c.arena); /* hardly anything between */
    fit_drawn(&c, &d, FACTORS_OF_SIX);
    assert_int_equal(c.fit->status, RP_SEM_IMPROPER);
    assert_true(notes(&c, "y1 differs between clusters no more than its rows within clusters make it"));
    assert_true(isnan(c.measures.srmr_between));
    assert_true(isfinite(c.measures.srmr_within));
    d = drawn_rows(y, 6, 14, 7, 1, 3, c.arena);
    fit_drawn(&c, &d, FACTORS_OF_SIX);
    assert_true(notes(&c, "There are 14 clusters, fewer than the 18 parameters between clusters"));
    rp_arena_free(c.arena);
}

static void without_memory(void **state) {
    (void)state;
    levels_case c = new_case();
    drawn d = drawn_rows(y, 3, 40, 4, 1, 2, c.arena);
    fit_drawn(&c, &d, FACTORS);
    rp_sem_rows rows = {.n = d.n, .columns = d.columns, .cluster = d.cluster};
    rp_error error = {0};
    size_t failures = 0;
    for (bool fails = true; fails; failures += fails) {
        rp_arena *arena = rp_arena_new(0);
        rp_memory_fail_after((long)failures + 1);
        rp_sem_stats *stats = rp_sem_prepare(&c.layout, &rows, arena, &error);
        rp_sem_fit *again = stats ? rp_sem_fit_stats(c.spec, stats, NULL, arena, &error) : NULL;
        rp_sem_measures m;
        bool measured = again && rp_sem_measure(again, &m);
        rp_memory_fail_after(0);
        fails = !measured;
        if (again == NULL)
            assert_int_equal(error.code, RP_E_MEMORY);
        else
            near(again->log_lik, c.fit->log_lik, 0);
        rp_arena_free(arena);
    }
    assert_true(failures > 2);
    rp_arena_free(c.arena);
}

/* Nothing between, in few clusters: the likelihood has no bound. */
static void what_is_not_found(void **state) {
    (void)state;
    levels_case c = new_case();
    drawn d = drawn_rows(y, 6, 30, 7, 0, 3, c.arena);
    fit_drawn(&c, &d, FACTORS_OF_SIX);
    assert_int_equal(c.fit->status, RP_SEM_NOT_CONVERGED);
    assert_true(notes(&c, "The unrestricted covariances of both levels were not found"));
    const rp_sem_measures *m = &c.measures;
    const double none[] = {c.fit->chisq,   m->p,           m->cfi,  m->tli,         m->rmsea,
                           m->rmsea_lower, m->rmsea_upper, m->srmr, m->srmr_within, m->srmr_between};
    for (size_t i = 0; i < sizeof none / sizeof *none; i++)
        assert_true(isnan(none[i]));
    rp_arena_free(c.arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_factor_on_each_level),
        cmocka_unit_test(loadings_equal_over_levels),
        cmocka_unit_test(the_alliance_in_clients),
        cmocka_unit_test(a_saturated_model_is_the_unrestricted),
        cmocka_unit_test(clusters_of_one_size_by_hand),
        cmocka_unit_test(modifications_of_levels),
        cmocka_unit_test(residuals_of_levels),
        cmocka_unit_test(what_cannot_be_fitted),
        cmocka_unit_test(means_taken_off),
        cmocka_unit_test(what_is_told_with_doubts),
        cmocka_unit_test(what_is_not_found),
        cmocka_unit_test(without_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
