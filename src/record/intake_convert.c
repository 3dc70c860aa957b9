/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A batch's texts as typed values, column after column. Here a value is either plainly right or doubtful: what exactly
 * is wrong, rp_record_add finds out. Reads the record's definitions only, so that any thread may do it. */
#include "record/intake.h"

/* One column of a batch under way. */
typedef struct taking {
    const rp_intake *in;
    const rp_batch *batch;
    const rp_column *column;
    int field;
    uint8_t *doubtful, *found; /* by row; `found` as rp_cells_int gives it */
    rp_text_run *runs;
} taking;

bool rp_intake_know_codes(rp_intake *in) {
    rp_arena *arena = in->record->arena;
    for (size_t c = 0; c < in->held->columns.n; c++) {
        const rp_column *column = &in->held->columns.at[c];
        if (column->type != RP_TYPE_CODE || column->as_id || in->field_of[c] < 0)
            continue;
        rp_names *names = rp_names_new(arena);
        for (size_t i = 0; names && i < column->codes->n; i++)
            if (rp_names_put(names, rp_text_of(column->codes->codes[i].code)) != i)
                return false;
        in->codes[c] = names;
        if (!names)
            return false;
    }
    return true;
}

static rp_text text_at(const taking *t, size_t row) {
    return rp_intake_text(t->in, t->batch, row, t->field);
}

/* ---- values one by one: false where one is not plainly right ---- */

static bool take_code(const taking *t, rp_text text, int16_t *out) {
    uint32_t code = rp_names_find(t->in->codes[t->column - t->in->held->columns.at], text);
    *out = code == RP_NO_ID ? -1 : (int16_t)code;
    return code != RP_NO_ID;
}

static bool take_bool(rp_text text, int8_t *out) {
    *out = rp_text_is(text, "true");
    return *out || rp_text_is(text, "false");
}

static bool take_time(const taking *t, rp_text text, int64_t *out) {
    const int64_t day = INT64_C(86400000000);
    if (!rp_time_parse(text, out))
        return false;
    int64_t date = *out >= 0 ? *out / day : -((day - 1 - *out) / day);
    return rp_date_is_sensible(t->in->record, t->column, (rp_date)date);
}

/* A code, a truth or a time. */
static bool take(const taking *t, rp_text text, rp_held *out) {
    if (t->column->type == RP_TYPE_CODE)
        return take_code(t, text, &out->code);
    if (t->column->type == RP_TYPE_BOOL)
        return take_bool(text, &out->truth);
    assert(t->column->type == RP_TYPE_TIME);
    return take_time(t, text, &out->whole);
}

/* ---- columns ---- */

/* Texts that mean a missing value may look like any value. */
static void settle_missing(const taking *t, char *values) {
    const rp_held missing = rp_column_missing(t->column);
    size_t width = rp_column_width(t->column);
    for (size_t row = 0; t->in->plan.n_missing && row < t->batch->n_rows; row++)
        if (t->found[row] != RP_CELL_EMPTY && !text_at(t, row).n) {
            t->found[row] = RP_CELL_EMPTY;
            memcpy(values + row * width, &missing, width);
        }
}

static void take_dates(const taking *t, rp_date *values) {
    rp_date first, last;
    rp_dates_sensible(t->in->record, t->column, &first, &last);
    rp_cells_date(t->batch, (size_t)t->field, RP_NO_DATE, values, t->found);
    settle_missing(t, (char *)values);
    for (size_t row = 0; row < t->batch->n_rows; row++)
        t->doubtful[row] |= t->found[row] == RP_CELL_VALUE && (values[row] < first || values[row] > last);
}

static void take_ints(const taking *t, int64_t *values) {
    int64_t lowest = t->column->lowest, highest = t->column->highest;
    rp_cells_int(t->batch, (size_t)t->field, RP_NO_INT, values, t->found);
    settle_missing(t, (char *)values);
    for (size_t row = 0; row < t->batch->n_rows; row++)
        t->doubtful[row] |= t->found[row] == RP_CELL_VALUE && (values[row] < lowest || values[row] > highest);
}

static void take_numbers(const taking *t, double *values) {
    const rp_held missing = rp_column_missing(t->column);
    rp_cells_num(t->batch, (size_t)t->field, missing.num, values, t->found);
    settle_missing(t, (char *)values);
    if (t->column->type == RP_TYPE_NUM)
        return;
    for (size_t row = 0; row < t->batch->n_rows; row++) { /* a value may say why it is missing */
        rp_missing kind = RP_MISSING;
        if (t->found[row] != RP_CELL_OTHER || !rp_missing_parse(text_at(t, row), &kind))
            continue;
        rp_held why = rp_value_of_missing(kind);
        memcpy(&values[row], &why, sizeof why.num);
        t->found[row] = RP_CELL_VALUE;
    }
}

/* What short texts were found to mean a moment ago, by a few of their bits. */
enum { MEMO_BITS = 6 };
typedef struct memo {
    rp_words text; /* all zeros: none, since an empty text has no memo */
    rp_held value;
    uint8_t found;
} memo;

static uint8_t recall(const taking *t, const rp_text_run *run, memo *memos, rp_held *out) {
    memo *m = &memos[(run->text.low ^ run->text.high) * UINT64_C(0x9e3779b97f4a7c15) >> (64 - MEMO_BITS)];
    if (run->found == RP_CELL_VALUE && m->text.low == run->text.low && m->text.high == run->text.high) {
        *out = m->value;
        return m->found;
    }
    rp_text text = text_at(t, run->row);
    *out = rp_column_missing(t->column);
    uint8_t found = text.n == 0 ? RP_CELL_EMPTY : take(t, text, out) ? RP_CELL_VALUE : RP_CELL_OTHER;
    if (run->found == RP_CELL_VALUE)
        *m = (memo){run->text, *out, found};
    return found;
}

/* A code, a truth or a time n times. */
static void repeat(char *at, rp_held value, size_t width, size_t n) {
    for (size_t i = 0; i < n; i++, at += width)
        if (width == sizeof value.code)
            memcpy(at, &value, sizeof value.code);
        else if (width == sizeof value.truth)
            memcpy(at, &value, sizeof value.truth);
        else
            memcpy(at, &value, sizeof value.whole);
}

/* What says the same as the row before means the same. */
static void take_runs(const taking *t, char *values) {
    memo memos[1 << MEMO_BITS] = {0};
    size_t width = rp_column_width(t->column), n = rp_cells_runs(t->batch, (size_t)t->field, t->runs);
    for (size_t i = 0; i < n; i++) {
        const rp_text_run *run = &t->runs[i];
        rp_held value;
        uint8_t found = recall(t, run, memos, &value);
        for (size_t row = run->row; row < run->row + run->n; row++)
            t->found[row] = found;
        repeat(values + run->row * width, value, width, run->n);
    }
}

/* Rows in which something other than a value was found, or nothing where something must be. */
static void doubt(const taking *t) {
    size_t n = t->batch->n_rows;
    bool other = memchr(t->found, RP_CELL_OTHER, n), lacks = t->column->required && memchr(t->found, RP_CELL_EMPTY, n);
    for (size_t row = 0; row < n && (other || lacks); row++)
        t->doubtful[row] |= t->found[row] == RP_CELL_OTHER || (lacks && t->found[row] == RP_CELL_EMPTY);
}

static void take_column(const taking *t, void *values) {
    switch (t->column->type) {
    case RP_TYPE_DATE:
        take_dates(t, values);
        break;
    case RP_TYPE_INT:
        take_ints(t, values);
        break;
    case RP_TYPE_NUM:
    case RP_TYPE_VALUE:
        take_numbers(t, values);
        break;
    case RP_TYPE_CODE:
    case RP_TYPE_BOOL:
    case RP_TYPE_TIME:
        take_runs(t, values);
        break;
    case RP_TYPE_ID:
    case RP_TYPE_TEXT:
        assert(!"ids and texts are taken when they are added");
        break;
    }
    doubt(t);
}

/* Eight bytes at once, of which the first n count (a batch has readable bytes behind it). The rest becomes blanks. */
static uint64_t word_of(const char *at, size_t n) {
    const uint64_t blanks = UINT64_C(0x2020202020202020);
    uint64_t word;
    memcpy(&word, at, sizeof word);
    uint64_t rest = n < 8 ? ~UINT64_C(0) << 8 * n : 0;
    return (word & ~rest) | (blanks & rest);
}

/* A byte below 0x20, or 0x7f. */
static bool has_control(rp_text text) {
    const uint64_t ones = UINT64_C(0x0101010101010101), tops = UINT64_C(0x8080808080808080);
    uint64_t found = 0;
    for (size_t i = 0; i < text.n; i += 8) {
        uint64_t word = word_of(text.at + i, text.n - i), delete = word ^ (ones * 0x7f);
        found |= ((word - ones * 0x20) & ~word) | ((delete - ones) & ~delete);
    }
    return found & tops;
}

/* Ids are only looked at, once a run: too long, or with control characters. */
static void look_at_ids(const taking *t, const rp_text_run *runs, size_t n) {
    size_t limit = t->column->as_id ? RP_LIMIT_CODE_BYTES : RP_LIMIT_ID_BYTES;
    for (size_t i = 0; i < n; i++) {
        rp_text text = text_at(t, runs[i].row);
        bool fine = text.n ? text.n <= limit && !has_control(text) : !t->column->required;
        if (!fine)
            memset(t->doubtful + runs[i].row, 1, runs[i].n);
    }
}

static void look_at_texts(const taking *t) {
    for (size_t row = 0; row < t->batch->n_rows; row++) {
        size_t n = text_at(t, row).n;
        t->doubtful[row] |= (n == 0 && t->column->required) || n > RP_LIMIT_TEXT_BYTES;
    }
}

/* ---- rows ---- */

/* Rows that say neither when nor in which order, and rows whose end lies before their beginning. */
static void look_at_rows(const rp_intake *in, const rp_batch *batch, const rp_intake_taken *taken,
                         const uint8_t *ordered) {
    const rp_roles *roles = &in->held->roles;
    for (size_t row = 0; in->held->def->needs_order && row < batch->n_rows; row++)
        taken->doubtful[row] |= !ordered[row];
    if (roles->start < 0 || in->field_of[roles->start] < 0 || in->field_of[roles->finish] < 0)
        return;
    const rp_column *start = &in->held->columns.at[roles->start], *finish = &in->held->columns.at[roles->finish];
    for (size_t row = 0; row < batch->n_rows; row++)
        if (rp_pair_is_reversed(start, rp_intake_value(taken, roles->start, start, row), finish,
                                rp_intake_value(taken, roles->finish, finish, row)))
            taken->doubtful[row] = 1;
}

static bool take_columns(taking *t, rp_intake_taken *taken, uint8_t *ordered, rp_arena *arena) {
    const rp_held_table *held = t->in->held;
    for (size_t c = 0; c < held->columns.n; c++) {
        t->column = &held->columns.at[c];
        t->field = t->in->field_of[c];
        if (t->field < 0)
            continue;
        if (t->column->domain) {
            taken->runs[c] = rp_arena_take_unset(arena, t->batch->n_rows, sizeof *taken->runs[c]);
            if (!taken->runs[c])
                return false;
            taken->n_runs[c] = rp_cells_runs(t->batch, (size_t)t->field, taken->runs[c]);
            look_at_ids(t, taken->runs[c], taken->n_runs[c]);
            continue;
        }
        if (t->column->type == RP_TYPE_TEXT) {
            look_at_texts(t);
            continue;
        }
        taken->values[c] = rp_arena_take_unset(arena, t->batch->n_rows, rp_column_width(t->column));
        if (!taken->values[c])
            return false;
        take_column(t, taken->values[c]);
        if ((int)c == held->roles.date || (int)c == held->roles.occasion)
            for (size_t row = 0; row < t->batch->n_rows; row++)
                ordered[row] |= t->found[row] != RP_CELL_EMPTY;
    }
    return true;
}

bool rp_intake_convert(void *intake, const rp_batch *batch, rp_arena *arena, void **out) {
    const rp_intake *in = intake;
    rp_intake_taken *taken = rp_arena_take(arena, 1, sizeof *taken);
    if (!taken)
        return false;
    taken->values = rp_arena_take(arena, in->held->columns.n, sizeof *taken->values);
    taken->runs = rp_arena_take(arena, in->held->columns.n, sizeof *taken->runs);
    taken->n_runs = rp_arena_take(arena, in->held->columns.n, sizeof *taken->n_runs);
    taken->doubtful = rp_arena_take(arena, batch->n_rows, 1);
    taking t = {.in = in,
                .batch = batch,
                .doubtful = taken->doubtful,
                .found = rp_arena_take_unset(arena, batch->n_rows, 1),
                .runs = rp_arena_take_unset(arena, batch->n_rows, sizeof *t.runs)};
    uint8_t *ordered = rp_arena_take(arena, batch->n_rows, 1);
    if (!taken->values || !taken->runs || !taken->n_runs || !taken->doubtful || !t.found || !t.runs || !ordered ||
        !take_columns(&t, taken, ordered, arena))
        return false;
    look_at_rows(in, batch, taken, ordered);
    *out = taken;
    return true;
}
