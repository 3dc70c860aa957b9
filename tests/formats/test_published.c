/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Files of published figures: what a printed figure allows, which layout a header is, and that every fault is told by
 * place. The rule of rounding: data quality statement, in ../shared/reference/nhs-talking-therapies.md, 2.7. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>

#include "formats/published/published.h"
#include "formats_helper.h"

/* ---- figures ---- */

static void allows(const char *printed, const char *statistic, bool national, double low, double high) {
    double l, h;
    rp_printed got = rp_published_figure(rp_text_of(printed), statistic, national, &l, &h);
    assert_int_equal(got, *printed == '*' ? RP_PRINTED_HIDDEN : RP_PRINTED_FIGURE);
    if (!(fabs(l - low) < 1e-12 && fabs(h - high) < 1e-12))
        fail_msg("%s as %s allows %g to %g, not %g to %g", printed, statistic, l, h, low, high);
}

static void a_figure_allows_what_it_may_be_rounded_from(void **state) {
    (void)state;
    allows("321061", "count", true, 321061, 321061); /* England: unrounded */
    allows("285", "count", false, 283, 287);         /* to the nearest 5: 283 to 287 */
    allows("5", "count", false, 5, 7);               /* 3 and 4 would be suppressed */
    allows("0", "count", false, 0, 2);
    allows("1813", "count", false, 1813, 1813); /* no multiple of 5: not rounded */
    allows("*", "count", false, 0, 4);          /* below 5 */
    allows("*", "percentage", false, 0, 100);
    allows("52", "percentage", false, 51.5, 52.5); /* whole */
    allows("52.3", "percentage", false, 52.25, 52.35);
    allows("50.5", "percentage", true, 50.45, 50.55); /* one decimal */
    allows("26", "percentage", true, 25.95, 26.05);   /* 26.0: the point is left out */
    allows("0", "percentage", false, 0, 0.5);
    allows("100", "percentage", false, 99.5, 100);
    allows("14", "mean", true, 13.95, 14.05);
    allows(" 45 ", "count", false, 43, 47);
}

static void what_is_no_figure_is_told_apart(void **state) {
    (void)state;
    double l, h;
    static const char *const nothing[] = {"", "NULL", "NA", " ", "-"};
    for (size_t i = 0; i < sizeof nothing / sizeof *nothing; i++)
        assert_int_equal(rp_published_figure(rp_text_of(nothing[i]), "count", true, &l, &h), RP_PRINTED_NOTHING);
    static const char *const no_number[] = {"1,200", "**", "12%", "inf", "0x10"};
    for (size_t i = 0; i < sizeof no_number / sizeof *no_number; i++)
        assert_int_equal(rp_published_figure(rp_text_of(no_number[i]), "count", true, &l, &h), RP_PRINTED_NO_NUMBER);
    static const char *const beyond[][2] = {
        {"-5", "count"}, {"12.5", "count"}, {"1e300", "count"}, {"101", "percentage"}, {"-0.1", "percentage"}};
    for (size_t i = 0; i < sizeof beyond / sizeof *beyond; i++)
        assert_int_equal(rp_published_figure(rp_text_of(beyond[i][0]), beyond[i][1], true, &l, &h),
                         RP_PRINTED_OUT_OF_RANGE);
    assert_int_equal(rp_published_figure(rp_text_of("*"), "mean", false, &l, &h), RP_PRINTED_HIDDEN);
    assert_true(isnan(l) && isnan(h));
}

static void names_of_measures(void **state) {
    (void)state;
    rp_text measure;
    const char *statistic;
    assert_true(rp_published_name(rp_text_of("Count_ReliableImprovement"), &measure, &statistic)); /* monthly, M185 */
    assert_true(rp_text_is(measure, "improvement"));
    assert_string_equal(statistic, "count");
    assert_true(rp_published_name(rp_text_of("Percentage_Improvement"), &measure, &statistic)); /* annual */
    assert_true(rp_text_is(measure, "improvement"));
    assert_string_equal(statistic, "percentage");
    assert_true(rp_published_name(rp_text_of("Mean_SomethingNew"), &measure, &statistic));
    assert_true(rp_text_is(measure, "SomethingNew"));
    assert_false(rp_published_name(rp_text_of("Count_"), &measure, &statistic));
    assert_false(rp_published_name(rp_text_of("OrgName"), &measure, &statistic));
}

static void the_year_in_a_file_s_name(void **state) {
    (void)state;
    assert_true(rp_text_is(rp_published_period_in("psych-ther-ann-rep-csv-2024-25-main2.csv"), "2024-25"));
    assert_true(rp_text_is(rp_published_period_in("x1999-00_2009-10.csv"), "2009-10"));
    assert_null(rp_published_period_in("month-2024-06.csv").at); /* a month, not a year */
    assert_null(rp_published_period_in("12024-25.csv").at);
    assert_null(rp_published_period_in("").at);
}

/* ---- files ---- */

static const char annual_long[] =
    "reporting_period,start_date,end_date,org_type,org_code,org_name,variable_type,variable_a,variable_b,measure_name,"
    "measure_statistic,value\n";

static bool read_text(run *r, const char *name, const char *text) {
    char path[512];
    write_file(r, name, text);
    path_in(r, name, path);
    record_start(r);
    return rp_published_read(path, true, r->record, &r->error) && rp_record_seal(r->record, &r->error);
}

static const char *said(const run *r, const char *column, size_t row) {
    const char *text = rp_record_text(r->record, RP_PUBLISHED, rp_schema_column(RP_PUBLISHED, column), row);
    return text ? text : "";
}

static double number(const run *r, const char *column, size_t row) {
    return rp_record_num(r->record, RP_PUBLISHED, rp_schema_column(RP_PUBLISHED, column), row);
}

static void annual_figures_one_a_row(void **state) {
    run *r = *state;
    char text[1024];
    snprintf(text, sizeof text, "%s%s%s%s", annual_long,
             "2024-25,2024-04-01,2025-03-31,Provider,R1A,\"ALDER, NORTH\",Age Group,18 to 25,NULL,recovery,count,285\n",
             "2024-25,2024-04-01,2025-03-31,England,All,All,Total,NULL,NULL,recovery,percentage,50.5\n",
             "2024-25,2024-04-01,2025-03-31,England,All,All,Total,NULL,NULL,improvement,count,NULL\n");
    assert_true(read_text(r, "long.csv", text));
    assert_int_equal(rp_record_rows(r->record, RP_PUBLISHED), 2); /* NULL: not published */
    assert_string_equal(said(r, "organisation", 0), "ALDER, NORTH");
    assert_string_equal(said(r, "code", 0), "R1A");
    assert_string_equal(said(r, "breakdown", 0), "Age Group: 18 to 25");
    assert_string_equal(said(r, "printed", 0), "285");
    assert_true(number(r, "low", 0) == 283 && number(r, "high", 0) == 287);
    assert_string_equal(said(r, "organisation", 1), "England");
    assert_string_equal(said(r, "breakdown", 1), "Total");
    assert_string_equal(said(r, "statistic", 1), "percentage");
    assert_int_equal(rp_record_input_at(r->record, 0)->rows, 3);
    assert_int_equal(rp_faults_total(r->faults), 0);
}

static void annual_figures_one_organisation_a_row(void **state) {
    run *r = *state;
    assert_true(read_text(r, "wide.csv",
                          "reporting_period,org_type,org_code,org_name,recovery,recovery_pct,other\n"
                          "2024-25,Provider,8J7,ELM,*,42,7\n"));
    assert_int_equal(rp_record_rows(r->record, RP_PUBLISHED), 2);
    assert_string_equal(said(r, "printed", 0), "*");
    assert_true(number(r, "low", 0) == 0 && number(r, "high", 0) == 4);
    assert_true(number(r, "low", 1) == 41.5 && number(r, "high", 1) == 42.5);
}

static void the_annual_report_takes_its_year_from_the_name(void **state) {
    run *r = *state;
    static const char text[] = "OrgType,OrgCode,OrgName,VariableType,VariableA,VariableB,Count_AccessingServices,"
                               "Percentage_Recovery,Mean_WaitAccessingServices\n"
                               "England,All,All,Total,All,NULL,1000,51.2,22.4\n"
                               "ICB,QE1,NORTH,Total,All,NULL,205,*,*\n";
    assert_true(read_text(r, "psych-ther-ann-rep-csv-2024-25-main2.csv", text));
    assert_int_equal(rp_record_rows(r->record, RP_PUBLISHED), 6);
    assert_string_equal(said(r, "period", 0), "2024-25");
    assert_string_equal(said(r, "measure", 0), "accessing_services");
    assert_true(number(r, "high", 2) > 22.4 && number(r, "high", 2) < 22.46);
    assert_true(isnan(number(r, "low", 5))); /* a hidden mean has no bounds */
    assert_false(read_text(r, "main.csv", text));
    assert_non_null(strstr(r->error.message, "the file's name does not tell it"));
}

static void monthly_figures(void **state) {
    run *r = *state;
    assert_true(read_text(
        r, "monthly.csv",
        "REPORTING_PERIOD_START,REPORTING_PERIOD_END,GROUP_TYPE,ORG_CODE1,ORG_NAME1,ORG_CODE2,ORG_NAME2,MEASURE_ID,"
        "MEASURE_NAME,MEASURE_VALUE_SUPPRESSED\n"
        "2026-06-01,2026-06-30,England,all,all,all,all Providers,M185,Count_ReliableImprovement,39769\n"
        "01/06/2026,30/06/2026,Provider,all,all SubICBs,R1A,ALDER,M076,Count_FinishedCourseTreatment,250\n"
        "2026-06-01,2026-08-31,SubICB/Provider,00L,NORTH,R1A,ALDER,M076,Count_FinishedCourseTreatment,*\n"
        "2026-06-01,30 June,Provider,all,all,R1A,ALDER,M076,Count_FinishedCourseTreatment,250\n"
        "2026-06-01,2026-06-30,Provider,all,all,R1A,ALDER,M999,Unheard,250\n"));
    assert_int_equal(rp_record_rows(r->record, RP_PUBLISHED), 3);
    assert_string_equal(said(r, "period", 0), "2026-06");
    assert_string_equal(said(r, "code", 0), "England");
    assert_true(number(r, "low", 0) == 39769 && number(r, "high", 0) == 39769);
    assert_string_equal(said(r, "period", 1), "2026-06");
    assert_string_equal(said(r, "code", 1), "R1A");
    assert_string_equal(said(r, "organisation", 1), "ALDER");
    assert_true(number(r, "low", 1) == 248);
    assert_string_equal(said(r, "period", 2), "2026-06-01/2026-08-31");
    assert_string_equal(said(r, "code", 2), "00L / R1A");
    assert_int_equal(rp_faults_count(r->faults, RP_FAULT_ROW), 2);
    assert_int_equal(rp_faults_at(r->faults, 0)->line, 5); /* "30 June" is no date */
    assert_int_equal(rp_faults_at(r->faults, 1)->line, 6); /* "Unheard" tells no kind of figure */
}

static void faults_are_told_by_place_and_lose_no_neighbour(void **state) {
    run *r = *state;
    assert_true(read_text(r, "wide.csv",
                          "reporting_period,org_type,org_code,org_name,recovery,improvement\n"
                          "2024-25,Provider,A,ASH,about 5,10\n"
                          "2024-25,Provider,B,BEECH,5,10,15\n"
                          "2024-25,,C,CEDAR,5,10\n"
                          ",Provider,D,DATE,5,10\n"
                          "2024-25,Provider,E,ELM,-5,10\n"));
    assert_int_equal(rp_record_rows(r->record, RP_PUBLISHED), 2); /* the improvements of ASH and ELM */
    assert_int_equal(rp_faults_count(r->faults, RP_FAULT_VALUE), 2);
    assert_int_equal(rp_faults_count(r->faults, RP_FAULT_ROW), 3);
    static const struct {
        int64_t line, column;
        const char *rule;
    } expected[] = {{2, 24, "type"}, {3, 31, "fields"}, {4, 9, "required"}, {5, 1, "required"}, {6, 24, "range"}};
    for (size_t i = 0; i < sizeof expected / sizeof *expected; i++) {
        assert_int_equal(rp_faults_at(r->faults, i)->line, expected[i].line);
        assert_int_equal(rp_faults_at(r->faults, i)->column, expected[i].column);
        assert_string_equal(rp_faults_at(r->faults, i)->rule, expected[i].rule);
    }
}

static void an_unknown_header_is_told_with_those_that_are_known(void **state) {
    run *r = *state;
    assert_false(read_text(r, "other.csv", "id,phq9\n1,2\n"));
    for (size_t i = 0; i < rp_published_layouts(); i++)
        assert_non_null(strstr(r->error.message, rp_published_layout_at(i)->title));
    assert_non_null(strstr(r->error.remedy, "docs/published.md"));
    assert_non_null(strstr(r->error.file, "other.csv"));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_figure_allows_what_it_may_be_rounded_from),
        cmocka_unit_test(what_is_no_figure_is_told_apart),
        cmocka_unit_test(names_of_measures),
        cmocka_unit_test(the_year_in_a_file_s_name),
        cmocka_unit_test_setup_teardown(annual_figures_one_a_row, run_start, run_end),
        cmocka_unit_test_setup_teardown(annual_figures_one_organisation_a_row, run_start, run_end),
        cmocka_unit_test_setup_teardown(the_annual_report_takes_its_year_from_the_name, run_start, run_end),
        cmocka_unit_test_setup_teardown(monthly_figures, run_start, run_end),
        cmocka_unit_test_setup_teardown(faults_are_told_by_place_and_lose_no_neighbour, run_start, run_end),
        cmocka_unit_test_setup_teardown(an_unknown_header_is_told_with_those_that_are_known, run_start, run_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
