/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Adding rows: every table takes a good row and gives it back; every column refuses what is not of its type, with file,
 * line and column. */
// clang-format off
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
// clang-format on

#include <math.h>
#include <stdio.h>

#include "record_helper.h"

/* ---- every table, every column ---- */

/* A good text for a column; "" where it had better be empty: what would lead a row to itself. */
static const char *good_text(rp_table_id table, const rp_column_def *column) {
    if (strcmp(column->name, "previous_referral_id") == 0 || strcmp(column->name, "supersedes") == 0)
        return "";
    if (strcmp(column->name, "birth_year") == 0)
        return "1980";
    if (table == RP_RESPONSES && strcmp(column->name, "item") == 0)
        return "2";
    switch (column->type) {
    case RP_TYPE_ID:
        return "1";
    case RP_TYPE_DATE:
        return "2024-02-29";
    case RP_TYPE_TIME:
        return "2024-02-29T12:30:15.25Z";
    case RP_TYPE_CODE:
        return column->codes->codes[0].code;
    case RP_TYPE_INT:
        return "7";
    case RP_TYPE_NUM:
        return "1.5";
    case RP_TYPE_BOOL:
        return "true";
    case RP_TYPE_TEXT:
        return "in words";
    case RP_TYPE_VALUE:
        break;
    }
    return "2";
}

static void put_good_row(world *w, rp_table_id table) {
    rp_cell cells[MOST_CELLS] = {{{0}, 0, 0, false}};
    const rp_table_def *def = rp_schema_table(table);
    for (size_t i = 0; i < def->n_columns; i++)
        cells[i] = (rp_cell){.text = rp_text_of(good_text(table, &def->columns[i])), .line = 2, .column = 1};
    rp_put put = rp_record_add(w->record, table, cells, def->n_columns, (rp_place){{0, 2}, 0, 0}, &w->error);
    assert_int_equal(put, RP_PUT_KEPT);
}

static void assert_good(const world *w, rp_table_id table, int i) {
    const rp_column_def *column = &rp_schema_table(table)->columns[i];
    const char *text = good_text(table, column);
    switch (column->type) {
    case RP_TYPE_ID:
        if (*text)
            assert_string_equal(rp_record_id_text(w->record, table, i, 0), text);
        else
            assert_true(rp_record_id(w->record, table, i, 0) == RP_NO_ID);
        break;
    case RP_TYPE_DATE:
        assert_int_equal(rp_record_date(w->record, table, i, 0), 19782); /* R 4.2 as.Date("2024-02-29") */
        break;
    case RP_TYPE_TIME: /* R 4.2 as.POSIXct("2024-02-29 12:30:15", tz = "UTC"), and a quarter */
        assert_true(rp_record_time_us(w->record, table, i, 0) == INT64_C(1709209815250000));
        break;
    case RP_TYPE_CODE:
        assert_int_equal(rp_record_code(w->record, table, i, 0), 0);
        assert_string_equal(rp_record_code_text(w->record, table, i, 0), text);
        break;
    case RP_TYPE_INT:
        assert_int_equal(rp_record_int(w->record, table, i, 0), strtol(text, NULL, 10));
        break;
    case RP_TYPE_NUM:
        assert_true(rp_record_num(w->record, table, i, 0) == 1.5);
        break;
    case RP_TYPE_BOOL:
        assert_int_equal(rp_record_bool(w->record, table, i, 0), 1);
        break;
    case RP_TYPE_TEXT:
        assert_string_equal(rp_record_text(w->record, table, i, 0), text);
        break;
    case RP_TYPE_VALUE:
        assert_true(rp_record_num(w->record, table, i, 0) == 2);
        assert_int_equal(rp_record_missing(w->record, table, i, 0), RP_PRESENT);
        break;
    }
}

static void every_table_takes_a_good_row(void **state) {
    (void)state;
    world w = begin();
    for (int t = 0; t < RP_TABLES; t++)
        put_good_row(&w, (rp_table_id)t);
    seal(&w);
    assert_int_equal(rp_faults_total(w.faults), 0);
    for (int t = 0; t < RP_TABLES; t++) {
        assert_int_equal(rp_record_rows(w.record, (rp_table_id)t), 1);
        for (size_t i = 0; i < rp_schema_table((rp_table_id)t)->n_columns; i++)
            assert_good(&w, (rp_table_id)t, (int)i);
        rp_origin origin = rp_record_origin(w.record, (rp_table_id)t, 0);
        assert_true(origin.input == 0 && origin.line == 2);
    }
    end(&w);
}

/* Only what a row must have: everything else reads as missing. */
static void what_is_empty_is_missing(void **state) {
    (void)state;
    world w = begin();
    for (int t = 0; t < RP_TABLES; t++) {
        const rp_table_def *def = rp_schema_table((rp_table_id)t);
        rp_cell cells[MOST_CELLS] = {{{0}, 0, 0, false}};
        for (size_t i = 0; i < def->n_columns; i++)
            if (def->columns[i].need != RP_OPTIONAL ||
                (def->needs_order && strcmp(def->columns[i].name, "occasion") == 0))
                cells[i].text = rp_text_of(good_text((rp_table_id)t, &def->columns[i]));
        assert_int_equal(
            rp_record_add(w.record, (rp_table_id)t, cells, def->n_columns, (rp_place){{0, 2}, 0, 0}, &w.error),
            RP_PUT_KEPT);
    }
    seal(&w);
    assert_true(rp_record_date(w.record, RP_CONTACTS, column(RP_CONTACTS, "date"), 0) == RP_NO_DATE);
    assert_true(rp_record_time_us(w.record, RP_RISKS, column(RP_RISKS, "raised"), 0) == INT64_MIN);
    assert_true(rp_record_int(w.record, RP_CLIENTS, column(RP_CLIENTS, "birth_year"), 0) == RP_NO_INT);
    assert_true(isnan(rp_record_num(w.record, RP_SCORES, column(RP_SCORES, "value"), 0)));
    assert_true(isnan(rp_record_num(w.record, RP_RESPONSES, column(RP_RESPONSES, "value"), 0)));
    assert_int_equal(rp_record_missing(w.record, RP_RESPONSES, column(RP_RESPONSES, "value"), 0), RP_MISSING);
    assert_int_equal(rp_record_bool(w.record, RP_CONTACTS, column(RP_CONTACTS, "planned"), 0), -1);
    assert_int_equal(rp_record_code(w.record, RP_CONTACTS, column(RP_CONTACTS, "kind"), 0), -1);
    assert_int_equal(rp_record_code(w.record, RP_REFERRALS, column(RP_REFERRALS, "problem"), 0), -1);
    assert_null(rp_record_code_text(w.record, RP_CONTACTS, column(RP_CONTACTS, "kind"), 0));
    assert_null(rp_record_code_text(w.record, RP_REFERRALS, column(RP_REFERRALS, "problem"), 0));
    assert_null(rp_record_id_text(w.record, RP_CONTACTS, column(RP_CONTACTS, "group_id"), 0));
    assert_null(rp_record_text(w.record, RP_STORIES, column(RP_STORIES, "words"), 0));
    end(&w);
}

static const char *bad_text(const rp_column_def *column, const char **rule) {
    static const char long_id[] = "12345678901234567890123456789012345678901234567890123456789012345";
    *rule = "type";
    switch (column->type) {
    case RP_TYPE_ID:
        return long_id;
    case RP_TYPE_DATE:
        return "2023-02-29";
    case RP_TYPE_TIME:
        return "2024-02-29 12:30:15Z";
    case RP_TYPE_CODE:
        *rule = column->codes->open ? "type" : "code";
        return column->codes->open ? "a\tb" : "No such code";
    case RP_TYPE_INT:
        return "7.0";
    case RP_TYPE_NUM:
        return "1,5";
    case RP_TYPE_BOOL:
        return "yes";
    case RP_TYPE_TEXT:
        return "\xff";
    case RP_TYPE_VALUE:
        break;
    }
    return "n/a";
}

static void every_column_refuses_what_is_not_its_type(void **state) {
    (void)state;
    world w = begin();
    for (int t = 0; t < RP_TABLES; t++) {
        const rp_table_def *def = rp_schema_table((rp_table_id)t);
        for (size_t bad = 0; bad < def->n_columns; bad++) {
            rp_cell cells[MOST_CELLS] = {{{0}, 0, 0, false}};
            const char *rule = NULL;
            for (size_t i = 0; i < def->n_columns; i++)
                cells[i] =
                    (rp_cell){.text = rp_text_of(good_text((rp_table_id)t, &def->columns[i])), .line = 8, .column = 1};
            cells[bad] = (rp_cell){.text = rp_text_of(bad_text(&def->columns[bad], &rule)), .line = 9, .column = 33};
            w.faults = rp_faults_new(w.arena, 10);
            assert_true(world_make(&w));
            assert_int_equal(
                rp_record_add(w.record, (rp_table_id)t, cells, def->n_columns, (rp_place){{1, 8}, 0, 0}, &w.error),
                RP_PUT_REJECTED);
            assert_int_equal(rp_faults_kept(w.faults), 1);
            assert_fault(&w, rule, RP_FAULT_ROW, SECOND_INPUT, 9, 33, def->columns[bad].name);
            seal(&w);
            assert_int_equal(rp_record_rows(w.record, (rp_table_id)t), 0);
            assert_int_equal(rp_record_rejected(w.record, (rp_table_id)t, false), 1);
        }
    }
    end(&w);
}

/* ---- single rules ---- */

typedef struct broken {
    rp_table_id table;
    const char *row, *rule;
    int64_t column;
    const char *part; /* of the message */
} broken;

static const broken rows[] = {
    {RP_CLIENTS, "birth_year=1980", "key_missing", 0, "client_id is missing; it is the key of clients."},
    {RP_REFERRALS, "referral_id=r1", "required", 0, "client_id is missing; every row of referrals needs it."},
    {RP_CONTACTS, "contact_id=c|referral_id=r|kind=other", "order_missing", 0, "date and occasion"},
    {RP_CONTACTS, "contact_id=c|referral_id=r|date=2024-01-01|attendance=late_sen", "code", 16, "'late_seen'?"},
    {RP_CONTACTS, "contact_id=c|referral_id=r|date=2024-01-01|therapy_mode=7", "code", 16,
     "individual, couple, group."},
    {RP_REFERRALS, "referral_id=r|client_id=c|source=somebody else", "code", 5, "docs/record.md"},
    {RP_ADMINISTRATIONS, "administration_id=a|referral_id=r|date=2024-01-01|instrument=x|version=1|rater=clint", "code",
     20, "'client'?"},
    {RP_CLIENTS, "client_id=c|deprivation_decile=11", "range", 3, "between 1 and 10"},
    {RP_CLIENTS, "client_id=c|birth_year=1879", "range", 3, "birth_year is 1879"},
    {RP_CLIENTS, "client_id=c|birth_year=2999", "range", 3, "birth_year is 2999"},
    {RP_CONTACTS, "contact_id=c|referral_id=r|occasion=1000001", "range", 5, "occasion"},
    {RP_CONTACTS, "contact_id=c|referral_id=r|date=2024-01-01|minutes=-1", "range", 16, "between 0 and 1440"},
    {RP_PUBLISHED, "measure=m|low=3|high=2", "range", 5, "high is 2, below low, which is 3."},
    {RP_CONTACTS, "contact_id=c|referral_id=r|date=1899-12-31", "date_range", 5, "1900-01-01"},
    {RP_ADMINISTRATIONS, "administration_id=a|referral_id=r|date=2999-01-01|instrument=x|version=1|rater=client",
     "date_range", 5, "a year from today"},
    {RP_RISKS, "risk_id=k|referral_id=r|raised=1024-02-29T00:00:00Z", "date_range", 5, "raised"},
    {RP_PRACTITIONERS, "practitioner_id=p|to=1899-12-31", "date_range", 3, "begin with 1900-01-01"},
    {RP_REFERRALS, "referral_id=r|client_id=c|received=2024-02-02|ended=2024-02-01", "date_order", 16,
     "ended is 2024-02-01, before received, which is 2024-02-02."},
    {RP_PAUSES, "referral_id=r|from=2024-02-02|to=2024-02-01", "date_order", 14, "before from"},
    {RP_ADMINISTRATIONS,
     "administration_id=a|referral_id=r|date=2024-01-01|instrument=x|version=1|rater=client|"
     "started=2024-01-01T10:00:00.000001Z|finished=2024-01-01T10:00:00Z",
     "date_order", 55, "before started"},
    {RP_RESPONSES, "administration_id=a|item=1|value=present", "type", 5, "why there is none"},
    {RP_SCORES, "administration_id=a|scale=total|value=nan", "type", 9, "not a number"},
    {RP_CLIENTS, "client_id=a\x01z", "type", 1, "control"},
};

static void each_rule_of_a_row(void **state) {
    (void)state;
    world w = begin();
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        w.faults = rp_faults_new(w.arena, 10);
        assert_true(world_make(&w));
        assert_int_equal(put_at(&w, 0, 12, rows[i].table, rows[i].row), RP_PUT_REJECTED);
        assert_int_equal(rp_faults_total(w.faults), 1);
        assert_fault(&w, rows[i].rule, RP_FAULT_ROW, FIRST_INPUT, 12, rows[i].column, rows[i].part);
        seal(&w);
        assert_int_equal(rp_record_rejects(w.record), 1);
        assert_string_equal(rp_record_reject_at(w.record, 0)->rule, rows[i].rule);
    }
    end(&w);
}

static void good_edges(void **state) {
    (void)state;
    world w = begin();
    char id[65];
    memset(id, 'x', 64);
    id[64] = '\0';
    char text[160];
    snprintf(text, sizeof text, "client_id=%s|birth_year=1880|deprivation_decile=1", id);
    kept(&w, 2, RP_CLIENTS, text);
    kept(&w, 3, RP_CLIENTS, "client_id=\xc3\xa9t\xc3\xa9 x|deprivation_decile=10|gender=X");
    kept(&w, 4, RP_PRACTITIONERS, "practitioner_id=p|from=1900-01-01|to=2999-12-31");
    kept(&w, 5, RP_QUALIFICATIONS, "practitioner_id=p|planned=2999-12-31");
    kept(&w, 6, RP_REFERRALS, "referral_id=r|client_id=\xc3\xa9t\xc3\xa9 x|received=2024-02-02|ended=2024-02-02");
    kept(&w, 7, RP_CONTACTS, "contact_id=k|referral_id=r|occasion=-1|minutes=0");
    kept(&w, 8, RP_RISKS, "risk_id=k|referral_id=r|raised=1969-12-31T23:59:59.999999Z");
    seal(&w);
    assert_int_equal(rp_faults_total(w.faults), 0);
    assert_true(rp_record_time_us(w.record, RP_RISKS, column(RP_RISKS, "raised"), 0) == -1);
    end(&w);
}

static void times_are_strict(void **state) {
    (void)state;
    static const char *const bad[] = {"2024-01-01",
                                      "2024-01-01T10:00:00",
                                      "2024-01-01T10:00:00+00:00",
                                      "2024-01-01T24:00:00Z",
                                      "2024-01-01T10:60:00Z",
                                      "2024-01-01T10:00:60Z",
                                      "2024-01-01T10:00:00.Z",
                                      "2024-01-01T10:00:00.1234567Z",
                                      "2024-01-01T10:00:00.12a4Z",
                                      "2024-01-01T1a:00:00Z",
                                      "2023-02-29T10:00:00Z",
                                      "2024-01-01t10:00:00Z"};
    world w = begin();
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        char text[128];
        snprintf(text, sizeof text, "risk_id=k|referral_id=r|raised=%s", bad[i]);
        assert_int_equal(put_at(&w, 0, 2, RP_RISKS, text), RP_PUT_REJECTED);
    }
    assert_int_equal(rp_faults_total(w.faults), sizeof bad / sizeof *bad);
    end(&w);
}

/* Several faults in one row: each is told, the row falls once, by the first. */
static void faults_of_one_row(void **state) {
    (void)state;
    world w = begin();
    assert_int_equal(put_at(&w, 0, 5, RP_CLIENTS, "client_id=c|birth_year=x|gender=y|needs_interpreter=z"),
                     RP_PUT_REJECTED);
    assert_int_equal(rp_faults_count(w.faults, RP_FAULT_ROW), 3);
    seal(&w);
    assert_int_equal(rp_record_rejected(w.record, RP_CLIENTS, false), 1);
    assert_int_equal(rp_record_rejects(w.record), 1);
    assert_string_equal(rp_record_reject_at(w.record, 0)->rule, "type");
    assert_int_equal(rp_record_input_at(w.record, 0)->rejected, 1);
    end(&w);
}

/* What a rejected row left behind does not show in the next. */
static void a_rejected_row_leaves_nothing(void **state) {
    (void)state;
    world w = begin();
    int extra = rp_record_extra(w.record, RP_CLIENTS, "severity");
    assert_int_equal(
        put_at(&w, 0, 2, RP_CLIENTS,
               "client_id=a|gender=1|language=fr|long_term_condition=true|severity=high|deprivation_decile=0"),
        RP_PUT_REJECTED);
    kept(&w, 3, RP_CLIENTS, "client_id=b");
    seal(&w);
    assert_int_equal(rp_record_code(w.record, RP_CLIENTS, column(RP_CLIENTS, "gender"), 0), -1);
    assert_null(rp_record_id_text(w.record, RP_CLIENTS, column(RP_CLIENTS, "language"), 0));
    assert_int_equal(rp_record_bool(w.record, RP_CLIENTS, column(RP_CLIENTS, "long_term_condition"), 0), -1);
    assert_null(rp_record_text(w.record, RP_CLIENTS, extra, 0));
    end(&w);
}

static void extra_columns_are_texts(void **state) {
    (void)state;
    world w = begin();
    size_t own = rp_schema_table(RP_REFERRALS)->n_columns;
    assert_int_equal(rp_record_columns(w.record, RP_REFERRALS), own);
    assert_int_equal(rp_record_extra(w.record, RP_REFERRALS, "sex"), own);
    assert_int_equal(rp_record_extra(w.record, RP_REFERRALS, "site"), own + 1);
    assert_int_equal(rp_record_extra(w.record, RP_REFERRALS, "sex"), own);
    assert_int_equal(rp_record_extra(w.record, RP_REFERRALS, "arm"), column(RP_REFERRALS, "arm"));
    assert_int_equal(rp_record_columns(w.record, RP_REFERRALS), own + 2);
    assert_int_equal(rp_record_column(w.record, RP_REFERRALS, "site"), own + 1);
    assert_int_equal(rp_record_column(w.record, RP_CLIENTS, "site"), -1);
    kept(&w, 2, RP_REFERRALS, "referral_id=b|client_id=c|sex=f|site=north, of \"old\"");
    kept(&w, 3, RP_REFERRALS, "referral_id=a|client_id=c|sex=f");
    seal(&w);
    assert_string_equal(rp_record_text(w.record, RP_REFERRALS, (int)own, 0), "f");
    assert_string_equal(rp_record_text(w.record, RP_REFERRALS, (int)own, 1), "f");
    assert_null(rp_record_text(w.record, RP_REFERRALS, (int)own + 1, 0));
    assert_string_equal(rp_record_text(w.record, RP_REFERRALS, (int)own + 1, 1), "north, of \"old\"");
    end(&w);
}

/* An open list takes any code; the known ones keep their number in the list. */
static void open_lists(void **state) {
    (void)state;
    world w = begin();
    int problem = column(RP_REFERRALS, "problem");
    kept(&w, 2, RP_REFERRALS, "referral_id=r1|client_id=c|problem=Z99.9");
    kept(&w, 3, RP_REFERRALS, "referral_id=r2|client_id=c|problem=F33");
    kept(&w, 4, RP_REFERRALS, "referral_id=r3|client_id=c|problem=A00");
    kept(&w, 5, RP_PROBLEMS, "referral_id=r1|problem=A00");
    seal(&w);
    assert_int_equal(rp_record_code(w.record, RP_REFERRALS, problem, 0), -1);
    assert_string_equal(rp_record_code_text(w.record, RP_REFERRALS, problem, 0), "Z99.9");
    assert_int_equal(rp_record_code(w.record, RP_REFERRALS, problem, 1), 1);
    assert_string_equal(rp_record_code_text(w.record, RP_REFERRALS, problem, 1), "F33");
    uint32_t one = rp_record_id(w.record, RP_REFERRALS, problem, 2);
    assert_true(one == rp_record_id(w.record, RP_PROBLEMS, column(RP_PROBLEMS, "problem"), 0));
    assert_true(one < rp_record_id(w.record, RP_REFERRALS, problem, 0)); /* A00 before Z99.9 */
    end(&w);
}

static void kinds_of_missing(void **state) {
    (void)state;
    world w = begin();
    kept(&w, 2, RP_REFERRALS, "referral_id=r|client_id=c");
    kept(&w, 3, RP_ADMINISTRATIONS, "administration_id=a|referral_id=r|occasion=1|instrument=x|version=1|rater=client");
    int value = column(RP_RESPONSES, "value");
    for (int kind = RP_MISSING; kind < RP_MISSING_KINDS; kind++) {
        char text[96];
        snprintf(text, sizeof text, "administration_id=a|item=%d|value=%s", kind, rp_missing_name((rp_missing)kind));
        kept(&w, 4, RP_RESPONSES, text);
    }
    kept(&w, 5, RP_RESPONSES, "administration_id=a|item=last|value=0");
    seal(&w);
    assert_int_equal(rp_record_rows(w.record, RP_RESPONSES), RP_MISSING_KINDS);
    for (int kind = RP_MISSING; kind < RP_MISSING_KINDS; kind++) {
        assert_int_equal(rp_record_missing(w.record, RP_RESPONSES, value, (size_t)kind - 1), kind);
        assert_true(isnan(rp_record_num(w.record, RP_RESPONSES, value, (size_t)kind - 1)));
    }
    assert_int_equal(rp_record_missing(w.record, RP_RESPONSES, value, RP_MISSING_KINDS - 1), RP_PRESENT);
    assert_true(rp_record_num(w.record, RP_RESPONSES, value, RP_MISSING_KINDS - 1) == 0);
    end(&w);
}

static void texts_have_limits(void **state) {
    (void)state;
    world w = begin();
    size_t n = (1 << 20) + 1;
    char *text = rp_arena_take(w.arena, n + 1, 1);
    assert_non_null(text);
    memset(text, 'x', n);
    rp_cell cells[MOST_CELLS] = {{{0}, 0, 0, false}};
    cells[0].text = rp_text_of("r");
    cells[2] = (rp_cell){.text = {text, n}, .line = 7, .column = 14};
    assert_int_equal(rp_record_add(w.record, RP_STORIES, cells, 3, (rp_place){{0, 7}, 0, 0}, &w.error),
                     RP_PUT_REJECTED);
    assert_fault(&w, "type", RP_FAULT_ROW, FIRST_INPUT, 7, 14, "1048577 bytes");
    cells[2].text.n = n - 1;
    assert_int_equal(rp_record_add(w.record, RP_STORIES, cells, 3, (rp_place){{0, 8}, 0, 0}, &w.error), RP_PUT_KEPT);
    cells[2].text = (rp_text){"a\0b", 3};
    assert_int_equal(rp_record_add(w.record, RP_STORIES, cells, 3, (rp_place){{0, 9}, 0, 0}, &w.error),
                     RP_PUT_REJECTED);
    end(&w);
}

static void sealing_digests_the_inputs(void **state) {
    (void)state;
    for (int threads = 1; threads <= 3; threads++) {
        world w = begin();
        rp_digest digest;
        rp_record_use_threads(w.record, threads);
        assert_true(rp_record_seal(w.record, &w.error));
        assert_true(rp_file_digest(SECOND_INPUT, &digest, &w.error));
        assert_string_equal(rp_record_input_at(w.record, 1)->digest.sha256, digest.sha256);
        assert_int_equal(rp_record_input_at(w.record, 1)->digest.bytes, digest.bytes);
        end(&w);
    }
}

static void inputs_and_what_is_said(void **state) {
    (void)state;
    world w = begin();
    uint32_t input = 7;
    assert_false(rp_record_input(w.record, "no/such/file.csv", RP_UTF_8, &input, &w.error));
    assert_int_equal(w.error.code, RP_E_FILE);
    assert_int_equal(input, 7);
    assert_int_equal(rp_record_inputs(w.record), 2);
    assert_string_equal(rp_record_input_at(w.record, 1)->path, SECOND_INPUT);
    assert_string_equal(rp_record_about(w.record)->name, "");
    assert_null(rp_record_about(w.record)->comparator);
    char name[] = "A study", note[] = "Mind this.", label[] = "start";
    const char *notes[] = {note};
    const rp_occasion occasions[] = {{1, label, 0}, {2, NULL, NAN}};
    const rp_about about = {.name = name,
                            .comparator = name,
                            .research = true,
                            .occasions = occasions,
                            .n_occasions = 2,
                            .notes = notes,
                            .n_notes = 1};
    assert_true(rp_record_describe(w.record, &about, &w.error));
    memset(name, 'x', 3);
    memset(note, 'x', 3);
    memset(label, 'x', 3);
    const rp_about *kept_about = rp_record_about(w.record);
    assert_string_equal(kept_about->name, "A study");
    assert_string_equal(kept_about->comparator, "A study");
    assert_string_equal(kept_about->licence, "");
    assert_string_equal(kept_about->notes[0], "Mind this.");
    assert_string_equal(kept_about->occasions[0].label, "start");
    assert_true(kept_about->research && kept_about->n_occasions == 2 && !kept_about->occasions[1].label);
    assert_true(rp_record_faults(w.record) == w.faults && rp_record_instruments(w.record) == w.instruments);
    end(&w);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_table_takes_a_good_row),
        cmocka_unit_test(what_is_empty_is_missing),
        cmocka_unit_test(every_column_refuses_what_is_not_its_type),
        cmocka_unit_test(each_rule_of_a_row),
        cmocka_unit_test(good_edges),
        cmocka_unit_test(times_are_strict),
        cmocka_unit_test(faults_of_one_row),
        cmocka_unit_test(a_rejected_row_leaves_nothing),
        cmocka_unit_test(extra_columns_are_texts),
        cmocka_unit_test(open_lists),
        cmocka_unit_test(kinds_of_missing),
        cmocka_unit_test(texts_have_limits),
        cmocka_unit_test(sealing_digests_the_inputs),
        cmocka_unit_test(inputs_and_what_is_said),
    };
    return cmocka_run_group_tests_name("record: adding rows", tests, NULL, NULL);
}
