/* SPDX-License-Identifier: GPL-3.0-or-later */
/* rapport fit sem: structural equation models. */
#include "commands/fit_kinds.h"

#include <string.h>

enum { MODEL_LIMIT = 1 << 18 };

/* ---- the model's text ---- */

/* The operand is a file that holds it, or the text itself, which has an operator. */
static bool read_model(const char *operand, rp_arena *arena, const char **out, rp_error *error) {
    *out = operand;
    rp_text text;
    bool file = !strchr(operand, '\n') && rp_file_exists(operand) && !rp_file_is_folder(operand);
    if (!file && strchr(operand, '~'))
        return true;
    if (!file) {
        rp_fail(error, RP_E_UNKNOWN, "'%.200s' is no model, and there is no such file.", operand);
        return rp_fail_remedy(error, "A model looks like 'f =~ x1 + x2 + x3'.");
    }
    if (!rp_file_read(operand, MODEL_LIMIT, arena, &text, error))
        return false;
    if (memchr(text.at, 0, text.n)) {
        rp_fail(error, RP_E_SYNTAX, "This is no text: it holds a byte of 0.");
        rp_fail_at(error, operand, 0, 0);
        return rp_fail_remedy(error, "The first operand is a model, or a file with its text.");
    }
    *out = text.at;
    return true;
}

/* ---- options ---- */

static bool parse_equal(const command_arguments *arguments, rp_arena *arena, rp_sem_rules *rules) {
    const char *const *given;
    size_t n;
    if (!command_list(arguments, "equal", arena, &given, &n))
        return false;
    if (n && !command_given(arguments, "group"))
        return command_usage(arguments, "--equal has no meaning without --group");
    for (size_t i = 0; i < n; i++) {
        rules->equal_loadings |= strcmp(given[i], "loadings") == 0;
        rules->equal_intercepts |= strcmp(given[i], "intercepts") == 0;
        rules->equal_residuals |= strcmp(given[i], "residuals") == 0;
        if (strcmp(given[i], "loadings") != 0 && strcmp(given[i], "intercepts") != 0 &&
            strcmp(given[i], "residuals") != 0)
            return command_usage(arguments, "--equal takes loadings, intercepts and residuals, not '%s'", given[i]);
    }
    return true;
}

/* The first word says what becomes of rows without a value; texts may follow. */
static bool parse_missing(const command_arguments *arguments, rp_fit_sem_options *out) {
    rp_fit_common *common = &out->common;
    if (common->n_missing == 0)
        return true;
    const char *first = common->missing[0];
    out->missing = strcmp(first, "fiml") == 0 ? RP_SEM_FIML : RP_SEM_LISTWISE;
    if (out->missing == RP_SEM_LISTWISE && strcmp(first, "listwise") != 0)
        return command_usage(
            arguments,
            "--missing is listwise or fiml for sem, and texts that mean a missing value may follow, as "
            "in 'listwise,-99'; it is not '%s'",
            first);
    common->missing++;
    common->n_missing--;
    return true;
}

static bool parse_estimator(const command_arguments *arguments, rp_fit_sem_options *out) {
    static const char *const words[] = {"ml", "mlr", "wlsmv"};
    size_t estimator = command_given(arguments, "ordered") ? RP_SEM_WLSMV : RP_SEM_ML;
    if (!fit_word_of(arguments, "estimator", words, 3, &estimator))
        return false;
    if (estimator == RP_SEM_MLR)
        return command_usage(arguments, "the estimator mlr is not built yet; there is ml");
    if (estimator == RP_SEM_WLSMV)
        return command_usage(arguments, "the estimator wlsmv, for ordered items, is not built yet; there is ml");
    out->estimator = (rp_sem_estimator)estimator;
    return true;
}

static bool parse(const command_arguments *arguments, rp_arena *arena, rp_fit_sem_options *out) {
    int64_t starts = 0;
    if (!parse_missing(arguments, out) || !parse_estimator(arguments, out) ||
        !parse_equal(arguments, arena, &out->rules) || !command_int(arguments, "starts", 1, 1000, &starts))
        return false;
    out->starts = (int)starts;
    return true;
}

/* ---- result ---- */

static void put_json(const void *fit, rp_buf *out) {
    rp_fit_sem_put_json(fit, out);
}

static void put_csv(const void *fit, rp_buf *out) {
    rp_fit_sem_put_csv(fit, out);
}

static void put_text(const void *fit, size_t width, rp_buf *out) {
    rp_fit_sem_put_text(fit, width, out);
}

static rp_answer *answer(const void *fit, rp_arena *arena) {
    return rp_fit_sem_answer(fit, arena);
}

static int deliver(const command_arguments *arguments, const rp_fit_sem *fit, rp_arena *arena) {
    const char *message = fit->fit->message ? fit->fit->message : "";
    const fit_result result = {.fit = fit,
                               .common = &fit->options->common,
                               .provenance = &fit->provenance,
                               .none = fit->fit->status == RP_SEM_NOT_FITTED ? message : NULL,
                               .put_json = put_json,
                               .put_csv = put_csv,
                               .put_text = put_text,
                               .answer = answer};
    return fit_deliver(arguments, &result, arena);
}

static int run(const command_arguments *arguments, const rp_fit_common *common, rp_arena *arena) {
    rp_fit_sem_options asked = {.common = *common,
                                .group = command_value(arguments, "group"),
                                .rules = {.std_lv = command_given(arguments, "std-lv"),
                                          .orthogonal = command_given(arguments, "orthogonal"),
                                          .growth = command_given(arguments, "growth"),
                                          .means = command_given(arguments, "means")}};
    rp_fit_sem fit;
    rp_error error = {0};
    if (!parse(arguments, arena, &asked))
        return EXIT_USAGE;
    if (!read_model(arguments->operands[1], arena, &asked.model, &error))
        return command_failed(&error);
    return rp_fit_sem_model(&asked, arena, &fit, &error) ? deliver(arguments, &fit, arena)
                                                         : fit_failed(asked.model, RP_SEM_TEXT_FILE, &error);
}

static const char *const own[] = {"estimator", "ordered", "group", "equal",  "orthogonal",
                                  "std-lv",    "growth",  "means", "starts", NULL};

const fit_kind fit_kind_sem = {"sem", 3, "MODEL DATA", own, run};
