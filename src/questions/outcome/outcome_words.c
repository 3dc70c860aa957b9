/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "questions/outcome/outcome_words.h"
#include "questions/common/percent.h"

#include <assert.h>
#include <string.h>

#define LAST  "from the first to the last available score"
#define FIXED "from the baseline to the fixed horizon"
#define WORST " if every unknown outcome were the worse one"
#define BEST  " if every unknown outcome were the better one"
#define OVER(q, v, tail, words, when)                                                                                  \
    {"outcome." q v "." tail, words " " when ", known, of everyone in the denominator"},                               \
        {"outcome." q v "." tail ".worst", words " " when WORST}, {                                                    \
        "outcome." q v "." tail ".best", words " " when BEST                                                           \
    }
#define RATE(q, words, v, when)                                                                                        \
    OVER(q, v, "per_referral", words, when), OVER(q, v, "per_assessed", words, when),                                  \
        OVER(q, v, "per_entered", words, when), OVER(q, v, "per_finished", words, when),                               \
        {"outcome." q v ".per_measured_twice", words " " when ", of people with both scores"}, {                       \
        "outcome." q v ".per_case", words " " when ", of people with both scores who were cases at the start"          \
    }
#define RULE "by the national rule"
#define NATIONAL(q, words, of)                                                                                         \
    {"outcome." q, words " " RULE ", known, of " of}, {"outcome." q ".worst", words " " RULE WORST ", of " of},        \
        {"outcome." q ".best", words " " RULE BEST ", of " of}, OVER(q, "", "per_referral", words, RULE),              \
        OVER(q, "", "per_assessed", words, RULE), OVER(q, "", "per_entered", words, RULE), {                           \
        "outcome." q ".per_measured_twice", words " " RULE ", of people with two scores on both measures"              \
    }
#define FINISHED_CASES     "people who finished a course, without those known to have been no case at the start"
#define QUANTITY(q, words) RATE(q, words, "", LAST), RATE(q, words, ".at_horizon", FIXED)

const rp_statement_def outcome_statements[] = {
    {"outcome.people.referred", "People in the cohort"},
    {"outcome.people.assessed", "People with an attended assessment contact"},
    {"outcome.people.entered", "People with an attended treatment contact"},
    {"outcome.people.finished", "People whose referral ended after two or more treatment contacts"},
    {"outcome.people.measured", "People with at least one score on this measure"},
    {"outcome.people.measured_twice", "People with a first and a later score on this measure"},
    {"outcome.people.at_horizon.measured_twice", "People with a score at the baseline and one at the horizon"},
    {"outcome.people.case_at_start", "People whose first score was at or past the cut-off, of those measured"},
    QUANTITY("recovery", "Recovered"),
    QUANTITY("reliable_recovery", "Recovered and reliably improved"),
    QUANTITY("reliable_improvement", "Reliably improved"),
    QUANTITY("no_reliable_change", "No reliable change"),
    QUANTITY("reliable_deterioration", "Reliably deteriorated"),
    NATIONAL("national_recovery", "Recovered", FINISHED_CASES),
    NATIONAL("national_reliable_recovery", "Recovered and reliably improved", FINISHED_CASES),
    NATIONAL("national_reliable_improvement", "Reliably improved", "people who finished a course"),
    NATIONAL("national_reliable_deterioration", "Reliably deteriorated", "people who finished a course"),
    {"outcome.change", "Mean change " LAST ", people with both scores"},
    {"outcome.change.at_horizon", "Mean change " FIXED ", people with both scores"},
    {"outcome.effect_size", "Standardised mean change (Hedges g, spread at the first score) " LAST},
    {"outcome.effect_size.at_horizon", "Standardised mean change (Hedges g, spread at the baseline) " FIXED},
    {"outcome.growth.per_week",
     "Change per week, by a straight line through all scores at sessions of everyone with one"},
    {"outcome.growth.per_session",
     "Change per session, by a straight line through all scores at sessions of everyone with one"},
    {"outcome.expected.error",
     "How far later scores of clients held out lie from the course expected by the first score, root mean square"},
    {"outcome.sudden_gain", "At least one sudden gain between two sessions, of people with sessions to judge"},
    {"outcome.sudden_gain_reversed", "A sudden gain of which half was given back later, of people with a sudden gain"},
    {"outcome.sudden_loss", "At least one sudden loss between two sessions, of people with sessions to judge"},
    {NULL, NULL},
};

const char *outcome_id(const char *quantity, outcome_version version, const char *tail) {
    char wanted[128];
    snprintf(wanted, sizeof wanted, "outcome.%s%s%s%s", quantity, version == AT_HORIZON ? ".at_horizon" : "",
             tail != NULL ? "." : "", tail != NULL ? tail : "");
    for (size_t i = 0; outcome_statements[i].id != NULL; i++)
        if (strcmp(outcome_statements[i].id, wanted) == 0)
            return outcome_statements[i].id;
    assert(!"every id is in the list");
    return "outcome";
}

const char *outcome_percent(rp_answer *answer, double share, int64_t denominator) {
    return rp_question_percent(answer, share, denominator);
}

const char *outcome_in_group(rp_answer *answer, const outcome_group *group) {
    if (group->arm_label != NULL)
        return rp_answer_text(answer, " in the arm %s", group->arm_label);
    if (group->band_label != NULL)
        return rp_answer_text(answer, " whose first score was %s", group->band_label);
    return "";
}

outcome_denominator outcome_denominator_at(const outcome_plan *plan, size_t i) {
    const outcome_denominator all[OUTCOME_DENOMINATORS] = {
        {"per_referral", "referred", plan->research ? "people in the study" : "people referred", 0, false, false},
        {"per_assessed", "assessed", "people assessed", STAGE_ASSESSED, false, false},
        {"per_entered", "entered", "people who entered treatment", STAGE_ENTERED, false, false},
        {"per_finished", "finished", "people who finished a course of treatment", STAGE_FINISHED, false, false},
        {"per_measured_twice", "measured twice", "people with both scores", 0, true, false},
        {"per_case", "cases measured twice", "people with both scores who were cases at the start", 0, true, true},
    };
    assert(i < OUTCOME_DENOMINATORS);
    outcome_denominator d = all[i];
    /* A cohort that is itself chosen by an event is not "everyone referred". */
    rp_cohort_event event = rp_cohort_chosen(plan->cohort)->event;
    if (i == 0 && event != RP_COHORT_REFERRED) {
        d.cohort = rp_cohort_event_name(event);
        d.noun = event == RP_COHORT_ASSESSED  ? "people assessed"
                 : event == RP_COHORT_ENTERED ? "people who entered treatment"
                                              : "people whose referral ended";
    }
    return d;
}

bool outcome_denominator_held(const outcome_work *work, outcome_version version, const outcome_denominator *d) {
    if (d->cases_only)
        return work->rules.has[version][RP_CHANGE_JT] && work->rules.scale[version][RP_CHANGE_JT].has_cutoff;
    return d->stages == 0 || rp_cohort_has_contacts(work->plan.cohort);
}
