/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Every statement that the question `risk` can make. */
#include "questions/risk/risk_parts.h"

#define OF_RAISED   ", of people of whom a risk was raised"
#define OF_POSITIVE ", of people who gave a positive answer"

const rp_statement_def risk_statements[] = {
    {"risk.raised.per_referral", "A risk is on record as raised, of everyone in the cohort"},
    {"risk.raised.per_assessed", "A risk is on record as raised, of people assessed"},
    {"risk.raised.per_entered", "A risk is on record as raised, of people who entered treatment"},
    {"risk.explored", "Each risk is recorded as talked about with the person" OF_RAISED},
    {"risk.not_explored", "At least one risk is recorded as not talked about with the person" OF_RAISED},
    {"risk.explored_not_recorded", "Of at least one risk it is not recorded whether it was talked about with the "
                                   "person, and of none that it was not" OF_RAISED},
    {"risk.action.each", "An action is recorded for each risk" OF_RAISED},
    {"risk.action.some", "An action is recorded for some of a person's risks and not for others" OF_RAISED},
    {"risk.action.none", "No action is recorded (this does not mean that nothing was done)" OF_RAISED},
    {"risk.open", "At least one risk has no closing on record at the end of the record" OF_RAISED},
    {"risk.closed.median", "Median days from raising to closing the risk raised first, of people for whom that is "
                           "known" OF_RAISED},
    {"risk.item.never_given", "A questionnaire that asks about risk was never given, as far as it is on record, of "
                              "everyone in the cohort"},
    {"risk.item.not_done", "The questionnaire was given and none is filled in on record, of everyone in the cohort"},
    {"risk.item.scores_alone", "Scores of the questionnaire are on record and no answers, of everyone in the cohort"},
    {"risk.item.filled", "The questionnaire is filled in at least once, with answers on record, of everyone in the "
                         "cohort"},
    {"risk.item.not_answered", "Its items about risk were at least once not answered, of people who filled it in"},
    {"risk.item.answered", "Its items about risk were answered at least once, of people who filled it in"},
    {"risk.item.positive", "A positive answer at any time, of people who answered"},
    {"risk.item.positive.first", "A positive answer the first time, of people who answered"},
    {"risk.item.positive.last", "A positive answer the last time, of people who answered"},
    {"risk.item.not_raised_then", "At least one positive answer after which no risk is on record as raised in the same "
                                  "contact or on the same day" OF_POSITIVE},
    {"risk.item.not_raised_since",
     "At least one positive answer after which no risk is on record as raised, then or later" OF_POSITIVE},
    {"risk.item.not_raised_not_known",
     "For want of dates it cannot be told whether a risk was raised after a positive answer" OF_POSITIVE},
    {NULL, NULL},
};
