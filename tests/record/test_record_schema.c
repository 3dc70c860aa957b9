/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The schema: the tables, columns and types are those of the design, and it holds together. */
// clang-format off
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
// clang-format on

#include <string.h>

#include "record/record_parts.h"

/* The design, record.md, table by table: k key, r required; "->" what a reference names; "open" a list that takes any
 * code. Where it says "date or occasion" or "interval", both columns stand here. */
static const char *const design[RP_TABLES] = {
    [RP_SERVICES] = "service_id k id, name text, provider_code id, commissioner_code id, region text",
    [RP_CLIENTS] = "client_id k id, birth_year int, gender code, ethnicity code, deprivation_decile int, employment "
                   "code, long_term_condition bool, language id, needs_interpreter bool",
    [RP_REFERRALS] = "referral_id k id, client_id r id->clients, service_id id->services, received date, source code, "
                     "problem open, problem_scheme code, arm text, ended date, end_reason code, previous_referral_id "
                     "id->referrals, consent code",
    [RP_PROBLEMS] = "referral_id r id->referrals, problem open, scheme code, rank code, date date",
    [RP_PAUSES] = "referral_id r id->referrals, from date, to date, reason code",
    [RP_PRACTITIONERS] = "practitioner_id k id, from date, to date, role code, in_training bool, supervisor_id "
                         "id->practitioners, team id",
    [RP_QUALIFICATIONS] = "practitioner_id r id->practitioners, level code, awarded date, planned date",
    [RP_CONTACTS] = "contact_id k id, referral_id r id->referrals, date date, occasion int, kind code, planned bool, "
                    "attendance code, mode code, therapy_mode code, minutes int, practitioner_id id->practitioners, "
                    "group_id id, medication code, interpreter code",
    [RP_ACTIVITIES] = "activity_id k id, contact_id r id->contacts, therapy open, practitioner_id id->practitioners, "
                      "minutes int",
    [RP_INTERNET_LOGS] = "referral_id r id->referrals, from date, to date, programme id, minutes int, practitioner_id "
                         "id->practitioners",
    [RP_DISCLOSURES] = "referral_id r id->referrals, contact_id id->contacts, date date, to code, matter code, told "
                       "code, informant code, how code, by id->practitioners",
    [RP_ADMINISTRATIONS] = "administration_id k id, referral_id r id->referrals, contact_id id->contacts, date date, "
                           "occasion int, instrument r id, version r id, rater r code, status code, moment code, "
                           "started time, finished time, way code, practitioner_present bool, seen_by_practitioner "
                           "code, layout open, language id, seconds int, transcribed_by id, supersedes "
                           "id->administrations",
    [RP_RESPONSES] = "administration_id r id->administrations, item r id, value value",
    [RP_SCORES] = "administration_id r id->administrations, scale r id, value num, items_answered int, method code",
    [RP_GOALS] = "goal_id k id, referral_id r id->referrals, contact_id id->contacts, date date, words text, "
                 "agreed_by_client bool, agreed_by_practitioner bool, status code",
    [RP_TASKS] = "task_id k id, referral_id r id->referrals, contact_id id->contacts, date date, words text, "
                 "agreed_by_client bool, agreed_by_practitioner bool, status code",
    [RP_GOAL_RATINGS] = "goal_id r id->goals, date date, rating num, rater code",
    [RP_PROTOCOLS] = "contact_id r id->contacts, protocol open, component open, delivered bool, adherence num, "
                     "competence num, rater code",
    [RP_DIAGNOSES] = "referral_id r id->referrals, date date, interview open, assessor_id id, independent bool, blind "
                     "bool, diagnosis open, present bool",
    [RP_RISKS] = "risk_id k id, referral_id r id->referrals, contact_id id->contacts, raised time, origin code, level "
                 "code, explored bool, action open, by id->practitioners, closed time",
    [RP_PLANS] = "referral_id r id->referrals, date date, protocol open, sessions_planned int, intensity code",
    [RP_EVENTS] = "referral_id r id->referrals, date date, kind code, related_to_treatment code, words text",
    [RP_STORIES] = "referral_id r id->referrals, date date, words text",
    [RP_PUBLISHED] = "organisation text, kind text, period text, measure text, breakdown text, low num, high num, "
                     "statistic text, code text, printed text",
};

static void describe(const rp_column_def *column, char *out, size_t size) {
    static const char *const types[] = {"id", "date", "time", "code", "int", "num", "bool", "text", "value"};
    const char *need = column->need == RP_KEY ? " k" : column->need == RP_REQUIRED ? " r" : "";
    const char *type = column->codes && column->codes->open ? "open" : types[column->type];
    snprintf(out, size, "%s%s %s%s%s", column->name, need, type, column->refers >= 0 ? "->" : "",
             column->refers >= 0 ? rp_schema_table((rp_table_id)column->refers)->name : "");
}

static void tables_are_those_of_the_design(void **state) {
    (void)state;
    for (int t = 0; t < RP_TABLES; t++) {
        const rp_table_def *table = rp_schema_table((rp_table_id)t);
        char text[2048] = "", column[128];
        for (size_t i = 0; i < table->n_columns; i++) {
            describe(&table->columns[i], column, sizeof column);
            size_t used = strlen(text);
            snprintf(text + used, sizeof text - used, "%s%s", i ? ", " : "", column);
        }
        assert_string_equal(text, design[t]);
        assert_int_equal(table->needs_order, t == RP_CONTACTS || t == RP_ADMINISTRATIONS);
        assert_int_equal(table->many_per_key, t == RP_PRACTITIONERS);
    }
}

static void names_find_tables_and_columns(void **state) {
    (void)state;
    rp_table_id found = RP_TABLES;
    for (int t = 0; t < RP_TABLES; t++) {
        const rp_table_def *table = rp_schema_table((rp_table_id)t);
        assert_true(rp_schema_find(rp_text_of(table->name), &found) && (int)found == t);
        for (size_t i = 0; i < table->n_columns; i++) /* which also says that no name comes twice */
            assert_int_equal(rp_schema_column((rp_table_id)t, table->columns[i].name), i);
    }
    assert_false(rp_schema_find(rp_text_of("Clients"), &found));
    assert_false(rp_schema_find((rp_text){0}, &found));
    assert_int_equal(rp_schema_column(RP_CLIENTS, "no_such"), -1);
}

/* Sealing goes from table to table in their order, so a reference leads back or to its own table. */
static void references_lead_back(void **state) {
    (void)state;
    for (int t = 0; t < RP_TABLES; t++) {
        const rp_table_def *table = rp_schema_table((rp_table_id)t);
        for (size_t i = 0; i < table->n_columns; i++) {
            const rp_column_def *column = &table->columns[i];
            assert_true(column->meaning && *column->meaning);
            if (column->refers < 0)
                continue;
            assert_true(column->refers <= t && column->type == RP_TYPE_ID);
            assert_true(rp_schema_roles((rp_table_id)column->refers).key >= 0);
        }
    }
}

static void codes_are_whole_and_distinct(void **state) {
    (void)state;
    size_t lists = 0;
    for (int t = 0; t < RP_TABLES; t++)
        for (size_t i = 0; i < rp_schema_table((rp_table_id)t)->n_columns; i++) {
            const rp_column_def *column = &rp_schema_table((rp_table_id)t)->columns[i];
            assert_int_equal(column->type == RP_TYPE_CODE, column->codes != NULL);
            if (!column->codes)
                continue;
            lists++;
            assert_true(*column->codes->name && *column->codes->source && column->codes->n > 0 &&
                        column->codes->n < INT16_MAX);
            for (size_t c = 0; c < column->codes->n; c++) {
                assert_true(*column->codes->codes[c].code && *column->codes->codes[c].meaning);
                assert_int_equal(rp_code_find(column->codes, rp_text_of(column->codes->codes[c].code)), c);
            }
        }
    assert_true(lists > 40);
}

/* The words that the design names must be there, letter by letter. */
static void words_of_the_design(void **state) {
    (void)state;
    static const struct {
        rp_table_id table;
        const char *column, *words;
    } lists[] = {
        {RP_REFERRALS, "consent", "evaluation research none_recorded"},
        {RP_PROBLEMS, "rank", "primary secondary"},
        {RP_CONTACTS, "kind",
         "assessment treatment assessment_and_treatment review review_and_treatment follow_up "
         "employment other"},
        {RP_CONTACTS, "attendance",
         "attended late_seen late_not_seen cancelled_client did_not_attend cancelled_service"},
        {RP_CONTACTS, "therapy_mode", "individual couple group"},
        {RP_DISCLOSURES, "to", "client gp"},
        {RP_DISCLOSURES, "matter", "assessor_role assessor_qualification purpose_of_measures who_sees_answers"},
        {RP_DISCLOSURES, "told", "yes no shown_on_screen not_recorded"},
        {RP_DISCLOSURES, "informant", "client practitioner screen"},
        {RP_DISCLOSURES, "how", "in_person letter page phone"},
        {RP_ADMINISTRATIONS, "rater", "client practitioner observer relative"},
        {RP_ADMINISTRATIONS, "status", "complete partial due offered_not_done declined not_offered technical"},
        {RP_ADMINISTRATIONS, "moment", "before in after"},
        {RP_ADMINISTRATIONS, "way", "link this_device kiosk paper spoken imported"},
        {RP_ADMINISTRATIONS, "seen_by_practitioner", "never after at_once"},
        {RP_SCORES, "method", "computed supplied prorated"},
        {RP_RISKS, "origin", "item words observed"},
        {RP_EVENTS, "kind",
         "medication_change other_treatment crisis admission death complaint unwanted_effect "
         "life_event"},
    };
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) {
        const rp_code_list *codes =
            rp_schema_table(lists[i].table)->columns[rp_schema_column(lists[i].table, lists[i].column)].codes;
        char text[512] = "";
        for (size_t c = 0; c < codes->n; c++) {
            size_t used = strlen(text);
            snprintf(text + used, sizeof text - used, "%s%s", c ? " " : "", codes->codes[c].code);
        }
        assert_string_equal(text, lists[i].words);
    }
}

/* nhs-talking-therapies.md 1.4: national codes that a file may hold. */
static void national_codes(void **state) {
    (void)state;
    static const struct {
        const rp_code_list *list;
        const char *codes;
    } lists[] = {
        {&rp_codes_end_reason, "50 10 11 12 13 14 16 17 95 46 47 48 49 96 40 41 42 43 44 45 97 98"},
        {&rp_codes_source, "A1 A2 A3 A4 B1 B2 C1 C2 C3 D1 D2 E1 E2 E3 E4 E5 E6 F1 F2 F3 G1 G2 G3 G4 H1 H2 I1 I2 M1 M2 "
                           "M3 M4 M5 M6 M7 M8 N1 N2 N4 P1 Q1"},
        {&rp_codes_pause_reason, "01 02 03"},
        {&rp_codes_mode, "01 02 03 04 05 06 08 09 10 11 12 13 98"},
        {&rp_codes_medication, "01 02 03 UU ZZ"},
        {&rp_codes_scheme, "01 04"},
        {&rp_codes_employment, "01 02 03 04 05 06 07 08 ZZ"},
        {&rp_codes_qualification, "10 11 12 13 14 15 16 17 30 31"},
        {&rp_codes_gender, "1 2 9 X"},
        {&rp_codes_interpreter, "1 2 3 4 5 X"},
    };
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++)
        for (const char *at = lists[i].codes; *at; at += strspn(at, " ")) {
            size_t n = strcspn(at, " ");
            assert_true(rp_code_find(lists[i].list, (rp_text){at, n}) >= 0);
            at += n;
        }
}

static void rules_are_distinct(void **state) {
    (void)state;
    for (size_t i = 0; i < rp_rules_count(); i++) {
        assert_true(*rp_rules_at(i)->meaning);
        for (size_t j = 0; j < i; j++)
            assert_string_not_equal(rp_rules_at(i)->name, rp_rules_at(j)->name);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tables_are_those_of_the_design),
        cmocka_unit_test(names_find_tables_and_columns),
        cmocka_unit_test(references_lead_back),
        cmocka_unit_test(codes_are_whole_and_distinct),
        cmocka_unit_test(words_of_the_design),
        cmocka_unit_test(national_codes),
        cmocka_unit_test(rules_are_distinct),
    };
    return cmocka_run_group_tests_name("record: schema", tests, NULL, NULL);
}
