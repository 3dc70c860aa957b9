/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The words of the question `harms`, and every statement that it can make. */
#include "questions/harms/harms_parts.h"

#define IDS(of)                                                                                                        \
    { "harms." of ".per_referral", NULL, "harms." of ".per_entered", "harms." of ".per_finished" }
const harms_words harms_kinds[HARM_KINDS] = {
    [UNWANTED_EFFECT] = {"unwanted_effect", "An unwanted effect", "have an unwanted effect on record",
                         IDS("unwanted_effect")},
    [COMPLAINT] = {"complaint", "A complaint", "have a complaint on record", IDS("complaint")},
    [CRISIS] = {"crisis", "A crisis", "have a crisis on record", IDS("crisis")},
    [ADMISSION] = {"admission", "An admission to hospital", "have an admission to hospital on record",
                   IDS("admission")},
    [DEATH] = {"death", "Died", "are recorded as having died", IDS("died")},
};

#define OVER(of, definition, tail)                                                                                     \
    {"harms." of ".per_referral" tail, definition ", of everyone in the cohort"},                                      \
        {"harms." of ".per_entered" tail, definition ", of people who entered treatment"}, {                           \
        "harms." of ".per_finished" tail, definition ", of people who finished a course of treatment"                  \
    }
const rp_statement_def harms_statements[] = {
    OVER("deterioration", "Known to have reliably deteriorated by the national rule", ""),
    OVER("deterioration_not_known", "Not known by the national rule whether they reliably deteriorated", ""),
    OVER("deterioration", "Reliably deteriorated by the national rule, if all of whom it is not known had", ".worst"),
    OVER("unwanted_effect", "An unwanted effect is on record", ""),
    OVER("complaint", "A complaint is on record", ""),
    OVER("crisis", "A crisis is on record", ""),
    OVER("admission", "An admission to hospital is on record", ""),
    OVER("died", "Recorded as having died, among events", ""),
    OVER("recorded", "An unwanted effect, a complaint, a crisis, an admission or their death is on record", ""),
    OVER("any", "Known to have reliably deteriorated, or with one of these events on record", ""),
    {"harms.recorded.change_known", "One of these events is on record, of people who entered treatment and whose "
                                    "reliable change is known"},
    {"harms.recorded.change_not_known", "One of these events is on record, of people who entered treatment and whose "
                                        "reliable change is not known"},
    {NULL, NULL},
};
