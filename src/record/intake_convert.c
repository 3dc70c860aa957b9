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
    uint8_t *doubtful;
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

/* ---- by type: false where the value is not plainly right ---- */

static bool take_code(const taking *t, rp_text text, int16_t *out) {
    uint32_t code = rp_names_find(t->in->codes[t->column - t->in->held->columns.at], text);
    *out = code == RP_NO_ID ? -1 : (int16_t)code;
    return code != RP_NO_ID;
}

static bool take_bool(rp_text text, int8_t *out) {
    *out = rp_text_is(text, "true");
    return *out || rp_text_is(text, "false");
}

static bool take_date(const taking *t, rp_text text, rp_date *out) {
    return rp_padded_to_date(text, out) && rp_date_is_sensible(t->in->record, t->column, *out);
}

static bool take_time(const taking *t, rp_text text, int64_t *out) {
    rp_date date;
    return rp_time_parse(text, out) && take_date(t, (rp_text){text.at, 10}, &date);
}

static bool take_int(const taking *t, rp_text text, int64_t *out) {
    return rp_padded_to_int(text, out) && *out >= t->column->lowest && *out <= t->column->highest;
}

static bool take_value(rp_text text, uint64_t *out) {
    double number = 0;
    rp_missing kind = RP_MISSING;
    if (rp_padded_to_num(text, &number))
        *out = rp_value_of_number(number).bits;
    else if (rp_missing_parse(text, &kind))
        *out = rp_value_of_missing(kind).bits;
    else
        return false;
    return true;
}

static bool take(const taking *t, rp_text text, char *at) {
    rp_held value = rp_column_missing(t->column);
    bool fine = false;
    switch (t->column->type) {
    case RP_TYPE_CODE:
        fine = take_code(t, text, &value.code);
        break;
    case RP_TYPE_BOOL:
        fine = take_bool(text, &value.truth);
        break;
    case RP_TYPE_DATE:
        fine = take_date(t, text, &value.date);
        break;
    case RP_TYPE_TIME:
        fine = take_time(t, text, &value.whole);
        break;
    case RP_TYPE_INT:
        fine = take_int(t, text, &value.whole);
        break;
    case RP_TYPE_NUM:
        fine = rp_padded_to_num(text, &value.num);
        break;
    case RP_TYPE_VALUE:
        fine = take_value(text, &value.bits);
        break;
    case RP_TYPE_ID:
    case RP_TYPE_TEXT:
        assert(!"ids and texts are taken when they are added");
        break;
    }
    memcpy(at, &value, rp_column_width(t->column));
    return fine;
}

/* ---- columns ---- */

/* Values come in runs: what says the same as the row before means the same. */
static void take_column(const taking *t, char *values) {
    size_t width = rp_column_width(t->column), n = t->batch->n_rows;
    const rp_held missing = rp_column_missing(t->column);
    rp_text before = {0};
    for (size_t row = 0; row < n; row++, values += width) {
        rp_text text = text_at(t, row);
        if (text.n == 0) {
            memcpy(values, &missing, width);
            t->doubtful[row] |= t->column->required;
        } else if (rp_text_equal(text, before) && !t->doubtful[row - 1]) {
            memcpy(values, values - width, width);
        } else {
            t->doubtful[row] |= !take(t, text, values);
        }
        before = text;
    }
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

/* Ids are only looked at: too long, or with control characters. */
static void look_at_ids(const taking *t) {
    size_t limit = t->column->as_id ? RP_LIMIT_CODE_BYTES : RP_LIMIT_ID_BYTES;
    for (size_t row = 0; row < t->batch->n_rows; row++) {
        rp_text text = text_at(t, row);
        t->doubtful[row] |= (text.n == 0 && t->column->required) || text.n > limit || has_control(text);
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
static void look_at_rows(const rp_intake *in, const rp_batch *batch, const rp_intake_taken *taken) {
    const rp_roles *roles = &in->held->roles;
    int date = roles->date < 0 ? -1 : in->field_of[roles->date];
    int occasion = roles->occasion < 0 ? -1 : in->field_of[roles->occasion];
    for (size_t row = 0; in->held->def->needs_order && row < batch->n_rows; row++)
        if ((date < 0 || !rp_intake_text(in, batch, row, date).n) &&
            (occasion < 0 || !rp_intake_text(in, batch, row, occasion).n))
            taken->doubtful[row] = 1;
    if (roles->start < 0 || in->field_of[roles->start] < 0 || in->field_of[roles->finish] < 0)
        return;
    const rp_column *start = &in->held->columns.at[roles->start], *finish = &in->held->columns.at[roles->finish];
    for (size_t row = 0; row < batch->n_rows; row++)
        if (rp_pair_is_reversed(start, rp_intake_value(taken, roles->start, start, row), finish,
                                rp_intake_value(taken, roles->finish, finish, row)))
            taken->doubtful[row] = 1;
}

bool rp_intake_convert(void *intake, const rp_batch *batch, rp_arena *arena, void **out) {
    const rp_intake *in = intake;
    rp_intake_taken *taken = rp_arena_take(arena, 1, sizeof *taken);
    if (!taken)
        return false;
    taken->values = rp_arena_take(arena, in->held->columns.n, sizeof *taken->values);
    taken->doubtful = rp_arena_take(arena, batch->n_rows, 1);
    if (!taken->values || !taken->doubtful)
        return false;
    for (size_t c = 0; c < in->held->columns.n; c++) {
        const rp_column *column = &in->held->columns.at[c];
        const taking t = {in, batch, column, in->field_of[c], taken->doubtful};
        if (t.field < 0)
            continue;
        if (column->domain) {
            look_at_ids(&t);
        } else if (column->type == RP_TYPE_TEXT) {
            look_at_texts(&t);
        } else {
            taken->values[c] = rp_arena_take(arena, batch->n_rows, rp_column_width(column));
            if (!taken->values[c])
                return false;
            take_column(&t, taken->values[c]);
        }
    }
    look_at_rows(in, batch, taken);
    *out = taken;
    return true;
}
