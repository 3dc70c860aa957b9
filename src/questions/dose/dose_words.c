/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Every statement that the question `dose` can make. */
#include "questions/dose/dose_parts.h"

#define BOTH(id, words)                                                                                                \
    {id ".per_entered", words ", of people who entered treatment"}, {                                                  \
        id ".per_finished", words ", of people who finished a course"                                                  \
    }
#define MINUTES_OF(id, what, one)                                                                                      \
    {"dose.minutes." id ".recorded", "Share of " one " with " what " on record"},                                      \
        {"dose.minutes." id ".per_session", "Mean " what " of one, where they are on record"}, {                       \
        "dose.minutes." id ".per_person", "Mean " what " of a person in all, of people with every one on record"       \
    }
#define THEN "of people still attending at a session who had a score then"

const rp_statement_def dose_statements[] = {
    {"dose.sessions.mean.per_referred", "Mean treatment sessions of everyone in the cohort"},
    {"dose.sessions.median.per_referred", "Median treatment sessions of everyone in the cohort"},
    {"dose.sessions.mean.per_entered", "Mean treatment sessions of people who entered treatment"},
    {"dose.sessions.median.per_entered", "Median treatment sessions of people who entered treatment"},
    {"dose.sessions.mean.per_finished", "Mean treatment sessions of people who finished a course"},
    {"dose.sessions.median.per_finished", "Median treatment sessions of people who finished a course"},
    {"dose.plan.recorded",
     "A plan in force at the first treatment session says how many sessions, of people who entered treatment"},
    {"dose.plan.changed",
     "A plan in force at the first treatment session and another one later, of people who entered treatment"},
    {"dose.plan.fewer", "Received fewer sessions than planned, of people whose referral has ended with such a plan"},
    {"dose.plan.as_planned",
     "Received as many sessions as planned, of people whose referral has ended with such a plan"},
    {"dose.plan.more", "Received more sessions than planned, of people whose referral has ended with such a plan"},
    {"dose.plan.difference", "Mean of sessions received less sessions planned, of people whose referral has ended"},
    BOTH("dose.intensity.low", "Sessions of low intensity on record and none of high"),
    BOTH("dose.intensity.both", "Sessions of low and of high intensity on record"),
    BOTH("dose.intensity.high", "Sessions of high intensity on record and none of low"),
    BOTH("dose.intensity.neither", "Sessions of neither intensity alone on record"),
    BOTH("dose.intensity.not_known", "No session of known intensity on record"),
    BOTH("dose.stepping.up", "Stepped up and not down"),
    BOTH("dose.stepping.down", "Stepped down and not up"),
    BOTH("dose.stepping.both_ways", "Stepped up and down"),
    BOTH("dose.stepping.not", "Not stepped"),
    BOTH("dose.stepping.not_known", "Not known whether stepped"),
    MINUTES_OF("contacts", "minutes of the contact", "treatment contacts"),
    MINUTES_OF("activities", "minutes of its activities", "treatment contacts"),
    MINUTES_OF("logs", "minutes of the practitioner's time", "completed internet therapy logs"),
    {"dose.components.recorded", "Share of treatment contacts with a component of a protocol on record"},
    {"dose.components.delivered",
     "Share of components that were delivered, of those of which it is on record whether they were"},
    {"dose.stopped",
     "No further treatment session after a session, and the referral has ended, of people who had that session"},
    {"dose.landmark.change_to_last", "Mean change from a session to the last score, " THEN " and have a later one"},
    {"dose.landmark.change_to_later_session",
     "Mean change from a session to 4 sessions later, " THEN " and have one 4 sessions later"},
    {"dose.landmark.improved", "Reliably improved from a session to the last score, known, " THEN},
    {"dose.landmark.improved.best", "The same, if everyone without a later score had improved"},
    {"dose.landmark.deteriorated", "Reliably deteriorated from a session to the last score, known, " THEN},
    {"dose.landmark.deteriorated.worst", "The same, if everyone without a later score had deteriorated"},
    {NULL, NULL},
};
