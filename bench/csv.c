/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How fast a delimited file becomes typed values: every field of every row, none left out.
 *
 *   csv FILE [THREADS]          prints what was found in each column; bench/measure.py takes the time
 *
 * The first rows tell each column's type: whole numbers, numbers, dates, else texts of up to 16 bytes by a dictionary,
 * else texts by their length. A batch becomes arrays of values, and a summary of each column; the summaries are added
 * up in order, so that they are the same whatever the threads. */
#include <float.h>
#include <stdio.h>
#include <string.h>

#include "rapport/table.h"

enum { LOOKED_AT = 1000, FIRST_SLOTS = 256, LONGEST_SHORT = 16 };

typedef enum type { INTS, NUMBERS, DATES, TEXTS } type;
static const char *const type_names[] = {"whole numbers", "numbers", "dates", "texts"};

typedef struct plan {
    type *types;
    size_t n_cells;
} plan;

/* ---- a dictionary of short texts ---- */

typedef struct slot {
    uint64_t low, high; /* the text, with zeros behind it: no text of a batch holds a zero byte */
    uint32_t id;
    bool used;
} slot;

typedef struct dictionary {
    slot *slots;
    size_t n_slots; /* a power of two, or 0: no memory */
    uint32_t n;
} dictionary;

static uint64_t word_of(const char *at, size_t n) {
    uint64_t word;
    memcpy(&word, at, sizeof word);
    return n >= 8 ? word : n ? word & ~UINT64_C(0) >> (64 - 8 * n) : 0;
}

static slot *find(const dictionary *d, uint64_t low, uint64_t high) {
    uint64_t hash = (low ^ high * UINT64_C(0x9e3779b97f4a7c15)) * UINT64_C(0xd6e8feb86659fd93);
    for (size_t i = hash >> 40;; i++) {
        slot *s = &d->slots[i & (d->n_slots - 1)];
        if (!s->used || (s->low == low && s->high == high))
            return s;
    }
}

static bool grow(dictionary *d, rp_arena *arena) {
    dictionary more = {.n_slots = d->n_slots ? d->n_slots * 4 : FIRST_SLOTS, .n = d->n};
    more.slots = rp_arena_take(arena, more.n_slots, sizeof *more.slots);
    if (!more.slots)
        return false;
    for (size_t i = 0; i < d->n_slots; i++)
        if (d->slots[i].used)
            *find(&more, d->slots[i].low, d->slots[i].high) = d->slots[i];
    *d = more;
    return true;
}

/* The text's number, from 0 in order of arrival; RP_NO_ID: no memory. */
static uint32_t put(dictionary *d, uint64_t low, uint64_t high, rp_arena *arena) {
    if (d->n * 2 >= d->n_slots && !grow(d, arena))
        return RP_NO_ID;
    slot *s = find(d, low, high);
    if (!s->used)
        *s = (slot){low, high, d->n++, true};
    return s->id;
}

/* ---- a batch ---- */

typedef struct column {
    size_t values, empty, other;
    double sum, least, most; /* of a text: of its bytes */
    dictionary texts;        /* those of up to LONGEST_SHORT bytes; longer ones are `other` */
} column;

#define TAKE(kind, of_type, least_of, most_of)                                                                         \
    of_type *values = rp_arena_take(arena, batch->n_rows, sizeof *values);                                             \
    uint8_t *found = rp_arena_take(arena, batch->n_rows, 1);                                                           \
    if (!values || !found)                                                                                             \
        return false;                                                                                                  \
    rp_cells_##kind(batch, field, 0, values, found);                                                                   \
    double sum = 0;                                                                                                    \
    of_type least = most_of, most = least_of;                                                                          \
    for (size_t row = 0; row < batch->n_rows; row++) {                                                                 \
        bool is = found[row] == RP_CELL_VALUE;                                                                         \
        sum += (double)values[row]; /* 0 where there is none */                                                        \
        least = is && values[row] < least ? values[row] : least;                                                       \
        most = is && values[row] > most ? values[row] : most;                                                          \
        c->values += is;                                                                                               \
        c->empty += found[row] == RP_CELL_EMPTY;                                                                       \
    }                                                                                                                  \
    c->other = batch->n_rows - c->values - c->empty;                                                                   \
    c->sum = sum;                                                                                                      \
    c->least = (double)least;                                                                                          \
    c->most = (double)most;                                                                                            \
    return true;

static bool take_ints(const rp_batch *batch, size_t field, rp_arena *arena, column *c) {
    TAKE(int, int64_t, INT64_MIN, INT64_MAX)
}

static bool take_numbers(const rp_batch *batch, size_t field, rp_arena *arena, column *c) {
    TAKE(num, double, -DBL_MAX, DBL_MAX)
}

static bool take_dates(const rp_batch *batch, size_t field, rp_arena *arena, column *c) {
    TAKE(date, rp_date, INT32_MIN, INT32_MAX)
}

static bool take_texts(const rp_batch *batch, size_t field, rp_arena *arena, column *c) {
    uint32_t *ids = rp_arena_take(arena, batch->n_rows, sizeof *ids);
    if (!ids)
        return false;
    for (size_t row = 0; row < batch->n_rows; row++) {
        rp_span span = batch->spans[row * batch->n_cells + field];
        const char *at = batch->bytes + span.at;
        ids[row] = RP_NO_ID;
        if (span.n == 0) {
            c->empty++;
            continue;
        }
        c->least = c->values == 0 || span.n < c->least ? span.n : c->least;
        c->most = span.n > c->most ? span.n : c->most;
        c->sum += span.n;
        c->values++;
        if (span.n > LONGEST_SHORT) {
            c->other++;
            continue;
        }
        ids[row] = put(&c->texts, word_of(at, span.n), span.n > 8 ? word_of(at + 8, span.n - 8) : 0, arena);
        if (ids[row] == RP_NO_ID)
            return false;
    }
    return true;
}

static bool convert(void *context, const rp_batch *batch, rp_arena *arena, void **out) {
    static bool (*const take[])(const rp_batch *, size_t, rp_arena *, column *) = {take_ints, take_numbers, take_dates,
                                                                                   take_texts};
    const plan *p = context;
    column *columns = rp_arena_take(arena, p->n_cells, sizeof *columns);
    *out = columns;
    for (size_t i = 0; columns && i < p->n_cells; i++)
        if (!take[p->types[i]](batch, i, arena, &columns[i]))
            return false;
    return columns != NULL;
}

/* ---- the file ---- */

static bool merge(column *all, const column *one, rp_arena *arena) {
    if (one->values) {
        all->least = all->values == 0 || one->least < all->least ? one->least : all->least;
        all->most = all->values == 0 || one->most > all->most ? one->most : all->most;
    }
    all->sum += one->sum;
    all->values += one->values;
    all->empty += one->empty;
    all->other += one->other;
    for (size_t i = 0; i < one->texts.n_slots; i++)
        if (one->texts.slots[i].used &&
            put(&all->texts, one->texts.slots[i].low, one->texts.slots[i].high, arena) == RP_NO_ID)
            return false;
    return true;
}

/* What the texts of the first rows all are; an empty one is any. */
static bool look(rp_reader *reader, plan *p, rp_error *error) {
    rp_row row;
    for (int n = 0; n < LOOKED_AT; n++) {
        rp_read got = rp_reader_next(reader, &row, error);
        if (got == RP_READ_FAILED)
            return false;
        if (got == RP_READ_END)
            break;
        for (size_t i = 0; i < p->n_cells && i < row.n; i++) {
            rp_text text = row.cells[i].text;
            int64_t whole;
            double number;
            rp_date date;
            if (text.n == 0)
                continue;
            if (p->types[i] == INTS && !rp_text_to_int(text, &whole))
                p->types[i] = NUMBERS;
            if (p->types[i] == NUMBERS && !rp_text_to_num(text, &number))
                p->types[i] = DATES;
            if (p->types[i] == DATES && !rp_date_parse(text, &date))
                p->types[i] = TEXTS;
        }
    }
    return true;
}

static rp_reader *open_at_rows(const char *path, rp_arena *arena, rp_header *header, rp_error *error) {
    rp_reader *reader = rp_reader_open(path, NULL, error);
    if (reader && rp_reader_header(reader, arena, header, error))
        return reader;
    rp_reader_close(reader);
    return NULL;
}

/* All columns; rows that are not regular are counted in *odd. */
static bool read_all(rp_reader *reader, plan *p, int threads, rp_arena *arena, column *columns, size_t *rows,
                     size_t *odd, rp_error *error) {
    rp_bulk *bulk = rp_bulk_open(reader, p->n_cells, threads, convert, p, error);
    if (!bulk)
        return false;
    bool fine = true;
    for (bool more = true; more && fine;) {
        rp_batch batch;
        rp_row row;
        void *converted;
        switch (rp_bulk_next(bulk, &batch, &converted, &row, error)) {
        case RP_BULK_BATCH:
            *rows += batch.n_rows;
            for (size_t i = 0; fine && i < p->n_cells; i++)
                fine = merge(&columns[i], (const column *)converted + i, arena) || rp_fail_memory(error);
            break;
        case RP_BULK_ROW:
        case RP_BULK_BAD:
            ++*odd;
            break;
        case RP_BULK_END:
            more = false;
            break;
        case RP_BULK_FAILED:
            fine = false;
        }
    }
    rp_bulk_close(bulk);
    return fine;
}

static bool convert_file(const char *path, int threads, rp_arena *arena, rp_error *error) {
    rp_header header;
    rp_reader *reader = open_at_rows(path, arena, &header, error);
    if (!reader)
        return false;
    plan p = {rp_arena_take(arena, header.n, sizeof(type)), header.n};
    column *columns = rp_arena_take(arena, header.n, sizeof *columns);
    bool fine = (p.types && columns) ? look(reader, &p, error) : rp_fail_memory(error);
    rp_reader_close(reader);
    size_t rows = 0, odd = 0;
    reader = fine ? open_at_rows(path, arena, &header, error) : NULL;
    fine = reader && read_all(reader, &p, threads, arena, columns, &rows, &odd, error);
    rp_reader_close(reader);
    if (!fine)
        return false;
    printf("%zu rows in batches, %zu others\n", rows, odd);
    for (size_t i = 0; i < p.n_cells; i++)
        printf("%-20s %-13s %zu values, %zu empty, %zu other, sum %.17g, from %.17g to %.17g, %u distinct\n",
               header.names[i], type_names[p.types[i]], columns[i].values, columns[i].empty, columns[i].other,
               columns[i].sum, columns[i].least, columns[i].most, columns[i].texts.n);
    return true;
}

int main(int argc, char **argv) {
    int64_t threads = 1;
    bool told = argc < 3 || rp_text_to_int(rp_text_of(argv[2]), &threads);
    rp_arena *arena = rp_arena_new(0);
    rp_error error = {0};
    if (argc < 2 || !told || threads < 1 || threads > 256 || !arena) {
        fprintf(stderr, "usage: csv FILE [THREADS]\n");
        return 2;
    }
    bool fine = convert_file(argv[1], (int)threads, arena, &error);
    if (!fine)
        fprintf(stderr, "%s\n", error.message);
    rp_arena_free(arena);
    return fine ? 0 : 1;
}
