/* SPDX-License-Identifier: GPL-3.0-or-later */
/* rapport fit reliability: alpha, omega, intraclass correlations of a scale's items. */
#include "commands/fit_kinds.h"

#include <string.h>

static bool parse(const command_arguments *arguments, rp_arena *arena, rp_fit_reliability_options *out) {
    int64_t factors = 0;
    if (!command_list(arguments, "items", arena, &out->items, &out->n_items) ||
        !command_int(arguments, "factors", 1, 20, &factors))
        return false;
    if (out->n_items < 2)
        return command_usage(arguments, "reliability needs --items with two columns or more, as in --items a,b,c");
    if (out->n_items > 500)
        return command_usage(arguments, "--items takes at most 500 columns");
    if (factors && (size_t)factors >= out->n_items)
        return command_usage(arguments, "--factors has to be less than the %zu items", out->n_items);
    out->factors = (int)factors;
    return true;
}

static void put_json(const void *fit, rp_buf *out) {
    rp_fit_reliability_put_json(fit, out);
}

static void put_csv(const void *fit, rp_buf *out) {
    rp_fit_reliability_put_csv(fit, out);
}

static void put_text(const void *fit, size_t width, rp_buf *out) {
    rp_fit_reliability_put_text(fit, width, out);
}

static rp_answer *answer(const void *fit, rp_arena *arena) {
    return rp_fit_reliability_answer(fit, arena);
}

static int run(const command_arguments *arguments, const rp_fit_common *common, rp_arena *arena) {
    rp_fit_reliability_options asked = {.common = *common};
    rp_fit_reliability fit;
    rp_error error = {0};
    if (!parse(arguments, arena, &asked))
        return EXIT_USAGE;
    if (!rp_fit_reliability_of(&asked, arena, &fit, &error))
        return command_failed(&error);
    const fit_result result = {.fit = &fit,
                               .common = &asked.common,
                               .provenance = &fit.provenance,
                               .none = fit.message,
                               .put_json = put_json,
                               .put_csv = put_csv,
                               .put_text = put_text,
                               .answer = answer};
    return fit_deliver(arguments, &result, arena);
}

static const char *const own[] = {"items", "factors", NULL};

const fit_kind fit_kind_reliability = {"reliability", 2, "DATA and --items", own, run};
