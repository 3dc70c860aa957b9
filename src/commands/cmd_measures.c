/* SPDX-License-Identifier: GPL-3.0-or-later */
/* rapport measures: the questionnaires known, their scales, figures, licence and source. */
#include "commands/command.h"

#include "rapport/json.h"

#include <math.h>
#include <string.h>

static const command_option options[] = {{NULL, NULL, NULL}};

static const char *kind_name(rp_instrument_kind kind) {
    static const char *const names[] = {"outcome", "alliance", "other"};
    return names[kind];
}

/* Where a figure comes from, under which licence, and from when to when it holds, as far as told. */
static void source_text(rp_buf *out, const rp_figure_source *source) {
    char from[11], to[11];
    rp_date_text(source->from, from);
    rp_date_text(source->to, to);
    rp_buf_printf(out, "        source: %s%s%s", source->text != NULL ? source->text : "none given",
                  source->licence != NULL && *source->licence != '\0' ? "; licence: " : "",
                  source->licence != NULL ? source->licence : "");
    rp_buf_printf(out, "%s%s%s%s\n", *from != '\0' ? "; from " : "", from, *to != '\0' ? "; to " : "", to);
}

static void figure_text(rp_buf *out, const char *what, double value, const rp_figure_source *source) {
    if (isnan(value))
        return;
    rp_buf_printf(out, "      %s: %g%s\n", what, value, source->confirmed ? "" : " (not confirmed)");
    source_text(out, source);
}

static void scale_text(const rp_instrument *instrument, const rp_scale *scale, rp_buf *out) {
    rp_buf_printf(out, "    %s: %s, %g to %g, %s is worse", scale->name, scale->title, scale->lowest, scale->highest,
                  scale->higher_is_worse ? "higher" : "lower");
    if (scale->n_items == 0)
        rp_buf_put(out, "; total only, the key of its items is not known");
    else
        rp_buf_printf(out, "; %s of %zu items", scale->score == RP_SCORE_MEAN ? "mean" : "sum", scale->n_items);
    rp_buf_put(out, "\n");
    if (scale->n_items > 0) {
        rp_buf_put(out, "      items:");
        for (size_t i = 0; i < scale->n_items; i++)
            rp_buf_printf(out, " %s%s", instrument->items[scale->items[i]].name,
                          scale->reversed[i] ? " (reversed)" : "");
        rp_buf_printf(out, "\n      missing items: %s\n",
                      scale->missing_rule == RP_ITEMS_PRORATE ? "prorated" : "any one missing: no score");
    }
    if (scale->key_source.text[0] != '\0') {
        rp_buf_printf(out, "      %s%s\n", scale->n_items > 0 ? "key" : "range",
                      scale->key_source.confirmed ? "" : " (not confirmed)");
        source_text(out, &scale->key_source);
    }
    const rp_change_rule *change = &scale->change;
    figure_text(out, "cut-off", change->cutoff_kind == RP_CUTOFF_NUMBER ? change->cutoff : NAN, &change->cutoff_source);
    figure_text(out, "reliable change", change->reliable_change, &change->reliable_change_source);
    figure_text(out, "reliability", change->reliability, &change->reliability_source);
    figure_text(out, "functional mean", change->functional_mean, &change->functional_source);
    figure_text(out, "functional SD", change->functional_sd, &change->functional_source);
    for (size_t b = 0; b < scale->n_bands; b++)
        rp_buf_printf(out, "      from %g: %s%s\n", scale->bands[b].from, scale->bands[b].label,
                      scale->bands_source.confirmed ? "" : " (not confirmed)");
}

/* Items that ask about risk. */
static void risk_text(const rp_instrument *instrument, rp_buf *out) {
    for (size_t i = 0; i < instrument->n_items; i++) {
        const rp_item *item = &instrument->items[i];
        if (isnan(item->risk_from))
            continue;
        rp_buf_printf(out, "  asks about risk: item %s, from an answer of %g%s\n", item->name, item->risk_from,
                      item->risk_source.confirmed ? "" : " (not confirmed)");
        source_text(out, &item->risk_source);
    }
}

static void instrument_text(const rp_instrument *instrument, bool whole, rp_buf *out) {
    rp_buf_printf(out, "%s@%s  %s (%s): %s\n", instrument->name, instrument->version, instrument->title,
                  kind_name(instrument->kind), instrument->measures);
    if (!whole)
        return;
    rp_buf_printf(out, "  source: %s\n  licence: %s\n  items: %zu\n  scales:\n", instrument->source,
                  instrument->licence, instrument->n_items);
    for (size_t i = 0; i < instrument->n_scales; i++)
        scale_text(instrument, &instrument->scales[i], out);
    risk_text(instrument, out);
}

static void text_member(rp_json *json, const char *key, const char *text) {
    rp_json_key(json, key);
    rp_json_put_text(json, text);
}

static void num_member(rp_json *json, const char *key, double value) {
    rp_json_key(json, key);
    rp_json_put_num(json, value);
}

static void date_member(rp_json *json, const char *key, rp_date date) {
    char text[11];
    rp_date_text(date, text);
    text_member(json, key, *text != '\0' ? text : NULL);
}

static void source_json(rp_json *json, const rp_figure_source *source) {
    text_member(json, "source", source->text);
    text_member(json, "licence", source->licence);
    date_member(json, "from", source->from);
    date_member(json, "to", source->to);
    rp_json_key(json, "confirmed");
    rp_json_put_bool(json, source->confirmed);
}

static void figure_json(rp_json *json, const char *key, double value, const rp_figure_source *source) {
    if (isnan(value))
        return;
    rp_json_key(json, key);
    rp_json_open(json, '{');
    num_member(json, "value", value);
    source_json(json, source);
    rp_json_close(json);
}

static void scale_json(const rp_instrument *instrument, const rp_scale *scale, rp_json *json) {
    rp_json_open(json, '{');
    text_member(json, "scale", scale->name);
    text_member(json, "title", scale->title);
    num_member(json, "lowest", scale->lowest);
    num_member(json, "highest", scale->highest);
    rp_json_key(json, "higher_is_worse");
    rp_json_put_bool(json, scale->higher_is_worse);
    text_member(json, "score", scale->score == RP_SCORE_MEAN ? "mean" : "sum");
    rp_json_key(json, "items");
    rp_json_open(json, '[');
    for (size_t i = 0; i < scale->n_items; i++)
        rp_json_put_text(json, instrument->items[scale->items[i]].name);
    rp_json_close(json);
    rp_json_key(json, "reversed");
    rp_json_open(json, '[');
    for (size_t i = 0; i < scale->n_items; i++)
        if (scale->reversed[i])
            rp_json_put_text(json, instrument->items[scale->items[i]].name);
    rp_json_close(json);
    rp_json_key(json, "key");
    rp_json_open(json, '{');
    source_json(json, &scale->key_source);
    rp_json_close(json);
    const rp_change_rule *change = &scale->change;
    figure_json(json, "cutoff", change->cutoff_kind == RP_CUTOFF_NUMBER ? change->cutoff : NAN, &change->cutoff_source);
    figure_json(json, "reliable_change", change->reliable_change, &change->reliable_change_source);
    figure_json(json, "reliability", change->reliability, &change->reliability_source);
    rp_json_close(json);
}

static void risk_json(const rp_instrument *instrument, rp_json *json) {
    rp_json_key(json, "risk");
    rp_json_open(json, '[');
    for (size_t i = 0; i < instrument->n_items; i++) {
        const rp_item *item = &instrument->items[i];
        if (isnan(item->risk_from))
            continue;
        rp_json_open(json, '{');
        text_member(json, "item", item->name);
        num_member(json, "answer_from", item->risk_from);
        source_json(json, &item->risk_source);
        rp_json_close(json);
    }
    rp_json_close(json);
}

static void instrument_json(const rp_instrument *instrument, rp_json *json) {
    rp_json_open(json, '{');
    text_member(json, "instrument", instrument->name);
    text_member(json, "version", instrument->version);
    text_member(json, "title", instrument->title);
    text_member(json, "short_title", instrument->short_title);
    text_member(json, "kind", kind_name(instrument->kind));
    text_member(json, "measures", instrument->measures);
    text_member(json, "licence", instrument->licence);
    text_member(json, "source", instrument->source);
    rp_json_key(json, "items");
    rp_json_put_int(json, (int64_t)instrument->n_items);
    risk_json(instrument, json);
    rp_json_key(json, "scales");
    rp_json_open(json, '[');
    for (size_t i = 0; i < instrument->n_scales; i++)
        scale_json(instrument, &instrument->scales[i], json);
    rp_json_close(json);
    rp_json_close(json);
}

static void as_csv(const rp_instrument *const *chosen, size_t n, rp_buf *out) {
    rp_buf_put(out, "instrument,version,title,kind,scale,lowest,highest,items,licence,source\n");
    for (size_t i = 0; i < n; i++)
        for (size_t s = 0; s < chosen[i]->n_scales; s++) {
            const rp_scale *scale = &chosen[i]->scales[s];
            rp_buf_printf(out, "%s,%s,", chosen[i]->name, chosen[i]->version);
            rp_csv_put(out, rp_text_of(chosen[i]->title), true);
            rp_buf_printf(out, ",%s,%s,%g,%g,%zu,", kind_name(chosen[i]->kind), scale->name, scale->lowest,
                          scale->highest, scale->n_items);
            rp_csv_put(out, rp_text_of(chosen[i]->licence), true);
            rp_buf_put(out, ",");
            rp_csv_put(out, rp_text_of(chosen[i]->source), true);
            rp_buf_put(out, "\n");
        }
}

static void as_json(const rp_instrument *const *chosen, size_t n, rp_buf *out) {
    rp_json json;
    rp_json_start(&json, out, true);
    rp_json_open(&json, '{');
    rp_json_key(&json, "measures");
    rp_json_open(&json, '[');
    for (size_t i = 0; i < n; i++)
        instrument_json(chosen[i], &json);
    rp_json_close(&json);
    rp_json_close(&json);
    rp_buf_put(out, "\n");
}

static bool choose(const command_arguments *arguments, const rp_instruments *known, const rp_instrument **chosen,
                   size_t *n, rp_error *error) {
    *n = 0;
    if (arguments->n_operands == 0) {
        for (; *n < rp_instruments_count(known); ++*n)
            chosen[*n] = rp_instruments_at(known, *n);
        return true;
    }
    rp_text name = rp_text_of(arguments->operands[0]);
    chosen[0] = rp_instruments_find(known, name);
    *n = 1;
    if (chosen[0] != NULL)
        return true;
    const rp_instrument *nearest = rp_instruments_nearest(known, name);
    rp_fail(error, RP_E_UNKNOWN, "The instrument '%s' is not known.", arguments->operands[0]);
    return rp_fail_remedy(error, nearest != NULL ? "Did you mean %s?" : "%s",
                          nearest != NULL ? nearest->name : "'rapport measures' lists those that are.");
}

static int run(const command_arguments *arguments) {
    rp_report_format format;
    if (!command_format(arguments, &format))
        return EXIT_USAGE;
    if (format == RP_REPORT_HTML)
        return command_usage(arguments, "it writes text, json or csv"), EXIT_USAGE;
    rp_error error = {0};
    rp_buf out = {0};
    size_t n = 0;
    rp_arena *arena = rp_arena_new(0);
    rp_instruments *known = arena != NULL ? rp_instruments_new(arena, &error) : NULL;
    const rp_instrument **chosen =
        known != NULL ? rp_arena_take(arena, rp_instruments_count(known) + 1, sizeof *chosen) : NULL;
    int status;
    if (chosen == NULL)
        status = (error.code == RP_OK ? rp_fail_memory(&error) : false, command_failed(&error));
    else if (!choose(arguments, known, chosen, &n, &error))
        status = command_failed(&error);
    else {
        if (format == RP_REPORT_JSON)
            as_json(chosen, n, &out);
        else if (format == RP_REPORT_CSV)
            as_csv(chosen, n, &out);
        else
            for (size_t i = 0; i < n; i++)
                instrument_text(chosen[i], arguments->n_operands > 0, &out);
        status = command_deliver(arguments, &out);
    }
    rp_arena_free(arena);
    return status;
}

const rp_command command_measures = {
    .name = "measures",
    .operands = "[NAME]",
    .summary = "The questionnaires known: scales, key, figures, licence, source.",
    .details =
        "A figure that rests on no source that we have read is marked as not confirmed, here and in every report "
        "that uses it.",
    .options = options,
    .least = 0,
    .most = 1,
    .run = run,
};
