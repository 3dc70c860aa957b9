/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the files of record share with one another and with nobody else.
 *
 * A table is held as typed columns. A column is a row of pieces, made when a value first falls into them: growing
 * copies nothing, and a column that nobody fills costs nothing. Pieces double from 64 rows to 65,536 and stay at that,
 * so that a small table is small and a large one has little to spare.
 *
 * Ids are numbers in a domain: the key column of a table and all that refer to it share one, other id columns share one
 * by name. Sealing renumbers every domain in byte order, so that no number depends on which table came first. */
#ifndef RAPPORT_RECORD_PARTS_H
#define RAPPORT_RECORD_PARTS_H

#include <assert.h>
#include <math.h>
#include <string.h>

#include "rapport/record.h"
#include "record/codes.h"

/* Limits, each with its reason. */
enum {
    RP_LIMIT_ID_BYTES = 64,        /* record.md; longer is a text in the wrong column */
    RP_LIMIT_CODE_BYTES = 256,     /* of open lists, which take codes of other people */
    RP_LIMIT_TEXT_BYTES = 1 << 20, /* a story; longer is a lost quote */
    RP_LIMIT_INPUTS = 65535        /* origins keep the number in 16 bits */
};
#define RP_NO_ROW UINT32_MAX

/* ---- schema, beyond the definitions --------------------------------------------------------------- */

extern const rp_table_def rp_def_services, rp_def_clients, rp_def_referrals, rp_def_problems, rp_def_pauses,
    rp_def_practitioners, rp_def_qualifications;
extern const rp_table_def rp_def_contacts, rp_def_activities, rp_def_internet_logs, rp_def_disclosures,
    rp_def_protocols, rp_def_diagnoses, rp_def_risks, rp_def_plans, rp_def_events, rp_def_stories, rp_def_published;
extern const rp_table_def rp_def_administrations, rp_def_responses, rp_def_scores, rp_def_goals, rp_def_tasks,
    rp_def_goal_ratings;

/* The columns of a table that have a part to play; -1: none. */
typedef struct rp_roles {
    int key;
    int parent; /* the first required reference: what the row hangs on */
    int date;   /* that orders its rows: date, else from, received, awarded, raised */
    int occasion;
    int start, finish; /* a pair that must not run backwards */
} rp_roles;
rp_roles rp_schema_roles(rp_table_id table);
/* True where a row cannot stand without the row it names, even when that table was never given: clients,
 * practitioners and services may be absent altogether. */
bool rp_schema_must_be_there(const rp_column_def *column);
/* The smallest and largest sensible value of an int column. */
void rp_schema_range(rp_table_id table, const char *column, int64_t *lowest, int64_t *highest);
/* Dates that may lie more than a year ahead: the end of a post, a planned award. */
bool rp_schema_may_lie_ahead(rp_table_id table, const char *column);

/* ---- rules ------------------------------------------------------------------------------------------ */

typedef struct rp_rule_def {
    const char *name;
    rp_fault_level level;
    const char *meaning;
} rp_rule_def;
size_t rp_rules_count(void);
const rp_rule_def *rp_rules_at(size_t i);

/* The words that stand in faults; record_rules.c says what each means. */
#define RP_RULE_TYPE               "type"
#define RP_RULE_CODE               "code"
#define RP_RULE_RANGE              "range"
#define RP_RULE_DATE_RANGE         "date_range"
#define RP_RULE_DATE_ORDER         "date_order"
#define RP_RULE_KEY_MISSING        "key_missing"
#define RP_RULE_REQUIRED           "required"
#define RP_RULE_ORDER_MISSING      "order_missing"
#define RP_RULE_KEY_DUPLICATE      "key_duplicate"
#define RP_RULE_REFERENCE_MISSING  "reference_missing"
#define RP_RULE_REFERENCE_MISMATCH "reference_mismatch"
#define RP_RULE_REFERENCE_REJECTED "reference_rejected"
#define RP_RULE_TABLE_MISSING      "table_missing"
#define RP_RULE_CARRIED            "carried"
#define RP_RULE_SUPERSEDES_CYCLE   "supersedes_cycle"
#define RP_RULE_BEFORE_REFERRAL    "before_referral"
#define RP_RULE_INSTRUMENT_UNKNOWN "instrument_unknown"
#define RP_RULE_SCALE_UNKNOWN      "scale_unknown"
#define RP_RULE_ITEM_UNKNOWN       "item_unknown"
#define RP_RULE_RESPONSE_RANGE     "response_range"
#define RP_RULE_SCORE_RANGE        "score_range"
#define RP_RULE_SCORE_FRACTION     "score_fraction"
#define RP_RULE_SCORE_DIFFERS      "score_differs"

/* ---- columns ----------------------------------------------------------------------------------------- */

/* Piece k < 11 holds 64 * 2^k rows, so that together they hold 64 (2^11 - 1); each further one holds 2^16. */
enum { RP_FIRST_PIECE = 64, RP_FIRST_SHIFT = 6, RP_DOUBLING = 11, RP_LAST_SHIFT = 16 };
enum { RP_DOUBLED_ROWS = RP_FIRST_PIECE * ((1 << RP_DOUBLING) - 1) };

/* One value of any column. */
typedef union rp_held {
    uint32_t id;
    rp_date date;
    int64_t whole; /* ints, and times in microseconds */
    double num;
    int16_t code;
    int8_t truth;
    const char *text;
    uint64_t bits; /* RP_TYPE_VALUE: a double, or a NaN that carries the kind of missing */
} rp_held;

typedef struct rp_domain {
    const char *name;          /* the column's name; NULL: by table or list */
    int table;                 /* whose keys they are, or -1 */
    const rp_code_list *codes; /* an open list, whose codes have the first numbers; or NULL */
    rp_names *names;
    uint32_t *by_rank; /* after sealing: the name's number for each id; NULL: the same */
    size_t n;          /* after sealing */
    bool forgotten;    /* ids have no texts after sealing */
} rp_domain;
const char *rp_domain_text(const rp_domain *domain, uint32_t id);
uint32_t rp_domain_find(const rp_domain *domain, const char *text); /* after sealing; RP_NO_ID */

static inline size_t rp_piece_of(size_t row, size_t *within) {
    if (row >= RP_DOUBLED_ROWS) {
        *within = (row - RP_DOUBLED_ROWS) & (((size_t)1 << RP_LAST_SHIFT) - 1);
        return RP_DOUBLING + ((row - RP_DOUBLED_ROWS) >> RP_LAST_SHIFT);
    }
    unsigned top = 63u - (unsigned)__builtin_clzll((unsigned long long)(row + RP_FIRST_PIECE));
    *within = row + RP_FIRST_PIECE - ((size_t)1 << top);
    return top - RP_FIRST_SHIFT;
}

static inline size_t rp_piece_rows(size_t piece) {
    return (size_t)1 << (piece < RP_DOUBLING ? RP_FIRST_SHIFT + piece : RP_LAST_SHIFT);
}

/* Pieces of some width, found by number. */
typedef struct rp_pieces {
    char **at; /* NULL while there is none */
    size_t room;
    rp_arena *arena; /* of their own; NULL: none */
} rp_pieces;
/* Makes the piece where it is not there yet: zeros; in the pieces' own arena, if they have one. NULL: no memory. */
char *rp_piece_make(rp_arena *arena, rp_pieces *pieces, size_t piece, size_t width);

static inline void *rp_piece_at(const rp_pieces *pieces, size_t row, size_t width) {
    size_t within = 0, piece = rp_piece_of(row, &within);
    char *start = piece < pieces->room ? pieces->at[piece] : NULL;
    return start ? start + within * width : NULL;
}

typedef struct rp_column {
    const char *name;
    rp_type type;
    bool required, is_key;
    bool as_id; /* an open list: held as RP_TYPE_ID is */
    bool may_lie_ahead;
    bool dropped;   /* values are checked and not kept */
    bool forgotten; /* values are not kept after sealing */
    int refers;     /* rp_table_id or -1 */
    const rp_code_list *codes;
    rp_domain *domain;
    int64_t lowest, highest; /* of RP_TYPE_INT */
    rp_pieces pieces;
    const char *last; /* RP_TYPE_TEXT: the text kept last, because texts come in runs */
} rp_column;

static inline size_t rp_column_width(const rp_column *column) {
    switch (column->type) {
    case RP_TYPE_ID:
    case RP_TYPE_DATE:
        return 4;
    case RP_TYPE_CODE:
        return column->as_id ? 4 : 2;
    case RP_TYPE_BOOL:
        return 1;
    default:
        return 8;
    }
}

/* NULL where nothing was ever put into the piece: the value is missing. */
static inline void *rp_column_at(const rp_column *column, size_t row) {
    return rp_piece_at(&column->pieces, row, rp_column_width(column));
}

/* How many of n values from `row` on stand side by side, at *at; *at NULL: they are all missing. For loops over
 * millions of rows. */
static inline size_t rp_column_run(const rp_column *column, size_t row, size_t n, const void **at) {
    size_t within = 0, piece = rp_piece_of(row, &within), run = rp_piece_rows(piece) - within;
    const char *start = piece < column->pieces.room ? column->pieces.at[piece] : NULL;
    *at = start ? start + within * rp_column_width(column) : NULL;
    return run < n ? run : n;
}

static inline uint32_t rp_column_id(const rp_column *column, size_t row) {
    const uint32_t *at = rp_piece_at(&column->pieces, row, sizeof(uint32_t));
    return at ? *at : RP_NO_ID;
}

rp_held rp_column_missing(const rp_column *column);
bool rp_column_means_missing(const rp_column *column, rp_held value);
rp_held rp_column_get(const rp_column *column, size_t row);
bool rp_column_is_missing(const rp_column *column, size_t row);
/* False: no memory. */
bool rp_column_put(rp_arena *arena, rp_column *column, size_t row, rp_held value);
/* The same for n rows from `row` on; `values` stand side by side in the column's width. */
bool rp_column_fill(rp_arena *arena, rp_column *column, size_t row, size_t n, const void *values);
/* A copy of the text, shared with the row before where that says the same. False: no memory. */
bool rp_column_keep_text(rp_arena *arena, rp_column *column, rp_text text, rp_held *out);
/* n rows from `from` on move down to `to`. */
bool rp_column_move(rp_arena *arena, rp_column *column, size_t to, size_t from, size_t n);
/* Row i becomes what row order[i] was. `room`: for n values, which are meanwhile there. */
bool rp_column_reorder(rp_arena *arena, char *room, rp_column *column, const uint32_t *order, size_t n);
/* Dates and times as one scale that sorts; missing first. */
int64_t rp_column_when(const rp_column *column, size_t row);

rp_held rp_value_of_number(double number);
rp_held rp_value_of_missing(rp_missing kind);
rp_missing rp_value_kind_of(rp_held value);

/* ---- tables ------------------------------------------------------------------------------------------- */

/* What became of a row. */
enum { RP_ROW_STANDS = 0, RP_ROW_SUPERSEDED = 1, RP_ROW_FELL = 2 };

typedef struct rp_held_table {
    rp_table_id id;
    const rp_table_def *def;
    rp_roles roles;
    RP_VEC(rp_column) columns;
    rp_names *extras;
    size_t n, offered, fell; /* rows held; offered; held rows that fell since, until they are numbered */
    rp_column place;         /* index into the record's spots */
    rp_column layout;        /* where its cells stood: a number in `layouts` */
    rp_column state;
    rp_column link; /* administrations: their pair; scores: index of the scale */
    rp_names *layouts;
    int marks[8]; /* columns whose cells' places are kept for faults found late */
    size_t n_marks;
    uint8_t *fallen; /* by key: a row of that key was rejected */
    size_t fallen_room;
    size_t rejected[2];                /* own, carried */
    bool rows_are_keys;                /* row i has key i, and there is no further key */
    uint32_t *row_of_key;              /* NULL where they are */
    uint32_t *child_starts, *child_at; /* by the parent's key; child_at NULL: row i is at i */
    const uint32_t *children;          /* child_at, or numbers that count */
    uint32_t carried_first;            /* spot; RP_NO_ROW */
    bool parent_absent;
} rp_held_table;

/* RP_NO_ROW: there is none. */
static inline uint32_t rp_row_of_key(const rp_held_table *held, uint32_t key) {
    return held->rows_are_keys ? key : held->row_of_key[key];
}

static inline bool rp_row_stands(const rp_held_table *held, size_t row) {
    const int8_t *at = rp_column_at(&held->state, row);
    return !at || *at != RP_ROW_FELL;
}
static inline bool rp_row_counts(const rp_held_table *held, size_t row) {
    const int8_t *at = rp_column_at(&held->state, row);
    return !at || *at == RP_ROW_STANDS || *at < 0;
}

/* Where a row stood, in its file; one for all the rows made of one line. record_spots.c tells how they are kept. */
typedef struct rp_spot {
    uint64_t offset;
    uint32_t input, line, length;
} rp_spot;

typedef struct rp_spots {
    rp_pieces lengths; /* uint16_t */
    rp_pieces groups;  /* rp_spot_group */
    size_t n_groups;
    RP_VEC(struct rp_long_spot) longs;
    size_t n;
    rp_spot last;
    bool out_of_order; /* by input and line */
} rp_spots;

typedef struct rp_input {
    rp_record_input_info info;
    uint32_t last_line;
    bool out_of_order; /* lines came back: rows are counted again at the end */
} rp_input;

typedef struct rp_fallen {
    const char *rule;
    uint32_t spot;
    bool carried, alone; /* alone: of its line that value only */
} rp_fallen;

/* An instrument in a version, as the administrations name them. */
typedef struct rp_pair {
    const char *name_text, *version_text;
    const rp_instrument *instrument; /* NULL: not known to this run */
    uint32_t *scale_ids, *item_ids;  /* in the domains, in the instrument's order */
    size_t n_rows;                   /* administrations that stand */
    uint32_t first;                  /* spot of the first of them */
    size_t *fractions;               /* by scale: supplied scores that are no whole numbers */
    uint32_t *first_fraction;        /* spot */
} rp_pair;

struct rp_record {
    rp_arena *arena;
    rp_instruments *instruments;
    rp_faults *faults;
    int threads;
    rp_held_table tables[RP_TABLES];
    RP_VEC(rp_domain *) domains;
    RP_VEC(rp_input) inputs;
    rp_spots spots;
    RP_VEC(rp_fallen) fallen;
    rp_reject *rejects;
    size_t n_rejects;
    rp_names *pair_names;
    RP_VEC(rp_pair) pairs;
    RP_VEC(rp_intake *) intakes;
    uint32_t *counting; /* 0, 1, 2 ...: the children of tables that are in their parents' order */
    rp_about about;
    rp_date latest; /* a year from today */
    int64_t this_year;
    bool failed, sealed;
    rp_arena *passing; /* what only sealing needs; NULL: nothing is left out */
    bool undigested;   /* nobody asks for the inputs' digests */
    bool only_checked; /* rows stay in the order in which they came, and are not read */
};

static inline rp_column *rp_column_of(rp_held_table *held, int column) {
    assert(column >= 0 && (size_t)column < held->columns.n);
    return &held->columns.at[column];
}

/* Index of the scale in the administration's instrument, or RP_NO_ID. */
static inline uint32_t rp_score_scale(const rp_record *record, size_t score) {
    const int16_t *at = rp_piece_at(&record->tables[RP_SCORES].link.pieces, score, sizeof(int16_t));
    return at && *at >= 0 ? (uint32_t)*at : RP_NO_ID;
}

/* The place's number; RP_NO_ROW: no memory. Counts the input's lines. */
uint32_t rp_spot_put(rp_record *record, rp_place place);
/* Those of n rows of a batch: the first one's number, the others follow. RP_NO_ROW: no memory. */
uint32_t rp_spots_put(rp_record *record, uint32_t input, const rp_batch *batch, size_t row, size_t n);
rp_spot rp_spot_at(const rp_record *record, uint32_t spot);
bool rp_spot_before(const rp_record *record, uint32_t a, uint32_t b); /* by input, then line */
const char *rp_spot_file(const rp_record *record, uint32_t spot);
const char *rp_record_input_path(const rp_record *record, uint32_t input); /* "" for one that was not announced */

rp_domain *rp_record_domain_named(rp_record *record, const char *name);

/* ---- rejecting ----------------------------------------------------------------------------------------- */

/* Remembers that a row fell: counts it, marks its key, keeps its place. key RP_NO_ID: none. False: no memory. */
bool rp_record_fell(rp_record *record, rp_held_table *held, uint32_t key, uint32_t spot, const char *rule, bool carried,
                    bool alone);
/* The same for a row that is held already. */
bool rp_row_fall(rp_record *record, rp_held_table *held, size_t row, const char *rule, bool carried, bool alone);
/* Once sealed: what only sealing needed goes. */
void rp_record_forget(rp_record *record);
/* Tells a fault of a held row, at the cell of `column` (-1: the row), if its place is known. */
void rp_row_fault(rp_record *record, const rp_held_table *held, size_t row, int column, rp_fault_level level,
                  const char *rule, const char *format, ...) RP_PRINTF(7, 8);
/* The same of a place alone. */
void rp_spot_fault(rp_record *record, uint32_t spot, rp_fault_level level, const char *rule, const char *format, ...)
    RP_PRINTF(5, 6);
/* Sorts and thins the rejects, counts each input's rows. */
bool rp_record_settle_rejects(rp_record *record);

/* ---- sealing -------------------------------------------------------------------------------------------- */

/* Rows of a table put together by the value of one id column. */
typedef struct rp_groups {
    uint32_t *order;  /* row numbers, group after group; NULL: 0, 1, 2 ... as mostly in files */
    uint32_t *starts; /* n_groups + 1 */
    size_t n_groups, n;
} rp_groups;
static inline uint32_t rp_group_row(const rp_groups *groups, size_t i) {
    return groups->order ? groups->order[i] : (uint32_t)i;
}
typedef enum rp_group_order { RP_BY_PLACE, RP_BY_DATE, RP_BY_DATE_AND_KEY } rp_group_order;
/* column -1: one group. Rows that fell are left out; superseded ones too where `counting`. */
bool rp_rows_group(const rp_record *record, const rp_held_table *held, int column, rp_group_order how, bool counting,
                   rp_arena *scratch, rp_groups *out);

bool rp_domains_rank(rp_record *record);
bool rp_keys_check(rp_record *record, rp_held_table *held, const rp_groups *groups);
bool rp_references_check(rp_record *record, rp_held_table *held, const rp_groups *groups, rp_arena *scratch);
bool rp_supersedes_check(rp_record *record, rp_held_table *held, const rp_groups *groups, rp_arena *scratch);
bool rp_rows_number(rp_record *record, rp_held_table *held, const rp_groups *groups, rp_arena *scratch);
bool rp_rows_index(rp_record *record, rp_held_table *held, rp_arena *scratch);

bool rp_pairs_find(rp_record *record);   /* before ranking */
bool rp_pairs_settle(rp_record *record); /* after ranking */
bool rp_responses_check(rp_record *record, rp_held_table *held, const rp_groups *groups, rp_arena *scratch);
bool rp_scores_check(rp_record *record, rp_held_table *held, const rp_groups *groups, rp_arena *scratch);
bool rp_scores_compute(rp_record *record, const rp_groups *scores, rp_arena *scratch);
void rp_scores_tell(rp_record *record); /* what is told once per scale and instrument */

/* ---- parsing ---------------------------------------------------------------------------------------------- */

/* Strictly YYYY-MM-DDTHH:MM:SS[.f]Z with one to six digits of fraction. */
bool rp_time_parse(rp_text text, int64_t *out_us);
/* Between 1900 and a year from today, or later where the column allows it. */
void rp_dates_sensible(const rp_record *record, const rp_column *column, rp_date *first, rp_date *last);
bool rp_date_is_sensible(const rp_record *record, const rp_column *column, rp_date date);
/* A pair that runs backwards: received and ended, from and to, low and high. Missing values do not. */
bool rp_pair_is_reversed(const rp_column *start, rp_held from, const rp_column *finish, rp_held to);
int rp_code_find(const rp_code_list *list, rp_text code); /* index or -1 */

#endif
