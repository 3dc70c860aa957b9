/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One pass over every row of every person, a table at a time: whether there is one, in which months, with which values.
 * All of it adds up over blocks, but for the marks of each person, of which each has a place of its own. */
#include "questions/coverage/coverage_parts.h"

/* ---- the plan -------------------------------------------------------------------------------------------- */

typedef struct span {
    int32_t from, to; /* months; 0: none */
} span;

static void reach(span *s, int32_t month) {
    if (month == 0)
        return;
    s->from = s->from == 0 || month < s->from ? month : s->from;
    s->to = month > s->to ? month : s->to;
}

static void prepare_span(void *statistics, const rp_block *block, const void *context) {
    (void)context;
    for (size_t i = 0; i < block->n_episodes; i++) {
        reach(statistics, rp_date_month(block->episodes[i].received));
        reach(statistics, rp_date_month(block->episodes[i].ended));
    }
}

static void merge_span(void *into, const void *other, const void *context) {
    (void)context;
    reach(into, ((const span *)other)->from);
    reach(into, ((const span *)other)->to);
}

static int column_of(rp_table_id table, const char *name) {
    return name != NULL ? rp_schema_column(table, name) : -1;
}

static coverage_places places_of(const coverage_table *table) {
    coverage_places places = {.date = column_of(table->table, table->date)};
    int contact = rp_schema_column(table->table, "contact_id");
    bool names_one = contact >= 0 && rp_schema_table(table->table)->columns[contact].refers == RP_CONTACTS;
    places.contact = names_one ? contact : -1;
    if (places.date >= 0)
        places.date_type = rp_schema_table(table->table)->columns[places.date].type;
    for (size_t c = 0; c < COVERAGE_COLUMNS; c++)
        places.columns[c] = column_of(table->table, table->columns[c]);
    for (size_t t = 0; t < COVERAGE_TABLES; t++)
        if ((int)coverage_tables[t].table == table->by_way_of)
            places.above = t;
    return places;
}

/* The mark of the month of each day that is told, since finding a day's month takes divisions. */
static bool know_days(coverage_plan *plan, rp_arena *arena) {
    uint64_t *marks = rp_arena_take(arena, COVERAGE_DAYS, sizeof *marks);
    plan->month_of_day = marks;
    const char *january = rp_arena_printf(arena, "%04d-01-01", (int)(plan->first / 12));
    if (marks == NULL || january == NULL || !rp_date_parse(rp_text_of(january), &plan->first_day))
        return false;
    for (int32_t day = 0; day < COVERAGE_DAYS; day++) {
        int32_t month = rp_date_month(plan->first_day + day) - plan->first;
        marks[day] = month < COVERAGE_MONTHS ? MARK(month) : 0;
    }
    return true;
}

bool coverage_plan_make(const rp_cohort *cohort, const rp_asked *asked, rp_arena *arena, coverage_plan *out,
                        rp_error *error) {
    *out = (coverage_plan){.cohort = cohort,
                           .record = rp_cohort_record(cohort),
                           .asked = asked,
                           .frame = rp_question_frame(cohort, arena),
                           .people = rp_arena_take(arena, rp_cohort_episodes(cohort), sizeof *out->people)};
    if (out->frame == NULL || out->people == NULL)
        return rp_fail_memory(error);
    out->client = rp_schema_column(RP_REFERRALS, "client_id");
    out->contact_date = rp_schema_column(RP_CONTACTS, "date");
    for (size_t t = 0; t < COVERAGE_TABLES; t++) {
        out->places[t] = places_of(&coverage_tables[t]);
        out->there[t] = rp_record_rows(out->record, coverage_tables[t].table) > 0;
    }
    span dates = {0};
    if (!rp_cohort_fold(cohort, &(rp_fold){sizeof dates, prepare_span, merge_span, out}, asked->threads, &dates, error))
        return false;
    out->from = dates.from;
    out->to = dates.to;
    int32_t first = dates.from / 12, last = dates.to / 12;
    out->first = 12 * (last - first < COVERAGE_YEARS ? first : last - COVERAGE_YEARS + 1);
    return out->first == 0 || know_days(out, arena) || rp_fail_memory(error);
}

/* ---- one row ----------------------------------------------------------------------------------------------- */

static rp_date day_of(int64_t us) {
    const int64_t us_a_day = INT64_C(86400000000);
    return us == RP_NO_INT ? RP_NO_DATE : (rp_date)(us / us_a_day - (us % us_a_day < 0));
}

static rp_date date_in(const coverage_plan *plan, size_t t, size_t row) {
    const coverage_places *places = &plan->places[t];
    if (places->date < 0)
        return RP_NO_DATE;
    if (places->date_type == RP_TYPE_TIME)
        return day_of(rp_record_time_us(plan->record, coverage_tables[t].table, places->date, row));
    return rp_record_date(plan->record, coverage_tables[t].table, places->date, row);
}

/* A row without a date of its own is as old as the contact that it names. */
static rp_date date_of(const coverage_plan *plan, size_t t, size_t row) {
    rp_table_id table = coverage_tables[t].table;
    const coverage_places *places = &plan->places[t];
    rp_date date = date_in(plan, t, row);
    int64_t contact =
        date == RP_NO_DATE && places->contact >= 0 ? rp_record_refers(plan->record, table, places->contact, row) : -1;
    return contact < 0 ? date : rp_record_date(plan->record, RP_CONTACTS, plan->contact_date, (size_t)contact);
}

/* ---- the rows of one table, person after person -------------------------------------------------------------- */

enum { ROWS_AT_ONCE = 1024 };

typedef struct pass {
    const coverage_plan *plan;
    coverage_counts *counts;
    size_t t;
    uint32_t rows[ROWS_AT_ONCE]; /* whose columns are still to be looked at: a column at a time is many times as fast */
    size_t n_rows;
    /* of one person: */
    bool any;            /* a row in table t */
    rp_date first, last; /* of those rows; RP_NO_DATE: none has a date */
    rp_date date;        /* of the row before: rows of one day mostly come together */
    uint64_t within;     /* bit m: a row in month m of those that are told */
} pass;

static void look_at_columns(pass *p) {
    rp_table_id table = coverage_tables[p->t].table;
    const int *columns = p->plan->places[p->t].columns;
    const rp_rows rows = {p->rows, p->n_rows};
    for (size_t c = 0; c < COVERAGE_COLUMNS && columns[c] >= 0; c++)
        p->counts->filled[p->t][c] += (int64_t)rp_record_having(p->plan->record, table, columns[c], rows);
    p->counts->rows[p->t] += (int64_t)p->n_rows;
    p->n_rows = 0;
}

/* Of the month of a date, where it is told; else 0. */
static uint64_t mark_of(const coverage_plan *plan, rp_date date) {
    bool known = plan->month_of_day != NULL && date >= plan->first_day && date - plan->first_day < COVERAGE_DAYS;
    return known ? plan->month_of_day[date - plan->first_day] : 0;
}

static int32_t month_of(const coverage_plan *plan, rp_date date) {
    uint64_t mark = mark_of(plan, date);
    return mark != 0 ? plan->first + __builtin_ctzll(mark) : rp_date_month(date);
}

static void see_row(pass *p, uint32_t row, rp_date date) {
    if (p->n_rows == ROWS_AT_ONCE)
        look_at_columns(p);
    p->rows[p->n_rows++] = row;
    if (p->any && date == p->date)
        return;
    p->any = true;
    p->date = date;
    if (date == RP_NO_DATE)
        return;
    p->first = p->first == RP_NO_DATE || date < p->first ? date : p->first;
    p->last = p->last == RP_NO_DATE || date > p->last ? date : p->last;
    p->within |= mark_of(p->plan, date);
}

static void see_children(pass *p, size_t referral) {
    const coverage_table *table = &coverage_tables[p->t];
    const rp_record *record = p->plan->record;
    if (table->by_way_of < 0) {
        rp_rows rows = rp_record_children(record, table->table, referral);
        for (size_t i = 0; i < rows.n; i++)
            see_row(p, rows.at[i], date_of(p->plan, p->t, rows.at[i]));
        return;
    }
    rp_rows above = rp_record_children(record, (rp_table_id)table->by_way_of, referral);
    for (size_t a = 0; a < above.n; a++) {
        rp_rows rows = rp_record_children(record, table->table, above.at[a]);
        rp_date date =
            table->date == NULL && rows.n > 0 ? date_of(p->plan, p->plan->places[p->t].above, above.at[a]) : RP_NO_DATE;
        for (size_t i = 0; i < rows.n; i++)
            see_row(p, rows.at[i], table->date == NULL ? date : date_of(p->plan, p->t, rows.at[i]));
    }
}

static void see_person(pass *p, uint32_t referral) {
    int64_t client = -1;
    p->any = false;
    p->first = p->last = RP_NO_DATE;
    p->within = 0;
    switch (coverage_tables[p->t].table) {
    case RP_CLIENTS:
        client = rp_record_refers(p->plan->record, RP_REFERRALS, p->plan->client, referral);
        if (client >= 0)
            see_row(p, (uint32_t)client, RP_NO_DATE);
        break;
    case RP_REFERRALS:
        see_row(p, referral, date_of(p->plan, p->t, referral));
        break;
    default:
        see_children(p, referral);
    }
}

static void add_edge(coverage_edge *into, coverage_edge other, bool first) {
    if (other.month == 0)
        return;
    if (into->month == 0 || (first ? other.month < into->month : other.month > into->month))
        *into = other;
    else if (into->month == other.month)
        into->people += other.people;
}

static void add_person(const pass *p) {
    coverage_counts *counts = p->counts;
    counts->people[p->t] += p->any;
    add_edge(&counts->first[p->t], (coverage_edge){month_of(p->plan, p->first), 1}, true);
    add_edge(&counts->last[p->t], (coverage_edge){month_of(p->plan, p->last), 1}, false);
    for (uint64_t left = p->within; left != 0; left &= left - 1)
        counts->months[p->t][__builtin_ctzll(left)]++;
}

static void see_table(const coverage_plan *plan, coverage_counts *counts, size_t t, const rp_block *block) {
    pass p = {.plan = plan, .counts = counts, .t = t};
    for (size_t i = 0; i < block->n_episodes; i++) {
        see_person(&p, block->episodes[i].row);
        add_person(&p);
        plan->people[block->first + i].marks |= p.any ? (uint32_t)MARK(t) : 0;
    }
    look_at_columns(&p);
}

static void prepare(void *statistics, const rp_block *block, const void *context) {
    const coverage_plan *plan = context;
    for (size_t i = 0; i < block->n_episodes; i++)
        plan->people[block->first + i] =
            (coverage_person){.cell = (uint16_t)rp_question_cell_of(plan->frame, &block->episodes[i])};
    for (size_t t = 0; t < COVERAGE_TABLES; t++)
        if (plan->there[t])
            see_table(plan, statistics, t, block);
}

static void merge(void *into, const void *other, const void *context) {
    (void)context;
    coverage_counts *to = into;
    const coverage_counts *from = other;
    for (size_t t = 0; t < COVERAGE_TABLES; t++) {
        add_edge(&to->first[t], from->first[t], true);
        add_edge(&to->last[t], from->last[t], false);
        to->people[t] += from->people[t];
        to->rows[t] += from->rows[t];
        for (size_t m = 0; m < COVERAGE_MONTHS; m++)
            to->months[t][m] += from->months[t][m];
        for (size_t c = 0; c < COVERAGE_COLUMNS; c++)
            to->filled[t][c] += from->filled[t][c];
    }
}

bool coverage_count(const coverage_plan *plan, coverage_counts *out, rp_error *error) {
    return rp_cohort_fold(plan->cohort, &(rp_fold){sizeof *out, prepare, merge, plan}, plan->asked->threads, out,
                          error);
}
