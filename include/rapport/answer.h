/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Floor 3, answer: what an answer is, as data. A question returns one; a report draws it. It knows neither.
 *
 * A number never travels alone: a statement carries numerator, denominator, cohort, interval and method. Every count of
 * people is an rp_count: a number together with *which* people it counts, as a set of disjoint groups, so that
 * rp_answer_protect can see what the counts shown would let a reader work out. Each statement, table and chart may say
 * for which readers it is.
 *
 * Building is sticky: adders never fail outright. When memory runs out they hand back scratch space and set
 * answer->failed, which the question checks once at its end. Texts given to adders are copied into the answer's arena.
 */
#ifndef RAPPORT_ANSWER_H
#define RAPPORT_ANSWER_H

#include "rapport/base.h"

enum { RP_ANSWER_LIMIT_COLUMNS = 64 }; /* of a table: more cannot be read by people (assert) */

/* ---- counts of people ------------------------------------------------------------------------ */

/* What every universe of the same people says alike of each of them, such as how far they came: which cell of the frame
 * they are in. Its sets are the unions of cells that answers show, in order of importance. It is the same in all
 * answers about a cohort, whatever was asked, so that what one universe shows of its cells can be held against the
 * others. */
typedef struct rp_frame {
    size_t n_cells; /* up to UINT16_MAX */
    size_t n_sets;
    const bool *sets; /* [set][cell] */
    /* A frame whose cells this one cuts, for universes that have more in common than others do; NULL: none. What the
     * coarser one tells is told first. */
    const struct rp_frame *coarser;
    const uint16_t *coarser_cell; /* of each cell */
} rp_frame;

/* A set of people cut into disjoint groups, with the number of people in each. In arena. */
typedef struct rp_universe {
    const char *name;
    size_t n_groups;
    int64_t *people;       /* n_groups numbers, filled by the question */
    const rp_frame *frame; /* borrowed; NULL: of one cell, everyone */
    uint16_t *frame_cell;  /* with a frame: of each group, which must lie in one cell */
    uint32_t *number;      /* of each group: what the question calls it; NULL: as it stands here */
} rp_universe;

/* How many people, and which: the union of some groups of a universe. universe == NULL: a number that says nothing of
 * single people (an assumption, a threshold) or no count at all (n < 0). */
typedef struct rp_count {
    int64_t n; /* -1: none */
    const rp_universe *universe;
    const uint64_t *groups; /* bit g of word g / 64: group g is in */
} rp_count;

/* ---- readers --------------------------------------------------------------------------------- */

/* For whom a piece of an answer is. Each reader sees what the one before sees, and more. */
typedef enum rp_audience {
    RP_FOR_UNSAID,  /* of a piece: the question does not say (rp_answer_for gives the rule); of a report: no reader in
                     * particular, everything */
    RP_FOR_PUBLIC,  /* anyone. No breakdown, and no period shorter than a year */
    RP_FOR_SERVICE, /* those who lead, commission and work in the service */
    RP_FOR_FULL     /* the service's own analysts */
} rp_audience;

/* ---- statements ------------------------------------------------------------------------------ */

typedef struct rp_statement {
    const char *id;    /* "outcome.recovery.per_referral"; the same in every run */
    const char *label; /* what it is about, without its numbers: "Known recovered, per referral" */
    const char *text;  /* one plain sentence with its numbers */
    /* What it is about; NULL where it does not apply. */
    const char *measure, *scale, *rater, *arm, *severity, *occasion, *version;
    const char *unit; /* "people", "points", "standard deviations" */
    rp_count numerator, denominator;
    rp_count behind[2]; /* what else the estimate rests on, of a comparison both sides: not said, and the statement is
                         * shown only where it might be */
    const char *cohort;
    double estimate, lower, upper; /* NaN where not defined */
    double level;                  /* of the interval, 0.95; NaN where there is none */
    const char *method;
    bool confirmed;       /* every figure it rests on has a confirmed source */
    bool headline;        /* one of the few that a summary shows */
    rp_audience audience; /* unsaid: rp_statement_audience */
    bool suppressed;      /* set by rp_answer_protect: no number of it may be shown */
} rp_statement;

/* ---- tables ---------------------------------------------------------------------------------- */

typedef enum rp_value_kind { RP_VALUE_EMPTY, RP_VALUE_TEXT, RP_VALUE_NUM, RP_VALUE_COUNT } rp_value_kind;
typedef struct rp_value {
    rp_value_kind kind;
    const char *text; /* RP_VALUE_TEXT */
    double num;       /* RP_VALUE_NUM */
    int decimals;     /* RP_VALUE_NUM: how many to show to people; JSON has them all */
    rp_count count;   /* RP_VALUE_COUNT: the count; RP_VALUE_NUM: the people behind it; RP_VALUE_TEXT: none, or the
                       * people on whom the word rests: it is hidden where they may not be shown */
    rp_count of;      /* rp_value_share: the denominator of `count`; universe NULL otherwise */
    bool suppressed;
} rp_value;

typedef struct rp_table_column {
    const char *id, *label, *unit; /* unit "" where none */
} rp_table_column;

typedef struct rp_answer_table {
    const char *id, *title;
    const char *note;     /* one line under it; NULL for none */
    rp_audience audience; /* unsaid: for the service */
    const rp_table_column *columns;
    size_t n_columns;
    rp_value *values; /* n_rows * n_columns, row by row */
    size_t n_rows, room;
    struct rp_answer *answer; /* borrowed: whose it is */
} rp_answer_table;

/* ---- charts: data, not pictures --------------------------------------------------------------- */

/* RP_CHART_FLOW: what a point is. In a series those who did not come to its step stand before the box of the step. */
typedef enum rp_flow_part {
    RP_FLOW_BOX,    /* those who are at the step */
    RP_FLOW_ENDED,  /* of those at the step before: did not come to this one, and have ended */
    RP_FLOW_REASON, /* of the RP_FLOW_ENDED before it: why */
    RP_FLOW_OPEN,   /* did not come to this one so far, and still may */
    RP_FLOW_AROUND  /* came to a later step, where they are counted, without this one */
} rp_flow_part;

typedef struct rp_chart_point {
    double x, y, lower, upper; /* lower, upper: NaN where there is no interval */
    const char *label;         /* NULL for none */
    rp_count count; /* the people behind it; RP_CHART_RATES: the denominator; a point a person: the group that
                     * this one person is in (a count of that group alone), or none */
    rp_count of_y, of_lower, of_upper; /* RP_CHART_RATES: the people counted in y, lower and upper, so that protection
                                        * sees them; none: it guards what it can tell from the numbers alone */
    bool range_hidden;                 /* set by protection: lower and upper may not be shown, the rest may */
    rp_flow_part part;                 /* RP_CHART_FLOW, which has counts alone: no x, y, lower, upper */
    bool suppressed;
} rp_chart_point;
typedef struct rp_chart_series {
    const char *label;
    rp_chart_point *points;
    size_t n, room;
} rp_chart_series;
/* A reference drawn in the chart: y = slope * x + intercept, or x = intercept where vertical. */
typedef struct rp_chart_line {
    const char *label;
    double slope, intercept;
    bool vertical, dashed;
    double lower, upper; /* of a band around a level line, its interval; NaN: none */
    rp_count count;      /* the people it rests on: where they may not be shown it is taken out; none: of nobody */
} rp_chart_line;

typedef enum rp_chart_kind {
    RP_CHART_TRAJECTORY, /* x: occasion or months, y: mean with interval; a line a series */
    RP_CHART_CHANGE,     /* x: first score, y: last score, one point a person (binned when protected) */
    RP_CHART_AGREEMENT,  /* x: mean of two scores, y: their difference, one point a person (binned when protected) */
    RP_CHART_RATES,      /* one row a point: y from 0 to 1 with `lower` and `upper` the worst and the best case */
    RP_CHART_FLOW,       /* a series a step, in order: who came to it, and what is known of those who did not */
    RP_CHART_FUNNEL,     /* first series: a point a unit, x: its n, y: its share in per cent, with what rounding allows;
                          * the further series: limits as curves. Where points count people, x is hidden with y */
    RP_CHART_CATERPILLAR, /* one series, a point a unit: y: an estimate with its interval, x: its place, 1, 2 …, in an
                           * order that is no rank */
    RP_CHART_FOREST /* a row a point, named, y: an estimate with its interval, x: its weight in per cent or NaN. First
                     * series: the estimates; second: what these, or others, come to; third: where a new one would lie
                     */
} rp_chart_kind;
typedef struct rp_chart {
    const char *id, *title;
    rp_chart_kind kind;
    const char *reading;  /* how to read it, for someone who is no statistician: one or two sentences */
    const char *table_id; /* the table of the same answer that holds its numbers */
    rp_audience audience; /* unsaid: for whom its table is; of single people: full */
    const char *x_label, *y_label;
    double x_low, x_high, y_low, y_high; /* NaN: from the data */
    rp_chart_series *series;
    size_t n_series, series_room;
    rp_chart_line *lines;
    size_t n_lines, lines_room;
    bool binned;              /* set by protection: points are bins of bin_width by bin_width, count is their size */
    size_t n_taken_out;       /* set by protection: bins and lines that are there no more */
    double bin_width;         /* where a point is a person, for protection; the question sets it */
    struct rp_answer *answer; /* borrowed: whose it is */
} rp_chart;

/* ---- the answer ------------------------------------------------------------------------------- */

typedef struct rp_answer {
    const char *question, *title;
    const char *lead;           /* what was asked and of whom, one or two sentences */
    const char **needs_missing; /* tables that it needs and the record lacks */
    size_t n_needs_missing, needs_room;
    rp_statement **statements; /* pointers stay valid while more are added */
    size_t n_statements, statements_room;
    rp_answer_table **tables;
    size_t n_tables, tables_room;
    rp_chart **charts;
    size_t n_charts, charts_room;
    const char **caveats;
    size_t n_caveats, caveats_room;
    rp_count *told; /* rp_answer_told */
    size_t n_told, told_room;
    int protected_below; /* 0: shown in full */
    size_t n_suppressed; /* statements, values and points hidden by rp_answer_protect */
    bool left_out;       /* rp_answer_for: there is more of it than is for this reader */
    bool failed;         /* memory ran out: throw it away */
    rp_arena *arena;
    void *scratch;
} rp_answer;

/* In arena; NULL: no memory. */
rp_answer *rp_answer_new(rp_arena *arena, const char *question, const char *title);
/* A universe with n_groups empty groups. On failure one with no groups, and answer->failed. */
rp_universe *rp_answer_universe(rp_answer *answer, const char *name, size_t n_groups);
/* One in a frame, which must hold everyone of whom the frame tells. Group g is in the frame's cell g % n_cells, unless
 * the question says otherwise in frame_cell. */
rp_universe *rp_answer_universe_in(rp_answer *answer, const rp_frame *frame, const char *name, size_t n_groups);
/* The same of n_cells cells (up to UINT32_MAX) with so many people in each, of which most may be empty: its groups are
 * those that are not, so that a count takes no more room than it needs. `in` is asked of cells. */
rp_universe *rp_answer_universe_of(rp_answer *answer, const rp_frame *frame, const char *name, const int64_t *people,
                                   size_t n_cells);
/* The union of the groups for which in(context, group) holds; its n is the sum of their people. Groups of nobody are
 * not asked about. */
rp_count rp_answer_count(rp_answer *answer, const rp_universe *universe, bool (*in)(const void *context, size_t group),
                         const void *context);
/* This count stands elsewhere, in another universe of the same people: protection takes it for known, where it gives
 * nothing away, before it looks at the counts of the answer. It is not shown. */
void rp_answer_told(rp_answer *answer, rp_count count);
rp_count rp_count_none(void);
/* A statement with everything absent (NULL, NaN, no counts, confirmed true); the caller fills it in. `id` must be a
 * literal of the question's list. */
rp_statement *rp_answer_statement(rp_answer *answer, const char *id);
/* printf into the answer's arena; never NULL ("" when memory runs out, and answer->failed). */
const char *rp_answer_text(rp_answer *answer, const char *format, ...) RP_PRINTF(2, 3);
rp_answer_table *rp_answer_table_add(rp_answer *answer, const char *id, const char *title,
                                     const rp_table_column *columns, size_t n_columns);
/* A new row of empty values: n_columns of them to fill in, valid until the next row. */
rp_value *rp_answer_row(rp_answer_table *table);
rp_value rp_value_text(rp_answer *answer, const char *text); /* copied */
rp_value rp_value_num(double num, int decimals, rp_count behind);
/* A share from 0 to 1 (or its percentage) of a denominator: protected as a statement is, which rp_value_num with one
 * count behind it cannot be. */
rp_value rp_value_share(double num, int decimals, rp_count numerator, rp_count denominator);
rp_value rp_value_count(rp_count count);
rp_chart *rp_answer_chart(rp_answer *answer, rp_chart_kind kind, const char *id, const char *title);
rp_chart_series *rp_chart_series_add(rp_chart *chart, const char *label); /* valid until the next series */
bool rp_chart_is_of_persons(const rp_chart *chart);                       /* is a point one person? */
/* Adds to the series last added. */
rp_chart_point *rp_chart_point_add(rp_chart *chart);
rp_chart_line *rp_chart_line_add(rp_chart *chart, const char *label);
/* Each caveat once: the same text again is not added. */
void rp_answer_caveat(rp_answer *answer, const char *format, ...) RP_PRINTF(2, 3);
void rp_answer_needs(rp_answer *answer, const char *table);

/* ---- protection of small numbers --------------------------------------------------------------- */

/* Hides every count of fewer than `smallest` people (also what is left of a statement's denominator when its numerator
 * is taken away), every number that stands on so few, and then as many more, in reverse order of the answer, as are
 * needed so that none of the counts hidden for being few, and no set of 1 to `smallest` - 1 people, can be worked out
 * by adding and subtracting counts that are shown: of this answer, and of any other about the same people, as far as
 * the frame goes. A count of zero is hidden as a small one is, but it may follow from others: nobody stands behind it.
 * What is hidden is wiped: numbers become NaN, counts none, a statement's text says that it is hidden.
 *
 * Method (the algebraic form of complementary suppression: Cox, JASA 75, 1980). The counts of a universe are 0/1
 * vectors over its groups. Candidates are taken in the order of the answer: statements, values of tables, points of
 * charts; last the charts of single people. One is shown only if, with it, the span of the vectors shown holds no 0/1
 * vector that covers 1 to `smallest` - 1 people. The span is kept in reduced echelon form modulo the prime 2^61 - 1,
 * columns in order of falling people, so that the vectors that are zero on every group of `smallest` or more are sums
 * of a few rows of it; a small set among these is found by halves that meet (Horowitz & Sahni, JACM 21, 1974). Where
 * there are too many halves the rows are tried one by one up to a limit, and past it the candidate is hidden: in doubt,
 * hidden. Groups that are empty are left out of account, as if the reader knew them to be so: with that, what is in the
 * span is just what linear programming could pin down (people are never negative).
 *
 * Universes of one frame. Some sets of the frame's cells are known, the same in every universe, because they are chosen
 * from the frame alone: all of it, then each of its sets that lets nothing be worked out with those before. A count
 * that is no sum of what is known and shown, but would be one if each cell were known, would tell of the frame what is
 * hidden elsewhere: it is hidden. Any other count is searched as if each cell were known; only sets that cut through a
 * cell are looked for, since the cells themselves are not told. Then no universe adds to another: within a cell they
 * know nothing of each other, so that a sum of counts of several universes that covers a few people and no others
 * would, cell by cell, be a sum of counts of one of them. A frame that cuts another's cells is to that one as a
 * universe of its cells would be: its sets are known where they may be shown beside what the coarser frame tells, even
 * to one who knew each of the coarser cells. So universes of several frames that cut one add nothing to each other
 * either.
 *
 * Points that are persons (RP_CHART_CHANGE, RP_CHART_AGREEMENT) are replaced by square bins, one grid a series, lines
 * of which pass through the first vertical line of the chart. Bins are counts as the others are: each group is cut by
 * bin. The largest are taken first; bins of fewer than `smallest` are dropped, and more where what was dropped would be
 * fewer. Where a universe has more than one such chart, bins of one may say nothing new of whole groups, so that the
 * charts cannot be played against each other. A chart whose groups by bins are too many to work through (8
 * million numbers) shows none.
 *
 * What it does not do: texts of the question (lead, caveats, notes, labels) are left as they are, and must hold no
 * number of people; two universes of the same people know of each other only what the frame says and what is told
 * (rp_answer_told), so that counts which a reader could subtract belong in one universe, or what they share in the
 * frame; a reader who knows some of the
 * people can take them away; and bounds are not blurred (two hidden counts that sum to 8 lie between 0 and 8).
 *
 * Cost O(counts * rows * groups), rows <= groups, and the searches: with 1,400 counts over 720 groups of 300 people
 * 0.2 s, of 100,000 people 0.1 s; a chart of change adds up to a few seconds. false: no memory (the answer must not be
 * shown). */
bool rp_answer_protect(rp_answer *answer, int smallest) RP_MUST_CHECK;

/* ---- what a reader sees of it ------------------------------------------------------------------- */

/* For whom a piece is, never RP_FOR_UNSAID: as the question says. Where it does not, a headline statement is for
 * anyone, unless it is of one arm or severity; any other statement and a table is for the service; a chart is for whom
 * its table is, and without one for the service. A chart stands for no more readers than its table, and one of single
 * people for RP_FOR_FULL alone, whatever is said. */
rp_audience rp_statement_audience(const rp_statement *statement);
rp_audience rp_table_audience(const rp_answer_table *table);
rp_audience rp_chart_audience(const rp_chart *chart);
/* "public", "service", "full"; false: another word. */
bool rp_audience_parse(rp_text word, rp_audience *out);
const char *rp_audience_name(rp_audience reader); /* "" for RP_FOR_UNSAID */
/* The pieces of the answer that are for `reader`, as they stand in it: what is hidden in one reader's copy is hidden in
 * each, since it was hidden before there were copies. Of a protected answer therefore (assert), so that all copies
 * together tell what the largest tells. Lead, caveats and needs are for everyone. In arena, borrowing the pieces; NULL:
 * no memory. */
rp_answer *rp_answer_for(const rp_answer *answer, rp_audience reader, rp_arena *arena);

/* ---- where it came from ------------------------------------------------------------------------ */

typedef struct rp_provenance_input {
    const char *name;
    int64_t bytes, rows, rejected;
    char sha256[65];
} rp_provenance_input;
typedef struct rp_provenance {
    const char *version;
    const rp_provenance_input *inputs;
    size_t n_inputs;
    uint64_t seed;
    const char *made_at;            /* NULL: left out (--no-clock) */
    const char *title;              /* of the data: the study's or service's name; "" */
    const char *citation, *licence; /* of the data; "" where not given */
    const char *command;            /* as it was given, without paths' folders; NULL: left out */
    int protected_below;            /* 0: nothing hidden */
} rp_provenance;

#endif
