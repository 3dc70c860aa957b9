/* SPDX-License-Identifier: GPL-3.0-or-later */
/* rapport fit sem: structural equation models. */
#include "commands/fit_kinds.h"

#include <string.h>

enum { MODEL_LIMIT = 1 << 18 };

/* ---- the model's text ---- */

/* The operand is a file that holds it, or the text itself, which has an operator or a sign that is like one. */
static bool read_model(const char *operand, rp_arena *arena, const char **out, rp_error *error) {
    *out = operand;
    rp_text text;
    bool file = *operand && !strchr(operand, '\n') && rp_file_exists(operand) && !rp_file_is_folder(operand);
    if (!file && strpbrk(operand, "~=<>|+*\n"))
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

static bool set_equal(const command_arguments *arguments, const char *word, rp_sem_rules *rules) {
    rp_buf list = {0};
    for (size_t i = 0; rp_fit_sem_equal_word(i); i++) {
        const char *known = rp_fit_sem_equal_word(i);
        if (strcmp(word, known) == 0) {
            rp_buf_free(&list);
            return *rp_fit_sem_equal_flag(rules, i) = true;
        }
        rp_buf_printf(&list, "%s%s", !i ? "" : rp_fit_sem_equal_word(i + 1) ? ", " : " and ", known);
    }
    command_usage(arguments, "--equal takes %s, not '%s'", list.at ? list.at : "", word);
    rp_buf_free(&list);
    return false;
}

static bool parse_equal(const command_arguments *arguments, rp_arena *arena, rp_sem_rules *rules) {
    const char *const *given;
    size_t n;
    if (!command_list(arguments, "equal", arena, &given, &n))
        return false;
    if (n && !command_given(arguments, "group"))
        return command_usage(arguments, "--equal has no meaning without --group");
    for (size_t i = 0; i < n; i++)
        if (!set_equal(arguments, given[i], rules))
            return false;
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

static bool parse_estimator(const command_arguments *arguments, rp_arena *arena, rp_fit_sem_options *out) {
    static const char *const words[] = {"ml", "mlr", "wlsmv"};
    size_t estimator = command_given(arguments, "ordered") ? RP_SEM_WLSMV : RP_SEM_ML;
    if (!fit_word_of(arguments, "estimator", words, 3, &estimator))
        return false;
    if (!command_list(arguments, "ordered", arena, &out->ordered, &out->n_ordered))
        return false;
    if (out->n_ordered && estimator != RP_SEM_WLSMV)
        return command_usage(arguments, "--ordered is for --estimator wlsmv, not %s", words[estimator]);
    if (estimator == RP_SEM_WLSMV && out->missing == RP_SEM_FIML)
        return command_usage(arguments, "--missing fiml has no meaning for ordered items: wlsmv takes complete rows");
    if (estimator == RP_SEM_WLSMV && out->scores)
        return command_usage(arguments, "--scores has no meaning for ordered items: it is not built for wlsmv");
    out->estimator = (rp_sem_estimator)estimator;
    return true;
}

/* What two levels are not built for. */
static bool check_cluster(const command_arguments *arguments, const rp_fit_sem_options *out) {
    if (!out->cluster)
        return true;
    if (out->estimator != RP_SEM_ML)
        return command_usage(arguments, "--cluster is for --estimator ml: two levels are not built for the others");
    if (out->missing == RP_SEM_FIML)
        return command_usage(arguments, "--cluster takes complete rows: two levels are not built for --missing fiml");
    if (out->group || out->scores)
        return command_usage(arguments, "--cluster and --%s do not go together: that is not built",
                             out->group ? "group" : "scores");
    return true;
}

static bool parse(const command_arguments *arguments, rp_arena *arena, rp_fit_sem_options *out) {
    int64_t starts = 0;
    if (out->id && !out->scores)
        return command_usage(arguments, "--id has no meaning without --scores");
    const char *scores = command_value(arguments, "scores");
    if (scores && (strcmp(scores, "-") == 0 || strcmp(scores, out->common.input) == 0))
        return command_usage(arguments, "--scores takes the name of a file of its own");
    if (!parse_missing(arguments, out) || !parse_estimator(arguments, arena, out) || !check_cluster(arguments, out) ||
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
    rp_error error = {0};
    if (fit->scores.at && !rp_file_write(command_value(arguments, "scores"), fit->scores.at, fit->scores.n, &error))
        return command_failed(&error);
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
                                .cluster = command_value(arguments, "cluster"),
                                .scores = command_given(arguments, "scores"),
                                .id = command_value(arguments, "id"),
                                .modification = command_given(arguments, "modification"),
                                .residuals = command_given(arguments, "residuals"),
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

static const char *const own[] = {"estimator",  "ordered", "group",  "cluster",      "equal",
                                  "orthogonal", "std-lv",  "growth", "means",        "starts",
                                  "residuals",  "scores",  "id",     "modification", NULL};

const fit_kind fit_kind_sem = {"sem", 3, "MODEL DATA", own, run};
