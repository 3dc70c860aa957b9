/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The national measures by organisation and month, of a record made by hand: each expected number is a count of the
 * rows beside it. Definitions: NHS England, monthly metadata, by docs/national-measures.md. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include "questions/asked_helper.h"

enum { TOTAL }; /* the total stands first */

static rp_monthly *make(world *w, const rp_monthly_options *options, size_t block_size) {
    rp_cohort_options o = cohort_options();
    o.block_size = block_size;
    rp_monthly *m = rp_monthly_make(cohort_of(w, &o), options, w->arena, &w->error);
    if (m == NULL)
        fail_msg("%s", w->error.message);
    return m;
}

static rp_monthly *exact(world *w) {
    const rp_monthly_options o = {.threads = 1};
    return make(w, &o, 0);
}

static size_t month_named(const rp_monthly *m, const char *name) {
    for (size_t i = 0; i < rp_monthly_months(m); i++) {
        rp_date first, last;
        char text[11];
        rp_monthly_days(m, i, &first, &last);
        rp_date_text(first, text);
        if (strncmp(text, name, 7) == 0)
            return i;
    }
    fail_msg("no month %s", name);
    return 0;
}

/* By id, or by name where the id stands for several. */
static size_t measure_named(const char *name) {
    for (size_t i = 0; i < rp_monthly_measures(); i++)
        if (strcmp(rp_monthly_measure_at(i)->id, name) == 0 || strcmp(rp_monthly_measure_at(i)->name, name) == 0)
            return i;
    fail_msg("no measure %s", name);
    return 0;
}

static void shows(const rp_monthly *m, size_t organisation, const char *month, const char *measure,
                  const char *expected) {
    char text[32];
    rp_monthly_print(m, organisation, month_named(m, month), measure_named(measure), text);
    if (strcmp(text, expected) != 0)
        fail_msg("%s in %s is %s, expected %s", measure, month, text, expected);
}

static size_t organisation_named(const rp_monthly *m, const char *kind, const char *code) {
    for (size_t i = 0; i < rp_monthly_organisations(m); i++) {
        const rp_monthly_organisation *o = rp_monthly_organisation_at(m, i);
        if (strcmp(o->kind, kind) == 0 &&
            (strcmp(o->provider_code, code) == 0 || strcmp(o->commissioner_code, code) == 0))
            return i;
    }
    fail_msg("no %s %s", kind, code);
    return 0;
}

/* ---- events ------------------------------------------------------------------------------------------ */

static void treatment(world *w, const char *id, const char *date) {
    contact(w, id, date, "treatment", "attended");
}

/* Everything in its own month: received in January, assessed in February, treated in March and June, ended in July. */
static void each_event_counts_in_its_month(void **state) {
    (void)state;
    world w = begin();
    referral(&w, "a", "2023-01-10", "2023-07-31", "source=B1");
    contact(&w, "a", "2023-02-08", "assessment", "attended"); /* 29 days */
    contact(&w, "a", "2023-02-20", "treatment", "did_not_attend");
    treatment(&w, "a", "2023-03-01"); /* 50 days */
    treatment(&w, "a", "2023-06-01"); /* 92 days after it */
    seal(&w);
    rp_monthly *m = exact(&w);
    assert_int_equal(rp_monthly_months(m), 7); /* January to July, which ends on the last date */
    shows(m, TOTAL, "2023-01", "M001", "1");
    shows(m, TOTAL, "2023-01", "M002", "1"); /* B1 */
    shows(m, TOTAL, "2023-01", "M003", "0");
    shows(m, TOTAL, "2023-02", "M001", "0");
    shows(m, TOTAL, "2023-02", "M023", "1");
    shows(m, TOTAL, "2023-02", "M024", "0"); /* 29 is past 28 */
    shows(m, TOTAL, "2023-02", "M025", "1");
    shows(m, TOTAL, "2023-02", "M031", "0"); /* did not attend */
    shows(m, TOTAL, "2023-03", "M031", "1");
    shows(m, TOTAL, "2023-03", "M033", "1"); /* 29 to 56 */
    shows(m, TOTAL, "2023-03", "M036", "0"); /* 50 is past 42 */
    shows(m, TOTAL, "2023-03", "M037", "1");
    shows(m, TOTAL, "2023-03", "M184", "0");
    shows(m, TOTAL, "2023-06", "M184", "1");
    shows(m, TOTAL, "2023-06", "M046", "1");
    shows(m, TOTAL, "2023-06", "M047", "1"); /* 92 is past 90 */
    shows(m, TOTAL, "2023-06", "Count_FirstToSecondTreatment28days", "0");
    shows(m, TOTAL, "2023-06", "Percentage_FirstToSecondTreatmentOver90days", "100");
    shows(m, TOTAL, "2023-06", "M056", "0");
    shows(m, TOTAL, "2023-07", "M056", "1");
    shows(m, TOTAL, "2023-07", "M076", "1");
    shows(m, TOTAL, "2023-07", "M052", "0");
    shows(m, TOTAL, "2023-07", "M054", "1");
    shows(m, TOTAL, "2023-07", "M053", "0");
    shows(m, TOTAL, "2023-07", "M055", "100");
    shows(m, TOTAL, "2023-07", "M141", "2");
    shows(m, TOTAL, "2023-07", "M351", "92"); /* one gap */
    shows(m, TOTAL, "2023-06", "M141", "");   /* nobody finished */
    end(&w);
}

/* At the end of each month with what was known by then: waiting till March, treated 30 March, 29 to go and so on. */
static void how_it_stood_at_the_end_of_each_month(void **state) {
    (void)state;
    world w = begin();
    referral(&w, "a", "2023-01-10", "2023-08-31", NULL);
    treatment(&w, "a", "2023-03-30");
    treatment(&w, "a", "2023-04-30");
    referral(&w, "b", "2023-01-31", "", NULL); /* waits on */
    seal(&w);
    rp_monthly *m = exact(&w);
    shows(m, TOTAL, "2023-01", "M038", "2");
    shows(m, TOTAL, "2023-01", "M039", "1"); /* b, 0 days; a 21 */
    shows(m, TOTAL, "2023-01", "M040", "2");
    shows(m, TOTAL, "2023-02", "M038", "2"); /* a 49 days, b 28 */
    shows(m, TOTAL, "2023-02", "M040", "1");
    shows(m, TOTAL, "2023-02", "M041", "1");
    shows(m, TOTAL, "2023-02", "M042", "2");
    shows(m, TOTAL, "2023-03", "M038", "1"); /* a was treated the day before */
    shows(m, TOTAL, "2023-03", "M019", "1"); /* 1 day */
    shows(m, TOTAL, "2023-04", "M019", "1"); /* 0 days: the second counts */
    shows(m, TOTAL, "2023-06", "M020", "1"); /* 61 days */
    shows(m, TOTAL, "2023-06", "M019", "0");
    shows(m, TOTAL, "2023-07", "M021", "1"); /* 92 days */
    shows(m, TOTAL, "2023-08", "M021", "0"); /* ended on the last day: not open at its end */
    shows(m, TOTAL, "2023-08", "M022", "0");
    shows(m, TOTAL, "2023-08", "M044", "1"); /* b, 212 days */
    shows(m, TOTAL, "2023-08", "M043", "0");
    end(&w);
}

static void ends_by_reason_and_by_how_far(void **state) {
    (void)state;
    world w = begin();
    static const char *const reasons[] = {"10", "11", "12", "13", "14", "16", "17",       "95",
                                          "46", "47", "48", "49", "96", "50", "completed"};
    static const char *const ids[] = {"M057", "M058", "M059", "M060", "M061", "M340", "M062",
                                      "M063", "M066", "M344", "M341", "M069", "M070", "M342"};
    for (size_t i = 0; i < 15; i++) {
        char id[8], reason[32];
        snprintf(id, sizeof id, "r%02zu", i);
        snprintf(reason, sizeof reason, "end_reason=%s", reasons[i]);
        referral(&w, id, "2023-01-10", "2023-03-31", reason);
    }
    referral(&w, "s", "2023-01-10", "2023-03-31", NULL);
    contact(&w, "r00", "2023-02-01", "assessment", "attended");               /* seen */
    contact(&w, "r01", "2023-02-01", "assessment_and_treatment", "attended"); /* once */
    contact(&w, "r02", "2023-02-01", "treatment", "late_seen");               /* twice */
    contact(&w, "r02", "2023-02-08", "review_and_treatment", "attended");
    contact(&w, "r02", "2023-02-15", "follow_up", "attended");
    contact(&w, "r03", "2023-02-01", "assessment", "cancelled_client"); /* not seen, as all others */
    seal(&w);
    rp_monthly *m = exact(&w);
    for (size_t i = 0; i < 14; i++)
        shows(m, TOTAL, "2023-03", ids[i], "1");
    shows(m, TOTAL, "2023-03", "M056", "16");
    shows(m, TOTAL, "2023-03", "M072", "1");  /* s */
    shows(m, TOTAL, "2023-03", "M073", "13"); /* all but r00 to r02 */
    shows(m, TOTAL, "2023-03", "M074", "1");  /* r00 */
    shows(m, TOTAL, "2023-03", "M153", "14");
    shows(m, TOTAL, "2023-03", "M075", "1");
    shows(m, TOTAL, "2023-03", "M076", "1");
    shows(m, TOTAL, "2023-03", "M077", "87.5"); /* 14 of 16 */
    shows(m, TOTAL, "2023-03", "M078", "6.25"); /* 1 of 16 */
    shows(m, TOTAL, "2023-03", "M079", "6.25");
    shows(m, TOTAL, "2023-03", "M080", "12.5"); /* 2 of 16 */
    shows(m, TOTAL, "2023-03", "M081", "50");   /* 1 of 2 */
    shows(m, TOTAL, "2023-03", "M288", "50");   /* 1 of (16 - 14) */
    shows(m, TOTAL, "2023-02", "M082", "6");    /* rows above */
    shows(m, TOTAL, "2023-02", "M083", "1");
    shows(m, TOTAL, "2023-02", "M084", "0");
    shows(m, TOTAL, "2023-02", "M086", "4");
    shows(m, TOTAL, "2023-02", "M087", "1");
    shows(m, TOTAL, "2023-02", "M088", "0");
    end(&w);
}

/* ---- outcomes ---------------------------------------------------------------------------------------------- */

/* A finished course: treated on 5 and 12 January, ended on 28 February 2023. */
static void finished(world *w, const char *id, const char *more) {
    referral(w, id, "2023-01-01", "2023-02-28", more);
    treatment(w, id, "2023-01-05");
    treatment(w, id, "2023-01-12");
}

static void scores(world *w, const char *id, const char *instrument, double first, double last) {
    if (!isnan(first))
        score(w, id, instrument, "2023-01-05", first);
    if (!isnan(last))
        score(w, id, instrument, "2023-01-12", last);
}

static void outcomes_of_those_who_finished(void **state) {
    (void)state;
    world w = begin();
    const double none = NAN;
    finished(&w, "a", NULL);
    scores(&w, "a", "phq-9", 15, 5), scores(&w, "a", "gad-7", 12, 3); /* recovered, reliably improved */
    finished(&w, "b", NULL);
    scores(&w, "b", "phq-9", 10, 9), scores(&w, "b", "gad-7", 5, 5); /* recovered, no reliable change */
    finished(&w, "c", NULL);
    scores(&w, "c", "phq-9", 5, 5), scores(&w, "c", "gad-7", 3, 3); /* no case */
    finished(&w, "d", NULL);
    scores(&w, "d", "phq-9", 12, 20), scores(&w, "d", "gad-7", 9, 9); /* deteriorated */
    finished(&w, "e", NULL);
    scores(&w, "e", "phq-9", 12, none); /* one PHQ-9, no anxiety */
    finished(&w, "f", "problem=F431");
    scores(&w, "f", "phq-9", 12, 12), scores(&w, "f", "pcl-5", 40, 20); /* own measure twice: improved */
    finished(&w, "g", "problem=F431");
    scores(&w, "g", "gad-7", 9, 9), scores(&w, "g", "pcl-5", 40, none); /* own once; no PHQ-9 */
    referral(&w, "h", "2023-01-01", "2023-02-28", NULL);                /* treated once: in none */
    treatment(&w, "h", "2023-01-05");
    scores(&w, "h", "phq-9", 15, 5), scores(&w, "h", "gad-7", 12, 3);
    seal(&w);
    rp_monthly *m = exact(&w);
    shows(m, TOTAL, "2023-02", "M076", "7");
    shows(m, TOTAL, "2023-02", "M179", "1");                  /* c */
    shows(m, TOTAL, "2023-02", "M191", "2");                  /* a, b */
    shows(m, TOTAL, "2023-02", "M193", "1");                  /* a */
    shows(m, TOTAL, "2023-02", "M192", "33.333333333333336"); /* 2 of 7 - 1 */
    shows(m, TOTAL, "2023-02", "M185", "2");                  /* a, f */
    shows(m, TOTAL, "2023-02", "M187", "2");                  /* b, c */
    shows(m, TOTAL, "2023-02", "M189", "1");                  /* d */
    shows(m, TOTAL, "2023-02", "M196", "0");
    shows(m, TOTAL, "2023-02", "M197", "1"); /* e */
    shows(m, TOTAL, "2023-02", "M198", "6"); /* g by the GAD-7 */
    shows(m, TOTAL, "2023-02", "M199", "1"); /* e */
    shows(m, TOTAL, "2023-02", "M200", "1"); /* g */
    shows(m, TOTAL, "2023-02", "M201", "5"); /* a, b, c, d, f */
    shows(m, TOTAL, "2023-02", "M202", "5"); /* the same, with a second measure */
    shows(m, TOTAL, "2023-02", "M203", "2"); /* f, g */
    shows(m, TOTAL, "2023-02", "M204", "1"); /* f */
    shows(m, TOTAL, "2023-02", "M205", "50");
    assert_false(rp_monthly_told(m, measure_named("Mean_FirstWSASW"))); /* no such answers */
    end(&w);
}

static void answers(world *w, const char *id, const char *referral_id, const char *date, const char *const values[5]) {
    char a[64], b[64], c[64];
    snprintf(a, sizeof a, "administration_id=%s", id);
    snprintf(b, sizeof b, "referral_id=%s", referral_id);
    snprintf(c, sizeof c, "date=%s", date);
    assert_int_equal(put_row(w->record, RP_ADMINISTRATIONS, a, b, c, "instrument=wsas", "version=1", "rater=client",
                             "status=complete", NULL),
                     RP_PUT_KEPT);
    for (size_t i = 0; i < 5; i++) {
        char item[16], value[16];
        snprintf(item, sizeof item, "item=%zu", i + 1);
        snprintf(value, sizeof value, "value=%s", values[i]);
        if (*values[i] != '\0')
            assert_int_equal(put_row(w->record, RP_RESPONSES, a, item, value, NULL), RP_PUT_KEPT);
    }
}

static void items_of_the_wsas_and_the_number_of_treatments(void **state) {
    (void)state;
    world w = begin();
    finished(&w, "a", NULL);
    finished(&w, "b", NULL);
    treatment(&w, "b", "2023-01-19");
    treatment(&w, "b", "2023-01-26");
    treatment(&w, "b", "2023-02-02");
    finished(&w, "c", NULL);
    answers(&w, "w1", "a", "2023-01-05", (const char *const[]){"8", "4", "3", "2", "1"});
    answers(&w, "w2", "a", "2023-01-12", (const char *const[]){"6", "4", "1", "0", "1"});
    answers(&w, "w3", "b", "2023-01-05", (const char *const[]){"", "5", "4", "3", "2"}); /* work: answered once */
    answers(&w, "w4", "b", "2023-01-12", (const char *const[]){"5", "2", "4", "3", "2"});
    answers(&w, "w5", "c", "2023-01-05", (const char *const[]){"1", "1", "1", "1", "1"}); /* one alone */
    seal(&w);
    rp_monthly *m = exact(&w);
    shows(m, TOTAL, "2023-02", "Count_PairedWSASW", "1"); /* a */
    shows(m, TOTAL, "2023-02", "Mean_FirstWSASW", "8");
    shows(m, TOTAL, "2023-02", "Mean_LastWSASW", "6");
    shows(m, TOTAL, "2023-02", "Count_PairedWSASHM", "2");
    shows(m, TOTAL, "2023-02", "Mean_FirstWSASHM", "4.5"); /* 4, 5 */
    shows(m, TOTAL, "2023-02", "Median_LastWSASHM", "3");  /* 4, 2 */
    shows(m, TOTAL, "2023-02", "M141", "3");               /* (2 + 5 + 2) / 3 */
    shows(m, TOTAL, "2023-02", "M142", "2");
    shows(m, TOTAL, "2023-02", "M143", "5");
    shows(m, TOTAL, "2023-02", "M144", "2");
    shows(m, TOTAL, "2023-02", "M351", "7"); /* (7 + 28 + 7) / (1 + 4 + 1) */
    end(&w);
}

/* ---- organisations -------------------------------------------------------------------------------------------- */

static void service(world *w, const char *id, const char *name, const char *provider, const char *commissioner) {
    char a[64], b[64], c[64], d[64];
    snprintf(a, sizeof a, "service_id=%s", id);
    snprintf(b, sizeof b, "name=%s", name);
    snprintf(c, sizeof c, "provider_code=%s", provider);
    snprintf(d, sizeof d, "commissioner_code=%s", commissioner);
    assert_int_equal(put_row(w->record, RP_SERVICES, a, b, c, d, NULL), RP_PUT_KEPT);
}

static void many_referrals(world *w, const char *prefix, int n, const char *more) {
    for (int i = 0; i < n; i++) {
        char id[32];
        snprintf(id, sizeof id, "%s%03d", prefix, i);
        referral(w, id, "2023-01-10", "2023-01-31", more);
    }
}

static void rows_are_of_providers_and_commissioners(void **state) {
    (void)state;
    world w = begin();
    service(&w, "s1", "NORTH", "R1", "00A");
    service(&w, "s2", "SOUTH", "R1", "00B");
    service(&w, "s3", "WEST", "R2", "00A");
    service(&w, "s4", "NOBODY'S", "", "");
    many_referrals(&w, "a", 1, "service_id=s1");
    many_referrals(&w, "b", 2, "service_id=s2");
    many_referrals(&w, "c", 4, "service_id=s3");
    many_referrals(&w, "d", 8, "service_id=s4");
    many_referrals(&w, "e", 16, NULL);
    seal(&w);
    rp_monthly *m = exact(&w);
    assert_int_equal(rp_monthly_organisations(m), 7); /* all; 00A, 00B, UNKNOWN; R1, R2, UNKNOWN */
    shows(m, TOTAL, "2023-01", "M001", "31");
    shows(m, organisation_named(m, "Provider", "R1"), "2023-01", "M001", "3");
    shows(m, organisation_named(m, "Provider", "R2"), "2023-01", "M001", "4");
    shows(m, organisation_named(m, "Provider", "UNKNOWN"), "2023-01", "M001", "24");
    shows(m, organisation_named(m, "SubICB", "00A"), "2023-01", "M001", "5");
    shows(m, organisation_named(m, "SubICB", "00B"), "2023-01", "M001", "2");
    const rp_monthly_organisation *one = rp_monthly_organisation_at(m, organisation_named(m, "Provider", "R2"));
    assert_string_equal(one->provider_name, "WEST"); /* it runs that one service */
    one = rp_monthly_organisation_at(m, organisation_named(m, "Provider", "R1"));
    assert_string_equal(one->provider_name, "R1");                                /* two names: the code */
    assert_string_equal(rp_monthly_organisation_at(m, TOTAL)->kind, "All input"); /* never England */
    end(&w);
}

static void what_a_record_lacks_makes_no_row_and_is_told(void **state) {
    (void)state;
    world w = begin();
    referral(&w, "a", "2023-01-10", "", NULL);
    referral(&w, "b", "2023-02-28", "", NULL);
    seal(&w);
    rp_monthly *m = exact(&w);
    static const char *const lacking[] = {"M002", "M019", "M023", "M031", "M038", "M056", "M072",
                                          "M076", "M082", "M179", "M198", "M203", "M141", "M351"};
    assert_true(rp_monthly_told(m, measure_named("M001")));
    for (size_t i = 0; i < sizeof lacking / sizeof *lacking; i++)
        if (rp_monthly_told(m, measure_named(lacking[i])))
            fail_msg("%s is told of a record of two dates", lacking[i]);
    assert_int_equal(rp_monthly_organisations(m), 1);
    assert_int_equal(rp_monthly_notes(m), 9); /* seven lacks, no provider, no commissioner */
    end(&w);
}

static void months_are_whole_or_asked_for(void **state) {
    (void)state;
    world w = begin();
    referral(&w, "a", "2022-12-10", "2023-01-31", NULL);
    referral(&w, "b", "2023-02-10", "2023-02-27", NULL); /* the record ends on the 27th */
    seal(&w);
    rp_monthly *m = exact(&w);
    assert_int_equal(rp_monthly_months(m), 2); /* December and January */
    bool said = false;
    for (size_t i = 0; i < rp_monthly_notes(m); i++)
        said = said || (strstr(rp_monthly_note_at(m, i), "2023-02 is left out") != NULL &&
                        strstr(rp_monthly_note_at(m, i), "2023-02-28") != NULL);
    assert_true(said);
    const rp_monthly_options o = {.from = 12 * 2023, .to = 12 * 2023 + 2, .threads = 1}; /* January to March */
    m = make(&w, &o, 0);
    assert_int_equal(rp_monthly_months(m), 3);
    shows(m, TOTAL, "2023-02", "M056", "1");
    shows(m, TOTAL, "2023-03", "M056", "0");
    end(&w);
}

static void a_mistyped_year_is_told(void **state) {
    (void)state;
    world w = begin();
    referral(&w, "a", "1901-01-10", "2023-01-31", NULL);
    seal(&w);
    rp_cohort_options o = cohort_options();
    const rp_monthly_options all = {.threads = 1};
    assert_null(rp_monthly_make(cohort_of(&w, &o), &all, w.arena, &w.error));
    assert_non_null(strstr(w.error.message, "century"));
    assert_non_null(strstr(w.error.remedy, "mistyped"));
    end(&w);
}

/* ---- hiding and rounding ----------------------------------------------------------------------------------------- */

static void counts_below_5_are_hidden_and_others_rounded(void **state) {
    (void)state;
    static const struct {
        int n;
        const char *shown;
    } cases[] = {{0, "*"}, {4, "*"}, {5, "5"}, {7, "5"}, {8, "10"}, {12, "10"}, {13, "15"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        world w = begin();
        referral(&w, "x", "2022-12-01", "2023-01-31", NULL);
        many_referrals(&w, "a", cases[i].n, NULL);
        seal(&w);
        const rp_monthly_options o = {.hide_below = 5, .threads = 1}, total = {.hide_below = 5, .exact_total = true};
        shows(make(&w, &o, 0), TOTAL, "2023-01", "M001", cases[i].shown);
        char plain[16] = "*";
        if (cases[i].n >= 5)
            snprintf(plain, sizeof plain, "%d", cases[i].n);
        shows(make(&w, &total, 0), TOTAL, "2023-01", "M001", plain);
        end(&w);
    }
}

/* n who ended in January 2023: the first `once` of them treated once, `more` after these twice. */
static void ended(world *w, const char *prefix, int n, int once, int more, const char *service_id) {
    many_referrals(w, prefix, n, service_id);
    for (int i = 0; i < once + more; i++) {
        char id[32];
        snprintf(id, sizeof id, "%s%03d", prefix, i);
        treatment(w, id, "2023-01-12");
        if (i >= once)
            treatment(w, id, "2023-01-19");
    }
}

static void a_rate_that_would_tell_of_few_is_hidden(void **state) {
    (void)state;
    static const struct {
        int n, once, more;
        const char *before_share, *once_share, *finished_share; /* M077, M078, M079 */
    } cases[] = {
        {40, 10, 20, "25", "25", "50"}, /* 10, 10, 20 */
        {40, 3, 27, "*", "*", "*"},     /* three treated once: the other two shares would tell of them */
        {40, 10, 28, "*", "*", "*"},    /* two not treated */
        {40, 0, 30, "25", "*", "75"},   /* nobody treated once: it tells of nobody */
        {40, 40, 0, "*", "*", "*"},     /* all of them: it tells of each */
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        world w = begin();
        ended(&w, "a", cases[i].n, cases[i].once, cases[i].more, NULL);
        seal(&w);
        const rp_monthly_options o = {.hide_below = 5, .threads = 1};
        rp_monthly *m = make(&w, &o, 0);
        shows(m, TOTAL, "2023-01", "M077", cases[i].before_share);
        shows(m, TOTAL, "2023-01", "M078", cases[i].once_share);
        shows(m, TOTAL, "2023-01", "M079", cases[i].finished_share);
        shows(m, TOTAL, "2023-01", "M143", "*"); /* one person's */
        end(&w);
    }
}

/* The total less the large provider would be the small one. */
static void the_total_does_not_tell_of_a_hidden_provider(void **state) {
    (void)state;
    for (int small = 3; small <= 40; small += 37) {
        world w = begin();
        service(&w, "s1", "NORTH", "R1", "00A");
        service(&w, "s2", "SOUTH", "R2", "00A");
        ended(&w, "a", 80, 20, 40, "service_id=s1");
        ended(&w, "b", small, small / 3, small / 3, "service_id=s2");
        seal(&w);
        const rp_monthly_options o = {.hide_below = 5, .threads = 1};
        rp_monthly *m = make(&w, &o, 0);
        shows(m, organisation_named(m, "Provider", "R1"), "2023-01", "M078", "25");
        if (small == 3) { /* one, one and one */
            shows(m, organisation_named(m, "Provider", "R2"), "2023-01", "M078", "*");
            shows(m, TOTAL, "2023-01", "M078", "*");
            shows(m, TOTAL, "2023-01", "M056", "85"); /* 83, rounded: 80 less it is anything from -2 to 7 */
        } else {                                      /* 13 of 40, and 33 of 120 */
            shows(m, organisation_named(m, "Provider", "R2"), "2023-01", "M078", "33");
            shows(m, TOTAL, "2023-01", "M078", "28");
        }
        end(&w);
    }
}

/* Twenty appointments of four people are four people's. */
static void appointments_of_few_people_are_hidden(void **state) {
    (void)state;
    for (int people = 4; people <= 5; people++) {
        world w = begin();
        many_referrals(&w, "a", people, NULL);
        for (int i = 0; i < 20; i++) {
            char id[32];
            snprintf(id, sizeof id, "a%03d", i % people);
            contact(&w, id, "2023-01-12", "assessment", "attended");
        }
        seal(&w);
        const rp_monthly_options o = {.hide_below = 5, .threads = 1};
        shows(make(&w, &o, 0), TOTAL, "2023-01", "M082", people == 4 ? "-" : "20");
        end(&w);
    }
}

/* "*" is 0 to 4: where more is hidden, it must not be said of 5. */
static void a_star_is_0_to_4_and_nothing_else(void **state) {
    (void)state;
    for (int n = 3; n <= 12; n += 9) {
        world w = begin();
        many_referrals(&w, "a", n, NULL);
        seal(&w);
        rp_monthly_options o = {.hide_below = 20, .threads = 1};
        shows(make(&w, &o, 0), TOTAL, "2023-01", "M001", "-");
        o.hide_below = 5;
        shows(make(&w, &o, 0), TOTAL, "2023-01", "M001", n == 3 ? "*" : "10");
        end(&w);
    }
}

/* ---- the list ------------------------------------------------------------------------------------------------------
 */

static void the_list_is_in_order_and_whole(void **state) {
    (void)state;
    size_t made = 0, not_made = 0;
    for (size_t i = 0; i < rp_monthly_measures(); i++) {
        const rp_monthly_measure *m = rp_monthly_measure_at(i);
        assert_true(m->id[0] == 'M' && *m->rule != '\0');
        made += m->lack == NULL;
        not_made += m->lack != NULL;
        if (m->lack != NULL)
            assert_true(*m->lack != '\0' && *m->name == '\0');
        static const char *const begins[] = {"Count_", "Percentage_", "Mean_", "Median_", "Max_", "Min_"};
        if (m->lack == NULL)
            assert_int_equal(strncmp(m->name, begins[m->statistic], strlen(begins[m->statistic])), 0);
        for (size_t j = 0; j < i; j++) /* no name twice */
            assert_false(m->lack == NULL && strcmp(m->name, rp_monthly_measure_at(j)->name) == 0);
    }
    assert_true(made > 100 && not_made > 10);
}

static rp_buf all_of(const rp_monthly *m) {
    rp_buf out = {0};
    for (size_t o = 0; o < rp_monthly_organisations(m); o++)
        for (size_t month = 0; month < rp_monthly_months(m); month++)
            for (size_t i = 0; i < rp_monthly_measures(); i++)
                if (rp_monthly_told(m, i)) {
                    char text[32];
                    rp_monthly_print(m, o, month, i, text);
                    rp_buf_printf(&out, "%s\n", text);
                }
    return out;
}

static void neither_blocks_nor_threads_change_a_figure(void **state) {
    (void)state;
    world w = begin();
    service(&w, "s1", "NORTH", "R1", "00A");
    ended(&w, "a", 40, 10, 20, "service_id=s1");
    ended(&w, "b", 9, 2, 5, NULL);
    seal(&w);
    rp_monthly_options o = {.threads = 1};
    for (o.hide_below = 0; o.hide_below <= 5; o.hide_below += 5) {
        o.threads = 1;
        const rp_monthly *one = make(&w, &o, 0), *small = make(&w, &o, 3);
        o.threads = 3;
        same_bytes(all_of(one), all_of(small));
        same_bytes(all_of(one), all_of(make(&w, &o, 3)));
    }
    end(&w);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_event_counts_in_its_month),
        cmocka_unit_test(how_it_stood_at_the_end_of_each_month),
        cmocka_unit_test(ends_by_reason_and_by_how_far),
        cmocka_unit_test(outcomes_of_those_who_finished),
        cmocka_unit_test(items_of_the_wsas_and_the_number_of_treatments),
        cmocka_unit_test(rows_are_of_providers_and_commissioners),
        cmocka_unit_test(what_a_record_lacks_makes_no_row_and_is_told),
        cmocka_unit_test(months_are_whole_or_asked_for),
        cmocka_unit_test(a_mistyped_year_is_told),
        cmocka_unit_test(counts_below_5_are_hidden_and_others_rounded),
        cmocka_unit_test(a_rate_that_would_tell_of_few_is_hidden),
        cmocka_unit_test(the_total_does_not_tell_of_a_hidden_provider),
        cmocka_unit_test(appointments_of_few_people_are_hidden),
        cmocka_unit_test(a_star_is_0_to_4_and_nothing_else),
        cmocka_unit_test(the_list_is_in_order_and_whole),
        cmocka_unit_test(neither_blocks_nor_threads_change_a_figure),
    };
    return cmocka_run_group_tests_name("questions: the national measures by month", tests, NULL, NULL);
}
