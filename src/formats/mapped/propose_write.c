/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A proposal as JSON, in the form that docs/map.md describes. Occasions are put in order here, and what is left over
 * becomes covariates. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "formats/delimited_rows.h"
#include "formats/mapped/propose.h"

static void text_member(rp_json *json, const char *key, const char *text) {
    rp_json_key(json, key);
    rp_json_put_text(json, text);
}

static void open_member(rp_json *json, const char *key, char bracket) {
    rp_json_key(json, key);
    rp_json_open(json, bracket);
}

/* ---- occasions ---- */

static bool is_used(const rp_proposal *p, size_t time) {
    for (size_t i = 0; i < p->measures.n; i++)
        if (p->measures.at[i].time == time)
            return true;
    return false;
}

/* Numbers and months go after the words for "before"; words for later beside numbers keep the file's order. */
static bool can_sort(const rp_proposal *p, const size_t *times, size_t n) {
    bool kinds[RP_TIME_NUMBER + 1] = {false}, later = false;
    for (size_t i = 0; i < n; i++) {
        const rp_propose_time *time = &p->times.at[times[i]];
        kinds[time->kind] = true;
        later = later || (time->kind == RP_TIME_WORD && time->value > 0);
    }
    return !(kinds[RP_TIME_MONTHS] && kinds[RP_TIME_NUMBER]) &&
           !(later && (kinds[RP_TIME_MONTHS] || kinds[RP_TIME_NUMBER])) && !kinds[RP_TIME_NONE];
}

static double rank_of(const rp_propose_time *time) {
    return time->kind == RP_TIME_WORD && time->value <= 0 ? time->value - 1 : time->value;
}

/* Insertion, stable: there are at most as many as a map may list. */
static void sort_times(const rp_proposal *p, size_t *times, size_t n) {
    for (size_t i = 1; i < n; i++)
        for (size_t k = i; k > 0 && rank_of(&p->times.at[times[k]]) < rank_of(&p->times.at[times[k - 1]]); k--) {
            size_t swapped = times[k];
            times[k] = times[k - 1];
            times[k - 1] = swapped;
        }
}

static void stem_of(const rp_proposal *p, const rp_propose_measure *measure, char out[120]) {
    const rp_propose_instrument *one = &p->instruments.at[measure->instrument];
    if (measure->item < 0)
        (void)snprintf(out, 120, "%s", one->name);
    else
        (void)snprintf(out, 120, "%s_%s", one->name, one->known->items[measure->item].name);
}

static void write_columns(const rp_proposal *p, size_t time, rp_json *json) {
    char stem[120];
    open_member(json, "columns", '{');
    for (size_t i = 0; i < p->measures.n; i++) {
        if (p->measures.at[i].time != time)
            continue;
        stem_of(p, &p->measures.at[i], stem);
        text_member(json, stem, p->columns[p->measures.at[i].column].name);
    }
    rp_json_close(json);
}

static void write_wide_occasions(rp_proposal *p, rp_json *json) {
    size_t *times = rp_arena_take(p->arena, p->times.n, sizeof *times), n = 0;
    if (!times) {
        p->no_memory = true;
        return;
    }
    for (size_t t = 0; t < p->times.n; t++)
        if (is_used(p, t))
            times[n++] = t;
    bool sorted = can_sort(p, times, n), months = false;
    if (sorted)
        sort_times(p, times, n);
    for (size_t i = 0; i < n; i++)
        months = months || p->times.at[times[i]].kind == RP_TIME_MONTHS;
    open_member(json, "occasion", '[');
    for (size_t i = 0; i < n; i++) {
        const rp_propose_time *time = &p->times.at[times[i]];
        rp_json_open(json, '{');
        write_columns(p, times[i], json);
        rp_json_key(json, "occasion");
        rp_json_put_int(json, (int64_t)i + 1);
        if (time->label)
            text_member(json, "label", time->label);
        if (time->kind == RP_TIME_MONTHS || (months && time->kind == RP_TIME_WORD && time->value == 0)) {
            rp_json_key(json, "months");
            rp_json_put_num(json, round(time->value * 100) / 100);
        }
        rp_json_close(json);
    }
    rp_json_close(json);
    rp_propose_note(p, n == 1 ? "Only one occasion was found. If others are in the file, add them to \"occasion\"."
                       : sorted
                           ? "Occasions and their order are guessed from the ends and beginnings of columns' names. "
                             "Check the order, the labels and, where given, the months since the first."
                           : "Occasions are in the order of the file's columns, since their names mix kinds of "
                             "time. Put them in order of time, and add \"months\".");
}

/* The column alone: its values past the rows looked at are not known, and one that a list lacks would be rejected. */
static void write_long_occasion(rp_proposal *p, rp_json *json) {
    if (p->date >= 0)
        text_member(json, "date", p->header.names[p->date]);
    if (p->occasion < 0)
        return;
    const rp_propose_column *column = &p->columns[p->occasion];
    text_member(json, "occasion", column->name);
    rp_propose_note(p,
                    column->n_numbers == 0
                        ? "The texts in column '%.60s' are taken in the order in which the file first has them. List "
                          "them under \"values\", with \"months\", if that is not the order in time (docs/map.md)."
                        : "The numbers in column '%.60s' are taken as the order in time. List them under \"values\" to "
                          "give labels and months (docs/map.md).",
                    column->name);
}

/* ---- instruments ---- */

static void write_definition(const rp_propose_instrument *one, const char *stem, rp_json *json) {
    open_member(json, "define", '{');
    text_member(json, "comment",
                "To fill in: title, kind (outcome, alliance or other), the lowest and highest score that "
                "can occur, and which way is worse. As it stands, nothing of it is known.");
    text_member(json, "title", stem);
    text_member(json, "kind", "other");
    open_member(json, "scales", '{');
    open_member(json, "total", '{');
    rp_json_key(json, "lowest");
    rp_json_put_num(json, one->lowest);
    rp_json_key(json, "highest");
    rp_json_put_num(json, one->highest);
    rp_json_key(json, "whole");
    rp_json_put_bool(json, one->whole);
    rp_json_key(json, "higher_is_worse");
    rp_json_put_bool(json, true);
    rp_json_close(json);
    rp_json_close(json);
    rp_json_close(json);
}

/* Items or the total, each once: in wide layout by stem, in long layout by column. */
static void write_sources(rp_proposal *p, size_t instrument, bool items, rp_json *json) {
    const rp_propose_instrument *one = &p->instruments.at[instrument];
    size_t n = items ? one->known->n_items : 1;
    bool *done = rp_arena_take(p->arena, n, sizeof *done);
    if (!done) {
        p->no_memory = true;
        return;
    }
    const char *scale = one->known && one->known->n_scales == 1 ? one->known->scales[0].name : "total";
    open_member(json, items ? "items" : "scales", '{');
    for (size_t i = 0; i < p->measures.n; i++) {
        const rp_propose_measure *measure = &p->measures.at[i];
        size_t at = items && measure->item >= 0 ? (size_t)measure->item : 0;
        if (measure->instrument != instrument || (measure->item >= 0) != items || done[at])
            continue;
        char stem[120];
        stem_of(p, measure, stem);
        done[at] = true;
        text_member(json, items ? one->known->items[at].name : scale,
                    p->wide ? stem : p->columns[measure->column].name);
    }
    rp_json_close(json);
}

static void write_instruments(rp_proposal *p, rp_json *json) {
    open_member(json, "instruments", '{');
    for (size_t i = 0; i < p->instruments.n; i++) {
        const rp_propose_instrument *one = &p->instruments.at[i];
        const char *stem = "";
        for (size_t m = p->measures.n; m-- > 0;)
            if (p->measures.at[m].instrument == i)
                stem = p->columns[p->measures.at[m].column].stem;
        if (!one->has_total && !one->has_items)
            continue;
        open_member(json, one->name, '{');
        if (one->known) {
            char use[120];
            (void)snprintf(use, sizeof use, "%s@%s", one->known->name, one->known->version);
            text_member(json, "use", use);
        } else
            write_definition(one, stem, json);
        text_member(json, "rater", "client");
        if (one->has_total)
            write_sources(p, i, false, json);
        if (one->has_items && one->known)
            write_sources(p, i, true, json);
        rp_json_close(json);
    }
    rp_json_close(json);
}

/* ---- the rest ---- */

static void write_arm(const rp_proposal *p, rp_json *json) {
    if (p->arm < 0)
        return;
    const rp_propose_column *column = &p->columns[p->arm];
    open_member(json, "arm", '{');
    text_member(json, "column", column->name);
    if (p->saw_all) { /* else a text further down would be taken for a slip */
        open_member(json, "values", '{');
        for (size_t i = 0; i < column->n_distinct; i++)
            text_member(json, column->distinct[i], column->distinct[i]);
        rp_json_close(json);
    }
    rp_json_close(json);
}

static void write_missing(rp_proposal *p, rp_json *json) {
    bool any = false;
    open_member(json, "missing", '[');
    for (size_t i = 0; rp_propose_missing(i); i++)
        if (p->missing[i]) {
            rp_json_put_text(json, rp_propose_missing(i));
            any = true;
        }
    rp_json_close(json);
    if (any)
        rp_propose_note(p, "The texts under \"missing\" stand among numbers and are taken for missing values.");
}

/* What differs from row to row of one person is no covariate. */
static void write_covariates(rp_proposal *p, rp_json *json) {
    size_t n = 0, left = 0;
    const char *first_left = NULL;
    open_member(json, "covariates", '{');
    for (size_t c = 0; c < p->header.n; c++) {
        const rp_propose_column *column = &p->columns[c];
        if (column->role != RP_ROLE_NONE)
            continue;
        bool own = rp_schema_column(RP_REFERRALS, column->name) >= 0 || strcmp(column->name, "practitioner_id") == 0;
        bool timed = p->wide && column->time.kind != RP_TIME_NONE;
        if (own || timed || n == RP_PROPOSE_COVARIATES || (!p->wide && column->varies) || column->n_present == 0 ||
            column->whole || column->part) {
            first_left = first_left ? first_left : column->name;
            left++;
            continue;
        }
        text_member(json, column->name, column->name);
        n++;
    }
    rp_json_close(json);
    if (n > 0)
        rp_propose_note(p,
                        "What is left over and belongs to the person stands under \"covariates\". Take out what you do "
                        "not need, above all what could identify somebody.");
    if (left > 0)
        rp_propose_note(
            p,
            "%zu column%s left out, '%.60s' the first: measures or times that are not known, columns that are "
            "empty or change within a person, or names that the record has already. A questionnaire "
            "of your own is added under \"instruments\" with \"define\" (docs/instruments.md).",
            left, left == 1 ? " is" : "s are", first_left);
}

static void write_name(rp_proposal *p, rp_json *json) {
    rp_text name = rp_text_of(rp_path_name(p->path));
    (void)rp_delimited_stem(name.at, &name);
    const char *copy = rp_arena_copy(p->arena, name.at, name.n);
    p->no_memory = p->no_memory || !copy;
    /* A file's name may be any bytes. */
    text_member(json, "name", copy && name.n > 0 && rp_text_is_utf8(name) ? copy : "A study");
}

void rp_propose_write(rp_proposal *p, rp_buf *out) {
    rp_json json;
    rp_json_start(&json, out, true);
    rp_json_open(&json, '{');
    write_name(p, &json);
    if (p->encoding == RP_WINDOWS_1252)
        text_member(&json, "encoding", "windows-1252");
    text_member(&json, "layout", p->wide ? "wide" : "long");
    write_missing(p, &json);
    if (p->client >= 0)
        text_member(&json, "client", p->header.names[p->client]);
    if (p->practitioner >= 0)
        text_member(&json, "practitioner", p->header.names[p->practitioner]);
    write_arm(p, &json);
    if (p->wide)
        write_wide_occasions(p, &json);
    else
        write_long_occasion(p, &json);
    write_covariates(p, &json);
    write_instruments(p, &json);
    open_member(&json, "comment", '[');
    for (size_t i = 0; i < p->notes.n && !p->no_memory; i++)
        rp_json_put_text(&json, p->notes.at[i]);
    rp_json_close(&json);
    rp_json_close(&json);
    rp_buf_put(out, "\n");
}
