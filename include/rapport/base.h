/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Floor 1, base: memory, text, errors, faults, files, JSON, dates, random numbers,
 * threads.
 *
 * Knows nothing of statistics or therapy. Three words for ownership are used everywhere:
 *   borrowed   the caller keeps it alive for as long as the callee's result is used;
 *   owned      the caller frees it with the function named;
 *   in arena   it lives as long as the arena and is never freed alone.
 * No function here prints, exits or aborts. */
#ifndef RAPPORT_BASE_H
#define RAPPORT_BASE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#define RP_MUST_CHECK               __attribute__((warn_unused_result))
#define RP_PRINTF(format_at, first) __attribute__((format(printf, format_at, first)))

#define RP_VERSION "0.1.0"

/* ---- errors ------------------------------------------------------------------------------- */

/* Why something could not be done. A programmer's mistake is an assert instead; a statistical
 * outcome (no convergence, a boundary) is a field of the result, never an error. */
typedef enum rp_code {
    RP_OK = 0,
    RP_E_MEMORY,  /* out of memory, or past an arena's limit */
    RP_E_FILE,    /* cannot be opened, read or written */
    RP_E_SYNTAX,  /* not the format that it should be */
    RP_E_RULE,    /* well formed, but breaks a rule */
    RP_E_LIMIT,   /* larger, longer or deeper than is allowed */
    RP_E_UNKNOWN, /* names something that is not there */
    RP_E_ENCODING /* text, but not in the encoding that it should be in */
} rp_code;

/* One trouble, told to a person: what, where, what to do. Texts are cut, never overrun.
 * line and column count from 1; 0 where they make no sense. */
typedef struct rp_error {
    rp_code code;
    int64_t line, column;
    char file[256];
    char message[512];
    char remedy[256];
} rp_error;

/* Fills *error with a message and returns false, so that `return rp_fail(...)` reads as it is meant.
 * Clears the place and the remedy; error must not be NULL. */
bool rp_fail(rp_error *error, rp_code code, const char *format, ...) RP_PRINTF(3, 4);
/* The same for memory, without allocating. */
void rp_error_set_memory(rp_error *error);
/* Inline, so that whoever reads a caller, an analyser too, sees that it is false. */
static inline bool rp_fail_memory(rp_error *error) {
    rp_error_set_memory(error);
    return false;
}
/* Adds the place; file may be NULL. Returns false. */
bool rp_fail_at(rp_error *error, const char *file, int64_t line, int64_t column);
/* Adds what to do about it, an imperative sentence. Returns false. */
bool rp_fail_remedy(rp_error *error, const char *format, ...) RP_PRINTF(2, 3);
/* "file:line:column: message\n  remedy" into out (cut to size, always ended). */
void rp_error_text(const rp_error *error, char *out, size_t size);

/* ---- memory ------------------------------------------------------------------------------- */

/* An arena: everything a job takes, released at once. One thread at a time. */
typedef struct rp_arena rp_arena;

/* limit_bytes caps what it will ever hand out (0: 1 TiB). NULL when out of memory. Owned. */
rp_arena *rp_arena_new(size_t limit_bytes);
/* NULL is fine. */
void rp_arena_free(rp_arena *arena);
/* count * size zeroed bytes, 16-byte aligned, in arena; NULL on overflow, limit or no memory.
 * A zero-byte request gives a valid pointer. */
void *rp_arena_take(rp_arena *arena, size_t count, size_t size) RP_MUST_CHECK;
/* The same, but the bytes are whatever they are: for arrays that are filled at once. */
void *rp_arena_take_unset(rp_arena *arena, size_t count, size_t size) RP_MUST_CHECK;
/* Gives a large piece back before the rest, if it has memory of its own; else it stays. NULL is fine. */
void rp_arena_give_back(rp_arena *arena, void *at);
/* All that was taken goes at once, as by freeing; the arena stays, and keeps memory for about as much again. */
void rp_arena_empty(rp_arena *arena);
/* A NUL-ended copy of n bytes, in arena; NULL as above. */
char *rp_arena_copy(rp_arena *arena, const char *text, size_t n) RP_MUST_CHECK;
char *rp_arena_printf(rp_arena *arena, const char *format, ...) RP_PRINTF(2, 3) RP_MUST_CHECK;
/* `child` goes with `parent`, unless it is freed before. */
void rp_arena_adopt(rp_arena *parent, rp_arena *child);
/* Bytes handed out so far, without what was given back. */
size_t rp_arena_bytes(const rp_arena *arena);

/* For tests: the n-th arena or buffer allocation from now fails, and all after it (0: never). */
void rp_memory_fail_after(long n);

/* A growing array in an arena: RP_VEC(int) v = {0}; int *x = rp_vec_push(arena, &v); (zeroed; NULL: no memory).
 * Pointers into it move when it grows. */
#define RP_VEC(type)                                                                                                   \
    struct {                                                                                                           \
        type *at;                                                                                                      \
        size_t n, room;                                                                                                \
    }
#define rp_vec_push(arena, v)                                                                                          \
    (rp_vec_make_room((arena), &(v)->at, (v)->n, &(v)->room, sizeof *(v)->at) ? &(v)->at[(v)->n++] : NULL)
/* Used by rp_vec_push: *(void **)at_address gets room for one more. */
bool rp_vec_make_room(rp_arena *arena, void *at_address, size_t n, size_t *room, size_t size);

/* ---- text --------------------------------------------------------------------------------- */

/* A slice of UTF-8, not ended by NUL; borrowed. at == NULL: no text at all (absent), n == 0: empty. */
typedef struct rp_text {
    const char *at;
    size_t n;
} rp_text;

rp_text rp_text_of(const char *ended);            /* NULL gives an absent text */
bool rp_text_is(rp_text text, const char *ended); /* byte for byte */
bool rp_text_equal(rp_text a, rp_text b);
rp_text rp_text_trim(rp_text text); /* without blanks and tabs at both ends */
/* Whole texts only, no blanks, no locale, no hexadecimal, no "inf" or "nan"; false leaves *out alone. */
bool rp_text_to_num(rp_text text, double *out);
bool rp_text_to_int(rp_text text, int64_t *out);
bool rp_text_is_utf8(rp_text text);
/* The candidate nearest to text by edit distance, or NULL where none is near: for "did you mean". */
const char *rp_text_nearest(rp_text text, const char *const *candidates, size_t n);

/* A growing byte buffer with sticky failure: append freely, look at .failed once at the end. */
typedef struct rp_buf {
    char *at; /* always ended by NUL once anything was added */
    size_t n, room;
    size_t limit; /* 0: 1 GiB */
    bool failed;
} rp_buf;
void rp_buf_add(rp_buf *buf, const char *bytes, size_t n);
void rp_buf_put(rp_buf *buf, const char *ended);
void rp_buf_printf(rp_buf *buf, const char *format, ...) RP_PRINTF(2, 3);
void rp_buf_free(rp_buf *buf); /* leaves it empty and usable */

/* A text of up to 16 bytes, the first byte lowest, and zeros behind it: two texts without NULs are the same if, and
 * only if, their words are. */
typedef struct rp_words {
    uint64_t low, high;
} rp_words;
/* False: longer than 15 bytes, or with a NUL. */
bool rp_text_to_words(rp_text text, rp_words *out);

/* Interned texts: each distinct text gets a number from 0 in order of arrival. In arena. */
typedef struct rp_names rp_names;
#define RP_NO_ID UINT32_MAX
rp_names *rp_names_new(rp_arena *arena);
/* About n names in all are to come: room is made at once, which is faster than growing. Only a hint. */
void rp_names_expect(rp_names *names, size_t n);
/* No text will be put or looked for any more; ids have their texts as before. Gives memory back. */
void rp_names_settle(rp_names *names);
/* The text's number, added when new; RP_NO_ID when out of memory. O(1). */
uint32_t rp_names_put(rp_names *names, rp_text text);
/* The same for n texts, one after the other, of up to 15 bytes and without NULs; much faster where they come in an
 * order in which they came before. False: out of memory. */
bool rp_names_put_short(rp_names *names, const rp_words *texts, size_t n, uint32_t *out);
/* The text's number, or RP_NO_ID where it is not known. */
uint32_t rp_names_find(const rp_names *names, rp_text text);
/* NUL-ended, valid as long as the arena; id must be one given out. */
const char *rp_names_text(const rp_names *names, uint32_t id);
size_t rp_names_count(const rp_names *names);

/* ---- faults in data ----------------------------------------------------------------------- */

/* What became of the data at fault. */
typedef enum rp_fault_level {
    RP_FAULT_FILE,  /* a file or table could not be read on */
    RP_FAULT_ROW,   /* the row was rejected */
    RP_FAULT_VALUE, /* that value alone was rejected; the row stays */
    RP_FAULT_NOTE   /* nothing rejected, but a reader should know */
} rp_fault_level;

typedef struct rp_fault {
    rp_fault_level level;
    const char *file;     /* in arena; "" where none */
    int64_t line, column; /* from 1; 0 where they make no sense */
    const char *rule;     /* a fixed word: "type", "code", "range", "key_missing" ...; docs/rules.md lists them */
    const char *message;  /* in arena: a sentence */
} rp_fault;

/* A list of faults: keeps the first `limit` in full, counts all by level and rule. In arena. */
typedef struct rp_faults rp_faults;
rp_faults *rp_faults_new(rp_arena *arena, size_t limit);
/* file and message are copied; rule must be a literal. Out of memory: counted only. */
void rp_faults_add(rp_faults *faults, rp_fault_level level, const char *file, int64_t line, int64_t column,
                   const char *rule, const char *format, ...) RP_PRINTF(7, 8);
size_t rp_faults_kept(const rp_faults *faults);
const rp_fault *rp_faults_at(const rp_faults *faults, size_t i);
size_t rp_faults_count(const rp_faults *faults, rp_fault_level level); /* kept or not */
size_t rp_faults_total(const rp_faults *faults);                       /* all but notes */
/* The rules met, each with its level, in order of first arrival: how many, and the i-th with its count (kept or not).
 */
size_t rp_faults_rules(const rp_faults *faults);
const char *rp_faults_rule(const rp_faults *faults, size_t i, rp_fault_level *level, size_t *count);
/* Sorts what is kept by file, line, column (stable). */
void rp_faults_sort(rp_faults *faults);

/* ---- files -------------------------------------------------------------------------------- */

bool rp_file_exists(const char *path);
bool rp_file_is_folder(const char *path);
/* The whole file into arena, at most limit_bytes, with a NUL after it. */
bool rp_file_read(const char *path, size_t limit_bytes, rp_arena *arena, rp_text *out, rp_error *error) RP_MUST_CHECK;
/* The file appears whole or not at all (written beside, flushed, renamed). "-" writes to standard output. */
bool rp_file_write(const char *path, const char *bytes, size_t n, rp_error *error) RP_MUST_CHECK;
/* The names of what lies in a folder and is wanted, in byte order, whatever order the disk gives them in. In arena. */
bool rp_folder_names(const char *path, bool (*wanted)(const char *name), rp_arena *arena, const char *const **out,
                     size_t *n, rp_error *error) RP_MUST_CHECK;
/* A folder of files that grow side by side, and that appears whole or not at all. There must be nothing under its name
 * but an empty folder; up to 64 files. Not flushed to the disk. NULL: see *error. Owned: rp_folder_end or
 * rp_folder_abandon. */
typedef struct rp_folder rp_folder;
rp_folder *rp_folder_begin(const char *path, rp_error *error) RP_MUST_CHECK;
/* Adds bytes to the end of a file of the folder, which is begun with its first ones. */
bool rp_folder_add(rp_folder *folder, const char *name, const char *bytes, size_t n, rp_error *error) RP_MUST_CHECK;
int64_t rp_folder_bytes(const rp_folder *folder); /* added so far */
/* Gives it its name and frees it. False: nothing is left of it. */
bool rp_folder_end(rp_folder *folder, rp_error *error) RP_MUST_CHECK;
void rp_folder_abandon(rp_folder *folder); /* takes it away and frees it; NULL is fine */

typedef struct rp_digest {
    int64_t bytes;
    char sha256[65]; /* lower-case hexadecimal */
} rp_digest;
bool rp_file_digest(const char *path, rp_digest *out, rp_error *error) RP_MUST_CHECK;
/* folder/name in arena; name alone where it is absolute. NULL: no memory. */
char *rp_path_join(rp_arena *arena, const char *folder, const char *name);
/* What stands before / after the last '/': "." where there is none. In arena; NULL: no memory. */
char *rp_path_folder(rp_arena *arena, const char *path);
const char *rp_path_name(const char *path); /* borrowed */

/* ---- dates -------------------------------------------------------------------------------- */

/* Days since 1970-01-01, proleptic Gregorian, years 0001-9999. */
typedef int32_t rp_date;
#define RP_NO_DATE INT32_MIN
/* Strictly YYYY-MM-DD and a day that exists. */
bool rp_date_parse(rp_text text, rp_date *out);
void rp_date_text(rp_date date, char out[11]); /* "" for RP_NO_DATE */
/* Months since the year 0: twelve times the year, and 0 for January to 11; 0 for RP_NO_DATE. */
int32_t rp_date_month(rp_date date);
rp_date rp_date_today(void);
/* UTC now as YYYY-MM-DDTHH:MM:SSZ */
void rp_time_now_text(char out[21]);
double rp_time_seconds(void); /* monotonic, for measuring */

/* ---- random numbers ----------------------------------------------------------------------- */

/* Random numbers by counter: any number of any stream of any subject is had without those before it, so that they do
 * not depend on the order of work or on threads. Philox4x32-10 of Salmon, Moraes, Dror & Shaw (2011) Parallel random
 * numbers: as easy as 1, 2, 3. SC '11. */
void rp_philox(const uint32_t key[2], const uint32_t counter[4], uint32_t out[4]);

typedef struct rp_draws {
    uint32_t key[2], counter[4], block[4];
    unsigned used; /* of the block */
} rp_draws;
/* A stream of one subject's numbers, from its beginning. */
rp_draws rp_draws_of(uint64_t seed, uint64_t subject, uint32_t stream);
double rp_draw(rp_draws *draws);                     /* uniform in (0, 1), never an end of it; 32 bits */
uint32_t rp_draw_below(rp_draws *draws, uint32_t n); /* each of 0 to n - 1 alike; n > 0 */

/* ---- threads ------------------------------------------------------------------------------ */

int rp_processors(void); /* that this process may use, 1 to 256 */
/* Runs task(context, i) for each i in [0, n) on up to `threads` threads (1: in the caller's). Which thread runs which
 * task is not fixed, so results must go to places that i alone decides. Falls back to fewer threads where none can
 * be made. */
void rp_pool_run(int threads, size_t n, void (*task)(void *context, size_t i), void *context);

/* A belt: work that comes in order, is done in any thread, and is given out in order. It has n_places, each with room
 * for one piece of work (the caller's own memory). */
typedef struct rp_belt rp_belt;
typedef struct rp_belt_work {
    bool (*load)(void *context, size_t place); /* the next piece into a place; one after the other, in order. False:
                                                  this was the last one */
    void (*work)(void *context, size_t place); /* on what was loaded; at the same time as other calls */
    void *context;
} rp_belt_work;
/* Works with up to `threads` threads: one is the caller's, while it waits in rp_belt_next. With n_places > threads the
 * others go on while the caller looks at a piece. NULL: no memory. Owned: rp_belt_close. */
rp_belt *rp_belt_open(int threads, size_t n_places, const rp_belt_work *work) RP_MUST_CHECK;
/* The place of the next piece, which is the caller's until the next call. False: there was none left. */
bool rp_belt_next(rp_belt *belt, size_t *place);
void rp_belt_close(rp_belt *belt); /* waits for work that was begun; NULL is fine */

/* A progress bar on standard error, only where that is a terminal and the work has taken over a second. */
typedef struct rp_progress {
    const char *what;
    double started, shown;
    bool quiet;
} rp_progress;
void rp_progress_start(rp_progress *progress, const char *what, bool quiet);
void rp_progress_at(rp_progress *progress, double share); /* share in [0, 1] */
void rp_progress_end(rp_progress *progress);              /* wipes the line */

#endif
