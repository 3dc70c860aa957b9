/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Who has a row in each table, in which months there is one, and which values the rows have. What stands in the answer
 * depends on the tables of the record, not on the rows of the cohort, which would tell of those who have one. */
#include "questions/common/people.h"
#include "questions/common/percent.h"
#include "questions/coverage/coverage_parts.h"

#include <math.h>

static const char *name_of(size_t t) {
    return rp_schema_table(coverage_tables[t].table)->name;
}

static bool is_there(const coverage_work *work, size_t t) {
    return rp_record_rows(work->plan.record, coverage_tables[t].table) > 0;
}

static bool everyone(const void *context, size_t group) {
    (void)context;
    (void)group;
    return true;
}

static rp_value word_on(coverage_work *work, const char *word, int64_t people) {
    /* A universe of its own for each word, since no number is told that could be subtracted from another. */
    rp_universe *behind = rp_answer_universe(work->answer, "coverage.word", 1);
    if (behind->n_groups > 0)
        behind->people[0] = people;
    rp_value value = rp_value_text(work->answer, word);
    value.count = rp_answer_count(work->answer, behind, everyone, NULL);
    return value;
}

/* ---- people ------------------------------------------------------------------------------------------------ */

static rp_interval share_of(const coverage_work *work, rp_count part, rp_count whole) {
    if (work->answer->failed) /* what is left of the counts does not go together */
        return (rp_interval){NAN, NAN, NAN, work->plan.asked->level};
    return rp_rate_interval(part.n, whole.n, work->plan.asked->level);
}

static void say(coverage_work *work, size_t t, rp_count part, rp_count whole, rp_interval share) {
    rp_answer *answer = work->answer;
    rp_statement *s = rp_answer_statement(answer, coverage_tables[t].id);
    s->numerator = part;
    s->denominator = whole;
    s->label = rp_answer_text(answer, "On record in %s, of %s", name_of(t), work->noun);
    s->cohort = rp_cohort_event_name(rp_cohort_chosen(work->plan.cohort)->event);
    s->unit = "people";
    s->headline = coverage_tables[t].table == RP_CONTACTS || coverage_tables[t].table == RP_SCORES;
    s->estimate = share.estimate;
    s->lower = share.lower;
    s->upper = share.upper;
    s->level = share.level;
    s->method = "share of people, Wilson interval";
    int64_t n = whole.n;
    if (n == 0) {
        s->text = rp_answer_text(answer, "%s: there is nobody of whom it could be told.", s->label);
        return;
    }
    s->text = rp_answer_text(answer, "%s of %s %s have a row in the table %s: %s (%g%% interval %s to %s).",
                             rp_question_people(answer, part.n), rp_question_people(answer, n), work->noun, name_of(t),
                             rp_question_percent(answer, share.estimate, n), 100 * share.level,
                             rp_question_percent(answer, share.lower, n), rp_question_percent(answer, share.upper, n));
}

static const char *month_text(rp_answer *answer, int32_t month) {
    return rp_answer_text(answer, "%04d-%02d", (int)(month / 12), (int)(month % 12 + 1));
}

static bool is_dated(size_t t) {
    return coverage_tables[t].date != NULL || coverage_tables[t].by_way_of >= 0;
}

static rp_value edge_word(coverage_work *work, size_t t, const coverage_edge *edge) {
    if (!is_dated(t))
        return rp_value_text(work->answer, "no dates");
    if (edge->month == 0)
        return word_on(work, "no dates", work->counts.people[t]);
    return word_on(work, month_text(work->answer, edge->month), edge->people);
}

/* The row of a table of the schema; t: of coverage_tables, or COVERAGE_TABLES where it is about no people. */
static void row_of(coverage_work *work, rp_answer_table *out, rp_table_id id, size_t t, rp_chart *chart) {
    rp_answer *answer = work->answer;
    const rp_table_def *def = rp_schema_table(id);
    bool there = rp_record_rows(work->plan.record, id) > 0;
    rp_value *row = rp_answer_row(out);
    row[0] = rp_value_text(answer, def->name);
    row[1] = rp_value_text(answer, def->meaning);
    row[2] = rp_value_text(answer, !there ? "no" : t < COVERAGE_TABLES ? "yes" : "yes, not by person");
    if (!there || t == COVERAGE_TABLES)
        return;
    rp_count whole = rp_question_having(&work->people, 0, 0), part = rp_question_having(&work->people, MARK(t), 0);
    rp_interval share = share_of(work, part, whole);
    row[3] = rp_value_count(part);
    row[4] = rp_value_share(100 * share.estimate, 1, part, whole);
    row[5] = edge_word(work, t, &work->counts.first[t]);
    row[6] = edge_word(work, t, &work->counts.last[t]);
    say(work, t, part, whole, share);
    rp_chart_point *p = rp_chart_point_add(chart);
    p->label = rp_answer_text(answer, "%s", def->name);
    p->count = whole;
    p->of_y = part;
    p->of_lower = p->of_upper = rp_count_none();
    p->y = share.estimate;
    p->lower = p->upper = NAN;
}

static size_t place_of(rp_table_id id) {
    size_t t = 0;
    while (t < COVERAGE_TABLES && coverage_tables[t].table != id)
        t++;
    return t;
}

void coverage_write_people(coverage_work *work) {
    static const rp_table_column columns[] = {
        {"table", "Table", ""},         {"meaning", "What it holds", ""}, {"in_record", "In the record", ""},
        {"people", "People", "people"}, {"share", "Of the cohort", "%"},  {"first", "First month", ""},
        {"last", "Last month", ""},
    };
    rp_chart *chart =
        rp_answer_chart(work->answer, RP_CHART_RATES, "coverage.people", "Who is on record in each table");
    chart->table_id = "coverage.tables";
    chart->reading = "Each line is one table of the record. The mark is the share of everyone in the cohort who has a "
                     "row in it. Of the others there is no record, which does not mean that nothing was done.";
    chart->x_label = "Share of people";
    rp_chart_series_add(chart, "Everyone");
    rp_answer_table *table = rp_answer_table_add(work->answer, "coverage.tables", "Table by table", columns,
                                                 sizeof columns / sizeof *columns);
    table->note = "People are those of the cohort with a row or more. A table that is not in the record tells of "
                  "nobody: it is not known whether what it would hold was done. Months are those of the rows of the "
                  "cohort; a row without a date has that of the contact or the questionnaire that it belongs to.";
    for (size_t id = 0; id < RP_TABLES; id++)
        row_of(work, table, (rp_table_id)id, place_of((rp_table_id)id), chart);
}

/* ---- months -------------------------------------------------------------------------------------------------- */

static void year_row(coverage_work *work, rp_answer_table *table, size_t t, int32_t january) {
    rp_value *row = rp_answer_row(table);
    row[0] = rp_value_text(work->answer, name_of(t));
    row[1] = rp_value_text(work->answer, rp_answer_text(work->answer, "%d", (int)(january / 12)));
    for (int32_t month = january; month < january + 12; month++) {
        int64_t people = work->counts.months[t][month - work->plan.first];
        if (month >= work->plan.from && month <= work->plan.to)
            row[2 + month - january] = word_on(work, people > 0 ? "some" : "none", people);
    }
}

void coverage_write_months(coverage_work *work) {
    static const rp_table_column columns[] = {
        {"table", "Table", ""},  {"year", "Year", ""},    {"january", "Jan", ""},   {"february", "Feb", ""},
        {"march", "Mar", ""},    {"april", "Apr", ""},    {"may", "May", ""},       {"june", "Jun", ""},
        {"july", "Jul", ""},     {"august", "Aug", ""},   {"september", "Sep", ""}, {"october", "Oct", ""},
        {"november", "Nov", ""}, {"december", "Dec", ""},
    };
    const coverage_plan *plan = &work->plan;
    if (plan->to == 0) {
        rp_answer_caveat(work->answer, "No referral of the cohort has a date, so months cannot be told.");
        return;
    }
    rp_answer_table *table = rp_answer_table_add(work->answer, "coverage.months", "Month by month", columns,
                                                 sizeof columns / sizeof *columns);
    table->note = rp_answer_text(
        work->answer,
        "Whether anybody of the cohort has a row dated in the month: \"some\" or \"none\". Where small numbers are "
        "hidden, a month that is hidden has few people or none. Told from the first to the last month in which a "
        "referral of the cohort came in or ended, of the last %d years; rows dated outside are not here.",
        (int)COVERAGE_YEARS);
    for (size_t t = 0; t < COVERAGE_TABLES; t++)
        for (int32_t january = plan->first; january <= plan->to && is_dated(t) && is_there(work, t); january += 12)
            year_row(work, table, t, january);
}

/* ---- columns ------------------------------------------------------------------------------------------------- */

/* A share of rows is no share of people, and with few of them would tell of one: five words do. */
static const char *word_of(int64_t filled, int64_t rows) {
    static const struct {
        int64_t percent;
        const char *word;
    } words[] = {{95, "95% or more"}, {75, "75% to 94%"}, {25, "25% to 74%"}, {5, "5% to 24%"}};
    for (size_t i = 0; rows > 0 && i < sizeof words / sizeof *words; i++)
        if (100 * filled >= words[i].percent * rows)
            return words[i].word;
    return rows > 0 ? "fewer than 5%" : "no rows";
}

void coverage_write_columns(coverage_work *work) {
    static const rp_table_column columns[] = {{"table", "Table", ""},
                                              {"column", "Column", ""},
                                              {"meaning", "What it holds", ""},
                                              {"rows", "Rows with a value", ""}};
    rp_answer_table *table = rp_answer_table_add(work->answer, "coverage.columns", "How complete the rows are", columns,
                                                 sizeof columns / sizeof *columns);
    table->note =
        "Of the rows of the cohort, how many have a value in the column, roughly. Columns that may rightly be "
        "empty, such as the date of an ending, are not here. Hidden where the rows are of few people.";
    for (size_t t = 0; t < COVERAGE_TABLES; t++) {
        const rp_table_def *def = rp_schema_table(coverage_tables[t].table);
        const int *at = work->plan.places[t].columns;
        for (size_t c = 0; c < COVERAGE_COLUMNS && at[c] >= 0 && is_there(work, t); c++) {
            rp_value *row = rp_answer_row(table);
            row[0] = rp_value_text(work->answer, def->name);
            row[1] = rp_value_text(work->answer, def->columns[at[c]].name);
            row[2] = rp_value_text(work->answer, def->columns[at[c]].meaning);
            row[3] = word_on(work, word_of(work->counts.filled[t][c], work->counts.rows[t]), work->counts.people[t]);
        }
    }
}
