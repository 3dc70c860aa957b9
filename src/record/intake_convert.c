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
    rp_words *texts;           /* by row */
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

/* A code or a truth. */
static bool take(const taking *t, rp_text text, rp_held *out) {
    if (t->column->type == RP_TYPE_CODE)
        return take_code(t, text, &out->code);
    assert(t->column->type == RP_TYPE_BOOL);
    return take_bool(text, &out->truth);
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

static void take_times(const taking *t, int64_t *values) {
    const int64_t day = INT64_C(86400000000);
    rp_date first, last;
    rp_dates_sensible(t->in->record, t->column, &first, &last);
    const int64_t from = first * day, to = (last + INT64_C(1)) * day;
    for (size_t row = 0; row < t->batch->n_rows; row++) {
        rp_text text = text_at(t, row);
        int64_t time = RP_NO_INT;
        bool fine = text.n && rp_time_parse(text, &time) && time >= from && time < to;
        t->found[row] = fine ? RP_CELL_VALUE : text.n ? RP_CELL_OTHER : RP_CELL_EMPTY;
        values[row] = fine ? time : RP_NO_INT;
    }
}

/* What short texts were found to mean a moment ago, by a few of their bits. */
enum { MEMO_BITS = 6 };
typedef struct memo {
    rp_words text;
    rp_held value;
    uint8_t found;
} memo;

static memo learn(const taking *t, size_t row) {
    rp_text text = text_at(t, row);
    memo m = {.text = t->texts[row], .value = rp_column_missing(t->column), .found = RP_CELL_EMPTY};
    if (text.n)
        m.found = take(t, text, &m.value) ? RP_CELL_VALUE : RP_CELL_OTHER;
    return m;
}

/* Codes or truths. `width` is known to the compiler. */
static inline __attribute__((always_inline)) void take_words(const taking *t, char *values, size_t width) {
    memo memos[1 << MEMO_BITS];
    for (size_t i = 0; i < sizeof memos / sizeof *memos; i++) /* an empty text is all zeros */
        memos[i] = (memo){.value = rp_column_missing(t->column), .found = RP_CELL_EMPTY};
    rp_cells_short(t->batch, (size_t)t->field, t->texts, t->found);
    for (size_t row = 0; row < t->batch->n_rows; row++, values += width) {
        rp_words text = t->texts[row];
        memo one, *m = &memos[(text.low ^ text.high) * UINT64_C(0x9e3779b97f4a7c15) >> (64 - MEMO_BITS)];
        if (t->found[row] == RP_CELL_OTHER) {
            one = learn(t, row);
            m = &one; /* its words would not tell it from others */
        } else if (((m->text.low ^ text.low) | (m->text.high ^ text.high)) != 0) {
            *m = learn(t, row);
        }
        t->found[row] = m->found;
        memcpy(values, &m->value, width);
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
    case RP_TYPE_TIME:
        take_times(t, values);
        break;
    case RP_TYPE_CODE:
        take_words(t, values, sizeof(int16_t));
        break;
    case RP_TYPE_BOOL:
        take_words(t, values, sizeof(int8_t));
        break;
    case RP_TYPE_ID:
    case RP_TYPE_TEXT:
        assert(!"ids and texts are taken when they are added");
        break;
    }
    doubt(t);
}

static const uint64_t blanks = UINT64_C(0x2020202020202020);

/* A byte below 0x20, or 0x7f, in eight. */
static bool word_has_control(uint64_t word) {
    const uint64_t ones = UINT64_C(0x0101010101010101), tops = UINT64_C(0x8080808080808080);
    uint64_t delete = word ^ (ones * 0x7f);
    return ((((word - ones * 0x20) & ~word) | ((delete - ones) & ~delete)) & tops) != 0;
}

static bool has_control(rp_text text) {
    uint64_t word;
    for (size_t i = 0; i < text.n; i += sizeof word) { /* a batch has readable bytes behind it */
        memcpy(&word, text.at + i, sizeof word);
        uint64_t rest = text.n - i < 8 ? ~UINT64_C(0) << 8 * (text.n - i) : 0;
        if (word_has_control((word & ~rest) | (blanks & rest)))
            return true;
    }
    return false;
}

/* The same of a short text of 1 to 15 bytes, which has zeros behind it. */
static bool run_has_control(const rp_text_run *run) {
    uint64_t behind_low = run->bytes < 8 ? blanks << 8 * run->bytes : 0;
    uint64_t behind_high = run->bytes <= 8 ? blanks : blanks << 8 * (run->bytes - 8);
    return word_has_control(run->text.low | behind_low) || word_has_control(run->text.high | behind_high);
}

/* Ids are only looked at, once a run: too long, or with control characters. */
static void look_at_ids(const taking *t, const rp_text_run *runs, size_t n) {
    size_t limit = t->column->as_id ? RP_LIMIT_CODE_BYTES : RP_LIMIT_ID_BYTES;
    for (size_t i = 0; i < n; i++) {
        bool fine;
        if (runs[i].found == RP_CELL_VALUE && !t->in->plan.n_missing) {
            fine = !run_has_control(&runs[i]);
        } else {
            rp_text text = text_at(t, runs[i].row);
            fine = text.n ? text.n <= limit && !has_control(text) : !t->column->required;
        }
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

/* Rows whose end lies before their beginning: of columns of whole numbers, of which the least means a missing value, so
 * that nothing lies before it. */
#define LOOK_AT_PAIR(type, missing)                                                                                    \
    {                                                                                                                  \
        const type *from = taken->values[roles->start], *to = taken->values[roles->finish];                            \
        for (size_t row = 0; row < n; row++)                                                                           \
            taken->doubtful[row] |= (to[row] < from[row]) & (to[row] != (missing));                                    \
    }

static void look_at_pairs(const rp_intake *in, size_t n, const rp_intake_taken *taken) {
    const rp_roles *roles = &in->held->roles;
    const rp_column *start = &in->held->columns.at[roles->start], *finish = &in->held->columns.at[roles->finish];
    if (start->type == RP_TYPE_DATE)
        LOOK_AT_PAIR(rp_date, RP_NO_DATE)
    else if (start->type == RP_TYPE_TIME)
        LOOK_AT_PAIR(int64_t, RP_NO_INT)
    else
        for (size_t row = 0; row < n; row++)
            taken->doubtful[row] |= rp_pair_is_reversed(start, rp_intake_value(taken, roles->start, start, row), finish,
                                                        rp_intake_value(taken, roles->finish, finish, row));
}

/* Rows that say neither when nor in which order, and rows whose end lies before their beginning. */
static void look_at_rows(const rp_intake *in, const rp_batch *batch, const rp_intake_taken *taken,
                         const uint8_t *ordered) {
    const rp_roles *roles = &in->held->roles;
    for (size_t row = 0; in->held->def->needs_order && row < batch->n_rows; row++)
        taken->doubtful[row] |= !ordered[row];
    if (roles->start >= 0 && in->field_of[roles->start] >= 0 && in->field_of[roles->finish] >= 0)
        look_at_pairs(in, batch->n_rows, taken);
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
                .texts = rp_arena_take_unset(arena, batch->n_rows, sizeof *t.texts)};
    uint8_t *ordered = rp_arena_take(arena, batch->n_rows, 1);
    if (!taken->values || !taken->runs || !taken->n_runs || !taken->doubtful || !t.found || !t.texts || !ordered ||
        !take_columns(&t, taken, ordered, arena))
        return false;
    look_at_rows(in, batch, taken, ordered);
    *out = taken;
    return true;
}
