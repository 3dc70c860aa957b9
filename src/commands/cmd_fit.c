/* SPDX-License-Identifier: GPL-3.0-or-later */
/* rapport fit: a model of somebody's own, by its formula. */
#include "commands/fit_kinds.h"

#include <string.h>

static const command_option options[] = {
    {"table", "sessions|episodes|NAME", "DATA is any input that 'evaluate' reads; these rows of it are meant."},
    {"map", "MAP.json", "With --table: the map that says what the columns of a study's file mean."},
    {"ml", NULL, "lmm: maximum likelihood, to compare models with different fixed effects (REML unless told)."},
    {"df", "satterthwaite|kenward-roger|none",
     "lmm by REML: degrees of freedom of the tests and intervals (satterthwaite)."},
    {"weights", "COLUMN",
     "lmm: a row's variance is the residual variance over this. glmm: how many trials a share is of."},
    {"residual", "ar1(COLUMN)",
     "lmm: residuals of a group of the first factor correlate, the nearer in time the more."},
    {"family", "binomial", "glmm: the distribution of the outcome (binomial is the only one so far)."},
    {"link", "logit|cloglog", "glmm: the link (logit)."},
    {"quadrature", "K", "glmm with one random term of one column: nodes of adaptive quadrature (1: Laplace)."},
    {"success", "LEVEL", "glmm: the text of the outcome that counts as a success; all others do not."},
    {"reference", "COLUMN=LEVEL,...", "The level that others are compared with (the first in byte order)."},
    {"missing", "TEXT,...",
     "Further texts that mean a missing value, beside the empty one and NA. sem: listwise (leave such rows out) or "
     "fiml "
     "(use what they have), and then texts, as in 'fiml,-99'."},
    {"interval", "wald|profile|bootstrap", "How intervals are made (wald)."},
    {"draws", "N", "Resamples of a bootstrap (1000)."},
    {"level", "SHARE", "Of the intervals (0.95)."},
    {"estimator", "ml|mlr|wlsmv", "sem: maximum likelihood, that with robust errors, or for ordered items (ml)."},
    {"ordered", "COLUMN,...", "sem: columns whose numbers are ordered categories."},
    {"group", "COLUMN", "sem: the model in each group of rows."},
    {"cluster", "COLUMN", "sem: whose rows they are, for a model of two levels (level: within, level: between)."},
    {"equal", "loadings,intercepts,...",
     "sem: what is the same in all groups: loadings, intercepts, means, regressions, residuals, "
     "residual.covariances, lv.variances, lv.covariances."},
    {"orthogonal", NULL, "sem: latent variables do not covary unless the model says so."},
    {"std-lv", NULL, "sem: variances of latent variables are 1 (the first loading of each is 1 unless told)."},
    {"growth", NULL, "sem: intercepts of observed variables 0, means of latent ones free."},
    {"means", NULL, "sem: intercepts too, where the model names none."},
    {"starts", "N", "sem: places to search from (as many as the model needs)."},
    {"modification", NULL, "sem: what one parameter more would change."},
    {"residuals", NULL, "sem: observed less implied means, covariances and correlations."},
    {"scores", "FILE.csv", "sem: writes each row's latent variables there (regression method)."},
    {"id", "COLUMN", "sem with --scores: a column that is written beside them."},
    {"items", "COLUMN,...", "reliability: the items of the scale."},
    {"factors", "K", "reliability: group factors of omega (3)."},
    {"variance", "COLUMN", "meta: the sampling variance of each effect."},
    {"se", "COLUMN", "meta: the standard error of each effect."},
    {"from", "COLUMN,...", "meta: figures that give effects and variances, such as r,n; the outcome is the first."},
    {"measure", "NAME", "meta: what --from gives: zcor, cor, smd, md, smcc, smcr, or, rr ... (zcor)."},
    {"method", "reml|ml|dl|pm|ee", "meta: how the variance between effects is estimated; ee: there is none (reml)."},
    {"test", "z|t|knha", "meta: tests and intervals; knha: after Knapp and Hartung (z)."},
    {"random", "STUDY[/EFFECT]", "meta: a variance between studies, and between the effects of a study."},
    {"correlation", "R", "meta: of the sampling errors of effects of one study, as assumed (0)."},
    {"robust", "COLUMN", "meta: errors that hold whatever effects of one cluster have to do with each other."},
    {"cr", "cr1|cr2", "meta: which of these (cr2)."},
    {"prediction", "z|t|higgins", "meta: the quantile of the interval for a new study (z; with --test t or knha: t)."},
    {"label", "COLUMN", "meta: names of the effects."},
    {"influence", NULL, "meta: the model without each effect, and what each does."},
    {"cumulative", "COLUMN", "meta: effects added one after the other, by this."},
    {"small-studies", NULL, "meta: regression tests, PET-PEESE, trim and fill."},
    {"selection", "P", "meta: a model in which effects with a one-sided p above this are seen less or more often."},
    {"side", "greater|less", "meta: which effects --selection takes for wanted (greater)."},
    {NULL, NULL, NULL},
};

static const fit_kind *const kinds[] = {&fit_kind_lmm, &fit_kind_glmm, &fit_kind_sem, &fit_kind_reliability,
                                        &fit_kind_meta};
enum { KINDS = sizeof kinds / sizeof *kinds };

/* ---- which kind ---- */

static const fit_kind *fail_kind(const command_arguments *arguments) {
    static const char *const later[] = {"survival"};
    const char *given = arguments->operands[0];
    rp_buf list = {0};
    for (size_t i = 0; i < KINDS; i++)
        rp_buf_printf(&list, "%s%s", !i ? "" : i + 1 == KINDS ? " and " : ", ", kinds[i]->name);
    bool promised = false;
    for (size_t i = 0; i < sizeof later / sizeof *later; i++)
        promised = promised || strcmp(given, later[i]) == 0;
    if (promised)
        command_usage(arguments, "models of the kind %s are not built yet; there are %s", given,
                      list.at ? list.at : "");
    else
        command_usage(arguments, "there is no kind of model '%s'; there are %s", given, list.at ? list.at : "");
    rp_buf_free(&list);
    return NULL;
}

static const fit_kind *find_kind(const command_arguments *arguments) {
    for (size_t i = 0; i < KINDS; i++)
        if (strcmp(arguments->operands[0], kinds[i]->name) == 0)
            return kinds[i];
    return fail_kind(arguments);
}

static bool is_among(const char *name, const char *const *names) {
    for (size_t i = 0; names[i]; i++)
        if (strcmp(name, names[i]) == 0)
            return true;
    return false;
}

/* Options that have no meaning for this kind of model. */
static bool no_strangers(const command_arguments *arguments, const fit_kind *kind) {
    static const char *const common[] = {"table", "map", "missing", "level", NULL};
    for (size_t i = 0; options[i].name; i++) {
        const char *name = options[i].name;
        if (command_given(arguments, name) && !is_among(name, common) && !is_among(name, kind->options))
            return command_usage(arguments, "--%s has no meaning for %s", name, kind->name);
    }
    return true;
}

static bool parse(const command_arguments *arguments, rp_arena *arena, rp_fit_common *out) {
    int64_t seed = 1;
    rp_report_format format;
    *out = (rp_fit_common){.input = arguments->operands[arguments->n_operands - 1],
                           .table = command_value(arguments, "table"),
                           .map = command_value(arguments, "map"),
                           .level = 0.95,
                           .clock = !command_given(arguments, "no-clock"),
                           .quiet = command_given(arguments, "quiet")};
    if (!command_int(arguments, "seed", 0, INT64_MAX, &seed) || !command_num(arguments, "level", 0, &out->level) ||
        !command_threads(arguments, &out->threads) || !command_format(arguments, &format) ||
        !command_list(arguments, "missing", arena, &out->missing, &out->n_missing))
        return false;
    out->seed = (uint64_t)seed;
    return out->level < 1 || command_usage(arguments, "--level is a share between 0 and 1");
}

static int run(const command_arguments *arguments) {
    const fit_kind *kind = find_kind(arguments);
    if (!kind || !no_strangers(arguments, kind))
        return EXIT_USAGE;
    if (arguments->n_operands != kind->n_operands) {
        command_usage(arguments, "%s takes %s", kind->name, kind->takes);
        return EXIT_USAGE;
    }
    rp_fit_common common;
    rp_error error = {0};
    rp_arena *arena = rp_arena_new(0);
    if (!arena)
        return rp_fail_memory(&error), command_failed(&error);
    int status = parse(arguments, arena, &common) ? kind->run(arguments, &common, arena) : EXIT_USAGE;
    rp_arena_free(arena);
    return status;
}

const rp_command command_fit = {
    .name = "fit",
    .operands = "lmm|glmm|sem|meta|reliability [FORMULA|MODEL] DATA",
    .summary = "Fits a model that you write as for R's lme4, lavaan or metafor; tells how reliable a scale is.",
    .details =
        "lmm, glmm: linear and binomial mixed models. FORMULA names the outcome and the terms: "
        "'score ~ week + (1 + week | client) + (1 | practitioner)'. sem: a structural equation model. MODEL is "
        "its text, as 'bond =~ b1 + b2 + b3', or a file that holds it. "
        "meta: a meta-analysis of effects with --variance or --se, or of figures with --from: 'yi ~ 1'. "
        "reliability: alpha, omega and intraclass correlations of the columns that --items names. "
        "DATA is a CSV with a row for each observation, or, with --table, any input that 'evaluate' reads. Rows "
        "with a missing value are left out, and counted, unless told otherwise. docs/fit.md tells formula and "
        "model, each option, and what differs from lme4, lavaan and metafor. Counts of few people are not hidden: the "
        "result is about your own data. The exit status is 1 where there is no estimate.",
    .options = options,
    .least = 1,
    .most = 3,
    .run = run,
};
