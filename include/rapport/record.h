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

/* ---- the cohort: two views, made nowhere else ---------------------------------------------------- */

/* "No record" is never "no". */
typedef enum rp_known { RP_NOT_KNOWN = 0, RP_NO, RP_YES } rp_known;

typedef enum rp_cohort_event {
    RP_COHORT_REFERRED,
    RP_COHORT_ASSESSED,
    RP_COHORT_ENTERED,
    RP_COHORT_ENDED
} rp_cohort_event;
const char *rp_cohort_event_name(rp_cohort_event event); /* "referred" ... */
bool rp_cohort_event_parse(const char *word, rp_cohort_event *out);

typedef struct rp_cohort_options {
    rp_cohort_event event; /* who is in: this happened, between from and to */
    rp_date from, to;      /* RP_NO_DATE: open */
    double horizon_weeks;  /* NaN: not given */
    size_t block_size;     /* referrals in a block; 0: 4096. Tests use small ones */
} rp_cohort_options;

/* A thing measured: one scale of one instrument by one rater. */
typedef struct rp_measure {
    const rp_instrument *instrument;
    int scale;
    const char *rater; /* code text: "client" */
    const char *name;  /* "BDI-II" or "WAI-SR task, client": short title, scale where there are several, rater
                        * where not the client */
    int64_t n_scores;
} rp_measure;

/* Is this what a person means by `word`: the measure's name, the instrument's name or its short title; any case. */
bool rp_measure_is(const rp_measure *measure, const char *word);

/* One score of one person. Of these a service has more than of anything else: keep it small. */
typedef struct rp_point {
    rp_date date;     /* RP_NO_DATE where only the occasion is known */
    int32_t occasion; /* INT32_MIN where only the date is known */
    double value;
    uint32_t administration; /* its row in RP_ADMINISTRATIONS */
    bool prorated, supplied;
} rp_point;
#define RP_NO_OCCASION INT32_MIN
typedef struct rp_series {
    const rp_point *points; /* in order of (date, occasion, key) */
    uint32_t n;
} rp_series;

/* ---- the national rule: the PHQ-9 and one measure of anxiety together ----------------------------- */

/* Why a flag is not known: the first of these that holds. */
typedef enum rp_national_why {
    RP_NATIONAL_KNOWN,
    RP_NATIONAL_NO_PHQ9,    /* no score of the PHQ-9 */
    RP_NATIONAL_NO_ANXIETY, /* no score of the anxiety measure that counts */
    RP_NATIONAL_ONE_PHQ9,   /* a first score and no later one */
    RP_NATIONAL_ONE_ANXIETY,
    RP_NATIONAL_NO_CUTOFF,    /* one of the two has no cut-off for caseness */
    RP_NATIONAL_NO_THRESHOLD, /* one of the two has no threshold of reliable change */
    RP_NATIONAL_WHYS
} rp_national_why;
const char *rp_national_why_words(rp_national_why why); /* "no score of the PHQ-9"; "" where it is known */

typedef struct rp_national_flag {
    rp_known is;
    rp_national_why why; /* RP_NATIONAL_KNOWN just where `is` is known */
} rp_national_flag;

/* First and last scores of one measure of one person, with the figures that judge them. */
typedef struct rp_national_scores {
    const rp_change_rule *rule; /* its cut-off and its fixed threshold are used; NULL: no measure */
    bool higher_is_worse;
    double first, last; /* NaN: none; last NaN where there is one score alone */
} rp_national_scores;

typedef struct rp_national_flags {
    rp_national_flag case_at_start; /* either first score at caseness; both are needed */
    rp_national_flag case_at_end;
    rp_national_flag recovered; /* a case at the start and not at the end; known not to be, for no case at the start */
    rp_national_flag improved;  /* reliably, on one of the two, and not reliably worse on the other */
    rp_national_flag deteriorated;
    rp_national_flag reliably_recovered; /* recovered and improved */
} rp_national_flags;
/* Source: NHS England, IAPT v2.0 monthly metadata M279 to M281 and annual metadata 2024-25;
 * docs/national-definitions.md has the rule in words, and where it departs. Nothing but its arguments decides. */
rp_national_flags rp_national_judge(const rp_national_scores *phq9, const rp_national_scores *anxiety);

/* The rule's figures are dated rows: from and to, both inclusive, RP_NO_DATE where open. They hold at the end of a
 * referral; one that has not ended, or has no date, goes by the rows that have no end. */
typedef struct rp_national_descriptor {
    const char *begins; /* a problem's code without points: "F431" */
    bool whole;         /* it is all of the code (SNOMED CT), not its beginning */
    const char *instrument;
    rp_date from, to;
} rp_national_descriptor;
typedef struct rp_national_threshold {
    const char *instrument;
    rp_date from, to;
    double caseness, reliable_change; /* at or past it; NaN: not known */
    const char *caseness_source, *change_source;
    bool caseness_confirmed, change_confirmed; /* somebody has read the source */
} rp_national_threshold;
enum { RP_NATIONAL_DESCRIPTORS = 10, RP_NATIONAL_THRESHOLDS = 12 };
const rp_national_descriptor *rp_national_descriptor_at(size_t i); /* NULL past the end */
const rp_national_threshold *rp_national_threshold_at(size_t i);
/* Which row holds on a date; -1: none. `problem` may be NULL. */
int rp_national_descriptor_on(const char *problem, rp_date on);
int rp_national_threshold_on(const char *instrument, rp_date on);
/* The instrument that counts for a problem descriptor on a date, "pcl-5" for F43.1; "gad-7" for any other, for NULL,
 * and where no row holds. */
const char *rp_national_instrument(const char *problem, rp_date on);

/* Problem descriptors in the groups of the national tables (NHS England, monthly metadata, breakdown V011;
 * docs/national-definitions.md). */
typedef enum rp_problem_group {
    RP_PROBLEM_NOT_RECORDED,
    RP_PROBLEM_DEPRESSION,
    RP_PROBLEM_ANXIETY,
    RP_PROBLEM_UNEXPLAINED,
    RP_PROBLEM_OTHER_MENTAL,
    RP_PROBLEM_OTHER,
    RP_PROBLEM_GROUPS
} rp_problem_group;
rp_problem_group rp_national_problem_group(const char *problem); /* NULL, or empty: not recorded */
/* "F43.1" and "f431" are one code, which falls under "F43": ICD-10 under what it begins with. A code of SNOMED CT is
 * all of it. `under` has no points and is in capitals. No problem (NULL) is under none. */
bool rp_problem_is_under(const char *problem, const char *under);
const char *rp_problem_group_words(rp_problem_group group); /* "anxiety and stress" */

typedef struct rp_national {
    int phq9, anxiety; /* measures of the cohort, rated by the client, whose scores count; -1: the record has none */
    rp_problem_group problem; /* of the descriptor that decides which measure of anxiety counts */
    int descriptor; /* row of the descriptor, which has a measure of its own; -1: none, so that the GAD-7 counts */
    int own;        /* the cohort's measure of that row; -1: none, or the record has no score on it */
    rp_national_flags flags;
} rp_national;

/* One referral. */
typedef struct rp_episode {
    uint32_t row; /* in RP_REFERRALS */
    const char *id;
    int arm; /* index into rp_cohort_arm; -1: none */
    rp_date received, ended;
    rp_known assessed, entered, finished, over; /* finished: ended after two or more treatment contacts; over: ended */
    int attended, treated;                      /* contacts; -1 where the record has no contacts */
    rp_known followed_up;                       /* an attended follow-up contact after the last treatment contact */
    /* First attended assessment; first, second and last treatment contact. RP_NO_DATE where there was none, or where
     * one of them has no date, so that it is not known which came first. */
    rp_date assessed_on, treated_on, second_treated_on, last_treated_on;
    int64_t assessment;      /* row in RP_CONTACTS of the first attended assessment; of several on one day the first in
                              * the record's order. -1: none, or several of which one has no date */
    const rp_series *series; /* one for each measure of the cohort */
    rp_national national;
} rp_episode;

/* One attended contact, or one occasion of administration where there are no contacts. */
typedef struct rp_session {
    uint32_t episode; /* index in the block */
    uint32_t number;  /* from 1, within the episode */
    rp_date date;
    int32_t occasion;
    double days;          /* since the episode's first session; NaN */
    int64_t contact;      /* row in RP_CONTACTS, or -1 */
    const double *values; /* one for each measure of the cohort, NaN where not measured then */
} rp_session;

/* What is on record of a practitioner's qualifications at a date. */
typedef enum rp_qualified {
    RP_QUALIFIED_NO_RECORD, /* nothing of this practitioner */
    RP_QUALIFIED_LATER,     /* awarded later or planned for later, and nothing else */
    RP_QUALIFIED_NO_DATE,   /* some of which it is not known whether they were awarded by then, and none that was */
    RP_QUALIFIED_HELD       /* at least one was awarded by then */
} rp_qualified;

/* Who held the first attended assessment, by their status at its date (docs/assessor.md). Statuses of one practitioner
 * that overlap and contradict each other leave it not known. */
typedef struct rp_assessor {
    uint32_t practitioner; /* id, as the contact has it; RP_NO_ID: none is recorded */
    int role;              /* index into the codes of practitioners.role; -1: not known */
    rp_known in_training;  /* RP_NOT_KNOWN where no status of that date says */
    rp_qualified qualified;
    uint64_t held; /* bit i: the level of index i in the codes of qualifications.level was awarded by then */
} rp_assessor;

/* Up to block_size whole referrals in key order, with their sessions. Lives in the arena it was made in. */
typedef struct rp_block {
    size_t first; /* number of its first episode in the cohort */
    const rp_episode *episodes;
    size_t n_episodes;
    const rp_session *sessions;
    size_t n_sessions;
} rp_block;

typedef struct rp_cohort rp_cohort;
/* Chooses who is in; the record is borrowed and sealed. In arena. */
rp_cohort *rp_cohort_new(const rp_record *record, const rp_cohort_options *options, rp_arena *arena,
                         rp_error *error) RP_MUST_CHECK;
const rp_record *rp_cohort_record(const rp_cohort *cohort);
const rp_cohort_options *rp_cohort_chosen(const rp_cohort *cohort);
size_t rp_cohort_episodes(const rp_cohort *cohort);
/* Referrals of the record that are not in, and why: their event did not happen, or not in the window, or cannot be
 * known (no date). */
size_t rp_cohort_left_out(const rp_cohort *cohort, bool not_known);
size_t rp_cohort_measures(const rp_cohort *cohort);
const rp_measure *rp_cohort_measure(const rp_cohort *cohort, size_t i); /* by instrument, scale, rater */
size_t rp_cohort_arms(const rp_cohort *cohort);
const char *rp_cohort_arm(const rp_cohort *cohort, size_t i); /* the comparator first, then byte order */
/* Occasions at which any measure was taken, in order; none where the record goes by dates alone. */
size_t rp_cohort_occasions(const rp_cohort *cohort);
const rp_occasion *rp_cohort_occasion(const rp_cohort *cohort, size_t i); /* label never NULL: "occasion 3" */
bool rp_cohort_has_contacts(const rp_cohort *cohort);
/* Was the client seen at it, or was it not planned? (National rule; docs/national-definitions.md) */
bool rp_cohort_contact_attended(const rp_cohort *cohort, uint32_t contact);
/* Does an administration of the same referral belong to this session? To a contact: the one that it names, or, where it
 * names none, that of its date. To an occasion: of the same date and number. */
bool rp_cohort_in_session(const rp_cohort *cohort, const rp_session *session, size_t administration);

/* The measure of a score row of an administration, whether or not it has a value; -1: none of the cohort's. */
int rp_cohort_measure_of(const rp_cohort *cohort, size_t administration, size_t score);

/* One treatment session of an episode: a treatment contact, or a completed internet log. */
typedef struct rp_treatment {
    uint32_t number; /* from 1 */
    rp_date date;
    int64_t contact, log; /* a row in RP_CONTACTS, or one in RP_INTERNET_LOGS; -1 */
    size_t contacts;      /* the episode's contacts that have been looked at */
    rp_date logs_date;    /* of the last log that was met, and its row */
    int64_t logs_row;
} rp_treatment;
/* Moves to the next of the episode->treated sessions, from {0} to the first; false: there is none. In order of dates,
 * a contact before a log of the same day; contacts of one day, and without dates, in the record's order. */
bool rp_cohort_next_treatment(const rp_cohort *cohort, const rp_episode *episode, rp_treatment *treatment);
/* Is it known which of them was first, second and so on? Not where some have a date and some have not. */
bool rp_cohort_treatments_in_order(const rp_cohort *cohort, const rp_episode *episode);

/* The code of the problem that counts for a referral, a row in RP_REFERRALS: primary before secondary before unranked;
 * then the latest, and of one day the last in order (M203). Where the table of problems has none, the referral's own.
 * NULL: none is recorded. Borrowed from the record. O(problems of the referral). */
const char *rp_cohort_problem(const rp_cohort *cohort, uint32_t referral);

/* Steps of what was given, as bits; 0: not known. */
enum { RP_STEP_LOW = 1, RP_STEP_HIGH = 2, RP_STEP_NEITHER = 4 };
/* Of a therapy code (SNOMED CT), by the list of the schema; NULL: not known. */
unsigned rp_therapy_step(const char *therapy);
/* Of an activity, a row in RP_ACTIVITIES, by its therapy. */
unsigned rp_cohort_activity_step(const rp_cohort *cohort, size_t activity);
/* Of a session: those of its activities together; an internet log is high (docs/national-definitions.md). */
unsigned rp_cohort_treatment_steps(const rp_cohort *cohort, const rp_treatment *treatment);
/* The dates of an episode's treatment contacts, those without a date not among them: how many there are. Where
 * there is room for all, `out` has them in order. */
size_t rp_cohort_treatment_dates(const rp_cohort *cohort, const rp_episode *episode, rp_date *out, size_t room);

/* Of an episode without a known first assessment: all not known. O(statuses and qualifications of one practitioner). */
rp_assessor rp_cohort_assessor(const rp_cohort *cohort, const rp_episode *episode);

/* When a score was given, in months since the first of its series: from dates, or the occasion's own; NaN: not known.
 */
double rp_cohort_months(const rp_cohort *cohort, const rp_series *series, size_t point);

size_t rp_cohort_blocks(const rp_cohort *cohort);
/* Block i, in arena. */
bool rp_cohort_block(const rp_cohort *cohort, size_t i, rp_arena *arena, rp_block *out, rp_error *error) RP_MUST_CHECK;

/* Statistics over a cohort: plain memory of `size` bytes whose zero is the identity of merge. Blocks are prepared apart
 * and merged over a fixed binary tree by block number, so that the result has the same bits for any number of threads.
 */
typedef struct rp_fold {
    size_t size;
    void (*prepare)(void *statistics, const rp_block *block, const void *context);
    void (*merge)(void *into, const void *other, const void *context);
    const void *context;
} rp_fold;
bool rp_cohort_fold(const rp_cohort *cohort, const rp_fold *fold, int threads, void *out,
                    rp_error *error) RP_MUST_CHECK;

#endif
