/* SPDX-License-Identifier: GPL-3.0-or-later */
/* rapport claims: the ledger of published claims and what their sources say. */
#include "commands/command.h"

#include "rapport/json.h"

#include <math.h>

static const command_option options[] = {
    {"claims", "FOLDER", "Claims of your own, beside those built in (docs/claims.md)."},
    {NULL, NULL, NULL},
};

/* ---- text ---- */

static void line(rp_buf *out, const char *label, const char *text) {
    rp_buf first = {0};
    rp_buf_printf(&first, "  %s: ", label);
    if (text[0] != '\0')
        rp_layout_paragraph(out, command_width(), first.at != NULL ? first.at : "", "    ", text);
    rp_buf_free(&first);
}

static const char *verdict_text(const rp_claim *claim) {
    return claim->judged ? rp_verdict_name(claim->verdict) : "held against your own data by 'evaluate'";
}

static void whole_text(const rp_claim *claim, rp_buf *out) {
    rp_buf_printf(out, "%s\n", claim->id);
    line(out, "claim", claim->claim);
    line(out, "made by", claim->made_by);
    line(out, "in", claim->made_in);
    line(out, "source", claim->source);
    for (size_t i = 0; i < claim->n_says; i++) {
        line(out, "what it says", claim->says[i].text);
        line(out, "  read", rp_claim_read_name(claim->says[i].read));
        line(out, "  at", claim->says[i].address);
    }
    line(out, "verdict", verdict_text(claim));
    if (claim->judged)
        line(out, "rests on", rp_claim_read_name(rp_claim_rests_on(claim)));
    line(out, "because", claim->because);
    for (size_t i = 0; i < claim->n_bearings; i++)
        line(out, "of your own data", claim->bearings[i].statement);
    line(out, "data that could bear on it", claim->lack);
}

static void as_text(const rp_claim *const *chosen, size_t n, bool whole, rp_buf *out) {
    for (size_t i = 0; i < n; i++) {
        if (whole)
            whole_text(chosen[i], out);
        else
            rp_buf_printf(out, "%-32s %s\n", chosen[i]->id, verdict_text(chosen[i]));
    }
}

/* ---- JSON and CSV ---- */

static void text_member(rp_json *json, const char *key, const char *text) {
    rp_json_key(json, key);
    rp_json_put_text(json, text != NULL && text[0] != '\0' ? text : NULL);
}

static void num_member(rp_json *json, const char *key, double value) {
    rp_json_key(json, key);
    rp_json_put_num(json, value);
}

static void passages_json(const rp_claim *claim, rp_json *json) {
    rp_json_key(json, "source_says");
    rp_json_open(json, '[');
    for (size_t i = 0; i < claim->n_says; i++) {
        rp_json_open(json, '{');
        text_member(json, "text", claim->says[i].text);
        text_member(json, "read", rp_claim_read_name(claim->says[i].read));
        text_member(json, "address", claim->says[i].address);
        rp_json_close(json);
    }
    rp_json_close(json);
}

static void pooled_json(const rp_claim *claim, rp_json *json) {
    rp_json_key(json, "pooled");
    rp_json_open(json, '[');
    for (size_t i = 0; i < claim->n_pooled; i++) {
        const rp_claim_pooled *pooled = &claim->pooled[i];
        rp_json_open(json, '{');
        text_member(json, "label", pooled->label);
        text_member(json, "method", pooled->method);
        num_member(json, "r", pooled->r);
        num_member(json, "lower", pooled->lower);
        num_member(json, "upper", pooled->upper);
        num_member(json, "level", isnan(pooled->lower) ? NAN : pooled->level);
        num_member(json, "studies", pooled->studies >= 0 ? (double)pooled->studies : NAN);
        rp_json_close(json);
    }
    rp_json_close(json);
}

static void changes_json(const rp_claim *claim, rp_json *json) {
    rp_json_key(json, "changes");
    rp_json_open(json, '[');
    for (size_t i = 0; i < claim->n_changes; i++) {
        const rp_claim_change *change = &claim->changes[i];
        rp_json_open(json, '{');
        text_member(json, "label", change->label);
        text_member(json, "of", change->of);
        text_member(json, "method", change->method);
        rp_json_key(json, "controlled");
        rp_json_put_bool(json, change->controlled);
        num_member(json, "d", change->d);
        num_member(json, "lower", change->lower);
        num_member(json, "upper", change->upper);
        rp_json_close(json);
    }
    rp_json_close(json);
}

static void bearings_json(const rp_claim *claim, rp_json *json) {
    rp_json_key(json, "bears_on");
    rp_json_open(json, '[');
    for (size_t i = 0; i < claim->n_bearings; i++) {
        rp_json_open(json, '{');
        text_member(json, "statement", claim->bearings[i].statement);
        text_member(json, "measure", claim->bearings[i].measure);
        text_member(json, "rater", claim->bearings[i].rater);
        rp_json_close(json);
    }
    rp_json_close(json);
}

static void claim_json(const rp_claim *claim, rp_json *json) {
    rp_json_open(json, '{');
    text_member(json, "id", claim->id);
    text_member(json, "title", claim->title);
    text_member(json, "claim", claim->claim);
    text_member(json, "made_by", claim->made_by);
    text_member(json, "made_in", claim->made_in);
    text_member(json, "source", claim->source);
    passages_json(claim, json);
    text_member(json, "verdict", claim->judged ? rp_verdict_name(claim->verdict) : NULL);
    text_member(json, "rests_on", claim->judged ? rp_claim_read_name(rp_claim_rests_on(claim)) : NULL);
    text_member(json, "because", claim->because);
    bearings_json(claim, json);
    text_member(json, "data_lack", claim->lack);
    num_member(json, "at_least", claim->at_least);
    num_member(json, "at_most", claim->at_most);
    pooled_json(claim, json);
    changes_json(claim, json);
    rp_json_close(json);
}

static void as_json(const rp_claim *const *chosen, size_t n, rp_buf *out) {
    rp_json json;
    rp_json_start(&json, out, true);
    rp_json_open(&json, '{');
    rp_json_key(&json, "claims");
    rp_json_open(&json, '[');
    for (size_t i = 0; i < n; i++)
        claim_json(chosen[i], &json);
    rp_json_close(&json);
    rp_json_close(&json);
    rp_buf_put(out, "\n");
}

static void as_csv(const rp_claim *const *chosen, size_t n, rp_buf *out) {
    rp_buf_put(out, "id,claim,made_by,made_in,source,verdict,rests_on,because\n");
    for (size_t i = 0; i < n; i++) {
        const rp_claim *claim = chosen[i];
        const char *const fields[] = {claim->id,
                                      claim->claim,
                                      claim->made_by,
                                      claim->made_in,
                                      claim->source,
                                      verdict_text(claim),
                                      claim->judged ? rp_claim_read_name(rp_claim_rests_on(claim)) : "",
                                      claim->because};
        for (size_t f = 0; f < sizeof fields / sizeof *fields; f++) {
            rp_buf_put(out, f > 0 ? "," : "");
            rp_csv_put(out, rp_text_of(fields[f]), true);
        }
        rp_buf_put(out, "\n");
    }
}

/* ---- the command ---- */

static bool choose(const command_arguments *arguments, const rp_ledger *ledger, const rp_claim **chosen, size_t *n,
                   rp_error *error) {
    *n = 0;
    if (arguments->n_operands == 0) {
        for (; *n < rp_ledger_count(ledger); ++*n)
            chosen[*n] = rp_ledger_at(ledger, *n);
        return true;
    }
    rp_text id = rp_text_of(arguments->operands[0]);
    *n = 1;
    if ((chosen[0] = rp_ledger_find(ledger, id)) != NULL)
        return true;
    const rp_claim *nearest = rp_ledger_nearest(ledger, id);
    rp_fail(error, RP_E_UNKNOWN, "There is no claim '%s' in the ledger.", arguments->operands[0]);
    return rp_fail_remedy(error, nearest != NULL ? "Did you mean %s?" : "%s",
                          nearest != NULL ? nearest->id : "'rapport claims' lists those that are.");
}

static bool find_all(const command_arguments *arguments, rp_arena *arena, const rp_claim *const **chosen, size_t *n,
                     rp_error *error) {
    const char *folder = command_value(arguments, "claims");
    rp_ledger *ledger = rp_ledger_new(arena, error);
    if (ledger == NULL || (folder != NULL && !rp_ledger_add_folder(ledger, folder, error)))
        return false;
    const rp_claim **list = rp_arena_take(arena, rp_ledger_count(ledger) + 1, sizeof *list);
    if (list == NULL)
        return rp_fail_memory(error);
    *chosen = list;
    return choose(arguments, ledger, list, n, error);
}

static int run(const command_arguments *arguments) {
    rp_report_format format;
    if (!command_format(arguments, &format))
        return EXIT_USAGE;
    if (format == RP_REPORT_HTML)
        return command_usage(arguments, "it writes text, json or csv"), EXIT_USAGE;
    rp_error error = {0};
    rp_buf out = {0};
    const rp_claim *const *chosen = NULL;
    size_t n = 0;
    int status;
    rp_arena *arena = rp_arena_new(0);
    if (arena == NULL)
        return rp_fail_memory(&error), command_failed(&error);
    if (!find_all(arguments, arena, &chosen, &n, &error))
        status = command_failed(&error);
    else {
        if (format == RP_REPORT_JSON)
            as_json(chosen, n, &out);
        else if (format == RP_REPORT_CSV)
            as_csv(chosen, n, &out);
        else
            as_text(chosen, n, arguments->n_operands > 0, &out);
        status = command_deliver(arguments, &out);
    }
    rp_arena_free(arena);
    return status;
}

const rp_command command_claims = {
    .name = "claims",
    .operands = "[NAME]",
    .summary = "The ledger of published claims: what was claimed, what its source says, and a verdict.",
    .details = "Without NAME it lists each claim with its verdict; with NAME it shows one whole. A verdict says what "
               "it rests on: whether the source was read, its abstract alone, or another text that tells of it. "
               "'rapport evaluate' holds the same claims beside what your own data tell.",
    .options = options,
    .least = 0,
    .most = 1,
    .run = run,
};
