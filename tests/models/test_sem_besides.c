/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a fit tells besides estimates: residuals, modification indices, scores; by definition, and against R 4.2.2 with
 * lavaan 0.6-14, "polished" as test_sem_fit.c has it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "models/sem_case.h"

static const char *const HS = "data/HolzingerSwineford1939.csv";
static const char *const THREE = "visual =~ x1 + x2 + x3\ntextual =~ x4 + x5 + x6\nspeed =~ x7 + x8 + x9";
static const char *const WAI = "G =~ w1+w2+w3+w4\n T =~ w5+w6+w7+w8\n B =~ w9+w10+w11+w12";

static const char *const SCHOOLS[] = {"Pasteur", "Grant-White"};
static sem_case schools(void) {
    sem_case c = data(HS);
    c.group = "school";
    c.layout.groups = SCHOOLS;
    c.layout.n_groups = 2;
    c.rules.equal_loadings = c.rules.equal_intercepts = c.rules.means = true;
    return c;
}

static sem_case answers(void) {
    sem_case c = data("bench/data/wai_miss_1000.csv");
    c.rules.means = true;
    c.layout.missing = RP_SEM_FIML;
    return c;
}

/* ---- modification indices ----------------------------------------------------------------------------------- */

typedef struct modifications {
    rp_sem_modification *at;
    size_t n;
} modifications;

static modifications modified(sem_case *c, const rp_sem_fit *fit) {
    modifications m;
    assert_true(rp_sem_modifications(fit, c->arena, &m.at, &m.n));
    for (size_t i = 1; i < m.n; i++)
        assert_true(m.at[i - 1].index >= m.at[i].index);
    return m;
}

static const char *name_of(sem_case *c, const rp_sem_modification *m) {
    return sem_line_name(c->spec, &(rp_sem_line){.op = m->op, .lhs = m->lhs, .rhs = m->rhs, .group = m->group},
                         c->arena);
}

static const rp_sem_modification *named(sem_case *c, const modifications *m, const char *name) {
    for (size_t i = 0; i < m->n; i++)
        if (strcmp(name_of(c, &m->at[i]), name) == 0)
            return &m->at[i];
    return NULL;
}

/* The place in the order, and lavaan's mi, epc, sepc.all. Our estimates are within 1e-5 standard errors of the summit,
 * so that the root of an index, which is a z, and a change over its error are within 2e-5. */
static void is(sem_case *c, const modifications *m, size_t place, const char *name, double index, double change,
               double std) {
    assert_true(place < m->n);
    const rp_sem_modification *at = &m->at[place];
    assert_string_equal(name_of(c, at), name);
    near(sqrt(at->index), sqrt(index), 2e-5);
    near(at->change, change, 2e-5 * fabs(change) / sqrt(index));
    near(at->change_std, std, 2e-5 * fabs(std) / sqrt(index));
}

/* The score test by its plain formula: s_k^2 (I^-1)_kk in the larger model, at the smaller one's estimate. And the
 * larger model's chi-square is lower by about as much. */
static void the_score_test(void **state) {
    (void)state;
    static const char *const more[] = {"visual =~ x9", "x7 ~~ x8", "x1 ~~ x9"};
    sem_case c = data(HS);
    rp_sem_fit *fit = fitted(&c, THREE);
    modifications m = modified(&c, fit);
    for (size_t i = 0; i < 3; i++) {
        const rp_sem_modification *at = named(&c, &m, more[i]);
        assert_non_null(at);
        sem_case d = data(HS);
        rp_sem_fit *larger = fitted(&d, rp_arena_printf(c.arena, "%s\n%s", THREE, more[i]));
        size_t n = d.spec->n_parameters, k = SIZE_MAX;
        double theta[MOST], gradient[MOST], *information = rp_arena_take(c.arena, 2 * n * n, sizeof(double));
        for (size_t l = 0; l < d.spec->n_lines; l++) {
            const rp_sem_line *line = &d.spec->lines[l];
            const char *name = sem_line_name(d.spec, line, c.arena);
            if (line->parameter == SIZE_MAX)
                continue;
            theta[line->parameter] = 0;
            k = strcmp(name, more[i]) == 0 ? line->parameter : k;
            for (size_t h = 0; h < c.spec->n_lines; h++)
                if (strcmp(sem_line_name(c.spec, &c.spec->lines[h], c.arena), name) == 0)
                    theta[line->parameter] = fit->theta[c.spec->lines[h].parameter];
        }
        bool defined;
        assert_true(k != SIZE_MAX);
        sem_objective *objective = sem_objective_make(d.spec, larger->stats, c.arena);
        near(sem_objective_value(objective, theta, gradient), -2 * fit->log_lik, 1e-8);
        assert_true(sem_information(d.spec, larger->stats, theta, information, &defined, c.arena) && defined);
        assert_true(rp_cholesky(information, n));
        rp_cholesky_inverse(information, n, information + n * n);
        double score = -gradient[k] / 2, variance = information[n * n + k * (n + 1)];
        near(at->index, score * score * variance, 1e-6 * at->index);
        near(at->change, score * variance, 1e-6 * fabs(at->change));
        double drop = fit->chisq - larger->chisq;
        assert_true(drop > 0.8 * at->index && drop < 1.25 * at->index);
        rp_arena_free(d.arena);
    }
    rp_arena_free(c.arena);
}

/* A line fixed at a value is tested at that value: fixed at its estimate it could gain nothing, fixed elsewhere about
 * what it loses (information is expected, and the model is not quite true: within a fifth); its standardised change has
 * the same scale as its standardised value. A saturated model, and one that is not identified, have none. */
static void fixed_lines(void **state) {
    (void)state;
    sem_case c = data(HS);
    rp_sem_fit *fit = fitted(&c, THREE);
    double estimate = NAN, loss = NAN;
    for (size_t i = 0; i < c.spec->n_lines; i++)
        if (strcmp(sem_line_name(c.spec, &c.spec->lines[i], c.arena), "visual =~ x3") == 0)
            estimate = fit->theta[c.spec->lines[i].parameter];
    for (int i = 0; i < 2; i++) {
        double by = 0.02 * i, std[MOST];
        sem_case d = data(HS);
        rp_sem_fit *other = fitted(
            &d, rp_arena_printf(c.arena, "visual =~ x1 + x2 + %.17g*x3\ntextual =~ x4 + x5 + x6\nspeed =~ x7 + x8 + x9",
                                estimate + by));
        modifications m = modified(&d, other);
        const rp_sem_modification *at = named(&d, &m, "visual =~ x3");
        assert_non_null(at);
        loss = other->chisq - fit->chisq;
        near(at->index, loss, 1e-6 + 0.2 * loss);
        near(at->change, -by, 1e-5 + 0.2 * by);
        assert_true(rp_sem_standardise(d.spec, other->theta, std));
        for (size_t l = 0; l < d.spec->n_lines; l++)
            if (strcmp(sem_line_name(d.spec, &d.spec->lines[l], d.arena), "visual =~ x3") == 0)
                near(at->change_std, at->change * std[l] / (estimate + by), 1e-12);
        rp_arena_free(d.arena);
    }
    assert_true(loss > 0.01);
    assert_int_equal(modified(&c, fitted(&c, "x1 ~~ x1 + x2\nx2 ~~ x2")).n, 0);
    assert_int_equal(modified(&c, fitted(&c, "g =~ NA*x1 + x2 + x3 + x4\ng ~~ g")).n, 0);
    rp_arena_free(c.arena);
}

/* modindices(f), f <- cfa(m, HolzingerSwineford1939); and with group = "school", group.equal = c("loadings",
 * "intercepts") */
static void holzinger_swineford(void **state) {
    (void)state;
    sem_case c = data(HS), d = schools();
    modifications m = modified(&c, fitted(&c, THREE));
    assert_int_equal(m.n, 54);
    is(&c, &m, 0, "visual =~ x9", 36.41101702557019, 0.57702191914208, 0.51524924736159);
    is(&c, &m, 1, "x7 ~~ x8", 34.14510270039031, 0.53644385081734, 0.85915057205210);
    is(&c, &m, 2, "visual =~ x7", 18.63067532330627, -0.42186313954265, -0.34890927490282);
    is(&c, &m, 11, "x4 ~~ x6", 6.22053279358310, -0.23480364319296, -0.64575551882519);
    is(&c, &m, 53, "speed =~ x4", 0.00325921504004, -0.00506377660590, -0.00269912991007);
    m = modified(&d, fitted(&d, THREE));
    assert_int_equal(m.n, 114);
    is(&d, &m, 0, "visual =~ x9 in group Grant-White", 19.5482474091, 0.567663616932, 0.469198207674);
    is(&d, &m, 2, "x4 ~~ x6 in group Pasteur", 11.1184482160, -0.239127481276, -0.698380530957);
    is(&d, &m, 7, "x2 ~~ x7 in group Pasteur", 8.92158738729, -0.284413997085, -0.265038185538);
    rp_arena_free(c.arena);
    rp_arena_free(d.arena);
}

/* modindices(sem(m, PoliticalDemocracy)) with y1 ~~ 0*y5 in m; modindices(cfa(m, wai_miss_1000, missing = "fiml")) */
static void regressions_and_missing_values(void **state) {
    (void)state;
    sem_case c = data("data/PoliticalDemocracy.csv"), d = answers();
    rp_sem_fit *fit = fitted(&c, "ind60 =~ x1 + x2 + x3\ndem60 =~ y1 + y2 + y3 + y4\ndem65 =~ y5 + y6 + y7 + y8\n"
                                 "dem60 ~ ind60\ndem65 ~ ind60 + dem60\ny1 ~~ 0*y5");
    modifications m = modified(&c, fit);
    assert_int_equal(m.n, 77);
    is(&c, &m, 0, "y2 ~~ y6", 9.279148446362305, 2.12929058432605, 0.40108453296277);
    is(&c, &m, 2, "y1 ~~ y5", 8.182968245965814, 0.88374189683309, 0.41020786417787);
    is(&c, &m, 7, "ind60 =~ y5", 4.007260222973229, 0.76213660649107, 0.19660292703675);
    m = modified(&d, fitted(&d, WAI));
    assert_int_equal(m.n, 90);
    is(&d, &m, 0, "T =~ w12", 7.39488684963, 0.162830678500768, 0.134430628411343);
    is(&d, &m, 1, "w5 ~~ w12", 6.82687251061, 0.061557483208472, 0.148782645199141);
    is(&d, &m, 11, "B =~ w4", 3.12478867180, -0.140903155738299, -0.101170936340525);
    rp_arena_free(c.arena);
    rp_arena_free(d.arena);
}

/* ---- residuals ------------------------------------------------------------------------------------------------ */

static size_t place_of(const sem_case *c, const char *name) {
    for (size_t i = 0; i < c->layout.n_observed; i++)
        if (strcmp(c->layout.observed[i], name) == 0)
            return i;
    fail_msg("no variable %s", name);
    return 0;
}

/* A saturated model leaves nothing; a variance fixed at twice what is observed leaves minus that, and -1. */
static void what_is_left(void **state) {
    (void)state;
    sem_case c = data(HS);
    c.rules.means = true;
    rp_sem_residuals left;
    assert_true(rp_sem_residuals_of(fitted(&c, "x1 ~~ x1 + x2\nx2 ~~ x2"), 0, c.arena, &left));
    for (size_t i = 0; i < 4; i++) {
        near(left.cov[i], 0, 1e-6);
        near(left.cor[i], 0, 1e-6);
        near(left.mean[i / 2], 0, 1e-6);
    }
    rp_sem_fit *fit = fitted(&c, "x1 ~~ x1\nx2 ~~ x2");
    double variance = fit->stats->patterns[0].cross[0] / (double)fit->n, mean = fit->stats->patterns[0].mean[0];
    fit = fitted(&c, rp_arena_printf(c.arena, "x1 ~~ %.17g*x1\nx2 ~~ x2\nx1 ~ %.17g*1", 2 * variance, mean - 0.5));
    assert_true(rp_sem_residuals_of(fit, 0, c.arena, &left));
    near(left.cov[0], -variance, 1e-9);
    near(left.cor[0], -1, 1e-9);
    near(left.mean[0], 0.5, 1e-9);
    near(left.cov[1], left.cov[2], 0);
    rp_arena_free(c.arena);
}

/* residuals(f, type = "raw"), residuals(f, type = "cor.bentler") of the fits above; means of two schools to three
 * decimals, as lavaan prints them; the last with em.h1.tol = 1e-14, em.h1.iter.max = 20000 */
static void residuals_against_lavaan(void **state) {
    (void)state;
    sem_case c = data(HS), d = schools(), e = answers();
    rp_sem_residuals left;
    assert_true(rp_sem_residuals_of(fitted(&c, THREE), 0, c.arena, &left));
    near(left.cov[place_of(&c, "x7") * 9 + place_of(&c, "x1")], -1.774592632e-01, 1e-6);
    near(left.cor[place_of(&c, "x7") * 9 + place_of(&c, "x1")], -1.399818367e-01, 1e-6);
    near(left.cor[place_of(&c, "x9") * 9 + place_of(&c, "x3")], 1.468084725e-01, 1e-6);
    near(left.mean[0], 0, 0); /* no means in the model */
    assert_true(rp_sem_residuals_of(fitted(&d, THREE), 0, d.arena, &left));
    near(left.mean[place_of(&d, "x3")], 0.216, 5e-4);
    near(left.mean[place_of(&d, "x7")], 0.190, 5e-4);
    assert_true(rp_sem_residuals_of(fitted(&e, WAI), 0, e.arena, &left));
    near(left.cor[1], -0.0144591210344, 1e-6);
    near(left.cor[0], 0.0021090058539, 1e-6);
    near(left.mean[place_of(&e, "w11")], -4.949228308e-03, 1e-6);
    rp_arena_free(c.arena);
    rp_arena_free(d.arena);
    rp_arena_free(e.arena);
}

/* ---- scores --------------------------------------------------------------------------------------------------- */

typedef struct scores {
    double *at[4];
} scores;

static scores scored(sem_case *c, const rp_sem_fit *fit) {
    scores s;
    rp_sem_rows rows = {.n = c->sheet.n, .columns = c->columns};
    uint32_t levels;
    if (c->group)
        rows.group = sheet_groups(&c->sheet, c->group, &levels);
    for (size_t l = 0; l < c->spec->n_latent; l++)
        s.at[l] = rp_arena_take(c->arena, c->sheet.n, sizeof(double));
    assert_true(rp_sem_scores(fit, &rows, s.at, c->arena));
    return s;
}

/* A latent variable that is a variable itself, without error: its score is that one's distance from its mean, and where
 * that one is missing what a regression on the other gives; where both are, nothing. */
static void a_variable_is_its_own_score(void **state) {
    (void)state;
    sem_case c = data(HS);
    c.rules.means = true;
    c.layout.missing = RP_SEM_FIML;
    rp_sem_fit *fit = fitted(&c, "f =~ 1*x1\nx1 ~~ 0*x1\nx2 ~ f");
    const sem_pattern *s = &fit->stats->patterns[0];
    double *x1 = rp_arena_take(c.arena, c.sheet.n, sizeof *x1), *x2 = rp_arena_take(c.arena, c.sheet.n, sizeof *x2);
    memcpy(x1, c.columns[0], c.sheet.n * sizeof *x1);
    memcpy(x2, c.columns[1], c.sheet.n * sizeof *x2);
    x1[3] = x1[7] = x2[7] = x2[9] = NAN;
    c.columns[0] = x1;
    c.columns[1] = x2;
    scores f = scored(&c, fit);
    for (size_t i = 0; i < 20; i++)
        if (i == 7)
            assert_true(isnan(f.at[0][i]));
        else if (i == 3)
            near(f.at[0][i], s->cross[1] / s->cross[3] * (x2[i] - s->mean[1]), 1e-5);
        else
            near(f.at[0][i], x1[i] - s->mean[0], 1e-5);
    rp_arena_free(c.arena);
}

/* lavPredict(f) of the fits above: f of one group, of two, of incomplete rows */
static void scores_against_lavaan(void **state) {
    (void)state;
    sem_case c = data(HS), d = schools(), e = answers();
    scores f = scored(&c, fitted(&c, THREE));
    const double first[3][3] = {{-0.8176749774761, -0.1375451547586, 0.0615072516187},
                                {0.0495194702413, -1.0127240750672, 0.6254939286844},
                                {-0.7613966761121, -1.8722864230461, -0.8405728687805}};
    for (size_t i = 0; i < 9; i++)
        near(f.at[i % 3][i / 3], first[i / 3][i % 3], 1e-5);
    f = scored(&d, fitted(&d, THREE));
    const double pasteur[] = {-0.86916540929944, -0.00349294132591, 0.01994815236944};
    const double grant_white[] = {-1.24882976858154, 0.09983097929359, -1.07973158712682};
    uint32_t levels, *group = sheet_groups(&d.sheet, "school", &levels);
    size_t other = 0;
    while (group[other] == group[0])
        other++;
    for (size_t l = 0; l < 3; l++) {
        near(f.at[l][0], pasteur[l], 1e-5);
        near(f.at[l][other], grant_white[l], 1e-5);
    }
    f = scored(&e, fitted(&e, WAI));
    const double incomplete[4][3] = {{1.477655577233, 1.340144752398, 1.604981200906},
                                     {-1.294626267772, -0.940281252528, -1.155822954423},
                                     {-0.174730057371, -0.183638344866, -0.236867196694},
                                     {-0.665681154550, -0.413369111346, -0.635643549504}};
    for (size_t i = 0; i < 12; i++)
        near(f.at[i % 3][i / 3], incomplete[i / 3][i % 3], 1e-5);
    rp_arena_free(c.arena);
    rp_arena_free(d.arena);
    rp_arena_free(e.arena);
}

/* ---- memory --------------------------------------------------------------------------------------------------- */

/* Whichever allocation fails, they say so, or did not need it. */
static void without_memory(void **state) {
    (void)state;
    sem_case c = data(HS);
    rp_sem_fit *fit = fitted(&c, "g =~ x1 + x2 + x3 + x4");
    double *out[] = {rp_arena_take(c.arena, c.sheet.n, sizeof(double))};
    rp_sem_rows rows = {.n = c.sheet.n, .columns = c.columns};
    for (int what = 0; what < 3; what++) {
        size_t failures = 0;
        for (bool fails = true; fails; failures += fails) {
            rp_arena *arena = rp_arena_new(0);
            rp_sem_modification *list;
            rp_sem_residuals left;
            size_t n;
            rp_memory_fail_after((long)failures + 1);
            fails = !(what == 0   ? rp_sem_modifications(fit, arena, &list, &n)
                      : what == 1 ? rp_sem_residuals_of(fit, 0, arena, &left)
                                  : rp_sem_scores(fit, &rows, out, arena));
            rp_memory_fail_after(0);
            rp_arena_free(arena);
        }
        assert_true(failures > 0);
    }
    rp_arena_free(c.arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_score_test),
        cmocka_unit_test(fixed_lines),
        cmocka_unit_test(holzinger_swineford),
        cmocka_unit_test(regressions_and_missing_values),
        cmocka_unit_test(what_is_left),
        cmocka_unit_test(residuals_against_lavaan),
        cmocka_unit_test(a_variable_is_its_own_score),
        cmocka_unit_test(scores_against_lavaan),
        cmocka_unit_test(without_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
