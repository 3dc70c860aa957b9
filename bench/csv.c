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

enum { LOOKED_AT = 1000, FIRST_SLOTS = 256 };

typedef enum type { INTS, NUMBERS, DATES, TEXTS } type;
static const char *const type_names[] = {"whole numbers", "numbers", "dates", "texts"};

typedef struct plan {
    type *types;
    size_t n_cells;
} plan;

/* ---- a dictionary of short texts ---- */

typedef struct slot {
    rp_words text;
    size_t rows; /* 0: free */
} slot;

typedef struct dictionary {
    slot *slots;
    size_t n_slots; /* a power of two */
    size_t n;
} dictionary;

static inline slot *find(const dictionary *d, rp_words text) {
    uint64_t hash = (text.low ^ text.high * UINT64_C(0x9e3779b97f4a7c15)) * UINT64_C(0xd6e8feb86659fd93);
    for (size_t i = hash >> 40;; i++) {
        slot *s = &d->slots[i & (d->n_slots - 1)];
        if (!s->rows || (s->text.low == text.low && s->text.high == text.high))
            return s;
    }
}

static __attribute__((noinline)) bool grow(dictionary *d, rp_arena *arena) {
    dictionary more = {.n_slots = d->n_slots ? d->n_slots * 4 : FIRST_SLOTS, .n = d->n};
    more.slots = rp_arena_take(arena, more.n_slots, sizeof *more.slots);
    if (!more.slots)
        return false;
    for (size_t i = 0; i < d->n_slots; i++)
        if (d->slots[i].rows)
            *find(&more, d->slots[i].text) = d->slots[i];
    *d = more;
    return true;
}

/* `rows` more of the text. False: no memory. */
static bool put(dictionary *d, rp_words text, size_t rows, rp_arena *arena) {
    if (d->n * 2 >= d->n_slots && !grow(d, arena))
        return false;
    slot *s = find(d, text);
    if (!s->rows) {
        s->text = text;
        d->n++;
    }
    s->rows += rows;
    return true;
}

static unsigned bytes_in(rp_words text) {
    unsigned n = 0;
    for (; text.low | text.high; n++)
        text = (rp_words){text.low >> 8 | text.high << 56, text.high >> 8};
    return n;
}

/* ---- a batch ---- */

typedef struct column {
    size_t values, empty, other;
    double sum, least, most; /* of a text: of its bytes */
    dictionary texts;        /* those of up to 16 bytes; longer ones are `other` */
} column;

/* Two of each, so that one need not wait for the one before it. */
#define TAKE(kind, of_type, least_of, most_of)                                                                         \
    of_type *values = rp_arena_take_unset(arena, batch->n_rows, sizeof *values);                                       \
    uint8_t *found = rp_arena_take_unset(arena, batch->n_rows, 1);                                                     \
    if (!values || !found)                                                                                             \
        return false;                                                                                                  \
    rp_cells_##kind(batch, field, 0, values, found);                                                                   \
    c->values = keep_values(found, values, sizeof *values, batch->n_rows, &c->empty);                                  \
    c->other = batch->n_rows - c->values - c->empty;                                                                   \
    double sum = 0, sum_b = 0;                                                                                         \
    of_type least = most_of, most = least_of, least_b = most_of, most_b = least_of;                                    \
    for (size_t i = 0; i + 1 < c->values; i += 2) {                                                                    \
        of_type a = values[i], b = values[i + 1];                                                                      \
        sum += (double)a;                                                                                              \
        sum_b += (double)b;                                                                                            \
        least = a < least ? a : least;                                                                                 \
        least_b = b < least_b ? b : least_b;                                                                           \
        most = a > most ? a : most;                                                                                    \
        most_b = b > most_b ? b : most_b;                                                                              \
    }                                                                                                                  \
    if (c->values % 2) {                                                                                               \
        of_type last = values[c->values - 1];                                                                          \
        sum += (double)last;                                                                                           \
        least = last < least ? last : least;                                                                           \
        most = last > most ? last : most;                                                                              \
    }                                                                                                                  \
    c->sum = sum + sum_b;                                                                                              \
    c->least = (double)(least < least_b ? least : least_b);                                                            \
    c->most = (double)(most > most_b ? most : most_b);                                                                 \
    return true;

/* Moves the values together over those rows that have none, and gives their number. */
static size_t keep_values(const uint8_t *found, void *values, size_t width, size_t n, size_t *empty) {
    char *at = values;
    size_t kept = 0;
    if (n && !memchr(found, RP_CELL_EMPTY, n) && !memchr(found, RP_CELL_OTHER, n))
        return n;
    for (size_t row = 0; row < n; row++) {
        *empty += found[row] == RP_CELL_EMPTY;
        if (found[row] == RP_CELL_VALUE)
            memmove(at + width * kept++, at + width * row, width);
    }
    return kept;
}

static bool take_ints(const rp_batch *batch, size_t field, rp_arena *arena, column *c) {
    TAKE(int, int64_t, INT64_MIN, INT64_MAX)
}

static bool take_numbers(const rp_batch *batch, size_t field, rp_arena *arena, column *c) {
    TAKE(num, double, -DBL_MAX, DBL_MAX)
}

static bool take_dates(const rp_batch *batch, size_t field, rp_arena *arena, column *c) {
    TAKE(date, rp_date, INT32_MIN, INT32_MAX)
}

static void note_bytes(column *c, size_t bytes, size_t rows) {
    c->least = c->values == 0 || (double)bytes < c->least ? (double)bytes : c->least;
    c->most = (double)bytes > c->most ? (double)bytes : c->most;
    c->sum += (double)(bytes * rows);
    c->values += rows;
}

/* What is told of texts is told of each once. */
static bool take_texts(const rp_batch *batch, size_t field, rp_arena *arena, column *c) {
    rp_text_run *runs = rp_arena_take_unset(arena, batch->n_rows, sizeof *runs);
    if (!runs)
        return false;
    size_t n = rp_cells_runs(batch, field, runs);
    for (size_t i = 0; i < n; i++) {
        if (runs[i].found == RP_CELL_EMPTY) {
            c->empty += runs[i].n;
        } else if (runs[i].found == RP_CELL_OTHER) {
            note_bytes(c, rp_batch_span(batch, runs[i].row, field).n, runs[i].n);
            c->other += runs[i].n;
        } else if (!put(&c->texts, runs[i].text, runs[i].n, arena)) {
            return false;
        }
    }
    for (size_t i = 0; i < c->texts.n_slots; i++)
        if (c->texts.slots[i].rows)
            note_bytes(c, bytes_in(c->texts.slots[i].text), c->texts.slots[i].rows);
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
        if (one->texts.slots[i].rows && !put(&all->texts, one->texts.slots[i].text, one->texts.slots[i].rows, arena))
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
        printf("%-20s %-13s %zu values, %zu empty, %zu other, sum %.17g, from %.17g to %.17g, %zu distinct\n",
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
