/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Floor 5, record: the tables of a service or a study, their types, keys and rules, and what is held of them in memory.
 * Knows no file format and no database. docs/record.md lists every table, column, code and rule (made from the schema).
 *
 * Life of a record: rp_record_new -> rp_record_input, rp_record_add for each row (any order of tables) ->
 * rp_record_seal
 * -> read. A row is text until it is added; adding parses and checks it, and a row that breaks a rule goes to the
 * rejects with its place. Sealing checks what needs other rows (keys, references, order), takes along what hangs on a
 * rejected row, scores answers, and makes the indexes. */
#ifndef RAPPORT_RECORD_H
#define RAPPORT_RECORD_H

#include "rapport/measures.h"

/* ---- schema ----------------------------------------------------------------------------------- */

typedef enum rp_table_id {
    RP_SERVICES,
    RP_CLIENTS,
    RP_REFERRALS,
    RP_PROBLEMS,
    RP_PAUSES,
    RP_PRACTITIONERS,
    RP_QUALIFICATIONS,
    RP_CONTACTS,
    RP_ACTIVITIES,
    RP_INTERNET_LOGS,
    RP_DISCLOSURES,
    RP_ADMINISTRATIONS,
    RP_RESPONSES,
    RP_SCORES,
    RP_GOALS,
    RP_TASKS,
    RP_GOAL_RATINGS,
    RP_PROTOCOLS,
    RP_DIAGNOSES,
    RP_RISKS,
    RP_PLANS,
    RP_EVENTS,
    RP_STORIES,
    RP_PUBLISHED,
    RP_TABLES
} rp_table_id;

typedef enum rp_type {
    RP_TYPE_ID,   /* up to 64 bytes of text, held as a number */
    RP_TYPE_DATE, /* YYYY-MM-DD */
    RP_TYPE_TIME, /* YYYY-MM-DDTHH:MM:SS[.ffffff]Z, held as microseconds UTC */
    RP_TYPE_CODE, /* one of a list */
    RP_TYPE_INT,
    RP_TYPE_NUM,
    RP_TYPE_BOOL, /* true, false */
    RP_TYPE_TEXT,
    RP_TYPE_VALUE /* a number, or a kind of missing in words */
} rp_type;

typedef enum rp_need { RP_OPTIONAL, RP_REQUIRED, RP_KEY } rp_need;

typedef struct rp_code_def {
    const char *code, *meaning;
} rp_code_def;
typedef struct rp_code_list {
    const char *name, *source; /* "attendance", "NHS Data Dictionary: ATTENDED OR DID NOT ATTEND CODE" */
    const rp_code_def *codes;
    size_t n;
    bool open; /* any text is allowed; the list names the known ones (ICD-10, SNOMED). Held as an id. */
} rp_code_list;

typedef struct rp_column_def {
    const char *name;
    rp_type type;
    rp_need need;
    const rp_code_list *codes; /* RP_TYPE_CODE */
    int refers;                /* rp_table_id whose key it names, or -1 */
    const char *meaning;
} rp_column_def;

typedef struct rp_table_def {
    const char *name, *meaning;
    const rp_column_def *columns;
    size_t n_columns;
    bool needs_order;  /* one of `date` and `occasion` is required in every row */
    bool many_per_key; /* practitioners: the key may come again with another from-date */
} rp_table_def;

const rp_table_def *rp_schema_table(rp_table_id table);
bool rp_schema_find(rp_text name, rp_table_id *out);
int rp_schema_column(rp_table_id table, const char *name); /* index in the definition, or -1 */

/* ---- filling ---------------------------------------------------------------------------------- */

typedef struct rp_record rp_record;

/* In arena. `instruments` and `faults` are borrowed and must live as long. NULL: no memory. */
rp_record *rp_record_new(rp_arena *arena, rp_instruments *instruments, rp_faults *faults);
/* Before any row: this record is checked and not read. Columns that no check across rows needs are not kept, and
 * sealing neither sorts nor moves rows; afterwards faults, inputs and rejects can be read, rows cannot. Without
 * `digests`, the inputs have none. */
void rp_record_only_check(rp_record *record, bool digests);
/* Before any row: this record is only asked. Once sealed it no longer knows where rows stood (rp_record_origin is a
 * mistake then), nor the values of columns that are left out. */
bool rp_record_only_ask(rp_record *record, rp_error *error) RP_MUST_CHECK;
/* After that: nobody reads this column; of a key, nobody reads its texts. Its values are checked as ever. */
void rp_record_leave_out(rp_record *record, rp_table_id table, const char *column);
/* How many threads may work for this record; 1 unless told. What comes of it is the same. */
void rp_record_use_threads(rp_record *record, int threads);
int rp_record_threads(const rp_record *record);
rp_faults *rp_record_faults(const rp_record *record);
rp_instruments *rp_record_instruments(const rp_record *record);

/* Announces an input file and gives its number for origins. `encoding` is for those who read its rows again. Sealing
 * digests it for the provenance, beside its other work. False: see *error. */
bool rp_record_input(rp_record *record, const char *path, rp_encoding encoding, uint32_t *out,
                     rp_error *error) RP_MUST_CHECK;

/* A further column of a table, kept as text: known by name from then on. Returns its index (after those of the schema;
 * the same name gives the same index), or -1 when out of memory. */
int rp_record_extra(rp_record *record, rp_table_id table, const char *name);
size_t rp_record_columns(const rp_record *record, rp_table_id table);               /* of the schema plus extras */
int rp_record_column(const rp_record *record, rp_table_id table, const char *name); /* index or -1 */
const char *rp_record_column_name(const rp_record *record, rp_table_id table, int column);

/* Where a row stands in its input. */
typedef struct rp_place {
    rp_origin origin;
    uint64_t offset; /* of the row's bytes in the file */
    uint32_t length;
} rp_place;

typedef enum rp_put { RP_PUT_KEPT, RP_PUT_REJECTED, RP_PUT_FAILED } rp_put;
/* Adds a row: n cells, cell i for column i of the table (extras after the schema's); cells past n or with absent or
 * empty text are missing. Faults are added with the cells' own lines and columns. RP_PUT_FAILED: no memory (see
 * *error). */
rp_put rp_record_add(rp_record *record, rp_table_id table, const rp_cell *cells, size_t n, rp_place place,
                     rp_error *error) RP_MUST_CHECK;
/* A row that could not even be read (a bad quote, too few fields): counted and kept for the rejects file. */
void rp_record_reject(rp_record *record, rp_place place, const char *rule);
/* A data row that was read, for its input's count of rows, whether or not rows of the record are made of it (a map
 * makes none of a row without a value). rp_record_add and rp_record_reject count theirs by themselves. */
void rp_record_row_read(rp_record *record, rp_place place);

/* Rows by the batch: the same as adding them one by one, many times as fast. Rows whose values are plainly right go
 * straight into their columns; every other one goes through rp_record_add, which says what is wrong with it. */
typedef struct rp_intake_plan {
    rp_table_id table;
    uint32_t input;
    char separator;             /* of the file: a place found late is looked up in it again */
    const int *columns;         /* for each field of a row: the table's column */
    size_t n_fields;            /* that mean something; a row may have more */
    const char *const *missing; /* texts that mean a missing value, beside the empty one */
    size_t n_missing;
    uint64_t bytes; /* of the file; 0: not known */
} rp_intake_plan;
typedef struct rp_intake rp_intake;
/* In the record's arena; what the plan points to is borrowed while batches come. NULL: no memory. */
rp_intake *rp_intake_new(rp_record *record, const rp_intake_plan *plan);
/* An rp_convert of a table's batches, for any thread; the context is the intake. */
bool rp_intake_convert(void *intake, const rp_batch *batch, rp_arena *arena, void **out);
/* Adds what was converted, in the order of the file. RP_PUT_FAILED: no memory, or too many rows (see *error). */
rp_put rp_intake_add(rp_intake *intake, const rp_batch *batch, const void *converted, rp_error *error) RP_MUST_CHECK;

#define RP_NO_OCCASION INT32_MIN

/* What a study's map or a package says of the whole. Texts are copied. */
typedef struct rp_occasion {
    int32_t occasion;
    const char *label;
    double months; /* NaN: not known */
} rp_occasion;
typedef struct rp_about {
    const char *name, *licence, *citation; /* "" where not given */
    const char *comparator;                /* the arm that is compared with; NULL: none */
    const char *comparator_note;           /* what it and the other arms got, in a sentence or two; NULL: not told */
    bool research;                         /* made by a map: no contacts are to be expected */
    const rp_occasion *occasions;          /* in order; may be none */
    size_t n_occasions;
    const char *const *notes; /* sentences that every report shows as caveats */
    size_t n_notes;
} rp_about;
bool rp_record_describe(rp_record *record, const rp_about *about, rp_error *error) RP_MUST_CHECK;
const rp_about *rp_record_about(const rp_record *record);

/* Checks keys, references and order across rows; rejects with what hangs on them; scores the answers (method computed
 * or prorated) where an administration has responses and the scale no supplied score; sorts and indexes. Once. */
bool rp_record_seal(rp_record *record, rp_error *error) RP_MUST_CHECK;

/* ---- reading (after sealing) ---------------------------------------------------------------------- */

size_t rp_record_rows(const rp_record *record, rp_table_id table); /* kept rows */
/* Rows are numbered in key order (byte order of the key's text; tables without a key: in order of their parent, then
 * date, occasion, input, line). `column` is an index, of the right type (assert). Missing: RP_NO_ID, RP_NO_DATE, -1,
 * INT64_MIN, NaN, -1, NULL. */
uint32_t rp_record_id(const rp_record *record, rp_table_id table, int column, size_t row);
const char *rp_record_id_text(const rp_record *record, rp_table_id table, int column, size_t row); /* NULL: missing */
rp_date rp_record_date(const rp_record *record, rp_table_id table, int column, size_t row);
int64_t rp_record_time_us(const rp_record *record, rp_table_id table, int column, size_t row);
int rp_record_code(const rp_record *record, rp_table_id table, int column, size_t row); /* index into the list; -1 */
const char *rp_record_code_text(const rp_record *record, rp_table_id table, int column, size_t row); /* NULL: missing */
#define RP_NO_INT INT64_MIN
int64_t rp_record_int(const rp_record *record, rp_table_id table, int column, size_t row);
double rp_record_num(const rp_record *record, rp_table_id table, int column, size_t row); /* also RP_TYPE_VALUE */
rp_missing rp_record_missing(const rp_record *record, rp_table_id table, int column, size_t row); /* RP_TYPE_VALUE */
int rp_record_bool(const rp_record *record, rp_table_id table, int column, size_t row);           /* 1, 0, -1 missing */
const char *rp_record_text(const rp_record *record, rp_table_id table, int column, size_t row);   /* TEXT and extras */
bool rp_record_has(const rp_record *record, rp_table_id table, int column, size_t row); /* of any type: not missing */
rp_origin rp_record_origin(const rp_record *record, rp_table_id table, size_t row);

/* The row that holds this key, or -1. For a reference column: the row of the table that it refers to. O(1). */
int64_t rp_record_refers(const rp_record *record, rp_table_id table, int column, size_t row);
/* Rows of `table` that hang on a row of its parent (referrals for most; administrations for responses and scores;
 * contacts for activities and protocols; clients for referrals), sorted by (date, occasion, key, input, line). */
typedef struct rp_rows {
    const uint32_t *at;
    size_t n;
} rp_rows;
rp_rows rp_record_children(const rp_record *record, rp_table_id table, size_t parent_row);
/* Of how many of these rows rp_record_has is true; many times as fast as asking for each. */
size_t rp_record_having(const rp_record *record, rp_table_id table, int column, rp_rows rows);

/* Instrument and scale of a score row, found once at sealing; instrument NULL where it is not known to this run. */
typedef struct rp_score_ref {
    const rp_instrument *instrument;
    int scale; /* -1 where not known */
} rp_score_ref;
const rp_instrument *rp_record_instrument(const rp_record *record, size_t administration);
rp_score_ref rp_record_score_ref(const rp_record *record, size_t score);
/* True where another administration puts this one right: it stays in storage, but is neither scored nor anyone's child.
 */
bool rp_record_superseded(const rp_record *record, size_t administration);

/* Inputs and rejects, for provenance, `check` and the rejects file. */
typedef struct rp_record_input_info {
    const char *path;
    rp_encoding encoding; /* of the text in it */
    rp_digest digest;
    int64_t rows, rejected; /* data rows read; rows of it that were rejected, once each */
} rp_record_input_info;
size_t rp_record_inputs(const rp_record *record);
const rp_record_input_info *rp_record_input_at(const rp_record *record, size_t i);
typedef struct rp_reject {
    rp_place place;
    const char *rule;
    bool carried; /* at fault only because it hangs on a rejected row */
} rp_reject;
size_t rp_record_rejects(const rp_record *record);
const rp_reject *rp_record_reject_at(const rp_record *record, size_t i); /* sorted by input, line */
/* Rejected rows of one table: by their own fault, and carried along. */
size_t rp_record_rejected(const rp_record *record, rp_table_id table, bool carried);

#endif
