/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The national rule's figures, as dated rows: which measure of anxiety counts for which problem, from when to when, and
 * its cut-off and threshold. A row that a later document puts right is ended by a date and followed by another.
 * Sources: NHS England, IAPT v2.0 monthly metadata (February 2022) M196 to M205, M279 to M281; notes to M185 (the last
 * four descriptors since April 2022). */
#include "record/cohort_parts.h"

#include <math.h>
#include <string.h>

/* 1 April 2022, when version 2.1 of the data set began. */
#define APRIL_2022 19083
#define ALWAYS     RP_NO_DATE, RP_NO_DATE
#define SINCE(day) day, RP_NO_DATE

static const char anxiety_of_all[] = "gad-7";

static const rp_national_descriptor descriptors[RP_NATIONAL_DESCRIPTORS] = {
    {"F400", false, "mi-alone", ALWAYS},
    {"F401", false, "spin", ALWAYS},
    {"F410", false, "pdss", ALWAYS},
    {"F42", false, "oci", ALWAYS},
    {"F431", false, "pcl-5", ALWAYS},
    {"F452", false, "hai", ALWAYS},
    {"83482000", true, "biq", SINCE(APRIL_2022)},
    {"G933", false, "cfq-11", SINCE(APRIL_2022)},
    {"K58", false, "ibs-sss", SINCE(APRIL_2022)},
    {"723916001", true, "phq-15", SINCE(APRIL_2022)},
};

static const char metadata[] = "NHS England, IAPT v2.0 monthly metadata (February 2022), M279";
static const char tabled[] = "BMC Psychiatry, article s12888-018-1987-1, table 1, and PMC8411661";
static const char recalled[] = "recalled, not confirmed in the official guidance";
static const char author[] = "Francis, Morris & Whorwell (1997) Aliment Pharmacol Ther 11:395-402, abstract; not "
                             "confirmed as the national threshold";
static const char none[] = "";

static const rp_national_threshold thresholds[RP_NATIONAL_THRESHOLDS] = {
    {"phq-9", ALWAYS, 10, 6, metadata, tabled, true, true},
    {"gad-7", ALWAYS, 8, 4, tabled, tabled, true, true},
    {"mi-alone", ALWAYS, 2.3, 0.73, recalled, recalled, false, false},
    {"spin", ALWAYS, 19, 10, recalled, recalled, false, false},
    {"pdss", ALWAYS, 8, 5, recalled, recalled, false, false},
    {"oci", ALWAYS, 40, 32, recalled, recalled, false, false},
    {"pcl-5", ALWAYS, 32, 10, recalled, recalled, false, false},
    {"hai", ALWAYS, 18, 4, recalled, recalled, false, false},
    {"biq", SINCE(APRIL_2022), NAN, NAN, none, none, false, false},
    {"cfq-11", SINCE(APRIL_2022), NAN, NAN, none, none, false, false},
    {"ibs-sss", SINCE(APRIL_2022), 75, 50, metadata, author, true, false},
    {"phq-15", SINCE(APRIL_2022), 10, NAN, metadata, none, true, false},
};

const rp_national_descriptor *rp_national_descriptor_at(size_t i) {
    return i < RP_NATIONAL_DESCRIPTORS ? &descriptors[i] : NULL;
}

const rp_national_threshold *rp_national_threshold_at(size_t i) {
    return i < RP_NATIONAL_THRESHOLDS ? &thresholds[i] : NULL;
}

/* What has no date is judged by the rows that have no end. */
static bool holds(rp_date from, rp_date to, rp_date on) {
    if (on == RP_NO_DATE)
        return to == RP_NO_DATE;
    return (from == RP_NO_DATE || on >= from) && (to == RP_NO_DATE || on <= to);
}

int rp_national_descriptor_on(const char *problem, rp_date on) {
    char code[RP_PROBLEM_ROOM];
    rp_problem_code(problem, code);
    for (size_t i = 0; i < RP_NATIONAL_DESCRIPTORS; i++) {
        const rp_national_descriptor *d = &descriptors[i];
        bool is = d->whole ? strcmp(code, d->begins) == 0 : strncmp(code, d->begins, strlen(d->begins)) == 0;
        if (is && holds(d->from, d->to, on))
            return (int)i;
    }
    return -1;
}

const char *rp_national_instrument(const char *problem, rp_date on) {
    int descriptor = rp_national_descriptor_on(problem, on);
    return descriptor < 0 ? anxiety_of_all : descriptors[descriptor].instrument;
}

int rp_national_threshold_on(const char *instrument, rp_date on) {
    for (size_t i = 0; i < RP_NATIONAL_THRESHOLDS; i++)
        if (strcmp(thresholds[i].instrument, instrument) == 0 && holds(thresholds[i].from, thresholds[i].to, on))
            return (int)i;
    return -1;
}
