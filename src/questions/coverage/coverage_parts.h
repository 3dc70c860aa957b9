/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the files of the question `coverage` share. Private to src/questions/coverage.
 *
 * Who has a row in a table is counted in one universe, a mark a table, so that no two tables can be subtracted. What is
 * said by month and by column would be far too many counts for that. It is said in words instead ("some", "none", "95%
 * or more"), and each word rests on the people who have such rows: where they are few it is hidden. */
#ifndef RAPPORT_COVERAGE_PARTS_H
#define RAPPORT_COVERAGE_PARTS_H

#include "questions/common/frame.h"
#include "questions/common/groups.h"
#include "rapport/models.h"
#include "rapport/questions.h"

enum {
    COVERAGE_TABLES = 20, /* of people; the others are about services, practitioners and published figures */
    COVERAGE_COLUMNS = 6, /* of a table: those without which its rows say little */
    COVERAGE_YEARS = 5,   /* the last ones; more rows are read by nobody */
    COVERAGE_MONTHS = 12 * COVERAGE_YEARS,
    COVERAGE_DAYS = 366 * COVERAGE_YEARS /* at most */
};

/* A table whose rows belong to a referral, straight or by way of a row that does. */
typedef struct coverage_table {
    rp_table_id table;
    int by_way_of;                         /* rp_table_id; -1: straight */
    const char *id;                        /* of its statement */
    const char *date;                      /* column; NULL: that of the row by way of which it belongs, or none */
    const char *columns[COVERAGE_COLUMNS]; /* ended by NULL where there are fewer */
} coverage_table;
extern const coverage_table coverage_tables[COVERAGE_TABLES];
extern const rp_statement_def coverage_statements[];

/* Columns by index; -1: none. */
typedef struct coverage_places {
    int date, contact, columns[COVERAGE_COLUMNS];
    rp_type date_type;
    size_t above; /* of coverage_tables: the one by way of which it belongs */
} coverage_places;

typedef struct coverage_person {
    uint32_t marks; /* bit t: a row in table t */
    uint16_t cell;  /* of the frame */
} coverage_person;

typedef struct coverage_plan {
    const rp_cohort *cohort;
    const rp_record *record;
    const rp_asked *asked;
    const rp_frame *frame;
    int client, contact_date; /* columns of referrals and of contacts */
    bool there[COVERAGE_TABLES];
    coverage_places places[COVERAGE_TABLES];
    int32_t from, to;  /* months (rp_date_month) from the first to the last date of a referral; 0: there is none */
    int32_t first;     /* the January from which months are told */
    rp_date first_day; /* of that; where first is 0: without meaning */
    const uint64_t *month_of_day; /* COVERAGE_DAYS from there on: the mark of each one's month, 0 for later ones; NULL
                                   * where first is 0 */
    coverage_person *people;      /* of each, filled by coverage_count */
} coverage_plan;

/* The first or the last month, and how many people have a row in it. */
typedef struct coverage_edge {
    int32_t month; /* 0: there is none */
    int64_t people;
} coverage_edge;

typedef struct coverage_counts {
    coverage_edge first[COVERAGE_TABLES], last[COVERAGE_TABLES];
    int64_t months[COVERAGE_TABLES][COVERAGE_MONTHS]; /* people with a row, from plan->first on */
    int64_t people[COVERAGE_TABLES];
    int64_t rows[COVERAGE_TABLES], filled[COVERAGE_TABLES][COVERAGE_COLUMNS];
} coverage_counts;

/* false: see *error. */
bool coverage_plan_make(const rp_cohort *cohort, const rp_asked *asked, rp_arena *arena, coverage_plan *out,
                        rp_error *error);
bool coverage_count(const coverage_plan *plan, coverage_counts *out, rp_error *error);

typedef struct coverage_work {
    coverage_plan plan;
    coverage_counts counts;
    rp_answer *answer;
    rp_question_set people;
    const char *noun; /* "people of the cohort" */
} coverage_work;

void coverage_write_people(coverage_work *work);
void coverage_write_months(coverage_work *work);
void coverage_write_columns(coverage_work *work);

#endif
