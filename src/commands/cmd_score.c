/* SPDX-License-Identifier: GPL-3.0-or-later */
/* rapport score: answers in, scale scores out. */
#include "commands/command.h"

#include "rapport/json.h"

#include <math.h>
#include <string.h>

static const command_option options[] = {
    {"definition", "FILE", "Read the instrument from this FHIR Questionnaire instead of those built in."},
    {NULL, NULL, NULL},
};

/* One file of answers: a row a person, a column an item; the other columns are kept as they are. */
typedef struct sheet {
    const rp_instrument *instrument;
    rp_reader *reader;
    rp_header header;
    int *item_of; /* column -> item, or -1 */
    const char *path;
    bool json, first;
    size_t faults, rows;
    double *answers;
} sheet;

/* "9", "phq9_9" and "item9" are the same item: the item's name, alone or after letters, digits and '_' of a prefix. */
static int item_of_column(const rp_instrument *instrument, const char *column) {
    int item = rp_instrument_item(instrument, rp_text_of(column));
    const char *tail = strrchr(column, '_');
    if (item < 0 && tail != NULL)
        item = rp_instrument_item(instrument, rp_text_of(tail + 1));
    if (item < 0 && strncmp(column, "item", 4) == 0)
        item = rp_instrument_item(instrument, rp_text_of(column + 4));
    return item;
}

static bool bind(sheet *s, rp_arena *arena, rp_error *error) {
    if (s->instrument->n_items == 0)
        return rp_fail(error, RP_E_RULE,
                       "%s is known by its total only: its items' key is not, so answers cannot be scored.",
                       s->instrument->short_title);
    s->item_of = rp_arena_take(arena, s->header.n, sizeof *s->item_of);
    s->answers = rp_arena_take(arena, s->instrument->n_items, sizeof *s->answers);
    bool *seen = rp_arena_take(arena, s->instrument->n_items, sizeof *seen);
    if (s->item_of == NULL || s->answers == NULL || seen == NULL)
        return rp_fail_memory(error);
    size_t found = 0;
    for (size_t c = 0; c < s->header.n; c++) {
        int item = item_of_column(s->instrument, s->header.names[c]);
        if (item >= 0 && seen[item]) {
            rp_fail(error, RP_E_RULE, "Two columns hold item %s.", s->instrument->items[item].name);
            return rp_fail_at(error, s->path, s->header.line, s->header.columns[c]);
        }
        s->item_of[c] = item;
        if (item >= 0)
            seen[item] = true, found++;
    }
    for (size_t i = 0; i < s->instrument->n_items; i++)
        if (!seen[i]) {
            rp_fail(error, RP_E_UNKNOWN, "No column holds item %s of %s; %zu of its %zu items were found.",
                    s->instrument->items[i].name, s->instrument->short_title, found, s->instrument->n_items);
            rp_fail_at(error, s->path, s->header.line, 0);
            return rp_fail_remedy(error, "Name the columns %s, %s_%s or item%s.", s->instrument->items[i].name,
                                  s->instrument->name, s->instrument->items[i].name, s->instrument->items[i].name);
        }
    return true;
}

static void fault(sheet *s, const rp_cell *cell, const rp_item *item) {
    s->faults++;
    rp_error error; /* its message has no control characters, whatever the cell holds */
    rp_fail(&error, RP_E_RULE, "'%.*s' is not an answer of item %s (%g to %g); it is taken as missing.",
            (int)cell->text.n, cell->text.at, item->name, item->lowest, item->highest);
    rp_fail_at(&error, s->path, cell->line, cell->column);
    command_failed(&error);
}

static void read_answers(sheet *s, const rp_row *row) {
    for (size_t i = 0; i < s->instrument->n_items; i++)
        s->answers[i] = NAN;
    for (size_t c = 0; c < row->n && c < s->header.n; c++) {
        if (s->item_of[c] < 0 || rp_text_trim(row->cells[c].text).n == 0)
            continue;
        const rp_item *item = &s->instrument->items[s->item_of[c]];
        double value;
        if (rp_text_to_num(rp_text_trim(row->cells[c].text), &value) && value >= item->lowest &&
            value <= item->highest && value == floor(value))
            s->answers[s->item_of[c]] = value;
        else
            fault(s, &row->cells[c], item);
    }
}

static void csv_header(const sheet *s, rp_buf *out) {
    rp_buf_put(out, "line");
    for (size_t c = 0; c < s->header.n; c++)
        if (s->item_of[c] < 0) {
            rp_buf_put(out, ",");
            rp_csv_put(out, rp_text_of(s->header.names[c]), true);
        }
    for (size_t i = 0; i < s->instrument->n_scales; i++)
        rp_buf_printf(out, ",%s,%s_items_answered,%s_method", s->instrument->scales[i].name,
                      s->instrument->scales[i].name, s->instrument->scales[i].name);
    rp_buf_put(out, "\n");
}

static const char *method_of(const rp_score *score) {
    return isnan(score->value) ? "" : score->prorated ? "prorated" : "computed";
}

static void csv_row(const sheet *s, const rp_row *row, rp_buf *out) {
    rp_buf_printf(out, "%u", row->line);
    for (size_t c = 0; c < s->header.n; c++)
        if (s->item_of[c] < 0) {
            rp_buf_put(out, ",");
            rp_csv_put(out, c < row->n ? row->cells[c].text : rp_text_of(""), true);
        }
    for (size_t i = 0; i < s->instrument->n_scales; i++) {
        rp_score score = rp_instrument_score(s->instrument, i, s->answers);
        char value[32] = "";
        if (!isnan(score.value))
            rp_number_text(score.value, value);
        rp_buf_printf(out, ",%s,%zu,%s", value, score.answered, method_of(&score));
    }
    rp_buf_put(out, "\n");
}

static void json_row(const sheet *s, const rp_row *row, rp_json *json, rp_arena *arena) {
    rp_json_open(json, '{');
    rp_json_key(json, "line");
    rp_json_put_int(json, row->line);
    for (size_t c = 0; c < s->header.n && c < row->n; c++)
        if (s->item_of[c] < 0) {
            const char *text = rp_arena_copy(arena, row->cells[c].text.at, row->cells[c].text.n);
            rp_json_key(json, s->header.names[c]);
            rp_json_put_text(json, text);
        }
    rp_json_key(json, "scores");
    rp_json_open(json, '{');
    for (size_t i = 0; i < s->instrument->n_scales; i++) {
        rp_score score = rp_instrument_score(s->instrument, i, s->answers);
        rp_json_key(json, s->instrument->scales[i].name);
        rp_json_open(json, '{');
        rp_json_key(json, "value");
        rp_json_put_num(json, score.value);
        rp_json_key(json, "items_answered");
        rp_json_put_int(json, (int64_t)score.answered);
        rp_json_key(json, "method");
        rp_json_put_text(json, isnan(score.value) ? NULL : method_of(&score));
        rp_json_close(json);
    }
    rp_json_close(json);
    rp_json_close(json);
}

/* Every row that can be read; a bad row is told and left out. */
static bool each_row(sheet *s, rp_buf *out, rp_json *json, rp_arena *arena, rp_error *error) {
    rp_row row;
    for (;;) {
        rp_read got = rp_reader_next(s->reader, &row, error);
        if (got == RP_READ_END)
            return true;
        if (got == RP_READ_FAILED)
            return false;
        if (got == RP_READ_BAD) {
            s->faults++;
            command_failed(error);
            continue;
        }
        s->rows++;
        read_answers(s, &row);
        if (json != NULL)
            json_row(s, &row, json, arena);
        else
            csv_row(s, &row, out);
    }
}

static const rp_instrument *instrument_for(const command_arguments *arguments, rp_arena *arena, rp_error *error) {
    rp_instruments *known = rp_instruments_new(arena, error);
    if (known == NULL)
        return NULL;
    const char *file = command_value(arguments, "definition");
    if (file != NULL) {
        json_t *json = rp_json_load(file, error);
        const rp_instrument *own = json != NULL ? rp_instruments_add_fhir(known, json, file, error) : NULL;
        json_decref(json);
        if (own == NULL)
            return NULL;
    }
    rp_text name = rp_text_of(arguments->operands[0]);
    const rp_instrument *found = rp_instruments_find(known, name);
    if (found != NULL)
        return found;
    const rp_instrument *nearest = rp_instruments_nearest(known, name);
    rp_fail(error, RP_E_UNKNOWN, "The instrument '%s' is not known.", arguments->operands[0]);
    rp_fail_remedy(error, "%s%s%s'rapport measures' lists those that are.", nearest != NULL ? "Did you mean " : "",
                   nearest != NULL ? nearest->name : "", nearest != NULL ? "? " : "");
    return NULL;
}

static bool score(const command_arguments *arguments, rp_report_format format, rp_arena *arena, rp_buf *out,
                  size_t *faults, rp_error *error) {
    sheet s = {.path = arguments->operands[1], .instrument = instrument_for(arguments, arena, error)};
    s.reader = s.instrument != NULL ? rp_reader_open(s.path, NULL, error) : NULL;
    bool done = s.reader != NULL && rp_reader_header(s.reader, arena, &s.header, error) && bind(&s, arena, error);
    if (done && format == RP_REPORT_JSON) {
        rp_json json;
        rp_json_start(&json, out, true);
        rp_json_open(&json, '{');
        rp_json_key(&json, "instrument");
        rp_json_put_text(&json, s.instrument->name);
        rp_json_key(&json, "instrument_version");
        rp_json_put_text(&json, s.instrument->version);
        rp_json_key(&json, "rows");
        rp_json_open(&json, '[');
        done = each_row(&s, out, &json, arena, error);
        rp_json_close(&json);
        rp_json_close(&json);
        rp_buf_put(out, "\n");
    } else if (done) {
        csv_header(&s, out);
        done = each_row(&s, out, NULL, arena, error);
    }
    if (done && s.rows == 0) {
        rp_fail(error, RP_E_RULE, "There is a header but no row of answers.");
        done = rp_fail_at(error, s.path, s.header.line, 0);
    }
    *faults = s.faults;
    rp_reader_close(s.reader);
    return done;
}

static int run(const command_arguments *arguments) {
    rp_report_format format;
    if (!command_format(arguments, &format))
        return EXIT_USAGE;
    if (format == RP_REPORT_HTML)
        return command_usage(arguments, "it writes csv (also as text) or json"), EXIT_USAGE;
    rp_error error = {0};
    rp_buf out = {0};
    size_t faults = 0;
    rp_arena *arena = rp_arena_new(0);
    bool done = arena != NULL ? score(arguments, format, arena, &out, &faults, &error) : rp_fail_memory(&error);
    int status;
    if (done)
        status = command_deliver(arguments, &out);
    else
        status = (rp_buf_free(&out), command_failed(&error));
    rp_arena_free(arena);
    return status == EXIT_DONE && faults > 0 ? EXIT_FAULT : status;
}

const rp_command command_score = {
    .name = "score",
    .operands = "INSTRUMENT[@VERSION] responses.csv",
    .summary = "Scale scores from answers: a row a person, a column an item.",
    .details =
        "Columns are matched to items by name: 1, item1 or phq9_1. Other columns are kept. An answer that is not "
        "one is told, with its place, and taken as missing; the exit status is then 1.",
    .options = options,
    .least = 2,
    .most = 2,
    .run = run,
};
