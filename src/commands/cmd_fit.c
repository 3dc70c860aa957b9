/* SPDX-License-Identifier: GPL-3.0-or-later */
/* rapport fit: a model of somebody's own, by its formula. */
#include "commands/command.h"

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
    {"missing", "TEXT,...", "Further texts that mean a missing value, beside the empty one and NA."},
    {"interval", "wald|profile|bootstrap", "How intervals are made (wald)."},
    {"draws", "N", "Resamples of a bootstrap (1000)."},
    {"level", "SHARE", "Of the intervals (0.95)."},
    {NULL, NULL, NULL},
};

static const char *const kinds[] = {"lmm", "glmm"};

/* ---- options ---- */

/* An option's word among `words`; its place in *out. */
static bool word_of(const command_arguments *arguments, const char *name, const char *const *words, size_t n,
                    size_t *out) {
    const char *given = command_value(arguments, name);
    if (!given)
        return true;
    for (size_t i = 0; i < n; i++)
        if (strcmp(given, words[i]) == 0) {
            *out = i;
            return true;
        }
    rp_buf list = {0};
    for (size_t i = 0; i < n; i++)
        rp_buf_printf(&list, "%s%s", !i ? "" : i + 1 == n ? " or " : ", ", words[i]);
    command_usage(arguments, "--%s is %s, not '%s'", name, list.at ? list.at : "", given);
    rp_buf_free(&list);
    return false;
}

/* Options that have no meaning for this kind of model. */
static bool no_strangers(const command_arguments *arguments, bool linear) {
    static const char *const of_linear[] = {"ml", "df", "residual"};
    static const char *const of_binomial[] = {"family", "link", "quadrature", "success"};
    const char *const *strangers = linear ? of_binomial : of_linear;
    for (size_t i = 0; i < (linear ? 4 : 3); i++)
        if (command_given(arguments, strangers[i]))
            return command_usage(arguments, "--%s has no meaning for %s", strangers[i], linear ? "lmm" : "glmm");
    return true;
}

static bool parse_linear(const command_arguments *arguments, rp_arena *arena, rp_fit_options *out) {
    static const char *const dfs[] = {"none", "satterthwaite", "kenward-roger"};
    out->family = RP_MIXED_GAUSSIAN;
    out->ml = command_given(arguments, "ml");
    size_t df = out->ml ? 0 : 1;
    if (!word_of(arguments, "df", dfs, 3, &df))
        return false;
    out->df = (rp_mixed_df)df;
    if (out->ml && out->df != RP_MIXED_DF_NONE)
        return command_usage(arguments, "--df %s is worked out for REML, and not with --ml", dfs[df]);
    const char *residual = command_value(arguments, "residual");
    if (!residual)
        return true;
    size_t n = strlen(residual);
    if (n < 6 || strncmp(residual, "ar1(", 4) != 0 || residual[n - 1] != ')')
        return command_usage(arguments, "--residual is ar1(COLUMN), not '%s'", residual);
    out->ar1 = rp_arena_copy(arena, residual + 4, n - 5);
    return out->ar1 || command_usage(arguments, "out of memory");
}

static bool parse_binomial(const command_arguments *arguments, rp_fit_options *out) {
    static const char *const families[] = {"binomial"}, *const links[] = {"logit", "cloglog"};
    size_t family = 0, link = 0;
    int64_t quadrature = 1;
    if (!word_of(arguments, "family", families, 1, &family) || !word_of(arguments, "link", links, 2, &link) ||
        !command_int(arguments, "quadrature", 1, 100, &quadrature))
        return false;
    out->family = link ? RP_MIXED_CLOGLOG : RP_MIXED_LOGIT;
    out->quadrature = (int)quadrature;
    out->success = command_value(arguments, "success");
    return true;
}

static bool parse_references(const command_arguments *arguments, const rp_fit_options *out) {
    for (size_t i = 0; i < out->n_references; i++)
        if (!strchr(out->references[i], '=') || out->references[i][0] == '=')
            return command_usage(arguments, "--reference takes COLUMN=LEVEL, not '%s'", out->references[i]);
    return true;
}

static bool parse_common(const command_arguments *arguments, rp_arena *arena, rp_fit_options *out) {
    static const char *const intervals[] = {"wald", "profile", "bootstrap"};
    size_t interval = 0;
    int64_t seed = 1, draws = 1000;
    if (!word_of(arguments, "interval", intervals, 3, &interval) ||
        !command_int(arguments, "draws", 10, 1000000, &draws) || !command_int(arguments, "seed", 0, INT64_MAX, &seed) ||
        !command_num(arguments, "level", 0, &out->level) || !command_threads(arguments, &out->threads) ||
        !command_list(arguments, "reference", arena, &out->references, &out->n_references) ||
        !command_list(arguments, "missing", arena, &out->missing, &out->n_missing) || !parse_references(arguments, out))
        return false;
    if (!(out->level < 1))
        return command_usage(arguments, "--level is a share between 0 and 1");
    if (command_given(arguments, "draws") && interval != RP_FIT_BOOTSTRAP)
        return command_usage(arguments, "--draws has no meaning without --interval bootstrap");
    out->interval = (rp_fit_interval)interval;
    out->draws = (int)draws;
    out->seed = (uint64_t)seed;
    return true;
}

static bool known_kind(const command_arguments *arguments) {
    const char *kind = arguments->operands[0];
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (strcmp(kind, kinds[i]) == 0)
            return true;
    static const char *const later[] = {"sem", "meta", "survival", "reliability"};
    for (size_t i = 0; i < sizeof later / sizeof *later; i++)
        if (strcmp(kind, later[i]) == 0)
            return command_usage(arguments, "models of the kind %s are not built yet; there are lmm and glmm", kind);
    return command_usage(arguments, "there is no kind of model '%s'; there are lmm and glmm", kind);
}

static bool parse(const command_arguments *arguments, rp_arena *arena, rp_fit_options *out) {
    if (!known_kind(arguments))
        return false;
    if (arguments->n_operands != 3)
        return command_usage(arguments, "it takes %s", arguments->command->operands);
    bool linear = strcmp(arguments->operands[0], "lmm") == 0;
    *out = (rp_fit_options){.formula = arguments->operands[1],
                            .input = arguments->operands[2],
                            .table = command_value(arguments, "table"),
                            .map = command_value(arguments, "map"),
                            .weights = command_value(arguments, "weights"),
                            .level = 0.95,
                            .quadrature = 1,
                            .clock = !command_given(arguments, "no-clock"),
                            .quiet = command_given(arguments, "quiet")};
    return no_strangers(arguments, linear) && parse_common(arguments, arena, out) &&
           (linear ? parse_linear(arguments, arena, out) : parse_binomial(arguments, out));
}

/* ---- result ---- */

static bool write_report(const rp_fit *fit, rp_report_format format, rp_arena *arena, rp_buf *out) {
    rp_provenance provenance = fit->provenance;
    const rp_answer *answer = rp_fit_answer(fit, arena);
    const char *data = fit->options->table ? fit->options->table : rp_path_name(fit->options->input);
    provenance.title = answer ? rp_arena_printf(arena, "%s of %s", answer->title, data) : NULL;
    if (!provenance.title)
        return false;
    const rp_report report = {.answers = &answer, .n_answers = 1, .provenance = &provenance};
    rp_report_write(&report, format, out);
    return true;
}

static bool write(const rp_fit *fit, rp_report_format format, rp_arena *arena, rp_buf *out) {
    if (format == RP_REPORT_JSON)
        rp_fit_put_json(fit, out);
    else if (format == RP_REPORT_CSV)
        rp_fit_put_csv(fit, out);
    else if (format == RP_REPORT_TEXT)
        rp_fit_put_text(fit, command_width(), out);
    else
        return write_report(fit, format, arena, out);
    return true;
}

static int deliver(const command_arguments *arguments, const rp_fit *fit, rp_report_format format, rp_arena *arena) {
    rp_buf out = {0};
    rp_error error = {0};
    if (!write(fit, format, arena, &out)) {
        rp_buf_free(&out);
        rp_fail_memory(&error);
        return command_failed(&error);
    }
    int status = command_deliver(arguments, &out);
    if (status != EXIT_DONE || fit->fit->status != RP_MIXED_NOT_FITTED)
        return status;
    fprintf(stderr, "rapport: There is no estimate.\n  %s\n", fit->fit->message ? fit->fit->message : "");
    return EXIT_FAULT;
}

/* A fault in the formula is shown in it. */
static int failed(const rp_fit_options *asked, const rp_error *error) {
    if (strcmp(error->file, RP_FORMULA_FILE) != 0)
        return command_failed(error);
    rp_buf caret = {0};
    rp_formula_caret(asked->formula, error, &caret);
    fprintf(stderr, "rapport: %s\n%s", error->message, caret.at ? caret.at : "");
    if (error->remedy[0])
        fprintf(stderr, "  %s\n", error->remedy);
    rp_buf_free(&caret);
    return EXIT_FAULT;
}

static int run(const command_arguments *arguments) {
    rp_report_format format = RP_REPORT_TEXT;
    rp_fit_options asked = {.formula = ""};
    rp_fit fit;
    rp_error error = {0};
    rp_arena *arena = rp_arena_new(0);
    if (!arena)
        return rp_fail_memory(&error), command_failed(&error);
    int status = EXIT_USAGE;
    if (parse(arguments, arena, &asked) && command_format(arguments, &format))
        status = rp_fit_mixed(&asked, arena, &fit, &error) ? deliver(arguments, &fit, format, arena)
                                                           : failed(&asked, &error);
    rp_arena_free(arena);
    return status;
}

const rp_command command_fit = {
    .name = "fit",
    .operands = "lmm|glmm FORMULA DATA",
    .summary = "Fits a mixed model that you write as a formula, as R's lme4 has them.",
    .details = "FORMULA names the outcome and the terms: 'score ~ week + (1 + week | client) + (1 | practitioner)'. "
               "DATA is a CSV with a row for each observation, or, with --table, any input that 'evaluate' reads. Rows "
               "with a missing value are left out, and counted. lmm: linear mixed models; glmm: binomial ones. "
               "docs/fit.md tells the formula, each option, and what differs from lme4. Counts of few people are not "
               "hidden: the result is about your own data. The exit status is 1 where there is no estimate.",
    .options = options,
    .least = 1,
    .most = 3,
    .run = run,
};
