/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is left of a reader, in batches. The source comes in chunks, which are cut behind a line feed, scanned for runs
 * of regular rows and converted side by side (rp_belt), and given out in order. bulk_parts.h says why that is right
 * even where a chunk does not begin with a row.
 *
 * The reader goes along: where it stands, the next row truly begins, and it reads the rows between the runs. Its window
 * takes its bytes from the chunks. To find that a quote is never closed it may read far ahead; what it then holds, and
 * no chunk any more, is put into a chunk of the caller's own. */
#include <assert.h>
#include <string.h>

#include "table/bulk_parts.h"

enum { SLOW_CHUNK = 4096 }; /* bytes that the window takes at once: a row or a few */

typedef struct chunk {
    char *at;        /* with RP_BLOCK readable bytes after the last one */
    size_t n;        /* up to a line end, where there is one */
    uint64_t offset; /* in the file */
    bool failed;     /* no more can be read behind it */
    rp_error failure;
    rp_arena *arena; /* what was converted, and what the guesses take */
    bool no_memory;
    rp_rows rows;
    RP_VEC(rp_run) runs;
    size_t next_run;
    bool again; /* a guess was wrong: runs are found as they are asked for */
} chunk;

struct rp_bulk {
    rp_arena *arena; /* holds the bulk and its chunks */
    rp_reader *reader;
    rp_way way;
    rp_convert convert;
    void *context;
    rp_belt *belt;
    chunk *chunks;
    size_t n_chunks, chunk_bytes;
    /* For loading, one thread at a time. */
    rp_arena *head;   /* what the reader's window held at first */
    const char *rest; /* bytes taken from the source that are in no chunk yet */
    size_t n_rest;
    uint64_t offset; /* of the next chunk */
    /* The caller's thread alone. */
    chunk *current; /* NULL: none yet, or none left */
    chunk ahead;    /* of bytes that the window holds and the current chunk does not */
    bool failed;    /* the source, behind the last chunk */
    rp_error failure;
};

/* ---- loading ---- */

/* Leaves what follows the last line feed to the next chunk, so that rows are seldom cut in two. */
static void cut(rp_bulk *bulk, chunk *c) {
    const char *line_feed = memrchr(c->at, '\n', c->n);
    size_t over = line_feed ? c->n - (size_t)(line_feed + 1 - c->at) : 0;
    c->n -= over;
    if (!bulk->n_rest)
        bulk->rest = c->at + c->n;
    else
        bulk->rest -= over; /* the chunk holds bytes of the rest alone */
    bulk->n_rest += over;
}

static bool load(void *context, size_t place) {
    rp_bulk *bulk = context;
    chunk *c = &bulk->chunks[place];
    bool more = true;
    c->n = bulk->n_rest < bulk->chunk_bytes ? bulk->n_rest : bulk->chunk_bytes;
    if (c->n)
        memmove(c->at, bulk->rest, c->n);
    bulk->rest += c->n;
    bulk->n_rest -= c->n;
    c->failed = false;
    while (more && c->n < bulk->chunk_bytes) {
        size_t got = 0;
        c->failed = !rp_source_take(&bulk->reader->source, c->at + c->n, bulk->chunk_bytes - c->n, &got, &c->failure);
        c->n += got;
        more = got > 0;
    }
    if (more)
        cut(bulk, c);
    c->offset = bulk->offset;
    bulk->offset += c->n;
    return more;
}

/* ---- runs ---- */

static rp_batch batch_of(const rp_bulk *bulk, const chunk *c, const rp_run *run) {
    const rp_rows *rows = &c->rows;
    return (rp_batch){.bytes = c->at,
                      .ends = rows->ends + run->first_end,
                      .quotes = run->quotes,
                      .n_rows = run->n_rows,
                      .n_cells = rows->n_cells,
                      .line = bulk->reader->line,
                      .offset = c->offset};
}

/* The run at `at`, if there is a row; its end is where the next row begins that is not regular. */
static size_t find_run(rp_bulk *bulk, chunk *c, size_t at) {
    rp_run run = rp_rows_find(&c->rows, &bulk->reader->dialect, bulk->way, c->at, c->n, at);
    if (run.n_rows) {
        rp_run *kept = rp_vec_push(c->arena, &c->runs);
        rp_batch batch = batch_of(bulk, c, &run);
        batch.line = 0;
        c->no_memory = !kept || (bulk->convert && !bulk->convert(bulk->context, &batch, c->arena, &run.converted));
        if (kept)
            *kept = run;
    }
    return run.end;
}

static void forget_runs(chunk *c) {
    c->rows.n_ends = 0;
    c->runs.n = c->next_run = 0;
}

/* With nothing found yet. */
static void begin_anew(chunk *c) {
    if (c->arena)
        rp_arena_empty(c->arena);
    else
        c->arena = rp_arena_new(0);
    c->no_memory = !c->arena;
    c->runs.at = NULL;
    c->runs.room = 0;
    forget_runs(c);
}

static void scan(void *context, size_t place) {
    rp_bulk *bulk = context;
    chunk *c = &bulk->chunks[place];
    rp_scan slow = {0};
    begin_anew(c);
    c->again = false;
    for (size_t at = 0; !c->no_memory && at < c->n;) {
        at = find_run(bulk, c, at);
        if (at < c->n)
            at = rp_rows_guess_next(&slow, &bulk->reader->dialect, c->arena, c->at, c->n, at);
    }
}

/* ---- the caller's thread ---- */

/* Makes the chunk current that holds byte `at` of the file, or one that comes later: the window has gone ahead. */
static void go_to_chunk(rp_bulk *bulk, uint64_t at) {
    size_t place = 0;
    while (!bulk->current || at >= bulk->current->offset + bulk->current->n) {
        if (bulk->current && bulk->current->failed) {
            bulk->failed = true;
            bulk->failure = bulk->current->failure;
        }
        if (!rp_belt_next(bulk->belt, &place)) {
            bulk->current = NULL;
            return;
        }
        bulk->current = &bulk->chunks[place];
    }
}

/* The window's source. */
static bool take_from_chunks(void *from, char *to, size_t n, size_t *got, rp_error *error) {
    rp_bulk *bulk = from;
    uint64_t at = bulk->reader->window.taken;
    go_to_chunk(bulk, at);
    const chunk *c = bulk->current;
    *got = 0;
    if (!c && bulk->failed)
        *error = bulk->failure;
    if (!c)
        return !bulk->failed;
    size_t here = (size_t)(at - c->offset), left = c->n - here;
    *got = left < n ? left : n;
    memcpy(to, c->at + here, *got);
    return true;
}

/* The reader goes on behind the run. */
static void go_behind(rp_bulk *bulk, const chunk *c, const rp_run *run) {
    rp_window *window = &bulk->reader->window;
    uint64_t at = c->offset + run->end, held_from = window->taken - window->filled;
    if (at >= held_from && at <= window->taken) {
        window->start = (size_t)(at - held_from);
    } else {
        window->start = window->filled = 0;
        window->taken = at;
    }
    rp_reader_begin_row(bulk->reader, bulk->reader->line + (uint32_t)run->n_rows);
}

static bool make_room(rp_bulk *bulk, chunk *c, size_t n_cells) {
    c->at = rp_arena_take(bulk->arena, bulk->chunk_bytes + RP_BLOCK, 1);
    return c->at && rp_rows_make(&c->rows, n_cells, bulk->chunk_bytes, bulk->arena);
}

/* Whole lines that the window holds from its row on, as a chunk. False: there are none. */
static bool look_ahead(rp_bulk *bulk, uint64_t at) {
    const rp_window *window = &bulk->reader->window;
    chunk *c = &bulk->ahead;
    if (at >= c->offset && at < c->offset + c->n)
        return true;
    size_t n = window->filled - window->start;
    n = n < bulk->chunk_bytes ? n : bulk->chunk_bytes;
    const char *from = n ? window->at + window->start : NULL, *line_feed = from ? memrchr(from, '\n', n) : NULL;
    if (!line_feed)
        return false;
    begin_anew(c);
    c->no_memory = c->no_memory || (!c->at && !make_room(bulk, c, bulk->chunks[0].rows.n_cells));
    c->n = c->no_memory ? 0 : (size_t)(line_feed + 1 - from);
    c->offset = at;
    if (c->n)
        memcpy(c->at, from, c->n);
    return true;
}

/* The chunk in which the reader stands, or NULL. */
static chunk *chunk_here(rp_bulk *bulk, uint64_t at) {
    go_to_chunk(bulk, at);
    chunk *c = bulk->current;
    if (c && at >= c->offset)
        return c;
    if (!look_ahead(bulk, at))
        return NULL;
    bulk->ahead.again = true;
    return &bulk->ahead;
}

/* The run that begins where the reader stands, and its chunk; or NULL. */
static const rp_run *run_here(rp_bulk *bulk, chunk **out) {
    uint64_t at = rp_window_offset(&bulk->reader->window);
    chunk *c = *out = chunk_here(bulk, at);
    if (!c || c->no_memory)
        return NULL;
    size_t here = (size_t)(at - c->offset);
    while (c->next_run < c->runs.n && c->runs.at[c->next_run].end <= here)
        c->next_run++;
    bool known = c->next_run < c->runs.n;
    if (c->again || (known && c->runs.at[c->next_run].start < here)) {
        c->again = true;
        forget_runs(c);
        find_run(bulk, c, here);
        known = c->runs.n > 0;
    }
    const rp_run *run = known ? &c->runs.at[c->next_run] : NULL;
    bool fits = run && run->start == here && run->n_rows <= RP_READER_LAST_LINE - bulk->reader->line;
    return fits ? run : NULL;
}

static rp_bulk_read read_slowly(rp_bulk *bulk, rp_row *row, rp_error *error) {
    switch (rp_reader_step(bulk->reader, row, error)) {
    case RP_READ_ROW:
        return RP_BULK_ROW;
    case RP_READ_BAD:
        return RP_BULK_BAD;
    case RP_READ_END:
        return RP_BULK_END;
    case RP_READ_FAILED:
        break;
    }
    return RP_BULK_FAILED;
}

rp_bulk_read rp_bulk_next(rp_bulk *bulk, rp_batch *batch, void **converted, rp_row *row, rp_error *error) {
    *converted = NULL;
    *row = (rp_row){0};
    for (;;) {
        chunk *c;
        const rp_run *run = run_here(bulk, &c);
        if (c && c->no_memory) {
            rp_fail_memory(error);
            return RP_BULK_FAILED;
        }
        if (run && c) {
            *batch = batch_of(bulk, c, run);
            *converted = run->converted;
            go_behind(bulk, c, run);
            return RP_BULK_BATCH;
        }
        rp_bulk_read got = read_slowly(bulk, row, error);
        if (got != RP_BULK_ROW || row->n > 0) /* no blank line */
            return got;
    }
}

/* ---- opening ---- */

/* The chunks begin with what the reader's window holds. */
static void take_over(rp_bulk *bulk, rp_reader *reader) {
    rp_window *window = &reader->window;
    bulk->head = window->arena;
    bulk->rest = window->at + window->start;
    bulk->n_rest = window->filled - window->start;
    bulk->offset = rp_window_offset(window);
    *window = (rp_window){.take = take_from_chunks, .from = bulk, .taken = bulk->offset, .chunk = SLOW_CHUNK};
}

static bool make_chunks(rp_bulk *bulk, size_t n_cells) {
    bulk->chunks = rp_arena_take(bulk->arena, bulk->n_chunks, sizeof *bulk->chunks);
    bool made = bulk->chunks != NULL;
    for (size_t i = 0; i < bulk->n_chunks && made; i++)
        made = make_room(bulk, &bulk->chunks[i], n_cells);
    return made;
}

rp_bulk *rp_bulk_open(rp_reader *reader, size_t n_cells, int threads, rp_convert convert, void *context,
                      rp_error *error) {
    assert(reader && n_cells > 0 && n_cells <= RP_READER_LIMIT_CELLS && threads > 0);
    rp_arena *arena = rp_arena_new(0);
    rp_bulk *bulk = arena ? rp_arena_take(arena, 1, sizeof *bulk) : NULL;
    if (!bulk) {
        rp_arena_free(arena);
        rp_fail_memory(error);
        return NULL;
    }
    *bulk = (rp_bulk){.arena = arena,
                      .reader = reader,
                      .way = rp_way_choose(),
                      .convert = convert,
                      .context = context,
                      .n_chunks = threads == 1 ? 1 : (size_t)threads + 1};
    size_t chunk_bytes = reader->window.chunk;
    bulk->chunk_bytes = chunk_bytes < RP_BATCH_BYTES ? chunk_bytes : RP_BATCH_BYTES;
    if (make_chunks(bulk, n_cells)) {
        take_over(bulk, reader);
        bulk->belt =
            rp_belt_open(threads, bulk->n_chunks, &(rp_belt_work){.load = load, .work = scan, .context = bulk});
    }
    if (bulk->belt)
        return bulk;
    rp_bulk_close(bulk);
    rp_fail_memory(error);
    return NULL;
}

void rp_bulk_close(rp_bulk *bulk) {
    if (!bulk)
        return;
    rp_belt_close(bulk->belt);
    for (size_t i = 0; bulk->chunks && i < bulk->n_chunks; i++)
        rp_arena_free(bulk->chunks[i].arena);
    rp_arena_free(bulk->ahead.arena);
    rp_arena_free(bulk->head);
    rp_arena_free(bulk->arena);
}
