/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Typed columns in pieces that double, and the domains of ids. A missing value is a pattern of bits in every type, so
 * that moving values about needs no types. */
#include "record/record_parts.h"

/* ---- values ---- */

/* A quiet NaN whose low bits say why the number is missing. */
#define MISSING_BITS UINT64_C(0x7ff8000000000000)

rp_held rp_value_of_number(double number) {
    rp_held value;
    memcpy(&value.bits, &number, sizeof number);
    return value;
}

rp_held rp_value_of_missing(rp_missing kind) {
    return (rp_held){.bits = MISSING_BITS | (uint64_t)kind};
}

rp_missing rp_value_kind_of(rp_held value) {
    uint64_t kind = value.bits & 0xff;
    bool is_missing = (value.bits & MISSING_BITS) == MISSING_BITS;
    return is_missing && kind < RP_MISSING_KINDS ? (rp_missing)kind : RP_PRESENT;
}

rp_held rp_column_missing(const rp_column *column) {
    switch (column->type) {
    case RP_TYPE_ID:
        return (rp_held){.id = RP_NO_ID};
    case RP_TYPE_DATE:
        return (rp_held){.date = RP_NO_DATE};
    case RP_TYPE_CODE:
        return column->as_id ? (rp_held){.id = RP_NO_ID} : (rp_held){.code = -1};
    case RP_TYPE_BOOL:
        return (rp_held){.truth = -1};
    case RP_TYPE_TIME:
    case RP_TYPE_INT:
        return (rp_held){.whole = RP_NO_INT};
    case RP_TYPE_NUM:
        return (rp_held){.num = NAN};
    case RP_TYPE_TEXT:
        return (rp_held){.text = NULL};
    case RP_TYPE_VALUE:
        break;
    }
    return rp_value_of_missing(RP_MISSING);
}

/* ---- columns ---- */

static inline bool is_pattern(const void *at, const void *pattern, size_t width) {
    switch (width) { /* a call of memcmp takes longer than comparing a value */
    case 1:
        return memcmp(at, pattern, 1) == 0;
    case 2:
        return memcmp(at, pattern, 2) == 0;
    case 4:
        return memcmp(at, pattern, 4) == 0;
    default:
        return memcmp(at, pattern, 8) == 0;
    }
}

bool rp_column_means_missing(const rp_column *column, rp_held value) {
    const rp_held missing = rp_column_missing(column);
    return is_pattern(&value, &missing, rp_column_width(column));
}

rp_held rp_column_get(const rp_column *column, size_t row) {
    rp_held value = rp_column_missing(column);
    const void *at = rp_column_at(column, row);
    if (at)
        memcpy(&value, at, rp_column_width(column));
    return value;
}

bool rp_column_is_missing(const rp_column *column, size_t row) {
    const rp_held missing = rp_column_missing(column);
    const void *at = rp_column_at(column, row);
    return !at || is_pattern(at, &missing, rp_column_width(column));
}

char *rp_piece_make(rp_arena *arena, rp_pieces *pieces, size_t piece, size_t width) {
    arena = pieces->arena ? pieces->arena : arena;
    if (piece >= pieces->room) {
        size_t room = piece < 8 ? 16 : piece * 2;
        char **fresh = rp_arena_take(arena, room, sizeof *fresh);
        if (!fresh)
            return NULL;
        if (pieces->room)
            memcpy(fresh, pieces->at, pieces->room * sizeof *fresh);
        pieces->at = fresh;
        pieces->room = room;
    }
    if (!pieces->at[piece])
        pieces->at[piece] = rp_arena_take(arena, rp_piece_rows(piece), width);
    return pieces->at[piece];
}

/* Missing ids, codes and truths are all ones, missing texts all zeros. */
static void fill_missing(const rp_column *column, char *start, size_t n) {
    const rp_held missing = rp_column_missing(column);
    size_t width = rp_column_width(column);
    if (column->domain || column->type == RP_TYPE_CODE || column->type == RP_TYPE_BOOL || column->type == RP_TYPE_ID)
        memset(start, 0xff, n * width);
    else if (column->type != RP_TYPE_TEXT)
        for (size_t i = 0; i < n; i++)
            memcpy(start + i * width, &missing, width);
}

/* The place of the row's value, in a piece that is made, and filled with missing values, where it is not there yet. */
static void *make_place(rp_arena *arena, rp_column *column, size_t row) {
    size_t within = 0, piece = rp_piece_of(row, &within), width = rp_column_width(column);
    char *start = rp_piece_make(arena, &column->pieces, piece, width);
    if (!start)
        return NULL;
    fill_missing(column, start, rp_piece_rows(piece));
    return start + within * width;
}

bool rp_column_put(rp_arena *arena, rp_column *column, size_t row, rp_held value) {
    if (column->dropped)
        return true;
    const rp_held missing = rp_column_missing(column);
    size_t width = rp_column_width(column);
    void *at = rp_column_at(column, row);
    if (!at && is_pattern(&value, &missing, width))
        return true;
    at = at ? at : make_place(arena, column, row);
    if (at)
        memcpy(at, &value, width);
    return at != NULL;
}

/* A piece that is not there holds missing values already. */
static bool all_missing(const rp_column *column, const char *values, size_t n) {
    const rp_held missing = rp_column_missing(column);
    size_t width = rp_column_width(column), i = 0;
    while (i < n && is_pattern(values + i * width, &missing, width))
        i++;
    return i == n;
}

bool rp_column_fill(rp_arena *arena, rp_column *column, size_t row, size_t n, const void *values) {
    size_t width = rp_column_width(column);
    const char *from = values;
    while (n && !column->dropped) {
        size_t within = 0, piece = rp_piece_of(row, &within), run = rp_piece_rows(piece) - within;
        run = run < n ? run : n;
        void *at = rp_column_at(column, row);
        if (!at && !all_missing(column, from, run)) {
            at = make_place(arena, column, row);
            if (!at)
                return false;
        }
        if (at)
            memmove(at, from, run * width);
        from += run * width;
        row += run;
        n -= run;
    }
    return true;
}

/* A run of missing values moves by being put, where there is a piece to put them into. */
static bool put_missing(rp_arena *arena, rp_column *column, size_t row, size_t n) {
    bool fine = true;
    for (size_t i = 0; i < n && fine; i++)
        fine = rp_column_put(arena, column, row + i, rp_column_missing(column));
    return fine;
}

bool rp_column_move(rp_arena *arena, rp_column *column, size_t to, size_t from, size_t n) {
    assert(to <= from);
    bool fine = true;
    while (n && fine && column->pieces.at) {
        const void *at;
        size_t run = rp_column_run(column, from, n, &at);
        fine = at ? rp_column_fill(arena, column, to, run, at) : put_missing(arena, column, to, run);
        to += run;
        from += run;
        n -= run;
    }
    return fine;
}

bool rp_column_keep_text(rp_arena *arena, rp_column *column, rp_text text, rp_held *out) {
    if (!column->last || !rp_text_is(text, column->last))
        column->last = rp_arena_copy(arena, text.at, text.n);
    out->text = column->last;
    return column->last != NULL;
}

/* The values of these rows, one after the other. Compiled for each width apart, since copying is all that it does. */
static inline void gather(char *to, const rp_column *column, const uint32_t *rows, size_t n, size_t width) {
    const rp_held missing = rp_column_missing(column);
    for (size_t i = 0; i < n; i++) {
        const void *at = rp_piece_at(&column->pieces, rows[i], width);
        memcpy(to + i * width, at ? at : &missing, width);
    }
}

bool rp_column_reorder(rp_arena *arena, char *room, rp_column *column, const uint32_t *order, size_t n) {
    if (!column->pieces.at)
        return true;
    switch (rp_column_width(column)) {
    case 1:
        gather(room, column, order, n, 1);
        break;
    case 2:
        gather(room, column, order, n, 2);
        break;
    case 4:
        gather(room, column, order, n, 4);
        break;
    default:
        gather(room, column, order, n, 8);
    }
    return rp_column_fill(arena, column, 0, n, room);
}

int64_t rp_column_when(const rp_column *column, size_t row) {
    const void *at = rp_column_at(column, row);
    if (!at)
        return INT64_MIN;
    if (column->type == RP_TYPE_DATE) {
        rp_date date = *(const rp_date *)at;
        return date == RP_NO_DATE ? INT64_MIN : date;
    }
    assert(column->type == RP_TYPE_TIME || column->type == RP_TYPE_INT);
    return *(const int64_t *)at; /* missing is INT64_MIN: RP_NO_INT */
}

/* ---- domains ---- */

const char *rp_domain_text(const rp_domain *domain, uint32_t id) {
    assert(domain->names);
    return id == RP_NO_ID ? NULL : rp_names_text(domain->names, domain->by_rank ? domain->by_rank[id] : id);
}

/* Codes of an open list come first, in the list's order; what follows is in byte order. */
uint32_t rp_domain_find(const rp_domain *domain, const char *text) {
    size_t known = domain->codes ? domain->codes->n : 0;
    for (size_t i = 0; i < known; i++)
        if (strcmp(domain->codes->codes[i].code, text) == 0)
            return (uint32_t)i;
    size_t low = known, high = domain->n;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = strcmp(rp_domain_text(domain, (uint32_t)middle), text);
        if (order == 0)
            return (uint32_t)middle;
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return RP_NO_ID;
}
