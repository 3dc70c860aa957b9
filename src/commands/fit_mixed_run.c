/* SPDX-License-Identifier: GPL-3.0-or-later */
/* rapport fit lmm, rapport fit glmm: mixed models. */
#include "commands/fit_kinds.h"

#include <string.h>

/* ---- options ---- */

static bool parse_linear(const command_arguments *arguments, rp_arena *arena, rp_fit_options *out) {
    static const char *const dfs[] = {"none", "satterthwaite", "kenward-roger"};
    out->family = RP_MIXED_GAUSSIAN;
    out->ml = command_given(arguments, "ml");
    size_t df = out->ml ? 0 : 1;
    if (!fit_word_of(arguments, "df", dfs, 3, &df))
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
    if (!fit_word_of(arguments, "family", families, 1, &family) || !fit_word_of(arguments, "link", links, 2, &link) ||
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

static bool parse_intervals(const command_arguments *arguments, rp_fit_options *out) {
    static const char *const intervals[] = {"wald", "profile", "bootstrap"};
    size_t interval = 0;
    int64_t draws = 1000;
    if (!fit_word_of(arguments, "interval", intervals, 3, &interval) ||
        !command_int(arguments, "draws", 10, 1000000, &draws))
        return false;
    if (command_given(arguments, "draws") && interval != RP_FIT_BOOTSTRAP)
        return command_usage(arguments, "--draws has no meaning without --interval bootstrap");
    out->interval = (rp_fit_interval)interval;
    out->draws = (int)draws;
    return true;
}

static bool parse(const command_arguments *arguments, bool linear, rp_arena *arena, rp_fit_options *out) {
    return command_list(arguments, "reference", arena, &out->references, &out->n_references) &&
           parse_references(arguments, out) && parse_intervals(arguments, out) &&
           (linear ? parse_linear(arguments, arena, out) : parse_binomial(arguments, out));
}

/* ---- result ---- */

static void put_json(const void *fit, rp_buf *out) {
    rp_fit_put_json(fit, out);
}

static void put_csv(const void *fit, rp_buf *out) {
    rp_fit_put_csv(fit, out);
}

static void put_text(const void *fit, size_t width, rp_buf *out) {
    rp_fit_put_text(fit, width, out);
}

static rp_answer *answer(const void *fit, rp_arena *arena) {
    return rp_fit_answer(fit, arena);
}

static int deliver(const command_arguments *arguments, const rp_fit *fit, rp_arena *arena) {
    const char *message = fit->fit->message ? fit->fit->message : "";
    const fit_result result = {.fit = fit,
                               .common = &fit->options->common,
                               .provenance = &fit->provenance,
                               .none = fit->fit->status == RP_MIXED_NOT_FITTED ? message : NULL,
                               .put_json = put_json,
                               .put_csv = put_csv,
                               .put_text = put_text,
                               .answer = answer};
    return fit_deliver(arguments, &result, arena);
}

static int run(const command_arguments *arguments, const rp_fit_common *common, bool linear, rp_arena *arena) {
    rp_fit_options asked = {.common = *common,
                            .formula = arguments->operands[1],
                            .weights = command_value(arguments, "weights"),
                            .quadrature = 1};
    rp_fit fit;
    rp_error error = {0};
    if (!parse(arguments, linear, arena, &asked))
        return EXIT_USAGE;
    return rp_fit_mixed(&asked, arena, &fit, &error) ? deliver(arguments, &fit, arena)
                                                     : fit_failed(asked.formula, RP_FORMULA_FILE, &error);
}

static int run_linear(const command_arguments *arguments, const rp_fit_common *common, rp_arena *arena) {
    return run(arguments, common, true, arena);
}

static int run_binomial(const command_arguments *arguments, const rp_fit_common *common, rp_arena *arena) {
    return run(arguments, common, false, arena);
}

static const char *const of_linear[] = {"ml", "df", "residual", "weights", "reference", "interval", "draws", NULL};
static const char *const of_binomial[] = {"family",    "link",     "quadrature", "success", "weights",
                                          "reference", "interval", "draws",      NULL};

const fit_kind fit_kind_lmm = {"lmm", 3, "FORMULA DATA", of_linear, run_linear};
const fit_kind fit_kind_glmm = {"glmm", 3, "FORMULA DATA", of_binomial, run_binomial};
