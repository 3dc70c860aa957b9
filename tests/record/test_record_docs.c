/* SPDX-License-Identifier: GPL-3.0-or-later */
/* docs/record.md and docs/rules.md are made here, from the schema and from faults that really happen, and compared with
 * what stands in the tree. After a change of the schema or of a message, run this test once with RAPPORT_WRITE_DOCS=1
 * (from the root of the tree): it writes both pages anew. */
// clang-format off
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
// clang-format on

#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>

#include "record/record_parts.h"
#include "record_helper.h"

static void compare_or_write(const char *path, rp_buf *page) {
    rp_error error = {0};
    assert_false(page->failed);
    const char *wanted = getenv("RAPPORT_WRITE_DOCS");
    if (wanted && *wanted) {
        assert_true(rp_file_write(path, page->at, page->n, &error));
        print_message("%s written\n", path);
    } else {
        rp_arena *arena = rp_arena_new(0);
        rp_text text = {0};
        if (!rp_file_read(path, 1 << 24, arena, &text, &error))
            fail_msg("%s: %s Run this test with RAPPORT_WRITE_DOCS=1.", path, error.message);
        if (!rp_text_is(text, page->at))
            fail_msg("%s is not what the schema and the messages say. Run this test with RAPPORT_WRITE_DOCS=1.", path);
        rp_arena_free(arena);
    }
    rp_buf_free(page);
}

/* ---- docs/record.md ---- */

static const char record_intro[] =
    "# The record\n\n"
    "A record is a service, or a study, as tables. This page lists every table, column and code; `docs/rules.md` lists "
    "what is checked. It has the same shape as a data package (`docs/package.md`) and as what a map makes of a study's "
    "file (`docs/map.md`).\n\n"
    "Only `referrals`, `administrations`, and one of `scores` and `responses` are needed. Each further table lets more "
    "questions be answered, and a report says which question lacks which table.\n\n"
    "<!-- Made by tests/record/test_record_docs.c: run it with RAPPORT_WRITE_DOCS=1 to make it anew. -->\n\n"
    "## Types\n\n"
    "| Type | Written |\n|---|---|\n"
    "| id | any text of up to 64 bytes without control characters; upper and lower case differ |\n"
    "| date | `YYYY-MM-DD` |\n"
    "| time | in UTC, `YYYY-MM-DDTHH:MM:SSZ`, with up to six digits of a second |\n"
    "| code | one of a list below; an open list takes any text of up to 256 bytes |\n"
    "| int, num | a whole number; a number with a point and no thousands separator |\n"
    "| bool | `true`, `false` |\n"
    "| text | UTF-8, up to 1 MiB |\n"
    "| value | a number, or why there is none: `missing`, `not_due`, `not_offered`, `offered_not_done`, `declined`, "
    "`technical`, `suppressed`, `rounded` |\n\n"
    "Empty is missing. Nothing is guessed: `yes`, `01/02/2024` and `7.0` for a whole number are faults.\n\n"
    "A **key** names its row and comes once. A **required** column has a value in every row. An arrow names the table "
    "that a column refers to; `docs/rules.md` says when that is checked. Further columns may be added to any table; "
    "they "
    "are kept as text.\n\n"
    "## Order, superseding, scores\n\n"
    "Within a referral, rows are in order of date, then occasion, then key. Contacts and administrations need a date "
    "or "
    "an occasion. Where a file gives none to other tables, their rows stay in the file's order.\n\n"
    "An administration that another `supersedes` stays in the record, but is neither scored nor shown; a chain is "
    "followed to its end.\n\n"
    "A score that was supplied needs no answers. Where an administration has answers and no supplied score of a scale, "
    "the score is computed, and the row says `computed` or `prorated`. Where it has both, the supplied one is kept, "
    "and a "
    "note says where they differ.\n\n"
    "## Tables\n\n";

static const char record_cohort[] =
    "## The cohort\n\n"
    "Questions do not read the tables. They read a cohort: episodes (one a referral) and sessions (one an attended "
    "contact, or one an occasion where the record has no contacts). Its building blocks are the national ones:\n\n"
    "- A contact is attended when its `attendance` is `attended` or `late_seen`, or when it was not `planned`.\n"
    "- A treatment contact is attended and of kind `treatment`, `assessment_and_treatment` or `review_and_treatment`. "
    "An "
    "internet log that has a last day counts as one.\n"
    "- Someone was assessed at the first attended contact of kind `assessment` or `assessment_and_treatment`, entered "
    "treatment at the first treatment contact, and finished when the referral ended after two or more of them.\n"
    "- Where the record has no contacts, none of this is known, and a report says so.\n"
    "- Who held the first assessment is known by role, training and qualifications on that day (`docs/assessor.md`).\n"
    "- Each episode has the national flags: a case at the start and at the end, recovered, reliably improved, reliably "
    "deteriorated, reliably recovered, by the PHQ-9 and the measure of anxiety that counts for its problem "
    "(`docs/national-definitions.md`). One that is not known says why.\n";

static void write_type(rp_buf *page, rp_table_id table, const rp_column_def *column) {
    static const char *const types[] = {"id", "date", "time", "code", "int", "num", "bool", "text", "value"};
    int64_t lowest = 0, highest = 0;
    if (column->codes)
        rp_buf_printf(page, "%s [%s](#%s)", column->codes->open ? "open code" : "code", column->codes->name,
                      column->codes->name);
    else
        rp_buf_put(page, types[column->type]);
    rp_schema_range(table, column->name, &lowest, &highest);
    if (strcmp(column->name, "birth_year") == 0)
        rp_buf_printf(page, ", %" PRId64 " to this year", lowest);
    else if (column->type == RP_TYPE_INT)
        rp_buf_printf(page, ", %" PRId64 " to %" PRId64, lowest, highest);
    if (column->refers >= 0)
        rp_buf_printf(page, " → `%s`", rp_schema_table((rp_table_id)column->refers)->name);
    rp_buf_put(page, column->need == RP_KEY ? ", **key**" : column->need == RP_REQUIRED ? ", **required**" : "");
}

static void write_table(rp_buf *page, rp_table_id table) {
    const rp_table_def *def = rp_schema_table(table);
    rp_buf_printf(page, "### %s\n\n%c%s.%s%s\n\n| Column | Type | Meaning |\n|---|---|---|\n", def->name,
                  toupper((unsigned char)def->meaning[0]), def->meaning + 1,
                  def->needs_order ? " Every row has a date or an occasion." : "",
                  def->many_per_key ? " The key may come again with another from-date." : "");
    for (size_t i = 0; i < def->n_columns; i++) {
        rp_buf_printf(page, "| `%s` | ", def->columns[i].name);
        write_type(page, table, &def->columns[i]);
        rp_buf_printf(page, " | %s |\n", def->columns[i].meaning);
    }
    rp_buf_put(page, "\n");
}

static void write_codes(rp_buf *page, const rp_code_list *list) {
    rp_buf_printf(page, "### %s\n\n%s. Source: %s.\n\n| Code | Meaning |\n|---|---|\n", list->name,
                  list->open ? "Open: any code may stand here, and these are known" : "No other code may stand here",
                  list->source);
    for (size_t i = 0; i < list->n; i++)
        rp_buf_printf(page, "| `%s` | %s |\n", list->codes[i].code, list->codes[i].meaning);
    rp_buf_put(page, "\n");
}

/* Each list once, in order of first use. */
static void write_all_codes(rp_buf *page) {
    const rp_code_list *written[128];
    size_t n = 0;
    for (int t = 0; t < RP_TABLES; t++)
        for (size_t i = 0; i < rp_schema_table((rp_table_id)t)->n_columns; i++) {
            const rp_code_list *list = rp_schema_table((rp_table_id)t)->columns[i].codes;
            bool known = !list;
            for (size_t j = 0; j < n && !known; j++)
                known = written[j] == list;
            if (known)
                continue;
            for (size_t j = 0; j < n; j++)
                assert_string_not_equal(written[j]->name, list->name);
            assert_true(n < sizeof written / sizeof *written);
            written[n++] = list;
            write_codes(page, list);
        }
}

static void the_page_of_the_record(void **state) {
    (void)state;
    rp_buf page = {0};
    rp_buf_put(&page, record_intro);
    for (int t = 0; t < RP_TABLES; t++)
        write_table(&page, (rp_table_id)t);
    rp_buf_put(&page, "## Codes\n\n");
    write_all_codes(&page);
    rp_buf_put(&page, record_cohort);
    compare_or_write("docs/record.md", &page);
}

/* ---- docs/rules.md ---- */

typedef struct example {
    const char *rule;
    struct {
        rp_table_id table;
        const char *row;
    } rows[5];
} example;

/* Rows that break the rule; what is not said of them is good. */
#define CLIENT   RP_CLIENTS, "client_id=C1"
#define REFERRAL RP_REFERRALS, "referral_id=R1|client_id=C1|received=2024-02-01"
#define PHQ                                                                                                            \
    RP_ADMINISTRATIONS, "administration_id=A1|referral_id=R1|date=2024-02-05|instrument=phq-9|version=1|rater=client"
static const example examples[] = {
    {"type", {{RP_REFERRALS, "referral_id=R1|client_id=C1|received=08/01/2024"}}},
    {"code", {{RP_CONTACTS, "contact_id=K1|referral_id=R1|date=2024-02-05|attendance=late"}}},
    {"range", {{RP_CLIENTS, "client_id=C1|deprivation_decile=11"}}},
    {"date_range", {{RP_CONTACTS, "contact_id=K1|referral_id=R1|date=0204-02-05"}}},
    {"date_order", {{RP_REFERRALS, "referral_id=R1|client_id=C1|received=2024-02-01|ended=2023-04-22"}}},
    {"key_missing", {{RP_CONTACTS, "referral_id=R1|date=2024-02-05"}}},
    {"required", {{RP_REFERRALS, "referral_id=R1"}}},
    {"order_missing", {{RP_CONTACTS, "contact_id=K1|referral_id=R1"}}},
    {"key_duplicate", {{CLIENT}, {RP_CLIENTS, "client_id=C1|gender=1"}}},
    {"reference_missing", {{REFERRAL}, {RP_CONTACTS, "contact_id=K1|referral_id=R9|date=2024-02-05"}}},
    {"reference_mismatch",
     {{REFERRAL},
      {RP_REFERRALS, "referral_id=R2|client_id=C1"},
      {RP_CONTACTS, "contact_id=K1|referral_id=R2|date=2024-02-05"},
      {RP_GOALS, "goal_id=G1|referral_id=R1|contact_id=K1"}}},
    {"supersedes_cycle",
     {{REFERRAL},
      {RP_ADMINISTRATIONS,
       "administration_id=A1|referral_id=R1|date=2024-02-05|instrument=phq-9|version=1|rater=client|"
       "supersedes=A1"}}},
    {"carried",
     {{RP_REFERRALS, "referral_id=R1|client_id=C1|received=soon"},
      {RP_CONTACTS, "contact_id=K1|referral_id=R1|date=2024-02-05"},
      {RP_CONTACTS, "contact_id=K2|referral_id=R1|date=2024-02-12"}}},
    {"table_missing", {{RP_CONTACTS, "contact_id=K1|referral_id=R1|date=2024-02-05"}}},
    {"item_unknown", {{REFERRAL}, {PHQ}, {RP_RESPONSES, "administration_id=A1|item=10|value=1"}}},
    {"response_range", {{REFERRAL}, {PHQ}, {RP_RESPONSES, "administration_id=A1|item=1|value=4"}}},
    {"score_range", {{REFERRAL}, {PHQ}, {RP_SCORES, "administration_id=A1|scale=total|value=40"}}},
    {"instrument_unknown",
     {{REFERRAL},
      {RP_ADMINISTRATIONS,
       "administration_id=A1|referral_id=R1|date=2024-02-05|instrument=phq9|version=1|rater=client"}}},
    {"scale_unknown", {{REFERRAL}, {PHQ}, {RP_SCORES, "administration_id=A1|scale=totl|value=4"}}},
    {"score_fraction", {{REFERRAL}, {PHQ}, {RP_SCORES, "administration_id=A1|scale=total|value=10.125"}}},
    {"score_differs",
     {{REFERRAL},
      {RP_ADMINISTRATIONS,
       "administration_id=A1|referral_id=R1|date=2024-02-05|instrument=three|version=1|rater=client"},
      {RP_RESPONSES, "administration_id=A1|item=1|value=2"},
      {RP_RESPONSES, "administration_id=A1|item=2|value=3"},
      {RP_SCORES, "administration_id=A1|scale=pair|value=4"}}},
    {"reference_rejected",
     {{REFERRAL},
      {RP_PRACTITIONERS, "practitioner_id=P1|role=wizard"},
      {RP_CONTACTS, "contact_id=K1|referral_id=R1|date=2024-02-05|practitioner_id=P1"}}},
    {"before_referral", {{REFERRAL}, {RP_CONTACTS, "contact_id=K1|referral_id=R1|date=2024-01-31"}}},
};

static const char rules_intro[] =
    "# Rules\n\n"
    "`rapport check INPUT` names every fault by file, line, column and rule. This page lists the rules of the record, "
    "which hold for every kind of input, each with a message as it is printed. What can be wrong in reading files is "
    "in "
    "`docs/package.md` and `docs/map.md`.\n\n"
    "<!-- Made by tests/record/test_record_docs.c: run it with RAPPORT_WRITE_DOCS=1 to make it anew. -->\n\n"
    "A row whose own values break a rule is rejected whole, and what hangs on it is left out with it, counted apart: "
    "contacts, questionnaires and the rest on their referral, a referral on its client, answers and scores on their "
    "questionnaire, activities and protocols on their contact, qualifications on their practitioner, ratings on their "
    "goal. An answer or a score that is out of range falls alone. A note rejects nothing.\n\n"
    "Of a line of a wide file, which makes many rows of the record, a fault takes only the row that it is about. A "
    "line "
    "counts as rejected where a row of it was, or where nothing of it is left.\n\n";

/* The first message of that rule that its example's rows give. */
static void write_message(rp_buf *page, const example *one) {
    world w = begin();
    uint32_t input = 0;
    w.record = rp_record_new(w.arena, w.instruments, w.faults);
    assert_non_null(w.record);
    assert_true(rp_record_input(w.record, "tests/data/tiny-service/clients.csv", RP_UTF_8, &input, &w.error));
    for (uint32_t i = 0; i < 5 && one->rows[i].row; i++)
        assert_true(put_at(&w, 0, i + 2, one->rows[i].table, one->rows[i].row) != RP_PUT_FAILED);
    seal(&w);
    const rp_fault *fault = fault_of(&w, one->rule);
    const rp_rule_def *rule = NULL;
    for (size_t i = 0; i < rp_rules_count(); i++)
        if (strcmp(rp_rules_at(i)->name, one->rule) == 0)
            rule = rp_rules_at(i);
    assert_non_null(rule);
    assert_int_equal(fault->level, rule->level);
    rp_buf_printf(page, "**`%s`** %s\n\n> %s\n\n", rule->name, rule->meaning, fault->message);
    end(&w);
}

static void write_level(rp_buf *page, rp_fault_level level, const char *title) {
    rp_buf_printf(page, "## %s\n\n", title);
    for (size_t i = 0; i < rp_rules_count(); i++) {
        if (rp_rules_at(i)->level != level)
            continue;
        size_t met = 0;
        for (size_t j = 0; j < sizeof examples / sizeof *examples; j++)
            if (strcmp(examples[j].rule, rp_rules_at(i)->name) == 0) {
                write_message(page, &examples[j]);
                met++;
            }
        if (met != 1)
            fail_msg("rule %s has %zu examples", rp_rules_at(i)->name, met);
    }
}

static void the_page_of_the_rules(void **state) {
    (void)state;
    rp_buf page = {0};
    rp_buf_put(&page, rules_intro);
    write_level(&page, RP_FAULT_FILE, "A table cannot be used");
    write_level(&page, RP_FAULT_ROW, "A row is rejected");
    write_level(&page, RP_FAULT_VALUE, "A value is left out");
    write_level(&page, RP_FAULT_NOTE, "Notes");
    page.n -= 1; /* one line end at the end is enough */
    page.at[page.n] = '\0';
    compare_or_write("docs/rules.md", &page);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_page_of_the_record),
        cmocka_unit_test(the_page_of_the_rules),
    };
    return cmocka_run_group_tests_name("record: documents", tests, NULL, NULL);
}
