/* SPDX-License-Identifier: GPL-3.0-or-later */
/* rapport fit meta: meta-analysis. */
#include "commands/fit_kinds.h"

#include <ctype.h>
#include <string.h>

/* ---- options ---- */

static bool parse_measure(const command_arguments *arguments, rp_arena *arena, rp_fit_meta_options *out) {
    const char *words[RP_META_MEASURES];
    char *lower = rp_arena_take(arena, RP_META_MEASURES, 16);
    if (!lower)
        return command_usage(arguments, "out of memory");
    for (size_t m = 0; m < RP_META_MEASURES; m++) {
        words[m] = lower + 16 * m;
        const char *name = rp_meta_measure_name((rp_meta_measure)m);
        for (size_t i = 0; name[i]; i++)
            lower[16 * m + i] = (char)tolower((unsigned char)name[i]);
    }
    size_t measure = RP_META_ZCOR;
    if (!fit_word_of(arguments, "measure", words, RP_META_MEASURES, &measure) ||
        !command_list(arguments, "from", arena, &out->figures, &out->n_figures))
        return false;
    out->measure = (rp_meta_measure)measure;
    if (command_given(arguments, "measure") && !out->n_figures)
        return command_usage(arguments, "--measure needs --from with the columns of its figures");
    const char *const *figures;
    size_t n = rp_meta_measure_figures(out->measure, &figures);
    if (!out->n_figures || out->n_figures == n)
        return true;
    rp_buf list = {0};
    for (size_t i = 0; i < n; i++)
        rp_buf_printf(&list, "%s%s", i ? ", " : "", figures[i]);
    command_usage(arguments, "--measure %s takes %zu columns in --from: %s", words[measure], n, list.at ? list.at : "");
    rp_buf_free(&list);
    return false;
}

static bool parse_source(const command_arguments *arguments, rp_arena *arena, rp_fit_meta_options *out) {
    out->variance = command_value(arguments, "variance");
    out->se = command_value(arguments, "se");
    if (!parse_measure(arguments, arena, out))
        return false;
    int given = (out->variance != NULL) + (out->se != NULL) + (out->n_figures > 0);
    return given == 1 ||
           command_usage(arguments, "meta takes one of --variance COLUMN, --se COLUMN and --from COLUMN,...");
}

static bool parse_levels(const command_arguments *arguments, rp_arena *arena, rp_fit_meta_options *out) {
    const char *random = command_value(arguments, "random");
    if (!command_num(arguments, "correlation", 0, &out->correlation))
        return false;
    if (!random)
        return out->correlation == 0 ||
               command_usage(arguments, "--correlation needs --random, which names the studies");
    const char *slash = strchr(random, '/');
    out->study = slash ? rp_arena_copy(arena, random, (size_t)(slash - random)) : random;
    out->effect = slash ? slash + 1 : NULL;
    if (!out->study || !*out->study || (slash && (!*out->effect || strchr(out->effect, '/'))))
        return command_usage(arguments, "--random is STUDY or STUDY/EFFECT, not '%s'", random);
    return out->correlation < 1 || command_usage(arguments, "--correlation is from 0 to below 1");
}

static bool parse_model(const command_arguments *arguments, rp_fit_meta_options *out) {
    static const char *const methods[] = {"ee", "reml", "ml", "dl", "pm"}, *const tests[] = {"z", "t", "knha"};
    static const char *const kinds[] = {"z", "t", "higgins"}, *const robust[] = {"cr1", "cr2"};
    size_t method = RP_META_REML, test = RP_META_Z, kind, cr = RP_META_CR2;
    if (!fit_word_of(arguments, "method", methods, 5, &method) || !fit_word_of(arguments, "test", tests, 3, &test) ||
        !fit_word_of(arguments, "cr", robust, 2, &cr))
        return false;
    kind = test == RP_META_Z ? RP_META_PREDICT_Z : RP_META_PREDICT_T;
    if (!fit_word_of(arguments, "prediction", kinds, 3, &kind))
        return false;
    out->method = (rp_meta_method)method;
    out->test = (rp_meta_test)test;
    out->prediction = (rp_meta_prediction)kind;
    out->robust = command_value(arguments, "robust");
    out->robust_kind = (rp_meta_robust_kind)cr;
    if (command_given(arguments, "cr") && !out->robust)
        return command_usage(arguments, "--cr has no meaning without --robust");
    if (out->study && (method == RP_META_DL || method == RP_META_PM || method == RP_META_EE))
        return command_usage(arguments, "--random is fitted by --method reml or ml, not %s", methods[method]);
    if (out->study && test == RP_META_KNHA)
        return command_usage(arguments, "--test knha is for models without --random; with it there are z and t");
    return true;
}

static bool parse_more(const command_arguments *arguments, rp_arena *arena, rp_fit_meta_options *out) {
    static const char *const sides[] = {"greater", "less"};
    size_t side = 0;
    out->label = command_value(arguments, "label");
    out->cumulative = command_value(arguments, "cumulative");
    out->influence = command_given(arguments, "influence");
    out->small_studies = command_given(arguments, "small-studies");
    if (!command_num(arguments, "selection", 0, &out->selection) || !fit_word_of(arguments, "side", sides, 2, &side) ||
        !command_list(arguments, "reference", arena, &out->references, &out->n_references))
        return false;
    out->below = side == 1;
    if (!(out->selection < 1) || (command_given(arguments, "selection") && !(out->selection > 0)))
        return command_usage(arguments, "--selection is a one-sided p between 0 and 1, as in 0.025");
    if (command_given(arguments, "side") && !(out->selection > 0))
        return command_usage(arguments, "--side has no meaning without --selection");
    for (size_t i = 0; i < out->n_references; i++)
        if (!strchr(out->references[i], '=') || out->references[i][0] == '=')
            return command_usage(arguments, "--reference takes COLUMN=LEVEL, not '%s'", out->references[i]);
    bool several = out->study != NULL;
    if (several && (out->small_studies || out->selection > 0))
        return command_usage(arguments, "--%s is for models without --random",
                             out->small_studies ? "small-studies" : "selection");
    return true;
}

/* ---- result ---- */

static void put_json(const void *fit, rp_buf *out) {
    rp_fit_meta_put_json(fit, out);
}

static void put_csv(const void *fit, rp_buf *out) {
    rp_fit_meta_put_csv(fit, out);
}

static void put_text(const void *fit, size_t width, rp_buf *out) {
    rp_fit_meta_put_text(fit, width, out);
}

static rp_answer *answer(const void *fit, rp_arena *arena) {
    return rp_fit_meta_answer(fit, arena);
}

static int run(const command_arguments *arguments, const rp_fit_common *common, rp_arena *arena) {
    rp_fit_meta_options asked = {.common = *common, .formula = arguments->operands[1]};
    rp_fit_meta fit;
    rp_error error = {0};
    if (!parse_source(arguments, arena, &asked) || !parse_levels(arguments, arena, &asked) ||
        !parse_model(arguments, &asked) || !parse_more(arguments, arena, &asked))
        return EXIT_USAGE;
    if (!rp_fit_meta_model(&asked, arena, &fit, &error))
        return fit_failed(asked.formula, RP_FORMULA_FILE, &error);
    const fit_result result = {.fit = &fit,
                               .common = &asked.common,
                               .provenance = &fit.provenance,
                               .none = fit.fit->status == RP_META_NOT_FITTED ? fit.fit->message : NULL,
                               .put_json = put_json,
                               .put_csv = put_csv,
                               .put_text = put_text,
                               .answer = answer};
    return fit_deliver(arguments, &result, arena);
}

static const char *const own[] = {"variance",      "se",        "from",        "measure",   "method",
                                  "test",          "random",    "correlation", "robust",    "cr",
                                  "prediction",    "label",     "reference",   "influence", "cumulative",
                                  "small-studies", "selection", "side",        NULL};

const fit_kind fit_kind_meta = {"meta", 3, "FORMULA DATA and --variance, --se or --from", own, run};
